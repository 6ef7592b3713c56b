import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAndTime } from '../../../ui/format.ts';
import { Failed, Skeleton } from '../../parts.tsx';
import { useWhen } from '../../session.ts';
import { pastQuery, same, type WayRule, type WaysContent, type WaysVersion, type WaysView } from './data.ts';
import { ruleInWords } from './words.ts';

/** Every version, what it would change, and the way back to it. */
export function History({ view, restore }: { view: WaysView; restore: ((version: WaysVersion) => void) | undefined }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const [seen, setSeen] = useState<number | null>(null);
  if (view.history.length === 0) return <p className="soft">{t('ways.history.none')}</p>;
  return (
    <ol className="history wy-history">
      {view.history.map((one) => {
        const inForce = one.number === view.version.number;
        return (
          <li key={one.number}>
            <p>
              <b>{t('ways.version', { number: one.number })}</b>{' '}
              {inForce && <span className="chip">{t('ways.history.inForce')}</span>}
            </p>
            <p className="small soft">
              {t('ways.history.by', { name: one.by ?? '', when: dayAndTime(new Date(one.at!), language, zone) })}
            </p>
            {one.restored !== null && <p className="small">{t('ways.history.restored', { number: one.restored })}</p>}
            {one.note && <p className="small wrap-any">{one.note}</p>}
            {!inForce && (
              <div className="buttons">
                <button
                  type="button"
                  className="btn sm line"
                  aria-expanded={seen === one.number}
                  onClick={() => setSeen(seen === one.number ? null : one.number)}
                >
                  {t('ways.history.see')}
                </button>
                {restore && (
                  <button type="button" className="btn sm line" onClick={() => restore(one)}>
                    {t('ways.history.restore')}
                  </button>
                )}
              </div>
            )}
            {seen === one.number && <Past number={one.number} view={view} />}
          </li>
        );
      })}
    </ol>
  );
}

function Past({ number, view }: { number: number; view: WaysView }) {
  const { t } = useTranslation();
  const past = useQuery(pastQuery(number));
  if (past.isError) return <Failed error={past.error} retry={() => void past.refetch()} />;
  if (!past.data) return <Skeleton lines={3} label={t('app.loading')} />;
  return <Difference from={view.content} to={past.data.content} view={view} />;
}

/** What one content has otherwise than another, in the words of the rules. */
export function Difference({ from, to, view }: { from: WaysContent; to: WaysContent; view: WaysView }) {
  const { t } = useTranslation();
  if (same(from, to)) return <p className="small soft">{t('ways.history.equal')}</p>;
  const was = new Map(from.rules.map((rule) => [rule.id, rule]));
  const is = new Map(to.rules.map((rule) => [rule.id, rule]));
  const changes: { what: 'added' | 'gone' | 'altered'; rule: WayRule }[] = [
    ...to.rules.filter((rule) => !was.has(rule.id)).map((rule) => ({ what: 'added' as const, rule })),
    ...to.rules
      .filter((rule) => was.has(rule.id) && !same(was.get(rule.id), rule))
      .map((rule) => ({ what: 'altered' as const, rule })),
    ...from.rules.filter((rule) => !is.has(rule.id)).map((rule) => ({ what: 'gone' as const, rule })),
  ];
  const order = (rules: WayRule[]): string[] => rules.map((rule) => rule.id).filter((id) => was.has(id) && is.has(id));
  const ways = to.ways.filter((way, nth) => !same(from.ways[nth], way)).map((way) => t(`ways.kind.${way.kind}`));
  return (
    <ul className="wy-diff small" aria-label={t('ways.history.against')}>
      {changes.map(({ what, rule }) => {
        const said = ruleInWords(t, rule, view);
        return (
          <li key={what + rule.id} className={what}>
            <span className="chip">{t(`ways.history.${what}`)}</span> <b>{rule.name || t('ways.rules.unnamed')}</b>
            <br />
            <span className="soft">
              {said.when}: {said.then}.
            </span>
          </li>
        );
      })}
      {!same(order(from.rules), order(to.rules)) && <li>{t('ways.history.order')}</li>}
      {(ways.length > 0 || from.longMinutes !== to.longMinutes) && (
        <li>{t('ways.history.ownWays', { ways: ways.join(', ') || t('ways.own.longMinutes') })}</li>
      )}
    </ul>
  );
}
