import { z } from 'zod';
import { category, level } from '../../triage/contract.ts';

const instant = z.iso.datetime();
export const language = z.enum(['es', 'ca', 'en', 'pt']);
export type RedFlagLanguage = z.infer<typeof language>;
const said = z.object({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** `draft`: nobody signed this content. `expired`: every signature on it ran out. `withdrawn`: the last one was taken back. */
export const packState = z.enum(['draft', 'signed', 'expired', 'withdrawn']);
export type PackState = z.infer<typeof packState>;

/** GET /api/red-flags: the pack that screens now, and how it stands in this organisation. */
export const packHead = z.object({
  version: z.string(),
  hash,
  notes: z.string(),
  state: packState,
  /** The end of the signature that lasts longest; null when none holds. */
  signedUntil: instant.nullable(),
  emergencyNumber: z.string(),
  counts: z.object({ rules: z.int(), concepts: z.int(), words: z.int() }),
  /** The latest first, of every content that was signed here. */
  signatures: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      licence: z.string(),
      version: z.string(),
      hash,
      signedAt: instant,
      expiresAt: instant,
      /** False: the row is not as it was signed, and counts for nothing. */
      genuine: z.boolean(),
      /** It was taken back since. */
      withdrawn: z.boolean(),
    }),
  ),
  /** The latest first. */
  history: z.array(
    z.object({
      state: z.enum(['signed', 'withdrawn']),
      hash,
      at: instant,
      by: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
export type PackHead = z.infer<typeof packHead>;

/** A way of saying something, as the pack writes it; without countries it is said everywhere. */
const entry = z.object({ text: z.string(), countries: z.array(z.string()).optional() });
export type PackEntry = z.infer<typeof entry>;
const byLanguage = z.object({
  es: z.array(entry),
  ca: z.array(entry),
  en: z.array(entry),
  pt: z.array(entry),
  /** Numbers and what is written alike in all of them. */
  any: z.array(entry),
});
export type EntriesByLanguage = z.infer<typeof byLanguage>;
const phrases = z.object({ name: z.string(), means: z.string(), entries: byLanguage, except: byLanguage });

/** GET /api/red-flags/pack: all that is signed. */
export const packContent = z.object({
  hash,
  families: z.array(z.object({ name: z.string(), means: z.string(), entries: byLanguage })),
  concepts: z.array(phrases.extend({ core: z.boolean() })),
  contexts: z.array(
    phrases.extend({
      effect: z.enum(['negate', 'keep', 'remove', 'lower', 'now', 'none']),
      scope: z.enum(['overlap', 'before', 'after', 'sentence', 'message']),
      reach: z.int(),
    }),
  ),
  rules: z.array(
    z.object({
      id: z.string(),
      category,
      level: z.enum(['hard', 'soft', 'hint']),
      /** Every group must be there; within a group any one will do. */
      all: z.array(z.array(z.string())),
      /** Words between them, at most. */
      within: z.int(),
      unless: z.array(z.string()),
      softer: z.array(z.string()),
      why: z.string(),
    }),
  ),
  texts: z.object({ call: said, ask: said, firstAid: z.partialRecord(category, said) }),
});
export type PackContent = z.infer<typeof packContent>;

/** POST /api/red-flags/try: nothing is stored, nothing is logged. */
export const tryBody = z.object({ text: z.string().trim().min(1).max(4000), language });

const stretch = { start: z.int(), end: z.int(), words: z.string() };
export const tried = z.object({
  level,
  flags: z.array(z.object({ rule: z.string(), category })),
  /** How much it resembles the emergencies of the corpus; from `raise` on it is asked about by that alone. */
  score: z.number().nullable(),
  raise: z.number().nullable(),
  by: z.enum(['rules', 'raised', 'dropped', 'nothing']),
  concepts: z.array(
    z.object({
      ...stretch,
      concept: z.string(),
      means: z.string(),
      entry: z.string(),
      state: z.enum(['present', 'lowered', 'removed']),
      /** The context that took it away or lowered it. */
      because: z.string().nullable(),
    }),
  ),
  contexts: z.array(z.object({ ...stretch, context: z.string(), means: z.string(), entry: z.string() })),
  rules: z.array(
    z.object({
      rule: z.string(),
      category: z.string(),
      level: z.enum(['hard', 'soft', 'hint']),
      /** What became of it here: `faint` raises nothing by itself. */
      fired: z.enum(['hard', 'soft', 'faint']),
      why: z.string(),
      concepts: z.array(z.string()),
    }),
  ),
  /** What the patient would read; null when nothing is said. */
  told: z.string().nullable(),
});
export type Tried = z.infer<typeof tried>;

/** POST /api/red-flags/sign: the hash is the content that the clinician read. */
export const signBody = z.object({
  hash,
  name: z.string().trim().min(3).max(200),
  licence: z.string().trim().min(2).max(60),
  expiresAt: instant,
  password: z.string().min(1).max(200),
});
/** POST /api/red-flags/withdraw */
export const withdrawBody = z.object({ hash, reason: z.string().trim().min(3).max(500) });
