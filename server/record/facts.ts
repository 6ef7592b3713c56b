import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import type { PatientFacts } from './contract.ts';
import type * as fhir from './fhir.ts';
import { codeIn, conceptName, SYSTEMS } from './fhir.ts';
import { LOCAL, shownAppointment } from './internal/book.ts';
import { shownHead } from './internal/shown.ts';

type Row = {
  patient: fhir.Patient;
  appointment: fhir.Appointment | null;
  local_start: string | null;
  days_away: number | null;
  appointments: number;
  result: fhir.DiagnosticReport | null;
  days_ago: number | null;
  pending: number;
  order: fhir.ServiceRequest | null;
  bill: fhir.Invoice | null;
  dependants: number;
};

/** A result is news for this many days. */
const NEWS_DAYS = 30;

/**
 * What a greeting may want to name first, for many patients in one statement (on the path of every message).
 * Those that do not exist or were erased are missing. A result that a person has to tell is not among them.
 */
export async function patientFacts(
  trx: Trx,
  organisationId: string,
  patientIds: string[],
  now = new Date(),
): Promise<Map<string, PatientFacts>> {
  if (patientIds.length === 0) return new Map();
  const { rows } = await sql<Row>`
    select p.content as patient, n.content as appointment, n.local_start, n.days_away, coalesce(n.total, 0)::int as appointments,
      d.content as result, d.days_ago, coalesce(c.pending, 0)::int as pending, q.content as "order", c.bill, l.total::int as dependants
    from resource p
    join organisation o on o.id = p.organisation_id
    join chart ch on ch.organisation_id = p.organisation_id and ch.patient_id = p.id and ch.erased_at is null
    left join lateral (
      select r.content, to_char(a.starts_at at time zone o.timezone, ${LOCAL}) as local_start, a.total,
        (a.starts_at at time zone o.timezone)::date - (${now}::timestamptz at time zone o.timezone)::date as days_away
      from (select id, starts_at, count(*) over () as total from appointment
        where organisation_id = p.organisation_id and patient_id = p.id and status = 'booked' and starts_at > ${now}
        order by starts_at limit 1) a
      join resource r on r.organisation_id = p.organisation_id and r.type = 'Appointment' and r.id = a.id) n on true
    left join lateral (
      select r.content, (${now}::timestamptz at time zone o.timezone)::date - (r.at at time zone o.timezone)::date as days_ago
      from resource r where r.organisation_id = p.organisation_id and r.patient_id = p.id and r.type = 'DiagnosticReport'
        and r.status in ('final', 'amended', 'corrected') and r.at between ${now}::timestamptz - ${NEWS_DAYS} * interval '1 day' and ${now}
        and not r.content @> '{"meta":{"tag":[{"system":"urn:hebra:telling","code":"professional"}]}}'
      order by r.at desc limit 1) d on true
    left join lateral (
      select count(*) filter (where r.type = 'DiagnosticReport' and r.status in ('registered', 'partial', 'preliminary')) as pending,
        (array_agg(r.content order by r.at) filter (where r.type = 'Invoice' and r.status = 'issued'))[1] as bill
      from resource r where r.organisation_id = p.organisation_id and r.patient_id = p.id and r.type in ('DiagnosticReport', 'Invoice')) c on true
    left join lateral (
      select r.content from resource r where r.organisation_id = p.organisation_id and r.patient_id = p.id
        and r.type = 'ServiceRequest' and r.status = 'active'
        and not exists (select from appointment a where a.organisation_id = r.organisation_id and a.order_id = r.id and a.status in ('booked', 'arrived'))
      order by r.at desc limit 1) q on true
    cross join lateral (
      select count(*) as total from resource_index i
      where i.organisation_id = p.organisation_id and i.type = 'Patient' and i.id = p.id and i.param = 'link') l
    where p.organisation_id = ${organisationId} and p.type = 'Patient' and p.id = any(${patientIds}::text[])`.execute(
    trx,
  );
  return new Map(rows.map((row) => [row.patient.id, factsOf(row)]));
}

function factsOf(row: Row): PatientFacts {
  const { id, givenName, familyName, birthDate, language, employee } = shownHead(row.patient);
  const next = row.appointment
    ? shownAppointment({ content: row.appointment, version: 0, local_start: row.local_start!, local_end: '' })
    : null;
  return {
    patientId: id,
    givenName,
    familyName,
    birthDate,
    language,
    employee,
    nextAppointment: next && {
      id: next.id,
      daysAway: row.days_away!,
      start: next.start,
      localStart: next.localStart,
      confirmed: next.confirmed,
      specialty: next.specialty,
      service: next.service,
      practitioner: next.practitioner,
      place: next.place,
      hasPreparation: next.preparation !== null,
    },
    appointments: row.appointments,
    resultReady: row.result && { id: row.result.id, name: conceptName(row.result.code), daysAgo: row.days_ago! },
    resultsPending: row.pending,
    orderOpen: row.order && {
      id: row.order.id,
      name: conceptName(row.order.code),
      specialty: codeIn(row.order.performerType, SYSTEMS.specialty) ?? null,
    },
    billDue: row.bill && {
      id: row.bill.id,
      amount: row.bill.totalGross?.value ?? 0,
      currency: row.bill.totalGross?.currency ?? 'EUR',
    },
    dependants: row.dependants,
  };
}
