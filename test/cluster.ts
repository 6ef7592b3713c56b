import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded, type Embedded } from '../server/platform/embedded.ts';
import { migrate, readMigrations } from '../server/platform/migrate.ts';

/*
 * The PostgreSQL of the tests: one for all runs on this machine from this folder, without fsync.
 * Two runs at once share it; the last one stops it. Its data stays for the next run, which starts in 0.2 s.
 */

export const APPLICATION_PASSWORD = 'test-only';

export type Cluster = { embedded: Embedded; ownerUrl: string; template: string; stop(): Promise<void> };

/** Starts or joins the cluster and makes sure that the template holds exactly the migrations of this tree. */
export async function startCluster(): Promise<Cluster> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const name = `hebra-test-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  const embedded = await startEmbedded({
    dataDir: join(tmpdir(), name),
    fsync: false,
    settings: { max_connections: 400, shared_buffers: '128MB', max_wal_size: '512MB' },
  });
  try {
    const template = await makeTemplate(embedded.ownerUrl);
    return { embedded, ownerUrl: embedded.ownerUrl, template, stop: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

export function databaseUrl(ownerUrl: string, database: string): string {
  const url = new URL(ownerUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function makeTemplate(ownerUrl: string): Promise<string> {
  const migrations = await readMigrations();
  const hash = createHash('sha256');
  for (const { name, text } of migrations) hash.update(`${name}\0${text}\0`);
  const template = `template_${hash.digest('hex').slice(0, 16)}`;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // two runs that begin together make one template
    await client.query('select pg_advisory_lock(7405321)');
    await sweep(client, template);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount) return template;
    const making = `${template}_making`;
    await client.query(`drop database if exists ${making} with (force)`);
    await client.query(`create database ${making}`);
    await migrate(databaseUrl(ownerUrl, making), APPLICATION_PASSWORD);
    await client.query(`alter database ${making} rename to ${template}`);
    return template;
  } finally {
    await client.end();
  }
}

/** Drops what runs that were killed left behind, and templates of older migrations that nobody copies now. */
async function sweep(client: pg.Client, keep: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select datname as name from pg_database where not datistemplate',
  );
  const templates: string[] = [];
  for (const { name } of rows) {
    const owner = /^test_(\d+)_/.exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) await client.query(`drop database if exists ${name} with (force)`);
    if (/^template_[0-9a-f]{16}$/.test(name) && name !== keep) templates.push(name);
  }
  // the newest few may serve a run on another state of the tree
  for (const name of templates.slice(0, -4)) await client.query(`drop database if exists ${name}`).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Vitest's global setup: the cluster's address for `testDatabase()` in every worker. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  project.provide('ownerUrl', cluster.ownerUrl);
  project.provide('template', cluster.template);
  return cluster.stop;
}

declare module 'vitest' {
  export interface ProvidedContext {
    ownerUrl: string;
    template: string;
  }
}
