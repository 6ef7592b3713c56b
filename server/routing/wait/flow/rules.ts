import { BELIEF, meanOf, type Patience, usedUp } from '../learning/rules.ts';
import type { Line, WaitState, World } from '../world/rules.ts';

/*
 * The wait in a long line, as a flow: the work ahead over the rate at which the people who serve it end theirs, less by those who
 * leave meanwhile, later by those of a higher class who come. Chance evens out among many hundred, so nothing is played out, and ten
 * thousand in line cost no more than ten. What stays unknown is the pace itself: the range is wide on purpose.
 */

/** Longer than this is not foretold: by then others are on duty. */
export const FARTHEST_SECONDS = 12 * 3_600;
/** What the flow leaves out (bursts, rings, who is on a break next) as a spread of the rate. */
const LEFT_OUT = 0.15;
/** Eight of ten of a normal. */
const EIGHT_OF_TEN = 1.2816;
/** Where a higher class leaves less than this share of the places, nobody can say when it is the turn of the rest. */
const LEAST_SHARE = 0.02;
/** From four times its target on, the order is that of becoming late: `urgency` of the matching rules. */
const LATE = 4;

/** Some of those ahead, in the order in which they are taken. */
type Ahead = {
  /** Before whoever came, by the order of being late, after this; in seconds from now. */
  at: number;
  came: number;
  /** Place-seconds of the places that serve the line. */
  work: number;
  leaves: Patience | null;
  /** Of the newcomers at this place, or −1. */
  probe: number;
};

export type Flowed = { seconds: number; low: number; high: number };

/** @returns for each newcomer; null: nobody is there who could */
export function flow(state: WaitState, world: World): (Flowed | null)[] {
  const found: (Flowed | null)[] = world.target.map(() => null);
  const spread = Math.hypot(0.06 + 0.9 / Math.sqrt(BELIEF + world.evidence), LEFT_OUT);
  for (const target of new Set(world.target)) {
    if (target === undefined || world.servedBy[target]!.length === 0) continue;
    const { ahead, rate } = before(state, world, target);
    const runs = [1, Math.exp(EIGHT_OF_TEN * spread), Math.exp(-EIGHT_OF_TEN * spread)].map((pace) =>
      run(ahead, rate * pace),
    );
    for (const [probe, seconds] of runs[0]!)
      if (world.target[probe] === target)
        found[probe] = { seconds, low: runs[1]!.get(probe)!, high: runs[2]!.get(probe)! };
  }
  return found;
}

/** When each newcomer's turn comes, at so many place-seconds a second. */
function run(ahead: Ahead[], rate: number): Map<number, number> {
  const turns = new Map<number, number>();
  let now = rate === 0 ? FARTHEST_SECONDS : 0;
  for (const { came, work, leaves, probe } of ahead) {
    if (probe >= 0) {
      turns.set(probe, Math.min(FARTHEST_SECONDS, now));
      // only who really waits takes a place
      continue;
    }
    if (rate === 0) continue;
    const stays = leaves ? Math.exp(usedUp(leaves, Math.max(0, -came)) - usedUp(leaves, now - Math.min(0, came))) : 1;
    now = Math.min(FARTHEST_SECONDS, now + (work * stays) / rate);
  }
  return turns;
}

/** Who is taken before whom, by the people who serve one line, and the place-seconds a second that these have for them. */
function before(state: WaitState, world: World, target: number): { ahead: Ahead[]; rate: number } {
  const { lines, agents, servedBy } = world;
  const own = lines[target]!;
  const places = new Map(state.agents.map((agent) => [agent.id, agent.places]));
  const placesOf = (some: number[]): number =>
    some.reduce((sum, index) => sum + Math.max(0, places.get(agents[index]!.id) ?? 0), 0);
  const mine = new Set(servedBy[target]!);
  const { taken, lapses, lapseSeconds } = state.ring;
  const ring = taken + (lapses / Math.max(0.05, 1 - lapses)) * lapseSeconds;
  let rate = Math.max(1, placesOf(servedBy[target]!));
  const all = rate;
  const ahead: Ahead[] = [];
  for (const [index, line] of lines.entries()) {
    const goes = order(line, own);
    if (goes === 'after' || servedBy[index]!.length === 0) continue;
    const both = servedBy[index]!.filter((agent) => mine.has(agent));
    const weight = Math.max(1, ...both.map((agent) => agents[agent]!.weight[index]!));
    // of what others serve too, they take their part
    const share = both.length === 0 ? 0 : placesOf(both) / Math.max(1, placesOf(servedBy[index]!));
    const work = share * weight * (meanOf(line.spread) + ring);
    if (work === 0) continue;
    if (goes === 'before') rate -= line.perSecond * work;
    const shift = goes === 'before' ? -Infinity : LATE * (line.targetSeconds - own.targetSeconds);
    for (const [place, came] of line.cameAt.entries())
      ahead.push({
        at: line.queue === own.queue && goes !== 'before' ? came : came + shift,
        came,
        work,
        leaves: line.leaves,
        probe: index === target || line.probe[place]! < 0 ? line.probe[place]! : -1,
      });
  }
  // one line keeps its order: the sort is stable, and each line stands in its own
  ahead.sort((a, b) => a.at - b.at);
  return { ahead, rate: rate < LEAST_SHARE * all ? 0 : rate };
}

function order(line: Line, own: Line): 'before' | 'among' | 'after' {
  if (line.rank !== own.rank) return line.rank < own.rank ? 'before' : 'after';
  if (line.front !== own.front) return line.front ? 'before' : 'after';
  return 'among';
}
