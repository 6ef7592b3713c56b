import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { languageOf } from '../server/assistant/languages.ts';
import type { ConversationState, InboundContent, OutboundContent, Situation } from '../server/conversation/contract.ts';
import { readMessages } from '../server/conversation/queries.ts';
import { raiseUnanswered } from '../server/conversation/red-flags/raise.ts';
import { uuid } from '../server/platform/ids.ts';
import { within } from '../server/platform/postgres.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import { saveAgent } from '../server/routing/agents.ts';
import { take } from '../server/routing/offers.ts';
import { setPresence } from '../server/routing/presence.ts';
import { saveQueue } from '../server/routing/queues.ts';
import type { Category } from '../server/triage/contract.ts';
import { emergencyText } from '../server/triage/emergency.ts';
import type { ConversationView, Inbox } from '../server/desk/contract.ts';
import { ROLES, type StaffActor } from '../server/trust/contract.ts';
import { createLine, type Desk, openDesk } from './desk.ts';
import { type ChannelHouse, channelHouse, until } from './graph.ts';
import { testStaff } from './organisation.ts';
import { asOwner, testDatabase } from './postgres.ts';

/* The way of a red flag, from the webhook and the web window to the rows: real rooms up to routing, and words whose level is known. */

const postgres = await testDatabase({ max: 24 });
afterAll(() => postgres.close());

const HARD = 'me ahogo';
const SOFT = 'molestia en el pecho';
const SOFT_ERRAND = 'quiero cita, tengo molestia en el pecho';
function screen(text: string): { level: 'hard' | 'soft' | 'none'; flags: { rule: string; category: string }[] } {
  if (text.includes('sangro')) return { level: 'hard', flags: [{ rule: 'BLEED-01', category: 'bleeding' }] };
  if (text.includes(HARD) || /no puedo\s+respirar/.test(text))
    return { level: 'hard', flags: [{ rule: 'RESP-01', category: 'respiratory' }] };
  if (/molestia.* en el pecho/.test(text)) return { level: 'soft', flags: [{ rule: 'CARD-09', category: 'cardiac' }] };
  return { level: 'none', flags: [] };
}

let house: ChannelHouse;
let irene: StaffActor;
let nurse: StaffActor;
/** By how much the house's clock is ahead. */
let ahead: number;
let turns: Situation[];
const clock = (): Date => new Date(Date.now() + ahead);

beforeEach(async () => {
  ahead = 0;
  turns = [];
  house = await channelHouse(postgres, {
    clock,
    turn: (situation) => {
      turns.push(situation);
      const { content } = situation;
      const words = content.kind === 'text' ? content.text : content.kind;
      return {
        session: { heard: words },
        says: [{ kind: 'text', text: `eco ${words}` }],
        trace: [],
        ...(words === 'protocolo' && {
          handover: { queue: 'urgent', priority: 'critical', reason: 'triage', summary: [] },
        }),
        ...(words === 'persona' && {
          handover: {
            queue: 'general',
            priority: 'standard',
            reason: 'asked_for_person',
            summary: [{ key: 'wish', value: 'cita' }],
          },
        }),
      };
    },
    followers: {
      screen,
      spokenIn: languageOf,
      emergencyText: (level, language, number, category, address) =>
        emergencyText(level, language, number, category as Category, address),
      handedOver: (trx, conversations) => handedOver(trx, conversations, clock),
      released: (trx, conversations) => released(trx, conversations, clock),
    },
  });
  const { organisationId } = house;
  irene = await testStaff(postgres.ownerUrl, organisationId, 'Irene', ['agent']);
  nurse = await testStaff(postgres.ownerUrl, organisationId, 'Lucía', ['nurse']);
  await within(postgres.db, organisationId, async (trx) => {
    for (const key of ['general', 'urgent'])
      await saveQueue(trx, organisationId, { key, names: { es: key, ca: key, en: key, pt: key }, skills: [] } as never);
  });
});
afterEach(() => house.close());

/** Somebody who writes on a channel, the way it really comes in. */
type Patient = {
  says(content: string | InboundContent): Promise<void>;
  id(): Promise<string>;
};
const CHANNELS = ['whatsapp', 'webchat'] as const;
let person = 0;

async function patient(channel: (typeof CHANNELS)[number], language = 'es'): Promise<Patient> {
  person += 1;
  const address = `3469900${String(person).padStart(4, '0')}`;
  let contact: string | undefined;
  const id = async (): Promise<string> => {
    const { rows } = await asOwner(
      postgres.ownerUrl,
      `select c.id from conversation c join leg l on l.conversation_id = c.id join contact_point p on p.id = l.contact_point_id
       where c.organisation_id = $1 and p.channel = $2 order by c.opened_at desc, c.id desc`,
      [house.organisationId, channel],
    );
    return (contact ??= rows[0].id as string);
  };
  if (channel === 'whatsapp')
    return {
      id,
      async says(content) {
        const wire =
          typeof content === 'string'
            ? { type: 'text', text: { body: content } }
            : content.kind === 'choice'
              ? {
                  type: 'interactive',
                  interactive: { type: 'button_reply', button_reply: { id: content.id, title: content.title } },
                }
              : (content as never);
        expect((await house.graph.write(address, 'Ana', wire)).status).toBe(200);
      },
    };
  const call = (path: string, body: unknown, token?: string): Promise<Response> =>
    fetch(`${house.url}${path}`, {
      method: 'POST',
      headers: {
        origin: 'https://www.hospital.example',
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const visit = (await (await call('/webchat/visits', { organisation: house.slug, language })).json()) as {
    token: string;
  };
  return {
    id,
    async says(content) {
      const said = typeof content === 'string' ? { kind: 'text', text: content } : content;
      const answer = await call('/webchat/messages', { clientId: uuid(), content: said }, visit.token);
      expect(answer.status).toBe(202);
    },
  };
}

type Thread = { said: string[]; flags: Record<string, unknown>[]; outs: OutboundContent[] };
async function thread(conversationId: string): Promise<Thread> {
  const messages = await within(postgres.db, house.organisationId, (trx) =>
    readMessages(trx, house.vault, house.organisationId, { conversationId, limit: 200 }),
  );
  const lines: Record<string, unknown>[] = [];
  const said: string[] = [];
  const outs: OutboundContent[] = [];
  for (const { direction, content } of messages) {
    if (content.kind === 'flag') lines.push(content);
    if (direction === 'out') outs.push(content as OutboundContent);
    if (direction === 'in' || direction === 'out')
      said.push(`${direction} ${'text' in content ? content.text : 'title' in content ? content.title : content.kind}`);
  }
  return { said, flags: lines, outs };
}
const steps = (one: Thread): string[] =>
  one.flags.map((line) =>
    [line['what'], line['level'] ?? line['answer'] ?? line['why'], line['asked']].filter(Boolean).join(' '),
  );
const conversationOf = async (
  id: string,
): Promise<{ state: string; priority: string; agent_id: string | null; queue: string | null }> =>
  (
    await asOwner(
      postgres.ownerUrl,
      'select c.state, c.priority, c.agent_id, q.key as queue from conversation c left join queue q on q.id = c.queue_id where c.id = $1',
      [id],
    )
  ).rows[0];
const flagsOf = async (id: string): Promise<Record<string, unknown>[]> =>
  (await asOwner(postgres.ownerUrl, 'select * from flag where conversation_id = $1 order by at, id', [id])).rows;
const itemOf = async (id: string): Promise<{ state: string; priority: string; queue: string }> =>
  (
    await asOwner(
      postgres.ownerUrl,
      `select i.state, i.priority, q.key as queue from item i join queue q on q.id = i.queue_id where i.conversation_id = $1 order by i.queued_at desc limit 1`,
      [id],
    )
  ).rows[0];
const emergencies = (one: Thread, category: Category): number =>
  one.outs.filter((content) => content.kind === 'text' && content.text === emergencyText('hard', 'es', '112', category))
    .length;

/** The two minutes pass, for every process at once. */
async function minutesPass(minutes = 2): Promise<void> {
  ahead += minutes * 60_000 + 1_000;
  await Promise.all([
    raiseUnanswered(postgres.db, house.deps),
    raiseUnanswered(postgres.db, { ...house.deps, processId: uuid() }),
  ]);
}

/** Irene takes what waits. */
async function taken(conversationId: string): Promise<void> {
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select id from item where conversation_id = $1 and state = 'queued'`,
    [conversationId],
  );
  await within(postgres.db, house.organisationId, async (trx) => {
    await saveAgent(trx, house.organisationId, irene.membershipId, { capacity: 15 });
    await setPresence(trx, irene, { state: 'break' }, clock());
    await take(trx, irene, { itemId: rows[0].id }, { conversations: house.conversations, now: clock() });
  });
}

/** Brings a patient's conversation to a state, the way it gets there. */
async function bring(who: Patient, state: ConversationState): Promise<string> {
  await who.says(state === 'assistant' ? 'hola' : 'persona');
  const conversationId = await who.id();
  if (state === 'assistant' || state === 'waiting') return conversationId;
  await taken(conversationId);
  await within(postgres.db, house.organisationId, async (trx) => {
    if (state === 'on_hold') await house.conversations.hold(trx, irene, { conversationId });
    if (state === 'wrapping')
      await trx.updateTable('conversation').set({ state: 'wrapping' }).where('id', '=', conversationId).execute();
  });
  expect((await conversationOf(conversationId)).state).toBe(state);
  return conversationId;
}
const replies = (conversationId: string, text: string): Promise<unknown> =>
  within(postgres.db, house.organisationId, (trx) =>
    house.conversations.reply(trx, irene, { conversationId, content: { kind: 'text', text } }),
  );
/** The button of the last question. */
async function button(conversationId: string, answer: 'yes' | 'no'): Promise<InboundContent> {
  const menu = (await thread(conversationId)).outs.findLast((content) => content.kind === 'menu');
  if (menu?.kind !== 'menu') throw new Error('nothing was asked');
  const option = menu.options.find(({ id }) => id.includes(answer))!;
  return { kind: 'choice', id: option.id, title: option.title };
}

describe.each(CHANNELS)('on %s', (channel) => {
  test('who writes in another language than is known of them is answered in it, and from then on', async () => {
    const ana = await patient(channel);
    const id = await bring(ana, 'assistant');
    await ana.says(`eu não estou bem, tenho uma ${SOFT}`);
    expect((await thread(id)).outs.at(-1)).toMatchObject({
      kind: 'menu',
      options: [{ title: 'Sim' }, { title: 'Não' }],
    });
    await ana.says(await button(id, 'yes'));
    const { outs } = await thread(id);
    const said = outs.map((one) => (one.kind === 'text' ? one.text : ''));
    expect(said).toContain(emergencyText('hard', 'pt', '112', 'cardiac'));
  });

  test('the organisation speaks to patients as vos in danger too', async () => {
    const speak = (to: string): Promise<unknown> =>
      within(postgres.db, house.organisationId, (trx) =>
        sql`update organisation set settings = jsonb_set(settings, '{address}', to_jsonb(${to}::text))`.execute(trx),
      );
    await speak('vos');
    try {
      const ana = await patient(channel);
      const id = await bring(ana, 'assistant');
      await ana.says(`Hola, tengo ${SOFT}`);
      const asked = (await thread(id)).outs.at(-1)!;
      expect(JSON.stringify(asked)).toContain('¿Te está pasando ahora? Si es así, llamá al 112');
      await ana.says(await button(id, 'yes'));
      const said = (await thread(id)).outs.map((one) => (one.kind === 'text' ? one.text : ''));
      expect(said).toContain(emergencyText('hard', 'es', '112', 'cardiac', 'vos'));
    } finally {
      await speak('usted');
    }
  });

  describe('a soft flag', () => {
    test('is asked about with two buttons and the number; a no gives the errand back to the assistant', async () => {
      const ana = await patient(channel);
      const id = await bring(ana, 'assistant');
      await ana.says(SOFT_ERRAND);
      const asked = (await thread(id)).outs.at(-1)!;
      expect(asked).toMatchObject({ kind: 'menu', options: [{ title: 'Sí' }, { title: 'No' }] });
      expect('text' in asked && asked.text).toContain('112');
      expect(turns).toHaveLength(1);
      expect((await flagsOf(id))[0]).toMatchObject({ level: 'soft', agent_id: null, lowered_at: null });
      await ana.says(await button(id, 'no'));
      const after = await thread(id);
      expect(after.said.slice(-2)).toEqual([expect.stringContaining('enfermería'), `out eco ${SOFT_ERRAND}`]);
      expect(turns.at(-1)!.content).toEqual({ kind: 'text', text: SOFT_ERRAND });
      expect(steps(after)).toEqual(['raised soft patient', 'answered no']);
      expect((await flagsOf(id))[0]).toMatchObject({ level: 'soft', answer: 'no', due_at: null, lowered_at: null });
      expect(await conversationOf(id)).toMatchObject({ state: 'assistant', priority: 'standard' });
      // nothing is left of the timer, and what comes next goes the usual way
      await minutesPass();
      await ana.says('gracias');
      expect((await thread(id)).said.at(-1)).toBe('out eco gracias');
      // a nurse, for the asking
      await ana.says('mejor enfermería');
      expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'urgent', queue: 'urgent' });
      // it went out on the channel
      await until(
        () => house.rows(),
        (rows) => rows.filter((row) => row.direction === 'out').every((row) => row.delivery !== 'sending'),
      );
    });

    test.each(['sí', 'no sé', 'no puedo', '¿qué?', 'persona'])(
      '"%s" is no clear no: the emergency at once',
      async (answer) => {
        const ana = await patient(channel);
        const id = await bring(ana, 'assistant');
        await ana.says(SOFT);
        await ana.says(answer);
        const after = await thread(id);
        expect(emergencies(after, 'cardiac')).toBe(1);
        expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'critical', queue: 'urgent' });
        expect(await itemOf(id)).toEqual({ state: 'queued', priority: 'critical', queue: 'urgent' });
        expect(await flagsOf(id)).toMatchObject([{ level: 'hard', raised_why: 'answer', due_at: null }]);
        expect(steps(after)).toEqual([
          'raised soft patient',
          answer === 'sí' ? 'answered yes' : 'answered unclear',
          'hard answer',
        ]);
        expect(turns).toHaveLength(1);
      },
    );

    test.each(['assistant', 'waiting'] as const)(
      'that nobody answers in two minutes is hard, once, while %s',
      async (state) => {
        const ana = await patient(channel);
        const id = await bring(ana, state);
        await ana.says(SOFT);
        expect(await conversationOf(id)).toMatchObject({ state });
        await minutesPass(1);
        expect(emergencies(await thread(id), 'cardiac')).toBe(0);
        await minutesPass(1);
        await minutesPass();
        const after = await thread(id);
        expect(emergencies(after, 'cardiac')).toBe(1);
        expect(steps(after)).toEqual(['raised soft patient', 'hard silence']);
        expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'critical', queue: 'urgent' });
        expect(await itemOf(id)).toMatchObject({ priority: 'critical', queue: 'urgent' });
        // the button comes late: thanked for, and nothing is lowered
        await ana.says(await button(id, 'no'));
        const late = await thread(id);
        expect(steps(late).at(-1)).toBe('answered no');
        expect(late.said.at(-1)).toContain('ya avisamos');
        expect(await conversationOf(id)).toMatchObject({ priority: 'critical' });
        await until(
          () => house.rows(),
          (rows) => rows.filter((row) => row.direction === 'out').every((row) => row.delivery !== 'sending'),
        );
      },
    );

    test('while waiting a no leaves the place in the queue as it was', async () => {
      const ana = await patient(channel);
      const id = await bring(ana, 'waiting');
      await ana.says(SOFT);
      await ana.says('no');
      await minutesPass();
      expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'standard', queue: 'general' });
      expect((await thread(id)).said.at(-1)).toContain('enfermería');
    });

    test.each(['with_agent', 'on_hold', 'wrapping'] as const)(
      'is the agent’s to ask about while %s; silence makes it hard',
      async (state) => {
        const ana = await patient(channel);
        const id = await bring(ana, state);
        const before = (await thread(id)).outs.length;
        await ana.says(SOFT);
        // the machine says nothing; the agent has the word at once
        expect((await thread(id)).outs).toHaveLength(before);
        expect(await conversationOf(id)).toMatchObject({
          state: 'with_agent',
          agent_id: irene.membershipId,
          priority: 'urgent',
        });
        await ana.says('estoy en casa');
        await minutesPass();
        const after = await thread(id);
        expect(emergencies(after, 'cardiac')).toBe(1);
        expect(steps(after)).toEqual(['raised soft agent', 'hard silence']);
        expect(await conversationOf(id)).toMatchObject({ state: 'with_agent', priority: 'critical' });
        // and still nobody: whoever is free takes it
        await minutesPass();
        expect(await conversationOf(id)).toMatchObject({
          state: 'waiting',
          priority: 'critical',
          queue: 'urgent',
          agent_id: null,
        });
        expect(await itemOf(id)).toEqual({ state: 'queued', priority: 'critical', queue: 'urgent' });
        expect(steps(await thread(id)).at(-1)).toBe('unattended');
      },
    );

    test('the agent’s word is enough', async () => {
      const ana = await patient(channel);
      const id = await bring(ana, 'with_agent');
      await ana.says(SOFT);
      await replies(id, '¿Le pasa ahora?');
      await minutesPass();
      expect(emergencies(await thread(id), 'cardiac')).toBe(0);
      expect(await flagsOf(id)).toMatchObject([{ level: 'soft', answer: 'attended', due_at: null }]);
      // the same talk with the same agent is no contact repeated
      await ana.says(`sí, ${SOFT} desde ayer`);
      expect(await flagsOf(id)).toMatchObject([{ level: 'soft' }, { level: 'soft' }]);
    });
  });

  describe('a hard flag', () => {
    test.each(['assistant', 'waiting'] as const)('while %s: the text, the head of the urgent queue', async (state) => {
      const ana = await patient(channel);
      const id = await bring(ana, state);
      await ana.says(HARD);
      const after = await thread(id);
      expect(emergencies(after, 'respiratory')).toBe(1);
      expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'critical', queue: 'urgent' });
      expect(await itemOf(id)).toEqual({ state: 'queued', priority: 'critical', queue: 'urgent' });
      expect(steps(after)).toEqual(['raised hard']);
    });

    test.each(['with_agent', 'on_hold', 'wrapping'] as const)(
      'while %s: the agent has it at once, and loses it in silence',
      async (state) => {
        const ana = await patient(channel);
        const id = await bring(ana, state);
        await ana.says(HARD);
        expect(emergencies(await thread(id), 'respiratory')).toBe(1);
        expect(await conversationOf(id)).toMatchObject({
          state: 'with_agent',
          agent_id: irene.membershipId,
          priority: 'critical',
        });
        await minutesPass();
        expect(await conversationOf(id)).toMatchObject({ state: 'waiting', queue: 'urgent', agent_id: null });
      },
    );

    test('whoever takes it has two minutes to say or note a word', async () => {
      const ana = await patient(channel);
      await ana.says(HARD);
      const id = await ana.id();
      await taken(id);
      expect((await flagsOf(id))[0]).toMatchObject({ agent_id: irene.membershipId, due_at: expect.any(Date) });
      await minutesPass();
      expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'critical', queue: 'urgent' });
      await taken(id);
      await within(postgres.db, house.organisationId, (trx) =>
        house.conversations.note(trx, irene, { conversationId: id, text: 'La llamo por teléfono' }),
      );
      await minutesPass();
      expect(await conversationOf(id)).toMatchObject({ state: 'with_agent', priority: 'critical' });
    });

    test('an agent who answers keeps it; they cannot close it, hand it to the assistant or lower it', async () => {
      const ana = await patient(channel);
      const id = await bring(ana, 'with_agent');
      await ana.says(HARD);
      await replies(id, 'Llame al 112');
      await minutesPass();
      expect(await conversationOf(id)).toMatchObject({ state: 'with_agent', priority: 'critical' });
      for (const verb of [
        (trx: never): Promise<unknown> =>
          house.conversations.wrapUp(trx, irene, { conversationId: id, reason: 'x', solved: true }),
        (trx: never) => house.conversations.close(trx, irene, { conversationId: id }),
        (trx: never) => house.conversations.giveToAssistant(trx, irene, { conversationId: id }),
        (trx: never) => house.conversations.lowerFlag(trx, irene, { conversationId: id, reason: 'nada' }),
      ])
        await expect(within(postgres.db, house.organisationId, (trx) => verb(trx as never))).rejects.toMatchObject({
          code: expect.stringMatching(/flagged|not_a_nurse/),
        });
    });

    test('one panic gets one text for each kind in two minutes; each word is kept', async () => {
      const ana = await patient(channel);
      for (const words of [HARD, `${HARD} ayuda`, 'por favor', `${HARD} mucho`, 'sangro', HARD]) await ana.says(words);
      const id = await ana.id();
      let now = await thread(id);
      expect([emergencies(now, 'respiratory'), emergencies(now, 'bleeding')]).toEqual([1, 1]);
      expect(await flagsOf(id)).toHaveLength(5);
      await minutesPass();
      await ana.says(HARD);
      now = await thread(id);
      expect(emergencies(now, 'respiratory')).toBe(2);
    });

    test('words typed in parts are heard together, but not with what was heard before', async () => {
      const ana = await patient(channel);
      const id = await bring(ana, 'assistant');
      await ana.says('no puedo');
      await ana.says('respirar');
      expect(emergencies(await thread(id), 'respiratory')).toBe(1);
      expect((await thread(id)).flags[0]).toMatchObject({ what: 'raised', level: 'hard', parts: true });
      // also when somebody else wrote in between: what is remembered is read again
      const carla = await patient(channel);
      const held = await bring(carla, 'with_agent');
      await carla.says('no puedo');
      await replies(held, 'Dígame');
      await carla.says('respirar');
      expect(emergencies(await thread(held), 'respiratory')).toBe(1);
      // a part of what was heard together is not heard once more with what comes after
      const dora = await patient(channel);
      for (const words of ['molestia', 'en el pecho', 'no', 'ni en el pecho ni nada']) await dora.says(words);
      expect(await flagsOf(await dora.id())).toHaveLength(1);
      const ben = await patient(channel);
      await ben.says('no puedo');
      ahead += 61_000;
      await ben.says('respirar');
      await ben.says(HARD);
      await ben.says('gracias');
      expect(await flagsOf(await ben.id())).toHaveLength(1);
    });
  });

  test('whoever had a flag within 72 hours is not asked again', async () => {
    const ana = await patient(channel);
    const id = await bring(ana, 'assistant');
    await ana.says(SOFT);
    await ana.says('no');
    ahead += 71 * 3_600_000;
    await ana.says(SOFT);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select level, raised_why from flag where organisation_id = $1 order by at',
      [house.organisationId],
    );
    expect(rows).toEqual([
      { level: 'soft', raised_why: null },
      { level: 'hard', raised_why: 'repeat' },
    ]);
    const { rows: ids } = await asOwner(
      postgres.ownerUrl,
      'select id from conversation where organisation_id = $1 and state = $2',
      [house.organisationId, 'waiting'],
    );
    expect((await thread(ids[0].id)).flags.at(-1)).toMatchObject({ what: 'raised', level: 'hard', repeat: true });
    expect(id).toBeTruthy();
    // after 72 hours it is a question again
    const ben = await patient(channel);
    await ben.says(SOFT);
    const first = await ben.id();
    await ben.says('no');
    ahead += 73 * 3_600_000;
    await ben.says(SOFT);
    const { rows: all } = await asOwner(
      postgres.ownerUrl,
      `select f.level from flag f join conversation c on c.id = f.conversation_id where c.person_id = (select person_id from conversation where id = $1) order by f.at`,
      [first],
    );
    expect(all).toEqual([{ level: 'soft' }, { level: 'soft' }]);
  });
});

describe('whatever it is said in', () => {
  const wire: Record<string, Record<string, unknown>> = {
    'a caption': { type: 'image', image: { id: '1', mime_type: 'image/jpeg', sha256: 'x', caption: HARD } },
    'a file’s name': {
      type: 'document',
      document: { id: '1', mime_type: 'application/pdf', sha256: 'x', filename: `${HARD}.pdf` },
    },
    'a button of ours': {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'x', title: HARD } },
    },
    'a row of a list': {
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: 'x', title: HARD } },
    },
    'a template’s button': { type: 'button', button: { payload: 'x', text: HARD } },
    'a place': { type: 'location', location: { latitude: 1, longitude: 1, name: HARD } },
    'a contact’s name': {
      type: 'contacts',
      contacts: [{ name: { formatted_name: HARD }, phones: [{ phone: '+34600' }] }],
    },
    'an edited message': {
      type: 'edit',
      edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: HARD } } },
    },
  };
  test.each(Object.keys(wire))('%s is heard', async (what) => {
    const from = `3461234${String((person += 1)).padStart(4, '0')}`;
    expect((await house.graph.write(from, 'Ana', wire[what] as never)).status).toBe(200);
    const { rows } = await asOwner(
      postgres.ownerUrl,
      'select level, conversation_id from flag where organisation_id = $1',
      [house.organisationId],
    );
    expect(rows).toMatchObject([{ level: 'hard' }]);
    expect(emergencies(await thread(rows[0].conversation_id), 'respiratory')).toBe(1);
  });

  test('the same webhook thrice asks once', async () => {
    const from = `3461234${String((person += 1)).padStart(4, '0')}`;
    const message = { type: 'text', text: { body: SOFT } };
    const first = await house.graph.write(from, 'Ana', message);
    await Promise.all([1, 2, 3].map(() => house.graph.write(from, 'Ana', message, { id: first.id, at: Date.now() })));
    const { rows } = await asOwner(postgres.ownerUrl, 'select conversation_id from flag where organisation_id = $1', [
      house.organisationId,
    ]);
    expect(rows).toHaveLength(1);
    expect((await thread(rows[0].conversation_id)).outs).toHaveLength(1);
  });
});

test('an answer and the end of the two minutes at the same moment: one of them, whole', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, () => patient('webchat')));
  const ids: string[] = [];
  for (const who of people) {
    await who.says(SOFT);
    ids.push(await who.id());
  }
  expect(new Set(ids).size).toBe(people.length);
  ahead += 121_000;
  await Promise.all([
    ...people.map((who) => who.says('no')),
    raiseUnanswered(postgres.db, house.deps),
    raiseUnanswered(postgres.db, { ...house.deps, processId: uuid() }),
    raiseUnanswered(postgres.db, { ...house.deps, processId: uuid() }),
  ]);
  await raiseUnanswered(postgres.db, house.deps);
  for (const id of ids) {
    const now = await thread(id);
    const [flag] = await flagsOf(id);
    if (flag!['level'] === 'hard') {
      // the timer won: one text, and the no found it raised
      expect(emergencies(now, 'cardiac')).toBe(1);
      expect(await conversationOf(id)).toMatchObject({ state: 'waiting', priority: 'critical' });
      expect(steps(now).slice(0, 2)).toEqual(['raised soft patient', 'hard silence']);
    } else {
      expect(flag).toMatchObject({ answer: 'no', due_at: null });
      expect(emergencies(now, 'cardiac')).toBe(0);
      expect(await conversationOf(id)).toMatchObject({ state: 'assistant' });
      expect(steps(now)).toEqual(['raised soft patient', 'answered no']);
    }
  }
});

test('raising and lowering leave entries in the audit, and only a nurse lowers', async () => {
  const ana = await patient('webchat');
  await ana.says(HARD);
  const id = await ana.id();
  await within(postgres.db, house.organisationId, (trx) =>
    house.conversations.lowerFlag(trx, nurse, { conversationId: id, reason: 'Hablé con ella: ansiedad' }),
  );
  expect(await conversationOf(id)).toMatchObject({ priority: 'urgent' });
  expect((await thread(id)).flags.at(-1)).toMatchObject({
    what: 'lowered',
    name: 'Lucía',
    reason: 'Hablé con ella: ansiedad',
  });
  const { rows } = await asOwner(
    postgres.ownerUrl,
    `select action, actor_kind, subject_id from audit_entry where organisation_id = $1 and action like '%flag' order by id`,
    [house.organisationId],
  );
  expect(rows).toEqual([
    { action: 'raise_flag', actor_kind: 'system', subject_id: id },
    { action: 'lower_flag', actor_kind: 'staff', subject_id: id },
  ]);
});

test('what a protocol or a model finds critical is a flag like any', async () => {
  const ana = await patient('webchat');
  await ana.says('protocolo');
  const id = await ana.id();
  expect(await flagsOf(id)).toMatchObject([
    { level: 'hard', rules: ['triage'], categories: ['other'], lowered_at: null },
  ]);
  expect(steps(await thread(id))).toEqual(['raised hard']);
});

test('whoever went through a protocol within 72 hours is not asked either', async () => {
  const ana = await patient('webchat');
  await ana.says('hola');
  const id = await ana.id();
  const hash = 'a'.repeat(64);
  await asOwner(
    postgres.ownerUrl,
    `with version as (insert into protocol_version (organisation_id, hash, protocol, version, content) values ($1, $2, 'chest', 1, '{}'))
     insert into triage_run (organisation_id, id, conversation_id, person_id, protocol, protocol_hash, draft, language, channel, begun_at, ended_at, state, level, content_sealed)
     select $1, $3, id, person_id, 'chest', $2, true, 'es', 'webchat', now() - interval '1 hour', now(), 'done', 'information', '' from conversation where id = $4`,
    [house.organisationId, hash, uuid(), id],
  );
  await asOwner(
    postgres.ownerUrl,
    `update conversation set state = 'closed', closed_at = now() - interval '1 day', agent_id = null where id = $1`,
    [id],
  );
  await ana.says(SOFT);
  const { rows } = await asOwner(postgres.ownerUrl, 'select level, raised_why from flag where organisation_id = $1', [
    house.organisationId,
  ]);
  expect(rows).toEqual([{ level: 'hard', raised_why: 'repeat' }]);
});

test.each([
  ['es', 'Sí', '¿Le está pasando ahora?', 'Gracias, queda anotado'],
  ['ca', 'Sí', 'Li està passant ara?', 'Gràcies, queda anotat'],
  ['en', 'Yes', 'Is this happening now?', 'Thank you, noted'],
  ['pt', 'Sim', 'Está a acontecer agora?', 'Obrigado, fica registado'],
] as const)('in %s it is asked, answered and thanked for', async (language, yes, question, thanks) => {
  await asOwner(postgres.ownerUrl, `update organisation set languages = '{es,ca,en,pt}' where id = $1`, [
    house.organisationId,
  ]);
  const ana = await patient('webchat', language);
  await ana.says(SOFT);
  const id = await ana.id();
  const [asked] = (await thread(id)).outs;
  expect(asked).toMatchObject({ kind: 'menu', text: expect.stringContaining(question), options: [{ title: yes }, {}] });
  await ana.says(await button(id, 'no'));
  expect((await thread(id)).said.some((line) => line.includes(thanks))).toBe(true);
});

/** The desk's own API over this house. */
describe('at the desk', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk(postgres, house);
  });
  afterEach(() => desk.close());

  test.each(ROLES.filter((role) => role !== 'nurse'))('a %s cannot lower a flag', async (role) => {
    const ana = await patient('webchat');
    await ana.says(HARD);
    const id = await ana.id();
    const one = await desk.signIn(await testStaff(postgres.ownerUrl, house.organisationId, role, [role]));
    const answer = await one.post(`/api/conversations/${id}/lower-flag`, { reason: 'no es nada' });
    expect([answer.status, answer.body.code]).toEqual([403, 'trust.not_allowed']);
    expect(await flagsOf(id)).toMatchObject([{ lowered_at: null }]);
    // nor may the verb itself, whoever calls it
    await expect(
      within(postgres.db, house.organisationId, (trx) =>
        house.conversations.lowerFlag(trx, one.actor, { conversationId: id, reason: 'no es nada' }),
      ),
    ).rejects.toMatchObject({ code: 'conversation.not_a_nurse' });
  });

  test('a nurse sees what others hold, lowers it with a reason, and everyone reads who and why', async () => {
    const ana = await patient('whatsapp');
    const id = await bring(ana, 'with_agent');
    const lucia = await desk.signIn(nurse);
    const line = createLine(desk, lucia);
    await line.connect();
    expect(line.inbox!.alarms).toEqual([]);
    await ana.says(HARD);
    await line.until(() => line.inbox!.alarms.some((row) => row.conversationId === id), 'the alarm of a colleague');
    expect(line.inbox!.alarms[0]).toMatchObject({ alarm: 'hard', priority: 'critical', agentId: irene.membershipId });
    expect((await lucia.get<Inbox>('/api/inbox')).body.alarms).toHaveLength(1);
    const holder = await desk.signIn(irene);
    const mine = (await holder.get<Inbox>('/api/inbox')).body;
    expect([mine.alarms, mine.mine.map((row) => row.alarm)]).toEqual([[], ['hard']]);
    const opened = (await holder.get<ConversationView>(`/api/conversations/${id}`)).body.conversation;
    expect(opened.flag).toMatchObject({ level: 'hard', asked: 'agent', dueAt: expect.any(String), answer: null });
    expect((await lucia.post(`/api/conversations/${id}/lower-flag`, { reason: ' ' })).status).toBe(400);
    const lowered = await lucia.post(`/api/conversations/${id}/lower-flag`, { reason: 'Hablé con ella' });
    expect(lowered).toMatchObject({ status: 200, body: { flag: null, priority: 'urgent' } });
    await line.until(() => line.inbox!.alarms.length === 0, 'no alarm');
    const view = (await holder.get<ConversationView>(`/api/conversations/${id}`)).body;
    expect(view.messages.at(-1)!.content).toMatchObject({
      kind: 'system',
      what: 'flag',
      detail: { what: 'lowered', name: 'Lucía', reason: 'Hablé con ella' },
    });
    line.drop();
  });

  test('who was told to ask sees it on the row and on the banner', async () => {
    const ana = await patient('webchat');
    const id = await bring(ana, 'on_hold');
    await ana.says(SOFT);
    const holder = await desk.signIn(irene);
    const [row] = (await holder.get<Inbox>('/api/inbox')).body.mine;
    expect(row).toMatchObject({ conversationId: id, state: 'with_agent', alarm: 'ask', priority: 'urgent' });
    const { flag } = (await holder.get<ConversationView>(`/api/conversations/${id}`)).body.conversation;
    expect(flag).toMatchObject({ level: 'soft', asked: 'agent', answer: null });
    await holder.post(`/api/conversations/${id}/replies`, {
      clientId: uuid(),
      content: { kind: 'text', text: '¿Ahora?' },
    });
    expect((await holder.get<Inbox>('/api/inbox')).body.mine[0]).toMatchObject({ alarm: null });
  });
});
