import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences } from './differences.ts';

test('says what went and what came, in order', () => {
  expect(differences('de 8:00 a 20:00', 'de 9:00 a 20:00')).toEqual([
    { kind: 'same', text: 'de ' },
    { kind: 'gone', text: '8:00' },
    { kind: 'new', text: '9:00' },
    { kind: 'same', text: ' a 20:00' },
  ]);
});

test('both texts can be read out of it, whatever they are', () => {
  const words = fc
    .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', 'uno', 'dos'), { maxLength: 40 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(words, words, (before, after) => {
      const pieces = differences(before, after);
      const without = (kind: string): string =>
        pieces
          .filter((one) => one.kind !== kind)
          .map((one) => one.text)
          .join('');
      expect(without('new')).toBe(before);
      expect(without('gone')).toBe(after);
    }),
  );
});
