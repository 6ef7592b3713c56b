import type { CareLevel, ProtocolLanguage, Question, Said, Value } from './contract.ts';
import { NO, YES } from './hear.ts';
import { UNITS } from './units.ts';

const pick = (es: string, ca: string, en: string, pt: string): Said => ({ es, ca, en, pt });

/** Levels of care as staff reads them. */
export const LEVEL_NAMES: Record<CareLevel, Said> = {
  emergency_now: {
    es: 'llamar a emergencias ahora',
    ca: 'trucar a emergències ara',
    en: 'call emergency services now',
    pt: 'ligar para a emergência agora',
  },
  nurse_now: { es: 'enfermería ahora', ca: 'infermeria ara', en: 'a nurse now', pt: 'enfermagem agora' },
  nurse_within_hour: {
    es: 'enfermería antes de una hora',
    ca: 'infermeria abans d’una hora',
    en: 'a nurse within the hour',
    pt: 'enfermagem dentro de uma hora',
  },
  appointment_24h: {
    es: 'cita en 24 horas',
    ca: 'visita en 24 hores',
    en: 'an appointment within 24 hours',
    pt: 'consulta em 24 horas',
  },
  appointment: { es: 'cita ordinaria', ca: 'visita ordinària', en: 'an ordinary appointment', pt: 'consulta normal' },
  information: { es: 'información', ca: 'informació', en: 'information', pt: 'informação' },
};

/** An age as it is spoken of. */
export function ageInWords(days: number, at: ProtocolLanguage): string {
  const [value, unit] =
    days < 28
      ? [Math.round(days), pick('días', 'dies', 'days', 'dias')]
      : days < 2 * 365.25
        ? [Math.floor(days / 30.4375), pick('meses', 'mesos', 'months', 'meses')]
        : [Math.floor(days / 365.25), pick('años', 'anys', 'years', 'anos')];
  return `${value} ${unit[at]}`;
}

/** A value as a clinician reads it. */
export function valueInWords(question: Question, value: Value, at: ProtocolLanguage): string {
  switch (question.kind) {
    case 'yesno':
      return value === true ? YES[at] : NO[at];
    case 'choice':
      return question.options.find((one) => one.id === value)?.title[at] ?? String(value);
    case 'number':
      return `${Math.round(Number(value) * 10) / 10} ${UNITS[question.unit].label[at]}`;
    case 'duration': {
      const minutes = Number(value);
      const [number, unit] =
        minutes < 120
          ? [minutes, pick('minutos', 'minuts', 'minutes', 'minutos')]
          : minutes < 2880
            ? [minutes / 60, pick('horas', 'hores', 'hours', 'horas')]
            : [minutes / 1440, pick('días', 'dies', 'days', 'dias')];
      return `${Math.round(number * 10) / 10} ${unit[at]}`;
    }
  }
}
