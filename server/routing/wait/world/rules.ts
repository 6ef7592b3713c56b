import type { Priority } from '../../../conversation/contract.ts';
import type { ItemKind } from '../../contract.ts';
import { type Asked, asked, RANK, reaches, type Terms, urgency, weightOf as placesOf } from '../../rules.ts';
import { doneBy, handlingKey, OLD, type Patience, priorOf, type Ring, type Spread } from '../learning/rules.ts';

/*
 * The present as waits are foretold from it: who works and how many places each has free, what each holds and since when, who is in
 * which line, who may still come before, which agents and lines are tied to whom it is foretold for.
 */

export type WaitState = {
  /** When this was so, in milliseconds: what overflows at some hours only depends on it. */
  at: number;
  queues: (Terms & { targetSeconds: number; targets?: Partial<Record<Priority, number>>; skills: string[] })[];
  /** Who is signed in and works. */
  agents: {
    id: string;
    /** Places in all, and how many are free: below zero when it holds more than it now may. */
    places: number;
    free: number;
    calls: number;
    weights: Record<string, number>;
    skills: string[];
    levels: Record<string, number>;
    queues: string[] | null;
  }[];
  /** Offered or accepted, by an agent of the above. */
  held: { agentId: string; queueId: string; kind: ItemKind; weight: number; ageSeconds: number; offered: boolean }[];
  waiting: {
    id: string;
    queueId: string;
    kind: ItemKind;
    channel: string | null;
    priority: Priority;
    front: boolean;
    ageSeconds: number;
    /** Beyond what its queue asks. */
    skills: readonly string[];
  }[];
  /** What comes in now. */
  arrivals: { queueId: string; kind: ItemKind; priority: Priority; perSecond: number }[];
  /** How long work takes, by `handlingKey`; what is not there is believed. */
  handling: ReadonlyMap<string, Spread>;
  /** By queue. */
  leaves: ReadonlyMap<string, Patience>;
  ring: Ring;
};

/** Somebody who would come now, or one who waits already. */
export type Newcomer =
  | {
      queueId: string;
      priority: Priority;
      kind?: ItemKind;
      channel?: string | null;
      skills?: readonly string[];
      /** How many of its queue stand before it, where that is known better than the state. */
      ahead?: number;
    }
  | { itemId: string };

/** What came so long ago counts a third of what comes now, when it is counted how much comes. */
export const ARRIVALS_FADE_SECONDS = 3_600;

/** Nothing is foretold beyond this. */
export const HORIZON_SECONDS = 4 * 3_600;

/** Those who wait in the same order and ask the same: first come, first served among themselves. */
export type Line = {
  queue: number;
  rank: number;
  front: boolean;
  kind: ItemKind;
  channel: string | null;
  skills: string[];
  cost: number;
  targetSeconds: number;
  spread: Spread;
  leaves: Patience | null;
  /** When each came, in seconds from now: negative. */
  cameAt: number[];
  /** Index of the newcomer at this place, −1 for one who is really there. */
  probe: number[];
  /** Whether this line may be asked to grow. */
  perSecond: number;
};

/** Whose turn it is, as `inTurn` of the matching rules has it. */
export function before(a: Line, aCame: number, b: Line, bCame: number, now: number): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.front !== b.front) return a.front;
  if (a.queue === b.queue) return aCame < bCame;
  const more = urgencyOf(a, aCame, now) - urgencyOf(b, bCame, now);
  return more !== 0 ? more > 0 : aCame < bCame;
}

const urgencyOf = (line: Line, came: number, now: number): number =>
  urgency({ queuedAt: came * 1_000, targetSeconds: line.targetSeconds }, line.cost, now * 1_000);

export function setUp(state: WaitState, newcomers: readonly Newcomer[]) {
  const queueAt = new Map(state.queues.map((queue, index) => [queue.id, index]));
  const lines: Line[] = [];
  const lineAt = new Map<string, number>();
  const apart = new Set(['voice', 'video', ...state.agents.flatMap((agent) => Object.keys(agent.weights))]);
  const lineOf = (
    one: { queueId: string; kind: ItemKind; channel: string | null; priority: Priority; skills: readonly string[] },
    front: boolean,
  ): number | undefined => {
    const queue = queueAt.get(one.queueId);
    if (queue === undefined) return undefined;
    const rank = RANK[one.priority];
    // channels that take the same of everybody stand in one line
    const channel = one.channel !== null && apart.has(one.channel) ? one.channel : null;
    const key = `${queue} ${rank} ${front} ${one.kind} ${channel} ${[...one.skills].sort().join()}`;
    const known = lineAt.get(key);
    if (known !== undefined) return known;
    const { cost, targetSeconds, targets, skills } = state.queues[queue]!;
    lines.push({
      queue,
      rank,
      front,
      kind: one.kind,
      channel,
      skills: [...new Set([...skills, ...one.skills])],
      cost,
      targetSeconds: targets?.[one.priority] ?? targetSeconds,
      spread: state.handling.get(handlingKey(one.queueId, one.kind)) ?? priorOf(one.kind),
      leaves: state.leaves.get(one.queueId) ?? null,
      cameAt: [],
      probe: [],
      perSecond: 0,
    });
    lineAt.set(key, lines.length - 1);
    return lines.length - 1;
  };

  const byItem = new Map(newcomers.flatMap((one, index) => ('itemId' in one ? [[one.itemId, index] as const] : [])));
  const ahead = newcomers.map(() => 0);
  const target: (number | undefined)[] = newcomers.map(() => undefined);
  const inOrder = [...state.waiting].sort((a, b) => b.ageSeconds - a.ageSeconds);
  for (const item of inOrder) {
    const line = lineOf(item, item.front);
    if (line === undefined) continue;
    const probe = byItem.get(item.id) ?? -1;
    if (probe >= 0) target[probe] = line;
    lines[line]!.cameAt.push(-item.ageSeconds);
    lines[line]!.probe.push(probe);
  }
  const preceding = precedence(state.waiting);
  const items = new Map(state.waiting.map((one) => [one.id, one]));
  for (const [index, one] of newcomers.entries()) {
    const item = 'itemId' in one ? items.get(one.itemId) : undefined;
    const queueId = item?.queueId ?? ('queueId' in one ? one.queueId : '');
    const rank = RANK[item?.priority ?? ('priority' in one ? one.priority : 'standard')];
    ahead[index] = preceding(queueId, rank, item?.front ?? false, item?.ageSeconds ?? -1);
    if ('itemId' in one) continue;
    const line = lineOf(
      { ...one, kind: one.kind ?? 'conversation', channel: one.channel ?? null, skills: one.skills ?? [] },
      false,
    );
    target[index] = line;
    if (line === undefined) continue;
    const { cameAt, probe } = lines[line]!;
    if (one.ahead !== undefined) {
      // its place in its line: of those before it some stand in lines of a higher class
      const elsewhere = ahead[index]! - probe.filter((other) => other < 0).length;
      let place = 0;
      for (let left = one.ahead - elsewhere; left > 0; place += 1) {
        // those who came since the state was read stood at its end
        if (place === cameAt.length) {
          cameAt.push(0);
          probe.push(-1);
        }
        if (probe[place]! < 0) left -= 1;
      }
      ahead[index] = one.ahead;
      cameAt.splice(place, 0, 0);
      probe.splice(place, 0, index);
      continue;
    }
    cameAt.push(0);
    probe.push(index);
  }
  const last = Math.max(-1, ...target.flatMap((line) => (line === undefined ? [] : [lines[line]!.rank])));
  for (const stream of state.arrivals) {
    // who comes later in the same queue and class never overtakes; lower classes neither
    const line = RANK[stream.priority] <= last ? lineOf({ ...stream, channel: null, skills: [] }, false) : undefined;
    if (line !== undefined && target.some((one) => one !== undefined && overtakes(lines[line]!, lines[one]!)))
      lines[line]!.perSecond += stream.perSecond;
  }

  // only who is tied to the newcomers, by agents who serve both
  const opened = lines.map((line) => stagesOf(state, line));
  const agentsAll = state.agents.map((agent) => {
    const weight = lines.map(() => 0);
    const after = lines.map(() => 0);
    for (const [index, line] of lines.entries()) {
      const places = placesOf(line, agent);
      const stage = places === null ? undefined : opened[index]!.find(({ ask }) => reaches(agent, ask));
      if (!stage) continue;
      weight[index] = places!;
      after[index] = stage.afterSeconds;
    }
    return {
      id: agent.id,
      free: agent.free,
      weight,
      after,
      lines: opened.flatMap((stages, index) =>
        stages.some(({ ask }) => placesOf(lines[index]!, agent) !== null && reaches(agent, ask)) ? [index] : [],
      ),
    };
  });
  const tied = new Set(target.filter((line) => line !== undefined));
  const takes = new Set<number>();
  for (let grew = true; grew;) {
    grew = false;
    for (const [index, agent] of agentsAll.entries()) {
      if (takes.has(index) || !agent.lines.some((line) => tied.has(line))) continue;
      takes.add(index);
      grew = true;
      for (const line of agent.lines) if (lines[line]!.rank <= last) tied.add(line);
    }
  }
  const agents = agentsAll.flatMap((agent, index) =>
    takes.has(index) ? [{ ...agent, lines: agent.lines.filter((line) => tied.has(line)) }] : [],
  );
  for (const [index, line] of lines.entries()) if (!tied.has(index)) line.perSecond = 0;
  const agentAt = new Map(agents.map((agent, index) => [agent.id, index]));
  const servedBy = lines.map((_, line) =>
    agents.flatMap((agent, index) => (agent.lines.includes(line) ? [index] : [])),
  );

  const mine = state.held.filter((one) => agentAt.has(one.agentId));
  const spread = mine.map((one) => state.handling.get(handlingKey(one.queueId, one.kind)) ?? priorOf(one.kind));
  const held = {
    agent: mine.map((one) => agentAt.get(one.agentId)!),
    weight: mine.map((one) => one.weight),
    offered: mine.map((one) => one.offered),
    age: mine.map((one) => (one.offered ? 0 : one.ageSeconds)),
    spread,
    done: mine.map((one, index) => (one.offered ? 0 : doneBy(spread[index]!, one.ageSeconds))),
  };
  const places = Math.max(0, ...target.map((line) => (line === undefined ? 0 : queueBefore(lines, line))));
  const { soon, soonSeconds } = endSoon(held, 2 * places + 12);
  const seen = spread.length > 0 ? spread : lines.map((line) => line.spread);
  return {
    lines,
    agents,
    servedBy,
    held,
    soon,
    soonSeconds,
    /** When those who wait are reached by more agents than before. */
    opens: lines.flatMap((line, index) =>
      tied.has(index)
        ? opened[index]!.slice(1).flatMap(({ afterSeconds }) =>
            line.cameAt
              .slice(-30)
              .flatMap((came) => (came + afterSeconds > 0 ? [{ line: index, at: came + afterSeconds }] : [])),
          )
        : [],
    ),
    ahead,
    /** The line of each newcomer; undefined: there is no such queue. */
    target,
    real: newcomers.map((one) => 'itemId' in one),
    reachable: target.map((line) => line !== undefined && servedBy[line]!.length > 0),
    evidence: seen.length ? seen.reduce((sum, one) => sum + one.evidence, 0) / seen.length : 0,
  };
}

/** Counts who of a queue stands before somebody: by class, then front, then age. Thousands may ask about thousands. */
export function precedence(
  waiting: WaitState['waiting'],
): (queueId: string, rank: number, front: boolean, ageSeconds: number) => number {
  const lines = Map.groupBy(waiting, (one) => one.queueId);
  for (const line of lines.values())
    line.sort(
      (a, b) => RANK[a.priority] - RANK[b.priority] || Number(b.front) - Number(a.front) || b.ageSeconds - a.ageSeconds,
    );
  return (queueId, rank, front, ageSeconds) => {
    const line = lines.get(queueId) ?? [];
    let low = 0;
    let high = line.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = line[middle]!;
      const goesFirst =
        RANK[other.priority] !== rank
          ? RANK[other.priority] < rank
          : other.front !== front
            ? other.front
            : other.ageSeconds > ageSeconds;
      if (goesFirst) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export type World = ReturnType<typeof setUp>;

/** What a line asks at first, and what it asks once rings and overflow open, with the wait at which they do. */
function stagesOf(state: WaitState, line: Line): { afterSeconds: number; ask: Asked }[] {
  const terms = state.queues[line.queue]!;
  const shares = [0, ...terms.rings.map((ring) => ring.after), ...terms.overflow.map((one) => one.after ?? 0)];
  return [...new Set(shares)]
    .sort((a, b) => a - b)
    .map((share) => ({
      afterSeconds: share * line.targetSeconds,
      ask: asked(
        {
          queueId: terms.id,
          skills: line.skills,
          queuedAt: state.at - share * line.targetSeconds * 1_000,
          targetSeconds: line.targetSeconds,
        },
        terms,
        state.at,
      ),
    }));
}

/** Whether somebody is here who serves a queue, now or once its rings are open. */
export function isStaffed(state: WaitState, queue: { id: string; skills: string[] }): boolean {
  const terms = state.queues.find((one) => one.id === queue.id);
  const ask = asked({ queueId: queue.id, skills: queue.skills, queuedAt: 0, targetSeconds: 1 }, terms, state.at, true);
  return state.agents.some((agent) => reaches(agent, ask));
}

/** How many stand before the last of a line, in all lines: at most so many are taken first. */
function queueBefore(lines: Line[], target: number): number {
  return lines.reduce((sum, line) => sum + (line.rank <= lines[target]!.rank ? line.cameAt.length : 0), 0);
}

/**
 * Of many hundred at work only those matter that end before the newcomer's turn: a time by which about `count` end, and
 * for each the probability that it ends before it. The others are only looked at when it takes longer.
 */
function endSoon(
  held: { spread: Spread[]; age: number[]; done: number[] },
  count: number,
): { soon: Float64Array; soonSeconds: number } {
  const soon = new Float64Array(held.done.length).fill(1);
  if (held.done.length <= count) return { soon, soonSeconds: Infinity };
  for (let seconds = 15; seconds < HORIZON_SECONDS; seconds *= 2) {
    let ends = 0;
    for (const [i, spread] of held.spread.entries()) {
      const done = held.done[i]!;
      soon[i] =
        done >= OLD
          ? 1 - (held.age[i]! / (held.age[i]! + seconds)) ** 3
          : Math.min(1, (doneBy(spread, held.age[i]! + seconds) - done) / (1 - done));
      ends += soon[i]!;
    }
    if (ends >= count) return { soon, soonSeconds: seconds };
  }
  return { soon: soon.fill(1), soonSeconds: Infinity };
}

/** Whether one who comes later to the first may be taken before one who waits in the second. */
function overtakes(later: Line, waits: Line): boolean {
  if (later.rank !== waits.rank) return later.rank < waits.rank;
  return (
    !waits.front && later.queue !== waits.queue && later.cost / later.targetSeconds > waits.cost / waits.targetSeconds
  );
}
