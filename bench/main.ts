/* hebra bench: the whole path of a message, measured beside what this machine can do at all, in one run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { publishFlows } from '../server/assistant/publish.ts';
import { startEmbedded } from '../server/platform/embedded.ts';
import { applicationPassword, migrate } from '../server/platform/migrate.ts';
import { openDatabase } from '../server/platform/postgres.ts';
import { createVault } from '../server/trust/vault.ts';
import { seedDemo } from '../demo/seed.ts';
import { emptyHandler, insertHandler, insertsASecond } from './anchors.ts';
import type { Order, Seen } from './generator.ts';
import { measureAssignment } from './assignment.ts';
import { report } from './red-flags.ts';
import { measureKnowledge } from './knowledge.ts';
import { understandingLines } from './understanding.ts';
import { measureWaits } from './wait.ts';

const HERE = new URL('.', import.meta.url).pathname;
const quick = process.argv.includes('--quick');
const seconds = quick ? 4 : 10;
const number = { phoneNumberId: '100000000000001', displayNumber: '+34910000000' };
const secrets = { accessToken: 'bench-access-token', appSecret: 'bench-app-secret', verifyToken: 'bench-verify-token' };
/** What people write: greetings, menu picks, a way through booking, a question, and what is not understood. */
const SCRIPT = ['hola', 'quiero pedir cita', '1', 'horarios', 'hola buenas, una consulta', 'menu', 'no se', 'gracias'];

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const dataDir = await mkdtemp(join(tmpdir(), 'hebra-bench-'));
const masterKey = randomBytes(32);
const embedded = await startEmbedded({ dataDir });
let server: ChildProcess | undefined;
try {
  say(
    `Hebra bench · ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, PostgreSQL 18 with fsync on; crowd and stand-in on the same cores`,
  );
  say();
  say('Limits of this machine, measured now');
  const inserts = await insertsASecond(embedded.ownerUrl, 16, quick ? 2 : 4);
  line('one-row insert + commit, 16 clients', `${whole(inserts)}/s`);
  const empty = await emptyHandler();
  const generator = await crowd({
    port: empty.port,
    path: '/',
    senders: 4_000,
    script: Array(20).fill('hola'),
    rate: 0,
    unanswered: 64,
    seconds: 3,
    answers: false,
  });
  await empty.close();
  const ceiling = generator.answered / generator.seconds;
  line('crowd against an empty handler', `${whole(ceiling)}/s`);
  if (ceiling < 5_000) say('  the crowd itself is slow here: what follows measures it too');
  const inserting = await insertHandler(embedded.ownerUrl);
  const stored = await crowd({
    port: inserting.port,
    path: '/',
    senders: 4_000,
    script: Array(20).fill('hola'),
    rate: 0,
    unanswered: 64,
    seconds: 3,
    answers: false,
  });
  await inserting.close();
  const durable = stored.answered / stored.seconds;
  line('POST → one INSERT → 200', `${whole(durable)}/s`, `p99 ${stored.acknowledge.p99} ms`);
  say();

  say(
    'Who gets what: the rules, the offers, the answers of agents, beside one statement that locks an item and an agent',
  );
  for (const one of await measureAssignment(embedded.ownerUrl, quick ? 1 : 3))
    line(
      `assignments, ${one.clients} clients`,
      `${whole(one.offered)}/s offered`,
      `anchor ${whole(one.anchor)}/s: ${percent(one.offered / one.anchor)}; mark ≥ 50 %; offered and accepted ${whole(one.ours)}/s: ${percent(one.ours / one.anchor)}; accepted by itself ${whole(one.atOnce)}/s: ${percent(one.atOnce / one.anchor)}`,
    );
  say();

  const graphPort = await freePort();
  const port = await freePort();
  await migrate(embedded.ownerUrl, applicationPassword(masterKey));
  const owner = openDatabase(embedded.ownerUrl, { max: 2 });
  await seedDemo(owner.db, createVault(masterKey), {
    now: new Date(),
    webOrigins: [],
    // Meta's own limit for a number is 1,000 a second; here the server is measured and not the limit
    number: { ...number, secrets, graphUrl: `http://127.0.0.1:${graphPort}`, messagesPerSecond: 100_000 },
    more: async (trx, organisationId) => void (await publishFlows(trx, organisationId)),
  });
  server = spawn(process.execPath, [join(HERE, '../server/main.ts'), 'serve'], {
    env: {
      ...process.env,
      DATABASE_URL: embedded.ownerUrl,
      HEBRA_MASTER_KEY: masterKey.toString('base64'),
      HEBRA_DATA: dataDir,
      PORT: String(port),
      HEBRA_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await healthy(port);
  const path = '/webhooks/whatsapp';
  const base = { port, path, graphPort };
  await crowd({ ...base, senders: 500, script: SCRIPT, rate: 200, unanswered: 0, seconds: quick ? 3 : 8 });
  await owner.pool.query('analyze');

  say('Signed webhook → screened → the real assistant → stored → answer posted to the stand-in');
  const peaks: { rate: number; node: number; postgres: number }[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run += 1) {
    const before = await usage(server.pid!);
    const seen = await crowd({ ...base, senders: 2_000, script: SCRIPT, rate: 0, unanswered: 256, seconds });
    const after = await usage(server.pid!);
    const rate = seen.answered / seen.seconds;
    peaks.push({
      rate,
      node: (after.node - before.node) / seen.answered,
      postgres: (after.postgres - before.postgres) / seen.answered,
    });
    line(
      `peak ${run + 1}, 256 unanswered at a time`,
      `${whole(rate)}/s answered`,
      `p50 ${seen.answer.p50} ms, p99 ${seen.answer.p99} ms (its 200: p50 ${seen.acknowledge.p50} ms); ${unanswered(seen)}; Node ${share(before.node, after.node, seen.seconds)}, PostgreSQL ${share(before.postgres, after.postgres, seen.seconds)} of a core`,
    );
  }
  const middle = peaks.toSorted((a, b) => a.rate - b.rate)[Math.floor(peaks.length / 2)]!;
  const peak = middle.rate;
  const fixed: { rate: number; seen: Seen }[] = [];
  for (const rate of quick ? [500] : [500, 1_000]) {
    const before = await usage(server.pid!);
    const seen = await crowd({ ...base, senders: rate * 6, script: SCRIPT, rate, unanswered: 0, seconds: seconds * 2 });
    const after = await usage(server.pid!);
    fixed.push({ rate, seen });
    line(
      `${whole(rate)}/s for ${seconds * 2} s`,
      `p50 ${seen.answer.p50} ms, p99 ${seen.answer.p99} ms, worst ${seen.answer.max} ms`,
      `${unanswered(seen)}; Node ${share(before.node, after.node, seen.seconds)}, PostgreSQL ${share(before.postgres, after.postgres, seen.seconds)} of a core`,
    );
  }
  const memory = await memoryOf(server.pid!);
  line('memory of the server', `${whole(memory / 2 ** 20)} MiB resident`);
  say();
  say('Beside the limits');
  line('peak / crowd’s ceiling', percent(peak / ceiling));
  line(
    'peak / POST → INSERT → 200',
    percent(peak / durable),
    'each answered message is about a dozen rows and a POST to the vendor',
  );
  line('peak / WhatsApp’s ceiling of 1,000 a second', `${(peak / 1_000).toFixed(2)} ×`);
  line('mark: ≥ 1,000/s at the peak', peak >= 1_000 ? 'reached' : `not reached: ${whole(peak)}`);
  const micro = (secondsEach: number): string => `${whole(secondsEach * 1e6)} µs`;
  line('cost of an answered message', `Node ${micro(middle.node)}, PostgreSQL ${micro(middle.postgres)}`, 'of a core');
  line(
    'next bottleneck',
    middle.node > middle.postgres ? 'the one Node process' : 'PostgreSQL',
    middle.node > middle.postgres
      ? 'a second --roles=web process beside it, then fewer round trips a batch'
      : 'fewer statements and rows a message, then a machine of its own',
  );
  const at500 = fixed.find((entry) => entry.rate === 500)!.seen;
  line(
    'mark: p99 < 500 ms at 500/s',
    at500.answer.p99 < 500 ? `reached: ${at500.answer.p99} ms` : `not reached: ${at500.answer.p99} ms`,
  );
  say();
  say('Understanding, on messages that another hand wrote');
  for (const [what, figure, more] of understandingLines()) line(what, figure, more);
  say();
  await measureKnowledge(say);
  say();
  measureWaits(say, quick ? 30 : 120);
  say();
  say('Red flags, on messages that other hands wrote');
  for (const row of report('test')) say(`  ${row}`.trimEnd());
} finally {
  server?.kill('SIGTERM');
  if (server) await new Promise((ended) => server!.once('exit', ended));
  await embedded.stop();
  await rm(dataDir, { recursive: true, force: true });
}

function line(what: string, figure: string, more = ''): void {
  say(`  ${what.padEnd(44)} ${figure.padEnd(28)} ${more}`.trimEnd());
}

function unanswered(seen: Seen): string {
  return seen.sent === seen.answered
    ? `all ${whole(seen.sent)} answered`
    : `${whole(seen.sent - seen.answered)} of ${whole(seen.sent)} not answered`;
}

/** A crowd in a process of its own. */
async function crowd(
  order: Partial<Order> & Pick<Order, 'port' | 'path' | 'senders' | 'script' | 'rate' | 'unanswered' | 'seconds'>,
): Promise<Seen> {
  const whole: Order = {
    secret: secrets.appSecret,
    phoneNumberId: number.phoneNumberId,
    graphPort: 0,
    connections: 256,
    answers: true,
    ...order,
  };
  const child = spawn(process.execPath, [join(HERE, 'generator.ts'), JSON.stringify(whole)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((ended) => child.once('exit', ended));
  if (code !== 0) throw new Error(`the crowd ended with ${code}`);
  return JSON.parse(text) as Seen;
}

async function healthy(port: number): Promise<void> {
  for (const until = Date.now() + 60_000; ;) {
    const ok = await fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > until) throw new Error('the server did not come up');
    await new Promise((again) => setTimeout(again, 100));
  }
}

/** Seconds of processor used so far by the server and by PostgreSQL with all its processes. */
async function usage(pid: number): Promise<{ node: number; postgres: number }> {
  let postgres = 0;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (name.trim() === 'postgres') postgres += await processor(Number(entry));
  }
  return { node: await processor(pid), postgres };
}

async function processor(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024;
}

function share(before: number, after: number, elapsed: number): string {
  return percent((after - before) / elapsed);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
