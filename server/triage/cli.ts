import { createInterface } from 'node:readline';
import { screen } from './screen.ts';

const HELP = `hebra screen: red flags in what patients say

  Reads JSON lines {"text","lang"?} on standard input and writes one line each:
  {"level":"hard"|"soft"|"none","flags":[{"rule","category"}]}
`;

/** `hebra screen`. Answers the exit code: 1 when a line was not JSON with a text. */
async function screenCommand(args: string[], input = process.stdin, output = process.stdout): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    output.write(HELP);
    return 0;
  }
  let wrong = 0;
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (!line.trim()) continue;
    let asked: { text?: unknown; lang?: unknown } | null = null;
    try {
      asked = JSON.parse(line) as { text?: unknown; lang?: unknown };
    } catch {
      asked = null;
    }
    if (!asked || typeof asked.text !== 'string') {
      wrong++;
      process.stderr.write(`line ${number}: expected {"text","lang"?}\n`);
      output.write('{"level":"none","flags":[],"error":"expected {\\"text\\",\\"lang\\"?}"}\n');
      continue;
    }
    output.write(
      JSON.stringify(screen(asked.text, typeof asked.lang === 'string' ? asked.lang.slice(0, 2).toLowerCase() : 'es')) +
        '\n',
    );
  }
  return wrong ? 1 : 0;
}

if (import.meta.main) process.exitCode = await screenCommand(process.argv.slice(2));
