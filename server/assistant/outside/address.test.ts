import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AddressRefused, checkAddress, createOutgoing, mayCall } from './address.ts';

describe('addresses that are not called', () => {
  test.each([
    'http://bot.example.org/hook',
    'ftp://bot.example.org',
    'file:///etc/passwd',
    'https://user:secret@bot.example.org',
    'https://localhost/hook',
    'https://localhost./hook',
    'https://intranet/hook',
    'https://127.0.0.1./hook',
    'https://db.internal/hook',
    'https://127.0.0.1/hook',
    'https://127.1/hook',
    'https://0x7f000001/hook',
    'https://2130706433/hook',
    'https://[::1]/hook',
    'https://[::ffff:127.0.0.1]/hook',
    'https://[::ffff:7f00:1]/hook',
    'https://[64:ff9b::7f00:1]/hook',
    'https://10.1.2.3/hook',
    'https://172.20.0.1/hook',
    'https://192.168.1.1/hook',
    'https://100.64.0.1/hook',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/latest',
    'https://[fe80::1]/hook',
    'https://0.0.0.0/hook',
    'not an address',
  ])('%s', (address) => {
    expect(() => checkAddress(address, false)).toThrow(AddressRefused);
  });

  test('an administrator may allow the house’s own network, never the cloud’s metadata', () => {
    expect(checkAddress('http://127.0.0.1:8090/hook', true).port).toBe('8090');
    expect(checkAddress('http://bots.internal/hook', true).hostname).toBe('bots.internal');
    for (const never of [
      'http://169.254.169.254/latest',
      'http://0.0.0.0/',
      'http://[fe80::1]/',
      'http://224.0.0.1/',
      'http://[::ffff:169.254.169.254]/',
    ])
      expect(() => checkAddress(never, true), never).toThrow(AddressRefused);
    expect(mayCall('8.8.8.8', false)).toBe(true);
    expect(mayCall('2606:4700::1111', false)).toBe(true);
  });
});

test('a public name that leads inside is refused when the connection is made', async () => {
  let reached = 0;
  const server = createServer((_, response) => {
    reached += 1;
    response.end('{}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  // as a name server answers that its owner turns against us: inside, or one good address and one inside
  let answers = ['127.0.0.1'];
  const outgoing = createOutgoing(((_host: string, _options: object, done: (error: null, all: object[]) => void) =>
    done(
      null,
      answers.map((address) => ({ address, family: 4 })),
    )) as never);
  const refused = { cause: { name: 'AddressRefused' } };
  await expect(outgoing.fetch(false)(`https://bot.example.org:${port}/`)).rejects.toMatchObject(refused);
  answers = ['93.184.215.14', '127.0.0.1'];
  await expect(outgoing.fetch(false)(`https://bot.example.org:${port}/`)).rejects.toMatchObject(refused);
  answers = ['169.254.169.254'];
  await expect(outgoing.fetch(true)(`http://bot.example.org:${port}/`)).rejects.toMatchObject(refused);
  expect(reached).toBe(0);
  // where an administrator says that it is meant, the same name is called
  answers = ['127.0.0.1'];
  expect((await outgoing.fetch(true)(`http://bot.example.org:${port}/`)).status).toBe(200);
  expect(reached).toBe(1);
  await outgoing.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
