import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeHospital } from '../demo/hospital/hospital.ts';
import { seedDemo } from '../demo/seed.ts';
import { asOwner, testDatabase } from './postgres.ts';
import type { Departing, ProofLevel, Situation, Turn } from '../server/conversation/contract.ts';
import { createReceiver } from '../server/conversation/receive.ts';
import { createConversations, type ConversationDeps } from '../server/conversation/verbs.ts';
import { addContactPoint } from '../server/patient/contact-points.ts';
import { addProxy } from '../server/patient/proxies.ts';
import { openDatabase, within } from '../server/platform/postgres.ts';
import { uuid } from '../server/platform/ids.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import { createVault } from '../server/trust/vault.ts';
import { createAssistant } from '../server/assistant/assistant.ts';
import { publishFlows } from '../server/assistant/publish.ts';

/** Health data before the proof that is asked for: each way that somebody could think of to get at another's. */

const postgres = await testDatabase();
const vault = createVault(randomBytes(32));
const NOW = new Date('2026-11-23T09:00:00Z');
const assistant = createAssistant({ vault, clock: () => NOW });
const personas = makeHospital(NOW).personas;
let organisationId = '';
let accountId = '';

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
    more: async (trx, id) => void (await publishFlows(trx, id)),
  });
  await owner.close();
  const { rows } = await asOwner(postgres.ownerUrl, 'select distinct account_id as id from contact_point limit 1');
  accountId = rows[0].id;
});
afterAll(() => postgres.close());

async function personOf(patientId: string): Promise<string> {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    'select id from person where patient_id = $1 and merged_into is null',
    [patientId],
  );
  return rows[0].id;
}

/** Somebody who writes from an address behind which these people are known, the first of them last. */
async function writes(
  people: { personId: string; proof: ProofLevel }[],
): Promise<{ situation: Situation; say(what: string): Promise<string>; begin(): Promise<void> }> {
  const contactPointId = await within(postgres.db, organisationId, (trx) =>
    addContactPoint(trx, vault, { organisationId, channel: 'whatsapp', accountId, address: uuid(), people }),
  );
  const one = {
    situation: {
      organisationId,
      contactPointId,
      accountId,
      channel: 'whatsapp',
      personId: people[0]!.personId,
      aboutId: people[0]!.personId,
      conversationId: uuid(),
      fresh: true,
      state: 'assistant',
      language: 'es',
      proof: people[0]!.proof,
      session: null,
      receivedAt: NOW,
      content: { kind: 'text', text: '' },
    } as Situation,
    async say(what: string) {
      const [turn] = await within(postgres.db, organisationId, (trx) =>
        assistant.turns(trx, [{ ...one.situation, content: { kind: 'text', text: what } }]),
      );
      one.situation = {
        ...one.situation,
        fresh: false,
        session: turn!.session === null ? null : JSON.parse(JSON.stringify(turn!.session)),
        ...turn!.person,
      };
      return words(turn!);
    },
    /** A new conversation, with the proof that the address has kept for who wrote last. */
    async begin() {
      const { personId } = one.situation;
      const { rows } = await asOwner(
        postgres.ownerUrl,
        'select proof from contact_point_person where contact_point_id = $1 and person_id = $2',
        [contactPointId, personId],
      );
      one.situation = {
        ...one.situation,
        fresh: true,
        session: null,
        conversationId: uuid(),
        aboutId: personId,
        proof: rows[0].proof,
      };
    },
  };
  return one;
}

let ahead = 0;
/** What is remembered of an organisation for ten seconds is forgotten. */
function later(): void {
  vi.restoreAllMocks();
  ahead += 11_000;
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
}

const words = (turn: Turn): string =>
  turn.says
    .map(
      (said) =>
        ('text' in said ? said.text : '') +
        (said.kind === 'menu' ? said.options.map((one) => one.title).join('|') : ''),
    )
    .join('\n');

test('what one of a family proved once is not open to whoever takes the telephone next and says that name', async () => {
  const [wife, husband] = [
    personas.find((one) => one.name.startsWith('Tránsito'))!,
    personas.find((one) => one.name.startsWith('Benigno'))!,
  ];
  const hers = await personOf(wife.patientId);
  const telephone = await writes([
    { personId: hers, proof: 'claimed' },
    { personId: await personOf(husband.patientId), proof: 'claimed' },
  ]);
  const [year, month, day] = wife.birthDate.split('-');
  for (const first of ['hola', 'mis citas', 'ver mis resultados', 'mi medicación']) {
    await telephone.begin();
    await telephone.say('hola');
    await telephone.say(wife.name.split(' ')[0]!);
    await telephone.say('mis citas');
    await telephone.say(wife.documentNumber);
    await telephone.say(`${day}/${month}/${year}`);
    expect(telephone.situation, first).toMatchObject({ personId: hers, proof: 'matched' });
    await telephone.begin();
    expect(telephone.situation.proof, first).toBe('matched');
    expect(await telephone.say(first), first).toMatch(/¿Quién escribe\?|número de documento/);
    if (first === 'hola') {
      await telephone.say(wife.name.split(' ')[0]!);
      expect(telephone.situation, first).toMatchObject({ personId: hers, proof: 'claimed' });
      expect(await telephone.say('mis citas')).toMatch(/número de documento/);
    }
    // the next message is read with what the address keeps
    await telephone.begin();
    expect(telephone.situation.proof, first).toBe('claimed');
  }
});

/** The whole way of a word, from any address, to what is read there. */
function house() {
  const departed: Departing[] = [];
  const deps: ConversationDeps = {
    vault,
    clock: () => NOW,
    processId: uuid(),
    followers: {
      screen: () => ({ level: 'none', flags: [] }),
      emergencyText: () => '112',
      turns: (trx, situations) => assistant.turns(trx, situations),
      handedOver: (trx, handed) => handedOver(trx, handed, () => NOW),
      released: (trx, gone) => released(trx, gone, () => NOW),
    },
    depart: (departing) => void departed.push(...departing),
  };
  const receive = createReceiver(postgres.db, deps);
  return {
    conversations: createConversations(deps),
    departed,
    /** @returns what is read there after these words, and the conversation that they are in */
    async write(address: string, text: string) {
      departed.length = 0;
      const received = await receive({
        organisationId,
        channel: 'whatsapp',
        accountId,
        externalId: uuid(),
        address,
        profileName: 'P',
        sentAt: NOW,
        content: { kind: 'text', text },
      });
      if (received.outcome !== 'stored') throw new Error(received.outcome);
      const read = words({ says: departed.map(({ content }) => content) } as Turn);
      return { read, conversationId: received.conversationId };
    },
  };
}
const open = async (personId: string): Promise<{ id: string; state: string }[]> =>
  (
    await asOwner(
      postgres.ownerUrl,
      `select id, state from conversation where person_id = $1 and state <> 'closed' order by id`,
      [personId],
    )
  ).rows;

test('who proves to be someone whom people serve already is told so, keeps their place and reads the answer where they write', async () => {
  const patient = personas.find((one) => one.name.startsWith('Encarnación'))!;
  const { conversations, departed, write } = house();
  const telephone = uuid();
  const personId = await personOf(patient.patientId);
  await within(postgres.db, organisationId, (trx) =>
    addContactPoint(trx, vault, {
      organisationId,
      channel: 'whatsapp',
      accountId,
      address: telephone,
      people: [{ personId, proof: 'matched' }],
    }),
  );
  const waits = await write(telephone, 'quiero hablar con una persona');
  expect(await open(personId)).toEqual([{ id: waits.conversationId, state: 'waiting' }]);
  const identifies = async (state: 'waiting' | 'with_agent'): Promise<void> => {
    const window = uuid();
    const [year, month, day] = patient.birthDate.split('-');
    await write(window, 'mis citas');
    await write(window, patient.documentNumber);
    const { read } = await write(window, `${day}/${month}/${year}`);
    expect(read).toMatch(state === 'waiting' ? /ya está esperando.*su lugar no cambia/i : /ya le atiende una persona/i);
    // nothing is asked that nobody would hear the answer to
    expect(read).not.toMatch(/\?|\|/);
    expect(await open(personId)).toEqual([{ id: waits.conversationId, state }]);
    await within(postgres.db, organisationId, (trx) =>
      conversations.reply(
        trx,
        { kind: 'system', organisationId },
        { conversationId: waits.conversationId, content: { kind: 'text', text: 'Hola' } },
      ),
    );
    expect(departed.at(-1)).toMatchObject({ address: window, content: { text: 'Hola' } });
    expect((await write(window, '¿mañana abren?')).conversationId).toBe(waits.conversationId);
  };
  await identifies('waiting');
  const { rows } = await asOwner(postgres.ownerUrl, `select id from membership where organisation_id = $1 limit 1`, [
    organisationId,
  ]);
  await within(postgres.db, organisationId, (trx) =>
    conversations.assign(
      trx,
      { kind: 'system', organisationId },
      { conversationId: waits.conversationId, agentId: rows[0].id, agentName: 'Irene' },
    ),
  );
  await identifies('with_agent');
});

test('a proxy that is revoked or runs out in the middle of a conversation ends there', async () => {
  const [carer, mother] = [personas[0]!, personas[1]!];
  for (const end of ['revoked_at = now()', "expires_at = now() - interval '1 second'"]) {
    const personId = await personOf(carer.patientId);
    const forPersonId = await personOf(mother.patientId);
    await within(postgres.db, organisationId, (trx) =>
      addProxy(trx, { organisationId, personId, forPersonId, relation: 'PRN' }),
    );
    const writer = await writes([{ personId, proof: 'matched' }]);
    await writer.say('quiero ver mis resultados');
    await writer.say('2');
    expect(writer.situation.aboutId, end).toBe(forPersonId);
    await asOwner(postgres.ownerUrl, `update proxy set ${end} where person_id = $1 and for_person_id = $2`, [
      personId,
      forPersonId,
    ]);
    await writer.say('1');
    expect(writer.situation.aboutId, end).toBe(personId);
  }
});

test('an organisation that asks for more than a document gives nothing for a document, not even in its greeting', async () => {
  const one = personas[0]!;
  const personId = await personOf(one.patientId);
  const owner = openDatabase(postgres.ownerUrl);
  await within(owner.db, organisationId, (trx) =>
    sql`update organisation set settings = settings || '{"proofForHealthData": "confirmed"}' where id = ${organisationId}::uuid`.execute(
      trx,
    ),
  );
  later();
  try {
    const writer = await writes([{ personId, proof: 'matched' }]);
    const greeting = await writer.say('hola');
    expect(greeting).not.toContain(one.name.split(' ')[0]);
    for (const wish of ['mis citas', 'ver mis resultados', 'mi medicación']) {
      await writer.begin();
      writer.situation = { ...writer.situation, proof: 'matched' };
      await writer.say(wish);
      const { rows } = await asOwner(
        postgres.ownerUrl,
        "select count(*)::int as n from audit_entry where person_id = $1 and action = 'read' and at > now() - interval '3 seconds'",
        [personId],
      );
      expect(rows[0].n, wish).toBe(0);
    }
  } finally {
    await within(owner.db, organisationId, (trx) =>
      sql`update organisation set settings = settings - 'proofForHealthData' where id = ${organisationId}::uuid`.execute(
        trx,
      ),
    );
    await owner.close();
    later();
  }
});
