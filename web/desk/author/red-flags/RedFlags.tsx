import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackContent, PackHead } from '../../../../server/desk/red-flags/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ConfirmDialog } from '../../ConfirmDialog.tsx';
import { post, Refused } from '../../api.ts';
import { LANGUAGES, spoken } from '../../i18n.ts';
import { Diamond, Failed, Skeleton } from '../../parts.tsx';
import { refusal, tell } from '../../say.ts';
import { may, useMe, useWhen } from '../../session.ts';
import { Choice, SignDialog } from '../parts.tsx';
import { headQuery, packQuery } from './data.ts';
import { Try } from './Try.tsx';
import '../../css/safety.css';
import { Concepts, Contexts } from './Concepts.tsx';
import { Rules } from './Rules.tsx';

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
