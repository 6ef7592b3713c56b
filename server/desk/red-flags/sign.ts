import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import { redFlagProblems } from './problems.ts';
import { standingOf, writeSignature, writeState } from './store.ts';

/** A signature holds for two years at most, as on protocols. */
const LONGEST_MS = 2 * 366 * 86_400_000;

type Pack = { version: string; hash: string };
type Deps = { vault: Vault; now: Date };

/**
 * A clinician answers for the pack with name and licence, until it expires. The caller has asked for the password again. A pack
 * that is signed already is signed anew, for longer.
 * @param input.hash what the clinician read; it is the exact content that is signed
 * @throws redflags.other_content · bad_expiry
 */
export async function signRedFlags(
  trx: Trx,
  actor: StaffActor,
  pack: Pack,
  input: { hash: string; name: string; licence: string; expiresAt: Date },
  deps: Deps,
): Promise<void> {
  const { vault, now } = deps;
  if (input.hash !== pack.hash) throw redFlagProblems.other_content();
  const lasts = input.expiresAt.getTime() - now.getTime();
  if (!(lasts > 0 && lasts <= LONGEST_MS)) throw redFlagProblems.bad_expiry();
  await alone(trx, actor);
  const before = await standingOf(trx, vault, actor.organisationId, pack.hash, now);
  const id = await writeSignature(trx, vault, actor.organisationId, {
    hash: pack.hash,
    version: pack.version,
    name: input.name,
    licence: input.licence,
    signed_at: now,
    expires_at: input.expiresAt,
    membership_id: actor.membershipId,
  });
  await audit(trx, actor, {
    action: 'sign',
    subject: { kind: 'red_flags', id: pack.hash },
    detail: { version: pack.version, signature: id, expiresAt: input.expiresAt.toISOString() },
  });
  // one that ran out was never taken back: it is renewed, as one that holds is
  if (before.history.find((one) => one.hash === pack.hash)?.state !== 'signed')
    await writeState(trx, actor.organisationId, {
      hash: pack.hash,
      state: 'signed',
      at: now,
      membership_id: actor.membershipId,
    });
}

/**
 * Takes every signature on the pack back. It goes on screening: a pack is never switched off, only unsigned.
 * @throws redflags.other_content · not_signed
 */
export async function withdrawRedFlags(
  trx: Trx,
  actor: StaffActor,
  pack: Pack,
  input: { hash: string; reason: string },
  deps: Deps,
): Promise<void> {
  if (input.hash !== pack.hash) throw redFlagProblems.other_content();
  await alone(trx, actor);
  const { state } = await standingOf(trx, deps.vault, actor.organisationId, pack.hash, deps.now);
  if (state !== 'signed') throw redFlagProblems.not_signed();
  await writeState(trx, actor.organisationId, {
    hash: pack.hash,
    state: 'withdrawn',
    at: deps.now,
    membership_id: actor.membershipId,
    reason: input.reason,
  });
  await audit(trx, actor, {
    action: 'withdraw',
    subject: { kind: 'red_flags', id: pack.hash },
    reason: input.reason,
    detail: { version: pack.version },
  });
}

/** Two who sign at once come one after the other; the same lock as in migrations/0015. */
async function alone(trx: Trx, actor: StaffActor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${actor.organisationId} || ':red flags', 0))`.execute(trx);
}
