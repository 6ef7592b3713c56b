import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Language, shortDay } from '../../ui/format.ts';

/** A calendar day of the record: it has no zone. */
export function day(date: string, language: Language): string {
  return shortDay(new Date(`${date.slice(0, 10)}T12:00:00Z`), language, 'UTC', new Date());
}

/** One idea of the panel under its title. */
export function Block({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="ps">
      <header>
        <h3>{title}</h3>
        {action}
      </header>
      {children}
    </section>
  );
}

const FEW = 5;

/** The first few, and the rest when asked for. */
export function Few<Item>({ items, none, show }: { items: Item[]; none: string; show: (item: Item) => ReactNode }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (items.length === 0) return <p className="small faint">{none}</p>;
  return (
    <>
      <ul className="pl">{(all ? items : items.slice(0, FEW)).map(show)}</ul>
      {items.length > FEW && (
        <button type="button" className="link meta" onClick={() => setAll(!all)}>
          {all ? t('patient.hideMore') : t('patient.showMore', { count: items.length - FEW })}
        </button>
      )}
    </>
  );
}
