import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { open, type Vault } from '../../trust/vault.ts';
import type { Notice } from './contract.ts';
import { roomProblems } from './problems.ts';

/** A notice about somebody's own work waits for them half a day. */
const TOLD_HOURS = 12;

type Told = {
  kind: Notice['kind'];
  conversationId?: string;
  broadcastId?: string;
  detail?: Record<string, unknown>;
  until?: Date;
};

/** Puts a notice on the desks of these agents, in the transaction that gives cause for it. */
export async function tell(trx: Trx, actor: StaffActor, agentIds: string[], told: Told, now: Date): Promise<void> {
  if (agentIds.length === 0) return;
  const until = told.until ?? new Date(now.getTime() + TOLD_HOURS * 3_600_000);
  await sql`
    insert into notice (organisation_id, id, agent_id, kind, author_id, broadcast_id, conversation_id, detail, at, until_at)
    select ${actor.organisationId}::uuid, n.id, n.agent_id, ${told.kind}, ${actor.membershipId}::uuid, ${told.broadcastId ?? null}::uuid,
      ${told.conversationId ?? null}::uuid, ${JSON.stringify(told.detail ?? {})}::jsonb, ${now}, ${until}
    from unnest(${agentIds.map(() => uuid())}::uuid[], ${agentIds}::uuid[]) as n(id, agent_id)`.execute(trx);
  await announce(trx, { organisationId: actor.organisationId, kind: 'notice.added', payload: { agentIds } });
}

/** What this colleague was told and has not read, the oldest first. */
export async function readNotices(trx: Trx, vault: Vault, actor: StaffActor, now: Date): Promise<Notice[]> {
  const { rows } = await sql<{
    id: string;
    kind: Notice['kind'];
    author: string;
    at: Date;
    broadcast_id: string | null;
    text_sealed: Buffer | null;
    conversation_id: string | null;
    detail: { state?: Notice['state']; reason?: string };
  }>`
    select n.id, n.kind, m.name as author, n.at, n.broadcast_id, b.text_sealed, n.conversation_id, n.detail
    from notice n join membership m on m.id = n.author_id left join broadcast b on b.id = n.broadcast_id
    where n.organisation_id = ${actor.organisationId} and n.agent_id = ${actor.membershipId} and n.read_at is null and n.until_at > ${now}
    order by n.at, n.id limit 50`.execute(trx);
  const key = rows.some((row) => row.text_sealed) ? await vault.organisationKey(trx, actor.organisationId) : null;
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    authorName: row.author,
    at: row.at.toISOString(),
    text: row.text_sealed && key ? open(key, row.text_sealed, `broadcast:${row.broadcast_id}`).toString('utf8') : null,
    conversationId: row.conversation_id,
    state: row.detail.state ?? null,
    reason: row.detail.reason ?? null,
  }));
}

/** This colleague has read it. Again changes nothing. @throws room.not_found (it is for somebody else, or there is none) */
export async function readNotice(trx: Trx, actor: StaffActor, noticeId: string, now: Date): Promise<void> {
  const { rows } = await sql<{ fresh: boolean }>`
    with before as (select id, read_at from notice where id = ${noticeId} and organisation_id = ${actor.organisationId}
      and agent_id = ${actor.membershipId} for update)
    update notice n set read_at = coalesce(n.read_at, ${now}) from before b where n.id = b.id returning b.read_at is null as fresh`.execute(
    trx,
  );
  if (!rows[0]) throw roomProblems.not_found();
  // on every other desk of theirs too, and on the board of who sent it
  if (rows[0].fresh)
    await announce(trx, {
      organisationId: actor.organisationId,
      kind: 'notice.added',
      payload: { agentIds: [actor.membershipId] },
    });
}
