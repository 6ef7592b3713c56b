/*
 * A light patient crowd: keep-alive connections, bodies and signatures made ahead, answers recognised at a stand-in of
 * Meta's Graph API in the same process. Reads one JSON order from its arguments, writes one JSON line with what it saw.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { listenFast } from '../demo/graph-fast.ts';

export type Order = {
  port: number;
  path: string;
  secret: string;
  phoneNumberId: string;
  /** The stand-in of Meta listens here. */
  graphPort: number;
  /** Different people who write; each waits for an answer before writing again. */
  senders: number;
  /** What each says, in turn. */
  script: string[];
  /** Messages a second; 0: as many as are answered, `unanswered` at a time. */
  rate: number;
  unanswered: number;
  seconds: number;
  connections: number;
  /** False: any 200 counts as an answer (an empty handler). */
  answers: boolean;
};
export type Seen = {
  sent: number;
  acknowledged: number;
  refused: number;
  answered: number;
  posts: number;
  /** From the first message out to the last answer in. */
  seconds: number;
  /** Webhook out to the answer posted, in ms. */
  answer: { p50: number; p90: number; p99: number; max: number };
  /** Webhook out to its 200, in ms. */
  acknowledge: { p50: number; p99: number };
};

const order = JSON.parse(process.argv[2]!) as Order;
const first = 34_700_000_000 + (randomBytes(4).readUInt32BE() % 90_000_000);
const waiting = new Map<string, number>();
const answerTimes: number[] = [];
const acknowledgeTimes: number[] = [];
let sent = 0;
let acknowledged = 0;
let refused = 0;
let answered = 0;
let endedAt = 0;

const graph = order.answers ? await listenFast({ port: order.graphPort, onPost: (to) => settle(to) }) : undefined;

function settle(to: string): void {
  const began = waiting.get(to);
  if (began === undefined) return;
  waiting.delete(to);
  endedAt = performance.now();
  answerTimes.push(endedAt - began);
  answered += 1;
  if (order.rate === 0) fill();
}

// bodies and signatures ahead: while it runs only bytes are written
const needed = order.rate > 0 ? order.rate * order.seconds : order.senders * order.script.length;
const requests: { to: string; bytes: Buffer }[] = [];
const now = Math.floor(Date.now() / 1000);
for (let n = 0; n < needed; n += 1) {
  const to = String(first + (n % order.senders));
  const text = order.script[Math.floor(n / order.senders) % order.script.length]!;
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '34910000000', phone_number_id: order.phoneNumberId },
              contacts: [{ profile: { name: 'Paciente' }, wa_id: to }],
              messages: [
                { from: to, id: `wamid.B${first}.${n}`, timestamp: String(now), type: 'text', text: { body: text } },
              ],
            },
          },
        ],
      },
    ],
  });
  const signature = createHmac('sha256', order.secret).update(body).digest('hex');
  requests.push({
    to,
    bytes: Buffer.from(
      `POST ${order.path} HTTP/1.1\r\nhost: 127.0.0.1:${order.port}\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256=${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  });
}

type Line = { socket: Socket; busy: { to: string; at: number } | undefined; held: string };
const idle: Line[] = [];
let next = 0;
await Promise.all(
  Array.from(
    { length: order.connections },
    () =>
      new Promise<void>((connected, failed) => {
        const socket = connect(order.port, '127.0.0.1', connected);
        socket.setNoDelay(true);
        socket.once('error', failed);
        const line: Line = { socket, busy: undefined, held: '' };
        socket.on('data', (chunk) => {
          // answers are short: the head tells all that is asked here
          line.held += chunk.toString('latin1');
          const end = line.held.indexOf('\r\n\r\n');
          if (end === -1) return;
          const length = Number(/content-length: (\d+)/i.exec(line.held)?.[1] ?? 0);
          if (line.held.length < end + 4 + length) return;
          const ok = line.held.startsWith('HTTP/1.1 200');
          line.held = line.held.slice(end + 4 + length);
          const done = line.busy!;
          line.busy = undefined;
          idle.push(line);
          acknowledgeTimes.push(performance.now() - done.at);
          if (ok) acknowledged += 1;
          else refused += 1;
          if (!order.answers || !ok) settle(done.to);
          if (order.rate === 0) fill();
        });
        idle.push(line);
      }),
  ),
);

const began = performance.now();
const until = began + order.seconds * 1000;

function send(): boolean {
  const request = requests[next];
  if (!request || idle.length === 0 || waiting.has(request.to)) return false;
  next += 1;
  const line = idle.pop()!;
  const at = performance.now();
  line.busy = { to: request.to, at };
  waiting.set(request.to, at);
  sent += 1;
  line.socket.write(request.bytes);
  return true;
}

function fill(): void {
  if (performance.now() > until) return;
  while (waiting.size < order.unanswered && send());
}

if (order.rate === 0) {
  fill();
} else {
  const timer = setInterval(() => {
    const due = Math.min(needed, Math.floor(((performance.now() - began) / 1000) * order.rate));
    while (next < due && send());
    if (next >= needed) clearInterval(timer);
  }, 2);
}
// bounded: the time, and then at most ten seconds for what is still on its way
while (performance.now() < until && (next < needed || waiting.size > 0))
  await new Promise((again) => setTimeout(again, 20));
const patience = performance.now() + 10_000;
while (waiting.size > 0 && performance.now() < patience) await new Promise((again) => setTimeout(again, 20));

const at = (list: number[], share: number): number => {
  list.sort((a, b) => a - b);
  return Math.round((list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0) * 10) / 10;
};
const seen: Seen = {
  sent,
  acknowledged,
  refused,
  answered,
  posts: graph?.count() ?? 0,
  seconds: (endedAt - began) / 1000,
  answer: { p50: at(answerTimes, 0.5), p90: at(answerTimes, 0.9), p99: at(answerTimes, 0.99), max: at(answerTimes, 1) },
  acknowledge: { p50: at(acknowledgeTimes, 0.5), p99: at(acknowledgeTimes, 0.99) },
};
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(0);
