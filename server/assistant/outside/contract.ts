import { z } from 'zod';
import type { Json } from '../contract.ts';

export const IDENTIFIERS = ['name', 'document', 'phone', 'email', 'birth_date', 'address', 'number'] as const;
export type Identifier = (typeof IDENTIFIERS)[number];

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string().max(2_000),
    z.array(json).max(50),
    z.record(z.string().max(60), json),
  ]),
);
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
/** What no text for a patient holds: control characters, and those that turn the reading direction round. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0009\u000B-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
const shown = (most: number) =>
  z
    .string()
    .transform((text) => text.replace(UNSEEN, '').trim())
    .pipe(z.string().min(1).max(most));

/** What the narrowest channel shows, less the row for a person that stands under every menu (WhatsApp Cloud API, list messages). */
const option = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,60}$/),
  title: shown(24),
  description: shown(72).optional(),
});
const words = z
  .strictObject({ text: shown(4_096), options: z.array(option).min(1).max(9).optional() })
  .refine((one) => !one.options || one.text.length <= 1_024, 'above a menu 1024 characters fit')
  .refine(
    (one) => !one.options || new Set(one.options.map((each) => each.id)).size === one.options.length,
    'each option has an id of its own',
  )
  .refine(
    (one) => !one.options || one.options.length > 2 || one.options.every((each) => each.title.length <= 20),
    'on buttons 20 characters fit',
  );

/** What a bot answers. `then`: go on talking, hand back, give to a person, or end the conversation. */
export const botAnswer = z.strictObject({
  say: z.array(words).max(5).default([]),
  then: z.enum(['wait', 'done', 'person', 'end']).default('wait'),
  outcome: key.optional(),
  slots: z.record(key, json).default({}),
});

/** `POST /api/bots/:key/replies`, signed: an answer that comes by itself. */
export const botReply = botAnswer.extend({ organisation: z.string().max(63), conversation: z.uuid() });
export const botReplyTaken = z.object({ taken: z.literal(true) });

const url = z.string().trim().min(8).max(1_000);
const about = {
  name: z.string().trim().min(1).max(100),
  url,
  /** Identifiers that may leave; none by default. */
  allows: z.array(z.enum(IDENTIFIERS)).max(IDENTIFIERS.length),
  /** An address inside the house's network, or without https. */
  privateAddress: z.boolean(),
  timeoutSeconds: z.number().int().min(1).max(600),
  mostTurns: z.number().int().min(1).max(200),
};
export const newBot = z.strictObject({
  key,
  ...about,
  allows: about.allows.default([]),
  privateAddress: about.privateAddress.default(false),
  timeoutSeconds: about.timeoutSeconds.default(20),
  mostTurns: about.mostTurns.default(30),
});
export const botChange = z.strictObject({ ...about, enabled: z.boolean() }).partial();
export const botView = z.object({
  key: z.string(),
  ...about,
  enabled: z.boolean(),
  secrets: z.array(z.object({ createdAt: z.string(), retiresAt: z.string().nullable() })),
  /** In the last 24 hours. */
  calls: z.number().int(),
  failures: z.number().int(),
  lastFailure: z.object({ at: z.string(), why: z.string() }).nullable(),
});
export type BotView = z.infer<typeof botView>;
export const botList = z.object({ bots: z.array(botView) });
/** The secret is shown once. */
export const botSecret = z.object({ bot: botView, secret: z.string() });
export const rotation = z.strictObject({
  /** The older ones stop at once; else a day later. */ now: z.boolean().default(false),
});
export const botTest = z.object({ ok: z.boolean(), why: z.string(), ms: z.number() });
