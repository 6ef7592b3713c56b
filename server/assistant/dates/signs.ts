import { near, plain, sound } from '../../triage/words.ts';
import { ca } from './ca.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';
import type { Tongue } from './tongue.ts';

export const TONGUES: Record<string, Tongue> = { es, ca, en, pt };

const VOCABULARY = new Map(
  Object.entries(TONGUES).map(([name, tongue]) => [
    name,
    [...tongue.words.keys()]
      .filter((word) => word.length >= 5 && !/\d/.test(word))
      .map((word) => ({ word, heard: sound(word), slips: slipsOf(word, tongue.words.get(word)!) })),
  ]),
);

/** How many typing slips a word may have: names of days and months, and what moves them; not figures. */
function slipsOf(word: string, sign: string): number {
  if (!/^(?:W\d|M\d+|TOM|WEEK|TODAY|WEEKEND|MORN)$/.test(sign)) return 0;
  return word.length >= 8 ? 2 : 1;
}

/** Words of their own that lie one slip from a day or a month. */
const OTHERS = new Set(
  'vienes vienen viene quiere parte partes marta martas abrir abriran abrio abrid banana manera nueves jueces hueves marzos mando enteros segundo segundos quinto quintos sexto sextos terco cuarto quanto quanta quantas quantos canta manha manhas semanal mayor mayores junto juntos juntas money mouth match someone tarde tardes domino dominio dinero sunny Friend friend friends weeds marches sombra nombre hombre sabana sabanas medio madura marca marcar marco'.split(
    ' ',
  ),
);
const remembered = new Map<string, string | null>();

/** The sign of a word, forgiving one slip in a long one where only one sign is meant. */
function signOf(word: string, language: string, own: boolean): string | null {
  const exact = TONGUES[language]!.words.get(word);
  if (exact) return exact;
  if (!own || word.length < 5 || OTHERS.has(word)) return null;
  const key = `${language} ${word}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size > 20_000) remembered.clear();
  const found = misspelt(word, language);
  remembered.set(key, found);
  return found;
}

function misspelt(word: string, language: string): string | null {
  const heard = sound(word);
  const { words } = TONGUES[language]!;
  const list = VOCABULARY.get(language)!;
  const alike = list.find((known) => known.heard === heard);
  if (alike) {
    const sign = words.get(alike.word)!;
    // "tursday" sounds like Thursday to a Spanish ear, and is Tuesday with a slip as well
    const other = list.some((known) => known.slips && words.get(known.word) !== sign && near(word, known.word));
    return other ? null : sign;
  }
  // the nearest, where there is one nearest: "junio" is not "julio" with a slip
  for (let slips = 1; slips <= 2; slips++) {
    const signs = new Set(
      list
        .filter(
          (known) =>
            known.slips >= slips && near(word, known.word, slips) && (slips === 1 || word[0] === known.word[0]),
        )
        .map((known) => words.get(known.word)!),
    );
    if (signs.size) return signs.size === 1 ? [...signs][0]! : null;
  }
  return null;
}

/** First to fourth of a month's weeks or weekdays; 0 the last. */
function place(form: string): number {
  if (/^(?:ult|darr|last)/.test(form)) return 0;
  if (/^(?:1|pri|fir)/.test(form)) return 1;
  if (/^(?:2|seg|sec)/.test(form)) return 2;
  return /^(?:3|ter|thi)/.test(form) ? 3 : 4;
}

/** Short forms, and in Portuguese the weekdays that are ordinals next door: signs only to who writes that language. */
function isForeign(word: string, sign: string, language: string, text: string): boolean {
  if (!/^[WM]\d/.test(sign)) return false;
  return word.length <= 4 || (language === 'pt' && sign.startsWith('W') && word !== 'domingo' && !/feira/i.test(text));
}

/** Whether a word that says nothing looks like a day that was mistyped: "lues a las 10:30". */
export function looksLikeDay(text: string, language: string): boolean {
  const { words } = TONGUES[language]!;
  for (const [word] of plain(text).matchAll(/\p{L}{4,}/gu)) {
    if (words.has(word)) continue;
    for (const [known, sign] of words)
      if (known.length >= 4 && /^(?:W\d|TOM)$/.test(sign) && near(word, known)) return true;
  }
  return false;
}

/** Words that begin a turn of speech without being signs themselves. */
const TURNS =
  /\b(?:finde|fds|medio ?dia|mig ?dia|noon|midday|midnight|meio[- ]dia|meia[- ]noite|mitja ?nit|media ?noche|tonight|asap|as soon|as early|whenever|any ?time|earliest|soonest|temprano|cuanto antes|lo antes|quan abans|com abans|aviat|cualquier|qualsevol|qualquer|tanto faz|any|week-?ends?|despus-?dema|overmorrow|igual|quarts?|half|quarter|first thing|last thing|cedo|hora|breve|rapido)\b/;

/** Whether a text may hold a day or an hour of a language that is not the one of who writes: cheap, before all else. */
export function mayHold(text: string, language: string): boolean {
  const said = plain(text);
  if (/\d/.test(said) || TURNS.test(said)) return true;
  const { words } = TONGUES[language]!;
  for (const match of said.matchAll(/\p{L}+/gu)) {
    const sign = words.get(match[0]);
    if (sign !== undefined && DATED.test(sign)) return true;
  }
  return false;
}
const DATED = /^(?:W\d|M\d+|TODAY|TOM|WEEK|MONTH|YEAR|MORN|AFT|EVE|AT|HALF|QUARTS?|WEEKEND)$/;

/** Days of the year that are called by a weekday, and are another one than the next: they are asked about. */
const FEAST =
  /\b(?:(?:domingo|lunes|martes|miercoles|jueves|viernes|sabado|dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|(?:segunda|terca|quarta|quinta|sexta)(?:[- ]?feira)?) (?:sant[ao]?|de (?:ramos?|rams|gloria|pascuas?|pasqua|pascoa|resurreccion|ressurreicao|aleluia|ceniza|cendra|cinzas|carnaval))|(?:easter|good|palm|shrove|ash|maundy) (?:sunday|monday|tuesday|wednesday|thursday|friday|saturday))\b/g;
/** People who are called like a day or a month. */
const NAMESAKE =
  /\b(?:dra?|doctora?|doutora?|sra?|srta|senora?|senyora?|don|dona|mr|mrs|ms|miss|me llamo|em dic|me chamo|chamo-me|my name is)\.? (?:domingos?|julio|abril|mayo|may|june|april|august)\b/g;
/** "el viernes... no, espera, el jueves": what was said before is taken back. */
const TAKEN_BACK = /^.*\b(?:no|nao),? (?:esper[ae]|esperi|perdon[ae]?|perdo|perdao|miento|mentida|digo|wait|sorry)\b/s;

/** Rewrites a text to signs; unknown words become `_`. `own`: it is the language of who writes. */
export function signs(text: string, language: string, own = true): string {
  let said = ` ${plain(text).replace(/[¿?¡!"()]/g, ' ')} `;
  said = said
    .replace(TAKEN_BACK, ' ')
    .replace(FEAST, ' FEAST ')
    .replace(NAMESAKE, ' _ ')
    .replace(/\b(?:mas|mais) tarde\b|\bmes tard\b/g, ' _ ')
    .replace(/(\d{4}-\d{2}-\d{2})t(?=\d{2}:\d{2})/g, '$1 ')
    // how long or how often is no hour of the day
    .replace(
      /\b(?:en|dentro de|cada|in|every|within|d'aqui(?: a)?|daqui a|a cada|em|durante|for|hace|fa|ha) (?:\d{1,2}|\p{L}+) ?(?:h|hs|hrs|horas?|hores?|hours?|min|minutos?|minuts?|minutes?)\b/gu,
      ' BIG ',
    )
    .replace(
      /\b\d{1,2} (?:veces|vegades|times|vezes|anos|anys|years|euros|pesos|reais|pounds|dollars|kilos|kg|mg|ml|cm)\b/g,
      ' BIG ',
    )
    .replace(/\b(\d{1,2})(?: (?:(?:y|i|e|and) )?(?:1\/2|½)| ?½)(?!\d)/g, ' AT N$1 AND HALF ')
    .replace(
      /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/g,
      (_all, year: string, month: string, date: string) =>
        ` D${year}${month.padStart(2, '0')}${date.padStart(2, '0')} `,
    )
    .replace(
      /\b(\d{1,2})(?::(\d{2}))?(?:\.(\d{2}))? ?([ap])\.? ?m\b\.?/g,
      (_all, hour, minute, other, half) => ` T${hour}:${minute ?? other ?? '00'} ${half === 'a' ? 'AM' : 'PM'} `,
    )
    .replace(/\b(\d{1,2}):(\d{2})(?: ?(?:hs|hrs|h|horas|hores))?\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2}) ?h ?(\d{2})(?: ?min)?\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2})\.(\d{2}) ?(?:hs|hrs|h|horas|hores)\b/g, ' T$1:$2 ')
    .replace(/\b(\d{1,2}) ?(?:hs|hrs|h|horas|hores)\b/g, ' T$1:00 ')
    .replace(
      /\b(\d{1,2}) ?([/.-]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{2}))?\b/g,
      (all, a: string, sign: string, b: string, year?: string) =>
        sign === '.' && !year && (Number(b) > 12 || b === '00') && b.length === 2
          ? ` T${a}:${b} `
          : sign === '-' && !year && Number(b) > 12
            ? all
            : ` X${a}/${b}/${year ?? ''} `,
    )
    .replace(/(\d)[ºªo°]\b/g, '$1');
  for (const [pattern, sign] of TONGUES[language]!.phrases) {
    const next = said.replace(pattern, sign);
    if (next !== said) said = next.replace(/ {2,}/g, ' ');
  }
  said = said.replace(/ORD_(\S+)/g, (_all, form: string) => ` ORD${place(form)} `);
  const out: string[] = [];
  for (const match of said.matchAll(/[DTX]\d[\d:/-]*|[A-Z]+\d*|\d+|[a-z]+|[,;]/g)) {
    const part = match[0];
    if (/^[A-Z]/.test(part)) out.push(part);
    else if (/^\d/.test(part)) out.push(part.length <= 4 ? `N${Number(part)}` : 'BIG');
    else if (part === ',' || part === ';') out.push('COMMA');
    else {
      const sign = signOf(part, language, own);
      const foreign = !own && sign !== null && isForeign(part, sign, language, text);
      if (sign !== 'FILLER') out.push(foreign ? '_' : (sign ?? '_'));
    }
  }
  // thirty and one, twenty and three: numbers written as two
  return (
    ` ${out.join(' ')} `
      .replace(/ N(20|30) AND N([1-9]) /g, (all, tens, ones) =>
        Number(tens) + Number(ones) <= 31 ? ` N${Number(tens) + Number(ones)} ` : all,
      )
      .replace(/ N20 I N([1-9]) /g, (_all, ones) => ` N${20 + Number(ones)} `)
      // "fri am"
      .replace(/ (W\d|TODAY|TOM|DAT) (AM|PM) /g, (_all, day, half) => ` ${day} ${half === 'AM' ? 'MORN' : 'AFT'} `)
  );
}
