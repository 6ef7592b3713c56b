import { sql } from 'kysely';
import type { Priority } from '../../conversation/contract.ts';
import type { InLine, SaidInLine } from '../../conversation/followers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import { organisationOf } from '../../trust/organisation.ts';
import { endWaiting } from '../hand-over.ts';
import { type Fate, fateOf, mayLeave, type Wish } from './rules.ts';
import { wishOf } from './words.ts';
import { leavingText, type LeavingText, lineButtons } from './texts.ts';

type Stands = {
  itemId: string;
  conversationId: string;
  queueId: string;
  priority: Priority;
  askedAt: Date | null;
  since: Date;
};

const STEP: Record<NonNullable<Fate>, { says: LeavingText; step: string }> = {
  leave: { says: 'left', step: 'left_line' },
  ask: { says: 'ask', step: 'asked_to_leave' },
  stay: { says: 'stays', step: 'waits_on' },
  held: { says: 'held', step: 'kept_in_line' },
  over: { says: 'over', step: 'not_in_line' },
};

/**
 * Hears what people say who wait for a person, in the transaction that receives it, with their conversations locked: whoever needs
 * nobody any more leaves the line, with a question before where that is not clear. The item ends as `abandoned`; who is before an
 * agent already is taken back. Safety goes first: what is urgent or has a red flag stays, and a person makes sure.
 * @returns for each what is said about it, or null: it was not about waiting
 */
export async function heardInLine(trx: Trx, said: SaidInLine[], clock: Clock): Promise<(InLine | null)[]> {
  const wishes = said.map((one) => wishOf(one.content));
  if (wishes.every((wish) => wish === null)) return said.map(() => null);
  const { organisationId } = said[0]!;
  const now = clock();
  const { emergencyNumber, settings } = await organisationOf(trx, organisationId);
  const stands = await standing(
    trx,
    organisationId,
    said.flatMap((one, i) => (wishes[i] && one.state === 'waiting' ? [one.conversationId] : [])),
  );
  const heard: (InLine | null)[] = [];
  for (const [i, one] of said.entries()) {
    const wish = wishes[i];
    const item = stands.get(one.conversationId) ?? null;
    const fate = wish ? fateOf(wish, item && { ...item, flagged: one.flagged, doubtful: one.doubtful }, now) : null;
    if (!wish || fate === null) {
      heard.push(null);
      continue;
    }
    if (item) await carryOut(trx, one, item, fate, wish, now);
    const { says, step } = STEP[fate];
    // who waits on is still one touch from leaving: a window shows the buttons of the last message only
    const [, leave] = item && mayLeave(item.priority) && !one.flagged ? lineButtons(one.language, item.itemId) : [];
    const options =
      fate === 'ask' && item ? lineButtons(one.language, item.itemId) : fate === 'stay' && leave && [leave];
    heard.push({
      says: leavingText(one.language, says, { address: settings.address, emergency: emergencyNumber }),
      ...(options && { options }),
      left: fate === 'leave',
      trace: [{ step, detail: { by: wish.tap ? 'button' : 'words' } }],
    });
  }
  return heard;
}

async function carryOut(
  trx: Trx,
  { organisationId, conversationId, personId }: SaidInLine,
  item: Stands,
  fate: Fate,
  wish: Wish,
  now: Date,
): Promise<void> {
  if (fate !== 'leave') {
    await sql`
      insert into wait_told (organisation_id, item_id, leave_asked_at)
      values (${organisationId}, ${item.itemId}, ${fate === 'ask' ? now : null}::timestamptz)
      on conflict (item_id) do update set leave_asked_at = excluded.leave_asked_at`.execute(trx);
    return;
  }
  await endWaiting(trx, organisationId, [{ conversationId, state: 'abandoned', reason: 'no_longer_needed' }], now);
  await audit(
    trx,
    { kind: 'patient', organisationId, personId },
    {
      action: 'leave_line',
      subject: { kind: 'item', id: item.itemId },
      personId,
      detail: {
        by: wish.tap ? 'button' : 'words',
        queueId: item.queueId,
        waitedSeconds: Math.max(0, Math.round((now.getTime() - item.since.getTime()) / 1_000)),
      },
    },
  );
}

async function standing(trx: Trx, organisationId: string, conversationIds: string[]): Promise<Map<string, Stands>> {
  if (conversationIds.length === 0) return new Map();
  const { rows } = await sql<Stands>`
    select i.id as "itemId", i.conversation_id as "conversationId", i.queue_id as "queueId", i.priority, i.queued_at as since,
      t.leave_asked_at as "askedAt"
    from item i left join wait_told t on t.item_id = i.id
    where i.organisation_id = ${organisationId} and i.conversation_id = any(${conversationIds}::uuid[])
      and i.kind = 'conversation' and i.state in ('queued', 'offered')`.execute(trx);
  return new Map(rows.map((row) => [row.conversationId, row]));
}
