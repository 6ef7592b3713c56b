import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import type { Trx } from '../../platform/postgres.ts';
import { type PersonKey, seal } from '../../trust/vault.ts';
import type { Turn } from '../contract.ts';
import type { ConversationDeps } from '../followers.ts';
import { putInLine } from '../hand-over.ts';
import { alarmOf } from '../red-flags/hear.ts';
import { writeFlags } from '../red-flags/rows.ts';
import { type Held, move } from './hold-row.ts';
import { jot, say } from './say.ts';

/** Writes a turn of the assistant that no word of the patient began: what it says, where it stands, whom it leads to. */
export async function applyTurn(
  deps: ConversationDeps,
  trx: Trx,
  held: Held,
  turn: Turn,
  sealing: { personId: string; key: PersonKey },
): Promise<void> {
  const actor = { kind: 'assistant', organisationId: held.organisationId } as const;
  if (turn.language && turn.language !== held.language) {
    held.language = turn.language;
    await sql`update conversation set language = ${turn.language} where id = ${held.id}::uuid`.execute(trx);
  }
  for (const content of turn.says) await say(deps, trx, actor, held, content);
  if (turn.session === null) {
    await sql`delete from session where conversation_id = ${held.id}::uuid`.execute(trx);
  } else {
    const sealed = seal(sealing.key, JSON.stringify(turn.session), `session:${held.id}`);
    await sql`
      insert into session (organisation_id, conversation_id, person_id, state_sealed, wake_at)
      values (${held.organisationId}::uuid, ${held.id}::uuid, ${sealing.personId}::uuid, ${sealed}, ${turn.wakeAt ?? null})
      on conflict (conversation_id) do update set person_id = excluded.person_id, state_sealed = excluded.state_sealed,
        wake_at = excluded.wake_at, updated_at = now()`.execute(trx);
  }
  // what the assistant found to be critical is a red flag here too
  const flagged = alarmOf(turn, null, deps.clock());
  if (flagged) {
    await writeFlags(trx, held.organisationId, [
      { place: { conversationId: held.id, aboutId: held.aboutId }, messageId: null, flagged },
    ]);
    for (const line of flagged.lines)
      await jot(deps, trx, actor, held, { direction: 'system', kind: 'flag', content: line });
    await announce(trx, {
      organisationId: held.organisationId,
      kind: flagged.event,
      conversationId: held.id,
      payload: { level: flagged.level },
    });
  }
  if (turn.handover) await putInLine(deps, trx, actor, held, turn.handover);
  else if (turn.close) await move(trx, actor, held, { state: 'closed', outcome: turn.close.outcome }, deps.clock());
}
