import { near, shorter, words } from '../../triage/words.ts';
import type { Word } from '../../triage/words.ts';

/** Something that has names; a star ends a stem ("cardiolog*"). */
export type Named = { key: string; names: readonly string[] };
export type Found = {
  key: string;
  /** Place of its first and behind its last word. */ from: number;
  to: number;
  exact: boolean;
};
export type Finder = (said: readonly Word[]) => Found[];

type Form = { key: string; tokens: string[]; stem: boolean };

/** Shortest word in which a slip is forgiven, and in which two are; shorter ones are too alike. */
const FORGIVEN = 5;
const TWICE = 9;

/**
 * Finds names in what was said: by ear, without accents, one slip forgiven in words of five letters and two in those of
 * nine; never two in a place: the longest name wins, then the one without a slip.
 */
export function finderOf(list: readonly Named[]): Finder {
  const begins = new Map<string, Form[]>();
  const slips = new Map<string, Form[]>();
  const stems = new Map<string, Form[]>();
  const put = (map: Map<string, Form[]>, key: string, form: Form): void => {
    const known = map.get(key);
    if (!known) map.set(key, [form]);
    else if (!known.includes(form)) known.push(form);
  };
  for (const { key, names } of list) {
    for (const name of names) {
      const stem = name.endsWith('*');
      const tokens = words(name.replace('*', '')).map((word) => word.sound);
      if (tokens.length === 0) continue;
      const form: Form = { key, tokens, stem };
      const first = tokens[0]!;
      if (stem && tokens.length === 1) put(stems, first.slice(0, 4), form);
      else put(begins, first, form);
      if (!stem && first.length >= FORGIVEN) for (const part of shorter(first)) put(slips, part, form);
    }
  }
  return (said) => {
    const found: (Found & { weight: number })[] = [];
    for (let from = 0; from < said.length; from++) {
      const heard = said[from]!.sound;
      const forms = new Set<Form>([...(begins.get(heard) ?? []), ...(stems.get(heard.slice(0, 4)) ?? [])]);
      if (heard.length >= FORGIVEN)
        for (const part of shorter(heard)) for (const form of slips.get(part) ?? []) forms.add(form);
      for (const form of forms) {
        const alike = fits(form, said, from);
        if (alike === null) continue;
        const to = from + form.tokens.length;
        let weight = alike ? 0.5 : 0;
        for (let i = from; i < to; i++) weight += said[i]!.sound.length;
        found.push({ key: form.key, from, to, exact: alike, weight });
      }
    }
    found.sort((a, b) => b.weight - a.weight || a.from - b.from);
    const taken = new Uint8Array(said.length);
    const out: Found[] = [];
    for (const { key, from, to, exact } of found) {
      if (taken.subarray(from, to).some((one) => one === 1)) continue;
      taken.fill(1, from, to);
      out.push({ key, from, to, exact });
    }
    return out.sort((a, b) => a.from - b.from);
  };
}

/** Whether a name begins at a place: true outright, false with a slip, null not. */
function fits(form: Form, said: readonly Word[], from: number): boolean | null {
  if (from + form.tokens.length > said.length) return null;
  let exact = true;
  for (const [i, token] of form.tokens.entries()) {
    const heard = said[from + i]!.sound;
    if (heard === token) continue;
    if (form.stem && i === form.tokens.length - 1) {
      if (heard.startsWith(token)) continue;
      if (token.length >= 6 && near(heard.slice(0, token.length), token)) {
        exact = false;
        continue;
      }
      return null;
    }
    if (!forgives(heard, token)) return null;
    exact = false;
  }
  return exact;
}

/** Whether two words by ear are one word with a slip. The first letter is seldom the wrong one. */
function forgives(heard: string, token: string): boolean {
  const shortest = Math.min(heard.length, token.length);
  if (shortest < FORGIVEN) return false;
  if (shortest < 7 && heard[0] !== token[0]) return false;
  return near(heard, token, shortest >= TWICE ? 2 : 1);
}
