import { plain } from '../../triage/words.ts';

export type NameRead = {
  value: string;
  /** What who writes is to the one named, or who the one named is: "soy la mamá de Lucas" → mother. */
  relation?: string;
  from: number;
  to: number;
};

const RELATIONS: [RegExp, string][] = [
  [/^(?:madre|mama|mami|mare|mother|mum|mom|mae)$/, 'mother'],
  [/^(?:padre|papa|papi|pare|father|dad|pai)$/, 'father'],
  [/^(?:hij[oa]|fill|filla|son|daughter|filh[oa]|nen[ea]|nin[oa]|bebe|nadó|child)$/, 'child'],
  [
    /^(?:marido|esposo|marit|home|husband|mujer|esposa|dona|muller|wife|mulher|marido|pareja|parella|partner|novi[oa])$/,
    'partner',
  ],
  [/^(?:abuel[oa]|avi|avia|iaia|iaio|grandmother|grandfather|grandma|grandpa|nana|avo|avozinha)$/, 'grandparent'],
  [/^(?:herman[oa]|germa|germana|brother|sister|irmao|irma)$/, 'sibling'],
  [/^(?:cuidador[a]?|carer|cuidadora|acompanante|tutor[a]?|responsable)$/, 'carer'],
  [
    /^(?:suegr[oa]|sogr[ea]|sogro|sogra|tia|tio|tiet|tieta|aunt|uncle|niet[oa]|net|neta|sobrin[oa]|nebot|neboda|yerno|nuera|vecin[oa]|veina|amig[oa])$/,
    'other',
  ],
];
const KIN = String.raw`\p{L}+`;
const CAPITAL = String.raw`\p{Lu}[\p{L}'’·-]+`;
const PARTICLE = String.raw`(?:de|del|de la|de los|da|do|dos|das|i|y|e|la|san|von|van)`;
const PROPER = String.raw`${CAPITAL}(?:\s+(?:${PARTICLE}\s+)?${CAPITAL}){0,4}`;
const ANY = String.raw`[\p{L}'’·-]{2,}(?:\s+[\p{L}'’·-]{2,}){0,4}`;

const SAID_OUTRIGHT = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:me llamo|mi nombre es|mi nombre completo es|em dic|em diuen|el meu nom [eé]s|my name is|my name's|my name’s|i'?m called|me chamo|chamo-me|(?:o )?meu nome [eé]|se llama|es diu|(?:is|are) called|(?:his|her) name is|chama-se|se chama|a nombre de|a nom de|in the name of|under the name(?: of)?|em nome de|(?:el|la|o|a) paciente(?: se llama| es| [eé])?|(?:nombre|nom|name|nome|paciente|pacient|patient)\s*:)\s*(${ANY})`,
  'iu',
);
const RELATED = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:[Ss]oy|[Ss]oc|[Ii]'?m|[Ii] am|[Ss]ou)\s+(?:(?:el|la|l'|the|o|a|una?|um|uma)\s*)?(${KIN})\s+(?:de la|del|de l'|de|d'|d’|of|do|da|en)\s*(?:(?:paciente|pacient|patient|se[nñ]ora?|sr\.?|sra\.?)\s+)?(${PROPER})`,
  'u',
);
const POSSESSIVE = new RegExp(String.raw`(?:^|[^\p{L}])[Ii]'?(?:m| am)\s+(${CAPITAL})(?:'s|’s)\s+(${KIN})`, 'u');
const FOR_KIN = new RegExp(
  String.raw`(?:para|per a|per|for|pro|pra)\s+(?:mi|el meu|la meva|my|o meu|a minha|meu|minha)\s+(${KIN}),?\s+(${PROPER})`,
  'u',
);
const I_AM = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:[Ss]oy|[Ss]oc|[Ii]'?m|[Ii] am|[Tt]his is|[Aa]qu[ií] (?:es )?|[Ss]ou|[Ll]e (?:habla|escribe)|[Tt]e (?:habla|escribe))\s+(?:(?:la|el|en|na|o|a)\s+)?(${PROPER})`,
  'u',
);
/** Where a name ends that was written without capitals. */
const NOT_A_NAME = new Set(
  'y i and e pero con tengo tinc tenho have quiero quería queria vull want quero necesito necessito need preciso soy soc para per for por mi el la los las un una que es dni nif rut cpf curp cedula nacido nacida vivo llamo estoy estic am is my de del da do dos das me se le hola buenas años anys years anos desde paciente le les no'.split(
    ' ',
  ),
);
const INNER = new Set('de del la los las da do dos das i y e san'.split(' '));
const TITLED = /^(?:dr|dra|doctor|doctora|se[nñ]or|se[nñ]ora|sr|sra|mr|mrs|ms)\.?\s+/i;

/** The name that somebody gives in a text, of themselves or of whom they write for; null where none is given. */
export function nameIn(text: string): NameRead | null {
  const said = text.slice(0, 500);
  const at = (match: RegExpExecArray, part: string): { from: number; to: number } => {
    const from = said.indexOf(part, match.index);
    return { from, to: from + part.length };
  };
  const possessive = POSSESSIVE.exec(said);
  if (possessive && relationOf(possessive[2]!))
    return { value: possessive[1]!, relation: relationOf(possessive[2]!)!, ...at(possessive, possessive[1]!) };
  for (const form of [RELATED, FOR_KIN]) {
    const related = form.exec(said);
    const relation = related && relationOf(related[1]!);
    if (related && relation) return { value: related[2]!, relation, ...at(related, related[2]!) };
  }
  const outright = SAID_OUTRIGHT.exec(said);
  if (outright) {
    const bare = outright[1]!.replace(TITLED, '');
    const kept = upToTheEnd(bare);
    if (kept) return { value: capitals(kept), ...at(outright, kept) };
  }
  const am = I_AM.exec(said);
  if (am && !TITLED.test(am[1]!) && !relationOf(am[1]!.split(' ')[0]!) && !NOT_WHO.test(plain(am[1]!)))
    return { value: am[1]!, ...at(am, am[1]!) };
  return null;
}

/** "I am British", "soy Alérgica": written with a capital, and no name. */
const NOT_WHO =
  /^(?:diabetic|alergic|celiac|hipertens|asmatic|embarazad|alergica|paciente|british|english|spanish|diabetico|enferm|medic|nuev|client|argentin|mexican|colombian|chilen|catala|portugu|brasileir|usuari|soci[oa]|titular|afiliad|sorry|not|just|a |the |trying|looking|writing|calling)/;

function relationOf(word: string): string | null {
  const bare = plain(word);
  return RELATIONS.find(([form]) => form.test(bare))?.[1] ?? null;
}

function upToTheEnd(said: string): string | null {
  const list = said.split(/\s+/);
  const kept: string[] = [];
  for (const [i, word] of list.entries()) {
    const low = plain(word);
    const after = list.slice(i + 1).find((other) => !INNER.has(plain(other)));
    if (INNER.has(low) && kept.length && after !== undefined && !NOT_A_NAME.has(plain(after))) kept.push(word);
    else if (NOT_A_NAME.has(low)) break;
    // once capitals began, a word without one is no part of it
    else if (kept.length && /^\p{Lu}/u.test(kept[0]!) && !/^\p{Lu}/u.test(word)) break;
    else kept.push(word);
    if (kept.length === 6) break;
  }
  while (kept.length && INNER.has(plain(kept.at(-1)!))) kept.pop();
  return kept.length ? kept.join(' ') : null;
}

function capitals(name: string): string {
  return name
    .split(' ')
    .map((word) =>
      word === word.toLowerCase() && !INNER.has(plain(word)) ? word[0]!.toUpperCase() + word.slice(1) : word,
    )
    .join(' ');
}
