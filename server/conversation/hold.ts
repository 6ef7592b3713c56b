import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow, move, mustHold } from './internal/hold-row.ts';
import { conversationProblems } from './problems.ts';
import { heldByAgent } from './rules.ts';
import type { ConversationDeps } from './followers.ts';

/**
 * The agent puts the conversation on hold.
 * @throws conversation.not_found · not_yours · wrong_state
 */
export async function hold(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; reason?: string },
): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  mustHold(actor, held);
  await move(trx, actor, held, { state: 'on_hold', reason: input.reason }, deps.clock());
}

/**
 * The agent goes on with a conversation on hold.
 * @throws conversation.not_found · not_yours · wrong_state
 */
export async function resume(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string },
): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (!heldByAgent(held.state)) throw conversationProblems.wrong_state({ extra: { state: held.state } });
  mustHold(actor, held);
  await move(trx, actor, held, { state: 'with_agent' }, deps.clock());
}
