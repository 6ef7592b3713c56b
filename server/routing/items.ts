import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Language, Priority } from '../conversation/contract.ts';
import { audit } from '../trust/audit.ts';
import type { StaffActor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { ItemKind, ItemState } from './contract.ts';
import { inOrder } from './internal/in-order.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';
import { fallbackQueue, queuesOf, targetOf } from './queues.ts';
import { atLeast, RANK } from './rules.ts';

// ── work of other kinds ─────────────────────────────────────────────────────────────────────────────────────────

export type NewItem = {
  organisationId: string;
  /** A conversation's own item is made when it is handed over. */
  kind: Exclude<ItemKind, 'conversation'>;
  queueId: string;
  personId?: string | null;
  /** What it is about; that conversation may have its own item beside this one. */
  conversationId?: string | null;
  priority?: Priority;
  skills?: string[];
  language: Language;
  channel?: string | null;
  /** Why, as a key. */
  reason?: string | null;
  /** Not put before anybody until then; its age counts from there. */
  notBefore?: Date | null;
  /** Since when somebody waits for it, when that is earlier: a place that was kept. */
  since?: Date;
  /** Asked first, and the only one, until `wantedUntil`. */
  wantedAgentId?: string | null;
  wantedUntil?: Date | null;
};

/**
 * Puts work into a queue: a call, a call-back, a task, a review. In a queue that was retired meanwhile it goes where work
 * goes that names none.
 * @returns the item's id
 * @throws routing.queue_not_found
 */
export async function addItem(trx: Trx, input: NewItem, now: Date): Promise<string> {
  const { organisationId } = input;
  const queues = await queuesOf(trx, organisationId);
  const named = queues.find((queue) => queue.id === input.queueId);
  if (!named) throw routingProblems.queue_not_found();
  const queue = named.retired ? await fallbackQueue(trx, organisationId, queues) : named;
  const priority = atLeast(input.priority ?? 'low', queue.priority);
  const due = input.notBefore && input.notBefore > now ? input.notBefore : null;
  const wanted = input.wantedAgentId && input.wantedUntil ? input.wantedAgentId : null;
  const id = uuid();
  await sql`
    insert into item (organisation_id, id, kind, conversation_id, person_id, queue_id, priority, skills, language, channel, reason,
      queued_at, target_seconds, not_before, wanted_agent_id, wanted_since, wanted_until)
    values (${organisationId}, ${id}, ${input.kind}, ${input.conversationId ?? null}, ${input.personId ?? null}, ${queue.id}, ${priority},
      ${input.skills ?? []}, ${input.language}, ${input.channel ?? null}, ${input.reason ?? null}, ${input.since ?? due ?? now},
      ${targetOf(queue, priority)}, ${due}, ${wanted}, ${wanted && now}, ${wanted && input.wantedUntil})`.execute(trx);
  await announce(trx, {
    organisationId,
    kind: 'item.queued',
    conversationId: input.conversationId ?? undefined,
    payload: { itemId: id, queueId: queue.id, priority, fromQueueId: null, agentId: null },
  });
  wantMatch(trx, organisationId);
  return id;
}

/**
 * Work of another kind than a conversation is over; a conversation's item ends with the conversation. What an agent holds
 * is done, whatever state was asked for; what nobody has yet and is said to be done was withdrawn. Ended again: nothing.
 * @returns whether it was still to be done
 */
export async function endItem(
  trx: Trx,
  input: {
    itemId: string;
    state: Extract<ItemState, 'done' | 'abandoned' | 'called_back' | 'withdrawn'>;
    reason?: string | null;
  },
  now: Date,
): Promise<boolean> {
  const item = await lockItem(trx, input.itemId);
  if (!item || !LIVE.includes(item.state) || item.kind === 'conversation') return false;
  const state = item.state === 'accepted' ? 'done' : input.state === 'done' ? 'withdrawn' : input.state;
  if (item.state === 'offered') await withdrawOffer(trx, item, input.reason ?? state, now);
  else if (item.agent_id)
    await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
  await sql`update item set state = ${state}, agent_id = null, weight = null, ended_at = ${now}, end_reason = ${input.reason ?? null}
    where id = ${item.id}`.execute(trx);
  await announce(trx, {
    organisationId: item.organisation_id,
    kind: 'item.ended',
    conversationId: item.conversation_id ?? undefined,
    payload: { itemId: item.id, queueId: item.queue_id, state, agentId: item.agent_id },
  });
  wantMatch(trx, item.organisation_id);
  return true;
}

// ── what a supervisor does with it ──────────────────────────────────────────────────────────────────────────────

/**
 * Exactly this agent shall have it, for as long as it takes; null: anybody again. If it is before somebody else, that offer is over.
 * @throws routing.item_not_found · item_gone (an agent has it: it is transferred) · agent_not_found · flagged (a hard red flag
 * waits for nobody who is not there)
 */
export async function pin(
  trx: Trx,
  actor: StaffActor,
  input: { itemId: string; agentId: string | null },
  now: Date,
): Promise<void> {
  const item = await lockWaiting(trx, input.itemId);
  const { agentId } = input;
  if (agentId !== null) {
    const agent = await takesWork(trx, item.organisation_id, agentId);
    if (!agent.here && (await isFlagged(trx, item))) throw routingProblems.flagged();
  }
  if (item.state === 'offered' && item.agent_id !== agentId) await withdrawOffer(trx, item, 'pinned', now);
  await sql`update item set wanted_agent_id = ${agentId}::uuid, wanted_since = ${agentId && now}, wanted_until = ${agentId && 'infinity'}::timestamptz,
    pinned_by = ${agentId && actor.membershipId}::uuid where id = ${item.id}`.execute(trx);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'item', id: item.id },
    personId: item.person_id ?? undefined,
    detail: { what: 'pinned', agentId, was: item.wanted_agent_id },
  });
  await queuedAgain(trx, item, {});
}

/**
 * Moves it to another queue, with its age; it has at least the class that is asked there.
 * @throws routing.item_not_found · item_gone · queue_not_found (or retired) · flagged (a hard red flag leaves the urgent queue for none)
 */
export async function moveItem(
  trx: Trx,
  actor: StaffActor,
  input: { itemId: string; queueId: string },
  now: Date,
): Promise<void> {
  const item = await lockWaiting(trx, input.itemId);
  const queues = await queuesOf(trx, item.organisation_id);
  const queue = queues.find((one) => one.id === input.queueId && !one.retired);
  if (!queue) throw routingProblems.queue_not_found();
  if (queue.id === item.queue_id) return;
  const { settings } = await organisationOf(trx, item.organisation_id);
  if (queue.key !== settings.urgentQueue && (await isFlagged(trx, item))) throw routingProblems.flagged();
  const priority = atLeast(item.priority, queue.priority);
  if (item.state === 'offered') await withdrawOffer(trx, item, 'moved', now);
  await sql`update item set queue_id = ${queue.id}, first_queue_id = coalesce(first_queue_id, queue_id), priority = ${priority},
    target_seconds = ${targetOf(queue, priority)}, overflow_queue_id = null where id = ${item.id}`.execute(trx);
  if (item.kind === 'conversation')
    await sql`update conversation set queue_id = ${queue.id} where id = ${item.conversation_id}`.execute(trx);
  await classOf(trx, item, priority);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'item', id: item.id },
    personId: item.person_id ?? undefined,
    detail: { what: 'moved', queueId: queue.id, was: item.queue_id },
  });
  await queuedAgain(trx, item, { queueId: queue.id, priority });
}

/**
 * Gives it another class, with the reason; also below what its queue asks at least.
 * @throws routing.item_not_found · item_gone (it has ended) · flagged (a hard red flag stays critical until a nurse lowers it)
 */
export async function reprioritise(
  trx: Trx,
  actor: StaffActor,
  input: { itemId: string; priority: Priority; reason: string },
): Promise<void> {
  const item = await lockItem(trx, input.itemId);
  if (!item) throw routingProblems.item_not_found();
  if (!LIVE.includes(item.state)) throw routingProblems.item_gone();
  if (RANK[input.priority] > RANK.critical && (await isFlagged(trx, item))) throw routingProblems.flagged();
  const queue = (await queuesOf(trx, item.organisation_id)).find((one) => one.id === item.queue_id)!;
  await sql`update item set priority = ${input.priority}, target_seconds = ${targetOf(queue, input.priority)} where id = ${item.id}`.execute(
    trx,
  );
  await classOf(trx, item, input.priority);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'item', id: item.id },
    personId: item.person_id ?? undefined,
    reason: input.reason,
    detail: { what: 'reprioritised', priority: input.priority, was: item.priority },
  });
  if (item.state !== 'accepted') await queuedAgain(trx, item, { priority: input.priority });
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

const LIVE: readonly ItemState[] = ['queued', 'offered', 'accepted'];

type ItemRow = {
  id: string;
  organisation_id: string;
  kind: ItemKind;
  conversation_id: string | null;
  person_id: string | null;
  queue_id: string;
  state: ItemState;
  priority: Priority;
  agent_id: string | null;
  weight: number | null;
  wanted_agent_id: string | null;
};

/** An item with its conversation and its agent, locked in this room's order. */
async function lockItem(trx: Trx, itemId: string): Promise<ItemRow | undefined> {
  if (!isUuid(itemId)) return undefined;
  const read = async (lock: boolean): Promise<ItemRow | undefined> =>
    (
      await sql<ItemRow>`select id, organisation_id, kind, conversation_id, person_id, queue_id, state, priority, agent_id, weight, wanted_agent_id
        from item where id = ${itemId} ${lock ? sql`for no key update` : sql``}`.execute(trx)
    ).rows[0];
  const first = await read(false);
  if (!first) return undefined;
  if (first.kind === 'conversation')
    await sql`select 1 from conversation where id = ${first.conversation_id} for update`.execute(trx);
  return inOrder(trx, async () => {
    const before = await read(false);
    if (before?.agent_id) await sql`select 1 from agent where id = ${before.agent_id} for no key update`.execute(trx);
    const now = await read(true);
    // offered to another in between: that agent's row is not locked yet, and must be before the item
    return { value: now, good: !now?.agent_id || now.agent_id === before?.agent_id };
  });
}

async function lockWaiting(trx: Trx, itemId: string): Promise<ItemRow> {
  const item = await lockItem(trx, itemId);
  if (!item) throw routingProblems.item_not_found();
  if (item.state !== 'queued' && item.state !== 'offered') throw routingProblems.item_gone();
  return item;
}

/** Takes an item back from before an agent, who is not to blame. It is queued from here on. */
async function withdrawOffer(trx: Trx, item: ItemRow, reason: string, now: Date): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update offer set state = 'withdrawn', answered_at = ${now}, reason = ${reason} where item_id = ${item.id} and state = 'pending' returning id`.execute(
    trx,
  );
  await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
  await sql`update item set state = 'queued', agent_id = null, weight = null, overflow_queue_id = null where id = ${item.id}`.execute(
    trx,
  );
  await announce(trx, {
    organisationId: item.organisation_id,
    kind: 'offer.ended',
    conversationId: item.conversation_id ?? undefined,
    payload: {
      offerId: rows[0]!.id,
      itemId: item.id,
      queueId: item.queue_id,
      agentId: item.agent_id,
      state: 'withdrawn',
    },
  });
}

/** The class of a conversation is that of its item. */
async function classOf(trx: Trx, item: ItemRow, priority: Priority): Promise<void> {
  if (item.kind !== 'conversation' || priority === item.priority) return;
  const { rows } = await sql<{ state: string; agentId: string | null; queueId: string | null; version: number }>`
    update conversation set priority = ${priority}, version = version + 1 where id = ${item.conversation_id}
    returning state, agent_id as "agentId", queue_id as "queueId", version`.execute(trx);
  await announce(trx, {
    organisationId: item.organisation_id,
    kind: 'conversation.changed',
    conversationId: item.conversation_id!,
    payload: { ...rows[0], priority },
  });
}

async function queuedAgain(trx: Trx, item: ItemRow, change: { queueId?: string; priority?: Priority }): Promise<void> {
  await announce(trx, {
    organisationId: item.organisation_id,
    kind: 'item.queued',
    conversationId: item.conversation_id ?? undefined,
    payload: {
      itemId: item.id,
      queueId: change.queueId ?? item.queue_id,
      priority: change.priority ?? item.priority,
      fromQueueId: item.queue_id,
      agentId: null,
    },
  });
  wantMatch(trx, item.organisation_id);
}

/** Whether a hard red flag stands that nobody lowered. */
async function isFlagged(trx: Trx, item: ItemRow): Promise<boolean> {
  if (item.conversation_id === null) return false;
  const { rows } =
    await sql`select 1 from flag where organisation_id = ${item.organisation_id} and conversation_id = ${item.conversation_id}
    and level = 'hard' and lowered_at is null limit 1`.execute(trx);
  return rows.length > 0;
}

async function takesWork(trx: Trx, organisationId: string, agentId: string): Promise<{ here: boolean }> {
  const { rows } = isUuid(agentId)
    ? await sql<{ here: boolean }>`
        select coalesce(a.presence in ('available', 'busy') and a.gone_at is null, false) as here
        from membership m left join agent a on a.id = m.id
        where m.id = ${agentId} and m.organisation_id = ${organisationId} and m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}'`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw routingProblems.agent_not_found();
  await sql`insert into agent (organisation_id, id) values (${organisationId}, ${agentId}) on conflict do nothing`.execute(
    trx,
  );
  return rows[0];
}
