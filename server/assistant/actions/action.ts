import { z } from 'zod';
import type { Language, ProofLevel } from '../../conversation/contract.ts';
import { Problem } from '../../platform/problems.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Localised } from '../../record/contract.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Organisation } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import type { EffectResult, Json } from '../contract.ts';
import type { Library } from '../knowledge/library.ts';

/** Who writes and whom it is about, as far as is proved; an action may find out more. */
export type Who = {
  personId: string;
  aboutId: string;
  proof: ProofLevel;
  writerPatientId: string | null;
  patientId: string | null;
};

type Caller = {
  organisationId: string;
  personId: string;
  conversationId: string;
  contactPointId: string;
  /** Key of the queue that would call; null: where they are, or the organisation's own. */
  queue: string | null;
};
type CalledBack = { kind: 'place' | 'slot'; way: 'phone' | 'message' };

/** Being called back when it is one's turn, or at a time: what `main.ts` hands in from routing. */
export type CallBacks = {
  standing(
    trx: Trx,
    caller: Caller,
    now: Date,
  ): Promise<{
    mine: (CalledBack & { state: string; start: string; number: string | null; late: boolean; tries: number }) | null;
    place: boolean;
    slots: boolean;
    message: boolean;
    open: boolean;
    number: string | null;
  }>;
  /** Times that have a place left: an instant as id, and the clock on the wall. */
  slots(trx: Trx, caller: Caller, now: Date): Promise<{ id: string; start: string }[]>;
  ask(
    trx: Trx,
    actor: Actor,
    asked: Caller & { slotAt: Date | null; way: 'phone' | 'message'; number: string | null },
    now: Date,
  ): Promise<CalledBack & { dueAt: Date; changed: boolean; number: string | null }>;
  /** @returns whether there was anything to take back */
  revoke(trx: Trx, actor: Actor, caller: Omit<Caller, 'queue'>, now: Date): Promise<boolean>;
  /** The key of the queue that is to call them; null: none, somebody is at it, or they were asked whether they still want it. */
  unasked(
    trx: Trx,
    caller: { organisationId: string; personId: string; conversationId: string },
  ): Promise<string | null>;
  /** They are asked that now. @returns whether there is anything to ask for */
  askStill(trx: Trx, actor: Actor, caller: Omit<Caller, 'queue'>, now: Date): Promise<boolean>;
};

/** What an action may use: the turn's transaction, and nothing that calls out. */
export type Turning = {
  trx: Trx;
  vault: Vault;
  organisation: Organisation;
  contactPointId: string;
  /** What the organisation knows. */
  library: Library;
  /** Without it nobody is called back. */
  callBacks: CallBacks | undefined;
  conversationId: string;
  /** Whether too many wrong tries lock this address: read once for everybody in the batch, when the first asks. */
  isLocked(): Promise<boolean>;
  who: Who;
  /** Set when `who` changed: the facts are read again. */
  learned: boolean;
  language: Language;
  now: Date;
};

export type Action<Args extends z.ZodType = z.ZodType> = {
  args: Args;
  /** Outcomes besides `success` and `error`. */
  outcomes: string[];
  /** False where every good answer has a name of its own. */
  succeeds?: false;
  /** What a `success` holds; checked, so that a flow can rely on it. */
  value: z.ZodType;
  /** Proof that it needs; refused below, whatever a flow says. */
  proof: ProofLevel;
  /** It reads what the batch shares: nothing to take back when it fails. */
  light?: true;
  run(turning: Turning, args: z.infer<Args>): Promise<EffectResult>;
};

export function action<Args extends z.ZodType>(made: Action<Args>): Action {
  return made as unknown as Action;
}

export const localised = z.object({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
export const nothing = z.null().optional();
export const maybe = z.string().nullable().optional();

export const asJson = (value: unknown): Json => value as Json;
export const assistantActor = (turning: Turning): Actor => ({
  kind: 'assistant',
  organisationId: turning.organisation.id,
});

/** The outcome for what the record refuses; anything else is thrown on. */
export function refused(error: unknown, outcomes: Record<string, string>): EffectResult {
  if (error instanceof Problem) {
    const outcome = outcomes[error.code.replace(/^record\./, '')];
    if (outcome) return { outcome };
  }
  throw error;
}

/** The chart that the conversation is about; no action reaches another. @throws when none is proved */
export function patientOf(turning: Turning): string {
  if (!turning.who.patientId) throw new Error('no patient is proved');
  return turning.who.patientId;
}

/** Leaves the entry that every reading of a chart leaves. */
export async function noteReading(turning: Turning, kind: string): Promise<void> {
  await audit(turning.trx, assistantActor(turning), {
    action: 'read',
    subject: { kind },
    personId: turning.who.aboutId,
  });
}

/** The same text for every language from one builder. */
export function inEach(build: (language: Language) => string): Localised {
  return { es: build('es'), ca: build('ca'), en: build('en'), pt: build('pt') };
}
