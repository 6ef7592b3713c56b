/*
 * Who gets what, beside the least that any assigner does: one statement that locks an item and an agent, SKIP LOCKED, and
 * writes a row (6,500 / 5,000 / 4,500 a second with 8 / 16 / 32 clients where the design was measured). Ours is the real path
 * on a real database: the rules decide, offers are written with their events and lapses; then as many agents accept, each waiting
 * for their own answer; those of one moment share a transaction.
 */
import pg from 'pg';
import { randomBytes } from 'node:crypto';
import { migrate } from '../server/platform/migrate.ts';
import { uuid } from '../server/platform/ids.ts';
import { openDatabase, type Postgres, within } from '../server/platform/postgres.ts';
import { matchOnce } from '../server/routing/match.ts';
import { createAccepting } from '../server/routing/accepting.ts';
import { saveQueue } from '../server/routing/queues.ts';
import type { StaffActor } from '../server/trust/contract.ts';

const AGENTS = 200;
const QUEUES = 20;
/** No agent may have more places: so many are given before anybody is full, and nothing has to be ended meanwhile. */
const PLACES = 100;

export type Measured = {
  clients: number;
  /** Assignments a second: an item, an agent and a row, whatever rules there are. */
  anchor: number;
  /** The same work by the real rules: an item put before an agent, with its offer, its event and its lapse. */
  offered: number;
  /** Offered, and accepted by as many agents at once: two assignments' worth of locks and rows. */
  ours: number;
  /** The same where agents want no question: what is offered is theirs in the same transaction. */
  atOnce: number;
};

/** Measures anchor and ours one after the other for each number of clients, in a database of their own. */
export async function measureAssignment(ownerUrl: string, seconds: number, clients = [8, 16, 32]): Promise<Measured[]> {
  const name = `bench_assignment_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: ownerUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  try {
    await migrate(url.toString(), 'bench-only');
    const measured: Measured[] = [];
    for (const count of clients)
      measured.push({
        clients: count,
        anchor: await anchor(url.toString(), count, seconds),
        offered: await ours(url.toString(), 0, seconds, false),
        ours: await ours(url.toString(), count, seconds, false),
        atOnce: await ours(url.toString(), 0, seconds, true),
      });
    return measured;
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

async function anchor(url: string, clients: number, seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: clients });
  try {
    await pool.query(`
      drop table if exists bench_row, bench_item, bench_agent;
      create table bench_item (id integer primary key, state integer not null default 0, agent_id integer);
      create index on bench_item (id) where state = 0;
      create table bench_agent (id integer primary key, load integer not null default 0, capacity integer not null, check (load <= capacity));
      create table bench_row (id bigint generated always as identity primary key, item_id integer not null, agent_id integer not null, at timestamptz not null default now());
      insert into bench_item (id) select n from generate_series(1, ${AGENTS * PLACES}) n;
      insert into bench_agent (id, capacity) select n, ${PLACES} from generate_series(1, ${AGENTS}) n;
      analyze bench_item, bench_agent`);
    const statement = {
      name: 'assign',
      text: `
        with i as (select id from bench_item where state = 0 and id >= $2 order by id limit 1 for update skip locked),
        a as (select id from bench_agent where id >= $1 and load < capacity order by id limit 1 for update skip locked),
        taken as (update bench_item set state = 1, agent_id = a.id from i, a where bench_item.id = i.id),
        loaded as (update bench_agent set load = load + 1 from a where bench_agent.id = a.id and exists (select 1 from i))
        insert into bench_row (item_id, agent_id) select i.id, a.id from i, a returning item_id`,
    };
    // connections and plans are there before the time begins
    const all = await Promise.all(Array.from({ length: clients }, () => pool.connect()));
    for (const client of all) for (let i = 0; i < 6; i += 1) await client.query({ ...statement, values: [i + 1, 1] });
    let given = 0;
    let turn = 0;
    const until = Date.now() + seconds * 1_000;
    const begun = performance.now();
    await Promise.all(
      all.map(async (client, n) => {
        // each begins at a place of its own and goes on from there: nobody wades through what is taken already
        let from = 1 + Math.floor((n * AGENTS * PLACES) / clients);
        while (Date.now() < until && given < (AGENTS * PLACES) / 2) {
          turn = (turn + 7) % AGENTS;
          const { rows } = await client.query({ ...statement, values: [turn, from] });
          if (rows[0]) from = rows[0].item_id + 1;
          given += rows.length;
        }
        client.release();
      }),
    );
    return (given / (performance.now() - begun)) * 1_000;
  } finally {
    await pool.end();
  }
}

async function ours(url: string, clients: number, seconds: number, atOnce: boolean): Promise<number> {
  const owner = openDatabase(url, { max: clients + 2, name: 'hebra-bench' });
  try {
    const { organisationId, actors } = await house(owner, atOnce);
    const none = { conversations: { assign: () => Promise.reject(new Error('no conversation is here')) } };
    const offers: { offerId: string; agentId: string }[] = [];
    const accepting = createAccepting(owner.db, { ...none, clock: () => new Date() });
    const answer = ({ offerId, agentId }: { offerId: string; agentId: string }) =>
      accepting({ actor: actors.get(agentId)!, offerId });
    // connections and plans are there before the time begins
    const first = await within(owner.db, organisationId, (trx) =>
      matchOnce(trx, organisationId, new Date(), atOnce ? none : {}),
    );
    if (clients > 0) await Promise.all(first.offers.map(answer));
    let given = 0;
    let matching = true;
    const until = Date.now() + seconds * 1_000;
    const begun = performance.now();
    const matcher = async (): Promise<void> => {
      while (Date.now() < until) {
        // an agent's desk is never far behind: what is offered is answered before more is
        if (clients > 0 && offers.length > clients * 32) {
          await new Promise((later) => setTimeout(later, 1));
          continue;
        }
        const matched = await within(owner.db, organisationId, (trx) =>
          matchOnce(trx, organisationId, new Date(), atOnce ? none : {}),
        );
        if (atOnce || clients === 0) given += matched.offers.length;
        else offers.push(...matched.offers);
        if (matched.offers.length === 0) break;
      }
      matching = false;
    };
    const agent = async (): Promise<void> => {
      while (Date.now() < until) {
        const offer = offers.shift();
        if (!offer) {
          if (!matching) return;
          await new Promise((later) => setTimeout(later, 1));
          continue;
        }
        await answer(offer);
        given += 1;
      }
    };
    await Promise.all([matcher(), ...Array.from({ length: clients }, agent)]);
    const rate = (given / (performance.now() - begun)) * 1_000;
    await mustBeRight(owner, organisationId);
    return rate;
  } finally {
    await owner.close();
  }
}

/** An organisation with its queues, its agents at their desks, and as much work as they have places. */
async function house(
  owner: Postgres,
  atOnce: boolean,
): Promise<{ organisationId: string; actors: Map<string, StaffActor> }> {
  const organisationId = uuid();
  await owner.pool.query(`insert into organisation (id, slug, name) values ($1, $2, 'Bench')`, [
    organisationId,
    `bench-${organisationId.slice(-12)}`,
  ]);
  const queueIds: string[] = [];
  for (let i = 0; i < QUEUES; i += 1) {
    const text = `Queue ${i}`;
    queueIds.push(
      await within(owner.db, organisationId, (trx) =>
        saveQueue(trx, organisationId, {
          key: `q${i}`,
          names: { es: text, ca: text, en: text, pt: text },
          cost: 1 + (i % 3),
          skills: i % 4 === 0 ? ['nurse'] : [],
          rings: [{ after: 2, without: [], levels: 1 }],
        }),
      ),
    );
  }
  const actors = new Map<string, StaffActor>();
  for (let i = 0; i < AGENTS; i += 1) {
    const [accountId, membershipId] = [uuid(), uuid()];
    actors.set(membershipId, {
      kind: 'staff',
      organisationId,
      membershipId,
      accountId,
      sessionId: uuid(),
      roles: ['agent'],
      name: `Agent ${i}`,
    });
  }
  const all = [...actors.values()];
  await owner.pool.query(
    `insert into account (id, email, name) select a, a || '@example.org', 'Agent' from unnest($1::uuid[]) a`,
    [all.map((one) => one.accountId)],
  );
  await owner.pool.query(
    `insert into membership (organisation_id, id, account_id, name, roles) select $1, m, a, 'Agent', '{agent}' from unnest($2::uuid[], $3::uuid[]) as t(m, a)`,
    [organisationId, all.map((one) => one.membershipId), all.map((one) => one.accountId)],
  );
  await owner.pool.query(
    `insert into agent (organisation_id, id, capacity, skills, auto_accept)
      select $1, m, ${PLACES}, case when n % 3 = 0 then '{nurse}'::text[] else '{}' end, $3 from unnest($2::uuid[]) with ordinality as t(m, n)`,
    [organisationId, all.map((one) => one.membershipId), atOnce],
  );
  await owner.pool.query(`update agent set presence = 'available' where organisation_id = $1`, [organisationId]);
  await owner.pool.query(
    `insert into connection (organisation_id, id, agent_id, seen_until) select $1, gen_random_uuid(), m, now() + interval '1 day' from unnest($2::uuid[]) m`,
    [organisationId, all.map((one) => one.membershipId)],
  );
  await owner.pool.query(
    `insert into item (organisation_id, id, kind, queue_id, priority, queued_at, target_seconds)
      select $1, gen_random_uuid(), 'task', ($2::uuid[])[1 + n % ${QUEUES}], (array['urgent', 'standard', 'low'])[1 + n % 3],
        now() - n % 600 * interval '1 second', 120
      from generate_series(1, ${(AGENTS * PLACES * 3) / 4}) n`,
    [organisationId, queueIds],
  );
  await owner.pool.query('analyze item, agent, queue, connection');
  return { organisationId, actors };
}

/** A fast assigner that gives something twice is none. @throws when anything was given twice or anybody is over capacity */
async function mustBeRight(owner: Postgres, organisationId: string): Promise<void> {
  const { rows } = await owner.pool.query(
    `select
      (select count(*)::int from agent a where organisation_id = $1
        and (load > capacity or load <> (select coalesce(sum(weight), 0) from item i where i.agent_id = a.id))) as loads,
      (select count(*)::int from (select 1 from offer where organisation_id = $1 and state in ('pending', 'accepted') group by item_id having count(*) > 1) x) as twice`,
    [organisationId],
  );
  if (rows[0].loads !== 0 || rows[0].twice !== 0) throw new Error(`the assigner is wrong: ${JSON.stringify(rows[0])}`);
}

if (import.meta.main) {
  const { startEmbedded } = await import('../server/platform/embedded.ts');
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const dataDir = await mkdtemp(`${tmpdir()}/hebra-assignment-`);
  const embedded = await startEmbedded({ dataDir });
  try {
    for (const one of await measureAssignment(embedded.ownerUrl, Number(process.argv[2] ?? 2)))
      process.stdout.write(
        `${one.clients} clients: anchor ${Math.round(one.anchor)}/s · ${[one.offered, one.ours, one.atOnce].map((rate, i) => `${['offered', 'offered and accepted', 'accepted by itself'][i]} ${Math.round(rate)}/s (${Math.round((rate / one.anchor) * 100)} %)`).join(' · ')}\n`,
      );
  } finally {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
