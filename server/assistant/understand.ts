import { near, plain, words } from '../triage/words.ts';
import { classify } from './understanding/classifier.ts';
import { baseOf, FINER, INTENTS } from './understanding/intents.ts';
import type { BaseIntent, Intent } from './understanding/intents.ts';
import { saidOutright } from './understanding/outright.ts';

/*
 * What a text asks for, and the short answers. The trained classifier reads wishes; the few rules beside it are for what
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

const PERSON_WHOLE =
  /^(?:0|(?:real\s+)?(?:un[ae]?|uma?|an?|el|la|the|con|amb|with|com|a|una)?\s*(?:una?\s+|uma?\s+)?(?:real\s+|ajuda\s+|ayuda\s+)?(?:persona|agente|agents?|humano|humana|huma|asesora?|operadora?|person|human|operator|representative|someone|somebody|alguien|algu|alguem|receptionist|pessoa|atendente|recepcionista|telefonista)(?:\s+(?:humana?|real|please|pls|plis|plz|porfa\w*|xfa|x favor|urgente|gracias|gracies|thanks|por favor|si us plau|ya|ara|now|agora|de verdad|ja))*)$/;
const PERSON_ASKED =
  /\b(?:hablar|hable|hablo|pon(?:me|game|edme)|pass[ei]\S*|comunic\w+|pas[ae]me|pasar(?:me)?|paseme|conect\w+|atiend\w+|atender|parlar|parli|passi\w*|passa'?m|atengui|talk|speak|chat|connect|transfer|get|falar|fale|conversar|contactar|transfer\w+|quiero|quisiera|necesito|dame|deme|vull|voldria|necessito|want|need|quero|queria|preciso|prefiero|prefereixo|prefer|prefiro|hay|hi ha|is there|tem|puede|podria|pot|can)\b[^.?!]{0,28}\b(?:persona|humano|humana|huma|agente|agent|asesora?|operadora?|alguien|algu|person|human|someone|somebody|operator|representative|receptionist|pessoa|atendente|alguem|recepcion(?:ista)?|telefonista|administrativ[oa]|secretari[ao]|personal)\b/;
const PERSON_TALK =
  /\b(?:hablar|hable|parlar|speak|talk|falar|contactar)\s+(?:con|amb|to|with|com)\s+(?!(?:el |un |la |una |o |um |a |an |the )?(?:asistente|bot|robot|maquina|assistent|assistant|machine))\p{L}|\b(?:que me llam[ea]n?|llam[ae]n?me|me (?:pueden?|podeis|podrian?) llamar|call me|ligue-?me|que em truquin|truqui'?m|truquin-?me|podem ligar-?me)\b/u;
/** "Páseme con facturación": to whom decides the department. */
const PERSON_THROUGH =
  /\b(?:(?:me )?(?:pasan?|paseme|pasame|pasen|pasas|pon|ponme|pongame|ponen|comunica|comuniqueme)|passi'?m|passa'?m|posi'?m|passe-?me|passa-?me|put me through|connect me|transfer me)\s+(?:con|amb|com|to|with|a|para|al|l')\s*(?:la |el |l'|o |a |an |the )?(?:enferm|inferm|nurs|factur|fatur|billing|payments?|pagos|cobros)/;
const PERSON_NO_BOT =
  /\b(?:no quiero|no me gusta|odio|hart[oa]|dejar?|no vull|don'?t want|hate|stop|sick of|tired of|nao quero|estic fart|hablando con|talking to|falar com|otra vez)\b.{0,40}\b(?:maquinas?|robots?|bots?|machines?|contestador|maquinetes?)\b/;
const PERSON_DENIED =
  /\b(?:no|nao|not|don'?t)\s+(?:quiero|necesito|vull|necessito|want|need|quero|preciso|me pases|me pase)\b[^.?!,]{0,24}\b(?:persona|humano|agente|agent|person|human|pessoa|atendente)\b/;
/** "Necesito una enfermera": whom of us they want is said, and nothing else. */
const PERSON_NURSE =
  /^(?:(?:hola|buenas|hi|hello|ola|oi|bon dia|bom dia|por favor|please)\s+)*(?:necesito|quiero|quisiera|busco|ocupo|vull|voldria|necessito|i need|i want|need|get me|quero|queria|preciso(?: de)?)\s+(?:a\s+)?(?:una?|la|el|uma?|an?|the|l'|alguna?)\s*(?:enfermer[oa]|infermer[oa]?|nurse|enfermeir[oa])(?:\s+(?:por favor|please|porfa|si us plau|urgente|ya|gracias|ara|now|agora))*$/;
/** Someone else who is meant, not one of us: "una cita para otra persona". */
const PERSON_OTHER =
  /\b(?:otra|otro|altra|another|outra|misma|para una|para otra|per a una|for another|for a)\s+(?:persona|person|pessoa)\b/;

/** "Can I see someone about my back": a visit. */
const PERSON_SEEN = /\b(?:see|seen by) (?:someone|somebody|a person) (?:about|for|regarding)\b/;

/** Whether a person is asked for, in any language; "0" is that too. Beats every other reading of a text. */
export function asksForPerson(text: string): boolean {
  const said = plain(text)
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (said.length === 0 || said.length > 300) return false;
  if (said === '0' || PERSON_WHOLE.test(said) || PERSON_NURSE.test(said)) return true;
  if (PERSON_DENIED.test(said) || PERSON_OTHER.test(said) || PERSON_SEEN.test(said)) return false;
  if (PERSON_THROUGH.test(said)) return departmentAskedFor(said) !== null;
  if (PERSON_ASKED.test(said) || PERSON_TALK.test(said) || PERSON_NO_BOT.test(said)) return true;
  const list = words(said);
  return (
    list.length <= 2 &&
    list.some(
      (word) =>
        word.sound.length >= 6 &&
        ['persona', 'ajente', 'umano', 'operador', 'atendente', 'umana', 'pesoa'].some((form) =>
          near(word.sound, form),
        ),
    )
  );
}

const DEPARTMENTS: [RegExp, string][] = [
  [/\b(?:enferme[ri]|enfermag|infermer|nurs[ei])\w*/, 'nursing'],
  [
    /\b(?:factur|fatur|invoic|billing|cobr|contabilidad|pagos?\b|pagaments?\b|pagamentos?\b|bills?\b|payments?\b)\w*/,
    'billing',
  ],
  [
    /\b(?:citas?|citaciones|turnos?|cites|visites|hores|appointments?|bookings?|marcacoes|consultas|agendamento)\b/,
    'appointments',
  ],
];

/** Whoever is to be called: a taxi, an ambulance, somebody else; or only in some case. */
const NOT_ME_CALLED =
  /\b(?:taxi|uber|ambulanci\w*|ambulance|policia|police|bombers?|bomberos|si (?:se |hay |hi ha |algu|alguien|falla|cancel)|if (?:any|some)|caso haja|cuando (?:este|salga|tengan)|with (?:the|my) results?|resultad[oa]s?|resultats|fill[oa]?|hij[oa]|marido|mujer|mi madre|mi padre)\b/;
const CALL_ME =
  /\b(?:(?:que |q )?(?:alguien |algu |algun |alguem |someone )?(?:me|em|us|m) (?:llamen|llame|llamais|llamaran|llamaseis|truquin|truqui|truqueu|telefoneen|liguem|ligue|ligam|liga|telefonem)|(?:me|em) (?:puede[ns]?|pueden|podeis|podria[ns]?|poden|podeu|pot|podriau|podem|pode) (?:llamar|trucar|ligar|telefonear)|(?:puede[ns]?|podeis|podria[ns]?|poden|podeu|podem|pode) (?:llamarme|trucar-?me|ligar-?me|me ligar|telefonearme|devolverme la llamada)|llamenme|llameme|llamadme|llamame|llamarme|truqueu-?(?:me)?|truqui'?m|truca'?m|liguem-?me|ligue-?me|liga-?me|(?:can|could|please|will|would)? ?(?:you |someone |somebody )?(?:call|ring|phone) me(?: back)?|(?:a |me )?call ?-?back|devuelvan(?:me)? la llamada|devolver la llamada|retornem a chamada|retornar a chamada)\b/;
const MY_CALL =
  /^(?:(?:hola|ver|veure|see|cambiar|canviar|change|cancelar|anular|anul·lar|cancel|alterar|quiero|vull|i want to|quero) )*(?:la )?(?:mi llamada|meva trucada|my call(?:-? ?back)?|(?:a )?minha chamada)$/;

/** One of us is asked for now, whatever else is said. */
const BY_WHOM =
  /\b(?:personas?|agentes?|agents?|humano|humana|human|person|operador\w*|operator|pessoas?|atendente|recepcion\w*|receptionist)\b/;

/** Whether somebody wants to be called by us, or speaks of the call that they asked for. A wish in a few words and no more. */
export function asksForCallBack(text: string): boolean {
  const said = plain(text)
    .replace(/[^\p{L}\p{N}'· +-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (said.split(' ').length > 12 || NOT_ME_CALLED.test(said) || BY_WHOM.test(said)) return false;
  return CALL_ME.test(said) || MY_CALL.test(said);
}

/** The queue of the department that a text asks to speak with, or null: "hablar con la enfermera". */
export function departmentAskedFor(text: string): string | null {
  const said = plain(text);
  return DEPARTMENTS.find(([form]) => form.test(said))?.[1] ?? null;
}

const DAY_NAMED =
  /\d|\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hoy|semana|dia|dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|dema|avui|setmana|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|week|day|segunda|terca|quarta|quinta|sexta|amanha|hoje)\b/;
/** Whether a text wishes for another hour of the same day: "un poco más tarde". Null where it names a day or hour. */
export function aside(text: string): 'later' | 'earlier' | null {
  const said = plain(text);
  if (DAY_NAMED.test(said)) return null;
  if (/\b(?:mas tarde|later|mes tard|mais tarde)\b/.test(said)) return 'later';
  return /\b(?:mas temprano|un poco antes|earlier|mes aviat|una mica abans|mais cedo|um pouco antes)\b/.test(said)
    ? 'earlier'
    : null;
}

const ASSENT = /^(?:si+|sip|sim|yes+|yeah|yep|y|claro|i tant|s)\b/;
/** "Vale", "perfecto, gracias", "👍": taken note of, which after "anything else?" is no yes. */
export function isAcknowledgement(text: string): boolean {
  return yesOrNo(text) === 'yes' && !ASSENT.test(plain(text).trim());
}

/** Nothing but signs or emoji: someone who waits, or does not know what to write. */
export function isSigns(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text);
}

const UNSURE =
  /^(?:(?:pues|uf|es que|mmm+|eh|hmm+)\s+)*(?:(?:yo )?no (?:lo )?se|ni idea|no estoy segur[oa]|no me acuerdo|no recuerdo|no ho se|no n'estic segur[oa]?|no me'n recordo|(?:i )?don'?t know|dunno|idk|not sure|i'?m not sure|no idea|(?:eu )?nao (?:o )?sei|nao tenho certeza|nao me lembro|que (?:hago|pongo|significa|es eso)|no (?:lo )?entiendo|no ho entenc|i don'?t understand|nao entendi|nao percebi)(?:\s+\p{L}+){0,3}$/u;
/** "No sé": neither yes nor no, and no wish. */
export function isUnsure(text: string): boolean {
  return UNSURE.test(
    plain(text)
      .replace(/[^\p{L}' ]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const INDIFFERENT =
  /^(?:(?:a mi )?me da (?:igual|lo mismo)|es igual|igual|lo que sea|cualquiera|el que sea|la que sea|quien sea|con quien sea|indiferente|da igual|da lo mismo|donde sea|m'?es igual|tan?t (?:(?:me |me'n )?fa|m'?es)|qualsevol|whatever|anyone|anybody|any|anything|either|i don'?t mind|doesn'?t matter|tanto faz|qualquer(?: um| uma)?|e igual)(?:\s+\p{L}+){0,2}$/u;
/** "Me da igual": any of them will do. */
export function isIndifferent(text: string): boolean {
  return INDIFFERENT.test(
    plain(text)
      .replace(/[^\p{L}' ]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const LANGUAGE_NAMES: [RegExp, string][] = [
  [/\b(?:espanol|castellano|castella|spanish|espanhol|castelhano)\b/, 'es'],
  [/\b(?:catala|catalan|catalao|valencia)\b/, 'ca'],
  [/\b(?:ingles|angles|english|inglesa)\b/, 'en'],
  [/\b(?:portugues|portuguese|brasileiro|portuguesa)\b/, 'pt'],
];
const LANGUAGE_WISH =
  /\b(?:en|in|em|hablar|habla|hablan|parlar|parla|parleu|speak|talk|falar|fala|please|por favor|si us plau|cambiar|canviar|change|mudar|idioma|language|llengua|lingua|quiero|vull|want|quero|prefiero|prefereixo|prefer)\b/;

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

const CANCEL_WHOLE =
  /^(?:cancel(?:l?ar|a|o|la|e)?|salir|sortir|sair|exit|quit|stop|parar|para|basta|olvid\w+|dejalo|dejelo|dejemoslo|deixa-?ho|deixi-?ho|deixa pra la|deixe|nada|res|nothing|never ?mind|forget it|esquece|esquec\w+|oblid\w+|ja no|ya no|no importa|terminar|acabar|fin)(?:\s+(?:todo|tot|tudo|all|it|ya|ja|por favor|please|gracias|gracies|thanks))*$/;
export function wantsToStop(text: string): boolean {
  return CANCEL_WHOLE.test(
    plain(text)
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .trim(),
  );
}

const BACK_WHOLE =
  /^(?:volver|atras|regresar|vuelve|para atras|volver atras|anterior|tornar|enrere|endarrere|back|go back|previous|voltar|volta|para tras)(?:\s+(?:atras|por favor|please|al anterior))*$/;
export function wantsBack(text: string): boolean {
  return BACK_WHOLE.test(
    plain(text)
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .trim(),
  );
}

const MORE_WHOLE =
  /^(?:(?:ver|veure|see|show|mostrar|mas|mes|otr[oa]s?|altres?|outr[oa]s?|more|mais)\s*)+(?:opciones|opcions|options|opcoes|horas|hores|times|dias|dies|days)?$/;
export function wantsMore(text: string): boolean {
  return MORE_WHOLE.test(
    plain(text)
      .replace(/[^\p{L} ]+/gu, ' ')
      .trim(),
  );
}

const YES =
  /^(?:s+i+p*|si|sip|sii|seh|yess+|oki+s?|okis|vale vale|genial|estupendo|me va bien|me viene bien|em va be|works for me|great|otimo|esa|ese|esa misma|aquesta|that one|👌|👍🏻|👍🏼|👍🏽|👍🏾|claro|vale|ok+|okey|okay|dale|de acuerdo|por supuesto|correcto|exacto|perfecto|afirmativo|esta bien|bueno|confirmo|listo|va|venga|eso es|asi es|d'?acord|i tant|correcte|es clar|perfecte|be|molt be|exacte|yes|yep|yeah|y|sure|right|correct|that'?s right|of course|fine|sim|isso|claro que si|com certeza|certo|pode ser|ta|ta bom|esta bem|👍|✅)(?:[\s,.!]+(?:si|sim|yes|por favor|please|gracias|gracies|obrigad[oa]|thanks|claro|esta bien|quiero|vull|quero|soy yo|soc jo|sou eu|correcto|confirmo|perfecto|vale|ok|senor|senora))*[\s.!]*$/;
const NO =
  /^(?:no+|nop|nope|na|nah|para nada|nunca|negativo|no gracias|mejor no|todavia no|ahora no|tampoco|incorrecto|no es|no quiero|no puedo|no soy|no hace falta|no cal|millor no|encara no|ara no|not now|not yet|no thanks|i don'?t|wrong|nao|n|de jeito nenhum|melhor nao|ainda nao|agora nao|nada|res|nothing|👎|❌)(?:[\s,.!]+(?:no|nao|gracias|gracies|thanks|thank you|obrigad[oa]|por ahora|de momento|quiero|vull|quero|soy yo|es|era|esta bien|nada mas|res mes|nothing else|mais nada))*[\s.!]*$/;

/** Yes or no; null where it is neither. */
export function yesOrNo(text: string): 'yes' | 'no' | null {
  const said = plain(text)
    .replace(/[¿¡"()]/g, '')
    .trim();
  if (said.length > 60) return null;
  if (YES.test(said)) return 'yes';
  if (NO.test(said)) return 'no';
  return null;
}

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

/**
 * The option that a text means by its words, forgiving accents and a slip, or the several it could be.
 * `whole`: an option counts only when all its own words stand in the text (for words said before the menu was shown).
 */
export function pickByWords(text: string, options: readonly Pickable[], whole = false): number[] {
  const written = plain(text).trim();
  const exact = options.flatMap((option, index) => (plain(option.title).trim() === written ? [index] : []));
  if (exact.length) return exact;
  const asked = words(text).filter((word) => !COMMON.has(word.plain));
  if (asked.length === 0) return [];
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

/** A document number as the record compares it: letters and digits, upper case. Null where it cannot be one. */
export function documentNumber(text: string): string | null {
  const said = plain(text).toUpperCase();
  const found = said.match(/[A-Z]{0,3}[\s-]?\d[\d.\s-]{3,14}\d[\s-]?[A-Z]?\b/);
  if (!found) return null;
  let bare = found[0].replace(/[^A-Z0-9]/g, '');
  // a word before the number is not part of it ("DNI 12345678Z", "es 12345678Z")
  bare = bare.replace(/^(?:DNI|NIE|NIF|CI|CPF|RG|RUT|CC|ID|ES|MI|N|NO|EL|NUM)(?=\d{5})/, '');
  return bare.replace(/\D/g, '').length >= 5 && bare.length <= 15 ? bare : null;
}

/** A telephone number, digits with an optional plus; null where it cannot be one. */
export function phoneNumber(text: string): string | null {
  const found = text.match(/\+?\d[\d\s().-]{6,20}\d/);
  if (!found) return null;
  const bare = found[0].replace(/[^\d+]/g, '');
  const digits = bare.replace('+', '').length;
  return digits >= 8 && digits <= 15 ? bare : null;
}

/** A person's name as written; without "me llamo", never more than six words, never figures. */
export function personName(text: string): string | null {
  const bare = text
    .trim()
    .replace(
      /^(?:hola,?\s+)?(?:me llamo|mi nombre es|soy|em dic|soc|el meu nom és|my name is|i am|i'm|me chamo|meu nome é|sou)\s+/i,
      '',
    )
    .replace(/[.,;!]+$/, '')
    .trim();
  if (!/^[\p{L}][\p{L}'’· .-]{1,79}$/u.test(bare)) return null;
  const list = bare.split(/\s+/);
  return list.length <= 6
    ? list.map((word) => (word === word.toLowerCase() ? word[0]!.toUpperCase() + word.slice(1) : word)).join(' ')
    : null;
}
