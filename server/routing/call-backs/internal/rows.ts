import { sql } from 'kysely';
import { LANGUAGES, type Language, type OutboundContent, type Priority } from '../../../conversation/contract.ts';
import { isUuid } from '../../../platform/ids.ts';
import { type Trx, willAnnounce } from '../../../platform/postgres.ts';
import type { Actor } from '../../../trust/contract.ts';
import { organisationOf } from '../../../trust/organisation.ts';
import { open, type Vault } from '../../../trust/vault.ts';
import { type Queue, queuesOf } from '../../queues.ts';
import type { CallBackDeps } from '../deps.ts';
import type { CallBackState, CallBackView, CallBackWay } from '../contract.ts';
import { spoken } from '../numbers.ts';
import { callBackProblems } from '../problems.ts';
import { covered, wallClock } from '../rules.ts';
import { callBackText, whenText } from '../texts.ts';

export type CallBack = {
  id: string;
  organisation_id: string;
  person_id: string;
  conversation_id: string;
  queue_id: string;
  state: CallBackState;
  kind: 'place' | 'slot';
  way: CallBackWay;
  number_sealed: Buffer | null;
  priority: Priority;
  skills: string[];
  since: Date;
  slot_at: Date | null;
  slot_ends_at: Date | null;
  due_at: Date;
  item_id: string | null;
  missed: number;
  late_told_at: Date | null;
  turn_told_at: Date | null;
  due_told_at: Date | null;
  still_asked_at: Date | null;
  reason: string | null;
  created_at: Date;
  ended_at: Date | null;
};

const COLUMNS = sql`id, organisation_id, person_id, conversation_id, queue_id, state, kind, way, number_sealed, priority, skills, since,
  slot_at, slot_ends_at, due_at, item_id, missed, late_told_at, turn_told_at, due_told_at, still_asked_at, reason, created_at, ended_at`;

export async function callBackOf(trx: Trx, organisationId: string, id: string): Promise<CallBack | undefined> {
  if (!isUuid(id)) return undefined;
  return (
    await sql<CallBack>`select ${COLUMNS} from call_back where id = ${id} and organisation_id = ${organisationId}`.execute(
      trx,
    )
  ).rows[0];
}

/** The open one of a person, or of a conversation whose person proved to be somebody else meanwhile. */
export async function openOf(
  trx: Trx,
  organisationId: string,
  who: { personId: string; conversationId?: string | null },
): Promise<CallBack | undefined> {
  const { rows } = await sql<CallBack>`
    select ${COLUMNS} from call_back where organisation_id = ${organisationId} and state in ('asked', 'due', 'trying')
      and (person_id = ${who.personId} or conversation_id = ${who.conversationId ?? null}) order by person_id = ${who.personId} desc limit 1`.execute(
    trx,
  );
  return rows[0];
}

/** One ask, change or ending of a person's call-backs at a time. Held until the transaction ends. */
export async function lockPerson(trx: Trx, personId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`call back ${personId}`}, 0))`.execute(trx);
}

/**
 * A call-back with its conversation, agent and item, locked in the order of the routing room.
 * @throws call_back.not_found
 */
export async function lockCallBack(trx: Trx, organisationId: string, id: string): Promise<CallBack> {
  let seen = await callBackOf(trx, organisationId, id);
  if (!seen) throw callBackProblems.not_found();
  await sql`select 1 from conversation where id = ${seen.conversation_id} for update`.execute(trx);
  for (;;) {
    const { itemId, agentId } = await lockItem(trx, seen.item_id);
    const { rows } = await sql<CallBack>`select ${COLUMNS} from call_back where id = ${id} for update`.execute(trx);
    const now = rows[0]!;
    if (now.item_id === itemId && (await holderOf(trx, itemId)) === agentId) return now;
    seen = now;
  }
}

async function lockItem(trx: Trx, itemId: string | null): Promise<{ itemId: string | null; agentId: string | null }> {
  if (!itemId) return { itemId: null, agentId: null };
  const agentId = await holderOf(trx, itemId);
  if (agentId) await sql`select 1 from agent where id = ${agentId} for update`.execute(trx);
  await sql`select 1 from item where id = ${itemId} for update`.execute(trx);
  return { itemId, agentId };
}

/** Who has an item or has it before them. */
async function holderOf(trx: Trx, itemId: string | null): Promise<string | null> {
  if (!itemId) return null;
  const { rows } = await sql<{ agent_id: string | null }>`select agent_id from item where id = ${itemId}`.execute(trx);
  return rows[0]?.agent_id ?? null;
}

export type Step = Partial<
  Pick<
    CallBack,
    | 'state'
    | 'kind'
    | 'way'
    | 'slot_at'
    | 'slot_ends_at'
    | 'due_at'
    | 'item_id'
    | 'missed'
    | 'queue_id'
    | 'conversation_id'
    | 'person_id'
    | 'late_told_at'
    | 'turn_told_at'
    | 'due_told_at'
    | 'still_asked_at'
    | 'priority'
  >
> & { reason: string; number?: { sealed: Buffer; hash: Buffer } | null; consent_at?: Date };

const ENDS: readonly CallBackState[] = ['reached', 'gave_up', 'revoked', 'merged'];

/** Brings a locked call-back on, with who did it and why. */
export async function step(trx: Trx, actor: Actor, held: CallBack, to: Step, now: Date): Promise<CallBack> {
  const { number, ...columns } = to;
  const ended = to.state !== undefined && ENDS.includes(to.state);
  const set: Record<string, unknown> = {
    ...columns,
    ...(number === undefined ? {} : { number_sealed: number?.sealed ?? null, number_hash: number?.hash ?? null }),
    ...(ended ? { ended_at: now, item_id: null } : {}),
    actor_kind: actor.kind,
    actor_id: actorId(actor),
    changed_at: now,
  };
  await trx
    .updateTable('call_back')
    .set((eb) => ({ ...set, version: eb('version', '+', 1) }))
    .where('id', '=', held.id)
    .execute();
  const after = (await callBackOf(trx, held.organisation_id, held.id))!;
  willAnnounce(trx, held.organisation_id);
  return after;
}

export const actorId = (actor: Actor): string | null =>
  actor.kind === 'staff' ? actor.membershipId : actor.kind === 'patient' ? actor.personId : null;

export async function endTry(trx: Trx, callBackId: string, outcome: string, now: Date): Promise<void> {
  await sql`update call_back_try set outcome = ${outcome}, ended_at = greatest(began_at, ${now}::timestamptz)
    where call_back_id = ${callBackId} and ended_at is null`.execute(trx);
}

export async function queueOf(trx: Trx, organisationId: string, queueId: string): Promise<Queue> {
  const found = (await queuesOf(trx, organisationId)).find((queue) => queue.id === queueId);
  if (!found) throw callBackProblems.not_offered();
  return found;
}

/** The telephone number, opened; null without one, or when the person's words were erased. Audit is the caller's. */
export async function numberOf(trx: Trx, vault: Vault, one: CallBack): Promise<string | null> {
  if (!one.number_sealed) return null;
  const key = (await vault.personKeys(trx, one.organisation_id, [one.person_id])).get(one.person_id);
  return key?.secret ? open(key, one.number_sealed, `call-back:${one.id}`).toString('utf8') : null;
}

export async function viewOf(
  trx: Trx,
  vault: Vault,
  one: CallBack,
  language: Language,
  now: Date,
): Promise<CallBackView> {
  const { timezone } = await organisationOf(trx, one.organisation_id);
  const number = await numberOf(trx, vault, one);
  const at = one.state === 'trying' && one.item_id === null ? one.due_at : (one.slot_at ?? one.due_at);
  return {
    id: one.id,
    state: one.state,
    kind: one.kind,
    way: one.way,
    number: number && covered(number),
    slotAt: one.slot_at?.toISOString() ?? null,
    slotEndsAt: one.slot_ends_at?.toISOString() ?? null,
    dueAt: one.due_at.toISOString(),
    local: wallClock(at, timezone),
    said: whenText(language, at, timezone, now),
    late: one.state === 'due' && one.slot_ends_at !== null && one.slot_ends_at <= now,
    tries: one.missed,
  };
}

export const asLanguage = (language: string): Language =>
  (LANGUAGES as readonly string[]).includes(language) ? (language as Language) : 'es';

export async function languageOfConversation(trx: Trx, conversationId: string): Promise<Language> {
  const { rows } = await sql<{
    language: string;
  }>`select language from conversation where id = ${conversationId}`.execute(trx);
  return asLanguage(rows[0]?.language ?? 'es');
}

const WINDOW_MS = 24 * 3_600_000;

/** The address at which somebody is told something, and until when a free text may go there. */
async function lastPoint(
  trx: Trx,
  conversationId: string,
): Promise<{ channel: string; accountId: string; until: Date | null } | null> {
  const { rows } = await sql<{ channel: string; account_id: string; last_inbound_at: Date | null }>`
    select cp.channel, cp.account_id, cp.last_inbound_at from leg join contact_point cp on cp.id = leg.contact_point_id
    where leg.conversation_id = ${conversationId} and cp.blocked_at is null
    order by cp.last_inbound_at desc nulls last, leg.began_at desc limit 1`.execute(trx);
  const row = rows[0];
  if (!row) return null;
  return {
    channel: row.channel,
    accountId: row.account_id,
    until:
      row.channel === 'whatsapp' || row.channel === 'messenger'
        ? new Date((row.last_inbound_at?.getTime() ?? 0) + WINDOW_MS)
        : null,
  };
}

/** Whether somebody can be written to then: freely, by a template, or not at all. */
export async function canWrite(
  trx: Trx,
  conversationId: string,
  at: Date,
  template: string | null,
): Promise<'freely' | 'template' | 'no'> {
  const point = await lastPoint(trx, conversationId);
  if (!point || point.channel === 'voice') return 'no';
  if (point.until === null || point.until > at) return 'freely';
  return template && (await templateOf(trx, point.accountId, template, 'es')) ? 'template' : 'no';
}

async function templateOf(
  trx: Trx,
  accountId: string,
  name: string,
  language: Language,
): Promise<{ language: string; body: string } | undefined> {
  const { rows } = await sql<{ language: string; body: string }>`
    select language, body from channel_template where account_id = ${accountId} and name = ${name} and status = 'approved'
    order by (language = ${language} or language like ${`${language}\\_%`}) desc, language limit 1`.execute(trx);
  return rows[0];
}

/**
 * Tells somebody something where they wrote last. Where a free text may not go any more the template goes, if there is one
 * for it, else nothing: it could not arrive.
 * @param how.button they may look at it, change it or take it back with one touch
 * @returns whether something was said
 */
export async function tell(
  trx: Trx,
  deps: CallBackDeps,
  one: CallBack,
  text: string,
  now: Date,
  { template = null, button = false }: { template?: string | null; button?: boolean } = {},
): Promise<boolean> {
  const point = await lastPoint(trx, one.conversation_id);
  if (!point || point.channel === 'voice') return false;
  const language = await languageOfConversation(trx, one.conversation_id);
  let content = button ? withButton(language, text) : ({ kind: 'text', text } as OutboundContent);
  if (point.until !== null && point.until <= now) {
    const found = template ? await templateOf(trx, point.accountId, template, language) : undefined;
    if (!template || !found) return false;
    content = { kind: 'template', name: template, language: found.language, parameters: [], text: found.body };
  }
  await deps.conversations.reply(
    trx,
    { kind: 'assistant', organisationId: one.organisation_id },
    { conversationId: one.conversation_id, content },
  );
  return true;
}

/** A text with a button that shows what was asked for: what it says is what anybody may write at any time. */
export function withButton(language: Language, text: string): OutboundContent {
  return {
    kind: 'menu',
    text,
    options: [{ id: 'call_back.mine', title: callBackText(language, 'usted', (say) => say.mine) }],
  };
}

/** What a patient reads when it was asked for or moved. */
export async function promised(
  trx: Trx,
  deps: CallBackDeps,
  one: CallBack,
  language: Language,
  now: Date,
): Promise<{ when: string | null; number: string }> {
  const { timezone } = await organisationOf(trx, one.organisation_id);
  const number = await numberOf(trx, deps.vault, one);
  const at = one.slot_at ?? (one.due_at > now ? one.due_at : null);
  return { when: at && whenText(language, at, timezone, now), number: number ? spoken(number) : '' };
}
