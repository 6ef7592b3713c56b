import { z } from 'zod';

/** What a model may be used for; each has an agreement of its own. */
export const PURPOSES = ['understand', 'rephrase', 'summary'] as const;
export const purpose = z.enum(PURPOSES);
export type Purpose = z.infer<typeof purpose>;

const figures = {
  timeoutMs: z.number().int().min(500).max(30_000),
  budgetTokens: z.number().int().min(0).max(1_000_000_000_000),
  /** In the currency; null: only tokens stop it. */
  budgetCost: z.number().min(0).max(1_000_000).nullable(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Of a million tokens, in the currency. */
  priceIn: z.number().min(0).max(100_000),
  priceOut: z.number().min(0).max(100_000),
  retentionDays: z.number().int().min(1).max(365),
};
export const modelChange = z.strictObject({
  url: z.string().trim().min(8).max(1_000),
  model: z.string().trim().min(1).max(200),
  /** Absent: the one that is kept; null: none. */
  key: z.string().trim().min(1).max(1_000).nullable().optional(),
  privateAddress: z.boolean().default(false),
  timeoutMs: figures.timeoutMs.default(8_000),
  budgetTokens: figures.budgetTokens.default(1_000_000),
  budgetCost: figures.budgetCost.default(null),
  currency: figures.currency.default('EUR'),
  priceIn: figures.priceIn.default(0),
  priceOut: figures.priceOut.default(0),
  retentionDays: figures.retentionDays.default(30),
});
export type ModelChange = z.infer<typeof modelChange>;

const agreement = z.object({
  provider: z.string(),
  textVersion: z.string(),
  agreedAt: z.string(),
  agreedBy: z.string(),
  revokedAt: z.string().nullable(),
  revokedBy: z.string().nullable(),
});
export const modelView = z.object({
  settings: z
    .object({
      url: z.string(),
      model: z.string(),
      hasKey: z.boolean(),
      privateAddress: z.boolean(),
      ...figures,
      stoppedAt: z.string().nullable(),
    })
    .nullable(),
  /** To whom words would go: what an agreement names. */
  provider: z.string().nullable(),
  purposes: z.array(
    z.object({
      purpose,
      /** Agreed for this provider and this text, not stopped. */
      on: z.boolean(),
      /** What the administrator agrees to, in the language asked for. */
      text: z.string(),
      textVersion: z.string(),
      textHash: z.string(),
      agreements: z.array(agreement),
    }),
  ),
  month: z.object({ month: z.string(), calls: z.number(), tokens: z.number(), cost: z.number(), spent: z.boolean() }),
});
export type ModelView = z.infer<typeof modelView>;

export const agreeBody = z.strictObject({
  purpose,
  textHash: z.string().regex(/^[0-9a-f]{64}$/),
  language: z.enum(['es', 'ca', 'en', 'pt']),
});
export const revokeBody = z.strictObject({ purpose });
export const switchBody = z.strictObject({ stopped: z.boolean() });
export const modelTest = z.object({ ok: z.boolean(), why: z.string(), ms: z.number(), answer: z.string().nullable() });

export const logQuery = z.object({
  before: z.uuid().optional(),
  purpose: z.enum([...PURPOSES, 'test']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export const logEntry = z.object({
  id: z.uuid(),
  at: z.string(),
  purpose: z.string(),
  provider: z.string(),
  outcome: z.enum(['answered', 'refused', 'blocked', 'failed', 'budget']),
  reason: z.string().nullable(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  cost: z.number(),
  ms: z.number(),
});
export const logPage = z.object({ entries: z.array(logEntry), before: z.string().nullable() });
export const logWhole = logEntry.extend({ sent: z.string().nullable(), answer: z.string().nullable() });
