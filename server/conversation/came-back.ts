import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import type { Actor } from '../trust/contract.ts';
import { open } from '../trust/vault.ts';
import type { ChannelKind, Language, ProofLevel, Situation, Turn } from './contract.ts';
import type { ConversationDeps } from './followers.ts';
import { applyTurn } from './internal/apply-turn.ts';
import { holdRow } from './internal/hold-row.ts';
import { jot } from './internal/say.ts';

export type CameBack = {
  conversationId: string;
  /** The assistant's turn; null: what came back has lost its place, and nothing changes. */
  turn(situation: Situation): Promise<Turn | null>;
};

/**
 * Something that the assistant had asked for outside has come back. Under the conversation's lock, so after every word
 * that was taken before it; it changes nothing unless the assistant still has the word and no red flag waits for one.
 * @returns whether a turn was taken
 */
export async function cameBack(deps: ConversationDeps, trx: Trx, actor: Actor, input: CameBack): Promise<boolean> {
  const { conversationId } = input;
  const held = await holdRow(trx, actor, conversationId);
  if (held.state !== 'assistant') return false;
  const { rows } = await sql<{
    state_sealed: Buffer;
    person_id: string;
    contact_point_id: string;
    account_id: string;
    channel: ChannelKind;
    proof: ProofLevel | null;
    expires_at: Date | null;
    flagged: boolean;
  }>`
    select s.state_sealed, s.person_id, cp.id as contact_point_id, cp.account_id, cp.channel, l.proof, l.expires_at,
      exists (select from flag f where f.organisation_id = ${held.organisationId}::uuid and f.conversation_id = s.conversation_id
        and f.due_at is not null) as flagged
    from session s join leg on leg.conversation_id = s.conversation_id join contact_point cp on cp.id = leg.contact_point_id
    left join contact_point_person l on l.contact_point_id = cp.id and l.person_id = ${held.personId}::uuid
    where s.conversation_id = ${conversationId}::uuid order by cp.last_inbound_at desc nulls last limit 1`.execute(trx);
  const row = rows[0];
  if (!row || row.flagged) return false;
  const now = deps.clock();
  const key = (await deps.vault.personKeys(trx, held.organisationId, [row.person_id])).get(row.person_id);
  if (!key?.secret) return false;
  const turn = await input.turn({
    organisationId: held.organisationId,
    contactPointId: row.contact_point_id,
    accountId: row.account_id,
    channel: row.channel,
    personId: held.personId,
    aboutId: held.aboutId,
    conversationId,
    fresh: false,
    state: held.state,
    language: held.language as Language,
    proof: row.expires_at && row.expires_at < now ? 'none' : (row.proof ?? 'none'),
    session: JSON.parse(open(key, row.state_sealed, `session:${conversationId}`).toString('utf8')) as unknown,
    receivedAt: now,
    content: { kind: 'unsupported', reason: 'effect' },
  });
  if (!turn) return false;
  await applyTurn(deps, trx, held, turn, { personId: row.person_id, key });
  if (turn.person && turn.person.aboutId !== held.aboutId)
    await sql`update conversation set about_id = ${turn.person.aboutId}::uuid where id = ${held.id}::uuid`.execute(trx);
  // what the assistant did is part of the thread, for colleagues only
  const steps = turn.trace.filter((one) => one.step !== 'say');
  if (steps.length > 0)
    await jot(deps, trx, actor, held, { direction: 'system', kind: 'trace', content: { kind: 'trace', steps } });
  return true;
}
