import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { audit, linkAudit, startLinker } from './audit.ts';
import { auditCommand } from './cli.ts';
import type { Actor } from './contract.ts';
import { keptHeads } from './internal/heads.ts';
import { createVault } from './vault.ts';
import { verifyTrail } from './verify.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());
const masterKey = randomBytes(32);
const vault = createVault(masterKey);

let organisation: { id: string; slug: string };
let actor: Actor;
beforeEach(async () => {
  organisation = await found();
  actor = { kind: 'integration', organisationId: organisation.id, apiKeyId: uuid(), scopes: [] };
});

async function found(): Promise<typeof organisation> {
  const id = uuid();
  const slug = `clinic-${id}`;
  await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $3)', [
    id,
    slug,
    'Clinic',
  ]);
  return { id, slug };
}

async function write(count: number): Promise<void> {
  await within(postgres.db, organisation.id, async (trx) => {
    for (let i = 0; i < count; i++)
      await audit(trx, actor, {
        action: 'read',
        subject: { kind: 'person', id: uuid() },
        personId: uuid(),
        detail: { b: i, a: 'ñ' },
      });
  });
}

/** Changes rows as somebody who owns the database and switched every guard off. */
async function tamper(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  await client.query("select set_config('hebra.organisation', $1, false)", [organisation.id]);
  await client.query('alter table audit_entry disable trigger user');
  for (const statement of statements) await client.query(statement);
  await client.query('alter table audit_entry enable trigger user');
  await client.end();
}

const verify = (apart: Parameters<typeof verifyTrail>[3] = []) => verifyTrail(postgres.db, vault, organisation, apart);

test('a trail that nobody touched is intact, over several batches and linkers at once', async () => {
  await write(20);
  await linkAudit(postgres.db, vault, organisation.id);
  await Promise.all([
    write(30),
    write(30),
    linkAudit(postgres.db, vault, organisation.id),
    linkAudit(postgres.db, vault, organisation.id),
  ]);
  await linkAudit(postgres.db, vault, organisation.id);
  expect(await verify()).toMatchObject({ entries: 80, unlinked: 0, intact: true, findings: [] });
});

test('an entry is written with the read or not at all', async () => {
  await within(postgres.db, organisation.id, async (trx) => {
    await audit(trx, actor, { action: 'read', subject: { kind: 'person' } });
    throw new Error('the read failed');
  }).catch(() => undefined);
  expect(await linkAudit(postgres.db, vault, organisation.id)).toBe(0);
});

test('a changed entry is found', async () => {
  await write(10);
  await linkAudit(postgres.db, vault, organisation.id);
  await tamper(`update audit_entry set action = 'search' where position = 4`);
  expect((await verify()).findings).toEqual([expect.objectContaining({ kind: 'altered', position: 4 })]);
});

test('a change with the whole chain computed anew is found by the signed head', async () => {
  await write(3);
  await linkAudit(postgres.db, vault, organisation.id);
  await tamper(`update audit_entry set reason = 'x', position = null, hash = null`);
  const forger = createVault(randomBytes(32));
  await tamper('delete from audit_head');
  await linkAudit(postgres.db, forger, organisation.id);
  expect((await verify()).findings.map((finding) => finding.kind)).toContain('head_forged');
  await tamper('delete from audit_head');
  expect((await verify()).findings.map((finding) => finding.kind)).toEqual(['head_missing']);
});

test('a removed entry is found', async () => {
  await write(10);
  await linkAudit(postgres.db, vault, organisation.id);
  await tamper('delete from audit_entry where position in (5, 6)');
  expect((await verify()).findings).toEqual([{ kind: 'gap', position: 5 }]);
});

test('entries that changed places are found', async () => {
  await write(10);
  await linkAudit(postgres.db, vault, organisation.id);
  await tamper(
    'update audit_entry set position = 1000 where position = 3',
    'update audit_entry set position = 3 where position = 7',
    'update audit_entry set position = 7 where position = 1000',
  );
  const { findings } = await verify();
  expect(findings.map((finding) => finding.position)).toEqual(expect.arrayContaining([3, 7]));
});

test('a trail cut short is found by its head, and by the head kept apart when the stored one was set back too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hebra-heads-'));
  await write(4);
  await linkAudit(postgres.db, vault, organisation.id, folder);
  const old = await within(postgres.db, organisation.id, (trx) =>
    sql<{ hash: Buffer; signature: Buffer }>`select hash, signature from audit_head`.execute(trx),
  );
  await write(4);
  await linkAudit(postgres.db, vault, organisation.id, folder);
  await tamper('delete from audit_entry where position > 4');
  expect((await verify()).findings).toEqual([{ kind: 'truncated', position: 5 }]);
  const { hash, signature } = old.rows[0]!;
  await tamper(
    `update audit_head set position = 4, hash = '\\x${hash.toString('hex')}', signature = '\\x${signature.toString('hex')}'`,
  );
  expect((await verify()).intact).toBe(true);
  expect((await verify(await keptHeads(folder))).findings).toEqual([{ kind: 'truncated', position: 5 }]);
});

test('the linker appends nothing to a head that it did not sign', async () => {
  await write(2);
  await linkAudit(postgres.db, vault, organisation.id);
  await tamper(`update audit_head set signature = '\\x00'`);
  await write(1);
  await expect(linkAudit(postgres.db, vault, organisation.id)).rejects.toThrow('not signed');
});

test('neither the application nor the owner changes an entry', async () => {
  await write(2);
  await linkAudit(postgres.db, vault, organisation.id);
  const attempt = (statement: string) => within(postgres.db, organisation.id, (trx) => sql.raw(statement).execute(trx));
  await expect(attempt(`update audit_entry set action = 'x'`)).rejects.toThrow('permission denied');
  await expect(attempt('delete from audit_entry')).rejects.toThrow('permission denied');
  await expect(attempt('truncate audit_entry')).rejects.toThrow('permission denied');
  await expect(attempt(`update audit_entry set hash = hash`)).rejects.toThrow('append-only');
  const owner = (statement: string) =>
    asOwner(
      postgres.ownerUrl,
      `do $$ begin perform set_config('hebra.organisation', '${organisation.id}', true); ${statement}; end $$`,
    );
  await expect(owner(`update audit_entry set action = 'x'`)).rejects.toThrow('append-only');
  await expect(owner('delete from audit_entry')).rejects.toThrow('append-only');
  await expect(owner('truncate audit_entry')).rejects.toThrow('append-only');
});

test('the command says yes or no by its exit code, a JSON line for each organisation', async () => {
  const env = {
    DATABASE_URL: postgres.ownerUrl,
    HEBRA_MASTER_KEY: masterKey.toString('base64'),
    HEBRA_DATA: '/nonexistent',
  };
  const run = async (
    ...args: string[]
  ): Promise<{ code: number; lines: { organisation: string; intact: boolean }[] }> => {
    let text = '';
    const output = new Writable({ write: (chunk, _encoding, done) => ((text += String(chunk)), done()) });
    const code = await auditCommand(args, env, output);
    return {
      code,
      lines: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };
  await within(postgres.db, organisation.id, (trx) => vault.organisationKey(trx, organisation.id));
  await write(5);
  await linkAudit(postgres.db, vault, organisation.id);
  const sound = await run('verify', `--organisation=${organisation.slug}`);
  expect(sound).toMatchObject({ code: 0, lines: [{ organisation: organisation.slug, entries: 5, intact: true }] });
  await tamper('delete from audit_entry where position = 2');
  expect(await run('verify', `--organisation=${organisation.slug}`)).toMatchObject({
    code: 1,
    lines: [{ intact: false }],
  });
  expect((await run('verify')).code).toBe(1);
  expect((await run('verify', '--organisation=nobody')).code).toBe(2);
  expect((await run('rewrite')).code).toBe(2);
  // another key says so; it does not call a sound trail forged
  env.HEBRA_MASTER_KEY = randomBytes(32).toString('base64');
  expect(await run('verify')).toEqual({ code: 2, lines: [] });
});

test('the linker goes through every organisation by itself, past one whose chain is broken', async () => {
  const broken = organisation.id;
  await write(1);
  await linkAudit(postgres.db, vault, broken);
  await tamper(`update audit_head set signature = '\\x00'`);
  await write(1);
  organisation = await found();
  actor = { kind: 'integration', organisationId: organisation.id, apiKeyId: uuid(), scopes: [] };
  await write(3);
  const linker = startLinker({ db: postgres.db, vault, everyMs: 20 });
  await expect.poll(async () => (await verify()).entries, { timeout: 60_000 }).toBe(3);
  await linker.stop();
});
