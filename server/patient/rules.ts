/** Proofs in rising order; see words.md. */
const RANK = { none: 0, claimed: 1, matched: 2, confirmed: 3 } as const;
export type Proof = keyof typeof RANK;

/** Whether a proof is at least what is asked for. */
export function suffices(proof: Proof, needed: Proof): boolean {
  return RANK[proof] >= RANK[needed];
}

/** Wrong tries before an address may not try again for a while, and that while. */
export const TRIES = 3;
export const LOCK_MINUTES = 30;

/** What is left after the wrong tries of the last half hour that no right one followed. */
export function lockAfter(wrong: number): { locked: boolean; left: number } {
  return { locked: wrong >= TRIES, left: Math.max(0, TRIES - wrong) };
}

/**
 * A name's words as they are searched: without accents and case, each as a whole and by its beginnings of three letters and more,
 * so that "Enc Villa" finds Encarnación Villaescusa.
 */
export function nameTokens(name: string): string[] {
  const tokens = new Set<string>();
  for (const word of normaliseName(name))
    for (let end = Math.min(3, word.length); end <= word.length; end += 1) tokens.add(word.slice(0, end));
  return [...tokens];
}

/** The words of a name or of a search, normalised. */
export function normaliseName(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/\p{M}|·/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
    .slice(0, 12);
}
