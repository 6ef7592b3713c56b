import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { refusal, type Team, teamOf } from '../../test/team.ts';
import { uuid } from '../platform/ids.ts';
import { endItem, moveItem, pin, reprioritise } from './items.ts';
import { startMatcher } from './match.ts';
import { accept, decline, take } from './offers.ts';
import { passOn } from './pass-on.ts';
import { setPresence, vanished } from './presence.ts';
import { retireQueue } from './queues.ts';
import { unserved } from './unserved.ts';

const postgres = await testDatabase({ max: 12 });
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
const ofStaff = async (name = 'Sonia') => stage.staff(name, ['supervisor']);
const flag = (conversationId: string) =>
  asOwner(
    postgres.ownerUrl,
    `insert into flag (organisation_id, id, conversation_id, level, rules, categories)
      select organisation_id, gen_random_uuid(), id, 'hard', '{chest_pain}', '{cardiac}' from conversation where id = $1`,
    [conversationId],
  );

describe('work of every kind', () => {
  test('is offered, accepted and ended without a conversation; a task about a conversation lives beside its item', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { capacity: 3 });
    const conversationId = await stage.write('ana', 'hola');
    const { rows } = await asOwner(postgres.ownerUrl, 'select person_id from conversation where id = $1', [
      conversationId,
    ]);
    const task = await team.add(general, { conversationId, personId: rows[0].person_id, reason: 'call_lab' });
    const review = await team.add(general, { kind: 'review' });
    expect((await team.match()).offers).toHaveLength(3);
    for (const offer of await team.pending(irene)) {
      const got = await team.inside((trx) => accept(trx, irene, { offerId: offer.id }, deps()));
      expect(got.kind).toBe((await team.item(offer.item_id)).kind);
    }
    expect(await team.agentRow(irene)).toMatchObject({ load: 3, presence: 'busy' });
    expect(await team.inside((trx) => endItem(trx, { itemId: task, state: 'done', reason: 'solved' }, now))).toBe(true);
    expect(await team.inside((trx) => endItem(trx, { itemId: task, state: 'done' }, now))).toBe(false);
    expect(await team.item(task)).toMatchObject({ state: 'done', agent_id: null });
    expect(await team.item(review)).toMatchObject({ state: 'accepted' });
    const own = (await team.itemOf(conversationId)).id;
    expect(await team.inside((trx) => endItem(trx, { itemId: own, state: 'done' }, now))).toBe(false);
    expect(await team.agentRow(irene)).toMatchObject({ load: 2, presence: 'available' });
    await team.holdsTrue();
  });

  test('declined it waits for a colleague; ended while it is before an agent it is withdrawn there', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene');
    const id = await team.add(general, { kind: 'call_back' });
    await team.match();
    const [offer] = await team.pending(irene);
    await team.inside((trx) => decline(trx, irene, { offerId: offer!.id }, now));
    const marta = await team.agent('Marta');
    expect((await team.match()).offers).toMatchObject([{ itemId: id, agentId: marta.membershipId }]);
    await team.inside((trx) => endItem(trx, { itemId: id, state: 'called_back', reason: 'reached' }, now));
    expect(await team.item(id)).toMatchObject({ state: 'called_back' });
    expect(await team.pending(marta)).toEqual([]);
    expect((await team.agentRow(marta)).load).toBe(0);
    await team.holdsTrue();
  });

  test('is put before nobody until it is due, its age counts from there, and then it comes by itself', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene');
    const due = new Date(now.getTime() + 20_000);
    const id = await team.add(general, { notBefore: due });
    expect(await team.item(id)).toMatchObject({ queued_at: due });
    expect(await team.match()).toMatchObject({ offers: [], nextAt: due });
    pass(20);
    expect((await team.match()).offers).toMatchObject([{ itemId: id, agentId: irene.membershipId }]);
  });

  test('comes by itself when its hour has come: the matcher sets its own clock', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene');
    const matcher = startMatcher({ db: postgres.db, clock: () => now, sweepMs: 3_600_000 });
    await team.add(general, { notBefore: new Date(now.getTime() + 300) });
    await matcher.idle();
    expect(await team.pending(irene)).toEqual([]);
    pass(1);
    await expect.poll(async () => (await team.pending(irene)).length, { timeout: 60_000 }).toBe(1);
    await matcher.stop();
  });

  test('has at least the class and the promise of its queue; a wish for one colleague holds for its time', async () => {
    const urgent = await team.queue('urgent', {
      priority: 'urgent',
      targetSeconds: 300,
      targets: { urgent: 60, critical: 20 },
    });
    const [irene, marta] = [await team.agent('Irene'), await team.agent('Marta', {}, 'break')];
    const id = await team.add(urgent, {
      priority: 'low',
      wantedAgentId: marta.membershipId,
      wantedUntil: new Date(now.getTime() + 60_000),
    });
    expect(await team.item(id)).toMatchObject({ priority: 'urgent', target_seconds: 60 });
    expect((await team.match()).offers).toEqual([]);
    pass(40);
    expect((await team.match()).nextAt).toEqual(new Date(now.getTime() + 20_000));
    pass(20);
    await team.beat();
    expect((await team.match()).offers).toMatchObject([{ itemId: id, agentId: irene.membershipId }]);
  });

  test('held by an agent who vanished goes back to the front; a call takes all places of its agent', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { capacity: 4 });
    const call = await team.add(general, { kind: 'call', channel: 'voice' });
    pass(1);
    const task = await team.add(general);
    await team.match();
    expect(await team.agentRow(irene)).toMatchObject({ load: 4, presence: 'busy' });
    const [offer] = await team.pending(irene);
    await team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    await team.inside((trx) => setPresence(trx, irene, { state: 'offline' }, now));
    expect(
      await vanished(
        postgres.db,
        { ...stage, clock: () => now },
        { organisationId: stage.organisationId, agentId: irene.membershipId },
      ),
    ).toBe(1);
    expect(await team.item(call)).toMatchObject({ state: 'queued', front: true });
    expect(await team.item(task)).toMatchObject({ state: 'queued', front: false });
    expect((await team.agentRow(irene)).load).toBe(0);
    await team.holdsTrue();
  });

  test('the pace that was measured counts, not the capacity: less is offered, and nothing is picked beyond it', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { capacity: 5 });
    await asOwner(postgres.ownerUrl, 'update agent set pace = 2 where id = $1', [irene.membershipId]);
    const ids = [await team.add(general), await team.add(general), await team.add(general)];
    expect((await team.match()).offers).toHaveLength(2);
    expect(await team.agentRow(irene)).toMatchObject({ load: 2, presence: 'busy', places: 2 });
    const left = (await Promise.all(ids.map((id) => team.item(id)))).find((one) => one.state === 'queued')!;
    expect(await refusal(team.inside((trx) => take(trx, irene, { itemId: left.id }, deps())))).toBe('routing.full');
    await asOwner(postgres.ownerUrl, 'update agent set pace = null where id = $1', [irene.membershipId]);
    expect((await team.match()).offers).toHaveLength(1);
  });
});

test('of a long line only the first are read, and nothing goes before those that were not', async () => {
  const [general, other] = [await team.queue('general'), await team.queue('other')];
  await asOwner(
    postgres.ownerUrl,
    `insert into item (organisation_id, id, kind, queue_id, priority, target_seconds, queued_at)
      select $1, gen_random_uuid(), 'task', case when n > 150 then $3::uuid else $2::uuid end, case when n > 150 then 'low' else 'urgent' end, 120,
        $4::timestamptz - n * interval '1 second' from generate_series(1, 200) n`,
    [stage.organisationId, general, other, now],
  );
  await team.agent('Irene', { capacity: 100 });
  await team.agent('Marta', { capacity: 20 });
  for (let more = true; more;) {
    const matched = await team.match();
    more = matched.more && matched.offers.length > 0;
  }
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select priority, count(*)::int as n, min(queued_at) as oldest, max(queued_at) as newest from item
      where organisation_id = $1 and state = 'offered' group by priority`,
    [stage.organisationId],
  );
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
  expect(rows).toEqual([{ priority: 'urgent', n: 120, oldest: before(150), newest: before(31) }]);
});

describe('accepted by itself', () => {
  test('a conversation is the agent’s in the same transaction, and the thread says who joined', async () => {
    await team.queue('general', { autoAccept: true });
    const irene = await team.agent('Irene', { capacity: 2 });
    const id = await stage.write('ana', 'hola');
    const matched = await team.match();
    expect(matched.offers).toHaveLength(1);
    expect(await team.itemOf(id)).toMatchObject({ state: 'accepted', agent_id: irene.membershipId });
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select c.state, c.agent_id, (select count(*)::int from message m where m.conversation_id = c.id and m.kind = 'joined') as joined,
        (select array_agg(kind order by id) from event e where e.conversation_id = c.id and kind like 'item.%') as events
       from conversation c where id = $1`,
      [id],
    );
    expect(rows[0]).toEqual({
      state: 'with_agent',
      agent_id: irene.membershipId,
      joined: 1,
      events: ['item.queued', 'item.accepted'],
    });
    expect(await team.pending(irene)).toEqual([]);
    await team.holdsTrue();
  });

  test('an agent who wants no question gets none, a colleague is asked', async () => {
    const general = await team.queue('general');
    const irene = await team.agent('Irene', { autoAccept: true, capacity: 1 });
    const marta = await team.agent('Marta', { capacity: 1 });
    await team.add(general);
    await team.add(general);
    await team.match();
    expect(await team.pending(irene)).toEqual([]);
    expect(await team.agentRow(irene)).toMatchObject({ load: 1 });
    expect(await team.pending(marta)).toHaveLength(1);
    await team.holdsTrue();
  });
});

describe('who answered the same person last', () => {
  async function served(name: string) {
    const id = await stage.write('ana', 'hola');
    const agent = await team.agent(name);
    await team.match();
    const [offer] = await team.pending(agent);
    await team.inside((trx) => accept(trx, agent, { offerId: offer!.id }, deps()));
    await team.inside((trx) =>
      stage.conversations.wrapUp(trx, agent, { conversationId: id, reason: 'other', solved: true }),
    );
    // beyond the window in which a word reopens
    await asOwner(postgres.ownerUrl, `update conversation set closed_at = closed_at - interval '1 day' where id = $1`, [
      id,
    ]);
    return agent;
  }

  test('is asked first, for a while; then whoever is free', async () => {
    await team.queue('general', { stickySeconds: 30 });
    const irene = await served('Irene');
    const marta = await team.agent('Marta');
    const id = await stage.write('ana', 'otra cosa');
    const row = await team.itemOf(id);
    expect(row).toMatchObject({ wanted_agent_id: irene.membershipId, wanted_until: new Date(now.getTime() + 30_000) });
    expect((await team.match()).offers).toMatchObject([{ agentId: irene.membershipId }]);
    const [offer] = await team.pending(irene);
    await team.inside((trx) => decline(trx, irene, { offerId: offer!.id }, now));
    expect((await team.match()).offers).toMatchObject([{ agentId: marta.membershipId }]);
  });

  test('is not waited for when away, without the skill, or when it is critical', async () => {
    await team.queue('general', { stickySeconds: 30 });
    await team.queue('billing', { skills: ['billing'], stickySeconds: 30 });
    const irene = await served('Irene');
    const wantedIn = async (handover: NonNullable<Stage['handover']>) => {
      stage.handover = handover;
      const id = await stage.write('ana', 'hola');
      const { wanted_agent_id } = await team.itemOf(id);
      await team.inside((trx) =>
        stage.conversations.close(
          trx,
          { kind: 'system', organisationId: stage.organisationId },
          { conversationId: id },
        ),
      );
      await asOwner(
        postgres.ownerUrl,
        `update conversation set closed_at = closed_at - interval '1 day' where id = $1`,
        [id],
      );
      return wanted_agent_id;
    };
    expect(await wantedIn({})).toBe(irene.membershipId);
    expect(await wantedIn({ queue: 'billing' })).toBeNull();
    await team.inside((trx) => setPresence(trx, irene, { state: 'break' }, now));
    expect(await wantedIn({})).toBeNull();
    await team.inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
    stage.handover = { priority: 'critical' };
    expect((await team.itemOf(await stage.write('ana', 'hola'))).wanted_agent_id).toBeNull();
  });
});

describe('what nobody of its own queue can take', () => {
  test('goes to agents of the queue it overflows to, keeps its own, and is counted as overflowed', async () => {
    const night = await team.queue('night');
    const general = await team.queue('general', {
      targetSeconds: 100,
      overflow: [{ to: 'night', after: 0.5, when: null }],
    });
    const irene = await team.agent('Irene', { queues: ['night'] });
    const id = await team.add(general);
    expect(await team.match()).toMatchObject({ offers: [], nextAt: new Date(now.getTime() + 50_000) });
    pass(49);
    await team.beat();
    expect((await team.match()).offers).toEqual([]);
    pass(1);
    expect((await team.match()).offers).toHaveLength(1);
    const [offer] = await team.pending(irene);
    await team.inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    expect(await team.item(id)).toMatchObject({ queue_id: general, overflow_queue_id: night, state: 'accepted' });
    await team.holdsTrue();
  });

  test('loses what it asks ring by ring; a skill that was taken from everybody is shown until then', async () => {
    const nurses = await team.queue('nurses', {
      skills: ['nurse'],
      targetSeconds: 100,
      rings: [{ after: 1, without: ['nurse'], levels: 0 }],
    });
    const strict = await team.queue('strict', { skills: ['nurse'] });
    const irene = await team.agent('Irene', { skills: ['nurse'], queues: ['nurses', 'strict'] }, 'break');
    const [ring, never] = [await team.add(nurses), await team.add(strict)];
    const shown = () => team.inside((trx) => unserved(trx, stage.organisationId, now));
    expect(await shown()).toMatchObject(
      [
        { queueId: nurses, why: 'nobody_here', items: 1 },
        { queueId: strict, why: 'nobody_here', items: 1 },
      ].sort((a, b) => (a.queueId < b.queueId ? -1 : 1)),
    );
    await team.agent('Marta');
    await asOwner(postgres.ownerUrl, `update agent set skills = '{}' where id = $1`, [irene.membershipId]);
    expect(await shown()).toEqual([{ queueId: strict, why: 'nobody_can', skills: ['nurse'], items: 1, since: now }]);
    expect((await team.match()).offers).toEqual([]);
    pass(100);
    await team.beat();
    expect((await team.match()).offers).toMatchObject([{ itemId: ring }]);
    expect((await team.item(never)).state).toBe('queued');
  });

  test('stands in a retired queue: who serves the queue of last resort may answer it; a queue with work cannot be deleted', async () => {
    await team.queue('general');
    const old = await team.queue('old');
    const id = await team.add(old);
    const irene = await team.agent('Irene', { queues: ['general'] });
    expect((await team.match()).offers).toEqual([]);
    await team.inside((trx) => retireQueue(trx, stage.organisationId, old));
    expect((await team.match()).offers).toMatchObject([{ itemId: id, agentId: irene.membershipId }]);
    const later = await team.add(old);
    expect((await team.item(later)).queue_id).not.toBe(old);
    expect(await refusal(asOwner(postgres.ownerUrl, 'delete from queue where id = $1', [old]))).toMatch(/foreign key/);
    expect(await refusal(team.add(uuid()))).toBe('routing.queue_not_found');
  });
});

describe('a supervisor', () => {
  test('pins to one agent: taken from before another, kept for that one alone, shown when that one is away', async () => {
    const general = await team.queue('general');
    const sonia = await ofStaff();
    const irene = await team.agent('Irene');
    const marta = await team.agent('Marta', { queues: [] }, 'break');
    const id = await team.add(general);
    await team.match();
    expect(await team.pending(irene)).toHaveLength(1);
    await team.inside((trx) => pin(trx, sonia, { itemId: id, agentId: marta.membershipId }, now));
    expect(await team.pending(irene)).toEqual([]);
    expect((await team.agentRow(irene)).load).toBe(0);
    expect((await team.match()).offers).toEqual([]);
    expect(await refusal(team.inside((trx) => take(trx, irene, { itemId: id }, deps())))).toBe('routing.pinned');
    expect(await team.inside((trx) => unserved(trx, stage.organisationId, now))).toMatchObject([
      { why: 'pinned_away', items: 1 },
    ]);
    await team.inside((trx) => setPresence(trx, marta, { state: 'available' }, now));
    expect((await team.match()).offers).toMatchObject([{ agentId: marta.membershipId }]);
    // she says no: it is still hers, after the pause
    const [offer] = await team.pending(marta);
    await team.inside((trx) => decline(trx, marta, { offerId: offer!.id }, now));
    expect((await team.match()).offers).toEqual([]);
    await team.inside((trx) => pin(trx, sonia, { itemId: id, agentId: null }, now));
    expect((await team.match()).offers).toMatchObject([{ agentId: irene.membershipId }]);
    const [last] = await team.pending(irene);
    await team.inside((trx) => accept(trx, irene, { offerId: last!.id }, deps()));
    expect(await refusal(team.inside((trx) => pin(trx, sonia, { itemId: id, agentId: null }, now)))).toBe(
      'routing.item_gone',
    );
    expect(await refusal(team.inside((trx) => pin(trx, sonia, { itemId: uuid(), agentId: null }, now)))).toBe(
      'routing.item_not_found',
    );
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select detail ->> 'what' as what from audit_entry where organisation_id = $1 and subject_kind = 'item' order by id`,
      [stage.organisationId],
    );
    expect(rows.map((row) => row.what)).toEqual(['pinned', 'pinned']);
    await team.holdsTrue();
  });

  test('passed on from hand to hand it is nobody’s wish any more, and counts where it came in', async () => {
    const [general, billing] = [await team.queue('general'), await team.queue('billing')];
    const [irene, marta] = [await team.agent('Irene'), await team.agent('Marta')];
    const sonia = await ofStaff();
    const id = await stage.write('ana', 'hola');
    const { id: itemId } = await team.itemOf(id);
    await team.inside((trx) => pin(trx, sonia, { itemId, agentId: irene.membershipId }, now));
    await team.inside((trx) => take(trx, irene, { itemId }, { conversations: stage.conversations, now }));
    // as rows that an earlier version left: the pin outlived the accepting
    await asOwner(
      postgres.ownerUrl,
      `update item set pinned_by = $2, wanted_agent_id = $3, wanted_until = 'infinity', wanted_since = now() where id = $1`,
      [itemId, sonia.membershipId, irene.membershipId],
    );
    await team.inside((trx) =>
      passOn(trx, marta, { conversationId: id, queueId: billing }, { conversations: stage.conversations, now }),
    );
    expect(await team.item(itemId)).toMatchObject({
      state: 'accepted',
      agent_id: marta.membershipId,
      pinned_by: null,
      wanted_agent_id: null,
      wanted_until: null,
      queue_id: billing,
      first_queue_id: general,
    });
    await team.holdsTrue();
  });

  test('moves with its age to a queue that asks more, and gives another class with a reason', async () => {
    const general = await team.queue('general');
    const billing = await team.queue('billing', { priority: 'urgent', targets: { urgent: 40 } });
    const sonia = await ofStaff();
    const id = await stage.write('ana', 'hola');
    const before = await team.itemOf(id);
    pass(5);
    await team.inside((trx) => moveItem(trx, sonia, { itemId: before.id, queueId: billing }, now));
    expect(await team.itemOf(id)).toMatchObject({
      queue_id: billing,
      first_queue_id: general,
      priority: 'urgent',
      target_seconds: 40,
      queued_at: before.queued_at,
    });
    await team.inside((trx) => reprioritise(trx, sonia, { itemId: before.id, priority: 'low', reason: 'asked twice' }));
    const { rows } = await asOwner(postgres.ownerUrl, 'select priority, queue_id from conversation where id = $1', [
      id,
    ]);
    expect(rows[0]).toEqual({ priority: 'low', queue_id: billing });
    expect((await team.itemOf(id)).priority).toBe('low');
    expect(await refusal(team.inside((trx) => moveItem(trx, sonia, { itemId: before.id, queueId: uuid() }, now)))).toBe(
      'routing.queue_not_found',
    );
    await team.holdsTrue();
  });

  test('cannot make less of a hard red flag: not its class, not out of the urgent queue, not for one who is away', async () => {
    const urgent = await team.queue('urgent');
    const general = await team.queue('general');
    const sonia = await ofStaff();
    stage.handover = { queue: 'urgent', priority: 'critical' };
    const id = await stage.write('ana', 'hola');
    await flag(id);
    const { id: itemId } = await team.itemOf(id);
    const away = await team.agent('Nil', {}, 'break');
    const here = await team.agent('Irene');
    for (const work of [
      () => team.inside((trx) => reprioritise(trx, sonia, { itemId, priority: 'urgent', reason: 'x' })),
      () => team.inside((trx) => moveItem(trx, sonia, { itemId, queueId: general }, now)),
      () => team.inside((trx) => pin(trx, sonia, { itemId, agentId: away.membershipId }, now)),
    ])
      expect(await refusal(work())).toBe('routing.flagged');
    await team.inside((trx) => pin(trx, sonia, { itemId, agentId: here.membershipId }, now));
    await team.inside((trx) => reprioritise(trx, sonia, { itemId, priority: 'critical', reason: 'it is' }));
    expect(await team.itemOf(id)).toMatchObject({ priority: 'critical', queue_id: urgent });
  });
});
