import { describe, expect, test } from 'vitest';
import { inMinutes, sayAgain, type Standing, type Told } from './say.ts';

describe('a range as it is said', () => {
  test('is rounded outwards, coarser as it grows, and open beyond an hour and a half', () => {
    expect(inMinutes(5, 20)).toEqual({ from: 0, to: 2 });
    expect(inMinutes(250, 470)).toEqual({ from: 4, to: 8 });
    expect(inMinutes(800, 1_300)).toEqual({ from: 10, to: 25 });
    expect(inMinutes(2_000, 3_300)).toEqual({ from: 30, to: 60 });
    expect(inMinutes(3_000, 9_000)).toEqual({ from: 50, to: null });
    expect(inMinutes(300, 300)).toEqual({ from: 5, to: 6 });
  });

  test('always holds what it stands for', () => {
    for (let low = 0; low < 9_000; low += 37)
      for (const width of [0, 20, 200, 2_000]) {
        const { from, to } = inMinutes(low, low + width);
        expect(from * 60).toBeLessThanOrEqual(low);
        if (to !== null) expect(to * 60).toBeGreaterThanOrEqual(low + width);
        if (to !== null) expect(to).toBeGreaterThan(from);
      }
  });
});

describe('again', () => {
  const now = new Date('2026-11-23T10:30:00Z');
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
  const standing = (change: Partial<Standing> = {}): Standing => ({
    open: true,
    staffed: true,
    estimate: { seconds: 300, low: 200, high: 420 },
    priority: 'standard',
    since: before(600),
    ...change,
  });
  /** Told ten minutes ago: 10 to 20 minutes. */
  const told: Told = { what: 'minutes', at: before(600), low: before(0), high: before(-600) };

  test('nothing while it goes as was said', () => {
    expect(sayAgain(told, standing(), 5, now)).toBeNull();
  });

  test('longer, or much shorter, than was said', () => {
    const long = { seconds: 1_200, low: 900, high: 1_500 };
    expect(sayAgain(told, standing({ estimate: long }), 5, now)).toEqual({ what: 'minutes', change: 'longer' });
    const far: Told = { ...told, low: before(-1_200), high: before(-2_400) };
    expect(sayAgain(far, standing(), 5, now)).toEqual({ what: 'minutes', change: 'shorter' });
  });

  test('not sooner than the organisation says, and never where it says never', () => {
    const long = { estimate: { seconds: 5_000, low: 4_000, high: 6_000 } };
    expect(sayAgain({ ...told, at: before(240) }, standing(long), 5, now)).toBeNull();
    expect(sayAgain({ ...told, at: before(301) }, standing(long), 5, now)).not.toBeNull();
    expect(sayAgain({ ...told, at: before(9_000) }, standing(long), 0, now)).toBeNull();
  });

  test('closed and nobody there are said once, and what follows them', () => {
    expect(sayAgain(told, standing({ open: false }), 5, now)).toEqual({ what: 'closed' });
    expect(sayAgain({ ...told, what: 'closed' }, standing({ open: false }), 5, now)).toBeNull();
    expect(sayAgain({ ...told, what: 'closed', low: null, high: null }, standing(), 5, now)).toEqual({
      what: 'minutes',
    });
    expect(sayAgain(told, standing({ staffed: false, estimate: null }), 5, now)).toEqual({ what: 'nobody' });
    expect(sayAgain({ ...told, what: 'nobody' }, standing({ staffed: false }), 5, now)).toBeNull();
  });

  test('who was told nothing hears after two minutes; who is in danger is not told to be patient', () => {
    expect(sayAgain(null, standing({ since: before(60) }), 5, now)).toBeNull();
    expect(sayAgain(null, standing({ since: before(121) }), 5, now)).toEqual({ what: 'minutes' });
    expect(sayAgain(null, standing({ priority: 'critical' }), 5, now)).toBeNull();
  });
});
