import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconSearch } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { peopleFound } from '../../../server/desk/person/contract.ts';
import { birthDay } from '../../ui/format.ts';
import { ask } from '../api.ts';
import { Failed } from '../parts.tsx';
import { useWhen } from '../session.ts';

/** Finds a patient by what they say of themselves. */
export function Search({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { language } = useWhen();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [at, setAt] = useState(0);
  const listId = useId();
  const found = useQuery({
    queryKey: ['people', asked],
    enabled: asked.length >= 2,
    staleTime: 10_000,
    queryFn: ({ signal }) =>
      ask<z.infer<typeof peopleFound>>(`/api/people?search=${encodeURIComponent(asked)}`, { signal }),
  });
  const people = asked.length >= 2 ? (found.data?.people ?? []) : [];

  function open(person: (typeof people)[number] | undefined): void {
    if (!person) return;
    close();
    void (person.openConversationId
      ? navigate({ to: '/c/$conversationId', params: { conversationId: person.openConversationId } })
      : navigate({ to: '/p/$personId', params: { personId: person.personId } }));
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t('search.title')}
      size={560}
      yOffset="12vh"
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <TextInput
        data-autofocus
        aria-label={t('search.placeholder')}
        placeholder={t('search.placeholder')}
        leftSection={<IconSearch size={18} stroke={1.6} aria-hidden />}
        value={text}
        maxLength={120}
        autoComplete="off"
        role="combobox"
        aria-expanded={people.length > 0}
        aria-controls={listId}
        aria-activedescendant={people[at] ? `${listId}-${at}` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step && people.length > 0) {
            event.preventDefault();
            setAt((at + step + people.length) % people.length);
          } else if (event.key === 'Enter') {
            event.preventDefault();
            open(people[at]);
          }
        }}
      />
      <p className="small soft search-said" role="status">
        {asked.length < 2
          ? t('search.hint')
          : found.isPending
            ? t('app.loading')
            : people.length === 0 && !found.isError
              ? t('search.none')
              : found.isError
                ? ''
                : t('search.found', { count: people.length })}
      </p>
      {found.isError && asked.length >= 2 && <Failed error={found.error} retry={() => void found.refetch()} />}
      {people.length > 0 && (
        <ul className="targets" id={listId} role="listbox" aria-label={t('search.title')}>
          {people.map((person, i) => (
            <li
              key={person.personId}
              id={`${listId}-${i}`}
              role="option"
              aria-selected={i === at}
              className={i === at ? 'on' : ''}
              onMouseMove={() => setAt(i)}
              onClick={() => open(person)}
            >
              <span className="grow">
                <b className="mid">{person.name ?? t('inbox.nameless')}</b>
                <span className="meta soft num">
                  {[
                    person.birthDate && birthDay(person.birthDate, language),
                    person.recordNumber && t('patient.record', { number: person.recordNumber }),
                    person.openConversationId && t('search.open'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Modal>
  );
}
