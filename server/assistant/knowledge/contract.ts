import { z } from 'zod';

export const language = z.enum(['es', 'ca', 'en', 'pt']);
export type Language = z.infer<typeof language>;
export const LANGUAGES = language.options;
/** Whom an article is for. What is for patients everyone may read; the others only whom they name. */
export const audience = z.enum(['patient', 'agent', 'employee']);
export type Audience = z.infer<typeof audience>;
export const articleState = z.enum(['draft', 'published', 'withdrawn']);
export type ArticleState = z.infer<typeof articleState>;

const id = z.uuid();
const time = z.iso.datetime();
const day = z.iso.date();
const number = z.number().int().min(1);

/** Longest body, in characters: a message of WhatsApp holds 4,096. */
export const LONGEST_BODY = 4_000;

/** What an author writes. */
export const articleDraft = z.object({
  title: z.string().trim().min(1).max(120),
  /** Markdown: paragraphs, headings, lists, **bold**, *emphasis* and links. Anything else is shown as it is written. */
  body: z
    .string()
    .max(LONGEST_BODY)
    .refine((text) => text.trim() !== '', 'empty'),
  /** Other wordings that it answers. */
  questions: z.array(z.string().trim().min(1).max(200)).max(40).default([]),
  tags: z.array(z.string().trim().toLowerCase().min(1).max(40)).max(20).default([]),
  audience: audience.default('patient'),
  ownerId: id.nullish(),
  reviewOn: day.nullish(),
  validFrom: z.iso.datetime({ offset: true }).nullish(),
  validTo: z.iso.datetime({ offset: true }).nullish(),
});
export type ArticleDraft = z.infer<typeof articleDraft>;

/** A text of an article as it is shown: never HTML. */
const part = z.object({
  text: z.string(),
  bold: z.literal(true).optional(),
  italic: z.literal(true).optional(),
  /** http, https, tel or mailto. */
  href: z.string().optional(),
});
export type Part = z.infer<typeof part>;
export const block = z.object({
  kind: z.enum(['paragraph', 'heading', 'item']),
  /** Depth of an item, from 0. */
  level: z.number().int().optional(),
  /** Of an item in a numbered list. */
  number: z.number().int().optional(),
  parts: z.array(part),
});
export type Block = z.infer<typeof block>;

const member = z.object({ id, name: z.string() });

export const versionView = z.object({
  id,
  number,
  state: articleState,
  title: z.string(),
  body: z.string(),
  questions: z.array(z.string()),
  tags: z.array(z.string()),
  audience,
  owner: member.nullable(),
  reviewOn: day.nullable(),
  validFrom: time.nullable(),
  validTo: time.nullable(),
  savedAt: time,
  savedBy: z.string().nullable(),
  /** Every state that it went through, first to last. */
  states: z.array(
    z.object({ state: articleState, at: time, by: z.string().nullable(), reason: z.string().nullable() }),
  ),
});
export type VersionView = z.infer<typeof versionView>;

const counts = z.object({
  /** Times that it was given as an answer in the last 90 days, and what patients said of it. */
  answered: z.number().int(),
  helped: z.number().int(),
  notHelped: z.number().int(),
});

/** A line of `GET /api/knowledge/articles`: one article in one language. */
export const articleLine = z.object({
  id,
  key: z.string(),
  language,
  /** Of the last version. */
  title: z.string(),
  audience,
  tags: z.array(z.string()),
  owner: member.nullable(),
  reviewOn: day.nullable(),
  /** What patients get now: published, or not yet (draft), or no more (withdrawn). */
  state: articleState,
  /** Saved after what is published. */
  changed: z.boolean(),
  savedAt: time,
  /** Languages of the organisation in which it is not published. */
  missing: z.array(language),
  counts,
});
export type ArticleLine = z.infer<typeof articleLine>;
export const articlesQuery = z.object({
  language: language.optional(),
  state: z.enum(['draft', 'published', 'withdrawn', 'changed']).optional(),
  audience: audience.optional(),
  /** `1`: the review date has come. */
  due: z.literal('1').optional(),
});
export const articlesList = z.object({ articles: z.array(articleLine), languages: z.array(language) });

/** `GET /api/knowledge/articles/:id` */
export const articleView = z.object({
  id,
  key: z.string(),
  /** By language, newest version first; none where it was never written. */
  versions: z.record(z.string(), z.array(versionView)),
  languages: z.array(language),
  counts: z.record(z.string(), counts),
});
export type ArticleView = z.infer<typeof articleView>;

/** `POST /api/knowledge/articles` → 201 articleView */
export const newArticle = articleDraft.extend({
  language,
  /** Made of the title where it is left out. */
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,79}$/)
    .optional(),
  /** Questions of the list that it was written for: they are settled. */
  questionIds: z.array(id).max(500).default([]),
});
/** `PUT /api/knowledge/articles/:id/:language` → 200 articleView; 409 `knowledge.changed_meanwhile` */
export const saveArticle = articleDraft.extend({
  /** Number of the version that it was written over; 0 where there was none. */
  base: z.number().int().min(0),
});
/** `POST …/publish`, `POST …/withdraw` */
export const moveBody = z.object({ number });

/** `POST /api/knowledge/preview`: how a body reads on each channel. */
export const previewBody = z.object({ title: z.string().max(200), body: z.string().max(LONGEST_BODY * 2), language });
export const preview = z.object({
  blocks: z.array(block),
  /** As the assistant says it, with its source; `*bold*` and `_italic_` as WhatsApp writes them. */
  whatsapp: z.string(),
  /** What is left out: raw HTML, pictures, links to places that are not allowed. */
  dropped: z.array(z.enum(['html', 'image', 'link'])),
});
export type Preview = z.infer<typeof preview>;

/** `GET /api/knowledge/search?q=&language=`: for the desk, articles for patients and for agents. */
export const searchQuery = z.object({ q: z.string().trim().min(2).max(200), language });
export const found = z.object({
  articleId: id,
  versionId: id,
  title: z.string(),
  audience,
  blocks: z.array(block),
  /** As it goes into a reply. */
  text: z.string(),
  publishedAt: time,
  language,
});
export type Found = z.infer<typeof found>;
export const searchAnswer = z.object({ articles: z.array(found) });
/** `POST /api/knowledge/used`: an agent put it into a reply. */
export const usedBody = z.object({ versionId: id, conversationId: id.optional() });

/** `GET /api/knowledge/unanswered` (each question read leaves an audit entry; who asked is not shown). */
export const unanswered = z.object({
  groups: z.array(
    z.object({
      /** The one that is most like the others. */
      question: z.string(),
      language,
      audience: z.enum(['patient', 'employee']),
      count: z.number().int(),
      lastAt: time,
      others: z.array(z.string()),
      ids: z.array(id),
      /** The article that was given and did not help. */
      tried: z.object({ articleId: id, title: z.string() }).nullable(),
    }),
  ),
});
export type Unanswered = z.infer<typeof unanswered>;
/** `POST /api/knowledge/unanswered/dismiss` */
export const dismissBody = z.object({ ids: z.array(id).min(1).max(500) });
/** `GET /api/knowledge/owners` */
export const owners = z.object({ owners: z.array(member) });
