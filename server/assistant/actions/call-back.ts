import { z } from 'zod';
import type { Moment } from '../dates/moment.ts';
import { wallClock } from '../wall-clock.ts';
import { action, asJson, assistantActor, maybe, nothing, refused } from './action.ts';
import type { Turning } from './action.ts';

/** Slots shown for a wish: two pages of a list. */
const SHOWN = 16;

const who = (turning: Turning) => ({
  organisationId: turning.organisation.id,
  personId: turning.who.personId,
  conversationId: turning.conversationId,
  contactPointId: turning.contactPointId,
});

const own = z
  .object({
    kind: z.enum(['place', 'slot']),
    way: z.enum(['phone', 'message']),
    state: z.string(),
    /** On the hospital's wall: when it was chosen for, or is due. */
    start: z.string(),
    number: z.string().nullable(),
    late: z.boolean(),
    /** Tries without an answer. */
    tries: z.number(),
  })
  .nullable();

const standing = z.object({
  mine: own,
  place: z.boolean(),
  slots: z.boolean(),
  /** They can be written to where they write. */
  message: z.boolean(),
  open: z.boolean(),
  /** The number that they write from, as it is read aloud. */
  number: z.string().nullable(),
});

/** What they have asked for and may ask for. `mine`: there is one already; `empty`: nobody is called back here. */
export const callBackStanding = action({
  args: z.object({ queue: maybe }),
  outcomes: ['mine', 'empty'],
  value: standing,
  proof: 'none',
  async run(turning, { queue }) {
    if (!turning.callBacks) return { outcome: 'empty' };
    const found = await turning.callBacks.standing(turning.trx, { ...who(turning), queue: queue ?? null }, turning.now);
    if (!found.mine && !found.place && !found.slots) return { outcome: 'empty' };
    return { outcome: found.mine ? 'mine' : 'success', value: asJson(found) };
  },
});

const when = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    partOfDay: z.enum(['morning', 'afternoon', 'evening']).optional(),
    time: z.string().optional(),
    after: z.string().optional(),
    before: z.string().optional(),
    except: z.array(z.number()).optional(),
    open: z.boolean().optional(),
  })
  .nullable()
  .optional();

const BEGINS = { morning: '00:00', afternoon: '13:00', evening: '18:00' };
const ENDS = { morning: '13:00', afternoon: '20:00', evening: '24:00' };

function suits(wall: string, wish: Moment): boolean {
  const day = wall.slice(0, 10);
  const clock = wall.slice(11, 16);
  if (day < wish.from || day > wish.to) return false;
  if (wish.except?.includes(new Date(`${day}T00:00:00Z`).getUTCDay())) return false;
  if (wish.partOfDay && (clock < BEGINS[wish.partOfDay] || clock >= ENDS[wish.partOfDay])) return false;
  if (wish.after && clock < wish.after) return false;
  return !(wish.before && clock >= wish.before);
}

/** Free times to be called at. `nearby`: none as wished, but these. `exact`: the very time that was wished. */
export const callBackSlots = action({
  args: z.object({ queue: maybe, when }),
  outcomes: ['nearby', 'exact', 'empty'],
  value: z.array(z.object({ id: z.string(), start: z.string() })),
  proof: 'none',
  async run(turning, args) {
    if (!turning.callBacks) return { outcome: 'empty', value: [] };
    const all = await turning.callBacks.slots(turning.trx, { ...who(turning), queue: args.queue ?? null }, turning.now);
    if (all.length === 0) return { outcome: 'empty', value: [] };
    const wish = args.when as Moment | null | undefined;
    if (!wish) return { outcome: 'success', value: asJson(spread(all)) };
    const fitting = all.filter((one) => suits(one.start, wish));
    if (fitting.length === 0) return { outcome: 'nearby', value: asJson(spread(all)) };
    if (!wish.time) return { outcome: 'success', value: asJson(spread(fitting)) };
    const exact = fitting.filter((one) => one.start.slice(11) === wish.time);
    return exact.length === 1
      ? { outcome: 'exact', value: asJson(exact) }
      : { outcome: 'nearby', value: asJson(closest(fitting, wish.time)) };
  },
});

type Row = { id: string; start: string };

/** The next ones of each day, so that a list shows more than one morning. */
function spread(list: Row[]): Row[] {
  if (list.length <= SHOWN) return list;
  const days = Map.groupBy(list, (one) => one.start.slice(0, 10));
  const each = Math.max(4, Math.ceil(SHOWN / days.size));
  return [...days.values()]
    .flatMap((day) =>
      day.length <= each
        ? day
        : day.filter((_, n) => Math.floor((n * each) / day.length) !== Math.floor(((n - 1) * each) / day.length)),
    )
    .slice(0, SHOWN);
}

function closest(list: Row[], time: string): Row[] {
  const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  const apart = (one: Row): number => Math.abs(minutes(one.start.slice(11)) - minutes(time));
  return [...list]
    .sort((a, b) => apart(a) - apart(b) || (a.start < b.start ? -1 : 1))
    .slice(0, 8)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
}

const REFUSED = {
  'call_back.slot_taken': 'taken',
  'call_back.number_wrong': 'wrong_number',
  'call_back.outside_window': 'outside_window',
  'call_back.too_many': 'too_many',
  'call_back.not_offered': 'gone',
  'call_back.with_somebody': 'gone',
};

/** They agreed: they are called, or written to, when it is their turn or at the slot. What they had is changed. */
export const askCallBack = action({
  args: z.object({ queue: maybe, slot: maybe, way: z.enum(['phone', 'message']), number: maybe }),
  outcomes: ['taken', 'wrong_number', 'outside_window', 'too_many', 'gone'],
  value: z.object({
    kind: z.enum(['place', 'slot']),
    start: z.string(),
    /** It is not their turn before the queue opens. */
    opens: z.boolean(),
    changed: z.boolean(),
    number: z.string().nullable(),
  }),
  proof: 'none',
  async run(turning, args) {
    if (!turning.callBacks) return { outcome: 'gone' };
    try {
      const done = await turning.callBacks.ask(
        turning.trx,
        assistantActor(turning),
        {
          ...who(turning),
          queue: args.queue ?? null,
          slotAt: args.slot ? new Date(args.slot) : null,
          way: args.way,
          number: args.number ?? null,
        },
        turning.now,
      );
      const { timezone } = turning.organisation;
      return {
        outcome: 'success',
        value: asJson({
          kind: done.kind,
          start: wallClock(done.dueAt, timezone),
          opens: done.kind === 'place' && done.dueAt > turning.now,
          changed: done.changed,
          number: done.number,
        }),
      };
    } catch (error) {
      return refused(error, REFUSED);
    }
  },
});

/** Nobody calls any more. `gone`: there was nothing, or somebody is calling right now. */
export const revokeCallBack = action({
  args: z.object({}),
  outcomes: ['gone'],
  value: nothing,
  proof: 'none',
  async run(turning) {
    if (!turning.callBacks) return { outcome: 'gone' };
    try {
      const done = await turning.callBacks.revoke(turning.trx, assistantActor(turning), who(turning), turning.now);
      return { outcome: done ? 'success' : 'gone' };
    } catch (error) {
      return refused(error, REFUSED);
    }
  },
});

/**
 * The assistant has just done what they may have wanted somebody for: they are asked once whether they are still to be called.
 * `empty`: there is nothing to ask, or somebody is calling right now.
 */
export const callBackStill = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: standing,
  proof: 'none',
  async run(turning) {
    if (!turning.callBacks) return { outcome: 'empty' };
    const actor = assistantActor(turning);
    if (!(await turning.callBacks.askStill(turning.trx, actor, who(turning), turning.now))) return { outcome: 'empty' };
    const found = await turning.callBacks.standing(turning.trx, { ...who(turning), queue: null }, turning.now);
    return found.mine ? { outcome: 'success', value: asJson(found) } : { outcome: 'empty' };
  },
});
