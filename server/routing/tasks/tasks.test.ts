import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLine, type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { within } from '../../platform/postgres.ts';
import { saveAgent } from '../agents.ts';
import { vanished } from '../presence.ts';
import { TASK_STATES, type TaskView } from './contract.ts';
import { dueTime, TASK_STEPS } from './rules.ts';
import { releaseDue } from './tasks.ts';

const postgres = await testDatabase({ max: 16 });
let stage: Stage;
let desk: Desk;
beforeEach(async () => {
  stage = await createStage(postgres);
  desk = await openDesk(postgres, stage);
});
afterEach(async () => {
  await desk.close();
  await stage.close();
});
afterAll(() => postgres.close());

const HOUR = 3_600_000;
const later = (ms: number): string => new Date(Date.now() + ms).toISOString();
const rows = async <T = any>(text: string, values: unknown[]): Promise<T[]> =>
  (await asOwner(postgres.ownerUrl, text, values)).rows as T[];

async function here(
  name: string,
  state = 'break',
  roles: Parameters<Stage['staff']>[1] = ['agent'],
): Promise<SignedIn> {
  const actor = await stage.staff(name, roles);
  await within(postgres.db, stage.organisationId, (trx) =>
    saveAgent(trx, stage.organisationId, actor.membershipId, {}),
  );
  const signed = await desk.signIn(actor);
  await createLine(desk, signed).connect();
  await signed.post('/api/presence', { state });
  return signed;
}
async function heldBy(signed: SignedIn): Promise<string> {
  const id = await stage.write(`p-${uuid()}`, 'necesito hablar con alguien');
  const [item] = await rows<{ id: string }>('select id from item where conversation_id = $1', [id]);
  expect((await signed.post(`/api/items/${item!.id}/take`)).status).toBe(200);
  return id;
}
const text = 'Llamar con el resultado de la analítica';
const make = async (signed: SignedIn, body: Record<string, unknown>): Promise<TaskView> => {
  const made = await signed.post<TaskView>('/api/tasks', { text, dueAt: later(HOUR), ...body });
  expect(made.status).toBe(201);
  return made.body;
};
const tasksOf = async (signed: SignedIn, query = ''): Promise<TaskView[]> =>
  (await signed.get<{ tasks: TaskView[] }>(`/api/tasks${query}`)).body.tasks;
/** Its time has come, and the matcher is told as a timer would. */
async function comeDue(task: TaskView): Promise<void> {
  await asOwner(
    postgres.ownerUrl,
    `update item set not_before = now() - interval '1 second', queued_at = now() - interval '1 second' where id = $1`,
    [task.itemId],
  );
  await asOwner(postgres.ownerUrl, `update task set due_at = now() - interval '1 second' where id = $1`, [task.id]);
  desk.matcher.wake(stage.organisationId);
}
/** Waits for a condition, not for a time. */
async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
const offered = (signed: SignedIn): Promise<TaskView & { offer: { id: string } }> =>
  until(async () => (await tasksOf(signed)).find((task) => task.offer !== null) as never, 'a task before somebody');

describe('a task', () => {
  test('is sealed, stands in the thread, is not put before anybody before it is due, and then before who made it', async () => {
    const irene = await here('Irene Vidal', 'available');
    const marta = await here('Marta Ruiz', 'available');
    await irene.post('/api/presence', { state: 'break' });
    await marta.post('/api/presence', { state: 'break' });
    const id = await heldBy(irene);
    const task = await make(irene, { conversationId: id });
    expect(task).toMatchObject({
      state: 'scheduled',
      text,
      agent: { name: 'Irene Vidal' },
      madeBy: { name: 'Irene Vidal' },
      conversationId: id,
    });
    const [kept] = await rows<{ text_sealed: Buffer }>('select text_sealed from task where id = $1', [task.id]);
    expect(kept!.text_sealed.includes(Buffer.from('Llamar'))).toBe(false);
    const { messages } = (await irene.get(`/api/conversations/${id}`)).body;
    expect(messages.at(-1).content).toMatchObject({
      what: 'task',
      detail: { what: 'made', taskId: task.id, dueAt: task.dueAt },
    });
    await marta.post('/api/presence', { state: 'available' });
    await irene.post('/api/presence', { state: 'available' });
    await desk.matcher.idle();
    expect((await tasksOf(irene))[0]!.state).toBe('scheduled');
    await comeDue(task);
    const before = await offered(irene);
    expect(before).toMatchObject({ id: task.id, state: 'offered' });
    expect((await tasksOf(marta, '?whose=team'))[0]!.offer).toBeNull();
    expect((await irene.post(`/api/offers/${before.offer.id}/accept`)).status).toBe(200);
    expect((await tasksOf(irene))[0]).toMatchObject({ state: 'taken', takenBy: { name: 'Irene Vidal' } });
    expect((await marta.post(`/api/tasks/${task.id}/done`, { outcome: 'solved' })).body.code).toBe('task.not_yours');
    const done = await irene.post(`/api/tasks/${task.id}/done`, {
      outcome: 'no_answer',
      note: 'Vuelve a llamar mañana',
    });
    expect(done.body).toMatchObject({ state: 'done', outcome: 'no_answer', note: 'Vuelve a llamar mañana' });
    expect((await rows('select load from agent where id = $1', [irene.actor.membershipId]))[0]!.load).toBe(1);
    expect(await tasksOf(irene)).toEqual([]);
    expect((await tasksOf(irene, '?ended=true')).map((one) => one.id)).toEqual([task.id]);
    expect((await irene.post(`/api/tasks/${task.id}/done`, { outcome: 'solved' })).body.code).toBe('task.over');
  });

  test.each(['offline', 'left'])('of somebody who is %s when it is due goes to the queue', async (how) => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const marta = await here('Marta Ruiz', 'break');
    const task = await make(irene, { conversationId: id });
    await irene.post(`/api/conversations/${id}/wrap-up`, { reason: 'symptoms', solved: true });
    if (how === 'offline') await irene.post('/api/presence', { state: 'offline' });
    else
      await asOwner(postgres.ownerUrl, 'update membership set deactivated_at = now() where id = $1', [
        irene.actor.membershipId,
      ]);
    await marta.post('/api/presence', { state: 'available' });
    await comeDue(task);
    await releaseDue(postgres.db, () => new Date());
    expect(await offered(marta)).toMatchObject({ id: task.id });
  });

  test('that somebody had taken goes back when their line is lost', async () => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const task = await make(irene, { conversationId: id });
    expect((await irene.post(`/api/tasks/${task.id}/take`)).body).toMatchObject({ state: 'taken' });
    await irene.post('/api/presence', { state: 'offline' });
    await vanished(
      postgres.db,
      { conversations: stage.conversations },
      { organisationId: stage.organisationId, agentId: irene.actor.membershipId },
    );
    const [again] = await rows(
      'select t.state, t.taken_by, i.state as item from task t join item i on i.id = t.item_id where t.id = $1',
      [task.id],
    );
    expect(again).toEqual({ state: 'open', taken_by: null, item: 'queued' });
  });

  test('is moved to another time and another colleague, also by who was at it; the place is free', async () => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const marta = await here('Marta Ruiz');
    const task = await make(irene, { conversationId: id });
    await irene.post(`/api/tasks/${task.id}/take`);
    const dueAt = later(26 * HOUR);
    const moved = await irene.post<TaskView>(`/api/tasks/${task.id}/move`, {
      dueAt,
      agentId: marta.actor.membershipId,
    });
    expect(moved.body).toMatchObject({ state: 'scheduled', dueAt, agent: { name: 'Marta Ruiz' }, takenBy: null });
    expect((await rows('select load from agent where id = $1', [irene.actor.membershipId]))[0]!.load).toBe(1);
    expect((await tasksOf(marta)).map((one) => one.id)).toEqual([task.id]);
    expect(await tasksOf(irene)).toEqual([]);
    expect((await irene.post(`/api/tasks/${task.id}/move`, { dueAt: later(-HOUR) })).body.code).toBe('task.bad_due');
    expect((await irene.post(`/api/tasks/${task.id}/move`, { dueAt: later(400 * 24 * HOUR) })).body.code).toBe(
      'task.bad_due',
    );
  });

  test('is made for a person without a conversation, for anyone of the queue, and cancelled', async () => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const { personId } = (await irene.get(`/api/conversations/${id}`)).body.conversation;
    const task = await make(irene, { personId, agentId: null, priority: 'urgent' });
    expect(task).toMatchObject({ agent: null, priority: 'urgent', conversationId: id });
    expect((await tasksOf(irene)).length).toBe(0);
    expect((await tasksOf(irene, `?whose=team&personId=${personId}`)).map((one) => one.id)).toEqual([task.id]);
    expect((await irene.post(`/api/tasks/${task.id}/cancel`)).body.state).toBe('cancelled');
    expect((await rows('select state, end_reason from item where id = $1', [task.itemId]))[0]).toEqual({
      state: 'withdrawn',
      end_reason: 'cancelled',
    });
    const audited = await rows<{ action: string }>(
      `select action from audit_entry where actor_id = $1 and subject_kind in ('task', 'tasks') order by id`,
      [irene.actor.membershipId],
    );
    expect(new Set(audited.map((one) => one.action))).toEqual(new Set(['make_task', 'read', 'cancel_task']));
  });

  test('of all who take, move and end it at once, the steps fit together', async () => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const team = await Promise.all(['Ana', 'Berta', 'Carla'].map((name) => here(name)));
    const task = await make(irene, { conversationId: id, agentId: null });
    const answers = await Promise.all([
      ...team.map((one) => one.post(`/api/tasks/${task.id}/take`)),
      irene.post(`/api/tasks/${task.id}/done`, { outcome: 'not_needed' }),
      irene.post(`/api/tasks/${task.id}/move`, { dueAt: later(5 * HOUR) }),
      irene.post(`/api/conversations/${id}/hold`),
    ]);
    expect(answers.every((answer) => answer.status < 500)).toBe(true);
    const [state] = await rows(
      'select t.state, t.taken_by, i.state as item, i.agent_id from task t join item i on i.id = t.item_id where t.id = $1',
      [task.id],
    );
    if (state!.state === 'taken') expect(state).toMatchObject({ item: 'accepted', agent_id: state!.taken_by });
    if (state!.state === 'open') expect(['queued', 'offered']).toContain(state!.item);
    if (state!.state === 'done') expect(['done', 'withdrawn']).toContain(state!.item);
    const loads = await rows<{ load: number; held: number }>(
      `select a.load, (select coalesce(sum(weight), 0)::int from item i where i.agent_id = a.id) as held from agent a where a.organisation_id = $1`,
      [stage.organisationId],
    );
    for (const { load, held } of loads) expect(load).toBe(held);
  });

  test('of another organisation does not exist', async () => {
    const irene = await here('Irene Vidal');
    const id = await heldBy(irene);
    const task = await make(irene, { conversationId: id });
    const elsewhere = await createStage(postgres);
    const foreign = await desk.signIn(await elsewhere.staff('Otra', ['supervisor']));
    expect(await tasksOf(foreign, '?whose=team')).toEqual([]);
    expect((await foreign.post('/api/tasks', { conversationId: id, text, dueAt: later(HOUR) })).status).toBe(404);
    for (const [path, body] of [
      ['take', undefined],
      ['move', { dueAt: later(HOUR) }],
      ['done', { outcome: 'solved' }],
      ['cancel', undefined],
    ] as const)
      expect((await foreign.post(`/api/tasks/${task.id}/${path}`, body)).status, path).toBe(404);
    await elsewhere.close();
  });
});

test('the database allows the steps of rules.ts and refuses the rest', async () => {
  const irene = await here('Irene Vidal');
  const id = await heldBy(irene);
  const me = irene.actor.membershipId;
  const set = (
    state: string,
  ): string => `state = '${state}', taken_by = ${state === 'taken' || state === 'done' ? `'${me}'` : 'null'},
    ended_at = ${state === 'done' || state === 'cancelled' ? 'now()' : 'null'}, outcome = ${state === 'done' ? `'solved'` : 'null'}`;
  for (const from of TASK_STATES)
    for (const to of TASK_STATES.filter((state) => state !== from)) {
      const task = await make(irene, { conversationId: id });
      if (from !== 'open') await asOwner(postgres.ownerUrl, `update task set ${set(from)} where id = $1`, [task.id]);
      const moved = asOwner(postgres.ownerUrl, `update task set ${set(to)} where id = $1`, [task.id]);
      if (TASK_STEPS[from].includes(to)) await moved;
      else await expect(moved, `${from}>${to}`).rejects.toMatchObject({ code: '23514' });
    }
});

test('a time that just passed is now; what is past or too far is none', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  const at = (ms: number): Date | null => dueTime(new Date(now.getTime() + ms), now);
  expect(at(-60_000)).toEqual(now);
  expect(at(-HOUR)).toBeNull();
  expect(at(HOUR)).toEqual(new Date('2026-11-22T11:00:00Z'));
  expect(at(367 * 24 * HOUR)).toBeNull();
});
