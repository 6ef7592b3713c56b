import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Audience } from '../server/assistant/knowledge/contract.ts';

/** An article of the demo hospital, in its four languages. */
export type DemoArticle = {
  key: string;
  audience: Audience;
  tags: string[];
} & Record<'es' | 'ca' | 'en' | 'pt', { title: string; questions: string[]; body: string }>;

const FOLDER = new URL('./knowledge/', import.meta.url);

/** Every article of the demo hospital, by file and in the order of each. */
export async function readArticles(): Promise<DemoArticle[]> {
  const found: DemoArticle[] = [];
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort()) {
    const list = parse(await readFile(new URL(file, FOLDER), 'utf8')) as (DemoArticle & { article: string })[];
    for (const one of list) found.push({ ...one, key: one.article, audience: one.audience ?? 'patient' });
  }
  return found;
}
