import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEVELS, PROOFS } from './contract.ts';
import type { Protocol, ProtocolContent, Value } from './contract.ts';
import { readCondition } from './expression.ts';
import { goldenResults, prove } from './proofs.ts';
import { badness, effective, mildest, prepare, rank, ruleFor } from './prepare.ts';
import { makeProtocol, OWN_PROTOCOLS, readProtocol, readProtocols } from './read.ts';
import { walk } from './run.ts';

const { protocols } = await readProtocols(OWN_PROTOCOLS);
const head = await readFile(join(OWN_PROTOCOLS, 'head_injury.yaml'), 'utf8');

describe.each(protocols.map(({ protocol }) => [protocol.content.protocol, protocol] as const))('%s', (_, protocol) => {
  test('everything is proven', () => {
    const proofs = prove(protocol);
    expect(proofs.map((one) => one.proof).sort()).toEqual([...PROOFS].sort());
    expect(proofs.filter((one) => !one.holds)).toEqual([]);
    expect(goldenResults(protocol).filter((one) => !one.passes)).toEqual([]);
    expect(protocol.content.cases.length).toBeGreaterThanOrEqual(8);
  });

  test('a patient who walks through it meets what was proven', () => {
    const made = prepare(protocol);
    const answers = fc.tuple(...made.questions.map((one) => fc.constantFrom(...one.classes, 'unsure' as const)));
    fc.assert(
      fc.property(
        answers,
        fc.constantFrom(...made.ages),
        fc.boolean(),
        fc.nat({ max: made.questions.length - 1 }),
        (given, age, repeat, worse) => {
          const facts = { age, by: 'self' as const, repeat };
          const all = new Map<string, Value>(made.questions.map((one, i) => [one.question.id, given[i]!]));
          const { disposition, answers: asked } = walk(protocol, facts, all);
          // every red flag that was asked stands before every other question
          const flags = asked.map((one) => made.questions.find((q) => q.question.id === one.question)!.flag);
          expect(flags).toEqual(flags.toSorted((a, b) => Number(b) - Number(a)));
          expect(rank(disposition.level)).toBeGreaterThanOrEqual(rank(disposition.base));
          // one answer made worse never lowers the level, doubts and all
          const { question, classes } = made.questions[worse]!;
          const before = all.get(question.id)!;
          if (before === 'unsure') return;
          const after = classes.find((one) => badness(question, one) > badness(question, before));
          if (after === undefined) return;
          const then = walk(protocol, facts, new Map(all).set(question.id, after)).disposition;
          expect(rank(then.level)).toBeGreaterThanOrEqual(rank(disposition.level));
          // nor does not knowing what was answered with the mildest
          const doubtful = walk(protocol, facts, new Map(all).set(question.id, 'unsure')).disposition;
          if (before === mildest(made.questions[worse]!))
            expect(rank(doubtful.level)).toBeGreaterThanOrEqual(rank(disposition.level));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** What is said against a protocol that was changed in one way: proof → its counterexamples in Spanish. */
function against(change: (content: ProtocolContent) => void): Record<string, string[]> {
  const content = structuredClone(readProtocol(head).protocol!.content);
  change(content);
  return Object.fromEntries(
    prove(makeProtocol(content))
      .filter((one) => !one.holds)
      .map((one) => [one.proof, one.counterexamples.map((said) => said.es)]),
  );
}
const rule = (content: ProtocolContent, id: string) => content.rules.find((one) => one.id === id)!;
const asked = (content: ProtocolContent, id: string) => content.questions.find((one) => one.id === id)!;

describe('a proof fails with a case that a clinician can read', () => {
  test('a positive that lowers the level', () => {
    const found = against((content) => {
      rule(content, 'at_risk').when = '(vomiting or thinners or headache == growing) and not drank';
    });
    expect(found['monotone']![0]).toMatch(/alcohol.*No → Sí: enfermería ahora .*→ enfermería antes de una hora/);
  });

  test('a negation that another rule makes good is no harm', () => {
    const found = against((content) => {
      rule(content, 'watch_closely').when = '(strong and not thinners) or headache >= strong or drank or age < 1y';
    });
    // who takes them is at risk already, one rule above
    expect(found['monotone']).toBeUndefined();
  });

  test('a worse answer that takes a question away', () => {
    const found = against((content) => {
      asked(content, 'wound').when = 'not drank';
    });
    expect(found['monotone']!.join()).toMatch(/alcohol.*No → Sí: deja de preguntarse «¿Hay una herida abierta\?»/);
  });

  test('a number in the wrong direction', () => {
    const content = structuredClone(protocols.find((one) => one.file === 'child_fever.yaml')!.protocol.content);
    rule(content, 'very_high').when = 'temperature < 40.5 or age < 3mo';
    const found = prove(makeProtocol(content)).find((one) => one.proof === 'monotone')!;
    expect(found.holds).toBe(false);
    expect(found.counterexamples[0]!.en).toMatch(/°C → .*°C: a nurse within the hour .*→ /);
  });

  test('a red flag behind another question, one that hangs on an answer, one that leads nowhere', () => {
    expect(
      against((content) => {
        content.questions.push(content.questions.shift()!);
      })['red_flags_first']![0],
    ).toMatch(/Perdió el conocimiento.*se pregunta después de «¿Toma anticoagulantes/);
    expect(
      against((content) => {
        asked(content, 'neck').when = 'bleeding';
      })['red_flags_first']![0],
    ).toMatch(/cuello.*solo se pregunta según «bleeding»/);
    expect(
      against((content) => {
        rule(content, 'bleeding_or_neck').when = 'bleeding';
      })['red_flags_count']![0],
    ).toMatch(/solo «¿Le duele mucho el cuello.*» = Sí → enfermería antes de una hora \(watch_closely\)/);
  });

  test('rules out of order, rules that never decide, answers that nobody uses', () => {
    expect(
      against((content) => {
        content.rules.reverse();
      })['severity_order']!.length,
    ).toBeGreaterThan(0);
    expect(
      against((content) => {
        rule(content, 'wound_or_old').when = 'strong and drank';
      })['reachable']![0],
    ).toMatch(/«wound_or_old» no decide en ningún caso/);
    expect(
      against((content) => {
        rule(content, 'wound_or_old').when = 'age >= 65y or age < 2y';
      })['reachable']!.join(),
    ).toMatch(/herida abierta.*ninguna regla usa la respuesta/);
  });

  test('a text without the number, one that no channel shows, a case that comes out otherwise', () => {
    expect(
      against((content) => {
        rule(content, 'brain_signs').text.pt = 'Ligue já.';
      })['languages'],
    ).toEqual(['brain_signs (pt): falta el teléfono de emergencias, {number}']);
    expect(
      against((content) => {
        delete rule(content, 'brain_signs').first_aid;
      })['languages'],
    ).toEqual(['brain_signs: falta la línea de primeros auxilios']);
    expect(
      against((content) => {
        const headache = asked(content, 'headache');
        if (headache.kind === 'choice') headache.options[0]!.title.en = 'There is no headache at all here';
      })['languages']![0],
    ).toMatch(/headache.none \(en\): 32 > 24/);
    expect(
      against((content) => {
        content.cases[0]!.expect = 'information';
      })['golden']![0],
    ).toBe(
      'Perdió el conocimiento un momento: llamar a emergencias ahora (brain_signs); se esperaba información (brain_signs)',
    );
    expect(
      against((content) => {
        content.cases.length = 3;
      })['golden']!.length,
    ).toBeGreaterThan(0);
  });

  test('a question that depends on a later one', () => {
    expect(
      against((content) => {
        asked(content, 'thinners').when = 'wound';
      })['ends']![0],
    ).toMatch(/anticoagulantes.*depende de una pregunta posterior: «wound»/);
  });
});

describe('monotone by all answers, against a protocol small enough to try every path', () => {
  const text = (es: string) => ({ es, ca: es, en: es, pt: es });
  const level = fc.constantFrom(...LEVELS);
  const atom = fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'not a', 'not b', 'not c', 'n >= 5', 'n < 3', 'n == 4', 'p >= mid', 'p == low'),
    fc.constantFrom('count(a, b, c) >= 2', 'count(a, b, c) == 1', 'age < 2y', 'age >= 65y'),
  );
  const condition = fc
    .array(atom, { minLength: 1, maxLength: 4 })
    .chain((parts) => fc.constantFrom(' and ', ' or ').map((join) => parts.join(join)));
  const made = (rules: { when: string; level: (typeof LEVELS)[number] }[], other: (typeof LEVELS)[number]): Protocol =>
    makeProtocol({
      protocol: 'small',
      version: 1,
      title: text('x'),
      audience: {},
      complaints: { es: [], ca: [], en: [], pt: [] },
      sources: [],
      questions: [
        ...['a', 'b', 'c'].map((id) => ({
          id,
          kind: 'yesno' as const,
          text: text(id),
          flag: false,
          worse: 'yes' as const,
        })),
        { id: 'n', kind: 'number', unit: 'score', worse: 'higher', text: text('n') },
        {
          id: 'p',
          kind: 'choice',
          text: text('p'),
          options: ['low', 'mid', 'top'].map((id) => ({ id, title: text(id) })),
        },
      ],
      rules: rules
        .toSorted((one, two) => rank(two.level) - rank(one.level))
        .map((one, index) => ({ id: `r${index}`, ...one, text: text('t') })),
      otherwise: { level: other, text: text('t') },
      cases: [],
    });

  test('the proof says yes exactly where no single step down exists', () => {
    let broken = 0;
    fc.assert(
      fc.property(fc.array(fc.record({ when: condition, level }), { minLength: 1, maxLength: 4 }), (rules) => {
        const protocol = made(rules, 'information');
        const proven = prove(protocol).find((one) => one.proof === 'monotone')!.holds;
        const holds = everyStepRises(protocol);
        broken += Number(!holds);
        expect(proven).toBe(holds);
      }),
      { numRuns: 150, seed: 7 },
    );
    // a test of proofs that never fail would prove nothing
    expect(broken).toBeGreaterThan(10);
  });

  /** Walks each single step on a grid far finer than the classes. */
  function everyStepRises(protocol: Protocol): boolean {
    const prepared = prepare(protocol);
    const bools = [false, true];
    const numbers = [0, 1, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7, 10];
    const options = ['low', 'mid', 'top'];
    for (const age of [0.5, 1, 2, 40, 65, 90].map((years) => years * 365.25)) {
      // by the rules themselves: a walk ends early, which only what is proven may do
      const level = (...given: Value[]): number => {
        const answers = new Map(['a', 'b', 'c', 'n', 'p'].map((id, i) => [id, given[i]!]));
        return rank(
          ruleFor(
            prepared,
            effective(prepared, age, (one) => answers.get(one.question.id)),
          ).level,
        );
      };
      for (const a of bools)
        for (const b of bools)
          for (const c of bools)
            for (const [i, n] of numbers.entries())
              for (const [j, p] of options.entries()) {
                const here = level(a, b, c, n, p);
                if (!a && level(true, b, c, n, p) < here) return false;
                if (!b && level(a, true, c, n, p) < here) return false;
                if (!c && level(a, b, true, n, p) < here) return false;
                if (i + 1 < numbers.length && level(a, b, c, numbers[i + 1]!, p) < here) return false;
                if (j + 1 < options.length && level(a, b, c, n, options[j + 1]!) < here) return false;
              }
    }
    return true;
  }
});

describe('conditions', () => {
  const questions = readProtocol(head).protocol!.content.questions;
  test.each([
    ['headache', /must be compared/],
    ['headache == purple', /no option/],
    ['nothing_here', /no question/],
    ['age >= 65', /unit of time/],
    ['vomiting >= 2', /yes or no/],
    ['vomiting and', /missing/],
    ['(vomiting', /missing/],
    ['vomiting thinners', /too much/],
    ['constructor', /no question/],
    ['vomiting; process.exit()', /not a condition/],
    ['count(headache) >= 1', /yes-or-no/],
  ])('%s is refused', (source, why) => expect(() => readCondition(source, questions)).toThrow(why));

  test('what is wrong with a file is told all at once', () => {
    expect(readProtocol('a: [').problems).toHaveLength(1);
    expect(readProtocol(head.replace('    flag: true\n', '    flag: perhaps\n')).problems[0]).toMatch(
      /questions\.0\.flag/,
    );
    expect(readProtocol(head.replace('{ id: mild,', '{ id: unsure,')).problems[0]).toMatch(/"unsure" is taken/);
    expect(readProtocol(head.replace('id: at_risk', 'id: brain_signs')).problems[0]).toMatch(
      /brain_signs: this id is taken/,
    );
    expect(readProtocol(head.replace('ca: Cop al cap,', "ca: '',")).problems[0]).toMatch(/title\.ca/);
    expect(
      readProtocol(head.replace('answers: { unconscious: yes }', 'answers: { unconscious: often }')).problems[0],
    ).toMatch(/"often" is no answer to unconscious/);
  });
});
