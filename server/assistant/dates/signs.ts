import { near, plain, sound } from '../../triage/words.ts';
import { ca } from './ca.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';
import type { Tongue } from './tongue.ts';

export const TONGUES: Record<string, Tongue> = { es, ca, en, pt };

const VOCABULARY = new Map(
  Object.entries(TONGUES).map(([name, tongue]) => [
    name,
    [...tongue.words.keys()]
      .filter((word) => word.length >= 5 && !/\d/.test(word))
      .map((word) => ({ word, heard: sound(word) })),
  ]),
);

/** The sign of a word, forgiving one slip in a long one where only one sign is meant. */
function signOf(word: string, language: string): string | null {
  const exact = TONGUES[language]!.words.get(word);
  if (exact) return exact;
  if (word.length < 5) return null;
  const heard = sound(word);
  const signs = new Set<string>();
  for (const known of VOCABULARY.get(language)!) {
    if (known.heard === heard) return TONGUES[language]!.words.get(known.word)!;
    if (near(word, known.word)) signs.add(TONGUES[language]!.words.get(known.word)!);
  }
  return signs.size === 1 ? [...signs][0]! : null;
}

/** Rewrites a text to signs; unknown words become `_`. */
export function signs(text: string, language: string): string {
  let said = ` ${plain(text)
    .replace(/½/g, ' y media ')
    .replace(/[¿?¡!"()]/g, ' ')} `;
  said = said
    .replace(
      /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/g,
      (_all, year: string, month: string, date: string) =>
        ` D${year}${month.padStart(2, '0')}${date.padStart(2, '0')} `,
    )
    .replace(
      /\b(\d{1,2})(?::(\d{2}))?(?:\.(\d{2}))? ?([ap])\.? ?m\b\.?/g,
      (_all, hour, minute, other, half) => ` T${hour}:${minute ?? other ?? '00'} ${half === 'a' ? 'AM' : 'PM'} `,
    )
    .replace(/\b(\d{1,2}):(\d{2})(?: ?(?:hs|hrs|h|horas|hores))?\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2}) ?h ?(\d{2})(?: ?min)?\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2})\.(\d{2}) ?(?:hs|hrs|h|horas|hores)\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2}) ?(?:hs|hrs|h|horas|hores)\b/g, ' T$1:00 ')
    .replace(
      /\b(\d{1,2}) ?([/.-]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{2}))?\b/g,
      (all, a: string, sign: string, b: string, year?: string) =>
        sign === '.' && !year && (Number(b) > 12 || b === '00') && b.length === 2
          ? ` T${a}:${b} `
          : sign === '-' && !year && Number(b) > 12
            ? all
            : ` X${a}/${b}/${year ?? ''} `,
    )
    .replace(/(\d)[ºªo°]\b/g, '$1');
  for (const [pattern, sign] of TONGUES[language]!.phrases) said = said.replace(pattern, sign);
  const out: string[] = [];
  for (const match of said.matchAll(/[DTX]\d[\d:/-]*|[A-Z]+\d*|\d+|[a-z]+|[,;]/g)) {
    const part = match[0];
    if (/^[A-Z]/.test(part)) out.push(part);
    else if (/^\d/.test(part)) out.push(part.length <= 4 ? `N${Number(part)}` : 'BIG');
    else if (part === ',' || part === ';') out.push('COMMA');
    else {
      const sign = signOf(part, language);
      if (sign !== 'FILLER') out.push(sign ?? '_');
    }
  }
  // thirty and one, twenty and three: numbers written as two
  return ` ${out.join(' ')} `
    .replace(/ N(20|30) AND N([1-9]) /g, (all, tens, ones) =>
      Number(tens) + Number(ones) <= 31 ? ` N${Number(tens) + Number(ones)} ` : all,
    )
    .replace(/ N20 I N([1-9]) /g, (_all, ones) => ` N${20 + Number(ones)} `);
}
