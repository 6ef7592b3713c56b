import { shownQuestion } from '../../triage/protocols/run.ts';
import { TEXTS } from '../../triage/protocols/texts.ts';
import type { Json, Step } from '../contract.ts';
import { ROWS, personRow } from './menus.ts';
import { fail } from './people.ts';
import type { Run } from './run.ts';
import { protocolHere } from './triage-summary.ts';

/*
 * The step `triage`, its outward half: what it asks for, what it puts, what is kept of it.
 */

type Triage = Extract<Step, { triage: unknown }>;
export type Here = { step: Triage; name: string; flow: { name: string } };

/** Comes to the step: asks for the protocol, or goes on with the question that stood. */
export function openTriage(run: Run, here: Here): void {
  const { triage } = here.step;
  const held = run.session.triage;
  if (held && held.at === run.where() && !held.run.disposition && run.facts.protocol?.(held.run.hash))
    return ask(run, here);
  const complaint = triage.complaint === undefined ? (run.session.heard ?? '') : run.value(triage.complaint);
  const which = triage.which === undefined ? null : run.value(triage.which);
  const id = `e${++run.session.effects}`;
  const args: Record<string, Json> = {
    protocol: triage.protocol ?? which,
    complaint: String(complaint ?? '').slice(0, 500),
    age: triage.age === undefined ? null : run.value(triage.age),
    by: triage.by === undefined ? 'self' : run.value(triage.by),
  };
  run.effects.push({ id, action: 'triage_open', args });
  run.session.wait = { kind: 'effect', tries: 0, effect: id };
  run.done = true;
}

/** The triage step at hand, whose question waits for an answer. */
export function triaging(run: Run): Here | null {
  const here = run.begun ? null : run.current();
  return here && 'triage' in here.step && run.session.wait?.kind === 'triage' && run.session.triage
    ? { ...here, step: here.step }
    : null;
}

/** Puts the question that stands, with its buttons. `:protocol.` marks them as ours: their titles are no words of the patient. */
export function ask(run: Run, here: Here): void {
  const protocol = protocolHere(run);
  const question = protocol?.content.questions.find((one) => one.id === run.session.triage?.run.at);
  if (!question) return fail(run, 'broken_flow');
  const { text, options } = shownQuestion(question, run.language);
  const rows = options.map(({ id, title }) => ({
    id: `${here.flow.name}.${here.name}:protocol.${question.id}.${id}`,
    title,
  }));
  // yes, no, do not know: three buttons; "persona" is a word at each of them, as was said at the beginning
  if (question.kind !== 'yesno' && rows.length < ROWS) rows.push(personRow(run));
  run.says.push({ kind: 'menu', text, options: rows, button: run.settingsText('list_button') });
  run.session.wait = { kind: 'triage', tries: 0 };
  run.wakeAt = run.facts.at + Number(here.step.triage.silence.slice(0, -1)) * 60_000;
  run.done = true;
}

/** What is to be stored of it in this turn's transaction. */
export function keep(run: Run, more: { left?: boolean; told?: string } = {}): void {
  const { id, draft, begunAt, complaint, run: passage } = run.session.triage!;
  run.triage = {
    id,
    draft,
    begunAt,
    complaint,
    run: passage,
    language: run.language,
    left: more.left ?? false,
    told: more.told ?? '',
  };
}

export function tell(run: Run, key: keyof typeof TEXTS): void {
  const number = String(run.facts['emergency_number'] ?? '112');
  run.says.push({ kind: 'text', text: TEXTS[key][run.language].replaceAll('{number}', number) });
}
