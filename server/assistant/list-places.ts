import { near, plain, words } from '../triage/words.ts';

/*
 * Which of a list is meant: by its place, or by its words.
 */

const ORDINALS: [RegExp, number][] = [
  [/\b(?:primer[oa]?s?|1[ºªoa]|first|1st|primeir[oa])\b/, 1],
  [/\b(?:segund[oa]|segon|segona|2[ºªoa]|second|2nd)\b/, 2],
  [/\b(?:tercer[oa]?|3[ºªoa]|third|3rd|terceir[oa])\b/, 3],
  [/\b(?:cuart[oa]|quart[ao]?|4[ºªoa]|fourth|4th)\b/, 4],
  [/\b(?:quint[oa]|cinque|cinquena|5[ºªoa]|fifth|5th)\b/, 5],
  [/\b(?:sext[oa]|sise|sisena|6[ºªoa]|sixth|6th)\b/, 6],
  [/\b(?:septim[oa]|sete|setena|7[ºªoa]|seventh|7th|setim[oa])\b/, 7],
  [/\b(?:octav[oa]|vuite|vuitena|8[ºªoa]|eighth|8th|oitav[oa])\b/, 8],
  [/\b(?:noven[oa]|nove|novena|9[ºªoa]|ninth|9th|non[oa])\b/, 9],
  [/\b(?:decim[oa]|dese|desena|10[ºªoa]|tenth|10th)\b/, 10],
];

const LAST = /\b(?:ultim[oa]|darrer[a]?|last)\b/;

const COUNTED = [
  '',
  'un|uno|una|one|um|uma',
  'dos|two|dois|duas|dues',
  'tres|three',
  'cuatro|quatre|four|quatro',
  'cinco|cinc|five',
  'seis|sis|six',
  'siete|set|seven|sete',
  'ocho|vuit|eight|oito',
  'nueve|nou|nine|nove',
  'diez|deu|ten|dez',
];

/** What may stand around a place: "quiero la segunda, por favor". */
const CHOOSING =
  /^(?:(?:pues|entonces|bueno|vale|ok|okay|doncs)[ ,]+)?(?:quiero|quisiera|prefiero|elijo|escojo|dame|deme|ponme|me quedo con|me va bien|me sirve|me viene bien|agafo|vull|prefereixo|em va be|em quedo(?: amb)?|i(?:'| wi)ll take|i want|i(?:'d| would) like|give me|i prefer|let's do|quero|prefiro|fico com|pode ser|escolho)\s+/;

const PLEASE =
  /(?:[ ,]+(?:por favor|porfa|porfi|xfa|please|pls|si us plau|sisplau|gracias|gracies|thanks|thank you|obrigad[oa]|mejor|millor|me va bien|esta bien))+$/;

const OF_A_MONTH =
  /\b(?:de|d'|of)\s*(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gener|febrer|marc|maig|juny|juliol|agost|setembre|octubre|novembre|desembre|january|february|march|april|may|june|july|august|september|october|november|december|janeiro|fevereiro|marco|maio|junho|julho|outubro|dezembro|mes|month)\b|\b(?:semana|setmana|week|feira)\b/;

/** Which of a list is meant, from 1; `-1` the last; null where no place is named. */
export function placeInList(text: string): number | null {
  const said = plain(text)
    .replace(/[️⃣]/gu, '')
    .replace(/[¿?¡!.()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(CHOOSING, '')
    .replace(PLEASE, '');
  const digit = /^(?:(?:la|el|els|les|o|a|the|number|numero|num|opcion|opcio|option|opcao|n)\s*)*(\d{1,2})$/.exec(said);
  if (digit) return Number(digit[1]);
  if (said.split(' ').length > 4) return null;
  for (let i = 1; i < COUNTED.length; i++) {
    if (new RegExp(`^(?:(?:la|el|o|a|opcion|opcio|option|opcao|numero|number)\\s+)?(?:${COUNTED[i]})$`).test(said))
      return i;
  }
  // "el primero de mayo", "segunda-feira": a day
  if (OF_A_MONTH.test(said)) return null;
  if (LAST.test(said)) return -1;
  for (const [form, place] of ORDINALS) if (form.test(said)) return place;
  return null;
}

/** Words too common to choose an option by. */
const COMMON = new Set(
  (
    'el la los las un una de del y o en con para por que quiero me mi lo al a the of and or in to for with i want my els les i amb per vull un uma o os as em com quero ' +
    'mis meu meva meus meves minha minhas tengo tinc tenho have ' +
    'si no por favor please una ver veure see dame prefiero esa ese eso este esta aquesta aquest this that essa esse doctor doctora dr dra'
  ).split(' '),
);

type Pickable = { title: string; description?: string; words?: string };

/** Texts of options whose words are kept: menus are the same for everybody, and are read at every turn. */
const MOST_KEPT = 4_000;
let kept = new Map<string, ReturnType<typeof words>>();

function wordsOfOption(text: string): ReturnType<typeof words> {
  let own = kept.get(text);
  if (!own) {
    if (kept.size >= MOST_KEPT) kept = new Map();
    kept.set(text, (own = words(text)));
  }
  return own;
}

const endsIn = (title: string, written: string): boolean =>
  !/^(?:si|no)?$/.test(written) &&
  plain(title).trim().endsWith(` ${written}`) &&
  words(title).every((word) => COMMON.has(word.plain));

/**
 * The option that a text means by its words, forgiving accents and a slip, or the several it could be.
 * `whole`: an option counts only when all its own words stand in the text (for words said before the menu was shown).
 */
export function pickByWords(text: string, options: readonly Pickable[], whole = false): number[] {
  const written = plain(text).trim();
  const exact = options.flatMap((option, index) => (plain(option.title).trim() === written ? [index] : []));
  if (exact.length) return exact;
  const asked = words(text).filter((word) => !COMMON.has(word.plain));
  if (asked.length === 0) {
    // "me" for "For me": all that the title says is small words, and these end it
    const ended = options.flatMap(({ title }, index) => (whole ? [] : endsIn(title, written) ? [index] : []));
    return ended.length === 1 ? ended : [];
  }
  const alike = (a: string, b: string): boolean =>
    a === b ||
    (a.length >= 5 &&
      b.length >= 5 &&
      (near(a, b) || (a.slice(0, 6) === b.slice(0, 6) && Math.abs(a.length - b.length) <= 4)));
  const scored = options.map((option) => {
    const own = wordsOfOption(option.title).filter((word) => !COMMON.has(word.plain));
    const more = wordsOfOption(`${option.description ?? ''} ${option.words ?? ''}`).filter(
      (word) => !COMMON.has(word.plain),
    );
    if (whole)
      return own.length && own.every((word) => asked.some((other) => alike(word.sound, other.sound))) ? own.length : 0;
    let hit = 0;
    for (const word of asked) {
      if (own.some((other) => alike(word.sound, other.sound))) hit += 1;
      else if (more.some((other) => alike(word.sound, other.sound))) hit += 0.7;
    }
    return hit / asked.length;
  });
  const best = Math.max(...scored, 0);
  if (best < (whole ? 1 : 0.5)) return [];
  return scored.flatMap((score, index) => (score >= best - 0.01 ? [index] : []));
}

/** The options of which a text names a word that not all of them have: "la electromiografía de mi madre". */
export function pickByMention(text: string, options: readonly Pickable[]): number[] {
  // "para mí" at the end of a breath, which "para mi madre" is not
  const said = plain(text);
  const titled = options.flatMap((option, index) => {
    const title = plain(option.title).trim();
    const at = title ? said.lastIndexOf(title) : -1;
    return at >= 0 && !/^ ?[\p{L}\p{N}]/u.test(said.slice(at + title.length)) ? [index] : [];
  });
  if (titled.length === 1) return titled;
  const asked = words(text).filter((word) => word.plain.length >= 4 && !COMMON.has(word.plain));
  const own = options.map((option) =>
    wordsOfOption(`${option.title} ${option.description ?? ''} ${option.words ?? ''}`).filter(
      (word) => word.plain.length >= 4,
    ),
  );
  const hits = options.map(() => 0);
  for (const { sound: heard } of asked) {
    const having = own.map((list) =>
      list.some((word) => word.sound === heard || (heard.length >= 6 && near(word.sound, heard))),
    );
    if (having.filter(Boolean).length === options.length && options.length > 1) continue;
    having.forEach((has, index) => void (has && (hits[index]! += 1)));
  }
  const best = Math.max(0, ...hits);
  return best ? hits.flatMap((hit, index) => (hit === best ? [index] : [])) : [];
}
