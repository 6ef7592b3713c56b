import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './http.ts';
import { platformProblems } from './problems.ts';

const DIST = new URL('../../dist/', import.meta.url).pathname;

/**
 * Serves a built page with its files under `prefix`: hashed files for a year, the page itself never from a cache.
 * Any address below that is no file is the page again, which finds its own way.
 */
export async function servePage(app: App, prefix: string, folder: string): Promise<void> {
  const root = join(DIST, folder);
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, permission: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    if (existsSync(join(root, 'assets'))) {
      await scope.register(fastifyStatic, {
        root: join(root, 'assets'),
        prefix: `${prefix}/assets/`,
        decorateReply: false,
        immutable: true,
        maxAge: '365d',
        wildcard: true,
      });
    }
    const page = async (): Promise<Buffer> => {
      try {
        return await readFile(join(root, 'index.html'));
      } catch (cause) {
        throw platformProblems.not_found({ cause });
      }
    };
    for (const url of [prefix, `${prefix}/`, `${prefix}/*`])
      scope.get(url, async (_request, reply) => reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(await page()));
  });
}
