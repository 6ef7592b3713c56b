import type { Language } from '../../conversation/contract.ts';
import type { Input, Json } from '../contract.ts';
import {
  asksForLanguage,
  asksForPerson,
  departmentAskedFor,
  deniesName,
  isGreeting,
  isSigns,
  isUnsure,
  languageOf,
  meaning,
  twoWishes,
  wantsBack,
  wantsToStop,
  yesOrNo,
} from '../understand.ts';
import type { CompiledSet } from './compile.ts';
import { answers, closelyPicks, exactly, isOfMenu, retry, store, tapped, tappedBefore } from './answers.ts';
import { PERSON } from './menus.ts';
import { DEEPEST, enter, forget, goTo, proposal, sharesAnswers } from './moving.ts';
import { toPerson } from './people.ts';
import type { Ask } from './reading.ts';
import type { Run } from './run.ts';
import { go, present, setWake } from './running.ts';

export function hear(run: Run, input: Exclude<Input, { kind: 'effect' | 'timeout' | 'unasked' }>): void {
  const wait = run.session.wait;
  if (input.kind === 'choice') {
    if (input.id === PERSON || input.id.endsWith(':' + PERSON)) return toPerson(run, 'asked_for_person');
    if (wait && !run.begun && tapped(run, input.id)) return;
    if (tappedBefore(run, input.id)) return;
    if (wait && !run.begun && isOfMenu(run, input.id)) {
      // its title is no answer to what is asked now
      run.tell('old_menu');
      return present(run);
    }
    return understand(run, input.title, true);
  }
  if (input.kind === 'text') {
    run.captioned = input.caption === true;
    return understand(run, input.text, false);
  }
  receive(run, input);
}

/** A file, a place, a card: kept in the thread for a person, which is what is said. The question still stands. */
function receive(run: Run, input: Extract<Input, { kind: 'media' | 'other' }>): void {
  const here = run.session.wait && !run.begun ? run.current() : null;
  const sticker = input.kind === 'media' && input.sticker;
  if (here && 'ask' in here.step && here.step.ask.kind === 'text' && input.kind === 'media' && !sticker) {
    if (input.voice) return store(run, here.step.ask.into, run.settingsText('voice_kept'), here.step.next);
    run.tell('media_kept');
    return setWake(run, here);
  }
  if (!here) {
    if (!sticker) run.tell(receivedText(input));
    return begin(run, '');
  }
  run.tell(sticker ? 'here_i_am' : receivedText(input));
  present(run);
}

function understand(run: Run, text: string, fromOldMenu: boolean): void {
  run.lastSaid = text;
  const wait = run.session.wait;
  // the most frequent first word of all, and surely not a wish
  if ((!wait || run.begun) && isGreeting(text)) {
    notice(run, text);
    return begin(run, '');
  }
  // a person, before anything else that the words could mean
  if (asksForPerson(text)) return toPerson(run, 'asked_for_person', departmentAskedFor(text));
  const asked = asksForLanguage(text);
  const free =
    wait?.kind === 'ask' && run.current()?.step && 'ask' in run.current()!.step
      ? (run.current()!.step as Ask).ask.kind
      : null;
  if (!wait || run.begun) {
    notice(run, text);
    if (asked && run.facts.languages.includes(asked as Language)) run.language = asked as Language;
    // "vale", "👍", "no, gracias" after the end: no reason to open a menu
    const polite = run.facts['ended'] === true && (yesOrNo(text) !== null || isSigns(text));
    const goodbye = run.set.byIntent.get('thanks');
    if (polite && goodbye) {
      run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
      enter(run, goodbye, {});
      return go(run);
    }
    return begin(run, asked ? '' : text, fromOldMenu);
  }
  if (exactly(run, text)) return;
  if (denies(run, text)) return;
  if (wantsToStop(text)) return stop(run);
  if (asked && run.facts.languages.includes(asked as Language)) {
    run.language = asked as Language;
    run.trace.push({ step: 'language', detail: { language: asked } });
    run.tell('language_changed');
    return present(run);
  }
  if (free !== 'text' && free !== 'name') notice(run, text);
  if (wantsBack(text) && back(run)) return;
  if (isGreeting(text) && free !== 'text') {
    if (run.session.stack.length <= 1 && run.top()?.flow === run.set.settings.after) return begin(run, '');
    if (run.session.stack.length > 1 || run.top()?.flow !== run.set.settings.start) run.tell('hello_again');
    return present(run);
  }
  if (free !== 'text' && yesOrNo(text) === null && isSigns(text)) return retry(run, 'here_i_am');
  const two = twoWishes(text);
  const meant = two?.first ?? meaning(text);
  const flow = meant ? run.set.byIntent.get(meant.intent) : undefined;
  // a clear wish for something else, unless the question was for free words
  const elsewhere =
    meant &&
    flow &&
    meant.confidence >= 0.7 &&
    !run.session.stack.some((frame) => frame.flow === flow && frame.flow !== run.set.settings.start);
  if (elsewhere && free !== 'text' && !(free === null && closelyPicks(run, text)))
    return digress(run, flow, text, meant.intent, two);
  if (answers(run, text)) return;
  if (
    meant &&
    flow &&
    (elsewhere || (meant.confidence >= 0.5 && !run.session.stack.some((frame) => frame.flow === flow)))
  ) {
    const unsure = elsewhere || meant.band === 'act' ? undefined : run.set.settings.propose;
    return unsure
      ? digress(run, unsure, text, meant.intent, null, proposal(run, flow, text))
      : digress(run, flow, text, meant.intent, two);
  }
  if (fromOldMenu) {
    run.tell('old_menu');
    return present(run);
  }
  // it is what we are at already, said anew: "no, mejor cardiología"
  if (meant && flow && run.top()?.flow === flow && free !== 'text' && flow !== run.set.settings.start) {
    const tries = (run.session.wait?.tries ?? 0) + 1;
    run.session.stack.pop();
    digress(run, flow, text, meant.intent);
    if (run.session.wait && run.session.wait.kind !== 'effect') run.session.wait.tries = tries;
    return;
  }
  const listed = run.current()?.step;
  if (listed && 'choose' in listed && listed.choose.from && yesOrNo(text) === 'yes') return retry(run, 'which_one');
  retry(run, free !== 'text' && isUnsure(text) && run.current() && 'choose' in run.current()!.step ? 'unsure' : null);
}

/** Speaks the patient's language once it is sure, and keeps to it. */
function notice(run: Run, text: string): void {
  const language = languageOf(text, run.facts.languages);
  if (language && language !== run.language) {
    run.language = language as Language;
    run.trace.push({ step: 'language', detail: { language } });
  }
}

/** The beginning, or a finished session: free text may name what it wants at once. */
function begin(run: Run, text: string, fromOldMenu = false): void {
  run.session = { set: run.set.hash, stack: [], slots: {}, effects: run.session.effects };
  const two = text ? twoWishes(text) : null;
  const meant = two?.first ?? (text ? meaning(text) : null);
  const flow = meant && meant.confidence >= 0.5 ? run.set.byIntent.get(meant.intent) : undefined;
  if (flow && meant) run.trace.push({ step: 'understood', detail: { intent: meant.intent } });
  if (text) run.session.heard = text.slice(0, 500);
  if (!flow && text && denies(run, text)) return;
  if (!flow && fromOldMenu) run.tell('old_menu');
  if (two) run.session.also = { intent: two.second.intent, words: two.words.slice(0, 500) };
  const unsure = flow && meant!.band !== 'act' ? run.set.settings.propose : undefined;
  if (unsure) enter(run, unsure, proposal(run, flow!, text));
  else enter(run, flow ?? run.set.settings.start, {});
  go(run);
}

/** "No soy Benigno": before anything of Benigno's is shown. */
function denies(run: Run, text: string): boolean {
  const first = run.facts['first'];
  const flow = run.set.byIntent.get('not_me');
  if (!flow || typeof first !== 'string' || !deniesName(text, first)) return false;
  run.session.stack = [];
  digress(run, flow, text, 'not_me');
  return true;
}

function digress(
  run: Run,
  flow: string,
  text: string,
  intent: string,
  two: ReturnType<typeof twoWishes> = null,
  given: Record<string, Json> = {},
): void {
  run.trace.push({ step: 'understood', detail: { intent } });
  run.session.heard = text.slice(0, 500);
  if (two) run.session.also = { intent: two.second.intent, words: two.words.slice(0, 500) };
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
  if (same >= 0) run.session.stack.length = same;
  enter(run, flow, given);
  go(run);
}

function stop(run: Run): void {
  run.trace.push({ step: 'stopped' });
  run.tell(
    run.session.stack.some((frame) => frame.flow !== run.set.settings.start && frame.flow !== run.set.settings.after)
      ? 'stopped'
      : 'nothing_to_stop',
  );
  run.session.stack = [];
  run.session.slots = {};
  delete run.session.heard;
  delete run.session.also;
  enter(run, run.set.settings.after, {});
  go(run);
}

/** Back to the question before; false where there is none. */
function back(run: Run): boolean {
  const asked = run.session.slots['_asked'];
  if (!Array.isArray(asked) || asked.length === 0) {
    if (run.session.stack.length === 1 && run.top()!.flow === run.set.settings.start) return false;
    run.session.stack = [];
    enter(run, run.set.settings.start, {});
    go(run);
    return true;
  }
  const [flow, name] = String(asked.pop()).split('/') as [string, string];
  if (run.top()?.flow !== flow || !run.set.flows.get(flow)?.steps.has(name)) return false;
  run.session.slots['_asked'] = asked;
  run.trace.push({ step: 'back' });
  delete run.session.heard;
  forget(run, [name]);
  goTo(run, name);
  go(run);
  return true;
}

function receivedText(input: Extract<Input, { kind: 'media' | 'other' }>): keyof CompiledSet['settings']['texts'] {
  if (input.kind === 'media') return input.voice ? 'voice_received' : 'media_received';
  return input.place ? 'place_received' : input.contact ? 'contact_received' : 'not_readable';
}
