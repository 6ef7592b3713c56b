import { z } from 'zod';
import { LANGUAGES } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { type App, languageOf } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import {
  addEntity,
  entitiesOf,
  orderEntities,
  renameEntity,
  restoreEntity,
  retireEntity,
} from '../../routing/entities/entities.ts';
import { levelsNow, levelsQuery, levelsReport } from '../../routing/levels/contract.ts';
import { levelsCsv } from '../../routing/levels/export.ts';
import { reportLevels, standingLevels } from '../../routing/levels/report.ts';
import { queuesOf } from '../../routing/queues.ts';
import { proveAgain } from '../../trust/account.ts';
import type { Actor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { TrustDeps } from '../../trust/session.ts';
import { changeAgent, readAgents } from './agents.ts';
import * as contract from './contract.ts';
import { readOrganisation, saveOrganisation } from './organisation.ts';
import { addQueue, changeQueue, placeQueue, readQueues, restore, retire, tryQueue } from './queues.ts';

export type SettingsDeps = { db: Database; clock: Clock; trust: TrustDeps };

const byId = z.object({ id: z.uuid() });
type As = <T>(request: { actor: Actor }, work: (trx: Trx, actor: Actor) => Promise<T>) => Promise<T>;

/** What supervisors and administrators decide: entities, queues, agents, the organisation itself; and whether promises are kept. */
export function settingsRoutes(app: App, deps: SettingsDeps): void {
  const as: As = (request, work) => within(deps.db, request.actor.organisationId, (trx) => work(trx, request.actor));
  entityRoutes(app, as);
  queueRoutes(app, deps, as);
  agentRoutes(app, as);
  organisationRoutes(app, deps, as);
  levelRoutes(app, deps, as);
}

function entityRoutes(app: App, as: As): void {
  const list = async (trx: Trx, actor: Actor): Promise<z.infer<typeof contract.entitiesList>> => {
    const queues = (await queuesOf(trx, actor.organisationId)).filter((queue) => !queue.retired);
    return {
      entities: (await entitiesOf(trx, actor.organisationId)).map((one) => ({
        ...one,
        queues: queues.filter((queue) => queue.entityId === one.id).length,
      })),
    };
  };
  app.get(
    '/api/settings/entities',
    {
      config: { permission: 'queue.read' },
      schema: { tags: ['settings'], summary: 'For whom queues work', response: { 200: contract.entitiesList } },
    },
    (request) => as(request, list),
  );
  app.post(
    '/api/settings/entities',
    {
      config: { permission: 'entity.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Add a contracting entity',
        body: contract.entityBody,
        response: { 201: contract.entityView },
      },
    },
    async (request, reply) => {
      const made = await as(request, (trx, actor) => addEntity(trx, actor, request.body));
      return reply.code(201).send({ ...made, queues: 0 });
    },
  );
  app.put(
    '/api/settings/entities/order',
    {
      config: { permission: 'entity.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Put them in order',
        body: contract.entityOrder,
        response: { 200: contract.entitiesList },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await orderEntities(trx, actor, request.body.order);
        return list(trx, actor);
      }),
  );
  app.put(
    '/api/settings/entities/:id',
    {
      config: { permission: 'entity.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Give it another name',
        params: byId,
        body: contract.entityRename,
        response: { 200: contract.entitiesList },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await renameEntity(trx, actor, { id: request.params.id, ...request.body });
        return list(trx, actor);
      }),
  );
  for (const [verb, summary, act] of [
    ['retire', 'Work for it no more', retireEntity],
    ['restore', 'Work for it again', restoreEntity],
  ] as const)
    app.post(
      `/api/settings/entities/:id/${verb}`,
      {
        config: { permission: 'entity.manage' },
        schema: { tags: ['settings'], summary, params: byId, response: { 200: contract.entitiesList } },
      },
      (request) =>
        as(request, async (trx, actor) => {
          await act(trx, actor, request.params.id);
          return list(trx, actor);
        }),
    );
}

function queueRoutes(app: App, deps: SettingsDeps, as: As): void {
  const list = (trx: Trx, actor: Actor) => readQueues(trx, actor.organisationId, deps.clock());
  app.get(
    '/api/settings/queues',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Queues with all they promise and ask, and who could serve each now',
        response: { 200: contract.queuesView },
      },
    },
    (request) => as(request, list),
  );
  app.post(
    '/api/settings/queues',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Make a queue',
        body: contract.newQueueBody,
        response: { 201: byId },
      },
    },
    async (request, reply) => {
      const id = await as(request, (trx, actor) => addQueue(trx, actor, request.body.settings));
      return reply.code(201).send({ id });
    },
  );
  app.post(
    '/api/settings/queues/try',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Who could serve a queue if it were so; nothing is saved',
        body: contract.tryQueueBody,
        response: { 200: contract.whoCould },
      },
    },
    (request) => as(request, (trx, actor) => tryQueue(trx, actor.organisationId, request.body, deps.clock())),
  );
  app.put(
    '/api/settings/queues/:id',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Change a queue as a whole',
        params: byId,
        body: contract.changeQueueBody,
        response: { 200: contract.queuesView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await changeQueue(trx, actor, { id: request.params.id, ...request.body });
        return list(trx, actor);
      }),
  );
  app.put(
    '/api/settings/queues/:id/place',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Put a queue at its place in the order',
        params: byId,
        body: contract.placeQueueBody,
        response: { 200: contract.queuesView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await placeQueue(trx, actor, { id: request.params.id, ...request.body });
        return list(trx, actor);
      }),
  );
  app.post(
    '/api/settings/queues/:id/retire',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Take it out of use; what stands in it is still answered',
        params: byId,
        response: { 200: contract.retiredQueue },
      },
    },
    (request) => as(request, (trx, actor) => retire(trx, actor, request.params.id)),
  );
  app.post(
    '/api/settings/queues/:id/restore',
    {
      config: { permission: 'queue.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Bring a retired queue back',
        params: byId,
        response: { 200: contract.queuesView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await restore(trx, actor, request.params.id);
        return list(trx, actor);
      }),
  );
}

function agentRoutes(app: App, as: As): void {
  app.get(
    '/api/settings/agents',
    {
      config: { permission: 'agent.manage' },
      schema: { tags: ['settings'], summary: 'What each agent can take', response: { 200: contract.agentsView } },
    },
    (request) =>
      as(request, async (trx, { organisationId }) => {
        const agents = await readAgents(trx, organisationId);
        const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired);
        return {
          agents,
          queues: queues.map(({ key, names, skills }) => ({ key, names, skills })),
          skills: [
            ...new Set([...agents.flatMap((one) => one.settings.skills), ...queues.flatMap((queue) => queue.skills)]),
          ].sort(),
        };
      }),
  );
  app.put(
    '/api/settings/agents/:id',
    {
      config: { permission: 'agent.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Change what an agent can take, as a whole',
        params: byId,
        body: contract.changeAgentBody,
        response: { 200: contract.agentView },
      },
    },
    (request) => as(request, (trx, actor) => changeAgent(trx, actor, { id: request.params.id, ...request.body })),
  );
}

function organisationRoutes(app: App, deps: SettingsDeps, as: As): void {
  app.get(
    '/api/settings/organisation',
    {
      config: { permission: 'organisation.manage' },
      schema: {
        tags: ['settings'],
        summary: 'What the organisation decided',
        response: { 200: contract.organisationView },
      },
    },
    (request) => as(request, (trx, actor) => readOrganisation(trx, actor.organisationId)),
  );
  app.put(
    '/api/settings/organisation',
    {
      config: { permission: 'organisation.manage' },
      schema: {
        tags: ['settings'],
        summary: 'Change it, as a whole; an emergency number only with the password again',
        body: contract.changeOrganisationBody,
        response: { 200: contract.organisationView },
      },
    },
    async (request) => {
      const actor = staffOf(request);
      const { settings, revision, password } = request.body;
      // before the transaction: a wrong password counts as a try whatever becomes of it
      if (password !== undefined) await proveAgain(deps.trust, actor, password);
      return as(request, (trx) => saveOrganisation(trx, actor, { settings, revision, proved: password !== undefined }));
    },
  );
}

function levelRoutes(app: App, deps: SettingsDeps, as: As): void {
  app.get(
    '/api/levels',
    {
      config: { permission: 'level.read' },
      schema: {
        tags: ['levels'],
        summary: 'Service levels of a day, week or month by entity, queue and class',
        querystring: levelsQuery,
        response: { 200: levelsReport },
      },
    },
    (request) =>
      as(request, (trx, { organisationId }) => reportLevels(trx, organisationId, request.query, deps.clock())),
  );
  app.get(
    '/api/levels/export',
    {
      config: { permission: 'level.read' },
      schema: {
        tags: ['levels'],
        summary: 'The same as CSV',
        querystring: levelsQuery.extend({ language: z.enum(LANGUAGES).optional() }),
      },
    },
    async (request, reply) => {
      const { language, ...query } = request.query;
      const { report, name } = await as(request, async (trx, { organisationId }) => ({
        report: await reportLevels(trx, organisationId, query, deps.clock()),
        name: (await organisationOf(trx, organisationId)).name,
      }));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="service-levels-${report.from}-${report.period}.csv"`)
        .serializer(String)
        .send(levelsCsv(report, language ?? languageOf(request), name));
    },
  );
  app.get(
    '/api/levels/now',
    {
      config: { permission: 'queue.read' },
      schema: {
        tags: ['levels'],
        summary: 'What waits near the end of its target, or past it, by queue',
        response: { 200: levelsNow },
      },
    },
    (request) =>
      as(request, async (trx, { organisationId }) => ({
        warnShare: (await organisationOf(trx, organisationId)).settings.levels.warnShare,
        queues: await standingLevels(trx, organisationId),
      })),
  );
}
