import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { Priority } from '../conversation/contract.ts';
import {
  type Holiday,
  type Hours,
  type Overflow,
  queueSettings,
  type QueueSettings,
  type Ring,
  type Texts,
} from './contract.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';
import { type Calendar, isOpen, type Terms } from './rules.ts';
import { defaultNames, defaultOutOfHours } from './texts.ts';

export type Queue = {
  id: string;
  key: string;
  names: Texts;
  calendar: Calendar;
  targetSeconds: number;
  /** Null: as the organisation says. */
  offerSeconds: number | null;
  outOfHours: Texts;
  skills: string[];
  entityId: string | null;
  /** The least class of what comes in. */
  priority: Priority;
  /** What a minute beyond the target weighs against the same of another queue. */
  cost: number;
  /** Share to be answered within the target. */
  goal: number;
  /** Seconds by class where they differ from `targetSeconds`. */
  targets: Partial<Record<Priority, number>>;
  /** How well each skill must be had, 1 to 5; one that is not named: 1. */
  levels: Record<string, number>;
  rings: Ring[];
  overflow: Overflow[];
  autoAccept: boolean;
  stickySeconds: number;
  retired: boolean;
  /** Its place in the order of the organisation, counted from 0; the retired ones come last. */
  position: number;
};

/** Every queue of an organisation in its order, the retired ones last: work may still stand in them. */
export async function queuesOf(trx: Trx, organisationId: string): Promise<Queue[]> {
  const { timezone } = await organisationOf(trx, organisationId);
  const rows = await trx
    .selectFrom('queue')
    .selectAll()
    // opened or closed by a supervisor for a while: migrations/0023
    .select(
      sql<
        Calendar['exceptions'] | null
      >`(select json_agg(json_build_object('open', o.open, 'from', extract(epoch from o.from_at) * 1000,
        'until', extract(epoch from o.until_at) * 1000) order by o.id desc) from queue_opening o
        where o.organisation_id = queue.organisation_id and o.queue_id = queue.id and o.ended_at is null and o.until_at > now())`.as(
        'exceptions',
      ),
    )
    .where('organisation_id', '=', organisationId)
    .orderBy(sql`retired_at is not null`)
    .orderBy('position')
    .orderBy('key')
    .execute();
  return rows.map((row, position) => ({
    id: row.id,
    key: row.key,
    names: row.names as unknown as Texts,
    calendar: {
      hours: row.hours as unknown as Hours,
      holidays: row.holidays as unknown as Holiday[],
      timezone,
      ...(row.exceptions && { exceptions: row.exceptions }),
    },
    targetSeconds: row.target_seconds,
    offerSeconds: row.offer_seconds,
    outOfHours: row.out_of_hours as unknown as Texts,
    skills: row.skills,
    entityId: row.entity_id,
    priority: row.priority as Priority,
    cost: Number(row.cost),
    goal: Number(row.goal),
    targets: row.targets as unknown as Queue['targets'],
    levels: row.levels as unknown as Queue['levels'],
    rings: row.rings as unknown as Ring[],
    overflow: row.overflow as unknown as Overflow[],
    autoAccept: row.auto_accept,
    stickySeconds: row.sticky_seconds,
    retired: row.retired_at !== null,
    position,
  }));
}

/** Whether people answer now: some queue is open by its calendar. A house that made none yet is always open. */
export async function anyOpen(trx: Trx, organisationId: string, at: Date): Promise<boolean> {
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired);
  return queues.length === 0 || queues.some((queue) => isOpen(queue.calendar, at));
}

/**
 * What queues promise and ask, for the rules. Who serves the queue that takes what nobody else claims may also answer what
 * still stands in a retired one: its own people may be gone.
 * @param defaultQueue its key
 */
export function termsOf(queues: Queue[], defaultQueue: string): Terms[] {
  const byKey = new Map(queues.map((queue) => [queue.key, queue.id]));
  const open = queues.filter((queue) => !queue.retired);
  const fallback = open.find((queue) => queue.key === defaultQueue) ?? open[0];
  return queues.map((queue) => ({
    id: queue.id,
    cost: queue.cost,
    levels: queue.levels,
    rings: queue.rings,
    overflow: [
      ...queue.overflow.flatMap(({ to, after, when }) => {
        const queueId = byKey.get(to);
        return queueId === undefined || queueId === queue.id ? [] : [{ queueId, after, when }];
      }),
      ...(queue.retired && fallback ? [{ queueId: fallback.id, after: null, when: null }] : []),
    ],
    timezone: queue.calendar.timezone,
  }));
}

/** Seconds in which an item of a class should be answered, as a queue promises now. */
export function targetOf(queue: Queue, priority: Priority): number {
  return queue.targets[priority] ?? queue.targetSeconds;
}

async function entityOf(trx: Trx, organisationId: string, key: string): Promise<string> {
  const found = await trx
    .selectFrom('entity')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('key', '=', key)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (!found) throw routingProblems.entity_not_found();
  return found.id;
}

/**
 * Makes a queue, or changes the one with this key; a retired one comes back.
 * @returns its id
 * @throws routing.entity_not_found
 */
export async function saveQueue(
  trx: Trx,
  organisationId: string,
  wanted: Partial<QueueSettings> & Pick<QueueSettings, 'key' | 'names'>,
): Promise<string> {
  const queue = queueSettings.parse(wanted);
  const entityId = queue.entity === null ? null : await entityOf(trx, organisationId, queue.entity);
  // all of them before its own, in order: two who put theirs in place would wait for each other
  if (queue.position !== undefined)
    await sql`select 1 from queue where organisation_id = ${organisationId} order by id for no key update`.execute(trx);
  const { rows } = await sql<{ id: string }>`
    insert into queue (organisation_id, id, key, names, hours, holidays, target_seconds, offer_seconds, out_of_hours, skills, entity_id,
      priority, cost, goal, targets, levels, rings, overflow, auto_accept, sticky_seconds, position)
    values (${organisationId}, ${uuid()}, ${queue.key}, ${JSON.stringify(queue.names)}, ${queue.hours && JSON.stringify(queue.hours)},
      ${JSON.stringify(queue.holidays)}, ${queue.targetSeconds}, ${queue.offerSeconds}, ${JSON.stringify(queue.outOfHours ?? defaultOutOfHours)},
      ${queue.skills}, ${entityId}, ${queue.priority}, ${queue.cost}, ${queue.goal}, ${JSON.stringify(queue.targets)},
      ${JSON.stringify(queue.levels)}, ${JSON.stringify(queue.rings)}, ${JSON.stringify(queue.overflow)}, ${queue.autoAccept}, ${queue.stickySeconds},
      (select coalesce(max(position) + 1, 0) from queue where organisation_id = ${organisationId}))
    on conflict (organisation_id, key) do update set names = excluded.names, hours = excluded.hours, holidays = excluded.holidays,
      target_seconds = excluded.target_seconds, offer_seconds = excluded.offer_seconds, out_of_hours = excluded.out_of_hours,
      skills = excluded.skills, entity_id = excluded.entity_id, priority = excluded.priority, cost = excluded.cost, goal = excluded.goal,
      targets = excluded.targets, levels = excluded.levels, rings = excluded.rings, overflow = excluded.overflow,
      auto_accept = excluded.auto_accept, sticky_seconds = excluded.sticky_seconds, retired_at = null
    returning id`.execute(trx);
  const queueId = rows[0]!.id;
  if (queue.position !== undefined) await place(trx, organisationId, queueId, queue.position);
  await announce(trx, { organisationId, kind: 'queue.changed', payload: { queueId } });
  wantMatch(trx, organisationId);
  return queueId;
}

/** Puts a queue at its place among those in use; those behind it move on by one. */
async function place(trx: Trx, organisationId: string, queueId: string, position: number): Promise<void> {
  await sql`
    with other as (
      select id, row_number() over (order by retired_at is not null, position, key) - 1 as n,
        least(${position}::int, (count(*) filter (where retired_at is null) over ())) as wanted
      from queue where organisation_id = ${organisationId} and id <> ${queueId}
    ), placed as (
      select id, n + (n >= wanted)::int as position from other
      union all select ${queueId}::uuid, coalesce((select min(wanted) from other), 0)
    )
    update queue q set position = placed.position from placed where q.id = placed.id and q.position <> placed.position`.execute(
    trx,
  );
}

/**
 * Takes a queue out of use: nothing new comes in, what stands in it is still answered.
 * @throws routing.queue_not_found
 */
export async function retireQueue(trx: Trx, organisationId: string, queueId: string): Promise<void> {
  const { rows } = isUuid(queueId)
    ? await sql`update queue set retired_at = coalesce(retired_at, now()) where id = ${queueId} and organisation_id = ${organisationId} returning id`.execute(
        trx,
      )
    : { rows: [] };
  if (rows.length === 0) throw routingProblems.queue_not_found();
  await announce(trx, { organisationId, kind: 'queue.changed', payload: { queueId } });
  // whoever takes what nobody claims may answer what stands in it now
  wantMatch(trx, organisationId);
}

/** The queue where work goes that names none or one that is not there: the organisation's own choice, else its first; made if it has none. */
export async function fallbackQueue(trx: Trx, organisationId: string, queues: Queue[]): Promise<Queue> {
  const { settings } = await organisationOf(trx, organisationId);
  const open = queues.filter((queue) => !queue.retired);
  const found = open.find((queue) => queue.key === settings.defaultQueue) ?? open[0];
  if (found) return found;
  const id = await saveQueue(trx, organisationId, { key: settings.defaultQueue, names: defaultNames });
  return (await queuesOf(trx, organisationId)).find((queue) => queue.id === id)!;
}
