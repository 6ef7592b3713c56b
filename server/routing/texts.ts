import type { Language } from '../conversation/contract.ts';
import type { Texts } from './contract.ts';

/** Names and words of the queue that every organisation has, until it makes its own. */
export const defaultNames: Texts = {
  es: 'Atención general',
  ca: 'Atenció general',
  en: 'General enquiries',
  pt: 'Atendimento geral',
};

export const defaultOutOfHours: Texts = {
  es: 'Ahora estamos fuera de horario. Su mensaje queda guardado y una persona le responderá {opens}.',
  ca: 'Ara som fora d’horari. El seu missatge queda desat i una persona li respondrà {opens}.',
  en: 'We are closed at the moment. Your message is kept and a person will answer {opens}.',
  pt: 'Neste momento estamos fora do horário. A sua mensagem fica guardada e uma pessoa responderá {opens}.',
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
    next: 'Es usted la siguiente persona. Puede seguir escribiendo mientras espera: quien le atienda lo verá todo.',
    one: 'Hay una persona antes que usted. Puede seguir escribiendo mientras espera: quien le atienda lo verá todo.',
    some: (ahead) =>
      `Hay ${ahead} personas antes que usted. Puede seguir escribiendo mientras espera: quien le atienda lo verá todo.`,
    many: (ahead) =>
      `Hay más de ${ahead} personas antes que usted. Su lugar queda guardado aunque cierre esta conversación.`,
    nobody: (number) =>
      `Ahora mismo no hay nadie conectado en este equipo. Su mensaje queda guardado y le responderán en cuanto entre alguien. Si es una urgencia, llame al ${number}.`,
    emergency: (number) => `Si es una urgencia, llame al ${number}.`,
    gone: 'Se ha cortado la conexión de quien le atendía. Su conversación está la primera de la cola, con todo lo que ya escribió.',
    soon: 'en cuanto volvamos a abrir',
  },
  ca: {
    next: 'Vostè és la següent persona. Pot continuar escrivint mentre s’espera: qui l’atengui ho veurà tot.',
    one: 'Hi ha una persona abans que vostè. Pot continuar escrivint mentre s’espera: qui l’atengui ho veurà tot.',
    some: (ahead) =>
      `Hi ha ${ahead} persones abans que vostè. Pot continuar escrivint mentre s’espera: qui l’atengui ho veurà tot.`,
    many: (ahead) =>
      `Hi ha més de ${ahead} persones abans que vostè. El seu lloc queda desat encara que tanqui aquesta conversa.`,
    nobody: (number) =>
      `Ara mateix no hi ha ningú connectat en aquest equip. El seu missatge queda desat i li respondran quan entri algú. Si és una urgència, truqui al ${number}.`,
    emergency: (number) => `Si és una urgència, truqui al ${number}.`,
    gone: 'S’ha tallat la connexió de qui l’atenia. La seva conversa és la primera de la cua, amb tot el que ja ha escrit.',
    soon: 'quan tornem a obrir',
  },
  en: {
    next: 'You are next. You can keep writing while you wait: whoever answers will see everything.',
    one: 'There is one person before you. You can keep writing while you wait: whoever answers will see everything.',
    some: (ahead) =>
      `There are ${ahead} people before you. You can keep writing while you wait: whoever answers will see everything.`,
    many: (ahead) =>
      `There are more than ${ahead} people before you. Your place is kept even if you close this conversation.`,
    nobody: (number) =>
      `Nobody on this team is connected right now. Your message is kept and they will answer as soon as someone is here. If it is an emergency, call ${number}.`,
    emergency: (number) => `If it is an emergency, call ${number}.`,
    gone: 'The person who was helping you lost their connection. Your conversation is first in line, with everything you already wrote.',
    soon: 'as soon as we open again',
  },
  pt: {
    next: 'É a próxima pessoa. Pode continuar a escrever enquanto espera: quem o atender verá tudo.',
    one: 'Há uma pessoa à sua frente. Pode continuar a escrever enquanto espera: quem o atender verá tudo.',
    some: (ahead) =>
      `Há ${ahead} pessoas à sua frente. Pode continuar a escrever enquanto espera: quem o atender verá tudo.`,
    many: (ahead) =>
      `Há mais de ${ahead} pessoas à sua frente. O seu lugar fica guardado mesmo que feche esta conversa.`,
    nobody: (number) =>
      `Neste momento não há ninguém ligado nesta equipa. A sua mensagem fica guardada e responderão assim que alguém entrar. Se for uma urgência, ligue para o ${number}.`,
    emergency: (number) => `Se for uma urgência, ligue para o ${number}.`,
    gone: 'A ligação de quem o atendia foi interrompida. A sua conversa está em primeiro lugar na fila, com tudo o que já escreveu.',
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
};

/** The wait is counted this far; beyond it says "more than". */
export const COUNTED = 50;

/** What a patient reads about the wait: true, and with a next step. Promise 10. */
export function waitText(language: Language, standing: Standing, now: Date): string {
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
