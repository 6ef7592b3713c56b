import { problems } from '../../platform/problems.ts';

export const protocolProblems = problems('protocol', {
  not_found: {
    status: 404,
    es: 'Ese protocolo no existe.',
    ca: 'Aquest protocol no existeix.',
    en: 'There is no such protocol.',
    pt: 'Esse protocolo não existe.',
  },
  run_not_found: {
    status: 404,
    es: 'Ese triaje no existe.',
    ca: 'Aquest triatge no existeix.',
    en: 'There is no such triage run.',
    pt: 'Essa triagem não existe.',
  },
  unreadable: {
    status: 422,
    es: 'El protocolo no se puede leer; mira «errors».',
    ca: 'El protocol no es pot llegir; mira «errors».',
    en: 'The protocol cannot be read; see “errors”.',
    pt: 'O protocolo não pode ser lido; vê «errors».',
  },
  not_proven: {
    status: 409,
    es: 'Hay pruebas que no se cumplen. Corrige el protocolo e impórtalo como versión nueva.',
    ca: 'Hi ha proves que no es compleixen. Corregeix el protocol i importa’l com a versió nova.',
    en: 'Some proofs do not hold. Correct the protocol and import it as a new version.',
    pt: 'Há provas que não se cumprem. Corrige o protocolo e importa-o como versão nova.',
  },
  version_exists: {
    status: 409,
    es: 'Esa versión ya existe con otro contenido. Sube el número de versión.',
    ca: 'Aquesta versió ja existeix amb un altre contingut. Puja el número de versió.',
    en: 'That version exists with other content. Raise the version number.',
    pt: 'Essa versão já existe com outro conteúdo. Aumenta o número da versão.',
  },
  wrong_state: {
    status: 409,
    es: 'El protocolo está en el estado «{state}»; desde ahí no se puede.',
    ca: 'El protocol està en l’estat «{state}»; des d’aquí no es pot.',
    en: 'The protocol is in the state “{state}”; this cannot follow it.',
    pt: 'O protocolo está no estado «{state}»; a partir daí não se pode.',
  },
  other_content: {
    status: 409,
    es: 'El contenido no es el que has leído. Vuelve a abrir el protocolo antes de firmarlo.',
    ca: 'El contingut no és el que has llegit. Torna a obrir el protocol abans de signar-lo.',
    en: 'The content is not what you read. Open the protocol again before signing it.',
    pt: 'O conteúdo não é o que leste. Volta a abrir o protocolo antes de assinar.',
  },
  bad_expiry: {
    status: 400,
    es: 'La firma ha de caducar después de hoy y antes de dos años.',
    ca: 'La signatura ha de caducar després d’avui i abans de dos anys.',
    en: 'The signature must expire after today and within two years.',
    pt: 'A assinatura tem de caducar depois de hoje e antes de dois anos.',
  },
  expired: {
    status: 409,
    es: 'La firma ha caducado. Hay que firmarlo otra vez.',
    ca: 'La signatura ha caducat. Cal signar-lo un altre cop.',
    en: 'The signature has expired. It must be signed again.',
    pt: 'A assinatura caducou. É preciso assinar de novo.',
  },
  bad_answer: {
    status: 422,
    es: 'Hay una respuesta que no lo es; mira «errors».',
    ca: 'Hi ha una resposta que no ho és; mira «errors».',
    en: 'One of the answers is none; see “errors”.',
    pt: 'Há uma resposta que não o é; vê «errors».',
  },
});
