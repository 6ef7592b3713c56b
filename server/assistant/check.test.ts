import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findings } from './check.ts';
import { flowCommand } from './cli.ts';
import type { Flow, FlowSet, Step } from './contract.ts';
import { flowShape } from './contract.ts';
import { makeSet, OWN_FLOWS, readFlows } from './flows.ts';
import { flowSchema } from './schema.ts';

const own = (await readFlows(OWN_FLOWS)).set as FlowSet;
const say = (text: string) => ({ es: text, ca: text, en: text, pt: text });

/** The own flows with one more that is broken in one way. */
function broken(steps: Record<string, unknown>, more: Record<string, unknown> = {}): string[] {
  const flow = flowShape.parse({
    flow: 'odd',
    title: say('Odd'),
    intents: ['menu_odd'],
    slots: { x: {}, list: {} },
    start: 'a',
    steps,
    ...more,
  }) as Flow;
  flow.intents = [];
  return findings(makeSet(own.settings, [...Object.values(own.flows), flow]))
    .filter((one) => one.flow === 'odd')
    .map((one) => one.code);
}

const done: Step = { say: say('Hi'), next: 'done' } as Step;
const menu = (option: Record<string, unknown> = {}, choose: Record<string, unknown> = {}) => ({
  choose: { text: say('Which?'), options: [{ id: 'one', title: say('One'), next: 'b', ...option }], ...choose },
});

const LED = {
  emergency_now: 'call',
  nurse_now: 'call',
  nurse_within_hour: 'b',
  appointment_24h: 'b',
  appointment: 'b',
  information: 'b',
  none: 'b',
  error: 'b',
};
const triage = (more: Record<string, unknown>): Record<string, unknown> => ({
  a: { triage: { protocol: 'head_injury', queue: 'nursing', on: LED, ...more } },
  call: { handover: { queue: 'nursing', priority: 'critical', reason: 'x' } },
  b: done,
});

describe('flow check finds', () => {
  test('nothing in a triage whose outcomes are all followed', () =>
    expect(broken(triage({}))).toEqual(['unreachable']));
  test('nothing in the demo flows', () => expect(findings(own)).toEqual([]));
  test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['unknown_step', { a: { say: say('Hi'), next: 'nowhere' } }],
    ['unreachable', { a: done, b: done }],
    ['circle', { a: { say: say('Hi'), next: 'b' }, b: { set: { x: 1 }, next: 'a' } }],
    ['dead_end', { a: { ask: { text: say('?'), kind: 'text', into: 'x', retry: say('again') }, next: 'a' } }],
    ['dead_end', { a: { branch: [{ when: 'x == 1', next: 'b' }] }, b: done }],
    ['missing_language', { a: { say: { es: 'Hola', ca: '', en: 'Hi', pt: 'Oi' }, next: 'done' } }],
    ['unknown_action', { a: { call: 'fly', on: { success: 'b', error: 'b' } }, b: done }],
    ['outcome_missing', { a: { call: 'places', into: 'list', on: { success: 'b', error: 'b' } }, b: done }],
    [
      'unknown_outcome',
      { a: { call: 'relatives', on: { success: 'b', error: 'b', empty: 'b', perhaps: 'b' } }, b: done },
    ],
    ['unknown_protocol', triage({ protocol: 'nothing_of_the_kind' })],
    ['unknown_queue', triage({ queue: 'nobody' })],
    ['unknown_slot', triage({ age: 'missing' })],
    ['not_to_a_person', triage({ on: { ...LED, emergency_now: 'b' } })],
    ['not_to_a_person', triage({ on: { ...LED, nurse_now: 'b' } })],
    ['unknown_step', triage({ on: { ...LED, information: 'nowhere' } })],
    ['unknown_queue', { a: { handover: { queue: 'nobody', reason: 'x' } } }],
    ['unknown_flow', { a: { jump: 'nowhere' } }],
    ['unknown_slot', { a: { set: { nothing_here: 1 }, next: 'done' } }],
    ['unknown_slot', { a: { say: say('{missing.name}'), next: 'done' } }],
    ['unknown_slot', { a: { branch: [{ when: 'missing == 1', next: 'b' }, { next: 'b' }] }, b: done }],
    ['unknown_filter', { a: { say: say('{x|shout}'), next: 'done' } }],
    ['bad_hole', { a: { say: say('{X}'), next: 'done' } }],
    ['bad_expression', { a: { branch: [{ when: 'x ==', next: 'b' }, { next: 'b' }] }, b: done }],
    ['no_person', { a: menu({}, { person: false }), b: done }],
    ['option_twice', { a: menu({ id: 'person' }), b: done }],
    ['too_long', { a: menu({ title: say('A title of more than twenty') }), b: done }],
    ['too_long', { a: menu({}, { text: say('x'.repeat(1025)) }), b: done }],
    ['too_long', { a: { say: say('x'.repeat(4097)), next: 'done' } }],
    ['too_long', { a: menu({ description: say('x'.repeat(73)) }), b: done }],
    [
      'many_rows',
      {
        a: {
          choose: {
            text: say('?'),
            options: Array.from({ length: 11 }, (_, index) => ({ id: `o${index}`, title: say('T'), next: 'b' })),
          },
        },
        b: done,
      },
    ],
    ['no_timeout', { a: { ...menu(), timeout: { after: '0m', next: 'b' } }, b: done }],
    ['late_timeout', { a: { ...menu(), timeout: { after: '2d', next: 'b' } }, b: done }],
    ['never_said', { a: { say: [say('A'), { when: 'x == 1', ...say('B') }], next: 'done' } }],
    ['proof_goto', { a: { goto: 'whom', next: 'done' } }, { proof: 'matched' }],
    ['maybe_empty', { a: menu({ when: 'x == 1' }), b: done }],
  ])('%s in %j', (code, steps, more) => expect(broken(steps, more)).toContain(code));

  test('an intent that begins two flows, a start that is not there', () => {
    const twice = makeSet({ ...own.settings, start: 'gone', queue: 'gone' }, [
      ...Object.values(own.flows),
      { ...own.flows['more']!, flow: 'again', intents: ['thanks', 'dance'] },
    ]);
    expect(findings(twice).map((one) => one.code)).toEqual(
      expect.arrayContaining(['unknown_flow', 'unknown_queue', 'intent_twice', 'unknown_intent']),
    );
  });
});

describe('hebra flow', () => {
  const run = async (...args: string[]) => {
    const out: string[] = [];
    const code = await flowCommand(args, { write: (text) => out.push(text) }, { write: (text) => out.push(text) });
    return { code, out: out.join('') };
  };
  test('check, show, help', async () => {
    expect((await run('check')).code).toBe(0);
    expect((await run('check', '/nowhere')).code).toBe(2);
    expect((await run('check', '--json')).out).toContain('[]');
    expect((await run('show', 'book', '--language', 'ca')).out).toContain('flowchart TD');
    expect((await run('show', 'nothing')).code).toBe(1);
    expect((await run('--help')).code).toBe(0);
    expect((await run()).code).toBe(2);
  });
});

test('a set has the same hash whatever the order, another for another word', () => {
  const turned = makeSet(own.settings, Object.values(own.flows).reverse());
  expect(turned.hash).toBe(own.hash);
  const other = structuredClone(Object.values(own.flows));
  other[0]!.title.es += '.';
  expect(makeSet(own.settings, other).hash).not.toBe(own.hash);
});

test('the published schema is that of the code: node server/assistant/schema.ts writes it', async () => {
  const published = await readFile(join(OWN_FLOWS, '../docs/flows/flow.schema.json'), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(flowSchema())));
});
