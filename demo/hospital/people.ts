import { bornYearsAgo, type Day } from './calendar.ts';
import type { Human } from './chart.ts';
import type { Random } from './random.ts';
import { NAMES, type Relation, type Tongue } from './words.ts';

/** Who answers for whom. */
export type Kinship = { of: Human; actor: Human; relation: Relation };
export type Family = { members: Human[]; kin: Kinship[] };

const CONTROL = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** A DNI with its right letter, in the stretch above 90 million that has not been given to anybody; the same for the same `i`. */
export function dni(i: number): string {
  const number = 90_000_000 + ((i * 7_919 + 123) % 9_999_999);
  return `${number}${CONTROL[number % 23]}`;
}

/** A NIE of the Z series from nine million on, with its right letter. */
export function nie(i: number): string {
  const number = 9_000_000 + ((i * 7_919 + 41) % 999_983);
  return `Z${String(number).padStart(7, '0')}${CONTROL[(20_000_000 + number) % 23]}`;
}

/** Invented numbers: Spain 600…, Portugal 910…, and the United Kingdom's stretch for drama (07700 900…). */
export function phone(tongue: Tongue, i: number): string {
  if (tongue === 'pt') return `35191${String(i).padStart(7, '0')}`;
  if (tongue === 'en') return `4477009${String(i % 100_000).padStart(5, '0')}`;
  return `346${String(i).padStart(8, '0')}`;
}

const STREETS = [
  'Calle del Olmo',
  'Calle de la Fuente',
  'Paseo de los Tilos',
  'Plaza del Grano',
  'Calle Molino Alto',
  'Ronda del Soto',
  'Calle del Puente',
];

export const pad = (number: number, length: number): string => String(number).padStart(length, '0');

export function monthDay(chance: Random): string {
  return `${pad(chance.whole(1, 12), 2)}-${pad(chance.whole(1, 28), 2)}`;
}

/** Draws one family after another; numbers and ids go on from `from`. */
export function families(
  chance: Random,
  today: Day,
  prefix: string,
  from: number,
): { draw(): Family; count(): number } {
  let number = from;

  function human(
    tongue: Tongue,
    gender: Human['gender'],
    age: number,
    family: string,
    address: string,
    shared: string | undefined,
  ): Human {
    number += 1;
    const i = number;
    return {
      id: `${prefix}${pad(i, 4)}`,
      given: chance.pick(NAMES[tongue][gender]),
      family,
      gender,
      birthDate: bornYearsAgo(today, age, monthDay(chance)),
      tongue,
      phone: shared ?? phone(tongue, 1_000 + i),
      documentNumber: (tongue === 'pt' || tongue === 'en') && chance.chance(0.8) ? nie(i) : dni(i),
      recordNumber: pad(100_000 + i * 37, 7),
      address,
    };
  }

  function draw(): Family {
    const drawn = chance.next();
    const tongue: Tongue = drawn < 0.52 ? 'es' : drawn < 0.74 ? 'ca' : drawn < 0.88 ? 'pt' : 'en';
    const names = () => chance.pick(NAMES[tongue].family);
    const two = (): string => (tongue === 'en' ? names() : `${names()} ${names()}`);
    const first = (text: string): string => text.split(' ')[0]!;
    const last = (text: string): string => text.split(' ').at(-1)!;
    const address = `${chance.pick(STREETS)} ${chance.whole(1, 90)}, ${chance.whole(1, 6)}.º`;
    const members: Human[] = [];
    const kin: Kinship[] = [];
    const age = chance.whole(24, 84);
    const mother = human(tongue, 'female', age, two(), address, undefined);
    members.push(mother);
    let father: Human | undefined;
    if (chance.chance(0.7)) {
      // an old couple often has one telephone between them
      father = human(
        tongue,
        'male',
        Math.max(24, age + chance.whole(-4, 7)),
        two(),
        address,
        age > 70 && chance.chance(0.6) ? mother.phone : undefined,
      );
      members.push(father);
    }
    // Portuguese children put the father's name last, Spanish and Catalan ones first
    const inherited = (): string => {
      if (!father) return mother.family;
      if (tongue === 'en') return father.family;
      if (tongue === 'pt') return `${last(mother.family)} ${last(father.family)}`;
      return `${first(father.family)} ${first(mother.family)}`;
    };
    if (age < 48) {
      for (let children = chance.whole(0, 3); children > 0; children -= 1) {
        const years = chance.whole(0, Math.min(17, age - 22));
        const child = human(tongue, chance.chance(0.5) ? 'female' : 'male', years, inherited(), address, mother.phone);
        members.push(child);
        kin.push({ of: child, actor: mother, relation: 'MTH' });
        if (father && chance.chance(0.7)) kin.push({ of: child, actor: father, relation: 'FTH' });
      }
    } else if (age > 66 && chance.chance(0.7)) {
      const gender = chance.chance(0.6) ? 'female' : 'male';
      const grown = human(tongue, gender, age - chance.whole(24, 32), inherited(), address, undefined);
      members.push(grown);
      kin.push({ of: mother, actor: grown, relation: gender === 'female' ? 'DAUC' : 'SONC' });
      if (father) kin.push({ of: father, actor: grown, relation: gender === 'female' ? 'DAUC' : 'SONC' });
    }
    return { members, kin };
  }
  return { draw, count: () => number };
}
