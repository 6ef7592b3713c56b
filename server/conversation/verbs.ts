import type { Clock } from '../platform/clock.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Vault } from '../trust/vault.ts';
import { assign, type Assignment } from './assign.ts';
import { attach, type NewAttachment } from './attach.ts';
import { close, reopen, wrapUp, type WrapUp } from './close.ts';
import type { Departing, Priority, Situation, SummaryLine, Turn } from './contract.ts';
import { hold, resume } from './hold.ts';
import { giveToAssistant, handOver, type HandOver } from './hand-over.ts';
import { note, type Note } from './note.ts';
import { reply, type Reply, resend } from './reply.ts';
import { transfer, type Transfer } from './transfer.ts';

/** A conversation that now waits for a person; routing makes its item in the same transaction. */
export type HandedOver = {
  organisationId: string;
  conversationId: string;
  personId: string;
  /** A queue by key (from a flow) or by id (from a transfer), or one agent. */
  queue?: string;
  queueId?: string;
  agentId?: string;
  priority: Priority;
  reason: string;
  skills: string[];
  language: string;
  channel: string;
  /** Since when the patient waits: kept when work goes back to a queue. */
  since: Date;
};

/** What screening an utterance for red flags found. */
export type Screening = { level: 'hard' | 'soft' | 'none'; flags: { rule: string; category: string }[] };

/** The rooms above, as functions that main.ts hands in: this room never imports them. */
export type Followers = {
  screen(text: string, language: string): Screening;
  /** The fixed text for a red flag, with the organisation's emergency number. */
  emergencyText(level: 'hard' | 'soft', language: string, emergencyNumber: string, category: string): string;
  /** The assistant's turns of one batch, in its transaction. */
  turns(trx: Trx, situations: Situation[]): Promise<Turn[]>;
  /**
   * Makes the items of conversations that wait for a person.
   * @returns for each, what the patient should read (out of hours, place in the queue), if anything
   */
  handedOver(trx: Trx, conversations: HandedOver[]): Promise<{ queueId: string | null; says: string | null }[]>;
  /** A conversation left its agent or stopped waiting: its item ends, the slot is free. */
  released(trx: Trx, conversations: { organisationId: string; conversationId: string; how: 'done' | 'withdrawn' | 'transferred' }[]): Promise<void>;
};

export type ConversationDeps = {
  vault: Vault;
  clock: Clock;
  /** Names this process in leases. */
  processId: string;
  followers: Followers;
  /** Takes committed replies to their channel. */
  depart(departing: Departing[]): void;
};

type Bound<Verb> = Verb extends (deps: ConversationDeps, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;

const VERBS = { reply, resend, note, handOver, giveToAssistant, transfer, hold, resume, wrapUp, close, reopen, assign, attach };

/** Everything that can be done to a conversation, each in the caller's transaction, the actor first. */
export type Conversations = { [Name in keyof typeof VERBS]: Bound<(typeof VERBS)[Name]> };

/** Binds the verbs to what they need. */
export function createConversations(deps: ConversationDeps): Conversations {
  const bound: Record<string, unknown> = {};
  for (const [name, verb] of Object.entries(VERBS))
    bound[name] = (...rest: unknown[]) => (verb as (...all: unknown[]) => unknown)(deps, ...rest);
  return bound as Conversations;
}

export type { Assignment, HandOver, NewAttachment, Note, Reply, SummaryLine, Transfer, WrapUp };
