import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import type { Database, Trx } from '../platform/postgres.ts';
import { audit } from './audit.ts';
import type { Actor, IntegrationActor, Role, StaffActor } from './contract.ts';
import { trustProblems } from './problems.ts';
import type { Vault } from './vault.ts';

/** How long a session lasts. */
export type SessionLimits = {
  /** Minutes without a request. */
  idleMinutes: number;
  /** Hours since the sign-in, whatever happens. */
  absoluteHours: number;
};
export const SESSION_LIMITS: SessionLimits = { idleMinutes: 30, absoluteHours: 12 };

/** What the files of this room work with. */
export type TrustDeps = {
  db: Database;
  vault: Vault;
  clock: Clock;
  /** Where people reach the server, without a slash at the end: the origin of passkeys and links. */
  publicUrl: string;
  limits: SessionLimits;
};

/** How somebody proved who they are. */
export type Method = 'password' | 'password+totp' | 'password+recovery' | 'passkey';
/** Where a sign-in comes from, as the session list shows it to its owner. */
export type Visitor = { address: string; userAgent: string | null };

/** A secret of 256 bits, to be shown once; only `hashOf` it is stored. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256: enough for a secret of 256 random bits, and fast on every request. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export type Membership = {
  id: string;
  organisationId: string;
  slug: string;
  organisation: string;
  name: string;
  roles: Role[];
};

/** The active memberships of an account, across organisations. */
export async function membershipsOf(db: Database, accountId: string): Promise<Membership[]> {
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('hebra.account', ${accountId}, true)`.execute(trx);
    const { rows } = await sql<Membership>`
      select m.id, m.organisation_id as "organisationId", o.slug, o.name as organisation, m.name, m.roles
      from membership m join organisation o on o.id = m.organisation_id
      where m.account_id = ${accountId} and m.deactivated_at is null order by o.name, o.id
    `.execute(trx);
    return rows;
  });
}

/** Opens a session and writes the sign-in to the trail. The token goes to the cookie and nowhere else. */
export async function startSession(
  deps: TrustDeps,
  accountId: string,
  membership: Membership,
  method: Method,
  visitor: Visitor,
): Promise<{ token: string; actor: StaffActor }> {
  const token = newSecret();
  const now = deps.clock();
  const actor: StaffActor = {
    kind: 'staff',
    organisationId: membership.organisationId,
    membershipId: membership.id,
    accountId,
    sessionId: uuid(),
    roles: membership.roles,
    name: membership.name,
  };
  const expires = new Date(now.getTime() + deps.limits.absoluteHours * 3_600_000);
  await within(deps.db, membership.organisationId, async (trx) => {
    await sql`
      insert into sign_in_session
        (id, token_hash, account_id, membership_id, method, address, user_agent, created_at, last_seen_at, expires_at)
      values (${actor.sessionId}, ${hashOf(token)}, ${accountId}, ${membership.id}, ${method}, ${visitor.address}::inet,
        ${visitor.userAgent?.slice(0, 300) ?? null}, ${now}, ${now}, ${expires})
    `.execute(trx);
    await audit(trx, actor, { action: 'sign_in', subject: { kind: 'account', id: accountId }, detail: { method } });
  });
  return { token, actor };
}

/**
 * The actor behind a session's token, asked of the database each time: an ended session is gone with the next request.
 * Null when it is unknown, ended, idle for too long, expired, or its membership was deactivated.
 */
export async function actorOfSession(deps: TrustDeps, token: string): Promise<StaffActor | null> {
  const { rows } = await sql<{
    session_id: string;
    account_id: string;
    membership_id: string;
    organisation_id: string;
    roles: Role[];
    name: string;
  }>`
    select session_id, account_id, membership_id, organisation_id, roles, name
    from hebra.signed_in(${hashOf(token)}, ${deps.clock()}, make_interval(mins => ${deps.limits.idleMinutes}))
  `.execute(deps.db);
  const row = rows[0];
  if (!row) return null;
  return {
    kind: 'staff',
    organisationId: row.organisation_id,
    membershipId: row.membership_id,
    accountId: row.account_id,
    sessionId: row.session_id,
    roles: row.roles,
    name: row.name,
  };
}

/** The program behind an API key; null when it is unknown, revoked or expired. */
export async function actorOfKey(deps: TrustDeps, key: string): Promise<IntegrationActor | null> {
  const { rows } = await sql<{ api_key_id: string; organisation_id: string; scopes: string[] }>`
    select api_key_id, organisation_id, scopes from hebra.bearer(${hashOf(key)}, ${deps.clock()})
  `.execute(deps.db);
  const row = rows[0];
  return row
    ? { kind: 'integration', organisationId: row.organisation_id, apiKeyId: row.api_key_id, scopes: row.scopes }
    : null;
}

/**
 * Ends sessions and announces `session.ended {sessionId, membershipId}`, so that open sockets close as well.
 * Those of an account end in every organisation, those of a membership in its own.
 * @returns how many ended
 */
export async function endSessions(
  trx: Trx,
  deps: Pick<TrustDeps, 'clock'>,
  actor: Actor,
  which: { accountId: string; only?: string; except?: string } | { membershipId: string },
  reason: 'signed_out' | 'revoked' | 'password_changed' | 'deactivated' | 'roles_changed' | 'switched',
): Promise<number> {
  const now = deps.clock();
  const owner = 'accountId' in which ? which : null;
  const { rows } = await sql<{ id: string; membership_id: string }>`
    update sign_in_session set ended_at = ${now}, end_reason = ${reason}
    where ended_at is null
      and (${owner?.accountId ?? null}::uuid is null or account_id = ${owner?.accountId ?? null})
      and (${'membershipId' in which ? which.membershipId : null}::uuid is null
        or membership_id = ${'membershipId' in which ? which.membershipId : null})
      and (${owner?.only ?? null}::uuid is null or id = ${owner?.only ?? null})
      and (${owner?.except ?? null}::uuid is null or id <> ${owner?.except ?? null})
    returning id, membership_id
  `.execute(trx);
  await announce(
    trx,
    ...rows.map((row) => ({
      organisationId: actor.organisationId,
      kind: 'session.ended',
      payload: { sessionId: row.id, membershipId: row.membership_id },
    })),
  );
  if (rows.length > 0) {
    await audit(trx, actor, {
      action: reason === 'signed_out' ? 'sign_out' : 'end_session',
      subject: { kind: 'account', id: owner?.accountId ?? null },
      reason,
      detail: { sessions: rows.map((row) => row.id) },
    });
  }
  return rows.length;
}

/**
 * Whether a session is still good: what a long-lived socket asks every few seconds, beside following `session.ended`
 * (an account's sessions in other organisations end without an event there). It is no activity: only requests are.
 */
export async function isSessionAlive(deps: TrustDeps, sessionId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sign_in_session where id = ${sessionId} and ended_at is null and expires_at > ${deps.clock()}
      and last_seen_at > ${deps.clock()}::timestamptz - make_interval(mins => ${deps.limits.idleMinutes})
  `.execute(deps.db);
  return rows.length > 0;
}

type Ticket = {
  purpose: 'totp' | 'organisation' | 'passkey' | 'passkey_registration';
  accountId: string | null;
  method: Method | null;
  challenge: string | null;
  organisation: string | null;
};
const TICKET_MINUTES = 5;

/** Keeps what was proved so far for five minutes and gives the paper to come back with. */
export async function issueTicket(deps: TrustDeps, ticket: Partial<Ticket> & Pick<Ticket, 'purpose'>): Promise<string> {
  const secret = newSecret();
  const expires = new Date(deps.clock().getTime() + TICKET_MINUTES * 60_000);
  await sql`
    insert into sign_in_ticket (token_hash, purpose, account_id, method, challenge, organisation, expires_at)
    values (${hashOf(secret)}, ${ticket.purpose}, ${ticket.accountId ?? null}, ${ticket.method ?? null},
      ${ticket.challenge ?? null}, ${ticket.organisation ?? null}, ${expires})
  `.execute(deps.db);
  return secret;
}

/** What a ticket stands for, left in place: a mistyped code may be tried again. Throws ticket_gone. */
export async function readTicket(deps: TrustDeps, secret: string, purpose: Ticket['purpose']): Promise<Ticket> {
  const { rows } = await sql<Ticket>`
    select purpose, account_id as "accountId", method, challenge, organisation from sign_in_ticket
    where token_hash = ${hashOf(secret)} and purpose = ${purpose} and expires_at > ${deps.clock()}
  `.execute(deps.db);
  if (!rows[0]) throw trustProblems.ticket_gone();
  return rows[0];
}

/** Takes a ticket for good: of two who come with it, one is told that it is gone. */
export async function useTicket(deps: TrustDeps, secret: string, purpose: Ticket['purpose']): Promise<Ticket> {
  const { rows } = await sql<Ticket>`
    delete from sign_in_ticket where token_hash = ${hashOf(secret)} and purpose = ${purpose} and expires_at > ${deps.clock()}
    returning purpose, account_id as "accountId", method, challenge, organisation
  `.execute(deps.db);
  if (!rows[0]) throw trustProblems.ticket_gone();
  return rows[0];
}
