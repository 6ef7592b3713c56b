import { type RawBuilder, sql } from 'kysely';
import { willAnnounce, type Trx } from './postgres.ts';

export type NewEvent = {
  organisationId: string;
  kind: string;
  conversationId?: string;
  /** Ids, states and numbers; never a patient's words. */
  payload?: Record<string, unknown>;
};

/** The statement that writes events, for a verb that sends several statements as one; `followed` says whom to wake. */
export function eventRows(events: NewEvent[]): RawBuilder<unknown> {
  return sql`
    insert into event (organisation_id, kind, conversation_id, payload)
    select o, k, c, p from unnest(
      ${events.map((event) => event.organisationId)}::uuid[],
      ${events.map((event) => event.kind)}::text[],
      ${events.map((event) => event.conversationId ?? null)}::uuid[],
      ${events.map((event) => JSON.stringify(event.payload ?? {}))}::jsonb[]
    ) with ordinality as t(o, k, c, p, n) order by n`;
}

/** Has the followers of these events woken once the transaction is committed. */
export function followed(trx: Trx, events: NewEvent[]): void {
  for (const event of events) willAnnounce(trx, event.organisationId);
}

/** Writes events in this transaction; who follows them is woken once it is committed. */
export async function announce(trx: Trx, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await eventRows(events).execute(trx);
  followed(trx, events);
}
