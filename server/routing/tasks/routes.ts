import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import { take } from '../offers.ts';
import * as contract from './contract.ts';
import { taskProblems } from './problems.ts';
import { readTasks } from './queries.ts';
import { cancel, finish, makeTask, moveDue, type TaskDeps } from './tasks.ts';

const byId = z.object({ id: z.uuid() });

/** What is to be done later: making, moving, taking, ending it. */
export function taskRoutes(app: App, deps: TaskDeps & { db: Database }): void {
  const as = <T>(request: FastifyRequest, work: (trx: Trx, actor: StaffActor) => Promise<T>): Promise<T> => {
    const actor = staffOf(request);
    return within(deps.db, actor.organisationId, (trx) => work(trx, actor));
  };
  const view = async (trx: Trx, actor: StaffActor, id: string): Promise<contract.TaskView> => {
    const [task] = await readTasks(trx, deps.vault, actor.organisationId, {
      id,
      viewer: actor.membershipId,
      now: deps.clock(),
    });
    if (!task) throw taskProblems.not_found();
    return task;
  };

  app.get(
    '/api/tasks',
    {
      config: { permission: 'task.read' },
      schema: {
        summary: 'Tasks of yours, or of the team',
        querystring: contract.tasksQuery,
        response: { 200: contract.tasksList },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const tasks = await readTasks(trx, deps.vault, actor.organisationId, {
          ...request.query,
          viewer: actor.membershipId,
          now: deps.clock(),
        });
        if (tasks.length > 0)
          await audit(trx, actor, {
            action: 'read',
            subject: { kind: 'tasks', id: actor.membershipId },
            personId: request.query.personId ?? null,
            detail: { tasks: tasks.map((task) => task.id) },
          });
        return { tasks };
      }),
  );
  app.post(
    '/api/tasks',
    {
      config: { permission: 'task.write' },
      schema: {
        summary: 'Have something done later',
        body: contract.newTask,
        response: { 201: contract.taskView },
      },
    },
    async (request, reply) => {
      const made = await as(request, async (trx, actor) =>
        view(trx, actor, await makeTask(trx, deps, actor, request.body)),
      );
      return reply.code(201).send(made);
    },
  );
  app.post(
    '/api/tasks/:id/take',
    {
      config: { permission: 'item.take' },
      schema: { summary: 'Begin it now', params: byId, response: { 200: contract.taskView } },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { itemId } = await view(trx, actor, request.params.id);
        await take(trx, actor, { itemId }, { conversations: deps.conversations, now: deps.clock() });
        return view(trx, actor, request.params.id);
      }),
  );
  app.post(
    '/api/tasks/:id/move',
    {
      config: { permission: 'task.write' },
      schema: {
        summary: 'Another time, or another colleague',
        params: byId,
        body: contract.moveTask,
        response: { 200: contract.taskView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await moveDue(trx, deps, actor, {
          taskId: request.params.id,
          dueAt: new Date(request.body.dueAt),
          agentId: request.body.agentId,
        });
        return view(trx, actor, request.params.id);
      }),
  );
  app.post(
    '/api/tasks/:id/done',
    {
      config: { permission: 'task.write' },
      schema: {
        summary: 'It is done, with what came of it',
        params: byId,
        body: contract.endTask,
        response: { 200: contract.taskView },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await finish(trx, deps, actor, { taskId: request.params.id, ...request.body });
        return view(trx, actor, request.params.id);
      }),
  );
  app.post(
    '/api/tasks/:id/cancel',
    {
      config: { permission: 'task.write' },
      schema: { summary: 'It need not be done', params: byId, response: { 200: contract.taskView } },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await cancel(trx, deps, actor, request.params.id);
        return view(trx, actor, request.params.id);
      }),
  );
}
