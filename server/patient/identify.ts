import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { Vault } from '../trust/vault.ts';
import { linkPerson } from './contact-points.ts';
import { personOfPatient } from './people.ts';
import { LOCK_MINUTES, lockAfter, type Proof } from './rules.ts';

/**
 * Whether an address may still try to prove who writes: three wrong tries lock it for half an hour.
 * The count is by address and not by document, so that it tells nothing about whether a document exists.
 */
export async function lockState(
  trx: Trx,
  organisationId: string,
  contactPointId: string,
): Promise<{ locked: boolean; left: number }> {
  return (await lockStates(trx, organisationId, [contactPointId])).get(contactPointId)!;
}

/** The same for several addresses in one statement. */
export async function lockStates(
  trx: Trx,
  organisationId: string,
  contactPointIds: string[],
): Promise<Map<string, { locked: boolean; left: number }>> {
  const { rows } = await sql<{ id: string; wrong: number }>`
    select i.id, (select count(*) from identification_attempt a
      where a.organisation_id = ${organisationId}::uuid and a.contact_point_id = i.id and not a.succeeded
        and a.at > now() - ${LOCK_MINUTES} * interval '1 minute'
        and a.at > coalesce((select max(b.at) from identification_attempt b where b.organisation_id = ${organisationId}::uuid
          and b.contact_point_id = i.id and b.succeeded), '-infinity'))::int as wrong
    from unnest(${contactPointIds}::uuid[]) i(id)`.execute(trx);
  return new Map(rows.map((row) => [row.id, lockAfter(row.wrong)]));
}

/** Keeps a try at proving who writes. @returns what is left after it */
export async function recordAttempt(
  trx: Trx,
  input: { organisationId: string; contactPointId: string; succeeded: boolean },
): Promise<{ locked: boolean; left: number }> {
  await sql`
    insert into identification_attempt (organisation_id, id, contact_point_id, succeeded, at)
    values (${input.organisationId}::uuid, ${uuid()}::uuid, ${input.contactPointId}::uuid, ${input.succeeded}, clock_timestamp())`.execute(
    trx,
  );
  return lockState(trx, input.organisationId, input.contactPointId);
}

export type Proving = {
  organisationId: string;
  contactPointId: string;
  /** Who was thought to write until now. */
  personId: string;
  /** The patient of the record whom the proof is about. */
  patientId: string;
  level: Proof;
  /** How: `document_and_birth_date`, `one_time_code`, `agent`, … */
  method: string;
  byAccount?: string;
  name?: string;
  language?: string;
};

/**
 * The writer proved to be a patient of the record. An unknown writer becomes that person; someone who had a name already
 * stays who they were behind the same address, and the other is linked beside them (a family behind one phone).
 */
export async function prove(trx: Trx, vault: Vault, input: Proving): Promise<{ personId: string; aboutId: string }> {
  const writer = await trx
    .selectFrom('person')
    .select(['id', 'patient_id'])
    .where('id', '=', input.personId)
    .where('organisation_id', '=', input.organisationId)
    .executeTakeFirstOrThrow();
  const personId =
    writer.patient_id === input.patientId
      ? writer.id
      : await personOfPatient(trx, vault, {
          organisationId: input.organisationId,
          patientId: input.patientId,
          name: input.name,
          language: input.language,
        });
  if (writer.patient_id === null && personId !== writer.id)
    await trx.updateTable('person').set({ merged_into: personId }).where('id', '=', writer.id).execute();
  const { settings } = await organisationOf(trx, input.organisationId);
  const expiresAt = new Date(Date.now() + settings.proofDays * 86_400_000);
  await linkPerson(trx, {
    organisationId: input.organisationId,
    contactPointId: input.contactPointId,
    personId,
    proof: input.level,
    expiresAt,
  });
  await trx
    .insertInto('proof')
    .values({
      organisation_id: input.organisationId,
      id: uuid(),
      person_id: personId,
      contact_point_id: input.contactPointId,
      level: input.level,
      method: input.method,
      by_account: input.byAccount ?? null,
    })
    .execute();
  await announce(trx, {
    organisationId: input.organisationId,
    kind: 'person.proved',
    payload: { personId, contactPointId: input.contactPointId, level: input.level, method: input.method },
  });
  return { personId, aboutId: personId };
}

/** The best proof of a person from an address, and how and when it came about. */
export async function lastProof(
  trx: Trx,
  organisationId: string,
  personId: string,
): Promise<{ level: Proof; method: string; at: Date } | null> {
  const row = await trx
    .selectFrom('proof')
    .select(['level', 'method', 'at'])
    .where('organisation_id', '=', organisationId)
    .where('person_id', '=', personId)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { level: row.level as Proof, method: row.method, at: row.at } : null;
}
