import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { walls } from './walls.ts';

/*
 * hebra check: one line for each check, what is wrong below it; fails when one does.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
type Outcome = { ok: boolean; says: string; details?: string };

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const fix = process.argv.includes('--fix');

const CHECKS: Record<string, () => Promise<Outcome>> = {
  types: async () => tool('typescript', 'bin/tsc', ['--noEmit', '-p', '.'], 'every file fits its types'),
  lint: async () =>
    tool('oxlint', 'bin/oxlint', ['--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : [])], 'nothing to mend'),
  format: async () =>
    tool(
      'oxfmt',
      'bin/oxfmt',
      fix ? [] : ['--list-different'],
      'as oxfmt writes it',
      '`bin/hebra check format --fix` writes it so',
    ),
  walls: checkWalls,
  unused: async () => tool('knip', 'bin/knip.js', ['--no-progress'], 'every file, export and package is used'),
};

for (const name of wanted)
  if (!CHECKS[name]) {
    process.stderr.write(`hebra check: there is no check "${name}": ${Object.keys(CHECKS).join(', ')}\n`);
    process.exit(2);
  }

let failed = false;
for (const [name, check] of Object.entries(CHECKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const began = performance.now();
  const { ok, says, details } = await check();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${says} (${seconds} s)\n`);
  if (details) process.stdout.write(`${details.trim().replace(/^/gm, '     ')}\n`);
  failed ||= !ok;
}
process.exitCode = failed ? 1 : 0;

async function checkWalls(): Promise<Outcome> {
  const found = await walls(ROOT).catch((error: Error) => error);
  if (found instanceof Error) return { ok: false, says: 'the tree could not be read:', details: found.message };
  const { modules, imports, violations } = found;
  // with the wrong parser it would find no modules, and therefore nothing wrong
  if (modules === 0 || imports === 0)
    return { ok: false, says: `looked at ${modules} modules and ${imports} imports: it does not read the tree` };
  const details = violations
    .map(({ rule, from, to, comment }) => `${from} → ${to}\n    ${rule}: ${comment}`)
    .join('\n');
  if (violations.length > 0) return { ok: false, says: `${violations.length} imports go through a wall`, details };
  return { ok: true, says: `${modules} modules and ${imports} imports keep to the floors` };
}

/** Runs a tool of node_modules from the project's folder; what it printed is shown only when it fails. */
function tool(name: string, file: string, flags: string[], good: string, hint = ''): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', name, file), ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.once('error', (error) => done({ ok: false, says: `could not run: ${error.message}` }));
    child.once('close', (code) =>
      done(
        code === 0
          ? { ok: true, says: good }
          : { ok: false, says: `${name} found this${hint && `; ${hint}`}:`, details: printed },
      ),
    );
  });
}
