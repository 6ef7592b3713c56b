import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PackContent } from '../../../../server/desk/red-flags/contract.ts';
import { spoken } from '../../i18n.ts';
import { Words } from './Words.tsx';
import { Filters, Meaning } from './Rules.tsx';
import { langOf, shownName, speaksOf } from './named.ts';

export function Concepts({ pack }: { pack: PackContent }) {
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

export function Contexts({ pack }: { pack: PackContent }) {
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
