import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Trx } from '../../platform/postgres.ts';
import type { Audience, Block, Language } from './contract.ts';
import { asMessage, asWords, render } from './markdown.ts';
import { best, buildIndex, perhaps, type Hit, type Index } from './search.ts';

/** An article as it is published in one language. */
export type Published = {
  articleId: string;
  versionId: string;
  language: Language;
  audience: Audience;
  title: string;
  blocks: Block[];
  /** As one message, with the marks of WhatsApp. */
  text: string;
  validFrom: Date | null;
  validTo: Date | null;
  publishedAt: Date;
  tags: string[];
};

/** Who reads: a patient, an agent at the desk, an employee of the house. */
export type Reader = 'patient' | 'agent' | 'employee';
const MAY_READ: Record<Reader, readonly Audience[]> = {
  patient: ['patient'],
  agent: ['patient', 'agent', 'employee'],
  employee: ['patient', 'employee'],
};

/** What an organisation knows, ready to be searched. */
export type Shelf = {
  /** The article that answers a question, or null when none does well enough. */
  answer(query: string, language: Language, reader: Reader): (Published & Omit<Hit, 'id'>) | null;
  /** Up to three of which one may be meant where none surely answers, best first. */
  perhaps(query: string, language: Language, reader: Reader): Published[];
  /** One that the reader may read now, by its version; null where there is none. */
  one(versionId: string, reader: Reader): Published | null;
  /** The articles that come nearest, best first; for who chooses among them. */
  find(query: string, language: Language, reader: Reader, most: number): Published[];
  size: number;
};

export type Library = {
  /** The shelf of an organisation, as published; a moment old at most. */
  shelf(trx: Trx, organisationId: string): Promise<Shelf>;
  /** Something was published or withdrawn: look again at once. */
  forget(organisationId: string): void;
};

/** What another process published is seen after this. */
const FRESH_MS = 2_000;
/** Worse than this is not shown even to who chooses; an agent looks further than a patient. */
const AT_ALL: Record<Reader, number> = { patient: 0.35, agent: 0.2, employee: 0.35 };

/**
 * Keeps each organisation's published articles in memory, with an index for each language and kind of reader. Nothing is
 * read but a count of what happened to articles, every two seconds at most, and all of it anew when that has changed.
 */
export function createLibrary(clock: Clock): Library {
  const shelves = new Map<string, { shelf: Shelf; stamp: string; until: number }>();
  return {
    async shelf(trx, organisationId) {
      const known = shelves.get(organisationId);
      if (known && known.until > Date.now()) return known.shelf;
      const { rows } = await sql<{ stamp: string }>`
        select count(*) || ':' || coalesce(max(id), 0) as stamp from article_state
        where organisation_id = ${organisationId}::uuid`.execute(trx);
      const { stamp } = rows[0]!;
      const shelf =
        known && known.stamp === stamp ? known.shelf : makeShelf(await readPublished(trx, organisationId), clock);
      shelves.set(organisationId, { shelf, stamp, until: Date.now() + FRESH_MS });
      return shelf;
    },
    forget(organisationId) {
      shelves.delete(organisationId);
    },
  };
}

async function readPublished(trx: Trx, organisationId: string): Promise<(Published & { questions: string[] })[]> {
  const { rows } = await sql<{
    id: string;
    article_id: string;
    language: Language;
    audience: Audience;
    title: string;
    body: string;
    questions: string[];
    tags: string[];
    valid_from: Date | null;
    valid_to: Date | null;
    at: Date;
  }>`
    select v.id, v.article_id, v.language, v.audience, v.title, v.body, v.questions, v.tags, v.valid_from, v.valid_to, s.at
    from article_version v cross join lateral (
      select state, at from article_state s where s.version_id = v.id order by s.id desc limit 1) s
    where v.organisation_id = ${organisationId}::uuid and s.state = 'published'
      and (v.valid_to is null or v.valid_to > now() - interval '1 day')
    order by v.id`.execute(trx);
  return rows.map((row) => {
    const { blocks } = render(row.body);
    return {
      articleId: row.article_id,
      versionId: row.id,
      language: row.language,
      audience: row.audience,
      title: row.title,
      blocks,
      text: asMessage(blocks),
      validFrom: row.valid_from,
      validTo: row.valid_to,
      publishedAt: row.at,
      questions: row.questions,
      tags: row.tags,
    };
  });
}

function makeShelf(all: (Published & { questions: string[] })[], clock: Clock): Shelf {
  const byId = new Map(all.map((one) => [one.versionId, one]));
  const indexes = new Map<string, Index>();
  const index = (language: Language, reader: Reader): Index => {
    const key = `${language} ${reader}`;
    let made = indexes.get(key);
    if (!made) {
      const own = all.filter((one) => one.language === language && MAY_READ[reader].includes(one.audience));
      made = buildIndex(
        own.map((one) => ({
          id: one.versionId,
          title: one.title,
          questions: one.questions,
          body: asWords(one.blocks),
          tags: one.tags,
        })),
      );
      indexes.set(key, made);
    }
    return made;
  };
  const holds = (now: Date) => (id: string) => {
    const { validFrom, validTo } = byId.get(id)!;
    return (!validFrom || validFrom <= now) && (!validTo || validTo > now);
  };
  return {
    size: all.length,
    answer(query, language, reader) {
      const hit = best(index(language, reader).search(query, holds(clock())));
      if (!hit) return null;
      const { id, ...how } = hit;
      return { ...byId.get(id)!, ...how };
    },
    perhaps(query, language, reader) {
      return perhaps(index(language, reader).search(query, holds(clock()))).map((hit) => byId.get(hit.id)!);
    },
    one(versionId, reader) {
      const found = byId.get(versionId);
      return found && MAY_READ[reader].includes(found.audience) && holds(clock())(versionId) ? found : null;
    },
    find(query, language, reader, most) {
      return index(language, reader)
        .search(query, holds(clock()))
        .filter((hit) => hit.covered >= AT_ALL[reader])
        .slice(0, most)
        .map((hit) => byId.get(hit.id)!);
    },
  };
}
