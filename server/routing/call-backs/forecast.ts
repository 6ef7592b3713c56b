import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import type { Queue } from '../queues.ts';
import type { CallBackSettings, Slot } from './contract.ts';
import {
  ENOUGH_WEEKS,
  isQuiet,
  type Load,
  placesOf,
  quarterOf,
  type Span,
  slotsOf,
  weekdayOf,
  weighted,
} from './rules.ts';

const WEEKS = 8;
/** How old what was computed may be. */
const FRESH_HOURS = 6;

type Cell = { arrivals: number; handled: number };
export type Outlook = {
  weeks: number;
  agents: number;
  handleSeconds: number;
  basis: 'forecast' | 'agents' | 'nobody';
  cells: Map<number, Cell>;
};

/** Counts anew what came to queues and was answered in each quarter of an hour of their last weeks. @returns how many queues */
export async function refreshForecasts(trx: Trx, organisationId: string, timezone: string, now: Date): Promise<number> {
  const { rows: due } = await sql<{ id: string }>`
    select q.id from queue q left join call_back_history h on h.queue_id = q.id
    where q.organisation_id = ${organisationId} and q.retired_at is null
      and (h.computed_at is null or h.computed_at < ${new Date(now.getTime() - FRESH_HOURS * 3_600_000)} or h.computed_at > ${now})
    order by q.id limit 20`.execute(trx);
  let counted = 0;
  for (const { id } of due) {
    // another process that counts it now counts it for all
    const { rows } = await sql<{ ours: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`forecast ${id}`}, 0)) as ours`.execute(trx);
    if (!rows[0]!.ours) continue;
    await refreshOne(trx, organisationId, id, timezone, now);
    counted += 1;
  }
  return counted;
}

async function refreshOne(
  trx: Trx,
  organisationId: string,
  queueId: string,
  timezone: string,
  now: Date,
): Promise<void> {
  // whole days of the wall's calendar, so that every weekday is counted as often as the others
  const { rows } = await sql<{ week: number; weekday: number; quarter: number; arrivals: number; handled: number }>`
    with today as (select (${now}::timestamptz at time zone ${timezone})::date as day), moved as (
      select queued_at at time zone ${timezone} as wall, 1 as came, 0 as taken from item, today
      where organisation_id = ${organisationId} and coalesce(first_queue_id, queue_id) = ${queueId} and kind in ('conversation', 'call')
        and queued_at >= (today.day - ${WEEKS * 7}::int)::timestamp at time zone ${timezone} and queued_at < today.day::timestamp at time zone ${timezone}
      union all
      select accepted_at at time zone ${timezone}, 0, 1 from item, today
      where organisation_id = ${organisationId} and queue_id = ${queueId} and accepted_at is not null
        and queued_at >= (today.day - ${WEEKS * 7 + 7}::int)::timestamp at time zone ${timezone}
        and accepted_at >= (today.day - ${WEEKS * 7}::int)::timestamp at time zone ${timezone} and accepted_at < today.day::timestamp at time zone ${timezone})
    select ((today.day - wall::date - 1) / 7)::int as week, extract(isodow from wall)::int as weekday,
      (extract(hour from wall)::int * 4 + extract(minute from wall)::int / 15) as quarter, sum(came)::int as arrivals, sum(taken)::int as handled
    from moved, today group by 1, 2, 3`.execute(trx);
  const { rows: times } = await sql<{ first: Date | null; seconds: number | null }>`
    select (select min(queued_at) from item where organisation_id = ${organisationId} and queue_id = ${queueId}) as first,
      (select avg(least(7200, greatest(10, extract(epoch from ended_at - accepted_at))))::float8 from (
        select accepted_at, ended_at from item where organisation_id = ${organisationId} and queue_id = ${queueId} and state = 'done'
          and accepted_at is not null and ended_at > ${new Date(now.getTime() - WEEKS * 7 * 86_400_000)} order by ended_at desc limit 500) t) as seconds`.execute(
    trx,
  );
  const age = times[0]!.first ? (now.getTime() - times[0]!.first.getTime()) / (7 * 86_400_000) : 0;
  const weeks = Math.max(0, Math.min(WEEKS, Math.floor(age)));
  const counts = new Map<string, { arrivals: number[]; handled: number[] }>();
  for (const row of rows) {
    if (row.week >= weeks) continue;
    const key = `${row.weekday}:${row.quarter}`;
    const cell = counts.get(key) ?? { arrivals: Array<number>(weeks).fill(0), handled: Array<number>(weeks).fill(0) };
    cell.arrivals[row.week] = row.arrivals;
    cell.handled[row.week] = row.handled;
    counts.set(key, cell);
  }
  const cells = [...counts].map(([key, cell]) => {
    const [weekday, quarter] = key.split(':').map(Number) as [number, number];
    return { weekday, quarter, arrivals: weighted(cell.arrivals), handled: weighted(cell.handled) };
  });
  await sql`delete from call_back_forecast where queue_id = ${queueId}`.execute(trx);
  if (cells.length > 0)
    await sql`
      insert into call_back_forecast (organisation_id, queue_id, weekday, quarter, arrivals, handled)
      select ${organisationId}::uuid, ${queueId}::uuid, * from unnest(${cells.map((cell) => cell.weekday)}::smallint[],
        ${cells.map((cell) => cell.quarter)}::smallint[], ${cells.map((cell) => cell.arrivals)}::float8[], ${cells.map((cell) => cell.handled)}::float8[])`.execute(
      trx,
    );
  await sql`
    insert into call_back_history (organisation_id, queue_id, weeks, handle_seconds, computed_at)
    values (${organisationId}, ${queueId}, ${weeks}, ${times[0]!.seconds}, ${now})
    on conflict (queue_id) do update set weeks = excluded.weeks, handle_seconds = excluded.handle_seconds, computed_at = excluded.computed_at`.execute(
    trx,
  );
}

/** What a queue has to go by. */
export async function outlookOf(trx: Trx, queue: Queue, settings: CallBackSettings): Promise<Outlook> {
  const { rows } = await sql<{ weeks: number | null; seconds: number | null; agents: number }>`
    select h.weeks, h.handle_seconds as seconds, (select count(*)::int from agent a join membership m on m.id = a.id and m.deactivated_at is null
      where a.organisation_id = q.organisation_id and a.capacity > 0 and a.skills @> q.skills
        and (a.every_queue or exists (select 1 from agent_queue g where g.agent_id = a.id and g.queue_id = q.id))) as agents
    from queue q left join call_back_history h on h.queue_id = q.id where q.id = ${queue.id}`.execute(trx);
  const row = rows[0]!;
  const cells = await sql<{ weekday: number; quarter: number } & Cell>`
    select weekday, quarter, arrivals, handled from call_back_forecast where queue_id = ${queue.id}`.execute(trx);
  const weeks = row.weeks ?? 0;
  return {
    weeks,
    agents: row.agents,
    handleSeconds: row.seconds ?? settings.handleMinutes * 60,
    basis: row.agents === 0 ? 'nobody' : weeks < ENOUGH_WEEKS ? 'agents' : 'forecast',
    cells: new Map(cells.rows.map((cell) => [cell.weekday * 96 + cell.quarter, cell])),
  };
}

/** What usually comes and is answered in a slot; shorter ones have their part of a quarter. */
function loadIn(outlook: Outlook, span: Span, minutes: number): Load {
  const load: Load = { ...outlook, arrivals: 0, handled: 0 };
  const first = weekdayOf(span.local) * 96 + quarterOf(span.local);
  for (let n = 0; n < Math.max(1, minutes / 15); n += 1) {
    const cell = outlook.cells.get(first + n);
    const part = Math.min(1, minutes / 15 - n);
    load.arrivals += (cell?.arrivals ?? 0) * part;
    load.handled += (cell?.handled ?? 0) * part;
  }
  return load;
}

/**
 * Places of a slot by what is known now. While a queue's own weeks do not tell that somebody answers by night, nobody is
 * promised a call in the quiet hours.
 */
export function placesIn(outlook: Outlook, span: Span, settings: CallBackSettings, timezone: string): number {
  if (outlook.weeks < ENOUGH_WEEKS && isQuiet(span.startsAt, timezone, settings)) return 0;
  return placesOf(loadIn(outlook, span, settings.slotMinutes), settings);
}

/** The slots of a queue from now on, with the places that each has and those that are taken. */
export async function slotsWithPlaces(
  trx: Trx,
  queue: Queue,
  settings: CallBackSettings,
  now: Date,
): Promise<{ span: Span; places: number; taken: number }[]> {
  const spans = slotsOf(queue.calendar, settings, new Date(now.getTime() + settings.noticeMinutes * 60_000));
  if (spans.length === 0) return [];
  const outlook = await outlookOf(trx, queue, settings);
  const { rows } = await sql<{ starts_at: Date; taken: number }>`
    select starts_at, taken from call_back_slot where queue_id = ${queue.id} and starts_at >= ${spans[0]!.startsAt}`.execute(
    trx,
  );
  const taken = new Map(rows.map((row) => [row.starts_at.getTime(), row.taken]));
  return spans.map((span) => ({
    span,
    places: placesIn(outlook, span, settings, queue.calendar.timezone),
    taken: taken.get(span.startsAt.getTime()) ?? 0,
  }));
}

export const slotView = (one: { span: Span; places: number; taken: number }): Slot => ({
  startsAt: one.span.startsAt.toISOString(),
  endsAt: one.span.endsAt.toISOString(),
  local: one.span.local,
  free: Math.max(0, one.places - one.taken),
});
