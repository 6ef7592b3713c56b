import type { Conversations } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../trust/vault.ts';

/** What the verbs of this room need besides a transaction. */
export type CallBackDeps = {
  vault: Vault;
  clock: Clock;
  conversations: Pick<Conversations, 'reply' | 'assign' | 'giveToAssistant' | 'speakFirst'>;
};
