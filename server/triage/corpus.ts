import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CATEGORIES } from './contract.ts';
import type { Category } from './contract.ts';
import { LANGUAGES } from './said.ts';
import type { Language } from './said.ts';
import { plain } from './words.ts';

/*
 * What the project wrote to train and to measure the red flags: corpus/red-flags/{train,test}/<hand>-<language>.txt.
 * A header says what follows (== emergency cardiac AR, == look_alike cardiac ES figure), each line below it is one
 * family, its wordings separated by " | ". Lines that begin with # are comments.
 */

export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];
export const WHYS = [
  'negation',
  'past',
  'hypothesis',
  'question',
  'figure',
  'administration',
  'mild',
  'news',
  'medicine',
  'other',
] as const;
export type Why = (typeof WHYS)[number];
export type Message = {
  text: string;
  emergency: boolean;
  category: Category;
  country: string;
  language: Language;
  /** Why it is none, of a look-alike. */
  why: Why | null;
  hand: string;
  /** The idea it is one wording of: hand, language and line. */
  family: string;
};

export const CORPUS_FOLDER = new URL('../../corpus/red-flags/', import.meta.url).pathname;
const COUNTRIES: Record<Language, readonly string[]> = {
  es: ['AR', 'CO', 'MX', 'CL', 'ES'],
  ca: ['ES', 'AD'],
  en: ['GB', 'US', 'IE'],
  pt: ['BR', 'PT'],
};

/** The corpus cannot be read: file, line and what is wrong, never the words of the line. */
export class CorpusError extends Error {
  override name = 'CorpusError';
}

/** Reads one part. Throws a CorpusError at the first line that is not of the form. */
export function readCorpus(part: Part, folder: string = CORPUS_FOLDER): Message[] {
  const messages: Message[] = [];
  const place = join(folder, part);
  if (!existsSync(place)) return messages;
  for (const file of readdirSync(place)
    .filter((name) => name.endsWith('.txt'))
    .sort()) {
    const [hand, language] = file.slice(0, -4).split('-') as [string, Language];
    if (!LANGUAGES.includes(language)) throw new CorpusError(`${part}/${file}: no language in its name`);
    let head: Pick<Message, 'emergency' | 'category' | 'country' | 'why'> | null = null;
    for (const [index, raw] of readFileSync(join(place, file), 'utf8').split('\n').entries()) {
      const line = raw.trim();
      const where = `${part}/${file}:${index + 1}`;
      if (!line || line.startsWith('#')) continue;
      if (line.startsWith('==')) {
        head = headOf(line, where, language);
        continue;
      }
      if (!head) throw new CorpusError(`${where}: a line before the first header`);
      for (const text of line.split(/\s+\|\s+/))
        if (text.trim()) messages.push({ text: text.trim(), ...head, language, hand, family: `${file}:${index + 1}` });
    }
  }
  return messages;
}

function headOf(
  line: string,
  where: string,
  language: Language,
): Pick<Message, 'emergency' | 'category' | 'country' | 'why'> {
  const [kind, category, country, why] = line.slice(2).trim().split(/\s+/);
  if (kind !== 'emergency' && kind !== 'look_alike')
    throw new CorpusError(`${where}: neither emergency nor look_alike`);
  if (!CATEGORIES.includes(category as Category)) throw new CorpusError(`${where}: no category “${category}”`);
  if (!COUNTRIES[language].includes(country ?? ''))
    throw new CorpusError(`${where}: no country “${country}” for ${language}`);
  if (kind === 'look_alike' && !WHYS.includes(why as Why)) throw new CorpusError(`${where}: no reason “${why}”`);
  return {
    emergency: kind === 'emergency',
    category: category as Category,
    country: country!,
    why: kind === 'look_alike' ? (why as Why) : null,
  };
}

/** What people write that has nothing to do with an emergency: the intents' corpus, but for symptoms. */
export const NEUTRAL_FOLDER = new URL('../../corpus/intents/train/', import.meta.url).pathname;
const NOT_NEUTRAL = new Set(['upset.yaml']);

/** Everyday wishes of the intents' training part; each is a family of its own. */
export function readNeutral(folder: string = NEUTRAL_FOLDER): { text: string; language: Language }[] {
  const out: { text: string; language: Language }[] = [];
  if (!existsSync(folder)) return out;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !NOT_NEUTRAL.has(name))
    .sort()) {
    const lists = parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown[] | null>;
    for (const [variant, texts] of Object.entries(lists)) {
      const language = LANGUAGES.find((one) => variant.startsWith(one));
      if (language) for (const text of texts ?? []) out.push({ text: String(text), language });
    }
  }
  return out;
}

/** The grams of four letters of a text. */
function gramsOf(text: string): Set<string> {
  const bare = plain(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const grams = new Set<string>();
  for (let i = 0; i + 4 <= bare.length; i++) grams.add(bare.slice(i, i + 4));
  return grams;
}

/** How alike two texts have to be (Jaccard, of grams of four letters) to count as copies of each other. */
export const NEAR_COPY = 0.7;

/**
 * Messages of `test` that stand in `train` too, or nearly. Whoever shows them shows their places, never their words.
 */
export function nearCopies(
  train: readonly Message[],
  test: readonly Message[],
  limit: number = NEAR_COPY,
): { message: Message; like: Message; alike: number }[] {
  const measured = test.map((message) => gramsOf(message.text));
  const trained = train.map((message) => gramsOf(message.text));
  const rarity = new Map<string, number>();
  for (const grams of [...measured, ...trained])
    for (const gram of grams) rarity.set(gram, (rarity.get(gram) ?? 0) + 1);
  // texts this much alike share one at least of their rarest grams: only those that do are compared (prefix filtering)
  const rarest = (grams: Set<string>): string[] =>
    [...grams]
      .sort((a, b) => rarity.get(a)! - rarity.get(b)! || (a < b ? -1 : 1))
      .slice(0, grams.size - Math.ceil(limit * grams.size) + 1);
  const byGram = new Map<string, number[]>();
  for (const [index, grams] of trained.entries())
    for (const gram of rarest(grams)) {
      const list = byGram.get(gram);
      if (list) list.push(index);
      else byGram.set(gram, [index]);
    }

  const found: { message: Message; like: Message; alike: number }[] = [];
  for (const [nth, grams] of measured.entries()) {
    const near = new Set<number>();
    for (const gram of rarest(grams))
      for (const index of byGram.get(gram) ?? []) {
        const { size } = trained[index]!;
        if (Math.min(size, grams.size) >= limit * Math.max(size, grams.size)) near.add(index);
      }
    let best = -1;
    let alike = 0;
    for (const index of near) {
      let both = 0;
      for (const gram of grams) if (trained[index]!.has(gram)) both += 1;
      const jaccard = both / (grams.size + trained[index]!.size - both);
      if (jaccard > alike) [best, alike] = [index, jaccard];
    }
    if (alike >= limit) found.push({ message: test[nth]!, like: train[best]!, alike });
  }
  return found;
}

/** What test may be measured by: its messages without those that stand in train too, or nearly. */
export function unseen(train: readonly Message[], test: readonly Message[]): Message[] {
  const copies = new Set(nearCopies(train, test).map((one) => one.message));
  return test.filter((message) => !copies.has(message));
}
