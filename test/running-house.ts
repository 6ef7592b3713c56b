import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenFast, type FastGraph } from '../demo/graph-fast.ts';
import { freePort, startDemo, type DemoProcess } from './demo-process.ts';

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
  webhook(
    body: unknown,
    options?: { secret?: string; type?: string; raw?: string | Buffer; to?: string },
  ): Promise<number>;
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
  let house: DemoProcess;

  const begin = (port: number, args: string[] = []): DemoProcess =>
    startDemo({
      dataDir,
      port,
      args,
      env: {
        WHATSAPP_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
        WHATSAPP_ACCESS_TOKEN: 'outside-access-token',
        WHATSAPP_APP_SECRET: APP_SECRET,
        WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
        WHATSAPP_GRAPH_URL: graph.url,
      },
    });

  async function start(): Promise<void> {
    house = begin(port);
    await house.opened;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
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
      const signature = createHmac('sha256', options.secret ?? APP_SECRET)
        .update(raw)
        .digest('hex');
      return fetch(`${options.to ?? house.url}/webhooks/whatsapp`, {
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
        house.child.once('exit', (code) => ended(code));
        house.child.kill(signal);
      }),
    start,
    async join(roles) {
      const second = begin(await freePort(), [`--roles=${roles}`]);
      await second.opened;
      return { url: second.url, close: () => second.end() };
    },
    async close() {
      await house.end();
      await graph.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A notification with messages, in Meta's shape. */
export function envelope(
  messages: {
    from: string;
    text?: string;
    id: string;
    type?: string;
    extra?: Record<string, unknown>;
    timestamp?: string;
  }[],
): unknown {
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
