import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { saveAgent } from '../agents.ts';
import { connect, setPresence } from '../presence.ts';
import { take } from '../offers.ts';
import { measureAgents, setPaces } from './pace.ts';

const postgres = await testDatabase({ max: 8 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, settings: { pace: { replySeconds: 60, stopSeconds: 180 } } });
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);

async function agent(settings: Parameters<typeof saveAgent>[3] = {}): Promise<StaffActor> {
  const actor = await stage.staff('Irene');
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, settings));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  return actor;
}

/** A patient writes and this agent takes it. */
async function begin(actor: StaffActor, name: string): Promise<string> {
  const conversationId = await stage.write(name, 'hola');
  const { rows } = await asOwner(ownerUrl, `select id from item where conversation_id = $1 and state = 'queued'`, [
    conversationId,
  ]);
  await inside((trx) => take(trx, actor, { itemId: rows[0].id }, { conversations: stage.conversations, now }));
  return conversationId;
}

const answer = (actor: StaffActor, conversationId: string) =>
  inside((trx) => stage.conversations.reply(trx, actor, { conversationId, content: { kind: 'text', text: 'Sí' } }));

async function rowOf(actor: StaffActor) {
  const { rows } = await asOwner(
    ownerUrl,
    'select pace, pace_reason as reason, pace_at as at, load, presence from agent where id = $1',
    [actor.membershipId],
  );
  return rows[0] as {
    pace: number | null;
    reason: { what: string } | null;
    at: Date | null;
    load: number;
    presence: string;
  };
}

/** @returns whether this agent's places changed; other organisations may be looked at too */
async function look(actor: StaffActor): Promise<boolean> {
  const before = await rowOf(actor);
  await setPaces(db, () => now);
  return JSON.stringify(await rowOf(actor)) !== JSON.stringify(before);
}

test('what was written is measured: work, thinking, the delay, and who waits now; breaks are left out', async () => {
  const actor = await agent({ capacity: 5, paceLeast: 1 });
  const conversationId = await begin(actor, 'a');
  for (let i = 0; i < 8; i += 1) {
    pass(20);
    await answer(actor, conversationId);
    pass(100);
    await stage.write('a', 'otra cosa');
  }
  pass(15);
  await inside((trx) => setPresence(trx, actor, { state: 'break' }, now));
  pass(600);
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  pass(5);
  const seen = await inside((trx) => measureAgents(trx, stage.organisationId, [actor.membershipId], now));
  const { work, think, reply, oldest } = seen.get(actor.membershipId)!;
  expect(work).toBeCloseTo(20, 0);
  expect(reply).toBeCloseTo(20, 0);
  expect(think).toBeCloseTo(100, 0);
  // the presence stretches are stamped by the database's own clock, so here the break is not seen: at most the whole
  expect(oldest).toBeGreaterThan(0);
  expect(oldest).toBeLessThanOrEqual(620);
});

test('a patient who waits too long stops what is new; once answered it goes on; no least, nothing happens', async () => {
  const actor = await agent({ capacity: 4, paceLeast: 2 });
  const first = await begin(actor, 'a');
  await begin(actor, 'b').then((second) => answer(actor, second));
  pass(60);
  expect(await look(actor)).toBe(false);
  pass(140);
  expect(await look(actor)).toBe(true);
  const stopped = await rowOf(actor);
  expect(stopped).toMatchObject({
    pace: 1,
    load: 2,
    presence: 'busy',
    reason: { what: 'stopped', oldestSeconds: 200 },
  });
  // again it says nothing new
  expect(await look(actor)).toBe(false);
  await answer(actor, first);
  pass(10);
  expect(await look(actor)).toBe(true);
  expect(await rowOf(actor)).toMatchObject({ pace: 2, reason: { what: 'resumed' } });

  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, { capacity: 4, paceLeast: null }));
  expect(await look(actor)).toBe(true);
  expect(await rowOf(actor)).toMatchObject({ pace: null, reason: null, presence: 'available' });
  expect(await look(actor)).toBe(false);
});

test('slow replies take a place away, one in a period; quick ones give it back', async () => {
  const actor = await agent({ capacity: 6, paceLeast: 1 });
  const conversationId = await begin(actor, 'a');
  for (let i = 0; i < 10; i += 1) {
    pass(90);
    await answer(actor, conversationId);
    pass(30);
    await stage.write('a', 'otra cosa');
  }
  expect(await look(actor)).toBe(true);
  expect(await rowOf(actor)).toMatchObject({ pace: 5, reason: { what: 'fewer', goalSeconds: 60, replySeconds: 90 } });
  pass(30);
  expect(await look(actor)).toBe(false);
  for (let i = 0; i < 30; i += 1) {
    pass(5);
    await answer(actor, conversationId);
    pass(200);
    await stage.write('a', 'otra cosa');
  }
  pass(5);
  await answer(actor, conversationId);
  expect(await look(actor)).toBe(true);
  expect(await rowOf(actor)).toMatchObject({ pace: 6, reason: { what: 'more' } });
  // the event tells the desk
  const { rows } = await asOwner(
    ownerUrl,
    `select count(*)::int as n from event where organisation_id = $1 and kind = 'agent.changed'`,
    [stage.organisationId],
  );
  expect(rows[0].n).toBeGreaterThanOrEqual(2);
});
