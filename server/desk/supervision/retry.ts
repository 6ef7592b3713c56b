import { sql } from 'kysely';
import type { ChannelKind } from '../../conversation/contract.ts';
import type { Conversations } from '../../conversation/verbs.ts';
import { type Database, within } from '../../platform/postgres.ts';
import { Problem } from '../../platform/problems.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { failedSince } from './live.ts';

const SINCE_MS = 900_000;
const AT_ONCE = 100;

/**
 * Sends again what a channel failed to deliver in the last quarter of an hour, each message in a transaction of its own:
 * one that nobody may send any more (closed, sent again meanwhile) keeps no other back.
 * @returns how many go out again
 */
export async function retryDeliveries(
  db: Database,
  deps: { conversations: Pick<Conversations, 'resend'> },
  actor: StaffActor,
  input: { channel: ChannelKind },
  now: Date,
): Promise<number> {
  const { organisationId } = actor;
  const failed = await within(db, organisationId, async (trx) => {
    const ids = (await failedSince(trx, organisationId, new Date(now.getTime() - SINCE_MS))).map((one) => one.id);
    const { rows } = await sql<{ id: string }>`
      select m.id from message m join conversation c on c.id = m.conversation_id
      where m.id = any(${ids}::uuid[]) and m.channel = ${input.channel} and m.delivery = 'failed' and m.resent_as is null and c.state <> 'closed'
      order by m.created_at limit ${AT_ONCE}`.execute(trx);
    return rows.map((row) => row.id);
  });
  let retried = 0;
  for (const messageId of failed) {
    try {
      await within(db, organisationId, (trx) => deps.conversations.resend(trx, actor, { messageId }));
      retried += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  await within(db, organisationId, (trx) =>
    audit(trx, actor, {
      action: 'retry_deliveries',
      subject: { kind: 'channel', id: null },
      detail: { channel: input.channel, retried },
    }),
  );
  return retried;
}
