import { sql } from 'kysely';
import { type Clock, systemClock } from '../platform/clock.ts';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import { cancelJob, enqueue } from '../platform/jobs.ts';
import { log } from '../platform/log.ts';
import { type Database, type Trx, within } from '../platform/postgres.ts';
import type { Conversations } from '../conversation/verbs.ts';
import type { StaffActor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import { type AgentRow, agentsOf, lockAgent } from './agents.ts';
import type { ChosenPresence, ItemKind } from './contract.ts';
import { wantMatch } from './internal/wake.ts';
import { withdrawOffersOf } from './offers.ts';
import { routingProblems } from './problems.ts';
import { mayChoose } from './rules.ts';

/** A desk says that it is there every 15 s; after three silences it is not. */
export const HEARTBEAT_MS = 15_000;
const SEEN_MS = 3 * HEARTBEAT_MS;

/** The agent behind a member of staff, made at first sight. */
export async function agentOf(trx: Trx, actor: StaffActor): Promise<AgentRow> {
  return (await agentsOf(trx, actor.organisationId, [actor.membershipId]))[0] ?? lockAgent(trx, actor);
}

/**
 * An agent says what it is doing. Who stops working gives back at once what is before it; what it holds stays with it,
 * unless it goes offline: then it goes back after the grace.
 * @throws routing.presence_not_allowed
 */
export async function setPresence(
  trx: Trx,
  actor: StaffActor,
  input: { state: ChosenPresence; reason?: string },
  now: Date,
): Promise<AgentRow> {
  const { organisationId, membershipId: agentId } = actor;
  const before = await lockAgent(trx, actor);
  if (!mayChoose(before.presence, input.state))
    throw routingProblems.presence_not_allowed({ extra: { state: before.presence } });
  const works = input.state === 'available';
  // a desk that has no socket yet counts as there until its first heartbeat is due
  if (input.state !== 'offline')
    await sql`insert into connection (organisation_id, id, agent_id, last_seen_at, seen_until)
      select ${organisationId}::uuid, ${uuid()}::uuid, ${agentId}::uuid, ${now}, ${new Date(now.getTime() + SEEN_MS)}
      where not exists (select 1 from connection where agent_id = ${agentId} and seen_until > ${now})`.execute(trx);
  const state = works && before.load >= before.places ? 'busy' : input.state;
  await sql`update agent set presence = ${state}, presence_reason = ${input.reason ?? null},
    gone_at = ${input.state === 'offline' ? before.goneAt : null} where id = ${agentId}`.execute(trx);
  if (!works) await withdrawOffersOf(trx, organisationId, agentId, input.state, now);
  if (input.state === 'offline') await askAgainLater(trx, organisationId, agentId, now);
  else await cancelJob(trx, jobKey(agentId));
  await announce(trx, { organisationId, kind: 'presence.changed', payload: { agentId } });
  if (works) wantMatch(trx, organisationId);
  return (await agentsOf(trx, organisationId, [agentId]))[0]!;
}

const jobKey = (agentId: string): string => `vanished:${agentId}`;

/** What an agent holds goes back to the queue if it is still away when the grace is over. */
async function askAgainLater(trx: Trx, organisationId: string, agentId: string, now: Date): Promise<void> {
  const { settings } = await organisationOf(trx, organisationId);
  await enqueue(trx, {
    task: 'routing.vanished',
    payload: { organisationId, agentId },
    runAt: new Date(now.getTime() + settings.graceSeconds * 1_000),
    key: jobKey(agentId),
  });
}

/** A desk opened somewhere: a tab, in some process. Whoever was gone is back. */
export async function connect(
  trx: Trx,
  actor: StaffActor,
  input: { connectionId: string; processId: string },
  now: Date,
): Promise<AgentRow> {
  const { organisationId, membershipId: agentId } = actor;
  const before = await lockAgent(trx, actor);
  await sql`insert into connection (organisation_id, id, agent_id, process_id, opened_at, last_seen_at, seen_until)
    values (${organisationId}, ${input.connectionId}, ${agentId}, ${input.processId}, ${now}, ${now}, ${new Date(now.getTime() + SEEN_MS)})`.execute(
    trx,
  );
  if (before.goneAt) {
    await sql`update agent set gone_at = null where id = ${agentId}`.execute(trx);
    if (before.presence !== 'offline') await cancelJob(trx, jobKey(agentId));
    await announce(trx, { organisationId, kind: 'presence.changed', payload: { agentId } });
  }
  wantMatch(trx, organisationId);
  return (await agentsOf(trx, organisationId, [agentId]))[0]!;
}

/** These desks are still there. Not one agent's row is touched: heartbeats never stand in the way of matching. */
export async function beat(trx: Trx, organisationId: string, connectionIds: string[], now: Date): Promise<void> {
  await sql`update connection set last_seen_at = ${now}, seen_until = ${new Date(now.getTime() + SEEN_MS)}, silent_since = null
    where id in (select id from connection where organisation_id = ${organisationId} and id = any(${connectionIds}::uuid[])
      order by id for no key update)`.execute(trx);
}

/** A desk closed. When it was the agent's last, offers go back at once and held work after the grace. */
export async function disconnect(trx: Trx, organisationId: string, connectionId: string, now: Date): Promise<void> {
  const { rows } = await sql<{ agent_id: string }>`
    delete from connection where id = ${connectionId} and organisation_id = ${organisationId} returning agent_id`.execute(
    trx,
  );
  if (rows[0]) await goneUnlessSeen(trx, organisationId, rows[0].agent_id, now);
}

/** A desk that fell silent is forgotten so long after that was noticed. */
const FORGOTTEN_MS = 3_600_000;

/**
 * Finds agents whose desks all fell silent (a process or a machine died with them), and those who were taken for gone and
 * are heard again: after a clock that was put forward, or a database that could not be reached.
 */
export async function sweepGone(trx: Trx, organisationId: string, now: Date): Promise<void> {
  await sql`delete from connection where organisation_id = ${organisationId} and silent_since < ${new Date(now.getTime() - FORGOTTEN_MS)}`.execute(
    trx,
  );
  await sql`update connection set silent_since = ${now}
    where id in (select id from connection where organisation_id = ${organisationId} and seen_until < ${now} and silent_since is null
      for no key update skip locked)`.execute(trx);
  const { rows } = await sql<{ id: string; gone: boolean }>`
    select id, gone_at is not null as gone from agent a where organisation_id = ${organisationId} and presence <> 'offline'
      and (gone_at is not null) = exists (select 1 from connection c where c.organisation_id = ${organisationId} and c.agent_id = a.id and c.seen_until > ${now})
    order by id`.execute(trx);
  // all of them before any of their items, in order: a sweep elsewhere finds the same
  await sql`select 1 from agent where id = any(${rows.map((row) => row.id)}::uuid[]) order by id for no key update`.execute(
    trx,
  );
  for (const { id, gone } of rows)
    if (gone) await backIfSeen(trx, organisationId, id, now);
    else await goneUnlessSeen(trx, organisationId, id, now);
}

async function backIfSeen(trx: Trx, organisationId: string, agentId: string, now: Date): Promise<void> {
  const { rows } = await sql`
    update agent a set gone_at = null where id = ${agentId} and organisation_id = ${organisationId} and gone_at is not null and presence <> 'offline'
      and exists (select 1 from connection c where c.agent_id = a.id and c.seen_until > ${now}) returning id`.execute(
    trx,
  );
  if (rows.length === 0) return;
  await cancelJob(trx, jobKey(agentId));
  await announce(trx, { organisationId, kind: 'presence.changed', payload: { agentId } });
  wantMatch(trx, organisationId);
}

async function goneUnlessSeen(trx: Trx, organisationId: string, agentId: string, now: Date): Promise<void> {
  await sql`select 1 from agent where id = ${agentId} for no key update`.execute(trx);
  const { rows } = await sql`
    update agent a set gone_at = ${now} where id = ${agentId} and organisation_id = ${organisationId} and gone_at is null and presence <> 'offline'
      and not exists (select 1 from connection c where c.agent_id = a.id and c.seen_until > ${now}) returning id`.execute(
    trx,
  );
  if (rows.length === 0) return;
  await withdrawOffersOf(trx, organisationId, agentId, 'vanished', now);
  await askAgainLater(trx, organisationId, agentId, now);
  await announce(trx, { organisationId, kind: 'presence.changed', payload: { agentId } });
}

/**
 * The grace is over: an agent who is still away is offline, and each thing it holds goes back to the front of its queue with
 * the age it had. Each in a transaction of its own, so that one that fails keeps no other.
 * @returns how many went back
 */
export async function vanished(
  db: Database,
  deps: { conversations: Pick<Conversations, 'handOver'>; clock?: Clock },
  input: { organisationId: string; agentId: string },
): Promise<number> {
  const { organisationId, agentId } = input;
  const away = await within(db, organisationId, async (trx) => {
    const { rows } = await sql<{ presence: string; gone: boolean }>`
      select presence, gone_at is not null and not exists (select 1 from connection c where c.agent_id = a.id and c.seen_until > ${(deps.clock ?? systemClock)()}) as gone
      from agent a where id = ${agentId} and organisation_id = ${organisationId} for no key update`.execute(trx);
    const agent = rows[0];
    if (!agent || (agent.presence !== 'offline' && !agent.gone)) return false;
    if (agent.presence !== 'offline') {
      await sql`update agent set presence = 'offline', presence_reason = 'vanished' where id = ${agentId}`.execute(trx);
      await announce(trx, { organisationId, kind: 'presence.changed', payload: { agentId } });
    }
    return true;
  });
  if (!away) return 0;
  const held = await within(db, organisationId, async (trx) => {
    const { rows } = await sql<HeldItem>`
      select id, kind, conversation_id from item where organisation_id = ${organisationId} and agent_id = ${agentId} and state = 'accepted'
      order by queued_at`.execute(trx);
    return rows;
  });
  let returned = 0;
  for (const item of held) {
    try {
      await within(db, organisationId, (trx) =>
        item.kind === 'conversation'
          ? giveBack(trx, deps, organisationId, agentId, item)
          : putBack(trx, organisationId, agentId, item.id),
      );
      returned += 1;
    } catch (error) {
      log.error({ error }, 'an item of an agent who vanished could not be put back');
    }
  }
  // failed ones are tried again by the job
  if (returned < held.length) throw new Error(`${held.length - returned} items could not be put back`);
  return returned;
}

type HeldItem = { id: string; kind: ItemKind; conversation_id: string | null };

async function giveBack(
  trx: Trx,
  deps: { conversations: Pick<Conversations, 'handOver'> },
  organisationId: string,
  agentId: string,
  item: HeldItem,
): Promise<void> {
  await sql`select 1 from conversation where id = ${item.conversation_id} for update`.execute(trx);
  const { rows } = await sql<{ queued_at: Date; queue_id: string }>`
    select queued_at, queue_id from item where id = ${item.id} and agent_id = ${agentId} and state = 'accepted'`.execute(
    trx,
  );
  if (!rows[0]) return;
  await deps.conversations.handOver(
    trx,
    { kind: 'system', organisationId },
    { conversationId: item.conversation_id!, queueId: rows[0].queue_id, reason: 'agent_vanished' },
  );
  await sql`update conversation set waiting_since = ${rows[0].queued_at} where id = ${item.conversation_id}`.execute(
    trx,
  );
}

/** Work without a conversation of its own goes back to the front of its queue. */
async function putBack(trx: Trx, organisationId: string, agentId: string, itemId: string): Promise<void> {
  await sql`select 1 from agent where id = ${agentId} for no key update`.execute(trx);
  const { rows } = await sql<{ queue_id: string; priority: string; conversation_id: string | null; weight: number }>`
    with held as (select id, weight from item where id = ${itemId} and agent_id = ${agentId} and state = 'accepted' for no key update)
    update item i set state = 'queued', agent_id = null, weight = null, accepted_at = null, overflow_queue_id = null, front = true
    from held where i.id = held.id returning i.queue_id, i.priority, i.conversation_id, held.weight`.execute(trx);
  const item = rows[0];
  if (!item) return;
  await sql`update agent set load = load - ${item.weight} where id = ${agentId}`.execute(trx);
  await announce(trx, {
    organisationId,
    kind: 'item.queued',
    conversationId: item.conversation_id ?? undefined,
    payload: { itemId, queueId: item.queue_id, priority: item.priority, fromQueueId: item.queue_id, agentId },
  });
  wantMatch(trx, organisationId);
}
