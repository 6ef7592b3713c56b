import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { parse } from 'yaml';
import { keepUnanswered } from '../server/assistant/knowledge/unanswered.ts';
import type { Audience } from '../server/assistant/knowledge/contract.ts';
import { uuid } from '../server/platform/ids.ts';
import type { Trx } from '../server/platform/postgres.ts';
import type { Vault } from '../server/trust/vault.ts';

/** An article of the demo hospital, in its four languages. */
export type DemoArticle = {
  key: string;
  audience: Audience;
  tags: string[];
} & Record<'es' | 'ca' | 'en' | 'pt', { title: string; questions: string[]; body: string }>;

const FOLDER = new URL('./knowledge/', import.meta.url);

/** Every article of the demo hospital, by file and in the order of each. */
export async function readArticles(): Promise<DemoArticle[]> {
  const found: DemoArticle[] = [];
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort()) {
    const list = parse(await readFile(new URL(file, FOLDER), 'utf8')) as (DemoArticle & { article: string })[];
    for (const one of list) found.push({ ...one, key: one.article, audience: one.audience ?? 'patient' });
  }
  return found;
}

const DAY_MS = 86_400_000;
/** What the demo's patients asked and nothing answers. */
const UNANSWERED: [language: 'es' | 'ca' | 'en' | 'pt', question: string][] = [
  ['es', '¿hacen acupuntura?'],
  ['es', 'tienen acupuntura para la espalda'],
  ['es', 'dan masajes o acupuntura en rehabilitacion'],
  ['es', 'puedo llevar a mi perro a la habitacion'],
  ['es', 'se puede entrar con el perro a ver a mi madre'],
  ['es', 'hay misa los domingos en la capilla'],
  ['ca', 'puc portar el gos a veure el meu pare'],
  ['en', 'do you have a prayer room'],
  ['pt', 'fazem acupuntura'],
];

/** Publishes what the demo hospital knows, with some months of answers to it and a few questions that wait for the author. */
export async function seedKnowledge(trx: Trx, vault: Vault, organisationId: string, now: Date): Promise<void> {
  const articles = await readArticles();
  const { rows: staff } = await sql<{ id: string; roles: string[] }>`
    select id, roles from membership where organisation_id = ${organisationId}::uuid order by id`.execute(trx);
  const author = (staff.find((one) => one.roles.includes('author')) ?? staff[0])?.id ?? null;
  const made = articles.map((one) => ({ ...one, id: uuid() }));
  const written = new Date(now.getTime() - 120 * DAY_MS);
  await sql`
    insert into article (organisation_id, id, key, created_at, created_by)
    select ${organisationId}::uuid, a.id, a.key, ${written}, ${author}::uuid
    from unnest(${made.map((one) => one.id)}::uuid[], ${made.map((one) => one.key)}::text[]) as a (id, key)`.execute(
    trx,
  );
  const versions = made.flatMap((one, at) =>
    (['es', 'ca', 'en', 'pt'] as const).map((language) => ({
      id: uuid(),
      article_id: one.id,
      language,
      title: one[language].title,
      body: one[language].body,
      questions: one[language].questions,
      tags: one.tags,
      audience: one.audience,
      // every ninth is due already
      review_on: new Date(now.getTime() + (at % 9 === 4 ? -3 : 60 + at) * DAY_MS).toISOString().slice(0, 10),
    })),
  );
  await sql`
    insert into article_version (organisation_id, id, article_id, language, number, title, body, questions, tags, audience,
      owner_id, review_on, saved_at, saved_by)
    select ${organisationId}::uuid, v.id, v.article_id, v.language, 1, v.title, v.body,
      array(select jsonb_array_elements_text(v.questions)), array(select jsonb_array_elements_text(v.tags)), v.audience,
      ${author}::uuid, v.review_on, ${written}, ${author}::uuid
    from jsonb_to_recordset(${JSON.stringify(versions)}::jsonb) as v (id uuid, article_id uuid, language text, title text,
      body text, questions jsonb, tags jsonb, audience text, review_on date)`.execute(trx);
  for (const state of ['draft', 'published'])
    await sql`
      insert into article_state (organisation_id, version_id, state, at, actor_id)
      select ${organisationId}::uuid, id, ${state}, ${written}, ${author}::uuid
      from unnest(${versions.map((one) => one.id)}::uuid[]) as v (id)`.execute(trx);

  const answers = versions.flatMap((one, at) =>
    one.audience === 'patient'
      ? Array.from({ length: Math.round(([9, 2, 1, 1][at % 4]! * ((at * 37) % 23)) / 6) }, (_, n) => ({
          id: uuid(),
          version_id: one.id,
          at: new Date(now.getTime() - (1 + ((at * 7 + n * 11) % 80)) * DAY_MS),
          helped: (at + n) % 3 === 0 ? null : (at * 3 + n) % (3 + (at % 9)) !== 0,
        }))
      : [],
  );
  await sql`
    insert into article_answer (organisation_id, id, version_id, place, at)
    select ${organisationId}::uuid, a.id, a.version_id, 'conversation', a.at
    from unnest(${answers.map((one) => one.id)}::uuid[], ${answers.map((one) => one.version_id)}::uuid[],
      ${answers.map((one) => one.at)}::timestamptz[]) as a (id, version_id, at)`.execute(trx);
  const judged = answers.filter((one) => one.helped !== null);
  await sql`
    insert into article_feedback (organisation_id, answer_id, helped, at)
    select ${organisationId}::uuid, f.id, f.helped, f.at
    from unnest(${judged.map((one) => one.id)}::uuid[], ${judged.map((one) => one.helped)}::boolean[],
      ${judged.map((one) => one.at)}::timestamptz[]) as f (id, helped, at)`.execute(trx);
  const { rows: people } = await sql<{ id: string }>`
    select id from person where organisation_id = ${organisationId}::uuid order by id limit ${UNANSWERED.length}`.execute(
    trx,
  );
  for (const [at, [language, question]] of UNANSWERED.entries())
    await keepUnanswered(
      trx,
      vault,
      { organisationId, personId: people[at]!.id, conversationId: uuid(), language, audience: 'patient', question },
      new Date(now.getTime() - (at + 1) * 0.7 * DAY_MS),
    );
}
