import { expect, test } from 'vitest';
import type { ConversationView, MessageView } from '../../server/desk/contract.ts';
import { joined } from './joined.ts';

const message = (seq: number): MessageView =>
  ({
    id: `m${seq}`,
    seq,
    shownAt: new Date(seq * 1000).toISOString(),
    sentAt: new Date(seq * 1000).toISOString(),
  }) as MessageView;
const view = (from: number, to: number, before: number | null): ConversationView =>
  ({
    cursor: '1:1',
    messages: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)),
    before,
  }) as ConversationView;
const seqs = (one: ConversationView) => one.messages.map((each) => each.seq);

test('earlier messages that were loaded stay when the last page comes again', () => {
  const next = joined(view(1, 60, null), view(15, 64, 15));
  expect(seqs(next)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
  expect(next.before).toBeNull();
});

test('with a gap between them only the fresh page is true', () => {
  expect(joined(view(1, 10, null), view(15, 64, 15))).toEqual(view(15, 64, 15));
  expect(joined(view(15, 20, 15), view(15, 30, 15))).toEqual(view(15, 30, 15));
});
