import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor, type Redaction } from './redact.ts';

const about: Redaction = {
  known: [
    { kind: 'name', value: 'Ana Belén Martínez Roig' },
    { kind: 'name', value: 'Lucas Martínez' },
    { kind: 'document', value: '12345678Z' },
    { kind: 'phone', value: '34600112233' },
    { kind: 'email', value: 'ana@example.com' },
    { kind: 'birth_date', value: '1963-05-09' },
    { kind: 'address', value: 'Carrer de Mallorca 15' },
    { kind: 'number', value: '0199-7f3a-visit' },
  ],
  stays: ['Dra. Marta Soler', 'Hospital Vega Clara', 'Centro'],
  language: 'es',
  country: 'ES',
  year: 2026,
};
const hide = (text: string, more: Partial<Redaction> = {}) => new Redactor({ ...about, ...more }).hide(text);

describe('what does not leave', () => {
  test.each([
    ['soy ana belen', 'soy [NAME_1] [NAME_2]'],
    ['ANA BELÉN MARTÍNEZ ROIG quiere cita', '[NAME_1] quiere cita'],
    ['mi dni 12.345.678-z', 'mi dni [DOCUMENT_1]'],
    ['mi dni es 12345678', 'mi dni es [DOCUMENT_1]'],
    ['llámame al +34 600 11 22 33', 'llámame al [PHONE_1]'],
    ['600-112-233', '[PHONE_1]'],
    ['escribe a Ana@Example.com', 'escribe a [EMAIL_1]'],
    ['nací el 09/05/1963', 'nací el [BIRTH_DATE_1]'],
    ['nací el 9-5-63', 'nací el [BIRTH_DATE_1]'],
    ['vivo en carrer de mallorca 15', 'vivo en [ADDRESS_1]'],
    // nobody that the house knows
    ['mi vecina Rosa Puig García', 'mi vecina [NAME_1]'],
    ['NIE X1234567L', 'NIE [DOCUMENT_1]'],
    ['cpf 529.982.247-25', 'cpf [DOCUMENT_1]'],
    ['rut 12.345.678-5', 'rut [DOCUMENT_1]'],
    ['mi tarjeta 4111 1111 1111 1111', 'mi tarjeta [NUMBER_1]'],
    ['IBAN ES91 2100 0418 4502 0005 1332', 'IBAN [NUMBER_1]'],
    ['mi hijo nació el 3 de abril de 2019', 'mi hijo nació el [BIRTH_DATE_1]'],
    ['nacido el 3/4/2026', 'nacido el [BIRTH_DATE_1]'],
    ['https://evil.example/?d=1', '[NUMBER_1]'],
    ['vivo en calle de Alcalá 123', 'vivo en [ADDRESS_1]'],
    ['full-width １２３４５６７８Z', 'full-width [DOCUMENT_1]'],
    ['6\u200b00112233', '[PHONE_1]'],
  ])('%s', (text, wanted) => {
    expect(hide(text)).toEqual({ text: wanted });
  });

  test.each([
    'quiero cambiar la cita del martes 24 de noviembre a las 10:30',
    'con la Dra. Soler en el Hospital Vega Clara',
    'tomo 500 mg cada 8 horas',
    'el 25/11/2026 a las 16:30',
    'tengo 38,5 de fiebre desde hace 3 días',
    'pago 120,50 €',
  ])('what the talk is about stays: %s', (text) => {
    expect(hide(text)).toEqual({ text });
  });

  test('on doubt nothing leaves', () => {
    expect(hide('mi historia es la 99887766')).toEqual({ doubt: 'unknown_number' });
    expect(hide('a'.repeat(1_501))).toEqual({ doubt: 'too_long' });
  });
});

test('tokens are the caller’s own: what somebody types is none, and a strange one is told', () => {
  const redactor = new Redactor(about);
  expect(redactor.hide('dime [NAME_1] y [DOCUMENT_1]')).toEqual({ text: 'dime (NAME_1) y (DOCUMENT_1)' });
  redactor.hide('soy Lucas');
  expect(redactor.show('hola [NAME_1]')).toBe('hola Lucas');
  expect(redactor.show('hola [NAME_2]')).toBeNull();
  expect(redactor.show('hola [PHONE_1]')).toBeNull();
});

test('whatever stands round them, what is known does not leave, and it comes back whole', () => {
  const piece = fc.constantFrom(
    'hola',
    'quiero',
    'cita',
    ',',
    '.',
    '¿',
    '?',
    'para',
    '24/11',
    '10:30',
    '(',
    ')',
    '"',
    '\n',
    '-',
  );
  const secret = fc.constantFrom(
    'Ana Belén Martínez Roig',
    'lucas martinez',
    'MARTÍNEZ',
    '12345678Z',
    '12.345.678 Z',
    '+34600112233',
    '600 11 22 33',
    'ana@example.com',
    '9/5/1963',
    '1963-05-09',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, secret), { minLength: 1, maxLength: 12 }), (pieces) => {
      const text = pieces.join(' ');
      const redactor = new Redactor(about);
      const hidden = redactor.hide(text);
      if ('doubt' in hidden) return;
      const bare = hidden.text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      for (const never of ['martinez', 'roig', 'lucas', '345678', '345.678', '600112233', '600 11', 'ana@', '1963'])
        expect(bare, hidden.text).not.toContain(never);
      expect(redactor.show(hidden.text)).not.toBeNull();
    }),
    { numRuns: 300 },
  );
});
