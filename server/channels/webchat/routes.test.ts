import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type ChannelHouse, channelHouse, saying, until } from '../../../test/graph.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { announce } from '../../platform/events.ts';
import { seal } from '../../trust/vault.ts';
import { within } from '../../platform/postgres.ts';
import type { WebMessage } from './contract.ts';
import { sweepVisits } from './visit.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

const ORIGIN = 'https://www.hospital.example';
let house: ChannelHouse;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  house = await channelHouse(postgres, {
    turn: ({ content }) =>
      saying({ kind: 'text', text: content.kind === 'text' ? `eco ${content.text}` : `eco ${content.kind}` }),
    settings: {
      webchat: {
        origins: [ORIGIN],
        colour: '#0b5c5a',
        ways: [{ kind: 'chat' }, { kind: 'call', href: 'tel:+34910000000', label: { es: 'Llámenos', en: 'Call us' } }],
      },
    },
  });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await house.close();
});

type Visit = { visitId: string; token: string };
const call = (path: string, init: RequestInit & { token?: string; origin?: string | null } = {}): Promise<Response> =>
  fetch(`${house.url}${path}`, {
    ...init,
    headers: {
      ...(init.origin === null ? {} : { origin: init.origin ?? ORIGIN }),
      ...(init.token ? { authorization: `Bearer ${init.token}` } : {}),
      ...(typeof init.body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...(init.headers as Record<string, string>),
    },
  });
const begin = async (): Promise<Visit> =>
  (
    await call('/webchat/visits', {
      method: 'POST',
      body: JSON.stringify({ organisation: house.slug, language: 'en' }),
    })
  ).json() as Promise<Visit>;
const say = (token: string, text: string, clientId: string = crypto.randomUUID()): Promise<Response> =>
  call('/webchat/messages', {
    method: 'POST',
    token,
    body: JSON.stringify({ clientId, content: { kind: 'text', text } }),
  });
const read = async (token: string, after = 0): Promise<{ messages: WebMessage[]; state: { with: string } }> =>
  (await call(`/webchat/messages?after=${after}`, { token })).json() as never;
const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

type Frame = { type: string; message: WebMessage & { content: { text?: string } }; delivery?: string; who?: string };

function listen(
  token: string,
  after = 0,
  origin = ORIGIN,
): { socket: WebSocket; frames: Frame[]; closed: Promise<number> } {
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/webchat/live`, { origin });
  sockets.push(socket);
  const frames: Frame[] = [];
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token, after })));
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  socket.on('error', () => undefined);
  return { socket, frames, closed: new Promise((resolve) => socket.on('close', (code) => resolve(code))) };
}

describe('the window’s settings', () => {
  test('are told to pages that may show it, in the language asked for', async () => {
    const response = await call(`/webchat/config?organisation=${house.slug}&language=es`);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(await response.json()).toMatchObject({
      organisation: house.slug,
      colour: '#0b5c5a',
      languages: ['es', 'ca', 'en', 'pt'],
      defaultLanguage: 'es',
      ways: [{ kind: 'chat' }, { kind: 'call', label: 'Llámenos', href: 'tel:+34910000000' }],
      open: true,
      emergencyNumber: '112',
    });
  });

  test('not to others', async () => {
    expect(
      await codeOf(await call(`/webchat/config?organisation=${house.slug}`, { origin: 'https://evil.example' })),
    ).toEqual([403, 'channel.wrong_origin']);
    for (const origin of [
      'null',
      'http://www.hospital.example',
      'https://www.hospital.example.evil.example',
      `${ORIGIN}:444`,
    ])
      expect(
        (await call('/webchat/visits', { method: 'POST', body: JSON.stringify({ organisation: house.slug }), origin }))
          .status,
      ).toBe(403);
    expect(await codeOf(await call('/webchat/config?organisation=nobody'))).toEqual([
      404,
      'channel.unknown_organisation',
    ]);
    const preflight = await call('/webchat/messages', {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
      origin: 'https://evil.example',
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const good = await call('/webchat/messages', {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    });
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
  });
});

describe('a visit', () => {
  test('says and reads; the same clientId again is the same message', async () => {
    const { token } = await begin();
    const clientId = crypto.randomUUID();
    const first = (await (await say(token, 'hola', clientId)).json()) as { id: string };
    const again = (await (await say(token, 'hola', clientId)).json()) as { id: string };
    expect(again).toEqual(first);
    const { messages, state } = await until(
      () => read(token),
      (all) => all.messages.length === 2,
    );
    expect(messages.map((one) => [one.direction, one.author, one.clientId, one.content])).toEqual([
      ['in', 'patient', clientId, { kind: 'text', text: 'hola' }],
      ['out', 'assistant', undefined, { kind: 'text', text: 'eco hola' }],
    ]);
    expect(state).toEqual({ with: 'assistant' });
    expect((await read(token, messages[1]!.seq)).messages).toEqual([]);
  });

  test('is known by its token alone, which is kept hashed', async () => {
    const visit = await begin();
    await say(visit.token, 'secreto');
    for (const token of ['x', randomBytes(32).toString('base64url'), visit.visitId, ''])
      expect((await call('/webchat/messages', { token })).status).toBe(401);
    const other = await begin();
    expect((await read(other.token)).messages).toEqual([]);
    const { rows } = await asOwner(postgres.ownerUrl, 'select token_hash from web_visit_token where visit_id = $1', [
      visit.visitId,
    ]);
    expect(Buffer.from(rows[0].token_hash).includes(Buffer.from(visit.token))).toBe(false);
    // a page of another organisation has no use for it
    expect((await call('/webchat/messages', { token: visit.token, origin: 'https://evil.example' })).status).toBe(403);
  });

  test('goes on over several conversations with places that only grow', async () => {
    const { token } = await begin();
    await say(token, 'uno');
    const before = await until(
      () => read(token),
      (all) => all.messages.length === 2,
    );
    await asOwner(
      postgres.ownerUrl,
      `update conversation set state = 'closed', closed_at = now() - interval '3 days' where organisation_id = $1`,
      [house.organisationId],
    );
    expect((await read(token)).state).toEqual({ with: 'closed' });
    await say(token, 'dos');
    const all = await until(
      () => read(token),
      (now) => now.messages.length === 4,
    );
    const places = all.messages.map((one) => one.seq);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(new Set(places).size).toBe(4);
    expect((await read(token, before.messages[1]!.seq)).messages.map((one) => one.content)).toMatchObject([
      { text: 'dos' },
      { text: 'eco dos' },
    ]);
  });

  test('waits and is with an agent: it is told its place and a name', async () => {
    const { token } = await begin();
    await say(token, 'una persona');
    await asOwner(
      postgres.ownerUrl,
      `update conversation set state = 'waiting', waiting_since = now() where organisation_id = $1`,
      [house.organisationId],
    );
    expect((await read(token)).state).toEqual({ with: 'waiting', position: 1 });
  });

  test('that goes too fast is asked to wait, in words', async () => {
    const { token } = await begin();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => say(token, `${i}`)));
    const slow = answers.filter((one) => one.status === 429);
    expect(slow.length).toBe(10);
    expect(Number(slow[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await codeOf(slow[0]!)).toEqual([429, 'channel.too_fast']);
  });

  test('bad input: each a clear answer, nothing stored', async () => {
    const { token } = await begin();
    const send = (content: unknown, clientId: unknown = crypto.randomUUID()): Promise<Response> =>
      call('/webchat/messages', { method: 'POST', token, body: JSON.stringify({ clientId, content }) });
    for (const content of [
      { kind: 'text', text: '' },
      { kind: 'text', text: '   ' },
      { kind: 'text' },
      { kind: 'html', html: '<b>' },
      null,
      7,
    ])
      expect((await send(content)).status).toBe(400);
    expect((await send({ kind: 'text', text: 'x' }, 'not-a-uuid')).status).toBe(400);
    expect(await codeOf(await send({ kind: 'text', text: 'x'.repeat(4_097) }))).toEqual([
      413,
      'channel.message_too_long',
    ]);
    expect(await codeOf(await send({ kind: 'media', attachmentId: crypto.randomUUID() }))).toEqual([
      404,
      'channel.file_not_found',
    ]);
    expect((await call('/webchat/messages', { method: 'POST', token, body: '{"clientId":' })).status).toBe(400);
    expect((await read(token)).messages).toEqual([]);
  });
});

describe('the socket', () => {
  test('brings what is said, who has it, and proves what was delivered and read', async () => {
    const { token } = await begin();
    const { socket, frames } = listen(token);
    await until(() => frames.some((one) => one.type === 'state'), Boolean);
    await say(token, 'hola');
    const last = await until(
      () => frames.find((one) => one.type === 'message' && one.message.direction === 'out'),
      Boolean,
    );
    await until(house.rows, (rows) => rows.some((row) => row.delivery === 'delivered'));
    socket.send(JSON.stringify({ type: 'read', upTo: last!.message.seq }));
    await until(house.rows, (rows) => rows.some((row) => row.delivery === 'read'));
    await until(() => frames.some((one) => one.type === 'receipt' && one.delivery === 'read'), Boolean);
  });

  test('that comes back with its place misses nothing and gets nothing twice', async () => {
    const { token } = await begin();
    const first = listen(token);
    await say(token, 'uno');
    await until(
      () => first.frames.filter((one) => one.type === 'message').length,
      (count) => count === 2,
    );
    first.socket.terminate();
    await say(token, 'dos');
    const place = Math.max(...first.frames.filter((one) => one.type === 'message').map((one) => one.message.seq));
    const second = listen(token, place);
    await until(
      () => second.frames.filter((one) => one.type === 'message').length,
      (count) => count === 2,
    );
    await say(token, 'tres');
    await until(
      () => second.frames.filter((one) => one.type === 'message').length,
      (count) => count === 4,
    );
    const all = [...first.frames, ...second.frames]
      .filter((one) => one.type === 'message')
      .map((one) => one.message.content.text);
    expect(all).toEqual(['uno', 'eco uno', 'dos', 'eco dos', 'tres', 'eco tres']);
  });

  test('on another tab sees the same, and another visit sees none of it', async () => {
    const [mine, theirs] = await Promise.all([begin(), begin()]);
    const tabs = [listen(mine.token), listen(mine.token)];
    const stranger = listen(theirs.token);
    await until(() => [...tabs, stranger].every(({ frames }) => frames.length > 0), Boolean);
    await say(mine.token, 'hola');
    for (const { frames } of tabs)
      await until(
        () => frames.filter((one) => one.type === 'message').length,
        (count) => count === 2,
      );
    expect(stranger.frames.filter((one) => one.type === 'message')).toEqual([]);
  });

  test('refuses a wrong token, a foreign page and what it cannot understand', async () => {
    const { token } = await begin();
    expect(await listen('nobody').closed).toBe(4401);
    expect(await listen(token, 0, 'https://evil.example').closed).toBe(4401);
    const odd = listen(token);
    await until(
      () => odd.frames.length,
      (count) => count > 0,
    );
    odd.socket.send('{"type":"dance"}');
    expect(await odd.closed).toBe(4400);
  });

  test('typing goes both ways', async () => {
    const { token } = await begin();
    const { socket, frames } = listen(token);
    await say(token, 'hola');
    await until(() => frames.some((one) => one.type === 'message'), Boolean);
    const conversationId = (await house.rows())[0]!.conversation_id;
    await within(postgres.db, house.organisationId, (trx) =>
      announce(trx, {
        organisationId: house.organisationId,
        kind: 'typing',
        conversationId,
        payload: { who: 'agent' },
      }),
    );
    await until(() => frames.some((one) => one.type === 'typing' && one.who === 'agent'), Boolean);
    await until(
      async () => {
        socket.send(JSON.stringify({ type: 'typing' }));
        return (
          await asOwner(
            postgres.ownerUrl,
            `select 1 from event where organisation_id = $1 and kind = 'typing' and payload->>'who' = 'patient'`,
            [house.organisationId],
          )
        ).rows.length;
      },
      (count) => count > 0,
    );
    // one's own typing does not come back
    expect(frames.filter((one) => one.type === 'typing')).toHaveLength(1);
  });
});

describe('files', () => {
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2_000, 1)]);
  const upload = (token: string, bytes: Buffer, type: string, name = 'foto.png'): Promise<Response> => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)], { type }), name);
    return call('/webchat/files', { method: 'POST', token, body: form as never });
  };

  test('are uploaded, sent, sealed, and read again by their visit only', async () => {
    const { token } = await begin();
    const answer = await upload(token, png, 'image/png', 'mi/receta.png');
    expect(answer.status).toBe(201);
    const { attachmentId, mime, size } = (await answer.json()) as { attachmentId: string; mime: string; size: number };
    expect([mime, size]).toEqual(['image/png', png.length]);
    const body = JSON.stringify({
      clientId: crypto.randomUUID(),
      content: { kind: 'media', attachmentId, caption: 'La receta' },
    });
    const first = await call('/webchat/messages', { method: 'POST', token, body });
    expect(first.status).toBe(202);
    expect(await (await call('/webchat/messages', { method: 'POST', token, body })).json()).toEqual(await first.json());
    const { rows } = await asOwner(postgres.ownerUrl, 'select state, content_sealed from attachment where id = $1', [
      attachmentId,
    ]);
    expect(rows[0].state).toBe('ready');
    expect(Buffer.from(rows[0].content_sealed).includes(png.subarray(100, 400))).toBe(false);
    expect((await asOwner(postgres.ownerUrl, 'select 1 from web_file where id = $1', [attachmentId])).rows).toEqual([]);
    const file = await call(`/webchat/files/${attachmentId}`, { token });
    expect(Buffer.from(await file.arrayBuffer()).equals(png)).toBe(true);
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(file.headers.get('content-disposition')).toBe("inline; filename*=UTF-8''receta.png");
    expect((await read(token)).messages[0]!.content).toMatchObject({
      kind: 'media',
      media: 'image',
      attachmentId,
      filename: 'receta.png',
      caption: 'La receta',
    });
    const other = await begin();
    expect((await call(`/webchat/files/${attachmentId}`, { token: other.token })).status).toBe(404);
    expect(
      (
        await call('/webchat/messages', {
          method: 'POST',
          token: other.token,
          body: JSON.stringify({ clientId: crypto.randomUUID(), content: { kind: 'media', attachmentId } }),
        })
      ).status,
    ).toBe(404);
  });

  test('of the same conversation that came or went on another channel are not for the window', async () => {
    const { token } = await begin();
    await say(token, 'hola');
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select c.id, c.person_id from conversation c where c.organisation_id = $1 order by c.opened_at desc limit 1`,
      [house.organisationId],
    );
    const elsewhere = await within(postgres.db, house.organisationId, async (trx) => {
      const person = rows[0].person_id as string;
      const key = (await house.vault.personKeys(trx, house.organisationId, [person])).get(person)!;
      const id = crypto.randomUUID();
      const values = {
        id,
        organisation_id: house.organisationId,
        person_id: person,
        conversation_id: rows[0].id as string,
      };
      await trx
        .insertInto('attachment')
        .values({ ...values, mime: 'image/png', content_sealed: seal(key, png, `attachment:${id}`) })
        .execute();
      return id;
    });
    expect((await call(`/webchat/files/${elsewhere}`, { token })).status).toBe(404);
  });

  test('that are none of the kinds, or too large, are refused with a reason', async () => {
    const { token } = await begin();
    expect(await codeOf(await upload(token, Buffer.from('MZ\x90\x00\x00'), 'image/png'))).toEqual([
      415,
      'channel.file_kind',
    ]);
    expect(
      await codeOf(await upload(token, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml')),
    ).toEqual([415, 'channel.file_kind']);
    expect((await upload(token, Buffer.concat([png, Buffer.alloc(17 * 1_048_576)]), 'image/png')).status).toBe(413);
    expect(await codeOf(await upload(token, Buffer.alloc(0), 'image/png'))).toEqual([400, 'channel.no_file']);
    expect((await call('/webchat/files', { method: 'POST', token, body: '{}' })).status).toBe(415);
    const other = await begin();
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x'])
      for (const body of [
        '--x\r\nbroken',
        '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\ncut',
        '',
      ])
        expect([400, 415], `${type}: ${body}`).toContain(
          (
            await call('/webchat/files', {
              method: 'POST',
              token: other.token,
              body: Buffer.from(body) as never,
              headers: { 'content-type': type },
            })
          ).status,
        );
  });

  test('come at a pace from one address, however many visits it begins; others go on', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const codes: number[] = [];
    for (let visit = 0; visit < 30 && !codes.includes(429); visit += 1) {
      const { token } = await begin();
      for (let file = 0; file < 7; file += 1) {
        const form = new FormData();
        form.append('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'a.png');
        const headers = from('192.0.2.7');
        codes.push((await call('/webchat/files', { method: 'POST', token, body: form as never, headers })).status);
      }
    }
    expect(codes.filter((code) => code === 201).length).toBeGreaterThanOrEqual(40);
    expect(codes).toContain(429);
    const { token } = await begin();
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'a.png');
    const headers = from('192.0.2.8');
    expect((await call('/webchat/files', { method: 'POST', token, body: form as never, headers })).status).toBe(201);
  });

  test('never sent are forgotten', async () => {
    const { token } = await begin();
    const { attachmentId } = (await (await upload(token, png, 'image/png')).json()) as { attachmentId: string };
    await asOwner(postgres.ownerUrl, `update web_file set created_at = now() - interval '2 days' where id = $1`, [
      attachmentId,
    ]);
    await sweepVisits(postgres.db, house.organisationId);
    expect((await call(`/webchat/files/${attachmentId}`, { token })).status).toBe(404);
  });
});

test('articles are asked for without a visit, by allowed pages only, and not without end', async () => {
  const ask = (q: string, more: Parameters<typeof call>[1] = {}) =>
    call(`/webchat/knowledge?${new URLSearchParams({ organisation: house.slug, q })}`, more);
  const answer = await ask('aparcamiento');
  expect(answer.status).toBe(200);
  // nothing is handed in here: a channel knows no articles by itself
  expect(await answer.json()).toEqual({ articles: [] });
  expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect((await ask('aparcamiento', { origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask('a')).status).toBe(400);
  expect((await ask('a'.repeat(201))).status).toBe(400);
  expect((await call('/webchat/knowledge?organisation=nobody&q=hola')).status).toBe(404);
  const many = await Promise.all(Array.from({ length: 40 }, () => ask('aparcamiento')));
  expect(many.some((one) => one.status === 429)).toBe(true);
});
