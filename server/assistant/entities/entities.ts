import { words } from '../../triage/words.ts';
import { wishIn } from '../answers.ts';
import { understandDate } from '../dates/dates.ts';
import type { Moment } from '../dates/moment.ts';
import { placeInList } from '../list-places.ts';
import { yesOrNo } from '../short-answers.ts';
import { amountsIn } from './amounts.ts';
import { correctionIn } from './corrections.ts';
import { documentsIn } from './documents.ts';
import type { DocumentRead } from './documents.ts';
import { finderOf } from './finder.ts';
import type { Finder, Named } from './finder.ts';
import { MEDICINES } from './medicines.ts';
import { nameIn } from './names.ts';
import { phonesIn } from './phones.ts';
import { asCalled } from './professionals.ts';
import { SPECIALTIES, withOwnNames } from './specialties.ts';

export type Entity =
  | { kind: 'date'; value: Moment; ambiguous?: Moment[] }
  | { kind: 'document'; value: string; country: string; type: DocumentRead['type']; check: DocumentRead['check'] }
  | { kind: 'phone'; value: string }
  /** `sure` is false where a slip was forgiven: it is read back before anything is done with it. */
  | { kind: 'specialty' | 'professional'; value: string; sure: boolean }
  | { kind: 'medicine'; value: string; sure: boolean; /** It is on the person's own list. */ own: boolean }
  | { kind: 'amount'; value: number; currency: string | null }
  | { kind: 'name'; value: string; relation?: string }
  | { kind: 'answer'; value: 'yes' | 'no' }
  /** From 1; -1 the last. */
  | { kind: 'place'; value: number }
  /** What was said before is taken back; `value` is what was meant instead. */
  | { kind: 'correction'; value: string };

/** The names that a message is searched for. */
export type Lexicon = { specialties: Finder; professionals: Finder; medicines: Finder; own: ReadonlySet<string> };
export type Around = {
  language: string;
  /** The clock on the hospital's wall, `YYYY-MM-DDTHH:MM`. */
  now: string;
  country?: string;
  lexicon?: Lexicon;
};

/**
 * The names of one hospital and one person, made ready once. What is left out is the project's own list; `medicines` are
 * the person's own, which come before the common ones.
 */
export function lexiconOf(lists: {
  specialties?: readonly Named[];
  professionals?: readonly Named[];
  medicines?: readonly Named[];
}): Lexicon {
  const own = lists.medicines ?? [];
  return {
    specialties: lists.specialties ? finderOf(withOwnNames(lists.specialties)) : COMMON.specialties,
    professionals: finderOf(asCalled(lists.professionals ?? [])),
    medicines: own.length ? finderOf([...own, ...MEDICINES]) : COMMON.medicines,
    own: new Set(own.map((one) => one.key)),
  };
}

const COMMON: Lexicon = {
  specialties: finderOf(SPECIALTIES),
  professionals: () => [],
  medicines: finderOf(MEDICINES),
  own: new Set(),
};

/** What begins like a word of days or hours, in four languages and by ear. The reading itself is costly; this is not. */
const TIMED = new RegExp(
  String.raw`\d|\b(?:lun|mar[tç]|mie|mir|jue|gue|vie|bie|sab|dom|dil|dim|dij|div|dis|diu|mon|tue|wed|thu|fri|sat|sun|seg|ter|qua|qui|sex|man|pas|hoy|oy\b|ayer|noche|nit|tard|dem|avui|aui|tom|tod|ton|next|amanh|hoj|depois|sem|set|week|mes|month|dia|day|ene|feb|abr|apr|may|mai|jun|jul|ag|aug|oct|out|nov|dec|dic|dez|gen|jan|enero|cual|qual|any|prox|prop|que vien|prim|fin|a la|a las|a les|media|pronto|lo antes|cuanto antes|asap|antes|abans|before|after|despu|dema|vespre|mati|morn|after|eve|noon|midd|as\b)`,
  'i',
);

/** Everything that can be told from the words alone, for a flow's slots. Never throws, on any text. */
export function entitiesOf(text: string, around: Around): Entity[] {
  const out: Entity[] = [];
  const said = text.length > 1000 ? text.slice(0, 1000) : text;
  const { language, now, country, lexicon = COMMON } = around;
  const corrected = correctionIn(said);
  if (corrected !== null) out.push({ kind: 'correction', value: corrected });
  const answer = yesOrNo(said) ?? yesOrNo(/^[^,.;!\n]{1,20}(?=[,.;!\n])/.exec(said)?.[0] ?? '-');
  if (answer && corrected === null) out.push({ kind: 'answer', value: answer });
  const place = placeInList(said);
  if (place !== null) out.push({ kind: 'place', value: place });

  // what is figures: each reading takes its place from the next
  let rest = said;
  const taken = (from: number, to: number): void => {
    rest = rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to);
  };
  const documents = documentsIn(said, country);
  const phones = phonesIn(said, language, country);
  for (const one of documents) {
    // nine figures may be both: a check that fits, or a name before it, tells
    if (one.check !== 'fits' && phones.some((phone) => phone.from < one.to && one.from < phone.to)) continue;
    out.push({ kind: 'document', value: one.value, country: one.country, type: one.type, check: one.check });
    taken(one.from, one.to);
  }
  for (const one of phones) {
    if (!/\d/.test(rest.slice(one.from, one.to))) continue;
    out.push({ kind: 'phone', value: one.value });
    taken(one.from, one.to);
  }
  for (const one of amountsIn(rest, country)) {
    out.push({ kind: 'amount', value: one.value, currency: one.currency });
    taken(one.from, one.to);
  }
  const name = nameIn(rest);
  if (name) out.push({ kind: 'name', value: name.value, ...(name.relation ? { relation: name.relation } : {}) });

  const heard = words(rest);
  for (const one of lexicon.specialties(heard)) out.push({ kind: 'specialty', value: one.key, sure: one.exact });
  for (const one of lexicon.professionals(heard)) out.push({ kind: 'professional', value: one.key, sure: one.exact });
  for (const one of lexicon.medicines(heard))
    out.push({ kind: 'medicine', value: one.key, sure: one.exact, own: lexicon.own.has(one.key) });

  if (TIMED.test(rest)) {
    // "la del jueves, pasarla al martes": where it should go
    const meant = corrected !== null && corrected !== '' ? corrected : wishIn(rest);
    const moment = understandDate(meant, language, now, country ? { country } : {});
    if (moment) {
      const { ambiguous, ...value } = moment;
      out.push({ kind: 'date', value, ...(ambiguous ? { ambiguous } : {}) });
    }
  }
  return out;
}
