import type { Question, Value } from './contract.ts';

/*
 * The conditions of a protocol. A parser of its own: nothing a protocol says is ever run as code, and a condition can
 * only compare an answer with a constant, so that all that it may do can be tried out (proofs.ts).
 *
 *   expr    := and ('or' and)*        and := not ('and' not)*        not := 'not' not | atom
 *   atom    := '(' expr ')' | true | false | name | name sign constant | name 'in' '[' option (',' option)* ']'
 *            | count '(' name (',' name)* ')' sign number
 *   sign    := == != < <= > >=        constant := number [unit of time] | option | yes | no
 */
export type Sign = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Node =
  | { op: 'or' | 'and'; all: Node[] }
  | { op: 'not'; one: Node }
  | { op: 'always'; holds: boolean }
  | { op: 'is'; name: string }
  | { op: 'compare'; name: string; sign: Sign; to: number }
  | { op: 'option'; name: string; among: string[] }
  | { op: 'count'; names: string[]; sign: Sign; to: number };

export type Values = (name: string) => Value | undefined;
export type Condition = { node: Node; names: string[]; holds(values: Values): boolean };

/** Days of an age; minutes of a duration are 1440 of them. */
const DAYS: Record<string, number> = { min: 1 / 1440, h: 1 / 24, d: 1, w: 7, mo: 30.4375, y: 365.25 };
const MINUTES_A_DAY = 1440;

/** `3mo` in days. @throws SyntaxError */
export function daysOf(written: string): number {
  const match = /^(\d+(?:\.\d+)?)(min|h|d|w|mo|y)$/.exec(written);
  if (!match) throw new SyntaxError(`"${written}" is no length of time`);
  return Number(match[1]) * DAYS[match[2]!]!;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)(min|mo|h|d|w|y)?(?![a-z0-9_])|([a-z][a-z0-9_]*)|(==|!=|<=|>=|<|>|\(|\)|\[|\]|,))/y;
type Token = { number?: string; unit?: string; name?: string; sign?: string };

function tokensOf(source: string): Token[] {
  const found: Token[] = [];
  const text = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new SyntaxError(`not a condition from "${text.slice(at, at + 20)}" on`);
    found.push({ number: match[1], unit: match[2], name: match[3], sign: match[4] });
  }
  return found;
}

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'count', 'true', 'false', 'yes', 'no']);

/**
 * Reads a condition over these questions and `age`.
 * @throws SyntaxError naming what is wrong: a word that is no question, a comparison that makes no sense
 */
export function readCondition(source: string, questions: readonly Question[]): Condition {
  const tokens = tokensOf(source);
  const byId = new Map(questions.map((one) => [one.id, one]));
  const names: string[] = [];
  let at = 0;
  const peek = (): Token => tokens[at] ?? {};
  const takeSign = (...signs: string[]): string | null => {
    if (peek().sign === undefined || !signs.includes(peek().sign!)) return null;
    return tokens[at++]!.sign!;
  };
  const takeName = (name: string): boolean => {
    if (peek().name !== name) return false;
    at++;
    return true;
  };
  const must = (sign: string): void => {
    if (!takeSign(sign)) throw new SyntaxError(`"${sign}" is missing`);
  };

  function or(): Node {
    const all = [and()];
    while (takeName('or')) all.push(and());
    return all.length === 1 ? all[0]! : { op: 'or', all };
  }
  function and(): Node {
    const all = [not()];
    while (takeName('and')) all.push(not());
    return all.length === 1 ? all[0]! : { op: 'and', all };
  }
  function not(): Node {
    return takeName('not') ? { op: 'not', one: not() } : atom();
  }
  function atom(): Node {
    if (takeSign('(')) {
      const inner = or();
      must(')');
      return inner;
    }
    if (takeName('true')) return { op: 'always', holds: true };
    if (takeName('false')) return { op: 'always', holds: false };
    if (takeName('count')) return count();
    const { name } = peek();
    if (name === undefined || KEYWORDS.has(name)) throw new SyntaxError('a question is missing');
    at++;
    const asked = byId.get(name);
    if (name !== 'age' && !asked) throw new SyntaxError(`"${name}" is no question of this protocol`);
    names.push(name);
    if (takeName('in')) return among(name, asked);
    const sign = takeSign('==', '!=', '<=', '>=', '<', '>') as Sign | null;
    if (sign) return compare(name, asked, sign);
    if (asked?.kind !== 'yesno') throw new SyntaxError(`"${name}" must be compared with something`);
    return { op: 'is', name };
  }
  function count(): Node {
    must('(');
    const counted: string[] = [];
    do {
      const { name } = peek();
      if (name === undefined || byId.get(name)?.kind !== 'yesno')
        throw new SyntaxError(`count() counts yes-or-no questions, not "${name ?? ''}"`);
      at++;
      counted.push(name);
      names.push(name);
    } while (takeSign(','));
    must(')');
    const sign = takeSign('==', '!=', '<=', '>=', '<', '>') as Sign | null;
    const { number, unit } = peek();
    if (!sign || number === undefined || unit) throw new SyntaxError('count() is compared with a number');
    at++;
    return { op: 'count', names: counted, sign, to: Number(number) };
  }
  function optionOf(name: string, asked: Question | undefined): string {
    const option = peek().name;
    if (asked?.kind !== 'choice' || option === undefined || !asked.options.some((one) => one.id === option))
      throw new SyntaxError(`"${option ?? ''}" is no option of "${name}"`);
    at++;
    return option;
  }
  function among(name: string, asked: Question | undefined): Node {
    must('[');
    const list: string[] = [];
    do list.push(optionOf(name, asked));
    while (takeSign(','));
    must(']');
    return { op: 'option', name, among: list };
  }
  function compare(name: string, asked: Question | undefined, sign: Sign): Node {
    if (asked?.kind === 'yesno') {
      const yes = takeName('yes') || takeName('true');
      if ((!yes && !takeName('no') && !takeName('false')) || (sign !== '==' && sign !== '!='))
        throw new SyntaxError(`"${name}" is yes or no`);
      return yes === (sign === '==') ? { op: 'is', name } : { op: 'not', one: { op: 'is', name } };
    }
    if (asked?.kind === 'choice') {
      const ids = asked.options.map((one) => one.id);
      const place = ids.indexOf(optionOf(name, asked));
      return { op: 'option', name, among: ids.filter((_, index) => compares(index, sign, place)) };
    }
    const { number, unit } = peek();
    if (number === undefined) throw new SyntaxError(`"${name}" is compared with a number`);
    at++;
    const isTime = name === 'age' || asked?.kind === 'duration';
    if (isTime !== (unit !== undefined))
      throw new SyntaxError(
        isTime
          ? `"${name}" needs a unit of time: ${name === 'age' ? '3mo, 16y' : '30min, 2h, 3d'}`
          : `"${name}" takes a bare number`,
      );
    const to = unit === undefined ? Number(number) : daysOf(number + unit) * (name === 'age' ? 1 : MINUTES_A_DAY);
    return { op: 'compare', name, sign, to: unit === undefined ? to : Math.round(to * 1e6) / 1e6 };
  }

  try {
    const node = or();
    if (at !== tokens.length) {
      const rest = tokens[at]!;
      throw new SyntaxError(`"${rest.name ?? rest.sign ?? rest.number}" is too much`);
    }
    return { node, names: [...new Set(names)], holds: (values) => run(node, values) };
  } catch (error) {
    throw new SyntaxError(`${(error as Error).message}, in: ${source}`, { cause: error });
  }
}

function compares(a: number, sign: Sign, b: number): boolean {
  switch (sign) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function run(node: Node, values: Values): boolean {
  switch (node.op) {
    case 'or':
      return node.all.some((one) => run(one, values));
    case 'and':
      return node.all.every((one) => run(one, values));
    case 'not':
      return !run(node.one, values);
    case 'always':
      return node.holds;
    case 'is':
      return values(node.name) === true;
    case 'compare': {
      const value = values(node.name);
      return typeof value === 'number' && compares(value, node.sign, node.to);
    }
    case 'option':
      return node.among.includes(values(node.name) as string);
    case 'count':
      return compares(node.names.filter((name) => values(name) === true).length, node.sign, node.to);
  }
}

/** The constants that a name is compared with anywhere in these conditions, in rising order. */
export function constantsOf(conditions: readonly Condition[], name: string): number[] {
  const found = new Set<number>();
  const look = (node: Node): void => {
    if (node.op === 'or' || node.op === 'and') node.all.forEach(look);
    else if (node.op === 'not') look(node.one);
    else if (node.op === 'compare' && node.name === name) found.add(node.to);
  };
  for (const one of conditions) look(one.node);
  return [...found].sort((a, b) => a - b);
}
