import { sql } from 'kysely';
import { batcher } from '../platform/batch.ts';
import { announce } from '../platform/events.ts';
import { type Database, within } from '../platform/postgres.ts';
import type { DeliveryState, Receipt } from './contract.ts';
import { afterReceipt, believableTime } from './rules.ts';

/** Receipts come in floods: three for each message, so larger batches than of messages. */
const BATCH = 256;

/**
 * Records what a vendor says about messages that we sent. Late, doubled and out of order: a message never goes back.
 * A receipt that comes before we marked its message as sent waits for it in `early_receipt`.
 */
export function createReceipts(db: Database): (receipt: Receipt) => Promise<void> {
  return batcher<Receipt, void>({
    // several receipts of one message may share nothing: they keep their order
    key: (receipt) => `${receipt.accountId}:${receipt.externalId}`,
    group: (receipt) => receipt.organisationId,
    size: BATCH,
    inFlight: 1,
    run: async (receipts) => {
      await within(db, receipts[0]!.organisationId, async (trx) => {
        const organisationId = receipts[0]!.organisationId;
        const { rows } = await sql<{
          n: number;
          id: string | null;
          conversation_id: string;
          delivery: DeliveryState;
          seq: number;
        }>`
          select r.n::int as n, m.id, m.conversation_id, m.delivery, m.seq
          from unnest(${receipts.map((receipt) => receipt.accountId)}::uuid[], ${receipts.map((receipt) => receipt.externalId)}::text[],
            ${receipts.map((receipt) => receipt.messageId ?? null)}::uuid[]) with ordinality r(account_id, external_id, message_id, n)
          join message m on m.organisation_id = ${organisationId}::uuid and m.direction = 'out' and (
            (m.account_id = r.account_id and m.external_id = r.external_id) or (m.id = r.message_id and m.account_id = r.account_id and m.external_id is null))
          order by m.id for update of m`.execute(trx);
        const now = new Date();
        const found = new Set<number>();
        const changes: {
          id: string;
          delivery: DeliveryState;
          receipt: Receipt;
          conversationId: string;
          seq: number;
        }[] = [];
        for (const row of rows) {
          found.add(row.n);
          const receipt = receipts[row.n - 1]!;
          const delivery = afterReceipt(row.delivery, receipt.state);
          if (delivery !== row.delivery)
            changes.push({ id: row.id!, delivery, receipt, conversationId: row.conversation_id, seq: row.seq });
        }
        if (changes.length > 0) {
          await sql`
            update message m set delivery = u.delivery, external_id = coalesce(m.external_id, u.external_id),
              delivered_at = case when u.delivery in ('delivered', 'read') then coalesce(m.delivered_at, u.at) else m.delivered_at end,
              read_at = case when u.delivery = 'read' then coalesce(m.read_at, u.at) else m.read_at end,
              failure_code = case when u.delivery = 'failed' then u.code end,
              failure_reason = case when u.delivery = 'failed' then u.title end
            from unnest(${changes.map((change) => change.id)}::uuid[], ${changes.map((change) => change.delivery)}::text[],
              ${changes.map((change) => change.receipt.externalId)}::text[], ${changes.map((change) => believableTime(change.receipt.at, now))}::timestamptz[],
              ${changes.map((change) => change.receipt.error?.code ?? null)}::text[], ${changes.map((change) => change.receipt.error?.title.slice(0, 300) ?? null)}::text[])
              u(id, delivery, external_id, at, code, title)
            where m.id = u.id`.execute(trx);
          // what the vendor has seen needs no further try
          await sql`delete from departure where message_id = any(${changes.map((change) => change.id)}::uuid[])`.execute(
            trx,
          );
          await announce(
            trx,
            ...changes.map((change) => ({
              organisationId,
              kind: 'message.delivery',
              conversationId: change.conversationId,
              payload: { messageId: change.id, seq: change.seq, delivery: change.delivery },
            })),
          );
        }
        const early = receipts.filter((_, i) => !found.has(i + 1));
        if (early.length > 0)
          await sql`
            insert into early_receipt (organisation_id, account_id, external_id, state, at, error_code, error_title)
            select ${organisationId}::uuid, * from unnest(${early.map((receipt) => receipt.accountId)}::uuid[], ${early.map((receipt) => receipt.externalId)}::text[],
              ${early.map((receipt) => receipt.state)}::text[], ${early.map((receipt) => believableTime(receipt.at, now))}::timestamptz[],
              ${early.map((receipt) => receipt.error?.code ?? null)}::text[], ${early.map((receipt) => receipt.error?.title.slice(0, 300) ?? null)}::text[])
            on conflict do nothing`.execute(trx);
      });
      return receipts.map(() => undefined);
    },
  });
}
