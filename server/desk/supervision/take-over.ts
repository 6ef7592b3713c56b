import { sql } from 'kysely';
import { heldByAgent } from '../../conversation/rules.ts';
import { conversationProblems } from '../../conversation/problems.ts';
import type { ConversationState } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Trx } from '../../platform/postgres.ts';
import { passOn } from '../../routing/pass-on.ts';
import { agentOf, setPresence } from '../../routing/presence.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { tell } from './notices.ts';
import { roomProblems } from './problems.ts';

/**
 * A supervisor takes a conversation out of an agent's hands: item, conversation, places of both and what the agent is told
 * are one transaction. Who was offline is on a break then: what one holds must find its way back if one vanishes.
 * @throws conversation.not_found · room.nobody_there · already_yours · routing.full
 */
export async function takeOver(
  trx: Trx,
  deps: { conversations: Pick<Conversations, 'assign'> },
  actor: StaffActor,
  input: { conversationId: string; reason: string },
  now: Date,
): Promise<void> {
  const { organisationId, membershipId } = actor;
  const { rows } = await sql<{ state: ConversationState; agent_id: string | null; about_id: string }>`
    select state, agent_id, about_id from conversation where id = ${input.conversationId} and organisation_id = ${organisationId} for update`.execute(
    trx,
  );
  const held = rows[0];
  if (!held) throw conversationProblems.not_found();
  if (!heldByAgent(held.state) || held.agent_id === null) throw roomProblems.nobody_there();
  if (held.agent_id === membershipId) throw roomProblems.already_yours();
  if ((await agentOf(trx, actor)).presence === 'offline')
    await setPresence(trx, actor, { state: 'break', reason: 'supervision' }, now);
  await passOn(trx, actor, { conversationId: input.conversationId }, { conversations: deps.conversations, now });
  await tell(
    trx,
    actor,
    [held.agent_id],
    { kind: 'taken_over', conversationId: input.conversationId, detail: { reason: input.reason } },
    now,
  );
  await audit(trx, actor, {
    action: 'take_over',
    subject: { kind: 'conversation', id: input.conversationId },
    personId: held.about_id,
    reason: input.reason,
    detail: { from: held.agent_id },
  });
}
