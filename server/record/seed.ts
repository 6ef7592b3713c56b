import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import { blindIndex, seal, type PersonKey, type Vault } from '../trust/vault.ts';
import type { Resource, Slot as FhirSlot } from './fhir.ts';
import { codeIn, conceptName, idOf, SYSTEMS } from './fhir.ts';
import { bindOf, lookups, part, vaultPurpose } from './internal/sealing.ts';
import { recordProblems } from './problems.ts';
import { indexed } from './rules.ts';

const CHUNK = 2_000;

/**
 * Takes in many resources of a hospital that is new here, in one transaction: charts, resources, what they are found
 * by, the book. Nothing is announced. Slots need their Schedule among them (with one Practitioner, Location and
 * HealthcareService as actors); busy slots their Appointment. The caller runs `analyze` afterwards.
 * @throws invalid_resource naming the resource whose references do not resolve
 */
export async function seedRecord(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  hospital: { resources: readonly Resource[] },
): Promise<{ resources: number; slots: number }> {
  const key = await vault.organisationKey(trx, organisationId);
  // the checks of foreign keys are planned once a session, here on tables that are still small: by index from the first
  // row on (1,500 more patients took 4 s without, 5,000 took 28)
  await sql`set local enable_seqscan = off`.execute(trx);
  const charts = new Map<string, { wrapped: Buffer; key: PersonKey }>();
  for (const resource of hospital.resources)
    if (resource.resourceType === 'Patient') charts.set(resource.id, vault.newPersonKey(key));
  await inChunks([...charts], (rows) =>
    sql`insert into chart (organisation_id, patient_id, wrapped)
      select ${organisationId}, p, w from unnest(${rows.map(([id]) => id)}::text[], ${rows.map(([, chart]) => chart.wrapped)}::bytea[]) as t(p, w)`.execute(
      trx,
    ),
  );

  const slots = hospital.resources.filter((resource) => resource.resourceType === 'Slot');
  const kept = hospital.resources
    .filter((resource) => resource.resourceType !== 'Slot')
    .map((resource) => {
      const { content, sealed } = part(resource);
      const found = indexed(resource);
      const chart = found.patientId === null ? undefined : charts.get(found.patientId);
      if (found.patientId !== null && !chart) throw unresolved(resource);
      return {
        resource,
        found,
        content: JSON.stringify(content),
        sealed: sealed && chart ? seal(chart.key, JSON.stringify(sealed), bindOf(resource)) : null,
      };
    });
  await inChunks(kept, (rows) =>
    sql`insert into resource (organisation_id, type, id, patient_id, status, at, content, sealed)
      select ${organisationId}, t.* from unnest(${rows.map((row) => row.resource.resourceType)}::text[],
        ${rows.map((row) => row.resource.id)}::text[], ${rows.map((row) => row.found.patientId)}::text[],
        ${rows.map((row) => row.found.status)}::text[], ${rows.map((row) => row.found.at)}::timestamptz[],
        ${rows.map((row) => row.content)}::jsonb[], ${rows.map((row) => row.sealed)}::bytea[]) as t`.execute(trx),
  );
  const indexRows = kept.flatMap(({ resource, found }) =>
    found.index.map((row) => ({ type: resource.resourceType, id: resource.id, ...row })),
  );
  await inChunks(indexRows, (rows) =>
    sql`insert into resource_index (organisation_id, type, id, param, value)
      select ${organisationId}, t.* from unnest(${rows.map((row) => row.type)}::text[], ${rows.map((row) => row.id)}::text[],
        ${rows.map((row) => row.param)}::text[], ${rows.map((row) => row.value)}::text[]) as t`.execute(trx),
  );
  const hashes = kept.flatMap(({ resource }) =>
    lookups(resource).map((row) => ({
      type: resource.resourceType,
      id: resource.id,
      purpose: row.purpose,
      hash: blindIndex(key, vaultPurpose(row.purpose), row.text),
    })),
  );
  await inChunks(hashes, (rows) =>
    sql`insert into resource_hash (organisation_id, type, id, purpose, hash)
      select ${organisationId}, t.* from unnest(${rows.map((row) => row.type)}::text[], ${rows.map((row) => row.id)}::text[],
        ${rows.map((row) => row.purpose)}::text[], ${rows.map((row) => row.hash)}::bytea[]) as t on conflict do nothing`.execute(
      trx,
    ),
  );
  await seedBook(trx, organisationId, hospital.resources, slots);
  await sql`set local enable_seqscan = on`.execute(trx);
  return { resources: kept.length, slots: slots.length };
}

/** The rows that booking decides by: slots first, then the appointments that hold them. */
async function seedBook(
  trx: Trx,
  organisationId: string,
  resources: readonly Resource[],
  slots: FhirSlot[],
): Promise<void> {
  const schedules = new Map<string, { specialty: string; service: string; practitioner: string; place: string }>();
  for (const resource of resources) {
    if (resource.resourceType !== 'Schedule') continue;
    const actor = (type: 'HealthcareService' | 'Practitioner' | 'Location') =>
      resource.actor.map((one) => idOf(one, type)).find(Boolean);
    const specialty = codeIn(resource.specialty?.[0], SYSTEMS.specialty);
    const [service, practitioner, place] = [actor('HealthcareService'), actor('Practitioner'), actor('Location')];
    if (!specialty || !service || !practitioner || !place) throw unresolved(resource);
    schedules.set(resource.id, { specialty, service, practitioner, place });
  }
  const rowsOfSlots = slots.map((slot) => {
    const schedule = schedules.get(idOf(slot.schedule, 'Schedule') ?? '');
    if (!schedule) throw unresolved(slot);
    return { slot, schedule };
  });
  await inChunks(rowsOfSlots, (rows) =>
    sql`insert into slot (organisation_id, id, schedule_id, specialty, service_id, practitioner_id, place_id, starts_at, ends_at, status)
      select ${organisationId}, t.* from unnest(${rows.map((row) => row.slot.id)}::text[],
        ${rows.map((row) => idOf(row.slot.schedule, 'Schedule')!)}::text[], ${rows.map((row) => row.schedule.specialty)}::text[],
        ${rows.map((row) => row.schedule.service)}::text[], ${rows.map((row) => row.schedule.practitioner)}::text[],
        ${rows.map((row) => row.schedule.place)}::text[], ${rows.map((row) => row.slot.start)}::timestamptz[],
        ${rows.map((row) => row.slot.end)}::timestamptz[],
        ${rows.map((row) => (row.slot.status === 'busy-unavailable' ? 'blocked' : row.slot.status))}::text[]) as t`.execute(
      trx,
    ),
  );
  const appointments = resources
    .filter((resource) => resource.resourceType === 'Appointment')
    .map((one) => {
      const actor = (type: 'Patient' | 'Practitioner' | 'Location') =>
        one.participant.find((part) => idOf(part.actor, type));
      const specialty = codeIn(one.specialty?.[0], SYSTEMS.specialty);
      const patient = actor('Patient');
      if (!specialty || !patient || !actor('Practitioner') || !actor('Location') || !one.start || !one.end)
        throw unresolved(one);
      return {
        id: one.id,
        patientId: idOf(patient.actor, 'Patient')!,
        slotId: idOf(one.slot?.[0], 'Slot') ?? null,
        status: one.status,
        specialty,
        practitionerId: idOf(actor('Practitioner')!.actor, 'Practitioner')!,
        placeId: idOf(actor('Location')!.actor, 'Location')!,
        orderId: idOf(one.basedOn?.[0], 'ServiceRequest') ?? null,
        start: one.start,
        end: one.end,
        service: JSON.stringify(conceptName(one.serviceType?.[0])),
        prepared: one.patientInstruction !== undefined,
        confirmedAt: one.status === 'booked' && patient.status === 'accepted' ? (one.created ?? one.start) : null,
      };
    });
  await inChunks(appointments, (rows) =>
    sql`insert into appointment (organisation_id, id, patient_id, slot_id, status, specialty, practitioner_id, place_id, order_id,
        starts_at, ends_at, confirmed_at, service, prepared)
      select ${organisationId}, t.* from unnest(${rows.map((row) => row.id)}::text[], ${rows.map((row) => row.patientId)}::text[],
        ${rows.map((row) => row.slotId)}::text[], ${rows.map((row) => row.status)}::text[], ${rows.map((row) => row.specialty)}::text[],
        ${rows.map((row) => row.practitionerId)}::text[], ${rows.map((row) => row.placeId)}::text[],
        ${rows.map((row) => row.orderId)}::text[], ${rows.map((row) => row.start)}::timestamptz[],
        ${rows.map((row) => row.end)}::timestamptz[], ${rows.map((row) => row.confirmedAt)}::timestamptz[],
        ${rows.map((row) => row.service)}::jsonb[], ${rows.map((row) => row.prepared)}::boolean[]) as t`.execute(trx),
  );
}

function unresolved(resource: Resource) {
  return recordProblems.invalid_resource({ params: { why: `${resource.resourceType}/${resource.id}` } });
}

async function inChunks<T>(rows: T[], insert: (chunk: T[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) await insert(rows.slice(from, from + CHUNK));
}
