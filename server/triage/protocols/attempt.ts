import type { Disposition, Protocol, ProtocolLanguage, RunAnswer } from './contract.ts';
import { protocolProblems } from './problems.ts';
import { caseAnswers } from './read.ts';
import { answer, begin, outcomeText, shownQuestion } from './run.ts';

export type Attempt = {
  ask: { question: string; flag: boolean; text: string; options: { id: string; title: string }[] } | null;
  answers: RunAnswer[];
  disposition: Disposition | null;
  told: string | null;
};

/**
 * Walks through a protocol with the answers that are given, as far as they go: the next question, or what it came to. Pure.
 * @throws protocol.bad_answer
 */
export function attempt(
  protocol: Protocol,
  given: {
    answers: Readonly<Record<string, boolean | number | string>>;
    age: number;
    by: 'self' | 'relative';
    repeat: boolean;
    language: ProtocolLanguage;
    emergencyNumber: string;
    at: string;
  },
): Attempt {
  const { language, at } = given;
  let values: ReturnType<typeof caseAnswers>;
  try {
    values = caseAnswers(protocol, given.answers);
  } catch (error) {
    throw protocolProblems.bad_answer({ extra: { errors: [(error as Error).message] } });
  }
  let step = begin(protocol, { age: given.age, by: given.by, repeat: given.repeat });
  while (step.ask) {
    const value = values.get(step.ask.id);
    if (value === undefined) break;
    const next = answer(
      protocol,
      step.run,
      value === 'unsure' ? { at, language, kind: 'option', id: 'unsure' } : { at, language, kind: 'value', value },
    );
    if (next.again) throw protocolProblems.bad_answer({ extra: { errors: [`${step.ask.id}: ${String(value)}`] } });
    step = next;
  }
  const { disposition, answers } = step.run;
  const shown = step.ask ? shownQuestion(step.ask, language) : null;
  return {
    ask: shown && { question: shown.question.id, flag: shown.flag, text: shown.text, options: shown.options },
    answers,
    disposition,
    told: disposition ? outcomeText(protocol, disposition, language, given.emergencyNumber) : null,
  };
}
