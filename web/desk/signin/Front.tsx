import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { WORDMARK, WORDMARK_TAILS } from '../../ui/brand.ts';
import { LANGUAGE_NAMES, LANGUAGES, speak, spoken } from '../i18n.ts';

/** The door: the thread that writes the name on one side, what one has to do on the other. */
export function Front({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="front">
      <section className="front-l" aria-label={t('app.name')}>
        <svg
          className="hero"
          viewBox="-60 -12 213 72"
          fill="none"
          stroke="currentColor"
          strokeWidth={1.9}
          strokeLinecap="round"
          strokeLinejoin="round"
          aria-hidden
        >
          <path className="tail" d={WORDMARK_TAILS[0]} />
          <path d={WORDMARK} />
          <path className="tail" d={WORDMARK_TAILS[1]} />
        </svg>
        <p>{t('signIn.tagline')}</p>
      </section>
      <main className="front-r">
        {children}
        <footer className="meta faint">
          <span>{t('signIn.audited')}</span>
          <span className="grow" />
          <span className="langs" role="group" aria-label={t('app.language')}>
            {LANGUAGES.map((language) => (
              <button
                key={language}
                type="button"
                lang={language}
                aria-pressed={spoken() === language}
                onClick={() => void speak(language)}
              >
                {LANGUAGE_NAMES[language]}
              </button>
            ))}
          </span>
        </footer>
      </main>
    </div>
  );
}
