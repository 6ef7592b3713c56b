import type { Flow, Step } from '../contract.ts';

/** Ways out of a step, with what leads to each. */
export function nextOf(one: Step): { next: string; from: string }[] {
  const ways: { next: string; from: string }[] = [];
  if ('next' in one && typeof one.next === 'string') ways.push({ next: one.next, from: 'next' });
  if ('branch' in one)
    one.branch.forEach((way, index) =>
      ways.push({ next: way.next, from: typeof way.when === 'string' ? way.when : index ? 'else' : 'always' }),
    );
  if ('call' in one) for (const [outcome, next] of Object.entries(one.on)) ways.push({ next, from: outcome });
  if ('triage' in one) for (const [outcome, next] of Object.entries(one.triage.on)) ways.push({ next, from: outcome });
  if ('bot' in one) for (const [outcome, next] of Object.entries(one.bot.on)) ways.push({ next, from: outcome });
  if ('choose' in one) {
    for (const option of one.choose.options) ways.push({ next: option.next, from: option.id });
    if (one.choose.from) ways.push({ next: one.choose.from.next, from: one.choose.from.list });
    if (one.choose.or) ways.push({ next: one.choose.or.next, from: one.choose.or.kind });
    if (one.choose.yes) ways.push({ next: one.choose.yes, from: 'yes' });
    if (one.choose.no) ways.push({ next: one.choose.no, from: 'no' });
  }
  if (('ask' in one || 'choose' in one) && one.timeout) ways.push({ next: one.timeout.next, from: 'timeout' });
  return ways;
}

/** Steps that can be reached from some, by steps that let one through. */
export function reach(flow: Flow, from: string[], through: (one: Step) => boolean): Set<string> {
  const seen = new Set<string>();
  const rest = [...from];
  while (rest.length) {
    const name = rest.pop()!;
    const one = flow.steps[name];
    if (seen.has(name) || !one || !through(one)) continue;
    seen.add(name);
    rest.push(...nextOf(one).map((way) => way.next));
  }
  return seen;
}

/** How far each step lies from the first, in steps: what is asked earlier and what later. */
export function depths(flow: Flow): Map<string, number> {
  const found = new Map<string, number>([[flow.start, 0]]);
  const rest = [flow.start];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const one = flow.steps[name];
    for (const { next } of one ? nextOf(one) : []) {
      if (found.has(next) || !flow.steps[next]) continue;
      found.set(next, found.get(name)! + 1);
      rest.push(next);
    }
  }
  return found;
}
