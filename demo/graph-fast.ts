import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * The stand-in for the bench: takes every message at once and answers 200 with an id, reading no more of the request
 * than its length and its `to`. About 10 µs a message, so that what is measured is the server and not this.
 */
export type FastGraph = { url: string; count(): number; close(): Promise<void> };

const END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');
const TO = Buffer.from('"to":"');
const QUOTE = 0x22;

/**
 * @param options.onPost told for each message: to whom, and its body (valid only during the call)
 * @param options.latencyMs how long Meta takes: 150 to 200 in life
 */
export async function listenFast(options: {
  port?: number;
  latencyMs?: number;
  onPost?: (to: string, body: Buffer) => void;
}): Promise<FastGraph> {
  let count = 0;
  // ids of one stand-in never meet those of another
  const run = randomBytes(6).toString('hex');
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let held: Buffer | undefined;
    socket.on('data', (chunk) => {
      let bytes = held ? Buffer.concat([held, chunk]) : chunk;
      held = undefined;
      while (bytes.length > 0) {
        const head = bytes.indexOf(END);
        if (head === -1) break;
        const at = bytes.subarray(0, head).indexOf(LENGTH);
        const length =
          at === -1 ? 0 : Number.parseInt(bytes.toString('latin1', at + LENGTH.length, at + LENGTH.length + 8), 10);
        const end = head + END.length + length;
        if (bytes.length < end) break;
        const body = bytes.subarray(head + END.length, end);
        count += 1;
        if (options.onPost) {
          const to = body.indexOf(TO);
          options.onPost(
            to === -1 ? '' : body.toString('latin1', to + TO.length, body.indexOf(QUOTE, to + TO.length)),
            body,
          );
        }
        reply(socket, count);
        bytes = bytes.subarray(end);
      }
      if (bytes.length > 0) held = Buffer.from(bytes);
    });
  });

  function reply(socket: Socket, n: number): void {
    const body = `{"messaging_product":"whatsapp","contacts":[{"input":"0","wa_id":"0"}],"messages":[{"id":"wamid.FAST${run}${n}"}]}`;
    const text = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    if (options.latencyMs) setTimeout(() => socket.write(text, 'latin1'), options.latencyMs);
    else socket.write(text, 'latin1');
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
