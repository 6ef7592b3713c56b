import { z } from 'zod';
import type { Language } from '../../conversation/contract.ts';
import type { Result } from '../../record/contract.ts';
import * as record from '../../record/queries.ts';
import { dayInWords } from '../dates/said.ts';
import { action, asJson, inEach, localised, noteReading, patientOf } from './action.ts';

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

function told(one: Result, language: Language): string {
  const lines: string[] = [];
  if (one.takenOn) lines.push(`${TAKEN[language]} ${dayInWords(one.takenOn, language, true)}.`);
  if (one.conclusion) lines.push(one.conclusion[language]);
  for (const value of one.values.slice(0, VALUES)) {
    const flag = value.flag && value.flag !== 'normal' ? ` (${FLAG[value.flag][language]})` : '';
    const range = value.range ? ` [${value.range}]` : '';
    lines.push(`${value.name[language]}: ${value.value}${value.unit ? ` ${value.unit}` : ''}${flag}${range}`);
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
        text: inEach((language) => (one.state === 'ready' ? told(one, language) : '')),
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

/** The prescriptions in force, as they are written: nothing is added to what a professional prescribed. */
export const medication = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: z.object({ text: localised }),
  proof: 'matched',
  async run(turning) {
    await noteReading(turning, 'medication');
    const list = await record.medicines(turning.trx, turning.organisation.id, patientOf(turning));
    if (list.length === 0) return { outcome: 'empty' };
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
