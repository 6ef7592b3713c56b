import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

const MAIN = new URL('../server/main.ts', import.meta.url).pathname;

/** `hebra start` in a process of its own, on a free or given port, with its data in a folder of its own. */
export type DemoProcess = {
  url: string;
  child: ChildProcess;
  /** Resolves when /health says so. Rejects when the process ends before, or after a while. */
  opened: Promise<void>;
  /** Asks it to end, and waits until it has. */
  end(): Promise<void>;
};

/** Starts one. Only what is in `env` is passed on, so that a machine's own settings change no test. */
export function startDemo(options: {
  dataDir: string;
  port: number;
  env?: Record<string, string>;
  args?: string[];
}): DemoProcess {
  const { dataDir, port, env = {}, args = [] } = options;
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN, 'start', ...args], {
    env: { PATH: process.env['PATH'], HEBRA_DATA: dataDir, PORT: String(port), HEBRA_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const opened = healthy(url, child);
  // whoever only wants to end it need not look
  opened.catch(() => undefined);
  return { url, child, opened, end: () => end(child) };
}

async function healthy(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + 100_000; ;) {
    const health = await fetch(`${url}/health`).then(
      (response) => response.status,
      () => 0,
    );
    if (health === 200) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error('the demo hospital did not open');
    await new Promise((again) => setTimeout(again, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
