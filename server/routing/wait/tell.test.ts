import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import type { JobPayload } from '../../platform/jobs.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { saveAgent } from '../agents.ts';
import { take } from '../offers.ts';
import { connect, setPresence } from '../presence.ts';
import { saveQueue } from '../queues.ts';
import { createTellAsked, heardOfWait, TELL_ASKED } from './asked.ts';
import { standingOf, tellAgain } from './tell.ts';

const postgres = await testDatabase({ max: 8 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, settings: { wait: { againMinutes: 5 } } });
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const sweep = () => tellAgain({ db, clock: () => now, conversations: stage.conversations });
const standing = (conversationId: string) =>
  inside((trx) => standingOf(trx, stage.organisationId, conversationId, now));

/** What was said in a conversation, in order. */
const saidIn = (conversationId: string): string[] =>
  stage.departed.flatMap((one) =>
    one.conversationId === conversationId && 'text' in one.content ? [one.content.text] : [],
  );

async function agent(capacity: number): Promise<StaffActor> {
  const actor = await stage.staff('Irene');
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, { capacity }));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  return actor;
}

async function taken(actor: StaffActor, name: string): Promise<string> {
  const conversationId = await stage.write(name, 'hola');
  const { rows } = await asOwner(ownerUrl, `select id from item where conversation_id = $1 and state = 'queued'`, [
    conversationId,
  ]);
  await inside((trx) => take(trx, actor, { itemId: rows[0].id }, { conversations: stage.conversations, now }));
  return conversationId;
}

test('who is handed over reads the place and the minutes; later, that it takes longer, and not too often', async () => {
  const actor = await agent(1);
  await taken(actor, 'a');
  await stage.write('b', 'hola');
  const waits = await stage.write('c', 'hola');
  expect(saidIn(waits)).toHaveLength(1);
  expect(saidIn(waits)[0]).toMatch(/Hay una persona antes que usted; la espera es de (menos de )?\d+ (a \d+ )?minutos/);

  pass(60);
  await sweep();
  expect(saidIn(waits)).toHaveLength(1);
  // the one who is attended goes on and on, and far beyond what was said it is said again, once
  pass(7_200);
  await sweep();
  expect(saidIn(waits)).toHaveLength(2);
  expect(saidIn(waits)[1]).toMatch(/^La espera se ha alargado y lo sentimos: ahora la espera es de/);
  await sweep();
  pass(30);
  await sweep();
  expect(saidIn(waits)).toHaveLength(2);
});

test('a window shows the place and the minutes, and is told when they change', async () => {
  const actor = await agent(1);
  const held = await taken(actor, 'a');
  const waits = await stage.write('b', 'hola');
  pass(10);
  const first = (await standing(waits))!;
  expect(first.position).toBe(1);
  expect(first.minutes!.from).toBeGreaterThanOrEqual(0);
  expect(await standing(held)).toBeNull();
  await sweep();
  const { rows } = await asOwner(
    ownerUrl,
    `select count(*)::int as n from event where kind = 'wait.changed' and conversation_id = $1`,
    [waits],
  );
  expect(rows[0].n).toBe(1);
});

test('where nobody can answer the place is still the true one, and no minutes are said', async () => {
  const line: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    line.push(await stage.write(name, 'hola'));
    pass(10);
  }
  expect(await Promise.all(line.map(standing))).toEqual([{ position: 1 }, { position: 2 }, { position: 3 }]);
});

test('a queue that closes while they wait says when it opens, once', async () => {
  const names = { es: 'G', ca: 'G', en: 'G', pt: 'G' };
  await inside((trx) =>
    saveQueue(trx, stage.organisationId, {
      key: 'general',
      names,
      hours: { mon: [['08:00', '12:00']], tue: [['08:00', '12:00']] },
    }),
  );
  const actor = await agent(1);
  await taken(actor, 'a');
  const waits = await stage.write('b', 'hola');
  expect(saidIn(waits)[0]).toMatch(/la siguiente persona; la espera es/);
  pass(3_600);
  await sweep();
  expect(saidIn(waits).at(-1)).toMatch(/fuera de horario.*mañana a partir de las 8:00/);
  const said = saidIn(waits).length;
  pass(3_600);
  await sweep();
  expect(saidIn(waits)).toHaveLength(said);

  const alone = await stage.write('c', 'hola');
  expect(saidIn(alone)[0]).toMatch(/fuera de horario/);
});

test('an organisation that says no minutes and nothing again is quiet, and patients still know their place', async () => {
  const quiet = await createStage(postgres, {
    clock: () => now,
    settings: { wait: { minutes: false, againMinutes: 0 } },
  });
  const actor = await quiet.staff('Irene');
  const within2 = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, quiet.organisationId, work);
  await within2((trx) => saveAgent(trx, quiet.organisationId, actor.membershipId, { capacity: 1 }));
  await within2((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await within2((trx) => setPresence(trx, actor, { state: 'break' }, now));
  await within2((trx) => setPresence(trx, actor, { state: 'available' }, now));
  await quiet.write('a', 'hola');
  const waits = await quiet.write('b', 'hola');
  const said = (): string[] =>
    quiet.departed.flatMap((one) => (one.conversationId === waits && 'text' in one.content ? [one.content.text] : []));
  expect(said()).toHaveLength(1);
  expect(said()[0]).not.toMatch(/minutos/);
  pass(7_200);
  await tellAgain({ db, clock: () => now, conversations: quiet.conversations });
  expect(said()).toHaveLength(1);
  await quiet.close();
});

/** Writes as somebody who waits, with the follower that hears who asks; carries out the jobs that came of it. @returns how many */
async function asks(conversationId: string, text: string): Promise<number> {
  await inside((trx) =>
    heardOfWait(
      trx,
      [
        {
          organisationId: stage.organisationId,
          conversationId,
          personId: uuid(),
          language: 'es',
          state: 'waiting',
          content: { kind: 'text', text },
          flagged: false,
          doubtful: false,
        },
      ],
      (words) => words === 'una persona',
    ),
  );
  const { rows } = await asOwner(
    ownerUrl,
    `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
     where t.id = j.task_id and t.identifier = $1 and j.payload->>'conversationId' = $2 returning j.payload`,
    [TELL_ASKED, conversationId],
  );
  const tell = createTellAsked({ db, clock: () => now, conversations: stage.conversations });
  for (const { payload } of rows as { payload: JobPayload }[]) await tell(payload);
  return rows.length;
}

test('who asks how long it takes, or for a person again, reads how it stands; not twice in one breath', async () => {
  const actor = await agent(1);
  await taken(actor, 'a');
  await stage.write('b', 'hola');
  pass(1);
  const waits = await stage.write('c', 'hola');
  expect(saidIn(waits)).toHaveLength(1);

  pass(60);
  expect(await asks(waits, 'me duele la rodilla')).toBe(0);
  expect(await asks(waits, '¿cuánto falta?')).toBe(1);
  expect(saidIn(waits)).toHaveLength(2);
  expect(saidIn(waits)[1]).toMatch(/Hay una persona antes que usted; la espera es de/);
  // just above
  pass(5);
  expect(await asks(waits, '¿hay alguien?')).toBe(1);
  expect(saidIn(waits)).toHaveLength(2);

  pass(60);
  await inside((trx) => setPresence(trx, actor, { state: 'offline' }, now));
  expect(await asks(waits, 'una persona')).toBe(1);
  expect(saidIn(waits)).toHaveLength(3);
  expect(saidIn(waits)[2]).not.toMatch(/minutos/);
});

test('who waits no more, or is with somebody, is told nothing', async () => {
  const actor = await agent(1);
  const served = await taken(actor, 'a');
  const before = saidIn(served).length;
  pass(60);
  await asks(served, '¿cuánto falta?');
  expect(saidIn(served)).toHaveLength(before);
});
