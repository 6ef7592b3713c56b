import { createInterface } from 'node:readline';
import { entitiesOf } from '../entities/entities.ts';
import { understood } from '../understand.ts';

const HELP = `hebra understand: what patients want, in their own words

  Reads JSON lines {"text","lang"?} on standard input and writes one line each:
  {"intent","confidence","band":"act"|"ask"|"menu","entities":[...],"detail"?}
  detail: the finer wish of our own flows that it is, such as appointment_next or thanks
`;

/** The clock on this machine's wall, as dates are read against it. */
function wallNow(): string {
  const now = new Date();
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T${two(now.getHours())}:${two(now.getMinutes())}`;
}

/** One line's answer. What is none of ours is never in the act band. */
export function understandLine(text: string, language: string, now: string): Record<string, unknown> {
  const { intent, base, confidence, band, none } = understood(text);
  return {
    intent: base,
    confidence: Math.round(confidence * 1000) / 1000,
    band: base === 'out_of_scope' ? 'menu' : band,
    entities: entitiesOf(text, { language, now }),
    ...(intent !== base && !none ? { detail: intent } : {}),
  };
}

/** `hebra understand`. Answers the exit code: 1 when a line was not JSON with a text. */
async function understandCommand(args: string[], input = process.stdin, output = process.stdout): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    output.write(HELP);
    return 0;
  }
  const now = wallNow();
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
      output.write(
        '{"intent":"out_of_scope","confidence":0,"band":"menu","entities":[],"error":"expected {\\"text\\",\\"lang\\"?}"}\n',
      );
      continue;
    }
    const language = typeof asked.lang === 'string' ? asked.lang.slice(0, 2).toLowerCase() : 'es';
    output.write(JSON.stringify(understandLine(asked.text, language, now)) + '\n');
  }
  return wrong ? 1 : 0;
}

if (import.meta.main) process.exitCode = await understandCommand(process.argv.slice(2));
