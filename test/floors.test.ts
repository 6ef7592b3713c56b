import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { walls } from '../bin/walls.ts';

/** The rules that a tree of files breaks, each file given by the paths that it imports. */
async function broken(files: Record<string, string[]>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'hebra-floors-'));
  try {
    const all = new Set([...Object.keys(files), ...Object.values(files).flat()]);
    for (const file of all) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      const imports = (files[file] ?? []).map((to, i) => `import { it as it${i} } from '${upTo(file)}${to}';`);
      const uses = imports.map((_, i) => `it${i}`).join(', ');
      await writeFile(join(root, file), `${imports.join('\n')}\nexport const it: unknown = [${uses}];\n`);
    }
    const { modules, imports, violations } = await walls(root);
    expect(modules).toBe(all.size);
    expect(imports).toBe(Object.values(files).flat().length);
    return [...new Set(violations.map(({ rule }) => rule))].sort();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function upTo(file: string): string {
  return '../'.repeat(file.split('/').length - 1);
}

test('imports that go down pass', async () => {
  const good = {
    'server/main.ts': ['server/desk/inbox.ts', 'server/platform/http.ts', 'demo/seed.ts'],
    'server/desk/inbox.ts': ['server/conversation/reply.ts', 'server/routing/offer.ts'],
    'server/conversation/reply.ts': ['server/conversation/internal/write.ts', 'server/platform/events.ts'],
    'server/conversation/rules.ts': ['server/conversation/contract.ts', 'server/record/rules.ts'],
    'server/channels/sms/send.ts': ['server/channels/split.ts'],
    'web/desk/inbox.tsx': ['web/ui/theme.ts', 'server/desk/contract.ts'],
    'sim/load.ts': ['server/routing/rules.ts', 'server/routing/contract.ts'],
    'test/journeys/book.test.ts': ['server/main.ts', 'demo/seed.ts'],
  };
  expect(await broken(good)).toEqual([]);
});

const WRONG: [string, string, Record<string, string[]>][] = [
  [
    'a lower room imports a higher one',
    'floor-of-platform',
    { 'server/platform/http.ts': ['server/trust/session.ts'] },
  ],
  [
    'a lower room imports a higher one',
    'floor-of-record',
    { 'server/record/book.ts': ['server/conversation/reply.ts'] },
  ],
  ['a lower room imports a higher one', 'floor-of-routing', { 'server/routing/offer.ts': ['server/desk/inbox.ts'] }],
  [
    'a room imports one on its floor',
    'floor-of-channels',
    { 'server/channels/deliver.ts': ['server/assistant/turn.ts'] },
  ],
  ['a room imports one on its floor', 'floor-of-insight', { 'server/insight/kpi.ts': ['server/quality/card.ts'] }],
  [
    'two files import each other',
    'no-circles',
    { 'server/trust/a.ts': ['server/trust/b.ts'], 'server/trust/b.ts': ['server/trust/a.ts'] },
  ],
  [
    'three files import each other',
    'no-circles',
    {
      'server/trust/a.ts': ['server/trust/b.ts'],
      'server/trust/b.ts': ['server/trust/c.ts'],
      'server/trust/c.ts': ['server/trust/a.ts'],
    },
  ],
  ['a room without a floor', 'known-rooms', { 'server/main.ts': ['server/cellar/wine.ts'] }],
  ['a room knows main.ts', 'main-is-the-top', { 'server/desk/inbox.ts': ['server/main.ts'] }],
  ['a contract imports code', 'contract-is-a-contract', { 'server/desk/contract.ts': ['server/desk/inbox.ts'] }],
  ['rules reach for the clock', 'rules-are-pure', { 'server/routing/rules.ts': ['server/platform/clock.ts'] }],
  [
    'the data of rules reach for the database',
    'rules-are-pure',
    { 'server/triage/lexicon.ts': ['server/platform/postgres.ts'] },
  ],
  ['another room looks inside', 'internal-of-record', { 'server/desk/panel.ts': ['server/record/internal/rows.ts'] }],
  ['main.ts looks inside', 'internal-of-record', { 'server/main.ts': ['server/record/internal/rows.ts'] }],
  ['a test elsewhere looks inside', 'internal-of-record', { 'test/all.test.ts': ['server/record/internal/rows.ts'] }],
  [
    'a channel imports another',
    'a-channel-is-a-folder',
    { 'server/channels/sms/send.ts': ['server/channels/email/send.ts'] },
  ],
  ['a page imports server code', 'web-knows-contracts', { 'web/desk/main.tsx': ['server/desk/rules.ts'] }],
  ['the load imports server code', 'sim-knows-contracts-and-rules', { 'sim/load.ts': ['server/desk/inbox.ts'] }],
  ['the server imports the demo', 'server-stands-alone', { 'server/desk/inbox.ts': ['demo/seed.ts'] }],
  ['code imports a test', 'nobody-imports-a-test', { 'server/desk/inbox.ts': ['server/desk/inbox.test.ts'] }],
  ['a barrel', 'no-barrels', { 'server/desk/inbox.ts': ['server/routing/index.ts'] }],
  ['a name that says nothing', 'no-empty-names', { 'server/desk/inbox.ts': ['server/routing/queue-manager.ts'] }],
];

for (const [what, rule, files] of WRONG)
  test(`${what}: ${rule}`, async () => {
    expect(await broken(files)).toEqual([rule]);
  });

test('a missing file is found', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hebra-floors-'));
  await mkdir(join(root, 'server/desk'), { recursive: true });
  await writeFile(join(root, 'server/desk/inbox.ts'), `export { it } from './gone.ts';\n`);
  const { violations } = await walls(root);
  await rm(root, { recursive: true, force: true });
  expect(violations.map(({ rule }) => rule)).toEqual(['what-is-imported-exists']);
});

test('this tree is read: its modules are counted', async () => {
  const { modules, imports } = await walls(fileURLToPath(new URL('..', import.meta.url)));
  expect(modules).toBeGreaterThan(50);
  expect(imports).toBeGreaterThan(modules);
});
