import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import { enqueue } from '../platform/jobs.ts';
import { log } from '../platform/log.ts';
import { type Database, type Trx, within } from '../platform/postgres.ts';
import { organisationIds, organisationOf } from '../trust/organisation.ts';
import { onMatchWanted } from './internal/wake.ts';
import { lapseDue } from './offers.ts';
import { sweepGone } from './presence.ts';
import { assign, type Free, type Waiting } from './rules.ts';

/** Items of one queue looked at in one go; more wait for the next. */
const PER_QUEUE = 128;

export type Matched = {
  offers: { offerId: string; itemId: string; agentId: string }[];
  /** Some were held by another transaction or more is waiting: match again. */
  more: boolean;
  /** When a rule that holds an item back runs out. */
  nextAt: Date | null;
};

/**
 * Puts what waits before who is free, once. Reads, lets the pure rules decide, then one statement locks the chosen
 * items and agents, both SKIP LOCKED, looks again that they still wait and are free, and writes; `load <= capacity` is
 * checked by the database besides. Any number of processes may run it: an advisory lock keeps them from deciding alike.
 */
export async function matchOnce(trx: Trx, organisationId: string, now: Date): Promise<Matched> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`match ${organisationId}`}, 0))`.execute(trx);
  const { agents, items, nextAt } = await look(trx, organisationId, now);
  const pairs = assign(items, agents, now.getTime());
  if (pairs.length === 0) return { offers: [], more: false, nextAt };
  const { settings } = await organisationOf(trx, organisationId);
  const { rows } = await sql<{
    offer_id: string;
    item_id: string;
    agent_id: string;
    queue_id: string;
    conversation_id: string | null;
    expires_at: Date;
  }>`
    with wish as (
      select * from unnest(${pairs.map((pair) => pair.itemId)}::uuid[], ${pairs.map((pair) => pair.agentId)}::uuid[],
        ${pairs.map((pair) => pair.weight)}::int[], ${pairs.map(() => uuid())}::uuid[]) with ordinality as w(item_id, agent_id, weight, offer_id, n)
    ), waiting as (
      select i.id, i.queue_id, i.conversation_id from item i
      where i.id = any(${pairs.map((pair) => pair.itemId)}::uuid[]) and i.state = 'queued' for update skip locked
    ), free as (
      select a.id, a.load, a.capacity from agent a
      where a.id = any(${[...new Set(pairs.map((pair) => pair.agentId))]}::uuid[]) and a.presence = 'available' and a.gone_at is null
      for update skip locked
    ), fit as (
      select w.*, waiting.queue_id, waiting.conversation_id, free.capacity,
        free.load + sum(w.weight) over (partition by w.agent_id order by w.n) as after
      from wish w join waiting on waiting.id = w.item_id join free on free.id = w.agent_id
    ), pair as (
      select f.*, ${now}::timestamptz + coalesce(q.offer_seconds, ${settings.ringSeconds}) * interval '1 second' as expires_at
      from fit f join queue q on q.id = f.queue_id where f.after <= f.capacity
    ), taken as (
      update item i set state = 'offered', agent_id = p.agent_id, weight = p.weight, offers = i.offers + 1
      from pair p where i.id = p.item_id
    ), loaded as (
      update agent a set load = a.load + p.weight, last_offer_at = ${now}
      from (select agent_id, sum(weight)::int as weight from pair group by agent_id) p where a.id = p.agent_id
    ), made as (
      insert into offer (organisation_id, id, item_id, agent_id, offered_at, expires_at)
      select ${organisationId}::uuid, offer_id, item_id, agent_id, ${now}, expires_at from pair
    )
    select offer_id, item_id, agent_id, queue_id, conversation_id, expires_at from pair order by n`.execute(trx);
  await announce(
    trx,
    ...rows.map((row) => ({
      organisationId,
      kind: 'item.offered',
      conversationId: row.conversation_id ?? undefined,
      payload: { itemId: row.item_id, queueId: row.queue_id, agentId: row.agent_id, offerId: row.offer_id },
    })),
  );
  // one job for all offers that end within the same second
  const ends = new Set(rows.map((row) => Math.ceil(row.expires_at.getTime() / 1_000) * 1_000));
  for (const end of ends)
    await enqueue(trx, {
      task: 'routing.lapse',
      payload: { organisationId },
      runAt: new Date(end),
      key: `lapse:${organisationId}:${end}`,
    });
  return {
    offers: rows.map((row) => ({ offerId: row.offer_id, itemId: row.item_id, agentId: row.agent_id })),
    more: rows.length < pairs.length || items.length >= PER_QUEUE,
    nextAt,
  };
}

/** Agents with a free place who are here, and the first items of each queue that one of them may take. */
async function look(
  trx: Trx,
  organisationId: string,
  now: Date,
): Promise<{ agents: Free[]; items: Waiting[]; nextAt: Date | null }> {
  const { rows } = await sql<{ agents: Free[] | null; items: Waiting[] | null; next_at: Date | null }>`
    with free as materialized (
      select a.id, a.capacity, a.calls, a.load, a.skills, a.languages, a.last_offer_at,
        case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues
      from agent a
      where a.organisation_id = ${organisationId} and a.presence = 'available' and a.gone_at is null
        and exists (select 1 from item i where i.organisation_id = ${organisationId} and i.state = 'queued')
        and exists (select 1 from connection c where c.organisation_id = ${organisationId} and c.agent_id = a.id and c.seen_until > ${now})
    ), next as materialized (
      select i.*, coalesce(i.target_seconds, q.target_seconds) as target, q.skills || i.skills as asked
      from queue q cross join lateral (
        select i.* from item i
        where i.organisation_id = ${organisationId} and i.queue_id = q.id and i.state = 'queued' and exists (
          select 1 from free f where (f.queues is null or q.id = any(f.queues) or f.id = i.wanted_agent_id)
            and (f.skills @> (q.skills || i.skills) or f.id = i.wanted_agent_id)
            and (i.ignored_by is distinct from f.id or i.ignored_until <= ${now})
            and (i.wanted_agent_id is null or i.wanted_until <= ${now} or i.wanted_agent_id = f.id))
        order by i.rank, i.front desc, i.queued_at, i.id limit ${PER_QUEUE}) i
      where q.organisation_id = ${organisationId}
    )
    select
      (select json_agg(json_build_object('id', id, 'capacity', capacity, 'calls', calls, 'load', load, 'skills', skills, 'languages', languages,
        'queues', queues, 'lastOfferAt', extract(epoch from last_offer_at) * 1000) order by id) from free) as agents,
      (select json_agg(json_build_object('id', id, 'kind', kind, 'queueId', queue_id, 'priority', priority, 'front', front,
        'queuedAt', extract(epoch from queued_at) * 1000, 'targetSeconds', target, 'skills', asked, 'language', language,
        'wantedAgentId', wanted_agent_id, 'wantedUntil', extract(epoch from wanted_until) * 1000,
        'ignoredBy', ignored_by, 'ignoredUntil', extract(epoch from ignored_until) * 1000)) from next) as items,
      (select min(at) from item i, unnest(array[i.ignored_until, i.wanted_until]) at
        where i.organisation_id = ${organisationId} and i.state = 'queued' and at > ${now}) as next_at`.execute(trx);
  const row = rows[0]!;
  return { agents: row.agents ?? [], items: row.items ?? [], nextAt: row.next_at };
}

/** What was committed by a process that died before it matched is found after this; and connections that fell silent. */
const SWEEP_MS = 5_000;

export type Matcher = {
  wake(organisationId: string): void;
  /** Resolves when nothing is left to match that this process knows of. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** Matches when something changed (a verb of this room committed), when a rule runs out, and slowly for safety. */
export function startMatcher(deps: { db: Database; clock: Clock; sweepMs?: number }): Matcher {
  const running = new Map<string, { again: boolean; done: Promise<void> }>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function wake(organisationId: string): void {
    if (stopped) return;
    const run = running.get(organisationId);
    if (run) {
      run.again = true;
      return;
    }
    const entry = { again: false, done: Promise.resolve() };
    running.set(organisationId, entry);
    entry.done = go(organisationId, entry).finally(() => {
      running.delete(organisationId);
      if (entry.again) wake(organisationId);
    });
  }

  async function go(organisationId: string, entry: { again: boolean }): Promise<void> {
    try {
      let more = true;
      while ((more || entry.again) && !stopped) {
        entry.again = false;
        const matched = await within(deps.db, organisationId, (trx) => matchOnce(trx, organisationId, deps.clock()));
        // what was skipped is held by a transaction that ends soon and asks again itself
        more = matched.more && matched.offers.length > 0;
        clearTimeout(timers.get(organisationId));
        if (matched.nextAt) later(organisationId, matched.nextAt.getTime() - deps.clock().getTime());
      }
    } catch (error) {
      if (stopped) return;
      log.warn({ error }, 'matching failed; trying again');
      later(organisationId, 500);
    }
  }

  function later(organisationId: string, ms: number): void {
    clearTimeout(timers.get(organisationId));
    const timer = setTimeout(() => wake(organisationId), Math.max(20, Math.min(ms, 60_000)));
    timer.unref();
    timers.set(organisationId, timer);
  }

  async function sweep(): Promise<void> {
    try {
      for (const organisationId of await organisationIds(deps.db)) {
        if (stopped) return;
        await within(deps.db, organisationId, async (trx) => {
          await sweepGone(trx, organisationId, deps.clock());
          await lapseDue(trx, organisationId, deps.clock());
        });
        wake(organisationId);
      }
    } catch (error) {
      if (!stopped) log.warn({ error }, 'the sweep of routing failed; trying again');
    }
  }

  const deaf = onMatchWanted(wake);
  let sweeping: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => (sweeping = sweep().finally(next)), deps.sweepMs ?? SWEEP_MS);
    timer.unref();
  };
  next();

  return {
    wake,
    async idle() {
      while (running.size > 0) await Promise.all([...running.values()].map((entry) => entry.done));
    },
    async stop() {
      stopped = true;
      deaf();
      clearTimeout(timer);
      for (const pending of timers.values()) clearTimeout(pending);
      await sweeping;
      await Promise.all([...running.values()].map((entry) => entry.done));
    },
  };
}
