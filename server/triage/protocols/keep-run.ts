import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { open, seal } from '../../trust/vault.ts';
import type { Vault } from '../../trust/vault.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import type { CareLevel, Protocol, ProtocolLanguage, RunRecord } from './contract.ts';
import { protocolProblems } from './problems.ts';
import { REPEAT_HOURS } from './rules.ts';
import { loadProtocol } from './store.ts';

export type KeptRun = RunRecord & {
  personId: string;
  conversationId: string;
  channel: string;
  state: 'running' | 'done' | 'left';
  level: CareLevel | null;
  endedAt: string | null;
  protocol: Protocol;
};

type Place = { organisationId: string; conversationId: string; personId: string; channel: string };

/** Keeps a run as it stands after a turn, in the turn's transaction: nothing of it is lost, whatever comes next. */
export async function keepRun(trx: Trx, vault: Vault, place: Place, record: RunRecord, now: Date): Promise<void> {
  const { run } = record;
  const state = run.disposition ? 'done' : record.left ? 'left' : 'running';
  const { rows } = await sql<{ person_id: string }>`
    select person_id from triage_run where organisation_id = ${place.organisationId}::uuid and id = ${record.id}::uuid`.execute(
    trx,
  );
  // sealed for whom it was begun, also when they turn out to be somebody known
  const personId = rows[0]?.person_id ?? place.personId;
  const key = (await vault.personKeys(trx, place.organisationId, [personId])).get(personId);
  if (!key?.secret) return;
  const content = seal(
    key,
    JSON.stringify({ run, complaint: record.complaint, told: record.told }),
    `triage-run:${record.id}`,
  );
  await sql`
    insert into triage_run (organisation_id, id, conversation_id, person_id, protocol, protocol_hash, draft, language, channel,
      begun_at, ended_at, state, level, content_sealed)
    values (${place.organisationId}::uuid, ${record.id}::uuid, ${place.conversationId}::uuid, ${personId}::uuid, ${run.protocol},
      ${run.hash}, ${record.draft}, ${record.language}, ${place.channel}, ${record.begunAt}::timestamptz,
      ${state === 'running' ? null : now}, ${state}, ${run.disposition?.level ?? null}, ${content})
    on conflict (id) do update set language = excluded.language, ended_at = excluded.ended_at, state = excluded.state,
      level = excluded.level, content_sealed = excluded.content_sealed`.execute(trx);
}

/** What was still being asked when a person took over and closed: left where it stood. */
export async function leaveRuns(trx: Trx, conversationId: string, now: Date): Promise<void> {
  await sql`update triage_run set state = 'left', ended_at = greatest(begun_at, ${now}::timestamptz)
    where conversation_id = ${conversationId}::uuid and state = 'running'`.execute(trx);
}

/** Whether somebody was in touch about how they feel within 72 hours before now; what they left a moment ago here is no second time. */
export async function wasHereLately(
  trx: Trx,
  organisationId: string,
  who: { personIds: string[]; conversationId: string },
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from triage_run where organisation_id = ${organisationId}::uuid and person_id = any(${who.personIds}::uuid[])
      and not (state = 'left' and conversation_id = ${who.conversationId}::uuid)
      and begun_at > ${new Date(now.getTime() - REPEAT_HOURS * 3_600_000)} limit 1`.execute(trx);
  return rows.length > 0;
}

type Row = {
  id: string;
  conversation_id: string;
  person_id: string;
  protocol_hash: string;
  draft: boolean;
  language: ProtocolLanguage;
  channel: string;
  begun_at: Date;
  ended_at: Date | null;
  state: KeptRun['state'];
  level: CareLevel | null;
  content_sealed: Buffer;
};

/**
 * Runs of a conversation, or one, opened for whoever asks; each leaves an audit entry. Those whose person was erased are left out.
 * @returns the latest first
 */
export async function readRuns(
  trx: Trx,
  vault: Vault,
  actor: Actor,
  which: { id: string } | { conversationId: string },
): Promise<KeptRun[]> {
  const { organisationId } = actor;
  const only = 'id' in which ? sql`id = ${which.id}::uuid` : sql`conversation_id = ${which.conversationId}::uuid`;
  const { rows } = await sql<Row>`
    select id, conversation_id, person_id, protocol_hash, draft, language, channel, begun_at, ended_at, state, level, content_sealed
    from triage_run where organisation_id = ${organisationId}::uuid and ${only} order by begun_at desc limit 50`.execute(
    trx,
  );
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  const found: KeptRun[] = [];
  for (const row of rows) {
    const key = keys.get(row.person_id);
    const protocol = await loadProtocol(trx, organisationId, row.protocol_hash);
    if (!key?.secret || !protocol) continue;
    const { run, complaint, told } = JSON.parse(
      open(key, row.content_sealed, `triage-run:${row.id}`).toString('utf8'),
    ) as Pick<RunRecord, 'run' | 'complaint' | 'told'>;
    found.push({
      id: row.id,
      run,
      complaint,
      told,
      draft: row.draft,
      language: row.language,
      left: row.state === 'left',
      begunAt: row.begun_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      personId: row.person_id,
      conversationId: row.conversation_id,
      channel: row.channel,
      state: row.state,
      level: row.level,
      protocol,
    });
  }
  await audit(
    trx,
    actor,
    ...found.map((one) => ({
      action: 'read',
      subject: { kind: 'triage_run', id: one.id },
      personId: one.personId,
    })),
  );
  return found;
}

/** One run. @throws protocol.run_not_found */
export async function readRun(trx: Trx, vault: Vault, actor: Actor, id: string): Promise<KeptRun> {
  const [found] = await readRuns(trx, vault, actor, { id });
  if (!found) throw protocolProblems.run_not_found();
  return found;
}
