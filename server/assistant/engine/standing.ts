import { ANSWER } from '../commands.ts';
import type { Choice, Question, Standing } from '../commands.ts';
import type { AnswerKind, Step } from '../contract.ts';
import { MORE, PERSON, optionsOf, pageOf } from './menus.ts';
import type { Choose, Option } from './menus.ts';
import type { Run } from './run.ts';
import { nearOf } from './running.ts';

/** Kinds of answers that a later message may correct; the others could be read into any words. */
const CORRECTED = new Set<AnswerKind>(['when', 'date', 'birthdate', 'time', 'document', 'phone']);

/** Where the session stands, for a provider of commands: what is asked, what may be answered anew, what may begin. */
export function standingOf(run: Run): Standing {
  const { set, facts, session } = run;
  const top = run.begun ? undefined : run.top();
  const running = new Set(
    run.begun ? [] : session.stack.map((frame) => frame.flow).filter((flow) => flow !== set.settings.start),
  );
  const first = facts['first'];
  return {
    language: run.language,
    languages: facts.languages,
    now: facts.now,
    country: facts.country,
    first: typeof first === 'string' ? first : null,
    ended: facts['ended'] === true,
    flow: top?.flow ?? null,
    at: top?.flow === set.settings.start ? 'start' : top?.flow === set.settings.after ? 'after' : 'errand',
    proposing:
      top && top.flow === set.settings.propose && typeof session.slots['to'] === 'string' ? session.slots['to'] : null,
    question: standingQuestion(run),
    filled: Object.keys(session.slots).filter((slot) => session.slots[slot] !== null),
    earlier: run.begun || !session.wait ? [] : earlier(run),
    begins: [...set.byIntent].map(([intent, flow]) => ({ intent, flow, running: running.has(flow) })),
    queues: set.settings.queues,
  };
}

function standingQuestion(run: Run): Standing['question'] {
  const here = run.begun ? null : run.current();
  const wait = run.session.wait;
  if (!here || !wait || wait.kind === 'effect') return null;
  const which: Choice[] = (wait.alternatives ?? []).map(({ title }, index) => ({ id: `which:${index}`, title }));
  if ('ask' in here.step) {
    const { kind, into, min, max } = here.step.ask;
    const yesno = kind === 'yesno';
    return {
      ...{ step: here.name, slot: into, kind, options: [], page: [], more: false, person: false, which },
      ...{ yes: yesno, no: yesno, near: nearOf(run, here.step) },
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }
  if (!('choose' in here.step)) return null;
  const one = here.step;
  const options = optionsOf(run, one);
  const { options: page, more } = pageOf(run, one);
  const leads = (answer: 'yes' | 'no'): boolean =>
    options.filter((option) => option.answer === answer).length === 1 || one.choose[answer] !== undefined;
  return {
    step: here.name,
    slot: ANSWER,
    kind: 'choose',
    options: [...options.map(choiceOf), ...(more ? [{ id: MORE, title: run.settingsText('more_option') }] : [])],
    ...(one.choose.or ? { or: { slot: one.choose.or.into, kind: one.choose.or.kind } } : {}),
    page: page.map((option) => option.id),
    more,
    person: one.choose.person,
    yes: leads('yes'),
    no: leads('no'),
    which,
    near: null,
  };
}

const choiceOf = ({ id, title, description, words, answer, time, into }: Option): Choice => ({
  id,
  title,
  ...(into ? { row: true as const } : {}),
  ...(description ? { description } : {}),
  ...(words ? { words } : {}),
  ...(answer ? { answer } : {}),
  ...(time ? { time } : {}),
});

/** Questions of the flow on top that were answered, by the patient or from what they said first; the latest first. */
function earlier(run: Run): Standing['earlier'] {
  const here = run.current();
  if (!here) return [];
  const found: Standing['earlier'] = [];
  const about = here.flow.flow.slots;
  for (const [name, one] of here.flow.steps) {
    const question = name === here.name ? null : earlierQuestion(run, name, one);
    if (!question || found.some((other) => other.slot === question.slot)) continue;
    if ('ask' in here.step && here.step.ask.into === question.slot) continue;
    found.unshift({ ...question, words: about[question.slot]?.words ?? '' });
  }
  return found;
}

function earlierQuestion(run: Run, name: string, one: Step): (Question & { value?: string }) | null {
  const { slots } = run.session;
  if ('ask' in one) {
    const { kind, into, min, max } = one.ask;
    if (!CORRECTED.has(kind) || slots[into] === undefined || slots[into] === null) return null;
    return {
      step: name,
      slot: into,
      kind,
      options: [],
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }
  if (!('choose' in one) || !one.choose.from) return null;
  const { list, into, id } = one.choose.from;
  const rows = slots[list];
  if (!Array.isArray(rows) || rows.length < 2) return null;
  const taken = slots[into];
  const value = taken && typeof taken === 'object' && !Array.isArray(taken) ? taken[id] : undefined;
  let options: Choice[] | undefined;
  return {
    step: name,
    slot: into,
    kind: 'choose',
    // only words that answer nothing else need them
    get options() {
      return (options ??= rowsOf(run, one));
    },
    ...(value === undefined || value === null ? {} : { value: String(value) }),
  };
}

function rowsOf(run: Run, one: Choose): Choice[] {
  return optionsOf(run, one)
    .filter((option) => option.into && option.id !== PERSON)
    .map(choiceOf);
}
