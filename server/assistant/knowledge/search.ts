import MiniSearch from 'minisearch';
import { near, shorter, words } from '../../triage/words.ts';

/** What is searched: the words of one article in one language. */
export type Entry = { id: string; title: string; questions: string[]; body: string; tags: string[] };
export type Hit = {
  id: string;
  /** The share of what was asked that the article speaks of, 0 to 1. */
  covered: number;
  /** How far it stands before the next article, 0 to 1. */
  ahead: number;
  /** How many words of the question say what is asked. */
  asked: number;
  /** One of those words stands in the title, as it was written. */
  titled: boolean;
};
export type Index = { search(query: string, accept?: (id: string) => boolean): Hit[] };

/** Letters of a piece: misspelled words still share most of theirs. */
const PIECE = 4;
/** What a piece is worth that only the body of an article has. */
const IN_PASSING = 0.5;
/** What a word is worth that was taken for another, one slip away. */
const GUESSED = 0.85;
/** Longest question that is looked at, in words. */
const MOST_WORDS = 60;

/** Words that say nothing of what is asked, in all four languages together: a question mixes them. */
const EMPTY = new Set(
  words(
    `a al algo algun alguna ante antes aqui asi aun bien buen buenas buenos como con cual cuando cuanto da de del desde donde e el ella en eres es esa ese eso esta este esto estoy favor fue gracias ha hace hacer hacen hago han has hasta hay he hola hoy ir la las le les lo los mas me mi mis muy necesito no nos o os otra otro para pero podria por porque puede pueden puedo que quien quiero quisiera saber se ser si sin sobre solo son soy su sus tan te tengo tiene tienen toca todo tu un una uno unos usted va vale van voy y ya yo dan den jaja jajaja
    als amb aquest aquesta bon bona com cal d des dels em ens et fa fan faig fer ha he hi i jo l la les li m me meu meva meus meves molt n ni no o on per pel pels puc pot que qui quan quant quina quin s sense si soc som sou son te tinc tenen un una us vaig vull s'ha
    about after all am an and any are as at be been before but by can could did do does doing for from get go had has have hello hi how i if in into is it its just like me my need of on or our out please she should so some tell thanks that the their them then there they this to up us want was we what when where which who will with would you your
    ao aos as ate boa bom com da das de dela dele do dos e ela ele em esta estao eu faco foi ha isso isto ja mas me meu minha muito na nao nas nem no nos o onde ola ou para pela pelo podem pode por posso preciso quais qual quando que quem quero sao se sem ser seu sou sua tem tenho um uma vou obrigado obrigada favor`,
  ).map((word) => word.plain),
);

/** The pieces of a text: each word as it sounds, with its ends, cut into overlapping runs of four letters. */
export function pieces(text: string): string[] {
  const out: string[] = [];
  for (const word of words(text).slice(0, MOST_WORDS * 20)) {
    if (EMPTY.has(word.plain)) continue;
    out.push(...cut(word.sound));
  }
  return out;
}

function cut(sound: string): string[] {
  const framed = `_${sound}_`;
  if (framed.length <= PIECE) return [framed];
  const out: string[] = [];
  for (let at = 0; at + PIECE <= framed.length; at++) out.push(framed.slice(at, at + PIECE));
  return out;
}

/**
 * An index over articles of one language. Every piece that is asked counts where it is found and none is required: a
 * patient's words are never joined with "and", which finds a fifth of what this finds (design, 21 % against 92 %).
 */
export function buildIndex(entries: Entry[]): Index {
  const mini = new MiniSearch<{ id: string; title: string; questions: string; body: string }>({
    fields: ['title', 'questions', 'body'],
    tokenize: pieces,
    processTerm: (term) => term,
    searchOptions: {
      combineWith: 'OR',
      prefix: false,
      fuzzy: false,
      boost: { title: 2.5, questions: 3, body: 1 },
      bm25: { k: 1.2, b: 0.5, d: 0.4 },
    },
  });
  mini.addAll(
    entries.map((one) => ({
      id: one.id,
      title: `${one.title} ${one.tags.join(' ')}`,
      questions: one.questions.join(' \n'),
      body: one.body,
    })),
  );
  // in how many articles a piece stands: a rare one says more
  const known = new Map<string, Map<number, number>>();
  const place = new Map<string, number>();
  entries.forEach((one, at) => {
    place.set(one.id, at);
    const stand = (text: string, worth: number): void => {
      for (const piece of pieces(text)) {
        const there = known.get(piece) ?? new Map<number, number>();
        known.set(piece, there.set(at, worth));
      }
    };
    // what stands only in the body was said in passing
    stand(one.body, IN_PASSING);
    stand([one.title, ...one.questions, ...one.tags].join(' '), 1);
  });
  // a short word with a slip shares no piece with itself: it is looked for among the words that are known
  const spoken = new Map<string, string>();
  for (const one of entries)
    for (const word of words([one.title, ...one.questions, one.body].join(' ')))
      if (!EMPTY.has(word.plain)) spoken.set(word.plain, word.sound);
  const slips = new Map<string, string[]>();
  for (const word of spoken.keys())
    for (const part of shorter(word)) {
      const those = slips.get(part);
      if (those) those.push(word);
      else slips.set(part, [word]);
    }
  const meant = ({ plain, sound }: { plain: string; sound: string }): string[] => {
    if (spoken.has(plain) || plain.length < 5 || plain.length > 12) return [sound];
    const others = new Set(shorter(plain).flatMap((part) => slips.get(part) ?? []));
    const close = [...others].filter((other) => near(plain, other)).sort();
    return [sound, ...close.slice(0, 3).map((other) => spoken.get(other)!)];
  };
  const titles = entries.map((one) => new Set(words(one.title).map((word) => word.sound)));
  const weigh = (piece: string): number => Math.log(1 + entries.length / (known.get(piece)?.size ?? 0.5));

  return {
    search(query, accept = () => true) {
      const telling = words(query)
        .slice(0, MOST_WORDS)
        // a bare figure says nothing of what is asked
        .filter((word) => !EMPTY.has(word.plain) && /\p{L}{2}/u.test(word.plain));
      const asked = telling.map((word) => meant(word).map(cut));
      if (asked.length === 0 || entries.length === 0) return [];
      const found = mini
        .search(asked.flat(2).join(' '), {
          tokenize: (text) => text.split(' '),
          filter: (one) => accept(String(one.id)),
        })
        .slice(0, 10);
      const next = found[1]?.score ?? 0;
      return found.map((one, rank) => {
        const at = place.get(String(one.id))!;
        // by words, so that a long one does not outweigh the rest: what share of each is in the article
        let sum = 0;
        let whole = 0;
        for (const word of asked) {
          const heaviest = Math.max(...word.map((way) => Math.max(...way.map(weigh))));
          const share = word.map((way, guess) => {
            const total = way.reduce((all, piece) => all + weigh(piece), 0);
            return (
              ((guess ? GUESSED : 1) *
                way.reduce((all, piece) => all + (known.get(piece)?.get(at) ?? 0) * weigh(piece), 0)) /
              total
            );
          });
          sum += heaviest * Math.max(...share);
          whole += heaviest;
        }
        return {
          id: String(one.id),
          covered: sum / whole,
          ahead: rank === 0 ? 1 - next / one.score : 0,
          asked: asked.length,
          titled: telling.some((word) => titles[at]!.has(word.sound)),
        };
      });
    },
  };
}

/**
 * The share of a question that its article must speak of; below it nothing is answered. Set on one half of
 * corpus/knowledge/questions.yaml: the lowest step of 0.05 at which what no article answers is kept silent with a
 * one-sided 95 % bound of 0.85 (52 of 55). `node bench/knowledge.ts` measures on the other half.
 */
export const SURE = 0.45;

/** Where none answers surely, those that speak of so much may be meant: about this much of the question, and of the best one's share. */
const PERHAPS = 0.25;
const BESIDE = 0.6;

/** The up to three articles of which one may be meant where none surely answers. */
export function perhaps(hits: Hit[]): Hit[] {
  const [first] = hits;
  if (!first || first.covered >= SURE) return [];
  return hits.slice(0, 3).filter((hit) => hit.covered >= PERHAPS && hit.covered >= BESIDE * first.covered);
}

/** The article that answers, or null when none does well enough. */
export function best(hits: Hit[]): Hit | null {
  const first = hits[0];
  return first && first.covered >= SURE ? first : null;
}
