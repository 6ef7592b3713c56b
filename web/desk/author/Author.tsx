import { useTranslation } from 'react-i18next';
import { Area } from '../Area.tsx';
import { useMe } from '../session.ts';
import { tabsFor } from './tabs.ts';
import '../css/author.css';

/** What the organisation says. */
export function Author() {
  const { t } = useTranslation();
  return <Area className="author" label={t('author.title')} tabs={tabsFor(useMe())} />;
}
