import { sql } from 'kysely';
import type { Database, Trx } from '../platform/postgres.ts';
import { genesis, isSignedHead, linkColumns, linkHash } from './audit.ts';
import type { Head, Link } from './audit.ts';
import type { Vault } from './vault.ts';

/**
 * Something wrong with a trail:
 * `altered` an entry says something else than when it was chained, or stands elsewhere ·
 * `gap` entries between two positions are gone · `truncated` the newest entries are gone ·
 * `head_missing`, `head_forged` the signed end of the chain is gone or was not signed by this installation.
 */
export type Finding = {
  kind: 'altered' | 'gap' | 'truncated' | 'head_missing' | 'head_forged';
  position: number;
  entryId?: string;
};

export type Verdict = {
  organisation: string;
  /** Entries that stand in the chain. */
  entries: number;
  /** Committed entries that wait for the linker: not protected yet. */
  unlinked: number;
  head: string | null;
  intact: boolean;
  findings: Finding[];
};

const PAGE = 2_000;
/** A trail that was cut to pieces is told by its first findings. */
const MOST_FINDINGS = 100;

/**
 * Walks an organisation's whole chain and compares it with every signed head that is known.
 * @param apart heads kept outside the database; older ones are as good as new ones: their entry must still be there
 */
export async function verifyTrail(
  db: Database,
  vault: Vault,
  organisation: { id: string; slug: string },
  apart: readonly Head[] = [],
): Promise<Verdict> {
  // One snapshot for the whole walk: the linker goes on meanwhile.
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await sql`select set_config('hebra.organisation', ${organisation.id}, true)`.execute(trx);
      return walk(trx, vault, organisation, apart);
    });
}

async function walk(
  trx: Trx,
  vault: Vault,
  organisation: { id: string; slug: string },
  apart: readonly Head[],
): Promise<Verdict> {
  const findings: Finding[] = [];
  const found = (finding: Finding): void => {
    if (findings.length < MOST_FINDINGS) findings.push(finding);
  };
  const heads = await knownHeads(trx, organisation.id, apart);
  const trusted = heads.filter((head) => {
    if (isSignedHead(vault, head)) return true;
    found({ kind: 'head_forged', position: head.position });
    return false;
  });
  const signedAt = new Map(trusted.map((head) => [head.position, head.hash]));

  let last = 0;
  let entries = 0;
  let hash = genesis(organisation.id);
  for (;;) {
    const { rows } = await sql<Link & { position: number; hash: Buffer }>`
      select ${linkColumns}, position, hash from audit_entry
      where organisation_id = ${organisation.id} and position > ${last} order by position limit ${PAGE}
    `.execute(trx);
    for (const row of rows) {
      entries += 1;
      const whole = row.position === last + 1;
      if (!whole) found({ kind: 'gap', position: last + 1 });
      // After a gap the hash before is unknown: the walk goes on from what the row claims.
      else if (!linkHash(hash, organisation.id, row.position, row).equals(row.hash))
        found({ kind: 'altered', position: row.position, entryId: row.id });
      const signed = signedAt.get(row.position);
      if (signed && !signed.equals(row.hash)) found({ kind: 'altered', position: row.position, entryId: row.id });
      last = row.position;
      hash = row.hash;
    }
    if (rows.length < PAGE) break;
  }
  const furthest = Math.max(0, ...trusted.map((head) => head.position));
  if (furthest > last) found({ kind: 'truncated', position: last + 1 });
  // Whoever recomputes the chain after a change cannot sign its new end.
  if (last > furthest) found({ kind: 'head_missing', position: last });
  const waiting = await sql<{ count: number }>`
    select count(*) as count from audit_entry where organisation_id = ${organisation.id} and hash is null
  `.execute(trx);
  return {
    organisation: organisation.slug,
    entries,
    unlinked: Number(waiting.rows[0]?.count ?? 0),
    head: last > 0 ? hash.toString('hex') : null,
    intact: findings.length === 0,
    findings,
  };
}

async function knownHeads(trx: Trx, organisationId: string, apart: readonly Head[]): Promise<Head[]> {
  const { rows } = await sql<{ position: number; hash: Buffer; signature: Buffer }>`
    select position, hash, signature from audit_head where organisation_id = ${organisationId}
  `.execute(trx);
  return [
    ...rows.map((row) => ({ organisationId, position: row.position, hash: row.hash, signature: row.signature })),
    ...apart.filter((head) => head.organisationId === organisationId),
  ];
}
