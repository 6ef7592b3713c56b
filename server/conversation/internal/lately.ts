import { sql } from 'kysely';
import type { Trx } from '../../platform/postgres.ts';
import { open, type Vault } from '../../trust/vault.ts';
import type { InboundContent } from '../contract.ts';
import { isPart, PART_LENGTH, PARTS_MS } from '../red-flags/rules.ts';

/** A short message of the last moments: perhaps the beginning of a sentence. */
export type Part = { messageId: string; text: string; at: number };

/** Conversations whose last moments this process remembers; the oldest are forgotten first. */
const REMEMBERED = 20_000;
/** As many parts of one sentence as people type. */
const MOST = 3;
/** A sealed message is its words, the frame of JSON round them, and what sealing adds; letters with accents take two bytes. */
const SEALED_PART = 2 * PART_LENGTH + 64;

/**
 * By conversation, with the number of its messages then: while that is the same, nobody said anything since, in no process.
 * Reading and opening them again for each message took a fifth of the hot path's throughput.
 */
const remembered = new Map<string, { count: number; parts: Part[] }>();

/** Remembers, once it is committed, what was said last. */
export function remember(conversationId: string, count: number, parts: Part[]): void {
  remembered.delete(conversationId);
  remembered.set(conversationId, { count, parts: parts.slice(-MOST) });
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
}

type Wanted = { conversationId: string; count: number; lastInboundAt: Date | null; content: InboundContent };

/**
 * What was typed just before each of these, oldest first: from memory, else from the rows of those for whom it matters.
 * Undefined where it was not looked up: it is not to be remembered as nothing.
 */
export async function lately(
  trx: Trx,
  vault: Vault,
  organisationId: string,
  wanted: Wanted[],
  now: Date,
): Promise<(Part[] | undefined)[]> {
  const since = now.getTime() - PARTS_MS;
  const known = wanted.map(({ conversationId, count, lastInboundAt }): Part[] | undefined => {
    if (lastInboundAt === null || lastInboundAt.getTime() <= since) return [];
    const kept = remembered.get(conversationId);
    if (kept?.count === count) return kept.parts.filter((part) => part.at > since);
    return undefined;
  });
  const unread = wanted.filter((one, i) => known[i] === undefined && isPart(one.content));
  if (unread.length === 0) return known;
  const { rows } = await sql<{ conversation_id: string; id: string; person_id: string; sealed: Buffer; at: Date }>`
    select c.id as conversation_id, m.id, m.person_id, m.content_sealed as sealed, m.shown_at as at
    from unnest(${unread.map((one) => one.conversationId)}::uuid[], ${unread.map((one) => one.count)}::int[]) c(id, count)
    cross join lateral (select * from message where conversation_id = c.id and seq > c.count - 12 and direction = 'in' and kind = 'text'
      and shown_at > ${new Date(since)} and octet_length(content_sealed) <= ${SEALED_PART} order by seq desc limit ${MOST}) m
    order by m.seq`.execute(trx);
  const keys = await vault.personKeys(
    trx,
    organisationId,
    rows.map((row) => row.person_id),
  );
  return wanted.map((one, i) => {
    if (!unread.includes(one)) return known[i];
    return rows.flatMap((row): Part[] => {
      const key = row.conversation_id === one.conversationId ? keys.get(row.person_id) : undefined;
      if (!key?.secret) return [];
      const content = JSON.parse(open(key, row.sealed, `message:${row.id}`).toString('utf8')) as InboundContent;
      return isPart(content) && content.kind === 'text'
        ? [{ messageId: row.id, text: content.text, at: row.at.getTime() }]
        : [];
    });
  });
}
