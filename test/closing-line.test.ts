import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
beforeAll(() => {
  // inside the project, so that the tests in it find vitest
  mkdirSync(join(ROOT, '.hebra'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.hebra', 'closing-line-'));
  writeFileSync(join(folder, 'vitest.config.ts'), `export default { test: { pool: 'forks', maxWorkers: 1 } };\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs vitest over one test file with our reporter. */
function run(name: string, text: string): Promise<{ code: number | null; last: string }> {
  writeFileSync(
    join(folder, `${name}.test.ts`),
    `import { expect, test, describe, beforeAll } from 'vitest';\n${text}\n`,
  );
  const reporter = join(ROOT, 'test/closing-line.ts');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { HEBRA_CLOSING_LINE: _, ...env } = process.env;
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      [vitest, 'run', '--root', folder, '--reporter', reporter, `${name}.test.ts`],
      {
        env: { ...env, VITEST: undefined, VITEST_POOL_ID: undefined, VITEST_WORKER_ID: undefined },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.once('close', (code) => done({ code, last: out.trimEnd().split('\n').at(-1)! }));
  });
}

test('tests are counted, and one that fails fails the run', async () => {
  const good = await run(
    'good',
    `test('a', () => {}); test.skip('b', () => {}); describe('c', () => { test('d', () => {}); });`,
  );
  expect(good).toEqual({ code: 0, last: '2 passed, 0 failed, 1 skipped' });
  const bad = await run('bad', `test('a', () => {}); test('b', () => { expect(1).toBe(2); });`);
  expect(bad).toEqual({ code: 1, last: '1 passed, 1 failed, 0 skipped' });
});

test('what goes wrong outside a test fails the run', async () => {
  const loose = await run('loose', `test('a', () => { Promise.reject(new Error('nobody waits for me')); });`);
  expect(loose).toEqual({ code: 1, last: '1 passed, 1 failed, 0 skipped' });
  const setup = await run(
    'setup',
    `describe('a', () => { beforeAll(() => { throw new Error('no'); }); test('b', () => {}); });`,
  );
  expect(setup.code).toBe(1);
  expect(setup.last).toMatch(/^0 passed, [1-9] failed, /);
  const broken = await run('broken', `import './gone.ts'; test('a', () => {});`);
  expect(broken).toEqual({ code: 1, last: '0 passed, 1 failed, 0 skipped' });
});

test('a run without tests fails', async () => {
  const none = await run('none', '');
  expect(none.code).toBe(1);
  expect(none.last).toMatch(/^0 passed, [1-9] failed, 0 skipped$/);
});
