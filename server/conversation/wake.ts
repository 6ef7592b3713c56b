import { sql } from 'kysely';
import { log } from '../platform/log.ts';
import { type Database, within } from '../platform/postgres.ts';
import { organisationIds } from '../trust/organisation.ts';
import { open } from '../trust/vault.ts';
import type { ChannelKind, Language, ProofLevel, Situation, Turn } from './contract.ts';
import { applyTurn } from './internal/apply-turn.ts';
import { holdRow } from './internal/hold-row.ts';
import type { ConversationDeps } from './followers.ts';
import type { Trx } from '../platform/postgres.ts';

/** The assistant's turn when nobody answered in time. */
export type WakeTurn = (trx: Trx, situation: Situation) => Promise<Turn>;

const AT_ONCE = 50;

/**
 * Wakes sessions whose wait has run out, of every organisation; safe in several processes at once.
 * @returns how many were woken
 */
export async function wakeSleepers(db: Database, deps: ConversationDeps, turn: WakeTurn): Promise<number> {
  let woken = 0;
  for (const organisationId of await organisationIds(db)) {
    const due = await within(db, organisationId, async (trx) => {
      const { rows } = await sql<{ conversation_id: string }>`
        select conversation_id from session where organisation_id = ${organisationId}::uuid and wake_at <= ${deps.clock()}
        order by wake_at limit ${AT_ONCE}`.execute(trx);
      return rows.map((row) => row.conversation_id);
    });
    for (const conversationId of due) {
      try {
        await within(db, organisationId, (trx) => wakeOne(trx, deps, turn, organisationId, conversationId));
        woken += 1;
      } catch (error) {
        log.error({ error }, 'a waiting session could not be woken');
        // asked again later rather than at every sweep
        await within(db, organisationId, async (trx) => {
          await sql`update session set wake_at = ${new Date(deps.clock().getTime() + 600_000)} where conversation_id = ${conversationId}::uuid`.execute(
            trx,
          );
        });
      }
    }
  }
  return woken;
}

async function wakeOne(
  trx: Trx,
  deps: ConversationDeps,
  turn: WakeTurn,
  organisationId: string,
  conversationId: string,
): Promise<void> {
  const actor = { kind: 'assistant', organisationId } as const;
  const held = await holdRow(trx, actor, conversationId);
  const { rows } = await sql<{
    state_sealed: Buffer;
    person_id: string;
    wake_at: Date | null;
    contact_point_id: string;
    account_id: string;
    channel: ChannelKind;
    proof: ProofLevel | null;
    expires_at: Date | null;
  }>`
    select s.state_sealed, s.person_id, s.wake_at, cp.id as contact_point_id, cp.account_id, cp.channel, l.proof, l.expires_at
    from session s join leg on leg.conversation_id = s.conversation_id join contact_point cp on cp.id = leg.contact_point_id
    left join contact_point_person l on l.contact_point_id = cp.id and l.person_id = ${held.personId}::uuid
    where s.conversation_id = ${conversationId}::uuid order by cp.last_inbound_at desc nulls last limit 1`.execute(trx);
  const row = rows[0];
  const now = deps.clock();
  if (!row?.wake_at || row.wake_at > now) return;
  if (held.state !== 'assistant') {
    await sql`update session set wake_at = null where conversation_id = ${conversationId}::uuid`.execute(trx);
    return;
  }
  const key = (await deps.vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id)!;
  const result = await turn(trx, {
    organisationId,
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
    content: { kind: 'unsupported', reason: 'timeout' },
  });
  await applyTurn(deps, trx, held, result, { personId: row.person_id, key });
}
