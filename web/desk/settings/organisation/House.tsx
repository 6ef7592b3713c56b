import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../session.ts';
import { houseTabsFor } from './tabs.ts';
import '../../css/house.css';

/** What the organisation decides, and whether it keeps its promises: a tab for each part that this colleague may see. */
export function House() {
  const { t } = useTranslation();
  const at = useRouterState({ select: (router) => router.location.pathname });
  const tabs = houseTabsFor(useMe());
  return (
    <div className="house">
      {tabs.length > 1 && (
        <nav className="house-tabs" aria-label={t('house.title')}>
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
