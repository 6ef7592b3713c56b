import { createHmac, timingSafeEqual } from 'node:crypto';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Vault } from '../../trust/vault.ts';
import type { PackState } from './contract.ts';

/** Who answered for which content, until when. */
export type Signature = {
  id: string;
  hash: string;
  version: string;
  name: string;
  licence: string;
  signedAt: Date;
  expiresAt: Date;
  /** False: the row is not as it was signed; it counts for nothing. */
  genuine: boolean;
  withdrawn: boolean;
};
type StateRow = { state: 'signed' | 'withdrawn'; hash: string; at: Date; by: string | null; reason: string | null };
/** How a content stands, with everything that was ever signed; the latest first. */
export type Standing = {
  state: PackState;
  signedUntil: Date | null;
  signatures: Signature[];
  history: StateRow[];
};

type SignatureRow = {
  id: string;
  hash: string;
  version: string;
  name: string;
  licence: string;
  signed_at: Date;
  expires_at: Date;
  membership_id: string;
  mac: Buffer;
};

/** How the content with this hash stands in an organisation now. */
export async function standingOf(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  hash: string,
  now: Date,
): Promise<Standing> {
  const rows: SignatureRow[] = await trx
    .selectFrom('red_flag_signature')
    .select(['id', 'hash', 'version', 'name', 'licence', 'signed_at', 'expires_at', 'membership_id', 'mac'])
    .where('organisation_id', '=', organisationId)
    .orderBy('signed_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const states = await trx
    .selectFrom('red_flag_state as s')
    .leftJoin('membership as m', (join) =>
      join.onRef('m.organisation_id', '=', 's.organisation_id').onRef('m.id', '=', 's.membership_id'),
    )
    .select(['s.state', 's.hash', 's.at', 'm.name as by', 's.reason'])
    .where('s.organisation_id', '=', organisationId)
    .orderBy('s.id', 'desc')
    .execute();
  const history = states.map((row) => ({ ...row, state: row.state as StateRow['state'] }));
  const signatures = rows.map((row) => ({
    id: row.id,
    hash: row.hash,
    version: row.version,
    name: row.name,
    licence: row.licence,
    signedAt: row.signed_at,
    expiresAt: row.expires_at,
    genuine: timingSafeEqual(row.mac, markOf(vault, organisationId, row)),
    withdrawn: history.some((one) => one.state === 'withdrawn' && one.hash === row.hash && one.at >= row.signed_at),
  }));
  const mine = signatures.filter((one) => one.hash === hash && one.genuine);
  const valid = mine.filter((one) => !one.withdrawn && one.expiresAt > now);
  const last = history.find((one) => one.hash === hash);
  const state: PackState =
    valid.length > 0 ? 'signed' : last?.state === 'withdrawn' ? 'withdrawn' : mine.length > 0 ? 'expired' : 'draft';
  const signedUntil = valid.length ? new Date(Math.max(...valid.map((one) => one.expiresAt.getTime()))) : null;
  return { state, signedUntil, signatures, history };
}

/** Writes a signature with its mark. The caller has asked who signs, and whether they may. */
export async function writeSignature(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  given: Omit<SignatureRow, 'id' | 'mac'>,
): Promise<string> {
  const row = { id: uuid(), ...given };
  await trx
    .insertInto('red_flag_signature')
    .values({ organisation_id: organisationId, ...row, mac: markOf(vault, organisationId, row) })
    .execute();
  return row.id;
}

/** Writes what became of a content; the database refuses a step that does not follow. */
export async function writeState(
  trx: Trx,
  organisationId: string,
  given: { hash: string; state: StateRow['state']; at: Date; membership_id: string; reason?: string },
): Promise<void> {
  await trx
    .insertInto('red_flag_state')
    .values({ organisation_id: organisationId, reason: null, ...given })
    .execute();
}

/** The mark of a signature: HMAC-SHA256 over all that it says, under a key derived from the master key. */
function markOf(vault: Vault, organisationId: string, row: Omit<SignatureRow, 'mac'>): Buffer {
  const said = [
    organisationId,
    row.id,
    row.hash,
    row.version,
    row.name,
    row.licence,
    row.signed_at.toISOString(),
    row.expires_at.toISOString(),
    row.membership_id,
  ];
  return createHmac('sha256', vault.houseKey('red-flag signatures').secret!).update(JSON.stringify(said)).digest();
}
