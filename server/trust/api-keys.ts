import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { SCOPES } from './access.ts';
import { audit } from './audit.ts';
import type { StaffActor } from './contract.ts';
import { trustProblems } from './problems.ts';
import { hashOf, newSecret } from './session.ts';
import type { TrustDeps } from './session.ts';

/** Every key begins like this, so that secret scanners find one that leaked. */
export const KEY_PREFIX = 'hebra_';
const SHOWN = KEY_PREFIX.length + 6;

type Row = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
};

/** The organisation's keys, also the revoked ones. */
export async function listApiKeys(deps: TrustDeps, organisationId: string) {
  return within(deps.db, organisationId, async (trx) => {
    const { rows } = await sql<Row>`
      select id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at from api_key
      where organisation_id = ${organisationId} order by created_at desc
    `.execute(trx);
    return rows.map(view);
  });
}

/** Makes a key; its text is in the answer and nowhere else. Throws unknown_scope. */
export async function makeApiKey(
  deps: TrustDeps,
  actor: StaffActor,
  given: { name: string; scopes: string[]; expiresAt?: string | undefined },
) {
  if (given.scopes.some((scope) => !(SCOPES as readonly string[]).includes(scope))) throw trustProblems.unknown_scope();
  const key = `${KEY_PREFIX}${newSecret()}`;
  return within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql<Row>`
      insert into api_key (organisation_id, id, name, prefix, key_hash, scopes, created_by, created_at, expires_at)
      values (${actor.organisationId}, ${uuid()}, ${given.name}, ${key.slice(0, SHOWN)}, ${hashOf(key)},
        ${[...new Set(given.scopes)]}::text[], ${actor.membershipId}, ${deps.clock()}, ${given.expiresAt ?? null})
      returning id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at
    `.execute(trx);
    const row = rows[0]!;
    await audit(trx, actor, {
      action: 'create',
      subject: { kind: 'api_key', id: row.id },
      detail: { scopes: row.scopes },
    });
    return { ...view(row), key };
  });
}

/** Revokes a key: its next request is refused. Throws not_found. */
export async function revokeApiKey(deps: TrustDeps, actor: StaffActor, id: string): Promise<void> {
  await within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql`
      update api_key set revoked_at = ${deps.clock()} where id = ${id} and revoked_at is null returning id
    `.execute(trx);
    if (rows.length === 0) throw trustProblems.not_found();
    await audit(trx, actor, { action: 'revoke', subject: { kind: 'api_key', id } });
  });
}

function view(row: Row) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
