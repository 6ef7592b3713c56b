import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testOrganisation, testStaff, testVault } from '../../../test/organisation.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { within } from '../../platform/postgres.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { PROTOCOL_STATES } from './contract.ts';
import type { Protocol, ProtocolState } from './contract.ts';
import {
  activateProtocol,
  importProtocol,
  retireProtocol,
  reviewProtocol,
  seedProtocols,
  signProtocol,
  versionOf,
} from './life-cycle.ts';
import { OWN_PROTOCOLS } from './read.ts';
import { history, serving, signatures, versions, writeState } from './store.ts';

const postgres = await testDatabase();
const vault = testVault();
const NOW = new Date('2026-11-23T09:00:00Z');
const deps = { vault, now: NOW };
const inAYear = new Date('2027-11-23T09:00:00Z');
const yaml = await readFile(join(OWN_PROTOCOLS, 'head_injury.yaml'), 'utf8');
let organisationId = '';
let author: StaffActor;
let clinician: StaffActor;

beforeAll(async () => {
  organisationId = await testOrganisation(postgres.ownerUrl);
  author = await testStaff(postgres.ownerUrl, organisationId, 'Carme', ['author']);
  clinician = await testStaff(postgres.ownerUrl, organisationId, 'Núria', ['clinician']);
});
afterAll(() => postgres.close());

const as = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(postgres.db, organisationId, work);
const code = (error: unknown): string => (error as { code?: string }).code ?? String(error);
const fails = (work: (trx: Trx) => Promise<unknown>): Promise<string> =>
  as(work).then(
    () => 'done',
    (error: unknown) => code(error),
  );

let number = 100;
/** A version of its own, as a draft. */
const fresh = (content = yaml): Promise<Protocol> =>
  as((trx) => importProtocol(trx, author, content.replace('version: 1', `version: ${++number}`), NOW));
const sign = (trx: Trx, hash: string, expiresAt = inAYear): Promise<void> =>
  signProtocol(trx, clinician, { hash, name: 'Núria Casals', licence: 'COMB 12345', expiresAt }, deps);

const TO: Record<ProtocolState, (trx: Trx, hash: string) => Promise<void>> = {
  draft: (trx, hash) => writeState(trx, author, { hash, state: 'draft', at: NOW }),
  reviewed: (trx, hash) => reviewProtocol(trx, author, { hash }, deps),
  signed: (trx, hash) => sign(trx, hash),
  active: (trx, hash) => activateProtocol(trx, clinician, { hash }, deps),
  retired: (trx, hash) => retireProtocol(trx, clinician, { hash, reason: 'test' }, deps),
};
const WAY: ProtocolState[] = ['reviewed', 'signed', 'active', 'retired'];

async function broughtTo(state: ProtocolState): Promise<string> {
  const { hash } = await fresh();
  for (const step of WAY.slice(0, WAY.indexOf(state) + 1)) await as((trx) => TO[step](trx, hash));
  return hash;
}

describe('a version goes draft → reviewed → signed → active → retired', () => {
  test.each(PROTOCOL_STATES.flatMap((from) => PROTOCOL_STATES.map((to) => [from, to] as const)))(
    '%s → %s',
    async (from, to) => {
      const hash = await broughtTo(from);
      const allowed = WAY.indexOf(to) === WAY.indexOf(from) + 1;
      // signing again what is signed or active makes it last longer; its state stays
      const renews = to === 'signed' && (from === 'signed' || from === 'active');
      const said = await fails((trx) => TO[to](trx, hash));
      if (allowed || renews) expect(said).toBe('done');
      else expect(['protocol.wrong_state', '23514']).toContain(said);
      const now = await as((trx) => versionOf(trx, vault, organisationId, hash));
      expect(now.state).toBe(allowed ? to : from);
      if (!allowed)
        // and the database alone refuses it too
        expect(await fails((trx) => writeState(trx, clinician, { hash, state: to, at: NOW }))).toBe('23514');
    },
  );

  test('each step is a row with its time and actor, and none can be written over', async () => {
    const hash = await broughtTo('retired');
    const rows = await as((trx) => history(trx, organisationId, hash));
    expect(rows.map((row) => [row.state, row.actorName])).toEqual([
      ['draft', 'Carme'],
      ['reviewed', 'Carme'],
      ['signed', 'Núria'],
      ['active', 'Núria'],
      ['retired', 'Núria'],
    ]);
    for (const statement of [
      sql`update protocol_state set state = 'active' where hash = ${hash}`,
      sql`delete from protocol_state where hash = ${hash}`,
      sql`update protocol_version set content = '{}' where hash = ${hash}`,
      sql`update protocol_signature set expires_at = now() + interval '9 years' where hash = ${hash}`,
    ])
      expect(await fails((trx) => statement.execute(trx))).toBe('42501');
  });

  test('a new active version retires the one before, and there is never a second one', async () => {
    const first = await broughtTo('active');
    const second = await broughtTo('signed');
    expect(await fails((trx) => writeState(trx, clinician, { hash: second, state: 'active', at: NOW }))).toBe('23514');
    await as((trx) => TO.active(trx, second));
    const all = await as((trx) => versions(trx, vault, organisationId, { protocol: 'head_injury' }));
    expect(all.filter((one) => one.state === 'active').map((one) => one.protocol.hash)).toEqual([second]);
    expect(all.find((one) => one.protocol.hash === first)!.state).toBe('retired');
  });
});

describe('what may be imported and signed', () => {
  test('the same content twice is one version; another content under the same number is refused', async () => {
    const content = yaml.replace('version: 1', 'version: 77');
    const one = await as((trx) => importProtocol(trx, author, content, NOW));
    const again = await as((trx) => importProtocol(trx, author, content, NOW));
    expect(again.hash).toBe(one.hash);
    expect(await fails((trx) => importProtocol(trx, author, content.replace('Golpe en la cabeza', 'Golpe'), NOW))).toBe(
      'protocol.version_exists',
    );
    expect(await fails((trx) => importProtocol(trx, author, 'protocol: x', NOW))).toBe('protocol.unreadable');
  });

  test('what is not proven is neither reviewed nor signed', async () => {
    // "strong" no longer raises when the person vomits: a positive that lowers
    const { hash } = await fresh(yaml.replace('when: strong or headache', 'when: (strong and not wound) or headache'));
    expect(await fails((trx) => TO.reviewed(trx, hash))).toBe('protocol.not_proven');
    await as((trx) => writeState(trx, author, { hash, state: 'reviewed', at: NOW }));
    expect(await fails((trx) => sign(trx, hash))).toBe('protocol.not_proven');
  });

  test('a signature ends within two years, and never before it begins', async () => {
    const hash = await broughtTo('reviewed');
    for (const when of ['2026-11-22T09:00:00Z', '2029-11-24T09:00:00Z'])
      expect(await fails((trx) => sign(trx, hash, new Date(when)))).toBe('protocol.bad_expiry');
  });

  test('a signature that was tampered with counts for nothing', async () => {
    const hash = await broughtTo('signed');
    await asOwner(postgres.ownerUrl, `update protocol_signature set licence = 'COMB 99999' where hash = $1`, [hash]);
    const [mine] = await as((trx) => signatures(trx, vault, organisationId, hash));
    expect(mine).toMatchObject({ licence: 'COMB 99999', genuine: false });
    expect(await fails((trx) => TO.active(trx, hash))).toBe('protocol.expired');
  });

  test('content that is not what its hash says is not run', async () => {
    const hash = await broughtTo('active');
    const other = 'a'.repeat(64);
    await asOwner(
      postgres.ownerUrl,
      `insert into protocol_version (organisation_id, hash, protocol, version, content)
       select organisation_id, $2, protocol, version + 1000, jsonb_set(content, '{otherwise,level}', '"emergency_now"')
       from protocol_version where hash = $1`,
      [hash, other],
    );
    await as((trx) => writeState(trx, author, { hash: other, state: 'draft', at: NOW }));
    const found = await as((trx) => versions(trx, vault, organisationId));
    expect(found.map((one) => one.protocol.hash)).toContain(hash);
    expect(found.map((one) => one.protocol.hash)).not.toContain(other);
  });
});

describe('whom it serves', () => {
  const at = (now: Date, draftsAllowed: boolean): Promise<{ id: string; draft: boolean; hash: string }[]> =>
    as(async (trx) =>
      (await serving(trx, vault, { id: organisationId, settings: { draftsAllowed } }, now)).map((one) => ({
        id: one.protocol.content.protocol,
        draft: one.draft,
        hash: one.protocol.hash,
      })),
    );

  test('unsigned, expired and retired ones serve nobody but where drafts are allowed, as drafts', async () => {
    await as((trx) => seedProtocols(trx, organisationId, NOW));
    const fever = (list: Awaited<ReturnType<typeof at>>) => list.find((one) => one.id === 'child_fever');
    expect(fever(await at(NOW, false))).toBeUndefined();
    expect(fever(await at(NOW, true))).toMatchObject({ draft: true });
    const { hash } = fever(await at(NOW, true))!;
    for (const step of ['reviewed', 'signed'] as const) {
      await as((trx) => TO[step](trx, hash));
      expect(fever(await at(NOW, false)), step).toBeUndefined();
    }
    await as((trx) => TO.active(trx, hash));
    expect(fever(await at(NOW, false))).toEqual({ id: 'child_fever', draft: false, hash });
    const afterwards = new Date('2027-11-23T09:00:01Z');
    expect(fever(await at(afterwards, false))).toBeUndefined();
    expect(fever(await at(afterwards, true))).toMatchObject({ draft: true });
    await as((trx) => TO.retired(trx, hash));
    expect(fever(await at(NOW, false))).toBeUndefined();
    expect(fever(await at(NOW, true))).toMatchObject({ draft: true });
  });

  test('another organisation sees none of it', async () => {
    const other = await testOrganisation(postgres.ownerUrl);
    expect(
      await within(postgres.db, other, (trx) =>
        serving(trx, vault, { id: other, settings: { draftsAllowed: true } }, NOW),
      ),
    ).toEqual([]);
  });
});
