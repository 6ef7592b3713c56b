import { useQuery } from '@tanstack/react-query';
import { IconLock } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Found, Language } from '../../../server/assistant/knowledge/contract.ts';
import { Blocks } from '../author/knowledge/Blocks.tsx';
import { searchQuery } from '../author/knowledge/data.ts';
import { refusal } from '../say.ts';
import '../css/knowledge.css';

const PAUSE_MS = 180;

/**
 * Approved articles beside the reply, in the language of the conversation. The text goes into the reply, to be read and
 * changed before it is sent; what is for the team only goes into a note.
 */
export function Knowledge({
  asked,
  language,
  put,
  close,
}: {
  /** What the patient said last. */
  asked: string;
  language: Language;
  put: (article: Found) => void;
  close: () => void;
}) {
  const { t } = useTranslation();
  const [words, setWords] = useState(asked);
  const [query, setQuery] = useState(asked);
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      setQuery(words.trim());
      setActive(0);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const enough = query.length >= 2;
  const { data, error, isFetching } = useQuery({
    ...searchQuery(query, language),
    enabled: enough,
    placeholderData: (before) => before,
  });
  const found = (enough && data?.articles) || [];
  const chosen = found[Math.min(active, found.length - 1)];

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter' && chosen) put(chosen);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <section className="know" aria-label={t('knowledge.search')} onKeyDown={onKeyDown}>
      <input
        ref={field}
        type="search"
        className="input sm"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={listId}
        aria-activedescendant={chosen ? `${listId}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={t('knowledge.searchIn', { language: t(`language.${language}`) })}
        placeholder={t('knowledge.searchIn', { language: t(`language.${language}`) })}
        maxLength={200}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <div className="know-b">
        <ul id={listId} role="listbox" aria-label={t('knowledge.search')} className="know-l">
          {found.map((one, i) => (
            <li
              key={one.versionId}
              id={`${listId}-${i}`}
              role="option"
              aria-selected={i === active}
              className={i === active ? 'on' : ''}
              lang={one.language}
              onMouseEnter={() => setActive(i)}
              onMouseDown={(event) => {
                event.preventDefault();
                put(one);
              }}
            >
              {one.audience !== 'patient' && <IconLock size={14} stroke={1.6} aria-hidden className="team-i" />}
              <span className="grow">{one.title}</span>
            </li>
          ))}
        </ul>
        {chosen ? (
          <div className="know-a" tabIndex={0} lang={chosen.language} role="region" aria-label={chosen.title}>
            <Blocks blocks={chosen.blocks} />
          </div>
        ) : (
          <p className="small soft know-n" role="status">
            {error
              ? refusal(error)
              : !enough
                ? t('knowledge.searchHint')
                : isFetching
                  ? t('app.loading')
                  : t('knowledge.searchNone')}
          </p>
        )}
      </div>
      <footer className="know-f">
        <span className="meta faint grow">
          {chosen && chosen.audience !== 'patient' ? t('knowledge.teamOnly') : t('knowledge.searchKeys')}
        </span>
        <button type="button" className="btn sm quiet" onClick={close}>
          {t('app.close')}
        </button>
        <button type="button" className="btn sm line" disabled={!chosen} onClick={() => chosen && put(chosen)}>
          {t(chosen && chosen.audience !== 'patient' ? 'knowledge.putNote' : 'knowledge.put')} <kbd aria-hidden>↵</kbd>
        </button>
      </footer>
    </section>
  );
}
