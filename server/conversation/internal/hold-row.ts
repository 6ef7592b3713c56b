import { sql } from 'kysely';
import { announce, eventRows, followed, type NewEvent } from '../../platform/events.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import type { ConversationState, Language, Priority } from '../contract.ts';
import { conversationProblems } from '../problems.ts';
import { heldByAgent, mayBecome } from '../rules.ts';
import { isMember, settleCompany } from './company.ts';

/** A conversation's row, locked by this transaction. */
export type Held = {
  id: string;
  organisationId: string;
  personId: string;
  aboutId: string;
  state: ConversationState;
  language: Language;
  priority: Priority;
  queueId: string | null;
  agentId: string | null;
  messageCount: number;
  lastMessageAt: Date;
  version: number;
  waitingSince: Date | null;
};

/**
 * Locks a conversation's row.
 * @throws conversation.not_found
 */
export async function holdRow(trx: Trx, actor: Actor, conversationId: string): Promise<Held> {
  const row = isUuid(conversationId)
    ? await trx
        .selectFrom('conversation')
        .selectAll()
        .where('id', '=', conversationId)
        .where('organisation_id', '=', actor.organisationId)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (!row) throw conversationProblems.not_found();
  return {
    id: row.id,
    organisationId: row.organisation_id,
    personId: row.person_id,
    aboutId: row.about_id,
    state: row.state as ConversationState,
    language: row.language as Language,
    priority: row.priority as Priority,
    queueId: row.queue_id,
    agentId: row.agent_id,
    messageCount: row.message_count,
    lastMessageAt: row.last_message_at,
    version: row.version,
    waitingSince: row.waiting_since,
  };
}

/**
 * Only the agent who holds it may act on a held conversation; a supervisor may always.
 * @throws conversation.not_yours
 */
export function mustHold(actor: Actor, held: Held): void {
  if (actor.kind !== 'staff') return;
  if (held.agentId === actor.membershipId || actor.roles.includes('supervisor')) return;
  throw conversationProblems.not_yours();
}

/**
 * Who may write in a held conversation: the agent who holds it, whoever was let in beside them, a supervisor.
 * @throws conversation.not_yours
 */
export async function mustSpeak(trx: Trx, actor: Actor, held: Held): Promise<void> {
  if (actor.kind === 'staff' && (await isMember(trx, held.id, actor.membershipId))) return;
  mustHold(actor, held);
}

export type Move = {
  state: ConversationState;
  agentId?: string | null;
  queueId?: string | null;
  priority?: Priority;
  reason?: string | null;
  outcome?: string | null;
  wrapUpReason?: string | null;
  handoverReason?: string | null;
  summary?: { sealed: Buffer; personId: string };
};

/**
 * Brings a locked conversation to another state, with who did it and why, and announces it.
 * @throws conversation.wrong_state when the state machine forbids it
 */
export async function move(trx: Trx, actor: Actor, held: Held, to: Move, now: Date): Promise<void> {
  const agentId = to.agentId === undefined ? (heldByAgent(to.state) ? held.agentId : null) : to.agentId;
  if (!mayBecome(held.state, to.state) && !(held.state === to.state && agentId !== held.agentId))
    throw conversationProblems.wrong_state({ extra: { state: held.state } });
  const version = held.version + 1;
  const queueId = to.queueId === undefined ? held.queueId : to.queueId;
  const priority = to.priority ?? held.priority;
  const wordIsOurs = to.state === 'waiting' || to.state === 'with_agent';
  const moved = trx
    .updateTable('conversation')
    .set((eb) => ({
      state: to.state,
      agent_id: agentId,
      queue_id: queueId,
      priority,
      version,
      closed_at: to.state === 'closed' ? now : null,
      waiting_since: to.state === 'waiting' ? (held.waitingSince ?? now) : null,
      unanswered_since:
        to.state === 'closed' || to.state === 'assistant'
          ? null
          : wordIsOurs && held.state !== 'on_hold'
            ? eb.fn.coalesce('unanswered_since', eb.val(held.waitingSince ?? now))
            : eb.ref('unanswered_since'),
      ...(to.state === 'closed' ? { unread: 0 } : {}),
      ...(to.outcome === undefined ? {} : { outcome: to.outcome }),
      ...(to.wrapUpReason === undefined ? {} : { reason: to.wrapUpReason }),
      ...(to.handoverReason === undefined ? {} : { handover_reason: to.handoverReason }),
      ...(to.summary === undefined
        ? {}
        : { summary_sealed: to.summary.sealed, summary_person_id: to.summary.personId }),
    }))
    .where('id', '=', held.id);
  const kept = trx.insertInto('conversation_state').values({
    organisation_id: held.organisationId,
    conversation_id: held.id,
    state: to.state,
    actor_kind: actor.kind,
    actor_id: actorId(actor),
    reason: to.reason ?? null,
  });
  const told: NewEvent = {
    organisationId: held.organisationId,
    kind: 'conversation.changed',
    conversationId: held.id,
    payload: { state: to.state, agentId, queueId, priority, version },
  };
  await sql`with moved as (${moved}), kept as (${kept}) ${eventRows([told])}`.execute(trx);
  followed(trx, [told]);
  const before = { agentId: held.agentId };
  Object.assign(held, {
    state: to.state,
    agentId,
    queueId,
    priority,
    version,
    waitingSince: to.state === 'waiting' ? (held.waitingSince ?? now) : null,
  });
  await settleCompany(trx, held, before, now);
}

/** Makes a locked conversation as urgent as this, where it stands, and announces it. */
export async function raisePriority(trx: Trx, held: Held, priority: Priority): Promise<void> {
  const version = held.version + 1;
  await trx.updateTable('conversation').set({ priority, version }).where('id', '=', held.id).execute();
  Object.assign(held, { priority, version });
  await announce(trx, {
    organisationId: held.organisationId,
    kind: 'conversation.changed',
    conversationId: held.id,
    payload: { state: held.state, agentId: held.agentId, queueId: held.queueId, priority, version },
  });
}

/** The id of whoever acts, as rows keep it. */
export function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'staff':
      return actor.membershipId;
    case 'integration':
      return actor.apiKeyId;
    case 'patient':
      return actor.personId;
    default:
      return null;
  }
}
