import type { Clock } from '../platform/clock.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Address } from '../trust/address.ts';
import type { Vault } from '../trust/vault.ts';
import type {
  ConversationState,
  Departing,
  InboundContent,
  Language,
  MenuOption,
  Priority,
  Situation,
  TraceStep,
  Turn,
} from './contract.ts';

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

/** What somebody said who waits for a person; or a button of a line, pressed whenever. */
export type SaidInLine = {
  organisationId: string;
  conversationId: string;
  personId: string;
  language: Language;
  state: ConversationState;
  content: InboundContent;
  /** A red flag stands. */
  flagged: boolean;
  /** The words alone leave a doubt: they are asked first. */
  doubtful: boolean;
};

/** What comes of it: what they read, and whether they are out of the line with it. */
export type InLine = { says: string; options?: MenuOption[]; left: boolean; trace: TraceStep[] };

/** What screening an utterance for red flags found. */
export type Screening = { level: 'hard' | 'soft' | 'none'; flags: { rule: string; category: string }[] };

/** The rooms above, as functions that main.ts hands in: this room never imports them. */
export type Followers = {
  screen(text: string, language: string): Screening;
  /** The language that words are surely in, among these; null where that is not sure. Without it: the person's own. */
  spokenIn?(text: string, among: readonly string[]): string | null;
  /** The fixed text for a red flag, with the organisation's emergency number. */
  emergencyText(
    level: 'hard' | 'soft',
    language: string,
    emergencyNumber: string,
    category: string,
    address: Address,
  ): string;
  /** The assistant's turns of one batch, in its transaction. */
  turns(trx: Trx, situations: Situation[]): Promise<Turn[]>;
  /**
   * Makes the items of conversations that wait for a person.
   * @returns for each, what the patient should read (out of hours, place in the queue), if anything, and the buttons under it
   */
  handedOver(
    trx: Trx,
    conversations: HandedOver[],
  ): Promise<{ queueId: string | null; says: string | null; options?: MenuOption[] }[]>;
  /**
   * Hears those who wait for a person, after the screen for red flags: whoever needs nobody any more leaves the line, the item
   * ended in this transaction. @returns for each what comes of it; null: it was about something else
   */
  heardInLine?(trx: Trx, said: SaidInLine[]): Promise<(InLine | null)[]>;
  /** Whether words say nothing but that they need not be waited for any more. */
  onlyOfTheLine?(content: InboundContent): boolean;
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
