import { plain, sound } from './words.ts';

/** Longest text that is looked at; what follows is far beyond any channel's limit. */
const LONGEST = 8000;

export const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One word of what somebody said. */
/** What a yes is followed by. */
const YES_STOP = /^[,.:;!]/;

export type Token = {
  /** Lower case, without accents, phone spelling written out. */
  plain: string;
  /** As it sounds: what misspellings share. */
  sound: string;
  /** What it counts, if it is a number, in figures or in words; otherwise NaN. */
  value: number;
  /** A comma or the like stands before it. */
  breaks: boolean;
  /** Number of the sentence it stands in; "but" begins one too. */
  sentence: number;
  /** An article, a clitic or the like: does not count as a word between two others. */
  light: boolean;
  /** Where it stands in the text. */
  start: number;
  end: number;
};

/** Phone spelling and contractions, written out. */
const SHORT: Record<string, string> = {
  q: 'que',
  k: 'que',
  ke: 'que',
  qe: 'que',
  xq: 'porque',
  pq: 'porque',
  xk: 'porque',
  pk: 'porque',
  porq: 'porque',
  pxo: 'pecho',
  pcho: 'pecho',
  mxo: 'mucho',
  nxe: 'noche',
  dlor: 'dolor',
  tb: 'tambien',
  tmb: 'tambien',
  x: 'por',
  xfa: 'por favor',
  xfavor: 'por favor',
  d: 'de',
  u: 'you',
  ur: 'your',
  r: 'are',
  rn: 'right now',
  pls: 'please',
  plz: 'please',
  plis: 'please',
  vc: 'voce',
  vcs: 'voces',
  hj: 'hoje',
  n: 'nao',
  nau: 'nao',
  naum: 'nao',
  ñ: 'nao',
  mto: 'muito',
  mt: 'muito',
  mta: 'muita',
  mui: 'muy',
  qdo: 'quando',
  qnd: 'quando',
  td: 'tudo',
  msm: 'mesmo',
  bb: 'bebe',
  bbe: 'bebe',
  dsd: 'desde',
  dps: 'depois',
  toy: 'estoy',
  stoy: 'estoy',
  ta: 'esta',
  tas: 'estas',
  tá: 'esta',
  to: 'to',
  tô: 'estou',
  tou: 'estou',
  stou: 'estou',
  stá: 'esta',
  sta: 'esta',
  pa: 'para',
  pra: 'para',
  pro: 'para o',
  dr: 'doctor',
  dra: 'doctora',
  cant: 'can not',
  cannot: 'can not',
  wont: 'will not',
  dont: 'do not',
  doesnt: 'does not',
  didnt: 'did not',
  isnt: 'is not',
  arent: 'are not',
  wasnt: 'was not',
  werent: 'were not',
  hasnt: 'has not',
  havent: 'have not',
  hadnt: 'had not',
  couldnt: 'could not',
  wouldnt: 'would not',
  shouldnt: 'should not',
  aint: 'is not',
  im: 'i am',
  ive: 'i have',
  hes: 'he is',
  shes: 'she is',
  theyre: 'they are',
  gonna: 'going to',
  wanna: 'want to',
  gotta: 'have to',
  cuz: 'because',
  coz: 'because',
  bc: 'because',
  '😂': 'jaja',
  '🤣': 'jaja',
  '😅': 'jaja',
  '🆘': 'sosemoji',
};

/** "can't", "won't", "isn't" … as two words; what else follows an apostrophe says nothing here. */
const NOT: Record<string, string> = { can: 'can', won: 'will', shan: 'shall', ain: 'is' };

const NUMBERS: Record<string, number> = {};
const count = (from: number, step: number, list: string): void =>
  list.split(' ').forEach((names, index) => {
    for (const name of names.split('|')) NUMBERS[name] = from + index * step;
  });
count(
  2,
  1,
  'dos|two|dois|duas|dues tres|three quatro|quatre|cuatro|four cinco|cinc|five seis|sis|six siete|set|seven|sete ocho|vuit|huit|eight|oito nueve|nou|nine|nove diez|deu|ten|dez once|onze|eleven doce|dotze|twelve|doze trece|tretze|thirteen|treze catorce|catorze|fourteen|quatorze quince|quinze|fifteen dieciseis|setze|sixteen|dezesseis diecisiete|disset|seventeen|dezessete dieciocho|divuit|eighteen|dezoito diecinueve|dinou|nineteen|dezenove veinte|vint|twenty|vinte',
);
count(
  30,
  10,
  'treinta|trenta|thirty|trinta cuarenta|quaranta|forty|quarenta cincuenta|cinquanta|fifty|cinquenta sesenta|seixanta|sixty|sessenta setenta|setanta|seventy ochenta|vuitanta|eighty|oitenta noventa|noranta|ninety',
);
count(100, 100, 'cien|cent|hundred|cem|ciento doscientos|duzentos trescientos|trezentos cuatrocientos|quatrocentos');
/** Words that count and are something else far more often. */
for (const word of ['set', 'deu', 'sis', 'once', 'nou', 'nove', 'cent', 'onze']) delete NUMBERS[word];

/** "But" and the like: what follows is a sentence of its own. */
const TURNS = new Set(['pero', 'but', 'aunque', 'sino', 'porem', 'however', 'embora', 'encara', 'though', 'although']);

const LIGHT = new Set(
  (
    'el la los las lo un una unos unas me se le les te nos mi mis su sus tu al del de a y e o que ya muy bien tan asi ' +
    'els uns unes em es li et ens meu meva seva seu aquest aquesta hi ho molt ben i ja ' +
    'the an my his her their your our is am are was be been being to of and so very really just it its he she him them out they i you this that ' +
    'os as um uma uns umas meu minha seu sua nao_ do da dos das no_ na nos nas muito bem eu ele ela estou esta estan estoy esta esta ' +
    'como pues este esto eso ese esa ha he hay s m t l d'
  ).split(' '),
);

/** An article, a clitic or the like. */
export const isLight = (word: string): boolean => LIGHT.has(word);

/** Numbers, words (with the Catalan l·l, also written l.l), what ends a sentence, what breaks it, apostrophes, signs. */
const PARTS =
  /\d+(?:[.,'’´]\d+)?|\p{L}[\p{L}\p{M}]*(?:(?<=[lL])[.·](?=[lL])[\p{L}\p{M}]+)?|[.;!?…\n]+|[,:()«»"“”–—+-]+|['’`´]|😂|🤣|😅|🆘/gu;

/** The words of a text, in order, with phone spelling written out and numbers read. */
export function tokensOf(text: string): Token[] {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  const found: Token[] = [];
  let breaks = false;
  let sentence = 0;
  let elided = false;
  const push = (written: string, start: number, end: number, value = Number.NaN): void => {
    if (TURNS.has(written) && found.length > 0) {
      sentence++;
      breaks = true;
    }
    found.push({
      plain: written,
      sound: sound(written),
      value,
      breaks,
      sentence,
      light: LIGHT.has(written),
      start,
      end,
    });
    breaks = false;
  };
  for (const match of cut.matchAll(PARTS)) {
    const part = match[0];
    const start = match.index;
    const end = start + part.length;
    const first = part.charCodeAt(0);
    if (first >= 48 && first <= 57) {
      push(part, start, end, Number(part.replace(/[,'’´]/, '.')));
      elided = false;
      continue;
    }
    // "si, me aprieta el pecho" says yes; without the pause it would be an if
    if (YES_STOP.test(part) && found.at(-1)?.plain === 'si' && found.at(-1)!.end === start) found.pop();
    if (/^[.;!?…\n]/.test(part)) {
      if (found.length > 0 && found.at(-1)!.sentence === sentence) sentence++;
      breaks = true;
      elided = false;
      continue;
    }
    if (/^[,:()«»"“”–—+-]/.test(part)) {
      breaks = true;
      elided = false;
      continue;
    }
    if (/^['’`´]/.test(part)) {
      // an elision belongs to the word after it (d'aire, m'ofego), a contraction to the one before (can't, he's)
      elided = found.length > 0 && found.at(-1)!.end === start;
      if (elided) {
        const before = found.at(-1)!;
        if (before.end - before.start === 1 && !'aeoyi'.includes(before.plain)) {
          breaks = before.breaks;
          found.pop();
        }
      }
      continue;
    }
    if (/^s\u00ED$/iu.test(part.normalize('NFC'))) {
      breaks = true;
      elided = false;
      continue;
    }
    const written = plain(part).replace('.', '');
    if (elided && found.length > 0) {
      const before = found.at(-1)!;
      elided = false;
      if (written === 't' && before.plain.endsWith('n')) {
        const base = NOT[before.plain] ?? before.plain.slice(0, -1);
        before.plain = base;
        before.sound = sound(base);
        before.light = LIGHT.has(base);
        push('not', start, end);
        continue;
      }
      if (/^(s|m|re|ve|ll|d|n|l|ns|t)$/.test(written)) continue;
    }
    const spelt = SHORT[part.toLowerCase()] ?? SHORT[written];
    if (spelt === undefined) push(written, start, end, NUMBERS[written]);
    else for (const one of spelt.split(' ')) push(one, start, end);
  }
  return joined(found);
}

/** "treinta y nueve" is 39, "ciento noventa" is 190, "thirty nine" too. */
function joined(tokens: Token[]): Token[] {
  if (!tokens.some((token) => token.value >= 20 && /^\p{L}/u.test(token.plain))) return tokens;
  const out: Token[] = [];
  for (const token of tokens) {
    const last = out.at(-1);
    const before = last && /^(y|i|e|and)$/.test(last.plain) ? out.at(-2) : last;
    const spelt = before && /^\p{L}/u.test(before.plain) && /^\p{L}/u.test(token.plain);
    if (before && spelt && before.value >= 20 && token.value < before.value) {
      const fits = before.value % 100 === 0 ? token.value < 100 : before.value % 10 === 0 && token.value < 10;
      if (fits) {
        if (before !== last) out.pop();
        before.value += token.value;
        before.end = token.end;
        continue;
      }
    }
    out.push(token);
  }
  return out;
}

const OWN_WORDS: Record<Language, Set<string>> = {
  es: new Set(
    'el la los las un una que de en y mi me se le con por para es esta estoy tengo tiene muy hace desde ya pero como lo del al su hay cuando porque ahora papa mama hijo hija'.split(
      ' ',
    ),
  ),
  ca: new Set(
    'el la els les un una que de en i meu meva em es li amb per es estic tinc te molt fa des ja pero com ho del al seu hi quan perque ara pare mare fill filla soc ha amb aixo aquest aquesta vull puc pot'.split(
      ' ',
    ),
  ),
  en: new Set(
    'the a my is he she it i and of to in on with for was are has have not been this that what can you from his her at am do does when just since now dad mum mom son daughter'.split(
      ' ',
    ),
  ),
  pt: new Set(
    'o a os as um uma que de em e meu minha me se com por para esta estou tenho tem muito faz desde ja mas como do da no na nao ele ela quando porque agora pai mae filho filha eu foi tou'.split(
      ' ',
    ),
  ),
};

/**
 * The languages a text may be in. `likely`: the one it is said to be in and those its small words speak for; `possible`:
 * those that nothing speaks against. People mix, and write in another language than they chose.
 */
export type Languages = { likely: ReadonlySet<Language>; possible: ReadonlySet<Language> };

export function languagesOf(tokens: readonly Token[], said: string): Languages {
  const score: Record<Language, number> = { es: 0, ca: 0, en: 0, pt: 0 };
  for (const token of tokens)
    for (const language of LANGUAGES) if (OWN_WORDS[language].has(token.plain)) score[language]++;
  const romance = Math.max(score.es, score.ca, score.pt);
  const likely = new Set<Language>();
  const possible = new Set<Language>();
  if ((LANGUAGES as readonly string[]).includes(said)) likely.add(said as Language);
  const best = Math.max(romance, score.en);
  for (const language of LANGUAGES) {
    if (score[language] > 0 && score[language] >= best * 0.75) likely.add(language);
    const against = language === 'en' ? romance : score.en;
    const own = language === 'en' ? score.en : romance;
    // among the three that share a root, one that is clearly spoken leaves the others out
    const other = language !== 'en' && romance >= 4 && score[language] < romance * 0.4;
    if (!other && (against - own < 2 || own >= against * 0.5)) possible.add(language);
  }
  for (const language of likely) possible.add(language);
  return { likely, possible };
}
