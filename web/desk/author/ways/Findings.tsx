import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../server/routing/ways/contract.ts';
import type { WayRule } from './data.ts';

/** What is wrong with the rules as they stand, each with the way to it. */
export function Findings({
  findings,
  rules,
  go,
  again = false,
}: {
  findings: Finding[];
  rules: WayRule[];
  go: (ruleId: string) => void;
  /** Said a second time, in a dialog over the page. */
  again?: boolean;
}) {
  const { t } = useTranslation();
  const nameOf = (id: string | null): string =>
    rules.find((one) => one.id === id)?.name.trim() || t('ways.rules.unnamed');
  return (
    <section className="wy-findings" {...(!again && { id: 'ways-findings', 'aria-label': t('ways.findings.title') })}>
      <h3>{t('ways.findings.title')}</h3>
      {findings.length === 0 ? (
        <p className="small soft wy-fine">
          <IconCheck size={16} stroke={1.8} aria-hidden /> {t('ways.findings.none')}
        </p>
      ) : (
        <ul>
          {findings.map((one, nth) => (
            <li key={nth} data-finding={one.kind}>
              <IconAlertTriangle size={16} stroke={1.6} aria-hidden />
              <div className="grow">
                <p className="mid wrap-any">
                  {one.way && !one.ruleId ? t(`ways.kind.${one.way}`) : nameOf(one.ruleId)}
                </p>
                <p className="small soft">
                  {t(`ways.findings.${one.kind}`, {
                    other: nameOf(one.what),
                    what: one.what ?? '',
                    who: one.visitor ? whoIs(t, one.visitor) : '',
                    way: one.way ? t(`ways.kind.${one.way}`) : '',
                  })}
                </p>
              </div>
              {one.ruleId && (
                <button type="button" className="btn sm line" onClick={() => go(one.ruleId!)}>
                  {t('ways.findings.go')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function whoIs(t: TFunction, who: NonNullable<Finding['visitor']>): string {
  const words = [who.segments.map((one) => t(`ways.segment.${one}`).toLowerCase()).join(', ')];
  if (who.insurer) words.push(who.insurer);
  if (who.urgency !== 'standard') words.push(t(`ways.urgency.${who.urgency}`).toLowerCase());
  if (!who.open) words.push(t('ways.said.closed'));
  else if (!who.staffed) words.push(t('ways.said.unstaffed'));
  else if (who.full) words.push(t('ways.said.full'));
  if (who.wait !== null) words.push(t('ways.tryIt.waits.minutes', { count: Math.round(who.wait) }));
  return words.join(' · ');
}
