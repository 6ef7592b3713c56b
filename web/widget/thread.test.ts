import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebMessage } from './protocol.ts';
import { lastSeq, merge, receipt, settle, timeline, unread, type Pending } from './thread.ts';

const at = (seq: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, seq)).toISOString();
function message(seq: number, change: Partial<WebMessage> = {}): WebMessage {
  return {
    id: 'm' + seq,
    seq,
    direction: 'out',
    author: 'assistant',
    at: at(seq),
    content: { kind: 'text', text: String(seq) },
    ...change,
  };
}
const mine = (seq: number, clientId: string) => message(seq, { direction: 'in', author: 'patient', clientId });
const waits = (clientId: string, time: number): Pending => ({
  clientId,
  at: time,
  content: { kind: 'text', text: clientId },
});

describe('merge', () => {
  it('makes one thread in order from any shuffling and doubling', () => {
    const thread = Array.from({ length: 12 }, (_, i) => message(i + 1));
    const pages = fc.array(fc.array(fc.constantFrom(...thread), { maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(pages, (batches) => {
        const known = [...batches, thread].reduce<WebMessage[]>(merge, []);
        expect(known.map((one) => one.seq)).toEqual(thread.map((one) => one.seq));
      }),
    );
  });

  it('never takes a receipt back', () => {
    const read = receipt([message(1, { delivery: 'sent' })], 'm1', 'read');
    expect(receipt(read, 'm1', 'delivered')[0]!.delivery).toBe('read');
    expect(merge(read, [message(1, { delivery: 'sent' })])[0]!.delivery).toBe('read');
  });

  it('knows its end', () => {
    expect(lastSeq([])).toBe(0);
    expect(lastSeq(merge([message(3)], [message(2)]))).toBe(3);
  });
});

describe('settle', () => {
  it('lets go of what the server gave back, and keeps the rest in the order it was said', () => {
    const left = settle([waits('c', 3), waits('a', 1), waits('b', 2)], [mine(1, 'b')]);
    expect(left.map((one) => one.clientId)).toEqual(['a', 'c']);
  });

  it('keeps one of two that are the same, whichever tab put them', () => {
    expect(settle([waits('a', 1), waits('a', 1)], [])).toHaveLength(1);
  });
});

describe('unread', () => {
  it('counts what the organisation said after the place read', () => {
    expect(unread([message(1), mine(2, 'a'), message(3), message(4)], 1)).toBe(2);
  });
});

describe('timeline', () => {
  const kinds = (...args: Parameters<typeof timeline>) => timeline(...args).map((one) => one.kind);

  it('opens each day once', () => {
    const next = { ...message(2), at: '2026-11-26T09:00:00.000Z' };
    expect(kinds([message(1), next, { ...next, id: 'm3', seq: 3 }], [], null, 0)).toEqual([
      'day',
      'message',
      'day',
      'message',
      'message',
    ]);
  });

  it('says once who attends, before the first words', () => {
    const staff = (seq: number) => message(seq, { author: 'staff', authorName: 'Marcos' });
    const standing = { with: 'agent', agentName: 'Marcos' } as const;
    expect(kinds([message(1), staff(2), staff(3)], [], standing, 3)).toEqual([
      'day',
      'message',
      'staff',
      'message',
      'message',
    ]);
  });

  it('says it at once when the agent has not written yet, and keeps it in its place', () => {
    const standing = { with: 'agent', agentName: 'Marcos' } as const;
    expect(kinds([message(1)], [], standing, 1)).toEqual(['day', 'message', 'staff']);
    expect(kinds([message(1), mine(2, 'a')], [], standing, 1)).toEqual(['day', 'message', 'staff', 'message']);
  });

  it('says it again after the assistant had the conversation back', () => {
    const staff = (seq: number) => message(seq, { author: 'staff', authorName: 'Marcos' });
    expect(kinds([staff(1), message(2), staff(3)], [], null, 0)).toEqual([
      'day',
      'staff',
      'message',
      'message',
      'staff',
      'message',
    ]);
  });

  it('offers only the newest menu', () => {
    const menu = (seq: number) =>
      message(seq, { content: { kind: 'menu', text: 'x', options: [{ id: '1', title: 'A' }] } });
    const open = (messages: WebMessage[], pending: Pending[] = []) =>
      timeline(messages, pending, null, 0).flatMap((one) =>
        one.kind === 'message' && one.menu ? [one.message.seq] : [],
      );
    expect(open([menu(1), mine(2, 'a'), menu(3)])).toEqual([3]);
    expect(open([menu(1), mine(2, 'a')])).toEqual([]);
    expect(open([menu(1)], [waits('a', 1)])).toEqual([]);
  });
});
