import { createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../platform/http.ts';
import { platformProblems } from '../platform/problems.ts';
import { isPermission, may } from './access.ts';
import { KEY_PREFIX } from './api-keys.ts';
import type { Actor, StaffActor } from './contract.ts';
import { trustProblems } from './problems.ts';
import { actorOfKey, actorOfSession } from './session.ts';
import type { TrustDeps, Visitor } from './session.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route whose permission is not `public`. */
    actor: Actor;
  }
  interface FastifyContextConfig {
    /** A public route that changes something for the browser that asks (a sign-in): only our own pages may. */
    sameOrigin?: boolean;
  }
}

/** Requests a minute from one session, key or, before a sign-in, one address. */
const REQUESTS_A_MINUTE = 1_200;
/** Callers whose requests are counted apart. */
const CALLERS = 20_000;
/** Sign-in requests a minute from one address; the delay after wrong ones is the throttle's. */
export const SIGN_INS_A_MINUTE = 60;

/** The cookie of a session. With https its name binds it to this host, path / and secure transport (RFC 6265bis §4.1.3.2). */
export function cookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-hebra_session' : 'hebra_session';
}

/** Gives the browser its session. */
export function setSessionCookie(reply: FastifyReply, deps: TrustDeps, token: string): void {
  void reply.setCookie(cookieName(deps.publicUrl), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: deps.publicUrl.startsWith('https:'),
    maxAge: deps.limits.absoluteHours * 3600,
  });
}

/** Takes the session from the browser. */
export function clearSessionCookie(reply: FastifyReply, deps: TrustDeps): void {
  void reply.clearCookie(cookieName(deps.publicUrl), {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: deps.publicUrl.startsWith('https:'),
  });
}

/**
 * Whether a request that a browser sent comes from our own pages, by Fetch Metadata and else by Origin. One without
 * either header is no browser's: every browser sends Origin with a cross-site POST and with every WebSocket.
 * The same rule as Go's net/http CrossOriginProtection. Use it for WebSockets with a cookie.
 */
export function isOwnOrigin(request: FastifyRequest, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = request.headers;
  if (origin === undefined) return true;
  if (origin === new URL(publicUrl).origin) return true;
  // The same server under another of its names (localhost, 127.0.0.1): a page cannot choose the Host of its requests.
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

/** The signed-in member who asks; a program gets 403. */
export function staffOf(request: FastifyRequest): StaffActor {
  if (request.actor.kind !== 'staff') throw trustProblems.people_only();
  return request.actor;
}

/** Where a request comes from, as the session list shows it. */
export function visitorOf(request: FastifyRequest): Visitor {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? null };
}

/** A route and the permission on its line. */
type RouteLine = { method: string; url: string; permission: () => string | undefined };
const routeLines = new WeakMap<App, RouteLine[]>();

/** Every route that was registered behind the gate: what a test walks with every role. */
export function routesOf(app: App): readonly RouteLine[] {
  return routeLines.get(app) ?? [];
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Puts the gate before every route: who asks, whether they may, whether it was our own page that asked, how often;
 * and the security headers behind. Call it before any route is registered.
 */
export async function trustPlugin(app: App, deps: TrustDeps): Promise<void> {
  const https = deps.publicUrl.startsWith('https:');
  const cookie = cookieName(deps.publicUrl);

  const lines: RouteLine[] = [];
  routeLines.set(app, lines);
  app.addHook('onRoute', (route) => {
    const permission = route.config?.permission;
    // read later: a hook that runs after this one may name it for a folder of files
    const line = { url: route.url, permission: () => route.config?.permission };
    for (const method of [route.method].flat()) lines.push({ method, ...line });
    if (permission !== undefined && permission !== 'public' && !isPermission(permission))
      throw new Error(`${String(route.method)} ${route.url} asks for the unknown permission ${permission}.`);
  });

  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine writes its variables into a style element
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    // not no-referrer: with it browsers send `Origin: null` with our own forms
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('permissions-policy', 'camera=(self), microphone=(self), geolocation=(), payment=(), usb=()');
    // The widget runs on other people's pages.
    if (isEmbedded(request.url)) void reply.header('cross-origin-resource-policy', 'cross-origin');
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
  });

  const letIn = new Set<string>();
  await app.register(rateLimit, {
    // routes may have a limit of their own (sign-in); the general one is asked below, before anything is looked up
    global: false,
    cache: 20_000,
    errorResponseBuilder: (_request, context) => tooMany(context.ttl),
  });
  const general = app.createRateLimit({
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    // counted for whoever was let in before; a secret that nobody knows is counted for its address, or each would be a new caller
    keyGenerator: (request) => {
      const caller = callerOf(request, cookie);
      return caller !== null && letIn.has(caller) ? caller : request.ip;
    },
  });
  app.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    const limit = await general(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  });

  app.decorateRequest('actor');
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { permission, sameOrigin } = request.routeOptions.config;
    const changes = !SAFE.has(request.method) || request.headers.upgrade?.toLowerCase() === 'websocket';
    if (permission === 'public') {
      if (sameOrigin && changes && !isOwnOrigin(request, deps.publicUrl)) throw trustProblems.cross_site();
      return;
    }
    const bearer = bearerOf(request);
    const token = request.cookies[cookie];
    // A bearer key is sent by a program on purpose; only what a browser adds by itself needs the check of its origin.
    if (bearer === null && token !== undefined && changes && !isOwnOrigin(request, deps.publicUrl))
      throw trustProblems.cross_site();
    const actor = bearer !== null ? await actorOfKey(deps, bearer) : token ? await actorOfSession(deps, token) : null;
    if (!actor) throw trustProblems.sign_in_needed();
    if (permission === undefined || !isPermission(permission) || !may(actor, permission))
      throw trustProblems.not_allowed();
    request.actor = actor;
    const caller = callerOf(request, cookie);
    if (caller !== null) letIn.add(caller);
    if (letIn.size > CALLERS) letIn.delete(letIn.values().next().value!);
  });
}

function tooMany(ttlMs: number): Error {
  return platformProblems.too_many({ extra: { retryAfter: Math.max(1, Math.ceil(ttlMs / 1000)) } });
}

/** A name for the secret that a request came with; null without one. */
function callerOf(request: FastifyRequest, cookie: string): string | null {
  const secret = request.headers.authorization ?? request.cookies[cookie];
  return secret ? createHash('sha256').update(secret).digest('base64') : null;
}

function bearerOf(request: FastifyRequest): string | null {
  const [scheme, key] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && key?.startsWith(KEY_PREFIX) ? key : null;
}

function isEmbedded(url: string): boolean {
  return url === '/widget.js' || url.startsWith('/widget.js?') || url.startsWith('/webchat/');
}
