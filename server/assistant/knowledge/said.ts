import type { Language } from './contract.ts';
import type { Published } from './library.ts';
import { dayInWords } from '../dates/said.ts';

const SOURCE: Record<Language, (name: string, day: string) => string> = {
  es: (name, day) => `Fuente: ${name}, ${day}`,
  ca: (name, day) => `Font: ${name}, ${day}`,
  en: (name, day) => `Source: ${name}, ${day}`,
  pt: (name, day) => `Fonte: ${name}, ${day}`,
};

/** What the assistant answers with: the approved text as it stands, under its title, and where and of when it is. */
export function answerText(
  article: Pick<Published, 'title' | 'text' | 'publishedAt'>,
  language: Language,
  organisation: { name: string; timezone: string },
): string {
  return `*${article.title.replaceAll('*', '')}*\n\n${article.text}\n\n_${sourceLine(article.publishedAt, language, organisation)}_`;
}

/** `Fuente: Hospital Vega Clara, 22 de noviembre de 2026` */
export function sourceLine(at: Date, language: Language, organisation: { name: string; timezone: string }): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: organisation.timezone }).format(at);
  // without the weekday: it is a date of writing, not of an appointment
  const written = dayInWords(day, language, true).replace(/^[^\d,]*[, ]+(?=\d)/, '');
  return SOURCE[language](organisation.name.replaceAll('_', ' '), written);
}
