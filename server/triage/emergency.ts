import { type Address, addressed } from '../trust/address.ts';
import type { Category, Level } from './contract.ts';
import type { Texts } from './pack.ts';
import { LANGUAGES } from './said.ts';
import type { Language } from './said.ts';
import { redFlagTexts } from './screen.ts';

/**
 * The fixed text for a red flag (clinical/red-flags/texts.yaml). `hard` tells to call; `soft` asks whether it is
 * happening now, with the number shown. An unknown language is answered in Spanish rather than not at all.
 * @param address how the organisation speaks to its patients
 */
export function emergencyText(
  level: Exclude<Level, 'none'>,
  language: string,
  emergencyNumber: string,
  category?: Category,
  address: Address = 'usted',
  texts: Texts = redFlagTexts,
): string {
  const known: Language = LANGUAGES.find((one) => one === language) ?? 'es';
  const at = (said: Record<Language, string>): string =>
    addressed(said[known], address).replaceAll('{number}', emergencyNumber);
  if (level === 'soft') return at(texts.ask);
  const aid = category ? texts.firstAid[category] : undefined;
  return aid ? at(texts.call) + '\n\n' + at(aid) : at(texts.call);
}
