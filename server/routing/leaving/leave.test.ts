import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asOwner, testDatabase } from '../../../test/postgres.ts';
import { createStage, type Stage } from '../../../test/stage.ts';
import { refusal, type Team, teamOf } from '../../../test/team.ts';
import type { InboundContent, Language, OutboundContent } from '../../conversation/contract.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import { screen } from '../../triage/screen.ts';
import { reportLevels } from '../levels/report.ts';
import { accept, decline, take } from '../offers.ts';
import { fateOf, type Wish } from './rules.ts';
import { lineButtons } from './texts.ts';

const postgres = await testDatabase({ max: 16 });
const { db, ownerUrl } = postgres;
afterAll(() => postgres.close());

let now = new Date();
let stage: Stage;
let team: Team;
beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  stage = await createStage(postgres, { clock: () => now, settings: { ringSeconds: 30 } });
  team = teamOf(postgres, stage, () => now);
});
afterEach(() => stage.close());

const pass = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));
const inside = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, stage.organisationId, work);
const deps = () => ({ conversations: stage.conversations, now });
const row = async <T>(text: string, values: unknown[]): Promise<T> => (await asOwner(ownerUrl, text, values)).rows[0];
const stateOf = async (id: string): Promise<string> =>
  (await row<{ state: string }>('select state from conversation where id = $1', [id])).state;
const item = (id: string) =>
  row<{ id: string; state: string; end_reason: string | null; ended_at: Date | null; agent_id: string | null }>(
    `select id, state, end_reason, ended_at, agent_id from item where conversation_id = $1 order by id desc limit 1`,
    [id],
  );
const saidLast = (id: string): OutboundContent => stage.departed.findLast((one) => one.conversationId === id)!.content;
const textOf = (content: OutboundContent): string => ('text' in content ? content.text : '');
const buttonsOf = (content: OutboundContent): string[] =>
  content.kind === 'menu' ? content.options.map((option) => option.id) : [];
const tap = (what: 'stay' | 'leave', itemId: string): InboundContent => ({
  kind: 'choice',
  id: `waiting:${what}:${itemId}`,
  title: what === 'leave' ? 'Ya no hace falta' : 'Seguir esperando',
});

describe('somebody who waits', () => {
  test('leaves by a clear word: abandoned, with time, reason and audit; the thread stays and a word opens it again', async () => {
    const id = await stage.write('ana', 'quiero hablar con una persona');
    pass(90);
    expect(await stage.write('ana', 'Déjelo, ya lo he resuelto. Gracias')).toBe(id);
    expect(await item(id)).toMatchObject({ state: 'abandoned', end_reason: 'no_longer_needed', ended_at: now });
    expect(await stateOf(id)).toBe('closed');
    expect(textOf(saidLast(id))).toMatch(/ya no está en la cola.*escriba aquí/);
    const { rows: kept } = await asOwner(
      ownerUrl,
      `select actor_kind, subject_id, detail from audit_entry where organisation_id = $1 and action = 'leave_line'`,
      [stage.organisationId],
    );
    expect(kept).toEqual([
      {
        actor_kind: 'patient',
        subject_id: (await item(id)).id,
        detail: { by: 'words', queueId: expect.any(String), waitedSeconds: 90 },
      },
    ]);
    await team.holdsTrue();
    pass(60);
    expect(await stage.write('ana', 'perdón, sí que necesito a alguien')).toBe(id);
    expect(await stateOf(id)).toBe('waiting');
    expect((await item(id)).state).toBe('queued');
    await team.holdsTrue();
  });

  test('is asked where it is not clear; yes, the same again or the button leave, anything else waits on', async () => {
    for (const [name, answer, leaves] of [
      ['a', 'sí', true],
      ['b', 'cancela', true],
      ['c', 'leave', true],
      ['d', 'no, gracias', false],
      ['e', 'stay', false],
      ['f', 'mi número de póliza es 4471', false],
    ] as const) {
      const id = await stage.write(name, 'hola');
      const { id: itemId } = await item(id);
      await stage.write(name, 'cancela');
      expect(buttonsOf(saidLast(id))).toEqual([`waiting:stay:${itemId}`, `waiting:leave:${itemId}`]);
      expect((await item(id)).state).toBe('queued');
      await stage.write(name, answer === 'leave' || answer === 'stay' ? tap(answer, itemId) : answer);
      expect([name, (await item(id)).state]).toEqual([name, leaves ? 'abandoned' : 'queued']);
    }
    await team.holdsTrue();
  });

  test('a yes long after the question, or without one, is no answer', async () => {
    const id = await stage.write('ana', 'hola');
    await stage.write('ana', 'sí');
    await stage.write('ana', 'cancela');
    pass(16 * 60);
    await stage.write('ana', 'sí');
    expect((await item(id)).state).toBe('queued');
    // nor when the clock was put back meanwhile
    await stage.write('ana', 'cancela');
    pass(-3_600);
    await stage.write('ana', 'sí');
    expect((await item(id)).state).toBe('queued');
  });

  test('reads the wait with two buttons, which are of that wait alone', async () => {
    const id = await stage.write('ana', 'hola');
    const first = (await item(id)).id;
    expect(buttonsOf(saidLast(id))).toEqual([`waiting:stay:${first}`, `waiting:leave:${first}`]);
    // who waits on may still change their mind with a touch
    await stage.write('ana', tap('stay', first));
    expect(buttonsOf(saidLast(id))).toEqual([`waiting:leave:${first}`]);
    await stage.write('ana', tap('leave', first));
    expect((await item(id)).state).toBe('abandoned');
    // pressed once more, it opens nothing again
    await stage.write('ana', tap('leave', first));
    expect(await stateOf(id)).toBe('closed');
    expect(textOf(saidLast(id))).toMatch(/^Ya no está en la cola/);
    await stage.write('ana', 'necesito otra cosa');
    const second = (await item(id)).id;
    expect(second).not.toBe(first);
    // the old button under an old place asks
    await stage.write('ana', tap('leave', first));
    expect((await item(id)).state).toBe('queued');
    expect(buttonsOf(saidLast(id))).toEqual([`waiting:stay:${second}`, `waiting:leave:${second}`]);
    await team.holdsTrue();
  });

  test('a red flag in the same words goes first, and whoever has one stays in line', async () => {
    stage.deps.followers.screen = screen;
    const id = await stage.write('ana', 'hola');
    await stage.write('ana', 'déjalo, me duele mucho el pecho y no puedo respirar');
    expect(await item(id)).toMatchObject({ state: 'queued' });
    expect(
      (await row<{ priority: string }>('select priority from item where conversation_id = $1', [id])).priority,
    ).toBe('critical');
    for (const words of ['ya lo he resuelto', 'cancela', tap('leave', (await item(id)).id)]) {
      await stage.write('ana', words);
      expect((await item(id)).state).toBe('queued');
      expect(textOf(saidLast(id))).toMatch(/sigue en la cola.*llame al 112/);
    }
    await team.holdsTrue();
  });

  test('what is urgent by its class stays too, without buttons', async () => {
    stage.handover = { priority: 'urgent' };
    const id = await stage.write('ana', 'hola');
    expect(saidLast(id).kind).toBe('text');
    await stage.write('ana', 'ya lo he resuelto');
    expect((await item(id)).state).toBe('queued');
    expect(textOf(saidLast(id))).toMatch(/sigue en la cola/);
  });

  test('words at which the screen hesitates are asked about, and raise nothing in line', async () => {
    stage.deps.followers.screen = (text) =>
      text.includes('falta')
        ? { level: 'soft', flags: [{ rule: 'no-tomorrow', category: 'suicide' }] }
        : { level: 'none', flags: [] };
    const id = await stage.write('ana', 'hola');
    await stage.write('ana', 'Ya no hace falta');
    expect(buttonsOf(saidLast(id))).toHaveLength(2);
    expect((await asOwner(ownerUrl, 'select 1 from flag where conversation_id = $1', [id])).rows).toEqual([]);
    await stage.write('ana', 'sí');
    expect((await item(id)).state).toBe('abandoned');
  });

  test('with an agent their words are the agent’s to read', async () => {
    const irene = await team.agent('Irene');
    const id = await stage.write('ana', 'hola');
    await inside(async (trx) => take(trx, irene, { itemId: (await item(id)).id }, deps()));
    await stage.write('ana', 'ya lo he resuelto');
    expect([await stateOf(id), (await item(id)).state]).toEqual(['with_agent', 'accepted']);
  });

  test('before an agent it is taken back: the offer is over, the place free, the desk told', async () => {
    const irene = await team.agent('Irene', { capacity: 1 });
    const id = await stage.write('ana', 'hola');
    await team.match();
    const [offer] = await team.pending(irene);
    await stage.write('ana', 'ya lo he resuelto');
    expect(await item(id)).toMatchObject({ state: 'abandoned', agent_id: null });
    expect(await team.agentRow(irene)).toMatchObject({ load: 0, presence: 'available' });
    expect(await team.pending(irene)).toEqual([]);
    expect(await refusal(inside((trx) => accept(trx, irene, { offerId: offer!.id }, deps())))).toBe(
      'routing.offer_gone',
    );
    const { rows } = await asOwner(
      ownerUrl,
      `select payload from event where conversation_id = $1 and kind = 'item.ended'`,
      [id],
    );
    expect(rows.map(({ payload }) => [payload.state, payload.agentId])).toEqual([['abandoned', irene.membershipId]]);
    await team.holdsTrue();
  });

  test('is counted as abandoned by the levels of its queue', async () => {
    const left = await stage.write('ana', 'hola');
    await stage.write('luis', 'hola');
    pass(40);
    await stage.write('ana', 'ya lo he resuelto');
    const report = await inside((trx) =>
      reportLevels(trx, stage.organisationId, { period: 'day', date: '2026-11-23' }, now),
    );
    expect(report.all).toMatchObject({ offered: 2, abandoned: 1, waiting: 1, answered: 0 });
    expect((await item(left)).state).toBe('abandoned');
  });
});

test('the buttons fit the narrowest channel in every language', () => {
  for (const language of ['es', 'ca', 'en', 'pt'] as Language[])
    for (const { title } of lineButtons(language, crypto.randomUUID()))
      expect([...title].length).toBeLessThanOrEqual(20);
});

test('no wish of any kind takes out of the line who is urgent or flagged', () => {
  const wishes: Wish[] = [
    { tap: { what: 'leave', itemId: 'x' }, leaving: null, answer: null },
    { tap: { what: 'leave', itemId: 'y' }, leaving: null, answer: null },
    { tap: null, leaving: 'clear', answer: 'leave' },
    { tap: null, leaving: 'perhaps', answer: 'leave' },
    { tap: null, leaving: null, answer: 'leave' },
  ];
  for (const wish of wishes)
    for (const askedAt of [null, new Date(0)])
      for (const doubtful of [true, false])
        for (const [priority, flagged] of [
          ['critical', false],
          ['urgent', false],
          ['standard', true],
          ['low', true],
        ] as const)
          expect(
            fateOf(wish, { itemId: 'x', priority, flagged, doubtful, askedAt }, new Date(0)),
            JSON.stringify(wish),
          ).not.toBe('leave');
});

test('leaving, offering, accepting, refusing and taking at the same instant: each ends one way, and nobody is lost', async () => {
  const agents = await Promise.all(
    Array.from({ length: 8 }, (_, i) => team.agent(`Agente ${i}`, { capacity: 3, autoAccept: i % 4 === 0 })),
  );
  for (let round = 0; round < 2; round += 1) {
    const people = Array.from({ length: 12 }, (_, i) => `r${round} p${i}`);
    const ids = await Promise.all(people.map((name) => stage.write(name, 'hola')));
    const answer = async (n: number): Promise<void> => {
      const agent = agents[n]!;
      for (const { id } of await team.pending(agent))
        await refusal(
          n % 3 === 0
            ? inside((trx) => decline(trx, agent, { offerId: id }, now))
            : inside((trx) => accept(trx, agent, { offerId: id }, deps())),
        );
    };
    const faults = await Promise.allSettled([
      ...people.map((name) => stage.write(name, 'ya lo he resuelto')),
      team.match(),
      ...agents.map((_, n) => answer(n)),
      team.match(),
      ...ids
        .slice(0, 4)
        .map(async (id, i) =>
          refusal(inside(async (trx) => take(trx, agents[i]!, { itemId: (await item(id)).id }, deps()))),
        ),
      ...agents.map((_, n) => answer(n)),
    ]);
    expect(faults.filter((one) => one.status === 'rejected')).toEqual([]);
    await team.holdsTrue();
    for (const id of ids) {
      const { state } = await item(id);
      expect([await stateOf(id), state]).toEqual(
        state === 'abandoned' ? ['closed', 'abandoned'] : ['with_agent', 'accepted'],
      );
    }
    for (const id of ids)
      if ((await item(id)).state === 'accepted') {
        const { agent_id } = await item(id);
        const agent = agents.find((one) => one.membershipId === agent_id)!;
        await inside((trx) =>
          stage.conversations.wrapUp(trx, agent, { conversationId: id, reason: 'other', solved: true }),
        );
      }
  }
});
