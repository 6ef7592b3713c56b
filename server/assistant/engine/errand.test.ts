import { expect, test } from 'vitest';
import type { Input, Outcome, Session } from '../contract.ts';
import { facts, rest, said, say, set } from './stage.ts';
import { step } from './step.ts';

/*
 * What an agent gives a conversation back for: it runs as any flow, and whatever way it ends the conversation goes back.
 */

const begin = (errand: Omit<Extract<Input, { kind: 'errand' }>, 'kind'>, given = facts()): Outcome =>
  rest(null, { kind: 'errand', ...errand }, given);
const goOn = (session: Session | null, ...lines: string[]): Outcome =>
  lines.reduce<Outcome>((outcome, line) => say(outcome.session, line, facts({ fresh: false })), {
    session,
    says: [],
    effects: [],
    trace: [],
  });

test('a flow that ends goes back to who gave it, with its last words and no menu', () => {
  const begun = begin({ flow: 'documents' });
  expect(said(begun)).toContain('Ya están');
  const kept = rest(begun.session, { kind: 'media', voice: false }, facts({ fresh: false }));
  expect(kept.handover).toBeUndefined();
  expect(kept.session?.errand).toMatchObject({ flow: 'documents' });
  const done = goOn(kept.session, 'ya están');
  expect(done.handover).toMatchObject({ reason: 'errand_done', priority: 'standard' });
  expect(said(done)).toContain('Gracias');
  expect(done.says.some((one) => one.kind === 'menu')).toBe(false);
  expect(done.session).toBeNull();
});

test.each(['persona', 'agente', '0'])('“%s” goes back at once', (word) => {
  const back = goOn(begin({ flow: 'documents' }).session, word);
  expect(back.handover).toMatchObject({ reason: 'asked_for_person' });
});

test('stopping goes back too, without menu or farewell', () => {
  const back = goOn(begin({ flow: 'book' }).session, 'déjalo');
  expect(back.handover).toMatchObject({ reason: 'errand_left' });
  expect(back.close).toBeUndefined();
  expect(said(back)).toBe('');
});

test('silence goes back instead of closing', () => {
  const begun = begin({ flow: 'book' });
  const silent = step(set, begun.session, { kind: 'timeout' }, facts({ fresh: false }));
  expect(silent.handover).toMatchObject({ reason: 'errand_silent' });
  expect(silent.close).toBeUndefined();
});

test('identification comes before what needs it, and what was asked for goes on after it', () => {
  const begun = begin({ flow: 'orders' }, facts({ proof: 'none' }));
  expect(begun.handover).toBeUndefined();
  expect(begun.session?.stack.map((frame) => frame.flow)).toEqual(['orders', 'identify']);
  expect(begun.session?.stack[0]?.errand).toBe(true);
});

test('another wish in the middle is done first; then what was given goes on', () => {
  const begun = begin({ flow: 'documents' });
  const aside = goOn(begun.session, 'a qué hora abrís el sábado');
  expect(aside.handover).toBeUndefined();
  expect(aside.session?.stack.some((frame) => frame.errand)).toBe(true);
});

test('a flow that is not there is told at once, never a menu', () => {
  expect(begin({ flow: 'nowhere' }).handover).toMatchObject({ reason: 'assistant_failed' });
});

test('an outside bot gets the word; what it says last goes back with the conversation', () => {
  const bots = { lupe: { turns: 5, waitMs: 1_000 } };
  const asked = step(set, null, { kind: 'errand', bot: 'lupe', heard: 'qué cubre mi póliza' }, facts({ bots }));
  expect(asked.effects).toMatchObject([
    { action: 'bot', args: { bot: 'lupe', event: 'begin', text: 'qué cubre mi póliza' } },
  ]);
  const answer = (then: 'wait' | 'done' | 'end' | 'person'): Outcome =>
    step(
      set,
      asked.session,
      {
        kind: 'effect',
        id: asked.effects[0]!.id,
        result: { outcome: 'success', value: { name: 'Lupe', say: [{ text: 'Cubre todo.' }], then, slots: {} } },
      },
      facts({ bots, fresh: false }),
    );
  expect(answer('wait').handover).toBeUndefined();
  expect(answer('done').handover).toMatchObject({ reason: 'errand_done' });
  expect(said(answer('done'))).toContain('Cubre todo.');
  expect(answer('end')).toMatchObject({ handover: { reason: 'errand_done' } });
  expect(answer('end').close).toBeUndefined();
  expect(answer('person').handover).toMatchObject({ reason: 'bot_handed_over' });
});

test('a bot that is off, or never answers, goes back with the truth', () => {
  expect(begin({ bot: 'lupe' }).handover).toMatchObject({ reason: 'bot_failed' });
  const bots = { lupe: { turns: 5, waitMs: 1_000 } };
  const asked = step(set, null, { kind: 'errand', bot: 'lupe' }, facts({ bots }));
  const silent = step(set, asked.session, { kind: 'timeout' }, facts({ bots, fresh: false }));
  expect(silent.handover).toBeDefined();
  expect(silent.close).toBeUndefined();
});
