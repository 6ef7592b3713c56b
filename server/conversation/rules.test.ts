import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONVERSATION_STATES, type ConversationState, DELIVERY_STATES } from './contract.ts';
import { afterReceipt, believableTime, mayBecome, reopens, wordsOf } from './rules.ts';

const DRAWN: Record<ConversationState, ConversationState[]> = {
  assistant: ['waiting', 'with_agent', 'closed'],
  waiting: ['with_agent', 'assistant', 'closed'],
  with_agent: ['on_hold', 'wrapping', 'waiting', 'assistant', 'closed'],
  on_hold: ['with_agent', 'wrapping', 'waiting', 'assistant', 'closed'],
  wrapping: ['closed', 'with_agent', 'waiting', 'assistant'],
  closed: ['assistant', 'waiting', 'with_agent'],
};

describe('states of a conversation', () => {
  test.each(CONVERSATION_STATES.flatMap((from) => CONVERSATION_STATES.map((to) => [from, to] as const)))(
    '%s → %s is as drawn',
    (from, to) => {
      expect(mayBecome(from, to)).toBe(DRAWN[from].includes(to));
    },
  );
});

describe('receipts', () => {
  const state = fc.constantFrom(...DELIVERY_STATES);
  const receipt = fc.constantFrom('sent', 'delivered', 'read', 'failed' as const) as fc.Arbitrary<
    'sent' | 'delivered' | 'read' | 'failed'
  >;

  test('the same receipt again changes nothing', () => {
    fc.assert(
      fc.property(
        state,
        receipt,
        (now, said) => afterReceipt(afterReceipt(now, said), said) === afterReceipt(now, said),
      ),
    );
  });

  test('what was read stays read, whatever comes later and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(receipt), (all) => {
        const end = [...all, 'read' as const].reduce(
          (now, said) => afterReceipt(now, said),
          'sending' as (typeof DELIVERY_STATES)[number],
        );
        expect(all.reduce((now, said) => afterReceipt(now, said), end)).toBe('read');
      }),
    );
  });

  test.each([
    ['sending', 'failed', 'failed'],
    ['sent', 'failed', 'failed'],
    ['delivered', 'failed', 'delivered'],
    ['failed', 'delivered', 'delivered'],
    ['read', 'sent', 'read'],
  ] as const)('%s, then %s: %s', (now, said, then) => expect(afterReceipt(now, said)).toBe(then));
});

test('a vendor’s time is never in the future nor older than a week', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  fc.assert(
    fc.property(fc.date(), (said) => {
      const time = believableTime(said, now).getTime();
      expect(time).toBeLessThanOrEqual(now.getTime());
      expect(time).toBeGreaterThanOrEqual(now.getTime() - 7 * 86_400_000);
    }),
  );
  expect(believableTime(new Date('2026-11-22T09:59:00Z'), now)).toEqual(new Date('2026-11-22T09:59:00Z'));
});

test('the window in which a closed conversation opens again has its edge where it is said', () => {
  const closed = new Date('2026-11-22T10:00:00Z');
  expect(reopens(closed, new Date('2026-11-22T12:00:00Z'), 120)).toBe(true);
  expect(reopens(closed, new Date('2026-11-22T12:00:01Z'), 120)).toBe(false);
});

test('the screen sees captions, picks and names, not only text', () => {
  expect(wordsOf({ kind: 'media', media: 'image', caption: 'me ahogo' })).toContain('me ahogo');
  expect(wordsOf({ kind: 'choice', id: 'x', title: 'Me ahogo' })).toContain('Me ahogo');
  // a protocol's own button is weighed by the protocol, while the assistant runs it
  const button = { kind: 'choice', id: 'symptom.triage:protocol.coping.cannot', title: 'No puedo más' } as const;
  expect(wordsOf(button, 'assistant')).toBe('');
  for (const state of ['waiting', 'with_agent', 'closed'] as const) expect(wordsOf(button, state)).toBe('No puedo más');
  expect(wordsOf({ ...button, id: 'symptom.who:self' }, 'assistant')).toBe('No puedo más');
  expect(wordsOf({ kind: 'contacts', contacts: [{ name: 'Ana', phones: [] }] })).toBe('Ana');
});
