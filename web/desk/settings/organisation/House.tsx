import { useTranslation } from 'react-i18next';
import { Area } from '../../Area.tsx';
import { useMe } from '../../session.ts';
import { houseTabsFor } from './tabs.ts';
import '../../css/house.css';

/** What the organisation decides, and whether it keeps its promises. */
export function House() {
  const { t } = useTranslation();
  return <Area className="house" label={t('house.title')} tabs={houseTabsFor(useMe())} />;
}
