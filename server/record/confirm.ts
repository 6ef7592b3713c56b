import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import type { Appointment, AppointmentRequest } from './contract.ts';
import { idOf } from './fhir.ts';
import { lockAppointment, readAppointments, rewriteAppointment } from './internal/book.ts';
import { recordProblems } from './problems.ts';

/**
 * The patient says that they come. Said again: nothing changes.
 * @throws appointment_not_found · appointment_closed when it is no longer to come
 */
export async function confirmAppointment(
  trx: Trx,
  actor: Actor,
  request: AppointmentRequest,
  now = new Date(),
): Promise<Appointment> {
  const { organisationId } = actor;
  const before = await lockAppointment(trx, organisationId, request);
  if (before.status !== 'booked' || before.starts_at <= now) throw recordProblems.appointment_closed();
  const confirmed = before.content.participant.some((one) => idOf(one.actor, 'Patient') && one.status === 'accepted');
  if (!confirmed) {
    await sql`update appointment set confirmed_at = ${now}, updated_at = now()
      where organisation_id = ${organisationId} and id = ${before.id}`.execute(trx);
    await rewriteAppointment(trx, actor, {
      ...before.content,
      participant: before.content.participant.map((one) =>
        idOf(one.actor, 'Patient') ? { ...one, status: 'accepted' } : one,
      ),
    });
    await announce(trx, {
      organisationId,
      kind: 'appointment.confirmed',
      payload: { appointmentId: before.id, patientId: before.patient_id, slotId: before.slot_id },
    });
  }
  return (await readAppointments(trx, organisationId, [before.id]))[0]!;
}
