import { describe, expect, test } from 'vitest';
import type { Calendar } from '../rules.ts';
import { callBackSettings, CALL_BACK_STATES } from './contract.ts';
import { dialable, spoken } from './numbers.ts';
import {
  CALL_BACK_STEPS,
  covered,
  isQuiet,
  nextCallable,
  nextTry,
  placesOf,
  slotsOf,
  wallClock,
  weighted,
} from './rules.ts';
import { whenText } from './texts.ts';

const settings = callBackSettings.parse({});
const office: Calendar = {
  hours: {
    mon: [['09:00', '14:00']],
    tue: [['09:00', '14:00']],
    wed: [['09:00', '14:00']],
    thu: [['09:00', '14:00']],
    fri: [['09:00', '14:00']],
  },
  holidays: [
    { date: '2026-11-25', spans: [['10:00', '11:00']] },
    { date: '2026-11-26', spans: [] },
  ],
  timezone: 'Europe/Madrid',
};
const always: Calendar = { hours: null, holidays: [], timezone: 'Europe/Madrid' };

describe('slots', () => {
  test('are those of the hours, of the holidays, and of so many days ahead', () => {
    // Tuesday noon; Wednesday has one hour, Thursday none
    const slots = slotsOf(office, { slotMinutes: 30, daysAhead: 3 }, new Date('2026-11-24T11:10:00Z'));
    expect(slots.map((slot) => slot.local)).toEqual([
      '2026-11-24T12:30',
      '2026-11-24T13:00',
      '2026-11-24T13:30',
      '2026-11-25T10:00',
      '2026-11-25T10:30',
      ...['09:00', '09:30', '10:00', '10:30', '11:00', '11:30', '12:00', '12:30', '13:00', '13:30'].map(
        (time) => `2026-11-27T${time}`,
      ),
    ]);
  });

  test('no slot reaches beyond the closing hour', () => {
    const odd: Calendar = { ...office, hours: { tue: [['09:00', '09:50']] } };
    const slots = slotsOf(odd, { slotMinutes: 20, daysAhead: 0 }, new Date('2026-11-24T07:00:00Z'));
    expect(slots.map((slot) => slot.local.slice(11))).toEqual(['09:00', '09:20']);
  });

  test('the night when the clock goes forward has no slot of the hour that is not there', () => {
    const slots = slotsOf(always, { slotMinutes: 30, daysAhead: 0 }, new Date('2026-03-28T23:00:00Z'));
    const locals = slots.map((slot) => slot.local);
    expect(slots).toHaveLength(46);
    expect(locals.some((local) => local.startsWith('2026-03-29T02'))).toBe(false);
    expect(locals.slice(2, 6)).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-29T03:00',
      '2026-03-29T03:30',
    ]);
  });

  test('the night when it goes back has the hour that comes twice, twice, and no two slots at one moment', () => {
    const slots = slotsOf(always, { slotMinutes: 30, daysAhead: 0 }, new Date('2026-10-24T22:00:00Z'));
    expect(slots).toHaveLength(50);
    expect(new Set(slots.map((slot) => slot.startsAt.getTime())).size).toBe(50);
    expect(slots.filter((slot) => slot.local.endsWith('T02:30'))).toHaveLength(2);
    expect(slots.every((slot) => slot.endsAt.getTime() - slot.startsAt.getTime() === 30 * 60_000)).toBe(true);
  });

  test.each(['Asia/Kathmandu', 'America/Argentina/Buenos_Aires', 'America/Santiago'])(
    '%s: as its wall says',
    (timezone) => {
      const slots = slotsOf(
        { ...office, timezone },
        { slotMinutes: 15, daysAhead: 1 },
        new Date('2026-11-24T00:00:00Z'),
      );
      expect(slots.length).toBeGreaterThan(0);
      for (const slot of slots) {
        expect(wallClock(slot.startsAt, timezone)).toBe(slot.local);
        expect(slot.local.slice(11) >= '09:00' && slot.local.slice(11) <= '13:45').toBe(true);
      }
    },
  );
});

describe('how many', () => {
  const load = { arrivals: 0, handled: 0, weeks: 0, agents: 4, handleSeconds: 360 };
  test('newer weeks count more', () => {
    expect(weighted([10, 10, 10])).toBe(10);
    expect(weighted([20, 0])).toBeCloseTo(20 / 1.7);
    expect(weighted([0, 20])).toBeCloseTo(14 / 1.7);
    expect(weighted([])).toBe(0);
  });
  test('with little history, a share of what those who serve the queue could answer', () => {
    // four people, 15 minutes, six minutes each: ten answers, of which three in ten
    expect(placesOf(load, settings)).toBe(3);
    expect(placesOf({ ...load, agents: 1 }, settings)).toBe(1);
    expect(placesOf({ ...load, agents: 0 }, settings)).toBe(0);
  });
  test('with history, a share of what is answered, less what comes beyond it', () => {
    const known = { ...load, weeks: 4 };
    expect(placesOf({ ...known, arrivals: 20, handled: 20 }, settings)).toBe(6);
    expect(placesOf({ ...known, arrivals: 24, handled: 20 }, settings)).toBe(2);
    expect(placesOf({ ...known, arrivals: 40, handled: 20 }, settings)).toBe(0);
    expect(placesOf({ ...known, arrivals: 1, handled: 1 }, settings)).toBe(1);
    // at an hour at which nobody ever answered nobody is promised a call
    expect(placesOf({ ...known, arrivals: 0, handled: 0 }, settings)).toBe(0);
  });
  test('never more than the cap', () => {
    expect(placesOf({ ...load, weeks: 8, arrivals: 900, handled: 900 }, { ...settings, most: 7 })).toBe(7);
    expect(placesOf({ ...load, agents: 500 }, { ...settings, most: 7 })).toBe(7);
  });
});

describe('tries', () => {
  test('after ten minutes, after two hours, the next morning; then never', () => {
    const at = new Date('2026-11-23T09:00:00Z'); // Monday 10:00
    expect(nextTry(1, at, { ...settings, tries: 4 }, always)).toEqual(new Date('2026-11-23T09:10:00Z'));
    expect(nextTry(2, at, { ...settings, tries: 4 }, always)).toEqual(new Date('2026-11-23T11:00:00Z'));
    expect(nextTry(3, at, { ...settings, tries: 4 }, always)).toEqual(new Date('2026-11-24T08:00:00Z'));
    expect(nextTry(4, at, { ...settings, tries: 4 }, always)).toBeNull();
    expect(nextTry(3, at, settings, always)).toBeNull();
  });
  test('only while the queue is open', () => {
    // Tuesday 13:30, two hours later it is closed and Wednesday is a holiday from ten to eleven
    expect(nextTry(2, new Date('2026-11-24T12:30:00Z'), settings, office)).toEqual(new Date('2026-11-25T09:00:00Z'));
    // then Thursday is closed, Friday opens at nine
    expect(nextTry(2, new Date('2026-11-25T09:30:00Z'), settings, office)).toEqual(new Date('2026-11-27T08:00:00Z'));
  });
  test('never in quiet hours', () => {
    expect(nextTry(1, new Date('2026-11-23T19:55:00Z'), settings, always)).toEqual(new Date('2026-11-24T08:00:00Z'));
    expect(isQuiet(new Date('2026-11-23T20:00:00Z'), 'Europe/Madrid', settings)).toBe(true);
    expect(isQuiet(new Date('2026-11-23T08:00:00Z'), 'Europe/Madrid', settings)).toBe(false);
    expect(isQuiet(new Date('2026-11-23T12:00:00Z'), 'Europe/Madrid', { quietFrom: '13:00', quietTo: '15:00' })).toBe(
      true,
    );
  });
  test('a queue that never opens calls nobody', () => {
    expect(nextCallable({ ...office, hours: {} }, settings, new Date('2026-12-01T00:00:00Z'))).toBeNull();
  });
});

test('every state has its steps, and an end has none', () => {
  expect(Object.keys(CALL_BACK_STEPS).sort()).toEqual([...CALL_BACK_STATES].sort());
  for (const end of ['reached', 'gave_up', 'revoked', 'merged'] as const) expect(CALL_BACK_STEPS[end]).toEqual([]);
});

describe('numbers', () => {
  test.each([
    ['612 34 56 78', 'ES', '+34612345678'],
    ['+34 612-345-678', 'AR', '+34612345678'],
    ['011 4123-4567', 'AR', '+541141234567'],
    ['(11) 96123-4567', 'BR', '+5511961234567'],
  ])('%s in %s', (written, country, number) => expect(dialable(written, country)).toBe(number));
  test.each(['', '112', '12345', 'llámenme', '+34 612', '9'.repeat(60), '061'])('%s is no number to call', (written) =>
    expect(dialable(written, 'ES')).toBeNull(),
  );
  test('are read aloud, and covered', () => {
    expect(spoken('+34612345678')).toBe('+34 612 34 56 78');
    expect(covered('+34612345678')).toBe('••• 678');
  });
});

test('the weekday and the time are read back', () => {
  const at = new Date('2026-11-26T09:15:00Z');
  const now = new Date('2026-11-23T09:00:00Z');
  expect(whenText('es', at, 'Europe/Madrid', now)).toBe('el jueves 26 de noviembre a las 10:15');
  expect(whenText('ca', at, 'Europe/Madrid', now)).toBe('el dijous 26 de novembre a les 10:15');
  expect(whenText('en', at, 'Europe/Madrid', now)).toBe('on Thursday 26 November at 10:15');
  expect(whenText('pt', at, 'Europe/Madrid', now)).toBe('em quinta-feira 26 de novembro às 10:15');
  expect(whenText('es', at, 'Europe/Madrid', at)).toBe('hoy, jueves 26 de noviembre, a las 10:15');
});
