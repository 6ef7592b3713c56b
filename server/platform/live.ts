import { sql } from 'kysely';
import pg from 'pg';
import { log } from './log.ts';
import { type Database, onCommitted, within } from './postgres.ts';

export type EventRow = {
  /** Where a reader goes on from: `xid:id`. */
  cursor: string;
  kind: string;
  conversationId: string | null;
  at: Date;
  payload: Record<string, unknown>;
};

type Follower = (events: EventRow[]) => Promise<void> | void;

/** One organisation as this process follows it. */
type Stream = { followers: Set<Follower>; cursor: string; reading: boolean; again: boolean; timer?: NodeJS.Timeout };

const CHANNEL = 'hebra_events';
/** Other processes are woken at most this often: a NOTIFY takes a lock that all commits share. */
const NOTIFY_EVERY_MS = 25;
/** Events of transactions that ended later than a younger one show up after this. */
const PENDING_AGAIN_MS = 10;
/** If a wake was lost (a process died between its commit and the notification) followers see it after this. */
const SWEEP_MS = 1_000;
const PAGE = 500;

/** Committed events in their order, of all processes on this database. */
export class Live {
  readonly #db: Database;
  readonly #url: string;
  readonly #streams = new Map<string, Stream>();
  readonly #dirty = new Set<string>();
  #listener: pg.Client | undefined;
  #notifyTimer: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;
  #unhook: (() => void) | undefined;

  readonly #name: string;

  /** @param name of its connection, by which others see that this process lives */
  constructor(db: Database, url: string, name = 'hebra-live') {
    this.#name = name;
    this.#db = db;
    this.#url = url;
  }

  async start(): Promise<void> {
    this.#unhook = onCommitted((organisationId) => this.wake(organisationId));
    this.#sweep = setInterval(() => {
      for (const organisationId of this.#streams.keys()) void this.#read(organisationId);
    }, SWEEP_MS);
    this.#sweep.unref();
    await this.#listen();
  }

  /** Says that events of an organisation were committed by this process. */
  wake(organisationId: string): void {
    if (this.#streams.has(organisationId)) void this.#read(organisationId);
    this.#dirty.add(organisationId);
    this.#notifyTimer ??= setTimeout(() => void this.#notify(), NOTIFY_EVERY_MS);
  }

  /**
   * Hands every event committed from now on to `follower`, in order and in pages.
   * @returns a function that stops it
   */
  async follow(organisationId: string, follower: Follower): Promise<() => void> {
    let stream = this.#streams.get(organisationId);
    if (!stream) {
      stream = { followers: new Set(), cursor: await this.cursor(organisationId), reading: false, again: false };
      const other = this.#streams.get(organisationId);
      if (other) stream = other;
      else this.#streams.set(organisationId, stream);
    }
    stream.followers.add(follower);
    void this.#read(organisationId);
    return () => {
      stream.followers.delete(follower);
      if (stream.followers.size === 0) {
        clearTimeout(stream.timer);
        this.#streams.delete(organisationId);
      }
    };
  }

  /** The place after the last event that every reader may already see. */
  async cursor(organisationId: string): Promise<string> {
    return within(this.#db, organisationId, async (trx) => {
      const { rows } = await sql<{ cursor: string }>`
        select coalesce((select xid::text || ':' || id from event
          where organisation_id = ${organisationId}::uuid and xid < pg_snapshot_xmin(pg_current_snapshot())
          order by xid desc, id desc limit 1), '0:0') as cursor`.execute(trx);
      return rows[0]!.cursor;
    });
  }

  /** Events after a cursor; `pending` when committed ones stand behind a transaction that still runs. */
  async read(organisationId: string, after: string, limit = PAGE): Promise<{ events: EventRow[]; pending: boolean }> {
    const [xid, id] = after.split(':') as [string, string];
    if (!/^\d{1,20}$/.test(xid) || !/^\d{1,19}$/.test(id ?? '')) return { events: [], pending: false };
    return within(this.#db, organisationId, async (trx) => {
      const { rows } = await sql<{
        cursor: string;
        kind: string;
        conversation_id: string | null;
        at: Date;
        payload: Record<string, unknown>;
        settled: boolean;
      }>`
        select xid::text || ':' || id as cursor, kind, conversation_id, at, payload,
          xid < pg_snapshot_xmin(pg_current_snapshot()) as settled
        from event
        where organisation_id = ${organisationId}::uuid and (xid, id) > (${xid}::xid8, ${id}::bigint)
        order by xid, id limit ${limit}`.execute(trx);
      const events: EventRow[] = [];
      for (const row of rows) {
        if (!row.settled) break;
        events.push({
          cursor: row.cursor,
          kind: row.kind,
          conversationId: row.conversation_id,
          at: row.at,
          payload: row.payload,
        });
      }
      return { events, pending: events.length < rows.length || rows.length === limit };
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unhook?.();
    clearInterval(this.#sweep);
    clearTimeout(this.#notifyTimer);
    for (const stream of this.#streams.values()) clearTimeout(stream.timer);
    this.#streams.clear();
    await this.#listener?.end().catch(() => undefined);
  }

  async #read(organisationId: string): Promise<void> {
    const stream = this.#streams.get(organisationId);
    if (!stream) return;
    if (stream.reading) {
      stream.again = true;
      return;
    }
    stream.reading = true;
    try {
      do {
        stream.again = false;
        const { events, pending } = await this.read(organisationId, stream.cursor);
        if (events.length > 0) {
          stream.cursor = events.at(-1)!.cursor;
          for (const follower of stream.followers) {
            try {
              await follower(events);
            } catch (error) {
              log.error({ error }, 'a follower of events failed');
            }
          }
        }
        if (pending && events.length === 0) {
          clearTimeout(stream.timer);
          stream.timer = setTimeout(() => void this.#read(organisationId), PENDING_AGAIN_MS);
        } else if (pending) {
          stream.again = true;
        }
      } while (stream.again && !this.#stopped);
    } catch (error) {
      if (!this.#stopped) log.warn({ error }, 'events could not be read; trying again');
    } finally {
      stream.reading = false;
    }
  }

  async #notify(): Promise<void> {
    this.#notifyTimer = undefined;
    const organisations = [...this.#dirty];
    this.#dirty.clear();
    try {
      // 8,000 bytes at most in a notification, 37 an organisation
      for (let i = 0; i < organisations.length; i += 200)
        await this.#listener?.query('select pg_notify($1, $2)', [CHANNEL, organisations.slice(i, i + 200).join(',')]);
    } catch {
      // the listener reconnects and the sweep of the others finds the events
    }
  }

  async #listen(): Promise<void> {
    if (this.#stopped) return;
    const client = new pg.Client({ connectionString: this.#url, application_name: this.#name, keepAlive: true });
    const retry = (): void => {
      if (this.#listener !== client && this.#listener !== undefined) return;
      this.#listener = undefined;
      if (!this.#stopped) setTimeout(() => void this.#listen(), 500).unref();
    };
    client.on('error', retry);
    client.on('end', retry);
    client.on('notification', (message) => {
      for (const organisationId of message.payload?.split(',') ?? [])
        if (this.#streams.has(organisationId)) void this.#read(organisationId);
    });
    try {
      await client.connect();
      this.#listener = client;
      await client.query(`listen ${CHANNEL}`);
    } catch {
      await client.end().catch(() => undefined);
      retry();
    }
  }
}
