import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { testOrganisation, testStaff } from '../../../test/organisation.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { within } from '../../platform/postgres.ts';
import type { LevelsReport } from '../../routing/levels/contract.ts';
import { watchLevels } from '../../routing/levels/watch.ts';
import { ROLES, type Role, type StaffActor } from '../../trust/contract.ts';
import { hashPassword } from '../../trust/password.ts';
import type { Inbox } from '../contract.ts';
import type {
  AgentView,
  EntityView,
  OrganisationView,
  QueuesView,
  QueueView,
  RetiredQueue,
  WhoCould,
} from './contract.ts';

const postgres = await testDatabase({ max: 16 });
const { ownerUrl } = postgres;
afterAll(() => postgres.close());

const PASSWORD = 'a long password of theirs';
let stage: Stage;
let desk: Desk;
let admin: SignedIn;
beforeEach(async () => {
  stage = await createStage(postgres);
  desk = await openDesk(postgres, stage);
  admin = await signIn('administrator');
});
afterEach(async () => {
  await desk.close();
  await stage.close();
});

async function signIn(...roles: Role[]): Promise<SignedIn> {
  return desk.signIn(await stage.staff(roles.join(' '), roles));
}
/** A member of another organisation, who may do everything there. */
async function stranger(): Promise<SignedIn> {
  return desk.signIn(await testStaff(ownerUrl, await testOrganisation(ownerUrl), 'Otra', [...ROLES]));
}
type Audited = {
  action: string;
  subject_kind: string;
  subject_id: string | null;
  actor_id: string;
  detail: Record<string, any>;
};
const trail = async (kind: string): Promise<Audited[]> =>
  (
    await asOwner(
      ownerUrl,
      `select action, subject_kind, subject_id, actor_id, detail from audit_entry where organisation_id = $1 and subject_kind = $2 and action = 'change' order by at, id`,
      [stage.organisationId, kind],
    )
  ).rows;

const NAMES = { es: 'Citas', ca: 'Cites', en: 'Appointments', pt: 'Consultas' };
const makeQueue = async (more: Record<string, unknown> = {}): Promise<string> => {
  const made = await admin.post<{ id: string }>('/api/settings/queues', { settings: { names: NAMES, ...more } });
  expect(made.status).toBe(201);
  return made.body.id;
};
const queues = async (by = admin): Promise<QueuesView> => (await by.get<QueuesView>('/api/settings/queues')).body;
const queueOf = async (id: string) => (await queues()).queues.find((one) => one.id === id)!;

describe('who may', () => {
  test('each route lets in whom the table says, and changes nothing for the others', async () => {
    const id = uuid();
    const settings = { names: NAMES };
    const lead: Role[] = ['supervisor', 'administrator'];
    const readers: Role[] = ['agent', 'nurse', 'supervisor', 'planner', 'quality', 'administrator'];
    const routes: [method: 'get' | 'post' | 'put', path: string, body: unknown, who: Role[]][] = [
      ['get', '/api/settings/entities', undefined, readers],
      ['post', '/api/settings/entities', { name: 'Mutua' }, ['administrator']],
      ['put', `/api/settings/entities/${id}`, { name: 'Otra', was: 'Mutua' }, ['administrator']],
      ['put', '/api/settings/entities/order', { order: [id] }, ['administrator']],
      ['post', `/api/settings/entities/${id}/retire`, undefined, ['administrator']],
      ['post', `/api/settings/entities/${id}/restore`, undefined, ['administrator']],
      ['get', '/api/settings/queues', undefined, lead],
      ['post', '/api/settings/queues', { settings: { ...settings, entity: 'gone' } }, lead],
      ['post', '/api/settings/queues/try', { settings }, lead],
      ['put', `/api/settings/queues/${id}`, { settings: { ...settings, key: 'a' }, revision: '0'.repeat(16) }, lead],
      ['put', `/api/settings/queues/${id}/place`, { position: 0 }, lead],
      ['post', `/api/settings/queues/${id}/retire`, undefined, lead],
      ['post', `/api/settings/queues/${id}/restore`, undefined, lead],
      ['get', '/api/settings/agents', undefined, lead],
      ['put', `/api/settings/agents/${id}`, { settings: {}, revision: '0'.repeat(16) }, lead],
      ['get', '/api/settings/organisation', undefined, ['administrator']],
      ['get', '/api/levels', undefined, ['supervisor', 'planner', 'quality', 'administrator']],
      ['get', '/api/levels/export', undefined, ['supervisor', 'planner', 'quality', 'administrator']],
      ['get', '/api/levels/now', undefined, readers],
    ];
    for (const role of ROLES) {
      const signed = await signIn(role);
      for (const [method, path, body, who] of routes) {
        const { status } = await signed[method](path, body);
        expect(status === 403 ? 'refused' : 'let in', `${role} ${method} ${path}`).toBe(
          who.includes(role) ? 'let in' : 'refused',
        );
      }
    }
  });
});

describe('entities', () => {
  const list = async (by = admin): Promise<EntityView[]> =>
    (await by.get<{ entities: EntityView[] }>('/api/settings/entities')).body.entities;
  const add = async (name: string): Promise<EntityView> =>
    (await admin.post<EntityView>('/api/settings/entities', { name })).body;

  test('made, renamed, ordered, retired and brought back, each audited', async () => {
    const north = await add('Mutua Norte');
    const south = await add('Gal·la Puigdomènech Roquer, electroencefalografía');
    expect(await list()).toEqual([
      { id: north.id, key: 'mutua-norte', name: 'Mutua Norte', retired: false, queues: 0 },
      { ...south, key: 'gal-la-puigdomenech-roquer-electroencefalografia', queues: 0 },
    ]);
    await admin.put(`/api/settings/entities/${north.id}`, { name: 'Mutua del Norte', was: 'Mutua Norte' });
    await admin.put('/api/settings/entities/order', { order: [south.id, north.id] });
    await admin.post(`/api/settings/entities/${south.id}/retire`);
    expect((await list()).map((one) => [one.name, one.retired])).toEqual([
      ['Mutua del Norte', false],
      [south.name, true],
    ]);
    await admin.post(`/api/settings/entities/${south.id}/restore`);
    expect((await trail('entity')).map((one) => [one.detail['how'], one.actor_id])).toEqual(
      ['made', 'made', 'renamed', 'ordered', 'retired', 'restored'].map((how) => [how, admin.actor.membershipId]),
    );
    expect((await trail('entity'))[2]!.detail).toMatchObject({ name: 'Mutua del Norte', was: 'Mutua Norte' });
  });

  test('one name is one entity’s; a name that was changed meanwhile is not overwritten', async () => {
    const north = await add('Mutua Norte');
    expect((await admin.post('/api/settings/entities', { name: ' mútua NORTE ' })).body.code).toBe('entity.name_taken');
    const both = await Promise.all([1, 2, 3, 4].map(() => admin.post('/api/settings/entities', { name: 'Sur' })));
    expect(both.map((one) => one.status).sort()).toEqual([201, 409, 409, 409]);
    await admin.put(`/api/settings/entities/${north.id}`, { name: 'A', was: 'Mutua Norte' });
    const late = await admin.put(`/api/settings/entities/${north.id}`, { name: 'B', was: 'Mutua Norte' });
    expect([late.status, late.body.code, late.body.name]).toEqual([409, 'entity.changed_meanwhile', 'A']);
    for (const name of ['', '   ', 'x'.repeat(121)])
      expect((await admin.post('/api/settings/entities', { name })).status).toBe(400);
  });

  test('with queues in use it is not retired; its name says which', async () => {
    const north = await add('Mutua Norte');
    const queueId = await makeQueue({ entity: north.key });
    expect((await list())[0]!.queues).toBe(1);
    const refused = await admin.post(`/api/settings/entities/${north.id}/retire`);
    expect([refused.status, refused.body.code]).toEqual([409, 'entity.has_queues']);
    expect(refused.body.title).toContain('Citas');
    await admin.post(`/api/settings/queues/${queueId}/retire`);
    expect((await admin.post(`/api/settings/entities/${north.id}/retire`)).status).toBe(200);
    // a queue of a retired entity does not come back before it does
    const again = await admin.post(`/api/settings/queues/${queueId}/restore`);
    expect(again.body.errors).toEqual([{ path: 'body/settings/entity', message: 'unknown_entity' }]);
  });

  test('an order that lacks one, has one twice or one of elsewhere is refused', async () => {
    const ids = [(await add('A')).id, (await add('B')).id];
    for (const order of [[ids[0]], [ids[0], ids[0]], [...ids, uuid()], [ids[0], uuid()]])
      expect((await admin.put('/api/settings/entities/order', { order })).body.code).toBe('entity.order_incomplete');
  });

  test('nothing of another organisation is seen or changed', async () => {
    const north = await add('Mutua Norte');
    const other = await stranger();
    expect(await list(other)).toEqual([]);
    expect((await other.put(`/api/settings/entities/${north.id}`, { name: 'B', was: 'Mutua Norte' })).status).toBe(404);
    expect((await other.post(`/api/settings/entities/${north.id}/retire`)).status).toBe(404);
    expect((await other.post(`/api/settings/entities/${north.id}/restore`)).status).toBe(404);
    // the same name may be used there
    expect((await other.post('/api/settings/entities', { name: 'Mutua Norte' })).status).toBe(201);
    expect((await list()).map((one) => one.name)).toEqual(['Mutua Norte']);
  });
});

describe('queues', () => {
  const FULL = {
    names: { es: 'Urgencias de enfermería', ca: 'Urgències', en: 'Nursing', pt: 'Enfermagem' },
    priority: 'urgent',
    cost: 3,
    goal: 0.9,
    targets: { critical: 60 },
    targetSeconds: 120,
    levels: { nurse: 3 },
    skills: ['nurse'],
    rings: [{ after: 0.5, without: [], levels: 1 }],
    hours: {
      mon: [
        ['08:00', '14:00'],
        ['16:00', '24:00'],
      ],
    },
    holidays: [{ date: '2026-12-25', spans: [] }],
    autoAccept: true,
    stickySeconds: 60,
    offerSeconds: 20,
    outOfHours: { es: 'Abrimos {opens}', ca: 'Obrim {opens}', en: 'We open {opens}', pt: 'Abrimos {opens}' },
  };

  test('made with all that it can be told, read back the same, audited, in the list of the desk', async () => {
    const id = await makeQueue(FULL);
    const { settings, retired, waiting, held } = await queueOf(id);
    expect(settings).toEqual({ ...FULL, key: 'urgencias-de-enfermeria', entity: null, overflow: [] });
    expect({ retired, waiting, held }).toEqual({ retired: false, waiting: 0, held: 0 });
    expect((await trail('queue')).map((one) => [one.subject_id, one.detail['how']])).toEqual([[id, 'made']]);
    const agent = await signIn('agent');
    const shown = (await agent.get<{ queues: { id: string; names: unknown }[] }>('/api/queues')).body.queues;
    expect(shown.find((one) => one.id === id)?.names).toEqual(FULL.names);
  });

  test('changed by one, then not overwritten by who saw what was before', async () => {
    const id = await makeQueue();
    const { settings, revision } = await queueOf(id);
    const other = await signIn('supervisor');
    const first = { settings: { ...settings, targetSeconds: 60, goal: 0.95 }, revision };
    expect((await admin.put(`/api/settings/queues/${id}`, first)).status).toBe(200);
    const late = await other.put(`/api/settings/queues/${id}`, { settings: { ...settings, cost: 9 }, revision });
    expect([late.status, late.body.code]).toEqual([409, 'settings.changed_meanwhile']);
    expect((await queueOf(id)).settings).toMatchObject({ targetSeconds: 60, cost: 1 });
    expect((await trail('queue'))[1]!.detail).toEqual({
      how: 'changed',
      targetSeconds: { was: 120, is: 60 },
      goal: { was: 0.8, is: 0.95 },
    });
    // the same again changes nothing and leaves no trace
    const now = await queueOf(id);
    await admin.put(`/api/settings/queues/${id}`, { settings: now.settings, revision: now.revision });
    expect(await trail('queue')).toHaveLength(2);
  });

  test('of two who save at once, one does', async () => {
    const id = await makeQueue();
    const { settings, revision } = await queueOf(id);
    const answers = await Promise.all(
      [60, 70, 80, 90].map((targetSeconds) =>
        admin.put(`/api/settings/queues/${id}`, { settings: { ...settings, targetSeconds }, revision }),
      ),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409, 409]);
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a target of nothing', { targetSeconds: 0 }, 400, 'body/settings/targetSeconds'],
    ['a goal above all', { goal: 1.2 }, 400, 'body/settings/goal'],
    ['hours that end before they begin', { hours: { mon: [['14:00', '08:00']] } }, 400, 'body/settings/hours/mon/0'],
    ['a level that is none', { skills: ['nurse'], levels: { nurse: 6 } }, 400, 'body/settings/levels/nurse'],
    ['a name that is missing', { names: { es: 'Citas', ca: '', en: 'A', pt: 'C' } }, 422, 'body/settings/names/ca'],
    ['overflow to what is not there', { overflow: [{ to: 'gone' }] }, 422, 'body/settings/overflow/0/to'],
    ['a day that is none', { holidays: [{ date: '2026-02-30' }] }, 400, 'body/settings/holidays/0/date'],
  ])('%s is refused at its field', async (_, more, status, path) => {
    const answer = await admin.post('/api/settings/queues', { settings: { names: NAMES, ...more } });
    expect(answer.status).toBe(status);
    expect(answer.body.errors.map((one: { path: string }) => one.path)).toContain(path);
  });

  test('a key is one queue’s, also when that one is retired', async () => {
    const id = await makeQueue({ key: 'citas' });
    await admin.post(`/api/settings/queues/${id}/retire`);
    const answer = await admin.post('/api/settings/queues', { settings: { names: NAMES, key: 'citas' } });
    expect([answer.status, answer.body.code]).toEqual([409, 'settings.key_taken']);
    // a name may come again: its key gets a figure
    expect((await queueOf(await makeQueue())).settings.key).toBe('citas-2');
    // and what is retired is not changed
    const { settings, revision } = await queueOf(id);
    const changed = await admin.put(`/api/settings/queues/${id}`, { settings: { ...settings, cost: 2 }, revision });
    expect(changed.body.code).toBe('settings.retired');
  });

  test('retired with work in it: says how much, and that work is still there', async () => {
    const id = await makeQueue({ key: 'citas' });
    const other = await makeQueue({ names: { ...NAMES, es: 'Otra' }, overflow: [{ to: 'citas' }] });
    stage.handover = { queue: 'citas' };
    for (const who of ['a', 'b', 'c']) await stage.write(who, 'hola');
    expect((await queueOf(id)).waiting).toBe(3);
    const retired = await admin.post<RetiredQueue>(`/api/settings/queues/${id}/retire`);
    expect(retired.body).toEqual({ waiting: 3, held: 0, overflowed: [{ ...NAMES, es: 'Otra' }] });
    expect(await queueOf(id)).toMatchObject({ retired: true, waiting: 3 });
    expect(await queueOf(other)).toMatchObject({ retired: false });
    expect((await trail('queue')).at(-1)!.detail).toEqual({ how: 'retired', waiting: 3, held: 0 });
    expect((await admin.post(`/api/settings/queues/${id}/restore`)).status).toBe(200);
    expect(await queueOf(id)).toMatchObject({ retired: false, waiting: 3 });
    expect((await trail('queue')).at(-1)!.detail).toEqual({ how: 'restored' });
  });

  test('stand in the order they are given, for every desk; a retired one has no place', async () => {
    const ids: string[] = [];
    for (const key of ['one', 'two', 'three']) ids.push(await makeQueue({ key }));
    const place = (id: string, position: number) => admin.put(`/api/settings/queues/${id}/place`, { position });
    const order = async () => (await queues()).queues.map((queue) => queue.settings.key);
    expect(await order()).toEqual(['one', 'two', 'three']);
    expect((await place(ids[2]!, 0)).body.queues.map((one: QueueView) => one.id)).toEqual([ids[2], ids[0], ids[1]]);
    // beyond the end is the end; where it stands already nothing happens
    await place(ids[2]!, 99);
    await place(ids[2]!, 2);
    expect(await order()).toEqual(['one', 'two', 'three']);
    expect((await trail('queue')).slice(3).map((one) => [one.subject_id, one.detail])).toEqual([
      [ids[2], { how: 'placed', position: 0, was: 2 }],
      [ids[2], { how: 'placed', position: 2, was: 0 }],
    ]);
    // what it promises is as it was
    expect((await queueOf(ids[2]!)).settings).toMatchObject({ key: 'three', targetSeconds: 120 });
    await place(ids[1]!, 0);
    const agent = await signIn('agent');
    const shown = (await agent.get<{ queues: { key: string }[] }>('/api/queues')).body.queues;
    expect(shown.map((one) => one.key)).toEqual(['two', 'one', 'three']);
    await admin.post(`/api/settings/queues/${ids[0]}/retire`);
    expect((await place(ids[0]!, 0)).body.code).toBe('settings.retired');
    expect((await place(uuid(), 0)).status).toBe(404);
    expect((await place(ids[1]!, -1)).status).toBe(400);
    expect((await (await stranger()).put(`/api/settings/queues/${ids[1]}/place`, { position: 1 })).status).toBe(404);
  });

  test('where the urgent or what nobody claims goes is not retired', async () => {
    for (const key of ['urgent', 'general']) {
      const id = await makeQueue({ key });
      const answer = await admin.post(`/api/settings/queues/${id}/retire`);
      expect([answer.status, answer.body.code]).toEqual([409, 'settings.still_needed']);
    }
  });

  test('who could serve: by skills, before anything is saved', async () => {
    await stage.staff('Lucía', ['nurse']);
    await stage.staff('Irene', ['agent']);
    const could = async (settings: Record<string, unknown>): Promise<WhoCould> =>
      (await admin.post<WhoCould>('/api/settings/queues/try', { settings })).body;
    expect((await could({})).atOnce).toEqual({ able: 2, here: 0, free: 0 });
    expect(await could({ skills: ['nurse'] })).toMatchObject({ atOnce: { able: 1 }, names: ['Lucía'], missing: [] });
    expect(await could({ skills: ['nurse'], levels: { nurse: 5 } })).toMatchObject({
      atOnce: { able: 0 },
      inTheEnd: { able: 0 },
      missing: [{ skill: 'nurse', level: 5, agents: 1 }],
    });
    expect((await queues()).queues).toEqual([]);
  });

  test('nothing of another organisation is seen, changed, retired or named', async () => {
    const id = await makeQueue({ key: 'citas' });
    const { settings, revision } = await queueOf(id);
    const other = await stranger();
    expect((await queues(other)).queues).toEqual([]);
    expect((await other.put(`/api/settings/queues/${id}`, { settings, revision })).status).toBe(404);
    expect((await other.post(`/api/settings/queues/${id}/retire`)).status).toBe(404);
    expect((await other.post(`/api/settings/queues/${id}/restore`)).status).toBe(404);
    const named = await other.post('/api/settings/queues', { settings: { names: NAMES, overflow: [{ to: 'citas' }] } });
    expect(named.status).toBe(422);
    expect((await queueOf(id)).settings).toEqual(settings);
  });
});

describe('agents', () => {
  const agents = async (by = admin): Promise<AgentView[]> =>
    (await by.get<{ agents: AgentView[] }>('/api/settings/agents')).body.agents;
  let irene: StaffActor;
  beforeEach(async () => {
    irene = await stage.staff('Irene', ['agent']);
  });
  const ireneNow = async (): Promise<AgentView> => (await agents()).find((one) => one.id === irene.membershipId)!;

  test('shown as they are, changed as a whole, audited', async () => {
    await makeQueue({ key: 'citas' });
    const lucia = await stage.staff('Lucía', ['nurse']);
    expect((await agents()).find((one) => one.id === lucia.membershipId)?.settings.skills).toEqual(['nurse']);
    const { settings, revision } = await ireneNow();
    expect(settings).toMatchObject({ capacity: 15, calls: 1, skills: [], queues: null, paceLeast: null });
    const wanted = {
      capacity: 8,
      calls: 2,
      skills: ['billing'],
      levels: { billing: 5 },
      weights: { video: 8 },
      interrupts: { call: ['call_back'] },
      autoAccept: true,
      paceLeast: 3,
      languages: ['pt', 'es'],
      queues: ['citas'],
    };
    const answer = await admin.put<AgentView>(`/api/settings/agents/${irene.membershipId}`, {
      settings: wanted,
      revision,
    });
    expect(answer.status).toBe(200);
    expect((await ireneNow()).settings).toEqual(wanted);
    const [entry] = await trail('agent');
    expect(entry).toMatchObject({
      subject_id: irene.membershipId,
      detail: { how: 'changed', capacity: { was: 15, is: 8 }, queues: { was: null, is: ['citas'] } },
    });
    // who still sees what was before is refused and told so
    const late = await admin.put(`/api/settings/agents/${irene.membershipId}`, { settings, revision });
    expect([late.status, late.body.code]).toEqual([409, 'settings.changed_meanwhile']);
  });

  test('of two who save at once, one does', async () => {
    const { settings, revision } = await ireneNow();
    const answers = await Promise.all(
      [1, 2, 3, 4].map((capacity) =>
        admin.put(`/api/settings/agents/${irene.membershipId}`, { settings: { ...settings, capacity }, revision }),
      ),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409, 409]);
    expect(await trail('agent')).toHaveLength(1);
  });

  test('refused at the field: a pace above the capacity, a queue that is gone, no language', async () => {
    const { revision } = await ireneNow();
    const answer = await admin.put(`/api/settings/agents/${irene.membershipId}`, {
      settings: { capacity: 2, paceLeast: 5, queues: ['gone'], languages: [] },
      revision,
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((one: { path: string }) => one.path)).toEqual([
      'body/settings/paceLeast',
      'body/settings/queues/0',
      'body/settings/languages',
    ]);
    expect(await trail('agent')).toEqual([]);
  });

  test('nothing of another organisation; who does not take work is nobody’s agent', async () => {
    const { settings, revision } = await ireneNow();
    const other = await stranger();
    expect((await agents(other)).map((one) => one.name)).toEqual(['Otra']);
    expect((await other.put(`/api/settings/agents/${irene.membershipId}`, { settings, revision })).status).toBe(404);
    const author = await stage.staff('Carme', ['author']);
    expect((await admin.put(`/api/settings/agents/${author.membershipId}`, { settings, revision })).status).toBe(404);
  });
});

describe('the organisation', () => {
  let owner: SignedIn;
  beforeEach(async () => {
    const staff = await stage.staff('Adela', ['administrator']);
    await asOwner(ownerUrl, 'update account set password_hash = $1 where id = $2', [
      await hashPassword(PASSWORD),
      staff.accountId,
    ]);
    owner = await desk.signIn(staff);
    await makeQueue({ key: 'general' });
    await makeQueue({ key: 'urgent', names: { ...NAMES, es: 'Urgente' } });
  });
  const view = async (): Promise<OrganisationView> =>
    (await owner.get<OrganisationView>('/api/settings/organisation')).body;
  const save = async (more: Partial<OrganisationView['settings']>, password?: string) => {
    const { settings, revision } = await view();
    return owner.put('/api/settings/organisation', {
      settings: { ...settings, ...more },
      revision,
      ...(password && { password }),
    });
  };

  test('an emergency number changes with the right password only, and the trail says from what to what', async () => {
    const refused = await save({ emergencyNumber: '911' });
    expect([refused.status, refused.body.code]).toEqual([403, 'settings.password_needed']);
    expect((await save({ emergencyNumbers: { AR: '107' } })).body.code).toBe('settings.password_needed');
    expect((await save({ emergencyNumber: '911' }, 'wrong')).body.code).toBe('trust.wrong_password');
    expect((await view()).settings.emergencyNumber).toBe('112');
    expect(await trail('organisation')).toEqual([]);
    expect((await save({ emergencyNumber: '911', emergencyNumbers: { AR: '107' } }, PASSWORD)).status).toBe(200);
    expect((await view()).settings).toMatchObject({ emergencyNumber: '911', emergencyNumbers: { AR: '107' } });
    expect((await trail('organisation')).map((one) => [one.actor_id, one.detail])).toEqual([
      [
        owner.actor.membershipId,
        { emergencyNumber: { was: '112', is: '911' }, emergencyNumbers: { was: {}, is: { AR: '107' } } },
      ],
    ]);
  });

  test.each(['', ' ', '0', 'abc', '112 ; drop', '+', '1'.repeat(16)])(
    '“%s” is no emergency number',
    async (emergencyNumber) => {
      expect((await save({ emergencyNumber }, PASSWORD)).status).toBe(400);
      expect((await view()).settings.emergencyNumber).toBe('112');
    },
  );

  test('everything else is saved without a password, what nobody named stays', async () => {
    await asOwner(
      ownerUrl,
      `update organisation set settings = '{"address": "vos", "webchat": {"ways": [{"kind": "chat"}]}}' where id = $1`,
      [stage.organisationId],
    );
    const change: Partial<OrganisationView['settings']> = {
      name: 'Hospital Gal·la Puigdomènech Roquer',
      country: 'AR',
      timezone: 'America/Argentina/Buenos_Aires',
      languages: ['pt', 'es'],
      defaultQueue: 'urgent',
      ringSeconds: 45,
      graceSeconds: 90,
      reopenMinutes: 0,
      warnShare: 0.5,
      shortSeconds: 10,
      proofDays: 30,
      webchatOrigins: ['https://www.hospital.example'],
      webchatColour: '#2f5d1f',
      listeningShown: false,
    };
    expect((await save(change)).status).toBe(200);
    expect((await view()).settings).toMatchObject(change);
    const { rows } = await asOwner(ownerUrl, 'select settings from organisation where id = $1', [stage.organisationId]);
    expect(rows[0].settings).toMatchObject({
      address: 'vos',
      webchat: { ways: [{ kind: 'chat' }], colour: '#2f5d1f' },
    });
    expect(Object.keys((await trail('organisation'))[0]!.detail)).toContain('timezone');
    expect((await save({ webchatColour: null })).status).toBe(200);
    expect((await view()).settings.webchatColour).toBe(null);
  });

  test('refused at the field: what does not exist', async () => {
    const answer = await save({
      timezone: 'Europe/Nowhere',
      country: 'QQ',
      urgentQueue: 'gone',
      webchatOrigins: ['https://a.example/page'],
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((one: { path: string }) => one.path)).toEqual([
      'body/settings/country',
      'body/settings/timezone',
      'body/settings/urgentQueue',
      'body/settings/webchatOrigins/0',
    ]);
  });

  test('who saw what was before is refused', async () => {
    const { settings, revision } = await view();
    expect(
      (await owner.put('/api/settings/organisation', { settings: { ...settings, ringSeconds: 20 }, revision })).status,
    ).toBe(200);
    const late = await admin.put('/api/settings/organisation', {
      settings: { ...settings, ringSeconds: 40 },
      revision,
    });
    expect([late.status, late.body.code]).toEqual([409, 'settings.changed_meanwhile']);
    expect((await view()).settings.ringSeconds).toBe(20);
  });
});

describe('service levels', () => {
  test('what comes near the end of its target is marked on the desks of its queue, and for who supervises', async () => {
    await makeQueue({ key: 'citas', targetSeconds: 100 });
    stage.handover = { queue: 'citas' };
    const conversationId = await stage.write('a', 'hola');
    const agent = await signIn('agent');
    const marked = async (): Promise<boolean | undefined> =>
      (await agent.get<Inbox>('/api/inbox')).body.queues
        .flatMap((queue) => queue.waiting)
        .find((row) => row.conversationId === conversationId)?.warned;
    expect(await marked()).toBe(false);
    const later = new Date(Date.now() + 80_000);
    await within(postgres.db, stage.organisationId, (trx) => watchLevels(trx, stage.organisationId, later));
    expect(await marked()).toBe(true);
    const { rows } = await asOwner(
      ownerUrl,
      `select conversation_id from event where kind = 'level.warned' and organisation_id = $1`,
      [stage.organisationId],
    );
    expect(rows).toEqual([{ conversation_id: conversationId }]);
    const now = await agent.get<{ queues: { warned: number; missed: number }[] }>('/api/levels/now');
    expect(now.body.queues).toMatchObject([{ warned: 1, missed: 0 }]);
  });

  test('the page’s figures, empty and with something in it, and the file', async () => {
    const planner = await signIn('planner');
    const empty = (await planner.get<LevelsReport>('/api/levels')).body;
    expect(empty.all).toMatchObject({ offered: 0, serviceLevel: null });
    const id = await makeQueue({ targetSeconds: 10 });
    await asOwner(
      ownerUrl,
      `insert into item (organisation_id, id, kind, queue_id, queued_at) values ($1, $2, 'call', $3, '2026-11-24T09:00:00Z')`,
      [stage.organisationId, uuid(), id],
    );
    const month = (await planner.get<LevelsReport>('/api/levels?period=month&date=2026-11-02')).body;
    expect(month).toMatchObject({ from: '2026-11-01', until: '2026-12-01', all: { offered: 1 } });
    const file = await planner.get<string>('/api/levels/export?period=month&date=2026-11-02&language=pt');
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.headers.get('content-disposition')).toContain('service-levels-2026-11-01-month.csv');
    expect(file.body).toContain('Consultas,standard,10,');
    expect((await planner.get('/api/levels?period=year')).status).toBe(400);
    expect((await planner.get('/api/levels?date=2026-02-30')).status).toBe(400);
    const other = await stranger();
    expect((await other.get<LevelsReport>('/api/levels?period=month&date=2026-11-02')).body.all.offered).toBe(0);
  });
});
