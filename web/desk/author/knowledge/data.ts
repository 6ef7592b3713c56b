import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  ArticleDraft,
  ArticleView,
  articlesList,
  Language,
  owners,
  Preview,
  searchAnswer,
  Unanswered,
  VersionView,
} from '../../../../server/assistant/knowledge/contract.ts';
import { ask } from '../../api.ts';
import { store } from '../../store.ts';

export const articlesQuery = queryOptions<z.infer<typeof articlesList>>({
  queryKey: ['knowledge', 'articles'],
  staleTime: 0,
  queryFn: ({ signal }) => ask('/api/knowledge/articles', { signal }),
});
export const articleQuery = (id: string) =>
  queryOptions<ArticleView>({
    queryKey: ['knowledge', 'article', id],
    staleTime: 0,
    queryFn: ({ signal }) => ask(`/api/knowledge/articles/${id}`, { signal }),
  });
export const ownersQuery = queryOptions<z.infer<typeof owners>>({
  queryKey: ['knowledge', 'owners'],
  queryFn: ({ signal }) => ask('/api/knowledge/owners', { signal }),
});
export const unansweredQuery = queryOptions<Unanswered>({
  queryKey: ['knowledge', 'unanswered'],
  staleTime: 0,
  queryFn: ({ signal }) => ask('/api/knowledge/unanswered', { signal }),
});
export const searchQuery = (q: string, language: Language) =>
  queryOptions<z.infer<typeof searchAnswer>>({
    queryKey: ['knowledge', 'search', language, q],
    queryFn: ({ signal }) =>
      ask(`/api/knowledge/search?${new URLSearchParams({ q: q.slice(0, 200), language })}`, { signal }),
  });
export const previewOf = (
  body: { title: string; body: string; language: Language },
  signal: AbortSignal,
): Promise<Preview> => ask('/api/knowledge/preview', { method: 'POST', body, signal });

/** What a new article begins with: a question of the list, never in the address. */
export const beginning = store<{ question: string; language: Language; ids: string[] } | null>(null);

/** The article that was just begun and is to be published: its page asks at once. */
export const toPublish = store<string | null>(null);

/** A draft as its form holds it. */
export type Form = {
  title: string;
  body: string;
  questions: string;
  tags: string;
  audience: ArticleDraft['audience'];
  ownerId: string;
  reviewOn: string;
  validFrom: string;
  validTo: string;
};

export const EMPTY: Form = {
  title: '',
  body: '',
  questions: '',
  tags: '',
  audience: 'patient',
  ownerId: '',
  reviewOn: '',
  validFrom: '',
  validTo: '',
};

export function formOf(version: VersionView): Form {
  return {
    title: version.title,
    body: version.body,
    questions: version.questions.join('\n'),
    tags: version.tags.join(', '),
    audience: version.audience,
    ownerId: version.owner?.id ?? '',
    reviewOn: version.reviewOn ?? '',
    validFrom: version.validFrom?.slice(0, 10) ?? '',
    validTo: version.validTo?.slice(0, 10) ?? '',
  };
}

const lines = (text: string, between: RegExp): string[] =>
  text
    .split(between)
    .map((one) => one.trim())
    .filter(Boolean);

export function draftOf(form: Form): ArticleDraft {
  return {
    title: form.title.trim(),
    body: form.body,
    questions: lines(form.questions, /\n/),
    tags: lines(form.tags, /[,\n]/),
    audience: form.audience,
    ownerId: form.ownerId || null,
    reviewOn: form.reviewOn || null,
    validFrom: form.validFrom ? new Date(`${form.validFrom}T00:00:00`).toISOString() : null,
    validTo: form.validTo ? new Date(`${form.validTo}T00:00:00`).toISOString() : null,
  };
}
