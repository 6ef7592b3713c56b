import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { makeHospital } from '../../demo/hospital/hospital.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { within, type Trx } from '../platform/postgres.ts';
import { Problem } from '../platform/problems.ts';
import type { Actor } from '../trust/contract.ts';
import { createVault } from '../trust/vault.ts';
import { bookAppointment } from './book.ts';
import { cancelAppointment } from './cancel.ts';
import { changeAppointment } from './change.ts';
import { confirmAppointment } from './confirm.ts';
import type { Slot } from './contract.ts';
import { patientFacts } from './facts.ts';
import { findSlots, freeDays } from './find.ts';
import * as read from './queries.ts';
import { seedRecord } from './seed.ts';
import { resourceHistory } from './store.ts';
import { joinWaitingList, leaveWaitingList, waitingList } from './waiting.ts';

const postgres = await testDatabase({ max: 24 });
afterAll(() => postgres.close());

const vault = createVault(Buffer.alloc(32, 7));
const organisationId = uuid();
const assistant: Actor = { kind: 'assistant', organisationId };
const staff: Actor = {
  kind: 'staff',
  organisationId,
  membershipId: uuid(),
  accountId: uuid(),
  sessionId: uuid(),
  roles: ['agent'],
  name: 'Irene',
};
// noon of a Sunday: the stories hang on the week that follows
const now = new Date('2026-11-22T11:00:00Z');
const hospital = makeHospital(now);
// those with a story are left alone: tests look at them, in any order
const stories = new Set(hospital.personas.map((one) => one.patientId));
const patients = hospital.resources
  .filter((resource) => resource.resourceType === 'Patient' && !stories.has(resource.id) && resource.id !== 'p-0015')
  .map((resource) => resource.id);
const persona = (name: string) => hospital.personas.find((one) => one.name.startsWith(name))!;
const week = { from: '2026-11-22T11:00:00.000Z', to: '2026-12-06T00:00:00.000Z' };

beforeAll(async () => {
  await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $3)', [
    organisationId,
    'vega-clara',
    'Hospital Vega Clara',
  ]);
  await at((trx) => seedRecord(trx, vault, organisationId, hospital));
  await asOwner(postgres.ownerUrl, 'analyze');
});

const at = <T>(work: (trx: Trx) => Promise<T>, options: { serializable?: boolean } = {}): Promise<T> =>
  within(postgres.db, organisationId, work, options);

const code = (error: unknown): string => (error instanceof Problem ? error.code : String(error));
const refused = (work: Promise<unknown>): Promise<string> => work.then(() => 'accepted', code);

/** A free slot that no other test takes: they are shuffled. */
const used = new Set<string>();
async function fresh(specialty: string, more: Partial<Parameters<typeof findSlots>[2]> = {}) {
  const slots = await at((trx) =>
    findSlots(trx, organisationId, {
      specialty,
      from: '2026-12-07T00:00:00.000Z',
      to: '2026-12-30T00:00:00.000Z',
      limit: 100,
      ...more,
    }),
  );
  const slot = slots.find((one) => !used.has(one.id))!;
  used.add(slot.id);
  return slot;
}
/** A patient without anything to come, given once. */
const quiet = patients.filter(
  (id) =>
    !hospital.resources.some(
      (resource) =>
        resource.resourceType === 'Appointment' &&
        resource.status === 'booked' &&
        resource.participant[0]?.actor?.reference === `Patient/${id}`,
    ),
);
const someone = (): string => quiet.pop()!;

/** What must hold in the book whatever happened. */
async function bookHolds(): Promise<void> {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `
    select 'busy without one appointment' as broken, s.id from slot s
      where s.status = 'busy' and (select count(*) from appointment a where a.slot_id = s.id and a.status in ('booked','arrived','fulfilled')) <> 1
    union all select 'booked on a slot that is not busy', a.id from appointment a join slot s on s.id = a.slot_id
      where a.status = 'booked' and (s.status <> 'busy' or s.starts_at <> a.starts_at or s.practitioner_id <> a.practitioner_id)
    union all select 'the resource says another thing', a.id from appointment a join resource r on r.type = 'Appointment' and r.id = a.id
      where r.status <> a.status or r.at <> a.starts_at or r.patient_id <> a.patient_id
        or (a.status = 'booked' and r.content #>> '{slot,0,reference}' <> 'Slot/' || a.slot_id)
    union all select 'one patient in two places', a.id from appointment a join appointment b on a.patient_id = b.patient_id and a.id < b.id
      and a.status = 'booked' and b.status = 'booked' and a.starts_at < b.ends_at and b.starts_at < a.ends_at`,
  );
  expect(rows).toEqual([]);
}

describe('races', () => {
  for (const serializable of [false, true])
    test(`200 who book one slot at once: one has it (${serializable ? 'serializable' : 'read committed'})`, async () => {
      const slot = await fresh('dermatology');
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          refused(
            at(
              (trx) =>
                bookAppointment(trx, assistant, { patientId: patients[i % patients.length]!, slotId: slot.id }, now),
              { serializable },
            ),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(new Set(outcomes.filter((outcome) => outcome !== 'accepted'))).toEqual(new Set(['record.slot_taken']));
      await bookHolds();
    });

  test('moves that cross each other never lose nor double a slot', async () => {
    const slots: Slot[] = [];
    for (let i = 0; i < 6; i += 1) slots.push(await fresh('ophthalmology'));
    const people = [someone(), someone(), someone()];
    const booked = await Promise.all(
      people.map((patientId, i) =>
        at((trx) => bookAppointment(trx, assistant, { patientId, slotId: slots[i]!.id }, now)),
      ),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        refused(
          at((trx) =>
            changeAppointment(
              trx,
              assistant,
              { appointmentId: booked[i % 3]!.id, slotId: slots[(i * 7 + 3) % 6]!.id },
              now,
            ),
          ),
        ),
      ),
    );
    for (const outcome of outcomes) expect(['accepted', 'record.slot_taken']).toContain(outcome);
    await bookHolds();
  });

  test('one patient in many chats books one place at a time', async () => {
    const patientId = someone();
    const first = await fresh('family');
    const same = await at((trx) => findSlots(trx, organisationId, { from: first.start, to: first.end, limit: 50 }));
    const outcomes = await Promise.all(
      same.map((slot) => refused(at((trx) => bookAppointment(trx, assistant, { patientId, slotId: slot.id }, now)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    await bookHolds();
  });

  test('an appointment cancelled and moved at once ends as one of both', async () => {
    const patientId = someone();
    const [from, to] = [await fresh('endocrinology'), await fresh('endocrinology')];
    const { id } = await at((trx) => bookAppointment(trx, assistant, { patientId, slotId: from.id }, now));
    await Promise.all([
      refused(at((trx) => cancelAppointment(trx, assistant, { appointmentId: id }, now))),
      refused(at((trx) => changeAppointment(trx, assistant, { appointmentId: id, slotId: to.id }, now))),
      refused(at((trx) => confirmAppointment(trx, assistant, { appointmentId: id }, now))),
    ]);
    expect((await at((trx) => read.appointment(trx, organisationId, id)))!.state).toBe('cancelled');
    await bookHolds();
  });
});

describe('booking', () => {
  test('tells the time on the wall, the place and the professional', async () => {
    const benigno = persona('Benigno').patientId;
    const [next] = await at((trx) => read.upcomingAppointments(trx, organisationId, benigno, now));
    expect(next).toMatchObject({
      localStart: '2026-11-26T10:20',
      start: '2026-11-26T09:20:00.000Z',
      state: 'booked',
      confirmed: false,
      specialty: { key: 'rehabilitation', name: { ca: 'Rehabilitació' } },
      place: { name: { es: 'Consultas externas, planta 2', en: 'Outpatient clinics, floor 2' } },
      practitioner: { name: 'Itziar Lekuona Prieto' },
    });
  });

  test('Tuesday afternoon has four hours, the usual physiotherapist first', async () => {
    const slots = await at((trx) =>
      findSlots(trx, organisationId, {
        specialty: 'rehabilitation',
        from: '2026-11-23T23:00:00.000Z',
        to: '2026-11-24T23:00:00.000Z',
        partOfDay: 'afternoon',
        preferPractitionerId: 'pr-06',
      }),
    );
    expect(slots.map((slot) => [slot.localStart.slice(11), slot.practitioner.id])).toEqual([
      ['15:40', 'pr-06'],
      ['16:20', 'pr-06'],
      ['17:00', 'pr-07'],
      ['18:30', 'pr-07'],
    ]);
    const evening = await at((trx) =>
      findSlots(trx, organisationId, {
        specialty: 'rehabilitation',
        from: '2026-11-23T23:00:00.000Z',
        to: '2026-11-24T23:00:00.000Z',
        partOfDay: 'evening',
      }),
    );
    expect(evening.map((slot) => slot.localStart.slice(11))).toEqual(['18:30']);
  });

  test('carries out an order with its name and preparation, once', async () => {
    const dolors = hospital.resources.find(
      (resource) => resource.resourceType === 'ServiceRequest' && resource.subject.reference === 'Patient/p-0015',
    )!;
    const slot = await fresh('imaging');
    const booked = await at((trx) =>
      bookAppointment(trx, staff, { patientId: 'p-0015', slotId: slot.id, orderId: dolors.id }, now),
    );
    expect(booked).toMatchObject({ orderId: dolors.id, service: { ca: 'Mamografia' }, slotId: slot.id });
    expect(booked.preparation?.pt).toContain('desodorizante');
    const orders = await at((trx) => read.orders(trx, organisationId, 'p-0015'));
    expect(orders[0]).toMatchObject({ appointmentId: booked.id, specialty: 'imaging' });
    const again = await fresh('imaging');
    expect(
      await refused(
        at((trx) => bookAppointment(trx, staff, { patientId: 'p-0015', slotId: again.id, orderId: dolors.id }, now)),
      ),
    ).toBe('record.order_booked');
    expect(
      await refused(
        at((trx) => bookAppointment(trx, staff, { patientId: someone(), slotId: again.id, orderId: dolors.id }, now)),
      ),
    ).toBe('record.order_not_found');
  });

  test('a refusal leaves the transaction good for the others in it', async () => {
    const [slot, other] = [await fresh('traumatology'), await fresh('traumatology')];
    await at((trx) => bookAppointment(trx, assistant, { patientId: someone(), slotId: slot.id }, now));
    const patientId = someone();
    const booked = await at(async (trx) => {
      expect(await refused(bookAppointment(trx, assistant, { patientId: someone(), slotId: slot.id }, now))).toBe(
        'record.slot_taken',
      );
      expect(await refused(bookAppointment(trx, assistant, { patientId: 'nobody', slotId: other.id }, now))).toBe(
        'record.patient_not_found',
      );
      expect(await refused(bookAppointment(trx, assistant, { patientId, slotId: 'nothing' }, now))).toBe(
        'record.slot_not_found',
      );
      expect(
        await refused(bookAppointment(trx, assistant, { patientId, slotId: other.id }, new Date('2027-06-01'))),
      ).toBe('record.slot_past');
      return bookAppointment(trx, assistant, { patientId, slotId: other.id }, now);
    });
    expect(booked.state).toBe('booked');
  });

  test('moving frees the old slot, forgets the yes, and keeps the history', async () => {
    const patientId = someone();
    const [from, to] = [await fresh('gynaecology'), await fresh('gynaecology')];
    const { id } = await at((trx) => bookAppointment(trx, assistant, { patientId, slotId: from.id }, now));
    expect(
      (await at((trx) => confirmAppointment(trx, assistant, { appointmentId: id, patientId }, now))).confirmed,
    ).toBe(true);
    const moved = await at((trx) =>
      changeAppointment(trx, staff, { appointmentId: id, patientId, slotId: to.id }, now),
    );
    expect(moved).toMatchObject({ slotId: to.id, localStart: to.localStart, confirmed: false, version: 3 });
    const free = await at((trx) =>
      findSlots(trx, organisationId, { specialty: 'gynaecology', from: from.start, to: from.end }),
    );
    expect(free.map((slot) => slot.id)).toContain(from.id);
    const history = await at((trx) => resourceHistory(trx, organisationId, 'Appointment', id));
    expect(history.map((entry) => [entry.version, entry.replacedBy.kind])).toEqual([
      [2, 'staff'],
      [1, 'assistant'],
    ]);
    // to its own slot: nothing happens
    expect((await at((trx) => changeAppointment(trx, staff, { appointmentId: id, slotId: to.id }, now))).version).toBe(
      3,
    );
    expect(
      await refused(
        at((trx) => changeAppointment(trx, staff, { appointmentId: id, patientId: someone(), slotId: from.id }, now)),
      ),
    ).toBe('record.appointment_not_found');
    const elsewhere = await fresh('ent');
    expect(
      await refused(at((trx) => changeAppointment(trx, staff, { appointmentId: id, slotId: elsewhere.id }, now))),
    ).toBe('record.slot_not_found');
  });

  test('too late for a patient is not too late for staff; what was is closed', async () => {
    const patientId = someone();
    const slot = await fresh('cardiology');
    const { id } = await at((trx) => bookAppointment(trx, assistant, { patientId, slotId: slot.id }, now));
    const soon = new Date(Date.parse(slot.start) - 30 * 60_000);
    const other = await fresh('cardiology');
    expect(await refused(at((trx) => cancelAppointment(trx, assistant, { appointmentId: id }, soon)))).toBe(
      'record.too_late_to_cancel',
    );
    expect(
      await refused(at((trx) => changeAppointment(trx, assistant, { appointmentId: id, slotId: other.id }, soon))),
    ).toBe('record.too_late_to_change');
    expect((await at((trx) => cancelAppointment(trx, staff, { appointmentId: id }, soon))).appointment.state).toBe(
      'cancelled',
    );
    expect((await at((trx) => cancelAppointment(trx, staff, { appointmentId: id }, soon))).appointment.state).toBe(
      'cancelled',
    );
    expect(await refused(at((trx) => confirmAppointment(trx, assistant, { appointmentId: id }, now)))).toBe(
      'record.appointment_closed',
    );
    expect(await refused(at((trx) => cancelAppointment(trx, assistant, { appointmentId: 'no-such' }, now)))).toBe(
      'record.appointment_not_found',
    );
  });

  test('days with something free, each with its first time', async () => {
    const days = await at((trx) => freeDays(trx, organisationId, { specialty: 'family', ...week, limit: 100 }));
    expect(days).toHaveLength(14);
    for (const day of days) expect(day.free).toBeGreaterThan(0);
    expect(days[0]!.date).toBe('2026-11-22');
  });

  test('what happened is announced by ids alone', async () => {
    const patientId = someone();
    const slot = await fresh('digestive');
    const { id } = await at((trx) => bookAppointment(trx, assistant, { patientId, slotId: slot.id }, now));
    const { rows } = await at((trx) =>
      sql<{
        payload: unknown;
      }>`select payload from event where kind = 'appointment.booked' and payload ->> 'appointmentId' = ${id}`.execute(
        trx,
      ),
    );
    expect(rows).toEqual([{ payload: { appointmentId: id, patientId, slotId: slot.id } }]);
  });
});

describe('waiting list', () => {
  test('a freed slot is put before the one who waits longest and whom it fits', async () => {
    const slot = await fresh('neurology', { partOfDay: 'morning' });
    const [holder, evening, first, second] = [someone(), someone(), someone(), someone()];
    const { id } = await at((trx) => bookAppointment(trx, assistant, { patientId: holder, slotId: slot.id }, now));
    const join = (patientId: string, more: object, minute: number) =>
      at((trx) =>
        joinWaitingList(
          trx,
          assistant,
          { patientId, specialty: 'neurology', ...more },
          new Date(now.getTime() + minute * 60_000),
        ),
      );
    await join(evening, { partOfDay: 'evening' }, 0);
    const entry = await join(first, { partOfDay: 'morning' }, 1);
    await join(second, {}, 2);
    expect(await refused(join(second, {}, 3))).toBe('record.already_waiting');
    expect(
      await refused(at((trx) => joinWaitingList(trx, assistant, { patientId: second, specialty: 'astrology' }, now))),
    ).toBe('record.specialty_not_found');
    const cancelled = await at((trx) => cancelAppointment(trx, assistant, { appointmentId: id }, now));
    expect(cancelled.offered).toMatchObject({ patientId: first, entryId: entry.id, slotId: slot.id });
    const { rows } = await at((trx) =>
      sql<{
        payload: object;
      }>`select payload from event where kind = 'slot.offered' and payload ->> 'slotId' = ${slot.id}`.execute(trx),
    );
    expect(rows.map((row) => row.payload)).toEqual([cancelled.offered]);
    // whoever books it waits no more
    await at((trx) => bookAppointment(trx, assistant, { patientId: first, slotId: slot.id }, now));
    expect(await at((trx) => waitingList(trx, organisationId, { patientId: first }))).toEqual([]);
    const left = await at((trx) => waitingList(trx, organisationId, { specialty: 'neurology' }));
    expect(left.map((one) => one.patientId)).toEqual([evening, second]);
    expect(
      await refused(at((trx) => leaveWaitingList(trx, assistant, { entryId: left[0]!.id, patientId: second }))),
    ).toBe('record.waiting_entry_not_found');
    await at((trx) => leaveWaitingList(trx, assistant, { entryId: left[0]!.id, patientId: evening }));
    expect(await refused(at((trx) => leaveWaitingList(trx, assistant, { entryId: left[0]!.id })))).toBe(
      'record.waiting_entry_not_found',
    );
    expect(await refused(at((trx) => leaveWaitingList(trx, assistant, { entryId: 'no uuid' })))).toBe(
      'record.waiting_entry_not_found',
    );
  });
});

describe('facts', () => {
  test('name what a greeting may ask about first', async () => {
    const ids = hospital.personas.map((one) => one.patientId);
    const facts = await at((trx) => patientFacts(trx, organisationId, [...ids, 'nobody'], now));
    expect(facts.size).toBe(ids.length);
    expect(facts.get(persona('Benigno').patientId)).toMatchObject({
      givenName: 'Benigno',
      language: 'es',
      nextAppointment: { daysAway: 4, localStart: '2026-11-26T10:20', hasPreparation: false },
    });
    expect(facts.get(persona('Gal·la').patientId)).toMatchObject({
      resultReady: { daysAgo: 1, name: { ca: 'Anàlisi de sang' } },
      nextAppointment: null,
    });
    expect(facts.get(persona('Conceição').patientId)).toMatchObject({
      language: 'pt',
      nextAppointment: { service: { pt: 'Ressonância magnética' }, hasPreparation: true },
    });
    expect(facts.get(persona('Nerea').patientId)).toMatchObject({ dependants: 1 });
    expect(facts.get(persona('Leandro').patientId)).toMatchObject({ employee: true });
    expect(facts.get(persona('Harriet').patientId)).toMatchObject({
      language: 'en',
      nextAppointment: { daysAway: 1 },
      billDue: { amount: 45 },
    });
    expect(facts.get(persona('Tránsito').patientId)).toMatchObject({ resultsPending: 1 });
    expect(facts.get(persona('Hipólito').patientId)).toMatchObject({
      orderOpen: { name: { en: 'Electromyography' }, specialty: 'neurology' },
    });
  });
});
