import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { uuid } from '../../platform/ids.ts';
import { Problem } from '../../platform/problems.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { saveAgent } from '../agents.ts';
import { handedOver } from '../hand-over.ts';
import { matchOnce } from '../match.ts';
import { accept, decline } from '../offers.ts';
import { beat, connect, disconnect, setPresence, vanished } from '../presence.ts';
import { saveQueue } from '../queues.ts';
import { ask, askFrom, mayAsk, revoke, slotsFor } from './ask.ts';
import {
  CALL_BACK_STATES,
  callBackSettings,
  type CallBackSettings,
  type CallBackState,
  type Outcome,
} from './contract.ts';
import type { CallBackDeps } from './deps.ts';
import { becomeDue, lockStory, mergeWaiting, sweepCallBacks, taken } from './due.ts';
import { refreshForecasts } from './forecast.ts';
import { capacitiesOf, callBackIn, listCallBacks } from './queries.ts';
import { CALL_BACK_STEPS } from './rules.ts';
import { saveSettings } from './settings.ts';
import { cancelCallBack, moveCallBack, recordOutcome, tryNow } from './tries.ts';
import { webCallBacks } from './verbs.ts';

const postgres = await testDatabase({ max: 40 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

/** Monday 23 November 2026, ten in the morning in Madrid. */
const MONDAY = new Date('2026-11-23T09:00:00Z');
let now = MONDAY;
let stage: Stage;
let deps: CallBackDeps;
let queueId: string;
beforeEach(async () => {
  now = MONDAY;
  stage = await createStage(postgres, { clock: () => now, timezone: 'Europe/Madrid' });
  stage.deps.followers.handedOver = async (trx, handed) =>
    handedOver(trx, await mergeWaiting(trx, handed, now), () => now);
  deps = { vault: stage.vault, clock: () => now, conversations: stage.conversations };
  queueId = await inside((trx) => saveQueue(trx, stage.organisationId, { key: 'general', names }));
});
afterEach(() => stage.close());

const names = { es: 'General', ca: 'General', en: 'General', pt: 'Geral' };
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const pass = (minutes: number): void => void (now = new Date(now.getTime() + minutes * 60_000));
const at = (clock: string): Date => new Date(`2026-11-23T${clock}:00+01:00`);
const sweep = () => sweepCallBacks(db, deps);
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Problem ? error.code : String((error as { code?: string }).code ?? error)),
  );
const rows = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await asOwner(ownerUrl, text, values)).rows as T[];

async function agent(name = 'Irene', settings: Parameters<typeof saveAgent>[3] = {}, here = true): Promise<StaffActor> {
  const actor = await stage.staff(name);
  await inside((trx) => saveAgent(trx, stage.organisationId, actor.membershipId, settings));
  if (!here) return actor;
  await inside((trx) => connect(trx, actor, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, actor, { state: 'available' }, now));
  return actor;
}

/** Somebody who has written and whom the assistant has, or who waits for a person. */
async function patient(
  address: string,
  waits = false,
): Promise<{ conversationId: string; personId: string; contactPointId: string }> {
  stage.handover = waits ? {} : null;
  const conversationId = await stage.write(address, 'hola');
  const [row] = await rows<{ person_id: string; contact_point_id: string }>(
    'select c.person_id, l.contact_point_id from conversation c join leg l on l.conversation_id = c.id where c.id = $1',
    [conversationId],
  );
  if (address === 'ana') numbers.set(row!.person_id, NUMBER);
  return { conversationId, personId: row!.person_id, contactPointId: row!.contact_point_id };
}
type Patient = Awaited<ReturnType<typeof patient>>;

const NUMBER = '612 34 56 78';
/** Everybody has a number of their own. */
const numbers = new Map<string, string>();
function numberOf({ personId }: Patient): string {
  if (!numbers.has(personId)) numbers.set(personId, `6${10_000_000 + numbers.size}`);
  return numbers.get(personId)!;
}
function asks(
  who: Patient,
  slotAt: Date | null = null,
  more: { way?: 'phone' | 'message'; number?: string | null } = {},
) {
  const { way = 'phone', number = numberOf(who) } = more;
  return inside((trx) =>
    askFrom(
      trx,
      deps,
      { kind: 'patient', organisationId: stage.organisationId, personId: who.personId },
      { organisationId: stage.organisationId, ...who },
      { slotAt, way, number: way === 'phone' ? number : null },
      now,
    ),
  );
}
type Row = {
  id: string;
  state: CallBackState;
  kind: string;
  way: string;
  item_id: string | null;
  missed: number;
  due_at: Date;
  slot_at: Date | null;
  since: Date;
  reason: string;
  number_sealed: Buffer | null;
  priority: string;
};
const callBacksOf = (who: Patient): Promise<Row[]> =>
  rows<Row>('select * from call_back where person_id = $1 order by created_at, id', [who.personId]);
const callBackOf = async (who: Patient): Promise<Row> => (await callBacksOf(who)).at(-1)!;
const conversationOf = async (id: string) =>
  (
    await rows<{ state: string; agent_id: string | null }>('select state, agent_id from conversation where id = $1', [
      id,
    ])
  )[0]!;
const itemsOf = (who: Patient) =>
  rows<{ id: string; kind: string; state: string; queued_at: Date; priority: string; agent_id: string | null }>(
    'select id, kind, state, queued_at, priority, agent_id from item where person_id = $1 order by id',
    [who.personId],
  );
const triesOf = (id: string) =>
  rows<{ outcome: string | null }>('select outcome from call_back_try where call_back_id = $1 order by began_at, id', [
    id,
  ]);
const said = (who: Patient): string[] =>
  stage.departed.flatMap((one) =>
    one.conversationId === who.conversationId && one.content.kind === 'text' ? [one.content.text] : [],
  );

const told = (who: Patient) =>
  stage.departed.flatMap((one) => (one.conversationId === who.conversationId ? [one.content] : []));

/** The agent takes what is before them. */
async function takes(actor: StaffActor): Promise<string | null> {
  const desks = await rows<{ id: string }>('select id from connection where agent_id = $1', [actor.membershipId]);
  await inside((trx) =>
    beat(
      trx,
      stage.organisationId,
      desks.map((desk) => desk.id),
      now,
    ),
  );
  for (let more = true; more;) ({ more } = await inside((trx) => matchOnce(trx, stage.organisationId, now)));
  const [offer] = await rows<{ id: string }>(
    `select id from offer where agent_id = $1 and state = 'pending' order by offered_at, id`,
    [actor.membershipId],
  );
  if (!offer) return null;
  return inside(async (trx) => {
    await lockStory(trx, stage.organisationId, { offerId: offer.id });
    const held = await accept(trx, actor, { offerId: offer.id }, { conversations: stage.conversations, now });
    await taken(trx, deps, stage.organisationId, held.itemId, now);
    return held.itemId;
  });
}
const outcome = (actor: StaffActor, id: string, what: Outcome, slotAt: Date | null = null) =>
  inside((trx) => recordOutcome(trx, deps, actor, { id, outcome: what, slotAt }, now));
const settle = (change: Partial<CallBackSettings>, actor: StaffActor) =>
  inside((trx) => saveSettings(trx, actor, { queueId, settings: callBackSettings.parse(change) }, now));

describe('a place that is kept', () => {
  test('leaves the line with its class and its age, and comes to an agent before younger ones', async () => {
    const irene = await agent('Irene', { capacity: 1 }, false);
    const ana = await patient('ana', true);
    pass(3);
    const berta = await patient('berta', true);
    pass(3);
    await asks(ana);
    const [first, kept] = await itemsOf(ana);
    expect(first).toMatchObject({ kind: 'conversation', state: 'called_back' });
    expect(kept).toMatchObject({ kind: 'call_back', state: 'queued', queued_at: MONDAY });
    expect(await callBackOf(ana)).toMatchObject({ state: 'due', kind: 'place', since: MONDAY });
    // the assistant has the conversation again, so that they can see and change it
    expect(await conversationOf(ana.conversationId)).toMatchObject({ state: 'assistant' });
    expect(said(ana).at(-1)).toContain('+34 612 34 56 78');
    await inside((trx) => connect(trx, irene, { connectionId: uuid(), processId: uuid() }, now));
    await inside((trx) => setPresence(trx, irene, { state: 'available' }, now));
    expect(await takes(irene)).toBe(kept!.id);
    expect(await conversationOf(ana.conversationId)).toEqual({ state: 'with_agent', agent_id: irene.membershipId });
    expect(await conversationOf(berta.conversationId)).toMatchObject({ state: 'waiting' });
    expect(await callBackOf(ana)).toMatchObject({ state: 'trying' });
  });

  test('reached: the conversation goes on with the agent, and its end ends all', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await takes(irene);
    const { id } = await callBackOf(ana);
    expect(await outcome(irene, id, 'reached')).toEqual({ state: 'reached', nextAt: null });
    expect(await conversationOf(ana.conversationId)).toMatchObject({ state: 'with_agent' });
    await inside((trx) =>
      stage.conversations.wrapUp(trx, irene, { conversationId: ana.conversationId, reason: 'other', solved: true }),
    );
    expect((await itemsOf(ana)).map((item) => item.state)).toEqual(['done']);
    expect(await triesOf(id)).toEqual([{ outcome: 'reached' }]);
    expect((await rows<{ load: number }>('select load from agent where id = $1', [irene.membershipId]))[0]!.load).toBe(
      0,
    );
  });

  test('an agent who closes the conversation without another word has reached them', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await takes(irene);
    await inside((trx) =>
      stage.conversations.wrapUp(trx, irene, { conversationId: ana.conversationId, reason: 'other', solved: true }),
    );
    expect(await callBackOf(ana)).toMatchObject({ state: 'reached', item_id: null });
  });

  test('in a closed queue it waits for the opening', async () => {
    await agent();
    await inside((trx) =>
      saveQueue(trx, stage.organisationId, { key: 'general', names, hours: { mon: [['12:00', '14:00']] } }),
    );
    const ana = await patient('ana');
    await asks(ana);
    expect(await callBackOf(ana)).toMatchObject({ state: 'asked', due_at: at('12:00') });
    expect(said(ana).at(-1)).toContain('12:00');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'asked' });
    now = at('12:00');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'due' });
    expect((await itemsOf(ana))[0]!.queued_at).toEqual(MONDAY);
  });

  test('written to: told that it is their turn, and reached by their next word', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana, null, { way: 'message' });
    await takes(irene);
    expect(said(ana).at(-1)).toContain('Irene');
    pass(1);
    await stage.write('ana', 'sí, aquí estoy');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'reached', reason: 'wrote' });
    expect(await conversationOf(ana.conversationId)).toMatchObject({ state: 'with_agent' });
  });
});

describe('a slot that is chosen', () => {
  test('comes into the line at its time, not before', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    expect(await callBackOf(ana)).toMatchObject({ state: 'asked', kind: 'slot', slot_at: at('11:00') });
    expect(said(ana).at(-1)).toContain('hoy, lunes 23 de noviembre, a las 11:00');
    await sweep();
    expect(await itemsOf(ana)).toEqual([]);
    now = at('11:00');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'due' });
    expect(await takes(irene)).not.toBeNull();
  });

  test('32 at once take no more than the places that there are', async () => {
    const lead = await agent('Irene', {}, false);
    await settle({ most: 5, share: 1, handleMinutes: 1 }, lead);
    const people = await Promise.all(Array.from({ length: 32 }, (_, n) => patient(`p${n}`)));
    const answers = await Promise.all(people.map((who) => code(asks(who, at('11:00')))));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(5);
    expect(answers.filter((answer) => answer === 'call_back.slot_taken')).toHaveLength(27);
    expect(await rows('select places, taken from call_back_slot where queue_id = $1', [queueId])).toEqual([
      { places: 5, taken: 5 },
    ]);
    const [count] = await rows<{ n: number }>('select count(*)::int as n from call_back where organisation_id = $1', [
      stage.organisationId,
    ]);
    expect(count!.n).toBe(5);
  });

  test('moving to and fro at once loses no place and takes none twice', async () => {
    const lead = await agent('Irene', {}, false);
    await settle({ most: 40, share: 1, handleMinutes: 1 }, lead);
    const people = await Promise.all(Array.from({ length: 12 }, (_, n) => patient(`m${n}`)));
    const times = [at('11:00'), at('11:15'), at('11:30')];
    await Promise.all(people.map((who, n) => asks(who, times[n % 3]!)));
    for (let round = 1; round <= 3; round += 1)
      expect(await Promise.all(people.map((who, n) => code(asks(who, times[(n + round) % 3]!))))).toEqual(
        people.map(() => 'done'),
      );
    await Promise.all(
      people
        .slice(0, 3)
        .map((who) =>
          inside((trx) =>
            revoke(
              trx,
              deps,
              { kind: 'system', organisationId: stage.organisationId },
              { organisationId: stage.organisationId, ...who },
              'patient',
              now,
            ),
          ),
        ),
    );
    const slots = await rows<{ taken: number; n: number }>(
      `select s.taken, (select count(*)::int from call_back b where b.queue_id = s.queue_id and b.slot_at = s.starts_at and b.state = 'asked') as n
        from call_back_slot s where s.queue_id = $1`,
      [queueId],
    );
    expect(slots.reduce((sum, slot) => sum + slot.taken, 0)).toBe(9);
    for (const slot of slots) expect(slot.taken).toBe(slot.n);
  });

  test('nobody can call when it is due: the patient is told so once, and past its slot it goes up', async () => {
    await agent('Irene', {}, false);
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    now = at('11:00');
    await sweep();
    const before = told(ana).length;
    now = at('11:02');
    await sweep();
    await sweep();
    expect(told(ana).length).toBe(before + 1);
    expect(told(ana).at(-1)).toMatchObject({
      kind: 'menu',
      text: expect.stringMatching(/^Es la hora, pero ahora no queda nadie libre\..* le llamaremos en cuanto/) as string,
      options: [{ title: 'Mi llamada' }],
    });
    now = at('11:15');
    await sweep();
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'due', priority: 'urgent' });
    expect((await itemsOf(ana))[0]).toMatchObject({ priority: 'urgent', state: 'queued' });
    expect(told(ana).length).toBe(before + 1);
  });

  test('a place is told of only while nobody is there at all; each try that was promised anew', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    pass(3);
    await sweep();
    expect(told(ana).at(-1)).toMatchObject({ kind: 'text' });
    await takes(irene);
    await outcome(irene, (await callBackOf(ana)).id, 'no_answer');
    const before = told(ana).length;
    pass(10);
    await sweep();
    pass(2);
    await sweep();
    expect(told(ana).slice(before)).toMatchObject([
      { kind: 'menu', text: expect.stringContaining('Es la hora') as string },
    ]);

    await inside((trx) => setPresence(trx, irene, { state: 'break' }, now));
    const eva = await patient('eva');
    await asks(eva);
    pass(1);
    await sweep();
    expect(told(eva).at(-1)).toMatchObject({ kind: 'text' });
    pass(1);
    await sweep();
    expect(told(eva).at(-1)).toMatchObject({ text: expect.stringContaining('nadie del equipo') as string });
  });

  test('outside the hours, in the past, or between two slots there is none', async () => {
    await agent();
    const ana = await patient('ana');
    for (const when of [at('09:00'), at('11:07'), new Date('2027-03-01T10:00:00Z')])
      expect(await code(asks(ana, when))).toBe('call_back.slot_taken');
    expect(await callBacksOf(ana)).toEqual([]);
  });
});

describe('one for a person', () => {
  test('asked again it is changed, and says so; asked by 16 at once it is one', async () => {
    await settle({ share: 1, handleMinutes: 1 }, await agent());
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    const again = await asks(ana, at('12:00'));
    expect(again.changed).toBe(true);
    expect(said(ana).at(-1)).toContain('He cambiado');
    expect(await callBacksOf(ana)).toHaveLength(1);
    const berta = await patient('berta');
    const all = await Promise.all(Array.from({ length: 16 }, () => code(asks(berta, at('12:00')))));
    expect(new Set(all)).toEqual(new Set(['done']));
    expect(await callBacksOf(berta)).toHaveLength(1);
  });

  test('the database refuses a second one, whoever asks', async () => {
    await agent();
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    const { id } = await callBackOf(ana);
    expect(
      await code(
        asOwner(
          ownerUrl,
          `insert into call_back (organisation_id, id, person_id, conversation_id, queue_id, kind, way, number_sealed, number_hash, priority,
            since, due_at, consent_at, actor_kind, created_at, changed_at)
            select organisation_id, gen_random_uuid(), person_id, conversation_id, queue_id, 'place', way, number_sealed, number_hash, priority,
            since, due_at, consent_at, actor_kind, created_at, changed_at from call_back where id = $1`,
          [id],
        ),
      ),
    ).toBe('23505');
  });

  test('who changes only the hour keeps the number', async () => {
    await agent();
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    await asks(ana, at('12:00'), { number: null });
    expect(said(ana).at(-1)).toContain('+34 612 34 56 78');
  });

  test('taken back: the item is gone, the place is free, and the patient reads so', async () => {
    await agent('Irene', {}, false);
    const ana = await patient('ana');
    await asks(ana, at('10:15'));
    now = at('10:15');
    await sweep();
    const web = webCallBacks(deps);
    const visitor = {
      organisationId: stage.organisationId,
      accountId: await accountOf(ana),
      address: 'ana',
      language: 'es' as const,
    };
    expect(await inside((trx) => web.revoke(trx, visitor, now))).toBe(true);
    expect(await callBackOf(ana)).toMatchObject({ state: 'revoked', item_id: null });
    expect((await itemsOf(ana)).map((item) => item.state)).toEqual(['withdrawn']);
    expect(await rows('select taken from call_back_slot where queue_id = $1', [queueId])).toEqual([{ taken: 0 }]);
    expect(said(ana).at(-1)).toBe('Hecho. Ya no le llamaremos.');
    expect(await inside((trx) => web.revoke(trx, visitor, now))).toBe(false);
  });

  test('a visitor who has not said a word may ask; they get a conversation with what was agreed', async () => {
    await agent();
    const web = webCallBacks(deps);
    const visitor = {
      organisationId: stage.organisationId,
      accountId: uuid(),
      address: uuid(),
      language: 'pt' as const,
    };
    expect((await inside((trx) => web.standing(trx, visitor, now))).callBack).toBeNull();
    const asked = await inside((trx) =>
      web.ask(trx, visitor, { slotAt: at('12:30'), way: 'message', number: null }, now),
    );
    expect(asked).toMatchObject({
      changed: false,
      callBack: { state: 'asked', said: 'hoje, segunda-feira 23 de novembro, às 12:30' },
    });
    const standing = await inside((trx) => web.standing(trx, visitor, now));
    expect(standing.callBack?.id).toBe(asked.callBack.id);
    expect(standing.slots.length).toBeGreaterThan(0);
    // another browser sees nothing of it
    expect((await inside((trx) => web.standing(trx, { ...visitor, address: uuid() }, now))).callBack).toBeNull();
  });
});

async function accountOf({ contactPointId }: Patient): Promise<string> {
  return (
    await rows<{ account_id: string }>('select account_id from contact_point where id = $1', [contactPointId])
  )[0]!.account_id;
}

describe('tries', () => {
  test('no answer three times, by rule; then a true word, and no more calls', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    const { id } = await callBackOf(ana);
    await takes(irene);
    const first = await outcome(irene, id, 'no_answer');
    expect(first).toEqual({ state: 'trying', nextAt: at('10:10') });
    expect(await conversationOf(ana.conversationId)).toEqual({ state: 'assistant', agent_id: null });
    expect(said(ana).at(-1)).toContain('10:10');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'trying', item_id: null, missed: 1 });
    now = at('10:10');
    await sweep();
    await takes(irene);
    expect(await outcome(irene, id, 'no_answer')).toEqual({ state: 'trying', nextAt: at('12:10') });
    now = at('12:10');
    await sweep();
    await takes(irene);
    expect(await outcome(irene, id, 'no_answer')).toEqual({ state: 'gave_up', nextAt: null });
    expect(await triesOf(id)).toEqual([{ outcome: 'no_answer' }, { outcome: 'no_answer' }, { outcome: 'no_answer' }]);
    expect(said(ana).at(-1)).toContain('3 veces');
    pass(3 * 1_440);
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'gave_up', item_id: null });
    expect((await itemsOf(ana)).every((item) => item.state === 'done')).toBe(true);
  });

  test('with more tries the next one is the next morning', async () => {
    const irene = await agent();
    await settle({ tries: 4 }, irene);
    const ana = await patient('ana');
    await asks(ana);
    const { id } = await callBackOf(ana);
    for (const next of [at('10:10'), at('12:10'), new Date('2026-11-24T08:00:00Z')]) {
      await takes(irene);
      expect((await outcome(irene, id, 'no_answer')).nextAt).toEqual(next);
      now = next;
      await sweep();
    }
    expect(await callBackOf(ana)).toMatchObject({ state: 'due', missed: 3 });
  });

  test('a wrong number ends it and says so; later asks for another hour', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await takes(irene);
    await outcome(irene, (await callBackOf(ana)).id, 'wrong_number');
    expect(await callBackOf(ana)).toMatchObject({ state: 'gave_up', reason: 'wrong_number' });
    expect(said(ana).at(-1)).toContain('678');
    const berta = await patient('berta');
    await asks(berta);
    await takes(irene);
    const { id } = await callBackOf(berta);
    expect(await code(outcome(irene, id, 'later'))).toBe('call_back.slot_needed');
    await outcome(irene, id, 'later', at('13:00'));
    expect(await callBackOf(berta)).toMatchObject({ state: 'asked', kind: 'slot', slot_at: at('13:00'), missed: 0 });
    expect(said(berta).at(-1)).toContain('13:00');
    expect((await rows<{ load: number }>('select load from agent where id = $1', [irene.membershipId]))[0]!.load).toBe(
      0,
    );
  });

  test('only who has it says what came of it, and once', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    const { id } = await callBackOf(ana);
    expect(await code(outcome(irene, id, 'reached'))).toBe('call_back.wrong_state');
    await takes(irene);
    const pere = await agent('Pere', {}, false);
    expect(await code(outcome(pere, id, 'no_answer'))).toBe('call_back.not_yours');
    const both = await Promise.all([code(outcome(irene, id, 'no_answer')), code(outcome(irene, id, 'no_answer'))]);
    expect(both.sort()).toEqual(['call_back.wrong_state', 'done']);
    expect(await callBackOf(ana)).toMatchObject({ missed: 1 });
  });

  test('an agent who is lost: it is due again, with its age', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await takes(irene);
    const { id } = await callBackOf(ana);
    const [connection] = await rows<{ id: string }>('select id from connection where agent_id = $1', [
      irene.membershipId,
    ]);
    for (const { id: one } of await rows<{ id: string }>('select id from connection where agent_id = $1', [
      irene.membershipId,
    ]))
      await inside((trx) => disconnect(trx, stage.organisationId, one, now));
    expect(connection).toBeDefined();
    pass(5);
    await vanished(
      db,
      { conversations: stage.conversations, clock: () => now },
      { organisationId: stage.organisationId, agentId: irene.membershipId },
    );
    expect(await callBackOf(ana)).toMatchObject({ state: 'due', missed: 0 });
    expect(await triesOf(id)).toEqual([{ outcome: 'left' }]);
    expect((await itemsOf(ana)).filter((item) => item.state === 'queued')).toMatchObject([{ queued_at: MONDAY }]);
    const pere = await agent('Pere');
    await takes(pere);
    expect(await callBackOf(ana)).toMatchObject({ state: 'trying' });
    await outcome(pere, id, 'no_answer');
    expect(await triesOf(id)).toEqual([{ outcome: 'left' }, { outcome: 'no_answer' }]);
  });

  test('a colleague moves it, cancels it, or tries it now', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    const { id } = await callBackOf(ana);
    await inside((trx) => moveCallBack(trx, deps, irene, { id, slotAt: at('12:00') }, now));
    expect(said(ana).at(-1)).toContain('Hemos cambiado la hora.');
    const itemId = await inside((trx) => tryNow(trx, deps, irene, id, now));
    expect(await callBackOf(ana)).toMatchObject({ state: 'due', item_id: itemId });
    await inside((trx) => cancelCallBack(trx, deps, irene, { id, reason: 'other' }, now));
    expect(await callBackOf(ana)).toMatchObject({ state: 'revoked', reason: 'other' });
    expect(said(ana).at(-1)).toContain('Hemos anulado');
    expect(await code(inside((trx) => cancelCallBack(trx, deps, irene, { id, reason: 'other' }, now)))).toBe(
      'call_back.wrong_state',
    );
  });
});

describe('served meanwhile', () => {
  test('who asks for a person is not called besides, and keeps the age that they had', async () => {
    await agent('Irene', {}, false);
    const ana = await patient('ana');
    await asks(ana);
    pass(7);
    stage.handover = {};
    await stage.write('ana', 'una persona, por favor');
    expect(await callBackOf(ana)).toMatchObject({ state: 'merged', reason: 'waits' });
    const items = await itemsOf(ana);
    expect(items.map((item) => `${item.kind} ${item.state}`).sort()).toEqual([
      'call_back withdrawn',
      'conversation queued',
    ]);
    expect(items.find((item) => item.kind === 'conversation')!.queued_at).toEqual(MONDAY);
  });

  test('a hard red flag beats it', async () => {
    await agent('Irene', {}, false);
    const ana = await patient('ana');
    await asks(ana, at('12:00'));
    stage.handover = { priority: 'critical', reason: 'red_flag' };
    await stage.write('ana', 'me ahogo');
    expect(await callBackOf(ana)).toMatchObject({ state: 'merged' });
    expect((await itemsOf(ana)).filter((item) => item.state === 'queued')).toMatchObject([
      { kind: 'conversation', priority: 'critical' },
    ]);
    now = at('12:00');
    await sweep();
    expect((await itemsOf(ana)).filter((item) => item.state === 'queued')).toHaveLength(1);
  });

  test('who is with an agent when it falls due is not called', async () => {
    const irene = await agent();
    const ana = await patient('ana', true);
    await takes(irene);
    await inside((trx) =>
      ask(
        trx,
        deps,
        irene,
        { organisationId: stage.organisationId, ...ana, slotAt: at('11:00'), way: 'phone', number: NUMBER },
        now,
      ),
    );
    now = at('11:00');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'merged', reason: 'served' });
  });

  test('who writes while the agent has the call is served in writing', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await takes(irene);
    pass(1);
    await stage.write('ana', 'ya no hace falta que llamen, es esto');
    await sweep();
    expect(await callBackOf(ana)).toMatchObject({ state: 'merged', reason: 'wrote' });
    expect(await conversationOf(ana.conversationId)).toMatchObject({ state: 'with_agent' });
    expect((await itemsOf(ana)).map((item) => item.state)).toEqual(['accepted']);
  });
});

describe('faults', () => {
  test('many processes at once make one item, and one that dies loses nothing', async () => {
    await settle({ share: 1, handleMinutes: 1 }, await agent('Irene', {}, false));
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => patient(`d${n}`)));
    for (const who of people) await asks(who, at('11:00'));
    now = at('11:30');
    const { id } = await callBackOf(people[0]!);
    await expect(
      inside(async (trx) => {
        await becomeDue(trx, deps, id, stage.organisationId, now);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await callBackOf(people[0]!)).toMatchObject({ state: 'asked' });
    await Promise.all(Array.from({ length: 8 }, sweep));
    for (const who of people) {
      const items = await itemsOf(who);
      const asked = await callBacksOf(who);
      expect(items.filter((item) => item.kind === 'call_back')).toHaveLength(asked.length);
    }
    const [open] = await rows<{ n: number }>(
      `select count(*)::int as n from call_back where organisation_id = $1 and state = 'asked'`,
      [stage.organisationId],
    );
    expect(open!.n).toBe(0);
  });

  test('an accept that died before the conversation was the agent’s is finished by the sweep', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await inside((trx) => matchOnce(trx, stage.organisationId, now));
    const [offer] = await rows<{ id: string }>(`select id from offer where agent_id = $1 and state = 'pending'`, [
      irene.membershipId,
    ]);
    await inside((trx) => accept(trx, irene, { offerId: offer!.id }, { conversations: stage.conversations, now }));
    expect(await conversationOf(ana.conversationId)).toMatchObject({ state: 'assistant' });
    await Promise.all([sweep(), sweep()]);
    expect(await conversationOf(ana.conversationId)).toEqual({ state: 'with_agent', agent_id: irene.membershipId });
  });

  test('taken and taken back at once: one of them wins, and nothing is left behind', async () => {
    const irene = await agent('Irene', { capacity: 100 });
    for (let n = 0; n < 6; n += 1) {
      const who = await patient(`r${n}`);
      await asks(who);
      await inside((trx) => matchOnce(trx, stage.organisationId, now));
      const [taking, leaving] = await Promise.all([
        code(takes(irene)),
        code(
          inside((trx) =>
            revoke(
              trx,
              deps,
              { kind: 'system', organisationId: stage.organisationId },
              { organisationId: stage.organisationId, ...who },
              'patient',
              now,
            ),
          ),
        ),
      ]);
      const { state } = await callBackOf(who);
      expect([
        ['trying', 'done', 'call_back.with_somebody'],
        ['revoked', 'routing.offer_gone', 'done'],
        ['revoked', 'routing.offer_not_found', 'done'],
        ['revoked', 'done', 'done'],
      ]).toContainEqual([state, taking, leaving]);
    }
    const [agentRow] = await rows<{ load: number; held: number }>(
      'select load, (select coalesce(sum(weight), 0)::int from item where agent_id = agent.id) as held from agent where id = $1',
      [irene.membershipId],
    );
    expect(agentRow!.load).toBe(agentRow!.held);
  });

  test('declined it waits on, and an agent who says no is not asked at once', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana);
    await inside((trx) => matchOnce(trx, stage.organisationId, now));
    const [offer] = await rows<{ id: string }>(`select id from offer where agent_id = $1 and state = 'pending'`, [
      irene.membershipId,
    ]);
    await inside((trx) => decline(trx, irene, { offerId: offer!.id }, now));
    expect(await callBackOf(ana)).toMatchObject({ state: 'due' });
    expect(await takes(irene)).toBeNull();
  });
});

describe('steps that are forbidden', () => {
  test.each(
    CALL_BACK_STATES.flatMap((from) => CALL_BACK_STATES.filter((to) => to !== from).map((to) => [from, to] as const)),
  )('%s > %s is as the rules say', async (from, to) => {
    const way: Partial<Record<CallBackState, CallBackState[]>> = {
      asked: [],
      due: ['due'],
      trying: ['due', 'trying'],
      reached: ['due', 'trying', 'reached'],
      gave_up: ['due', 'trying', 'gave_up'],
      revoked: ['revoked'],
      merged: ['merged'],
    };
    await agent('Irene', {}, false);
    const ana = await patient('ana');
    await asks(ana, at('12:00'));
    const { id } = await callBackOf(ana);
    const [item] = await rows<{ id: string }>(
      `insert into item (organisation_id, id, kind, queue_id, person_id) values ($1, gen_random_uuid(), 'call_back', $2, $3) returning id`,
      [stage.organisationId, queueId, ana.personId],
    );
    const go = (state: CallBackState) =>
      code(
        asOwner(
          ownerUrl,
          `update call_back set state = $2::text, item_id = case when $2::text in ('due', 'trying') then $3::uuid end,
              ended_at = case when $2::text in ('reached', 'gave_up', 'revoked', 'merged') then now() end where id = $1`,
          [id, state, item!.id],
        ),
      );
    for (const state of way[from]!) expect(await go(state)).toBe('done');
    expect(await go(to)).toBe(CALL_BACK_STEPS[from].includes(to) ? 'done' : '23514');
  });

  test('none begins but as asked', async () => {
    expect(
      await code(
        asOwner(
          ownerUrl,
          `insert into call_back (organisation_id, id, person_id, conversation_id, queue_id, state, kind, way, priority, since, due_at, consent_at,
            actor_kind, created_at, changed_at, ended_at) values ($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $2, 'reached', 'place', 'message',
            'standard', now(), now(), now(), 'system', now(), now(), now())`,
          [stage.organisationId, queueId],
        ),
      ),
    ).toBe('23514');
  });
});

describe('whose it is', () => {
  test('the number is sealed, and nothing shows to another organisation', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asks(ana, at('11:00'));
    const [dump] = await rows<{ text: string }>('select b::text as text from call_back b where person_id = $1', [
      ana.personId,
    ]);
    expect(dump!.text).not.toContain('612345678');
    expect(dump!.text).not.toContain(Buffer.from('612345678').toString('hex'));
    const seen = await inside((trx) =>
      listCallBacks(trx, { vault: stage.vault, clock: () => now }, irene, { list: 'today', queueIds: [queueId] }),
    );
    expect(seen.callBacks).toMatchObject([{ dial: '+34612345678', number: '••• 678', state: 'asked' }]);
    expect(seen.counts).toEqual({ today: 1, late: 0, upcoming: 0 });
    const other = await createStage(postgres, { clock: () => now });
    const stranger = await within(db, other.organisationId, (trx) =>
      sql<{ n: number }>`select (select count(*) from call_back)::int + (select count(*) from call_back_try)::int
        + (select count(*) from call_back_step)::int + (select count(*) from call_back_slot)::int as n`.execute(trx),
    );
    expect(stranger.rows[0]!.n).toBe(0);
    expect(
      await code(
        within(db, other.organisationId, (trx) =>
          cancelCallBack(
            trx,
            deps,
            { ...irene, organisationId: other.organisationId },
            { id: seen.callBacks[0]!.id, reason: 'other' },
            now,
          ),
        ),
      ),
    ).toBe('call_back.not_found');
    const entries = await rows<{ action: string; actor_kind: string }>(
      `select action, actor_kind from audit_entry where subject_kind in ('call_back', 'call_backs') and organisation_id = $1 order by id`,
      [stage.organisationId],
    );
    expect(entries).toEqual([
      { action: 'create', actor_kind: 'patient' },
      { action: 'read', actor_kind: 'staff' },
    ]);
    await other.close();
  });

  test('a number that cannot be called, or is asked for by everybody, is refused', async () => {
    await agent('Irene', {}, false);
    const lead = await agent('Marc', {}, false);
    await settle({ share: 1, handleMinutes: 1 }, lead);
    for (const number of ['112', '12', 'no tengo', null])
      expect(await code(asks(await patient(`n${number}`), at('11:00'), { number }))).toBe('call_back.number_wrong');
    const answers = [];
    for (let n = 0; n < 6; n += 1)
      answers.push(await code(asks(await patient(`s${n}`), at('11:30'), { number: NUMBER })));
    expect(answers).toEqual(['done', 'done', 'done', 'done', 'done', 'call_back.too_many']);
  });

  test('a queue that does not call back, or that nobody serves, offers nothing', async () => {
    const where = { organisationId: stage.organisationId, queueId };
    expect(await inside((trx) => mayAsk(trx, where, now))).toMatchObject({ place: false, slots: false, ways: [] });
    expect(await inside((trx) => slotsFor(trx, where, now))).toEqual([]);
    const irene = await agent();
    expect(await inside((trx) => mayAsk(trx, where, now))).toMatchObject({
      place: true,
      slots: true,
      ways: ['phone', 'message'],
    });
    await settle({ on: false }, irene);
    expect(await inside((trx) => mayAsk(trx, where, now))).toMatchObject({ place: false, slots: false });
    expect(await code(asks(await patient('ana')))).toBe('call_back.not_offered');
  });

  test('on WhatsApp nobody is promised a message after its 24 hours, unless there is a template', async () => {
    const irene = await agent();
    const ana = await patient('ana');
    await asOwner(ownerUrl, `update contact_point set channel = 'whatsapp' where id = $1`, [ana.contactPointId]);
    const tomorrow = new Date(at('11:00').getTime() + 86_400_000);
    expect(await code(asks(ana, tomorrow, { way: 'message' }))).toBe('call_back.outside_window');
    expect(await code(asks(ana, at('12:00'), { way: 'message' }))).toBe('done');
    await settle({ template: 'turn' }, irene);
    const [account] = await rows<{ account_id: string }>('select account_id from contact_point where id = $1', [
      ana.contactPointId,
    ]);
    await asOwner(
      ownerUrl,
      `insert into channel_account (organisation_id, id, channel, name, external_id) values ($1, $2, 'whatsapp', 'x', 'x')`,
      [stage.organisationId, account!.account_id],
    );
    await asOwner(
      ownerUrl,
      `insert into channel_template (organisation_id, account_id, name, language, category, body) values ($1, $2, 'turn', 'es', 'UTILITY', 'Ya es su turno.')`,
      [stage.organisationId, account!.account_id],
    );
    expect(await code(asks(ana, tomorrow, { way: 'message' }))).toBe('done');
    now = tomorrow;
    await sweep();
    await takes(irene);
    expect(stage.departed.at(-1)!.content).toMatchObject({ kind: 'template', name: 'turn', text: 'Ya es su turno.' });
  });
});

describe('how many', () => {
  test('follow the queue’s own weeks, and say why', async () => {
    const irene = await agent();
    const view = async () =>
      (await inside((trx) => capacitiesOf(trx, { vault: stage.vault, clock: () => now }, stage.organisationId))).find(
        (one) => one.queueId === queueId,
      )!;
    expect(await view()).toMatchObject({ basis: 'agents', weeks: 0, agents: 1 });
    // five weeks of Mondays: twenty came and were answered between eleven and a quarter past
    const ana = await patient('ana');
    for (let week = 1; week <= 5; week += 1)
      await asOwner(
        ownerUrl,
        `insert into item (organisation_id, id, kind, queue_id, person_id, queued_at, state, conversation_id)
          select $1, gen_random_uuid(), 'call', $2, $3, $4::timestamptz + n * interval '30 seconds', 'queued', null from generate_series(0, 19) n`,
        // eleven on the wall: five weeks ago it was still summer time
        [
          stage.organisationId,
          queueId,
          ana.personId,
          new Date(at('11:00').getTime() - week * 7 * 86_400_000 - (week === 5 ? 3_600_000 : 0)),
        ],
      );
    await asOwner(
      ownerUrl,
      `update item set state = 'offered', agent_id = $2, weight = 0 where organisation_id = $1 and kind = 'call'`,
      [stage.organisationId, irene.membershipId],
    );
    await asOwner(
      ownerUrl,
      `update item set state = 'accepted', accepted_at = queued_at + interval '20 seconds' where organisation_id = $1 and kind = 'call'`,
      [stage.organisationId],
    );
    await asOwner(
      ownerUrl,
      `update item set state = 'done', agent_id = null, weight = null, ended_at = accepted_at + interval '5 minutes' where organisation_id = $1 and kind = 'call'`,
      [stage.organisationId],
    );
    pass(7 * 60);
    await inside((trx) => refreshForecasts(trx, stage.organisationId, 'Europe/Madrid', now));
    now = MONDAY;
    const known = await view();
    expect(known).toMatchObject({ basis: 'forecast', weeks: 5 });
    expect(known.handleSeconds).toBeCloseTo(300);
    expect(known.slots.find((slot) => slot.local === '2026-11-23T11:00')).toMatchObject({ places: 6, taken: 0 });
    // counted anew by many processes at once
    await asOwner(ownerUrl, 'update call_back_history set computed_at = $2 where queue_id = $1', [
      queueId,
      at('00:00'),
    ]);
    now = at('23:00');
    await Promise.all(
      Array.from({ length: 8 }, () =>
        inside((trx) => refreshForecasts(trx, stage.organisationId, 'Europe/Madrid', now)),
      ),
    );
    now = MONDAY;
    expect((await view()).slots.find((slot) => slot.local === '2026-11-23T11:00')).toMatchObject({ places: 6 });
    await settle({ most: 2 }, irene);
    expect((await view()).slots.find((slot) => slot.local === '2026-11-23T11:00')).toMatchObject({ places: 2 });
  });
});

test('whatever changes in a list is an event, whoever changed it: desks fetch then and at no other time', async () => {
  const irene = await agent();
  const eva = await agent('Eva', {}, false);
  const ana = await patient('ana');
  const view = async (): Promise<string> =>
    JSON.stringify(
      await inside((trx) =>
        listCallBacks(trx, { vault: stage.vault, clock: () => now }, irene, { list: 'today', queueIds: [queueId] }),
      ),
    );
  const events = async (): Promise<number> =>
    (
      await rows<{ n: number }>(
        `select count(*)::int as n from event where organisation_id = $1 and kind = 'call_back.changed'`,
        [stage.organisationId],
      )
    )[0]!.n;
  let before = { view: await view(), events: await events() };
  const changed = async (work: () => Promise<unknown>): Promise<void> => {
    await work();
    const after = { view: await view(), events: await events() };
    expect(after.view).not.toBe(before.view);
    expect(after.events).toBeGreaterThan(before.events);
    before = after;
  };
  await changed(() => asks(ana));
  const offered = () => inside((trx) => matchOnce(trx, stage.organisationId, now));
  await changed(offered);
  await changed(async () => {
    const [offer] = await rows<{ id: string }>(`select id from offer where agent_id = $1 and state = 'pending'`, [
      irene.membershipId,
    ]);
    await inside((trx) => decline(trx, irene, { offerId: offer!.id }, now));
  });
  await inside((trx) => connect(trx, eva, { connectionId: uuid(), processId: uuid() }, now));
  await inside((trx) => setPresence(trx, eva, { state: 'available' }, now));
  await changed(() => takes(eva));
  await changed(async () => outcome(eva, (await callBackOf(ana)).id, 'no_answer'));
  pass(10);
  await changed(sweep);
  await changed(() =>
    inside(async (trx) => cancelCallBack(trx, deps, irene, { id: (await callBackOf(ana)).id, reason: 'other' }, now)),
  );
});

test('an agent sees it beside the conversation, with every try', async () => {
  const irene = await agent();
  const ana = await patient('ana');
  await asks(ana);
  await takes(irene);
  await outcome(irene, (await callBackOf(ana)).id, 'no_answer');
  const { callBack } = await inside((trx) =>
    callBackIn(trx, { vault: stage.vault, clock: () => now }, irene, ana.conversationId),
  );
  expect(callBack).toMatchObject({
    state: 'trying',
    tries: 1,
    dial: '+34612345678',
    history: [{ agent: 'Irene', outcome: 'no_answer' }],
  });
});
