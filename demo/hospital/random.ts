/** Chance that is the same on every machine and every day: the demo hospital never changes but for its dates. */
export type Random = {
  /** [0, 1) */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different ones, in the order of the list. */
  some<T>(list: readonly T[], count: number): T[];
};

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to invent people. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick: (list) => list[whole(0, list.length - 1)]!,
    some(list, count) {
      const left = list.map((_, i) => i);
      const taken = new Set<number>();
      while (taken.size < Math.min(count, list.length)) taken.add(left.splice(whole(0, left.length - 1), 1)[0]!);
      return list.filter((_, i) => taken.has(i));
    },
  };
}
