/* node bench/wait.ts: how near the foretold wait comes to the true one, in hospitals played out with the rules that match. */
import type { Priority } from '../server/conversation/contract.ts';
import { assign, type Free, type Terms, type Waiting } from '../server/routing/rules.ts';
import {
  type Case,
  handlingKey,
  learn,
  type Learned,
  type Rings,
  lognormal,
  normalQuantile,
} from '../server/routing/wait/learning/rules.ts';
import { chance } from '../server/routing/wait/playing/rules.ts';
import { estimate } from '../server/routing/wait/rules.ts';
import { ARRIVALS_FADE_SECONDS, type WaitState } from '../server/routing/wait/world/rules.ts';

/** Waits below this are "at once": an error of five seconds in three says nothing to anybody. */
export const FLOOR_SECONDS = 15;

type QueueOf = {
  id: string;
  /** Share of what comes in. */
  share: number;
  target: number;
  cost: number;
  /** Seconds: median and sigma of the logarithm. */
  handling: [number, number];
};

export type Scenario = {
  name: string;
  /** Work that comes in by work that can be done. */
  load: number;
  /** Groups of agents: how many, how many places each, which queues. */
  crews: { agents: number; places: number; queues: string[] }[];
  queues: QueueOf[];
  /** Share by class. */
  mix: Partial<Record<Priority, number>>;
  /** Seconds that half of those who wait stay; sigma of its logarithm; null: nobody leaves. */
  patience: { median: number; sigma: number } | null;
  /** Seconds an offer rings on average, and the share that nobody answers. */
  ring: { mean: number; lapses: number };
  /** Share of the agents that is there from this hour on. */
  shifts?: { hour: number; there: number }[];
  hours: number;
};

export type Outcome = {
  foretold: number;
  low: number;
  high: number;
  /** By an estimate that knows the true distributions: what could be known at all. */
  ideal: { foretold: number; low: number; high: number };
  actual: number;
  /** Nobody was free when it came. */
  waited: boolean;
};

const one = (target = 120, handling: [number, number] = [480, 0.8]): QueueOf[] => [
  { id: 'general', share: 1, target, cost: 1, handling },
];
const MIXED: Scenario['mix'] = { critical: 0.02, urgent: 0.13, standard: 0.75, low: 0.1 };
const PLAIN: Scenario['mix'] = { standard: 1 };
const QUICK = { mean: 5, lapses: 0 };
const STAY = { median: 900, sigma: 1 };
const crew = (agents: number, places: number, queues = ['general']) => [{ agents, places, queues }];

const SIZES: [agents: number, places: number, hours: number][] = [
  [2, 1, 60],
  [5, 1, 40],
  [5, 3, 24],
  [10, 8, 10],
  [20, 4, 10],
  [40, 1, 12],
  [40, 15, 4],
];
const LOADS: [load: number, mix: Scenario['mix'], handling: [number, number], patience: Scenario['patience']][] = [
  [0.5, PLAIN, [480, 0.8], null],
  [0.8, MIXED, [480, 0.8], STAY],
  [0.95, PLAIN, [400, 1.1], STAY],
  [1.1, MIXED, [480, 0.8], STAY],
  [1.3, PLAIN, [600, 0.6], { median: 1_800, sigma: 1 }],
];

/** Every size under every load, and what is not so even: shifts, offers that lapse, agents shared between queues. */
export const SCENARIOS: Scenario[] = [
  ...LOADS.flatMap(([load, mix, handling, patience]) =>
    SIZES.map(([agents, places, hours]) => ({
      name: `${agents} × ${places}, load ${load}${mix === MIXED ? ', classes' : ''}`,
      load,
      crews: crew(agents, places),
      queues: one(120, handling),
      mix,
      patience,
      ring: QUICK,
      hours,
    })),
  ),
  {
    name: '20 × 1, load 1.05, one offer in seven lapses',
    load: 1.05,
    crews: crew(20, 1),
    queues: one(),
    mix: MIXED,
    patience: STAY,
    ring: { mean: 8, lapses: 0.15 },
    hours: 14,
  },
  {
    name: '12 × 3, load 1.0, shifts leave and come',
    load: 1,
    crews: crew(12, 3),
    queues: one(),
    mix: MIXED,
    patience: STAY,
    ring: QUICK,
    hours: 14,
    shifts: [
      { hour: 0, there: 1 },
      { hour: 4, there: 0.7 },
      { hour: 7, there: 1 },
      { hour: 10, there: 0.8 },
    ],
  },
  {
    name: 'three queues, shared agents, load 1.05',
    load: 1.05,
    crews: [
      { agents: 3, places: 3, queues: ['general'] },
      { agents: 3, places: 3, queues: ['billing'] },
      { agents: 4, places: 3, queues: ['general', 'billing', 'results'] },
    ],
    queues: [
      { id: 'general', share: 0.5, target: 120, cost: 1, handling: [420, 0.8] },
      { id: 'billing', share: 0.35, target: 300, cost: 1, handling: [600, 0.7] },
      { id: 'results', share: 0.15, target: 60, cost: 2, handling: [300, 0.6] },
    ],
    mix: MIXED,
    patience: STAY,
    ring: QUICK,
    hours: 14,
  },
  {
    name: 'two queues, one crew, load 1.15',
    load: 1.15,
    crews: crew(8, 2, ['general', 'billing']),
    queues: [
      { id: 'general', share: 0.6, target: 120, cost: 1, handling: [420, 0.8] },
      { id: 'billing', share: 0.4, target: 240, cost: 1, handling: [600, 0.9] },
    ],
    mix: PLAIN,
    patience: STAY,
    ring: QUICK,
    hours: 14,
  },
];

// ── a hospital, played out ──────────────────────────────────────────────────────────────────────────────────────

type Work = {
  item: Waiting;
  handling: number;
  /** When it leaves, in ms; it stays in line as a ghost, to know when its turn would have come. */
  leavesAt: number;
  gone: boolean;
  foretold: Omit<Outcome, 'actual'> | null;
  acceptedAt: number | null;
  held: Held | null;
};
type Held = { work: Work; at: number; agent: number; offered: boolean };
type Event = { at: number; what: 'comes' | 'taken' | 'lapses' | 'ends' | 'shift'; work?: Work; agent?: number };

/** How often what is learned is learned anew, and how often what comes in is counted. */
const LEARN_MS = 600_000;

/**
 * Plays a scenario: work comes as a Poisson stream, `assign` of the matching rules says who gets what, and about `samples`
 * newcomers are foretold their wait from what a house would know, then waited for, also those who leave.
 */
export function playOut(scenario: Scenario, seed: number, samples: number): Outcome[] {
  const random = chance(seed);
  const normal = (): number => normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random())));
  const mean = scenario.queues.reduce(
    (sum, queue) => sum + queue.share * queue.handling[0] * Math.exp(queue.handling[1] ** 2 / 2),
    0,
  );
  const places = scenario.crews.reduce((sum, one) => sum + one.agents * one.places, 0);
  const perMs = (scenario.load * places) / (mean + scenario.ring.mean) / 1_000;
  const end = scenario.hours * 3_600_000;
  const warm = end / 4;
  const every = Math.max(1, Math.floor(((end - warm) * perMs) / samples));

  const terms: Terms[] = scenario.queues.map((queue) => ({
    id: queue.id,
    cost: queue.cost,
    levels: {},
    rings: [],
    overflow: [],
    timezone: 'Europe/Madrid',
  }));
  const agents = scenario.crews.flatMap((one) =>
    Array.from({ length: one.agents }, () => ({
      places: one.places,
      queues: one.queues,
      load: 0,
      here: true,
      last: 0,
    })),
  );
  let line: Work[] = [];
  const held = new Set<Held>();
  const cases: Case[] = [];
  const closedAt: number[] = [];
  const arrivals: { at: number; queueId: string; priority: Priority }[] = [];
  const rings: Rings = { taken: 0, takenSeconds: 0, lapsed: 0, lapsedSeconds: 0 };
  let learned: Learned = learn([], rings);
  let learnedAt = -Infinity;
  const outcomes: Outcome[] = [];
  let count = 0;

  const events: Event[] = [];
  const plan = (event: Event): void => {
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle]!.at > event.at) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, event);
  };
  const pick = <Choice>(choices: [Choice, number][]): Choice => {
    let left = random() * choices.reduce((sum, [, share]) => sum + share, 0);
    return (choices.find(([, share]) => (left -= share) < 0) ?? choices[0]!)[0];
  };
  const truth: Learned = {
    handling: new Map(
      scenario.queues.map((queue) => [handlingKey(queue.id, 'conversation'), lognormal(...queue.handling, 1e9)]),
    ),
    leaves: new Map(),
    ring: { taken: scenario.ring.mean, lapses: scenario.ring.lapses, lapseSeconds: 30 },
  };

  plan({ at: -Math.log(1 - random()) / perMs, what: 'comes' });
  for (const shift of scenario.shifts ?? []) plan({ at: shift.hour * 3_600_000, what: 'shift' });
  while (events.length > 0) {
    const event = events.pop()!;
    const now = event.at;
    if (now > end && event.what === 'comes') continue;
    switch (event.what) {
      case 'comes': {
        plan({ at: now - Math.log(1 - random()) / perMs, what: 'comes' });
        const queue = pick(scenario.queues.map((one) => [one, one.share]));
        const priority = pick(Object.entries(scenario.mix) as [Priority, number][]);
        const work: Work = {
          item: {
            id: String(count).padStart(8, '0'),
            kind: 'conversation',
            channel: 'webchat',
            queueId: queue.id,
            priority,
            front: false,
            queuedAt: now,
            targetSeconds: queue.target,
            skills: [],
            language: 'es',
            wantedAgentId: null,
            wantedUntil: null,
            ignored: [],
            notBefore: null,
          },
          handling: 1_000 * queue.handling[0] * Math.exp(queue.handling[1] * normal()),
          leavesAt: scenario.patience
            ? now + 1_000 * scenario.patience.median * Math.exp(scenario.patience.sigma * normal())
            : Infinity,
          gone: false,
          foretold: null,
          acceptedAt: null,
          held: null,
        };
        if (now > warm && count % every === 0) work.foretold = foretell(work, now);
        count += 1;
        arrivals.push({ at: now, queueId: queue.id, priority });
        line.push(work);
        break;
      }
      case 'taken': {
        const one = event.work!.held!;
        one.offered = false;
        one.at = now;
        one.work.acceptedAt = now;
        plan({ at: now + one.work.handling, what: 'ends', work: one.work });
        break;
      }
      case 'lapses': {
        const one = event.work!.held!;
        held.delete(one);
        agents[one.agent]!.load -= 1;
        one.work.item.ignored = [{ agentId: agentId(one.agent), until: now + 30_000 }];
        line.push(one.work);
        break;
      }
      case 'ends': {
        const one = event.work!.held!;
        held.delete(one);
        agents[one.agent]!.load -= 1;
        const { item } = one.work;
        close(item.queueId, (now - one.at) / 1_000, (one.at - item.queuedAt) / 1_000, false, now);
        break;
      }
      case 'shift': {
        const shift = scenario.shifts!.findLast((each) => each.hour * 3_600_000 <= now)!;
        // who goes finishes what it holds
        for (const [index, agent] of agents.entries()) agent.here = index < Math.round(agents.length * shift.there);
        break;
      }
    }
    for (const work of line)
      if (!work.gone && work.leavesAt <= now) {
        work.gone = true;
        close(work.item.queueId, null, (work.leavesAt - work.item.queuedAt) / 1_000, true, work.leavesAt);
      }
    match(now);
    if (now > end && line.every((work) => work.gone && !work.foretold)) break;
  }
  return outcomes;

  function close(queueId: string, seconds: number | null, waitedSeconds: number, left: boolean, at: number): void {
    cases.push({ queueId, kind: 'conversation', seconds, waitedSeconds, left, daysAgo: 0 });
    closedAt.push(at);
  }

  function agentId(index: number): string {
    return `agent-${String(index).padStart(3, '0')}`;
  }

  function match(now: number): void {
    for (;;) {
      const free: Free[] = agents.flatMap((agent, index) =>
        agent.here && agent.load < agent.places
          ? [
              {
                id: agentId(index),
                skills: [],
                levels: {},
                queues: agent.queues,
                places: agent.places,
                calls: 1,
                load: agent.load,
                weights: {},
                interrupts: {},
                holds: [],
                languages: ['es'],
                lastOfferAt: agent.last,
              },
            ]
          : [],
      );
      if (free.length === 0 || line.length === 0) return;
      // the matcher looks at the first of each queue; so many are never taken in one go
      const pairs = assign(
        line.map((work) => work.item),
        free,
        terms,
        now,
      );
      if (pairs.length === 0) return;
      let ghosts = 0;
      for (const pair of pairs) {
        const work = line.find((each) => each.item.id === pair.itemId)!;
        line = line.filter((each) => each !== work);
        const ring = 2_000 * scenario.ring.mean * random();
        if (work.gone) {
          ghosts += 1;
          settle(work, now + ring);
          // the place is still free: whoever is behind gets it now
          break;
        }
        const index = Number(pair.agentId.slice(6));
        agents[index]!.load += 1;
        agents[index]!.last = now;
        const lapses = random() < scenario.ring.lapses;
        const rung = lapses ? 30_000 : ring;
        rings[lapses ? 'lapsed' : 'taken'] += 1;
        rings[lapses ? 'lapsedSeconds' : 'takenSeconds'] += rung / 1_000;
        work.held = { work, at: now, agent: index, offered: true };
        held.add(work.held);
        plan({ at: now + rung, what: lapses ? 'lapses' : 'taken', work });
        if (!lapses) settle(work, now + rung);
      }
      if (ghosts === 0) return;
    }
  }

  function settle(work: Work, at: number): void {
    if (!work.foretold) return;
    outcomes.push({ ...work.foretold, actual: (at - work.item.queuedAt) / 1_000 });
    work.foretold = null;
  }

  function foretell(work: Work, now: number): Omit<Outcome, 'actual'> | null {
    if (now - learnedAt > LEARN_MS) {
      learned = learn(cases.slice(-4_000), rings);
      learnedAt = now;
    }
    const state = presentState(now, learned);
    const asked = { queueId: work.item.queueId, priority: work.item.priority };
    const found = estimate(state, asked);
    const ideal = estimate({ ...state, ...truth, leaves: learned.leaves }, asked);
    if (!found || !ideal) return null;
    return {
      foretold: found.seconds,
      low: found.low,
      high: found.high,
      ideal: { foretold: ideal.seconds, low: ideal.low, high: ideal.high },
      waited: !state.agents.some((agent) => agent.free > 0 && agent.queues!.includes(work.item.queueId)),
    };
  }

  function presentState(now: number, known: Learned): WaitState {
    const fade = 1_000 * ARRIVALS_FADE_SECONDS;
    const rates = new Map<string, { queueId: string; priority: Priority; weight: number }>();
    for (let i = arrivals.length - 1; i >= 0 && arrivals[i]!.at > now - 3 * fade; i -= 1) {
      const { queueId, priority, at } = arrivals[i]!;
      const rate = rates.get(`${queueId} ${priority}`) ?? { queueId, priority, weight: 0 };
      rate.weight += Math.exp(-(now - at) / fade);
      rates.set(`${queueId} ${priority}`, rate);
    }
    const whole = (fade / 1_000) * (1 - Math.exp(-Math.min(now, 3 * fade) / fade));
    return {
      at: now,
      queues: scenario.queues.map((queue, index) => ({ ...terms[index]!, targetSeconds: queue.target, skills: [] })),
      agents: agents.flatMap((agent, index) =>
        agent.here
          ? [
              {
                id: agentId(index),
                places: agent.places,
                free: agent.places - agent.load,
                calls: 1,
                weights: {},
                skills: [],
                levels: {},
                queues: agent.queues,
              },
            ]
          : [],
      ),
      held: [...held].map((one) => ({
        agentId: agentId(one.agent),
        queueId: one.work.item.queueId,
        kind: 'conversation' as const,
        weight: 1,
        ageSeconds: (now - one.at) / 1_000,
        offered: one.offered,
      })),
      waiting: line
        .filter((work) => !work.gone)
        .map(({ item }) => ({
          id: item.id,
          queueId: item.queueId,
          kind: item.kind,
          channel: null,
          priority: item.priority,
          front: false,
          ageSeconds: (now - item.queuedAt) / 1_000,
          skills: [],
        })),
      arrivals: [...rates.values()].map(({ queueId, priority, weight }) => ({
        queueId,
        kind: 'conversation' as const,
        priority,
        perSecond: weight / whole,
      })),
      ...known,
    };
  }
}

// ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type Figures = {
  /** Median of |foretold − actual| / actual over waits longer than `FLOOR_SECONDS`. */
  error: number;
  /** The same of an estimate that knows the true distributions. */
  idealError: number;
  /** Share of those for whom nobody was free whose wait fell in the range. */
  covered: number;
  idealCovered: number;
  /** Shares of those whose wait was shorter and longer than the range. */
  below: number;
  above: number;
  /** How many these figures rest on. */
  errors: number;
  waited: number;
};

/** @returns what came of some outcomes; NaN where there are none */
export function figuresOf(outcomes: Outcome[]): Figures {
  const long = outcomes.filter((one) => one.actual > FLOOR_SECONDS);
  const waited = outcomes.filter((one) => one.waited);
  const share = (some: Outcome[], right: (one: Outcome) => boolean): number => some.filter(right).length / some.length;
  return {
    error: median(long.map((one) => Math.abs(one.foretold - one.actual) / one.actual)),
    idealError: median(long.map((one) => Math.abs(one.ideal.foretold - one.actual) / one.actual)),
    covered: share(waited, (one) => one.low <= one.actual && one.actual <= one.high),
    idealCovered: share(waited, (one) => one.ideal.low <= one.actual && one.actual <= one.ideal.high),
    below: share(waited, (one) => one.actual < one.low),
    above: share(waited, (one) => one.actual > one.high),
    errors: long.length,
    waited: waited.length,
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted[sorted.length >> 1]!;
}

const percent = (value: number): string => (Number.isNaN(value) ? '–' : `${(100 * value).toFixed(0)} %`);

/** Another seed for each scenario: two of the same size are not the same hospital. */
export const seedOf = (scenario: Scenario, seed: number): number =>
  seed * 7_919 + SCENARIOS.indexOf(scenario) * 104_729;

/** Plays every scenario and prints its figures, then all together: each scenario weighs by those who waited in its sample. */
export function measureWaits(say: (line: string) => void, samples = 120, seeds = [1]): Figures {
  say('Wait estimate, in hospitals played out by the rules that match');
  say(
    `  error: median |foretold − actual| / actual of waits over ${FLOOR_SECONDS} s, also of who left (their turn is waited for); in brackets what knowing the true distributions comes to`,
  );
  say('  in range: share of those for whom nobody was free whose wait fell into the 80 % range');
  const all: Outcome[] = [];
  for (const scenario of SCENARIOS) {
    const outcomes = seeds.flatMap((seed) => playOut(scenario, seedOf(scenario, seed), samples));
    const seen = figuresOf(outcomes);
    all.push(...outcomes);
    say(
      `  ${scenario.name.padEnd(46)} error ${percent(seen.error).padStart(5)} (${percent(seen.idealError)})`.padEnd(
        72,
      ) +
        ` in range ${percent(seen.covered).padStart(5)} (${percent(seen.idealCovered)})`.padEnd(26) +
        ` half wait ${Math.round(median(outcomes.map((one) => one.actual)))} s, ${seen.errors} and ${seen.waited} measured`,
    );
  }
  const figures = figuresOf(all);
  say(
    `  ${'all'.padEnd(46)} error ${percent(figures.error)} (${percent(figures.idealError)}), in range ${percent(figures.covered)} (${percent(figures.idealCovered)}), too early ${percent(figures.above)}, too late ${percent(figures.below)}`,
  );
  say(
    `  mark: error ≤ 25 % ${figures.error <= 0.25 ? 'reached' : 'not reached'} · mark: in range 75–85 % ${figures.covered >= 0.75 && figures.covered <= 0.85 ? 'reached' : 'not reached'}`,
  );
  return figures;
}

if (import.meta.main) measureWaits((line) => void process.stdout.write(`${line}\n`), Number(process.argv[2] ?? 120));
