import { WebSocket } from 'ws';
import type { ConversationView, Inbox } from '../server/desk/contract.ts';
import { createAssistant } from '../server/assistant/assistant.ts';
import { joiningRoutes } from '../server/desk/joining/routes.ts';
import { applyToConversation, applyToInbox, type ServerFrame } from '../server/desk/live/contract.ts';
import { createDeskLive } from '../server/desk/live/live.ts';
import { protocolRoutes } from '../server/desk/protocols/routes.ts';
import { redFlagRoutes } from '../server/desk/red-flags/routes.ts';
import { deskRoutes } from '../server/desk/routes.ts';
import { settingsRoutes } from '../server/desk/settings/routes.ts';
import { createRoomLive, type RoomLive } from '../server/desk/supervision/live.ts';
import { supervisionRoutes } from '../server/desk/supervision/routes.ts';
import { systemClock } from '../server/platform/clock.ts';
import { createHttp } from '../server/platform/http.ts';
import { uuid } from '../server/platform/ids.ts';
import { Live } from '../server/platform/live.ts';
import { type Matcher, startMatcher } from '../server/routing/match.ts';
import { taskRoutes } from '../server/routing/tasks/routes.ts';
import type { StaffActor } from '../server/trust/contract.ts';
import { trustPlugin } from '../server/trust/guard.ts';
import { SESSION_LIMITS, startSession, type TrustDeps } from '../server/trust/session.ts';
import type { TestDatabase } from './postgres.ts';
import type { Stage } from './stage.ts';

export type Answer<T = any> = { status: number; body: T; headers: Headers };

export type Desk = {
  address: string;
  matcher: Matcher;
  roomLive: RoomLive;
  trust: TrustDeps;
  /** Signs a member in. */
  signIn(actor: StaffActor): Promise<SignedIn>;
  close(): Promise<void>;
};

export type SignedIn = {
  actor: StaffActor;
  cookie: string;
  get<T = any>(path: string): Promise<Answer<T>>;
  post<T = any>(path: string, body?: unknown): Promise<Answer<T>>;
  put<T = any>(path: string, body: unknown): Promise<Answer<T>>;
  send(path: string, form: FormData): Promise<Answer>;
};

/** The desk's own API on a socket, with sign-in, matching and live frames. */
export async function openDesk(postgres: TestDatabase, stage: Pick<Stage, 'vault' | 'conversations'>): Promise<Desk> {
  const { db } = postgres;
  const live = new Live(db, postgres.url);
  await live.start();
  const app = await createHttp();
  const trust: TrustDeps = {
    db,
    vault: stage.vault,
    clock: systemClock,
    publicUrl: 'http://localhost:8080',
    limits: SESSION_LIMITS,
  };
  await trustPlugin(app, trust);
  const read = { db, vault: stage.vault, live, clock: systemClock };
  const deskLive = createDeskLive({ ...read, trust, processId: uuid() });
  await deskRoutes(app, { ...read, conversations: stage.conversations, deskLive });
  const roomLive = createRoomLive({ db, live, clock: systemClock, trust });
  supervisionRoutes(app, { ...read, conversations: stage.conversations, roomLive });
  const assistant = createAssistant({ vault: stage.vault, clock: systemClock });
  joiningRoutes(app, { db, vault: stage.vault, clock: systemClock, conversations: stage.conversations, assistant });
  taskRoutes(app, { db, vault: stage.vault, clock: systemClock, conversations: stage.conversations });
  protocolRoutes(app, { db, vault: stage.vault, clock: systemClock, trust });
  redFlagRoutes(app, { db, vault: stage.vault, clock: systemClock, trust });
  settingsRoutes(app, { db, clock: systemClock, trust });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const matcher = startMatcher({ db, clock: systemClock, conversations: stage.conversations });
  return {
    address,
    matcher,
    roomLive,
    trust,
    async signIn(actor) {
      const membership = {
        id: actor.membershipId,
        organisationId: actor.organisationId,
        slug: '',
        organisation: '',
        name: actor.name,
        roles: actor.roles,
      };
      const { token, actor: signed } = await startSession(trust, actor.accountId, membership, 'password', {
        address: '127.0.0.1',
        userAgent: null,
      });
      const cookie = `hebra_session=${token}`;
      const ask = async (path: string, init: RequestInit): Promise<Answer> => {
        const response = await fetch(`${address}${path}`, {
          ...init,
          headers: { cookie, 'accept-language': 'es', ...init.headers },
        });
        const text = await response.text();
        const json = response.headers.get('content-type')?.includes('json');
        return { status: response.status, body: json && text ? JSON.parse(text) : text, headers: response.headers };
      };
      return {
        actor: signed,
        cookie,
        get: (path) => ask(path, {}),
        post: (path, body) =>
          ask(path, {
            method: 'POST',
            ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
          }),
        put: (path, body) =>
          ask(path, {
            method: 'PUT',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
        send: (path, form) => ask(path, { method: 'POST', body: form }),
      };
    },
    async close() {
      await matcher.stop();
      await deskLive.stop();
      await roomLive.stop();
      await app.close();
      await live.stop();
    },
  };
}

export type Line = {
  frames: ServerFrame[];
  inbox: Inbox | null;
  opened: ConversationView | null;
  closed: number | null;
  /** Goes on from what it holds. */
  connect(): Promise<void>;
  drop(): void;
  open(conversationId: string): Promise<void>;
  say(frame: unknown): void;
  until(done: () => boolean, what: string): Promise<void>;
};

/** A client as the desk is one: fetches once, then lives on frames, and goes on from its cursor after a broken line. */
export function createLine(desk: Desk, signed: SignedIn): Line {
  let socket: WebSocket | null = null;
  const line: Line = {
    frames: [],
    inbox: null,
    opened: null,
    closed: null,
    async connect() {
      if (!line.inbox) line.inbox = (await signed.get<Inbox>('/api/inbox')).body;
      line.closed = null;
      const opened = new WebSocket(`${desk.address.replace('http', 'ws')}/api/live`, {
        headers: { cookie: signed.cookie },
      });
      socket = opened;
      opened.on('message', (data) => {
        if (socket !== opened) return;
        take(JSON.parse(String(data)) as ServerFrame);
      });
      opened.on('close', (code) => {
        if (socket === opened) line.closed = code;
      });
      await new Promise<void>((ready, failed) => {
        opened.once('open', ready);
        // one that was dropped before it opened is no failure
        opened.on('error', (error) => (socket === opened ? failed(error) : ready()));
      });
      if (socket === opened) greet();
    },
    drop() {
      const dropped = socket;
      socket = null;
      dropped?.terminate();
    },
    async open(conversationId) {
      line.opened = (await signed.get<ConversationView>(`/api/conversations/${conversationId}`)).body;
      line.say({ type: 'watch', conversationId, cursor: line.opened.cursor });
    },
    say(frame) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    async until(done, what) {
      const end = Date.now() + 60_000;
      while (!done()) {
        if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
        await new Promise((later) => setTimeout(later, 5));
      }
    },
  };
  function greet(): void {
    line.say({ type: 'hello', cursor: line.inbox!.cursor });
    if (line.opened)
      line.say({ type: 'watch', conversationId: line.opened.conversation.conversationId, cursor: line.opened.cursor });
  }
  function take(frame: ServerFrame): void {
    line.frames.push(frame);
    if (frame.type === 'reset') {
      void signed.get<Inbox>('/api/inbox').then(async (answer) => {
        line.inbox = answer.body;
        if (line.opened)
          line.opened = (
            await signed.get<ConversationView>(`/api/conversations/${line.opened.conversation.conversationId}`)
          ).body;
        greet();
      });
      return;
    }
    if (line.inbox) line.inbox = applyToInbox(line.inbox, frame);
    if (line.opened) line.opened = applyToConversation(line.opened, frame);
  }
  return line;
}
