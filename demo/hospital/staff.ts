import { concept, SYSTEMS, translations } from '../../server/record/fhir.ts';
import type * as fhir from '../../server/record/fhir.ts';
import { PLACES, PLANS, SPECIALTIES, type PlaceKey, type PlanKey, type SpecialtyKey } from './words.ts';
import { payorId } from './chart.ts';

/** When a professional sees patients, on the wall's clock. */
export type Hours = {
  /** Minutes a slot lasts. */
  every: number;
  morning: [from: string, to: string];
  afternoon?: [from: string, to: string];
  /** Weekdays with an afternoon; all that are worked when missing. */
  afternoons?: number[];
  /** Saturdays and Sundays too. */
  weekends?: boolean;
};

export type Professional = {
  id: string;
  prefix: 'Dr.' | 'Dra.' | '';
  given: string;
  family: string;
  languages: string[];
  specialty: SpecialtyKey;
  place: PlaceKey;
  hours: Hours;
};

const TUE = 2;
const WED = 3;
const THU = 4;

const professional = (
  id: string,
  name: [Professional['prefix'], string, string],
  languages: string[],
  specialty: SpecialtyKey,
  place: PlaceKey,
  hours: Hours,
): Professional => ({ id, prefix: name[0], given: name[1], family: name[2], languages, specialty, place, hours });

const MORNING_20: Hours = { every: 20, morning: ['08:30', '14:10'] };
const MORNING_30: Hours = { every: 30, morning: ['08:30', '14:00'] };

export const PROFESSIONALS: readonly Professional[] = [
  professional('pr-01', ['Dra.', 'Amparo', 'Zubeldia Ros'], ['es', 'ca'], 'family', 'ribera', {
    every: 20,
    morning: ['09:00', '13:00'],
    afternoon: ['16:00', '20:00'],
    weekends: true,
  }),
  professional('pr-02', ['Dr.', 'Gaspar', 'Montcada Vidal'], ['ca', 'es', 'en'], 'family', 'ribera', {
    ...MORNING_20,
    afternoon: ['15:00', '18:00'],
    afternoons: [TUE, THU],
  }),
  professional('pr-03', ['Dra.', 'Filipa', 'Rezende Prates'], ['pt', 'es'], 'family', 'ribera', MORNING_20),
  professional('pr-04', ['Dra.', 'Nahia', 'Urrestarazu Sáez'], ['es', 'en'], 'paediatrics', 'ribera', {
    every: 20,
    morning: ['09:00', '14:00'],
    afternoon: ['16:00', '19:00'],
  }),
  professional('pr-05', ['Dr.', 'Roderic', 'Saladrigas Mas'], ['ca', 'es'], 'paediatrics', 'outpatient', MORNING_20),
  professional('pr-06', ['', 'Itziar', 'Lekuona Prieto'], ['es'], 'rehabilitation', 'outpatient', {
    every: 20,
    morning: ['08:40', '14:00'],
    afternoon: ['15:00', '19:00'],
    afternoons: [TUE, THU],
  }),
  professional('pr-07', ['', 'Celeste', 'Abascal Nieto'], ['es', 'pt'], 'rehabilitation', 'outpatient', {
    every: 30,
    morning: ['09:00', '13:00'],
    afternoon: ['15:00', '19:00'],
  }),
  professional('pr-08', ['Dra.', 'Isaura', 'Valcárcel Pombo'], ['es', 'en'], 'cardiology', 'outpatient', {
    every: 20,
    morning: ['09:00', '14:00'],
    afternoon: ['15:00', '18:00'],
    afternoons: [WED],
  }),
  professional('pr-09', ['Dr.', 'Eudald', 'Pratdesaba Roig'], ['ca', 'es'], 'cardiology', 'outpatient', MORNING_20),
  professional('pr-10', ['Dr.', 'Leopoldo', 'Cifuentes Arnal'], ['es'], 'digestive', 'outpatient', {
    ...MORNING_20,
    afternoon: ['15:00', '18:00'],
    afternoons: [TUE],
  }),
  professional('pr-11', ['Dra.', 'Oihana', 'Bermejo Lasa'], ['es'], 'ent', 'outpatient', MORNING_20),
  professional('pr-12', ['Dra.', 'Griselda', 'Tormo Andreu'], ['ca', 'es', 'en'], 'neurology', 'outpatient', {
    ...MORNING_20,
    afternoon: ['15:10', '18:10'],
    afternoons: [WED],
  }),
  professional('pr-13', ['Dr.', 'Evaristo', 'Pedroche Lanas'], ['es'], 'traumatology', 'outpatient', {
    ...MORNING_20,
    afternoon: ['15:00', '18:00'],
    afternoons: [THU],
  }),
  professional('pr-14', ['Dra.', 'Catarina', 'Seabra Lobo'], ['pt', 'es', 'en'], 'gynaecology', 'outpatient', {
    ...MORNING_30,
    afternoon: ['15:00', '18:00'],
    afternoons: [TUE],
  }),
  professional('pr-15', ['Dr.', 'Anselmo', 'Garay Montoya'], ['es'], 'dermatology', 'outpatient', MORNING_20),
  professional('pr-16', ['Dra.', 'Meritxell', 'Pujades Font'], ['ca', 'es'], 'ophthalmology', 'ribera', {
    ...MORNING_20,
    afternoon: ['16:00', '19:00'],
    afternoons: [WED],
  }),
  professional('pr-17', ['Dr.', 'Hilario', 'Bescós Ferrer'], ['es', 'en'], 'endocrinology', 'outpatient', MORNING_20),
  professional('pr-18', ['', 'Pilar', 'Escartín Oto'], ['es'], 'laboratory', 'tests', {
    every: 20,
    morning: ['07:40', '10:40'],
  }),
  professional('pr-19', ['Dra.', 'Teodora', 'Manrique Sol'], ['es', 'pt'], 'imaging', 'tests', {
    ...MORNING_30,
    afternoon: ['15:00', '19:00'],
  }),
  professional('pr-20', ['Dr.', 'Ginés', 'Albentosa Rico'], ['es'], 'endoscopy', 'tests', MORNING_30),
];

const ORGANISATION: fhir.Organization = {
  resourceType: 'Organization',
  id: 'vega-clara',
  active: true,
  name: 'Hospital Vega Clara',
  telecom: [{ system: 'phone', value: '+34 900 000 118' }],
  address: [{ text: 'Avenida de la Vega 118, Vega Clara' }],
};

export function practitionerName(one: Professional): string {
  return [one.prefix, one.given, one.family].filter(Boolean).join(' ');
}

function practitioner(one: Professional): fhir.Practitioner {
  return {
    resourceType: 'Practitioner',
    id: one.id,
    active: true,
    name: [
      {
        text: practitionerName(one),
        given: [one.given],
        family: one.family,
        ...(one.prefix ? { prefix: [one.prefix] } : {}),
      },
    ],
    communication: one.languages.map((code) => ({ coding: [{ system: 'urn:ietf:bcp:47', code }] })),
  };
}

function specialtyConcept(key: SpecialtyKey): fhir.CodeableConcept {
  return concept(SPECIALTIES[key].name, { system: SYSTEMS.specialty, code: key });
}

function role(one: Professional): fhir.PractitionerRole {
  return {
    resourceType: 'PractitionerRole',
    id: `role-${one.id}`,
    active: true,
    practitioner: { reference: `Practitioner/${one.id}`, display: practitionerName(one) },
    organization: { reference: `Organization/${ORGANISATION.id}` },
    specialty: [specialtyConcept(one.specialty)],
    location: [{ reference: `Location/${one.place}` }],
    healthcareService: [{ reference: `HealthcareService/${one.specialty}` }],
  };
}

function schedule(one: Professional, horizon: fhir.Period): fhir.Schedule {
  return {
    resourceType: 'Schedule',
    id: `schedule-${one.id}`,
    active: true,
    specialty: [specialtyConcept(one.specialty)],
    actor: [
      { reference: `Practitioner/${one.id}` },
      { reference: `Location/${one.place}` },
      { reference: `HealthcareService/${one.specialty}` },
    ],
    planningHorizon: horizon,
  };
}

function place(key: PlaceKey): fhir.Location {
  const entry = PLACES[key];
  return {
    resourceType: 'Location',
    id: key,
    status: 'active',
    name: entry.name.es,
    _name: translations(entry.name),
    description: entry.directions.es,
    _description: translations(entry.directions),
    telecom: [{ system: 'phone', value: '+34 900 000 118' }],
    address: { text: entry.address },
    position: { latitude: entry.latitude, longitude: entry.longitude },
    availabilityExceptions: entry.hours.es,
    _availabilityExceptions: translations(entry.hours),
  };
}

function service(key: SpecialtyKey): fhir.HealthcareService {
  const { visit } = SPECIALTIES[key];
  const where = [...new Set(PROFESSIONALS.filter((one) => one.specialty === key).map((one) => one.place))];
  return {
    resourceType: 'HealthcareService',
    id: key,
    active: true,
    name: visit.es,
    _name: translations(visit),
    specialty: [specialtyConcept(key)],
    location: where.map((id) => ({ reference: `Location/${id}` })),
  };
}

/** The hospital without its patients: places, services, professionals, their schedules, and who pays. */
export function house(horizon: fhir.Period): fhir.Resource[] {
  const payors = [...new Set((Object.keys(PLANS) as PlanKey[]).map(payorId))] as PlanKey[];
  return [
    ORGANISATION,
    ...payors.map((key): fhir.Organization => ({
      resourceType: 'Organization',
      id: `payor-${key}`,
      active: true,
      name: PLANS[key].payor,
    })),
    ...(Object.keys(PLACES) as PlaceKey[]).map(place),
    ...(Object.keys(SPECIALTIES) as SpecialtyKey[]).map(service),
    ...PROFESSIONALS.flatMap((one) => [practitioner(one), role(one), schedule(one, horizon)]),
  ];
}
