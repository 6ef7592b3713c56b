import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { within } from '../platform/postgres.ts';
import type { Database, Trx } from '../platform/postgres.ts';
import type { Actor } from './contract.ts';
import { keepHead } from './internal/heads.ts';
import type { Vault } from './vault.ts';

/** One line of the trail: who did what to which subject, and whose data it was. */
export type AuditEntry = {
  /** `read`, `search`, `export`, `sign_in`, `change`, … */
  action: string;
  subject: { kind: string; id?: string | null };
  /** Whose data was read or changed, when it was somebody's. */
  personId?: string | null;
  /** What the actor gave as reason, where one is asked for. A key or a short text; never a patient's words. */
  reason?: string | null;
  /** Ids, states and numbers; never a patient's words. */
  detail?: Record<string, unknown>;
};

/**
 * Appends entries to the organisation's audit trail in the transaction that read: without the entry there is no read.
 * Several entries are one statement. The chain is made afterwards, by the linker.
 */
export async function audit(trx: Trx, actor: Actor, ...entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const session = actor.kind === 'staff' ? actor.sessionId : null;
  await sql`
    insert into audit_entry
      (organisation_id, id, actor_kind, actor_id, session_id, action, subject_kind, subject_id, person_id, reason, detail)
    select ${actor.organisationId}::uuid, e.id, ${actor.kind}, ${actorId(actor)}::uuid, ${session}::uuid,
      e.action, e.subject_kind, e.subject_id, e.person_id, e.reason, e.detail
    from unnest(
      ${entries.map(() => uuid())}::uuid[], ${entries.map((entry) => entry.action)}::text[],
      ${entries.map((entry) => entry.subject.kind)}::text[], ${entries.map((entry) => entry.subject.id ?? null)}::text[],
      ${entries.map((entry) => entry.personId ?? null)}::uuid[], ${entries.map((entry) => entry.reason ?? null)}::text[],
      ${entries.map((entry) => JSON.stringify(entry.detail ?? {}))}::jsonb[]
    ) as e (id, action, subject_kind, subject_id, person_id, reason, detail)
  `.execute(trx);
}

function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'staff':
      return actor.membershipId;
    case 'integration':
      return actor.apiKeyId;
    case 'patient':
      return actor.personId;
    default:
      return null;
  }
}

/** Where a chain ends, as it is signed. */
export type Head = { organisationId: string; position: number; hash: Buffer; signature: Buffer };

/** A row of the trail as it is hashed: every column as text, so that no driver's conversion can hide a change. */
export type Link = {
  id: string;
  at: string;
  actor_kind: string;
  actor_id: string | null;
  session_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string | null;
  person_id: string | null;
  reason: string | null;
  detail: string;
};

/** The columns of `Link`; `at` in microseconds of UTC, whatever the session's zone. */
export const linkColumns = sql`
  id::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_kind, actor_id::text,
  session_id::text, action, subject_kind, subject_id, person_id::text, reason, detail::text
`;

/** The hash before the first entry. */
export function genesis(organisationId: string): Buffer {
  return createHash('sha256').update(`hebra audit 1\0${organisationId}`).digest();
}

/** SHA-256 over the previous hash and the entry as one JSON array in a fixed order: the canonical form needs no more rules. */
export function linkHash(previous: Buffer, organisationId: string, position: number, link: Link): Buffer {
  const canonical = JSON.stringify([
    organisationId,
    position,
    link.id,
    link.at,
    link.actor_kind,
    link.actor_id,
    link.session_id,
    link.action,
    link.subject_kind,
    link.subject_id,
    link.person_id,
    link.reason,
    link.detail,
  ]);
  return createHash('sha256').update(previous).update(canonical).digest();
}

/** Signs where a chain ends with a key derived from the master key, which the database does not hold. */
export function signHead(vault: Vault, organisationId: string, position: number, hash: Buffer): Buffer {
  return createHmac('sha256', vault.houseKey('audit heads').secret)
    .update(`${organisationId}\0${position}\0`)
    .update(hash)
    .digest();
}

/** Whether a head was signed by this installation. */
export function isSignedHead(vault: Vault, head: Head): boolean {
  const wanted = signHead(vault, head.organisationId, head.position, head.hash);
  return wanted.length === head.signature.length && timingSafeEqual(wanted, head.signature);
}

const BATCH = 1_000;

/**
 * Chains the committed entries of one organisation that are not chained yet, in batches, and signs the new head.
 * One process at a time does it; another that comes meanwhile does nothing.
 * @param folder the data directory, where the newest head is also kept, apart from the database
 * @returns how many entries it chained
 * @throws when the stored head was not signed by this installation: then nothing is appended to a forged chain
 */
export async function linkAudit(db: Database, vault: Vault, organisationId: string, folder?: string): Promise<number> {
  let linked = 0;
  for (;;) {
    const head = await within(db, organisationId, (trx) => linkBatch(trx, vault, organisationId));
    if (!head) return linked;
    linked += head.count;
    if (folder) await keepHead(folder, head);
    if (head.count < BATCH) return linked;
  }
}

async function linkBatch(trx: Trx, vault: Vault, organisationId: string): Promise<(Head & { count: number }) | null> {
  const lock = await sql<{ ours: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`audit ${organisationId}`}, 0)) as ours
  `.execute(trx);
  if (!lock.rows[0]?.ours) return null;
  const { rows } = await sql<Link>`
    select ${linkColumns} from audit_entry
    where organisation_id = ${organisationId} and hash is null order by audit_entry.id limit ${BATCH}
  `.execute(trx);
  if (rows.length === 0) return null;
  const before = (
    await sql<{ position: number; hash: Buffer; signature: Buffer }>`
      select position, hash, signature from audit_head where organisation_id = ${organisationId}
    `.execute(trx)
  ).rows[0];
  if (before && !isSignedHead(vault, { organisationId, ...before }))
    throw new Error('the head of the audit trail was not signed by this installation: run `hebra audit verify`');
  let position = before?.position ?? 0;
  let hash = before?.hash ?? genesis(organisationId);
  const positions: number[] = [];
  const hashes: Buffer[] = [];
  for (const row of rows) {
    hash = linkHash(hash, organisationId, ++position, row);
    positions.push(position);
    hashes.push(hash);
  }
  await sql`
    update audit_entry e set position = l.position, hash = l.hash
    from unnest(${rows.map((row) => row.id)}::uuid[], ${positions}::bigint[], ${hashes}::bytea[]) as l (id, position, hash)
    where e.organisation_id = ${organisationId} and e.id = l.id
  `.execute(trx);
  const signature = signHead(vault, organisationId, position, hash);
  await sql`
    insert into audit_head (organisation_id, position, hash, signature) values (${organisationId}, ${position}, ${hash}, ${signature})
    on conflict (organisation_id) do update set position = excluded.position, hash = excluded.hash, signature = excluded.signature, at = now()
  `.execute(trx);
  return { organisationId, position, hash, signature, count: rows.length };
}

/**
 * Links every organisation's trail now and then until stopped. Any number of processes may run one.
 * An entry waits at most about `everyMs` for its link; a crash loses none, the next pass finds it.
 */
export function startLinker(deps: { db: Database; vault: Vault; folder?: string; everyMs?: number }): {
  stop(): Promise<void>;
} {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let pass: Promise<void> = Promise.resolve();
  const told = new Set<string>();
  async function run(): Promise<void> {
    try {
      const { rows } = await sql<{ id: string }>`select id from organisation`.execute(deps.db);
      for (const { id } of rows) if (!stopped) await link(id);
    } catch (error) {
      log.error({ error }, 'the audit trails could not be linked; trying again');
    }
  }
  // One organisation's broken chain must not stop the others'.
  async function link(organisationId: string): Promise<void> {
    try {
      await linkAudit(deps.db, deps.vault, organisationId, deps.folder);
      told.delete(organisationId);
    } catch (error) {
      if (!told.has(organisationId))
        log.error({ error, organisationId }, 'an audit trail could not be linked; trying again');
      told.add(organisationId);
    }
  }
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      pass = run().finally(next);
    }, deps.everyMs ?? 1_000);
    timer.unref();
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await pass;
    },
  };
}
