import type { Category, Screened } from './contract.ts';
import { CONTEXT, LEXICON } from './lexicon.ts';
import type { Concept, Context } from './lexicon.ts';
import { RULES } from './rules.ts';
import type { Rule } from './rules.ts';
import { near, shorter, sound, words } from './words.ts';
import type { Word } from './words.ts';

/** A concept or context found in a text: words from..to, both inclusive. */
type Hit = { from: number; to: number; negated: boolean };

type Entry = { label: number; units: number[] };

const LABELS = [...Object.keys(LEXICON), ...Object.keys(CONTEXT).map((name) => '~' + name)];
const LABEL = new Map(LABELS.map((name, index) => [name, index]));

// A unit is one word or one stem of the lexicon; a text's word is looked up once for all the units that it matches.
const exact = new Map<string, number>();
const stems = new Map<string, number>();
const slips = new Map<string, number[]>();
const unitText: string[] = [];
const entries = new Map<number, Entry[]>();
/** Shortest word in which a slip is forgiven: in shorter ones a slip is another word. */
const FORGIVEN = 6;

function unit(written: string): number {
  const stem = written.endsWith('*');
  const heard = sound(stem ? written.slice(0, -1) : written);
  const table = stem ? stems : exact;
  const known = table.get(heard);
  if (known !== undefined) return known;
  const id = unitText.length;
  unitText.push(heard);
  table.set(heard, id);
  if (heard.length >= FORGIVEN) {
    for (const key of shorter(heard)) slips.set(key, [...(slips.get(key) ?? []), id]);
  }
  return id;
}

for (const [prefix, lexicon] of [
  ['', LEXICON],
  ['~', CONTEXT],
] as const) {
  for (const [name, list] of Object.entries(lexicon)) {
    for (const phrase of new Set(list.split(',').map((part) => part.trim()))) {
      if (!phrase) continue;
      const units = phrase.split(/\s+/).map((part) => {
        const bare = words(part.replace('*', ''))[0]?.plain ?? part;
        return unit(part.endsWith('*') ? bare + '*' : bare);
      });
      const first = units[0]!;
      const list = entries.get(first) ?? [];
      list.push({ label: LABEL.get(prefix + name)!, units });
      entries.set(first, list);
    }
  }
}

const RULE_LABELS = RULES.map((rule) => rule.all.map((group) => group.map((concept) => LABEL.get(concept)!)));
const context = (name: Context): number => LABEL.get('~' + name)!;
const NEGATION = context('negation');
const FIGURE = context('figure');
const LOWERING = (['resolved', 'past', 'hypothesis', 'administration'] as Context[]).map(context);

// Words repeat; what a word matches does not depend on the text. Bounded, and cleared whole when full.
let remembered = new Map<string, readonly number[]>();
const NOTHING: readonly number[] = [];

/** Everyday words, as they sound, a letter away from one of ours: "desmarcar" a visit is not to faint (desmaiar). */
const NO_SLIP = /^desmark/;

function unitsOf(heard: string): readonly number[] {
  const known = remembered.get(heard);
  if (known) return known;
  const found = new Set<number>();
  const whole = exact.get(heard);
  if (whole !== undefined) found.add(whole);
  for (let length = 2; length <= heard.length; length++) {
    const stem = stems.get(heard.slice(0, length));
    if (stem !== undefined) found.add(stem);
  }
  if (found.size === 0 && heard.length >= FORGIVEN && heard.length <= 24 && !NO_SLIP.test(heard)) {
    for (const key of shorter(heard)) {
      for (const id of slips.get(key) ?? []) if (near(heard, unitText[id]!)) found.add(id);
    }
    if (found.size === 0) {
      // a slip within a stem: only stems as long as the shortest forgiven word, at the same place
      for (let length = FORGIVEN; length < heard.length; length++) {
        for (const key of shorter(heard.slice(0, length))) {
          for (const id of slips.get(key) ?? []) {
            if (stems.get(unitText[id]!) === id && near(heard.slice(0, length), unitText[id]!)) found.add(id);
          }
        }
      }
    }
  }
  if (remembered.size > 20_000) remembered = new Map();
  const list = found.size ? [...found] : NOTHING;
  remembered.set(heard, list);
  return list;
}

/** Words that may stand between the words of one entry. */
const GAP = 1;

function hitsOf(text: Word[]): Map<number, Hit[]> {
  const at = text.map((word) => unitsOf(word.sound));
  const hits = new Map<number, Hit[]>();
  for (let i = 0; i < text.length; i++) {
    for (const first of at[i]!) {
      for (const entry of entries.get(first) ?? []) {
        let place = i;
        let matched = true;
        for (let k = 1; k < entry.units.length && matched; k++) {
          matched = false;
          for (let j = place + 1; j <= place + 1 + GAP && j < text.length; j++) {
            if (text[j]!.breaks && j > place + 1) break;
            if (at[j]!.includes(entry.units[k]!)) {
              place = j;
              matched = true;
              break;
            }
          }
        }
        if (!matched) continue;
        const list = hits.get(entry.label) ?? [];
        list.push({ from: i, to: place, negated: false });
        hits.set(entry.label, list);
      }
    }
  }
  return hits;
}

/** Words before a concept in which a "no" turns it round, unless the clause broke in between. */
const REACH = 4;

/** Concepts whose own words hold the "no": a "no" before them seldom turns them round. */
const SELF_NEGATIVE = new Set<Concept>([
  'cant_breathe',
  'unconscious',
  'speech_lost',
  'limb_lost',
  'vision_lost',
  'no_movement',
  'limp_child',
  'speak_short',
  'much',
  'strong',
  'suicide',
]);

/** In Portuguese "no" is "in the": "dor no peito" denies nothing. */
const PLACES =
  /^(peito|braco|corpo|rosto|olho|estomago|abdomen|abdome|coracao|pescoco|lado|ombro|queixo|pulso|momento|chao|banheiro|hospital)$/;

function markNegated(text: Word[], hits: Map<number, Hit[]>): void {
  const negations = (hits.get(NEGATION) ?? []).filter(
    (no) => !(text[no.from]!.plain === 'no' && PLACES.test(text[no.from + 1]?.plain ?? '')),
  );
  if (negations.length === 0) return;
  for (const [label, list] of hits) {
    const name = LABELS[label]!;
    if (name.startsWith('~')) continue;
    for (const hit of list) {
      const reach = SELF_NEGATIVE.has(name as Concept) && hit.to > hit.from ? 1 : REACH;
      for (const no of negations) {
        if (no.from >= hit.from || hit.from - no.to > reach) continue;
        let broken = false;
        for (let i = no.to + 1; i <= hit.from; i++) if (text[i]!.breaks) broken = true;
        if (broken) continue;
        // "no puedo más del dolor", "no aguanto el dolor", "no para el dolor", "no se me quita": the pain is there
        const between = text.slice(no.to + 1, hit.from).map((word) => word.plain);
        const still = between.some((word) =>
          /^(puedo|pued|aguant|soport|par|deja|quit|pas|va|cede|calma|baja|puc|stop|go|consigo|passa|sale|marcha|see|se[^ ]?$)/.test(
            word,
          ),
        );
        if (!still || (reach === 1 && between.length === 0)) hit.negated = true;
      }
    }
  }
}

function holds(rule: Rule, groups: number[][], hits: Map<number, Hit[]>): boolean {
  const within = rule.within ?? 14;
  // most rules end here: their concepts are not in the text at all
  for (const group of groups) if (!group.some((label) => hits.has(label))) return false;
  const present = groups.map((group) =>
    group.flatMap((label) => (hits.get(label) ?? []).filter((hit) => !hit.negated)),
  );
  if (present.some((list) => list.length === 0)) return false;
  if (present.length === 1) return true;
  // some hit of the first group with one of every other group near it
  return present[0]!.some((anchor) =>
    present.slice(1).every((list) =>
      list.some((hit) => {
        const apart = hit.from > anchor.to ? hit.from - anchor.to : anchor.from - hit.to;
        return apart <= within;
      }),
    ),
  );
}

/** Rules about administration words would make "cita" hide an emergency told in the same breath as now. */
const NOW =
  /\b(ahora|ahorita|ya mismo|en este momento|ara|ara mateix|now|right now|agora|ajuda|ayuda|ajudeu|socorro|auxilio|urgente|urgent|hoy|avui|hoje|today|desde hace|hace \d+ (minutos|horas)|minutos|minuts|minutes|acaba|acabo|de golpe|de repente)\b/;

/**
 * Screens one utterance for red flags, whatever its channel or the state of its conversation. Pure; about 30 µs.
 * Words that put it in the past, in a question or in paperwork lower `hard` to `soft`; a figure of speech removes
 * only the words it is made of. Source of the rules: rules.ts (drafts until a clinician signs them).
 */
export function screen(text: string, _language: string): Screened {
  const said = words(text);
  if (said.length === 0) return { level: 'none', flags: [] };
  const hits = hitsOf(said);
  if (hits.size === 0) return { level: 'none', flags: [] };
  markNegated(said, hits);
  for (const figure of hits.get(FIGURE) ?? []) {
    for (const [label, list] of hits) {
      if (LABELS[label]!.startsWith('~')) continue;
      for (const hit of list) if (hit.from <= figure.to && figure.from <= hit.to) hit.negated = true;
    }
  }
  const lowered = LOWERING.some((label) => hits.has(label)) && !NOW.test(said.map((word) => word.plain).join(' '));
  const flags: { rule: string; category: Category }[] = [];
  let level: Screened['level'] = 'none';
  RULES.forEach((rule, index) => {
    if (!holds(rule, RULE_LABELS[index]!, hits)) return;
    flags.push({ rule: rule.id, category: rule.category });
    const found = lowered ? 'soft' : rule.level;
    if (found === 'hard' || level === 'none') level = found;
  });
  return { level, flags };
}
