import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OWN_PROTOCOLS, readProtocols } from '../../triage/protocols/read.ts';
import type { Facts, Json, Outcome, Session } from '../contract.ts';
import { facts as given, rest, said, set, VALUES } from './stage.ts';
import { step } from './step.ts';

const { protocols } = await readProtocols(OWN_PROTOCOLS);
const child = protocols.find((one) => one.file === 'child_fever.yaml')!.protocol;
const facts = (more: Partial<Facts> = {}): Facts =>
  given({ emergency_number: '112', protocol: (hash: string) => (hash === child.hash ? child : null), ...more });
const opened: Json = {
  id: '0193a1b2-0000-7000-8000-000000000001',
  hash: child.hash,
  draft: true,
  repeat: false,
  age: 1500,
  by: 'relative',
  complaint: 'fiebre',
};
const row: Json = [{ id: 'protocol.child_fever', key: 'child_fever', title: child.content.title as Json }];
const ANSWERS = {
  ...VALUES,
  record_age: { outcome: 'empty' },
  age_said: { outcome: 'success', value: { age: 1500 } },
  triage_protocols: { outcome: 'one', value: row },
  triage_open: { outcome: 'success', value: opened },
};
const say = (session: Session | null, text: string, more: Partial<Facts> = {}): Outcome =>
  rest(session, { kind: 'text', text }, facts({ fresh: session === null, ...more }), ANSWERS);
const tap = (session: Session | null, id: string): Outcome =>
  rest(session, { kind: 'choice', id: `symptom.triage:protocol.${id}`, title: 'x' }, facts(), ANSWERS);

/** To the first question. */
function begun(): Outcome {
  const who = say(null, 'me encuentro mal');
  return rest(who.session, { kind: 'choice', id: 'symptom.who:other', title: 'Para otra persona' }, facts(), ANSWERS);
}
/** Past the red flags. */
function pastFlags(): Outcome {
  let outcome = begun();
  for (const { id } of child.content.questions.slice(0, 7)) outcome = tap(outcome.session, `${id}.no`);
  return outcome;
}

describe('the step triage', () => {
  test('begins with what is being stored, and each answer is stored in its turn', () => {
    const first = begun();
    expect(said(first)).toMatch(/Borrador.*«atrás».*adormilado/s);
    expect(first.session!.wait).toEqual({ kind: 'triage', tries: 0 });
    const second = tap(first.session, 'hard_to_wake.no');
    expect(second.triage).toMatchObject({ left: false, told: '', run: { at: 'breathing' } });
    expect(second.triage!.run.answers).toHaveLength(1);
    expect(second.wakeAt).toBe(facts().at + 10 * 60_000);
  });

  test('nothing comes between its questions: no freed slot, no other errand, no file', () => {
    const first = begun();
    const offered = step(set, first.session, { kind: 'unasked', flow: 'freed', given: {} }, facts());
    expect(offered.says).toEqual([]);
    expect(offered.session).toEqual(first.session);
    const errand = say(first.session, 'quiero cambiar mi cita');
    expect(errand.session!.stack.at(-1)!.flow).toBe('symptom');
    expect(said(errand)).toMatch(/adormilado/);
    const picture = rest(first.session, { kind: 'media', voice: false }, facts(), ANSWERS);
    expect(said(picture)).toMatch(/queda en la conversación.*adormilado/s);
    expect(said(rest(first.session, { kind: 'media', voice: true }, facts(), ANSWERS))).toMatch(/no puedo escucharlo/);
  });

  test('goes on in another language', () => {
    const english = say(begun().session, 'in English please');
    expect(english.language).toBe('en');
    expect(said(english)).toMatch(/very drowsy/);
  });

  test('silence at a red flag calls a person whatever the flow says; at another question it ends one level up', () => {
    const flag = step(set, begun().session, { kind: 'timeout' }, facts());
    expect(flag.handover).toMatchObject({ queue: 'nursing', priority: 'critical', reason: 'triage_silence' });
    expect(said(flag)).toMatch(/112/);
    const ordinary = step(set, pastFlags().session, { kind: 'timeout' }, facts());
    expect(ordinary.triage!.run.disposition).toMatchObject({
      base: 'information',
      level: 'appointment',
      raised: ['doubt'],
    });
  });

  test('a protocol that cannot be read any more ends with a person', () => {
    const lost = step(set, begun().session, { kind: 'text', text: 'no' }, facts({ protocol: () => null }));
    expect(lost.handover).toMatchObject({ reason: 'assistant_failed' });
  });

  test('where none may serve, or opening fails, a nurse is offered', () => {
    for (const outcome of ['empty', 'error']) {
      const who = say(null, 'me encuentro mal');
      const none = rest(who.session, { kind: 'choice', id: 'symptom.who:other', title: 'x' }, facts(), {
        ...ANSWERS,
        triage_open: { outcome },
      });
      expect(said(none)).toMatch(/Le paso con enfermería/);
    }
  });

  test('what it came to stands in the summary for the nurse, in the language of the house', () => {
    const done = tap(begun().session, 'hard_to_wake.yes');
    expect(done.handover).toMatchObject({ queue: 'urgent', priority: 'critical', reason: 'triage_emergency' });
    expect(done.handover!.summary).toContainEqual({
      key: 'triage',
      value: 'Niño o niña con fiebre: llamar a emergencias ahora · borrador',
    });
    expect(done.handover!.summary.find((line) => line.key === 'triage_answer')!.value).toMatch(/adormilado.* Sí$/);
  });
});

test('any words in any protocol end somewhere, with a person or an outcome, and never break', () => {
  const word = fc.constantFrom(
    ...[
      'sí',
      'no',
      'no sé',
      '1',
      '2',
      '3',
      '9',
      '0',
      '38,5',
      '2 días',
      'atrás',
      'mucho',
      'persona',
      'cancelar',
      'en català',
    ],
    ...['hola', '👍', '', 'leve', 'Je ne sais pas', 'fuerte', 'sí no', '{number}', 'x'.repeat(3000)],
  );
  const all = new Map(protocols.map(({ protocol }) => [protocol.hash, protocol]));
  fc.assert(
    fc.property(
      fc.constantFrom(...protocols.map((entry) => entry.file)),
      fc.integer({ min: 1, max: 100 }),
      fc.array(word, { maxLength: 60 }),
      (file, years, lines) => {
        const one = protocols.find((entry) => entry.file === file)!.protocol;
        const known = facts({ protocol: (hash: string) => all.get(hash) ?? null });
        const answers = {
          ...ANSWERS,
          triage_open: {
            outcome: 'success',
            value: { ...(opened as object), hash: one.hash, age: years * 365.25 } as Json,
          },
        };
        let outcome = say(null, 'me encuentro mal');
        outcome = rest(outcome.session, { kind: 'choice', id: 'symptom.who:other', title: 'x' }, known, answers);
        for (const text of lines) {
          if (outcome.session?.wait?.kind !== 'triage') break;
          outcome = rest(outcome.session, { kind: 'text', text }, known, answers);
          expect(outcome.says.length).toBeGreaterThan(0);
          // plain JSON, as it is sealed
          expect(JSON.parse(JSON.stringify(outcome.session))).toEqual(outcome.session);
        }
        expect(outcome.trace.filter((line) => line.step === 'failed')).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
