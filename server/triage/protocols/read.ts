import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { protocolShape } from './contract.ts';
import type { Protocol, ProtocolContent, Value } from './contract.ts';
import { daysOf } from './expression.ts';
import { hear } from './hear.ts';
import { prepare } from './prepare.ts';

/** The protocols that come with the project: drafts, until a clinician signs them. */
export const OWN_PROTOCOLS = join(import.meta.dirname, '../../../clinical/protocols');

/** The same content has the same text: keys in order, at every depth. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/** A protocol with its hash: sha256 over its canonical JSON, which is what is signed. */
export function makeProtocol(content: ProtocolContent): Protocol {
  const text = JSON.stringify(canonical(content));
  return { hash: createHash('sha256').update(text).digest('hex'), content: JSON.parse(text) as ProtocolContent };
}

/**
 * Reads one protocol as it is written.
 * @returns the protocol, or everything that is wrong with its form
 */
export function readProtocol(
  yaml: string,
): { protocol: Protocol; problems: [] } | { protocol: null; problems: string[] } {
  let written: unknown;
  try {
    written = parse(yaml, { maxAliasCount: 50 });
  } catch (error) {
    return { protocol: null, problems: [(error as Error).message.split('\n')[0]!] };
  }
  const shaped = protocolShape.safeParse(written);
  if (!shaped.success)
    return {
      protocol: null,
      problems: shaped.error.issues.slice(0, 20).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    };
  const protocol = makeProtocol(shaped.data);
  try {
    prepare(protocol);
    for (const one of shaped.data.cases) caseAnswers(protocol, one.answers);
  } catch (error) {
    return { protocol: null, problems: [(error as Error).message] };
  }
  return { protocol, problems: [] };
}

/** Reads a folder of protocols. What cannot be read is told by file. */
export async function readProtocols(
  folder: string,
): Promise<{ protocols: { file: string; protocol: Protocol }[]; problems: { file: string; message: string }[] }> {
  const protocols: { file: string; protocol: Protocol }[] = [];
  const problems: { file: string; message: string }[] = [];
  for (const file of (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()) {
    const read = readProtocol(await readFile(join(folder, file), 'utf8'));
    if (!read.protocol) problems.push(...read.problems.map((message) => ({ file, message })));
    else if (`${read.protocol.content.protocol}.yaml` !== file)
      problems.push({
        file,
        message: `the file of ${read.protocol.content.protocol} is called ${read.protocol.content.protocol}.yaml`,
      });
    else protocols.push({ file, protocol: read.protocol });
  }
  return { protocols, problems };
}

/**
 * Answers as an author writes them: yes, no, an option, a number, `2d`, `unsure`, or a patient's words.
 * @throws SyntaxError naming the answer that is none
 */
export function caseAnswers(
  { content }: Protocol,
  written: Readonly<Record<string, boolean | number | string>>,
): Map<string, Value> {
  const answers = new Map<string, Value>();
  for (const [id, given] of Object.entries(written)) {
    const question = content.questions.find((one) => one.id === id);
    if (!question) throw new SyntaxError(`"${id}" is no question of this protocol`);
    const wrong = (): SyntaxError => new SyntaxError(`"${String(given)}" is no answer to ${id}`);
    if (given === 'unsure') answers.set(id, 'unsure');
    else if (question.kind === 'yesno') {
      if (given === true || given === 'yes') answers.set(id, true);
      else if (given === false || given === 'no') answers.set(id, false);
      else throw wrong();
    } else if (question.kind === 'choice') {
      if (!question.options.some((one) => one.id === given)) throw wrong();
      answers.set(id, given as string);
    } else if (question.kind === 'duration' && typeof given === 'string' && /^\d+(?:min|h|d|w|mo|y)$/.test(given)) {
      answers.set(id, Math.round(daysOf(given) * 1440));
    } else if (typeof given === 'number') answers.set(id, given);
    else {
      const heard = hear(question, String(given), 'es');
      if (!heard || !('value' in heard)) throw wrong();
      answers.set(id, heard.value);
    }
  }
  return answers;
}
