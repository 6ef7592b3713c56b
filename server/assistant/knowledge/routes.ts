import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import { noteAnswer } from './answers.ts';
import { createArticle, publish, save, withdraw } from './articles.ts';
import * as contract from './contract.ts';
import type { Library } from './library.ts';
import { asMessage, render } from './markdown.ts';
import { listArticles, listOwners, readArticle } from './queries.ts';
import { answerText } from './said.ts';
import { listUnanswered, settle } from './unanswered.ts';

export type KnowledgeDeps = { db: Database; vault: Vault; clock: Clock; library: Library };

const byId = z.object({ id: z.uuid() });
const inLanguage = byId.extend({ language: contract.language });
const nothing = z.null().describe('Done; there is nothing to say.');
/** Articles that the desk chooses among. */
const SHOWN = 6;

/** Articles as authors write them, and the desk's search. */
export function knowledgeRoutes(app: App, deps: KnowledgeDeps): void {
  const as = <T>(request: FastifyRequest, work: (trx: Trx, actor: Actor) => Promise<T>): Promise<T> =>
    within(deps.db, request.actor.organisationId, (trx) => work(trx, request.actor));
  const { library } = deps;
  const tags = ['knowledge'];

  app.get(
    '/api/knowledge/search',
    {
      config: { permission: 'knowledge.read' },
      schema: {
        tags,
        summary: 'Approved articles that answer, for the desk',
        querystring: contract.searchQuery,
        response: { 200: contract.searchAnswer },
      },
    },
    (request) =>
      as(request, async (trx, { organisationId }) => {
        const shelf = await library.shelf(trx, organisationId);
        const { q, language } = request.query;
        return {
          articles: shelf.find(q, language, 'agent', SHOWN).map((one) => ({
            articleId: one.articleId,
            versionId: one.versionId,
            title: one.title,
            audience: one.audience,
            blocks: one.blocks,
            text: one.text,
            publishedAt: one.publishedAt.toISOString(),
            language: one.language,
          })),
        };
      }),
  );
  app.post(
    '/api/knowledge/used',
    {
      config: { permission: 'conversation.reply' },
      schema: { tags, summary: 'It was put into a reply', body: contract.usedBody, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(request, (trx, { organisationId }) =>
        noteAnswer(trx, { organisationId, place: 'desk', ...request.body }, deps.clock()),
      );
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/knowledge/articles',
    {
      config: { permission: 'knowledge.read' },
      schema: {
        tags,
        summary: 'Every article in every language',
        querystring: contract.articlesQuery,
        response: { 200: contract.articlesList },
      },
    },
    (request) => as(request, (trx, { organisationId }) => listArticles(trx, organisationId, request.query)),
  );
  app.get(
    '/api/knowledge/owners',
    {
      config: { permission: 'knowledge.write' },
      schema: { tags, summary: 'Who can look after an article', response: { 200: contract.owners } },
    },
    (request) => as(request, async (trx, { organisationId }) => ({ owners: await listOwners(trx, organisationId) })),
  );
  app.get(
    '/api/knowledge/articles/:id',
    {
      config: { permission: 'knowledge.read' },
      schema: {
        tags,
        summary: 'An article with its history',
        params: byId,
        response: { 200: contract.articleView },
      },
    },
    (request) => as(request, (trx, { organisationId }) => readArticle(trx, organisationId, request.params.id)),
  );
  app.post(
    '/api/knowledge/articles',
    {
      config: { permission: 'knowledge.write' },
      bodyLimit: 262_144,
      schema: {
        tags,
        summary: 'Begin an article, as a draft',
        body: contract.newArticle,
        response: { 201: contract.articleView },
      },
    },
    async (request, reply) => {
      const made = await as(request, async (trx, actor) => {
        const id = await createArticle(trx, actor, request.body, deps.clock());
        return readArticle(trx, actor.organisationId, id);
      });
      return reply.code(201).send(made);
    },
  );
  app.put(
    '/api/knowledge/articles/:id/:language',
    {
      config: { permission: 'knowledge.write' },
      bodyLimit: 262_144,
      schema: {
        tags,
        summary: 'Save a new version over the one that was read',
        params: inLanguage,
        body: contract.saveArticle,
        response: { 200: contract.articleView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await save(trx, actor, { ...request.params, ...request.body }, deps.clock());
        return readArticle(trx, actor.organisationId, request.params.id);
      }),
  );
  for (const [path, summary, act] of [
    ['publish', 'Publish the newest version', publish],
    ['withdraw', 'Withdraw what is published', withdraw],
  ] as const)
    app.post(
      `/api/knowledge/articles/:id/:language/${path}`,
      {
        config: { permission: 'knowledge.publish' },
        schema: {
          tags,
          summary,
          params: inLanguage,
          body: contract.moveBody,
          response: { 200: contract.articleView },
        },
      },
      (request) =>
        as(request, async (trx, actor) => {
          await act(trx, actor, { ...request.params, ...request.body }, deps.clock(), library);
          return readArticle(trx, actor.organisationId, request.params.id);
        }),
    );
  app.post(
    '/api/knowledge/preview',
    {
      config: { permission: 'knowledge.read' },
      schema: {
        tags,
        summary: 'How a text reads on each channel',
        body: contract.previewBody,
        response: { 200: contract.preview },
      },
    },
    (request) =>
      as(request, async (trx, { organisationId }) => {
        const { title, body, language } = request.body;
        const { blocks, dropped } = render(body);
        const organisation = await organisationOf(trx, organisationId);
        const whatsapp = answerText(
          { title: title || '–', text: asMessage(blocks), publishedAt: deps.clock() },
          language,
          organisation,
        );
        return { blocks, whatsapp, dropped };
      }),
  );
  app.get(
    '/api/knowledge/unanswered',
    {
      config: { permission: 'knowledge.write' },
      schema: { tags, summary: 'What no article answered', response: { 200: contract.unanswered } },
    },
    (request) => as(request, (trx, actor) => listUnanswered(trx, deps.vault, actor)),
  );
  app.post(
    '/api/knowledge/unanswered/dismiss',
    {
      config: { permission: 'knowledge.write' },
      schema: { tags, summary: 'No article is needed', body: contract.dismissBody, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(request, (trx, actor) => settle(trx, actor, request.body.ids, { as: 'dismissed' }, deps.clock()));
      return reply.code(204).send(null);
    },
  );
}
