import { plain, words as wordsOf } from '../triage/words.ts';
import { besides, byTime, mentioned, readAs, readingsOf } from './answers.ts';
import type { Reader } from './answers.ts';
import { ANSWER, LANGUAGE } from './commands.ts';
import type { Choice, Provider, Question, Standing, Utterance } from './commands.ts';
import type { Command, Json } from './contract.ts';
import { asksForCallBack, asksForPerson, departmentAskedFor } from './asks-person.ts';
import { asksForLanguage } from './languages.ts';
import { pickByMention, pickByWords, placeInList } from './list-places.ts';
import {
  aside,
  isAcknowledgement,
  isIndifferent,
  isSigns,
  isUnsure,
  wantsBack,
  wantsMore,
  wantsToStop,
  yesOrNo,
} from './short-answers.ts';
import { asksForOneMore, deniesName, introduces, isGreeting, meaning as meaningOf } from './understand.ts';

/*
 * The provider of commands that is always there: rules and the trained classifier, in this process. It decides only
 * what a text says; what comes of it is the engine's.
 */

type Wish = Extract<Command, { command: 'start_flow' }>;
type Standard = NonNullable<Standing['question']>;
/** Sure enough to leave a question that stands; to act on where nothing stands. */
const CLEARLY = 0.7;
const LIKELY = 0.5;
/** Sure enough to cut one message into several wishes. */
const SURELY = 0.8;

let remembered = new Map<string, ReturnType<typeof meaningOf>>();
/** One message is looked at from several sides. */
function meaning(text: string): ReturnType<typeof meaningOf> {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  if (remembered.size > 200) remembered = new Map();
  const found = meaningOf(text);
  remembered.set(text, found);
  return found;
}

export const local: Provider = {
  commands({ text: written, standing }: Utterance): Command[] {
    const { question } = standing;
    const text = written
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n[ \n]*/g, '\n')
      .trim();
    const first = !question || standing.at === 'start';
    if ((!question && isGreeting(text)) || (first && introduces(written)))
      return [{ command: 'start_flow', intent: 'greeting', words: '' }];
    const called = toBeCalled(text, standing);
    if (called) return called === 'here' ? within(text, standing, question!) : [called];
    const person = forPerson(text);
    if (person) return [person];
    return question ? within(text, standing, question) : opening(text, standing);
  },
};

/**
 * To be called is a wish for a person where nobody calls back; else it is a flow of its own, which offers one too. `here`: that
 * flow is asking right now.
 */
function toBeCalled(text: string, standing: Standing): Wish | 'here' | null {
  if (!begins(standing, 'call_back') || !asksForCallBack(text)) return null;
  if (standing.question && isRunning(standing, 'call_back')) return 'here';
  return { command: 'start_flow', intent: 'call_back', words: text };
}

/** A person, before anything else that the words could mean; also in the last sentence of many. */
function forPerson(text: string): Command | null {
  const said = asksForPerson(text)
    ? text
    : text
        .slice(0, 4000)
        .split(/[.!?;\n]+/)
        .find((part) => /\p{L}{3}/u.test(part) && part !== text && asksForPerson(part));
  if (said === undefined) return null;
  const queue = departmentAskedFor(said);
  return { command: 'handover', ...(queue ? { queue } : {}) };
}

/** The first words: nothing was asked. */
function opening(text: string, standing: Standing): Command[] {
  const language = spoken(text, standing);
  if (language) return [language];
  // "vale", "👍", "no, gracias" after the end: no reason to open a menu
  if (standing.ended && (yesOrNo(text) !== null || isSigns(text))) return [{ command: 'affirm' }];
  const denial = deniedWish(text);
  if (denial !== null) return denial ? opening(denial, standing) : [{ command: 'out_of_scope' }];
  const wishes = wishesIn(text, standing);
  if (wishes.length > 1) return wishes;
  const meant = meaning(text);
  if (meant && meant.band !== 'menu' && begins(standing, meant.intent))
    return meant.band === 'act'
      ? [{ command: 'start_flow', intent: meant.intent, words: text }]
      : [{ command: 'clarify', intents: perhaps(meant, standing), words: text }];
  if (denied(text, standing)) return [{ command: 'start_flow', intent: 'not_me', words: text }];
  return [asked(text, standing) ?? { command: 'out_of_scope' }];
}

/** Kinds of answers that say who someone is. */
const PERSONAL = new Set(['document', 'birthdate', 'phone', 'name']);

/** Words that come while a question stands. */
function within(text: string, standing: Standing, question: Standard): Command[] {
  const free = question.kind === 'text';
  const more = free ? null : oneMore(text, standing, question);
  if (more) return more;
  const exact = exactly(text, standing, question);
  if (exact) return [exact];
  if (denied(text, standing)) return [{ command: 'start_flow', intent: 'not_me', words: text }];
  const stopped = stopIn(text, standing) ?? unwished(text, standing, question);
  if (stopped) return stopped;
  const language = spoken(text, standing);
  if (language) return [language];
  const back = backIn(text, standing, free);
  if (back) return back;
  if (free) return answer(text, standing, question) ?? [{ command: 'out_of_scope' }];
  if (isGreeting(text)) return [{ command: 'start_flow', intent: 'greeting', words: '' }];
  if (yesOrNo(text) === null && isSigns(text)) return [{ command: 'out_of_scope' }];
  const plainly = plainAnswer(text, standing, question);
  if (plainly) return plainly;

  const wishes = wishesIn(text, standing);
  const whom = wishes.some((wish) => wish.intent === 'for_other') ? forWhom(text, standing, question) : null;
  const elsewhere = wishes.filter((wish) => isElsewhere(standing, wish) && !(wish.intent === 'for_other' && whom));
  if (whom && elsewhere.length === 0 && wishes.length) return [{ command: 'set_slot', slot: ANSWER, value: whom.id }];
  const extra =
    yesOrNo(text) === null && (question.yes || question.no) ? withExtra(text, standing, question, elsewhere) : null;
  if (extra) return extra;
  const both = elsewhere.length ? answerAndWish(text, standing, question) : null;
  if (both) return both;
  if (elsewhere.length && !(question.kind === 'choose' && closelyPicks(text, standing, question))) return elsewhere;
  const meantOne = oneOfBefore(text, standing, question);
  if (meantOne) return meantOne;
  const answered = answer(text, standing, question);
  if (answered) return answered;
  const mended = correction(text, standing);
  if (mended) return mended;

  const meant = meaningOfPart(text);
  if (meant && begins(standing, meant.intent)) {
    const running = isRunning(standing, meant.intent);
    if (elsewhere.length) return elsewhere;
    // what is asked of who they are is no place to guess at wishes
    const guess = meant.band === 'act' || !PERSONAL.has(question.kind);
    if (meant.confidence >= LIKELY && meant.band !== 'menu' && guess && !running)
      return meant.band === 'act'
        ? [{ command: 'start_flow', intent: meant.intent, words: text }]
        : [{ command: 'clarify', intents: perhaps(meant, standing), words: text }];
    // it is what we are at already, said anew: "no, mejor cardiología"
    if (flowOf(standing, meant.intent) === standing.flow && standing.at === 'errand')
      return [{ command: 'start_flow', intent: meant.intent, words: text }];
  }
  return [asked(text, standing) ?? { command: 'out_of_scope' }];
}

/** "Para mi hijo, el miércoles": the option that is meant where it is asked for whom it is, or null. */
function forWhom(text: string, standing: Standing, question: Standard): Choice | null {
  if (question.kind !== 'choose' || standing.at !== 'errand') return null;
  const [clause] = text.split(/[,;.]/) as [string];
  for (const found of [pickByWords(clause, question.options), pickByMention(text, question.options)])
    if (found.length === 1) return question.options[found[0]!]!;
  return null;
}

/** "Sí, y pídeme otra para la semana que viene": what stands is answered, and one more is wished for afterwards. */
function oneMore(text: string, standing: Standing, question: Standard): Command[] | null {
  if (standing.at !== 'errand' || text.length > 300 || !begins(standing, 'appointment_book')) return null;
  const wish = (words: string): Wish => ({ command: 'start_flow', intent: 'appointment_book', words });
  if (asksForOneMore(text)) return [wish(text)];
  for (const cut of joints(text)) {
    const tail = text.slice(cut.index + cut[0].length);
    if (asksForOneMore(tail)) return [...within(text.slice(0, cut.index), standing, question), wish(tail)];
  }
  return null;
}

const POLITE = /\b(?:gracias|gracies|thanks|thank you|obrigad[oa])\b/;

/** A yes or a no and nothing else: "no, gracias", "espera, mejor no". */
function plainAnswer(text: string, standing: Standing, question: Standard): Command[] | null {
  // "vale, gracias" to "¿algo más?" is a no
  if (standing.at === 'after' && isAcknowledgement(text) && question.no) return [{ command: 'deny' }];
  const { rest, turns } = turned(text);
  const said = yesOrNo(text) ?? (turns ? yesOrNo(rest) : null);
  // "no, gracias" to a list: none of it is wanted
  if (said === 'no' && !question.no && standing.at === 'errand' && POLITE.test(plain(text)))
    return [{ command: 'cancel' }];
  return said && question[said] ? [{ command: said === 'yes' ? 'affirm' : 'deny' }] : null;
}

// --- wishes ---

const begins = (standing: Standing, intent: string): boolean => standing.begins.some((one) => one.intent === intent);
const flowOf = (standing: Standing, intent: string): string | undefined =>
  standing.begins.find((one) => one.intent === intent)?.flow;
const isRunning = (standing: Standing, intent: string): boolean =>
  standing.begins.some((one) => one.intent === intent && one.running);

/** The wishes that may be meant, each of another flow that may begin and is not at hand, best first. */
function perhaps(meant: NonNullable<ReturnType<typeof meaning>>, standing: Standing): string[] {
  const flows = new Set([flowOf(standing, meant.intent)]);
  const others = meant.others.filter((intent) => {
    const flow = flowOf(standing, intent);
    if (flow === undefined || flows.has(flow) || ALONE.has(intent) || isRunning(standing, intent)) return false;
    flows.add(flow);
    return true;
  });
  return [meant.intent, ...others].slice(0, 3);
}

/** What is not at hand already; one more of what is counts too. */
const isElsewhere = (standing: Standing, wish: Wish): boolean =>
  !isRunning(standing, wish.intent) || (wish.intent === 'appointment_book' && asksForOneMore(wish.words));

/** Wishes that cannot wait for another, or are none. */
const ALONE = new Set(
  'human_agent language greeting thanks goodbye menu identify not_me upset symptom_report running_late out_of_scope knowledge for_other'.split(
    ' ',
  ),
);
const AND =
  /\s*[,;.]\s+(?:(?:y|i|and|e|de paso|de pas|tambi[eé]n|tamb[eé]m?|also|adem[aá]s|a m[eé]s|luego|despu[eé]s|despr[eé]s|then|depois)\s+)*|\s+(?:(?:y|i|and|e|de paso|de pas|tambi[eé]n|tamb[eé]m?|also|adem[aá]s|a m[eé]s|al[eé]m disso|luego|despu[eé]s|despr[eé]s|then|depois)\s+)+/gi;

/** Where one thing ends and another may begin; "I" is no Catalan "and". */
function joints(text: string): RegExpExecArray[] {
  const said = text === text.toUpperCase() ? text : text.replace(/\bI\b/g, '·');
  return [...said.matchAll(AND)].slice(0, 12);
}

const alone = (part: string): string => part.replace(/\s+(?:tambi[eé]n|tamb[eé]m?|also|too|adem[aá]s)\s*$/i, '');

/** What a part of a text asks for, without the words that only turn it: "no espera, …", "mejor …". */
function meaningOfPart(part: string): ReturnType<typeof meaningOf> {
  const { rest, turns } = turned(alone(part));
  return turns ? (rest ? meaning(rest) : null) : meaning(alone(part));
}

/** The clear wishes of a text, each with its own words: "cambiar el turno y de paso los resultados". */
function wishesIn(text: string, standing: Standing): Wish[] {
  const whole = meaningOfPart(text);
  const one: Wish[] =
    whole && whole.confidence >= CLEARLY && begins(standing, whole.intent)
      ? [{ command: 'start_flow', intent: whole.intent, words: text }]
      : [];
  if (text.length > 600 || (whole && ALONE.has(whole.intent) && whole.intent !== 'thanks')) return one;
  const parts: { from: number; meant: ReturnType<typeof meaning> }[] = [];
  let at = 0;
  for (const cut of joints(text)) {
    parts.push({ from: at, meant: meaningOfPart(text.slice(at, cut.index)) });
    at = cut.index + cut[0].length;
  }
  if (at === 0) return one;
  parts.push({ from: at, meant: meaningOfPart(text.slice(at)) });
  const found: { from: number; intent: string; confidence: number }[] = [];
  for (const [index, { from, meant }] of parts.entries()) {
    if (!meant || ALONE.has(meant.intent) || !begins(standing, meant.intent)) continue;
    const to = parts[index + 1]?.from ?? text.length;
    // a bare "turno" is a wish beside a clear one
    const bare = meant.confidence >= LIKELY && text.slice(from, to).trim().split(/\s+/).length <= 3 && index === 0;
    if (meant.band !== 'act' && !bare) continue;
    if (found.some((other) => other.intent === meant.intent)) continue;
    found.push({ from, intent: meant.intent, confidence: meant.confidence });
  }
  if (!found.some((wish) => wish.confidence >= SURELY)) return one;
  if (found.length < 2 && one.length) return one;
  return found.slice(0, 4).map((wish, index) => ({
    command: 'start_flow' as const,
    intent: wish.intent,
    words: text
      .slice(index === 0 ? 0 : wish.from, found[index + 1]?.from ?? text.length)
      .replace(/[\s,;.]+(?:(?:y|i|and|e|de paso|de pas)\s*)?$/i, '')
      .trim(),
  }));
}

const QUESTION =
  /[?¿]|^\W*(?:que|quien|quienes|como|cual|cuales|donde|adonde|cuanto|cuanta|cuantos|cuantas|por que|se puede|es verdad|puedo|hay|tienen|hacen|atienden|aceptan|qui|quin|quina|quins|com|on|quant|quanta|per que|es pot|puc|tenen|hi ha|accepten|what|who|how|which|where|why|do|does|is|are|can|may|should|o que|quem|qual|quais|onde|quanto|quantos|por que|posso|tem|ha|fazem|aceitam)\b/;

/** Whether a text asks something. */
export function isQuestion(text: string): boolean {
  return wordsOf(text).length >= 2 && QUESTION.test(plain(text).trim());
}

/** A question to which an article may know the answer. */
function asked(text: string, standing: Standing): Command | null {
  return begins(standing, 'knowledge') && isQuestion(text) ? { command: 'knowledge', query: text.slice(0, 500) } : null;
}

function spoken(text: string, standing: Standing): Command | null {
  const asking = asksForLanguage(text);
  return asking && standing.languages.includes(asking as Standing['language'])
    ? { command: 'set_slot', slot: LANGUAGE, value: asking }
    : null;
}

/** "No soy Benigno": before anything of Benigno's is shown. */
function denied(text: string, standing: Standing): boolean {
  return standing.first !== null && begins(standing, 'not_me') && deniesName(text, standing.first);
}

// --- stopping and going back ---

/** What stands before a change of mind: "no, perdón, mejor …". */
const TURNS =
  'esa no|ese no|esta no|este no|esa es no|aquesta no|aquest no|not that one|essa nao|esse nao|ay|uy|ai|ui|oh|mira|mire|perdon\\w*|perdo|disculp\\w*|desculp\\w*|sorry|en realidad|la verdad|en realitat|de fet|actually|na verdade|ahora que lo pienso|pensandolo bien|espera|espere|esperi|wait|hold on|hmm+|eh|mejor dicho|mejor|millor|melhor|rather|instead|i meant?|i mean|quise decir|queria decir|quiero decir|volia dir|vull dir|quis dizer|quero dizer|que sea|que sigui|make it|digo|o sea';
/** A bare "no" turns only before a stop or another such word: "no la cancele" does not. */
const TURNING = new RegExp(
  `^(?:(?:(?:no|nop|nah|nao)(?=\\s*[,.!;:]|\\s+(?:${TURNS})(?:[\\s,.!;:]|$))|${TURNS})(?:[\\s,.!;:]+|$))+`,
);
const FILLING =
  /^(?:(?:bueno|pues|ok|okay|vale|entonces|doncs|bom|well|so|then|oye|escolti|olhe|a ver)(?:[\s,.!]+|$))+/;

/** A text without what turns it, as plain words, and whether it turns at all. */
function turned(text: string): { rest: string; turns: boolean } {
  const said = plain(text).trim().replace(FILLING, '');
  const rest = said.replace(TURNING, '').replace(FILLING, '').trim();
  const tail =
    /[\s,]+(?:mejor|millor|melhor|instead|perdon|perdo|sorry|desculpe|por favor|si us plau|please|quise decir|volia dir|i meant)[\s.!]*$/;
  return {
    rest: rest.replace(tail, ''),
    turns:
      rest.length < said.length ||
      /(?:mejor|millor|melhor|instead|perdon|perdo|sorry|desculpe|quise decir|volia dir|i meant)[\s.!]*$/.test(rest),
  };
}

const STOP_HEAD =
  /^(?:(?:ya )?(?:dejalo|dejelo|dejemoslo|dejalo estar|deja|lo dej(?:o|amos))(?: (?:asi|todo|estar|ahi))?|olvid(?:alo|elo|ate|ese|a|e|emoslo)(?: (?:eso|esto|de eso|lo anterior|todo))?|deixa-?ho|deixem-?ho|deixi-?ho|ho deixo|ho deixem|oblid(?:a|i)(?:-ho)?(?: aixo)?|deixa (?:pra la|para la|isso|estar)|esquec\p{L}*(?: isso| tudo)?|forget (?:it|that|about (?:it|that))|never ?mind|leave it|drop it|scrap that|(?:lo |la |ho )?(?:cancelo|anulo|anul·lo|cancela|cancelalo|cancel|cancel\W?lo|cancello|anul\W?lo)(?: (?:todo|eso|esto|it|that|isso|tudo|tot))?|(?:ya |ja )?no (?:lo |ho |o )?(?:quiero|necesito|vull|necessito)(?: (?:nada|mas|res|seguir|continuar))?|no quiero seguir|i don'?t want (?:it|that)(?: any ?more)?|ja nao (?:quero|preciso)(?: mais)?|nao quero mais)(?=$|[\s,.;!])/u;
const CANCEL_VERB =
  /^(?:la |lo )?(?:cancel\p{L}*|anul\p{L}*|desmarc\p{L}*)(?: (?:la|it|lo|todo))?(?: (?:por favor|please|si us plau))?[.!]*$/u;

/** "Dejalo", "mejor cancelo", "olvídalo, quiero los resultados". */
function stopIn(text: string, standing: Standing): Command[] | null {
  if (wantsToStop(text)) return [{ command: 'cancel' }];
  if (text.length > 200) return null;
  const { rest, turns } = turned(text);
  // "mejor cancélala": of an appointment that is there, that is another wish; it is asked before anything is done
  const about = standing.filled.includes('appointment') && begins(standing, 'appointment_cancel');
  if (turns && about && CANCEL_VERB.test(rest))
    return isRunning(standing, 'appointment_cancel')
      ? null
      : [{ command: 'start_flow', intent: 'appointment_cancel', words: text }];
  if (rest && wantsToStop(rest) && !(yesOrNo(text) !== null)) return [{ command: 'cancel' }];
  const head = STOP_HEAD.exec(rest);
  if (head) {
    const after = rest.slice(head[0].length).replace(/^[\s,.;!]+(?:(?:y|i|and|e|que|mejor|millor|melhor)\s+)*/, '');
    if (/^(?:por favor|porfa|gracias|gracies|thanks|please|obrigad[oa]|si us plau|ya|todo|tot)?[.! ]*$/.test(after))
      return [{ command: 'cancel' }];
    if (/^[\s]*[,.;!]|^\s+(?:y|i|and|e)\s/.test(rest.slice(head[0].length))) {
      const wishes = wishesIn(after, standing);
      if (wishes.length) return [{ command: 'cancel' }, ...wishes];
    }
  }
  // "ya no quiero la cita", in the middle of asking for one
  const refused =
    /^(?:(?:ya|ja|pues) )*(?:no|nao) (?:la |lo )?(?:quiero|necesito|me interesa|vull|necessito|quero|preciso)\b|^i (?:don'?t|no longer) (?:want|need)\b/;
  const meant = refused.test(rest) ? meaning(text) : null;
  const unwanted =
    meant !== null &&
    (flowOf(standing, meant.intent) === standing.flow ||
      (meant.intent === 'appointment_cancel' && !standing.filled.includes('appointment')));
  if (unwanted && standing.at === 'errand') {
    const other = wishesIn(rest.replace(/^[^,.;]*[,.;]?\s*/, ''), standing).filter(
      (wish) => wish.intent !== meant.intent,
    );
    return [{ command: 'cancel' }, ...other];
  }
  return null;
}

/** What is said not to be wanted: "mejor no la cancelo", "no quiero cambiarla", "don't cancel it". */
const UNWISHED =
  /^(?:(?:al final|finalmente|al final de tot|pensandolo(?: bien)?|de momento|por ahora|entonces|mejor|millor|melhor|que|please|actually)[\s,]+)*(?:no|nao|don'?t|do not|i (?:do not|don'?t) want(?: you)? to)\s+(?:(?:la|lo|l'|me|me la|em|ho|o|a|quiero|quisiera|queria|vull|volia|quero|hace falta|hay que|cal|voy a|vaig a|vou|es para|is to|vengo a)\s*)*(?:que (?:la |lo |me )?)?(?:cancel|anul|cambi|canvi|mudar|mude|alter|muev|mover|mova|desmarc|change\b|move\b|book\b|reserv)[\p{L}·-]*/u;
const INSTEAD =
  /^[\s,.;]*(?:(?:sino|sino que|pero|pero|but|mas|mejor|millor|melhor|solo|nomes|so|only|y|i|e|and|que)\s+)*/;

/** Of words that say what is not wanted: what is wanted instead, "" where nothing is; null of other words. */
function deniedWish(text: string): string | null {
  if (text.length > 160 || /[?¿]/.test(text)) return null;
  const said = plain(text).trim().replace(FILLING, '');
  const found = UNWISHED.exec(said);
  if (!found) return null;
  const rest = said.slice(found[0].length);
  const cut = /[,.;]|\s(?:sino|pero|but|mas|mejor|millor|melhor)\s/.exec(rest);
  return cut ? rest.slice(cut.index).replace(INSTEAD, '').trim() : '';
}

/** "Mejor no la cancelo": nothing of it is done; "no quiero cancelarla, quiero cambiarla": the other. */
function unwished(text: string, standing: Standing, question: Standard): Command[] | null {
  // a no to the question that stands, where it has one
  if (question.kind === 'text' || (question.no && standing.at === 'errand')) return null;
  const denial = deniedWish(text);
  if (denial === null) return null;
  const wishes = denial ? wishesIn(denial, standing) : [];
  if (denial && wishes.length === 0) return null;
  return wishes.length ? wishes : [{ command: 'cancel' }];
}

const FROM_START =
  /^(?:volver|vuelve|volvamos|tornar|torna|go back|back|voltar|volta|empezar|comenzar|comencar|start)\s+(?:al|a l'|to the|ao|desde el|des del|from the|do)\s*(?:principio|inicio|comienzo|inici|principi|comencament|start|beginning|comeco|menu)\b/;
const ERRED =
  /\b(?:me (?:he )?equivo(?:que|cado)|m'he equivocat|m'equivoco|made a mistake|my mistake|wrong (?:one|option|button)|enganei-?me|me enganei|errei|me he confundido|me confundi|no era (?:eso|esa|ese)|no era aixo|nao era isso|that'?s not what i meant)\b/;
const REOPEN =
  /\b(?:volver|volvamos|vuelve|regresar|otr[oa]s?|cambi\p{L}+|canvi\p{L}*|equivo\p{L}+|correg\p{L}+|corrig\p{L}+|modific\p{L}+|change|correct|other|another|different|wrong|back|altr[ae]|outr[oa]|mudar|trocar|alterar|voltar|tornar|errad[oa]|confund\p{L}+)\b/u;

/** "Volver", "me equivoqué", "me equivoqué de día", "volver a la especialidad". */
function backIn(text: string, standing: Standing, free: boolean): Command[] | null {
  if (wantsBack(text)) return [{ command: 'correct_slot' }];
  if (FROM_START.test(plain(text)) && begins(standing, 'menu'))
    return [{ command: 'start_flow', intent: 'menu', words: '' }];
  if (free || text.length > 120) return null;
  const said = plain(text);
  const count = wordsOf(text).length;
  const erred = ERRED.test(said);
  if ((erred || REOPEN.test(said)) && count <= 9) {
    const named = standing.earlier.filter((one) => isNamed(one, said));
    if (named.length === 1) {
      // "perdón, con la otra doctora": of two, the other
      const [one] = named as [Standing['earlier'][number]];
      const stays = standing.filled.includes(one.slot);
      const found = one.kind === 'choose' ? pickedFrom(one, text, standing) : dated(one, text, standing);
      if (found) return found;
      if (erred || stays || one.kind === 'choose') return [{ command: 'correct_slot', slot: one.slot }];
    }
  }
  if (erred && count <= 6) return [{ command: 'correct_slot' }];
  return null;
}

function isNamed(one: Standing['earlier'][number], said: string): boolean {
  const own = new Set(plain(one.words).split(/\s+/));
  return (said.match(/\p{L}+/gu) ?? []).some((word) => own.has(word));
}

// --- answers ---

const reader = (standing: Standing): Reader => standing;

/** "A primera hora", "la última semana": a time, and no place in a list; "la primera hora" is one. */
const OF_TIME =
  /^(?:(?:no|mejor|millor|melhor)[, ]+)?(?:a |al |en |de |na |a la |per )?(?:primera|ultima|darrera|primeira) hora\b|\b(?:first|last) thing\b|\b(?:primer\p{L}*|segund\p{L}*|segon\p{L}*|tercer\p{L}*|ultim\p{L}*|darrer\p{L}*|primeir\p{L}*|first|second|third|last) (?:semana|setmana|week|quincena|quinzena|half|lunes|martes|miercoles|jueves|viernes|dilluns|dimarts|dimecres|dijous|divendres|monday|tuesday|wednesday|thursday|friday|terca|quarta|quinta|sexta)\b/u;

const MIDDLE =
  /^(?:la |el |a |o |the )?(?:del medio|de en medio|de enmedio|del mig|do meio|middle one|one in the middle)$/;

function isWeekday(text: string): boolean {
  const said = plain(text);
  return (
    /\b(?:segunda|quarta|quinta|sexta)s?\b/.test(said) &&
    (said.includes('feira') || !/(?<!\bpara )\b(?:a|opcao|hora) (?:segunda|quarta|quinta|sexta)\b/.test(said))
  );
}

function ofEarlierList(place: number, standing: Standing): Command | null {
  const list = standing.earlier.find((one) => one.kind === 'choose');
  const option = list?.options.at(place === -1 ? -1 : place - 1);
  return list && option ? { command: 'correct_slot', slot: list.slot, value: option.id } : null;
}

/** A number, a place in the list, an option's very title: what no other reading of the words may take away. */
function exactly(text: string, standing: Standing, question: Standard): Command | null {
  // "não, quinta" among times is Thursday; "a quinta" is the fifth
  const timely = question.or?.kind === 'when' || question.options.some((option) => option.time);
  const place =
    timely && (OF_TIME.test(plain(text)) || (standing.language === 'pt' && isWeekday(text))) ? null : placeInList(text);
  const pick = (value: string): Command => ({ command: 'set_slot', slot: ANSWER, value });
  const bare = (title: string): string =>
    plain(title)
      .replace(/[¿?¡!.]/g, '')
      .trim();
  const written = bare(text);
  if (question.which.length) {
    const { which } = question;
    const at =
      place === -1
        ? which.length - 1
        : place !== null
          ? place - 1
          : which.findIndex((one) => bare(one.title) === written);
    if (at >= 0 && at < which.length) return pick(which[at]!.id);
  }
  if (question.kind !== 'choose') return null;
  const { page } = question;
  if (place !== null && !question.which.length) {
    const rows = question.options.filter((option) => option.row && page.includes(option.id)).length;
    const at = place === -1 ? (rows || page.length) - 1 : place - 1;
    // "no, la primera", to a yes or no about the second: of the list before
    if (rows === 0 && turned(text).turns) return ofEarlierList(place, standing);
    if (at >= 0 && at < page.length) return pick(page[at]!);
    if (question.more && place === page.length + 1) return pick('more');
    if (question.person && place === page.length + (question.more ? 2 : 1)) return { command: 'handover' };
  }
  const rows = page.filter((id) => question.options.some((option) => option.row && option.id === id));
  if (rows.length % 2 === 1 && rows.length > 1 && MIDDLE.test(written)) return pick(rows[(rows.length - 1) / 2]!);
  const titled = question.options.filter((option) => bare(option.title) === written);
  if (titled.length === 1) return pick(titled[0]!.id);
  return question.more && wantsMore(text) ? pick('more') : null;
}

/** Whether the words name one option of the menu at hand so well that they are not a wish for something else. */
function closelyPicks(text: string, standing: Standing, question: Standard): boolean {
  return standing.at !== 'start' && pickByWords(text, question.options).length === 1;
}

/** "Más tarde", of a time that was taken, or of those that are shown. */
function beside(text: string, standing: Standing, question: Standard): { value: Json } | null {
  if (question.or?.kind !== 'when') return null;
  const again = standing.earlier.find((one) => one.options.some((option) => option.time));
  const taken = again?.options.find((option) => option.id === again.value)?.time;
  if (taken) return besides(taken, text);
  const way = aside(text);
  const open = { from: standing.now.slice(0, 10), to: standing.now.slice(0, 10), open: true };
  return way ? { value: { ...open, partOfDay: way === 'later' ? 'afternoon' : 'morning' } } : null;
}

const NONE = /^(?:ningun[oa]?s?|cap d|cap em|cap de|cap$|none|neither|nenhum[a]?)\b/;
const NEGATED = /\b(?:no|not|nao|don'?t|nunca|never|ni|sin|sense|sem|todavia|aun|encara|ainda)\b/;

/** What a text answers to the question that stands, or null. */
function answer(text: string, standing: Standing, question: Standard): Command[] | null {
  const set = (slot: string, value: string): Command[] => [{ command: 'set_slot', slot, value }];
  if (question.kind !== 'choose') {
    const read =
      besides(question.near, text) ?? readAs(question as Parameters<typeof readAs>[0], text, reader(standing));
    return read ? readingsOf(question, read).map((one) => ({ command: 'set_slot', ...one })) : null;
  }
  const { options } = question;
  const none = NONE.test(plain(text))
    ? options.find((option) => / none\b|^none\b/.test(option.words ?? ''))
    : undefined;
  if (none) return set(ANSWER, none.id);
  const any = isIndifferent(text) || isUnsure(text) ? options.find((option) => option.answer === 'any') : undefined;
  if (any) return set(ANSWER, any.id);
  // "me da igual", of hours: the first of those that are shown, which is read back before anything is done
  const first = isIndifferent(text)
    ? options.find((option) => option.time && option.row && question.page.includes(option.id))
    : undefined;
  if (first && standing.filled.includes('when')) return set(ANSWER, first.id);
  const timed = byTime(text, options, reader(standing));
  // among times, a day that none of them has is another day
  if (!timed.length && question.or?.kind === 'when' && options.some((option) => option.time)) {
    const again = beside(text, standing, question) ?? readAs(question.or, text, reader(standing));
    if (again) return readingsOf(question.or, again).map((one) => ({ command: 'set_slot', ...one }));
  }
  // "si la cancelo, ¿me cobran?", "prefiero que no la cancelen": the word of an option, and no yes to it
  const doubtful = /[?¿]/.test(text) || NEGATED.test(plain(text));
  const named = timed.length
    ? timed
    : pickByWords(text, options)
        .map((index) => options[index]!)
        .filter((option) => !(doubtful && option.answer === 'yes'));
  if (named.length === 1) return set(ANSWER, named[0]!.id);
  // "cardiología el martes por la tarde": one of the list, and more
  const long = text.trim().split(/\s+/).length >= 3;
  const spokenOf = question.kind === 'choose' && long && named.length === 0 ? pickByMention(text, options) : [];
  if (spokenOf.length === 1 && options[spokenOf[0]!]!.answer === undefined)
    return set(ANSWER, options[spokenOf[0]!]!.id);
  // another of the times that were offered a moment ago: "mejor el de las 11"
  const again = standing.earlier.find((one) => one.options.some((option) => option.time));
  const other = again && !timed.length ? byTime(text, again.options, reader(standing)) : [];
  if (again && other.length === 1) return [{ command: 'correct_slot', slot: again.slot, value: other[0]!.id }];
  if (question.or) {
    const read = beside(text, standing, question) ?? readAs(question.or, text, reader(standing));
    if (read) return readingsOf(question.or, read).map((one) => ({ command: 'set_slot', ...one }));
  }
  // several fit: which?
  if (named.length > 1 && named.length < options.length && named.length <= 9)
    return named.map((option) => ({ command: 'set_slot', slot: ANSWER, value: option.id }));
  return null;
}

const LEAD =
  /^(?:(s+i+|sip|claro(?: que si)?|vale|ok(?:ay|ey)?|dale|de acuerdo|perfecto|yes|yeah|yep|sure|sim|isso|d'acord|i tant|ta bom|esta bien)|(no|nop|nope|nao|nah))(?=$|[\s,.;:!])([\s,.;:!]*)/;
const HEDGED =
  /^(?:pero|but|pero|mas|solo que|only|nomes que|so que|aunque|encara que|si |if |se |excepto|menos|salvo)\b/;
const JOINED = /^(?:y|i|and|e|tambien|tambe|tambem|also|ademas|a mes)\s+/;
const ASSENT =
  /^(?:por favor|porfa|please|si us plau|gracias|gracies|thanks?|obrigad[oa]|claro|dale|quiero|vull|quero|i (?:do|want|would)|reserv\p{L}*|resérv\p{L}*|marca\p{L}*|cancel\p{L}*|anul\p{L}*|confirm\p{L}*|cambi\p{L}*|canvi\p{L}*|alter\p{L}*|esa|ese|esta|este|eso|la|lo|me|em|hazlo|fes-ho|fa[cz]a?|book|that|this|do|go|it|pode|perfecto|perfecte|perfeito|si|sim|yes|correcto|correct\p{L}*|exact\p{L}*|adelante|endavant|ahead|d'acord|esta bien|va be)\b/u;

/** "Sí, pero a la tarde", "no, mejor el jueves", "sí, y también los resultados". */
function withExtra(text: string, standing: Standing, question: Standard, elsewhere: Wish[]): Command[] | null {
  const said = plain(text).replace(/^[¿¡\s]+/, '');
  const lead = LEAD.exec(said);
  if (!lead) return null;
  const yes = lead[1] !== undefined;
  const rest = said.slice(lead[0].length).trim();
  if (!rest) return null;
  const open = rest.replace(HEDGED, '').replace(JOINED, '').trim();
  const mended = otherAnswer(open, standing, question);
  if (mended) return mended;
  const meant = meaning(open);
  if (
    elsewhere.length === 0 &&
    meant?.band === 'act' &&
    begins(standing, meant.intent) &&
    !isRunning(standing, meant.intent)
  )
    elsewhere = [{ command: 'start_flow', intent: meant.intent, words: open }];
  if (elsewhere.length) {
    if (!yes) return elsewhere;
    if (standing.proposing !== null && elsewhere.every((wish) => flowOf(standing, wish.intent) === standing.proposing))
      return [{ command: 'affirm' }];
    if (standing.at !== 'errand') return elsewhere;
    if (JOINED.test(rest)) return [{ command: 'affirm' }, ...elsewhere];
    if (HEDGED.test(rest)) return elsewhere;
  }
  const conditional = /[?¿]/.test(text) || HEDGED.test(rest);
  const few = rest.split(/\s+/).length;
  if (yes && question.yes && !conditional && few <= 8) {
    const apart =
      /[,.;:!]/.test(lead[3] ?? '') ||
      (/^\s*s[íÍ]/i.test(text) && /í/i.test(text.slice(0, 4))) ||
      !lead[1]!.startsWith('si');
    if (apart || ASSENT.test(rest)) return [{ command: 'affirm' }];
  }
  if (!yes && question.no && !conditional && standing.at === 'errand' && few <= 7 && !/\d/.test(rest))
    return [{ command: 'deny' }];
  // "sí, pero …" that is not understood is no yes
  return yes && HEDGED.test(rest) ? (correction(rest, standing) ?? [{ command: 'out_of_scope' }]) : null;
}

/** Another day, hour, doctor: an answer beside the yes or no that was asked for. */
function otherAnswer(text: string, standing: Standing, question: Standard): Command[] | null {
  if (!text || yesOrNo(text) !== null) return null;
  const again = standing.earlier.find((one) => one.options.some((option) => option.time));
  const timed = again ? byTime(text, again.options, reader(standing)) : [];
  // "sí, el martes a las 9 está bien": just the one that was read back
  if (again && timed.length === 1 && timed[0]!.id === again.value) return null;
  if (again && timed.length === 1) return [{ command: 'correct_slot', slot: again.slot, value: timed[0]!.id }];
  if (question.or) {
    const read = beside(text, standing, question) ?? readAs(question.or, turned(text).rest || text, reader(standing));
    if (read) return readingsOf(question.or, read).map((one) => ({ command: 'set_slot', ...one }));
  }
  return correction(text, standing);
}

/** "El martes, y de paso los resultados": the answer now, the wish afterwards. */
function answerAndWish(text: string, standing: Standing, question: Standard): Command[] | null {
  const [cut] = joints(text);
  if (!cut) return null;
  const [head, tail] = [text.slice(0, cut.index), text.slice(cut.index + cut[0].length)];
  if (meaning(head) && wishesIn(head, standing).some((wish) => isElsewhere(standing, wish))) return null;
  const wishes = wishesIn(tail, standing).filter((wish) => isElsewhere(standing, wish));
  const answered = wishes.length
    ? (asCommands(exactly(head, standing, question)) ?? answer(head, standing, question))
    : null;
  return answered ? [...answered, ...wishes] : null;
}
const asCommands = (one: Command | null): Command[] | null => (one ? [one] : null);

// --- corrections ---

const THE_ONE =
  /^(?:con |era |es )?(?:(?:la|el|the one|a|o)s? (?:del?|de las?|d'|de la|d[ao]s?|on|at|from)\b|(?:la|el|l'|a|o|the) ?(?:otr[oa]|altr[ae]|outr[oa]|other)\b)/;

/** "No, la del miércoles", where no list stands that could be meant but an earlier one. */
function oneOfBefore(text: string, standing: Standing, question: Standard): Command[] | null {
  const { rest, turns } = turned(text);
  if (!turns || !THE_ONE.test(rest)) return null;
  if (question.options.some((option) => option.time)) return null;
  for (const one of standing.earlier) {
    if (one.kind !== 'choose') continue;
    const found = pickedFrom(one, rest, standing);
    if (found) return found;
  }
  return null;
}

/** An answer to an earlier question of the flow: "perdón, con la otra doctora", "no, el jueves". */
function correction(text: string, standing: Standing): Command[] | null {
  if (standing.earlier.length === 0 || text.length > 160) return null;
  const { rest, turns } = turned(text);
  if (!rest) return null;
  for (const one of standing.earlier) {
    const found =
      one.kind === 'choose' ? pickedFrom(one, rest, standing) : turns || isDay(one) ? dated(one, rest, standing) : null;
    if (found) return found;
  }
  return null;
}

const isDay = (one: Question): boolean => one.kind === 'when' || one.kind === 'date' || one.kind === 'time';

function dated(one: Question, text: string, standing: Standing): Command[] | null {
  const read = readAs(one as Parameters<typeof readAs>[0], text, reader(standing));
  return read && 'value' in read ? [{ command: 'correct_slot', slot: one.slot, value: read.value }] : null;
}

const OTHER = /\b(?:otr[oa]|altr[ae]|other|outr[oa])\b/;

function pickedFrom(one: Standing['earlier'][number], text: string, standing: Standing): Command[] | null {
  const correct = (option: Choice): Command[] => [{ command: 'correct_slot', slot: one.slot, value: option.id }];
  const said = plain(text);
  const { options } = one;
  if (OTHER.test(said) && isNamed(one, said) && options.length === 2 && one.value !== undefined) {
    const other = options.find((option) => option.id !== one.value);
    if (other) return correct(other);
  }
  const titled = named(text, options);
  if (titled) return correct(titled);
  if (!options.some((option) => option.time)) return null;
  const found = mentioned(text, options, reader(standing));
  return found && found.id !== one.value ? correct(found) : null;
}

/** The option of which a text names a word of its title that not all others have. */
function named(text: string, options: Choice[]): Choice | null {
  if (options.length < 2) return null;
  const found = pickByMention(
    text,
    options.map(({ title, words }) => ({ title, ...(words ? { words } : {}) })),
  );
  return found.length === 1 ? options[found[0]!]! : null;
}

/** Whether a wish is about what was spoken of already: "mejor cancélala", not "cancelar la otra". */
export function ofTheSame(text: string): boolean {
  const said = plain(text);
  return wordsOf(text).length <= 5 && !OTHER.test(said) && !/\d/.test(said);
}
