import { plain } from '../words.ts';
import { LANGUAGES } from './contract.ts';
import type { Protocol, ProtocolLanguage } from './contract.ts';
import { audienceOf } from './prepare.ts';

/** Whether a protocol is for somebody of this age, in days. */
export function isFor(protocol: Protocol, age: number): boolean {
  const { from, below } = audienceOf(protocol);
  return age >= from && age < below;
}

/**
 * Protocols by the words of a complaint: those whose longest phrase was said; several when they are equally near. A phrase was
 * said when all its words were, in order and near each other.
 */
export function byComplaint<T extends { protocol: Protocol }>(words: string, among: readonly T[]): T[] {
  const said = wordList(words);
  const scored = among.map((one) => ({
    one,
    score: Math.max(
      0,
      ...LANGUAGES.flatMap((language: ProtocolLanguage) =>
        one.protocol.content.complaints[language].map((phrase) => weight(wordList(phrase), said)),
      ),
    ),
  }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return best === 0 ? [] : scored.filter(({ score }) => score === best).map(({ one }) => one);
}

const SMALL = new Set([
  'en',
  'el',
  'la',
  'los',
  'las',
  'de',
  'del',
  'me',
  'al',
  'a',
  'the',
  'my',
  'in',
  'of',
  'o',
  'no',
  'na',
  'do',
  'da',
  'em',
  'fa',
  'se',
  'he',
  'ha',
  'his',
  'her',
]);

function wordList(text: string): string[] {
  return plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word && !SMALL.has(word));
}

/** How many of a phrase's words were said, when all of them were; 0 otherwise. The longer the phrase the surer. */
function weight(phrase: string[], said: string[]): number {
  if (phrase.length === 0) return 0;
  let at = -1;
  for (const word of phrase) {
    const next = said.findIndex(
      (other, index) => index > at && (other === word || (word.length >= 5 && other.startsWith(word))),
    );
    if (next < 0 || (at >= 0 && next - at > 4)) return 0;
    at = next;
  }
  return phrase.length;
}
