import { problems } from '../../platform/problems.ts';

export const callBackProblems = problems('call_back', {
  not_found: {
    status: 404,
    es: 'Esa llamada no existe.',
    ca: 'Aquesta trucada no existeix.',
    en: 'There is no such call-back.',
    pt: 'Essa chamada não existe.',
  },
  not_offered: {
    status: 409,
    es: 'Esta cola no ofrece llamar más tarde.',
    ca: 'Aquesta cua no ofereix trucar més tard.',
    en: 'This queue does not offer call-backs.',
    pt: 'Esta fila não oferece chamadas mais tarde.',
  },
  slot_taken: {
    status: 409,
    es: 'Esa hora se acaba de ocupar. Elija otra.',
    ca: 'Aquesta hora s’acaba d’ocupar. Triï’n una altra.',
    en: 'That time has just been taken. Choose another one.',
    pt: 'Essa hora acabou de ficar ocupada. Escolha outra.',
  },
  number_wrong: {
    status: 422,
    es: 'A ese número no se puede llamar. Escríbalo entero, con el prefijo si es de otro país.',
    ca: 'A aquest número no s’hi pot trucar. Escrigui’l sencer, amb el prefix si és d’un altre país.',
    en: 'That number cannot be called. Write all of it, with its prefix if it is from another country.',
    pt: 'Não é possível ligar para esse número. Escreva-o completo, com o prefixo se for de outro país.',
  },
  outside_window: {
    status: 409,
    es: 'WhatsApp solo nos deja escribir hasta 24 horas después de su último mensaje. Elija una hora antes, o que le llamemos.',
    ca: 'WhatsApp només ens deixa escriure fins a 24 hores després del seu últim missatge. Triï una hora abans, o que el truquem.',
    en: 'WhatsApp only lets us write until 24 hours after your last message. Choose an earlier time, or a call.',
    pt: 'O WhatsApp só nos deixa escrever até 24 horas depois da sua última mensagem. Escolha uma hora antes, ou uma chamada.',
  },
  with_somebody: {
    status: 409,
    es: 'Ya le atiende una persona.',
    ca: 'Ja l’atén una persona.',
    en: 'A person is already helping you.',
    pt: 'Já está a ser atendido por uma pessoa.',
  },
  too_many: {
    status: 429,
    es: 'Ya se pidieron varias llamadas a ese número hoy. Escríbanos y le atendemos por aquí.',
    ca: 'Ja s’han demanat diverses trucades a aquest número avui. Escrigui’ns i l’atenem per aquí.',
    en: 'Several calls to that number were asked for today. Write to us and we will help you here.',
    pt: 'Já foram pedidas várias chamadas para esse número hoje. Escreva-nos e atendemos por aqui.',
  },
  wrong_state: {
    status: 409,
    es: 'Eso ya no se puede hacer: la llamada ha cambiado mientras tanto.',
    ca: 'Això ja no es pot fer: la trucada ha canviat mentrestant.',
    en: 'That can no longer be done: the call-back has changed meanwhile.',
    pt: 'Isso já não se pode fazer: a chamada mudou entretanto.',
  },
  not_yours: {
    status: 403,
    es: 'Esta llamada la lleva otra persona.',
    ca: 'Aquesta trucada la porta una altra persona.',
    en: 'Someone else has this call-back.',
    pt: 'Esta chamada está com outra pessoa.',
  },
  slot_needed: {
    status: 422,
    es: 'Falta la hora a la que llamar.',
    ca: 'Falta l’hora a què trucar.',
    en: 'The time to call at is missing.',
    pt: 'Falta a hora a que ligar.',
  },
});
