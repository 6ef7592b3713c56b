import { sql } from 'kysely';
import { contactPointsOf } from '../../patient/contact-points.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import { patientFacts } from '../../record/facts.ts';
import { patientContacts } from '../../record/identity.ts';
import { places, practitioners, specialties } from '../../record/queries.ts';
import { audit } from '../../trust/audit.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import type { KnownValue, Redaction } from './redact.ts';

/**
 * What the house knows of everybody in a conversation, to keep it from leaving: who writes, whom it is about, the family
 * behind the same address. Read for that alone; the audit says so.
 */
export async function redactionFor(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  conversationId: string,
  now: Date,
): Promise<Redaction> {
  const organisation = await organisationOf(trx, organisationId);
  const { rows } = await sql<{ id: string; patient_id: string | null; language: string }>`
    select distinct p.id, p.patient_id, c.language from conversation c
    left join leg on leg.conversation_id = c.id
    left join contact_point_person l on l.organisation_id = c.organisation_id and l.contact_point_id = leg.contact_point_id
    join person p on p.id = c.person_id or p.id = c.about_id or p.id = l.person_id
    where c.organisation_id = ${organisationId}::uuid and c.id = ${conversationId}::uuid limit 20`.execute(trx);
  const ids = rows.map((row) => row.id);
  const known: KnownValue[] = [];
  const add = (kind: KnownValue['kind'], value: string | null | undefined): void => {
    if (value && value.trim().length >= 2) known.push({ kind, value: value.trim() });
  };
  for (const person of (await peopleOf(trx, vault, organisationId, ids)).values()) add('name', person.name);
  for (const id of ids)
    for (const point of await contactPointsOf(trx, vault, organisationId, id))
      add(/@/.test(point.address) ? 'email' : /^\+?\d{6,}$/.test(point.address) ? 'phone' : 'number', point.address);
  const patients = rows.flatMap((row) => (row.patient_id ? [row.patient_id] : []));
  for (const facts of (await patientFacts(trx, organisationId, patients, now)).values()) {
    add('name', `${facts.givenName} ${facts.familyName}`);
    add('birth_date', facts.birthDate);
    const contacts = await patientContacts(trx, vault, organisationId, facts.patientId);
    for (const one of contacts.documents) add('document', one.value);
    for (const phone of contacts.phones) add('phone', phone);
    for (const email of contacts.emails) add('email', email);
    add('address', contacts.address);
    add('address', contacts.address?.split(',')[0]);
  }
  if (ids.length)
    await audit(
      trx,
      { kind: 'assistant', organisationId },
      {
        action: 'read',
        subject: { kind: 'identifiers', id: conversationId },
        personId: ids[0]!,
        reason: 'redaction',
      },
    );
  const staying = new Set<string>([organisation.name]);
  for (const one of await practitioners(trx, organisationId)) staying.add(one.name);
  for (const one of [...(await places(trx, organisationId)), ...(await specialties(trx, organisationId))])
    for (const name of Object.values(one.name)) staying.add(name);
  return {
    known,
    stays: [...staying].filter((name) => name.length >= 3),
    language: rows[0]?.language ?? 'es',
    country: organisation.country,
    year: now.getUTCFullYear(),
  };
}
