import { sql } from 'kysely';
import { isUuid, uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Texts } from '../contract.ts';
import { entityProblems } from './problems.ts';

export type Entity = { id: string; key: string; name: string; retired: boolean };

/** Whom work is done for, in the organisation's order, the retired ones last. */
export async function entitiesOf(trx: Trx, organisationId: string): Promise<Entity[]> {
  const { rows } = await sql<Entity>`
    select id, key, name, retired_at is not null as retired from entity where organisation_id = ${organisationId}
    order by retired_at is not null, position, name, id`.execute(trx);
  return rows;
}

/** One of the organisation's entities, locked. @throws entity.not_found */
async function lockEntity(trx: Trx, actor: Actor, id: string): Promise<Entity> {
  const { rows } = isUuid(id)
    ? await sql<Entity>`select id, key, name, retired_at is not null as retired from entity
        where id = ${id} and organisation_id = ${actor.organisationId} for update`.execute(trx)
    : { rows: [] };
  if (!rows[0]) throw entityProblems.not_found();
  return rows[0];
}

/** Names are one entity's whether written in capitals or with accents or not. One at a time decides, so that two do not. */
async function mustBeFree(trx: Trx, organisationId: string, name: string, except: string | null): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`entities ${organisationId}`}, 0))`.execute(trx);
  const taken = (await entitiesOf(trx, organisationId)).some(
    (one) => one.id !== except && plain(one.name) === plain(name),
  );
  if (taken) throw entityProblems.name_taken();
}

const plain = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** A key for programs, made of the name; a figure behind it where another has it. */
function keyFrom(name: string, taken: Set<string>): string {
  const stem =
    plain(name)
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 50) || 'entity';
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.has(key)) return key;
  }
}

/** @throws entity.name_taken */
export async function addEntity(trx: Trx, actor: Actor, input: { name: string }): Promise<Entity> {
  const { organisationId } = actor;
  await mustBeFree(trx, organisationId, input.name, null);
  const all = await entitiesOf(trx, organisationId);
  const entity = { id: uuid(), key: keyFrom(input.name, new Set(all.map((one) => one.key))), name: input.name };
  await sql`insert into entity (organisation_id, id, key, name, position)
    values (${organisationId}, ${entity.id}, ${entity.key}, ${entity.name}, ${all.length})`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'entity', id: entity.id },
    detail: { how: 'made', name: entity.name },
  });
  return { ...entity, retired: false };
}

/**
 * @param input.was the name that was on the page: nobody overwrites what they have not seen
 * @throws entity.not_found · changed_meanwhile · name_taken
 */
export async function renameEntity(
  trx: Trx,
  actor: Actor,
  input: { id: string; name: string; was: string },
): Promise<void> {
  const entity = await lockEntity(trx, actor, input.id);
  if (entity.name === input.name) return;
  if (entity.name !== input.was) throw entityProblems.changed_meanwhile({ extra: { name: entity.name } });
  await mustBeFree(trx, actor.organisationId, input.name, entity.id);
  await sql`update entity set name = ${input.name} where id = ${entity.id}`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'entity', id: entity.id },
    detail: { how: 'renamed', name: input.name, was: entity.name },
  });
}

/**
 * Nobody works for it any more; what was done for it stays in the reports.
 * @throws entity.not_found · has_queues
 */
export async function retireEntity(trx: Trx, actor: Actor, id: string): Promise<void> {
  const entity = await lockEntity(trx, actor, id);
  if (entity.retired) return;
  const { rows } = await sql<{ names: Texts }>`
    select names from queue where organisation_id = ${actor.organisationId} and entity_id = ${id} and retired_at is null order by position`.execute(
    trx,
  );
  if (rows.length > 0)
    throw entityProblems.has_queues({ params: { queues: rows.map((row) => row.names.es).join(', ') } });
  await sql`update entity set retired_at = now() where id = ${id}`.execute(trx);
  await audit(trx, actor, { action: 'change', subject: { kind: 'entity', id }, detail: { how: 'retired' } });
}

/** @throws entity.not_found */
export async function restoreEntity(trx: Trx, actor: Actor, id: string): Promise<void> {
  const entity = await lockEntity(trx, actor, id);
  if (!entity.retired) return;
  await sql`update entity set retired_at = null where id = ${id}`.execute(trx);
  await audit(trx, actor, { action: 'change', subject: { kind: 'entity', id }, detail: { how: 'restored' } });
}

/** @param ids every entity that is not retired, in its new order @throws entity.order_incomplete */
export async function orderEntities(trx: Trx, actor: Actor, ids: string[]): Promise<void> {
  const { organisationId } = actor;
  await sql`select 1 from entity where organisation_id = ${organisationId} order by id for update`.execute(trx);
  const there = (await entitiesOf(trx, organisationId)).filter((one) => !one.retired).map((one) => one.id);
  if (ids.length !== there.length || new Set(ids).size !== ids.length || !ids.every((id) => there.includes(id)))
    throw entityProblems.order_incomplete();
  if (ids.every((id, i) => id === there[i])) return;
  await sql`update entity e set position = t.n from unnest(${ids}::uuid[]) with ordinality as t(id, n)
    where e.id = t.id and e.organisation_id = ${organisationId}`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'entity' },
    detail: { how: 'ordered', order: ids, was: there },
  });
}
