import type { WebSocket } from 'ws';
import { sql } from 'kysely';
import { CHANNELS } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EventRow, Live } from '../../platform/live.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { isSessionAlive, type TrustDeps } from '../../trust/session.ts';
import { CLOSE } from '../live/contract.ts';
import { isPast, type Past, readPast, readRoom, readStuck, readWaits, type Waits, withWaits } from './board.ts';
import type { Room } from './contract.ts';
import { type Failing, sameRoom, type Stuck } from './rules.ts';

/** The board of an organisation is read at most this often in a process, whoever looks and whatever happens. */
const READ_EVERY_MS = 1_000;
/** Time alone changes figures: shares of a target, the last half hour, the coming one. */
const TICK_MS = 10_000;
const PING_MS = 15_000;
/** The wait of somebody who came now is played out less often, and so is what nobody can serve: both are said in minutes. */
const SLOW_EVERY_MS = 5_000;
/** Playing it out is work for this process: never more than a twentieth of its time. */
const SLOW_SHARE = 20;
/** A screen that takes its frames slower than they come is cut off and comes back. */
const SLOW_BYTES = 4_194_304;
/** Failures that are spoken of, and how many are looked at. */
const FAILING_MS = 900_000;
const FAILURES = 2_000;

type Screen = { socket: WebSocket; actor: StaffActor; missed: number };

/** One organisation as the screens of this process follow it. */
type Watched = {
  organisationId: string;
  screens: Set<Screen>;
  room: Room | null;
  readAt: number;
  reading: Promise<Room> | null;
  timer: NodeJS.Timeout | undefined;
  past: Past | null;
  slow: { nextAt: number; waits: Waits; stuck: Stuck[] };
  failures: Map<string, number>;
  /** Follows the events while somebody looks. */
  following: Promise<() => void> | null;
};

export type RoomLive = {
  /** Takes a socket whose cookie, origin and permission were checked. */
  attach(socket: WebSocket, actor: StaffActor): void;
  /** The board, at most a second old. */
  room(organisationId: string): Promise<Room>;
  /** How often boards were read in this process. */
  reads(): number;
  stop(): Promise<void>;
};

/** Keeps the boards of this process true: an event makes a board old, an old one is read again once and sent to all. */
export function createRoomLive(deps: { db: Database; live: Live; clock: Clock; trust: TrustDeps }): RoomLive {
  const { db, live, clock } = deps;
  const rooms = new Map<string, Watched>();
  let stopped = false;
  let reads = 0;

  function watchedOf(organisationId: string): Watched {
    let watched = rooms.get(organisationId);
    if (!watched)
      rooms.set(
        organisationId,
        (watched = {
          organisationId,
          screens: new Set(),
          room: null,
          readAt: 0,
          reading: null,
          timer: undefined,
          past: null,
          slow: { nextAt: 0, waits: new Map(), stuck: [] },
          failures: new Map(),
          following: null,
        }),
      );
    return watched;
  }

  async function read(watched: Watched): Promise<Room> {
    if (watched.room && Date.now() - watched.readAt < READ_EVERY_MS) return watched.room;
    return readOnce(watched);
  }

  function readOnce(watched: Watched): Promise<Room> {
    watched.reading ??= readNow(watched).finally(() => (watched.reading = null));
    return watched.reading;
  }

  async function readNow(watched: Watched): Promise<Room> {
    watched.readAt = Date.now();
    reads += 1;
    const now = clock();
    const room = await within(db, watched.organisationId, async (trx) => {
      if (!watched.past || isPast(watched.past, now)) watched.past = await readPast(trx, watched.organisationId, now);
      // while nobody follows, what failed is looked up
      if (!watched.following) await recall(trx, watched);
      const due = Date.now() >= watched.slow.nextAt;
      if (due) watched.slow.stuck = await readStuck(trx, watched.organisationId, now);
      const failed = await failing(trx, watched, now);
      const room = await readRoom(trx, watched.organisationId, now, watched.past, failed, watched.slow.stuck);
      if (due) {
        const began = Date.now();
        watched.slow.waits = await readWaits(trx, watched.organisationId, room, now);
        watched.slow.nextAt = Date.now() + Math.max(SLOW_EVERY_MS, SLOW_SHARE * (Date.now() - began));
      }
      return withWaits(room, watched.slow.waits);
    });
    const changed = !watched.room || !sameRoom(watched.room, room);
    watched.room = room;
    if (changed) send(watched, frameOf(room));
    return room;
  }

  /** Has the board read again, not sooner than a second after the last time. */
  function wake(watched: Watched): void {
    if (watched.timer || stopped || watched.screens.size === 0) return;
    watched.timer = setTimeout(
      () => {
        watched.timer = undefined;
        // what happens while it is read wakes again
        const reading = watched.reading ? watched.reading.then(() => wake(watched)) : readOnce(watched);
        reading.catch((error: unknown) => {
          if (stopped) return;
          log.warn({ error }, 'the board of the room could not be read; trying again');
          wake(watched);
        });
      },
      Math.max(20, watched.readAt + READ_EVERY_MS - Date.now()),
    );
    watched.timer.unref();
  }

  function hear(watched: Watched, events: EventRow[]): void {
    let matters = false;
    for (const event of events) {
      if (event.kind === 'typing') continue;
      if (event.kind === 'message.delivery') {
        if (event.payload['delivery'] !== 'failed') continue;
        watched.failures.set(String(event.payload['messageId']), event.at.getTime());
        if (watched.failures.size > FAILURES) watched.failures.delete(watched.failures.keys().next().value!);
      }
      if (event.kind === 'session.ended')
        for (const screen of watched.screens)
          if (screen.actor.sessionId === event.payload['sessionId']) screen.socket.close(CLOSE.signedOut, 'signed out');
      matters = true;
    }
    if (matters) wake(watched);
  }

  /** Messages of the last quarter of an hour that failed and were not sent again, by channel. */
  async function failing(trx: Trx, watched: Watched, now: Date): Promise<Failing[]> {
    for (const [id, at] of watched.failures) if (at < now.getTime() - FAILING_MS) watched.failures.delete(id);
    if (watched.failures.size === 0) return [];
    const { rows } = await sql<{ channel: string; failed: number; since: Date }>`
      select channel, count(*)::int as failed, min(created_at) as since from message
      where id = any(${[...watched.failures.keys()]}::uuid[]) and delivery = 'failed' and resent_as is null group by channel`.execute(
      trx,
    );
    return rows.flatMap((row) => {
      const channel = CHANNELS.find((one) => one === row.channel);
      return channel ? [{ channel, failed: row.failed, since: row.since.toISOString() }] : [];
    });
  }

  /** What failed before anybody looked. */
  async function recall(trx: Trx, watched: Watched): Promise<void> {
    for (const { id, at } of await failedSince(trx, watched.organisationId, new Date(clock().getTime() - FAILING_MS)))
      watched.failures.set(id, at.getTime());
  }

  function begin(watched: Watched): Promise<() => void> {
    return (watched.following ??= (async () => {
      const stop = await live.follow(watched.organisationId, (events) => hear(watched, events));
      await within(db, watched.organisationId, (trx) => recall(trx, watched));
      return stop;
    })());
  }

  function leave(watched: Watched, screen: Screen): void {
    watched.screens.delete(screen);
    if (watched.screens.size > 0) return;
    clearTimeout(watched.timer);
    watched.timer = undefined;
    rooms.delete(watched.organisationId);
    void watched.following?.then(
      (stop) => stop(),
      () => undefined,
    );
    watched.following = null;
  }

  function attach(socket: WebSocket, actor: StaffActor): void {
    const watched = watchedOf(actor.organisationId);
    const screen: Screen = { socket, actor, missed: 0 };
    watched.screens.add(screen);
    socket.on('pong', () => (screen.missed = 0));
    socket.on('error', () => socket.terminate());
    // a screen has nothing to say
    socket.on('message', () => socket.close(CLOSE.badFrame, 'not a frame'));
    socket.on('close', () => leave(watched, screen));
    void (async () => {
      try {
        await begin(watched);
        const room = await read(watched);
        sendTo(screen, frameOf(room));
        // it may have been ended before this screen was there
        if (!(await isSessionAlive(deps.trust, actor.sessionId))) socket.close(CLOSE.signedOut, 'signed out');
        // what happened between the reading and the following
        wake(watched);
      } catch (error) {
        log.warn({ error }, 'a screen of the room could not be connected');
        socket.close(CLOSE.goingAway, 'try again');
      }
    })();
  }

  const frameOf = (room: Room): string => JSON.stringify({ type: 'room', room });
  const send = (watched: Watched, frame: string): void => {
    for (const screen of watched.screens) sendTo(screen, frame);
  };
  function sendTo({ socket }: Screen, frame: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > SLOW_BYTES) return socket.terminate();
    socket.send(frame);
  }

  async function beat(): Promise<void> {
    for (const watched of rooms.values())
      for (const screen of watched.screens) {
        if (screen.missed >= 2) {
          screen.socket.terminate();
          continue;
        }
        screen.missed += 1;
        screen.socket.ping();
        if (!(await isSessionAlive(deps.trust, screen.actor.sessionId)))
          screen.socket.close(CLOSE.signedOut, 'signed out');
      }
  }
  const ticks = setInterval(() => {
    for (const watched of rooms.values()) wake(watched);
  }, TICK_MS);
  const beats = setInterval(() => {
    beat().catch((error: unknown) => {
      if (!stopped) log.warn({ error }, 'the heartbeat of screens failed; trying again');
    });
  }, PING_MS);
  ticks.unref();
  beats.unref();

  return {
    attach,
    room: (organisationId) => read(watchedOf(organisationId)),
    reads: () => reads,
    async stop() {
      stopped = true;
      clearInterval(ticks);
      clearInterval(beats);
      for (const watched of rooms.values()) {
        clearTimeout(watched.timer);
        for (const { socket } of watched.screens) {
          socket.close(CLOSE.goingAway, 'going away');
          setTimeout(() => socket.terminate(), 500).unref();
        }
        (await watched.following?.catch(() => undefined))?.();
        await watched.reading?.catch(() => undefined);
      }
      rooms.clear();
    },
  };
}

/** Messages whose delivery failed since a moment. */
export async function failedSince(trx: Trx, organisationId: string, since: Date): Promise<{ id: string; at: Date }[]> {
  const { rows } = await sql<{ id: string; at: Date }>`
    select payload ->> 'messageId' as id, max(at) as at from event
    where organisation_id = ${organisationId} and at > ${since} and kind = 'message.delivery' and payload ->> 'delivery' = 'failed'
    group by 1 order by 2 desc limit ${FAILURES}`.execute(trx);
  return rows;
}
