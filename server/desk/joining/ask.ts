import { sql } from 'kysely';
import { announceCompany } from '../../conversation/announce-company.ts';
import type { CompanyLine } from '../../conversation/company.ts';
import { conversationProblems } from '../../conversation/problems.ts';
import { heldByAgent } from '../../conversation/rules.ts';
import type { ConversationState } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import { isUuid, uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { routingProblems } from '../../routing/problems.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { seal, type Vault } from '../../trust/vault.ts';
import { candidates, type Wanted } from './candidates.ts';
import type { JoiningKind, JoiningRole, Target } from './contract.ts';
import { joiningProblems } from './problems.ts';

export type JoiningDeps = {
  vault: Vault;
  clock: Clock;
  conversations: Pick<Conversations, 'assign' | 'introduce' | 'line' | 'note' | 'transfer'>;
};

/** How long each waits for an answer: a patient waits behind a transfer, nobody behind a consult. */
const WAITS_MS: Record<JoiningKind, number> = { transfer: 90_000, join: 120_000, consult: 300_000 };

/** A conversation's row, locked: what every verb of this room locks first. */
export type Locked = {
  id: string;
  organisationId: string;
  personId: string;
  aboutId: string;
  state: ConversationState;
  agentId: string | null;
};

/** @throws conversation.not_found */
export async function lockConversation(trx: Trx, organisationId: string, id: string): Promise<Locked> {
  const { rows } = isUuid(id)
    ? await sql<Locked>`
        select id, organisation_id as "organisationId", person_id as "personId", about_id as "aboutId", state, agent_id as "agentId"
        from conversation where id = ${id}::uuid and organisation_id = ${organisationId}::uuid for update`.execute(trx)
    : { rows: [] };
  if (!rows[0]) throw conversationProblems.not_found();
  return rows[0];
}

/**
 * A conversation is passed on by hand: it stays with who gives it until somebody takes it, and comes back to nobody's surprise if
 * nobody does.
 * @throws conversation.not_found · not_yours · wrong_state; joining.nobody_here · already_asked; routing.queue_not_found · agent_not_found
 */
export async function offerTransfer(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { conversationId: string; to: Target; note?: string },
): Promise<string> {
  const conversation = await lockHeld(trx, actor, input.conversationId);
  if (conversation.agentId !== actor.membershipId) throw conversationProblems.not_yours();
  await mustBeThere(trx, actor.organisationId, input.to);
  const { rows } =
    await sql`select 1 from joining where conversation_id = ${conversation.id}::uuid and kind = 'transfer' and state = 'offered'`.execute(
      trx,
    );
  if (rows.length > 0) throw joiningProblems.already_asked();
  const id = await offer(trx, deps, actor, conversation, {
    kind: 'transfer',
    to: input.to,
    role: null,
    language: null,
    words: input.note,
  });
  if (input.note) await deps.conversations.note(trx, actor, { conversationId: conversation.id, text: input.note });
  await note(trx, deps, actor, conversation.id, { what: 'transfer_offered', joiningId: id });
  return id;
}

/**
 * A conversation is passed on and left at once: it waits in line, first for the colleague who was named.
 * @throws what `transfer` throws; routing.entity_not_found (it has no queue)
 */
export async function leaveTransfer(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { conversationId: string; to: Target; note?: string },
): Promise<void> {
  const { to } = input;
  await deps.conversations.transfer(trx, actor, {
    conversationId: input.conversationId,
    to: 'entityId' in to ? { queueId: await queueOfEntity(trx, actor.organisationId, to.entityId) } : to,
    note: input.note,
  });
}

/**
 * A colleague is asked for advice in a side thread; the patient is told nothing, for nothing changes for them.
 * @throws conversation.not_found · not_yours · wrong_state; joining.not_yourself · nobody_here · already_asked
 */
export async function askConsult(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { conversationId: string; agentId: string; question: string },
): Promise<string> {
  const conversation = await lockHeld(trx, actor, input.conversationId);
  if (input.agentId === actor.membershipId) throw joiningProblems.not_yourself();
  const { rows } = await sql`
    select 1 from joining where conversation_id = ${conversation.id}::uuid and kind = 'consult' and from_agent_id = ${actor.membershipId}::uuid
      and to_agent_id = ${input.agentId}::uuid and state in ('offered', 'accepted')`.execute(trx);
  if (rows.length > 0) throw joiningProblems.already_asked();
  const id = await offer(trx, deps, actor, conversation, {
    kind: 'consult',
    to: { agentId: input.agentId },
    role: null,
    language: null,
    words: input.question,
  });
  await note(trx, deps, actor, conversation.id, { what: 'consult_asked', joiningId: id }, input.agentId);
  return id;
}

/**
 * An interpreter, a supervisor or a colleague is asked to come in and write too; who has the conversation goes on having it.
 * @throws conversation.not_found · not_yours · wrong_state; joining.not_yourself · nobody_here · already_asked · already_in
 */
export async function askToJoin(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { conversationId: string; role: JoiningRole; language?: string; agentId?: string },
): Promise<string> {
  const conversation = await lockHeld(trx, actor, input.conversationId);
  if (input.agentId === actor.membershipId) throw joiningProblems.not_yourself();
  const { rows } = await sql<{ state: string; agent_id: string | null }>`
    select state, agent_id from joining where conversation_id = ${conversation.id}::uuid and kind = 'join'
      and ((state = 'offered' and role = ${input.role} and to_agent_id is not distinct from ${input.agentId ?? null}::uuid)
        or (state = 'accepted' and agent_id = ${input.agentId ?? null}::uuid))`.execute(trx);
  if (rows.some((row) => row.state === 'accepted') || input.agentId === conversation.agentId)
    throw joiningProblems.already_in();
  if (rows.length > 0) throw joiningProblems.already_asked();
  return offer(trx, deps, actor, conversation, {
    kind: 'join',
    to: input.agentId ? { agentId: input.agentId } : null,
    role: input.role,
    language: input.language ?? null,
  });
}

/** A line of the thread about what is asked between colleagues. */
export async function note(
  trx: Trx,
  deps: Pick<JoiningDeps, 'conversations'>,
  actor: StaffActor | { kind: 'system'; organisationId: string },
  conversationId: string,
  line: Omit<CompanyLine, 'kind' | 'name'>,
  about?: string,
): Promise<void> {
  const id = about ?? (actor.kind === 'staff' ? actor.membershipId : null);
  const { rows } = await sql<{ name: string }>`select name from membership where id = ${id}::uuid`.execute(trx);
  await deps.conversations.line(trx, actor, {
    conversationId,
    line: { kind: 'company', ...line, name: rows[0]?.name ?? '' },
  });
}

/** The queue of an entity that comes first. @throws routing.entity_not_found */
export async function queueOfEntity(trx: Trx, organisationId: string, entityId: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select q.id from queue q join entity e on e.id = q.entity_id where e.id = ${entityId}::uuid and e.organisation_id = ${organisationId}::uuid
      and q.retired_at is null order by q.position, q.key limit 1`.execute(trx);
  if (!rows[0]) throw routingProblems.entity_not_found();
  return rows[0].id;
}

// ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Only who has a conversation asks others into it; a supervisor may too. */
async function lockHeld(trx: Trx, actor: StaffActor, conversationId: string): Promise<Locked> {
  const conversation = await lockConversation(trx, actor.organisationId, conversationId);
  if (!heldByAgent(conversation.state))
    throw conversationProblems.wrong_state({ extra: { state: conversation.state } });
  if (conversation.agentId !== actor.membershipId && !actor.roles.includes('supervisor'))
    throw conversationProblems.not_yours();
  return conversation;
}

async function mustBeThere(trx: Trx, organisationId: string, to: Target): Promise<void> {
  if ('entityId' in to) {
    await queueOfEntity(trx, organisationId, to.entityId);
    return;
  }
  if ('queueId' in to) {
    const { rows } =
      await sql`select 1 from queue where id = ${to.queueId}::uuid and organisation_id = ${organisationId}::uuid and retired_at is null`.execute(
        trx,
      );
    if (rows.length === 0) throw routingProblems.queue_not_found();
    return;
  }
  await mustWork(trx, organisationId, to.agentId);
}

async function mustWork(trx: Trx, organisationId: string, agentId: string): Promise<void> {
  const { rows } =
    await sql`select 1 from membership where id = ${agentId}::uuid and organisation_id = ${organisationId}::uuid and deactivated_at is null`.execute(
      trx,
    );
  if (rows.length === 0) throw routingProblems.agent_not_found();
}

async function offer(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  conversation: Locked,
  wanted: Wanted & { words?: string },
): Promise<string> {
  const { organisationId } = actor;
  const { to } = wanted;
  if (to && 'agentId' in to) {
    if (to.agentId === actor.membershipId) throw joiningProblems.not_yourself();
    await mustWork(trx, organisationId, to.agentId);
  }
  const members = await sql<{ agent_id: string }>`
    select agent_id from joining where conversation_id = ${conversation.id}::uuid and kind = 'join' and state = 'accepted'`.execute(
    trx,
  );
  const asked = await candidates(trx, organisationId, wanted, [
    actor.membershipId,
    // who has it is not asked to come in
    ...(wanted.kind === 'join' ? [conversation.agentId, ...members.rows.map((row) => row.agent_id)] : []),
  ]);
  if (asked.length === 0) throw joiningProblems.nobody_here();
  const id = uuid();
  const now = deps.clock();
  await sql`
    insert into joining (organisation_id, id, conversation_id, kind, from_agent_id, role, language, to_agent_id, to_queue_id, to_entity_id, offered_at, expires_at)
    values (${organisationId}::uuid, ${id}::uuid, ${conversation.id}::uuid, ${wanted.kind}, ${actor.membershipId}::uuid, ${wanted.role},
      ${wanted.language}, ${to && 'agentId' in to ? to.agentId : null}::uuid, ${to && 'queueId' in to ? to.queueId : null}::uuid,
      ${to && 'entityId' in to ? to.entityId : null}::uuid, ${now}, ${new Date(now.getTime() + WAITS_MS[wanted.kind])})`.execute(
    trx,
  );
  await sql`
    insert into joining_asked (organisation_id, joining_id, agent_id)
    select ${organisationId}::uuid, ${id}::uuid, a from unnest(${asked}::uuid[]) a`.execute(trx);
  if (wanted.words) await write(trx, deps, actor, { id, personId: conversation.personId, text: wanted.words });
  await audit(trx, actor, {
    action: `ask_${wanted.kind}`,
    subject: { kind: 'conversation', id: conversation.id },
    personId: conversation.aboutId,
    detail: { joiningId: id, asked: asked.length, ...to, role: wanted.role, language: wanted.language },
  });
  await announceCompany(trx, organisationId, conversation.id, [id]);
  return id;
}

/** Adds words to the thread beside the conversation, sealed under its person's key. The caller holds the conversation's lock. */
export async function write(
  trx: Trx,
  deps: Pick<JoiningDeps, 'vault' | 'clock'>,
  actor: StaffActor,
  said: { id: string; personId: string; text: string; messageId?: string },
): Promise<string> {
  const key = (await deps.vault.personKeys(trx, actor.organisationId, [said.personId])).get(said.personId)!;
  const messageId = said.messageId ?? uuid();
  await sql`
    insert into joining_message (organisation_id, id, joining_id, seq, author_id, person_id, content_sealed, at)
    select ${actor.organisationId}::uuid, ${messageId}::uuid, ${said.id}::uuid,
      (select coalesce(max(seq), 0) + 1 from joining_message where joining_id = ${said.id}::uuid),
      ${actor.membershipId}::uuid, ${said.personId}::uuid, ${seal(key, said.text, `joining-message:${messageId}`)}, ${deps.clock()}`.execute(
    trx,
  );
  return messageId;
}
