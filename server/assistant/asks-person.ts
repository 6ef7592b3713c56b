import { near, plain, words } from '../triage/words.ts';

/*
 * One of us is asked for, or to be called: rules, for it must never depend on training.
 */

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
