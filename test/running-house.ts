import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenFast, type FastGraph } from '../demo/graph-fast.ts';

const MAIN = new URL('../server/main.ts', import.meta.url).pathname;
export const PHONE_NUMBER_ID = '106540352242922';
const APP_SECRET = 'outside-app-secret';
export const VERIFY_TOKEN = 'outside-verify-token';

/** The demo hospital in a process of its own, with its own database, and a stand-in for Meta that only listens. */
export type RunningHouse = {
  url: string;
  dataDir: string;
  /** What was posted for a person, oldest first. */
  posted(to: string): Record<string, unknown>[];
  /** Resolves when `to` has been answered at least `times`; rejects after a while. */
  answered(to: string, times?: number): Promise<Record<string, unknown>[]>;
  /** Sends a body as Meta would, signed. @returns the status, 0 when nobody took it */
  webhook(body: unknown, options?: { secret?: string; type?: string; raw?: string | Buffer; to?: string }): Promise<number>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  start(): Promise<void>;
  /** Another process on the same database. @returns where it listens, and what ends it */
  join(roles: string): Promise<{ url: string; close(): Promise<void> }>;
  close(): Promise<void>;
};

/** Runs `hebra start` as anyone would, from outside: only addresses and protocols. */
export async function runHouse(): Promise<RunningHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hebra-outside-'));
  const port = await freePort();
  const posts = new Map<string, Record<string, unknown>[]>();
  const waiters = new Set<() => void>();
  const graph: FastGraph = await listenFast({
    onPost: (to, body) => {
      if (to) posts.set(to, [...(posts.get(to) ?? []), JSON.parse(body.toString('utf8')) as Record<string, unknown>]);
      for (const waiter of waiters) waiter();
    },
  });
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  function spawnProcess(port: number, args: string[] = []): ChildProcess {
    return spawn(process.execPath, [MAIN, 'start', ...args], {
      env: {
        PATH: process.env['PATH'],
        HEBRA_DATA: dataDir,
        PORT: String(port),
        HEBRA_LOG_LEVEL: 'error',
        WHATSAPP_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
        WHATSAPP_ACCESS_TOKEN: 'outside-access-token',
        WHATSAPP_APP_SECRET: APP_SECRET,
        WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
        WHATSAPP_GRAPH_URL: graph.url,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async function start(): Promise<void> {
    child = spawnProcess(port);
    await healthy(url, child);
  }

  await start();
  return {
    url,
    dataDir,
    posted: (to) => posts.get(to) ?? [],
    answered: (to, times = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const got = posts.get(to) ?? [];
          if (got.length < times) return;
          waiters.delete(look);
          clearTimeout(timer);
          resolve(got);
        };
        const timer = setTimeout(() => {
          waiters.delete(look);
          reject(new Error(`${to} has ${posts.get(to)?.length ?? 0} of ${times} answers`));
        }, 90_000);
        waiters.add(look);
        look();
      }),
    async webhook(body, options = {}) {
      const raw = options.raw ?? JSON.stringify(body);
      const signature = createHmac('sha256', options.secret ?? APP_SECRET).update(raw).digest('hex');
      return fetch(`${options.to ?? url}/webhooks/whatsapp`, {
        method: 'POST',
        headers: { 'content-type': options.type ?? 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
        body: raw as string,
      }).then(
        (response) => response.status,
        () => 0,
      );
    },
    kill: (signal) =>
      new Promise((ended) => {
        child!.once('exit', (code) => ended(code));
        child!.kill(signal);
      }),
    start,
    async join(roles) {
      const other = await freePort();
      const second = spawnProcess(other, [`--roles=${roles}`]);
      await healthy(`http://127.0.0.1:${other}`, second);
      return { url: `http://127.0.0.1:${other}`, close: () => end(second) };
    },
    async close() {
      if (child) await end(child);
      await graph.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function healthy(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + 90_000; ; ) {
    const health = await fetch(`${url}/health`).then(
      (response) => response.status,
      () => 0,
    );
    if (health === 200) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error('the house did not open');
    await new Promise((again) => setTimeout(again, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** A notification with messages, in Meta's shape. */
export function envelope(messages: { from: string; text?: string; id: string; type?: string; extra?: Record<string, unknown>; timestamp?: string }[]): unknown {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '34910000000', phone_number_id: PHONE_NUMBER_ID },
              contacts: messages.map((message) => ({ profile: { name: `P ${message.from}` }, wa_id: message.from })),
              messages: messages.map((message) => ({
                from: message.from,
                id: message.id,
                timestamp: message.timestamp ?? String(Math.floor(Date.now() / 1000)),
                type: message.type ?? 'text',
                ...(message.text === undefined ? {} : { text: { body: message.text } }),
                ...message.extra,
              })),
            },
          },
        ],
      },
    ],
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
