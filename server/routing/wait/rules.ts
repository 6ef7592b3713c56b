import { FARTHEST_SECONDS, flow } from './flow/rules.ts';
import { play } from './playing/rules.ts';
import { HORIZON_SECONDS, type Newcomer, setUp, type WaitState } from './world/rules.ts';

/*
 * How long a newcomer waits, from what is known now. No formula divides one by the other while the line is short: what may happen is
 * played out some hundred times. A long line flows.
 */

export type Estimate = {
  /** Seconds that half of those in this place wait at most. */
  seconds: number;
  /** Eight of ten wait between these two. */
  low: number;
  high: number;
  /** Of its own queue before it. */
  ahead: number;
  /** It takes longer than can be foretold: no figure of it is one to say. */
  beyond: boolean;
};

/** In longer lines than this chance evens out, and playing it out would take seconds. */
export const LONG = 600;

/**
 * How long this newcomer waits until an agent takes it.
 * @returns null when nobody is there who could
 */
export function estimate(state: WaitState, newcomer: Newcomer): Estimate | null {
  return estimateAll(state, [newcomer])[0]!;
}

/** The same of several in one go: each as if the others of them did not come. */
export function estimateAll(state: WaitState, newcomers: readonly Newcomer[]): (Estimate | null)[] {
  const world = setUp(state, newcomers);
  const standing = world.lines.reduce((sum, line) => sum + line.cameAt.length, 0);
  if (standing > LONG)
    return flow(state, world).map(
      (found, index) => found && { ...found, ahead: world.ahead[index]!, beyond: found.seconds >= FARTHEST_SECONDS },
    );
  return play(state, world).map((waits, index) => {
    if (!waits) return null;
    waits.sort();
    const seconds = at(waits, 0.5);
    return {
      seconds,
      low: at(waits, 0.1),
      high: at(waits, 0.9),
      ahead: world.ahead[index]!,
      beyond: seconds >= HORIZON_SECONDS,
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
