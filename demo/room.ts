import { sql } from 'kysely';
import type { Priority } from '../server/conversation/contract.ts';
import type { Receiver } from '../server/conversation/receive.ts';
import type { Conversations } from '../server/conversation/verbs.ts';
import type { Clock } from '../server/platform/clock.ts';
import { uuid } from '../server/platform/ids.ts';
import { log } from '../server/platform/log.ts';
import { type Database, type Trx, within } from '../server/platform/postgres.ts';
import { Problem } from '../server/platform/problems.ts';
import { saveAgent } from '../server/routing/agents.ts';
import type { QueueSettings } from '../server/routing/contract.ts';
import { accept } from '../server/routing/offers.ts';
import { beat, connect, HEARTBEAT_MS, setPresence } from '../server/routing/presence.ts';
import { queuesOf, saveQueue } from '../server/routing/queues.ts';
import type { StaffActor } from '../server/trust/contract.ts';
import { addStaff } from '../server/trust/staff.ts';
import { DEMO_PASSWORD } from './organisation.ts';

/*
 * A room at work, so that the supervisor's board has something to show: people who write on the web and colleagues who
 * answer them, in three queues of their own. Everything goes through the verbs that real ones go through; the queues that
 * the demo's phone reaches, and whoever signs in to them, are left alone.
 */

const QUEUES: (Partial<QueueSettings> & Pick<QueueSettings, 'key' | 'names'>)[] = [
  {
    key: 'medication',
    names: { es: 'Medicación y recetas', ca: 'Medicació i receptes', en: 'Medication', pt: 'Medicação e receitas' },
    targetSeconds: 120,
    goal: 0.9,
  },
  {
    key: 'results',
    names: { es: 'Resultados', ca: 'Resultats', en: 'Results', pt: 'Resultados' },
    targetSeconds: 180,
    goal: 0.9,
  },
  {
    key: 'authorisations',
    names: { es: 'Autorizaciones', ca: 'Autoritzacions', en: 'Authorisations', pt: 'Autorizações' },
    targetSeconds: 240,
    goal: 0.85,
    entity: 'mutua-albada',
  },
];
const ENTITY = { key: 'mutua-albada', name: 'Mutua Albada' };

const COLLEAGUES = [
  'Aitana Roselló',
  'Joel Sandoval',
  'Lúa Castiñeira',
  'Priscila Moura',
  'Remedios Cañas',
  'Baltasar Quiñones',
  'Gonzalo Viñas',
  'Sira Palomares',
];
/** Few places each: so that some are full and some have room. */
const PLACES = 4;

type Talk = { queue: string; patient: string[]; agent: string[] };
const TALKS: Talk[] = [
  {
    queue: 'results',
    patient: [
      'Buenos días, ¿ya está el informe de mi analítica?',
      'Me la hice el jueves, en la planta baja',
      'Ah, perfecto. ¿Me lo pueden enviar?',
      'Muchas gracias',
    ],
    agent: [
      'Buenos días. Ahora lo miro, ¿qué día vino a hacérsela?',
      'Gracias. El informe está desde esta mañana.',
      'Sí, lo tiene en el portal. También puede recogerlo en el mostrador.',
    ],
  },
  {
    queue: 'medication',
    patient: [
      'Hola, necesito renovar la receta electrónica',
      'La de siempre, la que me renueva la doctora Larrea',
      'De acuerdo, espero entonces',
    ],
    agent: [
      'Buenos días. ¿Qué receta necesita renovar?',
      'Se lo paso a la doctora. En cuanto la firme la verá en su tarjeta.',
      'Quedamos así. Si mañana no la ve, escríbanos por aquí.',
    ],
  },
  {
    queue: 'authorisations',
    patient: [
      'Quería saber si la mutua ha autorizado la resonancia',
      'Es la 4471, la pedimos la semana pasada',
      'Vale, ¿y cuándo me darían hora?',
      'Gracias por mirarlo',
    ],
    agent: [
      'Buenos días. ¿Tiene a mano el número de la solicitud?',
      'Está autorizada desde ayer.',
      'La llamarán esta semana para darle día. Si prefiere, se la pido ahora.',
    ],
  },
  {
    queue: 'results',
    patient: ['Buenas, ¿cuándo me llaman con lo de la radiografía?', 'Sí, la del martes', 'Gracias'],
    agent: ['Buenos días. ¿La que se hizo esta semana?', 'El informe sale mañana; le avisamos por aquí.'],
  },
  {
    queue: 'authorisations',
    patient: [
      '¿Qué papeles necesito para que autoricen la rehabilitación?',
      'Tengo el informe, ¿lo subo por aquí?',
      'Perfecto',
    ],
    agent: ['El informe de su médico y la tarjeta de la mutua.', 'Sí, por aquí mismo. En dos días le decimos.'],
  },
];

const TICK_MS = 1_500;
/** One arrives about every so often while somebody watches. */
const EVERY_MS = 6_000;
const MOST = 60;
/** Nobody has looked for so long: the room rests. */
const UNWATCHED_MINUTES = 15;

type Deps = { db: Database; owner: Database; receive: Receiver; conversations: Conversations; clock: Clock };
type Talking = { talk: Talk; heard: number; nextAt: number };

/** Makes the three queues and their colleagues; those that stand keep what they are. */
async function makeRoom(trx: Trx, organisationId: string): Promise<void> {
  await sql`insert into entity (organisation_id, id, key, name) values (${organisationId}, ${uuid()}, ${ENTITY.key}, ${ENTITY.name})
    on conflict do nothing`.execute(trx);
  const known = new Set((await queuesOf(trx, organisationId)).map((queue) => queue.key));
  for (const queue of QUEUES) if (!known.has(queue.key)) await saveQueue(trx, organisationId, queue);
  for (const [i, name] of COLLEAGUES.entries()) {
    const email = `sala${i + 1}@vegaclara.example`;
    const { rows } = await sql`select 1 from account where email = ${email}`.execute(trx);
    if (rows.length > 0) continue;
    const { membershipId } = await addStaff(trx, {
      organisationId,
      email,
      name,
      roles: ['agent'],
      password: DEMO_PASSWORD,
    });
    await saveAgent(trx, organisationId, membershipId, { capacity: PLACES, queues: QUEUES.map((queue) => queue.key) });
  }
}

/**
 * Opens the room and keeps it at work until it is stopped.
 * @param deps.owner signed in as the owner of the tables: accounts are not the application's to make
 */
export async function openRoom(deps: Deps, organisationId: string): Promise<() => Promise<void>> {
  const { db, clock } = deps;
  await within(deps.owner, organisationId, (trx) => makeRoom(trx, organisationId));
  const as = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => within(db, organisationId, work);
  const colleagues = await as((trx) => readColleagues(trx, organisationId));
  const byId = new Map(colleagues.map((one) => [one.membershipId, one]));
  const accountId = await as(async (trx) => {
    const { rows } = await sql<{ id: string }>`select id from channel_account where organisation_id = ${organisationId}
      and channel = 'webchat' limit 1`.execute(trx);
    return rows[0]?.id;
  });
  if (!accountId) return async () => {};
  const desks = colleagues.map(() => uuid());
  for (const [i, actor] of colleagues.entries())
    await as(async (trx) => {
      await connect(trx, actor, { connectionId: desks[i]!, processId: uuid() }, clock());
      if (i < 6) await presence(trx, actor, 'available');
    });
  const talking = new Map<string, Talking>();
  const began = clock().getTime();
  let arrivesAt = began;
  let round = 0;

  async function presence(trx: Trx, actor: StaffActor, state: 'available' | 'break' | 'training'): Promise<void> {
    await setPresence(trx, actor, state === 'break' ? { state, reason: 'coffee' } : { state }, clock()).catch(
      ifRefused,
    );
  }

  async function tick(): Promise<void> {
    const now = clock().getTime();
    round += 1;
    if (round % Math.round(HEARTBEAT_MS / TICK_MS) === 1) await as((trx) => beat(trx, organisationId, desks, clock()));
    // the pauses of a working day
    if (round % 160 === 1) {
      const turn = Math.floor(round / 160);
      await as(async (trx) => {
        for (const [i, actor] of colleagues.entries())
          await presence(trx, actor, (i + turn) % 8 === 6 ? 'break' : (i + turn) % 8 === 7 ? 'training' : 'available');
      });
    }
    if (now >= arrivesAt && talking.size < MOST && (await watched(now))) {
      arrivesAt = now + EVERY_MS * (0.3 + 1.4 * Math.random());
      await arrive(now);
    }
    await answerOffers(now);
    await work(now);
  }

  async function watched(now: number): Promise<boolean> {
    if (now - began < UNWATCHED_MINUTES * 60_000) return true;
    const { rows } = await sql`select 1 from sign_in_session where ended_at is null
      and last_seen_at > ${new Date(now - UNWATCHED_MINUTES * 60_000)} limit 1`.execute(db);
    return rows.length > 0;
  }

  async function arrive(now: number): Promise<void> {
    const talk = TALKS[Math.floor(Math.random() * TALKS.length)]!;
    const conversationId = await say(uuid(), talk.patient[0]!);
    if (!conversationId) return;
    const chance = Math.random();
    const priority: Priority = chance < 0.1 ? 'urgent' : chance < 0.28 ? 'low' : 'standard';
    await as((trx) =>
      deps.conversations.handOver(
        trx,
        { kind: 'system', organisationId },
        { conversationId, queue: talk.queue, priority, reason: 'asked_for_person' },
      ),
    ).catch(ifRefused);
    talking.set(conversationId, { talk, heard: 1, nextAt: now });
    addresses.set(conversationId, lastAddress);
  }

  const addresses = new Map<string, string>();
  let lastAddress = '';
  async function say(address: string, text: string): Promise<string | undefined> {
    lastAddress = address;
    const received = await deps.receive({
      organisationId,
      channel: 'webchat',
      accountId: accountId!,
      externalId: uuid(),
      address,
      language: 'es',
      sentAt: clock(),
      content: { kind: 'text', text },
    });
    return received.outcome === 'stored' ? received.conversationId : undefined;
  }

  /** A colleague looks up after a few seconds. */
  async function answerOffers(now: number): Promise<void> {
    const { rows } = await as((trx) =>
      sql<{ id: string; agent_id: string; offered_at: Date }>`select id, agent_id, offered_at from offer
        where organisation_id = ${organisationId} and state = 'pending' and agent_id = any(${[...byId.keys()]}::uuid[])`.execute(
        trx,
      ),
    );
    for (const offer of rows)
      if (now - offer.offered_at.getTime() > 2_000 + (hash(offer.id) % 14_000))
        await as((trx) =>
          accept(
            trx,
            byId.get(offer.agent_id)!,
            { offerId: offer.id },
            { conversations: deps.conversations, now: clock() },
          ),
        ).catch(ifRefused);
  }

  /** Each side says its next words when it is their turn and some time has gone by. */
  async function work(now: number): Promise<void> {
    const { rows } = await as((trx) =>
      sql<{ id: string; state: string; agent_id: string | null; unanswered_since: Date | null; last_message_at: Date }>`
        select id, state, agent_id, unanswered_since, last_message_at from conversation
        where organisation_id = ${organisationId} and state <> 'closed'
          and (id = any(${[...talking.keys()]}::uuid[]) or agent_id = any(${[...byId.keys()]}::uuid[]))`.execute(trx),
    );
    const open = new Set(rows.map((row) => row.id));
    for (const id of talking.keys())
      if (!open.has(id)) {
        talking.delete(id);
        addresses.delete(id);
      }
    for (const row of rows) {
      const talk = talking.get(row.id);
      const actor = row.agent_id === null ? undefined : byId.get(row.agent_id);
      if (talk && now < talk.nextAt) continue;
      if (row.unanswered_since !== null && actor && row.state === 'with_agent') {
        const words = talk?.talk.agent[talk.heard - 1];
        if (talk) talk.nextAt = now + 12_000 + Math.random() * 50_000;
        await as(async (trx) => {
          if (words)
            await deps.conversations.reply(trx, actor, {
              conversationId: row.id,
              content: { kind: 'text', text: words },
            });
          else await deps.conversations.wrapUp(trx, actor, { conversationId: row.id, reason: 'other', solved: true });
        }).catch(ifRefused);
      } else if (row.unanswered_since === null && talk && row.agent_id !== null) {
        const words = talk.talk.patient[talk.heard];
        talk.heard += 1;
        // how long a colleague with several at once takes to write
        talk.nextAt = now + 8_000 + Math.random() * 40_000;
        if (words) await say(addresses.get(row.id)!, words);
        else if (actor)
          await as((trx) =>
            deps.conversations.wrapUp(trx, actor, { conversationId: row.id, reason: 'other', solved: true }),
          ).catch(ifRefused);
      } else if (!talk && actor && now - row.last_message_at.getTime() > 60_000) {
        // begun before the last restart: nobody remembers what it was about
        await as((trx) =>
          deps.conversations.wrapUp(trx, actor, { conversationId: row.id, reason: 'other', solved: true }),
        ).catch(ifRefused);
      }
    }
  }

  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = tick()
      .catch((error: unknown) => log.warn({ error }, 'the demo’s room stumbled; it goes on'))
      .finally(() => (busy = false));
  }, TICK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Somebody at a real desk was quicker, or the moment has passed. */
function ifRefused(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}

function hash(text: string): number {
  let value = 7;
  for (const letter of text) value = (value * 31 + letter.codePointAt(0)!) >>> 0;
  return value;
}

async function readColleagues(trx: Trx, organisationId: string): Promise<StaffActor[]> {
  const { rows } = await sql<{ id: string; account_id: string; name: string }>`
    select m.id, m.account_id, m.name from membership m join account a on a.id = m.account_id
    where m.organisation_id = ${organisationId} and a.email like 'sala%@vegaclara.example' order by a.email`.execute(
    trx,
  );
  return rows.map((row) => ({
    kind: 'staff',
    organisationId,
    membershipId: row.id,
    accountId: row.account_id,
    sessionId: '00000000-0000-0000-0000-000000000000',
    roles: ['agent'],
    name: row.name,
  }));
}
