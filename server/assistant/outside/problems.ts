import { problems } from '../../platform/problems.ts';

/** What the routes of bots and of the model can answer. */
export const outsideProblems = problems('outside', {
  bad_signature: {
    status: 401,
    es: 'La firma no vale o ha caducado.',
    ca: 'La signatura no és vàlida o ha caducat.',
    en: 'The signature is not valid or has expired.',
    pt: 'A assinatura não é válida ou expirou.',
  },
  gone: {
    status: 410,
    es: 'Ese bot ya no tiene esa conversación. No se ha dicho nada.',
    ca: 'Aquest bot ja no té aquesta conversa. No s’ha dit res.',
    en: 'That bot no longer has this conversation. Nothing was said.',
    pt: 'Esse bot já não tem esta conversa. Nada foi dito.',
  },
  bad_answer: {
    status: 422,
    es: 'La respuesta no tiene la forma acordada. No se ha dicho nada.',
    ca: 'La resposta no té la forma acordada. No s’ha dit res.',
    en: 'The answer does not have the agreed form. Nothing was said.',
    pt: 'A resposta não tem a forma combinada. Nada foi dito.',
  },
  not_found: {
    status: 404,
    es: 'No existe.',
    ca: 'No existeix.',
    en: 'There is no such thing.',
    pt: 'Não existe.',
  },
  key_taken: {
    status: 409,
    es: 'Ya hay un bot con esa clave.',
    ca: 'Ja hi ha un bot amb aquesta clau.',
    en: 'There is a bot with this key already.',
    pt: 'Já existe um bot com essa chave.',
  },
  bad_address: {
    status: 422,
    es: 'A esa dirección no se llama: tiene que empezar por https:// y ser pública, salvo que marques que es de tu red.',
    ca: 'A aquesta adreça no s’hi truca: ha de començar per https:// i ser pública, tret que marquis que és de la teva xarxa.',
    en: 'That address is not called: it must begin with https:// and be public, unless you mark it as inside your network.',
    pt: 'Esse endereço não é chamado: tem de começar por https:// e ser público, salvo se marcares que é da tua rede.',
  },
  not_configured: {
    status: 409,
    es: 'Antes hay que guardar la dirección y el modelo.',
    ca: 'Abans cal desar l’adreça i el model.',
    en: 'The address and the model come first.',
    pt: 'Antes é preciso guardar o endereço e o modelo.',
  },
  other_text: {
    status: 409,
    es: 'El texto del acuerdo ha cambiado. Léelo otra vez antes de aceptar.',
    ca: 'El text de l’acord ha canviat. Torna’l a llegir abans d’acceptar.',
    en: 'The agreement’s text has changed. Read it again before agreeing.',
    pt: 'O texto do acordo mudou. Lê-o de novo antes de aceitar.',
  },
});
