import { symbols } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, openDesk, type SignedIn } from '../../../test/desk.ts';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { log } from '../../platform/log.ts';
import { within } from '../../platform/postgres.ts';
import { redFlagPack } from '../../triage/screen.ts';
import { ROLES, type Role, type StaffActor } from '../../trust/contract.ts';
import { hashPassword } from '../../trust/password.ts';
import type { PackContent, PackHead, Tried } from './contract.ts';
import { signRedFlags } from './sign.ts';

const postgres = await testDatabase({ max: 12 });
afterAll(() => postgres.close());

const PASSWORD = 'a long password of theirs';
const DAY = 86_400_000;
const pack = redFlagPack();
let stage: Stage;
let desk: Desk;
beforeEach(async () => {
  stage = await createStage(postgres);
  desk = await openDesk(postgres, stage);
});
afterEach(async () => {
  await desk.close();
  await stage.close();
});

async function signIn(role: Role): Promise<SignedIn & { staff: StaffActor }> {
  const staff = await stage.staff(role, [role]);
  await asOwner(postgres.ownerUrl, 'update account set password_hash = $1 where id = $2', [
    await hashPassword(PASSWORD),
    staff.accountId,
  ]);
  return { ...(await desk.signIn(staff)), staff };
}
const sign = (by: SignedIn, more: Record<string, unknown> = {}) =>
  by.post<PackHead & { code: string }>('/api/red-flags/sign', {
    hash: pack.hash,
    name: 'Núria Casals',
    licence: 'COMB 12345',
    expiresAt: new Date(Date.now() + 30 * DAY).toISOString(),
    password: PASSWORD,
    ...more,
  });

describe('who may', () => {
  test('read and try: who works with it; sign and withdraw: clinicians; nobody else', async () => {
    const readers: Role[] = ['nurse', 'supervisor', 'quality', 'author', 'clinician'];
    for (const role of ROLES) {
      const signed = await desk.signIn(await stage.staff(role, [role]));
      const reads = readers.includes(role) ? 200 : 403;
      expect((await signed.get('/api/red-flags')).status, role).toBe(reads);
      expect((await signed.get('/api/red-flags/pack')).status, role).toBe(reads);
      expect((await signed.post('/api/red-flags/try', { text: 'hola', language: 'es' })).status, role).toBe(reads);
      // a clinician is let in, and refused for the wrong content only
      const hash = 'a'.repeat(64);
      const signs = role === 'clinician' ? 409 : 403;
      expect((await sign(signed, { hash })).status, role).toBe(signs);
      expect((await signed.post('/api/red-flags/withdraw', { hash, reason: 'test' })).status, role).toBe(signs);
    }
  });
});

describe('the pack', () => {
  test('is shown whole: what screens is what is read', async () => {
    const nurse = await signIn('nurse');
    const head = (await nurse.get<PackHead>('/api/red-flags')).body;
    expect(head).toMatchObject({ version: pack.version, hash: pack.hash, state: 'draft', signedUntil: null });
    expect(head.signatures).toEqual([]);
    const content = (await nurse.get<PackContent>('/api/red-flags/pack')).body;
    expect(content.hash).toBe(pack.hash);
    expect(content.rules.map((one) => one.id)).toEqual(pack.rules.map((one) => one.id));
    const count = (by: Record<string, unknown[]>): number =>
      Object.values(by).reduce((sum, all) => sum + all.length, 0);
    expect(content.concepts.map((one) => [one.name, count(one.entries), count(one.except)])).toEqual(
      pack.concepts.map((one) => [one.name, one.entries.length, one.except.length]),
    );
    // every family that an entry names is there to be opened
    const families = new Set(content.families.map((one) => one.name));
    for (const concept of pack.concepts)
      for (const entry of concept.entries)
        for (const [, name] of entry.text.matchAll(/<([^>]+)>/g)) expect(families, entry.text).toContain(name);
    expect(content.texts.call.es).toContain('{number}');
  });

  test('a sentence is explained in its own letters; nothing of it is stored or logged', async () => {
    const nurse = await signIn('nurse');
    const rows = async (): Promise<string> => {
      const tables = (
        await asOwner(
          postgres.ownerUrl,
          `select table_name as t from information_schema.tables where table_schema = 'public'`,
        )
      ).rows.map((row) => String(row.t));
      const counts: string[] = [];
      for (const table of tables.sort())
        if (!table.startsWith('session'))
          counts.push(
            `${table} ${(await asOwner(postgres.ownerUrl, `select count(*) as n from "${table}"`)).rows[0].n}`,
          );
      return counts.join('\n');
    };
    const before = await rows();
    const written: string[] = [];
    const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[symbols.streamSym]!;
    const { write } = stream;
    stream.write = (line) => void written.push(line);
    const { level } = log;
    log.level = 'trace';
    const text = 'no tengo fiebre pero me duele mucho el pecho y no puedo respirar xilofon';
    let found: Tried;
    try {
      log.info('this is caught');
      found = (await nurse.post<Tried>('/api/red-flags/try', { text, language: 'es' })).body;
      expect((await nurse.post('/api/red-flags/try', { text, language: 'xilofon' })).status).toBe(400);
    } finally {
      log.level = level;
      stream.write = write;
    }
    expect(found.level).toBe('hard');
    expect(found.flags.map((one) => one.category)).toEqual(expect.arrayContaining(['cardiac', 'respiratory']));
    expect(found.told).toContain('112');
    for (const one of [...found.concepts, ...found.contexts]) expect(text.slice(one.start, one.end)).toBe(one.words);
    expect(found.concepts.find((one) => one.words === 'fiebre')).toMatchObject({
      state: 'removed',
      because: 'negation',
    });
    expect(found.concepts.find((one) => one.words === 'pecho' && one.concept === 'chest')?.state).toBe('present');
    expect(await rows()).toBe(before);
    expect(written.join('')).toContain('this is caught');
    expect(written.join('')).not.toContain('xilofon');
    const calm = (await nurse.post<Tried>('/api/red-flags/try', { text: 'quiero pedir cita', language: 'es' })).body;
    expect(calm).toMatchObject({ level: 'none', flags: [], told: null });
    expect((await nurse.post('/api/red-flags/try', { text: '   ', language: 'es' })).status).toBe(400);
  });
});

describe('a signature', () => {
  test('is for exactly this content, with the password, for two years at most', async () => {
    const clinician = await signIn('clinician');
    expect((await sign(clinician, { hash: 'b'.repeat(64) })).body.code).toBe('redflags.other_content');
    expect((await sign(clinician, { password: 'another one' })).body.code).toBe('trust.wrong_password');
    const at = (days: number) => ({ expiresAt: new Date(Date.now() + days * DAY).toISOString() });
    expect((await sign(clinician, at(-1))).body.code).toBe('redflags.bad_expiry');
    expect((await sign(clinician, at(1000))).body.code).toBe('redflags.bad_expiry');
    expect((await clinician.get<PackHead>('/api/red-flags')).body.state).toBe('draft');

    const signed = (await sign(clinician)).body;
    expect(signed).toMatchObject({ state: 'signed', signatures: [{ name: 'Núria Casals', genuine: true }] });
    expect(signed.history).toMatchObject([{ state: 'signed', by: 'clinician', hash: pack.hash }]);
    // again: for longer, in the same state
    const longer = at(300);
    const again = (await sign(clinician, longer)).body;
    expect(again).toMatchObject({ state: 'signed', signedUntil: longer.expiresAt });
    expect(again.signatures).toHaveLength(2);
    expect(again.history).toHaveLength(1);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select action, subject_id from audit_entry where actor_id = $1 and subject_kind = 'red_flags' order by id`,
      [clinician.staff.membershipId],
    );
    expect(rows).toEqual([
      { action: 'sign', subject_id: pack.hash },
      { action: 'sign', subject_id: pack.hash },
    ]);
  });

  test('runs out, and can be given again', async () => {
    const clinician = await signIn('clinician');
    const past = new Date(Date.now() - 20 * DAY);
    await within(postgres.db, stage.organisationId, (trx) =>
      signRedFlags(
        trx,
        clinician.staff,
        pack,
        { hash: pack.hash, name: 'Núria Casals', licence: 'COMB 1', expiresAt: new Date(Date.now() - DAY) },
        { vault: stage.vault, now: past },
      ),
    );
    expect((await clinician.get<PackHead>('/api/red-flags')).body).toMatchObject({
      state: 'expired',
      signedUntil: null,
    });
    expect((await clinician.post('/api/red-flags/withdraw', { hash: pack.hash, reason: 'wrong' })).body.code).toBe(
      'redflags.not_signed',
    );
    expect((await sign(clinician)).body).toMatchObject({ state: 'signed' });
  });

  test('is withdrawn with a reason; what was withdrawn counts no more, and the pack goes on screening', async () => {
    const clinician = await signIn('clinician');
    const withdraw = (reason: string) => clinician.post('/api/red-flags/withdraw', { hash: pack.hash, reason });
    expect((await withdraw('not yet')).body.code).toBe('redflags.not_signed');
    await sign(clinician);
    expect((await withdraw(' ')).status).toBe(400);
    const gone = (await withdraw('a rule is missing')).body as PackHead;
    expect(gone).toMatchObject({ state: 'withdrawn', signedUntil: null, signatures: [{ withdrawn: true }] });
    expect(gone.history[0]).toMatchObject({ state: 'withdrawn', reason: 'a rule is missing' });
    const tried = await clinician.post<Tried>('/api/red-flags/try', { text: 'no puedo respirar', language: 'es' });
    expect(tried.body.level).toBe('hard');
    expect((await sign(clinician)).body).toMatchObject({ state: 'signed' });
  });

  test('that the database was made to show counts for nothing, and another organisation sees none', async () => {
    const clinician = await signIn('clinician');
    await sign(clinician);
    await asOwner(postgres.ownerUrl, 'update red_flag_signature set name = $1 where organisation_id = $2', [
      'Somebody else',
      stage.organisationId,
    ]);
    const head = (await clinician.get<PackHead>('/api/red-flags')).body;
    expect(head).toMatchObject({ state: 'draft', signatures: [{ name: 'Somebody else', genuine: false }] });
    const other = await createStage(postgres);
    const stranger = await desk.signIn(await other.staff('nurse', ['nurse']));
    expect((await stranger.get<PackHead>('/api/red-flags')).body).toMatchObject({ state: 'draft', signatures: [] });
    await other.close();
  });
});
