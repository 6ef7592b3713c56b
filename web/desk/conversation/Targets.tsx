import { TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Target<To> = {
  key: string;
  to: To;
  name: string;
  /** A presence, or `queue`: the shape before the name. */
  state: string;
  text: string;
};

/** One list to choose from by typing and the arrows: queues, people, entities. */
export function useTargets<To>(all: Target<To>[]) {
  const [asked, setAsked] = useState('');
  const [at, setAt] = useState(0);
  const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const found = all.filter((target) => plain(target.name).includes(plain(asked)));
  const chosen = found[Math.min(at, found.length - 1)];
  return { asked, setAsked, at, setAt, found, chosen };
}

export function Targets<To>({ label, choice }: { label: string; choice: ReturnType<typeof useTargets<To>> }) {
  const { t } = useTranslation();
  const listId = useId();
  const { asked, setAsked, at, setAt, found, chosen } = choice;
  return (
    <>
      <TextInput
        data-autofocus
        label={label}
        value={asked}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen ? `${listId}-${chosen.key}` : undefined}
        autoComplete="off"
        onChange={(event) => {
          setAsked(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (!step || found.length === 0) return;
          event.preventDefault();
          const next = (at + step + found.length) % found.length;
          setAt(next);
          document.getElementById(`${listId}-${found[next]!.key}`)?.scrollIntoView({ block: 'nearest' });
        }}
      />
      <ul className="targets" id={listId} role="listbox" aria-label={label}>
        {found.map((target, i) => (
          <li
            key={target.key}
            id={`${listId}-${target.key}`}
            role="option"
            aria-selected={target === chosen}
            className={target === chosen ? 'on' : ''}
            onClick={() => setAt(i)}
          >
            {target.state === 'queue' ? <span className="dot queue" /> : <i className={`dot ${target.state}`} />}
            <span className="grow cut mid">{target.name}</span>
            <span className="meta soft num">{target.text}</span>
          </li>
        ))}
        {found.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled className="soft small">
            {t('action.noTarget')}
          </li>
        )}
      </ul>
    </>
  );
}
