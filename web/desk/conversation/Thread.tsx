import {
  IconArrowBackUp,
  IconArrowDown,
  IconArrowForwardUp,
  IconChecklist,
  IconChevronDown,
  IconCircleCheck,
  IconHeadset,
  IconHourglass,
  IconMessage2,
  IconPlayerPause,
  IconPlayerPlay,
  IconRobot,
  IconStethoscope,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationView, TraceEntry } from '../../../server/desk/contract.ts';
import { clock, dayAndTime, daysAway, longDay } from '../../ui/format.ts';
import { post } from '../api.ts';
import { agentsQuery, loadEarlier, queuesQuery, reasonsQuery } from '../data.ts';
import { spoken } from '../i18n.ts';
import { typists } from '../live.ts';
import { outbox } from '../outbox.ts';
import { ChannelIcon, Diamond } from '../parts.tsx';
import { announce, tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';
import { useStore } from '../store.ts';
import { entriesOf, type Entry } from './entries.ts';
import { Bubble, OutgoingBubble } from './Bubble.tsx';
import { CompanyEvent } from './CompanyEvent.tsx';

/** How near the end one has to be for new words to pull the thread along. */
const NEAR_END_PX = 80;

/** The thread of a conversation: in order, without a gap, from the first word. */
export function Thread({ view, mine }: { view: ConversationView; mine: boolean }) {
  const { t } = useTranslation();
  const { zone } = useWhen();
  const id = view.conversation.conversationId;
  const flow = useRef<HTMLDivElement>(null);
  const [all, setAll] = useState(false);
  const [older, setOlder] = useState(false);
  const [newFrom, setNewFrom] = useState<number | null>(() => firstUnread(view));
  const sent = useStore(outbox).filter(
    (one) => one.conversationId === id && !view.messages.some((message) => message.clientId === one.clientId),
  );
  const typist = useStore(typists).get(id);
  const entries = useMemo(() => entriesOf(view, zone, newFrom, all), [view, zone, newFrom, all]);
  const lastSeq = view.messages.reduce((highest, message) => Math.max(highest, message.seq), 0);

  // ── where the view stands ──
  const [fresh, setFresh] = useState(0);
  const atEnd = useRef(true);
  const seenSeq = useRef(lastSeq);
  const toEnd = useCallback(() => {
    const box = flow.current;
    if (box) box.scrollTop = box.scrollHeight;
    setFresh(0);
  }, []);
  useLayoutEffect(() => {
    const box = flow.current;
    if (!box) return;
    const divider = box.querySelector<HTMLElement>('.new-line');
    // one arrives where the new words begin, or at the end
    if (divider && divider.offsetTop < box.scrollHeight - box.clientHeight) box.scrollTop = divider.offsetTop - 60;
    else toEnd();
  }, [toEnd]);
  useLayoutEffect(() => {
    if (lastSeq > seenSeq.current) {
      const added = view.messages.filter((message) => message.seq > seenSeq.current);
      const theirs = added.filter((message) => message.direction === 'in');
      const own = added.some((message) => message.direction === 'out' && message.author === 'staff');
      seenSeq.current = lastSeq;
      if (own) setNewFrom(null);
      else if (theirs.length > 0 && !document.hasFocus()) setNewFrom((old) => old ?? theirs[0]!.seq);
      if (atEnd.current || own) toEnd();
      else setFresh((count) => count + theirs.length);
      const words = theirs.at(-1);
      if (words)
        announce(
          t('inbox.announceMessage', {
            name: view.conversation.name ?? t('inbox.nameless'),
            text: 'text' in words.content ? String(words.content.text) : t(`kind.${words.content.kind}`),
          }),
        );
    }
  }, [lastSeq, view, t, toEnd]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [sent.length, typist?.until, toEnd]);
  // what loads late (a picture, a longer line) keeps the end in sight
  useEffect(() => {
    const box = flow.current;
    if (!box) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(box);
    observer.observe(box.firstElementChild!);
    return () => observer.disconnect();
  }, [toEnd]);

  // ── earlier messages, without a jump ──
  const before = view.before;
  const load = useCallback(async () => {
    const box = flow.current;
    if (before === null || older || !box) return;
    setOlder(true);
    const fromEnd = box.scrollHeight - box.scrollTop;
    try {
      await loadEarlier(id, before);
      requestAnimationFrame(() => (box.scrollTop = box.scrollHeight - fromEnd));
    } catch (error) {
      tellRefusal(error);
    } finally {
      setOlder(false);
    }
  }, [before, older, id]);

  // ── read ──
  const unread = view.conversation.unread;
  useEffect(() => {
    if (!mine || lastSeq === 0) return;
    const read = () => {
      if (document.visibilityState === 'visible' && document.hasFocus() && unread > 0)
        void post(`/api/conversations/${id}/read`, { seq: lastSeq }).catch(() => undefined);
    };
    read();
    addEventListener('focus', read);
    return () => removeEventListener('focus', read);
  }, [mine, id, lastSeq, unread]);

  return (
    <div className="flow-box">
      <div
        className="flow"
        id="thread"
        tabIndex={0}
        role="region"
        aria-label={t('conversation.messages')}
        ref={flow}
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
          if (atEnd.current && fresh > 0) setFresh(0);
          if (box.scrollTop < 40 && before !== null && all) void load();
        }}
      >
        <div className="thread">
          {before !== null ? (
            <button type="button" className="btn sm line older" disabled={older} onClick={() => void load()}>
              {t(older ? 'conversation.olderBusy' : 'conversation.older')}
            </button>
          ) : null}
          {entries.map((entry) => (
            <Line key={entry.key} entry={entry} view={view} all={all} setAll={setAll} mine={mine} />
          ))}
          {sent.map((outgoing) => (
            <OutgoingBubble key={outgoing.clientId} outgoing={outgoing} />
          ))}
          {typist && (
            <p className="typing meta soft">
              <span className="dots" aria-hidden>
                <i />
                <i />
                <i />
              </span>
              {typist.who === 'patient'
                ? t('conversation.patientTyping')
                : t('conversation.typing', { name: typist.name ?? '' })}
            </p>
          )}
        </div>
      </div>
      {fresh > 0 && (
        <button type="button" className="btn sm pri to-end" onClick={toEnd}>
          <IconArrowDown size={14} stroke={1.8} aria-hidden /> {t('conversation.toEndNew', { count: fresh })}
        </button>
      )}
    </div>
  );
}

function firstUnread(view: ConversationView): number | null {
  const { unread } = view.conversation;
  if (unread === 0) return null;
  const theirs = view.messages.filter((message) => message.direction === 'in');
  return theirs.at(-Math.min(unread, theirs.length))?.seq ?? null;
}

function Line({
  entry,
  view,
  all,
  setAll,
  mine,
}: {
  entry: Entry;
  view: ConversationView;
  all: boolean;
  setAll: (all: boolean) => void;
  mine: boolean;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  switch (entry.kind) {
    case 'day': {
      const away = daysAway(entry.at, zone, new Date());
      return (
        <p className="day-line meta">
          {away === 0
            ? t('conversation.today')
            : away === -1
              ? t('conversation.yesterday')
              : longDay(entry.at, language, zone)}
        </p>
      );
    }
    case 'new':
      return <p className="new-line meta">{t('conversation.newMessages')}</p>;
    case 'channel':
      return (
        <p className="knot">
          <span className="knot-i">
            <ChannelIcon channel={entry.channel} size={14} />
          </span>
          <span className="meta soft">
            {entry.first
              ? entry.channel === 'voice'
                ? t('conversation.calledBy')
                : t('conversation.wroteBy', { channel: t(`channel.${entry.channel}`) })
              : t('conversation.continuesBy', { channel: t(`channel.${entry.channel}`) })}
          </span>
          <time className="meta faint">{clock(entry.at, language, zone)}</time>
        </p>
      );
    case 'event':
      return <Event entry={entry} conversationId={view.conversation.conversationId} />;
    case 'known':
      return <Known view={view} hidden={entry.hidden} all={all} setAll={setAll} />;
    case 'message':
      return <Bubble message={entry.message} chosen={entry.chosen} mine={mine} />;
  }
}

const EVENT_ICONS: Record<string, typeof IconHeadset> = {
  transferred: IconArrowForwardUp,
  held: IconPlayerPause,
  on_hold: IconPlayerPause,
  resumed: IconPlayerPlay,
  returned: IconRobot,
  wrapped_up: IconCircleCheck,
  closed: IconCircleCheck,
  reopened: IconArrowBackUp,
  handed_over: IconHourglass,
  queued: IconHourglass,
};

function Event({ entry, conversationId }: { entry: Extract<Entry, { kind: 'event' }>; conversationId: string }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const queues = useQuery({ ...queuesQuery, enabled: entry.what === 'transferred' });
  const agents = useQuery({
    ...agentsQuery,
    enabled: entry.what === 'transferred' && entry.detail['agentId'] !== undefined,
  });
  const reasons = useQuery({ ...reasonsQuery, enabled: entry.what === 'wrapped_up' });
  const { detail, what } = entry;
  if (what === 'company' || what === 'task' || (what === 'returned' && detail['purpose']))
    return <CompanyEvent what={what} detail={detail} at={entry.at} conversationId={conversationId} />;
  const Icon = EVENT_ICONS[what] ?? IconHeadset;
  const queue = queues.data?.queues.find((one) => one.id === detail['queueId'])?.names[spoken()];
  const reason =
    reasons.data?.reasons.find((one) => one.key === detail['reason'])?.names[spoken()] ??
    String(detail['reason'] ?? '');
  const agent =
    what === 'transferred' ? agents.data?.agents.find((one) => one.agentId === detail['agentId'])?.name : undefined;
  const name =
    queue ??
    agent ??
    (typeof detail['name'] === 'string'
      ? detail['name']
      : typeof detail['agentName'] === 'string'
        ? detail['agentName']
        : '');
  if (what === 'flag') return <FlagEvent detail={detail} at={entry.at} />;
  const key =
    what === 'transferred' && name
      ? 'transferredTo'
      : what === 'wrapped_up' && detail['solved']
        ? 'wrapped_up_solved'
        : what;
  return (
    <p className="knot">
      <span className="knot-i">
        <Icon size={14} stroke={1.6} aria-hidden />
      </span>
      <span className="meta soft">
        {t(`conversation.event.${key}`, { name, reason, defaultValue: t('conversation.unknown') })}
      </span>
      <time className="meta faint">{clock(entry.at, language, zone)}</time>
    </p>
  );
}

/** A step of a red flag's way: raised, answered, made critical, left alone, lowered. */
function FlagEvent({ detail, at }: { detail: Record<string, unknown>; at: Date }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const step = String(detail['what']);
  const categories = Array.isArray(detail['categories']) ? (detail['categories'] as string[]) : [];
  const what = categories.map((category) => t(`category.${category}`, { defaultValue: readable(category) })).join(', ');
  const key =
    step === 'raised'
      ? `raised_${detail['level'] === 'hard' ? 'hard' : String(detail['asked'])}`
      : step === 'answered'
        ? detail['late']
          ? 'late'
          : String(detail['answer'])
        : step === 'hard'
          ? `hard_${String(detail['why'])}`
          : step;
  const said = [
    t(`conversation.event.flag_${key}`, { what, name: detail['name'], reason: detail['reason'] }),
    detail['repeat'] === true && t('conversation.event.flag_repeat'),
    detail['parts'] === true && t('conversation.event.flag_parts'),
  ].filter(Boolean);
  const Icon = FLAG_ICONS[step];
  return (
    <p className="knot flag-step">
      <span className="knot-i">
        {Icon ? (
          <Icon size={14} stroke={1.6} aria-hidden />
        ) : (
          <Diamond priority={step === 'hard' || detail['level'] === 'hard' ? 'critical' : 'urgent'} />
        )}
      </span>
      <span className="meta soft">{said.join(' · ')}</span>
      <time className="meta faint">{clock(at, language, zone)}</time>
    </p>
  );
}

/** What is no alarm itself; the rest is a diamond. */
const FLAG_ICONS: Record<string, typeof IconHeadset> = {
  answered: IconMessage2,
  unattended: IconHourglass,
  lowered: IconStethoscope,
};

/** What the assistant learned: nobody asks it again. */
function Known({
  view,
  hidden,
  all,
  setAll,
}: {
  view: ConversationView;
  hidden: number;
  all: boolean;
  setAll: (all: boolean) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(view.summary.length > 0 && view.summary.length <= 8);
  const knows = view.summary.length > 0;
  const brief = view.summary.map((line) => line.value).join(' · ');
  return (
    <section className={`know ${open ? '' : 'is-shut'}`} aria-label={t('conversation.known')}>
      <header>
        <button type="button" className="know-h" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="know-k">
            <IconChecklist size={16} stroke={1.6} aria-hidden />
          </span>
          <span className="strong">{t(knows ? 'conversation.known' : 'conversation.didTitle')}</span>
          <span className="meta faint cut grow">{!knows ? '' : open ? t('conversation.knownFrom') : brief}</span>
        </button>
        {(hidden > 0 || all) && (
          <button type="button" className="link meta" onClick={() => setAll(!all)}>
            {all ? t('conversation.hideEarlier') : t('conversation.seeEarlier', { count: hidden })}
          </button>
        )}
        <button type="button" className="ib sm know-c" tabIndex={-1} aria-hidden onClick={() => setOpen(!open)}>
          <IconChevronDown size={16} stroke={1.6} aria-hidden />
        </button>
      </header>
      {open && (
        <>
          {view.summary.length > 0 && (
            <dl>
              {view.summary.map((line) => (
                <div key={line.key} className={line.value.length > 90 ? 'wide' : ''}>
                  <dt>{t(`summary.${line.key}`, { defaultValue: readable(line.key) })}</dt>
                  <dd>
                    {line.key === 'red_flag'
                      ? t(`category.${line.value}`, { defaultValue: readable(line.value) })
                      : line.value}
                  </dd>
                </div>
              ))}
            </dl>
          )}
          {view.trace.length > 0 && <Trace trace={view.trace} open={!knows} />}
        </>
      )}
    </section>
  );
}

function Trace({ trace, open }: { trace: TraceEntry[]; open: boolean }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  return (
    <details className={`trace ${open ? 'bare' : ''}`} open={open || undefined}>
      <summary className="meta">{t('conversation.didTitle')}</summary>
      <ol>
        {trace.map((step, i) => (
          <li key={`${step.seq} ${i}`} className="meta">
            <span>{t(`trace.${step.step}`, { defaultValue: readable(step.step) })}</span>
            <span className="faint">{detailOf(step, t)}</span>
            <time className="faint" dateTime={step.at} title={dayAndTime(new Date(step.at), language, zone)}>
              {clock(new Date(step.at), language, zone)}
            </time>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What is worth saying of a step; ids and places in a flow are the author's business. */
function detailOf({ step, detail }: TraceEntry, t: ReturnType<typeof useTranslation>['t']): string {
  const say = (kind: string, key: unknown) =>
    typeof key === 'string' ? t(`${kind}.${key}`, { defaultValue: readable(key) }) : '';
  if (step === 'red_flag') return say('category', detail['category']);
  if (step === 'handed_over') return say('reason', detail['reason']);
  if (step === 'language') return say('language', detail['language']);
  if (step === 'closed' || typeof detail['outcome'] !== 'string') return '';
  return say('outcome', detail['outcome']);
}

/** A key that has no text yet is still better read than hidden: `preferred_day` → `Preferred day`. */
function readable(key: string): string {
  const words = key.replaceAll(/[_.-]+/g, ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
