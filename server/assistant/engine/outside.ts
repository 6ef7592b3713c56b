import type { Language, OutboundContent } from '../../conversation/contract.ts';
import { VALUE } from '../commands.ts';
import type { Command, Input, Json } from '../contract.ts';
import { local } from '../local.ts';
import { languageOf } from '../languages.ts';
import { wantsToStop } from '../short-answers.ts';
import { understand } from './commanded.ts';
import { PERSON, personRow } from './menus.ts';
import { goOn } from './moving.ts';
import { asks, fails, leave, outcomesOf } from './outside-ask.ts';
import type { BotAnswer, Botting } from './outside-ask.ts';
import { toPerson } from './people.ts';
import type { Run } from './run.ts';
import { go, milliseconds } from './running.ts';
import { standingOf } from './standing.ts';

/*
 * A bot of others has the word. What it answers is read here once more, whoever sent it: only slots and outcomes that
 * the step declares, only texts and menus. Emergency, a person and stopping are ours and never reach it.
 */

type Here = { step: Botting; name: string; flow: { name: string } };

/** Ids of options that a bot offered. */
const OPTION = 'bot:';
/** What is ours before the words go on to a bot. */
const OURS = new Set<Command['command']>(['emergency', 'handover', 'cancel']);

/** The bot that has the word here, if one has. */
export function botting(run: Run): Here | null {
  const here = run.begun ? null : run.current();
  return here && 'bot' in here.step && run.session.bot && run.session.wait?.effect === run.session.bot.effect
    ? { ...here, step: here.step }
    : null;
}

/** What the patient says meanwhile. */
export function heardForBot(
  run: Run,
  { step }: Here,
  input: Exclude<Input, { kind: 'effect' | 'timeout' | 'unasked' | 'errand' }>,
): void {
  const bot = run.session.bot!;
  const text = input.kind === 'text' ? input.text : input.kind === 'choice' ? input.title : '';
  if (input.kind === 'choice' && (input.id === PERSON || input.id.endsWith(`:${PERSON}`)))
    return toPerson(run, 'asked_for_person');
  if (text) {
    const ours: Command[] = local
      .commands({ text, language: run.language, standing: standingOf(run) })
      .filter((one) => OURS.has(one.command));
    if (ours.length === 0 && wantsToStop(text)) ours.push({ command: 'cancel' });
    if (ours.length) {
      delete run.session.bot;
      delete run.session.outside;
      return understand(run, text, false, { commands: () => ours });
    }
    const spoken = languageOf(text, run.facts.languages);
    if (spoken && spoken !== run.language) run.language = spoken as Language;
  }
  const known = run.facts.bots?.[bot.key];
  if (!known) return failed(run, step, 'off');
  bot.turns += 1;
  if (bot.turns > known.turns) return failed(run, step, 'turns');
  run.lastSaid = text;
  asks(run, step, {
    event: 'message',
    text: text.slice(0, 2000),
    kind: input.kind,
    ...(input.kind === 'choice' && input.id.startsWith(OPTION) ? { choice: input.id.slice(OPTION.length) } : {}),
  });
}

/** Nobody spoke: the bot that owed a word, or the patient. @returns whether it was the bot's */
export function silentBot(run: Run, { step }: Here): boolean {
  if (run.session.bot!.owes === 'patient') {
    delete run.session.bot;
    return false;
  }
  failed(run, step, 'timeout');
  return true;
}

/** What the bot answered, or that it did not. */
export function botAnswered(run: Run, { step }: Here, outcome: string, value: Json): void {
  if (outcome !== 'success') return failed(run, step, outcome);
  const answer = value as BotAnswer;
  const bot = run.session.bot!;
  run.trace.push({ step: 'bot', detail: { bot: bot.key, then: answer.then, said: answer.say.length } });
  const slots: Record<string, Json> = {};
  for (const [slot, given] of Object.entries(answer.slots)) {
    const kind = step.bot.into[slot];
    if (!kind || !VALUE[kind].safeParse(given).success) return failed(run, step, 'error');
    slots[slot] = given;
  }
  if (answer.then === 'done' && !outcomesOf(step).includes(answer.outcome ?? 'done')) return failed(run, step, 'error');
  for (const said of answer.say) run.says.push(outbound(run, said, answer.name));
  switch (answer.then) {
    case 'wait':
      bot.owes = 'patient';
      run.wakeAt = run.facts.at + milliseconds(run.set.settings.timeout.after);
      run.done = true;
      return;
    case 'person':
      Object.assign(run.session.slots, slots);
      return toPerson(run, 'bot_handed_over');
    case 'end':
      run.closed = { outcome: 'solved' };
      run.trace.push({ step: 'closed', detail: { outcome: 'solved' } });
      run.done = true;
      return;
    case 'done':
      Object.assign(run.session.slots, slots);
      leave(run, step.bot.on[answer.outcome ?? 'done']!);
      go(run);
  }
}

function failed(run: Run, step: Botting, why: string): void {
  fails(run, step, why);
  go(run);
}

function outbound(run: Run, said: BotAnswer['say'][number], by: string): OutboundContent {
  if (!said.options?.length) return { kind: 'text', text: said.text, by };
  const options = said.options.map((one) => ({ ...one, id: `${OPTION}${one.id}` }));
  return {
    kind: 'menu',
    text: said.text,
    options: [...options, personRow(run)],
    button: run.settingsText('list_button'),
    by,
  };
}

/** The text is said, in the model's words or as it is approved; the flow goes on. */
export function rephrased(run: Run, value: Json): void {
  const { text } = run.session.rephrasing!;
  const here = run.current();
  delete run.session.rephrasing;
  delete run.session.wait;
  delete run.session.outside;
  run.says.push({ kind: 'text', text: typeof value === 'string' && value ? value : text });
  if (!here || !('say' in here.step)) return;
  goOn(run, here.step.next);
  go(run);
}
