import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow, move } from './internal/hold-row.ts';
import { jot } from './internal/say.ts';
import { awaitWord } from './red-flags/settle.ts';
import type { ConversationDeps } from './followers.ts';

export type Assignment = { conversationId: string; agentId: string; agentName: string };

/**
 * An agent takes the conversation: routing calls it in the transaction in which the item is accepted.
 * @throws conversation.not_found · wrong_state (it does not wait any more)
 */
export async function assign(deps: ConversationDeps, trx: Trx, actor: Actor, input: Assignment): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  await move(trx, actor, held, { state: 'with_agent', agentId: input.agentId }, deps.clock());
  if (held.priority === 'critical') await awaitWord(trx, held.id, input.agentId, deps.clock());
  await jot(deps, trx, actor, held, {
    direction: 'system',
    kind: 'joined',
    content: { kind: 'joined', agentId: input.agentId, name: input.agentName },
  });
}
