import { z } from 'zod';
import { channelKind, priority, type Priority } from '../../conversation/contract.ts';
import { paceReason } from '../../routing/concurrency/contract.ts';
import { chosenPresence, itemKind, presenceState, texts } from '../../routing/contract.ts';

/**
 * The live room. `GET /api/room` and every frame of `WS /api/room/live` are the whole board: nothing has to be joined
 * on the desk, and a frame that is lost is made good by the next. No patient's name or word is on it.
 */
const id = z.uuid();
const time = z.iso.datetime();
const count = z.number().int().nonnegative();
/** 0 to 1; null: there is nothing to divide by. */
const share = z.number().min(0).max(1).nullable();

const classes = z.object({ critical: count, urgent: count, standard: count, low: count });
export type Classes = z.infer<typeof classes>;

/** Service level: answered within the target / offered. What still waits within its target is not counted yet. */
export const service = z.object({ within: count, offered: count });
export type Service = z.infer<typeof service>;

export const roomWait = z.object({
  /** Seconds, and the range of 80 %. */
  seconds: z.number(),
  low: z.number(),
  high: z.number(),
});

export const roomQueue = z.object({
  id,
  key: z.string(),
  names: texts,
  /** Null: the organisation's own. */
  entityId: id.nullable(),
  open: z.boolean(),
  /** A supervisor opened or closed it until then. */
  opening: z.object({ id, open: z.boolean(), until: time }).nullable(),
  targetSeconds: z.number().int(),
  goal: z.number(),
  waiting: classes,
  /** Of those, how much of the target they have used: less than the organisation warns at, up to all of it, more. */
  ages: z.object({ fresh: count, near: count, over: count }),
  /** Who waits longest; `targetSeconds` of its own class. */
  oldest: z
    .object({ itemId: id, since: time, kind: itemKind, channel: channelKind.nullable(), targetSeconds: z.number() })
    .nullable(),
  inHand: count,
  lastHalfHour: service,
  /** The same in six times five minutes, the latest last. */
  trend: z.array(share),
  today: service,
  /** Queued today and gone before an answer, of all that were queued today; call-backs are not counted. */
  abandoned: count,
  queued: count,
  /** Places of its agents who are here and work: free now, and all. */
  free: z.number().int(),
  places: z.number().int(),
  agents: count,
  /** For somebody who came now; null: it cannot be said (closed, nobody there). */
  wait: roomWait.nullable().optional(),
});
export type RoomQueue = z.infer<typeof roomQueue>;

/** `call`: on the phone or on video. `gone`: no desk of theirs is heard any more. The rest as they chose. */
export const agentState = z.enum(['available', 'busy', 'call', 'wrapping', 'break', 'training', 'gone', 'offline']);
export type AgentState = z.infer<typeof agentState>;

export const roomAgent = z.object({
  id,
  name: z.string(),
  state: agentState,
  presence: presenceState,
  reason: z.string().nullable(),
  since: time,
  /** Places taken, and those there are now: the capacity, or what the measured reply delay allows. */
  load: z.number().int(),
  places: z.number().int(),
  capacity: z.number().int(),
  paceReason: paceReason.nullable(),
  /** Since when the patient who waits longest for a word of this agent waits; `late`: past the target of its queue. */
  unansweredSince: time.nullable(),
  late: z.boolean(),
  /** Holds a critical case. */
  critical: z.boolean(),
  /** Queues served; null: every one of the board. */
  queueIds: z.array(id).nullable(),
});
export type RoomAgent = z.infer<typeof roomAgent>;

/** A critical case that nobody has taken. */
export const roomCritical = z.object({ itemId: id, queueId: id, since: time, offeredTo: z.string().nullable() });
export type RoomCritical = z.infer<typeof roomCritical>;

export const forecastPoint = z.object({
  at: time,
  /** Conversations in hand or waiting at that moment: expected, and the band of 80 %. */
  expected: z.number(),
  low: z.number(),
  high: z.number(),
});
/**
 * The coming hour. Arrivals: mean of the same weekday and quarter of an hour of past weeks, the last one weighing most.
 * Places: of who is signed in now, without breaks or shifts.
 */
export const roomForecast = z.discriminatedUnion('state', [
  z.object({ state: z.literal('short_history') }),
  z.object({
    state: z.literal('ready'),
    points: z.array(forecastPoint),
    places: z.number().int(),
    /** When places are missing, and how many at most; null: there are enough. */
    short: z.object({ from: time, to: time, places: z.number().int() }).nullable(),
    weeks: z.number().int(),
  }),
]);
export type RoomForecast = z.infer<typeof roomForecast>;

/** What is worth doing now, the most pressing first. */
export const advice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('critical'), itemId: id, queueId: id, since: time, offeredTo: z.string().nullable() }),
  /** Past its target without a free place; `spare` of another queue has some. */
  z.object({
    kind: z.literal('queue_late'),
    queueId: id,
    share,
    over: count,
    spare: z.object({ queueId: id, free: count }).nullable(),
    /** How many to move. */
    move: count,
  }),
  z.object({ kind: z.literal('gone'), agentId: id, name: z.string(), since: time, holds: count }),
  /** Nobody on the staff can do what it asks · nobody of those who can is here · it is kept for somebody who is not. */
  z.object({
    kind: z.literal('unserved'),
    queueId: id,
    why: z.enum(['nobody_can', 'nobody_here', 'pinned_away']),
    items: count,
  }),
  z.object({ kind: z.literal('deliveries'), channel: channelKind, failed: count, since: time }),
  z.object({ kind: z.literal('short'), from: time, to: time, places: count }),
]);
export type Advice = z.infer<typeof advice>;

export const room = z.object({
  at: time,
  queues: z.array(roomQueue),
  agents: z.array(roomAgent),
  entities: z.array(z.object({ id, name: z.string() })),
  /** From the flag or the class to a nurse's acceptance, of today, 95th percentile in seconds; who still waits counts with its age. */
  criticalToNurse: z.object({ seconds: z.number().nullable(), cases: count, targetSeconds: z.number() }),
  /** Closed today by the assistant without an agent, of all closed today. */
  solvedAlone: z.object({ solved: count, closed: count }),
  /** Hang-ups beyond this share are too many. */
  abandonLimit: z.number(),
  critical: z.array(roomCritical),
  forecast: roomForecast,
  advice: z.array(advice),
});
export type Room = z.infer<typeof room>;

/** `WS /api/room/live`: frames of the server; the client says nothing. */
export const roomFrame = z.object({ type: z.literal('room'), room });

/** Figures of some queues together: what the board shows above the table. */
export type Totals = {
  waiting: Classes;
  lastHalfHour: Service;
  today: Service;
  /** What share of those offered should have been answered in time: each queue's goal, weighted by what came in. */
  goal: number | null;
  goalNow: number | null;
  abandoned: number;
  queued: number;
};

export function totalsOf(queues: readonly RoomQueue[]): Totals {
  const total: Totals = {
    waiting: { critical: 0, urgent: 0, standard: 0, low: 0 },
    lastHalfHour: { within: 0, offered: 0 },
    today: { within: 0, offered: 0 },
    goal: null,
    goalNow: null,
    abandoned: 0,
    queued: 0,
  };
  let due = 0;
  let dueNow = 0;
  for (const queue of queues) {
    for (const name of Object.keys(total.waiting) as Priority[]) total.waiting[name] += queue.waiting[name];
    for (const span of ['lastHalfHour', 'today'] as const) {
      total[span].within += queue[span].within;
      total[span].offered += queue[span].offered;
    }
    due += queue.goal * queue.today.offered;
    dueNow += queue.goal * queue.lastHalfHour.offered;
    total.abandoned += queue.abandoned;
    total.queued += queue.queued;
  }
  if (total.today.offered > 0) total.goal = due / total.today.offered;
  if (total.lastHalfHour.offered > 0) total.goalNow = dueNow / total.lastHalfHour.offered;
  return total;
}

export const waitingOf = (of: Classes): number => of.critical + of.urgent + of.standard + of.low;
export const shareOf = (of: Service): number | null => (of.offered === 0 ? null : of.within / of.offered);

// ── items, and what is done with them ───────────────────────────────────────────────────────────────────────────

/** `GET /api/room/items?queue=&priority=&agent=&entity=&hand=`: the first 200, the most pressing first. */
export const itemsQuery = z.object({
  queue: id.optional(),
  priority: priority.optional(),
  agent: id.optional(),
  entity: z.union([id, z.literal('own')]).optional(),
  /** `waiting`: nobody has it. `held`: an agent does. */
  hand: z.enum(['waiting', 'held']).default('waiting'),
});
export const roomItem = z.object({
  itemId: id,
  kind: itemKind,
  conversationId: id.nullable(),
  queueId: id,
  priority,
  channel: channelKind.nullable(),
  reason: z.string().nullable(),
  /** Since when it waits; of one in hand: since when the patient waits for a word, null when it is their turn. */
  since: time.nullable(),
  targetSeconds: z.number(),
  /** Before whom it is, or who holds it. */
  agentId: id.nullable(),
  offered: z.boolean(),
  pinnedTo: id.nullable(),
  /** A hard flag stands: it cannot be made less than critical. */
  flagged: z.boolean(),
  offers: count,
});
export type RoomItem = z.infer<typeof roomItem>;
export const roomItems = z.object({ items: z.array(roomItem), total: count });

/** `POST /api/room/names` → who they are; each is written in the audit trail. */
export const namesBody = z.object({ conversationIds: z.array(id).min(1).max(200) });
export const names = z.object({ names: z.record(z.string(), z.string().nullable()) });

const reason = z.string().trim().min(3).max(300);
const items = z.array(id).min(1).max(200);
/** `POST /api/room/items/move | pin | prioritise | assign` → what came of each; those that failed say why. */
export const moveBody = z.object({ items, queueId: id, reason });
export const pinBody = z.object({ items, agentId: id, reason });
export const prioritiseBody = z.object({ items, priority, reason });
export const assignBody = z.object({ items, agentId: id, reason });
export const outcome = z.object({
  done: z.array(id),
  failed: z.array(z.object({ itemId: id, code: z.string(), title: z.string() })),
});
export type Outcome = z.infer<typeof outcome>;

/** `POST /api/room/queues/:id/opening`: open or closed from now for so many minutes, whatever its hours. */
export const openingBody = z.object({ open: z.boolean(), minutes: z.number().int().min(1).max(1_440), reason });
/** `POST /api/room/agents/:id/presence` */
export const presenceBody = z.object({ state: chosenPresence.extract(['available', 'offline']), reason });

/** `POST /api/room/broadcasts` → 201. `hours`: who has not read it by then is not shown it any more. */
export const broadcastBody = z.object({
  text: z.string().trim().min(1).max(1_000),
  queueId: id.optional(),
  hours: z.number().int().min(1).max(72).default(8),
});
export const broadcastView = z.object({
  id,
  text: z.string(),
  queueId: id.nullable(),
  authorName: z.string(),
  at: time,
  until: time,
  readers: z.array(z.object({ agentId: id, name: z.string(), readAt: time.nullable() })),
});
export type BroadcastView = z.infer<typeof broadcastView>;
export const broadcasts = z.object({ broadcasts: z.array(broadcastView) });

/** `GET /api/notices`: what this colleague was told and has not read. `POST /api/notices/:id/read` → 204. */
export const notice = z.object({
  id,
  kind: z.enum(['broadcast', 'presence', 'taken_over', 'assigned', 'whisper']),
  authorName: z.string(),
  at: time,
  /** Of a broadcast. */
  text: z.string().nullable(),
  conversationId: id.nullable(),
  state: presenceState.nullable(),
  reason: z.string().nullable(),
});
export type Notice = z.infer<typeof notice>;
export const notices = z.object({ notices: z.array(notice) });

/** `POST /api/room/conversations/:id/listening` → 201; renewed with `…/listening/:listeningId/renew` before `until`. */
export const listenBody = z.object({ reason });
export const listening = z.object({ id, until: time, visible: z.boolean() });
/** `GET /api/conversations/:id/listening`: who reads along, where the organisation lets the agent know. */
export const listeners = z.object({ listeners: z.array(z.object({ name: z.string(), since: time, until: time })) });
/** `POST /api/room/conversations/:id/whispers` → 201 `messageView`. The same `clientId` is the same whisper. */
export const whisperBody = z.object({ clientId: id, text: z.string().trim().min(1).max(2_000) });
/** `POST /api/room/conversations/:id/take-over` → 200 `conversationHead` */
export const takeOverBody = z.object({ reason });
/** `POST /api/room/deliveries/retry` → how many go out again. */
export const retryBody = z.object({ channel: channelKind });
export const retried = z.object({ retried: count });
