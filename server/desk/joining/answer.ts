import { sql } from 'kysely';
import { announceCompany } from '../../conversation/announce-company.ts';
import { heldByAgent } from '../../conversation/rules.ts';
import type { Language } from '../../conversation/contract.ts';
import { isUuid } from '../../platform/ids.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { passOn } from '../../routing/pass-on.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { organisationIds } from '../../trust/organisation.ts';
import { type JoiningDeps, type Locked, lockConversation, note, queueOfEntity, write } from './ask.ts';
import type { JoiningKind, JoiningRole, JoiningState } from './contract.ts';
import { joiningProblems } from './problems.ts';

/*
 * Rows are locked in one order: the conversation, then what was asked in it, then agents and items.
 */

type Joining = {
  id: string;
  kind: JoiningKind;
  state: JoiningState;
  conversationId: string;
  fromAgentId: string;
  agentId: string | null;
  role: JoiningRole | null;
  language: Language | null;
  toQueueId: string | null;
  toEntityId: string | null;
  expiresAt: Date;
};

/**
 * Whoever it is put before takes it. Of all who try, one does.
 * @throws joining.not_found (not put before them) · gone; routing.full · not_present
 */
export async function accept(trx: Trx, deps: JoiningDeps, actor: StaffActor, joiningId: string): Promise<Joining> {
  const { conversation, joining } = await lockAsked(trx, actor, joiningId);
  const now = deps.clock();
  if (joining.state !== 'offered' || joining.expiresAt <= now || !heldByAgent(conversation.state))
    throw joiningProblems.gone();
  // it is the giver's no more: a red flag, a supervisor or a lost line was quicker
  if (joining.kind === 'transfer' && conversation.agentId !== joining.fromAgentId) throw joiningProblems.gone();
  if (joining.kind === 'join' && conversation.agentId === actor.membershipId) throw joiningProblems.already_in();
  await sql`update joining set state = 'accepted', agent_id = ${actor.membershipId}::uuid, answered_at = ${now} where id = ${joining.id}::uuid`.execute(
    trx,
  );
  const { conversationId } = joining;
  if (joining.kind === 'transfer') {
    const queueId =
      joining.toQueueId ??
      (joining.toEntityId ? await queueOfEntity(trx, actor.organisationId, joining.toEntityId) : null);
    await passOn(trx, actor, { conversationId, queueId }, { conversations: deps.conversations, now });
    await deps.conversations.introduce(trx, actor, { conversationId, what: 'passed', name: actor.name });
  }
  if (joining.kind === 'join') {
    await note(trx, deps, actor, conversationId, {
      what: 'member_joined',
      joiningId,
      role: joining.role!,
      ...(joining.language && { language: joining.language }),
    });
    await deps.conversations.introduce(trx, actor, {
      conversationId,
      what: 'joined',
      name: actor.name,
      role: joining.role!,
      ...(joining.language && { speaks: joining.language }),
      owner: await nameOf(trx, conversation.agentId),
    });
  }
  await audit(trx, actor, {
    action: `accept_${joining.kind}`,
    subject: { kind: 'conversation', id: conversationId },
    personId: conversation.aboutId,
    detail: { joiningId },
  });
  await announceCompany(trx, actor.organisationId, conversationId, [joining.id]);
  return { ...joining, state: 'accepted', agentId: actor.membershipId };
}

/**
 * Whoever it is put before says no. When nobody is left who could say yes, who asked is told.
 * @throws joining.not_found · gone
 */
export async function refuse(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { joiningId: string; reason?: string },
): Promise<void> {
  const { conversation, joining } = await lockAsked(trx, actor, input.joiningId);
  if (joining.state !== 'offered') throw joiningProblems.gone();
  const now = deps.clock();
  await sql`update joining_asked set refused_at = ${now} where joining_id = ${joining.id}::uuid and agent_id = ${actor.membershipId}::uuid`.execute(
    trx,
  );
  const { rows } =
    await sql`select 1 from joining_asked where joining_id = ${joining.id}::uuid and refused_at is null limit 1`.execute(
      trx,
    );
  if (rows.length === 0) {
    await sql`update joining set state = 'refused', answered_at = ${now}, reason = ${input.reason ?? null} where id = ${joining.id}::uuid`.execute(
      trx,
    );
    const what = ({ transfer: 'transfer_refused', consult: 'consult_refused', join: 'join_refused' } as const)[
      joining.kind
    ];
    await note(trx, deps, actor, conversation.id, { what, joiningId: joining.id });
  }
  await audit(trx, actor, {
    action: `refuse_${joining.kind}`,
    subject: { kind: 'conversation', id: conversation.id },
    personId: conversation.aboutId,
    reason: input.reason ?? null,
    detail: { joiningId: joining.id },
  });
  await announceCompany(trx, actor.organisationId, conversation.id, [joining.id]);
}

/**
 * Who asked takes it back, before anybody answered. A supervisor may too.
 * @throws joining.not_found · gone
 */
export async function withdraw(trx: Trx, deps: JoiningDeps, actor: StaffActor, joiningId: string): Promise<void> {
  const { conversation, joining } = await lockJoining(trx, actor.organisationId, joiningId);
  if (joining.fromAgentId !== actor.membershipId && !actor.roles.includes('supervisor'))
    throw joiningProblems.not_found();
  if (joining.state !== 'offered') throw joiningProblems.gone();
  await sql`update joining set state = 'withdrawn', answered_at = ${deps.clock()} where id = ${joining.id}::uuid`.execute(
    trx,
  );
  if (joining.kind === 'transfer')
    await note(trx, deps, actor, conversation.id, { what: 'transfer_withdrawn', joiningId });
  await audit(trx, actor, {
    action: `withdraw_${joining.kind}`,
    subject: { kind: 'conversation', id: conversation.id },
    personId: conversation.aboutId,
    detail: { joiningId },
  });
  await announceCompany(trx, actor.organisationId, conversation.id, [joiningId]);
}

/**
 * Who came in leaves, or who has the conversation sees them off; a consult is closed by either side.
 * @throws joining.not_found · gone
 */
export async function end(trx: Trx, deps: JoiningDeps, actor: StaffActor, joiningId: string): Promise<void> {
  const { conversation, joining } = await lockJoining(trx, actor.organisationId, joiningId);
  const concerned = [joining.agentId, joining.fromAgentId, conversation.agentId].includes(actor.membershipId);
  if (joining.kind === 'transfer' || (!concerned && !actor.roles.includes('supervisor')))
    throw joiningProblems.not_found();
  if (joining.state !== 'accepted') throw joiningProblems.gone();
  await sql`update joining set state = 'ended', ended_at = ${deps.clock()}, ended_by = ${actor.membershipId}::uuid where id = ${joining.id}::uuid`.execute(
    trx,
  );
  const name = await nameOf(trx, joining.agentId);
  if (joining.kind === 'join') {
    await note(
      trx,
      deps,
      actor,
      conversation.id,
      { what: 'member_left', joiningId, role: joining.role! },
      joining.agentId!,
    );
    await deps.conversations.introduce(trx, actor, {
      conversationId: conversation.id,
      what: 'left',
      name: name ?? '',
      owner: heldByAgent(conversation.state) ? await nameOf(trx, conversation.agentId) : null,
    });
  } else await note(trx, deps, actor, conversation.id, { what: 'consult_ended', joiningId }, joining.agentId!);
  await audit(trx, actor, {
    action: `end_${joining.kind}`,
    subject: { kind: 'conversation', id: conversation.id },
    personId: conversation.aboutId,
    detail: { joiningId },
  });
  await announceCompany(trx, actor.organisationId, conversation.id, [joiningId]);
}

/**
 * One of the two of a consult writes in its side thread. The same message again is the same one.
 * @throws joining.not_found · consult_over · not_in_it
 */
export async function sayInConsult(
  trx: Trx,
  deps: JoiningDeps,
  actor: StaffActor,
  input: { joiningId: string; clientId: string; text: string },
): Promise<string> {
  const { conversation, joining } = await lockJoining(trx, actor.organisationId, input.joiningId);
  if (joining.kind !== 'consult') throw joiningProblems.not_found();
  if (![joining.fromAgentId, joining.agentId].includes(actor.membershipId)) throw joiningProblems.not_in_it();
  const { rows } = await sql<{
    joining_id: string;
    author_id: string;
  }>`select joining_id, author_id from joining_message where id = ${input.clientId}::uuid`.execute(trx);
  if (rows[0]) {
    if (rows[0].joining_id !== joining.id || rows[0].author_id !== actor.membershipId)
      throw joiningProblems.not_in_it();
    return input.clientId;
  }
  if (joining.state !== 'offered' && joining.state !== 'accepted') throw joiningProblems.consult_over();
  await write(trx, deps, actor, {
    id: joining.id,
    personId: conversation.personId,
    text: input.text,
    messageId: input.clientId,
  });
  await announceCompany(trx, actor.organisationId, conversation.id, [joining.id]);
  return input.clientId;
}

/**
 * What nobody answered in time lapses, and who asked is told: of every organisation; safe in several processes at once.
 * @returns how many
 */
export async function lapseJoinings(db: Database, deps: JoiningDeps): Promise<number> {
  let lapsed = 0;
  for (const organisationId of await organisationIds(db)) {
    const due = await within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ id: string }>`
        select id from joining where organisation_id = ${organisationId}::uuid and state = 'offered' and expires_at <= ${deps.clock()}
        order by expires_at limit 100`.execute(trx);
      return rows;
    });
    for (const { id } of due)
      try {
        if (await within(db, organisationId, (trx) => lapseOne(trx, deps, organisationId, id))) lapsed += 1;
      } catch (error) {
        log.error({ error }, 'what nobody answered could not be let lapse; tried again');
      }
  }
  return lapsed;
}

async function lapseOne(trx: Trx, deps: JoiningDeps, organisationId: string, id: string): Promise<boolean> {
  const { conversation, joining } = await lockJoining(trx, organisationId, id);
  const now = deps.clock();
  if (joining.state !== 'offered' || joining.expiresAt > now) return false;
  await sql`update joining set state = 'lapsed', answered_at = ${now} where id = ${id}::uuid`.execute(trx);
  if (joining.kind === 'transfer')
    await note(trx, deps, { kind: 'system', organisationId }, conversation.id, {
      what: 'transfer_lapsed',
      joiningId: id,
    });
  await announceCompany(trx, organisationId, conversation.id, [id]);
  return true;
}

// ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

async function find(trx: Trx, organisationId: string, joiningId: string, lock: boolean): Promise<Joining> {
  const { rows } = isUuid(joiningId)
    ? await sql<Joining>`
        select id, kind, state, conversation_id as "conversationId", from_agent_id as "fromAgentId", agent_id as "agentId", role, language,
          to_queue_id as "toQueueId", to_entity_id as "toEntityId", expires_at as "expiresAt"
        from joining where id = ${joiningId}::uuid and organisation_id = ${organisationId}::uuid ${lock ? sql`for update` : sql``}`.execute(
        trx,
      )
    : { rows: [] };
  if (!rows[0]) throw joiningProblems.not_found();
  return rows[0];
}

async function lockJoining(
  trx: Trx,
  organisationId: string,
  joiningId: string,
): Promise<{ conversation: Locked; joining: Joining }> {
  const { conversationId } = await find(trx, organisationId, joiningId, false);
  const conversation = await lockConversation(trx, organisationId, conversationId);
  return { conversation, joining: await find(trx, organisationId, joiningId, true) };
}

async function lockAsked(
  trx: Trx,
  actor: StaffActor,
  joiningId: string,
): Promise<{ conversation: Locked; joining: Joining }> {
  const locked = await lockJoining(trx, actor.organisationId, joiningId);
  const { rows } = await sql`
    select 1 from joining_asked where joining_id = ${joiningId}::uuid and agent_id = ${actor.membershipId}::uuid and refused_at is null`.execute(
    trx,
  );
  if (rows.length === 0) throw joiningProblems.not_found();
  return locked;
}

async function nameOf(trx: Trx, agentId: string | null): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`select name from membership where id = ${agentId}::uuid`.execute(trx);
  return rows[0]?.name ?? null;
}
