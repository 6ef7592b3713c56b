import { createHash, hkdfSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { migrateJobs } from './jobs.ts';
import { log } from './log.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
const LOCK = 4_826_107_331;
export const APPLICATION_ROLE = 'hebra_app';

/** The application role's password, the same in every process that knows the master key. */
export function applicationPassword(masterKey: Buffer): string {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'hebra/database-role', 32)).toString('base64url');
}

/** The address under which the application signs in to the same database as the owner does. */
export function applicationUrl(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = APPLICATION_ROLE;
  url.password = password;
  return url.toString();
}

/** The migrations in their order, each with its text. */
export async function readMigrations(): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, FOLDER), 'utf8') })));
}

/**
 * Brings the database forward to this version, one transaction a migration; safe to call from several processes at once.
 * @param ownerUrl a role that owns the database and may create roles
 * @throws when an applied migration was edited afterwards, or the database is newer than this program
 */
export async function migrate(ownerUrl: string, password: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'hebra-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await ensureRole(client, password);
    await client.query(`create table if not exists hebra_migration (
      name text primary key, hash text not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from hebra_migration');
    const applied = new Map(rows.map((row) => [row.name, row.hash]));
    const known = await readMigrations();
    for (const name of applied.keys())
      if (!known.some((migration) => migration.name === name))
        throw new Error(
          `The database has migration ${name}, which this version does not know: it belongs to a newer Hebra.`,
        );
    const done: string[] = [];
    for (const { name, text } of known) {
      const hash = createHash('sha256').update(text).digest('hex');
      const before = applied.get(name);
      if (before === hash) continue;
      if (before !== undefined) throw new Error(`Migration ${name} was changed after it had been applied.`);
      await client.query('begin');
      try {
        await client.query(text);
        await client.query('insert into hebra_migration (name, hash) values ($1, $2)', [name, hash]);
        await client.query('commit');
      } catch (cause) {
        await client.query('rollback');
        throw new Error(`Migration ${name} failed: ${(cause as Error).message}`, { cause });
      }
      done.push(name);
    }
    await migrateJobs(ownerUrl);
    if (done.length > 0) log.info({ migrations: done.length }, 'database migrated');
    return done;
  } finally {
    await client.end();
  }
}

/** The role may sign in and nothing else: no ownership, no bypass of the walls between organisations. */
async function ensureRole(client: pg.Client, password: string): Promise<void> {
  const name = client.escapeIdentifier(APPLICATION_ROLE);
  const exists = await client.query('select 1 from pg_roles where rolname = $1', [APPLICATION_ROLE]);
  const rights = `login nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit password ${client.escapeLiteral(password)}`;
  // roles belong to the whole cluster: two databases migrating at once would write the same row
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [LOCK + 1]);
  if (exists.rowCount === 0) {
    await client.query(`do $$ begin create role ${name}; exception when duplicate_object then null; end $$`);
  }
  try {
    await client.query('savepoint rights');
    await client.query(`alter role ${name} ${rights}`);
  } catch (error) {
    // an owner without superuser may set the password but not name the attributes that it does not hold itself
    await client.query('rollback to savepoint rights');
    log.debug({ error }, 'setting the role by its password alone');
    await client.query(`alter role ${name} login password ${client.escapeLiteral(password)}`);
    const { rows } = await client.query('select rolsuper or rolbypassrls as unsafe from pg_roles where rolname = $1', [
      APPLICATION_ROLE,
    ]);
    if (rows[0]?.unsafe)
      throw new Error(`The role ${APPLICATION_ROLE} may bypass row-level security; take that from it.`, {
        cause: error,
      });
  }
  await client.query('commit');
  const grants = await client.query('select current_database() as name');
  await client.query(`grant connect on database ${client.escapeIdentifier(grants.rows[0].name)} to ${name}`);
  await client.query(`grant usage on schema public to ${name}`);
}
