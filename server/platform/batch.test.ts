import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batcher } from './batch.ts';

type Item = { group: string; key: string; n: number };

describe('batcher', () => {
  test('keeps the order of a key, never has two of a key at once, never mixes groups, loses nothing', async () => {
    const item = fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      key: fc.constantFrom('1', '2', '3', '4'),
      n: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (items, size, inFlight) => {
          const running = new Set<string>();
          const settled = new Map<string, Item[]>();
          let batches = 0;
          const keyOf = (entry: Item): string => entry.group + entry.key;
          const put = batcher<Item, number>({
            key: keyOf,
            group: (entry) => entry.group,
            size,
            inFlight,
            run: async (batch) => {
              batches += 1;
              expect(batches).toBeLessThanOrEqual(inFlight);
              expect(batch.length).toBeLessThanOrEqual(size);
              expect(new Set(batch.map((entry) => entry.group)).size).toBe(1);
              for (const entry of batch) {
                expect(running.has(keyOf(entry))).toBe(false);
                running.add(keyOf(entry));
              }
              await new Promise((done) => setImmediate(done));
              for (const entry of batch) {
                running.delete(keyOf(entry));
                settled.set(keyOf(entry), [...(settled.get(keyOf(entry)) ?? []), entry]);
              }
              batches -= 1;
              return batch.map((entry) => entry.n);
            },
          });
          const results = await Promise.all(items.map((entry) => put(entry)));
          expect(results).toEqual(items.map((entry) => entry.n));
          for (const [key, list] of settled) expect(list).toEqual(items.filter((entry) => keyOf(entry) === key));
          await put.idle();
          expect(put.size()).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a batch that fails rejects its own items and the rest goes on', async () => {
    const put = batcher<Item, number>({
      key: (entry) => entry.key,
      group: () => '',
      size: 1,
      inFlight: 1,
      run: async (batch) => {
        if (batch[0]!.n === 13) throw new Error('poison');
        return batch.map((entry) => entry.n);
      },
    });
    const results = await Promise.allSettled([1, 13, 2].map((n) => put({ group: '', key: 'k', n })));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
