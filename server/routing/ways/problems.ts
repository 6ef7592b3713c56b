import { problems } from '../../platform/problems.ts';

export const wayProblems = problems('ways', {
  no_organisation: {
    status: 404,
    es: 'Aquí no hay ninguna organización con ese nombre.',
    ca: 'Aquí no hi ha cap organització amb aquest nom.',
    en: 'There is no such organisation here.',
    pt: 'Não há aqui nenhuma organização com esse nome.',
  },
  no_visit: {
    status: 401,
    es: 'La visita ha caducado. Empiece de nuevo.',
    ca: 'La visita ha caducat. Torni a començar.',
    en: 'The visit has ended. Begin anew.',
    pt: 'A visita expirou. Comece de novo.',
  },
  wrong_origin: {
    status: 403,
    es: 'Esta página no puede preguntar por esa organización.',
    ca: 'Aquesta pàgina no pot preguntar per aquesta organització.',
    en: 'This page may not ask for that organisation.',
    pt: 'Esta página não pode perguntar por essa organização.',
  },
  too_fast: {
    status: 429,
    es: 'Demasiadas preguntas seguidas. Espere un momento.',
    ca: 'Massa preguntes seguides. Esperi un moment.',
    en: 'Too many requests at once. Wait a moment.',
    pt: 'Demasiados pedidos seguidos. Aguarde um momento.',
  },
  version_not_found: {
    status: 404,
    es: 'Esa versión no existe.',
    ca: 'Aquesta versió no existeix.',
    en: 'There is no such version.',
    pt: 'Essa versão não existe.',
  },
  moved_on: {
    status: 409,
    es: 'Otra persona ha publicado mientras tanto. Mira su versión antes de publicar la tuya.',
    ca: 'Una altra persona ha publicat mentrestant. Mira la seva versió abans de publicar la teva.',
    en: 'Someone else has published in the meantime. Look at their version before you publish yours.',
    pt: 'Entretanto outra pessoa publicou. Vê a versão dela antes de publicares a tua.',
  },
  no_such_queue: {
    status: 400,
    es: 'Una de las colas no existe.',
    ca: 'Una de les cues no existeix.',
    en: 'One of the queues does not exist.',
    pt: 'Uma das filas não existe.',
  },
  person_not_found: {
    status: 404,
    es: 'Esa persona no existe.',
    ca: 'Aquesta persona no existeix.',
    en: 'There is no such person.',
    pt: 'Essa pessoa não existe.',
  },
});
