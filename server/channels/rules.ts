/**
 * How often: a token bucket told as one moment (GCRA, ITU-T I.371). Each spending moves the moment on by `everyMs`;
 * while it is no further ahead than `burstMs` the next may go.
 */
export class Pace {
  readonly #everyMs: number;
  readonly #burstMs: number;
  #at = 0;

  constructor(everyMs: number, burstMs: number) {
    this.#everyMs = everyMs;
    this.#burstMs = burstMs;
  }

  /** Milliseconds until the next may go; 0 is now. */
  waitAt(now: number): number {
    return Math.max(0, Math.ceil(this.#at - this.#burstMs - now));
  }

  spend(now: number, count: number): void {
    this.#at = Math.max(now, this.#at) + count * this.#everyMs;
  }

  /** Whether nothing is owed: the bucket can be forgotten. */
  isFull(now: number): boolean {
    return this.#at <= now;
  }
}

const LONGEST_MS = 300_000;

/**
 * How long a failed message waits: `firstMs` times `factor` for each attempt after the first, up to five minutes,
 * half of it by chance so that many do not come back at once.
 * Meta asks for 4^n seconds after error 131056 and leaves the rest to us.
 */
export function backOff(attempt: number, firstMs: number, factor: number, chance = Math.random()): number {
  const full = Math.min(LONGEST_MS, firstMs * factor ** Math.max(0, attempt - 1));
  return Math.ceil(full / 2 + (full / 2) * chance);
}

/** How long a whole number rests after the vendor's n-th "too fast" in a row: short, for everybody waits. */
export function numberPause(strikes: number, firstMs: number, chance = Math.random()): number {
  return backOff(Math.min(strikes, 6), firstMs / 2, 2, chance);
}

/**
 * A name that somebody else chose, of a person or a file, fit for a line of ours: without control characters, what is not seen, and
 * what turns the direction of writing (U+202E shows `gpj.exe` as `exe.jpg`). What joins emoji and Persian letters stays.
 * @returns undefined when nothing is left that can be read
 */
export function fitName(name: string | undefined, longest: number): string | undefined {
  const fit = name
    ?.normalize('NFC')
    .replace(/[\p{Cc}\u200B\u202A-\u202E\u2060-\u2069\uFEFF]/gu, '')
    .trim();
  return fit && /[\p{L}\p{N}\p{P}\p{S}]/u.test(fit) ? [...fit].slice(0, longest).join('') : undefined;
}
