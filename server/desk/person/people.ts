import { sql } from 'kysely';
import type { ChannelKind, ConversationState, Language } from '../../conversation/contract.ts';
import { contactPointsOf } from '../../patient/contact-points.ts';
import { lastProof } from '../../patient/identify.ts';
import { peopleOf, personOfPatient, searchByName } from '../../patient/people.ts';
import { actedForBy, actsFor } from '../../patient/proxies.ts';
import { isUuid } from '../../platform/ids.ts';
import { type Database, type Trx, within } from '../../platform/postgres.ts';
import type { Appointment, Localised } from '../../record/contract.ts';
import { patientContacts, searchPatients } from '../../record/identity.ts';
import * as record from '../../record/queries.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { type Vault, VaultError } from '../../trust/vault.ts';
import type { AppointmentView, PersonPanel } from './contract.ts';
import { hideMiddle } from '../conversation.ts';
import { iso } from '../internal/rows.ts';
import { deskProblems } from '../problems.ts';

type Deps = { db: Database; vault: Vault };

const EPISODES = 20;
const PAST = 5;

/**
 * Everything beside a conversation about a person: who, how sure, the record, earlier episodes. Writes an audit entry.
 * @throws desk.not_found
 */
export async function readPanel(
  deps: Deps,
  actor: Actor,
  input: { personId: string; conversationId?: string; language: Language; now: Date },
): Promise<PersonPanel> {
  const { organisationId } = actor;
  const { personId, language, now } = input;
  return within(deps.db, organisationId, async (trx) => {
    const person = isUuid(personId)
      ? (await peopleOf(trx, deps.vault, organisationId, [personId])).get(personId)
      : undefined;
    if (!person) throw deskProblems.not_found();
    await audit(trx, actor, {
      action: 'read',
      subject: { kind: 'person', id: personId },
      personId,
      detail: { conversationId: input.conversationId ?? null },
    });
    const proof =
      (await lastProof(trx, organisationId, personId)) ?? (await linkedProof(trx, organisationId, personId, now));
    const contacts = await contactPointsOf(trx, deps.vault, organisationId, personId);
    return {
      personId,
      patientId: person.patientId,
      language: person.language as Language,
      contacts: contacts.map((point) => ({
        channel: point.channel as ChannelKind,
        address: hideMiddle(point.address),
        lastAt: iso(point.lastInboundAt),
      })),
      proof: proof
        ? { level: proof.level, method: proof.method, at: proof.at.toISOString() }
        : { level: 'none', method: null, at: null },
      proxies: await readProxies(trx, deps.vault, organisationId, personId),
      conversations: await readEpisodes(trx, organisationId, personId),
      ...(await readRecord(trx, deps.vault, organisationId, {
        patientId: person.patientId,
        name: person.name,
        language,
        now,
      })),
    };
  });
}

/** How sure their own channels make it who they are, where nobody asked again. */
async function linkedProof(
  trx: Trx,
  organisationId: string,
  personId: string,
  now: Date,
): Promise<{ level: PersonPanel['proof']['level']; method: null; at: Date } | null> {
  const { rows } = await sql<{ proof: PersonPanel['proof']['level']; proved_at: Date }>`
    select proof, proved_at from contact_point_person
    where organisation_id = ${organisationId} and person_id = ${personId} and proof <> 'none' and proved_at is not null
      and (expires_at is null or expires_at > ${now})
    order by array_position(array['confirmed', 'matched', 'claimed'], proof), proved_at desc limit 1`.execute(trx);
  return rows[0] ? { level: rows[0].proof, method: null, at: rows[0].proved_at } : null;
}

type RecordPart = Omit<
  PersonPanel,
  'personId' | 'patientId' | 'language' | 'contacts' | 'proof' | 'proxies' | 'conversations'
>;

async function readRecord(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  who: { patientId: string | null; name: string | null; language: Language; now: Date },
): Promise<RecordPart> {
  const { patientId, language, now } = who;
  const head = patientId ? (await record.patientHeads(trx, organisationId, [patientId])).get(patientId) : undefined;
  if (!patientId || !head)
    return {
      name: who.name,
      birthDate: null,
      age: null,
      sex: null,
      recordNumber: null,
      document: null,
      allergies: { known: 'unknown', list: [] },
      appointments: [],
      orders: [],
      results: [],
      medication: [],
      problems: [],
      coverage: [],
    };
  const say = (text: Localised): string => text[language];
  const maybe = (text: Localised | null): string | null => (text ? text[language] : null);
  const [upcoming, past, orders, results, medicines, allergies, problems, coverage] = [
    await record.upcomingAppointments(trx, organisationId, patientId, now),
    await record.pastAppointments(trx, organisationId, patientId, PAST, now),
    await record.orders(trx, organisationId, patientId),
    await record.results(trx, organisationId, patientId),
    await record.medicines(trx, organisationId, patientId),
    await record.allergies(trx, organisationId, patientId),
    await record.problems(trx, organisationId, patientId),
    await record.coverage(trx, organisationId, patientId),
  ];
  return {
    name: who.name ?? `${head.givenName} ${head.familyName}`.trim(),
    birthDate: head.birthDate,
    age: head.birthDate ? ageAt(head.birthDate, now) : null,
    sex: head.gender,
    recordNumber: head.recordNumber,
    document: await documentOf(trx, vault, organisationId, patientId),
    allergies: {
      known: allergies.known,
      list: allergies.list.map((one) => ({
        substance: say(one.substance),
        reaction: maybe(one.reaction),
        since: one.since,
        severe: one.high || one.severity === 'severe',
      })),
    },
    appointments: [...upcoming, ...past].map((one) => showAppointment(one, language, now)),
    orders: orders.map((one) => ({
      id: one.id,
      name: say(one.name),
      status: one.state,
      authoredOn: one.orderedOn,
      preparation: maybe(one.preparation),
    })),
    results: results.map((one) => ({
      id: one.id,
      name: say(one.name),
      status: one.state,
      at: one.takenOn,
      values: one.values.map((value) => ({
        name: say(value.name),
        value: value.value,
        unit: value.unit,
        range: value.range,
        abnormal: value.flag !== null && value.flag !== 'normal',
      })),
    })),
    medication: medicines.map((one) => ({
      id: one.id,
      name: say(one.name),
      dosage: say(one.dosage),
      status: 'active',
    })),
    problems: problems.map((one) => ({ id: one.id, name: say(one.name), since: one.since, active: one.active })),
    coverage: coverage.map((one) => ({
      id: one.id,
      name: one.payor,
      plan: say(one.plan),
      number: one.memberEnds ? `•••• ${one.memberEnds}` : null,
      until: one.until,
      active: one.active,
    })),
  };
}

/** The national document with its middle hidden; null when there is none or the chart was erased. */
async function documentOf(trx: Trx, vault: Vault, organisationId: string, patientId: string): Promise<string | null> {
  try {
    const { documents } = await patientContacts(trx, vault, organisationId, patientId);
    return documents[0] ? hideMiddle(documents[0].value) : null;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

async function readProxies(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  personId: string,
): Promise<PersonPanel['proxies']> {
  const acts = await actsFor(trx, organisationId, [personId]);
  const acted = await actedForBy(trx, organisationId, personId);
  const names = await peopleOf(trx, vault, organisationId, [
    ...acts.map((one) => one.forPersonId),
    ...acted.map((one) => one.personId),
  ]);
  return [
    ...acts.map((one) => ({
      personId: one.forPersonId,
      relation: one.relation,
      direction: 'for' as const,
      scope: one.scope,
    })),
    ...acted.map((one) => ({
      personId: one.personId,
      relation: one.relation,
      direction: 'by' as const,
      scope: one.scope,
    })),
  ].map((one) => ({ ...one, name: names.get(one.personId)?.name ?? null, expiresAt: null }));
}

async function readEpisodes(trx: Trx, organisationId: string, personId: string): Promise<PersonPanel['conversations']> {
  const { rows } = await sql<{
    id: string;
    state: ConversationState;
    channel: ChannelKind | null;
    opened_at: Date;
    closed_at: Date | null;
    reason: string | null;
    outcome: string | null;
  }>`
    select c.id, c.state, (select channel from leg where leg.conversation_id = c.id order by began_at limit 1) as channel,
      c.opened_at, c.closed_at, coalesce(c.reason, c.handover_reason) as reason, c.outcome
    from conversation c where c.organisation_id = ${organisationId} and (c.person_id = ${personId} or c.about_id = ${personId})
    order by c.opened_at desc, c.id limit ${EPISODES}`.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    channel: row.channel,
    openedAt: row.opened_at.toISOString(),
    closedAt: iso(row.closed_at),
    reason: row.reason,
    outcome: row.outcome,
  }));
}

/** Whole years lived at a moment. */
export function ageAt(birthDate: string, now: Date): number {
  const today = now.toISOString().slice(0, 10);
  return Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (today.slice(5) < birthDate.slice(5) ? 1 : 0);
}

/** An appointment as the panel shows it. */
export function showAppointment(one: Appointment, language: Language, now: Date): AppointmentView {
  const open = one.state === 'booked' && one.start > now.toISOString();
  return {
    id: one.id,
    status: one.state === 'booked' && one.confirmed ? 'confirmed' : one.state === 'arrived' ? 'fulfilled' : one.state,
    start: one.start,
    end: one.end,
    specialty: one.specialty.name[language],
    service: one.service[language],
    professional: one.practitioner.name,
    place: one.place.name[language],
    preparation: one.preparation?.[language] ?? null,
    may: { confirm: open && !one.confirmed, change: open, cancel: open },
  };
}

/** The patient of the record behind a person. @throws desk.not_found · no_record */
export async function patientOf(trx: Trx, vault: Vault, organisationId: string, personId: string): Promise<string> {
  const person = isUuid(personId) ? (await peopleOf(trx, vault, organisationId, [personId])).get(personId) : undefined;
  if (!person) throw deskProblems.not_found();
  if (!person.patientId) throw deskProblems.no_record();
  return person.patientId;
}

type Found = {
  personId: string;
  name: string | null;
  birthDate: string | null;
  recordNumber: string | null;
  openConversationId: string | null;
};

const FOUND = 20;

/** People by name, history number, document or telephone: of the record and of those who only wrote. Writes an audit entry. */
export async function searchPeople(deps: Deps, actor: Actor, search: string): Promise<Found[]> {
  const { organisationId } = actor;
  return within(deps.db, organisationId, async (trx) => {
    const patients = await searchPatients(trx, deps.vault, organisationId, search, FOUND);
    const ids: string[] = [];
    for (const patient of patients)
      ids.push(
        await personOfPatient(trx, deps.vault, {
          organisationId,
          patientId: patient.id,
          name: `${patient.givenName} ${patient.familyName}`.trim(),
          language: patient.language ?? undefined,
        }),
      );
    for (const id of await searchByName(trx, deps.vault, organisationId, search, FOUND))
      if (!ids.includes(id)) ids.push(id);
    const shown = ids.slice(0, FOUND);
    const people = await peopleOf(trx, deps.vault, organisationId, shown);
    const heads = await record.patientHeads(
      trx,
      organisationId,
      [...people.values()].flatMap((one) => (one.patientId ? [one.patientId] : [])),
    );
    const { rows } = await sql<{ id: string; person_id: string }>`
      select id, person_id from conversation where organisation_id = ${organisationId} and person_id = any(${shown}::uuid[]) and state <> 'closed'`.execute(
      trx,
    );
    const open = new Map(rows.map((row) => [row.person_id, row.id]));
    // each person who is shown was read
    await audit(
      trx,
      actor,
      { action: 'search', subject: { kind: 'person' }, detail: { found: shown.length } },
      ...shown.map((personId) => ({
        action: 'read',
        subject: { kind: 'person', id: personId },
        personId,
        detail: { by: 'search' },
      })),
    );
    return shown.flatMap((personId) => {
      const person = people.get(personId);
      if (!person) return [];
      const head = person.patientId ? heads.get(person.patientId) : undefined;
      return [
        {
          personId,
          name: person.name ?? (head ? `${head.givenName} ${head.familyName}`.trim() : null),
          birthDate: head?.birthDate ?? null,
          recordNumber: head?.recordNumber ?? null,
          openConversationId: open.get(personId) ?? null,
        },
      ];
    });
  });
}
