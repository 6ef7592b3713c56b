export type Tongue = {
  /** Turns of speech, first to last, and the signs that they stand for; matched on plain lower case without accents. */
  phrases: [RegExp, string][];
  /** Single words and their signs. */
  words: Map<string, string>;
};

export const list = (pairs: Record<string, string>): Map<string, string> => {
  const map = new Map<string, string>();
  for (const [sign, forms] of Object.entries(pairs)) for (const form of forms.split(' ')) if (form) map.set(form, sign);
  return map;
};

export const numbers = (forms: string): Record<string, string> =>
  Object.fromEntries(
    forms.split(' ').flatMap((group, index) => (group === '-' ? [] : [[`N${index}`, group.replaceAll('|', ' ')]])),
  );
