import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/**
 * A telephone number as people write it, in E.164; null: nobody can be called there.
 * @param country where a number without its country is tried (ISO 3166-1)
 */
export function dialable(written: string, country: string): string | null {
  if (written.length > 40) return null;
  const found = parsePhoneNumberFromString(written, { defaultCountry: country as CountryCode, extract: false });
  return found?.isValid() ? found.number : null;
}

/** E.164 as it is read aloud: "+34 612 34 56 78". */
export function spoken(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}
