import { z } from 'zod';
import { LANGUAGES, language, priority, type Priority } from '../conversation/contract.ts';

/** A text in the four languages the house speaks. */
export const texts = z.object({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
export type Texts = z.infer<typeof texts>;

export const ITEM_KINDS = ['conversation', 'call', 'call_back', 'task', 'review'] as const;
export const itemKind = z.enum(ITEM_KINDS);
export type ItemKind = z.infer<typeof itemKind>;

/** States of an item; `rules.ts` says which may follow which. */
export const ITEM_STATES = ['queued', 'offered', 'accepted', 'done', 'abandoned', 'called_back', 'withdrawn'] as const;
export const itemState = z.enum(ITEM_STATES);
export type ItemState = z.infer<typeof itemState>;

export const OFFER_STATES = ['pending', 'accepted', 'declined', 'lapsed', 'withdrawn'] as const;
export const offerState = z.enum(OFFER_STATES);
export type OfferState = z.infer<typeof offerState>;

/** `busy` is never chosen: an available agent without a free place is busy. */
export const PRESENCE_STATES = ['offline', 'available', 'busy', 'break', 'training', 'wrapping'] as const;
export const presenceState = z.enum(PRESENCE_STATES);
export type PresenceState = z.infer<typeof presenceState>;

/** What an agent may choose to be. */
export const chosenPresence = z.enum(['offline', 'available', 'break', 'training', 'wrapping']);
export type ChosenPresence = z.infer<typeof chosenPresence>;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const minute = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);
/** From (included) to (not included), in the clock of the organisation. */
export const span = z.tuple([minute, minute]).refine(([from, to]) => from < to, 'a span ends after it begins');
/** Opening hours of a week; a day that is not named is closed. Null: always open. */
export const hours = z.partialRecord(z.enum(WEEKDAYS), z.array(span)).nullable();
export type Hours = z.infer<typeof hours>;
/** A day with other hours than its weekday's; no spans: closed all day. */
export const holiday = z.object({ date: z.iso.date(), spans: z.array(span).default([]) });
export type Holiday = z.infer<typeof holiday>;

const key = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);
const skill = z.string().min(1).max(60);
/** How well: 1 learns it, 3 does it, 5 teaches it. */
const level = z.number().int().min(1).max(5);

/** Whom work is done for: the organisation itself, or who contracts it. Queues belong to one. */
export const entitySettings = z.object({ key, name: z.string().trim().min(1).max(120) });
export type EntitySettings = z.infer<typeof entitySettings>;

/** What is asked less once a share of the target is used up. Rings add up. */
export const ring = z.object({
  /** Share of the target: 0.5 is half of it, 2 is twice. */
  after: z.number().min(0).max(100),
  without: z.array(skill).default([]),
  /** By how much every level that is asked falls. */
  levels: z.number().int().min(0).max(4).default(0),
});
export type Ring = z.infer<typeof ring>;

/** Another queue whose agents may answer too. With neither `after` nor `when`: always. */
export const overflow = z.object({
  to: key,
  after: z.number().min(0).max(100).nullable().default(null),
  /** Only at these hours of the organisation's clock. */
  when: hours.default(null),
});
export type Overflow = z.infer<typeof overflow>;

export const queueSettings = z.object({
  key,
  names: texts,
  /** Key of the contracting entity; null: the organisation's own. */
  entity: key.nullable().default(null),
  /** The least class of what comes in. */
  priority: priority.default('standard'),
  /** What a minute beyond the target weighs against the same of another queue. */
  cost: z.number().positive().max(100).default(1),
  /** Share to be answered within the target, 0 to 1. */
  goal: z.number().positive().max(1).default(0.8),
  /** Seconds by class where they differ from `targetSeconds`. */
  targets: z.partialRecord(priority, z.number().int().min(1).max(604_800)).default({}),
  levels: z.record(skill, level).default({}),
  rings: z.array(ring).max(10).default([]),
  overflow: z.array(overflow).max(10).default([]),
  autoAccept: z.boolean().default(false),
  /** Who answered the same person last is asked first, for this long. */
  stickySeconds: z.number().int().min(0).max(86_400).default(30),
  hours: hours.default(null),
  holidays: z.array(holiday).default([]),
  /** An item should be answered within this many seconds. */
  targetSeconds: z.number().int().min(1).max(86_400).default(120),
  /** An offer lapses after this many seconds; null: as the organisation says. */
  offerSeconds: z.number().int().min(5).max(3_600).nullable().default(null),
  /** What a patient reads when the queue is closed; `{opens}` becomes the next opening. */
  outOfHours: texts.optional(),
  /** What an agent must be able to do to get anything from this queue. */
  skills: z.array(skill).default([]),
  /** Its place among the queues in use, counted from 0; the others make room. Not said: where it stands, a new one last. */
  position: z.number().int().min(0).max(10_000).optional(),
});
export type QueueSettings = z.infer<typeof queueSettings>;

export const agentSettings = z.object({
  /** Places for written conversations at once. A call takes `capacity / calls` of them. */
  capacity: z.number().int().min(0).max(100).default(15),
  calls: z.number().int().min(0).max(10).default(1),
  skills: z.array(skill).default([]),
  /** A skill that is had and not named here: 3. */
  levels: z.record(skill, level).default({}),
  /** Places by channel or kind where they differ from one: a video visit 15, a web chat 2. */
  weights: z.record(z.string().max(40), z.number().int().min(0).max(100)).default({}),
  /** Which kinds may come while one of another kind is held. */
  interrupts: z.partialRecord(itemKind, z.array(itemKind)).default({}),
  autoAccept: z.boolean().default(false),
  /** Adaptive concurrency never goes below this; null: the capacity stands as it is. */
  paceLeast: z.number().int().min(1).max(100).nullable().default(null),
  languages: z.array(language).default([...LANGUAGES]),
  /** Keys of queues; null: every queue that asks no skill it lacks. */
  queues: z.array(z.string()).nullable().default(null),
});
export type AgentSettings = z.infer<typeof agentSettings>;

/** Kinds of events that this room writes, with what their payload holds. */
export type RoutingEvents = {
  /** New, or raised, or (with `agentId`) back from an agent who vanished. */
  'item.queued': {
    itemId: string;
    queueId: string;
    priority: Priority;
    fromQueueId: string | null;
    agentId: string | null;
  };
  /** Put before an agent, whose load grew. */
  'item.offered': { itemId: string; queueId: string; agentId: string; offerId: string };
  /** An offer that was not taken: declined, lapsed, withdrawn. The agent's load fell. */
  'offer.ended': { offerId: string; itemId: string; queueId: string; agentId: string; state: OfferState };
  'item.accepted': { itemId: string; queueId: string; agentId: string };
  /** Done, or its patient left, was called back, or it was withdrawn. */
  'item.ended': { itemId: string; queueId: string; state: ItemState; agentId: string | null };
  'presence.changed': { agentId: string };
  /** Its places, skills, languages or queues. */
  'agent.changed': { agentId: string };
  'queue.changed': { queueId: string };
};
