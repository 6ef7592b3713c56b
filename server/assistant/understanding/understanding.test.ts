import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainedFiles } from '../train.ts';
import { classify, MODELS } from './classifier.ts';
import { calibrationError, confidenceOf, fitConfidence } from './confidence.ts';
import { bare, readCorpus, unseen, VARIANTS } from './corpus.ts';
import { heard } from './features.ts';
import { BASE_INTENTS, baseOf, INTENTS } from './intents.ts';
import { measureUnderstanding } from './measure.ts';
import { saidOutright } from './outright.ts';
import { conceptsIn, signsOf } from './signs.ts';
import { understandLine } from './cli.ts';

const TRAIN = readCorpus('train');
const TEST = readCorpus('test');

describe('the corpus', () => {
  test.each(BASE_INTENTS)(
    '%s is said in Spanish of four countries at least, in Catalan, English and Portuguese',
    (intent) => {
      const of = (variant: string): number =>
        TRAIN.filter((one) => one.intent === intent && one.variant.startsWith(variant)).length;
      expect(of('es')).toBeGreaterThanOrEqual(80);
      expect(VARIANTS.filter((variant) => variant.startsWith('es') && of(variant) > 0).length).toBeGreaterThanOrEqual(
        4,
      );
      for (const language of ['ca', 'en', 'pt']) expect(of(language), language).toBeGreaterThanOrEqual(40);
    },
  );

  test('every file is an intent, no text is two of them', () => {
    const known = new Set<string>([...INTENTS, 'answer']);
    expect([...TRAIN, ...TEST].filter((one) => !known.has(one.intent))).toEqual([]);
    const meant = new Map<string, string>();
    const twice: string[] = [];
    for (const one of TRAIN) {
      const before = meant.get(bare(one.text));
      if (before && baseOf(before) !== baseOf(one.intent)) twice.push(`${one.text}: ${before}, ${one.intent}`);
      meant.set(bare(one.text), one.intent);
    }
    expect(twice).toEqual([]);
  });
});

describe('the trained model', () => {
  test('is what training makes of the corpus, to the byte, and no more than it may be', { timeout: 240_000 }, () => {
    const { files, intents: figures } = trainedFiles();
    for (const [name, bytes] of Object.entries(files))
      expect(readFileSync(join(MODELS, name)).equals(bytes), `${name}: run hebra train`).toBe(true);
    expect(files['intents.bin']!.length).toBeLessThan(1_500_000);
    expect(figures.accuracy['all']).toBeGreaterThan(0.88);
    expect(figures.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.keptOut).toBeGreaterThanOrEqual(0.9);
    expect(figures.calibrationError).toBeLessThan(0.05);
  });

  test('reads what another hand wrote', () => {
    const { ours, foreign, byVariant, calibrationError: error } = measureUnderstanding(unseen());
    expect(ours.right / ours.count).toBeGreaterThanOrEqual(0.92);
    expect(ours.slipped / ours.count).toBeGreaterThanOrEqual(0.88);
    for (const [variant, one] of byVariant) expect(one.right / one.count, variant).toBeGreaterThanOrEqual(0.9);
    expect(foreign.keptOut / foreign.count).toBeGreaterThanOrEqual(0.8);
    expect(ours.wrongly / ours.acted).toBeLessThanOrEqual(0.05);
    expect(error).toBeLessThan(0.1);
  });

  test('reads each hand on its own as it must', () => {
    const set = unseen();
    for (const hand of new Set(set.map((one) => one.hand))) {
      const { ours, foreign } = measureUnderstanding(set.filter((one) => one.hand === hand));
      expect(ours.right / ours.count, hand).toBeGreaterThanOrEqual(0.92);
      expect(foreign.keptOut / foreign.count, hand).toBeGreaterThanOrEqual(0.8);
    }
  });

  test('any text has an intent and a confidence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        const found = classify(text);
        expect(BASE_INTENTS).toContain(found.intent);
        expect(found.confidence).toBeGreaterThanOrEqual(0);
        expect(found.confidence).toBeLessThanOrEqual(1);
        if (found.intent === 'out_of_scope') expect(found.band).toBe('menu');
      }),
    );
    expect(classify('').band).toBe('menu');
  });

  test.each([
    'who won the match yesterday?',
    'qué tiempo hará mañana en Madrid',
    "explica'm un acudit",
    'me passa uma receita de bolo de chocolate',
    'vendo bicicleta casi nueva',
    'cuál es la capital de Australia',
    'asdkjh qwe zxc',
    'te amo',
    'we offer SEO services for your website',
  ])('none of ours is not acted on: %s', (text) =>
    expect(understandLine(text, 'es', '2026-11-24T16:20')['band']).not.toBe('act'),
  );
});

describe('hebra understand', () => {
  test.each([
    ['mis análisis ya están?', 'lab_results', 'act'],
    ['necesito una enfermera', 'human_agent', 'act'],
    ['la cita', 'appointment_book', 'ask'],
    ['quiero cambiar la cita del jueves', 'appointment_change', 'act'],
    ['qiero canselar mi turno', 'appointment_cancel', 'act'],
    ['can I pay my bill by card?', 'bill_pay', 'act'],
    ['cal anar en dejú a l’anàlisi?', 'lab_order', 'act'],
    ['o convênio já autorizou a ressonância?', 'insurance_authorization', 'act'],
    ['0', 'human_agent', 'act'],
    ['hola', 'out_of_scope', 'menu'],
    ['', 'out_of_scope', 'menu'],
  ])('%s', (text, intent, band) =>
    expect(understandLine(text, 'es', '2026-11-24T16:20')).toMatchObject({ intent, band }),
  );

  test('tells the finer wish apart, and what is named', () => {
    expect(understandLine('cuándo tengo cita?', 'es', '2026-11-24T16:20')).toMatchObject({
      intent: 'appointment_confirm',
      detail: 'appointment_next',
    });
    expect(understandLine('quiero hora con el dermatologo el viernes', 'es', '2026-11-24T16:20')['entities']).toEqual([
      { kind: 'specialty', value: 'dermatology', sure: true },
      { kind: 'date', value: { from: '2026-11-27', to: '2026-11-27' } },
    ]);
  });
});

describe('signs', () => {
  test.each([
    ['quiero cambiar la cita', 'want change appointment'],
    ['vull canviar la visita', 'want change appointment'],
    ['I want to change the appointment', 'want change appointment'],
    ['quero mudar a consulta', 'want change appointment'],
    ['qiero reprogamar el turno', 'change appointment'],
    ['', ''],
  ])('%s', (text, concepts) => expect(conceptsIn(heard(text)).join(' ')).toContain(concepts));

  test('whatever is written, and the same twice', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 30 }), (words) => {
        expect(signsOf(words)).toEqual(signsOf(words));
      }),
    );
  });

  test.each([
    ['cancelar la cita', 'appointment_cancel'],
    ['quiero turno', 'appointment_book'],
    ['reservar ecografía', 'appointment_book'],
    ['confirmo el turno', 'appointment_confirm'],
    ['quiero ver mis citas', null],
    ['cancelar la cita y ver los resultados', null],
    ['quiero cancelar el seguro', null],
  ])('said outright: %s', (text, intent) => expect(saidOutright(conceptsIn(heard(text)))).toBe(intent));
});

test('confidence is learnt, and its error is what it should be', () => {
  const rows = Array.from({ length: 2000 }, (_, i) => {
    const told = (i % 100) / 50 - 1;
    return { tellings: [told], right: (i * 7919) % 1000 < 1000 / (1 + Math.exp(-3 * told)), weight: 1 };
  });
  const weights = fitConfidence(rows);
  expect(weights[0]).toBeCloseTo(3, 0);
  const said = rows.map((row) => ({ ...row, confidence: confidenceOf({ weights, act: 1, ask: 1 }, row.tellings) }));
  expect(calibrationError(said)).toBeLessThan(0.03);
  expect(calibrationError(said.map((row) => ({ ...row, confidence: 1 })))).toBeGreaterThan(0.3);
});
