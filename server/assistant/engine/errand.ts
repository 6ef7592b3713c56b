import type { Input, Session } from '../contract.ts';
import { CHOSEN_BOT } from './chosen-bot.ts';
import { enter } from './moving.ts';
import { fail, handOver, queueHere } from './people.ts';
import type { Run } from './run.ts';
import { go } from './running.ts';

/*
 * What an agent gives the conversation back for. It runs as any flow does; whatever way it ends, the conversation goes back,
 * never to the menu and never to its close.
 */

/** The flow begins, or the bot gets the word. What colleagues and patients read about it is said before. */
export function beginErrand(run: Run, { flow, bot, heard }: Extract<Input, { kind: 'errand' }>): void {
  const name = bot === undefined ? flow! : CHOSEN_BOT;
  run.session = { set: run.set.hash, stack: [], slots: {}, effects: 0 };
  run.session.errand = { flow: name, ...(bot === undefined ? {} : { bot }), queue: run.set.settings.queue };
  if (heard && bot !== undefined) run.session.heard = heard.slice(0, 500);
  if (!run.set.flows.has(name)) return fail(run, 'broken_flow');
  enter(run, name, {});
  run.top()!.errand = true;
  run.session.errand.queue = queueHere(run);
  go(run);
}

/** Looks whether the errand is still going on; where it is not, the conversation goes back. */
export function endErrand(run: Run, errand: NonNullable<Session['errand']>, silent: boolean): void {
  // a person was asked for, or something failed: it goes back as it is
  if (run.handover) return;
  const going = !run.closed && run.session.stack.some((frame) => frame.errand);
  if (going) return;
  const done = !silent && (run.closed ? run.closed.outcome === 'solved' : run.session.stack.length === 0);
  // left in the middle: no menu, no farewell
  if (!done) run.says.length = 0;
  run.closed = undefined;
  run.effects.length = 0;
  delete run.session.wait;
  handOver(run, errand.queue, 'standard', done ? 'errand_done' : silent ? 'errand_silent' : 'errand_left', undefined);
}
