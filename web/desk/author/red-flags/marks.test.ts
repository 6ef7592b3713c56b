import { expect, test } from 'vitest';
import type { Tried } from '../../../../server/desk/red-flags/contract.ts';
import { covers, familiesIn, holds, placesOf } from './entries.ts';
import { piecesOf } from './marks.ts';

const TEXT = 'no tengo fiebre, me duele el pecho';
const at = (words: string) => ({ start: TEXT.indexOf(words), end: TEXT.indexOf(words) + words.length, words });
const heard = (words: string, concept: string, more: object = {}) => ({
  ...at(words),
  concept,
  means: concept,
  entry: words,
  state: 'present' as const,
  because: null,
  ...more,
});
const tried = (more: Partial<Tried>): Tried => ({
  level: 'hard',
  flags: [],
  score: null,
  raise: null,
  by: 'rules',
  concepts: [],
  contexts: [],
  rules: [],
  told: null,
  ...more,
});
const rule = (concepts: string[], fired: 'hard' | 'faint' = 'hard') => ({
  rule: 'cardiac.chest-pain',
  category: 'cardiac',
  level: 'hard' as const,
  fired,
  why: '',
  concepts,
});

test('the whole sentence is there, with what raised, what was taken away and what took it', () => {
  const pieces = piecesOf(
    TEXT,
    tried({
      concepts: [
        heard('fiebre', 'fever', { state: 'removed', because: 'negation' }),
        heard('duele', 'pain'),
        heard('pecho', 'chest'),
        heard('duele el', 'unheeded'),
      ],
      contexts: [
        { ...at('no'), context: 'negation', means: '', entry: 'no' },
        { ...at('tengo'), context: 'now', means: '', entry: 'tengo' },
      ],
      rules: [rule(['pain', 'chest'])],
    }),
  );
  expect(pieces.map((one) => one.text).join('')).toBe(TEXT);
  expect(pieces.filter((one) => one.mark).map((one) => [one.text, one.mark])).toEqual([
    ['no', 'context'],
    ['fiebre', 'off'],
    ['duele', 'fired'],
    ['pecho', 'fired'],
  ]);
});

test('words of a rule that raised nothing are not marked; where marks lie on one another the flag is seen', () => {
  expect(piecesOf(TEXT, tried({ concepts: [heard('pecho', 'chest')], rules: [rule(['chest'], 'faint')] }))).toEqual([
    { text: TEXT, mark: null, start: 0 },
  ]);
  const over = piecesOf(
    TEXT,
    tried({
      concepts: [
        heard('duele el pecho', 'chest_sensation'),
        heard('el', 'other', { state: 'lowered', because: 'mild' }),
      ],
      rules: [rule(['chest_sensation'])],
    }),
  );
  expect(over.map((one) => [one.text, one.mark])).toEqual([
    ['no tengo fiebre, me ', null],
    ['duele el pecho', 'fired'],
  ]);
});

test('an entry of the pack is read as people read', () => {
  expect(placesOf('<no> puedo|puede_mas _ respir*')).toEqual([
    { ways: [{ text: 'no', family: true, open: false }], close: false },
    {
      ways: [
        { text: 'puedo', family: false, open: false },
        { text: 'puede mas', family: false, open: false },
      ],
      close: false,
    },
    { ways: [{ text: 'respir', family: false, open: true }], close: true },
  ]);
  expect(placesOf('35..45')[0]!.ways[0]!.text).toBe('35–45');
  expect(familiesIn([{ text: '<no> <can>' }, { text: 'x <no>' }])).toEqual(['no', 'can']);
  expect(holds('Opresión en el pecho', 'opresion')).toBe(true);
  // who looks for a word finds the stem that hears it
  expect(covers('me|le opres*|apret*', 'opresión')).toBe(true);
  expect(covers('fa_mal', 'fa mal')).toBe(true);
  expect(covers('opres', 'opresión')).toBe(false);
});
