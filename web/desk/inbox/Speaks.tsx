import { useTranslation } from 'react-i18next';
import type { InboxRow } from '../../../server/desk/contract.ts';
import { useMe } from '../session.ts';

/** The language they write in, when it is not the organisation's first. */
export function Speaks({ row }: { row: InboxRow }) {
  const { t } = useTranslation();
  if (row.language === useMe().organisation.languages[0]) return null;
  return (
    <span className="lang" role="img" aria-label={t(`language.${row.language}`)}>
      {row.language.toUpperCase()}
    </span>
  );
}
