import type { Pack } from './pack.ts';
import { LANGUAGES } from './said.ts';
import type { Language } from './said.ts';
import { plain, sound } from './words.ts';

/*
 * What words mean, for the classifier: "papá", "pare", "dad" and "pai" are one sign, and two meanings near each other in
 * the order in which they are said are one more. So what was learnt in one language, or of one verb, holds for others.
 */

/** The signs of a text's words: each meaning, and each two that stand near. */
export type Meanings = (words: readonly string[]) => string[];

/** How many words with a meaning further two of them still belong together. */
const NEAR = 4;
/** Shortest stem that is looked up. */
const STEM = 3;
/** Private letters that tell the classifier in which languages a text may be. */
const MARK = 0xf8f0;

export const markOf = (language: Language): string => String.fromCharCode(MARK + LANGUAGES.indexOf(language));
const heard = (language: Language, word: string): string => (language === 'en' ? word : sound(word));

type Lexicon = { whole: Map<string, number[]>; stems: Map<string, number[]>; known: Map<string, readonly number[]> };

/** Compiles the meanings of a pack. */
export function createMeanings(pack: Pack): Meanings {
  const lexicons = LANGUAGES.map((language): Lexicon => {
    const lexicon: Lexicon = { whole: new Map(), stems: new Map(), known: new Map() };
    for (const [meaning, { entries }] of pack.meanings.entries())
      for (const entry of entries) {
        if (entry.language !== language && entry.language !== 'any') continue;
        const stem = entry.text.endsWith('*');
        const key = heard(language, plain(stem ? entry.text.slice(0, -1) : entry.text));
        const table = stem ? lexicon.stems : lexicon.whole;
        table.set(key, [...(table.get(key) ?? []), meaning]);
      }
    return lexicon;
  });
  const number = pack.meanings.length;

  const meaningsOf = (word: string, at: number): readonly number[] => {
    const { whole, stems, known } = lexicons[at]!;
    const before = known.get(word);
    if (before) return before;
    const key = heard(LANGUAGES[at]!, word);
    let found = whole.get(key);
    for (let length = key.length; !found && length >= STEM; length--) found = stems.get(key.slice(0, length));
    if (known.size > 20_000) known.clear();
    const out = [...new Set(found)];
    known.set(word, out);
    return out;
  };

  return (words) => {
    const languages: number[] = [];
    for (const word of words) {
      const mark = word.length === 1 ? word.charCodeAt(0) - MARK : -1;
      if (mark >= 0 && mark < LANGUAGES.length) languages.push(mark);
    }
    const said: number[][] = [];
    const signs = new Set<string>();
    for (const word of words) {
      const first = word.charCodeAt(0);
      if (word.length === 1 && first >= MARK && first < MARK + LANGUAGES.length) continue;
      const means = new Set<number>();
      // figures come by their size: "7", "3#", "####"
      if ((first >= 48 && first <= 57) || first === 35) means.add(number);
      else for (const at of languages) for (const one of meaningsOf(word, at)) means.add(one);
      if (means.size === 0) continue;
      for (const one of means) signs.add(`${one}`);
      for (const earlier of said.slice(-NEAR)) for (const a of earlier) for (const b of means) signs.add(`${a}>${b}`);
      said.push([...means]);
    }
    return [...signs];
  };
}
