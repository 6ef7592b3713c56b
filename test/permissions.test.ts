import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer, type Server } from '../server/main.ts';
import { readConfig } from '../server/platform/config.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase, within } from '../server/platform/postgres.ts';
import { isPermission, PERMISSIONS, SCOPES } from '../server/trust/access.ts';
import { makeApiKey } from '../server/trust/api-keys.ts';
import { ROLES } from '../server/trust/contract.ts';
import { cookieName, routesOf } from '../server/trust/guard.ts';
import { membershipsOf, SESSION_LIMITS, startSession, type TrustDeps } from '../server/trust/session.ts';
import { addStaff } from '../server/trust/staff.ts';

/*
 * Every route of the whole server, with every role: it lets in whom the table in trust/access.ts says, and nobody else.
 * What the routes do is not asked here, so a hook after the gate answers in their place.
 */

const LET_IN = 299;
const organisationId = uuid();
let dataDir: string;
let server: Server;
let deps: TrustDeps;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hebra-permissions-'));
  const env = { HEBRA_MASTER_KEY: randomBytes(32).toString('base64'), HEBRA_DATA: dataDir, PORT: '0' };
  server = await buildServer(readConfig(env, ['serve', '--roles=web']));
  server.app.addHook('preValidation', (_request, reply) => reply.code(LET_IN).serializer(String).send('in'));
  await server.app.ready();
  const owner = openDatabase(server.ownerUrl, { max: 1 });
  await within(owner.db, organisationId, (trx) =>
    sql`insert into organisation (id, slug, name) values (${organisationId}, 'clinic', 'Clinic')`.execute(trx),
  );
  await owner.close();
  deps = {
    db: server.postgres.db,
    vault: server.vault,
    clock: () => new Date(),
    publicUrl: server.config.publicUrl,
    limits: SESSION_LIMITS,
  };
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function signedIn(role: (typeof ROLES)[number]) {
  const { accountId } = await within(deps.db, organisationId, (trx) =>
    addStaff(trx, {
      organisationId,
      email: `${role}.${uuid()}@example.org`,
      name: role,
      roles: [role],
      password: randomBytes(16).toString('hex'),
    }),
  );
  const [membership] = await membershipsOf(deps.db, accountId);
  return startSession(deps, accountId, membership!, 'password', { address: '127.0.0.1', userAgent: null });
}

/** Knocks at every route with these headers and answers what each said: `METHOD url` → status and code. */
async function knock(
  headers: Record<string, string>,
): Promise<Map<string, { status: number; code?: string; permission: string }>> {
  const answers = new Map<string, { status: number; code?: string; permission: string }>();
  for (const { method, url, ...line } of routesOf(server.app)) {
    const permission = line.permission() ?? 'none';
    if (method === 'OPTIONS' || url.includes('*')) continue;
    const path = url.replaceAll(/:\w+/g, uuid());
    const answer = await server.app.inject({
      method: method as 'GET',
      url: path,
      headers: { ...headers, origin: server.config.publicUrl },
    });
    const isProblem = answer.body && String(answer.headers['content-type']).includes('problem+json');
    answers.set(`${method} ${url}`, {
      status: answer.statusCode,
      ...(isProblem && { code: answer.json<{ code: string }>().code }),
      permission,
    });
  }
  return answers;
}

test('every route says who may come in', () => {
  const routes = routesOf(server.app);
  expect(routes.length).toBeGreaterThan(40);
  for (const { method, url, permission } of routes)
    expect(permission() === 'public' || isPermission(permission() ?? ''), `${method} ${url}: ${permission()}`).toBe(
      true,
    );
});

test('nobody comes in but where it is public, and is told to sign in', async () => {
  for (const [route, { status, code, permission }] of await knock({})) {
    // the answer to HEAD has no body that could say why
    const why = route.startsWith('HEAD') ? undefined : 'trust.sign_in_needed';
    const wanted = permission === 'public' ? { status: LET_IN, code: undefined } : { status: 401, code: why };
    expect({ status, code }, route).toEqual(wanted);
  }
});

describe.each(ROLES)('%s', (role) => {
  test('comes in where the table says, and nowhere else', async () => {
    const { token } = await signedIn(role);
    let allowed = 0;
    for (const [route, { status, code, permission }] of await knock({
      cookie: `${cookieName(deps.publicUrl)}=${token}`,
    })) {
      if (permission === 'public' || !isPermission(permission)) continue;
      const may = (PERMISSIONS[permission] as readonly string[]).includes(role);
      allowed += Number(may);
      const why = route.startsWith('HEAD') ? undefined : 'trust.not_allowed';
      const wanted = may ? { status: LET_IN, code: undefined } : { status: 403, code: why };
      expect({ status, code }, `${role} ${route} ${permission}`).toEqual(wanted);
    }
    expect(allowed).toBeGreaterThan(0);
  });
});

test('a program comes in where its scopes say, and never where a human is asked for', async () => {
  const { actor } = await signedIn('administrator');
  for (const scopes of [[...SCOPES], ['queue.read']]) {
    const { key } = await makeApiKey(deps, actor, { name: 'EHR', scopes });
    for (const [route, { status, permission }] of await knock({ authorization: `Bearer ${key}` })) {
      if (permission === 'public') continue;
      expect(status, `${route} ${permission}`).toBe(scopes.includes(permission) ? LET_IN : 403);
    }
  }
});
