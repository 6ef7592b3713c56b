import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import type { Appointment, ChangeRequest } from './contract.ts';
import type * as fhir from './fhir.ts';
import { idOf, localisedText } from './fhir.ts';
import { humanName, namedPlace } from './appointment.ts';
import {
  lockAppointment,
  lockSlots,
  mustBeFree,
  noticeMinutes,
  readAppointments,
  rewriteAppointment,
  takeable,
} from './internal/book.ts';
import { endWaiting, freeSlot, offerFreed } from './internal/freed.ts';
import { recordProblems } from './problems.ts';
import { mayStillMove } from './rules.ts';

/**
 * Moves an appointment to another slot of its specialty: the new one is taken and the old one freed, or nothing
 * changes. The old one is put before whoever waits for it. To its own slot: nothing to do.
 * @throws appointment_not_found · appointment_closed · too_late_to_change · slot_not_found · slot_past · slot_taken · patient_busy
 */
export async function changeAppointment(
  trx: Trx,
  actor: Actor,
  request: ChangeRequest,
  now = new Date(),
): Promise<Appointment> {
  const { organisationId } = actor;
  const before = await lockAppointment(trx, organisationId, request);
  if (before.status !== 'booked') throw recordProblems.appointment_closed();
  if (!mayStillMove(before.starts_at, now, actor.kind === 'staff', await noticeMinutes(trx, organisationId)))
    throw recordProblems.too_late_to_change();
  if (before.slot_id === request.slotId) return (await readAppointments(trx, organisationId, [before.id]))[0]!;
  const slots = await lockSlots(trx, organisationId, [request.slotId, before.slot_id!]);
  const slot = takeable(slots.get(request.slotId), now);
  if (slot.specialty !== before.specialty) throw recordProblems.slot_not_found();
  await mustBeFree(trx, organisationId, before.patient_id, slot, before.id);

  const { rows } = await sql<{ practitioner: fhir.Practitioner; place: fhir.Location }>`
    select p.content as practitioner, l.content as place from resource p, resource l
    where p.organisation_id = ${organisationId} and p.type = 'Practitioner' and p.id = ${slot.practitioner_id}
      and l.organisation_id = ${organisationId} and l.type = 'Location' and l.id = ${slot.place_id}`.execute(trx);
  const named = rows[0];
  if (!named) throw recordProblems.slot_not_found();
  await freeSlot(trx, organisationId, before.slot_id!);
  await sql`
    with taken as (
      update slot set status = 'busy', version = version + 1 where organisation_id = ${organisationId} and id = ${slot.id})
    update appointment set slot_id = ${slot.id}, practitioner_id = ${slot.practitioner_id}, place_id = ${slot.place_id},
      starts_at = ${slot.starts_at}, ends_at = ${slot.ends_at}, confirmed_at = null, updated_at = now()
    where organisation_id = ${organisationId} and id = ${before.id}`.execute(trx);
  const placeName = localisedText(named.place.name, named.place._name);
  const content: fhir.Appointment = {
    ...before.content,
    start: slot.starts_at.toISOString(),
    end: slot.ends_at.toISOString(),
    slot: [{ reference: `Slot/${slot.id}` }],
    participant: before.content.participant.map((one): fhir.Appointment['participant'][number] => {
      if (idOf(one.actor, 'Patient')) return { ...one, status: 'needs-action' };
      if (idOf(one.actor, 'Practitioner'))
        return {
          actor: { reference: `Practitioner/${slot.practitioner_id}`, display: humanName(named.practitioner.name) },
          status: 'accepted',
        };
      if (idOf(one.actor, 'Location'))
        return {
          actor: namedPlace(slot.place_id, placeName),
          status: 'accepted',
        };
      return one;
    }),
  };
  await rewriteAppointment(trx, actor, content);
  await sql`
    with gone as (
      delete from resource_index where organisation_id = ${organisationId} and type = 'Appointment' and id = ${before.id}
        and param in ('actor', 'slot') and value <> all(${[`Slot/${slot.id}`, ...content.participant.map((one) => one.actor?.reference ?? '')]}::text[]))
    insert into resource_index (organisation_id, type, id, param, value)
    select ${organisationId}::uuid, 'Appointment', ${before.id}, p, v
    from (values ('slot', ${`Slot/${slot.id}`}), ('actor', ${`Practitioner/${slot.practitioner_id}`}), ('actor', ${`Location/${slot.place_id}`})) as t(p, v)
    on conflict do nothing`.execute(trx);
  await endWaiting(trx, organisationId, before.patient_id, slot);
  const old = slots.get(before.slot_id!);
  if (old) await offerFreed(trx, organisationId, old, before.patient_id, now);
  await announce(trx, {
    organisationId,
    kind: 'appointment.changed',
    payload: { appointmentId: before.id, patientId: before.patient_id, slotId: slot.id, fromSlotId: before.slot_id },
  });
  return (await readAppointments(trx, organisationId, [before.id]))[0]!;
}
