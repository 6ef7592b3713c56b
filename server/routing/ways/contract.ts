import { z } from 'zod';
import { language, PRIORITIES } from '../../conversation/contract.ts';
import { hours, texts } from '../contract.ts';

/** Ways to reach the organisation; `callback` is as soon as it is one's turn, `callback_at` at an hour that one chooses. */
export const WAYS = ['chat', 'callback', 'callback_at', 'whatsapp', 'video', 'email', 'call'] as const;
export const wayKind = z.enum(WAYS);
export type WayKind = z.infer<typeof wayKind>;

/** Ways that end at a person who answers; a letter is none. */
export const PERSON_WAYS: readonly WayKind[] = ['chat', 'call', 'callback', 'video', 'whatsapp', 'callback_at'];

/** What a person agrees to be reached by. */
export const CONSENTS = ['call', 'whatsapp', 'email'] as const;
export const consentKind = z.enum(CONSENTS);
export type ConsentKind = z.infer<typeof consentKind>;
/** Which consent a way touches: by these the organisation reaches the patient, or goes on doing so. */
export const CONSENT_OF: Partial<Record<WayKind, ConsentKind>> = {
  callback: 'call',
  callback_at: 'call',
  whatsapp: 'whatsapp',
  email: 'email',
};

export const SEGMENTS = ['known', 'relative', 'employee', 'unknown'] as const;
/** Who asks: a patient we know, who acts for one, somebody of the house, or nobody we know yet. One may be several. */
export const segment = z.enum(SEGMENTS);
export type Segment = z.infer<typeof segment>;

export const URGENCIES = ['red_flag', ...PRIORITIES] as const;
export const urgency = z.enum(URGENCIES);
export type Urgency = z.infer<typeof urgency>;

const name = z.string().trim().min(1).max(120);
const key = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);
const minutes = z.number().int().min(1).max(1_440);
const age = z.number().int().min(0).max(130);

/** When a rule fits. Every part that is given must hold; of a list, one. What is empty or null asks nothing. */
export const wayCondition = z.strictObject({
  segments: z.array(segment).max(4).default([]),
  /** Names of insurers as the cover in the record says them; case and accents do not count. */
  insurers: z.array(name).max(50).default([]),
  /** Keys of contracting entities: whose queue it is. */
  entities: z.array(key).max(50).default([]),
  /** Years, both included. */
  ages: z
    .strictObject({ from: age.nullable().default(null), to: age.nullable().default(null) })
    .refine(({ from, to }) => from === null || to === null || from <= to, 'ages run from the lesser to the greater')
    .nullable()
    .default(null),
  languages: z.array(language).max(4).default([]),
  queues: z.array(key).max(50).default([]),
  urgency: z.array(urgency).max(5).default([]),
  /** Only at these hours of the organisation's clock. */
  during: hours.default(null),
  /** Whether the way's queue is open. */
  open: z.boolean().nullable().default(null),
  /** Whether somebody of it is signed in. */
  staffed: z.boolean().nullable().default(null),
  /** Whether all who are signed in are full. */
  full: z.boolean().nullable().default(null),
  /** Its wait is over so many minutes; with nobody there it is over any. */
  waitOver: minutes.nullable().default(null),
  waitUnder: minutes.nullable().default(null),
  /** Whether it is the way that the person prefers. */
  preferred: z.boolean().nullable().default(null),
  /** Whether the person agreed to be reached so. */
  consent: z.enum(['given', 'not_given']).nullable().default(null),
});
export type WayCondition = z.infer<typeof wayCondition>;

/** A sentence for the patient in the four languages. */
const sentence = texts.refine(
  (four) => Object.values(four).every((one) => one.trim().length >= 1 && one.length <= 160),
  'a sentence stands in every language, in at most 160 letters',
);

export const DECISIONS = ['offer', 'first', 'hide'] as const;
export const wayRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name,
  /** Off: kept, and decides nothing. */
  on: z.boolean().default(true),
  ways: z
    .array(wayKind)
    .min(1)
    .max(WAYS.length)
    .refine((all) => new Set(all).size === all.length, 'a way stands once'),
  when: wayCondition.prefault({}),
  then: z.enum(DECISIONS),
  /** What the patient reads under the way. */
  says: sentence.nullable().default(null),
});
export type WayRule = z.infer<typeof wayRule>;

/** Where each way leads. A telephone can be dialled, an address written to, a page is a page: nothing else is ever a link. */
export const HREFS: Record<WayKind, RegExp | null> = {
  chat: null,
  callback: null,
  callback_at: null,
  call: /^tel:\+?[0-9]{2,20}$/,
  email: /^mailto:[^\s@<>"?&]{1,64}@[a-z0-9.-]{1,190}$/i,
  whatsapp: /^https?:\/\/[^\s<>"']{3,300}$/i,
  video: /^https?:\/\/[^\s<>"']{3,300}$/i,
};

const label = texts.refine(
  (four) => Object.values(four).every((one) => one.trim().length >= 1 && one.length <= 48),
  'a name stands in every language, in at most 48 letters',
);

/** A way of the organisation: how it is called, where it leads, who answers it. */
export const ownWay = z
  .strictObject({
    kind: wayKind,
    on: z.boolean().default(true),
    href: z.string().max(320).nullable().default(null),
    /** Null: as the house says it. */
    label: label.nullable().default(null),
    hint: sentence.nullable().default(null),
    /** The queue that answers it; null: the one asked for, or the organisation's own. */
    queue: key.nullable().default(null),
  })
  .refine(({ kind, href }) => href === null || (HREFS[kind]?.test(href) ?? false), {
    path: ['href'],
    message: 'no link that this way can follow',
  });
export type OwnWay = z.infer<typeof ownWay>;

/** What an author writes and publishes: the ways in their order, and the rules in theirs. The first rule that fits a way decides it. */
export const waysContent = z.strictObject({
  ways: z
    .array(ownWay)
    .max(WAYS.length)
    .refine((all) => new Set(all.map((one) => one.kind)).size === all.length, 'a way stands once'),
  rules: z
    .array(wayRule)
    .max(60)
    .refine((all) => new Set(all.map((one) => one.id)).size === all.length, 'an id stands once'),
  /** Who waits in the chat longer than this is told of the other ways there. */
  longMinutes: z.number().int().min(1).max(240).default(15),
});
export type WaysContent = z.infer<typeof waysContent>;

// ── what everybody is told ──────────────────────────────────────────────────────────────────────────────────────

export const waysQuery = z.object({
  organisation: z.string().min(1).max(63),
  queue: key.optional(),
  language: language.optional(),
});

const wait = z.object({
  /** Half wait at most so many minutes. */
  minutes: z.number().int(),
  /** Eight of ten wait between these. */
  low: z.number().int(),
  high: z.number().int(),
});
export type WayWait = z.infer<typeof wait>;

/** Why a way stands where it stands, as a key; never which rule. */
const REASONS = ['emergency', 'urgent', 'first', 'preferred', 'rule', 'usual', 'kept'] as const;

export const offeredWay = z.object({
  kind: z.enum(['emergency', ...WAYS]),
  label: z.string(),
  hint: z.string().nullable(),
  /** Where it leads; without one it is the window's own: the chat, or asking to be called. */
  href: z.string().nullable(),
  /** What choosing it says in the chat, for a way that the assistant arranges there. */
  says: z.string().nullable(),
  wait: wait.nullable(),
  /** When people answer again, where they do not now. */
  opensAt: z.iso.datetime().nullable(),
  reason: z.enum(REASONS),
  /** Of the ways that say their wait, the one with the least and with the most. */
  pace: z.enum(['fastest', 'slowest']).nullable(),
  /** To be reached so has not been agreed to: whoever chooses it agrees by it, and is told so. */
  asks: z.boolean(),
});
export type OfferedWay = z.infer<typeof offeredWay>;

export const publicWays = z.object({
  organisation: z.string(),
  language,
  /** When this was so. */
  at: z.iso.datetime(),
  /** People answer now. */
  open: z.boolean(),
  opensAt: z.iso.datetime().nullable(),
  /** Who writes in the chat waits long now: the other ways are worth saying there. */
  long: z.boolean(),
  emergencyNumber: z.string(),
  ways: z.array(offeredWay),
});
export type PublicWays = z.infer<typeof publicWays>;

// ── what authors do ─────────────────────────────────────────────────────────────────────────────────────────────

/** Somebody who asks, to see what they would be offered. */
export const sampleVisitor = z.strictObject({
  segments: z.array(segment).max(4).default(['unknown']),
  insurer: z.string().max(120).nullable().default(null),
  age: age.nullable().default(null),
  language: language.default('es'),
  urgency: urgency.default('standard'),
  /** The clock on the organisation's wall; null: now. */
  at: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/)
    .nullable()
    .default(null),
  queue: key.nullable().default(null),
  /** Minutes of wait everywhere; `nobody`: nobody is signed in; null: as it is now. */
  wait: z
    .union([z.number().int().min(0).max(1_440), z.literal('nobody')])
    .nullable()
    .default(null),
  full: z.boolean().nullable().default(null),
  prefers: wayKind.nullable().default(null),
  consent: z.partialRecord(consentKind, z.enum(['given', 'withdrawn'])).default({}),
});
export type SampleVisitor = z.infer<typeof sampleVisitor>;

export const tryWaysBody = z.strictObject({ content: waysContent, visitor: sampleVisitor });

/** What decided about a way: a rule, or what holds whatever the rules say. */
const DECIDERS = [
  'rule',
  'usual',
  'emergency',
  'preferred',
  'kept',
  'off',
  'not_connected',
  'withdrawn',
  'closed',
  'no_place',
] as const;
export type Decider = (typeof DECIDERS)[number];

export const decidedWay = z.object({
  kind: wayKind,
  offered: z.boolean(),
  by: z.enum(DECIDERS),
  rule: z.object({ id: z.string(), name: z.string(), then: z.enum(DECISIONS) }).nullable(),
});
export type DecidedWay = z.infer<typeof decidedWay>;

export const FINDINGS = [
  'never',
  'shadowed',
  'no_effect',
  'unknown_queue',
  'unknown_entity',
  'not_connected',
  'nobody_left',
] as const;
export const finding = z.object({
  kind: z.enum(FINDINGS),
  ruleId: z.string().nullable(),
  way: wayKind.nullable(),
  /** The rule that goes before, or the key that is not there. */
  what: z.string().nullable(),
  /** Whom it would leave: shown with the same words as a sample. */
  visitor: z
    .object({
      segments: z.array(segment),
      insurer: z.string().nullable(),
      age: z.number().nullable(),
      language,
      urgency,
      open: z.boolean(),
      staffed: z.boolean(),
      full: z.boolean(),
      wait: z.number().nullable(),
    })
    .nullable(),
});
export type Finding = z.infer<typeof finding>;

export const triedWays = z.object({ shown: publicWays, decided: z.array(decidedWay), findings: z.array(finding) });
export type TriedWays = z.infer<typeof triedWays>;

/** Whether a way can work at all, and why not. */
export const connection = z.object({
  kind: wayKind,
  connected: z.boolean(),
  /** Needs an address that the organisation gives: a number, a link. */
  needsHref: z.boolean(),
});

export const waysVersion = z.object({
  /** 0: nobody published yet, this is what the house does of itself. */
  number: z.number().int().min(0),
  note: z.string().nullable(),
  /** Whose content it has again. */
  restored: z.number().int().nullable(),
  by: z.string().nullable(),
  at: z.iso.datetime().nullable(),
});
export type WaysVersion = z.infer<typeof waysVersion>;

export const waysView = z.object({
  version: waysVersion,
  content: waysContent,
  connections: z.array(connection),
  findings: z.array(finding),
  queues: z.array(z.object({ key: z.string(), names: texts })),
  entities: z.array(z.object({ key: z.string(), name: z.string() })),
  /** Newest first. */
  history: z.array(waysVersion),
});
export type WaysView = z.infer<typeof waysView>;

export const publishWaysBody = z.strictObject({
  /** The version that was edited: another one in the meantime is not written over. */
  base: z.number().int().min(0),
  content: waysContent,
  note: z.string().trim().max(300).optional(),
});
export const restoreWaysBody = z.strictObject({
  base: z.number().int().min(0),
  note: z.string().trim().max(300).optional(),
});
export const versionParams = z.object({ number: z.coerce.number().int().min(1).max(1_000_000) });
export const pastWays = z.object({ version: waysVersion, content: waysContent });

// ── what a person prefers and agrees to ─────────────────────────────────────────────────────────────────────────

export const personWays = z.object({
  preferredWay: wayKind.nullable(),
  preferredLanguage: language.nullable(),
  consents: z.array(
    z.object({
      kind: consentKind,
      given: z.boolean(),
      at: z.iso.datetime(),
      source: z.enum(['patient', 'staff', 'integration', 'system']),
    }),
  ),
});
export type PersonWays = z.infer<typeof personWays>;
export const changePersonWays = z.strictObject({
  preferredWay: wayKind.nullable().optional(),
  preferredLanguage: language.nullable().optional(),
  consents: z.partialRecord(consentKind, z.boolean()).optional(),
});
