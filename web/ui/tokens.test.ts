import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** Text on its ground, by WCAG 2.2 1.4.3. */
const TEXT: [string, string[]][] = [
  ['ink', ['canvas', 'surface', 'thread-tint', 'thread-tint-2']],
  ['ink-2', ['canvas', 'surface', 'sunken', 'thread-tint-2']],
  ['ink-3', ['canvas', 'surface', 'sunken', 'thread-tint-2']],
  ['thread', ['surface', 'canvas', 'thread-tint', 'thread-tint-2']],
  ['on-thread', ['thread', 'thread-hover']],
  ['on-urgent', ['urgent']],
  ['urgent-ink', ['surface', 'urgent-tint', 'thread-tint-2']],
  ['time-ink', ['surface', 'time-tint', 'canvas', 'thread-tint-2']],
  ['ok-ink', ['surface', 'ok-tint', 'canvas']],
  ['team-ink', ['surface', 'team-tint']],
  ['on-inverse', ['inverse']],
  ['on-rail', ['rail', 'rail-2']],
  ['on-rail-2', ['rail']],
];
/** Marks and borders on their ground, by 1.4.11. */
const MARKS: [string, string[]][] = [
  ['thread-line', ['surface', 'canvas']],
  ['line-strong', ['surface', 'canvas']],
  ['urgent', ['surface', 'canvas']],
  ['time', ['surface', 'canvas', 'thread-tint-2']],
  ['ok', ['surface']],
  ['team', ['surface']],
  ['focus', ['surface', 'canvas']],
  ['rail-ok', ['rail']],
];

test.each(['light', 'dark', 'contrast'])('every pair of the %s theme can be read', (theme) => {
  const colours = tokens(theme);
  const weak = [...pairs(TEXT, 4.5), ...pairs(MARKS, 3)].flatMap(([on, under, least]) => {
    const ratio = contrast(colours[on]!, colours[under]!);
    return ratio < least ? [`${on} on ${under}: ${ratio.toFixed(2)} < ${least}`] : [];
  });
  expect(weak).toEqual([]);
});

function* pairs(table: [string, string[]][], least: number): Generator<[string, string, number]> {
  for (const [on, grounds] of table) for (const under of grounds) yield [on, under, least];
}

function tokens(theme: string): Record<string, string> {
  const block = css.slice(css.indexOf(`[data-theme='${theme}']`)).split('}')[0]!;
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
