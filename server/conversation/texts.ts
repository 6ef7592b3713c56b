import type { Language } from './contract.ts';

/** What a patient reads when the assistant failed: true, and with a next step. */
export const sorryTexts: Record<Language, string> = {
  es: 'Lo siento, no he podido [atenderle|atenderte] bien. [Le|Te] paso con una persona del equipo, que ya ve lo que [ha|has] escrito.',
  ca: 'Ho sento, no [l’he|t’he] pogut atendre bé. [El|Et] passo amb una persona de l’equip, que ja veu el que [ha|has] escrit.',
  en: 'I am sorry, I could not help you properly. I am passing you to a person on the team, who can already see what you wrote.',
  pt: 'Lamento, não consegui ajudar bem. Passo a uma pessoa da equipa, que já vê o que [escreveu|escreveste].',
};
