import { z } from 'zod';
import {
  channelKind,
  conversationState,
  deliveryState,
  inboundContent,
  language,
  outboundContent,
  priority,
  proofLevel,
} from '../conversation/contract.ts';
import { paceReason } from '../routing/concurrency/contract.ts';
import { chosenPresence, itemKind, presenceState, texts } from '../routing/contract.ts';

/**
 * The desk's API. Times are ISO 8601 in UTC, ids are uuids. Errors are RFC 9457 problems
 * `{type, title, status, code, detail?, errors?}`; an id of another organisation is a 404 like any unknown one.
 */
const id = z.uuid();
const time = z.iso.datetime();
/** Where a reader of the events stands: `<xid>:<id>`. Compare with `isAfter`, never as text. */
export const cursor = z.string().regex(/^\d{1,20}:\d{1,19}$/);
export type Cursor = z.infer<typeof cursor>;

/** Whether cursor `a` stands after cursor `b`. */
export function isAfter(a: Cursor, b: Cursor): boolean {
  const [ax, ai] = a.split(':').map(BigInt) as [bigint, bigint];
  const [bx, bi] = b.split(':').map(BigInt) as [bigint, bigint];
  return ax === bx ? ai > bi : ax > bx;
}

// ── what an agent is and holds ──────────────────────────────────────────────────────────────────────────────────

export const presence = z.object({ state: presenceState, reason: z.string().nullable(), since: time });
export type PresenceView = z.infer<typeof presence>;

/** The agent at this desk. `load` and `capacity` count places: a chat takes one, a call `capacity / calls`. */
export const deskAgent = z.object({
  agentId: id,
  presence,
  load: z.number().int(),
  capacity: z.number().int(),
  /** Places now: the capacity, or as many as the measured pace of replies allows; and why. */
  places: z.number().int(),
  paceReason: paceReason.nullable(),
});
export type DeskAgent = z.infer<typeof deskAgent>;

/** `POST /api/presence` → 200 `deskAgent`. 409 `routing.presence_not_allowed` when that cannot follow. */
export const setPresenceBody = z.object({ state: chosenPresence, reason: z.string().trim().max(60).optional() });

/** The last utterance of a conversation, short enough for a row. Never a note's text for a channel. */
export const lastWords = z.object({
  messageId: id,
  seq: z.number().int(),
  direction: z.enum(['in', 'out', 'note', 'system']),
  author: z.enum(['patient', 'assistant', 'staff', 'system']),
  /** `text`, `choice`, `menu`, `media:image`, `media:audio`, `location`, … : what to show when there are no words. */
  kind: z.string(),
  /** At most 160 characters; empty where the kind says all. */
  text: z.string(),
  at: time,
  delivery: deliveryState.nullable(),
});
export type LastWords = z.infer<typeof lastWords>;

/** One conversation as a row of a list: the same in `mine`, in a queue and in an offer. */
export const inboxRow = z.object({
  conversationId: id,
  /** The item in work or waiting; null once the assistant has it again or it is closed. */
  itemId: id.nullable(),
  state: conversationState,
  /** Where the patient wrote last. */
  channel: channelKind.nullable(),
  personId: id,
  /** As the record or the channel gives it; null when nobody said a name. */
  name: z.string().nullable(),
  /** Whom it is about, when that is somebody else. */
  aboutId: id,
  aboutName: z.string().nullable(),
  language,
  priority,
  queueId: id.nullable(),
  agentId: id.nullable(),
  /** Why it was handed over, as a key. */
  reason: z.string().nullable(),
  /** `hard`: a hard red flag stands. `ask`: the agent who holds it was told to ask whether it is happening now. */
  alarm: z.enum(['hard', 'ask']).nullable(),
  openedAt: time,
  /** Since when it waits for any agent; keeps its age when an agent vanished. */
  waitingSince: time.nullable(),
  /** Since when the patient waits for the agent's answer; null: it is the patient's turn. */
  unansweredSince: time.nullable(),
  /** An answer should come within this many seconds: the whole of the ring. */
  targetSeconds: z.number().int(),
  /** It waits, and the share of the target at which the organisation warns is used up. */
  warned: z.boolean(),
  unread: z.number().int(),
  lastWords: lastWords.nullable(),
  /** Grows with every change of its state. */
  version: z.number().int(),
});
export type InboxRow = z.infer<typeof inboxRow>;

export const offerView = z.object({
  id,
  itemId: id,
  kind: itemKind,
  queueId: id,
  offeredAt: time,
  expiresAt: time,
  row: inboxRow,
});
export type OfferView = z.infer<typeof offerView>;

export const queueHead = z.object({
  id,
  key: z.string(),
  names: texts,
  targetSeconds: z.number().int(),
  open: z.boolean(),
  /** Agents of it who are available or busy now. */
  agents: z.number().int(),
});
export type QueueHead = z.infer<typeof queueHead>;

/** `waiting`: everything that waits in it and is not offered to anyone, or is offered to somebody else. */
export const inboxQueue = queueHead.extend({ waiting: z.array(inboxRow) });
export type InboxQueue = z.infer<typeof inboxQueue>;

/** `GET /api/inbox` → what this agent's desk shows. Rows come ordered by `inOrder`; frames of `/api/live` keep it true. */
export const inbox = z.object({
  cursor,
  agentId: id,
  presence,
  load: z.number().int(),
  capacity: z.number().int(),
  places: z.number().int(),
  paceReason: paceReason.nullable(),
  offers: z.array(offerView),
  mine: z.array(inboxRow),
  /** Hard red flags that stand elsewhere, for whoever may lower them or supervises: held by others, or in queues not on this desk. */
  alarms: z.array(inboxRow),
  /** The queues this agent serves; a supervisor's are all. */
  queues: z.array(inboxQueue),
});
export type Inbox = z.infer<typeof inbox>;

// ── a conversation ──────────────────────────────────────────────────────────────────────────────────────────────

export const noteContent = z.object({ kind: z.literal('note'), text: z.string() });
/** A supervisor's word to the agent; a note in everything else. */
export const whisperContent = z.object({ kind: z.literal('whisper'), text: z.string() });
/**
 * Something that happened: `joined {agentId, name}`, `transferred {queueId|agentId}`, `returned`,
 * `wrapped_up {reason, solved}`, `flag {what, …}` (a step of a red flag’s way: raised, answered, hard, unattended, lowered),
 * `trace {steps}` (the assistant's, colleagues only), `erased`.
 */
export const systemContent = z.object({
  kind: z.literal('system'),
  what: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export const messageContent = z.union([inboundContent, outboundContent, noteContent, whisperContent, systemContent]);
export type MessageContent = z.infer<typeof messageContent>;

export const messageView = z.object({
  id,
  conversationId: id,
  /** Order of arrival, from 1, without a gap. The thread is shown `inThread`: by `shownAt`, `sentAt`, `seq`. */
  seq: z.number().int(),
  direction: z.enum(['in', 'out', 'note', 'system']),
  author: z.enum(['patient', 'assistant', 'staff', 'system']),
  authorId: id.nullable(),
  authorName: z.string().nullable(),
  channel: channelKind.nullable(),
  /** The `clientId` that the desk gave with its reply, to find its own again: then it is the message's id too. */
  clientId: z.string().nullable(),
  content: messageContent,
  /** Of a medium: whether it can be fetched yet, and why not. */
  attachment: z
    .object({
      id,
      state: z.enum(['expected', 'ready', 'refused']),
      mime: z.string(),
      size: z.number().int(),
      filename: z.string().nullable(),
      refused: z.string().nullable(),
    })
    .nullable(),
  sentAt: time,
  /** Its place in the thread: a sender's order is kept whatever order it came in. */
  shownAt: time,
  at: time,
  delivery: deliveryState.nullable(),
  deliveredAt: time.nullable(),
  readAt: time.nullable(),
  /** Why it failed: the vendor's code and our key. */
  failure: z.object({ code: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  /** The message that was sent again in its place. */
  resentAs: id.nullable(),
  replyTo: z.string().nullable(),
});
export type MessageView = z.infer<typeof messageView>;

export const conversationHead = inboxRow.extend({
  proof: proofLevel,
  /** The address on the channel with its middle hidden. */
  address: z.string().nullable(),
  queueName: texts.nullable(),
  agentName: z.string().nullable(),
  closedAt: time.nullable(),
  outcome: z.string().nullable(),
  /** A red flag that stands, until a nurse lowers it. */
  flag: z
    .object({
      level: z.enum(['hard', 'soft']),
      categories: z.array(z.string()),
      messageId: id.nullable(),
      at: time,
      /** Until when a word is waited for: the patient's answer, or the agent's word. After it the flag goes up. */
      dueAt: time.nullable(),
      /** Whose word that is. */
      asked: z.enum(['patient', 'agent']).nullable(),
      answer: z.enum(['no', 'yes', 'unclear', 'attended']).nullable(),
      /** Why it went up from soft to hard. */
      why: z.enum(['words', 'answer', 'silence', 'repeat']).nullable(),
    })
    .nullable(),
  /** Who was let in beside the agent, and may write too. */
  members: z.array(
    z.object({
      joiningId: id,
      agentId: id,
      name: z.string(),
      role: z.enum(['interpreter', 'supervisor', 'colleague']),
      language: language.nullable(),
    }),
  ),
  /** Free text may be sent until then; null: no limit on this channel. After it only a template. */
  windowEndsAt: time.nullable(),
  /** What an agent at this desk may do now; the desk shows no other button. */
  may: z.object({
    reply: z.boolean(),
    take: z.boolean(),
    hold: z.boolean(),
    resume: z.boolean(),
    transfer: z.boolean(),
    wrapUp: z.boolean(),
  }),
});
export type ConversationHead = z.infer<typeof conversationHead>;

export const summaryLine = z.object({ key: z.string(), value: z.string() });
/** What the assistant did, oldest first. */
export const traceEntry = z.object({
  at: time,
  seq: z.number().int(),
  step: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type TraceEntry = z.infer<typeof traceEntry>;

/** `GET /api/conversations/:id` (writes an audit entry). `messages` is the last page, oldest first. */
export const conversationView = z.object({
  cursor,
  conversation: conversationHead,
  messages: z.array(messageView),
  /** Ask `GET …/messages?before=<this>` for earlier ones; null: that was all. */
  before: z.number().int().nullable(),
  summary: z.array(summaryLine),
  trace: z.array(traceEntry),
});
export type ConversationView = z.infer<typeof conversationView>;

/** `GET /api/conversations/:id/messages?before=<seq>&limit=<1–200, 50>` */
export const messagesQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const messagesPage = z.object({ messages: z.array(messageView), before: z.number().int().nullable() });

/** What an agent may say; a file was uploaded before with `POST …/attachments`. */
export const replyContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().trim().min(1).max(4_096) }),
  z.object({ kind: z.literal('media'), attachmentId: id, caption: z.string().max(1_024).optional() }),
  z.object({
    kind: z.literal('template'),
    name: z.string().max(512),
    language,
    parameters: z.array(z.string().max(1_024)).max(20),
  }),
]);
/** `POST /api/conversations/:id/replies` → 201 `messageView`. The same `clientId` again: the same message, nothing twice. */
export const replyBody = z.object({ clientId: id, content: replyContent });
export type ReplyBody = z.infer<typeof replyBody>;
/** `POST /api/conversations/:id/notes` → 201 `messageView`. Only colleagues see it. The same `clientId` is the same note. */
export const noteBody = z.object({ clientId: id, text: z.string().trim().min(1).max(8_000) });
/** `POST /api/conversations/:id/transfer` → 200 `conversationHead` */
export const transferBody = z.object({
  to: z.union([z.object({ queueId: id }), z.object({ agentId: id })]),
  note: z.string().trim().max(2_000).optional(),
});
/** `POST /api/conversations/:id/wrap-up` → 200 `conversationHead`, closed. `reason` is the key of a wrap-up reason. */
export const wrapUpBody = z.object({
  reason: z.string().max(60),
  solved: z.boolean(),
  /** What comes of it, beside `solved`; kept with the item. */
  outcome: z.enum(['solved', 'follow_up', 'referred', 'no_answer']).optional(),
  note: z.string().trim().max(2_000).optional(),
});
/** `POST /api/conversations/:id/lower-flag` → 200 `conversationHead`; a nurse's. `POST …/reopen` → 200 `conversationHead`. */
export const lowerFlagBody = z.object({ reason: z.string().trim().min(3).max(500) });
/** `POST /api/conversations/:id/read` → 204. Everything up to `seq` was seen by the agent. */
export const readBody = z.object({ seq: z.number().int().min(0) });
/** `POST /api/conversations/:id/typing` → 204, at most one in 3 s is worth sending. `hold`, `resume` take no body. */

/** `POST /api/conversations/:id/attachments` multipart, one part `file` ≤ 16 MB → 201. Kind is told by the bytes. */
export const uploaded = z.object({
  attachmentId: id,
  mime: z.string(),
  media: z.enum(['image', 'audio', 'document', 'video', 'sticker']),
  size: z.number().int(),
  filename: z.string().nullable(),
});
/** `GET /api/attachments/:id` → the bytes, with its own content type, never inline HTML. `POST /api/messages/:id/resend` → 201 `messageView`. */

/** `POST /api/offers/:id/accept` and `POST /api/items/:id/take` → 200; the loser of a race gets 409 `routing.offer_gone` / `routing.item_gone`. */
export const accepted = z.object({ itemId: id, conversationId: id.nullable() });
/** `POST /api/offers/:id/decline` → 204 */
export const declineBody = z.object({ reason: z.string().max(60).optional() }).nullish();

// ── lists the desk offers ───────────────────────────────────────────────────────────────────────────────────────

/** `GET /api/queues` */
export const queuesList = z.object({
  queues: z.array(queueHead.extend({ waiting: z.number().int(), oldestSince: time.nullable() })),
});
/** `GET /api/agents`: to whom a conversation can be transferred. */
export const agentView = z.object({
  agentId: id,
  name: z.string(),
  presence: presenceState,
  load: z.number().int(),
  capacity: z.number().int(),
  queueIds: z.array(id),
  languages: z.array(language),
});
export const agentsList = z.object({ agents: z.array(agentView) });
/** `GET /api/wrap-up-reasons` */
export const wrapUpReasons = z.object({ reasons: z.array(z.object({ key: z.string(), names: texts })) });
/** `GET /api/canned-replies`: `{name}`, `{agent}`, `{organisation}` in a text are filled in by the desk. */
export const cannedReplies = z.object({
  replies: z.array(z.object({ id, shortcut: z.string(), title: texts, text: texts })),
});
/** `GET /api/templates`: what may be sent after the window has ended. */
export const templatesList = z.object({
  templates: z.array(z.object({ name: z.string(), language, text: z.string(), parameters: z.number().int() })),
});

const RANK = { critical: 0, urgent: 1, standard: 2, low: 3 } as const;

/**
 * The order of a list of conversations at a moment: who waits for us before who does not, then the priority class,
 * then the share of the target that is used up, then age.
 * @param now milliseconds
 */
export function inOrder(rows: InboxRow[], now: number): InboxRow[] {
  const waits = (row: InboxRow): number | null => {
    const since = row.state === 'waiting' ? row.waitingSince : row.unansweredSince;
    return since === null ? null : Date.parse(since);
  };
  const key = new Map(
    rows.map((row) => {
      const since = waits(row);
      const at = since ?? Date.parse(row.lastWords?.at ?? row.openedAt);
      return [
        row,
        { idle: since === null ? 1 : 0, rank: RANK[row.priority], share: (now - at) / row.targetSeconds, at },
      ];
    }),
  );
  return [...rows].sort((left, right) => {
    const a = key.get(left)!;
    const b = key.get(right)!;
    // a critical one stays on top even while the patient has the word
    const critical = Number(b.rank === 0) - Number(a.rank === 0);
    return (
      critical ||
      a.idle - b.idle ||
      (a.idle === 0 ? a.rank - b.rank || b.share - a.share : b.at - a.at) ||
      a.at - b.at ||
      (left.conversationId < right.conversationId ? -1 : 1)
    );
  });
}

/** Compares two messages of a thread: the order in which their senders sent them. */
export function inThread(a: MessageView, b: MessageView): number {
  return Date.parse(a.shownAt) - Date.parse(b.shownAt) || Date.parse(a.sentAt) - Date.parse(b.sentAt) || a.seq - b.seq;
}
