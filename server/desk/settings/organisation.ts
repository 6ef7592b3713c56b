import type { Trx } from '../../platform/postgres.ts';
import { announce } from '../../platform/events.ts';
import { queuesOf } from '../../routing/queues.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { changeOrganisation, lockOrganisation, type Organisation, organisationNow } from '../../trust/organisation.ts';
import type { Fault, OrganisationForm, OrganisationView } from './contract.ts';
import { mustFit, settingsProblems } from './problems.ts';
import { revisionOf } from './revision.ts';
import { isCountry, isOrigin, isTimezone } from './rules.ts';

function formOf({ settings, ...own }: Organisation): OrganisationForm {
  return {
    name: own.name,
    country: own.country,
    timezone: own.timezone,
    languages: own.languages as OrganisationForm['languages'],
    emergencyNumber: own.emergencyNumber,
    emergencyNumbers: settings.emergencyNumbers,
    defaultQueue: settings.defaultQueue,
    urgentQueue: settings.urgentQueue,
    ringSeconds: settings.ringSeconds,
    graceSeconds: settings.graceSeconds,
    reopenMinutes: settings.reopenMinutes,
    warnShare: settings.levels.warnShare,
    shortSeconds: settings.levels.shortSeconds,
    proofForHealthData: settings.proofForHealthData,
    proofDays: settings.proofDays,
    draftsAllowed: settings.draftsAllowed,
    wait: settings.wait,
    pace: settings.pace,
    listeningShown: settings.supervision.visible,
    webchatOrigins: settings.webchat.origins,
    webchatColour: settings.webchat.colour ?? null,
  };
}

/** What the organisation decided, and the queues that it may choose from. */
export async function readOrganisation(trx: Trx, organisationId: string): Promise<OrganisationView> {
  const organisation = await organisationNow(trx, organisationId);
  const settings = formOf(organisation);
  return {
    settings,
    revision: revisionOf(settings),
    slug: organisation.slug,
    queues: (await queuesOf(trx, organisationId))
      .filter((queue) => !queue.retired)
      .map(({ key, names }) => ({ key, names })),
  };
}

/** Whether a change touches what a patient in danger is told to dial: it asks for the password again. */
const touchesEmergency = (was: OrganisationForm, is: OrganisationForm): boolean =>
  revisionOf([was.emergencyNumber, was.emergencyNumbers]) !== revisionOf([is.emergencyNumber, is.emergencyNumbers]);

/**
 * Changes what the organisation decided, as a whole.
 * @param input.proved the password was asked for and was right
 * @throws settings.changed_meanwhile · password_needed · wrong
 */
export async function saveOrganisation(
  trx: Trx,
  actor: StaffActor,
  input: { settings: OrganisationForm; revision: string; proved: boolean },
): Promise<OrganisationView> {
  const { organisationId } = actor;
  const before = await lockOrganisation(trx, organisationId);
  const was = formOf(before);
  const is = input.settings;
  if (revisionOf(was) !== input.revision) throw settingsProblems.changed_meanwhile();
  if (touchesEmergency(was, is) && !input.proved) throw settingsProblems.password_needed();
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired).map((queue) => queue.key);
  mustFit(organisationFaults(is, was, queues));
  await changeOrganisation(trx, actor, {
    name: is.name,
    country: is.country,
    timezone: is.timezone,
    languages: is.languages,
    emergencyNumber: is.emergencyNumber,
    settings: {
      emergencyNumbers: is.emergencyNumbers,
      defaultQueue: is.defaultQueue,
      urgentQueue: is.urgentQueue,
      ringSeconds: is.ringSeconds,
      graceSeconds: is.graceSeconds,
      reopenMinutes: is.reopenMinutes,
      levels: { warnShare: is.warnShare, shortSeconds: is.shortSeconds },
      proofForHealthData: is.proofForHealthData,
      proofDays: is.proofDays,
      draftsAllowed: is.draftsAllowed,
      wait: is.wait,
      pace: is.pace,
      supervision: { visible: is.listeningShown },
      webchat: { origins: is.webchatOrigins, colour: is.webchatColour ?? undefined },
    },
  });
  // hours of queues are read by this zone, and heads of queues shown by it
  if (is.timezone !== was.timezone) await announce(trx, { organisationId, kind: 'queue.hours', payload: {} });
  return readOrganisation(trx, organisationId);
}

/** What is not there or contradicts itself. A queue that was named before may stay named: an older house may lack it. */
function organisationFaults(is: OrganisationForm, was: OrganisationForm, queues: string[]): Fault[] {
  const faults: Fault[] = [];
  const at = (path: string, message: string): void => void faults.push({ path: `body/settings/${path}`, message });
  if (!isCountry(is.country)) at('country', 'unknown_country');
  if (!isTimezone(is.timezone)) at('timezone', 'unknown_timezone');
  if (new Set(is.languages).size !== is.languages.length) at('languages', 'repeated');
  for (const country of Object.keys(is.emergencyNumbers)) {
    if (!isCountry(country)) at(`emergencyNumbers/${country}`, 'unknown_country');
    else if (country === is.country) at(`emergencyNumbers/${country}`, 'own_country');
  }
  for (const part of ['defaultQueue', 'urgentQueue'] as const)
    if (!queues.includes(is[part]) && is[part] !== was[part]) at(part, 'unknown_queue');
  if (is.pace.stopSeconds < is.pace.replySeconds) at('pace/stopSeconds', 'below_reply');
  is.webchatOrigins.forEach((origin, i) => {
    if (!isOrigin(origin)) at(`webchatOrigins/${i}`, 'no_origin');
  });
  return faults;
}
