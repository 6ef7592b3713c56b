import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import type { Trx } from '../../platform/postgres.ts';
import { announceCompany } from '../announce-company.ts';
import type { ConversationState } from '../contract.ts';

/** Whether somebody was let in beside the agent who holds it, and has not left. */
export async function isMember(trx: Trx, conversationId: string, agentId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from joining where conversation_id = ${conversationId}::uuid and agent_id = ${agentId}::uuid
      and kind = 'join' and state = 'accepted'`.execute(trx);
  return rows.length > 0;
}

/**
 * A conversation came to another state or another agent: what was asked of colleagues by who had it before falls away. Who
 * was let in stays while it is somebody's or waits for somebody.
 */
export async function settleCompany(
  trx: Trx,
  conversation: { id: string; organisationId: string; state: ConversationState; agentId: string | null },
  before: { agentId: string | null },
  now: Date,
): Promise<void> {
  const { id, organisationId, state, agentId } = conversation;
  const over = state === 'closed' || state === 'assistant';
  if (!over && agentId === before.agentId) return;
  const { rows } = await sql<{ id: string }>`
    update joining set state = case state when 'offered' then 'withdrawn' else 'ended' end,
      answered_at = coalesce(answered_at, ${now}), ended_at = case state when 'accepted' then ${now}::timestamptz end, reason = ${state}
    where conversation_id = ${id}::uuid and organisation_id = ${organisationId}::uuid
      and (state = 'offered' or (state = 'accepted' and (kind = 'consult' or (kind = 'join' and (${over}::boolean or agent_id = ${agentId}::uuid)))))
    returning id`.execute(trx);
  await announceCompany(
    trx,
    organisationId,
    id,
    rows.map((row) => row.id),
  );
  if (state !== 'closed') return;
  const { rows: ended } = await sql<{ agent_id: string }>`
    update errand set ended_at = ${now}, outcome = 'closed' where conversation_id = ${id}::uuid and ended_at is null returning agent_id`.execute(
    trx,
  );
  for (const { agent_id } of ended)
    await announce(trx, {
      organisationId,
      kind: 'joining.changed',
      conversationId: id,
      payload: { agents: [agent_id] },
    });
}
