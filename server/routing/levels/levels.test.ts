import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { testOrganisation, testStaff } from '../../../test/organisation.ts';
import { uuid } from '../../platform/ids.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import type { AgentSettings, QueueSettings } from '../contract.ts';
import { saveAgent } from '../agents.ts';
import { saveQueue } from '../queues.ts';
import { addEntity } from '../entities/entities.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Cause, LevelLine, Period } from './contract.ts';
import { levelsCsv } from './export.ts';
import { reportLevels, standingLevels } from './report.ts';
import { sweepLevels, watchLevels } from './watch.ts';

const postgres = await testDatabase({ max: 16 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

const DAY = '2026-11-24';
const NOON = new Date(`${DAY}T11:00:00Z`);
let organisationId: string;
let admin: StaffActor;
let agentId: string;
beforeEach(async () => {
  organisationId = await testOrganisation(ownerUrl);
  admin = await testStaff(ownerUrl, organisationId, 'Adela', ['administrator']);
  const agent = await testStaff(ownerUrl, organisationId, 'Irene');
  agentId = agent.membershipId;
  await inside((trx) => saveAgent(trx, organisationId, agentId, {}));
});

const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, organisationId, work);
const later = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1_000);
const names = (name: string) => ({ es: name, ca: name, en: name, pt: name });
const queue = (key: string, more: Partial<QueueSettings> = {}): Promise<string> =>
  inside((trx) => saveQueue(trx, organisationId, { key, names: names(key), ...more }));

type Given = {
  queueId: string;
  at: Date;
  /** Seconds after it came. */
  answered?: number;
  end?: [state: 'abandoned' | 'called_back' | 'withdrawn', after: number];
  columns?: Record<string, unknown>;
};

/** A call that came in and went as it is said, written as the verbs write it: every step is one that the database allows. */
async function came({ queueId, at, answered, end, columns = {} }: Given): Promise<string> {
  const id = uuid();
  const given = { organisation_id: organisationId, id, kind: 'call', queue_id: queueId, queued_at: at, ...columns };
  const keys = Object.keys(given);
  await asOwner(
    ownerUrl,
    `insert into item (${keys.join(', ')}) values (${keys.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(given),
  );
  if (answered !== undefined) await answer(id, later(at, answered));
  if (end)
    await asOwner(ownerUrl, `update item set state = $2, ended_at = $3 where id = $1`, [id, end[0], later(at, end[1])]);
  return id;
}

async function answer(id: string, at: Date): Promise<void> {
  await asOwner(ownerUrl, `update item set state = 'offered', agent_id = $2, weight = 1 where id = $1`, [id, agentId]);
  const offerId = uuid();
  await asOwner(
    ownerUrl,
    `insert into offer (organisation_id, id, item_id, agent_id, offered_at, expires_at) values ($1, $2, $3, $4, $5, $5)`,
    [organisationId, offerId, id, agentId, at],
  );
  await asOwner(ownerUrl, `update offer set state = 'accepted', answered_at = $2 where id = $1`, [offerId, at]);
  await asOwner(ownerUrl, `update item set state = 'accepted', accepted_at = $2 where id = $1`, [id, at]);
}

async function ignore(id: string, at: Date, state: 'declined' | 'lapsed', reason: string | null = null): Promise<void> {
  await asOwner(
    ownerUrl,
    `with made as (insert into offer (organisation_id, id, item_id, agent_id, offered_at, expires_at) values ($1, $2, $3, $4, $5, $5) returning id) select id from made`,
    [organisationId, uuid(), id, agentId, at],
  );
  await asOwner(
    ownerUrl,
    `update offer set state = $2, answered_at = $3, reason = $4 where item_id = $1 and state = 'pending'`,
    [id, state, at, reason],
  );
}

const report = (input: { period: Period; date?: string }, now = NOON) =>
  inside((trx) => reportLevels(trx, organisationId, input, now));
const watch = (now: Date) => inside((trx) => watchLevels(trx, organisationId, now));
const breaches = async (): Promise<{ item_id: string; cause: Cause | null; at: Date; target_seconds: number }[]> =>
  (await asOwner(ownerUrl, 'select * from breach where organisation_id = $1 order by at, item_id', [organisationId]))
    .rows;
const events = async (kind: string): Promise<{ payload: Record<string, unknown> }[]> =>
  (
    await asOwner(ownerUrl, 'select payload from event where organisation_id = $1 and kind = $2 order by xid, id', [
      organisationId,
      kind,
    ])
  ).rows;

const EMPTY: LevelLine = {
  offered: 0,
  answered: 0,
  answeredInTarget: 0,
  abandoned: 0,
  shortAbandons: 0,
  calledBack: 0,
  withdrawn: 0,
  waiting: 0,
  waitingLate: 0,
  missed: 0,
  waitSeconds: 0,
  serviceLevel: null,
  withoutShortAbandons: null,
  ofAnswered: null,
  abandonment: null,
  averageWait: null,
  causes: {},
};

describe('the report', () => {
  test('figures computed by hand: everything that can become of a contact, once', async () => {
    const queueId = await queue('citas', { targetSeconds: 60 });
    const nine = new Date(`${DAY}T08:00:00Z`);
    await came({ queueId, at: nine, answered: 20 });
    await came({ queueId, at: nine, answered: 60 });
    await came({ queueId, at: nine, answered: 61 });
    await came({ queueId, at: nine, end: ['abandoned', 3] });
    await came({ queueId, at: nine, end: ['abandoned', 50] });
    await came({ queueId, at: nine, end: ['abandoned', 200] });
    await came({ queueId, at: nine, end: ['called_back', 40] });
    await came({ queueId, at: nine, end: ['withdrawn', 10] });
    await came({ queueId, at: later(NOON, -30) });
    await came({ queueId, at: later(NOON, -100) });
    // a task is work, and nobody waits for it on the line
    await came({ queueId, at: nine, columns: { kind: 'task' } });
    await watch(NOON);

    const { all, entities } = await report({ period: 'day', date: DAY });
    expect(all).toEqual({
      ...EMPTY,
      offered: 10,
      answered: 3,
      answeredInTarget: 2,
      abandoned: 3,
      shortAbandons: 1,
      calledBack: 1,
      withdrawn: 1,
      waiting: 2,
      waitingLate: 1,
      missed: 3,
      waitSeconds: 141,
      // nine are decided: the one who has waited 30 s may still be answered in time
      serviceLevel: 2 / 9,
      withoutShortAbandons: 2 / 8,
      ofAnswered: 2 / 3,
      abandonment: 3 / 8,
      averageWait: 47,
      causes: { nobody: 3 },
    });
    expect(entities).toHaveLength(1);
    expect(entities[0]).toMatchObject({ entityId: null, line: all, queues: [{ queueId, goal: 0.8, line: all }] });
    expect(all.offered).toBe(all.answered + all.abandoned + all.calledBack + all.withdrawn + all.waiting);
  });

  test('each class by its own target, each entity by its own queues, what moved where it came in', async () => {
    const mutua = await inside((trx) => addEntity(trx, admin, { name: 'Mutua Norte' }));
    const insurer = await inside((trx) => addEntity(trx, admin, { name: 'Aseguradora Sur' }));
    const a = await queue('a', { entity: mutua.key, targetSeconds: 120, targets: { urgent: 30 }, goal: 0.9 });
    const b = await queue('b', { entity: insurer.key, targetSeconds: 600 });
    const at = new Date(`${DAY}T09:00:00Z`);
    await came({ queueId: a, at, answered: 40, columns: { priority: 'urgent' } });
    await came({ queueId: a, at, answered: 40 });
    // came to a, which promised 60 then; answered in b after 90
    await came({ queueId: b, at, answered: 90, columns: { first_queue_id: a, target_seconds: 60 } });
    await came({ queueId: b, at, answered: 90 });

    const { entities } = await report({ period: 'day', date: DAY });
    expect(entities.map(({ name, line }) => [name, line.offered, line.answeredInTarget, line.serviceLevel])).toEqual([
      ['Mutua Norte', 3, 1, 1 / 3],
      ['Aseguradora Sur', 1, 1, 1],
    ]);
    expect(entities[0]!.classes.map(({ priority, line }) => [priority, line.offered, line.answeredInTarget])).toEqual([
      ['urgent', 1, 0],
      ['standard', 2, 1],
    ]);
    expect(entities[0]!.queues[0]!.classes.map(({ priority, targetSeconds }) => [priority, targetSeconds])).toEqual([
      ['urgent', 30],
      ['standard', 120],
    ]);
  });

  test('a queue that changes its entity leaves what it did before with the old one', async () => {
    const before = await inside((trx) => addEntity(trx, admin, { name: 'Antes' }));
    const after = await inside((trx) => addEntity(trx, admin, { name: 'Después' }));
    const queueId = await queue('q', { entity: before.key });
    await queue('q', { entity: after.key });
    // the change, put on the day that is looked at
    const change = `${DAY}T09:00:00Z`;
    await asOwner(ownerUrl, `update queue_worked_for set until_at = $2 where queue_id = $1 and until_at is not null`, [
      queueId,
      change,
    ]);
    await asOwner(ownerUrl, `update queue_worked_for set from_at = $2 where queue_id = $1 and until_at is null`, [
      queueId,
      change,
    ]);
    await came({ queueId, at: new Date(`${DAY}T08:59:59Z`), answered: 1 });
    await came({ queueId, at: new Date(change), answered: 1 });
    await came({ queueId, at: new Date(`${DAY}T09:30:00Z`), answered: 1 });
    const { entities } = await report({ period: 'day', date: DAY });
    expect(entities.map(({ name, line }) => [name, line.offered])).toEqual([
      ['Antes', 1],
      ['Después', 2],
    ]);
  });

  test('who was answered and came back after their agent vanished was answered the first time', async () => {
    const queueId = await queue('q', { targetSeconds: 60 });
    const at = new Date(`${DAY}T09:00:00Z`);
    const id = await came({ queueId, at, answered: 20 });
    await asOwner(
      ownerUrl,
      `update item set state = 'queued', agent_id = null, weight = null, accepted_at = null, front = true where id = $1`,
      [id],
    );
    await watch(later(at, 3_600));
    await answer(id, later(at, 4_000));
    await watch(later(at, 4_001));
    const { all } = await report({ period: 'day', date: DAY });
    expect([all.offered, all.answeredInTarget, all.waitSeconds, all.missed]).toEqual([1, 1, 20, 0]);
    expect(await breaches()).toEqual([]);
  });

  test.each([
    // 25 hours: 03:00 comes twice
    ['Europe/Madrid', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    // 23 hours
    ['Europe/Madrid', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    // the clock goes on from 24:00 to 01:00: the day has no midnight
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'],
    ['America/Bogota', '2026-10-25', '2026-10-25T05:00:00.000Z', '2026-10-26T05:00:00.000Z'],
  ])('a day of %s, %s, is as long as the clock makes it', async (timezone, date, fromAt, untilAt) => {
    organisationId = await testOrganisation(ownerUrl, { timezone });
    const agent = await testStaff(ownerUrl, organisationId, 'Irene');
    agentId = agent.membershipId;
    await inside((trx) => saveAgent(trx, organisationId, agentId, {}));
    const queueId = await queue('q');
    for (const at of [later(new Date(fromAt), -1), new Date(fromAt), later(new Date(untilAt), -1), new Date(untilAt)])
      await came({ queueId, at, answered: 5 });
    const day = await report({ period: 'day', date }, later(new Date(untilAt), 60));
    expect(day).toMatchObject({ fromAt, untilAt });
    expect(day.all.offered).toBe(2);
    // around its end one is asked without a date: the last second belongs to the day, the next to the next
    expect((await report({ period: 'day' }, later(new Date(untilAt), -1))).from).toBe(date);
    expect((await report({ period: 'day' }, new Date(untilAt))).from).toBe(day.until);
  });

  test('a week and a month in which the clock changes', async () => {
    const queueId = await queue('q');
    for (const at of ['2026-10-18T21:59:59Z', '2026-10-18T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'])
      await came({ queueId, at: new Date(at), answered: 5 });
    const week = await report({ period: 'week', date: '2026-10-25' });
    expect([week.from, week.until, week.all.offered]).toEqual(['2026-10-19', '2026-10-26', 2]);
    const month = await report({ period: 'month', date: '2026-10-07' });
    expect([month.fromAt, month.untilAt, month.all.offered]).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
      4,
    ]);
  });

  test('as a file: a line for each class, names that begin like a formula stay names', async () => {
    const entity = await inside((trx) => addEntity(trx, admin, { name: '=1+1, "Mutua"' }));
    const queueId = await queue('q', { entity: entity.key, targetSeconds: 60, names: names('Otorrinolaringología') });
    await came({ queueId, at: new Date(`${DAY}T09:00:00Z`), answered: 90 });
    await came({ queueId, at: new Date(`${DAY}T09:00:00Z`), answered: 30 });
    const [head, whole, line, end] = levelsCsv(await report({ period: 'day', date: DAY }), 'es', 'Hospital').split(
      '\r\n',
    );
    expect(head).toMatch(/^from,until,entity,queue,class,target_seconds,goal,offered,answered,answered_in_target,/);
    expect(whole).toContain(`"'=1+1, ""Mutua""",,,,,2,2,1,`);
    expect(line).toContain(`Otorrinolaringología,standard,60,0.8,2,2,1,`);
    expect(line!.split(',').length).toBe(head!.split(',').length + 1);
    expect(end).toBe('');
  });

  test('nothing of another organisation, in the view, the function and the report', async () => {
    const mine = organisationId;
    const queueId = await queue('q');
    await came({ queueId, at: new Date(`${DAY}T09:00:00Z`), end: ['abandoned', 500] });
    await watch(NOON);
    const other = await testOrganisation(ownerUrl);
    const seen = await within(db, other, async (trx) => ({
      contacts: await trx.selectFrom('contact').select('item_id').execute(),
      breaches: await trx.selectFrom('breach').select('item_id').execute(),
      warnings: await trx.selectFrom('level_warning').select('item_id').execute(),
      stretches: await trx.selectFrom('queue_worked_for').select('id').execute(),
      report: (await reportLevels(trx, mine, { period: 'day', date: DAY }, NOON)).all.offered,
    }));
    expect(seen).toEqual({ contacts: [], breaches: [], warnings: [], stretches: [], report: 0 });
    expect((await report({ period: 'day', date: DAY })).all.offered).toBe(1);
  });
});

describe('warnings and breaches', () => {
  test('warned once when the share is used up, missed once when all of it is', async () => {
    const queueId = await queue('q', { targetSeconds: 100, targets: { urgent: 50 } });
    const at = new Date(`${DAY}T09:00:00Z`);
    const slow = await came({ queueId, at });
    const fast = await came({ queueId, at, columns: { priority: 'urgent' } });
    expect(await watch(later(at, 34))).toEqual({ warned: 0, missed: 0 });
    expect(await watch(later(at, 35))).toEqual({ warned: 1, missed: 0 });
    expect(await watch(later(at, 36))).toEqual({ warned: 0, missed: 0 });
    expect(await inside((trx) => standingLevels(trx, organisationId))).toEqual([{ queueId, warned: 1, missed: 0 }]);
    expect(await watch(later(at, 51))).toEqual({ warned: 0, missed: 1 });
    expect(await watch(later(at, 70))).toEqual({ warned: 1, missed: 0 });
    expect(await watch(later(at, 100))).toEqual({ warned: 0, missed: 0 });
    expect(await watch(later(at, 101))).toEqual({ warned: 0, missed: 1 });
    expect(await watch(later(at, 500))).toEqual({ warned: 0, missed: 0 });
    expect((await breaches()).map((one) => [one.item_id, one.at.getTime() - at.getTime(), one.target_seconds])).toEqual(
      [
        [fast, 50_000, 50],
        [slow, 100_000, 100],
      ],
    );
    expect((await events('level.warned')).map((one) => one.payload)).toEqual([
      { itemId: fast, queueId, priority: 'urgent' },
      { itemId: slow, queueId, priority: 'standard' },
    ]);
    expect((await events('level.missed')).map((one) => one.payload)).toEqual([
      { itemId: fast, queueId, cause: 'nobody' },
      { itemId: slow, queueId, cause: 'nobody' },
    ]);
    expect(await inside((trx) => standingLevels(trx, organisationId))).toEqual([{ queueId, warned: 0, missed: 2 }]);
  });

  test('the share is the organisation’s to set', async () => {
    organisationId = await testOrganisation(ownerUrl, { settings: { levels: { warnShare: 0.5 } } });
    const queueId = await queue('q', { targetSeconds: 100 });
    const at = new Date(`${DAY}T09:00:00Z`);
    await came({ queueId, at });
    expect(await watch(later(at, 49))).toEqual({ warned: 0, missed: 0 });
    expect(await watch(later(at, 50))).toEqual({ warned: 1, missed: 0 });
  });

  test('many processes at once: each warning and each breach is one', async () => {
    const queueId = await queue('q', { targetSeconds: 100 });
    const at = new Date(`${DAY}T09:00:00Z`);
    for (let n = 0; n < 40; n += 1) await came({ queueId, at: later(at, n % 2 === 0 ? 0 : 60) });
    const now = later(at, 140);
    await Promise.all(Array.from({ length: 12 }, () => watch(now)));
    // those who found the door closed look again
    await Promise.all(Array.from({ length: 12 }, () => watch(now)));
    const found = await breaches();
    expect(found).toHaveLength(20);
    expect(found.every((one) => one.cause === 'nobody')).toBe(true);
    expect([(await events('level.warned')).length, (await events('level.missed')).length]).toEqual([20, 20]);
  });

  test('answered or gone late before anybody looked is a breach all the same; in time it is none', async () => {
    const queueId = await queue('q', { targetSeconds: 100 });
    const at = new Date(`${DAY}T09:00:00Z`);
    await came({ queueId, at, answered: 100 });
    await came({ queueId, at, end: ['abandoned', 100] });
    const answered = await came({ queueId, at, answered: 101 });
    const gone = await came({ queueId, at: later(at, 1), end: ['withdrawn', 101] });
    expect((await breaches()).map((one) => [one.item_id, one.cause])).toEqual([
      [answered, null],
      [gone, null],
    ]);
    expect(await watch(later(at, 103))).toEqual({ warned: 0, missed: 2 });
    expect((await breaches()).map((one) => one.cause)).toEqual(['nobody', 'nobody']);
    // whoever the sweep noted first is not noted again when it leaves
    const waits = await came({ queueId, at });
    await watch(later(at, 104));
    await answer(waits, later(at, 105));
    expect(await watch(later(at, 106))).toEqual({ warned: 0, missed: 0 });
    expect(await breaches()).toHaveLength(3);
    const { all } = await report({ period: 'day', date: DAY });
    expect([all.missed, Object.values(all.causes).reduce((sum, n) => sum + n, 0)]).toEqual([3, 3]);
  });

  test('a task that is due later is not late before', async () => {
    const queueId = await queue('q', { targetSeconds: 60 });
    const at = new Date(`${DAY}T09:00:00Z`);
    await came({ queueId, at, columns: { kind: 'task', not_before: later(at, 3_600) } });
    expect(await watch(later(at, 3_600))).toEqual({ warned: 0, missed: 0 });
    expect(await watch(later(at, 3_642))).toEqual({ warned: 1, missed: 0 });
    expect(await watch(later(at, 3_661))).toEqual({ warned: 0, missed: 1 });
  });

  describe('the cause, by how things stood', () => {
    const at = new Date(`${DAY}T09:00:00Z`);
    const due = later(at, 101);

    async function agent(settings: Partial<AgentSettings>, presence: string, load = 0): Promise<string> {
      const actor = await testStaff(ownerUrl, organisationId, 'Marcos');
      await inside((trx) => saveAgent(trx, organisationId, actor.membershipId, settings));
      await asOwner(ownerUrl, `update agent set presence = $2 where id = $1`, [
        actor.membershipId,
        presence === 'busy' ? 'available' : presence,
      ]);
      if (load > 0) await asOwner(ownerUrl, `update agent set load = $2 where id = $1`, [actor.membershipId, load]);
      return actor.membershipId;
    }
    async function causeAt(now = due): Promise<Cause | null> {
      await watch(now);
      const [one, ...more] = await breaches();
      expect(more).toEqual([]);
      return one!.cause;
    }

    test('nobody signed in for it: who is here serves another queue', async () => {
      const queueId = await queue('q', { targetSeconds: 100 });
      await queue('other');
      await agent({ queues: ['other'] }, 'available');
      await came({ queueId, at });
      expect(await causeAt()).toBe('nobody');
    });
    test('who is here lacks the skill, or has it not well enough', async () => {
      const queueId = await queue('q', { targetSeconds: 100, skills: ['nurse'], levels: { nurse: 4 } });
      await agent({ skills: ['nurse'], levels: { nurse: 3 } }, 'available');
      await came({ queueId, at });
      expect(await causeAt()).toBe('skill_missing');
    });
    test('a ring that is reached asks less: then it was not the skill', async () => {
      const queueId = await queue('q', {
        targetSeconds: 100,
        skills: ['nurse'],
        levels: { nurse: 4 },
        rings: [{ after: 0.5, without: [], levels: 1 }],
      });
      await agent({ capacity: 1, skills: ['nurse'], levels: { nurse: 3 } }, 'busy', 1);
      await came({ queueId, at });
      expect(await causeAt()).toBe('full');
    });
    test('on a break', async () => {
      const queueId = await queue('q', { targetSeconds: 100 });
      await agent({}, 'break');
      await came({ queueId, at });
      expect(await causeAt()).toBe('away');
    });
    test('declined', async () => {
      const queueId = await queue('q', { targetSeconds: 100 });
      await ignore(await came({ queueId, at }), later(at, 10), 'declined');
      expect(await causeAt()).toBe('ignored');
    });
    test('an offer that was lost with its agent was not ignored', async () => {
      const queueId = await queue('q', { targetSeconds: 100 });
      await ignore(await came({ queueId, at }), later(at, 10), 'lapsed', 'vanished');
      expect(await causeAt()).toBe('nobody');
    });
    test('outside the hours of its queue', async () => {
      const queueId = await queue('q', { targetSeconds: 100, hours: { tue: [['08:00', '10:01']] } });
      await came({ queueId, at });
      // 10:01:40 by the clock of Madrid
      expect(await causeAt()).toBe('outside_hours');
    });
    test('a supervisor opened it for longer: then it was not the hours', async () => {
      const queueId = await queue('q', { targetSeconds: 100, hours: { tue: [['08:00', '10:01']] } });
      await asOwner(
        ownerUrl,
        `insert into queue_opening (organisation_id, id, queue_id, open, from_at, until_at, reason, set_by) values ($1, $2, $3, true, $4, $5, 'más gente', $6)`,
        [organisationId, uuid(), queueId, at, later(at, 7_200), admin.membershipId],
      );
      await came({ queueId, at });
      expect(await causeAt()).toBe('nobody');
    });
    test('overflow that did not help', async () => {
      const queueId = await queue('q', { targetSeconds: 100, overflow: [{ to: 'other', after: 0.5, when: null }] });
      await queue('other');
      await agent({ capacity: 1, queues: ['other'] }, 'busy', 1);
      await came({ queueId, at });
      expect(await causeAt()).toBe('overflow');
      const { rows } = await asOwner(ownerUrl, 'select detail from breach where organisation_id = $1', [
        organisationId,
      ]);
      expect(rows[0].detail).toMatchObject({ own: 'nobody', here: 0 });
    });
    test('overflow that was not open yet is no cause', async () => {
      const queueId = await queue('q', { targetSeconds: 100, overflow: [{ to: 'other', after: 2, when: null }] });
      await queue('other');
      await agent({ queues: ['other'] }, 'available');
      await came({ queueId, at });
      expect(await causeAt()).toBe('nobody');
    });
    test('named: only one colleague was asked', async () => {
      const queueId = await queue('q', { targetSeconds: 100 });
      await agent({}, 'available');
      await came({ queueId, at, columns: { wanted_agent_id: agentId, wanted_until: later(at, 120) } });
      expect(await causeAt()).toBe('named');
    });
  });

  test('the sweep goes through every organisation', async () => {
    const at = new Date(`${DAY}T09:00:00Z`);
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      organisationId = await testOrganisation(ownerUrl);
      ids.push(organisationId);
      await came({ queueId: await queue('q', { targetSeconds: 10 }), at });
    }
    await sweepLevels(db, () => later(at, 11));
    for (const id of ids) {
      organisationId = id;
      expect((await breaches()).map((one) => one.cause)).toEqual(['nobody']);
    }
  });
});
