import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { HREFS } from '../../../../server/routing/ways/contract.ts';
import { ConfirmDialog } from '../../ConfirmDialog.tsx';
import { post, Refused } from '../../api.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { refusal, tell } from '../../say.ts';
import { may, useMe } from '../../session.ts';
import { useStore } from '../../store.ts';
import { Choice } from '../parts.tsx';
import {
  draft,
  same,
  type SampleVisitor,
  tryQuery,
  type WaysContent,
  waysQuery,
  type WaysVersion,
  type WaysView,
} from './data.ts';
import { isWhole } from './fields.tsx';
import { Findings } from './Findings.tsx';
import { Difference, History } from './History.tsx';
import { OwnWays } from './OwnWays.tsx';
import { Rules } from './Rules.tsx';
import { Preview, SAMPLE, SampleForm, Why } from './Try.tsx';
import '../../css/safety.css';
import '../../css/ways.css';

const PARTS = ['rules', 'own', 'history'] as const;

/** Which ways patients are offered: the rules, tried before they count, and every version that did. */
export function Ways() {
  const { t } = useTranslation();
  const view = useQuery(waysQuery);
  useEffect(() => {
    document.title = `${t('ways.title')} · Hebra`;
  }, [t]);
  if (view.data) return <Page view={view.data} />;
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('ways.title')}</h1>
      </header>
      <div className="page-b wide">
        {view.error instanceof Refused && view.error.status === 403 ? (
          <p className="nothing soft">{refusal(view.error)}</p>
        ) : view.isError ? (
          <Failed error={view.error} retry={() => void view.refetch()} />
        ) : (
          <Skeleton lines={10} label={t('app.loading')} />
        )}
      </div>
    </main>
  );
}

type Asking = { kind: 'publish' | 'discard' } | { kind: 'restore'; version: WaysVersion };

function Page({ view }: { view: WaysView }) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const mine = useStore(draft);
  const writes = may(me, 'ways.write');
  const begun = writes && mine?.organisationId === me.organisation.id ? mine : null;
  const content = begun?.content ?? view.content;
  const changed = begun !== null && !same(begun.content, view.content);
  const movedOn = changed && begun.base !== view.version.number;

  const [part, setPart] = useState<(typeof PARTS)[number]>('rules');
  const [open, setOpen] = useState<string | null>(null);
  const [visitor, setVisitor] = useState<SampleVisitor>(SAMPLE);
  const [asking, setAsking] = useState<Asking | null>(null);

  useEffect(() => {
    if (!changed) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [changed]);

  const change = writes
    ? (next: WaysContent): void =>
        draft.set({ organisationId: me.organisation.id, base: begun?.base ?? view.version.number, content: next })
    : undefined;
  const missing = whatIsMissing(content);
  // what cannot be read yet is not asked about: the answer before it stays
  const asked = useDeferredValue(useMemo(() => trialOf(content), [content]));
  const tried = useQuery(tryQuery(asked, visitor));
  const decided = new Set(tried.data?.decided.flatMap((one) => (one.by === 'rule' && one.rule ? [one.rule.id] : [])));
  const findings = tried.data?.findings ?? view.findings;
  const insurers = [...new Set(content.rules.flatMap((rule) => rule.when.insurers))];

  function take(next: WaysView): void {
    client.setQueryData(waysQuery.queryKey, next);
    draft.set(null);
    setOpen(null);
    setAsking(null);
  }
  async function publish(note: string): Promise<void> {
    try {
      take(await post<WaysView>('/api/ways/publish', { base: view.version.number, content, ...(note && { note }) }));
      tell(t('ways.published'));
    } catch (error) {
      if (error instanceof Refused && error.code === 'ways.moved_on')
        void client.invalidateQueries({ queryKey: waysQuery.queryKey });
      throw error;
    }
  }
  async function restore(version: WaysVersion, note: string): Promise<void> {
    take(
      await post<WaysView>(`/api/ways/versions/${version.number}/restore`, {
        base: view.version.number,
        ...(note && { note }),
      }),
    );
    tell(t('ways.history.restoredNow', { number: version.number }));
  }
  function go(ruleId: string): void {
    flushSync(() => {
      setPart('rules');
      if (writes) setOpen(ruleId);
    });
    const row = document.getElementById(`rule-${ruleId}`);
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
  }

  return (
    <main className="page editor wy" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('ways.title')}</h1>
        <span className="chip num">
          {view.version.number === 0 ? t('ways.unpublished') : t('ways.version', { number: view.version.number })}
        </span>
        {changed && <span className="chip late">{t('ways.changed')}</span>}
        <span className="grow" />
        {changed && (
          <button type="button" className="btn line" onClick={() => setAsking({ kind: 'discard' })}>
            {t('ways.discard')}
          </button>
        )}
        {writes && (
          <button
            type="button"
            className="btn pri"
            disabled={!changed || movedOn || missing !== null}
            onClick={() => setAsking({ kind: 'publish' })}
          >
            {t('ways.publish')}
          </button>
        )}
      </header>
      <div className="editor-b">
        <section className="editor-l" aria-label={t('ways.title')}>
          <p className="small soft wy-lead">{t('ways.lead', { organisation: me.organisation.name })}</p>
          {!writes && <p className="small soft">{t('ways.readOnly')}</p>}
          {movedOn && (
            <div className="said" role="alert">
              <IconAlertTriangle size={16} stroke={1.6} aria-hidden />
              <div>
                <p>{t('ways.movedOn', { number: view.version.number })}</p>
                <div className="buttons">
                  <button type="button" className="btn sm line" onClick={() => draft.set(null)}>
                    {t('ways.takeTheirs')}
                  </button>
                  <button
                    type="button"
                    className="btn sm line"
                    onClick={() => draft.set({ ...begun, base: view.version.number })}
                  >
                    {t('ways.keepMine')}
                  </button>
                </div>
              </div>
            </div>
          )}
          {missing && (
            <p className="said small" role="status">
              <IconAlertTriangle size={16} stroke={1.6} aria-hidden />
              {t(missing.key, { way: missing.way ? t(`ways.kind.${missing.way}`) : '' })}
            </p>
          )}
          <Choice
            label={t('ways.parts')}
            value={part}
            choose={setPart}
            options={PARTS.map((one) => ({
              value: one,
              name: t(`ways.part.${one}`),
              ...(one === 'rules' && content.rules.length > 0 && { count: content.rules.length }),
            }))}
          />
          {part === 'rules' ? (
            <Rules
              rules={content.rules}
              names={view}
              open={open}
              setOpen={setOpen}
              change={change && ((rules) => change({ ...content, rules }))}
              decided={decided}
              marked={new Set(findings.flatMap((one) => (one.ruleId ? [one.ruleId] : [])))}
            />
          ) : part === 'own' ? (
            <OwnWays content={content} view={view} change={change} />
          ) : (
            <History view={view} restore={writes ? (version) => setAsking({ kind: 'restore', version }) : undefined} />
          )}
        </section>
        <aside className="editor-r wy-try" aria-label={t('ways.tryIt.title')}>
          <div>
            <h2>{t('ways.tryIt.title')}</h2>
            <p className="small soft">{t('ways.tryIt.text')}</p>
          </div>
          <SampleForm visitor={visitor} view={view} insurers={insurers} change={setVisitor} />
          {tried.data ? (
            <div className="wy-answer" aria-live="polite" aria-busy={tried.isFetching}>
              <Preview shown={tried.data.shown} />
              <Why tried={tried.data} rules={content.rules} go={go} />
            </div>
          ) : tried.isError ? (
            <Failed error={tried.error} retry={() => void tried.refetch()} />
          ) : (
            <Skeleton lines={6} label={t('app.loading')} />
          )}
          <Findings findings={findings} rules={content.rules} go={go} />
        </aside>
      </div>
      {asking?.kind === 'publish' && (
        <ConfirmDialog
          title={t('ways.publishTitle', { number: view.version.number + 1 })}
          action={t('ways.publish')}
          reason="optional"
          reasonLabel={t('ways.note')}
          close={() => setAsking(null)}
          confirm={publish}
        >
          <p className="small soft">{t('ways.publishText', { organisation: me.organisation.name })}</p>
          <Difference from={view.content} to={content} view={view} />
          {findings.length > 0 && (
            <Findings
              again
              findings={findings}
              rules={content.rules}
              go={(id) => {
                setAsking(null);
                go(id);
              }}
            />
          )}
        </ConfirmDialog>
      )}
      {asking?.kind === 'discard' && (
        <ConfirmDialog
          title={t('ways.discardTitle')}
          action={t('ways.discard')}
          close={() => setAsking(null)}
          confirm={async () => {
            draft.set(null);
            setOpen(null);
            setAsking(null);
          }}
        >
          <p className="small soft">{t('ways.discardText')}</p>
        </ConfirmDialog>
      )}
      {asking?.kind === 'restore' && (
        <ConfirmDialog
          title={t('ways.history.restoreTitle', { number: asking.version.number })}
          action={t('ways.history.restore')}
          reason="optional"
          reasonLabel={t('ways.note')}
          close={() => setAsking(null)}
          confirm={(note) => restore(asking.version, note)}
        >
          <p className="small soft">{t('ways.history.restoreText')}</p>
        </ConfirmDialog>
      )}
    </main>
  );
}

/** The first thing that keeps a content from being published, in words. */
function whatIsMissing(content: WaysContent): {
  key:
    | 'ways.rules.needsName'
    | 'ways.rules.needsWays'
    | 'ways.rules.needsSays'
    | 'ways.rules.needsLabel'
    | 'ways.rules.badHref'
    | 'ways.rules.badAges';
  way?: WaysContent['ways'][number]['kind'];
} | null {
  for (const rule of content.rules) {
    if (!rule.name.trim()) return { key: 'ways.rules.needsName' };
    if (rule.ways.length === 0) return { key: 'ways.rules.needsWays' };
    if (!isWhole(rule.says)) return { key: 'ways.rules.needsSays' };
    const { ages } = rule.when;
    if (ages && (ages.from ?? 0) > (ages.to ?? 130)) return { key: 'ways.rules.badAges' };
  }
  for (const way of content.ways)
    if (!isWhole(way.label) || !isWhole(way.hint)) return { key: 'ways.rules.needsLabel' };
  const bad = content.ways.find((way) => !leads(way));
  return bad ? { key: 'ways.rules.badHref', way: bad.kind } : null;
}

const leads = ({ kind, href }: WaysContent['ways'][number]): boolean =>
  href === null || HREFS[kind]?.test(href) === true;

/** A content that the server can try: what an author has not finished is left out. */
function trialOf(content: WaysContent): WaysContent {
  return {
    ...content,
    ways: content.ways.map((way) => ({
      ...way,
      href: leads(way) ? way.href : null,
      label: isWhole(way.label) ? way.label : null,
      hint: isWhole(way.hint) ? way.hint : null,
    })),
    rules: content.rules
      .filter(
        (rule) => rule.ways.length > 0 && !(rule.when.ages && (rule.when.ages.from ?? 0) > (rule.when.ages.to ?? 130)),
      )
      .map((rule) => ({ ...rule, name: rule.name.trim() || '…', says: isWhole(rule.says) ? rule.says : null })),
  };
}
