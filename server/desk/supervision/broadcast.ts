import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import { listAgents } from '../lists.ts';
import type { BroadcastView } from './contract.ts';
import { tell } from './notices.ts';
import { mustBeQueue } from './opening.ts';

/**
 * A supervisor says something to everybody, or to the agents of one queue; it stands on each desk until it is read.
 * @throws room.not_found
 */
export async function broadcast(
  trx: Trx,
  vault: Vault,
  actor: StaffActor,
  input: { text: string; queueId?: string; hours: number },
  now: Date,
): Promise<BroadcastView> {
  const { organisationId, membershipId } = actor;
  if (input.queueId) await mustBeQueue(trx, organisationId, input.queueId);
  const id = uuid();
  const until = new Date(now.getTime() + input.hours * 3_600_000);
  const key = await vault.organisationKey(trx, organisationId);
  await sql`insert into broadcast (organisation_id, id, author_id, queue_id, text_sealed, sent_at, until_at)
    values (${organisationId}, ${id}, ${membershipId}, ${input.queueId ?? null}, ${seal(key, input.text, `broadcast:${id}`)}, ${now}, ${until})`.execute(
    trx,
  );
  const readers = (await listAgents(trx, organisationId))
    .filter((agent) => agent.agentId !== membershipId && (!input.queueId || agent.queueIds.includes(input.queueId)))
    .map((agent) => agent.agentId);
  await tell(trx, actor, readers, { kind: 'broadcast', broadcastId: id, until }, now);
  await audit(trx, actor, {
    action: 'broadcast',
    subject: { kind: 'broadcast', id },
    detail: { queueId: input.queueId ?? null, readers: readers.length },
  });
  return (await readBroadcasts(trx, vault, organisationId, { id }))[0]!;
}

/** What was said to the team of late, with who has read it; the latest first. */
export async function readBroadcasts(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  which: { id: string } | { since: Date },
): Promise<BroadcastView[]> {
  const { rows } = await sql<{
    id: string;
    queue_id: string | null;
    text_sealed: Buffer;
    author: string;
    sent_at: Date;
    until_at: Date;
    readers: BroadcastView['readers'] | null;
  }>`
    select b.id, b.queue_id, b.text_sealed, m.name as author, b.sent_at, b.until_at,
      (select json_agg(json_build_object('agentId', n.agent_id, 'name', r.name,
        'readAt', to_char(n.read_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by n.read_at nulls last, r.name)
        from notice n join membership r on r.id = n.agent_id where n.broadcast_id = b.id) as readers
    from broadcast b join membership m on m.id = b.author_id
    where b.organisation_id = ${organisationId} and ${'id' in which ? sql`b.id = ${which.id}` : sql`b.sent_at > ${which.since}`}
    order by b.sent_at desc limit 50`.execute(trx);
  const key = await vault.organisationKey(trx, organisationId);
  return rows.map((row) => ({
    id: row.id,
    text: open(key, row.text_sealed, `broadcast:${row.id}`).toString('utf8'),
    queueId: row.queue_id,
    authorName: row.author,
    at: row.sent_at.toISOString(),
    until: row.until_at.toISOString(),
    readers: row.readers ?? [],
  }));
}
