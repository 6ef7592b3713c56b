import { existsSync, readFileSync } from 'node:fs';
import { decodeModel, encodeModel, marginsOf } from '../platform/linear.ts';
import type { LinearModel } from '../platform/linear.ts';
import type { Category } from './contract.ts';
import type { Judged } from './judge.ts';
import { markOf } from './meanings.ts';
import type { Meanings } from './meanings.ts';
import { LANGUAGES } from './said.ts';
import type { Languages, Token } from './said.ts';
import type { Thresholds } from './settle.ts';

/*
 * The classifier over words and what they mean: what a text resembles, learnt from corpus/red-flags/train. It may only
 * raise. The thresholds are chosen by leaving out one hand after the other (train.ts) and stand in the file.
 */

/**
 * The model and from which margins on it raises; the thresholds come from cross-validation (train.ts). `kinds` tells what
 * kind of emergency a text resembles, once it is taken for one: it chooses the words of first aid.
 */
export type Classifier = Thresholds & { model: LinearModel; kinds: LinearModel };

export const MODEL_FILE = new URL('../../models/red-flags.bin', import.meta.url).pathname;
const MAGIC = 'HRF2';

type Head = { thresholds: Thresholds; bytes: number };

/** As bytes: "HRF2", length of the head, the head (JSON: thresholds, length of the first model), the two models of linear.ts. */
export function encodeClassifier({ model, kinds, ...thresholds }: Classifier): Buffer {
  const { raise, explained, denied, bare, drop } = thresholds;
  const encoded = encodeModel(model);
  const head: Head = { thresholds: { raise, explained, denied, bare, drop }, bytes: encoded.length };
  const written = Buffer.from(JSON.stringify(head));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(written.length);
  return Buffer.concat([Buffer.from(MAGIC), size, written, encoded, encodeModel(kinds)]);
}

export function decodeClassifier(bytes: Buffer): Classifier {
  if (bytes.toString('latin1', 0, 4) !== MAGIC) throw new RangeError('not a red-flag classifier');
  const begin = 8 + bytes.readUInt32LE(4);
  const head = JSON.parse(bytes.toString('utf8', 8, begin)) as Head;
  return {
    ...head.thresholds,
    model: decodeModel(bytes.subarray(begin, begin + head.bytes)),
    kinds: decodeModel(bytes.subarray(begin + head.bytes)),
  };
}

/** The classifier of this installation; null where there is none yet, and rules decide alone. */
export function readClassifier(file: string = MODEL_FILE): Classifier | null {
  return existsSync(file) ? decodeClassifier(readFileSync(file)) : null;
}

/** A text of few words: a private letter of its own. */
const SHORT = String.fromCharCode(0xe000);
const FEW = 6;

/** Most words of a text that are looked at: beyond, only rules read. */
const MOST = 300;

/**
 * What the classifier sees: the words and the languages they may be in. Not the concepts and rules: those were written
 * with the training part in sight, and a classifier that sees them learns to trust them more than they deserve.
 */
export function featuresOf(judged: Judged): string[] {
  return wordsOf(judged.found.tokens, judged.found.languages);
}

function wordsOf(tokens: readonly Token[], languages: Languages): string[] {
  const words = tokens.slice(0, MOST).map((token) => (Number.isNaN(token.value) ? token.plain : numberOf(token.value)));
  if (words.length <= FEW) words.push(SHORT);
  for (const language of LANGUAGES) if (languages.likely.has(language)) words.push(markOf(language));
  return words;
}

/** Numbers by their size: what counts is that it is one of two digits, not that it is 37. */
function numberOf(value: number): string {
  if (value < 10) return String(value);
  return value < 100 ? `${Math.floor(value / 10)}#` : value < 1000 ? `${Math.floor(value / 100)}##` : '####';
}

export const EMERGENCY = 'emergency';
export const LOOK_ALIKE = 'look_alike';

/** What a sentence by itself weighs less than the whole text; shorter ones than this many words do not speak alone. */
const ALONE = 0.1;
const SHORTEST = 3;

/**
 * How far on the emergencies' side of the border a text is: the whole of it, or the one sentence that is farthest, a step
 * lower. Who asks for an appointment first and says it afterwards is heard as who says only that.
 */
export function scoreOf(model: LinearModel, meanings: Meanings, judged: Judged): number {
  const { tokens, languages } = judged.found;
  const emergency = model.labels.indexOf(EMERGENCY);
  const marginOf = (some: readonly Token[]): number => {
    const words = wordsOf(some, languages);
    return marginsOf(model, words, meanings(words)).margins[emergency]!;
  };
  let score = marginOf(tokens);
  const looked = Math.min(tokens.length, MOST);
  for (let from = 0, to = 0; from < looked; from = to) {
    while (to < looked && tokens[to]!.sentence === tokens[from]!.sentence) to++;
    if (to - from === tokens.length || to - from < SHORTEST) continue;
    score = Math.max(score, marginOf(tokens.slice(from, to)) - ALONE);
  }
  return score;
}

/** The kind of emergency that a text resembles most. */
export function kindOf(kinds: LinearModel, meanings: Meanings, judged: Judged): Category {
  const words = featuresOf(judged);
  const { margins } = marginsOf(kinds, words, meanings(words));
  return kinds.labels[margins.indexOf(Math.max(...margins))] as Category;
}
