import type { SummaryLine } from '../../conversation/contract.ts';
import type { Protocol } from '../../triage/protocols/contract.ts';
import { LEVEL_NAMES, valueInWords } from '../../triage/protocols/words.ts';
import type { Run } from './run.ts';

/** Answers that the agent is told of, at most. */
const SUMMED_UP = 6;

/** The protocol that the run at hand is pinned to. */
export function protocolHere(run: Run): Protocol | null {
  const held = run.session.triage;
  return held ? (run.facts.protocol?.(held.run.hash) ?? null) : null;
}

/** What the agent reads of it: the protocol, how it came out, and what was answered with a yes or a doubt. */
export function triageSummary(run: Run): SummaryLine[] {
  const held = run.session.triage;
  const protocol = protocolHere(run);
  if (!held || !protocol) return [];
  const language = run.facts.languages[0] ?? run.language;
  const { disposition, answers } = held.run;
  const level = disposition ? LEVEL_NAMES[disposition.level][language] : '…';
  const lines: SummaryLine[] = [
    {
      key: 'triage',
      value: `${protocol.content.title[language]}: ${level}${held.draft ? ` · ${DRAFT[language]}` : ''}`,
    },
  ];
  const last = new Map(answers.map((one) => [one.question, one]));
  const answered: string[] = [];
  for (const question of protocol.content.questions) {
    const one = last.get(question.id);
    if (!one) continue;
    const mild = question.kind === 'yesno' && one.value === (question.worse === 'no') && one.doubt === null;
    if (mild) continue;
    const said = one.value === null ? one.said || '—' : valueInWords(question, one.value, language);
    const doubt = one.doubt ? ` (${DOUBT[one.doubt][language]})` : '';
    answered.push(`${question.text[language]} ${said}${doubt}`.slice(0, 200));
  }
  if (answered.length) lines.push({ key: 'triage_answer', value: answered.slice(0, SUMMED_UP).join(' · ') });
  return lines;
}

const DRAFT = { es: 'borrador', ca: 'esborrany', en: 'draft', pt: 'rascunho' };
const DOUBT = {
  unsure: { es: 'no lo sabe', ca: 'no ho sap', en: 'does not know', pt: 'não sabe' },
  silence: { es: 'no contestó', ca: 'no va contestar', en: 'did not answer', pt: 'não respondeu' },
  contradiction: { es: 'se contradice', ca: 'es contradiu', en: 'contradicts itself', pt: 'contradiz-se' },
};
