import { type RawBuilder, sql } from 'kysely';
import { eventRows, followed, type NewEvent } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import { afterCommit, type Trx } from '../../platform/postgres.ts';
import { seal } from '../../trust/vault.ts';
import type { ConversationState, Departing, Inbound, Language, Priority, Turn } from '../contract.ts';
import { isPart } from '../red-flags/rules.ts';
import { kindOf } from '../rules.ts';
import { type Flagged, writeFlags } from '../red-flags/rows.ts';
import type { ConversationDeps } from '../followers.ts';
import { remember } from './lately.ts';
import type { Place } from './locate.ts';

/** One utterance on its way into rows, with the turn it led to. */
export type Written = {
  place: Place;
  inbound: Inbound;
  messageId: string;
  sentAt: Date;
  /** Its place in the thread. */
  shownAt: Date;
  turn: Turn | null;
  queueId: string | null;
  /** What it means for the red flags of its conversation. */
  flagged: Flagged | null;
  /** Another open conversation of who the writer proved to be: this one ends in it. */
  joins: { conversationId: string; state: ConversationState } | null;
};

/**
 * A reply leased to this process is taken over by another one after this: as long as a patient waits for it after a
 * crash, and three times as long as `channels/deliver.ts` lets pass between its renewals.
 */
export const LEASE_SECONDS = 20;

const RANK: Record<Priority, number> = { critical: 0, urgent: 1, standard: 2, low: 3 };

/**
 * Writes a batch: messages in and out, conversations, sessions, departures, flags, events, by arrays.
 * @returns the replies, leased to this process
 */
export async function write(
  trx: Trx,
  deps: ConversationDeps,
  batch: { organisationId: string; written: Written[]; now: Date },
): Promise<Departing[]> {
  const { organisationId, written, now } = batch;
  const departing: Departing[] = [];
  const messages: MessageRow[] = [];
  const events: NewEvent[] = [];
  const changes = written.map((entry) => change(deps, entry, organisationId, now, { departing, messages, events }));

  // one statement, one trip: nine of them took a third of the batch's time
  await sql`
    with conversations as (${conversationRows(organisationId, changes, now)}),
      messages as (${messageRows(organisationId, messages)}),
      departures as (${departureRows(deps.processId, organisationId, departing)}),
      points as (${contactPointRows(written, changes, now)}),
      legs as (${legRows(organisationId, written)}),
      sessions as (${sessionRows(organisationId, written)}),
      ended as (${endedSessions(written)}),
      states as (${stateRows(organisationId, changes)})
    ${eventRows(events)}`.execute(trx);
  followed(trx, events);

  await writeFlags(trx, organisationId, written);
  afterCommit(trx, () => {
    for (const [i, { place, inbound, messageId }] of written.entries()) {
      if (!place.parts) continue;
      const { content } = inbound;
      const part = isPart(content) && content.kind === 'text' && { messageId, text: content.text, at: now.getTime() };
      remember(place.conversationId, changes[i]!.messageCount, part ? [...place.parts, part] : place.parts);
    }
  });
  return departing;
}

function conversationRows(organisationId: string, changes: Change[], now: Date): RawBuilder<unknown> {
  return sql`
    update conversation c set
      state = u.state, language = u.language, priority = u.priority, queue_id = coalesce(u.queue_id, c.queue_id),
      handover_reason = coalesce(u.handover_reason, c.handover_reason),
      summary_sealed = coalesce(u.summary, c.summary_sealed),
      summary_person_id = case when u.summary is null then c.summary_person_id else u.summary_person_id end,
      outcome = case when u.state = 'closed' then u.outcome when c.state = 'closed' then null else c.outcome end,
      closed_at = case when u.state = 'closed' then coalesce(c.closed_at, ${now}) end,
      waiting_since = case when u.state = 'waiting' then coalesce(c.waiting_since, ${now}) when u.state in ('assistant', 'closed') then null else c.waiting_since end,
      unanswered_since = case when u.state in ('waiting', 'with_agent', 'on_hold', 'wrapping') then coalesce(c.unanswered_since, ${now}) end,
      unread = case when u.state in ('waiting', 'with_agent', 'on_hold', 'wrapping') then c.unread + 1 else 0 end,
      last_message_at = greatest(c.last_message_at, ${now}), last_inbound_at = greatest(c.last_inbound_at, ${now}), last_sent_at = greatest(c.last_sent_at, u.sent_at),
      last_message_id = u.last_message_id,
      message_count = u.message_count, version = u.version,
      about_id = coalesce(u.about_id, c.about_id),
      -- promise 3: one open conversation for a person; when another is open this one keeps its own writer
      person_id = case when u.person_id is not null and (u.state = 'closed' or not exists (
        select 1 from conversation o where o.organisation_id = c.organisation_id and o.person_id = u.person_id and o.state <> 'closed' and o.id <> c.id))
        then u.person_id else c.person_id end
    from unnest(
      ${changes.map((row) => row.id)}::uuid[], ${changes.map((row) => row.state)}::text[], ${changes.map((row) => row.language)}::text[],
      ${changes.map((row) => row.priority)}::text[], ${changes.map((row) => row.queueId)}::uuid[], ${changes.map((row) => row.handoverReason)}::text[],
      ${changes.map((row) => row.summary)}::bytea[], ${changes.map((row) => row.summaryPersonId)}::uuid[], ${changes.map((row) => row.outcome)}::text[],
      ${changes.map((row) => row.lastMessageId)}::uuid[], ${changes.map((row) => row.messageCount)}::int[], ${changes.map((row) => row.version)}::int[],
      ${changes.map((row) => row.aboutId)}::uuid[], ${changes.map((row) => row.personId)}::uuid[],
      ${changes.map((row) => row.sentAt)}::timestamptz[]
    ) as u(id, state, language, priority, queue_id, handover_reason, summary, summary_person_id, outcome, last_message_id, message_count, version, about_id, person_id, sent_at)
    where c.id = u.id and c.organisation_id = ${organisationId}::uuid`;
}

function contactPointRows(written: Written[], changes: Change[], now: Date): RawBuilder<unknown> {
  return sql`
    update contact_point cp set last_inbound_at = ${now}, person_id = coalesce(u.person_id, cp.person_id)
    from unnest(${written.map((entry) => entry.place.contactPointId)}::uuid[], ${changes.map((row) => row.personId)}::uuid[]) u(id, person_id)
    where cp.id = u.id`;
}

function legRows(organisationId: string, written: Written[]): RawBuilder<unknown> {
  const legs = written.flatMap(({ place, inbound, joins }) => [
    ...(place.newLeg
      ? [{ conversationId: place.conversationId, contactPointId: place.contactPointId, channel: inbound.channel }]
      : []),
    ...(joins
      ? [{ conversationId: joins.conversationId, contactPointId: place.contactPointId, channel: inbound.channel }]
      : []),
  ]);
  return sql`
    insert into leg (organisation_id, conversation_id, contact_point_id, channel)
    select ${organisationId}::uuid, * from unnest(${legs.map((leg) => leg.conversationId)}::uuid[],
      ${legs.map((leg) => leg.contactPointId)}::uuid[], ${legs.map((leg) => leg.channel)}::text[])
    on conflict do nothing`;
}

/** Where the assistant is now; in a conversation that ends in another one, there. */
function sessionRows(organisationId: string, written: Written[]): RawBuilder<unknown> {
  const kept = written.flatMap(({ place, turn, joins }) => {
    if (!turn || turn.session === null || (joins && joins.state !== 'assistant')) return [];
    return [{ place, turn, id: joins?.conversationId ?? place.conversationId }];
  });
  return sql`
    insert into session (organisation_id, conversation_id, person_id, state_sealed, wake_at)
    select ${organisationId}::uuid, * from unnest(
      ${kept.map((entry) => entry.id)}::uuid[], ${kept.map((entry) => entry.place.personId)}::uuid[],
      ${kept.map((entry) => seal(entry.place.key, JSON.stringify(entry.turn.session), `session:${entry.id}`))}::bytea[],
      ${kept.map((entry) => entry.turn.wakeAt ?? null)}::timestamptz[])
    on conflict (conversation_id) do update set person_id = excluded.person_id, state_sealed = excluded.state_sealed,
      wake_at = excluded.wake_at, updated_at = now()`;
}

/** A session that came to its end is forgotten. */
function endedSessions(written: Written[]): RawBuilder<unknown> {
  const ended = written.filter(({ place, turn, joins }) => place.hadSession && (turn?.session === null || joins));
  return sql`delete from session where conversation_id = any(${ended.map((entry) => entry.place.conversationId)}::uuid[])`;
}

function stateRows(organisationId: string, changes: Change[]): RawBuilder<unknown> {
  const moved = changes.filter((row) => row.moved);
  return sql`
    insert into conversation_state (organisation_id, conversation_id, state, actor_kind, reason)
    select ${organisationId}::uuid, id, state, actor, reason from unnest(
      ${moved.map((row) => row.id)}::uuid[], ${moved.map((row) => row.state)}::text[],
      ${moved.map((row) => (row.turned ? 'assistant' : 'patient'))}::text[], ${moved.map((row) => row.handoverReason)}::text[]) as m(id, state, actor, reason)`;
}

type Change = {
  id: string;
  state: ConversationState;
  language: Language;
  priority: Priority;
  queueId: string | null;
  handoverReason: string | null;
  summary: Buffer | null;
  summaryPersonId: string | null;
  outcome: string | null;
  lastMessageId: string;
  messageCount: number;
  version: number;
  aboutId: string | null;
  personId: string | null;
  sentAt: Date;
  moved: boolean;
  turned: boolean;
};

/** What one utterance and its turn make of the conversation's row; collects the messages and events on the way. */
function change(
  deps: ConversationDeps,
  entry: Written,
  organisationId: string,
  now: Date,
  out: { departing: Departing[]; messages: MessageRow[]; events: NewEvent[] },
): Change {
  const { place, inbound, turn } = entry;
  const conversationId = place.conversationId;
  const language = turn?.language ?? place.language;
  const base = {
    conversationId,
    channel: inbound.channel,
    accountId: inbound.accountId,
    contactPointId: place.contactPointId,
    personId: place.personId,
  };
  let seq = place.messageCount + 1;
  out.messages.push({
    ...base,
    id: entry.messageId,
    seq,
    direction: 'in',
    author: 'patient',
    authorId: place.personId,
    kind: kindOf(inbound.content),
    content: seal(place.key, JSON.stringify(inbound.content), `message:${entry.messageId}`),
    externalId: inbound.externalId,
    replyTo: inbound.replyTo ?? null,
    sentAt: entry.sentAt,
    shownAt: entry.shownAt,
    delivery: null,
  });
  let lastMessageId = entry.messageId;
  const added: { messageId: string; seq: number; direction: string }[] = [
    { messageId: entry.messageId, seq, direction: 'in' },
  ];
  for (const content of turn?.says ?? []) {
    seq += 1;
    const messageId = uuid();
    lastMessageId = messageId;
    out.messages.push({
      ...base,
      id: messageId,
      seq,
      direction: 'out',
      author: 'assistant',
      authorId: null,
      kind: kindOf(content),
      content: seal(place.key, JSON.stringify(content), `message:${messageId}`),
      externalId: null,
      replyTo: null,
      sentAt: now,
      shownAt: place.lastMessageAt && place.lastMessageAt > now ? place.lastMessageAt : now,
      delivery: 'sending',
    });
    added.push({ messageId, seq, direction: 'out' });
    out.departing.push({
      messageId,
      organisationId,
      accountId: inbound.accountId,
      channel: inbound.channel,
      conversationId,
      contactPointId: place.contactPointId,
      address: inbound.address,
      language,
      content,
      attempt: 0,
    });
  }
  // what the assistant did is part of the thread, for colleagues only
  const did = turn?.trace.filter((step) => step.step !== 'say') ?? [];
  if (did.length > 0) {
    seq += 1;
    const messageId = uuid();
    out.messages.push({
      ...base,
      id: messageId,
      seq,
      direction: 'system',
      author: 'assistant',
      authorId: null,
      kind: 'trace',
      content: seal(place.key, JSON.stringify({ kind: 'trace', steps: did }), `message:${messageId}`),
      externalId: null,
      replyTo: null,
      sentAt: now,
      shownAt: place.lastMessageAt && place.lastMessageAt > now ? place.lastMessageAt : now,
      delivery: null,
    });
    added.push({ messageId, seq, direction: 'system' });
  }
  // how a flag went is part of the thread too, one line for each step
  for (const line of entry.flagged?.lines ?? []) {
    seq += 1;
    const messageId = uuid();
    out.messages.push({
      ...base,
      id: messageId,
      seq,
      direction: 'system',
      author: 'system',
      authorId: null,
      kind: 'flag',
      content: seal(place.key, JSON.stringify(line), `message:${messageId}`),
      externalId: null,
      replyTo: null,
      sentAt: now,
      shownAt: place.lastMessageAt && place.lastMessageAt > now ? place.lastMessageAt : now,
      delivery: null,
    });
    added.push({ messageId, seq, direction: 'system' });
  }
  const handover = turn?.handover;
  const waits = handover !== undefined && place.agentId === null;
  // an alarm ends a hold and a wrap-up: the agent has the word again, at once
  const back = entry.flagged?.alarm === true && place.agentId !== null;
  const state: ConversationState =
    entry.joins || (turn?.close && !handover) ? 'closed' : waits ? 'waiting' : back ? 'with_agent' : place.state;
  const wished = handover?.priority ?? entry.flagged?.priority;
  const priority = wished && RANK[wished] < RANK[place.priority] ? wished : place.priority;
  const version = place.version + 1;
  const moved = state !== place.state || place.reopening || place.fresh;
  if (place.fresh)
    out.events.push({
      organisationId,
      kind: 'conversation.opened',
      conversationId,
      payload: { channel: inbound.channel },
    });
  for (const payload of added) out.events.push({ organisationId, kind: 'message.added', conversationId, payload });
  if (moved || handover || turn?.person || priority !== place.priority)
    out.events.push({
      organisationId,
      kind: 'conversation.changed',
      conversationId,
      payload: { state, agentId: place.agentId, queueId: entry.queueId, priority, version },
    });
  if (entry.flagged)
    out.events.push({
      organisationId,
      kind: entry.flagged.event,
      conversationId,
      payload: { level: entry.flagged.level, messageId: entry.messageId },
    });
  return {
    id: conversationId,
    state,
    language,
    priority,
    queueId: entry.queueId,
    handoverReason: handover?.reason ?? null,
    summary:
      handover && handover.summary.length > 0
        ? seal(place.key, JSON.stringify(handover.summary), `summary:${conversationId}`)
        : null,
    summaryPersonId: handover ? place.personId : null,
    outcome: entry.joins ? 'joined' : (turn?.close?.outcome ?? null),
    lastMessageId,
    messageCount: seq,
    version,
    aboutId: turn?.person?.aboutId ?? null,
    personId: turn?.person?.personId ?? null,
    sentAt: entry.sentAt,
    moved,
    turned: turn !== null,
  };
}

export type MessageRow = {
  id: string;
  conversationId: string;
  seq: number;
  direction: 'in' | 'out' | 'note' | 'system';
  author: 'patient' | 'assistant' | 'staff' | 'system';
  authorId: string | null;
  channel: string | null;
  accountId: string | null;
  contactPointId: string | null;
  personId: string;
  kind: string;
  content: Buffer;
  externalId: string | null;
  replyTo: string | null;
  sentAt: Date;
  shownAt: Date;
  delivery: string | null;
};

/** The statement that adds messages to their threads. */
export function messageRows(organisationId: string, rows: MessageRow[]): RawBuilder<unknown> {
  return sql`
    insert into message (organisation_id, id, conversation_id, seq, direction, author, author_id, channel, account_id,
      contact_point_id, person_id, kind, content_sealed, external_id, reply_to, sent_at, shown_at, delivery)
    select ${organisationId}::uuid, * from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.conversationId)}::uuid[], ${rows.map((row) => row.seq)}::int[],
      ${rows.map((row) => row.direction)}::text[], ${rows.map((row) => row.author)}::text[], ${rows.map((row) => row.authorId)}::uuid[],
      ${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.accountId)}::uuid[], ${rows.map((row) => row.contactPointId)}::uuid[],
      ${rows.map((row) => row.personId)}::uuid[], ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.content)}::bytea[],
      ${rows.map((row) => row.externalId)}::text[], ${rows.map((row) => row.replyTo)}::text[], ${rows.map((row) => row.sentAt)}::timestamptz[],
      ${rows.map((row) => row.shownAt)}::timestamptz[], ${rows.map((row) => row.delivery)}::text[])`;
}

/** The statement that puts replies on their way, leased to this process, in their order. */
export function departureRows(processId: string, organisationId: string, rows: Departing[]): RawBuilder<unknown> {
  return sql`
    insert into departure (organisation_id, message_id, conversation_id, account_id, contact_point_id, lease_owner, lease_until)
    select ${organisationId}::uuid, message_id, conversation_id, account_id, contact_point_id, ${processId}::uuid, now() + ${LEASE_SECONDS} * interval '1 second'
    from unnest(${rows.map((row) => row.messageId)}::uuid[], ${rows.map((row) => row.conversationId)}::uuid[],
      ${rows.map((row) => row.accountId)}::uuid[], ${rows.map((row) => row.contactPointId)}::uuid[])
      with ordinality as d(message_id, conversation_id, account_id, contact_point_id, n) order by n`;
}
