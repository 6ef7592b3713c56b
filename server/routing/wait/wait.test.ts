import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { saveAgent } from '../agents.ts';
import { matchOnce } from '../match.ts';
import { accept } from '../offers.ts';
import { connect, setPresence } from '../presence.ts';
import { saveQueue } from '../queues.ts';
import { waitFor } from './wait.ts';

const postgres = await testDatabase({ max: 8 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now });
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const ask = (asked: Parameters<typeof waitFor>[2] = { queueKey: 'general' }) =>
  inside((trx) => waitFor(trx, stage.organisationId, asked, now));

async function agent(name: string, settings: Parameters<typeof saveAgent>[3] = {}): Promise<StaffActor> {
  const actor = await stage.staff(name);
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, settings));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  return actor;
}

/** Whoever has a free place takes what it is offered. */
async function workOn(actor: StaffActor): Promise<void> {
  for (let more = true; more;) ({ more } = await inside((trx) => matchOnce(trx, stage.organisationId, now)));
  const { rows } = await asOwner(ownerUrl, `select id from offer where agent_id = $1 and state = 'pending'`, [
    actor.membershipId,
  ]);
  for (const { id } of rows)
    await inside((trx) => accept(trx, actor, { offerId: id }, { conversations: stage.conversations, now }));
}

test('a queue that is not there has no wait; one without anybody says so and promises nothing', async () => {
  await stage.write('a', 'hola');
  expect(await ask({ queueKey: 'nowhere' })).toBeNull();
  expect(await ask()).toEqual({
    seconds: null,
    low: null,
    high: null,
    position: 2,
    open: true,
    opensAt: null,
    staffed: false,
  });
});

test('with a free place the wait is an offer’s ring; with none it grows with who is ahead', async () => {
  await inside((trx) =>
    saveQueue(trx, stage.organisationId, { key: 'general', names: { es: 'G', ca: 'G', en: 'G', pt: 'G' } }),
  );
  const actor = await agent('Irene', { capacity: 2 });
  const idle = (await ask())!;
  expect(idle).toMatchObject({ staffed: true, open: true, position: 1 });
  expect(idle.high!).toBeLessThan(60);

  for (const name of ['a', 'b']) await stage.write(name, 'hola');
  await workOn(actor);
  // longer than what was read may be kept on the slowest machine
  pass(61);
  const full = (await ask())!;
  expect(full.position).toBe(1);
  expect(full.seconds!).toBeGreaterThan(idle.high!);
  expect(full.low!).toBeLessThan(full.seconds!);
  expect(full.seconds!).toBeLessThan(full.high!);

  for (const name of ['c', 'd', 'e', 'f']) await stage.write(name, 'hola');
  pass(61);
  const behind = (await ask())!;
  expect(behind.position).toBe(5);
  expect(behind.seconds!).toBeGreaterThan(full.seconds!);
  // a higher class stands before them
  const urgent = (await ask({ queueKey: 'general', priority: 'urgent' }))!;
  expect(urgent.position).toBe(1);
  expect(urgent.seconds!).toBeLessThan(behind.seconds!);
});

test('out of hours it says when it opens and no minutes', async () => {
  await inside((trx) =>
    saveQueue(trx, stage.organisationId, {
      key: 'general',
      names: { es: 'G', ca: 'G', en: 'G', pt: 'G' },
      hours: { tue: [['09:00', '17:00']] },
    }),
  );
  await agent('Irene');
  const closed = (await ask())!;
  expect(closed).toMatchObject({ open: false, seconds: null, low: null, high: null });
  expect(closed.opensAt!.getTime()).toBeGreaterThan(now.getTime());
});
