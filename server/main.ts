import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createAssistant } from './assistant/assistant.ts';
import { asksForCallBack, asksForPerson } from './assistant/asks-person.ts';
import { languageOf } from './assistant/languages.ts';
import { openOutside } from './assistant/outside/open.ts';
import { createOutside } from './assistant/outside/outside.ts';
import { OUTSIDE } from './assistant/outside/requests.ts';
import { outsideRoutes } from './assistant/outside/routes.ts';
import { voiceRoutes } from './assistant/voice/routes.ts';
import { createLibrary } from './assistant/knowledge/library.ts';
import { knowledgeRoutes } from './assistant/knowledge/routes.ts';
import { sourceLine } from './assistant/knowledge/said.ts';
import { createSlotOffered } from './assistant/slot-offered.ts';
import { createAccounts } from './channels/accounts.ts';
import { connectChannels } from './channels/connect.ts';
import { createDeliver } from './channels/deliver.ts';
import { createLimiter } from './channels/limiter.ts';
import { createFetchMedia, FETCH_MEDIA } from './channels/whatsapp/media.ts';
import { whatsappRoutes } from './channels/whatsapp/routes.ts';
import { createGraphPools, createWhatsappChannel } from './channels/whatsapp/send.ts';
import { webchatRoutes } from './channels/webchat/routes.ts';
import { createWebchatChannel } from './channels/webchat/send.ts';
import { visitHash } from './channels/webchat/thread.ts';
import { createVisits, sweepVisits } from './channels/webchat/visit.ts';
import type { Departing } from './conversation/contract.ts';
import { readAttachment } from './conversation/queries.ts';
import { createReceipts } from './conversation/receipts.ts';
import { createReceiver, type Receiver } from './conversation/receive.ts';
import { raiseUnanswered } from './conversation/red-flags/raise.ts';
import { type ConversationDeps, type Conversations, createConversations } from './conversation/verbs.ts';
import { wakeSleepers } from './conversation/wake.ts';
import { createDeskLive, type DeskLive } from './desk/live/live.ts';
import { protocolRoutes } from './desk/protocols/routes.ts';
import { lapseJoinings } from './desk/joining/answer.ts';
import { joiningRoutes } from './desk/joining/routes.ts';
import { redFlagRoutes } from './desk/red-flags/routes.ts';
import { deskRoutes } from './desk/routes.ts';
import { seedDesk } from './desk/seed.ts';
import { settingsRoutes } from './desk/settings/routes.ts';
import { createRoomLive } from './desk/supervision/live.ts';
import { supervisionRoutes } from './desk/supervision/routes.ts';
import { systemClock } from './platform/clock.ts';
import { type Config, ConfigError, readConfig } from './platform/config.ts';
import { startEmbedded } from './platform/embedded.ts';
import { type App, createHttp } from './platform/http.ts';
import { uuid } from './platform/ids.ts';
import { startJobs, type Tasks } from './platform/jobs.ts';
import { Live } from './platform/live.ts';
import { log } from './platform/log.ts';
import { gauge, healthRoutes } from './platform/metrics.ts';
import { applicationPassword, applicationUrl, migrate } from './platform/migrate.ts';
import { servePage } from './platform/pages.ts';
import { openDatabase, type Postgres, type Trx, within } from './platform/postgres.ts';
import { SLOT_OFFERED } from './record/contract.ts';
import type { CallBackDeps } from './routing/call-backs/deps.ts';
import { mergeWaiting, sweepCallBacks } from './routing/call-backs/due.ts';
import { createTakeCall, heardOfCalls, TAKE } from './routing/call-backs/meanwhile.ts';
import { countCallBacks } from './routing/call-backs/metrics.ts';
import { callBackRoutes } from './routing/call-backs/routes.ts';
import { assistantCallBacks, offersCallBacks, webCallBacks } from './routing/call-backs/verbs.ts';
import { handedOver, released } from './routing/hand-over.ts';
import { heardInLine } from './routing/leaving/leave.ts';
import { onlyOfTheLine } from './routing/leaving/words.ts';
import { sweepLevels } from './routing/levels/watch.ts';
import { startMatcher } from './routing/match.ts';
import { lapseDue } from './routing/offers.ts';
import { vanished } from './routing/presence.ts';
import { anyOpen } from './routing/queues.ts';
import { waysRoutes } from './routing/ways/routes.ts';
import { callBeside, tellOtherWays } from './routing/ways/say.ts';
import { waysInForce } from './routing/ways/versions.ts';
import { stranger } from './routing/ways/visitor.ts';
import { waysFor } from './routing/ways/ways.ts';
import { taskRoutes } from './routing/tasks/routes.ts';
import { releaseDue } from './routing/tasks/tasks.ts';
import { setPaces } from './routing/concurrency/pace.ts';
import { keepFresh } from './routing/wait/state.ts';
import { createTellAsked, heardOfWait, TELL_ASKED } from './routing/wait/asked.ts';
import { standingOf, tellAgain, type TellDeps } from './routing/wait/tell.ts';
import type { Category } from './triage/contract.ts';
import { emergencyText } from './triage/emergency.ts';
import { seedProtocols } from './triage/protocols/life-cycle.ts';
import { screen } from './triage/screen.ts';
import { startLinker } from './trust/audit.ts';
import { trustPlugin } from './trust/guard.ts';
import { checkMasterKey } from './trust/master-key.ts';
import { organisationIds, organisationOf } from './trust/organisation.ts';
import { trustRoutes } from './trust/routes.ts';
import { SESSION_LIMITS } from './trust/session.ts';
import { firstAdministratorLink } from './trust/staff.ts';
import { sweepSignIn } from './trust/throttle.ts';
import { createVault, type Vault } from './trust/vault.ts';

/** Under which name a process is connected to the database. */
const connectedAs = (processId: string): string => `hebra-${processId}`;

/** How often sessions whose wait has run out are looked for. */
const WAKE_EVERY_MS = 5_000;
/** How often each agent’s pace of replies is measured: how late a stop may be. */
const PACE_EVERY_MS = 30_000;
/** How often it is looked at who waits and was told otherwise. */
const TELL_EVERY_MS = 20_000;
/** How often red flags that nobody answered are looked for: how late the two minutes may be. */
const RAISE_EVERY_MS = 1_000;
/** How often what waits is looked at for its target: how late a warning may be. */
const LEVELS_EVERY_MS = 1_000;
/** Events are kept so long for desks that come back; what they say stands in the rows. */
const EVENT_DAYS = 3;
const SWEEP_EVERY_MS = 3_600_000;

export type Server = {
  app: App;
  config: Config;
  vault: Vault;
  postgres: Postgres;
  ownerUrl: string;
  /** What the demo's own people write with. */
  receive: Receiver;
  conversations: Conversations;
  /** Begins to listen and to work. @returns where it listens */
  start(): Promise<string>;
  /** Takes no more, finishes what it has, gives back the rest. */
  stop(): Promise<void>;
};

/**
 * Puts the house together: every room is made here and handed what it needs, and nowhere else.
 * @throws when the database cannot be reached or brought forward
 */
export async function buildServer(config: Config): Promise<Server> {
  const clock = systemClock;
  const processId = uuid();
  const masterKey = config.masterKey ?? (await ownKey(config.dataDir));
  const embedded = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir });
  const ownerUrl = config.databaseUrl ?? embedded!.ownerUrl;
  await checkMasterKey(ownerUrl, masterKey);
  const password = applicationPassword(masterKey);
  await migrate(ownerUrl, password);
  const postgres = openDatabase(applicationUrl(ownerUrl, password), { max: 24, name: connectedAs(processId) });
  const { db } = postgres;
  const vault = createVault(masterKey);
  const live = new Live(db, postgres.url, connectedAs(processId));
  const accounts = createAccounts(db, vault);
  const trust = { db, vault, clock, publicUrl: config.publicUrl, limits: SESSION_LIMITS };

  // the heart, and the rooms above it as functions
  const library = createLibrary(clock);
  const outside = createOutside({ vault });
  const callBacks: CallBackDeps = {
    vault,
    clock,
    get conversations() {
      return conversations;
    },
  };
  const assistant = createAssistant({ vault, clock, library, outside, callBacks: assistantCallBacks(callBacks) });
  const graphs = createGraphPools();
  const readFileOf = (organisationId: string, id: string): ReturnType<typeof readAttachment> =>
    within(db, organisationId, (trx) => readAttachment(trx, vault, organisationId, id));
  const deliver = createDeliver({
    db,
    vault,
    accounts,
    processId,
    connectedAs,
    channels: {
      whatsapp: createWhatsappChannel({ pools: graphs, readFile: readFileOf }),
      webchat: createWebchatChannel(),
    },
  });
  const deps: ConversationDeps = {
    vault,
    clock,
    processId,
    followers: {
      screen,
      spokenIn: languageOf,
      emergencyText: (level, language, number, category, address) =>
        emergencyText(level, language, number, category as Category, address),
      turns: (trx, situations) => assistant.turns(trx, situations),
      handedOver: async (trx, handed) =>
        tellOtherWays(
          trx,
          handed,
          await handedOver(trx, await mergeWaiting(trx, handed, clock()), clock),
          { callBacks: offersCallBacks },
          clock,
        ),
      heardInLine: async (trx, said) => {
        const ofLine = await heardInLine(trx, said, clock);
        const ofCalls = await heardOfCalls(
          trx,
          said.filter((_, i) => ofLine[i] === null),
          {
            asks: asksForCallBack,
            offered: (trx, organisationId, conversationId) =>
              callBeside(trx, organisationId, conversationId, { callBacks: offersCallBacks }, clock()),
          },
        );
        const heard = ofLine.map((one) => one ?? ofCalls.shift() ?? null);
        await heardOfWait(
          trx,
          said.filter((_, i) => heard[i] === null),
          asksForPerson,
        );
        return heard;
      },
      onlyOfTheLine,
      released: (trx, conversations) => released(trx, conversations, clock),
    },
    depart: (departing: Departing[]) => deliver.hand(departing),
  };
  const conversations = createConversations(deps);
  const receive = createReceiver(db, deps);
  const beyond = openOutside({ db, vault, clock, conversations, hearBack: assistant.hearBack });
  const recordReceipt = createReceipts(db);

  const app = await createHttp();
  await trustPlugin(app, trust);
  trustRoutes(app, trust);
  let ready = false;
  healthRoutes(app, async () => ready && (await answers(postgres)));
  whatsappRoutes(app, { db, vault, accounts, receive, recordReceipt });
  const webchat = webchatRoutes(app, {
    db,
    vault,
    accounts,
    live,
    publicUrl: config.publicUrl,
    receive,
    recordReceipt,
    clock,
    callBacks: webCallBacks(callBacks),
    waiting: (trx, organisationId, conversationId) => standingOf(trx, organisationId, conversationId, clock()),
    ways: async (trx, organisation, language) => {
      const { content } = await waysInForce(trx, organisation);
      const asked = { queue: null, visitor: stranger(language) };
      const now = await waysFor(trx, organisation, content, asked, { callBacks: offersCallBacks }, clock());
      return {
        ways: now.ways.map(({ wait, ...one }) => ({ ...one, wait: wait?.minutes ?? null })),
        open: await anyOpen(trx, organisation.id, clock()),
      };
    },
    knowledge: async (trx, organisation, query, language) =>
      (await library.shelf(trx, organisation.id)).find(query, language, 'patient', 2).map((one) => ({
        id: one.articleId,
        title: one.title,
        text: one.text,
        source: sourceLine(one.publishedAt, language, organisation),
      })),
  });
  const visits = createVisits(db);
  waysRoutes(app, {
    db,
    clock,
    callBacks: offersCallBacks,
    publicUrl: config.publicUrl,
    pace: createLimiter({ burst: 120, everyMs: 500 }),
    async visitOf(token) {
      const visit = await visits.find(token);
      if (!visit) return undefined;
      const hash = await within(db, visit.organisationId, (trx) => visitHash(trx, vault, visit));
      return { ...visit, address: { accountId: visit.accountId, hash } };
    },
  });
  const deskLive = createDeskLive({ db, vault, live, clock, trust, processId });
  await deskRoutes(app, { db, vault, live, clock, conversations, deskLive });
  const roomLive = createRoomLive({ db, live, clock, trust });
  supervisionRoutes(app, { db, vault, live, clock, conversations, roomLive });
  joiningRoutes(app, { db, vault, clock, conversations, assistant });
  callBackRoutes(app, { db, vault, clock, conversations });
  taskRoutes(app, { db, vault, clock, conversations });
  settingsRoutes(app, { db, clock, trust });
  protocolRoutes(app, { db, vault, clock, trust });
  redFlagRoutes(app, { db, vault, clock, trust });
  knowledgeRoutes(app, { db, vault, clock, library });
  await servePage(app, '/desk', 'desk');

  voiceRoutes(app, { db });
  outsideRoutes(app, { db, vault, clock, ...beyond, changed: outside.changed });

  measure(postgres, deskLive);

  const telling: TellDeps = {
    db,
    clock,
    conversations,
    callBeside: (trx, organisationId, conversationId, now) =>
      callBeside(trx, organisationId, conversationId, { callBacks: offersCallBacks }, now),
  };
  const tasks: Tasks = {
    [OUTSIDE]: beyond.requests.job,
    [FETCH_MEDIA]: createFetchMedia({ db, vault, accounts, pools: graphs, conversations }),
    [TAKE]: createTakeCall({ db, vault, clock, conversations }),
    [TELL_ASKED]: createTellAsked(telling),
    [SLOT_OFFERED]: createSlotOffered({ db, clock, assistant, conversations }),
    'routing.lapse': async ({ organisationId }) => {
      await within(db, organisationId, (trx) => lapseDue(trx, organisationId, clock()));
    },
    'routing.vanished': async ({ organisationId, agentId }) => {
      await vanished(db, { conversations, clock }, { organisationId, agentId: String(agentId) });
    },
  };
  const stops: (() => Promise<void> | void)[] = [];
  return {
    app,
    config,
    vault,
    postgres,
    ownerUrl,
    receive,
    conversations,
    async start() {
      await live.start();
      deliver.start();
      const matcher = startMatcher({ db, clock, conversations });
      stops.push(() => matcher.stop(), keepFresh({ db, clock }));
      if (config.roles.worker) {
        const jobs = await startJobs(ownerUrl, tasks);
        const linker = startLinker({ db, vault, folder: config.dataDir });
        const wakes = every(WAKE_EVERY_MS, () => wakeSleepers(db, deps, assistant.wake));
        const answers = every(WAKE_EVERY_MS, beyond.requests.sweep);
        const served = every(SWEEP_EVERY_MS, beyond.forget);
        const raises = every(RAISE_EVERY_MS, () => raiseUnanswered(db, deps));
        const calls = every(RAISE_EVERY_MS, () => sweepCallBacks(db, callBacks));
        const lapses = every(RAISE_EVERY_MS, () => lapseJoinings(db, { vault, clock, conversations }));
        const dues = every(WAKE_EVERY_MS, () => releaseDue(db, clock));
        const levels = every(LEVELS_EVERY_MS, () => sweepLevels(db, clock));
        const tells = every(TELL_EVERY_MS, () => tellAgain(telling));
        const paces = every(PACE_EVERY_MS, () => setPaces(db, clock));
        const sweeps = every(SWEEP_EVERY_MS, () => forget(postgres, trust));
        stops.push(
          jobs.stop,
          linker.stop,
          wakes,
          answers,
          served,
          raises,
          calls,
          lapses,
          dues,
          levels,
          tells,
          paces,
          sweeps,
        );
      }
      const address = config.roles.web ? await app.listen({ port: config.port, host: config.host }) : config.publicUrl;
      ready = true;
      return address;
    },
    async stop() {
      ready = false;
      webchat.stop();
      await deskLive.stop();
      await roomLive.stop();
      await app.close();
      await receive.idle();
      for (const stop of stops.splice(0).reverse()) await stop();
      await deliver.stop();
      await live.stop();
      await graphs.close();
      await beyond.close();
      await postgres.close();
      await embedded?.stop();
    },
  };
}

/** The demo's own master key, made once and kept beside its data. */
async function ownKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'master.key');
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return Buffer.from(await readFile(file, 'utf8'), 'base64');
}

async function answers({ pool }: Postgres): Promise<boolean> {
  return pool.query('select 1').then(
    () => true,
    () => false,
  );
}

/** What a watcher asks: how many wait and how long, what is on its way, what could not be taken, who has a desk open. */
function measure({ db }: Postgres, desks: DeskLive): void {
  const each = async (
    read: (trx: Trx, organisationId: string) => Promise<{ value: number; labels?: Record<string, string> }[]>,
  ) => {
    const rows: { value: number; labels: Record<string, string> }[] = [];
    for (const organisationId of await organisationIds(db))
      await within(db, organisationId, async (trx) => {
        const { slug } = await organisationOf(trx, organisationId);
        for (const { value, labels } of await read(trx, organisationId))
          rows.push({ value, labels: { organisation: slug, ...labels } });
      });
    return rows;
  };
  gauge('hebra_conversations', 'Open conversations by state', () =>
    each(async (trx) => {
      const { rows } = await sql<{
        state: string;
        n: number;
      }>`select state, count(*)::int as n from conversation where state <> 'closed' group by state`.execute(trx);
      return rows.map((row) => ({ value: row.n, labels: { state: row.state } }));
    }),
  );
  gauge('hebra_oldest_wait_seconds', 'Longest that anyone waits now, by queue', () =>
    each(async (trx) => {
      const { rows } = await sql<{ key: string; seconds: number }>`
        select q.key, extract(epoch from now() - min(c.waiting_since))::float8 as seconds
        from conversation c join queue q on q.id = c.queue_id where c.state = 'waiting' group by q.key`.execute(trx);
      return rows.map((row) => ({ value: row.seconds, labels: { queue: row.key } }));
    }),
  );
  gauge('hebra_call_backs', 'Open call-backs by state', () => each(countCallBacks));
  gauge('hebra_departures', 'Replies committed and not yet taken by their channel', () =>
    each(async (trx) => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from departure`.execute(trx);
      return [{ value: rows[0]!.n }];
    }),
  );
  gauge('hebra_dead_letters', 'Messages that could not be taken and wait for the administrator', () =>
    each(async (trx) => {
      const { rows } = await sql<{
        n: number;
      }>`select count(*)::int as n from dead_letter where resolved_at is null`.execute(trx);
      return [{ value: rows[0]!.n }];
    }),
  );
  gauge('hebra_live_sockets', 'Desks open in this process', async () => [{ value: desks.size() }]);
}

/** What has served its time: events that every desk has long seen, empty web visits, old tries to sign in. */
async function forget({ db }: Postgres, trust: Parameters<typeof sweepSignIn>[0]): Promise<void> {
  for (const organisationId of await organisationIds(db)) {
    await within(db, organisationId, (trx) =>
      sql`delete from event where organisation_id = ${organisationId}::uuid and at < now() - ${EVENT_DAYS} * interval '1 day'`.execute(
        trx,
      ),
    );
    await sweepVisits(db, organisationId);
  }
  await sweepSignIn(trust);
}

/** Does something again and again, never twice at once. @returns what ends it and waits for the last time */
function every(ms: number, work: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = work()
      .catch((error: unknown) => log.warn({ error }, 'a sweep failed; it is tried again'))
      .finally(() => (busy = false));
  }, ms);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Who prepares a house says how it greets; the demo has people of its own, who come when it listens and leave before it ends. */
type Greeting = { welcome(address: string): string; begin?(): Promise<void>; end?(): Promise<void> };

async function run(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2));
  if (config.roles.web) await checkPort(config);
  const server = await buildServer(config);
  const greeting: Greeting = config.demo
    ? await (await import('../demo/main.ts')).prepareDemo(server)
    : await prepareHouse(server);
  const address = await server.start();
  await greeting.begin?.();
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    Promise.resolve(greeting.end?.())
      .then(() => server.stop())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        log.error({ error }, 'did not stop cleanly');
        process.exit(1);
      });
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.stdout.write(greeting.welcome(address));
}

/** Looks before anything is made or changed, so that a second start by mistake ends at once and says why. */
async function checkPort({ host, port }: Config): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE' ? 'is taken' : code === 'EACCES' ? 'is not allowed to us' : `cannot be used (${code})`;
    throw new ConfigError(`PORT ${port} on ${host} ${why}: set PORT to another, or stop what listens there.`);
  } finally {
    probe.close();
  }
}

/** What a real house needs before its doors open: an organisation, what its desk keeps at hand, its channels. */
async function prepareHouse({
  config,
  ownerUrl,
  postgres,
  vault,
}: Server): Promise<{ welcome(address: string): string }> {
  const owner = openDatabase(ownerUrl, { max: 1, name: 'hebra-founder' });
  const link = await firstAdministratorLink(owner.db, { clock: systemClock, publicUrl: config.publicUrl }).finally(() =>
    owner.close(),
  );
  for (const organisationId of await organisationIds(postgres.db))
    await within(postgres.db, organisationId, async (trx) => {
      await seedDesk(trx, organisationId);
      await seedProtocols(trx, organisationId, systemClock());
    });
  await connectChannels(postgres.db, vault, config.whatsapp);
  return {
    welcome: (address) =>
      `Hebra listens on ${address}; people reach it at ${config.publicUrl}/desk\n${link ? `Make the first administrator, once: ${link}\n` : ''}`,
  };
}

if (import.meta.main) {
  run().catch((error: unknown) => {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else log.fatal({ error }, 'could not start');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 200).unref();
  });
}
