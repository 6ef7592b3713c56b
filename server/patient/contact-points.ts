import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { blindIndex, open, seal, type Vault } from '../trust/vault.ts';
import type { Proof } from './rules.ts';

export type NewContactPoint = {
  organisationId: string;
  channel: string;
  accountId: string;
  address: string;
  /** Who is known to write from there, the likeliest first. */
  people: { personId: string; proof: Proof }[];
};

/** Makes an address known with the people behind it; one that exists gains the people it lacks. */
export async function addContactPoint(trx: Trx, vault: Vault, input: NewContactPoint): Promise<string> {
  const orgKey = await vault.organisationKey(trx, input.organisationId);
  const hash = blindIndex(orgKey, `address:${input.channel}`, input.address);
  const id = uuid();
  const { rows } = await sql<{ id: string }>`
    insert into contact_point (organisation_id, id, channel, account_id, address_hash, address_sealed, person_id)
    values (${input.organisationId}::uuid, ${id}::uuid, ${input.channel}, ${input.accountId}::uuid, ${hash},
      ${seal(orgKey, input.address, `contact-point:${id}`)}, ${input.people[0]!.personId}::uuid)
    on conflict (organisation_id, account_id, address_hash) do update set channel = excluded.channel
    returning id`.execute(trx);
  for (const { personId, proof } of input.people)
    await linkPerson(trx, { organisationId: input.organisationId, contactPointId: rows[0]!.id, personId, proof });
  return rows[0]!.id;
}

/** Says that a person writes from an address, and how that was proved; a proof is never made weaker. */
export async function linkPerson(
  trx: Trx,
  input: { organisationId: string; contactPointId: string; personId: string; proof: Proof; expiresAt?: Date },
): Promise<void> {
  await sql`
    insert into contact_point_person as l (organisation_id, contact_point_id, person_id, proof, proved_at, expires_at)
    values (${input.organisationId}::uuid, ${input.contactPointId}::uuid, ${input.personId}::uuid, ${input.proof}, now(), ${input.expiresAt ?? null})
    on conflict (contact_point_id, person_id) do update set
      proof = case when array_position(array['none', 'claimed', 'matched', 'confirmed'], excluded.proof)
        >= array_position(array['none', 'claimed', 'matched', 'confirmed'], l.proof) then excluded.proof else l.proof end,
      proved_at = now(), expires_at = excluded.expires_at`.execute(trx);
}

/** Somebody only says that they are this person: what was proved from the address before has to be proved again. */
export async function claimOnly(
  trx: Trx,
  input: { organisationId: string; contactPointId: string; personId: string },
): Promise<void> {
  await sql`
    update contact_point_person set proof = 'claimed', proved_at = now(), expires_at = null
    where organisation_id = ${input.organisationId}::uuid and contact_point_id = ${input.contactPointId}::uuid
      and person_id = ${input.personId}::uuid and proof in ('matched', 'confirmed')`.execute(trx);
}

export type Behind = { contactPointId: string; personId: string; patientId: string | null; proof: Proof };

/** The people known behind each address who are patients of the record: a family behind one phone has several. */
export async function peopleBehind(trx: Trx, organisationId: string, contactPointIds: string[]): Promise<Behind[]> {
  const { rows } = await sql<{ contact_point_id: string; person_id: string; patient_id: string | null; proof: Proof }>`
    select l.contact_point_id, l.person_id, p.patient_id,
      case when l.expires_at < now() then 'none' else l.proof end as proof
    from contact_point_person l join person p on p.id = l.person_id and p.merged_into is null
    where l.organisation_id = ${organisationId}::uuid and l.contact_point_id = any(${contactPointIds}::uuid[]) and p.patient_id is not null
    order by l.proved_at, l.person_id`.execute(trx);
  return rows.map((row) => ({
    contactPointId: row.contact_point_id,
    personId: row.person_id,
    patientId: row.patient_id,
    proof: row.proof,
  }));
}

/**
 * Where a patient wrote from last, if anywhere, with how that was proved there. `alone`: nobody else is known to write
 * from there, and they wrote last.
 */
export async function lastWroteFrom(
  trx: Trx,
  organisationId: string,
  patientId: string,
): Promise<{
  contactPointId: string;
  personId: string;
  channel: string;
  proof: Proof;
  lastInboundAt: Date;
  alone: boolean;
} | null> {
  const { rows } = await sql<{
    id: string;
    person_id: string;
    channel: string;
    proof: Proof;
    last_inbound_at: Date;
    alone: boolean;
  }>`
    select cp.id, p.id as person_id, cp.channel, cp.last_inbound_at, case when l.expires_at < now() then 'none' else l.proof end as proof,
      cp.person_id = p.id and not exists (select from contact_point_person o where o.contact_point_id = cp.id and o.person_id <> p.id
        and o.proof <> 'none') as alone
    from person p join contact_point_person l on l.person_id = p.id join contact_point cp on cp.id = l.contact_point_id
    where p.organisation_id = ${organisationId}::uuid and p.patient_id = ${patientId} and p.merged_into is null and p.erased_at is null
      and cp.blocked_at is null and cp.last_inbound_at is not null
    order by cp.last_inbound_at desc limit 1`.execute(trx);
  const row = rows[0];
  return row
    ? {
        contactPointId: row.id,
        personId: row.person_id,
        channel: row.channel,
        proof: row.proof,
        lastInboundAt: row.last_inbound_at,
        alone: row.alone,
      }
    : null;
}

/** A person's addresses, opened, the last used first. Audit is the caller's. */
export async function contactPointsOf(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  personId: string,
): Promise<{ id: string; channel: string; address: string; lastInboundAt: Date | null }[]> {
  const orgKey = await vault.organisationKey(trx, organisationId);
  const rows = await trx
    .selectFrom('contact_point_person as l')
    .innerJoin('contact_point as cp', 'cp.id', 'l.contact_point_id')
    .select(['cp.id', 'cp.channel', 'cp.address_sealed', 'cp.last_inbound_at'])
    .where('l.organisation_id', '=', organisationId)
    .where('l.person_id', '=', personId)
    .orderBy('cp.last_inbound_at', (order) => order.desc().nullsLast())
    .execute();
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    address: open(orgKey, row.address_sealed, `contact-point:${row.id}`).toString('utf8'),
    lastInboundAt: row.last_inbound_at,
  }));
}
