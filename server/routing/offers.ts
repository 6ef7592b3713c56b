import { sql } from 'kysely';
import { announce, type NewEvent } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Conversations } from '../conversation/verbs.ts';
import type { StaffActor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import { lockAgent } from './agents.ts';
import type { ItemKind } from './contract.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';
import { serves, weightOf } from './rules.ts';

/*
 * Rows are locked in one order by every verb of this room: conversation, agent, item, offer; agents and items by id.
 */

export type Accepted = { itemId: string; conversationId: string | null };

type OfferRow = { id: string; item_id: string; agent_id: string; conversation_id: string | null; queue_id: string };

async function findOffer(trx: Trx, actor: StaffActor, offerId: string): Promise<OfferRow> {
  const { rows } = isUuid(offerId)
    ? await sql<OfferRow>`
        select o.id, o.item_id, o.agent_id, i.conversation_id, i.queue_id from offer o join item i on i.id = o.item_id
        where o.id = ${offerId} and o.organisation_id = ${actor.organisationId} and o.agent_id = ${actor.membershipId}`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw routingProblems.offer_not_found();
  return rows[0];
}

async function lockConversation(trx: Trx, conversationId: string | null): Promise<void> {
  if (conversationId) await sql`select 1 from conversation where id = ${conversationId} for update`.execute(trx);
}

/**
 * The agent takes what is before it. Of all who try, one does.
 * @throws routing.offer_not_found (none of this agent) · offer_gone (lapsed, withdrawn, or answered)
 */
export async function accept(
  trx: Trx,
  actor: StaffActor,
  input: { offerId: string },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  const offer = await findOffer(trx, actor, input.offerId);
  await lockConversation(trx, offer.conversation_id);
  const { rows } = await sql`
    select 1 from item i join offer o on o.item_id = i.id
    where i.id = ${offer.item_id} and i.state = 'offered' and i.agent_id = ${actor.membershipId}
      and o.id = ${offer.id} and o.state = 'pending' and o.expires_at > ${deps.now} for update of i, o`.execute(trx);
  if (rows.length === 0) throw routingProblems.offer_gone();
  await sql`update offer set state = 'accepted', answered_at = ${deps.now} where id = ${offer.id}`.execute(trx);
  return begin(trx, actor, offer, deps);
}

/** From here the item is offered to the agent and locked: it is the agent's. */
async function begin(
  trx: Trx,
  actor: StaffActor,
  item: { item_id: string; conversation_id: string | null; queue_id: string },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  await sql`update item set state = 'accepted', accepted_at = ${deps.now}, front = false where id = ${item.item_id}`.execute(
    trx,
  );
  if (item.conversation_id)
    await deps.conversations.assign(trx, actor, {
      conversationId: item.conversation_id,
      agentId: actor.membershipId,
      agentName: actor.name,
    });
  await announce(trx, {
    organisationId: actor.organisationId,
    kind: 'item.accepted',
    conversationId: item.conversation_id ?? undefined,
    payload: { itemId: item.item_id, queueId: item.queue_id, agentId: actor.membershipId },
  });
  return { itemId: item.item_id, conversationId: item.conversation_id };
}

/**
 * The agent says no: the item goes back to its place in the queue, and not to the same agent at once.
 * @throws routing.offer_not_found · offer_gone
 */
export async function decline(
  trx: Trx,
  actor: StaffActor,
  input: { offerId: string; reason?: string },
  now: Date,
): Promise<void> {
  const offer = await findOffer(trx, actor, input.offerId);
  const returned = await endOffers(trx, actor.organisationId, [offer], {
    state: 'declined',
    reason: input.reason ?? null,
    now,
  });
  if (returned === 0) throw routingProblems.offer_gone();
}

/** Offers whose time ran out go back to their queue. @returns how many */
export async function lapseDue(trx: Trx, organisationId: string, now: Date): Promise<number> {
  const { rows } = await sql<OfferRow>`
    select o.id, o.item_id, o.agent_id, i.conversation_id, i.queue_id from offer o join item i on i.id = o.item_id
    where o.organisation_id = ${organisationId} and o.state = 'pending' and o.expires_at <= ${now} order by o.id limit 500`.execute(
    trx,
  );
  return endOffers(trx, organisationId, rows, { state: 'lapsed', reason: null, now });
}

/** An agent who goes away loses what is before it at once. @returns how many */
export async function withdrawOffersOf(
  trx: Trx,
  organisationId: string,
  agentId: string,
  reason: string,
  now: Date,
): Promise<number> {
  const { rows } = await sql<OfferRow>`
    select o.id, o.item_id, o.agent_id, i.conversation_id, i.queue_id from offer o join item i on i.id = o.item_id
    where o.organisation_id = ${organisationId} and o.state = 'pending' and o.agent_id = ${agentId}`.execute(trx);
  return endOffers(trx, organisationId, rows, { state: 'lapsed', reason, now });
}

/**
 * Ends pending offers and puts their items back with their age, the agents' places free again.
 * @returns how many of them were still pending
 */
async function endOffers(
  trx: Trx,
  organisationId: string,
  offers: OfferRow[],
  how: { state: 'declined' | 'lapsed'; reason: string | null; now: Date },
): Promise<number> {
  if (offers.length === 0) return 0;
  const { settings } = await organisationOf(trx, organisationId);
  await sql`select 1 from agent where id = any(${offers.map((offer) => offer.agent_id)}::uuid[]) order by id for update`.execute(
    trx,
  );
  await sql`select 1 from item where id = any(${offers.map((offer) => offer.item_id)}::uuid[]) order by id for update`.execute(
    trx,
  );
  const { rows } = await sql<{ id: string; item_id: string; agent_id: string }>`
    update offer set state = ${how.state}, answered_at = ${how.now}, reason = ${how.reason}
    where id = any(${offers.map((offer) => offer.id)}::uuid[]) and state = 'pending' returning id, item_id, agent_id`.execute(
    trx,
  );
  if (rows.length === 0) return 0;
  const items = rows.map((row) => row.item_id);
  await sql`
    with freed as (select agent_id, sum(weight)::int as weight from item where id = any(${items}::uuid[]) group by agent_id)
    update agent a set load = a.load - freed.weight from freed where a.id = freed.agent_id`.execute(trx);
  const until = new Date(how.now.getTime() + settings.ringSeconds * 1_000);
  await sql`update item set state = 'queued', ignored_by = agent_id, ignored_until = ${until}, agent_id = null, weight = null,
    wanted_agent_id = null, wanted_until = null where id = any(${items}::uuid[])`.execute(trx);
  const of = new Map(offers.map((offer) => [offer.id, offer]));
  await announce(
    trx,
    ...rows.map((row): NewEvent => ({
      organisationId,
      kind: 'offer.ended',
      conversationId: of.get(row.id)!.conversation_id ?? undefined,
      payload: {
        offerId: row.id,
        itemId: row.item_id,
        queueId: of.get(row.id)!.queue_id,
        agentId: row.agent_id,
        state: how.state,
      },
    })),
  );
  wantMatch(trx, organisationId);
  return rows.length;
}

/**
 * The agent picks an item from a queue by hand, with the same guarantees as an offer.
 * @throws routing.item_not_found · item_gone · full · not_present · not_skilled
 */
export async function take(
  trx: Trx,
  actor: StaffActor,
  input: { itemId: string },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  const { rows } = isUuid(input.itemId)
    ? await sql<{
        conversation_id: string | null;
      }>`select conversation_id from item where id = ${input.itemId} and organisation_id = ${actor.organisationId}`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw routingProblems.item_not_found();
  await lockConversation(trx, rows[0].conversation_id);
  const agent = await lockAgent(trx, actor);
  if (agent.presence === 'offline') throw routingProblems.not_present();
  const item = (
    await sql<{
      id: string;
      kind: ItemKind;
      queue_id: string;
      state: string;
      agent_id: string | null;
      asked: string[];
    }>`
      select i.id, i.kind, i.queue_id, i.state, i.agent_id, q.skills || i.skills as asked from item i join queue q on q.id = i.queue_id
      where i.id = ${input.itemId} for update of i`.execute(trx)
  ).rows[0]!;
  const target = { item_id: item.id, conversation_id: rows[0].conversation_id, queue_id: item.queue_id };
  if (item.state === 'offered' && item.agent_id === actor.membershipId) {
    await sql`update offer set state = 'accepted', answered_at = ${deps.now} where item_id = ${item.id} and state = 'pending'`.execute(
      trx,
    );
    return begin(trx, actor, target, deps);
  }
  if (item.state !== 'queued') throw routingProblems.item_gone();
  const everywhere = actor.roles.includes('supervisor');
  if (!everywhere && !serves(agent, { queueId: item.queue_id, skills: item.asked }))
    throw routingProblems.not_skilled();
  const weight = weightOf(item.kind, agent);
  if (weight === null) throw routingProblems.not_skilled();
  if (agent.load + weight > agent.capacity) throw routingProblems.full();
  await sql`insert into offer (organisation_id, id, item_id, agent_id, by_hand, offered_at, expires_at)
    values (${actor.organisationId}, ${uuid()}, ${item.id}, ${actor.membershipId}, true, ${deps.now}, ${deps.now})`.execute(
    trx,
  );
  await sql`update offer set state = 'accepted', answered_at = ${deps.now} where item_id = ${item.id} and state = 'pending'`.execute(
    trx,
  );
  await sql`update agent set load = load + ${weight}, last_offer_at = ${deps.now} where id = ${agent.id}`.execute(trx);
  await sql`update item set state = 'offered', agent_id = ${agent.id}, weight = ${weight}, offers = offers + 1 where id = ${item.id}`.execute(
    trx,
  );
  return begin(trx, actor, target, deps);
}
