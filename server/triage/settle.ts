import type { Category, Screened } from './contract.ts';
import { levelOf } from './judge.ts';
import type { Judged, Seen } from './judge.ts';
import type { Pack } from './pack.ts';

/** From which scores the classifier raises and lets fall; see classify.ts. */
export type Thresholds = {
  /** A text whose rules say nothing is soft from this margin on, where a core concept or a hint stands in it. */
  raise: number;
  /** The same where all that stands is past, paperwork, a figure, or in part denied. */
  explained: number;
  /** The same where all that stands is denied. */
  denied: number;
  /** The same where nothing of weight is said: then the words alone must speak. */
  bare: number;
  /** Below it a soft flag falls that no core concept in the present holds up. */
  drop: number;
};
export type Settled = Screened & {
  /** How much the text resembles the emergencies of the corpus; null without a classifier. */
  score: number | null;
  /** `raised`: soft by the classifier alone. `dropped`: soft by the rules, in the past or on paper, and unlike any emergency. */
  by: 'rules' | 'raised' | 'dropped' | 'nothing';
};

/** The rule a flag of the classifier bears: no rule fired. */
export const RESEMBLES = 'resembles';

/**
 * Joins rules and classifier. Hard stays hard, and soft stays soft while a core concept stands in the present; the
 * classifier raises none to soft, and lets only a soft flag fall that nothing in the present holds up.
 * @param kind what kind of emergency it resembles; asked only of what the classifier raises
 */
export function settle(
  judged: Judged,
  score: number | null,
  at: Thresholds | null,
  pack: Pack,
  kind: () => Category,
): Settled {
  const level = levelOf(judged.fired);
  const flags = judged.fired
    .filter((one) => one.level !== 'faint')
    .map(({ rule }) => ({ rule: rule.id, category: rule.category }));
  if (score === null || at === null || level === 'hard')
    return { level, flags, score, by: level === 'none' ? 'nothing' : 'rules' };
  if (level === 'soft') {
    if (score >= Math.min(at.drop, MOST_DROP) || !isDoubtful(judged, pack)) return { level, flags, score, by: 'rules' };
    return { level: 'none', flags: [], score, by: 'dropped' };
  }
  if (score < raiseFrom(judged, at, pack)) return { level: 'none', flags: [], score, by: 'nothing' };
  return { level: 'soft', flags: [{ rule: RESEMBLES, category: kind() }], score, by: 'raised' };
}

/**
 * Whether a soft text has no core concept in the present among what raised it. What would be hard but for the paperwork
 * beside it is never doubtful: context makes hard soft, and nothing makes it none.
 */
export function isDoubtful(judged: Judged, pack: Pack): boolean {
  const isHere = (hit: Seen): boolean =>
    hit.because === null || !pack.contexts[hit.because.label - pack.concepts.length]!.absent;
  return !judged.fired.some(
    ({ level, rule, hits }) =>
      level === 'soft' &&
      (hits.some((hit) => pack.concepts[hit.label]!.core && isHere(hit)) ||
        (rule.level === 'hard' && hits.some((hit) => hit.state === 'lowered') && hits.every(isHere))),
  );
}

/** From this score on no soft flag falls: paperwork beside an emergency makes it less like one. */
const MOST_DROP = -0.9;

/** Below this nothing is asked of what was denied, however many false alarms there are to spend. */
const LEAST_DENIED = -0.25;

/** From which score on a text is raised on which the rules are silent. */
export function raiseFrom(judged: Judged, at: Thresholds, pack: Pack): number {
  const standing = standingOf(judged, pack);
  return standing === 'denied' ? Math.max(at.denied, LEAST_DENIED) : at[standing];
}

/** Contexts by whose words something is denied, beside those that deny. */
const NOBODY = 'nobody_did';

/**
 * What stands in a text on which the rules are silent: something in the present, only what context took away, only what
 * was denied, nothing.
 */
export function standingOf(judged: Judged, pack: Pack): 'raise' | 'explained' | 'denied' | 'bare' {
  if (judged.fired.some((one) => !one.lowered)) return 'raise';
  const core = judged.seen.filter((hit) => pack.concepts[hit.label]!.core);
  const weighty = core.filter((hit) => !pack.concepts[hit.label]!.company);
  if (weighty.length > 0 && weighty.every((hit) => isDenied(hit, pack))) return 'denied';
  if (core.some((hit) => hit.state === 'present')) return 'raise';
  return judged.fired.length > 0 || core.length > 0 ? 'explained' : 'bare';
}

function isDenied({ state, because }: Seen, pack: Pack): boolean {
  if (state !== 'removed' || because === null) return false;
  const context = pack.contexts[because.label - pack.concepts.length]!;
  return context.effect === 'negate' || context.name === NOBODY;
}
