import { findPhoneNumbersInText } from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';

export type PhoneRead = { value: string; from: number; to: number };

/** Where a language is spoken, as far as this house goes: a number without its country is tried there, in order. */
const SPOKEN: Record<string, readonly CountryCode[]> = {
  es: ['ES', 'MX', 'AR', 'CO', 'CL'],
  ca: ['ES', 'AD'],
  en: ['GB', 'IE', 'US'],
  pt: ['PT', 'BR'],
};

/** Telephone numbers in a text, in E.164 ("+34600112233"): as written abroad, or as the country writes its own. */
export function phonesIn(text: string, language: string, country?: string): PhoneRead[] {
  if ((text.match(/\d/g) ?? []).length < 7 || text.length > 2000) return [];
  const tried = country ? [country as CountryCode] : (SPOKEN[language] ?? SPOKEN['es']!);
  for (const at of tried) {
    const found = findPhoneNumbersInText(text, at).filter((one) => one.number.isValid());
    if (found.length) return found.map((one) => ({ value: one.number.number, from: one.startsAt, to: one.endsAt }));
  }
  return [];
}
