import { expect, test } from 'vitest';
import { caps, type KeyGroup, KEYS, shortcut } from './key-table.ts';

/** Groups that are heard on one page. */
const TOGETHER: KeyGroup[][] = [
  ['everywhere', 'list', 'conversation'],
  ['everywhere', 'room'],
  ['everywhere', 'listening'],
  ['closing'],
];

test.each(TOGETHER.map((groups) => [groups.join(' + '), groups] as const))(
  '%s: no key means two things',
  (_, groups) => {
    const keys = groups.flatMap((group) => Object.values<string>(KEYS[group]));
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    // the first of two keys is not heard alone
    const firsts = new Set(keys.filter((key) => key.includes(' ')).map((key) => key.split(' ')[0]!));
    expect(keys.filter((key) => firsts.has(key))).toEqual([]);
  },
);

test('a key is named for those who see it and for those who hear it', () => {
  expect(shortcut('list', 'accept')).toBe('A');
  expect(shortcut('everywhere', 'search')).toBe('Control+K');
  expect(caps('g i')).toEqual(['G', 'I']);
  expect(caps('mod+k')).toEqual(['Ctrl', 'K']);
});
