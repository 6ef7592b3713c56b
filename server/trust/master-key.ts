import { sql } from 'kysely';
import { ConfigError } from '../platform/config.ts';
import { openDatabase, within } from '../platform/postgres.ts';
import { unwraps } from './vault.ts';

/**
 * Looks whether a database that is in use belongs to this master key, before anything is changed in it: the
 * application role's password comes from the key too, and a stranger's would lock out every process that runs.
 * @param ownerUrl the database's owner; a database without tables fits every key
 * @throws ConfigError when the database was begun with another key
 */
export async function checkMasterKey(ownerUrl: string, masterKey: Buffer): Promise<void> {
  const owner = openDatabase(ownerUrl, { max: 1, name: 'hebra-key' });
  try {
    const { rows: found } = await sql<{
      there: boolean;
    }>`select to_regclass('public.organisation_key') is not null as there`.execute(owner.db);
    if (!found[0]!.there) return;
    const { rows: organisations } = await sql<{ id: string }>`select id from organisation order by created_at`.execute(
      owner.db,
    );
    for (const { id } of organisations) {
      const { rows } = await within(owner.db, id, (trx) =>
        sql<{ wrapped: Buffer }>`select wrapped from organisation_key where organisation_id = ${id}::uuid`.execute(trx),
      );
      if (!rows[0]) continue;
      if (unwraps(masterKey, id, rows[0].wrapped)) return;
      throw new ConfigError(
        'The master key is not the one this database was begun with: give HEBRA_MASTER_KEY (in the demo: master.key beside its data) as it was. Nothing was changed.',
      );
    }
  } finally {
    await owner.close();
  }
}
