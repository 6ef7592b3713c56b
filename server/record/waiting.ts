import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import type { StandingOffer, WaitingEntry, WaitingRequest } from './contract.ts';
import { conceptName, type CodeableConcept } from './fhir.ts';
import { LOCAL, lockChart, NAMED_SLOT, type NamedSlotRow, shownSlot } from './internal/book.ts';
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

/** The freed slots put before a patient that are still free and good, the soonest first; or one of them by its id. */
export async function standingOffers(
  trx: Trx,
  organisationId: string,
  of: { patientId: string } | { offerId: string },
  now = new Date(),
): Promise<StandingOffer[]> {
  const { rows } = await sql<
    NamedSlotRow & {
      offer_id: string;
      patient_id: string;
      entry_id: string;
      until: Date;
      told_at: Date | null;
      appointment_id: string | null;
      appointment_start: string;
    }
  >`
    select ${NAMED_SLOT.columns}, f.id as offer_id, e.patient_id, e.id as entry_id, f.until, f.told_at, a.id as appointment_id,
      to_char(a.starts_at at time zone o.timezone, ${LOCAL}) as appointment_start
    from slot_offer f join waiting_entry e on e.id = f.entry_id
    join slot s on s.organisation_id = f.organisation_id and s.id = f.slot_id ${NAMED_SLOT.joins}
    left join appointment a on a.organisation_id = e.organisation_id and a.id = e.appointment_id and a.status = 'booked' and a.starts_at > ${now}
    where f.organisation_id = ${organisationId} and f.until > ${now} and e.ended_at is null and s.status = 'free'
      and ${'offerId' in of ? sql`f.id = ${of.offerId}` : sql`e.patient_id = ${of.patientId}`}
    order by s.starts_at, f.id`.execute(trx);
  return rows.map((row) => ({
    id: row.offer_id,
    patientId: row.patient_id,
    entryId: row.entry_id,
    until: row.until.toISOString(),
    told: row.told_at !== null,
    slot: shownSlot(row),
    appointment: row.appointment_id ? { id: row.appointment_id, localStart: row.appointment_start } : null,
  }));
}

/** Of these patients, those who were not yet told of a freed slot that still stands, with the offer. */
export async function offersToTell(
  trx: Trx,
  organisationId: string,
  patientIds: string[],
  now = new Date(),
): Promise<Map<string, string>> {
  if (patientIds.length === 0) return new Map();
  const { rows } = await sql<{ patient_id: string; id: string }>`
    select distinct on (e.patient_id) e.patient_id, f.id
    from waiting_entry e join slot_offer f on f.entry_id = e.id
    join slot s on s.organisation_id = f.organisation_id and s.id = f.slot_id
    where e.organisation_id = ${organisationId} and e.patient_id = any(${patientIds}::text[]) and e.ended_at is null
      and f.until > ${now} and f.told_at is null and s.status = 'free'
    order by e.patient_id, s.starts_at`.execute(trx);
  return new Map(rows.map((row) => [row.patient_id, row.id]));
}

/** Keeps that the patient was told of an offer, and when first. */
export async function offerTold(trx: Trx, organisationId: string, offerId: string, now = new Date()): Promise<void> {
  await sql`update slot_offer set told_at = ${now}
    where organisation_id = ${organisationId} and id = ${offerId} and told_at is null`.execute(trx);
}
