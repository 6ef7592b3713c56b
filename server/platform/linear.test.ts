import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeModel,
  encodeModel,
  exponential,
  foldsOf,
  logarithm,
  marginsOf,
  noisy,
  predict,
  seeded,
  sharpened,
  sharpnessOf,
  trainLinear,
} from './linear.ts';
import type { Example } from './linear.ts';

const SAID: Record<string, string[]> = {
  book: ['quiero pedir cita', 'necesito un turno con el medico', 'reservar una hora', 'sacar cita para el lunes'],
  cancel: ['quiero cancelar la cita', 'anular el turno', 'ya no voy cancelen mi hora', 'anulo la cita del lunes'],
  results: ['ya estan mis resultados', 'ver los resultados del analisis', 'mi informe de la prueba', 'resultados'],
};
const EXAMPLES: Example[] = Object.entries(SAID).flatMap(([label, list]) =>
  list.map((text, i) => ({ words: text.split(' '), label, group: `${label}${i}` })),
);
const MODEL = trainLinear(EXAMPLES, { least: 1 });
const ask = (text: string): string => predict(MODEL, text.split(' '))[0]!.label;

describe('a linear classifier', () => {
  test.each([
    ['quiero una cita', 'book'],
    ['cancelar', 'cancel'],
    ['los resultados ya estan', 'results'],
    ['qiero cancelr la ctia', 'cancel'],
    ['resutlados', 'results'],
    ['un turno', 'book'],
  ])('%s', (text, label) => expect(ask(text)).toBe(label));

  test('the same list gives the same bytes, another order or seed does not have to', () => {
    const again = encodeModel(trainLinear(EXAMPLES, { least: 1 }));
    expect(again.equals(encodeModel(MODEL))).toBe(true);
    expect(encodeModel(trainLinear(EXAMPLES, { least: 1, seed: 2 })).equals(again)).toBe(false);
  });

  test('a decoded model answers as the one that was trained', () => {
    const decoded = decodeModel(encodeModel(sharpened(MODEL, 2.5)));
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 12 }), (words) => {
        expect(predict(decoded, words)).toEqual(predict(sharpened(MODEL, 2.5), words));
      }),
    );
    const bytes = encodeModel(MODEL);
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
    expect(() => decodeModel(Buffer.from('something else'))).toThrow(RangeError);
  });

  test('probabilities are sorted and make 1; nothing known is told apart', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }), (words) => {
        const list = predict(MODEL, words);
        expect(list.map((one) => one.label).sort()).toEqual(['book', 'cancel', 'results']);
        expect(list.reduce((sum, one) => sum + one.probability, 0)).toBeCloseTo(1, 9);
        for (let i = 1; i < list.length; i++) expect(list[i - 1]!.probability >= list[i]!.probability).toBe(true);
      }),
    );
    expect(marginsOf(MODEL, ['quiero', 'cita']).known).toBe(1);
    expect(marginsOf(MODEL, ['zzxxww']).known).toBeLessThan(0.2);
  });

  test('one label alone cannot be told from others', () =>
    expect(() => trainLinear(EXAMPLES.slice(0, 3))).toThrow(RangeError));
});

test('sharpness makes a probability say how often it is right', () => {
  // margins that lean to the right label seven times in ten: 0.7 is what should be said of each
  const said = sharpnessOf(
    Array.from({ length: 1000 }, () => Float64Array.of(0.5, 0)),
    Array.from({ length: 1000 }, (_, i) => (i % 10 < 7 ? 0 : 1)),
  );
  expect(1 / (1 + Math.exp(-said * 0.5))).toBeCloseTo(0.7, 2);
});

test('folds keep groups whole and labels even', () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ words: ['w'], label: `l${i % 3}`, group: `g${i % 60}` }));
  const folds = foldsOf(many, 5);
  const where = new Map<string, Set<number>>();
  for (const [i, one] of many.entries()) where.set(one.group, (where.get(one.group) ?? new Set()).add(folds[i]!));
  expect([...where.values()].every((set) => set.size === 1)).toBe(true);
  for (let fold = 0; fold < 5; fold++)
    for (const label of ['l0', 'l1', 'l2'])
      expect(many.filter((one, i) => one.label === label && folds[i] === fold)).toHaveLength(20);
});

test('noise is the same for the same seed, and leaves something to read', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 15 }), { minLength: 1 }), fc.integer(), (words, seed) => {
      const once = noisy(words, seeded(seed));
      expect(once).toEqual(noisy(words, seeded(seed)));
      expect(once.length).toBeGreaterThan(0);
    }),
  );
  const random = seeded(1);
  const copies = Array.from({ length: 200 }, () =>
    noisy(['quiero', 'cambiar', 'la', 'cita', 'mañana'], random).join(' '),
  );
  expect(new Set(copies).size).toBeGreaterThan(100);
});

test('own exponential and logarithm are those of the books', () => {
  fc.assert(
    fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-9);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (x) => {
      expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThan(1e-9);
    }),
  );
});
