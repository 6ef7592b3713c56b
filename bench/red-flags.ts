/*
 * What the screening for red flags finds and how often it cries wolf, on corpus/red-flags: counts only. Of `test` no
 * message is ever printed: whoever writes rules or trains has not read it, and a test that was read is worth nothing.
 *
 *   node bench/red-flags.ts                       the report on test (train too, with --part train)
 *   node bench/red-flags.ts --write               the same into docs/compliance/red-flags.md
 *   node bench/red-flags.ts --part train --misses what train misses and what it raises wrongly, line by line
 *   node bench/red-flags.ts --hands               train, each hand screened by a classifier that never saw it
 *   node bench/red-flags.ts --hands --misses      what is missed and wrongly raised then, line by line
 */
import { writeFileSync } from 'node:fs';
import { CATEGORIES } from '../server/triage/contract.ts';
import type { Level } from '../server/triage/contract.ts';
import { PARTS, WHYS, readCorpus, readNeutral, unseen } from '../server/triage/corpus.ts';
import type { Message, Part } from '../server/triage/corpus.ts';
import { LANGUAGES } from '../server/triage/said.ts';
import { explain, redFlagPack, screen } from '../server/triage/screen.ts';
import { leaveHandsOut } from '../server/triage/train.ts';

const REPORT = new URL('../docs/compliance/red-flags.md', import.meta.url).pathname;
/** In these nothing may be missed. */
const NEVER_MISSED = ['cardiac', 'respiratory', 'stroke', 'suicide', 'unconscious'];

type Row = {
  emergencies: number;
  found: number;
  hard: number;
  lookAlikes: number;
  hardFalse: number;
  anyFalse: number;
};
const EMPTY: Row = { emergencies: 0, found: 0, hard: 0, lookAlikes: 0, hardFalse: 0, anyFalse: 0 };

/**
 * The one-sided 95 % lower bound of a share, by Clopper and Pearson (1934): the share at which so many hits or more of
 * `of` would come once in twenty.
 */
export function lowerBound(hits: number, of: number): number {
  if (of === 0 || hits === 0) return 0;
  const logs = [0];
  for (let i = 1; i <= of; i++) logs.push(logs[i - 1]! + Math.log(i));
  const atLeast = (share: number): number => {
    let sum = 0;
    for (let k = hits; k <= of; k++)
      sum += Math.exp(logs[of]! - logs[k]! - logs[of - k]! + k * Math.log(share) + (of - k) * Math.log1p(-share));
    return sum;
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atLeast(middle) < 0.05) low = middle;
    else high = middle;
  }
  return low;
}

function count(row: Row, message: Message, level: Level): void {
  if (message.emergency) {
    row.emergencies++;
    if (level !== 'none') row.found++;
    if (level === 'hard') row.hard++;
  } else {
    row.lookAlikes++;
    if (level === 'hard') row.hardFalse++;
    if (level !== 'none') row.anyFalse++;
  }
}

const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`);

function table(name: string, rows: Map<string, Row>): string[] {
  const lines = [
    `| ${name} | emergencies | found | recall | at least (95 %) | hard at once | look-alikes | false hard | any false alarm |`,
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const [key, row] of rows)
    lines.push(
      `| ${key} | ${row.emergencies} | ${row.found} | ${percent(row.found / row.emergencies)} | ${percent(lowerBound(row.found, row.emergencies))} | ${percent(row.hard / row.emergencies)} | ${row.lookAlikes} | ${percent(row.hardFalse / row.lookAlikes)} | ${percent(row.anyFalse / row.lookAlikes)} |`,
    );
  return lines;
}

let counted: readonly Message[] | null = null;
/** The messages of test that do not nearly stand in train; compared once, which takes longer than all the rest. */
function testMessages(): readonly Message[] {
  return (counted ??= unseen(readCorpus('train'), readCorpus('test')));
}

/** The figures of one part as Markdown; never a message. */
export function report(part: Part): string[] {
  const messages = part === 'test' ? testMessages() : readCorpus(part);
  if (messages.length === 0) return [`No messages in corpus/red-flags/${part}.`];
  const rows = (keys: readonly string[]): Map<string, Row> => new Map(keys.map((key) => [key, { ...EMPTY }]));
  const all = rows(['all']);
  const languages = rows(LANGUAGES);
  const countries = rows([...new Set(messages.map((one) => `${one.language}-${one.country}`))].sort());
  const categories = rows(CATEGORIES);
  const whys = new Map(WHYS.map((why) => [why, { ...EMPTY }]));
  for (const message of messages) screen(message.text, message.language);
  const began = process.cpuUsage();
  const levels = messages.map((message) => screen(message.text, message.language).level);
  // processor time: the machine may be busy with something else
  const each = process.cpuUsage(began).user / 1000 / messages.length;
  for (const [index, message] of messages.entries()) {
    const level = levels[index]!;
    count(all.get('all')!, message, level);
    count(languages.get(message.language)!, message, level);
    count(countries.get(`${message.language}-${message.country}`)!, message, level);
    count(categories.get(message.category)!, message, level);
    if (message.why) count(whys.get(message.why)!, message, level);
  }
  const whole = all.get('all')!;
  const missed = NEVER_MISSED.map((key) => {
    const row = categories.get(key)!;
    return `${key} ${row.emergencies - row.found}`;
  });
  const neutral = readNeutral();
  const idle = neutral.filter((one) => screen(one.text, one.language).level !== 'none').length;
  const bar = (met: boolean): string => (met ? 'met' : 'NOT met');
  return [
    `${messages.length} messages of ${new Set(messages.map((one) => one.family)).size} families, screened in ${(each * 1000).toFixed(0)} µs of processor time each.`,
    '',
    '| bar | figure | |',
    '| --- | --- | --- |',
    `| recall, hard or soft, ≥ 99 % | ${percent(whole.found / whole.emergencies)} (at least ${percent(lowerBound(whole.found, whole.emergencies))}) | ${bar(whole.found / whole.emergencies >= 0.99)} |`,
    `| none missed in ${NEVER_MISSED.join(', ')} | ${missed.join(', ')} missed | ${bar(missed.every((one) => one.endsWith(' 0')))} |`,
    `| false hard alarms ≤ 5 % of look-alikes | ${percent(whole.hardFalse / whole.lookAlikes)} | ${bar(whole.hardFalse / whole.lookAlikes <= 0.05)} |`,
    `| any false alarm ≤ 20 % of look-alikes | ${percent(whole.anyFalse / whole.lookAlikes)} | ${bar(whole.anyFalse / whole.lookAlikes <= 0.2)} |`,
    `| under 1 ms a message | ${(each * 1000).toFixed(0)} µs | ${bar(each < 1)} |`,
    `| alarms on everyday wishes (no bar; ${neutral.length} messages) | ${percent(idle / neutral.length)} | |`,
    '',
    ...table('part', all),
    '',
    ...table('language', languages),
    '',
    ...table('country', countries),
    '',
    ...table('category', categories),
    '',
    '| look-alike because of | messages | false hard | any false alarm |',
    '| --- | ---: | ---: | ---: |',
    ...[...whys].map(
      ([why, row]) =>
        `| ${why} | ${row.lookAlikes} | ${percent(row.hardFalse / row.lookAlikes)} | ${percent(row.anyFalse / row.lookAlikes)} |`,
    ),
  ];
}

/** Rows of train by hand, each hand screened by a classifier that was trained on others; and of test by hand. */
function byHand(messages: readonly Message[], levels: readonly Level[]): Map<string, Row> {
  const hands = [...new Set(messages.map((one) => one.hand))].sort();
  const rows = new Map(['all', ...hands].map((key) => [key, { ...EMPTY }]));
  for (const [index, message] of messages.entries())
    for (const key of ['all', message.hand]) count(rows.get(key)!, message, levels[index]!);
  return rows;
}

function handsOfTest(): string[] {
  const messages = testMessages();
  return table(
    'hand',
    byHand(
      messages,
      messages.map((message) => screen(message.text, message.language).level),
    ),
  );
}

function handsLeftOut(): string[] {
  const { messages, levels } = leaveHandsOut();
  return table('hand', byHand(messages, levels));
}

function document(): string {
  const pack = redFlagPack();
  const [train, test] = [readCorpus('train'), readCorpus('test')];
  const copies = test.length - testMessages().length;
  const both = [...train, ...test];
  const emergencies = both.filter((one) => one.emergency).length;
  return [
    '# Red flags: what the screening finds',
    '',
    'Made by `node bench/red-flags.ts --write`; not written by hand. The pack is a draft of the project until a clinician',
    'of the organisation signs it. The screening says that a person must look now, never what somebody has.',
    '',
    `Pack ${pack.version} (${pack.status}), SHA-256 \`${pack.hash}\`: ${pack.concepts.length} concepts, ${pack.contexts.length} contexts, ${pack.rules.length} rules.`,
    '',
    '## How it is measured',
    '',
    `The corpus (corpus/red-flags) was written by the project, as patients write: ${emergencies} emergencies and ${both.length - emergencies} look-alikes`,
    'in Spanish of Argentina, Colombia, Mexico, Chile and Spain, Catalan, English and Portuguese. A line is a family: one idea in up to',
    'four wordings. A family stands in one part; the parts were written by different hands; those who write the lexicon and train the',
    `classifier never read \`test\`. ${copies} of ${test.length} messages of test nearly stand in train (Jaccard of 4-letter grams ≥ 0.7) and are not counted.`,
    '*Recall* is the share of emergencies raised hard or soft; beside it the one-sided 95 % lower bound of Clopper and Pearson.',
    'A corpus that one project wrote is not the world: an organisation should measure its own messages before it relies on these figures.',
    '',
    '## On the test part',
    '',
    ...report('test'),
    '',
    'By the hand that wrote them:',
    '',
    ...handsOfTest(),
    '',
    '## What a hand not yet met may bring',
    '',
    'The training part again, each hand screened by a classifier that was trained on other hands only (a fifth of the corpus is left',
    'out at a time), with thresholds chosen the same way. The rules were written with these hands in sight, the classifier was not.',
    'Hands l and m wrote only what is hardest: emergencies told without their words.',
    '',
    ...handsLeftOut(),
    '',
    '## On the training part, for comparison',
    '',
    'What the rules were written and the classifier was trained on; it says nothing about messages not yet seen.',
    '',
    ...report('train').slice(0, 14),
    '',
  ].join('\n');
}

function misses(): void {
  for (const message of readCorpus('train')) {
    const { level, rules } = explain(message.text, message.language);
    const wrong = message.emergency ? level === 'none' : level !== 'none';
    if (!wrong) continue;
    const what = message.emergency ? 'missed' : `false ${level}`;
    const fired = rules.filter((rule) => rule.fired !== 'faint').map((rule) => rule.rule);
    process.stdout.write(
      `${what}\t${message.family}\t${message.category}${message.why ? ' ' + message.why : ''}\t${message.text}\t${fired.join(' ')}\n`,
    );
  }
}

function missesLeftOut(): void {
  const { messages, levels } = leaveHandsOut();
  for (const [index, message] of messages.entries())
    if (message.emergency === (levels[index] === 'none'))
      process.stdout.write(
        `${message.emergency ? 'missed' : `false ${levels[index]}`}\t${message.family}\t${message.category}${message.why ? ' ' + message.why : ''}\t${message.text}\n`,
      );
}

/** The command; answers the exit code. */
function redFlagsCommand(args: string[]): number {
  const part = args.includes('--part') ? args[args.indexOf('--part') + 1] : 'test';
  if (!PARTS.includes(part as Part)) {
    process.stderr.write('red flags: --part is train or test\n');
    return 2;
  }
  if (args.includes('--hands')) {
    if (args.includes('--misses')) missesLeftOut();
    else process.stdout.write(handsLeftOut().join('\n') + '\n');
    return 0;
  }
  if (args.includes('--misses')) {
    if (part !== 'train') {
      process.stderr.write('red flags: what test misses is never listed; a test that was read is worth nothing\n');
      return 2;
    }
    misses();
    return 0;
  }
  if (args.includes('--write')) writeFileSync(REPORT, document());
  else process.stdout.write(report(part as Part).join('\n') + '\n');
  return 0;
}

if (import.meta.main) process.exitCode = redFlagsCommand(process.argv.slice(2));
