import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { log } from './log.ts';
import type { DB } from './schema.ts';

export type Database = Kysely<DB>;
export type Trx = Transaction<DB>;

// int8 as number: our counts and positions stay far below 2^53
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type Postgres = {
  db: Database;
  pool: pg.Pool;
  /** Where the application's role signs in. */
  url: string;
  close(): Promise<void>;
};

/** Opens a pool as the role in `url` (the application's role in all but tests of the wall). */
export function openDatabase(url: string, options: { max?: number; name?: string } = {}): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 16,
    application_name: options.name ?? 'hebra',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    // a hung statement must not hold a patient's queue for ever
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  });
  // without listeners a connection that PostgreSQL closes would end the process: an idle one through the pool,
  // one at work through itself (whose statement fails too, and is handled there)
  pool.on('error', (error) => log.warn({ error }, 'idle database connection lost'));
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    prepareOften(client);
  });
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, url, close: () => db.destroy() };
}

/** A statement is prepared once it has come this often; planning the hot ones anew took half of PostgreSQL's time. */
const OFTEN = 20;
/** Different texts that are counted: those with a list of values in them come in many lengths, and are never prepared. */
const TEXTS = 2_000;
const texts = new Map<string, { times: number; name: string }>();

/** Gives this client's frequent statements a name, so that PostgreSQL parses and plans them once for each connection. */
function prepareOften(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...all: unknown[]) => unknown;
  client.query = ((text: unknown, values: unknown, ...rest: unknown[]) => {
    if (typeof text !== 'string' || !Array.isArray(values)) return query(text, values, ...rest);
    let known = texts.get(text);
    if (!known && texts.size < TEXTS) texts.set(text, (known = { times: 0, name: `s${texts.size}` }));
    if (!known || (known.times += 1) < OFTEN) return query(text, values, ...rest);
    return query({ text, values, name: known.name }, ...rest);
  }) as typeof client.query;
}

type Listener = (organisationId: string) => void;
const announced = new WeakMap<object, Set<string>>();
const listeners = new Set<Listener>();

/** Calls `listener` whenever a transaction of this process committed events of an organisation. */
export function onCommitted(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Remembers that this transaction wrote events, so that whoever follows them is woken after its commit. */
export function willAnnounce(trx: object, organisationId: string): void {
  announced.get(trx)?.add(organisationId);
}

const afterwards = new WeakMap<object, (() => void)[]>();

/** Runs `act` once this transaction is committed, and never if it is not. A crash in between loses it: keep a row too. */
export function afterCommit(trx: Trx, act: () => void): void {
  afterwards.get(trx)?.push(act);
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const TRIES = 8;

/**
 * One transaction that sees the rows of one organisation and no others.
 * A serialization failure or a deadlock rolls back and runs `work` again (so `work` has no effect but on the database);
 * events announced in it wake their followers once it is committed.
 * @param options.byIndex every look-up goes by index: for hot transactions whose plans are made while tables are still empty
 * @throws what `work` throws, after the rollback
 */
export async function within<T>(
  db: Database,
  organisationId: string,
  work: (trx: Trx) => Promise<T>,
  options: { serializable?: boolean; byIndex?: boolean } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const wakes = new Set<string>();
    const acts: (() => void)[] = [];
    try {
      const start = options.serializable ? db.transaction().setIsolationLevel('serializable') : db.transaction();
      const result = await start.execute(async (trx) => {
        announced.set(trx, wakes);
        afterwards.set(trx, acts);
        await (options.byIndex ? enterByIndex(organisationId) : enter(organisationId)).execute(trx);
        return work(trx);
      });
      for (const act of acts) act();
      for (const organisation of wakes) for (const listener of listeners) listener(organisation);
      return result;
    } catch (error) {
      if (attempt >= TRIES || !isConflict(error)) throw error;
      // a little chance, so that the same two do not meet again
      await new Promise((again) => setTimeout(again, Math.random() * 5 * attempt));
    }
  }
}

const enter = (organisationId: string) => sql`select set_config('hebra.organisation', ${organisationId}, true)`;
const enterByIndex = (organisationId: string) => sql`
  select set_config('hebra.organisation', ${organisationId}, true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;

/** Whether a transaction failed only because another ran at the same time. */
export function isConflict(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

/** Whether the database was away (restart, network): what was not committed may be tried again. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code)
    return /^(08|57P0)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT'].includes(code);
  return /connection (terminated|ended|closed)|timeout (exceeded|expired)|not queryable/i.test(message ?? '');
}
