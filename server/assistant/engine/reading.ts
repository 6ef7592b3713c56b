import type { AnswerKind, Json, Step } from '../contract.ts';
import type { Moment } from '../dates/moment.ts';
import { understandBirthDate, understandDate, understandTime } from '../dates/dates.ts';
import { dayInWords, readBack } from '../dates/said.ts';
import { aside, documentNumber, isIndifferent, personName, phoneNumber, placeInList, yesOrNo } from '../understand.ts';
import type { Run } from './run.ts';

export type Ask = Extract<Step, { ask: unknown }>;
/** What an answer says, or the several things it could say; null where it says nothing that was asked. */
export type Read = { value: Json } | { which: { title: string; value: Json }[] } | null;

export function readAs(run: Run, kind: AnswerKind, text: string, min?: number, max?: number): Read {
  const { now, country } = run.facts;
  const language = run.language;
  const moments = (
    found: Moment & { ambiguous?: Moment[] },
    plainDay: boolean,
  ): { value: Json } | { which: { title: string; value: Json }[] } => {
    const asJson = (moment: Moment): Json => {
      const { from, to, partOfDay, time, after, before, except, open } = moment;
      return plainDay
        ? from
        : ({
            from,
            to,
            ...(partOfDay ? { partOfDay } : {}),
            ...(time ? { time } : {}),
            ...(after ? { after } : {}),
            ...(before ? { before } : {}),
            ...(except ? { except } : {}),
            ...(open ? { open } : {}),
          } as Json);
    };
    if (!found.ambiguous) return { value: asJson(found) };
    return {
      which: found.ambiguous.map((moment) => ({
        title: plainDay ? dayInWords(moment.from, language, true) : readBack(moment, language),
        value: asJson(moment),
      })),
    };
  };
  switch (kind) {
    case 'text': {
      const bare = text.trim();
      return bare.length >= 2 ? { value: bare.slice(0, 2000) } : null;
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
      return found ? moments(found, true) : null;
    }
    case 'date':
    case 'when': {
      const found =
        kind === 'when' && isIndifferent(text)
          ? understandDate('cualquier día', 'es', now)
          : understandDate(text, language, now, { country });
      if (!found || found.to < now.slice(0, 10)) return null;
      if (kind === 'date' && (found.from !== found.to || found.open)) return null;
      return moments(found, kind === 'date');
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

/** "Un poco más tarde": the other hours of the day that the question is about. */
export function besides(run: Run, one: Ask, text: string): { value: Json } | null {
  const way = one.ask.near === undefined ? null : aside(text);
  const near = way ? run.value(one.ask.near!) : null;
  if (typeof near !== 'string') return null;
  const [day, clock] = [near.slice(0, 10), near.slice(11, 16)];
  return { value: { from: day, to: day, ...(way === 'later' ? { after: clock } : { before: clock }) } };
}

/** What comes after it is where something should go: "la del jueves, pasarla al martes". */
export const AIM = /\s(?:al|a el|para el|para la|pasarla a|a|to|pel|per al|per a|para|pra|pro)\s+(?=\S)/i;

/** The part of a text that says where something should go, when it speaks of a day before that too. */
export function wishIn(text: string): string {
  const parts = text.split(AIM);
  const last = parts.at(-1)!;
  return parts.length > 1 && DAY_WORD.test(parts.slice(0, -1).join(' ')) && DAY_WORD.test(last) ? last : text;
}
const DAY_WORD =
  /\d|\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|ma[ñn]ana|hoy|semana|dilluns|dimarts|dimecres|dijous|divendres|dissabte|dem[aà]|avui|setmana|monday|tuesday|wednesday|thursday|friday|saturday|tomorrow|today|week|segunda|ter[cç]a|quarta|quinta|sexta|amanh[aã]|hoje)/i;

export function fits(time: string, moment: Moment): boolean {
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
