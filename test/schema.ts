import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { databaseUrl, startCluster } from './cluster.ts';

/*
 * Writes server/platform/schema.ts, the types of the tables, from a database that the migrations made:
 *
 *     node test/schema.ts
 */

export const SCHEMA_FILE = fileURLToPath(new URL('../server/platform/schema.ts', import.meta.url));
const GENERATOR = fileURLToPath(new URL('../node_modules/kysely-codegen/dist/cli/bin.js', import.meta.url));

/** The types of the tables of the database `template` of a cluster, as the text of a TypeScript file. */
export async function generateSchema(ownerUrl: string, template: string): Promise<string> {
  const copy = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const file = join(tmpdir(), `hebra-schema-${copy}.ts`);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`create database ${copy} template ${template}`);
    const url = databaseUrl(ownerUrl, copy);
    const flags = ['--dialect=postgres', `--url=${url}`, `--out-file=${file}`, '--exclude-pattern=graphile_worker.*'];
    // int8 arrives as a number: server/platform/postgres.ts sets the parser
    flags.push('--type-mapping={"int8":"number"}');
    await promisify(execFile)(process.execPath, [GENERATOR, ...flags]);
    const text = await readFile(file, 'utf8');
    return `// Generated from the migrations by \`node test/schema.ts\`; not edited by hand.\n\n${text.replace(/^\/\*\*[\s\S]*?\*\/\n+/, '')}`;
  } finally {
    await client.query(`drop database if exists ${copy} with (force)`);
    await client.end();
    await rm(file, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = await startCluster();
  try {
    await writeFile(SCHEMA_FILE, await generateSchema(cluster.ownerUrl, cluster.template));
  } finally {
    await cluster.stop();
  }
}
