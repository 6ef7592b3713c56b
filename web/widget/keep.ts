import type { Pending } from './thread.ts';

/** What a browser keeps of a visit. Never the thread: someone else may sit here tomorrow. */
type Kept = { visit?: { visitId: string; token: string }; language?: string; sound?: boolean; read?: number };

/** Storage that may be forbidden (private windows, third-party rules): then the page alone remembers. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> {
  try {
    const found = window.localStorage;
    found.setItem('hebra', '1');
    found.removeItem('hebra');
    return found;
  } catch {
    const map = new Map<string, string>();
    return {
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => void map.set(key, value),
      removeItem: (key) => void map.delete(key),
      key: (index) => [...map.keys()][index] ?? null,
      get length() {
        return map.size;
      },
    };
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
      return JSON.parse(store.getItem(own) ?? '{}') as Kept;
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
    write: (change: Partial<Kept>) => store.setItem(own, JSON.stringify({ ...read(), ...change })),
    outbox(): Pending[] {
      const found: Pending[] = [];
      for (let i = 0; i < store.length; i++) {
        const key = store.key(i);
        if (key?.startsWith(out)) found.push(JSON.parse(store.getItem(key)!) as Pending);
      }
      return found.sort((a, b) => a.at - b.at);
    },
    put: (pending: Pending) => store.setItem(out + pending.clientId, JSON.stringify(pending)),
    take: (clientId: string) => store.removeItem(out + clientId),
    has: (clientId: string) => store.getItem(out + clientId) !== null,
  };
}

/** Runs `work` while no other tab of this site runs the same; browsers without locks just run it. */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, work) as Promise<T>) : work();
}
