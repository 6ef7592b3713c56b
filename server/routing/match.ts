import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import { enqueue } from '../platform/jobs.ts';
import { log } from '../platform/log.ts';
import { afterCommit, type Database, type Trx, within } from '../platform/postgres.ts';
import { PRIORITIES } from '../conversation/contract.ts';
import type { Conversations } from '../conversation/verbs.ts';
import { organisationIds, organisationOf } from '../trust/organisation.ts';
import { settleClock } from './internal/clock.ts';
import { type Head, headsOf } from './internal/heads.ts';
import { onMatchWanted } from './internal/wake.ts';
import { autoAccept, lapseDue } from './offers.ts';
import { sweepGone } from './presence.ts';
import { type Queue, queuesOf, termsOf } from './queues.ts';
import {
  asked,
  assign,
  type Free,
  type Pair,
  reaches,
  relaxesAt,
  type Terms,
  type Waiting,
  weightOf,
} from './rules.ts';

export type Matched = {
  offers: { offerId: string; itemId: string; agentId: string }[];
  /** Some were held by another transaction or more is waiting: match again. */
  more: boolean;
  /** When a rule that holds an item back runs out. */
  nextAt: Date | null;
};

/** What accepting by itself needs; without it, what would be accepted at once rings like the rest. */
type MatchDeps = { conversations?: Pick<Conversations, 'assign'> };

/**
 * Puts what waits before who is free, once. Reads, lets the pure rules decide, then one statement locks the chosen
 * items and agents, both SKIP LOCKED, looks again that they still wait and are free, and writes; `load <= capacity` is
 * checked by the database besides. Any number of processes may run it: an advisory lock keeps them from deciding alike.
 */
export async function matchOnce(trx: Trx, organisationId: string, now: Date, deps: MatchDeps = {}): Promise<Matched> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`match ${organisationId}`}, 0))`.execute(trx);
  const { agents, items, heads, queues, terms, nextAt } = await look(trx, organisationId, now);
  const all = assign(items, agents, terms, now.getTime());
  const wishes = cut(all, items, heads);
  const unplaced = nextRelaxed(items, wishes, terms, now);
  const soonest = nextAt && unplaced ? new Date(Math.min(nextAt.getTime(), unplaced.getTime())) : (nextAt ?? unplaced);
  if (wishes.length === 0) return { offers: [], more: false, nextAt: soonest };
  const offered = await offer(trx, organisationId, now, { wishes, agents, items, queues }, deps);
  return {
    offers: offered.map((row) => ({ offerId: row.offerId, itemId: row.itemId, agentId: row.agentId })),
    more: offered.length < all.length || items.length >= READ,
    nextAt: soonest,
  };
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

type Agent = Free & { auto: boolean };
/** `head`: from which it was read, counted from one; null: it is wanted by somebody. */
type Item = Waiting & { head: number | null };
type Look = {
  agents: Agent[];
  items: Item[];
  heads: { most: number }[];
  queues: Queue[];
  terms: Terms[];
  nextAt: Date | null;
};

/**
 * Agents with a free place who are here, and the first of what each could be given: items that ask alike (one queue, shape
 * and class) are read from their oldest on, as many as those who could have them have places. Thousands may wait.
 */
async function look(trx: Trx, organisationId: string, now: Date): Promise<Look> {
  const agents = await freeAgents(trx, organisationId, now);
  if (agents.length === 0) return { agents, items: [], heads: [], queues: [], terms: [], nextAt: null };
  const queues = await queuesOf(trx, organisationId);
  const { settings } = await organisationOf(trx, organisationId);
  const terms = termsOf(queues, settings.defaultQueue);
  const heads = headsFor(await headsOf(trx, organisationId), agents, queues, terms, now);
  const items = await firstItems(trx, organisationId, heads, agents, queues, now);
  return {
    agents,
    items,
    heads,
    queues,
    terms,
    nextAt: await nextEnd(trx, organisationId, now),
  };
}

async function freeAgents(trx: Trx, organisationId: string, now: Date): Promise<Agent[]> {
  const { rows } = await sql<Agent>`
    select a.id, hebra.places(a.capacity, a.pace) as places, a.calls, a.load, a.skills, a.levels, a.weights, a.interrupts, a.languages,
      a.auto_accept as auto, extract(epoch from a.last_offer_at)::float8 * 1000 as "lastOfferAt",
      case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues,
      case when a.interrupts = '{}' then array(select 'call' from item i where i.organisation_id = ${organisationId} and i.agent_id = a.id
          and (i.kind = 'call' or i.channel in ('voice', 'video')) limit 1)
        else array(select distinct case when i.channel in ('voice', 'video') then 'call' else i.kind end from item i
          where i.organisation_id = ${organisationId} and i.agent_id = a.id) end as holds
    from agent a
    where a.organisation_id = ${organisationId} and a.presence = 'available' and a.gone_at is null
      and exists (select 1 from item i where i.organisation_id = ${organisationId} and i.state = 'queued')
      and exists (select 1 from connection c where c.organisation_id = ${organisationId} and c.agent_id = a.id and c.seen_until > ${now})
    order by a.id`.execute(trx);
  return rows;
}

/** Read beyond the places that there are: some of what is read was ignored, or must wait for its rings. */
const SPARE = 16;
/** Items of a head that are read in one go; more wait for the next, `cut` sees to it that nothing goes before them. */
const READ = 64;
/** Offers that are written in one go. */
const MOST = 512;

/** Those of which somebody free could ever be given one, with how many to read. */
function headsFor(
  heads: Head[],
  agents: Agent[],
  queues: Queue[],
  terms: Terms[],
  now: Date,
): (Head & { most: number })[] {
  const queueOf = new Map(queues.map((queue) => [queue.id, queue]));
  const termsById = new Map(terms.map((one) => [one.id, one]));
  return heads.flatMap((head) => {
    const skills = [...new Set([...(queueOf.get(head.queueId)?.skills ?? []), ...head.skills])];
    const ask = asked(
      { queueId: head.queueId, skills, queuedAt: 0, targetSeconds: 1 },
      termsById.get(head.queueId),
      now.getTime(),
      true,
    );
    let places = 0;
    for (const agent of agents)
      if (weightOf(head, agent) !== null && reaches(agent, ask)) places += agent.places - agent.load;
    return places === 0 ? [] : [{ ...head, most: Math.min(READ, places + SPARE) }];
  });
}

async function firstItems(
  trx: Trx,
  organisationId: string,
  heads: (Head & { most: number })[],
  agents: Agent[],
  queues: Queue[],
  now: Date,
): Promise<Item[]> {
  const free = agents.map((agent) => agent.id);
  const own = sql`id, front, language, extract(epoch from queued_at)::float8 * 1000 as "queuedAt", target_seconds as "targetSeconds",
    case when ignored_by <> '{}' then ignored_by end as by,
    case when ignored_by <> '{}' then array(select extract(epoch from u)::float8 * 1000 from unnest(ignored_until) u) end as until`;
  type Own = Pick<Item, 'id' | 'front' | 'language' | 'queuedAt'> & {
    targetSeconds: number | null;
    by: string[] | null;
    until: number[] | null;
  };
  type Wanted = Own &
    Pick<Item, 'kind' | 'channel' | 'queueId' | 'priority' | 'skills' | 'wantedAgentId' | 'wantedUntil'>;
  // what is the same for all of a head is not read again with each
  const { rows: inLine } = await sql<Own & { n: number }>`
    select h.n::int, i.* from unnest(${heads.map((head) => head.queueId)}::uuid[], ${heads.map((head) => head.shape)}::bigint[],
      ${heads.map((head) => head.rank)}::smallint[], ${heads.map((head) => head.most)}::int[])
      with ordinality as h(queue_id, shape, rank, most, n)
    cross join lateral (
      select ${own} from item where organisation_id = ${organisationId} and state = 'queued'
        and queue_id = h.queue_id and shape = h.shape and rank = h.rank
        and (not_before is null or not_before <= ${now}) and (wanted_agent_id is null or wanted_until <= ${now})
        and (ignored_by = '{}' or exists (select 1 from unnest(${free}::uuid[]) f where not exists (
          select 1 from unnest(ignored_by, ignored_until) as g(agent_id, until) where g.agent_id = f and g.until > ${now})))
      order by front desc, queued_at, item.id limit h.most) i`.execute(trx);
  const { rows: wanted } = await sql<Wanted>`
    select ${own}, kind, channel, queue_id as "queueId", priority, skills, wanted_agent_id as "wantedAgentId",
      extract(epoch from wanted_until)::float8 * 1000 as "wantedUntil"
    from item where organisation_id = ${organisationId} and state = 'queued'
      and wanted_agent_id = any(${free}::uuid[]) and wanted_until > ${now} and (not_before is null or not_before <= ${now})
    order by rank, front desc, queued_at, item.id limit ${MOST}`.execute(trx);
  const queueOf = new Map(queues.map((queue) => [queue.id, queue]));
  const rest = (row: Own, queueId: string, skills: string[]) => {
    const queue = queueOf.get(queueId);
    return {
      id: row.id,
      front: row.front,
      language: row.language,
      queuedAt: row.queuedAt,
      queueId,
      targetSeconds: row.targetSeconds ?? queue?.targetSeconds ?? 120,
      skills: queue && queue.skills.length > 0 ? [...new Set([...queue.skills, ...skills])] : skills,
      ignored: row.by ? row.by.map((agentId, i) => ({ agentId, until: row.until![i]! })) : [],
      notBefore: null,
    };
  };
  return [
    ...inLine.map((row): Item => {
      const head = heads[row.n - 1]!;
      return {
        ...rest(row, head.queueId, head.skills),
        kind: head.kind,
        channel: head.channel,
        priority: PRIORITIES[head.rank]!,
        wantedAgentId: null,
        wantedUntil: null,
        head: row.n,
      };
    }),
    ...wanted.map((row): Item => ({
      ...rest(row, row.queueId, row.skills),
      kind: row.kind,
      channel: row.channel,
      priority: row.priority,
      wantedAgentId: row.wantedAgentId,
      wantedUntil: row.wantedUntil,
      head: null,
    })),
  ];
}

/**
 * Only so many of each head were read. Where the last of them is given, the next, unread, might have been in turn before what
 * follows: the rest is decided when it was read. Where the last is not given, those behind it ask no less and would not be either.
 */
function cut(pairs: Pair[], items: Item[], heads: { most: number }[]): Pair[] {
  const last = new Map<number, { n: number; id: string }>();
  for (const { head, id } of items) if (head !== null) last.set(head, { n: (last.get(head)?.n ?? 0) + 1, id });
  const ends = new Set([...last].flatMap(([head, { n, id }]) => (n >= heads[head - 1]!.most ? [id] : [])));
  const end = pairs.findIndex((pair) => ends.has(pair.itemId));
  return pairs.slice(0, Math.min(MOST, end === -1 ? pairs.length : end + 1));
}

/** When something that holds an item back is over: its hour, the wait for a colleague, the pause of who ignored it. */
async function nextEnd(trx: Trx, organisationId: string, now: Date): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(
      (select min(not_before) from item where organisation_id = ${organisationId} and state = 'queued' and not_before > ${now}),
      (select min(wanted_until) from item where organisation_id = ${organisationId} and state = 'queued'
        and wanted_agent_id is not null and wanted_until > ${now} and wanted_until < 'infinity'),
      (select min(u) from item, unnest(ignored_until) u where organisation_id = ${organisationId} and state = 'queued'
        and ignored_by <> '{}' and u > ${now})) as at`.execute(trx);
  return rows[0]!.at;
}

/** When the first of what was not placed asks less by itself. */
function nextRelaxed(items: Item[], pairs: Pair[], terms: Terms[], now: Date): Date | null {
  if (!terms.some((one) => one.rings.length > 0 || one.overflow.length > 0)) return null;
  const placed = new Set(pairs.map((pair) => pair.itemId));
  const termsById = new Map(terms.map((one) => [one.id, one]));
  let next = Infinity;
  for (const item of items)
    if (!placed.has(item.id))
      next = Math.min(next, relaxesAt(item, termsById.get(item.queueId), now.getTime()) ?? Infinity);
  return next === Infinity ? null : new Date(next);
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

type Offered = { offerId: string; itemId: string; agentId: string; queueId: string; conversationId: string | null };

async function offer(
  trx: Trx,
  organisationId: string,
  now: Date,
  seen: { wishes: Pair[]; agents: Agent[]; items: Item[]; queues: Queue[] },
  deps: MatchDeps,
): Promise<Offered[]> {
  const { settings } = await organisationOf(trx, organisationId);
  const itemOf = new Map(seen.items.map((item) => [item.id, item]));
  const queueOf = new Map(seen.queues.map((queue) => [queue.id, queue]));
  const autoAgents = new Set(seen.agents.filter((agent) => agent.auto).map((agent) => agent.id));
  const autoQueues = new Set(seen.queues.filter((queue) => queue.autoAccept).map((queue) => queue.id));
  const isAuto = (itemId: string, agentId: string): boolean =>
    deps.conversations !== undefined && (autoAgents.has(agentId) || autoQueues.has(itemOf.get(itemId)!.queueId));
  const wishes = await lockConversations(trx, seen.wishes, itemOf, isAuto);
  if (wishes.length === 0) return [];
  const expires = wishes.map((pair) => {
    const seconds = queueOf.get(itemOf.get(pair.itemId)!.queueId)?.offerSeconds ?? settings.ringSeconds;
    return new Date(now.getTime() + seconds * 1_000);
  });
  const { rows } = await sql<Offered>`
    with wish as (
      select * from unnest(${wishes.map((pair) => pair.itemId)}::uuid[], ${wishes.map((pair) => itemOf.get(pair.itemId)!.queueId)}::uuid[],
        ${wishes.map((pair) => pair.agentId)}::uuid[], ${wishes.map((pair) => pair.weight)}::int[], ${wishes.map((pair) => pair.overflow)}::uuid[],
        ${expires}::timestamptz[], ${wishes.map(() => uuid())}::uuid[]) with ordinality as w(item_id, queue_id, agent_id, weight, overflow, expires_at, offer_id, n)
    ), waiting as (
      select i.id, i.conversation_id from wish w join item i on i.id = w.item_id
      where i.state = 'queued' and i.queue_id = w.queue_id and (i.pinned_by is null or i.wanted_agent_id = w.agent_id)
      for no key update of i skip locked
    ), free as (
      select a.id, a.load, hebra.places(a.capacity, a.pace) as places from agent a
      where a.id = any(${[...new Set(wishes.map((pair) => pair.agentId))]}::uuid[]) and a.presence = 'available' and a.gone_at is null
      for no key update skip locked
    ), fit as (
      select w.*, waiting.conversation_id, free.places, free.load + sum(w.weight) over (partition by w.agent_id order by w.n) as after
      from wish w join waiting on waiting.id = w.item_id join free on free.id = w.agent_id
    ), pair as (
      select * from fit where after <= places
    ), taken as (
      update item i set state = 'offered', agent_id = p.agent_id, weight = p.weight, offers = i.offers + 1, overflow_queue_id = p.overflow
      from pair p where i.id = p.item_id
    ), loaded as (
      update agent a set load = a.load + p.weight, last_offer_at = ${now}
      from (select agent_id, sum(weight)::int as weight from pair group by agent_id) p where a.id = p.agent_id
    ), made as (
      insert into offer (organisation_id, id, item_id, agent_id, offered_at, expires_at)
      select ${organisationId}::uuid, offer_id, item_id, agent_id, ${now}, expires_at from pair
    )
    select offer_id as "offerId", item_id as "itemId", agent_id as "agentId", queue_id as "queueId", conversation_id as "conversationId"
    from pair order by n`.execute(trx);
  const auto = rows.filter((row) => isAuto(row.itemId, row.agentId));
  const ringing = rows.filter((row) => !isAuto(row.itemId, row.agentId));
  await announce(
    trx,
    ...ringing.map((row) => ({
      organisationId,
      kind: 'item.offered',
      conversationId: row.conversationId ?? undefined,
      payload: { itemId: row.itemId, queueId: row.queueId, agentId: row.agentId, offerId: row.offerId },
    })),
  );
  if (auto.length > 0) await autoAccept(trx, organisationId, auto, { conversations: deps.conversations!, now });
  if (ringing.length > 0) await lapseLater(trx, organisationId, expires);
  return rows;
}

/**
 * What is accepted at once becomes the agent's conversation in this transaction: its row is locked before item and agent, as
 * everywhere in this room. One that somebody else is at just now waits for the next time.
 */
async function lockConversations(
  trx: Trx,
  wishes: Pair[],
  itemOf: Map<string, Item>,
  isAuto: (itemId: string, agentId: string) => boolean,
): Promise<Pair[]> {
  const isTheirs = (pair: Pair): boolean =>
    itemOf.get(pair.itemId)!.kind === 'conversation' && isAuto(pair.itemId, pair.agentId);
  const wanted = wishes.filter(isTheirs).map((pair) => pair.itemId);
  if (wanted.length === 0) return wishes;
  const { rows } = await sql<{ id: string }>`
    with theirs as (
      select c.id from conversation c where c.id = any(array(select conversation_id from item where id = any(${wanted}::uuid[])))
        and c.state = 'waiting' order by c.id for update skip locked
    )
    select i.id from item i join theirs on theirs.id = i.conversation_id where i.id = any(${wanted}::uuid[])`.execute(
    trx,
  );
  const locked = new Set(rows.map((row) => row.id));
  return wishes.filter((pair) => !isTheirs(pair) || locked.has(pair.itemId));
}

const jobsAsked = new Map<string, number>();

/** One job for all offers that end within the same second, asked for once by this process. */
async function lapseLater(trx: Trx, organisationId: string, expires: Date[]): Promise<void> {
  for (const end of new Set(expires.map((at) => Math.ceil(at.getTime() / 1_000) * 1_000))) {
    const key = `lapse:${organisationId}:${end}`;
    if (jobsAsked.has(key)) continue;
    await enqueue(trx, { task: 'routing.lapse', payload: { organisationId }, runAt: new Date(end), key });
    afterCommit(trx, () => {
      jobsAsked.set(key, end);
      if (jobsAsked.size > 1_000) for (const old of [...jobsAsked.keys()].slice(0, 500)) jobsAsked.delete(old);
    });
  }
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
export function startMatcher(deps: MatchDeps & { db: Database; clock: Clock; sweepMs?: number }): Matcher {
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
        const matched = await within(deps.db, organisationId, (trx) =>
          matchOnce(trx, organisationId, deps.clock(), deps),
        );
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
        // each by itself: together they would lock agents after items
        for (const mend of [settleClock, sweepGone, lapseDue])
          await within(deps.db, organisationId, async (trx) => void (await mend(trx, organisationId, deps.clock())));
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
