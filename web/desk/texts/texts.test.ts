import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ca } from './ca.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';

type Leaves = Map<string, string>;
const leaves = (texts: object, path = ''): Leaves =>
  new Map(
    Object.entries(texts).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[path + key, value]] : [...leaves(value as object, `${path}${key}.`)],
    ),
  );
const spanish = leaves(es);

test.each(Object.entries({ ca, en, pt }))('%s says everything that Spanish says, with the same blanks', (_, texts) => {
  const other = leaves(texts);
  expect([...other.keys()].sort()).toEqual([...spanish.keys()].sort());
  const blanks = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort().join();
  const wrong = [...spanish].filter(
    ([key, text]) => !other.get(key)!.trim() || blanks(text) !== blanks(other.get(key)!),
  );
  expect(wrong).toEqual([]);
});

test('every text asked for in the code exists', () => {
  const asked = new Set<string>();
  // permissions and codes of problems are written like keys
  const key = new RegExp(
    `(?<!may\\((?:me|useMe\\(\\)), |needs: \\[[^\\]]*|code === )'((?:${Object.keys(es).join('|')})\\.[\\w.:-]+)'`,
    'g',
  );
  const cwd = new URL('..', import.meta.url).pathname;
  for (const file of globSync('**/*.{ts,tsx}', { cwd }))
    for (const found of readFileSync(cwd + file, 'utf8').matchAll(key)) asked.add(found[1]!);
  const missing = [...asked].filter((one) => !spanish.has(one) && !spanish.has(`${one}_one`));
  expect(missing).toEqual([]);
  expect(asked.size).toBeGreaterThan(100);
});
