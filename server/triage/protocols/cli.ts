import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LANGUAGES } from './contract.ts';
import type { Protocol, ProtocolLanguage } from './contract.ts';
import { goldenResults, prove } from './proofs.ts';
import { OWN_PROTOCOLS, readProtocol, readProtocols } from './read.ts';

const HELP = `hebra protocols: read triage protocols and prove them

  hebra protocols check [--lang=es|ca|en|pt] [file.yaml …]

  Without files: all of clinical/protocols/. Tells for each protocol every proof, by which reasoning it holds, and for what does
  not hold a case that a clinician can read. Exit code 1 when anything is wrong. How to write one: docs/compliance/protocols.md
`;

/** `hebra protocols`. Answers the exit code: 0 when everything holds, 1 when something does not, 2 for a wrong call. */
async function protocolsCommand(args: string[]): Promise<number> {
  const say = (line: string): void => void process.stdout.write(line + '\n');
  const [command, ...rest] = args;
  if (command !== 'check' || rest.includes('--help')) {
    say(HELP);
    return command === undefined || args.includes('--help') || args.includes('-h') ? 0 : 2;
  }
  const asked = rest.find((one) => one.startsWith('--lang='))?.slice(7) ?? 'en';
  const language = LANGUAGES.find((one) => one === asked);
  if (!language) {
    say(`--lang knows ${LANGUAGES.join(', ')}`);
    return 2;
  }
  const files = rest.filter((one) => !one.startsWith('--'));
  let wrong = 0;
  const protocols: { file: string; protocol: Protocol }[] = [];
  if (files.length === 0) {
    const read = await readProtocols(OWN_PROTOCOLS);
    protocols.push(...read.protocols);
    for (const problem of read.problems) {
      wrong++;
      say(`✗ ${problem.file}: ${problem.message}`);
    }
  }
  for (const file of files) {
    const read = readProtocol(await readFile(file, 'utf8'));
    if (read.protocol) protocols.push({ file: basename(file), protocol: read.protocol });
    else
      for (const message of read.problems) {
        wrong++;
        say(`✗ ${file}: ${message}`);
      }
  }
  for (const { file, protocol } of protocols) wrong += tell(say, file, protocol, language);
  say(wrong ? `\n${wrong} do not hold.` : `\n${protocols.length} protocols: everything holds.`);
  return wrong ? 1 : 0;
}

function tell(say: (line: string) => void, file: string, protocol: Protocol, language: ProtocolLanguage): number {
  const { content, hash } = protocol;
  const passed = goldenResults(protocol).filter((one) => one.passes).length;
  say(`\n${file}  ${content.title[language]}  v${content.version}  ${hash.slice(0, 12)}`);
  say(
    `  ${content.questions.length} questions, ${content.rules.length} rules, golden cases ${passed}/${content.cases.length}`,
  );
  let wrong = 0;
  for (const { proof, holds, how, counterexamples } of prove(protocol)) {
    say(`  ${holds ? '✓' : '✗'} ${proof}  ${how[language]}`);
    if (holds) continue;
    wrong++;
    for (const one of counterexamples) say(`      ${one[language]}`);
  }
  return wrong;
}

if (import.meta.main) process.exitCode = await protocolsCommand(process.argv.slice(2));
