import { type RawBuilder, sql } from 'kysely';
import { eventRows, followed, type NewEvent } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import { afterCommit, type Trx } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { open, seal, VaultError } from '../../trust/vault.ts';
import type { ChannelKind, Departing, OutboundContent } from '../contract.ts';
import { conversationProblems } from '../problems.ts';
import { kindOf } from '../rules.ts';
import type { ConversationDeps } from '../followers.ts';
import { actorId, type Held } from './hold-row.ts';
import { departureRows, messageRows } from './write.ts';

export type Said = { messageId: string; seq: number };

/**
 * Says something to the patient on the leg they used last: message, departure and event in this transaction,
 * off to the channel once it is committed.
 * @param options.id the caller's id for the message; saying it again says nothing twice
 * @throws conversation.nowhere_to_send
 */
export async function say(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  held: Held,
  content: OutboundContent,
  options: { id?: string; replyTo?: string } = {},
): Promise<Said> {
  if (options.id) {
    const before = await trx
      .selectFrom('message')
      .select(['id', 'seq'])
      .where('id', '=', options.id)
      .where('conversation_id', '=', held.id)
      .executeTakeFirst();
    if (before) return { messageId: before.id, seq: before.seq };
  }
  const leg = await lastLeg(trx, held);
  const orgKey = await deps.vault.organisationKey(trx, held.organisationId);
  const address = open(orgKey, leg.address_sealed, `contact-point:${leg.id}`).toString('utf8');
  const key = (await deps.vault.personKeys(trx, held.organisationId, [held.personId])).get(held.personId);
  if (!key) throw new VaultError('missing');
  const messageId = options.id ?? uuid();
  const seq = held.messageCount + 1;
  const now = deps.clock();
  const message = messageRows(held.organisationId, [
    {
      id: messageId,
      conversationId: held.id,
      seq,
      direction: 'out',
      author: actor.kind === 'staff' ? 'staff' : 'assistant',
      authorId: actorId(actor),
      channel: leg.channel,
      accountId: leg.account_id,
      contactPointId: leg.id,
      personId: held.personId,
      kind: kindOf(content),
      content: seal(key, JSON.stringify(content), `message:${messageId}`),
      externalId: null,
      replyTo: options.replyTo ?? null,
      sentAt: now,
      shownAt: now > held.lastMessageAt ? now : held.lastMessageAt,
      delivery: 'sending',
    },
  ]);
  const departing: Departing = {
    messageId,
    organisationId: held.organisationId,
    accountId: leg.account_id,
    channel: leg.channel as ChannelKind,
    conversationId: held.id,
    contactPointId: leg.id,
    address,
    language: held.language,
    content,
    attempt: 0,
  };
  const added = addedEvent(held, messageId, seq, 'out');
  await sql`with said as (${message}), departs as (${departureRows(deps.processId, held.organisationId, [departing])}),
    counted as (${counting(trx, held, messageId, seq, { answered: actor.kind === 'staff' }, now)}) ${eventRows([added])}`.execute(
    trx,
  );
  followed(trx, [added]);
  held.messageCount = seq;
  afterCommit(trx, () => deps.depart([departing]));
  return { messageId, seq };
}

/** Adds something to the thread that only colleagues see. */
export async function jot(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  held: Held,
  entry: { id?: string; direction: 'note' | 'system'; kind: string; content: unknown },
): Promise<Said> {
  const key = (await deps.vault.personKeys(trx, held.organisationId, [held.personId])).get(held.personId);
  if (!key) throw new VaultError('missing');
  const messageId = entry.id ?? uuid();
  const seq = held.messageCount + 1;
  const now = deps.clock();
  const message = messageRows(held.organisationId, [
    {
      id: messageId,
      conversationId: held.id,
      seq,
      direction: entry.direction,
      author: actor.kind === 'staff' ? 'staff' : 'system',
      authorId: actorId(actor),
      channel: null,
      accountId: null,
      contactPointId: null,
      personId: held.personId,
      kind: entry.kind,
      content: seal(key, JSON.stringify(entry.content), `message:${messageId}`),
      externalId: null,
      replyTo: null,
      sentAt: now,
      shownAt: now > held.lastMessageAt ? now : held.lastMessageAt,
      delivery: null,
    },
  ]);
  const added = addedEvent(held, messageId, seq, entry.direction);
  await sql`with said as (${message}), counted as (${counting(trx, held, messageId, seq, { answered: false }, now)})
    ${eventRows([added])}`.execute(trx);
  followed(trx, [added]);
  held.messageCount = seq;
  return { messageId, seq };
}

const addedEvent = (held: Held, messageId: string, seq: number, direction: string): NewEvent => ({
  organisationId: held.organisationId,
  kind: 'message.added',
  conversationId: held.id,
  payload: { messageId, seq, direction },
});

/** The statement that makes a message the last of its conversation. */
const counting = (
  trx: Trx,
  held: Held,
  messageId: string,
  seq: number,
  how: { answered: boolean },
  now: Date,
): RawBuilder<unknown> =>
  sql`${trx
    .updateTable('conversation')
    .set({
      message_count: seq,
      last_message_id: messageId,
      last_message_at: now > held.lastMessageAt ? now : held.lastMessageAt,
      ...(how.answered ? { unanswered_since: null, unread: 0 } : {}),
    })
    .where('id', '=', held.id)}`;

async function lastLeg(
  trx: Trx,
  held: Held,
): Promise<{ id: string; channel: string; account_id: string; address_sealed: Buffer }> {
  const { rows } = await sql<{ id: string; channel: string; account_id: string; address_sealed: Buffer }>`
    select cp.id, cp.channel, cp.account_id, cp.address_sealed from leg
    join contact_point cp on cp.id = leg.contact_point_id
    where leg.conversation_id = ${held.id}::uuid and leg.organisation_id = ${held.organisationId}::uuid
    order by cp.last_inbound_at desc nulls last, leg.began_at desc limit 1`.execute(trx);
  if (!rows[0]) throw conversationProblems.nowhere_to_send();
  return rows[0];
}
