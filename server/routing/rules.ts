import type { Language, Priority } from '../conversation/contract.ts';
import type {
  ChosenPresence,
  Holiday,
  Hours,
  ItemKind,
  ItemState,
  OfferState,
  PresenceState,
  Ring,
  Weekday,
} from './contract.ts';
import { ITEM_KINDS, WEEKDAYS } from './contract.ts';

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

// ── what waits, and who is free ─────────────────────────────────────────────────────────────────────────────────

export const RANK: Record<Priority, number> = { critical: 0, urgent: 1, standard: 2, low: 3 };

/** The more urgent of two classes. */
export function atLeast(priority: Priority, least: Priority): Priority {
  return RANK[priority] <= RANK[least] ? priority : least;
}

/** An item that waits, as matching sees it. Times in milliseconds. */
export type Waiting = {
  id: string;
  kind: ItemKind;
  channel: string | null;
  queueId: string;
  priority: Priority;
  /** Back from an agent who vanished. */
  front: boolean;
  queuedAt: number;
  targetSeconds: number;
  /** What it asks for and what its queue asks for. */
  skills: string[];
  language: Language;
  /** The only one asked, until then; `Infinity` where a supervisor said so. */
  wantedAgentId: string | null;
  wantedUntil: number | null;
  /** Who said no to it just now, each until the end of their pause. */
  ignored: { agentId: string; until: number }[];
  /** Not before: a task or a call-back that is due later. */
  notBefore: number | null;
};

/** What a queue promises and asks, as matching sees it. */
export type Terms = {
  id: string;
  /** What wait weighs here against the same of another queue. */
  cost: number;
  /** How well each skill must be had; one that is not named: 1. */
  levels: Record<string, number>;
  rings: Ring[];
  /** Queues whose agents may answer too: after a share of the target, at some hours, or always. */
  overflow: { queueId: string; after: number | null; when: Hours }[];
  timezone: string;
};

/** What somebody can do, whatever they are doing now. */
export type Able = {
  skills: string[];
  levels: Record<string, number>;
  /** Ids of queues; null: every one. */
  queues: string[] | null;
};

/** An agent who is available and has a free place. */
export type Free = Able & {
  id: string;
  /** Places in all, as they are now. */
  places: number;
  /** How many calls fill them. */
  calls: number;
  load: number;
  /** Places by channel or kind where they differ from one. */
  weights: Record<string, number>;
  /** What may come beside what is held. */
  interrupts: Partial<Record<ItemKind, ItemKind[]>>;
  /** Kinds of what is held or offered; a visit by video counts as a call. */
  holds: ItemKind[];
  languages: string[];
  lastOfferAt: number;
};

/** An item and who shall have it. `overflow`: the queue by which that agent came to it, when it is not the item's own. */
export type Pair = { itemId: string; agentId: string; weight: number; overflow: string | null };

// ── in which order ──────────────────────────────────────────────────────────────────────────────────────────────

/** The share of its target that an item has used up. A clock that was put back never makes it negative. */
export function shareUsed(item: Pick<Waiting, 'queuedAt' | 'targetSeconds'>, now: number): number {
  return Math.max(0, now - item.queuedAt) / (item.targetSeconds * 1_000);
}

/** An item that has waited this many times its target goes before all of its class that has not. */
const LATE = 4;
const FIRST = 1e9;

/**
 * What it costs to let an item wait a moment more: generalised cμ (van Mieghem 1995) with a quadratic cost of delay, whose
 * slope is cost × share of the target used; how long the work takes is not known beforehand and taken as equal.
 * Under a lasting overload a dear queue would keep a cheap one waiting for ever: from four times the target on, what is late
 * goes in the order in which it came to be late, whatever its queue costs. So each item has only so many before it.
 */
export function urgency(item: Pick<Waiting, 'queuedAt' | 'targetSeconds'>, cost: number, now: number): number {
  const share = shareUsed(item, now);
  return share < LATE ? cost * share : FIRST + (share - LATE) * item.targetSeconds;
}

const byAge = (a: Waiting, b: Waiting): number => a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1);

/**
 * Items in their turn: priority class, then those whose agent vanished, then what it costs to let them wait. Within a class
 * of one queue strictly by age.
 */
export function inTurn(items: Waiting[], terms: Map<string, Terms>, now: number): Waiting[] {
  const lines = new Map<string, Waiting[]>();
  for (const item of items) {
    const key = `${RANK[item.priority]}${item.front ? 0 : 1}${item.queueId}`;
    const line = lines.get(key);
    if (line) line.push(item);
    else lines.set(key, [item]);
  }
  const turn: Waiting[] = [];
  const blocks = Map.groupBy(lines, ([key]) => key.slice(0, 2));
  for (const block of [...blocks.keys()].sort())
    turn.push(
      ...merge(
        blocks.get(block)!.map(([, line]) => line.sort(byAge)),
        terms,
        now,
      ),
    );
  return turn;
}

/** Takes again and again the dearest of the heads of these lines. */
function merge(lines: Waiting[][], terms: Map<string, Terms>, now: number): Waiting[] {
  if (lines.length === 1) return lines[0]!;
  const heads = lines.map((line) => {
    const cost = terms.get(line[0]!.queueId)?.cost ?? 1;
    return { line, cost, at: 0, item: line[0]!, urgency: urgency(line[0]!, cost, now) };
  });
  const merged: Waiting[] = [];
  while (heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i += 1) {
      const [a, b] = [heads[i]!, heads[first]!];
      if (a.urgency > b.urgency || (a.urgency === b.urgency && byAge(a.item, b.item) < 0)) first = i;
    }
    const head = heads[first]!;
    merged.push(head.item);
    head.at += 1;
    if (head.at === head.line.length) {
      heads[first] = heads.at(-1)!;
      heads.pop();
    } else {
      head.item = head.line[head.at]!;
      head.urgency = urgency(head.item, head.cost, now);
    }
  }
  return merged;
}

// ── what is asked of whom ───────────────────────────────────────────────────────────────────────────────────────

/** A skill that somebody has and gave no level for. */
const HAD = 3;

/** What is asked of an agent at a moment. A level of 0: no more. */
export type Asked = { queues: string[]; skills: string[]; full: number[]; now: number[] };

/**
 * What an item asks now: its queue's agents, and those of the queues that it has overflowed to; each skill at its level, less
 * whatever the rings that it has reached give up. It only ever asks less as it waits.
 * @param forEver what it will ask at the end, when every ring is reached and every overflow open
 */
export function asked(
  item: Pick<Waiting, 'queueId' | 'skills' | 'queuedAt' | 'targetSeconds'>,
  terms: Terms | undefined,
  now: number,
  forEver = false,
): Asked {
  const share = forEver ? Infinity : shareUsed(item, now);
  const full = item.skills.map((skill) => terms?.levels[skill] ?? 1);
  if (!terms) return { queues: [item.queueId], skills: item.skills, full, now: full };
  const queues = [item.queueId];
  for (const { queueId, after, when } of terms.overflow)
    if ((after === null || share >= after) && (forEver || when === null || isOpenAt(when, terms.timezone, now)))
      queues.push(queueId);
  let lowered = 0;
  const without = new Set<string>();
  for (const ring of terms.rings) {
    if (share < ring.after) continue;
    lowered += ring.levels;
    for (const skill of ring.without) without.add(skill);
  }
  const left = item.skills.map((skill, i) => (without.has(skill) ? 0 : Math.max(1, full[i]! - lowered)));
  return { queues, skills: item.skills, full, now: left };
}

const isOpenAt = (hours: Hours, timezone: string, now: number): boolean =>
  isOpen({ hours, holidays: [], timezone }, new Date(now));

/** How well somebody does what a skill names; 0: not at all. */
export function levelOf(agent: Pick<Able, 'skills' | 'levels'>, skill: string): number {
  return agent.skills.includes(skill) ? (agent.levels[skill] ?? HAD) : 0;
}

/** Whether an agent can do what is asked and belongs to one of its queues, whatever it is doing now. */
export function reaches(agent: Able, ask: Asked): boolean {
  if (agent.queues !== null && !ask.queues.some((queueId) => agent.queues!.includes(queueId))) return false;
  return ask.skills.every((skill, i) => levelOf(agent, skill) >= ask.now[i]!);
}

/** Whether an agent serves a queue and has the skills, at any level. */
export function serves(
  agent: { skills: string[]; queues: string[] | null },
  wanted: { queueId: string; skills: string[] },
): boolean {
  return (
    (agent.queues === null || agent.queues.includes(wanted.queueId)) &&
    wanted.skills.every((skill) => agent.skills.includes(skill))
  );
}

/** When an item that still waits asks less by itself: the next ring or overflow that its wait opens. Milliseconds. */
export function relaxesAt(item: Waiting, terms: Terms | undefined, now: number): number | null {
  if (!terms) return null;
  const share = shareUsed(item, now);
  let next = Infinity;
  for (const { after } of [...terms.rings, ...terms.overflow])
    if (after !== null && after > share) next = Math.min(next, after);
  return next === Infinity ? null : Math.ceil(item.queuedAt + next * item.targetSeconds * 1_000);
}

// ── room ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a kind of work is to whoever does it: a visit by video is a call. */
export function mannerOf(item: { kind: ItemKind; channel: string | null }): ItemKind {
  return item.channel === 'video' || item.channel === 'voice' ? 'call' : item.kind;
}

/**
 * Places that an item takes of an agent: what the agent's weights say of its channel or kind, else one, and a call
 * `places / calls`. Never more than the agent has. Null: none of that kind.
 */
export function weightOf(
  item: { kind: ItemKind; channel: string | null },
  agent: Pick<Free, 'places' | 'calls' | 'weights'>,
): number | null {
  const call = mannerOf(item) === 'call';
  if (call && agent.calls === 0) return null;
  const weight = agent.weights[item.channel ?? ''] ?? agent.weights[item.kind];
  if (weight !== undefined) return weight === 0 ? 0 : Math.max(1, Math.min(weight, agent.places));
  return call ? Math.max(1, Math.ceil(agent.places / agent.calls)) : 1;
}

/** Whether work of a kind may come beside what an agent holds: by default nothing beside a call, anything beside writing. */
export function mayCome(manner: ItemKind, agent: Pick<Free, 'holds' | 'interrupts'>): boolean {
  return agent.holds.every(
    (held) => held === manner || (agent.interrupts[held] ?? (held === 'call' ? [] : ITEM_KINDS)).includes(manner),
  );
}

/** Whether this item may be put before this agent at this moment. */
export function mayOffer(item: Waiting, agent: Free, terms: Terms | undefined, now: number): boolean {
  if (item.notBefore !== null && now < item.notBefore) return false;
  const weight = weightOf(item, agent);
  if (weight === null || agent.load >= agent.places || agent.load + weight > agent.places) return false;
  if (!mayCome(mannerOf(item), agent)) return false;
  if (hasIgnored(item, agent.id, now)) return false;
  if (isWanted(item, now)) return item.wantedAgentId === agent.id;
  return reaches(agent, asked(item, terms, now));
}

const isWanted = (item: Waiting, now: number): boolean =>
  item.wantedAgentId !== null && item.wantedUntil !== null && now < item.wantedUntil;

const hasIgnored = (item: Waiting, agentId: string, now: number): boolean =>
  item.ignored.some((one) => one.agentId === agentId && now < one.until);

// ── who gets what ───────────────────────────────────────────────────────────────────────────────────────────────

/*
 * Among those who may have an item, the one with the least of: the language not spoken, levels and skills that a ring gave
 * up, not of its own queue, the share of its places taken; an expert is spared as though each level beyond what is asked
 * were a tenth of its places, and each skill that is not asked half of that.
 */
const STRANGER = 1_000;
const SHORT = 100;
const OVERFLOWED = 10;
const SPARE = 0.1;

/** Agents who may have what some items ask alike, as columns: 2,000 items before 200 agents are 400,000 looks. */
type Candidates = { agents: Int32Array; base: Float64Array; weights: Float64Array; overflow: (string | null)[] };

/**
 * Who gets what: items in their turn, each to the best of those who may have it. An item of many places that has used up its
 * target keeps the agent who will have room for it first from taking newer work, so small ones do not go past it for ever.
 * @param now milliseconds
 * @returns pairs in the order of the items' turns; loads add up, no agent goes over its places
 */
export function assign(items: Waiting[], agents: Free[], queues: Terms[], now: number): Pair[] {
  const terms = new Map(queues.map((queue) => [queue.id, queue]));
  const free = agents.filter((agent) => agent.load < agent.places).sort((a, b) => (a.id < b.id ? -1 : 1));
  const places = Float64Array.from(free, (agent) => agent.places);
  const load = Float64Array.from(free, (agent) => agent.load);
  const last = Float64Array.from(free, (agent) => agent.lastOfferAt);
  const comes = Uint8Array.from(free, (agent) =>
    ITEM_KINDS.reduce((all, kind, i) => all | (mayCome(kind, agent) ? 1 << i : 0), 0),
  );
  const beside = free.map((agent) => ITEM_KINDS.map((held) => besideOf(held, agent)));
  const indexOf = new Map(free.map((agent, i) => [agent.id, i]));
  const known = new Map<string, Candidates>();
  const pairs: Pair[] = [];
  let open = free.length;

  for (const item of inTurn(items, terms, now)) {
    if (open === 0) break;
    if (item.notBefore !== null && now < item.notBefore) continue;
    const queue = terms.get(item.queueId);
    const kind = ITEM_KINDS.indexOf(mannerOf(item));
    const wanted = isWanted(item, now);
    const candidates = wanted ? only(item) : alike(item, queue);
    const { agents: able, base, weights } = candidates;
    const bit = 1 << kind;
    const choosy = item.ignored.length > 0;
    let best = -1;
    let bestScore = Infinity;
    for (let c = 0; c < able.length; c += 1) {
      const a = able[c]!;
      if (load[a]! >= places[a]! || load[a]! + weights[c]! > places[a]! || (comes[a]! & bit) === 0) continue;
      const score = base[c]! + load[a]! / places[a]!;
      if (score > bestScore || (score === bestScore && last[a]! >= last[able[best]!]!)) continue;
      if (choosy && hasIgnored(item, free[a]!.id, now)) continue;
      best = c;
      bestScore = score;
    }
    if (best === -1) {
      if (shareUsed(item, now) >= 1) keepOne(item, candidates);
      continue;
    }
    const a = able[best]!;
    pairs.push({ itemId: item.id, agentId: free[a]!.id, weight: weights[best]!, overflow: candidates.overflow[best]! });
    load[a] = load[a]! + weights[best]!;
    last[a] = now + pairs.length;
    comes[a] = comes[a]! & beside[a]![kind]!;
    if (load[a]! >= places[a]!) open -= 1;
  }
  return pairs;

  function only(item: Waiting): Candidates {
    const a = indexOf.get(item.wantedAgentId!);
    const weight = a === undefined ? null : weightOf(item, free[a]!);
    return weight === null ? NOBODY : columns([{ a: a!, base: 0, weight, overflow: null }]);
  }

  function alike(item: Waiting, queue: Terms | undefined): Candidates {
    const ask = asked(item, queue, now);
    const key = `${item.kind} ${item.channel} ${item.language} ${ask.queues} ${ask.skills} ${ask.now}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = candidatesFor(item, ask, free)));
    return found;
  }

  /** The agent who will have room for it first takes nothing newer. */
  function keepOne(item: Waiting, { agents: able, weights }: Candidates): void {
    let first = -1;
    let missing = Infinity;
    for (let c = 0; c < able.length; c += 1) {
      const a = able[c]!;
      const lacks = load[a]! + weights[c]! - places[a]!;
      if (comes[a] === 0 || load[a]! >= places[a]! || lacks >= missing || hasIgnored(item, free[a]!.id, now)) continue;
      first = a;
      missing = lacks;
    }
    if (first !== -1) comes[first] = 0;
  }
}

const columns = (rows: { a: number; base: number; weight: number; overflow: string | null }[]): Candidates => ({
  agents: Int32Array.from(rows, (row) => row.a),
  base: Float64Array.from(rows, (row) => row.base),
  weights: Float64Array.from(rows, (row) => row.weight),
  overflow: rows.map((row) => row.overflow),
});
const NOBODY = columns([]);

function candidatesFor(item: Waiting, ask: Asked, free: Free[]): Candidates {
  const rows: Parameters<typeof columns>[0] = [];
  for (const [a, agent] of free.entries()) {
    const weight = weightOf(item, agent);
    if (weight === null || !reaches(agent, ask)) continue;
    let short = 0;
    let spare = agent.skills.length / 2;
    for (const [i, skill] of ask.skills.entries()) {
      const level = levelOf(agent, skill);
      if (level > 0) spare -= 0.5;
      if (level < ask.full[i]!) short += ask.full[i]! - level;
      else spare += level - ask.full[i]!;
    }
    const own = agent.queues === null || agent.queues.includes(item.queueId);
    rows.push({
      a,
      weight,
      base:
        (agent.languages.includes(item.language) ? 0 : STRANGER) +
        SHORT * short +
        (own ? 0 : OVERFLOWED) +
        SPARE * spare,
      overflow: own ? null : ask.queues.find((queueId) => agent.queues!.includes(queueId))!,
    });
  }
  return columns(rows);
}

/** Kinds that may come beside one that is held, as bits in the order of `ITEM_KINDS`. */
function besideOf(held: ItemKind, agent: Free): number {
  return ITEM_KINDS.reduce(
    (all, kind, i) => all | (mayCome(kind, { holds: [held], interrupts: agent.interrupts }) ? 1 << i : 0),
    0,
  );
}

// ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type Calendar = {
  hours: Hours;
  holidays: Holiday[];
  timezone: string;
  /** What a supervisor said for a while, whatever the hours: the latest that stands first. Milliseconds. */
  exceptions?: { open: boolean; from: number; until: number }[];
};

/** Whether a queue is open at a moment. */
export function isOpen(calendar: Calendar, at: Date): boolean {
  const said = calendar.exceptions?.find((one) => one.from <= at.getTime() && at.getTime() < one.until);
  if (said) return said.open;
  if (calendar.hours === null && calendar.holidays.length === 0) return true;
  const local = localTime(at, calendar.timezone);
  return spansOf(calendar, local).some(([from, to]) => from <= local.minute && local.minute < to);
}

const AHEAD_DAYS = 15;
const MINUTE_MS = 60_000;

/** When a queue opens next after a moment at which it is closed; null when it never does within 15 days. */
export function nextOpening(calendar: Calendar, at: Date): Date | null {
  const begin = Math.ceil(at.getTime() / MINUTE_MS) * MINUTE_MS;
  // closed by a supervisor within its hours: it opens when that is over
  const over = (calendar.exceptions ?? [])
    .map((one) => new Date(one.until))
    .filter((moment) => moment > at && isOpen(calendar, moment))
    .sort((a, b) => a.getTime() - b.getTime())[0];
  const hours = byHours(calendar, at, begin);
  return over && (!hours || over < hours) ? over : hours;
}

function byHours(calendar: Calendar, at: Date, begin: number): Date | null {
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
