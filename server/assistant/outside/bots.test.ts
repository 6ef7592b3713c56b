import { spawn } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { outsideHouse, type OutsideHouse } from '../../../test/outside-house.ts';
import { testDatabase } from '../../../test/postgres.ts';
import { uuid } from '../../platform/ids.ts';
import { within } from '../../platform/postgres.ts';
import type { Flow } from '../contract.ts';
import { flowShape } from '../contract.ts';
import { findings } from '../check.ts';
import { makeSet, OWN_FLOWS, readFlows } from '../flows.ts';
import { signed, verify } from './sign.ts';

const each = (text: string) => ({ es: text, ca: text, en: text, pt: text });
const flow = (name: string, steps: Record<string, unknown>, slots: Record<string, unknown> = {}): Flow =>
  flowShape.parse({
    flow: name,
    title: each(name),
    queue: 'general',
    slots,
    start: Object.keys(steps)[0],
    steps,
  }) as Flow;

const FRONT = flow(
  'front',
  {
    bot: {
      bot: {
        bot: 'recipes',
        with: { language: 'facts.language' },
        into: { medicine: 'text', boxes: 'number' },
        on: { done: 'thanks', other: 'other' },
      },
    },
    thanks: { say: each('Anotado: {boxes} de {medicine}.'), next: 'over' },
    other: { say: each('Otra cosa.'), next: 'over' },
    over: { end: { outcome: 'solved' } },
  },
  { medicine: { summary: 'reason' }, boxes: {} },
);

/** A bot on a socket that does what a test says. */
type Told = { body: Record<string, any>; raw: string; headers: IncomingHttpHeaders };
async function botServer() {
  const told: Told[] = [];
  const self = {
    told,
    url: '',
    does: (asked: Record<string, any>): { status?: number; body?: unknown; never?: true; location?: string } => ({
      ...(asked['event'] === undefined ? { status: 400 } : {}),
      body: { say: [{ text: '¿Qué medicamento?' }] },
    }),
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += String(chunk);
    const body = JSON.parse(raw) as Record<string, any>;
    told.push({ body, raw, headers: request.headers });
    const { status = 200, body: answer, never, location } = self.does(body);
    if (never) return;
    response.writeHead(status, { 'content-type': 'application/json', ...(location ? { location } : {}) });
    response.end(answer === undefined ? '' : typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return self;
}

const postgres = await testDatabase();
let house: OutsideHouse;
let bot: Awaited<ReturnType<typeof botServer>>;
let secret = '';
let admin: Awaited<ReturnType<OutsideHouse['staff']>>;
beforeAll(async () => {
  house = await outsideHouse(postgres, {
    flows: [FRONT],
    start: 'front',
    screen: (text) =>
      /no respira/.test(text)
        ? { level: 'hard', flags: [{ rule: 'r', category: 'respiratory' }] }
        : { level: 'none', flags: [] },
  });
  bot = await botServer();
  admin = await house.staff(['administrator']);
  const made = await admin.ask('POST', '/api/bots', {
    key: 'recipes',
    name: 'Recetas',
    url: bot.url,
    privateAddress: true,
    timeoutSeconds: 5,
    mostTurns: 4,
  });
  expect(made.status).toBe(201);
  secret = made.body.secret;
});
afterEach(async () => {
  bot.does = () => ({ body: { say: [{ text: '¿Qué medicamento?' }] } });
  await house.run();
  bot.told.length = 0;
});
afterAll(async () => {
  await house?.close();
  await bot?.close();
  await postgres.close();
});

/** A conversation that the bot has just greeted. */
async function greeted(): Promise<{ who: string; id: string; ref: string }> {
  const who = `v-${uuid()}`;
  const id = await house.write(who, 'hola');
  await house.run();
  return { who, id, ref: bot.told.at(-1)!.body['conversation'] as string };
}

function reply(body: unknown, options: { secret?: string; id?: string; at?: number; raw?: string; key?: string } = {}) {
  const raw = options.raw ?? JSON.stringify(body);
  const at = options.at ?? Math.floor(house.now.at.getTime() / 1000);
  return fetch(`${house.url}/api/bots/${options.key ?? 'recipes'}/replies`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signed(options.secret ?? secret, options.id ?? uuid(), JSON.stringify(body), at),
    },
    body: raw,
  });
}

describe('a bot has the word', () => {
  test('it greets, offers, hears, hands back slots; colleagues see whose words they are', async () => {
    bot.does = (asked) =>
      asked['event'] === 'begin'
        ? { body: { say: [{ text: '¿Qué medicamento?', options: [{ id: 'ibu', title: 'Ibuprofeno' }] }] } }
        : { body: { say: [{ text: 'Gracias.' }], then: 'done', slots: { medicine: 'ibuprofeno', boxes: 2 } } };
    const { who, id } = await greeted();
    const [menu] = await house.said(id);
    expect(menu).toMatchObject({ kind: 'menu', by: 'Recetas', options: [{ id: 'bot:ibu' }, { id: 'person' }] });
    await house.write(who, { kind: 'choice', id: 'bot:ibu', title: 'Ibuprofeno' });
    await house.run();
    expect(bot.told.at(-1)!.body).toMatchObject({
      event: 'message',
      text: 'Ibuprofeno',
      choice: 'ibu',
      kind: 'choice',
    });
    expect(await house.words(id)).toContain('Anotado: 2 de ibuprofeno.');
    expect((await house.conversation(id)).state).toBe('closed');
  });

  test('what it is told is signed, names nobody, and covers what identifies', async () => {
    const { who, id } = await greeted();
    await house.write(who, 'soy Lucía Pérez Gómez, dni 12345678Z, tel 600112233, lucia@example.com, ibuprofeno');
    await house.run();
    const { body, raw, headers } = bot.told.at(-1)!;
    expect(verify([secret], headers, Buffer.from(raw), Math.floor(Date.now() / 1000))).toMatchObject({
      id: body['id'],
    });
    expect(body['text']).toBe('soy [NAME_1], dni [DOCUMENT_1], tel [PHONE_1], [EMAIL_1], ibuprofeno');
    for (const hidden of ['Lucía', '12345678', '600112233', 'lucia@', who, id]) expect(raw).not.toContain(hidden);
    // the same person with another bot's stay is another reference
    expect(Object.keys(body).sort()).toEqual([
      'channel',
      'conversation',
      'event',
      'id',
      'kind',
      'language',
      'organisation',
      'outcomes',
      'slots',
      'text',
      'version',
    ]);
  });

  test('an identifier leaves only where the administrator allows that kind', async () => {
    await admin.ask('PATCH', '/api/bots/recipes', { allows: ['document'] });
    const { who } = await greeted();
    await house.write(who, 'soy Lucía Pérez, dni 12345678Z');
    await house.run();
    expect(bot.told.at(-1)!.body['text']).toBe('soy [NAME_1], dni 12345678Z');
    await admin.ask('PATCH', '/api/bots/recipes', { allows: [] });
  });

  test('a person, stopping and a red flag are ours, at once, while the bot owes an answer', async () => {
    bot.does = (asked) => (asked['event'] === 'begin' ? { body: { say: [{ text: '¿Qué?' }] } } : { status: 202 });
    const asked = await greeted();
    await house.write(asked.who, 'ibuprofeno');
    const before = await house.pending();
    expect(before).toHaveLength(1);
    await house.write(asked.who, 'quiero hablar con una persona');
    expect((await house.conversation(asked.id)).state).toBe('waiting');

    const stopped = await greeted();
    await house.write(stopped.who, 'cancelar');
    expect(await house.session(stopped.id)).not.toHaveProperty('bot');
    expect(await house.words(stopped.id)).toMatch(/lo dejamos|dejamos aquí|Listo|De acuerdo/i);

    const flagged = await greeted();
    await house.write(flagged.who, 'mi madre no respira');
    expect(await house.conversation(flagged.id)).toMatchObject({ state: 'waiting', priority: 'critical' });
    expect(bot.told.map((one) => one.body['text']).join()).not.toContain('no respira');
  });

  test('late, doubled and stray answers change nothing', async () => {
    bot.does = (asked) => (asked['event'] === 'begin' ? { body: { say: [{ text: '¿Qué?' }] } } : { status: 202 });
    const { who, id, ref } = await greeted();
    await house.write(who, 'ibuprofeno');
    await house.run();
    const body = { organisation: house.slug, conversation: ref, say: [{ text: '¿Cuántas cajas?' }] };
    const [one, two] = [uuid(), uuid()];
    // the same reply five times at once is said once
    const statuses = await Promise.all(
      Array.from({ length: 5 }, () => reply(body, { id: one }).then((answer) => answer.status)),
    );
    expect(statuses).toEqual([202, 202, 202, 202, 202]);
    expect((await house.words(id)).match(/Cuántas cajas/g)).toHaveLength(1);
    await house.write(who, 'persona');
    const told = await house.words(id);
    expect((await reply(body, { id: two })).status).toBe(410);
    expect((await reply({ ...body, conversation: uuid() })).status).toBe(410);
    expect(await house.words(id)).toBe(told);
    expect((await house.conversation(id)).state).toBe('waiting');
  });

  test('an answer on its way when an agent takes over is not said', async () => {
    let release: (body: unknown) => void = () => {};
    let arrived: () => void = () => {};
    const asked = new Promise<void>((ready) => (arrived = ready));
    const { who, id } = await greeted();
    const held = createServer(async (request, response) => {
      for await (const _ of request);
      const body = await new Promise<unknown>((ready) => {
        release = ready;
        arrived();
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((ready) => held.listen(0, '127.0.0.1', ready));
    await admin.ask('PATCH', '/api/bots/recipes', { url: `http://127.0.0.1:${(held.address() as AddressInfo).port}` });
    await house.write(who, 'ibuprofeno');
    const [requestId] = await house.pending();
    const carrying = house.beyond.requests.job({ organisationId: house.organisationId, requestId });
    await asked;
    await house.write(who, 'agente');
    release({ say: [{ text: 'TARDE' }], then: 'done', slots: { medicine: 'x', boxes: 1 } });
    await carrying;
    expect(await house.words(id)).not.toContain('TARDE');
    expect((await house.conversation(id)).state).toBe('waiting');
    expect(await house.pending()).toEqual([]);
    await admin.ask('PATCH', '/api/bots/recipes', { url: bot.url });
    held.closeAllConnections();
    await new Promise((done) => held.close(done));
  });

  test.each<[string, { status?: number; body?: unknown; location?: string }]>([
    ['500', { status: 500 }],
    ['a redirect to another host', { status: 307, location: 'http://169.254.169.254/latest/meta-data' }],
    ['garbage', { body: '<html>' }],
    [
      'a slot that the flow does not declare',
      { body: { then: 'done', slots: { medicine: 'x', boxes: 1, patient_id: '7' } } },
    ],
    ['a slot of another kind', { body: { then: 'done', slots: { medicine: 'x', boxes: 'many' } } }],
    ['an outcome that the flow does not know', { body: { then: 'done', outcome: 'erase_all' } }],
    ['a field that is not in the protocol', { body: { then: 'wait', say: [{ text: 'a' }], triage: 'none' } }],
    ['too long a text', { body: { say: [{ text: 'a'.repeat(5_000) }] } }],
    [
      'too many rows',
      {
        body: {
          say: [{ text: 'a', options: Array.from({ length: 10 }, (_, i) => ({ id: `o${i}`, title: `T${i}` })) }],
        },
      },
    ],
    ['too big an answer', { body: JSON.stringify({ say: [{ text: 'a' }], slots: { x: 'b'.repeat(70_000) } }) }],
    ['a token that stands for nothing', { body: { say: [{ text: 'Hola [NAME_7]' }] } }],
  ])('%s: a true sentence and a person', async (_, does) => {
    bot.does = () => does;
    const who = `v-${uuid()}`;
    const id = await house.write(who, 'hola');
    await house.run();
    expect(await house.conversation(id)).toMatchObject({ state: 'waiting', handover_reason: 'bot_failed' });
    expect(await house.words(id)).toContain('Algo ha fallado por nuestra parte');
  });

  test('one that never answers: time runs out, a person', async () => {
    await admin.ask('PATCH', '/api/bots/recipes', { timeoutSeconds: 1 });
    bot.does = () => ({ never: true });
    const id = await house.write(`v-${uuid()}`, 'hola');
    await house.run();
    expect(await house.conversation(id)).toMatchObject({ state: 'waiting', handover_reason: 'bot_failed' });
    await admin.ask('PATCH', '/api/bots/recipes', { timeoutSeconds: 5 });
  });

  test('more turns than it may have: a person', async () => {
    const { who, id } = await greeted();
    for (let i = 0; i < 5; i += 1) {
      await house.write(who, `palabra ${i}`);
      await house.run();
    }
    expect((await house.conversation(id)).state).toBe('waiting');
    expect(bot.told.filter((one) => one.body['event'] === 'message')).toHaveLength(4);
  });

  test('turned off: nothing leaves, a person at once', async () => {
    await admin.ask('PATCH', '/api/bots/recipes', { enabled: false });
    const id = await house.write(`v-${uuid()}`, 'hola');
    expect(await house.run()).toBe(0);
    expect(bot.told).toHaveLength(0);
    expect((await house.conversation(id)).state).toBe('waiting');
    await admin.ask('PATCH', '/api/bots/recipes', { enabled: true });
  });
});

describe('signatures', () => {
  test('a wrong, missing, old or borrowed one is refused and leaves nothing', async () => {
    const { id, ref } = await greeted();
    const body = { organisation: house.slug, conversation: ref, say: [{ text: 'FALSO' }] };
    const seconds = Math.floor(house.now.at.getTime() / 1000);
    const other = await outsideHouse(postgres, { flows: [FRONT], start: 'front' });
    const theirs = await (
      await other.staff(['administrator'])
    ).ask('POST', '/api/bots', { key: 'recipes', name: 'B', url: bot.url, privateAddress: true });
    for (const answer of [
      reply(body, { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }),
      reply(body, { at: seconds - 301 }),
      reply(body, { at: seconds + 301 }),
      reply(body, { raw: JSON.stringify({ ...body, say: [{ text: 'OTRO' }] }) }),
      reply(body, { key: 'unknown' }),
      reply({ ...body, organisation: 'nobody' }),
      // another organisation's bot of the same key
      reply(body, { secret: theirs.body.secret }),
      fetch(`${house.url}/api/bots/recipes/replies`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    ])
      expect((await answer).status).toBe(401);
    // signed by theirs, for their own house, about our conversation
    expect((await reply({ ...body, organisation: other.slug }, { secret: theirs.body.secret })).status).toBe(410);
    expect(await house.words(id)).not.toContain('FALSO');
    await other.close();
  });

  test('a secret is rotated: both hold for a day, then the new one alone', async () => {
    const { ref } = await greeted();
    const body = { organisation: house.slug, conversation: ref, say: [{ text: 'Un momento.' }] };
    const rotated = await admin.ask('POST', '/api/bots/recipes/secret', {});
    expect((await reply(body)).status).toBe(202);
    expect((await reply(body, { secret: rotated.body.secret })).status).toBe(202);
    const at = house.now.at;
    house.now.at = new Date(at.getTime() + 25 * 3_600_000);
    expect((await reply(body)).status).toBe(401);
    expect((await reply(body, { secret: rotated.body.secret })).status).toBe(202);
    house.now.at = at;
    secret = rotated.body.secret;
    const { rows } = await postgres.pool
      .query('select 1')
      .then(() =>
        within(postgres.db, house.organisationId, (trx) =>
          sql<{ s: Buffer }>`select secret_sealed as s from bot_secret`.execute(trx),
        ),
      );
    for (const row of rows) expect(row.s.toString('latin1')).not.toContain('whsec_');
  });
});

describe('requests', () => {
  test('many processes at one request: it leaves once and is said once', async () => {
    const who = `v-${uuid()}`;
    const id = await house.write(who, 'hola');
    const [requestId] = await house.pending();
    const more = [house, await outsideHouse(postgres), await outsideHouse(postgres)];
    await Promise.all(
      more.flatMap((one) =>
        [1, 2].map(() => one.beyond.requests.job({ organisationId: house.organisationId, requestId })),
      ),
    );
    expect(bot.told).toHaveLength(1);
    expect(await house.said(id)).toHaveLength(1);
    for (const one of more.slice(1)) await one.close();
  });

  test('one whose process died is taken over when its lease lapses, with the same id', async () => {
    const id = await house.write(`v-${uuid()}`, 'hola');
    const [requestId] = await house.pending();
    // a process took it, called out and was killed
    await within(postgres.db, house.organisationId, (trx) =>
      sql`update outside_request set attempts = 1, lease_until = ${new Date(house.now.at.getTime() + 5_000)} where id = ${requestId}::uuid`.execute(
        trx,
      ),
    );
    await house.beyond.requests.sweep();
    expect(bot.told).toHaveLength(0);
    house.now.at = new Date(house.now.at.getTime() + 6_000);
    expect(await house.beyond.requests.sweep()).toBe(1);
    expect(bot.told.map((one) => one.body['id'])).toEqual([requestId]);
    expect(await house.said(id)).toHaveLength(1);
    await house.beyond.requests.sweep();
    expect(await house.said(id)).toHaveLength(1);
  });

  test('a turn that is rolled back leaves neither a request nor a stay', async () => {
    await house.write(`v-${uuid()}`, 'hola');
    await house.run();
    const before = await house.pending();
    await expect(
      within(postgres.db, house.organisationId, async (trx) => {
        const { rows } = await sql<{ id: string; cp: string; p: string }>`
          select c.id, l.contact_point_id as cp, c.person_id as p from conversation c join leg l on l.conversation_id = c.id limit 1`.execute(
          trx,
        );
        const row = rows[0]!;
        await house.assistant.turns(trx, [
          {
            ...{
              organisationId: house.organisationId,
              contactPointId: row.cp,
              accountId: uuid(),
              channel: 'webchat',
              personId: row.p,
              aboutId: row.p,
            },
            ...{
              conversationId: row.id,
              fresh: true,
              state: 'assistant',
              language: 'es',
              proof: 'none',
              session: null,
              receivedAt: house.now.at,
            },
            content: { kind: 'text', text: 'hola' },
          },
        ]);
        throw new Error('the process dies here');
      }),
    ).rejects.toThrow('dies here');
    expect(await house.pending()).toEqual(before);
  });
});

test.each(['', 'later'])('the example bot, as a process (%s)', async (later) => {
  const mine = await outsideHouse(postgres, { flows: [FRONT], start: 'front' });
  const owner = await mine.staff(['administrator']);
  const made = await owner.ask('POST', '/api/bots', {
    key: 'recipes',
    name: 'Recetas',
    url: 'http://127.0.0.1:1',
    privateAddress: true,
  });
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../../examples/bot/bot.js', import.meta.url))], {
    env: { ...process.env, BOT_SECRET: made.body.secret, PORT: '0', ...(later ? { HEBRA_URL: mine.url } : {}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((ready, failed) => {
      child.stdout.on('data', (data) => {
        const found = /http:\/\/\S+/.exec(String(data));
        if (found) ready(found[0]);
      });
      child.on('exit', () => failed(new Error('the example bot ended')));
    });
    await owner.ask('PATCH', '/api/bots/recipes', { url });
    expect((await owner.ask('POST', '/api/bots/recipes/test', {})).body).toMatchObject({ ok: true });
    const settled = async (words: RegExp): Promise<void> => {
      await mine.run();
      await expect.poll(() => mine.words(id), { timeout: 60_000 }).toMatch(words);
    };
    const who = `v-${uuid()}`;
    const id = await mine.write(who, 'hola');
    await settled(/Qué medicamento necesita/);
    // what names somebody is a token of that one request, and not kept
    await mine.write(who, 'paracetamol, mi dni 12345678Z');
    await settled(/Cuántas cajas/);
    await mine.write(who, '2');
    await settled(/Anotado: 2 de paracetamol, mi dni …\./);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  } finally {
    child.kill();
    await mine.close();
  }
});

test('flow check knows the step', async () => {
  const own = (await readFlows(OWN_FLOWS)).set!;
  const check = (bad: Flow) =>
    findings(makeSet(own.settings, [...Object.values(own.flows), bad]))
      .filter((one) => one.flow === bad.flow)
      .map((one) => one.code);
  const bot = (more: object, slots = { medicine: {} }) =>
    flow(
      'given',
      { bot: { bot: { bot: 'x', on: { done: 'over' }, ...more } }, over: { end: { outcome: 'solved' } } },
      slots,
    );
  expect(check(bot({ into: { medicine: 'text' } }))).toEqual(['unreachable']);
  expect(check(bot({ into: { other: 'text' } }))).toContain('unknown_slot');
  expect(check(bot({ on: { done: 'nowhere' } }))).toContain('unknown_step');
  expect(check(bot({ with: { who: 'facts.first' } }))).toContain('told_to_bot');
  expect(
    flowShape.safeParse({ ...bot({}), steps: { bot: { bot: { bot: 'x', on: { timeout: 'over' } } } } }).success,
  ).toBe(false);
});
