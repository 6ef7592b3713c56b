import type { Language } from '../../conversation/contract.ts';
import { CAUSES, type LevelLine, type LevelsReport } from './contract.ts';

const FIGURES = ['serviceLevel', 'withoutShortAbandons', 'ofAnswered', 'abandonment', 'averageWait'] as const;
const SUMS = [
  'offered',
  'answered',
  'answeredInTarget',
  'abandoned',
  'shortAbandons',
  'calledBack',
  'withdrawn',
  'waiting',
  'waitingLate',
  'missed',
] as const;

/**
 * A report as CSV (RFC 4180): a line for each entity, queue and class with something in it, and for each entity in all.
 * Shares are fractions of one, waits seconds; a cell without a figure is empty.
 */
export function levelsCsv(report: LevelsReport, language: Language, organisation: string): string {
  const head = [
    'from',
    'until',
    'entity',
    'queue',
    'class',
    'target_seconds',
    'goal',
    ...[...SUMS, ...FIGURES].map(snake),
    ...CAUSES.map((cause) => `missed_${cause}`),
  ];
  const lines: unknown[][] = [];
  const push = (entity: string, queue: string, priority: string, target: unknown, goal: unknown, line: LevelLine) =>
    lines.push([
      report.from,
      report.until,
      entity,
      queue,
      priority,
      target,
      goal,
      ...SUMS.map((key) => line[key]),
      ...FIGURES.map((key) => (line[key] === null ? '' : Number(line[key].toFixed(4)))),
      ...CAUSES.map((cause) => line.causes[cause] ?? 0),
    ]);
  for (const entity of report.entities) {
    const name = entity.name ?? organisation;
    push(name, '', '', '', '', entity.line);
    for (const queue of entity.queues)
      for (const one of queue.classes)
        push(name, queue.names[language], one.priority, one.targetSeconds, queue.goal, one.line);
  }
  return [head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A name that begins like a formula stays a name when a spreadsheet opens it. */
function cell(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
