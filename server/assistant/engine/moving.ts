import type { Json } from '../contract.ts';
import { asksForOneMore } from '../understand.ts';
import { fail, givesUp } from './people.ts';
import type { Run } from './run.ts';

/** Flows that wait for the one on top of them. */
export const DEEPEST = 6;
/** Times in a row that nothing is understood; then a person comes. */
export const MOST_MISSED = 3;
const MOST_WAITING = 3;
export const PROOF = { none: 0, claimed: 1, matched: 2, confirmed: 3 };

export function goOn(run: Run, name: string): void {
  if (name === 'done') pop(run);
  else goTo(run, name);
}

export function goTo(run: Run, name: string): void {
  run.top()!.step = name;
}

export function enter(run: Run, name: string, given: Record<string, Json>): void {
  const flow = run.set.flows.get(name);
  if (!flow) return fail(run, 'broken_flow');
  if (run.session.stack.length >= DEEPEST) run.session.stack = [];
  for (const slot of Object.keys(flow.flow.slots)) delete run.session.slots[slot];
  delete run.session.wait;
  Object.assign(run.session.slots, given);
  run.trace.push({ step: 'flow', detail: { flow: name } });
  run.session.stack.push({ flow: name, step: flow.flow.start });
}

/** A flow ended: the one below goes on where it stood, gently; below the last lies the menu. */
function pop(run: Run): void {
  const ended = run.session.stack.pop();
  delete run.session.wait;
  // what an agent gave back is done: it goes back to them, and nothing else is offered
  if (ended?.errand) {
    run.done = true;
    return;
  }
  // who proved it meanwhile, for something else, is not asked for it again
  while (run.top()?.flow === run.set.settings.identify && ended?.flow !== run.set.settings.identify) {
    const { step: asking } = run.current() ?? {};
    if (PROOF[run.facts.proof] < PROOF.matched || !asking || !('ask' in asking || 'choose' in asking)) break;
    run.session.stack.pop();
  }
  const below = run.current();
  const { agreed, to, words, also } = run.session.slots;
  // what a finished errand learned is no news for the next one; a sub-flow's answers belong to who asked for them
  if (ended && !(below && 'goto' in below.step))
    for (const slot of Object.keys(run.set.flows.get(ended.flow)!.flow.slots)) delete run.session.slots[slot];
  const proposed = ended !== undefined && ended.flow === run.set.settings.propose;
  if (proposed && agreed === 'yes' && typeof to === 'string') {
    run.session.heard = String(words ?? '');
    return enter(run, to, {});
  }
  // three times something was thought to be meant that was not
  if (proposed && !also && (run.session.missed = (run.session.missed ?? 0) + 1) >= MOST_MISSED) return givesUp(run);
  if (!below) {
    delete run.session.heard;
    const rest = Array.isArray(run.session.also) ? run.session.also : [];
    for (let next = rest.shift(); next; next = rest.shift()) {
      const flow = run.set.byIntent.get(next.intent);
      run.session.also = rest;
      if (flow && (flow !== ended?.flow || asksForOneMore(next.words)) && run.set.settings.propose)
        return enter(run, run.set.settings.propose, { ...proposal(run, [flow], next.words), also: true });
    }
    delete run.session.also;
    if (proposed && !also) return enter(run, run.set.settings.start, {});
    return enter(run, ended && mayBeSolved(run, ended.flow) ? run.set.settings.still! : run.set.settings.after, {});
  }
  if ('goto' in below.step) return goTo(run, below.step.next);
  if ('ask' in below.step || 'choose' in below.step) {
    // it was left in the middle of a question, which the words about the other thing do not answer
    if (!run.top()!.gated) delete run.session.heard;
    if (!run.top()!.gated) run.tell('resume');
  }
}

/**
 * What somebody of ours was to call them for may be done: the flow that ended is one that the same queue answers for, or the
 * call is the organisation's own queue's, which is asked for whatever it is about.
 */
function mayBeSolved(run: Run, ended: string): boolean {
  const { settings, byIntent, flows } = run.set;
  const calls = run.facts['call_back'];
  if (!settings.still || typeof calls !== 'string') return false;
  const own = [settings.start, settings.after, settings.still, settings.identify, settings.propose, settings.freed];
  if (own.includes(ended) || ended === byIntent.get('call_back')) return false;
  const { flow, steps } = flows.get(ended)!;
  // a flow that does nothing of itself has only talked
  if (![...steps.values()].some((one) => 'call' in one)) return false;
  return calls === settings.queue || calls === (flow.queue ?? settings.queue);
}

/** What questions of the flow on top were answered with is gone when they are asked again. */
export function forget(run: Run, names: string[]): void {
  const flow = run.set.flows.get(run.top()!.flow)!;
  for (const name of names) {
    const one = flow.steps.get(name);
    if (!one) continue;
    if ('ask' in one) delete run.session.slots[one.ask.into];
    if (!('choose' in one)) continue;
    const into = one.choose.from?.into;
    if (into) delete run.session.slots[into];
    for (const option of one.choose.options)
      for (const slot of Object.keys(option.set ?? {})) delete run.session.slots[slot];
  }
}

/** The way back: the questions that were answered in the flow on top. */
export function remember(run: Run): void {
  const top = run.top()!;
  top.asked = [...(top.asked ?? []).slice(-9), top.step];
}

/** Wishes that wait until what is done now is done. */
export function later(run: Run, wishes: { intent: string; words: string }[]): void {
  const waiting = Array.isArray(run.session.also) ? run.session.also : [];
  for (const { intent, words } of wishes)
    if (!waiting.some((one) => one.intent === intent)) waiting.push({ intent, words: words.slice(0, 500) });
  if (waiting.length) run.session.also = waiting.slice(0, MOST_WAITING);
}

/** Whether two flows ask for the same things, which the second would write over. */
export function sharesAnswers(run: Run, one: string, other: string): boolean {
  const [a, b] = [learns(run, one), learns(run, other)];
  return [...a].some((slot) => b.has(slot));
}

/** The slots that a flow asks for and tells the staff of. */
function learns(run: Run, name: string): Set<string> {
  const found = new Set<string>();
  const compiled = run.set.flows.get(name);
  for (const one of compiled?.steps.values() ?? []) {
    const slot = 'ask' in one ? one.ask.into : 'choose' in one ? one.choose.from?.into : undefined;
    if (slot !== undefined && compiled!.flow.slots[slot]?.summary !== undefined) found.add(slot);
  }
  return found;
}

/** What is asked before a wish is acted on that may not be one; of several, which of them. */
export function proposal(run: Run, flows: string[], text: string): Record<string, Json> {
  const words = text.slice(0, 500);
  const wishes = flows.map((to) => ({ to, wish: run.set.flows.get(to)!.flow.title as Json }));
  // a set of before, whose flow asks of one wish alone
  const several = flows.length > 1 && run.set.flows.get(run.set.settings.propose!)?.flow.slots['wishes'] !== undefined;
  return several ? { wishes, words } : { ...wishes[0]!, words };
}

/** The flows of some wishes, each once. */
export function flowsOf(run: Run, intents: readonly string[]): string[] {
  return [...new Set(intents.flatMap((intent) => run.set.byIntent.get(intent) ?? []))];
}
