import { documentsIn } from '../entities/documents.ts';
import { nameIn } from '../entities/names.ts';
import { phonesIn } from '../entities/phones.ts';
import type { Identifier } from './contract.ts';

/*
 * Identifiers in a text, replaced by tokens before anything leaves: first what the house knows of the people in the
 * conversation, then what looks like an identifier whoever it is of. What is left over and could be one stops the text.
 */

/** Something that the house knows of somebody in the conversation. */
export type KnownValue = { kind: Identifier; value: string };

export type Redaction = {
  known: readonly KnownValue[];
  /** Names that stay: professionals, places, what the organisation is called. */
  stays: readonly string[];
  language: string;
  country: string;
  /** The year of today: dates that lie well before it are birth dates, as far as anyone can tell. */
  year: number;
  /** Kinds that may leave. */
  allows?: readonly Identifier[];
};

/** Why a text does not leave. */
export type Doubt = 'too_long' | 'unknown_number' | 'unreadable';

/** Longer ones are stories, and stories name people. */
const LONGEST = 1_500;
const TOKEN = /\[(NAME|DOCUMENT|PHONE|EMAIL|BIRTH_DATE|ADDRESS|NUMBER)_(\d{1,3})\]/g;
/** Control characters, what has no width, what turns the reading round, and the marks that are used here. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF\uE000\uE001]/g;
const HELD = /\uE000(\d+)\uE001/g;

/** Replaces identifiers by tokens, the same value by the same token, and back. One for each call that leaves. */
export class Redactor {
  readonly #about: Redaction;
  readonly #tokens = new Map<string, string>();
  readonly #byValue = new Map<string, string>();
  readonly #counts = new Map<Identifier, number>();

  constructor(about: Redaction) {
    this.#about = about;
  }

  /** The text without identifiers, or why there is no such text. */
  hide(source: string): { text: string } | { doubt: Doubt } {
    const plain = source.normalize('NFKC').replace(UNSEEN, '');
    if (plain.length > LONGEST) return { doubt: 'too_long' };
    // a token that somebody types is no token of ours
    let text = plain.replace(/\[([A-Z_]+_\d+)\]/g, '($1)');
    const held: string[] = [];
    const hold = (value: string): string => `\uE000${held.push(value) - 1}\uE001`;
    const cover = (kind: Identifier, value: string): string => hold(this.#token(kind, value));

    text = text.replace(/[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/giu, (found) => cover('email', found));
    text = text.replace(/\bhttps?:\/\/\S+|\bwww\.\S+/gi, (found) => cover('number', found));
    for (const name of [...this.#about.stays].sort((a, b) => b.length - a.length))
      text = replaceWords(text, name, hold);
    text = text.replace(/\b(?:dr|dra|doctor|doctora)\.?\s+\p{Lu}[\p{L}'’-]+/giu, (found) =>
      this.#about.known.some(
        (one) => one.kind === 'name' && wordsOf(one.value).some((word) => fold(found).endsWith(fold(word))),
      ) && !this.#about.stays.some((name) => fold(name).includes(fold(found.split(/\s+/).at(-1)!)))
        ? found
        : hold(found),
    );
    for (const { kind, value } of [...this.#about.known].sort((a, b) => b.value.length - a.value.length))
      text = this.#known(text, kind, value, cover);
    text = this.#dates(text, cover, hold);
    text = text.replace(/\b[A-Z]{2}\d{2}(?:[ ]?[A-Z\d]{4}){2,7}(?:[ ]?[A-Z\d]{1,4})?\b/g, (found) =>
      cover('number', found),
    );
    text = text.replace(/(?<![\d\uE000])\d(?:[ -]?\d){12,18}(?!\d)/g, (found) =>
      luhn(found) ? cover('number', found) : found,
    );
    text = spans(text, documentsIn(text, this.#about.country), (found) => cover('document', found));
    text = spans(text, phonesIn(text, this.#about.language, this.#about.country), (found) => cover('phone', found));
    text = spans(text, phonesIn(text, this.#about.language), (found) => cover('phone', found));
    text = text.replace(STREET, (found) => cover('address', found));
    for (let tries = 0; tries < 3; tries += 1) {
      const name = nameIn(text);
      if (!name || /[\uE000\uE001]/.test(text.slice(name.from, name.to))) break;
      text = spans(text, [name], (found) => cover('name', found));
    }
    text = text.replace(CAPITALS, (found) => cover('name', found));
    // what is left of figures: a short one is a count, a time, a dose; a long one is somebody's
    text = text.replace(/(?<![\d\uE000])\d(?:[ .\-/]?\d){4,}(?![\d\uE001])/g, (found) => {
      const figures = found.replace(/\D/g, '').length;
      return figures <= 6 ? cover('number', found) : found;
    });
    if (/(?<![\d\uE000])\d(?:[ .\-/]?\d){6,}(?![\d\uE001])/.test(text)) {
      if (!this.#about.allows?.includes('number')) return { doubt: 'unknown_number' };
    }
    for (let i = 0; HELD.test(text) && i < 5; i += 1)
      text = text.replace(HELD, (_, at: string) => held[Number(at)] ?? '');
    return { text };
  }

  /** Puts back what the tokens stand for. @returns null where a token is none of ours */
  show(text: string): string | null {
    let strange = false;
    const shown = text.replace(TOKEN, (token) => {
      const value = this.#tokens.get(token);
      if (value === undefined) strange = true;
      return value ?? token;
    });
    return strange ? null : shown;
  }

  #token(kind: Identifier, value: string): string {
    if (this.#about.allows?.includes(kind)) return value;
    const same = `${kind}:${fold(value)}`;
    const known = this.#byValue.get(same);
    if (known) return known;
    const n = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, n);
    const token = `[${kind.toUpperCase()}_${n}]`;
    this.#tokens.set(token, value);
    this.#byValue.set(same, token);
    return token;
  }

  #known(text: string, kind: Identifier, value: string, cover: (kind: Identifier, value: string) => string): string {
    switch (kind) {
      case 'name': {
        const list = wordsOf(value);
        let out = replaceWords(text, value, () => cover('name', value));
        for (const word of list) out = replaceWords(out, word, (found) => cover('name', found));
        return out;
      }
      case 'birth_date': {
        const [year, month, day] = value.split('-').map(Number);
        if (!year || !month || !day) return text;
        const [m, d] = [`0?${month}`, `0?${day}`];
        const forms = [
          `${d}[\\s./-]+${m}[\\s./-]+(?:${year}|${String(year).slice(2)})`,
          `${m}[\\s./-]+${d}[\\s./-]+${year}`,
          `${year}[\\s./-]+${m}[\\s./-]+${d}`,
          `${String(day).padStart(2, '0')}${String(month).padStart(2, '0')}${year}`,
        ];
        return text.replace(new RegExp(`(?<!\\d)(?:${forms.join('|')})(?!\\d)`, 'g'), (found) =>
          cover('birth_date', found),
        );
      }
      case 'document':
      case 'phone':
      case 'number': {
        const characters = value.replace(/[^\p{L}\d]/gu, '');
        if (characters.length < 5) return text;
        const tail = kind === 'phone' && characters.length > 9 ? characters.slice(-9) : characters;
        const loose = (one: string): string => [...one].map((c) => escape(c)).join('[\\s.\\-]?');
        const withHead = kind === 'phone' ? `(?:\\+?\\d{1,3}[\\s.\\-]?)?${loose(tail)}` : loose(characters);
        // the figures alone, without the letter that checks them
        const bare =
          kind === 'document' && /^\d{6,}[A-Z]$/i.test(characters)
            ? `|${loose(characters.slice(0, -1))}(?:[\\s-]?[A-Za-z]|-[\\dkK])?`
            : '';
        return text.replace(new RegExp(`(?<![\\p{L}\\d])(?:${withHead}${bare})(?![\\p{L}\\d])`, 'giu'), (found) =>
          cover(kind, found),
        );
      }
      case 'email':
      case 'address':
        return replaceWords(text, value, () => cover(kind, value));
    }
  }

  /** Dates of long ago, and dates of whom somebody says when they were born. The others are what the talk is about. */
  #dates(text: string, cover: (kind: Identifier, value: string) => string, hold: (value: string) => string): string {
    return text.replace(DATE, (found: string, ...rest: unknown[]) => {
      const at = rest.at(-2) as number | undefined;
      const before = typeof at === 'number' ? text.slice(Math.max(0, at - 30), at) : '';
      const year = Number(/(?:19|20)\d{2}/.exec(found)?.[0] ?? `20${/\d{2}$/.exec(found)?.[0] ?? '00'}`);
      const short = !/(?:19|20)\d{2}/.test(found);
      const near = Math.abs(year - this.#about.year) <= 1;
      return !BORN.test(before) && near && !(short && year > this.#about.year + 1)
        ? hold(found)
        : cover('birth_date', found);
    });
  }
}

const MONTHS = String.raw`(?:ene|gen|jan|feb|fev|mar|març|abr|apr|may|mai|maig|jun|jul|ago|aug|sep|set|oct|out|nov|dic|des|dec|dez)\p{L}*`;
const DATE = new RegExp(
  String.raw`(?<!\d)(?:(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d{2}|\d{2})|\d{1,2}(?:st|nd|rd|th)?\s*(?:de |d'|d’|of )?\s*${MONTHS}\s*(?:de |del |of |,)?\s*(?:19|20)\d{2}|${MONTHS}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{2})(?!\d)`,
  'giu',
);
const BORN = /(?:nac[ií]|nascu|neixement|n[eé]|nasc|born|birth|dob|cumple|aniversari)[\p{L}\s:.,]*$/iu;
const STREET =
  /\b(?:c\/|calle|carrer|av\.|avda\.?|avenida|avinguda|paseo|passeig|pla[cç]a|plaza|rua|travessa|ronda|camino)\s*(?:de la |de los |de las |del |de |da |do |d'|la |el )?[\p{L}'’. -]{2,40}?[ ,]+(?:n[ºo°.]*\s*)?\d{1,4}(?:[ ,]+\d{0,2}[ºª]?\s?[A-Za-z]?\b)?|\b\d{1,4}\s+\p{Lu}\p{L}+\s+(?:street|road|avenue|lane|drive|st\.|rd\.|ave\.)/giu;
/** Two words with a capital, side by side: somebody's name, if it is nobody's that stays. */
const CAPITALS =
  /(?<![\p{L}\uE000])\p{Lu}\p{Ll}[\p{L}'’·-]+(?:\s+(?:(?:de|del|de la|da|do|dos|i|y)\s+)?\p{Lu}\p{Ll}[\p{L}'’·-]+)+/gu;

const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

/** Words of a name that are somebody's: not "de", not "la". */
const wordsOf = (name: string): string[] =>
  name
    .split(/[\s,.]+/)
    .filter((word) => word.length >= 3 && !/^(?:del|los|las|dos|van|von|der|sra|don|dra)$/i.test(word));

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** Letters with and without their accents. */
const ACCENTS: Record<string, string> = {
  a: 'aàáâãä',
  e: 'eèéêë',
  i: 'iìíîï',
  o: 'oòóôõö',
  u: 'uùúûü',
  c: 'cç',
  n: 'nñ',
};

/** Replaces a phrase wherever it stands as whole words, in any case and with or without accents. */
function replaceWords(text: string, phrase: string, put: (found: string) => string): string {
  const trimmed = phrase.trim();
  if (trimmed.length < 2) return text;
  const source = [...fold(trimmed)]
    .map((c) => (c === ' ' ? '\\s+' : ACCENTS[c] ? `[${ACCENTS[c]}]` : escape(c)))
    .join('');
  return text.replace(new RegExp(`(?<![\\p{L}\\d\\uE000])${source}(?![\\p{L}\\d\\uE001])`, 'giu'), (found) =>
    put(found),
  );
}

function spans(text: string, found: readonly { from: number; to: number }[], put: (value: string) => string): string {
  let out = text;
  for (const { from, to } of [...found].sort((a, b) => b.from - a.from)) {
    if (/[\uE000\uE001]/.test(out.slice(from, to)) || out[from - 1] === '\uE000') continue;
    out = out.slice(0, from) + put(out.slice(from, to)) + out.slice(to);
  }
  return out;
}

/** ISO/IEC 7812-1, annex B. */
function luhn(text: string): boolean {
  const figures = text.replace(/\D/g, '');
  let sum = 0;
  for (let i = 0; i < figures.length; i += 1) {
    const figure = Number(figures[figures.length - 1 - i]);
    const doubled = i % 2 ? figure * 2 : figure;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return figures.length >= 13 && sum % 10 === 0;
}
