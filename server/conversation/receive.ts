import { sql } from 'kysely';
import { type Batcher, batcher } from '../platform/batch.ts';
import { uuid } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { afterCommit, type Database, isConflict, isConnectionLoss, type Trx, within } from '../platform/postgres.ts';
import { blindIndex, seal } from '../trust/vault.ts';
import { addressed } from '../trust/address.ts';
import { type Organisation, organisationOf } from '../trust/organisation.ts';
import type { ConversationState, Inbound, OutboundContent, Received, Situation, Turn } from './contract.ts';
import { emergencyNumberFor } from './emergency-number.ts';
import { comingBack } from './internal/errand.ts';
import { holdRow, move } from './internal/hold-row.ts';
import { locate, type Place } from './internal/locate.ts';
import { write, type Written } from './internal/write.ts';
import { alarmOf, hear } from './red-flags/hear.ts';
import { believableTime, isOfTheLine, mayBecome, wantsAnswer, withButtons } from './rules.ts';
import { joinedTexts, sorryTexts } from './texts.ts';
import type { ConversationDeps, HandedOver } from './followers.ts';

const BATCH = 64;
/** Two: the next batch runs its turns while the one before commits. More make smaller batches and more statements a message. */
const IN_FLIGHT = 2;
/** How long a message waits inside for a database that restarts, before the vendor is told to come again. */
const PATIENCE_MS = 8_000;

export type Receiver = Batcher<Inbound, Received>;

/**
 * Receives what patients say. One transaction over a batch of people, at most one message of each: lock, read,
 * screen for red flags, the assistant's turn, write, commit; then the replies go straight to their channel.
 * A batch that fails is done again one by one; what fails alone goes to a person without the assistant,
 * and what cannot even be stored is kept as a dead letter.
 * @returns what became of the message, only after it is committed
 * @throws when the database is away: nothing is stored and the vendor should repeat
 */
export function createReceiver(db: Database, deps: ConversationDeps): Receiver {
  return batcher<Inbound, Received>({
    key: (inbound) => `${inbound.accountId}:${inbound.address}`,
    group: (inbound) => inbound.organisationId,
    size: BATCH,
    inFlight: IN_FLIGHT,
    run: (batch) => settle(db, deps, batch),
  });
}

async function settle(db: Database, deps: ConversationDeps, batch: Inbound[]): Promise<Received[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await receiveBatch(db, deps, batch, 'assistant');
    } catch (error) {
      if (isConnectionLoss(error)) {
        if (Date.now() > deadline) throw error;
        await new Promise((again) => setTimeout(again, 200));
        continue;
      }
      if (batch.length === 1) return [await receiveHard(db, deps, batch[0]!, error)];
      log.warn({ error, size: batch.length }, 'a batch failed and is done again one by one');
      const results: Received[] = [];
      for (const inbound of batch) results.push(...(await settle(db, deps, [inbound])));
      return results;
    }
  }
}

/** One message whose turn failed: a person takes it; if even that fails it is kept with its reason. */
async function receiveHard(db: Database, deps: ConversationDeps, inbound: Inbound, first: unknown): Promise<Received> {
  if (isConflict(first) || (first as { code?: string }).code === '23505') {
    try {
      return (await receiveBatch(db, deps, [inbound], 'assistant'))[0]!;
    } catch (error) {
      first = error;
    }
  }
  log.error({ error: first }, 'the assistant failed on a message; a person takes it');
  try {
    return (await receiveBatch(db, deps, [inbound], 'person'))[0]!;
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    log.error({ error }, 'a message could not be taken; kept as a dead letter');
    const reason = (error as { code?: string }).code ?? (error as Error).name;
    await within(db, inbound.organisationId, async (trx) => {
      const key = await deps.vault.organisationKey(trx, inbound.organisationId);
      const id = uuid();
      await trx
        .insertInto('dead_letter')
        .values({
          organisation_id: inbound.organisationId,
          id,
          source: inbound.channel,
          external_id: inbound.externalId,
          reason,
          sealed: seal(key, JSON.stringify(inbound), `dead:${id}`),
        })
        .execute();
    });
    return { outcome: 'dead', reason };
  }
}

async function receiveBatch(
  db: Database,
  deps: ConversationDeps,
  batch: Inbound[],
  answeredBy: 'assistant' | 'person',
): Promise<Received[]> {
  const organisationId = batch[0]!.organisationId;
  return within(
    db,
    organisationId,
    async (trx) => {
      const orgKey = await deps.vault.organisationKey(trx, organisationId);
      const organisation = await organisationOf(trx, organisationId);
      const hashes = batch.map((inbound) => blindIndex(orgKey, `address:${inbound.channel}`, inbound.address));
      await lock(trx, organisationId, batch, hashes);
      // after the lock: who waited for it comes later
      const now = deps.clock();
      const places = await locate(trx, deps, { orgKey, organisation, batch, hashes, now });

      const inLine: { entry: Written; doubtful: boolean }[] = [];
      const turning: { entry: Written; situation: Situation; begins: OutboundContent[] }[] = [];
      const written: Written[] = [];
      const results: Received[] = [];
      for (const [i, inbound] of batch.entries()) {
        const place = places[i]!;
        if (place.duplicate) {
          results[i] = { outcome: 'duplicate' };
          continue;
        }
        // a red flag beats everything, in every state
        const emergencyNumber = emergencyNumberFor(organisation, inbound);
        const heard = await hear(deps, trx, {
          place,
          content: inbound.content,
          organisation: { ...organisation, emergencyNumber },
          now,
        });
        const entry: Written = {
          place,
          inbound,
          messageId: uuid(),
          sentAt: believableTime(inbound.sentAt, now),
          shownAt: later(now, place.lastMessageAt),
          flagged: heard.flagged,
          turn: heard.turn,
          queueId: null,
          joins: null,
        };
        written.push(entry);
        results[i] = { outcome: 'stored', messageId: entry.messageId, conversationId: place.conversationId };
        const goesOn = heard.goesOn && wantsAnswer(inbound.content) && !place.blocked;
        // the assistant holds its tongue while a person has the word, and for a reaction
        const assistantSpeaks = goesOn && place.state === 'assistant' && !isOfTheLine(inbound.content);
        const waits = place.state === 'waiting' || (place.state === 'assistant' && isOfTheLine(inbound.content));
        if (goesOn && waits && !heard.turn) {
          inLine.push({ entry, doubtful: heard.doubtful === true });
        } else if (assistantSpeaks && answeredBy === 'person') {
          entry.turn = sorry(place, organisation);
        } else if (assistantSpeaks) {
          const situation = { ...situationOf(organisationId, place, inbound, now), emergencyNumber };
          if (heard.before) situation.content = heard.before.content;
          turning.push({ entry, situation, begins: heard.before ? [heard.before.says] : [] });
        }
      }
      if (turning.length > 0) {
        const turns = await deps.followers.turns(
          trx,
          turning.map((one) => one.situation),
        );
        for (const [i, { entry, begins }] of turning.entries()) {
          entry.turn = turns[i]!;
          entry.turn.says.unshift(...begins);
          entry.flagged = alarmOf(entry.turn, entry.flagged, now);
        }
      }
      await hearInLine(trx, deps, inLine);
      if (written.length > 0) {
        await placeLate(trx, written);
        await joinOther(trx, organisation, written, now);
        await handOver(trx, deps, written, now);
        const departing = await write(trx, deps, { organisationId, written, now });
        if (departing.length > 0) afterCommit(trx, () => deps.depart(departing));
      }
      return results;
    },
    { byIndex: true },
  );
}

/**
 * One writer at a time for each address, in one order for all batches; then the open conversations, for the agent's verbs lock
 * nothing else. A statement of its own: what is read next must be fresh.
 */
async function lock(trx: Trx, organisationId: string, batch: Inbound[], hashes: Buffer[]): Promise<void> {
  const keys = hashes.map((hash) => hash.readBigInt64BE(0).toString()).sort();
  await sql`
    with addresses as materialized (select count(pg_advisory_xact_lock(k)) as n from unnest(${keys}::bigint[]) k)
    select 1 from conversation where (select n from addresses) >= 0 and id = any(array(
      select c.id from unnest(${batch.map((inbound) => inbound.accountId)}::uuid[], ${hashes}::bytea[]) i(account_id, hash)
      cross join lateral (select person_id from contact_point
        where organisation_id = ${organisationId}::uuid and account_id = i.account_id and address_hash = i.hash limit 1) cp
      cross join lateral (select id from conversation
        where organisation_id = ${organisationId}::uuid and person_id = cp.person_id and state <> 'closed' limit 1) c))
    order by id for update`.execute(trx);
}

/** Clocks of several processes differ a little; a thread never goes back for it. */
function later(now: Date, last: Date | null): Date {
  return last !== null && last > now ? last : now;
}

/** What comes after something that its sender wrote later stands before that in the thread. */
async function placeLate(trx: Trx, written: Written[]): Promise<void> {
  for (const entry of written) {
    if (!entry.place.lastSentAt || entry.sentAt >= entry.place.lastSentAt) continue;
    const { rows } = await sql<{ shown_at: Date }>`
      select shown_at from message where conversation_id = ${entry.place.conversationId}::uuid and direction = 'in'
        and sent_at > ${entry.sentAt} order by sent_at, seq limit 1`.execute(trx);
    if (rows[0]) entry.shownAt = rows[0].shown_at;
  }
}

/**
 * Promise 3: the writer proved to be someone who has a conversation open elsewhere. That one goes on, from here too, with what the
 * assistant was at, or with the people who have it, as the writer is told; this one, begun before anyone knew, ends. Where this
 * turn leads to people and only the assistant is at the other, it is the other that ends.
 */
async function joinOther(trx: Trx, organisation: Organisation, written: Written[], now: Date): Promise<void> {
  const proved = written.filter(
    ({ place, turn }) => turn?.person && turn.person.personId !== place.personId && !place.agentId,
  );
  if (proved.length === 0) return;
  const { rows } = await sql<{ id: string; person_id: string; state: ConversationState }>`
    select id, person_id, state from conversation where organisation_id = ${organisation.id}::uuid and state <> 'closed'
      and person_id = any(${proved.map((entry) => entry.turn!.person!.personId)}::uuid[])
      and not (id = any(${proved.map((entry) => entry.place.conversationId)}::uuid[])) order by id for update`.execute(
    trx,
  );
  for (const entry of proved) {
    const turn = entry.turn!;
    const other = rows.find((row) => row.person_id === turn.person!.personId);
    if (!other) continue;
    if (!turn.handover) {
      entry.joins = { conversationId: other.id, state: other.state };
      if (other.state === 'assistant') continue;
      const text = joinedTexts[other.state === 'waiting' ? 'waiting' : 'held'][turn.language ?? entry.place.language];
      turn.says.push({ kind: 'text', text: addressed(text, organisation.settings.address) });
    } else if (other.state === 'assistant') {
      const actor = { kind: 'assistant', organisationId: organisation.id } as const;
      const held = await holdRow(trx, actor, other.id);
      await move(trx, actor, held, { state: 'closed', outcome: 'joined' }, now);
      await sql`delete from session where conversation_id = ${other.id}::uuid`.execute(trx);
    }
  }
}

function situationOf(organisationId: string, place: Place, inbound: Inbound, now: Date): Situation {
  return {
    organisationId,
    contactPointId: place.contactPointId,
    accountId: inbound.accountId,
    channel: inbound.channel,
    personId: place.personId,
    aboutId: place.aboutId,
    conversationId: place.conversationId,
    fresh: place.fresh,
    state: place.state,
    language: place.language,
    proof: place.proof,
    session: place.session,
    receivedAt: now,
    content: inbound.content,
  };
}

/** The assistant failed: a true sentence and a person. */
function sorry(place: Place, { settings }: Organisation): Turn {
  return {
    session: null,
    says: [{ kind: 'text', text: addressed(sorryTexts[place.language], settings.address) }],
    handover: { queue: settings.defaultQueue, priority: 'standard', reason: 'assistant_failed', summary: [] },
    trace: [{ step: 'assistant_failed' }],
  };
}

/** What those who wait say of waiting on. Who leaves the line is done; a button of a line that is over opens nothing again. */
async function hearInLine(
  trx: Trx,
  deps: ConversationDeps,
  entries: { entry: Written; doubtful: boolean }[],
): Promise<void> {
  if (entries.length === 0 || !deps.followers.heardInLine) return;
  const heard = await deps.followers.heardInLine(
    trx,
    entries.map(({ entry: { place, inbound }, doubtful }) => ({
      organisationId: inbound.organisationId,
      conversationId: place.conversationId,
      personId: place.personId,
      doubtful,
      language: place.language,
      state: place.state,
      content: inbound.content,
      flagged: place.flags.some((flag) => !flag.lowered && !(flag.level === 'soft' && flag.answer === 'no')),
    })),
  );
  for (const [i, { entry }] of entries.entries()) {
    const found = heard[i];
    if (!found) continue;
    const { place } = entry;
    const ends = found.left || place.fresh || place.reopening;
    entry.turn = {
      session: ends ? null : place.session,
      says: [withButtons(found.says, found.options)],
      trace: found.trace,
      ...(ends && { close: { outcome: 'abandoned' } }),
    };
  }
}

/** Makes the items of those who now wait, and adds to each turn what the patient should read about the wait. */
async function handOver(trx: Trx, deps: ConversationDeps, written: Written[], now: Date): Promise<void> {
  const waiting = written.filter(
    // with an agent already, a flag raises what the agent holds; nobody is taken from anyone
    ({ place, turn }) =>
      turn?.handover && !place.agentId && (place.state === 'waiting' || mayBecome(place.state, 'waiting')),
  );
  if (waiting.length === 0) return;
  const handed = waiting.map(({ place, inbound, turn }): HandedOver => ({
    organisationId: inbound.organisationId,
    conversationId: place.conversationId,
    personId: turn!.person?.personId ?? place.personId,
    queue: turn!.handover!.queue,
    priority: turn!.handover!.priority,
    reason: turn!.handover!.reason,
    skills: turn!.handover!.skills ?? [],
    targetSeconds: turn!.handover!.targetSeconds,
    language: turn!.language ?? place.language,
    channel: inbound.channel,
    since: place.waitingSince ?? now,
  }));
  const back = await comingBack(trx, handed, now);
  const answers = await deps.followers.handedOver(
    trx,
    back.map((one) => one.handed),
  );
  for (const [i, entry] of waiting.entries()) {
    entry.queueId = answers[i]!.queueId;
    const { says, options } = answers[i]!;
    if (back[i]!.says) entry.turn!.says.push({ kind: 'text', text: back[i]!.says });
    if (says) entry.turn!.says.push(withButtons(says, options));
  }
}
