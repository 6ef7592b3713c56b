import type { Language, Priority } from '../conversation/contract.ts';
import type {
  ChosenPresence,
  Holiday,
  Hours,
  ItemKind,
  ItemState,
  OfferState,
  PresenceState,
  Weekday,
} from './contract.ts';
import { WEEKDAYS } from './contract.ts';

// ── states ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Which state of an item may follow which. The database holds the same table (migrations/0008) and refuses the rest. */
export const ITEM_STEPS: Record<ItemState, readonly ItemState[]> = {
  queued: ['offered', 'abandoned', 'called_back', 'withdrawn'],
  offered: ['accepted', 'queued', 'abandoned', 'called_back', 'withdrawn'],
  // back to the queue only when its agent vanished or gave it back
  accepted: ['done', 'queued'],
  done: [],
  abandoned: [],
  called_back: [],
  withdrawn: [],
};

export const OFFER_STEPS: Record<OfferState, readonly OfferState[]> = {
  pending: ['accepted', 'declined', 'lapsed', 'withdrawn'],
  accepted: [],
  declined: [],
  lapsed: [],
  withdrawn: [],
};

export const PRESENCE_STEPS: Record<PresenceState, readonly PresenceState[]> = {
  offline: ['available', 'busy', 'break', 'training'],
  available: ['busy', 'break', 'training', 'wrapping', 'offline'],
  busy: ['available', 'break', 'training', 'wrapping', 'offline'],
  break: ['available', 'busy', 'training', 'offline'],
  training: ['available', 'busy', 'break', 'offline'],
  wrapping: ['available', 'busy', 'break', 'training', 'offline'],
};

/** Whether an agent may choose this now. To choose `available` while busy changes nothing. */
export function mayChoose(from: PresenceState, to: ChosenPresence): boolean {
  return from === to || PRESENCE_STEPS[from].includes(to);
}

// ── who gets what ───────────────────────────────────────────────────────────────────────────────────────────────

export const RANK: Record<Priority, number> = { critical: 0, urgent: 1, standard: 2, low: 3 };

/** An item that waits, as matching sees it. Times in milliseconds. */
export type Waiting = {
  id: string;
  kind: ItemKind;
  queueId: string;
  priority: Priority;
  /** Back from an agent who vanished. */
  front: boolean;
  queuedAt: number;
  targetSeconds: number;
  /** What it asks for and what its queue asks for. */
  skills: string[];
  language: Language;
  wantedAgentId: string | null;
  wantedUntil: number | null;
  ignoredBy: string | null;
  ignoredUntil: number | null;
};

/** An agent who is available and has a free place. */
export type Free = {
  id: string;
  capacity: number;
  calls: number;
  load: number;
  skills: string[];
  languages: string[];
  /** Ids of queues; null: every one. */
  queues: string[] | null;
  lastOfferAt: number;
};

export type Pair = { itemId: string; agentId: string; weight: number };

/**
 * Orders items: priority class, then those whose agent vanished, then the share of the target that is used up, then age.
 * The share makes the wait of a queue that promised 60 s weigh twice that of one that promised 120, and grows without
 * end, so nothing of a class waits for ever behind newer work.
 */
export function byTurn(now: number): (a: Waiting, b: Waiting) => number {
  const share = (item: Waiting): number => (now - item.queuedAt) / item.targetSeconds;
  return (a, b) =>
    RANK[a.priority] - RANK[b.priority] ||
    Number(b.front) - Number(a.front) ||
    share(b) - share(a) ||
    a.queuedAt - b.queuedAt ||
    (a.id < b.id ? -1 : 1);
}

/** Places an item takes of an agent: a chat, a task or a review one, a call `capacity / calls`; null: it takes none of that kind. */
export function weightOf(kind: ItemKind, agent: { capacity: number; calls: number }): number | null {
  if (kind !== 'call') return 1;
  return agent.calls === 0 ? null : Math.max(1, Math.ceil(agent.capacity / agent.calls));
}

/** Whether an agent serves a queue and can do what is asked, whatever it is doing now. */
export function serves(
  agent: { skills: string[]; queues: string[] | null },
  asked: { queueId: string; skills: string[] },
): boolean {
  return (
    (agent.queues === null || agent.queues.includes(asked.queueId)) &&
    asked.skills.every((skill) => agent.skills.includes(skill))
  );
}

/** Whether this item may be put before this agent at this moment. */
export function mayOffer(item: Waiting, agent: Free, now: number): boolean {
  const weight = weightOf(item.kind, agent);
  if (weight === null || agent.load + weight > agent.capacity) return false;
  // not to the one who just ignored it
  if (item.ignoredBy === agent.id && item.ignoredUntil !== null && now < item.ignoredUntil) return false;
  if (item.wantedAgentId !== null && item.wantedUntil !== null && now < item.wantedUntil)
    return item.wantedAgentId === agent.id;
  return serves(agent, item);
}

/**
 * Who gets what: items in their turn, each to the agent who speaks its language, then who is least loaded for its
 * capacity, then who waits longest for work.
 * @param now milliseconds
 * @returns pairs in the order of the items' turns; loads add up, no agent goes over its capacity
 */
export function assign(items: Waiting[], agents: Free[], now: number): Pair[] {
  const pairs: Pair[] = [];
  let free = agents.map((agent) => ({ ...agent }));
  for (const item of [...items].sort(byTurn(now))) {
    let best: Free | undefined;
    for (const agent of free)
      if (mayOffer(item, agent, now) && (!best || better(agent, best, item.language))) best = agent;
    if (!best) continue;
    const weight = weightOf(item.kind, best)!;
    best.load += weight;
    best.lastOfferAt = now + pairs.length;
    pairs.push({ itemId: item.id, agentId: best.id, weight });
    if (best.load >= best.capacity) {
      free = free.filter((agent) => agent !== best);
      if (free.length === 0) break;
    }
  }
  return pairs;
}

function better(a: Free, b: Free, language: Language): boolean {
  const speaks = Number(a.languages.includes(language)) - Number(b.languages.includes(language));
  if (speaks !== 0) return speaks > 0;
  const load = a.load / a.capacity - b.load / b.capacity;
  if (load !== 0) return load < 0;
  return a.lastOfferAt < b.lastOfferAt || (a.lastOfferAt === b.lastOfferAt && a.id < b.id);
}

// ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type Calendar = { hours: Hours; holidays: Holiday[]; timezone: string };

/** Whether a queue is open at a moment. */
export function isOpen(calendar: Calendar, at: Date): boolean {
  if (calendar.hours === null && calendar.holidays.length === 0) return true;
  const local = localTime(at, calendar.timezone);
  return spansOf(calendar, local).some(([from, to]) => from <= local.minute && local.minute < to);
}

const AHEAD_DAYS = 15;
const MINUTE_MS = 60_000;

/** When a queue opens next after a moment at which it is closed; null when it never does within 15 days. */
export function nextOpening(calendar: Calendar, at: Date): Date | null {
  const begin = Math.ceil(at.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let day = 0; day <= AHEAD_DAYS; day += 1) {
    const probe = new Date(begin + day * 86_400_000);
    const local = localTime(probe, calendar.timezone);
    const froms = spansOf(calendar, local)
      .map(([from]) => from)
      .sort();
    for (const from of froms) {
      // the clock may be put forward or back in between: step there and correct by what the wall then says
      let moment = new Date(probe.getTime() + (minutesOf(from) - minutesOf(local.minute)) * MINUTE_MS);
      const drift = minutesOf(from) - minutesOf(localTime(moment, calendar.timezone).minute);
      if (Math.abs(drift) <= 180) moment = new Date(moment.getTime() + drift * MINUTE_MS);
      if (moment.getTime() > at.getTime() && isOpen(calendar, moment)) return moment;
    }
  }
  return null;
}

type Local = { date: string; weekday: Weekday; minute: string };

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(at: Date, timezone: string): Local {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timezone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    weekday: WEEKDAYS.find((name) => name === parts['weekday']!.toLowerCase()) ?? 'mon',
    minute: `${parts['hour']}:${parts['minute']}`,
  };
}

function spansOf(calendar: Calendar, local: Local): [string, string][] {
  const holiday = calendar.holidays.find((day) => day.date === local.date);
  if (holiday) return holiday.spans;
  if (calendar.hours === null) return [['00:00', '24:00']];
  return calendar.hours[local.weekday] ?? [];
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}
