import { z } from 'zod';
import type { Handover, Language, OutboundContent, TraceStep } from '../conversation/contract.ts';
import { LEVELS } from '../triage/protocols/contract.ts';
import type { CareLevel, Protocol, Run as TriageRun, RunRecord } from '../triage/protocols/contract.ts';

const LETTERS = /^[a-z][a-z0-9_]{0,39}$/;
const key = z.string().regex(LETTERS, 'small letters, digits and _');
/** A small expression over slots and `facts`: `facts.proof == 'matched' and count(slots_found) > 0`. */
const expression = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Expression = z.infer<typeof expression>;

const texts = z.strictObject({ es: z.string(), ca: z.string(), en: z.string(), pt: z.string() });
const variant = z.strictObject({
  when: expression.optional(),
  es: z.string(),
  ca: z.string(),
  en: z.string(),
  pt: z.string(),
});
/** One text in every language, or several of which the first whose condition holds is said. `{slot.field|filter}` fills in. */
export const text = z.union([texts, z.array(variant).min(1)]);
export type Text = z.infer<typeof text>;
const several = z.union([texts, z.array(variant).min(1), z.array(z.array(variant).min(1)).min(1)]);

const duration = z.string().regex(/^\d+(m|h|d)$/, 'as 20m, 2h or 1d');
const timeout = z.strictObject({ after: duration, next: key });

const ANSWERS = [
  'text',
  'number',
  'date',
  'birthdate',
  'time',
  'when',
  'document',
  'yesno',
  'phone',
  'name',
  // how old somebody is, in days: "8 meses", "34"
  'age',
] as const;
const answer = z.enum(ANSWERS);
export type AnswerKind = z.infer<typeof answer>;

const bind = z.record(key, expression);
const next = key;

const option = z.strictObject({
  id: key,
  title: texts,
  description: texts.optional(),
  /** Other words that mean this option. */
  words: z.string().optional(),
  when: expression.optional(),
  set: bind.optional(),
  next,
  /** It means yes, or no, or "I do not mind": "claro", "mejor no", "me da igual". */
  answer: z.enum(['yes', 'no', 'any']).optional(),
});

const say = z.strictObject({
  say: text,
  /** Where the organisation lets a model do so, it may word this anew for the patient; every figure, date and name stays. */
  rephrase: z.literal(true).optional(),
  next,
});
const ask = z.strictObject({
  ask: z.strictObject({
    text,
    kind: answer,
    into: key,
    min: z.number().optional(),
    max: z.number().optional(),
    /** Said when the answer was not understood, first, second, …; each puts the question in another way. */
    retry: several,
    tries: z.number().int().min(1).max(5).default(3),
    /** Answer from the words that began the flow, if they hold one. */
    hear: z.boolean().default(false),
    /** What was heard (`item`) is no answer when this holds: the day of the appointment that is to be moved. */
    unless: expression.optional(),
    /** The time (`2026-11-25T09:30`) that "a bit later" is said of: other hours of its day. */
    near: expression.optional(),
    when: expression.optional(),
  }),
  timeout: timeout.optional(),
  next,
});
const choose = z.strictObject({
  choose: z.strictObject({
    text,
    options: z.array(option).default([]),
    /** A list of a slot, one option each; `title` and `description` are texts over `item`. */
    from: z
      .strictObject({
        list: key,
        id: key,
        title: texts,
        description: texts.optional(),
        words: z.string().optional(),
        /** Field of an item that holds its time on the wall, so that "el de las cuatro" finds it. */
        time: key.optional(),
        into: key,
        next,
        /** The id that is taken without asking, when the words that began the flow name no other. */
        likely: expression.optional(),
      })
      .optional(),
    /** Where a bare yes or no leads when no option says so. */
    yes: next.optional(),
    no: next.optional(),
    /** Where no option was meant: a free answer that is taken instead. */
    or: z.strictObject({ kind: answer, into: key, next }).optional(),
    retry: several.optional(),
    tries: z.number().int().min(1).max(5).default(3),
    /** Take the option that the words that began the flow name: whole, or by one word that no other option has. */
    hear: z.union([z.boolean(), z.literal('mention')]).default(false),
    /** Adds the option of a person. Without it the words for a person still work, but nobody sees that. */
    person: z.boolean().default(true),
    /** A question beside the way: words that do not answer it are heard by the flow below, as if it had not been put. */
    aside: z.boolean().optional(),
    button: texts.optional(),
  }),
  timeout: timeout.optional(),
});
const call = z.strictObject({
  call: key,
  with: bind.default({}),
  into: key.optional(),
  /** Where each outcome of the action goes on; `success` and `error` always. */
  on: z.record(key, next),
});
const branch = z.strictObject({ branch: z.array(z.strictObject({ when: expression.optional(), next })).min(1) });
const handover = z.strictObject({
  handover: z.strictObject({
    queue: key,
    priority: z.enum(['critical', 'urgent', 'standard', 'low']).default('standard'),
    reason: key,
    skills: z.array(key).optional(),
    /** A person should answer within this, whatever their queue promises. */
    within: z
      .string()
      .regex(/^\d+m$/, 'minutes, as 60m')
      .optional(),
    text: text.optional(),
  }),
});
const goto = z.strictObject({ goto: key, with: bind.default({}), next });
const jump = z.strictObject({ jump: key, with: bind.default({}) });
const end = z.strictObject({ end: z.strictObject({ outcome: z.enum(['solved', 'abandoned', 'declined']) }) });
const set = z.strictObject({ set: bind, next });
const minutes = z.string().regex(/^\d+m$/, 'minutes, as 10m');
/** A triage protocol asks its questions; how soon care is needed leads on. Its texts are the protocol's own. */
const triage = z.strictObject({
  triage: z.strictObject({
    /** The protocol's id; or the value of `which`; or else it is found by the complaint. */
    protocol: key.optional(),
    which: expression.optional(),
    /** What the patient complains of, in their words; what began the flow by default. */
    complaint: expression.optional(),
    /** Age in days of whom it is about, and who answers: `self` or `relative`. */
    age: expression.optional(),
    by: expression.optional(),
    into: key.optional(),
    /** The nurses: for who leaves, is not understood or falls silent. */
    queue: key,
    /** Silence this long is an answer: a yes to a red flag. */
    silence: minutes.default('10m'),
    /** Where each outcome goes on; `none`: no protocol may serve for this. */
    on: z.strictObject({
      ...(Object.fromEntries(LEVELS.map((level) => [level, next])) as Record<CareLevel, typeof next>),
      none: next,
      error: next,
    }),
  }),
});

/** An outside bot has the word until it hands back. Red flags, the words for a person and "stop" never reach it. */
const bot = z.strictObject({
  bot: z.strictObject({
    bot: key,
    /** What it is told when it begins. */
    with: bind.default({}),
    /** Slots that it may fill, and what an answer looks like there. */
    into: z.record(key, answer).default({}),
    /** Where it goes on when it hands back: `done`, or another outcome that it may name. Without `timeout` and `error`: a person. */
    on: z.record(key, next).refine((ways) => 'done' in ways, 'where it goes on when the bot is done'),
  }),
});

const stepShape = z.union([say, ask, choose, call, branch, handover, goto, jump, end, set, triage, bot]);
export type Step = z.infer<typeof stepShape>;

const slot = z.strictObject({
  /** Key of the line in the summary for the agent. */
  summary: key.optional(),
  /** How the value is shown there; the value itself by default. */
  show: z.string().optional(),
  /** What patients call it, in every language, so that they can go back to it: "otro día". */
  words: z.string().optional(),
});

export const flowShape = z.strictObject({
  flow: key,
  title: texts,
  /** Intents of free text that begin this flow. */
  intents: z.array(key).default([]),
  /** Proof asked before the first step; without it the identification goes first. */
  proof: z.enum(['none', 'claimed', 'matched', 'confirmed']).default('none'),
  /** Queue of a person for who asks for one here. */
  queue: key.optional(),
  slots: z.record(key, slot).default({}),
  /** Agents may give a conversation back for this; when it ends the conversation comes back to them. */
  returns: z.literal(true).optional(),
  start: key,
  steps: z.record(key, stepShape),
});
export type Flow = z.infer<typeof flowShape>;

const ENGINE_TEXTS = [
  'person_option',
  'more_option',
  'list_button',
  'handing_over',
  'resume',
  'hello_again',
  'stopped',
  'nothing_to_stop',
  'language_changed',
  'old_menu',
  'which_one',
  'not_understood',
  'not_understood_person',
  'media_received',
  'voice_received',
  'voice_kept',
  'media_kept',
  'place_received',
  'contact_received',
  'not_readable',
  'here_i_am',
  'unsure',
  'try_again',
  'went_wrong',
] as const;

/** What holds for all flows of a set: where a conversation begins, where one stands when nothing else is said. */
export const settingsShape = z.strictObject({
  assistant: key,
  start: key,
  /** Where a finished flow leads. */
  after: key,
  identify: key,
  /** Begun unasked when a slot came free for who waits for one; it finds the offer in the slot `offer_id`. */
  freed: key.optional(),
  /** Asks whether a wish is meant that was not clear, and offers the second wish of a message. */
  propose: key.optional(),
  /** Asks who is to be called by us whether they still are, when a flow was done that the same queue answers for. */
  still: key.optional(),
  queue: key,
  queues: z.array(key).min(1),
  /** For a wait that names none of its own: how long, and which flow then. */
  timeout: z.strictObject({ after: duration, flow: key }),
  texts: z.record(z.enum(ENGINE_TEXTS), texts),
});
export type Settings = z.infer<typeof settingsShape>;

/** A set of flows as it is stored and hashed. */
export type FlowSet = { hash: string; settings: Settings; flows: Record<string, Flow> };

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What understanding may say, and nothing else (commands.ts); the engine carries it out. */
export type Command =
  /** A wish: its intent and the words that say it. Several: the first now, the others are offered afterwards. */
  | { command: 'start_flow'; intent: string; words: string }
  /** An answer. The same slot several times: it could be each of them, and that is asked. */
  | { command: 'set_slot'; slot: string; value: Json }
  | { command: 'affirm' }
  | { command: 'deny' }
  /** Another answer to an earlier question; without a value it is asked again; without a slot, the question before. */
  | { command: 'correct_slot'; slot?: string; value?: Json }
  | { command: 'cancel' }
  /** Perhaps one of these. */
  | { command: 'clarify'; intents: string[]; words: string }
  | { command: 'knowledge'; query: string }
  /** `queue`: the department that was named. */
  | { command: 'handover'; queue?: string }
  | { command: 'out_of_scope' }
  | { command: 'emergency' };

/** The assistant's place. Plain JSON, sealed by whoever stores it. */
export type Session = {
  /** Hash of the set of flows that it began with. */
  set: string;
  stack: Frame[];
  slots: Record<string, Json>;
  wait?: Wait;
  /** The words that began the flow. */
  heard?: string;
  /** Other wishes of the same message, offered when the first errand is done. */
  also?: { intent: string; words: string }[];
  /** Times in a row that nothing was understood. */
  missed?: number;
  /** Words that another provider is reading, and what the local one made of them in case it does not answer. */
  reading?: { effect: string; text: string; local: Command[] };
  /** What an answer from outside must name to be heard: a request, or a bot's stay. */
  outside?: string;
  /** A text that a model may word anew before it is said. */
  rephrasing?: { effect: string; text: string };
  /** The bot that has the word; who speaks next. */
  bot?: { effect: string; key: string; owes: 'bot' | 'patient'; turns: number };
  /** Effects asked for so far: names the next one. */
  effects: number;
  /** An agent gave the conversation back for this; `bot`: to this outside bot. */
  errand?: { flow: string; bot?: string; queue: string };
  /** The passage through a triage protocol: the step that runs it, and where it stands. Kept after its end, for the summary. */
  triage?: { id: string; at: string; draft: boolean; begunAt: string; complaint: string; run: TriageRun };
};
/**
 * `gated`: identification went first. `asked`: its questions that were answered, the way back. `errand`: an agent gave the
 * conversation back for it.
 */
export type Frame = { flow: string; step: string; gated?: boolean; asked?: string[]; errand?: boolean };
export type Wait = {
  kind: 'ask' | 'choose' | 'effect' | 'triage';
  tries: number;
  page?: number;
  effect?: string;
  /** A date that could be two days: which one? */
  alternatives?: { title: string; value: Json }[];
};

export type Facts = {
  /** Epoch milliseconds of this turn. */
  at: number;
  /** The clock on the hospital's wall: `2026-11-24T16:20`. */
  now: string;
  language: Language;
  languages: Language[];
  country: string;
  /** How the organisation speaks to its patients: which form of `[usted|tú|vos]` is said. */
  address?: 'usted' | 'tu' | 'vos';
  proof: 'none' | 'claimed' | 'matched' | 'confirmed';
  /** Another provider may be asked for what the local one is not sure of. */
  understands?: 'model';
  /**
   * The approved article that answers this text: how much of the text it speaks of and how far it stands before the next
   * article (0 to 1), how many words of the text say what is asked, whether its title has one, and its tags.
   */
  knows?(
    text: string,
    language: Language,
  ): { covered: number; ahead: number; asked: number; titled: boolean; tags: string[] } | null;
  /** A model may word anew what a flow lets it. */
  rephrases?: true;
  /** Turns of a patient that each outside bot may have; one that is not named is off. */
  bots?: Record<string, { turns: number; waitMs: number }>;
  /** A triage protocol by the hash that a run is pinned to. */
  protocol?: (hash: string) => Protocol | null;
  [fact: string]: unknown;
};

export type Input =
  /** `caption`: it came under a picture or a file. */
  | { kind: 'text'; text: string; caption?: boolean }
  | { kind: 'choice'; id: string; title: string }
  | { kind: 'media'; voice: boolean; sticker?: boolean }
  | { kind: 'other'; place?: boolean; contact?: boolean }
  | { kind: 'timeout' }
  /** The house begins a flow itself. */
  | { kind: 'unasked'; flow: 'freed'; given: Record<string, Json> }
  /** An agent gives the conversation back for a flow, or to an outside bot with what it should know. */
  | { kind: 'errand'; flow?: string; bot?: string; heard?: string }
  | { kind: 'effect'; id: string; result: EffectResult };

export type Effect = { id: string; action: string; args: Record<string, Json> };
export type EffectResult = { outcome: string; value?: Json };

export type Outcome = {
  session: Session | null;
  says: OutboundContent[];
  effects: Effect[];
  handover?: Handover;
  close?: { outcome: 'solved' | 'abandoned' | 'declined' };
  language?: Language;
  trace: TraceStep[];
  /** Epoch milliseconds. */
  wakeAt?: number;
  /** A triage run as it stands after this step: stored in the turn's transaction. */
  triage?: RunRecord;
};
