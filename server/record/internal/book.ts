import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { humanName } from '../appointment.ts';
import type { Appointment, Slot } from '../contract.ts';
import type * as fhir from '../fhir.ts';
import { conceptName, idOf, localisedText, SYSTEMS, codeIn } from '../fhir.ts';
import { recordProblems } from '../problems.ts';
import { NOTICE_MINUTES } from '../rules.ts';
import { actorId } from './actor.ts';

/*
 * Booking under races. Whatever changes an appointment locks, in this order: the patient's chart, the appointment,
 * the slots by id. Everything that a verb refuses is refused after these locks and before the first write, so two that
 * want one slot queue at its row, and the second reads it as taken. The unique indexes of 0004_record.sql hold even
 * against code that forgets. Under serializable the loser gets 40001 instead and `within` runs it again.
 */

export const LOCAL = sql`'YYYY-MM-DD"T"HH24:MI'`;

/**
 * Locks a patient's chart until the end of the transaction.
 * @throws patient_not_found
 */
export async function lockChart(trx: Trx, organisationId: string, patientId: string): Promise<void> {
  const { rows } = await sql`
    select from chart where organisation_id = ${organisationId} and patient_id = ${patientId} and erased_at is null
    for no key update`.execute(trx);
  if (rows.length === 0) throw recordProblems.patient_not_found();
}

export type SlotRow = {
  id: string;
  schedule_id: string;
  specialty: string;
  service_id: string;
  practitioner_id: string;
  place_id: string;
  starts_at: Date;
  ends_at: Date;
  status: 'free' | 'busy' | 'blocked';
};

/** Locks slots in the order of their ids; those that do not exist are missing from the map. */
export async function lockSlots(trx: Trx, organisationId: string, ids: string[]): Promise<Map<string, SlotRow>> {
  const { rows } = await sql<SlotRow>`
    select id, schedule_id, specialty, service_id, practitioner_id, place_id, starts_at, ends_at, status from slot
    where organisation_id = ${organisationId} and id = any(${ids}::text[]) order by id for no key update`.execute(trx);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * A slot that may be taken now.
 * @throws slot_not_found · slot_past · slot_taken
 */
export function takeable(slot: SlotRow | undefined, now: Date): SlotRow {
  if (!slot) throw recordProblems.slot_not_found();
  if (slot.starts_at <= now) throw recordProblems.slot_past();
  if (slot.status !== 'free') throw recordProblems.slot_taken();
  return slot;
}

/** @throws patient_busy when another booked appointment of theirs lies across these times */
export async function mustBeFree(
  trx: Trx,
  organisationId: string,
  patientId: string,
  slot: SlotRow,
  except: string | null,
): Promise<void> {
  const { rows } = await sql`
    select from appointment where organisation_id = ${organisationId} and patient_id = ${patientId} and status in ('booked', 'arrived')
      and starts_at < ${slot.ends_at} and ends_at > ${slot.starts_at} and id is distinct from ${except} limit 1`.execute(
    trx,
  );
  if (rows.length > 0) throw recordProblems.patient_busy();
}

export type AppointmentRow = {
  id: string;
  patient_id: string;
  slot_id: string | null;
  status: Appointment['state'];
  order_id: string | null;
  specialty: string;
  starts_at: Date;
  content: fhir.Appointment;
};

/**
 * Locks the chart and the appointment of a request.
 * @throws appointment_not_found, also when it is another patient's
 */
export async function lockAppointment(
  trx: Trx,
  organisationId: string,
  request: { appointmentId: string; patientId?: string },
): Promise<AppointmentRow> {
  // the patient of an appointment never changes, so it may be read before it is locked
  const { rows: found } = await sql<{ patient_id: string }>`
    select patient_id from appointment where organisation_id = ${organisationId} and id = ${request.appointmentId}`.execute(
    trx,
  );
  const patientId = found[0]?.patient_id;
  if (patientId === undefined || (request.patientId !== undefined && request.patientId !== patientId))
    throw recordProblems.appointment_not_found();
  await lockChart(trx, organisationId, patientId);
  const { rows } = await sql<AppointmentRow>`
    select a.id, a.patient_id, a.slot_id, a.status, a.order_id, a.specialty, a.starts_at, r.content
    from appointment a
    join resource r on r.organisation_id = a.organisation_id and r.type = 'Appointment' and r.id = a.id
    where a.organisation_id = ${organisationId} and a.id = ${request.appointmentId} for no key update of a, r`.execute(
    trx,
  );
  return rows[0]!;
}

/** How much notice the organisation wants from patients, in minutes. */
export async function noticeMinutes(trx: Trx, organisationId: string): Promise<number> {
  const { rows } = await sql<{ minutes: unknown }>`
    select settings #> '{appointments,noticeMinutes}' as minutes from organisation where id = ${organisationId}`.execute(
    trx,
  );
  const minutes = rows[0]?.minutes;
  return typeof minutes === 'number' && minutes >= 0 ? minutes : NOTICE_MINUTES;
}

/** Puts the version before into the history and writes the new one. */
export async function rewriteAppointment(trx: Trx, actor: Actor, content: fhir.Appointment): Promise<void> {
  await sql`
    with old as (
      insert into resource_history (organisation_id, type, id, version, content, sealed, updated_at, replaced_by_kind, replaced_by)
      select organisation_id, type, id, version, content, sealed, updated_at, ${actor.kind}, ${actorId(actor)}
      from resource where organisation_id = ${actor.organisationId} and type = 'Appointment' and id = ${content.id})
    update resource set version = version + 1, status = ${content.status}, at = ${content.start ?? null},
      content = ${JSON.stringify(content)}::jsonb, updated_at = now()
    where organisation_id = ${actor.organisationId} and type = 'Appointment' and id = ${content.id}`.execute(trx);
}

/** What the book's answers are made of: the resource and its clock on the wall. */
export type ShownRow = { content: fhir.Appointment; version: number; local_start: string; local_end: string };

/** One appointment as people are told of it. */
export function shownAppointment(row: ShownRow): Appointment {
  const { content } = row;
  const actor = (type: 'Patient' | 'Practitioner' | 'Location') =>
    content.participant.find((one) => idOf(one.actor, type));
  const patient = actor('Patient');
  const practitioner = actor('Practitioner')?.actor;
  const place = actor('Location')?.actor;
  const specialty = content.specialty?.[0];
  return {
    id: content.id,
    patientId: idOf(patient?.actor, 'Patient') ?? '',
    state: content.status as Appointment['state'],
    confirmed: patient?.status === 'accepted',
    specialty: { key: codeIn(specialty, SYSTEMS.specialty) ?? '', name: conceptName(specialty) },
    service: conceptName(content.serviceType?.[0] ?? specialty),
    practitioner: { id: idOf(practitioner, 'Practitioner') ?? '', name: practitioner?.display ?? '' },
    place: { id: idOf(place, 'Location') ?? '', name: localisedText(place?.display, place?._display) },
    slotId: idOf(content.slot?.[0], 'Slot') ?? null,
    orderId: idOf(content.basedOn?.[0], 'ServiceRequest') ?? null,
    start: new Date(content.start ?? 0).toISOString(),
    end: new Date(content.end ?? 0).toISOString(),
    localStart: row.local_start,
    localEnd: row.local_end,
    preparation: content.patientInstruction
      ? localisedText(content.patientInstruction, content._patientInstruction)
      : null,
    version: row.version,
  };
}

/** The appointments whose ids are given, in the order of their starts. */
export async function readAppointments(trx: Trx, organisationId: string, ids: string[]): Promise<Appointment[]> {
  const { rows } = await sql<ShownRow>`
    select r.content, r.version,
      to_char(r.at at time zone o.timezone, ${LOCAL}) as local_start,
      to_char((r.content ->> 'end')::timestamptz at time zone o.timezone, ${LOCAL}) as local_end
    from resource r join organisation o on o.id = r.organisation_id
    where r.organisation_id = ${organisationId} and r.type = 'Appointment' and r.id = any(${ids}::text[])
    order by r.at, r.id`.execute(trx);
  return rows.map(shownAppointment);
}

export type NamedSlotRow = {
  id: string;
  specialty: string;
  starts_at: Date;
  ends_at: Date;
  local_start: string;
  local_end: string;
  practitioner: fhir.Practitioner;
  place: fhir.Location;
  service: fhir.HealthcareService;
};

/** The columns and joins that name a slot `s`. */
export const NAMED_SLOT = {
  columns: sql`s.id, s.specialty, s.starts_at, s.ends_at,
    to_char(s.starts_at at time zone o.timezone, ${LOCAL}) as local_start,
    to_char(s.ends_at at time zone o.timezone, ${LOCAL}) as local_end,
    p.content as practitioner, l.content as place, h.content as service`,
  joins: sql`
    join organisation o on o.id = s.organisation_id
    join resource p on p.organisation_id = s.organisation_id and p.type = 'Practitioner' and p.id = s.practitioner_id
    join resource l on l.organisation_id = s.organisation_id and l.type = 'Location' and l.id = s.place_id
    join resource h on h.organisation_id = s.organisation_id and h.type = 'HealthcareService' and h.id = s.service_id`,
};

export function shownSlot(row: NamedSlotRow): Slot {
  return {
    id: row.id,
    specialty: { key: row.specialty, name: conceptName(row.service.specialty?.[0]) },
    practitioner: { id: row.practitioner.id, name: humanName(row.practitioner.name) },
    place: { id: row.place.id, name: localisedText(row.place.name, row.place._name) },
    start: row.starts_at.toISOString(),
    end: row.ends_at.toISOString(),
    localStart: row.local_start,
    localEnd: row.local_end,
  };
}
