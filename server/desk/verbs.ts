import { sql } from 'kysely';
import { mediaOf } from '../channels/files.ts';
import type { OutboundContent } from '../conversation/contract.ts';
import { conversationProblems } from '../conversation/problems.ts';
import type { Conversations } from '../conversation/verbs.ts';
import type { Clock } from '../platform/clock.ts';
import { announce } from '../platform/events.ts';
import { isUuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { open, type Vault } from '../trust/vault.ts';
import type { MessageView, ReplyBody } from './contract.ts';
import { readMessage } from './conversation.ts';
import { parametersIn } from './lists.ts';
import { deskProblems } from './problems.ts';

type Deps = { conversations: Pick<Conversations, 'reply' | 'note'>; vault: Vault; clock: Clock };

/**
 * An agent answers from the desk. The same `clientId` again is the same message.
 * @throws what `reply` throws; desk.not_found (a file that is not of this conversation) · template_not_found · client_id_used
 */
export async function replyFrom(
  trx: Trx,
  deps: Deps,
  actor: Actor,
  input: { conversationId: string } & ReplyBody,
): Promise<MessageView> {
  await mustBeFree(trx, input);
  const content = await contentOf(trx, deps.vault, actor, input);
  return once(trx, deps, actor, () =>
    deps.conversations.reply(trx, actor, { conversationId: input.conversationId, content, clientId: input.clientId }),
  );
}

/**
 * An agent writes what only colleagues see. The same `clientId` again is the same note.
 * @throws what `note` throws; desk.client_id_used
 */
export async function noteFrom(
  trx: Trx,
  deps: Deps,
  actor: Actor,
  input: { conversationId: string; clientId: string; text: string },
): Promise<MessageView> {
  await mustBeFree(trx, input);
  return once(trx, deps, actor, () => deps.conversations.note(trx, actor, input));
}

async function mustBeFree(trx: Trx, input: { conversationId: string; clientId: string }): Promise<void> {
  const { rows } = await sql<{
    conversation_id: string;
  }>`select conversation_id from message where id = ${input.clientId}`.execute(trx);
  if (rows[0] && rows[0].conversation_id !== input.conversationId) throw deskProblems.client_id_used();
}

/** What was said, as the desk shows it; said before under the same id, the same message. */
async function once(
  trx: Trx,
  deps: Deps,
  actor: Actor,
  say: () => Promise<{ messageId: string }>,
): Promise<MessageView> {
  try {
    const said = await say();
    return await readMessage(trx, deps.vault, actor.organisationId, said.messageId);
  } catch (cause) {
    // another organisation's message has this id
    if (
      (cause as { code?: string; constraint?: string }).code === '23505' &&
      (cause as { constraint?: string }).constraint === 'message_pkey'
    )
      throw deskProblems.client_id_used({ cause });
    throw cause;
  }
}

async function contentOf(
  trx: Trx,
  vault: Vault,
  actor: Actor,
  { conversationId, content }: { conversationId: string } & ReplyBody,
): Promise<OutboundContent> {
  switch (content.kind) {
    case 'text':
      return content;
    case 'media': {
      const { rows } = await sql<{ mime: string; person_id: string; filename_sealed: Buffer | null }>`
        select mime, person_id, filename_sealed from attachment where id = ${content.attachmentId} and organisation_id = ${actor.organisationId}
          and conversation_id = ${conversationId} and state = 'ready'`.execute(trx);
      const file = rows[0];
      if (!file) throw deskProblems.not_found();
      const key = (await vault.personKeys(trx, actor.organisationId, [file.person_id])).get(file.person_id);
      const filename =
        file.filename_sealed && key?.secret
          ? open(key, file.filename_sealed, `filename:${content.attachmentId}`).toString('utf8')
          : undefined;
      return {
        kind: 'media',
        media: mediaOf(file.mime),
        attachmentId: content.attachmentId,
        mime: file.mime,
        caption: content.caption,
        filename,
      };
    }
    case 'template': {
      const { rows } = await sql<{ body: string; language: string }>`
        select t.body, t.language from channel_template t join channel_account a on a.id = t.account_id
        where t.organisation_id = ${actor.organisationId} and t.name = ${content.name} and t.status = 'approved' and a.disabled_at is null
          and (t.language = ${content.language} or t.language like ${`${content.language}\\_%`}) order by t.language limit 1`.execute(
        trx,
      );
      const template = rows[0];
      if (!template || parametersIn(template.body) > content.parameters.length) throw deskProblems.template_not_found();
      return {
        kind: 'template',
        name: content.name,
        language: template.language,
        parameters: content.parameters,
        text: template.body.replace(/\{\{(\d+)\}\}/g, (_, n: string) => content.parameters[Number(n) - 1] ?? ''),
      };
    }
  }
}

/** The agent who holds a conversation has seen it; who only looks on changes nothing. @throws conversation.not_found */
export async function markRead(trx: Trx, actor: Actor, conversationId: string): Promise<void> {
  const { rows } = isUuid(conversationId)
    ? await sql<{ agent_id: string | null; unread: number }>`
        select agent_id, unread from conversation where id = ${conversationId} and organisation_id = ${actor.organisationId} for update`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw conversationProblems.not_found();
  if (rows[0].unread === 0 || actor.kind !== 'staff' || rows[0].agent_id !== actor.membershipId) return;
  await sql`update conversation set unread = 0 where id = ${conversationId}`.execute(trx);
  await announce(trx, {
    organisationId: actor.organisationId,
    kind: 'conversation.read',
    conversationId,
    payload: { agentId: actor.membershipId },
  });
}

/**
 * A nurse lowers the red flags of a conversation: what was critical stays urgent, in its queue too.
 * @throws conversation.not_found · not_a_nurse
 */
export async function lowerFlag(
  trx: Trx,
  deps: { conversations: Pick<Conversations, 'lowerFlag'> },
  actor: Actor,
  input: { conversationId: string; reason: string },
): Promise<void> {
  const { lowered } = await deps.conversations.lowerFlag(trx, actor, input);
  if (!lowered) return;
  await sql`update item set priority = 'urgent'
    where conversation_id = ${input.conversationId} and organisation_id = ${actor.organisationId} and kind = 'conversation'
      and priority = 'critical' and state in ('queued', 'offered', 'accepted')`.execute(trx);
}
