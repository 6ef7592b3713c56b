import type { Pending } from './thread.ts';

/** What a browser keeps of a visit. Never the thread: someone else may sit here tomorrow. */
type Kept = { visit?: { visitId: string; token: string }; language?: string; sound?: boolean; read?: number };

/**
 * Local storage as what it also is, an object of strings. It may be forbidden (private windows, third-party rules):
 * then the page alone remembers.
 */
function storage(): Record<string, string> {
  try {
    const found = window.localStorage as unknown as Record<string, string>;
    found.hebra = '1';
    delete found.hebra;
    return found;
  } catch {
    return {};
  }
}

/**
 * Local storage of one organisation's window. What is not sent yet has a key for each message, so that two tabs
 * never write over each other; `onChange` hears what other tabs did.
 */
export function createKeep(organisation: string, onChange: (what: 'visit' | 'outbox' | 'read') => void) {
  const own = 'hebra:' + organisation;
  const out = own + ':out:';
  const store = storage();
  const read = (): Kept => {
    try {
      return JSON.parse(store[own] ?? '{}') as Kept;
    } catch {
      return {};
    }
  };
  window.addEventListener('storage', (event) => {
    if (event.key?.startsWith(out)) onChange('outbox');
    else if (event.key === own) {
      const before = JSON.parse(event.oldValue ?? '{}') as Kept;
      onChange(before.visit?.token === read().visit?.token ? 'read' : 'visit');
    }
  });
  return {
    read,
    write: (change: Partial<Kept>) => void (store[own] = JSON.stringify({ ...read(), ...change })),
    outbox: (): Pending[] =>
      Object.keys(store)
        .filter((key) => key.startsWith(out))
        .map((key) => JSON.parse(store[key]!) as Pending)
        .sort((a, b) => a.at - b.at),
    put: (pending: Pending) => void (store[out + pending.clientId] = JSON.stringify(pending)),
    take: (clientId: string) => void delete store[out + clientId],
    has: (clientId: string) => out + clientId in store,
  };
}

/** Runs `work` while no other tab of this site runs the same; browsers without locks just run it. */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, work) as Promise<T>) : work();
}
