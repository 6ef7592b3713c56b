import type { Clock } from '../platform/clock.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Vault } from '../trust/vault.ts';
import type { Departing, Priority, Situation, Turn } from './contract.ts';

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
  /** It should be answered within this many seconds, whatever its queue promises. */
  targetSeconds?: number;
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
  /** The language that words are surely in, among these; null where that is not sure. Without it: the person's own. */
  spokenIn?(text: string, among: readonly string[]): string | null;
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
  released(
    trx: Trx,
    conversations: { organisationId: string; conversationId: string; how: 'done' | 'withdrawn' | 'transferred' }[],
  ): Promise<void>;
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
