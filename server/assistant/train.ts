import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../platform/linear.ts';
import { trainRedFlags } from '../triage/train.ts';
import type { Trained } from '../triage/train.ts';
import { MODELS } from './understanding/classifier.ts';
import { readCorpus } from './understanding/corpus.ts';
import { trainIntents } from './understanding/training.ts';
import type { Figures } from './understanding/training.ts';

/** The files of all models by name, and what cross-validation says of them. The same bytes from the same corpus. */
export function trainedFiles(): { files: Record<string, Buffer>; intents: Figures; flags: Omit<Trained, 'bytes'> } {
  const { model, judgement, figures } = trainIntents(readCorpus('train'));
  const { bytes, ...flags } = trainRedFlags();
  const files = {
    'intents.bin': encodeModel(model),
    'intents.json': Buffer.from(JSON.stringify({ judgement, figures }, null, 2) + '\n'),
    'red-flags.bin': bytes,
  };
  return { files, intents: figures, flags };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `hebra train`: trains everything from `corpus/` and writes `models/`. */
function trainCommand(): void {
  const began = performance.now();
  const { files, intents, flags } = trainedFiles();
  mkdirSync(MODELS, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(MODELS, name), bytes);
  const sizes = Object.entries(files).map(([name, bytes]) => `${name} ${Math.ceil(bytes.length / 1024)} KiB`);
  say(
    `models: ${sizes.join(', ')}; ${((performance.now() - began) / 1000).toFixed(1)} s. Cross-validated by families:`,
  );
  say('intents');
  const shares = Object.entries(intents.accuracy).map(([variant, share]) => `${variant} ${percent(share)}`);
  say(`  right        ${shares.join(' · ')}`);
  say(`  with slips   ${percent(intents.noisy)}`);
  say(
    `  acted on     ${percent(intents.acted)} of what is ours; of all acted on ${percent(intents.precision)} is right`,
  );
  say(`  kept out     ${percent(intents.keptOut)} of what is not ours, on matters that were not trained`);
  say(`  calibration  expected error ${percent(intents.calibrationError)}`);
  say('red flags');
  say(`  found        ${percent(flags.recall)} of the emergencies`);
  say(`  alarms       hard ${percent(flags.hard)}, any ${percent(flags.any)} of the look-alikes`);
}

if (import.meta.main) trainCommand();
