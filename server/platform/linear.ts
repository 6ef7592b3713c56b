/*
 * A linear text classifier: word 1-2-grams and character 2-5-grams, tf-idf, one linear SVM for each label, probabilities
 * by a fitted temperature. Trained in seconds, asked in microseconds, and the same bytes come out wherever it is trained:
 * only + - * / and the square root are used, which IEEE 754 fixes to the bit, and chance comes from a seed.
 */

/** One text to learn from. Texts of one `group` (the same idea in other words) are never on both sides of a fold. */
export type Example = { words: readonly string[]; label: string; group?: string };

export type Options = {
  /** Noisy copies of each text beside the text itself. */
  copies: number;
  /** Passes over all texts. */
  epochs: number;
  /** What a wrong side of the margin costs beside the size of the weights. */
  cost: number;
  /** In how many texts a feature must stand to count. */
  least: number;
  /** Most features that are kept, the most frequent ones. */
  features: number;
  /** How much more a label's own texts count than the rest: 0 alike, 1 until both sides weigh the same. */
  balance: number;
  seed: number;
  /** More that is known of a text, each a feature by itself; a noisy copy's are taken from the copy. */
  signs: (words: readonly string[]) => readonly string[];
};

const USUAL: Options = {
  copies: 3,
  epochs: 10,
  cost: 1,
  least: 2,
  features: 60_000,
  balance: 0.5,
  seed: 1,
  signs: () => [],
};

export type LinearModel = {
  readonly labels: readonly string[];
  /** Margins are multiplied by it before they become probabilities. */
  readonly sharpness: number;
  /** Hashes of the features, rising. */
  readonly hashes: Uint32Array;
  /** Inverse document frequency of each feature, in sixteenths. */
  readonly rarity: Uint8Array;
  /** One weight for each feature and label, feature by feature, in units of the label's scale. */
  readonly weights: Int8Array;
  readonly scales: Float32Array;
  readonly biases: Float32Array;
  /** Where in `hashes` a hash is, plus one, by open addressing. */
  readonly places: Int32Array;
};

// --- chance and functions that are the same everywhere ---

/** Chance from a seed: numbers from 0 up to 1, the same ones on every machine (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** e to the power of x, to about 12 digits, of + * / alone: the engine's own may differ by platform in the last bit. */
export function exponential(x: number): number {
  if (x < -700) return 0;
  const part = Math.min(x, 700) / 1024;
  let power = 1;
  for (let i = 13; i > 0; i--) power = 1 + (part / i) * power;
  for (let i = 0; i < 10; i++) power *= power;
  return power;
}

/** Natural logarithm of a positive number, by the same rule. */
export function logarithm(x: number): number {
  let guess = 0;
  let rest = x;
  for (; rest > 1.5; rest /= 2) guess += 0.6931471805599453;
  for (; rest < 0.75; rest *= 2) guess -= 0.6931471805599453;
  for (let i = 0; i < 4; i++) {
    const power = exponential(guess);
    guess += (2 * (x - power)) / (x + power);
  }
  return guess;
}

function shuffle(list: Int32Array, random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = list[i]!;
    list[i] = list[j]!;
    list[j] = kept;
  }
}

// --- noise ---

const BY_EAR: [string, string][] = [
  ['b', 'v'],
  ['v', 'b'],
  ['ll', 'y'],
  ['y', 'll'],
  ['ce', 'se'],
  ['ci', 'si'],
  ['se', 'ce'],
  ['z', 's'],
  ['s', 'z'],
  ['qu', 'k'],
  ['c', 'k'],
  ['h', ''],
  ['ge', 'je'],
  ['gi', 'ji'],
  ['j', 'g'],
  ['x', 's'],
  ['cc', 'c'],
  ['ss', 's'],
  ['ç', 's'],
  ['ã', 'a'],
  ['ph', 'f'],
  ['ie', 'ei'],
  ['ea', 'ee'],
  ['ou', 'u'],
  ['m', 'n'],
  ['n', 'm'],
];
const BY_PHONE = new Map<string, readonly string[]>(
  Object.entries({
    que: ['q', 'k', 'ke'],
    por: ['x'],
    porque: ['xq', 'pq', 'xk'],
    para: ['pa', 'xa', 'p'],
    tambien: ['tb', 'tmb'],
    estoy: ['toy'],
    quiero: ['kiero', 'qiero', 'qro'],
    favor: ['fa', 'fvor'],
    gracias: ['grax', 'grcs'],
    manana: ['mñn', 'mñna'],
    cuando: ['cdo', 'cuand'],
    bien: ['bn'],
    con: ['cn', 'c'],
    voce: ['vc'],
    nao: ['n', 'naum'],
    hoje: ['hj'],
    obrigado: ['obg'],
    quando: ['qd', 'qnd'],
    amb: ['am', 'mb'],
    perque: ['pq', 'xq'],
    you: ['u'],
    your: ['ur'],
    please: ['pls', 'plz'],
    appointment: ['appt', 'apointment', 'appt'],
    to: ['2'],
    are: ['r'],
    with: ['w', 'wiv'],
    tomorrow: ['tmrw', '2moro'],
    thanks: ['thx', 'tks'],
    doctor: ['dr'],
  }),
);
const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const BESIDE = new Map<string, string>();
for (const row of KEYS)
  for (let i = 0; i < row.length; i++) BESIDE.set(row[i]!, (row[i - 1] ?? '') + (row[i + 1] ?? ''));

function pick<T>(list: ArrayLike<T>, random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}

function slip(word: string, random: () => number): string {
  const short = BY_PHONE.get(word);
  if (short && random() < 0.6) return pick(short, random);
  if (word.length < 3 || /\d/.test(word)) return word;
  const at = Math.floor(random() * word.length);
  const kind = random();
  if (kind < 0.3) {
    const heard = BY_EAR.filter(([from]) => word.includes(from));
    if (heard.length) return word.replace(...pick(heard, random)) || word;
  }
  if (kind < 0.5) return word.slice(0, at) + word.slice(at + 1);
  if (kind < 0.7) {
    const from = Math.min(at, word.length - 2);
    return word.slice(0, from) + word[from + 1] + word[from] + word.slice(from + 2);
  }
  if (kind < 0.8) return word.slice(0, at) + word[at] + word.slice(at);
  if (kind < 0.92) return word.slice(0, at) + pick(BESIDE.get(word[at]!) ?? word[at]!, random) + word.slice(at + 1);
  return word.length > 4 ? word[0] + word.slice(1).replace(/[aeiou]/, '') : word;
}

/**
 * The words as a hurried hand writes them on a telephone: letters dropped, swapped, doubled or mistaken, spelt by ear,
 * phone spelling, accents left out, words run together or left out. Never empty where there were words.
 */
export function noisy(words: readonly string[], random: () => number): string[] {
  const rate = 0.1 + 0.25 * random();
  const out: string[] = [];
  for (const word of words) {
    const bare = random() < 0.7 ? word.normalize('NFD').replace(/[\u0300-\u036f]/g, '') : word;
    out.push(random() < rate ? slip(bare, random) : bare);
  }
  if (out.length > 2 && random() < 0.12) {
    const at = Math.floor(random() * (out.length - 1));
    out.splice(at, 2, out[at]! + out[at + 1]!);
  }
  if (out.length > 3 && random() < 0.25) {
    const at = Math.floor(random() * out.length);
    if (out[at]!.length <= 3) out.splice(at, 1);
  }
  return out;
}

// --- features ---

const WORD = 0x811c9dc5;
const PAIR = 0x9e3779b9;
const LETTERS = 0x3c6ef372;
const SIGN = 0x5bd1e995;

function mixed(hash: number): number {
  let out = hash ^ (hash >>> 16);
  out = Math.imul(out, 0x85ebca6b);
  out ^= out >>> 13;
  out = Math.imul(out, 0xc2b2ae35);
  return (out ^ (out >>> 16)) >>> 0;
}

function hashed(seed: number, word: string): number {
  let hash = seed;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** Hashes of the word grams, then of the letter grams, then of the signs; answers where the second and third begin. */
function gramsOf(words: readonly string[], signs: readonly string[], into: number[]): [number, number] {
  let before = hashed(PAIR, '^');
  for (const word of words) {
    into.push(mixed(hashed(WORD, word)));
    into.push(mixed(hashed(before ^ 0x20, word)));
    before = hashed(PAIR, word);
  }
  const letters = into.length;
  for (const word of words) {
    const length = word.length + 2;
    for (let start = 0; start < length - 1; start++) {
      let hash = LETTERS;
      for (let end = start; end < length && end < start + 5; end++) {
        const code = end === 0 || end === length - 1 ? 32 : word.charCodeAt(end - 1);
        hash = Math.imul(hash ^ code, 0x01000193);
        if (end > start) into.push(mixed(hash));
      }
    }
  }
  const signed = into.length;
  for (const sign of signs) into.push(mixed(hashed(SIGN, sign)));
  return [letters, signed];
}

function placesOf(hashes: Uint32Array): Int32Array {
  let size = 16;
  while (size < hashes.length * 2) size *= 2;
  const places = new Int32Array(size);
  for (let i = 0; i < hashes.length; i++) {
    let at = hashes[i]! & (size - 1);
    while (places[at] !== 0) at = (at + 1) & (size - 1);
    places[at] = i + 1;
  }
  return places;
}

function placeOf(hash: number, hashes: Uint32Array, places: Int32Array): number {
  const mask = places.length - 1;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const place = places[at]! - 1;
    if (place < 0 || hashes[place] === hash) return place;
  }
}

type Vocabulary = { hashes: Uint32Array; rarity: Uint8Array; places: Int32Array };
/** A text as the features that are known: where, how strong (each block of length one), and what share is known. */
type Vector = { at: Int32Array; value: Float64Array; count: number; known: number };

/** A vector to fill again and again: one is enough, nothing here waits. */
const BLANK: Vector = { at: new Int32Array(512), value: new Float64Array(512), count: 0, known: 0 };
const GRAMS: number[] = [];
let sorted = new Uint32Array(512);

function vectorOf(words: readonly string[], signs: readonly string[], vocabulary: Vocabulary): Vector {
  const into = BLANK;
  GRAMS.length = 0;
  const [letters, signed] = gramsOf(words, signs, GRAMS);
  if (into.at.length < GRAMS.length) {
    into.at = new Int32Array(GRAMS.length * 2);
    into.value = new Float64Array(GRAMS.length * 2);
  }
  if (sorted.length < GRAMS.length) sorted = new Uint32Array(GRAMS.length * 2);
  sorted.set(GRAMS);
  const ends = [0, letters, signed, GRAMS.length];
  let count = 0;
  let known = 0;
  for (let block = 0; block < 3; block++) {
    const begin = count;
    const some = sorted.subarray(ends[block]!, ends[block + 1]!).sort();
    for (let i = 0; i < some.length;) {
      const hash = some[i]!;
      let times = 0;
      for (; some[i] === hash; i++) times++;
      const place = placeOf(hash, vocabulary.hashes, vocabulary.places);
      if (place < 0) continue;
      if (block === 1) known += times;
      into.at[count] = place;
      // 1 + ln(times) would ask for a logarithm; the root of so few is as good
      into.value[count++] = (vocabulary.rarity[place]! / 16) * Math.sqrt(times);
    }
    let square = 0;
    for (let i = begin; i < count; i++) square += into.value[i]! * into.value[i]!;
    const length = Math.sqrt(square) || 1;
    for (let i = begin; i < count; i++) into.value[i] = into.value[i]! / length;
  }
  into.count = count;
  into.known = signed > letters ? known / (signed - letters) : 0;
  return into;
}

// --- training ---

/** Texts as rows of one sparse matrix. */
type Rows = { begin: Int32Array; at: Int32Array; value: Float32Array; label: Int32Array; square: Float64Array };

/**
 * Trains a model. The order of the examples counts: the same list, options and code give the same model to the bit.
 * Throws a RangeError where there are fewer than two labels.
 */
export function trainLinear(examples: readonly Example[], options: Partial<Options> = {}): LinearModel {
  const chosen = { ...USUAL, ...options };
  const labels = [...new Set(examples.map((one) => one.label))].sort();
  if (labels.length < 2) throw new RangeError('a classifier needs two labels at least');
  const random = seeded(chosen.seed);
  const texts: (readonly string[])[] = [];
  const origin: number[] = [];
  for (const [index, { words }] of examples.entries()) {
    texts.push(words);
    origin.push(index);
    for (let copy = 0; copy < chosen.copies; copy++) {
      texts.push(noisy(words, random));
      origin.push(index);
    }
  }
  const vocabulary = vocabularyOf(texts, origin, chosen);
  const rows = rowsOf(texts, chosen.signs, vocabulary, (row) => labels.indexOf(examples[origin[row]!]!.label));
  const size = vocabulary.hashes.length;
  const weights = new Int8Array(size * labels.length);
  const scales = new Float32Array(labels.length);
  const biases = new Float32Array(labels.length);
  const order = new Int32Array(texts.length).map((_, i) => i);
  const orders: Int32Array[] = [];
  for (let epoch = 0; epoch < chosen.epochs; epoch++) {
    shuffle(order, random);
    orders.push(order.slice());
  }
  for (let label = 0; label < labels.length; label++) {
    const learnt = separate(rows, label, size, orders, chosen);
    let most = 0;
    for (let i = 0; i < size; i++) most = Math.max(most, Math.abs(learnt[i]!));
    scales[label] = most / 127 || 1;
    const scale = scales[label]!;
    for (let i = 0; i < size; i++) weights[i * labels.length + label] = Math.round(learnt[i]! / scale);
    biases[label] = learnt[size]!;
  }
  return { labels, sharpness: 1, ...vocabulary, weights, scales, biases };
}

function vocabularyOf(texts: readonly (readonly string[])[], origin: readonly number[], chosen: Options): Vocabulary {
  const seen = new Map<number, number>();
  const last = new Map<number, number>();
  let grams: number[] = [];
  for (const [row, words] of texts.entries()) {
    grams = [];
    gramsOf(words, chosen.signs(words), grams);
    for (const hash of grams) {
      // copies of one text are one text
      if (last.get(hash) === origin[row]) continue;
      last.set(hash, origin[row]!);
      seen.set(hash, (seen.get(hash) ?? 0) + 1);
    }
  }
  const often = [...seen].filter(([, times]) => times >= chosen.least);
  if (often.length > chosen.features) {
    often.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    often.length = chosen.features;
  }
  often.sort((a, b) => a[0] - b[0]);
  const count = new Set(origin).size;
  const hashes = Uint32Array.from(often, ([hash]) => hash);
  const rarity = Uint8Array.from(often, ([, times]) => Math.round(16 * (1 + logarithm((1 + count) / (1 + times)))));
  return { hashes, rarity, places: placesOf(hashes) };
}

function rowsOf(
  texts: readonly (readonly string[])[],
  signs: Options['signs'],
  vocabulary: Vocabulary,
  labelOf: (row: number) => number,
): Rows {
  const begin = new Int32Array(texts.length + 1);
  let at = new Int32Array(1 << 20);
  let value = new Float32Array(1 << 20);
  const label = new Int32Array(texts.length);
  const square = new Float64Array(texts.length);
  let end = 0;
  for (const [row, words] of texts.entries()) {
    const vector = vectorOf(words, signs(words), vocabulary);
    if (end + vector.count > at.length) {
      const [wider, longer] = [
        new Int32Array(at.length * 2 + vector.count),
        new Float32Array(at.length * 2 + vector.count),
      ];
      wider.set(at);
      longer.set(value);
      [at, value] = [wider, longer];
    }
    at.set(vector.at.subarray(0, vector.count), end);
    value.set(vector.value.subarray(0, vector.count), end);
    let sum = 1;
    for (let i = end; i < end + vector.count; i++) sum += value[i]! * value[i]!;
    square[row] = sum;
    end += vector.count;
    begin[row + 1] = end;
    label[row] = labelOf(row);
  }
  return { begin, at, value, label, square };
}

/**
 * One label against the rest: L2-regularised squared hinge loss by dual coordinate descent (Hsieh and others, "A Dual
 * Coordinate Descent Method for Large-scale Linear SVM", 2008). Answers the weights, the bias last.
 */
function separate(
  rows: Rows,
  label: number,
  size: number,
  orders: readonly Int32Array[],
  chosen: Options,
): Float64Array {
  const weights = new Float64Array(size + 1);
  const { begin, at, value, square } = rows;
  const count = rows.label.length;
  const alpha = new Float64Array(count);
  let own = 0;
  for (let row = 0; row < count; row++) if (rows.label[row] === label) own++;
  const heavier = 1 + chosen.balance * Math.max(0, (count - own) / Math.max(1, own) - 1) ** 0.5;
  const ease = [1 / (2 * chosen.cost * heavier), 1 / (2 * chosen.cost)];
  // a text far on its own side is looked at again only now and then
  const asleep = new Uint8Array(count);
  for (const [epoch, order] of orders.entries()) {
    const all = epoch % 4 === 0 || epoch === orders.length - 1;
    for (let i = 0; i < count; i++) {
      const row = order[i]!;
      if (asleep[row] === 1 && !all) continue;
      const [from, to] = [begin[row]!, begin[row + 1]!];
      const side = rows.label[row] === label ? 1 : -1;
      let margin = weights[size]!;
      for (let j = from; j < to; j++) margin += weights[at[j]!]! * value[j]!;
      const soft = side === 1 ? ease[0]! : ease[1]!;
      const before = alpha[row]!;
      const slope = side * margin - 1 + soft * before;
      if (before === 0 && slope >= 0) {
        asleep[row] = slope > 0.1 ? 1 : 0;
        continue;
      }
      asleep[row] = 0;
      const after = Math.max(0, before - slope / (square[row]! + soft));
      const step = (after - before) * side;
      if (step === 0) continue;
      alpha[row] = after;
      weights[size] = weights[size]! + step;
      for (let j = from; j < to; j++) weights[at[j]!] = weights[at[j]!]! + step * value[j]!;
    }
  }
  return weights;
}

// --- cross-validation and calibration ---

/** The fold of each example: groups stay whole, every label is spread evenly. */
export function foldsOf(examples: readonly Example[], folds: number, seed = 1): Int32Array {
  const random = seeded(seed);
  const groups = new Map<string, number[]>();
  for (const [index, one] of examples.entries()) {
    const key = one.group ?? `#${index}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  const list = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const order = new Int32Array(list.length).map((_, i) => i);
  shuffle(order, random);
  const out = new Int32Array(examples.length);
  const load = new Map<string, Int32Array>();
  for (const at of order) {
    const [, members] = list[at]!;
    const { label } = examples[members[0]!]!;
    const sizes = load.get(label) ?? new Int32Array(folds);
    load.set(label, sizes);
    let fold = 0;
    for (let i = 1; i < folds; i++) if (sizes[i]! < sizes[fold]!) fold = i;
    sizes[fold] = sizes[fold]! + members.length;
    for (const index of members) out[index] = fold;
  }
  return out;
}

/** How sharp margins must become so that probabilities say how often they are right (least log loss). */
export function sharpnessOf(margins: readonly Float64Array[], right: readonly number[]): number {
  const loss = (sharpness: number): number => {
    let sum = 0;
    for (const [i, list] of margins.entries()) {
      let most = -Infinity;
      for (const margin of list) most = Math.max(most, margin);
      let total = 0;
      for (const margin of list) total += exponential(sharpness * (margin - most));
      sum += logarithm(total) - sharpness * (list[right[i]!]! - most);
    }
    return sum;
  };
  let [low, high] = [0.2, 20];
  for (let i = 0; i < 24; i++) {
    const [a, b] = [low + (high - low) * 0.382, low + (high - low) * 0.618];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.round(((low + high) / 2) * 1000) / 1000;
}

/** The model with other probabilities: the order of the labels stays. */
export function sharpened(model: LinearModel, sharpness: number): LinearModel {
  return { ...model, sharpness };
}

// --- asking ---

/** How far on its side of each label's border a text is, in the order of `labels`: above 0 it looks like the label. */
export function marginsOf(
  model: LinearModel,
  words: readonly string[],
  signs: readonly string[] = [],
): { margins: Float64Array; known: number } {
  const vector = vectorOf(words, signs, model);
  const count = model.labels.length;
  const margins = new Float64Array(count);
  const { at, value, count: features } = vector;
  const { weights } = model;
  for (let i = 0; i < features; i++) {
    const strength = value[i]!;
    const from = at[i]! * count;
    for (let label = 0; label < count; label++) margins[label] = margins[label]! + strength * weights[from + label]!;
  }
  for (let label = 0; label < count; label++)
    margins[label] = margins[label]! * model.scales[label]! + model.biases[label]!;
  return { margins, known: vector.known };
}

/** Every label with its probability, best first; together they make 1. A text of no known feature gives the priors. */
export function predict(
  model: LinearModel,
  words: readonly string[],
  signs: readonly string[] = [],
): { label: string; probability: number }[] {
  return probabilities(model, marginsOf(model, words, signs).margins);
}

/** The same of margins that were asked for before. */
export function probabilities(model: LinearModel, margins: Float64Array): { label: string; probability: number }[] {
  let most = -Infinity;
  for (const margin of margins) most = Math.max(most, margin);
  const out = model.labels.map((label, i) => ({
    label,
    probability: exponential(model.sharpness * (margins[i]! - most)),
  }));
  let sum = 0;
  for (const one of out) sum += one.probability;
  for (const one of out) one.probability /= sum;
  return out.sort((a, b) => b.probability - a.probability);
}

// --- files ---

const MAGIC = 'HLM1';

/**
 * A model as bytes: "HLM1", length of the head and the head (JSON), then for each feature the distance from the hash
 * before (7 bits a byte, low ones first), its rarity, a bit for each label that has a weight, and those weights.
 */
export function encodeModel(model: LinearModel): Buffer {
  const { labels, sharpness, hashes, rarity, weights } = model;
  const head = Buffer.from(
    JSON.stringify({
      labels,
      sharpness,
      features: hashes.length,
      scales: [...model.scales],
      biases: [...model.biases],
    }),
  );
  const flags = Math.ceil(labels.length / 8);
  const body = Buffer.alloc(hashes.length * (6 + flags + labels.length));
  let end = 0;
  let before = 0;
  for (let i = 0; i < hashes.length; i++) {
    let distance = hashes[i]! - before;
    before = hashes[i]!;
    for (; distance >= 128; distance = Math.floor(distance / 128)) body[end++] = (distance % 128) + 128;
    body[end++] = distance;
    body[end++] = rarity[i]!;
    const flag = end;
    end += flags;
    for (let label = 0; label < labels.length; label++) {
      const weight = weights[i * labels.length + label]!;
      if (weight === 0) continue;
      body[flag + (label >> 3)] = body[flag + (label >> 3)]! | (1 << (label & 7));
      body.writeInt8(weight, end++);
    }
  }
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([Buffer.from(MAGIC), size, head, body.subarray(0, end)]);
}

/** The model that bytes of `encodeModel` hold. Throws a RangeError where they are something else. */
export function decodeModel(bytes: Buffer): LinearModel {
  if (bytes.toString('latin1', 0, 4) !== MAGIC) throw new RangeError('not a linear model');
  const begin = 8 + bytes.readUInt32LE(4);
  const head = JSON.parse(bytes.toString('utf8', 8, begin)) as {
    labels: string[];
    sharpness: number;
    features: number;
    scales: number[];
    biases: number[];
  };
  const { labels } = head;
  const hashes = new Uint32Array(head.features);
  const rarity = new Uint8Array(head.features);
  const weights = new Int8Array(head.features * labels.length);
  const flags = Math.ceil(labels.length / 8);
  let at = begin;
  let before = 0;
  for (let i = 0; i < head.features; i++) {
    let unit = 1;
    for (; bytes[at]! >= 128; unit *= 128) before += (bytes[at++]! - 128) * unit;
    before += bytes[at++]! * unit;
    hashes[i] = before;
    rarity[i] = bytes[at++]!;
    const flag = at;
    at += flags;
    for (let label = 0; label < labels.length; label++)
      if (bytes[flag + (label >> 3)]! & (1 << (label & 7))) weights[i * labels.length + label] = bytes.readInt8(at++);
  }
  if (at !== bytes.length) throw new RangeError('a linear model that was cut or added to');
  return {
    labels,
    sharpness: head.sharpness,
    hashes,
    rarity,
    weights,
    scales: Float32Array.from(head.scales),
    biases: Float32Array.from(head.biases),
    places: placesOf(hashes),
  };
}
