import type { Address, ContactPoint, Identifier, Patient, RelatedPerson, Resource } from '../fhir.ts';
import { codeIn, SYSTEMS } from '../fhir.ts';
import { documentForms } from '../documents.ts';
import { nameTokens, phoneDigits } from '../rules.ts';

/** What of a human leaves the readable content: documents, telephones, mail, addresses. */
export type Sealed = { identifier?: Identifier[]; telecom?: ContactPoint[]; address?: Address[] };

type Human = Patient | RelatedPerson;

function isHuman(resource: Resource): resource is Human {
  return resource.resourceType === 'Patient' || resource.resourceType === 'RelatedPerson';
}

/** The hospital's own number of the history is no national identifier and stays readable. */
function isRecordNumber(identifier: Identifier): boolean {
  return codeIn(identifier.type, SYSTEMS.identifierType) === 'MR';
}

/** Parts a resource in what stays readable and what is sealed (null: nothing). */
export function part(resource: Resource): { content: Resource; sealed: Sealed | null } {
  if (!isHuman(resource)) return { content: resource, sealed: null };
  const { identifier, telecom, address, ...rest } = resource;
  const kept = identifier?.filter(isRecordNumber) ?? [];
  const documents = identifier?.filter((one) => !isRecordNumber(one)) ?? [];
  const sealed: Sealed = {
    ...(documents.length > 0 ? { identifier: documents } : {}),
    ...(telecom?.length ? { telecom } : {}),
    ...(address?.length ? { address } : {}),
  };
  const content = { ...rest, ...(kept.length > 0 ? { identifier: kept } : {}) } as Human;
  return { content, sealed: Object.keys(sealed).length > 0 ? sealed : null };
}

/** Puts the opened part back where FHIR has it. */
export function join(content: Resource, sealed: Sealed | null): Resource {
  if (!sealed || !isHuman(content)) return content;
  const identifier = [...(content.identifier ?? []), ...(sealed.identifier ?? [])];
  return {
    ...content,
    ...(identifier.length > 0 ? { identifier } : {}),
    ...(sealed.telecom ? { telecom: sealed.telecom } : {}),
    ...(sealed.address ? { address: sealed.address } : {}),
  };
}

/** What a human is found by without being read; to be hashed with the organisation's key. */
export function lookups(resource: Resource): { purpose: HashPurpose; text: string }[] {
  if (!isHuman(resource)) return [];
  const found: { purpose: HashPurpose; text: string }[] = [];
  for (const identifier of resource.identifier ?? []) {
    if (!identifier.value || isRecordNumber(identifier)) continue;
    for (const form of documentForms(identifier.value)) found.push({ purpose: 'document', text: form });
  }
  for (const point of resource.telecom ?? [])
    if (point.value && point.system !== 'email') found.push({ purpose: 'phone', text: phoneDigits(point.value) });
  for (const token of nameTokens(resource.name)) found.push({ purpose: 'name', text: token });
  return found;
}

export type HashPurpose = 'document' | 'phone' | 'name';

/** The purpose under which the vault hashes it: one kind never meets another. */
export function vaultPurpose(purpose: HashPurpose): string {
  return `record:${purpose}`;
}

/** Where a sealed part belongs; bytes moved elsewhere do not open. */
export function bindOf(resource: { resourceType: string; id: string }): string {
  return `resource:${resource.resourceType}/${resource.id}`;
}
