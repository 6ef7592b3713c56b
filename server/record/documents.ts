import { stdnum } from 'stdnum';

/*
 * Numbers of identity documents as people write them: with or without dots, dashes, spaces, the check letter or the
 * leading zero. Kinds: DNI and NIE (Spain), DNI and CUIT (Argentina), CC (Colombia), RUT (Chile), CPF (Brazil), CURP
 * (Mexico); anything else is compared by its letters and digits.
 */

/** Letters and digits only, in capitals. */
export function compactDocument(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
}

/** Every way in which a number that stands in the record may be written by its owner. */
export function documentForms(value: string): string[] {
  const full = compactDocument(value);
  const forms = new Set([full]);
  // DNI and NIE without their letter; RUT without its check digit
  if (/^\d{8}[A-Z]$/.test(full) || /^[XYZ]\d{7}[A-Z]$/.test(full)) forms.add(full.slice(0, -1));
  if (/^\d{7,8}[\dK]$/.test(full) && stdnum['CL']!['rut']!.validate(full).isValid) forms.add(full.slice(0, -1));
  // CUIT holds the Argentine DNI between its two first digits and its last
  if (/^\d{11}$/.test(full) && stdnum['AR']!['cuit']!.validate(full).isValid) forms.add(full.slice(2, 10));
  return [...forms].filter((form) => form.length >= 5).map(withoutZeros);
}

/**
 * The form a typed number is looked up by. With a check letter it is looked up with it, so that a wrong letter finds nobody.
 */
export function typedDocument(text: string): string {
  return withoutZeros(compactDocument(text));
}

/** DNI below ten million are written with and without their leading zero. */
function withoutZeros(compact: string): string {
  return compact.replace(/^0+(?=\d)/, '');
}

/** What arithmetic alone says of a typed number; nothing of whether anybody has it. */
export type DocumentHint = 'fits' | 'wrong_check' | 'too_short' | 'unknown';

/** Tells a slip of the finger before the record is asked: the letter of a DNI that is not its number's, … */
export function documentHint(text: string): DocumentHint {
  const compact = compactDocument(text);
  if (compact.length < 5) return 'too_short';
  if (/^\d{1,8}[A-Z]$/.test(compact) && !compact.endsWith('K'))
    return says(stdnum['ES']!['dni']!.validate(compact.padStart(9, '0')));
  if (/^[XYZ]\d{7}[A-Z]$/.test(compact)) return says(stdnum['ES']!['nie']!.validate(compact));
  if (/^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d$/.test(compact)) return says(stdnum['MX']!['curp']!.validate(compact));
  if (/^\d{11}$/.test(compact)) {
    const fits = stdnum['BR']!['cpf']!.validate(compact).isValid || stdnum['AR']!['cuit']!.validate(compact).isValid;
    return fits ? 'fits' : 'unknown';
  }
  return 'unknown';
}

function says(answer: { isValid: boolean }): DocumentHint {
  return answer.isValid ? 'fits' : 'wrong_check';
}
