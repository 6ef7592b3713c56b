import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../test/chromium.ts';

/*
 * hebra test: gets what the tests need from the system, runs vitest and closes with `N passed, N failed, N skipped`.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const CI = process.env['CI'] === 'true';

if (!findChromium()) installChromium();

const notes = mkdtempSync(join(tmpdir(), 'hebra-run-'));
const closing = join(notes, 'closing-line');
const child = spawn(process.execPath, [VITEST, 'run', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, HEBRA_CLOSING_LINE: closing, NODE_ENV: 'test' },
});
// the terminal sends Ctrl-C to both; a signal sent to us alone is passed on, and the closing line still comes
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
child.once('exit', (code) => {
  // without a line vitest did not get to run any test
  const line = existsSync(closing) ? readFileSync(closing, 'utf8') : '0 passed, 1 failed, 0 skipped\n';
  rmSync(notes, { recursive: true, force: true });
  process.stdout.write(line, () => process.exit(code || (/ 0 failed/.test(line) ? 0 : 1)));
});

/** On Debian as root Chromium comes from the system's packages; elsewhere a line says what is left out. */
function installChromium(): void {
  const aptGet = '/usr/bin/apt-get';
  const named = process.env['HEBRA_CHROMIUM'];
  if (!named && process.getuid?.() === 0 && existsSync(aptGet)) {
    process.stderr.write('hebra: installing Chromium for the browser tests\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, stdio: ['ignore', 'ignore', 2] as ['ignore', 'ignore', number] };
    spawnSync(aptGet, ['update', '-qq'], quiet);
    spawnSync(aptGet, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
    if (findChromium()) return;
  }
  const consequence = CI ? 'the browser tests will fail' : 'the browser tests are skipped';
  const what = named
    ? `HEBRA_CHROMIUM names ${named}, which is not there`
    : 'Chromium is missing and could not be installed here';
  process.stderr.write(`hebra: ${what}: ${consequence}. Install the package chromium.\n`);
}
