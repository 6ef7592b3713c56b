import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackContent } from '../../../../server/desk/red-flags/contract.ts';
import { Diamond } from '../../parts.tsx';
import { holds } from './entries.ts';
import { Words } from './Words.tsx';
import { langOf, shownName, speaksOf } from './named.ts';
import type { AnyConcept } from './named.ts';

export function Filters({
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

export function Rules({ pack }: { pack: PackContent }) {
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
export function Meaning({ one }: { one: AnyConcept }) {
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
