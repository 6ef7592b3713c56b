import { sql } from 'kysely';
import { permissionsOf } from './access.ts';
import { within } from '../platform/postgres.ts';
import type { Trx } from '../platform/postgres.ts';
import { audit } from './audit.ts';
import type { Me, StaffActor } from './contract.ts';
import { checkNewPassword, hashPassword, isRightPassword } from './password.ts';
import { trustProblems } from './problems.ts';
import { endSessions, membershipsOf, startSession } from './session.ts';
import type { Method, TrustDeps, Visitor } from './session.ts';
import { asChoice, newRecoveryCodes, recoveryHash, useTotp } from './sign-in.ts';
import { forgive, takeTry } from './throttle.ts';
import { base32, newTotpSecret, otpauthUri } from './totp.ts';
import { seal } from './vault.ts';

/** Everything the desk needs to know about who is signed in. */
export async function readMe(deps: TrustDeps, actor: StaffActor): Promise<Me> {
  const { rows } = await sql<{
    email: string;
    name: string;
    language: Me['account']['language'];
    slug: string;
    organisation: string;
    languages: string[];
    timezone: string;
    method: string;
    expires_at: Date;
    totp: boolean;
    passkeys: number;
    codes: number;
  }>`
    select a.email, a.name, a.language, o.slug, o.name as organisation, o.languages, o.timezone, s.method, s.expires_at,
      exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as totp,
      (select count(*) from passkey p where p.account_id = a.id) as passkeys,
      (select count(*) from recovery_code r where r.account_id = a.id and r.used_at is null) as codes
    from account a, organisation o, sign_in_session s
    where a.id = ${actor.accountId} and o.id = ${actor.organisationId} and s.id = ${actor.sessionId}
  `.execute(deps.db);
  const row = rows[0];
  if (!row) throw trustProblems.sign_in_needed();
  const memberships = await membershipsOf(deps.db, actor.accountId);
  return {
    account: { id: actor.accountId, email: row.email, name: row.name, language: row.language },
    organisation: {
      id: actor.organisationId,
      slug: row.slug,
      name: row.organisation,
      languages: row.languages,
      timezone: row.timezone,
    },
    membership: { id: actor.membershipId, name: actor.name, roles: actor.roles },
    permissions: permissionsOf(actor.roles),
    organisations: memberships.map(asChoice),
    session: {
      id: actor.sessionId,
      method: row.method,
      expiresAt: row.expires_at.toISOString(),
      idleMinutes: deps.limits.idleMinutes,
    },
    secondFactor: { totp: row.totp, passkeys: Number(row.passkeys), recoveryCodes: Number(row.codes) },
  };
}

/** Chooses the language that the desk speaks to this account. */
export async function chooseLanguage(
  deps: TrustDeps,
  actor: StaffActor,
  language: Me['account']['language'],
): Promise<void> {
  await sql`update account set language = ${language} where id = ${actor.accountId}`.execute(deps.db);
}

/** Goes on in another organisation of the account with a session of its own; the present one ends. */
export async function switchOrganisation(
  deps: TrustDeps,
  actor: StaffActor,
  organisationId: string,
  visitor: Visitor,
): Promise<{ token: string; actor: StaffActor }> {
  const membership = (await membershipsOf(deps.db, actor.accountId)).find(
    (one) => one.organisationId === organisationId,
  );
  if (!membership) throw trustProblems.no_membership();
  const { rows } = await sql<{
    method: Method;
  }>`select method from sign_in_session where id = ${actor.sessionId}`.execute(deps.db);
  const started = await startSession(deps, actor.accountId, membership, rows[0]?.method ?? 'password', visitor);
  await within(deps.db, actor.organisationId, (trx) =>
    endSessions(trx, deps, actor, { accountId: actor.accountId, only: actor.sessionId }, 'switched'),
  );
  return started;
}

/**
 * Asks for the password again before something that would keep a thief in. Counts as a try.
 * @throws wrong_password, too_many_tries
 */
export async function proveAgain(
  deps: TrustDeps,
  actor: StaffActor,
  password: string,
): Promise<{ email: string; name: string }> {
  const guessed = [{ kind: 'account', name: `again ${actor.accountId}` }] as const;
  await takeTry(deps, guessed);
  const { rows } = await sql<{ email: string; name: string; password_hash: string | null }>`
    select email, name, password_hash from account where id = ${actor.accountId}
  `.execute(deps.db);
  const account = rows[0];
  if (!(await isRightPassword(account?.password_hash ?? null, password)) || !account)
    throw trustProblems.wrong_password();
  await forgive(deps, guessed);
  return account;
}

/** Changes the password and ends every other session of the account. Throws wrong_password, easy_password, short_password. */
export async function changePassword(
  deps: TrustDeps,
  actor: StaffActor,
  given: { current: string; password: string },
): Promise<void> {
  const account = await proveAgain(deps, actor, given.current);
  checkNewPassword(given.password, [account.email, account.name, actor.name]);
  const hash = await hashPassword(given.password);
  await within(deps.db, actor.organisationId, async (trx) => {
    await storePassword(trx, deps, actor.accountId, hash);
    await endSessions(trx, deps, actor, { accountId: actor.accountId, except: actor.sessionId }, 'password_changed');
    await audit(trx, actor, { action: 'change_password', subject: { kind: 'account', id: actor.accountId } });
  });
}

/** Stores a password's hash. The caller ends the sessions. */
export async function storePassword(trx: Trx, deps: TrustDeps, accountId: string, hash: string): Promise<void> {
  await sql`
    update account set password_hash = ${hash}, password_changed_at = ${deps.clock()} where id = ${accountId}
  `.execute(trx);
}

/** A new secret for an authenticator app; without effect until confirmed with a first code. Throws totp_on. */
export async function beginTotp(
  deps: TrustDeps,
  actor: StaffActor,
  password: string,
): Promise<{ secret: string; uri: string }> {
  const account = await proveAgain(deps, actor, password);
  const secret = newTotpSecret();
  const sealed = seal(deps.vault.houseKey('totp'), secret, `totp:${actor.accountId}`);
  const { rows } = await sql`
    insert into account_totp as t (account_id, secret_sealed) values (${actor.accountId}, ${sealed})
    on conflict (account_id) do update set secret_sealed = excluded.secret_sealed, last_step = 0
    where t.confirmed_at is null returning account_id
  `.execute(deps.db);
  if (rows.length === 0) throw trustProblems.totp_on();
  return { secret: base32(secret), uri: otpauthUri(secret, account.email, 'Hebra') };
}

/** Turns the second factor on with its first code and gives the recovery codes, which are shown once. */
export async function confirmTotp(deps: TrustDeps, actor: StaffActor, code: string): Promise<string[]> {
  const guessed = [{ kind: 'account', name: `totp ${actor.accountId}` }] as const;
  await takeTry(deps, guessed);
  if (!(await useTotp(deps, actor.accountId, code))) throw trustProblems.wrong_code();
  await forgive(deps, guessed);
  return within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql`
      update account_totp set confirmed_at = ${deps.clock()}
      where account_id = ${actor.accountId} and confirmed_at is null returning account_id
    `.execute(trx);
    if (rows.length === 0) throw trustProblems.totp_on();
    await audit(trx, actor, { action: 'add_second_factor', subject: { kind: 'account', id: actor.accountId } });
    return replaceRecoveryCodes(trx, deps, actor.accountId);
  });
}

/** New recovery codes; the old ones stop working. Throws totp_off, wrong_password. */
export async function renewRecoveryCodes(deps: TrustDeps, actor: StaffActor, password: string): Promise<string[]> {
  await proveAgain(deps, actor, password);
  return within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql`
      select 1 from account_totp where account_id = ${actor.accountId} and confirmed_at is not null
    `.execute(trx);
    if (rows.length === 0) throw trustProblems.totp_off();
    await audit(trx, actor, { action: 'renew_recovery_codes', subject: { kind: 'account', id: actor.accountId } });
    return replaceRecoveryCodes(trx, deps, actor.accountId);
  });
}

async function replaceRecoveryCodes(trx: Trx, deps: TrustDeps, accountId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  await sql`delete from recovery_code where account_id = ${accountId}`.execute(trx);
  await sql`
    insert into recovery_code (account_id, code_hash)
    select ${accountId}, hash from unnest(${codes.map((code) => recoveryHash(deps.vault, accountId, code))}::bytea[]) as hash
  `.execute(trx);
  return codes;
}

/** Turns the second factor off. Throws totp_off, wrong_password. */
export async function endTotp(deps: TrustDeps, actor: StaffActor, password: string): Promise<void> {
  await proveAgain(deps, actor, password);
  await within(deps.db, actor.organisationId, async (trx) => {
    const { rows } =
      await sql`delete from account_totp where account_id = ${actor.accountId} returning account_id`.execute(trx);
    if (rows.length === 0) throw trustProblems.totp_off();
    await sql`delete from recovery_code where account_id = ${actor.accountId}`.execute(trx);
    await audit(trx, actor, { action: 'remove_second_factor', subject: { kind: 'account', id: actor.accountId } });
  });
}

/** Removes one of the account's passkeys. Throws not_found. */
export async function removePasskey(deps: TrustDeps, actor: StaffActor, id: string): Promise<void> {
  await within(deps.db, actor.organisationId, async (trx) => {
    const { rows } =
      await sql`delete from passkey where id = ${id} and account_id = ${actor.accountId} returning id`.execute(trx);
    if (rows.length === 0) throw trustProblems.not_found();
    await audit(trx, actor, { action: 'remove_passkey', subject: { kind: 'account', id: actor.accountId } });
  });
}
