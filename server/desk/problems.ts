import { problems } from '../platform/problems.ts';

export const deskProblems = problems('desk', {
  not_found: {
    status: 404,
    es: 'No existe.',
    ca: 'No existeix.',
    en: 'It does not exist.',
    pt: 'Não existe.',
  },
  no_record: {
    status: 409,
    es: 'Aún no se sabe quién es en la historia clínica. Identifícale primero.',
    ca: 'Encara no se sap qui és a la història clínica. Identifica’l primer.',
    en: 'It is not known yet who this is in the record. Identify them first.',
    pt: 'Ainda não se sabe quem é no processo clínico. Identifica primeiro.',
  },
  client_id_used: {
    status: 409,
    es: 'Ese identificador ya se usó para otro mensaje.',
    ca: 'Aquest identificador ja s’ha fet servir per a un altre missatge.',
    en: 'That identifier was already used for another message.',
    pt: 'Esse identificador já foi usado para outra mensagem.',
  },
  file_missing: {
    status: 400,
    es: 'Falta el archivo.',
    ca: 'Falta el fitxer.',
    en: 'The file is missing.',
    pt: 'Falta o ficheiro.',
  },
  file_refused: {
    status: 415,
    es: 'Ese tipo de archivo no se puede enviar. Sí imágenes, audio, vídeo, PDF, Word, Excel o texto.',
    ca: 'Aquest tipus de fitxer no es pot enviar. Sí imatges, àudio, vídeo, PDF, Word, Excel o text.',
    en: 'That kind of file cannot be sent. Images, audio, video, PDF, Word, Excel or text can.',
    pt: 'Esse tipo de ficheiro não pode ser enviado. Imagens, áudio, vídeo, PDF, Word, Excel ou texto podem.',
  },
  file_too_large: {
    status: 413,
    es: 'El archivo pasa de 16 MB.',
    ca: 'El fitxer passa de 16 MB.',
    en: 'The file is larger than 16 MB.',
    pt: 'O ficheiro tem mais de 16 MB.',
  },
  template_not_found: {
    status: 404,
    es: 'Esa plantilla no existe en ese idioma o le faltan datos.',
    ca: 'Aquesta plantilla no existeix en aquest idioma o hi falten dades.',
    en: 'There is no such template in that language, or values are missing.',
    pt: 'Esse modelo não existe nesse idioma ou faltam dados.',
  },
});
