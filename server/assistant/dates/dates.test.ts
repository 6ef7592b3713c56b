import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { understandBirthDate, understandDate, understandTime } from './dates.ts';
import type { Understood } from './moment.ts';
import { dayInShort, dayInWords, readBack } from './said.ts';

/** A Wednesday. */
const NOW = '2026-11-25T10:00';

/** `12-01 a` the first of December in the afternoon; `?` when it is asked; `*` when no day was named. */
function brief(found: Understood | null): string {
  if (!found) return 'null';
  if (found.ambiguous) return '? ' + found.ambiguous.map((one) => brief({ ...one })).join(' | ');
  const year = (iso: string): string => (iso.startsWith('2026') ? iso.slice(5) : iso);
  const days = found.open ? '*' : found.from === found.to ? year(found.from) : `${year(found.from)}..${year(found.to)}`;
  return [
    days,
    found.partOfDay?.[0],
    found.time,
    found.after && `>${found.after}`,
    found.before && `<${found.before}`,
    found.except && `-${found.except.join('')}`,
  ]
    .filter(Boolean)
    .join(' ');
}

// expected | es | ca | en | pt
const TABLE = `
11-25 | hoy | avui | today | hoje
11-26 | mañana | demà | tomorrow | amanhã
11-27 | pasado mañana | demà passat | the day after tomorrow | depois de amanhã
11-26 m | mañana por la mañana | demà al matí | tomorrow morning | amanhã de manhã
11-26 a | mañana por la tarde | demà a la tarda | tomorrow afternoon | amanhã à tarde
11-25 a | hoy a la tarde | avui a la tarda | this afternoon, today | hoje à tarde
11-27 16:30 | pasado mañana 4 y media | demà passat a dos quarts de cinc | day after tomorrow at half past four | depois de amanhã 4 e meia
12-01 | el martes | dimarts | on tuesday | terça
12-01 a | el martes que viene a la tarde | dimarts que ve a la tarda | next tuesday afternoon | terça que vem à tarde
11-26 | jueves | dijous | thursday | quinta-feira
11-27 m | viernes por la mañana | divendres al matí | friday morning | sexta de manhã
11-30 | el lunes | dilluns | monday | segunda
11-30 | lunes próximo | dilluns vinent | monday | próxima segunda-feira
? 11-25 \\| 12-02 | miércoles | dimecres | wednesday | quarta
12-02 | el miércoles que viene | dimecres que ve | next wednesday | quarta que vem
11-28 | el sábado | dissabte | saturday | sábado
11-29 | este domingo | aquest diumenge | this sunday | este domingo
12-03 | el 3 de diciembre | el 3 de desembre | december 3rd | 3 de dezembro
12-03 | 3 dic | 3 des | 3 dec | 3 dez
12-03 | 3/12 | 3/12 | 3 december | 3/12
2027-03-12 | 12/3 | 12/3 | 12 march | 12/3
2027-01-31 | 31 de enero | 31 de gener | 31 january | 31 de janeiro
2027-03-12 | 12/03/2027 | 12/03/2027 | 2027-03-12 | 12-03-2027
12-03 10:00 | el 3 de diciembre a las 10 | el 3 de desembre a les 10 | december 3 at 10am | 3 de dezembro às 10
12-03 16:30 | jueves 3 de diciembre a las 16:30 | dijous 3 de desembre a les 16:30 | thursday 3 december at 16:30 | quinta 3 de dezembro às 16h30
? 12-03 \\| 12-01 | martes 3 de diciembre | dimarts 3 de desembre | tuesday 3 december | terça 3 de dezembro
12-09 | en dos semanas | d'aquí a dues setmanas | in two weeks | daqui a duas semanas
12-02 | dentro de una semana | d'aquí una setmana | in a week | daqui a uma semana
? 12-09 \\| 12-10 | en quince días | d'aquí quinze dies | 9 december or 10 december | daqui a quinze dias
12-05 | en diez días | d'aquí deu dies | in 10 days | daqui a dez dias
11-28 | en 3 días | d'aquí 3 dies | in 3 days | daqui a 3 dias
12-25 | dentro de un mes | d'aquí a un mes | in a month | daqui a um mês
11-30..12-06 | la semana que viene | la setmana que ve | next week | semana que vem
11-30..12-06 | la próxima semana | la propera setmana | sometime next week | na próxima semana
11-25..11-29 | esta semana | aquesta setmana | this week | esta semana
12-01 | el martes de la semana que viene | dimarts de la setmana que ve | tuesday next week | terça da semana que vem
12-04 | viernes de la próxima semana | divendres de la propera setmana | friday of next week | sexta da próxima semana
12-01..12-31 | el mes que viene | el mes que ve | next month | mês que vem
12-01..12-31 | en diciembre | al desembre | in december | em dezembro
12-21..12-31 | a finales de diciembre | a finals de desembre | at the end of december | no final de dezembro
12-01..12-10 | a principios de diciembre | a principis de desembre | at the beginning of december | no início de dezembro
12-11..12-20 | a mediados de diciembre | a mitjans de desembre | in the middle of december | em meados de dezembro
11-28..11-29 | el fin de semana | el cap de setmana | this weekend | este fim de semana
* m | por la mañana | al matí | in the morning | de manhã
* a | prefiero por la tarde | millor a la tarda | in the afternoon please | prefiro à tarde
* 16:30 | a las 16:30 | a les 16:30 | at 16:30 | às 16:30
* 16:00 | a las 4 | a les 4 | at 4 | às 4
* 16:30 | a las cuatro y media | dos quarts de cinc | half past four | às quatro e meia
* 16:45 | a las cinco menos cuarto | tres quarts de cinc | quarter to five | às cinco menos um quarto
* 16:15 | a las 4 y cuarto | un quart de cinc | quarter past four | às 4 e quinze
* 09:00 | a las 9 de la mañana | a les 9 del matí | 9am | às 9 da manhã
* 17:00 | a las 5 de la tarde | a les 5 de la tarda | 5pm | às 5 da tarde
? * 07:00 \\| * 19:00 | a las 7 | a les 7 | at 7 | às 7
* >12:00 <15:00 | al mediodía | al migdia | around noon | na hora do almoço
* >17:00 | después de las 5 | després de les 5 | after 5pm | depois das 5
* <10:00 | antes de las 10 | abans de les 10 | before 10am | antes das 10
* >10:00 <12:00 | entre las 10 y las 12 | entre les 10 i les 12 | from 10:00 to 12:00 | entre as 10 e as 12
11-30..2027-01-29 | a partir del lunes | a partir de dilluns | from monday | a partir de segunda
12-01..2027-01-30 | después del lunes | després de dilluns | after monday | depois de segunda
11-25..11-26 | antes del viernes | abans de divendres | before friday | antes de sexta
11-25..11-27 | hasta el viernes | fins divendres | until friday | até sexta
11-30..12-02 | entre el lunes y el miércoles | entre dilluns i dimecres | between monday and wednesday | entre segunda e quarta
12-03..12-07 | del 3 al 7 de diciembre | del 3 al 7 de desembre | from 3 to 7 december | de 3 a 7 de dezembro
* -4 | cualquier día menos el jueves | qualsevol dia menys dijous | any day except thursday | qualquer dia menos quinta
* -4 | el jueves no | dijous no | not on thursday | quinta não
11-26 | no, el jueves | no, dijous | no, thursday | não, quinta
* | cualquier día | qualsevol dia | any day | qualquer dia
* | lo antes posible | com més aviat millor | as soon as possible | o mais cedo possível
? 11-30 \\| 12-01 | lunes o martes | dilluns o dimarts | monday or tuesday | segunda ou terça
null | hola | bon dia | hello | bom dia
null | 12345678 | 12345678 | 12345678 | 12345678
null | 31/2 | 31/2 | february 31 | 31/2
null | no sé | no ho sé | i do not know | não sei
null | tengo 3 hijos | tinc 3 fills | i have 3 children | tenho 3 filhos
null | mi dni es 1234 | el meu dni és 1234 | my id is 1234 | meu documento é 1234
null | a las 25:80 | a les 25:80 | at 25:80 | às 25:80
`;

const ROWS = TABLE.trim()
  .split('\n')
  .map((line) =>
    line
      .replaceAll('\\|', '¦')
      .split('|')
      .map((cell) => cell.trim().replaceAll('¦', '|')),
  );

describe.each(['es', 'ca', 'en', 'pt'].map((language, index) => [language, index + 1] as const))(
  'dates in %s',
  (language, column) => {
    test.each(ROWS.map((row) => [row[column]!, row[0]!] as const))('%s', (text, expected) => {
      expect(brief(understandDate(text, language, NOW))).toBe(expected);
    });
  },
);

test.each<[string, string, string]>([
  ['es', 'el juebes', '11-26'],
  ['es', 'el miercoles 2', '12-02'],
  ['es', 'El MARTES a las 16.30h', '12-01 16:30'],
  ['es', 'viernes temprano', '11-27 m'],
  ['es', 'quiero el viernes a la mañana por favor', '11-27 m'],
  ['es', 'el veintiséis', '11-26'],
  ['es', 'el 26', '11-26'],
  ['es', 'buenas tardes, mañana', '11-26'],
  ['es', 'a partir de mañana', '11-26..2027-01-25'],
  ['es', 'pasado', 'null'],
  ['es', 'tmr 3pm', '11-26 15:00'],
  ['en', '03/04', '? 2027-04-03 | 2027-03-04'],
  ['en', 'next friday', '? 11-27 | 12-04'],
  ['en', 'a fortnight', 'null'],
  ['ca', 'dijous a les 4 de la tarda', '11-26 16:00'],
  ['pt', '2ª feira às 9h', '11-30 09:00'],
])('%s: %s', (language, text, expected) => expect(brief(understandDate(text, language, NOW))).toBe(expected));

test('birth dates have a year, are real and past', () => {
  const born = (text: string, language = 'es', country?: string): string => {
    const found = understandBirthDate(text, language, NOW, country);
    return found ? (found.ambiguous ?? [found]).map((one) => one.from).join(' ') : 'null';
  };
  for (const text of [
    '9/5/1963',
    '09-05-1963',
    '9 de mayo de 1963',
    '09051963',
    '9 5 1963',
    '9/5/63',
    '1963-05-09',
    'nací el 9 de mayo del 63',
    '9.5.1963',
  ])
    expect(born(text), text).toBe('1963-05-09');
  expect(born('9 May 1963', 'en')).toBe('1963-05-09');
  expect(born('05/09/1963', 'en')).toBe('1963-09-05 1963-05-09');
  expect(born('05/09/1963', 'en', 'US')).toBe('1963-05-09');
  for (const text of ['9/5', '31/2/1990', '1/1/2090', 'mañana', '63', 'hola', '1/1/1800'])
    expect(born(text), text).toBe('null');
});

test('times alone', () => {
  expect(understandTime('16:30', 'es')).toEqual(['16:30']);
  expect(understandTime('16', 'es')).toEqual(['16:00']);
  expect(understandTime('7', 'es')).toEqual(['07:00', '19:00']);
  expect(understandTime('luego', 'es')).toBeNull();
});

test('is read back with weekday and date', () => {
  expect(dayInWords('2026-12-01', 'es')).toBe('martes 1 de diciembre');
  expect(dayInWords('2026-12-01', 'pt')).toBe('terça-feira, 1 de dezembro');
  expect(dayInShort('2026-12-01', 'ca')).toBe('dt 1 des');
  expect(readBack({ from: '2026-12-01', to: '2026-12-01', partOfDay: 'afternoon' }, 'ca')).toBe(
    'dimarts 1 de desembre, a la tarda',
  );
  expect(readBack({ from: '2026-12-01', to: '2026-12-01', time: '01:00' }, 'es')).toBe(
    'martes 1 de diciembre, a la 01:00',
  );
  expect(readBack({ from: '2026-12-01', to: '2026-12-04' }, 'en')).toBe('from Tuesday 1 December to Friday 4 December');
});

describe('whatever is written', () => {
  const language = fc.constantFrom('es', 'ca', 'en', 'pt');
  const day = fc
    .integer({ min: 0, max: 300 })
    .map((offset) => new Date(Date.UTC(2026, 10, 25 + offset)).toISOString().slice(0, 10));

  test('never throws; what it gives is a calendar day, not before the Wednesday, from before to', () => {
    const word = fc.constantFrom(
      'el',
      'martes',
      'dimarts',
      'next',
      'tuesday',
      'que',
      'viene',
      'mañana',
      'por',
      'la',
      'tarde',
      'a',
      'las',
      '4',
      'y',
      'media',
      '3',
      '12',
      '/',
      'de',
      'diciembre',
      'no',
      'menos',
      'semana',
      'en',
      'dos',
      'hasta',
      'entre',
      'quarts',
      'às',
      '16:30',
      'feira',
      '31',
      ',',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 8 }).map((list) => list.join(' ')),
        ),
        language,
        (text, spoken) => {
          const found = understandDate(text, spoken, NOW);
          for (const one of found ? (found.ambiguous ?? [found]) : []) {
            expect(new Date(`${one.from}T00:00:00Z`).toISOString().slice(0, 10)).toBe(one.from);
            expect(one.from <= one.to).toBe(true);
            if (one.time) expect(one.time).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
            expect(readBack(one, spoken).length).toBeGreaterThan(3);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('what is read back is understood as the same day', () => {
    fc.assert(
      fc.property(day, language, (iso, spoken) => {
        const found = understandDate(dayInWords(iso, spoken, true), spoken, NOW);
        expect(found).toMatchObject({ from: iso, to: iso });
        expect(found!.ambiguous).toBeUndefined();
      }),
    );
  });

  test('day, month and year in figures come back as they are, or are asked', () => {
    fc.assert(
      fc.property(day, language, (iso, spoken) => {
        const [year, month, date] = iso.split('-') as [string, string, string];
        const found = understandDate(`${Number(date)}/${Number(month)}/${year}`, spoken, NOW)!;
        expect((found.ambiguous ?? [found]).some((one) => one.from === iso)).toBe(true);
      }),
    );
  });
});
