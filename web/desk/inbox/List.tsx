import { Link } from '@tanstack/react-router';
import {
  IconChevronDown,
  IconMicrophone,
  IconPaperclip,
  IconPhoto,
  IconSortDescendingShapes,
} from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inOrder, type Inbox, type InboxRow } from '../../../server/desk/contract.ts';
import { wait } from '../../ui/format.ts';
import { Diamond, Ring, Stitches, Ticks } from '../parts.tsx';
import { spoken } from '../i18n.ts';
import { paceMeasures, paceText } from '../pace.ts';
import { announce } from '../say.ts';
import { useNow } from '../store.ts';
import { AskingList } from './AskingCard.tsx';
import type { Answer, Asking } from './asking.ts';
import { BesideYou } from './BesideYou.tsx';
import { useOffers } from './offers.ts';
import { Presence, setPresence } from './Presence.tsx';
import { queuesInOrder, reasonOf, rowName, shareOf, waitsSince } from './rows.ts';
import { Speaks } from './Speaks.tsx';

/** Rows of a queue shown before «and N more». */
const QUEUE_ROWS = 20;

/** Everything that waits: what is offered, what waits for us, what we wait for, what waits for anybody. */
export function List({
  inbox,
  selected,
  asking,
  accept,
  decline,
  open,
}: {
  inbox: Inbox;
  selected: string | undefined;
  asking: Asking[];
  accept: Answer;
  decline: Answer;
  open: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const mine = inOrder(inbox.mine, now);
  const forUs = mine.filter((row) => waitsSince(row) !== null);
  const forThem = mine.filter((row) => waitsSince(row) === null);
  const nobody = mine.length === 0 && asking.length === 0;
  const queued = inbox.queues.some((queue) => queue.waiting.length > 0);
  const away = inbox.presence.state !== 'available' && inbox.presence.state !== 'busy';
  // while nothing new comes the number of places says nothing
  const stopped = inbox.paceReason?.what === 'stopped';
  const places = stopped ? inbox.capacity : inbox.places;
  const scroller = useSlides([...mine.map((row) => row.conversationId)].join());

  return (
    <>
      <header className="list-h">
        <h2>{t('inbox.title')}</h2>
        <Presence inbox={inbox} />
      </header>
      <div className="load">
        <span className="meta soft">{t('inbox.load')}</span>
        <Stitches
          load={inbox.load}
          capacity={places}
          label={t('inbox.loadOf', { load: inbox.load, capacity: places })}
        />
        <span className="num small strong">
          {inbox.load}
          <span className="faint mid"> / {places}</span>
        </span>
      </div>
      {inbox.paceReason && (
        <p className={`load-why ${inbox.paceReason.what}`} title={paceMeasures(t, inbox.paceReason)}>
          {!stopped && <b>{t('pace.places', { places, capacity: inbox.capacity })}. </b>}
          {paceText(t, inbox.paceReason)}
        </p>
      )}
      <div className="list-scroll" ref={scroller}>
        {inbox.alarms.length > 0 && (
          <section className="alarms" aria-label={t('inbox.alarms')}>
            <div className="list-s">
              <h3>
                {t('inbox.alarms')} <span className="num faint">{inbox.alarms.length}</span>
              </h3>
            </div>
            <ul>
              {inOrder(inbox.alarms, now).map((row) => (
                <Row key={row.conversationId} row={row} now={now} selected={row.conversationId === selected} />
              ))}
            </ul>
          </section>
        )}
        <AskingList asking={asking} accept={accept} decline={decline} />
        <BesideYou />
        {nobody && (
          <div className="nobody">
            <p className="strong">{t(away ? 'inbox.nobodyAway' : queued ? 'inbox.nothingYours' : 'inbox.nobody')}</p>
            <p className="small soft">
              {t(away ? 'inbox.nobodyAwayText' : queued ? 'inbox.takeText' : 'inbox.nobodyText')}
            </p>
            {away && (
              <button type="button" className="btn pri only-narrow" onClick={() => void setPresence('available')}>
                {t('inbox.beAvailable')}
              </button>
            )}
          </div>
        )}
        {forUs.length > 0 && (
          <section aria-label={t('inbox.waitForYou')}>
            <div className="list-s">
              <h3>
                {t('inbox.waitForYou')} <span className="num faint">{forUs.length}</span>
              </h3>
              <span className="sort" title={t('inbox.sortText')}>
                <IconSortDescendingShapes size={14} stroke={1.6} aria-hidden />
                {t('inbox.sort')}
                <span className="hidden-but-read">{t('inbox.sortText')}</span>
              </span>
            </div>
            <ul>
              {forUs.map((row) => (
                <Row key={row.conversationId} row={row} now={now} selected={row.conversationId === selected} />
              ))}
            </ul>
          </section>
        )}
        {forThem.length > 0 && (
          <section aria-label={t('inbox.youWait')}>
            <div className="list-s">
              <h3>
                {t('inbox.youWait')} <span className="num faint">{forThem.length}</span>
              </h3>
            </div>
            <ul>
              {forThem.map((row) => (
                <Row key={row.conversationId} row={row} now={now} selected={row.conversationId === selected} />
              ))}
            </ul>
          </section>
        )}
        {queuesInOrder(inbox.queues).map((queue) => (
          <Queue key={queue.id} queue={queue} now={now} selected={selected} open={open} />
        ))}
      </div>
    </>
  );
}

function Queue({
  queue,
  now,
  selected,
  open,
}: {
  queue: Inbox['queues'][number];
  now: number;
  selected: string | undefined;
  open: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(true);
  useWarnings(queue);
  if (queue.waiting.length === 0) return null;
  const rows = inOrder(queue.waiting, now);
  const more = rows.length - QUEUE_ROWS;
  return (
    <section aria-label={`${t('inbox.queue')}: ${queue.names[spoken()]}`}>
      <div className="list-s">
        <h3>
          <button type="button" className="fold" aria-expanded={shown} onClick={() => setShown(!shown)}>
            <IconChevronDown size={14} stroke={1.8} aria-hidden />
            {t('inbox.queue')}: {queue.names[spoken()]} <span className="num faint">{queue.waiting.length}</span>
          </button>
        </h3>
        {!queue.open && <span className="meta faint">{t('inbox.queueClosed')}</span>}
      </div>
      {shown && (
        <ul>
          {rows.slice(0, QUEUE_ROWS).map((row) => (
            <Row key={row.conversationId} row={row} now={now} selected={row.conversationId === selected} open={open} />
          ))}
          {more > 0 && <li className="more-in-queue">{t('inbox.moreInQueue', { count: more })}</li>}
        </ul>
      )}
    </section>
  );
}

/** Says aloud, once, what has come near the end of its target since the page was opened. */
function useWarnings(queue: Inbox['queues'][number]): void {
  const { t } = useTranslation();
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    const warned = queue.waiting.filter((row) => row.warned);
    for (const row of warned)
      if (known.current && !known.current.has(row.conversationId))
        announce(t('levelPage.nearSaid', { name: rowName(row, t), queue: queue.names[spoken()] }));
    known.current = new Set(warned.map((row) => row.conversationId));
  }, [queue, t]);
}

/** One conversation. With `open` it waits in a queue and can be taken. */
function Row({
  row,
  now,
  selected,
  open,
}: {
  row: InboxRow;
  now: number;
  selected: boolean;
  open?: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const since = waitsSince(row);
  const share = shareOf(row, now);
  const shown = since ?? Date.parse(row.lastWords?.at ?? row.openedAt);
  const time = wait(now - shown);
  const channel = t(`channel.${row.channel ?? 'webchat'}`);
  const { take } = useOffers((id) => open?.(id));
  return (
    <li data-row={row.conversationId}>
      <Link
        to="/c/$conversationId"
        params={{ conversationId: row.conversationId }}
        className={`row ${selected ? 'sel' : ''} ${row.priority === 'critical' ? 'crit' : ''}`}
        aria-current={selected ? 'true' : undefined}
      >
        <Ring
          share={share}
          channel={row.channel}
          // what waits in a queue is near when the organisation says so; what we owe a word, from 70 % on
          near={row.state === 'waiting' ? row.warned : undefined}
          label={[
            share === null ? t('inbox.ringRest', { channel }) : t('inbox.ringOf', { channel, time }),
            ...(row.warned ? [t('levelPage.near')] : []),
          ].join(', ')}
        />
        <span className="row-t">
          <span className="row-1">
            <Diamond priority={row.priority} />
            <span className={`whole ${row.unread > 0 ? 'strong' : 'mid'}`}>{rowName(row, t)}</span>
            <Speaks row={row} />
          </span>
          <span className="row-2 cut">
            <Words row={row} />
          </span>
        </span>
        <span className="row-r">
          <time className={share !== null && share >= 1 ? 'over-t' : ''}>{time}</time>
          {row.unread > 0 && (
            <b className="un">
              {row.unread > 99 ? '99+' : row.unread}
              <span className="hidden-but-read">{t('inbox.unread', { count: row.unread })}</span>
            </b>
          )}
        </span>
      </Link>
      {open && row.itemId && (
        <button type="button" className="btn sm line take" onClick={() => void take(row.itemId!, row.conversationId)}>
          {t('inbox.take')}
          <span className="hidden-but-read"> {rowName(row, t)}</span>
        </button>
      )}
    </li>
  );
}

const WORD_ICONS: Record<string, typeof IconPhoto> = {
  'media:image': IconPhoto,
  'media:audio': IconMicrophone,
  'media:document': IconPaperclip,
  'media:video': IconPhoto,
};

function Words({ row }: { row: InboxRow }) {
  const { t } = useTranslation();
  const last = row.lastWords;
  // what the assistant said while it passed them on tells nothing; why they wait does
  if (row.priority === 'critical' && last?.direction !== 'in') return t('conversation.flag');
  if (!last || (last.author === 'assistant' && row.reason && waitsSince(row) !== null)) return reasonOf(row, t);
  const Icon = WORD_ICONS[last.kind];
  const who =
    last.direction === 'note'
      ? t('inbox.note')
      : last.direction !== 'out'
        ? ''
        : t(last.author === 'assistant' ? 'inbox.assistant' : 'inbox.you');
  return (
    <>
      {last.direction === 'out' && last.author === 'staff' && (
        <>
          <Ticks delivery={last.delivery} />{' '}
        </>
      )}
      {Icon && <Icon className="in-line" size={14} stroke={1.6} aria-hidden />} {who}{' '}
      {last.text || t(`kind.${last.kind}`, { defaultValue: t('kind.media') })}
    </>
  );
}

/** A row that changes its place slides there; nothing else moves by itself. */
function useSlides(order: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const places = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const rows = scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [];
    const before = places.current;
    const after = new Map<string, number>();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const row of rows) {
      const id = row.dataset['row']!;
      after.set(id, row.offsetTop);
      const moved = (before.get(id) ?? row.offsetTop) - row.offsetTop;
      if (moved !== 0 && !still)
        row.animate([{ transform: `translateY(${moved}px)` }, { transform: 'none' }], {
          duration: 220,
          easing: 'cubic-bezier(.2,0,0,1)',
        });
    }
    places.current = after;
  }, [order]);
  return scroller;
}
