import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import type { Purpose } from './contract.ts';

export type Logged = {
  purpose: Purpose | 'test';
  provider: string;
  outcome: 'answered' | 'refused' | 'blocked' | 'failed' | 'budget';
  reason?: string;
  tokensIn?: number;
  tokensOut?: number;
  micros?: number;
  ms?: number;
  /** As it left: redacted. */
  sent?: string;
  answer?: string;
};

/** Keeps a call for review. It names neither a person nor a conversation, and goes after the days that the organisation chose. */
export async function keepCall(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  call: Logged,
  now: Date,
  days: number,
): Promise<void> {
  const id = uuid();
  const key = await vault.organisationKey(trx, organisationId);
  const sealed = (text: string | undefined, part: string): Buffer | null =>
    text === undefined ? null : seal(key, text, `model-log:${id}:${part}`);
  await sql`
    insert into model_log (organisation_id, id, at, purpose, provider, outcome, reason, tokens_in, tokens_out, micros, ms, sent_sealed, answer_sealed, expires_at)
    values (${organisationId}::uuid, ${id}::uuid, ${now}, ${call.purpose}, ${call.provider}, ${call.outcome}, ${call.reason ?? null},
      ${call.tokensIn ?? 0}, ${call.tokensOut ?? 0}, ${call.micros ?? 0}, ${Math.round(call.ms ?? 0)}, ${sealed(call.sent, 'sent')},
      ${sealed(call.answer, 'answer')}, ${new Date(now.getTime() + days * 86_400_000)})`.execute(trx);
}

type Row = {
  id: string;
  at: Date;
  purpose: string;
  provider: string;
  outcome: Logged['outcome'];
  reason: string | null;
  tokens_in: number;
  tokens_out: number;
  micros: number;
  ms: number;
  sent_sealed: Buffer | null;
  answer_sealed: Buffer | null;
};
const COLUMNS = sql`id, at, purpose, provider, outcome, reason, tokens_in, tokens_out, micros, ms, sent_sealed, answer_sealed`;

const shown = (row: Row) => ({
  id: row.id,
  at: row.at.toISOString(),
  purpose: row.purpose,
  provider: row.provider,
  outcome: row.outcome,
  reason: row.reason,
  tokensIn: row.tokens_in,
  tokensOut: row.tokens_out,
  cost: row.micros / 1_000_000,
  ms: row.ms,
});

/** Calls, the latest first. */
export async function listCalls(
  trx: Trx,
  organisationId: string,
  query: { before?: string | undefined; purpose?: string | undefined; limit: number },
  now: Date,
) {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from model_log where organisation_id = ${organisationId}::uuid and expires_at > ${now}
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
      and (${query.purpose ?? null}::text is null or purpose = ${query.purpose ?? null})
    order by id desc limit ${query.limit + 1}`.execute(trx);
  const page = rows.slice(0, query.limit);
  return { entries: page.map(shown), before: rows.length > query.limit ? page.at(-1)!.id : null };
}

/** One call with its words; null where there is none. Audit is the caller's. */
export async function readCall(trx: Trx, vault: Vault, organisationId: string, id: string, now: Date) {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from model_log where organisation_id = ${organisationId}::uuid and id = ${id}::uuid and expires_at > ${now}`.execute(
    trx,
  );
  const row = rows[0];
  if (!row) return null;
  const key = await vault.organisationKey(trx, organisationId);
  const opened = (sealed: Buffer | null, part: string): string | null =>
    sealed ? open(key, sealed, `model-log:${id}:${part}`).toString('utf8') : null;
  return { ...shown(row), sent: opened(row.sent_sealed, 'sent'), answer: opened(row.answer_sealed, 'answer') };
}

/** Forgets calls whose days are over. */
export async function sweepCalls(trx: Trx, organisationId: string, now: Date): Promise<void> {
  await sql`delete from model_log where organisation_id = ${organisationId}::uuid and expires_at <= ${now}`.execute(
    trx,
  );
}
