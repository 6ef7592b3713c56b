import { sql } from 'kysely';
import { isUuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { saveAgent } from '../../routing/agents.ts';
import { agentSettings, type AgentSettings, type PresenceState } from '../../routing/contract.ts';
import { routingProblems } from '../../routing/problems.ts';
import { queuesOf } from '../../routing/queues.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { AgentView } from './contract.ts';
import { mustFit, settingsProblems } from './problems.ts';
import { differences, revisionOf } from './revision.ts';
import { agentFaults } from './rules.ts';

type Row = {
  id: string;
  name: string;
  roles: string[];
  presence: PresenceState;
  load: number;
  pace: number | null;
  settings: AgentSettings | null;
};

/** Members who take work, with their settings; who was never at a desk has those that a new agent is made with. */
export async function readAgents(trx: Trx, organisationId: string, id?: string): Promise<AgentView[]> {
  const { rows } = await sql<Row>`
    select m.id, m.name, m.roles, case when a.gone_at is not null then 'offline' else coalesce(a.presence, 'offline') end as presence,
      coalesce(a.load, 0) as load, a.pace,
      case when a.id is not null then jsonb_build_object('capacity', a.capacity, 'calls', a.calls, 'skills', a.skills, 'levels', a.levels,
        'weights', a.weights, 'interrupts', a.interrupts, 'autoAccept', a.auto_accept, 'paceLeast', a.pace_least, 'languages', a.languages,
        'queues', case when a.every_queue then null else (select coalesce(jsonb_agg(q.key order by q.position, q.key), '[]')
          from agent_queue aq join queue q on q.id = aq.queue_id where aq.agent_id = a.id and q.retired_at is null) end) end as settings
    from membership m left join agent a on a.id = m.id
    where m.organisation_id = ${organisationId} and m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}'
      ${id ? sql`and m.id = ${id}` : sql``}
    order by m.name, m.id`.execute(trx);
  return rows.map((row) => {
    const settings = agentSettings.parse(row.settings ?? { skills: row.roles.includes('nurse') ? ['nurse'] : [] });
    return { ...row, settings, revision: revisionOf(settings) };
  });
}

/**
 * Changes what an agent can take, as a whole.
 * @throws routing.agent_not_found · capacity_below_load · settings.changed_meanwhile · wrong
 */
export async function changeAgent(
  trx: Trx,
  actor: Actor,
  input: { id: string; settings: AgentSettings; revision: string },
): Promise<AgentView> {
  const { organisationId } = actor;
  if (!isUuid(input.id)) throw routingProblems.agent_not_found();
  // two who change the same agent come one after the other, also where it has no row yet
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agent ${input.id}`}, 0))`.execute(trx);
  await sql`select 1 from agent where id = ${input.id} and organisation_id = ${organisationId} for update`.execute(trx);
  const [before] = await readAgents(trx, organisationId, input.id);
  if (!before) throw routingProblems.agent_not_found();
  if (before.revision !== input.revision) throw settingsProblems.changed_meanwhile();
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired).map((queue) => queue.key);
  mustFit(agentFaults(input.settings, { queues }));
  const changed = differences(before.settings, input.settings);
  if (Object.keys(changed).length === 0) return before;
  await saveAgent(trx, organisationId, input.id, input.settings);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'agent', id: input.id },
    detail: { how: 'changed', ...changed },
  });
  return (await readAgents(trx, organisationId, input.id))[0]!;
}
