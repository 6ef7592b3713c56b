import { describe, expect, test } from 'vitest';
import { totalsOf, type RoomAgent, type RoomQueue } from './contract.ts';
import { type Calendar, isOpen, nextOpening } from '../../routing/rules.ts';
import { adviceFor, type Arrivals, forecast, percentile, stateOf } from './rules.ts';

const NOW = Date.parse('2026-11-16T10:05:00Z');
const QUARTER = Date.parse('2026-11-16T10:00:00Z');
const same = (items: number, weeks: number): Arrivals[] =>
  Array.from({ length: weeks }, (_, week) => week + 1).flatMap((week) =>
    [0, 1, 2, 3, 4].map((quarter) => ({ week, quarter, items })),
  );
const ask = (more: Partial<Parameters<typeof forecast>[0]> = {}) =>
  forecast({
    now: NOW,
    quarterStart: QUARTER,
    weeks: 6,
    arrivals: same(30, 6),
    handlingSeconds: 600,
    present: 20,
    places: 40,
    ...more,
  });

describe('the coming hour', () => {
  test('says nothing of a weekday seen less than twice, or of work that was never finished', () => {
    expect(ask({ weeks: 1 })).toEqual({ state: 'short_history' });
    expect(ask({ handlingSeconds: null })).toEqual({ state: 'short_history' });
  });

  test('comes to arrivals times handling time (Little), from what there is now, within its band', () => {
    const coming = ask({ present: 0 });
    if (coming.state !== 'ready') throw new Error('no forecast');
    expect(coming.points[0]).toMatchObject({ expected: 0, low: 0, high: 0 });
    // 30 in 900 s, 600 s each: 20 at once in the long run, e⁻⁶ of the way missing after an hour
    expect(coming.points.at(-1)!.expected).toBeCloseTo(20 * (1 - Math.exp(-6)), 1);
    expect(coming.points).toHaveLength(13);
    for (const point of coming.points.slice(1)) {
      expect(point.low).toBeLessThan(point.expected);
      expect(point.high).toBeGreaterThan(point.expected);
    }
    expect(coming.short).toBeNull();
  });

  test('what is in hand and nothing follows drains away', () => {
    const coming = ask({ arrivals: same(0, 6), present: 30 });
    if (coming.state !== 'ready') throw new Error('no forecast');
    expect(coming.points.map((point) => point.expected)).toEqual(
      [...coming.points.map((point) => point.expected)].sort((a, b) => b - a),
    );
    expect(coming.points.at(-1)!.expected).toBeLessThan(0.2);
  });

  test('the last weeks weigh most', () => {
    const risen = same(10, 6).map((one) => (one.week <= 2 ? { ...one, items: 40 } : one));
    const coming = ask({ arrivals: risen, present: 0 });
    if (coming.state !== 'ready') throw new Error('no forecast');
    // a plain mean would be 20 in a quarter of an hour: 13.3 at once
    expect(coming.points.at(-1)!.expected).toBeGreaterThan(14.5);
  });

  test('says when places are missing and how many at most', () => {
    const coming = ask({ places: 15, present: 10 });
    if (coming.state !== 'ready') throw new Error('no forecast');
    expect(coming.short!.places).toBe(Math.ceil(Math.max(...coming.points.map((one) => one.expected)) - 15));
    expect(Date.parse(coming.short!.from)).toBeGreaterThan(NOW);
    expect(coming.short!.to).toBe(coming.points.at(-1)!.at);
  });
});

const queue = (id: string, more: Partial<RoomQueue> = {}): RoomQueue => ({
  id,
  key: id,
  names: { es: id, ca: id, en: id, pt: id },
  entityId: null,
  open: true,
  opening: null,
  targetSeconds: 120,
  goal: 0.8,
  waiting: { critical: 0, urgent: 0, standard: 0, low: 0 },
  ages: { fresh: 0, near: 0, over: 0 },
  oldest: null,
  inHand: 0,
  lastHalfHour: { within: 0, offered: 0 },
  trend: [],
  today: { within: 0, offered: 0 },
  abandoned: 0,
  queued: 0,
  free: 5,
  places: 15,
  agents: 1,
  ...more,
});
const late = queue('late', {
  waiting: { critical: 0, urgent: 0, standard: 4, low: 0 },
  ages: { fresh: 1, near: 0, over: 3 },
  free: 0,
  lastHalfHour: { within: 7, offered: 10 },
});
const nothing = {
  queues: [],
  agents: [],
  critical: [],
  forecast: { state: 'short_history' as const },
  unserved: [],
  failing: [],
};

describe('what is worth doing', () => {
  test('nothing, in a calm room', () => {
    expect(adviceFor({ ...nothing, queues: [queue('calm')] })).toEqual([]);
  });

  test('a late queue without a free place is helped by one that has some and nobody waiting', () => {
    expect(adviceFor({ ...nothing, queues: [late, queue('spare', { free: 4 })] })).toEqual([
      { kind: 'queue_late', queueId: 'late', share: 0.7, over: 3, spare: { queueId: 'spare', free: 4 }, move: 2 },
    ]);
    const busy = queue('busy', { free: 4, waiting: { critical: 0, urgent: 0, standard: 1, low: 0 } });
    expect(adviceFor({ ...nothing, queues: [late, busy, queue('closed', { open: false })] })).toMatchObject([
      { kind: 'queue_late', spare: null, move: 0 },
    ]);
    expect(adviceFor({ ...nothing, queues: [{ ...late, free: 1 }] })).toEqual([]);
  });

  test('whoever is in danger comes first, then who can be served by nobody', () => {
    const since = '2026-11-16T10:00:00.000Z';
    const agent = { id: 'a', name: 'Ramón', state: 'gone', since, load: 3 } as RoomAgent;
    const kinds = adviceFor({
      ...nothing,
      queues: [late],
      agents: [agent, { ...agent, load: 0 }],
      critical: [{ itemId: 'i', queueId: 'late', since, offeredTo: null }],
      unserved: [{ queueId: 'late', why: 'nobody_can', items: 2 }],
      failing: [
        { channel: 'whatsapp', failed: 14, since },
        { channel: 'webchat', failed: 1, since },
      ],
    }).map((one) => one.kind);
    expect(kinds).toEqual(['critical', 'unserved', 'queue_late', 'gone', 'deliveries']);
  });
});

test('figures of queues together; the goal of all weighs each by what came in', () => {
  const totals = totalsOf([
    queue('a', { goal: 0.9, today: { within: 9, offered: 10 }, abandoned: 1, queued: 10 }),
    queue('b', { goal: 0.6, today: { within: 15, offered: 30 }, queued: 30 }),
  ]);
  expect(totals.today).toEqual({ within: 24, offered: 40 });
  expect(totals.goal).toBeCloseTo((0.9 * 10 + 0.6 * 30) / 40);
  expect(totals.goalNow).toBeNull();
  expect([totals.abandoned, totals.queued]).toEqual([1, 40]);
});

test('the nearest rank of a percentile', () => {
  expect(percentile([], 0.95)).toBeNull();
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([...Array(100).keys()].reverse(), 0.95)).toBe(94);
});

test('an agent on the phone is on a call; one who vanished is gone whatever they were', () => {
  expect(stateOf({ presence: 'available', gone: false, onCall: true })).toBe('call');
  expect(stateOf({ presence: 'busy', gone: true, onCall: true })).toBe('gone');
  expect(stateOf({ presence: 'break', gone: false, onCall: false })).toBe('break');
});

describe('a queue opened or closed for a while', () => {
  const at = (time: string): Date => new Date(`2026-11-16T${time}:00Z`);
  const until = (open: boolean, from: string, to: string) => ({
    open,
    from: at(from).getTime(),
    until: at(to).getTime(),
  });
  const calendar: Calendar = { hours: { mon: [['08:00', '20:00']] }, holidays: [], timezone: 'UTC' };

  test('counts whatever the hours say, until it is over; the latest that stands counts', () => {
    const closed = { ...calendar, exceptions: [until(false, '10:00', '11:00')] };
    expect(['09:59', '10:00', '10:59', '11:00'].map((time) => isOpen(closed, at(time)))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    const opened = { ...calendar, exceptions: [until(true, '21:00', '22:00'), until(false, '20:30', '23:00')] };
    expect(['20:45', '21:30', '22:00'].map((time) => isOpen(opened, at(time)))).toEqual([false, true, false]);
  });

  test('opens next when the closing is over, or later by its hours', () => {
    expect(nextOpening({ ...calendar, exceptions: [until(false, '10:00', '11:00')] }, at('10:30'))).toEqual(
      at('11:00'),
    );
    expect(nextOpening({ ...calendar, exceptions: [until(false, '07:00', '09:15')] }, at('07:30'))).toEqual(
      at('09:15'),
    );
    expect(nextOpening({ ...calendar, exceptions: [until(false, '19:00', '21:00')] }, at('19:30'))).toEqual(
      new Date('2026-11-23T08:00:00Z'),
    );
    expect(nextOpening(calendar, at('07:30'))).toEqual(at('08:00'));
  });
});
