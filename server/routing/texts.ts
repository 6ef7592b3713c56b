import type { Language } from '../conversation/contract.ts';
import { addressed, type Address } from '../trust/address.ts';
import type { Texts } from './contract.ts';

/** Names and words of the queue that every organisation has, until it makes its own. */
export const defaultNames: Texts = {
  es: 'Atención general',
  ca: 'Atenció general',
  en: 'General enquiries',
  pt: 'Atendimento geral',
};

export const defaultOutOfHours: Texts = {
  es: 'Ahora estamos fuera de horario. [Su|Tu] mensaje queda guardado y una persona [le|te] responderá {opens}.',
  ca: 'Ara som fora d’horari. El [seu|teu] missatge queda desat i una persona [li|et] respondrà {opens}.',
  en: 'We are closed at the moment. Your message is kept and a person will answer {opens}.',
  pt: 'Neste momento estamos fora do horário. A [sua|tua] mensagem fica guardada e uma pessoa responderá {opens}.',
};

type Phrases = {
  next: string;
  one: string;
  some: (ahead: number) => string;
  many: (ahead: number) => string;
  nobody: (emergency: string) => string;
  emergency: (emergency: string) => string;
  gone: string;
  soon: string;
};

const phrases: Record<Language, Phrases> = {
  es: {
    next: '[Es usted|Eres|Sos] la siguiente persona. [Puede|Puedes|Podés] seguir escribiendo: quien [le|te] atienda lo verá todo.',
    one: 'Sentimos la espera. Hay una persona antes que [usted|tú|vos]. [Puede|Puedes|Podés] seguir escribiendo: quien [le|te] atienda lo verá todo.',
    some: (ahead) =>
      `Sentimos la espera. Hay ${ahead} personas antes que [usted|tú|vos]. [Puede|Puedes|Podés] seguir escribiendo: quien [le|te] atienda lo verá todo.`,
    many: (ahead) =>
      `Sentimos la espera. Hay más de ${ahead} personas antes que [usted|tú|vos]. [Su|Tu] lugar queda guardado aunque [cierre|cierres] esta conversación.`,
    nobody: (number) =>
      `Lo sentimos, ahora mismo no hay nadie conectado en este equipo. [Su|Tu] mensaje queda guardado y [le|te] responderán en cuanto entre alguien. Si es una urgencia, [llame|llama|llamá] al ${number}.`,
    emergency: (number) => `Si es una urgencia, [llame|llama|llamá] al ${number}.`,
    gone: 'Lo sentimos, se ha cortado la conexión de quien [le|te] atendía. [Su|Tu] conversación es la primera de la cola, con todo lo que ya [escribió|escribiste].',
    soon: 'en cuanto volvamos a abrir',
  },
  ca: {
    next: '[Vostè és|Ets] la següent persona. [Pot|Pots] continuar escrivint: qui [l’atengui|t’atengui] ho veurà tot.',
    one: 'Sentim l’espera. Hi ha una persona abans que [vostè|tu]. [Pot|Pots] continuar escrivint: qui [l’atengui|t’atengui] ho veurà tot.',
    some: (ahead) =>
      `Sentim l’espera. Hi ha ${ahead} persones abans que [vostè|tu]. [Pot|Pots] continuar escrivint: qui [l’atengui|t’atengui] ho veurà tot.`,
    many: (ahead) =>
      `Sentim l’espera. Hi ha més de ${ahead} persones abans que [vostè|tu]. El [seu|teu] lloc queda desat encara que [tanqui|tanquis] aquesta conversa.`,
    nobody: (number) =>
      `Ho sentim, ara mateix no hi ha ningú connectat en aquest equip. El [seu|teu] missatge queda desat i [li|et] respondran quan entri algú. Si és una urgència, [truqui|truca] al ${number}.`,
    emergency: (number) => `Si és una urgència, [truqui|truca] al ${number}.`,
    gone: 'Ho sentim, s’ha tallat la connexió de qui [l’atenia|t’atenia]. La [seva|teva] conversa és la primera de la cua, amb tot el que ja [ha|has] escrit.',
    soon: 'quan tornem a obrir',
  },
  en: {
    next: 'You are next. You can keep writing: whoever answers will see everything.',
    one: 'We are sorry for the wait. There is one person before you. You can keep writing: whoever answers will see everything.',
    some: (ahead) =>
      `We are sorry for the wait. There are ${ahead} people before you. You can keep writing: whoever answers will see everything.`,
    many: (ahead) =>
      `We are sorry for the wait. There are more than ${ahead} people before you. Your place is kept even if you close this conversation.`,
    nobody: (number) =>
      `We are sorry, nobody on this team is connected right now. Your message is kept and they will answer as soon as someone is here. If it is an emergency, call ${number}.`,
    emergency: (number) => `If it is an emergency, call ${number}.`,
    gone: 'We are sorry: the person who was helping you lost their connection. Your conversation is first in line, with everything you already wrote.',
    soon: 'as soon as we open again',
  },
  pt: {
    next: '[É|És] a próxima pessoa. [Pode|Podes] continuar a escrever: quem [o|te] atender verá tudo.',
    one: 'Lamentamos a espera. Há uma pessoa à [sua|tua] frente. [Pode|Podes] continuar a escrever: quem [o|te] atender verá tudo.',
    some: (ahead) =>
      `Lamentamos a espera. Há ${ahead} pessoas à [sua|tua] frente. [Pode|Podes] continuar a escrever: quem [o|te] atender verá tudo.`,
    many: (ahead) =>
      `Lamentamos a espera. Há mais de ${ahead} pessoas à [sua|tua] frente. O [seu|teu] lugar fica guardado mesmo que [feche|feches] esta conversa.`,
    nobody: (number) =>
      `Lamentamos, neste momento não há ninguém ligado nesta equipa. A [sua|tua] mensagem fica guardada e respondem assim que alguém entrar. Se for uma urgência, [ligue|liga] para o ${number}.`,
    emergency: (number) => `Se for uma urgência, [ligue|liga] para o ${number}.`,
    gone: 'Lamentamos, caiu a ligação de quem [o|te] atendia. A [sua|tua] conversa é a primeira da fila, com tudo o que já [escreveu|escreveste].',
    soon: 'assim que voltarmos a abrir',
  },
};

/** Where an item stands when its patient is told. */
export type Standing = {
  open: boolean;
  opensAt: Date | null;
  outOfHours: Texts;
  timezone: string;
  /** Waiting before it, at most `COUNTED`. */
  ahead: number;
  /** Somebody of the queue is signed in and works. */
  staffed: boolean;
  /** It came back because its agent vanished. */
  returned: boolean;
  emergencyNumber: string;
  /** How its patient is spoken to. */
  address: Address;
};

/** The wait is counted this far; beyond it says "more than". */
export const COUNTED = 50;

/** What a patient reads about the wait: true, and with a next step. Promise 10. */
export function waitText(language: Language, standing: Standing, now: Date): string {
  return addressed(waitWritten(language, standing, now), standing.address);
}

function waitWritten(language: Language, standing: Standing, now: Date): string {
  const say = phrases[language];
  if (!standing.open) {
    const opens = standing.opensAt ? openingText(language, standing.opensAt, standing.timezone, now) : say.soon;
    return `${standing.outOfHours[language].replaceAll('{opens}', opens)} ${say.emergency(standing.emergencyNumber)}`;
  }
  if (!standing.staffed) return say.nobody(standing.emergencyNumber);
  if (standing.returned) return say.gone;
  if (standing.ahead === 0) return say.next;
  if (standing.ahead === 1) return say.one;
  return standing.ahead >= COUNTED ? say.many(COUNTED) : say.some(standing.ahead);
}

/** "hoy a las 14:00", "el lunes 23 de noviembre a las 8:00". */
function openingText(language: Language, at: Date, timezone: string, now: Date): string {
  const day = (moment: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(moment);
  const time = new Intl.DateTimeFormat(language, {
    timeZone: timezone,
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone: timezone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(at);
  const away = day(at) === day(now) ? 0 : day(at) === day(new Date(now.getTime() + 86_400_000)) ? 1 : 2;
  switch (language) {
    case 'es':
      return `${['hoy', 'mañana', `el ${date}`][away]} a partir de las ${time}`;
    case 'ca':
      return `${['avui', 'demà', date][away]} a partir de les ${time}`;
    case 'en':
      return `${['today', 'tomorrow', `on ${date}`][away]} from ${time}`;
    case 'pt':
      return `${['hoje', 'amanhã', date][away]} a partir das ${time}`;
  }
}
