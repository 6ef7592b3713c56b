import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import { organisationOf } from '../trust/organisation.ts';
import { type Head, headsOf } from './internal/heads.ts';
import { queuesOf, termsOf } from './queues.ts';
import { type Able, asked, reaches, weightOf } from './rules.ts';

type Unserved = {
  queueId: string;
  /**
   * `nobody_can`: nobody on the staff has what it asks, even when every ring is reached and every overflow open;
   * `nobody_here`: somebody has, and nobody of them is signed in and works; `pinned_away`: kept for one who is not there.
   */
  why: 'nobody_can' | 'nobody_here' | 'pinned_away';
  /** What it asks for and what its queue asks for. */
  skills: string[];
  items: number;
  /** The oldest. */
  since: Date;
};

type Staff = Able & {
  here: boolean;
  places: number;
  calls: number;
  weights: Record<string, number>;
};

/**
 * What waits and would wait for ever, or until somebody signs in: a skill that was taken from everybody, a team of which
 * nobody is here, a pin to an agent who has gone home. For the supervisor to see; nothing is changed. What is not due yet is left out.
 */
export async function unserved(trx: Trx, organisationId: string, now: Date = new Date()): Promise<Unserved[]> {
  const heads = await headsOf(trx, organisationId);
  if (heads.length === 0) return [];
  const queues = await queuesOf(trx, organisationId);
  const { settings } = await organisationOf(trx, organisationId);
  const terms = new Map(termsOf(queues, settings.defaultQueue).map((one) => [one.id, one]));
  const staff = await staffOf(trx, organisationId);
  const stuck = heads.flatMap((head) => {
    const skills = [...new Set([...(queues.find((one) => one.id === head.queueId)?.skills ?? []), ...head.skills])];
    const ask = asked(
      { queueId: head.queueId, skills, queuedAt: 0, targetSeconds: 1 },
      terms.get(head.queueId),
      now.getTime(),
      true,
    );
    const able = staff.filter((one) => weightOf(head, one) !== null && reaches(one, ask));
    if (able.some((one) => one.here)) return [];
    return [{ head, skills, why: able.length === 0 ? ('nobody_can' as const) : ('nobody_here' as const) }];
  });
  const counted = await count(
    trx,
    organisationId,
    stuck.map((one) => one.head),
    now,
  );
  const groups = new Map<string, Unserved>();
  for (const [n, { head, skills, why }] of stuck.entries()) {
    const found = counted.get(n + 1);
    if (!found) continue;
    const key = `${head.queueId} ${why} ${skills}`;
    const group = groups.get(key);
    if (!group) groups.set(key, { queueId: head.queueId, why, skills, ...found });
    else {
      group.items += found.items;
      if (found.since < group.since) group.since = found.since;
    }
  }
  return [...groups.values(), ...(await pinnedAway(trx, organisationId, now))];
}

async function staffOf(trx: Trx, organisationId: string): Promise<Staff[]> {
  const { rows } = await sql<Staff>`
    select a.skills, a.levels, a.calls, a.weights, a.capacity as places, a.presence in ('available', 'busy') and a.gone_at is null as here,
      case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues
    from agent a join membership m on m.id = a.id
    where a.organisation_id = ${organisationId} and m.deactivated_at is null and a.capacity > 0`.execute(trx);
  return rows;
}

async function count(
  trx: Trx,
  organisationId: string,
  heads: Head[],
  now: Date,
): Promise<Map<number, { items: number; since: Date }>> {
  if (heads.length === 0) return new Map();
  const { rows } = await sql<{ n: number; items: number; since: Date }>`
    select h.n, count(*)::int as items, min(i.queued_at) as since
    from unnest(${heads.map((head) => head.queueId)}::uuid[], ${heads.map((head) => head.shape)}::bigint[], ${heads.map((head) => head.rank)}::smallint[])
      with ordinality as h(queue_id, shape, rank, n)
    join item i on i.organisation_id = ${organisationId} and i.state = 'queued' and i.queue_id = h.queue_id and i.shape = h.shape and i.rank = h.rank
    where (i.not_before is null or i.not_before <= ${now}) and i.pinned_by is null
    group by h.n`.execute(trx);
  return new Map(rows.map((row) => [Number(row.n), { items: row.items, since: row.since }]));
}

async function pinnedAway(trx: Trx, organisationId: string, now: Date): Promise<Unserved[]> {
  const { rows } = await sql<Omit<Unserved, 'why' | 'skills'>>`
    select i.queue_id as "queueId", count(*)::int as items, min(i.queued_at) as since
    from item i left join agent a on a.id = i.wanted_agent_id
    where i.organisation_id = ${organisationId} and i.state = 'queued' and i.pinned_by is not null and (i.not_before is null or i.not_before <= ${now})
      and not coalesce(a.presence in ('available', 'busy') and a.gone_at is null, false)
    group by i.queue_id`.execute(trx);
  return rows.map((row) => ({ ...row, why: 'pinned_away', skills: [] }));
}
