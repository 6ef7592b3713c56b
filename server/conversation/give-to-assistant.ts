import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import { addressed } from '../trust/address.ts';
import { audit } from '../trust/audit.ts';
import type { Actor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { ChannelKind, Language, ProofLevel, Situation, Turn } from './contract.ts';
import { applyTurn } from './internal/apply-turn.ts';
import { holdRow, move, mustHold } from './internal/hold-row.ts';
import { jot, say } from './internal/say.ts';
import { conversationProblems } from './problems.ts';
import { mustNotBeFlagged } from './red-flags/settle.ts';
import { heldByAgent } from './rules.ts';
import { errandTexts } from './texts.ts';
import type { ConversationDeps } from './followers.ts';

/** For what a conversation is given to the assistant. When it ends, however it ends, it comes back to who gave it. */
export type Errand = {
  kind: 'flow' | 'bot';
  /** Key of the flow, or of the outside bot. */
  purpose: string;
  /** What it is called, as the patient reads it. */
  title: Record<Language, string>;
  /** The assistant's first turn at it. */
  turn(situation: Situation): Promise<Turn>;
};

/**
 * An agent gives the conversation back to the assistant, which goes on as it finds it, or with an errand.
 * @throws conversation.not_found · not_yours · wrong_state · flagged
 */
export async function giveToAssistant(
  deps: ConversationDeps,
  trx: Trx,
  actor: Actor,
  input: { conversationId: string; reason?: string; errand?: Errand },
): Promise<void> {
  const held = await holdRow(trx, actor, input.conversationId);
  const { errand } = input;
  if (held.state === 'closed' || (errand && !heldByAgent(held.state)))
    throw conversationProblems.wrong_state({ extra: { state: held.state } });
  mustHold(actor, held);
  await mustNotBeFlagged(trx, actor, held.id);
  const now = deps.clock();
  const giver = held.agentId;
  await move(trx, actor, held, { state: 'assistant', agentId: null, reason: input.reason ?? errand?.purpose }, now);
  await deps.followers.released(trx, [
    { organisationId: held.organisationId, conversationId: held.id, how: 'withdrawn' },
  ]);
  if (!errand) {
    await jot(deps, trx, actor, held, { direction: 'system', kind: 'returned', content: { kind: 'returned' } });
    return;
  }
  await jot(deps, trx, actor, held, {
    direction: 'system',
    kind: 'returned',
    content: { kind: 'returned', by: errand.kind, purpose: errand.title },
  });
  const { rows: givers } = await sql<{ name: string }>`select name from membership where id = ${giver}::uuid`.execute(
    trx,
  );
  await sql`update errand set ended_at = ${now}, outcome = 'left' where conversation_id = ${held.id}::uuid and ended_at is null`.execute(
    trx,
  );
  await sql`
    insert into errand (organisation_id, id, conversation_id, kind, purpose, agent_id, queue_id, priority, begun_at)
    values (${held.organisationId}::uuid, ${uuid()}::uuid, ${held.id}::uuid, ${errand.kind}, ${errand.purpose}, ${giver}::uuid,
      ${held.queueId}::uuid, ${held.priority}, ${now})`.execute(trx);
  await audit(trx, actor, {
    action: 'give_to_assistant',
    subject: { kind: 'conversation', id: held.id },
    personId: held.aboutId,
    detail: { kind: errand.kind, purpose: errand.purpose },
  });
  await announce(trx, {
    organisationId: held.organisationId,
    kind: 'joining.changed',
    conversationId: held.id,
    payload: { agents: [giver] },
  });
  const { settings } = await organisationOf(trx, held.organisationId);
  const begins = errandTexts[held.language].begins(errand.title[held.language], givers[0]?.name ?? '');
  await say(deps, trx, { kind: 'assistant', organisationId: held.organisationId }, held, {
    kind: 'text',
    text: addressed(begins, settings.address),
  });
  const { rows } = await sql<{
    contact_point_id: string;
    account_id: string;
    channel: ChannelKind;
    proof: ProofLevel | null;
    expires_at: Date | null;
  }>`
    select cp.id as contact_point_id, cp.account_id, cp.channel, l.proof, l.expires_at
    from leg join contact_point cp on cp.id = leg.contact_point_id
    left join contact_point_person l on l.contact_point_id = cp.id and l.person_id = ${held.personId}::uuid
    where leg.conversation_id = ${held.id}::uuid order by cp.last_inbound_at desc nulls last limit 1`.execute(trx);
  const row = rows[0];
  if (!row) throw conversationProblems.nowhere_to_send();
  const key = (await deps.vault.personKeys(trx, held.organisationId, [held.personId])).get(held.personId)!;
  const turn = await errand.turn({
    organisationId: held.organisationId,
    contactPointId: row.contact_point_id,
    accountId: row.account_id,
    channel: row.channel,
    personId: held.personId,
    aboutId: held.aboutId,
    conversationId: held.id,
    fresh: false,
    state: held.state,
    language: held.language,
    proof: row.expires_at && row.expires_at < now ? 'none' : (row.proof ?? 'none'),
    session: null,
    receivedAt: now,
    content: { kind: 'unsupported', reason: 'errand' },
  });
  await applyTurn(deps, trx, held, turn, { personId: held.personId, key });
}
