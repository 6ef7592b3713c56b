import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOff, fitName, numberPause, Pace } from './rules.ts';

test('a pace lets a burst go and then one each so often, never more', () => {
  const pace = new Pace(6_000, 39 * 6_000);
  let now = 1_000_000;
  let gone = 0;
  while (pace.waitAt(now) === 0) {
    pace.spend(now, 1);
    gone += 1;
  }
  expect(gone).toBe(40);
  expect(pace.waitAt(now)).toBe(6_000);
  now += 6_000;
  expect(pace.waitAt(now)).toBe(0);
  pace.spend(now, 1);
  expect(pace.waitAt(now)).toBe(6_000);
  expect(pace.isFull(now)).toBe(false);
  expect(pace.isFull(now + 40 * 6_000)).toBe(true);
});

test('whatever comes when, no stretch of time holds more than burst and rate', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (gaps) => {
      const pace = new Pace(100, 900);
      const went: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        if (pace.waitAt(now) > 0) continue;
        pace.spend(now, 1);
        went.push(now);
      }
      for (const [i, from] of went.entries()) {
        for (const [j, to] of went.entries())
          if (j > i) expect(j - i + 1).toBeLessThanOrEqual(10 + (to - from) / 100 + 1);
      }
    }),
  );
});

test('waits grow, stay under five minutes, and differ by chance', () => {
  expect(backOff(1, 1_000, 2, 1)).toBe(1_000);
  expect(backOff(4, 1_000, 2, 1)).toBe(8_000);
  expect(backOff(3, 1_000, 4, 1)).toBe(16_000);
  expect(backOff(3, 1_000, 4, 0)).toBe(8_000);
  expect(backOff(60, 1_000, 2, 1)).toBe(300_000);
  expect(numberPause(1, 1_000, 1)).toBe(500);
  expect(numberPause(60, 1_000, 1)).toBe(16_000);
});

test('a name keeps its letters and loses what deceives the eye', () => {
  expect(fitName('factura\u202Egpj.exe', 255)).toBe('facturagpj.exe');
  expect(fitName(' Gal·la\u200B Puig\n ', 200)).toBe('Gal·la Puig');
  for (const whole of ['👩‍👩‍👧‍👦 Familia', 'محمد', 'می‌خواهم', '<b>Ana</b>', '李']) expect(fitName(whole, 200)).toBe(whole);
  for (const nothing of [undefined, '', '\u202E\u2066', ' \u200B\uFEFF ', '\0'])
    expect(fitName(nothing, 200)).toBeUndefined();
  expect(fitName('👍'.repeat(300), 200)).toBe('👍'.repeat(200));
});
