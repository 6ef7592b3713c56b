import { sql } from 'kysely';
import type { z } from 'zod';
import { announce } from '../../platform/events.ts';
import { uuid } from '../../platform/ids.ts';
import { afterCommit, type Trx } from '../../platform/postgres.ts';
import { words } from '../../triage/words.ts';
import { audit } from '../../trust/audit.ts';
import type { Actor } from '../../trust/contract.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type { ArticleDraft, ArticleState, Language, moveBody, newArticle, saveArticle } from './contract.ts';
import type { Library } from './library.ts';
import { knowledgeProblems } from './problems.ts';
import { settle } from './unanswered.ts';

const memberOf = (actor: Actor): string | null => (actor.kind === 'staff' ? actor.membershipId : null);

type Last = { id: string; number: number; state: ArticleState; saved_by: string | null };

/** The newest version of an article in a language, locked against another who saves; undefined where there is none. */
async function last(trx: Trx, organisationId: string, id: string, language: Language): Promise<Last | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${id}:${language}`}, 0))`.execute(trx);
  const { rows } = await sql<Last>`
    select v.id, v.number, s.state, m.name as saved_by
    from article_version v left join membership m on m.id = v.saved_by
      cross join lateral (select state from article_state s where s.version_id = v.id order by s.id desc limit 1) s
    where v.organisation_id = ${organisationId}::uuid and v.article_id = ${id}::uuid and v.language = ${language}
    order by v.number desc limit 1`.execute(trx);
  return rows[0];
}

async function check(trx: Trx, organisationId: string, language: Language, draft: ArticleDraft): Promise<void> {
  const organisation = await organisationOf(trx, organisationId);
  if (!organisation.languages.includes(language)) throw knowledgeProblems.no_language();
  if (draft.validFrom && draft.validTo && Date.parse(draft.validTo) <= Date.parse(draft.validFrom))
    throw knowledgeProblems.dates_crossed();
  if (draft.ownerId) {
    const { rows } = await sql`
      select 1 from membership where organisation_id = ${organisationId}::uuid and id = ${draft.ownerId}::uuid
        and deactivated_at is null`.execute(trx);
    if (rows.length === 0) throw knowledgeProblems.no_owner();
  }
}

async function write(
  trx: Trx,
  actor: Actor,
  articleId: string,
  language: Language,
  number: number,
  draft: ArticleDraft,
  now: Date,
): Promise<string> {
  const id = uuid();
  const { organisationId } = actor;
  await sql`
    insert into article_version (organisation_id, id, article_id, language, number, title, body, questions, tags, audience,
      owner_id, review_on, valid_from, valid_to, saved_at, saved_by)
    values (${organisationId}::uuid, ${id}::uuid, ${articleId}::uuid, ${language}, ${number}, ${draft.title}, ${draft.body},
      ${[...new Set(draft.questions)]}::text[], ${[...new Set(draft.tags)]}::text[], ${draft.audience},
      ${draft.ownerId ?? null}::uuid, ${draft.reviewOn ?? null}::date, ${draft.validFrom ?? null}::timestamptz,
      ${draft.validTo ?? null}::timestamptz, ${now}, ${memberOf(actor)}::uuid)`.execute(trx);
  await move(trx, actor, id, 'draft', null, now);
  return id;
}

async function move(
  trx: Trx,
  actor: Actor,
  versionId: string,
  state: ArticleState,
  reason: 'replaced' | 'withdrawn' | null,
  now: Date,
): Promise<void> {
  await sql`
    insert into article_state (organisation_id, version_id, state, reason, at, actor_id)
    values (${actor.organisationId}::uuid, ${versionId}::uuid, ${state}, ${reason}, ${now}, ${memberOf(actor)}::uuid)`.execute(
    trx,
  );
}

/**
 * Begins an article with its first version, as a draft.
 * @returns its id
 * @throws knowledge.key_taken, no_language, dates_crossed, no_owner
 */
export async function createArticle(
  trx: Trx,
  actor: Actor,
  input: z.infer<typeof newArticle>,
  now: Date,
): Promise<string> {
  const { organisationId } = actor;
  await check(trx, organisationId, input.language, input);
  const id = uuid();
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${organisationId}:article keys`}, 0))`.execute(trx);
  const key = input.key ?? (await freeKey(trx, organisationId, input.title));
  const { rows } = await sql`
    insert into article (organisation_id, id, key, created_at, created_by)
    values (${organisationId}::uuid, ${id}::uuid, ${key}, ${now}, ${memberOf(actor)}::uuid)
    on conflict (organisation_id, key) do nothing returning id`.execute(trx);
  if (rows.length === 0) throw knowledgeProblems.key_taken();
  await write(trx, actor, id, input.language, 1, input, now);
  await settle(trx, actor, input.questionIds, { as: 'article', articleId: id }, now);
  await audit(trx, actor, { action: 'change', subject: { kind: 'article', id }, detail: { how: 'made' } });
  return id;
}

/** A name made of the title that no other article has. */
async function freeKey(trx: Trx, organisationId: string, title: string): Promise<string> {
  const base =
    words(title)
      .map((word) => word.plain)
      .join('-')
      .replaceAll(/[^a-z0-9-]/g, '')
      .replaceAll(/-+/g, '-')
      .slice(0, 60)
      .replaceAll(/^-|-$/g, '') || 'article';
  const { rows } = await sql<{ key: string }>`
    select key from article where organisation_id = ${organisationId}::uuid and key like ${`${base}%`}`.execute(trx);
  const taken = new Set(rows.map((row) => row.key));
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`;
}

/**
 * Saves a new version over the one that the author saw; what was before stays.
 * @throws knowledge.changed_meanwhile when somebody saved another in between; not_found, dates_crossed, no_owner
 */
export async function save(
  trx: Trx,
  actor: Actor,
  { id, language, base, ...draft }: { id: string; language: Language } & z.infer<typeof saveArticle>,
  now: Date,
): Promise<void> {
  await check(trx, actor.organisationId, language, draft);
  await findArticle(trx, actor.organisationId, id);
  const before = await last(trx, actor.organisationId, id, language);
  if ((before?.number ?? 0) !== base)
    throw knowledgeProblems.changed_meanwhile({
      params: { name: before?.saved_by ?? '–' },
      extra: { number: before?.number ?? 0 },
    });
  await write(trx, actor, id, language, base + 1, draft, now);
  await audit(trx, actor, {
    action: 'change',
    subject: { kind: 'article', id },
    detail: { how: 'saved', language, number: base + 1 },
  });
}

async function findArticle(trx: Trx, organisationId: string, id: string): Promise<void> {
  const { rows } = await sql`
    select 1 from article where organisation_id = ${organisationId}::uuid and id = ${id}::uuid`.execute(trx);
  if (rows.length === 0) throw knowledgeProblems.not_found();
}

type Move = { id: string; language: Language } & z.infer<typeof moveBody>;

/**
 * Publishes the newest version; the one that was published gives way in the same breath.
 * @throws knowledge.not_the_last, already_published, withdrawn, not_found
 */
export async function publish(
  trx: Trx,
  actor: Actor,
  { id, language, number }: Move,
  now: Date,
  library?: Library,
): Promise<void> {
  const { organisationId } = actor;
  await findArticle(trx, organisationId, id);
  const newest = await last(trx, organisationId, id, language);
  if (!newest) throw knowledgeProblems.not_found();
  if (newest.number !== number) throw knowledgeProblems.not_the_last({ extra: { number: newest.number } });
  if (newest.state === 'published') throw knowledgeProblems.already_published();
  if (newest.state === 'withdrawn') throw knowledgeProblems.withdrawn();
  const { rows } = await sql<{ id: string }>`
    select v.id from article_version v cross join lateral (
      select state from article_state s where s.version_id = v.id order by s.id desc limit 1) s
    where v.organisation_id = ${organisationId}::uuid and v.article_id = ${id}::uuid and v.language = ${language}
      and s.state = 'published'`.execute(trx);
  for (const row of rows) await move(trx, actor, row.id, 'withdrawn', 'replaced', now);
  await move(trx, actor, newest.id, 'published', null, now);
  await told(trx, actor, { id, language, number, how: 'published' }, library);
}

/**
 * Withdraws what is published: nobody gets it any more.
 * @throws knowledge.not_published, not_found
 */
export async function withdraw(
  trx: Trx,
  actor: Actor,
  { id, language, number }: Move,
  now: Date,
  library?: Library,
): Promise<void> {
  const { organisationId } = actor;
  await findArticle(trx, organisationId, id);
  await last(trx, organisationId, id, language);
  const { rows } = await sql<{ id: string; state: ArticleState }>`
    select v.id, s.state from article_version v cross join lateral (
      select state from article_state s where s.version_id = v.id order by s.id desc limit 1) s
    where v.organisation_id = ${organisationId}::uuid and v.article_id = ${id}::uuid and v.language = ${language}
      and v.number = ${number}`.execute(trx);
  const found = rows[0];
  if (!found) throw knowledgeProblems.not_found();
  if (found.state !== 'published') throw knowledgeProblems.not_published();
  await move(trx, actor, found.id, 'withdrawn', 'withdrawn', now);
  await told(trx, actor, { id, language, number, how: 'withdrawn' }, library);
}

async function told(
  trx: Trx,
  actor: Actor,
  { id, ...detail }: Move & { how: string },
  library?: Library,
): Promise<void> {
  await audit(trx, actor, { action: 'change', subject: { kind: 'article', id }, detail });
  await announce(trx, {
    organisationId: actor.organisationId,
    kind: 'knowledge.changed',
    payload: { articleId: id, ...detail },
  });
  if (library) afterCommit(trx, () => library.forget(actor.organisationId));
}
