import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import { blindIndex, createVault, open, seal, VaultError } from './vault.ts';
import type { OrgKey } from './vault.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());
const master = randomBytes(32);
const vault = createVault(master);
const key = vault.houseKey('test');

async function organisation(): Promise<string> {
  const id = uuid();
  await asOwner(postgres.ownerUrl, 'insert into organisation (id, slug, name) values ($1, $2, $3)', [
    id,
    `clinic-${id}`,
    'Clinic',
  ]);
  return id;
}
const orgKey = (id: string, of = vault): Promise<OrgKey> =>
  within(postgres.db, id, (trx) => of.organisationKey(trx, id));

async function person(organisationId: string): Promise<string> {
  const id = uuid();
  const { wrapped } = vault.newPersonKey(await orgKey(organisationId));
  await within(postgres.db, organisationId, async (trx) => {
    await sql`insert into person (organisation_id, id) values (${organisationId}, ${id})`.execute(trx);
    await sql`insert into person_key (organisation_id, person_id, wrapped) values (${organisationId}, ${id}, ${wrapped})`.execute(
      trx,
    );
  });
  return id;
}
const personKeys = (organisationId: string, ids: string[], of = vault) =>
  within(postgres.db, organisationId, (trx) => of.personKeys(trx, organisationId, ids));

test('what was sealed opens as it was, texts and bytes alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, bind) => {
      const wellFormed = text.toWellFormed();
      expect(open(key, seal(key, wellFormed, bind), bind).toString('utf8')).toBe(wellFormed);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      expect(open(key, seal(key, Buffer.from(bytes), 'b'), 'b')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('one altered bit anywhere, a cut or a lengthening does not open', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.integer({ min: 0, max: 7 }), (text, at, bit) => {
      const sealed = seal(key, text, 'message:1');
      const altered = Buffer.from(sealed);
      altered[at % sealed.length]! ^= 1 << bit;
      for (const broken of [altered, sealed.subarray(0, at % sealed.length), Buffer.concat([sealed, Buffer.from([0])])])
        expect(() => open(key, broken, 'message:1')).toThrow(VaultError);
    }),
  );
});

test('sealed bytes put elsewhere do not open', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (text, bind, other) => {
      fc.pre(Buffer.compare(Buffer.from(bind), Buffer.from(other)) !== 0);
      expect(() => open(key, seal(key, text, bind), other)).toThrow(VaultError);
    }),
  );
});

test('another key does not open, and the same text never looks the same', () => {
  const sealed = seal(key, 'hola', 'b');
  expect(() => open(vault.houseKey('other'), sealed, 'b')).toThrow(VaultError);
  expect(() => open(createVault(randomBytes(32)).houseKey('test'), sealed, 'b')).toThrow(VaultError);
  const looks = new Set(Array.from({ length: 5_000 }, () => seal(key, 'hola', 'b').toString('hex')));
  expect(looks.size).toBe(5_000);
});

test("an organisation's key is made once, also by several at a time, and only the master key opens it", async () => {
  const id = await organisation();
  const vaults = Array.from({ length: 6 }, () => createVault(master));
  const keys = await Promise.all(vaults.map((one) => orgKey(id, one)));
  const sealed = seal(keys[0]!, 'hola', 'b');
  for (const one of keys) expect(open(one, sealed, 'b').toString()).toBe('hola');
  await expect(orgKey(id, createVault(randomBytes(32)))).rejects.toThrow(VaultError);
});

test('a key made in a transaction that failed is not remembered', async () => {
  const id = await organisation();
  const fresh = createVault(master);
  let lost: OrgKey | undefined;
  await within(postgres.db, id, async (trx) => {
    lost = await fresh.organisationKey(trx, id);
    await fresh.organisationKey(trx, id);
    throw new Error('no');
  }).catch(() => undefined);
  const kept = await orgKey(id, fresh);
  expect(() => open(kept, seal(lost!, 'hola', 'b'), 'b')).toThrow(VaultError);
  expect(open(await orgKey(id, createVault(master)), seal(kept, 'hola', 'b'), 'b').toString()).toBe('hola');
});

test('persons have keys of their own, fetched together', async () => {
  const id = await organisation();
  const [ana, luis] = [await person(id), await person(id)];
  const keys = await personKeys(id, [ana, luis, uuid()]);
  expect([...keys.keys()].sort()).toEqual([ana, luis].sort());
  const sealed = seal(keys.get(ana)!, 'hola', 'b');
  expect(open((await personKeys(id, [ana], createVault(master))).get(ana)!, sealed, 'b').toString()).toBe('hola');
  expect(() => open(keys.get(luis)!, sealed, 'b')).toThrow(VaultError);
});

test('a destroyed key opens and seals nothing, and does not come back', async () => {
  const id = await organisation();
  const ana = await person(id);
  const sealed = seal((await personKeys(id, [ana])).get(ana)!, 'hola', 'b');
  await within(postgres.db, id, (trx) => vault.destroyPersonKey(trx, id, ana));
  for (const other of [vault, createVault(master)]) {
    const destroyed = (await personKeys(id, [ana], other)).get(ana)!;
    expect(() => open(destroyed, sealed, 'b')).toThrow(expect.objectContaining({ reason: 'destroyed' }));
    expect(() => seal(destroyed, 'hola', 'b')).toThrow(expect.objectContaining({ reason: 'destroyed' }));
  }
});

test("one organisation's wrapped key is nothing to another", async () => {
  const [one, other] = [await orgKey(await organisation()), await orgKey(await organisation())];
  const { wrapped } = vault.newPersonKey(one);
  expect(() => vault.unwrapPersonKey(other, wrapped)).toThrow(VaultError);
});

test('a blind index finds equal texts of one purpose and organisation, and nothing else', async () => {
  const [one, other] = [await orgKey(await organisation()), await orgKey(await organisation())];
  expect(blindIndex(one, 'address', '34600111222')).toEqual(blindIndex(one, 'address', '34600111222'));
  const looks = [
    blindIndex(one, 'address', '34600111222'),
    blindIndex(one, 'document', '34600111222'),
    blindIndex(one, 'address', '34600111223'),
    blindIndex(other, 'address', '34600111222'),
  ];
  expect(new Set(looks.map((look) => look.toString('hex'))).size).toBe(4);
});

test('the message of an error holds nothing of what was sealed', () => {
  const sealed = seal(key, 'diabetes', 'message:1');
  expect(() => open(key, sealed, 'message:2')).toThrow(/^sealed text cannot be opened: altered$/);
});
