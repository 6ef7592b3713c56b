import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A stand-in for a server with OpenAI's chat completions, on a socket: whole answers and streamed ones (server-sent
 * events), refusals (401, 429, 500), slowness, garbage and answers that are cut in the middle.
 */

export type ChatRequest = {
  model: string;
  messages: { role: string; content: string | { type: string; text: string }[] }[];
  stream?: boolean;
  max_tokens?: number;
  response_format?: { type: string };
};
export type Behaviour =
  | { say: string; usage?: { prompt_tokens: number; completion_tokens: number } | null }
  | { status: 401 | 429 | 500 }
  | { never: true }
  | { garbage: true }
  /** The connection ends in the middle of the answer. */
  | { cut: string };

export type ModelServer = {
  url: string;
  key: string;
  /** Everything that was asked, as it came. */
  asked: { body: ChatRequest; raw: string; headers: IncomingMessage['headers'] }[];
  /** What it does with each request, by what it is asked. */
  does: (request: ChatRequest, index: number) => Behaviour | Promise<Behaviour>;
  /** The last thing that a user said in a request. */
  last(request: ChatRequest): string;
  close(): Promise<void>;
};

/** Starts it on a free port of this machine. */
export async function startModelServer(): Promise<ModelServer> {
  const key = 'sk-of-tests';
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    void answer(request, response).catch(() => response.destroy());
  });
  const self: ModelServer = {
    url: '',
    key,
    asked: [],
    does: () => ({ say: '{"commands":[{"command":"out_of_scope"}]}' }),
    last(request) {
      const content = request.messages.findLast((one) => one.role === 'user')?.content ?? '';
      return typeof content === 'string' ? content : content.map((part) => part.text).join('');
    },
    async close() {
      for (const response of open) response.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let raw = '';
    for await (const chunk of request) raw += String(chunk);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
      return json(404, { error: { message: 'not found' } });
    const body = JSON.parse(raw) as ChatRequest;
    if (request.headers.authorization !== `Bearer ${key}`)
      return json(401, {
        error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' },
      });
    self.asked.push({ body, raw, headers: request.headers });
    const does = await self.does(body, self.asked.length - 1);
    if ('never' in does) return;
    if ('status' in does) return json(does.status, { error: { message: 'refused', type: 'server_error', code: null } });
    if ('garbage' in does) {
      response
        .writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' })
        .end('<html>\u0000 502 {"choices":');
      return;
    }
    const text = 'cut' in does ? does.cut : does.say;
    const usage =
      'cut' in does ? null : does.usage === undefined ? { prompt_tokens: 100, completion_tokens: 20 } : does.usage;
    const frame = { id: 'chatcmpl-1', created: 1_790_000_000, model: body.model };
    if (!body.stream) {
      const whole = JSON.stringify({
        ...frame,
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        ...(usage ? { usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } } : {}),
      });
      if (!('cut' in does)) return void response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(whole.slice(0, Math.floor(whole.length / 2)), () => response.destroy());
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (choice: unknown, more: object = {}): void =>
      void response.write(
        `data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', choices: choice ? [choice] : [], ...more })}\n\n`,
      );
    send({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null });
    for (let at = 0; at < text.length; at += 7)
      send({ index: 0, delta: { content: text.slice(at, at + 7) }, finish_reason: null });
    if ('cut' in does) return void setImmediate(() => response.destroy());
    send({ index: 0, delta: {}, finish_reason: 'stop' });
    if (usage) send(null, { usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } });
    response.end('data: [DONE]\n\n');
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return self;
}
