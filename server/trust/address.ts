/*
 * A text tells apart how a patient is spoken to where it writes `[quiere|quieres|querés]`: for usted, tú and vos.
 * Two forms are enough where tú and vos say the same; in Catalan and Portuguese they are the formal and the near one.
 */

/** How an organisation may speak to its patients, in the order in which a text writes its forms. */
export const ADDRESSES = ['usted', 'tu', 'vos'] as const;
export type Address = (typeof ADDRESSES)[number];

const FORMS = /\[([^[\]{}|]*(?:\|[^[\]{}|]*){1,2})\]/;

/** A text taken apart: what is always the same, and the forms of what is not. */
export function formsOf(written: string): (string | string[])[] {
  return written.split(FORMS).map((part, index) => (index % 2 ? part.split('|') : part));
}

/** The form for this address; the last one written where there are fewer. */
export const formFor = (forms: string[], address: Address): string =>
  forms[Math.min(ADDRESSES.indexOf(address), forms.length - 1)]!;

/** A text as it is said to patients who are addressed so. */
export function addressed(written: string, address: Address): string {
  return formsOf(written)
    .map((part) => (typeof part === 'string' ? part : formFor(part, address)))
    .join('');
}

/** Every way that a text is said: one for each form of address that it tells apart. */
export function saidAs(written: string): string[] {
  const most = Math.max(1, ...formsOf(written).map((part) => (typeof part === 'string' ? 1 : part.length)));
  return ADDRESSES.slice(0, most).map((address) => addressed(written, address));
}
