import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/*
 * bin/hebra in an empty house: a folder with the launcher, a package.json and an entry that says what it was given.
 * `node` and `npm` are small programs of ours, so that nothing is fetched.
 */
let house: string;
let tools: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'hebra-house-'));
  tools = join(house, 'tools');
  mkdirSync(join(house, 'bin'));
  mkdirSync(join(house, 'server'));
  mkdirSync(tools);
  cpSync(join(ROOT, 'bin/hebra'), join(house, 'bin/hebra'));
  writeFileSync(join(house, 'bin/check.ts'), `console.log(JSON.stringify(process.argv.slice(2)));\n`);
  writeFileSync(join(house, 'package.json'), '{\n  "name": "hebra",\n  "version": "3.2.1",\n  "type": "module"\n}\n');
  writeFileSync(
    join(house, 'package-lock.json'),
    '{ "packages": { "": {}, "node_modules/one": { "version": "1.0.0" } } }\n',
  );
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

function program(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** npm that installs what the lock file names, and notes that it did and with which Node. */
function npmInstalls(): void {
  program(
    'npm',
    `echo "npm $1 with node $(node --version)" >>"${house}/npm.log"
     mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json`,
  );
}

function hebra(args: string[], path = `${tools}:/usr/bin:/bin`) {
  const { status, stdout, stderr } = spawnSync(join(house, 'bin/hebra'), args, {
    encoding: 'utf8',
    env: { PATH: path, HOME: house },
  });
  return { status, stdout, stderr };
}

const npmLog = () =>
  existsSync(join(house, 'npm.log')) ? readFileSync(join(house, 'npm.log'), 'utf8').trim().split('\n') : [];

describe('before anything is installed', () => {
  test('help is data, and lists only what is there', () => {
    const { status, stdout, stderr } = hebra(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}check /m);
    expect(stdout).not.toMatch(/^ {2}(start|bench|flow) /m);
  });

  test('each command has help of its own, in this house too', () => {
    for (const command of ['start', 'serve', 'test', 'check', 'bench', 'flow', 'screen', 'audit']) {
      const { status, stdout } = spawnSync(join(ROOT, 'bin/hebra'), [command, '--help'], { encoding: 'utf8' });
      if (status === 0) expect(stdout).toMatch(new RegExp(`^Usage: hebra ${command}`));
      // one whose file is not written yet is no command
      else expect(status).toBe(2);
    }
    expect(hebra(['check', '--help']).stdout).toMatch(/^Usage: hebra check/);
    expect(hebra(['help', 'check']).stdout).toMatch(/^Usage: hebra check/);
  });

  test('its version', () => {
    expect(hebra(['--version']).stdout).toBe('3.2.1\n');
  });

  test('an unknown command, one without its file and none at all fail, and say so apart from the data', () => {
    for (const args of [['dance'], ['bench'], ['../bin/check'], []]) {
      const { status, stdout, stderr } = hebra(args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/Usage: hebra/);
    }
    expect(hebra(['dance']).stderr).toMatch(/there is no command "dance"/);
    expect(npmLog()).toEqual([]);
  });

  test('it is found through a link, as npm makes one', () => {
    symlinkSync('../bin/hebra', join(tools, 'hebra'));
    expect(spawnSync(join(tools, 'hebra'), ['--version'], { encoding: 'utf8' }).stdout).toBe('3.2.1\n');
  });
});

describe('the right Node', () => {
  test('the one on the path, when it is new enough; packages are installed once', () => {
    symlinkSync(process.execPath, join(tools, 'node'));
    npmInstalls();
    const first = hebra(['check', 'types', '--fix', 'two words']);
    expect(first).toMatchObject({ status: 0, stdout: '["types","--fix","two words"]\n' });
    expect(first.stderr).toMatch(/installing packages/);
    expect(npmLog()).toEqual([`npm ci with node ${process.version}`]);
    const second = hebra(['check']);
    expect(second).toMatchObject({ status: 0, stdout: '[]\n', stderr: '' });
    // a lock file that says the same is installed already; another one is not
    writeFileSync(join(house, 'package-lock.json'), `${readFileSync(join(house, 'package-lock.json'), 'utf8')}\n`);
    hebra(['check']);
    expect(npmLog()).toHaveLength(1);
    writeFileSync(join(house, 'package-lock.json'), '{ "packages": { "node_modules/one": { "version": "1.0.1" } } }');
    hebra(['check']);
    expect(npmLog()).toHaveLength(2);
  });

  test('an old one gives way to the fetched one, for npm too', () => {
    program('node', `[ "$1" = --version ] && { echo v20.20.2; exit; }\nexec "${process.execPath}" "$@"`);
    mkdirSync(join(house, '.hebra/node/bin'), { recursive: true });
    symlinkSync(process.execPath, join(house, '.hebra/node/bin/node'));
    npmInstalls();
    expect(hebra(['check'])).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(npmLog()).toEqual([`npm ci with node ${process.version}`]);
  });

  test('a package with another hash is not run', () => {
    program('node', `[ "$1" = --version ] && { echo v20.20.2; exit; }\nexec "${process.execPath}" "$@"`);
    program('npm', `echo "$*" >>"${house}/npm.log"; echo not-node >node.tgz`);
    const { status, stdout, stderr } = hebra(['check']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/another hash/);
    expect(npmLog()[0]).toMatch(/^pack node-\S+@24\.\d+\.\d+ /);
    expect(existsSync(join(house, '.hebra/setup.lock'))).toBe(false);
  });

  test('without npm one line says what to install', () => {
    for (const name of ['sh', 'dirname', 'sed', 'cat', 'uname', 'mkdir', 'rm', 'find', 'readlink'])
      symlinkSync(existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : `/bin/${name}`, join(tools, name));
    const { status, stderr } = hebra(['check'], tools);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^hebra: Node 24 is needed.*Install Node 24\.$/m);
  });
});

describe('two at once', () => {
  test('install once: the second waits', async () => {
    symlinkSync(process.execPath, join(tools, 'node'));
    program(
      'npm',
      `echo ci >>"${house}/npm.log"; sleep 1; mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json`,
    );
    const run = () =>
      new Promise<number | null>((done) =>
        spawn(join(house, 'bin/hebra'), ['check'], { env: { PATH: `${tools}:/usr/bin:/bin` }, stdio: 'ignore' }).once(
          'exit',
          done,
        ),
      );
    expect(await Promise.all([run(), run()])).toEqual([0, 0]);
    expect(npmLog()).toEqual(['ci']);
  });

  test('a lock whose holder is gone is taken over', () => {
    symlinkSync(process.execPath, join(tools, 'node'));
    npmInstalls();
    mkdirSync(join(house, '.hebra/setup.lock'), { recursive: true });
    writeFileSync(join(house, '.hebra/setup.lock/pid'), '999999999\n');
    expect(hebra(['check']).status).toBe(0);
  });

  test('npm failing fails the command and frees the lock', () => {
    symlinkSync(process.execPath, join(tools, 'node'));
    program('npm', 'echo no network >&2; exit 1');
    const { status, stdout, stderr } = hebra(['check']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/no network\nhebra: the packages could not be installed/);
    expect(existsSync(join(house, '.hebra/setup.lock'))).toBe(false);
  });
});

test('a signal to npm reaches the command, which ends in its own way', async () => {
  symlinkSync(process.execPath, join(tools, 'node'));
  npmInstalls();
  writeFileSync(
    join(house, 'bin/check.ts'),
    `process.once('SIGTERM', () => { console.log('stopped cleanly'); process.exit(0); });
     setInterval(() => {}, 1000);
     console.log('up');\n`,
  );
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // what npm does with a script: sh -c; without exec the shell would die of the signal and leave the command behind
  const child = spawn('sh', ['-c', scripts.check], { cwd: house, env: { PATH: `${tools}:/usr/bin:/bin` } });
  let out = '';
  const up = new Promise<void>((ready) =>
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (out.includes('up')) ready();
    }),
  );
  await up;
  const ended = new Promise<number | null>((done) => child.once('close', done));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(out).toBe('up\nstopped cleanly\n');
});
