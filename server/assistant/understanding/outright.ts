import type { BaseIntent } from './intents.ts';

/** Concepts that say nothing of what is wanted: they may stand beside any wish. */
const BESIDE = new Set(
  'greeting thanks day want can family yes new doctor specialist scan vaccine test appointment person when next talk order'.split(
    ' ',
  ),
);
const DEEDS: readonly [concept: string, intent: BaseIntent][] = [
  ['cancel', 'appointment_cancel'],
  ['change', 'appointment_change'],
  ['confirm', 'appointment_confirm'],
  ['book', 'appointment_book'],
];

/**
 * An appointment and one thing to be done with it, and nothing else: "cancelar la cita", "quiero turno con el cardiólogo".
 * Said so plainly it needs no training. Null where anything else stands in the text.
 */
export function saidOutright(concepts: readonly string[]): BaseIntent | null {
  const set = new Set(concepts);
  const about = set.has('appointment');
  const something = about || set.has('specialist') || set.has('scan');
  if (!something) return null;
  const deeds = DEEDS.filter(([concept]) => set.has(concept));
  for (const concept of set)
    if (!BESIDE.has(concept) && concept !== 'mine' && !deeds.some(([deed]) => deed === concept)) return null;
  if (deeds.length === 1) {
    const [[deed, intent]] = deeds as [(typeof DEEDS)[number]];
    if (deed === 'book')
      return set.has('when') || set.has('next') || set.has('mine') || set.has('order') ? null : intent;
    return about ? intent : null;
  }
  // "quiero turno": no deed but the wish itself
  const wished =
    set.has('want') && about && !['mine', 'when', 'next', 'order', 'test', 'talk'].some((one) => set.has(one));
  return deeds.length === 0 && wished ? 'appointment_book' : null;
}
