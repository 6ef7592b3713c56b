import type { InboundContent, Priority } from '../../conversation/contract.ts';
import { answerToAsked, readLeaving } from './words.ts';

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

const TAP = /^waiting:(stay|leave):([0-9a-f-]{36})$/;

/** Null: not a word about it. */
export function wishOf(content: InboundContent): Wish | null {
  const found = content.kind === 'choice' ? TAP.exec(content.id) : null;
  if (found) return { tap: { what: found[1] as 'stay' | 'leave', itemId: found[2]! }, leaving: null, answer: null };
  if (content.kind !== 'text') return null;
  const wish: Wish = { tap: null, leaving: readLeaving(content.text), answer: answerToAsked(content.text) };
  return wish.leaving === null && wish.answer === null ? null : wish;
}

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

/** Whether words say nothing but that they need nobody any more. */
export const onlyOfTheLine = (content: InboundContent): boolean => wishOf(content)?.leaving === 'clear';
