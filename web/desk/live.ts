import type { QueryClient } from '@tanstack/react-query';
import type { ConversationView, Inbox } from '../../server/desk/contract.ts';
import {
  applyToConversation,
  applyToInbox,
  CLOSE,
  type ClientFrame,
  type ServerFrame,
} from '../../server/desk/live/contract.ts';
import { store } from './store.ts';

type Line = { state: 'connecting' | 'live' } | { state: 'down'; since: number };
/** How the line to the server is. */
export const line = store<Line>({ state: 'connecting' });
/** Who types in which conversation, until when. */
export const typists = store<ReadonlyMap<string, { name: string | null; who: 'patient' | 'agent'; until: number }>>(
  new Map(),
);

const TYPING_FADES_MS = 6_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 20_000;
/** Frames kept while something is fetched: what is older than the answer is skipped by its cursor. */
const KEPT_FRAMES = 500;

export type Live = {
  connect(): void;
  stop(): void;
  /** Tries at once, whatever the pause. */
  retry(): void;
  watch(conversationId: string): () => void;
  /** Brings what was just fetched up to the frames that came meanwhile. */
  caughtUpInbox(fetched: Inbox): Inbox;
  caughtUpConversation(fetched: ConversationView): ConversationView;
};

/**
 * Keeps the query cache equal to what a fresh fetch would give: every frame is applied by the ids and cursors it carries,
 * so none counts twice; after a broken line the server goes on from the cursors held here, so none is missing.
 */
export function createLive(queries: QueryClient, onSignedOut: () => void): Live {
  let socket: WebSocket | null = null;
  let wanted = false;
  let greeted = false;
  let pause = FIRST_PAUSE_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watched = new Map<string, number>();
  const frames: ServerFrame[] = [];

  function connect(): void {
    wanted = true;
    if (socket) return;
    clearTimeout(timer);
    const opened = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`);
    socket = opened;
    greeted = false;
    opened.addEventListener('open', () => void greet());
    opened.addEventListener('message', (event) => {
      if (socket === opened) take(JSON.parse(String(event.data)) as ServerFrame);
    });
    opened.addEventListener('close', (event) => {
      if (socket !== opened) return;
      socket = null;
      if (!wanted) return;
      if (event.code === CLOSE.signedOut) return onSignedOut();
      line.set((old) => (old.state === 'down' ? old : { state: 'down', since: Date.now() }));
      timer = setTimeout(connect, event.code === CLOSE.tooSlow ? 0 : pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  /** Says where we stand; without an inbox yet, the one that is fetched next says it. */
  async function greet(): Promise<void> {
    const greeting = socket;
    let inbox = queries.getQueryData<Inbox>(['inbox']);
    if (!inbox) {
      await queries.ensureQueryData<Inbox>({ queryKey: ['inbox'] }).catch(() => undefined);
      inbox = queries.getQueryData<Inbox>(['inbox']);
    }
    if (!inbox || socket !== greeting) return;
    say({ type: 'hello', cursor: inbox.cursor });
    greeted = true;
    for (const conversationId of watched.keys()) sayWatch(conversationId);
    pause = FIRST_PAUSE_MS;
    line.set({ state: 'live' });
  }

  function say(frame: ClientFrame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function sayWatch(conversationId: string): void {
    const held = queries.getQueryData<ConversationView>(['conversation', conversationId]);
    say({ type: 'watch', conversationId, ...(held && { cursor: held.cursor }) });
  }

  function take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'patch':
      case 'cursor':
        frames.push(frame);
        if (frames.length > KEPT_FRAMES) frames.shift();
        queries.setQueryData<Inbox>(['inbox'], (held) => held && applyToInbox(held, frame));
        if (frame.type === 'patch') {
          queries.setQueriesData<ConversationView>(
            { queryKey: ['conversation'] },
            (held) => held && applyToConversation(held, frame),
          );
          renewPanels(frame);
        }
        break;
      case 'touched':
        void renew(frame.what);
        break;
      case 'reset':
        void refetch();
        break;
      case 'nudge':
        void queries.invalidateQueries({
          queryKey: frame.topic === 'notices' ? ['notices'] : ['listening', frame.conversationId],
        });
        break;
      case 'typing':
        if (frame.who === 'patient' || frame.agentId) typed(frame.conversationId, frame.name, frame.who);
        break;
      default:
    }
  }

  const renewing = new Map<string, 'once' | 'again'>();
  /** What has no patches is fetched again: once more for all that came while it was fetched, however many that were. */
  async function renew(what: string): Promise<void> {
    if (renewing.has(what)) return void renewing.set(what, 'again');
    do {
      renewing.set(what, 'once');
      await queries.invalidateQueries({ queryKey: [what] });
    } while (renewing.get(what) === 'again');
    renewing.delete(what);
  }

  /** The panel shows earlier conversations and who it is: both change with the head. */
  function renewPanels(frame: Extract<ServerFrame, { type: 'patch' }>): void {
    for (const change of frame.changes)
      if (change.kind === 'conversation')
        void queries.invalidateQueries({ queryKey: ['person', change.conversation.aboutId], refetchType: 'active' });
  }

  async function refetch(): Promise<void> {
    frames.length = 0;
    await queries.refetchQueries({ queryKey: ['inbox'] });
    await queries.refetchQueries({ queryKey: ['conversation'], type: 'active' });
    await greet();
  }

  function typed(conversationId: string, name: string | null, who: 'patient' | 'agent'): void {
    typists.set((old) => new Map(old).set(conversationId, { name, who, until: Date.now() + TYPING_FADES_MS }));
    setTimeout(
      () =>
        typists.set((old) => {
          if ((old.get(conversationId)?.until ?? Infinity) > Date.now()) return old;
          const next = new Map(old);
          next.delete(conversationId);
          return next;
        }),
      TYPING_FADES_MS + 50,
    );
  }

  return {
    connect,
    stop() {
      wanted = false;
      clearTimeout(timer);
      socket?.close();
      socket = null;
      frames.length = 0;
    },
    retry() {
      pause = FIRST_PAUSE_MS;
      if (wanted && !socket) connect();
    },
    watch(conversationId) {
      watched.set(conversationId, (watched.get(conversationId) ?? 0) + 1);
      if (greeted) sayWatch(conversationId);
      return () => {
        const left = (watched.get(conversationId) ?? 1) - 1;
        if (left > 0) return void watched.set(conversationId, left);
        watched.delete(conversationId);
        if (greeted) say({ type: 'unwatch', conversationId });
      };
    },
    caughtUpInbox: (fetched) => frames.reduce(applyToInbox, fetched),
    caughtUpConversation: (fetched) => frames.reduce(applyToConversation, fetched),
  };
}
