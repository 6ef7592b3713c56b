/** Longest text that is looked at; what follows is far beyond any channel's limit. */
const LONGEST = 8000;

/** Lower case, without accents or the Catalan dot, apostrophes made one kind. Keeps length roughly, order always. */
export function plain(text: string): string {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  return cut
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u00b7]/g, '')
    .replace(/[’`´]/g, "'");
}

/** Phone spelling, written out. */
const SHORT: Record<string, string> = {
  q: 'que',
  k: 'que',
  ke: 'que',
  xq: 'porque',
  pq: 'porque',
  xk: 'porque',
  porq: 'porque',
  tb: 'tambien',
  tmb: 'tambien',
  x: 'por',
  u: 'you',
  r: 'are',
  pls: 'please',
  plis: 'please',
  vc: 'voce',
  hj: 'hoje',
  n: 'nao',
  nau: 'nao',
  mto: 'muito',
  mt: 'muito',
  bb: 'bebe',
  dsd: 'desde',
  toy: 'estoy',
  stoy: 'estoy',
  pa: 'para',
  dr: 'doctor',
  dra: 'doctora',
};

export type Word = {
  /** Without accents, in lower case. */
  plain: string;
  /** As it sounds: what misspellings share. */
  sound: string;
  /** A comma, full stop or "but" stands before it. */
  breaks: boolean;
};

const BREAKS = new Set(['pero', 'but', 'mas', 'pero', 'aunque', 'sino', 'porem', 'however', 'encara', 'embora']);

/** The words of a text, in order, with phone spelling written out. Emoji and signs are dropped. */
export function words(text: string): Word[] {
  const found: Word[] = [];
  let breaks = false;
  for (const match of plain(text).matchAll(/[\p{L}\p{N}]+|[.,;:!?\n]+/gu)) {
    const part = match[0];
    if (/^[.,;:!?\n]/.test(part)) {
      breaks = true;
      continue;
    }
    const written = SHORT[part] ?? part;
    found.push({ plain: written, sound: sound(written), breaks: breaks || BREAKS.has(written) });
    breaks = false;
  }
  return found;
}

/**
 * A word as it sounds to someone who writes by ear in Spanish, Catalan or Portuguese: b = v, s = z = soft c,
 * silent h, ll = y = i, qu = k, letters once however often they were typed. English passes through the same
 * sieve on both sides, so it still meets itself.
 */
export function sound(word: string): string {
  let out = '';
  let last = '';
  for (let i = 0; i < word.length; i++) {
    const letter = word[i]!;
    const next = word[i + 1] ?? '';
    let heard = letter;
    if (letter === 'h') heard = '';
    else if (letter === 'v') heard = 'b';
    else if (letter === 'z') heard = 's';
    else if (letter === 'y') heard = 'i';
    else if (letter === 'l' && next === 'l') {
      heard = 'i';
      i++;
    } else if (letter === 'c') {
      if (next === 'h') {
        heard = 'ch';
        i++;
      } else heard = next === 'e' || next === 'i' ? 's' : 'k';
    } else if (letter === 'q') {
      heard = 'k';
      if (next === 'u') i++;
    } else if (letter === 'g') {
      if (next === 'e' || next === 'i') heard = 'j';
      else if (next === 'u' && (word[i + 2] === 'e' || word[i + 2] === 'i')) i++;
    }
    if (heard && heard !== last) out += heard;
    if (heard) last = heard;
  }
  return out || word;
}

/** Every text that is one letter shorter; two words that share one are at most one slip apart. */
export function shorter(word: string): string[] {
  const out = [word];
  for (let i = 0; i < word.length; i++) out.push(word.slice(0, i) + word.slice(i + 1));
  return out;
}

/** Whether two words are at most `limit` typing slips apart (Damerau: transposed letters are one slip). */
export function near(a: string, b: string, limit = 1): boolean {
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > limit) return false;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return false;
    before = row;
    row = next;
  }
  return row[b.length]! <= limit;
}
