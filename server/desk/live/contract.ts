import { z } from 'zod';
import {
  conversationHead,
  type ConversationView,
  cursor,
  deskAgent,
  type Inbox,
  inboxRow,
  inThread,
  isAfter,
  messageView,
  offerView,
  queueHead,
  summaryLine,
  traceEntry,
} from '../contract.ts';

/** The frames that keep a desk true, and what they make of what it holds. */
const id = z.uuid();

/**
 * `WS /api/live` with the session cookie. First `hello` with the cursor of `GET /api/inbox`; the server catches up from
 * there, or says `reset` when that is too long ago: then fetch again what is shown and say `hello` with the new cursor.
 * The server pings every 15 s (a browser answers by itself): that is the agent's heartbeat.
 */
export const clientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), cursor }),
  /** Messages and head of a conversation, from the cursor of its `GET` on. At most 8 at once; the oldest gives way. */
  z.object({ type: z.literal('watch'), conversationId: id, cursor: cursor.optional() }),
  /** Without an id: none any more. */
  z.object({ type: z.literal('unwatch'), conversationId: id.optional() }),
  z.object({ type: z.literal('ping') }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** One row as it now is; apply with `applyToInbox` and `applyToConversation`. */
export const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), agent: deskAgent }),
  z.object({ kind: z.literal('offer'), offer: offerView }),
  z.object({ kind: z.literal('offer.gone'), id }),
  z.object({ kind: z.literal('mine'), row: inboxRow }),
  z.object({ kind: z.literal('mine.gone'), id }),
  z.object({ kind: z.literal('alarm'), row: inboxRow }),
  z.object({ kind: z.literal('alarm.gone'), id }),
  z.object({ kind: z.literal('waiting'), queueId: id, row: inboxRow }),
  z.object({ kind: z.literal('waiting.gone'), id }),
  z.object({ kind: z.literal('queue'), queue: queueHead }),
  z.object({ kind: z.literal('queue.gone'), id }),
  /** Only of watched conversations. */
  z.object({ kind: z.literal('conversation'), conversation: conversationHead }),
  z.object({ kind: z.literal('message'), message: messageView }),
  z.object({
    kind: z.literal('summary'),
    conversationId: id,
    summary: z.array(summaryLine),
    trace: z.array(traceEntry),
  }),
]);
export type Change = z.infer<typeof change>;

export const serverFrame = z.discriminatedUnion('type', [
  /** Rows as of `cursor`. Ignore it if its cursor is not after the one you hold. */
  z.object({ type: z.literal('patch'), cursor, changes: z.array(change) }),
  /** Nothing of yours changed up to here. */
  z.object({ type: z.literal('cursor'), cursor }),
  /** What you hold is too old: fetch again. */
  z.object({ type: z.literal('reset') }),
  /** Someone types; fades after 6 s. */
  z.object({
    type: z.literal('typing'),
    conversationId: id,
    who: z.enum(['patient', 'agent']),
    agentId: id.nullable(),
    name: z.string().nullable(),
  }),
  /** Something beside the lists and threads is new to whoever sits here: fetch `/api/notices`, or who reads along. */
  z.object({ type: z.literal('nudge'), topic: z.enum(['notices', 'listening']), conversationId: id.optional() }),
  /** Something of yours that has its own page or strip changed: fetch it again. */
  z.object({ type: z.literal('touched'), what: z.enum(['joinings', 'tasks', 'call-backs']) }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('problem'), code: z.string(), title: z.string(), conversationId: id.optional() }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

/** Codes with which the server closes: sign in again · connect again at once · connect again later (from 1 s, doubling). */
export const CLOSE = { signedOut: 4401, tooSlow: 4408, badFrame: 4400, tooMany: 4429, goingAway: 1001 } as const;

/** The inbox after a patch: the same as fetching it again. Lists are left unordered; show them `inOrder`. */
export function applyToInbox(state: Inbox, frame: ServerFrame): Inbox {
  if (frame.type === 'cursor') return isAfter(frame.cursor, state.cursor) ? { ...state, cursor: frame.cursor } : state;
  if (frame.type !== 'patch' || !isAfter(frame.cursor, state.cursor)) return state;
  const next: Inbox = { ...state, cursor: frame.cursor };
  for (const change of frame.changes) {
    switch (change.kind) {
      case 'agent':
        Object.assign(next, change.agent);
        break;
      case 'offer':
        next.offers = put(next.offers, change.offer, (offer) => offer.id);
        break;
      case 'offer.gone':
        next.offers = next.offers.filter((offer) => offer.id !== change.id);
        break;
      case 'mine':
        next.mine = put(next.mine, change.row, (row) => row.conversationId);
        break;
      case 'mine.gone':
        next.mine = next.mine.filter((row) => row.conversationId !== change.id);
        break;
      case 'alarm':
        next.alarms = put(next.alarms, change.row, (row) => row.conversationId);
        break;
      case 'alarm.gone':
        next.alarms = next.alarms.filter((row) => row.conversationId !== change.id);
        break;
      case 'waiting':
        next.queues = next.queues.map((queue) => {
          const without = queue.waiting.filter((row) => row.conversationId !== change.row.conversationId);
          if (queue.id === change.queueId)
            return { ...queue, waiting: put(queue.waiting, change.row, (row) => row.conversationId) };
          return without.length === queue.waiting.length ? queue : { ...queue, waiting: without };
        });
        break;
      case 'waiting.gone':
        next.queues = next.queues.map((queue) =>
          queue.waiting.some((row) => row.conversationId === change.id)
            ? { ...queue, waiting: queue.waiting.filter((row) => row.conversationId !== change.id) }
            : queue,
        );
        break;
      case 'queue': {
        const waiting = next.queues.find((queue) => queue.id === change.queue.id)?.waiting ?? [];
        next.queues = put(next.queues, { ...change.queue, waiting }, (queue) => queue.id);
        break;
      }
      case 'queue.gone':
        next.queues = next.queues.filter((queue) => queue.id !== change.id);
        break;
      default:
    }
  }
  return next;
}

/**
 * A conversation after a patch. A frame that says nothing of it leaves it as it is, its cursor too: what was sent before
 * it was watched says nothing about what was missed.
 */
export function applyToConversation(state: ConversationView, frame: ServerFrame): ConversationView {
  if (frame.type !== 'patch' || !isAfter(frame.cursor, state.cursor)) return state;
  const own = state.conversation.conversationId;
  let next = state;
  for (const change of frame.changes) {
    if (change.kind === 'conversation' && change.conversation.conversationId === own) {
      next = { ...next, conversation: change.conversation };
    } else if (change.kind === 'message' && change.message.conversationId === own) {
      // an earlier page that was never fetched stays unfetched
      const first = next.messages[0];
      if (next.before !== null && first && inThread(change.message, first) < 0) continue;
      next = { ...next, messages: put(next.messages, change.message, (message) => message.id).sort(inThread) };
    } else if (change.kind === 'summary' && change.conversationId === own) {
      next = { ...next, summary: change.summary, trace: change.trace };
    }
  }
  return next === state ? state : { ...next, cursor: frame.cursor };
}

function put<Row>(rows: Row[], row: Row, key: (row: Row) => string): Row[] {
  const i = rows.findIndex((other) => key(other) === key(row));
  return i < 0 ? [...rows, row] : rows.with(i, row);
}
