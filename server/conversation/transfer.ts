import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow, mustHold } from './internal/hold-row.ts';
import { jot } from './internal/say.ts';
import { putInLine } from './hand-over.ts';
import { conversationProblems } from './problems.ts';
import { heldByAgent } from './rules.ts';
import type { ConversationDeps } from './followers.ts';

export type Transfer = { conversationId: string; to: { queueId: string } | { agentId: string }; note?: string };

/**
 * Passes a conversation to another queue or colleague, with everything that is known and a note if one is given.
 * @throws conversation.not_found · not_yours · wrong_state; what routing says of an unknown queue or agent
 */
export async function transfer(deps: ConversationDeps, trx: Trx, actor: Actor, input: Transfer): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (!heldByAgent(held.state)) throw conversationProblems.wrong_state({ extra: { state: held.state } });
  mustHold(actor, held);
  await deps.followers.released(trx, [
    { organisationId: held.organisationId, conversationId: held.id, how: 'transferred' },
  ]);
  if (input.note?.trim())
    await jot(deps, trx, actor, held, {
      direction: 'note',
      kind: 'note',
      content: { kind: 'note', text: input.note.trim() },
    });
  await jot(deps, trx, actor, held, {
    direction: 'system',
    kind: 'transferred',
    content: {
      kind: 'transferred',
      ...('queueId' in input.to ? { queueId: input.to.queueId } : { agentId: input.to.agentId }),
    },
  });
  await putInLine(deps, trx, actor, held, { ...input.to, reason: 'transferred' });
}
