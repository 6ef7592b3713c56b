import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHospital } from '../../demo/hospital/hospital.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { within, type Trx } from '../platform/postgres.ts';
import { Problem } from '../platform/problems.ts';
import type { Actor } from '../trust/contract.ts';
import { createVault } from '../trust/vault.ts';
import type { Condition, Patient } from './fhir.ts';
import { matchIdentity, patientContacts, patientsByPhone, searchPatients } from './identity.ts';
import * as read from './queries.ts';
import { seedRecord } from './seed.ts';
import { createResource, readResource, readWhole, resourceHistory, searchResources, updateResource } from './store.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());

const vault = createVault(Buffer.alloc(32, 9));
const [organisationId, other] = [uuid(), uuid()];
const system: Actor = { kind: 'system', organisationId };
const now = new Date('2026-11-22T11:00:00Z');
const hospital = makeHospital(now);
const persona = (name: string) => hospital.personas.find((one) => one.name.startsWith(name))!;
const at = <T>(work: (trx: Trx) => Promise<T>, organisation = organisationId): Promise<T> =>
  within(postgres.db, organisation, work);
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

beforeAll(async () => {
  for (const [id, slug] of [
    [organisationId, 'one'],
    [other, 'two'],
  ])
    await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $2)', [id, slug]);
  await at((trx) => seedRecord(trx, vault, organisationId, hospital));
  await at((trx) => seedRecord(trx, vault, other, hospital), other);
});

describe('who is it', () => {
  const find = (documentNumber: string, birthDate: string, organisation = organisationId) =>
    at((trx) => matchIdentity(trx, vault, organisation, { documentNumber, birthDate }), organisation);

  test('found by the document however it is written, with the birth date', async () => {
    const { patientId, documentNumber, birthDate } = persona('Encarnación');
    const digits = documentNumber.slice(0, -1);
    for (const written of [
      documentNumber,
      documentNumber.toLowerCase(),
      digits,
      ` ${digits.slice(0, 2)}.${digits.slice(2, 5)}.${digits.slice(5)}-${documentNumber.at(-1)} `,
    ])
      expect(await find(written, birthDate), written).toBe(patientId);
    const foreign = persona('Conceição');
    expect(await find(foreign.documentNumber.replace(/^Z/, 'z-'), foreign.birthDate)).toBe(foreign.patientId);
    expect(await find(foreign.documentNumber.slice(0, -1), foreign.birthDate)).toBe(foreign.patientId);
  });

  test('not by a wrong letter, a wrong day, another organisation, or nothing', async () => {
    const { documentNumber, birthDate } = persona('Encarnación');
    const wrongLetter = documentNumber.slice(0, -1) + (documentNumber.endsWith('A') ? 'B' : 'A');
    expect(await find(wrongLetter, birthDate)).toBeNull();
    expect(await find(documentNumber, '1955-03-15')).toBeNull();
    expect(await find('', birthDate)).toBeNull();
    expect(await find("'; drop table resource; --", birthDate)).toBeNull();
    expect(await find(documentNumber, 'x')).toBeNull();
    const none = uuid();
    await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $2)', [
      none,
      `none-${none.slice(-6)}`,
    ]);
    expect(await find(documentNumber, birthDate, none)).toBeNull();
  });

  test('a telephone names all who share it', async () => {
    const [nerea, transito] = [persona('Nerea'), persona('Tránsito')];
    const found = await at((trx) =>
      patientsByPhone(trx, vault, organisationId, [nerea.waId, `+${transito.waId}`, '999']),
    );
    expect(found.get(nerea.waId)).toEqual([nerea.patientId, 'p-0005']);
    expect(found.get(`+${transito.waId}`)).toEqual([transito.patientId, persona('Hipólito').patientId]);
    expect(found.size).toBe(2);
  });

  test('searched by beginnings of names without accents, by document, telephone and history number', async () => {
    const ids = async (text: string) =>
      (await at((trx) => searchPatients(trx, vault, organisationId, text))).map((head) => head.id);
    expect(await ids('encar villaes')).toEqual(['p-0006']);
    expect(await ids('GALLA')).toEqual(['p-0002']);
    expect(await ids('gal·la puig')).toEqual(['p-0002']);
    expect(await ids('conceicao')).toEqual(['p-0003']);
    expect(await ids(persona('Benigno').documentNumber)).toEqual(['p-0001']);
    expect(await ids('0048213')).toEqual(['p-0006']);
    expect(await ids('+34 600 000 118')).toEqual(['p-0006']);
    expect(await ids('600 000 118')).toEqual(['p-0006']);
    expect(await ids('')).toEqual([]);
    expect(await ids('%')).toEqual([]);
  });

  test('a mother answers for her child', async () => {
    const nerea = persona('Nerea').patientId;
    const [unai] = await at((trx) => read.dependants(trx, organisationId, nerea));
    expect(unai).toMatchObject({
      patientId: 'p-0005',
      givenName: 'Unai',
      relation: 'MTH',
      relationName: { pt: 'mãe' },
    });
    const [mother] = await at((trx) => read.relatives(trx, organisationId, 'p-0005'));
    expect(mother).toMatchObject({ patientId: nerea, givenName: 'Nerea' });
  });
});

describe('what is sealed', () => {
  test('no document, telephone nor address stands readable anywhere', async () => {
    const text = (await asOwner(postgres.ownerUrl, 'select string_agg(content::text, chr(10)) as text from resource'))
      .rows[0].text as string;
    for (const one of hospital.personas) {
      expect(text).not.toContain(one.documentNumber);
      expect(text).not.toContain(one.waId);
    }
    expect(text).not.toContain('Paseo de los Tilos');
    expect(text).toContain('0048213');
  });

  test('is opened to be shown, and gone once the chart is erased', async () => {
    const { patientId, documentNumber } = persona('Leandro');
    const contacts = await at((trx) => patientContacts(trx, vault, organisationId, patientId));
    expect(contacts).toMatchObject({
      documents: [{ kind: 'DNI', value: documentNumber }],
      phones: ['+34600000663'],
      emails: [],
    });
    await asOwner(
      postgres.ownerUrl,
      'update chart set wrapped = null, erased_at = now() where organisation_id = $1 and patient_id = $2',
      [other, patientId],
    );
    await expect(at((trx) => patientContacts(trx, vault, other, patientId), other)).rejects.toThrow('destroyed');
    const { documentNumber: number, birthDate } = persona('Leandro');
    expect(
      await at((trx) => matchIdentity(trx, vault, other, { documentNumber: number, birthDate }), other),
    ).toBeNull();
  });
});

describe('resources', () => {
  const condition = (patientId: string, code = '233604007'): Omit<Condition, 'id'> => ({
    resourceType: 'Condition',
    subject: { reference: `Patient/${patientId}` },
    code: { coding: [{ system: 'http://snomed.info/sct', code }], text: 'Neumonía' },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
  });

  test('are created, read, searched, changed, with every version kept', async () => {
    const made = await at((trx) => createResource<Condition>(trx, vault, system, condition('p-0020', 'c-1')));
    expect((await at((trx) => readResource(trx, organisationId, 'Condition', made.id)))!.version).toBe(1);
    const found = () =>
      at((trx) =>
        searchResources(trx, organisationId, 'Condition', {
          patientId: 'p-0020',
          status: 'active',
          index: { code: 'c-1' },
        }),
      );
    expect((await found()).map((row) => row.content.id)).toEqual([made.id]);
    const changed = { ...made, code: { coding: [{ system: 'http://snomed.info/sct', code: 'c-2' }] } };
    expect(await at((trx) => updateResource(trx, vault, system, changed, { version: 1 }))).toEqual({ version: 2 });
    expect(await found()).toEqual([]);
    expect(await refused(at((trx) => updateResource(trx, vault, system, made, { version: 1 })))).toBe(
      'record.version_conflict',
    );
    const history = await at((trx) => resourceHistory(trx, organisationId, 'Condition', made.id));
    expect(history.map((row) => [row.version, row.content.code?.coding?.[0]?.code])).toEqual([[1, 'c-1']]);
  });

  test('two who change one version: one has to read again', async () => {
    const made = await at((trx) => createResource<Condition>(trx, vault, system, condition('p-0021')));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => refused(at((trx) => updateResource(trx, vault, system, made, { version: 1 })))),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  });

  test('a new patient opens a chart and is found; a changed one is found by the new only', async () => {
    const patient: Patient = {
      resourceType: 'Patient',
      id: 'new-1',
      name: [{ given: ['Odón'], family: 'Zuluaga' }],
      birthDate: '1990-01-01',
      identifier: [{ value: '20-12345678-6', type: { text: 'CUIT' } }],
      telecom: [{ system: 'phone', value: '+54 9 11 0000 0001' }],
    };
    await at((trx) => createResource<Patient>(trx, vault, system, patient));
    const found = (documentNumber: string) =>
      at((trx) => matchIdentity(trx, vault, organisationId, { documentNumber, birthDate: '1990-01-01' }));
    expect(await found('20123456786')).toBe('new-1');
    expect(await found('12.345.678')).toBe('new-1');
    expect(await at((trx) => readWhole(trx, vault, organisationId, 'Patient', 'new-1'))).toEqual(patient);
    await at((trx) => updateResource(trx, vault, system, { ...patient, identifier: [{ value: '12.345.678-5' }] }));
    expect(await found('20123456786')).toBeNull();
    expect(await found('12345678-5')).toBe('new-1');
  });

  test('what is not sound is refused, and nothing is half kept', async () => {
    const create = (resource: never) => refused(at((trx) => createResource(trx, vault, system, resource)));
    expect(await create(condition('nobody') as never)).toBe('record.patient_not_found');
    expect(await create({ ...condition('p-0020'), subject: {} } as never)).toBe('record.invalid_resource');
    expect(await create({ resourceType: 'Banana' } as never)).toBe('record.invalid_resource');
    expect(await create({ ...condition('p-0020'), id: 'a b' } as never)).toBe('record.invalid_resource');
    expect(await create({ resourceType: 'Appointment', id: 'x', status: 'booked', participant: [] } as never)).toBe(
      'record.invalid_resource',
    );
    expect(
      await refused(
        at((trx) => updateResource(trx, vault, system, { ...condition('p-0020'), id: 'none' } as Condition)),
      ),
    ).toBe('record.resource_not_found');
  });

  test('another organisation sees nothing of it', async () => {
    const made = await at((trx) => createResource<Condition>(trx, vault, system, condition('p-0022')));
    expect(await at((trx) => readResource(trx, organisationId, 'Condition', made.id), other)).toBeNull();
    expect(await at((trx) => readResource(trx, other, 'Condition', made.id), other)).toBeNull();
  });
});

describe('reads', () => {
  test('of Encarnación are what her story says', async () => {
    const id = persona('Encarnación').patientId;
    const [allergies, problems, medicines, results, orders, cover] = await at(
      async (trx) =>
        [
          await read.allergies(trx, organisationId, id),
          await read.problems(trx, organisationId, id),
          await read.medicines(trx, organisationId, id),
          await read.results(trx, organisationId, id),
          await read.orders(trx, organisationId, id),
          await read.coverage(trx, organisationId, id, now),
        ] as const,
    );
    expect(allergies).toMatchObject({
      known: 'some',
      list: [
        { substance: { es: 'Penicilina' }, high: true, severity: 'severe', since: '2014' },
        { reaction: { ca: 'urticària' } },
      ],
    });
    expect(problems.map((one) => one.name.en).sort()).toEqual([
      'Atrial fibrillation',
      'High blood pressure',
      'Sensorineural hearing loss',
    ]);
    expect(medicines.find((one) => one.name.es.startsWith('Acenocumarol'))).toMatchObject({
      dosage: { pt: 'Segundo o plano de Hematologia, sempre à mesma hora.' },
      note: { en: expect.stringContaining('Do not change') },
    });
    expect(results[0]).toMatchObject({
      state: 'ready',
      values: [{ name: { es: 'INR' }, value: '2.6', flag: 'normal', range: '2–3' }],
    });
    expect(orders[0]).toMatchObject({
      name: { es: 'Colonoscopia con sedación' },
      appointmentId: expect.any(String),
      preparation: { ca: expect.stringContaining('anticoagulants') },
    });
    expect(cover).toMatchObject([{ payor: 'Mutua Albada', memberEnds: '8402', active: true }]);
  });

  test('a pending result tells nothing, nor does one for a professional', async () => {
    const [pending] = await at((trx) => read.results(trx, organisationId, persona('Tránsito').patientId));
    expect(pending).toMatchObject({ state: 'pending', values: [], conclusion: null, readySince: null });
    const biopsy = hospital.resources.find((one) => one.resourceType === 'DiagnosticReport' && one.meta?.tag)!;
    const patientId = (biopsy as { subject: { reference: string } }).subject.reference.slice(8);
    const told = (await at((trx) => read.results(trx, organisationId, patientId))).find((one) => one.id === biopsy.id);
    expect(told).toMatchObject({ state: 'with_professional', values: [], conclusion: null });
  });

  test('of the house: specialties with their first hour, professionals, places', async () => {
    const specialties = await at((trx) => read.specialties(trx, organisationId, now));
    expect(specialties).toHaveLength(15);
    for (const one of specialties) {
      expect(one.practitioners).toBeGreaterThan(0);
      expect(one.nextFree).not.toBeNull();
    }
    const rehabilitation = await at((trx) => read.practitioners(trx, organisationId, { specialty: 'rehabilitation' }));
    expect(rehabilitation.map((one) => one.name)).toEqual(['Celeste Abascal Nieto', 'Itziar Lekuona Prieto']);
    expect(await at((trx) => read.practitioners(trx, organisationId))).toHaveLength(20);
    const places = await at((trx) => read.places(trx, organisationId));
    expect(places.map((one) => one.name.en)).toContain('Ribera health centre');
    const bills = await at((trx) => read.bills(trx, organisationId, persona('Harriet').patientId));
    expect(bills).toMatchObject([
      { amount: 45, currency: 'EUR', state: 'due', concept: { en: 'Report for the insurer' } },
    ]);
    expect((await at((trx) => read.allergies(trx, organisationId, persona('Benigno').patientId))).known).toBe('none');
    expect(
      (await at((trx) => read.pastAppointments(trx, organisationId, persona('Benigno').patientId, 5, now))).length,
    ).toBe(2);
    const heads = await at((trx) => read.patientHeads(trx, organisationId, ['p-0006', 'nobody']));
    expect([...heads.values()]).toMatchObject([{ id: 'p-0006', recordNumber: '0048213', language: 'es' }]);
  });
});
