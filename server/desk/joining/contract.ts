import { z } from 'zod';
import { channelKind, conversationState, language, priority } from '../../conversation/contract.ts';
import { texts } from '../../routing/contract.ts';
import { conversationHead, messageView, summaryLine } from '../contract.ts';

/*
 * Colleagues in a conversation: it is passed on by hand, somebody is let in, somebody is asked for advice; and what is given
 * back to the assistant. Times are ISO 8601 in UTC, ids uuids.
 */
const id = z.uuid();
const time = z.iso.datetime();

export const joiningKind = z.enum(['transfer', 'join', 'consult']);
export type JoiningKind = z.infer<typeof joiningKind>;
export const joiningState = z.enum(['offered', 'accepted', 'refused', 'lapsed', 'withdrawn', 'ended']);
export type JoiningState = z.infer<typeof joiningState>;
export const joiningRole = z.enum(['interpreter', 'supervisor', 'colleague']);
export type JoiningRole = z.infer<typeof joiningRole>;

const toSomebody = z.union([
  z.strictObject({ agentId: id }),
  z.strictObject({ queueId: id }),
  z.strictObject({ entityId: id }),
]);
export type Target = z.infer<typeof toSomebody>;

/**
 * `POST /api/conversations/:id/pass-on` → 200 `passedOn`. With `stay` the giver goes on answering until somebody takes it;
 * without it they leave at once and it waits in line.
 */
export const passOnBody = z.object({
  to: toSomebody,
  note: z.string().trim().max(2_000).optional(),
  stay: z.boolean().default(true),
});
/** `POST /api/conversations/:id/consults` → 201 `joiningView`. One colleague; the question is the first line of the side thread. */
export const consultBody = z.object({ agentId: id, question: z.string().trim().min(1).max(4_000) });
/** `POST /api/conversations/:id/joins` → 201 `joiningView`. An interpreter by language, a supervisor by role, or one colleague. */
export const joinBody = z
  .object({ role: joiningRole, language: language.optional(), agentId: id.optional() })
  .refine((body) => (body.role === 'interpreter') === (body.language !== undefined), 'an interpreter speaks a language')
  .refine((body) => body.role !== 'colleague' || body.agentId !== undefined, 'which colleague');
/** `POST /api/joinings/:id/refuse` */
export const refuseBody = z.object({ reason: z.string().trim().max(60).optional() }).nullish();
/** `POST /api/consults/:id/messages` → 201 `consultMessage`. The same `clientId` again is the same message. */
export const consultMessageBody = z.object({ clientId: id, text: z.string().trim().min(1).max(4_000) });

const somebody = z.object({ agentId: id, name: z.string() });

export const joiningView = z.object({
  id,
  kind: joiningKind,
  state: joiningState,
  conversationId: id,
  from: somebody,
  role: joiningRole.nullable(),
  language: language.nullable(),
  /** Whom was meant; all null: whoever has the role. */
  to: z.object({ agent: somebody.nullable(), queue: texts.nullable(), entity: z.string().nullable() }),
  /** Who took it. */
  agent: somebody.nullable(),
  /** People before whom it still is. */
  asked: z.number().int(),
  offeredAt: time,
  expiresAt: time,
  answeredAt: time.nullable(),
  endedAt: time.nullable(),
  reason: z.string().nullable(),
  /** The conversation it is about, as a row is read. */
  about: z.object({
    name: z.string().nullable(),
    channel: channelKind.nullable(),
    priority,
    language,
    state: conversationState,
    /** What the assistant learned, and the note that goes with a transfer: to whom it is put before. */
    summary: z.array(summaryLine),
    note: z.string().nullable(),
  }),
});
export type JoiningView = z.infer<typeof joiningView>;

export const passedOn = z.object({ conversation: conversationHead, joining: joiningView.nullable() });

/** What was given to the assistant and comes back to this agent. */
export const errandView = z.object({
  conversationId: id,
  name: z.string().nullable(),
  channel: channelKind.nullable(),
  kind: z.enum(['flow', 'bot']),
  title: texts,
  begunAt: time,
});

/** `GET /api/joinings`: what is put before this agent, what this agent takes part in, what comes back to them. */
export const joiningsMine = z.object({
  asked: z.array(joiningView),
  mine: z.array(joiningView),
  errands: z.array(errandView),
});
export type JoiningsMine = z.infer<typeof joiningsMine>;

export const consultMessage = z.object({
  id,
  seq: z.number().int(),
  authorId: id,
  authorName: z.string(),
  /** Null: the words are erased. */
  text: z.string().nullable(),
  at: time,
});
export type ConsultMessage = z.infer<typeof consultMessage>;

/** `GET /api/conversations/:id/consults`: every side thread that there was. */
export const consultView = z.object({ consult: joiningView, messages: z.array(consultMessage) });
export type ConsultView = z.infer<typeof consultView>;
export const consultsOf = z.object({ consults: z.array(consultView) });

/** `GET /api/consults/:id`: the side thread and, while it is open, what it is about. For the two who are in it. */
export const consultOpened = consultView.extend({
  /** Null once the consult is over. */
  conversation: z.object({ messages: z.array(messageView), summary: z.array(summaryLine) }).nullable(),
});
export type ConsultOpened = z.infer<typeof consultOpened>;

/** `GET /api/joining-targets`: who may be asked as what. */
export const targetsView = z.object({
  entities: z.array(z.object({ entityId: id, name: z.string(), queues: z.number().int(), here: z.number().int() })),
  interpreters: z.array(z.object({ language, agents: z.array(somebody) })),
  supervisors: z.array(somebody),
});
export type TargetsView = z.infer<typeof targetsView>;

/** `GET /api/errands`: for what a conversation can be given back. */
export const errandChoices = z.object({
  flows: z.array(z.object({ flow: z.string(), title: texts })),
  bots: z.array(z.object({ bot: z.string(), name: z.string() })),
});
export type ErrandChoices = z.infer<typeof errandChoices>;
/** `POST /api/conversations/:id/give-to-assistant` → 200 `conversationHead` */
export const giveBody = z.union([
  z.strictObject({ flow: z.string().max(60) }),
  z.strictObject({ bot: z.string().max(60), tell: z.string().trim().max(500).optional() }),
]);
