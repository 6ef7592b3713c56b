/**
 * Batches what is in flight: no waiting window. While one batch commits the next gathers, so a lone item goes at
 * once and a flood goes in full batches. A batch holds at most one item of a key, and a key's items keep their order.
 */
export type Batcher<Item, Result> = {
  (item: Item): Promise<Result>;
  /** Resolves when everything handed in so far has been settled. */
  idle(): Promise<void>;
  /** Items waiting or running. */
  size(): number;
};

type Entry<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };

/**
 * @param options.key items of one key never run at the same time, and in their order
 * @param options.group items of different groups never share a batch (an organisation)
 * @param options.run settles the items of one batch; rejects only if all of them failed
 */
export function batcher<Item, Result>(options: {
  key: (item: Item) => string;
  group: (item: Item) => string;
  size: number;
  inFlight: number;
  run: (items: Item[]) => Promise<Result[]>;
}): Batcher<Item, Result> {
  // one FIFO a key; `ready` holds, for each group, the keys that have an item and none running
  const queues = new Map<string, Entry<Item, Result>[]>();
  const ready = new Map<string, Set<string>>();
  const waiters: (() => void)[] = [];
  let running = 0;
  let count = 0;

  const put = (item: Item): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      count += 1;
      const key = options.key(item);
      const queue = queues.get(key);
      if (queue) {
        queue.push({ item, resolve, reject });
      } else {
        queues.set(key, [{ item, resolve, reject }]);
        makeReady(options.group(item), key);
      }
      if (running < options.inFlight) queueMicrotask(start);
    });

  function makeReady(group: string, key: string): void {
    const keys = ready.get(group);
    if (keys) keys.add(key);
    else ready.set(group, new Set([key]));
  }

  function start(): void {
    while (running < options.inFlight) {
      const first = ready.entries().next();
      if (first.done) return;
      const [group, keys] = first.value;
      const batch: Entry<Item, Result>[] = [];
      const taken: string[] = [];
      for (const key of keys) {
        if (batch.length === options.size) break;
        keys.delete(key);
        taken.push(key);
        batch.push(queues.get(key)![0]!);
      }
      // a group with more waiting goes to the end of the line, so that no organisation starves another
      ready.delete(group);
      if (keys.size > 0) ready.set(group, keys);
      running += 1;
      void settle(group, taken, batch);
    }
  }

  async function settle(group: string, keys: string[], batch: Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((entry) => entry.item));
      for (const [i, entry] of batch.entries()) entry.resolve(results[i]!);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
    running -= 1;
    count -= batch.length;
    for (const key of keys) {
      const queue = queues.get(key)!;
      queue.shift();
      if (queue.length === 0) queues.delete(key);
      else makeReady(group, key);
    }
    if (count === 0) for (const waiter of waiters.splice(0)) waiter();
    start();
  }

  const idle = (): Promise<void> => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve)));
  return Object.assign(put, { idle, size: () => count });
}
