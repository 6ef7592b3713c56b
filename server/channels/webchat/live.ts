import { sql } from 'kysely';
import type { WebSocket } from 'ws';
import type { Receipt } from '../../conversation/contract.ts';
import { announce } from '../../platform/events.ts';
import type { EventRow, Live } from '../../platform/live.ts';
import { log } from '../../platform/log.ts';
import { type Database, within } from '../../platform/postgres.ts';
import type { Vault } from '../../trust/vault.ts';
import { createLimiter } from '../limiter.ts';
import { clientFrame, type ServerFrame } from './contract.ts';
import { readThread, visitHash, type Waiting } from './thread.ts';
import type { Visit } from './visit.ts';

const HELLO_WITHIN_MS = 10_000;
const PING_EVERY_MS = 25_000;
const SOCKETS_PER_VISIT = 6;
/** A browser that does not read is let go before it fills our memory. */
const MAX_BUFFERED = 1_048_576;
/** Codes of our own, 4000–4999 (RFC 6455 §7.4.2). */
const CLOSE = { noVisit: 4401, tooMany: 4429, slow: 4408, bad: 4400 } as const;

export type WebchatLive = {
  /** Serves one socket until it closes. @param admit the visit of a token, if this page may speak for it */
  attach(socket: WebSocket, admit: (token: string) => Promise<Visit | undefined>): void;
  stop(): void;
};

type Client = {
  socket: WebSocket;
  visit: Visit;
  after: number;
  pulling: boolean;
  again: boolean;
  state: string;
  conversationId: string | undefined;
  /** Ours that the browser has been sent and not proved to have. */
  unproved: { seq: number; messageId: string }[];
  alive: boolean;
};

type House = { clients: Map<string, Set<Client>>; unfollow: Promise<() => void> };

/**
 * The sockets of the web window. What is committed is followed through `platform/live.ts` and read from the thread,
 * so a socket shows what is in the database and nothing else: coming back with the last place misses and doubles nothing.
 */
export function createWebchatLive(deps: {
  db: Database;
  vault: Vault;
  live: Live;
  waiting?: Waiting;
  recordReceipt(receipt: Receipt): Promise<void>;
}): WebchatLive {
  const { db, vault, live } = deps;
  const houses = new Map<string, House>();
  const typingLimit = createLimiter({ burst: 1, everyMs: 2_500 });
  const frameLimit = createLimiter({ burst: 40, everyMs: 250 });
  const all = new Set<Client>();

  const pinger = setInterval(() => {
    for (const client of all) {
      if (!client.alive) {
        client.socket.terminate();
        continue;
      }
      client.alive = false;
      client.socket.ping();
    }
  }, PING_EVERY_MS);
  pinger.unref();

  function attach(socket: WebSocket, admit: (token: string) => Promise<Visit | undefined>): void {
    let client: Client | undefined;
    let greeted = false;
    const patience = setTimeout(() => socket.close(CLOSE.noVisit, 'no hello'), HELLO_WITHIN_MS);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(patience);
      if (client) leave(client);
    });
    socket.on('message', (data, isBinary) => {
      const frame = isBinary ? undefined : parseFrame(String(data));
      if (!frame) return socket.close(CLOSE.bad, 'not understood');
      if (frame.type === 'hello') {
        // a second hello on one socket would change who listens
        if (greeted) return;
        greeted = true;
        void admit(frame.token)
          .then(async (visit) => {
            if (!visit) return socket.close(CLOSE.noVisit, 'no visit');
            if (socket.readyState !== socket.OPEN) return;
            clearTimeout(patience);
            client = await enter(socket, visit, frame.after);
          })
          .catch((error: unknown) => {
            log.warn({ error }, 'a web socket could not begin');
            socket.close(1013, 'try again');
          });
        return;
      }
      if (!client || frameLimit(client.visit.id) > 0) return;
      const doing = frame.type === 'typing' ? typing(client) : read(client, frame.upTo);
      doing.catch((error: unknown) => log.warn({ error }, 'a web socket’s frame could not be taken'));
    });
  }

  async function enter(socket: WebSocket, visit: Visit, after: number): Promise<Client | undefined> {
    const hash = await within(db, visit.organisationId, (trx) => visitHash(trx, vault, visit));
    let house = houses.get(visit.organisationId);
    if (!house) {
      house = {
        clients: new Map(),
        unfollow: live.follow(visit.organisationId, (events) => heard(visit.organisationId, events)),
      };
      houses.set(visit.organisationId, house);
    }
    const key = hash.toString('hex');
    const mine = house.clients.get(key) ?? new Set();
    if (mine.size >= SOCKETS_PER_VISIT) {
      socket.close(CLOSE.tooMany, 'too many windows');
      return undefined;
    }
    house.clients.set(key, mine);
    const client: Client = {
      socket,
      visit,
      after,
      pulling: false,
      again: false,
      state: '',
      conversationId: undefined,
      unproved: [],
      alive: true,
    };
    mine.add(client);
    all.add(client);
    socket.on('pong', (data) => {
      client.alive = true;
      prove(client, Number(String(data)));
    });
    // follow first, then read: what is committed in between is read now or announced later, never neither
    await house.unfollow;
    if (socket.readyState !== socket.OPEN) {
      leave(client);
      return undefined;
    }
    pull(client);
    return client;
  }

  function leave(client: Client): void {
    all.delete(client);
    const house = houses.get(client.visit.organisationId);
    if (!house) return;
    for (const [key, mine] of house.clients) if (mine.delete(client) && mine.size === 0) house.clients.delete(key);
    if (house.clients.size > 0) return;
    houses.delete(client.visit.organisationId);
    void house.unfollow.then((stop) => stop()).catch(() => undefined);
  }

  async function heard(organisationId: string, events: EventRow[]): Promise<void> {
    const house = houses.get(organisationId);
    if (!house || house.clients.size === 0) return;
    const ids = new Set(events.flatMap((event) => (event.conversationId ? [event.conversationId] : [])));
    if (ids.size === 0) return;
    const { rows } = await within(db, organisationId, (trx) =>
      sql<{ conversation_id: string; address_hash: Buffer }>`
        select l.conversation_id, cp.address_hash from leg l join contact_point cp on cp.id = l.contact_point_id
        where l.organisation_id = ${organisationId} and l.conversation_id = any(${[...ids]}::uuid[]) and l.channel = 'webchat'`.execute(
        trx,
      ),
    );
    for (const { conversation_id, address_hash } of rows) {
      const clients = house.clients.get(address_hash.toString('hex'));
      if (!clients) continue;
      for (const event of events) {
        if (event.conversationId !== conversation_id) continue;
        for (const client of clients) tell(client, event);
      }
    }
  }

  function tell(client: Client, event: EventRow): void {
    switch (event.kind) {
      case 'message.added':
      case 'conversation.changed':
      case 'conversation.opened':
      case 'wait.changed':
        return pull(client);
      case 'message.delivery':
        return send(client, {
          type: 'receipt',
          id: String(event.payload['messageId']),
          delivery: String(event.payload['delivery']),
        });
      case 'typing':
        if (event.payload['who'] !== 'patient') send(client, { type: 'typing', who: 'agent' });
        return undefined;
      default:
        return undefined;
    }
  }

  /** Reads what is new and sends it; a call while one reads makes it read once more. */
  function pull(client: Client): void {
    if (client.pulling) {
      client.again = true;
      return;
    }
    client.pulling = true;
    void (async () => {
      do {
        client.again = false;
        const thread = await within(db, client.visit.organisationId, (trx) =>
          readThread(trx, vault, client.visit, client.after, deps.waiting),
        );
        for (const { message } of thread.messages) {
          send(client, { type: 'message', message });
          client.after = message.seq;
          if (message.direction === 'out' && message.delivery !== 'read' && message.delivery !== 'delivered')
            client.unproved.push({ seq: message.seq, messageId: message.id });
        }
        // the browser's answer to a ping proves that it has everything sent before
        if (client.unproved.length > 0 && client.socket.readyState === client.socket.OPEN)
          client.socket.ping(String(client.after));
        client.conversationId = thread.conversationId;
        const state = JSON.stringify(thread.state);
        if (!thread.more && state !== client.state) {
          client.state = state;
          send(client, { type: 'state', state: thread.state });
        }
        if (thread.more) client.again = true;
      } while (client.again && client.socket.readyState === client.socket.OPEN);
    })()
      .catch((error: unknown) => {
        log.warn({ error }, 'a web thread could not be read');
        // the browser comes back with its place and reads again
        client.socket.close(1013, 'try again');
      })
      .finally(() => (client.pulling = false));
  }

  function send(client: Client, frame: ServerFrame): void {
    if (client.socket.readyState !== client.socket.OPEN) return;
    if (client.socket.bufferedAmount > MAX_BUFFERED) return client.socket.close(CLOSE.slow, 'too slow');
    client.socket.send(JSON.stringify(frame));
  }

  function prove(client: Client, seq: number): void {
    if (!Number.isFinite(seq) || seq <= 0) return;
    const proved = client.unproved.filter((one) => one.seq <= seq);
    client.unproved = client.unproved.filter((one) => one.seq > seq);
    for (const { messageId } of proved) receipt(client, messageId, 'delivered');
  }

  async function read(client: Client, upTo: number): Promise<void> {
    const { organisationId } = client.visit;
    const ids = await within(db, organisationId, async (trx) => {
      const hash = await visitHash(trx, vault, client.visit);
      const { rows } = await sql<{ id: string }>`
        select m.id from contact_point cp
        join lateral (select l.conversation_id, row_number() over (order by l.began_at, l.conversation_id) as n
          from leg l where l.contact_point_id = cp.id) o on true
        join message m on m.conversation_id = o.conversation_id and m.contact_point_id = cp.id
        where cp.organisation_id = ${organisationId} and cp.account_id = ${client.visit.accountId} and cp.address_hash = ${hash}
          and m.direction = 'out' and m.delivery not in ('read', 'failed') and (o.n - 1) * 100000 + m.seq <= ${upTo}
        order by m.created_at desc limit 500`.execute(trx);
      return rows.map((row) => row.id);
    });
    for (const id of ids) receipt(client, id, 'read');
  }

  function receipt(client: Client, messageId: string, state: 'delivered' | 'read'): void {
    void deps
      .recordReceipt({
        organisationId: client.visit.organisationId,
        accountId: client.visit.accountId,
        externalId: messageId,
        messageId,
        state,
        at: new Date(),
      })
      .catch((error: unknown) => log.warn({ error }, 'a web receipt could not be kept'));
  }

  async function typing(client: Client): Promise<void> {
    const { conversationId, visit } = client;
    if (!conversationId || typingLimit(visit.id) > 0) return;
    await within(db, visit.organisationId, (trx) =>
      announce(trx, {
        organisationId: visit.organisationId,
        kind: 'typing',
        conversationId,
        payload: { who: 'patient' },
      }),
    );
  }

  return {
    attach,
    stop() {
      clearInterval(pinger);
      for (const client of all) client.socket.close(1012, 'restarting');
    },
  };
}

function parseFrame(text: string): ReturnType<typeof clientFrame.parse> | undefined {
  try {
    return clientFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
