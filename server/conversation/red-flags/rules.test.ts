import { describe, expect, test } from 'vitest';
import type { ConversationState, InboundContent } from '../contract.ts';
import { answerOf, buttonId, judge, saidLately, type Standing } from './rules.ts';

const text = (words: string): InboundContent => ({ kind: 'text', text: words });
const FLAG = '0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

describe('an answer to "is it happening to you now?"', () => {
  test.each([
    'no',
    'No',
    'NO.',
    'noo',
    'nop',
    'no no',
    'No, gracias',
    'ahora no',
    'no, ahora no',
    'ya no',
    'no me está pasando',
    'no me pasa ahora',
    'ahora mismo no',
    'No, fue ayer',
    'no, fue la semana pasada',
    'No. Quiero pedir cita',
    'no, era solo para los resultados',
    'ara no',
    'no, ara no',
    'no, va ser ahir',
    'no em passa',
    'nope',
    'not now',
    'no, not now',
    "it's not happening now",
    'No, it was last week',
    'no thanks',
    'não',
    'agora não',
    'não, agora não',
    'não, foi ontem',
    'Não, obrigada',
    'não está acontecendo',
  ])('"%s" is a clear no', (words) => {
    expect(answerOf(text(words))).toBe('no');
  });

  test.each([
    'no sé',
    'no puedo',
    'no puedo respirar',
    'no lo sé',
    'no mucho',
    'no tanto',
    'no, pero me duele',
    'no, fue ayer pero sigue',
    'no, me duele más',
    'no, hace un rato',
    'no, hace cinco minutos',
    'no, creo',
    'no fue ayer',
    'no despierta',
    'no, quiero morirme',
    'ayuda',
    '?',
    'a veces',
    'un poco',
    'persona',
    '0',
    'no ho sé',
    'no tant',
    'not really',
    'not sure',
    "I don't know",
    'no idea',
    'no, it still hurts',
    'não sei',
    'não consigo',
    'não, mas dói',
    'quizá',
    '👎',
    '',
    'sigue',
    'no no puedo',
    'ahora',
    'nunca me había pasado',
  ])('"%s" is not', (words) => {
    expect(answerOf(text(words))).toBe('unclear');
  });

  test.each(['sí', 'Si', 'siii', 'sí, ahora', 'yes', 'sim', 'sí, me duele'])('"%s" is a yes', (words) => {
    expect(answerOf(text(words))).toBe('yes');
  });

  test('a button says what it says; a picture, a voice note, a place, a thumb say no no', () => {
    expect(answerOf({ kind: 'choice', id: buttonId('no', FLAG), title: 'No' })).toBe('no');
    expect(answerOf({ kind: 'choice', id: buttonId('yes', FLAG), title: 'Sí' })).toBe('yes');
    for (const content of [
      { kind: 'media', media: 'audio', voice: true },
      { kind: 'media', media: 'image', caption: 'no' },
      { kind: 'location', latitude: 0, longitude: 0 },
      { kind: 'reaction', emoji: '👍', to: 'x' },
      { kind: 'unsupported', reason: 'x' },
    ] as InboundContent[])
      expect(answerOf(content)).toBe('unclear');
  });
});

describe('what an utterance means', () => {
  const standing = (more: Partial<Standing> = {}): Standing => ({
    id: FLAG,
    level: 'soft',
    categories: ['cardiac'],
    messageId: null,
    agentId: null,
    dueAt: new Date(),
    answer: null,
    saidAt: null,
    lowered: false,
    ...more,
  });
  const heard = (
    content: InboundContent,
    more: { level?: 'hard' | 'soft' | 'none'; state?: ConversationState; flags?: Standing[]; again?: boolean } = {},
  ) => judge({ level: 'none', state: 'assistant', flags: [], again: false, content, ...more });

  test('a soft one is asked about by the assistant, or by the agent who has the word; repeated it is hard', () => {
    for (const state of ['assistant', 'waiting'] as const)
      expect(heard(text('x'), { level: 'soft', state })).toEqual({ kind: 'ask' });
    for (const state of ['with_agent', 'on_hold', 'wrapping'] as const)
      expect(heard(text('x'), { level: 'soft', state })).toEqual({ kind: 'tell' });
    expect(heard(text('x'), { level: 'soft', again: true })).toMatchObject({
      kind: 'hard',
      why: 'repeat',
      fresh: true,
    });
  });

  test('hard words are hard whatever was asked, and settle the question', () => {
    expect(heard(text('no'), { level: 'hard', flags: [standing()] })).toMatchObject({
      kind: 'hard',
      why: 'words',
      raises: { id: FLAG },
    });
  });

  test('a question: no calms, anything else raises, a reaction taken back is no word', () => {
    const flags = [standing()];
    expect(heard(text('no'), { flags })).toMatchObject({ kind: 'calm' });
    expect(heard(text('no sé'), { flags })).toMatchObject({
      kind: 'hard',
      why: 'answer',
      answer: 'unclear',
      fresh: false,
    });
    expect(heard(text('sí'), { flags })).toMatchObject({ kind: 'hard', why: 'answer', answer: 'yes' });
    expect(heard(text('me duele'), { flags, level: 'soft' })).toMatchObject({
      kind: 'hard',
      why: 'answer',
      fresh: true,
    });
    expect(heard({ kind: 'reaction', emoji: '👍', to: 'x' }, { flags })).toMatchObject({ kind: 'hard' });
    expect(heard({ kind: 'reaction', emoji: '', to: 'x' }, { flags })).toEqual({ kind: 'none' });
  });

  test('with an agent only a clear no settles; a patient who writes on does not', () => {
    const flags = [standing({ agentId: 'a' })];
    expect(heard(text('estoy en casa'), { flags, state: 'with_agent' })).toEqual({ kind: 'none' });
    expect(heard(text('no, fue ayer'), { flags, state: 'with_agent' })).toMatchObject({ kind: 'calm' });
  });

  test('the buttons of an old question: yes raises still, no lowers nothing, twice is nothing', () => {
    const button = (answer: 'yes' | 'no'): InboundContent => ({
      kind: 'choice',
      id: buttonId(answer, FLAG),
      title: answer,
    });
    const old = { dueAt: null, answer: 'no' } as const;
    expect(heard(button('no'), { flags: [standing(old)] })).toEqual({ kind: 'settled' });
    expect(heard(button('yes'), { flags: [standing(old)] })).toMatchObject({
      kind: 'hard',
      raises: { id: FLAG },
      fresh: false,
    });
    expect(heard(button('no'), { flags: [standing({ dueAt: null, level: 'hard' })] })).toMatchObject({ kind: 'late' });
    expect(heard(button('yes'), { flags: [standing({ dueAt: null, level: 'hard' })] })).toEqual({ kind: 'settled' });
    expect(heard(button('yes'), { flags: [] })).toMatchObject({ kind: 'hard', fresh: true });
    expect(heard(button('no'), { flags: [] })).toEqual({ kind: 'settled' });
  });

  test('who has a flag and asks for a nurse gets one; who has none goes the usual way', () => {
    const old = standing({ dueAt: null, answer: 'no' });
    for (const words of ['enfermería', 'quiero una enfermera', 'infermeria', 'nurse please', 'enfermagem'])
      expect(heard(text(words), { flags: [old] })).toEqual({ kind: 'nurse' });
    expect(heard(text('enfermería'))).toEqual({ kind: 'none' });
    expect(heard(text('enfermería'), { flags: [standing({ dueAt: null, lowered: true })] })).toEqual({ kind: 'none' });
  });

  test('the same text is said once in two minutes for each category', () => {
    const now = new Date();
    const ago = (ms: number) => new Date(now.getTime() - ms);
    expect(saidLately([standing({ saidAt: ago(119_000) })], 'cardiac', now)).toBe(true);
    expect(saidLately([standing({ saidAt: ago(121_000) })], 'cardiac', now)).toBe(false);
    expect(saidLately([standing({ saidAt: ago(1_000) })], 'stroke', now)).toBe(false);
  });
});
