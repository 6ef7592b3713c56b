import { plain } from '../../triage/words.ts';

const GAP = '…';
const MAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/gu;
/** Numbers of documents, telephones and histories; times, prices and "24 horas" stay. */
const NUMBER = /\b(?:[A-Za-z]-?)?\d(?:[\s.·/-]?\d){4,}(?:-?[A-Za-z])?\b/g;
const CALLED =
  /((?:me llamo|mi nombre es|soy|em dic|el meu nom és|sóc|soc|my name is|i am|i'm|chamo-me|me chamo|o meu nome é|sou)\s+)(?!de |del |la |el |una? |yo |diab|al[eé]rg|celi|embaraz|the |an? )((?:\p{Lu}[\p{L}'’·-]+\s*){1,4})/giu;

/**
 * A question without who asked it: numbers of documents and telephones, addresses of mail, and names that it says or that
 * are known of the person. Done before it is kept, and again with the known names before an author reads it.
 */
export function redact(text: string, names: readonly string[] = []): string {
  let out = text.replaceAll(MAIL, GAP).replaceAll(NUMBER, GAP);
  out = out.replaceAll(CALLED, (whole, lead: string, name: string) =>
    /^\p{Lu}/u.test(name) ? `${lead}${GAP} ` : whole,
  );
  const tokens = new Set(
    names.flatMap((name) => plain(name).match(/[\p{L}]{3,}/gu) ?? []).filter((token) => !PARTICLES.has(token)),
  );
  if (tokens.size) out = out.replaceAll(/[\p{L}]+/gu, (word) => (tokens.has(plain(word)) ? GAP : word));
  return out.replaceAll(/(?:…[\s,]*){2,}/g, `${GAP} `).trim();
}
const PARTICLES = new Set(['del', 'los', 'las', 'dos', 'das', 'von', 'van', 'maria']);
