import { sql } from 'kysely';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import type { Database, Trx } from '../platform/postgres.ts';
import { audit } from './audit.ts';
import type { Me, Role, StaffActor } from './contract.ts';
import { checkNewPassword, hashPassword, isRightPassword } from './password.ts';
import { trustProblems } from './problems.ts';
import { endSessions, hashOf, newSecret, startSession } from './session.ts';
import type { TrustDeps, Visitor } from './session.ts';
import { forgive, takeTry } from './throttle.ts';
import type { Guessed } from './throttle.ts';

const INVITATION_DAYS = 7;
const RESET_HOURS = 24;

/**
 * Adds a member with a password at once: for the demo, for tests and for an installation's scripts.
 * An account that exists already keeps its password and gets the membership.
 */
export async function addStaff(
  trx: Trx,
  member: {
    organisationId: string;
    email: string;
    name: string;
    roles: readonly Role[];
    password: string;
    language?: Me['account']['language'];
  },
): Promise<{ accountId: string; membershipId: string }> {
  const hash = await hashPassword(member.password);
  const email = member.email.trim().toLowerCase();
  const accounts = await sql<{ id: string }>`
    insert into account (id, email, name, language, password_hash, password_changed_at)
    values (${uuid()}, ${email}, ${member.name}, ${member.language ?? 'es'}, ${hash}, now())
    on conflict (email) do update set email = excluded.email returning id
  `.execute(trx);
  const accountId = accounts.rows[0]!.id;
  return { accountId, membershipId: await addMembership(trx, { ...member, accountId }) };
}

async function addMembership(
  trx: Trx,
  member: { organisationId: string; accountId: string; name: string; roles: readonly Role[] },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into membership as m (organisation_id, id, account_id, name, roles)
    values (${member.organisationId}, ${uuid()}, ${member.accountId}, ${member.name}, ${[...member.roles]}::text[])
    on conflict (organisation_id, account_id) do update
      set deactivated_at = null, roles = excluded.roles, name = excluded.name where m.deactivated_at is not null
    returning id
  `.execute(trx);
  if (!rows[0]) throw trustProblems.already_member();
  return rows[0].id;
}

type Listed = {
  id: string;
  name: string;
  email: string;
  roles: Role[];
  second_factor: boolean;
  last_seen_at: Date | null;
  deactivated_at: Date | null;
};

/** Everyone of the organisation, and the invitations still open. */
export async function listStaff(deps: TrustDeps, organisationId: string) {
  return within(deps.db, organisationId, async (trx) => {
    const staff = await sql<Listed>`
      select m.id, m.name, a.email, m.roles, m.deactivated_at,
        exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null)
          or exists (select from passkey p where p.account_id = a.id) as second_factor,
        (select max(s.last_seen_at) from sign_in_session s where s.membership_id = m.id) as last_seen_at
      from membership m join account a on a.id = m.account_id
      where m.organisation_id = ${organisationId} order by m.name, m.id
    `.execute(trx);
    const invitations = await sql<{ id: string; email: string; name: string | null; roles: Role[]; expires_at: Date }>`
      select id, email, name, roles, expires_at from invitation
      where organisation_id = ${organisationId} and kind = 'staff' and redeemed_at is null and revoked_at is null
        and expires_at > ${deps.clock()} order by created_at
    `.execute(trx);
    return {
      staff: staff.rows.map((row) => ({
        id: row.id,
        name: row.name,
        email: row.email,
        roles: row.roles,
        secondFactor: row.second_factor,
        lastSeenAt: row.last_seen_at?.toISOString() ?? null,
        deactivatedAt: row.deactivated_at?.toISOString() ?? null,
      })),
      invitations: invitations.rows.map((row) => ({
        id: row.id,
        email: row.email,
        name: row.name,
        roles: row.roles,
        expiresAt: row.expires_at.toISOString(),
      })),
    };
  });
}

/** Invites somebody by a one-time link that is good for a week; a former link for the same address stops working. */
export async function inviteStaff(
  deps: TrustDeps,
  actor: StaffActor,
  given: { email: string; name?: string | undefined; roles: Role[] },
): Promise<{ id: string; link: string; expiresAt: string }> {
  return within(deps.db, actor.organisationId, async (trx) => {
    const member = await sql`
      select 1 from membership m join account a on a.id = m.account_id
      where m.organisation_id = ${actor.organisationId} and a.email = ${given.email} and m.deactivated_at is null
    `.execute(trx);
    if (member.rows.length > 0) throw trustProblems.already_member();
    const made = await makeInvitation(trx, deps, {
      organisationId: actor.organisationId,
      kind: 'staff',
      email: given.email,
      name: given.name ?? null,
      roles: given.roles,
      accountId: null,
      invitedBy: actor.membershipId,
      hours: INVITATION_DAYS * 24,
    });
    await audit(trx, actor, {
      action: 'invite',
      subject: { kind: 'invitation', id: made.id },
      detail: { roles: given.roles },
    });
    return made;
  });
}

/** Takes an invitation back. Throws not_found. */
export async function revokeInvitation(deps: TrustDeps, actor: StaffActor, id: string): Promise<void> {
  await within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql`
      update invitation set revoked_at = ${deps.clock()} where id = ${id} and redeemed_at is null and revoked_at is null returning id
    `.execute(trx);
    if (rows.length === 0) throw trustProblems.not_found();
    await audit(trx, actor, { action: 'revoke', subject: { kind: 'invitation', id } });
  });
}

/**
 * A one-time link with which a member who forgot the password sets a new one, good for a day.
 * Refused for somebody who works elsewhere too: one organisation must not open another's door.
 */
export async function letSetPassword(
  deps: TrustDeps,
  actor: StaffActor,
  membershipId: string,
): Promise<{ id: string; link: string; expiresAt: string }> {
  return within(deps.db, actor.organisationId, async (trx) => {
    const { rows } = await sql<{ account_id: string; email: string; name: string }>`
      select m.account_id, a.email, m.name from membership m join account a on a.id = m.account_id
      where m.id = ${membershipId} and m.organisation_id = ${actor.organisationId} and m.deactivated_at is null
    `.execute(trx);
    const member = rows[0];
    if (!member) throw trustProblems.not_found();
    await sql`select set_config('hebra.account', ${member.account_id}, true)`.execute(trx);
    const elsewhere = await sql`
      select 1 from membership where account_id = ${member.account_id} and organisation_id <> ${actor.organisationId}
        and deactivated_at is null
    `.execute(trx);
    await sql`select set_config('hebra.account', '', true)`.execute(trx);
    if (elsewhere.rows.length > 0) throw trustProblems.elsewhere_too();
    const made = await makeInvitation(trx, deps, {
      organisationId: actor.organisationId,
      kind: 'password',
      email: member.email,
      name: member.name,
      roles: [],
      accountId: member.account_id,
      invitedBy: actor.membershipId,
      hours: RESET_HOURS,
    });
    await audit(trx, actor, { action: 'let_set_password', subject: { kind: 'membership', id: membershipId } });
    return made;
  });
}

async function makeInvitation(
  trx: Trx,
  deps: Pick<TrustDeps, 'clock' | 'publicUrl'>,
  given: {
    organisationId: string;
    kind: 'staff' | 'password' | 'first_administrator';
    email: string | null;
    name: string | null;
    roles: readonly Role[];
    accountId: string | null;
    invitedBy: string | null;
    hours: number;
  },
): Promise<{ id: string; link: string; expiresAt: string }> {
  const now = deps.clock();
  await sql`
    update invitation set revoked_at = ${now}
    where organisation_id = ${given.organisationId} and kind = ${given.kind} and email is not distinct from ${given.email}
      and redeemed_at is null and revoked_at is null
  `.execute(trx);
  const secret = newSecret();
  const id = uuid();
  const expires = new Date(now.getTime() + given.hours * 3_600_000);
  await sql`
    insert into invitation (organisation_id, id, kind, token_hash, email, name, roles, account_id, invited_by, expires_at)
    values (${given.organisationId}, ${id}, ${given.kind}, ${hashOf(secret)}, ${given.email}, ${given.name},
      ${[...given.roles]}::text[], ${given.accountId}, ${given.invitedBy}, ${expires})
  `.execute(trx);
  // After the hash sign: it reaches no server log and no Referer.
  return { id, link: `${deps.publicUrl}/desk/welcome#${secret}`, expiresAt: expires.toISOString() };
}

/** Changes a member's name or roles, or lets them rest. Takes effect with their next request. */
export async function changeStaff(
  deps: TrustDeps,
  actor: StaffActor,
  membershipId: string,
  change: { name?: string | undefined; roles?: Role[] | undefined; active?: boolean | undefined },
): Promise<void> {
  await within(deps.db, actor.organisationId, async (trx) => {
    // One after the other, so that two administrators cannot take the role from each other at once.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`staff ${actor.organisationId}`}, 0))`.execute(trx);
    const { rows } = await sql<{ account_id: string; roles: Role[] }>`
      update membership set
        name = coalesce(${change.name ?? null}, name), roles = coalesce(${change.roles ?? null}::text[], roles),
        deactivated_at = case when ${change.active ?? null}::boolean is null then deactivated_at
          when ${change.active ?? null}::boolean then null else coalesce(deactivated_at, ${deps.clock()}::timestamptz) end
      where id = ${membershipId} and organisation_id = ${actor.organisationId} returning account_id, roles
    `.execute(trx);
    if (!rows[0]) throw trustProblems.not_found();
    const administrators = await sql`
      select 1 from membership where organisation_id = ${actor.organisationId} and deactivated_at is null and 'administrator' = any(roles)
    `.execute(trx);
    if (administrators.rows.length === 0) throw trustProblems.last_administrator();
    if (change.active === false) await endSessions(trx, deps, actor, { membershipId }, 'deactivated');
    await audit(trx, actor, {
      action: 'change',
      subject: { kind: 'membership', id: membershipId },
      detail: {
        ...(change.roles && { roles: change.roles }),
        ...(change.active !== undefined && { active: change.active }),
      },
    });
  });
}

type Invitation = {
  id: string;
  organisation_id: string;
  kind: 'first_administrator' | 'staff' | 'password';
  email: string | null;
  name: string | null;
  roles: Role[];
  account_id: string | null;
  known: boolean;
};

/** What a one-time link is for. Throws link_gone. */
export async function lookAtInvitation(deps: TrustDeps, secret: string) {
  return deps.db.transaction().execute(async (trx) => {
    const invitation = await findInvitation(trx, deps, secret);
    const { rows } = await sql<{ slug: string; name: string }>`
      select slug, name from organisation where id = ${invitation.organisation_id}
    `.execute(trx);
    const organisation = rows[0]!;
    return {
      kind: invitation.kind,
      organisation: { id: invitation.organisation_id, slug: organisation.slug, name: organisation.name },
      email: invitation.email,
      name: invitation.name,
      known: invitation.kind === 'staff' && invitation.known,
    };
  });
}

async function findInvitation(trx: Trx, deps: Pick<TrustDeps, 'clock'>, secret: string): Promise<Invitation> {
  await sql`select set_config('hebra.presented', ${hashOf(secret).toString('hex')}, true)`.execute(trx);
  const { rows } = await sql<Invitation>`
    select i.id, i.organisation_id, i.kind, i.email, i.name, i.roles, i.account_id,
      exists (select from account a where a.email = i.email) as known
    from invitation i
    where i.token_hash = ${hashOf(secret)} and i.redeemed_at is null and i.revoked_at is null and i.expires_at > ${deps.clock()}
  `.execute(trx);
  if (!rows[0]) throw trustProblems.link_gone();
  return rows[0];
}

/** What comes with a one-time link. */
export type Redemption = {
  token: string;
  password: string;
  name?: string | undefined;
  email?: string | undefined;
  language?: Me['account']['language'] | undefined;
  organisation?:
    | {
        name?: string | undefined;
        slug?: string | undefined;
        country?: string | undefined;
        timezone?: string | undefined;
      }
    | undefined;
};

/**
 * Redeems a one-time link: makes the account and membership (an e-mail that has an account proves it by its password),
 * or sets the forgotten password. Signs in at the end, unless a second factor has to be asked for first.
 * @returns the session, or null when the account signs in by itself
 * @throws link_gone, wrong_credentials, easy_password, short_password, name_needed, slug_taken
 */
export async function redeemInvitation(
  deps: TrustDeps,
  given: Redemption,
  visitor: Visitor,
): Promise<{ token: string; actor: StaffActor } | null> {
  const guessed: Guessed[] = [{ kind: 'address', name: visitor.address }];
  await takeTry(deps, guessed);
  const found = await deps.db.transaction().execute((trx) => findInvitation(trx, deps, given.token));
  // An e-mail that has an account is proved by its password: a guess like any other.
  const email = found.email ?? given.email;
  if (email) {
    await takeTry(deps, [{ kind: 'account', name: email }]);
    guessed.push({ kind: 'account', name: email });
  }
  const organisationId = found.organisation_id;
  const joined = await within(deps.db, organisationId, async (trx) => {
    const invitation = await findInvitation(trx, deps, given.token);
    const taken = await sql`
      update invitation set redeemed_at = ${deps.clock()} where id = ${invitation.id} and redeemed_at is null returning id
    `.execute(trx);
    if (taken.rows.length === 0) throw trustProblems.link_gone();
    return invitation.kind === 'password'
      ? setForgotten(trx, deps, invitation, given)
      : join(trx, deps, invitation, given);
  });
  await forgive(deps, guessed);
  if (!joined || joined.secondFactor) return null;
  return startSession(deps, joined.accountId, joined.membership, 'password', visitor);
}

async function setForgotten(trx: Trx, deps: TrustDeps, invitation: Invitation, given: Redemption): Promise<null> {
  const accountId = invitation.account_id!;
  checkNewPassword(given.password, [invitation.email ?? '', invitation.name ?? '']);
  await sql`
    update account set password_hash = ${await hashPassword(given.password)}, password_changed_at = ${deps.clock()} where id = ${accountId}
  `.execute(trx);
  const system = { kind: 'system', organisationId: invitation.organisation_id } as const;
  await endSessions(trx, deps, system, { accountId }, 'password_changed');
  await audit(trx, system, { action: 'set_password', subject: { kind: 'account', id: accountId } });
  return null;
}

async function join(trx: Trx, deps: TrustDeps, invitation: Invitation, given: Redemption) {
  const email = invitation.email ?? given.email;
  if (!email) throw trustProblems.name_needed();
  const { rows } = await sql<{ id: string; name: string; password_hash: string | null; totp: boolean }>`
    select a.id, a.name, a.password_hash, exists (
      select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as totp
    from account a where a.email = ${email} and a.disabled_at is null
  `.execute(trx);
  const known = rows[0];
  if (known && !(await isRightPassword(known.password_hash, given.password))) throw trustProblems.wrong_credentials();
  const name = given.name ?? invitation.name ?? known?.name;
  if (!name) throw trustProblems.name_needed();
  if (invitation.kind === 'first_administrator')
    await nameOrganisation(trx, invitation.organisation_id, given.organisation ?? {});
  let accountId = known?.id;
  if (!accountId) {
    checkNewPassword(given.password, [email, name]);
    accountId = uuid();
    await sql`
      insert into account (id, email, name, language, password_hash, password_changed_at)
      values (${accountId}, ${email}, ${name}, ${given.language ?? 'es'}, ${await hashPassword(given.password)}, ${deps.clock()})
    `.execute(trx);
  }
  const organisationId = invitation.organisation_id;
  const membershipId = await addMembership(trx, { organisationId, accountId, name, roles: invitation.roles });
  await audit(
    trx,
    { kind: 'system', organisationId },
    {
      action: 'join',
      subject: { kind: 'membership', id: membershipId },
      detail: { roles: invitation.roles, invitation: invitation.id },
    },
  );
  const membership = { id: membershipId, organisationId, slug: '', organisation: '', name, roles: invitation.roles };
  return { accountId, membership, secondFactor: known?.totp ?? false };
}

async function nameOrganisation(
  trx: Trx,
  organisationId: string,
  named: NonNullable<Redemption['organisation']>,
): Promise<void> {
  if (named.slug) {
    const taken = await sql`select 1 from organisation where slug = ${named.slug} and id <> ${organisationId}`.execute(
      trx,
    );
    if (taken.rows.length > 0) throw trustProblems.slug_taken();
  }
  await sql`
    update organisation set name = coalesce(${named.name ?? null}, name), slug = coalesce(${named.slug ?? null}, slug),
      country = coalesce(${named.country ?? null}, country), timezone = coalesce(${named.timezone ?? null}, timezone)
    where id = ${organisationId}
  `.execute(trx);
}

/**
 * The one-time link for the first administrator of an installation, or null once there is one. Each call makes the
 * former link useless. `hebra serve` prints it; an installation without an organisation gets one, to be named by the link's bearer.
 * @param owner signed in as the owner of the tables, who alone may found an organisation
 */
export async function firstAdministratorLink(
  owner: Database,
  deps: Pick<TrustDeps, 'clock' | 'publicUrl'>,
): Promise<string | null> {
  return owner.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('first administrator', 0))`.execute(trx);
    const organisations = await sql<{ id: string }>`select id from organisation order by created_at, id`.execute(trx);
    for (const { id } of organisations.rows) {
      await sql`select set_config('hebra.organisation', ${id}, true)`.execute(trx);
      const { rows } = await sql`
        select 1 from membership where organisation_id = ${id} and deactivated_at is null and 'administrator' = any(roles) limit 1
      `.execute(trx);
      if (rows.length > 0) return null;
    }
    const organisationId = organisations.rows[0]?.id ?? uuid();
    await sql`select set_config('hebra.organisation', ${organisationId}, true)`.execute(trx);
    if (organisations.rows.length === 0)
      await sql`insert into organisation (id, slug, name) values (${organisationId}, 'main', 'Hebra')`.execute(trx);
    const { link } = await makeInvitation(trx, deps, {
      organisationId,
      kind: 'first_administrator',
      email: null,
      name: null,
      roles: ['administrator'],
      accountId: null,
      invitedBy: null,
      hours: RESET_HOURS,
    });
    return link;
  });
}
