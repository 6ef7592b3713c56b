import { createHash } from 'node:crypto';
import { readFile as readDisk, stat } from 'node:fs/promises';
import multipart from '@fastify/multipart';
import { sql } from 'kysely';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Inbound, InboundContent, Language, Receipt, Received } from '../../conversation/contract.ts';
import { LANGUAGES } from '../../conversation/contract.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type App, languageOf } from '../../platform/http.ts';
import type { Live } from '../../platform/live.ts';
import { log } from '../../platform/log.ts';
import { platformProblems } from '../../platform/problems.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { type Organisation, organisationBySlug, organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import type { Accounts } from '../accounts.ts';
import type { Account } from '../contract.ts';
import { FILE_KINDS, fileHeaders, fileOf, inspect, mediaOf } from '../files.ts';
import { createLimiter, type Limiter } from '../limiter.ts';
import { fitName } from '../rules.ts';
import { ingested } from '../metrics.ts';
import { channelProblems } from '../problems.ts';
import {
  config,
  configQuery,
  fileAnswer,
  knowledgeAnswer,
  type KnowledgeAnswer,
  knowledgeQuery,
  MAX_TEXT,
  messagesAnswer,
  messagesQuery,
  sayAnswer,
  sayRequest,
  visitAnswer,
  visitRequest,
  way,
} from './contract.ts';
import { type CallBacks, callBackRoutes } from './call-backs.ts';
import { describeFile, giveFile, keepFile, readFile } from './files.ts';
import { createWebchatLive, type WebchatLive } from './live.ts';
import { readThread, type Waiting } from './thread.ts';
import { createVisits, sweepVisits, type Visit } from './visit.ts';

const MAX_FILE = 16 * 1_048_576;
const SWEEP_EVERY_MS = 3_600_000;
const DIST = new URL('../../../dist/', import.meta.url);

export type WebchatDeps = {
  db: Database;
  vault: Vault;
  accounts: Accounts;
  live: Live;
  /** Where the server is reached: pages of its own origin may always open the window. */
  publicUrl: string;
  receive(inbound: Inbound): Promise<Received>;
  recordReceipt(receipt: Receipt): Promise<void>;
  clock?: Clock;
  /** Handed in by main from routing; without it nobody is called back. */
  callBacks?: CallBacks;
  /** The ways that a stranger is offered now, with minutes of wait, and whether people answer; handed in by main from routing. */
  ways?(
    trx: Trx,
    organisation: Organisation,
    language: Language,
  ): Promise<{ ways: { kind: string; label: string; href: string | null; wait: number | null }[]; open: boolean }>;
  /** Where a conversation stands that waits for a person, with the minutes; handed in by main from routing. */
  waiting?: Waiting;
  /** Published articles for patients that come near a question; handed in by main from the assistant. */
  knowledge?(
    trx: Trx,
    organisation: Organisation,
    query: string,
    language: Language,
  ): Promise<KnowledgeAnswer['articles']>;
};

/** The web window: `/webchat/…`, its socket, and the script that pages embed. */
export function webchatRoutes(app: App, deps: WebchatDeps): WebchatLive {
  const { db, vault } = deps;
  const visits = createVisits(db);
  const live = createWebchatLive(deps);
  const ownOrigin = new URL(deps.publicUrl).origin;
  // a person types no faster; a program that does is told to wait
  const saying = createLimiter({ burst: 20, everyMs: 1_500 });
  const uploading = createLimiter({ burst: 8, everyMs: 8_000 });
  // whoever begins visit after visit fills no disk with files that nobody sent; a whole ward may share an address
  const uploadingFrom = createLimiter({ burst: 40, everyMs: 2_000 });
  const reading = createLimiter({ burst: 120, everyMs: 250 });
  const beginning = createLimiter({ burst: 40, everyMs: 3_000 });
  const looking = createLimiter({ burst: 120, everyMs: 500 });
  const asking = createLimiter({ burst: 30, everyMs: 1_000 });

  void app.register(async (plain) => {
    const scope = plain as App;
    if (!scope.hasContentTypeParser('multipart/form-data')) await scope.register(multipart);

    // browsers ask before a page of another origin may speak; which organisation it is about is not known yet
    scope.options(
      '/webchat/*',
      { config: { permission: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        const { origin } = request.headers;
        if (origin && (isOwn(request, origin) || (await anyAllows(db, origin)))) {
          allow(reply, origin);
          void reply.headers({
            'access-control-allow-methods': 'GET, POST, DELETE',
            'access-control-allow-headers': 'authorization, content-type',
            'access-control-max-age': '600',
          });
        }
        return reply.code(204).send();
      },
    );

    scope.get(
      '/webchat/config',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['web chat'],
          summary: 'What the window shows before anything is said',
          querystring: configQuery,
          response: { 200: config },
        },
      },
      async (request, reply) => {
        slowDown(looking, request.ip);
        const { organisation } = await organisationFor(request, reply, request.query.organisation);
        const language = request.query.language ?? languageFor(organisation, languageOf(request));
        const now = await within(db, organisation.id, async (trx) => deps.ways?.(trx, organisation, language));
        const { webchat } = organisation.settings;
        const languages = languagesOf(organisation);
        return {
          organisation: organisation.slug,
          name: organisation.name,
          colour: webchat.colour ?? null,
          languages,
          defaultLanguage: languages[0]!,
          maxFileBytes: MAX_FILE,
          fileKinds: [...FILE_KINDS],
          ways: now
            ? now.ways.flatMap(({ kind, label, href, wait }) => {
                // a window of an earlier day knows these; `GET /api/public/ways` has the others
                const known = way.shape.kind.safeParse(kind);
                return known.success ? [{ kind: known.data, label, wait, ...(href !== null && { href }) }] : [];
              })
            : (webchat.ways.length > 0 ? webchat.ways : [{ kind: 'chat' as const }]).map((one) => ({
                kind: one.kind,
                label: one.label?.[language],
                href: one.href,
              })),
          open: now?.open ?? true,
          emergencyNumber: organisation.emergencyNumber,
        };
      },
    );

    scope.get(
      '/webchat/knowledge',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['web chat'],
          summary: 'Articles for patients that answer a question',
          querystring: knowledgeQuery,
          response: { 200: knowledgeAnswer },
        },
      },
      async (request, reply) => {
        slowDown(asking, request.ip);
        const { organisation } = await organisationFor(request, reply, request.query.organisation);
        const language = languageFor(organisation, request.query.language ?? languageOf(request));
        void reply.header('cache-control', 'no-store');
        if (!deps.knowledge) return { articles: [] };
        return {
          articles: await within(db, organisation.id, (trx) =>
            deps.knowledge!(trx, organisation, request.query.q, language),
          ),
        };
      },
    );

    scope.post(
      '/webchat/visits',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['web chat'],
          summary: 'A browser begins a visit',
          body: visitRequest,
          response: { 201: visitAnswer },
        },
      },
      async (request, reply) => {
        slowDown(beginning, request.ip);
        const { organisation, account } = await organisationFor(request, reply, request.body.organisation);
        const language = languageFor(organisation, request.body.language ?? languageOf(request));
        const { visit, token } = await visits.begin(organisation.id, account.id, language);
        return reply.code(201).header('cache-control', 'no-store').send({ visitId: visit.id, token });
      },
    );

    scope.get(
      '/webchat/messages',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['web chat'],
          summary: 'What was said after a place, and who has the conversation',
          querystring: messagesQuery,
          response: { 200: messagesAnswer },
        },
      },
      async (request, reply) => {
        const visit = await visitFor(request, reply);
        slowDown(reading, visit.id);
        void reply.header('cache-control', 'no-store');
        const thread = await within(db, visit.organisationId, (trx) =>
          readThread(trx, vault, visit, request.query.after, deps.waiting),
        );
        return { messages: thread.messages.map(({ message }) => message), state: thread.state };
      },
    );

    scope.post(
      '/webchat/messages',
      {
        config: { permission: 'public' },
        bodyLimit: 65_536,
        schema: {
          tags: ['web chat'],
          summary: 'The patient says something',
          body: sayRequest,
          response: { 202: sayAnswer },
        },
      },
      async (request, reply) => {
        const visit = await visitFor(request, reply);
        slowDown(saying, visit.id);
        const { clientId, content } = request.body;
        if (
          (content.kind === 'text' && content.text.length > MAX_TEXT) ||
          (content.kind === 'media' && (content.caption?.length ?? 0) > MAX_TEXT)
        )
          throw channelProblems.message_too_long();
        const said = content.kind === 'media' ? await mediaContent(visit, content) : content;
        const externalId = `${visit.id}:${clientId}`;
        const received = await deps.receive({
          organisationId: visit.organisationId,
          channel: 'webchat',
          accountId: visit.accountId,
          externalId,
          address: visit.id,
          language: visit.language,
          sentAt: new Date(),
          content: said,
        });
        ingested.labels('webchat', received.outcome).inc();
        if (received.outcome === 'dead') throw channelProblems.not_stored();
        const id = received.outcome === 'stored' ? received.messageId : await knownMessage(visit, externalId);
        if (content.kind === 'media')
          await within(db, visit.organisationId, (trx) => giveFile(trx, vault, visit, content.attachmentId, id));
        return reply.code(202).send({ id });
      },
    );

    scope.post(
      '/webchat/files',
      {
        config: { permission: 'public' },
        bodyLimit: MAX_FILE + 65_536,
        schema: {
          tags: ['web chat'],
          summary: 'One file, to be named in a message after',
          response: { 201: fileAnswer },
        },
      },
      async (request, reply) => {
        const visit = await visitFor(request, reply);
        slowDown(uploading, visit.id);
        slowDown(uploadingFrom, request.ip);
        if (!request.isMultipart()) throw platformProblems.wrong_type();
        const part = await fileOf(request, MAX_FILE);
        if (!part) throw channelProblems.no_file();
        if (part.truncated) throw channelProblems.file_too_large({ params: { megabytes: MAX_FILE / 1_048_576 } });
        const { bytes } = part;
        const seen = inspect(bytes, part.mimetype);
        if ('refused' in seen) throw seen.refused === 'kind' ? channelProblems.file_kind() : channelProblems.no_file();
        const filename = fitName(part.filename?.replace(/[/\\]/g, '_'), 255);
        const attachmentId = await within(db, visit.organisationId, (trx) =>
          keepFile(trx, vault, visit, { bytes, mime: seen.mime, filename }),
        );
        return reply.code(201).send({ attachmentId, mime: seen.mime, size: bytes.length });
      },
    );

    scope.get(
      '/webchat/files/:id',
      {
        config: { permission: 'public' },
        schema: { tags: ['web chat'], summary: 'A file of the visit', params: z.object({ id: z.uuid() }) },
      },
      async (request, reply) => {
        const visit = await visitFor(request, reply);
        slowDown(reading, visit.id);
        const file = await within(db, visit.organisationId, (trx) => readFile(trx, vault, visit, request.params.id));
        if (!file) throw channelProblems.file_not_found();
        return reply
          .headers({
            ...fileHeaders({ mime: file.mime, name: file.filename ?? 'file' }),
            'cache-control': 'private, max-age=3600',
          })
          .serializer((payload: unknown) => payload as string)
          .send(file.bytes);
      },
    );

    scope.get(
      '/webchat/live',
      { config: { permission: 'public' }, websocket: true, schema: { hide: true } },
      (socket, request) => {
        live.attach(socket, async (token) => {
          const visit = await visits.find(token);
          if (!visit) return undefined;
          const organisation = await within(db, visit.organisationId, (trx) =>
            organisationOf(trx, visit.organisationId),
          );
          const { origin } = request.headers;
          return origin === undefined || isAllowed(request, origin, organisation) ? visit : undefined;
        });
      },
    );

    if (deps.callBacks)
      callBackRoutes(scope, { ...deps, callBacks: deps.callBacks, clock: deps.clock ?? systemClock }, visitFor);

    scope.get('/widget.js', { config: { permission: 'public' }, schema: { hide: true } }, (request, reply) =>
      sendScript(request, reply, 'widget.js'),
    );
    scope.get('/widget-call-back.js', { config: { permission: 'public' }, schema: { hide: true } }, (request, reply) =>
      sendScript(request, reply, 'widget-call-back.js'),
    );
  });

  async function mediaContent(
    visit: Visit,
    content: { attachmentId: string; caption?: string },
  ): Promise<InboundContent> {
    const file = await within(db, visit.organisationId, (trx) => describeFile(trx, vault, visit, content.attachmentId));
    if (!file) throw channelProblems.file_not_found();
    return {
      kind: 'media',
      media: mediaOf(file.mime),
      attachmentId: content.attachmentId,
      mime: file.mime,
      caption: content.caption?.trim() ? content.caption : undefined,
      filename: file.filename,
    };
  }

  async function knownMessage(visit: Visit, externalId: string): Promise<string> {
    return within(db, visit.organisationId, async (trx) => {
      const row = await trx
        .selectFrom('message')
        .select('id')
        .where('organisation_id', '=', visit.organisationId)
        .where('account_id', '=', visit.accountId)
        .where('external_id', '=', externalId)
        .where('direction', '=', 'in')
        .executeTakeFirstOrThrow();
      return row.id;
    });
  }

  /** The organisation of a slug with its web account, if the asking page may show its window. */
  async function organisationFor(
    request: FastifyRequest,
    reply: FastifyReply,
    slug: string,
  ): Promise<{ organisation: Organisation; account: Account }> {
    const organisation = await organisationBySlug(db, slug);
    if (!organisation) throw channelProblems.unknown_organisation();
    await deps.accounts.fresh();
    const find = (): Account | undefined =>
      deps.accounts.all('webchat').find((one) => one.organisationId === organisation.id);
    let account = find();
    if (!account) {
      await deps.accounts.lookAgain();
      account = find();
    }
    if (!account) throw channelProblems.unknown_organisation();
    checkOrigin(request, reply, organisation);
    return { organisation, account };
  }

  async function visitFor(request: FastifyRequest, reply: FastifyReply): Promise<Visit> {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const visit = token ? await visits.find(token) : undefined;
    if (!visit) {
      // the page must be able to read this answer, to begin anew
      const { origin } = request.headers;
      if (origin && (isOwn(request, origin) || (await anyAllows(db, origin)))) allow(reply, origin);
      throw channelProblems.no_visit();
    }
    checkOrigin(
      request,
      reply,
      await within(db, visit.organisationId, (trx) => organisationOf(trx, visit.organisationId)),
    );
    return visit;
  }

  /**
   * Browsers send Origin with every request of another origin's page and with every POST and WebSocket, and no page
   * can leave it out; what comes without one is our own page's GET or no browser, and there is no cookie to abuse.
   */
  function checkOrigin(request: FastifyRequest, reply: FastifyReply, organisation: Organisation): void {
    const { origin } = request.headers;
    void reply.header('vary', 'Origin');
    if (origin === undefined) return;
    if (!isAllowed(request, origin, organisation)) throw channelProblems.wrong_origin();
    allow(reply, origin);
  }

  function isAllowed(request: FastifyRequest, origin: string, organisation: Organisation): boolean {
    return isOwn(request, origin) || organisation.settings.webchat.origins.includes(origin);
  }

  function isOwn(request: FastifyRequest, origin: string): boolean {
    return origin === ownOrigin || origin === `${request.protocol}://${request.host}`;
  }

  const sweeping = setInterval(() => {
    for (const { organisationId } of deps.accounts.all('webchat'))
      sweepVisits(db, organisationId).catch((error: unknown) =>
        log.warn({ error }, 'old web visits could not be swept'),
      );
  }, SWEEP_EVERY_MS);
  sweeping.unref();

  return {
    attach: live.attach,
    stop() {
      clearInterval(sweeping);
      live.stop();
    },
  };
}

function allow(reply: FastifyReply, origin: string): void {
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after',
    vary: 'Origin',
  });
}

let known: { origins: Set<string>; until: number } | undefined;
async function anyAllows(db: Database, origin: string): Promise<boolean> {
  if (!known || known.until < Date.now()) {
    const { rows } = await sql<{ origin: string }>`
      select distinct jsonb_array_elements_text(settings -> 'webchat' -> 'origins') as origin from organisation
      where jsonb_typeof(settings -> 'webchat' -> 'origins') = 'array'`.execute(db);
    known = { origins: new Set(rows.map((row) => row.origin)), until: Date.now() + 10_000 };
  }
  return known.origins.has(origin);
}

function slowDown(limiter: Limiter, key: string): void {
  const wait = limiter(key);
  if (wait > 0) throw channelProblems.too_fast({ extra: { retryAfter: Math.ceil(wait / 1000) } });
}

function languagesOf(organisation: Organisation): Language[] {
  const offered = organisation.languages.filter((one): one is Language =>
    (LANGUAGES as readonly string[]).includes(one),
  );
  return offered.length > 0 ? offered : ['es'];
}

function languageFor(organisation: Organisation, wanted: Language): Language {
  const offered = languagesOf(organisation);
  return offered.includes(wanted) ? wanted : offered[0]!;
}

const scripts = new Map<string, { bytes: Buffer; etag: string; changedAt: number }>();

/** A script of the window, kept an hour and asked for by its ETag after. */
async function sendScript(
  request: FastifyRequest,
  reply: FastifyReply,
  name: 'widget.js' | 'widget-call-back.js',
): Promise<FastifyReply> {
  let changedAt: number;
  try {
    changedAt = (await stat(new URL(name, DIST))).mtimeMs;
  } catch (cause) {
    throw platformProblems.not_found({ cause });
  }
  let script = scripts.get(name);
  if (script?.changedAt !== changedAt) {
    const bytes = await readDisk(new URL(name, DIST));
    script = { bytes, changedAt, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
    scripts.set(name, script);
  }
  void reply.headers({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
    etag: script.etag,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  });
  if (request.headers['if-none-match']?.includes(script.etag)) return reply.code(304).send();
  return reply.serializer((payload: unknown) => payload as string).send(script.bytes);
}
