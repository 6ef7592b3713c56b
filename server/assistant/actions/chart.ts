import { z } from 'zod';
import type { Language } from '../../conversation/contract.ts';
import type { Result } from '../../record/contract.ts';
import * as record from '../../record/queries.ts';
import { dayInWords } from '../dates/said.ts';
import { words } from '../../triage/words.ts';
import { finderOf } from '../entities/finder.ts';
import { MEDICINES } from '../entities/medicines.ts';
import { action, asJson, inEach, localised, maybe, noteReading, patientOf } from './action.ts';

/** Orders still open, with what to do before each. */
export const orders = action({
  args: z.object({}),
  outcomes: ['one', 'empty'],
  value: z.array(
    z.object({
      id: z.string(),
      name: localised,
      preparation: localised.nullable(),
      appointment: z.string().nullable(),
      booking: z.object({ key: z.string(), name: localised }).nullable(),
    }),
  ),
  proof: 'matched',
  async run(turning) {
    await noteReading(turning, 'orders');
    const list = (await record.orders(turning.trx, turning.organisation.id, patientOf(turning)))
      .filter((one) => one.state === 'active')
      .slice(0, 20)
      .map((one) => ({
        id: one.id,
        name: one.name,
        preparation: one.preparation,
        appointment: one.appointmentId,
        booking: one.specialty ? { key: one.specialty, name: one.name } : null,
      }));
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});

const STATUS: Record<Result['state'], Record<Language, string>> = {
  ready: { es: 'Listo', ca: 'A punt', en: 'Ready', pt: 'Pronto' },
  pending: { es: 'Pendiente', ca: 'Pendent', en: 'Pending', pt: 'Pendente' },
  with_professional: {
    es: 'Se explica en persona',
    ca: "S'explica en persona",
    en: 'Explained in person',
    pt: 'Explicado pessoalmente',
  },
};
const FLAG: Record<'low' | 'high' | 'abnormal', Record<Language, string>> = {
  low: { es: 'por debajo', ca: 'per sota', en: 'below', pt: 'abaixo' },
  high: { es: 'por encima', ca: 'per sobre', en: 'above', pt: 'acima' },
  abnormal: { es: 'fuera de lo habitual', ca: "fora de l'habitual", en: 'unusual', pt: 'fora do habitual' },
};
const TAKEN: Record<Language, string> = { es: 'Del', ca: 'Del', en: 'From', pt: 'De' };
/** Values in one message; more are on paper. */
const VALUES = 25;

/** Figures as they are written there: 13,4 in Spain, 13.4 in Mexico. What is no figure stays as it is. */
function written(text: string, language: Language, country: string): string {
  if (language === 'en') return text;
  const point = new Intl.NumberFormat(`${language}-${country}`).formatToParts(0.5)[1]?.value ?? '.';
  return text.replace(/(?<![\d.,])(\d+)\.(\d+)(?![\d.,])/g, `$1${point}$2`);
}

function told(one: Result, language: Language, country: string): string {
  const lines: string[] = [];
  if (one.takenOn) lines.push(`${TAKEN[language]} ${dayInWords(one.takenOn, language, true)}.`);
  if (one.conclusion) lines.push(one.conclusion[language]);
  for (const value of one.values.slice(0, VALUES)) {
    const flag = value.flag && value.flag !== 'normal' ? ` (${FLAG[value.flag][language]})` : '';
    const range = value.range ? ` [${written(value.range, language, country)}]` : '';
    lines.push(
      `${value.name[language]}: ${written(value.value, language, country)}${value.unit ? ` ${value.unit}` : ''}${flag}${range}`,
    );
  }
  return lines.join('\n');
}

/** Results of late and those under way. What a professional has to tell stands without its values. */
export const results = action({
  args: z.object({}),
  outcomes: ['one', 'empty'],
  value: z.array(
    z.object({
      id: z.string(),
      name: localised,
      state: z.enum(['ready', 'pending', 'with_professional']),
      status: localised,
      text: localised,
    }),
  ),
  proof: 'matched',
  async run(turning) {
    await noteReading(turning, 'results');
    const list = (await record.results(turning.trx, turning.organisation.id, patientOf(turning)))
      .slice(0, 9)
      .map((one) => ({
        id: one.id,
        name: one.name,
        state: one.state,
        status: STATUS[one.state],
        text: inEach((language) => (one.state === 'ready' ? told(one, language, turning.organisation.country) : '')),
      }));
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});

const AS_NEEDED: Record<Language, string> = {
  es: 'solo si hace falta',
  ca: 'només si cal',
  en: 'only if needed',
  pt: 'só se for preciso',
};

const medicines = finderOf(MEDICINES);

/** Those of a person's medicines that a text names, in any brand; all of them where it names none, or one of another's. */
function named<One extends { name: Record<Language, string> }>(list: One[], text: string): One[] {
  const own = list.map((one, at) => ({ key: String(at), names: [...new Set(Object.values(one.name))] }));
  const substances = own.map(({ names }) => new Set(names.flatMap((name) => medicines(words(name)).map((m) => m.key))));
  const said = medicines(words(text.slice(0, 500)));
  if (said.length === 0 || said.some((one) => !substances.some((those) => those.has(one.key)))) return list;
  return list.filter((_, at) => said.some((one) => substances[at]!.has(one.key)));
}

/** The prescriptions in force, as they are written: nothing is added to what a professional prescribed. */
export const medication = action({
  args: z.object({ text: maybe }),
  outcomes: ['empty'],
  value: z.object({ text: localised }),
  proof: 'matched',
  async run(turning, { text: asked }) {
    await noteReading(turning, 'medication');
    const all = await record.medicines(turning.trx, turning.organisation.id, patientOf(turning));
    if (all.length === 0) return { outcome: 'empty' };
    const list = named(all, asked ?? '');
    const text = inEach((language) =>
      list
        .slice(0, 20)
        .map(
          (one) =>
            `· ${one.name[language]}: ${one.dosage[language].replace(/\.$/, '')}${one.asNeeded ? ` (${AS_NEEDED[language]})` : ''}${one.note ? `. ${one.note[language]}` : ''}`,
        )
        .join('\n'),
    );
    return { outcome: 'success', value: asJson({ text }) };
  },
});

/** The hospital's places, with hours and how to get there. */
export const places = action({
  args: z.object({}),
  outcomes: ['one', 'empty'],
  value: z.array(
    z.object({
      id: z.string(),
      name: localised,
      address: z.string(),
      hours: localised.nullable(),
      directions: localised.nullable(),
    }),
  ),
  proof: 'none',
  async run(turning) {
    const list = (await record.places(turning.trx, turning.organisation.id)).map((one) => ({
      id: one.id,
      name: one.name,
      address: one.address,
      hours: one.hours ?? null,
      directions: one.directions ?? null,
    }));
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});
