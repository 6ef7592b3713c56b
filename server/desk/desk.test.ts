import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLine, type Desk, openDesk, type SignedIn } from '../../test/desk.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { saveAgent } from '../routing/agents.ts';
import { saveQueue } from '../routing/queues.ts';
import { endSessions } from '../trust/session.ts';
import { type ConversationView, type Inbox, inOrder, inThread, isAfter, type InboxRow } from './contract.ts';
import { CLOSE } from './live/contract.ts';

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

async function agent(name: string, roles: Parameters<Stage['staff']>[1] = ['agent'], capacity = 15): Promise<SignedIn> {
  const actor = await stage.staff(name, roles);
  await within(postgres.db, stage.organisationId, (trx) =>
    saveAgent(trx, stage.organisationId, actor.membershipId, { capacity }),
  );
  return desk.signIn(actor);
}
let people = 0;
const someone = (): string => `p${(people += 1)}-${Date.now()}`;
/** A conversation that this agent holds. */
async function held(signed: SignedIn, words = 'quiero hablar con alguien'): Promise<{ id: string; address: string }> {
  const address = someone();
  const id = await stage.write(address, words);
  await signed.post('/api/presence', { state: 'break' });
  const { rows } = await asOwner(postgres.ownerUrl, `select id, state from item where conversation_id = $1`, [id]);
  const taken = await signed.post(`/api/items/${rows[0].id}/take`);
  expect(taken.status).toBe(200);
  return { id, address };
}
const entries = async (
  signed: SignedIn,
): Promise<{ action: string; subject_kind: string; subject_id: string; person_id: string | null }[]> =>
  (
    await asOwner(
      postgres.ownerUrl,
      'select action, subject_kind, subject_id, person_id from audit_entry where actor_id = $1 order by id',
      [signed.actor.membershipId],
    )
  ).rows;

describe('an agent’s day', () => {
  test('is offered, accepts, answers, notes, holds, wraps up', async () => {
    const irene = await agent('Irene');
    const line = createLine(desk, irene);
    await line.connect();
    expect((await irene.post('/api/presence', { state: 'available' })).body).toMatchObject({
      presence: { state: 'available' },
      load: 0,
      capacity: 15,
    });
    const id = await stage.write(someone(), 'me duele la rodilla');
    await line.until(() => line.inbox!.offers.length > 0, 'an offer');
    const offer = line.inbox!.offers.find((one) => one.row.conversationId === id)!;
    expect(offer.row).toMatchObject({
      state: 'waiting',
      channel: 'webchat',
      unread: 1,
      lastWords: { text: 'me duele la rodilla', author: 'patient' },
    });
    expect((await irene.post(`/api/offers/${offer.id}/accept`)).body).toEqual({
      itemId: offer.itemId,
      conversationId: id,
    });
    expect((await irene.post(`/api/offers/${offer.id}/accept`)).body).toMatchObject({
      status: 409,
      code: 'routing.offer_gone',
    });
    await line.until(
      () => line.inbox!.mine.some((row) => row.conversationId === id) && line.inbox!.offers.length === 0,
      'the conversation as mine',
    );

    const opened = (await irene.get<ConversationView>(`/api/conversations/${id}`)).body;
    expect(opened.summary).toEqual([{ key: 'channel', value: 'webchat' }]);
    expect(opened.conversation).toMatchObject({
      agentName: 'Irene',
      may: { reply: true, hold: true, resume: false, wrapUp: true },
      proof: 'none',
    });
    expect(opened.messages.map((message) => message.content)).toMatchObject([
      { kind: 'text', text: 'me duele la rodilla' },
      { kind: 'system', what: 'joined' },
    ]);

    const clientId = uuid();
    const reply = await irene.post(`/api/conversations/${id}/replies`, {
      clientId,
      content: { kind: 'text', text: 'Buenos días' },
    });
    expect(reply).toMatchObject({
      status: 201,
      body: { clientId, authorName: 'Irene', delivery: 'sending', content: { kind: 'text', text: 'Buenos días' } },
    });
    expect(
      (
        await irene.post(`/api/conversations/${id}/replies`, {
          clientId,
          content: { kind: 'text', text: 'Buenos días' },
        })
      ).body.seq,
    ).toBe(reply.body.seq);
    const note = { clientId: uuid(), text: 'es nueva' };
    const noted = await irene.post(`/api/conversations/${id}/notes`, note);
    expect(noted.body).toMatchObject({ clientId: note.clientId, content: { kind: 'note', text: 'es nueva' } });
    expect((await irene.post(`/api/conversations/${id}/notes`, note)).body.seq).toBe(noted.body.seq);
    expect((await irene.post(`/api/conversations/${id}/hold`)).body.state).toBe('on_hold');
    expect((await irene.post(`/api/conversations/${id}/resume`)).body.may.hold).toBe(true);
    expect((await irene.post(`/api/conversations/${id}/typing`)).status).toBe(204);
    expect(
      (await irene.post(`/api/conversations/${id}/wrap-up`, { reason: 'symptoms', solved: true, outcome: 'solved' }))
        .body,
    ).toMatchObject({ state: 'closed', outcome: 'solved', itemId: null });
    await line.until(() => line.inbox!.mine.length === 0 && line.inbox!.load === 0, 'an empty desk');
    line.drop();
  });

  test('search, panel, files and pages leave their trace in the audit', async () => {
    const irene = await agent('Irene Audit');
    const { id } = await held(irene);
    const opened = (await irene.get<ConversationView>(`/api/conversations/${id}`)).body;
    const { personId } = opened.conversation;
    const panel = await irene.get(`/api/people/${personId}?conversationId=${id}`);
    expect(panel.body).toMatchObject({
      patientId: null,
      proof: { level: 'none' },
      allergies: { known: 'unknown' },
      conversations: [{ id }],
    });
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const form = new FormData();
    form.append('file', new Blob([png], { type: 'text/html' }), 'página.html');
    const file = await irene.send(`/api/conversations/${id}/attachments`, form);
    expect(file).toMatchObject({ status: 201, body: { mime: 'image/png', media: 'image', size: png.length } });
    const shown = await irene.get(`/api/attachments/${file.body.attachmentId}`);
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    const said = await irene.post(`/api/conversations/${id}/replies`, {
      clientId: uuid(),
      content: { kind: 'media', attachmentId: file.body.attachmentId, caption: 'mire' },
    });
    expect(said.body).toMatchObject({
      content: { kind: 'media', media: 'image', caption: 'mire' },
      attachment: { state: 'ready', filename: 'página.html' },
    });
    await irene.get(`/api/conversations/${id}/messages?limit=1`);
    await irene.get('/api/people?search=persona');
    await irene.get('/api/inbox');
    const trail = await entries(irene);
    const of = (kind: string) => trail.filter((entry) => entry.subject_kind === kind);
    expect(of('conversation').filter((entry) => entry.person_id === personId).length).toBe(2);
    expect(of('person').some((entry) => entry.action === 'read' && entry.person_id === personId)).toBe(true);
    expect(of('person').some((entry) => entry.action === 'search')).toBe(true);
    expect(of('attachment')).toMatchObject([{ subject_id: file.body.attachmentId, person_id: personId }]);
    expect(of('inbox')).toHaveLength(1);
  });

  test('a page ends where the one before it began', async () => {
    const irene = await agent('Irene Páginas');
    const { id, address } = await held(irene);
    for (let i = 0; i < 6; i += 1) await stage.write(address, `línea ${i}`);
    const seqs: number[] = [];
    let before: number | null = null;
    do {
      const { body }: { body: { messages: { seq: number }[]; before: number | null } } = await irene.get(
        `/api/conversations/${id}/messages?limit=3${before ? `&before=${before}` : ''}`,
      );
      seqs.unshift(...body.messages.map((message) => message.seq));
      before = body.before;
    } while (before);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 1));
    expect(seqs.length).toBeGreaterThanOrEqual(8);
  });

  test('lists: queues, agents, reasons and ready answers in four languages', async () => {
    const irene = await agent('Irene Listas');
    await stage.write(someone(), 'hola');
    expect((await irene.get('/api/queues')).body.queues[0]).toMatchObject({ key: 'general', open: true });
    expect(
      (await irene.get('/api/agents')).body.agents.some(
        (one: { agentId: string }) => one.agentId === irene.actor.membershipId,
      ),
    ).toBe(true);
    for (const { names } of (await irene.get('/api/wrap-up-reasons')).body.reasons)
      for (const language of ['es', 'ca', 'en', 'pt']) expect(names[language]).toBeTruthy();
    for (const { text } of (await irene.get('/api/canned-replies')).body.replies)
      for (const language of ['es', 'ca', 'en', 'pt']) expect(text[language]).toBeTruthy();
    expect((await irene.get('/api/templates')).body).toEqual({ templates: [] });
    expect((await irene.get('/api/slots?specialty=none')).body.slots).toEqual([]);
  });
});

describe('what is refused', () => {
  test('ids of another organisation are unknown ones', async () => {
    const irene = await agent('Irene');
    const { id } = await held(irene);
    const opened = (await irene.get<ConversationView>(`/api/conversations/${id}`)).body;
    const other = await createStage(postgres);
    const stranger = await desk.signIn(await other.staff('Otra', ['supervisor', 'nurse']));
    const item = opened.conversation.itemId!;
    const asked: [string, string, unknown?][] = [
      ['get', `/api/conversations/${id}`],
      ['get', `/api/conversations/${id}/messages`],
      ['get', `/api/people/${opened.conversation.personId}`],
      ['post', `/api/conversations/${id}/replies`, { clientId: uuid(), content: { kind: 'text', text: 'x' } }],
      ['post', `/api/conversations/${id}/notes`, { clientId: uuid(), text: 'x' }],
      ['post', `/api/conversations/${id}/hold`],
      ['post', `/api/conversations/${id}/resume`],
      ['post', `/api/conversations/${id}/reopen`],
      ['post', `/api/conversations/${id}/transfer`, { to: { queueId: uuid() } }],
      ['post', `/api/conversations/${id}/wrap-up`, { reason: 'other', solved: true }],
      ['post', `/api/conversations/${id}/read`, { seq: 1 }],
      ['post', `/api/conversations/${id}/typing`],
      ['post', `/api/conversations/${id}/lower-flag`, { reason: 'nada' }],
      ['post', `/api/messages/${opened.messages[0]!.id}/resend`],
      ['post', `/api/items/${item}/take`],
      ['post', `/api/offers/${uuid()}/accept`],
      ['post', `/api/offers/${uuid()}/decline`],
      ['get', `/api/attachments/${uuid()}`],
      ['post', `/api/people/${opened.conversation.personId}/appointments`, { slotId: 's' }],
      ['post', `/api/appointments/none/confirm`],
      ['post', `/api/appointments/none/cancel`],
    ];
    for (const [method, path, body] of asked) {
      const answer = method === 'get' ? await stranger.get(path) : await stranger.post(path, body);
      expect(`${path} ${answer.status}`).toBe(`${path} 404`);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    const line = createLine(desk, stranger);
    await line.connect();
    line.say({ type: 'watch', conversationId: id });
    await line.until(() => line.frames.some((frame) => frame.type === 'problem'), 'a refusal');
    line.drop();
    await other.close();
  });

  test('a colleague who does not hold it only looks; roles without the right do not even look', async () => {
    const [irene, marta] = [await agent('Irene'), await agent('Marta')];
    const { id } = await held(irene);
    expect((await marta.get<ConversationView>(`/api/conversations/${id}`)).body.conversation.may.reply).toBe(false);
    expect(
      (await marta.post(`/api/conversations/${id}/replies`, { clientId: uuid(), content: { kind: 'text', text: 'x' } }))
        .body.code,
    ).toBe('conversation.not_yours');
    expect((await marta.post(`/api/conversations/${id}/wrap-up`, { reason: 'other', solved: true })).status).toBe(403);
    expect((await marta.post(`/api/conversations/${id}/lower-flag`, { reason: 'nada' })).status).toBe(403);
    const planner = await desk.signIn(await stage.staff('Pla', ['planner']));
    expect((await planner.get('/api/inbox')).status).toBe(403);
    expect((await planner.get(`/api/conversations/${id}`)).status).toBe(403);
    const line = createLine(desk, planner);
    line.inbox = { cursor: '0:0' } as Inbox;
    await line.connect();
    line.say({ type: 'watch', conversationId: id });
    await line.until(() => line.frames.some((frame) => frame.type === 'problem'), 'a refusal');
    expect(line.frames.some((frame) => frame.type === 'patch' && frame.changes.length > 0)).toBe(false);
    line.drop();
  });

  test('broken bodies, files that are not what they say, ids used twice', async () => {
    const irene = await agent('Irene');
    const [one, two] = [await held(irene), await held(irene)];
    const clientId = uuid();
    const say = (id: string, content: unknown, client = clientId) =>
      irene.post(`/api/conversations/${id}/replies`, { clientId: client, content });
    expect((await say(one.id, { kind: 'text', text: '  ' })).status).toBe(400);
    expect((await say(one.id, { kind: 'menu', text: 'x' })).status).toBe(400);
    expect((await say(one.id, { kind: 'text', text: 'a' })).status).toBe(201);
    expect((await say(two.id, { kind: 'text', text: 'a' })).body.code).toBe('desk.client_id_used');
    expect((await say(two.id, { kind: 'media', attachmentId: uuid() }, uuid())).status).toBe(404);
    expect(
      (await say(two.id, { kind: 'template', name: 'no', language: 'es', parameters: [] }, uuid())).body.code,
    ).toBe('desk.template_not_found');
    expect((await irene.get('/api/conversations/not-an-id')).status).toBe(400);
    const html = new FormData();
    html.append('file', new Blob(['<script>alert(1)</script>'], { type: 'image/png' }), 'a.png');
    expect((await irene.send(`/api/conversations/${one.id}/attachments`, html)).status).toBe(415);
    const large = new FormData();
    large.append('file', new Blob([Buffer.alloc(16 * 1_048_576 + 1, 0x25)]), 'a.pdf');
    expect((await irene.send(`/api/conversations/${one.id}/attachments`, large)).status).toBe(413);
    const empty = new FormData();
    empty.append('other', 'x');
    expect((await irene.send(`/api/conversations/${one.id}/attachments`, empty)).status).toBe(400);
    expect((await irene.post('/api/presence', { state: 'busy' })).status).toBe(400);
  });
});

describe('live', () => {
  test('a session that is ended closes its sockets; another origin and no cookie never get one', async () => {
    const irene = await agent('Irene');
    const line = createLine(desk, irene);
    await line.connect();
    await within(postgres.db, stage.organisationId, (trx) =>
      endSessions(trx, desk.trust, irene.actor, { accountId: irene.actor.accountId }, 'revoked'),
    );
    await line.until(() => line.closed === CLOSE.signedOut, 'the socket to close');
    await expect(
      createLine(desk, {
        ...irene,
        get: async () => ({ status: 200, body: { cursor: '0:0' } as any, headers: new Headers() }),
      }).connect(),
    ).rejects.toThrow(/401/);
    const marta = await agent('Marta');
    const upgrade = await fetch(`${desk.address}/api/live`, {
      headers: { cookie: marta.cookie, origin: 'https://evil.example', connection: 'upgrade', upgrade: 'websocket' },
    }).catch(() => null);
    expect(upgrade?.status ?? 403).toBeGreaterThanOrEqual(400);
  });

  test('what is no frame closes; what is too old is told to fetch again', async () => {
    const irene = await agent('Irene');
    const line = createLine(desk, irene);
    await line.connect();
    line.say({ type: 'hello', cursor: '1:1' });
    await line.until(() => line.frames.some((frame) => frame.type === 'reset'), 'a reset');
    line.say({ type: 'nonsense' });
    await line.until(() => line.closed === CLOSE.badFrame, 'the socket to close');
  });

  test('a desk that floods is cut off and holds up nobody; one sign-in has only so many open', async () => {
    const [irene, marta] = [await agent('Irene'), await agent('Marta')];
    const [floods, works] = [createLine(desk, irene), createLine(desk, marta)];
    await Promise.all([floods.connect(), works.connect()]);
    for (let i = 0; i < 1_000; i += 1) floods.say({ type: 'watch', conversationId: uuid() });
    await floods.until(() => floods.closed === CLOSE.tooMany, 'the socket to close');
    works.say({ type: 'ping' });
    await works.until(() => works.frames.some((frame) => frame.type === 'pong'), 'an answer');
    const many = Array.from({ length: 30 }, () => createLine(desk, marta));
    for (const line of many) await line.connect();
    await works.until(() => many.filter((line) => line.closed === CLOSE.tooMany).length === 7, 'seven to be refused');
    for (const line of [works, ...many]) line.drop();
  });

  test('typing reaches who watches and not the one who types; the last socket’s end is the agent’s', async () => {
    const [irene, marta] = [await agent('Irene'), await agent('Marta')];
    const { id } = await held(irene);
    const [hers, his] = [createLine(desk, irene), createLine(desk, marta)];
    await Promise.all([hers.connect(), his.connect()]);
    await his.open(id);
    // nothing says that he is heard to watch: she types on until it reaches him
    await expect
      .poll(async () => {
        await irene.post(`/api/conversations/${id}/typing`);
        return his.frames.some((frame) => frame.type === 'typing' && frame.agentId === irene.actor.membershipId);
      })
      .toBe(true);
    expect(hers.frames.some((frame) => frame.type === 'typing')).toBe(false);
    const gone = async () =>
      (await asOwner(postgres.ownerUrl, 'select gone_at from agent where id = $1', [irene.actor.membershipId])).rows[0]
        .gone_at;
    await asOwner(postgres.ownerUrl, `delete from connection where agent_id = $1 and process_id is null`, [
      irene.actor.membershipId,
    ]);
    expect(await gone()).toBeNull();
    hers.drop();
    await expect.poll(gone, { timeout: 60_000 }).not.toBeNull();
    his.drop();
  });

  test('whatever happens and however often the line breaks, what is held plus events is what a fetch gives', async () => {
    const names = { es: 'Urgente', ca: 'Urgent', en: 'Urgent', pt: 'Urgente' };
    await within(postgres.db, stage.organisationId, (trx) =>
      saveQueue(trx, stage.organisationId, { key: 'urgent', names, targetSeconds: 30 }),
    );
    let seed = Number(process.env['HEBRA_TEST_SEED']) || Date.now() % 1_000_000;
    const first = seed;
    const random = (): number => {
      // mulberry32
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
    const pick = <T>(list: T[]): T | undefined => list[Math.floor(random() * list.length)];
    const agents = await Promise.all([
      agent('Uno', ['agent'], 3),
      agent('Dos', ['nurse'], 2),
      agent('Tres', ['supervisor'], 4),
    ]);
    const lines = agents.map((one) => createLine(desk, one));
    for (const line of lines) await line.connect();
    const addresses = Array.from({ length: 14 }, someone);
    const { rows: queues } = await asOwner(
      postgres.ownerUrl,
      'select id from queue where organisation_id = $1 and retired_at is null',
      [stage.organisationId],
    );

    const act = async (): Promise<void> => {
      const i = Math.floor(random() * agents.length);
      const [signed, line] = [agents[i]!, lines[i]!];
      const mine = line.inbox?.mine ?? [];
      const row = pick(mine);
      const id = row?.conversationId;
      const dice = random();
      if (dice < 0.3) {
        stage.handover = {
          queue: random() < 0.3 ? 'urgent' : 'general',
          priority: pick(['critical', 'urgent', 'standard', 'low'] as const)!,
        };
        await stage.write(pick(addresses)!, `palabras ${Math.floor(random() * 1e6)}`);
      } else if (dice < 0.38)
        await signed.post('/api/presence', { state: pick(['available', 'available', 'break', 'offline'])! });
      else if (dice < 0.55) {
        const offer = pick(line.inbox?.offers ?? []);
        if (offer)
          await signed.post(
            `/api/offers/${offer.id}/${random() < 0.8 ? 'accept' : 'decline'}`,
            random() < 0.5 ? {} : undefined,
          );
      } else if (dice < 0.62) {
        const waiting = pick((line.inbox?.queues ?? []).flatMap((queue) => queue.waiting));
        if (waiting?.itemId) await signed.post(`/api/items/${waiting.itemId}/take`);
      } else if (dice < 0.7 && id)
        await signed.post(`/api/conversations/${id}/replies`, {
          clientId: uuid(),
          content: { kind: 'text', text: `respuesta ${random()}` },
        });
      else if (dice < 0.74 && id) await signed.post(`/api/conversations/${id}/${pick(['hold', 'resume'])}`);
      else if (dice < 0.78 && id)
        await signed.post(`/api/conversations/${id}/notes`, { clientId: uuid(), text: 'una nota' });
      else if (dice < 0.81 && id) await signed.post(`/api/conversations/${id}/read`, { seq: 1 });
      else if (dice < 0.85 && id)
        await signed.post(`/api/conversations/${id}/wrap-up`, { reason: 'other', solved: random() < 0.5 });
      else if (dice < 0.88 && id)
        await signed.post(`/api/conversations/${id}/transfer`, {
          to: random() < 0.5 ? { queueId: pick(queues)!.id } : { agentId: pick(agents)!.actor.membershipId },
        });
      else if (dice < 0.92 && id) await line.open(id);
      else if (dice < 0.97) line.drop();
      else if (dice < 0.98)
        await within(postgres.db, stage.organisationId, (trx) =>
          saveQueue(trx, stage.organisationId, { key: 'urgent', names, targetSeconds: 30 + Math.floor(random() * 60) }),
        );
      if (random() < 0.5) for (const one of lines) if (random() < 0.4) await reconnect(one);
    };
    const reconnect = async (line: (typeof lines)[number]): Promise<void> => {
      line.drop();
      await line.connect();
    };

    for (let round = 0; round < 150; round += 1) await Promise.all([act(), act(), act()]);
    await desk.matcher.idle();
    for (const line of lines) await reconnect(line);

    const now = Date.now();
    const tidy = (inbox: Inbox) => ({
      ...inbox,
      cursor: '',
      mine: inOrder(inbox.mine, now),
      alarms: inOrder(inbox.alarms, now),
      offers: [...inbox.offers].sort((a, b) => (a.id < b.id ? -1 : 1)),
      queues: [...inbox.queues]
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map((queue) => ({ ...queue, waiting: inOrder(queue.waiting, now) })),
    });
    for (const [i, line] of lines.entries()) {
      const same = async (): Promise<void> => {
        const fresh = (await agents[i]!.get<Inbox>('/api/inbox')).body;
        expect(tidy(line.inbox!), `seed ${first}`).toEqual(tidy(fresh));
        if (!line.opened) return;
        const view = (
          await agents[i]!.get<ConversationView>(`/api/conversations/${line.opened.conversation.conversationId}`)
        ).body;
        // the fetch shows the last page; what is held may have begun earlier
        const seen = (held: ConversationView) => ({
          ...held,
          cursor: '',
          before: null,
          messages: held.messages.toSorted(inThread).slice(-view.messages.length),
        });
        expect(seen(line.opened), `seed ${first}`).toEqual(seen(view));
      };
      await expect
        .poll(
          () =>
            same().then(
              () => 'same',
              (error: unknown) =>
                `${(error as Error).message} ${JSON.stringify((error as { actual?: unknown }).actual)} <> ${JSON.stringify((error as { expected?: unknown }).expected)}`,
            ),
          { timeout: 60_000, interval: 100 },
        )
        .toBe('same');
      line.drop();
    }
  });
});

test('cursors compare as numbers, and the order of a list is urgency, then the share of the promise', () => {
  expect(isAfter('10:1', '9:5')).toBe(true);
  expect(isAfter('10:1', '10:1')).toBe(false);
  expect(isAfter('10:2', '10:10')).toBe(false);
  const base = {
    state: 'with_agent',
    priority: 'standard',
    warned: false,
    targetSeconds: 100,
    unansweredSince: null,
    openedAt: '2026-01-01T00:00:00.000Z',
    lastWords: null,
  } as unknown as InboxRow;
  const row = (conversationId: string, change: Partial<InboxRow>): InboxRow => ({ ...base, conversationId, ...change });
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const rows = [
    row('patient has the word', {}),
    row('half', { unansweredSince: at(950) }),
    row('all', { unansweredSince: at(980), targetSeconds: 20 }),
    row('urgent', { unansweredSince: at(999), priority: 'urgent' }),
    row('critical', { priority: 'critical' }),
  ];
  expect(inOrder(rows, 1_000_000).map((one) => one.conversationId)).toEqual([
    'critical',
    'urgent',
    'all',
    'half',
    'patient has the word',
  ]);
});
