import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHospital } from '../../../demo/hospital/hospital.ts';
import { type Answer, type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { addPerson, personOfPatient } from '../../patient/people.ts';
import { addProxy } from '../../patient/proxies.ts';
import { within } from '../../platform/postgres.ts';
import type * as fhir from '../../record/fhir.ts';
import { seedRecord } from '../../record/seed.ts';
import type { AppointmentView, PersonPanel, SlotView } from './contract.ts';

const postgres = await testDatabase({ max: 24 });
const hospital = makeHospital(new Date());
let stage: Stage;
let desk: Desk;
let irene: SignedIn;
let elsewhere: { stage: Stage; desk: Desk; marc: SignedIn; personId: string };

beforeAll(async () => {
  stage = await createStage(postgres);
  desk = await openDesk(postgres, stage);
  const other = await createStage(postgres);
  for (const one of [stage, other])
    await within(postgres.db, one.organisationId, (trx) => seedRecord(trx, one.vault, one.organisationId, hospital));
  await asOwner(postgres.ownerUrl, 'analyze');
  irene = await desk.signIn(await stage.staff('Irene'));
  const theirs = await openDesk(postgres, other);
  elsewhere = { stage: other, desk: theirs, marc: await theirs.signIn(await other.staff('Marc')), personId: '' };
  elsewhere.personId = await person(patients[0]!, other);
});
afterAll(async () => {
  await desk.close();
  await elsewhere.desk.close();
  await stage.close();
  await elsewhere.stage.close();
  await postgres.close();
});

const of = <Type extends fhir.Resource['resourceType']>(type: Type, patientId?: string) =>
  hospital.resources.filter(
    (one): one is Extract<fhir.Resource, { resourceType: Type }> =>
      one.resourceType === type && (patientId === undefined || JSON.stringify(one).includes(`"Patient/${patientId}"`)),
  );
/** Grown up, with nothing in the book: whatever they have there a test gave them. */
const patients = of('Patient')
  .filter((one) => (one.birthDate ?? '') < '1995' && of('Appointment', one.id).length === 0)
  .map((one) => one.id);
let next = 1;
const someone = (): string => patients[next++]!;
/** Who has a past, for what does not look at the book. */
const others = of('Patient')
  .map((one) => one.id)
  .filter((id) => !patients.includes(id))
  .reverse();
const another = (): string => others.pop()!;

function person(patientId: string, where = stage): Promise<string> {
  const patient = of('Patient').find((one) => one.id === patientId)!;
  const name = `${patient.name![0]!.given![0]} ${patient.name![0]!.family}`;
  return within(postgres.db, where.organisationId, (trx) =>
    personOfPatient(trx, where.vault, { organisationId: where.organisationId, patientId, name, language: 'es' }),
  );
}

const used = new Set<string>();
/** A free place in more than a week that no other test takes. */
async function free(specialty = 'dermatology'): Promise<SlotView> {
  const from = new Date(Date.now() + 8 * 86_400_000).toISOString();
  const { body } = await irene.get<{ slots: SlotView[] }>(
    `/api/slots?specialty=${specialty}&limit=100&from=${encodeURIComponent(from)}`,
  );
  const slot = body.slots.find((one) => !used.has(one.id))!;
  used.add(slot.id);
  return slot;
}
const panel = async (personId: string): Promise<PersonPanel> => {
  const answer = await irene.get<PersonPanel>(`/api/people/${personId}`);
  expect(answer.status).toBe(200);
  return answer.body;
};
const book = (personId: string, slotId: string, signed = irene): Promise<Answer<AppointmentView>> =>
  signed.post<AppointmentView>(`/api/people/${personId}/appointments`, { slotId });
const act = (id: string, what: string, body?: unknown, signed = irene): Promise<Answer<AppointmentView>> =>
  signed.post<AppointmentView>(`/api/appointments/${id}/${what}`, body ?? {});
const entries = async (
  personId: string,
): Promise<{ action: string; subject_kind: string; actor_id: string; how: string | null }[]> =>
  (
    await asOwner(
      postgres.ownerUrl,
      `select action, subject_kind, actor_id, detail->>'how' as how from audit_entry where person_id = $1 order by id`,
      [personId],
    )
  ).rows;

describe('an agent in a patient’s book', () => {
  test('books, confirms, moves and cancels, and each is in the audit', async () => {
    const personId = await person(someone());
    // a search of another test for the same name may have shown this person before
    const before = (await entries(personId)).length;
    const [first, second] = [await free(), await free()];
    const booked = await book(personId, first.id);
    expect(booked.status).toBe(201);
    expect(booked.body).toMatchObject({
      status: 'booked',
      start: first.start,
      end: first.end,
      specialty: first.specialty,
      professional: first.professional,
      place: first.place,
      may: { confirm: true, change: true, cancel: true },
    });
    const { id } = booked.body;
    const confirmed = await act(id, 'confirm');
    expect(confirmed).toMatchObject({
      status: 200,
      body: { id, status: 'confirmed', may: { confirm: false, change: true } },
    });
    const moved = await act(id, 'change', { slotId: second.id });
    // another time has to be confirmed anew
    expect(moved).toMatchObject({
      status: 200,
      body: { id, status: 'booked', start: second.start, professional: second.professional },
    });
    expect((await panel(personId)).appointments).toEqual([moved.body]);
    const cancelled = await act(id, 'cancel', { reason: 'patient_request' });
    expect(cancelled).toMatchObject({
      status: 200,
      body: { id, status: 'cancelled', may: { confirm: false, change: false, cancel: false } },
    });
    // both places are free again, for anybody
    const other = await person(someone());
    for (const slot of [first, second]) expect((await book(other, slot.id)).status).toBe(201);
    const since = (await entries(personId)).slice(before);
    expect(since.map((one) => [one.action, one.subject_kind, one.how, one.actor_id])).toEqual([
      ...['booked', 'confirmed', 'changed'].map((how) => ['change', 'appointment', how, irene.actor.membershipId]),
      ['read', 'person', null, irene.actor.membershipId],
      ['change', 'appointment', 'cancelled', irene.actor.membershipId],
    ]);
  });

  test('a place that was just taken: a clear 409 in four languages, and nothing half-done', async () => {
    const slot = await free();
    expect((await book(await person(someone()), slot.id)).status).toBe(201);
    const late = await person(someone());
    const mine = await book(late, (await free()).id);
    const said = new Set<string>();
    for (const [language, words] of Object.entries({
      es: /hora.+ocupar/,
      ca: /hora.+ocupar/,
      en: /taken/,
      pt: /ocupado/,
    }))
      for (const [path, body] of [
        [`/api/people/${late}/appointments`, { slotId: slot.id }],
        [`/api/appointments/${mine.body.id}/change`, { slotId: slot.id }],
      ] as const) {
        const answer = await fetch(desk.address + path, {
          method: 'POST',
          headers: { cookie: irene.cookie, 'content-type': 'application/json', 'accept-language': language },
          body: JSON.stringify(body),
        });
        expect(answer.status).toBe(409);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        const problem = (await answer.json()) as { code: string; title: string };
        expect(problem.code).toBe('record.slot_taken');
        expect(problem.title).toMatch(words);
        said.add(problem.title);
      }
    expect(said.size).toBe(4);
    expect((await panel(late)).appointments).toEqual([mine.body]);
    // what was refused changed nothing, so no entry says that it did
    expect((await entries(late)).filter((one) => one.action === 'change')).toHaveLength(1);
  });

  test('twenty agents and one place: one books it', async () => {
    const slot = await free();
    const people = await Promise.all(Array.from({ length: 20 }, () => person(another())));
    const answers = await Promise.all(people.map((one) => book(one, slot.id)));
    expect(answers.map((one) => one.status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });

  test('what another organisation has is not there: 404, and nothing changes', async () => {
    const mine = await person(someone());
    const booked = await book(mine, (await free()).id);
    const { marc } = elsewhere;
    for (const answer of [
      await marc.get(`/api/people/${mine}`),
      await book(mine, (await free()).id, marc),
      await act(booked.body.id, 'confirm', undefined, marc),
      await act(booked.body.id, 'change', { slotId: (await free()).id }, marc),
      await act(booked.body.id, 'cancel', undefined, marc),
      await irene.get(`/api/people/${elsewhere.personId}`),
      await book(elsewhere.personId, (await free()).id),
    ])
      expect(answer).toMatchObject({ status: 404, body: { status: 404, code: expect.stringMatching(/not_found$/) } });
    expect((await panel(mine)).appointments).toEqual([booked.body]);
    expect((await entries(mine)).some((one) => one.actor_id === marc.actor.membershipId)).toBe(false);
    expect(await entries(elsewhere.personId)).toEqual([]);
  });

  test('ids that are none, a place that is none, a person without a chart', async () => {
    const mine = await person(someone());
    const stranger = await within(postgres.db, stage.organisationId, (trx) =>
      addPerson(trx, stage.vault, { organisationId: stage.organisationId, language: 'es' }),
    );
    for (const [answer, status, code] of [
      [await book('p-0001', 'x'), 400, 'platform.malformed'],
      [await book(mine, 'no such place'), 404, 'record.slot_not_found'],
      [await book(stranger, (await free()).id), 409, 'desk.no_record'],
      [await act('no-such-appointment', 'cancel'), 404, 'record.appointment_not_found'],
    ] as const) {
      expect([answer.status, (answer.body as unknown as { code: string }).code]).toEqual([status, code]);
    }
  });
});

describe('the panel with a real chart', () => {
  const has = (id: string, ...types: fhir.Resource['resourceType'][]): boolean =>
    types.every((type) => of(type, id).length > 0);

  test('shows everything the record holds, each under its name', async () => {
    const patientId = of('Patient').find((one) =>
      has(
        one.id,
        'AllergyIntolerance',
        'MedicationRequest',
        'DiagnosticReport',
        'Coverage',
        'ServiceRequest',
        'Appointment',
        'Condition',
      ),
    )!.id;
    const personId = await person(patientId);
    const shown = await panel(personId);
    const patient = of('Patient').find((one) => one.id === patientId)!;
    expect(shown).toMatchObject({
      personId,
      patientId,
      birthDate: patient.birthDate,
      sex: patient.gender,
      proof: { level: 'none' },
    });
    expect(shown.name).toContain(patient.name![0]!.family);
    expect(shown.document ?? '').not.toMatch(/^\d{8}/);
    const allergies = of('AllergyIntolerance', patientId);
    expect(shown.allergies.known).toBe('some');
    expect(shown.allergies.list).toHaveLength(allergies.length);
    expect(allergies.map((one) => one.code!.text)).toContain(shown.allergies.list[0]!.substance);
    expect(shown.medication.length).toBeGreaterThan(0);
    for (const one of shown.medication) {
      expect(of('MedicationRequest', patientId).map((order) => order.id)).toContain(one.id);
      expect(one.dosage).not.toBe('');
    }
    expect(shown.results.map((one) => one.id).sort()).toEqual(
      of('DiagnosticReport', patientId)
        .map((one) => one.id)
        .sort(),
    );
    for (const one of shown.results) expect(one.name).not.toBe('');
    expect(shown.coverage.map((one) => one.id).sort()).toEqual(
      of('Coverage', patientId)
        .map((one) => one.id)
        .sort(),
    );
    for (const one of shown.coverage) expect(one.number ?? '••••').toMatch(/^••••/);
    expect(shown.orders.length).toBeGreaterThan(0);
    for (const one of shown.orders) expect(of('ServiceRequest', patientId).map((order) => order.id)).toContain(one.id);
    expect(shown.appointments.length).toBeGreaterThan(0);
    expect(shown.problems.length).toBeGreaterThan(0);
    expect(await entries(personId)).toContainEqual({
      action: 'read',
      subject_kind: 'person',
      actor_id: irene.actor.membershipId,
      how: null,
    });
  });

  test('who has no allergy and who was never asked are not the same', async () => {
    const seen = new Set<string>();
    for (const { id } of of('Patient').slice(0, 60)) {
      const kind = of('AllergyIntolerance', id).length === 0 ? 'unknown' : 'asked';
      if (seen.has(kind)) continue;
      seen.add(kind);
      const { allergies } = await panel(await person(id));
      if (kind === 'unknown') expect(allergies).toEqual({ known: 'unknown', list: [] });
      else expect(allergies.known).not.toBe('unknown');
    }
    expect(seen.size).toBe(2);
  });

  test('relatives who act for the patient, from both sides', async () => {
    const [mother, child] = [await person(another()), await person(another())];
    await within(postgres.db, stage.organisationId, (trx) =>
      addProxy(trx, { organisationId: stage.organisationId, personId: mother, forPersonId: child, relation: 'mother' }),
    );
    const names = { mother: (await panel(mother)).name, child: (await panel(child)).name };
    expect((await panel(child)).proxies).toMatchObject([
      { personId: mother, name: names.mother, relation: 'mother', direction: 'by' },
    ]);
    expect((await panel(mother)).proxies).toMatchObject([
      { personId: child, name: names.child, relation: 'mother', direction: 'for' },
    ]);
  });

  test('found by name, with an entry for each who is shown', async () => {
    const patientId = another();
    const patient = of('Patient').find((one) => one.id === patientId)!;
    const name = `${patient.name![0]!.given![0]} ${patient.name![0]!.family}`;
    const { status, body } = await irene.get<{ people: { personId: string; name: string; birthDate: string }[] }>(
      `/api/people?search=${encodeURIComponent(name)}`,
    );
    expect(status).toBe(200);
    const found = body.people.find((one) => one.birthDate === patient.birthDate)!;
    expect(found.name).toContain(patient.name![0]!.family);
    expect((await entries(found.personId)).at(-1)).toMatchObject({
      action: 'read',
      subject_kind: 'person',
      actor_id: irene.actor.membershipId,
    });
  });
});
