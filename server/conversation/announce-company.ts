import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';

/** Says on the desks of everyone concerned that something was asked, answered or ended. */
export async function announceCompany(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  joiningIds: string[],
): Promise<void> {
  if (joiningIds.length === 0) return;
  const { rows } = await sql<{ agent_id: string }>`
    select from_agent_id as agent_id from joining where id = any(${joiningIds}::uuid[])
    union select agent_id from joining where id = any(${joiningIds}::uuid[]) and agent_id is not null
    union select agent_id from joining_asked where joining_id = any(${joiningIds}::uuid[])`.execute(trx);
  await announce(trx, {
    organisationId,
    kind: 'joining.changed',
    conversationId,
    payload: { joiningIds, agents: rows.map((row) => row.agent_id) },
  });
}
