import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { blindIndex, open, seal, type PersonKey, type Vault } from '../trust/vault.ts';
import { actorId } from './internal/actor.ts';
import { bindOf, join, lookups, part, vaultPurpose, type Sealed } from './internal/sealing.ts';
import { RESOURCE_TYPES, type Resource, type ResourceOf, type ResourceType } from './fhir.ts';
import { recordProblems } from './problems.ts';
import { indexed } from './rules.ts';

/** A kept resource with its version. What is sealed of it is not in `content`. */
export type Kept<Type extends ResourceType> = { content: ResourceOf<Type>; version: number; updatedAt: Date };

/**
 * Keeps a new resource; without an id it gets one. Slots and Appointments are written by the booking verbs and `takeIn`.
 * @throws invalid_resource · patient_not_found when it speaks of a patient without a chart
 */
export async function createResource<R extends Resource>(
  trx: Trx,
  vault: Vault,
  actor: Actor,
  resource: Omit<R, 'id'> & { id?: string },
): Promise<R> {
  const whole = { ...resource, id: resource.id ?? uuid() } as R;
  validate(whole);
  const row = indexed(whole);
  const organisationId = actor.organisationId;
  const key = await chartKey(trx, vault, organisationId, row.patientId, whole.resourceType === 'Patient');
  const { content, sealed } = sealPart(whole, key);
  const { rows } = await sql`
    insert into resource (organisation_id, type, id, patient_id, status, at, content, sealed)
    values (${organisationId}, ${whole.resourceType}, ${whole.id}, ${row.patientId}, ${row.status}, ${row.at},
      ${JSON.stringify(content)}::jsonb, ${sealed})
    on conflict do nothing returning 1`.execute(trx);
  if (rows.length === 0) throw recordProblems.version_conflict();
  await writeIndex(trx, vault, organisationId, whole, row.index);
  return whole;
}

/**
 * Writes a new version; the one before goes to the history.
 * @param expected.version the version it was read at; another one there now is a conflict
 * @throws resource_not_found · version_conflict · invalid_resource
 */
export async function updateResource<R extends Resource>(
  trx: Trx,
  vault: Vault,
  actor: Actor,
  resource: R,
  expected: { version?: number } = {},
): Promise<{ version: number }> {
  validate(resource);
  const organisationId = actor.organisationId;
  const type = resource.resourceType;
  const row = indexed(resource);
  const { rows: held } = await sql<{ version: number; patient_id: string | null }>`
    select version, patient_id from resource
    where organisation_id = ${organisationId} and type = ${type} and id = ${resource.id} for no key update`.execute(
    trx,
  );
  const before = held[0];
  if (!before) throw recordProblems.resource_not_found();
  if (expected.version !== undefined && expected.version !== before.version) throw recordProblems.version_conflict();
  if (before.patient_id !== row.patientId) throw recordProblems.invalid_resource({ params: { why: 'patient' } });
  const key = await chartKey(trx, vault, organisationId, row.patientId, false);
  const { content, sealed } = sealPart(resource, key);
  await sql`
    with old as (
      insert into resource_history (organisation_id, type, id, version, content, sealed, updated_at, replaced_by_kind, replaced_by)
      select organisation_id, type, id, version, content, sealed, updated_at, ${actor.kind}, ${actorId(actor)}
      from resource where organisation_id = ${organisationId} and type = ${type} and id = ${resource.id})
    update resource set version = version + 1, status = ${row.status}, at = ${row.at}, content = ${JSON.stringify(content)}::jsonb,
      sealed = ${sealed}, updated_at = now()
    where organisation_id = ${organisationId} and type = ${type} and id = ${resource.id}`.execute(trx);
  await sql`delete from resource_index where organisation_id = ${organisationId} and type = ${type} and id = ${resource.id}`.execute(
    trx,
  );
  await sql`delete from resource_hash where organisation_id = ${organisationId} and type = ${type} and id = ${resource.id}`.execute(
    trx,
  );
  await writeIndex(trx, vault, organisationId, resource, row.index);
  return { version: before.version + 1 };
}

/** One resource without what is sealed; null when there is none. */
export async function readResource<Type extends Exclude<ResourceType, 'Slot'>>(
  trx: Trx,
  organisationId: string,
  type: Type,
  id: string,
): Promise<Kept<Type> | null> {
  const { rows } = await sql<Kept<Type>>`
    select content, version, updated_at as "updatedAt" from resource
    where organisation_id = ${organisationId} and type = ${type} and id = ${id}`.execute(trx);
  return rows[0] ?? null;
}

/**
 * One human's resource, whole: documents, telephones and addresses opened. Whoever shows it audits it.
 * @throws VaultError when the chart was erased
 */
export async function readWhole<Type extends 'Patient' | 'RelatedPerson'>(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  type: Type,
  id: string,
): Promise<ResourceOf<Type> | null> {
  const { rows } = await sql<{ content: ResourceOf<Type>; sealed: Buffer | null; wrapped: Buffer | null }>`
    select r.content, r.sealed, c.wrapped from resource r
    join chart c on c.organisation_id = r.organisation_id and c.patient_id = r.patient_id
    where r.organisation_id = ${organisationId} and r.type = ${type} and r.id = ${id}`.execute(trx);
  const row = rows[0];
  if (!row) return null;
  if (!row.sealed) return row.content;
  const key = vault.unwrapPersonKey(await vault.organisationKey(trx, organisationId), row.wrapped);
  const sealed = JSON.parse(open(key, row.sealed, bindOf(row.content)).toString('utf8')) as Sealed;
  return join(row.content, sealed) as ResourceOf<Type>;
}

/** What to find: all that is given must hold. */
export type Search = {
  patientId?: string;
  status?: string | string[];
  /** [from, to) of what the type's date is: an appointment's start, a report's issue, … */
  from?: Date;
  to?: Date;
  /** A search parameter of FHIR and one of its values: { code: '4548-4' }, { actor: 'Practitioner/x' }. */
  index?: Record<string, string>;
  newestFirst?: boolean;
  limit?: number;
  offset?: number;
};

/** Resources of a type in the order of their dates, at most 100 unless said. */
export async function searchResources<Type extends Exclude<ResourceType, 'Slot'>>(
  trx: Trx,
  organisationId: string,
  type: Type,
  search: Search,
): Promise<Kept<Type>[]> {
  const statuses = search.status === undefined ? null : [search.status].flat();
  const conditions = Object.entries(search.index ?? {}).map(
    ([param, value]) => sql`exists (select from resource_index i where i.organisation_id = r.organisation_id
      and i.type = r.type and i.id = r.id and i.param = ${param} and i.value = ${value})`,
  );
  const { rows } = await sql<Kept<Type>>`
    select content, version, updated_at as "updatedAt" from resource r
    where organisation_id = ${organisationId} and type = ${type}
      ${search.patientId === undefined ? sql`` : sql`and patient_id = ${search.patientId}`}
      ${statuses === null ? sql`` : sql`and status = any(${statuses}::text[])`}
      ${search.from === undefined ? sql`` : sql`and at >= ${search.from}`}
      ${search.to === undefined ? sql`` : sql`and at < ${search.to}`}
      ${conditions.length === 0 ? sql`` : sql`and ${sql.join(conditions, sql` and `)}`}
    order by ${search.newestFirst ? sql`at desc nulls last, id desc` : sql`at, id`}
    limit ${search.limit ?? 100} offset ${search.offset ?? 0}`.execute(trx);
  return rows;
}

/** What a resource was before, newest first, with who replaced each version. */
export async function resourceHistory<Type extends Exclude<ResourceType, 'Slot'>>(
  trx: Trx,
  organisationId: string,
  type: Type,
  id: string,
): Promise<(Kept<Type> & { replacedAt: Date; replacedBy: { kind: string; id: string | null } })[]> {
  const { rows } = await sql<Kept<Type> & { replacedAt: Date; kind: string; by: string | null }>`
    select content, version, updated_at as "updatedAt", replaced_at as "replacedAt", replaced_by_kind as kind, replaced_by as by
    from resource_history where organisation_id = ${organisationId} and type = ${type} and id = ${id}
    order by version desc`.execute(trx);
  return rows.map(({ kind, by, ...row }) => ({ ...row, replacedBy: { kind, id: by } }));
}

function validate(resource: Resource): void {
  const refuse = (why: string): never => {
    throw recordProblems.invalid_resource({ params: { why } });
  };
  if (!(RESOURCE_TYPES as readonly string[]).includes(resource.resourceType)) refuse('resourceType');
  if (resource.resourceType === 'Slot' || resource.resourceType === 'Appointment') refuse('resourceType');
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(resource.id)) refuse('id');
  if (ABOUT_A_PATIENT.has(resource.resourceType) && !indexed(resource).patientId) refuse('patient');
}

const ABOUT_A_PATIENT: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'ServiceRequest',
  'DiagnosticReport',
  'Observation',
  'MedicationRequest',
  'AllergyIntolerance',
  'Condition',
  'Coverage',
  'Invoice',
]);

/** The key of a chart; a new Patient opens one. */
async function chartKey(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  patientId: string | null,
  opens: boolean,
): Promise<PersonKey | null> {
  if (patientId === null) return null;
  const organisationKey = await vault.organisationKey(trx, organisationId);
  if (opens) {
    const { wrapped } = vault.newPersonKey(organisationKey);
    await sql`insert into chart (organisation_id, patient_id, wrapped) values (${organisationId}, ${patientId}, ${wrapped})
      on conflict do nothing`.execute(trx);
  }
  const { rows } = await sql<{ wrapped: Buffer | null }>`
    select wrapped from chart where organisation_id = ${organisationId} and patient_id = ${patientId}`.execute(trx);
  if (!rows[0]?.wrapped) throw recordProblems.patient_not_found();
  return vault.unwrapPersonKey(organisationKey, rows[0].wrapped);
}

function sealPart(resource: Resource, key: PersonKey | null): { content: Resource; sealed: Buffer | null } {
  const { content, sealed } = part(resource);
  return { content, sealed: sealed && key ? seal(key, JSON.stringify(sealed), bindOf(resource)) : null };
}

async function writeIndex(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  resource: Resource,
  index: { param: string; value: string }[],
): Promise<void> {
  if (index.length > 0)
    await sql`
      insert into resource_index (organisation_id, type, id, param, value)
      select ${organisationId}, ${resource.resourceType}, ${resource.id}, p, v
      from unnest(${index.map((row) => row.param)}::text[], ${index.map((row) => row.value)}::text[]) as t(p, v)`.execute(
      trx,
    );
  const found = lookups(resource);
  if (found.length === 0) return;
  const key = await vault.organisationKey(trx, organisationId);
  await sql`
    insert into resource_hash (organisation_id, type, id, purpose, hash)
    select ${organisationId}, ${resource.resourceType}, ${resource.id}, p, h
    from unnest(${found.map((row) => row.purpose)}::text[],
      ${found.map((row) => blindIndex(key, vaultPurpose(row.purpose), row.text))}::bytea[]) as t(p, h)
    on conflict do nothing`.execute(trx);
}
