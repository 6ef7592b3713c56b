import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Language } from '../../conversation/contract.ts';
import { uuid } from '../../platform/ids.ts';
import { type Database, within } from '../../platform/postgres.ts';

/** A browser's stay with an organisation; its id is the address that messages come from. */
export type Visit = { id: string; organisationId: string; accountId: string; language: Language };

const KEEP_DAYS = 90;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const REMEMBER_MS = 30_000;

export type Visits = {
  /** Begins a visit. @returns it with its token, which is kept nowhere but in the browser */
  begin(organisationId: string, accountId: string, language: Language): Promise<{ visit: Visit; token: string }>;
  /** The visit of a token, if there is one that has not expired. */
  find(token: string): Promise<Visit | undefined>;
};

export function createVisits(db: Database): Visits {
  // a busy browser asks several times a second
  const remembered = new Map<string, { visit: Visit; until: number }>();

  return {
    async begin(organisationId, accountId, language) {
      const visit: Visit = { id: uuid(), organisationId, accountId, language };
      const token = randomBytes(32).toString('base64url');
      await within(db, organisationId, async (trx) => {
        await sql`insert into web_visit (organisation_id, id, account_id, language)
          values (${organisationId}, ${visit.id}, ${accountId}, ${language})`.execute(trx);
        await sql`insert into web_visit_token (organisation_id, token_hash, visit_id, expires_at)
          values (${organisationId}, ${hashOf(token)}, ${visit.id}, now() + ${KEEP_DAYS} * interval '1 day')`.execute(
          trx,
        );
      });
      return { visit, token };
    },
    async find(token) {
      if (!TOKEN.test(token)) return undefined;
      const hash = hashOf(token);
      const key = hash.toString('latin1');
      const known = remembered.get(key);
      if (known && known.until > Date.now()) return known.visit;
      const { rows } = await sql<{ organisation_id: string; visit_id: string }>`
        select organisation_id, visit_id from web_visit_token where token_hash = ${hash} and expires_at > now()`.execute(
        db,
      );
      const found = rows[0];
      if (!found) return undefined;
      const visit = await within(db, found.organisation_id, async (trx) => {
        const { rows: visits } = await sql<{ id: string; account_id: string; language: Language }>`
          update web_visit set seen_at = now() where organisation_id = ${found.organisation_id} and id = ${found.visit_id}
          returning id, account_id, language`.execute(trx);
        const row = visits[0];
        return (
          row && {
            id: row.id,
            organisationId: found.organisation_id,
            accountId: row.account_id,
            language: row.language,
          }
        );
      });
      if (!visit) return undefined;
      if (remembered.size > 10_000) remembered.clear();
      remembered.set(key, { visit, until: Date.now() + REMEMBER_MS });
      return visit;
    },
  };
}

/**
 * Forgets uploads that were never sent (after a day) and visits whose token has expired and that said nothing.
 * Run it once in a while for each organisation.
 */
export async function sweepVisits(db: Database, organisationId: string): Promise<void> {
  await within(db, organisationId, async (trx) => {
    await sql`delete from web_file where organisation_id = ${organisationId} and created_at < now() - interval '1 day'`.execute(
      trx,
    );
    await sql`delete from web_visit_token where organisation_id = ${organisationId} and expires_at < now()`.execute(
      trx,
    );
    await sql`
      delete from web_visit v where v.organisation_id = ${organisationId} and v.seen_at < now() - interval '1 day'
        and not exists (select 1 from web_visit_token t where t.visit_id = v.id)`.execute(trx);
  });
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
