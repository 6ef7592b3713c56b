import type { Cause, Figures, Period, Sums } from './contract.ts';

// ── why ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An agent as the moment of a breach finds it. */
export type Found = {
  /** Belongs to a queue that is asked, whatever it can do. */
  belongs: boolean;
  /** Belongs and can do what is asked at this wait. */
  able: boolean;
  /** Signed in, and its desk is heard. */
  here: boolean;
  /** Takes work now: neither on a break nor in training. */
  works: boolean;
  /** No place left for it. */
  full: boolean;
};

/** What stood when a target ran out. `own`: the queue's agents; `others`: those of the queues that it had overflowed to. */
export type Moment = {
  /** The queue was open by its calendar. */
  open: boolean;
  /** Only one colleague was asked: named in a transfer, or by a supervisor. */
  named: boolean;
  /** Offers of it that were declined, or that nobody answered while they rang. */
  ignored: number;
  /** It had overflowed to another queue. */
  overflowed: boolean;
  own: Found[];
  others: Found[];
};

/**
 * Why something was not answered in time: the first that is true of
 * `outside_hours` the queue was closed ·
 * `named` it waited for one colleague ·
 * `ignored` it was offered, and declined or left to lapse ·
 * then by the queue's own people: `nobody` of them signed in · `skill_missing` none of those here can do it ·
 * `away` those who can were on a break or in training · `full` their places were taken ·
 * `late` somebody could, only now.
 * Where it had overflowed and the others were no help either it is `overflow`, with the reason of its own queue in the detail.
 */
export function causeOf(moment: Moment): { cause: Cause; own: Cause } {
  const own = amongst(moment.own);
  if (!moment.open) return { cause: 'outside_hours', own };
  if (moment.named) return { cause: 'named', own };
  if (moment.ignored > 0) return { cause: 'ignored', own };
  if (own !== 'late' && moment.overflowed)
    return { cause: amongst(moment.others) === 'late' ? 'late' : 'overflow', own };
  return { cause: own, own };
}

function amongst(agents: Found[]): 'nobody' | 'skill_missing' | 'away' | 'full' | 'late' {
  const here = agents.filter((agent) => agent.here && agent.belongs);
  if (here.length === 0) return 'nobody';
  const able = here.filter((agent) => agent.able);
  if (able.length === 0) return 'skill_missing';
  const working = able.filter((agent) => agent.works);
  if (working.length === 0) return 'away';
  return working.every((agent) => agent.full) ? 'full' : 'late';
}

// ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const NOTHING: Sums = {
  offered: 0,
  answered: 0,
  answeredInTarget: 0,
  abandoned: 0,
  shortAbandons: 0,
  calledBack: 0,
  withdrawn: 0,
  waiting: 0,
  waitingLate: 0,
  missed: 0,
  waitSeconds: 0,
};

export function add(a: Sums, b: Sums): Sums {
  const sum = { ...a };
  for (const key of Object.keys(NOTHING) as (keyof Sums)[]) sum[key] = a[key] + b[key];
  return sum;
}

/**
 * Ratios of sums. Whoever still waits within the target is undecided and in none of them; past it they are offered and not
 * answered in time.
 * `serviceLevel` answered ≤ T / offered · `withoutShortAbandons` the same without those who gave up at once ·
 * `ofAnswered` answered ≤ T / answered · `abandonment` abandoned / offered, call-backs excluded ·
 * `averageWait` queue wait of the answered / answered, seconds.
 */
export function figuresOf(sums: Sums): Figures {
  const decided = sums.offered - (sums.waiting - sums.waitingLate);
  return {
    serviceLevel: ratio(sums.answeredInTarget, decided),
    withoutShortAbandons: ratio(sums.answeredInTarget, decided - sums.shortAbandons),
    ofAnswered: ratio(sums.answeredInTarget, sums.answered),
    abandonment: ratio(sums.abandoned, decided - sums.calledBack),
    averageWait: ratio(sums.waitSeconds, sums.answered),
  };
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

// ── periods ─────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The days of a period around a day, the last one not included: the day itself, its week from Monday, its month.
 * @param date a calendar day, `2026-10-25`; no zone is meant
 */
export function daysOf(period: Period, date: string): { from: string; until: string } {
  const day = new Date(`${date}T00:00:00Z`);
  const shifted = (days: number): string => new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  if (period === 'day') return { from: date, until: shifted(1) };
  if (period === 'week') {
    const back = (day.getUTCDay() + 6) % 7;
    return { from: shifted(-back), until: shifted(7 - back) };
  }
  const month = (offset: number): string =>
    new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);
  return { from: month(0), until: month(1) };
}
