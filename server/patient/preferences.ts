import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';

/** Whose word a consent was: the patient's own, or as a colleague or a program noted it. */
export type ConsentSource = 'patient' | 'staff' | 'integration' | 'system';
export type Consent = { kind: string; given: boolean; at: Date; source: ConsentSource };
export type Preferences = { way: string | null; language: string | null; consents: Consent[] };

/** The way and language that a person likes best, and what they last said to being reached by each way. Null: no such person. */
export async function preferencesOf(trx: Trx, organisationId: string, personId: string): Promise<Preferences | null> {
  const { rows } = await sql<{
    preferred_way: string | null;
    preferred_language: string | null;
    consents: { kind: string; given: boolean; at: string; source: ConsentSource }[] | null;
  }>`
    select p.preferred_way, p.preferred_language, (
      select json_agg(c) from (select distinct on (kind) kind, given, at, source from contact_consent
        where organisation_id = ${organisationId} and person_id = p.id order by kind, at desc, id desc) c) as consents
    from person p where p.organisation_id = ${organisationId} and p.id = ${personId} and p.merged_into is null`.execute(
    trx,
  );
  const row = rows[0];
  if (!row) return null;
  return {
    way: row.preferred_way,
    language: row.preferred_language,
    consents: (row.consents ?? []).map((one) => ({ ...one, at: new Date(one.at) })),
  };
}

/** Keeps what a person likes best; what is not named stays, null takes it back. Audit is the caller's. */
export async function prefer(
  trx: Trx,
  organisationId: string,
  personId: string,
  change: { way?: string | null; language?: string | null },
): Promise<void> {
  await sql`
    update person set
      preferred_way = case when ${change.way !== undefined} then ${change.way ?? null}::text else preferred_way end,
      preferred_language = case when ${change.language !== undefined} then ${change.language ?? null}::text else preferred_language end
    where organisation_id = ${organisationId} and id = ${personId}`.execute(trx);
}

/** Notes that a person agrees to be reached so, or no longer. Audit is the caller's. */
export async function consent(
  trx: Trx,
  organisationId: string,
  personId: string,
  said: { kind: string; given: boolean; source: ConsentSource; byId: string | null; at: Date },
): Promise<void> {
  await sql`
    insert into contact_consent (organisation_id, id, person_id, kind, given, source, by_id, at)
    values (${organisationId}, ${uuid()}, ${personId}, ${said.kind}, ${said.given}, ${said.source}, ${said.byId}, ${said.at})`.execute(
    trx,
  );
}
