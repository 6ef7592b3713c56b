import { sql } from 'kysely';
import { conversationProblems } from '../../conversation/problems.ts';
import type { Clock } from '../../platform/clock.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { Vault } from '../../trust/vault.ts';
import { queuesOf } from '../queues.ts';
import type { CapacityView, DeskCallBack, DeskCallBacks, LISTS } from './contract.ts';
import { outlookOf, slotsWithPlaces } from './forecast.ts';
import { type CallBack, numberOf, openOf, viewOf } from './internal/rows.ts';
import { wallClock } from './rules.ts';
import { settingsOf } from './settings.ts';

type Deps = { vault: Vault; clock: Clock };
type ListName = (typeof LISTS)[number];
const MOST = 300;

/** What of each list belongs in it, by the organisation's day. */
function listed(list: ListName, timezone: string, now: Date) {
  const today = wallClock(now, timezone).slice(0, 10);
  const day = sql`(b.due_at at time zone ${timezone})::date`;
  const openNow = sql`b.state in ('asked', 'due', 'trying')`;
  const isLate = sql`(b.state = 'due' and b.slot_ends_at is not null and b.slot_ends_at <= ${now})`;
  switch (list) {
    case 'late':
      return sql`${isLate}`;
    case 'today':
      return sql`${openNow} and not ${isLate} and ${day} <= ${today}::date`;
    case 'upcoming':
      return sql`${openNow} and ${day} > ${today}::date`;
    case 'done':
      return sql`b.ended_at is not null and b.ended_at > ${new Date(now.getTime() - 14 * 86_400_000)}`;
  }
}

/** Call-backs of a desk's list, those of some queues or of all. Writes an audit entry. */
export async function listCallBacks(
  trx: Trx,
  deps: Deps,
  actor: Actor,
  wanted: { list: ListName; queueIds: string[] },
): Promise<DeskCallBacks> {
  const { organisationId } = actor;
  const now = deps.clock();
  const { timezone } = await organisationOf(trx, organisationId);
  const within = sql`b.organisation_id = ${organisationId} and b.queue_id = any(${wanted.queueIds}::uuid[])`;
  const { rows } = await sql<CallBack>`
    select b.* from call_back b where ${within} and ${listed(wanted.list, timezone, now)}
    order by ${wanted.list === 'done' ? sql`b.ended_at desc` : sql`b.due_at, b.since`}, b.id limit ${MOST}`.execute(
    trx,
  );
  const { rows: counts } = await sql<{ today: number; late: number; upcoming: number }>`
    select count(*) filter (where ${listed('today', timezone, now)})::int as today,
      count(*) filter (where ${listed('late', timezone, now)})::int as late,
      count(*) filter (where ${listed('upcoming', timezone, now)})::int as upcoming
    from call_back b where ${within} and b.state in ('asked', 'due', 'trying')`.execute(trx);
  await audit(trx, actor, {
    action: 'read',
    subject: { kind: 'call_backs' },
    detail: { list: wanted.list, callBacks: rows.map((row) => row.id) },
  });
  return { callBacks: await shown(trx, deps, organisationId, rows, now), counts: counts[0]!, timezone };
}

/** The open call-back of a conversation's person, or the last one of this conversation. Writes an audit entry. */
export async function callBackIn(
  trx: Trx,
  deps: Deps,
  actor: Actor,
  conversationId: string,
): Promise<{ callBack: DeskCallBack | null; timezone: string }> {
  const { organisationId } = actor;
  const { timezone } = await organisationOf(trx, organisationId);
  const { rows } = await sql<{ person_id: string }>`
    select person_id from conversation where id = ${conversationId} and organisation_id = ${organisationId}`.execute(
    trx,
  );
  if (!rows[0]) throw conversationProblems.not_found();
  const last = async (): Promise<CallBack | undefined> =>
    (
      await sql<CallBack>`select * from call_back where conversation_id = ${conversationId} order by created_at desc limit 1`.execute(
        trx,
      )
    ).rows[0];
  const found = (await openOf(trx, organisationId, { personId: rows[0].person_id, conversationId })) ?? (await last());
  if (!found) return { callBack: null, timezone };
  await audit(trx, actor, { action: 'read', subject: { kind: 'call_back', id: found.id }, personId: found.person_id });
  return { callBack: (await shown(trx, deps, organisationId, [found], deps.clock()))[0]!, timezone };
}

async function shown(
  trx: Trx,
  deps: Deps,
  organisationId: string,
  list: CallBack[],
  now: Date,
): Promise<DeskCallBack[]> {
  if (list.length === 0) return [];
  const people = await peopleOf(
    trx,
    deps.vault,
    organisationId,
    list.map((one) => one.person_id),
  );
  const { rows: where } = await sql<{
    id: string;
    language: string;
    channel: string | null;
    agent_id: string | null;
    agent: string | null;
  }>`
    select b.id, c.language, l.channel, i.agent_id, m.name as agent from call_back b join conversation c on c.id = b.conversation_id
    left join item i on i.id = b.item_id left join membership m on m.id = i.agent_id
    left join lateral (select leg.channel from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last, leg.began_at desc limit 1) l on true
    where b.id = any(${list.map((one) => one.id)}::uuid[])`.execute(trx);
  const { rows: tries } = await sql<{
    call_back_id: string;
    agent: string;
    began_at: Date;
    ended_at: Date | null;
    outcome: string | null;
  }>`
    select t.call_back_id, m.name as agent, t.began_at, t.ended_at, t.outcome from call_back_try t join membership m on m.id = t.agent_id
    where t.call_back_id = any(${list.map((one) => one.id)}::uuid[]) order by t.began_at`.execute(trx);
  const whereOf = new Map(where.map((row) => [row.id, row]));
  const out: DeskCallBack[] = [];
  for (const one of list) {
    const { said: _, ...view } = await viewOf(trx, deps.vault, one, 'es', now);
    const its = whereOf.get(one.id)!;
    out.push({
      ...view,
      queueId: one.queue_id,
      personId: one.person_id,
      name: people.get(one.person_id)?.name ?? null,
      conversationId: one.conversation_id,
      language: its.language,
      channel: its.channel,
      priority: one.priority,
      since: one.since.toISOString(),
      dial: one.ended_at === null ? await numberOf(trx, deps.vault, one) : null,
      agentId: its.agent_id,
      agent: its.agent,
      itemId: one.item_id,
      reason: one.reason,
      endedAt: one.ended_at?.toISOString() ?? null,
      history: tries
        .filter((row) => row.call_back_id === one.id)
        .map((row) => ({
          agent: row.agent,
          beganAt: row.began_at.toISOString(),
          endedAt: row.ended_at?.toISOString() ?? null,
          outcome: row.outcome,
        })),
    });
  }
  return out;
}

/** What each queue promises, how many places its next slots have and why. */
export async function capacitiesOf(trx: Trx, deps: Deps, organisationId: string): Promise<CapacityView[]> {
  const now = deps.clock();
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired);
  const settings = await settingsOf(
    trx,
    queues.map((queue) => queue.id),
  );
  const views: CapacityView[] = [];
  for (const queue of queues) {
    const its = settings.get(queue.id)!;
    const outlook = await outlookOf(trx, queue, its);
    const slots = its.on ? await slotsWithPlaces(trx, queue, its, now) : [];
    views.push({
      queueId: queue.id,
      names: queue.names,
      settings: its,
      basis: outlook.basis,
      weeks: outlook.weeks,
      agents: outlook.agents,
      handleSeconds: outlook.handleSeconds,
      slots: slots
        .filter((one) => one.places > 0 || one.taken > 0)
        .slice(0, 200)
        .map(({ span, places, taken }) => ({
          startsAt: span.startsAt.toISOString(),
          local: span.local,
          places: Math.max(places, taken),
          taken,
        })),
      timezone: queue.calendar.timezone,
    });
  }
  return views;
}
