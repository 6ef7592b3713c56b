import i18next, { type Resource } from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import { queueSettings } from '../../../../server/routing/contract.ts';
import { ca } from '../../texts/ca.ts';
import { en } from '../../texts/en.ts';
import { es } from '../../texts/es.ts';
import { pt } from '../../texts/pt.ts';
import { exactly, hoursText, readBack } from './sentence.ts';

beforeAll(async () => {
  await i18next.init({
    lng: 'es',
    resources: Object.fromEntries(
      Object.entries({ es, ca, en, pt }).map(([language, translation]) => [language, { translation }]),
    ) as unknown as Resource,
    interpolation: { escapeValue: false },
  });
});

const words = (text: string) => ({ es: text, ca: text, en: text, pt: text });
const names = { entities: { mutua: 'Mutua Norte' }, queues: { general: 'Atención general' }, ringSeconds: 30 };
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const said = (settings: Record<string, unknown>, language: 'es' | 'ca' | 'en' | 'pt' = 'es'): string[] =>
  readBack(
    queueSettings.parse({ key: 'q', names: words('q'), ...settings }),
    i18next.getFixedT(language),
    language,
    names,
  ).map(plain);

test('a plain queue in plain words', () => {
  expect(said({ stickySeconds: 0 })).toEqual([
    'Contesta para la propia organización.',
    'Quiere contestar el 80 % antes de 2 min.',
    'No pide ninguna competencia.',
    'Cada oferta suena 30 s.',
    'Abre siempre.',
  ]);
});

test('everything that can be decided is read back', () => {
  expect(
    said({
      entity: 'mutua',
      goal: 0.9,
      targetSeconds: 120,
      targets: { critical: 60, standard: 120 },
      priority: 'urgent',
      cost: 2.5,
      skills: ['enfermería', 'vídeo'],
      levels: { enfermería: 3 },
      rings: [
        { after: 0.5, levels: 1 },
        { after: 1.5, levels: 2, without: ['vídeo'] },
      ],
      overflow: [
        { to: 'general', after: 1 },
        { to: 'gone', when: { mon: [['08:00', '14:00']] } },
      ],
      autoAccept: true,
      stickySeconds: 45,
      hours: { mon: [['08:00', '20:00']], tue: [['08:00', '20:00']], sat: [['09:00', '13:00']] },
      holidays: [{ date: '2026-12-25' }],
    }),
  ).toEqual([
    'Contesta para Mutua Norte.',
    'Quiere contestar el 90 % antes de 2 min; lo crítico, antes de 1 min.',
    'Todo lo que entra es al menos urgente.',
    'Hacer esperar aquí pesa 2,5 veces lo que en una cola normal.',
    'Pide enfermería (nivel 3) y vídeo.',
    'A partir de la mitad del objetivo (1 min) se pide un nivel menos.',
    'A partir del 150 % del objetivo (3 min) se piden 2 niveles menos y ya no se pide vídeo.',
    'Cumplido el objetivo (2 min) también contestan quienes atienden «Atención general».',
    'Siempre contestan también quienes atienden «gone», lun 08:00–14:00.',
    'Quien la recibe la tiene al momento, sin aceptar.',
    'Durante 45 s se espera por quien atendió a esa persona la última vez.',
    'Abre lun–mar 08:00–20:00; sáb 09:00–13:00.',
    'Tiene 1 día especial.',
  ]);
});

test.each(['es', 'ca', 'en', 'pt'] as const)('in %s nothing is left blank', (language) => {
  const all = said(
    { entity: 'mutua', rings: [{ after: 0, levels: 1 }], overflow: [{ to: 'general', after: 2 }] },
    language,
  );
  expect(all.join(' ')).not.toMatch(/\{\{|undefined|queuePage/);
  expect(all).toHaveLength(
    said({ entity: 'mutua', rings: [{ after: 0, levels: 1 }], overflow: [{ to: 'general', after: 2 }] }).length,
  );
});

test('durations to the second', () => {
  expect([0, 45, 60, 90, 3_600, 3_905].map(exactly).map(plain)).toEqual([
    '0 s',
    '45 s',
    '1 min',
    '1 min 30 s',
    '1 h',
    '1 h 5 min 5 s',
  ]);
});

test('days that follow each other with the same hours are said once', () => {
  const office: [string, string][] = [['08:00', '20:00']];
  const week = { mon: office, tue: office, wed: office, thu: office, fri: office, sun: office };
  expect(hoursText(week, i18next.getFixedT('pt'))).toBe('seg–sex 08:00–20:00; dom 08:00–20:00');
});
