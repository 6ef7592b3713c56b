import { sql } from 'kysely';
import type { DeliveryState } from '../conversation/contract.ts';
import { announce, followed, type NewEvent } from '../platform/events.ts';
import type { Trx } from '../platform/postgres.ts';
import type { FailureReason } from './contract.ts';

/** What became of a reply that was tried. */
export type Settlement = { organisationId: string; messageId: string } & (
  | { kind: 'sent'; externalId: string }
  | { kind: 'failed'; reason: FailureReason; code: string }
  | { kind: 'retry'; attempt: number; nextTryAt: Date }
  /** It was seen as sent before, or is no longer ours. */
  | { kind: 'seen' }
);

/** Marks a batch in a few array statements; a receipt that was faster is never set back. */
export async function settleAll(trx: Trx, items: Settlement[]): Promise<void> {
  const organisationId = items[0]!.organisationId;
  const events: NewEvent[] = [];
  const told = (rows: { id: string; conversation_id: string; delivery: DeliveryState }[]): void => {
    for (const row of rows)
      events.push({
        organisationId,
        kind: 'message.delivery',
        conversationId: row.conversation_id,
        payload: { messageId: row.id, delivery: row.delivery },
      });
  };

  const gone = items.filter((item) => item.kind === 'failed' || item.kind === 'seen').map((item) => item.messageId);
  if (gone.length > 0)
    await sql`delete from departure where organisation_id = ${organisationId}::uuid and message_id = any(${gone}::uuid[])`.execute(
      trx,
    );

  const sent = items.filter((item) => item.kind === 'sent');
  if (sent.length > 0) {
    const ids = sent.map((item) => item.messageId);
    // nearly all that ever comes here, so in one trip
    const { rows } = await sql<{ early: boolean }>`
      with gone as (
        delete from departure where organisation_id = ${organisationId}::uuid and message_id = any(${ids}::uuid[])
      ), marked as (
        update message m set
          external_id = coalesce(nullif(t.external_id, ''), m.external_id),
          delivery = case when m.delivery in ('pending', 'sending') then 'sent' else m.delivery end
        from unnest(${ids}::uuid[], ${sent.map((item) => item.externalId)}::text[]) t(id, external_id)
        where m.id = t.id and m.organisation_id = ${organisationId}::uuid
        returning m.id, m.conversation_id, m.delivery
      ), said as (
        insert into event (organisation_id, kind, conversation_id, payload)
        select ${organisationId}::uuid, 'message.delivery', conversation_id, jsonb_build_object('messageId', id, 'delivery', delivery) from marked
      )
      select exists (select 1 from early_receipt where organisation_id = ${organisationId}::uuid) as early`.execute(
      trx,
    );
    followed(trx, [{ organisationId, kind: 'message.delivery' }]);
    if (rows[0]!.early) told(await applyEarly(trx, organisationId, ids));
  }

  const failed = items.filter((item) => item.kind === 'failed');
  if (failed.length > 0) {
    const { rows } = await sql<{ id: string; conversation_id: string; delivery: DeliveryState }>`
      update message m set delivery = 'failed', failure_reason = t.reason, failure_code = t.code
      from unnest(${failed.map((item) => item.messageId)}::uuid[], ${failed.map((item) => item.reason)}::text[], ${failed.map((item) => item.code)}::text[])
        t(id, reason, code)
      where m.id = t.id and m.organisation_id = ${organisationId}::uuid and m.delivery in ('pending', 'sending')
      returning m.id, m.conversation_id, m.delivery`.execute(trx);
    told(rows);
  }

  const retried = items.filter((item) => item.kind === 'retry');
  if (retried.length > 0)
    await sql`
      update departure d set attempt = t.attempt, next_try_at = t.next_try_at
      from unnest(${retried.map((item) => item.messageId)}::uuid[], ${retried.map((item) => item.attempt)}::int[],
        ${retried.map((item) => item.nextTryAt)}::timestamptz[]) t(id, attempt, next_try_at)
      where d.message_id = t.id and d.organisation_id = ${organisationId}::uuid`.execute(trx);

  await announce(trx, ...events);
}

/** Receipts that came before the vendor's answer did, now that their message has the vendor's id. */
async function applyEarly(
  trx: Trx,
  organisationId: string,
  messageIds: string[],
): Promise<{ id: string; conversation_id: string; delivery: DeliveryState }[]> {
  const { rows } = await sql<{ id: string; conversation_id: string; delivery: DeliveryState }>`
    with early as (
      delete from early_receipt e using message m
      where m.id = any(${messageIds}::uuid[]) and m.organisation_id = ${organisationId}::uuid
        and e.organisation_id = m.organisation_id and e.account_id = m.account_id and e.external_id = m.external_id
      returning m.id, e.state, e.at, e.error_code, e.error_title
    ), best as (
      select distinct on (id) * from early
      order by id, case state when 'read' then 4 when 'delivered' then 3 when 'failed' then 2 else 1 end desc
    )
    update message m set
      delivery = b.state,
      failure_code = case when b.state = 'failed' then b.error_code end,
      failure_reason = case when b.state = 'failed' then b.error_title end,
      delivered_at = case when b.state in ('delivered', 'read') then coalesce(m.delivered_at, b.at) else m.delivered_at end,
      read_at = case when b.state = 'read' then coalesce(m.read_at, b.at) else m.read_at end
    from best b
    where m.id = b.id and m.organisation_id = ${organisationId}::uuid and b.state <> 'sent' and (
      (b.state = 'read' and m.delivery <> 'read') or (b.state = 'delivered' and m.delivery not in ('delivered', 'read'))
      or (b.state = 'failed' and m.delivery in ('pending', 'sending', 'sent')))
    returning m.id, m.conversation_id, m.delivery`.execute(trx);
  return rows;
}
