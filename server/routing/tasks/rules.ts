import type { TaskState } from './contract.ts';

/** Which state of a task may follow which. The database holds the same table (migrations/0022) and refuses the rest. */
export const TASK_STEPS: Record<TaskState, readonly TaskState[]> = {
  open: ['taken', 'done', 'cancelled'],
  taken: ['open', 'done', 'cancelled'],
  done: [],
  cancelled: [],
};

/** Who is asked first is the only one for this long after it is due; then anyone of the queue. */
export const FIRST_MS = 15 * 60_000;
/** Nothing is put off for longer. */
const FURTHEST_MS = 366 * 86_400_000;
/** Somebody who types a time takes a moment: what is due just now is due now. */
const JUST_NOW_MS = 120_000;

/** The time at which a task is due, or null where that is past or too far ahead. */
export function dueTime(wanted: Date, now: Date): Date | null {
  const ahead = wanted.getTime() - now.getTime();
  if (ahead < -JUST_NOW_MS || ahead > FURTHEST_MS) return null;
  return wanted < now ? now : wanted;
}
