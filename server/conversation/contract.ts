import { z } from 'zod';

/** The languages a patient may be spoken to in. */
export const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
export const language = z.enum(LANGUAGES);
export type Language = z.infer<typeof language>;

export const CHANNELS = ['whatsapp', 'webchat', 'sms', 'email', 'messenger', 'voice', 'video'] as const;
export const channelKind = z.enum(CHANNELS);
export type ChannelKind = z.infer<typeof channelKind>;

/** States of a conversation; see `rules.ts` for which may follow which. */
export const CONVERSATION_STATES = ['assistant', 'waiting', 'with_agent', 'on_hold', 'wrapping', 'closed'] as const;
export const conversationState = z.enum(CONVERSATION_STATES);
export type ConversationState = z.infer<typeof conversationState>;

/** States of an outgoing message. */
export const DELIVERY_STATES = ['pending', 'sending', 'sent', 'delivered', 'read', 'failed'] as const;
export const deliveryState = z.enum(DELIVERY_STATES);
export type DeliveryState = z.infer<typeof deliveryState>;

export const MEDIA_KINDS = ['image', 'audio', 'document', 'video', 'sticker'] as const;
export const mediaKind = z.enum(MEDIA_KINDS);

/** What a patient can say, whatever the channel. Sealed as one JSON document. */
export const inboundContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  /** A pick from a menu that we sent: `id` is ours, `title` is what the patient saw. */
  z.object({ kind: z.literal('choice'), id: z.string(), title: z.string() }),
  z.object({
    kind: z.literal('media'),
    media: mediaKind,
    /** Our attachment once fetched; until then the vendor's id waits in `externalId`. */
    attachmentId: z.string().optional(),
    externalId: z.string().optional(),
    mime: z.string().optional(),
    caption: z.string().optional(),
    filename: z.string().optional(),
    /** Recorded in the app as a voice note. */
    voice: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  z.object({
    kind: z.literal('contacts'),
    contacts: z.array(z.object({ name: z.string(), phones: z.array(z.string()) })),
  }),
  z.object({ kind: z.literal('reaction'), emoji: z.string(), to: z.string() }),
  z.object({ kind: z.literal('unsupported'), reason: z.string() }),
]);
export type InboundContent = z.infer<typeof inboundContent>;

export const menuOption = z.object({ id: z.string().max(200), title: z.string(), description: z.string().optional() });
export type MenuOption = z.infer<typeof menuOption>;

/** What we can say, whatever the channel. A channel's `render.ts` fits it to what that channel can show. */
export const outboundContent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('text'),
    text: z.string(),
    /** The outside bot whose words these are; what colleagues see, not the patient. */
    by: z.string().max(100).optional(),
  }),
  z.object({
    kind: z.literal('menu'),
    text: z.string(),
    options: z.array(menuOption).min(1),
    by: z.string().max(100).optional(),
    /** Label of the control that opens a long list; the channel has a default in each language. */
    button: z.string().optional(),
  }),
  z.object({
    kind: z.literal('media'),
    media: mediaKind,
    attachmentId: z.string(),
    mime: z.string(),
    caption: z.string().optional(),
    filename: z.string().optional(),
  }),
  z.object({
    kind: z.literal('template'),
    name: z.string(),
    language: z.string(),
    parameters: z.array(z.string()),
    /** The template's text with its parameters filled in: what the desk shows. */
    text: z.string(),
  }),
]);
export type OutboundContent = z.infer<typeof outboundContent>;

/** One utterance as a channel hands it over: verified, parsed, not yet stored. */
export type Inbound = {
  organisationId: string;
  channel: ChannelKind;
  accountId: string;
  /** The vendor's id of the message; (accountId, externalId) is received once. */
  externalId: string;
  /** The sender's address on the channel: E.164 without plus on WhatsApp, the visitor's id on the web. */
  address: string;
  /** The name the vendor says the sender goes by; never proof of anything. */
  profileName?: string;
  /** Language the channel already knows (the widget's), else undefined. */
  language?: Language;
  /** When the sender sent it, as the vendor says. Never trusted for anything but order. */
  sentAt: Date;
  content: InboundContent;
  /** The vendor's id of the message this one answers. */
  replyTo?: string;
};

/** What `receive` answers for one inbound. All but `refused` are safe to acknowledge to the vendor. */
export type Received =
  | { outcome: 'stored'; messageId: string; conversationId: string }
  | { outcome: 'duplicate' }
  /** The message could not be taken; it is kept with its reason and shown to the administrator. */
  | { outcome: 'dead'; reason: string };

/** A receipt from a vendor about a message that we sent. */
export type Receipt = {
  organisationId: string;
  accountId: string;
  externalId: string;
  state: 'sent' | 'delivered' | 'read' | 'failed';
  at: Date;
  /** Our own message id, where the vendor echoes what we attached (biz_opaque_callback_data). */
  messageId?: string;
  error?: { code: string; title: string };
};

export const PROOFS = ['none', 'claimed', 'matched', 'confirmed'] as const;
/** How sure we are of who writes, in rising order. */
export const proofLevel = z.enum(PROOFS);
export type ProofLevel = z.infer<typeof proofLevel>;

export const PRIORITIES = ['critical', 'urgent', 'standard', 'low'] as const;
export const priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof priority>;

/** One line of what the assistant already knows, for the agent: a label key and the value as the patient would read it. */
export type SummaryLine = { key: string; value: string };

/** A wish to put the conversation before a person. */
export type Handover = {
  queue: string;
  priority: Priority;
  /** Why, as a key (`asked_for_person`, `not_understood`, `locked`, `complaint`, …): shown translated. */
  reason: string;
  skills?: string[];
  /** A person should answer within this many seconds, whatever the queue promises. */
  targetSeconds?: number;
  summary: SummaryLine[];
};

/** Everything `receive` knows about the writer when the assistant's turn begins. */
export type Situation = {
  organisationId: string;
  contactPointId: string;
  accountId: string;
  channel: ChannelKind;
  /** Who writes. */
  personId: string;
  /** Whom it is about; equal to `personId` unless someone acts for another. */
  aboutId: string;
  conversationId: string;
  /** True when this message began the conversation. */
  fresh: boolean;
  state: ConversationState;
  language: Language;
  proof: ProofLevel;
  /** The assistant's place, as it left it; null at the beginning. */
  session: unknown;
  receivedAt: Date;
  content: InboundContent;
  /** What somebody in danger is told to dial, where it is another than the organisation's own. */
  emergencyNumber?: string;
};

/** What an assistant's turn leads to: rows that `receive` writes in the same transaction. */
export type Turn = {
  session: unknown;
  says: OutboundContent[];
  language?: Language;
  handover?: Handover;
  /** The assistant finished; the conversation closes with this outcome. */
  close?: { outcome: 'solved' | 'abandoned' | 'declined' };
  /** Set when the turn found out who writes or whom it is about. */
  person?: { personId: string; aboutId: string; proof: ProofLevel };
  /** What the assistant did, for the thread on the desk (keys and plain values, no free text of the patient). */
  trace: TraceStep[];
  /** A time after which, with no answer, the session is woken with a timeout. */
  wakeAt?: Date;
};
export type TraceStep = { step: string; detail?: Record<string, string | number | boolean> };

/** A reply that is committed and leased to this process, on its way to the vendor. */
export type Departing = {
  messageId: string;
  organisationId: string;
  accountId: string;
  channel: ChannelKind;
  conversationId: string;
  contactPointId: string;
  address: string;
  language: Language;
  content: OutboundContent;
  attempt: number;
};
