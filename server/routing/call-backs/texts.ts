import { type Language, LANGUAGES, type MenuOption } from '../../conversation/contract.ts';
import { addressed, type Address } from '../../trust/address.ts';
import { wallClock } from './rules.ts';

/** "hoy, lunes 23 de noviembre, a las 10:15": the weekday and the time are always read back. */
export function whenText(language: Language, at: Date, timezone: string, now: Date): string {
  const day = (moment: Date): string => wallClock(moment, timezone).slice(0, 10);
  const time = wallClock(at, timezone).slice(11);
  const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone: timezone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
    .format(at)
    .replace(',', '');
  const near = day(at) === day(now) ? 0 : day(at) === day(new Date(now.getTime() + 86_400_000)) ? 1 : null;
  switch (language) {
    case 'es':
      return `${near === null ? `el ${date}` : `${['hoy', 'mañana'][near]}, ${date},`} a las ${time}`;
    case 'ca':
      return `${near === null ? `el ${date}` : `${['avui', 'demà'][near]}, ${date},`} a les ${time}`;
    case 'en':
      return `${near === null ? `on ${date}` : `${['today', 'tomorrow'][near]}, ${date},`} at ${time}`;
    case 'pt':
      return `${near === null ? `em ${date}` : `${['hoje', 'amanhã'][near]}, ${date},`} às ${time}`;
  }
}

type Said = {
  phoneSlot: (when: string, number: string) => string;
  phonePlace: (number: string) => string;
  phoneOpens: (when: string, number: string) => string;
  messageSlot: (when: string) => string;
  messagePlace: string;
  messageOpens: (when: string) => string;
  /** Goes before, when it takes the place of what was asked before. */
  instead: string;
  /** Goes after: how to change it. */
  change: string;
  revoked: string;
  late: string;
  /** It is time and nobody is free; they are called or written to as soon as somebody is. */
  nobody: (how: { timed: boolean; phone: boolean }) => string;
  /** Its button. */
  mine: string;
  /** What they take while they wait for a person, and what is said to who asks for it in their own words. */
  take: string;
  offer: string;
  /** It was taken, and cannot be kept any more. */
  notNow: string;
  turn: (agent: string) => string;
  missed: (when: string) => string;
  gaveUp: (tries: number) => string;
  wrongNumber: (last: string) => string;
  cancelled: string;
  moved: string;
};

const SAID: Record<Language, Said> = {
  es: {
    phoneSlot: (when, number) => `De acuerdo. [Le|Te] llamaremos ${when} al ${number}.`,
    phonePlace: (number) =>
      `De acuerdo. [Su|Tu] lugar en la fila queda guardado. [Le|Te] llamaremos al ${number} cuando sea [su|tu] turno.`,
    phoneOpens: (when, number) =>
      `De acuerdo. [Le|Te] llamaremos al ${number} cuando sea [su|tu] turno, a partir de que abramos: ${when}.`,
    messageSlot: (when) => `De acuerdo. [Le|Te] escribiremos aquí ${when}.`,
    messagePlace:
      'De acuerdo. [Su|Tu] lugar en la fila queda guardado. [Le|Te] escribiremos aquí cuando sea [su|tu] turno.',
    messageOpens: (when) =>
      `De acuerdo. [Le|Te] escribiremos aquí cuando sea [su|tu] turno, a partir de que abramos: ${when}.`,
    instead: 'He cambiado lo que [tenía|tenías] pedido.',
    change: 'Para cambiarlo o cancelarlo, [escriba|escribe|escribí] «mi llamada».',
    revoked: 'Hecho. Ya no [le|te] llamaremos.',
    late: 'Sentimos el retraso: a esa hora no ha quedado nadie libre. [Le|Te] toca en cuanto alguien del equipo termine.',
    nobody: ({ timed, phone }) =>
      `${timed ? 'Es la hora, pero ahora no queda nadie libre.' : 'Ahora no hay nadie del equipo libre.'} Sentimos la espera. [Su|Tu] lugar sigue guardado: ${phone ? '[le|te] llamaremos' : '[le|te] escribiremos aquí'} en cuanto alguien pueda.`,
    mine: 'Mi llamada',
    take: 'Que me llamen',
    offer:
      '¿[Prefiere|Prefieres|Preferís] que [le|te] llamemos? [Conserva|Conservas|Conservás] [su|tu] lugar en la fila y no hace falta que [espere|esperes] aquí.',
    notNow: 'Lo siento, ahora no podemos [llamarle|llamarte]. [Sigue|Sigues|Seguís] en la fila, en el mismo lugar.',
    turn: (agent) => `Ya es [su|tu] turno. [Le|Te] atiende ${agent}. ¿[Sigue|Sigues|Seguís] ahí?`,
    missed: (when) => `[Le|Te] hemos llamado y no hemos podido hablar. Volveremos a llamar ${when}.`,
    gaveUp: (tries) =>
      `[Le|Te] hemos llamado ${tries} veces y no hemos podido hablar. No llamaremos más. Cuando [quiera|quieras], [escriba|escribe|escribí] aquí y [le|te] atendemos.`,
    wrongNumber: (last) =>
      `Hemos llamado al número que termina en ${last} y no es el [suyo|tuyo]. Si [quiere|quieres|querés] que [le|te] llamemos, [escriba|escribe|escribí] «que me llamen» con el número correcto.`,
    cancelled:
      'Hemos anulado la llamada que [tenía|tenías] pedida. Si [la necesita|la necesitas|la necesitás], [escriba|escribe|escribí] aquí.',
    moved: 'Hemos cambiado la hora.',
  },
  ca: {
    phoneSlot: (when, number) => `D’acord. [Li|Et] trucarem ${when} al ${number}.`,
    phonePlace: (number) =>
      `D’acord. El [seu|teu] lloc a la cua queda desat. [Li|Et] trucarem al ${number} quan sigui el [seu|teu] torn.`,
    phoneOpens: (when, number) =>
      `D’acord. [Li|Et] trucarem al ${number} quan sigui el [seu|teu] torn, a partir que obrim: ${when}.`,
    messageSlot: (when) => `D’acord. [Li escriurem|T’escriurem] aquí ${when}.`,
    messagePlace:
      'D’acord. El [seu|teu] lloc a la cua queda desat. [Li escriurem|T’escriurem] aquí quan sigui el [seu|teu] torn.',
    messageOpens: (when) =>
      `D’acord. [Li escriurem|T’escriurem] aquí quan sigui el [seu|teu] torn, a partir que obrim: ${when}.`,
    instead: 'He canviat el que [tenia|tenies] demanat.',
    change: 'Per canviar-ho o anul·lar-ho, [escrigui|escriu] «la meva trucada».',
    revoked: 'Fet. Ja no [li|et] trucarem.',
    late: 'Sentim el retard: a aquella hora no ha quedat ningú lliure. [Li|Et] toca quan algú de l’equip acabi.',
    nobody: ({ timed, phone }) =>
      `${timed ? 'És l’hora, però ara no queda ningú lliure.' : 'Ara no hi ha ningú de l’equip lliure.'} Sentim l’espera. El [seu|teu] lloc continua desat: ${phone ? '[li|et] trucarem' : '[li escriurem|t’escriurem] aquí'} quan algú pugui.`,
    mine: 'La meva trucada',
    take: 'Que em truquin',
    offer:
      '[S’estima|T’estimes] més que [li|et] truquem? [Conserva|Conserves] el [seu|teu] lloc a la cua i no cal que [s’esperi|t’esperis] aquí.',
    notNow: 'Ho sento, ara no [li|et] podem trucar. [Continua|Continues] a la cua, al mateix lloc.',
    turn: (agent) => `Ja és el [seu|teu] torn. [L’atén|T’atén] ${agent}. Encara hi [és|ets]?`,
    missed: (when) => `[Li hem|T’hem] trucat i no hem pogut parlar. Tornarem a trucar ${when}.`,
    gaveUp: (tries) =>
      `[Li hem|T’hem] trucat ${tries} vegades i no hem pogut parlar. No trucarem més. Quan [vulgui|vulguis], [escrigui|escriu] aquí i [l’atenem|t’atenem].`,
    wrongNumber: (last) =>
      `Hem trucat al número que acaba en ${last} i no és el [seu|teu]. Si [vol|vols] que [li|et] truquem, [escrigui|escriu] «truqueu-me» amb el número correcte.`,
    cancelled:
      'Hem anul·lat la trucada que [tenia|tenies] demanada. Si [la necessita|la necessites], [escrigui|escriu] aquí.',
    moved: 'Hem canviat l’hora.',
  },
  en: {
    phoneSlot: (when, number) => `All right. We will call you ${when} on ${number}.`,
    phonePlace: (number) =>
      `All right. Your place in line is kept. We will call you on ${number} when it is your turn.`,
    phoneOpens: (when, number) =>
      `All right. We will call you on ${number} when it is your turn, once we open ${when}.`,
    messageSlot: (when) => `All right. We will write to you here ${when}.`,
    messagePlace: 'All right. Your place in line is kept. We will write to you here when it is your turn.',
    messageOpens: (when) => `All right. We will write to you here when it is your turn, once we open ${when}.`,
    instead: 'I have changed what you had asked for.',
    change: 'To change or cancel it, write “my call”.',
    revoked: 'Done. We will not call you.',
    late: 'We are sorry for the delay: nobody was free at that time. You are next as soon as someone on the team finishes.',
    nobody: ({ timed, phone }) =>
      `${timed ? 'It is time, but nobody is free at the moment.' : 'Nobody on the team is free at the moment.'} We are sorry for the wait. Your place is still kept: we will ${phone ? 'call you' : 'write to you here'} as soon as somebody can.`,
    mine: 'My call',
    take: 'Call me instead',
    offer: 'Would you rather be called? You keep your place in line and need not wait here.',
    notNow: 'I am sorry, we cannot call you at the moment. You keep waiting in line, in the same place.',
    turn: (agent) => `It is your turn. ${agent} is here to help you. Are you still there?`,
    missed: (when) => `We called you and could not reach you. We will call again ${when}.`,
    gaveUp: (tries) =>
      `We called you ${tries} times and could not reach you. We will not call again. Write here whenever you like and we will help you.`,
    wrongNumber: (last) =>
      `We called the number ending in ${last} and it is not yours. If you want us to call you, write “call me back” with the right number.`,
    cancelled: 'We have cancelled the call you had asked for. If you need it, write here.',
    moved: 'We have changed the time.',
  },
  pt: {
    phoneSlot: (when, number) => `Está bem. Vamos ligar-[lhe|te] ${when} para o ${number}.`,
    phonePlace: (number) =>
      `Está bem. O [seu|teu] lugar na fila fica guardado. Vamos ligar-[lhe|te] para o ${number} quando for a [sua|tua] vez.`,
    phoneOpens: (when, number) =>
      `Está bem. Vamos ligar-[lhe|te] para o ${number} quando for a [sua|tua] vez, a partir da abertura: ${when}.`,
    messageSlot: (when) => `Está bem. Vamos escrever-[lhe|te] aqui ${when}.`,
    messagePlace:
      'Está bem. O [seu|teu] lugar na fila fica guardado. Vamos escrever-[lhe|te] aqui quando for a [sua|tua] vez.',
    messageOpens: (when) =>
      `Está bem. Vamos escrever-[lhe|te] aqui quando for a [sua|tua] vez, a partir da abertura: ${when}.`,
    instead: 'Mudei o que [tinha|tinhas] pedido.',
    change: 'Para alterar ou cancelar, [escreva|escreve] «a minha chamada».',
    revoked: 'Feito. Já não vamos ligar.',
    late: 'Lamentamos o atraso: a essa hora ninguém ficou livre. É a [sua|tua] vez assim que alguém da equipa terminar.',
    nobody: ({ timed, phone }) =>
      `${timed ? 'Chegou a hora, mas agora ninguém está livre.' : 'Agora ninguém da equipa está livre.'} Lamentamos a espera. O [seu|teu] lugar continua guardado: vamos ${phone ? 'ligar-[lhe|te]' : 'escrever-[lhe|te] aqui'} assim que alguém puder.`,
    mine: 'A minha chamada',
    take: 'Quero que me liguem',
    offer:
      '[Prefere|Preferes] que liguemos? [Mantém|Manténs] o [seu|teu] lugar na fila e não [precisa|precisas] de esperar aqui.',
    notNow: 'Lamento, agora não podemos ligar-[lhe|te]. [Continua|Continuas] na fila, no mesmo lugar.',
    turn: (agent) => `É a [sua|tua] vez. ${agent} está aqui para ajudar. Ainda [está|estás] aí?`,
    missed: (when) => `Ligámos e não conseguimos falar. Voltamos a ligar ${when}.`,
    gaveUp: (tries) =>
      `Ligámos ${tries} vezes e não conseguimos falar. Não vamos ligar mais. Quando [quiser|quiseres], [escreva|escreve] aqui e ajudamos.`,
    wrongNumber: (last) =>
      `Ligámos para o número que termina em ${last} e não é o [seu|teu]. Se [quiser|quiseres] que liguemos, [escreva|escreve] «liguem-me» com o número certo.`,
    cancelled: 'Cancelámos a chamada que [tinha|tinhas] pedido. Se precisar[|es], [escreva|escreve] aqui.',
    moved: 'Mudámos a hora.',
  },
};

/** What patients read of their call-back, in their language and as the organisation speaks to them. */
export function callBackText(language: Language, address: Address, write: (say: Said) => string): string {
  return addressed(write(SAID[language]), address);
}

/** The button of who waits for a person and would rather be called. */
export const TAKE_CALL = 'call_back.take';

/** That button, for an address that can be called: none where there is no number. */
export function callOption(channel: string, language: string): MenuOption[] {
  const known = LANGUAGES.find((one) => one === language) ?? 'es';
  return channel === 'whatsapp' ? [{ id: TAKE_CALL, title: SAID[known].take }] : [];
}
