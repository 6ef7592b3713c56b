import { sql } from 'kysely';
import type { z } from 'zod';
import type { Trx } from '../../platform/postgres.ts';
import { organisationOf } from '../../trust/organisation.ts';
import type {
  ArticleLine,
  ArticleState,
  ArticleView,
  articlesQuery,
  Audience,
  Language,
  VersionView,
} from './contract.ts';
import { LANGUAGES } from './contract.ts';
import { knowledgeProblems } from './problems.ts';

/** What answers and patients' words on them are counted over. */
const COUNTED_DAYS = 90;

type Counts = { answered: number; helped: number; notHelped: number };
const NONE: Counts = { answered: 0, helped: 0, notHelped: 0 };

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The organisation's languages that articles can be written in. */
export async function languagesOf(trx: Trx, organisationId: string): Promise<Language[]> {
  const { languages } = await organisationOf(trx, organisationId);
  return languages.filter((one): one is Language => (LANGUAGES as readonly string[]).includes(one));
}

async function countsOf(trx: Trx, organisationId: string, articleId?: string): Promise<Map<string, Counts>> {
  const { rows } = await sql<{ key: string; answered: number; helped: number; not_helped: number }>`
    select v.article_id || ' ' || v.language as key, count(*)::int as answered,
      count(*) filter (where f.helped)::int as helped, count(*) filter (where not f.helped)::int as not_helped
    from article_answer a join article_version v on v.id = a.version_id
      left join article_feedback f on f.answer_id = a.id
    where a.organisation_id = ${organisationId}::uuid and a.at > now() - ${COUNTED_DAYS} * interval '1 day'
      and (${articleId ?? null}::uuid is null or v.article_id = ${articleId ?? null}::uuid)
    group by 1`.execute(trx);
  return new Map(
    rows.map((row) => [row.key, { answered: row.answered, helped: row.helped, notHelped: row.not_helped }]),
  );
}

/** Every article in every language, as its author finds it; those to be reviewed first, then by title. */
export async function listArticles(
  trx: Trx,
  organisationId: string,
  query: z.infer<typeof articlesQuery>,
): Promise<{ articles: ArticleLine[]; languages: Language[] }> {
  const languages = await languagesOf(trx, organisationId);
  const { rows } = await sql<{
    id: string;
    key: string;
    language: Language;
    title: string;
    audience: Audience;
    tags: string[];
    owner_id: string | null;
    owner: string | null;
    review_on: string | null;
    saved_at: Date;
    state: ArticleState;
    published: boolean;
    due: boolean;
  }>`
    select a.id, a.key, v.language, v.title, v.audience, v.tags, v.owner_id, m.name as owner, v.review_on::text as review_on,
      v.saved_at, s.state, v.review_on <= current_date as due,
      exists (select from article_version p cross join lateral (
        select state from article_state x where x.version_id = p.id order by x.id desc limit 1) x
        where p.article_id = a.id and p.language = v.language and x.state = 'published') as published
    from article a
      join lateral (
        select distinct on (language) * from article_version v where v.article_id = a.id order by language, number desc) v on true
      cross join lateral (select state from article_state s where s.version_id = v.id order by s.id desc limit 1) s
      left join membership m on m.id = v.owner_id
    where a.organisation_id = ${organisationId}::uuid
    order by coalesce(v.review_on <= current_date, false) desc, v.title, a.id, v.language`.execute(trx);
  const counts = await countsOf(trx, organisationId);
  const there = new Map<string, Set<Language>>();
  for (const row of rows) {
    const set = there.get(row.id) ?? new Set();
    if (row.published) set.add(row.language);
    there.set(row.id, set);
  }
  const articles = rows.map((row) => ({
    due: row.due,
    line: {
      id: row.id,
      key: row.key,
      language: row.language,
      title: row.title,
      audience: row.audience,
      tags: row.tags,
      owner: row.owner_id && row.owner ? { id: row.owner_id, name: row.owner } : null,
      reviewOn: row.review_on,
      state: row.published ? ('published' as const) : row.state,
      changed: row.published && row.state === 'draft',
      savedAt: row.saved_at.toISOString(),
      missing: languages.filter((one) => !there.get(row.id)!.has(one)),
      counts: counts.get(`${row.id} ${row.language}`) ?? NONE,
    },
  }));
  return {
    languages,
    articles: articles
      .filter(
        ({ line, due }) =>
          (!query.language || line.language === query.language) &&
          (!query.audience || line.audience === query.audience) &&
          (!query.due || due === true) &&
          (!query.state || (query.state === 'changed' ? line.changed : line.state === query.state)),
      )
      .map(({ line }) => line),
  };
}

/** One article with everything that was ever written of it. @throws knowledge.not_found */
export async function readArticle(trx: Trx, organisationId: string, id: string): Promise<ArticleView> {
  const { rows: own } = await sql<{ key: string }>`
    select key from article where organisation_id = ${organisationId}::uuid and id = ${id}::uuid`.execute(trx);
  if (!own[0]) throw knowledgeProblems.not_found();
  const { rows } = await sql<{
    id: string;
    language: Language;
    number: number;
    title: string;
    body: string;
    questions: string[];
    tags: string[];
    audience: Audience;
    owner_id: string | null;
    owner: string | null;
    review_on: string | null;
    valid_from: Date | null;
    valid_to: Date | null;
    saved_at: Date;
    saved_by: string | null;
    states: { state: ArticleState; at: string; by: string | null; reason: string | null }[];
  }>`
    select v.id, v.language, v.number, v.title, v.body, v.questions, v.tags, v.audience, v.owner_id, o.name as owner,
      v.review_on::text as review_on, v.valid_from, v.valid_to, v.saved_at, m.name as saved_by,
      (select jsonb_agg(jsonb_build_object('state', s.state, 'at', s.at, 'by', b.name, 'reason', s.reason) order by s.id)
        from article_state s left join membership b on b.id = s.actor_id where s.version_id = v.id) as states
    from article_version v left join membership o on o.id = v.owner_id left join membership m on m.id = v.saved_by
    where v.organisation_id = ${organisationId}::uuid and v.article_id = ${id}::uuid
    order by v.language, v.number desc`.execute(trx);
  const versions: Record<string, VersionView[]> = {};
  for (const row of rows) {
    const states = row.states.map((one) => ({ ...one, at: new Date(one.at).toISOString() }));
    (versions[row.language] ??= []).push({
      id: row.id,
      number: row.number,
      state: states.at(-1)!.state,
      title: row.title,
      body: row.body,
      questions: row.questions,
      tags: row.tags,
      audience: row.audience,
      owner: row.owner_id && row.owner ? { id: row.owner_id, name: row.owner } : null,
      reviewOn: row.review_on,
      validFrom: iso(row.valid_from),
      validTo: iso(row.valid_to),
      savedAt: row.saved_at.toISOString(),
      savedBy: row.saved_by,
      states,
    });
  }
  const counts: Record<string, Counts> = {};
  for (const [key, one] of await countsOf(trx, organisationId, id)) counts[key.split(' ')[1]!] = one;
  return { id, key: own[0].key, versions, languages: await languagesOf(trx, organisationId), counts };
}

/** Who can look after an article: everybody on the staff. */
export async function listOwners(trx: Trx, organisationId: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from membership where organisation_id = ${organisationId}::uuid and deactivated_at is null
    order by name`.execute(trx);
  return rows;
}
