import { afterAll, beforeAll } from 'vitest';
import WebSocket from 'ws';
import { type ChannelHouse, channelHouse, saidBy, saying } from '../../../test/graph.ts';
import { testDatabase } from '../../../test/postgres.ts';
import type { OutboundContent } from '../../conversation/contract.ts';
import { conformance } from '../conformance.ts';
import type { WebMessage } from './contract.ts';

const postgres = await testDatabase();
let house: ChannelHouse;
let answer: OutboundContent[] = [];
const sockets: WebSocket[] = [];
beforeAll(async () => {
  house = await channelHouse(postgres, { turn: () => saying(...answer) });
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await house.close();
  await postgres.close();
});

/** A browser: its visit, and everything its socket was sent. */
type Browser = { visitId: string; token: string; heard: WebMessage[]; socket: WebSocket };
const browsers = new Map<string, Promise<Browser>>();

function browser(who: string): Promise<Browser> {
  let known = browsers.get(who);
  if (!known) browsers.set(who, (known = open()));
  return known;
}

async function open(): Promise<Browser> {
  const response = await fetch(`${house.url}/webchat/visits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://www.hospital.example' },
    body: JSON.stringify({ organisation: house.slug, language: 'es' }),
  });
  const { visitId, token } = (await response.json()) as { visitId: string; token: string };
  const heard: WebMessage[] = [];
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/webchat/live`, {
    origin: 'https://www.hospital.example',
  });
  sockets.push(socket);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  // the socket is the only thing that is looked at: what it shows is what a patient sees
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as { type: string; message: WebMessage };
    if (frame.type === 'message') heard.push(frame.message);
  });
  socket.send(JSON.stringify({ type: 'hello', token, after: 0 }));
  return { visitId, token, heard, socket };
}

const post = async (who: string, body: string): Promise<number> => {
  const { token } = await browser(who);
  for (;;) {
    const response = await fetch(`${house.url}/webchat/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        origin: 'https://www.hospital.example',
      },
      body,
    });
    await response.arrayBuffer();
    if (response.status !== 429) return response.status;
    await new Promise((next) => setTimeout(next, 300));
  }
};
const say = async (who: string, id: string, text: string): Promise<boolean> =>
  (await post(who, JSON.stringify({ clientId: id, content: { kind: 'text', text } }))) === 202;
const out = async (who: string): Promise<WebMessage[]> =>
  (await browser(who)).heard.filter((one) => one.direction === 'out');

conformance('Web chat', () => ({
  say,
  sayTogether: async (list) => (await Promise.all(list.map(({ who, id, text }) => say(who, id, text)))).every(Boolean),
  sayNonsense: (who) => post(who, JSON.stringify({ clientId: 'not a uuid', content: { kind: 'dance' } })),
  sayTooMuch: (who) =>
    post(
      who,
      JSON.stringify({ clientId: crypto.randomUUID(), content: { kind: 'text', text: 'x'.repeat(4 * 1_048_576) } }),
    ),
  async sees(who) {
    const shown = await out(who);
    return {
      texts: shown.flatMap(({ content }) => ('text' in content ? [content.text] : [])),
      options: shown.flatMap(({ content }) => (content.kind === 'menu' ? content.options : [])),
    };
  },
  said: async (who) => saidBy(postgres.db, house, 'webchat', (await browser(who)).visitId),
  answerWith(content) {
    answer = content;
  },
  async receipt(who, state) {
    // the browser proves delivery by itself; reading is what it says
    const { socket, heard } = await browser(who);
    if (state === 'read') socket.send(JSON.stringify({ type: 'read', upTo: Math.max(...heard.map((one) => one.seq)) }));
    await new Promise((next) => setTimeout(next, 20));
  },
  async delivery(who) {
    const last = (await out(who)).at(-1)!;
    return (await house.rows()).find((row) => row.id === last.id)?.delivery ?? null;
  },
}));
