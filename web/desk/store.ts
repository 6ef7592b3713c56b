import { useSyncExternalStore } from 'react';

/** A value that several parts of the page show and something outside React changes. */
export type Store<Value> = {
  get(): Value;
  set(change: Value | ((old: Value) => Value)): void;
  follow(follower: () => void): () => void;
};

export function store<Value>(first: Value): Store<Value> {
  let value = first;
  const followers = new Set<() => void>();
  return {
    get: () => value,
    set(change) {
      const next = typeof change === 'function' ? (change as (old: Value) => Value)(value) : change;
      if (Object.is(next, value)) return;
      value = next;
      for (const follower of followers) follower();
    },
    follow(follower) {
      followers.add(follower);
      return () => followers.delete(follower);
    },
  };
}

export function useStore<Value>(source: Store<Value>): Value {
  return useSyncExternalStore(source.follow, source.get);
}

/** The moment, renewed every second while somebody looks: one clock for every ring and wait of the page. */
const second = store(Date.now());
let ticking: ReturnType<typeof setInterval> | undefined;
let watchers = 0;
export function useNow(): number {
  return useSyncExternalStore(followClock, second.get);
}
function followClock(follower: () => void): () => void {
  const leave = second.follow(follower);
  if (watchers++ === 0) {
    second.set(Date.now());
    ticking = setInterval(() => second.set(Date.now()), 1000);
  }
  return () => {
    leave();
    if (--watchers === 0) clearInterval(ticking);
  };
}
