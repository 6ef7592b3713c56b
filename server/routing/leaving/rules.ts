import type { Priority } from '../../conversation/contract.ts';

/** A bare "yes" within this time of the question answers it. */
const ASKED_MS = 15 * 60_000;

/** What somebody in line said of waiting on, before it is known how they stand. */
export type Wish = {
  tap: { what: 'stay' | 'leave'; itemId: string } | null;
  /** Of their words. */
  leaving: 'clear' | 'perhaps' | null;
  /** Of their words, if they were asked. */
  answer: 'leave' | 'stay' | null;
};

/** Whether a word is enough to leave: nobody who may be in danger is let go by a message. */
export function mayLeave(priority: Priority): boolean {
  return priority === 'standard' || priority === 'low';
}

/** What comes of it. `held`: too urgent to leave by a word. `over`: a button, and they wait no more. */
export type Fate = 'leave' | 'ask' | 'stay' | 'held' | 'over' | null;

/**
 * What comes of a wish. Pure. The button of another wait asks: it was shown under a place that is gone.
 * @param stands how the item waits; null: nothing of theirs does. Doubtful: the screen for red flags hesitates at the words
 */
export function fateOf(
  wish: Wish,
  stands: { itemId: string; priority: Priority; flagged: boolean; doubtful: boolean; askedAt: Date | null } | null,
  now: Date,
): Fate {
  const { tap } = wish;
  if (!stands) return tap ? 'over' : null;
  if (tap?.what === 'stay') return 'stay';
  // a clock that was put back does not make a question stand for an hour
  const asked = stands.askedAt !== null && Math.abs(now.getTime() - stands.askedAt.getTime()) < ASKED_MS;
  const wanted = tap
    ? tap.itemId === stands.itemId
      ? 'leave'
      : 'ask'
    : asked
      ? wish.answer
      : wish.leaving === null
        ? null
        : wish.leaving === 'clear' && !stands.doubtful
          ? 'leave'
          : 'ask';
  return (stands.flagged || !mayLeave(stands.priority)) && (wanted === 'leave' || wanted === 'ask') ? 'held' : wanted;
}
