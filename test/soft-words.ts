import { screen } from '../server/triage/screen.ts';

/** What may or may not be happening now; which of them the screen finds soft is its own affair. */
const PERHAPS = [
  'la semana pasada tuve dolor en el pecho, quiero cita con cardiología',
  'ayer me dolía el pecho, quiero cita con cardiología',
  'tuve dolor en el pecho y quiero cita con cardiología',
  'si me duele el pecho qué hago',
  'mi padre tuvo un ictus el año pasado',
];

/** A sentence in Spanish that raises a soft flag by the rules as they are. */
export function softWords(): string {
  const found = PERHAPS.find((words) => screen(words, 'es').level === 'soft');
  if (!found) throw new Error('none of the sentences of this test is soft any more: give it one that is');
  return found;
}
