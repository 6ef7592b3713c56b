import { sql } from 'kysely';
import type { z } from 'zod';
import type { ChannelKind, Priority } from '../../conversation/contract.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { ItemKind } from '../../routing/contract.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import type { itemsQuery, RoomItem } from './contract.ts';

/** Rows in one answer; who needs more narrows down. */
const ROWS = 200;

/**
 * What waits, or what is in hand, the most pressing first. Nobody's name or words: who they are is asked for apart.
 * @returns the first of them, and how many there are
 */
export async function readItems(
  trx: Trx,
  organisationId: string,
  which: z.infer<typeof itemsQuery>,
  now: Date,
): Promise<{ items: RoomItem[]; total: number }> {
  const held = which.hand === 'held';
  const { rows } = await sql<{
    id: string;
    kind: ItemKind;
    conversation_id: string | null;
    queue_id: string;
    priority: Priority;
    channel: ChannelKind | null;
    reason: string | null;
    since: Date | null;
    target: number;
    agent_id: string | null;
    offered: boolean;
    pinned_to: string | null;
    flagged: boolean;
    offers: number;
    total: number;
  }>`
    with open as (
      select i.*, q.entity_id, coalesce(i.target_seconds, (q.targets ->> i.priority)::int, q.target_seconds) as target,
        ${held ? sql`c.unanswered_since` : sql`greatest(i.queued_at, i.not_before)`} as since
      from item i join queue q on q.id = i.queue_id left join conversation c on c.id = i.conversation_id
      where i.organisation_id = ${organisationId}
        and ${held ? sql`i.agent_id is not null and i.state = 'accepted'` : sql`i.state in ('queued', 'offered')`}
        and (${which.queue ?? null}::uuid is null or i.queue_id = ${which.queue ?? null})
        and (${which.priority ?? null}::text is null or i.priority = ${which.priority ?? null})
        and (${which.agent ?? null}::uuid is null or i.agent_id = ${which.agent ?? null} or (i.agent_id is null and i.wanted_agent_id = ${which.agent ?? null}))
        and (${which.entity ?? null}::text is null or coalesce(q.entity_id::text, 'own') = ${which.entity ?? null})
    )
    select o.id, o.kind, o.conversation_id, o.queue_id, o.priority, o.channel, o.reason, o.since, o.target, o.agent_id, o.state = 'offered' as offered,
      case when o.pinned_by is not null then o.wanted_agent_id end as pinned_to, o.offers, count(*) over ()::int as total,
      exists (select 1 from flag f where f.organisation_id = ${organisationId} and f.conversation_id = o.conversation_id
        and f.level = 'hard' and f.lowered_at is null) as flagged
    from open o order by o.rank, o.since is null, extract(epoch from ${now}::timestamptz - o.since) / o.target desc, o.queued_at, o.id limit ${ROWS}`.execute(
    trx,
  );
  return {
    total: rows[0]?.total ?? 0,
    items: rows.map((row) => ({
      itemId: row.id,
      kind: row.kind,
      conversationId: row.conversation_id,
      queueId: row.queue_id,
      priority: row.priority,
      channel: row.channel,
      reason: row.reason,
      since: row.since?.toISOString() ?? null,
      targetSeconds: row.target,
      agentId: row.agent_id,
      offered: row.offered,
      pinnedTo: row.pinned_to,
      flagged: row.flagged,
      offers: row.offers,
    })),
  };
}

/** Whose conversations these are: each is written in the audit trail. Ids of others are left out. */
export async function readNames(
  trx: Trx,
  vault: Vault,
  actor: StaffActor,
  conversationIds: string[],
): Promise<Record<string, string | null>> {
  const { organisationId } = actor;
  const { rows } = await sql<{ id: string; person_id: string; about_id: string }>`
    select id, person_id, about_id from conversation where organisation_id = ${organisationId} and id = any(${conversationIds}::uuid[])`.execute(
    trx,
  );
  await audit(
    trx,
    actor,
    ...rows.map((row) => ({
      action: 'read',
      subject: { kind: 'conversation', id: row.id },
      personId: row.about_id,
      detail: { name: true },
    })),
  );
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return Object.fromEntries(rows.map((row) => [row.id, people.get(row.person_id)?.name ?? null]));
}
