import { describe, expect, test } from 'vitest';
import {
  ageInYears,
  clock,
  dayAndTime,
  dayOf,
  daysAway,
  fileSize,
  initials,
  leaf,
  left,
  shortDay,
  wait,
} from './format.ts';

const MADRID = 'Europe/Madrid';
const at = new Date('2026-11-26T07:30:00Z');

describe('times in the zone of the organisation', () => {
  test('a date as the house writes it', () => {
    expect(dayAndTime(at, 'es', MADRID)).toBe('jue 26 nov, 08:30');
    expect(dayAndTime(at, 'en', MADRID)).toBe('Thu 26 Nov, 08:30');
    expect(dayAndTime(at, 'pt', 'America/Sao_Paulo')).toBe('qui 26 nov, 04:30');
    expect(shortDay(at, 'ca', MADRID)).toBe('26 nov');
  });
  test('another year is said', () => {
    expect(shortDay(new Date('2014-05-02T10:00:00Z'), 'es', MADRID, at)).toBe('2 may 2014');
  });
  test('midnight belongs to the day that begins', () => {
    expect(clock(new Date('2026-11-25T23:00:00Z'), 'es', MADRID)).toBe('00:00');
    expect(dayOf(new Date('2026-11-25T23:00:00Z'), MADRID)).toBe('2026-11-26');
    expect(daysAway(at, MADRID, new Date('2026-11-25T22:59:00Z'))).toBe(1);
  });
  test('a leaf of the calendar', () => {
    expect(leaf(at, 'es', MADRID)).toEqual(['26', 'nov']);
  });
});

test('waits', () => {
  expect(wait(-5)).toBe('0:00');
  expect(wait(40_000)).toBe('0:40');
  expect(wait(372_000)).toBe('6:12');
  expect(wait(12 * 60_000)).toBe('12\u00a0min');
  expect(wait(2 * 3_600_000)).toBe('2\u00a0h');
  expect(left(23 * 3_600_000 + 58 * 60_000 + 59_000)).toBe('23\u00a0h 58\u00a0min');
});

test('age turns on the birthday', () => {
  expect(ageInYears('1955-03-14', new Date('2026-03-13T12:00:00Z'), MADRID)).toBe(70);
  expect(ageInYears('1955-03-14', new Date('2026-03-14T12:00:00Z'), MADRID)).toBe(71);
});

test('names and sizes', () => {
  expect(initials('Gal·la Puigdomènech Roquer')).toBe('GP');
  expect(initials('Dra. Aurora Vilaplana')).toBe('AV');
  expect(fileSize(340_000, 'es')).toBe('340\u00a0kB');
  expect(fileSize(1_240_000, 'es')).toBe('1,2\u00a0MB');
});
