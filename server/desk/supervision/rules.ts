import type { Advice, Room, RoomAgent, RoomCritical, RoomForecast, RoomQueue } from './contract.ts';
import { shareOf, waitingOf } from './contract.ts';

// ── the coming hour ─────────────────────────────────────────────────────────────────────────────────────────────

/** Past weeks that are looked at, and what each weighs against the one after it: half of the weight lies on the last three. */
export const FORECAST_WEEKS = 10;
const DECAY = 0.8;
/** With fewer weeks nothing is foretold: one Monday says nothing of Mondays. */
const LEAST_WEEKS = 2;
/** Normal quantile of a two-sided band of 80 %. */
const BAND = 1.2816;
const STEP_SECONDS = 300;
const STEPS = 12;
const QUARTER_SECONDS = 900;
/** Quarters of an hour that the hour from any minute touches. */
export const FORECAST_QUARTERS = 5;

/** What came in in a quarter of an hour of a past week: `week` 1 is the last one, `quarter` 0 the one in which it is now. */
export type Arrivals = { week: number; quarter: number; items: number };

/**
 * Conversations in hand or waiting in the next hour. Arrivals are the exponentially weighted mean of the same weekday
 * and quarter (of four methods the one of least error on 19 series of arrivals: WAPE 6.9 %), work leaves at its mean
 * handling time: L' = λ − L/τ, from what there is now. The band holds the spread of past weeks, at least that of chance (Poisson).
 * @param weeks how many whole weeks of items there are
 * @param quarterStart when the present quarter began, in milliseconds
 * @param handlingSeconds mean time from acceptance to end; null: nothing was ever finished
 */
export function forecast(input: {
  now: number;
  quarterStart: number;
  weeks: number;
  arrivals: Arrivals[];
  handlingSeconds: number | null;
  present: number;
  places: number;
}): RoomForecast {
  const weeks = Math.min(input.weeks, FORECAST_WEEKS);
  if (weeks < LEAST_WEEKS || input.handlingSeconds === null) return { state: 'short_history' };
  const quarters = Array.from({ length: FORECAST_QUARTERS }, (_, quarter) => weighted(input.arrivals, quarter, weeks));
  const fade = Math.exp(-STEP_SECONDS / input.handlingSeconds);
  const points = [{ at: input.now, expected: input.present, low: input.present, high: input.present }];
  for (let step = 1; step <= STEPS; step += 1) {
    const last = points[step - 1]!;
    const middle = (last.at - input.quarterStart) / 1_000 + STEP_SECONDS / 2;
    const { mean, spread } = quarters[Math.min(FORECAST_QUARTERS - 1, Math.floor(middle / QUARTER_SECONDS))]!;
    const next = (from: number, items: number): number => {
      const steady = (Math.max(0, items) / QUARTER_SECONDS) * input.handlingSeconds!;
      return steady + (from - steady) * fade;
    };
    points.push({
      at: last.at + STEP_SECONDS * 1_000,
      expected: next(last.expected, mean),
      low: next(last.low, mean - BAND * spread),
      high: next(last.high, mean + BAND * spread),
    });
  }
  return {
    state: 'ready',
    points: points.map((point) => ({
      at: new Date(point.at).toISOString(),
      expected: tenth(point.expected),
      low: tenth(point.low),
      high: tenth(point.high),
    })),
    places: input.places,
    short: shortOf(points, input.places),
    weeks,
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

function weighted(arrivals: Arrivals[], quarter: number, weeks: number): { mean: number; spread: number } {
  const of = new Map(arrivals.filter((one) => one.quarter === quarter).map((one) => [one.week, one.items]));
  let sum = 0;
  let weight = 0;
  let squares = 0;
  for (let week = 1; week <= weeks; week += 1) {
    const w = DECAY ** (week - 1);
    sum += w * (of.get(week) ?? 0);
    weight += w;
    squares += w * w;
  }
  const mean = sum / weight;
  let off = 0;
  for (let week = 1; week <= weeks; week += 1) off += DECAY ** (week - 1) * ((of.get(week) ?? 0) - mean) ** 2;
  // beside the spread of the weeks, that the mean itself is only known so well
  const variance = Math.max(off / weight, mean) * (1 + squares / weight ** 2);
  return { mean, spread: Math.sqrt(variance) };
}

/** The stretch in which most places are missing. */
function shortOf(
  points: { at: number; expected: number }[],
  places: number,
): { from: string; to: string; places: number } | null {
  const missing = points.map((point) => Math.ceil(point.expected - places));
  const worst = missing.indexOf(Math.max(...missing));
  if (missing[worst]! <= 0) return null;
  let from = worst;
  let to = worst;
  while (from > 0 && missing[from - 1]! > 0) from -= 1;
  while (to < points.length - 1 && missing[to + 1]! > 0) to += 1;
  return {
    from: new Date(points[from]!.at).toISOString(),
    // until the first moment at which there are enough again
    to: new Date(points[Math.min(to + 1, points.length - 1)]!.at).toISOString(),
    places: missing[worst]!,
  };
}

// ── what is worth doing now ─────────────────────────────────────────────────────────────────────────────────────

/** So many failed within a quarter of an hour, and a channel is said to be in trouble. */
const FAILED_LEAST = 5;
/** A queue without a free place is helped from one that keeps at least this many. */
const KEPT_FREE = 2;

export type Stuck = Omit<Extract<Advice, { kind: 'unserved' }>, 'kind'>;
export type Failing = { channel: Extract<Advice, { kind: 'deliveries' }>['channel']; failed: number; since: string };

/** What a supervisor should look at, the most pressing first. Says why beside each; nothing is done by itself. */
export function adviceFor(room: {
  queues: RoomQueue[];
  agents: RoomAgent[];
  critical: RoomCritical[];
  forecast: RoomForecast;
  unserved: Stuck[];
  failing: Failing[];
}): Advice[] {
  const list: Advice[] = room.critical.map((one) => ({ kind: 'critical' as const, ...one }));
  for (const one of room.unserved) list.push({ kind: 'unserved', ...one });
  for (const queue of [...room.queues].sort((a, b) => b.ages.over - a.ages.over)) {
    if (queue.ages.over === 0 || queue.free > 0) continue;
    const spare = room.queues
      .filter(
        (other) => other.id !== queue.id && other.open && other.free > KEPT_FREE && waitingOf(other.waiting) === 0,
      )
      .sort((a, b) => b.free - a.free)[0];
    list.push({
      kind: 'queue_late',
      queueId: queue.id,
      share: shareOf(queue.lastHalfHour),
      over: queue.ages.over,
      spare: spare ? { queueId: spare.id, free: spare.free } : null,
      move: spare ? Math.min(queue.ages.over, spare.free - KEPT_FREE) : 0,
    });
  }
  for (const agent of room.agents)
    if (agent.state === 'gone' && agent.load > 0)
      list.push({ kind: 'gone', agentId: agent.id, name: agent.name, since: agent.since, holds: agent.load });
  for (const failing of room.failing) if (failing.failed >= FAILED_LEAST) list.push({ kind: 'deliveries', ...failing });
  if (room.forecast.state === 'ready' && room.forecast.short) list.push({ kind: 'short', ...room.forecast.short });
  return list;
}

/** The value below which this share of them lies: the nearest rank. Null of none. */
export function percentile(values: number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** What a desk of the room shows as an agent's state. */
export function stateOf(agent: {
  presence: RoomAgent['presence'];
  gone: boolean;
  onCall: boolean;
}): RoomAgent['state'] {
  if (agent.presence === 'offline') return 'offline';
  if (agent.gone) return 'gone';
  if (agent.onCall && (agent.presence === 'available' || agent.presence === 'busy')) return 'call';
  return agent.presence;
}

/** A figure of the board as another one shows it: whether two boards differ in anything but the moment. */
export function sameRoom(a: Room, b: Room): boolean {
  return JSON.stringify({ ...a, at: '' }) === JSON.stringify({ ...b, at: '' });
}
