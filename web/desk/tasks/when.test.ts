import { expect, test } from 'vitest';
import { groupOf, momentOf, usual, wallOf } from './when.ts';

const MADRID = 'Europe/Madrid';

test.each([
  ['2026-11-24', '10:00', MADRID, '2026-11-24T09:00:00.000Z'],
  ['2026-07-01', '10:00', MADRID, '2026-07-01T08:00:00.000Z'],
  // the day on which the clock is put back, and forward
  ['2026-10-25', '10:00', MADRID, '2026-10-25T09:00:00.000Z'],
  ['2026-03-29', '10:00', MADRID, '2026-03-29T08:00:00.000Z'],
  ['2026-11-24', '10:00', 'America/Argentina/Buenos_Aires', '2026-11-24T13:00:00.000Z'],
  ['2026-11-24', '00:15', 'Asia/Tokyo', '2026-11-23T15:15:00.000Z'],
])('%s %s in %s is one moment, and is shown as it was written', (day, time, zone, moment) => {
  const at = momentOf(day, time, zone)!;
  expect(at.toISOString()).toBe(moment);
  expect(wallOf(at, zone)).toEqual({ day, time });
});

test('what is no time is none', () => {
  expect(momentOf('', '10:00', MADRID)).toBeNull();
  expect(momentOf('2026-11-24', '', MADRID)).toBeNull();
});

test('what is offered lies ahead', () => {
  for (const clock of ['05:00', '12:34', '16:30', '22:59']) {
    const now = momentOf('2026-11-24', clock, MADRID)!;
    for (const one of usual(now, MADRID)) expect(one.at.getTime()).toBeGreaterThan(now.getTime());
  }
});

test('a task stands where its time is', () => {
  const now = momentOf('2026-11-24', '12:00', MADRID)!;
  const at = (day: string, time: string) => groupOf(momentOf(day, time, MADRID)!, now, MADRID);
  expect([at('2026-11-24', '11:00'), at('2026-11-24', '11:58'), at('2026-11-24', '12:10')]).toEqual([
    'late',
    'now',
    'now',
  ]);
  expect([at('2026-11-24', '18:00'), at('2026-11-25', '00:01'), at('2026-11-30', '09:00')]).toEqual([
    'today',
    'tomorrow',
    'after',
  ]);
});
