import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { type Language, LANGUAGES } from '../../conversation/contract.ts';
import type { JoiningKind, JoiningRole, Target, TargetsView } from './contract.ts';

/** Who is at a desk: whatever they do there, but for a line that was lost. */
const here = sql`m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}' and a.presence <> 'offline' and a.gone_at is null`;

export type Wanted = { kind: JoiningKind; to: Target | null; role: JoiningRole | null; language: string | null };

/**
 * Before whom something is put: the colleague who was named; of a queue or an entity, whoever serves it and has a free place; an
 * interpreter who speaks the language, a supervisor by role. Who is not here is not asked.
 */
export async function candidates(
  trx: Trx,
  organisationId: string,
  wanted: Wanted,
  except: (string | null)[],
): Promise<string[]> {
  const { to } = wanted;
  const chosen =
    to && 'agentId' in to
      ? sql`m.id = ${to.agentId}::uuid`
      : to && 'queueId' in to
        ? sql`a.presence = 'available' and ${serves(sql`q.id = ${to.queueId}::uuid`)}`
        : to && 'entityId' in to
          ? sql`a.presence = 'available' and ${serves(sql`q.entity_id = ${to.entityId}::uuid`)}`
          : wanted.role === 'supervisor'
            ? sql`'supervisor' = any(m.roles)`
            : sql`${wanted.language} = any(a.languages) and a.presence in ('available', 'busy')`;
  const { rows } = await sql<{ id: string }>`
    select m.id from membership m join agent a on a.id = m.id
    where m.organisation_id = ${organisationId}::uuid and ${here} and ${chosen}
      and not (m.id = any(${except.filter((id) => id !== null)}::uuid[])) order by m.id`.execute(trx);
  return rows.map((row) => row.id);
}

const serves = (queue: ReturnType<typeof sql>) => sql`exists (
  select 1 from queue q where q.organisation_id = m.organisation_id and q.retired_at is null and ${queue} and a.skills @> q.skills
    and (a.every_queue or exists (select 1 from agent_queue aq where aq.agent_id = a.id and aq.queue_id = q.id)))`;

/** Who may be asked as what at this moment, for whoever asks. */
export async function targets(trx: Trx, organisationId: string, asker: string): Promise<TargetsView> {
  const { rows: people } = await sql<{ id: string; name: string; roles: string[]; languages: string[] }>`
    select m.id, m.name, m.roles, a.languages from membership m join agent a on a.id = m.id
    where m.organisation_id = ${organisationId}::uuid and ${here} and m.id <> ${asker}::uuid order by m.name, m.id`.execute(
    trx,
  );
  const { rows: entities } = await sql<{ id: string; name: string; queues: number; here: number }>`
    select e.id, e.name, (select count(*)::int from queue q where q.entity_id = e.id and q.retired_at is null) as queues,
      (select count(*)::int from membership m join agent a on a.id = m.id where m.organisation_id = e.organisation_id and ${here}
        and a.presence = 'available' and m.id <> ${asker}::uuid and ${serves(sql`q.entity_id = e.id`)}) as here
    from entity e where e.organisation_id = ${organisationId}::uuid and e.retired_at is null order by e.position, e.name`.execute(
    trx,
  );
  const somebody = (row: { id: string; name: string }): { agentId: string; name: string } => ({
    agentId: row.id,
    name: row.name,
  });
  return {
    entities: entities
      .filter((one) => one.queues > 0)
      .map((one) => ({ entityId: one.id, name: one.name, queues: one.queues, here: one.here })),
    interpreters: LANGUAGES.map((language: Language) => ({
      language,
      agents: people.filter((one) => one.languages.includes(language)).map(somebody),
    })),
    supervisors: people.filter((one) => one.roles.includes('supervisor')).map(somebody),
  };
}
