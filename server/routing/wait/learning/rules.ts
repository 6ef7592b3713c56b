import type { ItemKind } from '../../contract.ts';

/*
 * What closed work teaches: how long it takes once somebody has it, how long it lasts when some of it is done, how soon who waits
 * leaves, how long an offer rings.
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
export const BELIEF = 8;

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
export function doneBy(spread: Spread, seconds: number): number {
  let low = 0;
  let high = KNOTS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spread.at[middle]! <= seconds) low = middle + 1;
    else high = middle;
  }
  return low / KNOTS;
}

export const quantile = (spread: Spread, share: number): number => {
  const place = share * KNOTS - 0.5;
  const floor = Math.max(0, Math.min(KNOTS - 2, Math.floor(place)));
  const low = spread.at[floor]!;
  return low + (spread.at[floor + 1]! - low) * Math.max(0, Math.min(1, place - floor));
};

/** Older than nearly all that was seen: what is left grows with the age, as for a heavy tail (Pareto with index 3). */
export const OLD = 0.99;

export function remaining(spread: Spread, age: number, done: number, chance: number): number {
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

/** By which handling is kept. */
export const handlingKey = (queueId: string, kind: ItemKind): string => `${queueId} ${kind}`;

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
export function usedUp(patience: Patience, age: number): number {
  let used = 0;
  for (let i = 0; i < AGES.length && age > AGES[i]!; i += 1)
    used += patience[i]! * (Math.min(age, AGES[i + 1] ?? Infinity) - AGES[i]!);
  return used;
}

const weightOf = (days: number): number => 0.5 ** (Math.max(0, days) / HALF_LIFE_DAYS);

/** The mean of what it draws. */
export const meanOf = (spread: Spread): number => spread.at.reduce((sum, each) => sum + each, 0) / spread.at.length;
