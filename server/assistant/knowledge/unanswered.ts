import { sql } from 'kysely';
import { peopleOf } from '../../patient/people.ts';
import { uuid } from '../../platform/ids.ts';
import type { Trx } from '../../platform/postgres.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { open, seal, type Vault, VaultError } from '../../trust/vault.ts';
import type { Language, Unanswered } from './contract.ts';
import { redact } from './redact.ts';
import { pieces } from './search.ts';

export type NewQuestion = {
  organisationId: string;
  personId: string;
  conversationId: string;
  language: Language;
  audience: 'patient' | 'employee';
  question: string;
  /** The article that was given and did not help. */
  versionId?: string | undefined;
};

/** Most that are opened for one look at the list: the newest. */
const MOST_OPENED = 500;
/** Days that a question waits for an author. */
const WAITS_DAYS = 180;
/** From here on two questions are the same one in other words. */
const ALIKE = 0.45;

/** Keeps a question that nobody could answer, without who asked, sealed under their key. */
export async function keepUnanswered(trx: Trx, vault: Vault, question: NewQuestion, now: Date): Promise<void> {
  const { organisationId, personId } = question;
  const text = redact(question.question).slice(0, 500);
  if (!text) return;
  const key = (await vault.personKeys(trx, organisationId, [personId])).get(personId);
  if (!key) return;
  const id = uuid();
  await sql`
    insert into unanswered_question
      (organisation_id, id, person_id, conversation_id, language, audience, version_id, question_sealed, at)
    values (${organisationId}::uuid, ${id}::uuid, ${personId}::uuid, ${question.conversationId}::uuid, ${question.language},
      ${question.audience}, ${question.versionId ?? null}::uuid, ${seal(key, text, `unanswered:${id}`)}, ${now})`.execute(
    trx,
  );
}

type Row = {
  id: string;
  person_id: string;
  language: Language;
  audience: 'patient' | 'employee';
  question_sealed: Buffer;
  at: Date;
  tried_id: string | null;
  tried: string | null;
};

/**
 * The questions that wait for an answer, those that ask the same together, the most asked first. Opening each leaves an
 * audit entry; who asked is in no part of the answer.
 */
export async function listUnanswered(trx: Trx, vault: Vault, actor: Actor): Promise<Unanswered> {
  const { organisationId } = actor;
  const { rows } = await sql<Row>`
    select q.id, q.person_id, q.language, q.audience, q.question_sealed, q.at, v.article_id as tried_id, v.title as tried
    from unanswered_question q left join article_version v on v.id = q.version_id
    where q.organisation_id = ${organisationId}::uuid and q.settled_at is null
      and q.at > now() - ${WAITS_DAYS} * interval '1 day'
    order by q.at desc limit ${MOST_OPENED}`.execute(trx);
  const keys = await vault.personKeys(trx, organisationId, [...new Set(rows.map((row) => row.person_id))]);
  const people = await peopleOf(
    trx,
    vault,
    organisationId,
    rows.map((row) => row.person_id),
  );
  const opened: (Row & { text: string; own: Set<string> })[] = [];
  for (const row of rows) {
    const key = keys.get(row.person_id);
    const text = key && openQuestion(key, row);
    if (!text) continue;
    const name = people.get(row.person_id)?.name;
    const shown = redact(text, name ? [name] : []);
    opened.push({ ...row, text: shown, own: new Set(pieces(shown)) });
  }
  await audit(
    trx,
    actor,
    ...opened.map((row) => ({
      action: 'read',
      subject: { kind: 'unanswered_question', id: row.id },
      personId: row.person_id,
    })),
  );
  return { groups: groupsOf(opened) };
}

function openQuestion(key: Parameters<typeof open>[0], row: Row): string | null {
  try {
    return open(key, row.question_sealed, `unanswered:${row.id}`).toString('utf8');
  } catch (error) {
    // the person's words were erased
    if (error instanceof VaultError) return null;
    throw error;
  }
}

function groupsOf(opened: (Row & { text: string; own: Set<string> })[]): Unanswered['groups'] {
  const groups: (typeof opened)[] = [];
  for (const one of opened) {
    const home = groups.find(
      (group) =>
        group[0]!.language === one.language &&
        group[0]!.audience === one.audience &&
        group.some((other) => likeness(other.own, one.own) >= ALIKE),
    );
    if (home) home.push(one);
    else groups.push([one]);
  }
  return groups
    .map((group) => {
      const total = (one: (typeof group)[number]): number =>
        group.reduce((sum, other) => sum + likeness(one.own, other.own), 0);
      const middle = group.reduce((best, one) => (total(one) > total(best) ? one : best));
      const tried = group.find((one) => one.tried_id !== null);
      return {
        question: middle.text,
        language: middle.language,
        audience: middle.audience,
        count: group.length,
        lastAt: group[0]!.at.toISOString(),
        others: [...new Set(group.filter((one) => one !== middle).map((one) => one.text))].slice(0, 8),
        ids: group.map((one) => one.id),
        tried: tried ? { articleId: tried.tried_id!, title: tried.tried! } : null,
      };
    })
    .sort((a, b) => b.count - a.count || (a.lastAt < b.lastAt ? 1 : -1));
}

/** How much two questions share, 0 to 1 (Dice). */
function likeness(a: Set<string>, b: Set<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const piece of a) if (b.has(piece)) both++;
  return (2 * both) / (a.size + b.size);
}

/** Marks questions as dealt with; those that are already stay as they are. */
export async function settle(
  trx: Trx,
  actor: Actor,
  ids: string[],
  how: { as: 'article'; articleId: string } | { as: 'dismissed' },
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update unanswered_question set settled_at = ${now}, settled_as = ${how.as},
      settled_by = ${actor.kind === 'staff' ? actor.membershipId : null}::uuid,
      article_id = ${how.as === 'article' ? how.articleId : null}::uuid
    where organisation_id = ${actor.organisationId}::uuid and id = any(${ids}::uuid[]) and settled_at is null`.execute(
    trx,
  );
}
