import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type App, createHttp } from '../server/platform/http.ts';
import { createPhone, type DemoPhone, type Persona } from './phone.ts';

const PERSON: Persona = {
  waId: '34600111222',
  name: 'Nuria',
  language: 'es',
  line: '34 años',
  initials: 'NF',
  hints: [],
};
const hooks: { body: string; signature: string }[] = [];
let status = 200;
let folder: string;
let hospital: ReturnType<typeof createServer>;
let app: App;
let phone: DemoPhone;
let url: string;

beforeEach(async () => {
  hooks.length = 0;
  status = 200;
  folder = await mkdtemp(join(tmpdir(), 'hebra-phone-'));
  hospital = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      hooks.push({ body, signature: String(request.headers['x-hub-signature-256']) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => hospital.listen(0, '127.0.0.1', resolve));
  await open();
});
afterEach(async () => {
  await close();
  hospital.closeAllConnections();
  hospital.close();
  await rm(folder, { recursive: true });
});

async function open(): Promise<void> {
  phone = createPhone({
    appSecret: 's',
    accessToken: 't',
    phoneNumberId: '1',
    webhookUrl: `http://127.0.0.1:${(hospital.address() as AddressInfo).port}/`,
    people: [PERSON],
    file: join(folder, 'phone.jsonl'),
  });
  app = await createHttp();
  phone.routes(app);
  url = await app.listen({ port: 0, host: '127.0.0.1' });
}
async function close(): Promise<void> {
  await phone.graph.close();
  await app.close();
}

const say = async (message: object): Promise<{ id: string; status: number }> =>
  (await (
    await fetch(`${url}/demo/phone/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: PERSON.waId, message }),
    })
  ).json()) as { id: string; status: number };
const answer = (body: object): Promise<Response> =>
  fetch(`${url}/demo/graph/v25.0/1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to: PERSON.waId, ...body }),
  });
type History = {
  messages: { id: string; direction: string; status: string }[];
  travel: { direction: string; kind: string; summary: string; signature: boolean | null }[];
};
const history = async (): Promise<History> =>
  (await (await fetch(`${url}/demo/phone/history?as=${PERSON.waId}`)).json()) as History;

test('a patient’s words travel signed in Meta’s envelope, and the answer shows live', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/demo/phone/live?as=${PERSON.waId}`);
  const frames: { type: string; status?: string }[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as { type: string }));
  await new Promise((resolve) => socket.once('open', resolve));
  expect(await say({ type: 'text', text: { body: 'hola' } })).toMatchObject({ status: 200 });
  expect(hooks[0]!.signature).toMatch(/^sha256=[0-9a-f]{64}$/);
  expect(JSON.parse(hooks[0]!.body).entry[0].changes[0].value).toMatchObject({
    metadata: { phone_number_id: '1' },
    contacts: [{ wa_id: PERSON.waId, profile: { name: 'Nuria' } }],
    messages: [{ from: PERSON.waId, type: 'text', text: { body: 'hola' } }],
  });
  expect((await answer({ type: 'text', text: { body: 'buenas' } })).status).toBe(200);
  // who looks at the phone has read it
  await expect.poll(() => frames.some((frame) => frame.type === 'status' && frame.status === 'read')).toBe(true);
  expect((await history()).messages.map((one) => [one.direction, one.status])).toEqual([
    ['out', 'delivered'],
    ['in', 'read'],
  ]);
  socket.terminate();
});

test('what breaks Meta’s limits is refused as Meta would, and shown', async () => {
  await say({ type: 'text', text: { body: 'hola' } });
  const refused = await answer({ type: 'text', text: { body: 'x'.repeat(4_097) } });
  expect([refused.status, ((await refused.json()) as { error: { code: number } }).error.code]).toEqual([400, 100]);
  expect((await answer({ type: 'dance' })).status).toBe(400);
  const { travel } = await history();
  expect(travel.map((one) => one.kind)).toEqual(['text', 'error 100', 'error 100']);
  expect(travel[0]).toMatchObject({ direction: 'out', summary: 'hola', signature: true });
});

test('a hospital that is away gets it later; a restart forgets nothing that was said', async () => {
  status = 503;
  const { id } = await say({ type: 'text', text: { body: 'sigue ahí?' } });
  expect((await history()).messages).toMatchObject([{ id, status: 'waiting' }]);
  status = 200;
  await expect.poll(async () => (await history()).messages).toMatchObject([{ id, status: 'delivered' }]);
  await close();
  await open();
  expect((await history()).messages).toMatchObject([{ id, direction: 'out', status: 'delivered' }]);
  // and the hospital may still answer: the window is open
  expect((await answer({ type: 'text', text: { body: 'aquí estoy' } })).status).toBe(200);
  expect(await readFile(join(folder, 'phone.jsonl'), 'utf8')).toContain('aquí estoy');
});

test('a file goes up from the phone and comes down from the address that the stand-in names', async () => {
  const form = new FormData();
  form.append('file', new Blob(['%PDF-1.4'], { type: 'application/pdf' }), 'informe.pdf');
  const { id } = (await (await fetch(`${url}/demo/phone/media`, { method: 'POST', body: form })).json()) as {
    id: string;
  };
  const named = await fetch(`${url}/demo/graph/v25.0/${id}`, { headers: { authorization: 'Bearer t' } });
  const found = (await named.json()) as { url: string; mime_type: string };
  expect(found.mime_type).toBe('application/pdf');
  expect((await fetch(found.url)).status).toBe(401);
  expect(await (await fetch(found.url, { headers: { authorization: 'Bearer t' } })).text()).toBe('%PDF-1.4');
  expect(await (await fetch(`${url}/demo/phone/media/${id}`)).text()).toBe('%PDF-1.4');
});

test('what was on its way when everything stopped arrives after the restart, as the same message', async () => {
  status = 503;
  const { id } = await say({ type: 'text', text: { body: 'me oye?' } });
  await close();
  status = 200;
  hooks.length = 0;
  await open();
  await expect.poll(async () => (await history()).messages).toMatchObject([{ id, status: 'delivered' }]);
  expect(JSON.parse(hooks[0]!.body).entry[0].changes[0].value.messages[0]).toMatchObject({
    id,
    text: { body: 'me oye?' },
  });
});
