import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackContent, PackHead } from '../../../../server/desk/red-flags/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { post, Refused } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Diamond, Failed, Skeleton } from '../../parts.tsx';
import { refusal, tell } from '../../say.ts';
import { may, useMe, useWhen } from '../../session.ts';
import { Choice, ConfirmDialog, SignDialog } from '../parts.tsx';
import { headQuery, packQuery } from './data.ts';
import { covers, holds } from './entries.ts';
import { nameOf } from './names.ts';
import { Try } from './Try.tsx';
import { Words } from './Words.tsx';
import '../../css/safety.css';

const PARTS = ['rules', 'concepts', 'context', 'texts', 'signatures'] as const;
type Part = (typeof PARTS)[number];

/** The red-flag pack: how it stands, what it says, and a sentence tried against it. */
export function RedFlags() {
  const { t } = useTranslation();
  const me = useMe();
  const cache = useQueryClient();
  const head = useQuery(headQuery);
  const pack = useQuery({ ...packQuery(head.data?.hash ?? ''), enabled: head.data !== undefined });
  const [part, setPart] = useState<Part>('rules');
  const [doing, setDoing] = useState<'sign' | 'withdraw'>();
  useEffect(() => {
    document.title = `${t('redFlags.title')} · Hebra`;
  }, [t]);
  const kept = (next: PackHead): void => {
    cache.setQueryData(headQuery.queryKey, next);
    setDoing(undefined);
  };
  const signs = may(me, 'redflags.sign');
  const failed = head.isError ? head : pack.isError ? pack : null;
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('redFlags.title')}</h1>
        {head.data && <span className="chip num">{t('redFlags.version', { version: head.data.version })}</span>}
        {head.data && <State state={head.data.state} />}
        <span className="grow" />
        {signs && head.data && pack.data && (
          <>
            {head.data.state === 'signed' && (
              <button type="button" className="btn line" onClick={() => setDoing('withdraw')}>
                {t('redFlags.withdraw')}
              </button>
            )}
            <button
              type="button"
              className={`btn ${head.data.state === 'signed' ? '' : 'pri'}`}
              onClick={() => setDoing('sign')}
            >
              {t(head.data.state === 'signed' ? 'signOff.again' : 'signOff.do')}
            </button>
          </>
        )}
      </header>
      {failed?.error instanceof Refused && failed.error.status === 403 ? (
        <p className="nothing soft">{refusal(failed.error)}</p>
      ) : failed ? (
        <Failed error={failed.error} retry={() => void failed.refetch()} />
      ) : !head.data || !pack.data ? (
        <Skeleton lines={12} label={t('app.loading')} />
      ) : (
        <>
          <Standing head={head.data} />
          <div className="rf">
            <Try emergencyNumber={head.data.emergencyNumber} />
            <div className="rf-pack">
              <Choice
                label={t('redFlags.parts')}
                value={part}
                choose={setPart}
                options={PARTS.map((one) => ({
                  value: one,
                  name: t(`redFlags.part.${one}`),
                  ...(one === 'rules' && { count: head.data.counts.rules }),
                  ...(one === 'concepts' && { count: head.data.counts.concepts }),
                }))}
              />
              {part === 'rules' ? (
                <Rules pack={pack.data} />
              ) : part === 'concepts' ? (
                <Concepts pack={pack.data} />
              ) : part === 'context' ? (
                <Contexts pack={pack.data} />
              ) : part === 'texts' ? (
                <Texts pack={pack.data} emergencyNumber={head.data.emergencyNumber} />
              ) : (
                <Signatures head={head.data} />
              )}
            </div>
          </div>
        </>
      )}
      {doing === 'sign' && head.data && (
        <SignDialog
          title={t('redFlags.signTitle', { version: head.data.version })}
          close={() => setDoing(undefined)}
          sign={async (given) => {
            kept(await post<PackHead>('/api/red-flags/sign', { hash: head.data.hash, ...given }));
            tell(t('redFlags.signed'));
          }}
        >
          <p className="small soft">{t('redFlags.signText', { organisation: me.organisation.name })}</p>
          <Hash hash={head.data.hash} />
        </SignDialog>
      )}
      {doing === 'withdraw' && head.data && (
        <ConfirmDialog
          title={t('redFlags.withdrawTitle')}
          action={t('redFlags.withdraw')}
          reason="needed"
          close={() => setDoing(undefined)}
          confirm={async (reason) => {
            kept(await post<PackHead>('/api/red-flags/withdraw', { hash: head.data.hash, reason }));
            tell(t('redFlags.withdrawn'));
          }}
        >
          <p className="small soft">{t('redFlags.withdrawText')}</p>
        </ConfirmDialog>
      )}
    </main>
  );
}

function State({ state }: { state: PackHead['state'] }) {
  const { t } = useTranslation();
  return <span className={`state ${state}`}>{t(`redFlags.state.${state}`)}</span>;
}

/** The exact content, as a clinician compares it: the first letters, the whole on demand. */
function Hash({ hash }: { hash: string }) {
  const { t } = useTranslation();
  return (
    <p className="small soft rf-hash">
      {t('redFlags.hash')} <code>{hash}</code>
    </p>
  );
}

function Standing({ head }: { head: PackHead }) {
  const { t } = useTranslation();
  const me = useMe();
  const { language, zone } = useWhen();
  const holding = head.signatures.find((one) => one.hash === head.hash && one.genuine && !one.withdrawn);
  const withdrawn = head.history.find((one) => one.hash === head.hash);
  const when = (iso: string): string => dayAndTime(new Date(iso), language, zone);
  return (
    <div className={`rf-standing ${head.state}`}>
      {head.state === 'signed' ? (
        <IconRosetteDiscountCheck size={18} stroke={1.6} aria-hidden />
      ) : (
        <IconAlertTriangle size={18} stroke={1.6} aria-hidden />
      )}
      <div>
        <p className="mid">
          {head.state === 'signed' && holding
            ? t('redFlags.signedBy', {
                name: holding.name,
                licence: holding.licence,
                until: when(head.signedUntil ?? holding.expiresAt),
              })
            : head.state === 'expired' && holding
              ? t('redFlags.expiredSince', { name: holding.name, when: when(holding.expiresAt) })
              : head.state === 'withdrawn' && withdrawn
                ? t('redFlags.withdrawnBy', { name: withdrawn.by ?? '—', when: when(withdrawn.at) })
                : t('redFlags.unsigned', { organisation: me.organisation.name })}
        </p>
        {head.state !== 'signed' && <p className="small">{t('redFlags.screensAnyway')}</p>}
        {head.state === 'withdrawn' && withdrawn?.reason && <p className="small">«{withdrawn.reason}»</p>}
        <Hash hash={head.hash} />
      </div>
    </div>
  );
}

function Filters({
  search,
  setSearch,
  label,
  children,
}: {
  search: string;
  setSearch: (words: string) => void;
  label: string;
  children?: React.ReactNode;
}) {
  return (
    <div className="filters" role="search" aria-label={label}>
      <input
        className="input sm"
        type="search"
        aria-label={label}
        placeholder={label}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {children}
    </div>
  );
}

type Named = { name: string; means: string };
const shownName = (one: Named): string => nameOf(one.name, spoken()) ?? one.means;
/** The pack's own words are English. */
const langOf = (one: Named | undefined): 'en' | undefined =>
  one && nameOf(one.name, spoken()) === null ? 'en' : undefined;
const speaksOf = (one: PackContent['concepts'][number] | PackContent['contexts'][number], words: string): boolean =>
  holds(one.name.replaceAll('_', ' '), words) ||
  holds(one.means, words) ||
  holds(shownName(one), words) ||
  Object.values(one.entries).some((entries) => entries.some((entry) => covers(entry.text, words)));

function Rules({ pack }: { pack: PackContent }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [category, setCategory] = useState('');
  const [level, setLevel] = useState('');
  const byName = useMemo(() => new Map([...pack.concepts, ...pack.contexts].map((one) => [one.name, one])), [pack]);
  const words = search.trim();
  const spokenOf = useMemo(
    () =>
      words
        ? new Set([...byName.values()].filter((one) => speaksOf(one, words)).map((one) => one.name))
        : new Set<string>(),
    [byName, words],
  );
  const categories = [...new Set(pack.rules.map((one) => one.category))].sort((a, b) =>
    t(`category.${a}`).localeCompare(t(`category.${b}`)),
  );
  const found = pack.rules.filter(
    (rule) =>
      (!category || rule.category === category) &&
      (level ? rule.level === level : rule.level !== 'hint') &&
      (!words ||
        holds(rule.id, words) ||
        holds(t(`category.${rule.category}`), words) ||
        rule.all.flat().some((name) => spokenOf.has(name))),
  );
  return (
    <>
      <Filters search={search} setSearch={setSearch} label={t('redFlags.findRule')}>
        <select
          className="input sm"
          aria-label={t('redFlags.category')}
          value={category}
          onChange={(event) => setCategory(event.currentTarget.value)}
        >
          <option value="">{t('redFlags.everyCategory')}</option>
          {categories.map((one) => (
            <option key={one} value={one}>
              {t(`category.${one}`)}
            </option>
          ))}
        </select>
        <select
          className="input sm"
          aria-label={t('redFlags.levelOf')}
          value={level}
          onChange={(event) => setLevel(event.currentTarget.value)}
        >
          <option value="">{t('redFlags.everyLevel')}</option>
          {(['hard', 'soft', 'hint'] as const).map((one) => (
            <option key={one} value={one}>
              {t(`redFlags.ruleLevel.${one}`)}
            </option>
          ))}
        </select>
      </Filters>
      {found.length === 0 && <p className="soft small">{t('redFlags.nothingFound')}</p>}
      {categories
        .map((one) => ({ name: one, rules: found.filter((rule) => rule.category === one) }))
        .filter((one) => one.rules.length > 0)
        .map((one) => (
          <section key={one.name} className="rf-category">
            <h2>
              {t(`category.${one.name}`)} <span className="soft num">{one.rules.length}</span>
            </h2>
            <ul className="rf-list">
              {one.rules.map((rule) => (
                <Rule key={rule.id} rule={rule} pack={pack} byName={byName} search={words} />
              ))}
            </ul>
          </section>
        ))}
    </>
  );
}

type AnyConcept = PackContent['concepts'][number] | PackContent['contexts'][number];

function Rule({
  rule,
  pack,
  byName,
  search,
}: {
  rule: PackContent['rules'][number];
  pack: PackContent;
  byName: ReadonlyMap<string, AnyConcept>;
  search: string;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string>();
  const opened = open ? byName.get(open) : undefined;
  const panel = `rf-${rule.id}`;
  const names = (all: readonly string[]): string =>
    all.map((name) => (byName.get(name) ? shownName(byName.get(name)!) : name)).join(', ');
  return (
    <li className="rf-rule">
      <span className="rf-mark">
        {rule.level === 'hint' ? (
          <i className="rf-dot" role="img" aria-label={t('redFlags.ruleLevel.hint')} />
        ) : (
          <Diamond priority={rule.level === 'hard' ? 'critical' : 'urgent'} />
        )}
      </span>
      <div>
        <p className="rf-says">
          {rule.all.map((group, index) => (
            <span key={group.join()} className="rf-group">
              {index > 0 && <span className="rf-plus">+</span>}
              {group.map((name, nth) => (
                <span key={name}>
                  {nth > 0 && <span className="faint"> {t('redFlags.or')} </span>}
                  <button
                    type="button"
                    className="rf-concept"
                    lang={langOf(byName.get(name))}
                    aria-expanded={open === name}
                    aria-controls={open === name ? panel : undefined}
                    onClick={() => setOpen(open === name ? undefined : name)}
                  >
                    {byName.get(name) ? shownName(byName.get(name)!) : name}
                  </button>
                </span>
              ))}
            </span>
          ))}
        </p>
        <p className="small soft rf-when">
          {[
            t(`redFlags.ruleLevel.${rule.level}`),
            rule.all.length > 1 && t('redFlags.within', { count: rule.within }),
            rule.unless.length > 0 && t('redFlags.unless', { names: names(rule.unless) }),
            rule.softer.length > 0 && t('redFlags.softer', { names: names(rule.softer) }),
          ]
            .filter(Boolean)
            .join(' · ')}{' '}
          <code>{rule.id}</code>
        </p>
        {rule.why && (
          <p className="small soft" lang="en">
            {rule.why}
          </p>
        )}
        {opened && (
          <div id={panel} className="rf-open">
            <Meaning one={opened} />
            <Words pack={pack} of={opened} country="" search={search} />
          </div>
        )}
      </div>
    </li>
  );
}

/** What the pack itself says of it, in its own words. */
function Meaning({ one }: { one: AnyConcept }) {
  const { t } = useTranslation();
  return (
    <p className="small soft">
      {t('redFlags.inPack')} <span lang="en">“{one.means}”</span> <code>{one.name}</code>
      {'core' in one && one.core && (
        <>
          <br />
          {t('redFlags.core')}
        </>
      )}
    </p>
  );
}

function Concepts({ pack }: { pack: PackContent }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [country, setCountry] = useState('');
  const [open, setOpen] = useState<string>();
  const words = search.trim();
  const countries = useMemo(
    () =>
      [
        ...new Set(
          pack.concepts.flatMap((one) =>
            Object.values(one.entries).flatMap((all) => all.flatMap((e) => e.countries ?? [])),
          ),
        ),
      ].sort(),
    [pack],
  );
  const places = new Intl.DisplayNames([spoken()], { type: 'region' });
  const found = pack.concepts
    .filter((one) => !words || speaksOf(one, words))
    .filter(
      (one) =>
        !country || Object.values(one.entries).some((all) => all.some((entry) => entry.countries?.includes(country))),
    )
    .sort((a, b) => shownName(a).localeCompare(shownName(b)));
  return (
    <>
      <Filters search={search} setSearch={setSearch} label={t('redFlags.findWord')}>
        <select
          className="input sm"
          aria-label={t('redFlags.country')}
          value={country}
          onChange={(event) => setCountry(event.currentTarget.value)}
        >
          <option value="">{t('redFlags.everyCountry')}</option>
          {countries.map((one) => (
            <option key={one} value={one}>
              {places.of(one)}
            </option>
          ))}
        </select>
      </Filters>
      {found.length === 0 && <p className="soft small">{t('redFlags.nothingFound')}</p>}
      <ul className="rf-list">
        {found.map((one) => (
          <Foldable
            key={one.name}
            name={shownName(one)}
            lang={langOf(one)}
            more={t('redFlags.words', { count: Object.values(one.entries).reduce((sum, all) => sum + all.length, 0) })}
            open={open === one.name}
            toggle={() => setOpen(open === one.name ? undefined : one.name)}
          >
            <Meaning one={one} />
            <Words pack={pack} of={one} country={country} search={words} />
            <UsedBy name={one.name} pack={pack} />
          </Foldable>
        ))}
      </ul>
    </>
  );
}

function UsedBy({ name, pack }: { name: string; pack: PackContent }) {
  const { t } = useTranslation();
  const rules = pack.rules.filter((one) => one.all.flat().includes(name));
  if (rules.length === 0) return null;
  return (
    <p className="small soft">
      {t('redFlags.usedBy', { count: rules.length })}{' '}
      {rules.map((one) => (
        <code key={one.id}>{one.id} </code>
      ))}
    </p>
  );
}

function Foldable({
  name,
  lang,
  more,
  open,
  toggle,
  children,
}: {
  name: string;
  lang: 'en' | undefined;
  more: string;
  open: boolean;
  toggle: () => void;
  children: React.ReactNode;
}) {
  return (
    <li className="rf-fold">
      <button type="button" aria-expanded={open} onClick={toggle}>
        <span className="mid" lang={lang}>
          {name}
        </span>
        <span className="small soft num">{more}</span>
      </button>
      {open && <div className="rf-open">{children}</div>}
    </li>
  );
}

function Contexts({ pack }: { pack: PackContent }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string>();
  return (
    <>
      <p className="small soft rf-lead">{t('redFlags.contextText')}</p>
      <ul className="rf-list">
        {pack.contexts.map((one) => (
          <Foldable
            key={one.name}
            name={shownName(one)}
            lang={langOf(one)}
            more={t(`redFlags.effect.${one.effect}`)}
            open={open === one.name}
            toggle={() => setOpen(open === one.name ? undefined : one.name)}
          >
            <p className="small">{t(`redFlags.scope.${one.scope}`, { count: one.reach })}</p>
            <Meaning one={one} />
            <Words pack={pack} of={one} country="" search="" />
          </Foldable>
        ))}
      </ul>
    </>
  );
}

function Texts({ pack, emergencyNumber }: { pack: PackContent; emergencyNumber: string }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState(spoken());
  const filled = (text: string): string => text.replaceAll('{number}', emergencyNumber);
  const { call, ask, firstAid } = pack.texts;
  return (
    <>
      <p className="small soft rf-lead">{t('redFlags.textsText')}</p>
      <Choice
        label={t('redFlags.language')}
        value={language}
        choose={setLanguage}
        options={LANGUAGES.map((one) => ({ value: one, name: t(`language.${one}`) }))}
      />
      <dl className="rf-texts">
        <div>
          <dt>
            <Diamond priority="critical" /> {t('redFlags.ruleLevel.hard')}
          </dt>
          <dd lang={language}>{filled(call[language])}</dd>
        </div>
        <div>
          <dt>
            <Diamond priority="urgent" /> {t('redFlags.ruleLevel.soft')}
          </dt>
          <dd lang={language}>{filled(ask[language])}</dd>
        </div>
      </dl>
      <h2 className="rf-h">{t('redFlags.firstAid')}</h2>
      <dl className="rf-texts">
        {Object.entries(firstAid)
          .map(([name, said]) => ({ name: t(`category.${name}`), said: said! }))
          .sort((a, b) => a.name.localeCompare(b.name))
          .map((one) => (
            <div key={one.name}>
              <dt>{one.name}</dt>
              <dd lang={language}>{filled(one.said[language])}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

function Signatures({ head }: { head: PackHead }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const when = (iso: string): string => dayAndTime(new Date(iso), language, zone);
  const now = new Date().toISOString();
  const events = [
    ...head.signatures.map((one) => ({ at: one.signedAt, key: one.id, signature: one, withdrawal: null })),
    ...head.history
      .filter((one) => one.state === 'withdrawn')
      .map((one) => ({ at: one.at, key: one.at, signature: null, withdrawal: one })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return (
    <>
      {head.notes && (
        <p className="small soft rf-lead" lang="en">
          {head.notes}
        </p>
      )}
      {events.length === 0 ? (
        <p className="small soft">{t('redFlags.noSignatures')}</p>
      ) : (
        <ol className="thread-list">
          {events.map(({ at, key, signature, withdrawal }) => (
            <li key={key}>
              {signature ? (
                <>
                  <p>
                    <b>{t('redFlags.signedEvent', { name: signature.name, licence: signature.licence })}</b>
                  </p>
                  <p className="small soft num">
                    {when(at)} · {t('redFlags.version', { version: signature.version })} ·{' '}
                    {t(signature.expiresAt > now ? 'redFlags.until' : 'redFlags.untilPast', {
                      when: when(signature.expiresAt),
                    })}
                  </p>
                  <p className="small soft">
                    {signature.hash !== head.hash && <span className="chip">{t('redFlags.otherContent')}</span>}{' '}
                    {signature.withdrawn && <span className="chip">{t('redFlags.state.withdrawn')}</span>}{' '}
                    {!signature.genuine && <span className="chip late">{t('redFlags.notGenuine')}</span>}
                    <code>{signature.hash.slice(0, 16)}…</code>
                  </p>
                </>
              ) : (
                <>
                  <p>
                    <b>{t('redFlags.withdrawnEvent', { name: withdrawal!.by ?? '—' })}</b>
                  </p>
                  <p className="small soft num">{when(at)}</p>
                  {withdrawal!.reason && <p className="small">«{withdrawal!.reason}»</p>}
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
