import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { refusal, type Team, teamOf } from '../../test/team.ts';
import { startEmbedded } from '../platform/embedded.ts';
import { uuid } from '../platform/ids.ts';
import { applicationUrl, migrate } from '../platform/migrate.ts';
import { openDatabase, within } from '../platform/postgres.ts';
import { settleClock } from './internal/clock.ts';
import { saveAgent } from './agents.ts';
import { startMatcher } from './match.ts';
import { retireQueue } from './queues.ts';
import { accept, lapseDue } from './offers.ts';
import { beat, connect, disconnect, setPresence, sweepGone, vanished } from './presence.ts';
import { unserved } from './unserved.ts';

const postgres = await testDatabase({ max: 8 });
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
let team: Team;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, settings: { ringSeconds: 30, graceSeconds: 60 } });
  team = teamOf(postgres, stage, () => now);
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const deps = () => ({ conversations: stage.conversations, now });
const HOUR = 3_600;

/** What every matcher does every few seconds. */
async function sweep(): Promise<void> {
  for (const mend of [settleClock, sweepGone, lapseDue])
    await team.inside(async (trx) => void (await mend(trx, stage.organisationId, now)));
}

const connectionsOf = async (agentId: string): Promise<string[]> =>
  (await asOwner(postgres.ownerUrl, 'select id from connection where agent_id = $1 order by id', [agentId])).rows.map(
    (row) => row.id,
  );

describe('a clock that is put back', () => {
  test('makes an offer ring its time and no more, a colleague be waited for as long as was meant, no wait negative', async () => {
    const general = await team.queue('general', { stickySeconds: 30 });
    const irene = await team.agent('Irene', { capacity: 1 });
    const marta = await team.agent('Marta', { capacity: 1 }, 'break');
    const offered = await team.add(general);
    const wished = await team.add(general, {
      wantedAgentId: marta.membershipId,
      wantedUntil: new Date(now.getTime() + 60_000),
    });
    await team.match();
    pass(-HOUR);
    await sweep();
    const [offer] = await team.pending(irene);
    expect(offer).toMatchObject({ offered_at: now, expires_at: new Date(now.getTime() + 30_000) });
    expect(await team.item(wished)).toMatchObject({ wanted_until: new Date(now.getTime() + 60_000) });
    // what came before the clock was put back is older than what comes now
    const later = await team.add(general);
    pass(31);
    await team.inside((trx) => beat(trx, stage.organisationId, [], now));
    await sweep();
    expect(await team.item(offered)).toMatchObject({ state: 'queued' });
    // the pause of who ignored it is at most what it is meant to be
    pass(-HOUR);
    await sweep();
    const { rows } = await asOwner(postgres.ownerUrl, 'select ignored_until from item where id = $1', [offered]);
    expect(rows[0].ignored_until[0].getTime()).toBeLessThanOrEqual(now.getTime() + 36_000);
    pass(40);
    await team.beat();
    expect((await team.match()).offers).toMatchObject([{ agentId: irene.membershipId }]);
    expect((await team.item(later)).state).toBe('offered');
    await team.holdsTrue();
  });

  test('does not make a desk that died be believed in for an hour', async () => {
    const irene = await team.agent('Irene');
    pass(-HOUR);
    await sweep();
    expect((await team.agentRow(irene)).gone_at).toBeNull();
    pass(46);
    await sweep();
    expect((await team.agentRow(irene)).gone_at).toEqual(now);
  });

  test('by the database’s own clock lets presence go on', async () => {
    const irene = await team.agent('Irene');
    await asOwner(postgres.ownerUrl, `update presence set began_at = now() + interval '1 hour' where agent_id = $1`, [
      irene.membershipId,
    ]);
    await team.inside((trx) => setPresence(trx, irene, { state: 'break' }, now));
    expect((await team.agentRow(irene)).presence).toBe('break');
  });
});

describe('a clock that is put forward', () => {
  test('ends offers early, once; desks that are still there are heard again and keep what they hold', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { capacity: 2 });
    const held = await team.add(general);
    await team.match();
    const [offer] = await team.pending(irene);
    await team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    const other = await team.add(general);
    await team.match();
    const desks = await connectionsOf(irene.membershipId);
    pass(26 * HOUR);
    await sweep();
    expect(await team.item(other)).toMatchObject({ state: 'queued' });
    expect((await team.agentRow(irene)).gone_at).toEqual(now);
    // its heartbeat comes: the same desk, not forgotten
    await team.inside((trx) => beat(trx, stage.organisationId, desks, now));
    await sweep();
    expect(await team.agentRow(irene)).toMatchObject({ gone_at: null, presence: 'available' });
    expect(
      await vanished(
        postgres.db,
        { ...stage, clock: () => now },
        { organisationId: stage.organisationId, agentId: irene.membershipId },
      ),
    ).toBe(0);
    expect(await team.item(held)).toMatchObject({ state: 'accepted', agent_id: irene.membershipId });
    // the offer counts as ignored, as one does that a vanished agent loses
    pass(30);
    await team.beat();
    expect((await team.match()).offers).toMatchObject([{ itemId: other }]);
    await team.holdsTrue();
  });

  test('and the job of the grace that comes before the heartbeat is not believed once the desk was heard', async () => {
    const irene = await team.agent('Irene');
    const desks = await connectionsOf(irene.membershipId);
    pass(2 * HOUR);
    await sweep();
    await team.inside((trx) => beat(trx, stage.organisationId, desks, now));
    expect(
      await vanished(
        postgres.db,
        { ...stage, clock: () => now },
        { organisationId: stage.organisationId, agentId: irene.membershipId },
      ),
    ).toBe(0);
    expect((await team.agentRow(irene)).presence).toBe('available');
  });
});

describe('the same again', () => {
  test('one conversation handed over twice, in one call or two, is one item of the higher class', async () => {
    const id = await stage.write('ana', 'hola');
    const { rows } = await asOwner(postgres.ownerUrl, 'select person_id from conversation where id = $1', [id]);
    const handed = {
      organisationId: stage.organisationId,
      conversationId: id,
      personId: rows[0].person_id,
      queue: 'general',
      priority: 'standard' as const,
      reason: 'asked_for_person',
      skills: [],
      language: 'es',
      channel: 'webchat',
      since: now,
    };
    const hand = (...all: (typeof handed | (Omit<typeof handed, 'priority'> & { priority: 'urgent' }))[]) =>
      team.inside((trx) => stage.deps.followers.handedOver(trx, all));
    expect(await hand(handed, { ...handed, priority: 'urgent' }, handed)).toHaveLength(3);
    await hand(handed);
    const items = await asOwner(postgres.ownerUrl, 'select priority from item where conversation_id = $1', [id]);
    expect(items.rows).toEqual([{ priority: 'urgent' }]);
    await team.holdsTrue();
  });

  test('released twice, lapsed twice, gone twice: the place is free once', async () => {
    const irene = await team.agent('Irene', { capacity: 3 });
    const id = await stage.write('ana', 'hola');
    await team.match();
    const [offer] = await team.pending(irene);
    await team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    expect(await refusal(team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_gone',
    );
    for (let i = 0; i < 2; i += 1)
      await team.inside((trx) =>
        stage.deps.followers.released(trx, [{ organisationId: stage.organisationId, conversationId: id, how: 'done' }]),
      );
    expect((await team.agentRow(irene)).load).toBe(0);
    const [desk] = await connectionsOf(irene.membershipId);
    for (let i = 0; i < 2; i += 1) await team.inside((trx) => disconnect(trx, stage.organisationId, desk!, now));
    expect((await team.agentRow(irene)).gone_at).toEqual(now);
  });

  test('an agent who signs in twice is one agent: one load, one offer, there as long as one desk is', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { capacity: 2 });
    const second = uuid();
    await team.inside((trx) => connect(trx, irene, { connectionId: second, processId: uuid() }, now));
    await team.inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
    for (let i = 0; i < 4; i += 1) await team.add(general);
    expect((await team.match()).offers).toHaveLength(2);
    const offers = await team.pending(irene);
    // both desks press at once
    const answers = await Promise.all(
      [0, 1].map(() => refusal(team.inside((trx) => accept(trx, irene, { offerId: offers[0]!.id }, deps())))),
    );
    expect(answers.sort()).toEqual(['nothing was refused', 'routing.offer_gone']);
    await team.inside((trx) => disconnect(trx, stage.organisationId, second, now));
    expect(await team.agentRow(irene)).toMatchObject({ load: 2, gone_at: null });
    expect(await team.pending(irene)).toHaveLength(1);
    await team.holdsTrue();
  });
});

test('with everybody offline work waits with its age, is shown, and goes to the first who comes', async () => {
  const general = await team.queue('general');
  const irene = await team.agent('Irene', {}, 'offline');
  const first = await team.add(general);
  pass(60);
  await team.add(general);
  expect(await team.match()).toMatchObject({ offers: [], more: false });
  expect(await team.inside((trx) => unserved(trx, stage.organisationId, now))).toMatchObject([
    { queueId: general, why: 'nobody_here', items: 2, since: new Date(now.getTime() - 60_000) },
  ]);
  await team.inside((trx) => connect(trx, irene, { connectionId: uuid(), processId: uuid() }, now));
  await team.inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
  expect((await team.match()).offers[0]).toMatchObject({ itemId: first });
  expect(await team.inside((trx) => unserved(trx, stage.organisationId, now))).toEqual([]);
});

test('the database goes away while it is matched, and comes back: the matcher goes on by itself, nothing is lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hebra-faults-'));
  // with fsync, as in a hospital: what was committed before the crash must be there after it
  const embedded = await startEmbedded({ dataDir: folder });
  try {
    await migrate(embedded.ownerUrl, 'test-only');
    const house = openDatabase(applicationUrl(embedded.ownerUrl, 'test-only'), { max: 8, name: 'hebra-test' });
    const there = { db: house.db, ownerUrl: embedded.ownerUrl };
    const own = await createStage(there, { clock: () => now });
    const crew = teamOf(there, own, () => now);
    const general = await crew.queue('general');
    const matchers = [1, 2].map(() => startMatcher({ db: house.db, clock: () => now, sweepMs: 200 }));
    const agents = [];
    for (let i = 0; i < 4; i += 1) agents.push(await crew.agent(`A${i}`, { capacity: 50 }));
    // work comes all the while, also when nothing can be stored: then whoever brings it comes again
    let over = false;
    let added = 0;
    const source = (async () => {
      while (!over)
        await crew.add(general).then(
          () => (added += 1),
          () => new Promise((again) => setTimeout(again, 50)),
        );
    })();
    await expect.poll(() => added, { timeout: 60_000 }).toBeGreaterThan(10);
    await embedded.restart('immediate');
    const before = added;
    await expect.poll(() => added, { timeout: 60_000 }).toBeGreaterThan(before + 10);
    over = true;
    await source;
    const waiting = async (): Promise<number> =>
      (
        await asOwner(
          embedded.ownerUrl,
          `select count(*)::int as n from item where organisation_id = $1 and state = 'queued'`,
          [own.organisationId],
        )
      ).rows[0].n;
    const places = async (): Promise<number> =>
      (
        await asOwner(
          embedded.ownerUrl,
          'select sum(capacity - load)::int as n from agent where organisation_id = $1',
          [own.organisationId],
        )
      ).rows[0].n;
    // until nothing waits or nobody has a place: no word from outside wakes anybody
    await expect.poll(async () => Math.min(await waiting(), await places()), { timeout: 60_000 }).toBe(0);
    const { rows } = await asOwner(
      embedded.ownerUrl,
      'select count(*)::int as n from item where organisation_id = $1',
      [own.organisationId],
    );
    // a commit whose answer was lost is there and was not counted
    expect(rows[0].n).toBeGreaterThanOrEqual(added);
    expect(rows[0].n).toBeLessThanOrEqual(added + 1);
    await crew.holdsTrue();
    await Promise.all(matchers.map((matcher) => matcher.stop()));
    await own.close();
    await within(house.db, own.organisationId, async () => undefined);
    await house.close();
  } finally {
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test('a skill is taken from an agent while their phone rings: what rings may be taken, nothing more of it comes, and it is shown', async () => {
  const nurses = await team.queue('nurses', { skills: ['nurse'] });
  const irene = await team.agent('Irene', { capacity: 3, skills: ['nurse'] });
  const rings = await team.add(nurses);
  await team.match();
  await team.inside((trx) => saveAgent(trx, stage.organisationId, irene.membershipId, { capacity: 3, skills: [] }));
  const next = await team.add(nurses);
  expect((await team.match()).offers).toEqual([]);
  const [offer] = await team.pending(irene);
  await team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
  expect(await team.item(rings)).toMatchObject({ state: 'accepted', agent_id: irene.membershipId });
  expect(await team.item(next)).toMatchObject({ state: 'queued' });
  expect(await team.inside((trx) => unserved(trx, stage.organisationId, now))).toMatchObject([
    { queueId: nurses, why: 'nobody_can', items: 1 },
  ]);
  await team.holdsTrue();
});

test('a queue is retired while its work rings, is held and waits: nothing is lost, each goes its way', async () => {
  const old = await team.queue('old');
  await team.queue('general');
  const irene = await team.agent('Irene', { capacity: 2, queues: ['old'] });
  const [held, rings, waits] = [await team.add(old), await team.add(old), await team.add(old)];
  await team.match();
  const first = (await team.pending(irene)).find((one) => one.item_id === held)!;
  await team.inside((trx) => accept(trx, irene, { offerId: first.id }, deps()));
  await team.inside((trx) => retireQueue(trx, stage.organisationId, old));
  const second = (await team.pending(irene)).find((one) => one.item_id === rings)!;
  await team.inside((trx) => accept(trx, irene, { offerId: second.id }, deps()));
  // whoever serves the queue of last resort takes what is left
  const marta = await team.agent('Marta', { queues: ['general'] });
  expect((await team.match()).offers).toMatchObject([{ itemId: waits, agentId: marta.membershipId }]);
  expect((await team.agentRow(irene)).load).toBe(2);
  await team.holdsTrue();
});
