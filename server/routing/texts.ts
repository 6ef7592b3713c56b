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

/** A wait in whole minutes, rounded outwards; `to` null: or more. */
export type Minutes = { from: number; to: number | null };

type Phrases = {
  sorry: string;
  next: string;
  one: string;
  some: (ahead: number) => string;
  many: (ahead: number) => string;
  /** How long, as the end of a sentence. */
  wait: (minutes: Minutes) => string;
  longer: (wait: string) => string;
  shorter: (wait: string) => string;
  goOn: string;
  kept: string;
  nobody: (emergency: string) => string;
  emergency: (emergency: string) => string;
  gone: string;
  soon: string;
};

/** "de 4 a 8 minutos" in the words of a language; from an hour on it is only said that it is long. */
const spoken =
  (words: {
    between: (from: number, to: number) => string;
    under: (to: number) => string;
    over: (from: number) => string;
    overHour: string;
    overHours: (hours: number) => string;
  }) =>
  ({ from, to }: Minutes): string => {
    if (to !== null) return from === 0 ? words.under(to) : words.between(from, to);
    if (from < 60) return words.over(from);
    return from < 120 ? words.overHour : words.overHours(Math.floor(from / 60));
  };

const phrases: Record<Language, Phrases> = {
  es: {
    sorry: 'Sentimos la espera.',
    next: '[Es usted|Eres|Sos] la siguiente persona',
    one: 'Hay una persona antes que [usted|tú|vos]',
    some: (ahead) => `Hay ${ahead} personas antes que [usted|tú|vos]`,
    many: (ahead) => `Hay más de ${ahead} personas antes que [usted|tú|vos]`,
    wait: spoken({
      between: (from, to) => `la espera es de ${from} a ${to} minutos`,
      under: (to) => `la espera es de menos de ${to} minutos`,
      over: (from) => `la espera es de ${from} minutos o más`,
      overHour: 'la espera es de más de una hora',
      overHours: (hours) => `la espera es de más de ${hours} horas`,
    }),
    longer: (wait) => `La espera se ha alargado y lo sentimos: ahora ${wait}.`,
    shorter: (wait) => `Vamos más deprisa de lo que dijimos: ahora ${wait}.`,
    goOn: '[Puede|Puedes|Podés] seguir escribiendo: quien [le|te] atienda lo verá todo.',
    kept: '[Su|Tu] lugar queda guardado aunque [cierre|cierres] esta conversación.',
    nobody: (number) =>
      `Lo sentimos, ahora mismo no hay nadie conectado en este equipo. [Su|Tu] mensaje queda guardado y [le|te] responderán en cuanto entre alguien. Si es una urgencia, [llame|llama|llamá] al ${number}.`,
    emergency: (number) => `Si es una urgencia, [llame|llama|llamá] al ${number}.`,
    gone: 'Lo sentimos, se ha cortado la conexión de quien [le|te] atendía. [Su|Tu] conversación es la primera de la cola, con todo lo que ya [escribió|escribiste].',
    soon: 'en cuanto volvamos a abrir',
  },
  ca: {
    sorry: 'Sentim l’espera.',
    next: '[Vostè és|Ets] la següent persona',
    one: 'Hi ha una persona abans que [vostè|tu]',
    some: (ahead) => `Hi ha ${ahead} persones abans que [vostè|tu]`,
    many: (ahead) => `Hi ha més de ${ahead} persones abans que [vostè|tu]`,
    wait: spoken({
      between: (from, to) => `l’espera és de ${from} a ${to} minuts`,
      under: (to) => `l’espera és de menys de ${to} minuts`,
      over: (from) => `l’espera és de ${from} minuts o més`,
      overHour: 'l’espera és de més d’una hora',
      overHours: (hours) => `l’espera és de més de ${hours} hores`,
    }),
    longer: (wait) => `L’espera s’ha allargat i ho sentim: ara ${wait}.`,
    shorter: (wait) => `Anem més de pressa del que vam dir: ara ${wait}.`,
    goOn: '[Pot|Pots] continuar escrivint: qui [l’atengui|t’atengui] ho veurà tot.',
    kept: 'El [seu|teu] lloc queda desat encara que [tanqui|tanquis] aquesta conversa.',
    nobody: (number) =>
      `Ho sentim, ara mateix no hi ha ningú connectat en aquest equip. El [seu|teu] missatge queda desat i [li|et] respondran quan entri algú. Si és una urgència, [truqui|truca] al ${number}.`,
    emergency: (number) => `Si és una urgència, [truqui|truca] al ${number}.`,
    gone: 'Ho sentim, s’ha tallat la connexió de qui [l’atenia|t’atenia]. La [seva|teva] conversa és la primera de la cua, amb tot el que ja [ha|has] escrit.',
    soon: 'quan tornem a obrir',
  },
  en: {
    sorry: 'We are sorry for the wait.',
    next: 'You are next',
    one: 'There is one person before you',
    some: (ahead) => `There are ${ahead} people before you`,
    many: (ahead) => `There are more than ${ahead} people before you`,
    wait: spoken({
      between: (from, to) => `the wait is ${from} to ${to} minutes`,
      under: (to) => `the wait is less than ${to} minutes`,
      over: (from) => `the wait is ${from} minutes or more`,
      overHour: 'the wait is more than an hour',
      overHours: (hours) => `the wait is more than ${hours} hours`,
    }),
    longer: (wait) => `It is taking longer and we are sorry: ${wait} now.`,
    shorter: (wait) => `It is going faster than we said: ${wait} now.`,
    goOn: 'You can keep writing: whoever answers will see everything.',
    kept: 'Your place is kept even if you close this conversation.',
    nobody: (number) =>
      `We are sorry, nobody on this team is connected right now. Your message is kept and they will answer as soon as someone is here. If it is an emergency, call ${number}.`,
    emergency: (number) => `If it is an emergency, call ${number}.`,
    gone: 'We are sorry: the person who was helping you lost their connection. Your conversation is first in line, with everything you already wrote.',
    soon: 'as soon as we open again',
  },
  pt: {
    sorry: 'Lamentamos a espera.',
    next: '[É|És] a próxima pessoa',
    one: 'Há uma pessoa à [sua|tua] frente',
    some: (ahead) => `Há ${ahead} pessoas à [sua|tua] frente`,
    many: (ahead) => `Há mais de ${ahead} pessoas à [sua|tua] frente`,
    wait: spoken({
      between: (from, to) => `a espera é de ${from} a ${to} minutos`,
      under: (to) => `a espera é de menos de ${to} minutos`,
      over: (from) => `a espera é de ${from} minutos ou mais`,
      overHour: 'a espera é de mais de uma hora',
      overHours: (hours) => `a espera é de mais de ${hours} horas`,
    }),
    longer: (wait) => `A espera ficou mais longa e lamentamos: agora ${wait}.`,
    shorter: (wait) => `Está a andar mais depressa do que dissemos: agora ${wait}.`,
    goOn: '[Pode|Podes] continuar a escrever: quem [o|te] atender verá tudo.',
    kept: 'O [seu|teu] lugar fica guardado mesmo que [feche|feches] esta conversa.',
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
  /** How long it will be; null: not known, or not said here. */
  minutes?: Minutes | null;
  /** Told before, and much changed since. */
  change?: 'longer' | 'shorter';
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
  const minutes = standing.minutes ? say.wait(standing.minutes) : null;
  if (standing.change && minutes) return `${say[standing.change](minutes)} ${say.kept}`;
  const { ahead } = standing;
  const place = ahead === 0 ? say.next : ahead === 1 ? say.one : ahead >= COUNTED ? say.many(COUNTED) : say.some(ahead);
  const sentence = minutes ? `${place}; ${minutes}.` : `${place}.`;
  return `${ahead === 0 ? '' : `${say.sorry} `}${sentence} ${ahead >= COUNTED ? say.kept : say.goOn}`;
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
