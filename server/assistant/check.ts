import { readdirSync } from 'node:fs';
import { OWN_PROTOCOLS } from '../triage/protocols/read.ts';
import { ACTIONS } from './actions/table.ts';
import type { Flow, FlowSet, Step } from './contract.ts';
import { saidAs } from '../trust/address.ts';
import { holesOf, isFilter } from './engine/compile.ts';
import { compile } from './engine/expression.ts';
import { nextOf, reach } from './engine/ways.ts';
import { styleOf } from './style.ts';
import { INTENTS } from './understand.ts';

export type Finding = { severity: 'error' | 'warning'; flow: string; step?: string; code: string; message: string };

/** What the narrowest channel can show (WhatsApp Cloud API: interactive messages, text messages). */
const LIMITS = {
  rows: 10,
  buttons: 3,
  buttonTitle: 20,
  rowTitle: 24,
  rowDescription: 72,
  menuText: 1024,
  text: 4096,
  listButton: 20,
};
const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
/** Names that every flow can read. */
const GIVEN = new Set(['facts', 'item', 'heard']);
/** A wait must end while WhatsApp still lets us answer freely (24 h). */
const LONGEST_WAIT_MINUTES = 23 * 60;
/** Facts that say who somebody is or what their chart holds; a bot is told of neither. */
const TOLD_OF_PEOPLE = /\bfacts\b(?!\.(?:language|channel|country|organisation|now|fresh)\b)/;
const MINUTES = { m: 1, h: 60, d: 1440 };

const OWN: ReadonlySet<string> = new Set(
  readdirSync(OWN_PROTOCOLS).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : [])),
);

type Source = string | number | boolean | null | undefined;
type Worded = { es: string; ca: string; en: string; pt: string; when?: Source };

/**
 * Everything that is wrong with a set of flows, all at once: ways that end nowhere, steps that nobody reaches, missing
 * languages, waits without an end or without a person, unknown names, and texts that a channel would cut.
 * An `error` keeps a set from being published.
 * @param protocols ids of the triage protocols that a step may name; the project's own by default
 */
export function findings(set: FlowSet, protocols: ReadonlySet<string> = OWN): Finding[] {
  const all: Finding[] = [];
  const { settings, flows } = set;
  const general = (code: string, message: string): void =>
    void all.push({ severity: 'error', flow: settings.assistant, code, message });
  const named = {
    start: settings.start,
    after: settings.after,
    identify: settings.identify,
    ...(settings.freed ? { freed: settings.freed } : {}),
    ...(settings.propose ? { propose: settings.propose } : {}),
    ...(settings.still ? { still: settings.still } : {}),
    'timeout.flow': settings.timeout.flow,
  };
  for (const [what, name] of Object.entries(named))
    if (!flows[name]) general('unknown_flow', `${what}: there is no flow "${name}"`);
  if (!settings.queues.includes(settings.queue))
    general('unknown_queue', `queue "${settings.queue}" is not among the queues`);
  for (const [key, texts] of Object.entries(settings.texts)) {
    for (const language of LANGUAGES) {
      if (!texts[language].trim()) general('missing_language', `${key} says nothing in ${language}`);
      if (
        ['person_option', 'more_option', 'list_button'].includes(key) &&
        Math.max(...saidAs(texts[language]).map((said) => said.length)) > LIMITS.buttonTitle
      )
        general('too_long', `${key} in ${language} is longer than ${LIMITS.buttonTitle}`);
      for (const found of styleOf(texts[language], language))
        all.push({
          severity: 'warning',
          flow: settings.assistant,
          code: 'style',
          message: `${key} in ${language}: ${found}`,
        });
    }
  }
  // slots are one space in a session: a flow reads its own and those of flows that may have run before it
  const everySlot = new Set(Object.values(flows).flatMap((flow) => Object.keys(flow.slots)));
  const begins = new Map<string, string>();
  for (const flow of Object.values(flows)) {
    for (const intent of flow.intents) {
      // a question that an article answers is no wish of its own: it begins where no wish is clear
      if (intent !== 'knowledge' && !(INTENTS as readonly string[]).includes(intent))
        all.push({
          severity: 'error',
          flow: flow.flow,
          code: 'unknown_intent',
          message: `there is no intent "${intent}"`,
        });
      if (begins.has(intent))
        all.push({
          severity: 'error',
          flow: flow.flow,
          code: 'intent_twice',
          message: `"${intent}" begins ${begins.get(intent)} already`,
        });
      begins.set(intent, flow.flow);
    }
    checkFlow(set, flow, everySlot, protocols, all);
    checkWays(flow, all);
  }
  const begun = new Set(Object.values(named));
  for (const flow of Object.values(flows)) {
    if (flow.intents.length || flow.returns) begun.add(flow.flow);
    for (const one of Object.values(flow.steps)) {
      if ('goto' in one) begun.add(one.goto);
      if ('jump' in one) begun.add(one.jump);
    }
  }
  for (const name of Object.keys(flows))
    if (!begun.has(name))
      all.push({ severity: 'warning', flow: name, code: 'unreachable', message: 'nothing begins this flow' });
  return all;
}

function checkFlow(
  set: FlowSet,
  flow: Flow,
  everySlot: Set<string>,
  protocols: ReadonlySet<string>,
  all: Finding[],
): void {
  const { settings, flows } = set;
  const error = (step: string | undefined, code: string, message: string): void =>
    void all.push({ severity: 'error', flow: flow.flow, ...(step ? { step } : {}), code, message });
  const warn = (step: string, code: string, message: string): void =>
    void all.push({ severity: 'warning', flow: flow.flow, step, code, message });
  const isKnown = (path: string): boolean => GIVEN.has(path.split('.')[0]!) || everySlot.has(path.split('.')[0]!);

  const readable = (step: string, source: Source): void => {
    if (source === undefined) return;
    try {
      for (const name of compile(source).names)
        if (!isKnown(name)) error(step, 'unknown_slot', `"${name}" is no slot of any flow (${source})`);
    } catch (problem) {
      error(step, 'bad_expression', (problem as Error).message);
    }
  };
  const writable = (step: string, name: string): void => {
    if (!(name in flow.slots)) error(step, 'unknown_slot', `"${name}" is not among the slots of ${flow.flow}`);
  };
  const texts = (step: string, source: unknown, most: number, what: string): void => {
    for (const one of (Array.isArray(source) ? source.flat() : [source]) as Worded[]) {
      readable(step, one.when);
      for (const language of LANGUAGES) {
        const written = one[language];
        if (!written.trim()) error(step, 'missing_language', `${what} says nothing in ${language}`);
        // what fills a hole is cut where it must be; what is fixed must fit by itself
        const fixed = Math.max(...saidAs(written).map((said) => said.replace(/\{[^}]*\}/g, '').length));
        if (fixed > most) error(step, 'too_long', `${what} in ${language}: ${fixed} characters, ${most} fit`);
        for (const hole of holesOf(written)) {
          if (!isKnown(hole.path))
            error(step, 'unknown_slot', `${what} in ${language} shows "${hole.path}", which is no slot of any flow`);
          if (hole.filter && !isFilter(hole.filter))
            error(step, 'unknown_filter', `${what} in ${language}: there is no filter "${hole.filter}"`);
        }
        for (const found of styleOf(written, language)) warn(step, 'style', `${what} in ${language}: ${found}`);
        if (/\{(?![a-z][\w.]*(?:\|\w+)?\})/.test(written))
          error(step, 'bad_hole', `${what} in ${language} has a brace that is no hole`);
      }
    }
    if (Array.isArray(source) && !Array.isArray(source[0])) {
      const open = (source as Worded[]).findIndex((one) => one.when === undefined);
      if (open >= 0 && open < source.length - 1)
        warn(step, 'never_said', `${what}: variants after the one without a condition are never said`);
    }
  };
  const wait = (name: string, one: Extract<Step, { ask: unknown } | { choose: unknown }>): void => {
    const after = one.timeout?.after ?? settings.timeout.after;
    const minutes = Number(after.slice(0, -1)) * MINUTES[after.at(-1) as keyof typeof MINUTES];
    if ((!one.timeout && !flows[settings.timeout.flow]) || !(minutes > 0))
      error(name, 'no_timeout', 'a wait without an end');
    if (minutes > LONGEST_WAIT_MINUTES)
      warn(name, 'late_timeout', `after ${after} a WhatsApp conversation can no longer be answered freely`);
  };

  if (!flow.steps[flow.start]) error(undefined, 'unknown_step', `start: there is no step "${flow.start}"`);
  const first = flow.steps[flow.start];
  if (first && flow.proof !== 'none' && 'goto' in first)
    error(flow.start, 'proof_goto', 'a flow that asks for proof may not begin with goto: put a branch before it');
  if (flow.queue && !settings.queues.includes(flow.queue))
    error(undefined, 'unknown_queue', `queue "${flow.queue}" is not among the queues`);
  for (const about of Object.values(flow.slots))
    for (const hole of holesOf(about.show ?? ''))
      if (!isKnown(hole.path)) error(undefined, 'unknown_slot', `a summary shows "${hole.path}"`);

  for (const [name, one] of Object.entries(flow.steps)) {
    for (const way of nextOf(one))
      if (way.next !== 'done' && !flow.steps[way.next])
        error(name, 'unknown_step', `${way.from} leads to "${way.next}", which is not there`);
    if ('say' in one) texts(name, one.say, LIMITS.text, 'text');
    if ('ask' in one) {
      texts(name, one.ask.text, LIMITS.text, 'text');
      texts(name, one.ask.retry, LIMITS.text, 'retry');
      writable(name, one.ask.into);
      readable(name, one.ask.when);
      readable(name, one.ask.unless);
      wait(name, one);
    }
    if ('choose' in one) {
      const { options, from, or, person, retry, button } = one.choose;
      const total = options.length + (person ? 1 : 0);
      const titles = from || total > LIMITS.buttons ? LIMITS.rowTitle : LIMITS.buttonTitle;
      texts(name, one.choose.text, LIMITS.menuText, 'text');
      if (retry) texts(name, retry, LIMITS.menuText, 'retry');
      if (button) texts(name, button, LIMITS.listButton, 'button');
      if (!person) error(name, 'no_person', 'the menu shows no way to a person');
      if (!from && total > LIMITS.rows)
        warn(name, 'many_rows', `${total} options: they come in pages of ${LIMITS.rows}`);
      if (!from && options.length === 0) error(name, 'dead_end', 'a menu without options');
      const taken = new Set(['person', 'more']);
      for (const option of options) {
        if (taken.has(option.id)) error(name, 'option_twice', `option id "${option.id}" is taken`);
        taken.add(option.id);
        texts(name, option.title, titles, `option ${option.id}`);
        if (option.description) texts(name, option.description, LIMITS.rowDescription, `description of ${option.id}`);
        readable(name, option.when);
        for (const [slot, source] of Object.entries(option.set ?? {})) {
          writable(name, slot);
          readable(name, source);
        }
      }
      if (from) {
        texts(name, from.title, titles, 'title of the rows');
        if (from.description) texts(name, from.description, LIMITS.rowDescription, 'description of the rows');
        readable(name, from.likely);
        writable(name, from.list);
        writable(name, from.into);
      }
      if (or) writable(name, or.into);
      if (!from && options.length && options.every((option) => option.when !== undefined))
        warn(name, 'maybe_empty', 'every option has a condition: the menu may be empty');
      wait(name, one);
    }
    if ('call' in one) {
      const action = ACTIONS[one.call];
      if (!action) error(name, 'unknown_action', `there is no action "${one.call}"`);
      else {
        const known = [...(action.succeeds === false ? [] : ['success']), 'error', ...action.outcomes];
        for (const outcome of Object.keys(one.on))
          if (!known.includes(outcome)) error(name, 'unknown_outcome', `${one.call} never answers "${outcome}"`);
        for (const outcome of known)
          if (!(outcome in one.on))
            error(name, 'outcome_missing', `${one.call} may answer "${outcome}", and nothing follows`);
      }
      for (const source of Object.values(one.with)) readable(name, source);
      if (one.into) writable(name, one.into);
    }
    if ('branch' in one) {
      for (const way of one.branch) readable(name, way.when);
      if (one.branch.at(-1)!.when !== undefined)
        error(name, 'dead_end', 'the last way of a branch needs no condition, or nothing may follow');
      if (one.branch.slice(0, -1).some((way) => way.when === undefined))
        warn(name, 'unreachable', 'ways after the one without a condition are never taken');
    }
    if ('handover' in one) {
      if (!settings.queues.includes(one.handover.queue))
        error(name, 'unknown_queue', `queue "${one.handover.queue}" is not among the queues`);
      if (one.handover.text) texts(name, one.handover.text, LIMITS.text, 'text');
    }
    if ('goto' in one || 'jump' in one) {
      const target = 'goto' in one ? one.goto : one.jump;
      if (!flows[target]) error(name, 'unknown_flow', `there is no flow "${target}"`);
      for (const [slot, source] of Object.entries(one.with)) {
        readable(name, source);
        if (flows[target] && !(slot in flows[target].slots))
          error(name, 'unknown_slot', `"${slot}" is not among the slots of ${target}`);
      }
    }
    if ('triage' in one) {
      const { protocol, which, complaint, age, by, into, queue, on } = one.triage;
      if (protocol !== undefined && !protocols.has(protocol))
        error(name, 'unknown_protocol', `there is no triage protocol "${protocol}"`);
      for (const source of [which, complaint, age, by]) readable(name, source);
      if (into) writable(name, into);
      if (!settings.queues.includes(queue)) error(name, 'unknown_queue', `queue "${queue}" is not among the queues`);
      // the most urgent outcomes end with a person, whatever the author thinks of besides
      const least = { emergency_now: ['critical'], nurse_now: ['critical', 'urgent'] };
      for (const [level, priorities] of Object.entries(least)) {
        const led = flow.steps[on[level as keyof typeof least]];
        if (led && !('handover' in led && priorities.includes(led.handover.priority)))
          error(name, 'not_to_a_person', `${level} must lead to a hand-over with priority ${priorities.join(' or ')}`);
      }
    }
    if ('bot' in one) {
      for (const [what, source] of Object.entries(one.bot.with)) {
        readable(name, source);
        if (typeof source === 'string' && TOLD_OF_PEOPLE.test(source))
          error(name, 'told_to_bot', `"${what}" would tell a bot of somebody (${source})`);
      }
      for (const slot of Object.keys(one.bot.into)) writable(name, slot);
    }
    if ('set' in one) {
      for (const [slot, source] of Object.entries(one.set)) {
        writable(name, slot);
        readable(name, source);
      }
    }
  }
}

/** Steps that no way leads to, ways that go round without stopping, flows that never end. */
function checkWays(flow: Flow, all: Finding[]): void {
  const seen = reach(flow, [flow.start], () => true);
  for (const name of Object.keys(flow.steps))
    if (!seen.has(name))
      all.push({ severity: 'error', flow: flow.flow, step: name, code: 'unreachable', message: 'no way leads here' });
  for (const name of seen) {
    // steps that neither wait, call nor end, in a circle, would never let the patient speak
    if (!isQuiet(flow.steps[name]!)) continue;
    if (
      reach(
        flow,
        nextOf(flow.steps[name]!).map((way) => way.next),
        isQuiet,
      ).has(name)
    ) {
      all.push({
        severity: 'error',
        flow: flow.flow,
        step: name,
        code: 'circle',
        message: 'goes round without ever waiting for an answer',
      });
      break;
    }
  }
  const ends = (one: Step): boolean =>
    'end' in one || 'handover' in one || 'jump' in one || nextOf(one).some((way) => way.next === 'done');
  if (![...seen].some((name) => ends(flow.steps[name]!)))
    all.push({
      severity: 'error',
      flow: flow.flow,
      code: 'dead_end',
      message: 'the flow never ends: no way leads to done, end, handover or another flow',
    });
}

const isQuiet = (one: Step): boolean => 'say' in one || 'set' in one || 'branch' in one;
