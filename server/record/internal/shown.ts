import type { PatientHead } from '../contract.ts';
import { codeIn, SYSTEMS, type Patient } from '../fhir.ts';

const LANGUAGES = new Set(['es', 'ca', 'en', 'pt']);

/** The language a patient prefers, when it is one of ours. */
function languageOf(patient: Patient): PatientHead['language'] {
  const wanted = patient.communication?.find((one) => one.preferred) ?? patient.communication?.[0];
  const code = wanted?.language.coding?.[0]?.code?.slice(0, 2);
  return code && LANGUAGES.has(code) ? (code as PatientHead['language']) : null;
}

/** Who a patient is, from the readable part of the resource. */
export function shownHead(patient: Patient): PatientHead {
  const name = patient.name?.[0];
  return {
    id: patient.id,
    givenName: name?.given?.join(' ') ?? '',
    familyName: name?.family ?? '',
    birthDate: patient.birthDate ?? null,
    gender: patient.gender ?? 'unknown',
    language: languageOf(patient),
    recordNumber: patient.identifier?.find((one) => codeIn(one.type, SYSTEMS.identifierType) === 'MR')?.value ?? null,
    employee: patient.meta?.tag?.some((tag) => tag.system === SYSTEMS.segment && tag.code === 'employee') ?? false,
  };
}
