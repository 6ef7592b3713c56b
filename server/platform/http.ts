import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { log } from './log.ts';
import { isConnectionLoss } from './postgres.ts';
import { platformProblems, Problem } from './problems.ts';

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may come in: a permission of trust/access.ts, or 'public'. A route without one is not registered. */
    permission?: string;
    /** The handler gets the bytes of the body, unparsed: a signature is checked before anything reads them. */
    rawBody?: boolean;
  }
}

const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
const BODY_LIMIT = 1_048_576;

/** The server's skeleton: schemas by zod, problems as RFC 9457, and no route without a permission. */
export async function createHttp(): Promise<App> {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: 'loopback',
    // an id in a path is a uuid or a slug; longer ones are noise
    routerOptions: { maxParamLength: 200 },
    // an address that the router itself turns down is a problem like any
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request as FastifyRequest, reply as FastifyReply),
    requestTimeout: 60_000,
    // a request that came in is answered before we go
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  // asked when all is in place: a plugin's own hooks may still set it while its routes are made
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    for (const route of routes)
      if (typeof route.config?.permission !== 'string' && route.method !== 'HEAD' && route.method !== 'OPTIONS')
        throw new Error(`${String(route.method)} ${route.url} has no permission on its line.`);
  });

  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.rawBody) return done(null, body);
    if (body.length === 0) return done(null, undefined);
    try {
      const value: unknown = JSON.parse(body.toString('utf8'), cleaned);
      done(null, value);
    } catch (cause) {
      done(platformProblems.not_json({ cause }));
    }
  });

  // in an address a null character is never meant: no id, no name and no search has one
  app.addHook('onRequest', async (request) => {
    if (request.url.includes('%00')) throw platformProblems.not_found();
  });

  // a connection whose answer was on its way when the server began to close is idle only afterwards
  app.addHook('preClose', async () => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
    app.server.once('close', () => clearInterval(sweep));
    sweep.unref();
  });

  app.setErrorHandler(async (error, request, reply) => {
    // a client that still writes sees a broken pipe instead of our answer, unless someone reads what it writes
    if ((error as { statusCode?: number }).statusCode === 413 && request.raw.complete === false)
      await drain(request.raw);
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(platformProblems.not_found(), request, reply));

  await app.register(cookie);
  await app.register(websocket, { options: { maxPayload: 65_536, clientTracking: false } });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hebra',
        version: '0.1.0',
        description:
          'The open contact center for health care. Sign in with the session cookie of the desk or a bearer API key.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'hebra_session' },
          key: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { key: [] }],
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      // each under the first word of its path, unless it says where it belongs
      const [, first = '', second = ''] = url.split('/');
      return { schema: { tags: [first === 'api' ? second : first], ...schema }, url };
    },
  });
  // its own pages and files are open to anyone who reaches the server; they say nothing that this source does not
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, permission: 'public' };
    });
    await docs.register(swaggerUi, {
      routePrefix: '/api/docs',
      staticCSP: true,
      theme: {
        title: 'Hebra · API',
        css: [{ filename: 'hebra.css', content: '.swagger-ui .topbar { display: none; }' }],
      },
      transformStaticCSP: (policy) => policy.replace(/upgrade-insecure-requests;?/, ''),
    });
  });
  app.get(
    '/api/openapi.json',
    { config: { permission: 'public' }, schema: { hide: true } },
    () => app.swagger() as unknown as Record<string, unknown>,
  );
  return app;
}

const DRAIN_BYTES = 64 * 1_048_576;
const DRAIN_MS = 5_000;

/** Reads the rest of a request and throws it away, up to a size and for a while. */
function drain(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    let bytes = 0;
    const timer = setTimeout(done, DRAIN_MS);
    const end = (): void => {
      clearTimeout(timer);
      done();
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DRAIN_BYTES) end();
    });
    request.once('end', end).once('close', end).once('error', end);
    request.resume();
  });
}

/** The language of an answer's texts, by what the caller's browser asks for. */
export function languageOf(request: FastifyRequest): (typeof LANGUAGES)[number] {
  for (const part of (request.headers['accept-language'] ?? '').toLowerCase().split(',')) {
    const wanted = part.trim().slice(0, 2);
    if ((LANGUAGES as readonly string[]).includes(wanted)) return wanted as (typeof LANGUAGES)[number];
  }
  return 'en';
}

/** Answers with a problem; what nobody foresaw is logged and answered without a detail. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    request.log.error({ error, route: request.routeOptions.url, method: request.method }, 'request failed');
  }
  const retryAfter = problem.extra['retryAfter'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', Math.ceil(retryAfter));
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: `urn:hebra:problem:${problem.code}`,
      title: problem.title(languageOf(request)),
      status: problem.status,
      code: problem.code,
      ...problem.extra,
    });
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      path: `${error.validationContext ?? 'body'}${issue.instancePath}`,
      message: issue.message ?? 'invalid',
    }));
    return platformProblems.malformed({ extra: { errors } });
  }
  if (isResponseSerializationError(error)) return platformProblems.failed({ cause: error });
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode === 413 || code === 'FST_REQ_FILE_TOO_LARGE') return platformProblems.too_large();
  if (statusCode === 414) return platformProblems.address_too_long();
  if (statusCode === 415) return platformProblems.wrong_type();
  if (statusCode === 429) return platformProblems.too_many();
  if (statusCode === 404) return platformProblems.not_found();
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return platformProblems.malformed({ cause: error });
  // a value that is no uuid, number or time can name no row
  if (code === '22P02') return platformProblems.not_found({ cause: error });
  if (isConnectionLoss(error)) return platformProblems.unavailable({ cause: error, extra: { retryAfter: 2 } });
  return platformProblems.failed({ cause: error });
}

/**
 * Drops `__proto__` keys, so that no body can reach into an object's prototype, and from words what is no text anywhere and
 * PostgreSQL keeps in no column: null characters and halves of surrogate pairs. The rest of what somebody wrote stays.
 */
function cleaned(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__') return undefined;
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}
