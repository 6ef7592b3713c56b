import type { Priority } from '../../conversation/contract.ts';
import type { ItemKind } from '../contract.ts';
import { type Asked, asked, RANK, reaches, type Terms, urgency, weightOf as placesOf } from '../rules.ts';

/*
 * How long a newcomer waits, from what is known now: who works and how many places each has free, what each holds and
 * since when, who is ahead, who may still come and go before, how long work takes here. No formula divides one by the
 * other: what may happen is played out some hundred times from the present moment, by the order in which matching gives
 * work (class, then front, then cost and share of the target, then age), and the waits that came of it are the answer. The same
 * state gives the same answer: chance is drawn from a fixed seed.
 */

// ── how long things take ────────────────────────────────────────────────────────────────────────────────────────

const KNOTS = 1_024;

/** How long something takes, as quantiles at (i + ½) / 1024, in seconds; and on how many cases that rests. */
export type Spread = { at: Float64Array; evidence: number };

/** The prior by kind, before an organisation has closed items of its own: median and spread of a lognormal. */
const PRIORS: Record<ItemKind, { median: number; sigma: number }> = {
  conversation: { median: 420, sigma: 0.8 },
  call: { median: 240, sigma: 0.7 },
  call_back: { median: 300, sigma: 0.7 },
  task: { median: 300, sigma: 0.9 },
  review: { median: 300, sigma: 0.7 },
};
/** So many cases of its own weigh as much as what is believed before. */
const BELIEF = 8;

/** What is believed of a kind of work where nothing was measured yet. */
export function priorOf(kind: ItemKind): Spread {
  return lognormal(PRIORS[kind].median, PRIORS[kind].sigma, 0);
}

/** Times whose logarithm is normal. @param sigma of the logarithm */
export function lognormal(median: number, sigma: number, evidence: number): Spread {
  const at = new Float64Array(KNOTS);
  for (let i = 0; i < KNOTS; i += 1) at[i] = median * Math.exp(sigma * normalQuantile((i + 0.5) / KNOTS));
  return { at, evidence };
}

/**
 * How long work takes by the cases seen, drawn towards what was believed before while they are few.
 * @param cases seconds and weight (a recent one weighs more)
 */
export function spreadOf(cases: { seconds: number; weight: number }[], believed: Spread): Spread {
  const own = cases.filter((one) => one.seconds > 0 && one.weight > 0);
  if (own.length === 0) return believed;
  const total = own.reduce((sum, one) => sum + one.weight, 0);
  const evidence = total ** 2 / own.reduce((sum, one) => sum + one.weight ** 2, 0);
  const points = own.map(({ seconds, weight }) => ({ seconds, weight: (weight / total) * evidence }));
  const from = 32;
  for (let i = 0; i < from; i += 1)
    points.push({ seconds: believed.at[Math.floor(((i + 0.5) / from) * KNOTS)]!, weight: BELIEF / from });
  points.sort((a, b) => a.seconds - b.seconds);
  const all = evidence + BELIEF;
  // each case stands in the middle of its weight; between two the time grows geometrically
  const at = new Float64Array(KNOTS);
  let before = 0;
  let index = 0;
  let left = points[0]!;
  let leftAt = 0;
  let right = points[0]!;
  let rightAt = right.weight / 2 / all;
  for (let i = 0; i < KNOTS; i += 1) {
    const share = (i + 0.5) / KNOTS;
    while (rightAt < share && index < points.length - 1) {
      left = right;
      leftAt = rightAt;
      before += right.weight;
      index += 1;
      right = points[index]!;
      rightAt = (before + right.weight / 2) / all;
    }
    const way = rightAt <= share ? 1 : rightAt > leftAt ? (share - leftAt) / (rightAt - leftAt) : 0;
    at[i] = left.seconds * (right.seconds / left.seconds) ** Math.max(0, Math.min(1, way));
  }
  return { at, evidence };
}

/** The share that is done by this age. */
function doneBy(spread: Spread, seconds: number): number {
  let low = 0;
  let high = KNOTS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spread.at[middle]! <= seconds) low = middle + 1;
    else high = middle;
  }
  return low / KNOTS;
}

const quantile = (spread: Spread, share: number): number => {
  const place = share * KNOTS - 0.5;
  const floor = Math.max(0, Math.min(KNOTS - 2, Math.floor(place)));
  const low = spread.at[floor]!;
  return low + (spread.at[floor + 1]! - low) * Math.max(0, Math.min(1, place - floor));
};

/** Older than nearly all that was seen: what is left grows with the age, as for a heavy tail (Pareto with index 3). */
const OLD = 0.99;

function remaining(spread: Spread, age: number, done: number, chance: number): number {
  if (done >= OLD) return age * (Math.max(1 - chance, 1e-6) ** (-1 / 3) - 1);
  return Math.max(0.1, quantile(spread, done + (1 - done) * chance) - age);
}

/** Acklam's rational approximation of the normal quantile; relative error below 1.2e-9. */
export function normalQuantile(share: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const tail = (p: number): number => {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((c[0]! * q + c[1]!) * q + c[2]!) * q + c[3]!) * q + c[4]!) * q + c[5]!) /
      ((((d[0]! * q + d[1]!) * q + d[2]!) * q + d[3]!) * q + 1)
    );
  };
  if (share < 0.02425) return tail(share);
  if (share > 1 - 0.02425) return -tail(1 - share);
  const q = share - 0.5;
  const r = q * q;
  return (
    ((((((a[0]! * r + a[1]!) * r + a[2]!) * r + a[3]!) * r + a[4]!) * r + a[5]!) * q) /
    (((((b[0]! * r + b[1]!) * r + b[2]!) * r + b[3]!) * r + b[4]!) * r + 1)
  );
}

// ── what closed work teaches ────────────────────────────────────────────────────────────────────────────────────

/** A closed item: how long it took once somebody had it, and how long it had waited. */
export type Case = {
  queueId: string;
  kind: ItemKind;
  /** Null: nobody took it. */
  seconds: number | null;
  waitedSeconds: number;
  /** It left before anybody took it. */
  left: boolean;
  /** Since it came. */
  daysAgo: number;
};

export type Learned = { handling: Map<string, Spread>; leaves: Map<string, Patience>; ring: Ring };

/** How long an offer rings that is taken, the share that is not, and how long those ring. */
export type Ring = { taken: number; lapses: number; lapseSeconds: number };

/** Who leaves: shares a second at each age of the wait, between the bounds of `AGES`. */
export type Patience = readonly number[];
/** Seconds; the last stretch has no end. */
const AGES = [0, 60, 180, 420, 900, 1_800, 3_600];

/** A week ago weighs half. */
const HALF_LIFE_DAYS = 7;
/** Before anybody was seen to leave: how many did in so much waiting. */
const PATIENCE_BELIEVED = { leaves: 0.5, seconds: 7_200 };
/** Offers lately: taken, and declined or lapsed; and how long they rang in all. */
export type Rings = { taken: number; takenSeconds: number; lapsed: number; lapsedSeconds: number };
const RING_BELIEVED = { seconds: 8, cases: 5 };

/**
 * How long work takes, how soon who waits leaves (for each age the likelihood's maximum under censoring: those who left
 * at that age by all the waiting that was done at it), and how long an offer rings until somebody takes it, with the rings that nobody answered.
 */
export function learn(cases: Case[], rings: Rings): Learned {
  const taken = (some: Case[]): { seconds: number; weight: number }[] =>
    some.flatMap((one) =>
      one.seconds === null ? [] : [{ seconds: Math.max(1, one.seconds), weight: weightOf(one.daysAgo) }],
    );
  // the house's own work of a kind is what is believed of a queue that has few
  const kinds = new Map(
    [...Map.groupBy(cases, (one) => one.kind)].map(([kind, some]) => [kind, spreadOf(taken(some), priorOf(kind))]),
  );
  const handling = new Map(
    [...Map.groupBy(cases, (one) => handlingKey(one.queueId, one.kind))].map(([key, some]) => [
      key,
      spreadOf(taken(some), kinds.get(some[0]!.kind)!),
    ]),
  );
  const leaves = new Map(
    [...Map.groupBy(cases, (one) => one.queueId)].map(([queueId, some]) => [queueId, patienceOf(some)]),
  );
  return {
    handling,
    leaves,
    ring: {
      taken: (rings.takenSeconds + RING_BELIEVED.seconds * RING_BELIEVED.cases) / (rings.taken + RING_BELIEVED.cases),
      lapses: rings.lapsed / (rings.taken + rings.lapsed + RING_BELIEVED.cases),
      lapseSeconds: rings.lapsed > 0 ? rings.lapsedSeconds / rings.lapsed : 0,
    },
  };
}

function patienceOf(cases: Case[]): Patience {
  const left = AGES.map(() => 0);
  const waited = AGES.map(() => 0);
  for (const one of cases) {
    const weight = weightOf(one.daysAgo);
    for (const [i, from] of AGES.entries()) {
      if (one.waitedSeconds <= from) break;
      const to = AGES[i + 1] ?? Infinity;
      waited[i]! += weight * (Math.min(to, one.waitedSeconds) - from);
      if (one.left && one.waitedSeconds <= to) left[i]! += weight;
    }
  }
  // an age that few have reached is thought to be like all of them together
  const sum = (some: number[]): number => some.reduce((total, each) => total + each, 0);
  const rate = (sum(left) + PATIENCE_BELIEVED.leaves) / (sum(waited) + PATIENCE_BELIEVED.seconds);
  return AGES.map((_, i) => (left[i]! + PATIENCE_BELIEVED.seconds * rate) / (waited[i]! + PATIENCE_BELIEVED.seconds));
}

/** How much patience is used up by an age: who has not left by then is exp(−this). */
function usedUp(patience: Patience, age: number): number {
  let used = 0;
  for (let i = 0; i < AGES.length && age > AGES[i]!; i += 1)
    used += patience[i]! * (Math.min(age, AGES[i + 1] ?? Infinity) - AGES[i]!);
  return used;
}

const weightOf = (days: number): number => 0.5 ** (Math.max(0, days) / HALF_LIFE_DAYS);

// ── the present state ───────────────────────────────────────────────────────────────────────────────────────────

export type WaitState = {
  /** When this was so, in milliseconds: what overflows at some hours only depends on it. */
  at: number;
  queues: (Terms & { targetSeconds: number; targets?: Partial<Record<Priority, number>>; skills: string[] })[];
  /** Who is signed in and works. */
  agents: {
    id: string;
    /** Places in all, and how many are free: below zero when it holds more than it now may. */
    places: number;
    free: number;
    calls: number;
    weights: Record<string, number>;
    skills: string[];
    levels: Record<string, number>;
    queues: string[] | null;
  }[];
  /** Offered or accepted, by an agent of the above. */
  held: { agentId: string; queueId: string; kind: ItemKind; weight: number; ageSeconds: number; offered: boolean }[];
  waiting: {
    id: string;
    queueId: string;
    kind: ItemKind;
    channel: string | null;
    priority: Priority;
    front: boolean;
    ageSeconds: number;
    /** Beyond what its queue asks. */
    skills: readonly string[];
  }[];
  /** What comes in now. */
  arrivals: { queueId: string; kind: ItemKind; priority: Priority; perSecond: number }[];
  /** How long work takes, by `handlingKey`; what is not there is believed. */
  handling: ReadonlyMap<string, Spread>;
  /** By queue. */
  leaves: ReadonlyMap<string, Patience>;
  ring: Ring;
};

export const handlingKey = (queueId: string, kind: ItemKind): string => `${queueId} ${kind}`;

/** Somebody who would come now, or one who waits already. */
export type Newcomer =
  | {
      queueId: string;
      priority: Priority;
      kind?: ItemKind;
      channel?: string | null;
      skills?: readonly string[];
      /** How many of its queue stand before it, where that is known better than the state. */
      ahead?: number;
    }
  | { itemId: string };

export type Estimate = {
  /** Seconds that half of those in this place wait at most. */
  seconds: number;
  /** Eight of ten wait between these two. */
  low: number;
  high: number;
  /** Of its own queue before it. */
  ahead: number;
};

/** What came so long ago counts a third of what comes now, when it is counted how much comes. */
export const ARRIVALS_FADE_SECONDS = 3_600;

/** Nothing is foretold beyond this. */
export const HORIZON_SECONDS = 4 * 3_600;

/**
 * How long this newcomer waits until an agent takes it.
 * @returns null when nobody is there who could
 */
export function estimate(state: WaitState, newcomer: Newcomer): Estimate | null {
  return estimateAll(state, [newcomer])[0]!;
}

/** The same of several in one go: each as if the others of them did not come. */
export function estimateAll(state: WaitState, newcomers: readonly Newcomer[]): (Estimate | null)[] {
  const played = play(state, newcomers);
  return newcomers.map((_, index) => {
    const waits = played.waits[index];
    if (!waits) return null;
    waits.sort();
    return {
      seconds: at(waits, 0.5),
      low: at(waits, 0.1),
      high: at(waits, 0.9),
      ahead: played.ahead[index]!,
    };
  });
}

/** The quantile of a sorted sample below which the next draw falls with this probability. */
function at(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length + 1) - 1;
  const floor = Math.max(0, Math.min(sorted.length - 1, Math.floor(place)));
  const low = sorted[floor]!;
  const high = sorted[Math.min(sorted.length - 1, floor + 1)]!;
  return low + (high - low) * Math.max(0, Math.min(1, place - floor));
}

// ── what may happen, played out ─────────────────────────────────────────────────────────────────────────────────

/** Those who wait in the same order and ask the same: first come, first served among themselves. */
type Line = {
  queue: number;
  rank: number;
  front: boolean;
  kind: ItemKind;
  channel: string | null;
  skills: string[];
  cost: number;
  targetSeconds: number;
  spread: Spread;
  leaves: Patience | null;
  /** When each came, in seconds from now: negative. */
  cameAt: number[];
  /** Index of the newcomer at this place, −1 for one who is really there. */
  probe: number[];
  /** Whether this line may be asked to grow. */
  perSecond: number;
};

/** Work that one estimate may cost, in events: about two milliseconds on one core. */
const BUDGET = 10_000;
const LEAST_PLAYS = 24;
const MOST_PLAYS = 160;
/** In the place of an agent: a ring or an overflow opens then for a line. */
const NOBODY = -0x7fffffff;
/** One play never goes on longer than this. */
const MOST_EVENTS = 4_000;
/** Nor all of them; with fewer plays the range is coarser, not wrong. */
const MOST_EVENTS_IN_ALL = 60_000;
const FEWEST_PLAYS = 12;

function play(state: WaitState, newcomers: readonly Newcomer[]): { waits: (Float64Array | null)[]; ahead: number[] } {
  const world = setUp(state, newcomers);
  const { lines, agents, held, soon, reachable } = world;
  const { taken: ringSeconds, lapses, lapseSeconds } = state.ring;
  const wanted = reachable.filter(Boolean).length;
  const standing = lines.reduce((sum, line) => sum + line.cameAt.length, 0);
  const plays = Math.max(
    LEAST_PLAYS,
    Math.min(MOST_PLAYS, Math.floor(BUDGET / (10 + held.agent.length / 8 + 3 * standing))),
  );
  const waits = newcomers.map((_, index) => (reachable[index] ? new Float64Array(plays).fill(HORIZON_SECONDS) : null));
  if (wanted === 0) return { waits, ahead: world.ahead };

  const random = chance(0x9e3779b9);
  const streams = lines.flatMap((line, index) => (line.perSecond > 0 ? [index] : []));
  const rates = streams.map(() => 0);
  const free = new Int32Array(agents.length);
  const head = new Int32Array(lines.length);
  const there = Int32Array.from(lines, (line) => line.cameAt.length);
  /** Who came since, and whose offer lapsed: these stand first. */
  const grown: number[][] = lines.map(() => []);
  const back: { came: number; probe: number }[][] = lines.map(() => []);
  const lapsed: { line: number; came: number; probe: number; weight: number; agent: number }[] = [];
  const chances = new Float64Array(held.agent.length);
  const heap = new Heap(held.agent.length + 64);
  // what is not known of how long work takes is the same for all of one play
  const doubt = 0.06 + 0.9 / Math.sqrt(BELIEF + world.evidence);
  let pace = 1;
  let left = 0;
  let turn = 0;

  const most = MOST_EVENTS + 4 * standing;
  let events = 0;
  for (; turn < plays && (events < MOST_EVENTS_IN_ALL || turn < FEWEST_PLAYS); turn += 1) events += playOnce();
  return { waits: waits.map((some) => some && some.subarray(0, turn)), ahead: world.ahead };

  /** @returns how many events it took */
  function playOnce(): number {
    pace = Math.exp(doubt * bell());
    left = wanted;
    heap.clear();
    for (let i = 0; i < chances.length; i += 1) {
      const drawn = random();
      chances[i] = drawn;
      if (drawn < soon[i]!) ends(i);
    }
    heap.order();
    let later = world.soonSeconds * pace;
    for (let i = 0; i < agents.length; i += 1) free[i] = agents[i]!.free;
    for (let i = 0; i < lines.length; i += 1) {
      head[i] = 0;
      grown[i]!.length = 0;
      back[i]!.length = 0;
    }
    lapsed.length = 0;
    let arriving = 0;
    for (let i = 0; i < streams.length; i += 1) {
      // how many come is known from few: so much doubt has the rate
      const { perSecond } = lines[streams[i]!]!;
      rates[i] = perSecond * Math.exp(bell() / Math.sqrt(1 + perSecond * ARRIVALS_FADE_SECONDS));
      arriving += rates[i]!;
    }
    for (const { line, at } of world.opens) heap.push(at, NOBODY, line);
    for (let i = 0; i < agents.length && left > 0; i += 1) if (free[i]! > 0) serve(i, 0);
    let nextArrival = arriving > 0 ? -Math.log(1 - random()) / arriving : Infinity;
    let events = 0;
    for (; left > 0 && events < most; events += 1) {
      if (later < Infinity && Math.min(heap.size > 0 ? heap.time[0]! : Infinity, nextArrival) > later) {
        // it takes longer than was thought: now the rest of what is held too
        for (let i = 0; i < chances.length; i += 1) if (chances[i]! >= soon[i]!) ends(i);
        heap.order();
        later = Infinity;
      }
      const nextEnd = heap.size > 0 ? heap.time[0]! : Infinity;
      const now = Math.min(nextEnd, nextArrival);
      if (now > HORIZON_SECONDS) break;
      if (nextArrival < nextEnd) {
        let pick = random() * arriving;
        let i = 0;
        while (i < streams.length - 1 && (pick -= rates[i]!) >= 0) i += 1;
        grown[streams[i]!]!.push(now);
        offerTo(world.servedBy[streams[i]!]!, now);
        nextArrival = now - Math.log(1 - random()) / arriving;
        continue;
      }
      const index = heap.agent[0]!;
      const weight = heap.weight[0]!;
      heap.pop();
      if (index === NOBODY) {
        offerTo(world.servedBy[weight]!, now);
        continue;
      }
      if (index >= 0) {
        free[index] = free[index]! + weight;
        serve(index, now);
        continue;
      }
      const one = lapsed[-index - 1]!;
      back[one.line]!.push(one);
      if (one.agent >= 0) {
        free[one.agent] = free[one.agent]! + one.weight;
        serve(one.agent, now);
      }
      offerTo(world.servedBy[one.line]!, now);
    }
    return events;
  }

  function bell(): number {
    return Math.sqrt(3) * (random() + random() + random() + random() - 2);
  }

  function ends(i: number): void {
    heap.add(
      pace * remaining(held.spread[i]!, held.age[i]!, held.done[i]!, chances[i]!) + (held.offered[i] ? ringSeconds : 0),
      held.agent[i]!,
      held.weight[i]!,
    );
  }

  function offerTo(who: number[], now: number): void {
    for (let i = 0; i < who.length && left > 0; i += 1) if (free[who[i]!]! > 0) serve(who[i]!, now);
  }

  function firstOf(line: number): number {
    const returned = back[line]!;
    if (returned.length > 0) return returned[0]!.came;
    const place = head[line]!;
    return place < there[line]! ? lines[line]!.cameAt[place]! : grown[line]![place - there[line]!]!;
  }

  /** An agent with a free place takes what is its turn, until it is full or nobody waits whom it may take. */
  function serve(index: number, now: number): void {
    const agent = agents[index]!;
    while (free[index]! > 0 && left > 0) {
      let best = -1;
      let bestCame = 0;
      for (let i = 0; i < agent.lines.length; i += 1) {
        const line = agent.lines[i]!;
        if (head[line]! >= there[line]! + grown[line]!.length && back[line]!.length === 0) continue;
        if (agent.weight[line]! > free[index]!) continue;
        const came = firstOf(line);
        // whom a ring or an overflow reaches only later
        if (agent.after[line]! > 0 && now - came < agent.after[line]!) continue;
        if (best !== -1 && !before(lines[line]!, came, lines[best]!, bestCame, now)) continue;
        best = line;
        bestCame = came;
      }
      if (best === -1) return;
      take(index, best, bestCame, agent.weight[best]!, now);
    }
  }

  function take(index: number, at: number, came: number, weight: number, now: number): void {
    const line = lines[at]!;
    let probe = -1;
    if (back[at]!.length > 0) probe = back[at]!.shift()!.probe;
    else {
      const place = head[at]!;
      head[at] = place + 1;
      if (place < there[at]!) probe = line.probe[place]!;
    }
    // one who is only asked for takes no place, and is not lost while it is waited for
    const real = probe < 0 || world.real[probe]!;
    if (probe < 0 && line.leaves && now > 0) {
      const used = usedUp(line.leaves, now - came) - usedUp(line.leaves, Math.max(0, -came));
      if (random() > Math.exp(-used)) return;
    }
    if (lapses > 0 && random() < lapses) {
      lapsed.push({ line: at, came, probe, weight, agent: real ? index : -1 });
      heap.push(now + lapseSeconds, -lapsed.length, weight);
      if (real) free[index] = free[index]! - weight;
      return;
    }
    const ring = 2 * ringSeconds * random();
    if (probe >= 0) {
      waits[probe]![turn] = Math.min(HORIZON_SECONDS, now + ring);
      left -= 1;
      if (!real) return;
    }
    heap.push(now + ring + pace * quantile(line.spread, random()), index, weight);
    free[index] = free[index]! - weight;
  }
}

/** Whose turn it is, as `inTurn` of the matching rules has it. */
function before(a: Line, aCame: number, b: Line, bCame: number, now: number): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.front !== b.front) return a.front;
  if (a.queue === b.queue) return aCame < bCame;
  const more = urgencyOf(a, aCame, now) - urgencyOf(b, bCame, now);
  return more !== 0 ? more > 0 : aCame < bCame;
}

const urgencyOf = (line: Line, came: number, now: number): number =>
  urgency({ queuedAt: came * 1_000, targetSeconds: line.targetSeconds }, line.cost, now * 1_000);

function setUp(state: WaitState, newcomers: readonly Newcomer[]) {
  const queueAt = new Map(state.queues.map((queue, index) => [queue.id, index]));
  const lines: Line[] = [];
  const lineAt = new Map<string, number>();
  const apart = new Set(['voice', 'video', ...state.agents.flatMap((agent) => Object.keys(agent.weights))]);
  const lineOf = (
    one: { queueId: string; kind: ItemKind; channel: string | null; priority: Priority; skills: readonly string[] },
    front: boolean,
  ): number | undefined => {
    const queue = queueAt.get(one.queueId);
    if (queue === undefined) return undefined;
    const rank = RANK[one.priority];
    // channels that take the same of everybody stand in one line
    const channel = one.channel !== null && apart.has(one.channel) ? one.channel : null;
    const key = `${queue} ${rank} ${front} ${one.kind} ${channel} ${[...one.skills].sort().join()}`;
    const known = lineAt.get(key);
    if (known !== undefined) return known;
    const { cost, targetSeconds, targets, skills } = state.queues[queue]!;
    lines.push({
      queue,
      rank,
      front,
      kind: one.kind,
      channel,
      skills: [...new Set([...skills, ...one.skills])],
      cost,
      targetSeconds: targets?.[one.priority] ?? targetSeconds,
      spread: state.handling.get(handlingKey(one.queueId, one.kind)) ?? priorOf(one.kind),
      leaves: state.leaves.get(one.queueId) ?? null,
      cameAt: [],
      probe: [],
      perSecond: 0,
    });
    lineAt.set(key, lines.length - 1);
    return lines.length - 1;
  };

  const byItem = new Map(newcomers.flatMap((one, index) => ('itemId' in one ? [[one.itemId, index] as const] : [])));
  const ahead = newcomers.map(() => 0);
  const target: (number | undefined)[] = newcomers.map(() => undefined);
  const inOrder = [...state.waiting].sort((a, b) => b.ageSeconds - a.ageSeconds);
  for (const item of inOrder) {
    const line = lineOf(item, item.front);
    if (line === undefined) continue;
    const probe = byItem.get(item.id) ?? -1;
    if (probe >= 0) target[probe] = line;
    lines[line]!.cameAt.push(-item.ageSeconds);
    lines[line]!.probe.push(probe);
  }
  // of those before it in its queue: by class, then front, then age
  const precedes = (other: WaitState['waiting'][number], rank: number, front: boolean, age: number): boolean =>
    RANK[other.priority] !== rank
      ? RANK[other.priority] < rank
      : other.front !== front
        ? other.front
        : other.ageSeconds > age;
  for (const [index, one] of newcomers.entries()) {
    const item = 'itemId' in one ? state.waiting.find((other) => other.id === one.itemId) : undefined;
    const queueId = item?.queueId ?? ('queueId' in one ? one.queueId : undefined);
    const rank = RANK[item?.priority ?? ('priority' in one ? one.priority : 'standard')];
    ahead[index] = state.waiting.filter(
      (other) =>
        other.queueId === queueId &&
        other !== item &&
        precedes(other, rank, item?.front ?? false, item?.ageSeconds ?? -1),
    ).length;
    if ('itemId' in one) continue;
    const line = lineOf(
      { ...one, kind: one.kind ?? 'conversation', channel: one.channel ?? null, skills: one.skills ?? [] },
      false,
    );
    target[index] = line;
    if (line === undefined) continue;
    const { cameAt, probe } = lines[line]!;
    if (one.ahead !== undefined) {
      // its place in its line: of those before it some stand in lines of a higher class
      const elsewhere = ahead[index]! - probe.filter((other) => other < 0).length;
      let place = 0;
      for (let left = one.ahead - elsewhere; left > 0; place += 1) {
        // those who came since the state was read stood at its end
        if (place === cameAt.length) {
          cameAt.push(0);
          probe.push(-1);
        }
        if (probe[place]! < 0) left -= 1;
      }
      ahead[index] = one.ahead;
      cameAt.splice(place, 0, 0);
      probe.splice(place, 0, index);
      continue;
    }
    cameAt.push(0);
    probe.push(index);
  }
  const last = Math.max(-1, ...target.flatMap((line) => (line === undefined ? [] : [lines[line]!.rank])));
  for (const stream of state.arrivals) {
    // who comes later in the same queue and class never overtakes; lower classes neither
    const line = RANK[stream.priority] <= last ? lineOf({ ...stream, channel: null, skills: [] }, false) : undefined;
    if (line !== undefined && target.some((one) => one !== undefined && overtakes(lines[line]!, lines[one]!)))
      lines[line]!.perSecond += stream.perSecond;
  }

  // only who is tied to the newcomers, by agents who serve both
  const opened = lines.map((line) => stagesOf(state, line));
  const agentsAll = state.agents.map((agent) => {
    const weight = lines.map(() => 0);
    const after = lines.map(() => 0);
    for (const [index, line] of lines.entries()) {
      const places = placesOf(line, agent);
      const stage = places === null ? undefined : opened[index]!.find(({ ask }) => reaches(agent, ask));
      if (!stage) continue;
      weight[index] = places!;
      after[index] = stage.afterSeconds;
    }
    return {
      id: agent.id,
      free: agent.free,
      weight,
      after,
      lines: opened.flatMap((stages, index) =>
        stages.some(({ ask }) => placesOf(lines[index]!, agent) !== null && reaches(agent, ask)) ? [index] : [],
      ),
    };
  });
  const tied = new Set(target.filter((line) => line !== undefined));
  const takes = new Set<number>();
  for (let grew = true; grew;) {
    grew = false;
    for (const [index, agent] of agentsAll.entries()) {
      if (takes.has(index) || !agent.lines.some((line) => tied.has(line))) continue;
      takes.add(index);
      grew = true;
      for (const line of agent.lines) if (lines[line]!.rank <= last) tied.add(line);
    }
  }
  const agents = agentsAll.flatMap((agent, index) =>
    takes.has(index) ? [{ ...agent, lines: agent.lines.filter((line) => tied.has(line)) }] : [],
  );
  for (const [index, line] of lines.entries()) if (!tied.has(index)) line.perSecond = 0;
  const agentAt = new Map(agents.map((agent, index) => [agent.id, index]));
  const servedBy = lines.map((_, line) =>
    agents.flatMap((agent, index) => (agent.lines.includes(line) ? [index] : [])),
  );

  const mine = state.held.filter((one) => agentAt.has(one.agentId));
  const spread = mine.map((one) => state.handling.get(handlingKey(one.queueId, one.kind)) ?? priorOf(one.kind));
  const held = {
    agent: mine.map((one) => agentAt.get(one.agentId)!),
    weight: mine.map((one) => one.weight),
    offered: mine.map((one) => one.offered),
    age: mine.map((one) => (one.offered ? 0 : one.ageSeconds)),
    spread,
    done: mine.map((one, index) => (one.offered ? 0 : doneBy(spread[index]!, one.ageSeconds))),
  };
  const places = Math.max(0, ...target.map((line) => (line === undefined ? 0 : queueBefore(lines, line))));
  const { soon, soonSeconds } = endSoon(held, 2 * places + 12);
  const seen = spread.length > 0 ? spread : lines.map((line) => line.spread);
  return {
    lines,
    agents,
    servedBy,
    held,
    soon,
    soonSeconds,
    /** When those who wait are reached by more agents than before. */
    opens: lines.flatMap((line, index) =>
      tied.has(index)
        ? opened[index]!.slice(1).flatMap(({ afterSeconds }) =>
            line.cameAt
              .slice(-30)
              .flatMap((came) => (came + afterSeconds > 0 ? [{ line: index, at: came + afterSeconds }] : [])),
          )
        : [],
    ),
    ahead,
    real: newcomers.map((one) => 'itemId' in one),
    reachable: target.map((line) => line !== undefined && servedBy[line]!.length > 0),
    evidence: seen.length ? seen.reduce((sum, one) => sum + one.evidence, 0) / seen.length : 0,
  };
}

/** What a line asks at first, and what it asks once rings and overflow open, with the wait at which they do. */
function stagesOf(state: WaitState, line: Line): { afterSeconds: number; ask: Asked }[] {
  const terms = state.queues[line.queue]!;
  const shares = [0, ...terms.rings.map((ring) => ring.after), ...terms.overflow.map((one) => one.after ?? 0)];
  return [...new Set(shares)]
    .sort((a, b) => a - b)
    .map((share) => ({
      afterSeconds: share * line.targetSeconds,
      ask: asked(
        {
          queueId: terms.id,
          skills: line.skills,
          queuedAt: state.at - share * line.targetSeconds * 1_000,
          targetSeconds: line.targetSeconds,
        },
        terms,
        state.at,
      ),
    }));
}

/** Whether somebody is here who serves a queue, now or once its rings are open. */
export function isStaffed(state: WaitState, queue: { id: string; skills: string[] }): boolean {
  const terms = state.queues.find((one) => one.id === queue.id);
  const ask = asked({ queueId: queue.id, skills: queue.skills, queuedAt: 0, targetSeconds: 1 }, terms, state.at, true);
  return state.agents.some((agent) => reaches(agent, ask));
}

/** How many stand before the last of a line, in all lines: at most so many are taken first. */
function queueBefore(lines: Line[], target: number): number {
  return lines.reduce((sum, line) => sum + (line.rank <= lines[target]!.rank ? line.cameAt.length : 0), 0);
}

/**
 * Of many hundred at work only those matter that end before the newcomer's turn: a time by which about `count` end, and
 * for each the probability that it ends before it. The others are only looked at when it takes longer.
 */
function endSoon(
  held: { spread: Spread[]; age: number[]; done: number[] },
  count: number,
): { soon: Float64Array; soonSeconds: number } {
  const soon = new Float64Array(held.done.length).fill(1);
  if (held.done.length <= count) return { soon, soonSeconds: Infinity };
  for (let seconds = 15; seconds < HORIZON_SECONDS; seconds *= 2) {
    let ends = 0;
    for (const [i, spread] of held.spread.entries()) {
      const done = held.done[i]!;
      soon[i] =
        done >= OLD
          ? 1 - (held.age[i]! / (held.age[i]! + seconds)) ** 3
          : Math.min(1, (doneBy(spread, held.age[i]! + seconds) - done) / (1 - done));
      ends += soon[i]!;
    }
    if (ends >= count) return { soon, soonSeconds: seconds };
  }
  return { soon: soon.fill(1), soonSeconds: Infinity };
}

/** Whether one who comes later to the first may be taken before one who waits in the second. */
function overtakes(later: Line, waits: Line): boolean {
  if (later.rank !== waits.rank) return later.rank < waits.rank;
  return (
    !waits.front && later.queue !== waits.queue && later.cost / later.targetSeconds > waits.cost / waits.targetSeconds
  );
}

/** Mulberry32: the same numbers for the same seed. @returns numbers from 0 to below 1 */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What ends next, first. */
class Heap {
  time: Float64Array;
  agent: Int32Array;
  weight: Int32Array;
  size = 0;

  constructor(room: number) {
    this.time = new Float64Array(room);
    this.agent = new Int32Array(room);
    this.weight = new Int32Array(room);
  }

  clear(): void {
    this.size = 0;
  }

  /** Without its order: call `order` after the last. */
  add(time: number, agent: number, weight: number): void {
    if (this.size === this.time.length) this.#grow();
    this.time[this.size] = time;
    this.agent[this.size] = agent;
    this.weight[this.size] = weight;
    this.size += 1;
  }

  order(): void {
    for (let i = (this.size >> 1) - 1; i >= 0; i -= 1) this.#down(i);
  }

  push(time: number, agent: number, weight: number): void {
    this.add(time, agent, weight);
    let i = this.size - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.time[up]! <= this.time[i]!) return;
      this.#swap(i, up);
      i = up;
    }
  }

  pop(): void {
    this.size -= 1;
    this.#swap(0, this.size);
    this.#down(0);
  }

  #down(from: number): void {
    let i = from;
    for (;;) {
      let least = i;
      const left = 2 * i + 1;
      if (left < this.size && this.time[left]! < this.time[least]!) least = left;
      if (left + 1 < this.size && this.time[left + 1]! < this.time[least]!) least = left + 1;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    const { time, agent, weight } = this;
    const t = time[i]!;
    time[i] = time[j]!;
    time[j] = t;
    const a = agent[i]!;
    agent[i] = agent[j]!;
    agent[j] = a;
    const w = weight[i]!;
    weight[i] = weight[j]!;
    weight[j] = w;
  }

  #grow(): void {
    const grow = <Numbers extends Float64Array | Int32Array>(old: Numbers): Numbers => {
      const wider = new (old.constructor as new (size: number) => Numbers)(old.length * 2);
      wider.set(old);
      return wider;
    };
    this.time = grow(this.time);
    this.agent = grow(this.agent);
    this.weight = grow(this.weight);
  }
}
