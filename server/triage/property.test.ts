import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain, redFlagPack, screen } from './screen.ts';
import { tokensOf } from './said.ts';

/** Emergencies told plainly, one or more of each kind and language: what follows is done to all of them. */
const EMERGENCIES: [string, string][] = [
  ['es', 'me duele mucho el pecho y no puedo respirar'],
  ['es', 'mi papá no respira y no despierta'],
  ['es', 'se le torció la boca y no puede hablar'],
  ['es', 'quiero matarme esta noche'],
  ['es', 'se tomó todas las pastillas'],
  ['es', 'está convulsionando y se puso morado'],
  ['es', 'le picó una abeja y se le hinchó la lengua'],
  ['es', 'estoy embarazada y estoy sangrando mucho'],
  ['ca', 'el pare no respira i no es desperta'],
  ['ca', 'em fa molt mal el pit i no puc respirar'],
  ['ca', 'em vull matar aquesta nit'],
  ['en', 'my dad is not breathing and will not wake up'],
  ['en', 'i have crushing chest pain and i cannot breathe'],
  ['en', 'i want to kill myself tonight'],
  ['pt', 'meu pai não respira e não acorda'],
  ['pt', 'estou com dor no peito e não consigo respirar'],
  ['pt', 'quero me matar hoje'],
];
const PAPERWORK: Record<string, string[]> = {
  es: ['quería cambiar mi turno, ', 'hola, necesito la factura. ', 'para pedir una cita: '],
  ca: ['volia canviar la visita, ', 'hola, necessito la factura. ', 'per demanar hora: '],
  en: ['i wanted to change my appointment, ', 'hello, i need the bill. ', 'to book a visit: '],
  pt: ['queria mudar a consulta, ', 'olá, preciso da fatura. ', 'para marcar consulta: '],
};
const one = fc.constantFrom(...EMERGENCIES);

/** A word of some length, changed as a hurried hand changes it. */
function slipped(text: string, at: number, change: (word: string) => string): string {
  const words = text.split(' ');
  const long = words.flatMap((word, index) => (word.length >= 6 ? [index] : []));
  if (long.length === 0) return text;
  const index = long[at % long.length]!;
  words[index] = change(words[index]!);
  return words.join(' ');
}

describe('what a hurried hand does loses no flag', () => {
  test('capitals and accents', () => {
    fc.assert(
      fc.property(one, fc.boolean(), fc.boolean(), ([language, text], loud, bare) => {
        let said = loud ? text.toUpperCase() : text;
        if (bare) said = said.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
        expect(screen(said, language).level).toBe('hard');
      }),
    );
  });

  test('letters typed twice, or thrice', () => {
    fc.assert(
      fc.property(one, fc.nat(), fc.integer({ min: 2, max: 5 }), ([language, text], at, times) => {
        const said = slipped(text, at, (word) => word.slice(0, -1) + word.at(-1)!.repeat(times));
        expect(screen(said, language).level).not.toBe('none');
      }),
    );
  });

  test('two letters of a long word transposed', () => {
    fc.assert(
      fc.property(one, fc.nat(), fc.nat(), ([language, text], at, where) => {
        const said = slipped(text, at, (word) => {
          const k = 1 + (where % (word.length - 2));
          // what breaks a letter of two signs makes another sound
          if (/ll|qu|ch|gu/.test(word.slice(k - 1, k + 3))) return word;
          return word.slice(0, k) + word[k + 1] + word[k] + word.slice(k + 2);
        });
        expect(screen(said, language).level).not.toBe('none');
      }),
    );
  });

  test('signs round it, emoji, line breaks', () => {
    fc.assert(
      fc.property(one, fc.constantFrom('!!!', ' 😭😭', '...', '\n', ' 🙏'), ([language, text], sign) => {
        expect(screen(sign + text + sign, language).level).toBe('hard');
      }),
    );
  });

  test('whatever language the conversation is held in', () => {
    fc.assert(
      fc.property(one, fc.constantFrom('es', 'ca', 'en', 'pt', '', 'xx'), ([, text], language) => {
        expect(screen(text, language).level).not.toBe('none');
      }),
    );
  });
});

test('paperwork in the same breath never silences it', () => {
  fc.assert(
    fc.property(one, fc.nat(), fc.boolean(), ([language, text], which, first) => {
      const paper = PAPERWORK[language]![which % 3]!;
      expect(screen(first ? paper + text : `${text}. ${paper}`, language).level).not.toBe('none');
    }),
  );
});

/** What is denied in one breath, with what stands. */
const DENIED: Record<string, string[]> = {
  es: ['no tengo fiebre pero ', 'no tengo tos ni mocos. '],
  ca: ['no tinc febre però ', 'no tinc tos ni mocs. '],
  en: ['no fever but ', 'no cough, no cold. '],
  pt: ['não tenho febre mas ', 'não tenho tosse nem nada. '],
};

test('what is denied beside it never silences it', () => {
  fc.assert(
    fc.property(one, fc.nat(), ([language, text], which) => {
      expect(screen(DENIED[language]![which % 2]! + text, language).level).not.toBe('none');
    }),
  );
});

test('takes anything, answers one of three levels, the same every time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 3 }), (text, language) => {
      const found = screen(text, language);
      expect(['hard', 'soft', 'none']).toContain(found.level);
      expect(found.flags.length > 0).toBe(found.level !== 'none');
      expect(screen(text, language)).toEqual(found);
    }),
  );
});

describe('explain', () => {
  test('says the same as screen, and every stretch is a piece of the text', () => {
    fc.assert(
      fc.property(one, ([language, text]) => {
        const told = explain(text, language);
        expect({ level: told.level, flags: told.flags }).toEqual(screen(text, language));
        for (const { start, end, words } of [...told.concepts, ...told.contexts]) {
          expect(words).toBe(text.slice(start, end));
          expect(words.trim()).not.toBe('');
        }
      }),
    );
  });

  test('names the words, the concept, the rule', () => {
    const told = explain('hola, no puedo respirar', 'es');
    expect(told.concepts).toContainEqual(
      expect.objectContaining({ concept: 'cant_breathe', words: 'no puedo respirar', start: 6, state: 'present' }),
    );
    expect(told.rules).toContainEqual(
      expect.objectContaining({ rule: 'respiratory.cant-breathe', fired: 'hard', concepts: ['cant_breathe'] }),
    );
  });

  test('names what took a concept away', () => {
    const told = explain('no tengo fiebre', 'es');
    expect(told.concepts).toContainEqual(
      expect.objectContaining({ concept: 'fever', state: 'removed', because: 'negation' }),
    );
    expect(explain('me muero de risa', 'es').contexts.map((one) => one.context)).toContain('figure');
  });
});

test('what is signed is the whole pack', () => {
  const pack = redFlagPack();
  expect(pack.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(pack.status).toBe('DRAFT');
  expect(pack.concepts.length).toBeGreaterThan(80);
  expect(pack.rules.length).toBeGreaterThan(80);
});

test('words of a text: phone spelling, contractions, elisions, numbers', () => {
  const plain = (text: string): string[] => tokensOf(text).map((token) => token.plain);
  expect(plain('q tal xq')).toEqual(['que', 'tal', 'porque']);
  expect(plain("I can't breathe, he won't wake")).toEqual(['i', 'can', 'not', 'breathe', 'he', 'will', 'not', 'wake']);
  expect(plain("m'ofego, li falta l'aire")).toEqual(['ofego', 'li', 'falta', 'aire']);
  expect(tokensOf('39,5 y treinta y nueve').map((token) => token.value)).toEqual([39.5, Number.NaN, 39]);
  // a yes with its accent says nothing that is weighed
  expect(tokensOf('no puedo. pero ahora sí').map((token) => token.sentence)).toEqual([0, 0, 2, 2]);
});
