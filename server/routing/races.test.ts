import pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { createStage, type Stage } from '../../test/stage.ts';
import { ALL_RIGHT, INVARIANTS, refusal, type Team, teamOf } from '../../test/team.ts';
import { openDatabase, within } from '../platform/postgres.ts';
import type { StaffActor } from '../trust/contract.ts';
import { endItem, moveItem, pin } from './items.ts';
import { type Matcher, startMatcher } from './match.ts';
import { accept, decline, lapseDue, take } from './offers.ts';
import { beat, connect, disconnect, setPresence, sweepGone, vanished } from './presence.ts';
import { retireQueue, saveQueue } from './queues.ts';
import { uuid } from '../platform/ids.ts';

const postgres = await testDatabase({ max: 32 });
afterAll(() => postgres.close());

let stage: Stage;
let team: Team;
// a clock that the test drives, and that never waits for the machine
let started = Date.parse('2026-11-23T10:00:00Z');
const clock = (): Date => new Date(started);
beforeEach(async () => {
  stage = await createStage(postgres, { clock, settings: { ringSeconds: 30, graceSeconds: 5 } });
  team = teamOf(postgres, stage, clock);
});
afterEach(() => stage.close());

/** The same numbers for the same seed: what a run did can be done again. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

const CONVERSATIONS = 60;
const TASKS = 1_900;
const WORKERS = 32;
/** What may be refused to who came too late; anything else is a fault. */
const LATE = [
  'routing.offer_gone',
  'routing.offer_not_found',
  'routing.item_gone',
  'routing.item_not_found',
  'routing.full',
  'routing.not_present',
  'routing.not_skilled',
  'routing.pinned',
  'routing.presence_not_allowed',
  'conversation.wrong_state',
  'conversation.not_yours',
];

test('32 connections, four matchers, thousands of items, everything at once: none twice, none over capacity, none lost', async () => {
  const { organisationId } = stage;
  const queues = await Promise.all(
    ['general', 'billing', 'nurses', 'old'].map((key, i) =>
      team.queue(key, { cost: 1 + i, overflow: key === 'nurses' ? [{ to: 'general', after: 0, when: null }] : [] }),
    ),
  );
  const names = Array.from({ length: 24 }, (_, i) => i);
  const agents: StaffActor[] = [];
  for (const i of names)
    agents.push(
      await team.agent(`Agente ${i}`, {
        capacity: 2 + (i % 5),
        autoAccept: i % 6 === 0,
        queues: i % 4 === 3 ? ['general', 'old'] : null,
      }),
    );
  const supervisor = await stage.staff('Sonia', ['supervisor']);
  const opened = agents.map(() => [] as string[]);

  // four processes, so to speak: each has its own pool, its own matcher and its own timers
  const houses = Array.from({ length: 4 }, () => openDatabase(postgres.url, { max: 8, name: 'hebra-test' }));
  const matchers: Matcher[] = houses.map(({ db }) =>
    startMatcher({ db, clock, conversations: stage.conversations, sweepMs: 200 }),
  );

  const all = new Set<string>();
  let made = 0;
  let over = false;
  const faults: string[] = [];
  const tolerate = async (work: Promise<unknown>): Promise<boolean> => {
    const said = await refusal(work);
    if (said !== 'nothing was refused' && !LATE.includes(said)) faults.push(said);
    return said === 'nothing was refused';
  };

  /** One of the 32: comes in, takes, refuses, goes away, moves, ends. */
  async function worker(n: number): Promise<void> {
    const roll = dice(n + 1);
    const { db } = houses[n % houses.length]!;
    const inside = <T>(work: Parameters<typeof within<T>>[2]): Promise<T> => within(db, organisationId, work);
    const deps = () => ({ conversations: stage.conversations, now: clock() });
    while (!over) {
      await tick();
      const seat = roll(agents.length);
      const agent = agents[seat]!;
      // once all has come, the rest is worked off
      const what = made < CONVERSATIONS + TASKS || roll(8) === 0 ? roll(20) : 15;
      if (made < CONVERSATIONS + TASKS && what < 9) {
        made += 1;
        if (roll(5) === 0) {
          const name = `p${made}`;
          await stage.write(name, 'hola');
          // some need nobody after all, whoever has them by then
          if (roll(4) === 0) await stage.write(name, 'ya lo he resuelto');
        } else
          for (let i = 0; i < 8 && all.size < TASKS; i += 1) {
            const id = await team.add(queues[roll(4)]!, {
              kind: (['task', 'call_back', 'review'] as const)[roll(3)],
              priority: (['urgent', 'standard', 'low'] as const)[roll(3)],
            });
            all.add(id);
            made += 1;
          }
        continue;
      }
      if (what < 16) {
        await serve(roll, inside, agent, deps);
        continue;
      }
      if (what === 16) {
        // the network goes, and comes back, perhaps after the grace
        const id = opened[seat]!.pop();
        if (id) await tolerate(inside((trx) => disconnect(trx, organisationId, id, clock())));
        else {
          const fresh = uuid();
          await tolerate(inside((trx) => connect(trx, agent, { connectionId: fresh, processId: uuid() }, clock())));
          opened[seat]!.push(fresh);
        }
        continue;
      }
      if (what === 17) {
        await tolerate(
          inside((trx) => setPresence(trx, agent, { state: roll(3) === 0 ? 'break' : 'available' }, clock())),
        );
        if (roll(6) === 0) {
          await tolerate(inside((trx) => setPresence(trx, agent, { state: 'offline' }, clock())));
          await tolerate(
            vanished(
              db,
              { conversations: stage.conversations, clock },
              { organisationId, agentId: agent.membershipId },
            ),
          );
          await tolerate(inside((trx) => setPresence(trx, agent, { state: 'available' }, clock())));
        }
        continue;
      }
      if (what === 18) {
        const waiting = await one(
          `select id from item where organisation_id = $1 and state in ('queued', 'offered') order by md5(id::text || $2) limit 1`,
          [organisationId, String(roll(1e6))],
        );
        if (!waiting) continue;
        if (roll(2) === 0)
          await tolerate(
            inside((trx) => moveItem(trx, supervisor, { itemId: waiting, queueId: queues[roll(3)]! }, clock())),
          );
        else {
          await tolerate(
            inside((trx) =>
              pin(trx, supervisor, { itemId: waiting, agentId: agents[roll(agents.length)]!.membershipId }, clock()),
            ),
          );
          await tolerate(inside((trx) => pin(trx, supervisor, { itemId: waiting, agentId: null }, clock())));
        }
        continue;
      }
      // somebody ends it from outside; offers lapse; a queue closes for good and comes back
      const waiting = await one(
        `select id from item where organisation_id = $1 and kind <> 'conversation' and state in ('queued', 'offered', 'accepted') order by md5(id::text || $2) limit 1`,
        [organisationId, String(roll(1e6))],
      );
      if (waiting && roll(4) === 0)
        await tolerate(
          inside((trx) =>
            endItem(trx, { itemId: waiting, state: roll(2) === 0 ? 'abandoned' : 'called_back' }, clock()),
          ),
        );
      await tolerate(inside((trx) => lapseDue(trx, organisationId, clock())));
      await tolerate(inside((trx) => sweepGone(trx, organisationId, clock())));
      if (roll(5) === 0) {
        await tolerate(inside((trx) => retireQueue(trx, organisationId, queues[3]!)));
        await tolerate(
          inside((trx) =>
            saveQueue(trx, organisationId, { key: 'old', names: { es: 'o', ca: 'o', en: 'o', pt: 'o' } }),
          ),
        );
      }
    }
  }

  async function serve(
    roll: (n: number) => number,
    inside: <T>(work: Parameters<typeof within<T>>[2]) => Promise<T>,
    agent: StaffActor,
    deps: () => { conversations: Stage['conversations']; now: Date },
  ): Promise<void> {
    const held = await rows(
      `select id, kind, conversation_id from item where organisation_id = $1 and agent_id = $2 and state = 'accepted'`,
      [organisationId, agent.membershipId],
    );
    for (const item of held) {
      if (item['kind'] !== 'conversation') {
        if (roll(2) === 0)
          await tolerate(inside((trx) => endItem(trx, { itemId: item['id']!, state: 'done' }, clock())));
      } else if (roll(5) === 0)
        await tolerate(
          inside((trx) =>
            stage.conversations.transfer(trx, agent, {
              conversationId: item['conversation_id']!,
              to:
                roll(2) === 0 ? { queueId: queues[roll(3)]! } : { agentId: agents[roll(agents.length)]!.membershipId },
            }),
          ),
        );
      else
        await tolerate(
          inside((trx) =>
            stage.conversations.wrapUp(trx, agent, {
              conversationId: item['conversation_id']!,
              reason: 'other',
              solved: true,
            }),
          ),
        );
    }
    const offers = await rows(
      `select id from offer where organisation_id = $1 and agent_id = $2 and state = 'pending'`,
      [organisationId, agent.membershipId],
    );
    for (const { id } of offers)
      if (roll(9) === 0) await tolerate(inside((trx) => decline(trx, agent, { offerId: id! }, clock())));
      else await tolerate(inside((trx) => accept(trx, agent, { offerId: id! }, deps())));
    if (roll(6) === 0) {
      const waiting = await one(
        `select id from item where organisation_id = $1 and state = 'queued' order by md5(id::text || $2) limit 1`,
        [organisationId, String(roll(1e6))],
      );
      if (waiting) await tolerate(inside((trx) => take(trx, agent, { itemId: waiting }, deps())));
    }
  }

  const owner = new pg.Pool({ connectionString: postgres.ownerUrl, max: 8 });
  const rows = async (text: string, values: unknown[]): Promise<Record<string, string | null>[]> =>
    (await owner.query(text, values)).rows;
  const one = async (text: string, values: unknown[]): Promise<string | null> =>
    (await rows(text, values))[0]?.['id'] ?? null;

  /** From a connection of its own, in one snapshot, again and again: what must hold at every instant. */
  let looks = 0;
  async function watch(): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.ownerUrl });
    await client.connect();
    try {
      while (!over) {
        await client.query('begin isolation level repeatable read read only');
        const { rows: seen } = await client.query(INVARIANTS, [organisationId]);
        await client.query('commit');
        looks += 1;
        expect(seen[0]).toEqual(ALL_RIGHT);
        await new Promise((later) => setTimeout(later, 50));
      }
    } finally {
      over = true;
      await client.end();
    }
  }

  /**
   * Time passes with what is done, not with the machine: two seconds after so many acts. The desks are heard, all but one for
   * a while, as though its process had died.
   */
  let acts = 0;
  let beats = 0;
  async function tick(): Promise<void> {
    acts += 1;
    if (acts % 150 !== 0) return;
    beats += 1;
    started += 2_000;
    const desks = await rows('select id from connection where organisation_id = $1 order by id', [organisationId]);
    const dead = Math.floor(beats / 30) % 3 === 0 ? Math.floor(beats / 90) % desks.length : -1;
    const heard = desks.flatMap(({ id }, i) => (i === dead ? [] : [id!]));
    await tolerate(within(postgres.db, organisationId, (trx) => beat(trx, organisationId, heard, clock())));
  }

  /** Ends the run when all that was to come has come and nothing waits or is held any more. */
  async function finish(): Promise<void> {
    while (!over) {
      const left = await rows(
        `select count(*)::int as n from item where organisation_id = $1 and state in ('queued', 'offered', 'accepted')`,
        [organisationId],
      );
      if (made >= CONVERSATIONS + TASKS && Number(left[0]!['n']) === 0) over = true;
      else await new Promise((later) => setTimeout(later, 50));
    }
  }

  const outcome = await Promise.allSettled([
    watch(),
    finish(),
    ...Array.from({ length: WORKERS }, (_, n) => worker(n)),
  ]);
  over = true;
  await Promise.all(matchers.map((matcher) => matcher.stop()));
  await Promise.all(houses.map((house) => house.close()));
  await owner.end();
  for (const one of outcome) if (one.status === 'rejected') throw one.reason;
  expect(faults).toEqual([]);
  expect(looks).toBeGreaterThan(0);
  await team.holdsTrue();
  const { rows: sum } = await asOwner(
    postgres.ownerUrl,
    `select count(*)::int as items, count(*) filter (where state not in ('done', 'abandoned', 'called_back', 'withdrawn'))::int as open,
      count(*) filter (where state = 'done')::int as done, count(*) filter (where overflow_queue_id is not null)::int as overflowed,
      (select count(*)::int from offer where organisation_id = $1 and state = 'lapsed') as lapsed,
      (select count(*)::int from (select 1 from offer where organisation_id = $1 and state = 'pending') x) as pending,
      (select sum(load)::int from agent where organisation_id = $1) as load
     from item where organisation_id = $1`,
    [organisationId],
  );
  expect(sum[0]).toMatchObject({ open: 0, pending: 0, load: 0 });
  expect(sum[0].items).toBeGreaterThanOrEqual(all.size + CONVERSATIONS / 4);
  expect(sum[0].done).toBeGreaterThan(TASKS / 2);
  // about 20 s on two cores of its own, several times that beside other tests
}, 300_000);
