import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import type { WaitingEntry, WaitingRequest } from './contract.ts';
import { conceptName, type CodeableConcept } from './fhir.ts';
import { LOCAL, lockChart } from './internal/book.ts';
import { recordProblems } from './problems.ts';

/**
 * Puts a patient on the waiting list of a specialty, once for each.
 * @throws patient_not_found · specialty_not_found · appointment_not_found (theirs, of this specialty, to come) · already_waiting
 */
export async function joinWaitingList(
  trx: Trx,
  actor: Actor,
  request: WaitingRequest,
  now = new Date(),
): Promise<WaitingEntry> {
  const { organisationId } = actor;
  await lockChart(trx, organisationId, request.patientId);
  const { rows: offered } = await sql`
    select from resource_index where organisation_id = ${organisationId} and type = 'HealthcareService' and param = 'specialty'
      and value = ${request.specialty} limit 1`.execute(trx);
  if (offered.length === 0) throw recordProblems.specialty_not_found();
  if (request.appointmentId) {
    const { rows } = await sql`
      select from appointment where organisation_id = ${organisationId} and id = ${request.appointmentId}
        and patient_id = ${request.patientId} and specialty = ${request.specialty} and status = 'booked' and starts_at > ${now}`.execute(
      trx,
    );
    if (rows.length === 0) throw recordProblems.appointment_not_found();
  }
  const id = uuid();
  const { rows } = await sql`
    insert into waiting_entry (organisation_id, id, patient_id, specialty, practitioner_id, place_id, part_of_day, appointment_id, since)
    values (${organisationId}, ${id}, ${request.patientId}, ${request.specialty}, ${request.practitionerId ?? null},
      ${request.placeId ?? null}, ${request.partOfDay ?? null}, ${request.appointmentId ?? null}, ${now})
    on conflict do nothing returning 1`.execute(trx);
  if (rows.length === 0) throw recordProblems.already_waiting();
  await announce(trx, {
    organisationId,
    kind: 'waiting.joined',
    payload: { entryId: id, patientId: request.patientId },
  });
  return (await waitingList(trx, organisationId, { patientId: request.patientId })).find((entry) => entry.id === id)!;
}

/** @throws waiting_entry_not_found, also when it is another patient's or ended before */
export async function leaveWaitingList(
  trx: Trx,
  actor: Actor,
  request: { entryId: string; patientId?: string },
): Promise<void> {
  const { organisationId } = actor;
  if (!isUuid(request.entryId)) throw recordProblems.waiting_entry_not_found();
  const { rows } = await sql<{ patient_id: string }>`
    update waiting_entry set ended_at = now(), ended_as = 'left'
    where organisation_id = ${organisationId} and id = ${request.entryId} and ended_at is null
      ${request.patientId === undefined ? sql`` : sql`and patient_id = ${request.patientId}`}
    returning patient_id`.execute(trx);
  if (!rows[0]) throw recordProblems.waiting_entry_not_found();
  await announce(trx, {
    organisationId,
    kind: 'waiting.left',
    payload: { entryId: request.entryId, patientId: rows[0].patient_id },
  });
}

/** Who waits now, the longest first, with the freed slots put before them that are still free and good. */
export async function waitingList(
  trx: Trx,
  organisationId: string,
  filter: { patientId?: string; specialty?: string } = {},
): Promise<WaitingEntry[]> {
  const { rows } = await sql<{
    id: string;
    patient_id: string;
    specialty: string;
    concept: CodeableConcept | null;
    practitioner_id: string | null;
    place_id: string | null;
    part_of_day: WaitingEntry['partOfDay'];
    appointment_id: string | null;
    since: Date;
    offers: { id: string; slotId: string; start: string; localStart: string; until: string }[] | null;
  }>`
    select e.id, e.patient_id, e.specialty, h.content #> '{specialty,0}' as concept, e.practitioner_id, e.place_id, e.part_of_day,
      e.appointment_id, e.since, f.offers
    from waiting_entry e join organisation o on o.id = e.organisation_id
    left join lateral (
      select r.content from resource_index i join resource r on r.organisation_id = i.organisation_id and r.type = i.type and r.id = i.id
      where i.organisation_id = e.organisation_id and i.type = 'HealthcareService' and i.param = 'specialty' and i.value = e.specialty
      limit 1) h on true
    left join lateral (
      select json_agg(json_build_object('id', f.id, 'slotId', s.id, 'start', s.starts_at, 'until', f.until,
        'localStart', to_char(s.starts_at at time zone o.timezone, ${LOCAL})) order by s.starts_at) as offers
      from slot_offer f join slot s on s.organisation_id = f.organisation_id and s.id = f.slot_id
      where f.entry_id = e.id and f.until > now() and s.status = 'free') f on true
    where e.organisation_id = ${organisationId} and e.ended_at is null
      ${filter.patientId === undefined ? sql`` : sql`and e.patient_id = ${filter.patientId}`}
      ${filter.specialty === undefined ? sql`` : sql`and e.specialty = ${filter.specialty}`}
    order by e.since, e.id`.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    patientId: row.patient_id,
    specialty: { key: row.specialty, name: conceptName(row.concept ?? { text: row.specialty }) },
    practitionerId: row.practitioner_id,
    placeId: row.place_id,
    partOfDay: row.part_of_day,
    appointmentId: row.appointment_id,
    since: row.since.toISOString(),
    offers: (row.offers ?? []).map((offer) => ({
      ...offer,
      start: new Date(offer.start).toISOString(),
      until: new Date(offer.until).toISOString(),
    })),
  }));
}
