import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedDemo } from '../demo/seed.ts';
import { createAssistant } from '../server/assistant/assistant.ts';
import { publishFlows } from '../server/assistant/publish.ts';
import type { Departing, InboundContent, OutboundContent } from '../server/conversation/contract.ts';
import { createReceiver } from '../server/conversation/receive.ts';
import type { ConversationDeps } from '../server/conversation/verbs.ts';
import { addContactPoint } from '../server/patient/contact-points.ts';
import { personOfPatient } from '../server/patient/people.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase, type Trx, within } from '../server/platform/postgres.ts';
import { upcomingAppointments } from '../server/record/queries.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import { seedProtocols } from '../server/triage/protocols/life-cycle.ts';
import { createVault } from '../server/trust/vault.ts';
import { testDatabase } from './postgres.ts';

/* What a triage leads to on the record: the age that it knows, and an appointment within a day. */

const postgres = await testDatabase();
const { db } = postgres;
const vault = createVault(randomBytes(32));
const NOW = new Date('2026-11-23T09:00:00Z');
const clock = (): Date => NOW;
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
const receive = createReceiver(db, deps);
let organisationId = '';
let accountId = '';
let quiet: string[] = [];
const at = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, organisationId, work);

beforeAll(async () => {
  const owner = openDatabase(postgres.ownerUrl);
  organisationId = await seedDemo(owner.db, vault, {
    now: NOW,
    webOrigins: [],
    number: {
      phoneNumberId: '1',
      displayNumber: '34900000000',
      secrets: { accessToken: 'a', appSecret: 'b', verifyToken: 'c' },
    },
    more: async (trx, id) => {
      await publishFlows(trx, id);
      await seedProtocols(trx, id, NOW);
    },
  });
  await owner.close();
  await at(async (trx) => {
    accountId = (await sql<{ id: string }>`select id from channel_account where channel = 'whatsapp'`.execute(trx))
      .rows[0]!.id;
    // between twenty and sixty, nothing to come, nobody's relative
    const { rows } = await sql<{ id: string }>`
      select p.id from resource p where p.type = 'Patient' and p.content->>'birthDate' between '1967-01-01' and '2005-01-01'
        and p.content -> 'link' is null
        and not exists (select from appointment a where a.patient_id = p.id and a.status = 'booked')
        and not exists (select from resource r where r.type = 'RelatedPerson' and r.content::text like '%' || p.id || '%')
      order by p.id`.execute(trx);
    quiet = rows.map((row) => row.id);
    expect(quiet.length).toBeGreaterThan(3);
  });
});
beforeEach(() => void (departed.length = 0));
afterAll(async () => {
  await receive.idle();
  await postgres.close();
});

type Menu = Extract<OutboundContent, { kind: 'menu' }>;
/** A patient of the record, proved from this address. */
async function patient() {
  const patientId = quiet.pop()!;
  const address = `34${String(600_000_000 + Math.floor(Math.random() * 99_999_999))}`;
  await at(async (trx) => {
    const id = await personOfPatient(trx, vault, { organisationId, patientId, name: 'Nombre', language: 'es' });
    await addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address,
      people: [{ personId: id, proof: 'matched' }],
    });
  });
  let conversation = '';
  const send = async (content: InboundContent): Promise<string> => {
    departed.length = 0;
    const received = await receive({
      organisationId,
      channel: 'whatsapp',
      accountId,
      externalId: uuid(),
      address,
      profileName: 'N',
      sentAt: NOW,
      content,
    });
    if (received.outcome !== 'stored') throw new Error(received.outcome);
    conversation = received.conversationId;
    return departed.map((one) => ('text' in one.content ? one.content.text : '')).join('\n');
  };
  const menu = (): Menu => departed.map((one) => one.content).findLast((one) => one.kind === 'menu') as Menu;
  return {
    patientId,
    menu,
    conversation: () => conversation,
    says: (text: string) => send({ kind: 'text', text }),
    taps: (title: string | RegExp) => {
      const option = menu().options.find((one) =>
        typeof title === 'string' ? one.title === title : title.test(one.title),
      )!;
      expect(
        option,
        `${String(title)} in ${menu()
          .options.map((one) => one.title)
          .join(' | ')}`,
      ).toBeDefined();
      return send({ kind: 'choice', id: option.id, title: option.title });
    },
  };
}
type Patient = Awaited<ReturnType<typeof patient>>;

/** Through the questions about a blow to the head, to an open wound: to be seen within a day. */
async function toBeSeenSoon(): Promise<Patient> {
  const ana = await patient();
  await ana.says('me encuentro mal');
  if (/Para quién/.test(ana.menu().text)) await ana.taps('Para mí');
  // the record knows the birth date: nobody asks for the age
  await ana.says('un golpe en la cabeza con la puerta');
  expect(ana.menu().text).toMatch(/Perdió el conocimiento/);
  for (let i = 0; i < 10; i++) await ana.taps('No');
  await ana.taps('Leve');
  await ana.taps('No');
  return ana;
}

test('an appointment within a day is booked from the free times until tomorrow, and no later', async () => {
  const ana = await toBeSeenSoon();
  expect(await ana.taps('Sí')).toMatch(/próximas 24 horas/);
  const offered = ana.menu();
  const days = offered.options
    .filter((one) => !/Ver más|Hablar|Ninguna/.test(one.title))
    .map((one) => one.title.slice(0, 10));
  expect(days.length).toBeGreaterThan(0);
  for (const day of days) expect(['Lun 23 nov', 'Mar 24 nov']).toContain(day);
  await ana.taps(offered.options[0]!.title);
  expect(await ana.taps('Sí, reservar')).toMatch(/Hecho. Su cita/);
  const coming = await at((trx) => upcomingAppointments(trx, organisationId, ana.patientId, NOW));
  expect(coming).toHaveLength(1);
  expect(coming[0]!.localStart < '2026-11-25').toBe(true);
});

test('who finds no time that suits within a day comes to a nurse, never to a later day', async () => {
  const ana = await toBeSeenSoon();
  await ana.taps('Sí');
  expect(await ana.says('ninguna me va bien')).toMatch(/Le paso con enfermería/);
  const { rows } = await at((trx) =>
    sql<{ key: string; reason: string }>`
      select q.key, i.reason from item i join queue q on q.id = i.queue_id where i.conversation_id = ${ana.conversation()}::uuid`.execute(
      trx,
    ),
  );
  expect(rows).toEqual([{ key: 'nursing', reason: 'no_slot_24h' }]);
});
