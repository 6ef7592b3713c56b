import { expect, test } from 'vitest';
import type { Cause, Sums } from './contract.ts';
import { add, causeOf, daysOf, figuresOf, type Found, type Moment, NOTHING } from './rules.ts';

const free: Found = { belongs: true, able: true, here: true, works: true, full: false };
const full: Found = { ...free, full: true };
const paused: Found = { ...free, works: false };
const unable: Found = { ...free, able: false };
const gone: Found = { ...free, here: false };
const stranger: Found = { ...free, belongs: false, able: false };
const calm: Moment = { open: true, named: false, ignored: 0, overflowed: false, own: [full], others: [] };

test.each<[string, Partial<Moment>, Cause, Cause]>([
  ['nobody exists', { own: [] }, 'nobody', 'nobody'],
  ['everybody of the queue is signed out', { own: [gone, gone] }, 'nobody', 'nobody'],
  ['only people of other queues are here', { own: [stranger, gone] }, 'nobody', 'nobody'],
  ['who is here cannot do it', { own: [unable, gone] }, 'skill_missing', 'skill_missing'],
  [
    'who could is signed out, who is here cannot',
    { own: [unable, { ...free, here: false }] },
    'skill_missing',
    'skill_missing',
  ],
  ['who can is on a break', { own: [paused, unable] }, 'away', 'away'],
  ['one on a break, the other full', { own: [paused, full] }, 'full', 'full'],
  ['all places taken', { own: [full, full] }, 'full', 'full'],
  ['one has a place, only now', { own: [full, free] }, 'late', 'late'],
  ['declined once, though all are full now', { ignored: 1 }, 'ignored', 'full'],
  ['declined, and everybody went home since', { ignored: 2, own: [gone] }, 'ignored', 'nobody'],
  ['named: others were not asked', { named: true, own: [free, full] }, 'named', 'late'],
  ['closed comes before all else', { open: false, named: true, ignored: 3 }, 'outside_hours', 'full'],
  ['overflowed to full people', { overflowed: true, others: [full] }, 'overflow', 'full'],
  ['overflowed to nobody', { overflowed: true, own: [], others: [gone] }, 'overflow', 'nobody'],
  ['overflowed to who cannot', { overflowed: true, own: [paused], others: [unable] }, 'overflow', 'away'],
  ['overflowed, and one of the others could, only now', { overflowed: true, others: [free] }, 'late', 'full'],
  ['overflowed, and its own could, only now', { overflowed: true, own: [free], others: [full] }, 'late', 'late'],
  ['declined by those it overflowed to', { overflowed: true, ignored: 1, others: [full] }, 'ignored', 'full'],
])('%s', (_, given, cause, own) => {
  expect(causeOf({ ...calm, ...given })).toEqual({ cause, own });
});

test('figures of nothing are no figures', () => {
  expect(figuresOf(NOTHING)).toEqual({
    serviceLevel: null,
    withoutShortAbandons: null,
    ofAnswered: null,
    abandonment: null,
    averageWait: null,
  });
});

test('figures by hand: who still waits in time is in none, past the target it counts against us', () => {
  const sums: Sums = {
    offered: 20,
    answered: 12,
    answeredInTarget: 9,
    abandoned: 4,
    shortAbandons: 1,
    calledBack: 1,
    withdrawn: 0,
    waiting: 3,
    waitingLate: 1,
    missed: 6,
    waitSeconds: 600,
  };
  // 20 − (3 − 1) = 18 decided
  expect(figuresOf(sums)).toEqual({
    serviceLevel: 9 / 18,
    withoutShortAbandons: 9 / 17,
    ofAnswered: 9 / 12,
    abandonment: 4 / 17,
    averageWait: 50,
  });
  expect(figuresOf(add(sums, sums))).toEqual(figuresOf(sums));
});

test.each([
  ['day', '2026-10-25', '2026-10-25', '2026-10-26'],
  ['day', '2026-12-31', '2026-12-31', '2027-01-01'],
  ['week', '2026-11-22', '2026-11-16', '2026-11-23'],
  ['week', '2026-11-23', '2026-11-23', '2026-11-30'],
  ['week', '2027-01-01', '2026-12-28', '2027-01-04'],
  ['month', '2026-02-28', '2026-02-01', '2026-03-01'],
  ['month', '2028-02-29', '2028-02-01', '2028-03-01'],
  ['month', '2026-12-31', '2026-12-01', '2027-01-01'],
] as const)('the %s of %s', (period, date, from, until) => {
  expect(daysOf(period, date)).toEqual({ from, until });
});
