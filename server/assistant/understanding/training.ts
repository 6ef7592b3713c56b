import { foldsOf, marginsOf, noisy, seeded, sharpened, sharpnessOf, trainLinear } from '../../platform/linear.ts';
import type { Example, LinearModel, Options } from '../../platform/linear.ts';
import { calibrationError, confidenceOf, fitConfidence, rank } from './confidence.ts';
import type { Judgement } from './confidence.ts';
import type { Said } from './corpus.ts';
import { heard } from './features.ts';
import { baseOf } from './intents.ts';
import { conceptsIn, signsOf } from './signs.ts';

const OPTIONS: Partial<Options> = { copies: 2, epochs: 8, cost: 0.5, balance: 0.5, seed: 7, signs: signsOf };
const FOLDS = 3;
/** Of what is acted on, this share is right; of what is none of ours, this share is not acted on. */
const PRECISE = 0.95;
const KEPT_OUT = 0.9;

/** What a reading of a text that the model had not seen came to. */
type Outcome = { said: Said; noisy: boolean; right: boolean; intent: string; confidence: number; tellings: number[] };
export type Figures = {
  /** Share of our wishes that were read right, by variant and in all; the same for their noisy copies. */
  accuracy: Record<string, number>;
  noisy: number;
  /** Of texts that are none of ours: the share that was not acted on, whole topics unseen. */
  keptOut: number;
  /** Of our wishes: the share that was acted on, and how much of that was right. */
  acted: number;
  precision: number;
  calibrationError: number;
};
export type Trained = { model: LinearModel; judgement: Judgement; figures: Figures };

/** Trains the classifier of intents, its probabilities and its bands, by cross-validation over whole families. */
export function trainIntents(corpus: readonly Said[]): Trained {
  const examples: Example[] = corpus.map((one) => {
    const words = heard(one.text);
    return { words, label: one.intent, group: groupOf(one, words) };
  });
  const folds = foldsOf(examples, FOLDS);
  const random = seeded(11);
  const margins: Float64Array[] = [];
  const right: number[] = [];
  const outcomes: Outcome[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = trainLinear(
      examples.filter((_, i) => folds[i] !== fold),
      OPTIONS,
    );
    for (const [i, example] of examples.entries()) {
      if (folds[i] !== fold) continue;
      for (const words of [example.words, noisy(example.words, random)]) {
        const asked = marginsOf(model, words, signsOf(words));
        margins.push(asked.margins);
        right.push(model.labels.indexOf(example.label));
        const ranked = rank(model.labels, asked.margins, asked.known, words.length, conceptsIn(words));
        outcomes.push({
          said: corpus[i]!,
          noisy: words !== example.words,
          right: ranked.intent === baseOf(example.label),
          intent: ranked.intent,
          confidence: 0,
          tellings: ranked.tellings,
        });
      }
    }
  }
  const sharpness = sharpnessOf(margins, right);
  // how sure, said of one half by what was learnt of the other
  for (const half of [0, 1]) {
    const weights = fitConfidence(weighed(outcomes.filter((_, i) => (i >> 1) % 2 !== half)));
    for (const [i, one] of outcomes.entries())
      if ((i >> 1) % 2 === half) one.confidence = confidenceOf({ weights, act: 1, ask: 1 }, one.tellings);
  }
  const judgement: Judgement = { weights: fitConfidence(weighed(outcomes)), ...bands(outcomes) };
  const model = sharpened(trainLinear(examples, OPTIONS), sharpness);
  return { model, judgement, figures: figuresOf(outcomes, judgement) };
}

/** Texts about one foreign matter are one family: what counts is how a matter is met that was never seen. */
function groupOf(one: Said, words: readonly string[]): string {
  if (one.intent === 'out_of_scope') {
    const topic = conceptsIn(words).find((concept) => concept.startsWith('oos_'));
    if (topic) return topic;
  }
  return words.join(' ');
}

/** What is none of ours is rarer in the corpus than among what people write. */
function weighed(outcomes: readonly Outcome[]): { tellings: number[]; right: boolean; weight: number }[] {
  return outcomes.map(({ tellings, right, said }) => ({
    tellings,
    right,
    weight: baseOf(said.intent) === 'out_of_scope' ? 1.5 : 1,
  }));
}

function bands(outcomes: readonly Outcome[]): { act: number; ask: number } {
  const foreign = outcomes.filter((one) => one.said.intent === 'out_of_scope');
  for (let act = 40; act <= 95; act++) {
    const acted = outcomes.filter((one) => one.confidence >= act / 100);
    const precise = acted.filter((one) => one.right).length / Math.max(1, acted.length);
    const out = foreign.filter((one) => one.confidence < act / 100).length / foreign.length;
    if (precise >= PRECISE && out >= KEPT_OUT) return { act: act / 100, ask: 0.3 };
  }
  return { act: 0.95, ask: 0.3 };
}

function figuresOf(outcomes: readonly Outcome[], { act }: Judgement): Figures {
  const share = (list: readonly Outcome[], fits: (one: Outcome) => boolean): number =>
    Math.round((list.filter(fits).length / Math.max(1, list.length)) * 10_000) / 10_000;
  const ours = outcomes.filter((one) => baseOf(one.said.intent) !== 'out_of_scope');
  const clean = ours.filter((one) => !one.noisy);
  const accuracy: Record<string, number> = {};
  for (const variant of new Set(clean.map((one) => one.said.variant)))
    accuracy[variant] = share(
      clean.filter((one) => one.said.variant === variant),
      (one) => one.right,
    );
  accuracy['all'] = share(clean, (one) => one.right);
  return {
    accuracy,
    noisy: share(
      ours.filter((one) => one.noisy),
      (one) => one.right,
    ),
    keptOut: share(
      outcomes.filter((one) => one.said.intent === 'out_of_scope'),
      (one) => one.confidence < act,
    ),
    acted: share(clean, (one) => one.confidence >= act),
    precision: share(
      outcomes.filter((one) => one.confidence >= act),
      (one) => one.right,
    ),
    calibrationError: Math.round(calibrationError(outcomes) * 10_000) / 10_000,
  };
}
