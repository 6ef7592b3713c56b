import { log } from '../../platform/log.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor, StaffActor } from '../../trust/contract.ts';
import type { Vault } from '../../trust/vault.ts';
import type { Protocol, ProtocolState } from './contract.ts';
import { isProven } from './proofs.ts';
import { OWN_PROTOCOLS, readProtocol, readProtocols } from './read.ts';
import { protocolProblems } from './problems.ts';
import { isInForce, mayFollow } from './rules.ts';
import { isTaken, versions, writeSignature, writeState, writeVersion } from './store.ts';
import type { Version } from './store.ts';

/** A signature holds for two years at most. */
const LONGEST_MS = 2 * 366 * 86_400_000;

type Deps = { vault: Vault; now: Date };

/** The version with this hash. @throws protocol.not_found */
export async function versionOf(trx: Trx, vault: Vault, organisationId: string, hash: string): Promise<Version> {
  const [found] = await versions(trx, vault, organisationId, { hash });
  if (!found) throw protocolProblems.not_found();
  return found;
}

/**
 * Takes a protocol in as a draft. The same content again changes nothing.
 * @returns the protocol
 * @throws protocol.unreadable · version_exists
 */
export async function importProtocol(trx: Trx, actor: Actor, yaml: string, now: Date): Promise<Protocol> {
  const read = readProtocol(yaml);
  if (!read.protocol) throw protocolProblems.unreadable({ extra: { errors: read.problems } });
  const { protocol } = read;
  const { protocol: id, version } = protocol.content;
  // the number may be taken by this very content
  const [same] = await trx
    .selectFrom('protocol_version')
    .select('hash')
    .where('hash', '=', protocol.hash)
    .where('organisation_id', '=', actor.organisationId)
    .execute();
  if (same) return protocol;
  if (await isTaken(trx, actor.organisationId, id, version)) throw protocolProblems.version_exists();
  await writeVersion(trx, actor, protocol, now);
  await audit(trx, actor, {
    action: 'import',
    subject: { kind: 'protocol', id: protocol.hash },
    detail: { protocol: id, version },
  });
  return protocol;
}

/** Gives an organisation the project's drafts; versions that it has are left as they are. */
export async function seedProtocols(trx: Trx, organisationId: string, now: Date): Promise<void> {
  const actor = { kind: 'system', organisationId } as const;
  const { protocols, problems } = await readProtocols(OWN_PROTOCOLS);
  // a file that cannot be read keeps no house closed; `hebra protocols check` and the tests refuse it
  for (const { file, message } of problems) log.error({ file, message }, 'a protocol of the project cannot be read');
  for (const { protocol } of protocols)
    if (!(await isTaken(trx, organisationId, protocol.content.protocol, protocol.content.version)))
      await writeVersion(trx, actor, protocol, now);
}

/** An author read it whole, and everything is proven. @throws protocol.not_found · wrong_state · not_proven */
export async function reviewProtocol(
  trx: Trx,
  actor: Actor,
  input: { hash: string; reason?: string | undefined },
  deps: Deps,
): Promise<void> {
  const version = await stepTo(trx, actor, input.hash, 'reviewed', deps);
  if (!isProven(version.protocol)) throw protocolProblems.not_proven();
  await bring(trx, actor, version, 'reviewed', deps, input.reason);
}

/**
 * A clinician answers for it with name and licence, until it expires. The caller has asked for the password again. One that is
 * signed or active already is signed anew, for longer.
 * @param input.hash what the clinician read; it is the exact content that is signed
 * @throws protocol.not_found · wrong_state · not_proven · bad_expiry
 */
export async function signProtocol(
  trx: Trx,
  actor: StaffActor,
  input: { hash: string; name: string; licence: string; expiresAt: Date },
  deps: Deps,
): Promise<void> {
  const { vault, now } = deps;
  const version = await versionOf(trx, vault, actor.organisationId, input.hash);
  const renews = version.state === 'signed' || version.state === 'active';
  if (!renews && !mayFollow(version.state, 'signed')) throw wrongState(version);
  if (!isProven(version.protocol)) throw protocolProblems.not_proven();
  const lasts = input.expiresAt.getTime() - now.getTime();
  if (!(lasts > 0 && lasts <= LONGEST_MS)) throw protocolProblems.bad_expiry();
  const id = await writeSignature(trx, vault, actor.organisationId, {
    hash: version.protocol.hash,
    name: input.name,
    licence: input.licence,
    signedAt: now,
    expiresAt: input.expiresAt,
    membershipId: actor.membershipId,
  });
  await audit(trx, actor, {
    action: 'sign',
    subject: { kind: 'protocol', id: version.protocol.hash },
    detail: { ...named(version), signature: id, expiresAt: input.expiresAt.toISOString() },
  });
  if (!renews) await writeState(trx, actor, { hash: version.protocol.hash, state: 'signed', at: now });
}

/** From now on it serves patients; the version that did is retired. @throws protocol.not_found · wrong_state · expired */
export async function activateProtocol(trx: Trx, actor: Actor, input: { hash: string }, deps: Deps): Promise<void> {
  const version = await stepTo(trx, actor, input.hash, 'active', deps);
  if (!isInForce('active', version.signedUntil, deps.now)) throw protocolProblems.expired();
  const others = await versions(trx, deps.vault, actor.organisationId, { protocol: version.protocol.content.protocol });
  for (const other of others) if (other.state === 'active') await bring(trx, actor, other, 'retired', deps, 'replaced');
  await bring(trx, actor, version, 'active', deps);
}

/** It serves nobody any more. @throws protocol.not_found · wrong_state */
export async function retireProtocol(
  trx: Trx,
  actor: Actor,
  input: { hash: string; reason: string },
  deps: Deps,
): Promise<void> {
  await bring(trx, actor, await stepTo(trx, actor, input.hash, 'retired', deps), 'retired', deps, input.reason);
}

async function stepTo(trx: Trx, actor: Actor, hash: string, to: ProtocolState, deps: Deps): Promise<Version> {
  const version = await versionOf(trx, deps.vault, actor.organisationId, hash);
  if (!mayFollow(version.state, to)) throw wrongState(version);
  return version;
}

async function bring(
  trx: Trx,
  actor: Actor,
  version: Version,
  to: ProtocolState,
  deps: Deps,
  reason?: string,
): Promise<void> {
  const { hash } = version.protocol;
  await writeState(trx, actor, { hash, state: to, at: deps.now, reason });
  await audit(trx, actor, {
    action: to === 'reviewed' ? 'review' : to === 'active' ? 'activate' : 'retire',
    subject: { kind: 'protocol', id: hash },
    detail: named(version),
  });
}

const named = ({ protocol }: Version): { protocol: string; version: number } => ({
  protocol: protocol.content.protocol,
  version: protocol.content.version,
});

function wrongState(version: Version): Error {
  return protocolProblems.wrong_state({ params: { state: version.state }, extra: { state: version.state } });
}
