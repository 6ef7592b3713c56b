import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createHttp } from './http.ts';

let app: App;
beforeAll(async () => {
  app = await createHttp();
  app.get('/things/:id', { config: { permission: 'public' } }, () => ({}));
  await app.ready();
});
afterAll(() => app.close());

test.each([
  [`/things/${'x'.repeat(300)}`, 414, 'platform.address_too_long', 'La dirección es demasiado larga.'],
  ['/things/%zz', 400, 'platform.malformed', undefined],
])('an address that the router turns down is a problem like any: %#', async (url, status, code, title) => {
  const answer = await app.inject({ url, headers: { 'accept-language': 'es' } });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
  expect(answer.json()).toMatchObject({ status, code, ...(title && { title }) });
});
