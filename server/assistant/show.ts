import { nextOf } from './engine/ways.ts';
import type { Flow, Step } from './contract.ts';

type Language = 'es' | 'ca' | 'en' | 'pt';

function first(source: unknown, language: Language): string {
  const one = (Array.isArray(source) ? source.flat()[0] : source) as Record<Language, string>;
  const line = one[language].replace(/\s+/g, ' ');
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}

function label(one: Step, language: Language): string {
  if ('say' in one) return first(one.say, language);
  if ('ask' in one) return first(one.ask.text, language);
  if ('choose' in one) return first(one.choose.text, language);
  if ('call' in one) return one.call;
  if ('branch' in one) return '?';
  if ('handover' in one) return `${one.handover.queue}: ${one.handover.reason}`;
  if ('goto' in one) return one.goto;
  if ('jump' in one) return one.jump;
  if ('end' in one) return one.end.outcome;
  if ('triage' in one) return one.triage.protocol ?? '✚';
  if ('bot' in one) return one.bot.bot;
  return Object.keys(one.set).join(', ');
}

/** Brackets by kind of step: what waits leans, what asks the record is doubled, what leaves is round. */
const SHAPES: Record<string, [string, string]> = {
  say: ['[', ']'],
  ask: ['[/', '/]'],
  choose: ['[/', '/]'],
  call: ['[[', ']]'],
  branch: ['{', '}'],
  handover: ['([', '])'],
  goto: ['[[', ']]'],
  jump: ['([', '])'],
  end: ['(((', ')))'],
  set: ['[', ']'],
  triage: ['{{', '}}'],
  bot: ['{{', '}}'],
};

/** A flow as a Mermaid diagram: its steps by kind, its ways by what leads there. */
export function mermaid(flow: Flow, language: Language): string {
  const quote = (text: string): string =>
    `"${text
      .replace(/"/g, "'")
      .replace(/[<>]/g, '')
      .replace(/\{([^}]*)\}/g, '‹$1›')}"`;
  const lines = ['flowchart TD', `  %% ${flow.flow}: ${flow.title[language]}`, `  begin(( )) --> s_${flow.start}`];
  for (const [name, one] of Object.entries(flow.steps)) {
    const [open, close] = SHAPES[Object.keys(SHAPES).find((key) => key in one)!]!;
    lines.push(`  s_${name}${open}${quote(`${name}: ${label(one, language)}`)}${close}`);
    for (const way of nextOf(one))
      lines.push(
        `  s_${name} -->${way.from === 'next' ? '' : `|${quote(way.from)}|`} ${way.next === 'done' ? 'done((done))' : `s_${way.next}`}`,
      );
  }
  return lines.join('\n') + '\n';
}
