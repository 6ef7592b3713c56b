import { sql } from 'kysely';
import type { ChannelKind, ConversationState, Language, Priority } from '../../conversation/contract.ts';
import { readSummary } from '../../conversation/queries.ts';
import { peopleOf } from '../../patient/people.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Texts } from '../../routing/contract.ts';
import { open, type Vault } from '../../trust/vault.ts';
import type { ConsultMessage, JoiningKind, JoiningRole, JoiningsMine, JoiningState, JoiningView } from './contract.ts';

type Row = {
  id: string;
  kind: JoiningKind;
  state: JoiningState;
  conversation_id: string;
  from_agent_id: string;
  from_name: string;
  role: JoiningRole | null;
  language: Language | null;
  to_agent_id: string | null;
  to_agent_name: string | null;
  queue_names: Texts | null;
  entity_name: string | null;
  agent_id: string | null;
  agent_name: string | null;
  asked: number;
  offered_at: Date;
  expires_at: Date;
  answered_at: Date | null;
  ended_at: Date | null;
  reason: string | null;
  person_id: string;
  channel: ChannelKind | null;
  priority: Priority;
  spoken: Language;
  conversation_state: ConversationState;
};

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/**
 * What is asked between colleagues, as desks show it.
 * @param which ids; of one conversation; or those that concern one agent now
 * @param withWords the note that goes with it and what the assistant learned: for those before whom it is put
 */
export async function readJoinings(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  which: { ids: string[] } | { conversationId: string; kind: JoiningKind } | { askedOf: string } | { of: string },
  withWords = false,
): Promise<JoiningView[]> {
  const chosen =
    'ids' in which
      ? sql`j.id = any(${which.ids}::uuid[])`
      : 'conversationId' in which
        ? sql`j.conversation_id = ${which.conversationId}::uuid and j.kind = ${which.kind}`
        : 'askedOf' in which
          ? sql`j.state = 'offered' and j.id in (select joining_id from joining_asked where agent_id = ${which.askedOf}::uuid and refused_at is null)`
          : sql`((j.state = 'offered' and j.from_agent_id = ${which.of}::uuid)
              or (j.state = 'accepted' and j.kind <> 'transfer' and ${which.of}::uuid in (j.from_agent_id, j.agent_id)))`;
  const { rows } = await sql<Row>`
    select j.id, j.kind, j.state, j.conversation_id, j.from_agent_id, f.name as from_name, j.role, j.language, j.to_agent_id,
      t.name as to_agent_name, q.names as queue_names, e.name as entity_name, j.agent_id, a.name as agent_name,
      (select count(*)::int from joining_asked k where k.joining_id = j.id and k.refused_at is null) as asked,
      j.offered_at, j.expires_at, j.answered_at, j.ended_at, j.reason, c.person_id, l.channel, c.priority, c.language as spoken,
      c.state as conversation_state
    from joining j join conversation c on c.id = j.conversation_id join membership f on f.id = j.from_agent_id
    left join membership t on t.id = j.to_agent_id left join queue q on q.id = j.to_queue_id left join entity e on e.id = j.to_entity_id
    left join membership a on a.id = j.agent_id
    left join lateral (select leg.channel from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last limit 1) l on true
    where j.organisation_id = ${organisationId}::uuid and ${chosen} order by j.offered_at, j.id`.execute(trx);
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.person_id),
  );
  const views: JoiningView[] = [];
  for (const row of rows) {
    const somebody = (agentId: string | null, name: string | null) => (agentId ? { agentId, name: name ?? '' } : null);
    views.push({
      id: row.id,
      kind: row.kind,
      state: row.state,
      conversationId: row.conversation_id,
      from: { agentId: row.from_agent_id, name: row.from_name },
      role: row.role,
      language: row.language,
      to: { agent: somebody(row.to_agent_id, row.to_agent_name), queue: row.queue_names, entity: row.entity_name },
      agent: somebody(row.agent_id, row.agent_name),
      asked: row.asked,
      offeredAt: row.offered_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      answeredAt: iso(row.answered_at),
      endedAt: iso(row.ended_at),
      reason: row.reason,
      about: {
        name: people.get(row.person_id)?.name ?? null,
        channel: row.channel,
        priority: row.priority,
        language: row.spoken,
        state: row.conversation_state,
        summary: withWords ? await readSummary(trx, vault, organisationId, row.conversation_id) : [],
        note:
          withWords && row.kind !== 'join'
            ? ((await readThread(trx, vault, organisationId, row.id)).at(0)?.text ?? null)
            : null,
      },
    });
  }
  return views;
}

/** What was said in a side thread, oldest first. Whoever asks has been let in and the read is in the audit. */
export async function readThread(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  joiningId: string,
): Promise<ConsultMessage[]> {
  const { rows } = await sql<{
    id: string;
    seq: number;
    author_id: string;
    name: string;
    person_id: string;
    content_sealed: Buffer;
    at: Date;
  }>`
    select j.id, j.seq, j.author_id, m.name, j.person_id, j.content_sealed, j.at from joining_message j join membership m on m.id = j.author_id
    where j.organisation_id = ${organisationId}::uuid and j.joining_id = ${joiningId}::uuid order by j.seq`.execute(
    trx,
  );
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return rows.map((row) => {
    const key = keys.get(row.person_id);
    return {
      id: row.id,
      seq: row.seq,
      authorId: row.author_id,
      authorName: row.name,
      text: key?.secret ? open(key, row.content_sealed, `joining-message:${row.id}`).toString('utf8') : null,
      at: row.at.toISOString(),
    };
  });
}

/** What was given to the assistant and comes back to this agent. */
export async function readErrands(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  agentId: string,
  titles: (kind: 'flow' | 'bot', purpose: string) => Texts,
): Promise<JoiningsMine['errands']> {
  const { rows } = await sql<{
    conversation_id: string;
    kind: 'flow' | 'bot';
    purpose: string;
    begun_at: Date;
    person_id: string;
    channel: ChannelKind | null;
  }>`
    select e.conversation_id, e.kind, e.purpose, e.begun_at, c.person_id, l.channel from errand e
    join conversation c on c.id = e.conversation_id and c.state = 'assistant'
    left join lateral (select leg.channel from leg join contact_point cp on cp.id = leg.contact_point_id
      where leg.conversation_id = c.id order by cp.last_inbound_at desc nulls last limit 1) l on true
    where e.organisation_id = ${organisationId}::uuid and e.agent_id = ${agentId}::uuid and e.ended_at is null order by e.begun_at`.execute(
    trx,
  );
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    name: people.get(row.person_id)?.name ?? null,
    channel: row.channel,
    kind: row.kind,
    title: titles(row.kind, row.purpose),
    begunAt: row.begun_at.toISOString(),
  }));
}
