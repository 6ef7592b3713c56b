import { kindOf, readClassifier, scoreOf } from './classify.ts';
import type { Classifier } from './classify.ts';
import type { Category, Screened } from './contract.ts';
import { createFinder } from './find.ts';
import { createJudge } from './judge.ts';
import type { Judged } from './judge.ts';
import { createMeanings } from './meanings.ts';
import { readPack } from './pack.ts';
import type { Pack } from './pack.ts';
import { raiseFrom, settle } from './settle.ts';
import type { Settled } from './settle.ts';

/** Everything that screens, compiled once. */
export type Screener = {
  pack: Pack;
  judge(text: string, language: string): Judged;
  settle(text: string, language: string): Settled & { judged: Judged };
};

/** Compiles a pack; with a classifier it may raise, without one rules and context decide alone. */
export function createScreener(pack: Pack, classifier: Classifier | null): Screener {
  const finder = createFinder(pack);
  const judge = createJudge(pack, finder);
  const meanings = createMeanings(pack);
  const judged = (text: string, language: string): Judged => judge(finder.find(text, language));
  return {
    pack,
    judge: judged,
    settle(text, language) {
      const found = judged(text, language);
      const score = classifier ? scoreOf(classifier.model, meanings, found) : null;
      const kind = (): Category => kindOf(classifier!.kinds, meanings, found);
      return { ...settle(found, score, classifier, pack, kind), judged: found };
    },
  };
}

/** The pack and the classifier of this installation. What is malformed ends the start with one clear line. */
const pack = readPack();
const classifier = readClassifier();
const screener = createScreener(pack, classifier);

/**
 * Screens one utterance for red flags, whatever its channel or the state of its conversation. Pure; well under 1 ms.
 * `language` is what the conversation is held in; words of the other languages are read too, because people mix.
 * Source of lexicon and rules: clinical/red-flags (drafts until a clinician signs them).
 */
export function screen(text: string, language: string): Screened {
  const { level, flags } = screener.settle(text, language);
  return { level, flags };
}

/** The fixed words that answer; see emergency.ts. */
export const redFlagTexts = pack.texts;

/** What a clinician signs: the whole pack as it is read here, with the hash of its contents. */
export function redFlagPack(): Pack {
  return pack;
}

/** A stretch of the text, by its letters, and the words as they were written. */
export type Stretch = { start: number; end: number; words: string };
export type Explained = Screened & {
  /** How much the text resembles the corpus's emergencies; from `raise` on it is soft by that alone. Null without a model. */
  score: number | null;
  raise: number | null;
  /** `raised`: soft by resemblance alone. `dropped`: a doubtful soft flag that resembles no emergency. */
  by: Settled['by'];
  /** Which words were heard as which concept, by which entry of the pack, and what took it away or lowered it. */
  concepts: (Stretch & {
    concept: string;
    means: string;
    entry: string;
    state: 'present' | 'lowered' | 'removed';
    because: string | null;
  })[];
  /** Which words change the meaning of others. */
  contexts: (Stretch & { context: string; means: string; entry: string })[];
  rules: {
    rule: string;
    category: string;
    level: 'hard' | 'soft' | 'hint';
    fired: 'hard' | 'soft' | 'faint';
    why: string;
    concepts: string[];
  }[];
};

/** Why a text was screened as it was: words, concepts, context and rules, for the page of the red flags. Pure. */
export function explain(text: string, language: string): Explained {
  const { judged, level, flags, score, by } = screener.settle(text, language);
  const { tokens } = judged.found;
  const stretch = (hit: { from: number; to: number }): Stretch => {
    const [start, end] = [tokens[hit.from]!.start, tokens[hit.to]!.end];
    return { start, end, words: text.slice(start, end) };
  };
  const contextOf = (label: number): Pack['contexts'][number] => pack.contexts[label - pack.concepts.length]!;
  return {
    level,
    flags,
    score,
    raise: classifier ? raiseFrom(judged, classifier, pack) : null,
    by,
    concepts: judged.seen.map((hit) => ({
      ...stretch(hit),
      concept: pack.concepts[hit.label]!.name,
      means: pack.concepts[hit.label]!.means,
      entry: hit.pattern.entry.text,
      state: hit.state,
      because: hit.because ? contextOf(hit.because.label).name : null,
    })),
    contexts: judged.contexts
      .filter((hit) => contextOf(hit.label).name !== 'real_words')
      .map((hit) => ({
        ...stretch(hit),
        context: contextOf(hit.label).name,
        means: contextOf(hit.label).means,
        entry: hit.pattern.entry.text,
      })),
    rules: judged.fired.map((one) => ({
      rule: one.rule.id,
      category: one.rule.category,
      level: one.rule.level,
      fired: one.level,
      why: one.rule.why,
      concepts: one.hits.map((hit) => pack.concepts[hit.label]!.name),
    })),
  };
}
