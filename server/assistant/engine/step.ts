import type { Facts, Input, Json, Outcome, Session } from '../contract.ts';
import type { CompiledSet } from './compile.ts';
import { hear } from './interrupts.ts';
import { enter, goTo, goOn } from './moving.ts';
import { fail } from './people.ts';
import { Run } from './run.ts';
import { go } from './running.ts';

/**
 * One turn: what the patient said (or an effect's result, or silence) and where the session stands give what is said,
 * asked for and remembered. Pure: no I/O, no clock, no chance; the same arguments give the same outcome.
 * Never throws on any session or input of a set that passed `flow check`; ends after a bounded number of steps.
 */
export function step(set: CompiledSet, session: Session | null, input: Input, facts: Facts): Outcome {
  const run = new Run(set, session, facts);
  take(run, input);
  return run.outcome();
}

function take(run: Run, input: Input): void {
  if (input.kind === 'effect') effectDone(run, input.id, input.result.outcome, input.result.value ?? null);
  else if (input.kind === 'timeout') silent(run);
  else if (input.kind === 'unasked') unasked(run, input.flow, input.given);
  else hear(run, input);
}

function silent(run: Run): void {
  const wait = run.session.wait;
  const here = run.current();
  if (!wait || !here) {
    run.closed = { outcome: 'abandoned' };
    return;
  }
  run.trace.push({ step: 'silence' });
  delete run.session.wait;
  if (('ask' in here.step || 'choose' in here.step) && here.step.timeout) goTo(run, here.step.timeout.next);
  else {
    run.session.stack = [];
    enter(run, run.set.settings.timeout.flow, {});
  }
  go(run);
}

/** What the house has to say stands before what was being done, which goes on after it. Sets without such a flow say nothing. */
function unasked(run: Run, what: 'freed', given: Record<string, Json>): void {
  const flow = run.set.settings[what];
  if (!flow) return;
  const top = run.top();
  if (top && [run.set.settings.start, run.set.settings.after].includes(top.flow)) run.session.stack = [];
  delete run.session.heard;
  enter(run, flow, given);
  go(run);
}

function effectDone(run: Run, id: string, outcome: string, value: Json): void {
  const here = run.current();
  if (run.session.wait?.kind !== 'effect' || run.session.wait.effect !== id || !here || !('call' in here.step)) return;
  delete run.session.wait;
  const { on, into, call } = here.step;
  if (into) run.session.slots[into] = value;
  run.trace.push({ step: call, detail: { outcome } });
  const next = on[outcome] ?? on['error'];
  if (next === undefined) return fail(run, 'broken_flow');
  goOn(run, next);
  go(run);
}
