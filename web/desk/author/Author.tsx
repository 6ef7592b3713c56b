import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../session.ts';
import { tabsFor } from './tabs.ts';
import '../css/author.css';

/** What the organisation says: a tab for each part that this colleague may see, and below it the part. */
export function Author() {
  const { t } = useTranslation();
  const at = useRouterState({ select: (router) => router.location.pathname });
  const tabs = tabsFor(useMe());
  return (
    <div className="author">
      {tabs.length > 1 && (
        <nav className="author-tabs" aria-label={t('author.title')}>
          {tabs.map((tab) => {
            const here = at.startsWith(tab.to);
            return (
              <Link key={tab.to} to={tab.to} className={here ? 'on' : ''} aria-current={here ? 'page' : undefined}>
                {t(tab.name)}
              </Link>
            );
          })}
        </nav>
      )}
      <Outlet />
    </div>
  );
}
