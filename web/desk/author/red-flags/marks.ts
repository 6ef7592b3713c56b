import type { Tried } from '../../../../server/desk/red-flags/contract.ts';

/** `fired`: raised a flag. `off`: a context took it away or lowered it. `context`: changed what others mean. */
export type Mark = 'fired' | 'off' | 'context';
export type Piece = { text: string; mark: Mark | null; start: number };

/** The names of what raised a flag, in the rules that count. */
export function raising(tried: Tried): Set<string> {
  return new Set(tried.rules.filter((one) => one.fired !== 'faint').flatMap((one) => one.concepts));
}

/** The contexts that did something to a concept. */
export function acting(tried: Tried): Set<string> {
  return new Set(tried.concepts.flatMap((one) => (one.because ? [one.because] : [])));
}

/** The sentence cut where marks begin and end; where they lie on one another, what raised a flag is seen. */
export function piecesOf(text: string, tried: Tried): Piece[] {
  const fired = raising(tried);
  const contexts = acting(tried);
  const marks: { start: number; end: number; mark: Mark }[] = [];
  for (const one of tried.concepts) {
    if (one.state !== 'removed' && fired.has(one.concept)) marks.push({ ...one, mark: 'fired' });
    else if (one.because) marks.push({ ...one, mark: 'off' });
  }
  for (const one of tried.contexts) if (contexts.has(one.context)) marks.push({ ...one, mark: 'context' });
  const order: Mark[] = ['fired', 'context', 'off'];
  const cuts = [...new Set([0, text.length, ...marks.flatMap((one) => [one.start, one.end])])].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start, end] = [cuts[i]!, cuts[i + 1]!];
    const here = marks.filter((one) => one.start <= start && end <= one.end).map((one) => one.mark);
    const mark = order.find((one) => here.includes(one)) ?? null;
    const last = pieces.at(-1);
    if (last && last.mark === mark) last.text += text.slice(start, end);
    else pieces.push({ text: text.slice(start, end), mark, start });
  }
  return pieces.filter((one) => one.text);
}
