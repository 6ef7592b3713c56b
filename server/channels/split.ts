/**
 * Cutting texts to what a channel can show. Lengths are in UTF-16 units, which is never less than what a vendor
 * counts; a cut never parts an emoji, a letter from its accent, or a pair of surrogates.
 */

const graphemes = new Intl.Segmenter('es', { granularity: 'grapheme' });

/** Good places to cut, best first: after a paragraph, a line, a sentence, a word. */
const PLACES = [/\n[^\S\n]*\n\s*/g, /\n\s*/g, /(?<=[.!?…])\s+/g, /\s+/g];

/**
 * Splits a text into parts of at most `limit`; only white space at a cut is lost.
 * @returns at least one part; an empty or blank text gives none
 */
export function splitText(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const { end, next } = cutBefore(rest, limit);
    const part = rest.slice(0, end);
    if (part.trim() !== '') parts.push(part);
    rest = rest.slice(next);
  }
  if (rest.trim() !== '') parts.push(rest);
  return parts;
}

/** Splits so that the last part is at most `tail` and the ones before at most `limit`: a long text and its menu. */
export function splitTail(text: string, limit: number, tail: number): { before: string[]; last: string } {
  if (text.length <= tail) return { before: [], last: text };
  // the shortest beginning after which the rest fits, at the best place there is
  for (const place of PLACES) {
    for (const found of text.matchAll(place)) {
      const next = found.index + found[0].length;
      if (text.length - next <= tail && next < text.length)
        return { before: splitText(text.slice(0, found.index), limit), last: text.slice(next) };
    }
  }
  const parts = splitText(text, tail);
  return { before: parts.slice(0, -1), last: parts.at(-1) ?? '' };
}

function cutBefore(text: string, limit: number): { end: number; next: number } {
  const head = text.slice(0, limit + 1);
  for (const place of PLACES) {
    let best: { end: number; next: number } | undefined;
    for (const found of head.matchAll(place)) {
      if (found.index > limit) break;
      if (found.index > 0) best = { end: found.index, next: found.index + found[0].length };
    }
    // a paragraph that ends early wastes the room: then a lesser place is better
    if (best && (best.end >= limit / 2 || place === PLACES.at(-1))) return best;
  }
  const end = graphemeCut(text, limit);
  return { end, next: end };
}

/** The last place at or before `limit` that parts no grapheme; for one longer than `limit` a whole code point at least. */
function graphemeCut(text: string, limit: number): number {
  let end = 0;
  // no grapheme of a real text is longer than this many units; a longer one is cut between code points
  const from = Math.max(0, limit - 64);
  const safeFrom = from > 0 && isLow(text.charCodeAt(from)) ? from - 1 : from;
  for (const { index, segment } of graphemes.segment(text.slice(safeFrom, limit + 64))) {
    const stop = safeFrom + index + segment.length;
    if (stop > limit) break;
    end = stop;
  }
  if (end > safeFrom) return end;
  const hard = isLow(text.charCodeAt(limit)) ? limit - 1 : limit;
  return hard > 0 ? hard : Math.min(2, text.length);
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** A title cut at the end of a word with an ellipsis, when it is longer than `limit`. */
export function fitTitle(title: string, limit: number): string {
  const clean = title.replace(/\s+/g, ' ').trim();
  if (clean.length <= limit) return clean;
  const room = limit - 1;
  const space = clean.slice(0, room + 1).lastIndexOf(' ');
  // a first word longer than half the room is cut inside
  const end = space >= room / 2 ? space : graphemeCut(clean, room);
  return `${clean.slice(0, end).replace(/[\s.,;:·–—-]+$/u, '')}…`;
}
