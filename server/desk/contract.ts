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

// ── a person ────────────────────────────────────────────────────────────────────────────────────────────────────

const labelled = z.object({ id: z.string(), name: z.string() });

export const appointmentView = z.object({
  id: z.string(),
  status: z.enum(['proposed', 'booked', 'confirmed', 'cancelled', 'fulfilled', 'noshow', 'waitlist']),
  start: time.nullable(),
  end: time.nullable(),
  specialty: z.string(),
  service: z.string().nullable(),
  professional: z.string().nullable(),
  place: z.string().nullable(),
  /** What to do before, if anything. */
  preparation: z.string().nullable(),
  may: z.object({ confirm: z.boolean(), change: z.boolean(), cancel: z.boolean() }),
});
export type AppointmentView = z.infer<typeof appointmentView>;

/** `GET /api/people/:id?conversationId=` (writes an audit entry): the panel beside a conversation. */
export const personPanel = z.object({
  personId: id,
  /** Null: nobody knows yet who of the record this is; the record's lists are empty then. */
  patientId: z.string().nullable(),
  name: z.string().nullable(),
  birthDate: z.iso.date().nullable(),
  age: z.number().int().nullable(),
  sex: z.enum(['female', 'male', 'other', 'unknown']).nullable(),
  /** Number of the clinical history and national document, the latter with its middle hidden. */
  recordNumber: z.string().nullable(),
  document: z.string().nullable(),
  language,
  /** Ways to reach the person, each with its middle hidden. */
  contacts: z.array(z.object({ channel: channelKind, address: z.string(), lastAt: time.nullable() })),
  proof: z.object({ level: proofLevel, method: z.string().nullable(), at: time.nullable() }),
  /** `none`: asked, has none. `unknown`: nobody asked. */
  allergies: z.object({
    known: z.enum(['some', 'none', 'unknown']),
    list: z.array(
      z.object({
        substance: z.string(),
        reaction: z.string().nullable(),
        since: z.string().nullable(),
        severe: z.boolean(),
      }),
    ),
  }),
  appointments: z.array(appointmentView),
  orders: z.array(
    labelled.extend({ status: z.string(), authoredOn: z.string().nullable(), preparation: z.string().nullable() }),
  ),
  results: z.array(
    labelled.extend({
      status: z.string(),
      at: z.string().nullable(),
      values: z.array(
        z.object({
          name: z.string(),
          value: z.string(),
          unit: z.string().nullable(),
          range: z.string().nullable(),
          abnormal: z.boolean(),
        }),
      ),
    }),
  ),
  medication: z.array(labelled.extend({ dosage: z.string().nullable(), status: z.string() })),
  problems: z.array(labelled.extend({ since: z.string().nullable(), active: z.boolean() })),
  coverage: z.array(
    labelled.extend({
      plan: z.string().nullable(),
      number: z.string().nullable(),
      until: z.string().nullable(),
      active: z.boolean(),
    }),
  ),
  proxies: z.array(
    z.object({
      personId: id,
      name: z.string().nullable(),
      relation: z.string(),
      /** `for`: this person acts for that one; `by`: that one acts for this person. */
      direction: z.enum(['for', 'by']),
      scope: z.array(z.string()),
      expiresAt: time.nullable(),
    }),
  ),
  /** Every episode in time, newest first, at most 20. */
  conversations: z.array(
    z.object({
      id,
      state: conversationState,
      channel: channelKind.nullable(),
      openedAt: time,
      closedAt: time.nullable(),
      reason: z.string().nullable(),
      outcome: z.string().nullable(),
    }),
  ),
});
export type PersonPanel = z.infer<typeof personPanel>;

/** `GET /api/people?search=` by words of the name, number of history, document, or the whole phone; audited. */
export const peopleQuery = z.object({ search: z.string().trim().min(2).max(120) });
export const peopleFound = z.object({
  people: z.array(
    z.object({
      personId: id,
      name: z.string().nullable(),
      birthDate: z.iso.date().nullable(),
      recordNumber: z.string().nullable(),
      openConversationId: id.nullable(),
    }),
  ),
});

// ── appointments from the desk ──────────────────────────────────────────────────────────────────────────────────

/** `GET /api/slots?specialty=&professional=&place=&from=&to=&limit=`: free places in time order. */
export const slotsQuery = z.object({
  specialty: z.string().max(100).optional(),
  professional: z.string().max(100).optional(),
  place: z.string().max(100).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export const slotView = z.object({
  id: z.string(),
  start: time,
  end: time,
  specialty: z.string(),
  professional: z.string().nullable(),
  place: z.string().nullable(),
});
export type SlotView = z.infer<typeof slotView>;
/** `slots` and what can be asked for: keys for the filters with their names in the caller's language. */
export const slotsFound = z.object({
  slots: z.array(slotView),
  specialties: z.array(z.object({ key: z.string(), name: z.string() })),
  professionals: z.array(z.object({ key: z.string(), name: z.string() })),
  places: z.array(z.object({ key: z.string(), name: z.string() })),
});
/** `POST /api/people/:id/appointments` → 201 `appointmentView`; 409 when the place was just taken. */
export const bookBody = z.object({ slotId: z.string().max(200), note: z.string().trim().max(500).optional() });
/** `POST /api/appointments/:id/change` → 200 `appointmentView`; `confirm` takes no body. */
export const changeBody = z.object({ slotId: z.string().max(200) });
/** `POST /api/appointments/:id/cancel` → 200 `appointmentView` */
export const cancelBody = z.object({ reason: z.string().trim().max(500).optional() }).nullish();

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

// ── live ────────────────────────────────────────────────────────────────────────────────────────────────────────

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
  z.object({ type: z.literal('touched'), what: z.enum(['joinings', 'tasks']) }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('problem'), code: z.string(), title: z.string(), conversationId: id.optional() }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

/** Codes with which the server closes: sign in again · connect again at once · connect again later (from 1 s, doubling). */
export const CLOSE = { signedOut: 4401, tooSlow: 4408, badFrame: 4400, goingAway: 1001 } as const;

/** Whether cursor `a` stands after cursor `b`. */
export function isAfter(a: Cursor, b: Cursor): boolean {
  const [ax, ai] = a.split(':').map(BigInt) as [bigint, bigint];
  const [bx, bi] = b.split(':').map(BigInt) as [bigint, bigint];
  return ax === bx ? ai > bi : ax > bx;
}

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

/** Compares two messages of a thread: the order in which their senders sent them. */
export function inThread(a: MessageView, b: MessageView): number {
  return Date.parse(a.shownAt) - Date.parse(b.shownAt) || Date.parse(a.sentAt) - Date.parse(b.sentAt) || a.seq - b.seq;
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
