import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import pg from 'pg';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';

/*
 * Every table with an organisation_id is asked of the catalog, so a new one is under test with its first migration.
 * The rows are made up by the catalog too: foreign keys and checks are off while the stage is set.
 */

const postgres = await testDatabase();
afterAll(() => postgres.close());
const [mine, theirs] = [uuid(), uuid()];
await asOwner(
  postgres.ownerUrl,
  `insert into organisation (id, slug, name) values ($1, 'mine', 'Mine'), ($2, 'theirs', 'Theirs')`,
  [mine, theirs],
);

type Column = { name: string; type: string; kind: string; needed: boolean; computed: boolean };
type Table = { name: string; columns: Column[] };
const tables = await readTables();

async function readTables(): Promise<Table[]> {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select c.relname as name, (
       select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null), 'kind', t.typcategory,
         'needed', a.attnotnull and not a.atthasdef, 'computed', a.attgenerated <> '' or a.attidentity <> '') order by a.attnum)
       from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname in ('public', 'hebra') and exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped)
     order by 1`,
  );
  return rows as Table[];
}

/** Puts a row of their organisation into every table, whatever its checks and references ask. */
async function setStage(): Promise<Map<string, number>> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  const counts = new Map<string, number>();
  for (const { name, columns } of tables) {
    const constraints = await client.query(
      `select conname from pg_constraint where conrelid = $1::regclass and contype in ('f', 'c')`,
      [name],
    );
    for (const { conname } of constraints.rows)
      await client.query(`alter table "${name}" drop constraint "${conname}" cascade`);
    await client.query(`alter table "${name}" disable trigger user`);
    const filled = columns.filter((column) => !column.computed && (column.needed || column.name === 'organisation_id'));
    await client.query(
      `insert into "${name}" (${filled.map((column) => `"${column.name}"`).join(', ')}) values (${filled.map(madeUp).join(', ')})`,
    );
    const { rows } = await client.query(`select count(*)::int as n from "${name}"`);
    counts.set(name, rows[0].n);
  }
  await client.end();
  return counts;
}

function madeUp(column: Column): string {
  if (column.name === 'organisation_id') return `'${theirs}'`;
  if (column.kind === 'A') return `'{}'::${column.type}`;
  if (column.type === 'uuid') return `'${uuid()}'`;
  if (column.type === 'bytea') return `'\\x00'`;
  if (/json/.test(column.type)) return `'{}'`;
  if (column.kind === 'D') return 'now()';
  if (column.kind === 'N') return '1';
  if (column.kind === 'B') return 'true';
  if (column.kind === 'R') return `'empty'::${column.type}`;
  if (column.kind === 'I') return `'127.0.0.1'`;
  if (column.type === 'xid8') return 'pg_current_xact_id()';
  return `'x'`;
}

/**
 * Tables that any process may read before it knows the organisation (whose is this number?). They hold nothing of a
 * patient, so their columns are written here: one more has to be thought about. Writing stays behind the wall.
 */
const DIRECTORIES = new Map([
  ['channel_directory', 'organisation_id channel external_id account_id'],
  ['web_visit_token', 'organisation_id token_hash visit_id expires_at'],
]);

const counts = await setStage();

const undo = new Error('undo');

/** Runs one statement as hebra_app with my organisation set, and undoes it. */
async function attempt(statement: string): Promise<{ rows: number } | { refused: string }> {
  let outcome: { rows: number } | { refused: string } | undefined;
  await postgres.db
    .transaction()
    .execute(async (trx) => {
      await sql`select set_config('hebra.organisation', ${mine}, true)`.execute(trx);
      try {
        const result = await sql.raw(statement).execute(trx);
        outcome = { rows: Number(result.numAffectedRows ?? result.rows.length) };
      } catch (error) {
        outcome = { refused: (error as { code?: string }).code ?? String(error) };
      }
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return outcome!;
}

const INSUFFICIENT_PRIVILEGE = '42501';

test('there are tables to look at, and the stage is set in each', () => {
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) expect(counts.get(table.name), table.name).toBeGreaterThan(0);
});

test('every table of an organisation is walled: row-level security forced, one policy by organisation', async () => {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
       exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'organisation' and p.polcmd = '*'
         and pg_get_expr(p.polqual, p.polrelid) = '(organisation_id = hebra.organisation())'
         and pg_get_expr(p.polwithcheck, p.polrelid) = '(organisation_id = hebra.organisation())') as walled,
       (select coalesce(array_agg(p.polname::text || ' ' || p.polcmd::text order by p.polname), '{}') from pg_policy p
         where p.polrelid = c.oid and p.polname <> 'organisation') as others,
       (select a.attnotnull from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id') as always
     from pg_class c where c.oid = any($1::regclass[])`,
    [tables.map((table) => `"${table.name}"`)],
  );
  // The only other ways in: what a credential or one's own account shows. Each only reads.
  const known: Record<string, string[]> = {
    membership: ['own r'],
    invitation: ['presented r'],
    api_key: ['presented r'],
  };
  for (const row of rows) {
    const directory = DIRECTORIES.has(row.name);
    expect(row, row.name).toMatchObject({ secured: true, forced: true, walled: !directory, always: true });
    if (directory) continue;
    expect(row.others, `${row.name} has a further policy`).toEqual(known[row.name] ?? []);
  }
});

test('a directory holds what is written here and nothing else', () => {
  for (const [name, columns] of DIRECTORIES)
    expect(
      tables.find((table) => table.name === name)?.columns.map((column) => column.name),
      name,
    ).toEqual(columns.split(' '));
});

test.each(tables)(
  '$name: nothing of another organisation is seen, changed, deleted or planted',
  async ({ name, columns }) => {
    expect(await attempt(`select * from "${name}"`), 'select').toEqual({ rows: DIRECTORIES.has(name) ? 1 : 0 });
    for (const statement of [`update "${name}" set organisation_id = '${mine}'`, `delete from "${name}"`]) {
      const outcome = await attempt(statement);
      expect([{ refused: INSUFFICIENT_PRIVILEGE }, { rows: 0 }], statement).toContainEqual(outcome);
    }
    const filled = columns.filter((column) => !column.computed && (column.needed || column.name === 'organisation_id'));
    const plant = `insert into "${name}" (${filled.map((column) => `"${column.name}"`).join(', ')}) values (${filled.map(madeUp).join(', ')})`;
    expect(await attempt(plant), 'insert').toEqual({ refused: INSUFFICIENT_PRIVILEGE });
  },
);

test('without an organisation nothing is seen at all', async () => {
  for (const { name } of tables) {
    if (DIRECTORIES.has(name)) continue;
    const { rows } = await sql.raw(`select 1 from "${name}"`).execute(postgres.db);
    expect(rows, name).toEqual([]);
  }
});

test('the application can neither lift a wall nor become somebody who can', async () => {
  for (const statement of [
    'alter table person disable row level security',
    'alter table person no force row level security',
    'drop policy organisation on person',
    'create policy all_of_it on person using (true)',
    'set role hebra_owner',
    'set session authorization hebra_owner',
    'set row_security = off; select * from person',
    `insert into organisation (id, slug, name) values ('${uuid()}', 'own', 'Own')`,
  ]) {
    const outcome = await attempt(statement);
    expect('refused' in outcome, statement).toBe(true);
  }
  const changed = await attempt(`update organisation set name = 'Changed' where id = '${theirs}'`);
  expect(changed).toEqual({ rows: 0 });
});

test('every function of ours runs with the rights of its caller, or is named here', async () => {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('public', 'hebra') and p.prosecdef and has_function_privilege('hebra_app', p.oid, 'execute') order by 1`,
  );
  expect(rows.map((row) => row.name)).toEqual(['cancel', 'enqueue']);
});
