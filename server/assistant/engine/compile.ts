import type { Language, MenuOption } from '../../conversation/contract.ts';
import type { Address } from '../../trust/address.ts';
import { formFor, formsOf } from '../../trust/address.ts';
import type { Expression, Flow, FlowSet, Settings, Step, Text } from '../contract.ts';
import type { Moment } from '../dates/moment.ts';
import { dayInShort, dayInWords, readBack, timeInWords } from '../dates/said.ts';
import { compile, member } from './expression.ts';
import type { Compiled, Scope } from './expression.ts';
import { CHOSEN_BOT } from './chosen-bot.ts';
import { depths } from './ways.ts';

/** A text ready to be said: plain pieces, holes to fill, and words that differ with how a patient is addressed. */
type Piece = string | { path: [string, ...string[]]; filter?: string } | { forms: string[] };
type Pieces = Record<Language, Piece[]>;
type CompiledText = { when: Compiled | null; in: Pieces }[];

export type CompiledSet = {
  hash: string;
  settings: Settings;
  flows: Map<string, CompiledFlow>;
  /** The flow that an intent begins. */
  byIntent: Map<string, string>;
  text(source: Text): CompiledText;
  condition(source: Expression): Compiled;
};
export type CompiledFlow = {
  name: string;
  flow: Flow;
  /** Those that lie nearest to the first come first. */
  steps: Map<string, Step>;
};

const FILTERS = new Set(['day', 'date', 'time', 'at', 'when', 'short', 'first', 'lower', 'said', 'count', 'names']);
const HOLE = /\{([a-z][\w.]*)(?:\|(\w+))?\}/g;

function pieces(written: string): Piece[] {
  return formsOf(written).flatMap((part) => (typeof part === 'string' ? holed(part) : [{ forms: part }]));
}

function holed(written: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of written.matchAll(HOLE)) {
    if (match.index > at) out.push(written.slice(at, match.index));
    if (match[2] && !FILTERS.has(match[2])) throw new SyntaxError(`no filter "${match[2]}": ${match[0]}`);
    out.push({ path: match[1]!.split('.') as [string, ...string[]], filter: match[2] });
    at = match.index + match[0].length;
  }
  if (at < written.length) out.push(written.slice(at));
  return out;
}

/** The holes of a text, as paths: what it needs from slots and facts. */
export function holesOf(written: string): { path: string; filter?: string }[] {
  return [...written.matchAll(HOLE)].map((match) => ({ path: match[1]!, filter: match[2] }));
}
export const isFilter = (name: string): boolean => FILTERS.has(name);

/** Gives the word to the bot that an agent chose: no file of any set, for any set may be asked for it. */
const talk: Step = { bot: { bot: CHOSEN_BOT, with: {}, into: {}, on: { done: 'done' } } };
const chosenBot: CompiledFlow = {
  name: CHOSEN_BOT,
  flow: {
    flow: CHOSEN_BOT,
    title: { es: 'Otro asistente', ca: 'Un altre assistent', en: 'Another assistant', pt: 'Outro assistente' },
    intents: [],
    proof: 'none',
    slots: {},
    start: 'talk',
    steps: { talk },
  },
  steps: new Map([['talk', talk]]),
};

const compiledSets = new Map<string, CompiledSet>();

/** A set of flows made ready to run; kept by hash, as a hash never changes its meaning. @throws SyntaxError */
export function compileSet(set: FlowSet): CompiledSet {
  const known = compiledSets.get(set.hash);
  if (known) return known;
  const texts = new Map<Text, CompiledText>();
  const conditions = new Map<Expression, Compiled>();
  const condition = (source: Expression): Compiled => {
    let found = conditions.get(source);
    if (!found) conditions.set(source, (found = compile(source)));
    return found;
  };
  const text = (source: Text): CompiledText => {
    let found = texts.get(source);
    if (!found) {
      found = (Array.isArray(source) ? source : [source]).map((one) => ({
        when: 'when' in one && one.when !== undefined ? condition(one.when as Expression) : null,
        in: { es: pieces(one.es), ca: pieces(one.ca), en: pieces(one.en), pt: pieces(one.pt) },
      }));
      texts.set(source, found);
    }
    return found;
  };
  const flows = new Map<string, CompiledFlow>();
  const byIntent = new Map<string, string>();
  for (const [name, flow] of Object.entries(set.flows)) {
    const far = depths(flow);
    const order = Object.entries(flow.steps).sort(([a], [b]) => (far.get(a) ?? 0) - (far.get(b) ?? 0));
    flows.set(name, { name, flow, steps: new Map(order) });
    for (const intent of flow.intents) byIntent.set(intent, name);
  }
  flows.set(CHOSEN_BOT, chosenBot);
  const compiled = { hash: set.hash, settings: set.settings, flows, byIntent, text, condition };
  // a hand-made set without a hash (tests, the author's preview) is not kept
  if (set.hash) {
    if (compiledSets.size > 200) compiledSets.clear();
    compiledSets.set(set.hash, compiled);
  }
  return compiled;
}

/** A value as a patient reads it. What the record holds in four languages is said in theirs. */
function worded(value: unknown, filter: string | undefined, language: Language): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) {
    if (filter === 'count') return String(value.length);
    return value
      .map((item) => worded(filter === 'names' ? member(item, 'name') : item, undefined, language))
      .join(', ');
  }
  if (typeof value === 'object') {
    if (filter === 'said' && typeof member(value, 'from') === 'string')
      return readBack(value as unknown as Moment, language);
    const localised = member(value, language);
    return typeof localised === 'string' ? (filter === 'lower' ? localised.toLowerCase() : localised) : '';
  }
  const said = String(value);
  switch (filter) {
    case 'day':
      return dayInWords(said, language);
    case 'date':
      return dayInWords(said, language, true);
    case 'time':
      return said.slice(11, 16) || said;
    case 'at':
      return timeInWords(said.slice(11, 16) || said, language);
    case 'when':
      return `${dayInWords(said, language)} ${timeInWords(said.slice(11, 16), language)}`;
    case 'short':
      return `${dayInShort(said, language)}, ${said.slice(11, 16)}`;
    case 'first':
      return said.split(' ')[0]!;
    case 'lower':
      return said.toLowerCase();
    default:
      return said;
  }
}

function fill(list: Piece[], scope: Scope, language: Language): string {
  let out = '';
  for (const piece of list) {
    if (typeof piece === 'string') {
      out += piece;
      continue;
    }
    if ('forms' in piece) {
      out += formFor(piece.forms, (member(scope('facts'), 'address') as Address | undefined) ?? 'usted');
      continue;
    }
    let value = scope(piece.path[0]);
    for (let i = 1; i < piece.path.length; i++) value = member(value, piece.path[i]!);
    out += worded(value, piece.filter, language);
  }
  return out;
}

/** The text whose condition holds, filled in; empty where none does. */
export function say(text: CompiledText, scope: Scope, language: Language): string {
  for (const variant of text) {
    if (variant.when && !variant.when.run(scope)) continue;
    const said = fill(variant.in[language], scope, language).trim();
    // a hole at the beginning may hold a small letter: "cualquier día: …"
    const first = variant.in[language][0];
    return typeof first === 'object' && 'path' in first ? said.charAt(0).toUpperCase() + said.slice(1) : said;
  }
  return '';
}

export type Row = MenuOption & { words?: string };
