import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { StaffActor } from '../../trust/contract.ts';
import { routingProblems } from '../problems.ts';
import { callBackSettings, type CallBackSettings } from './contract.ts';

/** What each of these queues promises of calling back. */
export async function settingsOf(trx: Trx, queueIds: string[]): Promise<Map<string, CallBackSettings>> {
  const { rows } = await sql<{ queue_id: string; settings: unknown }>`
    select queue_id, settings from call_back_settings where queue_id = any(${queueIds}::uuid[])`.execute(trx);
  const kept = new Map(rows.map((row) => [row.queue_id, row.settings]));
  return new Map(queueIds.map((queueId) => [queueId, callBackSettings.parse(kept.get(queueId) ?? {})]));
}

/**
 * Decides what a queue promises of calling back. What was promised already stands.
 * @throws routing.queue_not_found
 */
export async function saveSettings(
  trx: Trx,
  actor: StaffActor,
  input: { queueId: string; settings: CallBackSettings },
  now: Date,
): Promise<void> {
  const { organisationId } = actor;
  const { rows } = await sql<{ was: unknown }>`
    select s.settings as was from queue q left join call_back_settings s on s.queue_id = q.id
    where q.id = ${input.queueId} and q.organisation_id = ${organisationId} and q.retired_at is null`.execute(trx);
  if (!rows[0]) throw routingProblems.queue_not_found();
  await sql`
    insert into call_back_settings (organisation_id, queue_id, settings, changed_at, changed_by)
    values (${organisationId}, ${input.queueId}, ${JSON.stringify(input.settings)}, ${now}, ${actor.membershipId})
    on conflict (queue_id) do update set settings = excluded.settings, changed_at = excluded.changed_at, changed_by = excluded.changed_by`.execute(
    trx,
  );
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'call_back_settings', id: input.queueId },
    detail: { ...input.settings, was: rows[0].was ?? null },
  });
  await announce(trx, { organisationId, kind: 'call_back.changed', payload: { queueId: input.queueId } });
}
