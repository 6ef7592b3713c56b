import type { MenuOption } from '../../conversation/contract.ts';
import type { Json, Step } from '../contract.ts';
import { CHOSEN_BOT } from './chosen-bot.ts';
import { goOn } from './moving.ts';
import { handOver, queueHere } from './people.ts';
import type { Run } from './run.ts';

/*
 * What is asked of outside: a bot of others gets the word, a model may word a text anew. The answers are in outside.ts.
 */

export type Botting = Extract<Step, { bot: unknown }>;

export type BotAnswer = {
  /** As colleagues see it. */
  name: string;
  say: { text: string; options?: MenuOption[] }[];
  then: 'wait' | 'done' | 'person' | 'end';
  outcome?: string;
  slots: Record<string, Json>;
};

/** How much later than its own time-out an answer counts as lost. */
const LOST_MS = 15_000;

const keyOf = (run: Run, one: Botting): string =>
  one.bot.bot === CHOSEN_BOT ? (run.session.errand?.bot ?? CHOSEN_BOT) : one.bot.bot;

/** A bot gets the word. */
export function openBot(run: Run, one: Botting): void {
  const key = keyOf(run, one);
  if (!run.facts.bots?.[key]) return fails(run, one, 'off');
  const given: Record<string, Json> = {};
  for (const [name, source] of Object.entries(one.bot.with)) given[name] = run.value(source);
  const effect = `e${++run.session.effects}`;
  run.session.bot = { effect, key, owes: 'bot', turns: 0 };
  run.session.wait = { kind: 'effect', tries: 0, effect };
  asks(run, one, { event: 'begin', text: run.session.heard ?? '', with: given });
}

/** Puts something before the bot that has the word. */
export function asks(run: Run, one: Botting, said: Record<string, Json>): void {
  const bot = run.session.bot!;
  bot.owes = 'bot';
  run.effects.push({
    id: bot.effect,
    action: 'bot',
    args: { bot: bot.key, into: one.bot.into, outcomes: outcomesOf(one), ...said },
  });
  waitsForBot(run);
}

/** The bot has its time, and a little more. */
export function waitsForBot(run: Run): void {
  run.wakeAt = run.facts.at + (run.facts.bots?.[run.session.bot!.key]?.waitMs ?? 60_000) + LOST_MS;
  run.done = true;
}

/** Outcomes that a bot may name here. */
export const outcomesOf = (one: Botting): string[] =>
  Object.keys(one.bot.on).filter((outcome) => outcome !== 'timeout' && outcome !== 'error');

/** The bot did not answer, not in time, or not as agreed: the way the flow has for it, else the truth and a person. */
export function fails(run: Run, one: Botting, why: string): void {
  run.trace.push({ step: 'bot', detail: { bot: keyOf(run, one), outcome: why } });
  const next = one.bot.on[why === 'timeout' ? 'timeout' : 'error'];
  if (next) return leave(run, next);
  delete run.session.bot;
  run.tell('went_wrong');
  handOver(run, queueHere(run), 'standard', 'bot_failed', undefined);
}

export function leave(run: Run, next: string): void {
  delete run.session.bot;
  delete run.session.wait;
  delete run.session.outside;
  goOn(run, next);
}

/** Where a model may word a text anew, that is asked first. @returns whether it waits for it */
export function rephrases(run: Run, text: string, can: boolean): boolean {
  if (!can || !run.facts.rephrases || !text) return false;
  const effect = `e${++run.session.effects}`;
  run.session.rephrasing = { effect, text };
  run.session.wait = { kind: 'effect', tries: 0, effect };
  run.effects.push({
    id: effect,
    action: 'rephrase',
    args: { text, said: run.session.heard ?? run.lastSaid, language: run.language },
  });
  run.wakeAt = run.facts.at + 60_000;
  run.done = true;
  return true;
}
