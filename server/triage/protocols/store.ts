import { createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import { protocolShape } from './contract.ts';
import type { Protocol, ProtocolState } from './contract.ts';
import { makeProtocol } from './read.ts';
import { isInForce } from './rules.ts';

/** A version as it stands: its content, its last state, and until when a signature on it holds. */
export type Version = {
  protocol: Protocol;
  state: ProtocolState;
  since: Date;
  /** The end of the last signature whose mark is right; null without one. */
  signedUntil: Date | null;
};
export type Signature = {
  id: string;
  name: string;
  licence: string;
  signedAt: Date;
  expiresAt: Date;
  membershipId: string;
  /** False: the row is not as it was signed; it counts for nothing. */
  genuine: boolean;
};
export type StateRow = {
  state: ProtocolState;
  at: Date;
  actorKind: string;
  actorId: string | null;
  actorName: string | null;
  reason: string | null;
};

// content is named by its hash, which never changes its meaning
const known = new Map<string, Protocol>();
const MOST_KNOWN = 500;

/** A protocol that this process has read before, by its hash: what a run goes on with. */
export function knownProtocol(hash: string): Protocol | null {
  return known.get(hash) ?? null;
}

function remember(hash: string, content: unknown): Protocol | null {
  const before = known.get(hash);
  if (before) return before;
  const shaped = protocolShape.safeParse(content);
  const protocol = shaped.success ? makeProtocol(shaped.data) : null;
  // what was signed is what is run, or it is not run
  if (!protocol || protocol.hash !== hash) return null;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(hash, protocol);
  return protocol;
}

/** Reads a version by its hash into this process. @returns null when there is none, or its content is not what its hash says */
export async function loadProtocol(trx: Trx, organisationId: string, hash: string): Promise<Protocol | null> {
  const before = known.get(hash);
  if (before) return before;
  const row = await trx
    .selectFrom('protocol_version')
    .select('content')
    .where('organisation_id', '=', organisationId)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row ? remember(hash, row.content) : null;
}

type Row = { hash: string; content: unknown; state: ProtocolState; since: Date };

/** Every version of an organisation, or of one protocol; the newest of each first. */
export async function versions(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  only: { protocol?: string; hash?: string } = {},
): Promise<Version[]> {
  const { rows } = await sql<Row>`
    select v.hash, v.content, s.state, s.at as since from protocol_version v
    cross join lateral (select state, at from protocol_state p
      where p.organisation_id = v.organisation_id and p.hash = v.hash order by p.id desc limit 1) s
    where v.organisation_id = ${organisationId}::uuid and (${only.protocol ?? null}::text is null or v.protocol = ${only.protocol ?? null})
      and (${only.hash ?? null}::text is null or v.hash = ${only.hash ?? null})
    order by v.protocol, v.version desc`.execute(trx);
  const until = await signedUntil(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.hash),
  );
  return rows.flatMap((row) => {
    const protocol = remember(row.hash, row.content);
    return protocol ? [{ protocol, state: row.state, since: row.since, signedUntil: until.get(row.hash) ?? null }] : [];
  });
}

export type Serving = { protocol: Protocol; draft: boolean };

/**
 * What may be asked of patients now, one version of each protocol: the one in force; and where the organisation allows drafts,
 * the newest of those that have none, marked as a draft. Whether a draft is proven is asked
 * when it is opened.
 */
export async function serving(
  trx: Trx,
  vault: Vault,
  organisation: { id: string; settings: { draftsAllowed: boolean } },
  now: Date,
): Promise<Serving[]> {
  const chosen = new Map<string, Serving>();
  for (const one of await versions(trx, vault, organisation.id)) {
    const { protocol: id } = one.protocol.content;
    if (isInForce(one.state, one.signedUntil, now)) chosen.set(id, { protocol: one.protocol, draft: false });
    else if (organisation.settings.draftsAllowed && !chosen.has(id))
      chosen.set(id, { protocol: one.protocol, draft: true });
  }
  return [...chosen.values()];
}

/** The history of a version, the latest last. */
export async function history(trx: Trx, organisationId: string, hash: string): Promise<StateRow[]> {
  const { rows } = await sql<StateRow>`
    select p.state, p.at, p.actor_kind as "actorKind", p.actor_id as "actorId", m.name as "actorName", p.reason
    from protocol_state p left join membership m on m.organisation_id = p.organisation_id and m.id = p.actor_id
    where p.organisation_id = ${organisationId}::uuid and p.hash = ${hash} order by p.id`.execute(trx);
  return rows;
}

type SignatureRow = {
  id: string;
  hash: string;
  name: string;
  licence: string;
  signed_at: Date;
  expires_at: Date;
  membership_id: string;
  mac: Buffer;
};

/** The signatures on a version, the latest first. */
export async function signatures(trx: Trx, vault: Vault, organisationId: string, hash: string): Promise<Signature[]> {
  return (await signatureRows(trx, organisationId, [hash])).map((row) => ({
    id: row.id,
    name: row.name,
    licence: row.licence,
    signedAt: row.signed_at,
    expiresAt: row.expires_at,
    membershipId: row.membership_id,
    genuine: isGenuine(vault, organisationId, row),
  }));
}

async function signatureRows(trx: Trx, organisationId: string, hashes: string[]): Promise<SignatureRow[]> {
  const { rows } = await sql<SignatureRow>`
    select id, hash, name, licence, signed_at, expires_at, membership_id, mac from protocol_signature
    where organisation_id = ${organisationId}::uuid and hash = any(${hashes}::text[]) order by signed_at desc, id desc`.execute(
    trx,
  );
  return rows;
}

async function signedUntil(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  hashes: string[],
): Promise<Map<string, Date>> {
  const until = new Map<string, Date>();
  if (hashes.length === 0) return until;
  for (const row of await signatureRows(trx, organisationId, hashes)) {
    if (!isGenuine(vault, organisationId, row)) continue;
    const before = until.get(row.hash);
    if (!before || row.expires_at > before) until.set(row.hash, row.expires_at);
  }
  return until;
}

function isGenuine(vault: Vault, organisationId: string, row: SignatureRow): boolean {
  return timingSafeEqual(row.mac, markOf(vault, organisationId, row));
}

/** The mark of a signature: HMAC-SHA256 over all that it says, under a key derived from the master key. */
function markOf(vault: Vault, organisationId: string, row: Omit<SignatureRow, 'mac'>): Buffer {
  const said = [
    organisationId,
    row.id,
    row.hash,
    row.name,
    row.licence,
    row.signed_at.toISOString(),
    row.expires_at.toISOString(),
    row.membership_id,
  ];
  return createHmac('sha256', vault.houseKey('protocol signatures').secret!).update(JSON.stringify(said)).digest();
}

/** Writes a signature with its mark. The caller has asked who signs, and whether they may. */
export async function writeSignature(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  given: { hash: string; name: string; licence: string; signedAt: Date; expiresAt: Date; membershipId: string },
): Promise<string> {
  const row = {
    id: uuid(),
    hash: given.hash,
    name: given.name,
    licence: given.licence,
    // PostgreSQL keeps microseconds, a Date milliseconds: what is marked is what comes back
    signed_at: given.signedAt,
    expires_at: given.expiresAt,
    membership_id: given.membershipId,
  };
  await trx
    .insertInto('protocol_signature')
    .values({ organisation_id: organisationId, ...row, mac: markOf(vault, organisationId, row) })
    .execute();
  return row.id;
}

/** Writes the next state of a version; the database refuses a step that does not follow. */
export async function writeState(
  trx: Trx,
  actor: Actor,
  given: { hash: string; state: ProtocolState; at: Date; reason?: string | undefined },
): Promise<void> {
  await trx
    .insertInto('protocol_state')
    .values({
      organisation_id: actor.organisationId,
      hash: given.hash,
      state: given.state,
      at: given.at,
      actor_kind: actor.kind,
      actor_id: actor.kind === 'staff' ? actor.membershipId : actor.kind === 'integration' ? actor.apiKeyId : null,
      reason: given.reason ?? null,
    })
    .execute();
}

/** Writes a version as a draft. @returns false when this very content is there already */
export async function writeVersion(trx: Trx, actor: Actor, protocol: Protocol, at: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into protocol_version (organisation_id, hash, protocol, version, content, imported_at, imported_by)
    values (${actor.organisationId}::uuid, ${protocol.hash}, ${protocol.content.protocol}, ${protocol.content.version},
      ${JSON.stringify(protocol.content)}::jsonb, ${at}, ${actor.kind === 'staff' ? actor.membershipId : null}::uuid)
    on conflict (organisation_id, hash) do nothing returning 1`.execute(trx);
  if (rows.length === 0) return false;
  await writeState(trx, actor, { hash: protocol.hash, state: 'draft', at });
  return true;
}

/** Whether a version number of a protocol is taken. */
export async function isTaken(trx: Trx, organisationId: string, protocol: string, version: number): Promise<boolean> {
  const row = await trx
    .selectFrom('protocol_version')
    .select('hash')
    .where('organisation_id', '=', organisationId)
    .where('protocol', '=', protocol)
    .where('version', '=', version)
    .executeTakeFirst();
  return row !== undefined;
}
