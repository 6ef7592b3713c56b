import { near, plain, sound } from '../triage/words.ts';

/*
 * Days and times as patients write them, in es, ca, en and pt. Each language is first rewritten to one set of signs
 * ("el martes que viene a la tarde" → W2 NEXT AFT), then a single grammar reads the signs. What could be two days is
 * given back as both; what is left over with a figure in it is not understood. Never silently wrong.
 */

export type PartOfDay = 'morning' | 'afternoon' | 'evening';

export type Moment = {
  /** First and last day, `YYYY-MM-DD`; the same for one day. */
  from: string;
  to: string;
  partOfDay?: PartOfDay;
  /** `HH:MM` on the hospital's wall. */
  time?: string;
  after?: string;
  before?: string;
  /** Weekdays that will not do: 0 Sunday … 6 Saturday. */
  except?: number[];
  /** No day was named: from today on. */
  open?: boolean;
};
export type Understood = Moment & { ambiguous?: Moment[] };

type Options = { country?: string; /** A day that has been, such as a birth date. */ past?: boolean };
type Tongue = { phrases: [RegExp, string][]; words: Map<string, string> };

/** How far "from Monday on" and "any day" reach, in days. */
const HORIZON = 60;

// --- the calendar: days as whole numbers since 1970 ---

const dayNumber = (iso: string): number => Math.floor(Date.parse(iso.slice(0, 10) + 'T00:00:00Z') / 86_400_000);
const isoDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
/** 0 Sunday … 6 Saturday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
const monday = (day: number): number => day - ((weekdayOf(day) + 6) % 7);
const lastOfMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function civil(year: number, month: number, date: number): number | null {
  if (month < 1 || month > 12 || date < 1 || date > lastOfMonth(year, month)) return null;
  return Math.floor(Date.UTC(year, month - 1, date) / 86_400_000);
}

// --- the languages ---

const list = (pairs: Record<string, string>): Map<string, string> => {
  const map = new Map<string, string>();
  for (const [sign, forms] of Object.entries(pairs)) for (const form of forms.split(' ')) if (form) map.set(form, sign);
  return map;
};

const numbers = (forms: string): Record<string, string> =>
  Object.fromEntries(
    forms.split(' ').flatMap((group, index) => (group === '-' ? [] : [[`N${index}`, group.replaceAll('|', ' ')]])),
  );

const TONGUES: Record<string, Tongue> = {
  es: {
    phrases: [
      [/\b(buen dia|buen(?:os|as) (?:dias?|tardes?|noches?))\b/g, ' '],
      [/\bveinti(un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b/g, ' veinte y $1 '],
      [/\bpasado manana\b/g, ' DAT '],
      [/\b(?:a partir|despues|antes|desde|luego) de manana\b/g, ' FROM TOM '],
      [/\bmanana (?:por|a|en|x|de) (?:la )?manana\b/g, ' TOM MORN '],
      [/\b(?:por|a|en|durante|de|x) las? mananas?\b|\b(?:de|la|las) mananas?\b/g, ' MORN '],
      [/\b(?:a )?primera hora\b|\btempran(?:o|ito)\b/g, ' MORN '],
      [/\b(?:a )?ultima hora\b/g, ' EVE '],
      [/\bfin(?:es)? de semana\b|\bfinde\b/g, ' WEEKEND '],
      [/\b(?:(?:que|q|k) viene|que sigue|que entra|proxim[oa]s?|entrante)\b/g, ' NEXT '],
      [/\b(?:siguiente|otr[oa])\b/g, ' OTHER '],
      [/\b(?:principios?|comienzos?|primeros(?: dias)?|inicios?) (?:de|del)\b/g, ' START '],
      [/\bmediados (?:de|del)\b/g, ' MID '],
      [/\b(?:finales|fines|final|fin) (?:de|del)\b/g, ' END '],
      [
        /\b(?:lo antes posible|cuanto antes|lo mas pronto(?: posible)?|lo mas rapido|ya mismo|primer[oa]? (?:hora |turno |cita |hueco )?(?:disponible|libre|que haya|que tenga[ns]?))\b/g,
        ' SOON ',
      ],
      [
        /\b(?:cualquier (?:dia|momento|fecha)|cualquiera|cuando sea|el que sea|cuando (?:pueda|haya|tenga)[ns]?|me da igual|me da lo mismo|todos los dias)\b/g,
        ' ANY ',
      ],
      [/\b(?:menos cuarto)\b/g, ' MINUS QUARTER '],
      [
        /\b(?:menos|excepto|salvo|quitando|pero no|que no sea|no puedo(?: ir)?|no me va(?: bien)?|imposible)\b/g,
        ' EXCEPT ',
      ],
      [/\b(?:a partir de|desde|en adelante)\b/g, ' FROM '],
      [/\ba partir del\b/g, ' FROM '],
      [/\b(?:despues de|despues del|luego de|pasad[oa]s?|tras)\b/g, ' AFTER '],
      [/\b(?:antes de|antes del)\b/g, ' BEFORE '],
      [/\b(?:dentro de|de aqui a|de aca a|de hoy en)\b/g, ' IN '],
      [/\b(?:al? )?medio ?dia\b/g, ' NOON '],
      [/\b(?:para las?|pa las?)\b/g, ' TO '],
      [/\b(?:a las?|a eso de las?|sobre las?|tipo)\b/g, ' AT '],
    ],
    words: list({
      W1: 'lunes lun lune',
      W2: 'martes',
      W3: 'miercoles mier mierc',
      W4: 'jueves jue juev',
      W5: 'viernes vie vier',
      W6: 'sabado sabados sab',
      W0: 'domingo domingos dom',
      M1: 'enero ene',
      M2: 'febrero feb',
      M3: 'marzo',
      M4: 'abril abr',
      M5: 'mayo',
      M6: 'junio jun',
      M7: 'julio jul',
      M8: 'agosto ago',
      M9: 'septiembre setiembre sep sept',
      M10: 'octubre oct',
      M11: 'noviembre nov',
      M12: 'diciembre dic',
      TODAY: 'hoy',
      TOM: 'manana',
      THIS: 'este esta',
      IN: 'en',
      DAYS: 'dias',
      DAY: 'dia',
      WEEK: 'semana semanas',
      MONTH: 'mes meses',
      YEAR: 'ano anos',
      AFT: 'tarde tardes tardecita',
      EVE: 'noche',
      UNTIL: 'hasta',
      BETWEEN: 'entre',
      AND: 'y',
      OR: 'o u',
      NOT: 'no ni',
      HALF: 'media',
      QUARTER: 'cuarto',
      OF: 'de del',
      TOX: 'al',
      AT: 'las',
      ANY: 'indiferente',
      AM: 'am',
      PM: 'pm',
      H: 'h hs hrs hora horas',
      FILLER: 'la el los para quiero prefiero mejor',
      ...numbers(
        'cero un|una|uno|primero|primer dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte - - - - - - - - - treinta',
      ),
    }),
  },
  ca: {
    phrases: [
      [/\b(bon dia|bon(?:a|es) (?:tard[ae]s?|nits?|vespre))\b/g, ' '],
      [/\bles set\b/g, ' AT N7 '],
      [/\b(?:dema passat|passat dema|despus-?dema)\b/g, ' DAT '],
      [/\b(?:a )?primera hora\b|\bd'? ?hora\b|\baviat al mati\b/g, ' MORN '],
      [/\b(?:a )?(?:ultima|darrera) hora\b/g, ' EVE '],
      [/\bcap(?:s)? de setmana\b|\bfinde\b/g, ' WEEKEND '],
      [/\bun cap de\b/g, ' '],
      [/\b(?:que ve|vinent|proper[as]?|propvinent|que entra)\b/g, ' NEXT '],
      [/\b(?:seguent|altr[ae])\b/g, ' OTHER '],
      [/\b(?:principis?|comencament|primers) (?:de|d')\b/g, ' START '],
      [/\b(?:mitjans|meitat) (?:de|d')/g, ' MID '],
      [/\b(?:finals|final|fi) (?:de|d')/g, ' END '],
      [
        /\b(?:com mes aviat(?: millor)?|al mes aviat(?: possible)?|quan abans|el primer (?:forat|lliure|disponible)|el mes aviat possible|tan aviat com(?: sigui)? (?:pugui|possible|puguin))\b/g,
        ' SOON ',
      ],
      [
        /\b(?:qualsevol (?:dia|moment|data)|quan sigui|quan puguin|m'? ?es igual|tant me fa|tant li fa|tots els dies)\b/g,
        ' ANY ',
      ],
      [/\b(?:menys quart)\b/g, ' MINUS QUARTER '],
      [
        /\b(?:menys|excepte|tret de(?:l)?|llevat de(?:l)?|pero no|que no sigui|no puc(?: venir| anar)?|no em va(?: be)?)\b/g,
        ' EXCEPT ',
      ],
      [/\b(?:a partir de(?:l)?|des de(?:l)?|d'ara endavant|endavant)\b/g, ' FROM '],
      [/\b(?:despres de(?:l)?|passat el|passad[ae]s)\b/g, ' AFTER '],
      [/\b(?:abans de(?:l)?|abans d')/g, ' BEFORE '],
      [/\b(?:d'aqui a?|daqui a?|dins de|d'avui en)\b/g, ' IN '],
      [/\bmig ?dia\b/g, ' NOON '],
      [/\b(?:a les?|a la|a quarts de|cap a les|sobre les)\b/g, ' AT '],
    ],
    words: list({
      W1: 'dilluns dl',
      W2: 'dimarts dm',
      W3: 'dimecres dc',
      W4: 'dijous dj',
      W5: 'divendres dv',
      W6: 'dissabte dissabtes ds',
      W0: 'diumenge diumenges dg',
      M1: 'gener gen',
      M2: 'febrer feb',
      M3: 'marc',
      M4: 'abril abr',
      M5: 'maig',
      M6: 'juny',
      M7: 'juliol jul',
      M8: 'agost ago',
      M9: 'setembre set set',
      M10: 'octubre oct',
      M11: 'novembre nov',
      M12: 'desembre des',
      TODAY: 'avui',
      TOM: 'dema',
      THIS: 'aquest aquesta',
      IN: 'en',
      DAYS: 'dies',
      DAY: 'dia',
      WEEK: 'setmana setmanes',
      MONTH: 'mes mesos',
      YEAR: 'any anys',
      MORN: 'mati matins matinet',
      AFT: 'tarda tardes',
      EVE: 'vespre vespres nit nits',
      UNTIL: 'fins',
      BETWEEN: 'entre',
      AND: 'i',
      OR: 'o',
      NOT: 'no ni',
      HALF: 'mitja',
      QUARTER: 'quart',
      QUARTS: 'quarts',
      OF: 'de d del',
      TOX: 'al',
      AT: 'les',
      AM: 'am',
      PM: 'pm',
      H: 'h hs hores hora',
      FILLER: 'la el els per vull millor',
      ...numbers(
        'zero un|una|primer dos|dues tres quatre cinc sis - vuit nou deu onze dotze tretze catorze quinze setze disset|desset divuit|devuit dinou|denou vint - - - - - - - - - trenta',
      ),
    }),
  },
  en: {
    phrases: [
      [/\bgood (?:morning|afternoon|evening|day|night)\b/g, ' '],
      [/\b(?:the )?day after tomorrow\b|\bovermorrow\b/g, ' DAT '],
      [/\b(?:first thing|early)\b/g, ' MORN '],
      [/\bin the mornings?\b/g, ' MORN '],
      [/\bin the afternoons?\b/g, ' AFT '],
      [/\bin the evenings?\b|\bat night\b/g, ' EVE '],
      [/\btonight\b/g, ' TODAY EVE '],
      [/\bweek-?ends?\b/g, ' WEEKEND '],
      [/\b(?:beginning|start|early part) of\b/g, ' START '],
      [/\b(?:middle of|mid-?)\b/g, ' MID '],
      [/\bend of\b/g, ' END '],
      [
        /\b(?:as soon as (?:possible|you can)|asap|soonest|(?:first|earliest|next) (?:available|free|possible|opening)(?: slot| time| appointment)?|the sooner the better|right away)\b/g,
        ' SOON ',
      ],
      [/\b(?:any (?:day|time|date)|anytime|whenever|i don'?t mind|don'?t care|every day|whatever day)\b/g, ' ANY '],
      [/\b(?:except(?: for)?|but not|excluding|apart from|other than|i can'?t(?: do| make)?|not on)\b/g, ' EXCEPT '],
      [/\b(?:from|starting(?: on)?|onwards?|as of|since)\b/g, ' FROM '],
      [/\bhalf past\b/g, ' HALF PAST '],
      [/\b(?:quarter past|quarter after)\b/g, ' QUARTER PAST '],
      [/\b(?:quarter to|quarter of)\b/g, ' QUARTER TO '],
      [/\b(?:a )?fortnight\b/g, ' N2 WEEK '],
      [/\ba (week|month|day|year)\b/g, ' N1 $1 '],
      [/\b(?:o'?clock|oclock)\b/g, ' '],
      [/\b(?:midday|noon)\b/g, ' NOON '],
      [/(\d)(?:st|nd|rd|th)\b/g, '$1'],
      [/\btwenty[- ](first|one)\b/g, ' N21 '],
      [/\btwenty[- ](second|two)\b/g, ' N22 '],
      [/\btwenty[- ](third|three)\b/g, ' N23 '],
      [/\btwenty[- ](fourth|four)\b/g, ' N24 '],
      [/\btwenty[- ](fifth|five)\b/g, ' N25 '],
      [/\btwenty[- ](sixth|six)\b/g, ' N26 '],
      [/\btwenty[- ](seventh|seven)\b/g, ' N27 '],
      [/\btwenty[- ](eighth|eight)\b/g, ' N28 '],
      [/\btwenty[- ](ninth|nine)\b/g, ' N29 '],
      [/\bthirty[- ](first|one)\b/g, ' N31 '],
    ],
    words: list({
      W1: 'monday mondays mon',
      W2: 'tuesday tuesdays tue tues',
      W3: 'wednesday wednesdays wed weds',
      W4: 'thursday thursdays thu thur thurs',
      W5: 'friday fridays fri',
      W6: 'saturday saturdays',
      W0: 'sunday sundays',
      M1: 'january jan',
      M2: 'february feb',
      M3: 'march',
      M4: 'april apr',
      M5: 'may',
      M6: 'june jun',
      M7: 'july jul',
      M8: 'august aug',
      M9: 'september sep sept',
      M10: 'october oct',
      M11: 'november nov',
      M12: 'december dec',
      TODAY: 'today',
      TOM: 'tomorrow tmrw tmr tomorow tommorow tommorrow',
      NEXT: 'next coming',
      OTHER: 'following other',
      THIS: 'this',
      IN: 'in within',
      DAYS: 'days day',
      WEEK: 'week weeks',
      MONTH: 'month months',
      YEAR: 'year years',
      MORN: 'morning mornings',
      AFT: 'afternoon afternoons',
      EVE: 'evening evenings night',
      AFTER: 'after',
      BEFORE: 'before',
      UNTIL: 'until till by',
      BETWEEN: 'between',
      AND: 'and',
      OR: 'or',
      NOT: 'not no',
      HALF: 'half',
      QUARTER: 'quarter',
      PAST: 'past',
      TO: 'to',
      OF: 'of',
      AT: 'at around',
      AM: 'am',
      PM: 'pm',
      H: 'h hours',
      FILLER: 'the on for please prefer',
      ...numbers(
        'zero one|first two|second three|third four|fourth five|fifth six|sixth seven|seventh eight|eighth nine|ninth ten|tenth eleven|eleventh twelve|twelfth thirteen|thirteenth fourteen|fourteenth fifteen|fifteenth sixteen|sixteenth seventeen|seventeenth eighteen|eighteenth nineteen|nineteenth twenty|twentieth - - - - - - - - - thirty|thirtieth',
      ),
    }),
  },
  pt: {
    phrases: [
      [/\buma? (?=consulta|marcac|exame|visita)/g, ' '],
      [/\b(bom dia|boa (?:tarde|noite))\b/g, ' '],
      [/\b(?:depois|dps) de amanha\b/g, ' DAT '],
      [
        /\b(?:o mais (?:cedo|rapido|breve)(?: possivel)?|quanto antes|assim que (?:possivel|puder(?:em)?|der)|primeir[oa] (?:vaga|horario|consulta)(?: disponivel| livre)?)\b/g,
        ' SOON ',
      ],
      [/\bde (\d{1,2}) a (\d{1,2}) de\b/g, ' N$1 TOX N$2 OF '],
      [/\b(\d{1,2}) (?:de )?dez\b/g, ' N$1 M12 '],
      [/\b2ª? ?-?feira\b/g, ' W1 '],
      [/\b3ª? ?-?feira\b/g, ' W2 '],
      [/\b4ª? ?-?feira\b/g, ' W3 '],
      [/\b5ª? ?-?feira\b/g, ' W4 '],
      [/\b6ª? ?-?feira\b/g, ' W5 '],
      [/\b(segunda|terca|quarta|quinta|sexta)s?[- ]?feiras?\b/g, ' $1 '],
      [/\b(?:primeira hora|cedo|cedinho)\b/g, ' MORN '],
      [/\b(?:ultima hora)\b/g, ' EVE '],
      [/\bfi(?:m|ns) de semana\b|\bfds\b/g, ' WEEKEND '],
      [/\b(?:que vem|proxim[oa]s?|que entra|vindour[oa])\b/g, ' NEXT '],
      [/\b(?:seguinte|outr[oa])\b/g, ' OTHER '],
      [/\b(?:inicio|comeco|principios?|primeiros dias) d[eo]\b/g, ' START '],
      [/\b(?:meados|meio) d[eo]\b/g, ' MID '],
      [/\b(?:finais|final|fim|fins) d[eo]\b/g, ' END '],
      [
        /\b(?:qualquer (?:dia|data|momento|hora)|quando (?:puder|der|for|houver)(?:em)?|tanto faz|todos os dias|e igual)\b/g,
        ' ANY ',
      ],
      [/\b(?:menos um quarto|menos quinze)\b/g, ' MINUS QUARTER '],
      [/\b(?:menos|exceto|excepto|salvo|fora|mas nao|que nao seja|nao posso(?: ir)?|nao da)\b/g, ' EXCEPT '],
      [/\b(?:a partir d[aeo]s?|desde(?: [ao])?|em diante)\b/g, ' FROM '],
      [/\b(?:depois d[aeo]s?|apos(?: [ao]s?)?)\b/g, ' AFTER '],
      [/\b(?:antes d[aeo]s?)\b/g, ' BEFORE '],
      [/\b(?:daqui a|dentro de|de hoje a)\b/g, ' IN '],
      [/\b(?:meio[- ]dia)\b/g, ' NOON '],
      [/\bpara as?\b/g, ' TO '],
      [
        /\b(?:as|a|pelas|por volta das|la pelas)\b(?= ?(?:\d|uma|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|quatorze|catorze|quinze|dezesseis|dezasseis|dezessete|dezassete))/g,
        ' AT ',
      ],
    ],
    words: list({
      W1: 'segunda segundas',
      W2: 'terca tercas',
      W3: 'quarta quartas',
      W4: 'quinta quintas',
      W5: 'sexta sextas',
      W6: 'sabado sabados sab',
      W0: 'domingo domingos dom',
      M1: 'janeiro jan',
      M2: 'fevereiro fev',
      M3: 'marco',
      M4: 'abril abr',
      M5: 'maio',
      M6: 'junho jun',
      M7: 'julho jul',
      M8: 'agosto ago',
      M9: 'setembro set',
      M10: 'outubro out',
      M11: 'novembro nov',
      M12: 'dezembro dez',
      TODAY: 'hoje',
      TOM: 'amanha',
      THIS: 'este esta nesta neste desta deste essa esse nessa nesse',
      IN: 'em',
      DAYS: 'dias',
      DAY: 'dia',
      WEEK: 'semana semanas',
      MONTH: 'mes meses',
      YEAR: 'ano anos',
      MORN: 'manha manhas',
      AFT: 'tarde tardes tardinha',
      EVE: 'noite noites',
      UNTIL: 'ate',
      BETWEEN: 'entre',
      AND: 'e',
      OR: 'ou',
      NOT: 'nao nem',
      HALF: 'meia',
      QUARTER: 'quarto',
      OF: 'de do da',
      TOX: 'ao',
      AT: 'as',
      AM: 'am',
      PM: 'pm',
      H: 'h hs hrs hora horas',
      FILLER: 'a o na no os para quero prefiro melhor',
      ...numbers(
        'zero um|uma|primeiro dois|duas tres quatro cinco seis sete oito nove dez onze doze treze quatorze|catorze quinze dezesseis|dezasseis dezessete|dezassete dezoito dezenove|dezanove vinte - - - - - - - - - trinta',
      ),
    }),
  },
};

const VOCABULARY = new Map(
  Object.entries(TONGUES).map(([name, tongue]) => [
    name,
    [...tongue.words.keys()]
      .filter((word) => word.length >= 5 && !/\d/.test(word))
      .map((word) => ({ word, heard: sound(word) })),
  ]),
);

/** The sign of a word, forgiving one slip in a long one where only one sign is meant. */
function signOf(word: string, language: string): string | null {
  const exact = TONGUES[language]!.words.get(word);
  if (exact) return exact;
  if (word.length < 5) return null;
  const heard = sound(word);
  const signs = new Set<string>();
  for (const known of VOCABULARY.get(language)!) {
    if (known.heard === heard) return TONGUES[language]!.words.get(known.word)!;
    if (near(word, known.word)) signs.add(TONGUES[language]!.words.get(known.word)!);
  }
  return signs.size === 1 ? [...signs][0]! : null;
}

/** Rewrites a text to signs; unknown words become `_`. */
function signs(text: string, language: string): string {
  let said = ` ${plain(text)
    .replace(/½/g, ' y media ')
    .replace(/[¿?¡!"()]/g, ' ')} `;
  said = said
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
  for (const [pattern, sign] of TONGUES[language]!.phrases) said = said.replace(pattern, sign);
  const out: string[] = [];
  for (const match of said.matchAll(/[DTX]\d[\d:/-]*|[A-Z]+\d*|\d+|[a-z]+|[,;]/g)) {
    const part = match[0];
    if (/^[A-Z]/.test(part)) out.push(part);
    else if (/^\d/.test(part)) out.push(part.length <= 4 ? `N${Number(part)}` : 'BIG');
    else if (part === ',' || part === ';') out.push('COMMA');
    else {
      const sign = signOf(part, language);
      if (sign !== 'FILLER') out.push(sign ?? '_');
    }
  }
  // thirty and one, twenty and three: numbers written as two
  return ` ${out.join(' ')} `
    .replace(/ N(20|30) AND N([1-9]) /g, (all, tens, ones) =>
      Number(tens) + Number(ones) <= 31 ? ` N${Number(tens) + Number(ones)} ` : all,
    )
    .replace(/ N20 I N([1-9]) /g, (_all, ones) => ` N${20 + Number(ones)} `);
}

// --- the grammar ---

class Reading {
  left: string;
  readonly today: number;
  readonly now: string;
  constructor(left: string, now: string) {
    this.left = left;
    this.now = now;
    this.today = dayNumber(now);
  }
  /** Takes what matches out of the reading. */
  take(pattern: RegExp): RegExpMatchArray | null {
    const match = this.left.match(pattern);
    if (match) this.left = this.left.replace(match[0], ' · ').replace(/ +/g, ' ');
    return match;
  }
}

type Clocked = { time?: string; after?: string; before?: string; part?: PartOfDay; unsure?: string[] };
const hhmm = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Minutes of the day for an hour as people say it at a clinic; two readings where both are possible. */
function clock(hour: number, minute: number, half: string | undefined, part: PartOfDay | undefined): number[] | null {
  if (minute < 0 || minute > 59 || hour > 24) return null;
  const at = (h: number): number => (h % 24) * 60 + minute;
  if (half === 'PM') return hour > 12 ? [at(hour)] : [at(hour === 12 ? 12 : hour + 12)];
  if (half === 'AM') return hour > 12 ? null : [at(hour === 12 ? 0 : hour)];
  if (hour >= 13 || hour === 0) return [at(hour)];
  if (part === 'morning') return [at(hour)];
  if (part === 'afternoon' || part === 'evening') return [at(hour === 12 ? 12 : hour + 12)];
  if (hour >= 8) return [at(hour)];
  if (hour === 7) return [at(7), at(19)];
  return [at(hour + 12)];
}

const BOUND = String.raw`(?: (AFTER|FROM|BEFORE|UNTIL))?(?: OF)?`;
const HALF_DAY = '(?: (AM|PM))?';
const AND_MINUTES = new RegExp(
  String.raw`${BOUND}(?: AT)* (?:N|T)(\d{1,2})(?::00)?(?: H)? AND (HALF|QUARTER|N15|N30|N45|N10|N20|N40|N50)${HALF_DAY} `,
);
const WRITTEN = new RegExp(String.raw`${BOUND}(?: AT)* T(\d{1,2}):(\d\d)(?: H)?${HALF_DAY} `);
const FULL_HOUR = new RegExp(String.raw`${BOUND}(?: AT)+ N(\d{1,2})(?: H)?${HALF_DAY} `);

function readClock(reading: Reading): Clocked | null {
  const found: Clocked = {};
  const part = reading.take(/ (?:AT |IN |OF )*(MORN|AFT|EVE) /) ?? null;
  if (part) found.part = part[1] === 'MORN' ? 'morning' : part[1] === 'AFT' ? 'afternoon' : 'evening';
  const again = part ? reading.take(/ (?:AT |IN |OF )*(MORN|AFT|EVE) /) : null;
  if (again && again[1] !== part![1]) return null;
  if (reading.take(/ (?:AT |OF )*NOON /)) {
    found.after = '12:00';
    found.before = '15:00';
    delete found.part;
    return found;
  }
  const read = (hour: string, minute: number, half?: string): number[] | null =>
    clock(Number(hour), minute, half, found.part);
  const settle = (times: number[] | null): string | null => {
    if (!times) return null;
    if (times.length > 1) found.unsure = times.map(hhmm);
    return hhmm(times[0]!);
  };
  // between the ten and the twelve
  let match =
    reading.take(/ BETWEEN (?:AT )*(?:N|T)(\d{1,2})(?::(\d\d))? (?:AND|UNTIL) AT (?:N|T)(\d{1,2})(?::(\d\d))? /) ??
    reading.take(
      / (?:BETWEEN|OF|FROM) (?:AT )*T(\d{1,2}):(\d\d)(?: AM| PM)? (?:AND|TO|TOX|AT|UNTIL) (?:AT )*T(\d{1,2}):(\d\d)(?: AM| PM)? /,
    ) ??
    reading.take(
      / (?:OF|FROM) AT (?:N|T)(\d{1,2})(?::(\d\d))? (?:TO|TOX|AT|UNTIL) (?:AT )*(?:N|T)(\d{1,2})(?::(\d\d))? /,
    );
  if (match) {
    const a = settle(read(match[1]!, Number(match[2] ?? 0)));
    const b = settle(read(match[3]!, Number(match[4] ?? 0)));
    if (!a || !b || a >= b) return null;
    delete found.unsure;
    return { ...found, after: a, before: b };
  }
  let bound: 'after' | 'before' | undefined;
  let hour: string | undefined;
  let minute = 0;
  let half: string | undefined;
  if ((match = reading.take(/ (?:AT )?N([123]) QUART(?:S|ER) OF (?:AT )?N(\d{1,2}) /))) {
    hour = String((Number(match[2]) + 11) % 12 || 12);
    minute = Number(match[1]) * 15;
  } else if ((match = reading.take(/ (HALF|QUARTER|N\d{1,2}) PAST (?:AT )?N(\d{1,2})(?: (AM|PM))? /))) {
    hour = match[2];
    half = match[3];
    minute = match[1] === 'HALF' ? 30 : match[1] === 'QUARTER' ? 15 : Number(match[1]!.slice(1));
  } else if ((match = reading.take(/ (?:AT )?(QUARTER|N5|N10|N15|N20|N25) TO (?:AT )?N(\d{1,2})(?: (AM|PM))? /))) {
    half = match[3];
    hour = String(Number(match[2]) - 1 || 12);
    minute = 60 - (match[1] === 'QUARTER' ? 15 : Number(match[1]!.slice(1)));
  } else if ((match = reading.take(/ (?:AT )?(?:N|T)(\d{1,2})(?::00)? MINUS (QUARTER|N\d{1,2}) /))) {
    hour = String(Number(match[1]) - 1 || 12);
    minute = 60 - (match[2] === 'QUARTER' ? 15 : Number(match[2]!.slice(1)));
  } else if ((match = reading.take(AND_MINUTES))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[4]];
    minute = match[3] === 'HALF' ? 30 : match[3] === 'QUARTER' ? 15 : Number(match[3]!.slice(1));
  } else if ((match = reading.take(WRITTEN))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[4]];
    minute = Number(match[3]);
  } else if ((match = reading.take(FULL_HOUR))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[3]];
    const more = reading.take(/ · N(15|30|45) /);
    if (more) minute = Number(more[1]);
  } else if ((match = reading.take(/ (AFTER|BEFORE) N(\d{1,2})(?: (AM|PM))? (?=$|·|TODAY|TOM|DAT|W\d|COMMA)/))) {
    [bound, hour, half] = [sideOf(match[1]), match[2], match[3]];
  } else if ((match = reading.take(/ N(\d{1,2}) (?=· $)/)) && found.part && Number(match[1]) <= 12) {
    hour = match[1];
  } else if (match) return null;
  if (hour !== undefined) {
    const time = settle(read(hour, minute, half));
    if (!time) return null;
    if (bound) {
      found[bound] = time;
      delete found.unsure;
    } else found.time = time;
    // a time says more than a part of the day, and may not contradict it
    if (found.time && found.part === 'morning' && found.time >= '14:00') return null;
    if (!bound) delete found.part;
  }
  return found;
}

function sideOf(sign: string | undefined): 'after' | 'before' | undefined {
  if (sign === 'AFTER' || sign === 'FROM') return 'after';
  if (sign === 'BEFORE' || sign === 'UNTIL') return 'before';
  return undefined;
}

type Days = { from: number; to: number; also?: { from: number; to: number }[] };
const one = (day: number): Days => ({ from: day, to: day });

function fullYear(written: string, today: number, past: boolean): number {
  const year = Number(written);
  if (written.length !== 2) return year;
  const now = new Date(today * 86_400_000).getUTCFullYear();
  return past && 2000 + year > now ? 1900 + year : 2000 + year;
}

/** The next day with this date, today counted; the year said outright stands. */
function dated(today: number, date: number, month: number, year: number | null): number | null {
  if (year !== null) return civil(year, month, date);
  const now = new Date(today * 86_400_000).getUTCFullYear();
  for (const candidate of [now, now + 1, now + 2, now + 3, now + 4]) {
    const day = civil(candidate, month, date);
    if (day !== null && day >= today) return day;
  }
  return null;
}

/** Reads one day or stretch, or null where none stands. `undefined` says that what stands there cannot be. */
function readDay(reading: Reading, options: Options, language: string): Days | null | undefined {
  const { today } = reading;
  const weekday = weekdayOf(today);
  const past = options.past === true;
  let match: RegExpMatchArray | null;
  const withWeekday = (day: number | null): Days | undefined => {
    const said = reading.take(/ W(\d) /);
    if (day === null) return undefined;
    if (!said || weekdayOf(day) === Number(said[1])) return one(day);
    // "martes 3 de diciembre" on a Thursday: one of the two is a slip
    const next = today + ((Number(said[1]) - weekday + 7) % 7 || 7);
    return { ...one(day), also: [{ from: next, to: next }] };
  };
  if ((match = reading.take(/ D(\d{4})(\d{2})(\d{2}) /)))
    return withWeekday(civil(Number(match[1]), Number(match[2]), Number(match[3])));
  if ((match = reading.take(/ X(\d{1,2})\/(\d{1,2})\/(\d*) /))) {
    const [a, b] = [Number(match[1]), Number(match[2])];
    const year = match[3] ? fullYear(match[3], today, past) : null;
    if (past && year === null) return undefined;
    const monthFirst = language === 'en' && options.country === 'US';
    const plainly = dated(today, monthFirst ? b : a, monthFirst ? a : b, year);
    const turned = dated(today, monthFirst ? a : b, monthFirst ? b : a, year);
    if (plainly === null && turned === null) return undefined;
    if (plainly === null) return past ? undefined : { ...one(turned!), also: [] };
    // 03/04 in English is April to some and March to others
    if (language === 'en' && !monthFirst && turned !== null && a !== b) return { ...one(plainly), also: [one(turned)] };
    return withWeekday(plainly);
  }
  // from the 3rd to the 7th of December
  if (
    (match = reading.take(
      / (?:BETWEEN |OF |FROM )?(?:DAY |W\d )?N(\d{1,2}) (?:AND|TOX|TO|UNTIL|A)(?: DAY| W\d)? N(\d{1,2})(?: OF)* M(\d{1,2}) /,
    ))
  ) {
    const from = dated(today, Number(match[1]), Number(match[3]), null);
    const to = dated(today, Number(match[2]), Number(match[3]), null);
    return from === null || to === null || to < from ? undefined : { from, to };
  }
  if (
    (match = reading.take(/ (START|MID|END) (?:OF )*(?:(M\d{1,2})|(NEXT MONTH|MONTH NEXT)|(?:THIS )?MONTH) /)) ||
    (match = reading.take(/ M(\d{1,2}) (START|MID|END) /))
  ) {
    const sign = match[1]!.length > 2 ? match[1]! : match[2]!;
    const date = new Date(today * 86_400_000);
    let [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    if (match[2]?.startsWith('M')) {
      month = Number(match[2].slice(1)) || month;
      if (month < date.getUTCMonth() + 1) year++;
    } else if (match[3]) {
      month += 1;
      if (month > 12) {
        month = 1;
        year += 1;
      }
    }
    const last = lastOfMonth(year, month);
    const [a, b] = sign === 'START' ? [1, 10] : sign === 'MID' ? [11, 20] : [21, last];
    const to = civil(year, month, b)!;
    return to < today ? undefined : { from: Math.max(today, civil(year, month, a)!), to };
  }
  if (
    (match =
      reading.take(/ (?:DAY )?N(\d{1,2})(?: OF)* M(\d{1,2})(?: (?:OF |COMMA )*N(\d{4}|\d{2}))? /) ??
      reading.take(/ M(\d{1,2}) (?:OF )?N(\d{1,2})(?: (?:OF |COMMA )*N(\d{4}))? /))
  ) {
    const dayFirst = /N\d{1,2}(?: OF)* M/.test(match[0]);
    const [date, month] = dayFirst ? [Number(match[1]), Number(match[2])] : [Number(match[2]), Number(match[1])];
    if (past && !match[3]) return undefined;
    return withWeekday(dated(today, date, month, match[3] ? fullYear(match[3], today, past) : null));
  }
  if ((match = reading.take(/ N(\d{1,2}) OF N(\d{1,2})(?: OF N(\d{4}|\d{2}))? /))) {
    if (past && !match[3]) return undefined;
    return withWeekday(
      dated(today, Number(match[1]), Number(match[2]), match[3] ? fullYear(match[3], today, past) : null),
    );
  }
  if (past && (match = reading.take(/ N(\d{1,2}) N(\d{1,2}) N(\d{4}|\d{2}) /)))
    return withWeekday(dated(today, Number(match[1]), Number(match[2]), fullYear(match[3]!, today, past)));
  if (past) {
    // 12031980, as it stands on a card
    return null;
  }
  if (reading.take(/ DAT /)) return one(today + 2);
  if (reading.take(/ TODAY (?=IN N)/)) return readDay(reading, options, language);
  if (reading.take(/ TODAY /)) return one(today);
  if ((match = reading.take(/ (?:IN |AFTER |· )?N(\d{1,2}) (DAYS?|WEEK|MONTH) /)) && Number(match[1]) > 0) {
    const many = Number(match[1]);
    if (!/IN/.test(match[0])) {
      // "quince días" alone may be a while, and "2 days" may be a count
      return undefined;
    }
    if (match[2] !== 'MONTH') return one(today + many * (match[2] === 'WEEK' ? 7 : 1));
    const date = new Date(today * 86_400_000);
    const month = date.getUTCMonth() + many;
    const year = date.getUTCFullYear() + Math.floor(month / 12);
    return one(civil(year, (month % 12) + 1, Math.min(date.getUTCDate(), lastOfMonth(year, (month % 12) + 1)))!);
  }
  if (reading.take(/ (?:THIS )?WEEKEND (?:OF )?(?:NEXT|OTHER) | (?:NEXT|OTHER) WEEKEND /)) {
    const saturday = monday(today) + 5;
    return weekday === 6 || weekday === 0
      ? { from: saturday + 7, to: saturday + 8 }
      : { from: saturday, to: saturday + 1, also: [{ from: saturday + 7, to: saturday + 8 }] };
  }
  if (reading.take(/ (?:THIS )?WEEKEND /)) {
    const saturday = monday(today) + 5;
    return { from: Math.max(today, saturday), to: saturday + 1 };
  }
  // Tuesday of next week
  if (
    (match =
      reading.take(/ W(\d)(?: OF| IN)* (?:WEEK (?:NEXT|OTHER)|(?:NEXT|OTHER) WEEK) /) ??
      reading.take(/ (?:NEXT|OTHER) WEEK W(\d) | WEEK (?:NEXT|OTHER)(?: COMMA)? W(\d) /))
  ) {
    return one(monday(today) + 7 + ((Number(match[1] ?? match[2]) + 6) % 7));
  }
  if ((match = reading.take(/ W(\d)(?: OF| IN)* THIS WEEK | THIS WEEK W(\d) /))) {
    const day = monday(today) + ((Number(match[1] ?? match[2]) + 6) % 7);
    return day < today ? undefined : one(day);
  }
  if (reading.take(/ WEEK (?:NEXT|OTHER) | (?:NEXT|OTHER) WEEK /))
    return { from: monday(today) + 7, to: monday(today) + 13 };
  if (reading.take(/ (?:IN )?THIS WEEK /)) return { from: today, to: monday(today) + 6 };
  if ((match = reading.take(/ (?:DAY )?N(\d{1,2})(?: OF)* (?:MONTH NEXT|NEXT MONTH) /))) {
    const date = new Date(today * 86_400_000);
    const next = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    const day = civil(next.getUTCFullYear(), next.getUTCMonth() + 1, Number(match[1]));
    return day === null ? undefined : one(day);
  }
  if (reading.take(/ MONTH (?:NEXT|OTHER) | NEXT MONTH /)) {
    const date = new Date(today * 86_400_000);
    const next = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
    const from = Math.floor(next.getTime() / 86_400_000);
    return { from, to: from + lastOfMonth(next.getUTCFullYear(), next.getUTCMonth() + 1) - 1 };
  }
  if (reading.take(/ THIS MONTH /)) {
    const date = new Date(today * 86_400_000);
    return {
      from: today,
      to: civil(
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        lastOfMonth(date.getUTCFullYear(), date.getUTCMonth() + 1),
      )!,
    };
  }
  // Tuesday 24: the next day that is both
  if ((match = reading.take(/ W(\d)(?: COMMA)? (?:DAY )?N(\d{1,2})(?! (?:AND|H|AM|PM|MINUS|TO)) /))) {
    const [name, date] = [Number(match[1]), Number(match[2])];
    for (let day = today; day < today + 100; day++) {
      if (new Date(day * 86_400_000).getUTCDate() === date && weekdayOf(day) === name) return one(day);
    }
    return undefined;
  }
  if ((match = reading.take(/ (THIS |NEXT |OTHER )?W(\d)( NEXT| OTHER)? /))) {
    const ahead = (Number(match[2]) - weekday + 7) % 7;
    const how = (match[1] ?? match[3] ?? '').trim();
    const coming = today + (ahead || 7);
    if (how === 'NEXT') {
      // in English "next Tuesday" said on a Sunday or Monday may skip the one at hand
      const thisWeek = coming <= monday(today) + 6;
      return language === 'en' && thisWeek ? { ...one(coming), also: [one(coming + 7)] } : one(coming);
    }
    if (how === 'OTHER') return { ...one(coming), also: [one(coming + 7)] };
    return ahead === 0 ? { ...one(today), also: [one(today + 7)] } : one(coming);
  }
  if (reading.take(/ TOM /)) return one(today + 1);
  if ((match = reading.take(/ (?:IN )?(NEXT |THIS )?M(\d{1,2})( NEXT)? /))) {
    const date = new Date(today * 86_400_000);
    const month = Number(match[2]);
    const year = date.getUTCFullYear() + (month < date.getUTCMonth() + 1 ? 1 : 0);
    return { from: Math.max(today, civil(year, month, 1)!), to: civil(year, month, lastOfMonth(year, month))! };
  }
  if (
    (match =
      reading.take(/ DAY N(\d{1,2}) /) ??
      (/^ (?:COMMA )*N\d{1,2} (?:· )*$/.test(reading.left) ? reading.take(/ N(\d{1,2}) /) : null))
  ) {
    const wanted = Number(match[1]);
    if (wanted < 1 || wanted > 31) return undefined;
    for (let day = today; day < today + 92; day++)
      if (new Date(day * 86_400_000).getUTCDate() === wanted) return one(day);
    return undefined;
  }
  return null;
}

/** `undefined`: a day is named that cannot be, and no other reading may rescue it. */
function readIn(text: string, now: string, language: string, options: Options): Understood | null | undefined {
  const written = signs(text, language);
  if (/ BIG /.test(written)) return null;
  const reading = new Reading(written, now);
  const { today } = reading;
  // "no, el jueves": the no corrects, it does not exclude
  reading.take(/^ (?:NOT COMMA )+/);
  const soon = reading.take(/ SOON /) !== null;
  const any = reading.take(/ ANY /) !== null || soon;

  const except: number[] = [];
  let match: RegExpMatchArray | null;
  while (
    (match =
      reading.take(/ (?:EXCEPT|NOT(?: _)?)(?: THIS| _)?((?: W\d)(?:(?: AND| OR| COMMA| NOT)* W\d)*) /) ??
      reading.take(/((?: W\d)(?:(?: AND| OR)* W\d)*) NOT (?!_)/))
  ) {
    for (const name of match[1]!.matchAll(/W(\d)/g)) except.push(Number(name[1]));
  }
  if (/ (?:NOT|EXCEPT) /.test(reading.left)) return null;

  const clocked = options.past ? {} : readClock(reading);
  if (!clocked) return null;

  let days: Days | null | undefined;
  const between = / BETWEEN (?!N)| (?:FROM|OF) (?:THIS )?(?:W\d|TOM|TODAY)(?: N\d+)? (?:TO|TOX|UNTIL|A) /.test(
    reading.left,
  );
  // "from 3 to 7 December" is one stretch, not an open one
  const side = / FROM (?:DAY )?N\d+ (?:AND|TO|TOX|UNTIL) /.test(reading.left)
    ? null
    : reading.left.match(/ (FROM|AFTER|BEFORE|UNTIL) (?!·)/);
  if (between) {
    reading.take(/ BETWEEN | FROM /);
    const from = readDay(reading, options, language);
    const to = readDay(reading, options, language);
    if (!from || !to) return null;
    const end = to.to < from.from ? to.to + 7 : to.to;
    if (end < from.from) return null;
    days = { from: from.from, to: end };
    reading.take(/ (?:AND|TO|TOX|UNTIL) /);
  } else if (side) {
    reading.take(new RegExp(` ${side[1]} `));
    const bound = readDay(reading, options, language);
    if (!bound) return null;
    const first = bound.also?.[0] && bound.from === today ? bound.also[0] : bound;
    if (side[1] === 'FROM') days = { from: bound.from, to: bound.from + HORIZON };
    else if (side[1] === 'AFTER') days = { from: first.to + 1, to: first.to + 1 + HORIZON };
    else if (side[1] === 'BEFORE') days = first.from - 1 < today ? undefined : { from: today, to: first.from - 1 };
    else days = { from: today, to: first.to };
  } else {
    days = readDay(reading, options, language);
    if (days) {
      // a second day in the same breath: which one? ("lunes o martes")
      const second = readDay(reading, options, language);
      if (second === undefined) return null;
      if (second) days = { ...days, also: [...(days.also ?? []), second] };
      const third = second ? readDay(reading, options, language) : null;
      if (third) days.also!.push(third);
    }
  }
  if (days === undefined) return undefined;
  if (/ [NTDX]\d/.test(reading.left) || / (?:W\d|M\d+|HALF|QUARTERS?|MINUS|NEXT YEAR|YEAR) /.test(reading.left))
    return null;

  const hasClock =
    clocked.time !== undefined ||
    clocked.part !== undefined ||
    clocked.after !== undefined ||
    clocked.before !== undefined;
  if (!days && !any && except.length === 0 && !hasClock) return null;
  const open = !days;
  const spread = days ?? { from: today, to: today + HORIZON };
  const build = (range: { from: number; to: number }, time?: string): Moment => ({
    from: isoDay(range.from),
    to: isoDay(range.to),
    ...(clocked.part ? { partOfDay: clocked.part } : {}),
    ...((time ?? clocked.time) ? { time: time ?? clocked.time } : {}),
    ...(clocked.after ? { after: clocked.after } : {}),
    ...(clocked.before ? { before: clocked.before } : {}),
    ...(except.length ? { except } : {}),
    ...(open ? { open: true } : {}),
  });
  const ranges = [spread, ...(days?.also ?? [])];
  const readings = ranges.flatMap((range) => (clocked.unsure ?? [undefined]).map((time) => build(range, time)));
  const unsure = readings.length > 1 || days?.also !== undefined;
  return unsure ? { ...readings[0]!, ambiguous: readings.slice(0, 4) } : readings[0]!;
}

/**
 * The day or time in a text, or null where there is none to be sure of. `now` is the clock on the hospital's wall
 * (`2026-11-24T16:20`). The patient's language is tried first, then the others: people mix them.
 */
export function understandDate(text: string, language: string, now: string, options: Options = {}): Understood | null {
  if (text.length > 400) return null;
  let timeOnly: Understood | null = null;
  for (const tongue of [language, ...Object.keys(TONGUES).filter((other) => other !== language)]) {
    if (!TONGUES[tongue]) continue;
    const found = readIn(text, now, tongue, options);
    if (found === undefined) return timeOnly;
    // a time without a day: perhaps the day stands in another language ("tmr 3pm")
    if (found?.open) timeOnly ??= found;
    else if (found) return found;
  }
  return timeOnly;
}

/** A time alone, `HH:MM`; null where there is none, two where both are possible. */
export function understandTime(text: string, language: string): string[] | null {
  const found = understandDate(/^\s*\d{1,2}\s*$/.test(text) ? `a las ${text}` : text, language, '2026-01-05T00:00');
  if (!found) return null;
  const times = (found.ambiguous ?? [found]).map((moment) => moment.time).filter((time) => time !== undefined);
  return times.length ? [...new Set(times)] : null;
}

/** A birth date, `YYYY-MM-DD`, not after today and not before 1900; with its year said outright. */
export function understandBirthDate(text: string, language: string, now: string, country?: string): Understood | null {
  const packed = /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(text);
  const written = packed
    ? `${packed[1]}/${packed[2]}/${packed[3]}`
    : text.trim().replace(/^(\d{1,2}) (\d{1,2}) (\d{2,4})$/, '$1/$2/$3');
  const found = understandDate(written, language, now, { past: true, country });
  if (!found || found.from !== found.to || found.open) return null;
  const possible = (found.ambiguous ?? [found]).filter(
    (moment) => moment.from <= now.slice(0, 10) && moment.from >= '1900-01-01',
  );
  if (possible.length === 0) return null;
  return possible.length === 1 ? possible[0]! : { ...possible[0]!, ambiguous: possible };
}

// --- reading back ---

type Words = {
  days: string[];
  months: string[];
  part: Record<PartOfDay, string>;
  at: (time: string) => string;
  of: string;
};
const WORDS: Record<string, Words> = {
  es: {
    days: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
    months: [
      'enero',
      'febrero',
      'marzo',
      'abril',
      'mayo',
      'junio',
      'julio',
      'agosto',
      'septiembre',
      'octubre',
      'noviembre',
      'diciembre',
    ],
    part: { morning: 'por la mañana', afternoon: 'por la tarde', evening: 'a última hora de la tarde' },
    at: (time) => (/^0?1:/.test(time) ? `a la ${time}` : `a las ${time}`),
    of: ' de ',
  },
  ca: {
    days: ['diumenge', 'dilluns', 'dimarts', 'dimecres', 'dijous', 'divendres', 'dissabte'],
    months: [
      'gener',
      'febrer',
      'març',
      'abril',
      'maig',
      'juny',
      'juliol',
      'agost',
      'setembre',
      'octubre',
      'novembre',
      'desembre',
    ],
    part: { morning: 'al matí', afternoon: 'a la tarda', evening: 'al vespre' },
    at: (time) => (/^0?1:/.test(time) ? `a la ${time}` : `a les ${time}`),
    of: ' de ',
  },
  en: {
    days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    months: [
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ],
    part: { morning: 'in the morning', afternoon: 'in the afternoon', evening: 'in the evening' },
    at: (time) => `at ${time}`,
    of: ' ',
  },
  pt: {
    days: ['domingo', 'segunda-feira', 'terça-feira', 'quarta-feira', 'quinta-feira', 'sexta-feira', 'sábado'],
    months: [
      'janeiro',
      'fevereiro',
      'março',
      'abril',
      'maio',
      'junho',
      'julho',
      'agosto',
      'setembro',
      'outubro',
      'novembro',
      'dezembro',
    ],
    part: { morning: 'de manhã', afternoon: 'à tarde', evening: 'ao fim da tarde' },
    at: (time) => (/^0?1:/.test(time) ? `à ${time}` : `às ${time}`),
    of: ' de ',
  },
};
const SAID: Record<
  string,
  Record<'any' | 'from' | 'between' | 'to' | 'until' | 'after' | 'before' | 'except' | 'and', string>
> = {
  es: {
    any: 'cualquier día',
    from: 'desde el',
    between: 'del',
    to: ' al ',
    until: 'hasta el',
    after: 'desde las',
    before: 'antes de las',
    except: 'menos',
    and: ' y ',
  },
  ca: {
    any: 'qualsevol dia',
    from: 'des del',
    between: 'del',
    to: ' al ',
    until: 'fins al',
    after: 'des de les',
    before: 'abans de les',
    except: 'menys',
    and: ' i ',
  },
  en: {
    any: 'any day',
    from: 'from',
    between: 'from',
    to: ' to ',
    until: 'until',
    after: 'from',
    before: 'before',
    except: 'except',
    and: ' and ',
  },
  pt: {
    any: 'qualquer dia',
    from: 'a partir de',
    between: 'de',
    to: ' a ',
    until: 'até',
    after: 'a partir das',
    before: 'antes das',
    except: 'menos',
    and: ' e ',
  },
};

/** Weekday and date in words: `martes 24 de noviembre`. `iso` begins with a date. */
export function dayInWords(iso: string, language: string, withYear = false): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const [year, month, date] = iso.slice(0, 10).split('-').map(Number) as [number, number, number];
  const name = words.days[weekdayOf(dayNumber(iso))]!;
  const comma = language === 'pt' ? ', ' : ' ';
  return `${name}${comma}${date}${words.of}${words.months[month - 1]!}${withYear ? words.of + year : ''}`;
}

/** Short, for a row of a list: `mar 24 nov`. */
export function dayInShort(iso: string, language: string): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const [, month, date] = iso.slice(0, 10).split('-').map(Number) as [number, number, number];
  const name = words.days[weekdayOf(dayNumber(iso))]!;
  return `${language === 'ca' ? CA_SHORT[weekdayOf(dayNumber(iso))]! : name.slice(0, 3)} ${date} ${words.months[month - 1]!.slice(0, 3)}`;
}
const CA_SHORT = ['dg', 'dl', 'dt', 'dc', 'dj', 'dv', 'ds'];

/** `a las 16:20`. */
export function timeInWords(time: string, language: string): string {
  return (WORDS[language] ?? WORDS['es']!).at(time);
}

/** What was understood, for the patient to see: `martes 24 de noviembre, por la tarde`. */
export function readBack(moment: Moment, language: string): string {
  const words = WORDS[language] ?? WORDS['es']!;
  const said = SAID[language] ?? SAID['es']!;
  const parts: string[] = [];
  if (moment.open) parts.push(said.any);
  else if (moment.from === moment.to) parts.push(dayInWords(moment.from, language));
  else if (dayNumber(moment.to) - dayNumber(moment.from) >= HORIZON)
    parts.push(`${said.from} ${dayInWords(moment.from, language)}`);
  else parts.push(`${said.between} ${dayInWords(moment.from, language)}${said.to}${dayInWords(moment.to, language)}`);
  if (moment.except?.length) parts.push(`${said.except} ${moment.except.map((day) => words.days[day]).join(said.and)}`);
  if (moment.time) parts.push(words.at(moment.time));
  else if (moment.partOfDay) parts.push(words.part[moment.partOfDay]);
  if (moment.after) parts.push(`${said.after} ${moment.after}`);
  if (moment.before) parts.push(`${said.before} ${moment.before}`);
  return parts.join(', ');
}
