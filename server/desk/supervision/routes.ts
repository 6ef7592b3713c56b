import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Conversations } from '../../conversation/verbs.ts';
import { type App, languageOf } from '../../platform/http.ts';
import { type Trx, within } from '../../platform/postgres.ts';
import { staffOf } from '../../trust/guard.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { conversationHead, messageView } from '../contract.ts';
import { readHead } from '../conversation.ts';
import type { ReadDeps } from '../inbox.ts';
import { broadcast, readBroadcasts } from './broadcast.ts';
import { type Act, actOnItems } from './bulk.ts';
import * as contract from './contract.ts';
import { readItems, readNames } from './items.ts';
import { endListening, listen, readListeners, renewListening } from './listen.ts';
import type { RoomLive } from './live.ts';
import { readNotice, readNotices } from './notices.ts';
import { endOpening, openQueue } from './opening.ts';
import { setAgentPresence } from './presence.ts';
import { retryDeliveries } from './retry.ts';
import { takeOver } from './take-over.ts';
import { whisperTo } from './whisper.ts';

type RoomDeps = ReadDeps & { conversations: Conversations; roomLive: RoomLive };

const byId = z.object({ id: z.uuid() });
const nothing = z.null().describe('Done; there is nothing to say.');
/** Broadcasts of so long ago are still shown with their readers. */
const BROADCASTS_MS = 3 * 86_400_000;

/** The live room: what supervisors see and do, and what colleagues are told of it. */
export function supervisionRoutes(app: App, deps: RoomDeps): void {
  boardRoutes(app, deps);
  itemRoutes(app, deps);
  houseRoutes(app, deps);
  conversationRoutes(app, deps);
  noticeRoutes(app, deps);
}

/** One transaction in the organisation of whoever asks. */
function as<T>(deps: RoomDeps, request: FastifyRequest, work: (trx: Trx, actor: StaffActor) => Promise<T>): Promise<T> {
  const actor = staffOf(request);
  return within(deps.db, actor.organisationId, (trx) => work(trx, actor));
}

function boardRoutes(app: App, deps: RoomDeps): void {
  app.get(
    '/api/room',
    {
      config: { permission: 'room.read' },
      schema: { summary: 'The live room, at most a second old', response: { 200: contract.room } },
    },
    (request) => deps.roomLive.room(staffOf(request).organisationId),
  );
  app.get(
    '/api/room/live',
    { websocket: true, config: { permission: 'room.read' }, schema: { hide: true } },
    (socket, request) => deps.roomLive.attach(socket, staffOf(request)),
  );
  app.get(
    '/api/room/items',
    {
      config: { permission: 'room.read' },
      schema: {
        summary: 'What waits or is in hand; nobody’s name',
        querystring: contract.itemsQuery,
        response: { 200: contract.roomItems },
      },
    },
    (request) => as(deps, request, (trx, actor) => readItems(trx, actor.organisationId, request.query, deps.clock())),
  );
  app.post(
    '/api/room/names',
    {
      config: { permission: 'room.read' },
      schema: {
        summary: 'Who these conversations are with; each is audited',
        body: contract.namesBody,
        response: { 200: contract.names },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => ({
        names: await readNames(trx, deps.vault, actor, request.body.conversationIds),
      })),
  );
}

function itemRoutes(app: App, deps: RoomDeps): void {
  const act = (request: FastifyRequest, input: { items: string[]; reason: string }, act: Act) =>
    actOnItems(deps, staffOf(request), input, act, (problem) => problem.title(languageOf(request)));
  app.post(
    '/api/room/items/move',
    {
      config: { permission: 'room.move' },
      schema: { summary: 'To another queue', body: contract.moveBody, response: { 200: contract.outcome } },
    },
    (request) => act(request, request.body, { kind: 'move', queueId: request.body.queueId }),
  );
  app.post(
    '/api/room/items/pin',
    {
      config: { permission: 'room.pin' },
      schema: { summary: 'For one agent only', body: contract.pinBody, response: { 200: contract.outcome } },
    },
    (request) => act(request, request.body, { kind: 'pin', agentId: request.body.agentId }),
  );
  app.post(
    '/api/room/items/prioritise',
    {
      config: { permission: 'room.prioritise' },
      schema: { summary: 'Another class', body: contract.prioritiseBody, response: { 200: contract.outcome } },
    },
    (request) => act(request, request.body, { kind: 'prioritise', priority: request.body.priority }),
  );
  app.post(
    '/api/room/items/assign',
    {
      config: { permission: 'room.assign' },
      schema: { summary: 'An agent has it now', body: contract.assignBody, response: { 200: contract.outcome } },
    },
    (request) => act(request, request.body, { kind: 'assign', agentId: request.body.agentId }),
  );
}

function houseRoutes(app: App, deps: RoomDeps): void {
  app.post(
    '/api/room/queues/:id/opening',
    {
      config: { permission: 'room.open_queue' },
      schema: {
        summary: 'Open or close a queue for a while, whatever its hours',
        params: byId,
        body: contract.openingBody,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) =>
        openQueue(trx, actor, { queueId: request.params.id, ...request.body }, deps.clock()),
      );
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/room/queues/:id/opening',
    {
      config: { permission: 'room.open_queue' },
      schema: { summary: 'Its hours count again', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) => endOpening(trx, actor, request.params.id, deps.clock()));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/room/agents/:id/presence',
    {
      config: { permission: 'room.set_presence' },
      schema: {
        summary: 'Say for a colleague that they are available or gone; they are told',
        params: byId,
        body: contract.presenceBody,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) =>
        setAgentPresence(trx, actor, { agentId: request.params.id, ...request.body }, deps.clock()),
      );
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/room/broadcasts',
    {
      config: { permission: 'room.broadcast' },
      schema: {
        summary: 'Say something to the team',
        body: contract.broadcastBody,
        response: { 201: contract.broadcastView },
      },
    },
    async (request, reply) => {
      const said = await as(deps, request, (trx, actor) =>
        broadcast(trx, deps.vault, actor, request.body, deps.clock()),
      );
      return reply.code(201).send(said);
    },
  );
  app.get(
    '/api/room/broadcasts',
    {
      config: { permission: 'room.broadcast' },
      schema: { summary: 'What was said to the team, and who read it', response: { 200: contract.broadcasts } },
    },
    (request) =>
      as(deps, request, async (trx, actor) => ({
        broadcasts: await readBroadcasts(trx, deps.vault, actor.organisationId, {
          since: new Date(deps.clock().getTime() - BROADCASTS_MS),
        }),
      })),
  );
  app.post(
    '/api/room/deliveries/retry',
    {
      config: { permission: 'room.retry' },
      schema: {
        summary: 'Send again what a channel failed to deliver',
        body: contract.retryBody,
        response: { 200: contract.retried },
      },
    },
    async (request) => ({
      retried: await retryDeliveries(deps.db, deps, staffOf(request), request.body, deps.clock()),
    }),
  );
}

const byListening = byId.extend({ listeningId: z.uuid() });

function conversationRoutes(app: App, deps: RoomDeps): void {
  app.post(
    '/api/room/conversations/:id/listening',
    {
      config: { permission: 'room.listen' },
      schema: {
        summary: 'Begin to read along, with the reason',
        params: byId,
        body: contract.listenBody,
        response: { 201: contract.listening },
      },
    },
    async (request, reply) => {
      const begun = await as(deps, request, (trx, actor) =>
        listen(trx, actor, { conversationId: request.params.id, reason: request.body.reason }, deps.clock()),
      );
      return reply.code(201).send(begun);
    },
  );
  app.post(
    '/api/room/conversations/:id/listening/:listeningId/renew',
    {
      config: { permission: 'room.listen' },
      schema: { summary: 'Still reading along', params: byListening, response: { 200: contract.listening } },
    },
    (request) =>
      as(deps, request, (trx, actor) => renewListening(trx, actor, request.params.listeningId, deps.clock())),
  );
  app.post(
    '/api/room/conversations/:id/listening/:listeningId/end',
    {
      config: { permission: 'room.listen' },
      schema: { summary: 'No longer reading along', params: byListening, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) => endListening(trx, actor, request.params.listeningId, deps.clock()));
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/conversations/:id/listening',
    {
      config: { permission: 'conversation.read' },
      schema: { summary: 'Who reads along', params: byId, response: { 200: contract.listeners } },
    },
    (request) =>
      as(deps, request, async (trx, actor) => ({
        listeners: await readListeners(trx, actor.organisationId, request.params.id, deps.clock()),
      })),
  );
  app.post(
    '/api/room/conversations/:id/whispers',
    {
      config: { permission: 'room.whisper' },
      schema: {
        summary: 'A word to the agent that no patient sees',
        params: byId,
        body: contract.whisperBody,
        response: { 201: messageView },
      },
    },
    async (request, reply) => {
      const said = await as(deps, request, (trx, actor) =>
        whisperTo(trx, deps, actor, { conversationId: request.params.id, ...request.body }, deps.clock()),
      );
      return reply.code(201).send(said);
    },
  );
  app.post(
    '/api/room/conversations/:id/take-over',
    {
      config: { permission: 'room.take_over' },
      schema: {
        summary: 'Take it out of an agent’s hands; the agent is told',
        params: byId,
        body: contract.takeOverBody,
        response: { 200: conversationHead },
      },
    },
    (request) =>
      as(deps, request, async (trx, actor) => {
        await takeOver(
          trx,
          deps,
          actor,
          { conversationId: request.params.id, reason: request.body.reason },
          deps.clock(),
        );
        return readHead(trx, deps.vault, actor, request.params.id);
      }),
  );
}

function noticeRoutes(app: App, deps: RoomDeps): void {
  app.get(
    '/api/notices',
    {
      config: { permission: 'notice.read' },
      schema: { summary: 'What this colleague was told and has not read', response: { 200: contract.notices } },
    },
    (request) =>
      as(deps, request, async (trx, actor) => ({ notices: await readNotices(trx, deps.vault, actor, deps.clock()) })),
  );
  app.post(
    '/api/notices/:id/read',
    {
      config: { permission: 'notice.read' },
      schema: { summary: 'Read it', params: byId, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(deps, request, (trx, actor) => readNotice(trx, actor, request.params.id, deps.clock()));
      return reply.code(204).send(null);
    },
  );
}
