import type { Category, Level } from './contract.ts';

type Language = 'es' | 'ca' | 'en' | 'pt';
type Said = Record<Language, string>;

const CALL: Said = {
  es: 'Lo que cuenta puede ser una emergencia. Llame ahora al {number}. No espere a que le respondamos por aquí. Avisamos ya a una persona de nuestro equipo.',
  ca: 'El que explica pot ser una emergència. Truqui ara al {number}. No esperi que li responguem per aquí. Ja avisem una persona del nostre equip.',
  en: 'What you describe may be an emergency. Call {number} now. Do not wait for an answer here. We are alerting a person of our team.',
  pt: 'O que descreve pode ser uma emergência. Ligue agora para o {number}. Não espere pela nossa resposta aqui. Já estamos a avisar uma pessoa da nossa equipa.',
};

const ASK: Said = {
  es: '¿Le está pasando ahora? Si es así, llame al {number} sin esperar.',
  ca: "Li està passant ara? Si és així, truqui al {number} sense esperar.",
  en: 'Is this happening now? If so, call {number} without waiting.',
  pt: 'Está a acontecer agora? Se sim, ligue para o {number} sem esperar.',
};

/** One sentence of first aid by kind. DRAFT: to be signed by a clinician of the organisation. */
const FIRST_AID: Partial<Record<Category, Said>> = {
  cardiac: {
    es: 'Siéntese, no haga esfuerzos y no se quede a solas.',
    ca: 'Segui, no faci esforços i no es quedi sol.',
    en: 'Sit down, do not exert yourself and do not stay alone.',
    pt: 'Sente-se, não faça esforços e não fique só.',
  },
  respiratory: {
    es: 'Siéntese con el cuerpo erguido y afloje la ropa.',
    ca: 'Segui amb el cos dret i afluixi la roba.',
    en: 'Sit upright and loosen tight clothing.',
    pt: 'Sente-se direito e alargue a roupa.',
  },
  stroke: {
    es: 'Anote la hora en que empezó. No dé nada de comer ni de beber.',
    ca: "Anoti l'hora en què ha començat. No doni res de menjar ni de beure.",
    en: 'Note the time it began. Give nothing to eat or drink.',
    pt: 'Anote a hora em que começou. Não dê nada a comer nem a beber.',
  },
  unconscious: {
    es: 'Si no respira, en el {number} le dirán cómo dar masaje cardíaco. Si respira, póngale de lado.',
    ca: 'Si no respira, al {number} li diran com fer el massatge cardíac. Si respira, posi-la de costat.',
    en: 'If there is no breathing, {number} will tell you how to do chest compressions. If there is, turn the person on the side.',
    pt: 'Se não respira, no {number} dirão como fazer a massagem cardíaca. Se respira, deite a pessoa de lado.',
  },
  seizure: {
    es: 'Aparte los objetos, no sujete a la persona ni le ponga nada en la boca.',
    ca: 'Aparti els objectes, no subjecti la persona ni li posi res a la boca.',
    en: 'Clear the space, do not hold the person down or put anything in the mouth.',
    pt: 'Afaste os objetos, não segure a pessoa nem lhe ponha nada na boca.',
  },
  bleeding: {
    es: 'Apriete fuerte sobre la herida con un paño limpio y no lo levante.',
    ca: "Premi fort sobre la ferida amb un drap net i no l'aixequi.",
    en: 'Press hard on the wound with a clean cloth and do not lift it.',
    pt: 'Pressione com força a ferida com um pano limpo e não o levante.',
  },
  anaphylaxis: {
    es: 'Si tiene adrenalina autoinyectable, úsela ya.',
    ca: 'Si té adrenalina autoinjectable, faci-la servir ja.',
    en: 'If there is an adrenaline auto-injector, use it now.',
    pt: 'Se tem adrenalina autoinjetável, use-a já.',
  },
  choking: {
    es: 'Anime a toser. Si no puede, en el {number} le guiarán.',
    ca: 'Animi a tossir. Si no pot, al {number} el guiaran.',
    en: 'Encourage coughing. If that is not possible, {number} will guide you.',
    pt: 'Incentive a tossir. Se não conseguir, no {number} vão orientar.',
  },
  poisoning: {
    es: 'No provoque el vómito y tenga el envase a mano.',
    ca: "No provoqui el vòmit i tingui l'envàs a mà.",
    en: 'Do not cause vomiting and keep the container at hand.',
    pt: 'Não provoque o vómito e tenha a embalagem à mão.',
  },
  suicide: {
    es: 'Su vida importa. Quédese con alguien y aleje lo que pueda hacerle daño. Le va a atender una persona.',
    ca: "La seva vida importa. Quedi's amb algú i allunyi el que pugui fer-li mal. L'atendrà una persona.",
    en: 'Your life matters. Stay with someone and keep away anything that could hurt you. A person will talk with you.',
    pt: 'A sua vida importa. Fique com alguém e afaste o que possa magoar. Uma pessoa vai falar consigo.',
  },
  burn: {
    es: 'Enfríe con agua corriente y no ponga nada más.',
    ca: 'Refredi amb aigua corrent i no hi posi res més.',
    en: 'Cool it with running water and put nothing else on it.',
    pt: 'Arrefeça com água corrente e não ponha mais nada.',
  },
  violence: {
    es: 'Si puede, vaya a un lugar seguro.',
    ca: 'Si pot, vagi a un lloc segur.',
    en: 'If you can, go to a safe place.',
    pt: 'Se puder, vá para um lugar seguro.',
  },
};

/**
 * The fixed text for a red flag. `hard` tells to call; `soft` asks whether it is happening now, with the number shown.
 * An unknown language is answered in Spanish rather than not at all.
 */
export function emergencyText(
  level: Exclude<Level, 'none'>,
  language: string,
  emergencyNumber: string,
  category?: Category,
): string {
  const at = (said: Said): string => (said[language as Language] ?? said.es).replaceAll('{number}', emergencyNumber);
  if (level === 'soft') return at(ASK);
  const aid = category ? FIRST_AID[category] : undefined;
  return aid ? at(CALL) + '\n\n' + at(aid) : at(CALL);
}
