import type { Trx } from '../../platform/postgres.ts';
import type { Organisation } from '../../trust/organisation.ts';
import { isOpen, nextOpening } from '../rules.ts';
import { type SampleVisitor, type TriedWays, WAYS, type WaysContent } from './contract.ts';
import { check, explain, type Known, type Situation, type Visitor } from './rules.ts';
import { type House, queueOf, readHouse, shown, standingOf, type WaysDeps } from './ways.ts';

/**
 * What a sample visitor would be offered under a content that need not be published, and what decided about each way. Nothing
 * is stored and nobody's data is read.
 */
export async function tryWays(
  trx: Trx,
  organisation: Organisation,
  content: WaysContent,
  sample: SampleVisitor,
  deps: WaysDeps,
  now: Date,
): Promise<TriedWays> {
  const visitor: Visitor = {
    segments: sample.segments.length > 0 ? sample.segments : ['unknown'],
    insurers: sample.insurer === null ? [] : [sample.insurer],
    age: sample.age,
    language: sample.language,
    urgency: sample.urgency,
    prefers: sample.prefers,
    consent: sample.consent,
  };
  const at = sample.at === null ? now : momentOf(sample.at, organisation.timezone);
  const house = await readHouse(
    trx,
    organisation,
    content,
    deps,
    { queue: sample.queue, language: sample.language },
    now,
  );
  const standing = await standingOf(trx, house, visitor, sample.queue, now);
  for (const way of WAYS) {
    const queue = queueOf(house, way, sample.queue);
    const stands = { ...standing[way] };
    if (queue && sample.at !== null) {
      stands.open = isOpen(queue.calendar, at);
      stands.opensAt = stands.open ? null : nextOpening(queue.calendar, at);
    }
    if (sample.wait === 'nobody') Object.assign(stands, { staffed: false, full: false, wait: null });
    else if (sample.wait !== null) {
      const seconds = sample.wait * 60;
      Object.assign(stands, { staffed: true, full: false, wait: { seconds, low: seconds * 0.7, high: seconds * 1.4 } });
    }
    if (sample.full !== null && stands.staffed) stands.full = sample.full;
    if (!stands.open) stands.wait = null;
    standing[way] = stands;
  }
  const situation: Situation = { works: house.works, standing, visitor, now: at, timezone: organisation.timezone };
  const own = { ...content, ways: house.ways };
  return {
    shown: shown(house, content, situation, sample.queue),
    decided: explain(own, situation),
    findings: check(content, knownOf(house)),
  };
}

/** What rules may speak of in this house. */
export const knownOf = (house: House): Known => ({
  queues: house.queues.filter((queue) => !queue.retired).map((queue) => queue.key),
  entities: [...house.entities.values()],
  works: house.works,
});

/** The moment at which a clock on a wall there says `YYYY-MM-DDTHH:MM`; where it is skipped in spring, the hour after. */
function momentOf(wall: string, timezone: string): Date {
  const wanted = Date.parse(`${wall}Z`);
  const says = (at: number): number => {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-CA', {
        timeZone: timezone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })
        .formatToParts(at)
        .map((part) => [part.type, part.value]),
    );
    return Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}Z`);
  };
  const once = wanted - (says(wanted) - wanted);
  return new Date(once - (says(once) - wanted));
}
