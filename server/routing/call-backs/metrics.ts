import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';

/** Open call-backs by state, `late` for those past their slot, for whoever watches. */
export async function countCallBacks(
  trx: Trx,
  organisationId: string,
): Promise<{ value: number; labels: { state: string } }[]> {
  const { rows } = await sql<{ state: string; n: number }>`
    select case when state = 'due' and slot_ends_at < now() then 'late' else state end as state, count(*)::int as n from call_back
    where organisation_id = ${organisationId} and state in ('asked', 'due', 'trying') group by 1`.execute(trx);
  return rows.map((row) => ({ value: row.n, labels: { state: row.state } }));
}
