import { useTranslation } from 'react-i18next';
import { type Classes, shareOf, type Service } from '../../../server/desk/supervision/contract.ts';
import { PRIORITIES, type Priority } from '../../../server/conversation/contract.ts';
import { Diamond } from '../parts.tsx';
import { spoken } from '../i18n.ts';

const LOCALE = { es: 'es-ES', ca: 'ca-ES', en: 'en-GB', pt: 'pt-PT' } as const;

/** `93 %`, `3,1 %`; a dash where there is nothing to divide by. */
export function percent(share: number | null, digits = 0): string {
  if (share === null) return '–';
  const figure = new Intl.NumberFormat(LOCALE[spoken()], {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  }).format(share * 100);
  return `${figure}\u00a0%`;
}

export function figure(value: number): string {
  return new Intl.NumberFormat(LOCALE[spoken()], { useGrouping: 'always' } as Intl.NumberFormatOptions).format(value);
}

export const missed = (of: Service, goal: number): boolean => {
  const share = shareOf(of);
  return share !== null && share < goal;
};

const SHOWN: readonly Priority[] = PRIORITIES;

/** How many wait of each class that has any, each by its shape. */
export function ByClass({ of, size = 14, all = false }: { of: Classes; size?: number; all?: boolean }) {
  const { t } = useTranslation();
  const shown = SHOWN.filter((priority) => all || of[priority] > 0);
  if (shown.length === 0) return <span className="faint">{t('room.none')}</span>;
  return (
    <span className="by-class num">
      {shown.map((priority) => (
        <span key={priority} className={`class ${priority}`}>
          <ClassMark priority={priority} size={size} />
          {of[priority]}
        </span>
      ))}
    </span>
  );
}

/** The shape of a class: diamonds for what is urgent, squares for the rest. */
export function ClassMark({ priority, size = 14 }: { priority: Priority; size?: number }) {
  const { t } = useTranslation();
  return priority === 'critical' || priority === 'urgent' ? (
    <Diamond priority={priority} size={size} />
  ) : (
    <i className={`square ${priority}`} role="img" aria-label={t(`priority.${priority}`)} />
  );
}

/** The last half hour in six steps, against the goal. */
export function Trend({ trend, goal, low }: { trend: (number | null)[]; goal: number; low: boolean }) {
  const y = (share: number): number => 2 + (1 - share) * 18;
  const known = trend.flatMap((share, i) =>
    share === null ? [] : [{ x: (i * 72) / (trend.length - 1) + 4, y: y(share) }],
  );
  return (
    <svg className="trend" width="80" height="22" viewBox="0 0 80 22" aria-hidden>
      <path className="goal" d={`M0 ${y(goal)}H80`} />
      {known.length > 1 ? (
        <polyline className={low ? 'low' : ''} points={known.map((point) => `${point.x},${point.y}`).join(' ')} />
      ) : (
        known.map((point) => <circle key={point.x} className={low ? 'low' : ''} cx={point.x} cy={point.y} r={2} />)
      )}
    </svg>
  );
}
