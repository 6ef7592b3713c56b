import { sql } from 'kysely';
import type { Conversations } from '../conversation/verbs.ts';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { StaffActor } from '../trust/contract.ts';
import { lockAgent } from './agents.ts';
import type { ItemKind } from './contract.ts';
import { accepted } from './internal/accepted.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';
import { weightOf } from './rules.ts';

/**
 * A conversation goes from the agent who holds it to whoever acts, by the hand of both, without waiting in any line: the same
 * item, with its age. The caller holds the conversation's lock.
 * @param input.queueId where it belongs from now on, if that is another queue
 * @throws routing.item_gone (nobody holds it any more) · not_present · full
 */
export async function passOn(
  trx: Trx,
  actor: StaffActor,
  input: { conversationId: string; queueId?: string | null },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<void> {
  const { organisationId, membershipId } = actor;
  const find = (lock: boolean) =>
    sql<{ id: string; agent_id: string; queue_id: string; weight: number; kind: ItemKind; channel: string | null }>`
      select id, agent_id, queue_id, weight, kind, channel from item where organisation_id = ${organisationId}
        and conversation_id = ${input.conversationId} and kind = 'conversation' and state = 'accepted' ${lock ? sql`for update` : sql``}`.execute(
      trx,
    );
  const before = (await find(false)).rows[0];
  if (!before) throw routingProblems.item_gone();
  // agents are locked in one order, whoever gives and whoever takes
  if (before.agent_id < membershipId)
    await sql`select 1 from agent where id = ${before.agent_id} for update`.execute(trx);
  const agent = await lockAgent(trx, actor);
  await sql`select 1 from agent where id = ${before.agent_id} for update`.execute(trx);
  const item = (await find(true)).rows[0];
  if (!item || item.agent_id !== before.agent_id || item.agent_id === membershipId) throw routingProblems.item_gone();
  if (agent.presence === 'offline') throw routingProblems.not_present();
  const weight = weightOf(item, agent);
  if (weight === null || agent.load + weight > agent.places) throw routingProblems.full();
  const queueId = input.queueId ?? item.queue_id;
  await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
  await sql`update agent set load = load + ${weight}, last_offer_at = ${deps.now} where id = ${membershipId}`.execute(
    trx,
  );
  await sql`update item set state = 'queued', agent_id = null, weight = null, accepted_at = null, overflow_queue_id = null,
    queue_id = ${queueId}, first_queue_id = case when queue_id <> ${queueId}::uuid then coalesce(first_queue_id, queue_id) else first_queue_id end where id = ${item.id}`.execute(
    trx,
  );
  const offerId = uuid();
  await sql`insert into offer (organisation_id, id, item_id, agent_id, by_hand, offered_at, expires_at)
    values (${organisationId}, ${offerId}, ${item.id}, ${membershipId}, true, ${deps.now}, ${deps.now})`.execute(trx);
  await sql`update item set state = 'offered', agent_id = ${membershipId}, weight = ${weight}, offers = offers + 1 where id = ${item.id}`.execute(
    trx,
  );
  await sql`update offer set state = 'accepted', answered_at = ${deps.now} where id = ${offerId}`.execute(trx);
  // whoever it was pinned to, wished for or refused by before: it is in hands
  await sql`update item i set ${accepted(deps.now)} where i.id = ${item.id}`.execute(trx);
  await deps.conversations.assign(trx, actor, {
    conversationId: input.conversationId,
    agentId: membershipId,
    agentName: actor.name,
  });
  await sql`update conversation set queue_id = ${queueId} where id = ${input.conversationId}`.execute(trx);
  const told = { organisationId, conversationId: input.conversationId };
  await announce(
    trx,
    { ...told, kind: 'item.accepted', payload: { itemId: item.id, queueId, agentId: membershipId } },
    { ...told, kind: 'presence.changed', payload: { agentId: item.agent_id } },
  );
  wantMatch(trx, organisationId);
}
