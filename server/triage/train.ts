import { foldsOf, marginsOf, trainLinear } from '../platform/linear.ts';
import type { Example, LinearModel, Options } from '../platform/linear.ts';
import { EMERGENCY, LOOK_ALIKE, encodeClassifier, featuresOf } from './classify.ts';
import type { Message } from './corpus.ts';
import { CorpusError, readCorpus, readNeutral } from './corpus.ts';
import { createFinder } from './find.ts';
import { createJudge, levelOf } from './judge.ts';
import type { Judged } from './judge.ts';
import { readPack } from './pack.ts';
import type { Pack } from './pack.ts';
import { isDoubtful, standsSomething } from './settle.ts';
import type { Thresholds } from './settle.ts';

/*
 * Trains the classifier of the red flags on corpus/red-flags/train. The thresholds come from cross-validation by
 * families: as many emergencies as can be found while at most `ANY` of the look-alikes raise an alarm.
 */

/** Fewer messages than this are not enough to learn from. */
const LEAST = 3_000;
const FOLDS = 5;
/** Share of look-alikes that may raise any alarm in cross-validation: a step below the bar of 0.20. */
const ANY = 0.18;
const OPTIONS: Partial<Options> = { copies: 4, epochs: 8, cost: 1, least: 1, features: 200_000, balance: 0, seed: 1 };

export type Trained = {
  bytes: Buffer;
  thresholds: Thresholds;
  /** Of the cross-validation. */
  recall: number;
  any: number;
  hard: number;
  neutral: number;
  messages: number;
};

/** Share of everyday wishes that may raise any alarm. */
const NEUTRAL = 0.06;

/** Trains and answers models/red-flags.bin, the same bytes for the same corpus and pack. Throws a CorpusError. */
export function trainRedFlags(messages: readonly Message[] = readCorpus('train'), pack: Pack = readPack()): Trained {
  if (messages.length < LEAST)
    throw new CorpusError(`red flags: ${messages.length} messages to train on, at least ${LEAST} are needed`);
  const finder = createFinder(pack);
  const judge = createJudge(pack, finder);
  const neutral = readNeutral();
  const judged = [...messages, ...neutral].map(({ text, language }) => judge(finder.find(text, language)));
  const examples: Example[] = judged.map((one, index) => {
    const message = messages[index];
    const label = message?.emergency ? EMERGENCY : LOOK_ALIKE;
    return { words: featuresOf(one), label, group: message?.family ?? `neutral:${index}` };
  });
  const folds = foldsOf(examples, FOLDS);
  const scores = new Float64Array(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = trainLinear(
      examples.filter((_, index) => folds[index] !== fold),
      OPTIONS,
    );
    for (const [index, { words }] of examples.entries())
      if (folds[index] === fold) scores[index] = scoreBy(model, words);
  }
  const chosen = choose(messages, judged, scores, pack);
  const model = trainLinear(examples, OPTIONS);
  return { ...chosen, bytes: encodeClassifier({ model, ...chosen.thresholds }), messages: messages.length };
}

function scoreBy(model: LinearModel, words: readonly string[]): number {
  return marginsOf(model, words).margins[model.labels.indexOf(EMERGENCY)]!;
}

/** How many texts of a kind score so much or more, by hundredths. */
type Tally = { emergencies: Int32Array; lookAlikes: Int32Array; neutral: Int32Array };
const LOW = -120;
const HIGH = 80;

/**
 * The thresholds with the highest recall at which at most `ANY` of the look-alikes and `NEUTRAL` of everyday wishes
 * raise an alarm, in cross-validation.
 */
function choose(
  messages: readonly Message[],
  judged: readonly Judged[],
  scores: Float64Array,
  pack: Pack,
): Omit<Trained, 'bytes' | 'messages'> {
  const tally = (): Tally => ({
    emergencies: new Int32Array(HIGH - LOW + 1),
    lookAlikes: new Int32Array(HIGH - LOW + 1),
    neutral: new Int32Array(HIGH - LOW + 1),
  });
  const [raise, bare, drop] = [tally(), tally(), tally()];
  const sure = { emergencies: 0, lookAlikes: 0, neutral: 0 };
  let hard = 0;
  for (const [index, one] of judged.entries()) {
    const message = messages[index];
    const kind = message ? (message.emergency ? 'emergencies' : 'lookAlikes') : 'neutral';
    const level = levelOf(one.fired);
    if (level === 'hard' && kind === 'lookAlikes') hard++;
    if (level === 'hard' || (level === 'soft' && !isDoubtful(one, pack))) {
      sure[kind]++;
      continue;
    }
    const into = level === 'soft' ? drop : standsSomething(one, pack) ? raise : bare;
    for (let at = LOW; at <= HIGH && scores[index]! >= at / 100; at++) into[kind][at - LOW] = into[kind][at - LOW]! + 1;
  }
  const emergencies = messages.filter((message) => message.emergency).length;
  const lookAlikes = messages.length - emergencies;
  const neutral = judged.length - messages.length;
  let best = { thresholds: { raise: HIGH / 100, bare: HIGH / 100, drop: 0 }, recall: -1, any: 1, neutral: 1 };
  for (let r = LOW; r <= HIGH; r++)
    for (let b = r; b <= HIGH; b++)
      for (let d = LOW; d <= 0; d += 5) {
        const sum = (kind: keyof Tally): number =>
          sure[kind] + raise[kind][r - LOW]! + bare[kind][b - LOW]! + drop[kind][d - LOW]!;
        const any = sum('lookAlikes') / lookAlikes;
        const idle = sum('neutral') / (neutral || 1);
        if (any > ANY || idle > NEUTRAL) continue;
        const recall = sum('emergencies') / emergencies;
        if (recall > best.recall || (recall === best.recall && any < best.any))
          best = { thresholds: { raise: r / 100, bare: b / 100, drop: d / 100 }, recall, any, neutral: idle };
      }
  return { ...best, hard: hard / lookAlikes };
}
