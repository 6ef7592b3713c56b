import type { OrganisationForm } from '../../../../server/desk/settings/contract.ts';
import { bounded, type Faults, figure } from '../draft.ts';

/** What stands in the fields of the organisation's page, as it is typed. */
export type OwnDraft = {
  name: string;
  country: string;
  timezone: string;
  languages: OrganisationForm['languages'];
  emergencyNumber: string;
  countries: { country: string; number: string }[];
  urgentQueue: string;
  defaultQueue: string;
  ringSeconds: string;
  graceSeconds: string;
  reopenMinutes: string;
  /** A percentage. */
  warnShare: string;
  shortSeconds: string;
  proof: OrganisationForm['proofForHealthData'];
  proofDays: string;
  draftsAllowed: boolean;
  waitMinutes: boolean;
  againMinutes: string;
  paceOn: boolean;
  replySeconds: string;
  stopSeconds: string;
  periodSeconds: string;
  listening: boolean;
  /** One a line. */
  origins: string;
  colour: string;
};

export function ownDraft(settings: OrganisationForm): OwnDraft {
  return {
    name: settings.name,
    country: settings.country,
    timezone: settings.timezone,
    languages: settings.languages,
    emergencyNumber: settings.emergencyNumber,
    countries: Object.entries(settings.emergencyNumbers).map(([country, number]) => ({ country, number })),
    urgentQueue: settings.urgentQueue,
    defaultQueue: settings.defaultQueue,
    ringSeconds: String(settings.ringSeconds),
    graceSeconds: String(settings.graceSeconds),
    reopenMinutes: String(settings.reopenMinutes),
    warnShare: String(Math.round(settings.warnShare * 100)),
    shortSeconds: String(settings.shortSeconds),
    proof: settings.proofForHealthData,
    proofDays: String(settings.proofDays),
    draftsAllowed: settings.draftsAllowed,
    waitMinutes: settings.wait.minutes,
    againMinutes: String(settings.wait.againMinutes),
    paceOn: settings.pace.on,
    replySeconds: String(settings.pace.replySeconds),
    stopSeconds: String(settings.pace.stopSeconds),
    periodSeconds: String(settings.pace.periodSeconds),
    listening: settings.listeningShown,
    origins: settings.webchatOrigins.join('\n'),
    colour: settings.webchatColour ?? '',
  };
}

/** What the draft means, and what is wrong with it by field. Pure. */
export function ownFrom(draft: OwnDraft, before: OrganisationForm): { settings: OrganisationForm; faults: Faults } {
  const faults: Faults = {};
  const emergencyNumbers: Record<string, string> = {};
  draft.countries.forEach(({ country, number }, i) => {
    const code = country.trim().toUpperCase();
    const digits = dialled(number);
    if (!/^[A-Z]{2}$/.test(code)) faults[`countries/${i}/country`] = 'unknown_country';
    else if (emergencyNumbers[code] !== undefined) faults[`countries/${i}/country`] = 'repeated';
    if (!/^\+?[0-9]{2,15}$/.test(digits)) faults[`countries/${i}/number`] = 'no_number';
    emergencyNumbers[code] = digits;
  });
  const settings: OrganisationForm = {
    name: draft.name.trim(),
    country: draft.country.trim().toUpperCase(),
    timezone: draft.timezone.trim(),
    languages: draft.languages,
    emergencyNumber: dialled(draft.emergencyNumber),
    emergencyNumbers,
    defaultQueue: draft.defaultQueue,
    urgentQueue: draft.urgentQueue,
    ringSeconds: figure(draft.ringSeconds),
    graceSeconds: figure(draft.graceSeconds),
    reopenMinutes: figure(draft.reopenMinutes),
    warnShare: Math.round(figure(draft.warnShare)) / 100,
    shortSeconds: figure(draft.shortSeconds),
    proofForHealthData: draft.proof,
    proofDays: figure(draft.proofDays),
    draftsAllowed: draft.draftsAllowed,
    wait: { ...before.wait, minutes: draft.waitMinutes, againMinutes: figure(draft.againMinutes) },
    pace: {
      ...before.pace,
      on: draft.paceOn,
      replySeconds: figure(draft.replySeconds),
      stopSeconds: figure(draft.stopSeconds),
      periodSeconds: figure(draft.periodSeconds),
    },
    listeningShown: draft.listening,
    webchatOrigins: draft.origins
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    webchatColour: draft.colour.trim() === '' ? null : draft.colour.trim(),
  };
  if (settings.name === '') faults['name'] = 'empty';
  if (!/^\+?[0-9]{2,15}$/.test(settings.emergencyNumber))
    faults['emergencyNumber'] = settings.emergencyNumber === '' ? 'empty' : 'no_number';
  if (!/^[A-Z]{2}$/.test(settings.country)) faults['country'] = 'unknown_country';
  if (settings.languages.length === 0) faults['languages'] = 'none';
  if (settings.pace.stopSeconds < settings.pace.replySeconds) faults['pace/stopSeconds'] = 'below_reply';
  bounded(faults, 'ringSeconds', settings.ringSeconds, 5, 600);
  bounded(faults, 'graceSeconds', settings.graceSeconds, 5, 3_600);
  bounded(faults, 'reopenMinutes', settings.reopenMinutes, 0, 10_080);
  // typed as a percentage, so said as one
  bounded(faults, 'warnShare', figure(draft.warnShare), 10, 99);
  bounded(faults, 'shortSeconds', settings.shortSeconds, 0, 120);
  bounded(faults, 'proofDays', settings.proofDays, 1, 3_650);
  bounded(faults, 'wait/againMinutes', settings.wait.againMinutes, 0, 120);
  bounded(faults, 'pace/replySeconds', settings.pace.replySeconds, 15, 1_800);
  bounded(faults, 'pace/stopSeconds', settings.pace.stopSeconds, 30, 7_200);
  bounded(faults, 'pace/periodSeconds', settings.pace.periodSeconds, 60, 3_600);
  if (settings.webchatColour !== null && !/^#[0-9a-fA-F]{6}$/.test(settings.webchatColour))
    faults['webchatColour'] = 'no_colour';
  return { settings, faults };
}

/** A number as people write it, as it is dialled. */
const dialled = (text: string): string => text.replace(/[\s().-]/g, '');
