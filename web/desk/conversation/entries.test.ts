import { expect, test } from 'vitest';
import type { ConversationView, MessageView } from '../../../server/desk/contract.ts';
import { entriesOf } from './entries.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString();
function message(
  seq: number,
  direction: MessageView['direction'],
  content: object,
  more: Partial<MessageView> = {},
): MessageView {
  return {
    id: `m${seq}`,
    conversationId: 'c',
    seq,
    direction,
    author: direction === 'in' ? 'patient' : 'assistant',
    authorId: null,
    authorName: null,
    channel: 'whatsapp',
    clientId: null,
    content: content as MessageView['content'],
    attachment: null,
    sentAt: at(seq),
    at: at(seq),
    delivery: null,
    deliveredAt: null,
    readAt: null,
    shownAt: at(seq),
    failure: null,
    resentAs: null,
    replyTo: null,
    ...more,
  };
}
const view = (messages: MessageView[], summary: ConversationView['summary'] = []): ConversationView =>
  ({ cursor: '1:1', conversation: {}, messages, before: null, summary, trace: [] }) as unknown as ConversationView;
const kinds = (entries: ReturnType<typeof entriesOf>) =>
  entries.map((entry) => (entry.kind === 'message' ? entry.message.seq : entry.kind));

const text = (words: string) => ({ kind: 'text', text: words });
const menu = {
  kind: 'menu',
  text: '¿?',
  options: [
    { id: 'a', title: 'A' },
    { id: 'b', title: 'B' },
  ],
};
const joined = { kind: 'system', what: 'joined', detail: { name: 'Irene' } };

test('a channel that changes is a knot, and so is a day', () => {
  const later = new Date(Date.UTC(2026, 10, 23, 9)).toISOString();
  const shown = entriesOf(
    view([message(1, 'in', text('hola')), message(2, 'in', text('sigo'), { channel: 'webchat', shownAt: later })]),
    'Europe/Madrid',
    null,
    true,
  );
  expect(kinds(shown)).toEqual(['channel', 'day', 1, 'channel', 'day', 2]);
});

test('the option that was picked is marked on its menu, the nearest one before', () => {
  const shown = entriesOf(
    view([message(1, 'out', menu), message(2, 'out', menu), message(3, 'in', { kind: 'choice', id: 'b', title: 'B' })]),
    'Europe/Madrid',
    null,
    true,
  );
  const chosen = shown.flatMap((entry) => (entry.kind === 'message' ? [[entry.message.seq, [...entry.chosen]]] : []));
  expect(chosen).toEqual([
    [1, []],
    [2, ['b']],
    [3, []],
  ]);
});

test('what the assistant did is on the card, not in the thread; long talks with it fold', () => {
  const talk = [1, 2, 3, 4, 5, 6].map((seq) => message(seq, seq % 2 ? 'in' : 'out', text('…')));
  const messages = [
    ...talk,
    message(7, 'system', { kind: 'system', what: 'trace', detail: {} }),
    message(8, 'system', joined),
    message(9, 'in', text('gracias')),
  ];
  const folded = entriesOf(view(messages, [{ key: 'reason', value: 'x' }]), 'Europe/Madrid', null, false);
  expect(kinds(folded)).toEqual(['channel', 'known', 'day', 5, 6, 'event', 9]);
  expect(folded.find((entry) => entry.kind === 'known')).toMatchObject({ hidden: 4 });
  const whole = entriesOf(view(messages, [{ key: 'reason', value: 'x' }]), 'Europe/Madrid', null, true);
  expect(kinds(whole)).toEqual(['channel', 'day', 1, 2, 3, 4, 5, 6, 'known', 'event', 9]);
});

test('new words begin under a line', () => {
  const shown = entriesOf(view([message(1, 'in', text('a')), message(2, 'in', text('b'))]), 'Europe/Madrid', 2, true);
  expect(kinds(shown)).toEqual(['channel', 'day', 1, 'new', 2]);
});

test('on the last page of a long conversation nothing that was said to colleagues folds', () => {
  const messages = [11, 12, 13, 14, 15, 16].map((seq) => message(seq, 'in', text('…')));
  const page = { ...view([...messages, message(17, 'system', joined)], [{ key: 'reason', value: 'x' }]), before: 11 };
  expect(kinds(entriesOf(page, 'Europe/Madrid', null, false))).toEqual([
    'known',
    'channel',
    'day',
    11,
    12,
    13,
    14,
    15,
    16,
    'event',
  ]);
});
