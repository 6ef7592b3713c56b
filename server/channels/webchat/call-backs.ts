import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Language } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { App } from '../../platform/http.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { createLimiter } from '../limiter.ts';
import { channelProblems } from '../problems.ts';
import { callBackAnswer, callBackAsked, callBackRequest } from './contract.ts';
import type { Visit } from './visit.ts';

type Visitor = { organisationId: string; accountId: string; address: string; language: Language };

/** Being called when it is one's turn, or at a time; handed in by main from routing. */
export type CallBacks = {
  standing(trx: Trx, visitor: Visitor, now: Date): Promise<z.infer<typeof callBackAnswer>>;
  ask(
    trx: Trx,
    visitor: Visitor,
    wanted: { slotAt: Date | null; way: 'phone' | 'message'; number: string | null },
    now: Date,
  ): Promise<z.infer<typeof callBackAsked>>;
  revoke(trx: Trx, visitor: Visitor, now: Date): Promise<boolean>;
};

/** `/webchat/call-back`: a visitor sees, asks for, changes and takes back their call. */
export function callBackRoutes(
  app: App,
  deps: { db: Database; clock: Clock; callBacks: CallBacks },
  visitFor: (request: FastifyRequest, reply: FastifyReply) => Promise<Visit>,
): void {
  const { callBacks } = deps;
  // a person changes their mind a few times; a program that tries numbers is told to wait
  const asking = createLimiter({ burst: 10, everyMs: 6_000 });
  const reading = createLimiter({ burst: 60, everyMs: 500 });
  const tags = ['web chat'];

  async function as<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    pace: typeof asking,
    work: (trx: Trx, visitor: Visitor, now: Date) => Promise<T>,
  ): Promise<T> {
    const visit = await visitFor(request, reply);
    const wait = pace(visit.id);
    if (wait > 0) throw channelProblems.too_fast({ extra: { retryAfter: Math.ceil(wait / 1000) } });
    void reply.header('cache-control', 'no-store');
    const { organisationId, accountId, language, id: address } = visit;
    return within(deps.db, organisationId, (trx) =>
      work(trx, { organisationId, accountId, language, address }, deps.clock()),
    );
  }

  app.get(
    '/webchat/call-back',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'The call that was asked for, and what may be', response: { 200: callBackAnswer } },
    },
    (request, reply) => as(request, reply, reading, (trx, visitor, now) => callBacks.standing(trx, visitor, now)),
  );
  app.post(
    '/webchat/call-back',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Ask to be called, or change it',
        body: callBackRequest,
        response: { 201: callBackAsked },
      },
    },
    async (request, reply) => {
      const { slotAt, way, number } = request.body;
      const asked = await as(request, reply, asking, (trx, visitor, now) =>
        callBacks.ask(trx, visitor, { slotAt: slotAt === null ? null : new Date(slotAt), way, number }, now),
      );
      return reply.code(201).send(asked);
    },
  );
  app.delete(
    '/webchat/call-back',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'Take it back; nothing to take back is fine too', response: { 204: z.null() } },
    },
    async (request, reply) => {
      await as(request, reply, asking, (trx, visitor, now) => callBacks.revoke(trx, visitor, now));
      return reply.code(204).send(null);
    },
  );
}
