import { sql } from 'kysely';
import type { Language, Priority } from '../../conversation/contract.ts';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import { type Trx, willAnnounce } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { blindIndex, seal } from '../../trust/vault.ts';
import { endItem } from '../items.ts';
import { fallbackQueue, type Queue, queuesOf } from '../queues.ts';
import { atLeast, isOpen, nextOpening } from '../rules.ts';
import type { CallBackDeps } from './deps.ts';
import type { CallBackSettings, CallBackView, CallBackWay, MayAsk, Slot } from './contract.ts';
import { outlookOf, placesIn, slotsWithPlaces, slotView } from './forecast.ts';
import {
  actorId,
  type CallBack,
  callBackOf,
  canWrite,
  languageOfConversation,
  lockCallBack,
  lockPerson,
  openOf,
  promised,
  step,
  tell,
  viewOf,
  withButton,
} from './internal/rows.ts';
import { becomeDue } from './due.ts';
import { end } from './end.ts';
import { dialable } from './numbers.ts';
import { callBackProblems } from './problems.ts';
import { nextCallable, slotsOf } from './rules.ts';
import { settingsOf } from './settings.ts';
import { callBackText } from './texts.ts';

/** The same number is asked for so often in a day, by whomever. */
const MOST_A_DAY = 5;
/** Slots shown at once. */
const SHOWN = 400;

export type Where = {
  organisationId: string;
  /** A queue by id or by key; neither: where the conversation waits, or the organisation's own. */
  queueId?: string | null;
  queueKey?: string | null;
  conversationId?: string | null;
  /** They write from there right now: the conversation may not be written down yet. */
  contactPointId?: string | null;
};

/** The queue that would call back. */
async function queueFor(trx: Trx, where: Where): Promise<Queue> {
  const queues = await queuesOf(trx, where.organisationId);
  const open = queues.filter((queue) => !queue.retired);
  const named =
    open.find((queue) => queue.id === where.queueId) ?? open.find((queue) => queue.key === where.queueKey) ?? null;
  if (named) return named;
  if (where.conversationId) {
    const { rows } = await sql<{ queue_id: string | null }>`
      select coalesce(i.queue_id, c.queue_id) as queue_id from conversation c
      left join item i on i.conversation_id = c.id and i.kind = 'conversation' and i.state in ('queued', 'offered')
      where c.id = ${where.conversationId} and c.organisation_id = ${where.organisationId}`.execute(trx);
    const its = open.find((queue) => queue.id === rows[0]?.queue_id);
    if (its) return its;
  }
  return fallbackQueue(trx, where.organisationId, queues);
}

/** What somebody may ask for here and now. Nothing, where the queue does not call back or nobody serves it. */
export async function mayAsk(trx: Trx, where: Where, now: Date): Promise<MayAsk> {
  const queue = await queueFor(trx, where);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  const isNowOpen = isOpen(queue.calendar, now);
  const opensAt = isNowOpen ? null : nextOpening(queue.calendar, now);
  const outlook = await outlookOf(trx, queue, settings);
  const on = settings.on && outlook.agents > 0;
  const writes =
    where.conversationId && !where.contactPointId
      ? (await canWrite(trx, where.conversationId, now, settings.template)) !== 'no'
      : true;
  return {
    queueId: queue.id,
    place: on && settings.places && (isNowOpen || opensAt !== null),
    slots: on && slotsOf(queue.calendar, settings, now).length > 0,
    ways: on ? (writes ? ['phone', 'message'] : ['phone']) : [],
    open: isNowOpen,
    opensAt: opensAt?.toISOString() ?? null,
  };
}

/** The slots of a queue that have a place left, the soonest first. None where it does not call back. */
export async function slotsFor(trx: Trx, where: Where, now: Date): Promise<Slot[]> {
  const queue = await queueFor(trx, where);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  if (!settings.on) return [];
  const all = await slotsWithPlaces(trx, queue, settings, now);
  return all.flatMap((one) => (one.places > one.taken ? [slotView(one)] : [])).slice(0, SHOWN);
}

export type Ask = Where & {
  personId: string;
  conversationId: string;
  /** A slot's beginning; null: a place in the line. */
  slotAt: Date | null;
  way: CallBackWay;
  /** As it was written; of whom is called. */
  number: string | null;
  priority?: Priority;
  skills?: string[];
  /** Since when they wait, when that is earlier. */
  since?: Date;
  /** The conversation begins with this: where it is written is where they asked. */
  fresh?: boolean;
};

export type Asked = { callBack: CallBack; changed: boolean };

/**
 * Somebody wants to be called or written to: when it is their turn, or at a time. Who has asked already changes that. Nothing
 * is said; the conversation must not be with an agent other than who asks. Consent is the caller's to have asked for.
 * @throws call_back.not_offered · slot_taken · number_wrong · outside_window · too_many · with_somebody (an agent is at it)
 */
export async function ask(trx: Trx, deps: CallBackDeps, actor: Actor, input: Ask, now: Date): Promise<Asked> {
  const { organisationId } = input;
  const queue = await queueFor(trx, input);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  if (!settings.on || (input.slotAt === null && !settings.places)) throw callBackProblems.not_offered();
  await lockPerson(trx, input.personId);
  const before = await openOf(trx, organisationId, input);
  const held = before ? await lockCallBack(trx, organisationId, before.id) : null;
  const stands = held !== null && held.ended_at === null ? held : null;
  if (stands?.state === 'trying' && stands.item_id !== null) throw callBackProblems.with_somebody();
  const id = stands?.id ?? uuid();
  const ownerId = stands?.person_id ?? input.personId;
  const number = input.way === 'phone' ? await numberFor(trx, deps, { ...input, id, ownerId }, stands, now) : null;
  const span =
    input.slotAt === null ? null : await takeSlot(trx, queue, settings, { at: input.slotAt, had: stands }, now);
  const dueAt = span?.startsAt ?? (isOpen(queue.calendar, now) ? now : nextCallable(queue.calendar, settings, now));
  if (!dueAt) throw callBackProblems.not_offered();
  if (
    input.way === 'message' &&
    !input.fresh &&
    (await canWrite(trx, input.conversationId, dueAt, settings.template)) === 'no'
  )
    throw callBackProblems.outside_window();
  const columns = {
    kind: span ? ('slot' as const) : ('place' as const),
    way: input.way,
    slot_at: span?.startsAt ?? null,
    slot_ends_at: span?.endsAt ?? null,
    due_at: dueAt,
    consent_at: now,
  };
  await audit(trx, actor, {
    action: stands ? 'change' : 'create',
    subject: { kind: 'call_back', id },
    personId: ownerId,
    detail: { kind: columns.kind, way: columns.way, queueId: queue.id, slotAt: columns.slot_at },
  });
  if (stands) {
    const itemId = stands.item_id;
    const after = await step(
      trx,
      actor,
      stands,
      {
        ...columns,
        number,
        state: 'asked',
        item_id: null,
        missed: 0,
        late_told_at: null,
        still_asked_at: null,
        queue_id: queue.id,
        conversation_id: input.conversationId,
        reason: 'changed',
      },
      now,
    );
    if (itemId) await endItem(trx, { itemId, state: 'withdrawn', reason: 'call_back_changed' }, now);
    return { callBack: after, changed: true };
  }
  await trx
    .insertInto('call_back')
    .values({
      organisation_id: organisationId,
      id,
      person_id: input.personId,
      conversation_id: input.conversationId,
      queue_id: queue.id,
      ...columns,
      number_sealed: number?.sealed ?? null,
      number_hash: number?.hash ?? null,
      priority: atLeast(input.priority ?? 'low', queue.priority),
      skills: input.skills ?? [],
      since: input.since && input.since < now ? input.since : now,
      actor_kind: actor.kind,
      actor_id: actorId(actor),
      reason: 'asked',
      created_at: now,
      changed_at: now,
    })
    .execute();
  const made = (await callBackOf(trx, organisationId, id))!;
  willAnnounce(trx, organisationId);
  return { callBack: made, changed: false };
}

/** The number, checked and sealed. Who changes only the time need not say it again. */
async function numberFor(
  trx: Trx,
  deps: CallBackDeps,
  input: Ask & { id: string; ownerId: string },
  stands: CallBack | null,
  now: Date,
): Promise<{ sealed: Buffer; hash: Buffer } | undefined> {
  const { organisationId } = input;
  if (!input.number && stands?.number_sealed) return undefined;
  const { country } = await organisationOf(trx, organisationId);
  const number = dialable(input.number ?? '', country);
  if (!number) throw callBackProblems.number_wrong();
  const hash = blindIndex(await deps.vault.organisationKey(trx, organisationId), 'call-back', number);
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from call_back where organisation_id = ${organisationId} and number_hash = ${hash}
      and created_at > ${new Date(now.getTime() - 86_400_000)} and id <> ${input.id}`.execute(trx);
  if (rows[0]!.n >= MOST_A_DAY) throw callBackProblems.too_many();
  const key = (await deps.vault.personKeys(trx, organisationId, [input.ownerId])).get(input.ownerId);
  if (!key) throw callBackProblems.not_offered();
  return { sealed: seal(key, number, `call-back:${input.id}`), hash };
}

/** Locks a slot that has a place left; the row of the call-back takes it. @throws call_back.slot_taken */
export async function takeSlot(
  trx: Trx,
  queue: Queue,
  settings: CallBackSettings,
  wanted: { at: Date; had: CallBack | null },
  now: Date,
): Promise<{ startsAt: Date; endsAt: Date }> {
  const spans = slotsOf(queue.calendar, settings, now);
  const span = spans.find((one) => one.startsAt.getTime() === wanted.at.getTime());
  if (!span) throw callBackProblems.slot_taken();
  const { had } = wanted;
  const same = had?.slot_at?.getTime() === span.startsAt.getTime() && had.queue_id === queue.id;
  if (same) return span;
  // slots are locked in the order of their times
  if (had?.slot_at && had.slot_at < span.startsAt)
    await sql`select 1 from call_back_slot where queue_id = ${had.queue_id} and starts_at = ${had.slot_at} for update`.execute(
      trx,
    );
  const places = placesIn(await outlookOf(trx, queue, settings), span, settings, queue.calendar.timezone);
  const { rows } = await sql<{ places: number; taken: number }>`
    insert into call_back_slot as s (organisation_id, queue_id, starts_at, ends_at, places)
    values ((select organisation_id from queue where id = ${queue.id}), ${queue.id}, ${span.startsAt}, ${span.endsAt}, ${places})
    on conflict (queue_id, starts_at) do update set places = greatest(s.taken, excluded.places)
    returning places, taken`.execute(trx);
  if (rows[0]!.taken >= rows[0]!.places) throw callBackProblems.slot_taken();
  return span;
}

/** What they have asked for, as they see it; null: nothing. */
export async function mine(
  trx: Trx,
  deps: CallBackDeps,
  who: { organisationId: string; personId: string; conversationId?: string | null; language: Language },
  now: Date,
): Promise<CallBackView | null> {
  const found = await openOf(trx, who.organisationId, who);
  return found ? viewOf(trx, deps.vault, found, who.language, now) : null;
}

/**
 * Nobody is called any more. Taken back twice: nothing.
 * @returns whether there was anything to take back
 * @throws call_back.with_somebody (an agent is at it)
 */
export async function revoke(
  trx: Trx,
  deps: CallBackDeps,
  actor: Actor,
  who: { organisationId: string; personId: string; conversationId?: string | null },
  reason: string,
  now: Date,
): Promise<boolean> {
  await lockPerson(trx, who.personId);
  const found = await openOf(trx, who.organisationId, who);
  if (!found) return false;
  const held = await lockCallBack(trx, who.organisationId, found.id);
  if (held.ended_at !== null) return false;
  if (held.state === 'trying' && held.item_id !== null) throw callBackProblems.with_somebody();
  await end(trx, actor, held, 'revoked', reason, now);
  return true;
}

/** What the patient reads when it was asked for: the weekday and the time, or that their place is kept. */
export async function confirmation(
  trx: Trx,
  deps: CallBackDeps,
  one: CallBack,
  how: { language: Language; before?: 'instead' | 'moved' },
  now: Date,
): Promise<string> {
  const { settings } = await organisationOf(trx, one.organisation_id);
  const { when, number } = await promised(trx, deps, one, how.language, now);
  return callBackText(how.language, settings.address, (say) =>
    [
      how.before ? say[how.before] : null,
      one.way === 'phone'
        ? one.slot_at
          ? say.phoneSlot(when!, number)
          : when
            ? say.phoneOpens(when, number)
            : say.phonePlace(number)
        : one.slot_at
          ? say.messageSlot(when!)
          : when
            ? say.messageOpens(when)
            : say.messagePlace,
      say.change,
    ]
      .filter((part) => part !== null)
      .join(' '),
  );
}

/**
 * Somebody at a web window, a desk, or another way of ours asks, and reads in the conversation what was agreed. Who waits for
 * a person leaves the line with their class and their age; who has no conversation yet gets one.
 * @param from.contactPointId where they write from
 * @throws what `ask` throws; call_back.with_somebody (an agent has the conversation)
 */
export async function askFrom(
  trx: Trx,
  deps: CallBackDeps,
  actor: Actor,
  from: { organisationId: string; contactPointId: string; personId: string },
  input: Omit<Ask, 'personId' | 'conversationId' | 'organisationId'>,
  now: Date,
): Promise<Asked & { language: Language }> {
  const { organisationId } = from;
  const left = await leaveLine(trx, deps, organisationId, from.personId, now);
  let asked: (Asked & { language: Language }) | undefined;
  const said = await deps.conversations.speakFirst(
    trx,
    { kind: 'assistant', organisationId },
    {
      contactPointId: from.contactPointId,
      personId: from.personId,
      turn: async (situation) => {
        const { conversationId, language } = situation;
        const queueId = input.queueId ?? left?.queueId;
        const fresh = situation.fresh && situation.channel === 'webchat';
        const made = await ask(
          trx,
          deps,
          actor,
          { ...input, ...left, organisationId, personId: from.personId, conversationId, queueId, fresh },
          now,
        );
        asked = { ...made, language };
        const text = await confirmation(
          trx,
          deps,
          made.callBack,
          { language, ...(made.changed ? { before: 'instead' } : {}) },
          now,
        );
        return {
          session: situation.session,
          // a window shows it itself, with its buttons
          says: [situation.channel === 'webchat' ? { kind: 'text', text } : withButton(language, text)],
          trace: [{ step: 'call_back_asked', detail: { kind: made.callBack.kind, way: made.callBack.way } }],
        };
      },
    },
  );
  if (!said || !asked) throw callBackProblems.with_somebody();
  if (asked.callBack.due_at <= now) await becomeDue(trx, deps, asked.callBack.id, organisationId, now);
  return asked;
}

/** Who waits for a person leaves the line: their item ends as called back, the assistant has the conversation again. */
async function leaveLine(
  trx: Trx,
  deps: CallBackDeps,
  organisationId: string,
  personId: string,
  now: Date,
): Promise<{ since: Date; priority: Priority; skills: string[]; queueId: string } | undefined> {
  const { rows } = await sql<{ id: string; state: string }>`
    select id, state from conversation where organisation_id = ${organisationId} and person_id = ${personId} and state <> 'closed' for update`.execute(
    trx,
  );
  const conversation = rows[0];
  if (conversation?.state !== 'waiting') return undefined;
  const read = (lock: boolean) =>
    sql<{
      id: string;
      agent_id: string | null;
      weight: number | null;
      queued_at: Date;
      priority: Priority;
      skills: string[];
      queue_id: string;
      state: string;
    }>`
      select id, agent_id, weight, queued_at, priority, skills, queue_id, state from item where conversation_id = ${conversation.id}
        and kind = 'conversation' and state in ('queued', 'offered') ${lock ? sql`for update` : sql``}`.execute(trx);
  const before = (await read(false)).rows[0];
  if (before?.agent_id) await sql`select 1 from agent where id = ${before.agent_id} for update`.execute(trx);
  const item = (await read(true)).rows[0];
  if (!item || item.agent_id !== before?.agent_id || item.priority === 'critical')
    throw callBackProblems.with_somebody();
  await endWaiting(trx, organisationId, conversation.id, item, now);
  await deps.conversations.giveToAssistant(
    trx,
    { kind: 'system', organisationId },
    { conversationId: conversation.id, reason: 'call_back' },
  );
  return { since: item.queued_at, priority: item.priority, skills: item.skills, queueId: item.queue_id };
}

async function endWaiting(
  trx: Trx,
  organisationId: string,
  conversationId: string,
  item: { id: string; agent_id: string | null; weight: number | null; queue_id: string; state: string },
  now: Date,
): Promise<void> {
  if (item.state === 'offered') {
    await sql`update offer set state = 'withdrawn', answered_at = ${now}, reason = 'called_back' where item_id = ${item.id} and state = 'pending'`.execute(
      trx,
    );
    await sql`update agent set load = load - ${item.weight} where id = ${item.agent_id}`.execute(trx);
  }
  await sql`update item set state = 'called_back', agent_id = null, weight = null, ended_at = ${now}, end_reason = 'called_back' where id = ${item.id}`.execute(
    trx,
  );
  await announce(trx, {
    organisationId,
    kind: 'item.ended',
    conversationId,
    payload: { itemId: item.id, queueId: item.queue_id, state: 'called_back', agentId: item.agent_id },
  });
}

/** Takes it back for who writes from a window, and says so there. @returns whether there was anything */
export async function revokeFrom(
  trx: Trx,
  deps: CallBackDeps,
  actor: Actor,
  from: { organisationId: string; personId: string; conversationId?: string | null },
  now: Date,
): Promise<boolean> {
  const found = await openOf(trx, from.organisationId, from);
  if (!found || !(await revoke(trx, deps, actor, from, 'patient', now))) return false;
  const { settings } = await organisationOf(trx, from.organisationId);
  const language = await languageOfConversation(trx, found.conversation_id);
  await tell(
    trx,
    deps,
    found,
    callBackText(language, settings.address, (say) => say.revoked),
    now,
  );
  return true;
}
