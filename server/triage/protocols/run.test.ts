import { describe, expect, test } from 'vitest';
import type { Protocol, Run, RunFacts } from './contract.ts';
import { OWN_PROTOCOLS, readProtocols } from './read.ts';
import { answer, atRedFlag, back, begin, outcomeText, shownQuestion, walk } from './run.ts';
import type { Step } from './run.ts';

const { protocols, problems } = await readProtocols(OWN_PROTOCOLS);
const own = (id: string): Protocol => protocols.find((one) => one.protocol.content.protocol === id)!.protocol;
const chest = own('chest_pain_adults');
const child = own('child_fever');
const head = own('head_injury');
const adult: RunFacts = { age: 50 * 365.25, by: 'self', repeat: false };
const toddler: RunFacts = { age: 4 * 365.25, by: 'relative', repeat: false };
const at = '2026-11-23T09:00:00.000Z';

/** Answers in words, until they end or the run does. */
function talk(protocol: Protocol, facts: RunFacts, ...lines: string[]): Step {
  let step = begin(protocol, facts);
  for (const text of lines) {
    if (!step.ask) break;
    step = answer(protocol, step.run, { kind: 'text', text, language: 'es', at });
  }
  return step;
}
const tap = (protocol: Protocol, run: Run, id: string): Step =>
  answer(protocol, run, { kind: 'option', id, language: 'es', at });
const no = (count: number): string[] => Array.from({ length: count }, () => 'no');

test('the project’s own protocols can be read', () => expect(problems).toEqual([]));

describe('a run', () => {
  test('asks every red flag first, one at a time, and keeps each as shown and verbatim', () => {
    const flags = chest.content.questions.filter((one) => one.kind === 'yesno' && one.flag).length;
    const step = talk(chest, adult, ...no(flags));
    expect(step.run.answers.map((one) => one.question)).toEqual(
      chest.content.questions.slice(0, flags).map((one) => one.id),
    );
    expect(step.run.answers[0]).toEqual({
      question: 'pain_now',
      shown: `${chest.content.questions[0]!.text.es}\n· Sí\n· No\n· No lo sé`,
      said: 'no',
      at,
      value: false,
      doubt: null,
    });
    expect(atRedFlag(chest, talk(chest, adult, ...no(flags - 1)).run)).toBe(true);
    expect(atRedFlag(chest, step.run)).toBe(false);
  });

  test('ends at once when nothing can be more urgent, and not before', () => {
    expect(talk(chest, adult, 'no', 'sí').run.disposition).toMatchObject({
      level: 'emergency_now',
      rule: 'alarm_alone',
    });
    const nurse = talk(chest, adult, 'sí');
    expect(nurse.ask?.id).toBe('breathless');
    expect(nurse.run.disposition).toBeNull();
  });

  test('is pinned to its hash: another content never goes on with it', () => {
    const { run } = begin(chest, adult);
    expect(run.hash).toBe(chest.hash);
    const changed = { ...chest, hash: 'f'.repeat(64) };
    expect(() => tap(changed, run, 'yes')).toThrow(RangeError);
    expect(() => tap(chest, { ...run, at: null }, 'yes')).toThrow(RangeError);
  });

  test('is pure: the same words give the same run, and what was given is not changed', () => {
    const { run } = begin(child, toddler);
    const copy = structuredClone(run);
    expect(tap(child, run, 'no')).toEqual(tap(child, run, 'no'));
    expect(run).toEqual(copy);
  });
});

describe('a red flag counts as yes', () => {
  const second = (text: string): Step => talk(chest, adult, 'no', text);
  test.each(['sí', 'no sé', 'creo que no', 'sí, bueno, no', 'un poco', 'no puedo ni hablar'])('on «%s»', (text) => {
    expect(second(text).run.disposition).toMatchObject({ level: 'emergency_now', rule: 'alarm_alone' });
  });

  test('on silence', () => {
    const waiting = talk(chest, adult, 'no');
    const { run } = answer(chest, waiting.run, { kind: 'silence', language: 'es', at });
    expect(run.disposition).toMatchObject({ level: 'emergency_now', rule: 'alarm_alone' });
    expect(run.answers.at(-1)).toMatchObject({ said: '', doubt: 'silence' });
  });

  test('on a yes that is taken back', () => {
    const yes = talk(chest, adult, 'sí');
    const again = back(chest, yes.run)!;
    expect(again.ask?.id).toBe('pain_now');
    const taken = tap(chest, again.run, 'no');
    expect(taken.run.answers.map((one) => [one.said, one.value, one.doubt])).toEqual([
      ['sí', true, null],
      ['No', true, 'contradiction'],
    ]);
  });

  test('but who did not know and has looked since contradicts nobody', () => {
    const unsure = talk(head, adult, 'no', 'no', 'no', 'no', 'no sé');
    const again = back(head, unsure.run)!;
    const { run } = tap(head, again.run, 'no');
    expect(run.answers.at(-1)).toMatchObject({ value: false, doubt: null });
  });
});

describe('an ordinary question', () => {
  const through = (facts: RunFacts, ...lines: string[]): Run => talk(head, facts, ...no(8), ...lines).run;

  test.each<[string, string[], string, string[]]>([
    ['answered', ['no', 'no', 'leve', 'no', 'no'], 'information', []],
    ['not known', ['no', 'no sé', 'leve', 'no', 'no'], 'appointment', ['doubt']],
    ['twice not known', ['no', 'no sé', 'leve', 'no sé', 'no'], 'appointment', ['doubt']],
    ['worse', ['sí', 'no', 'leve', 'no', 'no'], 'nurse_now', []],
    ['worse, and another not known', ['sí', 'no', 'leve', 'no sé', 'no'], 'emergency_now', ['doubt']],
  ])('%s', (_, lines, level, raised) => {
    expect(through(adult, ...lines).disposition).toMatchObject({ level, raised });
  });

  test('left in silence ends the run one level up', () => {
    const waiting = through(adult, 'no', 'no', 'leve');
    const { run } = answer(head, waiting, { kind: 'silence', language: 'es', at });
    expect(run.disposition).toMatchObject({ level: 'appointment', base: 'information', raised: ['doubt'] });
  });

  test('contact again within 72 hours raises one level', () => {
    expect(through({ ...adult, repeat: true }, 'no', 'no', 'leve', 'no', 'no').disposition).toMatchObject({
      level: 'appointment',
      base: 'information',
      raised: ['repeat'],
    });
  });

  test('made milder: the patient’s own word counts with a doubt, a relative’s never lowers', () => {
    const change = (by: RunFacts['by']): Run => {
      const strong = through({ ...adult, by }, 'no', 'no', 'fuerte');
      const again = back(head, strong)!;
      expect(again.ask?.id).toBe('headache');
      let step = tap(head, again.run, 'none');
      while (step.ask) step = tap(head, step.run, 'no');
      return step.run;
    };
    expect(change('self').disposition).toMatchObject({ level: 'appointment', base: 'information', raised: ['doubt'] });
    expect(change('relative').disposition).toMatchObject({ base: 'nurse_within_hour', rule: 'watch_closely' });
  });

  test('what is not understood is asked again and nothing is guessed', () => {
    const step = talk(head, adult, ...no(8), 'no', 'no', 'purple');
    expect(step).toMatchObject({ again: 'not_understood', ask: { id: 'headache' }, run: { tries: 1 } });
    expect(step.run.answers).toHaveLength(10);
    const hot = talk(child, toddler, ...no(7), '385');
    expect(hot).toMatchObject({ again: 'implausible', ask: { id: 'temperature' } });
  });
});

test('whatever is typed is screened for red flags besides', () => {
  const step = talk(head, adult, ...no(8), 'no', 'no', 'me duele muchísimo el pecho y no puedo respirar');
  expect(step.run.disposition).toMatchObject({ level: 'emergency_now', rule: 'words', raised: ['words'] });
  expect(step.run.answers.at(-1)).toMatchObject({ question: 'headache', said: expect.stringContaining('pecho') });
});

test('age leads: the same fever at six weeks and at four years', () => {
  const answers = new Map([['temperature', 38.2]]);
  expect(walk(child, { ...toddler, age: 42 }, answers).disposition.level).toBe('emergency_now');
  expect(walk(child, toddler, answers).disposition.level).toBe('information');
});

test('back goes question by question to the first, and no further', () => {
  let { run } = talk(child, toddler, ...no(3));
  for (const wanted of ['colour', 'breathing', 'hard_to_wake']) {
    const step = back(child, run)!;
    expect(step.ask?.id).toBe(wanted);
    run = step.run;
  }
  expect(back(child, run)).toBeNull();
  // and on with what was not asked yet
  expect(tap(child, run, 'no').ask?.id).toBe('spots');
});

describe('what is said', () => {
  test('names the emergency number and first aid in each language', () => {
    const { disposition } = walk(chest, adult, new Map([['breathless', true]]));
    for (const language of ['es', 'ca', 'en', 'pt'] as const) {
      const said = outcomeText(chest, disposition, language, '911');
      expect(said).toContain('911');
      expect(said).not.toContain('{');
      expect(said).toContain(chest.content.rules.find((one) => one.id === 'alarm_alone')!.first_aid![language]);
    }
  });

  test('a raised outcome is told in the words of its own level', () => {
    const { disposition } = walk(head, { ...adult, repeat: true }, new Map([['thinners', true]]));
    expect(disposition).toMatchObject({ level: 'emergency_now', base: 'nurse_now' });
    expect(outcomeText(head, disposition, 'es', '112')).toMatch(/Llame ahora al 112/);
  });

  test('a yes-or-no question has three buttons, a choice its options and “do not know”', () => {
    expect(shownQuestion(chest.content.questions[0]!, 'pt').options.map((one) => one.title)).toEqual([
      'Sim',
      'Não',
      'Não sei',
    ]);
    expect(shownQuestion(chest.content.questions.at(-1)!, 'en').options).toHaveLength(5);
  });
});
