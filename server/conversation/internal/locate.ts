import { sql } from 'kysely';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Organisation } from '../../trust/organisation.ts';
import { open, type OrgKey, type PersonKey, seal } from '../../trust/vault.ts';
import type { ConversationState, Inbound, Language, Priority, ProofLevel } from '../contract.ts';
import { LANGUAGES } from '../contract.ts';
import type { Standing } from '../red-flags/rules.ts';
import { heldByAgent, reopens } from '../rules.ts';
import type { ConversationDeps } from '../followers.ts';
import { lately, type Part } from './lately.ts';

/** Where an utterance belongs: who writes, from where, in which conversation. */
export type Place = {
  duplicate: boolean;
  blocked: boolean;
  contactPointId: string;
  personId: string;
  aboutId: string;
  key: PersonKey;
  proof: ProofLevel;
  language: Language;
  conversationId: string;
  state: ConversationState;
  /** It was closed and this message opens it again. */
  reopening: boolean;
  /** It began with this message. */
  fresh: boolean;
  agentId: string | null;
  priority: Priority;
  waitingSince: Date | null;
  messageCount: number;
  /** The latest time at which the patient sent something here. */
  lastSentAt: Date | null;
  lastMessageAt: Date | null;
  version: number;
  /** The assistant's place, opened. */
  session: unknown;
  hadSession: boolean;
  newLeg: boolean;
  /** Flags of this conversation, the latest first. */
  flags: Standing[];
  /** Short messages of the last moments, oldest first: what is typed in parts. Undefined: not looked up. */
  parts: Part[] | undefined;
};

type Row = {
  duplicate: boolean;
  contact_point_id: string | null;
  blocked_at: Date | null;
  person_id: string | null;
  person_language: string | null;
  proof: ProofLevel | null;
  proof_expires_at: Date | null;
  conversation_id: string | null;
  about_id: string | null;
  state: ConversationState | null;
  language: string | null;
  agent_id: string | null;
  priority: Priority | null;
  waiting_since: Date | null;
  closed_at: Date | null;
  message_count: number | null;
  last_sent_at: Date | null;
  last_message_at: Date | null;
  last_inbound_at: Date | null;
  version: number | null;
  session_sealed: Buffer | null;
  session_person_id: string | null;
  leg: boolean;
  flags: FlagJson[] | null;
};

type FlagJson = Omit<Standing, 'dueAt' | 'saidAt'> & { dueAt: number | null; saidAt: number | null };

/**
 * Finds where each utterance of a batch belongs, and makes what is new: a first word makes a person with a key,
 * a contact point and a conversation.
 */
export async function locate(
  trx: Trx,
  deps: ConversationDeps,
  batch: { orgKey: OrgKey; organisation: Organisation; batch: Inbound[]; hashes: Buffer[]; now: Date },
): Promise<Place[]> {
  const organisationId = batch.organisation.id;
  // every look-up a lateral with a limit: whatever the planner believes of the tables' sizes, it goes by index for each writer
  // (with plain joins and stale statistics the same read took 160 ms instead of 4)
  const { rows } = await sql<Row>`
    select
      twice.yes is not null as duplicate, cp.id as contact_point_id, cp.blocked_at, p.id as person_id, p.language as person_language,
      l.proof, l.expires_at as proof_expires_at,
      c.id as conversation_id, c.about_id, c.state, c.language, c.agent_id, c.priority, c.waiting_since, c.closed_at,
      c.message_count, c.last_sent_at, c.last_message_at, c.last_inbound_at, c.version, s.state_sealed as session_sealed, s.person_id as session_person_id,
      leg.yes is not null as leg, flags.list as flags
    from unnest(${batch.batch.map((inbound) => inbound.accountId)}::uuid[], ${batch.hashes}::bytea[],
      ${batch.batch.map((inbound) => inbound.externalId)}::text[]) with ordinality i(account_id, hash, external_id, n)
    left join lateral (select id, person_id, blocked_at from contact_point
      where organisation_id = ${organisationId}::uuid and account_id = i.account_id and address_hash = i.hash limit 1) cp on true
    left join lateral (select id, language from person where id = cp.person_id limit 1) p on true
    left join lateral (select proof, expires_at from contact_point_person where contact_point_id = cp.id and person_id = cp.person_id limit 1) l on true
    left join lateral (
      select * from conversation where organisation_id = ${organisationId}::uuid and person_id = cp.person_id
      order by (state <> 'closed') desc, opened_at desc limit 1) c on true
    left join lateral (select state_sealed, person_id from session where conversation_id = c.id limit 1) s on true
    left join lateral (select true as yes from leg where conversation_id = c.id and contact_point_id = cp.id limit 1) leg on true
    left join lateral (select true as yes from message where organisation_id = ${organisationId}::uuid and account_id = i.account_id
      and external_id = i.external_id and direction = 'in' limit 1) twice on true
    left join lateral (
      select json_agg(json_build_object('id', f.id, 'level', f.level, 'categories', f.categories, 'messageId', f.message_id, 'agentId', f.agent_id,
        'dueAt', extract(epoch from f.due_at) * 1000, 'answer', f.answer, 'saidAt', extract(epoch from f.said_at) * 1000,
        'lowered', f.lowered_at is not null) order by f.at desc) as list
      from (select * from flag where organisation_id = ${organisationId}::uuid and conversation_id = c.id order by at desc limit 20) f) flags on true
    order by i.n`.execute(trx);

  const known = rows.flatMap((row) => [row.person_id, row.session_person_id].filter((id) => id !== null));
  const keys = await deps.vault.personKeys(trx, organisationId, known);
  const fresh: Fresh[] = [];
  const places = rows.map((row, i): Place => {
    const inbound = batch.batch[i]!;
    const newcomer = row.person_id === null;
    const made = newcomer ? deps.vault.newPersonKey(batch.orgKey) : undefined;
    const personId = row.person_id ?? uuid();
    const contactPointId = row.contact_point_id ?? uuid();
    const language = pickLanguage(row.language ?? row.person_language ?? inbound.language, batch.organisation);
    const closed = row.state === 'closed';
    const reopening = closed && reopens(row.closed_at!, batch.now, batch.organisation.settings.reopenMinutes);
    const goesOn = row.conversation_id !== null && (!closed || reopening);
    const conversationId = goesOn ? row.conversation_id! : uuid();
    const place: Place = {
      duplicate: row.duplicate,
      blocked: row.blocked_at !== null,
      contactPointId,
      personId,
      aboutId: goesOn ? row.about_id! : personId,
      key: made?.key ?? keys.get(personId)!,
      proof: row.proof_expires_at && row.proof_expires_at < batch.now ? 'none' : (row.proof ?? 'none'),
      language,
      conversationId,
      state: goesOn && !closed ? row.state! : 'assistant',
      reopening,
      fresh: !goesOn,
      agentId: goesOn && !closed && heldByAgent(row.state!) ? row.agent_id : null,
      priority: goesOn ? row.priority! : 'standard',
      waitingSince: goesOn && !closed ? row.waiting_since : null,
      messageCount: goesOn ? row.message_count! : 0,
      lastSentAt: goesOn ? row.last_sent_at : null,
      lastMessageAt: goesOn ? row.last_message_at : null,
      version: goesOn ? row.version! : 0,
      session: goesOn ? openSession(row, keys) : null,
      hadSession: goesOn && row.session_sealed !== null,
      newLeg: !goesOn || !row.leg,
      flags: goesOn ? (row.flags ?? []).map(standing) : [],
      parts: undefined,
    };
    if (!row.duplicate && (newcomer || !goesOn))
      fresh.push({ place, inbound, newcomer, wrapped: made?.wrapped ?? null, hash: batch.hashes[i]! });
    return place;
  });
  if (fresh.length > 0) await make(trx, batch.orgKey, organisationId, fresh);
  const parts = await lately(
    trx,
    deps.vault,
    organisationId,
    places.map((place, i) => ({
      conversationId: place.conversationId,
      count: place.messageCount,
      lastInboundAt: place.fresh ? null : rows[i]!.last_inbound_at,
      content: batch.batch[i]!.content,
    })),
    batch.now,
  );
  for (const [i, place] of places.entries()) place.parts = parts[i];
  return places;
}

type Fresh = { place: Place; inbound: Inbound; newcomer: boolean; wrapped: Buffer | null; hash: Buffer };

async function make(trx: Trx, orgKey: OrgKey, organisationId: string, fresh: Fresh[]): Promise<void> {
  const newcomers = fresh.filter((entry) => entry.newcomer);
  if (newcomers.length > 0) {
    const persons = newcomers.map((entry) => entry.place.personId);
    const points = newcomers.map((entry) => entry.place.contactPointId);
    const name = (entry: Fresh): Buffer | null =>
      entry.inbound.profileName
        ? seal(entry.place.key, entry.inbound.profileName.slice(0, 200), `profile:${entry.place.contactPointId}`)
        : null;
    await sql`
      with people as (
        insert into person (organisation_id, id, language)
        select ${organisationId}::uuid, * from unnest(${persons}::uuid[], ${newcomers.map((entry) => entry.place.language)}::text[])
      ), keys as (
        insert into person_key (organisation_id, person_id, wrapped)
        select ${organisationId}::uuid, * from unnest(${persons}::uuid[], ${newcomers.map((entry) => entry.wrapped)}::bytea[])
      ), points as (
        insert into contact_point (organisation_id, id, channel, account_id, address_hash, address_sealed, person_id, profile_name_sealed)
        select ${organisationId}::uuid, * from unnest(
          ${points}::uuid[], ${newcomers.map((entry) => entry.inbound.channel)}::text[], ${newcomers.map((entry) => entry.inbound.accountId)}::uuid[],
          ${newcomers.map((entry) => entry.hash)}::bytea[],
          ${newcomers.map((entry) => seal(orgKey, entry.inbound.address, `contact-point:${entry.place.contactPointId}`))}::bytea[],
          ${persons}::uuid[], ${newcomers.map(name)}::bytea[])
      )
      insert into contact_point_person (organisation_id, contact_point_id, person_id)
      select ${organisationId}::uuid, * from unnest(${points}::uuid[], ${persons}::uuid[])`.execute(trx);
  }
  const conversations = fresh.filter((entry) => entry.place.fresh);
  await sql`
    insert into conversation (organisation_id, id, person_id, about_id, language)
    select ${organisationId}::uuid, id, person_id, person_id, language from unnest(
      ${conversations.map((entry) => entry.place.conversationId)}::uuid[],
      ${conversations.map((entry) => entry.place.personId)}::uuid[],
      ${conversations.map((entry) => entry.place.language)}::text[]) as c(id, person_id, language)`.execute(trx);
}

/** A session that cannot be opened any more (its person was erased) is no session. */
function openSession(row: Row, keys: Map<string, PersonKey>): unknown {
  if (!row.session_sealed) return null;
  const key = keys.get(row.session_person_id!);
  if (!key?.secret) return null;
  return JSON.parse(open(key, row.session_sealed, `session:${row.conversation_id}`).toString('utf8'));
}

const standing = (flag: FlagJson): Standing => ({
  ...flag,
  dueAt: flag.dueAt === null ? null : new Date(flag.dueAt),
  saidAt: flag.saidAt === null ? null : new Date(flag.saidAt),
});

function pickLanguage(wanted: string | null | undefined, organisation: Organisation): Language {
  const chosen = wanted && organisation.languages.includes(wanted) ? wanted : organisation.languages[0]!;
  return (LANGUAGES as readonly string[]).includes(chosen) ? (chosen as Language) : 'es';
}
