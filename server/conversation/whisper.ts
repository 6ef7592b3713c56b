import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow } from './internal/hold-row.ts';
import { jot, type Said } from './internal/say.ts';
import { conversationProblems } from './problems.ts';
import { heldByAgent } from './rules.ts';
import type { ConversationDeps } from './followers.ts';

/**
 * A supervisor says a word to the agent who holds a conversation. It is kept sealed beside the notes: only colleagues
 * read it, it has no channel and never departs. The same clientId again is the same whisper.
 * @returns also the agent it is for
 * @throws conversation.not_found · wrong_state (no agent holds it)
 */
export async function whisper(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; text: string; clientId: string },
): Promise<Said & { agentId: string; aboutId: string; again: boolean }> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (!heldByAgent(held.state) || held.agentId === null)
    throw conversationProblems.wrong_state({ extra: { state: held.state } });
  const of = { agentId: held.agentId, aboutId: held.aboutId };
  const before = await trx
    .selectFrom('message')
    .select(['id', 'seq'])
    .where('id', '=', input.clientId)
    .where('conversation_id', '=', held.id)
    .executeTakeFirst();
  if (before) return { messageId: before.id, seq: before.seq, ...of, again: true };
  const said = await jot(deps, trx, actor, held, {
    id: input.clientId,
    direction: 'note',
    kind: 'whisper',
    content: { kind: 'whisper', text: input.text },
  });
  return { ...said, ...of, again: false };
}
