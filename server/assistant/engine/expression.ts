/*
 * The conditions authors write: slots and facts, comparisons, and · or · not, count() and has().
 * A parser of its own: nothing an author writes is ever run as code.
 *
 *   expr   := and ('or' and)*        and := not ('and' not)*        not := 'not' not | cmp
 *   cmp    := value (('=='|'!='|'<'|'<='|'>'|'>='|'in') value)?
 *   value  := string | number | true | false | null | '[' values ']' | count(expr) | has(expr) | path | '(' expr ')'
 */
export type Scope = (name: string) => unknown;
export type Compiled = { run(scope: Scope): unknown; names: string[] };

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|(==|!=|<=|>=|<|>|\(|\)|\[|\]|,))/y;
type Token = { kind: 'string' | 'number' | 'name' | 'sign'; text: string };

function tokens(source: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new SyntaxError(`not an expression at ${at}: ${source}`);
    if (match[1] !== undefined) found.push({ kind: 'string', text: match[1].slice(1, -1).replace(/\\(.)/g, '$1') });
    else if (match[2] !== undefined) found.push({ kind: 'number', text: match[2] });
    else if (match[3] !== undefined) found.push({ kind: 'name', text: match[3] });
    else found.push({ kind: 'sign', text: match[4]! });
  }
  return found;
}

/** A member by own key only: neither prototypes nor functions are reachable. */
export function member(of: unknown, field: string): unknown {
  if (of === null || typeof of !== 'object') return undefined;
  return Object.prototype.hasOwnProperty.call(of, field) ? (of as Record<string, unknown>)[field] : undefined;
}

function count(value: unknown): number {
  if (Array.isArray(value) || typeof value === 'string') return value.length;
  return value === null || value === undefined ? 0 : 1;
}

function same(a: unknown, b: unknown): boolean {
  return (a ?? null) === (b ?? null);
}

function before(a: unknown, b: unknown, orSame: boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return orSame ? a <= b : a < b;
  if (typeof a === 'string' && typeof b === 'string') return orSame ? a <= b : a < b;
  return false;
}

/** Reads an expression once; the result runs without parsing. @throws SyntaxError where it is not one */
export function compile(source: string | number | boolean | null): Compiled {
  if (typeof source !== 'string') return { run: () => source, names: [] };
  return parse(source);
}

function parse(source: string): Compiled {
  const list = tokens(source);
  const names: string[] = [];
  let at = 0;
  const peek = (): Token | undefined => list[at];
  const is = (text: string, kind: Token['kind']): boolean => peek()?.kind === kind && peek()?.text === text;
  const take = (text: string, kind: Token['kind'] = 'sign'): boolean => {
    if (!is(text, kind)) return false;
    at++;
    return true;
  };
  const must = (text: string): void => {
    if (!take(text)) throw new SyntaxError(`"${text}" expected: ${source}`);
  };
  type Run = (scope: Scope) => unknown;
  let depth = 0;

  function or(): Run {
    if (++depth > 40) throw new SyntaxError(`too deep: ${source}`);
    let left = and();
    while (take('or', 'name')) {
      const [a, b] = [left, and()];
      left = (scope) => a(scope) || b(scope);
    }
    depth--;
    return left;
  }
  function and(): Run {
    let left = not();
    while (take('and', 'name')) {
      const [a, b] = [left, not()];
      left = (scope) => a(scope) && b(scope);
    }
    return left;
  }
  function not(): Run {
    if (take('not', 'name')) {
      if (++depth > 40) throw new SyntaxError('too deep');
      const inner = not();
      depth--;
      return (scope) => !inner(scope);
    }
    return compare();
  }
  function compare(): Run {
    const left = value();
    for (const sign of ['==', '!=', '<=', '>=', '<', '>'] as const) {
      if (!take(sign)) continue;
      const right = value();
      switch (sign) {
        case '==':
          return (scope) => same(left(scope), right(scope));
        case '!=':
          return (scope) => !same(left(scope), right(scope));
        case '<':
          return (scope) => before(left(scope), right(scope), false);
        case '<=':
          return (scope) => before(left(scope), right(scope), true);
        case '>':
          return (scope) => before(right(scope), left(scope), false);
        case '>=':
          return (scope) => before(right(scope), left(scope), true);
      }
    }
    if (take('in', 'name')) {
      const right = value();
      return (scope) => {
        const all = right(scope);
        const one = left(scope);
        return Array.isArray(all) && all.some((item) => same(item, one));
      };
    }
    return left;
  }
  function value(): Run {
    const token = peek();
    if (!token) throw new SyntaxError(`a value expected at the end: ${source}`);
    at++;
    if (token.kind === 'string') return () => token.text;
    if (token.kind === 'number') {
      const number = Number(token.text);
      return () => number;
    }
    if (token.kind === 'sign') {
      if (token.text === '(') {
        const inner = or();
        must(')');
        return inner;
      }
      if (token.text === '[') {
        const items: Run[] = [];
        while (!is(']', 'sign')) {
          items.push(or());
          if (!take(',')) break;
        }
        must(']');
        return (scope) => items.map((item) => item(scope));
      }
      throw new SyntaxError(`"${token.text}" stands where a value belongs: ${source}`);
    }
    if (token.text === 'true') return () => true;
    if (token.text === 'false') return () => false;
    if (token.text === 'null') return () => null;
    if ((token.text === 'count' || token.text === 'has') && take('(')) {
      const inner = or();
      must(')');
      return token.text === 'count' ? (scope) => count(inner(scope)) : (scope) => count(inner(scope)) > 0;
    }
    if (['and', 'or', 'not', 'in'].includes(token.text))
      throw new SyntaxError(`"${token.text}" stands where a value belongs: ${source}`);
    names.push(token.text);
    const [first, ...rest] = token.text.split('.') as [string, ...string[]];
    return (scope) => {
      let found = scope(first);
      for (const field of rest) found = member(found, field);
      return found;
    };
  }

  const run = or();
  if (at !== list.length) throw new SyntaxError(`"${list[at]!.text}" is too much: ${source}`);
  return { run, names };
}
