import type { Language } from './contract.ts';

/** What a patient reads when the assistant failed: true, and with a next step. */
export const sorryTexts: Record<Language, string> = {
  es: 'Lo siento, no he podido [atenderle|atenderte] bien. [Le|Te] paso con una persona del equipo, que ya ve lo que [ha|has] escrito.',
  ca: 'Ho sento, no [l’he|t’he] pogut atendre bé. [El|Et] passo amb una persona de l’equip, que ja veu el que [ha|has] escrit.',
  en: 'I am sorry, I could not help you properly. I am passing you to a person on the team, who can already see what you wrote.',
  pt: 'Lamento, não consegui ajudar bem. Passo a uma pessoa da equipa, que já vê o que [escreveu|escreveste].',
};

/** Who wrote here proved to be someone whom people serve already: what happens with the line, and where they read the answer. */
export const joinedTexts: Record<'waiting' | 'held', Record<Language, string>> = {
  waiting: {
    es: 'Gracias. Ya [está|estás] esperando a una persona del equipo: [su|tu] lugar no cambia. Seguimos aquí: [escriba|escribe|escribí] lo que [necesite|necesites] y quien [le|te] atienda lo leerá y [le|te] responderá aquí.',
    ca: 'Gràcies. Ja [està|estàs] esperant una persona de l’equip: el [seu|teu] lloc no canvia. Seguim aquí: [escrigui|escriu] el que [necessiti|necessitis] i qui [l’atengui|t’atengui] ho llegirà i [li|et] respondrà aquí.',
    en: 'Thank you. You are already waiting for a person on our team, and your place does not change. We go on here: write what you need, and whoever helps you will read it and answer here.',
    pt: 'Obrigado. Já [está|estás] à espera de uma pessoa da equipa: o [seu|teu] lugar não muda. Continuamos aqui: [escreva|escreve] o que [precisar|precisares] e quem [o|te] atender vai ler e responder aqui.',
  },
  held: {
    es: 'Gracias. Ya [le|te] atiende una persona del equipo. Seguimos aquí: [escriba|escribe|escribí] lo que [necesite|necesites] y esa persona lo leerá y [le|te] responderá aquí.',
    ca: 'Gràcies. Ja [l’atén|t’atén] una persona de l’equip. Seguim aquí: [escrigui|escriu] el que [necessiti|necessitis] i aquesta persona ho llegirà i [li|et] respondrà aquí.',
    en: 'Thank you. A person on our team is already helping you. We go on here: write what you need, and they will read it and answer here.',
    pt: 'Obrigado. Uma pessoa da equipa já [o|te] está a atender. Continuamos aqui: [escreva|escreve] o que [precisar|precisares] e essa pessoa vai ler e responder aqui.',
  },
};

/** Who comes, who leaves, who answers from now on. */
export type Introduction = {
  what: 'joined' | 'left' | 'passed';
  name: string;
  role?: 'interpreter' | 'supervisor' | 'colleague';
  /** Of an interpreter. */
  speaks?: Language;
  /** Who goes on answering. */
  owner?: string | null;
};

const languages: Record<Language, Record<Language, string>> = {
  es: { es: 'español', ca: 'catalán', en: 'inglés', pt: 'portugués' },
  ca: { es: 'castellà', ca: 'català', en: 'anglès', pt: 'portuguès' },
  en: { es: 'Spanish', ca: 'Catalan', en: 'English', pt: 'Portuguese' },
  pt: { es: 'espanhol', ca: 'catalão', en: 'inglês', pt: 'português' },
};

const roles: Record<Language, (role: Introduction['role'], speaks: string) => string> = {
  es: (role, speaks) =>
    role === 'interpreter'
      ? `intérprete de ${speaks}`
      : role === 'supervisor'
        ? 'responsable del equipo'
        : 'del mismo equipo',
  ca: (role, speaks) =>
    role === 'interpreter'
      ? `intèrpret ${speaks.startsWith('a') ? 'd’' : 'de '}${speaks}`
      : role === 'supervisor'
        ? 'responsable de l’equip'
        : 'del mateix equip',
  en: (role, speaks) =>
    role === 'interpreter' ? `${speaks} interpreter` : role === 'supervisor' ? 'team supervisor' : 'of the same team',
  pt: (role, speaks) =>
    role === 'interpreter'
      ? `intérprete de ${speaks}`
      : role === 'supervisor'
        ? 'responsável da equipa'
        : 'da mesma equipa',
};

/** What the patient reads of it. */
export function introductions(language: Language, { what, name, role, speaks, owner }: Introduction): string {
  const as = roles[language](role, languages[language][speaks ?? language]);
  switch (language) {
    case 'es':
      if (what === 'passed')
        return `Desde ahora [le|te] atiende ${name}. Ya ve todo lo que [ha|has] escrito; no hace falta repetirlo.`;
      if (what === 'left')
        return owner
          ? `${name} ya no está en la conversación. [Sigue|Sigues] con ${owner}.`
          : `${name} ya no está en la conversación.`;
      return `Se une a la conversación ${name}, ${as}. Verá lo que se ha escrito y también podrá escribir.${owner ? ` Quien [le|te] atiende sigue siendo ${owner}.` : ''}`;
    case 'ca':
      if (what === 'passed')
        return `A partir d’ara [l’atén|t’atén] ${name}. Ja veu tot el que [ha|has] escrit; no cal repetir-ho.`;
      if (what === 'left')
        return owner
          ? `${name} ja no és a la conversa. [Continua|Continues] amb ${owner}.`
          : `${name} ja no és a la conversa.`;
      return `S’afegeix a la conversa ${name}, ${as}. Veurà el que s’ha escrit i també podrà escriure.${owner ? ` Qui [l’atén|t’atén] continua sent ${owner}.` : ''}`;
    case 'en':
      if (what === 'passed')
        return `From now on ${name} is helping you, and can already see everything you wrote; there is no need to repeat it.`;
      if (what === 'left')
        return owner
          ? `${name} has left the conversation. You are still with ${owner}.`
          : `${name} has left the conversation.`;
      return `${name}, ${as}, is joining the conversation and can read it and write here.${owner ? ` ${owner} is still the one helping you.` : ''}`;
    case 'pt':
      if (what === 'passed')
        return `A partir de agora [é atendido por|atende-te] ${name}, que já vê tudo o que [escreveu|escreveste]; não é preciso repetir.`;
      if (what === 'left')
        return owner
          ? `${name} já não está na conversa. [Continua|Continuas] com ${owner}.`
          : `${name} já não está na conversa.`;
      return `${name}, ${as}, junta-se à conversa: vê o que foi escrito e também pode escrever.${owner ? ` Quem [o|te] atende continua a ser ${owner}.` : ''}`;
  }
}

/** The assistant begins what an agent gave it back for, and to whom the conversation comes back. */
export const errandTexts: Record<
  Language,
  { begins: (purpose: string, name: string) => string; back: (name: string) => string; backToTeam: string }
> = {
  es: {
    begins: (purpose, name) =>
      `Soy el asistente. ${name} me pide que siga yo con esto: ${purpose}. Al terminar, la conversación vuelve con ${name} o, si ya no está, con el equipo. Para volver antes, [escriba|escribe|escribí] «persona».`,
    back: (name) => `La conversación vuelve con ${name}.`,
    backToTeam: 'La conversación vuelve con el equipo.',
  },
  ca: {
    begins: (purpose, name) =>
      `Soc l’assistent. ${name} em demana que continuï jo amb això: ${purpose}. En acabar, la conversa torna amb ${name} o, si ja no hi és, amb l’equip. Per tornar abans, [escrigui|escriu] «persona».`,
    back: (name) => `La conversa torna amb ${name}.`,
    backToTeam: 'La conversa torna amb l’equip.',
  },
  en: {
    begins: (purpose, name) =>
      `I am the assistant. ${name} has asked me to go on with this: ${purpose}. When it is done, the conversation goes back to ${name} or, if they are no longer here, to the team. To go back sooner, write “person”.`,
    back: (name) => `The conversation goes back to ${name}.`,
    backToTeam: 'The conversation goes back to the team.',
  },
  pt: {
    begins: (purpose, name) =>
      `Sou o assistente. ${name} pediu-me que continue eu com isto: ${purpose}. No fim, a conversa volta a ${name} ou, se já não estiver, à equipa. Para voltar antes, [escreva|escreve] «pessoa».`,
    back: (name) => `A conversa volta a ${name}.`,
    backToTeam: 'A conversa volta à equipa.',
  },
};
