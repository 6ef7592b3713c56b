import { sql } from 'kysely';
import type {
  ConversationState,
  DeliveryState,
  InboundContent,
  OutboundContent,
  Priority,
} from '../../conversation/contract.ts';
import type { Trx } from '../../platform/postgres.ts';
import { blindIndex, open, type Vault } from '../../trust/vault.ts';
import type { Standing, WebMessage } from './contract.ts';
import type { Visit } from './visit.ts';

/** Messages of one conversation are numbered from 1; a visit may have several conversations, one after the other. */
const PLACES = 100_000;
const PAGE = 200;

/** A web message with what only the server needs. */
export type Placed = { message: WebMessage; conversationId: string };
export type Thread = { messages: Placed[]; state: Standing; conversationId: string | undefined; more: boolean };

/** Where a conversation stands that waits for a person; handed in by main from routing. */
export type Waiting = (
  trx: Trx,
  organisationId: string,
  conversationId: string,
) => Promise<Pick<Standing, 'position' | 'minutes'> | null>;

/** How `contact_point.address_hash` names a visit. */
export async function visitHash(trx: Trx, vault: Vault, visit: Visit): Promise<Buffer> {
  return blindIndex(await vault.organisationKey(trx, visit.organisationId), 'address:webchat', visit.id);
}

type Row = {
  id: string;
  place: number;
  conversation_id: string;
  direction: 'in' | 'out';
  author: 'patient' | 'assistant' | 'staff';
  author_name: string | null;
  person_id: string;
  content_sealed: Buffer;
  external_id: string | null;
  created_at: Date;
  delivery: DeliveryState | null;
};

/**
 * What was said in a visit after a place, and who has the conversation. Only what went through this visit:
 * what the same person said by telephone or WhatsApp is not for whoever holds this browser.
 */
export async function readThread(
  trx: Trx,
  vault: Vault,
  visit: Visit,
  after: number,
  waiting?: Waiting,
): Promise<Thread> {
  const { organisationId } = visit;
  const hash = await visitHash(trx, vault, visit);
  const { rows: legs } = await sql<{
    contact_point_id: string;
    conversation_id: string;
    state: ConversationState;
    agent_name: string | null;
    queue_id: string | null;
    priority: Priority;
    waiting_since: Date | null;
  }>`
    select l.contact_point_id, l.conversation_id, c.state, m.name as agent_name, c.queue_id, c.priority, c.waiting_since
    from contact_point cp join leg l on l.contact_point_id = cp.id join conversation c on c.id = l.conversation_id
    left join membership m on m.id = c.agent_id and m.organisation_id = c.organisation_id
    where cp.organisation_id = ${organisationId} and cp.account_id = ${visit.accountId} and cp.address_hash = ${hash}
    order by l.began_at, l.conversation_id`.execute(trx);
  const last = legs.at(-1);
  if (!last) return { messages: [], state: { with: 'assistant' }, conversationId: undefined, more: false };

  const { rows } = await sql<Row>`
    select m.id, (o.n - 1) * ${PLACES} + m.seq as place, m.conversation_id, m.direction, m.author, s.name as author_name, m.person_id,
      m.content_sealed, m.external_id, m.created_at, m.delivery
    from unnest(${legs.map((leg) => leg.conversation_id)}::uuid[]) with ordinality o(id, n)
    join message m on m.conversation_id = o.id and m.organisation_id = ${organisationId}
    left join membership s on s.id = m.author_id and s.organisation_id = m.organisation_id
    where m.contact_point_id = ${last.contact_point_id} and m.direction in ('in', 'out') and (o.n - 1) * ${PLACES} + m.seq > ${after}
    order by place limit ${PAGE + 1}`.execute(trx);
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  const messages = rows.slice(0, PAGE).map((row): Placed => {
    const key = keys.get(row.person_id);
    const content = key?.secret
      ? (JSON.parse(open(key, row.content_sealed, `message:${row.id}`).toString('utf8')) as
          | InboundContent
          | OutboundContent)
      : { kind: 'text' as const, text: '' };
    return {
      conversationId: row.conversation_id,
      message: {
        id: row.id,
        seq: Number(row.place),
        direction: row.direction,
        author: row.author,
        authorName: row.author === 'staff' ? (row.author_name ?? undefined) : undefined,
        at: row.created_at.toISOString(),
        clientId: row.direction === 'in' ? row.external_id?.split(':')[1] : undefined,
        delivery: row.direction === 'out' ? (row.delivery ?? undefined) : undefined,
        content,
      },
    };
  });
  return {
    messages,
    state: await standingOf(trx, organisationId, last, waiting),
    conversationId: last.conversation_id,
    more: rows.length > PAGE,
  };
}

async function standingOf(
  trx: Trx,
  organisationId: string,
  conversation: {
    conversation_id: string;
    state: ConversationState;
    agent_name: string | null;
    queue_id: string | null;
    priority: Priority;
    waiting_since: Date | null;
  },
  waiting: Waiting | undefined,
): Promise<Standing> {
  switch (conversation.state) {
    case 'assistant':
      return { with: 'assistant' };
    case 'closed':
      return { with: 'closed' };
    case 'waiting': {
      const stands = await waiting?.(trx, organisationId, conversation.conversation_id);
      if (stands) return { with: 'waiting', ...stands };
      // the same order as the queue's: priority, then who waits longest
      const { rows } = await sql<{ ahead: number }>`
        select count(*)::int as ahead from conversation c
        where c.organisation_id = ${organisationId} and c.state = 'waiting' and c.id <> ${conversation.conversation_id}
          and c.queue_id is not distinct from ${conversation.queue_id}
          and (array_position(array['critical', 'urgent', 'standard', 'low'], c.priority), c.waiting_since)
            < (array_position(array['critical', 'urgent', 'standard', 'low'], ${conversation.priority}), ${conversation.waiting_since}::timestamptz)`.execute(
        trx,
      );
      return { with: 'waiting', position: rows[0]!.ahead + 1 };
    }
    default:
      return { with: 'agent', agentName: conversation.agent_name ?? undefined };
  }
}
