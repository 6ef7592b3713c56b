import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from './embedded.ts';

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hebra-embedded-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  const start = () => startEmbedded({ dataDir, fsync: false, settings: { shared_buffers: '16MB' } });

  test('asked twice it is one; the last to stop stops it; its data stays', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(second.port).toBe(first.port);
    await ask(first.ownerUrl, 'create table if not exists kept (n int); truncate kept; insert into kept values (7)');
    await first.stop();
    await first.stop();
    expect(await ask(second.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.stop();
    await expect(ask(second.ownerUrl, 'select 1')).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    const again = await start();
    expect(await ask(again.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    await again.stop();
  });

  test('the owner is no superuser and listens on this machine only', async () => {
    const embedded = await start();
    const [row] = await ask(
      embedded.ownerUrl,
      `select rolsuper as super, current_setting('listen_addresses') as listens, current_setting('server_version_num')::int >= 180000 as new
       from pg_roles where rolname = current_user`,
    );
    await embedded.stop();
    expect(row).toEqual({ super: false, listens: '127.0.0.1', new: true });
  });

  test('a user that ends without stopping it stops it all the same', async () => {
    const file = new URL('./embedded.ts', import.meta.url).pathname;
    const other = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { startEmbedded } = await import(${JSON.stringify(file)});
       console.log((await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, fsync: false })).ownerUrl);
       throw new Error('the start failed');`,
    ]);
    let url = '';
    other.stdout.on('data', (chunk) => (url += chunk));
    expect(await new Promise((closed) => other.once('close', closed))).toBe(1);
    // the one that comes next waits for the old one to be gone, and starts its own
    const embedded = await start();
    expect(await ask(embedded.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(url.trim()).toMatch(/^postgres:/);
    expect(url.trim()).not.toBe(embedded.ownerUrl);
    await embedded.stop();
  });

  test('a user that was killed leaves it running for the next, and is not counted', async () => {
    const embedded = await start();
    const file = new URL('./embedded.ts', import.meta.url).pathname;
    const other = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { startEmbedded } = await import(${JSON.stringify(file)});
       await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, fsync: false });
       console.log('ready'); setInterval(() => {}, 1000);`,
    ]);
    await new Promise((ready) => other.stdout.once('data', ready));
    const gone = new Promise((closed) => other.once('close', closed));
    other.kill('SIGKILL');
    await gone;
    expect(await ask(embedded.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    await expect(ask(embedded.ownerUrl, 'select 1')).rejects.toThrow(/ECONNREFUSED|ENOENT/);
  });

  test('what a crash left behind does not keep it from starting', async () => {
    const embedded = await start();
    await embedded.restart('immediate');
    expect(await ask(embedded.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.stop();
    // the lock of a process that is gone, and a server's number that now is another program's
    const home = join(dataDir, 'postgres');
    await mkdir(join(home, 'lock'));
    await writeFile(join(home, 'lock', 'pid'), '999999999');
    await writeFile(join(home, 'data', 'postmaster.pid'), `${process.pid}\n${join(home, 'data')}\n0\n1\n`);
    const again = await start();
    expect(await readFile(join(home, 'data', 'postmaster.pid'), 'utf8')).not.toMatch(new RegExp(`^${process.pid}\n`));
    await again.stop();
  });
});
