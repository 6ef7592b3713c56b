import type { InboundContent } from '../../conversation/contract.ts';
import { plain } from '../../triage/words.ts';
import type { Wish } from './rules.ts';

/*
 * What the words of somebody who waits say of waiting on (es, ca, en, pt). Only a message that says nothing else is clear:
 * who is taken out of a line by mistake has lost their place, who is asked once too often has lost a second.
 */

/** `clear`: they need nobody any more, and say nothing else. `perhaps`: it may be meant. Null: not a word of it. */
type Leaving = 'clear' | 'perhaps' | null;

const POLITE =
  /^(?:(?:hola|buen[oa]s?(?: (?:dias|tardes|noches))?|hello|hi|ola|bon dia|bona tarda|bom dia|boa tarde|perdon(?:a|e|en)?|disculp[ae]n?|lo siento|ho sento|sorry|desculpe|desculpa|ok|okay|vale|bueno|bien|be|bo|d'acord|de acuerdo|mejor|millor|melhor|pues|entonces|doncs|no|nao|si|yes|ah|oh|muy amables?|gracias|(?:muchas|mil) gracias|gracies|(?:moltes|mil) gracies|merci|thanks|thank you|thx|many thanks|cheers|(?:muito )?obrigad[oa]|igualmente|de todas formas|de todos modos|igualment|anyway|de qualquer forma|por favor|porfa(?:vor)?|si us plau|please|un saludo|saludos|adios|adeu|bye|tchau|hasta luego|buen dia|igual)(?: |$))+$/;

const SETTLED = 'resuelt[oa]|solucionad[oa]|arreglad[oa]|resolt|resolta|solucionat|arreglat|resolvid[oa]|tratad[oa]';
const SOMEBODY =
  '(?:it|this|help|you|anyone|anybody|a person|an agent|to (?:talk|speak) to (?:anyone|anybody|a person))';
const CLEAR = [
  // it is not needed any more
  '(?:ya )?no (?:me |nos )?hace falta(?: (?:ya|nada|mas|ayuda|que me (?:atiendan|contesten|llamen|respondan)|hablar con (?:nadie|una persona|alguien)))?',
  '(?:ya )?no (?:es necesario|hay necesidad)(?: ya)?',
  'ya no (?:lo |la |os |les )?(?:necesito|preciso|ocupo)(?: mas)?(?: (?:nada|ayuda|(?:hablar con )?(?:nadie|una persona|ninguna persona|un agente)))?',
  'no (?:lo |la |os |les )?(?:necesito|preciso|ocupo) (?:ya|mas)(?: (?:nada|ayuda|(?:hablar con )?nadie))?',
  '(?:ja no|no) (?:em |ens )?(?:cal|fa falta)(?: (?:ja|res|ajuda|parlar amb ningu))?',
  'ja no (?:ho |us |el |la )?necessito(?: (?:res|ajuda|ningu|parlar amb ningu|cap persona))?',
  "(?:it's |its |it is |i'm |im )?(?:no longer (?:needed|necessary|need(?:ed)?)|not (?:needed|necessary)(?: any ?more)?)",
  `(?:i )?no longer need(?: ${SOMEBODY})?`,
  `(?:i )?(?:do not|don't|dont) need(?: ${SOMEBODY})? (?:any ?more|now)`,
  '(?:ja )?nao (?:e (?:mais )?(?:preciso|necessario)|precis[oa](?: mais)?|faz (?:mais )?falta)(?: (?:de )?(?:ajuda|nada|ninguem|falar com ninguem))?',
  // let it be
  '(?:dejal[oa]|dejel[oa]|dejenl[oa]|dejadl[oa]|dejemosl[oa]|lo dejo|lo dejamos|lo vamos a dejar)(?: (?:estar|asi|correr|ya))?',
  '(?:olvidal[oa]|olvidel[oa]|olvidenl[oa]|olvidadl[oa]|olvidense|olvidate|olvidese)(?: de (?:esto|eso))?',
  "(?:deixa|deixi|deixeu)[ '-](?:ho|lo)(?: (?:estar|correr))?|ho deixo(?: (?:estar|correr))?",
  "(?:oblida|oblidi|oblideu)[ '-]ho",
  "never ?mind|forget (?:it|about it|this)|leave it|don't bother|dont bother",
  'deix[ae] (?:la|estar|pra la|para la|quieto|isso)|(?:esquece|esqueca|esquecam)(?: isso| la)?',
  // it is settled
  `(?:ya )?(?:lo|la) (?:he|hemos) (?:resuelto|solucionado|arreglado)(?: (?:yo|solo|sola|por mi cuenta))?`,
  '(?:ya )?(?:lo|la) (?:resolvi|resolvimos|solucione|solucionamos|arregle)',
  '(?:ya )?(?:se )?me lo (?:han )?(?:resuelto|solucionado|resolvieron|solucionaron|resolvio|soluciono)',
  '(?:ya )?(?:esta|ha quedado|quedo|queda) (?:todo )?(?:resuelt[oa]|solucionad[oa]|arreglad[oa])',
  '(?:ya )?se (?:ha )?(?:resuelto|solucionado|arreglado|resolvio|soluciono|arreglo)(?: solo)?',
  "(?:ja )?ho (?:he|hem) (?:resolt|solucionat|arreglat)|ja (?:esta|ha quedat) (?:resolt|solucionat|arreglat)|ja s'ha (?:resolt|solucionat|arreglat)",
  "(?:i've|i have|we've) (?:already |just )?(?:sorted|solved|fixed|resolved|figured)(?: it)?(?: out)?(?: myself| already)?",
  '(?:i )?(?:already |just )?(?:sorted|solved|fixed|resolved|figured) it(?: out)?(?: myself| already)?',
  "(?:it's|its|it is|that's|it has been|it's been|all|already)(?: all| already| been)? (?:sorted|solved|resolved|fixed|settled|taken care of)(?: now)?",
  '(?:ja )?(?:resolvi|consegui resolver|tratei disso|se resolveu|(?:esta|ficou|foi) (?:tudo )?(?:resolvido|tratado|solucionado))(?: sozinh[oa])?',
  "ya (?:me|nos) (?:han atendido|atendieron|contestaron|han contestado)(?: por (?:telefono|otro lado))?|ja m'han (?:ates|contestat)|ja (?:fui atendid[oa]|me atenderam)|(?:i've|i have) (?:already )?been (?:helped|seen to)",
  // out of the line
  '(?:quiero |quisiera |voy a |me gustaria )?(?:salir(?:me)?|salgo|me salgo|irme|me voy) de la (?:cola|fila)',
  '(?:me )?(?:quita|quite|quiten|saca|saque|saquen|borra|borre|retira|retire)(?:me|nme)? de la (?:cola|fila)|(?:dejo|abandono) la (?:cola|fila)',
  "(?:vull |voldria )?(?:sortir|surto|marxo) de la cua|(?:treu|tregui|treieu|esborra)[ '-](?:me|m) de la cua|deixo la cua",
  "(?:i want to |please |i'd like to )?(?:leave|quit|take me (?:out of|off)|remove me from|get me out of) the (?:queue|line)",
  '(?:quero )?sair da fila|(?:me )?(?:tira|tire|tirem)(?:[ -]?me)? da fila',
  "(?:cancel\\w*|anul\\w*) (?:la espera|la solicitud|la peticion|el chat|la conversacion|mi lugar|l'espera|la sol licitud|la conversa|el xat|the chat|the wait|my request|the request|a espera|o pedido|a conversa)",
];

/** Clear as a whole message only: in another sentence they may be denied. */
const ALONE = [SETTLED, 'sorted|resolved|solved'];

const PERHAPS = [
  '(?:lo |la )?cancel\\w{0,4}|cancel la|cancel it|cancel this|cancel that|anul\\w{0,4}|anul la',
  'deja|dejar|deixa|deixar|deixe',
  "ya esta(?:ria)?|ya|listo|ja esta|ja estaria|done|all (?:good|set|done)|i'm good|im good|ja esta bom|ta bom|tudo (?:certo|bem)|todo bien|tot be",
  '(?:ya )?no (?:quiero|puedo|voy a|pienso) (?:seguir )?(?:esperar|esperando|espero)(?: (?:mas|tanto))?(?: tiempo)?|no espero mas',
  'no (?:vull|puc) (?:seguir |continuar )?(?:esperar|esperant)(?: (?:mes|tant))?|no espero mes',
  "(?:i )?(?:can't|cant|cannot|won't|wont|don't want to|dont want to) wait(?: any ?(?:longer|more)| that long)?",
  'nao (?:quero|posso|vou) esperar(?: mais| tanto)?',
  "me (?:voy|tengo que ir|marcho)|tengo que irme|me'n vaig|he de marxar|i (?:have to|must|gotta) go|i'm (?:leaving|off)|tenho (?:de|que) ir|vou embora|vou ter que sair",
  '(?:ya )?(?:llamo|llamare|escribo|escribire|vuelvo|lo intento|lo intentare|pruebo) (?:yo )?(?:luego|manana|despues|otro dia|en otro momento|mas tarde)',
  '(?:ja )?(?:trucare|truco|escric|tornare|ho provare) (?:dema|despres|mes tard|un altre dia)',
  "(?:i'll|i will|ill) (?:call|write|try|come back)(?: again| back)? (?:later|tomorrow|another (?:day|time))",
  '(?:eu )?(?:ligo|volto|escrevo|tento)(?: a ligar)? (?:mais tarde|amanha|depois|outro dia|noutro dia)',
  'adios|adeu|bye|goodbye|tchau|adeus',
];

const whole = (patterns: string[]): RegExp => new RegExp(`^(?:${patterns.join('|')})$`);
const IS_CLEAR = whole([...CLEAR, ...ALONE]);
const IS_PERHAPS = whole(PERHAPS);
const SAYS_CLEAR = new RegExp(
  `(?<!(?:^| )(?:no|not|nao|ni|nunca|never|aun|todavia|encara|ainda|don't|me|lo))(?:^| )(?:${CLEAR.join('|')})(?= |$)`,
);
/** What is said besides makes it longer than this: it is about something else. In words. */
const SHORT = 10;
/** Words that may stand around it and change nothing. */
const AROUND =
  /^(?:(?:hola|perdon|disculpe|disculpa|ok|vale|bueno|mejor|millor|melhor|pues|ah|gracias|gracies|thanks|please|sorry|por favor|si us plau|y|i|and|e|al final|finalmente|finalment|in the end|afinal|total|well|entonces|doncs|entao|so|actually|mejor dicho|de momento|creo que|em sembla que|i think|acho que) )+| (?:gracias|muchas gracias|gracies|moltes gracies|thanks|thank you|obrigad[oa]|por favor|please|si us plau|eh|ya|ja|now|igualmente|al final|hoy|avui|today|hoje|de momento)$/g;

function clean(clause: string): string {
  return clause
    .replaceAll(/[^\p{L}\p{N}' -]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What a text of somebody who waits says of waiting on. Pure. */
export function readLeaving(text: string): Leaving {
  const said = plain(text);
  const clauses = said
    .split(/[,.;:!¡¿?\n()]+/)
    .map(clean)
    .filter((clause) => clause !== '');
  const asks = /[?¿]/.test(said);
  let found: Leaving = null;
  let rest = false;
  for (const clause of clauses) {
    if (IS_CLEAR.test(clause)) found = 'clear';
    else {
      let bare = clause;
      for (let before = ''; before !== bare;) {
        before = bare;
        bare = bare.replaceAll(AROUND, '').trim();
      }
      // "I think", "for now" leave a doubt
      const doubts = /\b(?:creo|crec|think|acho|sembla|momento?)\b/.test(clause);
      if (IS_CLEAR.test(bare)) {
        if (!doubts) found = 'clear';
        else [found, rest] = [found ?? 'perhaps', true];
      } else if (IS_PERHAPS.test(bare) || IS_PERHAPS.test(clause)) found ??= 'perhaps';
      else if (POLITE.test(`${clause} `.trim())) continue;
      else {
        rest = true;
        if (SAYS_CLEAR.test(clause)) found ??= 'perhaps';
      }
    }
  }
  if (found === null) return null;
  if (!rest) return asks ? 'perhaps' : found;
  const length = said.split(/\s+/).length;
  return asks || length > SHORT ? null : 'perhaps';
}

const YES =
  /^(?:(?:si+|sip|yes|yeah|yep|sim|claro|vale|ok|okay|de acuerdo|d'acord|correcto|correcte|exacto|eso|sure|of course|pode ser|por favor|please|si us plau|gracias|gracies|thanks|thank you|obrigad[oa]|quitame|quiteme|treu-me|remove me)(?: |$))+$/;
const NO =
  /^(?:no+|nop|nope|nah|nao|todavia no|aun no|encara no|not yet|ainda nao|sigo(?: esperando)?|espero|prefiero esperar|m'espero|keep waiting|i'll wait|ill wait|wait|continuo)(?: (?:no|nao|gracias|gracies|thanks|thank you|obrigad[oa]|por favor|please|si us plau|espero|sigo|sigo esperando|prefiero esperar|keep waiting|i'll wait|continuo))*$/;

/** What a text answers to "shall I take you out of the line?"; null: something else. Pure. */
export function answerToAsked(text: string): 'leave' | 'stay' | null {
  const said = clean(plain(text).replaceAll(/[,.;:!¡¿?]+/g, ' '));
  if (NO.test(said)) return 'stay';
  if (YES.test(said) || readLeaving(text) !== null) return 'leave';
  return null;
}

const TAP = /^waiting:(stay|leave):([0-9a-f-]{36})$/;

/** Null: not a word about it. */
export function wishOf(content: InboundContent): Wish | null {
  const found = content.kind === 'choice' ? TAP.exec(content.id) : null;
  if (found) return { tap: { what: found[1] as 'stay' | 'leave', itemId: found[2]! }, leaving: null, answer: null };
  if (content.kind !== 'text') return null;
  const wish: Wish = { tap: null, leaving: readLeaving(content.text), answer: answerToAsked(content.text) };
  return wish.leaving === null && wish.answer === null ? null : wish;
}

/** Whether words say nothing but that they need nobody any more. */
export const onlyOfTheLine = (content: InboundContent): boolean => wishOf(content)?.leaving === 'clear';
