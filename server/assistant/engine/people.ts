import type { Handover, Language, SummaryLine } from '../../conversation/contract.ts';
import type { Facts, Text } from '../contract.ts';
import { documentNumber } from '../short-answers.ts';
import { say } from './compile.ts';
import type { Run } from './run.ts';
import { triageSummary } from './triage-summary.ts';

const SHOWN = new Map<string, Text>();

/** How sure it is who writes, as the staff reads it. */
const IDENTITY: Record<Facts['proof'], Record<Language, string>> = {
  none: { es: 'Sin comprobar', ca: 'Sense comprovar', en: 'Not checked', pt: 'Por verificar' },
  claimed: {
    es: 'Dicha, sin comprobar',
    ca: 'Dita, sense comprovar',
    en: 'Said, not checked',
    pt: 'Dita, por verificar',
  },
  matched: { es: 'Comprobada', ca: 'Comprovada', en: 'Checked', pt: 'Verificada' },
  confirmed: {
    es: 'Comprobada con un código',
    ca: 'Comprovada amb un codi',
    en: 'Checked with a code',
    pt: 'Verificada com um código',
  },
};

export function toPerson(run: Run, reason: string, named: string | null = null): void {
  run.tell('handing_over');
  const queue = named !== null && run.set.settings.queues.includes(named) ? named : queueHere(run);
  handOver(run, queue, 'standard', reason, undefined);
}

export function handOver(
  run: Run,
  queue: string,
  priority: Handover['priority'],
  reason: string,
  skills: string[] | undefined,
  targetSeconds?: number,
): void {
  run.handover = {
    queue,
    priority,
    reason,
    ...(skills ? { skills } : {}),
    ...(targetSeconds ? { targetSeconds } : {}),
    summary: summary(run),
  };
  run.trace.push({ step: 'handed_over', detail: { queue, reason } });
  run.done = true;
}

export function queueHere(run: Run): string {
  for (let i = run.session.stack.length - 1; i >= 0; i--) {
    const queue = run.set.flows.get(run.session.stack[i]!.flow)?.flow.queue;
    if (queue) return queue;
  }
  return run.set.settings.queue;
}

/** What the assistant learned, from state: the flows the patient was in and the slots that their authors marked. */
function summary(run: Run): SummaryLine[] {
  const lines: SummaryLine[] = [];
  // read by the staff, in the language of the house
  const language = run.facts.languages[0] ?? run.language;
  const seen = new Set<string>();
  for (const frame of run.session.stack) {
    const flow = run.set.flows.get(frame.flow);
    if (
      !flow ||
      seen.has(frame.flow) ||
      flow.flow.intents.length === 0 ||
      [run.set.settings.start, run.set.settings.after, run.set.settings.identify].includes(frame.flow)
    )
      continue;
    seen.add(frame.flow);
    lines.push({ key: 'wish', value: flow.flow.title[language] });
  }
  for (const { intent } of Array.isArray(run.session.also) ? run.session.also : []) {
    const flow = run.set.flows.get(run.set.byIntent.get(intent) ?? '');
    if (flow && !seen.has(flow.name)) lines.push({ key: 'wish', value: flow.flow.title[language] });
  }
  lines.push({ key: 'identity', value: IDENTITY[run.facts.proof][language] });
  for (const flow of run.set.flows.values()) {
    for (const [slot, about] of Object.entries(flow.flow.slots)) {
      const value = run.session.slots[slot];
      if (
        !about.summary ||
        value === undefined ||
        value === null ||
        value === '' ||
        lines.some((line) => line.key === about.summary)
      )
        continue;
      const shown = about.show ?? (typeof value === 'object' ? '' : `{${slot}}`);
      const source: Text = { es: shown, ca: shown, en: shown, pt: shown };
      const written =
        typeof value === 'boolean' || (typeof value === 'string' && !about.show)
          ? String(value)
          : say(run.set.text(kept(run, source)), run.scope, language);
      if (written) lines.push({ key: about.summary, value: written.slice(0, 300) });
    }
  }
  lines.push(...triageSummary(run));
  const { heard } = run.session;
  if (heard && !documentNumber(heard) && !lines.some((line) => line.value === heard.slice(0, 300).trim()))
    lines.push({ key: 'text', value: heard.slice(0, 200) });
  // the very words with which a person was asked for may say why
  if (!heard && run.lastSaid.split(/\s+/).length > 3 && !/\d{4}/.test(run.lastSaid))
    lines.push({ key: 'last_words', value: run.lastSaid.slice(0, 200) });
  return lines;
}

/** One object per shown text, so that compiling it once is enough. */
function kept(run: Run, source: { es: string; ca: string; en: string; pt: string }): Text {
  let found = SHOWN.get(source.es);
  if (!found) {
    if (SHOWN.size > 500) SHOWN.clear();
    SHOWN.set(source.es, (found = source));
  }
  return found;
}

/** It cannot be understood: a person comes, never the same question for ever. */
export function givesUp(run: Run): void {
  run.tell('not_understood_person');
  handOver(run, queueHere(run), 'standard', 'not_understood', undefined);
}

export function fail(run: Run, reason: string): void {
  run.trace.push({ step: 'failed', detail: { reason } });
  run.tell('went_wrong');
  handOver(run, run.set.settings.queue, 'standard', 'assistant_failed', undefined);
}
