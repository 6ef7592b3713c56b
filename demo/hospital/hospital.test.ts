import { describe, expect, test } from 'vitest';
import { stdnum } from 'stdnum';
import { RESOURCE_TYPES, SYSTEMS, localisedText, type Element, type Resource } from '../../server/record/fhir.ts';
import { indexed } from '../../server/record/rules.ts';
import { addDays, dayIn, instantAt, weekday } from './calendar.ts';
import { extraPopulation, makeHospital, ZONE } from './hospital.ts';
import { storyDays } from './personas.ts';

const now = new Date('2026-11-22T11:00:00Z');
const hospital = makeHospital(now);
const of = <Type extends Resource['resourceType']>(type: Type, resources: Resource[] = hospital.resources) =>
  resources.filter((resource): resource is Extract<Resource, { resourceType: Type }> => resource.resourceType === type);

/** Every reference in a resource. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'reference' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

test('the same day makes the same hospital', () => {
  expect(JSON.stringify(makeHospital(now))).toBe(JSON.stringify(hospital));
});

test.each([
  '2026-01-01T00:30:00Z',
  '2026-02-28T21:00:00Z',
  '2026-03-29T05:00:00Z',
  '2026-07-17T12:00:00Z',
  '2026-10-25T01:30:00Z',
  '2026-12-31T23:30:00Z',
  '2028-02-29T09:00:00Z',
])('it stands on any day: %s', (day) => {
  const made = makeHospital(new Date(day));
  expect(of('Patient', made.resources).map((one) => one.name)).toEqual(of('Patient').map((one) => one.name));
  sound(made.resources);
});

test('every day of four years has its stories', () => {
  for (let day = '2026-01-01'; day < '2030-01-01'; day = addDays(day, 1)) {
    const days = storyDays(day);
    expect([weekday(days.tuesday), weekday(days.wednesday), weekday(days.thursday), weekday(days.monday)]).toEqual([
      2, 3, 4, 1,
    ]);
    expect(days.tomorrow > day && days.thursday > day && days.entWednesday > days.wednesday).toBe(true);
  }
});

test('it is sound', () => sound(hospital.resources));

/** References resolve, ids are unique, nothing is booked twice. */
function sound(resources: Resource[]): void {
  const ids = new Set(resources.map((one) => `${one.resourceType}/${one.id}`));
  expect(ids.size).toBe(resources.length);
  // gathered, not expected one by one: eleven thousand of them, on eight days
  const broken: string[] = [];
  const types = new Set<string>(RESOURCE_TYPES);
  for (const resource of resources) {
    if (!types.has(resource.resourceType) || !/^[A-Za-z0-9.-]{1,64}$/.test(resource.id)) broken.push(resource.id);
    for (const reference of references(resource)) if (!ids.has(reference)) broken.push(`${resource.id} → ${reference}`);
  }
  const slots = new Map(of('Slot', resources).map((slot) => [slot.id, slot]));
  const busy = new Set<string>();
  const byPatient = new Map<string, [string, string][]>();
  for (const appointment of of('Appointment', resources)) {
    const patientId = indexed(appointment).patientId!;
    const slotId = appointment.slot?.[0]?.reference?.slice(5);
    if (appointment.status === 'booked') {
      const slot = slots.get(slotId!)!;
      expect(slot.status).toBe('busy');
      expect([slot.start, slot.end]).toEqual([appointment.start, appointment.end]);
      expect(busy.has(slot.id)).toBe(false);
      busy.add(slot.id);
    } else {
      expect(slotId).toBeUndefined();
    }
    const times = byPatient.get(patientId) ?? [];
    for (const [start, end] of times) expect(start < appointment.end! && end > appointment.start!).toBe(false);
    byPatient.set(patientId, [...times, [appointment.start!, appointment.end!]]);
  }
  expect(of('Slot', resources).filter((slot) => slot.status === 'busy')).toHaveLength(busy.size);
  const starts = new Map<string, { start: string; end: string }[]>();
  for (const slot of slots.values()) {
    const key = slot.schedule.reference!;
    starts.set(key, [...(starts.get(key) ?? []), slot]);
  }
  for (const list of starts.values()) {
    list.sort((a, b) => a.start.localeCompare(b.start));
    for (let i = 1; i < list.length; i += 1)
      if (list[i]!.start < list[i - 1]!.end) broken.push(`overlap ${list[i]!.start}`);
  }
  expect(broken).toEqual([]);
}

describe('people', () => {
  test('about 120, each with a document of their own and its right letter', () => {
    const patients = of('Patient');
    expect(patients.length).toBeGreaterThanOrEqual(115);
    expect(patients.length).toBeLessThanOrEqual(130);
    const documents = patients.map((one) => one.identifier!.at(-1)!.value!);
    expect(new Set(documents).size).toBe(patients.length);
    for (const document of documents)
      expect(stdnum['ES']![/^[XYZ]/.test(document) ? 'nie' : 'dni']!.validate(document).isValid, document).toBe(true);
    const numbers = patients.map((one) => one.identifier![0]!.value);
    expect(new Set(numbers).size).toBe(patients.length);
    expect(patients.some((one) => one.birthDate! > '2012') && patients.some((one) => one.birthDate! < '1950')).toBe(
      true,
    );
  });

  test('four languages, families, shared telephones', () => {
    const languages = new Set(of('Patient').map((one) => one.communication![0]!.language.coding![0]!.code));
    expect([...languages].sort()).toEqual(['ca', 'en', 'es', 'pt']);
    expect(of('RelatedPerson').length).toBeGreaterThan(30);
    const phones = of('Patient').map((one) => one.telecom![0]!.value);
    expect(new Set(phones).size).toBeLessThan(phones.length);
    // every child has someone who answers for it
    for (const child of of('Patient').filter((one) => one.birthDate! > '2009-11-22'))
      expect(
        of('RelatedPerson').some((one) => one.patient.reference === `Patient/${child.id}`),
        child.id,
      ).toBe(true);
  });

  test('the personas are there, with what the phone shows of them', () => {
    const names = hospital.personas.map((one) => one.name);
    for (const name of [
      'Benigno Arrieta Cobo',
      'Gal·la Puigdomènech Roquer',
      'Conceição Figueiredo Prates',
      'Nerea Goikoetxea',
      'Encarnación Villaescusa Ordóñez',
      'Leandro Urquijo Sanabria',
    ])
      expect(names).toContain(name);
    expect(hospital.personas[0]).toMatchObject({
      line: '63 años · rehabilitación el jueves 26',
      age: 63,
      initials: 'BA',
    });
    expect(new Set(hospital.personas.map((one) => one.language))).toEqual(new Set(['es', 'ca', 'pt', 'en']));
    for (const one of hospital.personas) {
      expect(one.waId).toMatch(/^\d{10,15}$/);
      expect(of('Patient').find((patient) => patient.id === one.patientId)?.telecom?.[0]?.value).toBe(`+${one.waId}`);
      expect(one.hints.length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the book', () => {
  test('whoever works has something free every day, and nearly nobody is idle', () => {
    const free = new Map<string, number>();
    let taken = 0;
    for (const slot of of('Slot')) {
      const key = `${slot.schedule.reference} ${slot.start.slice(0, 10)}`;
      free.set(key, (free.get(key) ?? 0) + (slot.status === 'free' ? 1 : 0));
      if (slot.status !== 'free') taken += 1;
    }
    for (const [key, count] of free) expect(count, key).toBeGreaterThan(0);
    const share = taken / of('Slot').length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  test('Benigno finds four hours next Tuesday afternoon', () => {
    const { tuesday } = storyDays(dayIn(now, ZONE));
    const [from, to] = [instantAt(tuesday, 15 * 60, ZONE), instantAt(tuesday, 20 * 60, ZONE)];
    const found = of('Slot').filter(
      (slot) =>
        ['pr-06', 'pr-07'].some((id) => slot.schedule.reference === `Schedule/schedule-${id}`) &&
        slot.status === 'free' &&
        slot.start >= from &&
        slot.start < to,
    );
    expect(
      found
        .map((slot) =>
          new Intl.DateTimeFormat('es', { timeZone: ZONE, timeStyle: 'short' }).format(new Date(slot.start)),
        )
        .sort(),
    ).toEqual(['15:40', '16:20', '17:00', '18:30']);
  });
});

test('every text for patients stands in four languages', () => {
  const untranslated: string[] = [];
  const check = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(check);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key.startsWith('_')) {
        const text = localisedText((value as Record<string, string>)[key.slice(1)], inner as Element);
        if (Object.values(text).some((one) => one === '')) untranslated.push(key);
      } else check(inner);
    }
  };
  hospital.resources.filter((one) => one.resourceType !== 'Slot').forEach(check);
  expect(untranslated).toEqual([]);
  for (const order of of('ServiceRequest')) expect(order._patientInstruction?.extension).toHaveLength(3);
});

test('there are results ready, pending and for a professional; allergies none, some and never asked', () => {
  const reports = of('DiagnosticReport');
  expect(reports.some((one) => one.status === 'final' && !one.meta)).toBe(true);
  expect(reports.some((one) => one.status === 'registered')).toBe(true);
  expect(reports.some((one) => one.meta?.tag?.[0]?.system === SYSTEMS.telling)).toBe(true);
  const allergic = new Set(of('AllergyIntolerance').map((one) => one.patient.reference));
  expect(allergic.size).toBeLessThan(of('Patient').length);
});

test('more people for a bench never meet the hospital’s own', () => {
  const extra = extraPopulation(500, now);
  const patients = of('Patient', extra.resources);
  expect(patients.length).toBeGreaterThanOrEqual(500);
  const documents = [...patients, ...of('Patient')].map((one) => one.identifier!.at(-1)!.value);
  expect(new Set(documents).size).toBe(documents.length);
  sound([...hospital.resources, ...extra.resources]);
});
