import i18next, { type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../ui/format.ts';
import type { Texts } from './texts/es.ts';

export const LANGUAGE_NAMES: Record<Language, string> = { es: 'Español', ca: 'Català', en: 'English', pt: 'Português' };
export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as Language[];

const KEPT = 'hebra.language';

/** One language is fetched, the one that is spoken. */
const loaders: Record<Language, () => Promise<Texts>> = {
  es: async () => (await import('./texts/es.ts')).es,
  ca: async () => (await import('./texts/ca.ts')).ca,
  en: async () => (await import('./texts/en.ts')).en,
  pt: async () => (await import('./texts/pt.ts')).pt,
};

/** The language chosen here before, else the browser's, else Spanish. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((one) => one.slice(0, 2)).find(isLanguage) ?? 'es';
}

/** Whether somebody chose a language at this desk; the account's own gives way to it. */
export const languageChosen = (): boolean => isLanguage(localStorage.getItem(KEPT));

export async function startTexts(): Promise<void> {
  const language = preferredLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await loaders[language]() } } as unknown as Resource,
    interpolation: { escapeValue: false },
    // keys of kinds hold a colon: `media:image`
    nsSeparator: false,
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language, remember = true): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await loaders[language]());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(KEPT, language);
}

/** The language spoken now. */
export const spoken = (): Language => (isLanguage(i18next.language) ? i18next.language : 'es');

function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && value in LANGUAGE_NAMES;
}
