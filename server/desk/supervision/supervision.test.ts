import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLine, type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { within } from '../../platform/postgres.ts';
import { saveAgent } from '../../routing/agents.ts';
import { queuesOf, saveQueue } from '../../routing/queues.ts';
import { isOpen } from '../../routing/rules.ts';
import type { AgentSettings } from '../../routing/contract.ts';
import { readThread } from '../../channels/webchat/thread.ts';
import { endSessions } from '../../trust/session.ts';
import type { ConversationView } from '../contract.ts';
import { CLOSE } from '../live/contract.ts';
import type { Notice, Room, RoomItem } from './contract.ts';
import { waitingOf } from './contract.ts';

const postgres = await testDatabase({ max: 24 });
/** Where it is noon: no test meets a midnight. */
const ahead = 12 - new Date().getUTCHours();
const timezone = `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
let stage: Stage;
let desk: Desk;
let rosa: SignedIn;
beforeEach(async () => {
  stage = await createStage(postgres, { timezone });
  desk = await openDesk(postgres, stage);
  for (const key of ['general', 'results', 'urgent'])
    await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, { key, names: { es: key, ca: key, en: key, pt: key } }),
    );
  rosa = await someone('Rosa', ['supervisor']);
});
afterEach(async () => {
  await desk.close();
  await stage.close();
});
afterAll(() => postgres.close());

async function someone(
  name: string,
  roles: Parameters<Stage['staff']>[1] = ['agent'],
  settings: Partial<AgentSettings> = {},
): Promise<SignedIn> {
  const actor = await stage.staff(name, roles);
  if (roles.some((role) => role === 'agent' || role === 'nurse' || role === 'supervisor'))
    await within(postgres.db, stage.organisationId, (trx) =>
      saveAgent(trx, stage.organisationId, actor.membershipId, settings),
    );
  return desk.signIn(actor);
}
let people = 0;
const patient = (): string => `r${(people += 1)}-${uuid()}`;
const itemOf = async (
  conversationId: string,
): Promise<{ id: string; state: string; queue_id: string; priority: string }> =>
  (
    await asOwner(
      postgres.ownerUrl,
      'select id, state, queue_id, priority from item where conversation_id = $1 order by queued_at desc limit 1',
      [conversationId],
    )
  ).rows[0];
const queueId = async (key: string): Promise<string> =>
  (
    await asOwner(postgres.ownerUrl, 'select id from queue where organisation_id = $1 and key = $2', [
      stage.organisationId,
      key,
    ])
  ).rows[0].id;
/** What an agent holds, taken from the queue by hand. */
async function held(signed: SignedIn, address = patient()): Promise<string> {
  const id = await stage.write(address, 'necesito ayuda');
  await signed.post('/api/presence', { state: 'break' });
  expect((await signed.post(`/api/items/${(await itemOf(id)).id}/take`)).status).toBe(200);
  return id;
}
async function room(until: (room: Room) => boolean): Promise<Room> {
  for (const end = Date.now() + 60_000; ;) {
    const answer = await rosa.get<Room>('/api/room');
    expect(answer.status).toBe(200);
    if (until(answer.body)) return answer.body;
    if (Date.now() > end) throw new Error(`the board never came to be so: ${JSON.stringify(answer.body.queues)}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}
const queueIn = (board: Room, key: string) => board.queues.find((queue) => queue.key === key)!;
const entries = async (signed: SignedIn, action: string) =>
  (
    await asOwner(
      postgres.ownerUrl,
      'select subject_kind, subject_id, person_id, reason, detail from audit_entry where actor_id = $1 and action = $2 order by id',
      [signed.actor.membershipId, action],
    )
  ).rows;

describe('the board', () => {
  test('shows who waits, who works and what is served, and nobody’s name or words', async () => {
    const irene = await someone('Irene Valdés', ['agent'], { capacity: 4 });
    const id = await held(irene);
    stage.handover = { priority: 'urgent' };
    await stage.write(patient(), 'me lo contaron en secreto');
    const board = await room((one) => waitingOf(queueIn(one, 'general').waiting) === 1);
    const general = queueIn(board, 'general');
    expect(general.waiting).toEqual({ critical: 0, urgent: 1, standard: 0, low: 0 });
    expect(general.oldest).toMatchObject({ kind: 'conversation', channel: 'webchat' });
    expect(general.inHand).toBe(1);
    expect(general.today).toEqual({ within: 1, offered: 1 });
    expect(general.lastHalfHour).toEqual({ within: 1, offered: 1 });
    const agent = board.agents.find((one) => one.id === irene.actor.membershipId)!;
    expect(agent).toMatchObject({ name: 'Irene Valdés', state: 'break', load: 1, capacity: 4 });
    expect(agent.unansweredSince).not.toBeNull();
    // on a break: no place of hers is free
    expect([general.agents, general.free]).toEqual([0, 0]);
    await irene.post('/api/presence', { state: 'available' });
    await room((one) => queueIn(one, 'general').agents === 1);
    const text = JSON.stringify(board);
    expect(text).not.toContain('Persona');
    expect(text).not.toContain('secreto');
    expect(text).not.toContain(id);
  });

  test('service level: answered in time of all whose lot is decided; who still waits within the target is not', async () => {
    const irene = await someone('Irene');
    await held(irene);
    const late = await stage.write(patient(), 'dos');
    await stage.write(patient(), 'tres');
    // as if it had come long ago: its target is over
    await asOwner(
      postgres.ownerUrl,
      `update item set queued_at = now() - interval '20 minutes' where conversation_id = $1`,
      [late],
    );
    const board = await room((one) => queueIn(one, 'general').lastHalfHour.offered === 2);
    expect(queueIn(board, 'general').lastHalfHour).toEqual({ within: 1, offered: 2 });
    expect(queueIn(board, 'general').ages).toEqual({ fresh: 1, near: 0, over: 1 });
    // who had it in time was served in time, whoever has it now
    await rosa.post(`/api/room/items/assign`, {
      items: [(await itemOf(late)).id],
      agentId: irene.actor.membershipId,
      reason: 'espera demasiado',
    });
    expect(queueIn(await room((one) => queueIn(one, 'general').inHand === 2), 'general').lastHalfHour).toEqual({
      within: 1,
      offered: 2,
    });
  });

  test('a critical case nobody has stands first among what is worth doing', async () => {
    stage.handover = { priority: 'critical' };
    const id = await stage.write(patient(), 'dolor en el pecho');
    const board = await room((one) => one.critical.length === 1);
    expect(board.advice[0]).toMatchObject({ kind: 'critical', itemId: (await itemOf(id)).id, offeredTo: null });
  });

  test('is read once a second at most, whatever happens and whoever looks, and comes to every screen', async () => {
    const screens = await Promise.all([screen(rosa), screen(rosa), screen(await someone('Sara', ['supervisor']))]);
    await Promise.all(screens.map((one) => one.until((last) => last !== null)));
    const before = desk.roomLive.reads();
    const began = Date.now();
    for (let i = 0; i < 25; i += 1) await stage.write(patient(), 'hola');
    await Promise.all(screens.map((one) => one.until((last) => waitingOf(queueIn(last!, 'general').waiting) === 25)));
    const seconds = (Date.now() - began) / 1_000;
    expect(desk.roomLive.reads() - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    for (const one of screens) one.close();
  });

  test('a screen ends with its session', async () => {
    const one = await screen(rosa);
    await one.until((last) => last !== null);
    await within(postgres.db, stage.organisationId, (trx) =>
      endSessions(trx, desk.trust, rosa.actor, { accountId: rosa.actor.accountId }, 'revoked'),
    );
    expect(await one.closed).toBe(CLOSE.signedOut);
  });
});

type Screen = { until(done: (last: Room | null) => boolean): Promise<void>; closed: Promise<number>; close(): void };
async function screen(signed: SignedIn): Promise<Screen> {
  const socket = new WebSocket(`${desk.address.replace('http', 'ws')}/api/room/live`, {
    headers: { cookie: signed.cookie },
  });
  let last: Room | null = null;
  socket.on('message', (data) => (last = (JSON.parse(String(data)) as { room: Room }).room));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((ready, failed) => socket.once('open', ready).once('error', failed));
  return {
    closed,
    close: () => socket.close(),
    async until(done) {
      for (const end = Date.now() + 60_000; !done(last);) {
        if (Date.now() > end) throw new Error('the screen never showed it');
        await new Promise((later) => setTimeout(later, 20));
      }
    },
  };
}

describe('what is done with items', () => {
  test('lists what waits without names; names are asked for apart and each is audited', async () => {
    const id = await stage.write(patient(), 'hola');
    const { body } = await rosa.get<{ items: RoomItem[]; total: number }>('/api/room/items');
    expect(body.total).toBe(1);
    expect(body.items[0]).toMatchObject({ conversationId: id, priority: 'standard', agentId: null, flagged: false });
    expect(JSON.stringify(body)).not.toContain('Persona');
    const named = await rosa.post<{ names: Record<string, string> }>('/api/room/names', {
      conversationIds: [id, uuid()],
    });
    expect(Object.keys(named.body.names)).toEqual([id]);
    expect(named.body.names[id]).toMatch(/^Persona/);
    expect((await entries(rosa, 'read')).filter((one) => one.subject_id === id)).toHaveLength(1);
    const none = await rosa.get<{ items: RoomItem[] }>(`/api/room/items?queue=${await queueId('results')}`);
    expect(none.body.items).toEqual([]);
  });

  test('moves, makes more urgent and pins several at once; what fails says why and keeps no other back', async () => {
    const marcos = await someone('Marcos');
    const ids = [await stage.write(patient(), 'uno'), await stage.write(patient(), 'dos')];
    const items = await Promise.all(ids.map(async (id) => (await itemOf(id)).id));
    const results = await queueId('results');
    const moved = await rosa.post('/api/room/items/move', {
      items: [...items, uuid()],
      queueId: results,
      reason: 'aquí hay sitio',
    });
    expect(moved.body.done).toEqual(items);
    expect(moved.body.failed).toMatchObject([{ code: 'room.not_found', title: 'No existe.' }]);
    expect((await itemOf(ids[0]!)).queue_id).toBe(results);
    expect(
      (await rosa.post('/api/room/items/prioritise', { items, priority: 'urgent', reason: 'lo pidió la doctora' })).body
        .done,
    ).toEqual(items);
    expect((await itemOf(ids[1]!)).priority).toBe('urgent');
    expect(
      (
        await rosa.post('/api/room/items/pin', {
          items: [items[0]],
          agentId: marcos.actor.membershipId,
          reason: 'ya le conoce',
        })
      ).body.done,
    ).toEqual([items[0]]);
    const { body } = await rosa.get<{ items: RoomItem[] }>('/api/room/items');
    expect(body.items.find((one) => one.itemId === items[0])!.pinnedTo).toBe(marcos.actor.membershipId);
    expect((await entries(rosa, 'move_item')).map((one) => one.reason)).toEqual(['aquí hay sitio', 'aquí hay sitio']);
    expect(await entries(rosa, 'pin_item')).toMatchObject([{ subject_id: items[0], reason: 'ya le conoce' }]);
    expect((await entries(rosa, 'prioritise_item'))[0].person_id).not.toBeNull();
  });

  test('a standing hard flag keeps a case critical', async () => {
    stage.handover = { priority: 'critical', queue: 'urgent' };
    const id = await stage.write(patient(), 'dolor en el pecho');
    await asOwner(
      postgres.ownerUrl,
      `insert into flag (organisation_id, id, conversation_id, level, rules, categories) values ($1, $2, $3, 'hard', '{r}', '{chest_pain}')`,
      [stage.organisationId, uuid(), id],
    );
    const items = [(await itemOf(id)).id];
    const answer = await rosa.post('/api/room/items/prioritise', { items, priority: 'low', reason: 'parece menos' });
    expect(answer.body.done).toEqual([]);
    expect(answer.body.failed[0].code).toMatch(/flagged$/);
    expect((await itemOf(id)).priority).toBe('critical');
  });

  test('assigned now: the agent has it, was told why, and has one place less', async () => {
    const irene = await someone('Irene', ['agent'], { capacity: 1 });
    await irene.post('/api/presence', { state: 'break' });
    const id = await stage.write(patient(), 'hola');
    const other = await stage.write(patient(), 'otro');
    const items = [(await itemOf(id)).id, (await itemOf(other)).id];
    const answer = await rosa.post('/api/room/items/assign', {
      items,
      agentId: irene.actor.membershipId,
      reason: 'es su paciente',
    });
    expect(answer.body.done).toEqual([items[0]]);
    expect(answer.body.failed).toMatchObject([{ itemId: items[1], code: 'routing.full' }]);
    // what could not be assigned is as it was
    expect((await rosa.get<{ items: RoomItem[] }>('/api/room/items')).body.items).toMatchObject([
      { itemId: items[1], pinnedTo: null },
    ]);
    const opened = (await irene.get<ConversationView>(`/api/conversations/${id}`)).body;
    expect(opened.conversation).toMatchObject({ agentName: 'Irene', state: 'with_agent', may: { reply: true } });
    const told = (await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices;
    expect(told).toMatchObject([
      { kind: 'assigned', conversationId: id, reason: 'es su paciente', authorName: 'Rosa' },
    ]);
  });
});

describe('the house', () => {
  test('a queue is opened outside its hours, closed within them, and its hours count again', async () => {
    const results = await queueId('results');
    await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, {
        key: 'results',
        names: { es: 'r', ca: 'r', en: 'r', pt: 'r' },
        hours: {},
      }),
    );
    const open = async (): Promise<boolean> =>
      within(postgres.db, stage.organisationId, async (trx) =>
        isOpen((await queuesOf(trx, stage.organisationId)).find((queue) => queue.id === results)!.calendar, new Date()),
      );
    expect(await open()).toBe(false);
    expect(
      (await rosa.post(`/api/room/queues/${results}/opening`, { open: true, minutes: 30, reason: 'hay gente' })).status,
    ).toBe(204);
    expect(await open()).toBe(true);
    const board = await room((one) => queueIn(one, 'results').open);
    expect(queueIn(board, 'results').opening).toMatchObject({ open: true });
    await rosa.post(`/api/room/queues/${results}/opening`, { open: false, minutes: 30, reason: 'simulacro' });
    expect(await open()).toBe(false);
    await fetch(`${desk.address}/api/room/queues/${results}/opening`, {
      method: 'DELETE',
      headers: { cookie: rosa.cookie },
    });
    expect(queueIn(await room((one) => queueIn(one, 'results').opening === null), 'results').open).toBe(false);
    expect((await entries(rosa, 'open_queue'))[0]).toMatchObject({ subject_id: results, reason: 'hay gente' });
    expect(await entries(rosa, 'end_opening')).toHaveLength(1);
  });

  test('an agent is sent home or made available, is told why; not made available without a desk', async () => {
    const irene = await someone('Irene');
    const path = `/api/room/agents/${irene.actor.membershipId}/presence`;
    expect((await rosa.post(path, { state: 'available', reason: 'hace falta' })).body.code).toBe('room.not_here');
    const line = createLine(desk, irene);
    await line.connect();
    await irene.post('/api/presence', { state: 'available' });
    expect((await rosa.post(path, { state: 'offline', reason: 'no responde desde hace rato' })).status).toBe(204);
    await line.until(() => line.inbox!.presence.state === 'offline', 'being offline');
    await line.until(() => line.frames.some((frame) => frame.type === 'nudge' && frame.topic === 'notices'), 'a nudge');
    const [told] = (await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices;
    expect(told).toMatchObject({ kind: 'presence', state: 'offline', reason: 'no responde desde hace rato' });
    expect((await irene.post(`/api/notices/${told!.id}/read`)).status).toBe(204);
    expect((await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices).toEqual([]);
    expect((await rosa.post(path, { state: 'available', reason: 'ya volvió' })).status).toBe(204);
    expect(await entries(rosa, 'set_presence')).toHaveLength(2);
    line.drop();
  });

  test('a broadcast stands on the desks of a queue until it is read, and says who read it', async () => {
    const results = await queueId('results');
    const irene = await someone('Irene', ['agent'], { queues: ['results'] });
    const marcos = await someone('Marcos', ['agent'], { queues: ['general'] });
    const said = await rosa.post('/api/room/broadcasts', {
      text: 'El laboratorio va con retraso',
      queueId: results,
      hours: 2,
    });
    expect(said.status).toBe(201);
    expect(said.body.readers).toEqual([{ agentId: irene.actor.membershipId, name: 'Irene', readAt: null }]);
    expect((await marcos.get<{ notices: Notice[] }>('/api/notices')).body.notices).toEqual([]);
    const [notice] = (await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices;
    expect(notice).toMatchObject({ kind: 'broadcast', text: 'El laboratorio va con retraso', authorName: 'Rosa' });
    // only their own can be read
    expect((await marcos.post(`/api/notices/${notice!.id}/read`)).status).toBe(404);
    await irene.post(`/api/notices/${notice!.id}/read`);
    const [shown] = (await rosa.get('/api/room/broadcasts')).body.broadcasts;
    expect(shown.readers[0].readAt).not.toBeNull();
    const { rows } = await asOwner(postgres.ownerUrl, 'select text_sealed from broadcast where id = $1', [
      said.body.id,
    ]);
    expect(rows[0].text_sealed.toString('latin1')).not.toContain('laboratorio');
  });
});

describe('in a conversation', () => {
  test('reads along with a reason; the agent sees it while it lasts', async () => {
    const irene = await someone('Irene');
    const id = await held(irene);
    const line = createLine(desk, irene);
    await line.connect();
    await line.open(id);
    const begun = await rosa.post(`/api/room/conversations/${id}/listening`, { reason: 'primera semana de Irene' });
    expect(begun).toMatchObject({ status: 201, body: { visible: true } });
    await line.until(
      () => line.frames.some((frame) => frame.type === 'nudge' && frame.topic === 'listening'),
      'a nudge',
    );
    const path = `/api/conversations/${id}/listening`;
    expect((await irene.get(path)).body.listeners).toMatchObject([{ name: 'Rosa' }]);
    expect((await rosa.post(`/api/room/conversations/${id}/listening/${begun.body.id}/renew`)).status).toBe(200);
    await rosa.post(`/api/room/conversations/${id}/listening/${begun.body.id}/end`);
    expect((await irene.get(path)).body.listeners).toEqual([]);
    expect((await rosa.post(`/api/room/conversations/${id}/listening/${begun.body.id}/renew`)).body.code).toBe(
      'room.listening_over',
    );
    expect(await entries(rosa, 'listen')).toMatchObject([
      { subject_id: id, reason: 'primera semana de Irene', detail: { visible: true } },
    ]);
    expect((await entries(rosa, 'listen'))[0].person_id).not.toBeNull();
    line.drop();
  });

  test('where the organisation wants it so, nobody sees that a supervisor reads along', async () => {
    await desk.close();
    await stage.close();
    stage = await createStage(postgres, { timezone, settings: { supervision: { visible: false } } });
    desk = await openDesk(postgres, stage);
    rosa = await someone('Rosa', ['supervisor']);
    const irene = await someone('Irene');
    const id = await held(irene);
    const begun = await rosa.post(`/api/room/conversations/${id}/listening`, { reason: 'calidad' });
    expect(begun.body.visible).toBe(false);
    expect((await irene.get(`/api/conversations/${id}/listening`)).body.listeners).toEqual([]);
    expect((await entries(rosa, 'listen'))[0].detail).toEqual({ visible: false });
  });

  test('whispers: the agent reads it at once, sealed, and nothing of it leaves', async () => {
    const irene = await someone('Irene');
    const address = patient();
    const id = await held(irene, address);
    const line = createLine(desk, irene);
    await line.connect();
    await line.open(id);
    const gone = stage.departed.length;
    const body = { clientId: uuid(), text: 'Pregúntale por la alergia' };
    const said = await rosa.post(`/api/room/conversations/${id}/whispers`, body);
    expect(said).toMatchObject({
      status: 201,
      body: { direction: 'note', delivery: null, channel: null, content: { kind: 'whisper', text: body.text } },
    });
    await line.until(
      () => line.opened!.messages.some((message) => message.content.kind === 'whisper'),
      'the whisper in the thread',
    );
    // again: the same one
    expect((await rosa.post(`/api/room/conversations/${id}/whispers`, body)).body.seq).toBe(said.body.seq);
    expect((await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices).toMatchObject([
      { kind: 'whisper', conversationId: id, text: null },
    ]);
    expect(stage.departed.length).toBe(gone);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select m.direction, m.content_sealed, (select count(*)::int from departure d where d.message_id = m.id) as leaving from message m where m.id = $1',
      [body.clientId],
    );
    expect(rows[0]).toMatchObject({ direction: 'note', leaving: 0 });
    expect(rows[0].content_sealed.toString('latin1')).not.toContain('alergia');
    // nor the patient's own window: it reads what was said, and nothing else
    const { rows: points } = await asOwner(
      postgres.ownerUrl,
      'select account_id from contact_point where id = (select contact_point_id from leg where conversation_id = $1)',
      [id],
    );
    const visit = {
      id: address,
      organisationId: stage.organisationId,
      accountId: points[0].account_id,
      language: 'es' as const,
    };
    const thread = await within(postgres.db, stage.organisationId, (trx) => readThread(trx, stage.vault, visit, 0));
    expect(JSON.stringify(thread)).toContain('necesito ayuda');
    expect(JSON.stringify(thread)).not.toContain('alergia');
    // nor does the row in a list show it
    expect(['in', 'out']).toContain(line.inbox!.mine[0]!.lastWords!.direction);
    line.drop();
  });

  test('nobody to whisper to: no agent holds it', async () => {
    const id = await stage.write(patient(), 'hola');
    const answer = await rosa.post(`/api/room/conversations/${id}/whispers`, { clientId: uuid(), text: 'hola' });
    expect(answer.body.code).toBe('conversation.wrong_state');
    expect((await rosa.post(`/api/room/conversations/${id}/take-over`, { reason: 'ya' })).status).toBe(400);
    expect((await rosa.post(`/api/room/conversations/${id}/take-over`, { reason: 'hace falta' })).body.code).toBe(
      'room.nobody_there',
    );
  });

  test('takes over: hers at once, the agent told and shut out, the places moved', async () => {
    const irene = await someone('Irene', ['agent'], { capacity: 2 });
    const id = await held(irene);
    const line = createLine(desk, irene);
    await line.connect();
    await line.open(id);
    const taken = await rosa.post(`/api/room/conversations/${id}/take-over`, { reason: 'el caso es delicado' });
    expect(taken).toMatchObject({
      status: 200,
      body: { agentName: 'Rosa', state: 'with_agent', may: { reply: true } },
    });
    await line.until(() => line.opened!.conversation.may.reply === false, 'the composer closed');
    await line.until(() => line.inbox!.mine.length === 0 && line.inbox!.load === 0, 'nothing of hers');
    expect((await irene.get<{ notices: Notice[] }>('/api/notices')).body.notices).toMatchObject([
      { kind: 'taken_over', conversationId: id, reason: 'el caso es delicado' },
    ]);
    expect(
      (
        await irene.post(`/api/conversations/${id}/replies`, {
          clientId: uuid(),
          content: { kind: 'text', text: 'hola' },
        })
      ).body.code,
    ).toBe('conversation.not_yours');
    expect((await rosa.post(`/api/room/conversations/${id}/take-over`, { reason: 'otra vez' })).body.code).toBe(
      'room.already_yours',
    );
    const { rows } = await asOwner(postgres.ownerUrl, 'select id, load from agent where id = any($1::uuid[])', [
      [irene.actor.membershipId, rosa.actor.membershipId],
    ]);
    expect(new Map(rows.map((row) => [row.id, row.load]))).toEqual(
      new Map([
        [irene.actor.membershipId, 0],
        [rosa.actor.membershipId, 1],
      ]),
    );
    expect(await entries(rosa, 'take_over')).toMatchObject([
      { subject_id: id, reason: 'el caso es delicado', detail: { from: irene.actor.membershipId } },
    ]);
    line.drop();
  });

  test('of two supervisors who take it over at once, one has it', async () => {
    const irene = await someone('Irene');
    const sara = await someone('Sara', ['supervisor']);
    const id = await held(irene);
    const answers = await Promise.all(
      [rosa, sara].map((one) => one.post(`/api/room/conversations/${id}/take-over`, { reason: 'a la vez' })),
    );
    // the second takes it from the first: both succeed in turn, or one is refused; nobody holds it twice
    expect(answers.some((one) => one.status === 200)).toBe(true);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select (select count(*)::int from item where conversation_id = $1 and state = 'accepted') as items,
        (select sum(load)::int from agent where organisation_id = $2) as load`,
      [id, stage.organisationId],
    );
    expect(rows[0]).toEqual({ items: 1, load: 1 });
  });
});

describe('nobody else', () => {
  const ways = async (id: string): Promise<[method: string, path: string, body?: unknown][]> => {
    const item = (await itemOf(id)).id;
    const reason = 'sin derecho';
    return [
      ['GET', '/api/room'],
      ['GET', '/api/room/items'],
      ['POST', '/api/room/names', { conversationIds: [id] }],
      ['POST', '/api/room/items/move', { items: [item], queueId: await queueId('results'), reason }],
      ['POST', '/api/room/items/pin', { items: [item], agentId: rosa.actor.membershipId, reason }],
      ['POST', '/api/room/items/prioritise', { items: [item], priority: 'low', reason }],
      ['POST', '/api/room/items/assign', { items: [item], agentId: rosa.actor.membershipId, reason }],
      ['POST', `/api/room/queues/${await queueId('results')}/opening`, { open: false, minutes: 5, reason }],
      ['POST', `/api/room/agents/${rosa.actor.membershipId}/presence`, { state: 'offline', reason }],
      ['POST', '/api/room/broadcasts', { text: 'hola' }],
      ['POST', `/api/room/conversations/${id}/listening`, { reason }],
      ['POST', `/api/room/conversations/${id}/whispers`, { clientId: uuid(), text: 'hola' }],
      ['POST', `/api/room/conversations/${id}/take-over`, { reason }],
      ['POST', '/api/room/deliveries/retry', { channel: 'webchat' }],
    ];
  };

  test('who does not supervise sees and does none of it', async () => {
    const id = await held(await someone('Irene'));
    const all = await ways(id);
    for (const roles of [
      ['agent'],
      ['nurse'],
      ['planner'],
      ['quality'],
      ['author'],
      ['administrator'],
      ['privacy'],
    ] as const) {
      const one = await someone(`una ${roles[0]}`, [...roles]);
      for (const [method, path, body] of all) {
        const answer = method === 'GET' ? await one.get(path) : await one.post(path, body);
        expect([roles[0], path, answer.status]).toEqual([roles[0], path, 403]);
      }
    }
  });

  test('a supervisor of another organisation finds nothing of this one', async () => {
    const id = await held(await someone('Irene'));
    const before = await itemOf(id);
    const elsewhere = await createStage(postgres);
    const stranger = await desk.signIn(await elsewhere.staff('Otra', ['supervisor']));
    expect((await stranger.get<Room>('/api/room')).body).toMatchObject({ queues: [], agents: [] });
    for (const [method, path, body] of await ways(id)) {
      if (path === '/api/room' || path === '/api/room/broadcasts') continue;
      const answer = method === 'GET' ? await stranger.get(path) : await stranger.post(path, body);
      if (path === '/api/room/items') expect(answer.body).toEqual({ items: [], total: 0 });
      else if (path === '/api/room/names') expect(answer.body).toEqual({ names: {} });
      else if (path.startsWith('/api/room/items/'))
        expect(answer.body).toMatchObject({ done: [], failed: [{ code: 'room.not_found' }] });
      else if (path.endsWith('/retry')) expect(answer.body).toEqual({ retried: 0 });
      else expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(await itemOf(id)).toEqual(before);
    await elsewhere.close();
  });
});
