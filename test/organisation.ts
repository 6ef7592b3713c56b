import { createVault, type Vault } from '../server/trust/vault.ts';
import { uuid } from '../server/platform/ids.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import { asOwner } from './postgres.ts';

/** A vault with a key that only tests know. */
export function testVault(): Vault {
  return createVault(Buffer.alloc(32, 3));
}

/** Makes an organisation in a test's database. @returns its id */
export async function testOrganisation(
  ownerUrl: string,
  options: { slug?: string; settings?: unknown; timezone?: string } = {},
): Promise<string> {
  const id = uuid();
  await asOwner(ownerUrl, 'insert into organisation (id, slug, name, settings, timezone) values ($1, $2, $3, $4, $5)', [
    id,
    options.slug ?? `o-${id.slice(-12)}`,
    'Hospital de prueba',
    options.settings ?? {},
    options.timezone ?? 'Europe/Madrid',
  ]);
  return id;
}

/** Adds somebody to an organisation's staff, with an account of their own. */
export async function testStaff(
  ownerUrl: string,
  organisationId: string,
  name: string,
  roles: Role[] = ['agent'],
): Promise<StaffActor> {
  const accountId = uuid();
  const membershipId = uuid();
  await asOwner(ownerUrl, 'insert into account (id, email, name) values ($1, $2, $3)', [
    accountId,
    `${accountId}@example.org`,
    name,
  ]);
  await asOwner(
    ownerUrl,
    'insert into membership (organisation_id, id, account_id, name, roles) values ($1, $2, $3, $4, $5)',
    [organisationId, membershipId, accountId, name, roles],
  );
  return { kind: 'staff', organisationId, membershipId, accountId, sessionId: uuid(), roles, name };
}
