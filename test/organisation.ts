import { createVault, type Vault } from '../server/trust/vault.ts';
import { uuid } from '../server/platform/ids.ts';
import { asOwner } from './postgres.ts';

/** A vault with a key that only tests know. */
export function testVault(): Vault {
  return createVault(Buffer.alloc(32, 3));
}

/** Makes an organisation in a test's database. @returns its id */
export async function testOrganisation(ownerUrl: string, options: { slug?: string; settings?: unknown; timezone?: string } = {}): Promise<string> {
  const id = uuid();
  await asOwner(
    ownerUrl,
    'insert into organisation (id, slug, name, settings, timezone) values ($1, $2, $3, $4, $5)',
    [id, options.slug ?? `o-${id.slice(-12)}`, 'Hospital de prueba', options.settings ?? {}, options.timezone ?? 'Europe/Madrid'],
  );
  return id;
}
