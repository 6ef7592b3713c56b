import { sql } from 'kysely';
import type { TaskLine } from '../../conversation/company.ts';
import { type Language, LANGUAGES } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import { announce } from '../../platform/events.ts';
import { isUuid, uuid } from '../../platform/ids.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { organisationIds } from '../../trust/organisation.ts';
import { seal, type Vault } from '../../trust/vault.ts';
import { wantMatch } from '../internal/wake.ts';
import { addItem, endItem } from '../items.ts';
import { routingProblems } from '../problems.ts';
import { fallbackQueue, queuesOf } from '../queues.ts';
import type { z } from 'zod';
import type { endTask, newTask, TaskState } from './contract.ts';
import { taskProblems } from './problems.ts';
import { dueTime, FIRST_MS } from './rules.ts';

export type TaskDeps = { vault: Vault; clock: Clock; conversations: Pick<Conversations, 'line' | 'assign'> };

type Row = {
  id: string;
  person_id: string;
  conversation_id: string | null;
  agent_id: string | null;
  queue_id: string;
  priority: 'urgent' | 'standard' | 'low';
  due_at: Date;
  state: TaskState;
  item_id: string;
  taken_by: string | null;
};

/**
 * Something is to be done for somebody at a time: it is put before who makes it, or whom they name, when it is due; if they are
 * not there then, or do not take it in a quarter of an hour, before anyone of the queue.
 * @returns its id
 * @throws task.bad_due · person_not_found; routing.queue_not_found · agent_not_found
 */
export async function makeTask(
  trx: Trx,
  deps: TaskDeps,
  actor: StaffActor,
  input: z.infer<typeof newTask>,
): Promise<string> {
  const { organisationId } = actor;
  const now = deps.clock();
  const dueAt = dueTime(new Date(input.dueAt), now);
  if (!dueAt) throw taskProblems.bad_due();
  const { rows } = await sql<{ person_id: string; about_id: string; queue_id: string | null; language: string }>`
    ${
      input.conversationId
        ? sql`select person_id, about_id, queue_id, language from conversation where id = ${input.conversationId}::uuid and organisation_id = ${organisationId}::uuid`
        : sql`select id as person_id, id as about_id, null::uuid as queue_id, language from person where id = ${input.personId}::uuid and organisation_id = ${organisationId}::uuid`
    }`.execute(trx);
  const about = rows[0];
  if (!about) throw taskProblems.person_not_found();
  const key = (await deps.vault.personKeys(trx, organisationId, [about.person_id])).get(about.person_id);
  if (!key?.secret) throw taskProblems.person_not_found();
  const agentId = input.agentId === undefined ? actor.membershipId : input.agentId;
  if (agentId) await mustTakeWork(trx, organisationId, agentId);
  const queues = await queuesOf(trx, organisationId);
  const wished = input.queueId ?? about.queue_id;
  const queue = queues.find((one) => one.id === wished && !one.retired);
  if (input.queueId && !queue) throw routingProblems.queue_not_found();
  const queueId = (queue ?? (await fallbackQueue(trx, organisationId, queues))).id;
  const id = uuid();
  const itemId = await put(
    trx,
    {
      organisationId,
      personId: about.person_id,
      queueId,
      priority: input.priority,
      language: about.language,
      dueAt,
      agentId,
    },
    now,
  );
  await sql`
    insert into task (organisation_id, id, person_id, conversation_id, made_by, made_at, agent_id, queue_id, priority, due_at, text_sealed, item_id)
    values (${organisationId}::uuid, ${id}::uuid, ${about.person_id}::uuid, ${input.conversationId ?? null}::uuid, ${actor.membershipId}::uuid, ${now},
      ${agentId}::uuid, ${queueId}::uuid, ${input.priority}, ${dueAt}, ${seal(key, input.text, `task:${id}`)}, ${itemId}::uuid)`.execute(
    trx,
  );
  const task = { id, conversation_id: input.conversationId ?? null };
  await tell(trx, deps, actor, task, { what: 'made', dueAt });
  await audit(trx, actor, {
    action: 'make_task',
    subject: { kind: 'task', id },
    personId: about.about_id,
    detail: { dueAt: dueAt.toISOString(), agentId, queueId },
  });
  return id;
}

/**
 * Another time for what is not done yet, and perhaps another colleague. Who was at it is at it no more.
 * @throws task.not_found · over · not_yours · bad_due; routing.agent_not_found
 */
export async function moveDue(
  trx: Trx,
  deps: TaskDeps,
  actor: StaffActor,
  input: { taskId: string; dueAt: Date; agentId?: string | null },
): Promise<void> {
  const task = await lockMine(trx, actor, input.taskId);
  const now = deps.clock();
  const dueAt = dueTime(input.dueAt, now);
  if (!dueAt) throw taskProblems.bad_due();
  const agentId = input.agentId === undefined ? task.agent_id : input.agentId;
  if (agentId) await mustTakeWork(trx, actor.organisationId, agentId);
  const { rows } = await sql<{ language: string }>`select language from item where id = ${task.item_id}::uuid`.execute(
    trx,
  );
  await endItem(trx, { itemId: task.item_id, state: 'withdrawn', reason: 'moved' }, now);
  const itemId = await put(
    trx,
    {
      organisationId: actor.organisationId,
      personId: task.person_id,
      queueId: task.queue_id,
      priority: task.priority,
      language: rows[0]!.language,
      dueAt,
      agentId,
    },
    now,
  );
  await sql`update task set due_at = ${dueAt}, agent_id = ${agentId}::uuid, item_id = ${itemId}::uuid, state = 'open', taken_by = null,
    version = version + 1 where id = ${task.id}::uuid`.execute(trx);
  await tell(trx, deps, actor, task, { what: 'moved', dueAt });
  await audit(trx, actor, {
    action: 'move_task',
    subject: { kind: 'task', id: task.id },
    personId: task.person_id,
    detail: { dueAt: dueAt.toISOString(), was: task.due_at.toISOString(), agentId },
  });
}

/**
 * It is done, with what came of it.
 * @throws task.not_found · over · not_yours
 */
export async function finish(
  trx: Trx,
  deps: TaskDeps,
  actor: StaffActor,
  input: { taskId: string } & z.infer<typeof endTask>,
): Promise<void> {
  const task = await lockMine(trx, actor, input.taskId);
  const now = deps.clock();
  const key = (await deps.vault.personKeys(trx, actor.organisationId, [task.person_id])).get(task.person_id);
  const note = input.note && key?.secret ? seal(key, input.note, `task-note:${task.id}`) : null;
  await endItem(trx, { itemId: task.item_id, state: 'done', reason: input.outcome }, now);
  await sql`update task set state = 'done', outcome = ${input.outcome}, note_sealed = ${note}, ended_at = ${now}, ended_by = ${actor.membershipId}::uuid,
    taken_by = coalesce(taken_by, ${actor.membershipId}::uuid), version = version + 1 where id = ${task.id}::uuid`.execute(
    trx,
  );
  await tell(trx, deps, actor, task, { what: 'done', dueAt: task.due_at, outcome: input.outcome });
  await audit(trx, actor, {
    action: 'finish_task',
    subject: { kind: 'task', id: task.id },
    personId: task.person_id,
    detail: { outcome: input.outcome },
  });
}

/**
 * It need not be done.
 * @throws task.not_found · over · not_yours
 */
export async function cancel(trx: Trx, deps: TaskDeps, actor: StaffActor, taskId: string): Promise<void> {
  const task = await lockMine(trx, actor, taskId);
  const now = deps.clock();
  await endItem(trx, { itemId: task.item_id, state: 'withdrawn', reason: 'cancelled' }, now);
  await sql`update task set state = 'cancelled', ended_at = ${now}, ended_by = ${actor.membershipId}::uuid, version = version + 1
    where id = ${task.id}::uuid`.execute(trx);
  await tell(trx, deps, actor, task, { what: 'cancelled', dueAt: task.due_at });
  await audit(trx, actor, { action: 'cancel_task', subject: { kind: 'task', id: task.id }, personId: task.person_id });
}

/**
 * What is due and waits for somebody who is not here waits for anyone of its queue: of every organisation; safe in several
 * processes at once.
 * @returns how many were let go
 */
export async function releaseDue(db: Database, clock: Clock): Promise<number> {
  let released = 0;
  for (const organisationId of await organisationIds(db))
    released += await within(db, organisationId, async (trx) => {
      const now = clock();
      const { rows } = await sql<{ id: string }>`
        update item i set wanted_agent_id = null, wanted_since = null, wanted_until = null
        where i.id in (
          select w.id from item w left join agent a on a.id = w.wanted_agent_id left join membership m on m.id = w.wanted_agent_id
          where w.organisation_id = ${organisationId}::uuid and w.kind = 'task' and w.state = 'queued' and w.wanted_agent_id is not null
            and w.pinned_by is null and w.not_before <= ${now}
            and (a.presence in ('available', 'busy', 'wrapping') and a.gone_at is null and m.deactivated_at is null) is not true
          for update of w skip locked)
        returning i.id`.execute(trx);
      if (rows.length > 0) {
        await announce(trx, { organisationId, kind: 'task.changed', payload: { items: rows.length } });
        wantMatch(trx, organisationId);
      }
      return rows.length;
    });
  return released;
}

// ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

async function put(
  trx: Trx,
  task: {
    organisationId: string;
    personId: string;
    queueId: string;
    priority: Row['priority'];
    language: string;
    dueAt: Date;
    agentId: string | null;
  },
  now: Date,
): Promise<string> {
  return addItem(
    trx,
    {
      organisationId: task.organisationId,
      kind: 'task',
      queueId: task.queueId,
      personId: task.personId,
      priority: task.priority,
      language: LANGUAGES.find((one) => one === task.language) ?? ('es' satisfies Language),
      reason: 'task',
      notBefore: task.dueAt,
      wantedAgentId: task.agentId,
      wantedUntil: task.agentId ? new Date(task.dueAt.getTime() + FIRST_MS) : null,
    },
    now,
  );
}

/** Rows are locked in one order: the conversation in which a line is written, the agent, the item, the task that follows it. */
async function lockMine(trx: Trx, actor: StaffActor, taskId: string): Promise<Row> {
  const read = async (lock: boolean): Promise<Row | undefined> =>
    isUuid(taskId)
      ? (
          await sql<Row>`select id, person_id, conversation_id, agent_id, queue_id, priority, due_at, state, item_id, taken_by from task
            where id = ${taskId}::uuid and organisation_id = ${actor.organisationId}::uuid ${lock ? sql`for update` : sql``}`.execute(
            trx,
          )
        ).rows[0]
      : undefined;
  let before = await read(false);
  if (before?.conversation_id)
    await sql`select 1 from conversation where id = ${before.conversation_id}::uuid for update`.execute(trx);
  for (;;) {
    if (!before) throw taskProblems.not_found();
    const { rows } = await sql<{
      agent_id: string | null;
    }>`select agent_id from item where id = ${before.item_id}::uuid`.execute(trx);
    if (rows[0]?.agent_id) await sql`select 1 from agent where id = ${rows[0].agent_id}::uuid for update`.execute(trx);
    await sql`select 1 from item where id = ${before.item_id}::uuid for update`.execute(trx);
    const task = await read(true);
    if (!task) throw taskProblems.not_found();
    // moved in between: another item stands for it now
    if (task.item_id !== before.item_id) {
      before = task;
      continue;
    }
    if (task.state === 'done' || task.state === 'cancelled') throw taskProblems.over();
    if (task.state === 'taken' && task.taken_by !== actor.membershipId && !actor.roles.includes('supervisor'))
      throw taskProblems.not_yours();
    return task;
  }
}

async function mustTakeWork(trx: Trx, organisationId: string, agentId: string): Promise<void> {
  const { rows } = await sql`
    insert into agent (organisation_id, id) select organisation_id, id from membership
      where id = ${agentId}::uuid and organisation_id = ${organisationId}::uuid and deactivated_at is null and roles && '{agent,nurse,supervisor}'
    on conflict (id) do update set capacity = agent.capacity returning id`.execute(trx);
  if (rows.length === 0) throw routingProblems.agent_not_found();
}

/** A line in the thread where it was made, and a sign for every desk that lists tasks. */
async function tell(
  trx: Trx,
  deps: TaskDeps,
  actor: StaffActor,
  task: { id: string; conversation_id: string | null },
  step: { what: TaskLine['what']; dueAt: Date; outcome?: string },
): Promise<void> {
  if (task.conversation_id)
    await deps.conversations.line(trx, actor, {
      conversationId: task.conversation_id,
      line: {
        kind: 'task',
        what: step.what,
        taskId: task.id,
        dueAt: step.dueAt.toISOString(),
        name: actor.name,
        ...(step.outcome && { outcome: step.outcome }),
      },
    });
  await announce(trx, { organisationId: actor.organisationId, kind: 'task.changed', payload: { taskId: task.id } });
}
