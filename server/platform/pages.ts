import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { App } from './http.ts';
import { platformProblems } from './problems.ts';

const DIST = new URL('../../dist/', import.meta.url).pathname;

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

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
    const send = async (reply: FastifyReply, name: string): Promise<FastifyReply> => {
      try {
        const bytes = await readFile(join(root, name));
        return reply
          .header('cache-control', 'no-cache')
          .type(TYPES[extname(name)] ?? 'application/octet-stream')
          .send(bytes);
      } catch (cause) {
        throw platformProblems.not_found({ cause });
      }
    };
    const hidden = { config: { permission: 'public' }, schema: { hide: true } };
    scope.get(prefix, hidden, (_request, reply) => send(reply, 'index.html'));
    scope.get(`${prefix}/*`, hidden, (request, reply) => {
      const name = (request.params as { '*': string })['*'];
      const isFile = /^[\w-]+\.\w+$/.test(name) && existsSync(join(root, name));
      return send(reply, isFile ? name : 'index.html');
    });
  });
}
