import { resolve } from 'node:path';

export type Config = {
  port: number;
  host: string;
  /** Where people reach it, without a slash at the end. */
  publicUrl: string;
  dataDir: string;
  /** Undefined: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | undefined;
  /** 32 bytes. Undefined only in the demo, which makes and keeps its own. */
  masterKey: Buffer | undefined;
  demo: boolean;
  roles: { web: boolean; worker: boolean };
  whatsapp: {
    phoneNumberId: string | undefined;
    accessToken: string | undefined;
    appSecret: string | undefined;
    verifyToken: string | undefined;
    graphUrl: string | undefined;
  };
};

/** A setting that stops the start; its message is one line that names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const KNOWN_ROLES = ['web', 'worker'] as const;

/**
 * Reads the settings from the environment and the command line.
 * @throws ConfigError with one line that names the bad or missing value
 */
export function readConfig(env: NodeJS.ProcessEnv, argv: string[]): Config {
  const mode = argv[0];
  if (mode !== 'start' && mode !== 'serve') throw new ConfigError(`Unknown command "${mode ?? ''}": start or serve.`);
  const demo = mode === 'start';
  const port = whole(env, 'PORT', 8080, 0, 65_535);
  const host = env['HOST'] || '127.0.0.1';
  const publicUrl = url(env, 'HEBRA_PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${port}`;
  const level = env['HEBRA_LOG_LEVEL'];
  if (level && !['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(level))
    throw new ConfigError(`HEBRA_LOG_LEVEL is "${level}": use trace, debug, info, warn, error, fatal or silent.`);
  const masterKey = key(env);
  if (!demo && !masterKey)
    throw new ConfigError(
      'HEBRA_MASTER_KEY is missing: 32 bytes in base64 (openssl rand -base64 32). Keep it safe: without it no text can be read.',
    );
  return {
    port,
    host,
    publicUrl: publicUrl.replace(/\/+$/, ''),
    dataDir: resolve(env['HEBRA_DATA'] || '.hebra'),
    databaseUrl: url(env, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    masterKey,
    demo,
    roles: roles(argv.slice(1)),
    whatsapp: {
      phoneNumberId: digits(env, 'WHATSAPP_PHONE_NUMBER_ID'),
      accessToken: env['WHATSAPP_ACCESS_TOKEN'] || undefined,
      appSecret: env['WHATSAPP_APP_SECRET'] || undefined,
      verifyToken: env['WHATSAPP_VERIFY_TOKEN'] || undefined,
      graphUrl: url(env, 'WHATSAPP_GRAPH_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    },
  };
}

function roles(argv: string[]): Config['roles'] {
  let wanted: string[] | undefined;
  for (const [i, argument] of argv.entries()) {
    if (argument.startsWith('--roles=')) wanted = argument.slice(8).split(',');
    else if (argument === '--roles') wanted = (argv[i + 1] ?? '').split(',');
    else if (argv[i - 1] !== '--roles') throw new ConfigError(`Unknown option "${argument}".`);
  }
  if (!wanted) return { web: true, worker: true };
  for (const role of wanted)
    if (!(KNOWN_ROLES as readonly string[]).includes(role))
      throw new ConfigError(`--roles knows ${KNOWN_ROLES.join(', ')}; not "${role}".`);
  return { web: wanted.includes('web'), worker: wanted.includes('worker') };
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, low: number, high: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw new ConfigError(`${name} is "${text}": a whole number from ${low} to ${high}.`);
  return value;
}

function url(env: NodeJS.ProcessEnv, name: string, protocols: string[]): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  let protocol: string;
  try {
    protocol = new URL(text).protocol;
  } catch {
    throw new ConfigError(`${name} is not an address (${protocols.join(' or ')}//…).`);
  }
  if (!protocols.includes(protocol)) throw new ConfigError(`${name} must begin with ${protocols.join(' or ')}//.`);
  return text;
}

function digits(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  if (!/^\d{1,20}$/.test(text)) throw new ConfigError(`${name} is digits only, as Meta shows it.`);
  return text;
}

function key(env: NodeJS.ProcessEnv): Buffer | undefined {
  const text = env['HEBRA_MASTER_KEY'];
  if (!text) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    throw new ConfigError('HEBRA_MASTER_KEY must be 32 bytes in base64 (openssl rand -base64 32).');
  return bytes;
}
