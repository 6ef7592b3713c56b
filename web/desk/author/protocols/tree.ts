import type { ProtocolContent } from '../../../../server/triage/protocols/contract.ts';

/*
 * The condition of a rule, as a tree that is shown in words. The grammar is that of server/triage/protocols/expression.ts, which
 * has checked it before; what this reader does not know is shown as it is written.
 */
export type Leaf = {
  kind: 'leaf';
  /** A question's id, or `age`; several for `count`. */
  names: string[];
  /** `yes`, `no`, or a comparison with a constant as it is written. */
  says: 'yes' | 'no' | { sign: string; to: string } | { among: string[] };
  count: boolean;
};
export type Tree =
  | Leaf
  | { kind: 'any' | 'all'; of: Tree[] }
  | { kind: 'not'; of: [Tree] }
  | { kind: 'always'; holds: boolean };

const TOKEN = /\s*([a-z0-9_.]+|==|!=|<=|>=|<|>|\(|\)|\[|\]|,)/gy;

/** @returns null when it cannot be read */
export function treeOf(when: string): Tree | null {
  const tokens = [...when.matchAll(TOKEN)].map((one) => one[1]!);
  if (tokens.join('').length !== when.replaceAll(/\s/g, '').length) return null;
  let at = 0;
  const take = (...wanted: string[]): string | null => (wanted.includes(tokens[at]!) ? tokens[at++]! : null);
  const name = (): string => {
    const token = tokens[at];
    if (token === undefined || !/^[a-z0-9]/.test(token)) throw new SyntaxError('a name');
    at++;
    return token;
  };
  const joined = (kind: 'any' | 'all', word: string, one: () => Tree): Tree => {
    const of = [one()];
    while (take(word)) of.push(one());
    return of.length === 1 ? of[0]! : { kind, of };
  };
  const or = (): Tree => joined('any', 'or', and);
  const and = (): Tree => joined('all', 'and', not);
  const not = (): Tree => {
    if (!take('not')) return atom();
    const of = not();
    return of.kind === 'leaf' && of.says === 'yes' && !of.count ? { ...of, says: 'no' } : { kind: 'not', of: [of] };
  };
  const atom = (): Tree => {
    if (take('(')) {
      const inner = or();
      if (!take(')')) throw new SyntaxError(')');
      return inner;
    }
    const always = take('true', 'false');
    if (always) return { kind: 'always', holds: always === 'true' };
    let names = [name()];
    const count = names[0] === 'count' && take('(') !== null;
    if (count) {
      names = [name()];
      while (take(',')) names.push(name());
      if (!take(')')) throw new SyntaxError(')');
    }
    if (take('in')) {
      if (!take('[')) throw new SyntaxError('[');
      const among = [name()];
      while (take(',')) among.push(name());
      if (!take(']')) throw new SyntaxError(']');
      return { kind: 'leaf', names, says: { among }, count };
    }
    const sign = take('==', '!=', '<=', '>=', '<', '>');
    if (!sign) return { kind: 'leaf', names, says: 'yes', count };
    const to = name();
    if (to === 'yes' || to === 'true') return { kind: 'leaf', names, says: sign === '==' ? 'yes' : 'no', count };
    if (to === 'no' || to === 'false') return { kind: 'leaf', names, says: sign === '==' ? 'no' : 'yes', count };
    return { kind: 'leaf', names, says: { sign, to }, count };
  };
  try {
    const tree = or();
    return at === tokens.length ? tree : null;
  } catch {
    return null;
  }
}

const DAYS: Record<string, number> = { min: 1 / 1440, h: 1 / 24, d: 1, w: 7, mo: 30.4375, y: 365.25 };
type Given = { age: number; value(question: string): boolean | string | number | null | undefined };

function compares(a: number, sign: string, b: number): boolean {
  if (sign === '==') return a === b;
  if (sign === '!=') return a !== b;
  if (sign === '<') return a < b;
  if (sign === '<=') return a <= b;
  return sign === '>' ? a > b : a >= b;
}

/** Whether this part of a condition holds with these answers; null when something it needs was not answered. */
export function holdsNow(tree: Tree, questions: ProtocolContent['questions'], given: Given): boolean | null {
  if (tree.kind === 'always') return tree.holds;
  if (tree.kind === 'not') {
    const one = holdsNow(tree.of[0], questions, given);
    return one === null ? null : !one;
  }
  if (tree.kind !== 'leaf') {
    const all = tree.of.map((one) => holdsNow(one, questions, given));
    if (tree.kind === 'any') return all.includes(true) ? true : all.includes(null) ? null : false;
    return all.includes(false) ? false : all.includes(null) ? null : true;
  }
  const { names, says, count } = tree;
  if (count) {
    if (typeof says === 'string' || 'among' in says) return null;
    return compares(names.filter((one) => given.value(one) === true).length, says.sign, Number(says.to));
  }
  const [name] = names as [string];
  const value = name === 'age' ? given.age : given.value(name);
  if (value === undefined || value === null) return null;
  if (says === 'yes') return value === true;
  if (says === 'no') return value === false;
  if ('among' in says) return says.among.includes(String(value));
  const question = questions.find((one) => one.id === name);
  if (question?.kind === 'choice') {
    const place = (id: string): number => question.options.findIndex((one) => one.id === id);
    return compares(place(String(value)), says.sign, place(says.to));
  }
  const [, number, unit] = /^([\d.]+)([a-z]*)$/.exec(says.to) ?? [];
  const to = unit ? Number(number) * DAYS[unit]! * (name === 'age' ? 1 : 1440) : Number(number);
  return compares(Number(value), says.sign, to);
}
