import { sql } from 'kysely';
import type { Language } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import { mustBeCallable } from '../outside/bots.ts';
import { outsideProblems } from '../outside/problems.ts';
import { agreementText, TEXT_VERSION } from './agreement-text.ts';
import { monthOf, type Priced } from './budget.ts';
import { type ModelChange, type ModelView, type Purpose, PURPOSES } from './contract.ts';

const MILLION = 1_000_000;

/** An organisation's model, ready to be called. */
export type Model = Priced & {
  url: string;
  model: string;
  key: string | null;
  privateAddress: boolean;
  timeoutMs: number;
  retentionDays: number;
  stopped: boolean;
  /** To whom it goes: host and model. */
  provider: string;
};

type Row = {
  url: string;
  model: string;
  key_sealed: Buffer | null;
  private_address: boolean;
  timeout_ms: number;
  budget_tokens: number;
  budget_micros: number | null;
  currency: string;
  price_in_micros: number;
  price_out_micros: number;
  retention_days: number;
  stopped_at: Date | null;
};

/** Another address or another model is somebody else. */
const providerOf = (row: Pick<Row, 'url' | 'model'>): string => `${new URL(row.url).host} · ${row.model}`;

async function rowOf(trx: Trx, organisationId: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`select * from model_settings where organisation_id = ${organisationId}::uuid`.execute(
    trx,
  );
  return rows[0];
}

/** The organisation's model; null where none was set up. */
export async function modelOf(trx: Trx, vault: Vault, organisationId: string): Promise<Model | null> {
  const row = await rowOf(trx, organisationId);
  if (!row) return null;
  const key = row.key_sealed
    ? open(await vault.organisationKey(trx, organisationId), row.key_sealed, `model-key:${organisationId}`).toString(
        'utf8',
      )
    : null;
  return {
    url: row.url,
    model: row.model,
    key,
    privateAddress: row.private_address,
    timeoutMs: row.timeout_ms,
    retentionDays: row.retention_days,
    budgetTokens: row.budget_tokens,
    budgetMicros: row.budget_micros,
    priceInMicros: row.price_in_micros,
    priceOutMicros: row.price_out_micros,
    stopped: row.stopped_at !== null,
    provider: providerOf(row),
  };
}

/** Purposes that are agreed to for whom words would go to now, with the text of now, and not stopped. */
export async function purposesOn(trx: Trx, organisationId: string): Promise<Set<Purpose>> {
  const row = await rowOf(trx, organisationId);
  if (!row || row.stopped_at) return new Set();
  const { rows } = await sql<{ purpose: Purpose }>`
    select purpose from model_agreement where organisation_id = ${organisationId}::uuid and revoked_at is null
      and provider = ${providerOf(row)} and text_version = ${TEXT_VERSION}`.execute(trx);
  return new Set(rows.map((one) => one.purpose));
}

/** Everything about the model, for its page. */
export async function readModel(trx: Trx, organisationId: string, language: Language, now: Date): Promise<ModelView> {
  const row = await rowOf(trx, organisationId);
  const provider = row ? providerOf(row) : null;
  const on = await purposesOn(trx, organisationId);
  const { rows } = await sql<{
    purpose: Purpose;
    provider: string;
    text_version: string;
    agreed_at: Date;
    agreed: string;
    revoked_at: Date | null;
    revoked: string | null;
  }>`
    select a.purpose, a.provider, a.text_version, a.agreed_at, m.name as agreed, a.revoked_at, r.name as revoked
    from model_agreement a join membership m on m.id = a.agreed_by left join membership r on r.id = a.revoked_by
    where a.organisation_id = ${organisationId}::uuid order by a.agreed_at desc limit 60`.execute(trx);
  const month = await monthOf(trx, organisationId, now);
  const tokens = month.tokensIn + month.tokensOut;
  return {
    settings: row
      ? {
          url: row.url,
          model: row.model,
          hasKey: row.key_sealed !== null,
          privateAddress: row.private_address,
          timeoutMs: row.timeout_ms,
          budgetTokens: row.budget_tokens,
          budgetCost: row.budget_micros === null ? null : row.budget_micros / MILLION,
          currency: row.currency,
          priceIn: row.price_in_micros / MILLION,
          priceOut: row.price_out_micros / MILLION,
          retentionDays: row.retention_days,
          stoppedAt: row.stopped_at?.toISOString() ?? null,
        }
      : null,
    provider,
    purposes: PURPOSES.map((purpose) => {
      const { text, hash } = agreementText(purpose, language, provider ?? '');
      return {
        purpose,
        on: on.has(purpose),
        text,
        textVersion: TEXT_VERSION,
        textHash: hash,
        agreements: rows
          .filter((one) => one.purpose === purpose)
          .slice(0, 5)
          .map((one) => ({
            provider: one.provider,
            textVersion: one.text_version,
            agreedAt: one.agreed_at.toISOString(),
            agreedBy: one.agreed,
            revokedAt: one.revoked_at?.toISOString() ?? null,
            revokedBy: one.revoked,
          })),
      };
    }),
    month: {
      month: month.month,
      calls: month.calls,
      tokens,
      cost: month.micros / MILLION,
      spent:
        row !== undefined &&
        (tokens >= row.budget_tokens || (row.budget_micros !== null && month.micros >= row.budget_micros)),
    },
  };
}

export type ModelDeps = { vault: Vault; clock: Clock };

/**
 * Sets up the model. A change of address or model ends what was agreed: it was agreed for another.
 * A key is not sent on to another host: with a new host comes a new key, or none.
 * @throws outside.bad_address
 */
export async function saveModel(deps: ModelDeps, trx: Trx, actor: StaffActor, given: ModelChange): Promise<void> {
  mustBeCallable(given.url, given.privateAddress);
  const { organisationId } = actor;
  const before = await rowOf(trx, organisationId);
  const orgKey = await deps.vault.organisationKey(trx, organisationId);
  const sameHost = before !== undefined && new URL(before.url).origin === new URL(given.url).origin;
  const key =
    given.key === undefined
      ? sameHost
        ? before.key_sealed
        : null
      : given.key === null
        ? null
        : seal(orgKey, given.key, `model-key:${organisationId}`);
  const micros = (amount: number): number => Math.round(amount * MILLION);
  const now = deps.clock();
  await sql`
    insert into model_settings (organisation_id, url, model, key_sealed, private_address, timeout_ms, budget_tokens, budget_micros, currency,
      price_in_micros, price_out_micros, retention_days, updated_at, updated_by)
    values (${organisationId}::uuid, ${given.url}, ${given.model}, ${key}, ${given.privateAddress}, ${given.timeoutMs}, ${given.budgetTokens},
      ${given.budgetCost === null ? null : micros(given.budgetCost)}, ${given.currency}, ${micros(given.priceIn)}, ${micros(given.priceOut)},
      ${given.retentionDays}, ${now}, ${actor.membershipId}::uuid)
    on conflict (organisation_id) do update set url = excluded.url, model = excluded.model, key_sealed = excluded.key_sealed,
      private_address = excluded.private_address, timeout_ms = excluded.timeout_ms, budget_tokens = excluded.budget_tokens,
      budget_micros = excluded.budget_micros, currency = excluded.currency, price_in_micros = excluded.price_in_micros,
      price_out_micros = excluded.price_out_micros, retention_days = excluded.retention_days, updated_at = excluded.updated_at,
      updated_by = excluded.updated_by`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'model', id: organisationId },
    detail: { provider: providerOf(given), privateAddress: given.privateAddress, budgetTokens: given.budgetTokens },
  });
}

/**
 * Records that this member agreed, for the organisation, to what leaves for one purpose.
 * @throws outside.not_configured · other_text: what was read is not what would hold
 */
export async function agree(
  deps: ModelDeps,
  trx: Trx,
  actor: StaffActor,
  given: { purpose: Purpose; textHash: string; language: Language },
): Promise<void> {
  const { organisationId } = actor;
  const row = await rowOf(trx, organisationId);
  if (!row) throw outsideProblems.not_configured();
  const provider = providerOf(row);
  const { hash } = agreementText(given.purpose, given.language, provider);
  if (hash !== given.textHash) throw outsideProblems.other_text();
  const now = deps.clock();
  // what was agreed for another provider or another text ends with it
  await sql`
    update model_agreement set revoked_at = ${now}, revoked_by = ${actor.membershipId}::uuid
    where organisation_id = ${organisationId}::uuid and purpose = ${given.purpose} and revoked_at is null`.execute(trx);
  const id = uuid();
  await sql`
    insert into model_agreement (organisation_id, id, purpose, text_version, text_hash, language, provider, agreed_by, agreed_at)
    values (${organisationId}::uuid, ${id}::uuid, ${given.purpose}, ${TEXT_VERSION}, ${hash}, ${given.language}, ${provider},
      ${actor.membershipId}::uuid, ${now})`.execute(trx);
  await audit(trx, actor, {
    action: 'agree',
    subject: { kind: 'model_agreement', id },
    detail: { purpose: given.purpose, provider, textHash: hash },
  });
}

/** Takes an agreement back: from now on nothing leaves for that purpose. */
export async function revoke(deps: ModelDeps, trx: Trx, actor: StaffActor, purpose: Purpose): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update model_agreement set revoked_at = ${deps.clock()}, revoked_by = ${actor.membershipId}::uuid
    where organisation_id = ${actor.organisationId}::uuid and purpose = ${purpose} and revoked_at is null returning id`.execute(
    trx,
  );
  for (const { id } of rows)
    await audit(trx, actor, { action: 'revoke', subject: { kind: 'model_agreement', id }, detail: { purpose } });
}

/**
 * The kill switch: at once for every purpose, also for calls that wait to leave.
 * @throws outside.not_configured
 */
export async function switchModel(deps: ModelDeps, trx: Trx, actor: StaffActor, stopped: boolean): Promise<void> {
  const { rows } = await sql`
    update model_settings set stopped_at = ${stopped ? deps.clock() : null}, stopped_by = ${stopped ? actor.membershipId : null}::uuid
    where organisation_id = ${actor.organisationId}::uuid returning 1`.execute(trx);
  if (rows.length === 0) throw outsideProblems.not_configured();
  await audit(trx, actor, { action: stopped ? 'stop' : 'start', subject: { kind: 'model', id: actor.organisationId } });
}
