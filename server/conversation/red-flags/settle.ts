import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import type { Trx } from '../../platform/postgres.ts';
import { may } from '../../trust/access.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { ConversationDeps } from '../followers.ts';
import { actorId, holdRow, raisePriority } from '../internal/hold-row.ts';
import { jot } from '../internal/say.ts';
import { conversationProblems } from '../problems.ts';
import type { FlagLine } from './rows.ts';
import { ANSWER_MS } from './rules.ts';

/**
 * A colleague has spoken: nothing waits for a word of theirs, or of the patient's to our question, any more.
 * @param only a note shows that somebody is at it (they may have telephoned): enough for a hard one, no answer to a question
 */
export async function attend(trx: Trx, conversationId: string, now: Date, only?: 'hard'): Promise<void> {
  await sql`
    update flag set due_at = null, answer = coalesce(answer, 'attended'), answered_at = coalesce(answered_at, ${now})
    where conversation_id = ${conversationId}::uuid and due_at is not null and (${only ?? null}::text is null or level = ${only ?? null}::text)`.execute(
    trx,
  );
}

/** An agent takes a conversation in which a hard flag stands: their word on it is waited for. */
export async function awaitWord(trx: Trx, conversationId: string, agentId: string, now: Date): Promise<void> {
  await sql`
    update flag set agent_id = ${agentId}::uuid, asked_at = ${now}, due_at = ${new Date(now.getTime() + ANSWER_MS)}
    where conversation_id = ${conversationId}::uuid and level = 'hard' and lowered_at is null`.execute(trx);
}

/**
 * A nurse lowers the flags of a conversation, with the reason: a line of the thread says who, when and why. What was critical
 * stays urgent: assessed, not forgotten. Without a flag that stands nothing happens.
 * @throws conversation.not_found · not_a_nurse
 */
export async function lowerFlag(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; reason: string },
): Promise<{ lowered: boolean }> {
  if (actor.kind !== 'staff' || !may(actor, 'triage.lower')) throw conversationProblems.not_a_nurse();
  const held = await holdRow(trx, actor, input.conversationId);
  const now = deps.clock();
  const { rows } = await sql<{ id: string }>`
    update flag set lowered_at = ${now}, lowered_by = ${actorId(actor)}::uuid, lowered_reason = ${input.reason}, due_at = null
    where conversation_id = ${held.id}::uuid and organisation_id = ${held.organisationId}::uuid and lowered_at is null
    returning id`.execute(trx);
  if (rows.length === 0) return { lowered: false };
  if (held.priority === 'critical') await raisePriority(trx, held, 'urgent');
  const line: FlagLine = {
    kind: 'flag',
    what: 'lowered',
    reason: input.reason,
    agentId: actor.membershipId,
    name: actor.name,
  };
  await jot(deps, trx, actor, held, { direction: 'system', kind: 'flag', content: line });
  await audit(trx, actor, {
    action: 'lower_flag',
    subject: { kind: 'conversation', id: held.id },
    personId: held.aboutId,
    detail: { flags: rows.map((row) => row.id) },
  });
  await announce(trx, { organisationId: held.organisationId, kind: 'flag.lowered', conversationId: held.id });
  return { lowered: true };
}

/**
 * Promise 6: a red flag is lowered by a nurse with a reason, not by closing the conversation or giving it back. One that the
 * patient said no to stays recorded and holds nobody up.
 * @throws conversation.flagged
 */
export async function mustNotBeFlagged(trx: Trx, actor: Actor, conversationId: string): Promise<void> {
  if (actor.kind === 'staff' && may(actor, 'triage.lower')) return;
  const standing = await trx
    .selectFrom('flag')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where('lowered_at', 'is', null)
    .where((eb) => eb.or([eb('level', '=', 'hard'), eb('answer', 'is', null), eb('answer', '<>', 'no')]))
    .limit(1)
    .executeTakeFirst();
  if (standing) throw conversationProblems.flagged();
}
