import { z } from 'zod';
import {
  careLevel,
  disposition,
  doubt,
  proof,
  protocolShape,
  protocolState,
  runAnswer,
  runFacts,
  said,
  value,
} from '../../triage/protocols/contract.ts';

const instant = z.iso.datetime();
/** A version by its hash, or the newest version of a protocol by its id. */
export const protocolParams = z.object({
  id: z.string().regex(/^(?:[0-9a-f]{64}|[a-z][a-z0-9_]{0,39})$/, 'a hash or a protocol id'),
});

/** A version in the list. */
export const protocolHead = z.object({
  hash: z.string(),
  protocol: z.string(),
  version: z.number().int(),
  title: said,
  state: protocolState,
  since: instant,
  /** The end of the signature that lasts longest. */
  signedUntil: instant.nullable(),
  /** Active, and its signature holds: it serves patients. */
  inForce: z.boolean(),
  /** Not in force, and asked of patients all the same, as a draft: the organisation allows it. */
  servesAsDraft: z.boolean(),
  questions: z.number().int(),
  rules: z.number().int(),
  /** The proofs that do not hold, with what breaks them; none: everything is proven. */
  broken: z.array(proof),
});
export type ProtocolHead = z.infer<typeof protocolHead>;
/** GET /api/protocols */
export const protocolList = z.object({ protocols: z.array(protocolHead), draftsAllowed: z.boolean() });
export type ProtocolList = z.infer<typeof protocolList>;

export const goldenResult = z.object({
  name: z.string(),
  expect: careLevel,
  level: careLevel,
  expectedRule: z.string().nullable(),
  rule: z.string(),
  passes: z.boolean(),
});
/** GET /api/protocols/:id */
export const protocolView = protocolHead.extend({
  content: protocolShape,
  proofs: z.array(proof),
  golden: z.array(goldenResult),
  history: z.array(
    z.object({
      state: protocolState,
      at: instant,
      by: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  signatures: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      licence: z.string(),
      signedAt: instant,
      expiresAt: instant,
      /** False: the row is not as it was signed, and counts for nothing. */
      genuine: z.boolean(),
    }),
  ),
});
export type ProtocolView = z.infer<typeof protocolView>;

/** POST /api/protocols: a file as an author wrote it */
export const importBody = z.object({ yaml: z.string().min(1).max(500_000) });

/** POST /api/protocols/try: nothing is stored. Answers as in a golden case; one that is not there is not given yet. */
export const tryBody = z.object({
  id: protocolParams.shape.id,
  answers: z.record(z.string().max(40), z.union([z.boolean(), z.number(), z.string().max(500)])),
  /** In days. */
  age: z.number().min(0).max(48_000),
  by: z.enum(['self', 'relative']).default('self'),
  repeat: z.boolean().default(false),
  language: z.enum(['es', 'ca', 'en', 'pt']).default('es'),
});
export const tryAnswer = z.object({
  /** The next question; null when it came to a disposition. */
  ask: z
    .object({
      question: z.string(),
      flag: z.boolean(),
      text: z.string(),
      options: z.array(z.object({ id: z.string(), title: z.string() })),
    })
    .nullable(),
  /** The answers so far, as the engine took them. */
  answers: z.array(runAnswer),
  disposition: disposition.nullable(),
  /** What the patient would read. */
  told: z.string().nullable(),
});
export type TryAnswer = z.infer<typeof tryAnswer>;

/** POST /api/protocols/:id/review */
export const reviewBody = z.object({ reason: z.string().trim().max(500).optional() });
/** POST /api/protocols/:id/sign: the hash is the content that the clinician read */
export const signBody = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().trim().min(3).max(200),
  licence: z.string().trim().min(2).max(60),
  expiresAt: instant,
  password: z.string().min(1).max(200),
});
/** POST /api/protocols/:id/retire */
export const retireBody = z.object({ reason: z.string().trim().min(1).max(500) });

/** GET /api/triage-runs/:id, GET /api/conversations/:id/triage-runs */
export const triageRunView = z.object({
  id: z.uuid(),
  conversationId: z.uuid(),
  personId: z.uuid(),
  protocol: z.object({ hash: z.string(), id: z.string(), version: z.number().int(), title: said }),
  draft: z.boolean(),
  language: z.string(),
  channel: z.string(),
  state: z.enum(['running', 'done', 'left']),
  begunAt: instant,
  endedAt: instant.nullable(),
  complaint: z.string(),
  facts: runFacts,
  /** In order, each as shown and verbatim; a question that was answered anew is there again. */
  answers: z.array(runAnswer.extend({ value: value.nullable(), doubt: doubt.nullable(), flag: z.boolean() })),
  disposition: disposition.nullable(),
  told: z.string(),
});
export type TriageRunView = z.infer<typeof triageRunView>;
export const triageRunList = z.object({ runs: z.array(triageRunView) });

export const fhirBundle = z.looseObject({ resourceType: z.literal('Bundle') });
