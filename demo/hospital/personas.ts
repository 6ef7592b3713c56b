import type * as fhir from '../../server/record/fhir.ts';
import { addDays, ageOn, bornYearsAgo, isWorkingDay, nextWeekday, workingDayFrom, type Day } from './calendar.ts';
import type { Book } from './book.ts';
import { allergy, condition, coverage, invoice, medicine, noKnownAllergy, order, report, type Human } from './chart.ts';
import { dni, nie, type Kinship } from './people.ts';
import type { Tongue } from './words.ts';

/** Someone whom a visitor can be on the demo phone. */
export type Persona = {
  patientId: string;
  /** The WhatsApp address: digits with the country's code. Two who share a telephone have the same. */
  waId: string;
  name: string;
  initials: string;
  age: number;
  language: Tongue;
  birthDate: Day;
  documentNumber: string;
  /** Who they are and what is on, in a line, in their language. */
  line: string;
  /** What to try writing. */
  hints: string[];
};

type Days = { today: Day; tuesday: Day; wednesday: Day; thursday: Day; tomorrow: Day; entWednesday: Day; monday: Day };

/** The days that the stories hang on. */
export function storyDays(today: Day): Days {
  return {
    today,
    tomorrow: workingDayFrom(addDays(today, 1)),
    tuesday: nextWeekday(today, 2, 1),
    wednesday: nextWeekday(today, 3, 2),
    thursday: nextWeekday(today, 4, 2),
    entWednesday: nextWeekday(today, 3, 12),
    monday: nextWeekday(today, 1, 7),
  };
}

/** A stretch of the book with exactly these times free: the four hours that Benigno is offered. */
export function benignosTuesday(today: Day) {
  return {
    specialty: 'rehabilitation' as const,
    day: storyDays(today).tuesday,
    from: '15:00',
    to: '19:00',
    free: [
      ['pr-06', '15:40'],
      ['pr-06', '16:20'],
      ['pr-07', '17:00'],
      ['pr-07', '18:30'],
    ] as [string, string][],
  };
}

export type Cast = { humans: Human[]; kin: Kinship[]; personas: Persona[]; tell(book: Book): fhir.Resource[] };

/** The people of the demonstration, by name. `tell` books their appointments and writes their charts. */
export function cast(today: Day, zone: string): Cast {
  const days = storyDays(today);
  let number = 0;
  const human = (
    given: string,
    family: string,
    gender: Human['gender'],
    age: number,
    monthDay: string,
    tongue: Tongue,
    phone: string,
    more: Partial<Pick<Human, 'recordNumber' | 'address' | 'employee' | 'documentNumber'>> = {},
  ): Human => {
    number += 1;
    return {
      id: `p-${String(number).padStart(4, '0')}`,
      given,
      family,
      gender,
      birthDate: bornYearsAgo(today, age, monthDay),
      tongue,
      phone,
      documentNumber: dni(number),
      recordNumber: String(40_000 + number * 211).padStart(7, '0'),
      address: `Paseo de los Tilos ${number}`,
      ...more,
    };
  };
  const benigno = human('Benigno', 'Arrieta Cobo', 'male', 63, '04-12', 'es', '34600000204');
  const galla = human('Gal·la', 'Puigdomènech Roquer', 'female', 67, '09-03', 'ca', '34600000311');
  const conceicao = human('Conceição', 'Figueiredo Prates', 'female', 45, '01-27', 'pt', '351910000452', {
    documentNumber: nie(3),
  });
  const nerea = human('Nerea', 'Goikoetxea Larrañaga', 'female', 34, '06-18', 'es', '34600000527');
  const unai = human('Unai', 'Sarasola Goikoetxea', 'male', 4, '02-09', 'es', nerea.phone, { address: nerea.address });
  const encarnacion = human('Encarnación', 'Villaescusa Ordóñez', 'female', 71, '03-14', 'es', '34600000118', {
    recordNumber: '0048213',
  });
  const leandro = human('Leandro', 'Urquijo Sanabria', 'male', 38, '11-02', 'es', '34600000663', { employee: true });
  const harriet = human('Harriet', 'Ellsworth-Quayle', 'female', 52, '05-30', 'en', '447700900741', {
    documentNumber: nie(8),
  });
  const transito = human('Tránsito', 'Olmedilla Sanz', 'female', 76, '08-15', 'es', '34600000835');
  const hipolito = human('Hipólito', 'Manzanares Rey', 'male', 79, '01-13', 'es', transito.phone, {
    address: transito.address,
  });
  const purificacion = human('Purificación', 'Ballesteros Cid', 'female', 74, '02-02', 'es', '34600000914');
  const rosario = human('Rosario', 'Ibarra Ballesteros', 'female', 47, '10-07', 'es', '34600000986');
  const ramiro = human('Ramiro', 'Etxandía Olano', 'male', 58, '08-02', 'es', '34600000904', {
    recordNumber: '0071940',
    address: 'Calle del Olmo 14, 3.º B',
  });
  const maite = human('Maite', 'Lizarralde Pons', 'female', 56, '12-11', 'es', '34600000377', {
    address: ramiro.address,
  });
  const dolors = human('Dolors', 'Bonastre Gil', 'female', 59, '07-21', 'ca', '34600000442');
  const wenceslao = human('Wenceslao', 'Íñiguez Barrachina', 'male', 66, '09-28', 'es', '34600000518');
  const humans = [
    benigno,
    galla,
    conceicao,
    nerea,
    unai,
    encarnacion,
    leandro,
    harriet,
    transito,
    hipolito,
    purificacion,
    rosario,
    ramiro,
    maite,
    dolors,
    wenceslao,
  ];
  const kin: Kinship[] = [
    { of: unai, actor: nerea, relation: 'MTH' },
    { of: purificacion, actor: rosario, relation: 'DAUC' },
    { of: hipolito, actor: transito, relation: 'WIFE' },
    { of: transito, actor: hipolito, relation: 'HUSB' },
    { of: ramiro, actor: maite, relation: 'WIFE' },
  ];

  const persona = (who: Human, line: string, hints: string[], name = `${who.given} ${who.family}`): Persona => ({
    patientId: who.id,
    waId: who.phone,
    name,
    initials: who.given[0]! + who.family[0]!,
    age: ageOn(today, who.birthDate),
    language: who.tongue,
    birthDate: who.birthDate,
    documentNumber: who.documentNumber,
    line,
    hints,
  });
  const date = (day: Day, locale: string, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(new Date(`${day}T12:00:00Z`));
  const personas = [
    persona(
      benigno,
      `63 años · rehabilitación el ${date(days.thursday, 'es', { weekday: 'long' })} ${Number(days.thursday.slice(8))}`,
      ['hola', 'cambiarla al martes q viene x la tarde si puede ser', 'quiero hablar con alguien'],
    ),
    persona(galla, '67 anys · resultat a punt', ['quan em toca l’anàlisi?', 'vull veure el resultat', 'on sou?']),
    persona(conceicao, '45 anos · exame na quarta-feira', [
      'como me preparo para o exame?',
      'posso comer antes?',
      'quero falar com uma pessoa',
    ]),
    persona(
      nerea,
      'Madre de Unai, 4 años · fiebre',
      ['el niño tiene fiebre', '¿el jarabe se lo puedo dar con la leche?', 'cita con el pediatra'],
      'Nerea Goikoetxea',
    ),
    persona(encarnacion, '71 años · colonoscopia el jueves', [
      '¿cómo me preparo?',
      '¿el Sintrom lo tomo o no?',
      'me duele el pecho',
    ]),
    persona(leandro, 'Empleado · nómina y permisos', [
      'necesito la nómina',
      'pedir un permiso',
      'hablar con recursos humanos',
    ]),
    persona(
      harriet,
      isTomorrow(days)
        ? '52 · cardiology tomorrow'
        : `52 · cardiology on ${date(days.tomorrow, 'en-GB', { weekday: 'long' })}`,
      ['can I come a bit later?', 'where do I go?', 'I want to talk to someone'],
    ),
    persona(transito, '76 años · comparte el móvil con Hipólito', [
      'hola, soy Tránsito',
      '¿están mis análisis?',
      'es para mi marido',
    ]),
    persona(hipolito, '79 años · mismo móvil que Tránsito', [
      'soy Hipólito',
      'me han pedido una electromiografía',
      '¿tengo que ir en ayunas?',
    ]),
    persona(rosario, '47 años · cuida de su madre, Purificación', [
      'cambiar la electromiografía de mi madre',
      'a poder ser por la tarde',
      'quiero hablar con alguien',
    ]),
  ];

  function tell(book: Book): fhir.Resource[] {
    const made: fhir.Resource[] = [];
    const family = 'Dra. Amparo Zubeldia Ros';
    const year = Number(today.slice(0, 4));
    const publicCard = (who: Human, card: string): void => {
      made.push(coverage(who, 'public', card, `${year - 3}-01-01`, `${year + 2}-12-31`));
    };

    book.take(book.at('pr-06', days.thursday, '10:20'), benigno);
    book.past('pr-06', lastWorking(today, 7), '10:20', benigno, 'fulfilled');
    book.past('pr-13', lastWorking(today, 30), '12:10', benigno, 'fulfilled');
    made.push(
      condition(benigno, 'arthrosis', '2019'),
      medicine(benigno, 'paracetamol', addDays(today, -60), family),
      noKnownAllergy(benigno),
    );
    publicCard(benigno, 'VC50110204');

    const drawn = addDays(today, -2);
    made.push(
      ...report(galla, 'blood', 'ready', drawn, addDays(today, -1), zone, [
        ['haemoglobin', 13.4],
        ['glucose', 102],
        ['cholesterol', 214],
        ['creatinine', 0.82],
        ['tsh', 2.1],
      ]),
      condition(galla, 'cholesterol', '2016'),
      medicine(galla, 'atorvastatin', addDays(today, -400), 'Dr. Gaspar Montcada Vidal'),
      noKnownAllergy(galla),
    );
    book.past('pr-18', lastWorking(today, 2), '08:40', galla, 'fulfilled');
    publicCard(galla, 'VC50110311');

    const scan = order(
      conceicao,
      'mri',
      addDays(today, -12),
      addDays(days.wednesday, 20),
      'Dra. Griselda Tormo Andreu',
    );
    made.push(
      scan,
      condition(conceicao, 'migraine', '2012'),
      medicine(conceicao, 'ibuprofen', addDays(today, -90), 'Dra. Filipa Rezende Prates'),
      noKnownAllergy(conceicao),
    );
    book.take(book.at('pr-19', days.wednesday, '09:30'), conceicao, { order: scan });
    publicCard(conceicao, 'VC50110452');

    made.push(
      condition(unai, 'otitis', addDays(today, -3)),
      medicine(unai, 'paracetamolSyrup', addDays(today, -3), 'Dra. Nahia Urrestarazu Sáez'),
      allergy(unai, 'nuts', String(year - 1)),
      noKnownAllergy(nerea),
    );
    book.past('pr-04', lastWorking(today, 3), '17:20', unai, 'fulfilled');
    book.take(book.at('pr-04', workingDayFrom(addDays(today, 19)), '17:00'), unai);
    publicCard(unai, 'VC50110528');
    publicCard(nerea, 'VC50110527');

    const colonoscopy = order(
      encarnacion,
      'colonoscopy',
      addDays(today, -12),
      addDays(days.thursday, 30),
      'Dr. Leopoldo Cifuentes Arnal',
    );
    made.push(
      colonoscopy,
      condition(encarnacion, 'fibrillation', '2018'),
      condition(encarnacion, 'hypertension', '2009'),
      condition(encarnacion, 'hearing', '2021'),
      medicine(encarnacion, 'acenocoumarol', addDays(today, -900), family),
      medicine(encarnacion, 'bisoprolol', addDays(today, -900), family),
      medicine(encarnacion, 'enalapril', addDays(today, -1500), family),
      allergy(encarnacion, 'penicillin', '2014'),
      allergy(encarnacion, 'contrast', '2021'),
      ...report(encarnacion, 'inr', 'ready', addDays(today, -3), addDays(today, -3), zone, [['inr', 2.6]]),
      ...report(encarnacion, 'blood', 'ready', addDays(today, -40), addDays(today, -39), zone, [
        ['haemoglobin', 13.1],
        ['creatinine', 0.9],
        ['glucose', 96],
      ]),
      coverage(encarnacion, 'mutua', 'MA26118402', `${year - 5}-01-01`, `${year + 1}-12-31`),
    );
    book.take(book.at('pr-20', days.thursday, '08:30'), encarnacion, { order: colonoscopy });
    book.take(book.at('pr-11', days.entWednesday, '12:10'), encarnacion);
    book.past('pr-10', lastWorking(today, 12), '10:10', encarnacion, 'fulfilled');

    made.push(
      noKnownAllergy(leandro),
      coverage(leandro, 'mutua', 'MA26300663', `${year - 1}-01-01`, `${year + 1}-12-31`),
    );

    const echo = order(
      harriet,
      'echocardiogram',
      addDays(today, -20),
      addDays(today, 40),
      'Dra. Isaura Valcárcel Pombo',
    );
    made.push(
      echo,
      condition(harriet, 'hypertension', '2020'),
      medicine(harriet, 'amlodipine', addDays(today, -200), 'Dr. Gaspar Montcada Vidal'),
      allergy(harriet, 'latex', '2011'),
      coverage(harriet, 'traveller', 'NT77410052', `${year}-01-01`, `${year + 1}-06-30`),
      invoice(harriet, 'report', 45, addDays(today, -15), addDays(today, 15), 'issued'),
    );
    book.take(book.at('pr-08', days.tomorrow, '11:00'), harriet, { order: echo });

    made.push(
      condition(transito, 'asthma', '1998'),
      medicine(transito, 'salbutamol', addDays(today, -300), family),
      allergy(transito, 'ibuprofen', '2003'),
      ...report(transito, 'blood', 'pending', addDays(today, -1), today, zone),
      order(hipolito, 'electromyography', addDays(today, -6), addDays(today, 45), family),
      condition(hipolito, 'diabetes', '2007'),
      condition(hipolito, 'hypertension', '2004'),
      medicine(hipolito, 'metformin', addDays(today, -800), family),
      medicine(hipolito, 'enalapril', addDays(today, -800), family),
      noKnownAllergy(hipolito),
    );
    book.past('pr-18', lastWorking(today, 1), '09:20', transito, 'fulfilled');
    publicCard(transito, 'VC50110835');
    publicCard(hipolito, 'VC50110836');

    const nerves = order(purificacion, 'electromyography', addDays(today, -15), addDays(days.monday, 20), family);
    made.push(
      nerves,
      condition(purificacion, 'arthrosis', '2011'),
      condition(purificacion, 'fibrillation', '2022'),
      medicine(purificacion, 'acenocoumarol', addDays(today, -500), family),
      noKnownAllergy(purificacion),
    );
    book.take(book.at('pr-12', days.monday, '09:10'), purificacion, { order: nerves, confirmed: true });
    publicCard(purificacion, 'VC50110914');
    publicCard(rosario, 'VC50110986');

    made.push(
      noKnownAllergy(ramiro),
      medicine(ramiro, 'paracetamol', addDays(today, -4), 'Dr. Evaristo Pedroche Lanas'),
      condition(ramiro, 'arthrosis', '2020'),
    );
    book.take(book.at('pr-13', workingDayFrom(addDays(today, 10)), '10:30'), ramiro);
    publicCard(ramiro, 'VC50110904');

    made.push(
      order(dolors, 'mammography', addDays(today, -8), addDays(today, 60), 'Dra. Catarina Seabra Lobo'),
      noKnownAllergy(dolors),
    );
    publicCard(dolors, 'VC50110442');
    made.push(
      order(wenceslao, 'mri', addDays(today, -10), addDays(today, 50), 'Dr. Evaristo Pedroche Lanas'),
      condition(wenceslao, 'hypertension', '2013'),
      medicine(wenceslao, 'enalapril', addDays(today, -700), family),
      coverage(wenceslao, 'mutuaBasic', 'MA26500518', `${year - 4}-01-01`, `${year + 1}-12-31`),
      invoice(wenceslao, 'physiotherapy', 60, addDays(today, -25), addDays(today, 5), 'issued'),
    );
    return made;
  }
  return { humans, kin, personas, tell };
}

function isTomorrow(days: Days): boolean {
  return days.tomorrow === addDays(days.today, 1);
}

/** The last working day at least so many days ago. */
export function lastWorking(today: Day, ago: number): Day {
  const day = addDays(today, -ago);
  return isWorkingDay(day) ? day : lastWorking(today, ago + 1);
}
