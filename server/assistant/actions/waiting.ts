import { z } from 'zod';
import { joinWaitingList, leaveWaitingList, offerTold, standingOffers, waitingList } from '../../record/waiting.ts';
import {
  action,
  asJson,
  assistantActor,
  localised,
  maybe,
  noteReading,
  nothing,
  patientOf,
  refused,
} from './action.ts';

export const joinWaiting = action({
  args: z.object({
    specialty: z.string(),
    professional: maybe,
    place: maybe,
    when: z
      .object({ partOfDay: z.enum(['morning', 'afternoon', 'evening']).optional() })
      .nullable()
      .optional(),
  }),
  outcomes: ['already'],
  value: nothing,
  proof: 'matched',
  async run(turning, args) {
    try {
      await joinWaitingList(
        turning.trx,
        assistantActor(turning),
        {
          patientId: patientOf(turning),
          specialty: args.specialty,
          ...(args.professional ? { practitionerId: args.professional } : {}),
          ...(args.place ? { placeId: args.place } : {}),
          ...(args.when?.partOfDay ? { partOfDay: args.when.partOfDay } : {}),
        },
        turning.now,
      );
      return { outcome: 'success' };
    } catch (error) {
      return refused(error, { already_waiting: 'already' });
    }
  },
});

export const myWaiting = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: z.array(z.object({ id: z.string(), specialty: localised })),
  proof: 'matched',
  async run(turning) {
    const list = await waitingList(turning.trx, turning.organisation.id, { patientId: patientOf(turning) });
    return {
      outcome: list.length ? 'success' : 'empty',
      value: asJson(list.slice(0, 20).map((one) => ({ id: one.id, specialty: one.specialty.name }))),
    };
  },
});

export const leaveWaiting = action({
  args: z.object({ entry: z.string() }),
  outcomes: [],
  value: nothing,
  proof: 'matched',
  async run(turning, { entry }) {
    try {
      await leaveWaitingList(turning.trx, assistantActor(turning), { entryId: entry, patientId: patientOf(turning) });
      return { outcome: 'success' };
    } catch (error) {
      // it is gone, which is what was asked for
      return refused(error, { waiting_entry_not_found: 'success' });
    }
  },
});

/** The freed slot that the patient may have now: the one named, or the soonest. Who has heard it was told. */
export const standingOffer = action({
  args: z.object({ offer: maybe }),
  outcomes: ['empty'],
  value: z
    .object({
      id: z.string(),
      slot: z.string(),
      entry: z.string(),
      start: z.string(),
      specialty: localised,
      practitioner: z.string(),
      place: localised,
      /** The appointment that they would give for it. */
      instead: z.object({ id: z.string(), start: z.string() }).nullable(),
    })
    .nullable()
    .optional(),
  proof: 'matched',
  async run(turning, args) {
    const { trx, organisation, now } = turning;
    const all = await standingOffers(trx, organisation.id, { patientId: patientOf(turning) }, now);
    const one = args.offer ? all.find((offer) => offer.id === args.offer) : all[0];
    if (!one) return { outcome: 'empty' };
    await noteReading(turning, 'slot_offer');
    await offerTold(trx, organisation.id, one.id, now);
    return {
      outcome: 'success',
      value: asJson({
        id: one.id,
        slot: one.slot.id,
        entry: one.entryId,
        start: one.slot.localStart,
        specialty: one.slot.specialty.name,
        practitioner: one.slot.practitioner.name,
        place: one.slot.place.name,
        instead: one.appointment ? { id: one.appointment.id, start: one.appointment.localStart } : null,
      }),
    };
  },
});
