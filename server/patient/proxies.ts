import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';

export type Proxy = {
  personId: string;
  forPersonId: string;
  forPatientId: string | null;
  relation: string;
  scope: string[];
};

/** For whom these people may act now: a mother for her child. */
export async function actsFor(trx: Trx, organisationId: string, personIds: string[]): Promise<Proxy[]> {
  const { rows } = await sql<{
    person_id: string;
    for_person_id: string;
    patient_id: string | null;
    relation: string;
    scope: string[];
  }>`
    select x.person_id, x.for_person_id, p.patient_id, x.relation, x.scope from proxy x join person p on p.id = x.for_person_id
    where x.organisation_id = ${organisationId}::uuid and x.person_id = any(${personIds}::uuid[])
      and x.revoked_at is null and (x.expires_at is null or x.expires_at > now())
    order by x.created_at, x.id`.execute(trx);
  return rows.map((row) => ({
    personId: row.person_id,
    forPersonId: row.for_person_id,
    forPatientId: row.patient_id,
    relation: row.relation,
    scope: row.scope,
  }));
}

/** Who may act for these people now. */
export async function actedForBy(
  trx: Trx,
  organisationId: string,
  personId: string,
): Promise<{ personId: string; relation: string; scope: string[] }[]> {
  const rows = await trx
    .selectFrom('proxy')
    .select(['person_id', 'relation', 'scope'])
    .where('organisation_id', '=', organisationId)
    .where('for_person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .execute();
  return rows.map((row) => ({ personId: row.person_id, relation: row.relation, scope: row.scope }));
}

/** Lets a person act for another, for a purpose and until a day. */
export async function addProxy(
  trx: Trx,
  input: {
    organisationId: string;
    personId: string;
    forPersonId: string;
    relation: string;
    scope?: string[];
    expiresAt?: Date;
  },
): Promise<void> {
  await trx
    .insertInto('proxy')
    .values({
      organisation_id: input.organisationId,
      id: uuid(),
      person_id: input.personId,
      for_person_id: input.forPersonId,
      relation: input.relation,
      ...(input.scope ? { scope: input.scope } : {}),
      expires_at: input.expiresAt ?? null,
    })
    .execute();
}
