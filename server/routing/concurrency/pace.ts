import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { announce } from '../../platform/events.ts';
import { log } from '../../platform/log.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import { organisationIds, organisationOf } from '../../trust/organisation.ts';
import { wantMatch } from '../internal/wake.ts';
import type { PaceReason } from './contract.ts';
import { decide, measure, type Measured, type Paced, type Pause, type Word } from './rules.ts';

/** What was written earlier says nothing about now. */
const WINDOW_MS = 3 * 3_600_000;
/** So many agents are measured in one transaction. */
const AT_ONCE = 20;

/**
 * Measures every agent whose places may follow their pace, in every organisation, and gives each the places that this allows.
 * Only pace, pace_reason and pace_at are written. Any number of processes may do it: a step is decided with the row locked.
 * @returns how many agents' places changed
 */
export async function setPaces(db: Database, clock: Clock): Promise<number> {
  let changed = 0;
  for (const organisationId of await organisationIds(db)) {
    const ids = await within(db, organisationId, (trx) => pacedAgents(trx, organisationId));
    for (let i = 0; i < ids.length; i += AT_ONCE)
      try {
        changed += await within(db, organisationId, (trx) =>
          paceSome(trx, organisationId, ids.slice(i, i + AT_ONCE), clock()),
        );
      } catch (error) {
        log.warn({ error }, 'the pace of some agents could not be set; tried again at the next look');
      }
  }
  return changed;
}

/** Who works and has a least pace, and who has one that must be taken back. */
async function pacedAgents(trx: Trx, organisationId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from agent where organisation_id = ${organisationId}
      and (pace_least is not null and presence in ('available', 'busy', 'wrapping') and gone_at is null or pace_least is null and pace is not null)
    order by id`.execute(trx);
  return rows.map((row) => row.id);
}

type Row = {
  id: string;
  capacity: number;
  least: number | null;
  load: number;
  pace: number | null;
  reason: PaceReason | null;
  at: Date | null;
};

async function paceSome(trx: Trx, organisationId: string, ids: string[], now: Date): Promise<number> {
  const { settings } = await organisationOf(trx, organisationId);
  const seen = settings.pace.on ? await measureAgents(trx, organisationId, ids, now) : new Map<string, Measured>();
  // measured first, then locked: the matcher never waits for the reading of messages
  const { rows } = await sql<Row>`
    select id, capacity, pace_least as least, load, pace, pace_reason as reason, pace_at as at
    from agent where id = any(${ids}::uuid[]) order by id for no key update`.execute(trx);
  let raised = false;
  const changed: string[] = [];
  for (const row of rows) {
    const agent: Paced = { ...row, paceAt: row.at?.getTime() ?? null };
    const decision = decide(agent, seen.get(row.id) ?? NOTHING, settings.pace, now.getTime());
    if (!decision) continue;
    await sql`update agent set pace = ${decision.pace}, pace_reason = ${decision.reason && JSON.stringify(decision.reason)},
      pace_at = ${now} where id = ${row.id}`.execute(trx);
    raised ||= (decision.pace ?? row.capacity) > (row.pace ?? row.capacity);
    changed.push(row.id);
  }
  await announce(trx, ...changed.map((agentId) => ({ organisationId, kind: 'agent.changed', payload: { agentId } })));
  if (raised) wantMatch(trx, organisationId);
  return changed.length;
}

const NOTHING: Measured = { work: 0, think: 0, reply: 0, oldest: 0, turns: 0 };

/** What each of these agents was seen to do lately, by what was written in the conversations they hold or held. */
export async function measureAgents(
  trx: Trx,
  organisationId: string,
  ids: string[],
  now: Date,
): Promise<Map<string, Measured>> {
  const since = new Date(now.getTime() - WINDOW_MS);
  // from when it was accepted somebody waits for the first reply: that is the first word
  const { rows: words } = await sql<{ agent_id: string; conversation_id: string; at: number; mine: boolean }>`
    with held as materialized (
      select coalesce(i.agent_id, i.answered_by) as agent_id, i.conversation_id, i.accepted_at, coalesce(i.ended_at, ${now}::timestamptz) as ended_at
      from item i
      where i.organisation_id = ${organisationId} and i.kind = 'conversation' and i.accepted_at is not null
        and coalesce(i.channel, '') not in ('voice', 'video')
        and (i.agent_id = any(${ids}::uuid[]) and i.state = 'accepted'
          or i.queued_at > ${since} and i.state = 'done' and i.answered_by = any(${ids}::uuid[]))
    )
    select agent_id, conversation_id, extract(epoch from at)::float8 * 1000 as at, mine from (
      select agent_id, conversation_id, accepted_at as at, false as mine, 0 as seq from held where accepted_at > ${since}
      union all
      select h.agent_id, h.conversation_id, m.shown_at, m.author = 'staff', m.seq from held h
      join message m on m.conversation_id = h.conversation_id and m.shown_at > ${since}
      where m.shown_at >= h.accepted_at and m.shown_at <= h.ended_at
        and (m.direction = 'in' or m.direction = 'out' and m.author_id = h.agent_id)) w
    order by agent_id, at, seq`.execute(trx);
  const { rows: breaks } = await sql<{ agent_id: string; from: number; to: number }>`
    select agent_id, extract(epoch from began_at)::float8 * 1000 as from, extract(epoch from coalesce(ended_at, ${now}))::float8 * 1000 as to
    from presence where organisation_id = ${organisationId} and agent_id = any(${ids}::uuid[]) and state in ('offline', 'break', 'training')
      and (ended_at is null or ended_at > ${since}) order by began_at`.execute(trx);
  const conversations = [...new Set(words.map((word) => word.conversation_id))];
  const { rows: holds } = await sql<{ conversation_id: string; from: number; to: number }>`
    select conversation_id, extract(epoch from at)::float8 * 1000 as from, extract(epoch from coalesce(until, ${now}))::float8 * 1000 as to
    from (select conversation_id, state, at, lead(at) over (partition by conversation_id order by id) as until
      from conversation_state where conversation_id = any(${conversations}::uuid[])) s where state = 'on_hold'`.execute(
    trx,
  );
  const pauses = new Map<string, Pause[]>();
  for (const { conversation_id, from, to } of holds)
    pauses.set(conversation_id, [...(pauses.get(conversation_id) ?? []), { from, to }]);
  const mine = Map.groupBy(words, (word) => word.agent_id);
  const away = Map.groupBy(breaks, (pause) => pause.agent_id);
  return new Map(
    ids.map((id) => [
      id,
      measure(
        (mine.get(id) ?? []).map((word): Word => ({
          conversationId: word.conversation_id,
          at: word.at,
          from: word.mine ? 'agent' : 'patient',
        })),
        away.get(id) ?? [],
        pauses,
        now.getTime(),
      ),
    ]),
  );
}
