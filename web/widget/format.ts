import type { Language } from './protocol.ts';

type Part = { kind: 'text' | 'bold' | 'link'; value: string };

const TOKEN = /(https?:\/\/[^\s<>"'*]+)|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*\S)\*(?![\p{L}\p{N}*])/gu;

/** A text of the server cut into plain, *bold* and links (http and https only). Never HTML. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let from = 0;
  const plain = (to: number) => to > from && found.push({ kind: 'text', value: text.slice(from, to) });
  for (const token of text.matchAll(TOKEN)) {
    plain(token.index);
    // A full stop after an address belongs to the sentence.
    const value = token[1]?.replace(/[.,;:!?)\]]+$/, '') ?? token[2]!;
    found.push({ kind: token[1] ? 'link' : 'bold', value });
    from = token.index + (token[1] ? value.length : token[0].length);
  }
  plain(text.length);
  return found;
}

/** An address that may be opened: http, https, tel or mailto; anything else is null. */
export function safeHref(href: string | null | undefined): string | null {
  return href && /^(https?:\/\/|tel:|mailto:)/i.test(href) ? href : null;
}

const LOCALE: Record<Language, string> = { es: 'es-ES', ca: 'ca-ES', en: 'en-GB', pt: 'pt-PT' };

/** `10:42` */
export function clock(at: string | number | Date, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { hour: '2-digit', minute: '2-digit', hour12: false }).format(
    new Date(at),
  );
}

/** `lun` */
export const weekday = (at: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALE[language], { weekday: 'short' }).format(new Date(at));

/** `jue, 26 nov` */
export function date(at: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], { weekday: 'short', day: 'numeric', month: 'short' }).format(
    new Date(at),
  );
}

/** Calendar days between `at` and `now`: 0 today, 1 yesterday. */
export function daysAgo(at: string, now: Date): number {
  const midnight = (time: Date) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(new Date(at))) / 86_400_000);
}

/** `1,4 MB` with a no-break space, in thousands as a file manager says. */
export function bytes(size: number, language: Language): string {
  const big = size >= 999_500;
  const figure = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: big ? 1 : 0 });
  return `${figure.format(size / (big ? 1e6 : 1e3))}\u00a0${big ? 'MB' : 'kB'}`;
}

/** Whether a file of type `mime` is of one of the kinds (`image/png`, `image/*`, or `image`). */
export function isKind(mime: string, kinds: string[]): boolean {
  const base = mime.split(';')[0]!.trim().toLowerCase();
  return kinds.some(
    (kind) => base === kind || base.startsWith(kind.replace(/\/?\*?$/, '') + '/') || base.endsWith('/' + kind),
  );
}
