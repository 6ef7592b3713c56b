import type { ConversationState, InboundContent } from '../contract.ts';
import { heldByAgent } from '../rules.ts';

/** How long an answer to "is it happening now?" is waited for, and an agent's word on a flag; then it goes up. */
export const ANSWER_MS = 120_000;
/** The same emergency text is not said again within this time: one panic is many messages. */
const SAID_MS = 120_000;
/** Who had any flag within this time and now has a soft one is not asked: 6-understanding.md, repeat contact. */
export const REPEAT_MS = 72 * 3_600_000;
/** Words in parts: what was written less than this ago is heard together with what comes now. */
export const PARTS_MS = 60_000;
/** A part is short, or it was a sentence of its own. In characters. */
export const PART_LENGTH = 80;

/** A flag that was raised before in this conversation, as judging needs it. */
export type Standing = {
  id: string;
  level: 'hard' | 'soft';
  categories: string[];
  messageId: string | null;
  agentId: string | null;
  /** Until when a word is waited for; null: for none. */
  dueAt: Date | null;
  answer: 'no' | 'yes' | 'unclear' | 'attended' | null;
  saidAt: Date | null;
  lowered: boolean;
};

export type Answer = 'no' | 'yes' | 'unclear';

/** What an utterance means for the flags of its conversation. */
export type Verdict =
  /** Nothing: it goes its usual way. */
  | { kind: 'none' }
  /** The emergency, at once. `raises`: the flag whose question this answers; without `fresh` no flag of its own. */
  | { kind: 'hard'; fresh: boolean; why: 'words' | 'answer' | 'repeat'; raises?: Standing; answer?: Answer }
  /** The assistant asks the patient whether it is happening now. */
  | { kind: 'ask' }
  /** The agent who has the word is told to ask. */
  | { kind: 'tell' }
  /** A clear no: the flag stays, the conversation goes on with what was said before the question. */
  | { kind: 'calm'; flag: Standing }
  /** A no that came after the silence had already raised it: thanked for, nothing is lowered. */
  | { kind: 'late'; flag: Standing }
  /** The button of a question that is settled: nothing more to say. */
  | { kind: 'settled' }
  /** After a no they ask for a nurse. */
  | { kind: 'nurse' };

/**
 * Judges one utterance. Pure. Whatever is not a clear no to the question counts as yes; what is hard by its own words is
 * hard whatever was asked.
 * @param heard.again whether the person had a flag within `REPEAT_MS` that is not the one being talked about
 */
export function judge(heard: {
  level: 'hard' | 'soft' | 'none';
  content: InboundContent;
  state: ConversationState;
  flags: Standing[];
  again: boolean;
}): Verdict {
  const { level, content, flags } = heard;
  const waited = flags.filter((flag) => flag.dueAt !== null && flag.level === 'soft');
  if (level === 'hard') return { kind: 'hard', fresh: true, why: 'words', raises: waited[0] };
  const question = waited.find((flag) => flag.agentId === null);
  const tap = tapOf(content);
  const tapped = tap && flags.find((flag) => flag.id === tap.flagId);
  if (tap && !(question && tapped === question)) {
    if (tap.answer === 'yes' && !tapped) return { kind: 'hard', fresh: true, why: 'answer', answer: 'yes' };
    if (tap.answer === 'yes' && tapped && tapped.level === 'soft' && !tapped.lowered)
      return { kind: 'hard', fresh: false, why: 'answer', raises: tapped, answer: 'yes' };
    if (tap.answer === 'no' && tapped && tapped.level === 'hard' && !tapped.lowered && tapped.answer === null)
      return { kind: 'late', flag: tapped };
    if (!question) return { kind: 'settled' };
  }
  if (question) {
    // a reaction that is taken back is no word
    if (content.kind === 'reaction' && content.emoji === '') return { kind: 'none' };
    const answer = tap && tapped !== question ? 'unclear' : answerOf(content);
    return answer === 'no'
      ? { kind: 'calm', flag: question }
      : { kind: 'hard', fresh: level !== 'none', why: 'answer', raises: question, answer };
  }
  if (level === 'soft') {
    if (heard.again) return { kind: 'hard', fresh: true, why: 'repeat' };
    return { kind: heldByAgent(heard.state) ? 'tell' : 'ask' };
  }
  // with an agent only a clear no settles it: other words of a patient who writes on do not
  const told = waited.find((flag) => flag.agentId !== null);
  if (told && answerOf(content) === 'no') return { kind: 'calm', flag: told };
  if (heard.state === 'assistant' && flags.some((flag) => !flag.lowered) && asksForNurse(content))
    return { kind: 'nurse' };
  return { kind: 'none' };
}

/** Whether the emergency text of a category went out so lately that it is not said again. */
export function saidLately(flags: Pick<Standing, 'categories' | 'saidAt'>[], category: string, now: Date): boolean {
  return flags.some(
    (flag) =>
      flag.saidAt !== null &&
      now.getTime() - flag.saidAt.getTime() < SAID_MS &&
      (flag.categories[0] ?? '') === category,
  );
}

const TAP = /^red-flag:(yes|no):([0-9a-f-]{36})$/;

/** The ids of the two buttons under the question about a flag. */
export function buttonId(answer: 'yes' | 'no', flagId: string): string {
  return `red-flag:${answer}:${flagId}`;
}

function tapOf(content: InboundContent): { answer: 'yes' | 'no'; flagId: string } | undefined {
  const found = content.kind === 'choice' ? TAP.exec(content.id) : null;
  return found ? { answer: found[1] as 'yes' | 'no', flagId: found[2]! } : undefined;
}

/** A whole answer that says no, and nothing else (es, ca, en, pt). */
const NO =
  /^(?:(?:no+|nop|nope|nah|nao|non)(?: (?:no|nao|gracias|gracies|thanks|thank you|obrigad[oa]|senyora?|senora?|senhora?))*|(?:no|nao) (?:ahora|ara|agora|now)|(?:ahora|ara|agora) (?:no|nao|mismo no|mateix no)|(?:ahora mismo|ara mateix|agora mesmo|right now|currently) (?:no|nao)|not (?:now|right now|at the moment|anymore|any more)|ya no|ja no|ja nao|no (?:me|em|m) esta pasando(?: ahora)?|no m esta passant(?: ara)?|no me pasa(?: ahora)?|no em passa(?: ara)?|nao esta a acontecer(?: agora)?|nao esta acontecendo(?: agora)?|it (?:is not|isn t|s not)(?: happening)?(?: now| right now)?|no it (?:is not|isn t)(?: happening)?(?: now)?|no (?:no )?es ahora|no es ara|nao e agora|no ya no|no ja no|nao ja nao|no ahora no|no ara no|nao agora nao|no not now)$/;
/** What may follow a no and leave it clear: when it was, or what they want. */
const SAFE_REST =
  /\b(?:fue|era|hace|ayer|anoche|anteayer|semana pasada|mes pasado|ano pasado|ya paso|ya se me paso|va ser|fa|ahir|setmana passada|mes passat|any passat|ja ha passat|was|were|ago|yesterday|last (?:night|week|month|year)|went away|foi|ha (?:um|uma|dois|duas|tres|dias|semanas|meses)|ontem|semana passada|ano passado|ja passou|cita|citas|turno|turnos|hora|consulta|cites|visita|appointment|consultation|marcacao|resultado|resultados|resultats|results|receta|recepta|prescription|receita|gracias|gracies|thanks|obrigad[oa])\b/;
/** What takes the clearness from a no. */
const HEDGE =
  /\b(?:pero|aunque|sigo|sigue|siguen|todavia|aun|mas|peor|ahora|otra vez|duele|no se|creo|quiza|quizas|tal vez|rato|minut\w*|recien|momento|acaba\w*|hora que|just|moment|pouco|encara|segueix|continua|pitjor|ara|fa mal|no ho se|crec|potser|but|though|still|now|worse|again|hurts|maybe|think|dont know|don t know|mas|ainda|continua|continuo|pior|agora|de novo|outra vez|doi|acho|talvez|nao sei)\b/;

/**
 * What an utterance answers to "is it happening to you now?". Only a clear no is a no: the button, a no that is the whole
 * answer, or one followed by a comma and nothing but when it was or what they want. "No puedo respirar", "no sé",
 * a picture, a thumb are not.
 */
export function answerOf(content: InboundContent): Answer {
  const tap = tapOf(content);
  if (tap) return tap.answer;
  const said = content.kind === 'text' ? content.text : content.kind === 'choice' ? content.title : '';
  const words = plain(said);
  if (NO.test(words)) return 'no';
  const [first, ...rest] = said.split(/[,.;:!\n]+/);
  const after = plain(rest.join(' '));
  if (after !== '' && NO.test(plain(first!)) && (NO.test(after) || (SAFE_REST.test(after) && !HEDGE.test(after))))
    return 'no';
  return /^(?:si+|yes+|yep|yeah|sim|s)\b/.test(words) ? 'yes' : 'unclear';
}

const NURSE = /\b(?:enfermer\w*|infermer\w*|nurses?|enfermeir\w*|enfermagem)\b/;

/** Whether somebody with a flag asks, in few words, for a nurse. */
function asksForNurse(content: InboundContent): boolean {
  const words = plain(content.kind === 'text' ? content.text : content.kind === 'choice' ? content.title : '');
  return words.length <= PART_LENGTH && NURSE.test(words);
}

function plain(said: string): string {
  return said
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Whether a text may be a part of a sentence that is typed in two or three messages. */
export function isPart(content: InboundContent): boolean {
  return content.kind === 'text' && content.text.length <= PART_LENGTH && /\p{L}{2}/u.test(content.text);
}
