import { noisy, seeded } from '../../platform/linear.ts';
import { understood } from '../understand.ts';
import { calibrationError } from './confidence.ts';
import type { Said } from './corpus.ts';
import { baseOf } from './intents.ts';

type Tally = { count: number; right: number; slipped: number };
export type Measured = {
  /** Of our wishes, by variant: how many there are, read right as written, read right with slips of the finger. */
  byVariant: Map<string, Tally>;
  ours: Tally & { acted: number; asked: number; wrongly: number };
  /** What is none of ours, and how much of it is not acted on. */
  foreign: { count: number; keptOut: number };
  calibrationError: number;
  /** Microseconds for one message: in the middle, and at the 99th of a hundred. */
  micros: { p50: number; p99: number };
};

/** Measures the whole of understanding, rules and classifier, on texts that it was not trained with. */
export function measureUnderstanding(set: readonly Said[]): Measured {
  const random = seeded(5);
  const byVariant = new Map<string, Tally>();
  const ours = { count: 0, right: 0, slipped: 0, acted: 0, asked: 0, wrongly: 0 };
  const foreign = { count: 0, keptOut: 0 };
  const said: { confidence: number; right: boolean }[] = [];
  const took: number[] = [];
  for (const one of set) {
    const began = performance.now();
    const found = understood(one.text);
    took.push((performance.now() - began) * 1000);
    const wanted = baseOf(one.intent);
    const acts = found.band === 'act' && found.base !== 'out_of_scope';
    if (wanted === 'out_of_scope') {
      foreign.count++;
      if (!acts) foreign.keptOut++;
      continue;
    }
    const right = found.base === wanted;
    const slips = understood(noisy(one.text.split(/\s+/), random).join(' ')).base === wanted;
    const tally = byVariant.get(one.variant) ?? { count: 0, right: 0, slipped: 0 };
    byVariant.set(one.variant, tally);
    for (const to of [tally, ours]) {
      to.count++;
      if (right) to.right++;
      if (slips) to.slipped++;
    }
    if (acts) ours.acted++;
    if (acts && !right) ours.wrongly++;
    if (found.band === 'ask') ours.asked++;
    if (found.base !== 'out_of_scope') said.push({ confidence: found.confidence, right });
  }
  took.sort((a, b) => a - b);
  return {
    byVariant,
    ours,
    foreign,
    calibrationError: calibrationError(said),
    micros: { p50: took[took.length >> 1] ?? 0, p99: took[Math.floor(took.length * 0.99)] ?? 0 },
  };
}
