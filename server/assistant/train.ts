import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../platform/linear.ts';
import { trainRedFlags } from '../triage/train.ts';
import { MODELS } from './understanding/classifier.ts';
import { readCorpus } from './understanding/corpus.ts';
import { trainIntents } from './understanding/training.ts';
import type { Figures } from './understanding/training.ts';

/** The files of the trained models, by name, and what cross-validation says of them. The same bytes from the same corpus. */
export function trainedFiles(): { files: Record<string, Buffer>; figures: Figures } {
  const { model, judgement, figures } = trainIntents(readCorpus('train'));
  return {
    files: {
      'intents.bin': encodeModel(model),
      'intents.json': Buffer.from(JSON.stringify({ judgement, figures }, null, 2) + '\n'),
      'red-flags.bin': trainRedFlags().bytes,
    },
    figures,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `hebra train`: trains everything from `corpus/` and writes `models/`. */
async function trainCommand(): Promise<void> {
  const began = performance.now();
  const { files, figures } = trainedFiles();
  mkdirSync(MODELS, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(MODELS, name), bytes);
  process.stdout.write(
    [
      `intents, cross-validated over whole families (${Object.values(files)
        .map((bytes) => Math.round(bytes.length / 1024))
        .join(' + ')} KiB, ${((performance.now() - began) / 1000).toFixed(1)} s)`,
      `  right           ${Object.entries(figures.accuracy)
        .map(([variant, share]) => `${variant} ${percent(share)}`)
        .join(' · ')}`,
      `  with slips      ${percent(figures.noisy)}`,
      `  acted on        ${percent(figures.acted)} of what is ours; of all that is acted on ${percent(figures.precision)} is right`,
      `  kept out        ${percent(figures.keptOut)} of what is not ours, on matters that were not trained`,
      `  calibration     expected error ${percent(figures.calibrationError)}`,
      '',
    ].join('\n'),
  );
}

if (import.meta.main) await trainCommand();
