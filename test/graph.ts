import { createGraph, type Graph, type GraphOptions } from '../demo/graph.ts';
import { connectAccount, createAccounts, type Accounts } from '../server/channels/accounts.ts';
import type { Account, Channel } from '../server/channels/contract.ts';
import { createDeliver, type Deliver, type DeliverDeps } from '../server/channels/deliver.ts';
import type { WebchatLive } from '../server/channels/webchat/live.ts';
import { webchatRoutes } from '../server/channels/webchat/routes.ts';
import { createWebchatChannel } from '../server/channels/webchat/send.ts';
import { createFetchMedia } from '../server/channels/whatsapp/media.ts';
import { whatsappRoutes } from '../server/channels/whatsapp/routes.ts';
import { createGraphPools, createWhatsappChannel, type GraphPools } from '../server/channels/whatsapp/send.ts';
import type { ChannelKind, Departing, OutboundContent, Situation, Turn } from '../server/conversation/contract.ts';
import { readAttachment, readMessages } from '../server/conversation/queries.ts';
import { createReceipts } from '../server/conversation/receipts.ts';
import { createReceiver, type Receiver } from '../server/conversation/receive.ts';
import {
  type ConversationDeps,
  type Conversations,
  createConversations,
  type Followers,
} from '../server/conversation/verbs.ts';
import { type Clock, systemClock } from '../server/platform/clock.ts';
import { type App, createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import type { JobPayload } from '../server/platform/jobs.ts';
import { Live } from '../server/platform/live.ts';
import { type Database, within } from '../server/platform/postgres.ts';
import { trustPlugin } from '../server/trust/guard.ts';
import { blindIndex, type Vault } from '../server/trust/vault.ts';
import { testOrganisation, testVault } from './organisation.ts';
import { asOwner, type TestDatabase } from './postgres.ts';

export { createGraph } from '../demo/graph.ts';

export const APP_SECRET = 'app-secret-of-tests';
export const VERIFY_TOKEN = 'verify-token-of-tests';
const ACCESS_TOKEN = 'EAAtest';

/** An organisation with WhatsApp and a web window, the way main.ts wires them, and the stand-in for Meta on a socket. */
export type ChannelHouse = {
  organisationId: string;
  slug: string;
  whatsapp: Account;
  webchat: Account;
  url: string;
  app: App;
  graph: Graph;
  deliver: Deliver;
  accounts: Accounts;
  vault: Vault;
  processId: string;
  receive: Receiver;
  conversations: Conversations;
  deps: ConversationDeps;
  pools: GraphPools;
  channels: Partial<Record<ChannelKind, Channel>>;
  webchatLive: WebchatLive;
  fetchMedia(payload: JobPayload): Promise<void>;
  /** Messages of the organisation as their rows stand, oldest first. */
  rows(): Promise<MessageRow[]>;
  close(): Promise<void>;
};

export type MessageRow = {
  id: string;
  seq: number;
  conversation_id: string;
  contact_point_id: string;
  direction: string;
  delivery: string | null;
  external_id: string | null;
  failure_reason: string | null;
  failure_code: string | null;
  kind: string;
};

/** What an assistant of tests answers when nothing else is asked of it. */
export function saying(...says: OutboundContent[]): Turn {
  return { session: null, says, trace: [] };
}

export async function channelHouse(
  postgres: TestDatabase,
  options: {
    turn?: (situation: Situation) => Turn;
    graph?: Partial<GraphOptions>;
    messagesPerSecond?: number | 'unknown';
    deliver?: Partial<DeliverDeps>;
    /** Where departures go; by default to the house's own `deliver`. */
    depart?: (departing: Departing[]) => void;
    settings?: Record<string, unknown>;
    /** The rooms above, where a test wants more than silence of them. */
    followers?: Partial<Followers>;
    clock?: Clock;
    start?: boolean;
  } = {},
): Promise<ChannelHouse> {
  const { db } = postgres;
  const vault = testVault();
  const slug = `hospital-${uuid().slice(-12)}`;
  const organisationId = await testOrganisation(postgres.ownerUrl, {
    slug,
    settings: options.settings ?? { webchat: { origins: ['https://www.hospital.example'] } },
  });
  const phoneNumberId = String(Math.floor(1e14 + Math.random() * 9e14));
  const processId = uuid();
  const graph = createGraph({
    appSecret: APP_SECRET,
    accessToken: ACCESS_TOKEN,
    phoneNumberId,
    displayNumber: '34910000000',
    businessAccountId: '77',
    limits: { numberPerSecond: null },
    statuses: { sent: 5, delivered: 15, read: 30 },
    ...options.graph,
  });
  const { url: graphUrl } = await graph.listen();
  const accounts = createAccounts(db, vault);
  await within(db, organisationId, async (trx) => {
    await connectAccount(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      name: 'WhatsApp',
      externalId: phoneNumberId,
      settings: {
        graphUrl,
        version: 'v25.0',
        messagesPerSecond: options.messagesPerSecond === 'unknown' ? undefined : (options.messagesPerSecond ?? 10_000),
      },
      secrets: { accessToken: ACCESS_TOKEN, appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN },
    });
    await connectAccount(trx, vault, {
      organisationId,
      channel: 'webchat',
      name: 'Web',
      externalId: slug,
      settings: {},
      secrets: {},
    });
  });
  await accounts.fresh();
  await accounts.lookAgain();

  const live = new Live(db, postgres.url);
  await live.start();
  const pools = createGraphPools();
  const channels = {
    whatsapp: createWhatsappChannel({
      pools,
      readFile: async (organisation, id) =>
        (await within(db, organisation, (trx) => readAttachment(trx, vault, organisation, id))) ?? undefined,
    }),
    webchat: createWebchatChannel(),
  };
  const deliver = createDeliver({
    db,
    vault,
    accounts,
    processId,
    channels,
    firstRetryMs: 40,
    recoverEveryMs: 100,
    ...options.deliver,
  });
  const turn = options.turn ?? (() => saying({ kind: 'text', text: 'hola' }));
  const deps: ConversationDeps = {
    vault,
    clock: options.clock ?? systemClock,
    processId,
    followers: {
      screen: () => ({ level: 'none', flags: [] }),
      emergencyText: () => '',
      turns: (_trx, situations) => Promise.resolve(situations.map(turn)),
      handedOver: (_trx, conversations) => Promise.resolve(conversations.map(() => ({ queueId: null, says: null }))),
      released: () => Promise.resolve(),
      ...options.followers,
    },
    depart: options.depart ?? ((departing) => deliver.hand(departing)),
  };
  const conversations = createConversations(deps);
  const receive = createReceiver(db, deps);
  const recordReceipt = createReceipts(db);

  const app = await createHttp();
  const limits = { idleMinutes: 60, absoluteHours: 12 } as never;
  await trustPlugin(app, { db, vault, clock: systemClock, publicUrl: 'http://localhost:8080', limits });
  whatsappRoutes(app, { db, vault, accounts, receive, recordReceipt });
  const webchatLive = webchatRoutes(app, {
    db,
    vault,
    accounts,
    live,
    publicUrl: 'http://localhost:8080',
    receive,
    recordReceipt,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  // the stand-in learns where the webhook is only now
  graph.callBack(`${url}/webhooks/whatsapp`);
  if (options.start ?? true) deliver.start();

  return {
    organisationId,
    slug,
    whatsapp: accounts.byExternalId('whatsapp', phoneNumberId)!,
    webchat: accounts.byExternalId('webchat', slug)!,
    url,
    app,
    graph,
    deliver,
    accounts,
    vault,
    processId,
    receive,
    conversations,
    deps,
    pools,
    channels,
    webchatLive,
    fetchMedia: createFetchMedia({ db, vault, accounts, pools, conversations }),
    rows: async () =>
      (
        await asOwner(
          postgres.ownerUrl,
          `select id, seq, conversation_id, contact_point_id, direction, delivery, external_id, failure_reason, failure_code, kind
           from message where organisation_id = $1 order by created_at, conversation_id, seq`,
          [organisationId],
        )
      ).rows as MessageRow[],
    async close() {
      webchatLive.stop();
      await graph.close();
      await app.close();
      await receive.idle();
      await deliver.stop();
      await live.stop();
      await pools.close();
    },
  };
}

/** Waits until something holds; a test that waits for a time instead is slow or wrong. */
export async function until<T>(look: () => Promise<T> | T, holds: (value: T) => boolean, ms = 60_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`it never held; last seen: ${JSON.stringify(value)?.slice(0, 1_000)}`);
    await new Promise((next) => setTimeout(next, 15));
  }
}

/** What the person at an address said, opened, in the thread's order. */
export async function saidBy(
  db: Database,
  house: ChannelHouse,
  channel: ChannelKind,
  address: string,
): Promise<string[]> {
  return within(db, house.organisationId, async (trx) => {
    const key = await house.vault.organisationKey(trx, house.organisationId);
    const rows = await trx
      .selectFrom('message')
      .innerJoin('contact_point', 'contact_point.id', 'message.contact_point_id')
      .select('message.id')
      .where('contact_point.address_hash', '=', blindIndex(key, `address:${channel}`, address))
      .where('message.direction', '=', 'in')
      .orderBy('message.created_at')
      .orderBy('message.seq')
      .execute();
    const messages = await readMessages(trx, house.vault, house.organisationId, { ids: rows.map((row) => row.id) });
    const order = new Map(rows.map((row, i) => [row.id, i]));
    return messages
      .toSorted((a, b) => order.get(a.id)! - order.get(b.id)!)
      .map(({ content }) => (content.kind === 'text' ? (content as { text: string }).text : content.kind));
  });
}

/** A message on Meta's wire, as far as tests look into it. */
export type MetaPart = {
  type: string;
  text?: { body: string };
  interactive?: {
    type: 'button' | 'list';
    body: { text: string };
    action: { button?: string; buttons?: { reply: MetaRow }[]; sections?: { rows: MetaRow[] }[] };
  };
  template?: { components: { parameters: unknown[] }[] };
};
type MetaRow = { id: string; title: string; description?: string };

/** The words of a message on Meta's wire. */
export function bodyOf(part: unknown): string | undefined {
  const { text, interactive } = part as MetaPart;
  return text?.body ?? interactive?.body.text;
}

/** What can be picked in it: buttons or rows. */
export function rowsOf(part: unknown): MetaRow[] {
  const action = (part as MetaPart).interactive?.action;
  return action?.sections?.flatMap((section) => section.rows) ?? action?.buttons?.map((button) => button.reply) ?? [];
}
