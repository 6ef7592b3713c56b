import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { organisationOf } from '../../trust/organisation.ts';

/** Clocks of several processes differ by less than this. */
const APART_MS = 5_000;

/**
 * The clock was put back: whatever began in the future begins now, and lasts as long as it was meant to. Without this an
 * offer would ring for the hour that the clock lost, a colleague be waited for as long, a desk that died be believed in.
 * A clock that is put forward ends all of these early, each once; desks that are still there are heard again in seconds.
 */
export async function settleClock(trx: Trx, organisationId: string, now: Date): Promise<void> {
  const future = new Date(now.getTime() + APART_MS);
  const { settings } = await organisationOf(trx, organisationId);
  await sql`update offer set expires_at = ${now}::timestamptz + (expires_at - offered_at), offered_at = ${now}
    where id in (select id from offer where organisation_id = ${organisationId} and state = 'pending' and offered_at > ${future}
      for no key update skip locked)`.execute(trx);
  await sql`update item set wanted_until = ${now}::timestamptz + (wanted_until - wanted_since), wanted_since = ${now}
    where id in (select id from item where organisation_id = ${organisationId} and state = 'queued' and wanted_agent_id is not null
      and wanted_until < 'infinity' and wanted_since > ${future} for no key update skip locked)`.execute(trx);
  const longest = new Date(future.getTime() + settings.ringSeconds * 1_000);
  await sql`update item set ignored_until = array(select least(u, ${longest}) from unnest(ignored_until) u)
    where id in (select id from item where organisation_id = ${organisationId} and state = 'queued' and ignored_by <> '{}'
      and ${longest} < any(ignored_until) for no key update skip locked)`.execute(trx);
  await sql`update connection set seen_until = ${now}::timestamptz + (seen_until - last_seen_at), last_seen_at = ${now}
    where id in (select id from connection where organisation_id = ${organisationId} and last_seen_at > ${future}
      for no key update skip locked)`.execute(trx);
}
