import { afterAll, expect, test } from 'vitest';
import { testOrganisation, testVault } from '../../test/organisation.ts';
import { testDatabase } from '../../test/postgres.ts';
import { ConfigError } from '../platform/config.ts';
import { within } from '../platform/postgres.ts';
import { checkMasterKey } from './master-key.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

test('a database in use refuses another master key with one line, and one that nothing was sealed in takes any', async () => {
  await checkMasterKey(postgres.ownerUrl, Buffer.alloc(32, 9));
  const unused = await testOrganisation(postgres.ownerUrl);
  await checkMasterKey(postgres.ownerUrl, Buffer.alloc(32, 9));
  const organisationId = await testOrganisation(postgres.ownerUrl);
  await within(postgres.db, organisationId, (trx) => testVault().organisationKey(trx, organisationId));
  expect(unused).not.toBe(organisationId);
  await checkMasterKey(postgres.ownerUrl, Buffer.alloc(32, 3));
  const refused = checkMasterKey(postgres.ownerUrl, Buffer.alloc(32, 9));
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(/^The master key is not the one[^\n]+$/);
});
