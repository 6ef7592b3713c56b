import { problems } from '../../platform/problems.ts';

export const redFlagProblems = problems('redflags', {
  other_content: {
    status: 409,
    es: 'El paquete no es el que has leído. Vuelve a cargar la página antes de firmarlo.',
    ca: 'El paquet no és el que has llegit. Torna a carregar la pàgina abans de signar-lo.',
    en: 'The pack is not what you read. Load the page again before signing it.',
    pt: 'O pacote não é o que leste. Volta a carregar a página antes de o assinar.',
  },
  bad_expiry: {
    status: 400,
    es: 'La firma ha de caducar después de hoy y antes de dos años.',
    ca: 'La signatura ha de caducar després d’avui i abans de dos anys.',
    en: 'The signature must expire after today and within two years.',
    pt: 'A assinatura tem de caducar depois de hoje e antes de dois anos.',
  },
  not_signed: {
    status: 409,
    es: 'No hay ninguna firma que retirar.',
    ca: 'No hi ha cap signatura per retirar.',
    en: 'There is no signature to withdraw.',
    pt: 'Não há nenhuma assinatura para retirar.',
  },
});
