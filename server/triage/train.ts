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
import { isDoubtful } from './settle.ts';
import type { Thresholds } from './settle.ts';

/*
 * Trains the classifier of the red flags on corpus/red-flags/train. The thresholds come from cross-validation by
 * families: as many emergencies as can be found while at most `ANY` of the look-alikes raise an alarm.
 */

/** Fewer messages than this are not enough to learn from. */
const LEAST = 3_000;
const FOLDS = 5;
/** Share of look-alikes that may raise any alarm in cross-validation: a step below the bar of 0.20. */
const ANY = 0.16;
const OPTIONS: Partial<Options> = { copies: 1, epochs: 8, cost: 1, least: 2, features: 60_000, balance: 0, seed: 1 };

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
const NEUTRAL = 0.015;

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

/** The thresholds with the highest recall at which at most `ANY` of the look-alikes raise an alarm. */
function choose(
  messages: readonly Message[],
  judged: readonly Judged[],
  scores: Float64Array,
  pack: Pack,
): Omit<Trained, 'bytes' | 'messages'> {
  const levels = judged.map((one) => levelOf(one.fired));
  const doubtful = judged.map((one, index) => levels[index] === 'soft' && isDoubtful(one, pack));
  const emergencies = messages.filter((message) => message.emergency).length;
  const lookAlikes = messages.length - emergencies;
  const hard = messages.filter((message, index) => !message.emergency && levels[index] === 'hard').length / lookAlikes;
  let best = { thresholds: { raise: 1, drop: -1 }, recall: -1, any: 1, hard, neutral: 1 };
  const neutral = judged.length - messages.length;
  for (let drop = -100; drop <= 0; drop += 5)
    for (let raise = -100; raise <= 60; raise += 1) {
      const at = { raise: raise / 100, drop: drop / 100 };
      let found = 0;
      let alarms = 0;
      let idle = 0;
      for (let index = messages.length; index < judged.length; index++)
        if (levels[index] === 'none' ? scores[index]! >= at.raise : !doubtful[index] || scores[index]! >= at.drop)
          idle++;
      if (idle > neutral * NEUTRAL + levels.slice(messages.length).filter((level) => level === 'hard').length) continue;
      for (const [index, message] of messages.entries()) {
        const score = scores[index]!;
        const alarm = levels[index] === 'none' ? score >= at.raise : !doubtful[index] || score >= at.drop;
        if (!alarm) continue;
        if (message.emergency) found++;
        else alarms++;
      }
      const recall = found / emergencies;
      if (alarms / lookAlikes <= ANY && recall > best.recall)
        best = { thresholds: at, recall, any: alarms / lookAlikes, hard, neutral: idle / (neutral || 1) };
    }
  return best;
}
