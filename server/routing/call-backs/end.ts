import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { Trx } from '../../platform/postgres.ts';
import { endItem } from '../items.ts';
import { type CallBack, endTry, step } from './internal/rows.ts';

/** Ends a locked call-back, and its item where it waits. */
export async function end(
  trx: Trx,
  actor: Actor,
  held: CallBack,
  state: 'revoked' | 'merged',
  reason: string,
  now: Date,
): Promise<void> {
  await endTry(trx, held.id, state, now);
  await step(trx, actor, held, { state, reason }, now);
  if (held.item_id) await endItem(trx, { itemId: held.item_id, state: 'withdrawn', reason: `call_back_${state}` }, now);
  await audit(trx, actor, {
    action: 'end',
    subject: { kind: 'call_back', id: held.id },
    personId: held.person_id,
    reason,
    detail: { state },
  });
}
