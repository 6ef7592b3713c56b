import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../api.ts';
import { Failed, Skeleton } from '../parts.tsx';

/** A page of the organisation's area: its title, and what it shows once it is there. */
export function Page({
  title,
  count,
  above,
  action,
  query,
  wide = true,
  children,
}: {
  title: string;
  count?: string | undefined;
  /** The page that this one is a part of. */
  above?: ReactNode;
  action?: ReactNode;
  query: { data: unknown; error: unknown; refetch: () => unknown };
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Hebra`;
  }, [title]);
  const forbidden = query.error instanceof Refused && query.error.status === 403;
  return (
    <main className="page" tabIndex={-1}>
      <header className="page-h">
        {above && (
          <nav className="above" aria-label={t('app.back')}>
            {above}
          </nav>
        )}
        <h1>{title}</h1>
        {count && <span className="soft num">{count}</span>}
        <span className="grow" />
        {!forbidden && action}
      </header>
      <div className={`page-b ${wide ? 'wide' : ''}`}>
        {query.data ? (
          children
        ) : forbidden ? (
          <p className="soft">{t('house.forbidden')}</p>
        ) : query.error ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton lines={8} label={t('app.loading')} />
        )}
      </div>
    </main>
  );
}
