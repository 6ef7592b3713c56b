import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wrapUpReasonDefaults } from '../server/desk/defaults.ts';
import { CATEGORIES } from '../server/triage/contract.ts';
import { ca } from '../web/desk/texts/ca.ts';
import { en } from '../web/desk/texts/en.ts';
import { es } from '../web/desk/texts/es.ts';
import { pt } from '../web/desk/texts/pt.ts';

/*
 * The server and the flows say what happened with keys; the desk says it with words. Whoever adds a key is told here
 * which words are missing.
 */
const ROOT = new URL('../', import.meta.url).pathname;

/** What the pattern finds in the sources, without the tests. */
function emitted(files: string, pattern: RegExp): string[] {
  const found = new Set<string>();
  for (const file of globSync(files, { cwd: ROOT }))
    if (!file.includes('.test.'))
      for (const match of readFileSync(ROOT + file, 'utf8').matchAll(pattern)) found.add(match[1]!);
  return [...found];
}
const actions = emitted('server/assistant/actions/table.ts', /^ {2}(\w+)(?::|,)/gm);

test.each<[keyof typeof es, string[], number]>([
  ['category', [...CATEGORIES, 'other'], 15],
  ['trace', [...emitted('server/{assistant,conversation}/**/*.ts', /step: '(\w+)'/g), ...actions], 30],
  ['outcome', emitted('server/assistant/actions/*.ts', /outcome: '(\w+)'/g), 6],
  [
    'summary',
    [
      ...emitted('flows/*.yaml', /summary: (\w+)/g),
      ...emitted('server/{assistant,conversation}/**/*.ts', /\{ key: '(\w+)', value/g),
    ],
    10,
  ],
  [
    'reason',
    [
      ...emitted('flows/*.yaml', /handover: *\{[^}]*?reason: (\w+)/g),
      ...emitted('flows/*.yaml', /^ +reason: (\w+) *$/gm),
      ...emitted('server/assistant/engine/*.ts', /(?:toPerson\(|handOver\([^)]*?)'(\w+)'\)/g),
      ...emitted('server/conversation/{close,receive,transfer,hand-over}.ts', /reason: '(\w+)'/g),
      ...emitted('server/routing/presence.ts', /reason: '(\w+)'/g),
    ],
    10,
  ],
])('every %s that can come has its words in four languages', (kind, keys, least) => {
  expect(keys.length).toBeGreaterThanOrEqual(least);
  for (const [language, texts] of Object.entries({ es, ca, en, pt })) {
    const words = texts[kind] as Record<string, unknown>;
    expect(
      keys.filter((key) => !words[key]),
      language,
    ).toEqual([]);
  }
});

test('every reason to close with has a name in four languages', () => {
  for (const { key, names } of wrapUpReasonDefaults)
    for (const language of ['es', 'ca', 'en', 'pt'] as const) expect(names[language], key).toBeTruthy();
});
