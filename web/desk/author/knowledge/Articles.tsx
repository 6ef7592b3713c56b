import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ArticleLine, Language } from '../../../../server/assistant/knowledge/contract.ts';
import { spoken } from '../../i18n.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { may, useMe } from '../../session.ts';
import { articlesQuery } from './data.ts';

type Row = { id: string; shown: ArticleLine; lines: Partial<Record<Language, ArticleLine>>; due: boolean };

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const STATES = ['published', 'changed', 'draft', 'withdrawn', 'missing'] as const;

/** Every article, a row each, with what it is in each language. */
export function Articles() {
  const { t } = useTranslation();
  const me = useMe();
  const list = useQuery(articlesQuery);
  const [words, setWords] = useState('');
  const [language, setLanguage] = useState<Language | ''>('');
  const [state, setState] = useState<(typeof STATES)[number] | ''>('');
  const [audience, setAudience] = useState('');
  const [due, setDue] = useState(false);
  useEffect(() => {
    document.title = `${t('knowledge.title')} · Hebra`;
  }, [t]);

  const languages = list.data?.languages ?? [];
  const rows = useMemo(() => {
    const today = new Date().toISOString().slice(0, 10);
    const byId = new Map<string, Row>();
    for (const line of list.data?.articles ?? []) {
      const row = byId.get(line.id) ?? { id: line.id, shown: line, lines: {}, due: false };
      row.lines[line.language] = line;
      if (line.reviewOn && line.reviewOn <= today) row.due = true;
      byId.set(line.id, row);
    }
    for (const row of byId.values())
      row.shown = row.lines[language || (spoken() as Language)] ?? row.lines[languages[0]!] ?? row.shown;
    return [...byId.values()].sort((a, b) => a.shown.title.localeCompare(b.shown.title));
  }, [list.data, language, languages]);
  const stateOf = (row: Row, one: Language): (typeof STATES)[number] => {
    const line = row.lines[one];
    return !line ? 'missing' : line.changed ? 'changed' : line.state;
  };
  const found = rows.filter(
    (row) =>
      (!words.trim() || Object.values(row.lines).some((line) => plain(line.title).includes(plain(words.trim())))) &&
      (!audience || row.shown.audience === audience) &&
      (!due || row.due) &&
      (!state || (language ? [language] : languages).some((one) => stateOf(row, one) === state)),
  );

  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('knowledge.title')}</h1>
        {list.data && <span className="soft num">{t('knowledge.count', { count: rows.length })}</span>}
        <span className="grow" />
        {may(me, 'knowledge.write') && (
          <Link to="/author/knowledge/$articleId" params={{ articleId: 'new' }} className="btn pri">
            <IconPlus size={16} stroke={1.8} aria-hidden /> {t('knowledge.new')}
          </Link>
        )}
      </header>
      <div className="page-b wide">
        {list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={10} label={t('app.loading')} />
        ) : rows.length === 0 ? (
          <div className="nothing">
            <p className="strong">{t('knowledge.none')}</p>
            <p className="small soft">{t('knowledge.noneText')}</p>
          </div>
        ) : (
          <>
            <div className="filters" role="search" aria-label={t('knowledge.filters')}>
              <input
                className="input sm"
                type="search"
                aria-label={t('knowledge.find')}
                placeholder={t('knowledge.find')}
                value={words}
                onChange={(event) => setWords(event.currentTarget.value)}
              />
              <select
                className="input sm"
                aria-label={t('knowledge.language')}
                value={language}
                onChange={(event) => setLanguage(event.currentTarget.value as Language | '')}
              >
                <option value="">{t('knowledge.everyLanguage')}</option>
                {languages.map((one) => (
                  <option key={one} value={one}>
                    {t(`language.${one}`)}
                  </option>
                ))}
              </select>
              <select
                className="input sm"
                aria-label={t('knowledge.state')}
                value={state}
                onChange={(event) => setState(event.currentTarget.value as typeof state)}
              >
                <option value="">{t('knowledge.everyState')}</option>
                {STATES.map((one) => (
                  <option key={one} value={one}>
                    {t(`knowledge.states.${one}`)}
                  </option>
                ))}
              </select>
              <select
                className="input sm"
                aria-label={t('knowledge.audience')}
                value={audience}
                onChange={(event) => setAudience(event.currentTarget.value)}
              >
                <option value="">{t('knowledge.everyAudience')}</option>
                {(['patient', 'agent', 'employee'] as const).map((one) => (
                  <option key={one} value={one}>
                    {t(`knowledge.audiences.${one}`)}
                  </option>
                ))}
              </select>
              <button type="button" className="btn sm line" aria-pressed={due} onClick={() => setDue(!due)}>
                {t('knowledge.due')} <span className="num">{rows.filter((row) => row.due).length}</span>
              </button>
            </div>
            {found.length === 0 ? (
              <p className="soft nothing">{t('knowledge.nothingFound')}</p>
            ) : (
              <ul className="articles">
                {found.map((row) => (
                  <li key={row.id}>
                    <div className="article-t">
                      <Link
                        to="/author/knowledge/$articleId"
                        params={{ articleId: row.id }}
                        search={{ language: row.shown.language }}
                        className="strong"
                      >
                        {row.shown.title}
                      </Link>
                      <span className="small soft">
                        {[
                          row.shown.audience !== 'patient' && t(`knowledge.audiences.${row.shown.audience}`),
                          row.shown.owner?.name,
                          row.shown.reviewOn &&
                            t(row.due ? 'knowledge.dueSince' : 'knowledge.reviewOn', { day: day(row.shown.reviewOn) }),
                        ]
                          .filter(Boolean)
                          .join(' · ')}
                        {row.due && <span className="chip late">{t('knowledge.due')}</span>}
                      </span>
                    </div>
                    <Counts lines={Object.values(row.lines)} />
                    <span className="langs-of">
                      {languages.map((one) => {
                        const here = stateOf(row, one);
                        return (
                          <Link
                            key={one}
                            to="/author/knowledge/$articleId"
                            params={{ articleId: row.id }}
                            search={{ language: one }}
                            className={`lang ${here}`}
                            title={`${t(`language.${one}`)}: ${t(`knowledge.states.${here}`)}`}
                            aria-label={`${one.toUpperCase()}, ${row.shown.title}: ${t(`knowledge.states.${here}`)}`}
                          >
                            {one.toUpperCase()}
                          </Link>
                        );
                      })}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </main>
  );
}

function Counts({ lines }: { lines: ArticleLine[] }) {
  const { t } = useTranslation();
  const sum = (of: (line: ArticleLine) => number): number => lines.reduce((all, line) => all + of(line), 0);
  const answered = sum((line) => line.counts.answered);
  const helped = sum((line) => line.counts.helped);
  const judged = helped + sum((line) => line.counts.notHelped);
  if (answered === 0) return <span className="article-n small soft">{t('knowledge.neverAsked')}</span>;
  return (
    <span className="article-n small soft num">
      {t('knowledge.answered', { count: answered })}
      {judged > 0 && <> · {t('knowledge.helped', { helped, judged })}</>}
    </span>
  );
}

/** A calendar day as it is written where the desk is read. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat(spoken(), { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${iso.slice(0, 10)}T00:00:00Z`),
  );
}
