import { Menu } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconChevronDown, IconScreenShare, IconSpeakerphone, IconX } from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PRIORITIES } from '../../../server/conversation/contract.ts';
import type { Room, RoomQueue } from '../../../server/desk/supervision/contract.ts';
import { clock, weekdayShort } from '../../ui/format.ts';
import { queries } from '../data.ts';
import { spoken } from '../i18n.ts';
import { useKeys } from '../keys.ts';
import { Skeleton } from '../parts.tsx';
import { announce } from '../say.ts';
import { may, useMe, useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { AdviceList } from './AdviceList.tsx';
import { Agents, Figures, Queues, StateSum } from './Board.tsx';
import { Dialogs, type RoomDialog } from './dialogs.tsx';
import { ForecastCard } from './Forecast.tsx';
import { Items } from './Items.tsx';
import { useRoom } from './room.ts';
import type { RoomSearch } from './search.ts';
import './room.css';

/** The live room: sees trouble before the patients feel it, and does something about it. */
export function RoomPage() {
  const { t } = useTranslation();
  const me = useMe();
  useEffect(() => {
    document.title = `${t('room.title')} · Hebra`;
  }, [t]);
  if (!may(me, 'room.read'))
    return (
      <main className="page" tabIndex={-1}>
        <header className="page-h">
          <h1>{t('room.title')}</h1>
        </header>
        <div className="page-b wide">
          <p className="soft">{t('room.forbidden')}</p>
        </div>
      </main>
    );
  return <Live />;
}

function Live() {
  const { t } = useTranslation();
  const { room, downSince } = useRoom();
  if (!room)
    return (
      <main className="sv" tabIndex={-1}>
        <h1 className="hidden-but-read">{t('room.title')}</h1>
        <Skeleton lines={12} label={t('app.loading')} />
      </main>
    );
  return <Board room={room} downSince={downSince} />;
}

function Board({ room, downSince }: { room: Room; downSince: number | null }) {
  const { t } = useTranslation();
  const now = useNow();
  const { language, zone } = useWhen();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as RoomSearch;
  const [dialog, setDialog] = useState<RoomDialog | null>(null);
  const to = (next: RoomSearch): void => void navigate({ to: '/room', search: next, replace: true });
  const queues = room.queues.filter((queue) => ofEntity(queue, search.entity));
  const agents = room.agents.filter(
    (agent) => !search.entity || agent.queueIds === null || queues.some((queue) => agent.queueIds!.includes(queue.id)),
  );
  const advice = room.advice.filter(
    (one) => !search.entity || !('queueId' in one) || queues.some((queue) => queue.id === one.queueId),
  );
  const keep = search.entity ? { entity: search.entity } : {};
  const listen = (conversationId: string): void =>
    void navigate({ to: '/room/c/$conversationId', params: { conversationId } });
  useKeys('room', {
    broadcast: () => setDialog({ kind: 'broadcast' }),
    roomAll: () => to(keep),
    roomWaiting: () => to({ ...search, show: 'waiting' }),
    roomHeld: () => to({ ...search, show: 'held' }),
    roomBack: () => to(keep),
  });
  useCriticalAnnounced(room);
  return (
    <main className="sv" tabIndex={-1}>
      <header className="sv-h">
        <h1>{t('room.title')}</h1>
        <time className="soft num">
          {weekdayShort(new Date(now), language, zone)}, {clock(new Date(now), language, zone)}
        </time>
        {downSince !== null && now - downSince > 2_000 && (
          <span className="sv-old small" role="status">
            {t('room.old', { time: clock(new Date(room.at), language, zone) })}
          </span>
        )}
        <span className="grow" />
        {room.entities.length > 0 && (
          <EntityMenu room={room} chosen={search.entity} choose={(entity) => to({ ...search, entity })} />
        )}
        <button
          type="button"
          className="btn line"
          aria-keyshortcuts="B"
          onClick={() => setDialog({ kind: 'broadcast' })}
        >
          <IconSpeakerphone size={16} stroke={1.6} aria-hidden /> {t('room.broadcast')}
        </button>
        <Link to="/wall" className="btn line sv-wall" target="_blank">
          <IconScreenShare size={16} stroke={1.6} aria-hidden /> {t('room.wall')}
        </Link>
      </header>
      <Figures room={room} queues={queues} />
      <div className="sv-grid">
        <div className="sv-left">
          <Queues
            queues={queues}
            entities={room.entities}
            chosen={search.queue}
            choose={(queue) => to(queue === search.queue ? keep : { ...keep, show: 'waiting', queue })}
            open={setDialog}
          />
          <section className="sv-card" aria-label={t('room.people')}>
            <header className="sv-card-h sv-tabs-h">
              <div className="sv-tabs" role="tablist" aria-label={t('room.people')}>
                <Tab k="1" on={!search.show} label={t('room.agents')} count={agents.length} choose={() => to(keep)} />
                <Tab
                  k="2"
                  on={search.show === 'waiting'}
                  label={t('room.tabWaiting')}
                  choose={() => to({ ...search, show: 'waiting' })}
                />
                <Tab
                  k="3"
                  on={search.show === 'held'}
                  label={t('room.tabHeld')}
                  choose={() => to({ ...search, show: 'held' })}
                />
              </div>
              {search.show ? <Filters room={room} search={search} to={to} /> : <StateSum agents={agents} />}
            </header>
            {search.show ? (
              <Items
                key={JSON.stringify(search)}
                room={room}
                filter={{
                  hand: search.show,
                  queue: search.queue,
                  priority: search.priority,
                  agent: search.agent,
                  entity: search.entity,
                }}
                open={setDialog}
                listen={listen}
              />
            ) : (
              <Agents agents={agents} see={(agent) => to({ ...keep, show: 'held', agent })} open={setDialog} />
            )}
          </section>
        </div>
        <div className="sv-right">
          <AdviceList
            room={room}
            advice={advice}
            open={setDialog}
            see={({ hand, ...rest }) => to({ ...keep, show: hand, ...rest })}
          />
          <ForecastCard forecast={room.forecast} />
        </div>
      </div>
      <Suspense fallback={null}>
        {dialog && (
          <Dialogs
            dialog={dialog}
            room={room}
            close={() => setDialog(null)}
            done={() => void queries.invalidateQueries({ queryKey: ['room-items'] })}
          />
        )}
      </Suspense>
    </main>
  );
}

const ofEntity = (queue: RoomQueue, entity: string | undefined): boolean =>
  !entity || (entity === 'own' ? queue.entityId === null : queue.entityId === entity);

function Tab({
  k,
  on,
  label,
  count,
  choose,
}: {
  k: string;
  on: boolean;
  label: string;
  count?: number;
  choose: () => void;
}) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={on}
      aria-keyshortcuts={k}
      className={on ? 'on' : ''}
      onClick={choose}
    >
      {label} {count !== undefined && <span className="num faint">{count}</span>}
    </button>
  );
}

/** What the list is narrowed to; each can be taken away. */
function Filters({ room, search, to }: { room: Room; search: RoomSearch; to: (next: RoomSearch) => void }) {
  const { t } = useTranslation();
  const set = (name: 'queue' | 'priority' | 'agent', value: string): void => {
    const { [name]: _, ...rest } = search;
    to(value ? ({ ...rest, [name]: value } as RoomSearch) : rest);
  };
  const { queue, priority, agent } = search;
  return (
    <div className="sv-filters">
      <select
        className="input sm"
        aria-label={t('room.queue')}
        value={queue ?? ''}
        onChange={(event) => set('queue', event.currentTarget.value)}
      >
        <option value="">{t('room.everyQueue')}</option>
        {room.queues
          .filter((one) => ofEntity(one, search.entity))
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.names[spoken()]}
            </option>
          ))}
      </select>
      <select
        className="input sm"
        aria-label={t('room.class')}
        value={priority ?? ''}
        onChange={(event) => set('priority', event.currentTarget.value)}
      >
        <option value="">{t('room.everyClass')}</option>
        {PRIORITIES.map((one) => (
          <option key={one} value={one}>
            {t(`priority.${one}`)}
          </option>
        ))}
      </select>
      <select
        className="input sm"
        aria-label={t('room.agent')}
        value={agent ?? ''}
        onChange={(event) => set('agent', event.currentTarget.value)}
      >
        <option value="">{t('room.everyAgent')}</option>
        {room.agents.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      {(queue || priority || agent) && (
        <button
          type="button"
          className="ib sm"
          aria-label={t('room.noFilter')}
          onClick={() =>
            to({ ...(search.show && { show: search.show }), ...(search.entity && { entity: search.entity }) })
          }
        >
          <IconX size={14} stroke={1.8} aria-hidden />
        </button>
      )}
    </div>
  );
}

function EntityMenu({
  room,
  chosen,
  choose,
}: {
  room: Room;
  chosen: string | undefined;
  choose: (entity: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const name =
    chosen === 'own'
      ? me.organisation.name
      : (room.entities.find((entity) => entity.id === chosen)?.name ?? t('room.everyEntity'));
  return (
    <Menu position="bottom-end" width={260} withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="btn line">
          <span className="hidden-but-read">{t('room.entity')}: </span>
          {name} <IconChevronDown size={14} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => choose(undefined)}>{t('room.everyEntity')}</Menu.Item>
        <Menu.Item onClick={() => choose('own')}>{me.organisation.name}</Menu.Item>
        {room.entities.map((entity) => (
          <Menu.Item key={entity.id} onClick={() => choose(entity.id)}>
            {entity.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const heard = new Set<string>();
/** A critical case that nobody has is read aloud, once. */
function useCriticalAnnounced(room: Room): void {
  const { t } = useTranslation();
  useEffect(() => {
    for (const one of room.critical)
      if (!heard.has(one.itemId)) {
        heard.add(one.itemId);
        announce(t('room.announceCritical'), true);
      }
  }, [room, t]);
}
