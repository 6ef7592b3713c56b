import { resolve } from 'node:path';
import { findings } from './check.ts';
import type { Finding } from './check.ts';
import { OWN_FLOWS, readFlows } from './flows.ts';
import type { Read } from './flows.ts';
import { mermaid } from './show.ts';

const HELP = `hebra flow: the assistant's flows

  hebra flow check [folder] [--json]       what is wrong with them; exit 1 on an error
  hebra flow show <flow> [folder] [--language es|ca|en|pt]
                                           a Mermaid diagram of one flow

  The folder is flows/ unless another is named.
`;

type Out = { write(text: string): unknown };

/** `hebra flow …`. Answers the exit code: 1 on findings, 2 on a wrong command. */
export async function flowCommand(
  args: string[],
  output: Out = process.stdout,
  errors: Out = process.stderr,
): Promise<number> {
  const words = args.filter((word, index) => !word.startsWith('-') && args[index - 1] !== '--language');
  if (words[0] === 'flow') words.shift();
  const [command, ...rest] = words;
  if (args.includes('--help') || args.includes('-h')) {
    output.write(HELP);
    return 0;
  }
  if (command !== 'check' && !(command === 'show' && rest[0])) {
    errors.write(HELP);
    return 2;
  }
  const folder = resolve((command === 'check' ? rest[0] : rest[1]) ?? OWN_FLOWS);
  let found: Read;
  try {
    found = await readFlows(folder);
  } catch (error) {
    errors.write(`cannot read ${folder}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}\n`);
    return 2;
  }
  if (command === 'check') return check(found, args.includes('--json'), output, errors);
  return show(
    found,
    rest[0]!,
    args.includes('--language') ? args[args.indexOf('--language') + 1] : 'es',
    output,
    errors,
  );
}

function check(found: Read, json: boolean, output: Out, errors: Out): number {
  const all: Finding[] = [
    ...found.problems.map((one) => ({
      severity: 'error' as const,
      flow: one.file,
      code: 'shape',
      message: one.message,
    })),
    ...(found.set ? findings(found.set) : []),
  ];
  if (json) output.write(JSON.stringify(all, null, 2) + '\n');
  else
    for (const one of all)
      output.write(
        `${one.severity.padEnd(7)} ${one.flow}${one.step ? `/${one.step}` : ''}  ${one.code}  ${one.message}\n`,
      );
  const wrong = all.filter((one) => one.severity === 'error').length;
  errors.write(
    `${found.set ? Object.keys(found.set.flows).length : 0} flows, ${wrong} errors, ${all.length - wrong} warnings${found.set ? `, ${found.set.hash.slice(0, 12)}` : ''}\n`,
  );
  return wrong ? 1 : 0;
}

function show(found: Read, name: string, language: string | undefined, output: Out, errors: Out): number {
  const flow = found.set?.flows[name];
  if (!found.set || !flow) {
    errors.write(
      found.set
        ? `there is no flow "${name}": ${Object.keys(found.set.flows).join(' ')}\n`
        : 'the flows are broken: run hebra flow check\n',
    );
    return 1;
  }
  if (language !== 'es' && language !== 'ca' && language !== 'en' && language !== 'pt') {
    errors.write('--language is one of es ca en pt\n');
    return 2;
  }
  output.write(mermaid(flow, language));
  return 0;
}

if (import.meta.main) process.exitCode = await flowCommand(process.argv.slice(2));
