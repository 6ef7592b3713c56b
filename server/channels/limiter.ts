import { Pace } from './rules.ts';

/** Counts by key in this process. @returns ms to wait, 0 when it may go (and then it is counted) */
export type Limiter = (key: string, now?: number) => number;

/** So many at once for each key, then one each `everyMs`. */
export function createLimiter(options: { burst: number; everyMs: number }): Limiter {
  const paces = new Map<string, Pace>();
  let calls = 0;
  return (key, now = Date.now()) => {
    calls += 1;
    if (calls % 1_000 === 0) for (const [known, pace] of paces) if (pace.isFull(now)) paces.delete(known);
    let pace = paces.get(key);
    if (!pace) paces.set(key, (pace = new Pace(options.everyMs, (options.burst - 1) * options.everyMs)));
    const wait = pace.waitAt(now);
    if (wait === 0) pace.spend(now, 1);
    return wait;
  };
}
