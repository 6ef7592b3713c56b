import { stdnum } from 'stdnum';

/** `fits`: the check letter or digit is right; `wrong`: it is not; `none`: this kind has nothing to check. */
export type DocumentRead = {
  country: string;
  type: 'dni' | 'nie' | 'cuit' | 'rut' | 'cc' | 'curp' | 'cpf' | 'nif' | 'other';
  value: string;
  check: 'fits' | 'wrong' | 'none';
  from: number;
  to: number;
};

type Kind = {
  country: string;
  type: DocumentRead['type'];
  form: RegExp;
  /** stdnum's name of it; without one nothing can be checked. */
  check?: [string, string];
  /** What people call it, just before the number. */
  called: RegExp;
  /** So much like other numbers that it counts only in its country or by its name. */
  plain?: true;
};

const SPACED = String.raw`[\s.·-]{0,2}`;
const thousands = (first: string): string => String.raw`${first}[.\s·]?\d{3}[.\s·]?\d{3}`;
/** Numbers of identity documents by country, the ones with the surest form first. */
const KINDS: readonly Kind[] = [
  { country: 'MX', type: 'curp', form: /[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d/y, check: ['MX', 'curp'], called: /curp/ },
  {
    country: 'ES',
    type: 'nie',
    form: new RegExp(`[XYZ]${SPACED}\\d{7}${SPACED}[A-Z]`, 'y'),
    check: ['ES', 'nie'],
    called: /nie|dni|nif/,
  },
  {
    country: 'ES',
    type: 'dni',
    form: new RegExp(`(?:\\d{7,8}|${thousands('\\d{1,2}')})${SPACED}[A-HJ-NP-TV-Z]`, 'y'),
    check: ['ES', 'dni'],
    called: /dni|nif|carnet/,
  },
  { country: 'BR', type: 'cpf', form: /\d{3}\.?\d{3}\.?\d{3}[-\s.]?\d{2}/y, check: ['BR', 'cpf'], called: /cpf/ },
  {
    country: 'AR',
    type: 'cuit',
    form: /(?:20|2[3-7]|3[034])[-\s]?\d{8}[-\s]?\d/y,
    check: ['AR', 'cuit'],
    called: /cui[tl]/,
  },
  {
    country: 'CL',
    type: 'rut',
    form: new RegExp(`(?:\\d{7,8}|${thousands('\\d{1,2}')})\\s?-\\s?[\\dK]`, 'y'),
    check: ['CL', 'rut'],
    called: /ru[tn]/,
  },
  {
    country: 'CL',
    type: 'rut',
    form: new RegExp(`(?:\\d{7,8}|${thousands('\\d{1,2}')})[\\dK]`, 'y'),
    check: ['CL', 'rut'],
    called: /ru[tn]/,
    plain: true,
  },
  {
    country: 'PT',
    type: 'nif',
    form: /\d{3}[\s.]?\d{3}[\s.]?\d{3}/y,
    check: ['PT', 'nif'],
    called: /nif|contribuinte|fiscal/,
    plain: true,
  },
  {
    country: 'AR',
    type: 'dni',
    form: new RegExp(`(?:\\d{7,8}|${thousands('\\d{1,2}')})`, 'y'),
    called: /dni|documento|doc|lc|le/,
    plain: true,
  },
  {
    country: 'CO',
    type: 'cc',
    form: new RegExp(`(?:1[.\\s]\\d{3}[.\\s]\\d{3}[.\\s]\\d{3}|\\d{10}|\\d{6,8}|${thousands('\\d{1,3}')})`, 'y'),
    called: /cc|c\.?c\.?|cedula|ti|documento/,
    plain: true,
  },
];
const CALLED =
  /([\p{L}.]+)(?:\s*(?:es|is|és|é|el|n[ºo°]?|num(?:ero)?|:|no?\.?|de|-|#|=|identidad|identitat|ciudadania|extranjeria|d'|identidade))*\s*$/iu;

/**
 * Document numbers in a text, each with its country and what its check letter or digit says. Plain figures count as one
 * only by the name that people give them ("dni", "cédula") or in the country where documents are such figures.
 */
export function documentsIn(text: string, country?: string): DocumentRead[] {
  if (!/\d{5}|\d[.\s·-]\d{3}|[A-Z]{4}\d{6}/i.test(text)) return [];
  const upper = text.toUpperCase();
  const found: DocumentRead[] = [];
  for (let at = 0; at < upper.length && at < 2000; at++) {
    if (!/[A-Z\d]/.test(upper[at]!) || (at > 0 && /[\p{L}\d+]/u.test(upper[at - 1]!))) continue;
    const best = readAt(upper, at, country);
    if (!best) continue;
    found.push(best);
    at = best.to - 1;
  }
  return found;
}

function readAt(upper: string, at: number, country: string | undefined): DocumentRead | null {
  const word = CALLED.exec(upper.slice(Math.max(0, at - 40), at))?.[1]
    ?.toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  let best: { read: DocumentRead; rank: number } | null = null;
  for (const kind of KINDS) {
    kind.form.lastIndex = at;
    const match = kind.form.exec(upper);
    if (!match || /^[\p{L}\d]/u.test(upper.slice(at + match[0].length))) continue;
    // "12.345.678" goes on
    if (/^[.-]\d/.test(upper.slice(at + match[0].length))) continue;
    const named = word !== undefined && new RegExp(`^(?:${kind.called.source})$`).test(word);
    const home = country === kind.country;
    if (kind.plain && !named && !home) continue;
    const value = match[0].replace(/[^A-Z\d]/g, '');
    const check = checked(kind, value);
    // a plain figure whose check is wrong is some other figure, unless it was called so
    if (check === 'wrong' && !named && (kind.plain || kind.type === 'cuit' || kind.type === 'cpf')) continue;
    const rank =
      (named ? 4 : 0) +
      (home ? 3 : 0) +
      (check === 'fits' ? 3 : 0) -
      (check === 'wrong' ? 2 : 0) +
      match[0].length / 100;
    const read = { country: kind.country, type: kind.type, value, check, from: at, to: at + match[0].length };
    if (!best || rank > best.rank) best = { read, rank };
  }
  return best?.read ?? null;
}

function checked(kind: Kind, value: string): DocumentRead['check'] {
  if (!kind.check) return 'none';
  const [country, type] = kind.check;
  const full = kind.type === 'dni' ? value.padStart(9, '0') : value;
  return stdnum[country]![type]!.validate(full).isValid ? 'fits' : 'wrong';
}
