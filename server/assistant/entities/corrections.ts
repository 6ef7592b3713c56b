const OPENING = String.raw`(?:(?:ay|uy|ah|oh|ui|ups|oops|uf|huy|ah),?\s+)?`;
const SORRY = String.raw`(?:perd[oó]n[ea]?|perdona|perdone|disculpa|disculpe|lo siento|em sap greu|perdoni|disculpi|sorry|my mistake|my bad|desculp[ea]|perd[aã]o|foi mal)`;
const MEANT = String.raw`(?:(?:yo )?quise decir|quer[ií]a decir|quiero decir|digo|me equivoqu[eé]|me he equivocado|me confund[ií]|lo dije mal|lo escrib[ií] mal|volia dir|vull dir|m'he equivocat|m'he confós|i meant?|i mean|i made a mistake|that'?s wrong|i got (?:it|that) wrong|quis dizer|queria dizer|quero dizer|enganei-me|me enganei|me confundi|digo)`;
const RATHER = String.raw`(?:mejor|m[aá]s bien|en realidad|o sea|millor|m[eé]s aviat|en realitat|de fet|actually|rather|make (?:it|that)|melhor|ali[aá]s|ou melhor|na verdade|na realidade)`;
const NO = String.raw`(?:no+|nop|nope|n[aã]o|na|nah)`;
const LINK = String.raw`[\s,.:;!…-]*`;

const ARTICLE = String.raw`(?:el|la|los|las|els|les|al|a las|a la|para|pel|per|on|at|for|the|next|this|os?|as?|na|em|mi|el meu|la meva|my|meu|minha|con|amb|with|com)`;
const DAY = String.raw`(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|ma[nñ]ana|pasado|hoy|dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|dem[aà]|avui|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|segunda|ter[cç]a|quarta|quinta|sexta|amanh[aã]|hoje)`;
const THING = String.raw`(?=(?:${ARTICLE}\s|${DAY}(?!\p{L})|\d))`;
const IS = String.raw`(?:(?:es|era|[eé]s|it'?s|[eé])\s+)?`;

/** Openings that take back what was said, the surest first; what follows is what was meant. */
const FORMS: readonly RegExp[] = [
  new RegExp(
    `^${OPENING}(?:${SORRY}${LINK})?(?:${NO}${LINK})*(?:me )?${MEANT}(?!\\p{L})${LINK}(?:que |la |that )?`,
    'iu',
  ),
  // "disculpe, quería una cita" begins politely; "perdón, el jueves" takes back
  new RegExp(`^${OPENING}${SORRY}${LINK}(?:${NO}${LINK})*(?:${RATHER}\\s+)?${IS}${THING}(?=(?:\\S+\\s*){1,5}$)`, 'iu'),
  new RegExp(
    `^${OPENING}(?:${NO}[\\s,.;!…-]+)+(?:espera|esper[ei]|wait|calma|un momento)?${LINK}(?:${RATHER}\\s+)?${IS}${THING}`,
    'iu',
  ),
  new RegExp(`^${OPENING}(?:${NO}${LINK})?${RATHER}\\s+${IS}(?=\\S)`, 'iu'),
];

/**
 * What a text puts right, when it takes back something said before: "no, el jueves" → "el jueves", "perdón, quise decir
 * marzo" → "marzo". Null where it takes nothing back; an empty text where it says only that something was wrong.
 */
export function correctionIn(text: string): string | null {
  const said = text.trim();
  if (said.length > 200) return null;
  for (const form of FORMS) {
    const match = form.exec(said);
    if (match && match[0].length > 0) return said.slice(match[0].length).trim();
  }
  return null;
}
