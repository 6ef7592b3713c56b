import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import { take } from '../offers.ts';
import { agentOf } from '../presence.ts';
import { queuesOf } from '../queues.ts';
import { serves } from '../rules.ts';
import type { CallBackDeps } from './deps.ts';
import { ask, confirmation, slotsFor } from './ask.ts';
import * as contract from './contract.ts';
import { lockStory, taken } from './due.ts';
import { callBackOf, tell } from './internal/rows.ts';
import { callBackProblems } from './problems.ts';
import { callBackIn, capacitiesOf, listCallBacks } from './queries.ts';
import { saveSettings } from './settings.ts';
import { cancelCallBack, moveCallBack, recordOutcome, tryNow } from './tries.ts';
import { assistantCallBacks, conversationOf } from './verbs.ts';

const byId = z.object({ id: z.uuid() });
const nothing = z.null();
const slots = z.object({ slots: z.array(contract.slot), timezone: z.string() });

/** Call-backs at the desk: who is to be called, what came of it, and what each queue promises. */
export function callBackRoutes(
  app: App,
  deps: Omit<CallBackDeps, 'conversations'> & { db: Database; conversations: Conversations },
): void {
  const as = <T>(request: FastifyRequest, work: (trx: Trx, actor: StaffActor, now: Date) => Promise<T>): Promise<T> => {
    const actor = staffOf(request);
    return within(deps.db, actor.organisationId, (trx) => work(trx, actor, deps.clock()));
  };

  app.get(
    '/api/call-backs',
    {
      config: { permission: 'call_back.read' },
      schema: {
        summary: 'Who is to be called: today, late, upcoming, done',
        querystring: contract.listQuery,
        response: { 200: contract.deskCallBacks },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { list, queue } = request.query;
        const seen = await queuesSeen(trx, actor);
        return listCallBacks(trx, deps, actor, { list, queueIds: queue ? seen.filter((id) => id === queue) : seen });
      }),
  );
  app.get(
    '/api/conversations/:id/call-back',
    {
      config: { permission: 'call_back.read' },
      schema: {
        summary: 'The call-back of a conversation’s person, with every try',
        params: byId,
        response: { 200: contract.deskCallBackOrNone },
      },
    },
    (request) => as(request, (trx, actor) => callBackIn(trx, deps, actor, request.params.id)),
  );
  app.post(
    '/api/call-backs',
    {
      config: { permission: 'call_back.write' },
      schema: {
        summary: 'Ask for a patient, in their conversation; the number they write from by default',
        body: contract.deskAsk,
        response: { 201: contract.deskCallBackOrNone },
      },
    },
    async (request, reply) => {
      const made = await as(request, async (trx, actor, now) => {
        const { conversationId, slotAt, way, queueId } = request.body;
        const whom = await conversationOf(trx, actor.organisationId, conversationId);
        if (!whom) throw callBackProblems.not_found();
        const caller = { organisationId: actor.organisationId, personId: whom.personId, conversationId, queue: null };
        const number =
          request.body.number ??
          (way === 'phone' && whom.contactPointId
            ? (await assistantCallBacks(deps).standing(trx, { ...caller, contactPointId: whom.contactPointId }, now))
                .number
            : null);
        const asked = await ask(
          trx,
          deps,
          actor,
          { ...caller, slotAt: slotAt === null ? null : new Date(slotAt), way, number, queueId: queueId ?? null },
          now,
        );
        const text = await confirmation(
          trx,
          deps,
          asked.callBack,
          { language: whom.language, ...(asked.changed ? { before: 'instead' as const } : {}) },
          now,
        );
        await tell(trx, deps, asked.callBack, text, now);
        return callBackIn(trx, deps, actor, conversationId);
      });
      return reply.code(201).send(made);
    },
  );
  app.get(
    '/api/call-backs/slots',
    {
      config: { permission: 'call_back.read' },
      schema: {
        summary: 'Times with a place left, of a queue or of a call-back’s queue',
        querystring: z.object({ queue: z.uuid().optional(), conversation: z.uuid().optional() }),
        response: { 200: slots },
      },
    },
    (request) =>
      as(request, async (trx, actor, now) => {
        const where = {
          organisationId: actor.organisationId,
          queueId: request.query.queue ?? null,
          conversationId: request.query.conversation ?? null,
        };
        const queues = await queuesOf(trx, actor.organisationId);
        return { slots: await slotsFor(trx, where, now), timezone: queues[0]?.calendar.timezone ?? 'UTC' };
      }),
  );
  app.post(
    '/api/call-backs/:id/move',
    {
      config: { permission: 'call_back.write' },
      schema: { summary: 'Move it to another time', params: byId, body: contract.moveBody, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(request, (trx, actor, now) =>
        moveCallBack(trx, deps, actor, { id: request.params.id, slotAt: new Date(request.body.slotAt) }, now),
      );
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/call-backs/:id/cancel',
    {
      config: { permission: 'call_back.write' },
      schema: {
        summary: 'Cancel it with a reason; the patient is told',
        params: byId,
        body: contract.cancelBody,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await as(request, (trx, actor, now) =>
        cancelCallBack(trx, deps, actor, { id: request.params.id, reason: request.body.reason }, now),
      );
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/call-backs/:id/try',
    {
      config: { permission: 'call_back.write' },
      schema: {
        summary: 'Take it now, with the patient’s story',
        params: byId,
        response: { 200: z.object({ itemId: z.uuid(), conversationId: z.uuid() }) },
      },
    },
    (request) =>
      as(request, async (trx, actor, now) => {
        const itemId = await tryNow(trx, deps, actor, request.params.id, now);
        await lockStory(trx, actor.organisationId, { itemId });
        await take(trx, actor, { itemId }, { conversations: deps.conversations, now });
        await taken(trx, deps, actor.organisationId, itemId, now);
        const after = (await callBackOf(trx, actor.organisationId, request.params.id))!;
        return { itemId, conversationId: after.conversation_id };
      }),
  );
  app.post(
    '/api/call-backs/:id/outcome',
    {
      config: { permission: 'call_back.write' },
      schema: {
        summary: 'Say what came of the try',
        params: byId,
        body: contract.outcomeBody,
        response: { 200: contract.outcomeAnswer },
      },
    },
    (request) =>
      as(request, async (trx, actor, now) => {
        const { outcome, slotAt } = request.body;
        const done = await recordOutcome(
          trx,
          deps,
          actor,
          { id: request.params.id, outcome, slotAt: slotAt === null ? null : new Date(slotAt) },
          now,
        );
        return { state: done.state, nextAt: done.nextAt?.toISOString() ?? null };
      }),
  );
  app.get(
    '/api/call-backs/capacity',
    {
      config: { permission: 'call_back.plan' },
      schema: {
        summary: 'What each queue promises, the places of its next slots, and why',
        response: { 200: contract.capacities },
      },
    },
    (request) => as(request, async (trx, actor) => ({ queues: await capacitiesOf(trx, deps, actor.organisationId) })),
  );
  app.put(
    '/api/queues/:id/call-backs',
    {
      config: { permission: 'call_back.plan' },
      schema: {
        summary: 'Decide what a queue promises of calling back',
        params: byId,
        body: contract.callBackSettings,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await as(request, (trx, actor, now) =>
        saveSettings(trx, actor, { queueId: request.params.id, settings: request.body }, now),
      );
      return reply.code(204).send(null);
    },
  );
}

/** The queues whose call-backs somebody sees: those they serve; a supervisor's are all. */
async function queuesSeen(trx: Trx, actor: StaffActor): Promise<string[]> {
  const queues = await queuesOf(trx, actor.organisationId);
  if (actor.roles.includes('supervisor')) return queues.map((queue) => queue.id);
  const agent = await agentOf(trx, actor);
  return queues.filter((queue) => serves(agent, { queueId: queue.id, skills: queue.skills })).map((queue) => queue.id);
}
