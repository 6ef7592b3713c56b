import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { isUuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { StaffActor } from '../trust/contract.ts';
import type { PaceReason } from './concurrency/contract.ts';
import { agentSettings, type AgentSettings, type PresenceState } from './contract.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';

export type AgentRow = {
  id: string;
  capacity: number;
  /** Places that there are now: the capacity, or less where the measured reply delay allows less. */
  places: number;
  /** Why there are fewer or more than before, where they follow the measured pace. */
  paceReason: PaceReason | null;
  calls: number;
  load: number;
  skills: string[];
  levels: Record<string, number>;
  weights: Record<string, number>;
  languages: string[];
  /** Ids of queues; null: every one. */
  queues: string[] | null;
  presence: PresenceState;
  presenceReason: string | null;
  presenceSince: Date;
  goneAt: Date | null;
};

const columns = sql`
  a.id, a.capacity, hebra.places(a.capacity, a.pace) as places, a.pace_reason as "paceReason", a.calls, a.load, a.skills, a.levels, a.weights, a.languages, a.presence, a.presence_reason as "presenceReason",
  a.presence_since as "presenceSince", a.gone_at as "goneAt",
  case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues`;

/** Agents of an organisation by id. */
export async function agentsOf(trx: Trx, organisationId: string, ids?: string[]): Promise<AgentRow[]> {
  const { rows } = await sql<AgentRow>`
    select ${columns} from agent a where a.organisation_id = ${organisationId}
      ${ids ? sql`and a.id = any(${ids}::uuid[])` : sql``} order by a.id`.execute(trx);
  return rows;
}

/** The agent behind a member of staff, locked; made at first sight: every queue, 15 chats or a call, a nurse with that skill. */
export async function lockAgent(trx: Trx, actor: StaffActor): Promise<AgentRow> {
  const find = async (): Promise<AgentRow | undefined> =>
    (
      await sql<AgentRow>`select ${columns} from agent a where a.id = ${actor.membershipId} and a.organisation_id = ${actor.organisationId} for no key update`.execute(
        trx,
      )
    ).rows[0];
  const found = await find();
  if (found) return found;
  await sql`insert into agent (organisation_id, id, skills) values (${actor.organisationId}, ${actor.membershipId},
    ${actor.roles.includes('nurse') ? ['nurse'] : []}) on conflict do nothing`.execute(trx);
  return (await find())!;
}

/**
 * Says how many places, which skills, languages and queues a member has.
 * @throws routing.agent_not_found · queue_not_found · capacity_below_load
 */
export async function saveAgent(
  trx: Trx,
  organisationId: string,
  agentId: string,
  wanted: Partial<AgentSettings>,
): Promise<void> {
  const settings = agentSettings.parse(wanted);
  const member = isUuid(agentId)
    ? await trx
        .selectFrom('membership')
        .select('id')
        .where('id', '=', agentId)
        .where('organisation_id', '=', organisationId)
        .executeTakeFirst()
    : undefined;
  if (!member) throw routingProblems.agent_not_found();
  const queueIds: string[] = [];
  for (const key of settings.queues ?? []) {
    const queue = await trx
      .selectFrom('queue')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('key', '=', key)
      .executeTakeFirst();
    if (!queue) throw routingProblems.queue_not_found();
    queueIds.push(queue.id);
  }
  await sql`insert into agent (organisation_id, id) values (${organisationId}, ${agentId}) on conflict do nothing`.execute(
    trx,
  );
  const now = await sql<{ load: number }>`select load from agent where id = ${agentId} for no key update`.execute(trx);
  if (now.rows[0]!.load > settings.capacity) throw routingProblems.capacity_below_load();
  await sql`update agent set capacity = ${settings.capacity}, calls = ${settings.calls}, skills = ${settings.skills},
    levels = ${JSON.stringify(settings.levels)}, weights = ${JSON.stringify(settings.weights)}, interrupts = ${JSON.stringify(settings.interrupts)},
    auto_accept = ${settings.autoAccept}, pace_least = ${settings.paceLeast}, languages = ${settings.languages}, every_queue = ${settings.queues === null} where id = ${agentId}`.execute(
    trx,
  );
  await sql`delete from agent_queue where agent_id = ${agentId}`.execute(trx);
  if (queueIds.length > 0)
    await sql`insert into agent_queue (organisation_id, agent_id, queue_id)
      select ${organisationId}::uuid, ${agentId}::uuid, q from unnest(${queueIds}::uuid[]) q`.execute(trx);
  await announce(trx, { organisationId, kind: 'agent.changed', payload: { agentId } });
  wantMatch(trx, organisationId);
}
