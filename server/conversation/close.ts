import type { Trx } from '../platform/postgres.ts';
import { leaveRuns } from '../triage/protocols/keep-run.ts';
import type { Actor } from '../trust/contract.ts';
import { holdRow, move, mustHold } from './internal/hold-row.ts';
import { jot } from './internal/say.ts';
import { conversationProblems } from './problems.ts';
import { attend, mustNotBeFlagged } from './red-flags/settle.ts';
import { heldByAgent } from './rules.ts';
import type { ConversationDeps } from './followers.ts';

export type WrapUp = {
  conversationId: string;
  /** Why they came: a key of the organisation's reasons. */
  reason: string;
  solved: boolean;
  note?: string;
};

/**
 * The agent says the work is done and begins to write it up; the patient's next word comes back to the same agent.
 * @throws conversation.not_found · not_yours · wrong_state
 */
export async function close(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; reason?: string },
): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  mustHold(actor, held);
  await mustNotBeFlagged(trx, actor, held.id);
  await attend(trx, held.id, deps.clock());
  await move(
    trx,
    actor,
    held,
    { state: 'closed', agentId: null, reason: input.reason, outcome: 'closed' },
    deps.clock(),
  );
  await deps.followers.released(trx, [{ organisationId: held.organisationId, conversationId: held.id, how: 'done' }]);
  await endSession(trx, held.id, deps.clock());
}

/**
 * The agent closes a conversation with why they came and whether it was solved; the slot is free at once.
 * @throws conversation.not_found · not_yours · wrong_state · flagged
 */
export async function wrapUp(deps: ConversationDeps, trx: Trx, actor: Actor, input: WrapUp): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (!heldByAgent(held.state)) throw conversationProblems.wrong_state({ extra: { state: held.state } });
  mustHold(actor, held);
  await mustNotBeFlagged(trx, actor, held.id);
  await attend(trx, held.id, deps.clock());
  if (input.note?.trim())
    await jot(deps, trx, actor, held, {
      direction: 'note',
      kind: 'note',
      content: { kind: 'note', text: input.note.trim() },
    });
  const now = deps.clock();
  if (held.state !== 'wrapping') await move(trx, actor, held, { state: 'wrapping', reason: input.reason }, now);
  await jot(deps, trx, actor, held, {
    direction: 'system',
    kind: 'wrapped_up',
    content: { kind: 'wrapped_up', reason: input.reason, solved: input.solved },
  });
  await move(
    trx,
    actor,
    held,
    {
      state: 'closed',
      agentId: null,
      reason: input.reason,
      wrapUpReason: input.reason,
      outcome: input.solved ? 'solved' : 'unsolved',
    },
    now,
  );
  await deps.followers.released(trx, [{ organisationId: held.organisationId, conversationId: held.id, how: 'done' }]);
  await endSession(trx, held.id, deps.clock());
}

/** The assistant's place in it is gone, and what it was still asking of a triage protocol was left. */
async function endSession(trx: Trx, conversationId: string, now: Date): Promise<void> {
  await trx.deleteFrom('session').where('conversation_id', '=', conversationId).execute();
  await leaveRuns(trx, conversationId, now);
}

/**
 * Opens a closed conversation again, with the agent who asks.
 * @throws conversation.not_found · wrong_state · already_open
 */
export async function reopen(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string },
): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  if (held.state !== 'closed') throw conversationProblems.wrong_state({ extra: { state: held.state } });
  const other = await trx
    .selectFrom('conversation')
    .select('id')
    .where('organisation_id', '=', actor.organisationId)
    .where('person_id', '=', held.personId)
    .where('state', '<>', 'closed')
    .executeTakeFirst();
  if (other) throw conversationProblems.already_open({ extra: { conversationId: other.id } });
  await move(trx, actor, held, { state: 'waiting', agentId: null, outcome: null, reason: 'reopened' }, deps.clock());
  const agentId = actor.kind === 'staff' ? actor.membershipId : undefined;
  await deps.followers.handedOver(trx, [
    {
      organisationId: held.organisationId,
      conversationId: held.id,
      personId: held.personId,
      queueId: held.queueId ?? undefined,
      agentId,
      priority: held.priority,
      reason: 'reopened',
      skills: [],
      language: held.language,
      channel: 'whatsapp',
      since: deps.clock(),
    },
  ]);
}
