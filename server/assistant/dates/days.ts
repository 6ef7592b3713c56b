import { civil, lastOfMonth, monday, weekdayOf } from './calendar.ts';
import type { Reading } from './reading.ts';

export type Options = { country?: string; /** A day that has been, such as a birth date. */ past?: boolean };
export type Days = { from: number; to: number; also?: { from: number; to: number }[] };
const one = (day: number): Days => ({ from: day, to: day });

function fullYear(written: string, today: number, past: boolean): number {
  const year = Number(written);
  if (written.length !== 2) return year;
  const now = new Date(today * 86_400_000).getUTCFullYear();
  return past && 2000 + year > now ? 1900 + year : 2000 + year;
}

/** The next day with this date, today counted; the year said outright stands. */
function dated(today: number, date: number, month: number, year: number | null): number | null {
  if (year !== null) return civil(year, month, date);
  const now = new Date(today * 86_400_000).getUTCFullYear();
  for (const candidate of [now, now + 1, now + 2, now + 3, now + 4]) {
    const day = civil(candidate, month, date);
    // the 29th of February of another year is more likely a slip
    if (day !== null && day >= today) return day - today < 400 ? day : null;
  }
  return null;
}

/** The next day that is this date of its month. */
function nextDate(from: number, date: number): number | null {
  if (date < 1 || date > 31) return null;
  for (let day = from; day < from + 92; day++) if (new Date(day * 86_400_000).getUTCDate() === date) return day;
  return null;
}

const MONTH = String.raw`(?: OF| IN)* (?:M(\d{1,2})|((?:NEXT|OTHER) MONTH|MONTH (?:NEXT|OTHER))|(?:THIS )?MONTH)`;
const WEEKDAY_OF_MONTH = new RegExp(String.raw` ORD(\d) W(\d)${MONTH} `);
const PART_OF_MONTH = new RegExp(String.raw` ORD(\d) (WEEK|HALFMONTH)${MONTH} `);

/** The last Thursday of the month, the first week of December. */
function readOfMonth(reading: Reading): Days | null {
  const { today } = reading;
  const weekday = reading.take(WEEKDAY_OF_MONTH);
  const part = weekday ? null : reading.take(PART_OF_MONTH);
  const found = weekday ?? part;
  if (!found) return null;
  const now = new Date(today * 86_400_000);
  let month = found[3] ? Number(found[3]) : now.getUTCMonth() + 1 + (found[4] ? 1 : 0);
  let year = now.getUTCFullYear() + (found[3] && month < now.getUTCMonth() + 1 ? 1 : 0);
  const place = Number(found[1]);
  for (let tries = 0; tries < 2; tries++) {
    if (month > 12) [year, month] = [year + 1, month - 12];
    const first = civil(year, month, 1)!;
    const last = first + lastOfMonth(year, month) - 1;
    let days: Days;
    if (weekday) {
      const name = Number(weekday[2]);
      days = one(
        place
          ? first + ((name - weekdayOf(first) + 7) % 7) + 7 * (place - 1)
          : last - ((weekdayOf(last) - name + 7) % 7),
      );
      if (days.to > last) return { from: 1, to: 0 };
    } else if (part![2] === 'WEEK')
      days = place ? { from: first + 7 * (place - 1), to: first + 7 * place - 1 } : { from: last - 6, to: last };
    else days = place === 1 ? { from: first, to: first + 14 } : { from: first + 15, to: last };
    if (days.to >= today) return { from: Math.max(days.from, today), to: days.to };
    // "el primer lunes del mes", said after it: of the next
    if (found[3]) year += 1;
    else month += 1;
  }
  return { from: 1, to: 0 };
}

/** The week of the 14th, the beginning of next week, the week after next. */
function readOfWeek(reading: Reading): Days | null {
  const { today } = reading;
  let match: RegExpMatchArray | null;
  if (
    (match = reading.take(
      / WEEKOF(?: OF)*(?: DAY)? (?:N(\d{1,2})(?:(?: OF)* M(\d{1,2}))?|M(\d{1,2})(?: DAY)? N(\d{1,2})|X(\d{1,2})\/(\d{1,2})\/) /,
    ))
  ) {
    const [date, month] = [Number(match[1] ?? match[4] ?? match[5]), match[2] ?? match[3] ?? match[6]];
    const day = month ? dated(today, date, Number(month), null) : nextDate(today, date);
    return day === null ? { from: 1, to: 0 } : { from: Math.max(today, monday(day)), to: monday(day) + 6 };
  }
  if (reading.take(/ AFTERNEXTWEEK /)) return { from: monday(today) + 14, to: monday(today) + 20 };
  if ((match = reading.take(/ (START|MID|END)(?: OF)* (?:(THIS|NEXT|OTHER) )?WEEK(?: (NEXT|OTHER))? /))) {
    const [a, b] = { START: [0, 1], MID: [2, 2], END: [3, 4] }[match[1] as 'START' | 'MID' | 'END'] as [number, number];
    let first = monday(today) + (match[3] || (match[2] && match[2] !== 'THIS') ? 7 : 0);
    // "a principios de semana", said when it is past
    if (first + b < today) first += 7;
    return { from: Math.max(today, first + a), to: first + b };
  }
  return null;
}

/** A date that was so few days ago is asked about before next year's is taken. */
const LATELY = 92;

/** Reads one day or stretch, or null where none stands. `undefined` says that what stands there cannot be. */
export function readDay(reading: Reading, options: Options, language: string): Days | null | undefined {
  const { today } = reading;
  const weekday = weekdayOf(today);
  const past = options.past === true;
  let match: RegExpMatchArray | null;
  const withWeekday = (day: number | null, yearSaid = false): Days | undefined => {
    const said = reading.take(/ W(\d) /);
    if (day === null || (!past && day < today)) return undefined;
    // the 10th of this month, said on the 25th: of next year, or of one that has been?
    if (!said && !past && day - today > 365 - LATELY && !yearSaid) return { ...one(day), also: [] };
    if (!said || weekdayOf(day) === Number(said[1])) return one(day);
    // "martes 3 de diciembre" on a Thursday: one of the two is a slip
    const next = today + ((Number(said[1]) - weekday + 7) % 7 || 7);
    return { ...one(day), also: [{ from: next, to: next }] };
  };
  const special = past ? null : (readOfMonth(reading) ?? readOfWeek(reading));
  if (special) return special.from > special.to ? undefined : special;
  if ((match = reading.take(/ D(\d{4})(\d{2})(\d{2}) /)))
    return withWeekday(civil(Number(match[1]), Number(match[2]), Number(match[3])), true);
  if ((match = reading.take(/ X(\d{1,2})\/(\d{1,2})\/(\d*) /))) {
    const [a, b] = [Number(match[1]), Number(match[2])];
    const year = match[3] ? fullYear(match[3], today, past) : null;
    if (past && year === null) return undefined;
    const monthFirst = language === 'en' && options.country === 'US';
    const plainly = dated(today, monthFirst ? b : a, monthFirst ? a : b, year);
    const turned = dated(today, monthFirst ? a : b, monthFirst ? b : a, year);
    if (plainly === null && turned === null) return undefined;
    if (plainly === null) return past ? undefined : { ...one(turned!), also: [] };
    // 03/04 in English is April to some and March to others
    if (language === 'en' && !monthFirst && turned !== null && a !== b) return { ...one(plainly), also: [one(turned)] };
    return withWeekday(plainly, year !== null);
  }
  // from the 3rd to the 7th of December
  if (
    (match = reading.take(
      / (?:BETWEEN |OF |FROM )?(?:DAYS? |W\d )*N(\d{1,2}) (?:AND|TOX|TO|UNTIL|A)(?: DAY| W\d)* N(\d{1,2})(?: OF)* M(\d{1,2}) /,
    ))
  ) {
    const from = dated(today, Number(match[1]), Number(match[3]), null);
    const to = dated(today, Number(match[2]), Number(match[3]), null);
    return from === null || to === null || to < from ? undefined : { from, to };
  }
  if (
    (match =
      reading.take(
        / (?:(?:BETWEEN|OF|FROM) (?:DAYS? |W\d )|DAYS )N(\d{1,2}) (?:AND|TOX|TO|UNTIL|A)(?: DAY| W\d)* N(\d{1,2}) (?!(?:OF )*(?:M\d|NEXT|MONTH))/,
      ) ?? reading.take(/ DAY N(\d{1,2}) (?:TOX|TO|UNTIL|A)(?: DAY| W\d)+ N(\d{1,2}) (?!(?:OF )*(?:M\d|NEXT|MONTH))/))
  ) {
    const from = nextDate(today, Number(match[1]));
    const to = from === null ? null : nextDate(from, Number(match[2]));
    return from === null || to === null ? undefined : { from, to };
  }
  if (
    (match = reading.take(
      / (START|MID|END) (?:OF )*(?:(M\d{1,2})|((?:NEXT|OTHER) MONTH|MONTH (?:NEXT|OTHER))|(?:THIS )?MONTH) /,
    )) ||
    (match = reading.take(/ M(\d{1,2}) (START|MID|END) /))
  ) {
    const sign = match[1]!.length > 2 ? match[1]! : match[2]!;
    const date = new Date(today * 86_400_000);
    let [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    if (match[2]?.startsWith('M')) {
      month = Number(match[2].slice(1)) || month;
      if (month < date.getUTCMonth() + 1) year++;
    } else if (match[3]) {
      month += 1;
      if (month > 12) {
        month = 1;
        year += 1;
      }
    }
    const over = { START: 10, MID: 20, END: 31 }[sign as 'START' | 'MID' | 'END'];
    // "a principios de mes", said at its end
    if (!match[2] && !match[3] && date.getUTCDate() > over && ++month > 12) {
      month = 1;
      year += 1;
    }
    const last = lastOfMonth(year, month);
    const [a, b] = sign === 'START' ? [1, 10] : sign === 'MID' ? [11, 20] : [21, last];
    const to = civil(year, month, b)!;
    return to < today ? undefined : { from: Math.max(today, civil(year, month, a)!), to };
  }
  if (
    (match =
      reading.take(/ (?:DAY )?N(\d{1,2})(?: OF)* M(\d{1,2})(?: (?:OF |COMMA )*N(\d{4}|\d{2}))? /) ??
      reading.take(/ M(\d{1,2}) (?:OF |DAY )*N(\d{1,2})(?: (?:OF |COMMA )*N(\d{4}))? /))
  ) {
    const dayFirst = /N\d{1,2}(?: OF)* M/.test(match[0]);
    const [date, month] = dayFirst ? [Number(match[1]), Number(match[2])] : [Number(match[2]), Number(match[1])];
    if (past && !match[3]) return undefined;
    return withWeekday(
      dated(today, date, month, match[3] ? fullYear(match[3], today, past) : null),
      match[3] !== undefined,
    );
  }
  if ((match = reading.take(/ N(\d{1,2}) OF N(\d{1,2})(?: OF N(\d{4}|\d{2}))? /))) {
    if (past && !match[3]) return undefined;
    return withWeekday(
      dated(today, Number(match[1]), Number(match[2]), match[3] ? fullYear(match[3], today, past) : null),
      match[3] !== undefined,
    );
  }
  if (past && (match = reading.take(/ N(\d{1,2}) N(\d{1,2}) N(\d{4}|\d{2}) /)))
    return withWeekday(dated(today, Number(match[1]), Number(match[2]), fullYear(match[3]!, today, past)));
  if ((match = reading.take(/ W(\d)(?: OF)* IN N(\d) WEEK /)))
    return one(monday(today) + 7 * Number(match[2]) + ((Number(match[1]) + 6) % 7));
  if (reading.take(/ THIS WEEK OR (?:WEEK )?NEXT(?: WEEK)? /)) return { from: today, to: monday(today) + 13 };
  if (
    (match =
      reading.take(/ (?:NEXT WEEK|WEEK NEXT)(?: COMMA)? W(\d) (?:OR|AND|COMMA) W(\d) /) ??
      reading.take(/ W(\d) (?:OR|AND|COMMA) W(\d)(?: OF| IN)* (?:WEEK (?:NEXT|OTHER)|(?:NEXT|OTHER) WEEK) /))
  ) {
    const [a, b] = [match[1], match[2]].map((name) => monday(today) + 7 + ((Number(name) + 6) % 7));
    return { ...one(a!), also: [one(b!)] };
  }
  if (past) {
    // 12031980, as it stands on a card
    return null;
  }
  if (/ (?:ORD\d|WEEKOF) /.test(reading.left)) return undefined;
  if ((match = reading.take(/ (?:OF )?(TODAY|TOM|DAT|W\d) PLUS(\d)( MAYBE)? /))) {
    const ahead = { TODAY: 0, TOM: 1, DAT: 2 }[match[1]!] ?? ((Number(match[1]!.slice(1)) - weekday + 7) % 7 || 7);
    const day = today + ahead + 7 * Number(match[2]);
    // "tuesday week", said on a Tuesday: from today or from the next?
    if (ahead === 7) return { ...one(day - 7), also: [one(day)] };
    return match[3] && ahead <= 6 - ((weekday + 6) % 7) ? { ...one(day), also: [one(day + 7)] } : one(day);
  }
  if (reading.take(/ DAT /)) return one(today + 2);
  if (reading.take(/ TODAY (?=IN N)/)) return readDay(reading, options, language);
  if (reading.take(/ TODAY /)) return one(today);
  if ((match = reading.take(/ (?:IN |AFTER |· )?N(\d{1,2}) (DAYS?|WEEK|MONTH) /)) && Number(match[1]) > 0) {
    const many = Number(match[1]);
    if (!/IN/.test(match[0])) {
      // "quince días" alone may be a while, and "2 days" may be a count
      return undefined;
    }
    // eight days are a week to many, fifteen two
    if (language !== 'en' && match[2]!.startsWith('DAY') && (many === 8 || many === 15))
      return { ...one(today + many - 1), also: [one(today + many)] };
    if (match[2] !== 'MONTH') return one(today + many * (match[2] === 'WEEK' ? 7 : 1));
    const date = new Date(today * 86_400_000);
    const month = date.getUTCMonth() + many;
    const year = date.getUTCFullYear() + Math.floor(month / 12);
    return one(civil(year, (month % 12) + 1, Math.min(date.getUTCDate(), lastOfMonth(year, (month % 12) + 1)))!);
  }
  if (reading.take(/ (?:THIS )?WEEKEND (?:OF )?(?:NEXT|OTHER) | (?:NEXT|OTHER) WEEKEND /)) {
    const saturday = monday(today) + 5;
    return weekday === 6 || weekday === 0
      ? { from: saturday + 7, to: saturday + 8 }
      : { from: saturday, to: saturday + 1, also: [{ from: saturday + 7, to: saturday + 8 }] };
  }
  if (reading.take(/ (?:THIS )?WEEKEND /)) {
    const saturday = monday(today) + 5;
    return { from: Math.max(today, saturday), to: saturday + 1 };
  }
  // Tuesday of next week
  if (
    (match =
      reading.take(/ W(\d)(?: OF| IN| COMMA)* (?:WEEK (?:NEXT|OTHER)|(?:NEXT|OTHER) WEEK) /) ??
      reading.take(/ (?:NEXT|OTHER) WEEK(?: COMMA)? W(\d) | WEEK (?:NEXT|OTHER)(?: COMMA)? W(\d) /))
  ) {
    return one(monday(today) + 7 + ((Number(match[1] ?? match[2]) + 6) % 7));
  }
  if ((match = reading.take(/ W(\d)(?: OF| IN)* THIS WEEK | THIS WEEK W(\d) /))) {
    const day = monday(today) + ((Number(match[1] ?? match[2]) + 6) % 7);
    return day < today ? undefined : one(day);
  }
  if (reading.take(/ WEEK (?:NEXT|OTHER) | (?:NEXT|OTHER) WEEK /))
    return { from: monday(today) + 7, to: monday(today) + 13 };
  if (reading.take(/ (?:IN )?THIS WEEK /)) return { from: today, to: monday(today) + 6 };
  if (
    (match =
      reading.take(/ (?:DAY )?N(\d{1,2})(?: OF)* (?:MONTH NEXT|NEXT MONTH) /) ??
      reading.take(/ (?:MONTH NEXT|NEXT MONTH)(?: COMMA)? DAY N(\d{1,2}) /))
  ) {
    const date = new Date(today * 86_400_000);
    const next = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    const day = civil(next.getUTCFullYear(), next.getUTCMonth() + 1, Number(match[1]));
    return day === null ? undefined : one(day);
  }
  if (reading.take(/ MONTH (?:NEXT|OTHER) | NEXT MONTH /)) {
    const date = new Date(today * 86_400_000);
    const next = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    const from = Math.floor(next.getTime() / 86_400_000);
    return { from, to: from + lastOfMonth(next.getUTCFullYear(), next.getUTCMonth() + 1) - 1 };
  }
  if (reading.take(/ THIS MONTH /)) {
    const date = new Date(today * 86_400_000);
    return {
      from: today,
      to: civil(
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        lastOfMonth(date.getUTCFullYear(), date.getUTCMonth() + 1),
      )!,
    };
  }
  // Tuesday 24: the next day that is both
  if ((match = reading.take(/ W(\d)(?: COMMA)? (?:DAY )?N(\d{1,2})(?! (?:AND|H|AM|PM|MINUS|TO)) /))) {
    const [name, date] = [Number(match[1]), Number(match[2])];
    for (let day = today; day < today + 100; day++) {
      if (new Date(day * 86_400_000).getUTCDate() !== date || weekdayOf(day) !== name) continue;
      // "jueves 14", far off, may be two in the afternoon
      return day - today > 45 && !/DAY/.test(match[0]) ? undefined : one(day);
    }
    return undefined;
  }
  if ((match = reading.take(/ (THIS |NEXT |OTHER )?W(\d)( NEXT| OTHER)? /))) {
    const ahead = (Number(match[2]) - weekday + 7) % 7;
    const how = (match[1] ?? match[3] ?? '').trim();
    const coming = today + (ahead || 7);
    if (how === 'NEXT') {
      // in English "next Tuesday" said on a Sunday or Monday may skip the one at hand; and nobody calls tomorrow so
      const skips = (language === 'en' && coming <= monday(today) + 6) || coming === today + 1;
      return skips ? { ...one(coming), also: [one(coming + 7)] } : one(coming);
    }
    if (how === 'OTHER') return { ...one(coming), also: [one(coming + 7)] };
    return ahead === 0 ? { ...one(today), also: [one(today + 7)] } : one(coming);
  }
  if (reading.take(/ TOM /)) return one(today + 1);
  if ((match = reading.take(/ (?:IN )?(NEXT |THIS )?M(\d{1,2})( NEXT)? /))) {
    const date = new Date(today * 86_400_000);
    const month = Number(match[2]);
    const year = date.getUTCFullYear() + (month < date.getUTCMonth() + 1 ? 1 : 0);
    return { from: Math.max(today, civil(year, month, 1)!), to: civil(year, month, lastOfMonth(year, month))! };
  }
  if (
    (match =
      reading.take(/ DAY N(\d{1,2}) /) ??
      (/^ (?:COMMA )*N\d{1,2} (?:· )*$/.test(reading.left) ? reading.take(/ N(\d{1,2}) /) : null))
  ) {
    const wanted = Number(match[1]);
    if (wanted < 1 || wanted > 31) return undefined;
    for (let day = today; day < today + 92; day++)
      if (new Date(day * 86_400_000).getUTCDate() === wanted) return one(day);
    return undefined;
  }
  return null;
}
