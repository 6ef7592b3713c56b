import { sql } from 'kysely';
import type { Conversations } from '../../conversation/verbs.ts';
import type { Situation, Turn } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { uuid } from '../../platform/ids.ts';
import { enqueue, type JobPayload } from '../../platform/jobs.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { organisationIds } from '../../trust/organisation.ts';
import { open, seal, type Vault } from '../../trust/vault.ts';
import type { Effect, EffectResult, Json } from '../contract.ts';
import { redactionFor } from './known.ts';
import type { Redaction } from './redact.ts';

/*
 * The way out and back of what cannot be done inside a turn. The turn leaves a row and a job in its own transaction and
 * rests; whoever gets the row calls out, holding no transaction; what came of it is an input of kind `effect` under the
 * conversation's lock. The row is the truth: it is answered once, by one process, whatever dies meanwhile.
 */

export const OUTSIDE = 'assistant.outside';
export type Kind = 'bot' | 'understand' | 'rephrase' | 'summary';

/** A process that works on a request says so this often; one that is silent for longer is believed dead. */
const BEAT_MS = 2_000;
const LEASE_MS = 8_000;
/** Its own job had this long before a sweep looks after it. */
const OVERDUE_MS = 8_000;
const MOST_ATTEMPTS = 3;
const AT_ONCE = 20;
const KEEP_DAYS = 7;

/** A request as it leaves. */
export type Work = {
  organisationId: string;
  id: string;
  kind: Kind;
  conversationId: string;
  passageId: string | null;
  payload: Record<string, Json>;
  redaction: Redaction;
  deadline: Date;
};
/** Does it, outside any transaction. Throwing means `error`. `{outcome: 'accepted'}`: the answer comes by another way. */
export type Perform = (work: Work) => Promise<EffectResult>;

/** What comes back, for the assistant to take its turn with. */
export type Back = { token: string; effect: string; result: EffectResult };
export type HearBack = (trx: Trx, situation: Situation, back: Back) => Promise<Turn | null>;

/** Leaves a request in this transaction. @returns its id */
export async function leaveRequest(
  trx: Trx,
  vault: Vault,
  given: {
    kind: Kind;
    organisationId: string;
    conversationId: string;
    personId: string;
    effect: Effect;
    passageId?: string;
    now: Date;
    withinMs: number;
  },
): Promise<string> {
  const id = uuid();
  const key = (await vault.personKeys(trx, given.organisationId, [given.personId])).get(given.personId)!;
  const payload = seal(key, JSON.stringify(given.effect.args), `outside:${id}`);
  const deadline = new Date(given.now.getTime() + given.withinMs);
  await sql`
    insert into outside_request (organisation_id, id, kind, conversation_id, person_id, effect, passage_id, payload_sealed, created_at, deadline_at)
    values (${given.organisationId}::uuid, ${id}::uuid, ${given.kind}, ${given.conversationId}::uuid, ${given.personId}::uuid, ${given.effect.id},
      ${given.passageId ?? null}::uuid, ${payload}, ${given.now}, ${deadline})`.execute(trx);
  await enqueue(trx, {
    task: OUTSIDE,
    payload: { organisationId: given.organisationId, requestId: id },
    key: `${OUTSIDE}:${id}`,
  });
  return id;
}

export type Requests = {
  /** The job: one request, if nobody else is at it. */
  job(payload: JobPayload): Promise<void>;
  /** Requests whose process died or whose job was lost, of every organisation. @returns how many were done */
  sweep(): Promise<number>;
  /** Hears an answer that came by another way. @returns whether it found its place */
  hear(trx: Trx, organisationId: string, conversationId: string, back: Back): Promise<boolean>;
};

type Row = {
  id: string;
  kind: Kind;
  conversation_id: string;
  person_id: string;
  effect: string;
  passage_id: string | null;
  payload_sealed: Buffer;
  attempts: number;
  deadline_at: Date;
};

export function createRequests(deps: {
  db: Database;
  vault: Vault;
  clock: Clock;
  conversations: Pick<Conversations, 'cameBack'>;
  hearBack: HearBack;
  perform: Record<Kind, Perform>;
}): Requests {
  const { db, vault, clock } = deps;

  async function hear(trx: Trx, organisationId: string, conversationId: string, back: Back): Promise<boolean> {
    const actor = { kind: 'assistant', organisationId } as const;
    return deps.conversations.cameBack(trx, actor, {
      conversationId,
      turn: (situation) => deps.hearBack(trx, situation, back),
    });
  }

  /** Takes a request for this process; null where another has it, it is answered, or an earlier one of its stay goes first. */
  async function claim(organisationId: string, id: string): Promise<{ row: Row; work: Work | null } | null> {
    return within(db, organisationId, async (trx) => {
      const now = clock();
      const { rows } = await sql<Row>`
        update outside_request r set attempts = attempts + 1, lease_until = ${new Date(now.getTime() + LEASE_MS)}
        where r.organisation_id = ${organisationId}::uuid and r.id = ${id}::uuid and r.state = 'pending'
          and (r.lease_until is null or r.lease_until < ${now})
          and not exists (select from outside_request o where o.passage_id = r.passage_id and o.state = 'pending' and o.id < r.id)
        returning id, kind, conversation_id, person_id, effect, passage_id, payload_sealed, attempts, deadline_at`.execute(
        trx,
      );
      const row = rows[0];
      if (!row) return null;
      if (row.deadline_at <= now || row.attempts > MOST_ATTEMPTS) return { row, work: null };
      const key = (await vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
      if (!key?.secret) return { row, work: null };
      const payload = JSON.parse(open(key, row.payload_sealed, `outside:${id}`).toString('utf8')) as Record<
        string,
        Json
      >;
      const redaction = await redactionFor(trx, vault, organisationId, row.conversation_id, now);
      return {
        row,
        work: {
          organisationId,
          id,
          kind: row.kind,
          conversationId: row.conversation_id,
          passageId: row.passage_id,
          payload,
          redaction,
          deadline: row.deadline_at,
        },
      };
    });
  }

  /** Says every two seconds that this process is alive and at it. @returns what ends that */
  function beat(organisationId: string, id: string): () => void {
    const timer = setInterval(() => {
      void within(db, organisationId, (trx) =>
        sql`update outside_request set lease_until = ${new Date(clock().getTime() + LEASE_MS)} where id = ${id}::uuid and state = 'pending'`.execute(
          trx,
        ),
      ).catch(() => undefined);
    }, BEAT_MS);
    return () => clearInterval(timer);
  }

  async function run(organisationId: string, id: string): Promise<boolean> {
    const claimed = await claim(organisationId, id);
    if (!claimed) return false;
    let result: EffectResult = { outcome: 'timeout' };
    if (claimed.work) {
      const end = beat(organisationId, id);
      try {
        result = await deps.perform[claimed.work.kind](claimed.work);
      } catch (error) {
        log.warn({ kind: claimed.work.kind, error: { name: (error as Error).name } }, 'what was asked outside failed');
        result = { outcome: 'error' };
      } finally {
        end();
      }
    }
    try {
      await finish(organisationId, claimed.row, result);
    } catch (error) {
      if (claimed.row.attempts <= MOST_ATTEMPTS) throw error;
      // its turn cannot be taken; the session's own time-out leads the patient on
      log.error({ kind: claimed.row.kind, error }, 'an answer from outside could not be heard');
      await within(db, organisationId, (trx) =>
        sql`update outside_request set state = 'stale', outcome = 'error', payload_sealed = null, ended_at = ${clock()}
          where id = ${id}::uuid and state = 'pending'`.execute(trx),
      );
    }
    if (claimed.row.passage_id) await next(organisationId, claimed.row.passage_id);
    return true;
  }

  /** The result takes its turn and the request is answered, both or neither. */
  async function finish(organisationId: string, row: Row, result: EffectResult): Promise<void> {
    await within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ state: string }>`
        select state from outside_request where id = ${row.id}::uuid for update`.execute(trx);
      if (rows[0]?.state !== 'pending') return;
      const alone = row.kind === 'summary' || result.outcome === 'accepted';
      const token = row.passage_id ?? row.id;
      const taken =
        alone || (await hear(trx, organisationId, row.conversation_id, { token, effect: row.effect, result }));
      await sql`
        update outside_request set state = ${taken ? 'done' : 'stale'}, outcome = ${result.outcome}, payload_sealed = null, lease_until = null,
          ended_at = ${clock()} where id = ${row.id}::uuid`.execute(trx);
      if (row.passage_id && (!taken || endsStay(result)))
        await sql`
          update bot_passage set ended_at = coalesce(ended_at, ${clock()}), outcome = coalesce(outcome, ${taken ? result.outcome : 'stale'})
          where id = ${row.passage_id}::uuid`.execute(trx);
    });
  }

  async function next(organisationId: string, passageId: string): Promise<void> {
    const waiting = await within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ id: string }>`
        select id from outside_request where passage_id = ${passageId}::uuid and state = 'pending' order by id limit 1`.execute(
        trx,
      );
      return rows[0]?.id;
    });
    if (waiting) await run(organisationId, waiting);
  }

  return {
    async job({ organisationId, requestId }) {
      await run(organisationId, String(requestId));
    },
    async sweep() {
      let done = 0;
      for (const organisationId of await organisationIds(db)) {
        const now = clock();
        const lost = await within(db, organisationId, async (trx) => {
          await sql`delete from outside_request where organisation_id = ${organisationId}::uuid and state <> 'pending'
            and ended_at < ${new Date(now.getTime() - KEEP_DAYS * 86_400_000)}`.execute(trx);
          const { rows } = await sql<{ id: string }>`
            select id from outside_request where organisation_id = ${organisationId}::uuid and state = 'pending'
              and (lease_until < ${now} or (lease_until is null and created_at < ${new Date(now.getTime() - OVERDUE_MS)}))
            order by created_at limit ${AT_ONCE}`.execute(trx);
          return rows.map((row) => row.id);
        });
        const results = await Promise.allSettled(lost.map((id) => run(organisationId, id)));
        done += results.filter((one) => one.status === 'fulfilled' && one.value).length;
      }
      return done;
    },
    hear,
  };
}

/** Whether a bot's stay is over with this. */
export function endsStay(result: EffectResult): boolean {
  if (result.outcome === 'accepted') return false;
  return result.outcome !== 'success' || (result.value as { then?: string } | undefined)?.then !== 'wait';
}
