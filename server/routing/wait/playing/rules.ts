import { ARRIVALS_FADE_SECONDS, before, HORIZON_SECONDS, type WaitState, type World } from '../world/rules.ts';
import { BELIEF, quantile, remaining, usedUp } from '../learning/rules.ts';

/*
 * What may happen, played out some hundred times from the present moment, by the order in which matching gives work: the waits that
 * came of it are the answer. The same state gives the same answer: chance is drawn from a fixed seed.
 */

/** Work that one estimate may cost, in events: about two milliseconds on one core. */
const BUDGET = 10_000;
const LEAST_PLAYS = 24;
const MOST_PLAYS = 160;
/** In the place of an agent: a ring or an overflow opens then for a line. */
const NOBODY = -0x7fffffff;
/** One play never goes on longer than this. */
const MOST_EVENTS = 4_000;
/** Nor all of them; with fewer plays the range is coarser, not wrong. */
const MOST_EVENTS_IN_ALL = 60_000;
const FEWEST_PLAYS = 12;

/** @returns for each newcomer the waits that came of it, one for each play; null: nobody is there who could */
export function play(state: WaitState, world: World): (Float64Array | null)[] {
  const { lines, agents, held, soon, reachable } = world;
  const { taken: ringSeconds, lapses, lapseSeconds } = state.ring;
  const wanted = reachable.filter(Boolean).length;
  const standing = lines.reduce((sum, line) => sum + line.cameAt.length, 0);
  const plays = Math.max(
    LEAST_PLAYS,
    Math.min(MOST_PLAYS, Math.floor(BUDGET / (10 + held.agent.length / 8 + 3 * standing))),
  );
  const waits = reachable.map((yes) => (yes ? new Float64Array(plays).fill(HORIZON_SECONDS) : null));
  if (wanted === 0) return waits;

  const random = chance(0x9e3779b9);
  const streams = lines.flatMap((line, index) => (line.perSecond > 0 ? [index] : []));
  const rates = streams.map(() => 0);
  const free = new Int32Array(agents.length);
  const head = new Int32Array(lines.length);
  const there = Int32Array.from(lines, (line) => line.cameAt.length);
  /** Who came since, and whose offer lapsed: these stand first. */
  const grown: number[][] = lines.map(() => []);
  const back: { came: number; probe: number }[][] = lines.map(() => []);
  const lapsed: { line: number; came: number; probe: number; weight: number; agent: number }[] = [];
  const chances = new Float64Array(held.agent.length);
  const heap = new Heap(held.agent.length + 64);
  // what is not known of how long work takes is the same for all of one play
  const doubt = 0.06 + 0.9 / Math.sqrt(BELIEF + world.evidence);
  let pace = 1;
  let left = 0;
  let turn = 0;

  const most = MOST_EVENTS + 4 * standing;
  let events = 0;
  for (; turn < plays && (events < MOST_EVENTS_IN_ALL || turn < FEWEST_PLAYS); turn += 1) events += playOnce();
  return waits.map((some) => some && some.subarray(0, turn));

  /** @returns how many events it took */
  function playOnce(): number {
    pace = Math.exp(doubt * bell());
    left = wanted;
    heap.clear();
    for (let i = 0; i < chances.length; i += 1) {
      const drawn = random();
      chances[i] = drawn;
      if (drawn < soon[i]!) ends(i);
    }
    heap.order();
    let later = world.soonSeconds * pace;
    for (let i = 0; i < agents.length; i += 1) free[i] = agents[i]!.free;
    for (let i = 0; i < lines.length; i += 1) {
      head[i] = 0;
      grown[i]!.length = 0;
      back[i]!.length = 0;
    }
    lapsed.length = 0;
    let arriving = 0;
    for (let i = 0; i < streams.length; i += 1) {
      // how many come is known from few: so much doubt has the rate
      const { perSecond } = lines[streams[i]!]!;
      rates[i] = perSecond * Math.exp(bell() / Math.sqrt(1 + perSecond * ARRIVALS_FADE_SECONDS));
      arriving += rates[i]!;
    }
    for (const { line, at } of world.opens) heap.push(at, NOBODY, line);
    for (let i = 0; i < agents.length && left > 0; i += 1) if (free[i]! > 0) serve(i, 0);
    let nextArrival = arriving > 0 ? -Math.log(1 - random()) / arriving : Infinity;
    let events = 0;
    for (; left > 0 && events < most; events += 1) {
      if (later < Infinity && Math.min(heap.size > 0 ? heap.time[0]! : Infinity, nextArrival) > later) {
        // it takes longer than was thought: now the rest of what is held too
        for (let i = 0; i < chances.length; i += 1) if (chances[i]! >= soon[i]!) ends(i);
        heap.order();
        later = Infinity;
      }
      const nextEnd = heap.size > 0 ? heap.time[0]! : Infinity;
      const now = Math.min(nextEnd, nextArrival);
      if (now > HORIZON_SECONDS) break;
      if (nextArrival < nextEnd) {
        let pick = random() * arriving;
        let i = 0;
        while (i < streams.length - 1 && (pick -= rates[i]!) >= 0) i += 1;
        grown[streams[i]!]!.push(now);
        offerTo(world.servedBy[streams[i]!]!, now);
        nextArrival = now - Math.log(1 - random()) / arriving;
        continue;
      }
      const index = heap.agent[0]!;
      const weight = heap.weight[0]!;
      heap.pop();
      if (index === NOBODY) {
        offerTo(world.servedBy[weight]!, now);
        continue;
      }
      if (index >= 0) {
        free[index] = free[index]! + weight;
        serve(index, now);
        continue;
      }
      const one = lapsed[-index - 1]!;
      back[one.line]!.push(one);
      if (one.agent >= 0) {
        free[one.agent] = free[one.agent]! + one.weight;
        serve(one.agent, now);
      }
      offerTo(world.servedBy[one.line]!, now);
    }
    return events;
  }

  function bell(): number {
    return Math.sqrt(3) * (random() + random() + random() + random() - 2);
  }

  function ends(i: number): void {
    heap.add(
      pace * remaining(held.spread[i]!, held.age[i]!, held.done[i]!, chances[i]!) + (held.offered[i] ? ringSeconds : 0),
      held.agent[i]!,
      held.weight[i]!,
    );
  }

  function offerTo(who: number[], now: number): void {
    for (let i = 0; i < who.length && left > 0; i += 1) if (free[who[i]!]! > 0) serve(who[i]!, now);
  }

  function firstOf(line: number): number {
    const returned = back[line]!;
    if (returned.length > 0) return returned[0]!.came;
    const place = head[line]!;
    return place < there[line]! ? lines[line]!.cameAt[place]! : grown[line]![place - there[line]!]!;
  }

  /** An agent with a free place takes what is its turn, until it is full or nobody waits whom it may take. */
  function serve(index: number, now: number): void {
    const agent = agents[index]!;
    while (free[index]! > 0 && left > 0) {
      let best = -1;
      let bestCame = 0;
      for (let i = 0; i < agent.lines.length; i += 1) {
        const line = agent.lines[i]!;
        if (head[line]! >= there[line]! + grown[line]!.length && back[line]!.length === 0) continue;
        if (agent.weight[line]! > free[index]!) continue;
        const came = firstOf(line);
        // whom a ring or an overflow reaches only later
        if (agent.after[line]! > 0 && now - came < agent.after[line]!) continue;
        if (best !== -1 && !before(lines[line]!, came, lines[best]!, bestCame, now)) continue;
        best = line;
        bestCame = came;
      }
      if (best === -1) return;
      take(index, best, bestCame, agent.weight[best]!, now);
    }
  }

  function take(index: number, at: number, came: number, weight: number, now: number): void {
    const line = lines[at]!;
    let probe = -1;
    if (back[at]!.length > 0) probe = back[at]!.shift()!.probe;
    else {
      const place = head[at]!;
      head[at] = place + 1;
      if (place < there[at]!) probe = line.probe[place]!;
    }
    // one who is only asked for takes no place, and is not lost while it is waited for
    const real = probe < 0 || world.real[probe]!;
    if (probe < 0 && line.leaves && now > 0) {
      const used = usedUp(line.leaves, now - came) - usedUp(line.leaves, Math.max(0, -came));
      if (random() > Math.exp(-used)) return;
    }
    if (lapses > 0 && random() < lapses) {
      lapsed.push({ line: at, came, probe, weight, agent: real ? index : -1 });
      heap.push(now + lapseSeconds, -lapsed.length, weight);
      if (real) free[index] = free[index]! - weight;
      return;
    }
    const ring = 2 * ringSeconds * random();
    if (probe >= 0) {
      waits[probe]![turn] = Math.min(HORIZON_SECONDS, now + ring);
      left -= 1;
      if (!real) return;
    }
    heap.push(now + ring + pace * quantile(line.spread, random()), index, weight);
    free[index] = free[index]! - weight;
  }
}

/** Mulberry32: the same numbers for the same seed. @returns numbers from 0 to below 1 */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What ends next, first. */
class Heap {
  time: Float64Array;
  agent: Int32Array;
  weight: Int32Array;
  size = 0;

  constructor(room: number) {
    this.time = new Float64Array(room);
    this.agent = new Int32Array(room);
    this.weight = new Int32Array(room);
  }

  clear(): void {
    this.size = 0;
  }

  /** Without its order: call `order` after the last. */
  add(time: number, agent: number, weight: number): void {
    if (this.size === this.time.length) this.#grow();
    this.time[this.size] = time;
    this.agent[this.size] = agent;
    this.weight[this.size] = weight;
    this.size += 1;
  }

  order(): void {
    for (let i = (this.size >> 1) - 1; i >= 0; i -= 1) this.#down(i);
  }

  push(time: number, agent: number, weight: number): void {
    this.add(time, agent, weight);
    let i = this.size - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.time[up]! <= this.time[i]!) return;
      this.#swap(i, up);
      i = up;
    }
  }

  pop(): void {
    this.size -= 1;
    this.#swap(0, this.size);
    this.#down(0);
  }

  #down(from: number): void {
    let i = from;
    for (;;) {
      let least = i;
      const left = 2 * i + 1;
      if (left < this.size && this.time[left]! < this.time[least]!) least = left;
      if (left + 1 < this.size && this.time[left + 1]! < this.time[least]!) least = left + 1;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    const { time, agent, weight } = this;
    const t = time[i]!;
    time[i] = time[j]!;
    time[j] = t;
    const a = agent[i]!;
    agent[i] = agent[j]!;
    agent[j] = a;
    const w = weight[i]!;
    weight[i] = weight[j]!;
    weight[j] = w;
  }

  #grow(): void {
    const grow = <Numbers extends Float64Array | Int32Array>(old: Numbers): Numbers => {
      const wider = new (old.constructor as new (size: number) => Numbers)(old.length * 2);
      wider.set(old);
      return wider;
    };
    this.time = grow(this.time);
    this.agent = grow(this.agent);
    this.weight = grow(this.weight);
  }
}
