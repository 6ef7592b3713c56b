import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Intent } from './understand.ts';
import { asksForPerson } from './asks-person.ts';
import { asksForLanguage, languageOf } from './languages.ts';
import { pickByWords, placeInList } from './list-places.ts';
import {
  documentNumber,
  personName,
  phoneNumber,
  wantsBack,
  wantsMore,
  wantsToStop,
  yesOrNo,
} from './short-answers.ts';
import { isGreeting, meaning } from './understand.ts';

const SAID: Record<string, string[]> = {
  appointment_book: [
    'quiero una cita',
    'necesito un turno con el cardiologo',
    'sacar hora con pediatria',
    'quisiera agendar una consulta',
    'vull demanar hora',
    'demanar visita amb el metge',
    'I need an appointment',
    'book an appointment please',
    'quero marcar uma consulta',
    'preciso de um dermatologista',
    'pedir sita',
  ],
  appointment_change: [
    'cambiar mi cita',
    'mover el turno',
    'reprogramar la consulta',
    'canviar la visita',
    'reschedule my appointment',
    'remarcar a consulta',
    'quiero canbiar la cita',
  ],
  appointment_cancel: [
    'cancelar la cita',
    'anular el turno',
    'anul·lar la visita',
    'cancel my appointment',
    'desmarcar a consulta',
  ],
  appointment_confirm: [
    'confirmo',
    'confirmar mi cita',
    'confirmar la visita',
    'I confirm my appointment',
    'confirmar a consulta',
  ],
  lab_results: [
    'mis resultados',
    'están los resultados del análisis?',
    'els resultats',
    'test results',
    'resultado do exame',
  ],
  lab_order: [
    'tengo que ir en ayunas?',
    'preparación de la prueba',
    'la preparacio de la prova',
    'fasting before the test?',
    'preparo do exame',
  ],
  medication_info: [
    'cómo tomo la medicación',
    'la dosis de la pastilla',
    'medicació',
    'my medication',
    'meus remédios',
  ],
  opening_hours: [
    'a qué hora abren',
    'dónde están',
    'horari',
    'opening hours',
    'que horas fecham?',
    'horário de atendimento',
  ],
  complaint: [
    'quiero poner una queja',
    'un reclamo',
    'vull fer una queixa',
    'I want to complain',
    'fazer uma reclamação',
  ],
  human_agent: [
    'quiero hablar con una persona',
    'agente',
    'amb una persona',
    'talk to someone',
    'falar com atendente',
    '0',
  ],
  appointment_next: [
    'quiero ver mis citas',
    'cuándo tengo cita',
    'my appointments',
    'I want to see my appointments',
    'les meves visites',
    'as minhas consultas',
    'mi próximo turno',
  ],
  where_to_go: ['where do I go?', 'a donde tengo que ir'],
  symptom_report: ['me encuentro mal', 'em fa mal el cap', 'tengo fiebre'],
  upset: ['sois unos inutiles', 'vaya mierda', 'useless bot'],
  employee: ['necesito la nómina', 'pedir un permiso'],
  bill_pay: ['tengo que pagar una factura', 'cuanto cuesta una consulta', 'quanto custa?'],
  running_late: ['llego tarde 10 minutos', "I'm running late", 'vou chegar atrasada'],
  for_other: ['es para mi marido', 'és per a la meva mare', "it's for my son", 'é para a minha mãe'],
  not_me: ['número equivocado', 'soy su hija', 'wrong number'],
  waiting_list: ['lista de espera', "llista d'espera", 'waiting list'],
};

test.each([
  ['mis análisis ya están?', 'lab_results', 'act'],
  ['necesito una enfermera', 'human_agent', 'act'],
  ['I need a nurse please', 'human_agent', 'act'],
  ['la cita', 'appointment_book', 'ask'],
  ['turno porfa', 'appointment_book', 'ask'],
])('how sure: %s', (text, intent, band) => expect(meaning(text)).toMatchObject({ intent, band }));
test.each([
  'el martes por la tarde',
  'con la doctora Vila',
  '12345678Z',
  'Carmen Ruiz',
  'la segunda',
  'a las 10',
  'me da igual',
  'sí, gracias',
  'the second one',
  'demà al matí',
  'na quinta de manhã',
])('an answer is no wish: %s', (text) => expect(meaning(text)).toBeNull());

describe('free text finds its menu', () => {
  for (const [intent, list] of Object.entries(SAID))
    test.each(list)(`${intent}: %s`, (text) => expect(meaning(text)?.intent).toBe(intent as Intent));
  test.each(['asdf', '12', 'xx yy zz', '🙂', '', 'el coche es rojo'])('nothing in: %s', (text) =>
    expect(meaning(text)).toBeNull(),
  );
});

test.each([
  'persona',
  'Quiero una persona!',
  '0',
  'humano',
  'pásame con un agente',
  'hi ha algú?',
  'is there a person',
  'pesrona',
  'REPRESENTATIVE',
  'falar com uma pessoa',
  'esto no funciona, quiero una persona',
  'no entiendo nada quiero hablar con alguien',
])('a person: %s', (text) => expect(asksForPerson(text)).toBe(true));
test.each([
  'una cita para otra persona',
  'no quiero hablar con una persona',
  'la agente fue amable conmigo ayer',
  '10',
  'hola',
  'persuasión no',
])('no person: %s', (text) => expect(asksForPerson(text)).toBe(false));

test('short answers', () => {
  for (const text of [
    'sí',
    'si',
    'Sí, por favor',
    'claro',
    'vale',
    'dale',
    'ok',
    'sim',
    'yes',
    "d'acord",
    'ok gracias',
    '👍',
  ])
    expect(yesOrNo(text), text).toBe('yes');
  for (const text of [
    'no',
    'No, gracias',
    'nop',
    'ahora no',
    'não',
    'nao',
    'no thanks',
    'millor no',
    'nada más',
    'nada',
  ])
    expect([yesOrNo(text), text]).not.toEqual(['yes', text]);
  for (const text of ['no sé', 'quizás', 'no puedo respirar', 'sin duda quiero otra cosa'])
    expect(yesOrNo(text), text).toBeNull();
  expect(
    ['2', 'la 2', '2️⃣', 'la segunda', 'el segundo', 'second', 'a segunda', 'dos', 'opción 2'].map(placeInList),
  ).toEqual(Array(9).fill(2));
  expect(
    [
      'quiero la segunda por favor',
      'me quedo con la 2',
      "I'll take the second one please",
      'vull la segona',
      'fico com a segunda',
      'opción 2, por favor',
      '2 porfa',
    ].map(placeInList),
  ).toEqual(Array(7).fill(2));
  for (const text of ['el primero de mayo', 'segunda-feira', 'la segunda semana', 'the first of May'])
    expect(placeInList(text), text).toBeNull();
  expect(placeInList('la última')).toBe(-1);
  expect(placeInList('2 de diciembre por la tarde')).toBeNull();
  for (const text of ['cancelar', 'salir', 'olvídalo', 'never mind', 'deixa-ho', 'parar'])
    expect(wantsToStop(text), text).toBe(true);
  expect(wantsToStop('cancelar la cita')).toBe(false);
  for (const text of ['volver', 'atrás', 'go back', 'enrere', 'voltar']) expect(wantsBack(text), text).toBe(true);
  for (const text of ['ver más', 'más', 'more', 'veure mes', 'ver mais']) expect(wantsMore(text), text).toBe(true);
  for (const text of ['hola', 'Buenos días!', 'bon dia', 'oi', 'Hello!!', 'olá, bom dia'])
    expect(isGreeting(text), text).toBe(true);
  expect(isGreeting('hola quiero una cita')).toBe(false);
});

test('languages', () => {
  const all = ['es', 'ca', 'en', 'pt'];
  expect(['english please', 'en català', 'habla español', 'português', 'in English'].map(asksForLanguage)).toEqual([
    'en',
    'ca',
    'es',
    'pt',
    'en',
  ]);
  expect(
    ['torna al català', 'volvamos al español', 'back to English', 'voltamos ao português'].map(asksForLanguage),
  ).toEqual(['ca', 'es', 'en', 'pt']);
  expect(asksForLanguage('mi profesor de inglés me recomendó pedir cita con el médico de la espalda')).toBeNull();
  for (const [language, text] of [
    ['en', 'I need to see the doctor please'],
    ['ca', 'bon dia, vull demanar hora amb el metge'],
    ['pt', 'olá, não consigo marcar uma consulta'],
    ['es', 'buenos días, necesito pedir una cita'],
  ] as const)
    expect(languageOf(text, all), text).toBe(language);
  for (const [language, ...texts] of [
    ['ca', 'vull demanar hora', 'vull posar una queixa, em van tractar molt malament', 'el meu pare no respira'],
    ['ca', 'hora amb el metge', 'demà al matí', 'bon dia', 'necessito una visita avui', 'em toca aquesta setmana?'],
    ['en', 'book appointment', 'my father is not breathing', 'cancel my appointment', 'need to see the doctor'],
    ['pt', 'quero marcar consulta', 'meu pai não respira', 'meu pai nao respira', 'minha mãe', 'bom dia'],
    ['es', 'quiero pedir cita', 'mi hijo no respira, hay que venir', 'necesito turno'],
  ] as const)
    for (const text of texts) expect(languageOf(text, all), text).toBe(language);
  for (const text of ['ok', '12345678Z', 'Dra. Vila', 'no', 'cardiología', 'preciso turno', 'Mati Pare', 'hola'])
    expect(languageOf(text, all) ?? 'es', text).toBe('es');
  for (const text of ['ok', '12345678Z', 'Dra. Vila', 'no']) expect(languageOf(text, all), text).toBeNull();
  expect(languageOf('I need to see the doctor please', ['es', 'ca'])).not.toBe('en');
});

test('an insult to the bot, an illness that is catching, something that is shown', () => {
  for (const text of ['bot de mierda', 'bot de merda', 'shitty bot', 'useless bot'])
    expect(meaning(text), text).toMatchObject({ intent: 'upset', band: 'act' });
  for (const text of [
    'tengo covid, puedo ir a la consulta?',
    'tinc covid, puc anar a la visita?',
    'i have covid, can i come to my appointment?',
    'estou com covid, posso ir à consulta?',
  ])
    expect(meaning(text), text).toMatchObject({ intent: 'symptom_report' });
  for (const text of ['mire esto', 'no lo tengo a mano', "i don't have it"]) expect(meaning(text), text).toBeNull();
});

test('documents, telephones, names', () => {
  expect(
    ['12345678Z', '12.345.678-z', 'mi dni es 12345678 Z', 'X-1234567-L', 'AAA123456', '529.982.247-25'].map(
      documentNumber,
    ),
  ).toEqual(['12345678Z', '12345678Z', '12345678Z', 'X1234567L', 'AAA123456', '52998224725']);
  expect(['hola', '12', '', 'no sé'].map(documentNumber)).toEqual([null, null, null, null]);
  expect(phoneNumber('llámame al +34 600 11 22 33')).toBe('+34600112233');
  expect(phoneNumber('123')).toBeNull();
  expect(personName('me llamo ana maría lópez')).toBe('Ana María López');
  expect(personName('123 abc')).toBeNull();
});

test('options by their words', () => {
  const options = ['Cardiología', 'Dermatología', 'Medicina de familia'].map((title) => ({ title }));
  expect(
    ['cardiologia', 'dermatologo', 'medico de familia', 'kardiologia', 'cardio'].map(
      (text) => pickByWords(text, options)[0],
    ),
  ).toEqual([0, 1, 2, 0, undefined]);
  expect(pickByWords('fútbol', options)).toEqual([]);
});

test('an option of small words only is meant by those that end it', () => {
  const whom = (mine: string, other: string) => [{ title: mine }, { title: other }];
  for (const [text, options] of [
    ['me', whom('For me', 'For someone else')],
    ['Mí', whom('Para mí', 'Para otra persona')],
    ['a mi', whom('Per a mi', 'Per a algú altre')],
    ['mim', whom('Para mim', 'Para outra pessoa')],
  ] as const)
    expect(pickByWords(text, options), text).toEqual([0]);
  for (const text of ['no', 'sí', 'para', 'quiero'])
    expect(pickByWords(text, whom('Para mí', 'No')), text).toEqual(text === 'no' ? [1] : []);
});

test('anything may be written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
      for (const read of [
        meaning,
        asksForPerson,
        asksForLanguage,
        wantsToStop,
        wantsBack,
        wantsMore,
        yesOrNo,
        placeInList,
        documentNumber,
        phoneNumber,
        personName,
        isGreeting,
      ])
        read(text);
      pickByWords(text, [{ title: 'Uno' }, { title: 'Dos' }]);
      languageOf(text, ['es', 'ca', 'en', 'pt']);
    }),
    { numRuns: 500 },
  );
  // no text takes for ever, however it is made: the test would not end
  for (const text of [
    'hola '.repeat(1600),
    'ver mas '.repeat(1000),
    'si, '.repeat(2000),
    'a'.repeat(8000),
    '1'.repeat(8000),
    '! '.repeat(4000),
    'hablar '.repeat(1100),
  ]) {
    for (const read of [
      meaning,
      asksForPerson,
      asksForLanguage,
      wantsToStop,
      wantsBack,
      wantsMore,
      yesOrNo,
      placeInList,
      documentNumber,
      phoneNumber,
      personName,
    ])
      expect(() => read(text)).not.toThrow();
  }
});
