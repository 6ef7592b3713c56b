import { sql } from 'kysely';
import { isUuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { setPresence } from '../../routing/presence.ts';
import { audit } from '../../trust/audit.ts';
import type { Role, StaffActor } from '../../trust/contract.ts';
import { tell } from './notices.ts';
import { roomProblems } from './problems.ts';

/** A colleague who takes work, as the rooms below know somebody who acts. @throws room.not_found */
export async function colleague(trx: Trx, organisationId: string, agentId: string): Promise<StaffActor> {
  const { rows } = isUuid(agentId)
    ? await sql<{ name: string; account_id: string; roles: Role[] }>`
        select name, account_id, roles from membership where id = ${agentId} and organisation_id = ${organisationId}
          and deactivated_at is null and roles && '{agent,nurse,supervisor}'`.execute(trx)
    : { rows: [] };
  const row = rows[0];
  if (!row) throw roomProblems.not_found();
  // no session of theirs: what is done in their name is in the audit trail under who did it
  return {
    kind: 'staff',
    organisationId,
    membershipId: agentId,
    accountId: row.account_id,
    sessionId: '00000000-0000-0000-0000-000000000000',
    roles: row.roles,
    name: row.name,
  };
}

/**
 * Says for a colleague that they are available, or that they have gone. They are told, with the reason.
 * @throws room.not_found · not_here (no desk of theirs is open) · routing.presence_not_allowed
 */
export async function setAgentPresence(
  trx: Trx,
  actor: StaffActor,
  input: { agentId: string; state: 'available' | 'offline'; reason: string },
  now: Date,
): Promise<void> {
  const { organisationId } = actor;
  const agent = await colleague(trx, organisationId, input.agentId);
  if (input.state === 'available') {
    const { rows } =
      await sql`select 1 from connection where organisation_id = ${organisationId} and agent_id = ${input.agentId}
      and seen_until > ${now} limit 1`.execute(trx);
    if (rows.length === 0) throw roomProblems.not_here();
  }
  await setPresence(trx, agent, { state: input.state }, now);
  await tell(
    trx,
    actor,
    [input.agentId],
    { kind: 'presence', detail: { state: input.state, reason: input.reason } },
    now,
  );
  await audit(trx, actor, {
    action: 'set_presence',
    subject: { kind: 'agent', id: input.agentId },
    reason: input.reason,
    detail: { state: input.state },
  });
}
