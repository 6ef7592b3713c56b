import { describe, expect, test } from 'vitest';
import { figuresOf, playOut, SCENARIOS, seedOf } from '../../../bench/wait.ts';
import { type Case, handlingKey, learn, lognormal, normalQuantile, priorOf, spreadOf } from './learning/rules.ts';
import { chance } from './playing/rules.ts';
import { estimate, estimateAll } from './rules.ts';
import { HORIZON_SECONDS, isStaffed, type WaitState } from './world/rules.ts';

const queue = (id: string, change: Partial<WaitState['queues'][number]> = {}): WaitState['queues'][number] => ({
  id,
  cost: 1,
  levels: {},
  rings: [],
  overflow: [],
  timezone: 'Europe/Madrid',
  targetSeconds: 120,
  skills: [],
  ...change,
});
const worker = (id: string, change: Partial<WaitState['agents'][number]> = {}): WaitState['agents'][number] => ({
  id,
  places: 1,
  free: 0,
  calls: 1,
  weights: {},
  skills: [],
  levels: {},
  queues: null,
  ...change,
});
const waiting = (id: string, change: Partial<WaitState['waiting'][number]> = {}): WaitState['waiting'][number] => ({
  id,
  queueId: 'general',
  kind: 'conversation',
  channel: 'webchat',
  priority: 'standard',
  front: false,
  ageSeconds: 10,
  skills: [],
  ...change,
});
/** `busy` agents of one place, each with something begun a while ago, and some who wait. */
function house(busy: number, ahead: number, change: Partial<WaitState> = {}): WaitState {
  const agents = Array.from({ length: busy }, (_, i) => worker(`a${i}`));
  return {
    at: Date.UTC(2026, 10, 23, 10),
    queues: [queue('general')],
    agents,
    held: agents.map(({ id }, i) => ({
      agentId: id,
      queueId: 'general',
      kind: 'conversation' as const,
      weight: 1,
      ageSeconds: (137 * i) % 600,
      offered: false,
    })),
    waiting: Array.from({ length: ahead }, (_, i) => waiting(`i${i}`, { ageSeconds: 10 + i })),
    arrivals: [],
    handling: new Map([[handlingKey('general', 'conversation'), lognormal(400, 0.8, 500)]]),
    leaves: new Map(),
    ring: { taken: 5, lapses: 0, lapseSeconds: 0 },
    ...change,
  };
}
const newcomer = { queueId: 'general', priority: 'standard' } as const;

describe('what closed work teaches', () => {
  test('few cases stay near what was believed, many speak for themselves', () => {
    const median = (seconds: number, count: number): number => {
      const spread = spreadOf(
        Array.from({ length: count }, () => ({ seconds, weight: 1 })),
        priorOf('conversation'),
      );
      return spread.at[spread.at.length / 2]!;
    };
    expect(median(60, 2)).toBeGreaterThan(200);
    expect(median(60, 500)).toBeCloseTo(60, 0);
    expect(spreadOf([], priorOf('call'))).toEqual(priorOf('call'));
  });

  test('quantiles of a sample come back, rising', () => {
    const random = chance(3);
    const cases = Array.from({ length: 4_000 }, () => ({
      seconds: 300 * Math.exp(0.9 * normalQuantile(Math.max(1e-6, random()))),
      weight: 1,
    }));
    const { at, evidence } = spreadOf(cases, priorOf('conversation'));
    const truth = lognormal(300, 0.9, 0).at;
    expect(evidence).toBeCloseTo(4_000, 6);
    for (const share of [0.1, 0.5, 0.9]) {
      const i = Math.floor(share * at.length);
      expect(Math.abs(at[i]! / truth[i]! - 1)).toBeLessThan(0.1);
    }
    for (let i = 1; i < at.length; i += 1) expect(at[i]!).toBeGreaterThanOrEqual(at[i - 1]!);
  });

  test('who leaves is counted against all the waiting that was done, also by who stayed', () => {
    const random = chance(8);
    const cases: Case[] = Array.from({ length: 3_000 }, () => {
      const leaves = -Math.log(1 - random()) * 400;
      const taken = -Math.log(1 - random()) * 200;
      return {
        queueId: 'general',
        kind: 'conversation',
        seconds: taken < leaves ? 300 : null,
        waitedSeconds: Math.min(leaves, taken),
        left: leaves < taken,
        daysAgo: 0,
      };
    });
    const { leaves, ring } = learn(cases, { taken: 95, takenSeconds: 950, lapsed: 0, lapsedSeconds: 0 });
    for (const rate of leaves.get('general')!.slice(0, 4)) expect(Math.abs(rate * 400 - 1)).toBeLessThan(0.25);
    expect(ring.taken).toBeCloseTo(9.9, 1);
  });
});

describe('an estimate', () => {
  test('is the same for the same state, in order, and grows with who is ahead', () => {
    let before = 0;
    for (const ahead of [0, 3, 8, 20, 60]) {
      const found = estimate(house(4, ahead), newcomer)!;
      expect(estimate(house(4, ahead), newcomer)).toEqual(found);
      expect(found.low).toBeLessThanOrEqual(found.seconds);
      expect(found.seconds).toBeLessThanOrEqual(found.high);
      expect(found.ahead).toBe(ahead);
      expect(found.seconds).toBeGreaterThan(before);
      before = found.seconds;
    }
  });

  test('more agents shorten it, a place that is free ends it, nobody there gives none', () => {
    const few = estimate(house(3, 10), newcomer)!;
    const many = estimate(house(30, 10), newcomer)!;
    expect(many.seconds).toBeLessThan(few.seconds / 4);
    const free = estimate(house(3, 0, { agents: [...house(3, 0).agents, worker('idle', { free: 1 })] }), newcomer)!;
    expect(free.high).toBeLessThanOrEqual(10);
    expect(estimate(house(0, 4), newcomer)).toBeNull();
    expect(estimate(house(3, 4), { ...newcomer, queueId: 'elsewhere' })).toBeNull();
  });

  test('is that of n + 1 ends of work: many servers, exponential work, as theory has it', () => {
    // with work exponential and 20 at it, the wait behind 9 is Erlang(10, 20 / mean): its mean is 10 · mean / 20
    const mean = 300;
    const at = Float64Array.from({ length: 1_024 }, (_, i) => -mean * Math.log(1 - (i + 0.5) / 1_024));
    const state = house(20, 9, {
      handling: new Map([[handlingKey('general', 'conversation'), { at, evidence: 1e9 }]]),
      ring: { taken: 0, lapses: 0, lapseSeconds: 0 },
    });
    const found = estimate(state, newcomer)!;
    // median and deciles of Erlang(10, 1/15): 145.0, 93.3, 213.1
    expect(Math.abs(found.seconds / 145 - 1)).toBeLessThan(0.15);
    expect(Math.abs(found.low / 93.3 - 1)).toBeLessThan(0.25);
    expect(Math.abs(found.high / 213.1 - 1)).toBeLessThan(0.25);
  });

  test('several places of one line are foretold at once, also beyond those who are known to wait', () => {
    const places = [0, 2, 5, 9];
    const found = estimateAll(
      house(4, 5),
      places.map((ahead) => ({ ...newcomer, ahead })),
    ).map((one) => one!);
    expect(found.map((one) => one.ahead)).toEqual(places);
    for (let i = 1; i < found.length; i += 1) expect(found[i]!.seconds).toBeGreaterThan(found[i - 1]!.seconds);
    // the same as asked alone, but for chance
    const alone = estimate(house(4, 5), newcomer)!;
    expect(Math.abs(found[2]!.seconds / alone.seconds - 1)).toBeLessThan(0.3);
  });

  test('a higher class goes first, and those who will still come lengthen the wait of the lower', () => {
    const state = house(4, 12);
    expect(estimate(state, { ...newcomer, priority: 'urgent' })!).toMatchObject({ ahead: 0 });
    const alone = estimate(state, newcomer)!;
    const rushed = estimate(
      { ...state, arrivals: [{ queueId: 'general', kind: 'conversation', priority: 'urgent', perSecond: 0.005 }] },
      newcomer,
    )!;
    expect(rushed.seconds).toBeGreaterThan(1.3 * alone.seconds);
    // of its own class whoever comes later comes after
    expect(
      estimate(
        { ...state, arrivals: [{ queueId: 'general', kind: 'conversation', priority: 'standard', perSecond: 1 }] },
        newcomer,
      ),
    ).toEqual(alone);
  });

  test('those who leave shorten it; offers that nobody answers lengthen it', () => {
    const state = house(4, 20);
    const stay = estimate(state, newcomer)!;
    const patience = Array.from({ length: 7 }, () => 1 / 600);
    expect(estimate({ ...state, leaves: new Map([['general', patience]]) }, newcomer)!.seconds).toBeLessThan(
      0.8 * stay.seconds,
    );
    expect(
      estimate({ ...state, ring: { taken: 5, lapses: 0.5, lapseSeconds: 60 } }, newcomer)!.seconds,
    ).toBeGreaterThan(stay.seconds);
  });

  test('agents who serve two queues are shared by what waits in both', () => {
    const both = house(6, 6, { queues: [queue('general'), queue('billing')] });
    const alone = estimate(both, newcomer)!;
    const crowded = estimate(
      {
        ...both,
        waiting: [
          ...both.waiting,
          ...Array.from({ length: 12 }, (_, i) => waiting(`b${i}`, { queueId: 'billing', ageSeconds: 300 })),
        ],
      },
      newcomer,
    )!;
    expect(crowded.ahead).toBe(alone.ahead);
    expect(crowded.seconds).toBeGreaterThan(1.5 * alone.seconds);
  });

  test('a skill that few have is waited for longer; a ring that gives it up ends that', () => {
    const agents = [...house(9, 0).agents, worker('nurse', { skills: ['nurse'] })];
    const state = house(9, 3, {
      agents,
      held: [
        ...house(9, 0).held,
        { agentId: 'nurse', queueId: 'general', kind: 'conversation', weight: 1, ageSeconds: 20, offered: false },
      ],
    });
    const plain = estimate(state, newcomer)!;
    const skilled = estimate(state, { ...newcomer, skills: ['nurse'] })!;
    expect(skilled.seconds).toBeGreaterThan(plain.seconds);
    const relaxed = { ...state, queues: [queue('general', { rings: [{ after: 1, without: ['nurse'], levels: 0 }] })] };
    expect(estimate(relaxed, { ...newcomer, skills: ['nurse'] })!.seconds).toBeLessThan(skilled.seconds);
    expect(isStaffed(state, { id: 'general', skills: ['surgeon'] })).toBe(false);
    expect(isStaffed(state, { id: 'general', skills: ['nurse'] })).toBe(true);
  });

  test('never ends, never is below nothing, never beyond the horizon, whatever the state', () => {
    const random = chance(21);
    const whole = (most: number): number => Math.floor(random() * (most + 1));
    for (let run = 0; run < 150; run += 1) {
      const state = house(whole(6), whole(40), {
        leaves: new Map([['general', Array.from({ length: 7 }, () => random() / 100)]]),
        arrivals: [{ queueId: 'general', kind: 'call', priority: 'critical', perSecond: random() ** 4 * 5 }],
        ring: { taken: 20 * random(), lapses: random() * 0.9, lapseSeconds: 40 * random() },
      });
      for (const agent of state.agents) agent.free = whole(3) - 1;
      for (const one of state.held) one.ageSeconds = 20_000 * random() ** 3;
      const all = estimateAll(state, [newcomer, ...state.waiting.slice(0, 3).map((one) => ({ itemId: one.id }))]);
      for (const found of all) {
        if (!found) continue;
        expect(found.low).toBeGreaterThanOrEqual(0);
        expect(found.low).toBeLessThanOrEqual(found.seconds);
        expect(found.seconds).toBeLessThanOrEqual(found.high);
        expect(found.high).toBeLessThanOrEqual(HORIZON_SECONDS);
      }
    }
  });
});

test('against hospitals played out: half of the estimates are within a quarter, eight of ten waits in the range', () => {
  // the largest takes long to play: bench/wait.ts has it too
  const outcomes = SCENARIOS.filter((one) => one.crews.every(({ agents, places }) => agents * places <= 80)).flatMap(
    (scenario) => playOut(scenario, seedOf(scenario, 5), 25),
  );
  const { error, covered, errors, waited } = figuresOf(outcomes);
  expect(errors).toBeGreaterThan(300);
  expect(waited).toBeGreaterThan(300);
  expect(error).toBeLessThanOrEqual(0.25);
  expect(covered).toBeGreaterThanOrEqual(0.75);
  expect(covered).toBeLessThanOrEqual(0.85);
});

describe('a long line', () => {
  /** One crew, one queue, so many in line, and what comes of it: served in order, leaving as each has patience. */
  function house(options: { standing: number; agents: number; leaves: number | null; seed: number }) {
    const random = chance(options.seed);
    const agents = Array.from({ length: options.agents }, (_, i) => `a${i}`);
    const handling = lognormal(420, 0.8, 1_000);
    const draw = (): number => handling.at[Math.floor(random() * handling.at.length)]!;
    const waiting = Array.from({ length: options.standing }, (_, i) => ({
      id: `w${i}`,
      queueId: 'q',
      kind: 'conversation' as const,
      channel: null,
      priority: 'standard' as const,
      front: false,
      ageSeconds: 3 * (options.standing - i),
      skills: [],
    }));
    const leaves = options.leaves === null ? [] : ([['q', Array.from({ length: 7 }, () => options.leaves!)]] as const);
    const held = agents.map((agentId) => ({
      agentId,
      queueId: 'q',
      kind: 'conversation' as const,
      weight: 1,
      ageSeconds: 0,
      offered: false,
    }));
    const state: WaitState = {
      at: 0,
      queues: [
        {
          id: 'q',
          cost: 1,
          levels: {},
          rings: [],
          overflow: [],
          timezone: 'Europe/Madrid',
          targetSeconds: 120,
          skills: [],
        },
      ],
      agents: agents.map((id) => ({
        id,
        places: 1,
        free: 0,
        calls: 1,
        weights: {},
        skills: [],
        levels: {},
        queues: null,
      })),
      held,
      waiting,
      arrivals: [],
      handling: new Map([[handlingKey('q', 'conversation'), handling]]),
      leaves: new Map(leaves.map(([id, rates]) => [id, rates])),
      ring: { taken: 4, lapses: 0, lapseSeconds: 0 },
    };
    // what really comes: every place ends its work and takes the next who is still there
    const ends = agents.map(() => draw() * random());
    for (let place = 0; place < options.standing; place += 1) {
      const next = ends.indexOf(Math.min(...ends));
      const gone = options.leaves !== null && -Math.log(1 - random()) / options.leaves < ends[next]!;
      if (!gone) ends[next]! += 4 + draw();
    }
    return { state, actual: Math.min(...ends) };
  }

  test('is foretold too, near what comes, with a range that holds it', () => {
    let inRange = 0;
    const errors: number[] = [];
    const cases = [
      { standing: 800, agents: 40, leaves: null },
      { standing: 2_000, agents: 60, leaves: 1 / 3_600 },
      { standing: 2_000, agents: 120, leaves: null },
      { standing: 5_000, agents: 200, leaves: 1 / 5_400 },
    ];
    let all = 0;
    for (const one of cases)
      for (let seed = 1; seed <= 10; seed += 1) {
        const { state, actual } = house({ ...one, seed: seed * 977 });
        const found = estimate(state, { queueId: 'q', priority: 'standard' })!;
        expect(found.beyond).toBe(false);
        expect(found.low).toBeLessThan(found.seconds);
        expect(found.high).toBeGreaterThan(found.seconds);
        expect(found.ahead).toBe(one.standing);
        errors.push(Math.abs(found.seconds - actual) / actual);
        if (found.low <= actual && actual <= found.high) inRange += 1;
        all += 1;
      }
    expect(errors.sort((a, b) => a - b)[all >> 1]).toBeLessThan(0.15);
    expect(inRange / all).toBeGreaterThanOrEqual(0.8);
  });

  test('grows from place to place, goes before lower classes, is nothing where nobody serves', () => {
    const { state } = house({ standing: 1_500, agents: 30, leaves: 1 / 7_200, seed: 3 });
    const places = estimateAll(
      state,
      [0, 100, 700, 1_400].map((i) => ({ itemId: `w${i}` })),
    );
    expect(places.map((one) => one!.ahead)).toEqual([0, 100, 700, 1_400]);
    for (let i = 1; i < places.length; i += 1) expect(places[i]!.seconds).toBeGreaterThan(places[i - 1]!.seconds);
    const [urgent, standard, low] = (['urgent', 'standard', 'low'] as const).map((priority) =>
      estimate(state, { queueId: 'q', priority })!,
    );
    expect(urgent!.seconds).toBeLessThan(60);
    expect(low!.seconds).toBeGreaterThanOrEqual(standard!.seconds);
    // while more of a higher class comes than can be served, it is longer than can be foretold
    const flooded = {
      ...state,
      arrivals: [{ queueId: 'q', kind: 'conversation' as const, priority: 'urgent' as const, perSecond: 10 }],
    };
    expect(estimate(flooded, { queueId: 'q', priority: 'standard' })!.beyond).toBe(true);
    expect(estimate({ ...state, agents: [] }, { queueId: 'q', priority: 'standard' })).toBeNull();
  });

  test('of ten thousand in twelve queues is foretold with what a few cost', () => {
    const { state } = house({ standing: 10_000, agents: 300, leaves: 1 / 3_600, seed: 5 });
    const queues = Array.from({ length: 12 }, (_, i) => ({ ...state.queues[0]!, id: `q${i}` }));
    const many = {
      ...state,
      queues,
      waiting: state.waiting.map((one, i) => ({ ...one, queueId: `q${i % 12}` })),
    };
    const found = estimateAll(
      many,
      queues.map(({ id }) => ({ queueId: id, priority: 'standard' as const })),
    );
    for (const one of found) {
      expect(one).toMatchObject({ ahead: one!.ahead, beyond: false });
      expect(one!.ahead).toBeGreaterThanOrEqual(833);
      // all of them are served by the same people, in the order in which they came
      expect(Math.abs(one!.seconds - found[0]!.seconds) / found[0]!.seconds).toBeLessThan(0.02);
    }
  });
});
