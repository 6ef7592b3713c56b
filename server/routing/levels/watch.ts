import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { organisationIds, organisationOf } from '../../trust/organisation.ts';
import { type Queue, queuesOf, termsOf } from '../queues.ts';
import { type Able, asked, isOpen, reaches, type Terms } from '../rules.ts';
import type { Cause } from './contract.ts';
import { causeOf, type Found, type Moment } from './rules.ts';

/** More than this wait for the next second. */
const AT_ONCE = 500;

export type Watched = { warned: number; missed: number };

/**
 * Looks once at what waits: warns of what has used up the organisation's share of its target, and notes what ran out of it,
 * each once however many processes look. What was answered or left late before this looked is in `breach` already, without
 * its cause: the table's own trigger wrote it down; it is judged here by how things stand now.
 */
export async function watchLevels(trx: Trx, organisationId: string, now: Date): Promise<Watched> {
  const { rows: alone } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`levels ${organisationId}`}, 0)) as got`.execute(trx);
  if (!alone[0]!.got) return { warned: 0, missed: 0 };
  const { settings } = await organisationOf(trx, organisationId);
  const { rows } = await sql<Due>`
    with live as (
      select i.* from item i where i.organisation_id = ${organisationId} and i.state = 'queued' and i.kind <> 'review'
      union all
      select i.* from offer o join item i on i.id = o.item_id
        where o.organisation_id = ${organisationId} and o.state = 'pending' and i.kind <> 'review'
    )
    select l.id, l.conversation_id, l.queue_id, l.priority, w.since + t.seconds * interval '1 second' as due_at,
      w.since + t.seconds * interval '1 second' < ${now} as late
    from live l join queue q on q.id = coalesce(l.first_queue_id, l.queue_id)
    cross join lateral (select hebra.waits_from(l.queued_at, l.not_before) as since) w
    cross join lateral (select hebra.target_of(l.target_seconds, q.targets, l.priority, q.target_seconds) as seconds) t
    where w.since + t.seconds * ${settings.levels.warnShare}::float8 * interval '1 second' <= ${now}
      and not exists (select 1 from offer o where o.item_id = l.id and o.state = 'accepted')
      and case when w.since + t.seconds * interval '1 second' < ${now}
        then not exists (select 1 from breach b where b.item_id = l.id)
        else not exists (select 1 from level_warning x where x.item_id = l.id) end
    order by due_at limit ${AT_ONCE}`.execute(trx);
  const near = rows.filter((row) => !row.late);
  const warned = await warn(trx, organisationId, near, now);
  const late = rows.filter((row) => row.late).map((row) => row.id);
  if (late.length > 0) await sql`select hebra.note_breach(i) from unnest(${late}::uuid[]) i`.execute(trx);
  return { warned, missed: await explain(trx, organisationId, now) };
}

type Due = {
  id: string;
  conversation_id: string | null;
  queue_id: string;
  priority: string;
  due_at: Date;
  late: boolean;
};

async function warn(trx: Trx, organisationId: string, near: Due[], now: Date): Promise<number> {
  if (near.length === 0) return 0;
  const { rows } = await sql<{ item_id: string }>`
    insert into level_warning (organisation_id, item_id, queue_id, at)
    select ${organisationId}::uuid, i, q, ${now} from unnest(${near.map((row) => row.id)}::uuid[], ${near.map((row) => row.queue_id)}::uuid[]) as t(i, q)
    on conflict (item_id) do nothing returning item_id`.execute(trx);
  const made = new Set(rows.map((row) => row.item_id));
  await announce(
    trx,
    ...near
      .filter((row) => made.has(row.id))
      .map((row) => ({
        organisationId,
        kind: 'level.warned',
        conversationId: row.conversation_id ?? undefined,
        payload: { itemId: row.id, queueId: row.queue_id, priority: row.priority },
      })),
  );
  return made.size;
}

type Missed = {
  id: string;
  at: Date;
  target_seconds: number;
  conversation_id: string | null;
  queue_id: string;
  since: number;
  skills: string[];
  named: boolean;
  ignored: number;
  offers: number;
};

/** Says why of every breach that has no cause yet. @returns how many */
async function explain(trx: Trx, organisationId: string, now: Date): Promise<number> {
  const { rows } = await sql<Missed>`
    select i.id, b.at, b.target_seconds, i.conversation_id, i.queue_id, extract(epoch from b.at) * 1000 - b.target_seconds * 1000 as since,
      i.skills, i.pinned_by is not null or (i.wanted_agent_id is not null and i.wanted_until > b.at) as named,
      (select count(*)::int from offer o where o.item_id = i.id and not o.by_hand and o.answered_at <= ${now}
        and (o.state = 'declined' or (o.state = 'lapsed' and o.reason is null))) as ignored, i.offers
    from breach b join item i on i.id = b.item_id
    where b.organisation_id = ${organisationId} and b.cause is null order by b.at limit ${AT_ONCE} for update of b skip locked`.execute(
    trx,
  );
  if (rows.length === 0) return 0;
  const queues = await queuesOf(trx, organisationId);
  const { settings } = await organisationOf(trx, organisationId);
  const terms = new Map(termsOf(queues, settings.defaultQueue).map((one) => [one.id, one]));
  const agents = await agentsNow(trx, organisationId);
  const openings = await openingsAt(trx, organisationId, now);
  const judged = rows.map((row) => {
    const queue = queues.find((one) => one.id === row.queue_id)!;
    const moment = momentOf(row, queue, terms.get(queue.id)!, agents, openings.get(queue.id));
    return { row, ...causeOf(moment), detail: detailOf(moment, row) };
  });
  await sql`update breach b set cause = t.cause, detail = t.detail
    from unnest(${judged.map((one) => one.row.id)}::uuid[], ${judged.map((one) => one.cause)}::text[],
      ${judged.map((one) => JSON.stringify({ ...one.detail, own: one.own }))}::jsonb[]) as t(item_id, cause, detail)
    where b.item_id = t.item_id`.execute(trx);
  await announce(
    trx,
    ...judged.map(({ row, cause }) => ({
      organisationId,
      kind: 'level.missed',
      conversationId: row.conversation_id ?? undefined,
      payload: { itemId: row.id, queueId: row.queue_id, cause: cause satisfies Cause },
    })),
  );
  return judged.length;
}

type Agent = Able & { here: boolean; works: boolean; full: boolean };

async function agentsNow(trx: Trx, organisationId: string): Promise<Agent[]> {
  const { rows } = await sql<Agent>`
    select a.skills, a.levels, a.presence <> 'offline' and a.gone_at is null as here,
      a.presence in ('available', 'busy', 'wrapping') as works,
      a.presence in ('busy', 'wrapping') or a.load >= hebra.places(a.capacity, a.pace) as full,
      case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues
    from agent a where a.organisation_id = ${organisationId}`.execute(trx);
  return rows;
}

/** What supervisors opened or closed by hand, as it stands; the latest counts. */
async function openingsAt(trx: Trx, organisationId: string, at: Date): Promise<Map<string, boolean>> {
  const { rows } = await sql<{ queue_id: string; open: boolean }>`
    select distinct on (queue_id) queue_id, open from queue_opening
    where organisation_id = ${organisationId} and ended_at is null and from_at <= ${at} and until_at > ${at}
    order by queue_id, from_at desc, id desc`.execute(trx);
  return new Map(rows.map((row) => [row.queue_id, row.open]));
}

function momentOf(row: Missed, queue: Queue, terms: Terms, agents: Agent[], opening: boolean | undefined): Moment {
  const item = {
    queueId: queue.id,
    skills: [...new Set([...queue.skills, ...row.skills])],
    queuedAt: Number(row.since),
    targetSeconds: row.target_seconds,
  };
  const ask = asked(item, terms, row.at.getTime());
  const others = ask.queues.filter((id) => id !== queue.id);
  const found = (queueIds: string[]): Found[] =>
    agents.map((agent) => ({
      belongs: agent.queues === null || agent.queues.some((id) => queueIds.includes(id)),
      able: reaches(agent, { ...ask, queues: queueIds }),
      here: agent.here,
      works: agent.works,
      full: agent.full,
    }));
  return {
    open: opening ?? isOpen(queue.calendar, row.at),
    named: row.named,
    ignored: row.ignored,
    overflowed: others.length > 0,
    own: found([queue.id]),
    others: found(others),
  };
}

/** The figures that a cause was judged by: numbers, nobody's name. */
function detailOf(moment: Moment, row: Missed): Record<string, number> {
  const count = (test: (agent: Found) => boolean): number => moment.own.filter(test).length;
  return {
    here: count((agent) => agent.here && agent.belongs),
    able: count((agent) => agent.here && agent.able),
    full: count((agent) => agent.here && agent.able && agent.full),
    offers: row.offers,
    ignored: row.ignored,
  };
}

/** Looks at every organisation, each in a transaction of its own: what one worker does once a second. */
export async function sweepLevels(db: Database, now: () => Date): Promise<void> {
  for (const organisationId of await organisationIds(db))
    try {
      await within(db, organisationId, (trx) => watchLevels(trx, organisationId, now()));
    } catch (error) {
      // what stands in the way of one keeps no other from its warnings
      log.warn({ error }, 'service levels could not be watched; tried again');
    }
}
