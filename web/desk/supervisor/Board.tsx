import { Menu } from '@mantine/core';
import { IconArrowDownRight, IconClockOff, IconDots, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  type Room,
  type RoomAgent,
  type RoomQueue,
  shareOf,
  totalsOf,
  waitingOf,
} from '../../../server/desk/supervision/contract.ts';
import { clock, wait } from '../../ui/format.ts';
import { spoken } from '../i18n.ts';
import { paceMeasures, paceText } from '../pace.ts';
import { Diamond, Ring, Stitches } from '../parts.tsx';
import { useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { ByClass, ClassMark, figure, missed, percent, Trend } from './figures.tsx';
import type { RoomDialog } from './dialogs.tsx';

/** Six figures above everything: what they are is said under each, how they are counted when pointed at. */
export function Figures({ room, queues }: { room: Room; queues: RoomQueue[] }) {
  const { t } = useTranslation();
  const total = totalsOf(queues);
  const today = shareOf(total.today);
  const now = shareOf(total.lastHalfHour);
  const lowNow = now !== null && total.goalNow !== null && now < total.goalNow;
  const lowToday = today !== null && total.goal !== null && today < total.goal;
  const abandoned = total.queued === 0 ? null : total.abandoned / total.queued;
  const reached = room.criticalToNurse;
  const lateNurse = reached.seconds !== null && reached.seconds > reached.targetSeconds;
  const alone = room.solvedAlone.closed === 0 ? null : room.solvedAlone.solved / room.solvedAlone.closed;
  return (
    <dl className="figures">
      <div title={t('room.how.waiting')}>
        <dt>{t('room.waitingNow')}</dt>
        <dd className="figure num">{figure(waitingOf(total.waiting))}</dd>
        <dd className="meta soft">
          <ByClass of={total.waiting} size={13} />
        </dd>
      </div>
      <div title={t('room.how.nurse')} className={lateNurse ? 'low' : ''}>
        <dt>{t('room.criticalToNurse')}</dt>
        <dd className="figure num">{reached.seconds === null ? '–' : seconds(reached.seconds)}</dd>
        <dd className="meta faint">
          {reached.cases === 0
            ? t('room.noCritical', { seconds: reached.targetSeconds })
            : t('room.nurseOf', { count: reached.cases, seconds: reached.targetSeconds })}
        </dd>
      </div>
      <div title={t('room.how.service')} className={lowToday ? 'low' : ''}>
        <dt>{t('room.serviceToday')}</dt>
        <dd className="figure num">{percent(today)}</dd>
        <dd className="meta faint">{t('room.goal', { goal: percent(total.goal) })}</dd>
      </div>
      <div title={t('room.how.service')} className={lowNow ? 'low' : ''}>
        <dt>{t('room.lastHalfHour')}</dt>
        <dd className="figure num">{percent(now)}</dd>
        <dd className="meta faint">
          {lowNow ? (
            <>
              <IconArrowDownRight size={13} stroke={1.8} aria-hidden />
              {t('room.below', { points: Math.max(1, Math.round((total.goalNow! - now) * 100)) })}
            </>
          ) : (
            t('room.answeredOf', { within: total.lastHalfHour.within, offered: total.lastHalfHour.offered })
          )}
        </dd>
      </div>
      <div title={t('room.how.abandoned')} className={abandoned !== null && abandoned > room.abandonLimit ? 'low' : ''}>
        <dt>{t('room.abandonedToday')}</dt>
        <dd className="figure num">{percent(abandoned, 1)}</dd>
        <dd className="meta faint">{t('room.limit', { limit: percent(room.abandonLimit) })}</dd>
      </div>
      <div title={t('room.how.alone')}>
        <dt>{t('room.solvedAlone')}</dt>
        <dd className="figure num">{percent(alone)}</dd>
        <dd className="meta faint">
          {t('room.ofToday', { some: figure(room.solvedAlone.solved), all: figure(room.solvedAlone.closed) })}
        </dd>
      </div>
    </dl>
  );
}

export function seconds(value: number): string {
  return value < 120 ? `${Math.round(value)}\u00a0s` : wait(value * 1000);
}

/** The queues: who waits, how late, who is there. */
export function Queues({
  queues,
  entities,
  chosen,
  choose,
  open,
}: {
  queues: RoomQueue[];
  entities: Room['entities'];
  chosen: string | undefined;
  choose: (queueId: string) => void;
  open: (dialog: RoomDialog) => void;
}) {
  const { t } = useTranslation();
  const name = new Map(entities.map((entity) => [entity.id, entity.name]));
  return (
    <section className="sv-card" aria-label={t('room.queues')}>
      <header className="sv-card-h">
        <h2>{t('room.queues')}</h2>
        <span className="legend meta faint" aria-hidden>
          {(['critical', 'urgent', 'standard', 'low'] as const).map((priority) => (
            <span key={priority}>
              <ClassMark priority={priority} size={13} /> {t(`priority.${priority}`)}
            </span>
          ))}
        </span>
      </header>
      <div className="sv-table" tabIndex={0} role="group" aria-label={t('room.queues')}>
        <table>
          <thead>
            <tr>
              <th>{t('room.queue')}</th>
              <th>{t('room.waiting')}</th>
              <th>{t('room.oldest')}</th>
              <th className="right" colSpan={2} title={t('room.how.service')}>
                {t('room.service30')}
              </th>
              <th className="right" title={t('room.how.service')}>
                {t('room.todayGoal')}
              </th>
              <th className="right">{t('room.freePlaces')}</th>
              <th className="right">{t('room.agents')}</th>
              <th className="right">{t('room.waitIfNow')}</th>
              <th>
                <span className="hidden-but-read">{t('room.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <QueueRow
                key={queue.id}
                queue={queue}
                entity={queue.entityId ? name.get(queue.entityId) : undefined}
                chosen={queue.id === chosen}
                choose={choose}
                open={open}
              />
            ))}
          </tbody>
        </table>
        {queues.length === 0 && <p className="sv-none small soft">{t('room.noQueues')}</p>}
      </div>
    </section>
  );
}

function QueueRow({
  queue,
  entity,
  chosen,
  choose,
  open,
}: {
  queue: RoomQueue;
  entity: string | undefined;
  chosen: boolean;
  choose: (queueId: string) => void;
  open: (dialog: RoomDialog) => void;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const name = queue.names[spoken()];
  const low = missed(queue.lastHalfHour, queue.goal);
  const hot = queue.ages.over > 0 && queue.free === 0;
  return (
    <tr className={`${hot ? 'hot' : ''} ${chosen ? 'chosen' : ''}`}>
      <th scope="row">
        <button type="button" className="sv-name" aria-pressed={chosen} onClick={() => choose(queue.id)}>
          {name}
        </button>
        {(entity || !queue.open || queue.opening) && (
          <span className="meta faint">
            {[
              entity,
              queue.opening
                ? t(queue.opening.open ? 'room.openUntil' : 'room.closedUntil', {
                    time: clock(new Date(queue.opening.until), language, zone),
                  })
                : queue.open
                  ? null
                  : t('room.closed'),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        )}
      </th>
      <td>
        <ByClass of={queue.waiting} />
        {queue.ages.over > 0 && (
          <span className="over-line meta over-t num">{t('room.over', { count: queue.ages.over })}</span>
        )}
      </td>
      <td>
        <Oldest oldest={queue.oldest} />
      </td>
      <td className={`right strong num ${low ? 'low' : ''}`}>
        {low && <IconArrowDownRight size={14} stroke={1.8} role="img" aria-label={t('room.belowGoal')} />}
        {percent(shareOf(queue.lastHalfHour))}
      </td>
      <td>
        <Trend trend={queue.trend} goal={queue.goal} low={low} />
      </td>
      <td className="right num">
        {percent(shareOf(queue.today)).replace(/\u00a0?%$/, '')}
        <span className="faint"> / {percent(queue.goal)}</span>
      </td>
      <td className="right num">
        <b className={queue.free === 0 && waitingOf(queue.waiting) > 0 ? 'over-t' : ''}>{queue.free}</b>
        <span className="faint"> {t('room.ofPlaces', { places: queue.places })}</span>
      </td>
      <td className="right num">{queue.agents}</td>
      <td className="right num soft">
        <WaitNow queue={queue} />
      </td>
      <td className="sv-menu">
        <Menu position="bottom-end" width={240} withinPortal withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <button type="button" className="ib sm" aria-label={t('room.actionsOf', { name })}>
              <IconDots size={16} stroke={1.6} aria-hidden />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => choose(queue.id)}>{t('room.seeWaiting')}</Menu.Item>
            <Menu.Divider />
            {queue.opening ? (
              <Menu.Item onClick={() => open({ kind: 'hours', queueId: queue.id, name })}>
                {t('room.backToHours')}
              </Menu.Item>
            ) : null}
            {!queue.open && (
              <Menu.Item onClick={() => open({ kind: 'opening', queueId: queue.id, name, open: true })}>
                {t('room.openFor')}
              </Menu.Item>
            )}
            {queue.open && (
              <Menu.Item onClick={() => open({ kind: 'opening', queueId: queue.id, name, open: false })}>
                {t('room.closeNow')}
              </Menu.Item>
            )}
            <Menu.Item onClick={() => open({ kind: 'broadcast', queueId: queue.id })}>{t('room.tellQueue')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}

/** Who waits longest: a ring of its target, by the channel. */
export function Oldest({ oldest, size = 26 }: { oldest: RoomQueue['oldest']; size?: number }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!oldest) return <span className="faint">{t('room.none')}</span>;
  const age = now - Date.parse(oldest.since);
  const share = age / (oldest.targetSeconds * 1000);
  const channel = t(`channel.${oldest.channel ?? 'voice'}`);
  return (
    <span className="oldest num">
      <Ring
        share={share}
        channel={oldest.channel ?? 'voice'}
        label={t('inbox.ringOf', { channel, time: wait(age) })}
        size={size}
      />
      <time className={share >= 1 ? 'over-t' : ''}>{wait(age)}</time>
    </span>
  );
}

/** What somebody who came now would be told. */
function WaitNow({ queue }: { queue: RoomQueue }) {
  const { t } = useTranslation();
  if (!queue.open) return <>{t('room.closed')}</>;
  if (!queue.wait) return <span title={t('room.waitUnknownText')}>{t('room.waitUnknown')}</span>;
  const low = Math.round(queue.wait.low / 60);
  const high = Math.max(1, Math.round(queue.wait.high / 60));
  return (
    <>
      {queue.wait.high < 60
        ? t('room.underMinute')
        : low === 0
          ? t('room.upTo', { minutes: high })
          : low >= high
            ? t('room.minutes', { minutes: high })
            : t('room.minutesRange', { low, high })}
    </>
  );
}

const STATES = ['available', 'busy', 'call', 'wrapping', 'break', 'training', 'gone', 'offline'] as const;

/** How many are in each state, by shape. */
export function StateSum({ agents }: { agents: RoomAgent[] }) {
  const { t } = useTranslation();
  return (
    <ul className="state-sum meta soft num">
      {STATES.map((state) => {
        const count = agents.filter((agent) => agent.state === state).length;
        return count === 0 ? null : (
          <li key={state}>
            <i className={`dot ${state}`} aria-hidden /> {t(`room.states.${state}`, { count })}
          </li>
        );
      })}
    </ul>
  );
}

export function Agents({
  agents,
  see,
  open,
}: {
  agents: RoomAgent[];
  see: (agentId: string) => void;
  open: (dialog: RoomDialog) => void;
}) {
  const { t } = useTranslation();
  if (agents.length === 0) return <p className="sv-none small soft">{t('room.nobodyHere')}</p>;
  return (
    <ul className="agents">
      {agents.map((agent) => (
        <Agent key={agent.id} agent={agent} see={see} open={open} />
      ))}
    </ul>
  );
}

function Agent({
  agent,
  see,
  open,
}: {
  agent: RoomAgent;
  see: (agentId: string) => void;
  open: (dialog: RoomDialog) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const { language, zone } = useWhen();
  const works = agent.state === 'available' || agent.state === 'busy' || agent.load > 0;
  const less = agent.places < agent.capacity;
  return (
    <li className={`agent ${agent.state}`}>
      <Menu position="bottom-start" width={260} withinPortal withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button type="button" className="agent-n">
            {agent.critical ? (
              <Diamond priority="critical" size={14} />
            ) : (
              <i className={`dot ${agent.state}`} aria-hidden />
            )}
            <span className="whole">{agent.name}</span>
            <span className="hidden-but-read">, {t(`room.state.${agent.state}`)}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {t(`room.state.${agent.state}`)}
            {agent.reason && ` · ${t(`presence.reasons.${agent.reason}`, { defaultValue: agent.reason })}`}
            {less && (
              <>
                <br />
                <Pace agent={agent} />
              </>
            )}
          </Menu.Label>
          <Menu.Item onClick={() => see(agent.id)}>{t('room.seeHeld')}</Menu.Item>
          <Menu.Divider />
          {agent.presence !== 'available' && agent.presence !== 'busy' && (
            <Menu.Item
              onClick={() => open({ kind: 'presence', agentId: agent.id, name: agent.name, state: 'available' })}
            >
              {t('room.makeAvailable')}
            </Menu.Item>
          )}
          {agent.presence !== 'offline' && (
            <Menu.Item
              onClick={() => open({ kind: 'presence', agentId: agent.id, name: agent.name, state: 'offline' })}
            >
              {t('room.endShift')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {works ? (
        <span className="agent-l">
          {less && (
            <span className="pace meta" title={paceSays(agent, t)}>
              {t('room.paceShort', { places: agent.places })}
            </span>
          )}
          <Stitches
            load={agent.load}
            capacity={agent.places}
            label={t('inbox.loadOf', { load: agent.load, capacity: agent.places })}
          />
          <span className="num meta soft">{agent.load}</span>
        </span>
      ) : (
        <span className="agent-s meta soft">
          {agent.state === 'call' && <IconPhone size={13} stroke={1.6} aria-hidden />}
          {agent.state === 'gone' && <IconClockOff size={13} stroke={1.6} aria-hidden />}
          {agent.reason && agent.state === 'break'
            ? t(`presence.reasons.${agent.reason}`, { defaultValue: agent.reason })
            : t(`room.state.${agent.state}`)}
        </span>
      )}
      <time className={`num meta ${agent.late && works ? 'over-t' : 'faint'}`}>
        {works
          ? agent.unansweredSince
            ? wait(now - Date.parse(agent.unansweredSince))
            : '–'
          : agent.state === 'gone' || agent.state === 'offline'
            ? t('room.since', { time: clock(new Date(agent.since), language, zone) })
            : wait(now - Date.parse(agent.since))}
      </time>
    </li>
  );
}

function paceSays(agent: RoomAgent, t: ReturnType<typeof useTranslation>['t']): string {
  return [
    `${t('pace.places', { places: agent.places, capacity: agent.capacity })}.`,
    agent.paceReason && paceText(t, agent.paceReason),
    agent.paceReason && paceMeasures(t, agent.paceReason),
  ]
    .filter(Boolean)
    .join(' ');
}

function Pace({ agent }: { agent: RoomAgent }) {
  const { t } = useTranslation();
  return <>{paceSays(agent, t)}</>;
}
