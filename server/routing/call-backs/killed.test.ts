import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
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
import { askFrom } from './ask.ts';
import type { CallBackDeps } from './deps.ts';
import { lockStory, sweepCallBacks, taken } from './due.ts';
import { recordOutcome } from './tries.ts';

/* A process is killed with SIGKILL in the middle of each step of a call-back, and another one goes on. */

const postgres = await testDatabase();
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

/** Monday, eleven in Madrid. */
let now = new Date('2026-11-23T10:00:00Z');
let stage: Stage;
let deps: CallBackDeps;
let irene: StaffActor;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, timezone: 'Europe/Madrid' });
  deps = { vault: stage.vault, clock: () => now, conversations: stage.conversations };
  await inside((trx) => saveQueue(trx, stage.organisationId, { key: 'general', names }));
  irene = await stage.staff('Irene');
  await inside((trx) => saveAgent(trx, stage.organisationId, irene.membershipId, {}));
});
afterEach(() => stage.close());

const names = { es: 'General', ca: 'General', en: 'General', pt: 'Geral' };
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const sweep = () => sweepCallBacks(db, deps);

/**
 * Runs a step in a process that is killed once it comes to the last table that it writes, and waits until PostgreSQL has undone
 * the rest.
 */
async function killedAt(last: 'call_back_step' | 'departure', what: Record<string, unknown>): Promise<void> {
  const guard = new pg.Client({ connectionString: ownerUrl });
  await guard.connect();
  try {
    await guard.query('begin');
    await guard.query(`lock table ${last} in share mode`);
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('../../../test/call-back-child.ts', import.meta.url)),
        postgres.url,
        JSON.stringify({ now: now.toISOString(), ...what }),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, HEBRA_LOG_LEVEL: 'silent' } },
    );
    const ended = once(child, 'exit');
    await expect
      .poll(
        async () =>
          (
            await asOwner(
              ownerUrl,
              `select count(*)::int as n from pg_locks where relation = '${last}'::regclass and not granted
                and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rows[0].n,
        { timeout: 60_000 },
      )
      .toBe(1);
    child.kill('SIGKILL');
    await ended;
  } finally {
    await guard.query('rollback');
    await guard.end();
  }
  await expect
    .poll(
      async () =>
        (
          await asOwner(
            ownerUrl,
            `select count(*)::int as n from pg_stat_activity where application_name = 'hebra-test-call-backs' and datname = current_database()`,
          )
        ).rows[0].n,
      { timeout: 60_000 },
    )
    .toBe(0);
}

async function asks(way: 'phone' | 'message', slotAt: Date | null) {
  stage.handover = null;
  const conversationId = await stage.write(uuid(), 'hola');
  const { rows } = await asOwner(
    ownerUrl,
    'select c.person_id, l.contact_point_id from conversation c join leg l on l.conversation_id = c.id where c.id = $1',
    [conversationId],
  );
  const who = { personId: rows[0].person_id as string, contactPointId: rows[0].contact_point_id as string };
  const { callBack } = await inside((trx) =>
    askFrom(
      trx,
      deps,
      { kind: 'patient', organisationId: stage.organisationId, personId: who.personId },
      { organisationId: stage.organisationId, ...who },
      { slotAt, way, number: way === 'phone' ? '612 34 56 78' : null },
      now,
    ),
  );
  return { id: callBack.id, conversationId };
}

/** Everything that a step may leave behind. */
async function left({ id, conversationId }: { id: string; conversationId: string }) {
  const one = async (text: string, value: string) => (await asOwner(ownerUrl, text, [value])).rows;
  const [callBack] = await one(
    'select state, missed, item_id is not null as lined, due_at from call_back where id = $1',
    id,
  );
  const [conversation] = await one(
    'select state, agent_id is not null as held, message_count from conversation where id = $1',
    conversationId,
  );
  const items = await one(
    `select kind, state from item where person_id = (select person_id from conversation where id = $1) order by id`,
    conversationId,
  );
  const tries = await one('select outcome from call_back_try where call_back_id = $1 order by began_at', id);
  const [said] = await one(
    `select count(*)::int as n from message where conversation_id = $1 and direction = 'out'`,
    conversationId,
  );
  return { callBack, conversation, items, tries, said: said.n as number };
}

/** Irene is here and says yes to what is put before her. @returns the item */
async function accepts(): Promise<string> {
  await inside((trx) => connect(trx, irene, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
  await inside((trx) => matchOnce(trx, stage.organisationId, now));
  const { rows } = await asOwner(ownerUrl, `select id from offer where agent_id = $1 and state = 'pending'`, [
    irene.membershipId,
  ]);
  return inside(async (trx) => {
    await lockStory(trx, stage.organisationId, { offerId: rows[0].id });
    const held = await accept(trx, irene, { offerId: rows[0].id }, { conversations: stage.conversations, now });
    return held.itemId;
  });
}

test(
  'killed while it makes one due: nothing of it stays, and the next process makes one item',
  { timeout: 120_000 },
  async () => {
    const asked = await asks('phone', new Date('2026-11-23T11:00:00Z'));
    now = new Date('2026-11-23T11:00:00Z');
    const before = await left(asked);
    await killedAt('call_back_step', { step: 'sweep' });
    expect(await left(asked)).toEqual(before);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await left(asked)).toMatchObject({
      callBack: { state: 'due', lined: true },
      items: [{ kind: 'call_back', state: 'queued' }],
      said: before.said,
    });
  },
);

test('killed while it writes to who is due: they read once that it is their turn', { timeout: 120_000 }, async () => {
  const asked = await asks('message', null);
  const itemId = await accepts();
  const before = await left(asked);
  await killedAt('departure', { step: 'taken', organisationId: stage.organisationId, itemId });
  expect(await left(asked)).toEqual(before);
  await Promise.all([sweep(), sweep(), sweep()]);
  expect(await left(asked)).toMatchObject({
    callBack: { state: 'trying' },
    conversation: { state: 'with_agent', held: true },
    items: [{ kind: 'conversation', state: 'accepted' }],
    tries: [{ outcome: null }],
    said: before.said + 1,
  });
});

test(
  'killed while a try is written down: it is the same try, and the next one comes by rule',
  { timeout: 120_000 },
  async () => {
    const asked = await asks('phone', null);
    const itemId = await accepts();
    await inside((trx) => taken(trx, deps, stage.organisationId, itemId, now));
    const before = await left(asked);
    await killedAt('departure', { step: 'no_answer', actor: irene, id: asked.id });
    expect(await left(asked)).toEqual(before);
    const record = () =>
      inside((trx) => recordOutcome(trx, deps, irene, { id: asked.id, outcome: 'no_answer', slotAt: null }, now));
    // said again, twice: the second finds it written down
    const done = await Promise.allSettled([record(), record()]);
    expect(done.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await left(asked)).toMatchObject({
      callBack: { state: 'trying', missed: 1, lined: false, due_at: new Date('2026-11-23T10:10:00Z') },
      conversation: { state: 'assistant', held: false },
      tries: [{ outcome: 'no_answer' }],
      said: before.said + 1,
    });
  },
);
