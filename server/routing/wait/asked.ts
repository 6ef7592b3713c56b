import type { SaidInLine } from '../../conversation/followers.ts';
import { enqueue, type JobPayload } from '../../platform/jobs.ts';
import type { Trx } from '../../platform/postgres.ts';
import { plain } from '../../triage/words.ts';
import { tellAsked, type TellDeps } from './tell.ts';

/** The job that tells one who asked how their wait stands. */
export const TELL_ASKED = 'wait.tell';

/** How many words a question about the wait has at most: who tells more has something to say to the person they wait for. */
const FEW = 12;

const ASKS = [
  // es
  /\b(?:cuanto|cuanta|cuantos|cuantas)\b.*\b(?:falta|tardan?|tarde|demoran?|demora|espera|esperar|delante|adelante|antes|queda|tiempo)\b/,
  /\b(?:falta|va a tardar|van a tardar|tardan|tarda|demora|demoran) mucho\b/,
  /\b(?:cuando|a que hora) (?:me|nos) (?:atienden|atendeis|van a atender|atenderan|contestan|responden|toca|vais a atender)\b/,
  /\b(?:sigo|seguimos|estoy|todavia estoy|aun estoy) esperando\b/,
  /\b(?:hay|esta) alguien(?: ahi)?\b|\balguien me (?:atiende|lee|contesta|responde|va a atender)\b|\b(?:me|nos) (?:van|vais) a (?:atender|contestar|responder)\b/,
  /\b(?:que|en que) (?:puesto|turno|lugar|numero|posicion)\b/,
  // ca
  /\b(?:quant|quanta|quants|quantes)\b.*\b(?:falta|trigareu|triga|espera|davant|temps|estona|queda)\b/,
  /\btrigareu gaire\b|\bfalta gaire\b|\bquan (?:m'atendreu|m'atendran|em toca|m'atenen)\b|\b(?:encara )?(?:espero|estic esperant)\b|\bhi ha algu\b/,
  // en
  /\bhow (?:much longer|long|many)\b|\bwhat (?:number|place|position)\b|\bwhen (?:will|is) (?:someone|somebody|anyone|it my turn)\b/,
  /\b(?:still|been|am i) waiting\b|\b(?:anyone|anybody|someone|somebody) (?:there|here|coming|going to answer)\b|\bam i next\b/,
  // pt
  /\b(?:quanto|quanta|quantos|quantas)\b.*\b(?:falta|tempo|demora|demoram|espera|frente|antes)\b/,
  /\b(?:vai demorar|demora|falta) muito\b|\bquando (?:me atendem|vou ser atendid[oa]|me vao atender)\b|\b(?:ainda )?(?:estou|to) (?:a espera|esperando|a esperar)\b|\btem alguem\b|\bha alguem\b/,
];

/** Whether words ask how long it still takes, or whether anybody is there. Pure. */
export function asksOfWait(text: string): boolean {
  const said = plain(text)
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .trim();
  return said !== '' && said.split(/\s+/).length <= FEW && ASKS.some((one) => one.test(said));
}

/**
 * Hears who asks about the wait while they wait, or for a person once more: how it stands is told by a job of this transaction,
 * for the estimate takes longer than a message may.
 * @param asksForPerson whether words ask for one of us
 */
export async function heardOfWait(
  trx: Trx,
  said: SaidInLine[],
  asksForPerson: (text: string) => boolean,
): Promise<void> {
  for (const { organisationId, conversationId, state, content } of said) {
    if (state !== 'waiting' || content.kind !== 'text') continue;
    if (!asksOfWait(content.text) && !asksForPerson(content.text)) continue;
    const key = `${TELL_ASKED}:${conversationId}`;
    await enqueue(trx, { task: TELL_ASKED, payload: { organisationId, conversationId }, key });
  }
}

/** Carries that job out. */
export function createTellAsked(deps: TellDeps): (job: JobPayload) => Promise<void> {
  return ({ organisationId, conversationId }) => tellAsked(deps, organisationId, conversationId as string);
}
