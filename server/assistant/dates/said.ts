import { dayNumber, weekdayOf } from './calendar.ts';
import { HORIZON } from './moment.ts';
import type { Moment, PartOfDay } from './moment.ts';

type Words = {
  days: string[];
  months: string[];
  part: Record<PartOfDay, string>;
  at: (time: string) => string;
  of: string;
};
const WORDS: Record<string, Words> = {
  es: {
    days: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
    months: [
      'enero',
      'febrero',
      'marzo',
      'abril',
      'mayo',
      'junio',
      'julio',
      'agosto',
      'septiembre',
      'octubre',
      'noviembre',
      'diciembre',
    ],
    part: { morning: 'por la mañana', afternoon: 'por la tarde', evening: 'a última hora de la tarde' },
    at: (time) => (/^0?1:/.test(time) ? `a la ${time}` : `a las ${time}`),
    of: ' de ',
  },
  ca: {
    days: ['diumenge', 'dilluns', 'dimarts', 'dimecres', 'dijous', 'divendres', 'dissabte'],
    months: [
      'gener',
      'febrer',
      'març',
      'abril',
      'maig',
      'juny',
      'juliol',
      'agost',
      'setembre',
      'octubre',
      'novembre',
      'desembre',
    ],
    part: { morning: 'al matí', afternoon: 'a la tarda', evening: 'al vespre' },
    at: (time) => (/^0?1:/.test(time) ? `a la ${time}` : `a les ${time}`),
    of: ' de ',
  },
  en: {
    days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    months: [
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ],
    part: { morning: 'in the morning', afternoon: 'in the afternoon', evening: 'in the evening' },
    at: (time) => `at ${time}`,
    of: ' ',
  },
  pt: {
    days: ['domingo', 'segunda-feira', 'terça-feira', 'quarta-feira', 'quinta-feira', 'sexta-feira', 'sábado'],
    months: [
      'janeiro',
      'fevereiro',
      'março',
      'abril',
      'maio',
      'junho',
      'julho',
      'agosto',
      'setembro',
      'outubro',
      'novembro',
      'dezembro',
    ],
    part: { morning: 'de manhã', afternoon: 'à tarde', evening: 'ao fim da tarde' },
    at: (time) => (/^0?1:/.test(time) ? `à ${time}` : `às ${time}`),
    of: ' de ',
  },
};
const SAID: Record<
  string,
  Record<'any' | 'from' | 'between' | 'to' | 'until' | 'after' | 'before' | 'except' | 'and', string>
> = {
  es: {
    any: 'cualquier día',
    from: 'desde el',
    between: 'del',
    to: ' al ',
    until: 'hasta el',
    after: 'desde las',
    before: 'antes de las',
    except: 'menos',
    and: ' y ',
  },
  ca: {
    any: 'qualsevol dia',
    from: 'des del',
    between: 'del',
    to: ' al ',
    until: 'fins al',
    after: 'des de les',
    before: 'abans de les',
    except: 'menys',
    and: ' i ',
  },
  en: {
    any: 'any day',
    from: 'from',
    between: 'from',
    to: ' to ',
    until: 'until',
    after: 'from',
    before: 'before',
    except: 'except',
    and: ' and ',
  },
  pt: {
    any: 'qualquer dia',
    from: 'a partir de',
    between: 'de',
    to: ' a ',
    until: 'até',
    after: 'a partir das',
    before: 'antes das',
    except: 'menos',
    and: ' e ',
  },
};

/** Weekday and date in words: `martes 24 de noviembre`. `iso` begins with a date. */
export function dayInWords(iso: string, language: string, withYear = false): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const [year, month, date] = iso.slice(0, 10).split('-').map(Number) as [number, number, number];
  const name = words.days[weekdayOf(dayNumber(iso))]!;
  const comma = language === 'pt' ? ', ' : ' ';
  return `${name}${comma}${date}${words.of}${words.months[month - 1]!}${withYear ? words.of + year : ''}`;
}

/** Short, for a row of a list: `mar 24 nov`. */
export function dayInShort(iso: string, language: string): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const [, month, date] = iso.slice(0, 10).split('-').map(Number) as [number, number, number];
  const name = words.days[weekdayOf(dayNumber(iso))]!;
  return `${language === 'ca' ? CA_SHORT[weekdayOf(dayNumber(iso))]! : name.slice(0, 3)} ${date} ${words.months[month - 1]!.slice(0, 3)}`;
}
const CA_SHORT = ['dg', 'dl', 'dt', 'dc', 'dj', 'dv', 'ds'];

/** `a las 16:20`. */
export function timeInWords(time: string, language: string): string {
  return (WORDS[language] ?? WORDS['es']!).at(time);
}

/** What was understood, for the patient to see: `martes 24 de noviembre, por la tarde`. */
export function readBack(moment: Moment, language: string): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const said = SAID[language] ?? SAID['es']!;
  const parts: string[] = [];
  if (moment.open) parts.push(said.any);
  else if (moment.from === moment.to) parts.push(dayInWords(moment.from, language));
  else if (dayNumber(moment.to) - dayNumber(moment.from) >= HORIZON)
    parts.push(`${said.from} ${dayInWords(moment.from, language)}`);
  else parts.push(`${said.between} ${dayInWords(moment.from, language)}${said.to}${dayInWords(moment.to, language)}`);
  if (moment.except?.length) parts.push(`${said.except} ${moment.except.map((day) => words.days[day]).join(said.and)}`);
  if (moment.time) parts.push(words.at(moment.time));
  else if (moment.partOfDay) parts.push(words.part[moment.partOfDay]);
  if (moment.after) parts.push(`${said.after} ${moment.after}`);
  if (moment.before) parts.push(`${said.before} ${moment.before}`);
  return parts.join(', ');
}
