import type { Language } from '../protocol.ts';

const ORDER: Language[] = ['es', 'ca', 'en', 'pt'];

/** Each text once in es, ca, en, pt. */
const ROWS = {
  title: ['Le llamamos', 'Li truquem', 'We call you', 'Ligamos-lhe'],
  back: ['Volver', 'Tornar', 'Back', 'Voltar'],
  loading: ['Un momento', 'Un moment', 'One moment', 'Um momento'],
  when: ['¿Cuándo?', 'Quan?', 'When?', 'Quando?'],
  turn: ['En mi turno', 'En el meu torn', 'At my turn', 'Na minha vez'],
  turnText: [
    'Su lugar en la fila queda guardado: no hace falta esperar aquí.',
    'El seu lloc a la cua queda desat: no cal que s’esperi aquí.',
    'Your place in line is kept: there is no need to wait here.',
    'O seu lugar na fila fica guardado: não precisa de esperar aqui.',
  ],
  turnClosed: [
    'Su lugar queda guardado. Abrimos: {0}.',
    'El seu lloc queda desat. Obrim: {0}.',
    'Your place is kept. We open: {0}.',
    'O seu lugar fica guardado. Abrimos: {0}.',
  ],
  time: ['A una hora', 'A una hora', 'At a time', 'A uma hora'],
  day: ['Día', 'Dia', 'Day', 'Dia'],
  hour: ['Hora', 'Hora', 'Time', 'Hora'],
  how: ['¿Cómo?', 'Com?', 'How?', 'Como?'],
  phone: ['Por teléfono', 'Per telèfon', 'By phone', 'Por telefone'],
  message: ['Por escrito, aquí', 'Per escrit, aquí', 'In writing, here', 'Por escrito, aqui'],
  number: ['Número de teléfono', 'Número de telèfon', 'Telephone number', 'Número de telefone'],
  numberText: [
    'Con el prefijo si es de otro país.',
    'Amb el prefix si és d’un altre país.',
    'With its prefix if it is from another country.',
    'Com o prefixo se for de outro país.',
  ],
  consent: [
    'Acepto que me llamen o escriban por esto.',
    'Accepto que em truquin o m’escriguin per això.',
    'I agree to be called or written to about this.',
    'Aceito que me liguem ou escrevam por isto.',
  ],
  ask: ['Pedir', 'Demanar', 'Ask', 'Pedir'],
  none: [
    'Ahora no podemos llamar. Escríbanos y le atendemos aquí.',
    'Ara no podem trucar. Escrigui’ns i l’atenem aquí.',
    'We cannot call at the moment. Write to us and we will help you here.',
    'Agora não podemos ligar. Escreva-nos e atendemos aqui.',
  ],
  failed: [
    'No se ha podido pedir. Inténtelo de nuevo.',
    'No s’ha pogut demanar. Torni-ho a provar.',
    'It could not be asked for. Please try again.',
    'Não foi possível pedir. Tente de novo.',
  ],
  have: ['Lo que tiene pedido', 'El que té demanat', 'What you have asked for', 'O que tem pedido'],
  slotPhone: [
    'Le llamaremos {0}, al {1}.',
    'Li trucarem {0}, al {1}.',
    'We will call you {0}, on {1}.',
    'Vamos ligar-lhe {0}, para {1}.',
  ],
  slotMessage: [
    'Le escribiremos aquí {0}.',
    'Li escriurem aquí {0}.',
    'We will write to you here {0}.',
    'Vamos escrever-lhe aqui {0}.',
  ],
  placePhone: [
    'Su lugar está guardado: le llamaremos al {1} cuando sea su turno.',
    'El seu lloc està desat: li trucarem al {1} quan sigui el seu torn.',
    'Your place is kept: we will call you on {1} when it is your turn.',
    'O seu lugar está guardado: vamos ligar-lhe para {1} quando for a sua vez.',
  ],
  placeMessage: [
    'Su lugar está guardado: le escribiremos aquí cuando sea su turno.',
    'El seu lloc està desat: li escriurem aquí quan sigui el seu torn.',
    'Your place is kept: we will write to you here when it is your turn.',
    'O seu lugar está guardado: vamos escrever-lhe aqui quando for a sua vez.',
  ],
  late: [
    'Vamos con retraso. Le toca en cuanto alguien quede libre.',
    'Anem amb retard. Li toca quan algú quedi lliure.',
    'We are running late. You are next as soon as someone is free.',
    'Estamos atrasados. É a sua vez assim que alguém ficar livre.',
  ],
  missed: [
    'Hemos llamado y no hemos podido hablar. Próximo intento: {0}.',
    'Hem trucat i no hem pogut parlar. Proper intent: {0}.',
    'We called and could not reach you. Next try: {0}.',
    'Ligámos e não conseguimos falar. Próxima tentativa: {0}.',
  ],
  change: ['Cambiar', 'Canviar', 'Change', 'Mudar'],
  revoke: ['Cancelar', 'Anul·lar', 'Cancel it', 'Cancelar'],
  keep: ['Seguir así', 'Deixar-ho així', 'Leave it', 'Deixar assim'],
  revoked: [
    'Hecho. Ya no le llamaremos.',
    'Fet. Ja no li trucarem.',
    'Done. We will not call you.',
    'Feito. Já não vamos ligar.',
  ],
  chat: ['Ir al chat', 'Anar al xat', 'Go to the chat', 'Ir para o chat'],
} satisfies Record<string, [es: string, ca: string, en: string, pt: string]>;

export type Texts = Record<keyof typeof ROWS, string>;

/** The texts of one language. */
export function textsIn(language: Language): Texts {
  const at = ORDER.indexOf(language);
  return Object.fromEntries(Object.entries(ROWS).map(([key, row]) => [key, row[at]])) as Texts;
}
