import { Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ArticleView, Language, VersionView } from '../../../../server/assistant/knowledge/contract.ts';
import { LONGEST_BODY } from '../../../../server/assistant/knowledge/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ask, post, Refused } from '../../api.ts';
import { spoken } from '../../i18n.ts';
import { shortcut } from '../../key-table.ts';
import { useKeys } from '../../keys.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { announce, refusal, tell } from '../../say.ts';
import { may, useMe, useWhen } from '../../session.ts';
import { articleQuery, beginning, draftOf, EMPTY, type Form, formOf, toPublish } from './data.ts';
import { Preview } from './Preview.tsx';
import { Change, History } from './History.tsx';
import { Field, Owner } from './fields.tsx';

/** One article, in one language at a time: what it says, how it reads, and what became of it. */
export function Editor() {
  const { t } = useTranslation();
  const me = useMe();
  const { articleId } = useParams({ strict: false }) as { articleId: string };
  const search = useSearch({ strict: false }) as { language?: Language };
  const isNew = articleId === 'new';
  const article = useQuery({ ...articleQuery(articleId), enabled: !isNew });
  const languages = (article.data?.languages ?? me.organisation.languages) as Language[];
  const written = Object.keys(article.data?.versions ?? {}) as Language[];
  const language: Language =
    search.language ??
    (isNew ? (beginning.get()?.language ?? languages[0]!) : null) ??
    (written.includes(spoken() as Language) ? (spoken() as Language) : (written[0] ?? languages[0]!));
  if (!isNew && article.isError)
    return (
      <main className="page" tabIndex={-1}>
        <div className="page-b wide">
          <Failed error={article.error} retry={() => void article.refetch()} />
        </div>
      </main>
    );
  if (!isNew && !article.data)
    return (
      <main className="page" tabIndex={-1}>
        <Skeleton lines={10} label={t('app.loading')} />
      </main>
    );
  return (
    <Sheet key={`${articleId} ${language}`} article={article.data ?? null} language={language} languages={languages} />
  );
}

type Said = { text: string; over?: number };

function Sheet({
  article,
  language,
  languages,
}: {
  article: ArticleView | null;
  language: Language;
  languages: Language[];
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { language: mine, zone } = useWhen();
  const navigate = useNavigate();
  const client = useQueryClient();
  const versions = article?.versions[language] ?? [];
  const newest = versions[0];
  const published = versions.find((one) => one.state === 'published');
  const [form, setForm] = useState<Form>(() => {
    if (newest) return formOf(newest);
    const other = Object.values(article?.versions ?? {})[0]?.[0];
    // another language of the same article: whose it is and for whom stays, the words are written anew
    if (other) return { ...formOf(other), title: '', body: '', questions: '' };
    const from = beginning.get();
    return from ? { ...EMPTY, questions: from.question } : EMPTY;
  });
  const [base, setBase] = useState(newest?.number ?? 0);
  const [kept, setKept] = useState(form);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said | null>(null);
  const [asking, setAsking] = useState<'publish' | 'withdraw' | 'history' | null>(() =>
    article && toPublish.get() === article.id ? 'publish' : null,
  );
  useEffect(() => toPublish.set(null), []);
  const changed = JSON.stringify(form) !== JSON.stringify(kept);
  const writes = may(me, 'knowledge.write');
  const publishes = may(me, 'knowledge.publish');
  const title = form.title.trim() || t('knowledge.untitled');
  useEffect(() => {
    document.title = `${title} · Hebra`;
  }, [title]);
  useEffect(() => {
    if (!changed) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [changed]);

  const take = (view: ArticleView): void => {
    client.setQueryData(articleQuery(view.id).queryKey, view);
    void client.invalidateQueries({ queryKey: ['knowledge', 'articles'] });
    setBase(view.versions[language]?.[0]?.number ?? 0);
  };
  async function save(over = base, andPublish = false): Promise<ArticleView | null> {
    if (!form.title.trim() || !form.body.trim()) {
      setSaid({ text: t('knowledge.incomplete') });
      return null;
    }
    setBusy(true);
    setSaid(null);
    try {
      const draft = draftOf(form);
      const from = beginning.get();
      const view = article
        ? await ask<ArticleView>(`/api/knowledge/articles/${article.id}/${language}`, {
            method: 'PUT',
            body: { ...draft, base: over },
          })
        : await post<ArticleView>('/api/knowledge/articles', { ...draft, language, questionIds: from?.ids ?? [] });
      setKept(form);
      take(view);
      if (!article) {
        if (andPublish) toPublish.set(view.id);
        beginning.set(null);
        void client.invalidateQueries({ queryKey: ['knowledge', 'unanswered'] });
        void navigate({
          to: '/author/knowledge/$articleId',
          params: { articleId: view.id },
          search: { language },
          replace: true,
        });
      }
      announce(t('knowledge.saved'));
      return view;
    } catch (error) {
      const number = error instanceof Refused && error.code === 'knowledge.changed_meanwhile';
      setSaid({ text: refusal(error), ...(number && { over: Number((error as Refused).extra['number']) }) });
      return null;
    } finally {
      setBusy(false);
    }
  }
  async function move(path: 'publish' | 'withdraw', number: number): Promise<void> {
    setBusy(true);
    try {
      take(await post<ArticleView>(`/api/knowledge/articles/${article!.id}/${language}/${path}`, { number }));
      setAsking(null);
      tell(t(path === 'publish' ? 'knowledge.publishedNow' : 'knowledge.withdrawnNow'));
    } catch (error) {
      setAsking(null);
      setSaid({ text: refusal(error) });
      void client.invalidateQueries({ queryKey: ['knowledge', 'article', article!.id] });
    } finally {
      setBusy(false);
    }
  }
  async function askToPublish(): Promise<void> {
    if ((changed || !article) && !(await save(base, true))) return;
    setAsking('publish');
  }
  useKeys('author', { save: writes ? () => void save() : undefined });
  const set = (part: Partial<Form>): void => setForm((old) => ({ ...old, ...part }));
  const ready = newest?.state === 'draft' || changed || !newest;

  return (
    <main className="page editor" tabIndex={-1}>
      <header className="page-h">
        <nav aria-label={t('knowledge.where')} className="trail">
          <Link to="/author/knowledge">{t('knowledge.title')}</Link>
        </nav>
        <h1 className="cut">{title}</h1>
        <StateChip newest={newest} published={published} changed={changed} />
        <span className="grow" />
        {newest && (
          <button type="button" className="btn line" onClick={() => setAsking('history')}>
            {t('knowledge.history')}
          </button>
        )}
        {published && publishes && (
          <button type="button" className="btn line" onClick={() => setAsking('withdraw')}>
            {t('knowledge.withdraw')}
          </button>
        )}
        {writes && (
          <button
            type="button"
            className="btn line"
            disabled={busy || !changed}
            aria-keyshortcuts={shortcut('author', 'save')}
            onClick={() => void save()}
          >
            {t('app.save')}
          </button>
        )}
        {publishes && (writes || newest) && (
          <button
            type="button"
            className="btn pri"
            disabled={busy || !ready || (!writes && newest?.state !== 'draft')}
            onClick={() => void askToPublish()}
          >
            {t('knowledge.publish')}
          </button>
        )}
      </header>
      <div className="editor-b">
        <section className="editor-l" aria-label={t('knowledge.text')}>
          {said && (
            <div className="said" role="alert">
              <div>
                <p>{said.text}</p>
                {said.over !== undefined && (
                  <div className="buttons">
                    <button
                      type="button"
                      className="btn sm line"
                      onClick={() => {
                        void client.invalidateQueries({ queryKey: ['knowledge', 'article', article!.id] });
                        setAsking('history');
                      }}
                    >
                      {t('knowledge.seeTheirs')}
                    </button>
                    <button type="button" className="btn sm line" onClick={() => void save(said.over)}>
                      {t('knowledge.saveOver')}
                    </button>
                  </div>
                )}
              </div>
            </div>
          )}
          <nav className="lang-tabs" aria-label={t('knowledge.language')}>
            {languages.map((one) => {
              const own = article?.versions[one];
              const isOut = own?.some((version) => version.state === 'published');
              const state = !own ? 'missing' : isOut ? 'published' : 'draft';
              return (
                <Link
                  key={one}
                  to="/author/knowledge/$articleId"
                  params={{ articleId: article?.id ?? 'new' }}
                  search={{ language: one }}
                  className={`${one === language ? 'on' : ''} ${state}`}
                  aria-current={one === language ? 'page' : undefined}
                  onClick={(event) => {
                    if (changed && !confirm(t('knowledge.leave'))) event.preventDefault();
                  }}
                >
                  <span className={`lang ${state}`} aria-hidden>
                    {one.toUpperCase()}
                  </span>{' '}
                  <span lang={spoken()}>{t(`language.${one}`)}</span>
                  {state !== 'published' && article && (
                    <span className="small soft"> {t(`knowledge.states.${state}`).toLowerCase()}</span>
                  )}
                </Link>
              );
            })}
          </nav>
          <fieldset disabled={!writes} className="editor-form">
            <Field label={t('knowledge.fields.title')} count={`${form.title.length}/120`}>
              {(id) => (
                <input
                  id={id}
                  className="input"
                  lang={language}
                  maxLength={120}
                  value={form.title}
                  onChange={(event) => set({ title: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field
              label={t('knowledge.fields.body')}
              hint={t('knowledge.fields.bodyHint')}
              count={`${form.body.length}/${LONGEST_BODY}`}
            >
              {(id) => (
                <textarea
                  id={id}
                  className="input body"
                  lang={language}
                  rows={12}
                  spellCheck
                  maxLength={LONGEST_BODY}
                  value={form.body}
                  onChange={(event) => set({ body: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field label={t('knowledge.fields.questions')} hint={t('knowledge.fields.questionsHint')}>
              {(id) => (
                <textarea
                  id={id}
                  className="input"
                  lang={language}
                  rows={4}
                  value={form.questions}
                  onChange={(event) => set({ questions: event.currentTarget.value })}
                />
              )}
            </Field>
            <div className="editor-two">
              <Field label={t('knowledge.audience')} hint={t(`knowledge.audienceHint.${form.audience}`)}>
                {(id) => (
                  <select
                    id={id}
                    className="input"
                    value={form.audience}
                    onChange={(event) => set({ audience: event.currentTarget.value as Form['audience'] })}
                  >
                    {(['patient', 'agent', 'employee'] as const).map((one) => (
                      <option key={one} value={one}>
                        {t(`knowledge.audiences.${one}`)}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              <Owner value={form.ownerId} known={newest?.owner ?? null} choose={(ownerId) => set({ ownerId })} />
              <Field label={t('knowledge.fields.reviewOn')}>
                {(id) => (
                  <input
                    id={id}
                    type="date"
                    className="input"
                    value={form.reviewOn}
                    onChange={(event) => set({ reviewOn: event.currentTarget.value })}
                  />
                )}
              </Field>
              <Field label={t('knowledge.fields.tags')}>
                {(id) => (
                  <input
                    id={id}
                    className="input"
                    value={form.tags}
                    onChange={(event) => set({ tags: event.currentTarget.value })}
                  />
                )}
              </Field>
              <Field label={t('knowledge.fields.validFrom')}>
                {(id) => (
                  <input
                    id={id}
                    type="date"
                    className="input"
                    value={form.validFrom}
                    onChange={(event) => set({ validFrom: event.currentTarget.value })}
                  />
                )}
              </Field>
              <Field label={t('knowledge.fields.validTo')}>
                {(id) => (
                  <input
                    id={id}
                    type="date"
                    className="input"
                    value={form.validTo}
                    onChange={(event) => set({ validTo: event.currentTarget.value })}
                  />
                )}
              </Field>
            </div>
          </fieldset>
        </section>
        <aside className="editor-r" aria-label={t('knowledge.looks')}>
          <Preview title={form.title} body={form.body} language={language} />
          {article && <Told counts={article.counts[language]} />}
          {newest && (
            <p className="small soft num">
              {t('knowledge.lastSaved', {
                when: dayAndTime(new Date(newest.savedAt), mine, zone),
                name: newest.savedBy ?? '–',
              })}
            </p>
          )}
        </aside>
      </div>
      {asking === 'publish' && newest && (
        <Ask
          title={t('knowledge.publishTitle')}
          text={
            published
              ? t('knowledge.publishOver', { number: published.number })
              : t('knowledge.publishFirst', { language: t(`language.${language}`) })
          }
          action={t('knowledge.publish')}
          busy={busy}
          close={() => setAsking(null)}
          act={() => void move('publish', newest.number)}
        >
          {published && <Change before={published} after={newest} />}
        </Ask>
      )}
      {asking === 'withdraw' && published && (
        <Ask
          title={t('knowledge.withdrawTitle')}
          text={t('knowledge.withdrawText')}
          action={t('knowledge.withdraw')}
          busy={busy}
          close={() => setAsking(null)}
          act={() => void move('withdraw', published.number)}
        />
      )}
      {asking === 'history' && <History versions={versions} close={() => setAsking(null)} />}
    </main>
  );
}

function StateChip({
  newest,
  published,
  changed,
}: {
  newest: VersionView | undefined;
  published: VersionView | undefined;
  changed: boolean;
}) {
  const { t } = useTranslation();
  const words =
    changed || !newest
      ? t('knowledge.unsaved')
      : newest.state === 'draft' && published
        ? t('knowledge.draftOver', { draft: newest.number, published: published.number })
        : `${t(`knowledge.states.${newest.state}`)} · ${newest.number}`;
  return <span className="chip num">{words}</span>;
}

function Told({ counts }: { counts: { answered: number; helped: number; notHelped: number } | undefined }) {
  const { t } = useTranslation();
  if (!counts || counts.answered === 0) return <p className="small soft">{t('knowledge.neverAsked90')}</p>;
  const judged = counts.helped + counts.notHelped;
  return (
    <p className="small num">
      {t('knowledge.answered90', { count: counts.answered })}
      {judged > 0 && <> {t('knowledge.helped90', { helped: counts.helped, judged })}</>}
    </p>
  );
}

function Ask({
  title,
  text,
  action,
  busy,
  close,
  act,
  children,
}: {
  title: string;
  text: string;
  action: string;
  busy: boolean;
  close: () => void;
  act: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={title} size={640} centered closeButtonProps={{ 'aria-label': t('app.close') }}>
      <div className="dialog">
        <p className="small soft">{text}</p>
        {children}
        <footer className="dialog-f">
          <button type="button" className="btn quiet" onClick={close}>
            {t('app.cancel')}
          </button>
          <button type="button" className="btn pri" data-autofocus disabled={busy} onClick={act}>
            {action}
          </button>
        </footer>
      </div>
    </Modal>
  );
}
