import { sql } from 'kysely';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import { enqueue } from '../../platform/jobs.ts';
import type { Trx } from '../../platform/postgres.ts';
import { type Cancelled, SLOT_OFFERED } from '../contract.ts';
import { offerUntil, PART_MINUTES } from '../rules.ts';
import type { SlotRow } from './book.ts';

/** Gives a slot back to the book. The caller holds its lock. */
export async function freeSlot(trx: Trx, organisationId: string, slotId: string): Promise<void> {
  await sql`update slot set status = 'free', version = version + 1
    where organisation_id = ${organisationId} and id = ${slotId} and status = 'busy'`.execute(trx);
}

/**
 * Puts a slot that came free before the one who has waited longest and whom it fits: a row, the event `slot.offered`
 * and the job of that name, so that someone tells them. It stays free for all; who is quick has it. Entries that another transaction holds are
 * passed over, so nobody waits here.
 */
export async function offerFreed(
  trx: Trx,
  organisationId: string,
  slot: SlotRow,
  freedBy: string,
  now: Date,
): Promise<Cancelled['offered']> {
  const until = offerUntil(slot.starts_at, now);
  if (!until) return null;
  const minute = sql`(select extract(hour from w) * 60 + extract(minute from w)
    from (select ${slot.starts_at}::timestamptz at time zone o.timezone as w) t)`;
  const part = (name: keyof typeof PART_MINUTES) =>
    sql`(e.part_of_day = ${name} and ${minute} >= ${PART_MINUTES[name][0]} and ${minute} < ${PART_MINUTES[name][1]})`;
  const { rows } = await sql<{ id: string; patient_id: string }>`
    select e.id, e.patient_id from waiting_entry e join organisation o on o.id = e.organisation_id
    where e.organisation_id = ${organisationId} and e.specialty = ${slot.specialty} and e.ended_at is null
      and e.patient_id <> ${freedBy}
      and (e.practitioner_id is null or e.practitioner_id = ${slot.practitioner_id})
      and (e.place_id is null or e.place_id = ${slot.place_id})
      and (e.part_of_day is null or ${part('morning')} or ${part('afternoon')} or ${part('evening')})
      and (e.appointment_id is null or exists (select from appointment a where a.organisation_id = e.organisation_id
        and a.id = e.appointment_id and a.status = 'booked' and a.starts_at > ${slot.starts_at}))
      and not exists (select from slot_offer f where f.entry_id = e.id and f.slot_id = ${slot.id})
    order by e.since, e.id limit 1 for update of e skip locked`.execute(trx);
  const first = rows[0];
  if (!first) return null;
  const offerId = uuid();
  await sql`insert into slot_offer (organisation_id, id, entry_id, slot_id, offered_at, until)
    values (${organisationId}, ${offerId}, ${first.id}, ${slot.id}, ${now}, ${until})`.execute(trx);
  const offered = { offerId, entryId: first.id, patientId: first.patient_id, slotId: slot.id };
  await announce(trx, { organisationId, kind: 'slot.offered', payload: offered });
  await enqueue(trx, { task: SLOT_OFFERED, payload: { organisationId, offerId }, key: `${SLOT_OFFERED}:${offerId}` });
  return offered;
}

/** Ends a patient's waiting for a specialty once they hold a slot that grants the wish. */
export async function endWaiting(trx: Trx, organisationId: string, patientId: string, slot: SlotRow): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update waiting_entry e set ended_at = now(), ended_as = 'booked'
    where e.organisation_id = ${organisationId} and e.patient_id = ${patientId} and e.specialty = ${slot.specialty}
      and e.ended_at is null and (e.appointment_id is null or exists (
        select from slot_offer f where f.entry_id = e.id and f.slot_id = ${slot.id}))
    returning e.id`.execute(trx);
  await announce(
    trx,
    ...rows.map((row) => ({ organisationId, kind: 'waiting.left', payload: { entryId: row.id, patientId } })),
  );
}
