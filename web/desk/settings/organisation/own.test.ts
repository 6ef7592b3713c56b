import { expect, test } from 'vitest';
import { type OrganisationForm, organisationSettings } from '../../../../server/desk/settings/contract.ts';
import { ownDraft, ownFrom } from './own.ts';

const OWN: OrganisationForm = {
  name: 'Hospital Vega Clara',
  country: 'ES',
  timezone: 'Europe/Madrid',
  languages: ['es', 'ca'],
  emergencyNumber: '112',
  emergencyNumbers: { AR: '107' },
  defaultQueue: 'general',
  urgentQueue: 'urgent',
  ringSeconds: 30,
  graceSeconds: 60,
  reopenMinutes: 120,
  warnShare: 0.7,
  shortSeconds: 5,
  proofForHealthData: 'matched',
  proofDays: 180,
  draftsAllowed: false,
  wait: { minutes: true, againMinutes: 5 },
  pace: { on: true, replySeconds: 90, stopSeconds: 180, periodSeconds: 180 },
  listeningShown: true,
  webchatOrigins: ['https://a.example', 'https://b.example'],
  webchatColour: '#2f5d1f',
};
const faults = (more: Partial<ReturnType<typeof ownDraft>>) => ownFrom({ ...ownDraft(OWN), ...more }, OWN).faults;

test('what is loaded and not touched is what is saved', () => {
  expect(ownFrom(ownDraft(OWN), OWN)).toEqual({ settings: OWN, faults: {} });
});

test('a number as people write it is a number that can be dialled', () => {
  const { settings } = ownFrom({ ...ownDraft(OWN), emergencyNumber: ' +34 900-123.123 ' }, OWN);
  expect(settings.emergencyNumber).toBe('+34900123123');
});

test.each([
  [{ emergencyNumber: ' ' }, { emergencyNumber: 'empty' }],
  [{ emergencyNumber: 'ciento doce' }, { emergencyNumber: 'no_number' }],
  [{ name: ' ' }, { name: 'empty' }],
  [{ country: 'España' }, { country: 'unknown_country' }],
  [{ languages: [] }, { languages: 'none' }],
  [{ ringSeconds: '4' }, { ringSeconds: 'range:5:600' }],
  [{ proofDays: '1,5' }, { proofDays: 'whole' }],
  [{ graceSeconds: '' }, { graceSeconds: 'no_figure' }],
  [{ warnShare: '100' }, { warnShare: 'range:10:99' }],
  [{ stopSeconds: '60' }, { 'pace/stopSeconds': 'below_reply' }],
  [{ colour: 'verde' }, { webchatColour: 'no_colour' }],
  [
    {
      countries: [
        { country: 'ar', number: '107' },
        { country: 'AR', number: 'x' },
      ],
    },
    { 'countries/1/country': 'repeated', 'countries/1/number': 'no_number' },
  ],
])('%j is wrong at its field', (more, found) => {
  expect(faults(more as Partial<ReturnType<typeof ownDraft>>)).toEqual(found);
});

test('the bounds of the form are the bounds of the server', () => {
  for (const [field, least, most] of [
    ['ringSeconds', 5, 600],
    ['graceSeconds', 5, 3_600],
    ['reopenMinutes', 0, 10_080],
    ['shortSeconds', 0, 120],
    ['proofDays', 1, 3_650],
    ['againMinutes', 0, 120],
    ['stopSeconds', 90, 7_200],
    ['periodSeconds', 60, 3_600],
    ['warnShare', 10, 99],
  ] as const)
    for (const [value, fits] of [
      [least, true],
      [most, true],
      [most + 1, false],
      ...(field === 'stopSeconds' ? [] : [[least - 1, false] as const]),
    ] as const) {
      const { settings, faults } = ownFrom({ ...ownDraft(OWN), [field]: String(value) }, OWN);
      expect(
        [Object.keys(faults).length === 0, organisationSettings.safeParse(settings).success],
        `${field} ${value}`,
      ).toEqual([fits, fits]);
    }
});
