/* Understanding, measured on what another hand wrote and nobody trained with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELS } from '../server/assistant/understanding/classifier.ts';
import { unseen } from '../server/assistant/understanding/corpus.ts';
import { measureUnderstanding } from '../server/assistant/understanding/measure.ts';
import type { Figures } from '../server/assistant/understanding/training.ts';

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** What is read right by language, how sure it is said, and how long it takes: what, figure, more. */
export function understandingLines(): [string, string, string][] {
  const set = unseen();
  // the first readings find the code cold
  measureUnderstanding(set.slice(0, 200));
  const { byVariant, ours, foreign, calibrationError, micros } = measureUnderstanding(set);
  const { figures } = JSON.parse(readFileSync(join(MODELS, 'intents.json'), 'utf8')) as { figures: Figures };
  const hands = [...new Set(set.map((one) => one.hand))];
  const reached = (of: typeof ours, out: typeof foreign): boolean =>
    of.right / of.count >= 0.92 && out.keptOut / out.count >= 0.8;
  const mark = reached(ours, foreign);
  return [
    [
      `intents right, ${ours.count} messages of another hand`,
      percent(ours.right, ours.count),
      `with slips ${percent(ours.slipped, ours.count)}`,
    ],
    ...hands.map((hand): [string, string, string] => {
      const one = measureUnderstanding(set.filter((said) => said.hand === hand));
      return [
        `  hand ${hand}, ${one.ours.count} messages: ${reached(one.ours, one.foreign) ? 'reached' : 'not reached'}`,
        percent(one.ours.right, one.ours.count),
        `with slips ${percent(one.ours.slipped, one.ours.count)}, acted on wrongly ${one.ours.wrongly}; ` +
          `kept out ${percent(one.foreign.keptOut, one.foreign.count)} of ${one.foreign.count}`,
      ];
    }),
    ...[...byVariant].map(([variant, one]): [string, string, string] => [
      `  ${variant}`,
      percent(one.right, one.count),
      `with slips ${percent(one.slipped, one.count)}, ${one.count} messages`,
    ]),
    [
      'acted on, asked about, menu',
      `${percent(ours.acted, ours.count)}, ${percent(ours.asked, ours.count)}`,
      `${ours.wrongly} acted on wrongly`,
    ],
    [
      `not ours, kept from being acted on, of ${foreign.count}`,
      percent(foreign.keptOut, foreign.count),
      `cross-validated on unseen matters ${percent(figures.keptOut, 1)}`,
    ],
    [
      'calibration: expected error',
      percent(calibrationError, 1),
      `cross-validated ${percent(figures.calibrationError, 1)}; right ${percent(figures.accuracy['all'] ?? 0, 1)}`,
    ],
    ['one message', `${Math.round(micros.p50)} µs`, `p99 ${Math.round(micros.p99)} µs`],
    ['mark: ≥ 92 % right, ≥ 80 % kept out', mark ? 'reached' : 'not reached', ''],
  ];
}

if (import.meta.main)
  for (const [what, figure, more] of understandingLines())
    process.stdout.write(`  ${what.padEnd(48)} ${figure.padEnd(20)} ${more}`.trimEnd() + '\n');
