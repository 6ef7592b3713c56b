import { trainLinear } from '../platform/linear.ts';
import type { Example, Options } from '../platform/linear.ts';
import { EMERGENCY, LOOK_ALIKE, encodeClassifier, featuresOf, scoreOf } from './classify.ts';
import type { Level } from './contract.ts';
import type { Message } from './corpus.ts';
import { CorpusError, readCorpus, readNeutral } from './corpus.ts';
import { createFinder } from './find.ts';
import { createJudge, levelOf } from './judge.ts';
import type { Judged } from './judge.ts';
import { createMeanings } from './meanings.ts';
import type { Meanings } from './meanings.ts';
import { readPack } from './pack.ts';
import type { Pack } from './pack.ts';
import { isDoubtful, settle, standingOf } from './settle.ts';
import type { Thresholds } from './settle.ts';

/*
 * Trains the classifier of the red flags on corpus/red-flags/train. The thresholds come from leaving out hands, a
 * fifth of the corpus at a time: what nobody who trained had written. As many emergencies as can be found while at most `ANY` of the
 * look-alikes and `NEUTRAL` of everyday wishes raise an alarm.
 */

/** Fewer messages than this are not enough to learn from. */
const LEAST = 3_000;
/** In how many parts the hands are left out. */
const PARTS = 5;
/** Share of look-alikes of a hand left out that may raise any alarm: a step below the bar of 0.20. */
const ANY = 0.195;
/** Share of everyday wishes that may raise any alarm. */
const NEUTRAL = 0.05;
/** What kind of emergency: fewer features will do. */
const KINDS: Partial<Options> = { copies: 1, epochs: 8, cost: 1, least: 3, features: 25_000, balance: 0.3, seed: 1 };
const OPTIONS: Partial<Options> = { copies: 1, epochs: 8, cost: 1, least: 2, features: 400_000, balance: 0, seed: 1 };

export type Trained = {
  bytes: Buffer;
  thresholds: Thresholds;
  /** Of the hands left out. */
  recall: number;
  any: number;
  hard: number;
  neutral: number;
  messages: number;
};

/** What each message would be screened as, had its hand never trained. */
export type LeftOut = { messages: readonly Message[]; levels: readonly Level[]; thresholds: Thresholds };

type Prepared = {
  pack: Pack;
  meanings: Meanings;
  judged: readonly Judged[];
  examples: readonly Example[];
  options: Partial<Options>;
};

function prepare(messages: readonly Message[], pack: Pack): Prepared {
  const finder = createFinder(pack);
  const judge = createJudge(pack, finder);
  const judged = [...messages, ...readNeutral()].map(({ text, language }) => judge(finder.find(text, language)));
  const meanings = createMeanings(pack);
  const examples = judged.map((one, index) => ({
    words: featuresOf(one),
    label: messages[index]?.emergency ? EMERGENCY : LOOK_ALIKE,
  }));
  return { pack, meanings, judged, examples, options: { ...OPTIONS, signs: meanings } };
}

/** How much each text resembles an emergency by a model that has seen nothing of its hand; of wishes, not itself. */
function scoresLeftOut(messages: readonly Message[], { meanings, judged, examples, options }: Prepared): Float64Array {
  const parts = partsOf(messages);
  const partOf = (index: number): number => (messages[index] ? parts.get(messages[index].hand)! : index % PARTS);
  const scores = new Float64Array(examples.length);
  for (let part = 0; part < PARTS; part++) {
    const model = trainLinear(
      examples.filter((_, index) => partOf(index) !== part),
      options,
    );
    for (const [index, one] of judged.entries())
      if (partOf(index) === part) scores[index] = scoreOf(model, meanings, one);
  }
  return scores;
}

/** The part in which each hand is left out: hands stay whole, the parts are of a size as far as that goes. */
function partsOf(messages: readonly Message[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { hand } of messages) sizes.set(hand, (sizes.get(hand) ?? 0) + 1);
  const load = Array.from({ length: PARTS }, () => 0);
  const parts = new Map<string, number>();
  for (const [hand, size] of [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    const part = load.indexOf(Math.min(...load));
    parts.set(hand, part);
    load[part] = load[part]! + size;
  }
  return parts;
}

/** Trains and answers models/red-flags.bin, the same bytes for the same corpus and pack. Throws a CorpusError. */
export function trainRedFlags(messages: readonly Message[] = readCorpus('train'), pack: Pack = readPack()): Trained {
  if (messages.length < LEAST)
    throw new CorpusError(`red flags: ${messages.length} messages to train on, at least ${LEAST} are needed`);
  const prepared = prepare(messages, pack);
  const chosen = choose(messages, prepared.judged, scoresLeftOut(messages, prepared), pack);
  const model = trainLinear(prepared.examples, prepared.options);
  const kinds = trainLinear(
    messages.flatMap(({ emergency, category }, index) =>
      emergency ? [{ words: prepared.examples[index]!.words, label: category }] : [],
    ),
    { ...KINDS, signs: prepared.meanings },
  );
  return { ...chosen, bytes: encodeClassifier({ model, kinds, ...chosen.thresholds }), messages: messages.length };
}

/**
 * Screens each hand by a classifier that was trained on all the others: the honest guess of what a hand not yet met
 * writes, as far as the classifier goes. The rules were written with these hands in sight.
 */
export function leaveHandsOut(messages: readonly Message[] = readCorpus('train'), pack: Pack = readPack()): LeftOut {
  const prepared = prepare(messages, pack);
  const scores = scoresLeftOut(messages, prepared);
  const { thresholds } = choose(messages, prepared.judged, scores, pack);
  const levels = messages.map(
    ({ category }, index) => settle(prepared.judged[index]!, scores[index]!, thresholds, pack, () => category).level,
  );
  return { messages, levels, thresholds };
}

/** How many texts of a kind score so much or more, by hundredths. */
type Tally = { emergencies: Int32Array; lookAlikes: Int32Array; neutral: Int32Array };
const LOW = -130;
const HIGH = 100;
const BINS = ['raise', 'explained', 'denied', 'bare', 'drop'] as const;
/** What a false alarm weighs against a missed emergency: tried from nothing to as much, in steps that are exact. */
const STEPS = 512;

/**
 * The thresholds with the highest recall at which at most `ANY` of the look-alikes and `NEUTRAL` of everyday wishes
 * raise an alarm, of hands left out. For each weight of a false alarm, each threshold is best by itself.
 */
function choose(
  messages: readonly Message[],
  judged: readonly Judged[],
  scores: Float64Array,
  pack: Pack,
): Omit<Trained, 'bytes' | 'messages'> {
  const size = HIGH - LOW + 1;
  const tally = (): Tally => ({
    emergencies: new Int32Array(size),
    lookAlikes: new Int32Array(size),
    neutral: new Int32Array(size),
  });
  const tallies = { raise: tally(), explained: tally(), denied: tally(), bare: tally(), drop: tally() };
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
    const into = tallies[level === 'soft' ? 'drop' : standingOf(one, pack)][kind];
    for (let at = LOW; at <= HIGH && scores[index]! >= at / 100; at++) into[at - LOW] = into[at - LOW]! + 1;
  }
  const emergencies = messages.filter((message) => message.emergency).length;
  const lookAlikes = messages.length - emergencies;
  const neutral = judged.length - messages.length || 1;
  let best = {
    thresholds: { raise: HIGH / 100, explained: HIGH / 100, denied: HIGH / 100, bare: HIGH / 100, drop: 0 },
    recall: -1,
    any: 1,
    neutral: 1,
  };
  for (let alarm = 0; alarm <= STEPS; alarm += 2)
    for (let idle = 0; idle <= STEPS; idle += 16) {
      const at = { raise: 0, explained: 0, denied: 0, bare: 0, drop: 0 };
      const sum = { ...sure };
      for (const bin of BINS) {
        const { emergencies: found, lookAlikes: wrong, neutral: bother } = tallies[bin];
        const worth = (i: number): number => STEPS * found[i]! - alarm * wrong[i]! - idle * bother[i]!;
        let pick = 0;
        for (let i = 1; i < size; i++) if (worth(i) >= worth(pick)) pick = i;
        at[bin] = (LOW + pick) / 100;
        sum.emergencies += found[pick]!;
        sum.lookAlikes += wrong[pick]!;
        sum.neutral += bother[pick]!;
      }
      const any = sum.lookAlikes / lookAlikes;
      if (any > ANY || sum.neutral / neutral > NEUTRAL) continue;
      const recall = sum.emergencies / emergencies;
      if (recall > best.recall || (recall === best.recall && any < best.any))
        best = { thresholds: at, recall, any, neutral: sum.neutral / neutral };
    }
  // what may still alarm is given away evenly: hands not yet met miss more than these, whose words the rules have seen
  const rate = (kind: keyof Tally, at: Thresholds): number =>
    BINS.reduce((sum, bin) => sum + tallies[bin][kind][Math.round(at[bin] * 100) - LOW]!, sure[kind]);
  for (let moved = true; moved;) {
    moved = false;
    for (const bin of BINS) {
      const at = { ...best.thresholds, [bin]: (Math.round(best.thresholds[bin] * 100) - 1) / 100 };
      if (at[bin] * 100 < LOW) continue;
      const [any, idle] = [rate('lookAlikes', at) / lookAlikes, rate('neutral', at) / neutral];
      if (any > ANY || idle > NEUTRAL) continue;
      best = { thresholds: at, recall: rate('emergencies', at) / emergencies, any, neutral: idle };
      moved = true;
    }
  }
  return { ...best, hard: hard / lookAlikes };
}
