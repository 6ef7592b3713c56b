import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../server/main.ts', import.meta.url));

test('a port that is taken ends the start at once with one line, and nothing is made', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const dataDir = join(tmpdir(), `hebra never made ${port}`);
  const house = spawn(process.execPath, [MAIN, 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', HEBRA_DATA: dataDir },
  });
  const [out, said, [code]] = await Promise.all([text(house.stdout), text(house.stderr), once(house, 'exit')]);
  other.close();
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(said).toBe(`PORT ${port} on 127.0.0.1 is taken: set PORT to another, or stop what listens there.\n`);
  expect(existsSync(dataDir)).toBe(false);
});
