import { z } from 'zod';

/** Levels of care, from the mildest to the most urgent. */
export const LEVELS = [
  'information',
  'appointment',
  'appointment_24h',
  'nurse_within_hour',
  'nurse_now',
  'emergency_now',
] as const;
export const careLevel = z.enum(LEVELS);
export type CareLevel = z.infer<typeof careLevel>;

export const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
export type ProtocolLanguage = (typeof LANGUAGES)[number];

const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'small letters, digits and _');
const words = z.string().trim().min(1, 'says nothing');
/** The same text in every language; none may be missing. */
export const said = z.strictObject({ es: words, ca: words, en: words, pt: words });
export type Said = z.infer<typeof said>;

/** `3mo`, `16y`, `28d`: how old somebody is. */
const age = z.string().regex(/^\d+(?:d|w|mo|y)$/, 'as 28d, 3mo or 16y');

/** What a number counts; each has its plausible range, its other spellings and its conversions in units.ts. */
export const UNIT_NAMES = [
  'celsius',
  'percent',
  'bpm',
  'breaths',
  'mmhg',
  'mg_dl',
  'kg',
  'weeks',
  'times',
  'score',
] as const;
export const unitName = z.enum(UNIT_NAMES);
export type UnitName = z.infer<typeof unitName>;

const ordinary = { id: key, text: said, help: said.optional(), when: z.string().optional() };
const yesno = z.strictObject({
  ...ordinary,
  kind: z.literal('yesno'),
  /** Asked before everything else; a "yes", a "no sé" and a contradiction are the same to it. */
  flag: z.boolean().default(false),
  /** The answer that is worse. */
  worse: z.enum(['yes', 'no']).default('yes'),
});
const choice = z.strictObject({
  ...ordinary,
  kind: z.literal('choice'),
  /** From the mildest to the worst: their order is what the rules compare. */
  options: z
    .array(z.strictObject({ id: key, title: said, words: z.string().optional() }))
    .min(2)
    .max(8),
});
const number = z.strictObject({
  ...ordinary,
  kind: z.literal('number'),
  unit: unitName,
  worse: z.enum(['higher', 'lower']),
  min: z.number().optional(),
  max: z.number().optional(),
});
const duration = z.strictObject({ ...ordinary, kind: z.literal('duration'), worse: z.enum(['longer', 'shorter']) });

export const question = z.discriminatedUnion('kind', [yesno, choice, number, duration]);
export type Question = z.infer<typeof question>;
export const isFlag = (one: Question): boolean => one.kind === 'yesno' && one.flag;

export const rule = z.strictObject({
  id: key,
  /** An expression over the answers and `age`; see docs/compliance/protocols.md. */
  when: z.string(),
  level: careLevel,
  /** What the patient reads. `{number}` is the organisation's emergency number. */
  text: said,
  first_aid: said.optional(),
});
export type Rule = z.infer<typeof rule>;

const givenAnswer = z.union([z.boolean(), z.number(), z.string()]);
const goldenCase = z.strictObject({
  name: z.string().min(3),
  age,
  by: z.enum(['self', 'relative']).default('self'),
  /** They had been in touch about it within 72 hours. */
  repeat: z.boolean().default(false),
  /** By question; one that is not here is answered with its mildest answer. `unsure` is "no sé". */
  answers: z.record(key, givenAnswer).default({}),
  expect: careLevel,
  /** The rule that must decide it; `otherwise` for none. */
  rule: key.optional(),
});
export type GoldenCase = z.infer<typeof goldenCase>;

/** A protocol as its YAML file holds it. Its canonical JSON is what is hashed, signed and run. */
export const protocolShape = z.strictObject({
  protocol: key,
  version: z.number().int().min(1),
  title: said,
  audience: z.strictObject({ from: age.optional(), below: age.optional() }),
  /** Words of the complaint by which it is found, in each language. */
  complaints: z.strictObject({
    es: z.array(words).min(3),
    ca: z.array(words).min(3),
    en: z.array(words).min(3),
    pt: z.array(words).min(3),
  }),
  /** Where what it says comes from: guidelines read, not copied. */
  sources: z
    .array(
      z.strictObject({
        title: words,
        url: z.url({ protocol: /^https?$/ }).optional(),
        year: z.number().int().optional(),
      }),
    )
    .min(1),
  questions: z.array(question).min(2).max(30),
  /** By falling urgency; the first whose condition holds decides. */
  rules: z.array(rule).min(1).max(40),
  otherwise: rule.omit({ id: true, when: true }),
  cases: z.array(goldenCase),
});
/** What is written in the file, defaults filled in. */
export type ProtocolContent = z.infer<typeof protocolShape>;
/** A protocol that can be run: its content and the hash of it. */
export type Protocol = { hash: string; content: ProtocolContent };

/** The value of one answer: yes or no, an option's id, a number in the question's unit, minutes. */
export const value = z.union([z.boolean(), z.string(), z.number()]);
export type Value = z.infer<typeof value>;

/** Why an answer is not taken at its word. */
export const doubt = z.enum(['unsure', 'silence', 'contradiction']);
export type Doubt = z.infer<typeof doubt>;

export const runAnswer = z.object({
  question: z.string(),
  /** The question as it was shown, with its choices. */
  shown: z.string(),
  /** The very words, or the title of the button. */
  said: z.string(),
  /** ISO 8601. */
  at: z.string(),
  value: value.nullable(),
  doubt: doubt.nullable(),
});
export type RunAnswer = z.infer<typeof runAnswer>;

export const RAISES = ['repeat', 'doubt', 'words'] as const;
export const disposition = z.object({
  level: careLevel,
  /** The rule that fired: its id, `otherwise`, or `words` when the screen for red flags found one in an answer. */
  rule: z.string(),
  /** What the rule alone says. */
  base: careLevel,
  raised: z.array(z.enum(RAISES)),
});
export type Disposition = z.infer<typeof disposition>;

/** What is known before the first question; it does not change during the run. */
export const runFacts = z.object({
  /** In days: 30.4375 a month, 365.25 a year. */
  age: z.number(),
  by: z.enum(['self', 'relative']),
  repeat: z.boolean(),
});
export type RunFacts = z.infer<typeof runFacts>;

/** One passage through a protocol. Plain JSON; the hash is the protocol's and never changes. */
export type Run = {
  protocol: string;
  version: number;
  hash: string;
  facts: RunFacts;
  answers: RunAnswer[];
  /** The question that waits for its answer. */
  at: string | null;
  /** How often the answer to it was not understood. */
  tries: number;
  disposition: Disposition | null;
};

/** A passage as it is kept: the run itself, and what the patient said first and was told last. */
export type RunRecord = {
  id: string;
  run: Run;
  draft: boolean;
  language: ProtocolLanguage;
  /** They left, or a person took over, before it came to a disposition. */
  left: boolean;
  /** ISO 8601. */
  begunAt: string;
  complaint: string;
  /** The text of the disposition as it was said; empty before it. */
  told: string;
};

export const PROOFS = [
  'red_flags_first',
  'red_flags_count',
  'severity_order',
  'monotone',
  'ends',
  'languages',
  'reachable',
  'golden',
] as const;
export const proof = z.object({
  proof: z.enum(PROOFS),
  holds: z.boolean(),
  /** How it is known: by which reasoning, over how many cases. */
  how: said,
  /** What breaks it, as a clinician reads it. */
  counterexamples: z.array(said),
});
export type Proof = z.infer<typeof proof>;

export const PROTOCOL_STATES = ['draft', 'reviewed', 'signed', 'active', 'retired'] as const;
export const protocolState = z.enum(PROTOCOL_STATES);
export type ProtocolState = z.infer<typeof protocolState>;
