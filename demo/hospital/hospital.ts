import type * as fhir from '../../server/record/fhir.ts';
import { openBook } from './book.ts';
import { addDays, ageOn, dayIn, instantAt, workingDayFrom } from './calendar.ts';
import { patient, relatedPerson, type Human } from './chart.ts';
import { families, type Kinship } from './people.ts';
import { benignosTuesday, cast, lastWorking, type Persona } from './personas.ts';
import { random, type Random } from './random.ts';
import { house, PROFESSIONALS } from './staff.ts';
import { ordinaryChart } from './story.ts';
import type { SpecialtyKey } from './words.ts';

const SEED = 1_180_427;
const PEOPLE = 120;
export const ZONE = 'Europe/Madrid';

export type Hospital = {
  /** Every resource, Slots and Appointments too, for `seedRecord`. */
  resources: fhir.Resource[];
  personas: Persona[];
};

/**
 * Hospital Vega Clara on a day: the same for the same day, whatever the machine. Dates hang on the day; people do not change.
 * @param now what is past and what is to come
 */
export function makeHospital(now: Date, zone = ZONE): Hospital {
  const today = dayIn(now, zone);
  const chance = random(SEED);
  const stories = cast(today, zone);
  const humans: Human[] = [...stories.humans];
  const kin: Kinship[] = [...stories.kin];
  const drawn = families(chance, today, 'p-', humans.length);
  while (humans.length < PEOPLE) {
    const family = drawn.draw();
    humans.push(...family.members);
    kin.push(...family.kin);
  }

  const horizon = { start: instantAt(today, 0, zone), end: instantAt(addDays(today, 42), 0, zone) };
  const building = house(horizon);
  const book = openBook(today, now.toISOString(), zone, building);
  const charts = stories.tell(book);
  // Benigno's Tuesday is promised to nobody else
  const only = benignosTuesday(today);
  const told = new Set(stories.humans.map((human) => human.id));
  for (const human of humans) {
    if (told.has(human.id)) continue;
    const own = ordinaryChart(human, today, zone, chance);
    charts.push(...own);
    visits(human, own, chance);
  }
  book.fill(random(SEED + 1), only);

  function visits(human: Human, own: fhir.Resource[], draw: Random): void {
    const specialty: SpecialtyKey =
      ageOn(today, human.birthDate) < 15
        ? 'paediatrics'
        : draw.pick([
            'family',
            'family',
            'cardiology',
            'traumatology',
            'dermatology',
            'ophthalmology',
            'endocrinology',
            'digestive',
          ] as const);
    if (draw.chance(0.45)) {
      const from = workingDayFrom(addDays(today, draw.whole(1, 24)));
      const cell = draw.pick(book.free(specialty, from, addDays(from, 6)));
      book.take(cell, human, { confirmed: draw.chance(0.4) });
    }
    const order = own.find((resource) => resource.resourceType === 'ServiceRequest');
    if (order && draw.chance(0.5)) {
      const wanted = order.performerType?.coding?.[0]?.code as SpecialtyKey;
      const from = workingDayFrom(addDays(today, draw.whole(2, 20)));
      const cells = book.free(wanted, from, addDays(from, 8)).filter((cell) => cell.day !== only.day);
      try {
        book.take(draw.pick(cells), human, { order });
      } catch {
        // at that hour they are elsewhere: the order stays open
      }
    }
    const professionals = PROFESSIONALS.filter((one) => one.specialty === specialty);
    for (let visit = draw.whole(0, 3); visit > 0; visit -= 1)
      book.past(
        draw.pick(professionals).id,
        lastWorking(today, draw.whole(5, 500)),
        draw.pick(['09:10', '09:50', '10:30', '11:10', '11:50', '12:30']),
        human,
        draw.pick(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'noshow', 'cancelled'] as const),
      );
  }

  return {
    resources: [...building, ...peopleOf(humans, kin), ...charts, ...book.resources()],
    personas: stories.personas,
  };
}

/**
 * More people for a bench: `count` patients or a few more (families are not split), with charts and without
 * appointments. Their ids begin with `x-`; numbers never meet the hospital's own.
 */
export function extraPopulation(
  count: number,
  now: Date,
  zone = ZONE,
): { resources: fhir.Resource[]; waIds: string[] } {
  const today = dayIn(now, zone);
  const chance = random(SEED + 2);
  const humans: Human[] = [];
  const kin: Kinship[] = [];
  const drawn = families(chance, today, 'x-', 10_000);
  while (humans.length < count) {
    const family = drawn.draw();
    humans.push(...family.members);
    kin.push(...family.kin);
  }
  const charts = humans.flatMap((human) => ordinaryChart(human, today, zone, chance));
  return { resources: [...peopleOf(humans, kin), ...charts], waIds: [...new Set(humans.map((human) => human.phone))] };
}

function peopleOf(humans: Human[], kin: Kinship[]): fhir.Resource[] {
  const related = kin.map((tie, i) => ({ id: `${tie.of.id}-by-${tie.actor.id}`, tie, i }));
  return [
    ...humans.map((human) =>
      patient(
        human,
        related.filter(({ tie }) => tie.actor === human).map(({ id }) => id),
      ),
    ),
    ...related.map(({ id, tie }) => relatedPerson(id, tie.of, tie.actor, tie.relation)),
  ];
}
