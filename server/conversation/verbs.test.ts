import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testOrganisation, testVault } from '../../test/organisation.ts';
import { testDatabase } from '../../test/postgres.ts';
import { systemClock } from '../platform/clock.ts';
import { uuid } from '../platform/ids.ts';
import { Problem } from '../platform/problems.ts';
import { within } from '../platform/postgres.ts';
import type { StaffActor } from '../trust/contract.ts';
import type { ConversationState, Departing } from './contract.ts';
import { readMessages, readSummary } from './queries.ts';
import { createReceipts } from './receipts.ts';
import { createReceiver } from './receive.ts';
import { type ConversationDeps, createConversations, type Conversations, type Followers } from './verbs.ts';

const postgres = await testDatabase();
afterAll(() => postgres.close());
const vault = testVault();
const account = uuid();
const released: { conversationId: string; how: string }[] = [];
let departed: Departing[] = [];

const followers: Followers = {
  screen: () => ({ level: 'none', flags: [] }),
  emergencyText: () => '',
  turns: async (_trx, situations) =>
    situations.map(() => ({
      session: null,
      says: [],
      trace: [],
      handover: {
        queue: 'general',
        priority: 'standard' as const,
        reason: 'asked_for_person',
        summary: [{ key: 'reason', value: 'cita' }],
      },
    })),
  handedOver: async (_trx, list) => list.map(() => ({ queueId: null, says: null })),
  released: async (_trx, list) => {
    released.push(...list);
  },
};
let organisationId: string;
let deps: ConversationDeps;
let verbs: Conversations;
let irene: StaffActor;
let marcos: StaffActor;
let n = 0;

function staff(name: string, roles: StaffActor['roles'] = ['agent']): StaffActor {
  return { kind: 'staff', organisationId, membershipId: uuid(), accountId: uuid(), sessionId: uuid(), roles, name };
}

beforeAll(async () => {
  organisationId = await testOrganisation(postgres.ownerUrl);
});
beforeEach(() => {
  departed = [];
  released.length = 0;
  irene = staff('Irene');
  marcos = staff('Marcos');
  deps = { vault, clock: systemClock, processId: uuid(), followers, depart: (list) => departed.push(...list) };
  verbs = createConversations(deps);
});

/** A conversation that was brought to a state, held by Irene where someone must hold it. */
async function conversationIn(state: ConversationState): Promise<string> {
  n += 1;
  const received = await createReceiver(
    postgres.db,
    deps,
  )({
    organisationId,
    channel: 'whatsapp',
    accountId: account,
    externalId: `w${n}`,
    address: `3461${n}`,
    sentAt: new Date(),
    content: { kind: 'text', text: 'persona' },
  });
  const conversationId = (received as { conversationId: string }).conversationId;
  const input = { conversationId };
  await within(postgres.db, organisationId, async (trx) => {
    if (state === 'assistant') await verbs.giveToAssistant(trx, { kind: 'system', organisationId }, input);
    if (state === 'with_agent' || state === 'on_hold' || state === 'wrapping' || state === 'closed')
      await verbs.assign(trx, irene, { ...input, agentId: irene.membershipId, agentName: 'Irene' });
    if (state === 'on_hold') await verbs.hold(trx, irene, input);
    if (state === 'closed') await verbs.wrapUp(trx, irene, { ...input, reason: 'appointment', solved: true });
    if (state === 'wrapping')
      await trx.updateTable('conversation').set({ state: 'wrapping' }).where('id', '=', conversationId).execute();
  });
  released.length = 0;
  return conversationId;
}

async function stateOf(id: string): Promise<string> {
  return within(
    postgres.db,
    organisationId,
    async (trx) =>
      (await trx.selectFrom('conversation').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state,
  );
}

const run = <T>(work: Parameters<typeof within<T>>[2]): Promise<T> => within(postgres.db, organisationId, work);
const STATES: ConversationState[] = ['assistant', 'waiting', 'with_agent', 'on_hold', 'wrapping', 'closed'];
const ALLOWED: Record<string, ConversationState[]> = {
  reply: ['with_agent', 'on_hold', 'wrapping'],
  hold: ['with_agent'],
  resume: ['on_hold', 'wrapping'],
  transfer: ['with_agent', 'on_hold', 'wrapping'],
  wrapUp: ['with_agent', 'on_hold', 'wrapping'],
  assign: ['assistant', 'waiting', 'on_hold', 'wrapping', 'closed'],
  reopen: ['closed'],
  giveToAssistant: ['with_agent', 'on_hold', 'wrapping', 'waiting'],
};

describe('verbs in every state', () => {
  const cases = Object.keys(ALLOWED).flatMap((verb) => STATES.map((state) => [verb, state] as const));
  test.each(cases)('%s while %s', async (verb, state) => {
    const conversationId = await conversationIn(state);
    const supervisor = staff('Rosa', ['supervisor']);
    const act = run(async (trx) => {
      const input = { conversationId };
      if (verb === 'reply') return verbs.reply(trx, supervisor, { ...input, content: { kind: 'text', text: 'hola' } });
      if (verb === 'hold') return verbs.hold(trx, supervisor, input);
      if (verb === 'resume') return verbs.resume(trx, supervisor, input);
      if (verb === 'transfer') return verbs.transfer(trx, supervisor, { ...input, to: { queueId: uuid() } });
      if (verb === 'wrapUp') return verbs.wrapUp(trx, supervisor, { ...input, reason: 'x', solved: true });
      if (verb === 'assign')
        return verbs.assign(trx, supervisor, { ...input, agentId: irene.membershipId, agentName: 'Irene' });
      if (verb === 'reopen') return verbs.reopen(trx, supervisor, input);
      return verbs.giveToAssistant(trx, supervisor, input);
    });
    if (ALLOWED[verb]!.includes(state)) await act;
    else {
      await expect(act).rejects.toThrow(Problem);
      expect(await stateOf(conversationId)).toBe(state);
    }
  });
});

describe('an agent’s work', () => {
  test('only who holds it may act; a supervisor may', async () => {
    const conversationId = await conversationIn('with_agent');
    const say = (actor: StaffActor): Promise<unknown> =>
      run((trx) => verbs.reply(trx, actor, { conversationId, content: { kind: 'text', text: 'x' } }));
    await expect(say(marcos)).rejects.toMatchObject({ code: 'conversation.not_yours' });
    await say(staff('Rosa', ['supervisor']));
    await say(irene);
    expect(departed).toHaveLength(2);
  });

  test('the same reply again is said once, even at the same time', async () => {
    const conversationId = await conversationIn('with_agent');
    const clientId = uuid();
    const replies = await Promise.all(
      Array.from({ length: 6 }, () =>
        run((trx) => verbs.reply(trx, irene, { conversationId, clientId, content: { kind: 'text', text: 'una vez' } })),
      ),
    );
    expect(new Set(replies.map((reply) => reply.messageId))).toEqual(new Set([clientId]));
    expect(departed).toHaveLength(1);
  });

  test('another organisation’s conversation does not exist', async () => {
    const conversationId = await conversationIn('with_agent');
    const elsewhere = await testOrganisation(postgres.ownerUrl);
    const stranger = { ...staff('Eva', ['supervisor']), organisationId: elsewhere };
    await expect(
      within(postgres.db, elsewhere, (trx) =>
        verbs.reply(trx, stranger, { conversationId, content: { kind: 'text', text: 'x' } }),
      ),
    ).rejects.toMatchObject({ code: 'conversation.not_found', status: 404 });
    await expect(run((trx) => verbs.note(trx, irene, { conversationId: 'no-uuid', text: 'x' }))).rejects.toMatchObject({
      code: 'conversation.not_found',
    });
  });

  test('a transfer frees the agent, waits again and keeps the note for colleagues', async () => {
    const conversationId = await conversationIn('with_agent');
    await run((trx) =>
      verbs.transfer(trx, irene, { conversationId, to: { queueId: uuid() }, note: 'Trae el volante' }),
    );
    expect(await stateOf(conversationId)).toBe('waiting');
    expect(released).toEqual([{ organisationId, conversationId, how: 'transferred' }]);
    const messages = await run((trx) => readMessages(trx, vault, organisationId, { conversationId, limit: 50 }));
    expect(messages.filter((message) => message.direction === 'note').map((message) => message.content)).toEqual([
      { kind: 'note', text: 'Trae el volante' },
    ]);
    expect(departed).toHaveLength(0);
  });

  test('closing ends with why and whether it was solved; the summary of the assistant can be read', async () => {
    const conversationId = await conversationIn('with_agent');
    expect(await run((trx) => readSummary(trx, vault, organisationId, conversationId))).toEqual([
      { key: 'reason', value: 'cita' },
    ]);
    await run((trx) =>
      verbs.wrapUp(trx, irene, { conversationId, reason: 'appointment', solved: false, note: 'Volverá a llamar' }),
    );
    const row = await run((trx) =>
      trx
        .selectFrom('conversation')
        .select(['state', 'reason', 'outcome', 'agent_id'])
        .where('id', '=', conversationId)
        .executeTakeFirstOrThrow(),
    );
    expect(row).toEqual({ state: 'closed', reason: 'appointment', outcome: 'unsolved', agent_id: null });
    const states = await run((trx) =>
      trx
        .selectFrom('conversation_state')
        .select('state')
        .where('conversation_id', '=', conversationId)
        .orderBy('id')
        .execute(),
    );
    expect(states.map((entry) => entry.state)).toEqual(['waiting', 'with_agent', 'wrapping', 'closed']);
  });

  test('a red flag that stands keeps an agent from closing, a nurse may', async () => {
    const conversationId = await conversationIn('with_agent');
    await run((trx) =>
      trx
        .insertInto('flag')
        .values({
          organisation_id: organisationId,
          id: uuid(),
          conversation_id: conversationId,
          level: 'hard',
          rules: ['RESP-01'],
          categories: ['respiratory'],
        })
        .execute(),
    );
    await expect(
      run((trx) => verbs.wrapUp(trx, irene, { conversationId, reason: 'x', solved: true })),
    ).rejects.toMatchObject({ code: 'conversation.flagged' });
    expect(await stateOf(conversationId)).toBe('with_agent');
    await run((trx) =>
      verbs.wrapUp(trx, { ...irene, roles: ['nurse'] }, { conversationId, reason: 'x', solved: true }),
    );
    expect(await stateOf(conversationId)).toBe('closed');
  });
});

describe('receipts', () => {
  test('late, doubled and out of order a message never goes back; a failed one is sent again once', async () => {
    const conversationId = await conversationIn('with_agent');
    const { messageId } = await run((trx) =>
      verbs.reply(trx, irene, { conversationId, content: { kind: 'text', text: 'hola' } }),
    );
    await run((trx) =>
      trx.updateTable('message').set({ external_id: 'out-1', delivery: 'sent' }).where('id', '=', messageId).execute(),
    );
    const record = createReceipts(postgres.db);
    const receipt = (state: 'sent' | 'delivered' | 'read' | 'failed'): Promise<void> =>
      record({ organisationId, accountId: account, externalId: 'out-1', state, at: new Date() });
    const delivery = async (): Promise<unknown> =>
      run((trx) => trx.selectFrom('message').select('delivery').where('id', '=', messageId).executeTakeFirstOrThrow());
    await Promise.all([receipt('read'), receipt('delivered'), receipt('sent'), receipt('read')]);
    expect(await delivery()).toEqual({ delivery: 'read' });
    await receipt('failed');
    expect(await delivery()).toEqual({ delivery: 'read' });

    const second = await run((trx) =>
      verbs.reply(trx, irene, { conversationId, content: { kind: 'text', text: 'otra' } }),
    );
    await record({
      organisationId,
      accountId: account,
      externalId: 'out-2',
      messageId: second.messageId,
      state: 'failed',
      at: new Date(),
      error: { code: '131026', title: 'undeliverable' },
    });
    departed = [];
    await run((trx) => verbs.resend(trx, irene, { messageId: second.messageId }));
    expect(departed.map((reply) => reply.content)).toEqual([{ kind: 'text', text: 'otra' }]);
    // every desk hears that the failed one was taken care of
    const told = await run((trx) =>
      trx
        .selectFrom('event')
        .select('payload')
        .where('conversation_id', '=', conversationId)
        .where('kind', '=', 'message.delivery')
        .execute(),
    );
    expect(told.map((event) => event.payload)).toContainEqual({ messageId: second.messageId, delivery: 'failed' });
    await expect(run((trx) => verbs.resend(trx, irene, { messageId: second.messageId }))).rejects.toMatchObject({
      code: 'conversation.not_failed',
    });
  });

  test('one that comes before its message was marked waits for it', async () => {
    await createReceipts(postgres.db)({
      organisationId,
      accountId: account,
      externalId: 'out-early',
      state: 'delivered',
      at: new Date(),
    });
    const rows = await run((trx) => trx.selectFrom('early_receipt').select(['external_id', 'state']).execute());
    expect(rows).toContainEqual({ external_id: 'out-early', state: 'delivered' });
  });
});
