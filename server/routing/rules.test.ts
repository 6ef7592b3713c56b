import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Priority, PRIORITIES } from '../conversation/contract.ts';
import { type Hours, ITEM_KINDS, ITEM_STATES, PRESENCE_STATES } from './contract.ts';
import {
  asked,
  assign,
  type Free,
  inTurn,
  isOpen,
  ITEM_STEPS,
  mannerOf,
  mayChoose,
  mayCome,
  mayOffer,
  nextOpening,
  type Pair,
  PRESENCE_STEPS,
  RANK,
  reaches,
  relaxesAt,
  shareUsed,
  type Terms,
  urgency,
  type Waiting,
  weightOf,
} from './rules.ts';
import { waitText } from './texts.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

function item(id: string, change: Partial<Waiting> = {}): Waiting {
  return {
    id,
    kind: 'conversation',
    channel: 'webchat',
    queueId: 'q',
    priority: 'standard',
    front: false,
    queuedAt: NOW - 60_000,
    targetSeconds: 120,
    skills: [],
    language: 'es',
    wantedAgentId: null,
    wantedUntil: null,
    ignored: [],
    notBefore: null,
    ...change,
  };
}

function agent(id: string, change: Partial<Free> = {}): Free {
  return {
    id,
    places: 15,
    calls: 1,
    load: 0,
    skills: [],
    levels: {},
    weights: {},
    interrupts: {},
    holds: [],
    languages: ['es', 'ca', 'en', 'pt'],
    queues: null,
    lastOfferAt: 0,
    ...change,
  };
}

function queue(id: string, change: Partial<Terms> = {}): Terms {
  return { id, cost: 1, levels: {}, rings: [], overflow: [], timezone: 'Europe/Madrid', ...change };
}

const byId = (queues: Terms[]): Map<string, Terms> => new Map(queues.map((one) => [one.id, one]));
const order = (items: Waiting[], queues: Terms[] = [queue('q')]): string[] =>
  inTurn(items, byId(queues), NOW).map((one) => one.id);
const chosen = (
  items: Waiting[],
  agents: Free[],
  queues: Terms[] = [queue('q')],
  now = NOW,
): (string | undefined)[] => {
  const pairs = new Map(assign(items, agents, queues, now).map((pair) => [pair.itemId, pair.agentId]));
  return items.map((one) => pairs.get(one.id));
};

describe('the turn', () => {
  test('is by priority class first, whatever the age and the cost', () => {
    const by = (priority: Priority, queuedAt: number) => item(priority, { priority, queuedAt });
    expect(
      order(
        [by('low', 0), { ...by('standard', NOW - 1e7), queueId: 'dear' }, by('urgent', NOW - 1e5), by('critical', NOW)],
        [queue('q'), queue('dear', { cost: 100 })],
      ),
    ).toEqual(['critical', 'urgent', 'standard', 'low']);
  });

  test('is then by the share of the target used, so that what waits longest for its promise goes first', () => {
    expect(
      order(
        [
          item('promised 120', { queuedAt: NOW - 100_000 }),
          item('promised 30', { queueId: 'fast', queuedAt: NOW - 60_000, targetSeconds: 30 }),
        ],
        [queue('q'), queue('fast')],
      ),
    ).toEqual(['promised 30', 'promised 120']);
  });

  test('weighs the wait of a dear queue more, until what is cheap is late', () => {
    const queues = [queue('q'), queue('dear', { cost: 50 })];
    const dear = item('dear', { queueId: 'dear', queuedAt: NOW - 60_000 });
    expect(order([item('cheap', { queuedAt: NOW - 200_000 }), dear], queues)).toEqual(['dear', 'cheap']);
    expect(order([item('late', { queuedAt: NOW - 490_000 }), dear], queues)).toEqual(['late', 'dear']);
  });

  test('of one queue is strictly by age, also where the promises of two differ', () => {
    expect(order([item('new', { targetSeconds: 1 }), item('old', { queuedAt: NOW - 61_000 })])).toEqual(['old', 'new']);
  });

  test('gives the front of its class to what comes back from an agent who vanished', () => {
    const back = item('back', { front: true, queuedAt: NOW - 1_000 });
    expect(order([item('old', { queuedAt: NOW - 1e6 }), back, item('urgent', { priority: 'urgent' })])).toEqual([
      'urgent',
      'back',
      'old',
    ]);
  });

  test('knows no negative wait: what comes from a clock that was put back has waited for nothing, in its order', () => {
    const future = [item('b', { queuedAt: NOW + 2_000 }), item('a', { queuedAt: NOW + 1_000 })];
    expect(shareUsed(future[0]!, NOW)).toBe(0);
    expect(order([...future, item('now', { queuedAt: NOW })])).toEqual(['now', 'a', 'b']);
  });
});

describe('who gets it', () => {
  test('only who serves the queue and has the skill', () => {
    const agents = [
      agent('elsewhere', { queues: ['x'] }),
      agent('unskilled'),
      agent('nurse', { skills: ['nurse'], load: 14 }),
    ];
    expect(assign([item('a', { skills: ['nurse'] })], agents, [queue('q')], NOW)).toEqual([
      { itemId: 'a', agentId: 'nurse', weight: 1, overflow: null },
    ]);
  });

  test('only who has the skill well enough; a level that nobody gave is 3', () => {
    const queues = [queue('q', { levels: { nurse: 4 } })];
    const nurse = agent('nurse', { skills: ['nurse'] });
    const asks = [item('a', { skills: ['nurse'] })];
    expect(chosen(asks, [nurse], queues)).toEqual([undefined]);
    expect(chosen(asks, [nurse, agent('head', { skills: ['nurse'], levels: { nurse: 4 }, load: 14 })], queues)).toEqual(
      ['head'],
    );
  });

  test('rather who speaks the language, then who is least loaded, then who waits longest', () => {
    const items = [item('ca', { language: 'ca' })];
    expect(chosen(items, [agent('es', { languages: ['es'] }), agent('ca', { load: 9 })])).toEqual(['ca']);
    expect(chosen(items, [agent('es', { languages: ['es'] })])).toEqual(['es']);
    expect(chosen(items, [agent('half', { load: 2, places: 4 }), agent('third', { load: 5 })])).toEqual(['third']);
    expect(chosen(items, [agent('b', { lastOfferAt: 5 }), agent('a', { lastOfferAt: 9 })])).toEqual(['b']);
  });

  test('an expert is spared for what needs one, but not while a colleague has three chats and the expert none', () => {
    const expert = agent('expert', { skills: ['nurse', 'baby'], levels: { nurse: 5 } });
    const novice = (load: number) => agent('novice', { skills: ['nurse'], levels: { nurse: 1 }, load });
    const asks = [item('a', { skills: ['nurse'] })];
    expect(chosen(asks, [expert, novice(3)])).toEqual(['novice']);
    expect(chosen(asks, [expert, novice(9)])).toEqual(['expert']);
  });

  test('rings give up skills and levels as the wait grows, and who still has them goes first', () => {
    const queues = [
      queue('q', {
        levels: { nurse: 4 },
        rings: [
          { after: 0.5, without: [], levels: 1 },
          { after: 2, without: ['nurse'], levels: 0 },
        ],
      }),
    ];
    const at = (share: number) => [item('a', { skills: ['nurse'], queuedAt: NOW - share * 120_000 })];
    const nurse = agent('nurse', { skills: ['nurse'] });
    expect(chosen(at(0.4), [nurse], queues)).toEqual([undefined]);
    expect(chosen(at(0.5), [nurse], queues)).toEqual(['nurse']);
    expect(chosen(at(1.9), [agent('anyone')], queues)).toEqual([undefined]);
    expect(chosen(at(2), [agent('anyone')], queues)).toEqual(['anyone']);
    expect(chosen(at(2), [agent('anyone'), { ...nurse, load: 14 }], queues)).toEqual(['nurse']);
    expect(relaxesAt(at(0.4)[0]!, queues[0], NOW)).toBe(NOW + 12_000);
    expect(relaxesAt(at(2)[0]!, queues[0], NOW)).toBeNull();
  });

  test('agents of another queue help after a while or at their hours, and after its own', () => {
    const other = agent('other', { queues: ['x'] });
    const own = agent('own', { queues: ['q'], load: 14 });
    const after = (when: Terms['overflow'][number]['when'], share: number | null) => [
      queue('q', { overflow: [{ queueId: 'x', after: share, when }] }),
      queue('x'),
    ];
    expect(chosen([item('a')], [other], after(null, 1))).toEqual([undefined]);
    expect(assign([item('a')], [other], after(null, 0.5), NOW)).toEqual([
      { itemId: 'a', agentId: 'other', weight: 1, overflow: 'x' },
    ]);
    expect(chosen([item('a')], [other, own], after(null, 0.5))).toEqual(['own']);
    // Monday, eleven on the wall of Madrid
    expect(chosen([item('a')], [other], after({ mon: [['10:00', '12:00']] }, null))).toEqual(['other']);
    expect(chosen([item('a')], [other], after({ mon: [['12:00', '13:00']] }, null))).toEqual([undefined]);
    expect(chosen([item('a', { skills: ['nurse'] })], [other], after(null, 0.5))).toEqual([undefined]);
  });

  test('never over capacity, and a call takes the places of many chats', () => {
    const call = item('call', { kind: 'call', channel: 'voice' });
    expect(weightOf(call, agent('a'))).toBe(15);
    expect(weightOf(call, agent('a', { places: 6 }))).toBe(6);
    expect(weightOf(call, agent('a', { calls: 0 }))).toBeNull();
    expect(weightOf(item('video', { channel: 'video' }), agent('a'))).toBe(15);
    expect(weightOf(item('chat'), agent('a', { weights: { webchat: 2 } }))).toBe(2);
    expect(weightOf(item('task', { kind: 'task', channel: null }), agent('a', { weights: { task: 40 } }))).toBe(15);
    const many = Array.from({ length: 20 }, (_, i) => item(`i${i}`, { queuedAt: NOW - 1_000 + i }));
    expect(assign(many, [agent('a')], [queue('q')], NOW).map((pair) => pair.itemId)).toEqual(
      many.slice(0, 15).map((one) => one.id),
    );
    expect(chosen([call], [agent('a', { load: 1 })])).toEqual([undefined]);
  });

  test('nothing comes beside a call or a visit by video; beside writing what the agent allows', () => {
    const onCall = agent('a', { load: 1, weights: { call: 1, video: 1 }, holds: ['call'] });
    expect(chosen([item('chat')], [onCall])).toEqual([undefined]);
    expect(chosen([item('chat')], [{ ...onCall, interrupts: { call: ['conversation'] } }])).toEqual(['a']);
    const writing = agent('a', { load: 1, weights: { video: 1 }, holds: ['conversation'] });
    const video = item('video', { channel: 'video' });
    expect(mannerOf(video)).toBe('call');
    expect(chosen([video], [writing])).toEqual(['a']);
    expect(chosen([video], [{ ...writing, interrupts: { conversation: ['task'] } }])).toEqual([undefined]);
    // also what is given in the same go
    const fresh = agent('a', { weights: { video: 1 } });
    expect(chosen([{ ...video, queuedAt: NOW - 90_000 }, item('chat')], [fresh])).toEqual(['a', undefined]);
  });

  test('what needs many places and has waited its target keeps an agent from newer work', () => {
    const call = (age: number) => item('call', { kind: 'call', channel: 'voice', queuedAt: NOW - age });
    const busy = agent('a', { load: 3 });
    expect(chosen([call(119_000), item('chat')], [busy])).toEqual([undefined, 'a']);
    expect(chosen([call(120_000), item('chat')], [busy])).toEqual([undefined, undefined]);
    expect(chosen([call(120_000), item('chat')], [busy, agent('b', { load: 9 })])).toEqual([undefined, 'b']);
    expect(chosen([call(120_000), item('chat', { priority: 'urgent' })], [busy])).toEqual([undefined, 'a']);
  });

  test('not the one who ignored it just now, until a while has passed', () => {
    const ignored = item('a', { ignored: [{ agentId: 'x', until: NOW + 1 }] });
    expect(chosen([ignored], [agent('x')])).toEqual([undefined]);
    expect(chosen([ignored], [agent('x'), agent('y', { load: 14 })])).toEqual(['y']);
    expect(chosen([ignored], [agent('x')], [queue('q')], NOW + 1)).toEqual(['x']);
  });

  test('the colleague who was named, for a while; then the queue', () => {
    const wanted = item('a', { wantedAgentId: 'w', wantedUntil: NOW + 1 });
    expect(chosen([wanted], [agent('x')])).toEqual([undefined]);
    expect(chosen([wanted], [agent('x'), agent('w', { queues: [] })])).toEqual(['w']);
    expect(chosen([wanted], [agent('x')], [queue('q')], NOW + 1)).toEqual(['x']);
    expect(chosen([{ ...wanted, wantedUntil: Infinity }], [agent('x')], [queue('q')], NOW + 1e12)).toEqual([undefined]);
  });

  test('nothing before its hour', () => {
    const later = item('a', { kind: 'task', channel: null, notBefore: NOW + 1 });
    expect(chosen([later], [agent('x')])).toEqual([undefined]);
    expect(chosen([later], [agent('x')], [queue('q')], NOW + 1)).toEqual(['x']);
  });

  test('2,000 items before 200 agents: everything that fits is given', () => {
    const skills = ['nurse', 'baby', 'billing', 'records'];
    const items = Array.from({ length: 2_000 }, (_, i) =>
      item(`i${i}`, {
        queueId: `q${i % 20}`,
        queuedAt: NOW - (i % 997) * 1_000,
        skills: i % 3 === 0 ? [skills[i % 4]!] : [],
      }),
    );
    const agents = Array.from({ length: 200 }, (_, i) =>
      agent(`a${i}`, { skills: skills.slice(0, i % 5), lastOfferAt: i }),
    );
    const queues = Array.from({ length: 20 }, (_, i) => queue(`q${i}`, { cost: 1 + (i % 3) }));
    expect(assign(items, agents, queues, NOW)).toHaveLength(2_000);
  });
});

// ── what holds of any items and agents ──────────────────────────────────────────────────────────────────────────

const SKILLS = ['nurse', 'baby', 'billing'];
const QUEUES = ['q0', 'q1', 'q2'];
const AGENTS = ['a0', 'a1', 'a2', 'a3', 'a4'];
const levels = fc.dictionary(fc.constantFrom(...SKILLS), fc.integer({ min: 1, max: 5 }));

const anyTerms = fc.tuple(
  ...QUEUES.map((id) =>
    fc.record({
      id: fc.constant(id),
      cost: fc.constantFrom(0.5, 1, 5),
      levels,
      rings: fc.array(
        fc.record({
          after: fc.double({ min: 0, max: 5, noNaN: true }),
          without: fc.subarray(SKILLS),
          levels: fc.integer({ min: 0, max: 4 }),
        }),
        { maxLength: 3 },
      ),
      overflow: fc.array(
        fc.record({
          queueId: fc.constantFrom(...QUEUES),
          after: fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
          when: fc.constantFrom<Hours>(null, { mon: [['09:00', '10:00']] }, { mon: [['10:00', '20:00']] }),
        }),
        { maxLength: 2 },
      ),
      timezone: fc.constant('Europe/Madrid'),
    }),
  ),
);

const anyItems = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...ITEM_KINDS),
      channel: fc.constantFrom(null, 'webchat', 'whatsapp', 'video'),
      queueId: fc.constantFrom(...QUEUES),
      priority: fc.constantFrom(...PRIORITIES),
      front: fc.boolean(),
      queuedAt: fc.integer({ min: NOW - 900_000, max: NOW + 60_000 }),
      targetSeconds: fc.constantFrom(30, 120, 600),
      skills: fc.subarray(SKILLS),
      language: fc.constantFrom('es' as const, 'ca' as const),
      wantedAgentId: fc.option(fc.constantFrom(...AGENTS), { freq: 4 }),
      wantedUntil: fc.constantFrom(NOW - 1, NOW + 1, Infinity),
      ignored: fc.array(fc.record({ agentId: fc.constantFrom(...AGENTS), until: fc.constantFrom(NOW - 1, NOW + 1) }), {
        maxLength: 2,
      }),
      notBefore: fc.option(fc.constantFrom(NOW - 1, NOW + 1), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((all): Waiting[] => all.map((one, i) => ({ ...one, id: `i${String(i).padStart(2, '0')}` })));

const anyAgents = fc
  .tuple(
    ...AGENTS.map((id) =>
      fc.record({
        id: fc.constant(id),
        places: fc.integer({ min: 1, max: 6 }),
        calls: fc.integer({ min: 0, max: 2 }),
        load: fc.integer({ min: 0, max: 6 }),
        skills: fc.subarray(SKILLS),
        levels,
        weights: fc.dictionary(fc.constantFrom('webchat', 'video', 'task', 'call'), fc.integer({ min: 0, max: 4 })),
        interrupts: fc.dictionary(fc.constantFrom(...ITEM_KINDS), fc.subarray([...ITEM_KINDS])),
        holds: fc.subarray([...ITEM_KINDS]),
        languages: fc.subarray(['es', 'ca']),
        queues: fc.option(fc.subarray(QUEUES)),
        lastOfferAt: fc.integer({ min: 0, max: 3 }),
      }),
    ),
  )
  .map((all): Free[] => all.map((one) => ({ ...one, load: Math.min(one.load, one.places) })));

/** Lets the pairs happen one after the other, showing each step before it happens. */
function replay(
  items: Waiting[],
  agents: Free[],
  pairs: Pair[],
  see: (pair: Pair, at: Map<string, Free>) => void,
): Map<string, Free> {
  const at = new Map(agents.map((one) => [one.id, { ...one, holds: [...one.holds] }]));
  const itemOf = new Map(items.map((one) => [one.id, one]));
  for (const pair of pairs) {
    see(pair, at);
    const taker = at.get(pair.agentId)!;
    taker.load += pair.weight;
    taker.holds.push(mannerOf(itemOf.get(pair.itemId)!));
  }
  return at;
}

describe('whatever waits and whoever is there', () => {
  test('each item goes once, to somebody who may have it, and nobody is over capacity', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, (items, agents, terms) => {
        const itemOf = new Map(items.map((one) => [one.id, one]));
        const pairs = assign(items, agents, terms, NOW);
        expect(new Set(pairs.map((pair) => pair.itemId)).size).toBe(pairs.length);
        const after = replay(items, agents, pairs, (pair, at) => {
          const one = itemOf.get(pair.itemId)!;
          const taker = at.get(pair.agentId)!;
          expect(mayOffer(one, taker, byId(terms).get(one.queueId), NOW)).toBe(true);
          expect(pair.weight).toBe(weightOf(one, taker));
        });
        for (const one of after.values()) expect(one.load).toBeLessThanOrEqual(one.places);
      }),
      { numRuns: 400 },
    );
  });

  test('no class goes before a higher one, and nothing newer before something older of its class and queue, that the same agent could take', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, (items, agents, terms) => {
        const itemOf = new Map(items.map((one) => [one.id, one]));
        const pairs = assign(items, agents, terms, NOW);
        const place = new Map(pairs.map((pair, n) => [pair.itemId, n]));
        replay(items, agents, pairs, (pair, at) => {
          const given = itemOf.get(pair.itemId)!;
          for (const other of items) {
            if ((place.get(other.id) ?? Infinity) <= place.get(given.id)!) continue;
            const higher = RANK[other.priority] < RANK[given.priority];
            const older =
              other.priority === given.priority &&
              other.queueId === given.queueId &&
              other.front === given.front &&
              other.queuedAt < given.queuedAt;
            if (!higher && !older) continue;
            expect(mayOffer(other, at.get(pair.agentId)!, byId(terms).get(other.queueId), NOW)).toBe(false);
          }
        });
      }),
      { numRuns: 400 },
    );
  });

  test('nothing is left that somebody could have, while nothing is overdue', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, (all, agents, terms) => {
        const items = all.map((one) => ({
          ...one,
          queuedAt: NOW - ((NOW + 60_000 - one.queuedAt) % (one.targetSeconds * 1_000)),
        }));
        const pairs = assign(items, agents, terms, NOW);
        const placed = new Set(pairs.map((pair) => pair.itemId));
        const left = items.filter((one) => !placed.has(one.id));
        const after = replay(items, agents, pairs, () => undefined);
        for (const one of left)
          for (const free of after.values()) expect(mayOffer(one, free, byId(terms).get(one.queueId), NOW)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('who is pinned to an agent goes to that agent or to nobody', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, fc.constantFrom(...AGENTS), (items, agents, terms, whom) => {
        const pinned = items.map((one) => ({ ...one, wantedAgentId: whom, wantedUntil: Infinity }));
        for (const pair of assign(pinned, agents, terms, NOW)) expect(pair.agentId).toBe(whom);
      }),
    );
  });

  test('rings only ever ask less: whoever may have it now may have it later', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, fc.nat(2_000_000), (items, agents, terms, later) => {
        // the hours of an overflow come and go; its wait does not
        const always = terms.map((one) => ({
          ...one,
          overflow: one.overflow.map((other) => ({ ...other, when: null })),
        }));
        for (const one of items) {
          const own = byId(always).get(one.queueId);
          for (const free of agents)
            if (reaches(free, asked(one, own, NOW))) {
              expect(reaches(free, asked(one, own, NOW + later))).toBe(true);
              expect(reaches(free, asked(one, own, NOW, true))).toBe(true);
            }
        }
      }),
    );
  });

  test('an item never weighs less for waiting longer', () => {
    fc.assert(
      fc.property(
        fc.nat(1e7),
        fc.nat(1e7),
        fc.integer({ min: 1, max: 604_800 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (age, more, targetSeconds, cost) => {
          const at = (waited: number) => urgency({ queuedAt: NOW - waited, targetSeconds }, cost, NOW);
          expect(at(age + more)).toBeGreaterThanOrEqual(at(age));
        },
      ),
    );
  });

  test('the same in any order of rows', () => {
    fc.assert(
      fc.property(anyItems, anyAgents, anyTerms, (items, agents, terms) => {
        expect(assign([...items].reverse(), [...agents].reverse(), terms, NOW)).toEqual(
          assign(items, agents, terms, NOW),
        );
      }),
    );
  });

  test('nothing of a class waits for ever, however dear and however small what keeps coming', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom('conversation' as const, 'call' as const),
          targetSeconds: fc.constantFrom(30, 120),
          cost: fc.constantFrom(0.1, 1),
          dear: fc.constantFrom(1, 100),
          agents: fc.integer({ min: 1, max: 3 }),
          places: fc.integer({ min: 1, max: 4 }),
          flood: fc.integer({ min: 1, max: 3 }),
        }),
        ({ kind, targetSeconds, cost, dear, agents: count, places, flood }) => {
          const terms = [queue('poor', { cost }), queue('rich', { cost: dear })];
          const marked = item('marked', { kind, channel: null, queueId: 'poor', targetSeconds, queuedAt: NOW });
          const before = Array.from({ length: 60 }, (_, i) =>
            item(`b${i}`, { queueId: 'rich', targetSeconds: 30, queuedAt: NOW - 60_000 + i }),
          );
          let waiting: Waiting[] = [marked, ...before];
          const held = Array.from({ length: count }, (_, i) => ({
            id: `a${i}`,
            work: [] as { weight: number; until: number; manner: Free['holds'][number] }[],
          }));
          // ten seconds a step: each agent ends what it had for a minute, and more comes than they can do
          for (let step = 0; step < 2_000; step += 1) {
            const now = NOW + step * 10_000;
            for (let n = 0; n < flood; n += 1)
              waiting.push(item(`n${step}.${n}`, { queueId: 'rich', targetSeconds: 30, queuedAt: now }));
            for (const one of held) one.work = one.work.filter((work) => work.until > now);
            const free = held.map((one) =>
              agent(one.id, {
                places,
                load: one.work.reduce((sum, work) => sum + work.weight, 0),
                holds: one.work.map((work) => work.manner),
              }),
            );
            const pairs = assign(waiting.slice(0, 200), free, terms, now);
            const given = new Map(pairs.map((pair) => [pair.itemId, pair]));
            if (given.has('marked')) return;
            for (const pair of pairs)
              held
                .find((one) => one.id === pair.agentId)!
                .work.push({ weight: pair.weight, until: now + 60_000, manner: 'conversation' });
            waiting = waiting.filter((one) => !given.has(one.id));
          }
          throw new Error('it waited for five hours and a half');
        },
      ),
      { numRuns: 30 },
    );
  });

  test('kinds beside one another: what holds of each held kind holds of all', () => {
    fc.assert(
      fc.property(anyAgents, fc.constantFrom(...ITEM_KINDS), (agents, kind) => {
        for (const one of agents)
          expect(mayCome(kind, one)).toBe(one.holds.every((held) => mayCome(kind, { ...one, holds: [held] })));
      }),
    );
  });
});

describe('states', () => {
  test('what has ended stays ended', () => {
    for (const state of ITEM_STATES.filter((one) => ['done', 'abandoned', 'called_back', 'withdrawn'].includes(one)))
      expect(ITEM_STEPS[state]).toEqual([]);
  });
  test('nobody wraps up who did not work', () => {
    for (const from of PRESENCE_STATES)
      expect(mayChoose(from, 'wrapping')).toBe(['available', 'busy', 'wrapping'].includes(from));
    for (const from of PRESENCE_STATES) expect(PRESENCE_STEPS[from]).not.toContain(from);
  });
});

describe('hours', () => {
  const calendar = {
    hours: {
      mon: [
        ['08:00', '14:00'],
        ['15:00', '20:00'],
      ] as [string, string][],
      fri: [['08:00', '24:00']] as [string, string][],
    },
    holidays: [
      { date: '2026-12-07', spans: [] as [string, string][] },
      { date: '2026-12-08', spans: [['10:00', '11:00']] as [string, string][] },
    ],
    timezone: 'Europe/Madrid',
  };
  const at = (text: string): Date => new Date(text);

  test('are those of the organisation, with its holidays', () => {
    expect(isOpen(calendar, at('2026-11-23T07:00:00Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-11-23T06:59:59Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-11-23T13:30:00Z'))).toBe(false);
    expect(isOpen(calendar, at('2026-11-27T22:59:00Z'))).toBe(true);
    expect(isOpen(calendar, at('2026-12-07T09:00:00Z'))).toBe(false);
    expect(isOpen({ hours: null, holidays: [], timezone: 'Europe/Madrid' }, at('2026-12-07T03:00:00Z'))).toBe(true);
  });

  test('say when they open next: later today, another day, after a holiday, never', () => {
    expect(nextOpening(calendar, at('2026-11-23T13:30:00Z'))).toEqual(at('2026-11-23T14:00:00Z'));
    expect(nextOpening(calendar, at('2026-11-23T19:30:00Z'))).toEqual(at('2026-11-27T07:00:00Z'));
    expect(nextOpening(calendar, at('2026-12-05T10:00:00Z'))).toEqual(at('2026-12-08T09:00:00Z'));
    expect(nextOpening({ ...calendar, hours: {}, holidays: [] }, at('2026-12-05T10:00:00Z'))).toBeNull();
  });

  test('across the change of the clock the wall decides', () => {
    const sundays = {
      hours: { sun: [['08:00', '09:00']] as [string, string][] },
      holidays: [],
      timezone: 'Europe/Madrid',
    };
    expect(nextOpening(sundays, at('2026-10-24T20:00:00Z'))).toEqual(at('2026-10-25T07:00:00Z'));
    expect(nextOpening(sundays, at('2027-03-27T20:00:00Z'))).toEqual(at('2027-03-28T06:00:00Z'));
  });
});

test('the patient is told the truth about the wait, with a next step, in each language', () => {
  const standing = {
    open: true,
    opensAt: null as Date | null,
    outOfHours: {
      es: 'Cerrado. Abrimos {opens}.',
      ca: 'Tancat. Obrim {opens}.',
      en: 'Closed. We open {opens}.',
      pt: 'Fechado. Abrimos {opens}.',
    },
    timezone: 'Europe/Madrid',
    ahead: 0,
    staffed: true,
    returned: false,
    emergencyNumber: '112',
    address: 'usted' as const,
  };
  const now = new Date(NOW);
  expect(waitText('es', standing, now)).toMatch(/la siguiente/);
  expect(waitText('es', { ...standing, address: 'vos' }, now)).toMatch(/^Sos la siguiente persona\. Podés/);
  expect(waitText('pt', { ...standing, ahead: 2, address: 'tu' }, now)).toMatch(/à tua frente/);
  expect(waitText('ca', { ...standing, ahead: 3 }, now)).toMatch(/Hi ha 3 persones/);
  expect(waitText('en', { ...standing, ahead: 50 }, now)).toMatch(/more than 50/);
  expect(waitText('pt', { ...standing, staffed: false }, now)).toMatch(/112/);
  const opens = new Date('2026-11-24T07:00:00Z');
  expect(waitText('es', { ...standing, open: false, opensAt: opens }, now)).toBe(
    'Cerrado. Abrimos mañana a partir de las 8:00. Si es una urgencia, llame al 112.',
  );
  for (const language of ['es', 'ca', 'en', 'pt'] as const)
    expect(
      waitText(language, { ...standing, open: false, opensAt: new Date('2026-11-30T07:00:00Z') }, now),
    ).not.toMatch(/[{}]/);
});
