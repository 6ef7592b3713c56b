import { plain } from '../triage/words.ts';
import { classify } from './understanding/classifier.ts';
import { baseOf, FINER, INTENTS } from './understanding/intents.ts';
import type { BaseIntent, Intent } from './understanding/intents.ts';
import { saidOutright } from './understanding/outright.ts';
import { asksForCallBack, asksForPerson } from './asks-person.ts';
import { asksForLanguage } from './languages.ts';
import { isAcknowledgement, yesOrNo } from './short-answers.ts';

/*
 * What a text asks for. The trained classifier reads wishes; the few rules beside it are for what
 * must never depend on training: a person, a language, "this is not me".
 */

export { INTENTS };

export type { Intent };

type Meant = {
  intent: Intent;
  confidence: number;
  band: 'act' | 'ask' | 'menu';
  /** Others that may be meant as well, where it is asked about. */
  others: readonly Intent[];
};

const WHERE_TO_GO =
  /\b(?:a?donde|on|where|onde)\b.{0,24}\b(?:tengo que ir|hay que ir|debo ir|voy|es mi|es la (?:cita|prueba|visita|consulta)|do i (?:have to )?go|should i go|is (?:it|my)|(?:he|haig) d'anar|es la (?:meva )?visita|tenho (?:de|que) ir|devo ir|vou|e a (?:consulta|marcacao|minha))\b/;

const RUNNING_LATE =
  /\b(?:llego|llegare|llegaria|llegar|arribo|arribare|arribar|chego|chegar|estou|running|be|arrive|arriving)\b.{0,24}\b(?:tarde|late|tard|atrasad[oa])\b(?! de)/;

const FOR_OTHER =
  /\b(?:para|per a|per|for|pro|pra)\s+(?:mi|mis|el meu|la meva|el|la|my|o meu|a minha|meu|minha)\s+(?:marido|mujer|espos[oa]|hij[oa]s?|madre|padre|mama|papa|abuel[oa]|herman[oa]|nin[oa]|suegr[oa]|marit|dona|fill|filla|mare|pare|avia|avi|husband|wife|son|daughter|mother|father|mum|mom|dad|child|filh[oa]|mae|pai|avo)\b/;

const OTHER_TIME =
  /\b(?:ir|venir|acudir|pasarme|come|anar|vir|cita|hora)\b.{0,20}\b(?:mas tarde|mas temprano|antes|otro dia|otra hora|later|earlier|another (?:day|time)|mes tard|mes aviat|un altre dia|una altra hora|mais tarde|mais cedo|noutro dia|outro dia)\b|\b(?:cambi|canvi|muev|mou|pas)\p{L}*(?:la|lo|-la|-lo)\b.{0,12}\b(?:mas tarde|mas temprano|antes|otro dia|mes tard|mes aviat|al (?:lunes|martes|miercoles|jueves|viernes|dia))\b/u;

const WRONG_PERSON =
  /\b(?:numero equivocado|(?:se han?|os habeis|me he) equivocado de (?:numero|persona)|wrong (?:number|person)|numero errado|(?:numero|persona) equivocad[oa]|numero equivocat|soy su (?:hij[oa]|mujer|marido|espos[oa]|madre|padre|niet[oa]|herman[oa])|soc (?:el seu|la seva) (?:fill|filla|dona|marit)|i(?: a|')m (?:his|her) (?:son|daughter|wife|husband)|sou (?:o filho|a filha|a mulher|o marido) d)/;

/** Whether who writes says not to be the one of this given name: "no soy Benigno", "this isn't Harriet". */
export function deniesName(text: string, first: string): boolean {
  const said = plain(text);
  const denied =
    /\b(?:no soy|no soc|i'?m not|i am not|this is(?:n'?t| not)|nao sou)\s+(?:(?:yo|el|la|en|na|o|a|jo|eu)(?:\s+|$))?([\p{L}·]+)?/u.exec(
      said,
    );
  if (!denied) return false;
  return denied[1] === undefined ? /\b(?:yo|jo|eu)\b/.test(denied[0]) : plain(first).startsWith(denied[1]);
}

/** An appointment and nothing that is to be done with it: "la cita", "turno porfa". */
const BARE =
  /^(?:(?:hola|buenas|hello|hi|ola|oi|bon dia|bom dia|la|el|una?|uma?|a|an|the|de|para|sobre|per|por|favor|porfa|please|si us plau|tema|lo del?|citas? medicas?|medica|medical|gracias)\s+)*(?:citas?|turnos?|horas?|visit[ae]s?|visitas?|consult[ae]s?|appointments?|marcacao|marcacoes|agendamento)(?:\s+(?:por favor|porfa|please|si us plau|medic[ao]s?|gracias|medical))*$/;

/** Small talk is said only when it is likelier than this. */
const LIKELY = 0.55;

/** How a text is understood: always one of the intents, and what may be done with it. */
export type Understood = {
  intent: Intent;
  base: BaseIntent;
  confidence: number;
  band: Meant['band'];
  /** Other wishes that may be meant, best first; only where it is asked about. */
  others: readonly Intent[];
  /** Only an answer or none of ours: nothing of it can begin a flow. */
  none: boolean;
};

/** What a text asks for: rules for what must be sure, else the trained classifier. Never throws. */
export function understood(text: string): Understood {
  const as = (intent: Intent, confidence: number, band: Meant['band'] = 'act'): Understood => ({
    intent,
    base: baseOf(intent),
    confidence,
    band,
    others: [],
    none: false,
  });
  if (asksForCallBack(text)) return as('call_back', 0.95);
  if (asksForPerson(text)) return as('human_agent', 0.98);
  if (asksForLanguage(text)) return as('language', 0.95);
  const bare = plain(text)
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (WRONG_PERSON.test(bare)) return as('not_me', 0.9);
  if (isGreeting(text)) return as('greeting', 0.95);
  if (BARE.test(bare)) return { ...as('appointment_book', 0.55, 'ask'), others: ['appointment_next'] };
  if (asksForOneMore(text)) return as('appointment_book', 0.85);
  if (SHOWS_ONLY.test(bare)) return { ...as('out_of_scope', 0.8, 'menu'), none: true };
  if (CATCHING.test(bare)) return as('symptom_report', 0.6, 'ask');
  const found = classify(text);
  const { concepts, length } = found;
  const { label, probability } = found.top;
  // what cannot be kept is moved or given back: our flow shows which it is and asks
  if (length <= 12 && CANNOT_COME.test(bare) && !concepts.includes('change') && !concepts.includes('cancel'))
    return {
      ...as('appointment_next', 0.75),
      base: found.intent === 'out_of_scope' ? 'appointment_cancel' : found.intent,
    };
  const outright = length <= 16 && !A_QUESTION.test(bare) ? saidOutright(concepts) : null;
  if (outright && (found.band !== 'act' || found.intent === outright))
    return as(outright, Math.max(0.85, found.confidence));
  const rule = ruled(bare, concepts, label);
  if (rule && found.band !== 'act') return as(rule, rule === found.label ? 0.8 : 0.75);
  // a car park, a café, wireless: an article may know, hours and addresses do not answer it
  if (found.label === 'opening_hours' && concepts.includes('facility') && !concepts.includes('hours'))
    return as('facilities', found.confidence, found.band);
  const nothing: Understood = { ...as('out_of_scope', found.confidence, 'menu'), base: found.intent, none: true };
  if (found.intent === 'symptom_report' && DO_YOU_DO.test(bare)) return nothing;
  if (baseOf(label) === 'out_of_scope') {
    if (yesOrNo(text) !== null && !(label === 'thanks' && isAcknowledgement(text))) return nothing;
    if (label in FINER && probability >= LIKELY) return as(label as Intent, probability);
    // "cardiología, por favor": an answer where it was asked for, else perhaps a wish
    if (length <= 6 && found.band === 'menu' && concepts.includes('specialist'))
      return as('appointment_book', 0.6, 'ask');
    if (found.band === 'menu') return nothing;
  }
  const others = found.band === 'ask' ? (found.others as Intent[]) : [];
  return { ...as(found.label as Intent, found.confidence, found.band), others, none: found.intent === 'out_of_scope' };
}

const CANNOT_COME =
  /\b(?:no (?:puedo|podre|podria|voy a poder) (?:ir|acudir|asistir|venir)|(?:can'?t|cannot|won'?t be able to) (?:come|make it|attend|go)|no (?:puc|podre) (?:anar|venir)|nao (?:posso|vou poder|consigo) ir)\b/;

/** "¿Hacen ozonoterapia en la rodilla?": a question about the house, and nobody's knee. */
const DO_YOU_DO =
  /^(?:(?:hola|buenas|bon dia|hello|hi|ola|oi)\s+)*(?:hacen|haceis|hacés|realizan|ofrecen|feu|fan|oferiu|do you (?:do|offer)|fazem|oferecem|voces fazem)\b/;

/** "Quería hacer una consulta": a question, and no visit. */
const A_QUESTION =
  /\b(?:hac\w+ (?:una )?consult\w+|(?:una )?consulta (?:sobre|por|acerca)|consultar|consultarle|fer una consulta)\b/;

/** "Bot de mierda", "shitty bot". */
const SWORN_AT =
  /\b(?:ro)?bot (?:de (?:mierda|merda)|inutil|idiota|estupido|asqueroso|imbecil)\b|\b(?:fucking|shitty|stupid|useless|crap|puto|puta|maldito|inutil de|mierda de|merda de|merda d) (?:ro)?bot\b/;

/** "Tengo covid, ¿puedo ir a la consulta?": a nurse knows. */
const CATCHING =
  /\b(?:covid|corona ?virus|gripe|grip|flu|influenza|varicela|chickenpox|sarampion|xarampio|measles|sarampo|catapora|gastroenteritis)\b.{0,40}\b(?:(?:puedo|puc|posso|can i|should i|debo|dec|devo|tengo que|he de) (?:still |igual )?(?:ir|venir|anar|vir|come|go|acudir)|voy igual|vinc igual|vou assim)\b/;

/** "Mire esto", "no lo tengo aquí": of something at hand, and no wish. */
const SHOWS_ONLY =
  /^(?:(?:(?:mir[ae]n?|miri|vea|look at|ve[jy]a|olh[ae]) )?(?:esto|eso|aixo|this|that|isto|isso|la foto|the picture|a foto)|(?:ahora |ara |agora )?(?:no (?:lo|la|ho|el) (?:tengo|tinc)|i (?:don'?t|do not) have it|nao (?:o |a )?tenho)(?: (?:aqui|a mano|a ma|here|with me|comigo|conmigo|ahora|ara|now|agora|encima|a sobre))*)$/;

/** "Pídeme otra para la semana que viene": one more, which is no other day for this one. */
const ONE_MORE =
  /^(?:(?:y|i|and|e|tambien|tambe|tambem|also|de paso|ademas|por favor|please|si us plau)\s+)*(?:(?:pide|pida|saca|saque|reserva|reserve|agenda|agende|busca|busque|consigue)(?:me|nos)|(?:me )?(?:pides|pide|sacas|reservas|agendas)|demana'?m|demani'?m|reserva'?m|(?:me )?(?:marca|marque|agenda|agende|reserva)(?:-?me)?|book(?: me)?|make me|get me)\s+(?:otr[oa]|una altra|altra|outra|another)(?:\s+(?:one|cita|turno|visita|consulta|appointment))?(?:\s+(?:mas|mes|more|mais))?\s+(?:para|per|for|pra|com|con|amb|with|en|el)\b/;

/** Whether one more appointment is asked for, besides the one that is spoken of. */
export function asksForOneMore(text: string): boolean {
  return ONE_MORE.test(
    plain(text)
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** Turns of phrase that say it outright, for where the classifier is not sure. */
function ruled(bare: string, concepts: readonly string[], top: string): Intent | null {
  if (RUNNING_LATE.test(bare)) return 'running_late';
  if (OTHER_TIME.test(bare)) return 'appointment_change';
  if (WHERE_TO_GO.test(bare)) return 'where_to_go';
  const count = bare.split(' ').length;
  if (count <= 5 && ((concepts.includes('insult') && top === 'upset') || SWORN_AT.test(bare))) return 'upset';
  if (count <= 8 && FOR_OTHER.test(bare)) return 'for_other';
  if (count <= 3 && /\b(?:permiso|recursos humanos|rr?hh?)\b/.test(bare)) return 'employee';
  return null;
}

/** What nobody would be asked whether they meant it. */
const UNASKED = new Set<Intent>(['upset', 'not_me', 'greeting', 'thanks', 'goodbye', 'language', 'out_of_scope']);

/** What free text asks for, or null where it asks for nothing of ours. `confidence`: how likely that is right. */
export function meaning(text: string): Meant | null {
  const { intent, confidence, band, others, none } = understood(text);
  if (none || band === 'menu' || (band === 'ask' && UNASKED.has(intent))) return null;
  return { intent, confidence, band, others };
}

const GREETING =
  /^(?:(?:h?ola+s*|buenas|hello+|hi+|hey+|oi+|ei|alo|bon dia|bona tarda|bones|bom dia|boa tarde|boa noite|buen dia|buenos dias|buenas tardes|buenas noches|bona nit|good morning|good afternoon|good evening|saludos|que tal|tudo bem|como esta|como estas|com va|how are you)(?: |$))+$/;

const INTRODUCING =
  /^\W*(?:(?:h?ola+s*|buenas|buen dia|buen[oa]s (?:d[ií]as|tardes|noches)|bon dia|bona tarda|bona nit|bom dia|boa (?:tarde|noite)|ol[aá]|oi|hello|hi|hey|good (?:morning|afternoon|evening))[\s,.!]+)+(?:yo soy|soy|soc|s[oó]c|jo soc|aqu[ií](?: [eé])?|sou|me llamo|mi nombre es|em dic|me chamo|i'?m|i am|this is|it'?s|my name is)\s+/iu;

const NAMED =
  /^(?:(?:la|el|en|na|o|a|l'|sra?|dona|don|do[nñ]a|mrs?|ms)\.?\s+)?(?:\p{Lu}[\p{L}·'’-]+(?:\s+(?:de|del|de la|i|y|da|do|dos))?\s*){1,5}[.,!]*$/u;

/** A greeting and a name: "hola, soy Tránsito". */
export function introduces(text: string): boolean {
  const said = text.trim();
  const opening = INTRODUCING.exec(said);
  return said.length <= 100 && opening !== null && NAMED.test(said.slice(opening[0].length));
}

/** Nothing but a greeting. */
export function isGreeting(text: string): boolean {
  if (text.length > 80) return false;
  return GREETING.test(
    plain(text)
      .replace(/[^\p{L}]+/gu, ' ')
      .trim(),
  );
}
