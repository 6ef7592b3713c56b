import type { PaceSettings } from '../../trust/contract.ts';
import type { PaceReason } from './contract.ts';

/*
 * How many written conversations an agent can hold at once depends on how long a reply takes (S) and how long patients
 * think before they write again (Z), and both are measured. It is the model of one who repairs machines: K patients, each either
 * thinking or waiting for a reply. It saturates at K* = (Z + S) / S; long before that the wait for a reply grows.
 */

/** Conversations at which an agent has no pause left: K* = (Z + S) / S. @param work seconds of work a reply, more than 0 */
export const saturation = (work: number, think: number): number => (think + work) / work;

/**
 * What K conversations at once come to (mean value analysis of a closed queue, Reiser and Lavenberg 1980): the share of the
 * time the agent works, and the seconds from a patient's word to the reply.
 */
export function held(work: number, think: number, places: number): { utilisation: number; replySeconds: number } {
  let inLine = 0;
  let replySeconds = work;
  let utilisation = 0;
  for (let k = 1; k <= places; k += 1) {
    replySeconds = work * (1 + inLine);
    const perSecond = k / (think + replySeconds);
    inLine = perSecond * replySeconds;
    utilisation = perSecond * work;
  }
  return { utilisation, replySeconds };
}

/** The most conversations at which a reply takes at most so long; never fewer than one. */
export function placesWithin(work: number, think: number, seconds: number, most: number): number {
  let places = 1;
  while (places < most && held(work, think, places + 1).replySeconds <= seconds) places += 1;
  return places;
}

// ── measuring ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A message of a conversation that the agent holds or held; in milliseconds. */
export type Word = { conversationId: string; at: number; from: 'patient' | 'agent' };
/** From, to: a time in which the agent did not work, or a conversation was on hold. */
export type Pause = { from: number; to: number };

export type Measured = {
  /** Seconds of work a reply, and of thinking before the patient's next word. */
  work: number;
  think: number;
  /** Seconds from the first unanswered word to the reply, lately. */
  reply: number;
  /** Seconds that whoever waits longest waits now; 0: nobody does. */
  oldest: number;
  /** Replies that this rests on, the late ones counting less. */
  turns: number;
};

/** How work and thinking fade, and the delay of replies: that one must follow what is now. */
const FADE_MINUTES = 45;
const REPLY_FADE_MINUTES = 12;
/** A patient who went away for longer than this thought no longer. */
const THINK_MOST_SECONDS = 1_800;
/** A reply is not thought to take more than so many times the usual: something else came between. */
const WORK_MOST_TIMES = 4;
const WORK_MOST_AT_LEAST_SECONDS = 60;

/**
 * Measures an agent by what was written. A reply's work begins when the agent was done with the last one, or when
 * the patient wrote, if that was later; words that follow a reply without an answer in between belong to it. Breaks do not
 * count as waiting or work, and what a hold touches is left out.
 * @param words in time order
 * @param breaks times in which the agent did not work, in order and apart
 * @param holds by conversation
 */
export function measure(
  words: readonly Word[],
  breaks: readonly Pause[],
  holds: ReadonlyMap<string, readonly Pause[]>,
  now: number,
): Measured {
  const worked = workedClock(breaks);
  const pending = new Map<string, number>();
  const answered = new Map<string, number>();
  const works: Sample[] = [];
  const thinks: Sample[] = [];
  const replies: Sample[] = [];
  let last: number | undefined;
  for (const { conversationId, at, from } of words) {
    const pauses = holds.get(conversationId) ?? [];
    if (from === 'patient') {
      const before = answered.get(conversationId);
      if (before !== undefined && !pending.has(conversationId) && !touches(pauses, before, at))
        thinks.push({ seconds: Math.min(THINK_MOST_SECONDS, (at - before) / 1_000), at });
      if (!pending.has(conversationId)) pending.set(conversationId, at);
      continue;
    }
    const asked = pending.get(conversationId);
    if (asked !== undefined) {
      if (!touches(pauses, asked, at)) {
        replies.push({ seconds: worked(asked, at), at });
        works.push({ seconds: worked(Math.max(asked, last ?? asked), at), at });
      }
      pending.delete(conversationId);
    } else if (last !== undefined && answered.get(conversationId) === last && works.length > 0) {
      // more of the same reply
      const more = worked(last, at);
      if (more < THINK_MOST_SECONDS / 30) works[works.length - 1]!.seconds += more;
    }
    answered.set(conversationId, at);
    last = at;
  }
  let oldest = 0;
  for (const [conversationId, at] of pending)
    if (!touches(holds.get(conversationId) ?? [], at, now)) oldest = Math.max(oldest, worked(at, now));
  const usual = median(works.map((one) => one.seconds));
  const most = Math.max(WORK_MOST_AT_LEAST_SECONDS, WORK_MOST_TIMES * usual);
  const turns = works.reduce((sum, one) => sum + faded(one.at, now, FADE_MINUTES), 0);
  return {
    work: mean(
      works.map((one) => ({ ...one, seconds: Math.min(one.seconds, most) })),
      now,
      FADE_MINUTES,
    ),
    think: mean(thinks, now, FADE_MINUTES),
    reply: mean(replies, now, REPLY_FADE_MINUTES),
    oldest,
    turns,
  };
}

type Sample = { seconds: number; at: number };

const faded = (at: number, now: number, minutes: number): number => 0.5 ** (Math.max(0, now - at) / 60_000 / minutes);

function mean(samples: Sample[], now: number, minutes: number): number {
  let sum = 0;
  let weight = 0;
  for (const { seconds, at } of samples) {
    const one = faded(at, now, minutes);
    sum += one * seconds;
    weight += one;
  }
  return weight === 0 ? 0 : sum / weight;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

const touches = (pauses: readonly Pause[], from: number, to: number): boolean =>
  pauses.some((pause) => pause.from < to && pause.to > from);

/** Seconds of a time without the breaks in it; never less than none, whatever the clock did. */
function workedClock(breaks: readonly Pause[]): (from: number, to: number) => number {
  return (from, to) => {
    let ms = Math.max(0, to - from);
    for (const pause of breaks) ms -= Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from));
    return Math.max(0, ms) / 1_000;
  };
}

// ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────

export type Paced = {
  /** Bounds: as given by the agent's settings; `least` null: places stand as they were given. */
  capacity: number;
  least: number | null;
  load: number;
  /** Places now; null: the capacity. */
  pace: number | null;
  /** When it last changed, in milliseconds. */
  paceAt: number | null;
  reason: PaceReason | null;
};

/** Null: leave it as it is. */
export type Decision = { pace: number | null; reason: PaceReason | null } | null;

/** Fewer replies than this say nothing yet. */
const LEAST_TURNS = 6;
/** Up again only when the delay is clearly under the goal, so that it does not swing. */
const EASY = 0.75;
/** Taken up again when the one who waits longest waits less than this share of the stop. */
const OVER = 0.5;

/**
 * How many places an agent has from now on. One more or one fewer in a period, within the agent's bounds: fewer when patients
 * wait longer for a reply than the goal, or would by what was measured; more when they wait clearly less and
 * would still with one more. When anybody waits too long nothing new comes at all, at once; after it, as many as the measures say.
 */
export function decide(agent: Paced, seen: Measured, settings: PaceSettings, now: number): Decision {
  if (!settings.on || agent.least === null || agent.capacity === 0)
    return agent.pace === null && agent.reason === null ? null : { pace: null, reason: null };
  const least = Math.min(agent.least, agent.capacity);
  const places = Math.min(agent.capacity, agent.pace ?? agent.capacity);
  const told = (what: PaceReason['what'], to: number): Decision => ({
    pace: to,
    reason: {
      what,
      places: to,
      replySeconds: Math.round(seen.reply),
      goalSeconds: settings.replySeconds,
      workSeconds: Math.round(seen.work),
      thinkSeconds: Math.round(seen.think),
      oldestSeconds: Math.round(seen.oldest),
    },
  });
  const stop = Math.max(settings.stopSeconds, settings.replySeconds);
  // one place under what is held: were it just that, whatever ends would be filled again before the next look
  const full = Math.min(least, Math.max(0, agent.load - 1));

  const measured = seen.turns >= LEAST_TURNS && seen.work > 0;
  const could = measured ? placesWithin(seen.work, seen.think, settings.replySeconds, agent.capacity) : agent.capacity;
  if (agent.reason?.what === 'stopped') {
    if (agent.load > 0 && seen.oldest > OVER * stop) return full < places ? told('stopped', full) : null;
    // with as many as were held it came to the stop: no more than the measures say can be held
    return told('resumed', Math.min(agent.capacity, Math.max(least, Math.min(agent.load, could))));
  }
  if (agent.load > 0 && seen.oldest > stop) return told('stopped', full);

  // the bounds were changed
  if (places < least) return told('more', places + 1);
  if (agent.pace !== null && agent.pace > agent.capacity) return told('fewer', agent.capacity);
  if (!measured) return null;
  if (agent.paceAt !== null && now >= agent.paceAt && now - agent.paceAt < settings.periodSeconds * 1_000) return null;
  if (places > least && (seen.reply > settings.replySeconds || could < places - 1)) return told('fewer', places - 1);
  if (places < agent.capacity && could > places && seen.reply < EASY * settings.replySeconds)
    return told('more', places + 1);
  return null;
}
