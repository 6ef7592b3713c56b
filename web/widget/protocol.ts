import type { DeliveryState, InboundContent, Language, OutboundContent } from '../../server/conversation/contract.ts';

export type { Language };

/** A way to reach the organisation, with its present wait where it is known. */
export type Way = {
  kind: 'chat' | 'call' | 'callback' | 'callback_at' | 'whatsapp' | 'video' | 'email' | 'emergency';
  label?: string;
  hint?: string | null;
  href?: string | null;
  /** What choosing it says in the chat. */
  says?: string | null;
  /** In minutes. */
  wait?: { minutes: number; low: number; high: number } | null;
  /** When people answer again, where they do not now. */
  opensAt?: string | null;
  reason?: string;
  pace?: 'fastest' | 'slowest' | null;
};

/** What `GET /api/public/ways` answers. */
export type Offer = { at: string; open: boolean; opensAt: string | null; long: boolean; ways: Way[] };

export type Config = {
  organisation: string;
  name: string;
  colour?: string | null;
  languages: Language[];
  defaultLanguage: Language;
  maxFileBytes: number;
  /** Mime types the server takes (`image/jpeg`), or families of them (`image/*`). */
  fileKinds: string[];
  /** Without waits: those are asked for when they are looked at. */
  ways: Way[];
  open: boolean;
  /** Whom to call when it cannot wait. */
  emergencyNumber: string;
};

/** A published article that may answer what is written. */
export type Article = {
  id: string;
  title: string;
  /** As the assistant says it: `*bold*`, links written out. */
  text: string;
  /** Whose text it is, and of which day. */
  source: string;
};

export type Visit = { visitId: string; token: string };

/** Who has the conversation now. */
export type Standing = {
  with: 'assistant' | 'waiting' | 'agent' | 'closed';
  agentName?: string | null;
  /** Place in the queue, 1 is the next. */
  position?: number | null;
  /** How many minutes it will be; `to` null: or more. */
  minutes?: { from: number; to: number | null } | null;
};

/** `in` is what the patient said, `out` what the organisation said. */
export type WebMessage = {
  id: string;
  seq: number;
  direction: 'in' | 'out';
  author: 'patient' | 'assistant' | 'staff';
  authorName?: string | null;
  at: string;
  clientId?: string | null;
  delivery?: DeliveryState | null;
  content: OutboundContent | InboundContent;
};

/** What the window sends. */
export type Said =
  | { kind: 'text'; text: string }
  | { kind: 'choice'; id: string; title: string }
  | { kind: 'media'; attachmentId: string; caption?: string };

export type Frame =
  | { type: 'message'; message: WebMessage }
  | { type: 'receipt'; id: string; delivery: DeliveryState }
  | { type: 'typing'; who: string }
  | { type: 'state'; state: Standing };
