import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../session.ts';
import { ownersQuery } from './data.ts';

export function Field({
  label,
  hint,
  count,
  children,
}: {
  label: string;
  hint?: string;
  count?: string;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {(hint || count) && (
        <p className="small soft field-h">
          <span className="grow">{hint}</span>
          {count && (
            <span className="num" aria-hidden>
              {count}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

export function Owner({
  value,
  known,
  choose,
}: {
  value: string;
  known: { id: string; name: string } | null;
  choose: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { data } = useQuery({ ...ownersQuery, enabled: may(useMe(), 'knowledge.write') });
  const all = data?.owners ?? (known ? [known] : []);
  return (
    <Field label={t('knowledge.fields.owner')}>
      {(id) => (
        <select id={id} className="input" value={value} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{t('knowledge.nobody')}</option>
          {all.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
