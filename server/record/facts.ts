import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import type { Localised, PatientFacts } from './contract.ts';
import { codeIn, conceptName, SYSTEMS, type CodeableConcept, type Money } from './fhir.ts';
import { houseNames } from './internal/house.ts';

/** As hebra.patient_facts answers (migrations/0004_record.sql). */
type Row = {
  patient_id: string;
  given_name: string | null;
  family_name: string | null;
  birth_date: string | null;
  tongue: string | null;
  employee: boolean;
  dependants: number;
  appointment_id: string | null;
  starts_at: Date;
  local_start: string;
  days_away: number;
  confirmed: boolean;
  specialty: string;
  service: Localised;
  practitioner_id: string;
  place_id: string;
  prepared: boolean;
  appointments: number;
  result_id: string | null;
  result_code: CodeableConcept;
  days_ago: number;
  pending: number;
  order_id: string | null;
  order_code: CodeableConcept;
  order_for: CodeableConcept | null;
  bill_id: string | null;
  bill_total: Money | null;
};

/** A place or specialty that left the house while its appointments stay. */
const NAMELESS: Localised = { es: '', ca: '', en: '', pt: '' };

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
    select * from hebra.patient_facts(${organisationId}, ${patientIds}::text[], ${now}, ${NEWS_DAYS})`.execute(trx);
  const coming = rows.filter((row) => row.appointment_id !== null);
  const house =
    coming.length === 0
      ? null
      : await houseNames(trx, organisationId, (kept) =>
          coming.every(
            (row) =>
              kept.practitioners.has(row.practitioner_id) &&
              kept.places.has(row.place_id) &&
              kept.specialties.has(row.specialty),
          ),
        );
  return new Map(
    rows.map((row): [string, PatientFacts] => [
      row.patient_id,
      {
        patientId: row.patient_id,
        givenName: row.given_name ?? '',
        familyName: row.family_name ?? '',
        birthDate: row.birth_date,
        language: languageOf(row.tongue),
        employee: row.employee,
        nextAppointment:
          row.appointment_id === null || house === null
            ? null
            : {
                id: row.appointment_id,
                daysAway: row.days_away,
                start: row.starts_at.toISOString(),
                localStart: row.local_start,
                confirmed: row.confirmed,
                specialty: { key: row.specialty, name: house.specialties.get(row.specialty) ?? NAMELESS },
                service: row.service,
                practitioner: { id: row.practitioner_id, name: house.practitioners.get(row.practitioner_id) ?? '' },
                place: { id: row.place_id, name: house.places.get(row.place_id) ?? NAMELESS },
                hasPreparation: row.prepared,
              },
        appointments: row.appointments,
        resultReady:
          row.result_id === null
            ? null
            : { id: row.result_id, name: conceptName(row.result_code), daysAgo: row.days_ago },
        resultsPending: row.pending,
        orderOpen:
          row.order_id === null
            ? null
            : {
                id: row.order_id,
                name: conceptName(row.order_code),
                specialty: codeIn(row.order_for ?? undefined, SYSTEMS.specialty) ?? null,
              },
        billDue:
          row.bill_id === null
            ? null
            : { id: row.bill_id, amount: row.bill_total?.value ?? 0, currency: row.bill_total?.currency ?? 'EUR' },
        dependants: row.dependants,
      },
    ]),
  );
}

function languageOf(code: string | null): PatientFacts['language'] {
  const language = code?.slice(0, 2);
  return language === 'es' || language === 'ca' || language === 'en' || language === 'pt' ? language : null;
}
