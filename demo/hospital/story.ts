import type * as fhir from '../../server/record/fhir.ts';
import { addDays, ageOn, type Day } from './calendar.ts';
import { allergy, condition, coverage, invoice, medicine, noKnownAllergy, order, report, type Human } from './chart.ts';
import { pad } from './people.ts';
import type { Random } from './random.ts';
import {
  ALLERGIES,
  MEASURES,
  MEDICINES,
  PROBLEMS,
  TESTS,
  type AllergyKey,
  type MeasureKey,
  type MedicineKey,
  type ProblemKey,
  type TestKey,
} from './words.ts';

const PRESCRIBERS = ['Dra. Amparo Zubeldia Ros', 'Dr. Gaspar Montcada Vidal', 'Dra. Filipa Rezende Prates'];

/** What stands in the chart of someone about whom no story is told: problems, medicines, allergies, results, orders, cover, bills. */
export function ordinaryChart(human: Human, today: Day, zone: string, chance: Random): fhir.Resource[] {
  const age = ageOn(today, human.birthDate);
  const made: fhir.Resource[] = [];
  const doctor = chance.pick(PRESCRIBERS);
  const possible = (Object.keys(PROBLEMS) as ProblemKey[]).filter((key) => {
    const childish = key === 'otitis' || key === 'eczema';
    return age >= PROBLEMS[key].from && (!childish || age < 16);
  });
  const problems = chance.some(
    possible,
    age < 30 ? chance.whole(0, 1) : age < 60 ? chance.whole(0, 2) : chance.whole(1, 3),
  );
  const taken = new Set<string>();
  for (const key of problems) {
    const years = chance.whole(0, Math.max(0, age - PROBLEMS[key].from));
    made.push(condition(human, key, String(Number(today.slice(0, 4)) - Math.min(years, 20))));
    for (const name of PROBLEMS[key].medicines as readonly string[])
      if (name in MEDICINES && !taken.has(name)) {
        taken.add(name);
        made.push(medicine(human, name as MedicineKey, addDays(today, -chance.whole(20, 700)), doctor));
      }
  }

  const asked = chance.next();
  if (asked < 0.24)
    for (const key of chance.some(Object.keys(ALLERGIES) as AllergyKey[], chance.whole(1, 2))) {
      const clash = key === 'ibuprofen' && taken.has('ibuprofen');
      if (!clash)
        made.push(allergy(human, key, String(Number(today.slice(0, 4)) - chance.whole(0, Math.min(15, age)))));
    }
  else if (asked < 0.85) made.push(noKnownAllergy(human));

  if (age >= 16 && chance.chance(0.5)) made.push(...bloodReport(human, today, zone, chance));
  if (age >= 40 && chance.chance(0.08)) {
    const on = addDays(today, -chance.whole(4, 12));
    made.push(...report(human, 'biopsy', 'with_professional', on, addDays(on, 3), zone));
  }
  if (age >= 18 && chance.chance(0.3)) {
    const tests = (Object.keys(TESTS) as TestKey[]).filter(
      (key) => key !== 'mammography' || (human.gender === 'female' && age >= 45),
    );
    const on = addDays(today, -chance.whole(2, 40));
    made.push(order(human, chance.pick(tests), on, addDays(today, chance.whole(20, 90)), doctor));
  }

  const plan =
    human.tongue === 'en' && chance.chance(0.3)
      ? 'traveller'
      : chance.pick(['public', 'public', 'public', 'mutua', 'mutuaBasic'] as const);
  const year = Number(today.slice(0, 4));
  // a card that ran out this year, here and there
  const until = chance.chance(0.06) ? addDays(today, -chance.whole(10, 60)) : `${year + 1}-12-31`;
  made.push(coverage(human, plan, `VC${pad(chance.whole(0, 99_999_999), 8)}`, `${year - 2}-01-01`, until));
  if (plan === 'mutuaBasic' && age >= 18) {
    const on = addDays(today, -chance.whole(5, 60));
    made.push(
      invoice(
        human,
        'copayment',
        chance.pick([12, 15, 18.5]),
        on,
        addDays(on, 30),
        chance.chance(0.4) ? 'issued' : 'balanced',
      ),
    );
  }
  return made;
}

function bloodReport(human: Human, today: Day, zone: string, chance: Random): fhir.Resource[] {
  const state = chance.chance(0.25) ? 'pending' : 'ready';
  const taken = addDays(today, state === 'pending' ? -chance.whole(1, 3) : -chance.whole(2, 200));
  const figures = (['haemoglobin', 'glucose', 'cholesterol', 'creatinine', 'tsh'] as const).map(
    (key): [MeasureKey, number] => {
      const { low, high } = MEASURES[key];
      const span = high - low;
      // one in eight a little out of its range
      const value = chance.chance(0.12)
        ? high + span * 0.15 * chance.next() + 0.05 * span
        : low + span * (0.1 + 0.8 * chance.next());
      return [key, value];
    },
  );
  return report(human, 'blood', state, taken, addDays(taken, 1), zone, state === 'ready' ? figures : []);
}
