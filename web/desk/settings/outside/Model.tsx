import { Checkbox } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { modelTest, ModelView } from '../../../../server/assistant/model/contract.ts';
import { dayAndTime } from '../../../ui/format.ts';
import { ask, post } from '../../api.ts';
import { queries } from '../../data.ts';
import { spoken } from '../../i18n.ts';
import { refusal, tell, tellRefusal } from '../../say.ts';
import { useWhen } from '../../session.ts';
import { Card, Field } from './parts.tsx';

const keep = (view: ModelView): void => {
  queries.setQueryData(['model', spoken()], view);
  void queries.invalidateQueries({ queryKey: ['model-log'] });
};
const change = (work: Promise<ModelView>, said?: string): Promise<void> =>
  work.then((view) => {
    keep(view);
    if (said) tell(said);
  }, tellRefusal);

/** Where the model is, what it may cost, whether it is on, and the switch that stops it. */
export function Model({ view }: { view: ModelView }) {
  const { t } = useTranslation();
  const { settings } = view;
  const stopped = settings?.stoppedAt != null;
  const on = view.purposes.some((one) => one.on);
  const state = !settings ? 'none' : stopped ? 'stopped' : on ? 'on' : 'off';
  const [tried, setTried] = useState<z.infer<typeof modelTest> | 'trying'>();
  async function tryIt(): Promise<void> {
    setTried('trying');
    try {
      setTried(await post<z.infer<typeof modelTest>>('/api/model/test'));
      void queries.invalidateQueries({ queryKey: ['model'] });
      void queries.invalidateQueries({ queryKey: ['model-log'] });
    } catch (error) {
      setTried(undefined);
      tellRefusal(error);
    }
  }
  return (
    <Card title={t('outside.model')} text={t('outside.modelText')}>
      <p role="status">
        <span className="chip">{t(`outside.state.${state}`)}</span>{' '}
        <span className="small soft">{t(`outside.stateText.${state}`)}</span>
      </p>
      <ModelForm view={view} />
      {settings && (
        <>
          <p className="buttons">
            <button type="button" className="btn" disabled={tried === 'trying'} onClick={() => void tryIt()}>
              {t(tried === 'trying' ? 'outside.trying' : 'outside.try')}
            </button>
            <button
              type="button"
              className="btn line"
              onClick={() => void change(post<ModelView>('/api/model/switch', { stopped: !stopped }))}
            >
              {t(stopped ? 'outside.goOn' : 'outside.stop')}
            </button>
          </p>
          <p className="small soft">{t('outside.stopText')}</p>
          {tried && tried !== 'trying' && (
            <p role="alert" className={tried.ok ? 'small' : 'small over-t'}>
              {tried.ok
                ? t('outside.tried', { ms: tried.ms })
                : t('outside.notTried', { why: t(`outside.why.${tried.why}`, { defaultValue: tried.why }) })}
            </p>
          )}
        </>
      )}
    </Card>
  );
}

function ModelForm({ view }: { view: ModelView }) {
  const { t } = useTranslation();
  const before = view.settings;
  const [form, setForm] = useState({
    url: before?.url ?? '',
    model: before?.model ?? '',
    key: '',
    privateAddress: before?.privateAddress ?? false,
    timeoutMs: String((before?.timeoutMs ?? 8_000) / 1000),
    budgetTokens: String(before?.budgetTokens ?? 1_000_000),
    budgetCost: before?.budgetCost == null ? '' : String(before.budgetCost),
    currency: before?.currency ?? 'EUR',
    priceIn: String(before?.priceIn ?? 0),
    priceOut: String(before?.priceOut ?? 0),
    retentionDays: String(before?.retentionDays ?? 30),
  });
  const [said, setSaid] = useState<string>();
  const set = (name: keyof typeof form, value: string | boolean): void => setForm({ ...form, [name]: value });
  const figure = (text: string): number => Number(text.replace(',', '.'));
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(undefined);
    try {
      keep(
        await ask<ModelView>('/api/model', {
          method: 'PUT',
          body: {
            url: form.url,
            model: form.model,
            ...(form.key ? { key: form.key } : {}),
            privateAddress: form.privateAddress,
            timeoutMs: Math.round(figure(form.timeoutMs) * 1000),
            budgetTokens: figure(form.budgetTokens),
            budgetCost: form.budgetCost.trim() === '' ? null : figure(form.budgetCost),
            currency: form.currency.toUpperCase(),
            priceIn: figure(form.priceIn),
            priceOut: figure(form.priceOut),
            retentionDays: figure(form.retentionDays),
          },
        }),
      );
      setForm({ ...form, key: '' });
      tell(t('outside.saved'));
    } catch (error) {
      setSaid(refusal(error));
    }
  }
  const text = (
    name: keyof typeof form,
    hint?: string,
    more: { required?: boolean; inputMode?: 'decimal' | 'url' } = {},
  ) => (
    <Field id={`model-${name}`} label={t(`outside.field.${name}`)} {...(hint ? { hint } : {})}>
      {(given) => (
        <input
          {...given}
          {...more}
          className="input"
          autoComplete="off"
          spellCheck={false}
          value={String(form[name])}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      )}
    </Field>
  );
  return (
    <form className="stack" onSubmit={(event) => void save(event)}>
      {text('url', t('outside.hint.url'), { required: true, inputMode: 'url' })}
      {text('model', undefined, { required: true })}
      <Field
        id="model-key"
        label={t('outside.field.key')}
        hint={t(before?.hasKey ? 'outside.hint.keyKept' : 'outside.hint.key')}
      >
        {(given) => (
          <input
            {...given}
            className="input"
            type="password"
            autoComplete="new-password"
            value={form.key}
            onChange={(event) => set('key', event.currentTarget.value)}
          />
        )}
      </Field>
      <Checkbox
        checked={form.privateAddress}
        onChange={(event) => set('privateAddress', event.currentTarget.checked)}
        label={t('outside.field.privateAddress')}
      />
      <details className="stack">
        <summary>{t('outside.limits')}</summary>
        {text('timeoutMs', t('outside.hint.timeout'), { inputMode: 'decimal' })}
        {text('budgetTokens', undefined, { inputMode: 'decimal' })}
        {text('budgetCost', t('outside.hint.budgetCost'), { inputMode: 'decimal' })}
        {text('currency')}
        {text('priceIn', undefined, { inputMode: 'decimal' })}
        {text('priceOut', undefined, { inputMode: 'decimal' })}
        {text('retentionDays', t('outside.hint.retention'), { inputMode: 'decimal' })}
      </details>
      {said && (
        <p role="alert" className="small over-t">
          {said}
        </p>
      )}
      <button type="submit" className="btn pri" disabled={!form.url || !form.model}>
        {t('app.save')}
      </button>
    </form>
  );
}

/** What may leave, one purpose at a time: the text, who agreed to it and when, and the way back. */
export function Purposes({ view }: { view: ModelView }) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const when = (at: string): string => dayAndTime(new Date(at), language, zone);
  return (
    <Card title={t('outside.purposes')} text={t('outside.purposesText')}>
      {view.purposes.map((one) => (
        <section key={one.purpose} className="purpose" aria-label={t(`outside.purpose.${one.purpose}`)}>
          <h3>
            {t(`outside.purpose.${one.purpose}`)}{' '}
            <span className="chip">{t(one.on ? 'outside.agreed' : 'outside.notAgreed')}</span>
          </h3>
          <p className="small">{one.text}</p>
          {view.provider && <p className="small soft">{t('outside.goesTo', { provider: view.provider })}</p>}
          <p className="buttons">
            {one.on ? (
              <button
                type="button"
                className="btn line"
                onClick={() => void change(post<ModelView>('/api/model/agreements/revoke', { purpose: one.purpose }))}
              >
                {t('outside.revoke')}
                <span className="hidden-but-read"> {t(`outside.purpose.${one.purpose}`)}</span>
              </button>
            ) : (
              <button
                type="button"
                className="btn"
                disabled={!view.settings}
                onClick={() =>
                  void change(
                    post<ModelView>('/api/model/agreements', {
                      purpose: one.purpose,
                      textHash: one.textHash,
                      language: spoken(),
                    }),
                  )
                }
              >
                {t('outside.agree')}
                <span className="hidden-but-read"> {t(`outside.purpose.${one.purpose}`)}</span>
              </button>
            )}
          </p>
          {one.agreements.length > 0 && (
            <ul className="small soft">
              {one.agreements.map((agreement) => (
                <li key={agreement.agreedAt}>
                  {t('outside.agreedBy', {
                    name: agreement.agreedBy,
                    when: when(agreement.agreedAt),
                    provider: agreement.provider,
                  })}
                  {agreement.revokedAt &&
                    ` · ${t('outside.revokedBy', { name: agreement.revokedBy, when: when(agreement.revokedAt) })}`}
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </Card>
  );
}

/** What this month has used of what it may. */
export function Month({ view }: { view: ModelView }) {
  const { t } = useTranslation();
  const { language } = useWhen();
  const { settings, month } = view;
  const number = (value: number): string => new Intl.NumberFormat(language).format(value);
  const money = (value: number): string =>
    new Intl.NumberFormat(language, { style: 'currency', currency: settings?.currency ?? 'EUR' }).format(value);
  const most = settings?.budgetTokens ?? 0;
  return (
    <Card title={t('outside.month')} text={t('outside.monthText')}>
      {settings ? (
        <>
          <p className="num">
            {t('outside.used', {
              used: number(month.tokens),
              most: number(most),
              calls: number(month.calls),
              count: month.calls,
            })}
          </p>
          <progress
            className="meter"
            max={Math.max(1, most)}
            value={Math.min(month.tokens, most)}
            aria-label={t('outside.month')}
          />
          <p className="small soft num">
            {settings.budgetCost === null
              ? t('outside.cost', { cost: money(month.cost) })
              : t('outside.costOf', { cost: money(month.cost), most: money(settings.budgetCost) })}
          </p>
          {month.spent && (
            <p role="status" className="said">
              {t('outside.spent')}
            </p>
          )}
        </>
      ) : (
        <p className="small soft">{t('outside.nothingYet')}</p>
      )}
    </Card>
  );
}
