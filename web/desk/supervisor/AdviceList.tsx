import {
  IconAlertTriangle,
  IconClockExclamation,
  IconPlugConnectedX,
  IconTrendingUp,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Advice, Room, RoomItem } from '../../../server/desk/supervision/contract.ts';
import { clock, wait } from '../../ui/format.ts';
import { ask, post } from '../api.ts';
import { spoken } from '../i18n.ts';
import { Diamond } from '../parts.tsx';
import { tell, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';
import { useNow } from '../store.ts';
import { percent } from './figures.tsx';
import type { RoomDialog } from './dialogs.tsx';

/** What is worth doing now, with the reason beside it and the next step at hand. */
export function AdviceList({
  room,
  advice,
  open,
  see,
}: {
  room: Room;
  advice: Advice[];
  open: (dialog: RoomDialog) => void;
  see: (filter: { hand: 'waiting' | 'held'; queue?: string; agent?: string }) => void;
}) {
  const { t } = useTranslation();
  return (
    <section className="sv-card" aria-label={t('room.advice')}>
      <header className="sv-card-h">
        <h2>{t('room.advice')}</h2>
        {advice.length > 0 && <span className="meta faint num">{advice.length}</span>}
      </header>
      {advice.length === 0 ? (
        <p className="sv-none small soft">{t('room.adviceNone')}</p>
      ) : (
        <ul className="advice">
          {advice.map((one, i) => (
            <One key={`${one.kind} ${i}`} advice={one} room={room} open={open} see={see} />
          ))}
        </ul>
      )}
    </section>
  );
}

function One({
  advice,
  room,
  open,
  see,
}: {
  advice: Advice;
  room: Room;
  open: (dialog: RoomDialog) => void;
  see: (filter: { hand: 'waiting' | 'held'; queue?: string; agent?: string }) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const { language, zone } = useWhen();
  const queue = (id: string): string => room.queues.find((one) => one.id === id)?.names[spoken()] ?? '';
  const at = (time: string): string => clock(new Date(time), language, zone);
  switch (advice.kind) {
    case 'critical':
      return (
        <Line
          className="crit"
          icon={<Diamond priority="critical" size={18} />}
          what={t('room.adviceCritical', { time: wait(now - Date.parse(advice.since)) })}
          why={
            advice.offeredTo
              ? t('room.offeredNow', { name: advice.offeredTo })
              : t('room.waitsIn', { queue: queue(advice.queueId) })
          }
          label={t('room.do_assign')}
          act={() => open({ kind: 'assign', items: [advice.itemId] })}
        />
      );
    case 'queue_late': {
      const spare = advice.spare;
      return (
        <Line
          icon={<IconClockExclamation size={18} stroke={1.6} aria-hidden />}
          what={t('room.adviceLate', { queue: queue(advice.queueId) })}
          why={[
            advice.share === null ? null : percent(advice.share),
            t('room.lateNoPlaces', { count: advice.over }),
            spare ? t('room.spare', { queue: queue(spare.queueId), count: spare.free }) : t('room.noSpare'),
          ]
            .filter(Boolean)
            .join('. ')}
          {...(spare && advice.move > 0
            ? {
                label: t('room.moveSome', { count: advice.move }),
                act: () => void moveFirst(advice.queueId, spare.queueId, advice.move, open),
              }
            : { label: t('room.see'), act: () => see({ hand: 'waiting', queue: advice.queueId }) })}
        />
      );
    }
    case 'gone':
      return (
        <Line
          icon={<IconPlugConnectedX size={18} stroke={1.6} aria-hidden />}
          what={t('room.adviceGone', { name: advice.name, time: at(advice.since) })}
          why={t('room.goneHolds', { count: advice.holds })}
          label={t('room.see')}
          act={() => see({ hand: 'held', agent: advice.agentId })}
        />
      );
    case 'unserved':
      return (
        <Line
          icon={<IconUserQuestion size={18} stroke={1.6} aria-hidden />}
          what={t('room.adviceUnserved', { count: advice.items, queue: queue(advice.queueId) })}
          why={t(`room.unserved_${advice.why}`)}
          label={t('room.see')}
          act={() => see({ hand: 'waiting', queue: advice.queueId })}
        />
      );
    case 'deliveries':
      return (
        <Line
          icon={<IconAlertTriangle size={18} stroke={1.6} aria-hidden />}
          what={t('room.adviceDeliveries', { count: advice.failed, channel: t(`channel.${advice.channel}`) })}
          why={t('room.deliveriesSince', { time: at(advice.since) })}
          label={t('app.retry')}
          act={() =>
            void post<{ retried: number }>('/api/room/deliveries/retry', { channel: advice.channel }).then(
              ({ retried }) => tell(t('room.retried', { count: retried })),
              tellRefusal,
            )
          }
        />
      );
    case 'short':
      return (
        <Line
          icon={<IconTrendingUp size={18} stroke={1.6} aria-hidden />}
          what={t('room.adviceShort', { count: advice.places })}
          why={t('room.shortWhen', { from: at(advice.from), to: at(advice.to) })}
        />
      );
  }
}

function Line({
  icon,
  what,
  why,
  label,
  act,
  className = 'care',
}: {
  icon: ReactNode;
  what: string;
  why: string;
  label?: string;
  act?: () => void;
  className?: string;
}) {
  return (
    <li className={className}>
      <span className="advice-i">{icon}</span>
      <div className="grow">
        <p className="small strong">{what}</p>
        <p className="meta soft">{why}</p>
      </div>
      {label && act && (
        <button type="button" className="btn sm line" onClick={act}>
          {label}
        </button>
      )}
    </li>
  );
}

/** Opens the window with the first so many of a queue, those that wait longest. */
async function moveFirst(from: string, to: string, count: number, open: (dialog: RoomDialog) => void): Promise<void> {
  try {
    const { items } = await ask<{ items: RoomItem[] }>(`/api/room/items?hand=waiting&queue=${from}`);
    const free = items.filter((item) => !item.flagged && !item.offered && item.pinnedTo === null);
    if (free.length > 0) open({ kind: 'move', items: free.slice(0, count).map((item) => item.itemId), to });
  } catch (error) {
    tellRefusal(error);
  }
}
