import { announce } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { open } from '../trust/vault.ts';
import { type OutboundContent, outboundContent } from './contract.ts';
import { holdRow, mustHold, mustSpeak } from './internal/hold-row.ts';
import { type Said, say } from './internal/say.ts';
import { conversationProblems } from './problems.ts';
import { attend } from './red-flags/settle.ts';
import type { ConversationDeps } from './followers.ts';

export type Reply = {
  conversationId: string;
  content: OutboundContent;
  /** A uuid of the caller's: the same one again is the same reply, said once. */
  clientId?: string;
  replyTo?: string;
};

/**
 * An agent answers the patient.
 * @throws conversation.not_found · not_yours · wrong_state (nobody holds it) · nowhere_to_send
 */
export async function reply(deps: ConversationDeps, trx: Trx, actor: Actor, input: Reply): Promise<Said> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (actor.kind === 'staff') {
    if (held.state !== 'with_agent' && held.state !== 'on_hold' && held.state !== 'wrapping')
      throw conversationProblems.wrong_state({ extra: { state: held.state } });
    await mustSpeak(trx, actor, held);
  }
  const said = await say(deps, trx, actor, held, input.content, { id: input.clientId, replyTo: input.replyTo });
  if (actor.kind === 'staff') await attend(trx, held.id, deps.clock());
  return said;
}

/**
 * Sends a failed message again, as a new one at the end of the thread.
 * @throws conversation.message_not_found · not_failed · not_yours
 */
export async function resend(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { messageId: string },
): Promise<Said> {
  const failed = await trx
    .selectFrom('message')
    .select(['id', 'conversation_id', 'person_id', 'content_sealed', 'delivery', 'resent_as', 'reply_to'])
    .where('id', '=', input.messageId)
    .where('organisation_id', '=', actor.organisationId)
    .where('direction', '=', 'out')
    .executeTakeFirst();
  if (!failed) throw conversationProblems.message_not_found();
  const held = await holdRow(trx, actor, failed.conversation_id);
  const now = await trx
    .selectFrom('message')
    .select(['delivery', 'resent_as'])
    .where('id', '=', failed.id)
    .executeTakeFirstOrThrow();
  if (now.delivery !== 'failed' || now.resent_as !== null) throw conversationProblems.not_failed();
  mustHold(actor, held);
  const key = (await deps.vault.personKeys(trx, held.organisationId, [failed.person_id])).get(failed.person_id)!;
  const content = outboundContent.parse(
    JSON.parse(open(key, failed.content_sealed, `message:${failed.id}`).toString('utf8')),
  );
  const said = await say(deps, trx, actor, held, content, { replyTo: failed.reply_to ?? undefined });
  await trx.updateTable('message').set({ resent_as: said.messageId }).where('id', '=', failed.id).execute();
  // every desk sees that this one was taken care of
  await announce(trx, {
    organisationId: held.organisationId,
    kind: 'message.delivery',
    conversationId: held.id,
    payload: { messageId: failed.id, delivery: 'failed' },
  });
  return said;
}
