import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import { organisationIds, organisationOf } from '../../trust/organisation.ts';
import { emergencyNumberIn } from '../emergency-number.ts';
import type { ConversationDeps } from '../followers.ts';
import { putInLine, raiseInLine } from '../hand-over.ts';
import { type Held, holdRow, move, raisePriority } from '../internal/hold-row.ts';
import { jot, say } from '../internal/say.ts';
import { heldByAgent } from '../rules.ts';
import type { FlagLine } from './rows.ts';
import { ANSWER_MS, saidLately } from './rules.ts';

const AT_ONCE = 50;
/** One that could not be raised is tried again after this. */
const AGAIN_MS = 15_000;

type Due = {
  id: string;
  conversation_id: string;
  level: 'hard' | 'soft';
  categories: string[];
  lowered_at: Date | null;
};

/**
 * Raises what nobody answered in time, of every organisation: a question that the patient left, a word that the agent did
 * not say. The rows are the timer: a process that dies leaves them to the next sweep of any process, and each is done once,
 * for the conversation's lock is taken first, as an answer that arrives takes it.
 * @returns how many were raised
 */
export async function raiseUnanswered(db: Database, deps: ConversationDeps): Promise<number> {
  let raised = 0;
  for (const organisationId of await organisationIds(db)) {
    const due = await within(db, organisationId, async (trx) => {
      const { rows } = await sql<Due>`
        select id, conversation_id from flag where organisation_id = ${organisationId}::uuid and due_at <= ${deps.clock()}
        order by due_at limit ${AT_ONCE}`.execute(trx);
      return rows;
    });
    for (const { id, conversation_id } of due) {
      try {
        if (await within(db, organisationId, (trx) => raiseOne(deps, trx, organisationId, id, conversation_id)))
          raised += 1;
      } catch (error) {
        log.error({ error }, 'a red flag that nobody answered could not be raised; tried again');
        await within(db, organisationId, async (trx) => {
          await sql`update flag set due_at = ${new Date(deps.clock().getTime() + AGAIN_MS)} where id = ${id}::uuid and due_at is not null`.execute(
            trx,
          );
        });
      }
    }
  }
  return raised;
}

async function raiseOne(
  deps: ConversationDeps,
  trx: Trx,
  organisationId: string,
  flagId: string,
  conversationId: string,
): Promise<boolean> {
  const actor = { kind: 'system', organisationId } as const;
  const held = await holdRow(trx, actor, conversationId);
  const now = deps.clock();
  const { rows } = await sql<Due>`
    select id, conversation_id, level, categories, lowered_at from flag where id = ${flagId}::uuid and due_at <= ${now} for update`.execute(
    trx,
  );
  const flag = rows[0];
  if (!flag) return false;
  if (flag.lowered_at || held.state === 'closed') {
    await sql`update flag set due_at = null where id = ${flagId}::uuid`.execute(trx);
    return false;
  }
  if (flag.level === 'hard') return giveUpOnAgent(deps, trx, held, flag, now);

  const agentId = heldByAgent(held.state) ? held.agentId : null;
  const category = flag.categories[0] ?? 'other';
  const organisation = await organisationOf(trx, organisationId);
  const says = !saidLately(await saidOf(trx, held.id), category, now);
  await sql`
    update flag set level = 'hard', raised_at = ${now}, raised_why = 'silence', agent_id = coalesce(${agentId}::uuid, agent_id),
      due_at = ${agentId ? new Date(now.getTime() + ANSWER_MS) : null}::timestamptz, said_at = coalesce(${says ? now : null}::timestamptz, said_at)
    where id = ${flagId}::uuid`.execute(trx);
  const line: FlagLine = { kind: 'flag', what: 'hard', why: 'silence', categories: flag.categories };
  await jot(deps, trx, actor, held, { direction: 'system', kind: 'flag', content: line });
  if (says) {
    const number = await emergencyNumberIn(trx, deps.vault, organisation, held.id);
    await say(deps, trx, { kind: 'assistant', organisationId }, held, {
      kind: 'text',
      text: deps.followers.emergencyText('hard', held.language, number, category, organisation.settings.address),
    });
  }
  await toSomebody(deps, trx, held, organisation.settings.urgentQueue, category, now);
  await audit(trx, actor, {
    action: 'raise_flag',
    subject: { kind: 'conversation', id: held.id },
    personId: held.aboutId,
    detail: { flagId, level: 'hard', why: 'silence' },
  });
  await announce(trx, {
    organisationId,
    kind: 'flag.raised',
    conversationId: held.id,
    payload: { level: 'hard', why: 'silence' },
  });
  return true;
}

/** To the agent who has the word, though it was on hold; else to the head of the urgent queue. */
async function toSomebody(
  deps: ConversationDeps,
  trx: Trx,
  held: Held,
  queue: string,
  category: string,
  now: Date,
): Promise<void> {
  const actor = { kind: 'system', organisationId: held.organisationId } as const;
  const alarm = { queue, priority: 'critical', reason: 'red_flag' } as const;
  if (held.state === 'assistant')
    await putInLine(deps, trx, actor, held, { ...alarm, summary: [{ key: 'red_flag', value: category }] });
  else if (held.state === 'waiting') await raiseInLine(deps, trx, held, alarm);
  else if (held.state === 'with_agent') await raisePriority(trx, held, 'critical');
  else await move(trx, actor, held, { state: 'with_agent', priority: 'critical', reason: 'red_flag' }, now);
}

/** The agent who holds an alarm said nothing in time: whoever is free at the urgent queue takes it. */
async function giveUpOnAgent(deps: ConversationDeps, trx: Trx, held: Held, flag: Due, now: Date): Promise<boolean> {
  const { organisationId } = held;
  const actor = { kind: 'system', organisationId } as const;
  // of several alarms of one conversation the first speaks for all
  await sql`
    update flag set due_at = null, unattended_at = ${now} where conversation_id = ${held.id}::uuid and level = 'hard' and due_at is not null`.execute(
    trx,
  );
  if (!heldByAgent(held.state)) return false;
  const organisation = await organisationOf(trx, organisationId);
  const line: FlagLine = { kind: 'flag', what: 'unattended' };
  await jot(deps, trx, actor, held, { direction: 'system', kind: 'flag', content: line });
  await putInLine(deps, trx, actor, held, {
    queue: organisation.settings.urgentQueue,
    priority: 'critical',
    reason: 'red_flag',
  });
  await audit(trx, actor, {
    action: 'raise_flag',
    subject: { kind: 'conversation', id: held.id },
    personId: held.aboutId,
    detail: { flagId: flag.id, level: 'hard', why: 'unattended' },
  });
  return true;
}

async function saidOf(trx: Trx, conversationId: string): Promise<{ categories: string[]; saidAt: Date | null }[]> {
  const rows = await trx
    .selectFrom('flag')
    .select(['categories', 'said_at'])
    .where('conversation_id', '=', conversationId)
    .where('said_at', 'is not', null)
    .execute();
  return rows.map((row) => ({ categories: row.categories, saidAt: row.said_at }));
}
