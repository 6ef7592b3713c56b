import { sql } from 'kysely';
import { willAnnounce, type Trx } from './postgres.ts';

export type NewEvent = {
  organisationId: string;
  kind: string;
  conversationId?: string;
  /** Ids, states and numbers; never a patient's words. */
  payload?: Record<string, unknown>;
};

/** Writes events in this transaction; who follows them is woken once it is committed. */
export async function announce(trx: Trx, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into event (organisation_id, kind, conversation_id, payload)
    select o, k, c, p from unnest(
      ${events.map((event) => event.organisationId)}::uuid[],
      ${events.map((event) => event.kind)}::text[],
      ${events.map((event) => event.conversationId ?? null)}::uuid[],
      ${events.map((event) => JSON.stringify(event.payload ?? {}))}::jsonb[]
    ) with ordinality as t(o, k, c, p, n) order by n`.execute(trx);
  for (const event of events) willAnnounce(trx, event.organisationId);
}
