import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { conversationProblems } from '../conversation/problems.ts';
import type { Conversations } from '../conversation/verbs.ts';
import { announce } from '../platform/events.ts';
import type { App } from '../platform/http.ts';
import { type Trx, within } from '../platform/postgres.ts';
import { lockStory, taken } from '../routing/call-backs/due.ts';
import { noteOutcome } from '../routing/hand-over.ts';
import { createAccepting } from '../routing/accepting.ts';
import { type Accepted, decline, take } from '../routing/offers.ts';
import { setPresence } from '../routing/presence.ts';
import type { Actor, StaffActor } from '../trust/contract.ts';
import { staffOf } from '../trust/guard.ts';
import * as contract from './contract.ts';
import { readConversation, readEarlier, readHead, readMessage } from './conversation.ts';
import { fileRoutes } from './files.ts';
import { deskAgentOf, readInbox, type ReadDeps } from './inbox.ts';
import { listAgents, listCannedReplies, listQueues, listTemplates, listWrapUpReasons } from './lists.ts';
import type { DeskLive } from './live/live.ts';
import { appointmentRoutes, personRoutes } from './person/routes.ts';
import { lowerFlag, markRead, noteFrom, replyFrom } from './verbs.ts';

export type DeskDeps = ReadDeps & { conversations: Conversations; deskLive: DeskLive };

const byId = z.object({ id: z.uuid() });
const nothing = z.null().describe('Done; there is nothing to say.');

/** The desk's API. */
export async function deskRoutes(app: App, deps: DeskDeps): Promise<void> {
  inboxRoutes(app, deps);
  conversationRoutes(app, deps);
  await fileRoutes(app, deps);
  personRoutes(app, deps);
  appointmentRoutes(app, deps);
  listRoutes(app, deps);
  app.get(
    '/api/live',
    { websocket: true, config: { permission: 'live.follow' }, schema: { hide: true } },
    (socket, request) => deps.deskLive.attach(socket, staffOf(request)),
  );
}

/** One transaction in the organisation of whoever asks. */
function as<T>(deps: DeskDeps, request: FastifyRequest, work: (trx: Trx, actor: Actor) => Promise<T>): Promise<T> {
  return within(deps.db, request.actor.organisationId, (trx) => work(trx, request.actor));
}

function inboxRoutes(app: App, deps: DeskDeps): void {
  const accepting = createAccepting(deps.db, {
    ...deps,
    also: (trx, { actor }, held, now) => withStory(deps, trx, actor, held, now),
  });
  app.get(
    '/api/inbox',
    {
      config: { permission: 'inbox.read' },
      schema: { summary: 'What this agent’s desk shows', response: { 200: contract.inbox } },
    },
    (request) => readInbox(deps, staffOf(request)),
  );
  app.post(
    '/api/presence',
    {
      config: { permission: 'presence.set' },
      schema: {
        summary: 'Say what you are doing',
        body: contract.setPresenceBody,
        response: { 200: contract.deskAgent },
      },
    },
    (request) =>
      as(deps, request, async (trx) =>
        deskAgentOf(await setPresence(trx, staffOf(request), request.body, deps.clock())),
      ),
  );
  app.post(
    '/api/offers/:id/accept',
    {
      config: { permission: 'offer.answer' },
      schema: { summary: 'Take what is before you', params: byId, response: { 200: contract.accepted } },
    },
    (request) => accepting({ actor: staffOf(request), offerId: request.params.id }),
  );
  app.post(
    '/api/offers/:id/decline',
    {
      config: { permission: 'offer.answer' },
      schema: {
        summary: 'Let it go back to the queue',
        params: byId,
        body: contract.declineBody,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await as(deps, request, (trx) =>
        decline(trx, staffOf(request), { offerId: request.params.id, reason: request.body?.reason }, deps.clock()),
      );
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/items/:id/take',
    {
      config: { permission: 'item.take' },
      schema: { summary: 'Take something from a queue by hand', params: byId, response: { 200: contract.accepted } },
    },
    (request) =>
      as(deps, request, async (trx) => {
        const staff = staffOf(request);
        await lockStory(trx, staff.organisationId, { itemId: request.params.id });
        const now = deps.clock();
        const held = await take(trx, staff, { itemId: request.params.id }, { conversations: deps.conversations, now });
        return withStory(deps, trx, staff, held, now);
      }),
  );
}

/** A call-back brings the conversation of whom it is for, wherever that is by now. */
async function withStory(deps: DeskDeps, trx: Trx, staff: StaffActor, held: Accepted, now: Date): Promise<Accepted> {
  if (held.kind !== 'call_back') return held;
  return { ...held, conversationId: await taken(trx, deps, staff.organisationId, held.itemId, now) };
}

function conversationRoutes(app: App, deps: DeskDeps): void {
  const { conversations, vault } = deps;
  app.get(
    '/api/conversations/:id',
    {
      config: { permission: 'conversation.read' },
      schema: { summary: 'Open a conversation', params: byId, response: { 200: contract.conversationView } },
    },
    (request) => readConversation(deps, request.actor, request.params.id),
  );
  app.get(
    '/api/conversations/:id/messages',
    {
      config: { permission: 'conversation.read' },
      schema: {
        summary: 'Earlier messages',
        params: byId,
        querystring: contract.messagesQuery,
        response: { 200: contract.messagesPage },
      },
    },
    (request) => readEarlier(deps, request.actor, request.params.id, request.query),
  );
  app.post(
    '/api/conversations/:id/replies',
    {
      config: { permission: 'conversation.reply' },
      schema: {
        summary: 'Answer the patient',
        params: byId,
        body: contract.replyBody,
        response: { 201: contract.messageView },
      },
    },
    async (request, reply) => {
      const message = await as(deps, request, (trx, actor) =>
        replyFrom(trx, deps, actor, { conversationId: request.params.id, ...request.body }),
      );
      return reply.code(201).send(message);
    },
  );
  app.post(
    '/api/conversations/:id/notes',
    {
      config: { permission: 'conversation.note' },
      schema: {
        summary: 'Write what only colleagues see',
        params: byId,
        body: contract.noteBody,
        response: { 201: contract.messageView },
      },
    },
    async (request, reply) => {
      const message = await as(deps, request, (trx, actor) =>
        noteFrom(trx, deps, actor, { conversationId: request.params.id, ...request.body }),
      );
      return reply.code(201).send(message);
    },
  );
  const move = (
    path: string,
    permission: string,
    summary: string,
    act: (trx: Trx, actor: Actor, conversationId: string) => Promise<void>,
  ): void => {
    app.post(
      path,
      { config: { permission }, schema: { summary, params: byId, response: { 200: contract.conversationHead } } },
      (request) =>
        as(deps, request, async (trx, actor) => {
          await act(trx, actor, request.params.id);
          return readHead(trx, vault, actor, request.params.id);
        }),
    );
  };
  move('/api/conversations/:id/hold', 'conversation.hold', 'Put on hold', (trx, actor, conversationId) =>
    conversations.hold(trx, actor, { conversationId }),
  );
  move('/api/conversations/:id/resume', 'conversation.hold', 'Go on', (trx, actor, conversationId) =>
    conversations.resume(trx, actor, { conversationId }),
  );
  move(
    '/api/conversations/:id/reopen',
    'conversation.reply',
    'Open again what was closed',
    (trx, actor, conversationId) => conversations.reopen(trx, actor, { conversationId }),
  );
  app.post(
    '/api/conversations/:id/transfer',
    {
      config: { permission: 'conversation.transfer' },
      schema: {
        summary: 'Pass it on',
        params: byId,
        body: contract.transferBody,
        response: { 200: contract.conversationHead },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => {
        await conversations.transfer(trx, actor, { conversationId: request.params.id, ...request.body });
        return readHead(trx, vault, actor, request.params.id);
      }),
  );
  app.post(
    '/api/conversations/:id/wrap-up',
    {
      config: { permission: 'conversation.close' },
      schema: {
        summary: 'Close with why they came',
        params: byId,
        body: contract.wrapUpBody,
        response: { 200: contract.conversationHead },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => {
        const { reason, solved, note, outcome } = request.body;
        await conversations.wrapUp(trx, actor, { conversationId: request.params.id, reason, solved, note });
        if (outcome) await noteOutcome(trx, actor.organisationId, request.params.id, outcome);
        return readHead(trx, vault, actor, request.params.id);
      }),
  );
  app.post(
    '/api/conversations/:id/read',
    {
      config: { permission: 'conversation.reply' },
      schema: { summary: 'What was seen', params: byId, body: contract.readBody, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) => markRead(trx, actor, request.params.id));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/conversations/:id/typing',
    {
      config: { permission: 'conversation.reply' },
      schema: { summary: 'Somebody is writing an answer', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(deps, request, async (trx, actor) => {
        const head = await readHead(trx, vault, actor, request.params.id);
        if (!head.may.reply) throw conversationProblems.not_yours();
        await announce(trx, {
          organisationId: actor.organisationId,
          kind: 'typing',
          conversationId: head.conversationId,
          payload: { who: 'agent', agentId: staffOf(request).membershipId },
        });
      });
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/conversations/:id/lower-flag',
    {
      config: { permission: 'triage.lower' },
      schema: {
        summary: 'A nurse lowers a red flag, with the reason',
        params: byId,
        body: contract.lowerFlagBody,
        response: { 200: contract.conversationHead },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => {
        await lowerFlag(trx, deps, actor, { conversationId: request.params.id, ...request.body });
        return readHead(trx, vault, actor, request.params.id);
      }),
  );
  app.post(
    '/api/messages/:id/resend',
    {
      config: { permission: 'message.resend' },
      schema: { summary: 'Send a failed message again', params: byId, response: { 201: contract.messageView } },
    },
    async (request, reply) => {
      const message = await as(deps, request, async (trx, actor) => {
        const said = await conversations.resend(trx, actor, { messageId: request.params.id });
        return readMessage(trx, vault, actor.organisationId, said.messageId);
      });
      return reply.code(201).send(message);
    },
  );
}

function listRoutes(app: App, deps: DeskDeps): void {
  app.get(
    '/api/queues',
    {
      config: { permission: 'queue.read' },
      schema: { summary: 'Queues and what waits in them', response: { 200: contract.queuesList } },
    },
    (request) =>
      as(deps, request, async (trx, { organisationId }) => ({
        queues: await listQueues(trx, organisationId, deps.clock()),
      })),
  );
  app.get(
    '/api/agents',
    {
      config: { permission: 'agent.read' },
      schema: { summary: 'To whom work can be passed', response: { 200: contract.agentsList } },
    },
    (request) =>
      as(deps, request, async (trx, { organisationId }) => ({ agents: await listAgents(trx, organisationId) })),
  );
  app.get(
    '/api/wrap-up-reasons',
    {
      config: { permission: 'desk.read' },
      schema: { summary: 'Why patients come', response: { 200: contract.wrapUpReasons } },
    },
    (request) =>
      as(deps, request, async (trx, { organisationId }) => ({ reasons: await listWrapUpReasons(trx, organisationId) })),
  );
  app.get(
    '/api/canned-replies',
    {
      config: { permission: 'canned_reply.read' },
      schema: { summary: 'Ready answers', response: { 200: contract.cannedReplies } },
    },
    (request) =>
      as(deps, request, async (trx, { organisationId }) => ({ replies: await listCannedReplies(trx, organisationId) })),
  );
  app.get(
    '/api/templates',
    {
      config: { permission: 'template.read' },
      schema: { summary: 'Approved templates', response: { 200: contract.templatesList } },
    },
    (request) =>
      as(deps, request, async (trx, { organisationId }) => ({ templates: await listTemplates(trx, organisationId) })),
  );
}
