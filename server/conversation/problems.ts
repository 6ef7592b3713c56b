import { problems } from '../platform/problems.ts';

export const conversationProblems = problems('conversation', {
  not_found: {
    status: 404,
    es: 'Esa conversación no existe.',
    ca: 'Aquesta conversa no existeix.',
    en: 'There is no such conversation.',
    pt: 'Essa conversa não existe.',
  },
  message_not_found: {
    status: 404,
    es: 'Ese mensaje no existe.',
    ca: 'Aquest missatge no existeix.',
    en: 'There is no such message.',
    pt: 'Essa mensagem não existe.',
  },
  wrong_state: {
    status: 409,
    es: 'Ahora no se puede: la conversación ya no está donde estaba. Mira cómo está y vuelve a intentarlo.',
    ca: 'Ara no es pot: la conversa ja no és on era. Mira com està i torna-ho a provar.',
    en: 'Not possible now: the conversation is no longer where it was. Look at it again and retry.',
    pt: 'Agora não é possível: a conversa já não está onde estava. Vê como está e tenta de novo.',
  },
  not_yours: {
    status: 403,
    es: 'La lleva otra persona. Pide que te la traspase.',
    ca: 'La porta una altra persona. Demana que te la traspassi.',
    en: 'Someone else holds it. Ask for a transfer.',
    pt: 'Está com outra pessoa. Pede a transferência.',
  },
  nowhere_to_send: {
    status: 409,
    es: 'No hay un canal por el que responder.',
    ca: 'No hi ha cap canal per respondre.',
    en: 'There is no channel to answer on.',
    pt: 'Não há canal para responder.',
  },
  not_failed: {
    status: 409,
    es: 'Solo se reenvía un mensaje que no llegó, y una sola vez.',
    ca: 'Només es reenvia un missatge que no va arribar, i una sola vegada.',
    en: 'Only a message that failed can be sent again, and only once.',
    pt: 'Só se reenvia uma mensagem que falhou, e uma só vez.',
  },
  already_open: {
    status: 409,
    es: 'Esta persona ya tiene una conversación abierta.',
    ca: 'Aquesta persona ja té una conversa oberta.',
    en: 'This person already has an open conversation.',
    pt: 'Esta pessoa já tem uma conversa aberta.',
  },
  not_a_nurse: {
    status: 403,
    es: 'Una señal de alarma solo la baja enfermería.',
    ca: 'Un senyal d’alarma només l’abaixa infermeria.',
    en: 'Only a nurse lowers a red flag.',
    pt: 'Só a enfermagem baixa um sinal de alarme.',
  },
  flagged: {
    status: 409,
    es: 'Hay una señal de alarma sin bajar. Enfermería tiene que valorarla antes.',
    ca: 'Hi ha un senyal d’alarma sense baixar. Infermeria l’ha de valorar abans.',
    en: 'A red flag still stands. A nurse has to assess it first.',
    pt: 'Há um sinal de alarme por avaliar. A enfermagem tem de o avaliar antes.',
  },
});
