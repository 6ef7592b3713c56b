import { words } from '../../triage/words.ts';

/** Words beyond these say little more about what is wanted, and would cost time. */
const MOST_WORDS = 90;

/** A text as the classifier hears it: plain words, every figure a nought, so that a number is a number. */
export function heard(text: string): string[] {
  const list = words(text.length > 1500 ? text.slice(0, 1500) : text).slice(0, MOST_WORDS);
  return list.map((word) => word.plain.replace(/\d/g, '0'));
}
