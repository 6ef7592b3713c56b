import { concept, DUE_DAY, NO_KNOWN_ALLERGY, SYSTEMS, translations } from '../../server/record/fhir.ts';
import type * as fhir from '../../server/record/fhir.ts';
import type { Localised } from '../../server/record/contract.ts';
import { instantAt, type Day } from './calendar.ts';
import {
  ALLERGIES,
  CHARGES,
  CONCLUSIONS,
  MEASURES,
  MEDICINES,
  PLANS,
  PROBLEMS,
  RELATIONS,
  REPORTS,
  SPECIALTIES,
  TESTS,
  type AllergyKey,
  type MeasureKey,
  type MedicineKey,
  type PlanKey,
  type ProblemKey,
  type Relation,
  type ReportKey,
  type TestKey,
  type Tongue,
} from './words.ts';

/** Someone of Vega Clara, as the hospital's admission desk would write them down. */
export type Human = {
  id: string;
  given: string;
  family: string;
  gender: 'female' | 'male';
  birthDate: Day;
  tongue: Tongue;
  /** Digits with the country's code, as WhatsApp has it. Children have their mother's. */
  phone: string;
  documentNumber: string;
  recordNumber: string;
  address: string;
  employee?: boolean;
};

const LANGUAGE_CODES: Record<Tongue, string> = { es: 'es', ca: 'ca', en: 'en', pt: 'pt' };

const subject = (human: Human): fhir.Reference => ({ reference: `Patient/${human.id}` });
const named = (name: Localised, system: string, code: string): fhir.CodeableConcept => concept(name, { system, code });

function documentIdentifier(value: string): fhir.Identifier {
  const foreign = /^[XYZ]/.test(value);
  return {
    use: 'official',
    type: { coding: [{ system: SYSTEMS.identifierType, code: foreign ? 'PPN' : 'NI' }], text: foreign ? 'NIE' : 'DNI' },
    value,
  };
}

/** @param actsThrough the RelatedPersons that this patient is for others */
export function patient(human: Human, actsThrough: string[]): fhir.Patient {
  return {
    resourceType: 'Patient',
    id: human.id,
    active: true,
    ...(human.employee ? { meta: { tag: [{ system: SYSTEMS.segment, code: 'employee' }] } } : {}),
    identifier: [
      { use: 'usual', type: { coding: [{ system: SYSTEMS.identifierType, code: 'MR' }] }, value: human.recordNumber },
      documentIdentifier(human.documentNumber),
    ],
    name: [{ use: 'official', given: [human.given], family: human.family }],
    telecom: [{ system: 'phone', value: `+${human.phone}`, use: 'mobile' }],
    gender: human.gender,
    birthDate: human.birthDate,
    address: [{ use: 'home', text: `${human.address}, Vega Clara` }],
    communication: [
      { language: { coding: [{ system: 'urn:ietf:bcp:47', code: LANGUAGE_CODES[human.tongue] }] }, preferred: true },
    ],
    ...(actsThrough.length > 0
      ? { link: actsThrough.map((id) => ({ other: { reference: `RelatedPerson/${id}` }, type: 'seealso' as const })) }
      : {}),
  };
}

/** `actor` answers for `of`, as what they are to them. */
export function relatedPerson(id: string, of: Human, actor: Human, relation: Relation): fhir.RelatedPerson {
  return {
    resourceType: 'RelatedPerson',
    id,
    active: true,
    patient: subject(of),
    relationship: [named(RELATIONS[relation], SYSTEMS.roleCode, relation)],
    identifier: [documentIdentifier(actor.documentNumber)],
    name: [{ use: 'official', given: [actor.given], family: actor.family }],
    telecom: [{ system: 'phone', value: `+${actor.phone}`, use: 'mobile' }],
    gender: actor.gender,
    birthDate: actor.birthDate,
  };
}

export function condition(human: Human, key: ProblemKey, since: string): fhir.Condition {
  return {
    resourceType: 'Condition',
    id: `${human.id}-${key}`,
    clinicalStatus: { coding: [{ system: SYSTEMS.clinicalStatus, code: 'active' }] },
    subject: subject(human),
    code: named(PROBLEMS[key].name, SYSTEMS.snomed, PROBLEMS[key].code),
    onsetDateTime: since,
  };
}

export function medicine(human: Human, key: MedicineKey, since: Day, prescriber: string): fhir.MedicationRequest {
  const entry: { code: string; name: Localised; dosage: Localised; note?: Localised; asNeeded?: boolean } =
    MEDICINES[key];
  return {
    resourceType: 'MedicationRequest',
    id: `${human.id}-${key}`,
    status: 'active',
    intent: 'order',
    subject: subject(human),
    medicationCodeableConcept: named(entry.name, SYSTEMS.snomed, entry.code),
    authoredOn: since,
    requester: { display: prescriber },
    ...(entry.note ? { note: [{ text: entry.note.es, _text: translations(entry.note) }] } : {}),
    dosageInstruction: [
      {
        text: entry.dosage.es,
        _text: translations(entry.dosage),
        ...(entry.asNeeded ? { asNeededBoolean: true } : {}),
      },
    ],
  };
}

export function allergy(human: Human, key: AllergyKey, year: string): fhir.AllergyIntolerance {
  const entry = ALLERGIES[key];
  return {
    resourceType: 'AllergyIntolerance',
    id: `${human.id}-${key}`,
    clinicalStatus: { coding: [{ system: SYSTEMS.allergyStatus, code: 'active' }] },
    patient: subject(human),
    code: named(entry.name, SYSTEMS.snomed, entry.code),
    criticality: entry.high ? 'high' : 'low',
    onsetDateTime: year,
    reaction: [{ manifestation: [concept(entry.reaction)], severity: entry.severity }],
  };
}

/** They were asked, and know of none. */
export function noKnownAllergy(human: Human): fhir.AllergyIntolerance {
  const none: Localised = {
    es: 'Sin alergias conocidas',
    ca: 'Sense al·lèrgies conegudes',
    en: 'No known allergies',
    pt: 'Sem alergias conhecidas',
  };
  return {
    resourceType: 'AllergyIntolerance',
    id: `${human.id}-none-known`,
    clinicalStatus: { coding: [{ system: SYSTEMS.allergyStatus, code: 'active' }] },
    patient: subject(human),
    code: named(none, SYSTEMS.snomed, NO_KNOWN_ALLERGY),
  };
}

export function order(
  human: Human,
  key: TestKey,
  on: Day,
  due: Day,
  requester: string,
  status: 'active' | 'completed' = 'active',
): fhir.ServiceRequest {
  const test = TESTS[key];
  return {
    resourceType: 'ServiceRequest',
    id: `${human.id}-order-${key}`,
    status,
    intent: 'order',
    subject: subject(human),
    code: named(test.name, SYSTEMS.snomed, test.code),
    authoredOn: on,
    requester: { display: requester },
    performerType: named(SPECIALTIES[test.specialty].name, SYSTEMS.specialty, test.specialty),
    occurrencePeriod: { start: on, end: due },
    patientInstruction: test.preparation.es,
    _patientInstruction: translations(test.preparation),
  };
}

/** A figure of a report, with its flag by the usual range. */
export function observation(human: Human, id: string, key: MeasureKey, value: number, taken: string): fhir.Observation {
  const measure = MEASURES[key];
  const flag = value < measure.low ? 'L' : value > measure.high ? 'H' : 'N';
  const rounded = Number(value.toFixed(measure.decimals));
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject: subject(human),
    code: named(measure.name, SYSTEMS.loinc, measure.code),
    effectiveDateTime: taken,
    valueQuantity: { value: rounded, ...(measure.unit ? { unit: measure.unit } : {}) },
    interpretation: [{ coding: [{ system: SYSTEMS.interpretation, code: flag }] }],
    referenceRange: [{ low: { value: measure.low }, high: { value: measure.high } }],
  };
}

/**
 * A report of some kind: ready with its figures, pending, or there and for a professional to tell.
 * @param at when it was issued, or taken if it is pending
 */
export function report(
  human: Human,
  key: ReportKey,
  state: 'ready' | 'pending' | 'with_professional',
  taken: Day,
  issued: Day,
  zone: string,
  figures: [MeasureKey, number][] = [],
): (fhir.DiagnosticReport | fhir.Observation)[] {
  const id = `${human.id}-report-${key}-${taken}`;
  const takenAt = instantAt(taken, 8 * 60 + 40, zone);
  const observations = figures.map(([measure, value]) =>
    observation(human, `${id}-${measure}`, measure, value, takenAt),
  );
  const fine = observations.every((one) => one.interpretation?.[0]?.coding?.[0]?.code === 'N');
  const conclusion = fine ? CONCLUSIONS.fine : CONCLUSIONS.watch;
  return [
    {
      resourceType: 'DiagnosticReport',
      id,
      ...(state === 'with_professional' ? { meta: { tag: [{ system: SYSTEMS.telling, code: 'professional' }] } } : {}),
      status: state === 'pending' ? 'registered' : 'final',
      subject: subject(human),
      code: named(REPORTS[key].name, SYSTEMS.loinc, REPORTS[key].code),
      effectiveDateTime: takenAt,
      ...(state === 'pending' ? {} : { issued: instantAt(issued, 7 * 60 + 15, zone) }),
      ...(observations.length > 0
        ? { result: observations.map((one) => ({ reference: `Observation/${one.id}` })) }
        : {}),
      ...(state === 'ready' ? { conclusion: conclusion.es, _conclusion: translations(conclusion) } : {}),
    },
    ...observations,
  ];
}

export function coverage(human: Human, key: PlanKey, subscriber: string, from: Day, until: Day): fhir.Coverage {
  return {
    resourceType: 'Coverage',
    id: `${human.id}-cover-${key}`,
    status: 'active',
    beneficiary: subject(human),
    subscriberId: subscriber,
    type: concept(PLANS[key].name),
    payor: [{ reference: `Organization/payor-${payorId(key)}`, display: PLANS[key].payor }],
    period: { start: from, end: until },
  };
}

/** One Organization for each payor, whatever its plans. */
export function payorId(key: PlanKey): string {
  return key === 'mutuaBasic' ? 'mutua' : key;
}

export function invoice(
  human: Human,
  charge: keyof typeof CHARGES,
  amount: number,
  date: Day,
  due: Day,
  status: 'issued' | 'balanced',
): fhir.Invoice {
  return {
    resourceType: 'Invoice',
    id: `${human.id}-bill-${charge}`,
    status,
    subject: subject(human),
    type: concept(CHARGES[charge]),
    date,
    totalGross: { value: amount, currency: 'EUR' },
    extension: [{ url: DUE_DAY, valueDate: due }],
  };
}
