import { sql } from 'kysely';
import type { ChannelKind, ProofLevel } from '../conversation/contract.ts';
import { conversationProblems } from '../conversation/problems.ts';
import { readMessages, readSummary, type ThreadMessage } from '../conversation/queries.ts';
import { heldByAgent } from '../conversation/rules.ts';
import { type Trx, within } from '../platform/postgres.ts';
import { isUuid } from '../platform/ids.ts';
import type { Texts } from '../routing/contract.ts';
import { audit } from '../trust/audit.ts';
import type { Actor } from '../trust/contract.ts';
import { open, type Vault } from '../trust/vault.ts';
import {
  type ConversationHead,
  type ConversationView,
  inThread,
  type MessageContent,
  type MessageView,
  type TraceEntry,
} from './contract.ts';
import type { ReadDeps } from './inbox.ts';
import { iso, renderRows } from './internal/rows.ts';

const PAGE = 50;
/** WhatsApp's rule: free words for 24 hours after the person's last ones. */
const WINDOW_MS: Partial<Record<ChannelKind, number>> = { whatsapp: 86_400_000 };

/** A conversation's head without what depends on who looks. */
export type Head = Omit<ConversationHead, 'may'>;

/** Heads of conversations; ids that are not the organisation's are left out. */
export async function renderHeads(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  ids: string[],
): Promise<Map<string, Head>> {
  const rendered = await renderRows(trx, vault, organisationId, { ids });
  if (rendered.size === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    closed_at: Date | null;
    outcome: string | null;
    queue_names: Texts | null;
    agent_name: string | null;
    point_id: string | null;
    address_sealed: Buffer | null;
    last_inbound_at: Date | null;
    proof: ProofLevel;
    flag: Head['flag'];
    members: Head['members'] | null;
  }>`
    select c.id, c.closed_at, c.outcome, q.names as queue_names, ms.name as agent_name, cp.id as point_id, cp.address_sealed, cp.last_inbound_at,
      coalesce((select case when l.expires_at < now() then 'none' else l.proof end from contact_point_person l
        where l.contact_point_id = cp.id and l.person_id = c.person_id), 'none') as proof,
      (select json_build_object('level', f.level, 'categories', f.categories, 'messageId', f.message_id,
        'at', to_char(f.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'dueAt', to_char(f.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'asked', case when f.asked_at is null then null when f.agent_id is null then 'patient' else 'agent' end,
        'answer', f.answer, 'why', f.raised_why) from flag f
        where f.organisation_id = c.organisation_id and f.conversation_id = c.id and f.lowered_at is null
        order by f.level, f.due_at is null, f.at desc limit 1) as flag,
      (select json_agg(json_build_object('joiningId', j.id, 'agentId', j.agent_id, 'name', jm.name, 'role', j.role, 'language', j.language)
        order by j.answered_at) from joining j join membership jm on jm.id = j.agent_id
        where j.conversation_id = c.id and j.kind = 'join' and j.state = 'accepted') as members
    from conversation c left join item i on i.conversation_id = c.id and i.kind = 'conversation' and i.state in ('queued', 'offered')
    left join queue q on q.id = coalesce(i.queue_id, c.queue_id) left join membership ms on ms.id = c.agent_id
    left join lateral (
      select p.* from leg join contact_point p on p.id = leg.contact_point_id
      where leg.conversation_id = c.id order by p.last_inbound_at desc nulls last, leg.began_at desc limit 1) cp on true
    where c.organisation_id = ${organisationId} and c.id = any(${[...rendered.keys()]}::uuid[])`.execute(trx);
  const orgKey = await vault.organisationKey(trx, organisationId);
  return new Map(
    rows.map((row) => {
      const { row: shown } = rendered.get(row.id)!;
      const window = shown.channel ? WINDOW_MS[shown.channel] : undefined;
      return [
        row.id,
        {
          ...shown,
          proof: row.proof,
          address: row.address_sealed
            ? hideMiddle(open(orgKey, row.address_sealed, `contact-point:${row.point_id}`).toString('utf8'))
            : null,
          queueName: row.queue_names,
          agentName: row.agent_name,
          closedAt: iso(row.closed_at),
          outcome: row.outcome,
          flag: row.flag,
          members: row.members ?? [],
          windowEndsAt:
            window && row.last_inbound_at ? new Date(row.last_inbound_at.getTime() + window).toISOString() : null,
        },
      ];
    }),
  );
}

/** A telephone as `+346•••••118`; what is no telephone keeps its ends. */
export function hideMiddle(address: string): string {
  const keep = address.length > 8 ? 3 : 1;
  return `${/^\d{8,15}$/.test(address) ? '+' : ''}${address.slice(0, keep)}${'•'.repeat(Math.max(2, Math.min(6, address.length - 2 * keep)))}${address.slice(-keep)}`;
}

/** What an agent may do with a conversation in this state. */
export function mayDo(head: Head, viewer: { membershipId: string; supervisor: boolean }): ConversationHead['may'] {
  const held = heldByAgent(head.state) && (head.agentId === viewer.membershipId || viewer.supervisor);
  const beside = heldByAgent(head.state) && head.members.some((member) => member.agentId === viewer.membershipId);
  return {
    reply: held || beside,
    take: head.state === 'waiting' && head.itemId !== null,
    hold: held && head.state === 'with_agent',
    resume: held && head.state === 'on_hold',
    transfer: held,
    wrapUp: held,
  };
}

/** Messages as the desk shows them. */
export async function showMessages(
  trx: Trx,
  organisationId: string,
  messages: ThreadMessage[],
  vault: Vault,
): Promise<MessageView[]> {
  if (messages.length === 0) return [];
  const { rows } = await sql<{
    id: string;
    created_at: Date;
    delivered_at: Date | null;
    read_at: Date | null;
    author_name: string | null;
  }>`
    select m.id, m.created_at, m.delivered_at, m.read_at, ms.name as author_name
    from message m left join membership ms on m.author = 'staff' and ms.id = m.author_id
    where m.organisation_id = ${organisationId} and m.id = any(${messages.map((message) => message.id)}::uuid[])`.execute(
    trx,
  );
  const more = new Map(rows.map((row) => [row.id, row]));
  const attachments = await attachmentsOf(trx, organisationId, messages, vault);
  return messages.map((message) => {
    const rest = more.get(message.id)!;
    const own = message.author === 'staff' && (message.direction === 'out' || message.direction === 'note');
    return {
      id: message.id,
      conversationId: message.conversationId,
      seq: message.seq,
      direction: message.direction,
      author: message.author,
      authorId: message.authorId,
      // words of a bot of others are marked as its own
      authorName: byOf(message.content) ?? rest.author_name,
      channel: message.channel as ChannelKind | null,
      clientId: own ? message.id : null,
      content: shownContent(message),
      attachment:
        'attachmentId' in message.content && message.content.attachmentId
          ? (attachments.get(message.content.attachmentId) ?? null)
          : null,
      sentAt: message.sentAt.toISOString(),
      shownAt: message.shownAt.toISOString(),
      at: rest.created_at.toISOString(),
      delivery: message.delivery,
      deliveredAt: iso(rest.delivered_at),
      readAt: iso(rest.read_at),
      failure: message.delivery === 'failed' ? { code: message.failureCode, reason: message.failureReason } : null,
      resentAs: message.resentAs,
      replyTo: message.replyTo,
    };
  });
}

function byOf(content: ThreadMessage['content']): string | null {
  return 'by' in content && typeof content.by === 'string' ? content.by : null;
}

function shownContent(message: ThreadMessage): MessageContent {
  const { content } = message;
  switch (content.kind) {
    case 'trace':
    case 'joined':
    case 'transferred':
    case 'returned':
    case 'company':
    case 'task':
    case 'wrapped_up':
    case 'flag':
    case 'erased': {
      const { kind, ...detail } = content;
      return { kind: 'system', what: kind, detail };
    }
    default:
      return content;
  }
}

async function attachmentsOf(
  trx: Trx,
  organisationId: string,
  messages: ThreadMessage[],
  vault: Vault,
): Promise<Map<string, MessageView['attachment']>> {
  const ids = messages.flatMap(({ content }) =>
    'attachmentId' in content && content.attachmentId && isUuid(content.attachmentId) ? [content.attachmentId] : [],
  );
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    person_id: string;
    state: 'expected' | 'ready' | 'refused';
    mime: string;
    size: number;
    filename_sealed: Buffer | null;
    refused: string | null;
  }>`
    select id, person_id, state, mime, size, filename_sealed, refused from attachment where organisation_id = ${organisationId} and id = any(${ids}::uuid[])`.execute(
    trx,
  );
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return new Map(
    rows.map((row) => {
      const key = keys.get(row.person_id);
      const filename =
        row.filename_sealed && key?.secret
          ? open(key, row.filename_sealed, `filename:${row.id}`).toString('utf8')
          : null;
      return [row.id, { id: row.id, state: row.state, mime: row.mime, size: row.size, filename, refused: row.refused }];
    }),
  );
}

/** What the assistant did in a conversation, oldest first. */
export async function readTrace(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  conversationId: string,
): Promise<TraceEntry[]> {
  const rows = await trx
    .selectFrom('message')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('conversation_id', '=', conversationId)
    .where('kind', '=', 'trace')
    .execute();
  const messages = await readMessages(trx, vault, organisationId, { ids: rows.map((row) => row.id) });
  return messages.flatMap((message) =>
    message.content.kind === 'trace'
      ? message.content.steps.map((step) => ({
          at: message.sentAt.toISOString(),
          seq: message.seq,
          step: step.step,
          detail: step.detail ?? {},
        }))
      : [],
  );
}

/** A page of a thread, and where the page before it ends. */
async function readPage(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  conversationId: string,
  page: { before?: number; limit: number },
): Promise<{ messages: MessageView[]; before: number | null }> {
  const found = await readMessages(trx, vault, organisationId, {
    conversationId,
    limit: page.limit + 1,
    before: page.before,
  });
  const shown = found.slice(-page.limit);
  const messages = await showMessages(trx, organisationId, shown, vault);
  return { messages: messages.sort(inThread), before: found.length > shown.length ? shown[0]!.seq : null };
}

/** The head of a conversation for whoever looks. @throws conversation.not_found */
export async function readHead(
  trx: Trx,
  vault: Vault,
  actor: Actor,
  conversationId: string,
): Promise<ConversationHead> {
  const head = isUuid(conversationId)
    ? (await renderHeads(trx, vault, actor.organisationId, [conversationId])).get(conversationId)
    : undefined;
  if (!head) throw conversationProblems.not_found();
  return { ...head, may: mayDo(head, viewerOf(actor)) };
}

/** Who looks, as far as what they may do depends on it. */
export function viewerOf(actor: Actor): { membershipId: string; supervisor: boolean } {
  return actor.kind === 'staff'
    ? { membershipId: actor.membershipId, supervisor: actor.roles.includes('supervisor') }
    : { membershipId: '', supervisor: false };
}

/** Opens a conversation: its head, the last page, what the assistant learned and did. Writes an audit entry. @throws conversation.not_found */
export async function readConversation(
  deps: ReadDeps,
  actor: Actor,
  conversationId: string,
): Promise<ConversationView> {
  const { organisationId } = actor;
  const cursor = await deps.live.cursor(organisationId);
  return within(deps.db, organisationId, async (trx) => {
    const conversation = await readHead(trx, deps.vault, actor, conversationId);
    await audit(trx, actor, {
      action: 'read',
      subject: { kind: 'conversation', id: conversationId },
      personId: conversation.aboutId,
    });
    return {
      cursor,
      conversation,
      ...(await readPage(trx, deps.vault, organisationId, conversationId, { limit: PAGE })),
      summary: await readSummary(trx, deps.vault, organisationId, conversationId),
      trace: await readTrace(trx, deps.vault, organisationId, conversationId),
    };
  });
}

/** An earlier page of a thread. Writes an audit entry. @throws conversation.not_found */
export async function readEarlier(
  deps: ReadDeps,
  actor: Actor,
  conversationId: string,
  page: { before?: number; limit: number },
): Promise<{ messages: MessageView[]; before: number | null }> {
  return within(deps.db, actor.organisationId, async (trx) => {
    const { aboutId } = await readHead(trx, deps.vault, actor, conversationId);
    await audit(trx, actor, {
      action: 'read',
      subject: { kind: 'conversation', id: conversationId },
      personId: aboutId,
      detail: { before: page.before ?? null },
    });
    return readPage(trx, deps.vault, actor.organisationId, conversationId, page);
  });
}

/** One message as the desk shows it. @throws conversation.message_not_found */
export async function readMessage(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  messageId: string,
): Promise<MessageView> {
  const messages = await readMessages(trx, vault, organisationId, { ids: [messageId] });
  const [message] = await showMessages(trx, organisationId, messages, vault);
  if (!message) throw conversationProblems.message_not_found();
  return message;
}
