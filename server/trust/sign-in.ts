import { createHmac, randomBytes } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import { log } from '../platform/log.ts';
import { within } from '../platform/postgres.ts';
import { audit } from './audit.ts';
import type { StaffActor } from './contract.ts';
import { isRightPassword } from './password.ts';
import { trustProblems } from './problems.ts';
import { issueTicket, membershipsOf, readTicket, startSession, useTicket } from './session.ts';
import type { Membership, Method, TrustDeps, Visitor } from './session.ts';
import { forgive, takeTry } from './throttle.ts';
import type { Guessed } from './throttle.ts';
import { matchTotp } from './totp.ts';
import { open } from './vault.ts';
import type { Vault } from './vault.ts';

/** Where a sign-in stands after a step. */
export type Step =
  | { step: 'done'; token: string; actor: StaffActor }
  | { step: 'totp'; ticket: string }
  | { step: 'organisation'; ticket: string; organisations: { id: string; slug: string; name: string }[] };

/**
 * First step with e-mail and password. An unknown account, a disabled one and a wrong password get the same answer
 * after the same time.
 * @throws wrong_credentials, too_many_tries, no_membership
 */
export async function signInWithPassword(
  deps: TrustDeps,
  given: { email: string; password: string; organisation?: string | undefined },
  visitor: Visitor,
): Promise<Step> {
  const guessed: Guessed[] = [
    { kind: 'address', name: visitor.address },
    { kind: 'account', name: given.email },
  ];
  await takeTry(deps, guessed);
  const { rows } = await sql<{ id: string; password_hash: string | null; totp: boolean }>`
    select a.id, a.password_hash, exists (
      select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as totp
    from account a where a.email = ${given.email} and a.disabled_at is null
  `.execute(deps.db);
  const account = rows[0];
  const right = await isRightPassword(account?.password_hash ?? null, given.password);
  if (account && !right) noteFailure(deps, account.id, 'password', visitor);
  if (!account || !right) throw trustProblems.wrong_credentials();
  await forgive(deps, guessed);
  if (account.totp)
    return {
      step: 'totp',
      ticket: await issueTicket(deps, {
        purpose: 'totp',
        accountId: account.id,
        organisation: given.organisation ?? null,
      }),
    };
  return enter(deps, account.id, 'password', given.organisation, visitor);
}

/**
 * Writes a wrong try to the trail of every organisation that the account works for. Nobody waits for it: an unknown
 * account has no trail to write to, and must not answer any faster.
 */
function noteFailure(deps: TrustDeps, accountId: string, step: 'password' | 'code', { address }: Visitor): void {
  const write = async (): Promise<void> => {
    for (const { organisationId } of await membershipsOf(deps.db, accountId))
      await within(deps.db, organisationId, (trx) =>
        audit(
          trx,
          { kind: 'system', organisationId },
          { action: 'sign_in_failed', subject: { kind: 'account', id: accountId }, detail: { step, address } },
        ),
      );
  };
  write().catch((error: unknown) => log.warn({ error }, 'a wrong try at signing in could not be written to the trail'));
}

/**
 * Second step with the authenticator's six digits, or with one of the recovery codes, each good once.
 * @throws ticket_gone, wrong_code, too_many_tries
 */
export async function signInWithCode(
  deps: TrustDeps,
  given: { ticket: string; code: string },
  visitor: Visitor,
): Promise<Step> {
  const ticket = await readTicket(deps, given.ticket, 'totp');
  const accountId = ticket.accountId!;
  const guessed: Guessed[] = [{ kind: 'account', name: `totp ${accountId}` }];
  await takeTry(deps, guessed);
  const method: Method | null = /^\d{6}$/.test(given.code)
    ? (await useTotp(deps, accountId, given.code))
      ? 'password+totp'
      : null
    : (await useRecoveryCode(deps, accountId, given.code))
      ? 'password+recovery'
      : null;
  if (!method) {
    noteFailure(deps, accountId, 'code', visitor);
    throw trustProblems.wrong_code();
  }
  await useTicket(deps, given.ticket, 'totp');
  await forgive(deps, guessed);
  return enter(deps, accountId, method, ticket.organisation ?? undefined, visitor);
}

/**
 * Whether a code is right and new. The step it belongs to is marked in the same statement that asks whether it was
 * used: of two who send the same code at once, one is refused.
 */
export async function useTotp(deps: TrustDeps, accountId: string, code: string): Promise<boolean> {
  const { rows } = await sql<{ secret_sealed: Buffer; last_step: number }>`
    select secret_sealed, last_step from account_totp where account_id = ${accountId}
  `.execute(deps.db);
  const row = rows[0];
  if (!row) return false;
  const secret = open(deps.vault.houseKey('totp'), row.secret_sealed, `totp:${accountId}`);
  const step = matchTotp(secret, code, deps.clock(), row.last_step);
  if (step === null) return false;
  const used = await sql`
    update account_totp set last_step = ${step} where account_id = ${accountId} and last_step < ${step} returning account_id
  `.execute(deps.db);
  return used.rows.length > 0;
}

/** Ten codes of 50 bits for the day the phone is lost, as people can write them down: abcde-fghij. */
export function newRecoveryCodes(): string[] {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from({ length: 10 }, () => {
    // 248 is the greatest multiple of 31 in a byte: the remainder of less is even
    const drawn: number[] = [];
    while (drawn.length < 10) drawn.push(...[...randomBytes(16)].filter((byte) => byte < 248));
    const code = drawn
      .slice(0, 10)
      .map((byte) => letters[byte % letters.length])
      .join('');
    return `${code.slice(0, 5)}-${code.slice(5)}`;
  });
}

/** Keyed, for a code is short enough to be tried against a stolen table. */
export function recoveryHash(vault: Vault, accountId: string, code: string): Buffer {
  const plain = code.toLowerCase().replace(/[^a-z0-9]/g, '');
  return createHmac('sha256', vault.houseKey('recovery codes').secret).update(`${accountId}\0${plain}`).digest();
}

async function useRecoveryCode(deps: TrustDeps, accountId: string, code: string): Promise<boolean> {
  const { rows } = await sql`
    update recovery_code set used_at = ${deps.clock()}
    where account_id = ${accountId} and code_hash = ${recoveryHash(deps.vault, accountId, code)} and used_at is null
    returning account_id
  `.execute(deps.db);
  return rows.length > 0;
}

/** Last step for those who work for several organisations. Throws ticket_gone, no_membership. */
export async function chooseOrganisation(
  deps: TrustDeps,
  given: { ticket: string; organisation: string },
  visitor: Visitor,
): Promise<Step> {
  const ticket = await useTicket(deps, given.ticket, 'organisation');
  const membership = (await membershipsOf(deps.db, ticket.accountId!)).find(
    (one) => one.organisationId === given.organisation,
  );
  if (!membership) throw trustProblems.no_membership();
  return { step: 'done', ...(await startSession(deps, ticket.accountId!, membership, ticket.method!, visitor)) };
}

async function enter(
  deps: TrustDeps,
  accountId: string,
  method: Method,
  slug: string | undefined,
  visitor: Visitor,
): Promise<Step> {
  const memberships = await membershipsOf(deps.db, accountId);
  const only = memberships.length === 1 ? memberships[0] : memberships.find((one) => one.slug === slug);
  if (only) return { step: 'done', ...(await startSession(deps, accountId, only, method, visitor)) };
  if (memberships.length === 0) throw trustProblems.no_membership();
  return {
    step: 'organisation',
    ticket: await issueTicket(deps, { purpose: 'organisation', accountId, method }),
    organisations: memberships.map(asChoice),
  };
}

/** How an organisation is offered to choose. */
export function asChoice(membership: Membership): { id: string; slug: string; name: string } {
  return { id: membership.organisationId, slug: membership.slug, name: membership.organisation };
}

/** What the browser asks the authenticator: any passkey of this site, so that nobody types a name. */
export async function passkeySignInOptions(
  deps: TrustDeps,
): Promise<{ ticket: string; options: Record<string, unknown> }> {
  const options = await generateAuthenticationOptions({ rpID: relyingParty(deps), userVerification: 'required' });
  const ticket = await issueTicket(deps, { purpose: 'passkey', challenge: options.challenge });
  return { ticket, options: { ...options } };
}

/**
 * Signs in with a passkey. The authenticator verified its owner by finger, face or PIN, so it is both factors.
 * @throws ticket_gone, wrong_passkey, too_many_tries, no_membership
 */
export async function signInWithPasskey(
  deps: TrustDeps,
  given: { ticket: string; response: unknown; organisation?: string | undefined },
  visitor: Visitor,
): Promise<Step> {
  const guessed: Guessed[] = [{ kind: 'address', name: visitor.address }];
  await takeTry(deps, guessed);
  const ticket = await useTicket(deps, given.ticket, 'passkey');
  const response = given.response as AuthenticationResponseJSON;
  const { rows } = await sql<{
    id: string;
    account_id: string;
    public_key: Buffer;
    counter: number;
    transports: string[];
  }>`
    select p.id, p.account_id, p.public_key, p.counter, p.transports from passkey p
    join account a on a.id = p.account_id and a.disabled_at is null where p.id = ${response.id}
  `.execute(deps.db);
  const passkey = rows[0];
  if (!passkey) throw trustProblems.wrong_passkey();
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: ticket.challenge!,
    expectedOrigin: new URL(deps.publicUrl).origin,
    expectedRPID: relyingParty(deps),
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(passkey.public_key),
      counter: passkey.counter,
      transports: passkey.transports as AuthenticatorTransport[],
    },
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw trustProblems.wrong_passkey({ cause });
  });
  if (!verified.verified) throw trustProblems.wrong_passkey();
  await sql`
    update passkey set counter = ${verified.authenticationInfo.newCounter}, last_used_at = ${deps.clock()} where id = ${passkey.id}
  `.execute(deps.db);
  await forgive(deps, guessed);
  return enter(deps, passkey.account_id, 'passkey', given.organisation, visitor);
}

/** What the browser needs to make a new passkey for a signed-in account. */
export async function passkeyRegistrationOptions(
  deps: TrustDeps,
  account: { id: string; email: string; name: string },
): Promise<{ ticket: string; options: Record<string, unknown> }> {
  const { rows } = await sql<{ id: string; transports: string[] }>`
    select id, transports from passkey where account_id = ${account.id}
  `.execute(deps.db);
  const options = await generateRegistrationOptions({
    rpName: 'Hebra',
    rpID: relyingParty(deps),
    userID: new TextEncoder().encode(account.id),
    userName: account.email,
    userDisplayName: account.name,
    attestationType: 'none',
    excludeCredentials: rows.map((row) => ({ id: row.id, transports: row.transports as AuthenticatorTransport[] })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const ticket = await issueTicket(deps, {
    purpose: 'passkey_registration',
    accountId: account.id,
    challenge: options.challenge,
  });
  return { ticket, options: { ...options } };
}

/** Stores a new passkey. Throws ticket_gone, wrong_passkey. */
export async function registerPasskey(
  deps: TrustDeps,
  actor: StaffActor,
  given: { ticket: string; response: unknown; name: string },
): Promise<string> {
  const ticket = await useTicket(deps, given.ticket, 'passkey_registration');
  if (ticket.accountId !== actor.accountId) throw trustProblems.ticket_gone();
  const verified = await verifyRegistrationResponse({
    response: given.response as RegistrationResponseJSON,
    expectedChallenge: ticket.challenge!,
    expectedOrigin: new URL(deps.publicUrl).origin,
    expectedRPID: relyingParty(deps),
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw trustProblems.wrong_passkey({ cause });
  });
  if (!verified.verified) throw trustProblems.wrong_passkey();
  const { credential } = verified.registrationInfo;
  await within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql`
      insert into passkey (id, account_id, public_key, counter, transports, name)
      values (${credential.id}, ${actor.accountId}, ${Buffer.from(credential.publicKey)}, ${credential.counter},
        ${credential.transports ?? []}::text[], ${given.name})
      on conflict do nothing returning id
    `.execute(trx);
    if (rows.length === 0) throw trustProblems.wrong_passkey();
    await audit(trx, actor, { action: 'add_passkey', subject: { kind: 'account', id: actor.accountId } });
  });
  return credential.id;
}

/** The site a passkey belongs to. */
function relyingParty(deps: TrustDeps): string {
  return new URL(deps.publicUrl).hostname;
}
