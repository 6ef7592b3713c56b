import type { Said, Standing, WebMessage } from './protocol.ts';

/** Something the patient said that the server has not yet given back as a message. */
export type Pending = {
  clientId: string;
  /** Milliseconds; the order in which they were said, and are sent. */
  at: number;
  content: Said;
  /** The server has taken it; its message is on the way. */
  taken?: boolean;
  /** Why the server refused it, for the patient. */
  refused?: string;
};

const RANK = ['pending', 'sending', 'sent', 'delivered', 'read', 'failed'];

/** The later of two delivery states: receipts overtake each other. */
function later(a: WebMessage['delivery'], b: WebMessage['delivery']): WebMessage['delivery'] {
  return RANK.indexOf(a ?? '') > RANK.indexOf(b ?? '') ? a : b;
}

/** Messages by `seq`, each once, however often and in whatever order they came; a delivery state never goes back. */
export function merge(known: WebMessage[], incoming: WebMessage[]): WebMessage[] {
  if (!incoming.length) return known;
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of incoming) {
    const before = byId.get(message.id);
    byId.set(message.id, before ? { ...message, delivery: later(before.delivery, message.delivery) } : message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** A receipt on one message. */
export function receipt(known: WebMessage[], id: string, delivery: WebMessage['delivery']): WebMessage[] {
  return known.map((message) =>
    message.id === id ? { ...message, delivery: later(message.delivery, delivery) } : message,
  );
}

/** What is still pending once the messages are known, in the order it was said. */
export function settle(pending: Pending[], messages: WebMessage[]): Pending[] {
  const arrived = new Set(messages.map((message) => message.clientId));
  const left = new Map(pending.filter((one) => !arrived.has(one.clientId)).map((one) => [one.clientId, one]));
  return [...left.values()].sort((a, b) => a.at - b.at || (a.clientId < b.clientId ? -1 : 1));
}

/** Messages of the organisation that the patient has not seen. */
export function unread(messages: WebMessage[], readUpTo: number): number {
  return messages.filter((message) => message.direction === 'out' && message.seq > readUpTo).length;
}

/** The highest `seq` known, 0 when there is none. */
export function lastSeq(messages: WebMessage[]): number {
  return messages.at(-1)?.seq ?? 0;
}

export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'staff'; key: string; name: string }
  | { kind: 'message'; key: string; message: WebMessage; menu: boolean }
  | { kind: 'pending'; key: string; pending: Pending };

/**
 * What the thread shows, in order: days, who attends, messages, and at the end what is still on its way.
 * @param since the last `seq` when `standing` began: the place of "now Marcos attends you" before Marcos has written.
 */
export function timeline(
  messages: WebMessage[],
  pending: Pending[],
  standing: Standing | null,
  since: number,
): Entry[] {
  const entries: Entry[] = [];
  let day = '';
  let who = '';
  const name = (standing?.with === 'agent' && standing.agentName) || '';
  const lastIn = messages.findLastIndex((message) => message.direction === 'in');
  const attends = (to: string, key: string) => {
    if (to && to !== who) entries.push({ kind: 'staff', key: 'staff-' + key, name: to });
    who = to;
  };
  messages.forEach((message, index) => {
    if (name && message.seq > since && who !== name && message.direction === 'in') attends(name, message.id);
    const today = new Date(message.at).toDateString();
    if (today !== day) entries.push({ kind: 'day', key: 'day-' + message.id, at: message.at });
    day = today;
    if (message.author === 'staff') attends(message.authorName ?? name, message.id);
    else if (message.author === 'assistant') who = '';
    entries.push({ kind: 'message', key: message.id, message, menu: index > lastIn && !pending.length });
  });
  if (name) attends(name, 'now');
  for (const one of pending) entries.push({ kind: 'pending', key: one.clientId, pending: one });
  return entries;
}
