import { sql } from 'kysely';
import {
  type ChannelKind,
  type ConversationState,
  type DeliveryState,
  type InboundContent,
  type Language,
  MEDIA_KINDS,
  type OutboundContent,
  type Priority,
} from '../../conversation/contract.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { ItemKind } from '../../routing/contract.ts';
import { open, type Vault } from '../../trust/vault.ts';
import type { InboxRow, OfferView } from '../contract.ts';

/** Where a conversation stands in the lists of the desks. */
export type Placement = {
  /** Who holds it. */
  agentId: string | null;
  /** The queue it waits in, offered or not. */
  queueId: string | null;
  /** Before whom it is. */
  offeredTo: string | null;
  /** A hard flag stands: on the desk of whoever may lower it, whoever holds it. */
  alarm: boolean;
};

export type Rendered = { row: InboxRow; placement: Placement; offer: OfferView | null };

type Row = {
  id: string;
  person_id: string;
  about_id: string;
  state: ConversationState;
  language: Language;
  priority: Priority;
  queue_id: string | null;
  agent_id: string | null;
  handover_reason: string | null;
  opened_at: Date;
  waiting_since: Date | null;
  unanswered_since: Date | null;
  unread: number;
  version: number;
  channel: ChannelKind | null;
  target_seconds: number | null;
  warned: boolean;
  item_id: string | null;
  item_kind: ItemKind;
  item_state: string | null;
  item_queue: string | null;
  item_agent: string | null;
  offer_id: string | null;
  offered_at: Date | null;
  expires_at: Date | null;
  message_id: string | null;
  seq: number;
  direction: 'in' | 'out';
  author: 'patient' | 'assistant' | 'staff';
  message_kind: string;
  content_sealed: Buffer;
  message_person: string;
  message_at: Date;
  delivery: DeliveryState | null;
  flag: 'hard' | 'ask' | null;
};

/** Without a queue an answer is expected as a standard queue would give it. */
const TARGET_SECONDS = 120;
const WORDS = 160;
/** A queue may raise an item above its conversation; a red flag raises a conversation that an agent holds above its item. */
const MORE_URGENT = sql`case when i.id is null or array_position('{critical,urgent,standard,low}'::text[], c.priority) <= i.rank
  then c.priority else i.priority end`;

export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/**
 * Conversations as rows of the desk's lists, each with where it stands.
 * @param which ids; or what one desk shows: what the agent holds, what is before it, what waits in its queues
 */
export async function renderRows(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  which: { ids: string[] } | { agentId: string; queueIds: string[]; alarms: boolean },
): Promise<Map<string, Rendered>> {
  if ('ids' in which && which.ids.length === 0) return new Map();
  const chosen =
    'ids' in which
      ? sql`select unnest(${which.ids}::uuid[]) as id`
      : sql`select id from conversation where organisation_id = ${organisationId} and agent_id = ${which.agentId}
          union select conversation_id from item where organisation_id = ${organisationId} and kind = 'conversation'
            and ((state in ('queued', 'offered') and queue_id = any(${which.queueIds}::uuid[])) or (state = 'offered' and agent_id = ${which.agentId}))
          union select c.id from conversation c where c.organisation_id = ${organisationId} and ${which.alarms} and c.state <> 'closed' and c.priority = 'critical'
            and exists (select 1 from flag f where f.organisation_id = ${organisationId} and f.conversation_id = c.id and f.level = 'hard' and f.lowered_at is null)`;
  const { rows } = await sql<Row>`
    select c.id, c.person_id, c.about_id, c.state, c.language, ${MORE_URGENT} as priority, c.queue_id, c.agent_id, c.handover_reason, c.opened_at,
      c.waiting_since, c.unanswered_since, c.unread, c.version, l.channel,
      hebra.target_of(i.target_seconds, q.targets, coalesce(i.priority, c.priority), q.target_seconds) as target_seconds,
      coalesce(i.state in ('queued', 'offered'), false) and (exists (select 1 from level_warning w where w.item_id = i.id)
        or exists (select 1 from breach b where b.item_id = i.id)) as warned,
      i.id as item_id, i.kind as item_kind, i.state as item_state, i.queue_id as item_queue, i.agent_id as item_agent,
      o.id as offer_id, o.offered_at, o.expires_at,
      m.id as message_id, m.seq, m.direction, m.author, m.kind as message_kind, m.content_sealed, m.person_id as message_person,
      m.sent_at as message_at, m.delivery,
      (select case when bool_or(f.level = 'hard') then 'hard' when bool_or(f.due_at is not null and f.agent_id is not null) then 'ask' end
        from flag f where f.organisation_id = ${organisationId} and f.conversation_id = c.id and f.lowered_at is null) as flag
    from (${chosen}) w join conversation c on c.id = w.id and c.organisation_id = ${organisationId}
    left join item i on i.conversation_id = c.id and i.kind = 'conversation' and i.state in ('queued', 'offered', 'accepted')
    left join offer o on o.item_id = i.id and o.state = 'pending'
    left join queue q on q.id = coalesce(i.queue_id, c.queue_id)
    left join lateral (
      select leg.channel from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last, leg.began_at desc limit 1) l on true
    left join lateral (
      select * from message where conversation_id = c.id and direction in ('in', 'out') order by shown_at desc, sent_at desc, seq desc limit 1) m on true`.execute(
    trx,
  );
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.flatMap((row) => [row.person_id, row.about_id]),
  );
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.flatMap((row) => (row.message_id ? [row.message_person] : [])),
  );
  return new Map(
    rows.map((row) => {
      const key = row.message_id ? keys.get(row.message_person) : undefined;
      const shown: InboxRow = {
        conversationId: row.id,
        itemId: row.item_id,
        state: row.state,
        channel: row.channel,
        personId: row.person_id,
        name: people.get(row.person_id)?.name ?? null,
        aboutId: row.about_id,
        aboutName: row.about_id === row.person_id ? null : (people.get(row.about_id)?.name ?? null),
        language: row.language,
        priority: row.priority,
        queueId: row.item_queue ?? row.queue_id,
        agentId: row.agent_id,
        reason: row.handover_reason,
        alarm: row.flag,
        openedAt: row.opened_at.toISOString(),
        waitingSince: iso(row.waiting_since),
        unansweredSince: iso(row.unanswered_since),
        targetSeconds: row.target_seconds ?? TARGET_SECONDS,
        warned: row.warned,
        unread: row.unread,
        lastWords: row.message_id
          ? {
              messageId: row.message_id,
              seq: row.seq,
              direction: row.direction,
              author: row.author,
              kind: (MEDIA_KINDS as readonly string[]).includes(row.message_kind)
                ? `media:${row.message_kind}`
                : row.message_kind,
              text: key?.secret
                ? briefly(JSON.parse(open(key, row.content_sealed, `message:${row.message_id}`).toString('utf8')))
                : '',
              at: row.message_at.toISOString(),
              delivery: row.delivery,
            }
          : null,
        version: row.version,
      };
      const waits = row.item_state === 'queued' || row.item_state === 'offered';
      return [
        row.id,
        {
          row: shown,
          placement: {
            agentId: row.agent_id,
            queueId: waits ? row.item_queue : null,
            offeredTo: row.item_state === 'offered' ? row.item_agent : null,
            alarm: row.flag === 'hard' && row.state !== 'closed',
          },
          offer:
            row.offer_id && row.item_state === 'offered'
              ? {
                  id: row.offer_id,
                  itemId: row.item_id!,
                  kind: row.item_kind,
                  queueId: row.item_queue!,
                  offeredAt: row.offered_at!.toISOString(),
                  expiresAt: row.expires_at!.toISOString(),
                  row: shown,
                }
              : null,
        },
      ];
    }),
  );
}

/** The words of an utterance, cut to a row's length. */
function briefly(content: InboundContent | OutboundContent): string {
  const words = ((): string => {
    switch (content.kind) {
      case 'text':
      case 'menu':
      case 'template':
        return content.text;
      case 'choice':
        return content.title;
      case 'media':
        return content.caption ?? content.filename ?? '';
      case 'location':
        return content.name ?? content.address ?? '';
      case 'contacts':
        return content.contacts.map((contact) => contact.name).join(', ');
      case 'reaction':
        return content.emoji;
      case 'unsupported':
        return '';
    }
  })();
  const letters = [...words.replace(/\s+/g, ' ').trim()];
  return letters.length > WORDS ? `${letters.slice(0, WORDS - 1).join('')}…` : letters.join('');
}
