import type { WebSocket } from 'ws';
import { sql } from 'kysely';
import { Pace } from '../../channels/rules.ts';
import { readMessages } from '../../conversation/queries.ts';
import { uuid } from '../../platform/ids.ts';
import type { EventRow } from '../../platform/live.ts';
import { log } from '../../platform/log.ts';
import { isConnectionLoss, within } from '../../platform/postgres.ts';
import { announce } from '../../platform/events.ts';
import { agentsOf } from '../../routing/agents.ts';
import { beat, connect, disconnect, HEARTBEAT_MS } from '../../routing/presence.ts';
import { queuesOf } from '../../routing/queues.ts';
import { may } from '../../trust/access.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { isSessionAlive, type TrustDeps } from '../../trust/session.ts';
import { type Cursor, isAfter } from '../contract.ts';
import { renderHeads, showMessages } from '../conversation.ts';
import { headsOf, queuesFor, type ReadDeps, seesAlarms } from '../inbox.ts';
import { type Board, type Client, NOTHING, readBoard } from './board.ts';
import { type Change, clientFrame, CLOSE, type ServerFrame } from './contract.ts';
import { headText, listParts, messageText, openedParts, partsFor, renderPage, summaryText } from './page.ts';
import { type Touched, touchedBy } from './touched.ts';

/** Events caught up with in one go; who missed more fetches again. */
const CATCH_UP = 1_000;
const WATCHES = 8;
/** A desk that takes its frames slower than they come is cut off: it catches up when it connects again. */
const SLOW_BYTES = 1_048_576;
/** Desks that one sign-in has open at once: tabs and windows, with room for those that closed without a word. */
const SOCKETS_PER_SESSION = 24;
/** A person's hand is no faster; each frame takes its turn in a line that all desks of an organisation share. */
const FRAMES = { burst: 120, everyMs: 50 };
/** How often open and closed are looked at. */
const HOURS_EVERY_MS = 30_000;
const TOUCHED = {
  joinings: JSON.stringify({ type: 'touched', what: 'joinings' } satisfies ServerFrame),
  tasks: JSON.stringify({ type: 'touched', what: 'tasks' } satisfies ServerFrame),
  callBacks: JSON.stringify({ type: 'touched', what: 'call-backs' } satisfies ServerFrame),
};
export type DeskLive = {
  /** Takes a socket whose cookie and origin were checked. */
  attach(socket: WebSocket, actor: StaffActor): void;
  /** Sockets open in this process. */
  size(): number;
  stop(): Promise<void>;
};

/** Keeps every open desk equal to what a fresh fetch would show. Each change is read and written out once an organisation, not once a socket. */
export function createDeskLive(deps: ReadDeps & { trust: TrustDeps; processId: string }): DeskLive {
  const { db, vault, live, clock } = deps;
  const boards = new Map<string, Promise<Board>>();
  const leaving = new Set<Promise<void>>();
  let stopped = false;
  let open = 0;

  // ── boards ────────────────────────────────────────────────────────────────────────────────────────────────────

  function boardOf(organisationId: string): Promise<Board> {
    let board = boards.get(organisationId);
    if (!board) {
      board = begin(organisationId).catch((error: unknown) => {
        boards.delete(organisationId);
        throw error;
      });
      boards.set(organisationId, board);
    }
    return board;
  }

  async function begin(organisationId: string): Promise<Board> {
    const board: Board = {
      organisationId,
      clients: new Set(),
      line: Promise.resolve(),
      position: await live.cursor(organisationId),
      placements: new Map(),
      heads: new Map(),
      stop: () => undefined,
    };
    // events that come while the placements are read wait in the line behind it
    const ready = inLine(board, () => within(db, organisationId, (trx) => readBoard(trx, board, clock())));
    board.stop = await live.follow(organisationId, (events) => inLine(board, () => page(board, events)));
    await ready;
    return board;
  }

  function inLine(board: Board, work: () => Promise<void>): Promise<void> {
    board.line = board.line.then(work).catch((error: unknown) => {
      if (stopped) return;
      log.warn({ error }, 'desks could not be kept up to date; they fetch again');
      for (const client of board.clients) if (client.greeted) reset(client);
    });
    return board.line;
  }

  // ── events ────────────────────────────────────────────────────────────────────────────────────────────────────

  async function page(board: Board, events: EventRow[]): Promise<void> {
    const cursor = events.at(-1)!.cursor;
    const touched = touchedBy(events);
    for (const ended of touched.endedSessions)
      for (const client of board.clients)
        if (client.actor.sessionId === ended) client.socket.close(CLOSE.signedOut, 'signed out');
    const listening = [...board.clients].filter((client) => client.greeted);
    const watched = new Set(listening.flatMap((client) => [...client.watched.keys()]));
    const rendered = await within(db, board.organisationId, (trx) => renderPage(trx, deps, board, touched, watched));
    for (const client of listening) {
      if (touched.everyone || touched.resettled.has(client.actor.membershipId)) {
        reset(client);
        continue;
      }
      const parts = partsFor(client, board, rendered, touched);
      client.cursor = newest(client.cursor, cursor);
      if (parts.length > 0) patch(client, cursor, parts);
      if (touched.joined.has(client.actor.membershipId)) send(client, TOUCHED.joinings);
      if (touched.tasks && client.lists) send(client, TOUCHED.tasks);
      if (touched.callBacks && client.lists) send(client, TOUCHED.callBacks);
    }
    nudge(board, listening, events);
    for (const typing of touched.typing) {
      const frame = JSON.stringify(typing satisfies ServerFrame);
      for (const client of listening)
        if (
          (client.watched.has(typing.conversationId) ||
            board.placements.get(typing.conversationId)?.agentId === client.actor.membershipId) &&
          typing.agentId !== client.actor.membershipId
        )
          send(client, frame);
    }
    for (const id of touched.conversations) {
      const placement = rendered.rows.get(id)?.placement ?? NOTHING;
      if (placement.agentId || placement.queueId || placement.alarm) board.placements.set(id, placement);
      else board.placements.delete(id);
    }
    board.position = cursor;
  }

  /** Tells desks what is new beside lists and threads; a desk that was away asks when it comes back. */
  function nudge(board: Board, listening: Client[], events: EventRow[]): void {
    for (const { kind, conversationId, payload } of events) {
      if (kind === 'notice.added') {
        const told = new Set(Array.isArray(payload['agentIds']) ? payload['agentIds'] : []);
        for (const client of listening)
          if (told.has(client.actor.membershipId)) send(client, '{"type":"nudge","topic":"notices"}');
      }
      if (kind === 'listening.changed' && conversationId)
        for (const client of listening)
          if (
            client.watched.has(conversationId) ||
            board.placements.get(conversationId)?.agentId === client.actor.membershipId
          )
            send(client, JSON.stringify({ type: 'nudge', topic: 'listening', conversationId } satisfies ServerFrame));
    }
  }

  // ── what a desk says ──────────────────────────────────────────────────────────────────────────────────────────

  async function hear(board: Board, client: Client, text: string): Promise<void> {
    // it was cut off while this waited its turn
    if (client.socket.readyState !== client.socket.OPEN) return;
    let frame;
    try {
      frame = clientFrame.parse(JSON.parse(text));
    } catch {
      client.socket.close(CLOSE.badFrame, 'not a frame');
      return;
    }
    switch (frame.type) {
      case 'hello':
        return hello(board, client, frame.cursor);
      case 'watch':
        return watch(board, client, frame.conversationId, frame.cursor);
      case 'unwatch':
        if (frame.conversationId) client.watched.delete(frame.conversationId);
        else client.watched.clear();
        return;
      case 'ping':
        send(client, '{"type":"pong"}');
    }
  }

  /** Brings a desk from its cursor up to where the board is; from here on it gets what the board gets. */
  async function hello(board: Board, client: Client, from: Cursor): Promise<void> {
    const { organisationId } = board;
    if (!(await isRemembered(organisationId, from))) return reset(client);
    const { events } = await live.read(organisationId, from, CATCH_UP);
    if (events.length >= CATCH_UP) return reset(client);
    const touched = touchedBy(events);
    const me = client.actor.membershipId;
    if (touched.everyone || touched.resettled.has(me)) return reset(client);
    await settle(client);
    touched.agents.add(me);
    touched.heads = false;
    const parts: string[] = [];
    const rendered = await within(db, organisationId, async (trx) => {
      if (client.lists)
        for (const head of await headsOf(
          trx,
          organisationId,
          (await queuesOf(trx, organisationId)).filter((queue) => client.queues.has(queue.id)),
          clock(),
        ))
          parts.push(JSON.stringify({ kind: 'queue', queue: head } satisfies Change));
      return renderPage(trx, deps, board, touched, new Set(client.watched.keys()));
    });
    const agent = rendered.agents.get(me);
    if (client.lists && agent) parts.push(agent);
    // what it holds is not known here: everything that moved is said, gone or not
    if (client.lists)
      for (const id of touched.conversations)
        parts.push(...listParts(client, id, rendered, { heldBefore: true, waitedBefore: true, alarmedBefore: true }));
    for (const id of client.watched.keys())
      if (touched.conversations.has(id)) parts.push(...openedParts(client, id, rendered));
    client.greeted = true;
    client.cursor = newest(from, board.position, events.at(-1)?.cursor);
    if (isAfter(client.cursor, from)) patch(client, client.cursor, parts);
    else client.told = client.cursor;
    // what has no cursor is fetched again: nobody told it while it was away
    if (client.lists) for (const frame of Object.values(TOUCHED)) send(client, frame);
    nudge(board, [client], events);
  }

  /** A cursor is good while its event is still kept. */
  async function isRemembered(organisationId: string, cursor: Cursor): Promise<boolean> {
    const [xid, id] = cursor.split(':') as [string, string];
    return within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ good: boolean }>`
        select ${cursor} = '0:0' or exists (select 1 from event where organisation_id = ${organisationId} and xid = ${xid}::xid8 and id = ${id}::bigint) as good`.execute(
        trx,
      );
      return rows[0]!.good;
    });
  }

  async function watch(board: Board, client: Client, conversationId: string, from: Cursor | undefined): Promise<void> {
    const { organisationId } = board;
    if (!may(client.actor, 'conversation.read')) return problem(client, 'trust.not_allowed', conversationId);
    if (!client.greeted) {
      client.greeted = true;
      client.cursor = board.position;
    }
    let touched: Touched | undefined;
    if (from && isAfter(client.cursor, from)) {
      const { events } = await live.read(organisationId, from, CATCH_UP);
      const known = events.length < CATCH_UP && (await isRemembered(organisationId, from));
      touched = known ? touchedBy(events.filter((event) => event.conversationId === conversationId)) : undefined;
      if (!known) from = undefined;
    } else if (from) {
      touched = touchedBy([]);
    }
    const parts = await within(db, organisationId, async (trx) => {
      const head = (await renderHeads(trx, vault, organisationId, [conversationId])).get(conversationId);
      if (!head) return null;
      await audit(trx, client.actor, {
        action: 'follow',
        subject: { kind: 'conversation', id: conversationId },
        personId: head.aboutId,
      });
      if (from && touched?.conversations.size === 0) return [];
      const messages = await readMessages(
        trx,
        vault,
        organisationId,
        from ? { ids: [...(touched?.messages.get(conversationId) ?? [])] } : { conversationId, limit: 50 },
      );
      return [
        ...(await showMessages(trx, organisationId, messages, vault)).map(messageText),
        await summaryText(trx, vault, organisationId, conversationId),
        headText(client, head),
      ];
    });
    if (parts === null) return problem(client, 'conversation.not_found', conversationId);
    client.watched.delete(conversationId);
    client.watched.set(conversationId, new Set());
    if (client.watched.size > WATCHES) client.watched.delete(client.watched.keys().next().value!);
    if (parts.length > 0) patch(client, client.cursor, parts);
  }

  /** Which queues are on this desk now. */
  async function settle(client: Client): Promise<void> {
    const { organisationId, membershipId } = client.actor;
    await within(db, organisationId, async (trx) => {
      const [agent] = await agentsOf(trx, organisationId, [membershipId]);
      const queues = agent ? queuesFor(client.actor, agent, await queuesOf(trx, organisationId)) : [];
      client.queues = new Set(queues.map((queue) => queue.id));
    });
  }

  // ── sockets ───────────────────────────────────────────────────────────────────────────────────────────────────

  function send(client: Client, text: string): void {
    if (client.socket.readyState !== client.socket.OPEN) return;
    if (client.socket.bufferedAmount > SLOW_BYTES) {
      client.socket.close(CLOSE.tooSlow, 'too slow');
      // who does not read does not read the close either
      setTimeout(() => client.socket.terminate(), 2_000).unref();
      return;
    }
    client.socket.send(text);
  }

  function patch(client: Client, cursor: Cursor, parts: string[]): void {
    client.told = cursor;
    send(client, `{"type":"patch","cursor":"${cursor}","changes":[${parts.join(',')}]}`);
  }

  function reset(client: Client): void {
    client.greeted = false;
    send(client, '{"type":"reset"}');
  }

  function problem(client: Client, code: string, conversationId: string): void {
    send(client, JSON.stringify({ type: 'problem', code, title: code, conversationId } satisfies ServerFrame));
  }

  function attach(socket: WebSocket, actor: StaffActor): void {
    const client: Client = {
      socket,
      actor,
      connectionId: uuid(),
      lists: may(actor, 'inbox.read'),
      alarms: seesAlarms(actor),
      queues: new Set(),
      watched: new Map(),
      greeted: false,
      cursor: '0:0',
      told: '0:0',
      missed: 0,
    };
    let board: Board | undefined;
    const waiting: string[] = [];
    const pace = new Pace(FRAMES.everyMs, (FRAMES.burst - 1) * FRAMES.everyMs);
    socket.on('message', (data, binary) => {
      if (socket.readyState !== socket.OPEN) return;
      if (pace.waitAt(Date.now()) > 0) return socket.close(CLOSE.tooMany, 'too many frames');
      pace.spend(Date.now(), 1);
      const text = binary ? '' : String(data as Buffer);
      if (board) void inLine(board, () => hear(board!, client, text));
      else if (waiting.push(text) > 32) socket.close(CLOSE.tooMany, 'too many frames');
    });
    socket.on('pong', () => (client.missed = 0));
    socket.on('error', () => socket.terminate());
    const arrived = arrive(client).then((found) => {
      board = found;
      for (const text of waiting.splice(0)) void inLine(found, () => hear(found, client, text));
    });
    arrived.catch((error: unknown) => {
      log.warn({ error }, 'a desk could not be connected');
      socket.close(CLOSE.goingAway, 'try again');
    });
    open += 1;
    socket.on('close', () => {
      open -= 1;
      const left = arrived
        .catch(() => undefined)
        .then(() => leave(client))
        .finally(() => leaving.delete(left));
      leaving.add(left);
    });
  }

  async function arrive(client: Client): Promise<Board> {
    const board = await boardOf(client.actor.organisationId);
    const { sessionId } = client.actor;
    if ([...board.clients].filter((one) => one.actor.sessionId === sessionId).length >= SOCKETS_PER_SESSION) {
      client.socket.close(CLOSE.tooMany, 'too many desks');
      return board;
    }
    board.clients.add(client);
    // who takes no work leaves no heartbeat
    if (client.lists)
      await within(db, board.organisationId, (trx) =>
        connect(trx, client.actor, { connectionId: client.connectionId, processId: deps.processId }, clock()),
      );
    await settle(client);
    // it may have been ended before this desk was on the board
    if (!(await isSessionAlive(deps.trust, client.actor.sessionId))) client.socket.close(CLOSE.signedOut, 'signed out');
    return board;
  }

  async function leave(client: Client): Promise<void> {
    const { organisationId } = client.actor;
    const board = await boards.get(organisationId)?.catch(() => undefined);
    board?.clients.delete(client);
    if (board && board.clients.size === 0) {
      board.stop();
      boards.delete(organisationId);
    }
    if (!client.lists) return;
    try {
      await within(db, organisationId, (trx) => disconnect(trx, organisationId, client.connectionId, clock()));
    } catch (error) {
      // the sweep finds its silence
      if (!stopped || !isConnectionLoss(error)) log.warn({ error }, 'a desk that closed could not be signed off');
    }
  }

  /** Pings, drops who does not answer, says who is there, and asks whether sessions still stand. */
  async function heartbeat(): Promise<void> {
    for (const opening of boards.values()) {
      const board = await opening.catch(() => undefined);
      if (!board) continue;
      const there: string[] = [];
      for (const client of board.clients) {
        if (client.missed >= 2) {
          client.socket.terminate();
          continue;
        }
        client.missed += 1;
        client.socket.ping();
        if (client.lists && client.missed < 2) there.push(client.connectionId);
        if (client.greeted && client.told !== client.cursor) {
          client.told = client.cursor;
          send(client, `{"type":"cursor","cursor":"${client.cursor}"}`);
        }
      }
      if (there.length > 0)
        await within(db, board.organisationId, (trx) => beat(trx, board.organisationId, there, clock()));
      for (const sessionId of new Set([...board.clients].map((client) => client.actor.sessionId))) {
        if (await isSessionAlive(deps.trust, sessionId)) continue;
        for (const client of board.clients)
          if (client.actor.sessionId === sessionId) client.socket.close(CLOSE.signedOut, 'signed out');
      }
    }
  }

  /** Opening and closing is no event of anybody's: said as one, so that every desk hears it in its place. */
  async function lookAtHours(): Promise<void> {
    for (const opening of boards.values()) {
      const board = await opening.catch(() => undefined);
      if (!board || board.clients.size === 0) continue;
      await within(db, board.organisationId, async (trx) => {
        const queues = (await queuesOf(trx, board.organisationId)).filter((queue) => !queue.retired);
        const heads = await headsOf(trx, board.organisationId, queues, clock());
        if (heads.some((head) => board.heads.get(head.id) !== JSON.stringify(head)))
          await announce(trx, { organisationId: board.organisationId, kind: 'queue.hours' });
      });
    }
  }

  const again = (work: () => Promise<void>, ms: number): NodeJS.Timeout => {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      work()
        .catch((error: unknown) => {
          if (!stopped) log.warn({ error }, 'the heartbeat of desks failed; trying again');
        })
        .finally(() => (busy = false));
    }, ms);
    timer.unref();
    return timer;
  };
  const timers = [again(heartbeat, HEARTBEAT_MS), again(lookAtHours, HOURS_EVERY_MS)];

  return {
    attach,
    size: () => open,
    async stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      for (const opening of [...boards.values()]) {
        const board = await opening.catch(() => undefined);
        if (!board) continue;
        board.stop();
        for (const client of board.clients) client.socket.close(CLOSE.goingAway, 'going away');
        for (const client of board.clients) setTimeout(() => client.socket.terminate(), 500).unref();
        await board.line;
      }
      const end = Date.now() + 2_000;
      while (Date.now() < end && [...boards.values()].length > 0) await new Promise((later) => setTimeout(later, 20));
      await Promise.all(leaving);
    },
  };
}

function newest(...cursors: (Cursor | undefined)[]): Cursor {
  let last: Cursor = '0:0';
  for (const cursor of cursors) if (cursor && isAfter(cursor, last)) last = cursor;
  return last;
}
