import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { WhoCould } from '../../../../server/desk/settings/contract.ts';
import { spoken } from '../../i18n.ts';
import { listed, whenShare } from './sentence.ts';

/** Who could serve a queue now, and as the wait grows; a warning when nobody could. */
export function Could({
  could,
  targetSeconds,
  brief = false,
  closed = false,
}: {
  could: WhoCould;
  targetSeconds: number;
  brief?: boolean;
  /** Nobody need be there now. */
  closed?: boolean;
}) {
  const { t } = useTranslation();
  const language = spoken();
  const { atOnce, inTheEnd, members } = could;
  const more = atOnce.able - could.names.length;
  const names =
    more > 0
      ? t('queuePage.could.more', { names: could.names.join(', '), count: more })
      : listed(could.names, language);
  const never = members > 0 && inTheEnd.able === 0;
  const first =
    members === 0
      ? t('queuePage.could.nobody')
      : never
        ? t('queuePage.could.never')
        : atOnce.able === 0
          ? t('queuePage.could.laterOnly')
          : atOnce.here === 0
            ? t('queuePage.could.notHere', { count: atOnce.able, able: atOnce.able, names })
            : t('queuePage.could.now', { ...atOnce, members, names });
  const warns = members === 0 || (atOnce.here === 0 && !closed) || atOnce.able === 0;
  return (
    <div className="could">
      <p className={warns ? 'warns' : ''} role={warns && !brief ? 'status' : undefined}>
        {warns && <IconAlertTriangle className="in-line" size={16} stroke={1.8} aria-hidden />} {first}
      </p>
      {(!brief || atOnce.able === 0) &&
        could.missing.map(({ skill, level, agents }) => (
          <p key={skill} className="small soft">
            {agents === 0
              ? t('queuePage.could.missing', { skill, level })
              : t('queuePage.could.missingLess', { skill, level, count: agents })}
          </p>
        ))}
      {!never && (!brief || atOnce.able === 0) && could.later.length > 0 && (
        <ul className="small soft">
          {could.later.map(({ after, hands }) => (
            <li key={after}>
              {t('queuePage.could.step', { when: whenShare(after, { targetSeconds }, t, language), ...hands })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
