import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { sql } from 'kysely';
import type * as argon2 from '@node-rs/argon2';
import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createHttp } from '../platform/http.ts';
import type { App } from '../platform/http.ts';
import { uuid } from '../platform/ids.ts';
import { openDatabase, within } from '../platform/postgres.ts';
import type { Role, SignInAnswer } from './contract.ts';
import { trustPlugin } from './guard.ts';
import { trustRoutes } from './routes.ts';
import { SESSION_LIMITS } from './session.ts';
import type { TrustDeps } from './session.ts';
import { addStaff, firstAdministratorLink } from './staff.ts';
import { totpCode, totpStep } from './totp.ts';
import { createVault } from './vault.ts';

// the real one, counted
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof argon2>();
  return { ...real, verify: vi.fn<typeof verify>(real.verify) };
});

const postgres = await testDatabase();
const PASSWORD = 'tres gatos en la azotea';
const ORIGIN = 'http://localhost:8080';
let now = new Date('2026-03-02T08:00:00Z');
const deps: TrustDeps = {
  db: postgres.db,
  vault: createVault(randomBytes(32)),
  clock: () => now,
  publicUrl: ORIGIN,
  limits: SESSION_LIMITS,
};

async function server(publicUrl = ORIGIN): Promise<App> {
  const app = await createHttp();
  const its = { ...deps, publicUrl };
  await trustPlugin(app, its);
  trustRoutes(app, its);
  app.get(
    '/api/records',
    { config: { permission: 'record.read' }, schema: { response: { 200: z.object({ by: z.string() }) } } },
    (request) => ({
      by: request.actor.kind,
    }),
  );
  await app.ready();
  return app;
}

let app: App;
beforeAll(async () => {
  app = await server();
});
afterAll(async () => {
  await app.close();
  await postgres.close();
});

let organisation: { id: string; slug: string };
let email: string;
let address: string;
beforeEach(async () => {
  organisation = await found();
  email = `nuria.${uuid()}@example.org`;
  // every test comes from a network of its own: tries are counted by address
  address = `10.${randomBytes(3).join('.')}`;
  now = new Date(now.getTime() + 24 * 3_600_000);
});

async function found(): Promise<{ id: string; slug: string }> {
  const id = uuid();
  await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $3)', [
    id,
    `clinic-${id}`,
    'Clinic',
  ]);
  return { id, slug: `clinic-${id}` };
}

const add = (roles: Role[], to = organisation, as = email) =>
  within(postgres.db, to.id, (trx) =>
    addStaff(trx, { organisationId: to.id, email: as, name: 'Nuria Puig', roles, password: PASSWORD }),
  );

type Call = Partial<InjectOptions> & { cookie?: string; key?: string };
async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
  url: string,
  { cookie, key, headers, ...rest }: Call = {},
) {
  return app.inject({
    method,
    url,
    remoteAddress: address,
    ...rest,
    headers: {
      ...(method !== 'GET' && { origin: ORIGIN }),
      ...(cookie && { cookie: `hebra_session=${cookie}` }),
      ...(key && { authorization: `Bearer ${key}` }),
      ...headers,
    },
  });
}

const signIn = (password = PASSWORD, extra: Record<string, unknown> = {}) =>
  call('POST', '/api/sign-in', { payload: { email, password, ...extra } });

async function session(password = PASSWORD): Promise<string> {
  const answer = await signIn(password);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.cookies[0]!.value;
}

const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};

describe('password', () => {
  test('signs in and says who it is', async () => {
    await add(['nurse', 'supervisor']);
    const answer = await signIn();
    const body = answer.json<SignInAnswer>();
    expect(body.step).toBe('done');
    const me = (await call('GET', '/api/me', { cookie: answer.cookies[0]!.value })).json();
    expect(me).toMatchObject({
      account: { email },
      organisation: { slug: organisation.slug },
      membership: { roles: ['nurse', 'supervisor'] },
    });
    expect(me.permissions).toContain('triage.lower');
    expect(me.permissions).not.toContain('staff.manage');
  });

  test('an unknown account, a wrong password and a disabled account look the same', async () => {
    const { accountId } = await add(['agent']);
    const wrong = await signIn('not the password');
    await sql`update account set disabled_at = now() where id = ${accountId}`.execute(postgres.db);
    const disabled = await signIn();
    email = `nobody.${uuid()}@example.org`;
    const unknown = await signIn();
    for (const answer of [disabled, unknown]) {
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toEqual(wrong.json());
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('made-up secrets do not get round the limit of an address', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 1_210; i++)
      codes.push(
        (
          await app.inject({
            url: '/api/me',
            remoteAddress: '198.51.100.77',
            headers: { authorization: `Bearer hebra_${uuid()}` },
          })
        ).statusCode,
      );
    expect(new Set(codes.slice(0, 1_200))).toEqual(new Set([401]));
    expect(new Set(codes.slice(1_200))).toEqual(new Set([429]));
  });

  test('an unknown account takes the time of a known one: one argon2id, whoever it is', async () => {
    await add(['agent']);
    const paid = async (tries: () => Promise<unknown>): Promise<number> => {
      const before = vi.mocked(verify).mock.calls.length;
      await tries();
      return vi.mocked(verify).mock.calls.length - before;
    };
    const unknown = { email: `x${uuid()}@example.org`, password: 'wrong wrong' };
    expect(await paid(() => signIn('wrong wrong'))).toBe(1);
    expect(await paid(() => call('POST', '/api/sign-in', { payload: unknown }))).toBe(1);
    // of the same cost: what is verified for nobody was hashed as any password is
    const [known, nobody] = vi
      .mocked(verify)
      .mock.calls.slice(-2)
      .map(([hash]) => String(hash).split('$').slice(0, 4));
    expect(nobody).toEqual(known);
  });

  test('the delay rises after five wrong tries, for an unknown account too, and a right one clears it', async () => {
    await add(['agent']);
    for (let i = 0; i < 5; i++) expect((await signIn('wrong wrong')).statusCode).toBe(401);
    const locked = await signIn();
    expect(locked.statusCode).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBe(30);
    later(1);
    expect((await signIn('wrong wrong')).statusCode).toBe(401);
    expect(Number((await signIn()).headers['retry-after'])).toBe(60);
    later(2);
    expect((await signIn()).statusCode).toBe(200);
    expect((await signIn('wrong wrong')).statusCode).toBe(401);
    expect((await signIn()).statusCode).toBe(200);

    email = `nobody.${uuid()}@example.org`;
    for (let i = 0; i < 5; i++) expect((await signIn('wrong wrong')).statusCode).toBe(401);
    expect((await signIn()).statusCode).toBe(429);
  });

  test('a wrong try stands in the trail, without what was typed', async () => {
    await add(['agent']);
    await signIn('wrong wrong');
    const failures = () =>
      within(postgres.db, organisation.id, async (trx) => {
        const { rows } = await sql<{ detail: unknown }>`
          select detail from audit_entry where action = 'sign_in_failed'
        `.execute(trx);
        return rows.map((row) => row.detail);
      });
    await expect.poll(failures).toEqual([{ step: 'password', address }]);
  });

  test('guesses in parallel count as well', async () => {
    await add(['agent']);
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn('wrong wrong')));
    expect(answers.filter((answer) => answer.statusCode === 401)).toHaveLength(5);
    expect(answers.filter((answer) => answer.statusCode === 429)).toHaveLength(7);
  });

  test('one address that tries many accounts is stopped', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 31; i++) {
      email = `guess.${uuid()}@example.org`;
      codes.push((await signIn('wrong wrong')).statusCode);
    }
    expect(codes.slice(0, 30).every((code) => code === 401)).toBe(true);
    expect(codes[30]).toBe(429);
  });

  test('changing it asks for the old one, refuses easy ones, and ends the other sessions', async () => {
    await add(['agent']);
    const [mine, other] = [await session(), await session()];
    const change = (current: string, password: string) =>
      call('POST', '/api/me/password', { cookie: mine, payload: { current, password } });
    expect((await change('wrong wrong', 'cuatro patos en el rio')).json().code).toBe('trust.wrong_password');
    for (const easy of ['Password2026!', 'qwertyuiop123', 'Nuria.Puig.2026', 'aaaaaaaaaaaa', 'H0spital2026'])
      expect((await change(PASSWORD, easy)).json().code, easy).toBe('trust.easy_password');
    expect((await change(PASSWORD, 'corto')).statusCode).toBe(400);
    expect((await change(PASSWORD, 'cuatro patos en el rio')).statusCode).toBe(204);
    expect((await call('GET', '/api/me', { cookie: mine })).statusCode).toBe(200);
    expect((await call('GET', '/api/me', { cookie: other })).statusCode).toBe(401);
    expect((await signIn()).statusCode).toBe(401);
    await session('cuatro patos en el rio');
  });
});

describe('session', () => {
  test('its cookie is closed to scripts and to other sites, and bound to the host with https', async () => {
    await add(['agent']);
    expect((await signIn()).headers['set-cookie']).toMatch(
      /^hebra_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const secure = await server('https://hebra.example');
    const answer = await secure.inject({
      method: 'POST',
      url: '/api/sign-in',
      headers: { origin: 'https://hebra.example' },
      payload: { email, password: PASSWORD },
    });
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-hebra_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
    await secure.close();
  });

  test('the token is not in the database', async () => {
    await add(['agent']);
    const token = await session();
    const { rows } = await sql<{ token_hash: Buffer }>`select token_hash from sign_in_session`.execute(postgres.db);
    expect(rows.some((row) => row.token_hash.equals(createHash('sha256').update(token).digest()))).toBe(true);
    expect(rows.some((row) => row.token_hash.equals(Buffer.from(token, 'base64url')))).toBe(false);
  });

  test('ends after half an hour of idleness, and lives on with use', async () => {
    await add(['agent']);
    const [used, idle] = [await session(), await session()];
    for (let i = 0; i < 4; i++) {
      later(20);
      expect((await call('GET', '/api/me', { cookie: used })).statusCode).toBe(200);
    }
    expect((await call('GET', '/api/me', { cookie: idle })).statusCode).toBe(401);
    later(31);
    expect((await call('GET', '/api/me', { cookie: used })).statusCode).toBe(401);
  });

  test('ends after twelve hours whatever is done', async () => {
    await add(['agent']);
    const cookie = await session();
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      later(20);
      expect((await call('GET', '/api/me', { cookie })).statusCode).toBe(200);
    }
    later(20);
    expect((await call('GET', '/api/me', { cookie })).statusCode).toBe(401);
  });

  test('signing out, revoking one, and revoking the others take effect at once', async () => {
    await add(['agent']);
    const [a, b, c, d] = [await session(), await session(), await session(), await session()];
    await call('POST', '/api/sign-out', { cookie: b });
    expect((await call('GET', '/api/me', { cookie: b })).statusCode).toBe(401);
    const { sessions } = (await call('GET', '/api/me/sessions', { cookie: a })).json();
    expect(sessions).toHaveLength(3);
    expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    const mine = (await call('GET', '/api/me', { cookie: c })).json().session.id;
    expect((await call('DELETE', `/api/me/sessions/${mine}`, { cookie: a })).statusCode).toBe(204);
    expect((await call('GET', '/api/me', { cookie: c })).statusCode).toBe(401);
    expect((await call('DELETE', '/api/me/sessions', { cookie: a })).statusCode).toBe(204);
    expect((await call('GET', '/api/me', { cookie: d })).statusCode).toBe(401);
    expect((await call('GET', '/api/me', { cookie: a })).statusCode).toBe(200);
    const events = await within(postgres.db, organisation.id, (trx) =>
      sql`select 1 from event where kind = 'session.ended'`.execute(trx),
    );
    expect(events.rows).toHaveLength(3);
  });

  test('nobody ends the sessions of another account', async () => {
    await add(['agent']);
    const victim = await session();
    const id = (await call('GET', '/api/me', { cookie: victim })).json().session.id;
    email = `eve.${uuid()}@example.org`;
    await add(['administrator']);
    expect((await call('DELETE', `/api/me/sessions/${id}`, { cookie: await session() })).statusCode).toBe(404);
    expect((await call('GET', '/api/me', { cookie: victim })).statusCode).toBe(200);
  });

  test('a deactivated member and a lost role are out with the next request', async () => {
    const { membershipId } = await add(['agent']);
    const cookie = await session();
    expect((await call('GET', '/api/records', { cookie })).statusCode).toBe(200);
    email = `admin.${uuid()}@example.org`;
    await add(['administrator']);
    const admin = await session();
    const change = (payload: object) => call('PATCH', `/api/staff/${membershipId}`, { cookie: admin, payload });
    expect((await change({ roles: ['author'] })).statusCode).toBe(204);
    expect((await call('GET', '/api/records', { cookie })).statusCode).toBe(403);
    expect((await change({ active: false })).statusCode).toBe(204);
    expect((await call('GET', '/api/me', { cookie })).statusCode).toBe(401);
  });

  test('an account of several organisations chooses, and may go on in another', async () => {
    const other = await found();
    await add(['agent']);
    await add(['administrator'], other);
    const first = (await signIn()).json();
    expect(first.step).toBe('organisation');
    expect(first.organisations.map((one: { id: string }) => one.id).sort()).toEqual([organisation.id, other.id].sort());
    const choose = (id: string) =>
      call('POST', '/api/sign-in/organisation', { payload: { ticket: first.ticket, organisation: id } });
    const chosen = await choose(other.id);
    expect(chosen.json().me.organisation.id).toBe(other.id);
    expect((await choose(organisation.id)).json().code).toBe('trust.ticket_gone');
    const named = await signIn(PASSWORD, { organisation: organisation.slug });
    expect(named.json().me.membership.roles).toEqual(['agent']);
    const cookie = named.cookies[0]!.value;
    const switched = await call('POST', '/api/me/organisation', { cookie, payload: { organisation: other.id } });
    expect(switched.json().membership.roles).toEqual(['administrator']);
    expect((await call('GET', '/api/me', { cookie })).statusCode).toBe(401);
    const strange = await found();
    const denied = await call('POST', '/api/me/organisation', {
      cookie: switched.cookies[0]!.value,
      payload: { organisation: strange.id },
    });
    expect(denied.json().code).toBe('trust.no_membership');
  });
});

describe('other sites', () => {
  test('a change with our cookie from another origin is refused, a bearer key is not asked', async () => {
    await add(['administrator']);
    const cookie = await session();
    const out = (headers: Record<string, string>) => call('POST', '/api/sign-out', { cookie, headers });
    expect((await out({ origin: 'https://evil.example' })).json().code).toBe('trust.cross_site');
    expect((await out({ origin: 'null' })).statusCode).toBe(403);
    expect((await out({ origin: 'http://localhost:8081' })).statusCode).toBe(403);
    expect((await out({ origin: ORIGIN.replace('http', 'https') + '.evil.example' })).statusCode).toBe(403);
    expect((await call('GET', '/api/me', { cookie })).statusCode).toBe(200);
    expect((await out({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(204);
  });

  test('Fetch Metadata is enough where Origin is missing', async () => {
    await add(['agent']);
    const cookie = await session();
    const bare = (site?: string) =>
      app.inject({
        method: 'POST',
        url: '/api/sign-out',
        headers: { cookie: `hebra_session=${cookie}`, ...(site && { 'sec-fetch-site': site }) },
      });
    expect((await bare('cross-site')).statusCode).toBe(403);
    expect((await bare('same-site')).statusCode).toBe(403);
    expect((await bare()).statusCode).toBe(204);
  });

  test('nobody is signed in from another site either', async () => {
    await add(['agent']);
    const answer = await call('POST', '/api/sign-in', {
      headers: { origin: 'https://evil.example' },
      payload: { email, password: PASSWORD },
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a socket is opened from our own pages only, and by somebody who is signed in', async () => {
    await add(['agent']);
    const cookie = `hebra_session=${await session()}`;
    const live = await createHttp();
    await trustPlugin(live, deps);
    live.get('/api/live', { websocket: true, config: { permission: 'live.follow' } }, (socket) => socket.send('hello'));
    const url = (await live.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws');
    const knock = (headers: Record<string, string>) =>
      new Promise<number | string>((done) => {
        const socket = new WebSocket(`${url}/api/live`, { headers });
        socket.on('message', (data) => {
          socket.terminate();
          done(String(data));
        });
        socket.on('unexpected-response', (_request, answer) => {
          socket.terminate();
          done(answer.statusCode ?? 0);
        });
        socket.on('error', () => undefined);
      });
    expect(await knock({ cookie, origin: ORIGIN })).toBe('hello');
    expect(await knock({ cookie, origin: 'https://evil.example' })).toBe(403);
    expect(await knock({ cookie, origin: 'null' })).toBe(403);
    expect(await knock({ origin: ORIGIN })).toBe(401);
    await live.close();
  });

  test('security headers stand on every answer, and scripts come from here only', async () => {
    for (const url of ['/api/me', '/nowhere']) {
      const { headers } = await call('GET', url);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("object-src 'none'");
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
    }
    expect((await call('GET', '/api/me')).headers['cache-control']).toBe('no-store');
    expect((await call('GET', '/widget.js')).headers['cross-origin-resource-policy']).toBe('cross-origin');
    expect((await call('GET', '/api/me')).headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('second factor', () => {
  async function enrol(): Promise<{ secret: Buffer; recoveryCodes: string[] }> {
    const cookie = await session();
    const begun = (await call('POST', '/api/me/totp', { cookie, payload: { password: PASSWORD } })).json();
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Hebra:/);
    // base32
    let bits = '';
    for (const letter of begun.secret as string)
      bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
    const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
    // without its first code it is not asked for yet
    expect((await signIn()).json().step).toBe('done');
    const confirmed = await call('POST', '/api/me/totp/confirm', {
      cookie,
      payload: { code: totpCode(secret, totpStep(now)) },
    });
    return { secret, recoveryCodes: confirmed.json().recoveryCodes };
  }
  const second = async (code: string, ticket?: string) =>
    call('POST', '/api/sign-in/totp', { payload: { ticket: ticket ?? (await signIn()).json().ticket, code } });

  test('is asked for, and no code works twice', async () => {
    await add(['agent']);
    const { secret } = await enrol();
    const code = (steps: number) => totpCode(secret, totpStep(now) + steps);
    expect((await signIn()).headers['set-cookie']).toBeUndefined();
    // the code that turned it on
    expect((await second(code(0))).json().code).toBe('trust.wrong_code');
    later(1);
    const done = await second(code(0));
    expect(done.json().step).toBe('done');
    expect(done.json().me.session.method).toBe('password+totp');
    expect((await second(code(0))).json().code).toBe('trust.wrong_code');
    // one older than the last used is refused too, a clock half a minute ahead is not
    expect((await second(code(-1))).statusCode).toBe(401);
    expect((await second(code(1))).statusCode).toBe(200);
    later(2);
    expect((await second(code(-2))).statusCode).toBe(401);
    expect((await second(code(2))).statusCode).toBe(401);
  });

  test('of two who send the same code at once one comes in', async () => {
    await add(['agent']);
    const { secret } = await enrol();
    later(1);
    const code = totpCode(secret, totpStep(now));
    const tickets = [(await signIn()).json().ticket, (await signIn()).json().ticket];
    const answers = await Promise.all(tickets.map((ticket) => second(code, ticket)));
    expect(answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test('guessing codes is slowed down like guessing passwords, and a ticket is good for five minutes', async () => {
    await add(['agent']);
    const { secret } = await enrol();
    later(1);
    const { ticket } = (await signIn()).json();
    for (let i = 0; i < 5; i++) expect((await second('000000', ticket)).statusCode).toBe(401);
    expect((await second(totpCode(secret, totpStep(now)), ticket)).statusCode).toBe(429);
    later(5);
    expect((await second(totpCode(secret, totpStep(now)), ticket)).json().code).toBe('trust.ticket_gone');
    expect((await second(totpCode(secret, totpStep(now)))).statusCode).toBe(200);
  });

  test('a recovery code works once', async () => {
    await add(['agent']);
    const { recoveryCodes } = await enrol();
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await second(recoveryCodes[3]!.toUpperCase())).json().me).toMatchObject({
      session: { method: 'password+recovery' },
      secondFactor: { recoveryCodes: 9 },
    });
    expect((await second(recoveryCodes[3]!)).statusCode).toBe(401);
  });

  test('leaves only with the password', async () => {
    await add(['agent']);
    const { recoveryCodes } = await enrol();
    const cookie = (await second(recoveryCodes[0]!)).cookies[0]!.value;
    expect((await call('DELETE', '/api/me/totp', { cookie, payload: { password: 'wrong wrong' } })).statusCode).toBe(
      403,
    );
    expect((await call('POST', '/api/me/totp', { cookie, payload: { password: PASSWORD } })).json().code).toBe(
      'trust.totp_on',
    );
    expect((await call('DELETE', '/api/me/totp', { cookie, payload: { password: PASSWORD } })).statusCode).toBe(204);
    expect((await signIn()).json().step).toBe('done');
  });
});

describe('passkeys', () => {
  /** An authenticator in software: ES256, no attestation, its owner verified. */
  function authenticator(rpId = 'localhost') {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(16);
    let counter = 0;
    const jwk = publicKey.export({ format: 'jwk' });
    const cbor = (head: number, bytes: Buffer) =>
      Buffer.concat([Buffer.from(bytes.length < 24 ? [head + bytes.length] : [head + 24, bytes.length]), bytes]);
    const cose = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      cbor(0x40, Buffer.from(jwk.x!, 'base64url')),
      Buffer.from([0x22]),
      cbor(0x40, Buffer.from(jwk.y!, 'base64url')),
    ]);
    const data = (flags: number, extra: Buffer) => {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(++counter);
      return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count, extra]);
    };
    const client = (type: string, challenge: string, origin: string) =>
      Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
    const envelope = (response: Record<string, string>) => ({
      id: id.toString('base64url'),
      rawId: id.toString('base64url'),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    });
    return {
      create(options: { challenge: string }, origin = ORIGIN) {
        const size = Buffer.alloc(2);
        size.writeUInt16BE(id.length);
        const auth = data(0x45, Buffer.concat([Buffer.alloc(16), size, id, cose]));
        const object = Buffer.concat([
          Buffer.from([0xa3]),
          cbor(0x60, Buffer.from('fmt')),
          cbor(0x60, Buffer.from('none')),
          cbor(0x60, Buffer.from('attStmt')),
          Buffer.from([0xa0]),
          cbor(0x60, Buffer.from('authData')),
          cbor(0x40, auth),
        ]);
        return envelope({
          clientDataJSON: client('webauthn.create', options.challenge, origin).toString('base64url'),
          attestationObject: object.toString('base64url'),
        });
      },
      get(options: { challenge: string }, { origin = ORIGIN, verified = true } = {}) {
        const clientData = client('webauthn.get', options.challenge, origin);
        const auth = data(verified ? 0x05 : 0x01, Buffer.alloc(0));
        const signature = sign(
          'sha256',
          Buffer.concat([auth, createHash('sha256').update(clientData).digest()]),
          privateKey,
        );
        return envelope({
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: auth.toString('base64url'),
          signature: signature.toString('base64url'),
        });
      },
    };
  }
  async function register() {
    const cookie = await session();
    const key = authenticator();
    const { ticket, options } = (await call('POST', '/api/me/passkeys/options', { cookie })).json();
    const added = await call('POST', '/api/me/passkeys', {
      cookie,
      payload: { ticket, response: key.create(options), name: 'Llavero' },
    });
    expect(added.statusCode, added.body).toBe(201);
    return { key, cookie };
  }
  const begin = async () => (await call('POST', '/api/sign-in/passkey/options')).json();
  const verify = (ticket: string, response: object) =>
    call('POST', '/api/sign-in/passkey/verify', { payload: { ticket, response } });

  test('signs in without a name, once for each challenge', async () => {
    await add(['agent']);
    const { key } = await register();
    const { ticket, options } = await begin();
    const response = key.get(options);
    const answer = await verify(ticket, response);
    expect(answer.json().me).toMatchObject({ account: { email }, session: { method: 'passkey' } });
    expect((await verify(ticket, response)).json().code).toBe('trust.ticket_gone');
    expect((await verify((await begin()).ticket, response)).json().code).toBe('trust.wrong_passkey');
  });

  test('refuses another site, an owner that was not verified, and a stranger', async () => {
    await add(['agent']);
    const { key } = await register();
    let { ticket, options } = await begin();
    expect((await verify(ticket, key.get(options, { origin: 'https://evil.example' }))).statusCode).toBe(401);
    ({ ticket, options } = await begin());
    expect((await verify(ticket, key.get(options, { verified: false }))).statusCode).toBe(401);
    ({ ticket, options } = await begin());
    expect((await verify(ticket, authenticator().get(options))).statusCode).toBe(401);
  });

  test('is listed and removed', async () => {
    await add(['agent']);
    const { key, cookie } = await register();
    const { passkeys } = (await call('GET', '/api/me/passkeys', { cookie })).json();
    expect(passkeys).toMatchObject([{ name: 'Llavero', lastUsedAt: null }]);
    expect((await call('DELETE', `/api/me/passkeys/${passkeys[0].id}`, { cookie })).statusCode).toBe(204);
    const { ticket, options } = await begin();
    expect((await verify(ticket, key.get(options))).statusCode).toBe(401);
  });
});

describe('staff and one-time links', () => {
  const tokenOf = (link: string) => link.split('#')[1]!;
  const redeem = (payload: Record<string, unknown>) => call('POST', '/api/invitations/redeem', { payload });

  test('an invited member joins with a password of their own, once', async () => {
    await add(['administrator']);
    const cookie = await session();
    const invite = await call('POST', '/api/staff/invitations', {
      cookie,
      payload: { email: ' New.Agent@Example.org ', roles: ['agent'] },
    });
    expect(invite.statusCode).toBe(201);
    const token = tokenOf(invite.json().link);
    expect((await call('POST', '/api/invitations/look', { payload: { token } })).json()).toMatchObject({
      kind: 'staff',
      email: 'new.agent@example.org',
      known: false,
      organisation: { id: organisation.id },
    });
    expect((await redeem({ token, name: 'New Agent', password: 'password123' })).json().code).toBe(
      'trust.easy_password',
    );
    const joined = await redeem({ token, name: 'New Agent', password: 'cinco perros bajo el puente' });
    expect(joined.json().me.membership).toMatchObject({ name: 'New Agent', roles: ['agent'] });
    expect((await redeem({ token, name: 'New Agent', password: 'cinco perros bajo el puente' })).json().code).toBe(
      'trust.link_gone',
    );
    const { staff, invitations } = (await call('GET', '/api/staff', { cookie })).json();
    expect(staff).toHaveLength(2);
    expect(invitations).toEqual([]);
    await sql`delete from sign_in_throttle`.execute(postgres.db);
  });

  test('an e-mail that has an account joins by its own password and keeps it', async () => {
    await add(['agent']);
    const known = email;
    const other = await found();
    email = `admin.${uuid()}@example.org`;
    await add(['administrator'], other);
    const cookie = await session();
    const { link } = (
      await call('POST', '/api/staff/invitations', { cookie, payload: { email: known, roles: ['nurse'] } })
    ).json();
    const wrong = await redeem({ token: tokenOf(link), password: 'not this one at all' });
    expect(wrong.json().code).toBe('trust.wrong_credentials');
    const joined = await redeem({ token: tokenOf(link), password: PASSWORD });
    expect(joined.json().me.organisations).toHaveLength(2);
    // and an administrator there cannot open the account's door here
    const { staff } = (await call('GET', '/api/staff', { cookie })).json();
    const id = staff.find((one: { email: string }) => one.email === known).id;
    expect((await call('POST', `/api/staff/${id}/password-link`, { cookie })).json().code).toBe('trust.elsewhere_too');
  });

  test('links run out and can be taken back; a forgotten password is set by one', async () => {
    const { membershipId } = await add(['agent']);
    const member = email;
    const old = await session();
    email = `admin.${uuid()}@example.org`;
    await add(['administrator']);
    let cookie = await session();
    const invite = () =>
      call('POST', '/api/staff/invitations', { cookie, payload: { email: 'a@example.org', roles: ['agent'] } });
    const first = (await invite()).json();
    const next = (await invite()).json();
    expect(
      (await redeem({ token: tokenOf(first.link), name: 'A', password: 'seis tazas de te verde' })).statusCode,
    ).toBe(404);
    expect((await call('DELETE', `/api/staff/invitations/${next.id}`, { cookie })).statusCode).toBe(204);
    expect(
      (await redeem({ token: tokenOf(next.link), name: 'A', password: 'seis tazas de te verde' })).statusCode,
    ).toBe(404);
    const last = (await invite()).json();
    const reset = (await call('POST', `/api/staff/${membershipId}/password-link`, { cookie })).json();
    expect((await redeem({ token: tokenOf(reset.link), password: 'siete nubes sobre el mar' })).json()).toEqual({
      me: null,
    });
    expect((await call('GET', '/api/me', { cookie: old })).statusCode).toBe(401);
    later(8 * 24 * 60);
    expect(
      (await redeem({ token: tokenOf(last.link), name: 'A', password: 'seis tazas de te verde' })).statusCode,
    ).toBe(404);
    email = member;
    cookie = await session('siete nubes sobre el mar');
    expect((await invite()).statusCode).toBe(403);
  });

  test('an organisation keeps an administrator', async () => {
    const { membershipId } = await add(['administrator']);
    const cookie = await session();
    const change = (payload: object) => call('PATCH', `/api/staff/${membershipId}`, { cookie, payload });
    expect((await change({ roles: ['agent'] })).json().code).toBe('trust.last_administrator');
    expect((await change({ active: false })).json().code).toBe('trust.last_administrator');
    expect((await change({ name: 'Nuria P.' })).statusCode).toBe(204);
  });

  test('an administrator reaches no member of another organisation', async () => {
    const other = await found();
    const { membershipId } = await add(['agent'], other);
    email = `admin.${uuid()}@example.org`;
    await add(['administrator']);
    const cookie = await session();
    expect((await call('PATCH', `/api/staff/${membershipId}`, { cookie, payload: { active: false } })).statusCode).toBe(
      404,
    );
    expect((await call('GET', '/api/staff', { cookie })).json().staff).toHaveLength(1);
  });

  test('the first administrator comes by a link, and then no link is made any more', async () => {
    const fresh = await testDatabase();
    const owner = openDatabase(fresh.ownerUrl, { max: 2 });
    const its = { ...deps, db: fresh.db };
    const house = await createHttp();
    await trustPlugin(house, its);
    trustRoutes(house, its);
    const stale = await firstAdministratorLink(owner.db, its);
    const link = await firstAdministratorLink(owner.db, its);
    expect(link).toMatch(/^http:\/\/localhost:8080\/desk\/welcome#[\w-]{43}$/);
    const bring = (token: string) =>
      house.inject({
        method: 'POST',
        url: '/api/invitations/redeem',
        payload: {
          token,
          email: 'admin@hospital.example',
          name: 'Admin',
          password: 'ocho lunas en el patio',
          organisation: { name: 'Hospital del Mar', slug: 'mar' },
        },
      });
    expect((await bring(tokenOf(stale!))).statusCode).toBe(404);
    const joined = await bring(tokenOf(link!));
    expect(joined.json().me).toMatchObject({
      organisation: { slug: 'mar', name: 'Hospital del Mar' },
      membership: { roles: ['administrator'] },
    });
    expect((await bring(tokenOf(link!))).statusCode).toBe(404);
    expect(await firstAdministratorLink(owner.db, its)).toBeNull();
    await house.close();
    await owner.close();
    await fresh.close();
  });
});

describe('API keys', () => {
  test('carry scopes, are shown once, run out and are revoked at once', async () => {
    await add(['administrator']);
    const cookie = await session();
    const make = (payload: object) => call('POST', '/api/api-keys', { cookie, payload });
    expect((await make({ name: 'x', scopes: ['staff.manage'] })).json().code).toBe('trust.unknown_scope');
    expect((await make({ name: 'x', scopes: ['everything'] })).statusCode).toBe(422);
    const expiresAt = new Date(now.getTime() + 3_600_000).toISOString();
    const { key, id } = (await make({ name: 'EHR', scopes: ['record.read'], expiresAt })).json();
    const narrow = (await make({ name: 'Flows', scopes: ['flow.read'] })).json().key;
    const listed = await call('GET', '/api/api-keys', { cookie });
    expect(listed.body).not.toContain(key);
    expect((await call('GET', '/api/records', { key })).json()).toEqual({ by: 'integration' });
    expect((await call('GET', '/api/records', { key: narrow })).statusCode).toBe(403);
    expect((await call('GET', '/api/records', { key: `${key}x` })).statusCode).toBe(401);
    expect((await call('GET', '/api/me', { key })).statusCode).toBe(403);
    // a wrong key is not made good by a cookie beside it
    expect((await call('GET', '/api/records', { key: `${key}x`, cookie })).statusCode).toBe(401);
    const used = (await call('GET', '/api/api-keys', { cookie }))
      .json()
      .keys.find((one: { id: string }) => one.id === id);
    expect(used.lastUsedAt).toBe(now.toISOString());
    later(61);
    expect((await call('GET', '/api/records', { key })).statusCode).toBe(401);
    const again = await session();
    const eternal = (
      await call('POST', '/api/api-keys', { cookie: again, payload: { name: 'EHR', scopes: ['record.read'] } })
    ).json();
    expect((await call('GET', '/api/records', { key: eternal.key })).statusCode).toBe(200);
    expect((await call('DELETE', `/api/api-keys/${eternal.id}`, { cookie: again })).statusCode).toBe(204);
    expect((await call('GET', '/api/records', { key: eternal.key })).statusCode).toBe(401);
  });
});

describe('the gate', () => {
  test('nobody: 401; without the role: 403; both as problems in the language asked for', async () => {
    await add(['agent']);
    const nobody = await call('GET', '/api/audit', { headers: { 'accept-language': 'ca' } });
    expect(nobody.statusCode).toBe(401);
    expect(nobody.headers['content-type']).toContain('application/problem+json');
    expect(nobody.json()).toMatchObject({ code: 'trust.sign_in_needed', title: 'Inicia la sessió per continuar.' });
    const agent = await call('GET', '/api/audit', { cookie: await session(), headers: { 'accept-language': 'pt-BR' } });
    expect(agent.json()).toMatchObject({
      status: 403,
      code: 'trust.not_allowed',
      title: 'A tua função não permite fazer isto.',
    });
  });

  test('a route that names an unknown permission does not register', async () => {
    const other = await createHttp();
    await trustPlugin(other, deps);
    expect(() => other.get('/x', { config: { permission: 'x.y' } }, () => 'x')).toThrow('unknown permission');
    await other.close();
  });

  test('a session that asks too often is slowed down', async () => {
    await add(['agent']);
    const cookie = await session();
    let asked = 0;
    let answer;
    do {
      answer = await call('GET', '/api/records', { cookie });
      asked += 1;
    } while (answer.statusCode === 200 && asked < 1_210);
    expect(asked).toBeGreaterThan(1_000);
    expect(answer.json().code).toBe('platform.too_many');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('the privacy officer reads the trail, filtered and page by page, and is in it', async () => {
    await add(['privacy']);
    const cookie = await session();
    for (let i = 0; i < 3; i++) await session();
    const page = (await call('GET', '/api/audit?action=sign_in&limit=2', { cookie })).json();
    expect(page.entries).toHaveLength(2);
    expect(page.entries[0]).toMatchObject({
      actor: { kind: 'staff', name: 'Nuria Puig' },
      action: 'sign_in',
      subject: { kind: 'account' },
    });
    const rest = (await call('GET', `/api/audit?action=sign_in&limit=2&before=${page.next}`, { cookie })).json();
    expect(rest.entries).toHaveLength(2);
    expect(rest.next).toBeNull();
    const own = (await call('GET', '/api/audit?subjectKind=audit', { cookie })).json();
    expect(own.entries).toHaveLength(2);
  });
});
