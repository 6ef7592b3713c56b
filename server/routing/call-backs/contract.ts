import { z } from 'zod';
import { priority } from '../../conversation/contract.ts';
import { texts } from '../contract.ts';

/** States of a call-back; `rules.ts` says which may follow which, and the database refuses the rest. */
export const CALL_BACK_STATES = ['asked', 'due', 'trying', 'reached', 'gave_up', 'revoked', 'merged'] as const;
export const callBackState = z.enum(CALL_BACK_STATES);
export type CallBackState = z.infer<typeof callBackState>;

/** By telephone, or in the conversation that they are in. */
export const callBackWay = z.enum(['phone', 'message']);
export type CallBackWay = z.infer<typeof callBackWay>;

/** What came of a try, as the agent says it with one key. */
export const OUTCOMES = ['reached', 'no_answer', 'wrong_number', 'later'] as const;
export const outcome = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcome>;

const time = z.iso.datetime({ offset: true });
const instant = z.iso.datetime();
const id = z.uuid();
/** Minutes until the next try, or the next morning. */
const spacing = z.union([z.number().int().min(1).max(10_080), z.literal('morning')]);
export type Spacing = z.infer<typeof spacing>;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** What a queue promises of calling back. */
export const callBackSettings = z.strictObject({
  on: z.boolean().default(true),
  /** A place in the line may be kept. */
  places: z.boolean().default(true),
  slotMinutes: z.union([z.literal(10), z.literal(15), z.literal(20), z.literal(30), z.literal(60)]).default(15),
  /** Of what the team can answer in a slot, so much is for those who are called back. */
  share: z.number().min(0.01).max(1).default(0.3),
  /** Never more in one slot than this, whatever the forecast says. */
  most: z.number().int().min(1).max(500).default(20),
  daysAhead: z.number().int().min(0).max(30).default(5),
  /** The soonest slot begins so many minutes from now. */
  noticeMinutes: z.number().int().min(0).max(1_440).default(10),
  /** How long an answer takes, until the queue's own work tells. */
  handleMinutes: z.number().int().min(1).max(120).default(6),
  /** What follows a try without an answer, one for each further try. */
  spacing: z.array(spacing).max(9).default([10, 120, 'morning']),
  /** Tries at most. */
  tries: z.number().int().min(1).max(10).default(3),
  /** Nobody is called by us in these hours unless they chose them. */
  quietFrom: clock.default('21:00'),
  quietTo: clock.default('09:00'),
  /** Name of an approved WhatsApp template that says "it is your turn", for when its 24 hours are over. */
  template: z.string().trim().min(1).max(512).nullable().default(null),
});
export type CallBackSettings = z.infer<typeof callBackSettings>;

/** A time at which somebody may be called. */
export const slot = z.object({
  startsAt: instant,
  endsAt: instant,
  /** The clock on the organisation's wall: `2026-11-26T10:15`. */
  local: z.string(),
  /** Places left. */
  free: z.number().int(),
});
export type Slot = z.infer<typeof slot>;

/** What somebody may ask for here and now. */
export const mayAsk = z.object({
  queueId: id.nullable(),
  /** A place in the line may be kept: the same class, the same age. */
  place: z.boolean(),
  slots: z.boolean(),
  ways: z.array(callBackWay),
  open: z.boolean(),
  opensAt: instant.nullable(),
});
export type MayAsk = z.infer<typeof mayAsk>;

/** A call-back as its person sees it. */
export const callBackView = z.object({
  id,
  state: callBackState,
  kind: z.enum(['place', 'slot']),
  way: callBackWay,
  /** The number with all but its last three figures covered. */
  number: z.string().nullable(),
  slotAt: instant.nullable(),
  slotEndsAt: instant.nullable(),
  /** When it goes into the line, or into it again. */
  dueAt: instant,
  /** The clock on the organisation's wall of the slot, or of when it is due. */
  local: z.string(),
  /** Weekday and time in words, as it was confirmed. */
  said: z.string(),
  /** It is past its slot and nobody has called yet. */
  late: z.boolean(),
  tries: z.number().int(),
});
export type CallBackView = z.infer<typeof callBackView>;

// ── the desk ────────────────────────────────────────────────────────────────────────────────────────────────────

export const LISTS = ['today', 'late', 'upcoming', 'done'] as const;
export const listQuery = z.object({
  list: z.enum(LISTS).default('today'),
  queue: id.optional(),
});

export const callTry = z.object({
  agent: z.string(),
  beganAt: time,
  endedAt: time.nullable(),
  outcome: z.string().nullable(),
});

/** A call-back as the desk lists it. */
export const deskCallBack = callBackView.omit({ said: true }).extend({
  queueId: id,
  personId: id,
  name: z.string().nullable(),
  conversationId: id,
  language: z.string(),
  channel: z.string().nullable(),
  priority,
  since: time,
  /** The whole number, for whoever has it before them or may see it: `tel:`. */
  dial: z.string().nullable(),
  agentId: id.nullable(),
  agent: z.string().nullable(),
  itemId: id.nullable(),
  reason: z.string().nullable(),
  endedAt: time.nullable(),
  history: z.array(callTry),
});
export type DeskCallBack = z.infer<typeof deskCallBack>;
export const deskCallBacks = z.object({
  callBacks: z.array(deskCallBack),
  counts: z.object({ today: z.number(), late: z.number(), upcoming: z.number() }),
  timezone: z.string(),
});
export type DeskCallBacks = z.infer<typeof deskCallBacks>;
export const deskCallBackOrNone = z.object({ callBack: deskCallBack.nullable(), timezone: z.string() });

/** An agent asks for a patient: in a conversation that it reads. */
export const deskAsk = z.strictObject({
  conversationId: id,
  slotAt: instant.nullable().default(null),
  way: callBackWay,
  number: z.string().trim().max(40).nullable().default(null),
  queueId: id.optional(),
});
export const moveBody = z.strictObject({ slotAt: instant });
export const CANCEL_REASONS = ['patient_asked', 'already_served', 'wrong_request', 'other'] as const;
export const cancelBody = z.strictObject({ reason: z.enum(CANCEL_REASONS) });
export const outcomeBody = z.strictObject({
  outcome,
  /** Needed for `later`. */
  slotAt: instant.nullable().default(null),
});
export const outcomeAnswer = z.object({
  state: callBackState,
  /** When the next try is due. */
  nextAt: instant.nullable(),
});

/** How many places a slot has, and why. */
export const slotCapacity = z.object({
  startsAt: instant,
  local: z.string(),
  places: z.number().int(),
  taken: z.number().int(),
});
export const CAPACITY_REASONS = ['forecast', 'agents', 'nobody'] as const;
export const capacityView = z.object({
  queueId: id,
  names: texts,
  settings: callBackSettings,
  /** `forecast`: from the queue's own weeks. `agents`: with little history, so much for each who serves it. */
  basis: z.enum(CAPACITY_REASONS),
  weeks: z.number().int(),
  agents: z.number().int(),
  handleSeconds: z.number(),
  slots: z.array(slotCapacity),
  timezone: z.string(),
});
export type CapacityView = z.infer<typeof capacityView>;
export const capacities = z.object({ queues: z.array(capacityView) });
