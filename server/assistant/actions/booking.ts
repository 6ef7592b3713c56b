import { z } from 'zod';
import { words } from '../../triage/words.ts';
import { bookAppointment } from '../../record/book.ts';
import type { Slot } from '../../record/contract.ts';
import { findSlots } from '../../record/find.ts';
import * as record from '../../record/queries.ts';
import { instantOf } from '../wall-clock.ts';
import type { Moment } from '../dates/moment.ts';
import { finderOf } from '../entities/finder.ts';
import type { Finder, Named as Called } from '../entities/finder.ts';
import { asCalled } from '../entities/professionals.ts';
import { withOwnNames } from '../entities/specialties.ts';
import { pickByWords } from '../list-places.ts';
import { action, asJson, assistantActor, localised, maybe, patientOf, refused } from './action.ts';
import type { Turning } from './action.ts';
import { appointmentRow, rowOf } from './appointments.ts';

/** How people call specialties that have another name in a hospital. */
const COLLOQUIAL: [RegExp, string][] = [
  [
    /family|general|primary/,
    'medico de cabecera familia generalista gp family doctor clinico medico general metge capçalera familiar clinico geral',
  ],
  [/ophthalm/, 'oculista ojos vista eyes oculist'],
  [/trauma|ortho/, 'huesos rodilla traumatologo ortopeda ossos bones'],
  [/digest|gastro/, 'estomago digestivo gastroenterologo stomach'],
  [/ent$|otorhino|otolar/, 'otorrino oido garganta orelha ear nose throat'],
  [/dermat/, 'piel dermatologo pell skin pele'],
  [/paed|pediat/, 'pediatra niños nens kids criança'],
  [/gyn/, 'ginecologo ginecologa mujer'],
  [/rehab|physio/, 'fisio fisioterapia rehabilitacion'],
  [/mental|psych/, 'psicologo psiquiatra psicologa'],
  [/cardio/, 'cardiologo cardiologa corazon cor heart'],
];

type Named = { key: string; name: { es: string; ca: string; en: string; pt: string }; words: string };

async function specialtyList(turning: Turning): Promise<Named[]> {
  const all = await record.specialties(turning.trx, turning.organisation.id, turning.now);
  const list = all.filter((one) => one.practitioners > 0);
  const called = withOwnNames(list.map(calledAs));
  return list.map((one, at) => ({
    key: one.key,
    name: one.name,
    words: distinct(
      [
        ...new Set(Object.values(one.name)),
        one.key,
        ...COLLOQUIAL.flatMap(([form, said]) => (form.test(one.key) ? [said] : [])),
        ...called[at]!.names.filter((name) => !name.includes(' ')).map((name) => name.replace('*', '')),
      ].join(' '),
    ),
  }));
}

const calledAs = ({ key, name }: { key: string; name: Named['name'] }): Called => ({
  key,
  names: [...new Set(Object.values(name))],
});

/** Each word once; a list that a patient picks from travels with the session. */
function distinct(said: string): string {
  const seen = new Set<string>();
  return said
    .split(/\s+/)
    .filter((word) => {
      const [heard] = words(word);
      if (!heard || seen.has(heard.sound)) return false;
      seen.add(heard.sound);
      return true;
    })
    .join(' ');
}

const finders = new Map<string, Finder>();
/** A finder of these names; those of a hospital seldom change. */
function findAmong(list: readonly Called[], made: (list: readonly Called[]) => Called[]): Finder {
  const key = JSON.stringify(list);
  let finder = finders.get(key);
  if (!finder) {
    if (finders.size >= 100) finders.clear();
    finders.set(key, (finder = finderOf(made(list))));
  }
  return finder;
}

const named = z.object({ key: z.string(), name: localised, words: z.string().optional() });
const person = z.object({ id: z.string(), name: z.string() });

export const specialties = action({
  args: z.object({}),
  outcomes: ['empty'],
  value: z.array(named),
  proof: 'none',
  async run(turning) {
    const list = await specialtyList(turning);
    return { outcome: list.length ? 'success' : 'empty', value: asJson(list) };
  },
});

/** What the first words already named: a specialty, or a professional with theirs. */
export const bookingHint = action({
  args: z.object({ text: maybe }),
  outcomes: ['professional', 'specialty', 'empty'],
  succeeds: false,
  value: z.object({ specialty: named, professional: person.optional() }).nullable().optional(),
  proof: 'none',
  async run(turning, { text }) {
    if (!text) return { outcome: 'empty' };
    const said = words(text.slice(0, 500));
    const list = await specialtyList(turning);
    const spoken = new Set(findAmong(list.map(calledAs), withOwnNames)(said).map((one) => one.key));
    const professionals = await record.practitioners(turning.trx, turning.organisation.id);
    const called = professionals.map((one) => ({ key: one.id, names: [one.name] }));
    const meant = new Set(findAmong(called, asCalled)(said).map((one) => one.key));
    const one = meant.size === 1 ? professionals.find((other) => meant.has(other.id)) : undefined;
    const theirs = one ? list.filter((specialty) => one.specialties.includes(specialty.key)) : [];
    const own = theirs.find((specialty) => spoken.has(specialty.key)) ?? theirs[0];
    if (one && own)
      return {
        outcome: 'professional',
        value: asJson({ specialty: own, professional: { id: one.id, name: one.name } }),
      };
    if (spoken.size === 1)
      return {
        outcome: 'specialty',
        value: asJson({ specialty: list.find((specialty) => spoken.has(specialty.key)) }),
      };
    const options = list.flatMap((specialty) =>
      [
        ...new Set([
          ...Object.values(specialty.name),
          ...specialty.words.split(' ').filter((word) => word.length >= 4 || word === 'gp'),
        ]),
      ].map((title) => ({ title, specialty })),
    );
    const found = [...new Set(pickByWords(text, options, true).map((index) => options[index]!.specialty))];
    if (found.length === 1) return { outcome: 'specialty', value: asJson({ specialty: found[0] }) };
    return { outcome: 'empty' };
  },
});

/** The one specialty that is named of an appointment, where none that is to come is of it: nothing else is taken for it. */
export const otherSpecialty = action({
  args: z.object({ text: maybe }),
  outcomes: ['empty'],
  value: z.object({ name: localised }).nullable().optional(),
  proof: 'matched',
  async run(turning, { text }) {
    if (!text) return { outcome: 'empty' };
    const list = await specialtyList(turning);
    const spoken = new Set(
      findAmong(list.map(calledAs), withOwnNames)(words(text.slice(0, 500))).map((one) => one.key),
    );
    const named = spoken.size === 1 ? list.find((one) => spoken.has(one.key)) : undefined;
    if (!named) return { outcome: 'empty' };
    const own = await record.upcomingAppointments(
      turning.trx,
      turning.organisation.id,
      patientOf(turning),
      turning.now,
    );
    return own.some((one) => one.specialty.key === named.key)
      ? { outcome: 'empty' }
      : { outcome: 'success', value: asJson({ name: named.name }) };
  },
});

/** Who attends in a specialty. `one`: no choice to make. */
export const professionals = action({
  args: z.object({ specialty: z.string() }),
  outcomes: ['one', 'empty'],
  value: z.array(person),
  proof: 'none',
  async run(turning, { specialty }) {
    const list = (await record.practitioners(turning.trx, turning.organisation.id, { specialty })).map((one) => ({
      id: one.id,
      name: one.name,
    }));
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});

/** Where a specialty has free times. */
export const bookingPlaces = action({
  args: z.object({ specialty: z.string() }),
  outcomes: ['one', 'empty'],
  value: z.array(z.object({ id: z.string(), name: localised, address: z.string() })),
  proof: 'none',
  async run(turning, { specialty }) {
    const all = await record.places(turning.trx, turning.organisation.id);
    const list: { id: string; name: unknown; address: string }[] = [];
    for (const place of all) {
      const [free] = await findSlots(turning.trx, turning.organisation.id, {
        specialty,
        placeId: place.id,
        ...reach(turning, turning.now, 60),
        limit: 1,
      });
      if (free) list.push({ id: place.id, name: place.name, address: place.address });
    }
    return { outcome: list.length === 0 ? 'empty' : list.length === 1 ? 'one' : 'success', value: asJson(list) };
  },
});

const DAY = 86_400_000;
const reach = (_turning: Turning, from: Date, days: number): { from: string; to: string } => ({
  from: from.toISOString(),
  to: new Date(from.getTime() + days * DAY).toISOString(),
});

const moment = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  partOfDay: z.enum(['morning', 'afternoon', 'evening']).optional(),
  time: z.string().optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  except: z.array(z.number()).optional(),
  open: z.boolean().optional(),
});

const slotRow = z.object({ id: z.string(), start: z.string(), practitioner: z.string(), place: localised });
const slotRowOf = (slot: Slot): z.infer<typeof slotRow> => ({
  id: slot.id,
  start: slot.localStart,
  practitioner: slot.practitioner.name,
  place: slot.place.name,
});

/** Times shown for a wish: two pages of a list. */
const SHOWN = 16;

/** Free times for a wish. `nearby`: none as wished, but these close to it. `empty`: none in the weeks to come. */
export const slots = action({
  args: z.object({ specialty: z.string(), professional: maybe, prefer: maybe, place: maybe, when: moment }),
  outcomes: ['nearby', 'empty'],
  value: z.array(slotRow),
  proof: 'none',
  async run(turning, args) {
    const { trx, organisation, now } = turning;
    const zone = organisation.timezone;
    const who = {
      specialty: args.specialty,
      ...(args.professional ? { practitionerId: args.professional } : {}),
      ...(args.place ? { placeId: args.place } : {}),
      ...(args.prefer ? { preferPractitionerId: args.prefer } : {}),
    };
    const begin = later(instantOf(`${args.when.from}T00:00`, zone), now);
    const end = new Date(instantOf(`${args.when.to}T00:00`, zone).getTime() + DAY);
    const { partOfDay } = args.when;
    if (begin < end) {
      const found = await findSlots(trx, organisation.id, {
        ...who,
        from: begin.toISOString(),
        to: end.toISOString(),
        ...(partOfDay ? { partOfDay } : {}),
        limit: 100,
      });
      const fitting = found.filter((slot) => suits(slot.localStart, args.when));
      if (fitting.length) return { outcome: 'success', value: asJson(spread(fitting).map(slotRowOf)) };
      if (args.when.time && found.length)
        return { outcome: 'nearby', value: asJson(closest(found, args.when.time).map(slotRowOf)) };
    }
    // nothing as wished: from three days before it on, at the same time of day where there is any
    const early = later(new Date(begin.getTime() - 3 * DAY), now);
    const around = async (part?: typeof partOfDay): Promise<Slot[]> =>
      (
        await findSlots(trx, organisation.id, {
          ...who,
          ...reach(turning, early, 45),
          ...(part ? { partOfDay: part } : {}),
          limit: 100,
        })
      ).filter((slot) => !args.when.except?.includes(weekday(slot.localStart)));
    const alike = partOfDay ? await around(partOfDay) : [];
    const near = alike.length ? alike : await around();
    return near.length
      ? { outcome: 'nearby', value: asJson(near.slice(0, SHOWN).map(slotRowOf)) }
      : { outcome: 'empty', value: [] };
  },
});

const later = (a: Date, b: Date): Date => (a > b ? a : b);
const weekday = (wall: string): number => new Date(`${wall.slice(0, 10)}T00:00:00Z`).getUTCDay();

function suits(wall: string, when: Moment): boolean {
  const clock = wall.slice(11, 16);
  if (when.except?.includes(weekday(wall))) return false;
  if (when.time && clock !== when.time) return false;
  if (when.after && clock < when.after) return false;
  return !(when.before && clock >= when.before);
}

/** The first ones, but not sixteen of the same morning when there are other days. */
function spread(found: Slot[]): Slot[] {
  const days = new Map<string, Slot[]>();
  for (const slot of found) {
    const day = slot.localStart.slice(0, 10);
    const list = days.get(day) ?? [];
    // one row for a time, whoever attends
    if (!list.some((other) => other.localStart === slot.localStart)) list.push(slot);
    days.set(day, list);
  }
  const each = days.size === 1 ? SHOWN : Math.max(4, Math.ceil(SHOWN / days.size));
  return [...days.values()].flatMap((list) => list.slice(0, each)).slice(0, SHOWN);
}

function closest(found: Slot[], time: string): Slot[] {
  const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
  const apart = (slot: Slot): number => Math.abs(minutes(slot.localStart.slice(11, 16)) - minutes(time));
  return [...found]
    .sort((a, b) => apart(a) - apart(b) || (a.start < b.start ? -1 : 1))
    .slice(0, 8)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
}

export const book = action({
  args: z.object({ slot: z.string(), order: maybe }),
  outcomes: ['taken', 'busy'],
  value: appointmentRow,
  proof: 'matched',
  async run(turning, args) {
    try {
      const booked = await bookAppointment(
        turning.trx,
        assistantActor(turning),
        { patientId: patientOf(turning), slotId: args.slot, ...(args.order ? { orderId: args.order } : {}) },
        turning.now,
      );
      return { outcome: 'success', value: asJson(rowOf(booked)) };
    } catch (error) {
      return refused(error, { slot_taken: 'taken', slot_not_found: 'taken', slot_past: 'taken', patient_busy: 'busy' });
    }
  },
});
