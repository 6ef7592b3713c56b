import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { App } from '../server/platform/http.ts';
import { createGraph, type Graph, type GraphEvent, type GraphOptions } from './graph.ts';

/** Who one can be on the demo phone. */
export type Persona = {
  /** WhatsApp number, digits only. */
  waId: string;
  name: string;
  age?: number;
  language: 'es' | 'ca' | 'en' | 'pt';
  /** Who this is, in a line: "mother of Leo, 4; vaccine due". */
  line: string;
  initials: string;
  /** First words worth trying. */
  hints: string[];
};

type Json = Record<string, unknown>;
/** `out` is what the patient said, `in` what the hospital did. */
type Shown = { id: string; direction: 'in' | 'out'; at: number; message: Json; status: string; text?: string };
type Travel = {
  id: string;
  direction: 'in' | 'out' | 'within';
  kind: string;
  summary: string;
  at: number;
  ms: number | null;
  signature: boolean | null;
};

export type DemoPhone = { graph: Graph; routes(app: App): void };

const KEEP = 400;
/** After a restart: until the hospital, which may be the same process, listens again. */
const AGAIN_AFTER_MS = 1_500;
const RANK: Record<string, number> = { waiting: 0, sent: 1, delivered: 2, read: 3, failed: 4 };
const UPLOAD_LIMIT = 110 * 1_048_576;

/**
 * The demo patients' phone: keeps each one's conversation in memory, as a phone does, and shows it live.
 * It speaks only through the stand-in for Meta.
 */
export function createPhone(
  options: Omit<GraphOptions, 'on'> & {
    people: Persona[];
    /** Where the phones keep their conversations over a restart; in memory alone without it. */
    file?: string;
  },
): DemoPhone {
  const people = new Map(options.people.map((person) => [person.waId, person]));
  const threads = new Map<string, { messages: Shown[]; travel: Travel[] }>();
  const sockets = new Map<string, Set<WebSocket>>();
  let counter = 0;
  // a number that Meta has upgraded
  const graph = createGraph({ assumeOpen: true, limits: { numberPerSecond: 1_000 }, ...options, on: heard });
  if (options.file) remember(options.file);
  setTimeout(() => void writeAgain(), AGAIN_AFTER_MS).unref();

  function thread(waId: string): { messages: Shown[]; travel: Travel[] } {
    let found = threads.get(waId);
    if (!found) threads.set(waId, (found = { messages: [], travel: [] }));
    return found;
  }

  function push(waId: string, frame: Json): void {
    const text = JSON.stringify(frame);
    for (const socket of sockets.get(waId) ?? []) if (socket.readyState === socket.OPEN) socket.send(text);
  }

  /** What a phone shows outlives the process, as it does in a pocket. */
  function remember(file: string): void {
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      try {
        const { waId, shown, id, status } = JSON.parse(line) as {
          waId: string;
          shown?: Shown;
          id?: string;
          status?: string;
        };
        const { messages } = thread(waId);
        if (shown) messages.push(shown);
        const known = messages.find((one) => one.id === id);
        if (known && status) known.status = status;
      } catch {
        // the last line of a process that was killed
      }
    }
    const lines = [...threads].flatMap(
      ([waId, { messages }]) =>
        messages.splice(0, Math.max(0, messages.length - KEEP)) &&
        messages.map((shown) => JSON.stringify({ waId, shown })),
    );
    writeFileSync(file, lines.length > 0 ? `${lines.join('\n')}\n` : '', { mode: 0o600 });
  }

  function note(entry: { waId: string; shown?: Shown; id?: string; status?: string }): void {
    if (options.file && people.has(entry.waId))
      appendFileSync(options.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  /** Numbers that are nobody's here (a load test's) are shown only while someone looks. */
  function isShown(waId: string): boolean {
    return people.has(waId) || (sockets.get(waId)?.size ?? 0) > 0;
  }

  function show(waId: string, shown: Shown): void {
    if (!isShown(waId)) return;
    const { messages } = thread(waId);
    messages.push(shown);
    if (messages.length > KEEP) messages.shift();
    note({ waId, shown });
    push(waId, { type: 'message', ...shown });
  }

  function travel(waId: string, entry: Omit<Travel, 'id' | 'at'>): void {
    if (!isShown(waId)) return;
    const made = { id: `t${++counter}`, at: Date.now(), ...entry };
    const list = thread(waId).travel;
    list.push(made);
    if (list.length > KEEP) list.shift();
    push(waId, { type: 'travel', ...made });
  }

  function setStatus(waId: string, id: string, status: string): void {
    const shown = threads.get(waId)?.messages.find((one) => one.id === id);
    if (!shown || RANK[shown.status]! >= RANK[status]!) return;
    shown.status = status;
    note({ waId, id, status });
    push(waId, { type: 'status', id, status });
  }

  function heard(event: GraphEvent): void {
    switch (event.kind) {
      case 'wrote':
        // before the hospital's answer, which may be faster than its 200
        show(event.from, {
          id: event.id,
          direction: 'out',
          at: event.at,
          message: { ...event.message, from: event.from, id: event.id },
          status: 'waiting',
        });
        return;
      case 'posted':
        show(event.to, {
          id: event.id,
          direction: 'in',
          at: event.at,
          message: event.message,
          status: 'sent',
          text: event.text,
        });
        travel(event.to, {
          direction: 'in',
          kind: kindOf(event.message),
          summary: wordsOf(event.message, event.text),
          ms: sinceAsked(event.to, event.at),
          signature: null,
        });
        return;
      case 'refused':
        if (event.to)
          travel(event.to, {
            direction: 'in',
            kind: `error ${event.code}`,
            summary: event.details,
            ms: null,
            signature: null,
          });
        return;
      case 'status':
        setStatus(event.to, event.id, event.status);
        return;
      case 'webhook':
        if (event.about === 'status')
          travel(event.waId, {
            direction: 'within',
            kind: event.summary,
            summary: '',
            ms: event.ms,
            signature: event.status !== 401 && event.status !== 0,
          });
        else if (event.status === 200 && event.attempt > 1) arrived(event.waId);
        return;
      default:
    }
  }

  const asked = new Map<string, number>();
  /** From the patient's words to this answer. */
  function sinceAsked(waId: string, at: number): number | null {
    const from = asked.get(waId);
    return from === undefined ? null : at - from;
  }

  /** What was repeated until it was taken is sent after all. */
  function arrived(waId: string): void {
    for (const shown of threads.get(waId)?.messages ?? [])
      if (shown.direction === 'out' && (shown.status === 'waiting' || shown.status === 'failed')) {
        shown.status = 'delivered';
        note({ waId, id: shown.id, status: 'delivered' });
        push(waId, { type: 'status', id: shown.id, status: 'delivered' });
      }
  }

  /** Meta repeats for days what was not taken; so what a restart found on its way goes on. */
  async function writeAgain(): Promise<void> {
    for (const [waId, { messages }] of threads)
      for (const shown of messages.filter((one) => one.direction === 'out' && one.status === 'waiting')) {
        const { status } = await graph.write(waId, people.get(waId)?.name ?? waId, shown.message, {
          id: shown.id,
          at: shown.at,
        });
        if (status === 200) setStatus(waId, shown.id, 'delivered');
      }
  }

  async function send(waId: string, message: Json): Promise<{ id: string; status: number }> {
    const person = people.get(waId);
    // before its webhook: an answer can be here before the webhook's own 200 is
    const at = Date.now();
    asked.set(waId, at);
    const { id, status, ms } = await graph.write(waId, person?.name ?? waId, message);
    if (status === 200) setStatus(waId, id, 'delivered');
    travel(waId, {
      direction: 'out',
      kind: kindOf(message),
      summary: wordsOf(message),
      ms,
      signature: status === 200 ? true : status === 401 ? false : null,
    });
    return { id, status };
  }

  function routes(app: App): void {
    void app.register(async (plain) => {
      const scope = plain as App;
      // the stand-in and the upload read their bytes themselves
      if (scope.hasContentTypeParser('multipart/form-data')) scope.removeContentTypeParser('multipart/form-data');
      scope.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      );
      const open = { permission: 'public' } as const;
      const hide = { hide: true } as const;

      scope.all(
        '/demo/graph/*',
        { config: { ...open, rawBody: true }, bodyLimit: UPLOAD_LIMIT, schema: hide },
        async (request, reply) => {
          const base = `${request.protocol}://${request.host}/demo/graph`;
          const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const given = await graph.answer({
            method: request.method,
            url: request.url.slice('/demo/graph'.length),
            headers: request.headers,
            body,
            base,
          });
          if (given.status === 0) return request.raw.socket.destroy();
          return reply
            .code(given.status)
            .headers(given.headers)
            .serializer((payload: unknown) => payload as string)
            .send(given.body);
        },
      );

      scope.get('/demo/phone/people', { config: open, schema: hide }, () => ({ people: [...people.values()] }));

      scope.get('/demo/phone/history', { config: open, schema: { ...hide, querystring: who } }, (request) =>
        thread(request.query.as),
      );

      scope.post('/demo/phone/send', { config: open, schema: { ...hide, body: sending } }, (request) =>
        send(request.body.from, request.body.message),
      );

      scope.post('/demo/phone/media', { config: open, bodyLimit: UPLOAD_LIMIT, schema: hide }, (request, reply) =>
        upload(request, reply),
      );

      scope.get(
        '/demo/phone/media/:id',
        { config: open, schema: { ...hide, params: z.object({ id: z.string().max(40) }) } },
        (request, reply) => {
          const file = graph.media(request.params.id);
          if (!file) return reply.code(404).send({ status: 404 });
          return reply
            .headers({
              'content-type': file.mime,
              'x-content-type-options': 'nosniff',
              'content-security-policy': 'sandbox',
            })
            .serializer((payload: unknown) => payload as string)
            .send(file.bytes);
        },
      );

      scope.get(
        '/demo/phone/live',
        { config: open, websocket: true, schema: { ...hide, querystring: who } },
        (socket, request) => {
          const waId = (request.query as z.infer<typeof who>).as;
          const mine = sockets.get(waId) ?? new Set();
          sockets.set(waId, mine.add(socket));
          graph.look(waId, true);
          const ping = setInterval(() => socket.ping(), 25_000);
          socket.on('error', () => socket.terminate());
          socket.on('close', () => {
            clearInterval(ping);
            mine.delete(socket);
            graph.look(waId, false);
          });
        },
      );
    });
  }

  async function upload(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (!Buffer.isBuffer(request.body)) return reply.code(415).send({ status: 415 });
    const form = await new Response(new Uint8Array(request.body), {
      headers: { 'content-type': String(request.headers['content-type']) },
    })
      .formData()
      .catch(() => undefined);
    const file = form?.get('file');
    if (!file || typeof file === 'string') return reply.code(400).send({ status: 400 });
    const id = graph.putMedia({
      bytes: Buffer.from(await file.arrayBuffer()),
      mime: file.type.split(';')[0] || 'application/octet-stream',
      filename: file.name,
    });
    return { id };
  }

  return { graph, routes };
}

const digits = z.string().regex(/^\d{5,20}$/);
const who = z.object({ as: digits });
const sending = z.object({ from: digits, message: z.looseObject({ type: z.string().max(40) }) });

function kindOf(message: Json): string {
  const type = String(message['type'] ?? '');
  const inner = (message['interactive'] as Json | undefined)?.['type'];
  return typeof inner === 'string' ? inner : type;
}

/** The first words, for the list of what travels. */
function wordsOf(message: Json, text?: string): string {
  const part = (message[String(message['type'])] ?? {}) as Json;
  const reply = (part['button_reply'] ?? part['list_reply']) as Json | undefined;
  const words = text ?? part['body'] ?? reply?.['title'] ?? part['caption'] ?? part['filename'] ?? part['name'] ?? '';
  const said = typeof words === 'object' && words !== null ? (words as Json)['text'] : words;
  const line = String(said ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 80 ? `${[...line].slice(0, 79).join('')}…` : line;
}
