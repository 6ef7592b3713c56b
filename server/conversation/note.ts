import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow } from './internal/hold-row.ts';
import { jot, type Said } from './internal/say.ts';
import { attend } from './red-flags/settle.ts';
import type { ConversationDeps } from './followers.ts';

export type Note = { conversationId: string; text: string; clientId?: string };

/** A colleague writes what only colleagues see. The same clientId again is the same note. */
export async function note(deps: ConversationDeps, trx: Trx, actor: Actor, input: Note): Promise<Said> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (input.clientId) {
    const before = await trx
      .selectFrom('message')
      .select(['id', 'seq'])
      .where('id', '=', input.clientId)
      .where('conversation_id', '=', held.id)
      .executeTakeFirst();
    if (before) return { messageId: before.id, seq: before.seq };
  }
  if (actor.kind === 'staff' && actor.membershipId === held.agentId) await attend(trx, held.id, deps.clock(), 'hard');
  return jot(deps, trx, actor, held, {
    id: input.clientId,
    direction: 'note',
    kind: 'note',
    content: { kind: 'note', text: input.text },
  });
}
