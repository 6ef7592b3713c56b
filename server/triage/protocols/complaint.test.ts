import { expect, test } from 'vitest';
import { PROTOCOL_STATES } from './contract.ts';
import { OWN_PROTOCOLS, readProtocols } from './read.ts';
import { byComplaint, isFor } from './complaint.ts';
import { isInForce, mayFollow } from './rules.ts';

const three = new Set(['chest_pain_adults', 'child_fever', 'head_injury']);
const all = (await readProtocols(OWN_PROTOCOLS)).protocols.filter((one) => three.has(one.protocol.content.protocol));
const found = (words: string): string[] => byComplaint(words, all).map((one) => one.protocol.content.protocol);

test.each<[string, string[]]>([
  ['me duele mucho el pecho desde ayer', ['chest_pain_adults']],
  ['tengo una opresión en el pecho', ['chest_pain_adults']],
  ['em fa mal el pit', ['chest_pain_adults']],
  ['my chest hurts', ['chest_pain_adults']],
  ['estou com dor no peito', ['chest_pain_adults']],
  ['mi niña tiene fiebre y no come', ['child_fever']],
  ['se dio un golpe muy fuerte en la cabeza', ['head_injury']],
  ['he fell and hit his head', ['head_injury']],
  // the longer phrase is the surer
  ['tengo fiebre y me duele el pecho', ['chest_pain_adults']],
  ['me encuentro mal', []],
  ['', []],
])('«%s» → %j', (words, wanted) => expect(found(words)).toEqual(wanted));

test('a protocol is for its ages: from included, below not', () => {
  const of = (id: string) => all.find((one) => one.protocol.content.protocol === id)!.protocol;
  expect([17.9, 18, 90].map((years) => isFor(of('chest_pain_adults'), years * 365.25))).toEqual([false, true, true]);
  expect([0, 13.9, 14].map((years) => isFor(of('child_fever'), years * 365.25))).toEqual([true, true, false]);
});

test('in force: active, and signed until later than now', () => {
  const now = new Date('2026-11-23T09:00:00Z');
  const later = new Date('2026-11-23T09:00:01Z');
  for (const state of PROTOCOL_STATES) expect(isInForce(state, later, now)).toBe(state === 'active');
  expect(isInForce('active', now, now)).toBe(false);
  expect(isInForce('active', null, now)).toBe(false);
  expect(
    PROTOCOL_STATES.flatMap((from) => PROTOCOL_STATES.filter((to) => mayFollow(from, to)).map((to) => `${from} ${to}`)),
  ).toEqual(['draft reviewed', 'reviewed signed', 'signed active', 'active retired']);
});
