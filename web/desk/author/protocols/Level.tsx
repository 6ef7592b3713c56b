import { useTranslation } from 'react-i18next';
import type { CareLevel } from '../../../../server/triage/protocols/contract.ts';
import { Diamond } from '../../parts.tsx';

/** How urgent a level of care is, as everywhere on the desk. */
export function Level({ level }: { level: CareLevel }) {
  const { t } = useTranslation();
  return (
    <span className="pr-level">
      {level === 'emergency_now' && <Diamond priority="critical" />}
      {(level === 'nurse_now' || level === 'nurse_within_hour') && <Diamond priority="urgent" />}
      {t(`protocols.level.${level}`)}
    </span>
  );
}
