import { near, plain, shorter, sound, words } from '../../triage/words.ts';
import { LEXICON } from './lexicon.ts';

type Token = { sound: string; stem: boolean };
type Phrase = { concept: number; tokens: Token[] };

/** Longest word that is compared letter by letter: by ear "hi" would be "y", and "beer" would be "ver". */
const LETTERED = 4;
/** Shortest word, and shortest stem, in which a slip is forgiven; the first letter is seldom the wrong one. */
const FORGIVEN = 5;
const STEM_FORGIVEN = 6;
/** Concepts of a text beyond which no more pairs are made: long stories would drown in them. */
const MOST_PAIRED = 12;

const WHOLE = new Map<string, number[]>();
const STEMS = new Map<string, number[]>();
const SLIPS = new Map<string, Token[]>();
const PHRASES = new Map<string, Phrase[]>();
const STEM_PHRASES = new Map<string, Phrase[]>();
let longestStem = 0;

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (!known) map.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}

for (const [concept, { forms }] of LEXICON.entries())
  for (const form of forms) for (const tokens of readingsOf(form)) keep(concept, tokens);

function keep(concept: number, tokens: Token[]): void {
  const first = tokens[0];
  if (!first) return;
  if (first.stem) longestStem = Math.max(longestStem, first.sound.length);
  if (tokens.length > 1) return put(first.stem ? STEM_PHRASES : PHRASES, first.sound, { concept, tokens });
  put(first.stem ? STEMS : WHOLE, first.sound, concept);
  // foreign matters are not guessed at: "cuanto" is no "cuento"
  if (first.sound.length >= FORGIVEN && !LEXICON[concept]!.concept.startsWith('oos_'))
    for (const part of shorter(first.sound)) put(SLIPS, part, first);
}

/** The tokens of a form; two readings where a stem ends in a letter that sounds by what follows: "chang*", "chang-e". */
function readingsOf(form: string): Token[][] {
  let readings: Token[][] = [[]];
  for (const part of form.split(/\s+/)) {
    const stem = part.includes('*');
    const list = words(part.replace('*', '')).map((word) => word.plain);
    for (const [i, word] of list.entries()) {
      const ends = stem && i === list.length - 1;
      const sounds = !ends
        ? [keyOf(word)]
        : /[cg]$/.test(word)
          ? [sound(word), sound(`${word}e`).slice(0, -1)]
          : [sound(word)];
      readings = readings.flatMap((before) => sounds.map((heard) => [...before, { sound: heard, stem: ends }]));
    }
  }
  return readings;
}

/** What a word is found by: itself when it is short, else how it sounds. */
function keyOf(word: string): string {
  return word.length <= LETTERED ? `=${word}` : sound(word);
}

let heardBefore = new Map<string, readonly number[]>();
const NONE: readonly number[] = [];

/** What one word is about, a slip forgiven where nothing else fits. */
function about(word: string): readonly number[] {
  const known = heardBefore.get(word);
  if (known) return known;
  const found = new Set<number>(WHOLE.get(keyOf(word)));
  const heard = sound(word);
  for (let length = 2; length <= heard.length && length <= longestStem; length++)
    for (const concept of STEMS.get(heard.slice(0, length)) ?? []) found.add(concept);
  if (found.size === 0) {
    // "moverla", "reservarme": the verb under its pronouns
    const verb = /^(.{3,}r)(?:me|te|se|nos|em)?(?:la|lo|las|los|le)?$/.exec(word)?.[1];
    if (verb && verb !== word) for (const concept of about(verb)) found.add(concept);
  }
  if (found.size === 0 && heard.length >= FORGIVEN) slipped(heard, found);
  const list = found.size ? [...found] : NONE;
  if (heardBefore.size > 20_000) heardBefore = new Map();
  heardBefore.set(word, list);
  return list;
}

function slipped(heard: string, found: Set<number>): void {
  const starts = new Set([heard]);
  for (let length = 6; length < heard.length && length <= longestStem + 1; length++) starts.add(heard.slice(0, length));
  for (const start of starts) {
    for (const part of shorter(start)) {
      for (const token of SLIPS.get(part) ?? []) {
        if (token.stem ? token.sound.length < STEM_FORGIVEN : start !== heard) continue;
        if (start[0] !== token.sound[0] || !near(start, token.sound)) continue;
        for (const concept of (token.stem ? STEMS : WHOLE).get(token.sound) ?? []) found.add(concept);
      }
    }
  }
}

/** What a text is about, in order: the concepts of its words and phrases, each once in a row. */
export function conceptsIn(said: readonly string[]): string[] {
  const list = said.map(plain);
  const keys = list.map(keyOf);
  const heard = list.map(sound);
  const found: number[] = [];
  for (let at = 0; at < list.length; at++) {
    const here = new Set<number>(about(list[at]!));
    for (const phrase of PHRASES.get(keys[at]!) ?? []) if (stands(phrase, keys, heard, at)) here.add(phrase.concept);
    for (let length = 2; length <= heard[at]!.length && length <= longestStem; length++)
      for (const phrase of STEM_PHRASES.get(heard[at]!.slice(0, length)) ?? [])
        if (stands(phrase, keys, heard, at)) here.add(phrase.concept);
    for (const concept of [...here].sort((a, b) => a - b)) if (found.at(-1) !== concept) found.push(concept);
  }
  return found.map((concept) => LEXICON[concept]!.concept);
}

function stands(phrase: Phrase, keys: readonly string[], heard: readonly string[], at: number): boolean {
  if (at + phrase.tokens.length > keys.length) return false;
  for (let i = 1; i < phrase.tokens.length; i++) {
    const { sound: form, stem } = phrase.tokens[i]!;
    if (stem ? !heard[at + i]!.startsWith(form) : keys[at + i] !== form) return false;
  }
  return true;
}

/** Concepts alone, one behind the other, and together wherever they stand: what the classifier is given beside words. */
export function signsOf(said: readonly string[], list: readonly string[] = conceptsIn(said)): string[] {
  const signs: string[] = [];
  for (const [i, concept] of list.entries()) {
    signs.push(concept);
    signs.push(`${list[i - 1] ?? ''}>${concept}`);
  }
  const once = [...new Set(list)].slice(0, MOST_PAIRED).sort();
  for (let i = 0; i < once.length; i++) for (let j = i + 1; j < once.length; j++) signs.push(`${once[i]}&${once[j]}`);
  if (list.length === 0) signs.push('nothing');
  return signs;
}
