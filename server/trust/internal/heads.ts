import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Kept = { organisationId: string; position: number; hash: Buffer; signature: Buffer };

const FOLDER = 'audit';

/** Keeps the newest head of a chain in a file of its own, apart from the database; a reader never sees half of it. */
export async function keepHead(dataDir: string, head: Kept): Promise<void> {
  const folder = join(dataDir, FOLDER);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${head.organisationId}.json`);
  const text = JSON.stringify({
    organisationId: head.organisationId,
    position: head.position,
    hash: head.hash.toString('hex'),
    signature: head.signature.toString('hex'),
  });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${text}\n`);
  await rename(draft, file);
}

/** Every head kept under a data directory; none when it has none. */
export async function keptHeads(dataDir: string): Promise<Kept[]> {
  const folder = join(dataDir, FOLDER);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const heads: Kept[] = [];
  for (const name of names.filter((known) => known.endsWith('.json'))) {
    const text = await readFile(join(folder, name), 'utf8');
    const { organisationId, position, hash, signature } = JSON.parse(text) as Record<
      'organisationId' | 'hash' | 'signature',
      string
    > & {
      position: number;
    };
    heads.push({ organisationId, position, hash: Buffer.from(hash, 'hex'), signature: Buffer.from(signature, 'hex') });
  }
  return heads;
}
