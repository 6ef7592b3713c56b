import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { announce, type NewEvent } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { LANGUAGES, type Language, type MenuOption, type Priority } from '../conversation/contract.ts';
import type { HandedOver } from '../conversation/verbs.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { ItemState } from './contract.ts';
import { inOrder } from './internal/in-order.ts';
import { wantMatch } from './internal/wake.ts';
import { mayLeave } from './leaving/rules.ts';
import { lineButtons } from './leaving/texts.ts';
import { routingProblems } from './problems.ts';
import { fallbackQueue, type Queue, queuesOf, targetOf } from './queues.ts';
import { type Able, atLeast, isOpen, nextOpening, reaches } from './rules.ts';
import { COUNTED, waitText } from './texts.ts';
import { tellFirst } from './wait/tell.ts';

/** A colleague who was named is waited for this long; then the queue's other agents are asked. */
const WANTED_MS = 120_000;

type Live = {
  id: string;
  conversation_id: string;
  state: ItemState;
  priority: Priority;
  queue_id: string;
  agent_id: string | null;
  weight: number | null;
};

/** Work as it comes into a queue. `again`: its conversation had an item already. */
type Placed = { handed: HandedOver; queue: Queue; itemId: string; returned: boolean; again: boolean };

/**
 * Makes the items of conversations that now wait for a person, in the transaction that hands them over.
 * One that waits already is raised, never doubled; one that an agent held goes back to the front with its age. The same
 * conversation twice in one call, or in two, is one item.
 * @returns for each its queue and what the patient should read about the wait, if anything, with the buttons under it
 * @throws routing.queue_not_found · agent_not_found (a transfer to what is not there)
 */
export async function handedOver(
  trx: Trx,
  conversations: HandedOver[],
  clock: Clock,
): Promise<{ queueId: string | null; says: string | null; options?: MenuOption[] }[]> {
  if (conversations.length === 0) return [];
  const organisationId = conversations[0]!.organisationId;
  const now = clock();
  const queues = await queuesOf(trx, organisationId);
  const once = new Map<string, HandedOver>();
  for (const handed of conversations) {
    const before = once.get(handed.conversationId);
    once.set(
      handed.conversationId,
      before ? { ...handed, priority: atLeast(before.priority, handed.priority) } : handed,
    );
  }
  const live = await lockLive(trx, organisationId, [...once.keys()]);
  const known = await lastAnswered(
    trx,
    organisationId,
    [...once.values()].filter((handed) => maySuit(handed)),
  );
  const events: NewEvent[] = [];
  const placed = new Map<string, Placed>();
  for (const handed of once.values()) {
    const item = live.get(handed.conversationId);
    const queue = (await chooseQueue(trx, handed, queues)) ?? (await fallbackQueue(trx, organisationId, queues));
    if (handed.agentId) await mustTakeWork(trx, organisationId, handed.agentId);
    const priority = atLeast(item ? atLeast(item.priority, handed.priority) : handed.priority, queue.priority);
    const itemId = item?.id ?? uuid();
    const returned = item?.state === 'accepted';
    const target = handed.targetSeconds ?? targetOf(queue, priority);
    if (!item) {
      const wanted = wantedFor(handed, queue, known.get(handed.personId), now);
      await sql`
        insert into item (organisation_id, id, conversation_id, person_id, queue_id, priority, skills, language, channel, reason,
          queued_at, target_seconds, wanted_agent_id, wanted_since, wanted_until)
        values (${organisationId}, ${itemId}, ${handed.conversationId}, ${handed.personId}, ${queue.id}, ${priority}, ${handed.skills},
          ${handed.language}, ${handed.channel}, ${handed.reason}, ${handed.since}, ${target}, ${wanted?.agentId ?? null},
          ${wanted ? now : null}, ${wanted?.until ?? null})`.execute(trx);
    } else if (returned) {
      await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
      await sql`update item set state = 'queued', agent_id = null, weight = null, accepted_at = null, overflow_queue_id = null, front = true,
        priority = ${priority}, reason = ${handed.reason}, ${inQueue(queue, target)} where id = ${item.id}`.execute(
        trx,
      );
    } else if (item.state === 'queued') {
      // raised while it waits
      await sql`update item set priority = ${priority}, reason = ${handed.reason}, ${inQueue(queue, target)} where id = ${item.id}`.execute(
        trx,
      );
    } else {
      // where it is offered now it may stay
      await sql`update item set priority = ${priority}, reason = ${handed.reason} where id = ${item.id}`.execute(trx);
    }
    const queueId = item?.state === 'offered' ? item.queue_id : queue.id;
    placed.set(handed.conversationId, { handed, queue, itemId, returned, again: item !== undefined });
    events.push({
      organisationId,
      kind: 'item.queued',
      conversationId: handed.conversationId,
      payload: {
        itemId,
        queueId,
        priority,
        fromQueueId: item?.queue_id ?? null,
        agentId: returned ? item.agent_id : null,
      },
    });
  }
  await announce(trx, ...events);
  wantMatch(trx, organisationId);
  const said = await tell(trx, organisationId, [...placed.values()], now);
  return conversations.map(({ conversationId }) => said.get(conversationId)!);
}

/** Into a queue, which keeps in mind where it came in first. */
const inQueue = (queue: Queue, target: number) => sql`queue_id = ${queue.id}::uuid, target_seconds = ${target},
  first_queue_id = case when queue_id <> ${queue.id}::uuid then coalesce(first_queue_id, queue_id) else first_queue_id end`;

/** What each patient should read about the wait, if anything. */
async function tell(
  trx: Trx,
  organisationId: string,
  placed: Placed[],
  now: Date,
): Promise<Map<string, { queueId: string; says: string | null; options?: MenuOption[] }>> {
  const said = await standings(
    trx,
    organisationId,
    placed.map((entry) => entry.itemId),
  );
  const { emergencyNumber, settings } = await organisationOf(trx, organisationId);
  const told = placed.flatMap(({ handed, queue, itemId, returned, again }) => {
    const standing = said.get(itemId)!;
    const open = isOpen(queue.calendar, now);
    // with somebody free it is answered in a moment: nothing to say
    const atOnce = open && standing.ahead === 0 && standing.free && !returned;
    if ((again && !returned) || atOnce) return [];
    const { ahead, staffed, priority } = standing;
    return [{ itemId, queueId: queue.id, priority, channel: handed.channel, ahead, open, staffed }];
  });
  const minutes = await tellFirst(trx, organisationId, told, now);
  const says = ({ handed, queue, itemId, returned }: Placed): { says: string | null; options?: MenuOption[] } => {
    const standing = told.find((one) => one.itemId === itemId);
    if (!standing) return { says: null };
    const { open } = standing;
    const language = (LANGUAGES as readonly string[]).includes(handed.language) ? (handed.language as Language) : 'es';
    const text = waitText(
      language,
      {
        open,
        opensAt: open ? null : nextOpening(queue.calendar, now),
        outOfHours: queue.outOfHours,
        timezone: queue.calendar.timezone,
        ahead: standing.ahead,
        staffed: standing.staffed,
        minutes: minutes.get(itemId) ?? null,
        returned,
        emergencyNumber,
        address: settings.address,
      },
      now,
    );
    return { says: text, ...(mayLeave(standing.priority) && { options: lineButtons(language, itemId) }) };
  };
  return new Map(placed.map((entry) => [entry.handed.conversationId, { queueId: entry.queue.id, ...says(entry) }]));
}

// ── who answered the same person last ───────────────────────────────────────────────────────────────────────────

type Known = { agentId: string } & Able;

/** Nobody is waited for where it is critical, where an agent passed it on, or where one was lost. */
const maySuit = (handed: HandedOver): boolean =>
  handed.agentId === undefined &&
  handed.priority !== 'critical' &&
  handed.reason !== 'transferred' &&
  handed.reason !== 'agent_vanished';

/** For each person the agent who answered them last, if that agent is here and works. */
async function lastAnswered(trx: Trx, organisationId: string, handed: HandedOver[]): Promise<Map<string, Known>> {
  if (handed.length === 0) return new Map();
  const { rows } = await sql<Known & { personId: string }>`
    select p.id as "personId", a.id as "agentId", a.skills, a.levels,
      case when a.every_queue then null else array(select queue_id from agent_queue q where q.agent_id = a.id) end as queues
    from unnest(${handed.map((one) => one.personId)}::uuid[]) p(id)
    cross join lateral (select answered_by from item i where i.organisation_id = ${organisationId} and i.person_id = p.id and i.answered_by is not null
      order by i.accepted_at desc limit 1) i
    join agent a on a.id = i.answered_by and a.presence in ('available', 'busy') and a.gone_at is null`.execute(trx);
  return new Map(rows.map((row) => [row.personId, row]));
}

/** The one who is asked first and alone, and until when: who was named, else who answered last and serves this queue. */
function wantedFor(
  handed: HandedOver,
  queue: Queue,
  known: Known | undefined,
  now: Date,
): { agentId: string; until: Date } | null {
  if (handed.agentId) return { agentId: handed.agentId, until: new Date(now.getTime() + WANTED_MS) };
  if (!known || queue.stickySeconds === 0 || queue.priority === 'critical') return null;
  const skills = [...new Set([...queue.skills, ...handed.skills])];
  const suits = reaches(known, {
    queues: [queue.id],
    skills,
    full: [],
    now: skills.map((skill) => queue.levels[skill] ?? 1),
  });
  return suits ? { agentId: known.agentId, until: new Date(now.getTime() + queue.stickySeconds * 1_000) } : null;
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Items of these conversations that wait or are held, agents and items locked in the room's order. */
async function lockLive(trx: Trx, organisationId: string, conversationIds: string[]): Promise<Map<string, Live>> {
  const read = (lock: boolean) =>
    sql<Live>`select id, conversation_id, state, priority, queue_id, agent_id, weight from item
      where organisation_id = ${organisationId} and conversation_id = any(${conversationIds}::uuid[])
        and kind = 'conversation' and state in ('queued', 'offered', 'accepted') order by id ${lock ? sql`for no key update` : sql``}`.execute(
      trx,
    );
  if ((await read(false)).rows.length === 0) return new Map();
  return inOrder(trx, async () => {
    const before = (await read(false)).rows.flatMap((row) => (row.agent_id ? [row.agent_id] : []));
    if (before.length > 0)
      await sql`select 1 from agent where id = any(${before}::uuid[]) order by id for no key update`.execute(trx);
    const { rows } = await read(true);
    return {
      value: new Map(rows.map((row) => [row.conversation_id, row])),
      good: rows.every((row) => row.agent_id === null || before.includes(row.agent_id)),
    };
  });
}

async function chooseQueue(trx: Trx, handed: HandedOver, queues: Queue[]): Promise<Queue | undefined> {
  if (handed.queueId) {
    const found = queues.find((queue) => queue.id === handed.queueId);
    if (!found) throw routingProblems.queue_not_found();
    return found;
  }
  if (handed.queue) return queues.find((queue) => queue.key === handed.queue && !queue.retired);
  // where it waited last
  const { rows } = await sql<{
    queue_id: string | null;
  }>`select queue_id from conversation where id = ${handed.conversationId}`.execute(trx);
  return queues.find((queue) => queue.id === rows[0]?.queue_id && !queue.retired);
}

async function mustTakeWork(trx: Trx, organisationId: string, agentId: string): Promise<void> {
  const { rows } = isUuid(agentId)
    ? await sql`
        with member as (
          select organisation_id, id from membership
          where id = ${agentId} and organisation_id = ${organisationId} and deactivated_at is null and roles && '{agent,nurse,supervisor}'
        ), made as (
          insert into agent (organisation_id, id) select organisation_id, id from member on conflict do nothing
        )
        select id from member`.execute(trx)
    : { rows: [] };
  if (rows.length === 0) throw routingProblems.agent_not_found();
}

type Count = { ahead: number; staffed: boolean; free: boolean; priority: Priority };

/** How many wait before each item in its own queue, and whether anyone of it is there or free. */
async function standings(trx: Trx, organisationId: string, itemIds: string[]): Promise<Map<string, Count>> {
  const { rows } = await sql<Count & { id: string }>`
    select i.id, i.priority,
      (select count(*)::int from (select 1 from item o where o.organisation_id = ${organisationId} and o.queue_id = i.queue_id and o.state = 'queued'
        and o.id <> i.id and (o.rank, not o.front, o.queued_at, o.id) < (i.rank, not i.front, i.queued_at, i.id) limit ${COUNTED}) o) as ahead,
      s.staffed, s.free
    from item i left join queue q on q.id = i.queue_id, lateral (
      select coalesce(bool_or(true), false) as staffed, coalesce(bool_or(a.presence = 'available'), false) as free
      from agent a where a.organisation_id = ${organisationId} and a.presence in ('available', 'busy') and a.gone_at is null
        and a.skills @> q.skills
        and (a.every_queue or exists (select 1 from agent_queue aq where aq.agent_id = a.id and aq.queue_id = i.queue_id))) s
    where i.id = any(${itemIds}::uuid[])`.execute(trx);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * A conversation left its agent or stopped waiting: its item ends and the place is free, in the same transaction.
 * Nothing happens to one that has no item.
 */
export async function released(
  trx: Trx,
  conversations: { organisationId: string; conversationId: string; how: 'done' | 'withdrawn' | 'transferred' }[],
  clock: Clock,
): Promise<void> {
  if (conversations.length === 0) return;
  const ends = conversations.map(({ conversationId, how }) => ({
    conversationId,
    state: 'withdrawn' as const,
    reason: how,
  }));
  await endWaiting(trx, conversations[0]!.organisationId, ends, clock());
}

/**
 * What waits, or is before an agent, ends as said; what an agent has is done. Their places are free. The conversations are locked.
 * @param ends one for each conversation, whose reason is a key
 */
export async function endWaiting(
  trx: Trx,
  organisationId: string,
  ends: { conversationId: string; state: Extract<ItemState, 'abandoned' | 'withdrawn'>; reason: string }[],
  now: Date,
): Promise<void> {
  const live = await lockLive(
    trx,
    organisationId,
    ends.map((one) => one.conversationId),
  );
  for (const { conversationId, state: wanted, reason } of ends) {
    const item = live.get(conversationId);
    if (!item) continue;
    live.delete(conversationId);
    const state: ItemState = item.state === 'accepted' ? 'done' : wanted;
    if (item.state === 'offered')
      await sql`update offer set state = 'withdrawn', answered_at = ${now}, reason = ${reason} where item_id = ${item.id} and state = 'pending'`.execute(
        trx,
      );
    if (item.agent_id)
      await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
    await sql`update item set state = ${state}, agent_id = null, weight = null, ended_at = ${now}, end_reason = ${reason} where id = ${item.id}`.execute(
      trx,
    );
    await announce(trx, {
      organisationId,
      kind: 'item.ended',
      conversationId,
      payload: { itemId: item.id, queueId: item.queue_id, state, agentId: item.agent_id },
    });
  }
  wantMatch(trx, organisationId);
}

/** Keeps what came of a conversation's last item, as the agent who ended it says: a key. */
export async function noteOutcome(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  outcome: string,
): Promise<void> {
  await sql`update item set end_reason = ${outcome} where id = (
    select id from item where organisation_id = ${organisationId} and conversation_id = ${conversationId} and kind = 'conversation' and state = 'done'
    order by ended_at desc limit 1)`.execute(trx);
}
