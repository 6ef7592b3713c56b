import { sql } from 'kysely';
import type { ChannelKind } from '../../conversation/contract.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { PaceReason } from '../../routing/concurrency/contract.ts';
import type { ItemKind, PresenceState } from '../../routing/contract.ts';
import { type Queue, queuesOf } from '../../routing/queues.ts';
import { isOpen, serves } from '../../routing/rules.ts';
import { unserved } from '../../routing/unserved.ts';
import { waitFor } from '../../routing/wait/wait.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Classes, Room, RoomAgent, RoomCritical, RoomForecast, RoomQueue, Service } from './contract.ts';
import {
  adviceFor,
  type Arrivals,
  type Failing,
  forecast,
  FORECAST_QUARTERS,
  FORECAST_WEEKS,
  percentile,
  stateOf,
  type Stuck,
} from './rules.ts';

const HALF_HOUR_MS = 1_800_000;
const BIN_MS = 300_000;
const BINS = HALF_HOUR_MS / BIN_MS;
const QUARTER_MS = 900_000;
const WEEK_MS = 7 * 86_400_000;
/** The organisation's promise to who is in danger (yardstick: 95 % at a nurse within a minute). */
const CRITICAL_SECONDS = 60;
const ABANDON_LIMIT = 0.05;
/** More critical cases than these in a line are one alarm. */
const CRITICAL_SHOWN = 20;
/** What came in so long before midnight may still be decided today. */
const BEFORE_MIDNIGHT_MS = 2 * 86_400_000;

/** What does not change from second to second: read once a quarter of an hour. */
export type Past = { quarter: number; weeks: number; arrivals: Arrivals[]; handlingSeconds: number | null };

/**
 * The whole board, as of now, in a handful of aggregate statements: no row of a patient leaves the database.
 * @param past what `readPast` read for this quarter of an hour
 * @param failing channels whose messages fail
 * @param stuck what no agent can serve
 */
export async function readRoom(
  trx: Trx,
  organisationId: string,
  now: Date,
  past: Past,
  failing: Failing[],
  stuck: Stuck[] = [],
): Promise<Room> {
  const { timezone } = await organisationOf(trx, organisationId);
  const midnight = await midnightOf(trx, timezone, now);
  const queues = await queuesOf(trx, organisationId);
  const waiting = await readWaiting(trx, organisationId, now);
  const services = await readServices(trx, organisationId, midnight, now);
  const agents = await readAgents(trx, organisationId, queues, now);
  const critical = await readCritical(trx, organisationId, now);
  const day = await readDay(trx, organisationId, midnight, now);
  const openings = await readOpenings(trx, organisationId, now);
  const here = agents.filter(({ view }) => atWork(view));
  const shown = queues
    .filter((queue) => !queue.retired || waiting.has(queue.id))
    .map((queue): RoomQueue => {
      const wait = waiting.get(queue.id);
      const served = services.get(queue.id);
      const own = here.filter(({ view }) => view.queueIds === null || view.queueIds.includes(queue.id));
      const opening = openings.get(queue.id);
      return {
        id: queue.id,
        key: queue.key,
        names: queue.names,
        entityId: queue.entityId,
        open: isOpen(queue.calendar, now),
        opening: opening ?? null,
        targetSeconds: queue.targetSeconds,
        goal: queue.goal,
        waiting: wait?.classes ?? NOBODY,
        ages: wait?.ages ?? { fresh: 0, near: 0, over: 0 },
        oldest: wait?.oldest ?? null,
        inHand: agents.reduce((sum, agent) => sum + (agent.inHand.get(queue.id) ?? 0), 0),
        lastHalfHour: served?.lastHalfHour ?? NONE,
        trend: served?.trend ?? Array.from({ length: BINS }, () => null),
        today: served?.today ?? NONE,
        abandoned: served?.abandoned ?? 0,
        queued: served?.queued ?? 0,
        free: own.reduce((sum, { view }) => sum + Math.max(0, view.places - view.load), 0),
        places: own.reduce((sum, { view }) => sum + view.places, 0),
        agents: own.length,
      };
    });
  const views = agents.map(({ view }) => view);
  const coming = forecast({
    now: now.getTime(),
    quarterStart: past.quarter,
    weeks: past.weeks,
    arrivals: past.arrivals,
    handlingSeconds: past.handlingSeconds,
    present:
      [...waiting.values()].reduce((sum, one) => sum + one.ages.fresh + one.ages.near + one.ages.over, 0) +
      agents.reduce((sum, agent) => sum + [...agent.inHand.values()].reduce((all, n) => all + n, 0), 0),
    places: here.reduce((sum, { view }) => sum + view.places, 0),
  }) satisfies RoomForecast;
  return {
    at: now.toISOString(),
    queues: shown,
    agents: views,
    entities: await readEntities(trx, organisationId),
    criticalToNurse: {
      seconds: percentile(critical.reached, 0.95),
      cases: critical.reached.length,
      targetSeconds: CRITICAL_SECONDS,
    },
    solvedAlone: day,
    abandonLimit: ABANDON_LIMIT,
    critical: critical.waiting,
    forecast: coming,
    advice: adviceFor({
      queues: shown,
      agents: views,
      critical: critical.waiting,
      forecast: coming,
      unserved: stuck,
      failing,
    }),
  };
}

const NOBODY: Classes = { critical: 0, urgent: 0, standard: 0, low: 0 };
const NONE: Service = { within: 0, offered: 0 };
const atWork = (agent: RoomAgent): boolean =>
  agent.state === 'available' || agent.state === 'busy' || agent.state === 'call';

/** When the day of the organisation began. */
async function midnightOf(trx: Trx, timezone: string, now: Date): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`
    select date_trunc('day', ${now}::timestamptz at time zone ${timezone}) at time zone ${timezone} as at`.execute(trx);
  return rows[0]!.at;
}

/** Seconds in which an item should be answered: as promised when it came, else as its queue promises its class. */
const target = sql`coalesce(i.target_seconds, (q.targets ->> i.priority)::int, q.target_seconds)`;
/** Since when its wait counts: what is due later does not wait before. */
const begun = sql`greatest(i.queued_at, i.not_before)`;

type Waiting = { classes: Classes; ages: RoomQueue['ages']; oldest: RoomQueue['oldest'] };

async function readWaiting(trx: Trx, organisationId: string, now: Date): Promise<Map<string, Waiting>> {
  // near its target from the share on at which colleagues are warned
  const near = (await organisationOf(trx, organisationId)).settings.levels.warnShare;
  const { rows } = await sql<{
    queue_id: string;
    critical: number;
    urgent: number;
    standard: number;
    low: number;
    fresh: number;
    near: number;
    over: number;
    oldest: { itemId: string; since: string; kind: ItemKind; channel: ChannelKind | null; targetSeconds: number };
  }>`
    with open as (
      select i.id, i.queue_id, i.priority, i.kind, i.channel, ${begun} as since, ${target} as target
      from item i join queue q on q.id = i.queue_id
      where i.organisation_id = ${organisationId} and i.state = 'queued' and (i.not_before is null or i.not_before <= ${now})
      union all
      select i.id, i.queue_id, i.priority, i.kind, i.channel, ${begun}, ${target}
      from item i join queue q on q.id = i.queue_id
      where i.organisation_id = ${organisationId} and i.agent_id is not null and i.state = 'offered'
    ), aged as (select *, extract(epoch from ${now}::timestamptz - since) / target as used from open)
    select a.*, json_build_object('itemId', o.id, 'since', to_char(o.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'kind', o.kind,
      'channel', o.channel, 'targetSeconds', o.target) as oldest
    from (
      select queue_id, count(*) filter (where priority = 'critical')::int as critical, count(*) filter (where priority = 'urgent')::int as urgent,
        count(*) filter (where priority = 'standard')::int as standard, count(*) filter (where priority = 'low')::int as low,
        count(*) filter (where used < ${near}::float8)::int as fresh, count(*) filter (where used >= ${near}::float8 and used < 1)::int as near,
        count(*) filter (where used >= 1)::int as over
      from aged group by queue_id) a
    join (select distinct on (queue_id) * from aged order by queue_id, since, id) o using (queue_id)`.execute(trx);
  return new Map(
    rows.map((row) => [
      row.queue_id,
      {
        classes: { critical: row.critical, urgent: row.urgent, standard: row.standard, low: row.low },
        ages: { fresh: row.fresh, near: row.near, over: row.over },
        oldest: row.oldest,
      },
    ]),
  );
}

type Served = Pick<RoomQueue, 'lastHalfHour' | 'today' | 'trend' | 'abandoned' | 'queued'>;

/**
 * Service levels. An item counts once, when its lot is decided: answered, given up, or its target over. What waits within
 * its target is not decided; what a colleague took out of the line is not counted.
 */
async function readServices(trx: Trx, organisationId: string, midnight: Date, now: Date): Promise<Map<string, Served>> {
  const from = new Date(Math.min(midnight.getTime(), now.getTime() - HALF_HOUR_MS));
  const { rows } = await sql<{
    queue_id: string;
    bin: number;
    within: number;
    offered: number;
    within_today: number;
    offered_today: number;
    abandoned: number;
    queued: number;
  }>`
    with lot as (
      select i.queue_id, i.state, i.kind, i.queued_at, i.answered_at, i.due,
        case when i.state in ('withdrawn', 'called_back') then null else least(coalesce(i.answered_at, i.ended_at), i.due) end as decided
      from (
        select i.organisation_id, i.queue_id, i.state, i.kind, i.queued_at, i.ended_at, ${begun} + ${target} * interval '1 second' as due,
          -- the first answer counts, whoever had it afterwards
          case when i.offers > 1 then (select min(o.answered_at) from offer o where o.item_id = i.id and o.state = 'accepted')
            else i.accepted_at end as answered_at
        from item i join queue q on q.id = i.queue_id
        where i.organisation_id = ${organisationId} and i.queued_at >= ${new Date(from.getTime() - BEFORE_MIDNIGHT_MS)} and i.queued_at <= ${now}) i
    ), counted as (
      select *, decided is not null and decided <= ${now} and decided >= ${midnight} as today, answered_at is not null and answered_at <= due as within,
        case when decided > ${new Date(now.getTime() - HALF_HOUR_MS)} and decided <= ${now}
          then least(${BINS - 1}, floor(extract(epoch from ${now}::timestamptz - decided) * 1000 / ${BIN_MS}))::int else -1 end as bin
      from lot where decided >= ${from} or queued_at >= ${midnight}
    )
    select queue_id, bin, count(*) filter (where within)::int as within, count(*)::int as offered,
      count(*) filter (where today and within)::int as within_today, count(*) filter (where today)::int as offered_today,
      count(*) filter (where state = 'abandoned' and kind <> 'call_back' and queued_at >= ${midnight})::int as abandoned,
      count(*) filter (where state not in ('withdrawn', 'called_back') and kind <> 'call_back' and queued_at >= ${midnight})::int as queued
    from counted group by queue_id, bin`.execute(trx);
  const found = new Map<string, Served>();
  for (const row of rows) {
    const served = found.get(row.queue_id) ?? {
      lastHalfHour: { within: 0, offered: 0 },
      today: { within: 0, offered: 0 },
      trend: Array.from({ length: BINS }, () => null),
      abandoned: 0,
      queued: 0,
    };
    found.set(row.queue_id, served);
    served.today = {
      within: served.today.within + row.within_today,
      offered: served.today.offered + row.offered_today,
    };
    served.abandoned += row.abandoned;
    served.queued += row.queued;
    if (row.bin < 0) continue;
    // bin 0 is the latest, and is shown last
    served.trend[BINS - 1 - row.bin] = Math.round((row.within / row.offered) * 1_000) / 1_000;
    served.lastHalfHour = {
      within: served.lastHalfHour.within + row.within,
      offered: served.lastHalfHour.offered + row.offered,
    };
  }
  return found;
}

type AgentRow = {
  id: string;
  name: string;
  presence: PresenceState;
  reason: string | null;
  since: Date;
  gone_at: Date | null;
  load: number;
  places: number;
  capacity: number;
  pace_reason: PaceReason | null;
  skills: string[];
  levels: Record<string, number>;
  queue_ids: string[] | null;
  unanswered: Date | null;
  late: boolean | null;
  critical: boolean | null;
  on_call: boolean | null;
  in_hand: Record<string, number> | null;
};

/** Who is here, or holds work, or was here within the hour. */
async function readAgents(
  trx: Trx,
  organisationId: string,
  queues: Queue[],
  now: Date,
): Promise<{ view: RoomAgent; inHand: Map<string, number> }[]> {
  const { rows } = await sql<AgentRow>`
    with held as (
      select i.agent_id, i.queue_id, count(*)::int as n, bool_or(i.kind = 'call' or i.channel in ('voice', 'video')) as on_call,
        bool_or(coalesce(c.priority, i.priority) = 'critical') as critical, min(c.unanswered_since) as unanswered,
        bool_or(c.unanswered_since < ${now}::timestamptz - ${target} * interval '1 second') as late
      from item i join queue q on q.id = i.queue_id left join conversation c on c.id = i.conversation_id
      where i.organisation_id = ${organisationId} and i.agent_id is not null and i.state = 'accepted' group by i.agent_id, i.queue_id
    )
    select a.id, m.name, a.presence, a.presence_reason as reason, a.presence_since as since, a.gone_at, a.load, hebra.places(a.capacity, a.pace) as places,
      a.capacity, a.pace_reason, a.skills, a.levels,
      case when a.every_queue then null else array(select queue_id from agent_queue aq where aq.agent_id = a.id) end as queue_ids,
      min(h.unanswered) as unanswered, bool_or(h.late) as late, bool_or(h.critical) as critical, bool_or(h.on_call) as on_call,
      json_object_agg(h.queue_id, h.n) filter (where h.queue_id is not null) as in_hand
    from agent a join membership m on m.id = a.id left join held h on h.agent_id = a.id
    where a.organisation_id = ${organisationId} and m.deactivated_at is null
      and (a.presence <> 'offline' or a.load > 0 or a.presence_since > ${new Date(now.getTime() - 3_600_000)}
        and exists (select 1 from presence p where p.organisation_id = ${organisationId} and p.agent_id = a.id and p.ended_at > ${new Date(now.getTime() - 3_600_000)}))
    group by a.id, m.name order by m.name, a.id`.execute(trx);
  return rows.map((row) => {
    const gone = row.gone_at !== null && row.presence !== 'offline';
    return {
      inHand: new Map(Object.entries(row.in_hand ?? {})),
      view: {
        id: row.id,
        name: row.name,
        state: stateOf({ presence: row.presence, gone, onCall: row.on_call === true }),
        presence: row.presence,
        reason: row.reason,
        since: (gone ? row.gone_at! : row.since).toISOString(),
        load: row.load,
        places: row.places,
        capacity: row.capacity,
        paceReason: row.places < row.capacity ? row.pace_reason : null,
        unansweredSince: row.unanswered?.toISOString() ?? null,
        late: row.late === true,
        critical: row.critical === true,
        queueIds: allOr(
          queues.filter((queue) => !queue.retired),
          (queue) => serves({ ...row, queues: row.queue_ids }, { queueId: queue.id, skills: queue.skills }),
        ),
      },
    };
  });
}

/** Ids of those that pass; null when all do. */
function allOr(queues: Queue[], passes: (queue: Queue) => boolean): string[] | null {
  const own = queues.filter(passes);
  return own.length === queues.length ? null : own.map((queue) => queue.id);
}

/** Critical cases that wait, and how long each of today took until a nurse had it. */
async function readCritical(
  trx: Trx,
  organisationId: string,
  now: Date,
): Promise<{ waiting: RoomCritical[]; reached: number[] }> {
  const { timezone } = await organisationOf(trx, organisationId);
  const { rows } = await sql<{ id: string; queue_id: string; since: Date; offered_to: string | null }>`
    select c.id, c.queue_id, c.since, m.name as offered_to from (
      select i.* from queue q cross join lateral (
        select id, queue_id, queued_at as since, agent_id from item where organisation_id = ${organisationId} and queue_id = q.id
          and state = 'queued' and rank = 0 order by queued_at limit ${CRITICAL_SHOWN}) i
      where q.organisation_id = ${organisationId}
      union all
      select id, queue_id, queued_at, agent_id from item where organisation_id = ${organisationId} and agent_id is not null
        and state = 'offered' and priority = 'critical') c left join membership m on m.id = c.agent_id
    order by c.since, c.id limit ${CRITICAL_SHOWN}`.execute(trx);
  // a case begins with its first hard flag; who still waits and was not lowered counts with its age
  const { rows: cases } = await sql<{ seconds: number }>`
    select extract(epoch from coalesce(n.at, ${now}::timestamptz) - f.at)::float8 as seconds
    from (
      select conversation_id, min(coalesce(raised_at, at)) as at, bool_and(lowered_at is not null) as lowered from flag
      where organisation_id = ${organisationId} and level = 'hard'
        and at >= date_trunc('day', ${now}::timestamptz at time zone ${timezone}) at time zone ${timezone}
      group by conversation_id) f
    left join lateral (
      select min(greatest(o.answered_at, f.at)) as at from item i join offer o on o.item_id = i.id and o.state = 'accepted'
      join membership m on m.id = o.agent_id and 'nurse' = any(m.roles)
      where i.organisation_id = ${organisationId} and i.conversation_id = f.conversation_id
        and (o.answered_at >= f.at or i.ended_at is null or i.ended_at > f.at)) n on true
    where n.at is not null or not f.lowered`.execute(trx);
  return {
    waiting: rows.map((row) => ({
      itemId: row.id,
      queueId: row.queue_id,
      since: row.since.toISOString(),
      offeredTo: row.offered_to,
    })),
    reached: cases.map((one) => Math.max(0, one.seconds)),
  };
}

/** What closed today, and what of it without an agent. */
async function readDay(
  trx: Trx,
  organisationId: string,
  midnight: Date,
  now: Date,
): Promise<{ solved: number; closed: number }> {
  const { rows } = await sql<{ solved: number; closed: number }>`
    select count(*) filter (where c.outcome = 'solved' and not exists (
        select 1 from item i where i.conversation_id = c.id and i.accepted_at is not null and i.queued_at >= c.opened_at))::int as solved,
      count(*)::int as closed
    from conversation c where c.organisation_id = ${organisationId} and c.closed_at >= ${midnight} and c.closed_at <= ${now}`.execute(
    trx,
  );
  return rows[0]!;
}

async function readEntities(trx: Trx, organisationId: string): Promise<Room['entities']> {
  return trx
    .selectFrom('entity')
    .select(['id', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('retired_at', 'is', null)
    .orderBy('position')
    .orderBy('name')
    .execute();
}

/** Queues that a supervisor opened or closed for a while. */
export async function readOpenings(
  trx: Trx,
  organisationId: string,
  now: Date,
): Promise<Map<string, { id: string; open: boolean; until: string }>> {
  const { rows } = await sql<{ id: string; queue_id: string; open: boolean; until_at: Date }>`
    select distinct on (queue_id) id, queue_id, open, until_at from queue_opening
    where organisation_id = ${organisationId} and ended_at is null and until_at > ${now} and from_at <= ${now} order by queue_id, id desc`.execute(
    trx,
  );
  return new Map(rows.map((row) => [row.queue_id, { id: row.id, open: row.open, until: row.until_at.toISOString() }]));
}

/** What no agent can serve: nobody has what it asks, nobody of those is here, or it is kept for somebody who is not. */
export async function readStuck(trx: Trx, organisationId: string, now: Date): Promise<Stuck[]> {
  return (await unserved(trx, organisationId, now)).map(({ queueId, why, items }) => ({ queueId, why, items }));
}

export type Waits = Map<string, RoomQueue['wait']>;

/** How long somebody who came now would wait in each queue that is open. */
export async function readWaits(trx: Trx, organisationId: string, room: Room, now: Date): Promise<Waits> {
  const waits: Waits = new Map();
  for (const queue of room.queues) {
    const wait = queue.open ? await waitFor(trx, organisationId, { queueId: queue.id }, now) : null;
    waits.set(
      queue.id,
      wait === null || wait.seconds === null || wait.low === null || wait.high === null
        ? null
        : { seconds: wait.seconds, low: wait.low, high: wait.high },
    );
  }
  return waits;
}

export const withWaits = (room: Room, waits: Waits): Room => ({
  ...room,
  queues: room.queues.map((queue) => ({ ...queue, wait: queue.open ? (waits.get(queue.id) ?? null) : null })),
});

/** What came in in this hour of past weeks, and how long work takes: enough for a quarter of an hour. */
export async function readPast(trx: Trx, organisationId: string, now: Date): Promise<Past> {
  const { timezone } = await organisationOf(trx, organisationId);
  const { rows: known } = await sql<{ first: Date | null; handling: number | null; quarter: Date }>`
    select (select min(queued_at) from item where organisation_id = ${organisationId}) as first,
      (select avg(extract(epoch from ended_at - accepted_at))::float8 from item where organisation_id = ${organisationId}
        and queued_at >= ${new Date(now.getTime() - 2 * WEEK_MS)} and state = 'done' and accepted_at is not null) as handling,
      to_timestamp(floor(extract(epoch from ${now}::timestamptz) / 900) * 900) as quarter`.execute(trx);
  const { first, handling, quarter } = known[0]!;
  const weeks = first === null ? 0 : Math.floor((now.getTime() - first.getTime()) / WEEK_MS);
  const past = {
    quarter: quarter.getTime(),
    weeks,
    handlingSeconds: handling === null ? null : Math.max(30, handling),
  };
  if (weeks === 0) return { ...past, arrivals: [] };
  // the same moment of the wall's clock, weeks ago
  const { rows } = await sql<{ week: number; quarter: number; items: number }>`
    select w.week, s.quarter, (select count(*)::int from item i where i.organisation_id = ${organisationId} and i.queued_at >= t.at
      and i.queued_at < t.at + interval '15 minutes') as items
    from generate_series(1, ${FORECAST_WEEKS}::int) w(week), generate_series(0, ${FORECAST_QUARTERS - 1}::int) s(quarter),
      lateral (select ((${quarter}::timestamptz at time zone ${timezone}) - w.week * interval '7 days') at time zone ${timezone}
        + s.quarter * interval '15 minutes' as at) t
    where w.week <= ${weeks}`.execute(trx);
  return { ...past, arrivals: rows };
}

/** Whether what was read is of another quarter of an hour. */
export const isPast = (past: Past, now: Date): boolean => now.getTime() >= past.quarter + QUARTER_MS;
