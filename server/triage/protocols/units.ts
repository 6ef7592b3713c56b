import type { Said, UnitName } from './contract.ts';

export type Unit = {
  /** What a living person can have; outside it the number is asked for again. */
  min: number;
  max: number;
  label: Said;
  /** UCUM code, for FHIR. */
  ucum: string;
  /** A number below or above plausibility that is surely in another unit, or says so by its letters. */
  also?: { letters: RegExp; min: number; max: number; bare: boolean; convert(value: number): number }[];
};

const same = (text: string): Said => ({ es: text, ca: text, en: text, pt: text });

/**
 * Units of numbers, their plausible ranges and what else people write. The ranges are limits of sense, not of health:
 * they keep out slips of the finger (385 for 38,5).
 */
export const UNITS: Record<UnitName, Unit> = {
  celsius: {
    min: 30,
    max: 44,
    label: same('°C'),
    ucum: 'Cel',
    also: [
      {
        letters: /º?°?\s*f(?:ah?renheit)?\b/,
        min: 86,
        max: 112,
        bare: true,
        convert: (value) => Math.round((value - 32) * (50 / 9)) / 10,
      },
    ],
  },
  percent: { min: 30, max: 100, label: same('%'), ucum: '%' },
  bpm: {
    min: 20,
    max: 300,
    label: { es: 'latidos por minuto', ca: 'batecs per minut', en: 'beats a minute', pt: 'batimentos por minuto' },
    ucum: '/min',
  },
  breaths: {
    min: 4,
    max: 120,
    label: {
      es: 'respiraciones por minuto',
      ca: 'respiracions per minut',
      en: 'breaths a minute',
      pt: 'respirações por minuto',
    },
    ucum: '/min',
  },
  mmhg: {
    min: 40,
    max: 300,
    label: same('mmHg'),
    ucum: 'mm[Hg]',
    // "16/9", "doce ocho": in centimetres, as people say it in Spain and Portugal
    also: [{ letters: /\bcm\b/, min: 6, max: 30, bare: true, convert: (value) => value * 10 }],
  },
  mg_dl: {
    min: 10,
    max: 900,
    label: same('mg/dl'),
    ucum: 'mg/dL',
    also: [{ letters: /mmol/, min: 0.5, max: 50, bare: false, convert: (value) => Math.round(value * 18.016) }],
  },
  kg: {
    min: 0.4,
    max: 350,
    label: same('kg'),
    ucum: 'kg',
    also: [
      {
        letters: /\b(?:lbs?|libras?|pounds?|lliures)\b/,
        min: 1,
        max: 770,
        bare: false,
        convert: (value) => Math.round(value * 4.536) / 10,
      },
    ],
  },
  weeks: { min: 0, max: 44, label: { es: 'semanas', ca: 'setmanes', en: 'weeks', pt: 'semanas' }, ucum: 'wk' },
  times: { min: 0, max: 100, label: { es: 'veces', ca: 'vegades', en: 'times', pt: 'vezes' }, ucum: '{times}' },
  score: {
    min: 0,
    max: 10,
    label: { es: 'de 0 a 10', ca: 'de 0 a 10', en: 'from 0 to 10', pt: 'de 0 a 10' },
    ucum: '{score}',
  },
};
