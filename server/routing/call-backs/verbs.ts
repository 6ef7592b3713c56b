import { sql } from 'kysely';
import type { Language } from '../../conversation/contract.ts';
import { addContactPoint } from '../../patient/contact-points.ts';
import { addPerson } from '../../patient/people.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Actor } from '../../trust/contract.ts';
import { blindIndex, open } from '../../trust/vault.ts';
import type { CallBackDeps } from './deps.ts';
import { ask, askFrom, mayAsk, mine, revoke, revokeFrom, slotsFor } from './ask.ts';
import type { CallBackView, CallBackWay, MayAsk, Slot } from './contract.ts';
import { asLanguage, lockCallBack, lockPerson, numberOf, openOf, step, viewOf } from './internal/rows.ts';
import { dialable, spoken } from './numbers.ts';
import { organisationOf } from '../../trust/organisation.ts';

/*
 * What the rooms beside this one may do with call-backs, handed to them by main.ts: the web window and the assistant.
 */

/** Whose browser it is: where messages of the web window come from. */
export type Visitor = { organisationId: string; accountId: string; address: string; language: Language };

type Known = { contactPointId: string; personId: string; conversationId: string | null };

async function knownVisitor(trx: Trx, deps: CallBackDeps, visitor: Visitor): Promise<Known | null> {
  const hash = blindIndex(
    await deps.vault.organisationKey(trx, visitor.organisationId),
    'address:webchat',
    visitor.address,
  );
  const { rows } = await sql<{ id: string; person_id: string; conversation_id: string | null }>`
    select cp.id, cp.person_id, (select c.id from conversation c where c.organisation_id = cp.organisation_id and c.person_id = cp.person_id
      order by (c.state <> 'closed') desc, c.opened_at desc limit 1) as conversation_id
    from contact_point cp where cp.organisation_id = ${visitor.organisationId} and cp.account_id = ${visitor.accountId} and cp.address_hash = ${hash}`.execute(
    trx,
  );
  return rows[0]
    ? { contactPointId: rows[0].id, personId: rows[0].person_id, conversationId: rows[0].conversation_id }
    : null;
}

/** Who asks before they have said a word becomes a person with this address, as their first word would make them. */
async function madeVisitor(trx: Trx, deps: CallBackDeps, visitor: Visitor): Promise<Known> {
  const { organisationId, accountId, address, language } = visitor;
  // the lock of whoever writes from there now
  const hash = blindIndex(await deps.vault.organisationKey(trx, organisationId), 'address:webchat', address);
  await sql`select pg_advisory_xact_lock(${hash.readBigInt64BE(0).toString()}::bigint)`.execute(trx);
  const known = await knownVisitor(trx, deps, visitor);
  if (known) return known;
  const personId = await addPerson(trx, deps.vault, { organisationId, language });
  const contactPointId = await addContactPoint(trx, deps.vault, {
    organisationId,
    channel: 'webchat',
    accountId,
    address,
    people: [{ personId, proof: 'none' }],
  });
  return { contactPointId, personId, conversationId: null };
}

export type WebCallBacks = {
  /** What a visitor has asked for and may ask for. */
  standing(
    trx: Trx,
    visitor: Visitor,
    now: Date,
  ): Promise<{ callBack: CallBackView | null; may: MayAsk; slots: Slot[]; timezone: string; country: string }>;
  ask(
    trx: Trx,
    visitor: Visitor,
    wanted: { slotAt: Date | null; way: CallBackWay; number: string | null },
    now: Date,
  ): Promise<{ callBack: CallBackView; changed: boolean }>;
  revoke(trx: Trx, visitor: Visitor, now: Date): Promise<boolean>;
};

/** For the web window. */
export function webCallBacks(deps: CallBackDeps): WebCallBacks {
  return {
    async standing(trx, visitor, now) {
      const { organisationId } = visitor;
      const { timezone, country } = await organisationOf(trx, organisationId);
      const known = await knownVisitor(trx, deps, visitor);
      const where = { organisationId, conversationId: known?.conversationId ?? null };
      const may = await mayAsk(trx, where, now);
      return {
        callBack: known
          ? await mine(trx, deps, { ...where, personId: known.personId, language: visitor.language }, now)
          : null,
        may,
        slots: may.slots ? await slotsFor(trx, where, now) : [],
        timezone,
        country,
      };
    },
    async ask(trx, visitor, wanted, now) {
      const { organisationId } = visitor;
      const known = await madeVisitor(trx, deps, visitor);
      const actor: Actor = { kind: 'patient', organisationId, personId: known.personId };
      const from = { organisationId, contactPointId: known.contactPointId, personId: known.personId };
      const asked = await askFrom(trx, deps, actor, from, wanted, now);
      return {
        callBack: await viewOf(trx, deps.vault, asked.callBack, visitor.language, now),
        changed: asked.changed,
      };
    },
    async revoke(trx, visitor, now) {
      const known = await knownVisitor(trx, deps, visitor);
      if (!known) return false;
      const { organisationId } = visitor;
      const actor: Actor = { kind: 'patient', organisationId, personId: known.personId };
      return revokeFrom(trx, deps, actor, { organisationId, ...known }, now);
    },
  };
}

type Caller = { organisationId: string; personId: string; conversationId: string; contactPointId: string };
type Asker = Caller & { queue: string | null };

/** For the assistant, inside its turn: it speaks itself. */
export function assistantCallBacks(deps: CallBackDeps) {
  /** The number that somebody writes from, where the channel's addresses are numbers. */
  async function ownNumber(trx: Trx, { organisationId, contactPointId }: Caller): Promise<string | null> {
    const { rows } = await sql<{ channel: string; address_sealed: Buffer }>`
      select channel, address_sealed from contact_point where id = ${contactPointId} and organisation_id = ${organisationId}`.execute(
      trx,
    );
    const row = rows[0];
    if (!row || !['whatsapp', 'sms', 'voice'].includes(row.channel)) return null;
    const address = open(
      await deps.vault.organisationKey(trx, organisationId),
      row.address_sealed,
      `contact-point:${contactPointId}`,
    ).toString('utf8');
    const number = dialable(address.startsWith('+') ? address : `+${address}`, 'ES');
    return number && spoken(number);
  }
  return {
    async standing(trx: Trx, caller: Asker, now: Date) {
      const where = { ...caller, queueKey: caller.queue };
      const may = await mayAsk(trx, where, now);
      const found = await openOf(trx, caller.organisationId, caller);
      const view = found && (await viewOf(trx, deps.vault, found, 'es', now));
      return {
        mine: view
          ? {
              kind: view.kind,
              way: view.way,
              state: view.state,
              start: view.local,
              number: view.number,
              late: view.late,
              tries: view.tries,
            }
          : null,
        place: may.place,
        slots: may.slots && (await slotsFor(trx, where, now)).length > 0,
        message: may.ways.includes('message'),
        open: may.open,
        number: await ownNumber(trx, caller),
      };
    },
    /** The key of the queue that would call, unless somebody is at it already or it was asked whether they still want it. */
    async unasked(trx: Trx, caller: Omit<Caller, 'contactPointId'>): Promise<string | null> {
      const found = await openOf(trx, caller.organisationId, caller);
      if (!found || found.still_asked_at !== null || (found.state === 'trying' && found.item_id !== null)) return null;
      const { rows } = await sql<{ key: string }>`select key from queue where id = ${found.queue_id}`.execute(trx);
      return rows[0]!.key;
    },
    /** They are asked whether they are still to be called: once. @returns whether there is anything to ask for */
    async askStill(trx: Trx, actor: Actor, caller: Caller, now: Date): Promise<boolean> {
      await lockPerson(trx, caller.personId);
      const found = await openOf(trx, caller.organisationId, caller);
      if (!found) return false;
      const held = await lockCallBack(trx, caller.organisationId, found.id);
      if (held.ended_at !== null || held.still_asked_at !== null || (held.state === 'trying' && held.item_id !== null))
        return false;
      await step(trx, actor, held, { still_asked_at: now, reason: 'still_asked' }, now);
      return true;
    },
    async slots(trx: Trx, caller: Asker, now: Date) {
      const all = await slotsFor(trx, { ...caller, queueKey: caller.queue }, now);
      return all.map((one) => ({ id: one.startsAt, start: one.local }));
    },
    async ask(
      trx: Trx,
      actor: Actor,
      asked: Asker & { slotAt: Date | null; way: CallBackWay; number: string | null },
      now: Date,
    ) {
      const done = await ask(trx, deps, actor, { ...asked, queueKey: asked.queue }, now);
      const number = await numberOf(trx, deps.vault, done.callBack);
      return {
        kind: done.callBack.kind,
        way: done.callBack.way,
        dueAt: done.callBack.due_at,
        changed: done.changed,
        number: number && spoken(number),
      };
    },
    revoke: (trx: Trx, actor: Actor, caller: Caller, now: Date) => revoke(trx, deps, actor, caller, 'patient', now),
  };
}

/** Whether a queue calls back now, at one's turn and at an hour of one's choice. */
export async function offersCallBacks(
  trx: Trx,
  organisationId: string,
  asked: { queueKey: string },
  now: Date,
): Promise<{ now: boolean; at: boolean }> {
  const where = { organisationId, queueKey: asked.queueKey };
  const may = await mayAsk(trx, where, now);
  return { now: may.place, at: may.slots && (await slotsFor(trx, where, now)).length > 0 };
}

/**
 * An agent asks for the patient whose conversation they have; without a number, the one that the patient writes from.
 * @throws what `ask` throws; call_back.not_found (no such conversation)
 */
export async function conversationOf(
  trx: Trx,
  organisationId: string,
  conversationId: string,
): Promise<{ personId: string; language: Language; contactPointId: string | null } | null> {
  if (!isUuid(conversationId)) return null;
  const { rows } = await sql<{ person_id: string; language: string; contact_point_id: string | null }>`
    select c.person_id, c.language, (select cp.id from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last limit 1) as contact_point_id
    from conversation c where c.id = ${conversationId} and c.organisation_id = ${organisationId}`.execute(trx);
  const row = rows[0];
  return row
    ? { personId: row.person_id, language: asLanguage(row.language), contactPointId: row.contact_point_id }
    : null;
}
