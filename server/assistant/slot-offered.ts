import type { Conversations } from '../conversation/verbs.ts';
import { lastWroteFrom } from '../patient/contact-points.ts';
import { suffices } from '../patient/rules.ts';
import type { Clock } from '../platform/clock.ts';
import { enqueue, type JobPayload } from '../platform/jobs.ts';
import { type Database, within } from '../platform/postgres.ts';
import { SLOT_OFFERED } from '../record/contract.ts';
import { standingOffers } from '../record/waiting.ts';
import { organisationOf } from '../trust/organisation.ts';
import type { Assistant } from './assistant.ts';
import { instantOf, wallClock } from './wall-clock.ts';

/** WhatsApp lets a business speak freely for 24 hours after the patient's last word; five minutes are for the way. */
const WINDOW_MS = 24 * 3_600_000 - 5 * 60_000;
/** Nobody is written to unasked outside of these hours on the hospital's wall. */
const HOURS = { from: '08:00', to: '21:00' } as const;
const CHANNELS = new Set(['whatsapp', 'webchat']);

/**
 * The job of a freed slot: asks the patient who waited for it whether they want it, in the conversation, once. Where
 * that may not be (another channel, too little proof, a shared address, a closed window, an agent at work) the offer
 * stands, and the greeting names it when they next write. At night it waits for the morning.
 */
export function createSlotOffered(deps: {
  db: Database;
  clock: Clock;
  assistant: Assistant;
  conversations: Conversations;
}): (payload: JobPayload) => Promise<void> {
  return async ({ organisationId, offerId }) => {
    await within(deps.db, organisationId, async (trx) => {
      const now = deps.clock();
      const offer = (await standingOffers(trx, organisationId, { offerId: String(offerId) }, now))[0];
      if (!offer || offer.told) return;
      const organisation = await organisationOf(trx, organisationId);
      const from = await lastWroteFrom(trx, organisationId, offer.patientId);
      if (!from || !from.alone || !CHANNELS.has(from.channel)) return;
      if (!suffices(from.proof, 'matched') || !suffices(from.proof, organisation.settings.proofForHealthData)) return;
      const wall = wallClock(now, organisation.timezone);
      const clock = wall.slice(11);
      if (clock < HOURS.from || clock >= HOURS.to) {
        const morning = instantOf(`${wall.slice(0, 10)}T${HOURS.from}`, organisation.timezone);
        if (morning > now && morning < new Date(offer.until))
          await enqueue(trx, {
            task: SLOT_OFFERED,
            payload: { organisationId, offerId: offer.id },
            runAt: morning,
            key: `${SLOT_OFFERED}:${offer.id}`,
          });
        return;
      }
      if (now.getTime() - from.lastInboundAt.getTime() >= WINDOW_MS) return;
      await deps.conversations.speakFirst(
        trx,
        { kind: 'assistant', organisationId },
        {
          contactPointId: from.contactPointId,
          personId: from.personId,
          // under the address's lock: what the patient was told meanwhile is not said again
          turn: async (situation) => {
            const [standing] = await standingOffers(trx, organisationId, { offerId: offer.id }, now);
            return standing && !standing.told ? deps.assistant.tellOffer(trx, situation, offer.id) : null;
          },
        },
      );
    });
  };
}
