import type { Json } from '../contract.ts';
import { ofTheSame } from '../local.ts';
import { DEEPEST, enter, flowsOf, forget, goTo, proposal, sharesAnswers } from './moving.ts';
import type { Run } from './run.ts';
import { go } from './running.ts';
import { nextOf, reach } from './ways.ts';

/*
 * What comes before an answer: beginning, another errand, stopping, going back.
 */

/** The beginning, or after a finished session: with a wish, a perhaps of one, or the menu. */
export function begin(
  run: Run,
  text: string,
  { intent, unsure, fromOldMenu }: { intent?: string; unsure?: readonly string[]; fromOldMenu?: boolean } = {},
): void {
  const { also } = run.session;
  run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
  if (also) run.session.also = also;
  const flow = intent === undefined ? undefined : run.set.byIntent.get(intent);
  if (flow && intent) run.trace.push({ step: 'understood', detail: { intent } });
  if (text) run.session.heard = text.slice(0, 500);
  if (!flow && fromOldMenu) run.tell('old_menu');
  const propose = flow && unsure ? run.set.settings.propose : undefined;
  if (propose) enter(run, propose, proposal(run, flowsOf(run, unsure!), text));
  else enter(run, flow ?? run.set.settings.start, {});
  go(run);
}

/** Thanks, or "no, nothing else", after the end: no menu for that. */
export function thankedAfterEnd(run: Run): boolean {
  const goodbye = run.set.byIntent.get('thanks');
  if (!goodbye) return false;
  run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
  enter(run, goodbye, {});
  go(run);
  return true;
}

/** Another errand in the middle of one, which is gone back to; `instead` is begun in its place. */
export function digress(
  run: Run,
  [{ intent, words }]: [{ intent: string; words: string }],
  instead?: { flow: string; given: Record<string, Json> },
): void {
  const flow = instead?.flow ?? run.set.byIntent.get(intent)!;
  run.trace.push({ step: 'understood', detail: { intent } });
  run.session.heard = words.slice(0, 500);
  // what was proposed is answered by the new wish
  if (run.top() && run.top()!.flow === run.set.settings.propose) run.session.stack.pop();
  const top = run.top();
  // at the menu there is nothing to come back to
  if (
    run.session.stack.length >= DEEPEST ||
    (top && [run.set.settings.start, run.set.settings.after].includes(top.flow))
  )
    run.session.stack = [];
  // "no, mejor cámbiala": about the same thing, so what was begun with it is not gone back to
  const same = run.session.stack.findIndex((frame) => sharesAnswers(run, frame.flow, flow));
  const given = { ...(same >= 0 && ofTheSame(words) ? rowsOfBoth(run, run.session.stack[same]!.flow, flow) : {}) };
  if (same >= 0) run.session.stack.length = same;
  enter(run, flow, { ...given, ...instead?.given });
  go(run);
}

/** Nothing more of what is at hand; `wishes`: what is wanted in its place. */
export function stop(run: Run, wishes: { intent: string; words: string }[]): void {
  run.trace.push({ step: 'stopped' });
  const busy = run.session.stack.some(
    (frame) => frame.flow !== run.set.settings.start && frame.flow !== run.set.settings.after,
  );
  run.session.stack = [];
  run.session.slots = {};
  delete run.session.heard;
  delete run.session.also;
  delete run.session.missed;
  delete run.session.wait;
  const [first, ...rest] = wishes;
  if (first) {
    run.tell('nothing_to_stop');
    if (rest.length) run.session.also = rest.map(({ intent, words }) => ({ intent, words }));
    return digress(run, [first]);
  }
  run.tell(busy ? 'stopped' : 'nothing_to_stop');
  enter(run, run.set.settings.after, {});
  go(run);
}

/** Back to the question before; false where there is none. */
export function back(run: Run): boolean {
  const top = run.top()!;
  const name = top.asked?.at(-1);
  if (name === undefined) {
    if (run.session.stack.length === 1 && top.flow === run.set.settings.start) return false;
    run.session.stack = [];
    delete run.session.heard;
    enter(run, run.set.settings.start, {});
    go(run);
    return true;
  }
  if (!run.set.flows.get(top.flow)?.steps.has(name)) return false;
  run.trace.push({ step: 'back' });
  reopen(run, name);
  return true;
}

/** An earlier question of the flow on top is put anew, or answered anew by `answer`; what came after it is gone. */
export function reopen(run: Run, name: string, answer?: () => void): void {
  const top = run.top()!;
  const { flow } = run.set.flows.get(top.flow)!;
  const at = top.asked?.lastIndexOf(name) ?? -1;
  if (at >= 0) top.asked = top.asked!.slice(0, at);
  delete run.session.heard;
  delete run.session.wait;
  delete run.session.missed;
  // rows that were taken after it may not be there for another answer; a day that was named still holds
  const own = nextOf(flow.steps[name]!).map((way) => way.next);
  for (const later of reach(flow, own, () => true)) {
    const one = flow.steps[later]!;
    const into = later !== name && 'choose' in one ? one.choose.from?.into : undefined;
    if (into) delete run.session.slots[into];
  }
  goTo(run, name);
  if (answer) return answer();
  forget(run, [name]);
  run.anew = true;
  go(run);
}

/** What was picked from the record for one errand, and is about the other too: the appointment. */
function rowsOfBoth(run: Run, one: string, other: string): Record<string, Json> {
  const [a, b] = [run.set.flows.get(one)!.flow.slots, run.set.flows.get(other)!.flow.slots];
  return Object.fromEntries(
    Object.keys(a)
      .filter((slot) => a[slot]!.summary !== undefined && b[slot]?.summary === a[slot]!.summary)
      .map((slot) => [slot, run.session.slots[slot] ?? null] as const)
      .filter(([, value]) => value !== null && typeof value === 'object' && 'id' in value),
  );
}
