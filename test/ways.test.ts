import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linkPerson } from '../server/patient/contact-points.ts';
import { personOfPatient } from '../server/patient/people.ts';
import { type App, createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import { type Trx, within } from '../server/platform/postgres.ts';
import { saveAgent } from '../server/routing/agents.ts';
import { connect, setPresence } from '../server/routing/presence.ts';
import { saveQueue } from '../server/routing/queues.ts';
import type { PersonWays, PublicWays, TriedWays, WaysView } from '../server/routing/ways/contract.ts';
import { waysRoutes } from '../server/routing/ways/routes.ts';
import { tellOtherWays } from '../server/routing/ways/say.ts';
import { publishWays, waysInForce } from '../server/routing/ways/versions.ts';
import { yearsAt } from '../server/routing/ways/visitor.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import { trustPlugin } from '../server/trust/guard.ts';
import { organisationOf } from '../server/trust/organisation.ts';
import { SESSION_LIMITS, startSession, type TrustDeps } from '../server/trust/session.ts';
import { asOwner, testDatabase } from './postgres.ts';
import { createStage, type Stage } from './stage.ts';

/* Which ways patients are offered: the public answer, the author's routes and what a person prefers, on real PostgreSQL. */

const postgres = await testDatabase({ max: 10 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

const ORIGIN = 'https://www.hospital.example';
const SETTINGS = {
  webchat: {
    origins: [ORIGIN],
    ways: [
      { kind: 'chat' },
      { kind: 'callback' },
      { kind: 'whatsapp', href: 'https://wa.me/34600000000' },
      { kind: 'email', href: 'mailto:citas@hospital.example' },
      { kind: 'call', href: 'tel:+34900000118', label: { es: 'Llamar al 900 000 118' } },
    ],
  },
};

let stage: Stage;
let app: App;
let url: string;
let trust: TrustDeps;
let slug: string;
let tooFast = 0;
let now: Date;
let callBacks: { now: boolean; at: boolean } | undefined;

beforeEach(async () => {
  now = new Date();
  tooFast = 0;
  callBacks = undefined;
  stage = await createStage(postgres, { settings: SETTINGS, clock: () => now });
  slug = await connected(stage.organisationId);
  await inside((trx) =>
    saveQueue(trx, stage.organisationId, { key: 'general', names: { es: 'G', ca: 'G', en: 'G', pt: 'G' } }),
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
  waysRoutes(app, {
    db,
    clock: () => now,
    publicUrl: trust.publicUrl,
    pace: () => tooFast,
    callBacks: async () => callBacks ?? { now: false, at: false },
    // a token of these tests is the conversation that its browser has
    async visitOf(token) {
      const rows = await asOwner(
        ownerUrl,
        'select cp.organisation_id, cp.account_id, cp.address_hash from leg join contact_point cp on cp.id = leg.contact_point_id where leg.conversation_id::text = $1',
        [token],
      );
      const row = rows.rows[0];
      return (
        row && {
          organisationId: row.organisation_id,
          language: 'es',
          address: { accountId: row.account_id, hash: row.address_hash },
        }
      );
    },
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  await app.close();
  await stage.close();
});

const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);

/** Gives an organisation its web window, as `connectChannels` does. @returns its slug */
async function connected(organisationId: string): Promise<string> {
  await asOwner(
    ownerUrl,
    `insert into channel_account (organisation_id, id, channel, name, external_id) values ($1, $2, 'webchat', 'Web', $3)`,
    [organisationId, uuid(), organisationId],
  );
  const { rows } = await asOwner(ownerUrl, 'select slug from organisation where id = $1', [organisationId]);
  return rows[0].slug as string;
}

const ask = (query: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/api/public/ways?${new URLSearchParams({ organisation: slug, language: 'es', ...query })}`, { headers });
const ways = async (query: Record<string, string> = {}, token?: string): Promise<PublicWays> => {
  const response = await ask(query, token ? { authorization: `Bearer ${token}` } : {});
  expect([response.status, response.headers.get('cache-control')]).toEqual([
    200,
    token ? 'no-store' : 'public, max-age=5',
  ]);
  return (await response.json()) as PublicWays;
};
const kinds = (answer: PublicWays): string[] => answer.ways.map((way) => way.kind);

async function signIn(actor: StaffActor) {
  const membership = {
    id: actor.membershipId,
    organisationId: actor.organisationId,
    slug: '',
    organisation: '',
    name: actor.name,
    roles: actor.roles,
  };
  const { token } = await startSession(trust, actor.accountId, membership, 'password', {
    address: '127.0.0.1',
    userAgent: null,
  });
  return async <Answer>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        cookie: `hebra_session=${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer & { code?: string } };
  };
}
const as = async (role: Role) => signIn(await stage.staff(role, [role]));

const rule = (parts: object) => ({ id: 'r', name: 'Regla', ways: ['chat'], then: 'hide', ...parts });
/** Publishes rules on top of the ways in force, as an author does. */
async function publish(rules: object[], more: object = {}): Promise<void> {
  const author = await as('author');
  const { body: view } = await author<WaysView>('/api/ways');
  const { status, body } = await author('/api/ways/publish', {
    base: view.version.number,
    content: { ...view.content, rules, ...more },
  });
  expect(status, JSON.stringify(body)).toBe(200);
}
async function available(name = 'Irene'): Promise<void> {
  const actor = await stage.staff(name);
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, {}));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  // the state of the queues is good for a second
  now = new Date(now.getTime() + 5_000);
}

describe('what everybody may ask', () => {
  test('the ways of the settings until an author publishes, with their links and nothing of anybody', async () => {
    const response = await ask();
    expect(response.headers.get('cache-control')).toBe('public, max-age=5');
    const answer = (await response.json()) as PublicWays;
    expect(answer).toMatchObject({ organisation: slug, language: 'es', open: true, emergencyNumber: '112' });
    expect(answer.ways).toMatchObject([
      { kind: 'chat', label: 'Chat ahora', href: null, wait: null },
      { kind: 'whatsapp', label: 'WhatsApp', href: 'https://wa.me/34600000000' },
      { kind: 'email', href: 'mailto:citas@hospital.example' },
      { kind: 'call', label: 'Llamar al 900 000 118', href: 'tel:+34900000118' },
    ]);
    expect((await ways({ language: 'pt' })).ways[0]!.label).toBe('Chat agora');
    // what asks for something that is not there gets the organisation's own queue
    expect(kinds(await ways({ queue: 'nowhere' }))).toEqual(kinds(answer));
  });

  test('a call-back only where the room that does it says so', async () => {
    callBacks = { now: true, at: true };
    expect(kinds(await ways())).toEqual(['chat', 'callback', 'callback_at', 'whatsapp', 'email', 'call']);
  });

  test('with somebody there every wait is said; out of hours, when it opens', async () => {
    await available();
    const open = await ways();
    for (const kind of ['chat', 'whatsapp', 'call'])
      expect(open.ways.find((way) => way.kind === kind)!.wait).toMatchObject({ minutes: expect.any(Number) });
    expect(open.ways.find((way) => way.kind === 'email')!.wait).toBeNull();

    const tomorrow = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[(now.getUTCDay() + 2) % 7]!;
    await inside((trx) =>
      saveQueue(trx, stage.organisationId, {
        key: 'nights',
        names: { es: 'N', ca: 'N', en: 'N', pt: 'N' },
        hours: { [tomorrow]: [['10:00', '10:30']] },
      }),
    );
    const closed = await ways({ queue: 'nights' });
    expect(closed.open).toBe(false);
    expect(Date.parse(closed.opensAt!)).toBeGreaterThan(now.getTime());
    expect(kinds(closed)).toEqual(['chat', 'whatsapp', 'email']);
    expect(closed.ways[0]).toMatchObject({ wait: null, opensAt: closed.opensAt });
  });

  test('pages of the organisation may, others not; what asks too often waits', async () => {
    const allowed = await ask({}, { origin: ORIGIN });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
    expect(allowed.headers.get('vary')).toContain('Origin');
    const refused = await ask({}, { origin: 'https://evil.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const preflight = (origin: string) =>
      fetch(`${url}/api/public/ways?organisation=${slug}`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
    expect((await preflight(ORIGIN)).headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();

    tooFast = 4_200;
    const slow = await ask();
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '5']);
  });

  test.each([
    [{ organisation: 'nobody-here' }, 404],
    [{ organisation: '' }, 400],
    [{ language: 'xx' }, 400],
    [{ queue: "general'; drop table queue; --" }, 400],
    [{ queue: 'x'.repeat(200) }, 400],
    [{ organisation: '../../etc/passwd' }, 404],
  ])('%o is %i', async (query, status) => {
    expect((await ask(query as Record<string, string>)).status).toBe(status);
  });

  test('it stands in the OpenAPI document', async () => {
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
      paths: Record<string, { get: object }>;
    };
    expect(document.paths['/api/public/ways']!.get).toMatchObject({ summary: expect.stringContaining('ways') });
  });
});

describe('rules', () => {
  test('chat is hidden while nobody answers within twenty minutes, and comes back with somebody', async () => {
    await publish([rule({ when: { waitOver: 20 } })]);
    expect(kinds(await ways())).toEqual(['whatsapp', 'email', 'call']);
    await available();
    // an answer for strangers is good for three seconds
    await expect.poll(async () => kinds(await ways({ language: 'ca' })), { timeout: 60_000 }).toContain('chat');
    await expect.poll(async () => kinds(await ways()), { timeout: 60_000 }).toContain('chat');
  });

  test('what is known of a visitor counts only once they proved who they are', async () => {
    const patientId = uuid();
    const conversation = await stage.write('visit-1', 'hola');
    await publish([rule({ ways: ['call'], then: 'first', when: { segments: ['known'] } })]);
    expect(kinds(await ways({}, conversation))[0]).toBe('chat');

    const personId = await inside((trx) =>
      personOfPatient(trx, stage.vault, { organisationId: stage.organisationId, patientId }),
    );
    const { rows } = await asOwner(ownerUrl, 'select contact_point_id as id from leg where conversation_id = $1', [
      conversation,
    ]);
    const contactPointId = rows[0].id as string;
    await asOwner(ownerUrl, 'update contact_point set person_id = $1 where id = $2', [personId, contactPointId]);
    const link = (proof: 'claimed' | 'matched') =>
      inside((trx) => linkPerson(trx, { organisationId: stage.organisationId, contactPointId, personId, proof }));
    await link('claimed');
    expect(kinds(await ways({}, conversation))[0]).toBe('chat');
    await link('matched');
    expect((await ways({}, conversation)).ways[0]).toMatchObject({ kind: 'call', reason: 'first' });
    // nobody else is told so
    expect(kinds(await ways())[0]).toBe('chat');

    // what they prefer and what they took back
    const agent = await as('agent');
    const change = { preferredWay: 'email', preferredLanguage: 'ca', consents: { whatsapp: false, call: true } };
    expect((await agent(`/api/people/${personId}/ways`, change, 'PUT')).status).toBe(200);
    const after = await ways({}, conversation);
    expect(kinds(after)).toEqual(['call', 'email', 'chat']);
    // a proof that has run out proves nothing
    await asOwner(
      ownerUrl,
      `update contact_point_person set expires_at = now() - interval '1 day' where person_id = $1`,
      [personId],
    );
    expect(kinds(await ways({}, conversation))[0]).toBe('chat');
  });

  test('a red flag brings the emergency number and a person first, whatever the rules hide', async () => {
    await publish([
      rule({ ways: ['chat', 'call', 'whatsapp'], then: 'hide' }),
      rule({ id: 'b', ways: ['email'], then: 'first' }),
    ]);
    const conversation = await stage.write('visit-2', 'hola');
    expect(kinds(await ways({}, conversation))).toEqual(['email', 'chat']);
    await asOwner(
      ownerUrl,
      `insert into flag (organisation_id, id, conversation_id, level, rules, categories) values ($1, $2, $3, 'hard', '{chest}', '{cardiac}')`,
      [stage.organisationId, uuid(), conversation],
    );
    const answer = await ways({}, conversation);
    expect(answer.ways[0]).toMatchObject({ kind: 'emergency', href: 'tel:112', label: 'Llame al 112' });
    expect(kinds(answer)).toEqual(['emergency', 'call', 'chat', 'whatsapp', 'email']);
  });

  test('a token that is nobody’s, or of another organisation, is no visit here', async () => {
    const other = await createStage(postgres, { settings: SETTINGS });
    await connected(other.organisationId);
    const theirs = await other.write('visit-3', 'hola');
    await other.close();
    for (const token of [theirs, 'nonsense', uuid()]) {
      const response = await ask({}, { authorization: `Bearer ${token}` });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, 'ways.no_visit']);
    }
  });

  test('who waits long elsewhere reads the other ways, with where they lead', async () => {
    const handed = (channel: string, priority = 'standard' as 'standard' | 'critical') => ({
      organisationId: stage.organisationId,
      conversationId: uuid(),
      personId: uuid(),
      priority,
      reason: 'asked_for_person',
      skills: [],
      language: 'es',
      channel,
      since: now,
    });
    const { rows } = await asOwner(ownerUrl, `select id from queue where organisation_id = $1 and key = 'general'`, [
      stage.organisationId,
    ]);
    const queueId = rows[0].id as string;
    const tell = (one: ReturnType<typeof handed>, says: string | null = 'Espere.') =>
      inside(async (trx) => (await tellOtherWays(trx, [one], [{ queueId, says }], {}, () => now))[0]!.says);
    expect(await tell(handed('whatsapp'))).toBe(
      'Espere.\n\nTambién puede:\n• Correo: citas@hospital.example\n• Llamar al 900 000 118',
    );
    // to be called is a button, between the others, where somebody can be called at the address they write from
    const called = (channel: string) =>
      inside(async (trx) =>
        (
          await tellOtherWays(
            trx,
            [handed(channel)],
            [{ queueId, says: 'Espere.', options: ['stay', 'leave'].map((id) => ({ id, title: id })) }],
            { callBacks: async () => ({ now: true, at: true }) },
            () => now,
          )
        )[0]!.options?.map((option) => option.title),
      );
    expect(await called('whatsapp')).toEqual(['stay', 'Que me llamen', 'leave']);
    expect(await called('messenger')).toEqual(['stay', 'leave']);
    // the window shows them itself; an emergency has its own words; with nothing to say nothing is said
    expect(await tell(handed('webchat'))).toBe('Espere.');
    expect(await tell(handed('whatsapp', 'critical'))).toBe('Espere.');
    expect(await tell(handed('whatsapp'), null)).toBeNull();
    await available();
    expect(await tell(handed('whatsapp'))).toBe('Espere.');
  });
});

describe('authors', () => {
  test('write, supervisors and administrators read and try, nobody else', async () => {
    const visitor = {};
    for (const role of ['author', 'supervisor', 'administrator', 'agent', 'nurse', 'privacy', 'quality'] as const) {
      const call = await as(role);
      const reads = ['author', 'supervisor', 'administrator'].includes(role) ? 200 : 403;
      const view = await call<WaysView>('/api/ways');
      expect(view.status, role).toBe(reads);
      const content = { ways: [{ kind: 'chat' }], rules: [] };
      expect((await call('/api/ways/try', { content, visitor })).status, role).toBe(reads);
      const base = reads === 200 ? view.body.version.number : 0;
      expect((await call('/api/ways/publish', { base, content })).status, role).toBe(role === 'author' ? 200 : 403);
    }
    expect((await fetch(`${url}/api/ways`)).status).toBe(401);
  });

  test('publish versions that stand, see who did what, and go back', async () => {
    const author = await as('author');
    const { body: first } = await author<WaysView>('/api/ways');
    expect(first.version.number).toBe(0);
    const put = (base: number, rules: object[], note?: string) =>
      author<WaysView>('/api/ways/publish', { base, content: { ...first.content, rules }, ...(note && { note }) });
    expect((await put(0, [rule({ when: { waitOver: 20 } })], 'Sin chat')).status).toBe(200);
    expect((await put(1, [rule({ when: { waitOver: 30 } })])).status).toBe(200);
    // somebody else published in between
    const late = await put(1, []);
    expect([late.status, late.body.code]).toEqual([409, 'ways.moved_on']);

    const back = await author<WaysView>('/api/ways/versions/1/restore', { base: 2, note: 'Mejor antes' });
    expect(back.body.version).toMatchObject({ number: 3, restored: 1, note: 'Mejor antes', by: 'author' });
    expect(back.body.content.rules[0]!.when.waitOver).toBe(20);
    expect(back.body.history.map((one) => one.number)).toEqual([3, 2, 1]);
    expect(
      (await author<{ content: WaysView['content'] }>('/api/ways/versions/2')).body.content.rules[0]!.when.waitOver,
    ).toBe(30);
    expect((await author('/api/ways/versions/9')).status).toBe(404);

    const { rows } = await asOwner(
      ownerUrl,
      `select action, detail from audit_entry where organisation_id = $1 and subject_kind = 'ways' order by at, id`,
      [stage.organisationId],
    );
    expect(rows.map((row) => [row.action, row.detail.version, row.detail.added, row.detail.changed])).toEqual([
      ['publish', 1, ['r'], []],
      ['publish', 2, [], ['r']],
      ['restore', 3, [], ['r']],
    ]);
    await expect(
      asOwner(ownerUrl, `update ways_version set content = '{}' where organisation_id = $1`, [stage.organisationId]),
    ).rejects.toThrow(/never changed/);
    await expect(
      inside((trx) => sql`delete from ways_version where organisation_id = ${stage.organisationId}`.execute(trx)),
    ).rejects.toThrow(/never changed/);
  });

  test('two who publish at once: one does', async () => {
    const author = await stage.staff('Carme', ['author']);
    const tried = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        inside(async (trx) => {
          const organisation = await organisationOf(trx, stage.organisationId);
          const { content } = await waysInForce(trx, organisation);
          return publishWays(trx, author, organisation, { base: 0, content, now });
        }),
      ),
    );
    expect(tried.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of tried)
      if (one.status === 'rejected') expect((one.reason as { code: string }).code).toBe('ways.moved_on');
  });

  test('another organisation sees and changes nothing of it', async () => {
    await publish([rule({ when: { waitOver: 20 } })]);
    const other = await createStage(postgres, { settings: SETTINGS });
    const theirs = await signIn(await other.staff('Otra', ['author']));
    const { body } = await theirs<WaysView>('/api/ways');
    expect([body.version.number, body.content.rules, body.history]).toEqual([0, [], []]);
    expect((await theirs('/api/ways/versions/1')).status).toBe(404);
    expect((await theirs('/api/ways/versions/1/restore', { base: 0 })).status).toBe(404);
    await other.close();
  });

  test('try a sample and are told what decided and what is wrong', async () => {
    const author = await as('author');
    const { body: view } = await author<WaysView>('/api/ways');
    const content = {
      ...view.content,
      rules: [
        rule({ id: 'long', name: 'Larga', when: { waitOver: 20 } }),
        rule({ id: 'never', name: 'Nunca', when: { waitOver: 20, waitUnder: 5 } }),
      ],
    };
    const tried = async (visitor: object): Promise<TriedWays> =>
      (await author<TriedWays>('/api/ways/try', { content, visitor })).body;
    const long = await tried({ wait: 25 });
    expect(long.decided.find((one) => one.kind === 'chat')).toEqual({
      kind: 'chat',
      offered: false,
      by: 'rule',
      rule: { id: 'long', name: 'Larga', then: 'hide' },
    });
    expect(long.findings).toMatchObject([{ kind: 'never', ruleId: 'never' }]);
    expect(kinds((await tried({ wait: 5 })).shown)).toContain('chat');
    expect(kinds((await tried({ wait: 'nobody' })).shown)).not.toContain('chat');
    expect(kinds((await tried({ wait: 25, urgency: 'red_flag' })).shown).slice(0, 2)).toEqual(['emergency', 'call']);
    expect((await tried({ wait: 5, consent: { whatsapp: 'withdrawn' } })).decided).toContainEqual({
      kind: 'whatsapp',
      offered: false,
      by: 'withdrawn',
      rule: null,
    });
    // nothing was kept
    expect((await author<WaysView>('/api/ways')).body.version.number).toBe(0);
  });

  test.each<[string, object | string]>([
    ['a script for a link', { ways: [{ kind: 'video', href: 'javascript:alert(1)' }], rules: [] }],
    ['a page for a telephone', { ways: [{ kind: 'call', href: 'https://evil.example' }], rules: [] }],
    ['a way that is none', { ways: [{ kind: 'fax' }], rules: [] }],
    ['a queue that is not there', { ways: [{ kind: 'chat', queue: 'nowhere' }], rules: [] }],
    ['sixty-one rules', { ways: [], rules: Array.from({ length: 61 }, (_, n) => rule({ id: `r${n}` })) }],
    ['two rules of one id', { ways: [], rules: [rule({}), rule({})] }],
    ['a name that never ends', { ways: [], rules: [rule({ name: 'x'.repeat(10_000) })] }],
    ['a condition nobody knows', { ways: [], rules: [rule({ when: { colour: 'red' } })] }],
    ['a wait of minus one', { ways: [], rules: [rule({ when: { waitOver: -1 } })] }],
    ['no content', 'null'],
    ['no JSON', '{'],
  ])('cannot publish %s', async (_, content) => {
    const author = await as('author');
    const body = typeof content === 'string' ? content : { base: 0, content };
    const { status } = await author('/api/ways/publish', body);
    expect(status).toBe(400);
    expect((await author<WaysView>('/api/ways')).body.version.number).toBe(0);
  });
});

describe('what a person prefers', () => {
  test('is kept with whose word it was, and every reading leaves an entry', async () => {
    const conversation = await stage.write('visit-4', 'hola');
    const { rows } = await asOwner(ownerUrl, 'select person_id from conversation where id = $1', [conversation]);
    const personId = rows[0].person_id as string;
    const agent = await as('agent');
    const path = `/api/people/${personId}/ways`;
    expect((await agent<PersonWays>(path)).body).toEqual({ preferredWay: null, preferredLanguage: null, consents: [] });
    await agent(path, { preferredWay: 'call', consents: { whatsapp: true } }, 'PUT');
    const { body } = await agent<PersonWays>(path, { consents: { whatsapp: false } }, 'PUT');
    expect(body).toMatchObject({
      preferredWay: 'call',
      consents: [{ kind: 'whatsapp', given: false, source: 'staff' }],
    });
    // taken back and given again: both stand as rows
    const kept = await asOwner(ownerUrl, 'select given from contact_consent where person_id = $1 order by at, id', [
      personId,
    ]);
    expect(kept.rows.map((row) => row.given)).toEqual([true, false]);
    const entries = await asOwner(
      ownerUrl,
      `select action from audit_entry where organisation_id = $1 and person_id = $2 and subject_kind = 'preferences'`,
      [stage.organisationId, personId],
    );
    expect(entries.rows.map((row) => row.action).sort()).toEqual(['change', 'change', 'read', 'read', 'read']);

    for (const body of [
      { preferredWay: 'fax' },
      { preferredLanguage: 'xx' },
      { consents: { fax: true } },
      { name: 'x' },
    ])
      expect((await agent(path, body, 'PUT')).status).toBe(400);
    expect((await agent(`/api/people/${uuid()}/ways`)).status).toBe(404);
    const other = await createStage(postgres);
    expect((await (await signIn(await other.staff('Otra', ['agent'])))(path)).status).toBe(404);
    await other.close();
    expect((await (await as('author'))(path)).status).toBe(403);
  });

  test('years are full years', () => {
    const at = new Date('2026-11-22T10:00:00Z');
    expect(yearsAt('1951-11-22', at)).toBe(75);
    expect(yearsAt('1951-11-23', at)).toBe(74);
    expect(yearsAt('2026', at)).toBe(0);
    expect(yearsAt('', at)).toBeNull();
  });
});
