import { expect, test } from 'vitest';
import { defaultOutOfHours, waitText } from '../server/routing/texts.ts';
import { sorryTexts } from '../server/conversation/texts.ts';
import { ADDRESSES, addressed, saidAs } from '../server/trust/address.ts';
import { readingEase, styleOf, syllablesOf } from '../server/assistant/style.ts';

const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;

test('a text is said in the form that the organisation chose, and the last form stands for those that are not written', () => {
  const written = '¿Qué cita [quiere|quieres|querés] ver? [Le|Te] ayudo, {facts.first}.';
  expect(ADDRESSES.map((address) => addressed(written, address))).toEqual([
    '¿Qué cita quiere ver? Le ayudo, {facts.first}.',
    '¿Qué cita quieres ver? Te ayudo, {facts.first}.',
    '¿Qué cita querés ver? Te ayudo, {facts.first}.',
  ]);
  expect(saidAs('Hola.')).toEqual(['Hola.']);
  expect(saidAs('[L’ajudo|T’ajudo]')).toEqual(['L’ajudo', 'T’ajudo']);
});

test.each([
  ['es', '¿Qué cita quiere ver?'],
  ['es', 'Escriba el número.'],
  ['es', 'Lo verá en su cita.'],
  ['es', 'Siento no ayudarle.'],
  ['es', 'Le paso con una persona.'],
  ['es', 'Si puede, venga antes.'],
  ['es', 'Cuéntemelo.'],
  ['es', 'Te paso con una persona.'],
  ['es', 'Escribilo y contame.'],
  ['ca', 'Quina visita vol veure?'],
  ['ca', 'El passo amb una persona.'],
  ['ca', 'És la seva visita.'],
  ['ca', 'T’ajudo.'],
  ['pt', 'Quer ver a marcação?'],
  ['pt', 'Escreva o número.'],
  ['pt', 'Queres ver?'],
] as const)('%s: "%s" shows how it addresses its patient', (language, text) => {
  expect(styleOf(text, language).join()).toMatch(/form of address/);
});

test.each([
  ['es', '[Le|Te] paso con una persona, y [tu|tu] cita sigue igual.'],
  ['es', '¿Qué [quiere|quieres|quieres] ver? [Puede|Podés] elegir.'],
  ['es', '[Puede|Puedes|Podés] ver su cita.'],
  ['ca', '[El|Et] passo amb una persona, que veurà la seva visita.'],
  ['pt', '[Quer|Queres] ver a sua marcação?'],
] as const)('%s: "%s" mixes its forms', (language, text) => {
  expect(styleOf(text, language).join()).toMatch(/form of address/);
});

test.each([
  ['es', '[Le|Te] paso con una persona. Verá lo que ya me [ha|has] contado.'],
  ['es', '{professional.name} no tiene nada libre. Se lo paso a una persona, que puede verlo.'],
  ['es', '¿Qué edad tiene esa persona?'],
  ['ca', 'El que busca és a la llista. En [vol|vols] una altra?'],
  ['pt', 'Está bem. A pessoa que ler vai ver.'],
  ['en', 'You can see it here.'],
] as const)('%s: "%s" is complete in every form', (language, text) => {
  expect(styleOf(text, language)).toEqual([]);
});

test('what a reader would stumble over is told: jargon, blame, two questions, shouting, length', () => {
  const told = (text: string, language: (typeof LANGUAGES)[number] = 'es'): string =>
    styleOf(text, language).join('; ');
  expect(told('Hemos procesado la cita.')).toMatch(/procesar/);
  expect(told('El dato es incorrecto.')).toMatch(/fault/);
  expect(told('¿Hoy? ¿O mañana?')).toMatch(/two questions/);
  expect(told('Listo!')).toMatch(/exclamation/);
  expect(told('Select a valid option', 'en')).toMatch(/select/);
  expect(told('uno '.repeat(23))).toMatch(/a sentence of 23 words/);
  expect(
    told(
      'La cumplimentación extemporánea determinará inexorablemente la desestimación administrativa correspondiente a procedimientos anteriormente interpuestos telemáticamente.',
    ),
  ).toMatch(/hard to read/);
});

test.each([
  ['pt', 'informação', 4],
  ['pt', 'equipa', 3],
  ['pt', 'que', 1],
  ['pt', 'marcações', 3],
  ['pt', 'não', 1],
  ['es', 'aquí', 2],
  ['es', 'siguiente', 3],
  ['es', 'persona', 3],
  ['es', 'día', 2],
  ['ca', 'aquesta', 3],
  ['en', 'appointment', 3],
] as const)('%s: %s has %d syllables', (language, word, count) => {
  expect(syllablesOf(word, language)).toBe(count);
});

test('few words say nothing of how easy they are; short ones read more easily than long ones', () => {
  expect(readingEase('Hola.', 'es')).toBeNull();
  for (const [language, easy, hard] of [
    [
      'es',
      'La cita es el lunes a las diez. Si no va bien, hay otra el martes.',
      'La reprogramación administrativa de consultas especializadas requerirá autorización institucional previamente formalizada por representantes legalmente acreditados.',
    ],
    [
      'pt',
      'A consulta é na segunda às dez. Se não dá jeito, há outra na terça.',
      'A reprogramação administrativa de consultas especializadas necessitará de autorização institucional previamente formalizada por representantes devidamente acreditados.',
    ],
  ] as const)
    expect(readingEase(easy, language)!).toBeGreaterThan(readingEase(hard, language)! + 40);
});

test('what patients read about the wait and about a failure is written in this voice too', () => {
  const standing = {
    open: true,
    opensAt: null,
    outOfHours: defaultOutOfHours,
    timezone: 'Europe/Madrid',
    ahead: 0,
    staffed: true,
    returned: false,
    emergencyNumber: '112',
  };
  const now = new Date('2026-11-23T09:00:00Z');
  for (const language of LANGUAGES) {
    expect(styleOf(sorryTexts[language], language)).toEqual([]);
    for (const change of [
      {},
      { ahead: 1 },
      { ahead: 3 },
      { ahead: 50 },
      { minutes: { from: 0, to: 2 } },
      { ahead: 3, minutes: { from: 4, to: 8 } },
      { ahead: 50, minutes: { from: 120, to: null } },
      { ahead: 3, minutes: { from: 20, to: null }, change: 'longer' as const },
      { ahead: 1, minutes: { from: 60, to: null }, change: 'shorter' as const },
      { staffed: false },
      { returned: true },
      { open: false },
    ]) {
      const [usted, tu, vos] = ADDRESSES.map((address) => waitText(language, { ...standing, ...change, address }, now));
      // put together again as a text in three forms, which is what the check reads
      expect(styleOf(`[${usted}|${tu}|${vos}]`, language), JSON.stringify(change)).toEqual([]);
    }
  }
});
