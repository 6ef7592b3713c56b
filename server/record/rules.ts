import type { PartOfDay } from './contract.ts';
import { codeIn, idOf, SYSTEMS, type HumanName, type Reference, type Resource } from './fhir.ts';

/** Minutes on the hospital's wall in which a part of the day lies: [from, to). */
export const PART_MINUTES: Record<PartOfDay, readonly [number, number]> = {
  morning: [0, 14 * 60],
  afternoon: [14 * 60, 24 * 60],
  evening: [18 * 60, 24 * 60],
};

/** How long before its start a patient may still change or cancel, unless the organisation says otherwise. */
export const NOTICE_MINUTES = 60;

/** Whether an appointment may still be moved or cancelled. Staff may until it starts; a patient needs the notice. */
export function mayStillMove(startsAt: Date, now: Date, byStaff: boolean, noticeMinutes: number): boolean {
  return startsAt.getTime() - now.getTime() > (byStaff ? 0 : noticeMinutes * 60_000);
}

/** How soon a freed slot may start and still be put before someone who has to come here. */
const OFFER_AHEAD_MS = 3 * 3_600_000;
const OFFER_LASTS_MS = 4 * 3_600_000;

/** Until when a freed slot's offer is good: four hours, and never past an hour before it starts. Null: too late to offer. */
export function offerUntil(startsAt: Date, now: Date): Date | null {
  if (startsAt.getTime() - now.getTime() < OFFER_AHEAD_MS) return null;
  return new Date(Math.min(now.getTime() + OFFER_LASTS_MS, startsAt.getTime() - 3_600_000));
}

/** Lower case, without accents; the Catalan l·l is two letters. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[·‧•]/g, '').normalize('NFD').replace(/\p{M}/gu, '');
}

/** The words of a text as names are compared. */
export function words(text: string): string[] {
  return plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);
}

const SHORTEST_PREFIX = 3;
const LONGEST_PREFIX = 12;

/** What a name is found by: each of its words, and what people type of it so far. */
export function nameTokens(names: HumanName[] | undefined): string[] {
  const tokens = new Set<string>();
  for (const name of names ?? [])
    for (const word of words([...(name.given ?? []), name.family ?? '', name.text ?? ''].join(' '))) {
      tokens.add(word);
      for (let length = SHORTEST_PREFIX; length < Math.min(word.length, LONGEST_PREFIX + 1); length += 1)
        tokens.add(word.slice(0, length));
    }
  return [...tokens];
}

/** `+34 612 34 56 78`, `0034612345678` → `34612345678`: as WhatsApp writes it. */
export function phoneDigits(text: string): string {
  return text.replace(/\D/g, '').replace(/^00/, '');
}

/** Calling codes (ITU-T E.164 Annex) of the countries that Hebra's document rules know. */
const CALLING: Record<string, string> = {
  AD: '376',
  AR: '54',
  BO: '591',
  BR: '55',
  CL: '56',
  CO: '57',
  CR: '506',
  DO: '1',
  EC: '593',
  ES: '34',
  GB: '44',
  MX: '52',
  PE: '51',
  PT: '351',
  PY: '595',
  US: '1',
  UY: '598',
  VE: '58',
};

/** Every way in which a telephone that someone looks for may be kept: as typed, and with the country's own prefix. */
export function phoneForms(text: string, country: string): string[] {
  const digits = phoneDigits(text);
  const code = CALLING[country];
  return code && digits.length >= 7 && !digits.startsWith(code) ? [digits, code + digits.replace(/^0/, '')] : [digits];
}

/** The columns and index rows that a resource is found by. Search parameters are named as in FHIR R4. */
export type Indexed = {
  patientId: string | null;
  status: string | null;
  at: string | null;
  index: { param: string; value: string }[];
};

/** Reads out of a resource what it is found by. */
export function indexed(resource: Resource): Indexed {
  const index: Indexed['index'] = [];
  const add = (param: string, value: string | undefined): void => {
    if (value && !index.some((row) => row.param === param && row.value === value)) index.push({ param, value });
  };
  const codes = (
    param: string,
    concepts: ({ coding?: { system?: string; code?: string }[] } | undefined)[] | undefined,
  ): void => {
    for (const concept of concepts ?? []) for (const coding of concept?.coding ?? []) add(param, coding.code);
  };
  const references = (param: string, list: (Reference | undefined)[] | undefined): void => {
    for (const reference of list ?? []) add(param, reference?.reference);
  };
  let patientId: string | undefined;
  let status: string | undefined;
  let at: string | undefined;
  switch (resource.resourceType) {
    case 'Patient':
      patientId = resource.id;
      references(
        'link',
        resource.link?.map((link) => link.other),
      );
      for (const tag of resource.meta?.tag ?? []) add('_tag', tag.code);
      for (const one of resource.identifier ?? [])
        if (codeIn(one.type, SYSTEMS.identifierType) === 'MR') add('identifier', one.value);
      break;
    case 'RelatedPerson':
      patientId = idOf(resource.patient, 'Patient');
      codes('relationship', resource.relationship);
      break;
    case 'Practitioner':
    case 'Organization':
      break;
    case 'PractitionerRole':
      references('practitioner', [resource.practitioner]);
      codes('specialty', resource.specialty);
      references('location', resource.location);
      break;
    case 'Location':
      status = resource.status;
      break;
    case 'HealthcareService':
      codes('specialty', resource.specialty);
      references('location', resource.location);
      break;
    case 'Schedule':
      references('actor', resource.actor);
      codes('specialty', resource.specialty);
      at = resource.planningHorizon?.start;
      break;
    case 'Slot':
      status = resource.status;
      at = resource.start;
      references('schedule', [resource.schedule]);
      break;
    case 'Appointment':
      patientId = resource.participant.map((one) => idOf(one.actor, 'Patient')).find(Boolean);
      status = resource.status;
      at = resource.start;
      references(
        'actor',
        resource.participant.map((one) => one.actor),
      );
      references('slot', resource.slot);
      references('based-on', resource.basedOn);
      codes('specialty', resource.specialty);
      break;
    case 'ServiceRequest':
      patientId = idOf(resource.subject, 'Patient');
      status = resource.status;
      at = resource.authoredOn;
      codes('code', [resource.code]);
      add('performer-type', codeIn(resource.performerType, SYSTEMS.specialty));
      break;
    case 'DiagnosticReport':
      patientId = idOf(resource.subject, 'Patient');
      status = resource.status;
      at = resource.issued ?? resource.effectiveDateTime;
      codes('code', [resource.code]);
      references('based-on', resource.basedOn);
      break;
    case 'Observation':
      patientId = idOf(resource.subject, 'Patient');
      status = resource.status;
      at = resource.effectiveDateTime;
      codes('code', [resource.code]);
      break;
    case 'MedicationRequest':
      patientId = idOf(resource.subject, 'Patient');
      status = resource.status;
      at = resource.authoredOn;
      codes('code', [resource.medicationCodeableConcept]);
      break;
    case 'AllergyIntolerance':
      patientId = idOf(resource.patient, 'Patient');
      status = codeIn(resource.clinicalStatus, SYSTEMS.allergyStatus);
      at = resource.onsetDateTime;
      codes('code', [resource.code]);
      break;
    case 'Condition':
      patientId = idOf(resource.subject, 'Patient');
      status = codeIn(resource.clinicalStatus, SYSTEMS.clinicalStatus);
      at = resource.onsetDateTime;
      codes('code', [resource.code]);
      break;
    case 'Coverage':
      patientId = idOf(resource.beneficiary, 'Patient');
      status = resource.status;
      at = resource.period?.start;
      references('payor', resource.payor);
      break;
    case 'Invoice':
      patientId = idOf(resource.subject, 'Patient');
      status = resource.status;
      at = resource.date;
      break;
  }
  return { patientId: patientId ?? null, status: status ?? null, at: instantOf(at), index };
}

/** A FHIR date of any precision as the instant it begins, for ordering; null when it is none. */
function instantOf(text: string | undefined): string | null {
  if (!text) return null;
  const time = Date.parse(/^\d{4}$/.test(text) ? `${text}-01-01` : text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
