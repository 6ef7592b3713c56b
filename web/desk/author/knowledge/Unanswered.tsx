import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Unanswered as Questions } from '../../../../server/assistant/knowledge/contract.ts';
import { timeOrDay } from '../../../ui/format.ts';
import { post } from '../../api.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { announce, tellRefusal } from '../../say.ts';
import { useWhen } from '../../session.ts';
import { beginning, unansweredQuery } from './data.ts';

type Group = Questions['groups'][number];

/** What patients asked and nothing answered, the most asked first. Who asked is not known here. */
export function Unanswered() {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const navigate = useNavigate();
  const client = useQueryClient();
  const list = useQuery(unansweredQuery);
  useEffect(() => {
    document.title = `${t('knowledge.unanswered')} · Hebra`;
  }, [t]);

  function write(group: Group): void {
    beginning.set({ question: group.question, language: group.language, ids: group.ids });
    void navigate({ to: '/author/knowledge/$articleId', params: { articleId: 'new' } });
  }
  async function dismiss(group: Group): Promise<void> {
    try {
      await post('/api/knowledge/unanswered/dismiss', { ids: group.ids });
    } catch (error) {
      return tellRefusal(error);
    }
    announce(t('knowledge.dismissed'));
    client.setQueryData(unansweredQuery.queryKey, (old) =>
      old ? { groups: old.groups.filter((one) => one.ids[0] !== group.ids[0]) } : old,
    );
  }
  const now = new Date();
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        <h1>{t('knowledge.unanswered')}</h1>
        {list.data && list.data.groups.length > 0 && (
          <span className="soft num">{t('knowledge.groups', { count: list.data.groups.length })}</span>
        )}
      </header>
      <div className="page-b wide">
        {list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={6} label={t('app.loading')} />
        ) : list.data.groups.length === 0 ? (
          <div className="nothing">
            <p className="strong">{t('knowledge.allAnswered')}</p>
            <p className="small soft">{t('knowledge.allAnsweredText')}</p>
          </div>
        ) : (
          <>
            <p className="small soft lead">{t('knowledge.unansweredText')}</p>
            <ul className="asked">
              {list.data.groups.map((group) => (
                <li key={group.ids[0]}>
                  <b className="asked-n num" aria-hidden>
                    {group.count}
                  </b>
                  <div className="asked-q">
                    <p className="strong" lang={group.language}>
                      {group.question}
                    </p>
                    <p className="small soft num">
                      {t('knowledge.askedTimes', { count: group.count })} · {t(`language.${group.language}`)} ·{' '}
                      {timeOrDay(new Date(group.lastAt), language, zone, now)}
                    </p>
                    {group.others.length > 0 && (
                      <ul className="asked-o small soft" lang={group.language}>
                        {group.others.map((other) => (
                          <li key={other}>{other}</li>
                        ))}
                      </ul>
                    )}
                    {group.tried && (
                      <p className="small">
                        {t('knowledge.tried')}{' '}
                        <Link
                          to="/author/knowledge/$articleId"
                          params={{ articleId: group.tried.articleId }}
                          search={{ language: group.language }}
                        >
                          {group.tried.title}
                        </Link>
                      </p>
                    )}
                  </div>
                  <div className="buttons">
                    <button type="button" className="btn sm line" onClick={() => write(group)}>
                      {t('knowledge.writeFrom')}
                      <span className="hidden-but-read">: {group.question}</span>
                    </button>
                    <button type="button" className="btn sm quiet" onClick={() => void dismiss(group)}>
                      {t('knowledge.dismiss')}
                      <span className="hidden-but-read">: {group.question}</span>
                    </button>
                  </div>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </main>
  );
}
