import type { Protocol, Run as TriageRun } from '../../triage/protocols/contract.ts';
import { answer, atRedFlag, back, begin, outcomeText } from '../../triage/protocols/run.ts';
import type { Step as TriageStep } from '../../triage/protocols/run.ts';
import { TEXTS, notUnderstood } from '../../triage/protocols/texts.ts';
import { plain } from '../../triage/words.ts';
import type { Input, Json } from '../contract.ts';
import { asksForPerson, departmentAskedFor } from '../asks-person.ts';
import { asksForLanguage } from '../languages.ts';
import { wantsBack, wantsToStop } from '../short-answers.ts';
import { stop } from './interrupts.ts';
import { PERSON } from './menus.ts';
import { goOn } from './moving.ts';
import { fail, handOver } from './people.ts';
import type { Run } from './run.ts';
import { go } from './running.ts';
import { ask, keep, tell } from './triage-ask.ts';
import type { Here } from './triage-ask.ts';
import { protocolHere } from './triage-summary.ts';

/*
 * The step `triage`: a protocol asks its questions and its outcome leads on. What the patient says meanwhile is an answer, a wish
 * for a person, to go back, to stop, or for another language, and nothing else: no other errand comes between red flags.
 */

/** "Quiero un médico", "enfermera": said to these questions it is a wish for one. */
const WANTS_NURSE =
  /^(?:(?:quiero|quisiera|necesito|prefiero|vull|necessito|prefereixo|i want|i need|i would like|quero|preciso|prefiro)\b.*\b)?(?:medic[oa]s?|doctor[ae]?s?|enfermer[oa]s?|metge(?:ssa)?|infermer[ae]?|nurse|enfermeir[oa]s?)[\s.!]*$/;
/** Times that an answer may not be understood; then a nurse comes. */
const TRIES = 3;
/** The protocol was found, or there is none for this. */
export function opened(run: Run, here: Here, outcome: string, value: Json): void {
  delete run.session.wait;
  run.trace.push({ step: 'triage_open', detail: { outcome } });
  const found = value as {
    id: string;
    hash: string;
    draft: boolean;
    repeat: boolean;
    age: number;
    by: string;
    complaint: string;
  } | null;
  const protocol = outcome === 'success' && found ? run.facts.protocol?.(found.hash) : null;
  if (!protocol || !found) {
    goOn(run, outcome === 'error' ? here.step.triage.on.error : here.step.triage.on.none);
    return go(run);
  }
  const first = begin(protocol, {
    age: found.age,
    by: found.by === 'relative' ? 'relative' : 'self',
    repeat: found.repeat,
  });
  run.session.triage = {
    id: found.id,
    at: run.where(),
    draft: found.draft,
    begunAt: new Date(run.facts.at).toISOString(),
    complaint: found.complaint,
    run: first.run,
  };
  if (found.draft) tell(run, 'draft');
  tell(run, 'opening');
  keep(run);
  after(run, here, protocol, first);
}

/** An answer, or one of the few other things that may be said here. */
export function answered(
  run: Run,
  here: Here,
  input: Exclude<Input, { kind: 'effect' | 'timeout' | 'unasked' | 'errand' }>,
): void {
  const protocol = protocolHere(run);
  if (!protocol) return fail(run, 'broken_flow');
  const held = run.session.triage!;
  if (input.kind === 'media' || input.kind === 'other') {
    tell(run, input.kind === 'media' && input.voice ? 'voice' : 'received');
    return ask(run, here);
  }
  const by = { at: new Date(run.facts.at).toISOString(), language: run.language };
  if (input.kind === 'choice') {
    if (input.id === PERSON || input.id.endsWith(':' + PERSON)) return person(run, here, null);
    const [question, option] = partsOf(run, input.id);
    const isAsked = question === held.run.at || held.run.answers.some((one) => one.question === question);
    if (question === null || !isAsked) {
      run.tell('old_menu');
      return ask(run, here);
    }
    // a button of an earlier question is that question answered anew
    const before: TriageRun = { ...held.run, at: question, tries: 0 };
    return taken(run, here, protocol, answer(protocol, before, { ...by, kind: 'option', id: option }));
  }
  const { text } = input;
  run.lastSaid = text;
  const question = protocol.content.questions.find((one) => one.id === held.run.at);
  // "0" is a number where one is asked for, and a person everywhere else
  const isNumber = question?.kind === 'number' && /^\s*0\s*$/.test(text);
  if (!isNumber && (asksForPerson(text) || WANTS_NURSE.test(plain(text))))
    return person(run, here, departmentAskedFor(text));
  if (wantsToStop(text)) return leave(run, here, protocol);
  const language = asksForLanguage(text);
  if (language && (run.facts.languages as string[]).includes(language)) {
    run.language = language as Run['language'];
    run.trace.push({ step: 'language', detail: { language } });
    run.tell('language_changed');
    return ask(run, here);
  }
  if (wantsBack(text)) {
    const to = back(protocol, held.run);
    if (!to) tell(run, 'nothing_before');
    else {
      run.trace.push({ step: 'back' });
      held.run = to.run;
      keep(run);
    }
    return ask(run, here);
  }
  taken(run, here, protocol, answer(protocol, held.run, { ...by, kind: 'text', text }));
}

/** Nobody answered in time: a yes to a red flag, a doubt otherwise; never the end of it. */
export function silentInTriage(run: Run, here: Here): void {
  const protocol = protocolHere(run);
  if (!protocol) return fail(run, 'broken_flow');
  const held = run.session.triage!;
  const wasFlag = atRedFlag(protocol, held.run);
  const at = new Date(run.facts.at).toISOString();
  const next = answer(protocol, held.run, { at, language: run.language, kind: 'silence' });
  run.trace.push({ step: 'silence' });
  tell(run, 'silence');
  if (!wasFlag) return taken(run, here, protocol, next);
  // whoever wrote the flow, a person is told: somebody may be lying there
  held.run = next.run;
  delete run.session.wait;
  const told = conclude(run, protocol);
  run.says.push({ kind: 'text', text: told });
  keep(run, { told });
  toNurse(run, here, next.run.disposition?.level === 'emergency_now' ? 'critical' : 'urgent', 'triage_silence');
}

// --- inside ---

function taken(run: Run, here: Here, protocol: Protocol, next: TriageStep): void {
  const held = run.session.triage!;
  held.run = next.run;
  if (next.again) {
    run.trace.push({ step: 'not_understood', detail: { at: run.where(), tries: next.run.tries } });
    keep(run);
    if (next.run.tries < TRIES) {
      const text = next.again === 'implausible' ? TEXTS.implausible : notUnderstood(next.ask!);
      run.says.push({ kind: 'text', text: text[run.language] });
      return ask(run, here);
    }
    return giveUp(run, here, protocol);
  }
  after(run, here, protocol, next);
}

/** The next question, or what it came to. */
function after(run: Run, here: Here, protocol: Protocol, next: TriageStep): void {
  if (next.ask) {
    keep(run);
    return ask(run, here);
  }
  delete run.session.wait;
  const { disposition } = next.run;
  const told = conclude(run, protocol);
  run.says.push({ kind: 'text', text: told });
  keep(run, { told });
  if (here.step.triage.into) run.session.slots[here.step.triage.into] = disposition!.level;
  goOn(run, here.step.triage.on[disposition!.level]);
  go(run);
}

function conclude(run: Run, protocol: Protocol): string {
  const held = run.session.triage!;
  const { level } = held.run.disposition!;
  run.trace.push({ step: 'triage', detail: { protocol: protocol.content.protocol, level } });
  const number = String(run.facts['emergency_number'] ?? '112');
  const text = outcomeText(protocol, held.run.disposition!, run.language, number);
  return held.draft ? `${text}\n\n${TEXTS.draft[run.language]}` : text;
}

/** `symptom.ask:protocol.breathless.yes` → its question and its option. */
function partsOf(run: Run, id: string): [string | null, string] {
  const match = /^([a-z0-9_]+\.[a-z0-9_]+):protocol\.([a-z0-9_]+)\.([a-z0-9_]+)$/.exec(id);
  return match && match[1] === run.where().replace('/', '.') ? [match[2]!, match[3]!] : [null, ''];
}

function person(run: Run, here: Here, named: string | null): void {
  const protocol = protocolHere(run)!;
  const urgent = atRedFlag(protocol, run.session.triage!.run);
  keep(run, { left: true });
  run.tell('handing_over');
  const queue = named !== null && run.set.settings.queues.includes(named) && !urgent ? named : here.step.triage.queue;
  handOver(run, queue, urgent ? 'urgent' : 'standard', 'asked_for_person', undefined);
}

/** They want to stop. In the middle of the red flags that is not the end of it. */
function leave(run: Run, here: Here, protocol: Protocol): void {
  const urgent = atRedFlag(protocol, run.session.triage!.run);
  keep(run, { left: true });
  if (urgent) {
    tell(run, 'left_at_flag');
    return toNurse(run, here, 'urgent', 'triage_left');
  }
  delete run.session.triage;
  stop(run, []);
}

function giveUp(run: Run, here: Here, protocol: Protocol): void {
  const urgent = atRedFlag(protocol, run.session.triage!.run);
  keep(run, { left: true });
  tell(run, 'to_nurse');
  toNurse(run, here, urgent ? 'urgent' : 'standard', 'not_understood');
}

function toNurse(run: Run, here: Here, priority: 'critical' | 'urgent' | 'standard', reason: string): void {
  handOver(run, here.step.triage.queue, priority, reason, undefined);
}
