import { sql } from 'kysely';
import type { ChannelKind, Language, Priority } from '../../conversation/contract.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import { open, type Vault } from '../../trust/vault.ts';
import type { Texts } from '../contract.ts';
import type { TaskState, TaskView } from './contract.ts';

/** Ended ones that are shown, the latest first. */
const ENDED = 100;

type Row = {
  id: string;
  person_id: string;
  language: Language;
  conversation_id: string | null;
  channel: ChannelKind | null;
  text_sealed: Buffer;
  note_sealed: Buffer | null;
  due_at: Date;
  priority: Priority;
  state: TaskState;
  item_id: string;
  item_state: string;
  target_seconds: number;
  queue_names: Texts;
  agent_id: string | null;
  agent_name: string | null;
  taken_by: string | null;
  taken_name: string | null;
  made_by: string;
  made_name: string;
  made_at: Date;
  outcome: TaskView['outcome'];
  ended_at: Date | null;
  offer_id: string | null;
  expires_at: Date | null;
};

/**
 * Tasks as desks show them, the next due first; ended ones the latest first. Audit is the caller's.
 * @param which `mine`: those this agent is asked first, has taken or has before them
 */
export async function readTasks(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  which: { viewer: string; now: Date } & (
    | { id: string }
    | { whose: 'mine' | 'team'; ended: boolean; personId?: string }
  ),
): Promise<TaskView[]> {
  const { viewer } = which;
  const chosen =
    'id' in which
      ? sql`t.id = ${which.id}::uuid`
      : sql`t.state ${which.ended ? sql`in ('done', 'cancelled')` : sql`in ('open', 'taken')`}
          ${which.personId ? sql`and t.person_id = ${which.personId}::uuid` : sql``}
          ${
            which.whose === 'mine'
              ? sql`and (t.taken_by = ${viewer}::uuid or i.agent_id = ${viewer}::uuid or (t.state <> 'taken' and t.agent_id = ${viewer}::uuid) or t.ended_by = ${viewer}::uuid)`
              : sql``
          }`;
  const ended = 'ended' in which && which.ended;
  const { rows } = await sql<Row>`
    select t.id, t.person_id, i.language, t.text_sealed, t.note_sealed, t.due_at, i.priority, t.state, t.item_id, i.state as item_state,
      coalesce(i.target_seconds, q.target_seconds) as target_seconds, q.names as queue_names, t.agent_id, a.name as agent_name, t.taken_by, b.name as taken_name, t.made_by, m.name as made_name,
      t.made_at, t.outcome, t.ended_at, o.id as offer_id, o.expires_at, c.id as conversation_id, l.channel
    from task t join item i on i.id = t.item_id join queue q on q.id = i.queue_id join membership m on m.id = t.made_by
    left join membership a on a.id = t.agent_id left join membership b on b.id = t.taken_by
    left join offer o on o.item_id = i.id and o.state = 'pending' and o.agent_id = ${viewer}::uuid
    left join lateral (select id from conversation where organisation_id = t.organisation_id and person_id = t.person_id
      order by (state <> 'closed') desc, opened_at desc limit 1) c on true
    left join lateral (select leg.channel from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last limit 1) l on true
    where t.organisation_id = ${organisationId}::uuid and ${chosen}
    order by ${ended ? sql`t.ended_at desc` : sql`t.due_at`}, t.id limit ${ended ? ENDED : 1_000}`.execute(trx);
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.person_id),
  );
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return rows.map((row) => {
    const key = keys.get(row.person_id);
    const opened = (sealed: Buffer | null, bind: string): string | null =>
      sealed && key?.secret ? open(key, sealed, bind).toString('utf8') : null;
    const state =
      row.state !== 'open'
        ? row.state
        : row.item_state === 'offered'
          ? 'offered'
          : row.due_at > which.now
            ? 'scheduled'
            : 'due';
    return {
      id: row.id,
      personId: row.person_id,
      name: people.get(row.person_id)?.name ?? null,
      conversationId: row.conversation_id,
      channel: row.channel,
      language: row.language,
      text: opened(row.text_sealed, `task:${row.id}`),
      dueAt: row.due_at.toISOString(),
      priority: row.priority,
      state,
      queue: row.queue_names,
      agent: row.agent_id ? { agentId: row.agent_id, name: row.agent_name ?? '' } : null,
      takenBy: row.taken_by ? { agentId: row.taken_by, name: row.taken_name ?? '' } : null,
      madeBy: { agentId: row.made_by, name: row.made_name },
      madeAt: row.made_at.toISOString(),
      itemId: row.item_id,
      offer: row.offer_id && row.expires_at ? { id: row.offer_id, expiresAt: row.expires_at.toISOString() } : null,
      targetSeconds: row.target_seconds,
      outcome: row.outcome,
      note: opened(row.note_sealed, `task-note:${row.id}`),
      endedAt: row.ended_at?.toISOString() ?? null,
    };
  });
}
