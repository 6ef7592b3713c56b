import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lowerBound } from '../../bench/red-flags.ts';
import { CATEGORIES } from './contract.ts';
import { CorpusError, nearCopies, readCorpus, unseen } from './corpus.ts';
import type { Message } from './corpus.ts';
import { LANGUAGES } from './said.ts';

function folder(name: string, text: string): string {
  const root = mkdtempSync(join(tmpdir(), 'hebra-corpus-'));
  mkdirSync(join(root, 'train'));
  writeFileSync(join(root, 'train', name), text);
  return root;
}

describe('the form of the corpus', () => {
  test('headers, families and wordings', () => {
    const root = folder(
      'x-es.txt',
      '# of x\n== emergency cardiac AR\nme duele el pecho | me aprieta el pecho\n\n== look_alike cardiac CO figure\nme parte el corazón\n',
    );
    const read = readCorpus('train', root);
    expect(read.map((one) => [one.text, one.emergency, one.country, one.why])).toEqual([
      ['me duele el pecho', true, 'AR', null],
      ['me aprieta el pecho', true, 'AR', null],
      ['me parte el corazón', false, 'CO', 'figure'],
    ]);
    expect(read[0]!.family).toBe(read[1]!.family);
    expect(read[0]!.family).not.toBe(read[2]!.family);
  });

  test.each([
    ['before the first header', 'hola\n'],
    ['no category', '== emergency heart AR\nx\n'],
    ['no country', '== emergency cardiac GB\nx\n'],
    ['no reason', '== look_alike cardiac AR\nx\n'],
    ['neither emergency', '== urgent cardiac AR\nx\n'],
  ])('%s is told with its line, without its words', (message, text) => {
    const root = folder('x-es.txt', text);
    expect(() => readCorpus('train', root)).toThrow(CorpusError);
    expect(() => readCorpus('train', root)).toThrow(new RegExp(`train/x-es.txt:1: .*${message}`));
  });
});

describe('the corpus', () => {
  const train = readCorpus('train');
  const test_ = readCorpus('test');
  const both = [...train, ...test_];

  test('is as large as was promised, over all kinds', () => {
    expect(train.length).toBeGreaterThanOrEqual(3_000);
    expect(both.filter((one) => one.emergency).length).toBeGreaterThanOrEqual(1_500);
    expect(both.filter((one) => !one.emergency).length).toBeGreaterThanOrEqual(1_500);
    for (const part of [train, test_]) {
      for (const category of CATEGORIES)
        for (const emergency of [true, false])
          expect(
            part.some((one) => one.category === category && one.emergency === emergency),
            `${category} ${emergency}`,
          ).toBe(true);
      for (const language of LANGUAGES)
        expect(
          part.some((one) => one.language === language),
          language,
        ).toBe(true);
      for (const country of ['AR', 'CO', 'MX', 'CL', 'ES'])
        expect(
          part.some((one) => one.language === 'es' && one.country === country),
          country,
        ).toBe(true);
    }
  });

  // only counts and places: nobody reads test
  test('what is measured by stands nowhere in train, and little had to be left out', () => {
    const measured = unseen(train, test_);
    const learnt = new Set(train.map((one) => one.text.toLowerCase()));
    expect(measured.filter((one) => learnt.has(one.text.toLowerCase())).length).toBe(0);
    expect(measured.length / test_.length).toBeGreaterThan(0.95);
    expect(nearCopies(train, measured)).toEqual([]);
  });

  test('near copies are found by their grams', () => {
    const of = (text: string, family: string): Message => ({
      text,
      family,
      emergency: true,
      category: 'cardiac',
      country: 'AR',
      language: 'es',
      why: null,
      hand: 'x',
    });
    const one = [of('me duele mucho el pecho desde anoche', 'a')];
    expect(nearCopies(one, [of('Me duele mucho el pecho desde anoche!!', 'b')])).toMatchObject([
      { message: { family: 'b' }, like: { family: 'a' } },
    ]);
    expect(nearCopies(one, [of('quiero cambiar la hora del martes', 'c')])).toEqual([]);
  });
});

test('the lower bound of Clopper and Pearson', () => {
  expect(lowerBound(300, 300)).toBeCloseTo(0.05 ** (1 / 300), 6);
  // Clopper and Pearson's own kind of example: 8 of 10
  expect(lowerBound(8, 10)).toBeCloseTo(0.4931, 3);
  expect(lowerBound(0, 10)).toBe(0);
});
