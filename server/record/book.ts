import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { newAppointment } from './appointment.ts';
import type { Appointment, BookingRequest } from './contract.ts';
import { conceptName } from './fhir.ts';
import type * as fhir from './fhir.ts';
import { lockChart, lockSlots, mustBeFree, readAppointments, takeable } from './internal/book.ts';
import { endWaiting } from './internal/freed.ts';
import { recordProblems } from './problems.ts';
import { indexed } from './rules.ts';

/**
 * Books a free slot for a patient; of any number at once exactly one gets it. An order that it carries out lends it
 * its name and its preparation. Who waited for this specialty with nothing to give for it waits no more.
 * @throws patient_not_found · order_not_found · order_booked · slot_not_found · slot_past · slot_taken · patient_busy
 */
export async function bookAppointment(
  trx: Trx,
  actor: Actor,
  request: BookingRequest,
  now = new Date(),
): Promise<Appointment> {
  const { organisationId } = actor;
  await lockChart(trx, organisationId, request.patientId);
  const order = request.orderId ? await openOrder(trx, organisationId, request.patientId, request.orderId) : null;
  const slot = takeable((await lockSlots(trx, organisationId, [request.slotId])).get(request.slotId), now);
  await mustBeFree(trx, organisationId, request.patientId, slot, null);

  const { rows } = await sql<{
    practitioner: fhir.Practitioner;
    place: fhir.Location;
    service: fhir.HealthcareService;
  }>`
    select p.content as practitioner, l.content as place, h.content as service
    from resource p, resource l, resource h
    where p.organisation_id = ${organisationId} and p.type = 'Practitioner' and p.id = ${slot.practitioner_id}
      and l.organisation_id = ${organisationId} and l.type = 'Location' and l.id = ${slot.place_id}
      and h.organisation_id = ${organisationId} and h.type = 'HealthcareService' and h.id = ${slot.service_id}`.execute(
    trx,
  );
  const named = rows[0];
  if (!named) throw recordProblems.slot_not_found();
  const content = newAppointment({
    id: uuid(),
    patientId: request.patientId,
    slot: { id: slot.id, start: slot.starts_at.toISOString(), end: slot.ends_at.toISOString() },
    ...named,
    order,
    created: now.toISOString(),
  });
  const index = indexed(content).index;
  // one statement: the slot, the resource, its rows to be found by, and the book's row
  await sql`
    with taken as (
      update slot set status = 'busy', version = version + 1 where organisation_id = ${organisationId} and id = ${slot.id}),
    kept as (
      insert into resource (organisation_id, type, id, patient_id, status, at, content)
      values (${organisationId}, 'Appointment', ${content.id}, ${request.patientId}, 'booked', ${slot.starts_at},
        ${JSON.stringify(content)}::jsonb)),
    found as (
      insert into resource_index (organisation_id, type, id, param, value)
      select ${organisationId}::uuid, 'Appointment', ${content.id}, p, v
      from unnest(${index.map((row) => row.param)}::text[], ${index.map((row) => row.value)}::text[]) as t(p, v))
    insert into appointment (organisation_id, id, patient_id, slot_id, status, specialty, practitioner_id, place_id, order_id,
      starts_at, ends_at, service, prepared)
    values (${organisationId}, ${content.id}, ${request.patientId}, ${slot.id}, 'booked', ${slot.specialty}, ${slot.practitioner_id},
      ${slot.place_id}, ${order?.id ?? null}, ${slot.starts_at}, ${slot.ends_at},
      ${JSON.stringify(conceptName(content.serviceType?.[0]))}::jsonb, ${content.patientInstruction !== undefined})`.execute(
    trx,
  );
  await endWaiting(trx, organisationId, request.patientId, slot);
  await announce(trx, {
    organisationId,
    kind: 'appointment.booked',
    payload: { appointmentId: content.id, patientId: request.patientId, slotId: slot.id },
  });
  return (await readAppointments(trx, organisationId, [content.id]))[0]!;
}

async function openOrder(
  trx: Trx,
  organisationId: string,
  patientId: string,
  orderId: string,
): Promise<fhir.ServiceRequest> {
  const { rows } = await sql<{ content: fhir.ServiceRequest; booked: boolean }>`
    select r.content, exists (select from appointment a where a.organisation_id = r.organisation_id and a.order_id = r.id
      and a.status in ('booked', 'arrived')) as booked
    from resource r where r.organisation_id = ${organisationId} and r.type = 'ServiceRequest' and r.id = ${orderId}
      and r.patient_id = ${patientId} and r.status = 'active'`.execute(trx);
  if (!rows[0]) throw recordProblems.order_not_found();
  if (rows[0].booked) throw recordProblems.order_booked();
  return rows[0].content;
}
