import { isoDay } from './calendar.ts';
import { readClock } from './clock.ts';
import type { Days, Options } from './days.ts';
import { readDay } from './days.ts';
import { HORIZON } from './moment.ts';
import type { Moment, Understood } from './moment.ts';
import { Reading } from './reading.ts';
import { looksLikeDay, mayHold, signs, TONGUES } from './signs.ts';

/*
 * Days and times as patients write them, in es, ca, en and pt. Each language is first rewritten to one set of signs
 * ("el martes que viene a la tarde" → W2 NEXT AFT), then a single grammar reads the signs. What could be two days is
 * given back as both; what is left over with a figure in it is not understood. Never silently wrong.
 */

/** `undefined`: a day is named that cannot be, and no other reading may rescue it. */
function readIn(
  text: string,
  now: string,
  language: string,
  options: Options,
  own: boolean,
): Understood | null | undefined {
  const written = signs(text, language, own);
  if (/ BIG /.test(written)) return null;
  // a feast goes by the calendar of its year
  if (/ FEAST /.test(written)) return undefined;
  // what has been is asked about
  if (/ GONE /.test(written) && !options.past) return undefined;
  const reading = new Reading(written, now);
  const { today } = reading;
  // "no, el jueves": the no corrects, it does not exclude
  reading.take(/^ (?:NOT COMMA )+/);
  const soon = reading.take(/ SOON /) !== null;
  const any = reading.take(/ ANY /) !== null || soon;

  const except: number[] = [];
  let match: RegExpMatchArray | null;
  while (
    (match =
      reading.take(/ EXCEPT(?: THIS| _)?((?: W\d)(?:(?: AND| OR| COMMA| NOT)* W\d)*) /) ??
      reading.take(/ NOT(?: THIS| _)?((?: W\d)(?:(?: AND| OR| NOT)* W\d)*) /) ??
      reading.take(/((?: W\d)(?:(?: AND| OR)* W\d)*) (?:NOT (?!_)|EXCEPT (?!W))/))
  ) {
    for (const name of match[1]!.matchAll(/W(\d)/g)) except.push(Number(name[1]));
  }
  // "hoy no, mañana"
  reading.take(/ (?:TODAY|TOM|DAT) NOT (?=COMMA|TOM|DAT|W\d)/);
  const weekdays = reading.take(/ WEEKDAYS /) !== null;
  if (weekdays) except.push(0, 6);
  if (/ (?:NOT|EXCEPT) /.test(reading.left)) return null;

  const clocked = options.past ? {} : readClock(reading);
  if (!clocked) return null;

  let days: Days | null | undefined;
  const between =
    / BETWEEN (?!N|DAY)| (?:FROM|OF) (?:THIS )?(?:W\d|TOM|TODAY)(?: NEXT)?(?: N\d+)? (?:TO|TOX|UNTIL|A) | W\d (?:TO|TOX|A) W\d /.test(
      reading.left,
    ) ||
    / (?:BETWEEN|FROM|OF) (?:THIS )?(?:W\d )?(?:X\S+|(?:DAY )?N\d+(?: OF)* M\d+) (?:AND|TO|TOX|UNTIL|A) /.test(
      reading.left,
    );
  // "from 3 to 7 December" is one stretch, not an open one
  const side = / FROM (?:DAYS? )?N\d+ (?:AND|TO|TOX|UNTIL|A) /.test(reading.left)
    ? null
    : reading.left.match(/ (FROM|AFTER|BEFORE|UNTIL) (?!·)/);
  if (between) {
    reading.take(/ BETWEEN | FROM /);
    const from = readDay(reading, options, language);
    const to = readDay(reading, options, language);
    if (!from || !to) return null;
    const end = to.to < from.from ? to.to + 7 : to.to;
    if (end < from.from) return null;
    days = { from: from.from, to: end };
    reading.take(/ (?:AND|TO|TOX|UNTIL) /);
  } else if (side) {
    reading.take(new RegExp(` ${side[1]} `));
    const bound = readDay(reading, options, language);
    if (!bound) return null;
    const first = bound.also?.[0] && bound.from === today ? bound.also[0] : bound;
    if (side[1] === 'FROM') days = { from: bound.from, to: bound.from + HORIZON };
    else if (side[1] === 'AFTER') days = { from: first.to + 1, to: first.to + 1 + HORIZON };
    else if (side[1] === 'BEFORE') days = first.from - 1 < today ? undefined : { from: today, to: first.from - 1 };
    else days = { from: today, to: first.to };
  } else {
    days = readDay(reading, options, language);
    if (days) {
      // a second day in the same breath: which one? ("lunes o martes")
      const second = readDay(reading, options, language);
      if (second === undefined) return null;
      if (second) days = { ...days, also: [...(days.also ?? []), second] };
      const third = second ? readDay(reading, options, language) : null;
      if (third) days.also!.push(third);
    }
  }
  if (days === undefined) return undefined;
  if (
    / [NTDX]\d/.test(reading.left) ||
    / (?:W\d|M\d+|ORD\d|PLUS\d|WEEKOF|HALFMONTH|HALF|QUARTERS?|MINUS|NEXT YEAR|YEAR|GONE|AFTERNEXTWEEK) /.test(
      reading.left,
    )
  )
    return null;

  const hasClock =
    clocked.time !== undefined ||
    clocked.part !== undefined ||
    clocked.after !== undefined ||
    clocked.before !== undefined;
  if (!days && !any && except.length === 0 && !hasClock) return null;
  const open = !days;
  // "no el martes, el jueves": the day that was named needs no other taken away
  if (days && days.from === days.to) except.splice(0);
  const spread = days ?? { from: today, to: today + HORIZON };
  const build = (range: { from: number; to: number }, time?: string): Moment => ({
    from: isoDay(range.from),
    to: isoDay(range.to),
    ...(clocked.part ? { partOfDay: clocked.part } : {}),
    ...((time ?? clocked.time) ? { time: time ?? clocked.time } : {}),
    ...(clocked.after ? { after: clocked.after } : {}),
    ...(clocked.before ? { before: clocked.before } : {}),
    ...(except.length ? { except } : {}),
    ...(open ? { open: true } : {}),
  });
  const ranges = [spread, ...(days?.also ?? [])];
  const all = ranges.flatMap((range) => (clocked.unsure ?? [undefined]).map((time) => build(range, time)));
  // an hour of today that is past is not meant
  const readings = options.past
    ? all
    : all
        .filter((moment) => !isOver(moment, now))
        .filter((moment, index, list) => list.findIndex((other) => same(other, moment)) === index);
  if (readings.length === 0) return undefined;
  const unsure = readings.length > 1 || days?.also?.length === 0;
  return unsure ? { ...readings[0]!, ambiguous: readings.slice(0, 4) } : readings[0]!;
}

function isOver(moment: Moment, now: string): boolean {
  if (moment.open || moment.to !== now.slice(0, 10)) return false;
  const clock = now.slice(11, 16);
  return (
    (moment.time !== undefined && moment.time < clock) ||
    (moment.before !== undefined && moment.before <= clock) ||
    (moment.partOfDay === 'morning' && clock >= '14:00')
  );
}

const same = (a: Moment, b: Moment): boolean => a.from === b.from && a.to === b.to && a.time === b.time;

/**
 * The day or time in a text, or null where there is none to be sure of. `now` is the clock on the hospital's wall
 * (`2026-11-24T16:20`). The patient's language is tried first, then the others: people mix them.
 */
export function understandDate(text: string, language: string, now: string, options: Options = {}): Understood | null {
  if (text.length > 400) return null;
  // one message is read against several questions
  const key = `${language}|${now}|${options.country ?? ''}|${options.past ?? ''}|${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const found = understand(text, language, now, options);
  if (remembered.size > 500) remembered.clear();
  remembered.set(key, found);
  return found;
}
const remembered = new Map<string, Understood | null>();

function understand(text: string, language: string, now: string, options: Options): Understood | null {
  let timeOnly: Understood | null = null;
  // a day of which something was left over is not made up for by a word of another language
  let own = false;
  for (const tongue of [language, ...Object.keys(TONGUES).filter((other) => other !== language)]) {
    if (!TONGUES[tongue] || (tongue !== language && !mayHold(text, tongue))) continue;
    const found = readIn(text, now, tongue, options, tongue === language);
    if (found === undefined) return timeOnly;
    if (tongue === language)
      own = found === null && / (?:W\d|M\d+|TOM|TODAY|DAT|WEEK|WEEKEND|D\d+|X\S+) /.test(signs(text, tongue));
    else if (found?.open && own) continue;
    // a time without a day: perhaps the day stands in another language ("tmr 3pm")
    if (found?.open) {
      // the day was there, and was not read
      if (tongue === language && found.time !== undefined && looksLikeDay(text, tongue)) return null;
      timeOnly ??= found;
    } else if (found) return found;
  }
  return timeOnly;
}

/** A time alone, `HH:MM`; null where there is none, two where both are possible. */
export function understandTime(text: string, language: string): string[] | null {
  const found = understandDate(/^\s*\d{1,2}\s*$/.test(text) ? `a las ${text}` : text, language, '2026-01-05T00:00');
  if (!found) return null;
  const times = (found.ambiguous ?? [found]).map((moment) => moment.time).filter((time) => time !== undefined);
  return times.length ? [...new Set(times)] : null;
}

/** A birth date, `YYYY-MM-DD`, not after today and not before 1900; with its year said outright. */
export function understandBirthDate(text: string, language: string, now: string, country?: string): Understood | null {
  const packed = /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(text);
  const written = packed
    ? `${packed[1]}/${packed[2]}/${packed[3]}`
    : text.trim().replace(/^(\d{1,2}) (\d{1,2}) (\d{2,4})$/, '$1/$2/$3');
  const found = understandDate(written, language, now, { past: true, country });
  if (!found || found.from !== found.to || found.open) return null;
  const possible = (found.ambiguous ?? [found]).filter(
    (moment) => moment.from <= now.slice(0, 10) && moment.from >= '1900-01-01',
  );
  if (possible.length === 0) return null;
  return possible.length === 1 ? possible[0]! : { ...possible[0]!, ambiguous: possible };
}
