import { describe, expect, test } from 'vitest';
import type { ProtocolLanguage, Question } from './contract.ts';
import { ageFrom, ageIn, ageMentioned, hear, minutesIn } from './hear.ts';

const text = (es: string) => ({ es, ca: es, en: es, pt: es });
const fever: Question = {
  id: 'fever',
  kind: 'yesno',
  flag: true,
  worse: 'yes',
  text: { es: '¿Tiene fiebre?', ca: 'Té febre?', en: 'Do you have a fever?', pt: 'Tem febre?' },
};
const temperature: Question = { id: 't', kind: 'number', unit: 'celsius', worse: 'higher', text: text('¿Cuánta?') };
const pressure: Question = { id: 'p', kind: 'number', unit: 'mmhg', worse: 'higher', text: text('¿Cuánta?') };
const sugar: Question = { id: 's', kind: 'number', unit: 'mg_dl', worse: 'higher', text: text('¿Cuánta?') };
const oxygen: Question = { id: 'o', kind: 'number', unit: 'percent', worse: 'lower', text: text('¿Cuánta?') };
const lasts: Question = { id: 'd', kind: 'duration', worse: 'longer', text: text('¿Desde cuándo?') };
const pain: Question = {
  id: 'pain',
  kind: 'choice',
  text: text('¿Cómo es el dolor?'),
  options: [
    { id: 'mild', title: text('Leve'), words: 'poco' },
    { id: 'strong', title: text('Fuerte') },
    { id: 'worst', title: text('El peor'), words: 'insoportable' },
  ],
};
const said = (question: Question, words: string, language: ProtocolLanguage = 'es'): unknown => {
  const found = hear(question, words, language);
  return found === null ? null : 'value' in found ? found.value : 'doubt' in found ? found.doubt : 'implausible';
};

describe('yes or no', () => {
  test.each<[string, unknown, ProtocolLanguage?]>([
    ['si', true],
    ['Sí', true],
    ['siiii', true],
    ['sí, mucha', true],
    ['un poco', true],
    ['a veces', true],
    ['creo que sí', true],
    ['1', true],
    ['👍', true],
    ['una mica', true, 'ca'],
    ['yes, a bit', true, 'en'],
    ['I think so', true, 'en'],
    ['sim, um pouco', true, 'pt'],
    ['no', false],
    ['No, gracias', false],
    ['no, nada', false],
    ['no tengo', false],
    ['no, no tengo fiebre', false],
    ['para nada', false],
    ['2', false],
    ['no, gens', false, 'ca'],
    ['not at all', false, 'en'],
    ['não, nada', false, 'pt'],
    // nobody builds on these
    ['no sé', 'unsure'],
    ['no lo se', 'unsure'],
    ['ni idea', 'unsure'],
    ['creo que no', 'unsure'],
    ['puede ser', 'unsure'],
    ['3', 'unsure'],
    ['no ho sé', 'unsure', 'ca'],
    ["I don't know", 'unsure', 'en'],
    ["I don't think so", 'unsure', 'en'],
    ['acho que não', 'unsure', 'pt'],
    ['sí, bueno, no', 'contradiction'],
    ['no mucho', 'contradiction'],
    ['no puedo ni moverme', 'contradiction'],
    ['no para de vomitar', 'contradiction'],
    // a no with something else beside it is asked again
    ['no, pero vomita sangre', null],
    ['no, solo le duele la barriga', null],
    ['hola', null],
    ['tengo fiebre', true],
    ['tengo mucha fiebre', true],
    ['no he tenido fiebre', false],
    ['no, ya no', false],
    // said of something else
    ['me duele mucho la rodilla', null],
    ['muy cansado', null],
    ['tengo fiebre y un brazo roto', null],
    ['', null],
  ])('%s → %s', (words, wanted, language = 'es') => expect(said(fever, words, language)).toBe(wanted));
});

describe('numbers with their unit', () => {
  test.each<[Question, string, unknown]>([
    [temperature, '38,5', 38.5],
    [temperature, '38.5ºC', 38.5],
    [temperature, 'tiene 39', 39],
    [temperature, '38 con 7', 38.7],
    [temperature, 'treinta y nueve', 39],
    [temperature, 'treinta y ocho y medio', 38.5],
    [temperature, '101 °F', 38.3],
    [temperature, '104F', 40],
    [temperature, '103', 39.4],
    [temperature, 'entre 38 y 39', 39],
    [temperature, '385', 'implausible'],
    [temperature, '12', 'implausible'],
    [temperature, '450', 'implausible'],
    [temperature, 'mucha', null],
    [temperature, 'no lo sé', 'unsure'],
    [temperature, 'no tengo termómetro', 'unsure'],
    [temperature, 'no me la he tomado', 'unsure'],
    [temperature, "I haven't taken it", 'unsure'],
    [temperature, 'não medi', 'unsure'],
    [oxygen, 'no tinc cap aparell per mirar-ho', 'unsure'],
    [pressure, '160/95', 160],
    [pressure, '16/9', 160],
    [pressure, '16 9', 160],
    [sugar, '250', 250],
    [sugar, '15 mmol', 270],
    [oxygen, '91%', 91],
    [oxygen, '88 o 92', 88],
    [oxygen, '190', 'implausible'],
  ])('%#: %s', (question, words, wanted) => expect(said(question, words)).toBe(wanted));
});

describe('how long', () => {
  test.each<[string, number | null]>([
    ['2 horas', 120],
    ['2h', 120],
    ['desde ayer', 1440],
    ['3 días', 4320],
    ['tres dies', 4320],
    ['una semana', 10080],
    ['media hora', 30],
    ['hora y media', null],
    ['una hora y media', 90],
    ['half an hour', 30],
    ['since yesterday', 1440],
    ['desde ontem', 1440],
    ['2 days and 3 hours', 3060],
    ['hace años', 3 * 365.25 * 1440],
    ['for ages', 2 * 365.25 * 1440],
    ['fa setmanes', 3 * 7 * 1440],
    ['mucho', null],
  ])('%s', (words, wanted) => {
    expect(minutesIn(words)).toBe(wanted);
    expect(said(lasts, words)).toBe(wanted);
  });
});

test.each<[string, number | null]>([
  // 2026-11-22 is a Sunday
  ['desde el lunes', 6 * 1440],
  ['des de divendres', 2 * 1440],
  ['since last friday', 9 * 1440],
  ['desde a quarta', 4 * 1440],
  ['desde el domingo', 7 * 1440],
  ['desde hace dos días', 2 * 1440],
])('since a day of the week: %s', (words, wanted) => {
  expect(minutesIn(words, '2026-11-22T10:00:00Z')).toBe(wanted);
});

test('a choice by its place, its title, its words; of two the worse', () => {
  expect(said(pain, '2')).toBe('strong');
  expect(said(pain, 'leve')).toBe('mild');
  expect(said(pain, 'es insoportable')).toBe('worst');
  expect(said(pain, 'leve o fuerte')).toBe('strong');
  expect(said(pain, '4')).toBe('unsure');
  expect(said(pain, 'no sé')).toBe('unsure');
  expect(said(pain, '9')).toBeNull();
});

describe('ages', () => {
  const years = (n: number): number => n * 365.25;
  test.each<[string, number | null]>([
    ['34', years(34)],
    ['tiene 3 años', years(3)],
    ['8 meses', 8 * 30.4375],
    ['6 semanas', 42],
    ['recién nacido', 3],
    ['45 years', years(45)],
    ['cuarenta', years(40)],
    ['200', null],
    ['hace años', null],
    ['no sé', null],
  ])('%s', (words, wanted) => expect(ageIn(words)).toBe(wanted));

  test.each<[string, number | null]>([
    ['mi hijo de 3 años tiene fiebre desde hace 2 días', years(3)],
    ['mi bebé de 8 meses no come', 8 * 30.4375],
    ['my 4 year old fell', years(4)],
    ['mi madre de ochenta años se ha caído', null],
    ['a minha filha tem 5 anos e tosse', years(5)],
    ['tengo fiebre desde hace 2 meses', null],
    ['tos de 3 semanas', null],
    ['mi hijo lleva 3 días con fiebre', null],
  ])('told in passing: %s', (words, wanted) => expect(ageMentioned(words)).toBe(wanted));

  test('from a birth date, exact at birthdays', () => {
    expect(ageFrom('2010-11-23', '2026-11-23')).toBe(years(16));
    expect(ageFrom('2010-11-24', '2026-11-23')).toBeLessThan(years(16));
    expect(ageFrom('2026-08-23', '2026-11-23')).toBe(3 * 30.4375);
    expect(ageFrom('2026-08-24', '2026-11-23')).toBeLessThan(3 * 30.4375);
    expect(ageFrom('2024-02-29', '2026-02-28')).toBeLessThan(years(2));
    expect(ageFrom('2026-11-23', '2026-11-23')).toBe(0);
  });
});
