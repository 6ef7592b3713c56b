import { sql } from 'kysely';
import { announce, followed, type NewEvent } from '../platform/events.ts';
import { isUuid, uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Conversations } from '../conversation/verbs.ts';
import type { StaffActor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import { type AgentRow, lockAgent } from './agents.ts';
import type { ItemKind } from './contract.ts';
import { accepted } from './internal/accepted.ts';
import { wantMatch } from './internal/wake.ts';
import { routingProblems } from './problems.ts';
import { queuesOf, termsOf } from './queues.ts';
import { asked, reaches, weightOf } from './rules.ts';

/*
 * Rows are locked in one order by every verb of this room: conversation, agent, item, offer; agents and items by id.
 */

export type Accepted = { itemId: string; kind: ItemKind; conversationId: string | null };

type OfferRow = {
  id: string;
  item_id: string;
  agent_id: string;
  kind: ItemKind;
  conversation_id: string | null;
  queue_id: string;
};

const offerRow = sql`o.id, o.item_id, o.agent_id, i.kind, i.conversation_id, i.queue_id`;

async function findOffer(trx: Trx, actor: StaffActor, offerId: string): Promise<OfferRow> {
  const { rows } = isUuid(offerId)
    ? await sql<OfferRow>`
        select ${offerRow} from offer o join item i on i.id = o.item_id
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

/** An agent who takes what is before them. */
export type Taker = { actor: StaffActor; offerId: string };

/**
 * Agents take what is before each of them, all in one statement: conversations (of a call-back: whose story it is), then items and
 * offers are locked, by id, looked at again as they are by then, and written. Of all who try, one does.
 * @returns for each what they have now, or null: it is gone
 */
export async function acceptAll(
  trx: Trx,
  organisationId: string,
  takers: Taker[],
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<(Accepted | null)[]> {
  const known = takers.filter((one) => isUuid(one.offerId));
  const offers = known.map((one) => one.offerId);
  const { rows } = await sql<OfferRow>`
    with wish as (
      select * from unnest(${offers}::uuid[], ${known.map((one) => one.actor.membershipId)}::uuid[]) as w(offer_id, agent_id)
    ), before as (
      select o.item_id, i.kind, i.conversation_id from wish w join offer o on o.id = w.offer_id and o.agent_id = w.agent_id
      join item i on i.id = o.item_id where o.organisation_id = ${organisationId}
    ), talk as (
      select c.id from conversation c where c.id = any(array(select conversation_id from before where kind = 'conversation'
        union all select b.conversation_id from call_back b where b.item_id = any(array(select item_id from before where kind = 'call_back'))))
      order by c.id for update
    ), mine as (
      select o.id, i.id as item_id, i.agent_id, i.kind, i.conversation_id, i.queue_id
      from wish w join offer o on o.id = w.offer_id and o.agent_id = w.agent_id join item i on i.id = o.item_id
      where (select count(*) from talk) >= 0 and i.organisation_id = ${organisationId} and i.state = 'offered' and i.agent_id = w.agent_id
        and o.state = 'pending' and o.expires_at > ${deps.now}
      order by i.id for no key update of i, o
    ), said as (
      update offer o set state = 'accepted', answered_at = ${deps.now} from mine where o.id = mine.id
    ), taken as (
      update item i set ${accepted(deps.now)} from mine where i.id = mine.item_id
    ), told as (
      insert into event (organisation_id, kind, conversation_id, payload)
      select ${organisationId}::uuid, 'item.accepted', conversation_id,
        jsonb_build_object('itemId', item_id, 'queueId', queue_id, 'agentId', agent_id) from mine
    )
    select * from mine`.execute(trx);
  if (rows.length > 0) followed(trx, [{ organisationId, kind: 'item.accepted' }]);
  const taken = new Map(rows.map((row) => [row.id, row]));
  const held: (Accepted | null)[] = [];
  for (const { actor, offerId } of takers) {
    const offer = taken.get(offerId);
    // asked twice: the first has it
    taken.delete(offerId);
    held.push(offer && offer.agent_id === actor.membershipId ? await begin(trx, actor, offer, deps) : null);
  }
  return held;
}

/**
 * The agent takes what is before it.
 * @throws routing.offer_not_found (none of this agent) · offer_gone (lapsed, withdrawn, or answered)
 */
export async function accept(
  trx: Trx,
  actor: StaffActor,
  input: { offerId: string },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  const [held] = await acceptAll(trx, actor.organisationId, [{ actor, ...input }], deps);
  return held ?? refuse(trx, actor, input.offerId);
}

/** Why an offer could not be taken. @throws routing.offer_not_found · offer_gone */
export async function refuse(trx: Trx, actor: StaffActor, offerId: string): Promise<never> {
  await findOffer(trx, actor, offerId);
  throw routingProblems.offer_gone();
}

/** From here the item is accepted and locked: its conversation becomes the agent's. */
async function begin(
  trx: Trx,
  actor: StaffActor,
  item: { item_id: string; kind: ItemKind; conversation_id: string | null },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  if (item.kind === 'conversation' && item.conversation_id)
    await deps.conversations.assign(trx, actor, {
      conversationId: item.conversation_id,
      agentId: actor.membershipId,
      agentName: actor.name,
    });
  return { itemId: item.item_id, kind: item.kind, conversationId: item.conversation_id };
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
    select ${offerRow} from offer o join item i on i.id = o.item_id
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
    select ${offerRow} from offer o join item i on i.id = o.item_id
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
  // locked first, in this order; what is written then is looked at again as it is by then
  await sql`
    with agents as (
      select id from agent where id = any(${offers.map((offer) => offer.agent_id)}::uuid[]) order by id for no key update
    )
    select 1 from item where id = any(${offers.map((offer) => offer.item_id)}::uuid[]) and (select count(*) from agents) >= 0
    order by id for no key update`.execute(trx);
  // not to the same agent at once, nor to any other who said no and whose pause still runs
  const until = new Date(how.now.getTime() + settings.ringSeconds * 1_000);
  const { rows } = await sql<{ id: string; item_id: string; agent_id: string }>`
    with ended as (
      update offer set state = ${how.state}, answered_at = ${how.now}, reason = ${how.reason}
      where id = any(${offers.map((offer) => offer.id)}::uuid[]) and state = 'pending' returning id, item_id, agent_id
    ), freed as (
      update agent a set load = a.load - f.weight
      from (select i.agent_id, sum(i.weight)::int as weight from item i join ended on ended.item_id = i.id group by i.agent_id) f
      where a.id = f.agent_id
    ), back as (
      update item set state = 'queued', agent_id = null, weight = null, overflow_queue_id = null,
        ignored_by = array(select a from unnest(ignored_by, ignored_until) as g(a, u) where u > ${how.now} and a <> item.agent_id) || item.agent_id,
        ignored_until = array(select u from unnest(ignored_by, ignored_until) as g(a, u) where u > ${how.now} and a <> item.agent_id) || ${until}::timestamptz,
        wanted_agent_id = case when pinned_by is not null then wanted_agent_id end,
        wanted_since = case when pinned_by is not null then wanted_since end,
        wanted_until = case when pinned_by is not null then wanted_until end
      from ended where item.id = ended.item_id
    )
    select * from ended`.execute(trx);
  if (rows.length === 0) return 0;
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
 * @throws routing.item_not_found · item_gone · full · not_present · not_skilled · pinned
 */
export async function take(
  trx: Trx,
  actor: StaffActor,
  input: { itemId: string },
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<Accepted> {
  const { rows } = isUuid(input.itemId)
    ? await sql<{ kind: ItemKind; conversation_id: string | null }>`
        select kind, conversation_id from item where id = ${input.itemId} and organisation_id = ${actor.organisationId}`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw routingProblems.item_not_found();
  if (rows[0].kind === 'conversation') await lockConversation(trx, rows[0].conversation_id);
  const agent = await lockAgent(trx, actor);
  if (agent.presence === 'offline') throw routingProblems.not_present();
  // locked by itself first: with the queue joined, one that is moved meanwhile would not be found
  await sql`select 1 from item where id = ${input.itemId} for no key update`.execute(trx);
  const item = (
    await sql<TakenRow>`
      select i.id, i.kind, i.channel, i.conversation_id, i.queue_id, i.state, i.agent_id, i.pinned_by, i.wanted_agent_id,
        q.skills || i.skills as skills, i.queued_at, coalesce(i.target_seconds, q.target_seconds) as target_seconds
      from item i join queue q on q.id = i.queue_id where i.id = ${input.itemId}`.execute(trx)
  ).rows[0]!;
  const target = { ...item, item_id: item.id };
  if (item.state === 'offered' && item.agent_id === actor.membershipId) {
    await sql`update offer set state = 'accepted', answered_at = ${deps.now} where item_id = ${item.id} and state = 'pending'`.execute(
      trx,
    );
    await sql`update item i set ${accepted(deps.now)} where i.id = ${item.id}`.execute(trx);
    await tellAccepted(trx, actor, target);
    return begin(trx, actor, target, deps);
  }
  if (item.state !== 'queued') throw routingProblems.item_gone();
  if (!actor.roles.includes('supervisor')) {
    if (item.pinned_by !== null && item.wanted_agent_id !== actor.membershipId) throw routingProblems.pinned();
    if (item.pinned_by === null) await mustReach(trx, actor, agent, item, deps.now);
  }
  const weight = weightOf(item, agent);
  if (weight === null) throw routingProblems.not_skilled();
  if (agent.load + weight > agent.places) throw routingProblems.full();
  const offerId = uuid();
  await sql`insert into offer (organisation_id, id, item_id, agent_id, by_hand, offered_at, expires_at)
    values (${actor.organisationId}, ${offerId}, ${item.id}, ${actor.membershipId}, true, ${deps.now}, ${deps.now})`.execute(
    trx,
  );
  await sql`update offer set state = 'accepted', answered_at = ${deps.now} where id = ${offerId}`.execute(trx);
  await sql`update agent set load = load + ${weight}, last_offer_at = ${deps.now} where id = ${agent.id}`.execute(trx);
  await sql`update item set state = 'offered', agent_id = ${agent.id}, weight = ${weight}, offers = offers + 1 where id = ${item.id}`.execute(
    trx,
  );
  await sql`update item i set ${accepted(deps.now)} where i.id = ${item.id}`.execute(trx);
  await tellAccepted(trx, actor, target);
  return begin(trx, actor, target, deps);
}

async function tellAccepted(
  trx: Trx,
  actor: StaffActor,
  item: { item_id: string; conversation_id: string | null; queue_id: string },
): Promise<void> {
  await announce(trx, {
    organisationId: actor.organisationId,
    kind: 'item.accepted',
    conversationId: item.conversation_id ?? undefined,
    payload: { itemId: item.item_id, queueId: item.queue_id, agentId: actor.membershipId },
  });
}

type TakenRow = {
  id: string;
  kind: ItemKind;
  channel: string | null;
  conversation_id: string | null;
  queue_id: string;
  state: string;
  agent_id: string | null;
  pinned_by: string | null;
  wanted_agent_id: string | null;
  skills: string[];
  queued_at: Date;
  target_seconds: number;
};

/** Whether it would be offered to this agent, if it came to its turn. @throws routing.not_skilled */
async function mustReach(trx: Trx, actor: StaffActor, agent: AgentRow, item: TakenRow, now: Date): Promise<void> {
  const { settings } = await organisationOf(trx, actor.organisationId);
  const terms = termsOf(await queuesOf(trx, actor.organisationId), settings.defaultQueue);
  const ask = asked(
    {
      queueId: item.queue_id,
      skills: item.skills,
      queuedAt: item.queued_at.getTime(),
      targetSeconds: item.target_seconds,
    },
    terms.find((one) => one.id === item.queue_id),
    now.getTime(),
  );
  if (!reaches(agent, ask)) throw routingProblems.not_skilled();
}

/**
 * What was just put before agents who want no question is theirs in the same transaction, as though they had accepted. Items
 * and agents are locked, and so are the conversations.
 */
export async function autoAccept(
  trx: Trx,
  organisationId: string,
  offers: { offerId: string; itemId: string; agentId: string; queueId: string; conversationId: string | null }[],
  deps: { conversations: Pick<Conversations, 'assign'>; now: Date },
): Promise<void> {
  const { rows } = await sql<{ id: string; kind: ItemKind; name: string }>`
    with said as (
      update offer set state = 'accepted', answered_at = ${deps.now} where id = any(${offers.map((one) => one.offerId)}::uuid[])
    ), taken as (
      update item i set ${accepted(deps.now)} where i.id = any(${offers.map((one) => one.itemId)}::uuid[])
      returning i.id, i.kind, i.agent_id, i.conversation_id, i.queue_id
    ), told as (
      insert into event (organisation_id, kind, conversation_id, payload)
      select ${organisationId}::uuid, 'item.accepted', conversation_id,
        jsonb_build_object('itemId', id, 'queueId', queue_id, 'agentId', agent_id) from taken
    )
    select taken.id, taken.kind, m.name from taken join membership m on m.id = taken.agent_id`.execute(trx);
  followed(trx, [{ organisationId, kind: 'item.accepted' }]);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  for (const one of offers) {
    const { kind, name } = rowOf.get(one.itemId)!;
    if (kind === 'conversation' && one.conversationId)
      await deps.conversations.assign(
        trx,
        { kind: 'system', organisationId },
        { conversationId: one.conversationId, agentId: one.agentId, agentName: name },
      );
  }
}
