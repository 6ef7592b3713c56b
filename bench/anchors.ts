/* What this machine can do at all, measured in the same run as what we do: every figure of ours stands beside one of these. */
import { createServer } from 'node:http';
import Fastify from 'fastify';
import pg from 'pg';

/** One-row inserts with their commits, a second, by so many clients. */
export async function insertsASecond(url: string, clients: number, seconds: number): Promise<number> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(
    'create table if not exists bench_anchor (id bigint generated always as identity primary key, body text not null)',
  );
  let done = 0;
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      while (performance.now() < until) {
        await client.query({
          name: 'insert',
          text: 'insert into bench_anchor (body) values ($1)',
          values: ['x'.repeat(200)],
        });
        done += 1;
      }
      await client.end();
    }),
  );
  await admin.query('drop table bench_anchor');
  await admin.end();
  return done / seconds;
}

/** A handler that does nothing: what the generator can reach. @returns its port and what closes it */
export async function emptyHandler(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-length': '0' }).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** POST → one INSERT → 200 on the house's own framework: the least that a durable webhook costs. */
export async function insertHandler(url: string): Promise<{ port: number; close(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  await pool.query(
    'create table if not exists bench_webhook (id bigint generated always as identity primary key, body jsonb not null)',
  );
  const app = Fastify();
  app.post('/', async (request) => {
    await pool.query({
      name: 'keep',
      text: 'insert into bench_webhook (body) values ($1)',
      values: [JSON.stringify(request.body)],
    });
    return '';
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: (app.server.address() as { port: number }).port,
    async close() {
      await app.close();
      await pool.query('drop table bench_webhook');
      await pool.end();
    },
  };
}
