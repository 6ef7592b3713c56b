import { sql } from 'kysely';
import type { Trx } from '../platform/postgres.ts';
import { open, type Vault } from '../trust/vault.ts';
import type { CompanyLine, TaskLine } from './company.ts';
import type { FlagLine } from './red-flags/rows.ts';
import type {
  ConversationState,
  DeliveryState,
  InboundContent,
  Language,
  OutboundContent,
  SummaryLine,
  TraceStep,
} from './contract.ts';

/** What stands in a thread besides the patient's and our own words. */
export type ThreadNote =
  | { kind: 'note'; text: string }
  /** A supervisor's word to the agent. */
  | { kind: 'whisper'; text: string }
  | { kind: 'trace'; steps: TraceStep[] }
  | { kind: 'joined'; agentId: string; name: string }
  | { kind: 'transferred'; queueId?: string; agentId?: string }
  /** `by`: given to the assistant or an outside bot for a purpose. */
  | { kind: 'returned'; by?: 'flow' | 'bot'; purpose?: Record<Language, string> }
  | CompanyLine
  | TaskLine
  | { kind: 'wrapped_up'; reason: string; solved: boolean }
  | FlagLine
  /** The person asked to be forgotten: the words are gone, their place remains. */
  | { kind: 'erased' };

export type ThreadMessage = {
  id: string;
  conversationId: string;
  seq: number;
  direction: 'in' | 'out' | 'note' | 'system';
  author: 'patient' | 'assistant' | 'staff' | 'system';
  authorId: string | null;
  channel: string | null;
  kind: string;
  content: InboundContent | OutboundContent | ThreadNote;
  sentAt: Date;
  /** Its place: a thread is read by (shownAt, sentAt, seq). */
  shownAt: Date;
  replyTo: string | null;
  delivery: DeliveryState | null;
  failureCode: string | null;
  failureReason: string | null;
  resentAs: string | null;
  externalId: string | null;
};

/**
 * Messages of a thread, opened. Whoever asks has been let in and the read is in the audit: this only reads.
 * @param which ids, or a page of one conversation that ends before the message with this `seq`; newest last
 */
export async function readMessages(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  which: { ids: string[] } | { conversationId: string; before?: number; limit: number },
): Promise<ThreadMessage[]> {
  let query = trx.selectFrom('message').selectAll().where('organisation_id', '=', organisationId);
  if ('ids' in which) {
    if (which.ids.length === 0) return [];
    query = query
      .where('id', 'in', which.ids)
      .orderBy('shown_at', 'desc')
      .orderBy('sent_at', 'desc')
      .orderBy('seq', 'desc');
  } else {
    query = query.where('conversation_id', '=', which.conversationId);
    const before = which.before;
    if (before)
      query = query.where(
        sql<boolean>`(shown_at, sent_at, seq) < (select m.shown_at, m.sent_at, m.seq from message m where m.seq = ${before} and m.conversation_id = message.conversation_id)`,
      );
    query = query.orderBy('shown_at', 'desc').orderBy('sent_at', 'desc').orderBy('seq', 'desc').limit(which.limit);
  }
  const rows = await query.execute();
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return rows.reverse().map((row) => {
    const key = keys.get(row.person_id);
    const content = key?.secret
      ? (JSON.parse(open(key, row.content_sealed, `message:${row.id}`).toString('utf8')) as ThreadMessage['content'])
      : { kind: 'erased' as const };
    return {
      id: row.id,
      conversationId: row.conversation_id,
      seq: row.seq,
      direction: row.direction as ThreadMessage['direction'],
      author: row.author as ThreadMessage['author'],
      authorId: row.author_id,
      channel: row.channel,
      kind: row.kind,
      content,
      sentAt: row.sent_at,
      shownAt: row.shown_at,
      replyTo: row.reply_to,
      delivery: row.delivery as DeliveryState | null,
      failureCode: row.failure_code,
      failureReason: row.failure_reason,
      resentAs: row.resent_as,
      externalId: row.external_id,
    };
  });
}

/** What the assistant learned before it handed over. */
export async function readSummary(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  conversationId: string,
): Promise<SummaryLine[]> {
  const row = await trx
    .selectFrom('conversation')
    .select(['summary_sealed', 'summary_person_id'])
    .where('id', '=', conversationId)
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  if (!row?.summary_sealed || !row.summary_person_id) return [];
  const key = (await vault.personKeys(trx, organisationId, [row.summary_person_id])).get(row.summary_person_id);
  if (!key?.secret) return [];
  return JSON.parse(open(key, row.summary_sealed, `summary:${conversationId}`).toString('utf8')) as SummaryLine[];
}

/** A file of a conversation, opened; undefined when there is none, it was refused, or its person's words are erased. */
export async function readAttachment(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  attachmentId: string,
): Promise<
  | { personId: string; conversationId: string | null; bytes: Buffer; mime: string; filename: string | undefined }
  | undefined
> {
  const row = await trx
    .selectFrom('attachment')
    .selectAll()
    .where('id', '=', attachmentId)
    .where('organisation_id', '=', organisationId)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  if (!row?.content_sealed) return undefined;
  const key = (await vault.personKeys(trx, organisationId, [row.person_id])).get(row.person_id);
  if (!key?.secret) return undefined;
  return {
    personId: row.person_id,
    conversationId: row.conversation_id,
    bytes: open(key, row.content_sealed, `attachment:${row.id}`),
    mime: row.mime,
    filename: row.filename_sealed ? open(key, row.filename_sealed, `filename:${row.id}`).toString('utf8') : undefined,
  };
}

/**
 * Locks the open conversation of a person, other than this one: what is learned of it holds until the transaction ends.
 * @returns null: they have none
 */
export async function openElsewhere(
  trx: Trx,
  organisationId: string,
  one: { personId: string; conversationId: string },
): Promise<{ id: string; state: ConversationState } | null> {
  const { rows } = await sql<{ id: string; state: ConversationState }>`
    select id, state from conversation where organisation_id = ${organisationId}::uuid and state <> 'closed'
      and person_id = ${one.personId}::uuid and id <> ${one.conversationId}::uuid for update`.execute(trx);
  return rows[0] ?? null;
}
