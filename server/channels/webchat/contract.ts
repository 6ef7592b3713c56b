import { z } from 'zod';
import { deliveryState, inboundContent, language, outboundContent } from '../../conversation/contract.ts';

/** The protocol of the web window. Its client is `web/widget`; any other page or app may speak it too. */

export const configQuery = z.object({ organisation: z.string().min(1).max(63), language: language.optional() });
/** A way to reach the organisation. `GET /api/public/ways` says more of each, and keeps it true. */
export const way = z.object({
  kind: z.enum(['chat', 'call', 'callback', 'whatsapp', 'email']),
  label: z.string().optional(),
  href: z.string().optional(),
  /** Minutes that one waits now, where it is known. */
  wait: z.number().nullable().optional(),
});
export const config = z.object({
  organisation: z.string(),
  name: z.string(),
  colour: z.string().nullable(),
  languages: z.array(language),
  defaultLanguage: language,
  maxFileBytes: z.number().int(),
  fileKinds: z.array(z.string()),
  ways: z.array(way),
  open: z.boolean(),
  /** Whom to call when it cannot wait: 112, 911, … */
  emergencyNumber: z.string(),
});

/** `GET /webchat/knowledge`: what the organisation publishes for patients; no visit is needed. */
export const knowledgeQuery = z.object({
  organisation: z.string().min(1).max(63),
  q: z.string().trim().min(2).max(200),
  language: language.optional(),
});
export const knowledgeAnswer = z.object({
  articles: z.array(
    z.object({
      id: z.uuid(),
      title: z.string(),
      /** As the assistant says it: `*bold*` and `_italic_`, links written out; never HTML. */
      text: z.string(),
      /** Whose text it is, and of which day. */
      source: z.string(),
    }),
  ),
});
export type KnowledgeAnswer = z.infer<typeof knowledgeAnswer>;

export const visitRequest = z.object({ organisation: z.string().min(1).max(63), language: language.optional() });
export const visitAnswer = z.object({
  visitId: z.uuid(),
  /** Sent as `Authorization: Bearer`; shown once, kept by the browser. */
  token: z.string(),
});

/** A text longer than this is refused whole, never cut. */
export const MAX_TEXT = 4_096;
const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().regex(/\S/) }),
  z.object({ kind: z.literal('choice'), id: z.string().min(1).max(200), title: z.string().max(1_024) }),
  z.object({ kind: z.literal('media'), attachmentId: z.uuid(), caption: z.string().optional() }),
]);
export const sayRequest = z.object({
  /** The browser's own id of the message: the same one again is the same message, kept once. */
  clientId: z.uuid(),
  content: said,
});
export const sayAnswer = z.object({ id: z.uuid() });

export const fileAnswer = z.object({ attachmentId: z.uuid(), mime: z.string(), size: z.number().int() });

export const webMessage = z.object({
  id: z.uuid(),
  /** Place in everything said in this visit; later is greater, numbers may be left out. */
  seq: z.number().int(),
  direction: z.enum(['in', 'out']),
  author: z.enum(['patient', 'assistant', 'staff']),
  authorName: z.string().optional(),
  at: z.iso.datetime(),
  clientId: z.string().optional(),
  delivery: deliveryState.optional(),
  content: z.union([outboundContent, inboundContent]),
});
export type WebMessage = z.infer<typeof webMessage>;

export const standing = z.object({
  with: z.enum(['assistant', 'waiting', 'agent', 'closed']),
  agentName: z.string().optional(),
  /** Place in the queue; 1 is next. */
  position: z.number().int().optional(),
  /** How many minutes it will be, where that is known; `to` null: or more. */
  minutes: z.object({ from: z.number().int(), to: z.number().int().nullable() }).optional(),
});
export type Standing = z.infer<typeof standing>;

export const messagesQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });
export const messagesAnswer = z.object({ messages: z.array(webMessage), state: standing });

/** What the browser sends on the socket. */
export const clientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), token: z.string().max(100), after: z.number().int().min(0).default(0) }),
  z.object({ type: z.literal('typing') }),
  z.object({ type: z.literal('read'), upTo: z.number().int().min(0) }),
]);
/** What the server sends on it. */
export type ServerFrame =
  | { type: 'message'; message: WebMessage }
  | { type: 'receipt'; id: string; delivery: string }
  | { type: 'typing'; who: 'agent' }
  | { type: 'state'; state: Standing };

/** A call that the visitor asked for: when it is their turn (`place`), or at a time (`slot`). */
const callBack = z.object({
  id: z.uuid(),
  /** `trying`: we called and could not reach them, or are calling now. */
  state: z.enum(['asked', 'due', 'trying', 'reached', 'gave_up', 'revoked', 'merged']),
  kind: z.enum(['place', 'slot']),
  way: z.enum(['phone', 'message']),
  /** All but its last three figures are covered. */
  number: z.string().nullable(),
  slotAt: z.iso.datetime().nullable(),
  slotEndsAt: z.iso.datetime().nullable(),
  /** When it goes into the line, or into it again. */
  dueAt: z.iso.datetime(),
  /** The clock on the organisation's wall: `2026-11-26T10:15`. */
  local: z.string(),
  /** Weekday, day and time in words. */
  said: z.string(),
  late: z.boolean(),
  tries: z.number().int(),
});

/** `GET /webchat/call-back`: what was asked for, and what may be. */
export const callBackAnswer = z.object({
  callBack: callBack.nullable(),
  may: z.object({
    /** The place in the line is kept, with its age. */
    place: z.boolean(),
    slots: z.boolean(),
    ways: z.array(z.enum(['phone', 'message'])),
    open: z.boolean(),
    opensAt: z.iso.datetime().nullable(),
  }),
  slots: z.array(
    z.object({ startsAt: z.iso.datetime(), endsAt: z.iso.datetime(), local: z.string(), free: z.number().int() }),
  ),
  /** Of the organisation: its numbers are understood without a prefix. */
  country: z.string(),
});

/** `POST /webchat/call-back`: asks, or changes what was asked. */
export const callBackRequest = z.strictObject({
  /** A slot's beginning; null: when it is their turn. */
  slotAt: z.iso.datetime().nullable().default(null),
  way: z.enum(['phone', 'message']),
  /** As people write it; not needed where one was given before. */
  number: z.string().trim().max(40).nullable().default(null),
  /** Nobody is called who did not agree to it. */
  consent: z.literal(true),
});
export const callBackAsked = z.object({ callBack, changed: z.boolean() });
