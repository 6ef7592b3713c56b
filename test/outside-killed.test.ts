import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, startDemo, type DemoProcess } from './demo-process.ts';
import { startModelServer, type ModelServer } from './model-server.ts';

const PASSWORD = 'hebra-demo-2026';
const ADMIN = 'admin@vegaclara.example';

let house: DemoProcess;
let model: ModelServer;
let dataDir = '';
let url = '';
let begin: () => DemoProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hebra-thinking-'));
  const port = await freePort();
  url = `http://localhost:${port}`;
  begin = () => startDemo({ dataDir, port, env: { HEBRA_PUBLIC_URL: url } });
  house = begin();
  [model] = await Promise.all([startModelServer(), house.opened]);
});
afterAll(async () => {
  await house?.end();
  await model?.close();
  await rm(dataDir, { recursive: true, force: true });
});

it('killed while the model thinks: another process asks again, and the patient is answered once', async () => {
  const signIn = await fetch(`${url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ADMIN, password: PASSWORD }),
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const ask = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, 'accept-language': 'es', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { purposes: { purpose: string; textHash: string }[] };
  };
  const { purposes } = await ask('PUT', '/api/model', {
    url: model.url,
    model: 'thinking',
    key: model.key,
    privateAddress: true,
    timeoutMs: 20_000,
  });
  await ask('POST', '/api/model/agreements', {
    purpose: 'understand',
    textHash: purposes[0]!.textHash,
    language: 'es',
  });
  const visit = (await (
    await fetch(`${url}/webchat/visits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ organisation: 'vega-clara', language: 'es' }),
    })
  ).json()) as { token: string };
  const headers = { authorization: `Bearer ${visit.token}`, 'content-type': 'application/json', origin: url };
  const write = (text: string) =>
    fetch(`${url}/webchat/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ clientId: crypto.randomUUID(), content: { kind: 'text', text } }),
    });
  const answers = async (): Promise<string[]> => {
    const page = (await (await fetch(`${url}/webchat/messages?after=0`, { headers })).json()) as {
      messages: { direction: string; content: { text?: string } }[];
    };
    return page.messages.filter((one) => one.direction === 'out').map((one) => one.content.text ?? '');
  };
  let reached: () => void = () => {};
  const thinking = new Promise<void>((ready) => (reached = ready));
  let asked = 0;
  model.does = () => {
    asked += 1;
    reached();
    return asked === 1 ? { never: true } : { say: '{"commands":[{"command":"handover"}]}' };
  };
  await write('hola');
  await write('me va fatal lo del jueves con la doctora');
  await thinking;
  house.child.kill('SIGKILL');
  await new Promise((ended) => house.child.once('exit', ended));
  house = begin();
  await house.opened;
  await expect
    .poll(() => answers().then((all) => all.filter((one) => one.startsWith('Le paso con una persona')).length), {
      timeout: 60_000,
      interval: 500,
    })
    .toBe(1);
  expect(asked).toBe(2);
});
