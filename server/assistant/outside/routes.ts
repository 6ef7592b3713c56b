import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { type App, languageOf } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import { askModel, type AskDeps } from '../model/ask.ts';
import type { Complete } from '../model/client.ts';
import * as model from '../model/contract.ts';
import { listCalls, readCall } from '../model/log.ts';
import { agree, modelOf, readModel, revoke, saveModel, switchModel } from '../model/settings.ts';
import type { Outgoing } from './address.ts';
import { addBot, botBy, changeBot, listBots, rotateSecret, secretsOf } from './bots.ts';
import { tryBot } from './call-bot.ts';
import * as contract from './contract.ts';
import { outsideProblems } from './problems.ts';
import { receiveReply } from './receive-reply.ts';
import type { Requests } from './requests.ts';

export type OutsideRoutesDeps = {
  db: Database;
  vault: Vault;
  clock: Clock;
  outgoing: Outgoing;
  complete: Complete;
  requests: Requests;
  /** Called when something was turned on or off. */
  changed(organisationId: string): void;
};

const byKey = z.object({ key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/) });
const REPLY_BYTES = 65_536;

/** Outside bots and the language model: what an administrator sets up, and where bots answer by themselves. */
export function outsideRoutes(app: App, deps: OutsideRoutesDeps): void {
  botRoutes(app, deps);
  modelRoutes(app, deps);
}

/** One transaction of the member who asks; what it changed is known here at once. */
async function as<T>(
  deps: OutsideRoutesDeps,
  request: FastifyRequest,
  work: (trx: Trx, actor: StaffActor) => Promise<T>,
): Promise<T> {
  const actor = staffOf(request);
  const done = await within(deps.db, actor.organisationId, (trx) => work(trx, actor));
  if (request.method !== 'GET') deps.changed(actor.organisationId);
  return done;
}

function botRoutes(app: App, deps: OutsideRoutesDeps): void {
  app.post(
    '/api/bots/:key/replies',
    {
      config: { permission: 'public', rawBody: true },
      bodyLimit: REPLY_BYTES,
      schema: {
        tags: ['webhooks'],
        summary: 'A bot answers by itself, signed',
        params: byKey,
        response: { 202: contract.botReplyTaken },
      },
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await receiveReply(deps, request.params.key, request.headers, body);
      return reply.code(202).send({ taken: true });
    },
  );
  app.get(
    '/api/bots',
    { config: { permission: 'bot.manage' }, schema: { summary: 'Outside bots', response: { 200: contract.botList } } },
    (request) =>
      as(deps, request, async (trx, actor) => ({ bots: await listBots(trx, actor.organisationId, deps.clock()) })),
  );
  app.post(
    '/api/bots',
    {
      config: { permission: 'bot.manage' },
      schema: {
        summary: 'Add a bot; its secret is shown once',
        body: contract.newBot,
        response: { 201: contract.botSecret },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await as(deps, request, (trx, actor) => addBot(deps, trx, actor, request.body))),
  );
  app.patch(
    '/api/bots/:key',
    {
      config: { permission: 'bot.manage' },
      schema: {
        summary: 'Change a bot, turn it off or on',
        params: byKey,
        body: contract.botChange,
        response: { 200: contract.botView },
      },
    },
    (request) => as(deps, request, (trx, actor) => changeBot(deps, trx, actor, request.params.key, request.body)),
  );
  app.post(
    '/api/bots/:key/secret',
    {
      config: { permission: 'bot.manage' },
      schema: {
        summary: 'A new secret; shown once',
        params: byKey,
        body: contract.rotation,
        response: { 200: contract.botSecret },
      },
    },
    (request) =>
      as(deps, request, (trx, actor) => rotateSecret(deps, trx, actor, request.params.key, request.body.now)),
  );
  app.post(
    '/api/bots/:key/test',
    {
      config: { permission: 'bot.manage' },
      schema: { summary: 'Ask a bot whether it answers as agreed', params: byKey, response: { 200: contract.botTest } },
    },
    async (request) => {
      const { bot, secret, slug } = await as(deps, request, async (trx, actor) => {
        const bot = await botBy(trx, actor.organisationId, request.params.key);
        const [secret] = bot ? await secretsOf(trx, deps.vault, actor.organisationId, bot.id, deps.clock()) : [];
        if (!bot || !secret) throw outsideProblems.not_found();
        return { bot, secret, slug: (await organisationOf(trx, actor.organisationId)).slug };
      });
      const began = performance.now();
      const redaction = { known: [], stays: [], language: 'en', country: 'ES', year: deps.clock().getUTCFullYear() };
      const tried = await tryBot(deps, bot, secret, { slug, redaction });
      return { ...tried, ms: Math.round(performance.now() - began) };
    },
  );
}

const TEST = 'Answer with exactly the word OK.';

function modelRoutes(app: App, deps: OutsideRoutesDeps): void {
  const asks: AskDeps = deps;
  const view = (request: FastifyRequest) =>
    as(deps, request, (trx, actor) => readModel(trx, actor.organisationId, languageOf(request), deps.clock()));
  app.get(
    '/api/model',
    {
      config: { permission: 'model.manage' },
      schema: { summary: 'The language model: state, agreements, budget', response: { 200: model.modelView } },
    },
    view,
  );
  app.put(
    '/api/model',
    {
      config: { permission: 'model.manage' },
      schema: { summary: 'Set up the model', body: model.modelChange, response: { 200: model.modelView } },
    },
    async (request) => {
      await as(deps, request, (trx, actor) => saveModel(deps, trx, actor, request.body));
      return view(request);
    },
  );
  app.post(
    '/api/model/agreements',
    {
      config: { permission: 'model.manage' },
      schema: { summary: 'Agree to a purpose', body: model.agreeBody, response: { 200: model.modelView } },
    },
    async (request) => {
      await as(deps, request, (trx, actor) => agree(deps, trx, actor, request.body));
      return view(request);
    },
  );
  app.post(
    '/api/model/agreements/revoke',
    {
      config: { permission: 'model.manage' },
      schema: { summary: 'Take an agreement back', body: model.revokeBody, response: { 200: model.modelView } },
    },
    async (request) => {
      await as(deps, request, (trx, actor) => revoke(deps, trx, actor, request.body.purpose));
      return view(request);
    },
  );
  app.post(
    '/api/model/switch',
    {
      config: { permission: 'model.manage' },
      schema: {
        summary: 'Stop everything that leaves for the model, or go on',
        body: model.switchBody,
        response: { 200: model.modelView },
      },
    },
    async (request) => {
      await as(deps, request, (trx, actor) => switchModel(deps, trx, actor, request.body.stopped));
      return view(request);
    },
  );
  app.post(
    '/api/model/test',
    {
      config: { permission: 'model.manage' },
      schema: { summary: 'Ask the model for one word', response: { 200: model.modelTest } },
    },
    async (request) => {
      const { organisationId } = staffOf(request);
      const settings = await as(deps, request, (trx) => modelOf(trx, deps.vault, organisationId));
      if (!settings) throw outsideProblems.not_configured();
      const began = performance.now();
      const asked = await askModel(asks, {
        organisationId,
        purpose: 'test',
        ...{ system: 'You are being tested.', user: TEST, maxTokens: 10, json: false, stream: true },
        deadline: new Date(deps.clock().getTime() + 30_000),
        read: (text) => text.trim().slice(0, 100) || null,
      });
      const ms = Math.round(performance.now() - began);
      return asked.ok
        ? { ok: true, why: 'answered', ms, answer: asked.value }
        : { ok: false, why: asked.reason, ms, answer: null };
    },
  );
  app.get(
    '/api/model/log',
    {
      config: { permission: 'model_log.read' },
      schema: { summary: 'Calls to the model', querystring: model.logQuery, response: { 200: model.logPage } },
    },
    (request) => as(deps, request, (trx, actor) => listCalls(trx, actor.organisationId, request.query, deps.clock())),
  );
  app.get(
    '/api/model/log/:id',
    {
      config: { permission: 'model_log.read' },
      schema: {
        summary: 'A call with its redacted words',
        params: z.object({ id: z.uuid() }),
        response: { 200: model.logWhole },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => {
        const call = await readCall(trx, deps.vault, actor.organisationId, request.params.id, deps.clock());
        if (!call) throw outsideProblems.not_found();
        await audit(trx, actor, { action: 'read', subject: { kind: 'model_log', id: call.id } });
        return call;
      }),
  );
}
