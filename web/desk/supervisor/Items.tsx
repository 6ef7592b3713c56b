import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconEar, IconEye, IconPin } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Priority } from '../../../server/conversation/contract.ts';
import type { Room, RoomItem } from '../../../server/desk/supervision/contract.ts';
import { wait } from '../../ui/format.ts';
import { ask, post } from '../api.ts';
import { agentsQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { useKeys } from '../keys.ts';
import { Failed, Ring, Skeleton } from '../parts.tsx';
import { tellRefusal } from '../say.ts';
import { useNow } from '../store.ts';
import type { RoomDialog } from './dialogs.tsx';
import { ClassMark } from './figures.tsx';

export type Filter = {
  hand: 'waiting' | 'held';
  queue?: string | undefined;
  priority?: Priority | undefined;
  agent?: string | undefined;
  entity?: string | undefined;
};

/** The list is fetched again when the board moved, not oftener than this. */
const AGAIN_MS = 2_000;

export const itemsQuery = (filter: Filter) => ({
  queryKey: ['room-items', filter],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask<{ items: RoomItem[]; total: number }>(
      `/api/room/items?${new URLSearchParams(
        Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )}`,
      { signal },
    ),
});

/** What waits or is in hand, chosen one by one or all, and what is done with it. Who they are is shown when asked for. */
export function Items({
  room,
  filter,
  open,
  listen,
}: {
  room: Room;
  filter: Filter;
  open: (dialog: RoomDialog) => void;
  listen: (conversationId: string) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const list = useQuery({ ...itemsQuery(filter), placeholderData: (before) => before });
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState(0);
  const [names, setNames] = useState<ReadonlyMap<string, string | null> | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);

  const fetchedAt = useRef(0);
  const { refetch } = list;
  useEffect(() => {
    const pause = fetchedAt.current + AGAIN_MS - Date.now();
    const timer = setTimeout(
      () => {
        fetchedAt.current = Date.now();
        void refetch();
      },
      Math.max(0, pause),
    );
    return () => clearTimeout(timer);
  }, [room.at, refetch]);

  const items = useMemo(() => list.data?.items ?? [], [list.data]);
  const here = items.filter((item) => picked.has(item.itemId)).map((item) => item.itemId);
  const focused = items[Math.min(at, items.length - 1)];
  const chosen = here.length > 0 ? here : focused ? [focused.itemId] : [];

  async function show(): Promise<void> {
    const ids = items.flatMap((item) =>
      item.conversationId && !names?.has(item.conversationId) ? [item.conversationId] : [],
    );
    try {
      const answer =
        ids.length === 0
          ? { names: {} }
          : await post<{ names: Record<string, string | null> }>('/api/room/names', { conversationIds: ids });
      setNames((old) => new Map([...(old ?? []), ...Object.entries(answer.names)]));
    } catch (error) {
      tellRefusal(error);
    }
  }
  const act = (kind: 'move' | 'pin' | 'prioritise' | 'assign') =>
    chosen.length > 0 ? () => open({ kind, items: chosen }) : undefined;
  const waiting = filter.hand === 'waiting';
  const go = (step: number): void => {
    const next = Math.max(0, Math.min(items.length - 1, at + step));
    setAt(next);
    body.current?.rows[next]?.querySelector<HTMLElement>('input')?.focus();
  };
  const toggle = (itemId: string): void =>
    setPicked((old) => {
      const next = new Set(old);
      if (!next.delete(itemId)) next.add(itemId);
      return next;
    });
  useKeys('room', {
    nextItem: () => go(1),
    previousItem: () => go(-1),
    pick: focused && (() => toggle(focused.itemId)),
    move: waiting ? act('move') : undefined,
    pin: waiting ? act('pin') : undefined,
    prioritise: act('prioritise'),
    assign: waiting ? act('assign') : undefined,
    story: () => void show(),
    listen: focused?.conversationId ? () => listen(focused.conversationId!) : undefined,
  });
  const everybody = useQuery(agentsQuery).data?.agents;
  const agentName = (id: string | null): string =>
    room.agents.find((agent) => agent.id === id)?.name ??
    everybody?.find((agent) => agent.agentId === id)?.name ??
    t('room.somebody');
  const queueName = (id: string): string => room.queues.find((queue) => queue.id === id)?.names[spoken()] ?? '';

  if (!list.data)
    return list.isError ? (
      <Failed error={list.error} retry={() => void refetch()} />
    ) : (
      <Skeleton lines={6} label={t('app.loading')} />
    );
  return (
    <>
      <div className="sv-bulk" role="toolbar" aria-label={t('room.withChosen')}>
        <span className="small soft num">
          {here.length > 0 ? t('room.chosen', { count: here.length }) : t('room.shown', { count: list.data.total })}
        </span>
        <span className="grow" />
        {waiting && (
          <>
            <Do k="M" label={t('room.do_move')} act={here.length > 0 ? act('move') : undefined} />
            <Do k="F" label={t('room.do_pin')} act={here.length > 0 ? act('pin') : undefined} />
          </>
        )}
        <Do k="U" label={t('room.do_prioritise')} act={here.length > 0 ? act('prioritise') : undefined} />
        {waiting && <Do k="A" label={t('room.do_assign')} act={here.length > 0 ? act('assign') : undefined} />}
        <button type="button" className="btn sm quiet" aria-keyshortcuts="N" onClick={() => void show()}>
          <IconEye size={14} stroke={1.6} aria-hidden /> {t('room.showNames')}
        </button>
      </div>
      {items.length === 0 ? (
        <p className="sv-none small soft">{t(waiting ? 'room.nothingWaits' : 'room.nothingHeld')}</p>
      ) : (
        <div
          className="sv-table"
          tabIndex={0}
          role="group"
          aria-label={t(waiting ? 'room.tabWaiting' : 'room.tabHeld')}
        >
          <table className="items">
            <thead>
              <tr>
                <th className="pick">
                  <input
                    type="checkbox"
                    aria-label={t('room.all')}
                    checked={here.length === items.length}
                    ref={(box) => {
                      if (box) box.indeterminate = here.length > 0 && here.length < items.length;
                    }}
                    onChange={() =>
                      setPicked(here.length === items.length ? new Set() : new Set(items.map((item) => item.itemId)))
                    }
                  />
                </th>
                <th>{t('room.waiting')}</th>
                <th>{t('room.why')}</th>
                <th>{t('room.queue')}</th>
                <th>{t(waiting ? 'room.whoIsAsked' : 'room.whoHas')}</th>
                <th>
                  <span className="hidden-but-read">{t('room.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody ref={body}>
              {items.map((item, i) => {
                const age = item.since ? now - Date.parse(item.since) : null;
                const share = age === null ? null : age / (item.targetSeconds * 1000);
                const why = item.reason
                  ? t(`reason.${item.reason}`, { defaultValue: t('reason.other') })
                  : t(`room.kind.${item.kind}`);
                const name = item.conversationId ? names?.get(item.conversationId) : undefined;
                const label = name ?? why;
                return (
                  <tr key={item.itemId} className={picked.has(item.itemId) ? 'chosen' : ''}>
                    <td className="pick">
                      <input
                        type="checkbox"
                        aria-label={t('room.choose', { name: label, time: age === null ? '' : wait(age) })}
                        checked={picked.has(item.itemId)}
                        onFocus={() => setAt(i)}
                        onChange={() => toggle(item.itemId)}
                      />
                    </td>
                    <td>
                      <span className="oldest num">
                        <ClassMark priority={item.priority} size={14} />
                        <Ring
                          share={share}
                          channel={item.channel ?? 'webchat'}
                          size={26}
                          label={t('inbox.ringOf', {
                            channel: t(`channel.${item.channel ?? 'webchat'}`),
                            time: age === null ? '–' : wait(age),
                          })}
                        />
                        <time className={share !== null && share >= 1 ? 'over-t' : ''}>
                          {age === null ? '–' : wait(age)}
                        </time>
                      </span>
                    </td>
                    <td className="wrap-any">
                      {names && item.conversationId && <b className="block">{name ?? t('inbox.nameless')}</b>}
                      {why}
                    </td>
                    <td>{queueName(item.queueId)}</td>
                    <td className="soft">
                      {item.pinnedTo && (
                        <>
                          <IconPin className="in-line" size={14} stroke={1.6} aria-hidden />{' '}
                          {t('room.pinnedTo', { name: agentName(item.pinnedTo) })}
                        </>
                      )}
                      {!item.pinnedTo &&
                        (item.agentId
                          ? item.offered
                            ? t('room.offeredTo', { name: agentName(item.agentId) })
                            : agentName(item.agentId)
                          : t('room.nobodyYet'))}
                    </td>
                    <td className="sv-menu">
                      {item.conversationId && (
                        <span className="buttons nowrap">
                          {!waiting && (
                            <button type="button" className="btn sm line" onClick={() => listen(item.conversationId!)}>
                              <IconEar size={14} stroke={1.6} aria-hidden /> {t('room.listen')}
                              <span className="hidden-but-read"> {label}</span>
                            </button>
                          )}
                          {waiting && (
                            <Link
                              to="/c/$conversationId"
                              params={{ conversationId: item.conversationId }}
                              className="btn sm line"
                            >
                              {t('room.open')}
                              <span className="hidden-but-read"> {label}</span>
                            </Link>
                          )}
                        </span>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {list.data.total > items.length && (
            <p className="sv-none small soft">{t('room.more', { count: list.data.total - items.length })}</p>
          )}
        </div>
      )}
    </>
  );
}

function Do({ k, label, act }: { k: string; label: string; act: (() => void) | undefined }) {
  return (
    <button type="button" className="btn sm line" aria-keyshortcuts={k} disabled={!act} onClick={act}>
      {label} <kbd aria-hidden>{k}</kbd>
    </button>
  );
}
