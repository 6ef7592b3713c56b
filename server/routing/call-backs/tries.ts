import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { routingProblems } from '../problems.ts';
import { isOpen } from '../rules.ts';
import type { CallBackDeps } from './deps.ts';
import { confirmation, takeSlot } from './ask.ts';
import type { CallBackState, Outcome } from './contract.ts';
import {
  type CallBack,
  callBackOf,
  endTry,
  languageOfConversation,
  lockCallBack,
  lockPerson,
  numberOf,
  queueOf,
  step,
  tell,
} from './internal/rows.ts';
import { becomeDue } from './due.ts';
import { end } from './end.ts';
import { callBackProblems } from './problems.ts';
import { nextCallable, nextTry } from './rules.ts';
import { settingsOf } from './settings.ts';
import { callBackText, whenText } from './texts.ts';
import { endItem } from '../items.ts';

/**
 * The agent who has it says what came of the try. Reached: the conversation goes on with the agent. No answer: the next try by
 * rule, and after the last one a true word by the way we have. The conversation is the assistant's again in between.
 * @throws call_back.not_found · wrong_state · not_yours · slot_needed · slot_taken
 */
export async function recordOutcome(
  trx: Trx,
  deps: CallBackDeps,
  actor: StaffActor,
  input: { id: string; outcome: Outcome; slotAt: Date | null },
  now: Date,
): Promise<{ state: CallBackState; nextAt: Date | null }> {
  const { organisationId } = actor;
  const held = await held_(trx, actor, input.id);
  const { itemId, agentId } = await triedBy(trx, held);
  if (agentId !== actor.membershipId && !actor.roles.includes('supervisor')) throw callBackProblems.not_yours();
  const queue = await queueOf(trx, organisationId, held.queue_id);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  const { settings: organisation, timezone } = await organisationOf(trx, organisationId);
  const language = await languageOfConversation(trx, held.conversation_id);
  const said = (write: Parameters<typeof callBackText>[2]) => callBackText(language, organisation.address, write);
  await audit(trx, actor, {
    action: 'try',
    subject: { kind: 'call_back', id: held.id },
    personId: held.person_id,
    detail: { outcome: input.outcome },
  });
  await endTry(trx, held.id, input.outcome, now);
  const giveBack = async (): Promise<void> => {
    if (await isCallBackItem(trx, itemId)) {
      await endItem(trx, { itemId, state: 'done', reason: input.outcome }, now);
      return;
    }
    await deps.conversations.giveToAssistant(trx, actor, {
      conversationId: held.conversation_id,
      reason: `call_back_${input.outcome}`,
    });
  };
  switch (input.outcome) {
    case 'reached': {
      await step(trx, actor, held, { state: 'reached', reason: 'reached' }, now);
      return { state: 'reached', nextAt: null };
    }
    case 'wrong_number': {
      const number = await numberOf(trx, deps.vault, held);
      const after = await step(trx, actor, held, { state: 'gave_up', reason: 'wrong_number' }, now);
      await giveBack();
      if (number)
        await tell(
          trx,
          deps,
          after,
          said((say) => say.wrongNumber(number.slice(-3))),
          now,
        );
      return { state: 'gave_up', nextAt: null };
    }
    case 'later': {
      if (!input.slotAt) throw callBackProblems.slot_needed();
      const span = await takeSlot(trx, queue, settings, { at: input.slotAt, had: held }, now);
      const after = await step(
        trx,
        actor,
        held,
        {
          state: 'asked',
          kind: 'slot',
          item_id: null,
          slot_at: span.startsAt,
          slot_ends_at: span.endsAt,
          due_at: span.startsAt,
          late_told_at: null,
          missed: 0,
          reason: 'later',
        },
        now,
      );
      await giveBack();
      await tell(trx, deps, after, await confirmation(trx, deps, after, { language }, now), now);
      return { state: 'asked', nextAt: span.startsAt };
    }
    case 'no_answer': {
      const missed = held.missed + 1;
      const next = nextTry(missed, now, settings, queue.calendar);
      if (next) {
        const after = await step(trx, actor, held, { item_id: null, missed, due_at: next, reason: 'no_answer' }, now);
        await giveBack();
        await tell(
          trx,
          deps,
          after,
          said((say) => say.missed(whenText(language, next, timezone, now))),
          now,
        );
        return { state: 'trying', nextAt: next };
      }
      const after = await step(trx, actor, held, { state: 'gave_up', missed, reason: 'no_answer' }, now);
      await giveBack();
      await tell(
        trx,
        deps,
        after,
        said((say) => say.gaveUp(missed)),
        now,
        { template: settings.template },
      );
      return { state: 'gave_up', nextAt: null };
    }
  }
}

async function held_(trx: Trx, actor: StaffActor, id: string): Promise<CallBack> {
  const found = await callBackOf(trx, actor.organisationId, id);
  if (!found) throw callBackProblems.not_found();
  await lockPerson(trx, found.person_id);
  return lockCallBack(trx, actor.organisationId, id);
}

/** @throws call_back.wrong_state (no agent has it) */
async function triedBy(trx: Trx, held: CallBack): Promise<{ itemId: string; agentId: string }> {
  const { rows } =
    held.state === 'trying' && held.item_id
      ? await sql<{
          agent_id: string | null;
        }>`select agent_id from item where id = ${held.item_id} and state = 'accepted'`.execute(trx)
      : { rows: [] };
  if (!rows[0]?.agent_id) throw callBackProblems.wrong_state();
  return { itemId: held.item_id!, agentId: rows[0].agent_id };
}

async function isCallBackItem(trx: Trx, itemId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from item where id = ${itemId} and kind = 'call_back'`.execute(trx);
  return rows.length > 0;
}

/** What nobody has in hand can be changed by a colleague. @throws call_back.wrong_state */
async function idle(trx: Trx, actor: StaffActor, id: string): Promise<CallBack> {
  const held = await held_(trx, actor, id);
  if (held.ended_at !== null || (held.state === 'trying' && held.item_id !== null))
    throw callBackProblems.wrong_state();
  return held;
}

/**
 * A colleague moves it to another slot; the patient reads so.
 * @throws call_back.not_found · wrong_state · slot_taken
 */
export async function moveCallBack(
  trx: Trx,
  deps: CallBackDeps,
  actor: StaffActor,
  input: { id: string; slotAt: Date },
  now: Date,
): Promise<void> {
  const held = await idle(trx, actor, input.id);
  const queue = await queueOf(trx, actor.organisationId, held.queue_id);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  const span = await takeSlot(trx, queue, settings, { at: input.slotAt, had: held }, now);
  const itemId = held.item_id;
  const after = await step(
    trx,
    actor,
    held,
    {
      state: 'asked',
      kind: 'slot',
      item_id: null,
      slot_at: span.startsAt,
      slot_ends_at: span.endsAt,
      due_at: span.startsAt,
      late_told_at: null,
      reason: 'moved',
    },
    now,
  );
  if (itemId) await endItem(trx, { itemId, state: 'withdrawn', reason: 'call_back_moved' }, now);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'call_back', id: held.id },
    personId: held.person_id,
    detail: { slotAt: span.startsAt, was: held.slot_at },
  });
  const language = await languageOfConversation(trx, held.conversation_id);
  await tell(trx, deps, after, await confirmation(trx, deps, after, { language, before: 'moved' }, now), now);
}

/**
 * A colleague cancels it with a reason; the patient reads so.
 * @throws call_back.not_found · wrong_state
 */
export async function cancelCallBack(
  trx: Trx,
  deps: CallBackDeps,
  actor: StaffActor,
  input: { id: string; reason: string },
  now: Date,
): Promise<void> {
  const held = await idle(trx, actor, input.id);
  await end(trx, actor, held, 'revoked', input.reason, now);
  if (input.reason === 'patient_asked') return;
  const { settings } = await organisationOf(trx, actor.organisationId);
  const language = await languageOfConversation(trx, held.conversation_id);
  await tell(
    trx,
    deps,
    held,
    callBackText(language, settings.address, (say) => say.cancelled),
    now,
  );
}

/**
 * It is due now, whatever was promised: the agent who asks takes it from the line next.
 * @returns the item to take
 * @throws call_back.not_found · wrong_state · routing.item_gone (the patient is being served)
 */
export async function tryNow(trx: Trx, deps: CallBackDeps, actor: StaffActor, id: string, now: Date): Promise<string> {
  const held = await idle(trx, actor, id);
  if (held.item_id) return held.item_id;
  const queue = await queueOf(trx, actor.organisationId, held.queue_id);
  const settings = (await settingsOf(trx, [queue.id])).get(queue.id)!;
  // by hand at an hour that is closed or quiet: not even then
  const callable = nextCallable(queue.calendar, settings, now);
  if (!isOpen(queue.calendar, now) || callable === null || callable > now) throw callBackProblems.wrong_state();
  await step(trx, actor, held, { due_at: now, reason: 'by_hand' }, now);
  await becomeDue(trx, deps, id, actor.organisationId, now);
  const after = (await callBackOf(trx, actor.organisationId, id))!;
  if (!after.item_id) throw routingProblems.item_gone();
  return after.item_id;
}
