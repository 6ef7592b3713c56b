import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { Priority } from '../../conversation/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { ItemKind } from '../contract.ts';
import { onMatchWanted } from '../internal/wake.ts';
import { type Queue, queuesOf, termsOf } from '../queues.ts';
import { type Case, learn, type Learned, type Rings } from './learning/rules.ts';
import { ARRIVALS_FADE_SECONDS, type WaitState } from './world/rules.ts';

/** What is known of an organisation at a moment, and since when. */
export type Known = { state: WaitState; queues: Queue[]; readAt: number };

/** How work went lately is read this seldom: it changes slowly. */
const HISTORY_MS = 600_000;
/** What comes in is counted this often. */
const ARRIVALS_MS = 30_000;
/** Closed items this far back, the last so many. */
const HISTORY_DAYS = 28;
const HISTORY_ITEMS = 4_000;
/** What came longer ago is not counted. */
const ARRIVALS_S = 3 * ARRIVALS_FADE_SECONDS;

type Memory = {
  askedAt?: number;
  known?: Known;
  history?: { value: Learned; until: number };
  arrivals?: { value: WaitState['arrivals']; until: number };
};
const memory = new Map<string, Memory>();

function memoryOf(organisationId: string): Memory {
  const found = memory.get(organisationId) ?? {};
  memory.set(organisationId, found);
  return found;
}

/** As an age: read it now. */
export const ANEW = -1;

/**
 * What is known of an organisation, read if the last reading is older than this. Reading again costs at most a fiftieth
 * of the time: what took long to read is kept longer.
 * @param now milliseconds
 */
export async function knownAt(trx: Trx, organisationId: string, now: number, maxAgeMs: number): Promise<Known> {
  const mine = memoryOf(organisationId);
  mine.askedAt = now;
  if (mine.known && Math.abs(now - mine.known.readAt) <= maxAgeMs) return mine.known;
  const began = performance.now();
  // whoever may not wait takes an older history: it is read beside
  const longer = maxAgeMs > REFRESH_MS ? 6 * HISTORY_MS : 0;
  if (!mine.history || now >= mine.history.until + longer || mine.history.until - now > 2 * HISTORY_MS)
    mine.history = { value: await readHistory(trx, organisationId, now), until: now + HISTORY_MS };
  if (!mine.arrivals || now >= mine.arrivals.until || mine.arrivals.until - now > 2 * ARRIVALS_MS)
    mine.arrivals = { value: await readArrivals(trx, organisationId, now), until: now + ARRIVALS_MS };
  const queues = await queuesOf(trx, organisationId);
  const state = await readPresent(trx, organisationId, queues, now, mine.history.value, mine.arrivals.value);
  const took = performance.now() - began;
  // an answer that took 100 ms is good for 5 s
  mine.known = { state, queues, readAt: now + Math.min(30_000, Math.max(0, 50 * took - maxAgeMs)) };
  return mine.known;
}

/** An organisation that nobody asked about for so long is left alone. */
const ASKED_MS = 120_000;
const REFRESH_MS = 1_000;

/**
 * Reads the state anew soon after something of it changed, at most once a second and only while it is asked for: so what a
 * patient is told while a message is received needs no reading of its own.
 * @returns what ends it
 */
export function keepFresh(deps: { db: Database; clock: Clock }): () => Promise<void> {
  const waiting = new Map<string, NodeJS.Timeout>();
  let reading: Promise<unknown> = Promise.resolve();
  const deaf = onMatchWanted((organisationId) => {
    const { known, askedAt } = memoryOf(organisationId);
    const now = deps.clock().getTime();
    if (!known || askedAt === undefined || now - askedAt > ASKED_MS || waiting.has(organisationId)) return;
    const timer = setTimeout(
      () => {
        waiting.delete(organisationId);
        const again = memoryOf(organisationId);
        const { askedAt: asked } = again;
        reading = within(deps.db, organisationId, (trx) => knownAt(trx, organisationId, deps.clock().getTime(), 0))
          // only patients and desks count as asking
          .then(() => void (again.askedAt = asked))
          .catch((error: unknown) => log.warn({ error }, 'who waits could not be read; read again when asked'));
      },
      Math.max(0, Math.min(60_000, known.readAt + REFRESH_MS - now)),
    );
    timer.unref();
    waiting.set(organisationId, timer);
  });
  return async () => {
    deaf();
    for (const timer of waiting.values()) clearTimeout(timer);
    await reading;
  };
}

type Present = {
  agents: WaitState['agents'] | null;
  held: { agentId: string; queueId: string; kind: ItemKind; weight: number; age: number; offered: boolean }[] | null;
  waiting: (Omit<WaitState['waiting'][number], 'ageSeconds'> & { age: number })[] | null;
};

/** Who works, what each holds, who waits: one statement. */
async function readPresent(
  trx: Trx,
  organisationId: string,
  queues: Queue[],
  now: number,
  history: Learned,
  arrivals: WaitState['arrivals'],
): Promise<WaitState> {
  const at = new Date(now);
  const { rows } = await sql<Present>`
    with here as materialized (
      select a.id, hebra.places(a.capacity, a.pace) as places, a.load, a.calls, a.weights, a.skills, a.levels,
        case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues
      from agent a where a.organisation_id = ${organisationId} and a.presence in ('available', 'busy') and a.gone_at is null
    )
    select
      (select json_agg(json_build_object('id', id, 'places', places, 'free', places - load, 'calls', calls, 'weights', weights,
        'skills', skills, 'levels', levels, 'queues', queues) order by id) from here) as agents,
      (select json_agg(json_build_object('agentId', i.agent_id, 'queueId', i.queue_id, 'kind', i.kind, 'weight', i.weight,
        'age', extract(epoch from ${at}::timestamptz - coalesce(i.accepted_at, ${at}::timestamptz)), 'offered', i.state = 'offered') order by i.id)
        from item i join here on here.id = i.agent_id where i.organisation_id = ${organisationId} and i.agent_id is not null) as held,
      (select json_agg(json_build_object('id', i.id, 'queueId', i.queue_id, 'kind', i.kind, 'channel', i.channel, 'priority', i.priority,
        'front', i.front, 'age', extract(epoch from ${at}::timestamptz - i.queued_at), 'skills', i.skills) order by i.id)
        from item i where i.organisation_id = ${organisationId} and i.state = 'queued' and (i.not_before is null or i.not_before <= ${at})) as waiting`.execute(
    trx,
  );
  const { settings } = await organisationOf(trx, organisationId);
  const { agents, held, waiting } = rows[0]!;
  const terms = termsOf(queues, settings.defaultQueue);
  return {
    at: now,
    queues: queues.map((queue, index) => ({
      ...terms[index]!,
      targetSeconds: queue.targetSeconds,
      targets: queue.targets,
      skills: queue.skills,
    })),
    agents: agents ?? [],
    held: (held ?? []).map(({ age, ...one }) => ({ ...one, ageSeconds: Math.max(0, age) })),
    waiting: (waiting ?? []).map(({ age, ...one }) => ({ ...one, ageSeconds: Math.max(0, age) })),
    arrivals,
    ...history,
  };
}

/** How work went here lately. */
async function readHistory(trx: Trx, organisationId: string, now: number): Promise<Learned> {
  const at = new Date(now);
  const since = new Date(now - HISTORY_DAYS * 86_400_000);
  const { rows: cases } = await sql<Case>`
    select queue_id as "queueId", kind, case when state = 'done' then extract(epoch from ended_at - accepted_at)::float8 end as seconds,
      greatest(0, extract(epoch from coalesce(accepted_at, ended_at) - queued_at))::float8 as "waitedSeconds",
      state in ('abandoned', 'withdrawn') as left, extract(epoch from ${at}::timestamptz - queued_at)::float8 / 86400 as "daysAgo"
    from item where organisation_id = ${organisationId} and queued_at > ${since} and queued_at <= ${at} and ended_at is not null
    order by queued_at desc limit ${HISTORY_ITEMS}`.execute(trx);
  const { rows: rings } = await sql<Rings>`
    select count(*) filter (where taken)::int as taken, coalesce(sum(seconds) filter (where taken), 0)::float8 as "takenSeconds",
      count(*) filter (where not taken)::int as lapsed, coalesce(sum(seconds) filter (where not taken), 0)::float8 as "lapsedSeconds"
    from (select state = 'accepted' as taken, least(600, extract(epoch from answered_at - offered_at)) as seconds
      from offer where organisation_id = ${organisationId} and offered_at > ${since} and state in ('accepted', 'lapsed', 'declined')
        and not by_hand order by offered_at desc limit 1000) o`.execute(trx);
  return learn(cases, rings[0]!);
}

/** What comes in a second, by queue, kind and class; what came just now counts most. */
async function readArrivals(trx: Trx, organisationId: string, now: number): Promise<WaitState['arrivals']> {
  const at = new Date(now);
  const { rows } = await sql<{ queue_id: string; kind: ItemKind; priority: Priority; weight: number }>`
    select queue_id, kind, priority,
      sum(exp(-extract(epoch from ${at}::timestamptz - queued_at) / ${ARRIVALS_FADE_SECONDS}::float8))::float8 as weight
    from item where organisation_id = ${organisationId} and queued_at > ${new Date(now - ARRIVALS_S * 1_000)} and queued_at <= ${at}
    group by queue_id, kind, priority`.execute(trx);
  const whole = ARRIVALS_FADE_SECONDS * (1 - Math.exp(-ARRIVALS_S / ARRIVALS_FADE_SECONDS));
  return rows.map((row) => ({
    queueId: row.queue_id,
    kind: row.kind,
    priority: row.priority,
    perSecond: row.weight / whole,
  }));
}
