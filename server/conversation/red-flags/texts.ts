import type { Language } from '../contract.ts';

/** The two buttons under "is it happening to you now?": short enough for every channel. */
export const buttonTexts: Record<Language, { yes: string; no: string }> = {
  es: { yes: 'Sí', no: 'No' },
  ca: { yes: 'Sí', no: 'No' },
  en: { yes: 'Yes', no: 'No' },
  pt: { yes: 'Sim', no: 'Não' },
};

type Said = Record<Language, string>;

/** After a clear no: heard, kept, and how to come to a nurse or to help. */
export const calmText = (language: Language, emergencyNumber: string): string =>
  fill(
    {
      es: 'Gracias, queda anotado. Si empieza o empeora, llame al {number}. Si prefiere hablar con enfermería, escriba «enfermería».',
      ca: 'Gràcies, queda anotat. Si comença o empitjora, truqui al {number}. Si prefereix parlar amb infermeria, escrigui «infermeria».',
      en: 'Thank you, noted. If it starts or gets worse, call {number}. If you would rather talk to a nurse, write “nurse”.',
      pt: 'Obrigado, fica registado. Se começar ou piorar, ligue para o {number}. Se preferir falar com a enfermagem, escreva «enfermagem».',
    },
    language,
    emergencyNumber,
  );

/** A no that came when the alarm had already been raised. */
export const lateText = (language: Language, emergencyNumber: string): string =>
  fill(
    {
      es: 'Gracias por decirlo. Como no teníamos respuesta ya avisamos a una persona del equipo: le escribirá por aquí. Si empieza o empeora, llame al {number}.',
      ca: 'Gràcies per dir-ho. Com que no teníem resposta, ja hem avisat una persona de l’equip: li escriurà per aquí. Si comença o empitjora, truqui al {number}.',
      en: 'Thank you for telling us. As we had no answer, we already alerted a person on the team: they will write to you here. If it starts or gets worse, call {number}.',
      pt: 'Obrigado por dizer. Como não tínhamos resposta, já avisámos uma pessoa da equipa: vai escrever-lhe por aqui. Se começar ou piorar, ligue para o {number}.',
    },
    language,
    emergencyNumber,
  );

/** Who asked for a nurse is passed on. */
export const nurseText = (language: Language, emergencyNumber: string): string =>
  fill(
    {
      es: 'Le paso con enfermería. Si mientras tanto empeora, llame al {number}.',
      ca: 'El passo amb infermeria. Si mentrestant empitjora, truqui al {number}.',
      en: 'I am passing you to a nurse. If it gets worse meanwhile, call {number}.',
      pt: 'Vou passar à enfermagem. Se entretanto piorar, ligue para o {number}.',
    },
    language,
    emergencyNumber,
  );

function fill(said: Said, language: Language, emergencyNumber: string): string {
  return said[language].replaceAll('{number}', emergencyNumber);
}
