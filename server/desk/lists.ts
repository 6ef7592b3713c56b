import { sql } from 'kysely';
import type { z } from 'zod';
import { LANGUAGES, type Language } from '../conversation/contract.ts';
import type { Trx } from '../platform/postgres.ts';
import type { PresenceState, Texts } from '../routing/contract.ts';
import { queuesOf } from '../routing/queues.ts';
import type { agentsList, cannedReplies, queuesList, templatesList, wrapUpReasons } from './contract.ts';
import { headsOf } from './inbox.ts';
import { iso } from './internal/rows.ts';
import { seedDesk } from './seed.ts';

export async function listWrapUpReasons(
  trx: Trx,
  organisationId: string,
): Promise<z.infer<typeof wrapUpReasons>['reasons']> {
  const read = () =>
    sql<{ key: string; names: Texts }>`select key, names from wrap_up_reason
      where organisation_id = ${organisationId} and retired_at is null order by position, key`.execute(trx);
  const { rows } = await read();
  if (rows.length > 0) return rows;
  await seedDesk(trx, organisationId);
  return (await read()).rows;
}

export async function listCannedReplies(
  trx: Trx,
  organisationId: string,
): Promise<z.infer<typeof cannedReplies>['replies']> {
  const read = () =>
    sql<{
      id: string;
      shortcut: string;
      title: Texts;
      text: Texts;
    }>`select id, shortcut, titles as title, texts as text from canned_reply
      where organisation_id = ${organisationId} and retired_at is null order by position, shortcut`.execute(trx);
  const { rows } = await read();
  if (rows.length > 0) return rows;
  await seedDesk(trx, organisationId);
  return (await read()).rows;
}

/** Queues with what waits in them. */
export async function listQueues(
  trx: Trx,
  organisationId: string,
  now: Date,
): Promise<z.infer<typeof queuesList>['queues']> {
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired);
  const { rows } = await sql<{ queue_id: string; waiting: number; oldest: Date }>`
    select queue_id, count(*)::int as waiting, min(queued_at) as oldest from item
    where organisation_id = ${organisationId} and state in ('queued', 'offered') group by queue_id`.execute(trx);
  const waits = new Map(rows.map((row) => [row.queue_id, row]));
  return (await headsOf(trx, organisationId, queues, now)).map((head) => ({
    ...head,
    waiting: waits.get(head.id)?.waiting ?? 0,
    oldestSince: iso(waits.get(head.id)?.oldest ?? null),
  }));
}

/** Members who take work, those who are here first. */
export async function listAgents(trx: Trx, organisationId: string): Promise<z.infer<typeof agentsList>['agents']> {
  const queues = (await queuesOf(trx, organisationId)).filter((queue) => !queue.retired);
  const { rows } = await sql<{
    id: string;
    name: string;
    presence: PresenceState;
    load: number;
    capacity: number;
    skills: string[];
    languages: string[];
    queue_ids: string[] | null;
  }>`
    select m.id, m.name, case when a.gone_at is not null then 'offline' else coalesce(a.presence, 'offline') end as presence,
      coalesce(a.load, 0) as load, coalesce(a.capacity, 15) as capacity,
      coalesce(a.skills, case when 'nurse' = any(m.roles) then '{nurse}'::text[] else '{}'::text[] end) as skills,
      coalesce(a.languages, '{es,ca,en,pt}') as languages,
      case when coalesce(a.every_queue, true) then null else array(select queue_id from agent_queue q where q.agent_id = m.id) end as queue_ids
    from membership m left join agent a on a.id = m.id
    where m.organisation_id = ${organisationId} and m.deactivated_at is null and m.roles && '{agent,nurse,supervisor}'
    order by (coalesce(a.presence, 'offline') <> 'offline' and a.gone_at is null) desc, m.name, m.id`.execute(trx);
  return rows.map((row) => ({
    agentId: row.id,
    name: row.name,
    presence: row.presence,
    load: row.load,
    capacity: row.capacity,
    queueIds:
      row.queue_ids ??
      queues.filter((queue) => queue.skills.every((skill) => row.skills.includes(skill))).map((queue) => queue.id),
    languages: row.languages.filter((one): one is Language => (LANGUAGES as readonly string[]).includes(one)),
  }));
}

/** Approved templates of the organisation's numbers. */
export async function listTemplates(
  trx: Trx,
  organisationId: string,
): Promise<z.infer<typeof templatesList>['templates']> {
  const { rows } = await sql<{ name: string; language: string; body: string }>`
    select distinct on (t.name, t.language) t.name, t.language, t.body from channel_template t join channel_account a on a.id = t.account_id
    where t.organisation_id = ${organisationId} and t.status = 'approved' and a.disabled_at is null order by t.name, t.language, t.account_id`.execute(
    trx,
  );
  return rows.flatMap((row) => {
    const language = LANGUAGES.find((one) => row.language === one || row.language.startsWith(`${one}_`));
    return language ? [{ name: row.name, language, text: row.body, parameters: parametersIn(row.body) }] : [];
  });
}

/** How many {{1}}, {{2}} … a template's text asks for. */
export function parametersIn(body: string): number {
  return Math.max(0, ...[...body.matchAll(/\{\{(\d+)\}\}/g)].map((match) => Number(match[1])));
}
