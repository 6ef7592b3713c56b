import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import type { ItemKind } from '../contract.ts';

/** Work that waits in one queue, asks for the same and is of one class. */
export type Head = {
  queueId: string;
  /** A hash of kind, channel and skills: 64 bits, too many for a number. */
  shape: string;
  rank: number;
  kind: ItemKind;
  channel: string | null;
  skills: string[];
};

/** Every queue, shape and class of which something waits, found by jumping through the index from one to the next. */
export async function headsOf(trx: Trx, organisationId: string): Promise<Head[]> {
  const { rows } = await sql<Head>`
    with recursive head as (
      (select queue_id, shape, rank, kind, channel, skills from item where organisation_id = ${organisationId} and state = 'queued'
        order by queue_id, shape, rank limit 1)
      union all
      select n.* from head h cross join lateral (
        select queue_id, shape, rank, kind, channel, skills from item where organisation_id = ${organisationId} and state = 'queued'
          and (queue_id, shape, rank) > (h.queue_id, h.shape, h.rank) order by queue_id, shape, rank limit 1) n
    )
    select queue_id as "queueId", shape::text, rank, kind, channel, skills from head`.execute(trx);
  return rows;
}
