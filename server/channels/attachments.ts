import { sql } from 'kysely';
import { type Database, within } from '../platform/postgres.ts';
import { open, type Vault } from '../trust/vault.ts';
import type { ReadFile } from './whatsapp/send.ts';

/** Opens a file of ours for sending it. Undefined when it is gone, not ready, or its person was erased. */
export function createReadFile(db: Database, vault: Vault): ReadFile {
  return (organisationId, attachmentId) =>
    within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ person_id: string; mime: string; filename_sealed: Buffer | null; content_sealed: Buffer }>`
        select person_id, mime, filename_sealed, content_sealed from attachment
        where organisation_id = ${organisationId} and id = ${attachmentId} and state = 'ready' and content_sealed is not null`.execute(trx);
      const row = rows[0];
      if (!row) return undefined;
      const key = (await vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
      if (!key?.secret) return undefined;
      return {
        bytes: open(key, row.content_sealed, `attachment:${attachmentId}`),
        mime: row.mime,
        filename: row.filename_sealed ? open(key, row.filename_sealed, `filename:${attachmentId}`).toString('utf8') : undefined,
      };
    });
}
