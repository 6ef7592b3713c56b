import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLine, type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { createAssistant } from '../../assistant/assistant.ts';
import type { z } from 'zod';
import { raiseUnanswered } from '../../conversation/red-flags/raise.ts';
import { systemClock } from '../../platform/clock.ts';
import { uuid } from '../../platform/ids.ts';
import { within } from '../../platform/postgres.ts';
import { saveAgent } from '../../routing/agents.ts';
import { vanished } from '../../routing/presence.ts';
import { saveQueue } from '../../routing/queues.ts';
import type { ConversationView } from '../contract.ts';
import { lapseJoinings } from './answer.ts';
import type { ConsultOpened, consultsOf, JoiningsMine, JoiningView } from './contract.ts';

const postgres = await testDatabase({ max: 24 });
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

const rows = async <T = any>(text: string, values: unknown[]): Promise<T[]> =>
  (await asOwner(postgres.ownerUrl, text, values)).rows as T[];

/** Somebody at an open desk. */
async function here(
  name: string,
  options: { roles?: Parameters<Stage['staff']>[1]; state?: string; settings?: Parameters<typeof saveAgent>[3] } = {},
): Promise<SignedIn> {
  const actor = await stage.staff(name, options.roles ?? ['agent']);
  await within(postgres.db, stage.organisationId, (trx) =>
    saveAgent(trx, stage.organisationId, actor.membershipId, options.settings ?? {}),
  );
  const signed = await desk.signIn(actor);
  await createLine(desk, signed).connect();
  expect((await signed.post('/api/presence', { state: options.state ?? 'available' })).status).toBe(200);
  return signed;
}

/** A conversation that this colleague took from the queue before anybody else was there. */
async function heldBy(signed: SignedIn, words = 'necesito hablar con alguien'): Promise<string> {
  const id = await stage.write(`p-${uuid()}`, words);
  const [item] = await rows<{ id: string }>('select id from item where conversation_id = $1', [id]);
  expect((await signed.post(`/api/items/${item!.id}/take`)).status).toBe(200);
  return id;
}
const giver = (name = 'Irene Vidal'): Promise<SignedIn> => here(name, { state: 'break' });
const headOf = async (signed: SignedIn, id: string): Promise<ConversationView['conversation']> =>
  (await signed.get<ConversationView>(`/api/conversations/${id}`)).body.conversation;
const joiningsOf = async (signed: SignedIn): Promise<JoiningsMine> =>
  (await signed.get<JoiningsMine>('/api/joinings')).body;
const eventsOf = async (signed: SignedIn, id: string): Promise<string[]> =>
  (await signed.get<ConversationView>(`/api/conversations/${id}`)).body.messages.flatMap((message) =>
    message.content.kind === 'system' && message.content.what === 'company'
      ? [String(message.content.detail['what'])]
      : [],
  );
const saidTo = (id: string): string[] =>
  stage.departed.flatMap((one) => (one.conversationId === id && 'text' in one.content ? [one.content.text] : []));
const loadOf = async (signed: SignedIn): Promise<number> =>
  (await rows<{ load: number }>('select load from agent where id = $1', [signed.actor.membershipId]))[0]!.load;

describe('a transfer by hand', () => {
  test('stays with the giver until the named colleague takes it, who sees note and summary; the patient is told then', async () => {
    const irene = await giver();
    const id = await heldBy(irene);
    const marta = await here('Marta Ruiz');
    const asked = await irene.post(`/api/conversations/${id}/pass-on`, {
      to: { agentId: marta.actor.membershipId },
      note: 'Trae el volante de cardiología',
      stay: true,
    });
    expect(asked).toMatchObject({
      status: 200,
      body: { conversation: { state: 'with_agent' }, joining: { state: 'offered', asked: 1 } },
    });
    const before = saidTo(id).length;
    const [offer] = (await joiningsOf(marta)).asked;
    expect(offer).toMatchObject({
      kind: 'transfer',
      from: { name: 'Irene Vidal' },
      about: { note: 'Trae el volante de cardiología', summary: [{ key: 'channel', value: 'webchat' }] },
    });
    // the giver goes on answering, and may not ask a second colleague
    expect(
      (
        await irene.post(`/api/conversations/${id}/replies`, {
          clientId: uuid(),
          content: { kind: 'text', text: 'Un momento' },
        })
      ).status,
    ).toBe(201);
    expect(
      (await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: marta.actor.membershipId } })).body.code,
    ).toBe('joining.already_asked');
    expect((await marta.post(`/api/joinings/${offer!.id}/accept`)).body).toMatchObject({
      state: 'accepted',
      agent: { name: 'Marta Ruiz' },
    });
    expect(await headOf(marta, id)).toMatchObject({
      state: 'with_agent',
      agentId: marta.actor.membershipId,
      may: { reply: true },
    });
    expect((await headOf(irene, id)).may.reply).toBe(false);
    expect(await Promise.all([loadOf(irene), loadOf(marta)])).toEqual([0, 1]);
    expect(
      saidTo(id)
        .slice(before + 1)
        .join(),
    ).toContain('Marta Ruiz');
    const [item] = await rows('select state, agent_id, answered_by from item where conversation_id = $1', [id]);
    expect(item).toEqual({
      state: 'accepted',
      agent_id: marta.actor.membershipId,
      answered_by: marta.actor.membershipId,
    });
  });

  test('to a queue rings everyone free there; of all who take it at once, one has it', async () => {
    const irene = await giver();
    const id = await heldBy(irene);
    const queueId = await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, { key: 'billing', names: { es: 'Facturación', ca: 'F', en: 'B', pt: 'F' } }),
    );
    const team = await Promise.all(['Ana', 'Berta', 'Carla', 'Dora'].map((name) => here(name)));
    const { joining } = (await irene.post(`/api/conversations/${id}/pass-on`, { to: { queueId } })).body;
    expect(joining.asked).toBe(4);
    const answers = await Promise.all(team.map((one) => one.post(`/api/joinings/${joining.id}/accept`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.filter((answer) => answer.status === 409).map((answer) => answer.body.code)).toEqual(
      Array.from({ length: 3 }, () => 'joining.gone'),
    );
    expect((await Promise.all(team.map(loadOf))).reduce((sum, load) => sum + load, 0)).toBe(1);
    const [item] = await rows('select queue_id from item where conversation_id = $1', [id]);
    expect(item!.queue_id).toBe(queueId);
  });

  test('refused by all, or lapsed, it is the giver’s as before, with a line that says so', async () => {
    const irene = await giver();
    const id = await heldBy(irene);
    const marta = await here('Marta Ruiz');
    const to = { agentId: marta.actor.membershipId };
    const said = saidTo(id).length;
    const first = (await irene.post(`/api/conversations/${id}/pass-on`, { to })).body.joining;
    expect((await marta.post(`/api/joinings/${first.id}/refuse`, { reason: 'busy' })).status).toBe(204);
    expect((await marta.post(`/api/joinings/${first.id}/accept`)).status).toBe(404);
    const second = (await irene.post(`/api/conversations/${id}/pass-on`, { to })).body.joining;
    await asOwner(postgres.ownerUrl, `update joining set expires_at = now() - interval '1 second' where id = $1`, [
      second.id,
    ]);
    expect((await marta.post(`/api/joinings/${second.id}/accept`)).body.code).toBe('joining.gone');
    expect(await lapseJoinings(postgres.db, { ...stage.deps, conversations: stage.conversations })).toBeGreaterThan(0);
    expect(await eventsOf(irene, id)).toEqual([
      'transfer_offered',
      'transfer_refused',
      'transfer_offered',
      'transfer_lapsed',
    ]);
    expect(await headOf(irene, id)).toMatchObject({ agentId: irene.actor.membershipId, may: { reply: true } });
    // nobody told the patient of what did not happen
    expect(saidTo(id)).toHaveLength(said);
  });

  test('what the patient writes meanwhile is there for who takes it', async () => {
    const irene = await giver();
    const address = `p-${uuid()}`;
    const id = await stage.write(address, 'hola');
    const [item] = await rows<{ id: string }>('select id from item where conversation_id = $1', [id]);
    await irene.post(`/api/items/${item!.id}/take`);
    const marta = await here('Marta Ruiz');
    const { joining } = (
      await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: marta.actor.membershipId } })
    ).body;
    const [, accepted] = await Promise.all([
      stage.write(address, '¿sigue ahí?'),
      marta.post(`/api/joinings/${joining.id}/accept`),
    ]);
    expect(accepted.status).toBe(200);
    const opened = (await marta.get<ConversationView>(`/api/conversations/${id}`)).body;
    expect(opened.messages.filter((message) => message.direction === 'in')).toHaveLength(2);
    expect(opened.conversation.unansweredSince).not.toBeNull();
  });

  test('a giver whose line is lost, or a red flag that nobody attends, takes the conversation elsewhere: nothing is left to take', async () => {
    const marta = await here('Marta Ruiz', { state: 'training' });
    for (const lost of ['vanished', 'flag']) {
      const irene = await giver(`Irene ${lost}`);
      const id = await heldBy(irene);
      const { joining } = (
        await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: marta.actor.membershipId } })
      ).body;
      if (lost === 'vanished') {
        await irene.post('/api/presence', { state: 'offline' });
        await vanished(
          postgres.db,
          { conversations: stage.conversations },
          {
            organisationId: stage.organisationId,
            agentId: irene.actor.membershipId,
          },
        );
      } else {
        await asOwner(
          postgres.ownerUrl,
          `insert into flag (organisation_id, id, conversation_id, level, rules, categories, agent_id, asked_at, due_at)
            values ($1, $2, $3, 'hard', '{X}', '{respiratory}', $4, now() - interval '3 minutes', now() - interval '1 minute')`,
          [stage.organisationId, uuid(), id, irene.actor.membershipId],
        );
        expect(await raiseUnanswered(postgres.db, stage.deps)).toBeGreaterThan(0);
      }
      const answer = await marta.post(`/api/joinings/${joining.id}/accept`);
      expect(answer, lost).toMatchObject({ status: 409, body: { code: 'joining.gone' } });
      const [row] = await rows('select state from joining where id = $1', [joining.id]);
      expect(row!.state).toBe('withdrawn');
      const [conversation] = await rows('select state from conversation where id = $1', [id]);
      expect(conversation!.state).toBe('waiting');
    }
  });

  test('leaving at once puts it in line: of an agent, a queue, a contracting entity', async () => {
    const irene = await giver();
    const entityId = uuid();
    await asOwner(
      postgres.ownerUrl,
      `insert into entity (organisation_id, id, key, name) values ($1, $2, 'mutua', 'Mutua del Norte')`,
      [stage.organisationId, entityId],
    );
    const queueId = await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, {
        key: 'mutua',
        names: { es: 'Mutua', ca: 'Mutua', en: 'Mutua', pt: 'Mutua' },
        entity: 'mutua',
      }),
    );
    const id = await heldBy(irene);
    const left = await irene.post(`/api/conversations/${id}/pass-on`, {
      to: { entityId },
      stay: false,
      note: 'De la mutua',
    });
    expect(left).toMatchObject({ status: 200, body: { conversation: { state: 'waiting', queueId }, joining: null } });
    expect(await loadOf(irene)).toBe(0);
    expect((await irene.get('/api/joining-targets')).body.entities).toEqual([
      { entityId, name: 'Mutua del Norte', queues: 1, here: 0 },
    ]);
  });

  test('who is not there is not asked; nobody asks for what they do not hold', async () => {
    const irene = await giver();
    const id = await heldBy(irene);
    const away = await stage.staff('Ausente', ['agent']);
    expect(
      (await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: away.membershipId } })).body.code,
    ).toBe('joining.nobody_here');
    const marta = await here('Marta Ruiz');
    expect(
      (await marta.post(`/api/conversations/${id}/pass-on`, { to: { agentId: irene.actor.membershipId } })).body.code,
    ).toBe('conversation.not_yours');
    const elsewhere = await createStage(postgres);
    const stranger = await elsewhere.staff('Otra', ['agent']);
    expect(
      (await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: stranger.membershipId } })).body.code,
    ).toBe('routing.agent_not_found');
    const foreign = await desk.signIn(stranger);
    const { joining } = (
      await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: marta.actor.membershipId } })
    ).body;
    for (const path of ['accept', 'refuse', 'withdraw', 'end'])
      expect((await foreign.post(`/api/joinings/${joining.id}/${path}`)).status, path).toBe(404);
    await elsewhere.close();
  });
});

describe('a consult', () => {
  async function consulting(): Promise<{ irene: SignedIn; marta: SignedIn; id: string; consult: JoiningView }> {
    const irene = await giver();
    const id = await heldBy(irene, 'me han subido la dosis de sintrom');
    const marta = await here('Marta Ruiz', { roles: ['nurse'] });
    const asked = await irene.post<JoiningView>(`/api/conversations/${id}/consults`, {
      agentId: marta.actor.membershipId,
      question: '¿Le doy cita o que vaya a urgencias?',
    });
    expect(asked.status).toBe(201);
    return { irene, marta, id, consult: asked.body };
  }

  test('is a side thread of two, live, sealed, and nothing of it reaches the patient', async () => {
    const { irene, marta, id, consult } = await consulting();
    const line = createLine(desk, marta);
    await line.connect();
    const said = saidTo(id);
    expect((await marta.post(`/api/joinings/${consult.id}/accept`)).status).toBe(200);
    const touched = (): number => line.frames.filter((frame) => frame.type === 'touched').length;
    const before = touched();
    const message = { clientId: uuid(), text: 'Que venga hoy, lo miro yo' };
    const written = await marta.post(`/api/consults/${consult.id}/messages`, message);
    expect(written).toMatchObject({ status: 201, body: { text: message.text, authorName: 'Marta Ruiz', seq: 2 } });
    expect((await marta.post(`/api/consults/${consult.id}/messages`, message)).body.seq).toBe(2);
    await irene.post(`/api/consults/${consult.id}/messages`, { clientId: uuid(), text: 'Gracias' });
    await expect.poll(touched, { timeout: 60_000 }).toBeGreaterThanOrEqual(before + 1);
    const opened = (await marta.get<ConsultOpened>(`/api/consults/${consult.id}`)).body;
    expect(opened.messages.map((one) => one.text)).toEqual([
      '¿Le doy cita o que vaya a urgencias?',
      message.text,
      'Gracias',
    ]);
    expect(opened.conversation?.messages.map((one) => one.content)).toContainEqual({
      kind: 'text',
      text: 'me han subido la dosis de sintrom',
    });
    expect(saidTo(id)).toEqual(said);
    const sealed = await rows<{ content_sealed: Buffer }>(
      'select content_sealed from joining_message where joining_id = $1',
      [consult.id],
    );
    for (const { content_sealed } of sealed) expect(content_sealed.includes(Buffer.from('cita'))).toBe(false);
    // no place of theirs is taken for advice
    expect(await loadOf(marta)).toBe(0);
    line.drop();
  });

  test('lets the consulted read the conversation while it is open, audited, and no longer', async () => {
    const { irene, marta, id, consult } = await consulting();
    const carla = await here('Carla');
    // asked is not accepted: the question and what is known, not the thread
    expect((await joiningsOf(marta)).asked[0]!.about.note).toContain('¿Le doy cita');
    expect((await marta.get(`/api/consults/${consult.id}`)).status).toBe(403);
    await marta.post(`/api/joinings/${consult.id}/accept`);
    expect((await marta.get<ConsultOpened>(`/api/consults/${consult.id}`)).body.conversation).not.toBeNull();
    const read = await rows(
      `select reason, detail from audit_entry where actor_id = $1 and subject_kind = 'consult' and subject_id = $2`,
      [marta.actor.membershipId, consult.id],
    );
    expect(read).toEqual([{ reason: 'consult', detail: { conversationId: id, conversation: true } }]);
    expect((await carla.get(`/api/consults/${consult.id}`)).body.code).toBe('joining.not_in_it');
    expect((await carla.post(`/api/consults/${consult.id}/messages`, { clientId: uuid(), text: 'x' })).body.code).toBe(
      'joining.not_in_it',
    );
    expect((await irene.post(`/api/joinings/${consult.id}/end`)).body.state).toBe('ended');
    const over = (await marta.get<ConsultOpened>(`/api/consults/${consult.id}`)).body;
    expect(over).toMatchObject({ conversation: null, consult: { state: 'ended' } });
    expect((await marta.post(`/api/consults/${consult.id}/messages`, { clientId: uuid(), text: 'x' })).body.code).toBe(
      'joining.consult_over',
    );
    expect((await marta.post(`/api/joinings/${consult.id}/end`)).body.code).toBe('joining.gone');
  });

  test('several stay in the story of the conversation, and fall away when it is nobody’s', async () => {
    const { irene, marta, id, consult } = await consulting();
    await marta.post(`/api/joinings/${consult.id}/refuse`);
    const carla = await here('Carla');
    const second = (
      await irene.post<JoiningView>(`/api/conversations/${id}/consults`, {
        agentId: carla.actor.membershipId,
        question: '¿Y tú?',
      })
    ).body;
    await carla.post(`/api/joinings/${second.id}/accept`);
    await irene.post(`/api/conversations/${id}/wrap-up`, { reason: 'symptoms', solved: true });
    const story = (await irene.get<z.infer<typeof consultsOf>>(`/api/conversations/${id}/consults`)).body.consults;
    expect(story.map((one) => [one.consult.state, one.messages[0]!.text])).toEqual([
      ['refused', '¿Le doy cita o que vaya a urgencias?'],
      ['ended', '¿Y tú?'],
    ]);
    expect(await eventsOf(irene, id)).toEqual(['consult_asked', 'consult_refused', 'consult_asked']);
    expect((await carla.get<ConsultOpened>(`/api/consults/${second.id}`)).body.conversation).toBeNull();
  });
});

describe('joining', () => {
  test('an interpreter is asked by language, writes too, is named to the patient, and leaves; the owner stays the owner', async () => {
    const irene = await giver();
    const id = await heldBy(irene, 'I only speak English');
    const marta = await here('Marta Ruiz', { settings: { languages: ['es', 'en'] } });
    const carla = await here('Carla', { settings: { languages: ['es'] } });
    const { interpreters } = (await irene.get('/api/joining-targets')).body;
    expect(interpreters.find((one: { language: string }) => one.language === 'en').agents).toEqual([
      { agentId: marta.actor.membershipId, name: 'Marta Ruiz' },
    ]);
    const join = (
      await irene.post<JoiningView>(`/api/conversations/${id}/joins`, { role: 'interpreter', language: 'en' })
    ).body;
    expect(join.asked).toBe(1);
    expect((await carla.post(`/api/joinings/${join.id}/accept`)).status).toBe(404);
    const reply = (who: SignedIn) =>
      who.post(`/api/conversations/${id}/replies`, {
        clientId: uuid(),
        content: { kind: 'text', text: `soy ${who.actor.name}` },
      });
    expect((await reply(marta)).body.code).toBe('conversation.not_yours');
    expect((await marta.post(`/api/joinings/${join.id}/accept`)).status).toBe(200);
    expect(saidTo(id).at(-1)).toContain('Marta Ruiz, intérprete de inglés');
    expect(saidTo(id).at(-1)).toContain('Irene Vidal');
    expect(await headOf(marta, id)).toMatchObject({
      agentId: irene.actor.membershipId,
      members: [{ agentId: marta.actor.membershipId, name: 'Marta Ruiz', role: 'interpreter', language: 'en' }],
      may: { reply: true, wrapUp: false, transfer: false },
    });
    expect((await reply(marta)).body).toMatchObject({ authorName: 'Marta Ruiz' });
    expect((await reply(irene)).status).toBe(201);
    expect((await marta.post(`/api/conversations/${id}/wrap-up`, { reason: 'symptoms', solved: true })).status).toBe(
      403,
    );
    expect((await marta.post(`/api/joinings/${join.id}/end`)).body.state).toBe('ended');
    expect(saidTo(id).at(-1)).toContain('Marta Ruiz ya no está en la conversación');
    expect((await reply(marta)).body.code).toBe('conversation.not_yours');
    expect(await eventsOf(irene, id)).toEqual(['member_joined', 'member_left']);
  });

  test('a supervisor by role; whoever is let in stays when the conversation is passed on, and goes when it closes', async () => {
    const irene = await giver();
    const id = await heldBy(irene);
    const rosa = await here('Rosa', { roles: ['supervisor'], state: 'break' });
    const marta = await here('Marta Ruiz');
    const join = (await irene.post<JoiningView>(`/api/conversations/${id}/joins`, { role: 'supervisor' })).body;
    await rosa.post(`/api/joinings/${join.id}/accept`);
    const { joining } = (
      await irene.post(`/api/conversations/${id}/pass-on`, { to: { agentId: marta.actor.membershipId } })
    ).body;
    expect((await marta.post(`/api/joinings/${joining.id}/accept`)).status).toBe(200);
    expect((await headOf(marta, id)).members.map((one) => one.name)).toEqual(['Rosa']);
    await marta.post(`/api/conversations/${id}/wrap-up`, { reason: 'symptoms', solved: true });
    expect((await headOf(marta, id)).members).toEqual([]);
    expect((await joiningsOf(rosa)).mine).toEqual([]);
  });
});

describe('given back for a purpose', () => {
  beforeEach(() => {
    const assistant = createAssistant({ vault: stage.vault, clock: systemClock });
    stage.deps.followers.turns = (trx, situations) => assistant.turns(trx, situations);
  });

  async function given(options: { flow?: string } = {}): Promise<{ irene: SignedIn; id: string; address: string }> {
    const irene = await giver();
    const address = `p-${uuid()}`;
    const id = await stage.write(address, 'quiero hablar con una persona');
    const [item] = await rows<{ id: string }>('select id from item where conversation_id = $1', [id]);
    expect((await irene.post(`/api/items/${item!.id}/take`)).status).toBe(200);
    await asOwner(postgres.ownerUrl, `update conversation set priority = 'urgent' where id = $1`, [id]);
    expect((await irene.get('/api/errands')).body.flows.map((one: { flow: string }) => one.flow)).toContain(
      'documents',
    );
    const back = await irene.post(`/api/conversations/${id}/give-to-assistant`, { flow: options.flow ?? 'documents' });
    expect(back).toMatchObject({ status: 200, body: { state: 'assistant', agentId: null } });
    return { irene, id, address };
  }

  test('the assistant says it, does it, and the conversation comes back to the same agent, as urgent as it was', async () => {
    const { irene, id, address } = await given();
    expect(
      saidTo(id).some((text) => text.includes('Irene Vidal me pide') && text.includes('reunir los documentos')),
    ).toBe(true);
    expect((await joiningsOf(irene)).errands).toMatchObject([
      { conversationId: id, kind: 'flow', title: { es: 'Reunir los documentos' } },
    ]);
    expect(await loadOf(irene)).toBe(0);
    await stage.write(address, { kind: 'media', media: 'image', externalId: 'x', mime: 'image/jpeg' });
    expect((await headOf(irene, id)).state).toBe('assistant');
    await irene.post('/api/presence', { state: 'available' });
    await stage.write(address, 'ya están');
    expect(saidTo(id).some((text) => text.includes('vuelve con Irene Vidal'))).toBe(true);
    const [item] = await rows(
      `select priority, reason, wanted_agent_id, agent_id from item where conversation_id = $1 and state in ('queued', 'offered')`,
      [id],
    );
    expect(item).toMatchObject({ priority: 'urgent', reason: 'errand_done' });
    expect([item!.wanted_agent_id, item!.agent_id]).toContain(irene.actor.membershipId);
    expect(await rows('select outcome from errand where conversation_id = $1', [id])).toEqual([{ outcome: 'done' }]);
  });

  test('“persona” comes back at once; who is not there any more is not waited for', async () => {
    const { irene, id, address } = await given();
    await irene.post('/api/presence', { state: 'offline' });
    await stage.write(address, 'persona');
    expect(saidTo(id).some((text) => text.includes('vuelve con el equipo'))).toBe(true);
    const [item] = await rows(
      `select wanted_agent_id, priority from item where conversation_id = $1 and state = 'queued'`,
      [id],
    );
    expect(item).toMatchObject({ wanted_agent_id: null, priority: 'urgent' });
    expect(await rows('select outcome from errand where conversation_id = $1', [id])).toEqual([
      { outcome: 'asked_for_person' },
    ]);
  });

  test('a hard flag goes to the urgent queue and waits for nobody', async () => {
    const { irene, id, address } = await given();
    await irene.post('/api/presence', { state: 'available' });
    await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, { key: 'urgent', names: { es: 'Urgente', ca: 'U', en: 'U', pt: 'U' } }),
    );
    stage.deps.followers.screen = () => ({ level: 'hard', flags: [{ rule: 'X', category: 'respiratory' }] });
    await stage.write(address, 'no puedo respirar');
    const [item] = await rows(
      `select i.priority, i.wanted_agent_id, q.key from item i join queue q on q.id = i.queue_id where i.conversation_id = $1 and i.state in ('queued', 'offered')`,
      [id],
    );
    expect(item).toEqual({ priority: 'critical', wanted_agent_id: null, key: 'urgent' });
    expect(await rows('select outcome from errand where conversation_id = $1', [id])).toEqual([{ outcome: 'flagged' }]);
  });

  test('is taken back by who gave it, by nobody else, and only once', async () => {
    const { irene, id } = await given();
    const marta = await here('Marta Ruiz');
    expect((await marta.post(`/api/conversations/${id}/take-back`)).body.code).toBe('conversation.not_yours');
    const answers = await Promise.all([1, 2, 3].map(() => irene.post(`/api/conversations/${id}/take-back`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    expect(await headOf(irene, id)).toMatchObject({
      state: 'with_agent',
      agentId: irene.actor.membershipId,
      priority: 'urgent',
    });
  });

  test('what the assistant does not have, a flag that stands, or somebody else’s is refused', async () => {
    const irene = await giver();
    const id = await heldBy(irene, 'quiero hablar con una persona');
    expect((await irene.post(`/api/conversations/${id}/give-to-assistant`, { flow: 'start' })).body.code).toBe(
      'joining.errand_unknown',
    );
    expect((await irene.post(`/api/conversations/${id}/give-to-assistant`, { bot: 'lupe' })).body.code).toBe(
      'joining.errand_unknown',
    );
    const marta = await here('Marta Ruiz');
    expect((await marta.post(`/api/conversations/${id}/give-to-assistant`, { flow: 'documents' })).body.code).toBe(
      'conversation.not_yours',
    );
    await asOwner(
      postgres.ownerUrl,
      `insert into flag (organisation_id, id, conversation_id, level, rules, categories) values ($1, $2, $3, 'hard', '{X}', '{other}')`,
      [stage.organisationId, uuid(), id],
    );
    expect((await irene.post(`/api/conversations/${id}/give-to-assistant`, { flow: 'documents' })).body.code).toBe(
      'conversation.flagged',
    );
    expect((await headOf(irene, id)).state).toBe('with_agent');
  });
});

test('the database refuses every step that is not on the way', async () => {
  const irene = await giver();
  const id = await heldBy(irene);
  const marta = await here('Marta Ruiz');
  const STATES = ['offered', 'accepted', 'refused', 'lapsed', 'withdrawn', 'ended'];
  const ALLOWED = ['offered>accepted', 'offered>refused', 'offered>lapsed', 'offered>withdrawn', 'accepted>ended'];
  const set = (state: string): string => `state = '${state}',
    answered_at = ${state === 'offered' ? 'null' : 'now()'}, agent_id = ${['accepted', 'ended'].includes(state) ? `'${marta.actor.membershipId}'` : 'null'},
    ended_at = ${state === 'ended' ? 'now()' : 'null'}`;
  for (const from of STATES)
    for (const to of STATES.filter((state) => state !== from)) {
      const joiningId = uuid();
      await asOwner(
        postgres.ownerUrl,
        `insert into joining (organisation_id, id, conversation_id, kind, from_agent_id, offered_at, expires_at) values ($1, $2, $3, 'consult', $4, now(), now())`,
        [stage.organisationId, joiningId, id, irene.actor.membershipId],
      );
      for (const step of from === 'ended' ? ['accepted', 'ended'] : from === 'offered' ? [] : [from])
        await asOwner(postgres.ownerUrl, `update joining set ${set(step)} where id = $1`, [joiningId]);
      const moved = asOwner(postgres.ownerUrl, `update joining set ${set(to)} where id = $1`, [joiningId]);
      if (ALLOWED.includes(`${from}>${to}`)) await moved;
      else await expect(moved, `${from}>${to}`).rejects.toMatchObject({ code: '23514' });
    }
});
