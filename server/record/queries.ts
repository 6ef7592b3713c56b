import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import type {
  Allergies,
  Appointment,
  Bill,
  Cover,
  Medicine,
  Order,
  PatientHead,
  Place,
  Practitioner,
  Problem,
  Relative,
  Result,
  Specialty,
} from './contract.ts';
import { humanName } from './appointment.ts';
import type * as fhir from './fhir.ts';
import { codeIn, conceptName, DUE_DAY, idOf, localisedText, NO_KNOWN_ALLERGY, SYSTEMS } from './fhir.ts';
import { LOCAL, shownAppointment, type ShownRow } from './internal/book.ts';
import { shownHead } from './internal/shown.ts';

/*
 * What is read of the record, as people are told it. Nothing here audits: whoever answers a person or an integration
 * writes the audit entry in the same transaction.
 */

/** The specialties that can be booked, by their Spanish names, each with its first free slot from now on. */
export async function specialties(trx: Trx, organisationId: string, now = new Date()): Promise<Specialty[]> {
  const { rows } = await sql<{ content: fhir.HealthcareService; practitioners: number; next_free: Date | null }>`
    select h.content,
      (select count(distinct s.content #>> '{practitioner,reference}')::int from resource_index i
        join resource s on s.organisation_id = i.organisation_id and s.type = i.type and s.id = i.id
        where i.organisation_id = h.organisation_id and i.type = 'PractitionerRole' and i.param = 'specialty' and i.value = k.value) as practitioners,
      (select min(starts_at) from slot where organisation_id = h.organisation_id and specialty = k.value and status = 'free'
        and starts_at > ${now}) as next_free
    from resource h
    join resource_index k on k.organisation_id = h.organisation_id and k.type = h.type and k.id = h.id and k.param = 'specialty'
    where h.organisation_id = ${organisationId} and h.type = 'HealthcareService' and coalesce(h.content ->> 'active', 'true') = 'true'`.execute(
    trx,
  );
  return rows
    .map((row) => ({
      key: codeIn(row.content.specialty?.[0], SYSTEMS.specialty) ?? '',
      name: conceptName(row.content.specialty?.[0]),
      practitioners: row.practitioners,
      nextFree: row.next_free?.toISOString() ?? null,
    }))
    .sort((a, b) => a.name.es.localeCompare(b.name.es, 'es'));
}

/** Professionals with a role here, by name. */
export async function practitioners(
  trx: Trx,
  organisationId: string,
  filter: { specialty?: string; placeId?: string } = {},
): Promise<Practitioner[]> {
  const { rows } = await sql<{ content: fhir.Practitioner; roles: fhir.PractitionerRole[] }>`
    select p.content, json_agg(r.content) as roles
    from resource r
    join resource p on p.organisation_id = r.organisation_id and p.type = 'Practitioner'
      and 'Practitioner/' || p.id = r.content #>> '{practitioner,reference}'
    where r.organisation_id = ${organisationId} and r.type = 'PractitionerRole' and coalesce(r.content ->> 'active', 'true') = 'true'
    group by p.organisation_id, p.type, p.id`.execute(trx);
  return rows
    .filter(({ roles }) =>
      roles.some(
        (role) =>
          (!filter.specialty || role.specialty?.some((one) => codeIn(one, SYSTEMS.specialty) === filter.specialty)) &&
          (!filter.placeId || role.location?.some((one) => idOf(one, 'Location') === filter.placeId)),
      ),
    )
    .map(({ content, roles }) => ({
      id: content.id,
      name: humanName(content.name),
      specialties: [
        ...new Set(roles.flatMap((role) => role.specialty ?? []).map((one) => codeIn(one, SYSTEMS.specialty) ?? '')),
      ],
      languages: (content.communication ?? []).map((one) => one.coding?.[0]?.code ?? '').filter(Boolean),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'es'));
}

/** The hospital's places, with hours and how to find them. */
export async function places(trx: Trx, organisationId: string): Promise<Place[]> {
  const { rows } = await sql<{ content: fhir.Location }>`
    select content from resource where organisation_id = ${organisationId} and type = 'Location' and status = 'active' order by id`.execute(
    trx,
  );
  return rows.map(({ content }) => ({
    id: content.id,
    name: localisedText(content.name, content._name),
    address:
      content.address?.text ?? [...(content.address?.line ?? []), content.address?.city].filter(Boolean).join(', '),
    directions: content.description ? localisedText(content.description, content._description) : undefined,
    hours: content.availabilityExceptions
      ? localisedText(content.availabilityExceptions, content._availabilityExceptions)
      : undefined,
    phone: content.telecom?.find((point) => point.system === 'phone')?.value,
    latitude: content.position?.latitude,
    longitude: content.position?.longitude,
  }));
}

async function appointmentsWhere(
  trx: Trx,
  organisationId: string,
  condition: ReturnType<typeof sql>,
): Promise<Appointment[]> {
  const { rows } = await sql<ShownRow>`
    select r.content, r.version, to_char(a.starts_at at time zone o.timezone, ${LOCAL}) as local_start,
      to_char(a.ends_at at time zone o.timezone, ${LOCAL}) as local_end
    from appointment a
    join organisation o on o.id = a.organisation_id
    join resource r on r.organisation_id = a.organisation_id and r.type = 'Appointment' and r.id = a.id
    where a.organisation_id = ${organisationId} and ${condition}`.execute(trx);
  return rows.map(shownAppointment);
}

/** One appointment of anybody; null when there is none. */
export async function appointment(
  trx: Trx,
  organisationId: string,
  appointmentId: string,
): Promise<Appointment | null> {
  return (await appointmentsWhere(trx, organisationId, sql`a.id = ${appointmentId}`))[0] ?? null;
}

/** What a patient has to come to, the next first. */
export async function upcomingAppointments(
  trx: Trx,
  organisationId: string,
  patientId: string,
  now = new Date(),
): Promise<Appointment[]> {
  return appointmentsWhere(
    trx,
    organisationId,
    sql`a.patient_id = ${patientId} and a.status in ('booked', 'arrived') and a.ends_at > ${now} order by a.starts_at, a.id`,
  );
}

/** What a patient came to, missed or cancelled, the latest first. */
export async function pastAppointments(
  trx: Trx,
  organisationId: string,
  patientId: string,
  limit = 20,
  now = new Date(),
): Promise<Appointment[]> {
  return appointmentsWhere(
    trx,
    organisationId,
    sql`a.patient_id = ${patientId} and (a.ends_at <= ${now} or a.status not in ('booked', 'arrived'))
      order by a.starts_at desc, a.id limit ${limit}`,
  );
}

async function ofChart<Type extends fhir.ResourceType>(
  trx: Trx,
  organisationId: string,
  patientId: string,
  type: Type,
): Promise<fhir.ResourceOf<Type>[]> {
  const { rows } = await sql<{ content: fhir.ResourceOf<Type> }>`
    select content from resource where organisation_id = ${organisationId} and patient_id = ${patientId} and type = ${type}
    order by at desc nulls last, id`.execute(trx);
  return rows.map((row) => row.content);
}

/** Tests and visits that a professional asked for, newest first, with what to do before them. */
export async function orders(trx: Trx, organisationId: string, patientId: string): Promise<Order[]> {
  const { rows } = await sql<{ content: fhir.ServiceRequest; appointment_id: string | null }>`
    select r.content, (select a.id from appointment a where a.organisation_id = r.organisation_id and a.order_id = r.id
      and a.status in ('booked', 'arrived') limit 1) as appointment_id
    from resource r where r.organisation_id = ${organisationId} and r.patient_id = ${patientId} and r.type = 'ServiceRequest'
      and r.status in ('active', 'completed', 'revoked') order by r.at desc, r.id`.execute(trx);
  return rows.map(({ content, appointment_id }) => ({
    id: content.id,
    name: conceptName(content.code),
    state: content.status === 'revoked' ? 'cancelled' : content.status === 'completed' ? 'completed' : 'active',
    specialty: codeIn(content.performerType, SYSTEMS.specialty) ?? null,
    orderedOn: dayOf(content.authoredOn) ?? '',
    orderedBy: content.requester?.display ?? null,
    due: dayOf(content.occurrencePeriod?.end),
    preparation: content.patientInstruction
      ? localisedText(content.patientInstruction, content._patientInstruction)
      : null,
    appointmentId: appointment_id,
  }));
}

const FLAGS: Record<string, 'normal' | 'low' | 'high' | 'abnormal'> = {
  N: 'normal',
  L: 'low',
  LL: 'low',
  H: 'high',
  HH: 'high',
  A: 'abnormal',
  AA: 'abnormal',
};

/**
 * Reports, newest first. One that a person has to tell is named and nothing of it said: a report says so by the tag
 * `professional` of urn:hebra:telling. Preliminary reports are pending: a figure that may change is not told.
 */
export async function results(trx: Trx, organisationId: string, patientId: string): Promise<Result[]> {
  const { rows } = await sql<{ content: fhir.DiagnosticReport; observations: fhir.Observation[] | null }>`
    select r.content, (
      select json_agg(o.content order by n) from jsonb_array_elements(coalesce(r.content -> 'result', '[]')) with ordinality as e(ref, n)
      join resource o on o.organisation_id = r.organisation_id and o.type = 'Observation' and o.patient_id = r.patient_id
        and 'Observation/' || o.id = e.ref ->> 'reference') as observations
    from resource r where r.organisation_id = ${organisationId} and r.patient_id = ${patientId} and r.type = 'DiagnosticReport'
      and r.status <> 'cancelled' order by r.at desc nulls last, r.id`.execute(trx);
  return rows.map(({ content, observations }) => {
    const state = stateOfReport(content);
    const tell = state === 'ready';
    return {
      id: content.id,
      name: conceptName(content.code),
      state,
      takenOn: dayOf(content.effectiveDateTime),
      readySince: state !== 'pending' && content.issued ? new Date(content.issued).toISOString() : null,
      conclusion: tell && content.conclusion ? localisedText(content.conclusion, content._conclusion) : null,
      values: tell ? (observations ?? []).map(shownValue) : [],
    };
  });
}

function stateOfReport(report: fhir.DiagnosticReport): Result['state'] {
  if (!['final', 'amended', 'corrected'].includes(report.status)) return 'pending';
  const byProfessional = report.meta?.tag?.some((tag) => tag.system === SYSTEMS.telling && tag.code === 'professional');
  return byProfessional ? 'with_professional' : 'ready';
}

function shownValue(observation: fhir.Observation): Result['values'][number] {
  const quantity = observation.valueQuantity;
  const range = observation.referenceRange?.[0];
  return {
    name: conceptName(observation.code),
    value: quantity?.value === undefined ? (observation.valueString ?? '') : String(quantity.value),
    unit: quantity?.unit ?? null,
    range: range?.text ?? (range?.low && range.high ? `${range.low.value}–${range.high.value}` : null),
    flag: FLAGS[observation.interpretation?.[0]?.coding?.[0]?.code ?? ''] ?? null,
  };
}

/** What a patient takes now, with the prescription's own words on how. */
export async function medicines(trx: Trx, organisationId: string, patientId: string): Promise<Medicine[]> {
  return (await ofChart(trx, organisationId, patientId, 'MedicationRequest'))
    .filter((request) => request.status === 'active')
    .map((request) => {
      const dosage = request.dosageInstruction?.[0];
      return {
        id: request.id,
        name: conceptName(request.medicationCodeableConcept),
        dosage: localisedText(dosage?.text, dosage?._text),
        asNeeded: dosage?.asNeededBoolean ?? false,
        since: dayOf(request.authoredOn),
        until: dayOf(dosage?.timing?.repeat?.boundsPeriod?.end),
        prescriber: request.requester?.display ?? null,
        note: request.note?.[0] ? localisedText(request.note[0].text, request.note[0]._text) : null,
      };
    });
}

/** Allergies, the dangerous ones first; none known and never asked are told apart. */
export async function allergies(trx: Trx, organisationId: string, patientId: string): Promise<Allergies> {
  const all = (await ofChart(trx, organisationId, patientId, 'AllergyIntolerance')).filter((one) =>
    ['active', undefined].includes(codeIn(one.clinicalStatus, SYSTEMS.allergyStatus)),
  );
  const list = all
    .filter((one) => codeIn(one.code, SYSTEMS.snomed) !== NO_KNOWN_ALLERGY)
    .map((one) => ({
      id: one.id,
      substance: conceptName(one.code),
      reaction: one.reaction?.[0]?.manifestation[0] ? conceptName(one.reaction[0].manifestation[0]) : null,
      severity: one.reaction?.[0]?.severity ?? null,
      high: one.criticality === 'high',
      since: one.onsetDateTime ?? null,
    }))
    .sort((a, b) => Number(b.high) - Number(a.high));
  return { known: list.length > 0 ? 'some' : all.length > 0 ? 'none' : 'unknown', list };
}

/** Problems, the active ones first. */
export async function problems(trx: Trx, organisationId: string, patientId: string): Promise<Problem[]> {
  return (await ofChart(trx, organisationId, patientId, 'Condition'))
    .map((one) => ({
      id: one.id,
      name: conceptName(one.code),
      since: one.onsetDateTime ?? null,
      active: ['active', 'recurrence', 'relapse'].includes(codeIn(one.clinicalStatus, SYSTEMS.clinicalStatus) ?? ''),
    }))
    .sort((a, b) => Number(b.active) - Number(a.active));
}

/** Who pays, and until when. */
export async function coverage(
  trx: Trx,
  organisationId: string,
  patientId: string,
  now = new Date(),
): Promise<Cover[]> {
  const today = now.toISOString().slice(0, 10);
  return (await ofChart(trx, organisationId, patientId, 'Coverage'))
    .filter((one) => one.status !== 'entered-in-error')
    .map((one) => ({
      id: one.id,
      payor: one.payor[0]?.display ?? '',
      plan: conceptName(one.type),
      memberEnds: one.subscriberId?.slice(-4) ?? null,
      from: dayOf(one.period?.start),
      until: dayOf(one.period?.end),
      active: one.status === 'active' && (!one.period?.end || one.period.end.slice(0, 10) >= today),
    }));
}

/** Bills, those to pay first. */
export async function bills(trx: Trx, organisationId: string, patientId: string): Promise<Bill[]> {
  return (await ofChart(trx, organisationId, patientId, 'Invoice'))
    .filter((one) => ['issued', 'balanced', 'cancelled'].includes(one.status))
    .map((one) => ({
      id: one.id,
      concept: conceptName(one.type),
      amount: one.totalGross?.value ?? 0,
      currency: one.totalGross?.currency ?? 'EUR',
      state:
        one.status === 'balanced'
          ? ('paid' as const)
          : one.status === 'cancelled'
            ? ('cancelled' as const)
            : ('due' as const),
      date: dayOf(one.date) ?? '',
      due: one.extension?.find((extension) => extension.url === DUE_DAY)?.valueDate ?? null,
    }))
    .sort((a, b) => Number(b.state === 'due') - Number(a.state === 'due'));
}

/** Who these patients are, by id; those that do not exist are missing. */
export async function patientHeads(
  trx: Trx,
  organisationId: string,
  patientIds: string[],
): Promise<Map<string, PatientHead>> {
  const { rows } = await sql<{ content: fhir.Patient }>`
    select content from resource
    where organisation_id = ${organisationId} and type = 'Patient' and id = any(${patientIds}::text[])`.execute(trx);
  return new Map(rows.map(({ content }) => [content.id, shownHead(content)]));
}

/** The patients for whom this one answers: a mother's children, a daughter's father. */
export async function dependants(trx: Trx, organisationId: string, patientId: string): Promise<Relative[]> {
  return relations(trx, organisationId, sql`me.id = ${patientId}`, 'dependant');
}

/** Those who answer for this patient and are patients themselves. */
export async function relatives(trx: Trx, organisationId: string, patientId: string): Promise<Relative[]> {
  return relations(trx, organisationId, sql`rp.patient_id = ${patientId}`, 'actor');
}

async function relations(
  trx: Trx,
  organisationId: string,
  condition: ReturnType<typeof sql>,
  side: 'dependant' | 'actor',
): Promise<Relative[]> {
  const { rows } = await sql<{ related: fhir.RelatedPerson; actor: fhir.Patient; dependant: fhir.Patient }>`
    select rp.content as related, me.content as actor, other.content as dependant
    from resource_index link
    join resource me on me.organisation_id = link.organisation_id and me.type = 'Patient' and me.id = link.id
    join resource rp on rp.organisation_id = link.organisation_id and rp.type = 'RelatedPerson' and 'RelatedPerson/' || rp.id = link.value
    join resource other on other.organisation_id = link.organisation_id and other.type = 'Patient' and other.id = rp.patient_id
    where link.organisation_id = ${organisationId} and link.type = 'Patient' and link.param = 'link' and ${condition}
      and coalesce(rp.content ->> 'active', 'true') = 'true'
    order by other.content ->> 'birthDate', rp.id`.execute(trx);
  return rows.map((row) => {
    const head = shownHead(row[side]);
    return {
      patientId: head.id,
      givenName: head.givenName,
      familyName: head.familyName,
      birthDate: head.birthDate,
      relation: codeIn(row.related.relationship?.[0], SYSTEMS.roleCode) ?? '',
      relationName: conceptName(row.related.relationship?.[0]),
    };
  });
}

function dayOf(text: string | undefined): string | null {
  return text ? text.slice(0, 10) : null;
}
