import { readFile } from 'node:fs/promises';
import type { App } from '../server/platform/http.ts';
import { platformProblems } from '../server/platform/problems.ts';

const PAGE = new URL('../dist/phone/site.html', import.meta.url);

/** `/demo/site`: a page of the demo hospital's own web, with the window on it as a hospital would embed it. */
export function siteRoutes(app: App): void {
  for (const url of ['/demo/site', '/demo/site/'])
    app.get(url, { config: { permission: 'public' }, schema: { hide: true } }, async (_request, reply) => {
      const page = await readFile(PAGE).catch((cause: unknown) => {
        throw platformProblems.not_found({ cause });
      });
      return reply
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .serializer((body: unknown) => body as string)
        .send(page);
    });
}
