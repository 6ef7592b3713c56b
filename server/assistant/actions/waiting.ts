import { z } from 'zod';
import { joinWaitingList, leaveWaitingList, waitingList } from '../../record/waiting.ts';
import { action, asJson, assistantActor, localised, maybe, nothing, patientOf, refused } from './action.ts';

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
