import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moved, useOrder } from '../../order.tsx';
import { announce } from '../../say.ts';
import { newRule, type WayRule, type WaysView } from './data.ts';
import { RuleForm } from './RuleForm.tsx';
import { ruleInWords } from './words.ts';

/** The rules in their order, each as it would be said; one at a time is open as a form. */
export function Rules({
  rules,
  names,
  open,
  setOpen,
  change,
  decided,
  marked,
}: {
  rules: WayRule[];
  names: Pick<WaysView, 'queues' | 'entities'>;
  open: string | null;
  setOpen: (id: string | null) => void;
  /** Undefined where the rules may only be read. */
  change: ((rules: WayRule[]) => void) | undefined;
  /** Rules that decide something for the sample. */
  decided: ReadonlySet<string>;
  /** Rules that something is wrong with. */
  marked: ReadonlySet<string>;
}) {
  const { t } = useTranslation();
  const [gone, setGone] = useState<{ rule: WayRule; at: number } | null>(null);
  const nameOf = (rule: WayRule): string => rule.name.trim() || t('ways.rules.unnamed');

  const order = useOrder(
    rules.map((rule) => rule.id),
    {
      move: (from, to) => change?.(moved(rules, from, to)),
      nameOf: (id) => nameOf(rules.find((rule) => rule.id === id)!),
    },
  );
  function remove(at: number): void {
    setGone({ rule: rules[at]!, at });
    change!(rules.filter((_, nth) => nth !== at));
    announce(t('ways.rules.removed'));
  }
  return (
    <div className="wy-rules">
      {rules.length === 0 && (
        <div className="wy-none">
          <p className="strong">{t('ways.rules.none')}</p>
          <p className="small soft">{t('ways.rules.noneText')}</p>
        </div>
      )}
      <ol ref={order.list} aria-label={t('ways.rules.list')}>
        {rules.map((rule, nth) => {
          const said = ruleInWords(t, rule, names);
          const isOpen = open === rule.id;
          return (
            <li
              key={rule.id}
              {...order.row(rule.id)}
              id={`rule-${rule.id}`}
              className={`wy-rule ${rule.on ? '' : 'off'} ${decided.has(rule.id) ? 'decides' : ''} ${isOpen ? 'open' : ''}`}
            >
              <div className="wy-rule-h">
                {change && !isOpen && order.grip(rule.id)}
                <span className="wy-n num" aria-hidden>
                  {nth + 1}
                </span>
                <div className="grow">
                  <p className="strong wrap-any">
                    {nameOf(rule)}
                    {!rule.on && <span className="chip wy-chip">{t('ways.rules.off')}</span>}
                    {marked.has(rule.id) && (
                      <a className="chip late wy-chip" href="#ways-findings">
                        {t('ways.findings.title')}
                      </a>
                    )}
                  </p>
                  <p className="small soft">
                    {said.when}: <b className={rule.then === 'hide' ? 'wy-hide' : 'wy-offer'}>{said.then}</b>.
                  </p>
                </div>
                {change && (
                  <div className="wy-acts">
                    {order.buttons(rule.id)}
                    <button
                      type="button"
                      className="btn sm line"
                      aria-expanded={isOpen}
                      aria-label={isOpen ? t('ways.rules.done') : t('ways.rules.editOf', { name: nameOf(rule) })}
                      onClick={() => setOpen(isOpen ? null : rule.id)}
                    >
                      {t(isOpen ? 'ways.rules.done' : 'ways.rules.edit')}
                    </button>
                  </div>
                )}
              </div>
              {change && isOpen && (
                <>
                  <RuleForm
                    rule={rule}
                    names={names}
                    change={(next) => change(rules.map((one) => (one.id === rule.id ? next : one)))}
                  />
                  <footer className="wy-rule-f">
                    <label className="wy-switch">
                      <input
                        type="checkbox"
                        checked={rule.on}
                        onChange={() =>
                          change(rules.map((one) => (one.id === rule.id ? { ...one, on: !one.on } : one)))
                        }
                      />
                      {t('ways.rules.on')}
                    </label>
                    <span className="grow" />
                    <button
                      type="button"
                      className="btn sm quiet"
                      onClick={() => {
                        const copy = {
                          ...rule,
                          id: newRule().id,
                          name: t('ways.rules.copied', { name: rule.name }).slice(0, 120),
                        };
                        change(rules.toSpliced(nth + 1, 0, copy));
                        setOpen(copy.id);
                      }}
                    >
                      {t('ways.rules.copy')}
                    </button>
                    <button type="button" className="btn sm quiet" onClick={() => remove(nth)}>
                      {t('ways.rules.remove')}
                    </button>
                  </footer>
                </>
              )}
            </li>
          );
        })}
      </ol>
      {change && (
        <div className="buttons">
          <button
            type="button"
            className="btn"
            disabled={rules.length >= 60}
            onClick={() => {
              const rule = newRule();
              change([...rules, rule]);
              setOpen(rule.id);
            }}
          >
            <IconPlus size={16} stroke={1.6} aria-hidden /> {t('ways.rules.add')}
          </button>
          {gone && !rules.some((one) => one.id === gone.rule.id) && (
            <button
              type="button"
              className="btn quiet"
              onClick={() => {
                change(rules.toSpliced(gone.at, 0, gone.rule));
                setGone(null);
              }}
            >
              {t('ways.rules.undo')}: {nameOf(gone.rule)}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
