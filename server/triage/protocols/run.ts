import { screen } from '../screen.ts';
import type {
  CareLevel,
  Disposition,
  Doubt,
  Protocol,
  ProtocolLanguage,
  Question,
  Run,
  RunAnswer,
  RunFacts,
  Said,
  Value,
} from './contract.ts';
import { hear, NO, UNSURE, YES } from './hear.ts';
import { badness, effective, LONGEST_MINUTES, mildest, prepare, raise, rangeOf, rank, ruleFor } from './prepare.ts';
import type { Prepared, PreparedQuestion } from './prepare.ts';
import { UNITS } from './units.ts';

/** What came to a question: a button, words, or nothing at all before the time ran out. `at`: ISO 8601. */
export type Reply = { at: string; language: ProtocolLanguage } & (
  | { kind: 'option'; id: string }
  | { kind: 'text'; text: string }
  /** A value that was measured or typed into a form; in the question's unit. */
  | { kind: 'value'; value: Value }
  | { kind: 'silence' }
);
export type Shown = { question: Question; flag: boolean; text: string; options: { id: string; title: string }[] };
export type Step = {
  run: Run;
  /** The next question; null when the run is over. */
  ask: Question | null;
  /** Why the same question comes again. */
  again?: 'not_understood' | 'implausible';
};

/** Option ids of every question. */
const BUTTON = { yes: 'yes', no: 'no', unsure: 'unsure' } as const;

/**
 * Begins a run: pins the protocol's hash and asks the first question. Pure, as everything here: the same protocol, run and
 * reply give the same step.
 */
export function begin(protocol: Protocol, facts: RunFacts): Step {
  const { protocol: id, version } = protocol.content;
  return goOn(protocol, {
    protocol: id,
    version,
    hash: protocol.hash,
    facts,
    answers: [],
    at: null,
    tries: 0,
    disposition: null,
  });
}

/**
 * One answer. "No sé", silence and contradiction count as yes for a red flag and raise the outcome by one level
 * otherwise; what a relative says later never makes an answer milder; every word is screened for red flags besides.
 * @throws RangeError when the run is over or is another protocol's
 */
export function answer(protocol: Protocol, before: Run, reply: Reply): Step {
  if (before.hash !== protocol.hash) throw new RangeError('a run is only gone on with by the protocol it began with');
  const made = prepare(protocol);
  const here = made.questions.find((one) => one.question.id === before.at);
  if (!here || before.disposition) throw new RangeError('nothing is asked');
  const { question } = here;
  const shown = textOf(question, reply.language);
  const said = saidIn(question, reply);
  if (reply.kind === 'text') {
    const found = screen(reply.text, reply.language);
    if (found.level === 'hard') {
      const kept = { question: question.id, shown, said, at: reply.at, value: null, doubt: null };
      const run = { ...before, answers: [...before.answers, kept], at: null, tries: 0 };
      return { run: { ...run, disposition: byWords(made, run) }, ask: null };
    }
  }
  const heard =
    reply.kind === 'silence'
      ? ({ doubt: 'silence' } as const)
      : reply.kind === 'option'
        ? tapped(question, reply.id)
        : reply.kind === 'value'
          ? measured(question, reply.value)
          : hear(question, reply.text, reply.language, reply.at);
  if (heard === null || 'implausible' in heard)
    return {
      run: { ...before, tries: before.tries + 1 },
      ask: question,
      again: heard === null ? 'not_understood' : 'implausible',
    };
  const kept = reconcile(here, before, 'value' in heard ? heard.value : null, 'doubt' in heard ? heard.doubt : null);
  const run = {
    ...before,
    answers: [...before.answers, { question: question.id, shown, said, at: reply.at, ...kept }],
    at: null,
    tries: 0,
  };
  // who fell silent is not asked on: what is left unanswered is the same doubt, which is counted already
  return reply.kind === 'silence' ? end(made, run) : goOn(protocol, run);
}

/** Back to the question before; null where there is none. Its answer stands until another is given, and is kept after that. */
export function back(protocol: Protocol, run: Run): Step | null {
  const asked = [...new Set(run.answers.map((one) => one.question))];
  const here = run.at === null ? -1 : asked.indexOf(run.at);
  const to = here < 0 ? asked.at(-1) : asked[here - 1];
  const question = to === undefined ? undefined : protocol.content.questions.find((one) => one.id === to);
  if (!question || run.disposition) return null;
  return { run: { ...run, at: question.id, tries: 0 }, ask: question };
}

/** Whether the run waits for the answer to a red flag: who leaves here is called back. */
export function atRedFlag(protocol: Protocol, run: Run): boolean {
  return prepare(protocol).questions.some((one) => one.flag && one.question.id === run.at);
}

/** A question with its choices as a patient sees it. */
export function shownQuestion(question: Question, language: ProtocolLanguage): Shown {
  const at = (said: Said): string => said[language];
  const unsure = { id: BUTTON.unsure, title: at(UNSURE) };
  return {
    question,
    flag: question.kind === 'yesno' && question.flag,
    text: question.help ? `${at(question.text)}\n${at(question.help)}` : at(question.text),
    options:
      question.kind === 'yesno'
        ? [{ id: BUTTON.yes, title: at(YES) }, { id: BUTTON.no, title: at(NO) }, unsure]
        : question.kind === 'choice'
          ? [...question.options.map((one) => ({ id: one.id, title: at(one.title) })), unsure]
          : [unsure],
  };
}

/** What a disposition says to the patient: the rule's text and its line of first aid. */
export function outcomeText(
  protocol: Protocol,
  disposition: Disposition,
  language: ProtocolLanguage,
  emergencyNumber: string,
): string {
  const { rules, otherwise } = protocol.content;
  const of = (one: { text: Said; first_aid?: Said }): string =>
    [one.text[language], one.first_aid?.[language]].filter((part) => part).join('\n\n');
  const fired = rules.find((one) => one.id === disposition.rule) ?? otherwise;
  // a raised outcome is said in the words of its own level, or the text would tell of a milder one
  const said =
    disposition.level === disposition.base
      ? of(fired)
      : RAISED[disposition.level][language] + (fired.first_aid ? `\n\n${fired.first_aid[language]}` : '');
  return said.replaceAll('{number}', emergencyNumber);
}

/** For an outcome that was raised: by doubt, by words, or because they come back within three days. */
const RAISED: Record<CareLevel, Said> = {
  emergency_now: {
    es: 'Por lo que me cuenta, no conviene esperar. Llame ahora al {number}. Avisamos también a enfermería.',
    ca: 'Pel que m’explica, no convé esperar. Truqui ara al {number}. També avisem infermeria.',
    en: 'From what you tell me, it is best not to wait. Call {number} now. We are alerting our nurses too.',
    pt: 'Pelo que me conta, não convém esperar. Ligue agora para o {number}. Avisamos também a enfermagem.',
  },
  nurse_now: {
    es: 'Quiero que lo valore ya una enfermera. Le paso ahora. Si empeora, llame al {number}.',
    ca: 'Vull que ho valori ja una infermera. L’hi passo ara. Si empitjora, truqui al {number}.',
    en: 'I want a nurse to look at this now. I am passing you over. If it gets worse, call {number}.',
    pt: 'Quero que uma enfermeira avalie já. Vou passar agora. Se piorar, ligue para o {number}.',
  },
  nurse_within_hour: {
    es: 'Una enfermera le atenderá antes de una hora. Si empeora mientras tanto, llame al {number}.',
    ca: 'Una infermera l’atendrà abans d’una hora. Si mentrestant empitjora, truqui al {number}.',
    en: 'A nurse will be with you within the hour. If it gets worse meanwhile, call {number}.',
    pt: 'Uma enfermeira vai atender dentro de uma hora. Se entretanto piorar, ligue para o {number}.',
  },
  appointment_24h: {
    es: 'Conviene que le vean en las próximas 24 horas. Le ayudo a pedir la cita. Si empeora, llame al {number}.',
    ca: 'Convé que el vegin en les properes 24 hores. L’ajudo a demanar hora. Si empitjora, truqui al {number}.',
    en: 'You should be seen within the next 24 hours. I will help you book. If it gets worse, call {number}.',
    pt: 'Convém uma consulta nas próximas 24 horas. Ajudo a marcar. Se piorar, ligue para o {number}.',
  },
  appointment: {
    es: 'Conviene que lo vea un profesional con cita. Si cambia o empeora, vuelva a escribirnos.',
    ca: 'Convé que ho vegi un professional amb hora. Si canvia o empitjora, torni’ns a escriure.',
    en: 'A professional should see this at an appointment. If it changes or gets worse, write to us again.',
    pt: 'Convém que um profissional veja numa consulta. Se mudar ou piorar, volte a escrever.',
  },
  information: {
    es: 'De momento puede cuidarse en casa. Si cambia o empeora, vuelva a escribirnos.',
    ca: 'De moment es pot cuidar a casa. Si canvia o empitjora, torni’ns a escriure.',
    en: 'For now you can look after yourself at home. If it changes or gets worse, write to us again.',
    pt: 'Por agora pode cuidar-se em casa. Se mudar ou piorar, volte a escrever.',
  },
};

// --- inside ---

/** The last answer to each question counts. */
function latest(run: Run): Map<string, RunAnswer> {
  return new Map(run.answers.map((one) => [one.question, one]));
}

/** An answer beside what the same person said of it before. */
function reconcile(
  here: PreparedQuestion,
  run: Run,
  given: Value | null,
  doubt: Doubt | null,
): Pick<RunAnswer, 'value' | 'doubt'> {
  const { question, flag } = here;
  const before = latest(run).get(question.id);
  // who did not know and has looked since contradicts nobody
  if (!before || before.value === null) return { value: given, doubt };
  if (given === null) return { value: before.value, doubt };
  if (badness(question, given) >= badness(question, before.value)) return { value: given, doubt };
  // milder than before: for a red flag the yes stands; of a relative the worse answer stands; else the new one, with a doubt
  return { value: flag || run.facts.by === 'relative' ? before.value : given, doubt: 'contradiction' };
}

function tapped(question: Question, id: string): { value: Value } | { doubt: Doubt } | null {
  if (id === BUTTON.unsure) return { doubt: 'unsure' };
  if (question.kind === 'yesno') return id === BUTTON.yes || id === BUTTON.no ? { value: id === BUTTON.yes } : null;
  if (question.kind === 'choice') return question.options.some((one) => one.id === id) ? { value: id } : null;
  return null;
}

/** A value as a form or a device gives it. */
function measured(question: Question, value: Value): { value: Value } | { implausible: true } | null {
  switch (question.kind) {
    case 'yesno':
      return typeof value === 'boolean' ? { value } : null;
    case 'choice':
      return question.options.some((one) => one.id === value) ? { value } : null;
    case 'number': {
      const { min, max } = rangeOf(question);
      return typeof value !== 'number' ? null : value >= min && value <= max ? { value } : { implausible: true };
    }
    case 'duration':
      return typeof value !== 'number'
        ? null
        : value >= 0 && value <= LONGEST_MINUTES
          ? { value }
          : { implausible: true };
  }
}

/** What each answer counts as. */
function counted(made: Prepared, run: Run): (one: PreparedQuestion) => Value | undefined {
  const answers = latest(run);
  return (one) => {
    const given = answers.get(one.question.id);
    if (!given) return undefined;
    if (one.flag) return given.value === true || given.doubt !== null ? true : (given.value ?? undefined);
    return given.value ?? undefined;
  };
}

function goOn(protocol: Protocol, run: Run): Step {
  const made = prepare(protocol);
  const values = effective(made, run.facts.age, counted(made, run));
  const answers = latest(run);
  const open = made.questions.filter(
    (one) => !answers.has(one.question.id) && (one.when === null || one.when.holds((name) => values.get(name))),
  );
  const next = open[0];
  // nothing is above the emergency number: nobody is asked on. Below it all is asked, or a doubt could go unheard
  if (!next || ruleFor(made, values).level === 'emergency_now') return end(made, run);
  return { run: { ...run, at: next.question.id }, ask: next.question };
}

function end(made: Prepared, run: Run): Step {
  return { run: { ...run, at: null, disposition: decide(made, run) }, ask: null };
}

function decide(made: Prepared, run: Run): Disposition {
  const { level, rule } = ruleFor(made, effective(made, run.facts.age, counted(made, run)));
  const raised: Disposition['raised'] = [];
  if (run.facts.repeat) raised.push('repeat');
  const flags = new Set(made.questions.filter((one) => one.flag).map((one) => one.question.id));
  if ([...latest(run).values()].some((one) => one.doubt !== null && !flags.has(one.question))) raised.push('doubt');
  return { level: raise(level, raised.length), rule, base: level, raised };
}

/** The screen for red flags found one in the words of an answer. */
function byWords(made: Prepared, run: Run): Disposition {
  const { level } = ruleFor(made, effective(made, run.facts.age, counted(made, run)));
  return {
    level: 'emergency_now',
    rule: 'words',
    base: level,
    raised: rank(level) < rank('emergency_now') ? ['words'] : [],
  };
}

function saidIn(question: Question, reply: Reply): string {
  switch (reply.kind) {
    case 'text':
      return reply.text;
    case 'value':
      return String(reply.value);
    case 'silence':
      return '';
    case 'option':
      return shownQuestion(question, reply.language).options.find((one) => one.id === reply.id)?.title ?? reply.id;
  }
}

/** The question with its choices on one line each: what is kept of what was shown. */
function textOf(question: Question, language: ProtocolLanguage): string {
  const { text, options } = shownQuestion(question, language);
  const unit = question.kind === 'number' ? ` (${UNITS[question.unit].label[language]})` : '';
  return `${text}${unit}\n${options.map((one) => `· ${one.title}`).join('\n')}`;
}

/**
 * A whole run at once, from answers by question; one that is not there is answered with the mildest. What golden cases and
 * the author's trial do: the same way that patients go.
 */
export function walk(
  protocol: Protocol,
  facts: RunFacts,
  answers: ReadonlyMap<string, Value>,
  language: ProtocolLanguage = 'es',
): Run & { disposition: Disposition } {
  const made = prepare(protocol);
  const classes = new Map(made.questions.map((one) => [one.question.id, mildest(one)]));
  const at = new Date(0).toISOString();
  let step = begin(protocol, facts);
  while (step.ask) {
    const given = answers.get(step.ask.id) ?? classes.get(step.ask.id)!;
    const next = answer(
      protocol,
      step.run,
      given === 'unsure'
        ? { at, language, kind: 'option', id: BUTTON.unsure }
        : { at, language, kind: 'value', value: given },
    );
    if (next.again) throw new RangeError(`"${String(given)}" is no answer to ${step.ask.id}`);
    step = next;
  }
  return step.run as Run & { disposition: Disposition };
}
