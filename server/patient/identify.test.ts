import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testOrganisation, testVault } from '../../test/organisation.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { addContactPoint, peopleBehind } from './contact-points.ts';
import { lockState, prove, recordAttempt } from './identify.ts';
import { addPerson, peopleOf, searchByName } from './people.ts';
import { actsFor, addProxy } from './proxies.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());
const vault = testVault();
const accountId = uuid();
let organisationId: string;
let n = 0;
beforeAll(async () => {
  organisationId = await testOrganisation(postgres.ownerUrl);
});

const run = <T>(work: Parameters<typeof within<T>>[2]): Promise<T> => within(postgres.db, organisationId, work);
let stranger: string;
let contactPointId: string;
beforeEach(async () => {
  n += 1;
  await run(async (trx) => {
    stranger = await addPerson(trx, vault, { organisationId });
    contactPointId = await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address: `34600${n}`,
      people: [{ personId: stranger, proof: 'none' }],
    });
  });
});

const attempt = (succeeded: boolean): Promise<{ locked: boolean; left: number }> =>
  run((trx) => recordAttempt(trx, { organisationId, contactPointId, succeeded }));

describe('tries', () => {
  test('three wrong ones lock the address, for half an hour', async () => {
    expect([await attempt(false), await attempt(false), await attempt(false)]).toEqual([
      { locked: false, left: 2 },
      { locked: false, left: 1 },
      { locked: true, left: 0 },
    ]);
    await asOwner(
      postgres.ownerUrl,
      `update identification_attempt set at = at - interval '31 minutes' where contact_point_id = $1`,
      [contactPointId],
    );
    expect(await run((trx) => lockState(trx, organisationId, contactPointId))).toEqual({ locked: false, left: 3 });
  });

  test('a right one begins the count anew; another address is not touched', async () => {
    await attempt(false);
    await attempt(false);
    await attempt(true);
    expect(await run((trx) => lockState(trx, organisationId, contactPointId))).toEqual({ locked: false, left: 3 });
  });
});

describe('proofs', () => {
  test('a stranger who proves to be a patient becomes that person; the next one is linked beside', async () => {
    const known = await run((trx) =>
      addPerson(trx, vault, { organisationId, patientId: `p-${n}`, name: 'Encarnación Villaescusa' }),
    );
    const proving = { organisationId, contactPointId, level: 'matched' as const, method: 'document_and_birth_date' };
    expect(await run((trx) => prove(trx, vault, { ...proving, personId: stranger, patientId: `p-${n}` }))).toEqual({
      personId: known,
      aboutId: known,
    });
    const other = await run((trx) => prove(trx, vault, { ...proving, personId: known, patientId: `q-${n}` }));
    expect(other.personId).not.toBe(known);
    const behind = await run((trx) => peopleBehind(trx, organisationId, [contactPointId]));
    expect(behind.map((one) => [one.patientId, one.proof])).toEqual([
      [`p-${n}`, 'matched'],
      [`q-${n}`, 'matched'],
    ]);
  });

  test('a proof is never made weaker by a later one, and runs out', async () => {
    const proving = { organisationId, contactPointId, personId: stranger, patientId: `r-${n}`, method: 'x' };
    await run((trx) => prove(trx, vault, { ...proving, level: 'confirmed' }));
    await run((trx) => prove(trx, vault, { ...proving, level: 'matched' }));
    expect((await run((trx) => peopleBehind(trx, organisationId, [contactPointId])))[0]!.proof).toBe('confirmed');
    await asOwner(
      postgres.ownerUrl,
      `update contact_point_person set expires_at = expires_at - interval '181 days' where contact_point_id = $1`,
      [contactPointId],
    );
    expect((await run((trx) => peopleBehind(trx, organisationId, [contactPointId])))[0]!.proof).toBe('none');
  });
});

describe('people', () => {
  test('are found by the beginnings of their names, without accents, and their names are sealed', async () => {
    const id = await run((trx) => addPerson(trx, vault, { organisationId, name: 'Gal·la Puigdomènech Roquer' }));
    for (const search of ['puigdom', 'galla roq', 'PUIGDOMÈNECH gal·la'])
      expect(await run((trx) => searchByName(trx, vault, organisationId, search))).toContain(id);
    expect(await run((trx) => searchByName(trx, vault, organisationId, 'puigdom smith'))).toEqual([]);
    expect((await run((trx) => peopleOf(trx, vault, organisationId, [id]))).get(id)!.name).toBe(
      'Gal·la Puigdomènech Roquer',
    );
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select encode(name_sealed, 'escape') as sealed from person where id = $1`,
      [id],
    );
    expect(rows[0].sealed).not.toContain('Puigdom');
  });

  test('act for another until it runs out or is taken back', async () => {
    const child = await run((trx) => addPerson(trx, vault, { organisationId }));
    await run((trx) => addProxy(trx, { organisationId, personId: stranger, forPersonId: child, relation: 'MTH' }));
    const acts = (): Promise<unknown[]> => run((trx) => actsFor(trx, organisationId, [stranger]));
    expect(await acts()).toHaveLength(1);
    await asOwner(postgres.ownerUrl, `update proxy set expires_at = now() - interval '1 second' where person_id = $1`, [
      stranger,
    ]);
    expect(await acts()).toHaveLength(0);
    await asOwner(postgres.ownerUrl, `update proxy set expires_at = null, revoked_at = now() where person_id = $1`, [
      stranger,
    ]);
    expect(await acts()).toHaveLength(0);
  });
});
