import { sql } from 'kysely';
import { readMessages, readSummary } from '../../conversation/queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Trx } from '../../platform/postgres.ts';
import { agentsOf } from '../../routing/agents.ts';
import type { Vault } from '../../trust/vault.ts';
import type { MessageView } from '../contract.ts';
import { type Head, mayDo, readTrace, renderHeads, showMessages, viewerOf } from '../conversation.ts';
import { deskAgentOf, isElsewhere } from '../inbox.ts';
import { renderRows, type Rendered } from '../internal/rows.ts';
import { type Board, type Client, NOTHING, readHeads } from './board.ts';
import type { Change } from './contract.ts';
import type { Touched } from './touched.ts';

type Deps = { vault: Vault; clock: Clock };

/** What a page of events changed, read and written out once for all desks of an organisation. */
type RenderedPage = {
  rows: Map<string, Rendered>;
  /** Each row as JSON, written once for all desks. */
  texts: Map<string, string>;
  /** Offers that are over, of the conversations that moved. */
  offers: { id: string; agentId: string; conversationId: string }[];
  agents: Map<string, string>;
  heads: { id: string; text: string }[];
  opened: Map<string, Head>;
  threads: Map<string, string[]>;
};

/** Reads once what these events touched, and writes out once what more than one desk will get. */
export async function renderPage(
  trx: Trx,
  { vault, clock }: Deps,
  board: Board,
  touched: Touched,
  watched: Set<string>,
): Promise<RenderedPage> {
  const { organisationId } = board;
  for (const personId of touched.people) {
    const { rows } = await sql<{ id: string }>`select id from conversation where organisation_id = ${organisationId}
      and (person_id = ${personId} or about_id = ${personId}) and state <> 'closed'`.execute(trx);
    for (const { id } of rows) touched.conversations.add(id);
  }
  const ids = [...touched.conversations];
  const rows = await renderRows(trx, vault, organisationId, { ids });
  const texts = new Map([...rows].map(([id, one]) => [id, JSON.stringify(one.row)]));
  const offers = await endedOffers(trx, organisationId, ids);
  const agents = new Map(
    (await agentsOf(trx, organisationId, [...touched.agents])).map((agent) => [
      agent.id,
      JSON.stringify({ kind: 'agent', agent: deskAgentOf(agent) } satisfies Change),
    ]),
  );
  const heads = touched.heads ? await readHeads(trx, board, clock()) : [];
  const opened = ids.filter((id) => watched.has(id));
  return {
    rows,
    texts,
    offers,
    agents,
    heads: heads.map((head) => ({
      id: head.id,
      text: JSON.stringify({ kind: 'queue', queue: head } satisfies Change),
    })),
    ...(await renderOpened(trx, vault, organisationId, opened, touched)),
  };
}

async function renderOpened(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  opened: string[],
  touched: Touched,
): Promise<Pick<RenderedPage, 'opened' | 'threads'>> {
  if (opened.length === 0) return { opened: new Map(), threads: new Map() };
  const wanted = opened.flatMap((id) => [...(touched.messages.get(id) ?? [])]);
  const messages = await showMessages(
    trx,
    organisationId,
    await readMessages(trx, vault, organisationId, { ids: wanted }),
    vault,
  );
  const threads = new Map<string, string[]>();
  for (const message of messages)
    threads.set(message.conversationId, [...(threads.get(message.conversationId) ?? []), messageText(message)]);
  for (const id of opened)
    if (touched.learned.has(id))
      threads.set(id, [...(threads.get(id) ?? []), await summaryText(trx, vault, organisationId, id)]);
  return { opened: await renderHeads(trx, vault, organisationId, opened), threads };
}

/** The changes that concern one desk, as JSON. */
export function partsFor(client: Client, board: Board, page: RenderedPage, touched: Touched): string[] {
  const me = client.actor.membershipId;
  const parts: string[] = [];
  if (client.lists) {
    const agent = page.agents.get(me);
    if (agent) parts.push(agent);
    for (const head of page.heads) if (client.queues.has(head.id)) parts.push(head.text);
    for (const id of touched.conversations) {
      const before = board.placements.get(id) ?? NOTHING;
      const hints = touched.hints.get(id);
      parts.push(
        ...listParts(client, id, page, {
          heldBefore: before.agentId === me || hints?.agents.has(me) === true,
          alarmedBefore: before.alarm,
          waitedBefore:
            (before.queueId !== null && client.queues.has(before.queueId)) ||
            (hints !== undefined && [...hints.queues].some((queue) => client.queues.has(queue))),
        }),
      );
    }
  }
  for (const id of client.watched.keys())
    if (touched.conversations.has(id)) parts.push(...openedParts(client, id, page));
  return parts;
}

/** Where a conversation stands in the lists of one desk, now that it moved. */
export function listParts(
  client: Client,
  id: string,
  page: RenderedPage,
  before: { heldBefore: boolean; waitedBefore: boolean; alarmedBefore: boolean },
): string[] {
  const me = client.actor.membershipId;
  const now = page.rows.get(id);
  const text = page.texts.get(id);
  const parts: string[] = [];
  if (now?.placement.agentId === me) parts.push(`{"kind":"mine","row":${text}}`);
  else if (before.heldBefore) parts.push(goneText('mine.gone', id));
  for (const offer of page.offers)
    if (offer.conversationId === id && offer.agentId === me) parts.push(goneText('offer.gone', offer.id));
  if (now?.offer && now.placement.offeredTo === me)
    parts.push(JSON.stringify({ kind: 'offer', offer: now.offer } satisfies Change));
  const waits =
    now !== undefined &&
    now.placement.queueId !== null &&
    client.queues.has(now.placement.queueId) &&
    now.placement.offeredTo !== me;
  if (waits) parts.push(`{"kind":"waiting","queueId":"${now.placement.queueId}","row":${text}}`);
  else if (before.waitedBefore) parts.push(goneText('waiting.gone', id));
  if (client.alarms) {
    if (now && isElsewhere(now.placement, me, client.queues)) parts.push(`{"kind":"alarm","row":${text}}`);
    else if (before.alarmedBefore) parts.push(goneText('alarm.gone', id));
  }
  return parts;
}

/** The changes of a conversation that a desk watches. */
export function openedParts(client: Client, id: string, page: RenderedPage): string[] {
  const head = page.opened.get(id);
  if (!head) return [];
  return [...(page.threads.get(id) ?? []), headText(client, head)];
}

async function endedOffers(
  trx: Trx,
  organisationId: string,
  conversationIds: string[],
): Promise<RenderedPage['offers']> {
  if (conversationIds.length === 0) return [];
  const { rows } = await sql<{ id: string; agentId: string; conversationId: string }>`
    select o.id, o.agent_id as "agentId", i.conversation_id as "conversationId" from item i join offer o on o.item_id = i.id
    where i.organisation_id = ${organisationId} and i.conversation_id = any(${conversationIds}::uuid[]) and o.state <> 'pending'
      and not o.by_hand and o.answered_at > now() - interval '4 days'`.execute(trx);
  return rows;
}

const goneText = (kind: 'mine.gone' | 'alarm.gone' | 'offer.gone' | 'waiting.gone', id: string): string =>
  `{"kind":"${kind}","id":"${id}"}`;
/** A message as a change. */
export const messageText = (message: MessageView): string =>
  JSON.stringify({ kind: 'message', message } satisfies Change);
/** The head of a conversation as a change, with what this desk may do. */
export const headText = (client: Client, head: Head): string =>
  JSON.stringify({
    kind: 'conversation',
    conversation: { ...head, may: mayDo(head, viewerOf(client.actor)) },
  } satisfies Change);
/** What the assistant gathered and did in a conversation, as a change. */
export async function summaryText(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  conversationId: string,
): Promise<string> {
  return JSON.stringify({
    kind: 'summary',
    conversationId,
    summary: await readSummary(trx, vault, organisationId, conversationId),
    trace: await readTrace(trx, vault, organisationId, conversationId),
  } satisfies Change);
}
