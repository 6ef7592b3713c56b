import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { blindIndex, open, seal, type Vault } from '../trust/vault.ts';
import { nameTokens, normaliseName } from './rules.ts';

export type NewPerson = { organisationId: string; patientId?: string; name?: string; language?: string };

/** Makes a person with a key of their own. @returns the person's id */
export async function addPerson(trx: Trx, vault: Vault, input: NewPerson): Promise<string> {
  return (await addPeople(trx, vault, input.organisationId, [input]))[0]!;
}

/** Makes several people at once. @returns their ids in the same order */
export async function addPeople(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  people: Omit<NewPerson, 'organisationId'>[],
): Promise<string[]> {
  if (people.length === 0) return [];
  const orgKey = await vault.organisationKey(trx, organisationId);
  const made = people.map((person) => ({ person, id: uuid(), ...vault.newPersonKey(orgKey) }));
  await sql`
    insert into person (organisation_id, id, patient_id, language, name_sealed)
    select ${organisationId}::uuid, * from unnest(${made.map((entry) => entry.id)}::uuid[], ${made.map((entry) => entry.person.patientId ?? null)}::text[],
      ${made.map((entry) => entry.person.language ?? 'es')}::text[],
      ${made.map((entry) => (entry.person.name ? seal(entry.key, entry.person.name, `name:${entry.id}`) : null))}::bytea[])`.execute(
    trx,
  );
  await sql`
    insert into person_key (organisation_id, person_id, wrapped)
    select ${organisationId}::uuid, * from unnest(${made.map((entry) => entry.id)}::uuid[], ${made.map((entry) => entry.wrapped)}::bytea[])`.execute(
    trx,
  );
  const tokens = made.flatMap((entry) =>
    nameTokens(entry.person.name ?? '').map((token) => ({ id: entry.id, token: blindIndex(orgKey, 'name', token) })),
  );
  if (tokens.length > 0)
    await sql`
      insert into person_token (organisation_id, person_id, token)
      select ${organisationId}::uuid, * from unnest(${tokens.map((entry) => entry.id)}::uuid[], ${tokens.map((entry) => entry.token)}::bytea[])
      on conflict do nothing`.execute(trx);
  return made.map((entry) => entry.id);
}

export type KnownPerson = {
  id: string;
  patientId: string | null;
  /** Null for one who has not said a name, or whose words are erased. */
  name: string | null;
  language: string;
};

/** People by id, their names opened. Audit is the caller's. */
export async function peopleOf(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  personIds: string[],
): Promise<Map<string, KnownPerson>> {
  const ids = [...new Set(personIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    patient_id: string | null;
    language: string;
    name_sealed: Buffer | null;
    profile: Buffer | null;
    point: string | null;
  }>`
    select p.id, p.patient_id, p.language, p.name_sealed, cp.profile_name_sealed as profile, cp.id as point
    from person p left join lateral (
      select id, profile_name_sealed from contact_point where organisation_id = ${organisationId}::uuid and person_id = p.id and profile_name_sealed is not null
      and p.name_sealed is null limit 1) cp on true
    where p.organisation_id = ${organisationId}::uuid and p.id = any(${ids}::uuid[])`.execute(trx);
  const keys = await vault.personKeys(trx, organisationId, ids);
  return new Map(
    rows.map((row) => {
      const key = keys.get(row.id);
      let name: string | null = null;
      if (key?.secret && row.name_sealed) name = open(key, row.name_sealed, `name:${row.id}`).toString('utf8');
      else if (key?.secret && row.profile) name = open(key, row.profile, `profile:${row.point}`).toString('utf8');
      return [row.id, { id: row.id, patientId: row.patient_id, name, language: row.language }];
    }),
  );
}

/** Ids of the people whose name has every word of `search` as a beginning (three letters or more), newest first. */
export async function searchByName(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  search: string,
  limit = 20,
): Promise<string[]> {
  const words = normaliseName(search).filter((word) => word.length >= 2);
  if (words.length === 0) return [];
  const orgKey = await vault.organisationKey(trx, organisationId);
  const hashes = words.map((word) => blindIndex(orgKey, 'name', word));
  const { rows } = await sql<{ person_id: string }>`
    select person_id from person_token t join person p on p.id = t.person_id and p.merged_into is null
    where t.organisation_id = ${organisationId}::uuid and token = any(${hashes}::bytea[])
    group by person_id having count(*) = ${new Set(words).size} order by person_id desc limit ${limit}`.execute(trx);
  return rows.map((row) => row.person_id);
}

/** The person who is this patient of the record; made when nobody has written for them yet. */
export async function personOfPatient(
  trx: Trx,
  vault: Vault,
  input: { organisationId: string; patientId: string; name?: string; language?: string },
): Promise<string> {
  const known = await trx
    .selectFrom('person')
    .select('id')
    .where('organisation_id', '=', input.organisationId)
    .where('patient_id', '=', input.patientId)
    .where('merged_into', 'is', null)
    .executeTakeFirst();
  return known?.id ?? addPerson(trx, vault, input);
}
