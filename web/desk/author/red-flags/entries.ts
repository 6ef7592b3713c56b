import type { PackEntry } from '../../../../server/desk/red-flags/contract.ts';

/** One place of an entry: any of these may stand there. `family`: a list of words of the pack by its name. */
export type Place = { ways: { text: string; family: boolean; open: boolean }[]; close: boolean };

/**
 * An entry of the pack as it is read: `<no> puedo|puede _ respir*` is a family, one of two words, and directly behind them a word
 * that may go on. The grammar: clinical/red-flags/families.yaml.
 */
export function placesOf(text: string): Place[] {
  const places: Place[] = [];
  let close = false;
  for (const written of text.split(' ')) {
    if (written === '_') {
      close = true;
      continue;
    }
    const ways = written.split('|').map((way) => {
      const family = /^<(.+)>$/.exec(way);
      if (family) return { text: family[1]!, family: true, open: false };
      const range = /^([\d.]+)\.\.([\d.]+)$/.exec(way);
      if (range) return { text: `${range[1]}–${range[2]}`, family: false, open: false };
      return { text: way.replaceAll('_', ' ').replace(/\*$/, ''), family: false, open: way.endsWith('*') };
    });
    places.push({ ways, close });
    close = false;
  }
  return places;
}

/** The families that entries name. */
export function familiesIn(entries: readonly PackEntry[]): string[] {
  return [...new Set(entries.flatMap((one) => [...one.text.matchAll(/<([^>]+)>/g)].map((found) => found[1]!)))];
}

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Whether the words are somewhere in this text, whatever their accents and case. */
export const holds = (text: string, words: string): boolean => plain(text).includes(plain(words));

/** Whether an entry is about these words: they stand in it, or a stem of it goes on to be them. */
export function covers(text: string, words: string): boolean {
  if (holds(text.replaceAll('_', ' '), words)) return true;
  const wanted = plain(words);
  return placesOf(text).some((place) =>
    place.ways.some((way) => way.open && way.text.length >= 3 && wanted.startsWith(plain(way.text))),
  );
}
