import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { channelHouse, until } from '../../test/graph.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';

const postgres = await testDatabase();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await postgres.close();
});

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../test/graph-child.ts', import.meta.url)), postgres.url],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HEBRA_LOG_LEVEL: 'silent' },
    },
  );
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, url: line.toString('utf8').trim() };
}

test('kill -9 in the middle of 150 senders: nobody is lost, and the next process says what the first had promised', async () => {
  // the house gives the organisation and the vendor; the processes under test are the children
  const house = await channelHouse(postgres, { start: false, graph: { latencyMs: 30 } });
  const people = Array.from({ length: 150 }, (_, i) => `3465000${String(i).padStart(4, '0')}`);
  const lease = (length: string) =>
    asOwner(postgres.ownerUrl, 'update departure set lease_until = now() + $2::interval where organisation_id = $1', [
      house.organisationId,
      length,
    ]);
  const first = await start();
  house.graph.callBack(`${first.url}/webhooks/whatsapp`);
  const writing = people.map((who, i) =>
    new Promise((next) => setTimeout(next, i * 4)).then(() =>
      house.graph.write(who, 'X', { type: 'text', text: { body: 'hola' } }),
    ),
  );
  await until(
    () => house.graph.posted.length,
    (count) => count > 40,
  );
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  // what it left lies still until the vendor has spoken, however slow this machine is
  await lease('1 hour');
  const second = await start();
  // what was not answered with 200 is repeated by the vendor, to whoever listens now
  house.graph.callBack(`${second.url}/webhooks/whatsapp`);
  await Promise.all(writing);
  // a minute later: the vendor has told nearly all that it had taken, and the leases of the dead process have lapsed
  const untold = async (): Promise<number> => {
    const told = new Set((await house.rows()).map((row) => row.external_id));
    return house.graph.posted.filter((one) => !told.has(one.id)).length;
  };
  await until(untold, (count) => count < 15, 240_000);
  await lease('0 hours');
  const got = (who: string): string[] =>
    house.graph.posted.filter((one) => one.to === who).map((one) => (one.message['text'] as { body: string }).body);
  await until(
    () => people.filter((who) => !got(who).includes('dos')),
    (missing) => missing.length === 0,
  );
  await until(
    async () =>
      (await asOwner(postgres.ownerUrl, 'select 1 from departure where organisation_id = $1', [house.organisationId]))
        .rows.length,
    (count) => count === 0,
  );
  const rows = await house.rows();
  expect(rows.filter((row) => row.direction === 'in')).toHaveLength(150);
  expect(rows.filter((row) => row.direction === 'out')).toHaveLength(300);
  expect(rows.filter((row) => row.delivery === 'failed')).toEqual([]);
  let twice = 0;
  for (const who of people) {
    const words = got(who);
    twice += words.length - 2;
    // in order, and what came again came in order too
    expect(words[0]).toBe('uno');
    expect(words.at(-1)).toBe('dos');
  }
  // Meta has no idempotency key: what it took without telling us in that minute may come twice, and no more than that
  expect(twice).toBeLessThan(15);
  await house.close();
});
