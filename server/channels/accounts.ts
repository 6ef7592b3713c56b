import { sql } from 'kysely';
import type { ChannelKind } from '../conversation/contract.ts';
import { uuid } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { type Database, type Trx, within } from '../platform/postgres.ts';
import { open, seal, type Vault } from '../trust/vault.ts';
import type { Account, AccountSecrets, AccountSettings } from './contract.ts';

/** How long an account is believed before it is read anew. */
const REMEMBER_MS = 30_000;
/** A number or secret nobody knows makes us look again, but not for every forged webhook. */
const LOOK_AGAIN_MS = 2_000;

/** The connected accounts of all organisations, as this process knows them. */
export type Accounts = {
  /** Reads them if what is known is old. Call before the look-ups below on a path that must not miss a new account. */
  fresh(): Promise<void>;
  /** Reads them again because something unknown turned up; at most every two seconds. */
  lookAgain(): Promise<void>;
  byExternalId(channel: ChannelKind, externalId: string): Account | undefined;
  byId(accountId: string): Account | undefined;
  all(channel: ChannelKind): Account[];
};

type Row = {
  id: string;
  organisation_id: string;
  channel: ChannelKind;
  name: string;
  external_id: string;
  settings: AccountSettings;
  secrets_sealed: Buffer | null;
};

/** Keeps the accounts in memory: a webhook or a send asks for one thousands of times a second. */
export function createAccounts(db: Database, vault: Vault): Accounts {
  let byId = new Map<string, Account>();
  let byExternal = new Map<string, Account>();
  let readAt = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const { rows: owners } = await sql<{ organisation_id: string }>`
      select distinct organisation_id from channel_directory`.execute(db);
    const ids = new Map<string, Account>();
    const externals = new Map<string, Account>();
    for (const { organisation_id } of owners) {
      try {
        for (const account of await accountsOf(db, vault, organisation_id)) {
          ids.set(account.id, account);
          externals.set(`${account.channel}:${account.externalId}`, account);
        }
      } catch (error) {
        // one organisation's trouble must not silence the others; what was known of it stays
        log.error({ error, organisationId: organisation_id }, 'channel accounts could not be read');
        for (const account of byId.values()) {
          if (account.organisationId !== organisation_id) continue;
          ids.set(account.id, account);
          externals.set(`${account.channel}:${account.externalId}`, account);
        }
      }
    }
    byId = ids;
    byExternal = externals;
    readAt = Date.now();
  }

  const once = (): Promise<void> => (reading ??= read().finally(() => (reading = undefined)));

  return {
    async fresh() {
      if (readAt === 0) return once();
      if (Date.now() - readAt > REMEMBER_MS)
        void once().catch((error: unknown) => log.warn({ error }, 'channel accounts are not fresh'));
    },
    async lookAgain() {
      if (Date.now() - readAt > LOOK_AGAIN_MS) await once();
    },
    byExternalId: (channel, externalId) => byExternal.get(`${channel}:${externalId}`),
    byId: (accountId) => byId.get(accountId),
    all: (channel) => [...byId.values()].filter((account) => account.channel === channel),
  };
}

async function accountsOf(db: Database, vault: Vault, organisationId: string): Promise<Account[]> {
  return within(db, organisationId, async (trx) => {
    const { rows } = await sql<Row>`
      select a.id, a.organisation_id, a.channel, a.name, a.external_id, a.settings, a.secrets_sealed
      from channel_account a
      join channel_directory d on d.account_id = a.id and d.organisation_id = a.organisation_id
      where a.organisation_id = ${organisationId} and a.disabled_at is null`.execute(trx);
    const key = await vault.organisationKey(trx, organisationId);
    return rows.map((row) => ({
      id: row.id,
      organisationId: row.organisation_id,
      channel: row.channel,
      name: row.name,
      externalId: row.external_id,
      settings: row.settings,
      secrets: row.secrets_sealed
        ? (JSON.parse(open(key, row.secrets_sealed, `channel-account:${row.id}`).toString('utf8')) as AccountSecrets)
        : {},
    }));
  });
}

/**
 * Connects an account of an organisation, or changes the one with the same vendor's id.
 * @returns its id
 * @throws a unique violation when the vendor's id is connected by another organisation
 */
export async function connectAccount(
  trx: Trx,
  vault: Vault,
  account: Omit<Account, 'id'> & { id?: string },
): Promise<string> {
  const { rows: known } = await sql<{ id: string }>`
    select id from channel_account
    where organisation_id = ${account.organisationId} and channel = ${account.channel} and external_id = ${account.externalId}`.execute(
    trx,
  );
  const id = known[0]?.id ?? account.id ?? uuid();
  const key = await vault.organisationKey(trx, account.organisationId);
  const secrets = seal(key, JSON.stringify(account.secrets), `channel-account:${id}`);
  await sql`
    insert into channel_account (organisation_id, id, channel, name, external_id, settings, secrets_sealed)
    values (${account.organisationId}, ${id}, ${account.channel}, ${account.name}, ${account.externalId},
      ${JSON.stringify(account.settings)}::jsonb, ${secrets})
    on conflict (id) do update
      set name = excluded.name, settings = excluded.settings, secrets_sealed = excluded.secrets_sealed, disabled_at = null`.execute(
    trx,
  );
  // the name may be taken over only from oneself: another organisation's row is invisible to the update
  await sql`
    insert into channel_directory (organisation_id, channel, external_id, account_id)
    values (${account.organisationId}, ${account.channel}, ${account.externalId}, ${id})
    on conflict (channel, external_id) do update set account_id = excluded.account_id
      where channel_directory.organisation_id = excluded.organisation_id`.execute(trx);
  return id;
}
