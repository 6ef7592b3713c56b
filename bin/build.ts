import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Builds the pages under web/ into dist/, each only when something it is made of has changed.
 * bin/hebra calls it, one at a time, before start, serve and test.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = ['desk', 'widget', 'widget/call-back', 'phone'];
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');

for (const page of PAGES) {
  const config = join(ROOT, 'web', page, 'vite.config.ts');
  if (!existsSync(config)) continue;
  const hash = hashOfSources(page);
  const stamp = join(ROOT, 'dist', '.stamps', page.replace('/', '-'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
  const began = performance.now();
  const arguments_ = [VITE, 'build', '--config', config, '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, arguments_, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(`hebra: web/${page} could not be built\n`);
    process.exit(1);
  }
  mkdirSync(join(ROOT, 'dist', '.stamps'), { recursive: true });
  writeFileSync(stamp, hash);
  process.stderr.write(`hebra: built web/${page} in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
}

/** Of everything that goes into a page: its own files, what pages share, the contracts, the packages. */
function hashOfSources(page: string): string {
  const patterns = [
    `web/${page.split('/')[0]}/**/*`,
    'web/ui/**/*',
    'server/**/contract.ts',
    'package-lock.json',
    'tsconfig.json',
  ];
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: ROOT, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    if (path.includes('.test.')) continue;
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
