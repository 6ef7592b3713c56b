import { plain } from '../triage/words.ts';

/*
 * Which language a text is in, and which one is asked for.
 */

const LANGUAGE_NAMES: [RegExp, string][] = [
  [/\b(?:espanol|castellano|castella|spanish|espanhol|castelhano)\b/, 'es'],
  [/\b(?:catala|catalan|catalao|valencia)\b/, 'ca'],
  [/\b(?:ingles|angles|english|inglesa)\b/, 'en'],
  [/\b(?:portugues|portuguese|brasileiro|portuguesa)\b/, 'pt'],
];

const LANGUAGE_WISH =
  /\b(?:en|in|em|hablar|habla|hablan|parlar|parla|parleu|speak|talk|falar|fala|please|por favor|si us plau|cambiar|canviar|change|mudar|idioma|language|llengua|lingua|quiero|vull|want|quero|prefiero|prefereixo|prefer|torna|torni|tornem|tornar|vuelve|vuelva|volve|volvamos|volver|volta|volte|voltar|voltamos|back to|sigue|siga|seguimos|segueix|seguim|continua|continue)\b/;

/** The language that a text asks to be spoken to in, or null. */
export function asksForLanguage(text: string): string | null {
  const said = plain(text)
    .replace(/[^\p{L} ]+/gu, ' ')
    .trim();
  if (said.length > 120) return null;
  for (const [name, language] of LANGUAGE_NAMES) {
    if (!name.test(said)) continue;
    const count = said.split(/\s+/).length;
    if (count <= 2 || (count <= 8 && LANGUAGE_WISH.test(said))) return language;
  }
  return null;
}

const MARKERS: Record<string, string> = {
  es: 'tarde noche ser poder madre padre hijo hija marido el la los las que de del y en un una por con para es quiero necesito tengo mi mis hola buenos buenas dias tardes cita turno donde cuando como gracias puedo hablar usted muy pero resultados hacer quisiera cambiar médico años',
  ca: 'el la els les que de i en un una per amb és vull necessito tinc meu meva hola bon bona dia tarda cita visita on quan com gràcies puc parlar vostè molt però resultats fer voldria canviar metge això dels als meus seves si us plau dilluns dimarts dimecres dijous divendres',
  en: 'the a an of and in to for with is i want need have my hello good morning afternoon appointment where when how thanks thank you can speak please but results do would like change doctor years are it this that',
  pt: 'o a os as que de do da dos das e em um uma por com para é quero preciso tenho meu minha olá oi bom boa dia tarde consulta onde quando como obrigado obrigada posso falar você muito mas resultados fazer gostaria mudar médico anos não são está também marcar exame',
};

const MARKED = new Map<string, [string, number][]>();
{
  const shared = new Map<string, string[]>();
  for (const [language, list] of Object.entries(MARKERS))
    for (const word of new Set(list.split(' '))) shared.set(word, [...(shared.get(word) ?? []), language]);
  for (const [word, languages] of shared)
    MARKED.set(
      word,
      languages.map((language) => [language, 1 / languages.length ** 2]),
    );
}

const LETTERS: [RegExp, string, number][] = [
  [/ñ|¿|¡/, 'es', 1],
  [/ã|õ|ção|ções|lh[aeo]|nh[aeo]\b/, 'pt', 1.5],
  [/l·l|ç\b|\bd'|\bl'|à|ò|ny\b/, 'ca', 1],
  [/\b(?:th|wh)\w+|\w+ing\b/, 'en', 0.7],
];

/** Words, without accents, that only one of the four writes. */
const CLEAR = new Map<string, string>(
  Object.entries({
    es: 'quiero quisiera necesito tengo puedo cita turno hijo hija padre duele hoy ayer manana lunes martes miercoles jueves viernes muy usted pedir hablar hacer cuando donde mujer hay estoy fue con los las y',
    ca: 'vull voldria volia necessito tinc puc avui dema ahir metge metgessa meva meves seva teva amb aixo molt molta malament gracies dilluns dimarts dimecres dijous divendres dissabte diumenge demanar parlar canviar sisplau infermera infermer setmana quan quina quin dels els horari obriu mati recepta resultats hores filla mare estic',
    en: "i'm i'd i've i'll the my book appointment appointments need want not can't cant cannot won't don't is isn't breathing breathe speak talk with for please results today tomorrow father mother daughter dad mum mom husband wife help when where how what and have has are bill prescription chest pain hurts change cancel make see get doctor's someone",
    pt: 'quero gostaria tenho posso minha minhas nao pai mae filho filha exame exames voce voces falar hoje amanha ontem obrigado obrigada muito dor doi peito agora receita com uma um fazer mulher estou eu isso quando onde doutor doutora terca-feira segunda-feira quarta-feira quinta-feira sexta-feira',
  }).flatMap(([language, list]) => list.split(' ').map((word): [string, string] => [word, language])),
);

/** The same of what stands together, and what each counts. */
const CLEAR_TOGETHER: [RegExp, string, number][] = [
  [
    /\b(?:(?:el|els) meus?|la meva|les meves|em (?:van|va|fa|fan|dic|toca)|si us plau|bona (?:tarda|nit)|bon dia)\b/,
    'ca',
    2,
  ],
  [/\b(?:o meu|os meus|a minha|meu pai|boa (?:tarde|noite)|bom dia|nao (?:posso|consigo|respira))\b/, 'pt', 2],
  [/\bmarcar (?:uma )?consulta\b/, 'pt', 1],
  [/\b(?:good (?:morning|afternoon|evening)|book (?:an )?appointment)\b/, 'en', 2],
  [/\b(?:buen dia|buen[ao]s (?:dias|tardes|noches))\b/, 'es', 2],
];

/** The language of words that no other of the four writes, two at least and none of another; else null. */
function clearLanguageOf(text: string): string | null {
  const said = plain(text).replace(/’/g, "'");
  const scores = new Map<string, number>();
  const count = (language: string, more: number): void => void scores.set(language, (scores.get(language) ?? 0) + more);
  for (const word of new Set(said.match(/[\p{L}'-]+/gu) ?? [])) {
    const language = CLEAR.get(word);
    if (language) count(language, 1);
  }
  for (const [form, language, more] of CLEAR_TOGETHER) if (form.test(said)) count(language, more);
  const [only, ...others] = scores;
  return only && others.length === 0 && only[1] >= 2 ? only[0] : null;
}

/**
 * The language a text is surely in, or null. Sure means two words or more that no other language writes, or, on three
 * words or more, clearly ahead of the others.
 */
export function languageOf(text: string, among: readonly string[]): string | null {
  const said = text.toLowerCase().slice(0, 600);
  const clear = clearLanguageOf(said);
  if (clear) return among.includes(clear) ? clear : null;
  const list = said.match(/[\p{L}·']+/gu) ?? [];
  if (list.length < 3) return null;
  const scores = new Map<string, number>();
  // what no other of the four would write; without two of those a change of language would be a guess
  const own = new Map<string, number>();
  for (const word of list) {
    const marked = MARKED.get(word) ?? [];
    for (const [language, weight] of marked) scores.set(language, (scores.get(language) ?? 0) + weight);
    if (marked.length === 1) own.set(marked[0]![0], (own.get(marked[0]![0]) ?? 0) + 1);
  }
  for (const [form, language, weight] of LETTERS) {
    if (!form.test(said)) continue;
    scores.set(language, (scores.get(language) ?? 0) + weight);
    own.set(language, (own.get(language) ?? 0) + 1);
  }
  const ranked = among.map((language) => [language, scores.get(language) ?? 0] as const).sort((a, b) => b[1] - a[1]);
  const [best, second] = ranked;
  if (!best || best[1] < 1.2 || (own.get(best[0]) ?? 0) < 2) return null;
  return best[1] >= 1.8 * (second?.[1] ?? 0) + 0.5 ? best[0] : null;
}
