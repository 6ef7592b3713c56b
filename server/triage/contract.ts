import { z } from 'zod';

export const CATEGORIES = [
  'cardiac',
  'respiratory',
  'stroke',
  'bleeding',
  'unconscious',
  'seizure',
  'anaphylaxis',
  'poisoning',
  'suicide',
  'obstetric',
  'child',
  'trauma',
  'burn',
  'choking',
  'sepsis',
  'diabetic',
  'abdominal',
  'eye',
  'violence',
] as const;
export const category = z.enum(CATEGORIES);
export type Category = z.infer<typeof category>;

/** `hard`: the emergency number at once. `soft`: one question first. Only words, never a diagnosis. */
export const level = z.enum(['hard', 'soft', 'none']);
export type Level = z.infer<typeof level>;

export const screened = z.object({
  level,
  flags: z.array(z.object({ rule: z.string(), category })),
});
export type Screened = z.infer<typeof screened>;
