import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readCondition } from '../server/triage/protocols/expression.ts';
import { protocolShape } from '../server/triage/protocols/contract.ts';
import { holdsNow, treeOf } from '../web/desk/author/protocols/tree.ts';

const FOLDER = new URL('../clinical/protocols/', import.meta.url).pathname;
const protocols = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => protocolShape.parse(parse(readFileSync(FOLDER + file, 'utf8'))));

test('every condition of the project’s protocols is shown, and means what the engine takes it to mean', () => {
  let compared = 0;
  let seed = 7;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (const { questions, rules, protocol } of protocols) {
    for (const { when, id } of rules) {
      const tree = treeOf(when);
      expect(tree, `${protocol} ${id}: ${when}`).not.toBeNull();
      const condition = readCondition(when, questions);
      for (let i = 0; i < 60; i++) {
        const answers = new Map<string, boolean | string | number>(
          questions.map((one) => {
            if (one.kind === 'yesno') return [one.id, random() < 0.5];
            if (one.kind === 'choice') return [one.id, one.options[Math.floor(random() * one.options.length)]!.id];
            // about the limits that conditions name: degrees, days in minutes
            return [one.id, one.kind === 'number' ? Math.round(random() * 450) / 10 : Math.round(random() * 20_000)];
          }),
        );
        const age = random() * 33_000;
        const engine = condition.holds((name) => (name === 'age' ? age : answers.get(name)));
        expect(holdsNow(tree!, questions, { age, value: (name) => answers.get(name) }), `${protocol} ${id}`).toBe(
          engine,
        );
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(3000);
});

test('what cannot be read is said to be so; what was not answered is not guessed', () => {
  expect(treeOf('a and')).toBeNull();
  expect(treeOf('a ?? b')).toBeNull();
  expect(treeOf('not a')).toEqual({ kind: 'leaf', names: ['a'], says: 'no', count: false });
  const tree = treeOf('a and (b or age >= 65y)')!;
  expect(holdsNow(tree, [], { age: 70 * 365.25, value: (name) => (name === 'a' ? true : undefined) })).toBe(true);
  expect(holdsNow(tree, [], { age: 20 * 365.25, value: (name) => (name === 'a' ? true : undefined) })).toBeNull();
});
