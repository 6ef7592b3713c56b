import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../platform/config.ts';
import { startEmbedded } from '../platform/embedded.ts';
import { openDatabase } from '../platform/postgres.ts';
import { keptHeads } from './internal/heads.ts';
import { checkMasterKey } from './master-key.ts';
import { createVault } from './vault.ts';
import { verifyTrail } from './verify.ts';

const HELP = `Usage: hebra audit verify [--organisation=<slug>]

Walks the whole chain of every organisation's audit trail and compares it with its signed heads: the one in the
database and those kept under HEBRA_DATA. One JSON line for each organisation; exit 1 when anything was changed,
removed, reordered or cut off.

Environment: HEBRA_MASTER_KEY (the demo keeps its own under HEBRA_DATA), DATABASE_URL, HEBRA_DATA
`;

/** A reason not to run, told in one line. */
class Refusal extends Error {}

/** `hebra audit`. Answers the exit code. */
export async function auditCommand(
  args: string[],
  env = process.env,
  output: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  let slug: string | undefined;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { organisation: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      output.write(HELP);
      return 0;
    }
    if (positionals.join(' ') !== 'verify') throw new Refusal('Say `hebra audit verify`.');
    slug = values.organisation;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  try {
    return await verifyAll(env, slug, output);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function verifyAll(
  env: NodeJS.ProcessEnv,
  slug: string | undefined,
  output: NodeJS.WritableStream,
): Promise<number> {
  const dataDir = resolve(env['HEBRA_DATA'] || '.hebra');
  const key = await masterKey(env, dataDir);
  const embedded = env['DATABASE_URL'] ? undefined : await joinEmbedded(dataDir);
  try {
    const url = env['DATABASE_URL'] ?? embedded!.ownerUrl;
    // with another key every signed head would look forged, and nothing is wrong with the trail
    await checkMasterKey(url, key).catch((cause: unknown) => {
      if (!(cause instanceof ConfigError)) throw cause;
      throw new Refusal('This is not the master key that the trail was signed with: nothing was checked.');
    });
    const postgres = openDatabase(url, { max: 2, name: 'hebra-audit' });
    try {
      const apart = await keptHeads(dataDir);
      const organisations = await postgres.db
        .selectFrom('organisation')
        .select(['id', 'slug'])
        .orderBy('slug')
        .execute();
      const asked = organisations.filter((organisation) => slug === undefined || organisation.slug === slug);
      if (slug !== undefined && asked.length === 0) throw new Refusal(`There is no organisation "${slug}".`);
      const vault = createVault(key);
      let code = 0;
      for (const organisation of asked) {
        const verdict = await verifyTrail(postgres.db, vault, organisation, apart);
        output.write(`${JSON.stringify(verdict)}\n`);
        if (!verdict.intact) code = 1;
      }
      return code;
    } finally {
      await postgres.close();
    }
  } finally {
    await embedded?.stop();
  }
}

async function masterKey(env: NodeJS.ProcessEnv, dataDir: string): Promise<Buffer> {
  const text = env['HEBRA_MASTER_KEY'] ?? (await readFile(join(dataDir, 'master.key'), 'utf8').catch(() => undefined));
  if (!text) throw new Refusal('HEBRA_MASTER_KEY is missing: the heads of the trail are signed with it.');
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new Refusal('HEBRA_MASTER_KEY must be 32 bytes in base64.');
  return key;
}

async function joinEmbedded(dataDir: string): ReturnType<typeof startEmbedded> {
  // A mistyped folder must not become a new, empty and therefore intact database.
  await access(join(dataDir, 'postgres')).catch(() => {
    throw new Refusal(`There is no database under ${dataDir}: set HEBRA_DATA or DATABASE_URL.`);
  });
  return startEmbedded({ dataDir });
}

if (import.meta.main) process.exitCode = await auditCommand(process.argv.slice(2));
