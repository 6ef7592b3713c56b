import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { plain } from '../../triage/words.ts';

/** Spanish of five countries, Catalan, English and Portuguese, as the corpus is divided. */
export const VARIANTS = ['es-AR', 'es-MX', 'es-CO', 'es-CL', 'es-ES', 'ca', 'en', 'pt'] as const;
export type Variant = (typeof VARIANTS)[number];
/** `hand`: who wrote it; the first of a part stands in its folder, every other in one of its own. */
export type Said = { text: string; intent: string; variant: Variant; hand: string };

const FIRST_HAND = 'first';

const CORPUS = join(import.meta.dirname, '../../../corpus/intents');

/** What the project wrote for its intents, in the order of the files: `train` to learn from, `test` to be measured by. */
export function readCorpus(part: 'train' | 'test', folder = join(CORPUS, part), hand = FIRST_HAND): Said[] {
  const out: Said[] = [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory() || !entry.name.endsWith('.yaml')) continue;
    const intent = basename(entry.name, '.yaml');
    const lists = parse(readFileSync(join(folder, entry.name), 'utf8')) as Partial<Record<Variant, unknown[]>>;
    for (const variant of VARIANTS)
      for (const text of lists[variant] ?? []) out.push({ text: String(text), intent, variant, hand });
  }
  for (const entry of entries)
    if (entry.isDirectory()) out.push(...readCorpus(part, join(folder, entry.name), entry.name));
  return out;
}

/** A text without accents, case and marks: what two hands may have written alike. */
export function bare(text: string): string {
  return plain(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What was written to measure by and stands nowhere in what is learnt from, not even by accident. */
export function unseen(): Said[] {
  const learnt = new Set(readCorpus('train').map((one) => bare(one.text)));
  return readCorpus('test').filter((one) => !learnt.has(bare(one.text)));
}
