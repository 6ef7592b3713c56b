import type { Conversations } from '../../conversation/verbs.ts';
import type { Priority } from '../../conversation/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import { sql } from 'kysely';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { Problem } from '../../platform/problems.ts';
import { moveItem, pin, reprioritise } from '../../routing/items.ts';
import { take } from '../../routing/offers.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import type { Outcome } from './contract.ts';
import { tell } from './notices.ts';
import { colleague } from './presence.ts';
import { roomProblems } from './problems.ts';

export type Act =
  | { kind: 'move'; queueId: string }
  | { kind: 'pin'; agentId: string }
  | { kind: 'prioritise'; priority: Priority }
  | { kind: 'assign'; agentId: string };

type Deps = { db: Database; conversations: Pick<Conversations, 'assign'>; clock: Clock };

/**
 * Does one thing with several items, each in a transaction of its own with its audit entry: what cannot be done with one
 * keeps no other back.
 * @returns which were done, and why the others were not
 */
export async function actOnItems(
  deps: Deps,
  actor: StaffActor,
  input: { items: string[]; reason: string },
  act: Act,
  titleOf: (problem: Problem) => string,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [] };
  for (const itemId of new Set(input.items)) {
    try {
      await within(deps.db, actor.organisationId, (trx) => actOn(trx, deps, actor, itemId, input.reason, act));
      outcome.done.push(itemId);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcome.failed.push({ itemId, code: error.code, title: titleOf(error) });
    }
  }
  return outcome;
}

async function actOn(trx: Trx, deps: Deps, actor: StaffActor, itemId: string, reason: string, act: Act): Promise<void> {
  const now = deps.clock();
  const item = await find(trx, actor.organisationId, itemId);
  switch (act.kind) {
    case 'move':
      await moveItem(trx, actor, { itemId, queueId: act.queueId }, now);
      break;
    case 'pin':
      await pin(trx, actor, { itemId, agentId: act.agentId }, now);
      break;
    case 'prioritise':
      await reprioritise(trx, actor, { itemId, priority: act.priority, reason });
      break;
    case 'assign': {
      const agent = await colleague(trx, actor.organisationId, act.agentId);
      // whoever it is before loses it; then it is theirs as if they had taken it
      await pin(trx, actor, { itemId, agentId: act.agentId }, now);
      await take(trx, agent, { itemId }, { conversations: deps.conversations, now });
      if (act.agentId !== actor.membershipId)
        await tell(
          trx,
          actor,
          [act.agentId],
          { kind: 'assigned', conversationId: item.conversation_id ?? undefined, detail: { reason } },
          now,
        );
    }
  }
  const { kind, ...detail } = act;
  await audit(trx, actor, {
    action: `${kind}_item`,
    subject: { kind: 'item', id: itemId },
    personId: item.person_id,
    reason,
    detail: { ...detail, conversationId: item.conversation_id },
  });
}

/** @throws room.not_found (not of this organisation) */
async function find(
  trx: Trx,
  organisationId: string,
  itemId: string,
): Promise<{ conversation_id: string | null; person_id: string | null }> {
  const { rows } = await sql<{ conversation_id: string | null; person_id: string | null }>`
    select i.conversation_id, coalesce(c.about_id, i.person_id) as person_id from item i left join conversation c on c.id = i.conversation_id
    where i.id = ${itemId} and i.organisation_id = ${organisationId}`.execute(trx);
  if (!rows[0]) throw roomProblems.not_found();
  return rows[0];
}
