import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconChevronLeft, IconChevronRight, IconDownload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import {
  CAUSES,
  type LevelLine,
  type LevelsReport,
  PERIODS,
  type Period,
} from '../../../../server/routing/levels/contract.ts';
import { birthDay, type Language } from '../../../ui/format.ts';
import { ask } from '../../api.ts';
import { spoken } from '../../i18n.ts';
import { Diamond, IconButton } from '../../parts.tsx';
import { Page } from '../Page.tsx';
import { exactly, listed, shareText } from '../queues/sentence.ts';

/** Whether promises were kept: for a day, a week or a month, by entity, queue and urgency. */
export function Levels() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { period = 'day', date } = useSearch({ from: '/desk/house/levels' });
  const query = useQuery({
    queryKey: ['levels', period, date ?? 'today'],
    queryFn: ({ signal }) =>
      ask<LevelsReport>(`/api/levels?${new URLSearchParams({ period, ...(date && { date }) })}`, { signal }),
    placeholderData: keepPreviousData,
    // a month of a large house is counted in seconds
    refetchInterval: period === 'day' ? 30_000 : 300_000,
  });
  const go = (to: { period?: Period; date?: string | undefined }): void =>
    void navigate({ to: '/house/levels', search: { period, ...(date && { date }), ...to } });
  const report = query.data;
  return (
    <Page
      title={t('levelPage.title')}
      action={
        report && (
          <a
            className="btn"
            download
            href={`/api/levels/export?${new URLSearchParams({ period, date: report.from, language: spoken() })}`}
          >
            <IconDownload size={16} stroke={1.8} aria-hidden /> {t('levelPage.export')}
          </a>
        )
      }
      query={query}
    >
      {report && (
        <>
          <div className="level-bar">
            <fieldset className="choices">
              <legend className="hidden-but-read">{t('levelPage.period')}</legend>
              {PERIODS.map((one) => (
                <label key={one} className={one === period ? 'on' : ''}>
                  <input type="radio" name="period" checked={one === period} onChange={() => go({ period: one })} />
                  {t(`levelPage.periods.${one}`)}
                </label>
              ))}
            </fieldset>
            <span className="level-when">
              <IconButton label={t('levelPage.before')} onClick={() => go({ date: shifted(report.from, -1) })}>
                <IconChevronLeft size={16} stroke={1.8} aria-hidden />
              </IconButton>
              <input
                className="input num"
                type="date"
                aria-label={t('levelPage.date')}
                value={date ?? report.from}
                onChange={(event) => event.currentTarget.value && go({ date: event.currentTarget.value })}
              />
              <IconButton label={t('levelPage.after')} onClick={() => go({ date: report.until })}>
                <IconChevronRight size={16} stroke={1.8} aria-hidden />
              </IconButton>
            </span>
          </div>
          <p className="small soft num">
            {t(period === 'day' ? 'levelPage.spanDay' : 'levelPage.span', {
              from: birthDay(report.from, spoken()),
              until: birthDay(shifted(report.until, -1), spoken()),
              zone: report.timezone,
            })}
          </p>
          {report.all.offered === 0 ? (
            <div className="nothing">
              <h2>{t('levelPage.empty')}</h2>
              <p className="soft">{t('levelPage.emptyText')}</p>
            </div>
          ) : (
            <Figures report={report} />
          )}
          <Definitions report={report} />
        </>
      )}
    </Page>
  );
}

/** A calendar day, so many days on. */
const shifted = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

function Figures({ report }: { report: LevelsReport }) {
  const { t } = useTranslation();
  const language = spoken();
  return (
    <>
      <p className="level-said" aria-live="polite">
        {sentenceOf(report, t, language)}
      </p>
      {report.entities
        .filter((entity) => entity.line.offered > 0)
        .map((entity) => {
          const name = entity.name ?? t('levelPage.own');
          return (
            <div key={entity.entityId ?? 'own'} className="level-entity">
              <h2>{name}</h2>
              <div className="table-box" tabIndex={0} role="region" aria-label={name}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t('levelPage.queue')}</th>
                      {HEADS.map((head) => (
                        <th key={head} scope="col" className="fig">
                          {t(`levelPage.${head}`)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {entity.queues
                      .filter((queue) => queue.line.offered > 0)
                      .flatMap((queue) => [
                        <tr key={queue.queueId}>
                          <th scope="row">
                            {queue.names[language]}
                            <span className="small soft">
                              {' '}
                              {t('levelPage.goal', { goal: shareText(queue.goal, language) })}
                            </span>
                          </th>
                          <Cells line={queue.line} goal={queue.goal} />
                        </tr>,
                        ...(queue.classes.length > 1
                          ? queue.classes.map(({ priority, targetSeconds, line }) => (
                              <tr key={`${queue.queueId} ${priority}`} className="sub">
                                <th scope="row">
                                  <Diamond priority={priority} size={11} /> {t(`queuePage.class.${priority}`)}
                                  <span className="small soft">
                                    {' '}
                                    {t('levelPage.target', { target: exactly(targetSeconds) })}
                                  </span>
                                </th>
                                <Cells line={line} goal={queue.goal} />
                              </tr>
                            ))
                          : []),
                      ])}
                    <tr className="sum">
                      <th scope="row">{t('levelPage.all')}</th>
                      <Cells line={entity.line} />
                    </tr>
                  </tbody>
                </table>
              </div>
              <Causes line={entity.line} />
            </div>
          );
        })}
    </>
  );
}

/** What is promised first: the rest may be a scroll away on a telephone. */
const HEADS = [
  'serviceLevel',
  'offered',
  'inTarget',
  'answered',
  'withoutShort',
  'ofAnswered',
  'abandonment',
  'averageWait',
  'missed',
] as const;

function Cells({ line, goal }: { line: LevelLine; goal?: number }) {
  const { t } = useTranslation();
  const language = spoken();
  const share = (value: number | null): string =>
    value === null ? t('levelPage.nothing') : shareText(value, language);
  const count = (value: number): string => new Intl.NumberFormat(language).format(value);
  const below = goal !== undefined && line.serviceLevel !== null && line.serviceLevel < goal;
  return (
    <>
      <td className={`fig ${below ? 'over-t' : 'strong'}`}>{share(line.serviceLevel)}</td>
      <td className="fig">
        {count(line.offered)}
        {line.waiting > 0 && (
          <span className="small soft block">{t('levelPage.waiting', { count: line.waiting })}</span>
        )}
      </td>
      <td className="fig">{count(line.answeredInTarget)}</td>
      <td className="fig">{count(line.answered)}</td>
      <td className="fig">{share(line.withoutShortAbandons)}</td>
      <td className="fig">{share(line.ofAnswered)}</td>
      <td className="fig">{share(line.abandonment)}</td>
      <td className="fig">
        {line.averageWait === null ? t('levelPage.nothing') : exactly(Math.round(line.averageWait))}
      </td>
      <td className="fig">{count(line.missed)}</td>
    </>
  );
}

/** Causes with what nobody wrote a cause for, most first. */
function causesOf(line: LevelLine): { cause: string; n: number }[] {
  const known = CAUSES.map((cause) => ({ cause: cause as string, n: line.causes[cause] ?? 0 }));
  const unknown = line.missed - known.reduce((sum, one) => sum + one.n, 0);
  return [...known, { cause: 'unknown', n: Math.max(0, unknown) }].filter((one) => one.n > 0).sort((a, b) => b.n - a.n);
}

function Causes({ line }: { line: LevelLine }) {
  const { t } = useTranslation();
  const causes = causesOf(line);
  if (causes.length === 0) return null;
  return (
    <div className="causes">
      <h3>{t('levelPage.causes')}</h3>
      <ul>
        {causes.map(({ cause, n }) => (
          <li key={cause}>
            <span className="num strong">{n}</span> {t(`levelPage.cause.${cause}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the figures mean, in one or two sentences. */
function sentenceOf({ all, entities }: LevelsReport, t: TFunction, language: Language): string {
  const decided = all.offered - (all.waiting - all.waitingLate);
  if (all.serviceLevel === null) return t('levelPage.saidNone', { offered: all.offered });
  const queues = entities.flatMap((entity) => entity.queues).filter((queue) => queue.line.serviceLevel !== null);
  const below = queues
    .filter((queue) => queue.line.serviceLevel! < queue.goal)
    .sort((a, b) => a.line.serviceLevel! - a.goal - (b.line.serviceLevel! - b.goal));
  const worst = causesOf(all)[0];
  return [
    t('levelPage.said', { level: shareText(all.serviceLevel, language), inTarget: all.answeredInTarget, decided }),
    below.length === 0
      ? t('levelPage.saidKept')
      : t('levelPage.saidBelow', {
          queues: listed(
            below.slice(0, 4).map((queue) =>
              t('levelPage.saidQueue', {
                name: queue.names[language],
                level: shareText(queue.line.serviceLevel!, language),
                goal: shareText(queue.goal, language),
              }),
            ),
            language,
          ),
        }),
    ...(worst
      ? [t('levelPage.saidCause', { cause: t(`levelPage.cause.${worst.cause}`), n: worst.n, missed: all.missed })]
      : []),
  ].join(' ');
}

function Definitions({ report }: { report: LevelsReport }) {
  const { t } = useTranslation();
  return (
    <details className="definitions">
      <summary>{t('levelPage.how')}</summary>
      <ul className="small soft">
        {(
          ['serviceLevel', 'withoutShort', 'ofAnswered', 'abandonment', 'averageWait', 'waiting', 'moved'] as const
        ).map((one) => (
          <li key={one}>{t(`levelPage.definitions.${one}`, { seconds: exactly(report.shortSeconds) })}</li>
        ))}
      </ul>
    </details>
  );
}
