import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { compactDocument, documentForms, documentHint, typedDocument } from './documents.ts';
import { concept, conceptName, localisedText } from './fhir.ts';
import { mayStillMove, nameTokens, offerUntil, phoneDigits, words } from './rules.ts';

describe('documents', () => {
  test.each([
    ['12345678Z', ['12345678Z', '12345678', '12.345.678-Z', '12345678 z']],
    ['01234567L', ['1234567L', '01234567-l', '1.234.567', '01234567']],
    ['X1234567L', ['x-1234567-l', 'X1234567']],
    ['20-12345678-6', ['20123456786', '12345678', '12.345.678']],
    ['12.345.678-5', ['123456785', '12345678-5', '12345678']],
    ['529.982.247-25', ['52998224725', '529982247-25']],
    ['1.020.304.050', ['1020304050']],
    ['BOXW310820HNERXN09', ['boxw310820hnerxn09']],
  ])('%s is found as its owner writes it', (kept, typed) => {
    for (const text of typed) expect(documentForms(kept), text).toContain(typedDocument(text));
  });

  test.each([
    ['12345678Z', '12345678A'],
    ['12345678Z', '2345678Z'],
    ['X1234567L', 'Y1234567L'],
    ['20-12345678-6', '20123456787'],
  ])('%s is not %s', (kept, typed) => expect(documentForms(kept)).not.toContain(typedDocument(typed)));

  test.each([
    ['12345678Z', 'fits'],
    ['12345678-A', 'wrong_check'],
    ['X1234567L', 'fits'],
    ['X1234567A', 'wrong_check'],
    ['1234', 'too_short'],
    ['1020304050', 'unknown'],
    ['529.982.247-25', 'fits'],
    ['BOXW310820HNERXN09', 'fits'],
    ['', 'too_short'],
    ['AB12345', 'unknown'],
  ])('arithmetic says %s %s', (text, hint) => expect(documentHint(text)).toBe(hint));

  test('any text at all is taken, and writing it otherwise changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        documentHint(text);
        expect(typedDocument(` ${text}. `)).toBe(typedDocument(text));
        expect(compactDocument(text)).toMatch(/^[A-Z0-9]*$/);
        for (const form of documentForms(text)) expect(form).toBe(typedDocument(form));
      }),
    );
  });
});

describe('names and telephones', () => {
  test('words are compared without accents, capitals and the flying point', () => {
    expect(words('Gal·la  PUIGDOMÈNECH-Roquer, Íñiguez')).toEqual(['galla', 'puigdomenech', 'roquer', 'iniguez']);
  });
  test('a name is found by the beginnings of its words', () => {
    const tokens = nameTokens([{ given: ['Ana'], family: 'Villaescusa' }]);
    expect(tokens).toEqual(expect.arrayContaining(['ana', 'vil', 'villae', 'villaescusa']));
    expect(tokens).not.toContain('vi');
  });
  test.each([
    ['+34 612 34 56 78', '34612345678'],
    ['0034612345678', '34612345678'],
    ['(351) 912-345-678', '351912345678'],
  ])('%s', (text, digits) => expect(phoneDigits(text)).toBe(digits));
});

describe('times', () => {
  const start = new Date('2026-11-26T09:20:00Z');
  const before = (minutes: number): Date => new Date(start.getTime() - minutes * 60_000);
  test.each([
    [61, false, true],
    [60, false, false],
    [59, true, true],
    [0, true, false],
    [-1, true, false],
  ])('%i minutes before, staff %s: %s', (minutes, staff, may) =>
    expect(mayStillMove(start, before(minutes), staff, 60)).toBe(may),
  );
  test('a freed slot is offered for four hours, never to its last hour, and not when it is too near', () => {
    expect(offerUntil(start, before(600))).toEqual(before(360));
    expect(offerUntil(start, before(240))).toEqual(before(60));
    expect(offerUntil(start, before(170))).toBeNull();
  });
});

describe('texts', () => {
  test('a concept says its name in four languages, and what is missing as it was written', () => {
    const name = { es: 'Analítica', ca: 'Anàlisi', en: 'Blood test', pt: 'Análise' };
    expect(conceptName(concept(name))).toEqual(name);
    expect(localisedText('Solo esto')).toEqual({ es: 'Solo esto', ca: 'Solo esto', en: 'Solo esto', pt: 'Solo esto' });
    expect(conceptName({ coding: [{ code: 'x', display: 'Equis' }] }).en).toBe('Equis');
  });
});
