import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAssistant } from '../server/assistant/assistant.ts';
import { connectAccount, createAccounts } from '../server/channels/accounts.ts';
import { webchatRoutes } from '../server/channels/webchat/routes.ts';
import { asksForCallBack } from '../server/assistant/asks-person.ts';
import type { InboundContent } from '../server/conversation/contract.ts';
import { createReceipts } from '../server/conversation/receipts.ts';
import { createReceiver } from '../server/conversation/receive.ts';
import { type App, createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import { Live } from '../server/platform/live.ts';
import { type Trx, within } from '../server/platform/postgres.ts';
import type { Location } from '../server/record/fhir.ts';
import { createResource } from '../server/record/store.ts';
import { saveAgent } from '../server/routing/agents.ts';
import type { CapacityView, DeskCallBack, DeskCallBacks } from '../server/routing/call-backs/contract.ts';
import type { CallBackDeps } from '../server/routing/call-backs/deps.ts';
import { mergeWaiting, sweepCallBacks } from '../server/routing/call-backs/due.ts';
import { createTakeCall, heardOfCalls, TAKE } from '../server/routing/call-backs/meanwhile.ts';
import { callOption, TAKE_CALL } from '../server/routing/call-backs/texts.ts';
import { callBackRoutes } from '../server/routing/call-backs/routes.ts';
import { assistantCallBacks, webCallBacks } from '../server/routing/call-backs/verbs.ts';
import { handedOver } from '../server/routing/hand-over.ts';
import { connect, setPresence } from '../server/routing/presence.ts';
import { saveQueue } from '../server/routing/queues.ts';
import type { Role } from '../server/trust/contract.ts';
import { trustPlugin } from '../server/trust/guard.ts';
import { SESSION_LIMITS, startSession, type TrustDeps } from '../server/trust/session.ts';
import { asOwner, testDatabase } from './postgres.ts';
import { createStage, type Stage } from './stage.ts';

/* Being called back, from outside: the chat with its real flows, the web window's API and the desk's, on real PostgreSQL. */

const postgres = await testDatabase({ max: 16 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

/** Monday 23 November 2026, ten in the morning in Madrid. */
let now: Date;
let stage: Stage;
let app: App;
let url: string;
let slug: string;
let live: Live;
let deps: CallBackDeps;
let trust: TrustDeps;
let stopWebchat: () => void;

beforeEach(async () => {
  now = new Date('2026-11-23T09:00:00Z');
  const clock = (): Date => now;
  stage = await createStage(postgres, { clock, timezone: 'Europe/Madrid' });
  deps = { vault: stage.vault, clock, conversations: stage.conversations };
  const assistant = createAssistant({ vault: stage.vault, clock, callBacks: assistantCallBacks(deps) });
  stage.deps.followers.turns = (trx, situations) => assistant.turns(trx, situations);
  stage.deps.followers.handedOver = async (trx, handed) => handedOver(trx, await mergeWaiting(trx, handed, now), clock);
  await inside((trx) => saveQueue(trx, stage.organisationId, { key: 'general', names }));
  slug = `o-${stage.organisationId.slice(-12)}`;
  await inside((trx) =>
    connectAccount(trx, stage.vault, {
      organisationId: stage.organisationId,
      channel: 'webchat',
      name: 'Web',
      externalId: slug,
      settings: {},
      secrets: {},
    }),
  );
  app = await createHttp();
  trust = {
    db,
    vault: stage.vault,
    clock: () => new Date(),
    publicUrl: 'http://localhost:8080',
    limits: SESSION_LIMITS,
  };
  await trustPlugin(app, trust);
  live = new Live(db, postgres.url, 'test');
  await live.start();
  const receive = createReceiver(db, stage.deps);
  ({ stop: stopWebchat } = webchatRoutes(app, {
    db,
    vault: stage.vault,
    accounts: createAccounts(db, stage.vault),
    live,
    publicUrl: 'http://localhost:8080',
    receive,
    recordReceipt: createReceipts(db),
    clock,
    callBacks: webCallBacks(deps),
  }));
  callBackRoutes(app, { db, vault: stage.vault, clock, conversations: stage.conversations });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  stopWebchat();
  await app.close();
  await live.stop();
  await stage.close();
});

const names = { es: 'General', ca: 'General', en: 'General', pt: 'Geral' };
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
type Answer<Body> = { status: number; body: Body };

async function http<Body>(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer<Body>> {
  const response = await fetch(url + path, {
    method,
    headers: { 'accept-language': 'es', ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : null) as Body };
}

/** A colleague at a desk, there and available. */
async function colleague(roles: Role[] = ['agent']) {
  const actor = await stage.staff('Irene', roles);
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, {}));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  const membership = {
    id: actor.membershipId,
    organisationId: stage.organisationId,
    slug,
    organisation: '',
    name: actor.name,
    roles,
  };
  const { token } = await startSession(trust, actor.accountId, membership, 'password', {
    address: '127.0.0.1',
    userAgent: null,
  });
  return {
    actor,
    ask: <Body>(method: string, path: string, body?: unknown) =>
      http<Body>(method, path, { cookie: `hebra_session=${token}`, origin: 'http://localhost:8080' }, body),
  };
}

/** A browser's visit. */
async function visitor(language = 'es') {
  const { body } = await http<{ token: string }>('POST', '/webchat/visits', {}, { organisation: slug, language });
  return <Body>(method: string, body_?: unknown, path = '/webchat/call-back') =>
    http<Body>(method, path, { authorization: `Bearer ${body.token}` }, body_);
}

type Web = {
  callBack: { state: string; kind: string; said: string; number: string | null } | null;
  may: { place: boolean; slots: boolean; ways: string[] };
  slots: { startsAt: string; local: string }[];
};

describe('in the chat', () => {
  const words = (): string => {
    const last = stage.departed.at(-1)!.content;
    return 'text' in last ? (last.text ?? '') : '';
  };
  const options = (): string[] => {
    const last = stage.departed.at(-1)!.content;
    return last.kind === 'menu' ? last.options.map((option) => option.title) : [];
  };
  const open = async (): Promise<Record<string, unknown> | undefined> =>
    (
      await asOwner(
        ownerUrl,
        `select state, kind, way, slot_at from call_back where organisation_id = $1 order by created_at desc limit 1`,
        [stage.organisationId],
      )
    ).rows[0];

  test.each([
    ['es', 'que me llamen', 'el martes a las 11', '612 34 56 78', 'sí', /martes 24 de noviembre a las 11:00/],
    ['ca', 'truqueu-me', 'dimarts a les 11', '612 34 56 78', 'sí', /dimarts 24 de novembre a les 11:00/],
    ['en', 'call me back', 'tuesday at 11am', '612 34 56 78', 'yes', /Tuesday 24 November at 11:00/],
    ['pt', 'me liguem', 'terça às 11', '612 34 56 78', 'sim', /terça-feira, 24 de novembro às 11:00/],
  ])('%s: a wish, a time, a number, read back and agreed to', async (language, wish, time, number, yes, read) => {
    await colleague();
    const address = uuid();
    await stage.write(address, { es: 'hola', ca: 'bon dia', en: 'hello', pt: 'bom dia' }[language]!);
    await asOwner(ownerUrl, `update person set language = $2 where organisation_id = $1`, [
      stage.organisationId,
      language,
    ]);
    await asOwner(ownerUrl, `update conversation set language = $2 where organisation_id = $1`, [
      stage.organisationId,
      language,
    ]);
    await stage.write(address, wish);
    expect(options().length).toBeGreaterThanOrEqual(3);
    await stage.write(address, time);
    await stage.write(
      address,
      { es: 'por teléfono', ca: 'per telèfon', en: 'phone me', pt: 'por telefone' }[language]!,
    );
    await stage.write(address, number);
    expect(words()).toMatch(read);
    expect(words()).toContain('612');
    expect(await open()).toBeUndefined();
    await stage.write(address, yes);
    expect(await open()).toMatchObject({
      state: 'asked',
      kind: 'slot',
      way: 'phone',
      slot_at: new Date('2026-11-24T10:00:00Z'),
    });
  });

  test('seen, changed to a place in the line, and cancelled', async () => {
    await colleague();
    const address = uuid();
    await stage.write(address, 'quiero que me llamen');
    await stage.write(address, 'En mi turno');
    await stage.write(address, 'Por aquí');
    await stage.write(address, 'sí');
    expect(await open()).toMatchObject({ kind: 'place', way: 'message' });
    await stage.write(address, 'mi llamada');
    expect(words()).toContain('lugar guardado');
    expect(options()).toContain('Cancelarla');
    await stage.write(address, 'Cancelarla');
    expect(await open()).toMatchObject({ state: 'revoked' });
  });

  test('a second wish changes the first and says so; a person is a word away', async () => {
    await colleague();
    const address = uuid();
    for (const said of ['que me llamen', 'mañana a las 12', 'por teléfono', '612345678', 'sí'])
      await stage.write(address, said);
    expect(await open()).toMatchObject({ state: 'asked', slot_at: new Date('2026-11-24T11:00:00Z') });
    for (const said of ['que me llamen', 'Cambiarla', 'mañana a las 13', 'por teléfono', '612345679', 'sí'])
      await stage.write(address, said);
    const texts = stage.departed.flatMap((one) => ('text' in one.content ? [one.content.text] : []));
    expect(texts.some((text) => text?.includes('lo he cambiado'))).toBe(true);
    expect(await open()).toMatchObject({ slot_at: new Date('2026-11-24T12:00:00Z') });
    await stage.write(address, 'persona');
    expect(await open()).toMatchObject({ state: 'merged' });
  });

  test('whom the assistant has served meanwhile is asked once whether they are still to be called', async () => {
    await colleague();
    await inside((trx) =>
      createResource<Location>(
        trx,
        stage.vault,
        { kind: 'system', organisationId: stage.organisationId },
        {
          resourceType: 'Location',
          status: 'active',
          name: 'Clínica',
          availabilityExceptions: 'De lunes a viernes, de 8:00 a 20:00.',
        },
      ),
    );
    const address = uuid();
    for (const said of ['que me llamen', 'En mi turno', 'Por aquí', 'sí']) await stage.write(address, said);
    expect(words()).not.toContain('Todavía');
    await stage.write(address, '¿qué horario tienen?');
    expect(words()).toContain('¿Todavía quiere que le escribamos?');
    expect(options()).toContain('Ya no hace falta');
    await stage.write(address, 'Sí, por favor');
    expect(await open()).toMatchObject({ state: 'asked' });
    await stage.write(address, '¿qué horario tienen?');
    expect(words()).not.toContain('Todavía');

    // changed, it is another wish, and may be asked about anew
    for (const said of ['mi llamada', 'Cambiarla', 'mañana a las 12', 'por teléfono', '612345678', 'sí'])
      await stage.write(address, said);
    expect(await open()).toMatchObject({ state: 'asked', kind: 'slot' });
    await stage.write(address, '¿qué horario tienen?');
    expect(words()).toMatch(/martes 24 de noviembre.*¿Todavía quiere que le llamemos\?/);
    await stage.write(address, 'Ya no hace falta');
    expect(await open()).toMatchObject({ state: 'revoked' });
  });

  test('who waits takes the button: their place is kept, once, and nobody else moves', async () => {
    await colleague();
    stage.deps.followers.heardInLine = (trx, said) =>
      heardOfCalls(trx, said, { asks: asksForCallBack, offered: async () => callOption('whatsapp', 'es') });
    const receive = createReceiver(db, stage.deps);
    const accountId = uuid();
    const says = async (content: InboundContent): Promise<string> => {
      const received = await receive({
        organisationId: stage.organisationId,
        channel: 'whatsapp',
        accountId,
        externalId: uuid(),
        address: '34612345678',
        sentAt: now,
        content,
      });
      return received.outcome === 'stored' ? received.conversationId : '';
    };
    const state = async (): Promise<string> =>
      (await asOwner(ownerUrl, 'select state from conversation where id = $1', [conversationId])).rows[0].state;
    const conversationId = await says({ kind: 'text', text: 'persona' });
    expect(await state()).toBe('waiting');
    const { rows: waited } = await asOwner(ownerUrl, 'select queued_at from item where conversation_id = $1', [
      conversationId,
    ]);
    now = new Date(now.getTime() + 60_000);
    await says({ kind: 'text', text: '¿pueden llamarme?' });
    expect(words()).toContain('¿Prefiere que le llamemos?');
    expect(options()).toEqual(['Que me llamen']);
    expect(await state()).toBe('waiting');
    expect(await open()).toBeUndefined();

    await says({ kind: 'choice', id: TAKE_CALL, title: 'Que me llamen' });
    const { rows: jobs } = await asOwner(
      ownerUrl,
      `select count(*)::int as n from graphile_worker.jobs where task_identifier = $1 and key like '%' || $2`,
      [TAKE, conversationId],
    );
    expect(jobs[0].n).toBe(1);
    const take = createTakeCall({ db, ...deps });
    await Promise.all([1, 2, 3].map(() => take({ organisationId: stage.organisationId, conversationId })));
    expect(await state()).toBe('assistant');
    const { rows: asked } = await asOwner(
      ownerUrl,
      'select kind, way, state, since from call_back where organisation_id = $1',
      [stage.organisationId],
    );
    expect(asked).toEqual([{ kind: 'place', way: 'phone', state: 'due', since: waited[0].queued_at }]);
    expect(words()).toContain('+34 612 34 56 78');
    expect(options()).toEqual(['Mi llamada']);
    const told = stage.departed.filter((one) => 'text' in one.content && one.content.text?.includes('queda guardado'));
    expect(told).toHaveLength(1);
    // with the assistant again, the same button is a wish like any
    await says({ kind: 'choice', id: TAKE_CALL, title: 'Que me llamen' });
    expect(options()).toContain('Cancelarla');
    await receive.idle();
  });

  test('where nobody calls back a person comes', async () => {
    const address = uuid();
    const conversationId = await stage.write(address, 'que me llamen');
    const { rows } = await asOwner(ownerUrl, 'select state from conversation where id = $1', [conversationId]);
    expect(rows[0]).toEqual({ state: 'waiting' });
  });
});

describe('the web window', () => {
  test('sees, asks, changes and takes back, and only its own', async () => {
    await colleague();
    const mine = await visitor();
    const before = await mine<Web>('GET');
    expect(before).toMatchObject({
      status: 200,
      body: { callBack: null, may: { place: true, slots: true, ways: ['phone', 'message'] } },
    });
    const slot = before.body.slots[0]!;
    const refused = await mine<{ code: string; title: string }>('POST', {
      slotAt: slot.startsAt,
      way: 'phone',
      number: '12',
      consent: true,
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'call_back.number_wrong' } });
    expect((await mine('POST', { slotAt: slot.startsAt, way: 'phone', number: '612345678' })).status).toBe(400);
    const asked = await mine<{ callBack: Web['callBack']; changed: boolean }>('POST', {
      slotAt: slot.startsAt,
      way: 'phone',
      number: '612 34 56 78',
      consent: true,
    });
    expect(asked).toMatchObject({
      status: 201,
      body: { changed: false, callBack: { state: 'asked', number: '••• 678' } },
    });
    expect(JSON.stringify(asked.body)).not.toContain('612');
    expect((await mine<Web>('GET')).body.callBack).toMatchObject({ state: 'asked', kind: 'slot' });
    expect((await (await visitor())<Web>('GET')).body.callBack).toBeNull();
    const again = await mine<{ changed: boolean }>('POST', { slotAt: null, way: 'phone', consent: true });
    expect(again).toMatchObject({ status: 201, body: { changed: true } });
    expect((await mine('DELETE')).status).toBe(204);
    expect((await mine('DELETE')).status).toBe(204);
    expect((await mine<Web>('GET')).body.callBack).toBeNull();
    expect((await http('GET', '/webchat/call-back', { authorization: 'Bearer none' })).status).toBe(401);
  });
});

describe('the desk', () => {
  test('lists, tries, records and gives up by rule; each sees what their role may', async () => {
    const irene = await colleague();
    const lead = await colleague(['supervisor']);
    const administrator = await colleague(['administrator']);
    const mine = await visitor();
    const { slots } = (await mine<Web>('GET')).body;
    await mine('POST', {
      slotAt: slots.find((slot) => slot.local.endsWith('T11:00'))!.startsAt,
      way: 'phone',
      number: '612345678',
      consent: true,
    });
    const list = await irene.ask<DeskCallBacks>('GET', '/api/call-backs?list=today');
    expect(list).toMatchObject({ status: 200, body: { counts: { today: 1, late: 0, upcoming: 0 } } });
    const [one] = list.body.callBacks;
    expect(one).toMatchObject({ dial: '+34612345678', state: 'asked' });
    expect((await administrator.ask('GET', '/api/call-backs')).status).toBe(403);
    expect((await irene.ask('GET', '/api/call-backs/capacity')).status).toBe(403);
    const capacity = await lead.ask<{ queues: CapacityView[] }>('GET', '/api/call-backs/capacity');
    expect(capacity.body.queues[0]!.slots.find((slot) => slot.local.endsWith('T11:00'))).toMatchObject({ taken: 1 });

    const later = (
      await irene.ask<{ slots: Web['slots'] }>('GET', `/api/call-backs/slots?queue=${one!.queueId}`)
    ).body.slots.find((slot) => slot.local.endsWith('T12:00'))!;
    expect((await irene.ask('POST', `/api/call-backs/${one!.id}/move`, { slotAt: later.startsAt })).status).toBe(204);
    const tried = await irene.ask<{ conversationId: string }>('POST', `/api/call-backs/${one!.id}/try`);
    expect(tried.status).toBe(200);
    expect((await irene.ask('POST', `/api/call-backs/${one!.id}/cancel`, { reason: 'other' })).status).toBe(409);
    expect((await mine<{ code: string }>('DELETE')).body).toMatchObject({ code: 'call_back.with_somebody' });
    const missed = await irene.ask<{ state: string; nextAt: string }>('POST', `/api/call-backs/${one!.id}/outcome`, {
      outcome: 'no_answer',
    });
    expect(missed.body).toEqual({ state: 'trying', nextAt: '2026-11-23T09:10:00.000Z' });
    const beside = await irene.ask<{ callBack: DeskCallBack }>(
      'GET',
      `/api/conversations/${tried.body.conversationId}/call-back`,
    );
    expect(beside.body.callBack).toMatchObject({ tries: 1, history: [{ outcome: 'no_answer', agent: 'Irene' }] });
    now = new Date('2026-11-23T09:10:00Z');
    await sweepCallBacks(db, deps);
    expect((await irene.ask<DeskCallBacks>('GET', '/api/call-backs')).body.callBacks[0]).toMatchObject({
      state: 'due',
    });
    expect((await irene.ask('POST', `/api/call-backs/${one!.id}/cancel`, { reason: 'already_served' })).status).toBe(
      204,
    );
    const done = await irene.ask<DeskCallBacks>('GET', '/api/call-backs?list=done');
    expect(done.body.callBacks[0]).toMatchObject({ state: 'revoked', reason: 'already_served', dial: null });
  });

  test('asks for the patient of a conversation; settings are checked and take effect', async () => {
    const lead = await colleague(['supervisor']);
    const conversationId = await stage.write(uuid(), 'hola');
    const asked = await lead.ask<{ callBack: DeskCallBack }>('POST', '/api/call-backs', {
      conversationId,
      slotAt: '2026-11-23T11:00:00.000Z',
      way: 'phone',
      number: '+34 612 345 678',
    });
    expect(asked).toMatchObject({ status: 201, body: { callBack: { state: 'asked', dial: '+34612345678' } } });
    const { queueId } = asked.body.callBack;
    expect((await lead.ask('PUT', `/api/queues/${queueId}/call-backs`, { slotMinutes: 7 })).status).toBe(400);
    expect((await lead.ask('PUT', `/api/queues/${queueId}/call-backs`, { on: false })).status).toBe(204);
    const mine = await visitor();
    expect((await mine<Web>('GET')).body.may).toMatchObject({ place: false, slots: false });
    expect((await mine<{ code: string }>('POST', { slotAt: null, way: 'message', consent: true })).body.code).toBe(
      'call_back.not_offered',
    );
    // what was promised stands
    expect((await lead.ask<DeskCallBacks>('GET', '/api/call-backs')).body.callBacks).toHaveLength(1);
  });
});
