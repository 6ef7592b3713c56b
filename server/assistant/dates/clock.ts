import type { PartOfDay } from './moment.ts';
import type { Reading } from './reading.ts';

type Clocked = { time?: string; after?: string; before?: string; part?: PartOfDay; unsure?: string[] };
const hhmm = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Minutes of the day for an hour as people say it at a clinic; two readings where both are possible. */
function clock(hour: number, minute: number, half: string | undefined, part: PartOfDay | undefined): number[] | null {
  if (minute < 0 || minute > 59 || hour > 24) return null;
  const at = (h: number): number => (h % 24) * 60 + minute;
  if (half === 'PM') return hour > 12 ? [at(hour)] : [at(hour === 12 ? 12 : hour + 12)];
  if (half === 'AM') return hour > 12 ? null : [at(hour === 12 ? 0 : hour)];
  if (hour >= 13 || hour === 0) return [at(hour)];
  if (part === 'evening' && hour === 12) return [at(0)];
  // "por la tarde, después de las 10": one of the two is a slip
  if (part === 'afternoon' && (hour === 10 || hour === 11)) return null;
  // one at night is no hour of a clinic, nor of an afternoon
  if (part === 'evening' && hour < 5) return null;
  if (part === 'morning') return [at(hour)];
  if (part === 'afternoon' || part === 'evening') return [at(hour === 12 ? 12 : hour + 12)];
  if (hour >= 8) return [at(hour)];
  if (hour === 7) return [at(7), at(19)];
  return [at(hour + 12)];
}

const BOUND = String.raw`(?: (AFTER|FROM|BEFORE|UNTIL))?(?: OF)?`;
const HALF_DAY = '(?: (AM|PM))?';
const AND_MINUTES = new RegExp(
  String.raw`${BOUND}(?: AT)* (?:N|T)(\d{1,2})(?::00)?(?: H)? AND (HALF|QUARTER|N15|N30|N45|N10|N20|N40|N50)${HALF_DAY} (?!(?:OF )*M\d)`,
);
const WRITTEN = new RegExp(String.raw`${BOUND}(?: AT)* T(\d{1,2}):(\d\d)(?: H)?${HALF_DAY} `);
const FULL_HOUR = new RegExp(String.raw`${BOUND}(?: AT)+ N(\d{1,2})(?: H)?${HALF_DAY} `);

export function readClock(reading: Reading): Clocked | null {
  const found: Clocked = {};
  const part = reading.take(/ (?:AT |IN |OF )*(MORN|AFT|EVE) /) ?? null;
  if (part) found.part = part[1] === 'MORN' ? 'morning' : part[1] === 'AFT' ? 'afternoon' : 'evening';
  const again = part ? reading.take(/ (?:AT |IN |OF )*(MORN|AFT|EVE) /) : null;
  if (again && again[1] !== part![1]) return null;
  // "las 12 del mediodía", "la 1 del mediodía"
  if (/ [NT]\d{1,2}(?::\d\d)?(?: AND (?:HALF|QUARTER|N\d+))?(?: OF| AT)* NOON /.test(reading.left)) {
    reading.take(/ NOON /);
    found.part = 'afternoon';
  }
  if (reading.take(/ (?:AT |OF )*NOON /)) {
    found.after = '12:00';
    found.before = '15:00';
    delete found.part;
    return found;
  }
  const read = (hour: string, minute: number | string, half?: string): number[] | null =>
    clock(Number(hour), Number(minute), half, found.part);
  const settle = (times: number[] | null): string | null => {
    if (!times) return null;
    if (times.length > 1) found.unsure = times.map(hhmm);
    return hhmm(times[0]!);
  };
  const vague = reading.take(/ VAGUE QUARTS OF (?:AT )?N(\d{1,2}) /);
  if (vague) {
    const hour = String((Number(vague[1]) + 11) % 12 || 12);
    found.unsure = ['15', '30', '45'].flatMap((minute) => (read(hour, minute) ?? []).map(hhmm));
    found.time = found.unsure[0]!;
    delete found.part;
    return found;
  }
  // from nine to eleven; "de 3 a 7 de diciembre" are days
  const hours = reading.left.match(
    / (?:(?:BETWEEN|OF|FROM) )(?:AT )*(?:N|T)(\d{1,2})(?::(\d\d))?(?: (AM|PM))? (?:AND|A|TO|TOX|UNTIL|AT)(?: A)?(?: AT)* (?:N|T)(\d{1,2})(?::(\d\d))?(?: (AM|PM))? (?!(?:OF )*(?:M\d|DAYS|WEEK|MONTH))/,
  );
  if (hours) {
    const half = hours[6];
    const a = read(hours[1]!, hours[2] ?? '0', hours[3] ?? (Number(hours[1]) < Number(hours[4]) ? half : undefined));
    const b = read(hours[4]!, hours[5] ?? '0', half);
    if (!a || !b || a.length > 1 || hhmm(a[0]!) >= hhmm(b.at(-1)!)) return null;
    reading.left = reading.left.replace(hours[0], ' · ').replace(/ +/g, ' ');
    return { ...found, after: hhmm(a[0]!), before: hhmm(b.at(-1)!) };
  }
  // between the ten and the twelve
  let match =
    reading.take(/ BETWEEN (?:AT )*(?:N|T)(\d{1,2})(?::(\d\d))? (?:AND|UNTIL) AT (?:N|T)(\d{1,2})(?::(\d\d))? /) ??
    reading.take(
      / (?:BETWEEN|OF|FROM) (?:AT )*T(\d{1,2}):(\d\d)(?: AM| PM)? (?:AND|TO|TOX|AT|UNTIL) (?:AT )*T(\d{1,2}):(\d\d)(?: AM| PM)? /,
    ) ??
    reading.take(
      / (?:OF|FROM) AT (?:N|T)(\d{1,2})(?::(\d\d))? (?:TO|TOX|AT|UNTIL) (?:AT )*(?:N|T)(\d{1,2})(?::(\d\d))? /,
    );
  if (match) {
    const a = settle(read(match[1]!, Number(match[2] ?? 0)));
    const b = settle(read(match[3]!, Number(match[4] ?? 0)));
    if (!a || !b || a >= b) return null;
    delete found.unsure;
    return { ...found, after: a, before: b };
  }
  let bound: 'after' | 'before' | undefined;
  let hour: string | undefined;
  let minute = 0;
  let half: string | undefined;
  if ((match = reading.take(/ (?:AT )?N([123]) QUART(?:S|ER) OF (?:AT )?N(\d{1,2}) /))) {
    hour = String((Number(match[2]) + 11) % 12 || 12);
    minute = Number(match[1]) * 15;
  } else if ((match = reading.take(/ (HALF|QUARTER|N\d{1,2}) PAST (?:AT )?N(\d{1,2})(?: (AM|PM))? /))) {
    hour = match[2];
    half = match[3];
    minute = match[1] === 'HALF' ? 30 : match[1] === 'QUARTER' ? 15 : Number(match[1]!.slice(1));
  } else if (
    (match = reading.take(
      / (?:AT )?(QUARTER|N5|N10|N15|N20|N25) TO (?:AT )?N([1-9]|1[0-2])(?: (AM|PM))? (?!(?:OF )*M\d)/,
    ))
  ) {
    half = match[3];
    hour = String(Number(match[2]) - 1 || 12);
    minute = 60 - (match[1] === 'QUARTER' ? 15 : Number(match[1]!.slice(1)));
  } else if ((match = reading.take(/ (?:AT )?(?:N|T)(\d{1,2})(?::00)? MINUS (QUARTER|N\d{1,2}) /))) {
    hour = String(Number(match[1]) - 1 || 12);
    minute = 60 - (match[2] === 'QUARTER' ? 15 : Number(match[2]!.slice(1)));
  } else if ((match = reading.take(AND_MINUTES))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[4]];
    minute = match[3] === 'HALF' ? 30 : match[3] === 'QUARTER' ? 15 : Number(match[3]!.slice(1));
  } else if ((match = reading.take(WRITTEN))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[4]];
    minute = Number(match[3]);
  } else if ((match = reading.take(FULL_HOUR))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[3]];
    const more = reading.take(/ · N(15|30|45) /);
    if (more) minute = Number(more[1]);
  } else if ((match = reading.take(/ N(\d{1,2}) (AM|PM) /))) {
    [hour, half] = [match[1], match[2]];
  } else if ((match = reading.take(/ (AFTER|BEFORE) N(\d{1,2})(?: (AM|PM))? (?=$|·|TODAY|TOM|DAT|W\d|COMMA)/))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[3]];
  } else if ((match = reading.take(/ (?<=(?:TOM|DAT|TODAY) )N(\d{1,2}) (?=$)/)) && Number(match[1]) <= 20) {
    hour = match[1];
  } else if ((match = reading.take(/ N(\d{1,2}) (?=· $)/)) && found.part && Number(match[1]) <= 12) {
    hour = match[1];
  } else if (match) return null;
  if (hour !== undefined) {
    const time = settle(read(hour, minute, half));
    if (!time) return null;
    if (bound) {
      found[bound] = time;
      delete found.unsure;
    } else found.time = time;
    // a time says more than a part of the day, and may not contradict it
    if (found.time && found.part === 'morning' && found.time >= '14:00') return null;
    if (!bound) delete found.part;
  }
  return found;
}

function sideOf(sign: string | undefined): 'after' | 'before' | undefined {
  if (sign === 'AFTER' || sign === 'FROM') return 'after';
  if (sign === 'BEFORE' || sign === 'UNTIL') return 'before';
  return undefined;
}
