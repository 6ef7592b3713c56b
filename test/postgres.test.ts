import { afterAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { asOwner, testDatabase } from './postgres.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

test('a test signs in as a role that cannot pass the walls', async () => {
  const { rows } = await sql<{ who: string; passes: boolean }>`
    select current_user as who, rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user`.execute(
    postgres.db,
  );
  expect(rows).toEqual([{ who: 'hebra_app', passes: false }]);
});

test('a test has a database of its own', async () => {
  const other = await testDatabase();
  const id = '00000000-0000-7000-8000-000000000001';
  await asOwner(other.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $3)', [id, 'one', 'One']);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from organisation where id = ${id}`.execute(
    postgres.db,
  );
  await other.close();
  expect(rows[0]?.n).toBe(0);
});
