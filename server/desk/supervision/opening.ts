import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { isUuid, uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { roomProblems } from './problems.ts';

/** @throws room.not_found (not a queue of this organisation, or one out of use) */
export async function mustBeQueue(trx: Trx, organisationId: string, queueId: string): Promise<void> {
  const { rows } = isUuid(queueId)
    ? await sql`select 1 from queue where id = ${queueId} and organisation_id = ${organisationId} and retired_at is null`.execute(
        trx,
      )
    : { rows: [] };
  if (rows.length === 0) throw roomProblems.not_found();
}

/**
 * Opens a queue outside its hours, or closes it within them, for so many minutes from now. An earlier opening that still
 * stood gives way.
 * @throws room.not_found
 */
export async function openQueue(
  trx: Trx,
  actor: StaffActor,
  input: { queueId: string; open: boolean; minutes: number; reason: string },
  now: Date,
): Promise<void> {
  const { organisationId, membershipId } = actor;
  await mustBeQueue(trx, organisationId, input.queueId);
  await endStanding(trx, actor, input.queueId, now);
  const id = uuid();
  await sql`insert into queue_opening (organisation_id, id, queue_id, open, from_at, until_at, reason, set_by)
    values (${organisationId}, ${id}, ${input.queueId}, ${input.open}, ${now}, ${new Date(now.getTime() + input.minutes * 60_000)},
      ${input.reason}, ${membershipId})`.execute(trx);
  await audit(trx, actor, {
    action: input.open ? 'open_queue' : 'close_queue',
    subject: { kind: 'queue', id: input.queueId },
    reason: input.reason,
    detail: { minutes: input.minutes },
  });
  await announce(trx, { organisationId, kind: 'queue.hours' });
}

/** From now on its hours count again. @throws room.not_found */
export async function endOpening(trx: Trx, actor: StaffActor, queueId: string, now: Date): Promise<void> {
  await mustBeQueue(trx, actor.organisationId, queueId);
  if ((await endStanding(trx, actor, queueId, now)) === 0) return;
  await audit(trx, actor, { action: 'end_opening', subject: { kind: 'queue', id: queueId } });
  await announce(trx, { organisationId: actor.organisationId, kind: 'queue.hours' });
}

async function endStanding(trx: Trx, actor: StaffActor, queueId: string, now: Date): Promise<number> {
  const { rows } = await sql`
    update queue_opening set ended_at = ${now}, ended_by = ${actor.membershipId}
    where organisation_id = ${actor.organisationId} and queue_id = ${queueId} and ended_at is null and until_at > ${now} returning id`.execute(
    trx,
  );
  return rows.length;
}
