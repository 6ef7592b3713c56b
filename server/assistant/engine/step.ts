import type { Facts, Input, Json, Outcome, Session } from '../contract.ts';
import type { CompiledSet } from './compile.ts';
import { isOfMenu, store, tapped, tappedBefore } from './answers.ts';
import { understand, wasRead } from './commanded.ts';
import { beginErrand, endErrand } from './errand.ts';
import { begin } from './interrupts.ts';
import { PERSON } from './menus.ts';
import { enter, goTo, goOn } from './moving.ts';
import { fail, toPerson } from './people.ts';
import { Run } from './run.ts';
import { go, present, setWake } from './running.ts';
import { botAnswered, botting, heardForBot, rephrased, silentBot } from './outside.ts';
import { answered, opened, silentInTriage } from './triage.ts';
import { triaging } from './triage-ask.ts';

/** What the patient said or did. */
type Spoken = Exclude<Input, { kind: 'effect' | 'timeout' | 'unasked' | 'errand' }>;

/**
 * One turn: what the patient said (or an effect's result, or silence) and where the session stands give what is said,
 * asked for and remembered. Pure: no I/O, no clock, no chance; the same arguments give the same outcome.
 * Never throws on any session or input of a set that passed `flow check`; ends after a bounded number of steps.
 */
export function step(set: CompiledSet, session: Session | null, input: Input, facts: Facts): Outcome {
  const run = new Run(set, session, facts);
  take(run, input);
  const errand = session?.errand ?? run.session.errand;
  if (errand) endErrand(run, errand, input.kind === 'timeout');
  return run.outcome();
}

function take(run: Run, input: Input): void {
  if (input.kind === 'effect') effectDone(run, input.id, input.result.outcome, input.result.value ?? null);
  else if (input.kind === 'timeout') silent(run);
  else if (input.kind === 'unasked') unasked(run, input.flow, input.given);
  else if (input.kind === 'errand') beginErrand(run, input);
  else hear(run, input);
}

function silent(run: Run): void {
  // the other reader took too long
  if (run.session.reading) return wasRead(run, 'timeout', null);
  if (run.session.rephrasing) return rephrased(run, null);
  const bot = botting(run);
  if (bot && silentBot(run, bot)) return;
  const triage = triaging(run);
  if (triage) return silentInTriage(run, triage);
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
  // nothing comes between the questions of a triage: it is told later
  if (!flow || triaging(run)) return;
  const top = run.top();
  if (top && [run.set.settings.start, run.set.settings.after].includes(top.flow)) run.session.stack = [];
  delete run.session.heard;
  enter(run, flow, given);
  go(run);
}

function effectDone(run: Run, id: string, outcome: string, value: Json): void {
  if (run.session.reading?.effect === id) return wasRead(run, outcome, value);
  if (run.session.rephrasing?.effect === id) return rephrased(run, outcome === 'success' ? value : null);
  const bot = botting(run);
  if (bot && run.session.bot!.effect === id) return botAnswered(run, bot, outcome, value);
  const here = run.current();
  if (run.session.wait?.kind !== 'effect' || run.session.wait.effect !== id || !here) return;
  if ('triage' in here.step) return opened(run, { ...here, step: here.step }, outcome, value);
  if (!('call' in here.step)) return;
  delete run.session.wait;
  const { on, into, call } = here.step;
  if (into) run.session.slots[into] = value;
  run.trace.push({ step: call, detail: { outcome } });
  const next = on[outcome] ?? on['error'];
  if (next === undefined) return fail(run, 'broken_flow');
  goOn(run, next);
  go(run);
}

function hear(run: Run, input: Spoken): void {
  // what was said meanwhile stands in place of the words that are still being read
  delete run.session.reading;
  // what was being worded anew is said as it is approved, before what was said meanwhile is heard
  if (run.session.rephrasing) {
    rephrased(run, null);
    if (run.handover || run.closed) return;
    run.done = false;
  }
  const bot = botting(run);
  if (bot) return heardForBot(run, bot, input);
  const triage = triaging(run);
  if (triage) return answered(run, triage, input);
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

function receivedText(input: Extract<Input, { kind: 'media' | 'other' }>): keyof CompiledSet['settings']['texts'] {
  if (input.kind === 'media') return input.voice ? 'voice_received' : 'media_received';
  return input.place ? 'place_received' : input.contact ? 'contact_received' : 'not_readable';
}
