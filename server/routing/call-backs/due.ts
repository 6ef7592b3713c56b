import { sql } from 'kysely';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { HandedOver } from '../../conversation/verbs.ts';
import type { Priority } from '../../conversation/contract.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationIds, organisationOf } from '../../trust/organisation.ts';
import { wantMatch } from '../internal/wake.ts';
import { addItem, endItem } from '../items.ts';
import { atLeast, isOpen } from '../rules.ts';
import type { CallBackDeps } from './deps.ts';
import { end } from './end.ts';
import { refreshForecasts } from './forecast.ts';
import {
  asLanguage,
  type CallBack,
  languageOfConversation,
  lockCallBack,
  lockPerson,
  queueOf,
  step,
  tell,
} from './internal/rows.ts';
import { isQuiet, nextCallable } from './rules.ts';
import { settingsOf } from './settings.ts';
import { callBackText } from './texts.ts';

const AT_ONCE = 50;
const system = (organisationId: string): Actor => ({ kind: 'system', organisationId });

// ── into the line ───────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Its time has come: it goes into the line as an item with the class and the age that it has. Who is being served meanwhile
 * is not called besides; a queue that closed, or an hour that nobody chose and that is quiet, moves it on. Nothing happens to
 * one that is not due, or is due in another process already.
 */
export async function becomeDue(
  trx: Trx,
  deps: CallBackDeps,
  id: string,
  organisationId: string,
  now: Date,
): Promise<void> {
  const held = await lockCallBack(trx, organisationId, id);
  if ((held.state !== 'asked' && held.state !== 'trying') || held.item_id !== null || held.due_at > now) return;
  const queue = await queueOf(trx, organisationId, held.queue_id);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  const actor = system(organisationId);
  const whom = await settleWhom(trx, held);
  if (whom.served) return end(trx, actor, held, 'merged', 'served', now);
  const chosen = held.missed === 0;
  if (!isOpen(queue.calendar, now) || (!chosen && isQuiet(now, queue.calendar.timezone, settings))) {
    const next = nextCallable(queue.calendar, settings, now);
    // a queue that never opens again: somebody has to look at it
    if (next && next > now) {
      await step(trx, actor, held, { due_at: next, reason: 'closed' }, now);
      return;
    }
  }
  const itemId = await addItem(
    trx,
    {
      organisationId,
      kind: 'call_back',
      queueId: held.queue_id,
      personId: whom.personId,
      conversationId: whom.conversationId,
      priority: held.priority,
      skills: held.skills,
      language: whom.language,
      reason: 'call_back',
      since: held.since,
    },
    now,
  );
  await sql`update conversation set handover_reason = 'call_back' where id = ${whom.conversationId}`.execute(trx);
  await step(
    trx,
    actor,
    held,
    {
      state: 'due',
      item_id: itemId,
      conversation_id: whom.conversationId,
      person_id: whom.personId,
      due_told_at: null,
      reason: 'due',
    },
    now,
  );
}

type Whom = { personId: string; conversationId: string; language: ReturnType<typeof asLanguage>; served: boolean };

/**
 * Where somebody is now: the conversation that they have open, which may be another one by now, and who they proved to be.
 * Served: an agent has them, or they wait for one. Two call-backs of one human become one here.
 */
async function settleWhom(trx: Trx, held: CallBack): Promise<Whom> {
  const { rows } = await sql<{ id: string; person_id: string; state: string; language: string }>`
    select c.id, c.person_id, c.state, c.language from conversation c
    where c.organisation_id = ${held.organisation_id} and (c.id = ${held.conversation_id}
      or (c.state <> 'closed' and c.person_id in (${held.person_id}, (select person_id from conversation where id = ${held.conversation_id}))))
    order by (c.state <> 'closed') desc, (c.id = ${held.conversation_id}) desc for update`.execute(trx);
  const now = rows[0]!;
  const other =
    await sql`select 1 from call_back where person_id = ${now.person_id} and id <> ${held.id} and state in ('asked', 'due', 'trying')`.execute(
      trx,
    );
  return {
    // the number is sealed under the key of who asked: the row stays theirs
    personId: held.person_id,
    conversationId: now.id,
    language: asLanguage(now.language),
    served: other.rows.length > 0 || rows.some((row) => row.state !== 'assistant' && row.state !== 'closed'),
  };
}

// ── an agent has it ─────────────────────────────────────────────────────────────────────────────────────────────

/** Before an agent takes an item: the conversation is locked first, as everywhere in this room. */
export async function lockStory(
  trx: Trx,
  organisationId: string,
  which: { offerId: string } | { itemId: string },
): Promise<void> {
  const item =
    'itemId' in which
      ? sql`i.id = ${which.itemId}`
      : sql`i.id = (select item_id from offer where id = ${which.offerId})`;
  await sql`
    select 1 from conversation c join call_back b on b.conversation_id = c.id join item i on i.id = b.item_id
    where ${item} and i.organisation_id = ${organisationId} and i.kind = 'call_back' for update of c`.execute(trx);
}

/**
 * An agent took a call-back: the conversation is theirs too, with the story, and the item is the conversation's from now on, so
 * that it is transferred, taken over and closed like any. Who waits to be written to reads that it is their turn.
 * @returns the conversation; null: there was nothing to take, or the person is being served already
 */
export async function taken(
  trx: Trx,
  deps: CallBackDeps,
  organisationId: string,
  itemId: string,
  now: Date,
): Promise<string | null> {
  const { rows } = await sql<{ id: string; agent_id: string; name: string }>`
    select b.id, i.agent_id, m.name from call_back b join item i on i.id = b.item_id join membership m on m.id = i.agent_id
    where i.id = ${itemId} and i.kind = 'call_back' and i.state = 'accepted' and b.state = 'trying'`.execute(trx);
  const found = rows[0];
  if (!found) return null;
  const held = await lockCallBack(trx, organisationId, found.id);
  if (held.state !== 'trying' || held.item_id !== itemId) return null;
  // another process was first, and the agent has the conversation: they are served by this very call
  if (!(await isCallBack(trx, itemId))) return null;
  const actor = system(organisationId);
  const whom = await settleWhom(trx, held);
  if (whom.served) {
    await end(trx, actor, held, 'merged', 'served', now);
    return null;
  }
  await deps.conversations.assign(trx, actor, {
    conversationId: whom.conversationId,
    agentId: found.agent_id,
    agentName: found.name,
  });
  await sql`update item set kind = 'conversation', conversation_id = ${whom.conversationId} where id = ${itemId}`.execute(
    trx,
  );
  await sql`update conversation set queue_id = ${held.queue_id}, handover_reason = 'call_back' where id = ${whom.conversationId}`.execute(
    trx,
  );
  const after = await step(
    trx,
    actor,
    held,
    { conversation_id: whom.conversationId, turn_told_at: now, reason: 'taken' },
    now,
  );
  if (held.way !== 'message') return whom.conversationId;
  const { settings: organisation } = await organisationOf(trx, organisationId);
  const settings = (await settingsOf(trx, [held.queue_id])).get(held.queue_id)!;
  const text = callBackText(whom.language, organisation.address, (say) => say.turn(found.name));
  await tell(trx, deps, after, text, now, { template: settings.template });
  return whom.conversationId;
}

// ── served meanwhile ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * These people wait for a person now, or a red flag put them there: what they had asked for is merged into it, with the age
 * and the class that it had. What an agent already has in hand stays.
 * @returns the same, as old and as urgent as their call-backs were
 */
export async function mergeWaiting(trx: Trx, handed: HandedOver[], now: Date): Promise<HandedOver[]> {
  if (handed.length === 0) return handed;
  const { organisationId } = handed[0]!;
  const { rows } = await sql<{ id: string; person_id: string; conversation_id: string }>`
    select b.id, b.person_id, b.conversation_id from call_back b left join item i on i.id = b.item_id
    where b.organisation_id = ${organisationId} and b.state in ('asked', 'due', 'trying') and (i.id is null or i.kind = 'call_back')
      and (b.person_id = any(${handed.map((one) => one.personId)}::uuid[]) or b.conversation_id = any(${handed.map((one) => one.conversationId)}::uuid[]))
    order by b.id`.execute(trx);
  if (rows.length === 0) return handed;
  const merged = new Map<string, CallBack>();
  for (const row of rows) {
    await lockPerson(trx, row.person_id);
    const held = await lockCallBack(trx, organisationId, row.id);
    if (
      held.ended_at !== null ||
      (held.state === 'trying' && held.item_id !== null && !(await isCallBack(trx, held.item_id)))
    )
      continue;
    await end(trx, system(organisationId), held, 'merged', 'waits', now);
    merged.set(held.person_id, held).set(held.conversation_id, held);
  }
  return handed.map((one) => {
    const had = merged.get(one.personId) ?? merged.get(one.conversationId);
    if (!had) return one;
    return {
      ...one,
      // the age counts only from when it was due: who chose tomorrow has not waited since today
      since: had.kind === 'place' && had.since < one.since ? had.since : one.since,
      priority: atLeast(one.priority, had.priority),
    };
  });
}

async function isCallBack(trx: Trx, itemId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from item where id = ${itemId} and kind = 'call_back'`.execute(trx);
  return rows.length > 0;
}

// ── late ────────────────────────────────────────────────────────────────────────────────────────────────────────

const RAISED: Record<Priority, Priority> = {
  critical: 'critical',
  urgent: 'urgent',
  standard: 'urgent',
  low: 'standard',
};

/** Who promised a time is waited for so long; who only keeps a place is told when nobody is there at all. */
const PATIENCE_MS = 120_000;

/** Somebody is signed in and works who could take it. */
const HERE = sql`exists (select 1 from agent a join queue q on q.id = i.queue_id
  where a.organisation_id = b.organisation_id and a.presence in ('available', 'busy') and a.gone_at is null and a.skills @> q.skills
    and (a.every_queue or exists (select 1 from agent_queue g where g.agent_id = a.id and g.queue_id = q.id)))`;

/** It is due and nobody can call: the person reads so once, by a template where WhatsApp's 24 hours are over. */
async function nobody(trx: Trx, deps: CallBackDeps, organisationId: string, id: string, now: Date): Promise<void> {
  const held = await lockCallBack(trx, organisationId, id);
  if (held.state !== 'due' || held.due_told_at !== null || held.late_told_at !== null) return;
  const { rows } = await sql`select 1 from item where id = ${held.item_id} and state = 'queued'`.execute(trx);
  if (rows.length === 0) return;
  const after = await step(trx, system(organisationId), held, { due_told_at: now, reason: 'nobody' }, now);
  const { settings } = await organisationOf(trx, organisationId);
  const { template } = (await settingsOf(trx, [held.queue_id])).get(held.queue_id)!;
  const timed = held.kind === 'slot' || held.missed > 0;
  const phone = held.way === 'phone';
  const language = await languageOfConversation(trx, held.conversation_id);
  // who is to be written to gets the template when an agent has them: it says that it is their turn
  await tell(
    trx,
    deps,
    after,
    callBackText(language, settings.address, (say) => say.nobody({ timed, phone })),
    now,
    { button: true, template: phone ? template : null },
  );
}

/** Nobody took it in its slot: it goes up one class, below what is critical, and the person is told the truth, if they were not yet. */
async function late(trx: Trx, deps: CallBackDeps, organisationId: string, id: string, now: Date): Promise<void> {
  const held = await lockCallBack(trx, organisationId, id);
  if (held.state !== 'due' || held.late_told_at !== null || held.slot_ends_at === null || held.slot_ends_at > now)
    return;
  const priority = RAISED[held.priority];
  await sql`update item set priority = ${priority} where id = ${held.item_id} and state in ('queued', 'offered')`.execute(
    trx,
  );
  wantMatch(trx, organisationId);
  const after = await step(trx, system(organisationId), held, { late_told_at: now, priority, reason: 'late' }, now);
  if (held.due_told_at !== null) return;
  const { settings } = await organisationOf(trx, organisationId);
  const language = await languageOfConversation(trx, held.conversation_id);
  await tell(
    trx,
    deps,
    after,
    callBackText(language, settings.address, (say) => say.late),
    now,
    { button: true },
  );
}

// ── the sweep ───────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Everything that time brings to call-backs, of every organisation, each in a transaction of its own: safe in several
 * processes, and what a killed one did not commit the next sweep does.
 * @returns how many were moved
 */
export async function sweepCallBacks(db: Database, deps: CallBackDeps): Promise<number> {
  let moved = 0;
  for (const organisationId of await organisationIds(db)) moved += await sweepOne(db, deps, organisationId);
  return moved;
}

async function sweepOne(db: Database, deps: CallBackDeps, organisationId: string): Promise<number> {
  const now = deps.clock();
  const work = await within(db, organisationId, async (trx) => {
    const { timezone } = await organisationOf(trx, organisationId);
    await refreshForecasts(trx, organisationId, timezone, now);
    const { rows } = await sql<{ what: 'due' | 'nobody' | 'late' | 'taken' | 'wrote'; id: string }>`
      (select 'due' as what, id from call_back where organisation_id = ${organisationId} and state in ('asked', 'trying') and item_id is null
        and due_at <= ${now} order by due_at limit ${AT_ONCE})
      union all
      (select 'nobody', b.id from call_back b join item i on i.id = b.item_id and i.state = 'queued' where b.organisation_id = ${organisationId}
        and b.state = 'due' and b.due_told_at is null and b.late_told_at is null and b.due_at <= ${new Date(now.getTime() - PATIENCE_MS)}
        and (b.kind = 'slot' or b.missed > 0 or not ${HERE}) limit ${AT_ONCE})
      union all
      (select 'late', id from call_back where organisation_id = ${organisationId} and item_id is not null and state = 'due'
        and slot_ends_at <= ${now} and late_told_at is null limit ${AT_ONCE})
      union all
      (select 'taken', i.id from call_back b join item i on i.id = b.item_id where b.organisation_id = ${organisationId} and b.item_id is not null
        and b.state = 'trying' and i.kind = 'call_back' and i.state = 'accepted' limit ${AT_ONCE})
      union all
      (select 'wrote', b.id from call_back b join conversation c on c.id = b.conversation_id
        join call_back_try t on t.call_back_id = b.id and t.ended_at is null
        where b.organisation_id = ${organisationId} and b.item_id is not null and b.state = 'trying' and c.last_inbound_at > t.began_at limit ${AT_ONCE})`.execute(
      trx,
    );
    return rows;
  });
  let moved = 0;
  for (const { what, id } of work) {
    try {
      await within(db, organisationId, async (trx): Promise<unknown> => {
        switch (what) {
          case 'due':
            return becomeDue(trx, deps, id, organisationId, now);
          case 'nobody':
            return nobody(trx, deps, organisationId, id, now);
          case 'late':
            return late(trx, deps, organisationId, id, now);
          case 'taken':
            return taken(trx, deps, organisationId, id, now);
          case 'wrote':
            return wrote(trx, organisationId, id, now);
        }
      });
      moved += 1;
    } catch (error) {
      log.warn({ error, what }, 'a call-back could not be moved on; the next sweep tries again');
    }
  }
  return moved;
}

/** The person writes while an agent has it: whom we wanted to write to is reached, whom we wanted to call is served in writing. */
async function wrote(trx: Trx, organisationId: string, id: string, now: Date): Promise<void> {
  const held = await lockCallBack(trx, organisationId, id);
  if (held.state !== 'trying' || held.item_id === null) return;
  const state = held.way === 'message' ? 'reached' : 'merged';
  await sql`update call_back_try set outcome = ${state}, ended_at = greatest(began_at, ${now}::timestamptz)
    where call_back_id = ${id} and ended_at is null`.execute(trx);
  await step(trx, system(organisationId), held, { state, reason: 'wrote' }, now);
  // the agent keeps the conversation: only an item that is still a call-back's own ends
  if (await isCallBack(trx, held.item_id))
    await endItem(trx, { itemId: held.item_id, state: 'done', reason: state }, now);
}
