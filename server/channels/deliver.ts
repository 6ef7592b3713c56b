import { sql } from 'kysely';
import type { ChannelKind, Departing, DeliveryState, Language, OutboundContent } from '../conversation/contract.ts';
import { batcher } from '../platform/batch.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { log } from '../platform/log.ts';
import { type Database, isConnectionLoss, type Trx, within } from '../platform/postgres.ts';
import { organisationIds } from '../trust/organisation.ts';
import { open, type Vault } from '../trust/vault.ts';
import type { Accounts } from './accounts.ts';
import type { Account, Channel, Progress, Sent } from './contract.ts';
import { settleAll, type Settlement } from './settle.ts';
import { departingSources, sendFailures, sends, sendSeconds } from './metrics.ts';
import { backOff, numberPause, Pace } from './rules.ts';

export type Deliver = {
  /** Takes replies that are committed and leased to this process. Returns at once; order is kept for each contact point. */
  hand(departing: Departing[]): void;
  /** Begins to renew leases and to take over what others left lying. */
  start(): void;
  /** Resolves when nothing is on its way in this process. */
  idle(): Promise<void>;
  /** Replies of this process that are not settled yet. */
  size(): number;
  /** Finishes what is in flight and gives the rest back. */
  stop(): Promise<void>;
};

export type DeliverDeps = {
  db: Database;
  vault: Vault;
  accounts: Accounts;
  channels: Partial<Record<ChannelKind, Channel>>;
  /** Names this process in leases: the same as `receive` and `reply` write. */
  processId: string;
  clock?: Clock;
  /** Times for tests; production keeps the defaults. */
  leaseMs?: number;
  recoverEveryMs?: number;
  giveUpMs?: number;
  firstRetryMs?: number;
  /** Under which name a process is connected to PostgreSQL: tells which of the others are dead. Without it their leases run out. */
  connectedAs?(processId: string): string;
};

/** As long as conversation/internal/write.ts leases a new reply. */
const LEASE_MS = 20_000;
const RECOVER_EVERY_MS = 2_000;
const RECOVER_AT_ONCE = 500;
/** An outage of the vendor is waited out this long; then the message has failed and an agent can resend it. */
const GIVE_UP_MS = 6 * 3_600_000;
/** Attempts in flight for one account: as many as it has connections. */
const IN_FLIGHT = 320;
const SETTLE_BATCH = 256;
/** Meta's code for a number above its level. */
const TOO_MANY = '130429';
/** A number's level is asked again after this: Meta may have upgraded it. */
const BELIEVE_LEVEL_MS = 600_000;
const SWEEP_EVERY_MS = 3_600_000;
const STOP_PATIENCE_MS = 20_000;

type Entry = { departing: Departing; progress: Progress; bornAt: number };

/** A contact point's replies in their order; the head is the one that is tried. */
type Point = {
  id: string;
  waiting: Entry[];
  state: 'idle' | 'ready' | 'flying' | 'held';
  pace: Pace | undefined;
  timer: NodeJS.Timeout | undefined;
};

/** An account: what may fly, how fast. */
type Lane = {
  accountId: string;
  ready: Set<Point>;
  flying: number;
  pace: Pace | undefined;
  /** The vendor's levels, while we do not know which one this number has; and until when we believe the one we found. */
  levels: readonly number[] | undefined;
  slowUntil: number;
  /** How many went in this second and in the one before. */
  second: number;
  inSecond: number;
  before: number;
  pausedUntil: number;
  strikes: number;
  timer: NodeJS.Timeout | undefined;
};

type TakenOver = { claimed: number; entries: Entry[]; settle: Settlement[]; positions: Map<string, number> };

/**
 * Takes committed replies to their channel, straight from memory: in order for each contact point, as fast as
 * the vendor lets a number and a person be written to, again after what passes, and with a reason after what does not.
 * Rows of `departure` are the truth: whatever a process leaves behind is taken over once its lease lapsed.
 */
export function createDeliver(deps: DeliverDeps): Deliver {
  const { db, vault, accounts, channels, processId } = deps;
  const clock = deps.clock ?? systemClock;
  const leaseMs = deps.leaseMs ?? LEASE_MS;
  const giveUpMs = deps.giveUpMs ?? GIVE_UP_MS;
  const firstRetryMs = deps.firstRetryMs ?? 1_000;

  const points = new Map<string, Point>();
  const lanes = new Map<string, Lane>();
  /** Everything of this process that is not settled: what its leases are renewed for. */
  const mine = new Map<string, string>();
  const idlers: (() => void)[] = [];
  let stopping = false;
  let renewTimer: NodeJS.Timeout | undefined;
  let recoverTimer: NodeJS.Timeout | undefined;
  let recovering: Promise<void> | undefined;
  let sweptAt = 0;

  const settled = batcher<Settlement, void>({
    key: (item) => item.messageId,
    group: (item) => item.organisationId,
    size: SETTLE_BATCH,
    // one at a time: the next gathers meanwhile, and a mark is in no hurry
    inFlight: 1,
    run: async (items) => {
      await within(db, items[0]!.organisationId, (trx) => settleAll(trx, items));
      return items.map(() => undefined);
    },
  });

  function hand(list: Departing[]): void {
    const touched = new Set<Lane>();
    for (const departing of list) add({ departing, progress: { partsSent: 0 }, bornAt: clock().getTime() }, touched);
    for (const lane of touched) pump(lane);
  }

  function add(entry: Entry, touched: Set<Lane>): void {
    const { departing } = entry;
    if (mine.has(departing.messageId)) return;
    mine.set(departing.messageId, departing.organisationId);
    let point = points.get(departing.contactPointId);
    if (!point) {
      const pace = channels[departing.channel]?.personPace;
      point = {
        id: departing.contactPointId,
        waiting: [],
        state: 'idle',
        pace: pace ? new Pace(pace.everyMs, (pace.burst - 1) * pace.everyMs) : undefined,
        timer: undefined,
      };
      points.set(point.id, point);
    }
    point.waiting.push(entry);
    if (point.state === 'idle') touched.add(makeReady(point));
  }

  /** Puts a point in its account's line, or holds it until its person may be written to again. */
  function makeReady(point: Point): Lane {
    const lane = laneOf(point.waiting[0]!.departing);
    const wait = point.pace?.waitAt(clock().getTime()) ?? 0;
    if (wait > 0) {
      hold(point, wait);
    } else {
      point.state = 'ready';
      lane.ready.add(point);
    }
    return lane;
  }

  function hold(point: Point, ms: number): void {
    point.state = 'held';
    point.timer = setTimeout(() => {
      point.timer = undefined;
      point.state = 'idle';
      if (!stopping && point.waiting.length > 0) pump(makeReady(point));
    }, ms);
  }

  function laneOf(departing: Departing): Lane {
    let lane = lanes.get(departing.accountId);
    if (!lane) {
      const perSecond = accounts.byId(departing.accountId)?.settings.messagesPerSecond;
      lane = {
        accountId: departing.accountId,
        ready: new Set(),
        flying: 0,
        levels: perSecond === undefined ? channels[departing.channel]?.numberLevels : undefined,
        pace: perSecond === undefined ? undefined : paceOf(perSecond),
        slowUntil: perSecond === undefined ? 0 : Number.POSITIVE_INFINITY,
        second: 0,
        inSecond: 0,
        before: 0,
        pausedUntil: 0,
        strikes: 0,
        timer: undefined,
      };
      lanes.set(departing.accountId, lane);
    }
    return lane;
  }

  function pump(lane: Lane): void {
    if (stopping) return;
    while (lane.ready.size > 0 && lane.flying < IN_FLIGHT) {
      const now = clock().getTime();
      if (lane.pace && lane.slowUntil < now) lane.pace = undefined;
      const wait = Math.max(lane.pausedUntil - now, lane.pace?.waitAt(now) ?? 0);
      if (wait > 0) {
        lane.timer ??= setTimeout(() => {
          lane.timer = undefined;
          pump(lane);
        }, wait);
        return;
      }
      const point = lane.ready.values().next().value!;
      lane.ready.delete(point);
      point.state = 'flying';
      lane.flying += 1;
      lane.pace?.spend(now, 1);
      point.pace?.spend(now, 1);
      tally(lane, now);
      void fly(lane, point);
    }
  }

  async function fly(lane: Lane, point: Point): Promise<void> {
    const entry = point.waiting[0]!;
    let pause = 0;
    try {
      pause = await attempt(lane, entry);
    } catch (error) {
      // nothing of what a vendor answers throws: this is ours, or the database's
      if (!isConnectionLoss(error)) log.error({ error }, 'a reply could not be handled; trying again');
      pause = 2_000;
    }
    lane.flying -= 1;
    point.state = 'idle';
    if (pause === 0) point.waiting.shift();
    if (!stopping) {
      if (pause > 0) hold(point, pause);
      else if (point.waiting.length > 0) makeReady(point);
    }
    pump(lane);
    if (stopping && flying() === 0) wakeIdlers();
  }

  /** One attempt. @returns 0 when the entry is done with, else for how many ms it stays at the head of its line */
  async function attempt(lane: Lane, entry: Entry): Promise<number> {
    const { departing } = entry;
    const channel = channels[departing.channel];
    const base = { organisationId: departing.organisationId, messageId: departing.messageId };
    const account = await accountOf(departing.accountId);
    if (!channel || !account) return done({ ...base, kind: 'failed', reason: 'disconnected', code: 'no_account' });
    if (departing.attempt > 0) {
      const state = await look(departing, channel);
      if (state === 'seen') return done({ ...base, kind: 'seen' });
      if (state === 'closed') return done({ ...base, kind: 'failed', reason: 'window_closed', code: 'window' });
    }
    const before = entry.progress.partsSent;
    const began = performance.now();
    const sent = await channel.send(departing, account, entry.progress);
    sendSeconds.labels(departing.channel).observe((performance.now() - began) / 1000);
    sends.labels(departing.channel, sent.outcome).inc();
    // a message of several parts cost more than the one that was paid for
    const extra = entry.progress.partsSent - before - 1;
    if (extra > 0) {
      const now = clock().getTime();
      lane.pace?.spend(now, extra);
      points.get(departing.contactPointId)?.pace?.spend(now, extra);
    }
    if (sent.outcome === 'sent') {
      lane.strikes = 0;
      return done({ ...base, kind: 'sent', externalId: sent.externalId });
    }
    sendFailures.labels(departing.channel, sent.code).inc();
    if (sent.outcome === 'failed') return done({ ...base, kind: 'failed', reason: sent.reason, code: sent.code });
    return again(lane, entry, sent);
  }

  function again(lane: Lane, entry: Entry, sent: Extract<Sent, { outcome: 'retry' }>): number {
    const { departing } = entry;
    const now = clock().getTime();
    const base = { organisationId: departing.organisationId, messageId: departing.messageId };
    if (now - entry.bornAt > giveUpMs) return done({ ...base, kind: 'failed', reason: 'unreachable', code: sent.code });
    departing.attempt += 1;
    let wait =
      sent.afterMs ??
      backOff(departing.attempt, firstRetryMs, sent.reason === 'rate' && sent.scope === 'person' ? 4 : 2);
    if (sent.scope === 'number') {
      // everyone behind this number waits, and longer each time it says so again
      lane.strikes += now >= lane.pausedUntil ? 1 : 0;
      wait = sent.afterMs ?? numberPause(lane.strikes, firstRetryMs);
      lane.pausedUntil = Math.max(lane.pausedUntil, now + wait);
      if (lane.levels && sent.code === TOO_MANY) {
        // the vendor has said that it was too much: keep to the highest level that we were near
        const rate = Math.max(lane.before, lane.inSecond);
        lane.pace = paceOf(lane.levels.findLast((level) => rate >= level * 0.8) ?? lane.levels[0]!);
        lane.slowUntil = now + BELIEVE_LEVEL_MS;
      }
    }
    void settle({ ...base, kind: 'retry', attempt: departing.attempt, nextTryAt: new Date(now + wait) });
    return Math.max(wait, 1);
  }

  function done(item: Settlement): 0 {
    void settle(item);
    return 0;
  }

  /** Writes down what became of a reply, again until it stands: a mark that is lost would send it twice. */
  async function settle(item: Settlement): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await settled(item);
        break;
      } catch (error) {
        if (tries === 0)
          log.warn({ error, kind: item.kind }, 'what became of a reply could not be written; trying again');
        // the vendor's id is already another message's: better without it than sent for ever
        if (tries >= 3 && !isConnectionLoss(error) && item.kind === 'sent') item = { ...item, externalId: '' };
        if (tries >= 6 && !isConnectionLoss(error)) {
          log.error({ error, kind: item.kind }, 'what became of a reply is given up');
          break;
        }
        await new Promise((next) => setTimeout(next, Math.min(5_000, 100 * 2 ** tries)));
      }
    }
    if (item.kind === 'retry') return;
    mine.delete(item.messageId);
    if (mine.size === 0) wakeIdlers();
  }

  async function accountOf(accountId: string): Promise<Account | undefined> {
    const known = accounts.byId(accountId);
    if (known) return known;
    await accounts.fresh();
    await accounts.lookAgain();
    return accounts.byId(accountId);
  }

  /** Before trying again: was it seen as sent meanwhile, is it still ours, may it still be said freely? */
  async function look(departing: Departing, channel: Channel): Promise<'seen' | 'closed' | 'due'> {
    return within(db, departing.organisationId, async (trx) => {
      const { rows } = await sql<{ delivery: DeliveryState; owner: string | null; last_inbound_at: Date | null }>`
        select m.delivery, d.lease_owner as owner, cp.last_inbound_at
        from departure d join message m on m.id = d.message_id join contact_point cp on cp.id = d.contact_point_id
        where d.organisation_id = ${departing.organisationId} and d.message_id = ${departing.messageId}`.execute(trx);
      const row = rows[0];
      if (!row || row.owner !== processId || wasSeen(row.delivery)) return 'seen';
      return windowClosed(channel, departing.content, row.last_inbound_at) ? 'closed' : 'due';
    });
  }

  function windowClosed(channel: Channel, content: OutboundContent, lastInboundAt: Date | null): boolean {
    if (channel.windowMs === undefined || content.kind === 'template') return false;
    return !lastInboundAt || clock().getTime() - lastInboundAt.getTime() > channel.windowMs;
  }

  async function renew(): Promise<void> {
    const byOrganisation = new Map<string, string[]>();
    for (const [messageId, organisationId] of mine) {
      const ids = byOrganisation.get(organisationId);
      if (ids) ids.push(messageId);
      else byOrganisation.set(organisationId, [messageId]);
    }
    for (const [organisationId, ids] of byOrganisation) {
      await within(db, organisationId, (trx) =>
        sql`update departure set lease_until = now() + ${leaseMs} * interval '1 millisecond'
          where organisation_id = ${organisationId} and lease_owner = ${processId} and message_id = any(${ids}::uuid[])`.execute(
          trx,
        ),
      );
    }
    // a point that nobody waits for and that may be written to is forgotten
    const now = clock().getTime();
    for (const [id, point] of points)
      if (point.waiting.length === 0 && point.state === 'idle' && (point.pace?.isFull(now) ?? true)) points.delete(id);
    // a rate changed by the administrator holds from now on
    for (const [id, lane] of lanes) if (isIdle(lane, now)) lanes.delete(id);
  }

  /** Takes over what lies: its process died, or could not finish. */
  async function recover(): Promise<void> {
    await accounts.fresh();
    const sweep = Date.now() - sweptAt > SWEEP_EVERY_MS;
    if (sweep) sweptAt = Date.now();
    for (const organisationId of await organisationIds(db)) {
      if (sweep) await sweepEarly(organisationId);
      if (deps.connectedAs) await endLeasesOfTheDead(organisationId, deps.connectedAs);
      while (!stopping) {
        const taken = await within(db, organisationId, (trx) => takeOver(trx, organisationId));
        const touched = new Set<Lane>();
        for (const entry of taken.entries) add(entry, touched);
        sortByPosition(taken.entries, taken.positions);
        for (const item of taken.settle) {
          mine.set(item.messageId, organisationId);
          void settle(item);
        }
        for (const lane of touched) pump(lane);
        if (taken.claimed < RECOVER_AT_ONCE) break;
      }
    }
  }

  /** Receipts of messages that others sent from the same number wait for nobody. */
  async function sweepEarly(organisationId: string): Promise<void> {
    await within(db, organisationId, (trx) =>
      sql`delete from early_receipt where organisation_id = ${organisationId} and at < now() - interval '1 day'`.execute(
        trx,
      ),
    );
  }

  /**
   * A process that was killed has no connection left, so its patients need not wait for its leases. Not right after PostgreSQL
   * started, when the living are still coming back, nor a lease so fresh that its owner may be on the way to its first connection.
   */
  async function endLeasesOfTheDead(organisationId: string, connectedAs: (processId: string) => string): Promise<void> {
    await within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ owner: string }>`
        select distinct lease_owner::text as owner from departure
        where organisation_id = ${organisationId}::uuid and lease_until >= now() and lease_owner <> ${processId}::uuid`.execute(
        trx,
      );
      if (rows.length === 0) return;
      const names = rows.map((row) => connectedAs(row.owner));
      await sql`
        update departure d set lease_until = now() - interval '1 second'
        from unnest(${rows.map((row) => row.owner)}::uuid[], ${names}::text[]) as o(id, name)
        where d.organisation_id = ${organisationId}::uuid and d.lease_owner = o.id and d.lease_until >= now()
          and d.lease_until < now() + ${leaseMs - 2_000} * interval '1 millisecond'
          and pg_postmaster_start_time() < now() - interval '10 seconds'
          and not exists (select 1 from pg_stat_activity a where a.application_name = o.name)`.execute(trx);
    });
  }

  async function takeOver(trx: Trx, organisationId: string): Promise<TakenOver> {
    // one at a time, so that two do not part the replies of one person between them
    const { rows: locks } = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`departures:${organisationId}`}, 0)) as got`.execute(trx);
    const none = { claimed: 0, entries: [], settle: [], positions: new Map<string, number>() };
    if (!locks[0]!.got) return none;
    const { rows: claimed } = await sql<{ message_id: string }>`
      with due as (
        select d.message_id from departure d
        where d.organisation_id = ${organisationId} and d.next_try_at <= now() and (d.lease_until is null or d.lease_until < now())
          and not (d.message_id = any(${[...mine.keys()]}::uuid[]))
          and not exists (
            select 1 from departure e
            where e.organisation_id = d.organisation_id and e.contact_point_id = d.contact_point_id and e.position < d.position
              and (e.next_try_at > now() or (e.lease_until >= now() and e.lease_owner <> ${processId})))
        order by d.position limit ${RECOVER_AT_ONCE} for update skip locked
      )
      update departure d set lease_owner = ${processId}, lease_until = now() + ${leaseMs} * interval '1 millisecond', attempt = d.attempt + 1
      from due where d.message_id = due.message_id and d.organisation_id = ${organisationId}
      returning d.message_id`.execute(trx);
    if (claimed.length === 0) return none;
    log.info({ count: claimed.length }, 'replies taken over');
    const { rows } = await sql<{
      message_id: string;
      conversation_id: string;
      account_id: string;
      contact_point_id: string;
      attempt: number;
      delivery: DeliveryState;
      channel: ChannelKind;
      person_id: string;
      content_sealed: Buffer;
      created_at: Date;
      address_sealed: Buffer;
      last_inbound_at: Date | null;
      language: Language;
    }>`
      select d.message_id, d.conversation_id, d.account_id, d.contact_point_id, d.attempt, m.delivery, cp.channel, m.person_id,
        m.content_sealed, m.created_at, cp.address_sealed, cp.last_inbound_at, c.language
      from departure d join message m on m.id = d.message_id
      join contact_point cp on cp.id = d.contact_point_id join conversation c on c.id = d.conversation_id
      where d.organisation_id = ${organisationId} and d.message_id = any(${claimed.map((row) => row.message_id)}::uuid[])
      order by d.position`.execute(trx);
    const orgKey = await vault.organisationKey(trx, organisationId);
    const keys = await vault.personKeys(
      trx,
      organisationId,
      rows.map((row) => row.person_id),
    );
    const entries: Entry[] = [];
    const settle: Settlement[] = [];
    for (const row of rows) {
      const base = { organisationId, messageId: row.message_id };
      if (wasSeen(row.delivery)) {
        settle.push({ ...base, kind: 'seen' });
        continue;
      }
      let content: OutboundContent;
      let address: string;
      try {
        content = JSON.parse(
          open(keys.get(row.person_id)!, row.content_sealed, `message:${row.message_id}`).toString('utf8'),
        ) as OutboundContent;
        address = open(orgKey, row.address_sealed, `contact-point:${row.contact_point_id}`).toString('utf8');
      } catch (error) {
        log.error({ error }, 'a reply cannot be opened');
        settle.push({ ...base, kind: 'failed', reason: 'unreadable', code: 'sealed' });
        continue;
      }
      const channel = channels[row.channel];
      if (channel && windowClosed(channel, content, row.last_inbound_at)) {
        settle.push({ ...base, kind: 'failed', reason: 'window_closed', code: 'window' });
        continue;
      }
      entries.push({
        departing: {
          ...base,
          accountId: row.account_id,
          channel: row.channel,
          conversationId: row.conversation_id,
          contactPointId: row.contact_point_id,
          address,
          language: row.language,
          content,
          attempt: row.attempt,
        },
        progress: { partsSent: 0 },
        bornAt: row.created_at.getTime(),
      });
    }
    // with what this process already holds for the same people, so that the two can be put in one order
    const { rows: places } = await sql<{ message_id: string; position: number }>`
      select message_id, position from departure
      where organisation_id = ${organisationId} and contact_point_id = any(${rows.map((row) => row.contact_point_id)}::uuid[])`.execute(
      trx,
    );
    return {
      claimed: claimed.length,
      entries,
      settle,
      positions: new Map(places.map((row) => [row.message_id, row.position])),
    };
  }

  /** What was taken over from another process goes before what came later; the head that is in flight stays. */
  function sortByPosition(entries: Entry[], positions: Map<string, number>): void {
    const place = (entry: Entry): number => positions.get(entry.departing.messageId) ?? Number.POSITIVE_INFINITY;
    for (const point of new Set(entries.map((entry) => points.get(entry.departing.contactPointId)))) {
      if (!point || point.waiting.length < 2) continue;
      const head = point.state === 'flying' ? point.waiting.splice(0, 1) : [];
      point.waiting = [...head, ...point.waiting.toSorted((a, b) => place(a) - place(b))];
    }
  }

  const count = (): number => mine.size;

  function flying(): number {
    let count = 0;
    for (const lane of lanes.values()) count += lane.flying;
    return count;
  }

  function wakeIdlers(): void {
    for (const idler of idlers.splice(0)) idler();
  }

  return {
    hand,
    start() {
      departingSources.add(count);
      const keepRenewing = (): void => {
        renewTimer = setTimeout(() => {
          void renew()
            .catch((error: unknown) => log.warn({ error }, 'leases could not be renewed'))
            .finally(() => stopping || keepRenewing());
        }, leaseMs / 3);
      };
      const keepRecovering = (after: number): void => {
        recoverTimer = setTimeout(() => {
          recovering = recover()
            .catch((error: unknown) => log.warn({ error }, 'replies could not be taken over'))
            .finally(() => stopping || keepRecovering(deps.recoverEveryMs ?? RECOVER_EVERY_MS));
        }, after);
      };
      keepRenewing();
      keepRecovering(0);
    },
    idle: () => (mine.size === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    size: count,
    async stop() {
      if (stopping) return;
      stopping = true;
      departingSources.delete(count);
      clearTimeout(renewTimer);
      clearTimeout(recoverTimer);
      for (const lane of lanes.values()) clearTimeout(lane.timer);
      for (const point of points.values()) clearTimeout(point.timer);
      await recovering;
      if (flying() > 0) {
        let patience: NodeJS.Timeout | undefined;
        await Promise.race([
          new Promise<void>((resolve) => idlers.push(resolve)),
          new Promise<void>((resolve) => (patience = setTimeout(resolve, STOP_PATIENCE_MS))),
        ]);
        clearTimeout(patience);
      }
      await settled.idle();
      await release().catch((error: unknown) => log.warn({ error }, 'leases were not given back; they lapse'));
    },
  };

  /** Gives back what has not been tried, so that another process need not wait for the leases to lapse. */
  async function release(): Promise<void> {
    for (const organisationId of new Set(mine.values())) {
      const ids = [...mine].filter(([, owner]) => owner === organisationId).map(([messageId]) => messageId);
      await within(db, organisationId, (trx) =>
        sql`update departure set lease_owner = null, lease_until = null
          where organisation_id = ${organisationId} and lease_owner = ${processId} and message_id = any(${ids}::uuid[])`.execute(
          trx,
        ),
      );
    }
  }
}

/** A twentieth below, and a twentieth of a second's worth at once: no second ever holds more than the vendor allows. */
function paceOf(perSecond: number): Pace {
  return new Pace(1000 / (perSecond * 0.95), 50);
}

/** Nothing to remember of it: a rate that is set is read again, one that was found out has lapsed. */
function isIdle(lane: Lane, now: number): boolean {
  const learned = lane.levels !== undefined && lane.slowUntil > now;
  return lane.ready.size === 0 && lane.flying === 0 && lane.pausedUntil < now && !learned;
}

function tally(lane: Lane, now: number): void {
  const second = Math.floor(now / 1000);
  if (second !== lane.second) {
    lane.before = second === lane.second + 1 ? lane.inSecond : 0;
    lane.inSecond = 0;
    lane.second = second;
  }
  lane.inSecond += 1;
}

function wasSeen(delivery: DeliveryState): boolean {
  return delivery !== 'pending' && delivery !== 'sending';
}
