import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import type { Cancelled, CancelRequest } from './contract.ts';
import { lockAppointment, lockSlots, noticeMinutes, readAppointments, rewriteAppointment } from './internal/book.ts';
import { freeSlot, offerFreed } from './internal/freed.ts';
import { recordProblems } from './problems.ts';
import { mayStillMove } from './rules.ts';

/**
 * Cancels an appointment, frees its slot and puts it before whoever waits for one like it. Cancelled again: the same answer.
 * @throws appointment_not_found · appointment_closed · too_late_to_cancel
 */
export async function cancelAppointment(
  trx: Trx,
  actor: Actor,
  request: CancelRequest,
  now = new Date(),
): Promise<Cancelled> {
  const { organisationId } = actor;
  const before = await lockAppointment(trx, organisationId, request);
  const shown = async () => (await readAppointments(trx, organisationId, [before.id]))[0]!;
  if (before.status === 'cancelled') return { appointment: await shown(), offered: null };
  if (before.status !== 'booked') throw recordProblems.appointment_closed();
  if (!mayStillMove(before.starts_at, now, actor.kind === 'staff', await noticeMinutes(trx, organisationId)))
    throw recordProblems.too_late_to_cancel();
  const slot = (await lockSlots(trx, organisationId, [before.slot_id!])).get(before.slot_id!)!;
  await freeSlot(trx, organisationId, slot.id);
  await sql`update appointment set status = 'cancelled', updated_at = now()
    where organisation_id = ${organisationId} and id = ${before.id}`.execute(trx);
  await rewriteAppointment(trx, actor, {
    ...before.content,
    status: 'cancelled',
    cancelationReason: { coding: [{ system: 'urn:hebra:cancellation', code: request.reason ?? 'patient_request' }] },
  });
  await announce(trx, {
    organisationId,
    kind: 'appointment.cancelled',
    payload: { appointmentId: before.id, patientId: before.patient_id, slotId: slot.id },
  });
  const offered = await offerFreed(trx, organisationId, slot, before.patient_id, now);
  return { appointment: await shown(), offered };
}
