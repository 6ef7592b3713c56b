import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { category } from './contract.ts';
import type { Category } from './contract.ts';
import { LANGUAGES } from './said.ts';
import type { Language } from './said.ts';

/*
 * The red-flag pack: what patients say (concepts), what changes its meaning (context), which combinations raise a flag
 * (rules) and the fixed words that answer (texts), as a clinician reads and signs them in clinical/red-flags/. It is
 * read once at the start; what is malformed stops the start with one line that names the file and the entry.
 */

/** A way of saying something: as it is written in the pack, in which language, and where it is said, if not everywhere. */
export type Entry = { text: string; language: Language | 'any'; countries: readonly string[] };
type Phrases = { means: string; entries: Entry[]; except: Entry[] };
export type Family = { name: string; means: string; entries: Entry[] };
export type ConceptOfPack = Phrases & {
  name: string;
  /** Said of somebody, it stands in the present: context can lower what it raises, never silence it. */
  core: boolean;
  /** Says how bad something is; by itself it says nothing. */
  company: boolean;
};
export const EFFECTS = ['negate', 'keep', 'remove', 'lower', 'now', 'none'] as const;
export const SCOPES = ['overlap', 'before', 'after', 'sentence', 'message'] as const;
export type ContextOfPack = Phrases & {
  name: string;
  effect: (typeof EFFECTS)[number];
  scope: (typeof SCOPES)[number];
  /** How many words after it (or before it) are still meant; for the scopes `after` and `before`. */
  reach: number;
  /** Words of the present in the same sentence take its effect away. */
  yields: boolean;
  /** Core concepts are only lowered by it where others are removed. */
  spares: boolean;
  /** How many weighty words may stand between two places of an entry. */
  gap: number;
  /** Paperwork: it does not reach what no longer works, said in another breath. */
  paper: boolean;
  /** What it lowers is not happening now: a soft flag of that alone may fall. */
  absent: boolean;
};
export type RuleOfPack = {
  id: string;
  category: Category;
  /** `hint`: raises nothing by itself; the classifier weighs it. */
  level: 'hard' | 'soft' | 'hint';
  /** Every group must be present; within a group any one concept will do. */
  all: string[][];
  /** Concepts of different groups stand at most this many words apart. */
  within: number;
  /** Each group needs words of its own: one word that is two concepts does not count twice. */
  distinct: boolean;
  /** A concept that takes the flag away, where it stands within reach of the first group. */
  unless: string[];
  /** A concept or context that makes hard soft. */
  softer: string[];
  why: string;
};
export type Texts = {
  call: Record<Language, string>;
  ask: Record<Language, string>;
  firstAid: Partial<Record<Category, Record<Language, string>>>;
};
export type Pack = {
  version: string;
  status: 'DRAFT' | 'SIGNED';
  notes: string;
  families: Family[];
  /** Words by what they mean: the classifier sees them beside the words; they raise nothing. */
  meanings: Family[];
  concepts: ConceptOfPack[];
  contexts: ContextOfPack[];
  rules: RuleOfPack[];
  texts: Texts;
  /** SHA-256 of the contents, whatever their order, layout and comments. */
  hash: string;
};

/** The pack cannot be read: one line, with the file and the entry. */
export class PackError extends Error {
  override name = 'PackError';
}

export const PACK_FOLDER = new URL('../../clinical/red-flags/', import.meta.url).pathname;

const said = z.strictObject({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
const list = z.string().min(1).optional();
const phrases = {
  means: z.string().min(3),
  es: list,
  ca: list,
  en: list,
  pt: list,
  any: list,
  except: z.strictObject({ es: list, ca: list, en: list, pt: list, any: list }).optional(),
};
const familyFile = z.record(z.string(), z.strictObject(phrases));
const conceptFile = z.record(
  z.string(),
  z.strictObject({ ...phrases, core: z.boolean().default(false), company: z.boolean().default(false) }),
);
const contextFile = z.record(
  z.string(),
  z.strictObject({
    ...phrases,
    effect: z.enum(EFFECTS),
    scope: z.enum(SCOPES).default('sentence'),
    reach: z.int().min(1).max(40).default(12),
    yields: z.boolean().default(true),
    spares: z.boolean().default(false),
    absent: z.boolean().default(false),
    paper: z.boolean().default(false),
    gap: z.int().min(0).max(4).default(0),
  }),
);
const names = z.array(z.string().min(1)).min(1);
const ruleFile = z.record(
  z.string(),
  z.strictObject({
    level: z.enum(['hard', 'soft', 'hint']),
    all: z.array(z.union([z.string().min(1), names])).min(1),
    within: z.int().min(1).max(60).default(14),
    distinct: z.boolean().default(false),
    unless: names.default([]),
    softer: names.default([]),
    why: z.string().default(''),
  }),
);
const packFile = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  status: z.enum(['DRAFT', 'SIGNED']),
  notes: z.string(),
});
const textFile = z.strictObject({
  call: said,
  ask: said,
  first_aid: z.partialRecord(category, said),
});

function readFile<T>(folder: string, file: string, shape: z.ZodType<T>): T {
  const path = join(folder, file);
  if (!existsSync(path)) throw new PackError(`red-flag pack: ${file} is missing in ${folder}`);
  let found: unknown;
  try {
    found = parse(readFileSync(path, 'utf8'), { uniqueKeys: true });
  } catch (cause) {
    const where = cause instanceof YAMLParseError ? ` line ${cause.linePos?.[0].line ?? '?'}:` : '';
    throw new PackError(`red-flag pack: ${file}:${where} ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
  const checked = shape.safeParse(found);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0]!;
  throw new PackError(`red-flag pack: ${file}: ${issue.path.join('.') || 'top'}: ${issue.message}`);
}

const COUNTRIES = /\s*\(([A-Z]{2}(?: [A-Z]{2})*)\)\s*$/;

function entriesOf(where: string, lists: Partial<Record<Language | 'any', string | undefined>>): Entry[] {
  const out: Entry[] = [];
  for (const language of [...LANGUAGES, 'any'] as const) {
    for (const written of (lists[language] ?? '').split(',')) {
      const countries = COUNTRIES.exec(written);
      const text = written.replace(COUNTRIES, '').trim().replaceAll(/\s+/g, ' ');
      if (!text) {
        if (written.trim() || (lists[language] ?? '').includes(',,'))
          throw new PackError(`red-flag pack: ${where}: an empty entry in ${language}`);
        continue;
      }
      if (!/^[\p{L}\p{N}*<>._|'·-]+( [\p{L}\p{N}*<>._|'·-]+)*$/u.test(text) || /(^|[ |])\*|\*\p{L}/u.test(text))
        throw new PackError(`red-flag pack: ${where}: cannot read the entry “${text}”`);
      out.push({ text, language, countries: countries ? countries[1]!.split(' ') : [] });
    }
  }
  return out;
}

/** A value as one text whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** Reads and checks the pack. Throws a PackError that names the file and the entry. */
export function readPack(folder: string = PACK_FOLDER): Pack {
  const head = readFile(folder, 'pack.yaml', packFile);
  const familiesOf = (file: string): Family[] =>
    Object.entries(readFile(folder, file, familyFile)).map(([name, one]) => ({
      name,
      means: one.means,
      entries: entriesOf(`${file}: ${name}`, one),
    }));
  const families = familiesOf('families.yaml');
  const meanings = familiesOf('meanings.yaml');

  const concepts: ConceptOfPack[] = [];
  const where = new Map<string, string>();
  const conceptFolder = join(folder, 'concepts');
  if (!existsSync(conceptFolder)) throw new PackError(`red-flag pack: concepts is missing in ${folder}`);
  for (const file of readdirSync(conceptFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()) {
    for (const [name, one] of Object.entries(readFile(folder, `concepts/${file}`, conceptFile))) {
      const place = `concepts/${file}: ${name}`;
      if (where.has(name)) throw new PackError(`red-flag pack: ${place}: stands in ${where.get(name)} already`);
      where.set(name, `concepts/${file}`);
      const entries = entriesOf(place, one);
      if (entries.length === 0) throw new PackError(`red-flag pack: ${place}: no entries`);
      concepts.push({
        name,
        means: one.means,
        core: one.core,
        company: one.company,
        entries,
        except: entriesOf(`${place}: except`, one.except ?? {}),
      });
    }
  }

  const contexts: ContextOfPack[] = Object.entries(readFile(folder, 'context.yaml', contextFile)).map(
    ([name, one]) => ({
      name,
      means: one.means,
      effect: one.effect,
      scope: one.scope,
      reach: one.reach,
      yields: one.yields,
      spares: one.spares,
      absent: one.absent,
      paper: one.paper,
      gap: one.gap,
      entries: entriesOf(`context.yaml: ${name}`, one),
      except: entriesOf(`context.yaml: ${name}: except`, one.except ?? {}),
    }),
  );

  const known = new Set([...concepts, ...contexts].map((one) => one.name));
  const rules: RuleOfPack[] = Object.entries(readFile(folder, 'rules.yaml', ruleFile)).map(([id, one]) => {
    const found = category.safeParse(id.split('.')[0]);
    if (!found.success) throw new PackError(`red-flag pack: rules.yaml: ${id}: does not begin with a category`);
    const all = one.all.map((group) => (typeof group === 'string' ? [group] : group));
    for (const name of [...all.flat(), ...one.unless, ...one.softer])
      if (!known.has(name)) throw new PackError(`red-flag pack: rules.yaml: ${id}: there is no concept “${name}”`);
    return {
      id,
      category: found.data,
      level: one.level,
      all,
      within: one.within,
      distinct: one.distinct,
      unless: one.unless,
      softer: one.softer,
      why: one.why,
    };
  });

  const { call, ask, first_aid: firstAid } = readFile(folder, 'texts.yaml', textFile);
  for (const [key, text] of [
    ['call', call],
    ['ask', ask],
  ] as const)
    for (const language of LANGUAGES)
      if (!text[language].includes('{number}'))
        throw new PackError(`red-flag pack: texts.yaml: ${key}.${language}: without {number}`);

  const content = {
    version: head.version,
    families,
    meanings,
    concepts,
    contexts,
    rules,
    texts: { call, ask, firstAid },
  };
  const sorted = {
    ...content,
    families: families.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    meanings: meanings.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    concepts: concepts.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    contexts: contexts.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const hash = createHash('sha256').update(canonical(sorted)).digest('hex');
  return { ...content, status: head.status, notes: head.notes, hash };
}
