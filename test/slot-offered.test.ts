import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seedDemo } from '../demo/seed.ts';
import { asOwner, testDatabase } from './postgres.ts';
import type { Departing, InboundContent, OutboundContent } from '../server/conversation/contract.ts';
import { createReceiver } from '../server/conversation/receive.ts';
import { type ConversationDeps, createConversations } from '../server/conversation/verbs.ts';
import { wakeSleepers } from '../server/conversation/wake.ts';
import { addContactPoint } from '../server/patient/contact-points.ts';
import { addPerson, personOfPatient } from '../server/patient/people.ts';
import type { Proof } from '../server/patient/rules.ts';
import { uuid } from '../server/platform/ids.ts';
import { startJobs } from '../server/platform/jobs.ts';
import { openDatabase, type Trx, within } from '../server/platform/postgres.ts';
import { bookAppointment } from '../server/record/book.ts';
import { cancelAppointment } from '../server/record/cancel.ts';
import { SLOT_OFFERED } from '../server/record/contract.ts';
import { findSlots } from '../server/record/find.ts';
import { upcomingAppointments } from '../server/record/queries.ts';
import { joinWaitingList, waitingList } from '../server/record/waiting.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import type { Actor } from '../server/trust/contract.ts';
import { createVault } from '../server/trust/vault.ts';
import { createAssistant } from '../server/assistant/assistant.ts';
import { publishFlows } from '../server/assistant/publish.ts';
import { createSlotOffered } from '../server/assistant/slot-offered.ts';

const postgres = await testDatabase();
const { db } = postgres;
const vault = createVault(randomBytes(32));
/** Ten in the morning of a Monday, on the hospital's wall. */
const MORNING = new Date('2026-11-23T09:00:00Z');
let now = MORNING;
const clock = (): Date => now;
const later = (hours: number): Date => (now = new Date(now.getTime() + hours * 3_600_000));
const assistant = createAssistant({ vault, clock });
const departed: Departing[] = [];
const deps: ConversationDeps = {
  vault,
  clock,
  processId: uuid(),
  followers: {
    screen: () => ({ level: 'none', flags: [] }),
    emergencyText: () => '112',
    turns: (trx, situations) => assistant.turns(trx, situations),
    handedOver: (trx, handed) => handedOver(trx, handed, clock),
    released: (trx, gone) => released(trx, gone, clock),
  },
  depart: (departing) => void departed.push(...departing),
};
const conversations = createConversations(deps);
const receive = createReceiver(db, deps);
const slotOffered = createSlotOffered({ db, clock, assistant, conversations });
let organisationId = '';
let accountId = '';
let actor: Actor;
let quiet: string[] = [];
const at = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, organisationId, work);

beforeAll(async () => {
  const owner = openDatabase(postgres.ownerUrl);
  organisationId = await seedDemo(owner.db, vault, {
    now: MORNING,
    webOrigins: [],
    number: {
      phoneNumberId: '1',
      displayNumber: '34900000000',
      secrets: { accessToken: 'a', appSecret: 'b', verifyToken: 'c' },
    },
    more: async (trx, id) => void (await publishFlows(trx, id)),
  });
  await owner.close();
  actor = { kind: 'assistant', organisationId };
  await at(async (trx) => {
    accountId = (await sql<{ id: string }>`select id from channel_account where channel = 'whatsapp'`.execute(trx))
      .rows[0]!.id;
    // grown up, nothing to come, nobody's relative
    const { rows } = await sql<{ id: string }>`
      select p.id from resource p where p.type = 'Patient' and p.content->>'birthDate' < '2005-01-01' and p.content -> 'link' is null
        and not exists (select from appointment a where a.patient_id = p.id and a.status = 'booked')
        and not exists (select from resource r where r.type = 'RelatedPerson' and r.content::text like '%' || p.id || '%')
      order by p.id`.execute(trx);
    quiet = rows.map((row) => row.id);
    expect(quiet.length).toBeGreaterThan(12);
  });
});
beforeEach(() => {
  now = MORNING;
  departed.length = 0;
});
afterAll(async () => {
  await receive.idle();
  await postgres.close();
});

type Waiting = { patientId: string; personId: string; address: string; slotId: string; offerId: string };
const someone = (): string => quiet.pop()!;
const address = (): string => `34${String(600_000_000 + Math.floor(Math.random() * 99_999_999))}`;

/** Somebody who waits and writes from an address. */
async function waits(specialty: string, options: { proof?: Proof; language?: string; write?: string } = {}) {
  const patientId = someone();
  const from = address();
  const personId = await at(async (trx) => {
    const id = await personOfPatient(trx, vault, {
      organisationId,
      patientId,
      name: 'Nombre',
      language: options.language ?? 'es',
    });
    await sql`update person set language = ${options.language ?? 'es'} where id = ${id}::uuid`.execute(trx);
    await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address: from,
      people: [{ personId: id, proof: options.proof ?? 'matched' }],
    });
    await joinWaitingList(trx, actor, { patientId, specialty }, now);
    return id;
  });
  if (options.write) await write(from, options.write);
  return { patientId, personId, address: from };
}

/** Somebody gives a time of a specialty back. */
async function comesFree(specialty: string): Promise<{ slotId: string; offerId: string }> {
  return at(async (trx) => {
    const window = {
      from: new Date(now.getTime() + 3 * 86_400_000).toISOString(),
      to: new Date(now.getTime() + 30 * 86_400_000).toISOString(),
    };
    const [slot] = await findSlots(trx, organisationId, { specialty, ...window, limit: 1 });
    const { id } = await bookAppointment(trx, actor, { patientId: quiet[0]!, slotId: slot!.id }, now);
    const { offered } = await cancelAppointment(trx, actor, { appointmentId: id }, now);
    return { slotId: slot!.id, offerId: offered!.offerId };
  });
}

async function write(from: string, content: InboundContent | string): Promise<string> {
  departed.length = 0;
  const received = await receive({
    organisationId,
    channel: 'whatsapp',
    accountId,
    externalId: uuid(),
    address: from,
    sentAt: now,
    content: typeof content === 'string' ? { kind: 'text', text: content } : content,
  });
  if (received.outcome !== 'stored') throw new Error(received.outcome);
  return received.conversationId;
}

const tap = (from: string, title: RegExp): Promise<string> => {
  const menu = departed.findLast((one) => one.content.kind === 'menu')!.content as Extract<
    OutboundContent,
    { kind: 'menu' }
  >;
  const option = menu.options.find((one) => title.test(one.title))!;
  return write(from, { kind: 'choice', id: option.id, title: option.title });
};

const tell = (waiting: Pick<Waiting, 'offerId'>): Promise<void> =>
  slotOffered({ organisationId, offerId: waiting.offerId });
const said = (): string => departed.map((one) => ('text' in one.content ? one.content.text : '')).join('\n');
const openOf = (personId: string): Promise<{ id: string; state: string }[]> =>
  at(async (trx) =>
    trx
      .selectFrom('conversation')
      .select(['id', 'state'])
      .where('person_id', '=', personId)
      .where('state', '<>', 'closed')
      .execute(),
  );

describe('a slot that came free for who waits', () => {
  test('is asked about in the open conversation, once however often the job runs, and booked with a yes', async () => {
    const who = await waits('dermatology', { write: 'hola' });
    const free = await comesFree('dermatology');
    const jobs = await asOwner(
      postgres.ownerUrl,
      `select key, task_identifier from graphile_worker.jobs where key = 'slot.offered:${free.offerId}'`,
    );
    expect(jobs.rows).toMatchObject([{ task_identifier: 'slot.offered' }]);
    departed.length = 0;
    await Promise.all([tell(free), tell(free), tell(free)]);
    await tell(free);
    expect(departed).toHaveLength(1);
    expect(departed[0]).toMatchObject({ address: who.address, channel: 'whatsapp', content: { kind: 'menu' } });
    expect(said()).toMatch(/lista de espera de dermatología y se ha liberado una hora: .+ ¿La quiere\?/);
    expect((departed[0]!.content as { options: unknown[] }).options).toHaveLength(3);
    await tap(who.address, /Sí, la quiero/);
    expect(said()).toMatch(/Hecho\. Su cita: consulta de dermatología/);
    const coming = await at((trx) => upcomingAppointments(trx, organisationId, who.patientId, now));
    expect(coming).toHaveLength(1);
    expect(await at((trx) => waitingList(trx, organisationId, { patientId: who.patientId }))).toEqual([]);
    const { rows: entries } = await asOwner(
      postgres.ownerUrl,
      `select 1 from audit_entry where person_id = '${who.personId}' and subject_kind = 'slot_offer'`,
    );
    expect(entries).toHaveLength(1);
  });

  test('is told by the worker, from the transaction that freed it', async () => {
    const who = await waits('traumatology', { write: 'hola' });
    departed.length = 0;
    const jobs = await startJobs(postgres.ownerUrl, { [SLOT_OFFERED]: slotOffered });
    try {
      await comesFree('traumatology');
      const mine = () => departed.filter((one) => one.address === who.address);
      await expect.poll(mine).toHaveLength(1);
    } finally {
      await jobs.stop();
    }
  });

  test('begins a conversation where none is open, in the patient’s language', async () => {
    const who = await waits('ophthalmology', { language: 'ca', write: 'hola, bon dia' });
    later(20);
    await at((trx) =>
      sql`update conversation set state = 'closed', closed_at = ${MORNING} where person_id = ${who.personId}::uuid`.execute(
        trx,
      ),
    );
    const free = await comesFree('ophthalmology');
    expect(now.toISOString()).toBe('2026-11-24T05:00:00.000Z');
    later(3.9);
    departed.length = 0;
    await tell(free);
    expect(said()).toMatch(/s'ha alliberat una hora/);
    const [open] = await openOf(who.personId);
    expect(open!.state).toBe('assistant');
    await write(who.address, 'no');
    expect(said()).toMatch(/Continua a la llista d'espera/);
    expect(await at((trx) => waitingList(trx, organisationId, { patientId: who.patientId }))).toHaveLength(1);
    expect(await openOf(who.personId)).toEqual([open]);
  });

  test('taken by another meanwhile: says so and keeps them on the list', async () => {
    const who = await waits('digestive', { write: 'hola' });
    const free = await comesFree('digestive');
    departed.length = 0;
    await tell(free);
    await at((trx) => bookAppointment(trx, actor, { patientId: quiet[0]!, slotId: free.slotId }, now));
    await tap(who.address, /Sí, la quiero/);
    expect(said()).toMatch(/ya no está libre.+Sigue en la lista de espera/);
    expect(await at((trx) => waitingList(trx, organisationId, { patientId: who.patientId }))).toHaveLength(1);
    expect(await at((trx) => upcomingAppointments(trx, organisationId, who.patientId, now))).toEqual([]);
  });

  test('who answers nothing hears no more of it', async () => {
    const who = await waits('cardiology', { write: 'hola' });
    const free = await comesFree('cardiology');
    await tell(free);
    departed.length = 0;
    later(4.1);
    await wakeSleepers(db, deps, assistant.wake);
    expect(departed.filter((one) => one.address === who.address)).toEqual([]);
    expect(await openOf(who.personId)).toEqual([]);
  });

  test('at night it waits for the morning, once', async () => {
    const who = await waits('neurology', { write: 'hola' });
    now = new Date('2026-11-24T04:00:00Z');
    const free = await comesFree('neurology');
    departed.length = 0;
    await tell(free);
    expect(departed).toEqual([]);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select run_at from graphile_worker.jobs where key = 'slot.offered:${free.offerId}'`,
    );
    expect(rows.map((row: { run_at: Date }) => row.run_at.toISOString())).toEqual(['2026-11-24T07:00:00.000Z']);
    now = new Date('2026-11-24T07:00:00Z');
    await tell(free);
    expect(departed.map((one) => one.address)).toEqual([who.address]);
  });

  for (const [why, prepare] of Object.entries<
    (who: Waiting | { personId: string; address: string }) => Promise<unknown>
  >({
    'an agent is at work': async (who) => {
      const [open] = await openOf(who.personId);
      await at((trx) => conversations.handOver(trx, actor, { conversationId: open!.id, reason: 'asked_for_person' }));
    },
    'the window has closed': async () => later(24),
    'it is evening': async () => (now = new Date('2026-11-23T20:00:00Z')),
    'the address is shared': (who) =>
      at(async (trx) => {
        const personId = await addPerson(trx, vault, { organisationId, language: 'es' });
        await addContactPoint(trx, vault, {
          organisationId,
          channel: 'whatsapp',
          accountId,
          address: who.address,
          people: [{ personId, proof: 'claimed' }],
        });
      }),
    'the address is blocked': (who) =>
      at((trx) =>
        sql`update contact_point set blocked_at = now() where person_id = ${who.personId}::uuid`.execute(trx),
      ),
  }))
    test(`nothing is said when ${why}`, async () => {
      const who = await waits('family', { write: 'hola' });
      await prepare(who);
      const free = await comesFree('family');
      departed.length = 0;
      await tell(free);
      expect(departed).toEqual([]);
      await at((trx) =>
        sql`update waiting_entry set ended_at = now(), ended_as = 'left' where patient_id = ${who.patientId}`.execute(
          trx,
        ),
      );
    });

  test('nor with too little proof; the greeting names it once they have proved who they are', async () => {
    const who = await waits('ent', { proof: 'claimed', write: 'hola' });
    const free = await comesFree('ent');
    departed.length = 0;
    await tell(free);
    expect(departed).toEqual([]);
    await at((trx) =>
      sql`update contact_point_person set proof = 'matched' where person_id = ${who.personId}::uuid`.execute(trx),
    );
    await at((trx) =>
      sql`update conversation set state = 'closed', closed_at = ${MORNING} where person_id = ${who.personId}::uuid`.execute(
        trx,
      ),
    );
    later(2.5);
    await write(who.address, 'buenos días');
    expect(said()).toMatch(/se ha liberado una hora/);
    // told: neither the job nor the next greeting says it again
    departed.length = 0;
    await tell(free);
    expect(departed).toEqual([]);
    await write(who.address, 'no');
    expect(said()).toMatch(/Sigue en la lista/);
    // asked for, it is shown again while it stands
    await write(who.address, 'lista de espera');
    expect(said()).toMatch(/se ha liberado una hora/);
    await tap(who.address, /Sí/);
    expect(said()).toMatch(/Hecho/);
  });
});
