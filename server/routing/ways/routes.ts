import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LANGUAGES, type Language } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { type App, languageOf } from '../../platform/http.ts';
import { afterCommit, type Database, type Trx, within } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { isOwnOrigin } from '../../trust/guard.ts';
import { type Organisation, organisationBySlug, organisationOf } from '../../trust/organisation.ts';
import * as contract from './contract.ts';
import { type PublicWays, WAYS, type WaysContent, type WaysView } from './contract.ts';
import { keepPersonWays, readPersonWays } from './person-ways.ts';
import { wayProblems } from './problems.ts';
import { check } from './rules.ts';
import { knownOf, tryWays } from './try.ts';
import { publishWays, waysHistory, waysInForce, waysVersion } from './versions.ts';
import { type AddressOf, stranger, visitorOf } from './visitor.ts';
import { readHouse, waysFor, type WaysDeps } from './ways.ts';

export type WaysRoutesDeps = WaysDeps & {
  db: Database;
  clock: Clock;
  publicUrl: string;
  /** Whose browser a visit's token is; handed in by main from the web window. */
  visitOf(token: string): Promise<{ organisationId: string; language: Language; address: AddressOf } | undefined>;
  /** Counts requests by key. @returns milliseconds to wait, 0 when it may go */
  pace(key: string): number;
};

/** How long an answer for strangers is good for: a queue changes in seconds, a page is opened by many at once. */
const FRESH_MS = 3_000;
const REMEMBERED = 500;

/** The ways that patients are offered: what everybody may ask, what authors write, what a person prefers. */
export function waysRoutes(app: App, deps: WaysRoutesDeps): void {
  const { db, clock } = deps;
  const as = <T>(request: { actor: Actor }, work: (trx: Trx, organisation: Organisation, actor: Actor) => Promise<T>) =>
    within(db, request.actor.organisationId, async (trx) =>
      work(trx, await organisationOf(trx, request.actor.organisationId), request.actor),
    );

  // ── everybody ──────────────────────────────────────────────────────────────────────────────────────────────────

  const remembered = new Map<string, { answer: Promise<PublicWays>; until: number }>();
  async function forStrangers(
    organisation: Organisation,
    queue: string | null,
    language: Language,
  ): Promise<PublicWays> {
    const key = JSON.stringify([organisation.id, queue, language]);
    const known = remembered.get(key);
    if (known && known.until > Date.now()) return known.answer;
    const answer = within(db, organisation.id, async (trx) => {
      const { content } = await waysInForce(trx, organisation);
      return waysFor(trx, organisation, content, { queue, visitor: stranger(language) }, deps, clock());
    });
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(key, { answer, until: Date.now() + FRESH_MS });
    answer.catch(() => remembered.delete(key));
    return answer;
  }

  const path = '/api/public/ways';
  app.options(path, { config: { permission: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const { organisation: slug } = request.query as { organisation?: unknown };
    const organisation = typeof slug === 'string' ? await organisationBySlug(db, slug) : undefined;
    if (organisation && allowed(request, deps.publicUrl, organisation)) {
      allow(reply, request.headers.origin);
      void reply.headers({
        'access-control-allow-methods': 'GET',
        'access-control-allow-headers': 'authorization, accept-language',
        'access-control-max-age': '600',
      });
    }
    return reply.code(204).send();
  });
  app.get(
    path,
    {
      config: { permission: 'public' },
      schema: {
        tags: ['public'],
        security: [],
        summary: 'The ways to reach an organisation, best first, each with its present wait or when it opens',
        description:
          'For pages of the organisation’s own origins and for programs; no patient data. With `Authorization: Bearer` and the token of a web visit the rules for that visitor count too; without it the answer may be kept for five seconds.',
        querystring: contract.waysQuery,
        response: { 200: contract.publicWays },
      },
    },
    async (request, reply): Promise<PublicWays> => {
      const { query } = request;
      void reply.header('vary', 'Origin, Authorization, Accept-Language');
      const tooSoon = deps.pace(request.ip);
      if (tooSoon > 0) throw wayProblems.too_fast({ extra: { retryAfter: Math.ceil(tooSoon / 1_000) } });
      const organisation = await organisationBySlug(db, query.organisation);
      if (!organisation) throw wayProblems.no_organisation();
      if (!allowed(request, deps.publicUrl, organisation)) throw wayProblems.wrong_origin();
      allow(reply, request.headers.origin);
      const language = spoken(organisation, query.language ?? languageOf(request));
      const queue = query.queue ?? null;
      const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      if (!token) {
        void reply.header('cache-control', 'public, max-age=5');
        return forStrangers(organisation, queue, language);
      }
      const visit = await deps.visitOf(token);
      // a visit elsewhere says nothing here
      if (!visit || visit.organisationId !== organisation.id) throw wayProblems.no_visit();
      // what a red flag changes is seen at once
      void reply.header('cache-control', 'no-store');
      return within(db, organisation.id, async (trx) => {
        const now = clock();
        const { content } = await waysInForce(trx, organisation);
        const { visitor, queue: waits } = await visitorOf(trx, organisation.id, visit.address, language, now);
        return waysFor(trx, organisation, content, { queue: queue ?? waits, visitor }, deps, now);
      });
    },
  );

  // ── authors ────────────────────────────────────────────────────────────────────────────────────────────────────

  const view = async (trx: Trx, organisation: Organisation): Promise<WaysView> => {
    const inForce = await waysInForce(trx, organisation);
    const house = await readHouse(trx, organisation, inForce.content, deps, { queue: null, language: 'es' }, clock());
    return {
      ...inForce,
      connections: WAYS.map((kind) => ({
        kind,
        connected: house.works[kind] !== 'not_connected',
        needsHref: ['call', 'video', 'email', 'whatsapp'].includes(kind),
      })),
      findings: check(inForce.content, knownOf(house)),
      queues: house.queues.filter((queue) => !queue.retired).map(({ key, names }) => ({ key, names })),
      entities: await entitiesOf(trx, organisation.id),
      history: await waysHistory(trx, organisation.id),
    };
  };
  app.get(
    '/api/ways',
    {
      config: { permission: 'ways.read' },
      schema: {
        summary: 'The ways and rules in force, and every version of them',
        response: { 200: contract.waysView },
      },
    },
    (request) => as(request, view),
  );
  app.get(
    '/api/ways/versions/:number',
    {
      config: { permission: 'ways.read' },
      schema: {
        summary: 'One version as it was published',
        params: contract.versionParams,
        response: { 200: contract.pastWays },
      },
    },
    (request) => as(request, (trx, organisation) => waysVersion(trx, organisation.id, request.params.number)),
  );
  app.post(
    '/api/ways/try',
    {
      config: { permission: 'ways.read' },
      schema: {
        summary: 'What a sample visitor would be offered, and which rule decided; nothing is stored',
        body: contract.tryWaysBody,
        response: { 200: contract.triedWays },
      },
    },
    (request) =>
      as(request, (trx, organisation) =>
        tryWays(trx, organisation, request.body.content, request.body.visitor, deps, clock()),
      ),
  );
  app.post(
    '/api/ways/publish',
    {
      config: { permission: 'ways.write' },
      schema: {
        summary: 'Put ways and rules in force as the next version',
        body: contract.publishWaysBody,
        response: { 200: contract.waysView },
      },
    },
    (request) =>
      as(request, async (trx, organisation, actor) => {
        const { base, content, note } = request.body;
        await mustHaveQueues(trx, organisation, content);
        await publishWays(trx, actor, organisation, { base, content, note, now: clock() });
        afterCommit(trx, () => remembered.clear());
        return view(trx, organisation);
      }),
  );
  app.post(
    '/api/ways/versions/:number/restore',
    {
      config: { permission: 'ways.write' },
      schema: {
        summary: 'Go back to the content of an earlier version, as a new one',
        params: contract.versionParams,
        body: contract.restoreWaysBody,
        response: { 200: contract.waysView },
      },
    },
    (request) =>
      as(request, async (trx, organisation, actor) => {
        const { number } = request.params;
        const { content } = await waysVersion(trx, organisation.id, number);
        const { base, note } = request.body;
        await publishWays(trx, actor, organisation, { base, content, note, restored: number, now: clock() });
        afterCommit(trx, () => remembered.clear());
        return view(trx, organisation);
      }),
  );

  /** A way's own queue must be there when it is published; a rule may name one that comes later, and the author is told. */
  async function mustHaveQueues(trx: Trx, organisation: Organisation, content: WaysContent): Promise<void> {
    const house = await readHouse(trx, organisation, content, deps, { queue: null, language: 'es' }, clock());
    const keys = new Set(knownOf(house).queues);
    if (content.ways.some((way) => way.queue !== null && !keys.has(way.queue))) throw wayProblems.no_such_queue();
  }

  // ── a person ───────────────────────────────────────────────────────────────────────────────────────────────────

  const byPerson = z.object({ id: z.uuid() });
  app.get(
    '/api/people/:id/ways',
    {
      config: { permission: 'person.read' },
      schema: {
        summary: 'The way and language a person prefers, and what they agreed to be reached by',
        params: byPerson,
        response: { 200: contract.personWays },
      },
    },
    (request) => as(request, (trx, _organisation, actor) => readPersonWays(trx, actor, request.params.id)),
  );
  app.put(
    '/api/people/:id/ways',
    {
      config: { permission: 'person.write' },
      schema: {
        summary: 'Keep what a person prefers and agrees to; what is not named stays',
        params: byPerson,
        body: contract.changePersonWays,
        response: { 200: contract.personWays },
      },
    },
    (request) =>
      as(request, (trx, _organisation, actor) => keepPersonWays(trx, actor, request.params.id, request.body, clock())),
  );
}

async function entitiesOf(trx: Trx, organisationId: string): Promise<{ key: string; name: string }[]> {
  return trx
    .selectFrom('entity')
    .select(['key', 'name'])
    .where('organisation_id', '=', organisationId)
    .where('retired_at', 'is', null)
    .orderBy('position')
    .orderBy('key')
    .execute();
}

/** A page of another origin only where the organisation named it; what sends no origin is our own page's or no browser. */
function allowed(request: FastifyRequest, publicUrl: string, organisation: Organisation): boolean {
  const { origin } = request.headers;
  return (
    origin === undefined || isOwnOrigin(request, publicUrl) || organisation.settings.webchat.origins.includes(origin)
  );
}

function allow(reply: FastifyReply, origin: string | undefined): void {
  if (origin === undefined) return;
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after',
    vary: 'Origin, Authorization, Accept-Language',
  });
}

/** The language asked for where the organisation speaks it, else its first. */
function spoken(organisation: Organisation, wanted: Language): Language {
  const speaks = organisation.languages.filter((one): one is Language =>
    (LANGUAGES as readonly string[]).includes(one),
  );
  return speaks.length === 0 || speaks.includes(wanted) ? wanted : speaks[0]!;
}
