import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('readConfig', () => {
  test('the demo needs nothing', () => {
    const config = readConfig({}, ['start']);
    expect(config).toMatchObject({
      port: 8080,
      demo: true,
      roles: { web: true, worker: true },
      publicUrl: 'http://localhost:8080',
    });
  });

  test.each([
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['HEBRA_MASTER_KEY', { HEBRA_MASTER_KEY: 'short' }],
    ['HEBRA_MASTER_KEY', { HEBRA_MASTER_KEY: '' }],
    ['HEBRA_PUBLIC_URL', { HEBRA_PUBLIC_URL: 'example' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
    ['WHATSAPP_PHONE_NUMBER_ID', { WHATSAPP_PHONE_NUMBER_ID: '+34 600' }],
    ['WHATSAPP_GRAPH_URL', { WHATSAPP_GRAPH_URL: 'ftp://graph' }],
    ['HEBRA_LOG_LEVEL', { HEBRA_LOG_LEVEL: 'loud' }],
  ])('a bad %s stops the start with one line that names it', (name, env) => {
    const read = (): unknown => readConfig({ HEBRA_MASTER_KEY: key, ...env }, ['serve']);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
    try {
      read();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  test('roles', () => {
    expect(readConfig({}, ['start', '--roles=web']).roles).toEqual({ web: true, worker: false });
    expect(readConfig({}, ['start', '--roles', 'worker']).roles).toEqual({ web: false, worker: true });
    expect(() => readConfig({}, ['start', '--roles=cook'])).toThrow('cook');
    expect(() => readConfig({}, ['start', '--fast'])).toThrow('--fast');
  });
});
