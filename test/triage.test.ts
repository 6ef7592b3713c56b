import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAssistant } from '../server/assistant/assistant.ts';
import type { Assistant } from '../server/assistant/assistant.ts';
import { publishFlows } from '../server/assistant/publish.ts';
import type { OutboundContent } from '../server/conversation/contract.ts';
import { readMessages, readSummary } from '../server/conversation/queries.ts';
import { wakeSleepers } from '../server/conversation/wake.ts';
import type { ProtocolList, ProtocolView, TriageRunView, TryAnswer } from '../server/desk/protocols/contract.ts';
import { within } from '../server/platform/postgres.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import { saveQueue } from '../server/routing/queues.ts';
import {
  activateProtocol,
  importProtocol,
  reviewProtocol,
  seedProtocols,
  signProtocol,
} from '../server/triage/protocols/life-cycle.ts';
import { OWN_PROTOCOLS } from '../server/triage/protocols/read.ts';
import { hashPassword } from '../server/trust/password.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDesk } from './desk.ts';
import type { Desk, SignedIn } from './desk.ts';
import { channelHouse, type ChannelHouse } from './graph.ts';
import { testStaff } from './organisation.ts';
import { asOwner, testDatabase } from './postgres.ts';

/* Whole triage runs, from the webhook to the rows and the desk: real rooms, the project's own flows and protocols. */

const postgres = await testDatabase({ max: 24 });
afterAll(() => postgres.close());

let house: ChannelHouse;
let assistant: Assistant;
let ahead = 0;
let heard: ChannelHouse['deps']['followers']['screen'];
const clock = (): Date => new Date(Date.now() + ahead);
const open = async (settings: Record<string, unknown>): Promise<void> => {
  house = await channelHouse(postgres, {
    clock,
    settings: { webchat: { origins: ['https://www.hospital.example'] }, ...settings },
    followers: {
      // red flags in the words have tests of their own: here it is the protocol's questions that find them
      screen: (text, language) => heard(text, language),
      turns: (trx, situations) => assistant.turns(trx, situations),
      handedOver: (trx, conversations) => handedOver(trx, conversations, clock),
      released: (trx, conversations) => released(trx, conversations, clock),
    },
  });
  assistant = createAssistant({ vault: house.vault, clock });
  await within(postgres.db, house.organisationId, async (trx) => {
    for (const key of ['general', 'nursing', 'appointments', 'billing', 'urgent'])
      await saveQueue(trx, house.organisationId, {
        key,
        names: { es: key, ca: key, en: key, pt: key },
        skills: [],
      } as never);
    await publishFlows(trx, house.organisationId);
    await seedProtocols(trx, house.organisationId, clock());
  });
};
beforeEach(() => {
  ahead = 0;
  heard = () => ({ level: 'none', flags: [] });
});
afterEach(() => house.close());

type Menu = Extract<OutboundContent, { kind: 'menu' }>;
type Patient = {
  says(text: string): Promise<string>;
  taps(title: string, menu?: Menu): Promise<string>;
  menu(): Menu;
  conversation(): Promise<string>;
};
let person = 0;

/** Somebody who writes on WhatsApp; each word answers with what was said to it. */
function patient(): Patient {
  const address = `3468800${String(++person).padStart(4, '0')}`;
  let last: OutboundContent[] = [];
  let read = 0;
  const conversation = async (): Promise<string> =>
    (
      await asOwner(
        postgres.ownerUrl,
        `select m.conversation_id as id from message m where m.organisation_id = $1 and m.external_id = $2`,
        [house.organisationId, mine],
      )
    ).rows[0].id as string;
  let mine = '';
  const send = async (wire: Record<string, unknown>): Promise<string> => {
    expect((await house.graph.write(address, 'Ana', wire as never)).status).toBe(200);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select m.conversation_id as conversation, m.external_id from message m where m.organisation_id = $1 and m.direction = 'in'
       order by m.created_at desc, m.id desc limit 1`,
      [house.organisationId],
    );
    mine = rows[0].external_id as string;
    const messages = await within(postgres.db, house.organisationId, (trx) =>
      readMessages(trx, house.vault, house.organisationId, {
        conversationId: rows[0].conversation as string,
        limit: 500,
      }),
    );
    const outs = messages.filter((one) => one.direction === 'out').map((one) => one.content as OutboundContent);
    last = outs.slice(read);
    read = outs.length;
    return last.map((one) => ('text' in one ? one.text : '')).join('\n');
  };
  const menu = (): Menu => last.findLast((one) => one.kind === 'menu')!;
  return {
    says: (text) => send({ type: 'text', text: { body: text } }),
    taps: (title, from = menu()) => {
      const option = from.options.find((one) => one.title === title)!;
      expect(option, `${title} in ${from.options.map((one) => one.title).join(' | ')}`).toBeDefined();
      return send({ type: 'interactive', interactive: { type: 'button_reply', button_reply: option } });
    },
    menu,
    conversation,
  };
}
/** To the first question of the protocol about a blow to the head, for an adult. */
async function toQuestions(one: Patient): Promise<string> {
  await one.says('me encuentro mal');
  await one.taps('Para mí');
  await one.says('44');
  return one.says('me he caído y me he dado un golpe en la cabeza');
}
const itemOf = async (conversationId: string): Promise<{ priority: string; queue: string; reason: string }> =>
  (
    await asOwner(
      postgres.ownerUrl,
      `select i.priority, q.key as queue, i.reason from item i join queue q on q.id = i.queue_id where i.conversation_id = $1`,
      [conversationId],
    )
  ).rows[0];
const runsOf = async (conversationId: string): Promise<Record<string, unknown>[]> =>
  (
    await asOwner(postgres.ownerUrl, 'select * from triage_run where conversation_id = $1 order by begun_at', [
      conversationId,
    ])
  ).rows;
const summaryOf = (conversationId: string) =>
  within(postgres.db, house.organisationId, (trx) =>
    readSummary(trx, house.vault, house.organisationId, conversationId),
  );

describe('where drafts are allowed', () => {
  beforeEach(() => open({ draftsAllowed: true }));

  test('a run goes from the first word to a nurse: draft said, each question with its buttons, row and summary whole', async () => {
    const ana = patient();
    const first = await toQuestions(ana);
    expect(first).toMatch(/Borrador/);
    expect(first).toMatch(/«atrás» o «persona»/);
    expect(ana.menu().text).toMatch(/Perdió el conocimiento/);
    expect(ana.menu().options.map((one) => one.title)).toEqual(['Sí', 'No', 'No lo sé']);
    for (let i = 0; i < 8; i++) await ana.taps('No');
    expect(await ana.says('sí, tomo sintrom')).toMatch(/golpe muy fuerte/);
    await ana.taps('No');
    await ana.taps('Leve');
    await ana.says('no');
    const told = await ana.says('no, ninguna');
    expect(told).toMatch(/Una enfermera va a hablar con usted ahora/);
    expect(told).toMatch(/Borrador/);
    const id = await ana.conversation();
    expect(await itemOf(id)).toMatchObject({ queue: 'nursing', priority: 'urgent', reason: 'triage_nurse' });
    const [run] = await runsOf(id);
    expect(run).toMatchObject({
      state: 'done',
      level: 'nurse_now',
      draft: true,
      protocol: 'head_injury',
      channel: 'whatsapp',
      language: 'es',
    });
    // sealed: neither a question nor an answer can be read in the row
    expect(String(run!['content_sealed'])).not.toMatch(/sintrom|anticoagulantes/i);
    const summary = await summaryOf(id);
    expect(summary).toContainEqual({ key: 'triage', value: 'Golpe en la cabeza: enfermería ahora · borrador' });
    expect(summary.find((line) => line.key === 'triage_answer')!.value).toMatch(/anticoagulantes.* Sí/);
  });

  test('a red flag ends it at once: number and first aid, head of the urgent queue', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.taps('No');
    const told = await ana.taps('Sí');
    expect(told).toMatch(/Llame ahora al 112/);
    expect(told).toMatch(/No mueva el cuello/);
    expect(await itemOf(await ana.conversation())).toMatchObject({
      queue: 'urgent',
      priority: 'critical',
      reason: 'triage_emergency',
    });
  });

  test('hanging up in the middle of a red flag makes an urgent item to call back', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.taps('No');
    const id = await ana.conversation();
    ahead += 11 * 60_000;
    await wakeSleepers(postgres.db, house.deps, assistant.wake);
    expect(await itemOf(id)).toMatchObject({ queue: 'nursing', priority: 'critical', reason: 'triage_silence' });
    const [run] = await runsOf(id);
    expect(run).toMatchObject({ state: 'done', level: 'emergency_now' });
  });

  test('stopping in the middle of a red flag is not the end of it', async () => {
    const ana = patient();
    await toQuestions(ana);
    expect(await ana.says('cancelar')).toMatch(/Prefiero que una enfermera hable con usted/);
    expect(await itemOf(await ana.conversation())).toMatchObject({
      queue: 'nursing',
      priority: 'urgent',
      reason: 'triage_left',
    });
    expect((await runsOf(await ana.conversation()))[0]).toMatchObject({ state: 'left', level: null });
  });

  test('a colleague who takes over and closes leaves it where it stood, not running for ever', async () => {
    const ana = patient();
    await toQuestions(ana);
    const id = await ana.conversation();
    expect((await runsOf(id))[0]).toMatchObject({ state: 'running', ended_at: null });
    const nurse = await testStaff(postgres.ownerUrl, house.organisationId, 'Lucía', ['nurse']);
    await within(postgres.db, house.organisationId, async (trx) => {
      const { membershipId: agentId, name: agentName } = nurse;
      await house.conversations.assign(trx, nurse, { conversationId: id, agentId, agentName });
      await house.conversations.close(trx, nurse, { conversationId: id });
    });
    expect((await runsOf(id))[0]).toMatchObject({ state: 'left', level: null });
  });

  test('a restart in the middle of it changes nothing', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.taps('No');
    // another process: nothing of it is in memory
    vi.resetModules();
    assistant = (await import('../server/assistant/assistant.ts')).createAssistant({ vault: house.vault, clock });
    expect(await ana.taps('Sí')).toMatch(/Llame ahora al 112/);
    const [run] = await runsOf(await ana.conversation());
    expect(run).toMatchObject({ state: 'done', level: 'emergency_now' });
  });

  test('«persona» and «atrás» work at every question', async () => {
    const ana = patient();
    await toQuestions(ana);
    expect(await ana.says('atrás')).toMatch(/primera pregunta/);
    await ana.taps('No');
    expect(await ana.says('atrás')).toMatch(/Perdió el conocimiento/);
    await ana.taps('No');
    expect(ana.menu().text).toMatch(/confusión/);
    expect(await ana.says('quiero hablar con una persona')).toMatch(/persona del equipo/);
    expect(await itemOf(await ana.conversation())).toMatchObject({
      queue: 'nursing',
      priority: 'urgent',
      reason: 'asked_for_person',
    });
  });

  test('a protocol’s own buttons are no cry for help, the patient’s own words in it are', async () => {
    heard = (text) =>
      /pecho/i.test(text)
        ? { level: 'hard', flags: [{ rule: 'CARD-01', category: 'cardiac' }] }
        : { level: 'none', flags: [] };
    const ana = patient();
    await ana.says('me encuentro mal');
    await ana.taps('Para mí');
    await ana.says('44');
    await ana.says('no sé cómo explicarlo');
    const list = ana.menu();
    if (!list.options.some((one) => one.title === 'Dolor de pecho')) await ana.taps('Ver más');
    await ana.taps('Dolor de pecho');
    expect(ana.menu().text).toMatch(/Tiene ahora mismo dolor, peso o presión en el pecho/);
    await ana.taps('No');
    await ana.says('me duele el pecho');
    expect(await itemOf(await ana.conversation())).toMatchObject({
      queue: 'urgent',
      priority: 'critical',
      reason: 'red_flag',
    });
  });

  test('who asks for a nurse, or is not understood three times, comes to one', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.says('quiero hablar con un médico');
    expect(await itemOf(await ana.conversation())).toMatchObject({ queue: 'nursing', reason: 'asked_for_person' });
    const bea = patient();
    await toQuestions(bea);
    expect(await bea.says('purple')).toMatch(/Conteste sí, no o «no lo sé»/);
    await bea.says('azul');
    expect(await bea.says('verde')).toMatch(/prefiero que lo vea una enfermera/);
    expect(await itemOf(await bea.conversation())).toMatchObject({
      queue: 'nursing',
      priority: 'urgent',
      reason: 'not_understood',
    });
  });

  test('a button of an earlier question is that question answered anew: a yes taken back stays a yes', async () => {
    const ana = patient();
    await toQuestions(ana);
    for (let i = 0; i < 4; i++) await ana.taps('No');
    const vomiting = ana.menu();
    await ana.taps('Sí');
    await ana.taps('No', vomiting);
    for (let i = 0; i < 3; i++) await ana.taps('No');
    const [run] = await runsOf(await ana.conversation());
    const lucia = await signIn('nurse');
    const view = (await lucia.get<TriageRunView>(`/api/triage-runs/${String(run!['id'])}`)).body;
    const about = view.answers.filter((one) => one.question === 'vomiting');
    expect(about.map((one) => [one.said, one.value, one.doubt])).toEqual([
      ['Sí', true, null],
      ['No', true, 'contradiction'],
    ]);
  });

  test('an age of one figure is an age', async () => {
    const ana = patient();
    await ana.says('me encuentro mal');
    await ana.taps('Para otra persona');
    expect(await ana.says('no lo sé')).toMatch(/no he entendido la edad/);
    await ana.says('7');
    await ana.says('tiene fiebre');
    expect(ana.menu().text).toMatch(/adormilado/);
  });

  test('a relative answers for a child, whose age comes from what they wrote; another errand does not come between', async () => {
    const ana = patient();
    await ana.says('mi hija de 4 años tiene fiebre');
    if (/Para quién/.test(ana.menu().text)) await ana.taps('Para otra persona');
    expect(ana.menu().text).toMatch(/adormilado/);
    expect(await ana.says('quiero pedir cita con el dermatólogo')).toMatch(/Conteste sí, no/);
    for (let i = 0; i < 7; i++) await ana.taps('No');
    expect(await ana.says('385')).toMatch(/no puede ser/);
    expect(await ana.says('38,5')).toMatch(/Desde cuándo/);
    await ana.says('desde ayer');
    await ana.taps('No');
    const told = await ana.taps('Juega como siempre');
    expect(told).toMatch(/puede cuidarse en casa/);
    const [run] = await runsOf(await ana.conversation());
    expect(run).toMatchObject({ protocol: 'child_fever', level: 'information' });
  });

  test('contact again within 72 hours raises one level', async () => {
    const ana = patient();
    const through = async (): Promise<string> => {
      await toQuestions(ana);
      for (let i = 0; i < 10; i++) await ana.taps('No');
      await ana.taps('Leve');
      await ana.taps('No');
      return ana.taps('No');
    };
    expect(await through()).toMatch(/puede quedarse en casa/);
    await through();
    const runs = await runsOf(await ana.conversation());
    expect(runs.map((run) => run['level'])).toEqual(['information', 'appointment']);
  });

  test('a run ends on the version that it began with', async () => {
    const ana = patient();
    await toQuestions(ana);
    const [before] = await runsOf(await ana.conversation());
    const yaml = await readFile(join(OWN_PROTOCOLS, 'head_injury.yaml'), 'utf8');
    const deps = { vault: house.vault, now: clock() };
    const author = await testStaff(postgres.ownerUrl, house.organisationId, 'Carme', ['author']);
    const clinician = await testStaff(postgres.ownerUrl, house.organisationId, 'Núria', ['clinician']);
    await within(postgres.db, house.organisationId, async (trx) => {
      const { hash } = await importProtocol(trx, author, yaml.replace('version: 1', 'version: 2'), deps.now);
      await reviewProtocol(trx, author, { hash }, deps);
      const expiresAt = new Date(deps.now.getTime() + 86_400_000);
      await signProtocol(trx, clinician, { hash, name: 'Núria Casals', licence: 'COMB 1', expiresAt }, deps);
      await activateProtocol(trx, clinician, { hash }, deps);
    });
    await ana.taps('No');
    await ana.taps('Sí');
    const [after] = await runsOf(await ana.conversation());
    expect(after!['protocol_hash']).toBe(before!['protocol_hash']);
    const bea = patient();
    const first = await toQuestions(bea);
    // the new version is signed: nothing says that it is a draft
    expect(first).not.toMatch(/Borrador/);
    const [anew] = await runsOf(await bea.conversation());
    expect(anew).toMatchObject({ draft: false });
    expect(anew!['protocol_hash']).not.toBe(before!['protocol_hash']);
  });
});

describe('where only what is signed serves', () => {
  beforeEach(() => open({}));

  test('an unsigned protocol serves nobody: a nurse is offered', async () => {
    const ana = patient();
    await ana.says('me encuentro mal');
    expect(await runsOf(await ana.conversation())).toEqual([]);
    expect(ana.menu().text).toMatch(/Le paso con enfermería/);
  });
});

// --- the API ---

let desk: Desk | null = null;
afterEach(async () => {
  await desk?.close();
  desk = null;
});
const PASSWORD = 'a long password of theirs';
async function signIn(role: Role, organisationId = house.organisationId): Promise<SignedIn & { staff: StaffActor }> {
  desk ??= await openDesk(postgres, { vault: house.vault, conversations: house.conversations } as never);
  const staff = await testStaff(postgres.ownerUrl, organisationId, role, [role]);
  await asOwner(postgres.ownerUrl, 'update account set password_hash = $2 where id = $1', [
    staff.accountId,
    await hashPassword(PASSWORD),
  ]);
  return Object.assign(await desk.signIn(staff), { staff });
}
const audited = async (action: string): Promise<Record<string, unknown>[]> =>
  (
    await asOwner(
      postgres.ownerUrl,
      `select actor_id, subject_kind, subject_id, person_id from audit_entry where organisation_id = $1 and action = $2 and subject_kind in ('protocol', 'triage_run') order by at`,
      [house.organisationId, action],
    )
  ).rows;

describe('the API', () => {
  beforeEach(() => open({ draftsAllowed: true }));

  test('a protocol goes from import to active by the hands that may, and a wrong password signs nothing', async () => {
    const [author, clinician, nurse] = [await signIn('author'), await signIn('clinician'), await signIn('nurse')];
    const yaml = (await readFile(join(OWN_PROTOCOLS, 'head_injury.yaml'), 'utf8')).replace('version: 1', 'version: 9');
    expect((await nurse.post('/api/protocols', { yaml })).status).toBe(403);
    const made = await author.post('/api/protocols', { yaml });
    expect(made.status).toBe(201);
    const { hash } = made.body as ProtocolView;
    expect((await author.post('/api/protocols', { yaml: 'protocol: x' })).body.code).toBe('protocol.unreadable');
    const listed = (await nurse.get<ProtocolList>('/api/protocols')).body;
    expect(listed.protocols.find((one) => one.hash === hash)).toMatchObject({
      state: 'draft',
      inForce: false,
      servesAsDraft: true,
    });
    const sign = (by: SignedIn, more: Record<string, unknown> = {}) =>
      by.post(`/api/protocols/${hash}/sign`, {
        hash,
        name: 'Núria Casals',
        licence: 'COMB 12345',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        password: PASSWORD,
        ...more,
      });
    expect((await sign(clinician)).body.code).toBe('protocol.wrong_state');
    expect((await clinician.post(`/api/protocols/${hash}/review`, {})).status).toBe(403);
    expect((await author.post(`/api/protocols/${hash}/review`, {})).body.state).toBe('reviewed');
    expect((await sign(author)).status).toBe(403);
    expect((await sign(clinician, { password: 'another one' })).body.code).toBe('trust.wrong_password');
    expect((await sign(clinician, { hash: 'a'.repeat(64) })).body.code).toBe('protocol.other_content');
    const signed = (await sign(clinician)).body as ProtocolView;
    expect(signed).toMatchObject({ state: 'signed', inForce: false });
    expect(signed.signatures).toMatchObject([{ name: 'Núria Casals', licence: 'COMB 12345', genuine: true }]);
    expect((await nurse.post(`/api/protocols/${hash}/activate`)).status).toBe(403);
    expect((await clinician.post(`/api/protocols/${hash}/activate`)).body).toMatchObject({
      state: 'active',
      inForce: true,
      servesAsDraft: false,
    });
    expect((await clinician.post(`/api/protocols/${hash}/retire`, { reason: 'test' })).body.state).toBe('retired');
    for (const action of ['import', 'review', 'sign', 'activate', 'retire'])
      expect(
        (await audited(action)).map((one) => one['subject_id']),
        action,
      ).toEqual([hash]);
  });

  test('whole: proofs and golden cases; a trial stores nothing', async () => {
    const nurse = await signIn('nurse');
    const view = (await nurse.get<ProtocolView>('/api/protocols/child_fever')).body;
    expect(view.proofs.every((one) => one.holds)).toBe(true);
    expect(view.golden.every((one) => one.passes)).toBe(true);
    const attempt = (answers: Record<string, unknown>) =>
      nurse.post('/api/protocols/try', { id: 'child_fever', age: 1500, by: 'relative', answers });
    expect((await attempt({})).body.ask).toMatchObject({ question: 'hard_to_wake', flag: true });
    const done = (await attempt({ hard_to_wake: 'unsure' })).body as TryAnswer;
    expect(done).toMatchObject({ ask: null, disposition: { level: 'emergency_now', rule: 'danger_signs' } });
    expect(done.told).toContain('112');
    expect((await attempt({ hard_to_wake: 'often' })).body.code).toBe('protocol.bad_answer');
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select count(*)::int as n from triage_run where organisation_id = $1',
      [house.organisationId],
    );
    expect(rows[0].n).toBe(0);
  });

  test('a run is read with an audit entry, by who cares for patients, in their organisation only', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.taps('Sí');
    const id = await ana.conversation();
    const [run] = await runsOf(id);
    const [nurse, author, clinician] = [await signIn('nurse'), await signIn('author'), await signIn('clinician')];
    for (const other of [author, clinician])
      expect((await other.get(`/api/triage-runs/${String(run!['id'])}`)).status).toBe(403);
    const list = (await nurse.get<{ runs: TriageRunView[] }>(`/api/conversations/${id}/triage-runs`)).body.runs;
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({
      protocol: { id: 'head_injury', version: 1, hash: run!['protocol_hash'] },
      facts: { by: 'self', repeat: false },
      complaint: 'me he caído y me he dado un golpe en la cabeza',
      disposition: { level: 'emergency_now', rule: 'brain_signs' },
    });
    expect(list[0]!.answers).toMatchObject([
      { question: 'unconscious', said: 'Sí', value: true, flag: true, shown: expect.stringContaining('No lo sé') },
    ]);
    expect(list[0]!.told).toContain('112');
    const entries = await audited('read');
    expect(entries).toEqual([
      {
        actor_id: nurse.staff.membershipId,
        subject_kind: 'triage_run',
        subject_id: run!['id'],
        person_id: run!['person_id'],
      },
    ]);
    const away = house.organisationId;
    const elsewhere = await asOwner(
      postgres.ownerUrl,
      `insert into organisation (id, slug, name) values (gen_random_uuid(), $1, 'Otro') returning id`,
      [`o-${randomBytes(6).toString('hex')}`],
    );
    const stranger = await signIn('nurse', elsewhere.rows[0].id as string);
    expect(elsewhere.rows[0].id).not.toBe(away);
    expect((await stranger.get(`/api/triage-runs/${String(run!['id'])}`)).body.code).toBe('protocol.run_not_found');
  });

  test('an erased person’s run cannot be read any more', async () => {
    const ana = patient();
    await toQuestions(ana);
    const [run] = await runsOf(await ana.conversation());
    await within(postgres.db, house.organisationId, (trx) =>
      house.vault.destroyPersonKey(trx, house.organisationId, String(run!['person_id'])),
    );
    const nurse = await signIn('nurse');
    expect((await nurse.get(`/api/triage-runs/${String(run!['id'])}`)).body.code).toBe('protocol.run_not_found');
  });

  test('protocol and run as FHIR', async () => {
    const ana = patient();
    await toQuestions(ana);
    await ana.taps('No');
    await ana.taps('No lo sé');
    const [run] = await runsOf(await ana.conversation());
    const nurse = await signIn('nurse');
    const plan = (await nurse.get('/api/protocols/head_injury/fhir')).body;
    expect(plan.entry.map((one: { resource: { resourceType: string } }) => one.resource.resourceType)).toEqual([
      'PlanDefinition',
      'Questionnaire',
    ]);
    const answered = (await nurse.get(`/api/triage-runs/${String(run!['id'])}/fhir`)).body;
    expect(answered.entry.map((one: { resource: { resourceType: string } }) => one.resource.resourceType)).toEqual([
      'QuestionnaireResponse',
      'GuidanceResponse',
    ]);
  });
});
