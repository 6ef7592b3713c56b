import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** An area of the desk with several parts: a tab for each that this colleague may see, and below it the part. */
export function Area<Tab extends { to: string; name: string }>({
  className,
  label,
  tabs,
}: {
  className: string;
  label: string;
  tabs: readonly Tab[];
}) {
  const { t } = useTranslation();
  const at = useRouterState({ select: (router) => router.location.pathname });
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // on a telephone the tabs are wider than the page: where one is must be seen
    nav.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [at]);
  return (
    <div className={className}>
      {tabs.length > 1 && (
        <nav ref={nav} className="area-tabs" aria-label={label}>
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
