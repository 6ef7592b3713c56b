import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Assistant } from '../../assistant/assistant.ts';
import { readMessages, readSummary } from '../../conversation/queries.ts';
import { heldByAgent } from '../../conversation/rules.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Clock } from '../../platform/clock.ts';
import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { staffOf } from '../../trust/guard.ts';
import type { Vault } from '../../trust/vault.ts';
import { conversationHead } from '../contract.ts';
import { readHead, showMessages } from '../conversation.ts';
import { accept, end, refuse, sayInConsult, withdraw } from './answer.ts';
import { askConsult, askToJoin, leaveTransfer, offerTransfer } from './ask.ts';
import { targets } from './candidates.ts';
import * as contract from './contract.ts';
import { choices, giveBack, takeBack, titlesOf } from './give-back.ts';
import { joiningProblems } from './problems.ts';
import { readErrands, readJoinings, readThread } from './queries.ts';

export type JoiningRoutesDeps = {
  db: Database;
  vault: Vault;
  clock: Clock;
  conversations: Conversations;
  assistant: Pick<Assistant, 'beginErrand' | 'errands'>;
};

const byId = z.object({ id: z.uuid() });
const nothing = z.null().describe('Done; there is nothing to say.');
/** Messages that a colleague who is consulted reads of what it is about. */
const PAGE = 50;

/** Colleagues in a conversation: passing on by hand, consulting, letting in; giving back to the assistant. */
export function joiningRoutes(app: App, deps: JoiningRoutesDeps): void {
  const { vault } = deps;
  const as = <T>(request: FastifyRequest, work: (trx: Trx, actor: StaffActor) => Promise<T>): Promise<T> => {
    const actor = staffOf(request);
    return within(deps.db, actor.organisationId, (trx) => work(trx, actor));
  };
  const view = async (trx: Trx, actor: StaffActor, id: string): Promise<contract.JoiningView> => {
    const [found] = await readJoinings(trx, vault, actor.organisationId, { ids: [id] });
    if (!found) throw joiningProblems.not_found();
    return found;
  };

  app.get(
    '/api/joinings',
    {
      config: { permission: 'joining.read' },
      schema: {
        summary: 'What colleagues ask of you, and what you take part in',
        response: { 200: contract.joiningsMine },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { organisationId, membershipId } = actor;
        const asked = await readJoinings(trx, vault, organisationId, { askedOf: membershipId }, true);
        const mine = await readJoinings(trx, vault, organisationId, { of: membershipId });
        const errands = await readErrands(
          trx,
          vault,
          organisationId,
          membershipId,
          titlesOf(await choices(trx, deps, organisationId)),
        );
        const conversations = [...asked, ...mine, ...errands].map((one) => one.conversationId);
        if (conversations.length > 0)
          await audit(trx, actor, {
            action: 'read',
            subject: { kind: 'joinings', id: membershipId },
            detail: { conversations: [...new Set(conversations)] },
          });
        return { asked, mine, errands };
      }),
  );
  app.get(
    '/api/joining-targets',
    {
      config: { permission: 'joining.read' },
      schema: { summary: 'Who may be asked, and as what', response: { 200: contract.targetsView } },
    },
    (request) => as(request, (trx, actor) => targets(trx, actor.organisationId, actor.membershipId)),
  );
  app.post(
    '/api/conversations/:id/pass-on',
    {
      config: { permission: 'conversation.transfer' },
      schema: {
        summary: 'Pass it on: by hand, or leaving at once',
        params: byId,
        body: contract.passOnBody,
        response: { 200: contract.passedOn },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const input = { conversationId: request.params.id, to: request.body.to, note: request.body.note };
        const joiningId = request.body.stay ? await offerTransfer(trx, deps, actor, input) : null;
        if (!joiningId) await leaveTransfer(trx, deps, actor, input);
        return {
          conversation: await readHead(trx, vault, actor, request.params.id),
          joining: joiningId ? await view(trx, actor, joiningId) : null,
        };
      }),
  );
  app.post(
    '/api/conversations/:id/consults',
    {
      config: { permission: 'joining.ask' },
      schema: {
        summary: 'Ask a colleague for advice, beside the conversation',
        params: byId,
        body: contract.consultBody,
        response: { 201: contract.joiningView },
      },
    },
    async (request, reply) => {
      const asked = await as(request, async (trx, actor) =>
        view(trx, actor, await askConsult(trx, deps, actor, { conversationId: request.params.id, ...request.body })),
      );
      return reply.code(201).send(asked);
    },
  );
  app.post(
    '/api/conversations/:id/joins',
    {
      config: { permission: 'joining.ask' },
      schema: {
        summary: 'Ask an interpreter, a supervisor or a colleague to come in',
        params: byId,
        body: contract.joinBody,
        response: { 201: contract.joiningView },
      },
    },
    async (request, reply) => {
      const asked = await as(request, async (trx, actor) =>
        view(trx, actor, await askToJoin(trx, deps, actor, { conversationId: request.params.id, ...request.body })),
      );
      return reply.code(201).send(asked);
    },
  );
  app.post(
    '/api/joinings/:id/accept',
    {
      config: { permission: 'joining.answer' },
      schema: { summary: 'Say yes to a colleague', params: byId, response: { 200: contract.joiningView } },
    },
    (request) =>
      as(request, async (trx, actor) => view(trx, actor, (await accept(trx, deps, actor, request.params.id)).id)),
  );
  app.post(
    '/api/joinings/:id/refuse',
    {
      config: { permission: 'joining.answer' },
      schema: { summary: 'Say no', params: byId, body: contract.refuseBody, response: { 204: nothing } },
    },
    async (request, reply) => {
      await as(request, (trx, actor) =>
        refuse(trx, deps, actor, { joiningId: request.params.id, reason: request.body?.reason }),
      );
      return reply.code(204).send(null);
    },
  );
  for (const [path, summary, act] of [
    ['withdraw', 'Take back what was asked', withdraw],
    ['end', 'Leave, see somebody off, or close a consult', end],
  ] as const)
    app.post(
      `/api/joinings/:id/${path}`,
      {
        config: { permission: 'joining.ask' },
        schema: { summary, params: byId, response: { 200: contract.joiningView } },
      },
      (request) =>
        as(request, async (trx, actor) => {
          await act(trx, deps, actor, request.params.id);
          return view(trx, actor, request.params.id);
        }),
    );
  consultRoutes(app, deps, as);

  app.get(
    '/api/errands',
    {
      config: { permission: 'conversation.give_back' },
      schema: { summary: 'For what a conversation can be given back', response: { 200: contract.errandChoices } },
    },
    (request) => as(request, (trx, actor) => choices(trx, deps, actor.organisationId)),
  );
  app.post(
    '/api/conversations/:id/give-to-assistant',
    {
      config: { permission: 'conversation.give_back' },
      schema: {
        summary: 'Give it to the assistant for a purpose, or to an outside bot',
        params: byId,
        body: contract.giveBody,
        response: { 200: conversationHead },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await giveBack(trx, deps, actor, { conversationId: request.params.id, ...request.body });
        return readHead(trx, vault, actor, request.params.id);
      }),
  );
  app.post(
    '/api/conversations/:id/take-back',
    {
      config: { permission: 'conversation.give_back' },
      schema: {
        summary: 'Take back what was given to the assistant',
        params: byId,
        response: { 200: conversationHead },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        await takeBack(trx, deps, actor, { conversationId: request.params.id });
        return readHead(trx, vault, actor, request.params.id);
      }),
  );
}

function consultRoutes(
  app: App,
  deps: JoiningRoutesDeps,
  as: <T>(request: FastifyRequest, work: (trx: Trx, actor: StaffActor) => Promise<T>) => Promise<T>,
): void {
  const { vault } = deps;
  app.get(
    '/api/conversations/:id/consults',
    {
      config: { permission: 'conversation.read' },
      schema: { summary: 'The side threads of a conversation', params: byId, response: { 200: contract.consultsOf } },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { organisationId } = actor;
        const head = await readHead(trx, vault, actor, request.params.id);
        const consults = await readJoinings(trx, vault, organisationId, {
          conversationId: head.conversationId,
          kind: 'consult',
        });
        if (consults.length > 0)
          await audit(trx, actor, {
            action: 'read',
            subject: { kind: 'consults', id: head.conversationId },
            personId: head.aboutId,
            detail: { consults: consults.map((one) => one.id) },
          });
        const opened = [];
        for (const consult of consults)
          opened.push({ consult, messages: await readThread(trx, vault, organisationId, consult.id) });
        return { consults: opened };
      }),
  );
  app.get(
    '/api/consults/:id',
    {
      config: { permission: 'joining.read' },
      schema: {
        summary: 'A side thread and, while it is open, what it is about',
        params: byId,
        response: { 200: contract.consultOpened },
      },
    },
    (request) =>
      as(request, async (trx, actor) => {
        const { organisationId, membershipId } = actor;
        const [consult] = await readJoinings(trx, vault, organisationId, { ids: [request.params.id] });
        if (consult?.kind !== 'consult') throw joiningProblems.not_found();
        if (consult.from.agentId !== membershipId && consult.agent?.agentId !== membershipId)
          throw joiningProblems.not_in_it();
        const { conversationId } = consult;
        const { rows } = await sql<{
          about_id: string;
        }>`select about_id from conversation where id = ${conversationId}::uuid`.execute(trx);
        // what it is about is read as long as it is asked about, and no longer
        const open = consult.state === 'accepted' && heldByAgent(consult.about.state);
        await audit(trx, actor, {
          action: 'read',
          subject: { kind: 'consult', id: consult.id },
          personId: rows[0]!.about_id,
          reason: open ? 'consult' : null,
          detail: { conversationId, conversation: open },
        });
        const messages = open
          ? await showMessages(
              trx,
              organisationId,
              (await readMessages(trx, vault, organisationId, { conversationId, limit: PAGE })).filter(
                (one) => one.direction !== 'system',
              ),
              vault,
            )
          : [];
        return {
          consult,
          messages: await readThread(trx, vault, organisationId, consult.id),
          conversation: open
            ? { messages, summary: await readSummary(trx, vault, organisationId, conversationId) }
            : null,
        };
      }),
  );
  app.post(
    '/api/consults/:id/messages',
    {
      config: { permission: 'joining.answer' },
      schema: {
        summary: 'Write in a side thread',
        params: byId,
        body: contract.consultMessageBody,
        response: { 201: contract.consultMessage },
      },
    },
    async (request, reply) => {
      const said = await as(request, async (trx, actor) => {
        const messageId = await sayInConsult(trx, deps, actor, { joiningId: request.params.id, ...request.body });
        const thread = await readThread(trx, vault, actor.organisationId, request.params.id);
        return thread.find((one) => one.id === messageId)!;
      });
      return reply.code(201).send(said);
    },
  );
}
