import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { IconChevronLeft } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChannelIcon, Failed, Skeleton } from '../parts.tsx';
import { Bubble } from './Bubble.tsx';
import { SideThread } from './Consult.tsx';
import { consultQuery } from './joinings.ts';

const NONE: ReadonlySet<string> = new Set();

/** For who is consulted: the side thread and, while it is open, what it is about, to read. */
export function ConsultPage() {
  const { t } = useTranslation();
  const { consultId } = useParams({ strict: false }) as { consultId: string };
  const found = useQuery(consultQuery(consultId));
  const opened = found.data;
  useEffect(() => {
    document.title = `${t('consult.page')} · Hebra`;
  }, [t]);
  return (
    <main className="page consult-page" tabIndex={-1}>
      <header className="page-h">
        <Link to="/" className="ib" aria-label={t('app.back')}>
          <IconChevronLeft size={20} stroke={1.6} aria-hidden />
        </Link>
        {opened && <ChannelIcon channel={opened.consult.about.channel} />}
        <h1 className="cut">
          {t('consult.page')}
          {opened && ` · ${opened.consult.about.name ?? t('inbox.nameless')}`}
        </h1>
      </header>
      {found.isError ? (
        <div className="page-b">
          <Failed error={found.error} retry={() => void found.refetch()} />
        </div>
      ) : !opened ? (
        <div className="page-b">
          <Skeleton lines={6} label={t('app.loading')} />
        </div>
      ) : (
        <div className="consult-b">
          <section className="consult-c" aria-labelledby="consult-about">
            <h2 id="consult-about">{t('consult.about')}</h2>
            <p className="small soft">{t(opened.conversation ? 'consult.aboutText' : 'consult.aboutOver')}</p>
            {opened.conversation && (
              <>
                {opened.conversation.summary.length > 0 && (
                  <dl className="consult-k">
                    {opened.conversation.summary.map((line) => (
                      <div key={line.key}>
                        <dt>{t(`summary.${line.key}`, { defaultValue: line.key })}</dt>
                        <dd>{line.value}</dd>
                      </div>
                    ))}
                  </dl>
                )}
                <div className="thread" role="region" tabIndex={0} aria-label={t('conversation.messages')}>
                  {opened.conversation.messages.map((message) => (
                    <Bubble key={message.id} message={message} chosen={NONE} mine={false} />
                  ))}
                </div>
              </>
            )}
          </section>
          <SideThread opened={opened} />
        </div>
      )}
    </main>
  );
}
