import { describe, expect, test } from 'vitest';
import { paceSettings } from '../../trust/contract.ts';
import { normalQuantile } from '../wait/learning/rules.ts';
import { chance } from '../wait/playing/rules.ts';
import { paceReason } from './contract.ts';
import {
  type Decision,
  decide,
  held,
  measure,
  type Measured,
  type Paced,
  placesWithin,
  saturation,
  type Word,
} from './rules.ts';

const settings = paceSettings.parse({});
const calm: Measured = { work: 20, think: 240, reply: 30, oldest: 0, turns: 50 };
const agent = (change: Partial<Paced> = {}): Paced => ({
  capacity: 15,
  least: 2,
  load: 5,
  pace: null,
  paceAt: null,
  reason: null,
  ...change,
});
const MINUTE = 60_000;

test('twenty seconds a reply and twelve at once: what patients who think 60, 240 and 600 s come to', () => {
  const rows = [60, 240, 600].map((think) => {
    const { utilisation, replySeconds } = held(20, think, 12);
    return [saturation(20, think), utilisation.toFixed(think === 60 ? 4 : 3), replySeconds.toFixed(1)];
  });
  expect(rows).toEqual([
    [4, '0.9999', '180.0'],
    [13, '0.801', '59.5'],
    [31, '0.381', '30.1'],
  ]);
});

test('more places never shorten a reply, and the most within a delay is the most', () => {
  const random = chance(4);
  for (let i = 0; i < 300; i += 1) {
    const work = 1 + 120 * random();
    const think = 900 * random();
    const seconds = 10 + 400 * random();
    const most = 1 + Math.floor(20 * random());
    for (let k = 1; k < 20; k += 1) {
      expect(held(work, think, k + 1).replySeconds).toBeGreaterThanOrEqual(held(work, think, k).replySeconds - 1e-9);
      expect(held(work, think, k).utilisation).toBeLessThanOrEqual(1 + 1e-9);
    }
    const places = placesWithin(work, think, seconds, most);
    expect(places).toBeGreaterThanOrEqual(1);
    expect(places).toBeLessThanOrEqual(most);
    if (places > 1) expect(held(work, think, places).replySeconds).toBeLessThanOrEqual(seconds);
    if (places < most) expect(held(work, think, places + 1).replySeconds).toBeGreaterThan(seconds);
  }
});

describe('measuring', () => {
  const at = (seconds: number): number => seconds * 1_000;
  const say = (conversationId: string, seconds: number, from: Word['from']): Word => ({
    conversationId,
    at: at(seconds),
    from,
  });

  test('work begins when the agent was done with the last reply, or when the patient wrote', () => {
    const seen = measure(
      [
        say('a', 0, 'patient'),
        say('b', 5, 'patient'),
        say('a', 20, 'agent'),
        say('b', 50, 'agent'),
        say('a', 80, 'patient'),
        say('a', 90, 'agent'),
      ],
      [],
      new Map(),
      at(90),
    );
    // 20 for a, 30 for b after it, 10 for a again; the fading of 90 s is small
    expect(seen.work).toBeCloseTo(20, 0);
    expect(seen.think).toBeCloseTo(60, 0);
    expect(seen.reply).toBeCloseTo((20 + 45 + 10) / 3, 0);
    expect(seen.oldest).toBe(0);
  });

  test('several words in a row are one reply; several of the patient are one wait', () => {
    const seen = measure(
      [
        say('a', 0, 'patient'),
        say('a', 5, 'patient'),
        say('a', 20, 'agent'),
        say('a', 30, 'agent'),
        say('a', 100, 'patient'),
      ],
      [],
      new Map(),
      at(130),
    );
    expect(seen.work).toBeCloseTo(30, 5);
    expect(seen.think).toBeCloseTo(70, 5);
    expect(seen.reply).toBeCloseTo(20, 5);
    expect(seen.oldest).toBe(30);
  });

  test('a break is no work and no wait; what a hold touches is left out', () => {
    const words = [
      say('a', 0, 'patient'),
      say('a', 620, 'agent'),
      say('b', 600, 'patient'),
      say('b', 900, 'agent'),
    ].sort((a, b) => a.at - b.at);
    const seen = measure(
      words,
      [{ from: at(5), to: at(605) }],
      new Map([['b', [{ from: at(650), to: at(890) }]]]),
      at(900),
    );
    expect(seen.reply).toBeCloseTo(20, 5);
    expect(seen.work).toBeCloseTo(20, 5);
  });

  test('one reply that took an hour does not make the work of an hour, and a clock that went back none below zero', () => {
    const words: Word[] = [];
    for (let i = 0; i < 30; i += 1) words.push(say('a', i * 100, 'patient'), say('a', i * 100 + 20, 'agent'));
    words.push(say('a', 3_000, 'patient'), say('a', 6_600, 'agent'));
    const seen = measure(words, [], new Map(), at(6_600));
    expect(seen.work).toBeLessThan(40);
    const back = measure([say('a', 100, 'patient'), say('a', 50, 'agent')], [], new Map(), at(10));
    for (const value of Object.values(back)) expect(value).toBeGreaterThanOrEqual(0);
  });

  test('nothing written says nothing', () => {
    expect(measure([], [], new Map(), 0)).toEqual({ work: 0, think: 0, reply: 0, oldest: 0, turns: 0 });
  });
});

describe('deciding', () => {
  const now = 10 * 3_600_000;

  test('off, or without a least: places stand as they were given', () => {
    expect(decide(agent(), { ...calm, oldest: 9_999 }, { ...settings, on: false }, now)).toBeNull();
    expect(decide(agent({ least: null }), { ...calm, oldest: 9_999 }, settings, now)).toBeNull();
    expect(decide(agent({ pace: 4 }), calm, { ...settings, on: false }, now)).toEqual({ pace: null, reason: null });
  });

  test('fewer when patients wait longer than the goal; more when they wait clearly less', () => {
    expect(decide(agent({ pace: 8 }), { ...calm, reply: 120 }, settings, now)).toMatchObject({
      pace: 7,
      reason: { what: 'fewer', replySeconds: 120, goalSeconds: 90, workSeconds: 20, thinkSeconds: 240 },
    });
    expect(decide(agent({ pace: 8 }), calm, settings, now)).toMatchObject({ pace: 9, reason: { what: 'more' } });
    // between the two it stays: 75 of 90 s is neither
    expect(decide(agent({ pace: 8 }), { ...calm, reply: 75 }, settings, now)).toBeNull();
    // few replies say nothing
    expect(decide(agent({ pace: 8 }), { ...calm, reply: 120, turns: 3 }, settings, now)).toBeNull();
    // one step in a period
    expect(decide(agent({ pace: 8, paceAt: now - MINUTE }), { ...calm, reply: 120 }, settings, now)).toBeNull();
  });

  test('who waits too long stops what is new, at once, until it is over; then as many as can be held', () => {
    const stopped = decide(agent({ pace: 8, load: 6, paceAt: now - 1 }), { ...calm, oldest: 200 }, settings, now)!;
    expect(stopped).toMatchObject({ pace: 2, reason: { what: 'stopped', oldestSeconds: 200 } });
    const held = agent({ pace: 2, load: 2, paceAt: now, reason: stopped.reason });
    // what ends makes no room while it stands
    expect(decide(held, { ...calm, oldest: 150 }, settings, now)).toMatchObject({
      pace: 1,
      reason: { what: 'stopped' },
    });
    expect(decide({ ...held, load: 6 }, { ...calm, oldest: 150 }, settings, now)).toBeNull();
    expect(decide({ ...held, load: 6 }, { ...calm, oldest: 20 }, settings, now)).toMatchObject({
      pace: 6,
      reason: { what: 'resumed' },
    });
    // of six held, four are what these measures allow
    const hurried = { ...calm, think: 60, oldest: 20 };
    expect(decide({ ...held, load: 9 }, hurried, settings, now)).toMatchObject({ pace: placesWithin(20, 60, 90, 15) });
    // nobody is held: nobody waits for this agent
    expect(decide({ ...held, load: 0, pace: 0 }, calm, settings, now)).toMatchObject({ pace: 2 });
  });

  test('whatever is measured: within the bounds, one step a period but for a stop and its end, and a sentence’s numbers', () => {
    const random = chance(11);
    for (let run = 0; run < 60; run += 1) {
      const capacity = Math.floor(16 * random());
      let one = agent({ capacity, least: 1 + Math.floor(5 * random()), load: 0 });
      let at = now;
      for (let step = 0; step < 80; step += 1) {
        at += Math.floor(2 * MINUTE * random()) - (random() < 0.05 ? 5 * MINUTE : 0);
        const places = Math.min(capacity, one.pace ?? capacity);
        one = { ...one, load: Math.floor((places + 1) * random()) };
        const seen: Measured = {
          work: 60 * random(),
          think: 900 * random(),
          reply: 300 * random(),
          oldest: random() < 0.1 ? 400 * random() : 0,
          turns: 20 * random(),
        };
        const decision: Decision = decide(one, seen, settings, at);
        if (!decision) continue;
        expect(decision.pace).not.toBeNull();
        const to = decision.pace!;
        expect(paceReason.parse(decision.reason)).toMatchObject({ places: to });
        expect(to).toBeLessThanOrEqual(capacity);
        const { what } = decision.reason!;
        if (what === 'stopped') expect(to).toBeLessThan(one.load);
        else {
          expect(to).toBeGreaterThanOrEqual(Math.min(one.least!, capacity));
          if (what !== 'resumed') {
            expect(Math.abs(to - places)).toBe(1);
            if (one.paceAt !== null && at >= one.paceAt && places >= Math.min(one.least!, capacity))
              expect(at - one.paceAt).toBeGreaterThanOrEqual(settings.periodSeconds * 1_000);
          }
        }
        one = { ...one, pace: to, paceAt: at, reason: decision.reason };
      }
    }
  });
});

// ── played out ──────────────────────────────────────────────────────────────────────────────────────────────────

type Shift = { work: number; think: (hour: number) => number; hours: number; seed: number };

/** One agent before an endless queue: chats of some turns, one reply at a time, oldest first. @param places fixed, or by the rules */
function playOut({ work, think, hours, seed }: Shift, places: number | 'measured') {
  const random = chance(seed);
  const around = (mean: number, sigma: number): number =>
    mean * Math.exp(sigma * normalQuantile(Math.min(0.999_999, Math.max(1e-6, random()))) - sigma ** 2 / 2);
  let one = agent({ capacity: 15, least: 2, load: 0 });
  const most = (): number => (places === 'measured' ? Math.min(15, one.pace ?? 15) : places);
  const words: Word[] = [];
  const thinking: { at: number; id: string }[] = [];
  const line: { since: number; id: string }[] = [];
  let count = 0;
  let now = 0;
  let busyUntil: number | null = null;
  let serving: { since: number; id: string } | null = null;
  let worked = 0;
  const delays: number[] = [];
  let nextLook = MINUTE;
  const end = hours * 3_600_000;
  const warm = 2 * 3_600_000;
  while (now < end) {
    for (; one.load < most(); one = { ...one, load: one.load + 1 }) {
      const id = `c${(count += 1)}`;
      line.push({ since: now, id });
      words.push({ conversationId: id, at: now, from: 'patient' });
    }
    if (!serving && line.length > 0) {
      serving = line.shift()!;
      busyUntil = now + 1_000 * around(work, 0.6);
      if (now > warm) worked += busyUntil - now;
    }
    thinking.sort((a, b) => a.at - b.at);
    const next = Math.min(busyUntil ?? Infinity, thinking[0]?.at ?? Infinity, nextLook);
    now = next;
    if (next === nextLook) {
      nextLook += MINUTE;
      if (places !== 'measured') continue;
      const recent = words.filter((word) => word.at > now - 3 * 3_600_000);
      const decision = decide(one, measure(recent, [], new Map(), now), settings, now);
      if (decision) one = { ...one, pace: decision.pace, reason: decision.reason, paceAt: now };
    } else if (next === busyUntil) {
      words.push({ conversationId: serving!.id, at: now, from: 'agent' });
      if (now > warm) delays.push((now - serving!.since) / 1_000);
      if (random() < 1 / 8) one = { ...one, load: one.load - 1 };
      else thinking.push({ at: now + 1_000 * around(think(now / 3_600_000), 0.8), id: serving!.id });
      serving = null;
      busyUntil = null;
    } else {
      const { id } = thinking.shift()!;
      line.push({ since: now, id });
      words.push({ conversationId: id, at: now, from: 'patient' });
    }
  }
  return {
    utilisation: worked / (end - warm),
    reply: delays.reduce((sum, each) => sum + each, 0) / delays.length,
    late: delays.filter((each) => each > 2 * settings.stopSeconds).length / delays.length,
  };
}

test('played out: replies stay about the goal, and the agent is nearly as busy as with the best fixed number', () => {
  for (const think of [60, 240, 600]) {
    const shift: Shift = { work: 20, think: () => think, hours: 12, seed: 3 + think };
    const fixed = Array.from({ length: 15 }, (_, i) => playOut(shift, i + 1));
    const best = fixed
      .filter((one) => one.reply <= settings.replySeconds)
      .reduce((a, b) => (a.utilisation > b.utilisation ? a : b));
    const seen = playOut(shift, 'measured');
    expect(seen.reply, `think ${think}`).toBeLessThan(settings.replySeconds);
    expect(seen.utilisation, `think ${think}`).toBeGreaterThan(0.93 * best.utilisation);
    expect(seen.late, `think ${think}`).toBeLessThan(0.02);
  }
});

test('played out: patients who become hurried in the middle of a shift are not left waiting', () => {
  const seen = playOut({ work: 25, think: (hour) => (hour < 6 ? 600 : 90), hours: 12, seed: 9 }, 'measured');
  const fixed = playOut({ work: 25, think: (hour) => (hour < 6 ? 600 : 90), hours: 12, seed: 9 }, 15);
  expect(seen.reply).toBeLessThan(settings.stopSeconds);
  expect(seen.reply).toBeLessThan(0.7 * fixed.reply);
});
