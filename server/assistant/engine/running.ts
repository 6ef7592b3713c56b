import type { Json, Step } from '../contract.ts';
import { besides, mentioned, readAs, wishIn } from '../answers.ts';
import type { Reader } from '../answers.ts';
import { documentsIn } from '../entities/documents.ts';
import { pickByWords } from '../list-places.ts';
import type { CompiledFlow } from './compile.ts';
import { optionsOf, personRow, showMenu, tellMenu } from './menus.ts';
import { PROOF, enter, goOn } from './moving.ts';
import { fail, handOver } from './people.ts';
import type { Run } from './run.ts';
import { openBot, rephrases, waitsForBot } from './outside-ask.ts';
import { openTriage } from './triage-ask.ts';

type Ask = Extract<Step, { ask: unknown }>;

/** More steps than any turn needs; a set of flows that goes round in a circle ends here, with a person. */
const MOST_STEPS = 100;

export function go(run: Run): void {
  while (!run.done) {
    if (++run.steps > MOST_STEPS) return fail(run, 'went_in_circles');
    const here = run.current();
    if (!here) return fail(run, 'broken_flow');
    const top = run.top()!;
    if (here.name === here.flow.flow.start && needed(run, here.flow.flow.proof) > PROOF[run.facts.proof]) {
      // health data needs proof: identification goes first, once
      if (top.gated) {
        run.session.stack = [];
        enter(run, run.set.settings.after, {});
        continue;
      }
      top.gated = true;
      const heard = run.session.heard;
      enter(run, run.set.settings.identify, {});
      if (heard) run.session.heard = heard;
      continue;
    }
    perform(run, here);
  }
}

/** A flow that asks for proof asks for what the organisation asks for health data. */
function needed(run: Run, asked: keyof typeof PROOF): number {
  const own = run.facts['health_proof'] as keyof typeof PROOF | undefined;
  return asked === 'matched' && own ? PROOF[own] : PROOF[asked];
}

function perform(run: Run, here: { flow: CompiledFlow; step: Step; name: string }): void {
  const { step: one } = here;
  if ('say' in one) {
    const said = run.words(one.say);
    if (rephrases(run, said, one.rephrase === true)) return;
    if (said) run.says.push({ kind: 'text', text: said });
    return goOn(run, one.next);
  }
  if ('set' in one) {
    // all at once: a value may come from a slot that is emptied in the same breath
    Object.assign(
      run.session.slots,
      Object.fromEntries(Object.entries(one.set).map(([slot, source]) => [slot, run.value(source)])),
    );
    return goOn(run, one.next);
  }
  if ('branch' in one) {
    const taken = one.branch.find((way) => way.when === undefined || run.set.condition(way.when).run(run.scope));
    return taken ? goOn(run, taken.next) : fail(run, 'broken_flow');
  }
  if ('goto' in one || 'jump' in one) {
    const given: Record<string, Json> = {};
    for (const [slot, source] of Object.entries(one.with)) given[slot] = run.value(source);
    const left = 'jump' in one ? run.session.stack.pop() : undefined;
    enter(run, 'goto' in one ? one.goto : one.jump, given);
    if (left?.errand && run.top()) run.top()!.errand = true;
    return;
  }
  if ('call' in one) {
    const args: Record<string, Json> = {};
    for (const [name, source] of Object.entries(one.with)) args[name] = run.value(source);
    const id = `e${++run.session.effects}`;
    run.effects.push({ id, action: one.call, args });
    run.session.wait = { kind: 'effect', tries: 0, effect: id };
    run.done = true;
    return;
  }
  if ('triage' in one) return openTriage(run, { ...here, step: one });
  if ('bot' in one) return openBot(run, one);
  if ('handover' in one) {
    const { queue, priority, reason, skills, text, within } = one.handover;
    // who was just told that a person comes need not hear it twice
    const said = text ? run.words(text) : run.says.length ? '' : run.settingsText('handing_over');
    if (said) run.says.push({ kind: 'text', text: said });
    return handOver(run, queue, priority, reason, skills, within ? milliseconds(within) / 1000 : undefined);
  }
  if ('end' in one) {
    run.closed = one.end;
    run.trace.push({ step: 'closed', detail: { outcome: one.end.outcome } });
    run.done = true;
    return;
  }
  if (!run.anew) {
    if (isKnown(run, one)) return goOn(run, (one as Ask).next);
    if (run.session.heard && hears(run, here)) return;
    if (assumes(run, one)) return;
  }
  // words that nobody needed before the first menu are no answer to what is asked after it
  if (here.flow.name === run.set.settings.start) delete run.session.heard;
  if (!run.anew && 'ask' in one && one.ask.when !== undefined && !run.set.condition(one.ask.when).run(run.scope))
    return goOn(run, one.next);
  present(run);
}

export function present(run: Run): void {
  const here = run.current();
  if (!here) return restart(run);
  const { step: one } = here;
  if ('ask' in one) {
    waitHere(run, 'ask');
    run.says.push({ kind: 'text', text: run.words(one.ask.text) });
  } else if ('choose' in one) {
    if (run.session.wait?.kind !== 'choose') waitHere(run, 'choose');
    else setWake(run, here);
    showMenu(run, one, run.words(one.choose.text));
  } else if ('triage' in one) {
    return openTriage(run, { ...here, step: one });
  } else if ('bot' in one && run.session.bot) {
    return waitsForBot(run);
  } else {
    // the wait of an effect that never came back: the flow takes the way of an error
    if (run.steps <= MOST_STEPS && 'call' in one) {
      delete run.session.wait;
      goOn(run, one.on['error'] ?? 'done');
      return go(run);
    }
    return fail(run, 'broken_flow');
  }
  run.done = true;
}

export function waitHere(run: Run, kind: 'ask' | 'choose'): void {
  const before = run.session.wait;
  run.session.wait = { kind, tries: before?.kind === kind ? before.tries : 0 };
  setWake(run, run.current()!);
  run.done = true;
}

export function setWake(run: Run, here: { step: Step }): void {
  const own =
    ('ask' in here.step || 'choose' in here.step) && here.step.timeout
      ? here.step.timeout.after
      : run.set.settings.timeout.after;
  run.wakeAt = run.facts.at + milliseconds(own);
  run.done = true;
}

/** What came with the wish itself, or was said before something else was corrected, is not asked for. */
function isKnown(run: Run, one: Step): boolean {
  if (!('ask' in one) || !one.ask.hear) return false;
  const value = run.session.slots[one.ask.into];
  return value !== undefined && value !== null;
}

/** Answers a question from the words that began the flow, so that nobody says things twice. */
function hears(run: Run, here: { step: Step }): boolean {
  const { step: one } = here;
  const heard = run.session.heard!;
  if ('ask' in one && one.ask.hear) {
    const { into } = one.ask;
    const reader = readerOf(run);
    const beside = besides(nearOf(run, one), heard);
    const read = beside ?? readHeard(one.ask, heard, reader);
    if (read && 'value' in read && (beside || !isNoAnswer(run, one, read.value))) {
      run.session.slots[into] = read.value;
      goOn(run, one.next);
      return true;
    }
    // "next tuesday" could be two: that is what is asked, not the day anew
    if (read && 'which' in read) {
      askWhich(run, read.which);
      return true;
    }
  }
  if ('choose' in one && one.choose.hear) {
    const options = optionsOf(run, one);
    const whole = pickByWords(heard, options, true);
    const option =
      one.choose.hear === 'mention'
        ? mentioned(heard, options, readerOf(run))
        : whole.length === 1
          ? options[whole[0]!]!
          : null;
    // "cardiología o dermatología": of those two
    if (!option && whole.length > 1 && whole.length <= 4 && whole.length < options.length) {
      const those = whole.map((index) => options[index]!);
      tellMenu(run, run.words(one.choose.text), those, false, run.current()!);
      waitHere(run, 'choose');
      return true;
    }
    if (option) {
      for (const [slot, value] of Object.entries(option.set ?? {})) run.session.slots[slot] = value;
      if (option.into) run.session.slots[option.into[0]] = option.into[1];
      goOn(run, option.next);
      return true;
    }
  }
  return false;
}

/** What the first words say of a question. Figures among other words are a document only where its check fits. */
function readHeard(ask: Ask['ask'], heard: string, reader: Reader): ReturnType<typeof readAs> {
  if (ask.kind === 'document') {
    const found = documentsIn(heard, reader.country).filter((one) => one.check === 'fits');
    return found.length === 1 ? { value: found[0]!.value } : null;
  }
  if (ask.kind === 'birthdate') {
    const born = BORN.exec(heard)?.[1];
    return born === undefined ? null : readAs(ask, born, reader);
  }
  return readAs(ask, ask.kind === 'when' ? wishIn(heard) : heard, reader);
}

/** "Nací el 24/01/1979": the day after the word. */
const BORN =
  /\b(?:nac[ií]|nacid[oa]|nacimiento|nascut|nascuda|naixement|nasci|nascid[oa]|nascimento|born|birth)(?![\p{L}])[^\d]{0,12}(.{6,30})/iu;

/** What reading an answer depends on, besides its words. */
export function readerOf(run: Run): Reader {
  return { language: run.language, now: run.facts.now, country: run.facts.country };
}

/** The time that "a bit later" is said of, here. */
export function nearOf(run: Run, one: Ask): string | null {
  const near = one.ask.near === undefined ? null : run.value(one.ask.near);
  return typeof near === 'string' ? near : null;
}

function isNoAnswer(run: Run, one: Ask, value: Json): boolean {
  if (one.ask.unless === undefined) return false;
  run.item = value;
  const no = Boolean(run.set.condition(one.ask.unless).run(run.scope));
  run.item = null;
  return no;
}

/** Takes what is likely meant without asking: it is read back before anything is done with it. */
function assumes(run: Run, one: Step): boolean {
  if (!('choose' in one) || one.choose.from?.likely === undefined) return false;
  const id = run.value(one.choose.from.likely);
  const option = id === null ? undefined : optionsOf(run, one).find((other) => other.into && other.id === String(id));
  if (!option) return false;
  run.session.slots[option.into![0]] = option.into![1];
  goOn(run, option.next);
  return true;
}

export function restart(run: Run): void {
  run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
  enter(run, run.set.settings.start, {});
  go(run);
}

/** It could be two things: which one? */
export function askWhich(run: Run, which: { title: string; value: Json }[]): void {
  const here = run.current()!;
  waitHere(run, 'choose' in here.step ? 'choose' : 'ask');
  run.session.wait!.alternatives = which;
  run.trace.push({ step: 'ambiguous' });
  const rows = which.map((one, index) => ({ id: `which:${index}`, title: one.title }));
  run.says.push({
    kind: 'menu',
    text: run.settingsText('which_one'),
    options: [...rows, personRow(run)],
    button: run.settingsText('list_button'),
  });
}

export function milliseconds(duration: string): number {
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[duration.at(-1) as 'm' | 'h' | 'd'];
  return Number(duration.slice(0, -1)) * unit;
}
