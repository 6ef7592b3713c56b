import { addressed } from '../../trust/address.ts';
import type { Organisation } from '../../trust/organisation.ts';
import type { Language } from '../contract.ts';

/** The two buttons under "is it happening to you now?": short enough for every channel. */
export const buttonTexts: Record<Language, { yes: string; no: string }> = {
  es: { yes: 'Sí', no: 'No' },
  ca: { yes: 'Sí', no: 'No' },
  en: { yes: 'Yes', no: 'No' },
  pt: { yes: 'Sim', no: 'Não' },
};

type Said = Record<Language, string>;
type Spoken = Pick<Organisation, 'emergencyNumber' | 'settings'>;

/** After a clear no: heard, kept, and how to come to a nurse or to help. */
export const calmText = (language: Language, organisation: Spoken): string =>
  fill(
    {
      es: 'Gracias, queda anotado. Si empieza o empeora, [llame|llama|llamá] al {number}. Si [prefiere|prefieres|preferís] hablar con enfermería, [escriba|escribe|escribí] «enfermería».',
      ca: 'Gràcies, queda anotat. Si comença o empitjora, [truqui|truca] al {number}. Si [prefereix|prefereixes] parlar amb infermeria, [escrigui|escriu] «infermeria».',
      en: 'Thank you, noted. If it starts or gets worse, call {number}. If you would rather talk to a nurse, write “nurse”.',
      pt: 'Obrigado, fica registado. Se começar ou piorar, [ligue|liga] para o {number}. Se [preferir|preferires] falar com a enfermagem, [escreva|escreve] «enfermagem».',
    },
    language,
    organisation,
  );

/** A no that came when the alarm had already been raised. */
export const lateText = (language: Language, organisation: Spoken): string =>
  fill(
    {
      es: 'Gracias por decirlo. Como no teníamos respuesta ya avisamos a una persona del equipo: [le|te] escribirá por aquí. Si empieza o empeora, [llame|llama|llamá] al {number}.',
      ca: 'Gràcies per dir-ho. Com que no teníem resposta, ja hem avisat una persona de l’equip: [li escriurà|t’escriurà] per aquí. Si comença o empitjora, [truqui|truca] al {number}.',
      en: 'Thank you for telling us. As we had no answer, we already alerted a person on the team: they will write to you here. If it starts or gets worse, call {number}.',
      pt: 'Obrigado por dizer. Como não tínhamos resposta, já avisámos uma pessoa da equipa: vai [escrever-lhe|escrever-te] por aqui. Se começar ou piorar, [ligue|liga] para o {number}.',
    },
    language,
    organisation,
  );

/** Who asked for a nurse is passed on. */
export const nurseText = (language: Language, organisation: Spoken): string =>
  fill(
    {
      es: '[Le|Te] paso con enfermería. Si mientras tanto empeora, [llame|llama|llamá] al {number}.',
      ca: '[El|Et] passo amb infermeria. Si mentrestant empitjora, [truqui|truca] al {number}.',
      en: 'I am passing you to a nurse. If it gets worse meanwhile, call {number}.',
      pt: 'Vou passar à enfermagem. Se entretanto piorar, [ligue|liga] para o {number}.',
    },
    language,
    organisation,
  );

function fill(said: Said, language: Language, { emergencyNumber, settings }: Spoken): string {
  return addressed(said[language], settings.address).replaceAll('{number}', emergencyNumber);
}
