import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startDemo } from '../demo-process.ts';

/** The demo hospital with its phone, as `hebra start` opens it, in a process and a database of its own. */
export type DemoHouse = { url: string; close(): Promise<void> };

/** Opens it; half a minute the first time, most of it the hospital's seed. */
export async function openDemo(): Promise<DemoHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hebra-journey-'));
  const port = await freePort();
  // a name, not a number: passkeys belong to a name
  const url = `http://localhost:${port}`;
  const house = startDemo({ dataDir, port, env: { HEBRA_PUBLIC_URL: url } });
  const close = async (): Promise<void> => {
    await house.end();
    await rm(dataDir, { recursive: true, force: true });
  };
  await house.opened.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, close };
}
