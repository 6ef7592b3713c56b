import type { Localised } from './contract.ts';

/*
 * The parts of FHIR R4 (http://hl7.org/fhir/R4) that Hebra reads and writes; what else a resource holds is kept as it is.
 * Texts in several languages use the standard translation extension.
 */

export type Extension = { url: string; valueCode?: string; valueString?: string; extension?: Extension[] };
export type Element = { extension?: Extension[] };
export type Coding = { system?: string; code?: string; display?: string; _display?: Element };
export type CodeableConcept = { coding?: Coding[]; text?: string; _text?: Element };
export type Reference = { reference?: string; display?: string; _display?: Element };
export type Period = { start?: string; end?: string };
export type Quantity = { value?: number; unit?: string; system?: string; code?: string };
export type Money = { value?: number; currency?: string };
export type HumanName = { use?: string; text?: string; family?: string; given?: string[]; prefix?: string[] };
export type Identifier = { use?: string; type?: CodeableConcept; system?: string; value?: string };
export type ContactPoint = {
  system?: 'phone' | 'email' | 'sms' | 'url' | 'fax' | 'pager' | 'other';
  value?: string;
  use?: string;
};
export type Address = {
  use?: string;
  text?: string;
  line?: string[];
  city?: string;
  postalCode?: string;
  country?: string;
};
export type Annotation = { text: string; _text?: Element };

type Base<Type extends string> = {
  resourceType: Type;
  id: string;
  meta?: { tag?: Coding[]; lastUpdated?: string; versionId?: string };
};

export type Patient = Base<'Patient'> & {
  active?: boolean;
  identifier?: Identifier[];
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: 'male' | 'female' | 'other' | 'unknown';
  birthDate?: string;
  address?: Address[];
  communication?: { language: CodeableConcept; preferred?: boolean }[];
  /** A RelatedPerson who is this same patient. */
  link?: { other: Reference; type: 'seealso' | 'refer' | 'replaces' | 'replaced-by' }[];
};

export type RelatedPerson = Base<'RelatedPerson'> & {
  active?: boolean;
  patient: Reference;
  relationship?: CodeableConcept[];
  identifier?: Identifier[];
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: Patient['gender'];
  birthDate?: string;
  address?: Address[];
};

export type Practitioner = Base<'Practitioner'> & {
  active?: boolean;
  name?: HumanName[];
  gender?: Patient['gender'];
  communication?: CodeableConcept[];
};

export type PractitionerRole = Base<'PractitionerRole'> & {
  active?: boolean;
  practitioner?: Reference;
  organization?: Reference;
  specialty?: CodeableConcept[];
  location?: Reference[];
  healthcareService?: Reference[];
};

export type Organization = Base<'Organization'> & {
  active?: boolean;
  name?: string;
  telecom?: ContactPoint[];
  address?: Address[];
};

export type Location = Base<'Location'> & {
  status?: 'active' | 'suspended' | 'inactive';
  name?: string;
  _name?: Element;
  /** How to find it. */
  description?: string;
  _description?: Element;
  telecom?: ContactPoint[];
  address?: Address;
  position?: { latitude: number; longitude: number };
  /** When it is open, in words. */
  availabilityExceptions?: string;
  _availabilityExceptions?: Element;
};

export type HealthcareService = Base<'HealthcareService'> & {
  active?: boolean;
  name?: string;
  _name?: Element;
  specialty?: CodeableConcept[];
  location?: Reference[];
};

export type Schedule = Base<'Schedule'> & {
  active?: boolean;
  specialty?: CodeableConcept[];
  serviceType?: CodeableConcept[];
  actor: Reference[];
  planningHorizon?: Period;
};

export type Slot = Base<'Slot'> & {
  schedule: Reference;
  status: 'free' | 'busy' | 'busy-unavailable';
  start: string;
  end: string;
  specialty?: CodeableConcept[];
};

export type Appointment = Base<'Appointment'> & {
  status:
    | 'proposed'
    | 'pending'
    | 'booked'
    | 'arrived'
    | 'fulfilled'
    | 'cancelled'
    | 'noshow'
    | 'entered-in-error'
    | 'waitlist';
  cancelationReason?: CodeableConcept;
  serviceType?: CodeableConcept[];
  specialty?: CodeableConcept[];
  start?: string;
  end?: string;
  slot?: Reference[];
  basedOn?: Reference[];
  created?: string;
  patientInstruction?: string;
  _patientInstruction?: Element;
  participant: { actor?: Reference; status: 'accepted' | 'declined' | 'tentative' | 'needs-action' }[];
};

export type ServiceRequest = Base<'ServiceRequest'> & {
  status: 'draft' | 'active' | 'on-hold' | 'revoked' | 'completed' | 'entered-in-error' | 'unknown';
  intent: 'order';
  subject: Reference;
  code?: CodeableConcept;
  authoredOn?: string;
  requester?: Reference;
  performerType?: CodeableConcept;
  occurrencePeriod?: Period;
  patientInstruction?: string;
  _patientInstruction?: Element;
};

export type DiagnosticReport = Base<'DiagnosticReport'> & {
  status: 'registered' | 'partial' | 'preliminary' | 'final' | 'amended' | 'corrected' | 'cancelled';
  subject: Reference;
  basedOn?: Reference[];
  code: CodeableConcept;
  effectiveDateTime?: string;
  issued?: string;
  result?: Reference[];
  conclusion?: string;
  _conclusion?: Element;
};

export type Observation = Base<'Observation'> & {
  status: 'registered' | 'preliminary' | 'final' | 'amended';
  subject: Reference;
  code: CodeableConcept;
  effectiveDateTime?: string;
  valueQuantity?: Quantity;
  valueString?: string;
  interpretation?: CodeableConcept[];
  referenceRange?: { text?: string; low?: Quantity; high?: Quantity }[];
};

export type MedicationRequest = Base<'MedicationRequest'> & {
  status: 'active' | 'on-hold' | 'cancelled' | 'completed' | 'stopped' | 'draft';
  intent: 'order';
  subject: Reference;
  medicationCodeableConcept?: CodeableConcept;
  authoredOn?: string;
  requester?: Reference;
  note?: Annotation[];
  dosageInstruction?: {
    text?: string;
    _text?: Element;
    asNeededBoolean?: boolean;
    timing?: { repeat?: { boundsPeriod?: Period } };
  }[];
};

export type AllergyIntolerance = Base<'AllergyIntolerance'> & {
  clinicalStatus?: CodeableConcept;
  patient: Reference;
  code?: CodeableConcept;
  criticality?: 'low' | 'high' | 'unable-to-assess';
  onsetDateTime?: string;
  reaction?: { manifestation: CodeableConcept[]; severity?: 'mild' | 'moderate' | 'severe' }[];
};

export type Condition = Base<'Condition'> & {
  clinicalStatus?: CodeableConcept;
  subject: Reference;
  code?: CodeableConcept;
  onsetDateTime?: string;
};

export type Coverage = Base<'Coverage'> & {
  status: 'active' | 'cancelled' | 'draft' | 'entered-in-error';
  beneficiary: Reference;
  subscriberId?: string;
  type?: CodeableConcept;
  payor: Reference[];
  period?: Period;
};

export type Invoice = Base<'Invoice'> & {
  status: 'draft' | 'issued' | 'balanced' | 'cancelled' | 'entered-in-error';
  subject: Reference;
  type?: CodeableConcept;
  date?: string;
  totalGross?: Money;
  /** R4 has no due day for an invoice; ours stands in this extension as a date. */
  extension?: { url: string; valueDate?: string }[];
};
export const DUE_DAY = 'urn:hebra:invoice-due';

export type Resource =
  | Patient
  | RelatedPerson
  | Practitioner
  | PractitionerRole
  | Organization
  | Location
  | HealthcareService
  | Schedule
  | Slot
  | Appointment
  | ServiceRequest
  | DiagnosticReport
  | Observation
  | MedicationRequest
  | AllergyIntolerance
  | Condition
  | Coverage
  | Invoice;
export type ResourceType = Resource['resourceType'];
export type ResourceOf<Type extends ResourceType> = Extract<Resource, { resourceType: Type }>;

/** Every type that may be kept. A Slot is kept as a row of its own. */
export const RESOURCE_TYPES = [
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'HealthcareService',
  'Schedule',
  'Slot',
  'Appointment',
  'ServiceRequest',
  'DiagnosticReport',
  'Observation',
  'MedicationRequest',
  'AllergyIntolerance',
  'Condition',
  'Coverage',
  'Invoice',
] as const satisfies readonly ResourceType[];

export const SYSTEMS = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  /** Keys of specialties, the same that slots carry. */
  specialty: 'urn:hebra:specialty',
  /** Who a patient is besides: `employee`. */
  segment: 'urn:hebra:segment',
  /** Results that only a person may tell. */
  telling: 'urn:hebra:telling',
  roleCode: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  identifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  interpretation: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  clinicalStatus: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  allergyStatus: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
} as const;

/** SNOMED CT 716186003 "No known allergy": asked, and none. */
export const NO_KNOWN_ALLERGY = '716186003';

const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';

/** A text of the record in four languages; a missing translation is the text as it was written. */
export function localisedText(text: string | undefined, element?: Element): Localised {
  const base = text ?? '';
  const all: Localised = { es: base, ca: base, en: base, pt: base };
  for (const extension of element?.extension ?? []) {
    if (extension.url !== TRANSLATION) continue;
    let language: string | undefined;
    let content: string | undefined;
    for (const part of extension.extension ?? []) {
      if (part.url === 'lang') language = part.valueCode;
      else if (part.url === 'content') content = part.valueString;
    }
    if (language && content !== undefined && language in all) all[language as keyof Localised] = content;
  }
  return all;
}

/** The other languages of a text, as the element that stands beside it. The Spanish one is the text itself. */
export function translations(text: Localised): Element {
  return {
    extension: (['ca', 'en', 'pt'] as const).map((language) => ({
      url: TRANSLATION,
      extension: [
        { url: 'lang', valueCode: language },
        { url: 'content', valueString: text[language] },
      ],
    })),
  };
}

/** What a concept is called: its text, else its first coding's. */
export function conceptName(concept: CodeableConcept | undefined): Localised {
  if (concept?.text !== undefined) return localisedText(concept.text, concept._text);
  const coding = concept?.coding?.[0];
  return localisedText(coding?.display ?? coding?.code, coding?._display);
}

/** The code of a concept in a system. */
export function codeIn(concept: CodeableConcept | undefined, system: string): string | undefined {
  return concept?.coding?.find((coding) => coding.system === system)?.code;
}

/** `Patient/p-1` → `p-1`, when it is of that type. */
export function idOf(reference: Reference | undefined, type: ResourceType): string | undefined {
  const text = reference?.reference;
  return text?.startsWith(`${type}/`) ? text.slice(type.length + 1) : undefined;
}

/** A concept with its name in four languages. */
export function concept(name: Localised, coding?: Coding): CodeableConcept {
  return { ...(coding ? { coding: [coding] } : {}), text: name.es, _text: translations(name) };
}
