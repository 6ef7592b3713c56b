import { exponential } from '../../platform/linear.ts';
import { baseOf } from './intents.ts';
import type { BaseIntent } from './intents.ts';
import { OF_THE_HOUSE } from './lexicon.ts';

/** What is trained beside the classifier: how sure a reading is, and what is done with how much. */
export type Judgement = {
  /** Of `tellings`, in order, and the constant last. */
  weights: number[];
  /** From here on a wish is acted on; from here on it is asked about. */
  act: number;
  ask: number;
};

/** The best wish that is one of ours, and what tells how good it is. */
export type Ranked = {
  intent: BaseIntent;
  label: string;
  tellings: number[];
  /** It speaks of foreign matters alone. */ foreign: boolean;
};

/**
 * The most likely wish among ours by the margins of the labels, and what tells whether it is meant: its margin, how far it
 * is ahead of the next wish and of "none of ours", how much of the text is known, how long the text is, how much of it
 * speaks of matters that are not ours.
 */
export function rank(
  labels: readonly string[],
  margins: Float64Array,
  known: number,
  length: number,
  concepts: readonly string[],
): Ranked {
  let best = -1;
  for (let i = 0; i < labels.length; i++)
    if (baseOf(labels[i]!) !== 'out_of_scope' && (best < 0 || margins[i]! > margins[best]!)) best = i;
  const intent = baseOf(labels[best]!);
  let second = -Infinity;
  let none = -Infinity;
  for (let i = 0; i < labels.length; i++) {
    const base = baseOf(labels[i]!);
    if (base === 'out_of_scope') none = Math.max(none, margins[i]!);
    else if (base !== intent) second = Math.max(second, margins[i]!);
  }
  const top = margins[best]!;
  const foreign = concepts.filter((concept) => concept.startsWith('oos_')).length;
  const ours = concepts.length - foreign;
  const short = 1 / Math.max(1, length);
  const alone = foreign > 0 && !concepts.some((concept) => OF_THE_HOUSE.has(concept));
  return {
    intent,
    label: labels[best]!,
    foreign: alone,
    tellings: [
      top,
      Math.min(2, top - second),
      Math.max(-2, Math.min(2, top - none)),
      known,
      short,
      Math.min(3, foreign) / 3,
      ours === 0 ? 1 : 0,
      alone ? 1 : 0,
    ],
  };
}

/** How likely it is that the reading is right, 0 to 1. */
export function confidenceOf(judgement: Judgement, tellings: readonly number[]): number {
  const { weights } = judgement;
  let sum = weights.at(-1)!;
  for (let i = 0; i < tellings.length; i++) sum += weights[i]! * tellings[i]!;
  return 1 / (1 + exponential(-sum));
}

/** Logistic regression by Newton's steps: weights and constant. The same numbers on every machine. */
export function fitConfidence(
  rows: readonly { tellings: readonly number[]; right: boolean; weight: number }[],
): number[] {
  const size = rows[0]!.tellings.length + 1;
  const weights = Array<number>(size).fill(0);
  for (let round = 0; round < 12; round++) {
    const slope = Array<number>(size).fill(0);
    const bend = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j): number => (i === j ? 1 : 0)),
    );
    for (let i = 0; i < size; i++) slope[i] = -weights[i]!;
    for (const { tellings, right, weight } of rows) {
      let sum = weights[size - 1]!;
      for (let i = 0; i < size - 1; i++) sum += weights[i]! * tellings[i]!;
      const p = 1 / (1 + exponential(-sum));
      const pull = ((right ? 1 : 0) - p) * weight;
      const curve = p * (1 - p) * weight;
      for (let i = 0; i < size; i++) {
        const a = i === size - 1 ? 1 : tellings[i]!;
        slope[i] = slope[i]! + pull * a;
        for (let j = 0; j < size; j++) bend[i]![j] = bend[i]![j]! + curve * a * (j === size - 1 ? 1 : tellings[j]!);
      }
    }
    const step = solve(bend, slope);
    for (let i = 0; i < size; i++) weights[i] = weights[i]! + step[i]!;
  }
  return weights.map((weight) => Math.round(weight * 1e4) / 1e4);
}

function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  const a = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let j = i + 1; j < size; j++) if (Math.abs(a[j]![i]!) > Math.abs(a[pivot]![i]!)) pivot = j;
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const times = a[j]![i]! / a[i]![i]!;
      for (let k = i; k <= size; k++) a[j]![k] = a[j]![k]! - times * a[i]![k]!;
    }
  }
  return a.map((row, i) => row[size]! / row[i]!);
}

/** Expected calibration error over ten bins: how far what was said of readings is from how often they were right. */
export function calibrationError(rows: readonly { confidence: number; right: boolean }[]): number {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, said: 0, right: 0 }));
  for (const { confidence, right } of rows) {
    const bin = bins[Math.min(9, Math.floor(confidence * 10))]!;
    bin.count++;
    bin.said += confidence;
    bin.right += right ? 1 : 0;
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.said - bin.right), 0) / Math.max(1, rows.length);
}
