import { ACTIONS } from '../actions/table.ts';
import type { Facts, FlowSet, Input, Json, Outcome, Session } from '../contract.ts';
import { OWN_FLOWS, readFlows } from '../flows.ts';
import { compileSet } from './compile.ts';
import { step } from './step.ts';

/*
 * A stage for tests: the project's own flows, a patient, and a record that answers the same each time.
 */

const own = (await readFlows(OWN_FLOWS)).set as FlowSet;
export const set = compileSet(own);

export const facts = (more: Partial<Facts> = {}): Facts => ({
  at: Date.parse('2026-11-22T09:00:00Z'),
  now: '2026-11-22T10:00',
  language: 'es',
  languages: ['es', 'ca', 'en', 'pt'],
  country: 'ES',
  proof: 'matched',
  organisation: 'Vega Clara',
  fresh: true,
  people: [],
  acts_for: 0,
  first: 'Ana',
  ...more,
});

export const name = (es: string): Json => ({ es, ca: es, en: es, pt: es });
const slotsFound = Array.from({ length: 12 }, (_, index) => ({
  id: `s${index}`,
  start: `2026-11-24T${String(9 + index).padStart(2, '0')}:00`,
  practitioner: 'Dra. Vila',
  place: name('Centro'),
}));
const one = {
  id: 'a1',
  start: '2026-11-25T09:30',
  day: '2026-11-25',
  service: name('Visita'),
  specialty: 'cardiology',
  practitioner: 'Dra. Vila',
  practitioner_id: 'p',
  place: name('Centro'),
  confirmed: false,
  preparation: null,
};

type Answer = { outcome: string; value?: Json };
type Answers = Record<string, Answer | ((args: Record<string, Json>) => Answer)>;

/** What actions answer here. */
export const VALUES: Record<string, Answer> = {
  identity_state: { outcome: 'success' },
  identify: { outcome: 'wrong', value: { left: 2 } },
  booking_hint: { outcome: 'empty' },
  specialties: {
    outcome: 'success',
    value: [
      { key: 'cardiology', name: name('Cardiología'), words: 'cardiologo' },
      { key: 'dermatology', name: name('Dermatología'), words: 'piel' },
      { key: 'podiatry', name: name('Podología'), words: 'pies' },
    ],
  },
  professionals: { outcome: 'one', value: [] },
  booking_places: { outcome: 'one', value: [] },
  find_slots: { outcome: 'success', value: slotsFound },
  book: { outcome: 'success', value: one },
  change: { outcome: 'success', value: one },
  next_appointments: {
    outcome: 'success',
    value: [one, { ...one, id: 'a2', start: '2026-12-01T12:00', day: '2026-12-01' }],
  },
};

export function rest(session: Session | null, input: Input, given = facts(), answers: Answers = VALUES): Outcome {
  let outcome = step(set, session, input, given);
  const says = [...outcome.says];
  for (let i = 0; outcome.effects.length; i++) {
    if (i > 50) throw new Error('a turn that does not rest');
    const effect = outcome.effects[0]!;
    const answer = answers[effect.action] ?? VALUES[effect.action];
    const result = (typeof answer === 'function' ? answer(effect.args) : answer) ?? {
      outcome: ACTIONS[effect.action]!.outcomes[0] ?? 'success',
      value: null,
    };
    outcome = step(set, outcome.session, { kind: 'effect', id: effect.id, result }, given);
    says.push(...outcome.says);
  }
  return { ...outcome, says };
}
export const say = (session: Session | null, text: string, given = facts()): Outcome =>
  rest(session, { kind: 'text', text }, given);
export const said = (outcome: Outcome): string => outcome.says.map((one) => ('text' in one ? one.text : '')).join('\n');
export function walk(...lines: string[]): Outcome {
  let outcome = say(null, lines[0]!);
  for (const line of lines.slice(1))
    outcome = say(outcome.session, line, facts({ fresh: false, language: outcome.language ?? 'es' }));
  return outcome;
}

/** Two doctors, each free at 9, 11, 16 and 18 on every day that is asked for. */
const CAST: Answers = {
  professionals: {
    outcome: 'success',
    value: [
      { id: 'ruiz', name: 'Dra. Elena Ruiz' },
      { id: 'soler', name: 'Dra. Marta Soler' },
    ],
  },
  find_slots: ({ when, professional }) => {
    const wanted = when as { from: string; to: string; partOfDay?: string; time?: string; after?: string };
    const days = [0, 1, 2].map((more) =>
      new Date(Date.parse(wanted.from) + more * 86_400_000).toISOString().slice(0, 10),
    );
    const hours = ['09:00', '11:00', '16:00', '18:00'].filter((hour) =>
      wanted.time
        ? hour === wanted.time
        : wanted.partOfDay === 'morning'
          ? hour < '14:00'
          : wanted.partOfDay === 'afternoon'
            ? hour >= '14:00'
            : !wanted.after || hour >= wanted.after,
    );
    const found = days
      .filter((day) => day <= wanted.to)
      .flatMap((day) => hours.map((hour) => `${day}T${hour}`))
      .map((start) => ({
        id: start,
        start,
        practitioner: professional === 'soler' ? 'Dra. Marta Soler' : 'Dra. Elena Ruiz',
        place: name('Centro'),
      }));
    return found.length ? { outcome: 'success', value: found } : { outcome: 'empty' };
  },
};

/** A whole conversation: every turn's words, and how it ended. */
export function talk(language: Facts['language'], ...lines: string[]): Outcome & { turns: string[] } {
  let spoken = language;
  let outcome: Outcome | null = null;
  const turns: string[] = [];
  for (const line of lines) {
    outcome = rest(
      outcome?.session ?? null,
      { kind: 'text', text: line },
      facts({ fresh: outcome === null, language: spoken }),
      CAST,
    );
    spoken = outcome.language ?? spoken;
    turns.push(said(outcome));
  }
  return { ...outcome!, turns };
}
