import { sql } from 'kysely';
import type { Language, Priority } from '../../conversation/contract.ts';
import { preferencesOf } from '../../patient/preferences.ts';
import { actsFor } from '../../patient/proxies.ts';
import { suffices, type Proof } from '../../patient/rules.ts';
import type { Trx } from '../../platform/postgres.ts';
import { patientFacts } from '../../record/facts.ts';
import { coverage } from '../../record/queries.ts';
import type { Urgency, WayKind } from './contract.ts';
import type { Visitor } from './rules.ts';

/** Somebody of whom nothing is known but the language asked for. */
export const stranger = (language: Language): Visitor => ({
  segments: ['unknown'],
  insurers: [],
  age: null,
  language,
  urgency: 'standard',
  prefers: null,
  consent: {},
});

/** Where an address is known: the channel account and the keyed hash of the address. */
export type AddressOf = { accountId: string; hash: Buffer };

/**
 * Who asks from an address, as far as it is proved: below `matched` nothing of the person counts, only how urgent the
 * conversation is that goes on there.
 * @returns also the queue where they wait, if they do
 */
export async function visitorOf(
  trx: Trx,
  organisationId: string,
  address: AddressOf,
  language: Language,
  now: Date,
): Promise<{ visitor: Visitor; queue: string | null }> {
  const { rows } = await sql<{
    person_id: string;
    patient_id: string | null;
    proof: Proof;
    priority: Priority | null;
    flagged: boolean;
    queue: string | null;
  }>`
    select cp.person_id, p.patient_id,
      coalesce((select case when l.expires_at < ${now} then 'none' else l.proof end from contact_point_person l
        where l.contact_point_id = cp.id and l.person_id = cp.person_id), 'none') as proof,
      c.priority, coalesce(c.flagged, false) as flagged, c.queue
    from contact_point cp join person p on p.id = cp.person_id
    left join lateral (
      select o.priority, q.key as queue,
        exists (select 1 from flag f where f.organisation_id = ${organisationId} and f.conversation_id = o.id and f.lowered_at is null and f.level = 'hard') as flagged
      from leg join conversation o on o.id = leg.conversation_id and o.state <> 'closed'
      left join queue q on q.id = o.queue_id and q.retired_at is null
      where leg.organisation_id = ${organisationId} and leg.contact_point_id = cp.id order by o.opened_at desc limit 1) c on true
    where cp.organisation_id = ${organisationId} and cp.account_id = ${address.accountId} and cp.address_hash = ${address.hash}`.execute(
    trx,
  );
  const row = rows[0];
  const visitor = stranger(language);
  if (!row) return { visitor, queue: null };
  visitor.urgency = row.flagged ? 'red_flag' : (row.priority ?? 'standard');
  if (suffices(row.proof, 'matched'))
    Object.assign(visitor, await provenPart(trx, organisationId, row.person_id, row.patient_id, now));
  return { visitor, queue: row.queue };
}

/** What is known of a person who proved who they are. */
async function provenPart(
  trx: Trx,
  organisationId: string,
  personId: string,
  patientId: string | null,
  now: Date,
): Promise<Pick<Visitor, 'segments' | 'insurers' | 'age' | 'prefers' | 'consent'>> {
  const facts = patientId ? (await patientFacts(trx, organisationId, [patientId], now)).get(patientId) : undefined;
  const covers = patientId ? await coverage(trx, organisationId, patientId, now) : [];
  const relatives = await actsFor(trx, organisationId, [personId]);
  const kept = await preferencesOf(trx, organisationId, personId);
  const segments: Visitor['segments'] = [];
  if (patientId) segments.push('known');
  if (relatives.length > 0) segments.push('relative');
  if (facts?.employee) segments.push('employee');
  return {
    segments: segments.length > 0 ? segments : ['unknown'],
    insurers: covers.filter((one) => one.active && one.payor !== '').map((one) => one.payor),
    age: facts?.birthDate ? yearsAt(facts.birthDate, now) : null,
    prefers: (kept?.way ?? null) as WayKind | null,
    consent: Object.fromEntries(
      (kept?.consents ?? []).map((one) => [one.kind, one.given ? 'given' : 'withdrawn']),
    ) as Visitor['consent'],
  };
}

/** Full years from a birth date (YYYY-MM-DD, or less of it) to a day. */
export function yearsAt(birthDate: string, now: Date): number | null {
  const [year, month = 1, day = 1] = birthDate.split('-').map(Number);
  if (!year) return null;
  const today = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()] as const;
  const before = today[1] < month || (today[1] === month && today[2] < day);
  return Math.max(0, today[0] - year - (before ? 1 : 0));
}

/** The class in which somebody of this urgency would wait. */
export const classOf = (urgency: Urgency): Priority => (urgency === 'red_flag' ? 'critical' : urgency);
