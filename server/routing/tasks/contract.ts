import { z } from 'zod';
import { channelKind, language, priority } from '../../conversation/contract.ts';
import { texts } from '../contract.ts';

/*
 * What is to be done for somebody at a certain time: "llamar el jueves a las 10 con el resultado". Times are ISO 8601, in UTC
 * where the house says them.
 */
const id = z.uuid();
const time = z.iso.datetime();
const when = z.iso.datetime({ offset: true });

/** States in the row: `taken` is somebody's work now. */
export const TASK_STATES = ['open', 'taken', 'done', 'cancelled'] as const;
export const taskState = z.enum(TASK_STATES);
export type TaskState = z.infer<typeof taskState>;

export const TASK_OUTCOMES = ['solved', 'no_answer', 'referred', 'not_needed'] as const;
export const taskOutcome = z.enum(TASK_OUTCOMES);

const words = z.string().trim().min(1).max(1_000);

/**
 * `POST /api/tasks` → 201 `taskView`. Made from a conversation, or for a person. `agentId` left out: who makes it is asked first;
 * null: anyone of the queue. `queueId` left out: the conversation's, else where work goes that names none.
 */
export const newTask = z
  .object({
    conversationId: id.optional(),
    personId: id.optional(),
    text: words,
    dueAt: when,
    agentId: id.nullable().optional(),
    queueId: id.optional(),
    priority: z.enum(['urgent', 'standard', 'low']).default('standard'),
  })
  .refine(
    (body) => (body.conversationId === undefined) !== (body.personId === undefined),
    'a conversation or a person',
  );
/** `POST /api/tasks/:id/move` → 200 `taskView`: another time, perhaps another colleague; `agentId` null: anyone of the queue. */
export const moveTask = z.object({ dueAt: when, agentId: id.nullable().optional() });
/** `POST /api/tasks/:id/done` → 200 `taskView` */
export const endTask = z.object({ outcome: taskOutcome, note: z.string().trim().max(1_000).optional() });
/** `GET /api/tasks?whose=&ended=&personId=` */
export const tasksQuery = z.object({
  whose: z.enum(['mine', 'team']).default('mine'),
  ended: z.stringbool().default(false),
  personId: id.optional(),
});

const somebody = z.object({ agentId: id, name: z.string() });

export const taskView = z.object({
  id,
  personId: id,
  name: z.string().nullable(),
  /** Their open conversation, else the last one: what opening a task opens. */
  conversationId: id.nullable(),
  channel: channelKind.nullable(),
  language,
  /** Null: the words are erased. */
  text: z.string().nullable(),
  dueAt: time,
  priority,
  /** `due`: waits for somebody now. `offered`: it is before somebody. */
  state: z.enum(['scheduled', 'due', 'offered', 'taken', 'done', 'cancelled']),
  queue: texts,
  /** Who is asked first. */
  agent: somebody.nullable(),
  takenBy: somebody.nullable(),
  madeBy: somebody,
  madeAt: time,
  itemId: id,
  /** Before whoever asks, until then. */
  offer: z.object({ id, expiresAt: time }).nullable(),
  /** It should be begun within this many seconds after it is due. */
  targetSeconds: z.number().int(),
  outcome: taskOutcome.nullable(),
  note: z.string().nullable(),
  endedAt: time.nullable(),
});
export type TaskView = z.infer<typeof taskView>;
export const tasksList = z.object({ tasks: z.array(taskView) });
