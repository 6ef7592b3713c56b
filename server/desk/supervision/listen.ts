import { sql } from 'kysely';
import { conversationProblems } from '../../conversation/problems.ts';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { roomProblems } from './problems.ts';

/** A page that says nothing for so long listens no more. */
const LEASE_MS = 90_000;

/** @throws conversation.not_found */
async function aboutOf(trx: Trx, organisationId: string, conversationId: string): Promise<string> {
  const { rows } = await sql<{ about_id: string }>`
    select about_id from conversation where id = ${conversationId} and organisation_id = ${organisationId}`.execute(
    trx,
  );
  if (!rows[0]) throw conversationProblems.not_found();
  return rows[0].about_id;
}

/**
 * A supervisor begins to read along. The reason is in the audit trail; the agent sees it where the organisation wants.
 * @throws conversation.not_found
 */
export async function listen(
  trx: Trx,
  actor: StaffActor,
  input: { conversationId: string; reason: string },
  now: Date,
): Promise<{ id: string; until: string; visible: boolean }> {
  const { organisationId, membershipId } = actor;
  const personId = await aboutOf(trx, organisationId, input.conversationId);
  const { settings } = await organisationOf(trx, organisationId);
  const { visible } = settings.supervision;
  const until = new Date(now.getTime() + LEASE_MS);
  await sql`update listening set ended_at = ${now} where organisation_id = ${organisationId} and conversation_id = ${input.conversationId}
    and supervisor_id = ${membershipId} and ended_at is null`.execute(trx);
  const id = uuid();
  await sql`insert into listening (organisation_id, id, conversation_id, supervisor_id, reason, visible, began_at, lease_until)
    values (${organisationId}, ${id}, ${input.conversationId}, ${membershipId}, ${input.reason}, ${visible}, ${now}, ${until})`.execute(
    trx,
  );
  await audit(trx, actor, {
    action: 'listen',
    subject: { kind: 'conversation', id: input.conversationId },
    personId,
    reason: input.reason,
    detail: { visible },
  });
  await changed(trx, organisationId, input.conversationId);
  return { id, until: until.toISOString(), visible };
}

/** The page is still there. @throws room.listening_over */
export async function renewListening(
  trx: Trx,
  actor: StaffActor,
  listeningId: string,
  now: Date,
): Promise<{ id: string; until: string; visible: boolean }> {
  const until = new Date(now.getTime() + LEASE_MS);
  const { rows } = await sql<{ visible: boolean }>`
    update listening set lease_until = ${until} where id = ${listeningId} and organisation_id = ${actor.organisationId}
      and supervisor_id = ${actor.membershipId} and ended_at is null and lease_until > ${now} returning visible`.execute(
    trx,
  );
  if (!rows[0]) throw roomProblems.listening_over();
  return { id: listeningId, until: until.toISOString(), visible: rows[0].visible };
}

/** Reads along no more; of one that ended nothing changes. @throws room.not_found where the supervisor never did */
export async function endListening(trx: Trx, actor: StaffActor, listeningId: string, now: Date): Promise<void> {
  const { rows } = await sql<{ conversation_id: string }>`
    update listening set ended_at = ${now} where id = ${listeningId} and organisation_id = ${actor.organisationId}
      and supervisor_id = ${actor.membershipId} and ended_at is null returning conversation_id`.execute(trx);
  if (rows[0]) return changed(trx, actor.organisationId, rows[0].conversation_id);
  const known =
    await sql`select 1 from listening where id = ${listeningId} and organisation_id = ${actor.organisationId}
    and supervisor_id = ${actor.membershipId}`.execute(trx);
  if (known.rows.length === 0) throw roomProblems.not_found();
}

/** Who reads along in a conversation now and lets it be seen. @throws conversation.not_found */
export async function readListeners(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  now: Date,
): Promise<{ name: string; since: string; until: string }[]> {
  await aboutOf(trx, organisationId, conversationId);
  const { rows } = await sql<{ name: string; began_at: Date; lease_until: Date }>`
    select m.name, l.began_at, l.lease_until from listening l join membership m on m.id = l.supervisor_id
    where l.organisation_id = ${organisationId} and l.conversation_id = ${conversationId} and l.ended_at is null and l.lease_until > ${now}
      and l.visible order by l.began_at`.execute(trx);
  return rows.map((row) => ({
    name: row.name,
    since: row.began_at.toISOString(),
    until: row.lease_until.toISOString(),
  }));
}

const changed = (trx: Trx, organisationId: string, conversationId: string): Promise<void> =>
  announce(trx, { organisationId, kind: 'listening.changed', conversationId });
