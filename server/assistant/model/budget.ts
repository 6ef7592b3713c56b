import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';

/** What a month has used. */
export type Month = { month: string; calls: number; tokensIn: number; tokensOut: number; micros: number };

const firstDay = (now: Date): string => `${now.toISOString().slice(0, 7)}-01`;

/** About how many tokens a text has: four characters each in English, fewer in Spanish; a little too many is safe. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 3);

/** What a model costs and may cost in a month; prices in millionths of the currency for a million tokens. */
export type Priced = {
  priceInMicros: number;
  priceOutMicros: number;
  budgetTokens: number;
  budgetMicros: number | null;
};

/** Cost of tokens in millionths of the currency; prices are of a million tokens. */
export const costOf = (
  model: Pick<Priced, 'priceInMicros' | 'priceOutMicros'>,
  tokensIn: number,
  tokensOut: number,
): number => Math.ceil((tokensIn * model.priceInMicros + tokensOut * model.priceOutMicros) / 1_000_000);

export type Held = { month: string; tokens: number; micros: number };

/**
 * Holds what a call may use at most. Null: with it the month could pass its limit, so the call is not made. What is held
 * counts, so a hundred calls at once stay below the limit as one does; a process that dies leaves its part held.
 */
export async function hold(
  trx: Trx,
  organisationId: string,
  model: Priced,
  tokensIn: number,
  tokensOut: number,
  now: Date,
): Promise<Held | null> {
  const held = { month: firstDay(now), tokens: tokensIn + tokensOut, micros: costOf(model, tokensIn, tokensOut) };
  await sql`
    insert into model_month (organisation_id, month) values (${organisationId}::uuid, ${held.month}::date) on conflict do nothing`.execute(
    trx,
  );
  const { rows } = await sql`
    update model_month set held_tokens = held_tokens + ${held.tokens}, held_micros = held_micros + ${held.micros}
    where organisation_id = ${organisationId}::uuid and month = ${held.month}::date
      and tokens_in + tokens_out + held_tokens + ${held.tokens} <= ${model.budgetTokens}
      and (${model.budgetMicros}::bigint is null or micros + held_micros + ${held.micros} <= ${model.budgetMicros}::bigint)
    returning 1`.execute(trx);
  return rows.length ? held : null;
}

/** Puts what was used in the place of what was held. */
export async function settle(
  trx: Trx,
  organisationId: string,
  held: Held,
  used: { tokensIn: number; tokensOut: number; micros: number },
): Promise<void> {
  await sql`
    update model_month set calls = calls + 1, tokens_in = tokens_in + ${used.tokensIn}, tokens_out = tokens_out + ${used.tokensOut},
      micros = micros + ${used.micros}, held_tokens = greatest(0, held_tokens - ${held.tokens}), held_micros = greatest(0, held_micros - ${held.micros})
    where organisation_id = ${organisationId}::uuid and month = ${held.month}::date`.execute(trx);
}

/** This month's use so far. */
export async function monthOf(trx: Trx, organisationId: string, now: Date): Promise<Month> {
  const month = firstDay(now);
  const { rows } = await sql<{ calls: number; tokens_in: number; tokens_out: number; micros: number }>`
    select calls, tokens_in, tokens_out, micros from model_month where organisation_id = ${organisationId}::uuid and month = ${month}::date`.execute(
    trx,
  );
  const row = rows[0];
  return {
    month: month.slice(0, 7),
    calls: row?.calls ?? 0,
    tokensIn: row?.tokens_in ?? 0,
    tokensOut: row?.tokens_out ?? 0,
    micros: row?.micros ?? 0,
  };
}
