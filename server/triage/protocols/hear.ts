import { plain } from '../words.ts';
import type { Doubt, ProtocolLanguage, Question, Said, Value } from './contract.ts';
import { badness, LONGEST_MINUTES, rangeOf } from './prepare.ts';
import { UNITS } from './units.ts';

/** What was understood of an answer: a value, a doubt that counts (never a guess), or nothing: ask again. */
export type Heard =
  | { value: Value }
  | { doubt: Doubt }
  /** A number that no living person has: 385, a temperature of 12. */
  | { implausible: true }
  | null;

/** The buttons of a yes-or-no question, in order. */
export const YES: Said = { es: 'Sí', ca: 'Sí', en: 'Yes', pt: 'Sim' };
export const NO: Said = { es: 'No', ca: 'No', en: 'No', pt: 'Não' };
export const UNSURE: Said = { es: 'No lo sé', ca: 'No ho sé', en: 'I do not know', pt: 'Não sei' };

const tidy = (text: string): string =>
  plain(text)
    .replace(/[¿?¡!"«»“”()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

// "creo que no" is a no that nobody should build on; "creo que sí", "un poco" and "a veces" are a yes
const DOUBTS =
  /\b(?:no (?:lo )?se|ni idea|no estoy segur[oa]|no me acuerdo|no recuerdo|no (?:lo )?entiendo|quiza[s]?|tal vez|a lo mejor|puede ser|depende|mas o menos|creo que no|me parece que no|no creo|diria que no|no ho se|no n'estic segur[a]?|no estic segur[a]?|no me'n recordo|potser|em sembla que no|crec que no|no ho crec|depen|(?:i )?(?:don'?t|do not) (?:really )?(?:know|remember|understand)|dunno|idk|not sure|unsure|no idea|maybe|perhaps|it depends|(?:i )?(?:don'?t|do not) think so|(?:eu )?nao (?:o )?sei|nao tenho (?:a )?certeza|nao me lembro|talvez|acho que nao|nao acho|nao entendi|nao percebi)\b/;
const YES_WORD =
  /\b(?:s+i+|sip|sep|siii*|claro|correcto|exacto|efectivamente|afirmativo|cierto|asi es|eso es|creo que si|exacte|i tant|crec que si|yes|yeah|yep|yup|sure|i think so|i do|it does|he does|she does|it is|he is|she is|sim|acho que sim|isso|com certeza)\b/g;
/** How much or how often: a yes, when nothing else is said. */
const SOME =
  /\b(?:un poco|un poquito|un pelin|algo|bastante|much[oa]s?|muchisim[oa]s?|muy|a veces|a ratos|de vez en cuando|una mica|una miqueta|forca|molt[as]?|de vegades|a estones|a bit|a little|a lot|sometimes|quite|very|um pouco|um bocado|as vezes|muit[oa]s?)\b/g;
const NO_WORD =
  /\b(?:no+|nop[e]?|nah|nao|naum|nunca|jamas|tampoco|para nada|en absoluto|gens|mai|never|not|nenhum[a]?|ningun[oa]?|cap)\b/g;
/** "No puedo respirar bien", "no aguanto": a no that says that something is wrong. */
const NO_OF_TROUBLE =
  /\b(?:no|nao|not?)\s+(?:me |le |li |em |se |pode |es )?(?:puedo|puede|puedes|pot|puc|poder|aguanto|aguanta|soporto|para|deja|parra|consigo|consegue|posso|pode|aguento|can|could|stop|respond\w*|despiert\w*|reaccion\w*|reage|respira|siento|sento|sinto|sente)\b|\b(?:can'?t|cannot|couldn'?t|won'?t)\b/;
/** What may stand around a plain no. */
const FILLER =
  /\b(?:no+|nop[e]?|nah|nao|nada|para|gracias|gracies|thanks|thank|you|obrigad[oa]|tengo|tiene|tinc|te|tenho|tem|hay|ha|le|li|me|lo|la|ho|o|a|eso|aixo|isso|that|it|de|en|absoluto|absolut|momento|moment|ahora|ara|now|agora|por|per|pel|pero|i|do|does|don'?t|doesn'?t|not|at|all|at all|really|he|she|they|have|has|haven'?t|hasn'?t|is|isn'?t|none|nothing|ningun[oa]?|nenhum[a]?|cap|gens|nunca|mai|never|jamas|tampoco|tampoc|que|yo|sepa|jo|sapiga|eu|saiba|es|esta|era|ni|y|e|and|senor[a]?|doctor[a]?|por favor|please|si us plau|todavia|encara|ainda|yet|ya|ja|bueno|pues|be|bem|well|mejor|millor|melhor|exactamente|he|hemos|han|tenido|tingut|teve|tive|tinha|tenia|had|been|was|estado|estat|tan|tant|so|el|la|los|las|els|les|un|una|um|uma|del|al|os|as|d|l|n)\b/g;

/** A yes or a no in words. */
function yesOrNo(text: string, question: string): Heard {
  const said = tidy(text);
  if (/^(?:👍|✅|👌)/u.test(said)) return { value: true };
  if (/^(?:👎|❌|🚫)/u.test(said)) return { value: false };
  if (DOUBTS.test(said)) return { doubt: 'unsure' };
  if (NO_OF_TROUBLE.test(said)) return /^(?:s+i+|yes|sim)\b/.test(said) ? { value: true } : { doubt: 'contradiction' };
  const yes = (said.match(YES_WORD) ?? []).length;
  const some = (said.match(SOME) ?? []).length;
  const no = (said.match(NO_WORD) ?? []).length;
  // "no mucho", "not very": what follows the no is less of it, yet some: it is not a no
  if (no && (yes || some)) return { doubt: 'contradiction' };
  if (yes) return { value: true };
  // only what the question itself asked about may stand beside the rest: "no, fiebre no", "tengo mucha fiebre"; not "no, pero vomita"
  const asked = tidy(question).split(/[^\p{L}\p{N}']+/u);
  const others = said
    .replace(SOME, ' ')
    .replace(FILLER, ' ')
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => word.length > 1);
  const echoes = others.filter((word) => asked.some((one) => isFormOf(word, one)));
  if (echoes.length < others.length) return null;
  if (no) return { value: false };
  return some || echoes.length ? { value: true } : null;
}

/** "Vomito" and "vomitado": the same word for this purpose. */
const isFormOf = (a: string, b: string): boolean =>
  a === b || (a.length >= 5 && b.length >= 5 && a.slice(0, 5) === b.slice(0, 5));

const NUMBER_WORDS: Record<string, number> = {};
for (const [list, number] of [
  ['cero|zero', 0],
  ['un|uno|una|one|um|uma|a|an', 1],
  ['dos|two|dois|duas|dues|par|couple', 2],
  ['tres|three', 3],
  ['cuatro|quatre|four|quatro', 4],
  ['cinco|cinc|five', 5],
  ['seis|sis|six', 6],
  ['siete|set|seven|sete', 7],
  ['ocho|vuit|eight|oito', 8],
  ['nueve|nou|nine|nove', 9],
  ['diez|deu|ten|dez', 10],
  ['once|onze|eleven', 11],
  ['doce|dotze|twelve|doze', 12],
  ['quince|quinze|fifteen', 15],
  ['veinte|vint|twenty|vinte', 20],
  ['treinta|trenta|thirty|trinta', 30],
  ['cuarenta|quaranta|forty|quarenta', 40],
] as const)
  for (const word of list.split('|')) NUMBER_WORDS[word] = number;

/** Writes out "treinta y ocho y medio" → "38.5", "38 con 5" → "38.5". */
function digits(text: string): string {
  return tidy(text)
    .replace(
      /(\d)\s*(?:,|\bcon\b|\bamb\b|\bcoma\b|\bpunto\b|\bpunt\b|\bpoint\b|\bvirgula\b|\bponto\b)\s*(\d)/g,
      '$1.$2',
    )
    .replace(
      /\b(treinta|trenta|thirty|trinta|cuarenta|quaranta|forty|quarenta|veinte|vint|twenty|vinte)(?:\s+(?:y|i|e)\s+|[\s-]+)(un[oa]?|one|um|dos|two|dois|tres|three|cuatro|quatre|four|quatro|cinco|cinc|five|seis|sis|six|siete|set|seven|sete|ocho|vuit|eight|oito|nueve|nou|nine|nove)\b/g,
      (_, tens: string, ones: string) => String(NUMBER_WORDS[tens]! + NUMBER_WORDS[ones]!),
    )
    .replace(/\b(treinta|trenta|thirty|trinta|cuarenta|quaranta|forty|quarenta)\b/g, (word) =>
      String(NUMBER_WORDS[word]!),
    )
    .replace(/(\d+)\s*(?:y|i|e|and a)\s*(?:medi[oa]|mig|mitja|mei[oa]|half)\b/g, '$1.5');
}

/** "No tengo termómetro", "no me la he tomado": nobody knows the number. */
const NOT_MEASURED =
  /\b(?:no|nao|sin|sense|sem|without|not?|haven'?t|hasn'?t|didn'?t|don'?t)\b.*\b(?:termometr[oe]?|termometro|thermometer|tensiometro|tensiometre|oximetr[oe]?|pulsioximetr[oe]?|saturometr[oe]?|oximeter|glucometr[oe]?|glucometer|aparato|aparell|aparelho|monitor|medido|mesurat|measured?|checked|medi|medir|mirado|mirat|tomado|tomada|tome|pres|presa|puesto|posat|taken|took|have one|have it|contado|comptat|counted)\b/;

/** A number in the question's unit; of two that are said, the worse. */
function numberIn(question: Extract<Question, { kind: 'number' }>, text: string): Heard {
  const written = digits(text);
  const unit = UNITS[question.unit];
  const { min, max } = rangeOf(question);
  let found = [...written.matchAll(/(?<![\d.])\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
  // of "160/95" or "16 y 9" the first is the one that counts
  if (question.unit === 'mmhg') found = found.slice(0, 1);
  if (found.length === 0) {
    const word = written.split(/[^\p{L}]+/u).find((one) => one in NUMBER_WORDS);
    if (word !== undefined && (question.unit === 'times' || question.unit === 'score' || question.unit === 'weeks'))
      found = [NUMBER_WORDS[word]!];
  }
  if (found.length === 0) return DOUBTS.test(tidy(text)) || NOT_MEASURED.test(tidy(text)) ? { doubt: 'unsure' } : null;
  const read = found.flatMap((number) => {
    const named = unit.also?.find((one) => one.letters.test(written));
    if (named && number >= named.min && number <= named.max) return [named.convert(number)];
    if (number >= min && number <= max) return [number];
    const bare = unit.also?.find((one) => one.bare && number >= one.min && number <= one.max);
    return bare ? [bare.convert(number)] : [];
  });
  // one of them makes no sense: none of them is taken
  if (read.length < found.length) return { implausible: true };
  return { value: read.reduce((a, b) => (badness(question, b) > badness(question, a) ? b : a)) };
}

const TIME_UNITS: [RegExp, number][] = [
  [/^(?:min|mins|minutos?|minuts?|minutes?|m)$/, 1],
  [/^(?:h|hs|hora|horas|hores|hour|hours|hrs?)$/, 60],
  [/^(?:d|dia|dias|dies|day|days)$/, 1440],
  [/^(?:semana|semanas|setmana|setmanes|week|weeks|sem)$/, 7 * 1440],
  [/^(?:mes|meses|mesos|month|months)$/, 30.4375 * 1440],
  [/^(?:ano|anos|any|anys|year|years|yrs?)$/, 365.25 * 1440],
];
const SINCE: [RegExp, number][] = [
  [/\b(?:anteayer|antes de ayer|abans d'ahir|anteontem|day before yesterday)\b/, 2 * 1440],
  [/\b(?:ayer|anoche|ahir|anit|yesterday|last night|ontem)\b/, 1440],
  [/\b(?:media hora|mitja hora|half an hour|meia hora)\b/, 30],
  [/\b(?:quince dias|quinze dies|quinze dias|fortnight)\b/, 15 * 1440],
  [
    /\b(?:esta manana|hoy|aquest mati|avui|this morning|today|hoje|esta manha|esta tarde|aquesta tarda|this afternoon)\b/,
    360,
  ],
  [
    /\b(?:un rato|ahora mismo|ara mateix|just now|right now|agora mesmo|recien|acaba de|fa poc|una estona|um bocado)\b/,
    15,
  ],
];

/** Day names as `tidy` leaves them, from Sunday; Portuguese ones need their "-feira" or an article, "segunda" alone may be a second. */
const WEEKDAYS = [
  /\b(?:domingo|diumenge|sunday)\b/,
  /\b(?:lunes|dilluns|monday|segunda[- ]feira|(?:desde|na) (?:a )?segunda)\b/,
  /\b(?:martes|dimarts|tuesday|terca(?:[- ]feira)?)\b/,
  /\b(?:miercoles|dimecres|wednesday|quarta[- ]feira|(?:desde|na) (?:a )?quarta)\b/,
  /\b(?:jueves|dijous|thursday|quinta[- ]feira|(?:desde|na) (?:a )?quinta)\b/,
  /\b(?:viernes|divendres|friday|sexta[- ]feira|(?:desde|na) (?:a )?sexta)\b/,
  /\b(?:sabado|dissabte|saturday)\b/,
];
const LAST_WEEK = /\b(?:pasad[oa]|passat|passad[oa]|last|semana pasada|setmana passada|semana passada)\b/;
/** "Hace años", "fa temps", "for ages": longer than any protocol asks about. */
const LONG_AGO =
  /\b(?:(?:hace|fa|for|ha|desde hace|de fa|des de fa) (?:ya |muchos |molts |many |muitos )?(?:anos|anys|years|ages|tiempo|mucho tiempo|temps|molt temps|muito tempo|a long time)|toda la vida|tota la vida|all my life|a vida toda|siempre|sempre|always)\b/;

/**
 * A length of time in minutes: "2 días", "desde ayer", "una hora y media", "desde el lunes".
 * @param at now, ISO 8601: what a day of the week is counted back from; without it no such day is understood
 * @returns null where there is none
 */
export function minutesIn(text: string, at?: string): number | null {
  const said = tidy(text)
    .replace(/\by media\b|\bi mitja\b|\be meia\b|\band a half\b/g, ' .5 ')
    .replace(/(\d)([a-z])/g, '$1 $2');
  for (const [form, minutes] of SINCE) if (form.test(said)) return minutes;
  const weekday = at === undefined ? -1 : WEEKDAYS.findIndex((form) => form.test(said));
  if (weekday >= 0) {
    // said on a Monday, "since Monday" is a week: who means today says so
    const days = (new Date(at!).getUTCDay() - weekday + 7) % 7 || 7;
    return (LAST_WEEK.test(said) && days < 7 ? days + 7 : days) * 1440;
  }
  const parts = said.split(/[^\p{L}\p{N}.,]+/u);
  let total = 0;
  let last = 0;
  for (const [index, part] of parts.entries()) {
    if (part === '.5' && last) total += last / 2;
    const unit = TIME_UNITS.find(([form]) => form.test(part))?.[1];
    if (!unit) continue;
    const before = parts[index - 1] ?? '';
    const few = /^(?:unos|unas|varios|varias|pocos|uns|unes|few|some|alguns|algumas|algunos|algunas)$/.test(before)
      ? 3
      : null;
    // "hace semanas", "for days": some, without a number
    const some = /^(?:hace|fa|for|ha)$/.test(before) && part.length > 2 && part.endsWith('s') ? 3 : null;
    const number = /^\d/.test(before) ? Number(before.replace(',', '.')) : (few ?? some ?? NUMBER_WORDS[before]);
    if (number === undefined || !Number.isFinite(number)) continue;
    total += number * unit;
    last = unit;
  }
  if (total > 0) return total;
  return LONG_AGO.test(said) ? 2 * 365.25 * 1440 : null;
}

/** An age in days: "8 meses", "34", "tiene 3 años", "recién nacido". A bare number is years. @returns null where there is none */
export function ageIn(text: string): number | null {
  const said = tidy(text);
  const bare = /^(?:tiene|te|tem|tengo|tinc|tenho|he is|she is|is|i am|i'm|soy de|edad|age)?\s*(\d{1,3})$/.exec(said);
  if (bare) return Number(bare[1]) <= 120 ? Number(bare[1]) * 365.25 : null;
  const years = /\b(\d{1,3})\s*(?:y ?o|yo|anitos?)\b/.exec(said);
  if (years) return Number(years[1]) <= 120 ? Number(years[1]) * 365.25 : null;
  if (/\b(?:recien nacid[oa]|nado|nounat|nounada|acabat de neixer|newborn|recem[- ]nascid[oa])\b/.test(said)) return 3;
  // "hace años": how long something lasts
  if (LONG_AGO.test(said) || /\b(?:hace|for|desde) [a-z]+s\b/.test(said)) return null;
  const minutes = minutesIn(said.replace(/\banitos?\b/g, 'anos').replace(/\bmesecitos\b/g, 'meses'));
  if (minutes === null) {
    const word = said.split(/[^\p{L}]+/u).filter((one) => one in NUMBER_WORDS);
    return word.length === 1 && said.split(' ').length <= 3 ? NUMBER_WORDS[word[0]!]! * 365.25 : null;
  }
  const days = minutes / 1440;
  return days >= 1 / 24 && days <= 120 * 365.25 ? days : null;
}

/** An option by its place, its title or its words. */
function optionIn(question: Extract<Question, { kind: 'choice' }>, text: string, language: ProtocolLanguage): Heard {
  const said = tidy(text);
  const place = /^(\d)[.)]?$/.exec(said);
  if (place) {
    const option = question.options[Number(place[1]) - 1];
    if (option) return { value: option.id };
    return Number(place[1]) === question.options.length + 1 ? { doubt: 'unsure' } : null;
  }
  const whole = question.options.find((one) => Object.values(one.title).some((title) => tidy(title) === said));
  if (whole) return { value: whole.id };
  if (DOUBTS.test(said)) return { doubt: 'unsure' };
  const wordsIn = new Set(said.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= 3));
  const named = question.options.filter((one) =>
    tidy(`${one.title[language]} ${one.words ?? ''}`)
      .split(/[^\p{L}\p{N}]+/u)
      .some((word) => word.length >= 4 && wordsIn.has(word)),
  );
  if (named.length === 1) return { value: named[0]!.id };
  // two of them: the worse, as with numbers
  return named.length > 1 && named.length < question.options.length ? { value: named.at(-1)!.id } : null;
}

/**
 * Reads a patient's words as the answer to a question. Never guesses downwards: a "no" with something else beside it is
 * asked again, a "no sé" is a doubt, yes and no in one breath a contradiction, and of two numbers the worse counts.
 * @param at now, ISO 8601
 */
export function hear(question: Question, text: string, language: ProtocolLanguage, at?: string): Heard {
  const said = tidy(text);
  if (!said) return null;
  switch (question.kind) {
    case 'yesno': {
      if (/^[123][.)]?$/.test(said)) {
        const place = Number(said[0]);
        return place === 3 ? { doubt: 'unsure' } : { value: place === 1 };
      }
      return yesOrNo(text, question.text[language]);
    }
    case 'choice':
      return optionIn(question, text, language);
    case 'number':
      return numberIn(question, text);
    case 'duration': {
      const minutes = minutesIn(text, at);
      if (minutes === null) return DOUBTS.test(said) ? { doubt: 'unsure' } : null;
      return minutes > LONGEST_MINUTES ? { implausible: true } : { value: minutes };
    }
  }
}

const WHO =
  'hij[oa]|bebe|nin[oa]|nen[ea]?|chic[oa]|peque(?:n[oa])?|niet[oa]|fill|filla|nado|net|neta|son|daughter|baby|boy|girl|child|kid|grandson|granddaughter|filh[oa]|crianca|menin[oa]|net[oa]|madre|padre|mare|pare|mother|father|mum|mom|dad|mae|pai|abuel[oa]|avi|avia|grandmother|grandfather|avo|marido|mujer|esposa|esposo|marit|dona|wife|husband|hermano|hermana|germa|germana|brother|sister|irmao|irma|senora?';
const AGE_SAID = new RegExp(
  `\\b(?:${WHO})\\b(?:\\s+\\p{L}+){0,2}?\\s+(?:de|d'|tiene|con|te|amb|of|is|aged?|tem|com)\\s*(\\p{L}+|\\d{1,3})\\s+(meses|mes|mesos|months?|anos|ano|anys|any|years?|anitos?)\\b`,
  'u',
);
const AGE_OF =
  /\b(\d{1,3})[ -](?:year|month)s?[ -]old\b|\b(\d{1,3})\s+(?:meses|anos|anys|mesos) (?:de edad|d'edat|de idade)\b/;

/**
 * The age of somebody that is told in passing: "mi hijo de 3 años tiene fiebre". Only where it surely is one: how long
 * something lasts is no age. @returns days, or null
 */
export function ageMentioned(text: string): number | null {
  const said = tidy(text);
  const named = AGE_SAID.exec(said);
  if (named) return ageIn(`${named[1]} ${named[2]}`);
  const old = AGE_OF.exec(said);
  return old ? ageIn(old[0].replace('-', ' ').replace(/[- ]old| de edad| d'edat| de idade/, '')) : null;
}

/** An age in days from a birth date, both as `2020-05-17`: whole years and months, then days. */
export function ageFrom(birthDate: string, today: string): number {
  const [by, bm, bd] = birthDate.split('-').map(Number) as [number, number, number];
  const [ty, tm, td] = today.split('-').map(Number) as [number, number, number];
  let months = (ty - by) * 12 + (tm - bm) - (td < bd ? 1 : 0);
  months = Math.max(0, months);
  const since = Date.UTC(by, bm - 1 + months, Math.min(bd, 28));
  const rest = Math.max(
    0,
    Math.min(30, Math.round((Date.UTC(ty, tm - 1, td) - since) / 86_400_000) - Math.max(0, bd - 28)),
  );
  return Math.floor(months / 12) * 365.25 + (months % 12) * 30.4375 + rest;
}
