import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createAssistant } from '../server/assistant/assistant.ts';
import type { Flow, FlowSet } from '../server/assistant/contract.ts';
import { makeSet, OWN_FLOWS, readFlows, storeSet } from '../server/assistant/flows.ts';
import { openOutside, type OpenOutside } from '../server/assistant/outside/open.ts';
import { createOutside, type OutsideRooms } from '../server/assistant/outside/outside.ts';
import { outsideRoutes } from '../server/assistant/outside/routes.ts';
import type { Departing, InboundContent, OutboundContent } from '../server/conversation/contract.ts';
import { createReceiver, type Receiver } from '../server/conversation/receive.ts';
import { type ConversationDeps, type Conversations, createConversations } from '../server/conversation/verbs.ts';
import type { Screening } from '../server/conversation/followers.ts';
import { type App, createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import { within } from '../server/platform/postgres.ts';
import { handedOver, released } from '../server/routing/hand-over.ts';
import type { Role, StaffActor } from '../server/trust/contract.ts';
import { trustPlugin } from '../server/trust/guard.ts';
import { SESSION_LIMITS, startSession } from '../server/trust/session.ts';
import { open, type Vault } from '../server/trust/vault.ts';
import { testOrganisation, testStaff, testVault } from './organisation.ts';
import type { TestDatabase } from './postgres.ts';

/** The rooms up to routing with the real assistant, what leaves it for outside, and the routes for that on a socket. */
export type OutsideHouse = {
  organisationId: string;
  slug: string;
  url: string;
  app: App;
  vault: Vault;
  outside: OutsideRooms;
  beyond: OpenOutside;
  conversations: Conversations;
  deps: ConversationDeps;
  assistant: ReturnType<typeof createAssistant>;
  now: { at: Date };
  departed: Departing[];
  /** Somebody writes on the web. @returns the conversation */
  write(address: string, content: InboundContent | string, profileName?: string): Promise<string>;
  /** Does what was asked outside so far, and what follows from it. @returns how many requests were pending */
  run(): Promise<number>;
  /** Ids of requests that nobody has answered. */
  pending(): Promise<string[]>;
  /** What the patient was told, all of it, oldest first. */
  said(conversationId: string): Promise<OutboundContent[]>;
  words(conversationId: string): Promise<string>;
  conversation(conversationId: string): Promise<{
    state: string;
    priority: string;
    handover_reason: string | null;
    summary: { key: string; value: string }[];
  }>;
  session(conversationId: string): Promise<Record<string, unknown> | null>;
  staff(roles: Role[]): Promise<{
    actor: StaffActor;
    ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }>;
  }>;
  close(): Promise<void>;
};

export async function outsideHouse(
  postgres: TestDatabase,
  options: { flows?: Flow[]; start?: string; screen?: (text: string) => Screening } = {},
): Promise<OutsideHouse> {
  const { db } = postgres;
  const vault = testVault();
  const slug = `hospital-${uuid().slice(-12)}`;
  const organisationId = await testOrganisation(postgres.ownerUrl, { slug });
  const now = { at: new Date() };
  const clock = () => now.at;
  const own = (await readFlows(OWN_FLOWS)).set as FlowSet;
  const set = makeSet({ ...own.settings, start: options.start ?? own.settings.start }, [
    ...Object.values(own.flows),
    ...(options.flows ?? []),
  ]);
  await within(db, organisationId, (trx) => storeSet(trx, organisationId, set));
  const outside = createOutside({ vault });
  const assistant = createAssistant({ vault, clock, outside });
  const departed: Departing[] = [];
  const deps: ConversationDeps = {
    vault,
    clock,
    processId: uuid(),
    followers: {
      screen: options.screen ?? (() => ({ level: 'none', flags: [] })),
      emergencyText: () => 'Llame al 112.',
      turns: (trx, situations) => assistant.turns(trx, situations),
      handedOver: (trx, handed) => handedOver(trx, handed, clock),
      released: (trx, gone) => released(trx, gone, clock),
    },
    depart: (departing) => void departed.push(...departing),
  };
  const conversations = createConversations(deps);
  const receiver: Receiver = createReceiver(db, deps);
  const beyond = openOutside({ db, vault, clock, conversations, hearBack: assistant.hearBack });
  const app = await createHttp();
  const trust = { db, vault, clock: () => new Date(), publicUrl: 'http://localhost:8080', limits: SESSION_LIMITS };
  await trustPlugin(app, trust);
  outsideRoutes(app, { db, vault, clock, ...beyond, changed: outside.changed });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const accountId = uuid();
  const read = <T>(work: Parameters<typeof within<T>>[2]): Promise<T> => within(db, organisationId, work);
  const house: OutsideHouse = {
    ...{ organisationId, slug, url, app, vault, outside, beyond, conversations, deps, assistant, now, departed },
    async write(address, content, profileName) {
      const received = await receiver({
        organisationId,
        channel: 'webchat',
        accountId,
        externalId: randomUUID(),
        address,
        sentAt: clock(),
        language: 'es',
        ...(profileName ? { profileName } : {}),
        content: typeof content === 'string' ? { kind: 'text', text: content } : content,
      });
      if (received.outcome !== 'stored') throw new Error(received.outcome);
      return received.conversationId;
    },
    async pending() {
      const { rows } = await read((trx) =>
        sql<{ id: string }>`select id from outside_request where state = 'pending' order by id`.execute(trx),
      );
      return rows.map((row) => row.id);
    },
    async run() {
      let done = 0;
      for (let ids = await house.pending(); ids.length && done < 50; ids = await house.pending()) {
        done += ids.length;
        for (const requestId of ids) await beyond.requests.job({ organisationId, requestId });
      }
      return done;
    },
    async said(conversationId) {
      return read(async (trx) => {
        const { rows } = await sql<{ id: string; person_id: string; content_sealed: Buffer }>`
          select id, person_id, content_sealed from message where conversation_id = ${conversationId}::uuid and direction = 'out' order by seq`.execute(
          trx,
        );
        const keys = await vault.personKeys(
          trx,
          organisationId,
          rows.map((row) => row.person_id),
        );
        return rows.map(
          (row) =>
            JSON.parse(
              open(keys.get(row.person_id)!, row.content_sealed, `message:${row.id}`).toString('utf8'),
            ) as OutboundContent,
        );
      });
    },
    async words(conversationId) {
      return (await house.said(conversationId)).map((one) => ('text' in one ? one.text : '')).join('\n');
    },
    conversation: (conversationId) =>
      read(async (trx) => {
        const { rows } = await sql<{
          state: string;
          priority: string;
          handover_reason: string | null;
          summary_sealed: Buffer | null;
          summary_person_id: string;
        }>`
          select state, priority, handover_reason, summary_sealed, summary_person_id from conversation where id = ${conversationId}::uuid`.execute(
          trx,
        );
        const { summary_sealed, summary_person_id, ...row } = rows[0]!;
        const keys = summary_sealed ? await vault.personKeys(trx, organisationId, [summary_person_id]) : null;
        const summary = summary_sealed
          ? (JSON.parse(
              open(keys!.get(summary_person_id)!, summary_sealed, `summary:${conversationId}`).toString('utf8'),
            ) as { key: string; value: string }[])
          : [];
        return { ...row, summary };
      }),
    session: (conversationId) =>
      read(async (trx) => {
        const { rows } = await sql<{ state_sealed: Buffer; person_id: string }>`
          select state_sealed, person_id from session where conversation_id = ${conversationId}::uuid`.execute(trx);
        if (!rows[0]) return null;
        const key = (await vault.personKeys(trx, organisationId, [rows[0].person_id])).get(rows[0].person_id)!;
        return JSON.parse(open(key, rows[0].state_sealed, `session:${conversationId}`).toString('utf8')) as Record<
          string,
          unknown
        >;
      }),
    async staff(roles) {
      const actor = await testStaff(postgres.ownerUrl, organisationId, 'Admin', roles);
      const membership = { id: actor.membershipId, organisationId, slug, organisation: '', name: actor.name, roles };
      const { token, actor: signedIn } = await startSession(trust, actor.accountId, membership, 'password', {
        address: '127.0.0.1',
        userAgent: null,
      });
      return {
        actor: signedIn,
        async ask(method, path, body) {
          const response = await fetch(`${url}${path}`, {
            method,
            headers: {
              cookie: `hebra_session=${token}`,
              'accept-language': 'es',
              ...(body !== undefined && { 'content-type': 'application/json' }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          });
          const text = await response.text();
          return { status: response.status, body: text ? (JSON.parse(text) as unknown) : null };
        },
      };
    },
    async close() {
      await receiver.idle();
      await app.close();
      await beyond.close();
    },
  };
  return house;
}
