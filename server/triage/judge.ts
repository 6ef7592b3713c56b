import type { Level } from './contract.ts';
import type { Finder, Found, Hit } from './find.ts';
import type { Pack, RuleOfPack } from './pack.ts';

/*
 * What the words mean together: context may take a concept away or lower it, rules combine what is left into flags.
 * Explainable: every step leaves its reason.
 */

/** `present`: it stands. `lowered`: asked about, planned, of before. `removed`: denied, a figure, long past. */
type State = 'present' | 'lowered' | 'removed';
export type Seen = Hit & { state: State; because: Hit | null };
/** `faint`: would be soft, were it not lowered, or a hint; it raises nothing by itself. `lowered`: context made it less. */
export type Fired = { rule: RuleOfPack; level: Exclude<Level, 'none'> | 'faint'; lowered: boolean; hits: Seen[] };
export type Judged = { found: Found; seen: Seen[]; contexts: Hit[]; fired: Fired[] };
export type Judge = (found: Found) => Judged;

const NEVER = 1000;
/** The context that begins the reason of a wish. */
const CAUSE = 'cause';

function apart(a: Hit, b: Hit): number {
  if (b.from > a.to) return b.from - a.to;
  if (a.from > b.to) return a.from - b.to;
  return 0;
}

export function createJudge(pack: Pack, finder: Finder): Judge {
  const concepts = pack.concepts;
  const label = new Map(finder.labels.map((name, index) => [name, index]));
  const contextOf = (hit: Hit): Pack['contexts'][number] => pack.contexts[hit.label - concepts.length]!;
  const labelOf = (name: string): number => label.get(name) ?? label.get('~' + name)!;
  const rules = pack.rules.map((rule) => ({
    rule,
    groups: rule.all.map((group) => group.map(labelOf)),
    unless: rule.unless.map(labelOf),
    softer: rule.softer.map(labelOf),
  }));

  return (found) => {
    const contexts: Hit[] = [];
    const seen: Seen[] = [];
    for (const hit of found.hits) {
      if (hit.label < concepts.length) seen.push({ ...hit, state: 'present', because: null });
      else contexts.push(hit);
    }
    if (seen.length === 0) return { found, seen, contexts, fired: [] };
    const { tokens } = found;
    const keeps = contexts.filter((hit) => contextOf(hit).effect === 'keep');
    const nows = contexts.filter((hit) => contextOf(hit).effect === 'now');
    const denials = contexts.filter((hit) => contextOf(hit).effect === 'negate');
    // in "no puedo respirar" the no is part of what is said: a no before it turns nothing round
    const holdsNo = new Set(
      seen.filter((hit) => hit.to > hit.from && denials.some((no) => hit.from <= no.from && no.to <= hit.to)),
    );

    const causes = contexts.filter((hit) => contextOf(hit).name === CAUSE);
    /** Whether a pause or a "because" stands between two. */
    const parted = (a: Hit, b: Hit): boolean => {
      const [first, last] = a.from < b.from ? [a, b] : [b, a];
      for (let i = first.to + 1; i <= last.from; i++) if (tokens[i]!.breaks) return true;
      return causes.some((cause) => first.to < cause.from && cause.to < last.from);
    };

    for (const context of contexts) {
      const { effect, scope, reach, yields, spares } = contextOf(context);
      if (effect === 'keep' || effect === 'now' || effect === 'none') continue;
      if (effect === 'negate') {
        // "no aguanto el dolor" denies nothing
        if (keeps.some((keep) => keep.from <= context.from && context.to <= keep.to)) continue;
        if ([...holdsNo].some((hit) => hit.from <= context.from && context.to <= hit.to)) continue;
      }
      for (const hit of seen) {
        if (hit.state === 'removed') continue;
        const concept = concepts[hit.label]!;
        const distance = apart(context, hit);
        if (effect === 'negate') {
          const [first, last] = scope === 'before' ? [hit, context] : [context, hit];
          if (holdsNo.has(hit) || last.from <= first.from || distance > reach) continue;
          let broken = false;
          for (let i = first.to + 1; i <= last.from; i++) if (tokens[i]!.breaks) broken = true;
          if (broken) continue;
          hit.state = 'removed';
          hit.because = context;
          continue;
        }
        const same = tokens[context.from]!.sentence === tokens[hit.from]!.sentence;
        const reached =
          scope === 'message' ||
          (scope === 'overlap' && context.from <= hit.to && hit.from <= context.to) ||
          (scope === 'sentence' && same) ||
          (scope === 'after' && same && hit.from >= context.from && distance <= reach);
        if (!reached) continue;
        // words that are part of what is said put nothing in the past: "con mi mamá que ya murió"
        if (scope === 'sentence' && hit.from < context.from && context.to <= hit.to) continue;
        if (
          yields &&
          nows.some(
            (now) =>
              !(context.from <= now.to && now.from <= context.to) &&
              (scope === 'message' ||
                (tokens[now.from]!.sentence === tokens[hit.from]!.sentence &&
                  apart(now, hit) <= (same ? distance : NEVER))),
          )
        )
          continue;
        // "quiero cambiar la cita porque mi padre no responde": paperwork does not reach what no longer works, beyond a pause
        if (contextOf(context).paper && holdsNo.has(hit) && parted(context, hit)) continue;
        const state: State = effect === 'lower' || (spares && concept.core) ? 'lowered' : 'removed';
        if (hit.state === 'present' || state === 'removed') {
          hit.state = state;
          hit.because = context;
        }
      }
    }

    const byLabel = new Map<number, Seen[]>();
    for (const hit of seen) {
      if (hit.state === 'removed') continue;
      const list = byLabel.get(hit.label);
      if (list) list.push(hit);
      else byLabel.set(hit.label, [hit]);
    }
    const held = new Set(contexts.map((hit) => hit.label));
    const fired: Fired[] = [];
    for (const { rule, groups, unless, softer } of rules) {
      // most rules end here: their concepts are not in the text at all
      if (!groups.every((group) => group.some((one) => byLabel.has(one)))) continue;
      const hits = combination(groups, rule, byLabel, true) ?? combination(groups, rule, byLabel, false);
      if (!hits) continue;
      const spoilt = unless.some(
        (one) =>
          held.has(one) || byLabel.get(one)?.some((hit) => hits.some((other) => apart(hit, other) <= rule.within)),
      );
      if (spoilt) continue;
      const lowered = hits.some((hit) => hit.state === 'lowered');
      const hard = rule.level === 'hard' && !softer.some((one) => held.has(one) || byLabel.has(one));
      const level = rule.level === 'hint' ? 'faint' : hard ? (lowered ? 'soft' : 'hard') : lowered ? 'faint' : 'soft';
      fired.push({ rule, hits, lowered: lowered || (rule.level === 'hard' && !hard), level });
    }
    return { found, seen, contexts, fired };
  };
}

/** Hits, one of each group, that stand together; with those in the present alone, if so asked. */
function combination(
  groups: readonly number[][],
  rule: RuleOfPack,
  byLabel: ReadonlyMap<number, Seen[]>,
  present: boolean,
): Seen[] | null {
  const lists = groups.map((group) =>
    group.flatMap((one) => (byLabel.get(one) ?? []).filter((hit) => !present || hit.state === 'present')),
  );
  if (lists.some((list) => list.length === 0)) return null;
  for (const anchor of lists[0]!) {
    const hits = [anchor];
    for (const list of lists.slice(1)) {
      const near = list.find(
        (hit) =>
          apart(anchor, hit) <= rule.within &&
          (!rule.distinct || !hits.some((one) => one.from <= hit.to && hit.from <= one.to)),
      );
      if (!near) break;
      hits.push(near);
    }
    if (hits.length === lists.length) return hits;
  }
  return null;
}

/** What is answered: the strongest of the flags. */
export function levelOf(fired: readonly Fired[]): Level {
  if (fired.some((one) => one.level === 'hard')) return 'hard';
  return fired.some((one) => one.level === 'soft') ? 'soft' : 'none';
}
