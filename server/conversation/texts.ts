import type { Language } from './contract.ts';

/** What a patient reads when the assistant failed: true, and with a next step. */
export const sorryTexts: Record<Language, string> = {
  es: 'Disculpe, no he podido atenderle bien. Le paso con una persona del equipo, que ya ve lo que ha escrito.',
  ca: 'Disculpi, no l’he pogut atendre bé. El passo amb una persona de l’equip, que ja veu el que ha escrit.',
  en: 'Sorry, I could not help you properly. I am passing you to a person on the team, who can already see what you wrote.',
  pt: 'Desculpe, não consegui atender bem o seu pedido. Vou passar para uma pessoa da equipa, que já vê o que escreveu.',
};
