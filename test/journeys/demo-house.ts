import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = new URL('../../server/main.ts', import.meta.url).pathname;

/** The demo hospital with its phone, as `hebra start` opens it, in a process and a database of its own. */
export type DemoHouse = { url: string; close(): Promise<void> };

/** Opens it; half a minute the first time, most of it the hospital's seed. */
export async function openDemo(): Promise<DemoHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hebra-journey-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN, 'start'], {
    env: { PATH: process.env['PATH'], HEBRA_DATA: dataDir, PORT: String(port), HEBRA_PUBLIC_URL: url, HEBRA_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  for (const until = Date.now() + 100_000; ; ) {
    const health = await fetch(`${url}/health`).then(
      (response) => response.status,
      () => 0,
    );
    if (health === 200) return { url, close };
    if (child.exitCode !== null || Date.now() > until) {
      await close();
      throw new Error('the demo hospital did not open');
    }
    await new Promise((again) => setTimeout(again, 150));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
