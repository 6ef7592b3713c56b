import { isFlag } from './contract.ts';
import type { CareLevel, Protocol, Question, Rule, Value } from './contract.ts';
import { LEVELS } from './contract.ts';
import { constantsOf, daysOf, readCondition } from './expression.ts';
import type { Condition } from './expression.ts';
import { UNITS } from './units.ts';

/** A protocol made ready: its conditions read, and for each question the answers that can make a difference. */
export type Prepared = {
  protocol: Protocol;
  questions: PreparedQuestion[];
  rules: { rule: Rule; when: Condition }[];
  /** Ages on every side of every age that a condition speaks of, within the audience. */
  ages: number[];
};
export type PreparedQuestion = {
  question: Question;
  flag: boolean;
  when: Condition | null;
  /**
   * From the mildest to the worst, one for each class of answers that no condition can tell apart. A number is only ever
   * compared with constants, so one value on, below and above each of them stands for all.
   */
  classes: Value[];
};

const prepared = new WeakMap<Protocol, Prepared>();
/** Options that every question has, or every menu. */
const RESERVED = new Set(['unsure', 'person', 'more']);
/** Older than anybody. */
const OLDEST = 130 * 365.25;

/** Reads a protocol's conditions once. @throws SyntaxError naming the rule or question that cannot be read */
export function prepare(protocol: Protocol): Prepared {
  const known = prepared.get(protocol);
  if (known) return known;
  const { content } = protocol;
  const within = <T>(where: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new SyntaxError(`${where}: ${(error as Error).message}`, { cause: error });
    }
  };
  const seen = new Set<string>();
  for (const one of content.questions) {
    if (one.id === 'age' || seen.has(one.id)) throw new SyntaxError(`question ${one.id}: this id is taken`);
    seen.add(one.id);
    const options = one.kind === 'choice' ? one.options.map((option) => option.id) : [];
    const taken = options.find((id, index) => RESERVED.has(id) || options.indexOf(id) !== index);
    if (taken) throw new SyntaxError(`question ${one.id}: the option id "${taken}" is taken`);
  }
  const twice = content.rules.find(
    ({ id }, index) =>
      id === 'otherwise' || id === 'words' || content.rules.findIndex((one) => one.id === id) !== index,
  );
  if (twice) throw new SyntaxError(`rule ${twice.id}: this id is taken`);
  const rules = content.rules.map((rule) => ({
    rule,
    when: within(`rule ${rule.id}`, () => readCondition(rule.when, content.questions)),
  }));
  const whens = content.questions.map((question) =>
    question.when === undefined
      ? null
      : within(`question ${question.id}`, () => readCondition(question.when!, content.questions)),
  );
  const all = [...rules.map((one) => one.when), ...whens.filter((one) => one !== null)];
  const questions = content.questions.map((question, index): PreparedQuestion => ({
    question,
    flag: isFlag(question),
    when: whens[index]!,
    classes: classesOf(question, all),
  }));
  const { from, below } = audienceOf(protocol);
  const edges = constantsOf(all, 'age').filter((one) => one > from && one < below);
  const ages = sides(edges, from, Math.min(below - 0.5, OLDEST), 0.5).filter((one) => one >= from && one < below);
  const made = { protocol, questions, rules, ages };
  prepared.set(protocol, made);
  return made;
}

/** Whom a protocol is for, in days of age: from (included) to below (not included). */
export function audienceOf({ content }: Protocol): { from: number; below: number } {
  return {
    from: content.audience.from ? daysOf(content.audience.from) : 0,
    below: content.audience.below ? daysOf(content.audience.below) : OLDEST,
  };
}

function classesOf(question: Question, conditions: readonly Condition[]): Value[] {
  switch (question.kind) {
    case 'yesno':
      return question.worse === 'yes' ? [false, true] : [true, false];
    case 'choice':
      return question.options.map((one) => one.id);
    case 'number': {
      const { min, max } = rangeOf(question);
      const rising = sides(constantsOf(conditions, question.id), min, max, (max - min) / 1e6);
      return question.worse === 'higher' ? rising : rising.reverse();
    }
    case 'duration': {
      const rising = sides(constantsOf(conditions, question.id), 1, LONGEST_MINUTES, 0.5);
      return question.worse === 'longer' ? rising : rising.reverse();
    }
  }
}
/** Ten years: what lasts longer is no news. */
export const LONGEST_MINUTES = 10 * 365.25 * 1440;

/** What a number question takes. */
export function rangeOf(question: Extract<Question, { kind: 'number' }>): { min: number; max: number } {
  const unit = UNITS[question.unit];
  return { min: question.min ?? unit.min, max: question.max ?? unit.max };
}

/** One value below, on and between each of these, and one above them all. */
function sides(edges: number[], least: number, most: number, apart: number): number[] {
  const inside = edges.filter((one) => one >= least && one <= most);
  const found: number[] = [least];
  inside.forEach((edge, index) => {
    const before = inside[index - 1] ?? least;
    found.push((before + edge) / 2, edge);
  });
  found.push(Math.min(most, (inside.at(-1) ?? least) + apart), most);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** The mildest answer to a question. */
export const mildest = (one: PreparedQuestion): Value => one.classes[0]!;

/** Where a value stands between the mildest and the worst: higher is worse. */
export function badness(question: Question, value: Value): number {
  switch (question.kind) {
    case 'yesno':
      return Number(value === (question.worse === 'yes'));
    case 'choice':
      return question.options.findIndex((one) => one.id === value);
    case 'number':
      return question.worse === 'higher' ? Number(value) : -Number(value);
    case 'duration':
      return question.worse === 'longer' ? Number(value) : -Number(value);
  }
}

/**
 * What counts as answered: a question that is not asked, because its condition does not hold, has its mildest answer.
 * @param answers what was answered; a missing one counts as the mildest
 */
export function effective(
  made: Prepared,
  age: number,
  answers: (one: PreparedQuestion) => Value | undefined,
): Map<string, Value> {
  const values = new Map<string, Value>([['age', age]]);
  for (const one of made.questions) {
    const asked = one.when === null || one.when.holds((name) => values.get(name));
    values.set(one.question.id, (asked ? answers(one) : undefined) ?? mildest(one));
  }
  return values;
}

/** The first rule whose condition holds. */
export function ruleFor(made: Prepared, values: ReadonlyMap<string, Value>): { level: CareLevel; rule: string } {
  for (const { rule, when } of made.rules)
    if (when.holds((name) => values.get(name))) return { level: rule.level, rule: rule.id };
  return { level: made.protocol.content.otherwise.level, rule: 'otherwise' };
}

export const rank = (level: CareLevel): number => LEVELS.indexOf(level);
/** So many levels up, and no higher than the emergency number. */
export const raise = (level: CareLevel, by: number): CareLevel =>
  LEVELS[Math.min(LEVELS.length - 1, rank(level) + by)]!;
