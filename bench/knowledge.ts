/* node bench/knowledge.ts: how often the first article found is the right one, and how often silence is kept, on the project's own questions. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { readArticles } from '../demo/knowledge.ts';
import { asWords, render } from '../server/assistant/knowledge/markdown.ts';
import { best, buildIndex, SURE } from '../server/assistant/knowledge/search.ts';

const LANGUAGES = ['es', 'ca', 'en', 'pt'] as const;
type Language = (typeof LANGUAGES)[number];
type Asked = { text: string; language: Language; key: string | null; audience: string; held: boolean; typo: boolean };
type Questions = Record<'known' | 'employee' | 'agent', Record<string, Partial<Record<Language, string[]>>>> & {
  unknown: Record<Language, string[]>;
};

const FILE = new URL('../corpus/knowledge/questions.yaml', import.meta.url);

/** One or two slips of a thumb, the same for the same text. */
function slip(text: string): string {
  let seed = createHash('sha256').update(text).digest().readUInt32LE(0);
  const next = (most: number): number => ((seed = (seed * 1664525 + 1013904223) >>> 0), seed % most);
  const parts = text.split(' ');
  const long = parts.map((word, at) => ({ word, at })).filter(({ word }) => word.length >= 5);
  for (let times = 0; times < Math.min(2, long.length); times++) {
    const { at } = long[next(long.length)]!;
    const word = parts[at]!;
    const i = 1 + next(word.length - 2);
    const kind = next(3);
    parts[at] =
      kind === 0
        ? word.slice(0, i) + word.slice(i + 1)
        : kind === 1
          ? word.slice(0, i) + word[i + 1]! + word[i]! + word.slice(i + 2)
          : word.slice(0, i) + word[i]! + word.slice(i);
  }
  return parts.join(' ');
}

const held = (text: string): boolean => createHash('sha256').update(text).digest()[0]! % 2 === 0;

/** Measures. @returns shares on the half that set nothing */
export async function measureKnowledge(
  say: (line: string) => void,
): Promise<{ first: number; typos: number; silent: number; answered: number }> {
  const questions = parse(await readFile(FILE, 'utf8')) as Questions;
  const articles = await readArticles();
  const audiences: Record<string, string[]> = {
    known: ['patient'],
    employee: ['patient', 'employee'],
    agent: ['patient', 'agent'],
  };
  const index = new Map<string, ReturnType<typeof buildIndex>>();
  for (const language of LANGUAGES)
    for (const [who, may] of Object.entries(audiences))
      index.set(
        `${language} ${who}`,
        buildIndex(
          articles
            .filter((one) => may.includes(one.audience))
            .map((one) => ({
              id: one.key,
              title: one[language].title,
              questions: one[language].questions,
              body: asWords(render(one[language].body).blocks),
              tags: one.tags,
            })),
        ),
      );

  const asked: Asked[] = [];
  for (const audience of ['known', 'employee', 'agent'] as const)
    for (const [key, texts] of Object.entries(questions[audience]))
      for (const language of LANGUAGES)
        for (const text of texts[language] ?? [])
          for (const typo of [false, true])
            asked.push({ text: typo ? slip(text) : text, language, key, audience, held: held(text), typo });
  for (const language of LANGUAGES)
    for (const text of questions.unknown[language])
      asked.push({ text, language, key: null, audience: 'known', held: held(text), typo: false });

  const seen = asked.map((one) => {
    const hits = index.get(`${one.language} ${one.audience}`)!.search(one.text);
    return {
      ...one,
      first: hits[0]?.id === one.key,
      covered: hits[0]?.covered ?? 0,
      said: best(hits)?.id ?? null,
      hits,
    };
  });
  const share = (list: typeof seen, right: (one: (typeof seen)[number]) => boolean): number =>
    list.length ? list.filter(right).length / list.length : 0;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

  if (process.argv.includes('--tune')) {
    for (let at = 0.3; at <= 0.75; at += 0.05) {
      const half = seen.filter((one) => !one.held);
      say(
        `threshold ${at.toFixed(2)}: silent ${percent(
          share(
            half.filter((one) => one.key === null),
            (one) => one.covered < at,
          ),
        )}, answered rightly ${percent(
          share(
            half.filter((one) => one.key !== null),
            (one) => one.first && one.covered >= at,
          ),
        )}`,
      );
    }
    for (const one of seen)
      if (!one.held && one.key !== null && !one.first)
        say(
          `  ${one.language} ${one.key} ← ${one.text} → ${one.hits
            .slice(0, 3)
            .map((hit) => `${hit.id} ${hit.covered.toFixed(2)}`)
            .join(', ')}`,
        );
    for (const one of seen)
      if (!one.held && one.key === null && one.said)
        say(`  spoke: ${one.text} → ${one.said} ${one.covered.toFixed(2)}`);
  }
  const known = seen.filter((one) => one.held && one.key !== null);
  const unknown = seen.filter((one) => one.held && one.key === null);
  say(
    `Knowledge: ${articles.length} articles in 4 languages; ${asked.filter((one) => !one.typo).length} questions, half of them measure`,
  );
  for (const language of [...LANGUAGES, null]) {
    const own = known.filter((one) => language === null || one.language === language);
    say(
      `  ${language ?? 'all'}  R@1 ${percent(
        share(
          own.filter((one) => !one.typo),
          (one) => one.first,
        ),
      )}, with typos ${percent(
        share(
          own.filter((one) => one.typo),
          (one) => one.first,
        ),
      )} (${own.length / 2} questions)`,
    );
  }
  const started = performance.now();
  for (const one of seen) index.get(`${one.language} ${one.audience}`)!.search(one.text);
  const each = (performance.now() - started) / seen.length;
  const silent = share(unknown, (one) => one.said === null);
  const answered = share(known, (one) => one.said === one.key);
  const wrong = share(known, (one) => one.said !== null && one.said !== one.key);
  say(`  outside of what is known, kept silent ${percent(silent)} of ${unknown.length}; threshold ${SURE}`);
  say(
    `  inside, with and without typos: the right article said ${percent(answered)}, another ${percent(wrong)}; ${each.toFixed(2)} ms a question`,
  );
  return {
    first: share(
      known.filter((one) => !one.typo),
      (one) => one.first,
    ),
    typos: share(
      known.filter((one) => one.typo),
      (one) => one.first,
    ),
    silent,
    answered,
  };
}

if (import.meta.main) {
  const { typos, silent } = await measureKnowledge((line) => void process.stdout.write(`${line}\n`));
  if (typos < 0.9 || silent < 0.85) process.exitCode = 1;
}
