import { sql } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import { AddressRefused, checkAddress } from './address.ts';
import type { botChange, BotView, newBot } from './contract.ts';
import { outsideProblems } from './problems.ts';
import type { Identifier } from './contract.ts';
import { newSigningSecret } from './sign.ts';

/** After a new secret an older one is believed for so long. */
const ROTATION_MS = 86_400_000;

/** A bot as it is called. */
export type Bot = {
  id: string;
  key: string;
  name: string;
  url: string;
  allows: Identifier[];
  privateAddress: boolean;
  timeoutSeconds: number;
  mostTurns: number;
};

type Row = {
  id: string;
  key: string;
  name: string;
  url: string;
  allows: Identifier[];
  private_address: boolean;
  timeout_seconds: number;
  most_turns: number;
  disabled_at: Date | null;
};

const botOf = (row: Row): Bot => ({
  id: row.id,
  key: row.key,
  name: row.name,
  url: row.url,
  allows: row.allows,
  privateAddress: row.private_address,
  timeoutSeconds: row.timeout_seconds,
  mostTurns: row.most_turns,
});

/** The bots of an organisation that are on. */
export async function botsOf(trx: Trx, organisationId: string): Promise<Bot[]> {
  const { rows } = await sql<Row>`
    select * from bot where organisation_id = ${organisationId}::uuid and disabled_at is null order by key`.execute(
    trx,
  );
  return rows.map(botOf);
}

/** A bot by its key, on or off; null where there is none. */
export async function botBy(
  trx: Trx,
  organisationId: string,
  key: string,
): Promise<(Bot & { disabled: boolean }) | null> {
  const { rows } =
    await sql<Row>`select * from bot where organisation_id = ${organisationId}::uuid and key = ${key}`.execute(trx);
  return rows[0] ? { ...botOf(rows[0]), disabled: rows[0].disabled_at !== null } : null;
}

/** A bot's secrets that hold, the newest first: that one signs, each of them is believed. */
export async function secretsOf(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  botId: string,
  now: Date,
): Promise<string[]> {
  const key = await vault.organisationKey(trx, organisationId);
  const { rows } = await sql<{ id: string; secret_sealed: Buffer }>`
    select id, secret_sealed from bot_secret where bot_id = ${botId}::uuid and (retires_at is null or retires_at > ${now})
    order by created_at desc, id desc limit 3`.execute(trx);
  return rows.map((row) => open(key, row.secret_sealed, `bot-secret:${row.id}`).toString('utf8'));
}

export type BotDeps = { vault: Vault; clock: Clock };

/** The organisation's bots as its administrator sees them. */
export async function listBots(trx: Trx, organisationId: string, now: Date): Promise<BotView[]> {
  const { rows } = await sql<
    Row & {
      secrets: { createdAt: string; retiresAt: string | null }[] | null;
      calls: number;
      failures: number;
      last: { at: string; why: string } | null;
    }
  >`
    select b.*, s.list as secrets, c.calls, c.failures, f.last from bot b
    left join lateral (select json_agg(json_build_object('createdAt', created_at, 'retiresAt', retires_at) order by created_at desc) as list
      from bot_secret where bot_id = b.id and (retires_at is null or retires_at > ${now})) s on true
    left join lateral (select count(*)::int as calls, count(*) filter (where r.outcome not in ('success', 'accepted'))::int as failures
      from bot_passage p join outside_request r on r.passage_id = p.id
      where p.organisation_id = ${organisationId}::uuid and p.bot_id = b.id and r.ended_at > ${now}::timestamptz - interval '1 day') c on true
    left join lateral (select json_build_object('at', r.ended_at, 'why', r.outcome) as last
      from bot_passage p join outside_request r on r.passage_id = p.id
      where p.organisation_id = ${organisationId}::uuid and p.bot_id = b.id and r.outcome not in ('success', 'accepted') and r.ended_at is not null
      order by r.ended_at desc limit 1) f on true
    where b.organisation_id = ${organisationId}::uuid order by b.key`.execute(trx);
  return rows.map((row) => {
    const { id: _, ...about } = botOf(row);
    return {
      ...about,
      enabled: row.disabled_at === null,
      secrets: (row.secrets ?? []).map((one) => ({
        createdAt: new Date(one.createdAt).toISOString(),
        retiresAt: one.retiresAt ? new Date(one.retiresAt).toISOString() : null,
      })),
      calls: row.calls,
      failures: row.failures,
      lastFailure: row.last ? { at: new Date(row.last.at).toISOString(), why: row.last.why } : null,
    };
  });
}

async function viewOf(trx: Trx, organisationId: string, key: string, now: Date): Promise<BotView> {
  const found = (await listBots(trx, organisationId, now)).find((one) => one.key === key);
  if (!found) throw outsideProblems.not_found();
  return found;
}

/** @throws outside.bad_address */
export function mustBeCallable(url: string, privateAddress: boolean): void {
  try {
    checkAddress(url, privateAddress);
  } catch (cause) {
    if (cause instanceof AddressRefused) throw outsideProblems.bad_address({ cause });
    throw cause;
  }
}

/**
 * Adds a bot. Its secret is in the answer and nowhere else.
 * @throws outside.key_taken · bad_address
 */
export async function addBot(
  deps: BotDeps,
  trx: Trx,
  actor: StaffActor,
  given: z.infer<typeof newBot>,
): Promise<{ bot: BotView; secret: string }> {
  mustBeCallable(given.url, given.privateAddress);
  const { organisationId } = actor;
  const now = deps.clock();
  const { rows } = await sql<{ id: string }>`
    insert into bot (organisation_id, id, key, name, url, allows, private_address, timeout_seconds, most_turns, created_at, created_by, updated_at)
    values (${organisationId}::uuid, ${uuid()}::uuid, ${given.key}, ${given.name}, ${given.url}, ${given.allows}::text[], ${given.privateAddress},
      ${given.timeoutSeconds}, ${given.mostTurns}, ${now}, ${actor.membershipId}::uuid, ${now})
    on conflict (organisation_id, key) do nothing returning id`.execute(trx);
  if (!rows[0]) throw outsideProblems.key_taken();
  const secret = await addSecret(deps, trx, organisationId, rows[0].id);
  await audit(trx, actor, {
    action: 'create',
    subject: { kind: 'bot', id: rows[0].id },
    detail: {
      key: given.key,
      host: new URL(given.url).host,
      allows: given.allows,
      privateAddress: given.privateAddress,
    },
  });
  return { bot: await viewOf(trx, organisationId, given.key, now), secret };
}

async function addSecret(deps: BotDeps, trx: Trx, organisationId: string, botId: string): Promise<string> {
  const [id, secret] = [uuid(), newSigningSecret()];
  const key = await deps.vault.organisationKey(trx, organisationId);
  await sql`
    insert into bot_secret (organisation_id, id, bot_id, secret_sealed, created_at)
    values (${organisationId}::uuid, ${id}::uuid, ${botId}::uuid, ${seal(key, secret, `bot-secret:${id}`)}, ${deps.clock()})`.execute(
    trx,
  );
  return secret;
}

/** @throws outside.not_found · bad_address */
export async function changeBot(
  deps: BotDeps,
  trx: Trx,
  actor: StaffActor,
  key: string,
  given: z.infer<typeof botChange>,
): Promise<BotView> {
  const { organisationId } = actor;
  const bot = await botBy(trx, organisationId, key);
  if (!bot) throw outsideProblems.not_found();
  const now = deps.clock();
  const next = { ...bot, ...given };
  mustBeCallable(next.url, next.privateAddress);
  await sql`
    update bot set name = ${next.name}, url = ${next.url}, allows = ${next.allows}::text[], private_address = ${next.privateAddress},
      timeout_seconds = ${next.timeoutSeconds}, most_turns = ${next.mostTurns}, updated_at = ${now},
      disabled_at = ${given.enabled === undefined ? sql`disabled_at` : given.enabled ? null : now}
    where id = ${bot.id}::uuid`.execute(trx);
  await audit(trx, actor, {
    action: given.enabled === undefined ? 'change' : given.enabled ? 'enable' : 'disable',
    subject: { kind: 'bot', id: bot.id },
    detail: { key, host: new URL(next.url).host, allows: next.allows, privateAddress: next.privateAddress },
  });
  return viewOf(trx, organisationId, key, now);
}

/**
 * A new secret. The older ones retire a day later, so that the bot's people can change over, or at once.
 * @throws outside.not_found
 */
export async function rotateSecret(
  deps: BotDeps,
  trx: Trx,
  actor: StaffActor,
  key: string,
  atOnce: boolean,
): Promise<{ bot: BotView; secret: string }> {
  const bot = await botBy(trx, actor.organisationId, key);
  if (!bot) throw outsideProblems.not_found();
  const now = deps.clock();
  const until = new Date(now.getTime() + (atOnce ? 0 : ROTATION_MS));
  await sql`update bot_secret set retires_at = least(coalesce(retires_at, ${until}), ${until}) where bot_id = ${bot.id}::uuid`.execute(
    trx,
  );
  const secret = await addSecret(deps, trx, actor.organisationId, bot.id);
  await audit(trx, actor, { action: 'rotate', subject: { kind: 'bot', id: bot.id }, detail: { key, atOnce } });
  return { bot: await viewOf(trx, actor.organisationId, key, now), secret };
}
