import { sql } from 'kysely';
import { announce } from '../platform/events.ts';
import { uuid } from '../platform/ids.ts';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { organisationOf } from '../trust/organisation.ts';
import { open } from '../trust/vault.ts';
import { type ChannelKind, type Language, LANGUAGES, type ProofLevel, type Situation, type Turn } from './contract.ts';
import type { ConversationDeps } from './followers.ts';
import { applyTurn } from './internal/apply-turn.ts';
import { holdRow, move } from './internal/hold-row.ts';
import { reopens } from './rules.ts';

export type SpeakFirst = {
  contactPointId: string;
  /** Whom we mean; another one who wrote last from there is not spoken to. */
  personId: string;
  /** The assistant's turn; null or without a word: nothing is said and nothing changes. */
  turn(situation: Situation): Promise<Turn | null>;
};

/**
 * The assistant speaks without being spoken to: in the open conversation, the one closed just now, or a new one.
 * A person's word is not cut: with an agent, waiting for one, or about somebody else, nothing is said.
 * @returns whether something was said
 */
export async function speakFirst(deps: ConversationDeps, trx: Trx, actor: Actor, input: SpeakFirst): Promise<boolean> {
  const { organisationId } = actor;
  // the same lock as that of whoever writes from there now (receive.ts); what follows is read after it
  await sql`
    select pg_advisory_xact_lock(('x' || encode(substring(address_hash for 8), 'hex'))::bit(64)::bigint) from contact_point
    where organisation_id = ${organisationId}::uuid and id = ${input.contactPointId}::uuid`.execute(trx);
  const { rows: points } = await sql<{
    channel: ChannelKind;
    account_id: string;
    proof: ProofLevel;
    expires_at: Date | null;
    language: string;
  }>`
    select cp.channel, cp.account_id, l.proof, l.expires_at, p.language from contact_point cp
    join contact_point_person l on l.contact_point_id = cp.id and l.person_id = cp.person_id join person p on p.id = cp.person_id
    where cp.organisation_id = ${organisationId}::uuid and cp.id = ${input.contactPointId}::uuid and cp.person_id = ${input.personId}::uuid
      and cp.blocked_at is null`.execute(trx);
  const point = points[0];
  if (!point) return false;
  const organisation = await organisationOf(trx, organisationId);
  const now = deps.clock();
  const { rows: found } = await sql<{
    id: string;
    about_id: string;
    state: string;
    closed_at: Date | null;
    language: string;
  }>`
    select id, about_id, state, closed_at, language from conversation
    where organisation_id = ${organisationId}::uuid and person_id = ${input.personId}::uuid
    order by (state <> 'closed') desc, opened_at desc limit 1 for update`.execute(trx);
  const last = found[0];
  const closed = last?.state === 'closed';
  if (last && !closed && (last.state !== 'assistant' || last.about_id !== input.personId)) return false;
  const before =
    last &&
    (!closed ||
      (last.about_id === input.personId && reopens(last.closed_at!, now, organisation.settings.reopenMinutes)))
      ? last
      : null;
  const conversationId = before?.id ?? uuid();
  const { rows: sessions } = await sql<{ state_sealed: Buffer; person_id: string }>`
    select state_sealed, person_id from session where conversation_id = ${conversationId}::uuid`.execute(trx);
  const session = sessions[0];
  const keys = await deps.vault.personKeys(trx, organisationId, [
    input.personId,
    ...(session ? [session.person_id] : []),
  ]);
  const key = keys.get(input.personId);
  if (!key) return false;
  const wanted = before?.language ?? point.language;
  const language = (LANGUAGES as readonly string[]).includes(wanted) ? (wanted as Language) : 'es';
  const turn = await input.turn({
    organisationId,
    contactPointId: input.contactPointId,
    accountId: point.account_id,
    channel: point.channel,
    personId: input.personId,
    aboutId: input.personId,
    conversationId,
    fresh: before === null,
    state: 'assistant',
    language,
    proof: point.expires_at && point.expires_at < now ? 'none' : point.proof,
    session: session
      ? (JSON.parse(
          open(keys.get(session.person_id)!, session.state_sealed, `session:${conversationId}`).toString('utf8'),
        ) as unknown)
      : null,
    receivedAt: now,
    content: { kind: 'unsupported', reason: 'unasked' },
  });
  if (!turn || turn.says.length === 0) return false;
  if (!before) await begin(trx, actor, { conversationId, personId: input.personId, language, channel: point.channel });
  await sql`
    insert into leg (organisation_id, conversation_id, contact_point_id, channel)
    values (${organisationId}::uuid, ${conversationId}::uuid, ${input.contactPointId}::uuid, ${point.channel}) on conflict do nothing`.execute(
    trx,
  );
  const held = await holdRow(trx, actor, conversationId);
  if (held.state === 'closed')
    await move(trx, actor, held, { state: 'assistant', outcome: null, reason: 'spoke_first' }, now);
  await applyTurn(deps, trx, held, turn, { personId: input.personId, key });
  return true;
}

async function begin(
  trx: Trx,
  { organisationId }: Actor,
  made: { conversationId: string; personId: string; language: string; channel: string },
): Promise<void> {
  await trx
    .insertInto('conversation')
    .values({
      organisation_id: organisationId,
      id: made.conversationId,
      person_id: made.personId,
      about_id: made.personId,
      language: made.language,
    })
    .execute();
  await trx
    .insertInto('conversation_state')
    .values({
      organisation_id: organisationId,
      conversation_id: made.conversationId,
      state: 'assistant',
      actor_kind: 'assistant',
      reason: 'spoke_first',
    })
    .execute();
  await announce(trx, {
    organisationId,
    kind: 'conversation.opened',
    conversationId: made.conversationId,
    payload: { channel: made.channel },
  });
}
