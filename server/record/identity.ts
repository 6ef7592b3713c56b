import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import { blindIndex, type Vault } from '../trust/vault.ts';
import type { PatientContacts, PatientHead } from './contract.ts';
import { typedDocument } from './documents.ts';
import { SYSTEMS, codeIn, type Patient } from './fhir.ts';
import { vaultPurpose } from './internal/sealing.ts';
import { shownHead } from './internal/shown.ts';
import { recordProblems } from './problems.ts';
import { organisationOf } from '../trust/organisation.ts';
import { phoneDigits, phoneForms, words } from './rules.ts';
import { readWhole } from './store.ts';

/**
 * The one patient with this document number (as people write it) and this birth date, or null. Whether the number, the
 * date or both are wrong cannot be told: one statement in any case, and null for all of them, also when two charts fit.
 * @param claim.birthDate `1963-05-09`
 */
export async function matchIdentity(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  claim: { documentNumber: string; birthDate: string },
): Promise<string | null> {
  const key = await vault.organisationKey(trx, organisationId);
  const hash = blindIndex(key, vaultPurpose('document'), typedDocument(claim.documentNumber));
  const { rows } = await sql<{ id: string; born: string | null }>`
    select distinct r.id, r.content ->> 'birthDate' as born
    from resource_hash h
    join resource r on r.organisation_id = h.organisation_id and r.type = h.type and r.id = h.id
    join chart c on c.organisation_id = r.organisation_id and c.patient_id = r.id and c.erased_at is null
    where h.organisation_id = ${organisationId} and h.purpose = 'document' and h.hash = ${hash} and h.type = 'Patient'
    limit 5`.execute(trx);
  const fitting = rows.filter((row) => row.born === claim.birthDate);
  return fitting.length === 1 ? fitting[0]!.id : null;
}

/**
 * Which patients have these telephones in their charts, by the digits of each number. It proves nothing: a family
 * shares one, numbers change hands.
 */
export async function patientsByPhone(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  phones: string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (phones.length === 0) return found;
  const key = await vault.organisationKey(trx, organisationId);
  const byHash = new Map(
    phones.map((phone) => [blindIndex(key, vaultPurpose('phone'), phoneDigits(phone)).toString('hex'), phone]),
  );
  const { rows } = await sql<{ hash: string; id: string }>`
    select encode(h.hash, 'hex') as hash, h.id from resource_hash h
    join chart c on c.organisation_id = h.organisation_id and c.patient_id = h.id and c.erased_at is null
    where h.organisation_id = ${organisationId} and h.purpose = 'phone' and h.type = 'Patient'
      and h.hash = any(${[...byHash.keys()].map((hex) => Buffer.from(hex, 'hex'))}::bytea[])
    order by h.id`.execute(trx);
  for (const row of rows) {
    const phone = byHash.get(row.hash)!;
    found.set(phone, [...(found.get(phone) ?? []), row.id]);
  }
  return found;
}

/**
 * Patients whose name has all these words or their beginnings (three letters and more), or whose document or history
 * number is the text. At most `limit`, by name.
 */
export async function searchPatients(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  text: string,
  limit = 20,
): Promise<PatientHead[]> {
  const key = await vault.organisationKey(trx, organisationId);
  const tokens = words(text)
    .slice(0, 6)
    .map((word) => blindIndex(key, vaultPurpose('name'), word.slice(0, 40)));
  const document = blindIndex(key, vaultPurpose('document'), typedDocument(text));
  const { country } = await organisationOf(trx, organisationId);
  const phones = phoneForms(text, country).map((form) => blindIndex(key, vaultPurpose('phone'), form));
  const { rows } = await sql<{ content: Patient }>`
    select r.content from resource r
    join chart c on c.organisation_id = r.organisation_id and c.patient_id = r.id and c.erased_at is null
    where r.organisation_id = ${organisationId} and r.type = 'Patient' and r.id in (
      select id from resource_hash where organisation_id = ${organisationId} and type = 'Patient' and purpose = 'name'
        and hash = any(${tokens}::bytea[]) group by id having count(distinct hash) = ${Math.max(tokens.length, 1)}
      union
      select id from resource_hash where organisation_id = ${organisationId} and type = 'Patient'
        and ((purpose = 'document' and hash = ${document}) or (purpose = 'phone' and hash = any(${phones}::bytea[])))
      union
      select id from resource_index where organisation_id = ${organisationId} and type = 'Patient' and param = 'identifier'
        and value = ${text.trim().slice(0, 40)})
    order by r.content #>> '{name,0,family}', r.content #>> '{name,0,given,0}', r.id limit ${limit}`.execute(trx);
  return rows.map((row) => shownHead(row.content));
}

/**
 * What is sealed of a patient, opened to be shown.
 * @throws patient_not_found · VaultError when the chart was erased
 */
export async function patientContacts(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  patientId: string,
): Promise<PatientContacts> {
  const patient = await readWhole(trx, vault, organisationId, 'Patient', patientId);
  if (!patient) throw recordProblems.patient_not_found();
  const telecom = patient.telecom ?? [];
  const address = patient.address?.[0];
  return {
    documents: (patient.identifier ?? [])
      .filter((one) => one.value && codeIn(one.type, SYSTEMS.identifierType) !== 'MR')
      .map((one) => ({ kind: one.type?.text ?? one.type?.coding?.[0]?.code ?? '', value: one.value! })),
    phones: telecom.filter((point) => point.system === 'phone' && point.value).map((point) => point.value!),
    emails: telecom.filter((point) => point.system === 'email' && point.value).map((point) => point.value!),
    address: address
      ? (address.text ?? [...(address.line ?? []), address.postalCode, address.city].filter(Boolean).join(', '))
      : null,
  };
}
