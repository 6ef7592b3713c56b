import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishFlows } from '../server/assistant/publish.ts';
import { seedDemo } from '../demo/seed.ts';
import { buildServer, type Server } from '../server/main.ts';
import { readConfig } from '../server/platform/config.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase, within } from '../server/platform/postgres.ts';
import { ROLES } from '../server/trust/contract.ts';
import { cookieName } from '../server/trust/guard.ts';
import { membershipsOf, SESSION_LIMITS, startSession, type TrustDeps } from '../server/trust/session.ts';
import { addStaff } from '../server/trust/staff.ts';

const FLOWS = new URL('../flows', import.meta.url).pathname;

/*
 * Every route of the whole server, as its own OpenAPI tells it, against somebody who may do everything in one organisation and
 * nothing in another: with the other's ids in every place where an id goes, and with what no form would send.
 */

type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
type Api = { paths: Record<string, Record<string, Operation>>; components?: { schemas?: Record<string, Schema> } };

let dataDir: string;
let server: Server;
let owner: ReturnType<typeof openDatabase>;
let deps: TrustDeps;
let theirs: string;
const ours = uuid();
let api: Api;
let headers: Record<string, string>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hebra-hostile-'));
  const env = { HEBRA_MASTER_KEY: randomBytes(32).toString('base64'), HEBRA_DATA: dataDir, PORT: '0' };
  server = await buildServer(readConfig(env, ['serve', '--roles=web']));
  await server.app.ready();
  owner = openDatabase(server.ownerUrl, { max: 4 });
  theirs = await seedDemo(owner.db, server.vault, {
    now: new Date(),
    number: {
      phoneNumberId: '100000000000009',
      displayNumber: '+34910000000',
      secrets: { accessToken: 'access', appSecret: 'secret', verifyToken: 'verify' },
    },
    webOrigins: [server.config.publicUrl],
    more: async (trx, organisationId) => void (await publishFlows(trx, organisationId, FLOWS)),
  });
  await within(owner.db, ours, (trx) =>
    sql`insert into organisation (id, slug, name) values (${ours}, 'elsewhere', 'Elsewhere')`.execute(trx),
  );
  deps = {
    db: server.postgres.db,
    vault: server.vault,
    clock: () => new Date(),
    publicUrl: server.config.publicUrl,
    limits: SESSION_LIMITS,
  };
  // somebody of theirs is in the middle of something
  const origin = server.config.publicUrl;
  const visit = await server.app.inject({
    method: 'POST',
    url: '/webchat/visits',
    headers: { origin },
    payload: { organisation: 'vega-clara', language: 'es' },
  });
  const { token } = visit.json<{ token: string }>();
  for (const text of ['hola', 'quiero hablar con una persona'])
    await server.app.inject({
      method: 'POST',
      url: '/webchat/messages',
      headers: { origin, authorization: `Bearer ${token}` },
      payload: { clientId: uuid(), content: { kind: 'text', text } },
    });
  api = (await server.app.inject({ url: '/api/openapi.json' })).json<Api>();
  await signIn();
});
afterAll(async () => {
  await owner?.close();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function signIn(): Promise<void> {
  const { accountId } = await within(deps.db, ours, (trx) =>
    addStaff(trx, {
      organisationId: ours,
      email: `${uuid()}@example.org`,
      name: 'Everything',
      roles: [...ROLES],
      password: randomBytes(16).toString('hex'),
    }),
  );
  const [membership] = await membershipsOf(deps.db, accountId);
  const { token } = await startSession(deps, accountId, membership!, 'password', {
    address: '127.0.0.1',
    userAgent: null,
  });
  headers = { cookie: `${cookieName(deps.publicUrl)}=${token}`, origin: server.config.publicUrl };
}

// --- what to send, from the schema ---

type Making = { id: () => string; string?: (schema: Schema) => string | undefined };

function make(schema: Schema | undefined, with_: Making, depth = 0): unknown {
  if (!schema || depth > 8) return null;
  if (schema.$ref) return make(api.components?.schemas?.[schema.$ref.split('/').pop()!], with_, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const one = schema.anyOf?.find((each) => each.type !== 'null') ?? schema.oneOf?.[0];
  if (one) return make(one, with_, depth + 1);
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((each) => make(each, with_, depth + 1) as Record<string, unknown>));
  const type = [schema.type].flat().find((each) => each !== 'null');
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, each]) => [key, make(each, with_, depth + 1)]),
      );
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => make(schema.items, with_, depth + 1));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return true;
    case 'string': {
      if (schema.format === 'uuid') return with_.id();
      const odd = with_.string?.(schema);
      if (odd !== undefined) return odd;
      if (schema.format === 'date-time') return new Date(Date.now() + 86_400_000).toISOString();
      if (schema.format === 'date') return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      if (schema.format === 'uri') return 'https://example.org/';
      if (schema.format === 'email') return 'someone@example.org';
      return 'abcdefghijklmnopqrstuvwxyz'.slice(0, Math.max(3, Math.min(schema.minLength ?? 3, 26)));
    }
    default:
      return 'abc';
  }
}

type Call = { method: string; path: string; operation: Operation };
/** Leaves out what ends our own session or changes how we sign in: there would be nobody left to knock. */
const NOT_OURS = /sign-in|sign-out|\/me\/|passkey|totp|sessions|invitation|first-administrator|\/demo\//;
const calls = (): Call[] =>
  Object.entries(api.paths)
    .filter(([path]) => path.startsWith('/api/') && !NOT_OURS.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
const bodyOf = ({ operation }: Call): Schema | undefined => operation.requestBody?.content['application/json']?.schema;

async function send(call: Call, path: string, payload: unknown, raw?: string | Buffer) {
  const answer = await server.app.inject({
    method: call.method as 'GET',
    url: path,
    headers: { ...headers, ...(raw !== undefined && { 'content-type': 'application/json' }) },
    ...(raw !== undefined ? { payload: raw } : payload !== undefined && { payload: payload as object }),
  });
  if (answer.statusCode === 429) {
    await signIn();
    return send(call, path, payload, raw);
  }
  return answer;
}

/** Everything that an organisation has, table by table. */
async function holdings(organisationId: string): Promise<Map<string, string>> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'organisation_id' and table_name in
      (select tablename from pg_tables where schemaname = 'public') order by 1`.execute(owner.db);
  const held = new Map<string, string>();
  for (const { name } of tables.rows) {
    const { rows } = await within(owner.db, organisationId, (trx) =>
      sql<{ all: string | null }>`
        select string_agg(t::text, E'\n' order by t::text) as all from ${sql.table(name)} t where organisation_id = ${organisationId}`.execute(
        trx,
      ),
    );
    held.set(name, rows[0]!.all ?? '');
  }
  return held;
}
/** A few ids of every kind of row that an organisation has. */
async function idsOf(organisationId: string): Promise<string[]> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.columns c
    where table_schema = 'public' and column_name = 'id' and data_type in ('uuid', 'text') and exists (
      select 1 from information_schema.columns o
      where o.table_schema = 'public' and o.table_name = c.table_name and o.column_name = 'organisation_id')
    order by 1`.execute(owner.db);
  const ids: string[] = [];
  for (const { name } of tables.rows) {
    if (name === 'event' || name === 'audit_entry') continue;
    const { rows } = await within(owner.db, organisationId, (trx) =>
      sql<{
        id: string;
      }>`select id::text as id from ${sql.table(name)} where organisation_id = ${organisationId} order by id limit 3`.execute(
        trx,
      ),
    );
    ids.push(...rows.map((row) => row.id));
  }
  return [...new Set(ids)];
}
/** Written by the house itself while it works, whoever asks: heartbeats, the linker of the audit, waiting deliveries. */
const OWN_PACE = new Set(['departure', 'connection']);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

test('with the ids of another organisation nothing of it is read, changed or pointed at', async () => {
  await server.app.inject({ url: '/health' });
  const before = await holdings(theirs);
  const pool = await idsOf(theirs);
  expect(pool.length).toBeGreaterThan(40);
  let turn = 0;
  const next = (): string => pool[turn++ % pool.length]!;
  let knocks = 0;
  for (const call of calls()) {
    const params = call.path.match(/\{\w+\}/g) ?? [];
    // each place for an id gets each kind of row once
    for (let round = 0; round < (params.length > 0 ? pool.length : 2); round++) {
      const path = call.path.replaceAll(/\{\w+\}/g, () => (params.length === 1 ? pool[round]! : next()));
      const answer = await send(call, path, bodyOf(call) && make(bodyOf(call), { id: next }));
      knocks += 1;
      expect(answer.statusCode, `${call.method} ${path}: ${answer.body.slice(0, 300)}`).toBeLessThan(500);
      if (params.length > 0 && /(?:[iI]d|people|conversations)\}/.test(params[0]!))
        expect(answer.statusCode, `${call.method} ${path}: ${answer.body.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
    }
  }
  expect(knocks).toBeGreaterThan(1_000);
  const after = await holdings(theirs);
  for (const [table, all] of before) if (!OWN_PACE.has(table)) expect(after.get(table), table).toBe(all);
  const known = new Set(pool.filter((id) => /^[0-9a-f-]{36}$/.test(id)));
  for (const [table, all] of await holdings(ours)) {
    const pointed = (all.match(UUID) ?? []).filter((id) => known.has(id));
    // what somebody looked for in vain may be in the audit, as what they asked for
    if (table !== 'audit_entry') expect(pointed, table).toEqual([]);
  }
});

const HUGE = 'x'.repeat(60_000);
const ODD: Record<string, Making['string']> = {
  'a null character': () => 'a\u0000b',
  'half a surrogate pair': () => 'a\ud800',
  'far too long': () => HUGE,
  nothing: () => '',
  'SQL and markup': () => `'; drop table item; -- <script>alert(1)</script>`,
  'a date that is none': (schema) =>
    schema.format === 'date-time' || schema.format === 'date' ? '2026-02-31T99:99:99Z' : undefined,
  'a date before all dates': (schema) =>
    schema.format === 'date-time' ? '0000-01-01T00:00:00Z' : schema.format === 'date' ? '0000-01-01' : undefined,
};

test.each(Object.keys(ODD))('%s in every place for words is refused or kept, never a fault of ours', async (name) => {
  for (const call of calls()) {
    const making = { id: uuid, string: ODD[name]! };
    const odd = encodeURIComponent(ODD[name]!({})?.toWellFormed().slice(0, 4_000) ?? 'x');
    const query = (call.operation.parameters ?? [])
      .filter((one) => one.in === 'query')
      .map((one) => `${one.name}=${odd}`)
      .join('&');
    const path = call.path.replaceAll(/\{\w+\}/g, () => odd.slice(0, 90).replace(/%[0-9A-F]?$/, '') || 'x');
    const answer = await send(call, query ? `${path}?${query}` : path, bodyOf(call) && make(bodyOf(call), making));
    expect(answer.statusCode, `${call.method} ${call.path}: ${answer.body.slice(0, 300)}`).toBeLessThan(500);
    if (answer.statusCode >= 400 && answer.body)
      expect(answer.headers['content-type'], `${call.method} ${call.path}`).toContain('problem+json');
  }
});

test.each([
  ['no JSON', '{"a":'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '1e999'],
  ['a prototype', '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'],
  ['a thousand brackets', '['.repeat(5_000) + ']'.repeat(5_000)],
])('%s instead of a body is a clear refusal', async (_name, raw) => {
  for (const call of calls().filter((one) => bodyOf(one))) {
    const path = call.path.replaceAll(/\{\w+\}/g, () => uuid());
    const answer = await send(call, path, undefined, raw);
    expect(answer.statusCode, `${call.method} ${call.path}: ${answer.body.slice(0, 300)}`).toBeLessThan(500);
    if (answer.statusCode >= 400) expect(answer.json(), `${call.method} ${call.path}`).toHaveProperty('code');
  }
});
