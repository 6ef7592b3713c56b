import { ask, post, Refused } from './api.ts';
import { store } from './store.ts';
import type { MessageView, ReplyBody } from '../../server/desk/contract.ts';

/** Something the agent sent that is not yet known to be in the thread. */
export type Outgoing = {
  clientId: string;
  conversationId: string;
  at: number;
  /** What the bubble shows meanwhile. */
  text: string;
  content: ReplyBody['content'] | { kind: 'upload'; name: string; caption: string } | { kind: 'note' };
  state: 'sending' | 'waiting' | 'failed';
  /** Why it failed, as the server said it, or `network`. */
  why?: string;
};

/** Files cannot be kept in the session's storage; they live as long as the page. */
const files = new Map<string, File>();
const KEPT = 'hebra.outbox';

export const outbox = store<readonly Outgoing[]>(kept());
let arrived: (message: MessageView) => void = () => {};
const busy = new Set<string>();
const pauses = new Map<string, number>();

/** Begins to send what an earlier load of this page left, and whatever comes. */
export function startOutbox(onArrived: (message: MessageView) => void): void {
  arrived = onArrived;
  outbox.follow(keep);
  globalThis.addEventListener('online', resendAll);
  resendAll();
}

/** Puts a reply, or a note for colleagues, in line: it shows at once, and goes out in order, once, whatever the line does meanwhile. */
export function send(conversationId: string, content: ReplyBody['content'] | { kind: 'note' }, text: string): void {
  enqueue({ clientId: crypto.randomUUID(), conversationId, at: Date.now(), text, content, state: 'sending' });
}

export function sendFile(conversationId: string, file: File, caption: string): void {
  const clientId = crypto.randomUUID();
  files.set(clientId, file);
  enqueue({
    clientId,
    conversationId,
    at: Date.now(),
    text: caption,
    content: { kind: 'upload', name: file.name, caption },
    state: 'sending',
  });
}

export function retry(clientId: string): void {
  change(clientId, { state: 'sending', why: undefined });
  const outgoing = outbox.get().find((one) => one.clientId === clientId);
  if (outgoing) void drain(outgoing.conversationId);
}

export function discard(clientId: string): void {
  files.delete(clientId);
  outbox.set((old) => old.filter((one) => one.clientId !== clientId));
}

/** Tries everything that waits for the line. */
export function resendAll(): void {
  for (const conversationId of new Set(outbox.get().map((one) => one.conversationId))) void drain(conversationId);
}

/** Nothing of a patient stays behind when the agent leaves the desk. */
export function emptyOutbox(): void {
  files.clear();
  outbox.set([]);
  sessionStorage.removeItem(KEPT);
}

export const fileOf = (clientId: string): File | undefined => files.get(clientId);

function enqueue(outgoing: Outgoing): void {
  outbox.set((old) => [...old, outgoing]);
  void drain(outgoing.conversationId);
}

/** One at a time in a conversation: a later word never overtakes an earlier one. */
async function drain(conversationId: string): Promise<void> {
  if (busy.has(conversationId)) return;
  busy.add(conversationId);
  try {
    for (;;) {
      const next = outbox.get().find((one) => one.conversationId === conversationId && one.state !== 'failed');
      if (!next) return;
      try {
        arrived(await deliver(next));
        discard(next.clientId);
        pauses.delete(conversationId);
      } catch (error) {
        const refused = error instanceof Refused ? error : new Refused(0, 'network', 'network');
        if (refused.passing || refused.status === 401) {
          change(next.clientId, { state: 'waiting' });
          const pause = Math.min((pauses.get(conversationId) ?? 500) * 2, 15_000);
          pauses.set(conversationId, pause);
          setTimeout(() => void drain(conversationId), pause);
          return;
        }
        change(next.clientId, { state: 'failed', why: refused.message });
      }
    }
  } finally {
    busy.delete(conversationId);
  }
}

async function deliver(next: Outgoing): Promise<MessageView> {
  const { clientId, conversationId } = next;
  if (next.content.kind === 'note')
    return post(`/api/conversations/${conversationId}/notes`, { clientId, text: next.text });
  const content = next.content.kind === 'upload' ? await upload(next) : next.content;
  return post(`/api/conversations/${conversationId}/replies`, { clientId, content });
}

async function upload(outgoing: Outgoing): Promise<ReplyBody['content']> {
  const { caption } = outgoing.content as Extract<Outgoing['content'], { kind: 'upload' }>;
  const file = files.get(outgoing.clientId);
  if (!file) throw new Refused(410, 'gone', 'gone');
  const form = new FormData();
  form.append('file', file, file.name);
  const { attachmentId } = await ask<{ attachmentId: string }>(
    `/api/conversations/${outgoing.conversationId}/attachments`,
    {
      method: 'POST',
      body: form,
    },
  );
  const content = { kind: 'media' as const, attachmentId, ...(caption && { caption }) };
  // from here on a retry sends the same file again without another upload
  change(outgoing.clientId, { content });
  return content;
}

function change(clientId: string, to: Partial<Outgoing>): void {
  outbox.set((old) => old.map((one) => (one.clientId === clientId ? { ...one, ...to } : one)));
}

function keep(): void {
  const lasting = outbox.get().filter((one) => one.content.kind !== 'upload');
  if (lasting.length > 0) sessionStorage.setItem(KEPT, JSON.stringify(lasting));
  else sessionStorage.removeItem(KEPT);
}

function kept(): Outgoing[] {
  try {
    return JSON.parse(globalThis.sessionStorage?.getItem(KEPT) ?? '[]') as Outgoing[];
  } catch {
    return [];
  }
}
