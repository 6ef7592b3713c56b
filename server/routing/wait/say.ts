import type { Priority } from '../../conversation/contract.ts';
import type { Estimate } from './rules.ts';
import type { Minutes } from '../texts.ts';

/* What is said of a wait, and when it is said again. */

/** Up to how many minutes a wait is told as a range; beyond it is only "or more". */
const TOLD_MINUTES = 90;

/**
 * A range of seconds as it is said: whole minutes, rounded outwards and coarser as it grows, so that it promises no more
 * than is known.
 */
export function inMinutes(low: number, high: number): Minutes {
  const step = (minutes: number): number => (minutes < 10 ? 1 : minutes < 30 ? 5 : minutes < 60 ? 10 : 30);
  const down = (minutes: number): number => Math.floor(minutes / step(minutes)) * step(minutes);
  const up = (minutes: number): number => Math.ceil(minutes / step(minutes)) * step(minutes);
  const from = down(low / 60);
  const to = Math.max(2, up(high / 60), from + step(from));
  return { from, to: to > TOLD_MINUTES ? null : to };
}

/** What was said last of a wait: a range, that one is next, that nobody is there, or that it is closed. */
export type Told = {
  what: 'minutes' | 'next' | 'nobody' | 'closed';
  at: Date;
  /** When somebody would answer by it: not before, not after. */
  low: Date | null;
  high: Date | null;
};

export type Standing = {
  open: boolean;
  staffed: boolean;
  /** Null: not known. */
  estimate: Pick<Estimate, 'seconds' | 'low' | 'high'> | null;
  priority: Priority;
  since: Date;
};

export type Again = { what: Told['what']; change?: 'longer' | 'shorter' } | null;

/** What changed by less than this is not worth a word. */
const MUCH_SECONDS = 120;
/** Who was told nothing because it was to take a moment hears of it after this. */
const MOMENT_SECONDS = 120;

/**
 * Whether a patient who waits is told again, and what: that it takes longer or less than was said, that nobody is there any
 * more or somebody is again, that it is closed. Never sooner after the last word than `againMinutes`; who is in danger
 * is spoken to by the red flags and not here.
 * @param told null: nothing was said yet
 */
export function sayAgain(told: Told | null, standing: Standing, againMinutes: number, now: Date): Again {
  if (againMinutes === 0 || standing.priority === 'critical') return null;
  const last = told?.at ?? standing.since;
  const quiet = told ? againMinutes * 60 : Math.min(MOMENT_SECONDS, againMinutes * 60);
  if ((now.getTime() - last.getTime()) / 1_000 < quiet) return null;
  if (!standing.open) return told?.what === 'closed' ? null : { what: 'closed' };
  if (!standing.staffed) return told?.what === 'nobody' ? null : { what: 'nobody' };
  if (!standing.estimate) return null;
  const { seconds, high } = standing.estimate;
  if (told?.what !== 'minutes' || !told.low || !told.high)
    return seconds < MUCH_SECONDS && told ? null : { what: 'minutes' };
  const left = (at: Date): number => (at.getTime() - now.getTime()) / 1_000;
  if (seconds > 1.3 * Math.max(0, left(told.high)) + MUCH_SECONDS) return { what: 'minutes', change: 'longer' };
  if (high < left(told.low) - MUCH_SECONDS) return { what: 'minutes', change: 'shorter' };
  return null;
}
