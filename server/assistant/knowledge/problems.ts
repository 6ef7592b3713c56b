import { problems } from '../../platform/problems.ts';

export const knowledgeProblems = problems('knowledge', {
  not_found: {
    status: 404,
    es: 'Ese artículo no existe.',
    ca: 'Aquest article no existeix.',
    en: 'There is no such article.',
    pt: 'Esse artigo não existe.',
  },
  key_taken: {
    status: 409,
    es: 'Ya hay un artículo con ese nombre corto.',
    ca: 'Ja hi ha un article amb aquest nom curt.',
    en: 'There is an article with that short name already.',
    pt: 'Já existe um artigo com esse nome curto.',
  },
  changed_meanwhile: {
    status: 409,
    es: '{name} lo guardó mientras lo escribías. Mira su versión antes de guardar la tuya.',
    ca: '{name} l’ha desat mentre l’escrivies. Mira la seva versió abans de desar la teva.',
    en: '{name} saved it while you were writing. Look at that version before you save yours.',
    pt: '{name} guardou-o enquanto o escrevias. Vê essa versão antes de guardar a tua.',
  },
  not_the_last: {
    status: 409,
    es: 'Hay una versión más nueva que la que ibas a publicar.',
    ca: 'Hi ha una versió més nova que la que anaves a publicar.',
    en: 'There is a newer version than the one you were about to publish.',
    pt: 'Há uma versão mais recente do que a que ias publicar.',
  },
  already_published: {
    status: 409,
    es: 'Esa versión ya está publicada.',
    ca: 'Aquesta versió ja està publicada.',
    en: 'That version is already published.',
    pt: 'Essa versão já está publicada.',
  },
  not_published: {
    status: 409,
    es: 'Esa versión no está publicada.',
    ca: 'Aquesta versió no està publicada.',
    en: 'That version is not published.',
    pt: 'Essa versão não está publicada.',
  },
  withdrawn: {
    status: 409,
    es: 'Esa versión se retiró. Guarda una nueva para publicarla.',
    ca: 'Aquesta versió es va retirar. Desa’n una de nova per publicar-la.',
    en: 'That version was withdrawn. Save a new one to publish it.',
    pt: 'Essa versão foi retirada. Guarda uma nova para a publicar.',
  },
  dates_crossed: {
    status: 422,
    es: 'El final de la vigencia es anterior al comienzo.',
    ca: 'El final de la vigència és anterior al començament.',
    en: 'It ends before it begins to hold.',
    pt: 'O fim da validade é anterior ao início.',
  },
  no_language: {
    status: 422,
    es: 'La organización no atiende en ese idioma.',
    ca: 'L’organització no atén en aquesta llengua.',
    en: 'The organisation does not answer in that language.',
    pt: 'A organização não atende nessa língua.',
  },
  no_owner: {
    status: 422,
    es: 'Esa persona no es del equipo.',
    ca: 'Aquesta persona no és de l’equip.',
    en: 'That person is not on the staff.',
    pt: 'Essa pessoa não é da equipa.',
  },
});
