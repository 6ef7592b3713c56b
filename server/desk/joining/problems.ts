import { problems } from '../../platform/problems.ts';

export const joiningProblems = problems('joining', {
  not_found: {
    status: 404,
    es: 'Eso ya no existe.',
    ca: 'Això ja no existeix.',
    en: 'That no longer exists.',
    pt: 'Isso já não existe.',
  },
  gone: {
    status: 409,
    es: 'Ya no hace falta: pasó el tiempo, se retiró o respondió otra persona.',
    ca: 'Ja no cal: ha passat el temps, s’ha retirat o ha respost una altra persona.',
    en: 'No longer needed: time ran out, it was withdrawn, or someone else answered.',
    pt: 'Já não é preciso: o tempo passou, foi retirado ou outra pessoa respondeu.',
  },
  nobody_here: {
    status: 409,
    es: 'Ahora no hay nadie presente que pueda. Déjala en la cola o inténtalo más tarde.',
    ca: 'Ara no hi ha ningú present que pugui. Deixa-la a la cua o prova-ho més tard.',
    en: 'Nobody who could is here now. Leave it in the queue or try later.',
    pt: 'Neste momento não há ninguém presente que possa. Deixa na fila ou tenta mais tarde.',
  },
  not_yourself: {
    status: 409,
    es: 'Eres tú. Elige a otra persona.',
    ca: 'Ets tu. Tria una altra persona.',
    en: 'That is you. Choose someone else.',
    pt: 'És tu. Escolhe outra pessoa.',
  },
  already_asked: {
    status: 409,
    es: 'Ya lo has pedido y aún no han respondido.',
    ca: 'Ja ho has demanat i encara no han respost.',
    en: 'You already asked and nobody has answered yet.',
    pt: 'Já pediste e ainda não responderam.',
  },
  already_in: {
    status: 409,
    es: 'Esa persona ya está en la conversación.',
    ca: 'Aquesta persona ja és a la conversa.',
    en: 'That person is already in the conversation.',
    pt: 'Essa pessoa já está na conversa.',
  },
  consult_over: {
    status: 409,
    es: 'La consulta está cerrada.',
    ca: 'La consulta està tancada.',
    en: 'The consult is closed.',
    pt: 'A consulta está fechada.',
  },
  not_in_it: {
    status: 403,
    es: 'No estás en esta consulta.',
    ca: 'No ets en aquesta consulta.',
    en: 'You are not in this consult.',
    pt: 'Não estás nesta consulta.',
  },
  errand_unknown: {
    status: 404,
    es: 'El asistente no tiene eso, o está apagado.',
    ca: 'L’assistent no té això, o està apagat.',
    en: 'The assistant does not have that, or it is switched off.',
    pt: 'O assistente não tem isso, ou está desligado.',
  },
});
