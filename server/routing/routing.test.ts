import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { uuid } from '../platform/ids.ts';
import { Problem } from '../platform/problems.ts';
import { type Trx, within } from '../platform/postgres.ts';
import type { StaffActor } from '../trust/contract.ts';
import { saveAgent } from './agents.ts';
import {
  type ChosenPresence,
  ITEM_STATES,
  type ItemState,
  OFFER_STATES,
  PRESENCE_STATES,
  type PresenceState,
} from './contract.ts';
import { matchOnce, startMatcher } from './match.ts';
import { accept, decline, lapseDue, take } from './offers.ts';
import { beat, connect, disconnect, setPresence, sweepGone, vanished } from './presence.ts';
import { anyOpen, queuesOf, retireQueue, saveQueue } from './queues.ts';
import { ITEM_STEPS, OFFER_STEPS, PRESENCE_STEPS } from './rules.ts';

const postgres = await testDatabase({ max: 40 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, settings: { ringSeconds: 30, graceSeconds: 60 } });
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const match = () => inside((trx) => matchOnce(trx, stage.organisationId, now));
const matchAll = async (): Promise<void> => {
  for (let more = true; more;) ({ more } = await match());
};
const deps = () => ({ conversations: stage.conversations, now });

async function agent(
  name = 'Irene',
  settings: Parameters<typeof saveAgent>[3] = {},
  state: ChosenPresence = 'available',
): Promise<StaffActor> {
  const actor = await stage.staff(name);
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, settings));
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  if (state !== 'offline') await inside((trx) => setPresence(trx, actor, { state }, now));
  return actor;
}

type ItemRow = {
  id: string;
  state: ItemState;
  agent_id: string | null;
  queued_at: Date;
  front: boolean;
  priority: string;
  queue_id: string;
};
async function itemOf(conversationId: string): Promise<ItemRow> {
  const { rows } = await asOwner(ownerUrl, 'select * from item where conversation_id = $1 order by id desc limit 1', [
    conversationId,
  ]);
  return rows[0];
}
async function pendingOf(actor: StaffActor): Promise<{ id: string; item_id: string }[]> {
  return (
    await asOwner(ownerUrl, `select id, item_id from offer where agent_id = $1 and state = 'pending' order by id`, [
      actor.membershipId,
    ])
  ).rows;
}
async function agentRow(actor: StaffActor): Promise<{ load: number; presence: PresenceState; gone_at: Date | null }> {
  return (await asOwner(ownerUrl, 'select load, presence, gone_at from agent where id = $1', [actor.membershipId]))
    .rows[0];
}
async function conversation(
  id: string,
): Promise<{ state: string; agent_id: string | null; waiting_since: Date | null; priority: string }> {
  return (
    await asOwner(ownerUrl, 'select state, agent_id, waiting_since, priority from conversation where id = $1', [id])
  ).rows[0];
}
const code = (error: unknown): string => (error instanceof Problem ? error.code : String(error));
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => code(error),
  );

/** What must hold at every instant: loads are what is held, nobody is over capacity, every waiting conversation has one item. */
async function mustHoldTrue(): Promise<void> {
  const { rows } = await asOwner(
    ownerUrl,
    `select
      (select count(*)::int from agent a where organisation_id = $1
        and (load <> (select coalesce(sum(weight), 0) from item i where i.agent_id = a.id) or load > capacity)) as loads,
      (select count(*)::int from conversation c where organisation_id = $1 and state = 'waiting' and not exists
        (select 1 from item i where i.conversation_id = c.id and i.state in ('queued', 'offered'))) as lost,
      (select count(*)::int from conversation c where organisation_id = $1 and state in ('with_agent', 'on_hold') and not exists
        (select 1 from item i where i.conversation_id = c.id and i.state = 'accepted' and i.agent_id = c.agent_id)) as astray,
      (select count(*)::int from item i where organisation_id = $1 and (i.state = 'offered') <> exists
        (select 1 from offer o where o.item_id = i.id and o.state = 'pending' and o.agent_id = i.agent_id)) as offers,
      (select count(*)::int from (select item_id from offer where organisation_id = $1 and state = 'accepted'
        group by item_id, agent_id having count(*) > 1) x) as twice`,
    [stage.organisationId],
  );
  expect(rows[0]).toEqual({ loads: 0, lost: 0, astray: 0, offers: 0, twice: 0 });
}

describe('steps that are forbidden', () => {
  const raw = (text: string, values: unknown[]): Promise<string> =>
    asOwner(ownerUrl, text, values).then(
      () => 'done',
      (error: { code?: string }) => error.code ?? 'unknown',
    );

  test('an item goes only where its table says', async () => {
    const irene = await agent();
    const { rows: queues } = await asOwner(ownerUrl, 'select id from queue limit 1');
    const queueId =
      queues[0]?.id ??
      (await inside((trx) =>
        saveQueue(trx, stage.organisationId, { key: 'general', names: { es: 'G', ca: 'G', en: 'G', pt: 'G' } }),
      ));
    const path: Record<ItemState, ItemState[]> = {
      queued: [],
      offered: ['offered'],
      accepted: ['offered', 'accepted'],
      done: ['offered', 'accepted', 'done'],
      abandoned: ['abandoned'],
      called_back: ['called_back'],
      withdrawn: ['withdrawn'],
    };
    const step = (id: string, to: ItemState) => {
      const held = to === 'offered' || to === 'accepted';
      return raw(
        `update item set state = $2, agent_id = $3::uuid, weight = $4, ended_at = case when $2 in ('queued', 'offered', 'accepted') then null else now() end where id = $1`,
        [id, to, held ? irene.membershipId : null, held ? 1 : null],
      );
    };
    for (const from of ITEM_STATES)
      for (const to of ITEM_STATES) {
        if (from === to) continue;
        const id = uuid();
        await raw(`insert into item (organisation_id, id, kind, queue_id) values ($1, $2, 'task', $3)`, [
          stage.organisationId,
          id,
          queueId,
        ]);
        for (const state of path[from]) expect(await step(id, state)).toBe('done');
        expect(`${from}>${to} ${await step(id, to)}`).toBe(
          `${from}>${to} ${ITEM_STEPS[from].includes(to) ? 'done' : '23514'}`,
        );
      }
    for (const state of ITEM_STATES.filter((one) => one !== 'queued'))
      expect(
        await raw(`insert into item (organisation_id, id, kind, queue_id, state) values ($1, $2, 'task', $3, $4)`, [
          stage.organisationId,
          uuid(),
          queueId,
          state,
        ]),
      ).toBe('23514');
  });

  test('an offer is answered once', async () => {
    const irene = await agent();
    const queueId = await inside((trx) =>
      saveQueue(trx, stage.organisationId, { key: 'general', names: { es: 'G', ca: 'G', en: 'G', pt: 'G' } }),
    );
    for (const from of OFFER_STATES)
      for (const to of OFFER_STATES) {
        if (from === to) continue;
        const [item, offer] = [uuid(), uuid()];
        await raw(`insert into item (organisation_id, id, kind, queue_id) values ($1, $2, 'task', $3)`, [
          stage.organisationId,
          item,
          queueId,
        ]);
        await raw(
          `insert into offer (organisation_id, id, item_id, agent_id, expires_at) values ($1, $2, $3, $4, now() + interval '1 minute')`,
          [stage.organisationId, offer, item, irene.membershipId],
        );
        const step = (state: string) =>
          raw(`update offer set state = $2, answered_at = case when $2 <> 'pending' then now() end where id = $1`, [
            offer,
            state,
          ]);
        if (from !== 'pending') expect(await step(from)).toBe('done');
        expect(`${from}>${to} ${await step(to)}`).toBe(
          `${from}>${to} ${OFFER_STEPS[from].includes(to) ? 'done' : '23514'}`,
        );
      }
  });

  test('presence goes only where its table says, and each stretch is a row', async () => {
    for (const from of PRESENCE_STATES)
      for (const to of PRESENCE_STATES) {
        if (from === to || from === 'busy' || to === 'busy') continue;
        const actor = await agent('Marta', {}, 'offline');
        const step = (state: PresenceState) =>
          raw('update agent set presence = $2 where id = $1', [actor.membershipId, state]);
        if (from === 'wrapping') expect(await step('available')).toBe('done');
        if (from !== 'offline') expect(await step(from)).toBe('done');
        const allowed = PRESENCE_STEPS[from].includes(to);
        expect(`${from}>${to} ${await step(to)}`).toBe(`${from}>${to} ${allowed ? 'done' : '23514'}`);
        const { rows } = await asOwner(
          ownerUrl,
          'select state, ended_at from presence where agent_id = $1 order by id',
          [actor.membershipId],
        );
        expect(rows.at(-1)).toEqual(
          from === 'offline' && !allowed ? undefined : { state: allowed ? to : from, ended_at: null },
        );
        expect(rows.filter((row) => row.ended_at === null).length).toBe(rows.length === 0 ? 0 : 1);
      }
    const actor = await agent('Nil', {}, 'break');
    expect(await refusal(inside((trx) => setPresence(trx, actor, { state: 'wrapping' }, now)))).toBe(
      'routing.presence_not_allowed',
    );
  });

  test('full is busy, a free place is available again, and nobody holds more than fits', async () => {
    const irene = await agent('Irene', { capacity: 2 });
    const set = (load: number) => raw('update agent set load = $2 where id = $1', [irene.membershipId, load]);
    expect(await set(2)).toBe('done');
    expect((await agentRow(irene)).presence).toBe('busy');
    expect(await set(3)).toBe('23514');
    expect(await set(-1)).toBe('23514');
    expect(await set(1)).toBe('done');
    expect((await agentRow(irene)).presence).toBe('available');
    expect(await raw(`update agent set presence = 'busy' where id = $1`, [irene.membershipId])).toBe('done');
    expect((await agentRow(irene)).presence).toBe('available');
    expect(
      await refusal(inside((trx) => saveAgent(trx, stage.organisationId, irene.membershipId, { capacity: 0 }))),
    ).toBe('routing.capacity_below_load');
  });
});

describe('an offer', () => {
  test('reaches who is free, is accepted once, and the conversation is theirs', async () => {
    const irene = await agent();
    const id = await stage.write('ana', 'hola');
    expect((await match()).offers).toHaveLength(1);
    const [offer] = await pendingOf(irene);
    expect(await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()))).toEqual({
      itemId: offer!.item_id,
      kind: 'conversation',
      conversationId: id,
    });
    expect(await conversation(id)).toMatchObject({ state: 'with_agent', agent_id: irene.membershipId });
    expect(await refusal(inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_gone',
    );
    await mustHoldTrue();
  });

  test('is nobody else’s, and nothing to another organisation', async () => {
    const irene = await agent();
    const other = await stage.staff('Marta');
    await stage.write('ana', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    expect(await refusal(inside((trx) => accept(trx, other, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_not_found',
    );
    const elsewhere = await createStage(postgres);
    const stranger = { ...(await elsewhere.staff('Otro')), membershipId: irene.membershipId };
    const there = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, elsewhere.organisationId, work);
    expect(await refusal(there((trx) => accept(trx, stranger, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_not_found',
    );
    expect(await refusal(there((trx) => take(trx, stranger, { itemId: offer!.item_id }, deps())))).toBe(
      'routing.item_not_found',
    );
    expect(await refusal(inside((trx) => accept(trx, irene, { offerId: 'x' }, deps())))).toBe(
      'routing.offer_not_found',
    );
    await elsewhere.close();
  });

  test('declined goes back with its age, to a colleague, and to the same agent only later', async () => {
    const irene = await agent();
    const id = await stage.write('ana', 'hola');
    const { queued_at } = await itemOf(id);
    await match();
    pass(5);
    const [offer] = await pendingOf(irene);
    await inside((trx) => decline(trx, irene, { offerId: offer!.id, reason: 'language' }, now));
    expect(await itemOf(id)).toMatchObject({ state: 'queued', queued_at });
    expect((await match()).offers).toEqual([]);
    const marta = await agent('Marta');
    expect((await match()).offers).toMatchObject([{ agentId: marta.membershipId }]);
    const [second] = await pendingOf(marta);
    await inside((trx) => decline(trx, marta, { offerId: second!.id }, now));
    // both have said no just now: it waits until the pause of the first is over
    const pause = await match();
    expect(pause).toMatchObject({ offers: [], nextAt: new Date(now.getTime() + 30_000) });
    pass(30);
    await inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
    expect((await match()).offers).toMatchObject([{ agentId: irene.membershipId }]);
    await mustHoldTrue();
  });

  test('lapses after its time and is not taken afterwards', async () => {
    const irene = await agent();
    const id = await stage.write('ana', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    pass(31);
    expect(await refusal(inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_gone',
    );
    expect(await inside((trx) => lapseDue(trx, stage.organisationId, now))).toBe(1);
    expect(await inside((trx) => lapseDue(trx, stage.organisationId, now))).toBe(0);
    expect(await itemOf(id)).toMatchObject({ state: 'queued' });
    expect((await agentRow(irene)).load).toBe(0);
    expect((await match()).nextAt).toEqual(new Date(now.getTime() + 30_000));
    pass(30);
    await inside((trx) => beat(trx, stage.organisationId, [], now));
    await inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
    expect((await match()).offers).toHaveLength(1);
    await mustHoldTrue();
  });

  test('is withdrawn when the patient’s conversation closes, and the place is free', async () => {
    const irene = await agent('Irene', { capacity: 1 });
    const id = await stage.write('ana', 'hola');
    await match();
    expect((await agentRow(irene)).presence).toBe('busy');
    await inside((trx) =>
      stage.conversations.close(trx, { kind: 'system', organisationId: stage.organisationId }, { conversationId: id }),
    );
    expect(await itemOf(id)).toMatchObject({ state: 'withdrawn', agent_id: null });
    expect(await pendingOf(irene)).toEqual([]);
    expect(await agentRow(irene)).toMatchObject({ presence: 'available', load: 0 });
    await mustHoldTrue();
  });
});

describe('the next one', () => {
  test('comes at once when a wrap-up frees the place', async () => {
    const matcher = startMatcher({ db, clock: () => now, sweepMs: 3_600_000 });
    const irene = await agent('Irene', { capacity: 1 });
    const first = await stage.write('ana', 'hola');
    await matcher.idle();
    const second = await stage.write('luis', 'hola');
    await matcher.idle();
    expect((await itemOf(second)).state).toBe('queued');
    const [offer] = await pendingOf(irene);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    await inside((trx) =>
      stage.conversations.wrapUp(trx, irene, { conversationId: first, reason: 'appointment', solved: true }),
    );
    await matcher.idle();
    expect(await itemOf(first)).toMatchObject({ state: 'done' });
    expect(await itemOf(second)).toMatchObject({ state: 'offered', agent_id: irene.membershipId });
    await matcher.stop();
    await mustHoldTrue();
  });

  test('is the most urgent, then the oldest; raising one that waits moves it up and does not double it', async () => {
    const a = await stage.write('a', 'hola');
    pass(1);
    const b = await stage.write('b', 'hola');
    pass(1);
    const c = await stage.write('c', 'hola');
    await inside((trx) =>
      stage.deps.followers.handedOver(trx, [
        {
          organisationId: stage.organisationId,
          conversationId: c,
          personId: uuid(),
          queue: 'urgent',
          priority: 'critical',
          reason: 'red_flag',
          skills: [],
          language: 'es',
          channel: 'webchat',
          since: now,
        },
      ]),
    );
    const irene = await agent('Irene', { capacity: 2 });
    await match();
    expect([(await itemOf(a)).state, (await itemOf(b)).state, (await itemOf(c)).state]).toEqual([
      'offered',
      'queued',
      'offered',
    ]);
    expect(await itemOf(c)).toMatchObject({ priority: 'critical', agent_id: irene.membershipId });
    await mustHoldTrue();
  });

  test('is taken by hand: within capacity, with the skills, and only while it waits', async () => {
    await inside((trx) =>
      saveQueue(trx, stage.organisationId, {
        key: 'general',
        names: { es: 'G', ca: 'G', en: 'G', pt: 'G' },
        skills: ['billing'],
      }),
    );
    const [a, b] = [await stage.write('a', 'hola'), await stage.write('b', 'hola')];
    const unskilled = await agent('Pau');
    const irene = await agent('Irene', { capacity: 1, skills: ['billing'] }, 'break');
    const item = await itemOf(a);
    expect(await refusal(inside((trx) => take(trx, unskilled, { itemId: item.id }, deps())))).toBe(
      'routing.not_skilled',
    );
    await inside((trx) => take(trx, irene, { itemId: item.id }, deps()));
    expect(await conversation(a)).toMatchObject({ agent_id: irene.membershipId });
    expect(await refusal(inside((trx) => take(trx, irene, { itemId: item.id }, deps())))).toBe('routing.item_gone');
    expect(await refusal(inside(async (trx) => take(trx, irene, { itemId: (await itemOf(b)).id }, deps())))).toBe(
      'routing.full',
    );
    const away = await agent('Nil', { skills: ['billing'] }, 'offline');
    expect(await refusal(inside(async (trx) => take(trx, away, { itemId: (await itemOf(b)).id }, deps())))).toBe(
      'routing.not_present',
    );
    await mustHoldTrue();
  });

  test('a transfer reaches the colleague who was named, and later anyone', async () => {
    const [irene, marta] = [await agent(), await agent('Marta', {}, 'break')];
    const id = await stage.write('a', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    expect(
      await refusal(
        inside((trx) => stage.conversations.transfer(trx, irene, { conversationId: id, to: { agentId: uuid() } })),
      ),
    ).toBe('routing.agent_not_found');
    expect(
      await refusal(
        inside((trx) => stage.conversations.transfer(trx, irene, { conversationId: id, to: { queueId: uuid() } })),
      ),
    ).toBe('routing.queue_not_found');
    await inside((trx) =>
      stage.conversations.transfer(trx, irene, {
        conversationId: id,
        to: { agentId: marta.membershipId },
        note: 'sabe más',
      }),
    );
    expect((await match()).offers).toEqual([]);
    await inside((trx) => setPresence(trx, marta, { state: 'available' }, now));
    expect((await match()).offers).toMatchObject([{ agentId: marta.membershipId }]);
    await inside((trx) => setPresence(trx, marta, { state: 'break' }, now));
    expect((await match()).offers).toMatchObject([{ agentId: irene.membershipId }]);
    await mustHoldTrue();
  });

  test('work that stands in a retired queue is still answered', async () => {
    const names = { es: 'G', ca: 'G', en: 'G', pt: 'G' };
    for (const key of ['general', 'other']) await inside((trx) => saveQueue(trx, stage.organisationId, { key, names }));
    const id = await stage.write('a', 'hola');
    await inside(async (trx) => retireQueue(trx, stage.organisationId, (await itemOf(id)).queue_id));
    await agent();
    expect((await match()).offers).toHaveLength(1);
    const next = await stage.write('b', 'hola');
    expect((await itemOf(next)).queue_id).not.toBe((await itemOf(id)).queue_id);
  });
});

describe('an agent who vanishes', () => {
  test('loses offers at once and held work after the grace, to the front, with its age', async () => {
    const irene = await agent('Irene', { capacity: 2 });
    const held = await stage.write('a', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    const offered = await stage.write('b', 'hola');
    await match();
    const { queued_at } = await itemOf(held);
    pass(10);
    const { rows } = await asOwner(ownerUrl, 'select id from connection where agent_id = $1', [irene.membershipId]);
    expect(rows).toHaveLength(1);
    await inside((trx) => disconnect(trx, stage.organisationId, rows[0].id, now));
    expect(await itemOf(offered)).toMatchObject({ state: 'queued' });
    expect(await itemOf(held)).toMatchObject({ state: 'accepted' });
    expect((await match()).offers).toEqual([]);
    const { rows: jobs } = await asOwner(ownerUrl, `select run_at from graphile_worker.jobs where key = $1`, [
      `vanished:${irene.membershipId}`,
    ]);
    expect(jobs).toEqual([{ run_at: new Date(now.getTime() + 60_000) }]);
    pass(60);
    expect(await vanished(db, stage, { organisationId: stage.organisationId, agentId: irene.membershipId })).toBe(1);
    expect(await itemOf(held)).toMatchObject({ state: 'queued', front: true, queued_at });
    expect(await conversation(held)).toMatchObject({ state: 'waiting', agent_id: null, waiting_since: queued_at });
    expect(await agentRow(irene)).toMatchObject({ presence: 'offline', load: 0 });
    expect(stage.departed.at(-1)?.content).toMatchObject({
      kind: 'menu',
      text: expect.stringContaining('queda guardado'),
    });
    const marta = await agent('Marta', { capacity: 1 });
    expect((await match()).offers).toMatchObject([{ itemId: (await itemOf(held)).id, agentId: marta.membershipId }]);
    await mustHoldTrue();
  });

  test('keeps everything when back within the grace; a second tab is enough to be there', async () => {
    const irene = await agent();
    const id = await stage.write('a', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    const second = uuid();
    await inside((trx) => connect(trx, irene, { connectionId: second, processId: uuid() }, now));
    const { rows } = await asOwner(ownerUrl, 'select id from connection where agent_id = $1 and id <> $2', [
      irene.membershipId,
      second,
    ]);
    await inside((trx) => disconnect(trx, stage.organisationId, rows[0].id, now));
    expect((await agentRow(irene)).gone_at).toBeNull();
    await inside((trx) => disconnect(trx, stage.organisationId, second, now));
    expect((await agentRow(irene)).gone_at).toEqual(now);
    await inside((trx) => connect(trx, irene, { connectionId: uuid(), processId: uuid() }, now));
    expect(await vanished(db, stage, { organisationId: stage.organisationId, agentId: irene.membershipId })).toBe(0);
    expect(await conversation(id)).toMatchObject({ agent_id: irene.membershipId });
    expect((await agentRow(irene)).presence).toBe('available');
  });

  test('is found by silence when its whole process died', async () => {
    const irene = await agent();
    pass(46);
    await stage.write('a', 'hola');
    expect((await match()).offers).toEqual([]);
    await inside((trx) => sweepGone(trx, stage.organisationId, now));
    expect((await agentRow(irene)).gone_at).toEqual(now);
  });

  test('offline by choice gives back what it holds after the same grace', async () => {
    const irene = await agent();
    const id = await stage.write('a', 'hola');
    await match();
    const [offer] = await pendingOf(irene);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps()));
    await inside((trx) => setPresence(trx, irene, { state: 'offline' }, now));
    pass(60);
    expect(await vanished(db, stage, { organisationId: stage.organisationId, agentId: irene.membershipId })).toBe(1);
    expect(await conversation(id)).toMatchObject({ state: 'waiting' });
  });
});

describe('what the patient is told', () => {
  const said = (): string => (stage.departed.at(-1)?.content as { text: string } | undefined)?.text ?? '';

  test('nobody there · next · place in the line · nothing when somebody is free', async () => {
    await stage.write('a', 'hola');
    expect(said()).toMatch(/no hay nadie conectado/);
    await agent('Irene', { capacity: 1 });
    await match();
    await stage.write('b', 'hola');
    expect(said()).toMatch(/la siguiente persona/);
    await stage.write('c', 'hola');
    expect(said()).toMatch(/una persona antes/);
    await agent('Marta', { capacity: 9 });
    await matchAll();
    const before = stage.departed.length;
    await stage.write('d', 'hola');
    expect(stage.departed.length).toBe(before);
    await matchAll();
    await mustHoldTrue();
  });

  test('out of hours: when it opens, and the emergency number; the work is kept', async () => {
    await inside((trx) =>
      saveQueue(trx, stage.organisationId, {
        key: 'general',
        names: { es: 'G', ca: 'G', en: 'G', pt: 'G' },
        hours: { tue: [['08:30', '12:00']] },
        outOfHours: {
          es: 'Cerrado. Le responderemos {opens}.',
          ca: 'Tancat {opens}.',
          en: 'Closed {opens}.',
          pt: 'Fechado {opens}.',
        },
      }),
    );
    const id = await stage.write('a', 'hola');
    expect(said()).toBe('Cerrado. Le responderemos mañana a partir de las 8:30. Si es una urgencia, llame al 112.');
    expect((await itemOf(id)).state).toBe('queued');
  });
});

test('people answer while a queue is open by its calendar; a retired one does not count', async () => {
  const open = (at: string) => inside((trx) => anyOpen(trx, stage.organisationId, new Date(at)));
  const names = { es: 'Citas', ca: 'Cites', en: 'Appointments', pt: 'Marcações' };
  expect(await open('2026-11-22T03:00:00Z')).toBe(true);
  // Monday, nine to five on the wall of Madrid
  const hours = { mon: [['09:00', '17:00']] } as const;
  await inside((trx) => saveQueue(trx, stage.organisationId, { key: 'appointments', names, hours: hours as never }));
  expect(await open('2026-11-23T07:59:00Z')).toBe(false);
  expect(await open('2026-11-23T08:00:00Z')).toBe(true);
  expect(await open('2026-11-23T16:00:00Z')).toBe(false);
  const night = await inside((trx) => saveQueue(trx, stage.organisationId, { key: 'night', names }));
  expect(await open('2026-11-22T03:00:00Z')).toBe(true);
  await inside((trx) => retireQueue(trx, stage.organisationId, night));
  expect(await open('2026-11-22T03:00:00Z')).toBe(false);
});

test('queues stand in the order that they are given; the others make room, the retired come last', async () => {
  const save = (key: string, position?: number) =>
    inside((trx) =>
      saveQueue(trx, stage.organisationId, { key, names: { es: key, ca: key, en: key, pt: key }, position }),
    );
  const order = async () =>
    (await inside((trx) => queuesOf(trx, stage.organisationId))).map((queue) => `${queue.position} ${queue.key}`);
  for (const key of ['one', 'two', 'three']) await save(key);
  expect(await order()).toEqual(['0 one', '1 two', '2 three']);
  const three = await save('three', 0);
  expect(await order()).toEqual(['0 three', '1 one', '2 two']);
  await save('three', 1);
  expect(await order()).toEqual(['0 one', '1 three', '2 two']);
  // beyond the end is the end; saved without a place it stays
  await save('one', 99);
  await save('three');
  expect(await order()).toEqual(['0 three', '1 two', '2 one']);
  await inside((trx) => retireQueue(trx, stage.organisationId, three));
  await save('four', 1);
  expect(await order()).toEqual(['0 two', '1 four', '2 one', '3 three']);
  await save('three', 2);
  expect(await order()).toEqual(['0 two', '1 four', '2 three', '3 one']);
  // all at once: every place is taken by one
  await Promise.all(['one', 'two', 'three', 'four'].map((key) => save(key, 0)));
  const { rows } = await asOwner(
    ownerUrl,
    'select count(distinct position)::int as n, max(position) as last from queue where organisation_id = $1',
    [stage.organisationId],
  );
  expect(rows[0]).toEqual({ n: 4, last: 3 });
});

describe('races', () => {
  test('32 connections match, accept, decline and wrap up: none twice, none over capacity, none lost', async () => {
    const agents = await Promise.all(
      Array.from({ length: 20 }, (_, i) => agent(`Agente ${i}`, { capacity: 1 + (i % 4) })),
    );
    const conversations: string[] = [];
    for (let i = 0; i < 160; i += 16)
      conversations.push(
        ...(await Promise.all(Array.from({ length: 16 }, (_, j) => stage.write(`p${i + j}`, 'hola')))),
      );
    let served = 0;
    const end = Date.now() + 240_000;
    const worker = async (seed: number): Promise<void> => {
      let turn = seed;
      while (served < conversations.length && Date.now() < end) {
        const irene = agents[turn++ % agents.length]!;
        await match();
        for (const offer of await pendingOf(irene)) {
          if ((turn + seed) % 7 === 0) {
            await inside((trx) => decline(trx, irene, { offerId: offer.id }, now)).catch(() => undefined);
            continue;
          }
          const got = await inside((trx) => accept(trx, irene, { offerId: offer.id }, deps())).catch(
            (error: unknown) => {
              expect(['routing.offer_gone', 'routing.offer_not_found']).toContain(code(error));
              return null;
            },
          );
          if (!got?.conversationId) continue;
          await inside((trx) =>
            stage.conversations.wrapUp(trx, irene, {
              conversationId: got.conversationId!,
              reason: 'other',
              solved: true,
            }),
          );
          served += 1;
        }
        if (turn % 9 === 0) pass(1);
      }
    };
    const watch = (async () => {
      while (served < conversations.length && Date.now() < end) {
        await mustHoldTrue();
        await new Promise((later) => setTimeout(later, 100));
      }
    })();
    await Promise.all(Array.from({ length: 32 }, (_, i) => worker(i)));
    await watch;
    await mustHoldTrue();
    const { rows } = await asOwner(
      ownerUrl,
      `select count(*)::int as items, count(*) filter (where state = 'done')::int as done,
        (select count(*)::int from offer o where o.organisation_id = $1 and o.state = 'accepted') as accepted
       from item where organisation_id = $1`,
      [stage.organisationId],
    );
    expect(rows[0]).toEqual({
      items: conversations.length,
      done: conversations.length,
      accepted: conversations.length,
    });
    expect(served).toBe(conversations.length);
  });

  test('of many who reach for one item, one gets it and the others hear that it is gone', async () => {
    const agents = await Promise.all(Array.from({ length: 12 }, (_, i) => agent(`A${i}`, {}, 'break')));
    const id = await stage.write('a', 'hola');
    const item = await itemOf(id);
    const answers = await Promise.all(
      agents.map((one) => refusal(inside((trx) => take(trx, one, { itemId: item.id }, deps())))),
    );
    expect(answers.filter((answer) => answer === 'nothing was refused')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'routing.item_gone')).toHaveLength(11);
    await mustHoldTrue();
  });

  test('two processes with a matcher each lose nothing to one another', async () => {
    const matchers = [
      startMatcher({ db, clock: () => now, sweepMs: 50 }),
      startMatcher({ db, clock: () => now, sweepMs: 50 }),
    ];
    await Promise.all(Array.from({ length: 8 }, (_, i) => agent(`A${i}`, { capacity: 5 })));
    await Promise.all(Array.from({ length: 40 }, (_, i) => stage.write(`p${i}`, 'hola')));
    const waiting = async (): Promise<number> =>
      (
        await asOwner(ownerUrl, `select count(*)::int as n from item where organisation_id = $1 and state = 'queued'`, [
          stage.organisationId,
        ])
      ).rows[0].n;
    await expect.poll(waiting).toBe(0);
    await Promise.all(matchers.map((matcher) => matcher.stop()));
    await mustHoldTrue();
  });
});

test('rows of another organisation cannot be seen or changed', async () => {
  await agent();
  await stage.write('a', 'hola');
  const elsewhere = await createStage(postgres);
  const seen = await within(db, elsewhere.organisationId, async (trx) => {
    const counts: number[] = [];
    for (const table of ['queue', 'agent', 'agent_queue', 'presence', 'connection', 'item', 'offer'])
      counts.push(
        Number((await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(trx)).rows[0]!.n),
      );
    return counts;
  });
  expect(seen).toEqual([0, 0, 0, 0, 0, 0, 0]);
  await elsewhere.close();
});
