import type { Entry, Pack } from './pack.ts';
import { PackError } from './pack.ts';
import { isLight, languagesOf, tokensOf } from './said.ts';
import type { Language, Languages, Token } from './said.ts';
import { near, shorter, sound } from './words.ts';

/*
 * Finds concepts and context in words. An entry of the pack is a row of places; at each place stands a word, a stem
 * ("respir*"), one of several ("boca|cara"), a family ("<no>"), words that belong together ("fa_mal") or a number
 * ("35..45"). Between two places one word may stand that weighs something, and small words as they come.
 */

/** A concept or context found in a text: words from..to, both inclusive. */
export type Hit = { label: number; from: number; to: number; pattern: Pattern };
export type Pattern = {
  label: number;
  places: number[];
  /** No word may stand before this place. */
  tight: boolean[];
  entry: Entry;
  except: boolean;
  /** Short words mean something else in the neighbour's language: only where the text may be in this one. */
  guarded: boolean;
  /** How many weighty words may stand between two places. */
  gap: number;
  /** Words of context count only in a language that the text is likely in: "se me" is no "if" in Spanish. */
  context: boolean;
};
/** What a text is made of, found once. */
export type Found = { tokens: Token[]; languages: Languages; hits: Hit[] };
/** What a word matches, and whether only by forgiving a slip. */
type Matched = { units: readonly number[]; slipped: boolean };
export type Finder = { labels: readonly string[]; find(text: string, language: string): Found };

/** Shortest word, as it sounds, in which a slip is forgiven: in shorter ones a slip is another word. */
const FORGIVEN = 6;
/** Shortest word in which two transposed letters are forgiven. */
const TRANSPOSED = 4;
/** Small words that are written together with the next: "nopuedo". */
const GLUED = new Set(
  'no me se le la lo el mi que ya te un una de em es li nao na do da eu my is i can not'.split(' '),
);
/** How many weighty words, and how many light ones, may stand between two places. */
const GAP = 1;
const LIGHT_GAP = 3;

export function createFinder(pack: Pack): Finder {
  const labels = [...pack.concepts.map((one) => one.name), ...pack.contexts.map((one) => '~' + one.name)];
  const exact = new Map<string, number>();
  const stems = new Map<string, number>();
  const unitSound: string[] = [];
  const isStem: boolean[] = [];
  const slips = new Map<string, number[]>();
  const swaps = new Map<string, number[]>();
  /** For each unit the places (slots) it can fill. */
  const slotsOfUnit: number[][] = [];
  const slotIds = new Map<string, number>();
  /** Slots that a number fills. */
  const ranges: { slot: number; from: number; to: number }[] = [];
  /** Slots that several words together fill, by the first word's unit. */
  const runs = new Map<number, { slot: number; units: number[] }[]>();
  const byFirst = new Map<number, Pattern[]>();
  const families = new Map(pack.families.map((family) => [family.name, family.entries]));
  const noSlip = new Set<string>();

  const unit = (written: string, english: boolean): number => {
    const stem = written.endsWith('*');
    const bare = tokensOf(stem ? written.slice(0, -1) : written)[0]?.plain ?? written;
    const heard = english ? inEnglish(bare) : sound(bare);
    const table = stem ? stems : exact;
    const known = table.get(heard);
    if (known !== undefined) return known;
    const id = unitSound.length;
    unitSound.push(heard);
    isStem.push(stem);
    slotsOfUnit.push([]);
    table.set(heard, id);
    if (heard.length >= FORGIVEN)
      for (const key of shorter(heard)) {
        const list = slips.get(key);
        if (list) list.push(id);
        else slips.set(key, [id]);
      }
    if (heard.length >= TRANSPOSED + (english ? 1 : 0)) {
      const key = [...heard].sort().join('');
      swaps.set(key, [...(swaps.get(key) ?? []), id]);
    }
    return id;
  };

  /** The id of a place: "boca|cara", "<no>", "fa_mal", "35..45". */
  const slot = (written: string, language: Language | 'any', where: string): number => {
    // what belongs to no language is compared letter by letter, as English is
    const english = language === 'en' || language === 'any';
    const key =
      language === 'any' || written.includes('<') ? `${language} ${written}` : english ? `en ${written}` : written;
    const known = slotIds.get(key);
    if (known !== undefined) return known;
    const id = slotIds.size;
    slotIds.set(key, id);
    const fill = (alternative: string): void => {
      const family = /^<(.+)>$/.exec(alternative);
      if (family) {
        const members = families.get(family[1]!);
        if (!members) throw new PackError(`red-flag pack: ${where}: there is no family <${family[1]}>`);
        for (const member of members)
          if (member.language === language || member.language === 'any')
            for (const one of member.text.split('|')) fill(one);
        return;
      }
      const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/.exec(alternative);
      if (range) {
        ranges.push({ slot: id, from: Number(range[1]), to: Number(range[2]) });
        return;
      }
      // an elision or contraction may make two words of one, or one of two
      const parts = alternative.split(/[_ ]/).flatMap((part) => {
        const star = part.endsWith('*');
        const pieces = tokensOf(star ? part.slice(0, -1) : part).map((token) => token.plain);
        return pieces.map((piece, index) => (star && index === pieces.length - 1 ? piece + '*' : piece));
      });
      const units = parts.map((part) => unit(part, english));
      if (units.length === 1) slotsOfUnit[units[0]!]!.push(id);
      else if (units.length > 1) {
        const list = runs.get(units[0]!) ?? [];
        list.push({ slot: id, units });
        runs.set(units[0]!, list);
      }
    };
    for (const alternative of written.split('|')) fill(alternative);
    return id;
  };

  const add = (label: number, entry: Entry, except: boolean, where: string, gap = except ? 0 : GAP): void => {
    const words = entry.text.split(' ').flatMap((word) => {
      // plain words are read as patients' words are: "can't" is two
      if (/[<>|_*]|\.\./.test(word)) return [word];
      return tokensOf(word).map((token) => token.plain);
    });
    const tight: boolean[] = [];
    const places: number[] = [];
    let next = false;
    for (const [index, word] of words.entries()) {
      // "a _ b": b directly behind a
      if (word === '_') {
        next = true;
        continue;
      }
      // small words stand anywhere between two places: one that asks for nothing else asks for nothing
      const inner =
        !except &&
        label < pack.concepts.length &&
        index > 0 &&
        index < words.length - 1 &&
        !next &&
        words[index + 1] !== '_';
      if (inner && word.split('|').every(isLight)) continue;
      places.push(slot(word, entry.language, where));
      tight.push(next);
      next = false;
    }
    if (places.length === 0) throw new PackError(`red-flag pack: ${where}: cannot read the entry “${entry.text}”`);
    const letters = entry.text.replaceAll(/[^\p{L}]/gu, '').length;
    const pattern: Pattern = {
      label,
      places,
      tight,
      entry,
      except,
      gap,
      context: label >= pack.concepts.length,
      guarded: places.length === 1 && letters <= 4 && !/[<|]/.test(entry.text),
    };
    const list = byFirst.get(places[0]!) ?? [];
    list.push(pattern);
    byFirst.set(places[0]!, list);
  };

  pack.concepts.forEach((concept, index) => {
    const where = `concepts: ${concept.name}`;
    for (const entry of concept.entries) add(index, entry, false, where);
    for (const entry of concept.except) add(index, entry, true, where);
  });
  pack.contexts.forEach((context, index) => {
    const label = pack.concepts.length + index;
    for (const entry of context.entries) add(label, entry, false, `context.yaml: ${context.name}`, context.gap);
    for (const entry of context.except) add(label, entry, true, `context.yaml: ${context.name}`);
    // real words a letter away from ours
    if (context.name === 'real_words')
      for (const entry of context.entries)
        for (const token of tokensOf(entry.text))
          noSlip.add(entry.language === 'en' ? inEnglish(token.plain) : token.sound);
  });

  const NOTHING: Matched = { units: [], slipped: false };
  // Words repeat; what a word matches does not depend on the text. Bounded, and cleared whole when full.
  let remembered = new Map<string, Matched>();

  /** A slip leaves the first letter, and the sign that keeps English apart, as they are. */
  const beginAlike = (heard: string, id: number, from: number): boolean =>
    heard.slice(0, from + 1) === unitSound[id]!.slice(0, from + 1);

  /** What a word as it sounds can be; `from`: where its own letters begin. */
  const unitsOf = (heard: string, from = 0): Matched => {
    const known = remembered.get(heard);
    if (known) return known;
    const found = new Set<number>();
    const whole = exact.get(heard);
    if (whole !== undefined) found.add(whole);
    for (let length = from + 2; length <= heard.length; length++) {
      const stem = stems.get(heard.slice(0, length));
      if (stem !== undefined) found.add(stem);
    }
    const slipped = found.size === 0;
    if (slipped && heard.length <= 24 && !noSlip.has(heard)) {
      if (heard.length >= FORGIVEN - 1 + from)
        for (const key of shorter(heard))
          for (const id of slips.get(key) ?? [])
            if (beginAlike(heard, id, from) && near(heard, unitSound[id]!)) found.add(id);
      if (found.size === 0)
        // a slip within a stem, at the same place: only in stems of some length
        for (let length = FORGIVEN + 1 + from; length < heard.length; length++)
          for (const key of shorter(heard.slice(0, length)))
            for (const id of slips.get(key) ?? [])
              if (isStem[id] && beginAlike(heard, id, from) && near(heard.slice(0, length), unitSound[id]!))
                found.add(id);
    }
    if (whole === undefined && heard.length <= 24 && !noSlip.has(heard)) {
      // two letters transposed, in a short word or in the stem that it begins with
      for (let length = TRANSPOSED + from; length <= heard.length; length++) {
        const part = heard.slice(0, length);
        for (const id of swaps.get([...part].sort().join('')) ?? [])
          if (
            (length === heard.length || (isStem[id] && length > TRANSPOSED + from)) &&
            beginAlike(part, id, from) &&
            near(part, unitSound[id]!)
          )
            found.add(id);
      }
    }
    if (remembered.size > 20_000) remembered = new Map();
    const matched = found.size ? { units: [...found], slipped } : NOTHING;
    remembered.set(heard, matched);
    return matched;
  };

  const matchedBy = (token: Token): Matched => {
    const romance = unitsOf(token.sound);
    const english = unitsOf(inEnglish(token.plain), 1);
    if (english === NOTHING) return romance;
    if (romance === NOTHING) return english;
    return { units: [...romance.units, ...english.units], slipped: romance.slipped && english.slipped };
  };

  /** A word that is none of ours, written together of two that are: "nopuedo". */
  let cuts = new Map<string, readonly [string, string] | null>();
  const cutOf = (token: Token): readonly [string, string] | null => {
    const known = cuts.get(token.plain);
    if (known !== undefined) return known;
    let found: readonly [string, string] | null = null;
    const word = token.plain;
    if (word.length >= 6 && word.length <= 24 && matchedBy(token).units.length === 0 && !noSlip.has(token.sound)) {
      for (let at = 2; at <= word.length - 3 && !found; at++) {
        const [a, b] = [word.slice(0, at), word.slice(at)];
        const isWhole = (part: string): boolean => {
          const { units, slipped } = unitsOf(sound(part));
          return units.length > 0 && !slipped;
        };
        const has = (part: string): boolean => exact.has(sound(part)) || exact.has(inEnglish(part));
        if ((a.length >= 4 || GLUED.has(a)) && has(a) && (has(b) || (b.length >= 5 && isWhole(b)))) found = [a, b];
      }
    }
    if (cuts.size > 20_000) cuts = new Map();
    cuts.set(word, found);
    return found;
  };

  const find = (text: string, language: string): Found => {
    let tokens = tokensOf(text);
    if (tokens.some((token) => token.plain.length >= 6 && cutOf(token)))
      tokens = tokens.flatMap((token) => {
        const cut = token.plain.length >= 6 ? cutOf(token) : null;
        if (!cut) return [token];
        return cut.map((part, index) => ({
          ...token,
          plain: part,
          sound: sound(part),
          light: index === 0 && part.length <= 2,
          breaks: index === 0 && token.breaks,
        }));
      });
    const languages = languagesOf(tokens, language);
    const count = tokens.length;
    /** For each word the places it can fill and how far that reaches. */
    const fills: Map<number, number>[] = [];
    const matched = tokens.map(matchedBy);
    const units = matched.map((one) => one.units);
    for (let i = 0; i < count; i++) {
      const here = new Map<number, number>();
      for (const one of units[i]!) {
        for (const id of slotsOfUnit[one]!) if (!here.has(id)) here.set(id, i);
        for (const run of runs.get(one) ?? []) {
          let end = i;
          for (let k = 1; k < run.units.length; k++) {
            if (end + 1 < count && !tokens[end + 1]!.breaks && units[end + 1]!.includes(run.units[k]!)) end++;
            else {
              end = -1;
              break;
            }
          }
          if (end >= 0 && (here.get(run.slot) ?? -1) < end) here.set(run.slot, end);
        }
      }
      const value = tokens[i]!.value;
      if (!Number.isNaN(value))
        for (const range of ranges) if (value >= range.from && value <= range.to) here.set(range.slot, i);
      fills.push(here);
    }
    const hits: Hit[] = [];
    const except: Hit[] = [];
    for (let i = 0; i < count; i++) {
      for (const [id, firstEnd] of fills[i]!) {
        for (const pattern of byFirst.get(id) ?? []) {
          if (!wanted(pattern, languages)) continue;
          const to = match(pattern, 1, firstEnd, tokens, fills);
          if (to < 0) continue;
          // a slip is believed only in a language that the text may be in
          if (pattern.entry.language !== 'any' && !languages.likely.has(pattern.entry.language)) {
            let slipped = false;
            for (let k = i; k <= to; k++) if (matched[k]!.slipped) slipped = true;
            if (slipped) continue;
          }
          const list = pattern.except ? except : hits;
          // one entry is reason enough
          if (!list.some((hit) => hit.label === pattern.label && hit.from === i && hit.to === to))
            list.push({ label: pattern.label, from: i, to, pattern });
        }
      }
    }
    const kept = except.length
      ? hits.filter((hit) => !except.some((no) => no.label === hit.label && no.from <= hit.from && hit.to <= no.to))
      : hits;
    return { tokens, languages, hits: kept };
  };
  return { labels, find };
}

/** English is not written by ear as the others are: h is heard, ll is l. A sign of its own keeps it apart. */
function inEnglish(word: string): string {
  let out = '~';
  for (const letter of word) if (letter !== out.at(-1)) out += letter;
  return out;
}

function wanted(pattern: Pattern, languages: Languages): boolean {
  const { language } = pattern.entry;
  if (language === 'any' || languages.likely.has(language)) return true;
  return !pattern.guarded && !pattern.context && languages.possible.has(language);
}

/** Where the pattern ends when its places up to `place` are filled until `end`; -1 when it does not hold. */
function match(
  pattern: Pattern,
  place: number,
  end: number,
  tokens: readonly Token[],
  fills: readonly Map<number, number>[],
): number {
  if (place === pattern.places.length) return end;
  const id = pattern.places[place]!;
  let heavy = 0;
  let light = 0;
  for (let j = end + 1; j < tokens.length; j++) {
    const token = tokens[j]!;
    // a comma may stand between two places, and nothing more beyond it
    if (token.breaks && j > end + 1) return -1;
    if (token.sentence !== tokens[end]!.sentence) return -1;
    const filled = fills[j]!.get(id);
    if (filled !== undefined) {
      const to = match(pattern, place + 1, filled, tokens, fills);
      if (to >= 0) return to;
    }
    if (pattern.tight[place]) return -1;
    if (token.light) light++;
    else heavy++;
    // an exception and most contexts mean their very words
    if (heavy > pattern.gap || light > (pattern.except ? 1 : LIGHT_GAP)) return -1;
  }
  return -1;
}
