import { ageIn } from '../triage/protocols/hear.ts';
import type { Choice, Question } from './commands.ts';
import type { AnswerKind, Json } from './contract.ts';
import { understandBirthDate, understandDate, understandTime } from './dates/dates.ts';
import type { Moment, Understood } from './dates/moment.ts';
import { dayInWords, readBack } from './dates/said.ts';
import { pickByMention, placeInList } from './list-places.ts';
import { aside, documentNumber, isIndifferent, personName, phoneNumber, yesOrNo } from './short-answers.ts';

/*
 * Reading an answer to a question of a known kind, in words.
 */

/** What reading depends on besides the words. */
export type Reader = { language: string; now: string; country: string };
/** What an answer says, or the several things it could say; null where it says nothing that was asked. */
export type Read = { value: Json } | { which: { title: string; value: Json }[] } | null;

type Asked = { kind: AnswerKind; min?: number; max?: number };

/** A text as an answer of a kind. Days that have been are no answer, apart from birth dates. */
export function readAs({ kind, min, max }: Asked, text: string, { language, now, country }: Reader): Read {
  switch (kind) {
    case 'text': {
      const bare = text.trim();
      return bare.length >= 2 ? { value: bare.slice(0, 2000) } : null;
    }
    case 'age': {
      const age = ageIn(text);
      return age === null ? null : { value: age };
    }
    case 'number': {
      const match = text.replace(',', '.').match(/-?\d+(?:\.\d+)?/);
      const number = match ? Number(match[0]) : (placeInList(text) ?? NaN);
      return Number.isFinite(number) && number >= (min ?? -Infinity) && number <= (max ?? Infinity)
        ? { value: number }
        : null;
    }
    case 'birthdate': {
      const found = understandBirthDate(text, language, now, country);
      return found ? moments(found, true, language) : null;
    }
    case 'date':
    case 'when': {
      const found =
        kind === 'when' && isIndifferent(text)
          ? understandDate('cualquier día', 'es', now)
          : understandDate(text, language, now, { country });
      if (!found || found.to < now.slice(0, 10)) return null;
      if (kind === 'date' && (found.from !== found.to || found.open)) return null;
      return moments(found, kind === 'date', language);
    }
    case 'time': {
      const times = understandTime(text, language);
      if (!times) return null;
      return times.length === 1 ? { value: times[0]! } : { which: times.map((time) => ({ title: time, value: time })) };
    }
    case 'document': {
      const found = documentNumber(text);
      return found ? { value: found } : null;
    }
    case 'yesno': {
      const found = yesOrNo(text);
      return found ? { value: found === 'yes' } : null;
    }
    case 'phone': {
      const found = phoneNumber(text);
      return found ? { value: found } : null;
    }
    case 'name': {
      const found = personName(text);
      return found ? { value: found } : null;
    }
  }
}

function moments(found: Understood, plainDay: boolean, language: string): Read {
  const asJson = ({ from, to, partOfDay, time, after, before, except, open }: Moment): Json =>
    plainDay
      ? from
      : {
          from,
          to,
          ...(partOfDay ? { partOfDay } : {}),
          ...(time ? { time } : {}),
          ...(after ? { after } : {}),
          ...(before ? { before } : {}),
          ...(except ? { except } : {}),
          ...(open ? { open } : {}),
        };
  if (!found.ambiguous) return { value: asJson(found) };
  return {
    which: found.ambiguous.map((moment) => ({
      title: plainDay ? dayInWords(moment.from, language, true) : readBack(moment, language),
      value: asJson(moment),
    })),
  };
}

/** What a value of an answer is called where two of them stand side by side. */
export function titleOf(kind: AnswerKind, value: Json, language: string): string {
  if (kind === 'when') return readBack(value as unknown as Moment, language);
  return kind === 'date' || kind === 'birthdate' ? dayInWords(String(value), language, true) : String(value);
}

/** "Un poco más tarde": the other hours of the day of `near`. */
export function besides(near: string | null, text: string): { value: Json } | null {
  const way = near === null ? null : aside(text);
  if (!way) return null;
  const [day, time] = [near!.slice(0, 10), near!.slice(11, 16)];
  return { value: { from: day, to: day, ...(way === 'later' ? { after: past(time) } : { before: time }) } };
}

/** The next time after one, as diaries have them. */
function past(time: string): string {
  const minutes = Math.min(24 * 60 - 5, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + 5);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Options whose time fits "el de las cuatro", "el jueves", "el de la tarde". */
export function byTime<One extends { time?: string }>(text: string, options: One[], reader: Reader): One[] {
  if (!options.some((option) => option.time)) return [];
  const found = understandDate(text, reader.language, reader.now);
  if (!found) return [];
  const possible = found.ambiguous ?? [found];
  return options.filter((option) => option.time && possible.some((moment) => fits(option.time!, moment)));
}

/** The one that a text names by a word that no other has, or by its day: "la del jueves". */
export function mentioned<One extends Choice>(text: string, options: One[], reader: Reader): One | null {
  const named = pickByMention(text, options);
  if (named.length === 1) return options[named[0]!]!;
  const timed = aside(text) ? [] : byTime(aimed(text)?.from ?? text, options, reader);
  return timed.length === 1 ? timed[0]! : null;
}

/** What comes after it is where something should go: "la del jueves, pasarla al martes". */
const AIM =
  /\s(?:al|a el|para el|para la|pasarla a|a|to|pel|per al|per a|para|pra|pro)\s+(?!(?:las?|les)\s+\d)(?=\S)/gi;
const DAY_WORD =
  /\d|\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|ma[ñn]ana|hoy|semana|dilluns|dimarts|dimecres|dijous|divendres|dissabte|dem[aà]|avui|setmana|monday|tuesday|wednesday|thursday|friday|saturday|tomorrow|today|week|segunda|ter[cç]a|quarta|quinta|sexta|amanh[aã]|hoje)/i;

/** "A partir del 3", "a primera hora" are no places to go to. */
const NO_AIM = /^(?:partir|primera|ultima|última|eso|finales|principios|mediados)\b/i;

/** What a text says of where something is and where it should go: "la del miércoles" and "viernes por la tarde". */
function aimed(text: string): { from: string; to: string } | null {
  let found: { from: string; to: string } | null = null;
  for (const aim of text.matchAll(AIM)) {
    const [from, to] = [text.slice(0, aim.index), text.slice(aim.index + aim[0].length)];
    if (!NO_AIM.test(to) && DAY_WORD.test(to.split(/\s+/).slice(0, 3).join(' '))) found = { from, to };
  }
  return found;
}

/** The part of a text that says where something should go, when it speaks of a day before that too. */
export function wishIn(text: string): string {
  const aim = aimed(text);
  return aim && DAY_WORD.test(aim.from) ? aim.to : text;
}

function fits(time: string, moment: Moment): boolean {
  const [date, clock] = [time.slice(0, 10), time.slice(11, 16)];
  if (date < moment.from || date > moment.to) return false;
  if (moment.except?.includes(new Date(date + 'T00:00:00Z').getUTCDay())) return false;
  if (moment.time && clock !== moment.time) return false;
  if (moment.after && clock < moment.after) return false;
  if (moment.before && clock >= moment.before) return false;
  if (moment.partOfDay === 'morning' && clock >= '14:00') return false;
  if (moment.partOfDay === 'afternoon' && clock < '14:00') return false;
  if (moment.partOfDay === 'evening' && clock < '18:00') return false;
  return true;
}

/**
 * Another answer to "which day": what it leaves open stays as it was. "El martes", then "mejor a la tarde": Tuesday
 * afternoon; "no, el jueves": Thursday afternoon.
 */
export function mended(before: Json | undefined, after: Json): Json {
  if (!isMoment(before) || !isMoment(after)) return after;
  const clocked = after.time ?? after.after ?? after.before ?? after.partOfDay;
  if (after.open) {
    if (clocked === undefined && !after.except) return after;
    const { open: _open, ...rest } = after;
    const { from, to, open } = before;
    const except = after.except ?? before.except;
    return { ...rest, from, to, ...(except ? { except } : {}), ...(open ? { open } : {}) } as Json;
  }
  return clocked === undefined && before.partOfDay && !before.open && after.from === after.to
    ? ({ ...after, partOfDay: before.partOfDay } as Json)
    : after;
}
const isMoment = (value: unknown): value is Moment & { [key: string]: Json } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;

/** A value of a question as commands: one, or the several that it could be. */
export function readingsOf(question: Pick<Question, 'slot'>, read: NonNullable<Read>): { slot: string; value: Json }[] {
  const values = 'value' in read ? [read.value] : read.which.map((one) => one.value);
  return values.map((value) => ({ slot: question.slot, value }));
}
