import type { Conversations } from '../../conversation/verbs.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import type { MessageView } from '../contract.ts';
import { readMessage } from '../conversation.ts';
import { tell } from './notices.ts';

/**
 * A word to the agent who holds a conversation: in the thread for colleagues, at the agent's composer at once.
 * @throws conversation.not_found · wrong_state (no agent holds it)
 */
export async function whisperTo(
  trx: Trx,
  deps: { conversations: Pick<Conversations, 'whisper'>; vault: Vault },
  actor: StaffActor,
  input: { conversationId: string; clientId: string; text: string },
  now: Date,
): Promise<MessageView> {
  const said = await deps.conversations.whisper(trx, actor, input);
  if (!said.again) {
    if (said.agentId !== actor.membershipId)
      await tell(trx, actor, [said.agentId], { kind: 'whisper', conversationId: input.conversationId }, now);
    await audit(trx, actor, {
      action: 'whisper',
      subject: { kind: 'conversation', id: input.conversationId },
      personId: said.aboutId,
      detail: { messageId: said.messageId, agentId: said.agentId },
    });
  }
  return readMessage(trx, deps.vault, actor.organisationId, said.messageId);
}
