import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsIn } from './amounts.ts';
import { correctionIn } from './corrections.ts';
import { documentsIn } from './documents.ts';
import { entitiesOf, lexiconOf } from './entities.ts';
import { MEDICINES } from './medicines.ts';
import { nameIn } from './names.ts';
import { phonesIn } from './phones.ts';
import { SPECIALTIES } from './specialties.ts';

const NOW = '2026-11-24T16:20';
const kinds = (text: string, language = 'es', country?: string): string =>
  entitiesOf(text, { language, now: NOW, ...(country ? { country } : {}) })
    .map((one) => `${one.kind}:${typeof one.value === 'object' ? one.value.from : one.value}`)
    .join(' ');

describe('documents', () => {
  const brief = (text: string, country?: string): string[] =>
    documentsIn(text, country).map((one) => `${one.country} ${one.type} ${one.value} ${one.check}`);

  test.each<[string, string | undefined, string[]]>([
    ['mi dni es 12345678Z', undefined, ['ES dni 12345678Z fits']],
    ['12.345.678-z', undefined, ['ES dni 12345678Z fits']],
    ['DNI 12345678A', undefined, ['ES dni 12345678A wrong']],
    ['x1234567l y vivo aquí', undefined, ['ES nie X1234567L fits']],
    ['mi rut 12.345.678-5', undefined, ['CL rut 123456785 fits']],
    ['12345678-5', undefined, ['CL rut 123456785 fits']],
    ['rut: 12.345.678-4', undefined, ['CL rut 123456784 wrong']],
    ['CPF 529.982.247-25', undefined, ['BR cpf 52998224725 fits']],
    ['52998224725', undefined, ['BR cpf 52998224725 fits']],
    ['cuit 20-26756539-3', undefined, ['AR cuit 20267565393 fits']],
    ['dni 14.233.987', undefined, ['AR dni 14233987 none']],
    ['14233987', 'AR', ['AR dni 14233987 none']],
    ['14233987', undefined, []],
    ['cc 52817443', undefined, ['CO cc 52817443 none']],
    ['mi cédula es 1.032.456.789', undefined, ['CO cc 1032456789 none']],
    ['BOXW310820HNERXN09', undefined, ['MX curp BOXW310820HNERXN09 fits']],
    ['curp BOXW310820HNERXN08', undefined, ['MX curp BOXW310820HNERXN08 wrong']],
    ['nif 123456789', undefined, ['PT nif 123456789 fits']],
    ['123456789', 'PT', ['PT nif 123456789 fits']],
    ['123456789', undefined, []],
    ['el 12/05/1984 a las 10:30', 'ES', []],
    ['son 1500 euros', 'AR', []],
    ['dni 12345678Z y el de mi hija 87654321X', undefined, ['ES dni 12345678Z fits', 'ES dni 87654321X fits']],
  ])('%s (%s)', (text, country, found) => expect(brief(text, country)).toEqual(found));

  test('a digit that slipped never fits', () => {
    const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';
    fc.assert(
      fc.property(fc.integer({ min: 10_000_000, max: 99_999_999 }), fc.integer({ min: 0, max: 7 }), (number, at) => {
        const right = `${number}${letters[number % 23]}`;
        expect(brief(`mi dni ${right}`)).toEqual([`ES dni ${right} fits`]);
        const digit = (Number(right[at]) + 1) % 10;
        expect(brief(`mi dni ${right.slice(0, at)}${digit}${right.slice(at + 1)}`)[0]).toMatch(/wrong$/);
      }),
    );
  });
});

test.each<[string, string, string | undefined, string[]]>([
  ['llámame al 600 11 22 33', 'es', 'ES', ['+34600112233']],
  ['+54 9 11 2345-6789', 'es', 'ES', ['+5491123456789']],
  ['my number is 07400 123456', 'en', 'GB', ['+447400123456']],
  ['912 345 678', 'pt', undefined, ['+351912345678']],
  ['(11) 98765-4321', 'pt', 'BR', ['+5511987654321']],
  ['el 12 de mayo de 1984', 'es', 'ES', []],
  ['1234', 'es', 'ES', []],
])('telephone: %s', (text, language, country, found) =>
  expect(phonesIn(text, language, country).map((one) => one.value)).toEqual(found),
);

test.each<[string, string | undefined, [number, string | null][]]>([
  ['pagué 1.500,50 euros', undefined, [[1500.5, 'EUR']]],
  ['R$ 120,00', undefined, [[120, 'BRL']]],
  ['$ 15.000', 'CO', [[15000, 'COP']]],
  ['$15,000.50', 'MX', [[15000.5, 'MXN']]],
  [
    '50€ o 60 €',
    undefined,
    [
      [50, 'EUR'],
      [60, 'EUR'],
    ],
  ],
  ['£30', undefined, [[30, 'GBP']]],
  ['20 dólares', undefined, [[20, 'USD']]],
  ['15 lucas', 'CL', [[15000, 'CLP']]],
  ['2 mil pesos', 'AR', [[2000, 'ARS']]],
  ['me cobraron 300 pesos', undefined, [[300, null]]],
  ['a las 5', undefined, []],
  ['10 minutos', undefined, []],
])('money: %s', (text, country, found) =>
  expect(amountsIn(text, country).map((one) => [one.value, one.currency])).toEqual(found),
);

test.each<[string, string | null, string?]>([
  ['me llamo ana lópez y quiero cita', 'Ana López'],
  ['hola, mi nombre es Juan Pablo de la Cruz', 'Juan Pablo de la Cruz'],
  ['soy la mamá de Lucas Pérez', 'Lucas Pérez', 'mother'],
  ['soc el fill de la Montserrat Puig', 'Montserrat Puig', 'child'],
  ["I'm Liam's mother", 'Liam', 'mother'],
  ['sou a filha da Maria da Silva', 'Maria da Silva', 'child'],
  ['para mi hijo Tomás el lunes', 'Tomás', 'child'],
  ['em dic Jordi Vila', 'Jordi Vila'],
  ['my name is Harriet Doyle', 'Harriet Doyle'],
  ['me chamo joão pedro', 'João Pedro'],
  ['soy Norma Quiroga dni 14233987', 'Norma Quiroga'],
  ['soy diabético', null],
  ['Soy nueva', null],
  ["I'm not sure", null],
  ['quiero una cita', null],
])('name: %s', (text, value, relation) => {
  const found = nameIn(text);
  expect(found?.value ?? null).toBe(value);
  expect(found?.relation).toBe(relation);
});

test.each<[string, string | null]>([
  ['no, el jueves', 'el jueves'],
  ['perdón, quise decir marzo', 'marzo'],
  ['perdón, el viernes', 'el viernes'],
  ['me equivoqué', ''],
  ['mejor el miércoles', 'el miércoles'],
  ['no, dijous', 'dijous'],
  ['perdó, volia dir divendres', null],
  ['sorry, I meant Friday', 'Friday'],
  ['actually the 5th', 'the 5th'],
  ['não, quinta', 'quinta'],
  ['desculpe, quis dizer sexta', 'sexta'],
  ['disculpe, quería una cita', null],
  ['perdón por molestar, necesito los resultados', null],
  ['no, gracias', null],
  ['no', null],
  ['el jueves', null],
])('correction: %s', (text, rest) => expect(correctionIn(text)).toBe(rest));

describe('names of the hospital', () => {
  test.each([
    ['quiero cita con el caridologo', 'cardiology'],
    ['necesito un pediatra', 'paediatrics'],
    ['oftalmlogo', 'ophthalmology'],
    ['el médico de los ojos', 'ophthalmology'],
    ['metge de capçalera', 'family'],
    ['I need a dermatolgist', 'dermatology'],
    ['ginecologia', 'gynaecology'],
    ['fisio', 'rehabilitation'],
    ['clínico geral', 'family'],
    ['una resonancia', 'imaging'],
  ])('%s: %s', (text, key) => expect(kinds(text)).toContain(`specialty:${key}`));
  test.each(['me duele la cabeza', 'hola buenas', 'el lunes', 'quiero pagar'])('no specialty: %s', (text) =>
    expect(kinds(text)).not.toContain('specialty'),
  );

  test('its own list comes with the ways of saying of what it is, and its people by any of their names', () => {
    const lexicon = lexiconOf({
      specialties: [
        { key: 'trauma-7', names: ['Traumatología y ortopedia', 'Orthopaedics'] },
        { key: 'pain', names: ['Unidad del dolor'] },
      ],
      professionals: [
        { key: 'p1', names: ['Dra. Montserrat Vila Puig'] },
        { key: 'p2', names: ['Dr. Iñaki Etxeberria'] },
      ],
    });
    const found = (text: string): string[] =>
      entitiesOf(text, { language: 'es', now: NOW, lexicon })
        .filter((one) => one.kind === 'specialty' || one.kind === 'professional')
        .map((one) => `${one.value}${'sure' in one && one.sure ? '' : '?'}`);
    expect(found('el médico de los huesos')).toEqual(['trauma-7']);
    expect(found('unidad del dolor')).toEqual(['pain']);
    expect(found('quiero cardiología')).toEqual([]);
    expect(found('con la doctora bila')).toEqual(['p1']);
    expect(found('con la dra. Montserrat')).toEqual(['p1']);
    expect(found('con el doctor Echeberria')).toEqual(['p2?']);
    expect(found('montserrat')).toEqual([]);
  });

  test('medicines by ear and with a slip; the person’s own come first', () => {
    expect(kinds('se me acabó el sintron')).toContain('medicine:acenocoumarol');
    expect(kinds('paracetmol')).toContain('medicine:paracetamol');
    expect(kinds('salvutamol')).toContain('medicine:salbutamol');
    const lexicon = lexiconOf({ medicines: [{ key: 'enalapril-10', names: ['Enalapril 10 mg', 'Enalapril'] }] });
    expect(entitiesOf('el enalapril y la metformina', { language: 'es', now: NOW, lexicon })).toEqual([
      { kind: 'medicine', value: 'enalapril-10', sure: true, own: true },
      { kind: 'medicine', value: 'metformin', sure: true, own: false },
    ]);
  });

  test('every name in the lists is found by itself, as what it is', () => {
    for (const [kind, list] of [
      ['specialty', SPECIALTIES],
      ['medicine', MEDICINES],
    ] as const)
      for (const { key, names } of list)
        for (const name of names) expect(kinds(name.replace('*', '')), `${key}: ${name}`).toContain(`${kind}:${key}`);
    expect(MEDICINES.length).toBeGreaterThanOrEqual(150);
  });
});

test.each<[string, string, string]>([
  ['sí, el martes', 'es', 'answer:yes date:2026-11-24'],
  ['la segunda', 'ca', 'place:2'],
  ['el de la tarde', 'es', 'date:2026-11-24'],
  ['la 3', 'es', 'place:3'],
  ['el último', 'es', 'place:-1'],
  ['no, el jueves', 'es', 'correction:el jueves date:2026-11-26'],
  ['cambiar la cita del jueves al viernes', 'es', 'date:2026-11-27'],
  ['cambiar la cita del jueves al viernes a las 10', 'es', 'date:2026-11-27'],
])('together: %s', (text, language, found) => expect(kinds(text, language)).toContain(found));

test('anything may be written, in any language', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 })),
      fc.constantFrom('es', 'ca', 'en', 'pt', 'xx'),
      fc.constantFrom(undefined, 'ES', 'AR', 'CL', 'BR', 'ZZ'),
      (text, language, country) => {
        entitiesOf(text, { language, now: NOW, ...(country ? { country } : {}) });
      },
    ),
    { numRuns: 400 },
  );
  // however it is made
  for (const text of ['1'.repeat(8000), '1.'.repeat(4000), 'soy '.repeat(2000), '$'.repeat(8000), 'A1 '.repeat(2000)])
    entitiesOf(text, { language: 'es', now: NOW });
});
