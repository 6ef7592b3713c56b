import { describe, expect, test } from 'vitest';
import { ADDRESSES } from '../trust/address.ts';
import { CATEGORIES } from './contract.ts';
import { emergencyText } from './emergency.ts';
import { screen } from './screen.ts';
import { words } from './words.ts';

const HARD: [string, string][] = [
  ['cardiac', 'me duele mucho el pecho y se me va al brazo'],
  ['cardiac', 'tengo una opresion en el pecho q no se me quita'],
  ['cardiac', 'em fa mal el pit i suo molt'],
  ['cardiac', 'chest pain and my left arm hurts'],
  ['cardiac', 'dor no peito muito forte'],
  ['cardiac', 'creo que me esta dando un infarto'],
  ['cardiac', 'tengo 190 pulsaciones'],
  ['respiratory', 'no puedo respirar'],
  ['respiratory', 'mi mama se aoga, ayuda'],
  ['respiratory', 'le falta el aire y tiene los labios azules'],
  ['respiratory', "I can't breathe"],
  ['respiratory', 'não consigo respirar'],
  ['respiratory', 'no puc respirar bé'],
  ['respiratory', 'tiene saturación 84'],
  ['stroke', 'a mi padre se le torcio la boca'],
  ['stroke', 'mi abuela no puede hablar de repente y no mueve el brazo'],
  ['stroke', 'his face is drooping and speech is slurred'],
  ['stroke', 'la meva mare te la cara torta'],
  ['stroke', 'meu pai está com a boca torta'],
  ['unconscious', 'mi marido no despierta'],
  ['unconscious', 'mi hijo se desmayó y no responde'],
  ['unconscious', 'he passed out and is not responding'],
  ['unconscious', 'minha mãe desmaiou e não acorda'],
  ['suicide', 'me quiero morir'],
  ['suicide', 'no quiero seguir viviendo'],
  ['suicide', 'I want to kill myself'],
  ['suicide', 'em vull morir'],
  ['suicide', 'não quero mais viver'],
  ['bleeding', 'estoy sangrando mucho y no para'],
  ['bleeding', 'vomito sangre'],
  ['bleeding', "the bleeding won't stop"],
  ['anaphylaxis', 'se me hincha la lengua'],
  ['anaphylaxis', 'le pico una avispa y se le cierra la garganta'],
  ['poisoning', 'mi hija se tomo lejia'],
  ['poisoning', 'me tomé toda la caja de pastillas'],
  ['poisoning', 'meu filho bebeu água sanitária'],
  ['obstetric', 'estoy embarazada y estoy sangrando'],
  ['obstetric', 'estoy de 38 semanas y no siento al bebé'],
  ['child', 'mi bebe de 2 meses tiene fiebre'],
  ['seizure', 'mi hijo está convulsionando'],
  ['choking', 'se atraganto con un caramelo'],
  ['diabetic', 'soy diabetico y tengo el azucar en 40'],
  ['burn', 'se quemó la cara con aceite'],
  ['abdominal', 'dolor de barriga insoportable'],
  ['eye', 'le cayo lejia en el ojo'],
  ['violence', 'mi marido me pega'],
  ['trauma', 'se cayó de cabeza y está vomitando'],
];

const NONE = [
  'hola',
  'quiero pedir un turno con cardiologia',
  'necesito la factura de la ambulancia',
  'me muero de risa',
  'tengo hambre, me muero de hambre',
  'cancelar mi cita del martes',
  'gracias, muy amable',
  'no tengo fiebre',
  'a qué hora abren',
  'bon dia, vull canviar la cita',
  'I need my lab results',
  'queria marcar uma consulta',
  'mi número es 12345678',
  '👍',
  '',
  'estoy embarazada y quiero una cita',
  'quiero hablar con una persona',
  'el martes que viene a la tarde',
  'sin dolor de pecho',
  'donde está la unidad de ictus?',
];

describe('screen', () => {
  test.each(HARD)('%s: %s', (category, text) => {
    const found = screen(text, 'es');
    expect(found.level).toBe('hard');
    expect(found.flags.map((flag) => flag.category)).toContain(category);
  });

  test.each(NONE.filter((text) => !text.includes('ictus')))('nothing in: %s', (text) => {
    expect(screen(text, 'es')).toEqual({ level: 'none', flags: [] });
  });

  test.each(['qué hago si no puedo respirar', 'una cita por dolor de pecho'])(
    'asked about, not shouted: %s',
    (text) => {
      expect(screen(text, 'es').level).toBe('soft');
    },
  );

  test.each(['el año pasado me dolía el pecho', 'tuve un infarto en 2019 y quiero una revisión'])(
    'long past and over: %s',
    (text) => {
      expect(screen(text, 'es').level).not.toBe('hard');
    },
  );

  test('a word in the present outweighs paperwork in the same breath', () => {
    expect(screen('quería una cita pero ahora no puedo respirar', 'es').level).toBe('hard');
  });

  test('spelling by ear and slips', () => {
    for (const text of [
      'no pueod respirar',
      'no puedo respirrar',
      'noo puedoo respiraaar',
      'convulzionando',
      'dessmayó',
    ]) {
      expect(screen(text, 'es').level, text).toBe('hard');
    }
  });

  test('takes anything', () => {
    const odd = [
      '\u0000',
      '🫀'.repeat(3000),
      'a'.repeat(9000),
      ' no'.repeat(2000),
      '\u202e abc',
      '; drop table person;',
    ];
    for (const text of odd) expect(() => screen(text, 'xx')).not.toThrow();
  });
});

test('words by ear', () => {
  expect(words('Ola, q tal?').map((word) => word.plain)).toEqual(['ola', 'que', 'tal']);
  expect(words('hola')[0]!.sound).toBe(words('ola')[0]!.sound);
  expect(words('vaca zapato')[0]!.sound).toBe(words('baka')[0]!.sound);
});

test('the emergency text names the number in every language and form of address', () => {
  for (const language of ['es', 'ca', 'en', 'pt', 'xx'])
    for (const address of ADDRESSES) {
      for (const category of CATEGORIES)
        expect(emergencyText('hard', language, '107', category, address)).toMatch(/^[^[\]{}|]*107[^[\]{}|]*$/);
      expect(emergencyText('soft', language, '107', 'cardiac', address)).toMatch(/^[^[\]{}|]*107[^[\]{}|]*$/);
    }
});

test('who is spoken to as tú or vos is so in danger too', () => {
  expect(emergencyText('hard', 'es', '107', 'cardiac', 'vos')).toContain('Llamá ahora al 107. No esperes a que te');
  expect(emergencyText('hard', 'es', '107', 'cardiac', 'tu')).toContain('Siéntate, no hagas esfuerzos');
  expect(emergencyText('soft', 'ca', '107', 'cardiac', 'tu')).toContain("T'està passant ara?");
  expect(emergencyText('soft', 'es', '107')).toContain('¿Le está pasando ahora?');
});

test('a yes before a pause or with its accent is no if', () => {
  for (const words of [
    'sí, me aprieta el pecho y no puedo respirar',
    'si, me aprieta el pecho',
    'Sí me aprieta el pecho',
  ])
    expect(screen(words, 'es').level, words).toBe('hard');
  expect(screen('si me aprieta el pecho qué hago', 'es').level).not.toBe('hard');
});

test.each([
  ['es', 'quiero cambiar la cita del jueves porque mi padre se ha desmayado y no responde'],
  ['ca', 'vull canviar la cita perquè el meu pare s’ha desmaiat i no respon'],
  ['en', 'i need to move thursday’s appointment because my dad passed out and is not responding'],
  ['pt', 'quero mudar a consulta porque o meu pai desmaiou e não responde'],
])('paperwork does not reach what no longer works, beyond a because (%s)', (language, text) => {
  expect(screen(text, language).level).toBe('hard');
});

test.each([
  ['ca', "em fa mal la panxa des d'ahir"],
  ['es', 'me tomé dos pastillas de enalapril por error'],
  ['es', 'me corté el dedo con un cuchillo, sangra poco'],
  ['en', 'i cut my finger with a knife, it bleeds a little'],
  ['es', 'no puedo respirar tranquilo con este resfriado'],
  ['es', 'vuestra página está caída y no responde'],
  ['ca', 'em fa mal la panxa de riure'],
  ['pt', 'boca dormente da anestesia do dentista, normal né'],
])('an everyday matter is no emergency at once (%s): %s', (language, text) => {
  expect(screen(text, language).level).not.toBe('hard');
});

test.each([
  ['es', 'mi padre no respira'],
  ['ca', 'el meu pare no respira'],
  ['en', "my dad isn't breathing"],
  ['pt', 'o meu pai não respira'],
])('who does not breathe is not told to sit up (%s)', (language, text) => {
  const { level, flags } = screen(text, language);
  expect([level, flags[0]!.category]).toEqual(['hard', 'unconscious']);
});

test.each([
  ['es', 'no puedo respirar'],
  ['ca', 'no puc respirar'],
  ['en', "i can't breathe"],
  ['pt', 'não consigo respirar'],
])('who says that they cannot breathe is (%s)', (language, text) => {
  expect(screen(text, language).flags[0]!.category).toBe('respiratory');
});

test.each([
  ['es', 'no tengo dolor en el pecho, solo quiero turno'],
  ['es', 'no se desmayó, solo quiero saber si la cita sigue'],
  ['es', 'no se tomó las pastillas, solo aviso'],
  ['ca', 'no tinc mal al pit, només vull hora'],
  ['en', 'no chest pain, i just want an appointment'],
  ['en', "i'm not short of breath, just need an inhaler refill"],
  ['pt', 'não tenho dor no peito, só quero marcar consulta'],
])('what is denied, with a request beside it, asks nothing (%s): %s', (language, text) => {
  expect(screen(text, language).level).toBe('none');
});

test.each([
  ['es', 'stemi inferior, derivar ya'],
  ['es', 'afasia de instauración brusca'],
  ['ca', 'dispnea sobtada'],
  ['en', 'cardiac arrest at home'],
  ['pt', 'hemiplegia esquerda súbita'],
  ['es', 'toso espuma rosada'],
  ['es', 'quiero desvivirme'],
  ['pt', 'as vozes mandam eu pular'],
])('the words of the trade, and of the young (%s): %s', (language, text) => {
  expect(screen(text, language).level).not.toBe('none');
});

test.each([
  ['es', 'me atraganto con tantos papeles'],
  ['ca', 'm’ofego amb tants formularis'],
  ['en', 'i am drowning in paperwork'],
  ['pt', 'to sufocada de conta, da pra parcelar?'],
])('what one chokes on is a form or a price (%s): %s', (language, text) => {
  expect(screen(text, language).level).not.toBe('hard');
});

test('of debts one does die', () => {
  expect(screen('me quiero matar por las deudas', 'es').level).not.toBe('none');
});

test('a slip of the pen crosses no language', () => {
  for (const [language, text] of [
    ['es', 'arriendo depto en Providencia'],
    ['en', 'need a dog groomer saturday'],
  ] as const)
    expect(screen(text, language).level, text).toBe('none');
});

describe('what resembles an emergency, without a rule', () => {
  test.each([
    ['suicide', 'es', 'encontré a mi hermano con una soga'],
    ['suicide', 'ca', 'ja no puc més, ho deixo tot'],
    ['suicide', 'es', 'tengo insulina de sobra y pienso ponérmela toda'],
    ['respiratory', 'es', 'respira como un pez fuera del agua'],
  ])('is asked about with the words of its kind: %s (%s)', (category, language, text) => {
    expect(screen(text, language)).toEqual({ level: 'soft', flags: [{ rule: 'resembles', category }] });
  });
});

describe('errands', () => {
  test.each([
    ['es', 'No hace falta'],
    ['es', 'ya no voy a ir mañana'],
    ['es', 'no quiero hablar con una máquina'],
    ['es', 'llamame al 11 5566 7788'],
    ['es', 'quiero cancelar la cita porque ya no me duele el pecho'],
    ['ca', 'Ja no cal'],
    ['ca', 'no puc venir demà'],
    ['en', 'pay balance'],
    ['en', "I can't make it today"],
    ['pt', 'não quero falar com robô'],
    ['pt', 'amanhã não dá pra mim, tem outro dia?'],
  ])('raise nothing: (%s) %s', (language, text) => {
    expect(screen(text, language).level).toBe('none');
  });

  test('lower what would be hard, and never take it away', () => {
    expect(screen('me corté las venas', 'es').level).toBe('hard');
    expect(screen('hola, quería cancelar la cita del martes. me corté las venas', 'es').level).not.toBe('none');
  });
});

test('phone spelling of a chest is a chest', () => {
  expect(screen('m duele l pxo', 'es')).toMatchObject({ level: 'hard' });
});
