import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { testOrganisation, testVault } from '../../test/organisation.ts';
import { asOwner, testDatabase } from '../../test/postgres.ts';
import { addContactPoint } from '../patient/contact-points.ts';
import { prove } from '../patient/identify.ts';
import { addPerson } from '../patient/people.ts';
import { systemClock } from '../platform/clock.ts';
import { uuid } from '../platform/ids.ts';
import { within } from '../platform/postgres.ts';
import type { Departing, Inbound, Situation, Turn } from './contract.ts';
import { readMessages } from './queries.ts';
import { createReceiver } from './receive.ts';
import { createConversations, type ConversationDeps, type Followers, type HandedOver } from './verbs.ts';

const postgres = await testDatabase({ max: 12 });
afterAll(() => postgres.close());
const vault = testVault();
const account = uuid();

/** An assistant that says back what it heard, hands over at "persona", closes on "adios" and breaks on "veneno". */
function echo(situation: Situation): Turn {
  const text = situation.content.kind === 'text' ? situation.content.text : situation.content.kind;
  if (text === 'veneno') throw new Error('this assistant breaks on poison');
  const heard = ((situation.session as { heard?: number } | null)?.heard ?? 0) + 1;
  const turn: Turn = { session: { heard }, says: [{ kind: 'text', text: `${heard}:${text}` }], trace: [] };
  if (text.endsWith('persona'))
    turn.handover = {
      queue: 'general',
      priority: 'standard',
      reason: 'asked_for_person',
      summary: [{ key: 'reason', value: 'cita' }],
    };
  if (text === 'adios') turn.close = { outcome: 'solved' };
  return turn;
}

let organisationId: string;
let departed: Departing[];
let handed: HandedOver[];
let deps: ConversationDeps;
const followers: Followers = {
  screen: (text) =>
    text.includes('me ahogo')
      ? { level: 'hard', flags: [{ rule: 'RESP-01', category: 'respiratory' }] }
      : { level: 'none', flags: [] },
  emergencyText: (level, _language, number) => `${level} ${number}`,
  turns: async (_trx, situations) => situations.map(echo),
  handedOver: async (_trx, conversations) => {
    handed.push(...conversations);
    return conversations.map(() => ({ queueId: null, says: 'en cola' }));
  },
  released: async () => undefined,
};

beforeEach(async () => {
  organisationId = await testOrganisation(postgres.ownerUrl);
  departed = [];
  handed = [];
  deps = { vault, clock: systemClock, processId: uuid(), followers, depart: (list) => departed.push(...list) };
});

function said(from: string, text: string, n: number, at = new Date(Date.now() - 60_000)): Inbound {
  return {
    organisationId,
    channel: 'whatsapp',
    accountId: account,
    externalId: `wamid.${from}.${n}`,
    address: from,
    profileName: 'Ana',
    sentAt: at,
    content: { kind: 'text', text },
  };
}

async function thread(): Promise<{
  conversations: { id: string; state: string; message_count: number; priority: string; unread: number }[];
  words: string[][];
}> {
  return within(postgres.db, organisationId, async (trx) => {
    const conversations = await trx
      .selectFrom('conversation')
      .select(['id', 'state', 'message_count', 'priority', 'unread'])
      .orderBy('opened_at')
      .orderBy('id')
      .execute();
    const words = [];
    for (const { id } of conversations) {
      const messages = await readMessages(trx, vault, organisationId, { conversationId: id, limit: 5_000 });
      words.push(
        messages.map(
          (message) =>
            `${message.direction} ${message.content.kind === 'text' ? message.content.text : message.content.kind}`,
        ),
      );
    }
    return { conversations, words };
  });
}

describe('receive', () => {
  test('a first word makes a person, a conversation and an answer, and what was said is sealed', async () => {
    const receive = createReceiver(postgres.db, deps);
    const result = await receive(said('34600000001', 'hola secreta', 1));
    expect(result.outcome).toBe('stored');
    expect((await thread()).words).toEqual([['in hola secreta', 'out 1:hola secreta']]);
    expect(departed.map((reply) => [reply.address, reply.content])).toEqual([
      ['34600000001', { kind: 'text', text: '1:hola secreta' }],
    ]);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select string_agg(t::text, ' ') as everything from (
      select encode(content_sealed, 'escape') as t from message union all select payload::text from event
      union all select encode(address_sealed, 'escape') from contact_point union all select encode(profile_name_sealed, 'escape') from contact_point) x`,
    );
    expect(rows[0].everything).not.toMatch(/secreta|34600000001|Ana/);
  });

  test('the same message many times, at once and later, changes nothing', async () => {
    const receive = createReceiver(postgres.db, deps);
    const first = await Promise.all(Array.from({ length: 20 }, () => receive(said('34600000002', 'hola', 1))));
    expect(first.filter((result) => result.outcome === 'stored')).toHaveLength(1);
    expect(first.filter((result) => result.outcome === 'duplicate')).toHaveLength(19);
    expect((await receive(said('34600000002', 'hola', 1))).outcome).toBe('duplicate');
    expect((await thread()).words).toEqual([['in hola', 'out 1:hola']]);
    expect(departed).toHaveLength(1);
  });

  test('a thousand messages shuffled, doubled and taken by two processes make each thread once, in the sender’s order', async () => {
    const people = 40;
    const each = 25;
    const begin = Date.now() - 3_600_000;
    const all: Inbound[] = [];
    for (let p = 0; p < people; p += 1)
      for (let n = 0; n < each; n += 1) all.push(said(`346100000${p}`, `m${n}`, n, new Date(begin + n * 1_000)));
    const doubled = [...all, ...all];
    // a fixed shuffle (Fisher–Yates with a small generator), the same on every run
    let seed = 42;
    for (let i = doubled.length - 1; i > 0; i -= 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const j = seed % (i + 1);
      [doubled[i], doubled[j]] = [doubled[j]!, doubled[i]!];
    }
    const processes = [createReceiver(postgres.db, deps), createReceiver(postgres.db, { ...deps, processId: uuid() })];
    const results = await Promise.all(doubled.map((inbound, i) => processes[i % 2]!(inbound)));
    expect(results.filter((result) => result.outcome === 'stored')).toHaveLength(people * each);
    expect(results.filter((result) => result.outcome === 'duplicate')).toHaveLength(people * each);
    const { conversations, words } = await thread();
    expect(conversations).toHaveLength(people);
    for (const [i, list] of words.entries()) {
      expect(list.filter((line) => line.startsWith('in '))).toEqual(Array.from({ length: each }, (_, n) => `in m${n}`));
      expect(list.filter((line) => line.startsWith('out '))).toHaveLength(each);
      expect(conversations[i]!.message_count).toBe(each * 2);
    }
    expect(departed).toHaveLength(people * each);
  });

  test('asking for a person waits; what comes after is kept without an answer of the assistant', async () => {
    const receive = createReceiver(postgres.db, deps);
    await receive(said('34600000003', 'persona', 1));
    await receive(said('34600000003', 'sigo aquí', 2));
    const { conversations, words } = await thread();
    expect(words).toEqual([['in persona', 'out 1:persona', 'out en cola', 'in sigo aquí']]);
    expect(conversations[0]).toMatchObject({ state: 'waiting', unread: 2 });
    expect(handed).toHaveLength(1);
    expect(handed[0]).toMatchObject({
      queue: 'general',
      reason: 'asked_for_person',
      channel: 'whatsapp',
      language: 'es',
    });
  });

  test('a word after closing opens the same conversation within the window, a new one after it', async () => {
    let now = new Date();
    const receive = createReceiver(postgres.db, { ...deps, clock: () => now });
    await receive(said('34600000004', 'adios', 1));
    expect((await thread()).conversations.map((c) => c.state)).toEqual(['closed']);
    await receive(said('34600000004', 'otra cosa', 2));
    expect((await thread()).conversations.map((c) => c.state)).toEqual(['assistant']);
    await receive(said('34600000004', 'adios', 3));
    now = new Date(now.getTime() + 3 * 3_600_000);
    await receive(said('34600000004', 'al día siguiente', 4));
    expect((await thread()).conversations.map((c) => c.state)).toEqual(['closed', 'assistant']);
  });

  test('a red flag beats the assistant: fixed words, critical, urgent queue, a flag; also while waiting and with an agent', async () => {
    const receive = createReceiver(postgres.db, deps);
    await receive(said('34600000005', 'hola', 1));
    await receive(said('34600000005', 'me ahogo', 2));
    expect((await thread()).words).toEqual([
      ['in hola', 'out 1:hola', 'in me ahogo', 'out hard 112', 'out en cola', 'system trace', 'system flag'],
    ]);
    expect((await thread()).conversations[0]).toMatchObject({ state: 'waiting', priority: 'critical' });
    expect(handed[0]).toMatchObject({ queue: 'urgent', priority: 'critical', reason: 'red_flag' });

    await receive(said('34600000006', 'persona', 1));
    const id = (await receive(said('34600000006', 'espero', 2))) as { conversationId: string };
    const agent = uuid();
    const conversations = createConversations(deps);
    await within(postgres.db, organisationId, (trx) =>
      conversations.assign(
        trx,
        { kind: 'system', organisationId },
        { conversationId: id.conversationId, agentId: agent, agentName: 'Irene' },
      ),
    );
    await receive(said('34600000006', 'de pronto me ahogo', 3));
    const after = await within(postgres.db, organisationId, (trx) =>
      trx
        .selectFrom('conversation')
        .select(['state', 'agent_id', 'priority'])
        .where('id', '=', id.conversationId)
        .executeTakeFirstOrThrow(),
    );
    expect(after).toEqual({ state: 'with_agent', agent_id: agent, priority: 'critical' });
    const flags = await within(postgres.db, organisationId, (trx) =>
      trx.selectFrom('flag').select(['level', 'rules']).execute(),
    );
    expect(flags).toEqual([
      { level: 'hard', rules: ['RESP-01'] },
      { level: 'hard', rules: ['RESP-01'] },
    ]);
  });

  test('a message that breaks the assistant goes to a person and takes nobody with it', async () => {
    const receive = createReceiver(postgres.db, deps);
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, n) => receive(said(`3462000000${n}`, n === 5 ? 'veneno' : 'hola', 1))),
    );
    expect(results.every((result) => result.outcome === 'stored')).toBe(true);
    const { conversations } = await thread();
    expect(conversations.filter((c) => c.state === 'assistant')).toHaveLength(11);
    expect(conversations.filter((c) => c.state === 'waiting')).toHaveLength(1);
    expect(handed[0]).toMatchObject({ reason: 'assistant_failed' });
  });

  test('what cannot be stored is kept with its reason', async () => {
    const broken = createReceiver(postgres.db, {
      ...deps,
      followers: {
        ...followers,
        screen: () => {
          throw new RangeError('no');
        },
      },
    });
    const result = await broken(said('34600000007', 'hola', 1));
    expect(result).toEqual({ outcome: 'dead', reason: 'RangeError' });
    const letters = await within(postgres.db, organisationId, (trx) =>
      trx.selectFrom('dead_letter').select(['source', 'reason', 'external_id']).execute(),
    );
    expect(letters).toEqual([{ source: 'whatsapp', reason: 'RangeError', external_id: 'wamid.34600000007.1' }]);
  });

  test('times that cannot be are brought back to what can', async () => {
    const receive = createReceiver(postgres.db, deps);
    await receive(said('34600000008', 'futuro', 1, new Date('2099-01-01')));
    await receive(said('34600000008', 'pasado', 2, new Date('1970-01-01')));
    await receive(said('34600000008', 'nada', 3, new Date(Number.NaN)));
    const { rows } = await within(postgres.db, organisationId, (trx) =>
      sql<{ min: Date; max: Date }>`select min(sent_at), max(sent_at) from message`.execute(trx),
    );
    expect(rows[0]!.max.getTime()).toBeLessThanOrEqual(Date.now());
    expect(rows[0]!.min.getTime()).toBeGreaterThan(Date.now() - 8 * 86_400_000);
  });

  /** An assistant that believes who says "soy Ana", a patient who is known at 34600000010. */
  const believing = async (): Promise<ReturnType<typeof createReceiver>> => {
    const known = await within(postgres.db, organisationId, (trx) =>
      addPerson(trx, vault, { organisationId, patientId: 'p-1', name: 'Ana' }),
    );
    await within(postgres.db, organisationId, (trx) =>
      addContactPoint(trx, vault, {
        organisationId,
        channel: 'whatsapp',
        accountId: account,
        address: '34600000010',
        people: [{ personId: known, proof: 'matched' }],
      }),
    );
    return createReceiver(postgres.db, {
      ...deps,
      followers: {
        ...followers,
        turns: async (trx, situations) => {
          const turns = situations.map(echo);
          for (const [i, situation] of situations.entries())
            if (situation.content.kind === 'text' && situation.content.text.startsWith('soy Ana'))
              turns[i]!.person = {
                ...(await prove(trx, vault, {
                  organisationId,
                  contactPointId: situation.contactPointId,
                  personId: situation.personId,
                  patientId: 'p-1',
                  level: 'matched',
                  method: 'test',
                })),
                proof: 'matched',
              };
          return turns;
        },
      },
    });
  };

  test('who proves to be someone with a conversation open elsewhere goes on in that one, and only one stays open', async () => {
    const identifying = await believing();
    const there = (await identifying(said('34600000010', 'hola', 1))) as { conversationId: string };
    const here = (await identifying(said('34600000011', 'hola', 1))) as { conversationId: string };
    await identifying(said('34600000011', 'soy Ana', 2));
    const next = (await identifying(said('34600000011', 'sigo', 3))) as { conversationId: string };
    expect(next.conversationId).toBe(there.conversationId);
    const { conversations, words } = await thread();
    expect(conversations.map(({ id, state }) => [id, state])).toEqual([
      [there.conversationId, 'assistant'],
      [here.conversationId, 'closed'],
    ]);
    // what the assistant was at goes along: two words were heard here, this is the third
    expect(words[0]).toEqual(['in hola', 'out 1:hola', 'in sigo', 'out 3:sigo']);
    expect(departed.at(-1)!.address).toBe('34600000011');
  });

  test('led to a person in the same breath they go on in the one that waits, and the one with the assistant ends', async () => {
    const identifying = await believing();
    const there = (await identifying(said('34600000010', 'hola', 1))) as { conversationId: string };
    const here = (await identifying(said('34600000011', 'hola', 1))) as { conversationId: string };
    await identifying(said('34600000011', 'soy Ana, persona', 2));
    const next = (await identifying(said('34600000010', 'sigo', 2))) as { conversationId: string };
    expect(next.conversationId).toBe(here.conversationId);
    expect((await thread()).conversations.map(({ id, state }) => [id, state])).toEqual([
      [there.conversationId, 'closed'],
      [here.conversationId, 'waiting'],
    ]);
    expect(handed.map(({ conversationId }) => conversationId)).toEqual([here.conversationId]);
  });

  test('any text goes through whole: right to left, emoji, code, quotes, very long', async () => {
    const receive = createReceiver(postgres.db, deps);
    const texts = [
      'مرحبا، أحتاج موعدا',
      '👩‍⚕️🩺',
      `'; drop table person; --`,
      '<script>alert(1)</script>',
      'a'.repeat(60_000),
      '\u202Ehola',
    ];
    for (const [n, text] of texts.entries())
      await receive(said('34600000009', text, n, new Date(Date.now() - 60_000 + n * 1_000)));
    const words = (await thread()).words[0]!.filter((line) => line.startsWith('in ')).map((line) => line.slice(3));
    expect(words).toEqual(texts);
  });
});
