import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EntriesByLanguage, PackContent, PackEntry } from '../../../../server/desk/red-flags/contract.ts';
import { spoken } from '../../i18n.ts';
import { Choice } from '../parts.tsx';
import { covers, familiesIn, placesOf } from './entries.ts';

const KINDS = ['es', 'ca', 'en', 'pt', 'any'] as const;
type Kind = (typeof KINDS)[number];

/** The words by which something is heard: one language at a time, with the countries where they are said. */
export function Words({
  pack,
  of,
  country,
  search,
}: {
  pack: PackContent;
  of: { entries: EntriesByLanguage; except: EntriesByLanguage };
  country: string;
  search: string;
}) {
  const { t } = useTranslation();
  const here = (entries: readonly PackEntry[]): PackEntry[] =>
    country ? entries.filter((one) => !one.countries || one.countries.includes(country)) : [...entries];
  const filled = KINDS.filter((kind) => here(of.entries[kind]).length + of.except[kind].length > 0);
  const [chosen, setChosen] = useState<Kind>();
  const own = spoken() as Kind;
  // a word that was looked for is shown in the language where it stands
  const found = search && filled.find((kind) => of.entries[kind].some((one) => covers(one.text, search)));
  const kind = chosen && filled.includes(chosen) ? chosen : found || (filled.includes(own) ? own : filled[0]);
  if (!kind) return <p className="small soft">{t('redFlags.noWords')}</p>;
  const entries = here(of.entries[kind]);
  const families = new Map(
    familiesIn(entries).map((name) => {
      const family = pack.families.find((one) => one.name === name);
      return [name, family ? [...here(family.entries[kind]), ...family.entries.any] : []] as const;
    }),
  );
  // a family is called by its first word: "respir…" says more than its name in the pack
  const called = (name: string): string => {
    const first = families.get(name)?.[0];
    return first ? readable(first.text).split(' / ')[0]! : name.replaceAll('_', ' ');
  };
  return (
    <div className="rf-words">
      <Choice
        label={t('redFlags.language')}
        value={kind}
        choose={setChosen}
        options={filled.map((one) => ({
          value: one,
          name: one === 'any' ? t('redFlags.anyLanguage') : t(`language.${one}`),
          count: here(of.entries[one]).length,
        }))}
      />
      <ul className="rf-entries" lang={kind === 'any' ? undefined : kind}>
        {entries.map((one) => (
          <Entry key={`${one.text} ${one.countries?.join(' ') ?? ''}`} entry={one} search={search} called={called} />
        ))}
      </ul>
      {families.size > 0 && (
        <dl className="rf-families small" lang={kind === 'any' ? undefined : kind}>
          {[...families].map(([name, words]) => (
            <div key={name}>
              <dt>{called(name)}</dt>
              <dd className="soft">{words.map((one) => readable(one.text)).join(', ')}</dd>
            </div>
          ))}
        </dl>
      )}
      {of.except[kind].length > 0 && (
        <div className="small">
          <p className="mid">{t('redFlags.except')}</p>
          <p className="soft" lang={kind === 'any' ? undefined : kind}>
            {of.except[kind].map((one) => readable(one.text)).join(' · ')}
          </p>
        </div>
      )}
    </div>
  );
}

function Entry({ entry, search, called }: { entry: PackEntry; search: string; called: (family: string) => string }) {
  const places = placesOf(entry.text);
  return (
    <li className={search && covers(entry.text, search) ? 'hit' : ''}>
      {places.map((place, index) => (
        // an entry's places have no names of their own
        <span key={index} className={places.length > 1 && place.ways.length > 1 ? 'rf-ways' : undefined}>
          {index > 0 && (place.close ? ' ' : <i className="rf-gap" aria-hidden />)}
          {place.ways.map((way, nth) => (
            <span key={nth}>
              {nth > 0 && <span className="faint"> / </span>}
              {way.family ? <em>{called(way.text)}</em> : way.text}
              {way.open && <span className="faint">…</span>}
            </span>
          ))}
        </span>
      ))}
      {entry.countries && <span className="rf-country">{entry.countries.join(' ')}</span>}
    </li>
  );
}

/** An entry in one line: `respir…`, `no puedo respirar`. */
function readable(text: string): string {
  return placesOf(text)
    .map((place) => place.ways.map((way) => way.text.replaceAll('_', ' ') + (way.open ? '…' : '')).join(' / '))
    .join(' ');
}
