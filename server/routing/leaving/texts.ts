import type { Language, MenuOption } from '../../conversation/contract.ts';
import { addressed, type Address } from '../../trust/address.ts';

type Says = {
  /** Twenty characters at most, as the narrowest channel has it. */
  stay: string;
  leave: string;
  ask: string;
  left: string;
  stays: string;
  /** Urgent, or with a red flag: nobody in danger is taken out of a line by a message. */
  held: (emergency: string) => string;
  /** A button of a line in which they do not stand any more. */
  over: string;
};

const says: Record<Language, Says> = {
  es: {
    stay: 'Seguir esperando',
    leave: 'Ya no hace falta',
    ask: '¿[Le|Te] quito de la cola? Si [sale|sales|salís], [pierde|pierdes|perdés] [su|tu] lugar.',
    left: 'De acuerdo, ya no [está|estás] en la cola. Si [necesita|necesitas|necesitás] a una persona, [escriba|escribe|escribí] aquí.',
    stays: 'De acuerdo: [sigue|sigues|seguís] en la cola, con el mismo lugar.',
    held: (number) =>
      `Esto puede ser importante, así que [sigue|sigues|seguís] en la cola: una persona del equipo [le|te] escribirá o [le|te] llamará para saber que [está|estás] bien. Si [empeora|empeoras], [llame|llama|llamá] al ${number}.`,
    over: 'Ya no [está|estás] en la cola. Si [necesita|necesitas|necesitás] a una persona, [escriba|escribe|escribí] aquí.',
  },
  ca: {
    stay: 'Seguir esperant',
    leave: 'Ja no cal',
    ask: '[El|Et] trec de la cua? Si [surt|surts], [perd|perds] el [seu|teu] lloc.',
    left: 'D’acord, ja no [és|ets] a la cua. Si [necessita|necessites] una persona, [escrigui|escriu] aquí.',
    stays: 'D’acord: [continua|continues] a la cua, amb el mateix lloc.',
    held: (number) =>
      `Això pot ser important, de manera que [continua|continues] a la cua: una persona de l’equip [li|t’] escriurà o [li|et] trucarà per saber que [està|estàs] bé. Si [empitjora|empitjores], [truqui|truca] al ${number}.`,
    over: 'Ja no [és|ets] a la cua. Si [necessita|necessites] una persona, [escrigui|escriu] aquí.',
  },
  en: {
    stay: 'Keep waiting',
    leave: 'No longer needed',
    ask: 'Shall I take you out of the queue? If you leave, you lose your place.',
    left: 'All right, you are no longer in the queue. If you need a person, write here.',
    stays: 'All right: you are still in the queue, with the same place.',
    held: (number) =>
      `This may be important, so you stay in the queue: someone from the team will write or call to know that you are all right. If it gets worse, call ${number}.`,
    over: 'You are no longer in the queue. If you need a person, write here.',
  },
  pt: {
    stay: 'Continuar à espera',
    leave: 'Já não é preciso',
    ask: '[Quer|Queres] sair da fila? Se [sair|saíres], [perde|perdes] o [seu|teu] lugar.',
    left: 'Está bem, já não [está|estás] na fila. Se [precisar|precisares] de uma pessoa, [escreva|escreve] aqui.',
    stays: 'Está bem: [continua|continuas] na fila, com o mesmo lugar.',
    held: (number) =>
      `Isto pode ser importante, por isso [continua|continuas] na fila: uma pessoa da equipa vai [escrever-lhe|escrever-te] ou [ligar-lhe|ligar-te] para saber se [está|estás] bem. Se [piorar|piorares], [ligue|liga] para o ${number}.`,
    over: 'Já não [está|estás] na fila. Se [precisar|precisares] de uma pessoa, [escreva|escreve] aqui.',
  },
};

export type LeavingText = 'ask' | 'left' | 'stays' | 'held' | 'over';

/** What who waits reads about leaving the line. */
export function leavingText(
  language: Language,
  what: LeavingText,
  how: { address: Address; emergency: string },
): string {
  const text = says[language][what];
  return addressed(typeof text === 'string' ? text : text(how.emergency), how.address);
}

/** The two buttons under what tells of a wait; they are of this item alone. */
export function lineButtons(language: Language, itemId: string): MenuOption[] {
  return (['stay', 'leave'] as const).map((what) => ({ id: `waiting:${what}:${itemId}`, title: says[language][what] }));
}
