import { sql, type RawBuilder } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import { slotQuery, type FreeDay, type Slot, type SlotQuery } from './contract.ts';
import { NAMED_SLOT, shownSlot, type NamedSlotRow } from './internal/book.ts';
import { PART_MINUTES } from './rules.ts';

/**
 * Free slots in the order of time. What does not exist (a specialty, a place) has none.
 * With `preferPractitionerId` each time stands once, that professional's before another's.
 */
export async function findSlots(trx: Trx, organisationId: string, query: SlotQuery): Promise<Slot[]> {
  const wanted = slotQuery.parse(query);
  const prefer = wanted.preferPractitionerId;
  const matching = prefer
    ? sql`select distinct on (s.starts_at) s.* from slot s join organisation o on o.id = s.organisation_id
        where ${matches(organisationId, query)} order by s.starts_at, s.practitioner_id = ${prefer} desc, s.id limit ${wanted.limit}`
    : sql`select s.* from slot s join organisation o on o.id = s.organisation_id
        where ${matches(organisationId, query)} order by s.starts_at, s.id limit ${wanted.limit}`;
  const { rows } = await sql<NamedSlotRow>`
    select ${NAMED_SLOT.columns} from (${matching}) s ${NAMED_SLOT.joins} order by s.starts_at, s.id`.execute(trx);
  return rows.map(shownSlot);
}

/** The days that have free slots, with how many and the first one's time on the wall: for "which day?". */
export async function freeDays(trx: Trx, organisationId: string, query: SlotQuery): Promise<FreeDay[]> {
  const { limit } = slotQuery.parse(query);
  const { rows } = await sql<FreeDay>`
    select to_char(s.starts_at at time zone o.timezone, 'YYYY-MM-DD') as date, count(*)::int as free,
      to_char(min(s.starts_at at time zone o.timezone), 'HH24:MI') as first
    from slot s join organisation o on o.id = s.organisation_id
    where ${matches(organisationId, query)} group by 1 order by 1 limit ${limit}`.execute(trx);
  return rows;
}

function matches(organisationId: string, query: SlotQuery): RawBuilder<unknown> {
  const conditions = [
    sql`s.organisation_id = ${organisationId} and s.status = 'free'`,
    sql`s.starts_at >= ${query.from}::timestamptz and s.starts_at < ${query.to}::timestamptz`,
  ];
  if (query.specialty) conditions.push(sql`s.specialty = ${query.specialty}`);
  if (query.practitionerId) conditions.push(sql`s.practitioner_id = ${query.practitionerId}`);
  if (query.placeId) conditions.push(sql`s.place_id = ${query.placeId}`);
  if (query.partOfDay) {
    const [from, to] = PART_MINUTES[query.partOfDay];
    const minute = sql`(extract(hour from s.starts_at at time zone o.timezone) * 60 + extract(minute from s.starts_at at time zone o.timezone))`;
    conditions.push(sql`${minute} >= ${from} and ${minute} < ${to}`);
  }
  return sql.join(conditions, sql` and `);
}
