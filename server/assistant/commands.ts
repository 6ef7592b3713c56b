import { z } from 'zod';
import type { Language } from '../conversation/contract.ts';
import type { AnswerKind, Command, Json } from './contract.ts';

/*
 * What understanding may say, and nothing else. A provider reads a text and answers with commands; the engine carries
 * them out. A provider has no tools and no authority: what it names must stand in the list that it was given.
 */

/** The slot that stands for an answer to the menu at hand: its value is the id of an option. */
export const ANSWER = 'answer';
/** The slot that stands for the language that is spoken. */
export const LANGUAGE = 'language';

/** An option of a menu, as the patient sees it and as it may be meant. */
export type Choice = {
  id: string;
  title: string;
  description?: string;
  /** Other words that mean it. */
  words?: string;
  answer?: 'yes' | 'no' | 'any';
  /** One of a list; the others are what can be done besides. */
  row?: true;
  /** Its time on the wall: `2026-11-24T16:20`. */
  time?: string;
};

/** A question: one that stands, or one of the same flow that was answered. */
export type Question = {
  step: string;
  /** The slot that the answer goes to; of a menu that stands `answer`. */
  slot: string;
  kind: AnswerKind | 'choose';
  min?: number;
  max?: number;
  options: Choice[];
  /** A free answer that the menu takes too. */
  or?: { slot: string; kind: AnswerKind };
};

/** Where the conversation stands, as far as a text can be about it. */
export type Standing = {
  language: Language;
  languages: readonly Language[];
  /** The clock on the hospital's wall. */
  now: string;
  country: string;
  /** Given name of who writes, where it is known. */
  first: string | null;
  /** The conversation ended a moment ago. */
  ended: boolean;
  /** The flow on top; null where nothing was begun. */
  flow: string | null;
  /** The main menu, "anything else?", or in the middle of an errand. */
  at: 'start' | 'after' | 'errand';
  /** The flow that it asks about, where it asks whether a wish is meant. */
  proposing: string | null;
  question:
    | (Question & {
        /** Ids of the options on the page that is shown, in their order; more pages follow. */
        page: string[];
        more: boolean;
        /** A row for a person is shown last. */
        person: boolean;
        /** A bare yes or no leads somewhere. */
        yes: boolean;
        no: boolean;
        /** What it could be, when it could be two: ids `which:0`, … */
        which: Choice[];
        /** The time that "a bit later" is said of. */
        near: string | null;
      })
    | null;
  /** Names of the slots that hold something. */
  filled: string[];
  /** Questions of the flow that were answered and may be answered anew, latest first, with words for what they ask. */
  earlier: (Question & { words: string; /** The id of the option that was taken. */ value?: string })[];
  /** Flows that may begin. `running`: it has begun, or is waiting for another to end. */
  begins: { intent: string; flow: string; running: boolean }[];
  /** Departments whose people can be asked for. */
  queues: readonly string[];
};

export type Utterance = { text: string; language: Language; standing: Standing };

/**
 * Reads a text. The local provider answers at once; another one, such as a language model, answers later, through an
 * effect whose result is read by `commandsFrom`.
 */
export type Provider = { commands(utterance: Utterance): Command[] };

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string().max(2000), z.array(json), z.record(z.string(), json)]),
);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const when = z.strictObject({
  from: day,
  to: day,
  partOfDay: z.enum(['morning', 'afternoon', 'evening']).optional(),
  time: clock.optional(),
  after: clock.optional(),
  before: clock.optional(),
  except: z.array(z.number().int().min(0).max(6)).optional(),
  open: z.boolean().optional(),
});

/** What an answer of each kind looks like: nothing else comes into a slot from outside. */
export const VALUE: Record<AnswerKind, z.ZodType<Json>> = {
  text: z.string().min(2).max(2000),
  number: z.number(),
  date: day,
  birthdate: day,
  time: clock,
  when: when as unknown as z.ZodType<Json>,
  document: z.string().regex(/^[A-Z0-9]{5,15}$/),
  yesno: z.boolean(),
  phone: z.string().regex(/^\+?\d{8,15}$/),
  name: z.string().regex(/^[\p{L}][\p{L}'’· .-]{1,79}$/u),
  age: z.number().min(0).max(48_000),
};

/** The commands that hold where the conversation stands, as a schema: an enumeration of what it offers. */
function shapeOf(standing: Standing): z.ZodType<Command> {
  const one = <T extends string>(names: T[]): z.ZodType<string> =>
    names.length ? z.enum(names as [T, ...T[]]) : z.never();
  const intent = one(standing.begins.map((begin) => begin.intent));
  const words = z.string().max(500);
  const slots: z.ZodType<Command>[] = [];
  const answer = (question: Question, command: 'set_slot' | 'correct_slot'): void => {
    const value = question.kind === 'choose' ? one(question.options.map((option) => option.id)) : VALUE[question.kind];
    slots.push(
      z.strictObject({ command: z.literal(command), slot: z.literal(question.slot), value }) as z.ZodType<Command>,
    );
  };
  const { question } = standing;
  if (question) {
    if (question.which.length)
      answer({ ...question, slot: ANSWER, kind: 'choose', options: question.which }, 'set_slot');
    answer(question, 'set_slot');
    if (question.or) answer({ ...question, ...question.or }, 'set_slot');
  }
  for (const one of standing.earlier) answer(one, 'correct_slot');
  const earlier = one(standing.earlier.map((other) => other.slot));
  return z.union([
    z.strictObject({ command: z.literal('start_flow'), intent, words }),
    z.strictObject({ command: z.literal('correct_slot'), slot: earlier.optional() }),
    z.strictObject({ command: z.literal('clarify'), intents: z.array(intent).min(1).max(3), words }),
    z.strictObject({ command: z.literal('knowledge'), query: z.string().min(1).max(500) }),
    z.strictObject({ command: z.literal('handover'), queue: one([...standing.queues]).optional() }),
    z.strictObject({
      command: z.literal('set_slot'),
      slot: z.literal(LANGUAGE),
      value: one([...standing.languages]),
    }),
    z.strictObject({ command: z.enum(['affirm', 'deny', 'cancel', 'out_of_scope', 'emergency']) }),
    ...slots,
  ]) as unknown as z.ZodType<Command>;
}

/** The most that one message may ask for. */
const MOST = 6;

/**
 * What a provider outside this process answered, as commands that hold where the conversation stands; null where any of
 * it does not: an unknown flow, an unknown slot, a value that is no answer. Half of an answer is not acted on.
 */
export function commandsFrom(answer: unknown, standing: Standing): Command[] | null {
  const read = z.array(json).min(1).max(MOST).safeParse(answer);
  if (!read.success) return null;
  const commands = z.array(shapeOf(standing)).safeParse(read.data);
  return commands.success ? commands.data : null;
}
