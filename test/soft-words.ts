import { screen } from '../server/triage/screen.ts';

/** What may or may not be happening now; which of them the screen finds soft is its own affair. */
const PERHAPS = [
  'quiero cita, me duele un poco el pecho al toser',
  'me duele un poco el pecho al toser',
  'quiero cita, siento palpitaciones a veces',
  'siento palpitaciones',
  'si me duele el pecho qué hago',
  'la semana pasada tuve dolor en el pecho, quiero cita con cardiología',
];

/** A sentence in Spanish that raises a soft flag by the rules as they are. */
export function softWords(): string {
  const found = PERHAPS.find((words) => screen(words, 'es').level === 'soft');
  if (!found) throw new Error('none of the sentences of this test is soft any more: give it one that is');
  return found;
}
