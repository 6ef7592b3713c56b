import { useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type Room, shareOf, totalsOf, waitingOf } from '../../../server/desk/supervision/contract.ts';
import { WORDMARK } from '../../ui/brand.ts';
import { clock, wait } from '../../ui/format.ts';
import { ask } from '../api.ts';
import { meQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { Diamond, Skeleton } from '../parts.tsx';
import { may, MeContext, useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { Oldest, seconds } from './Board.tsx';
import { ByClass, figure, missed, percent } from './figures.tsx';
import { ForecastChart, useForecastSays } from './Forecast.tsx';
import { useRoom } from './room.ts';
import './room.css';

/** Read from five metres: six queues at most, those with most trouble; no controls. */
const QUEUES = 6;
/** A screen on a wall is somebody at work: it says so before its session is thought idle. */
const HERE_MS = 300_000;

export function WallPage() {
  const { t } = useTranslation();
  const me = useSuspenseQuery(meQuery).data;
  useEffect(() => {
    document.title = `${t('room.wall')} · Hebra`;
  }, [t]);
  if (!me) return null;
  return (
    <MeContext value={me}>
      <main className="wall">{may(me, 'room.read') ? <Screen /> : <p>{t('room.forbidden')}</p>}</main>
    </MeContext>
  );
}

function Screen() {
  const { t } = useTranslation();
  const ended = useCallback(() => location.assign('/desk/sign-in?ended=true&to=/wall'), []);
  const { room, downSince } = useRoom(ended);
  useEffect(() => {
    const timer = setInterval(() => void ask('/api/me', { quiet: true }).catch(() => undefined), HERE_MS);
    return () => clearInterval(timer);
  }, []);
  return room ? (
    <Shown room={room} downSince={downSince} />
  ) : (
    <>
      <h1 className="hidden-but-read">{t('room.wall')}</h1>
      <Skeleton lines={10} label={t('app.loading')} />
    </>
  );
}

function Shown({ room, downSince }: { room: Room; downSince: number | null }) {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow();
  const { language, zone } = useWhen();
  const total = totalsOf(room.queues);
  const now30 = shareOf(total.lastHalfHour);
  const low = now30 !== null && total.goalNow !== null && now30 < total.goalNow;
  const abandoned = total.queued === 0 ? null : total.abandoned / total.queued;
  const critical = room.critical[0];
  const shown = [...room.queues]
    .sort(
      (a, b) =>
        b.waiting.critical - a.waiting.critical ||
        b.ages.over - a.ages.over ||
        waitingOf(b.waiting) - waitingOf(a.waiting) ||
        b.today.offered - a.today.offered,
    )
    .slice(0, QUEUES);
  const count = (...states: string[]): number => room.agents.filter((agent) => states.includes(agent.state)).length;
  const old = downSince !== null && now - downSince > 2_000;
  return (
    <>
      <header>
        <svg
          className="word"
          height="44"
          width="128"
          viewBox="0 0 93 32"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.5"
          strokeLinecap="round"
          strokeLinejoin="round"
          aria-hidden
        >
          <path d={WORDMARK} />
        </svg>
        <h1>{me.organisation.name}</h1>
        <span className="grow" />
        {old && (
          <span className="wall-old" role="status">
            {t('room.old', { time: clock(new Date(room.at), language, zone) })}
          </span>
        )}
        <time className="num">{clock(new Date(now), language, zone)}</time>
      </header>
      <dl className="wall-k">
        {critical ? (
          <div className="crit">
            <dt>
              <Diamond priority="critical" size={36} /> {t('room.criticalAlone')}
            </dt>
            <dd className="figure num">{wait(now - Date.parse(critical.since))}</dd>
            <dd className="sub">
              {critical.offeredTo ? t('room.offeredTo', { name: critical.offeredTo }) : t('room.offeredNobody')}
            </dd>
          </div>
        ) : (
          <div>
            <dt>{t('room.criticalToNurse')}</dt>
            <dd className="figure num">
              {room.criticalToNurse.seconds === null ? '–' : seconds(room.criticalToNurse.seconds)}
            </dd>
            <dd className="sub">
              {t(room.criticalToNurse.cases === 0 ? 'room.noCritical' : 'room.nurseGoal', {
                seconds: room.criticalToNurse.targetSeconds,
              })}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('room.waitingNow')}</dt>
          <dd className="figure num">{figure(waitingOf(total.waiting))}</dd>
          <dd className="sub num">
            {total.waiting.urgent > 0 ? (
              <>
                <Diamond priority="urgent" size={26} /> {t('room.urgents', { count: total.waiting.urgent })}
              </>
            ) : (
              t('room.noUrgent')
            )}
          </dd>
        </div>
        <div className={low ? 'low' : ''}>
          <dt>{t('room.service30')}</dt>
          <dd className="figure num">{percent(now30)}</dd>
          <dd className="sub num">
            {t('room.goalToday', { goal: percent(total.goalNow ?? total.goal), today: percent(shareOf(total.today)) })}
          </dd>
        </div>
        <div className={abandoned !== null && abandoned > room.abandonLimit ? 'low' : ''}>
          <dt>{t('room.abandonedToday')}</dt>
          <dd className="figure num">{percent(abandoned, 1)}</dd>
          <dd className="sub num">{t('room.limit', { limit: percent(room.abandonLimit) })}</dd>
        </div>
      </dl>
      <div className="wall-g">
        <table>
          <thead>
            <tr>
              <th>{t('room.queue')}</th>
              <th>{t('room.waiting')}</th>
              <th>{t('room.oldest')}</th>
              <th className="right">{t('room.halfHour')}</th>
              <th className="right">{t('room.places')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((queue) => (
              <tr key={queue.id} className={queue.ages.over > 0 && queue.free === 0 ? 'hot' : ''}>
                <th scope="row">{queue.names[spoken()]}</th>
                <td>
                  <ByClass of={queue.waiting} size={30} />
                </td>
                <td>
                  <Oldest oldest={queue.oldest} size={48} />
                </td>
                <td className={`right num big ${missed(queue.lastHalfHour, queue.goal) ? 'over-t' : ''}`}>
                  {percent(shareOf(queue.lastHalfHour))}
                </td>
                <td className={`right num big ${queue.free === 0 && waitingOf(queue.waiting) > 0 ? 'over-t' : ''}`}>
                  {queue.free}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="wall-r">
          <section>
            <h2>{t('room.team')}</h2>
            <ul className="wall-s num">
              {(
                [
                  ['available', count('available')],
                  ['busy', count('busy')],
                  ['call', count('call')],
                  ['break', count('break', 'training', 'wrapping')],
                ] as const
              ).map(([state, n]) => (
                <li key={state}>
                  <i className={`dot ${state}`} aria-hidden />
                  <b>{n}</b> {t(`room.wallStates.${state}`, { count: n })}
                </li>
              ))}
            </ul>
          </section>
          <Coming room={room} />
        </div>
      </div>
    </>
  );
}

function Coming({ room }: { room: Room }) {
  const { t } = useTranslation();
  const says = useForecastSays(room.forecast);
  return (
    <section className="wall-f">
      <h2>{t('room.forecast.title')}</h2>
      {room.forecast.state === 'ready' && <ForecastChart forecast={room.forecast} width={548} height={300} big />}
      <p className={room.forecast.state === 'ready' && room.forecast.short ? 'over-t' : ''}>{says}</p>
    </section>
  );
}
